//! Journeys through the whole program live in `tests/`.
