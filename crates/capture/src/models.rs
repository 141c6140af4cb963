//! Model files: which there are, which are here, whether they are whole, and how they get here.

mod catalogue;
mod folder;
mod http;
mod pull;
mod structure;
#[cfg(test)]
mod tests;

pub use catalogue::{CATALOGUE, Model, Sha1};
pub use folder::{Folder, Listed, Presence, name_of};
pub use pull::{DEFAULT_SOURCE, Progress, PullSettings, pull};
pub use structure::check_structure;
