//! The border between the domain and the API, field by field, so that the domain can change without the API.

pub(crate) mod feedback;
pub(crate) mod incoming;
pub(crate) mod progress;
pub(crate) mod session;
