//! The memory of this machine in bytes, where the system tells it.

use sysinfo::System;

/// All of it.
pub fn total() -> Option<u64> {
    told(System::total_memory)
}

/// What programs can still have.
pub fn available() -> Option<u64> {
    told(System::available_memory)
}

fn told(of: fn(&System) -> u64) -> Option<u64> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    Some(of(&system)).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_less_than_all() {
        assert!(total() > Some(1 << 28) && available() <= total(), "{:?} of {:?}", available(), total());
    }
}
