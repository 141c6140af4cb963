//! The arithmetic of agreement. Every function is a textbook formula over plain numbers.

mod correlation;
mod isotonic;
mod kappa;
mod share;

pub(super) use correlation::{pearson, root_mean_square_error, spearman};
pub(super) use isotonic::MonotoneFit;
pub(super) use kappa::quadratic_weighted_kappa;
pub use share::Share;
