//! A hash that is the same in every version and on every machine.

/// Fowler, Noll and Vo's hash, variant 1a, 64 bit. It does not withstand forgery.
pub fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
