//! Windows: as many bytes as are looked at in one go, whatever stands in them.

/// A bit for every byte of the window for which `is_hit` holds.
///
/// The compiler makes vector instructions of the comparisons, and a
/// multiplication adds up the bits of eight bytes.
#[inline(always)]
pub(crate) fn mask<const N: usize>(window: &[u8; N], is_hit: impl Fn(u8) -> bool) -> u64 {
    let bits: [u8; N] = core::array::from_fn(|at| match is_hit(window[at]) {
        true => 1 << (at % 8),
        false => 0,
    });
    let mut mask = 0;
    for (at, eight) in bits.chunks_exact(8).enumerate() {
        let eight = eight.first_chunk().map_or(0, |it| u64::from_le_bytes(*it));
        mask |= (eight.wrapping_mul(0x0101_0101_0101_0101) >> 56) << (8 * at);
    }
    mask
}
