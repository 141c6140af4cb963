//! The border: from the domain to the wire, and from the wire to the domain.
//!
//! What goes out is converted field by field, so that the domain can change without the API. What comes in is parsed: past this border
//! nothing is too long, out of order or out of range.

pub(crate) mod coach;
pub(crate) mod delivery;
pub(crate) mod feedback;
pub(crate) mod heard;
pub(crate) mod judging;
pub(crate) mod question;
pub(crate) mod session;
pub(crate) mod text;
pub(crate) mod transcript;
pub(crate) mod turn;
pub(crate) mod wishes;
