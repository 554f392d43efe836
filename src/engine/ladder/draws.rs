//! The draws of 64 steps of one client, and which of them can matter.
//!
//! A step has 16 bits of a shared block and, only when these leave the outcome open, 32 bits of a block of its own: the
//! probabilities of the table hold to 2^-48. The first 16 bits of step `t` are found at moment `8 * (t / 64) + t % 8`,
//! half-word `(t % 64) / 8` of the block (0 = low half of word 0, 1 = its high half, ...), so that eight blocks computed
//! side by side give 64 steps in order without any shuffling.

use crate::random::philox::LANES;
use crate::random::{Dice, Process};

/// Steps drawn at once.
pub(super) const BATCH: usize = 64;

/// One, in units of the 48-bit draws.
pub(super) const ONE: f64 = 281_474_976_710_656.0;

const _: () = assert!(LANES == 8);

/// The first 16 bits of 64 consecutive steps of one client in one process.
pub(super) struct Draws {
    /// The draws: halves of random words, one per step.
    halves: [u16; BATCH],
}

impl Draws {
    /// Draws the steps `BATCH * batch` and further of a client: eight blocks, side by side.
    #[inline]
    pub(super) fn new(dice: &Dice, process: Process, client: u32, batch: u32) -> Self {
        let moments = core::array::from_fn(|lane| batch * LANES as u32 + lane as u32);
        let words = dice.columns_of_moments(client, &moments, process.block());
        let mut halves = [0; BATCH];
        for (word, halves) in words.iter().zip(halves.as_chunks_mut::<{ 2 * LANES }>().0) {
            for lane in 0..LANES {
                halves[lane] = word[lane] as u16;
                halves[lane + LANES] = (word[lane] >> 16) as u16;
            }
        }
        Self { halves }
    }

    /// The first 16 bits of a step of this batch; the step may be counted from the beginning of the
    /// run.
    #[inline]
    pub(super) fn half(&self, step_in_batch: usize) -> u16 {
        self.halves[step_in_batch % BATCH]
    }

    /// Bit `i` is set when step `i` of the batch lies in the region where something can happen.
    #[inline]
    pub(super) fn candidates(&self, region: Region) -> u64 {
        let mut flags = [0u8; BATCH];
        for (flag, &half) in flags.iter_mut().zip(&self.halves) {
            *flag = u8::from(half.wrapping_add(region.top) <= region.last);
        }
        let mut mask = 0;
        for (byte, flags) in flags.as_chunks::<8>().0.iter().enumerate() {
            mask |= u64::from(pack(u64::from_le_bytes(*flags))) << (8 * byte);
        }
        mask
    }
}

/// Eight bytes that are 0 or 1 as eight bits, lowest first.
#[inline]
fn pack(flags: u64) -> u8 {
    (flags.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The part of the unit circle in which something can happen on some rung: `top` up to 1, then from 0 upwards; as
/// 16-bit numbers, rounded outwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// Width of the part at the top of the interval, in 16-bit cells.
    top: u16,
    /// Last cell of the region when it is counted from where the top part begins.
    last: u16,
}

impl Region {
    /// The region of events that take at most the lowest share `bottom` and the highest share `top` of the interval.
    /// `None` when nothing can ever happen.
    pub(super) fn new(bottom: f64, top: f64) -> Option<Self> {
        let cells = |share: f64| libm::ceil(share.clamp(0.0, 1.0) * 65_536.0) as u32;
        let (bottom, top) = (cells(bottom), cells(top));
        let last = (bottom + top).min(65_536).checked_sub(1)?;
        Some(Self { top: top.min(65_535) as u16, last: last as u16 })
    }
}

/// The lowest and the highest 48-bit draw that begin with these 16 bits.
#[inline]
pub(super) fn bounds(half: u16) -> (f64, f64) {
    let low = f64::from(half) * 4_294_967_296.0;
    (low, low + 4_294_967_295.0)
}

/// The 48-bit draw of a step whose first 16 bits left the outcome open.
#[cold]
pub(super) fn refine(dice: &Dice, process: Process, client: u32, step: usize, half: u16) -> f64 {
    bounds(half).0 + f64::from(dice.draw(client, step as u32, process))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_stand_at_their_addresses() {
        let dice = Dice::new(8, 9);
        let draws = Draws::new(&dice, Process::LadderEvent, 77, 2);
        for i in 0..BATCH {
            let block = dice.block(77, 16 + i as u32 % 8, Process::LadderEvent.block());
            let word = block[i / 16];
            let half = if i / 8 % 2 == 0 { word & 0xffff } else { word >> 16 };
            assert_eq!(u32::from(draws.half(i)), half);
        }
    }

    #[test]
    fn candidates_are_the_ends_of_the_interval() {
        let draws = Draws::new(&Dice::new(1, 0), Process::LadderEvent, 5, 0);
        for (bottom, top) in [(0.1, 0.2), (0.0, 0.3), (0.4, 0.0), (0.6, 0.6), (0.0, 1.0), (1.0, 0.0)] {
            let mask = draws.candidates(Region::new(bottom, top).unwrap());
            for i in 0..BATCH {
                let (low, high) = bounds(draws.half(i));
                let inside = low < bottom * ONE || high >= (1.0 - top) * ONE;
                assert_eq!(mask >> i & 1 == 1, inside, "{bottom} {top} {low}");
            }
        }
        assert!(Region::new(0.0, 0.0).is_none());
    }
}
