//! viva
fn main() {}
