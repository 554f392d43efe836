//! The draws of 128 steps of one client, and which of them can matter.
//!
//! A step has 16 bits of a shared block and, only when these leave the outcome open, 32 bits of a block of its own: the
//! probabilities of the table hold to 2^-48. The first 16 bits of step `t` are found at moment `8 * (t / 64) + t % 8`,
//! half-word `(t % 64) / 8` of the block (0 = low half of word 0, 1 = its high half, ...): sixteen blocks side by side hold 128
//! steps, and comparing sixteen half-words gives eight bits of either 64.

use std::ops::BitOr;

use fearless_simd::prelude::*;

use crate::random::lanes::block_at;
use crate::random::{Dice, Process};
use crate::stats::instructions;
use crate::stats::lanes::{self, Block, LANES, Simd, Words, words};

/// Steps drawn at once.
pub(super) const BATCH: usize = 128;

/// One, in units of the 48-bit draws.
pub(super) const ONE: f64 = 281_474_976_710_656.0;

const _: () = assert!(BATCH == 8 * LANES);

/// The first 16 bits of 128 consecutive steps of one client in one process.
#[derive(Default)]
pub(super) struct Draws {
    /// The words of the blocks, by word and block.
    words: [Block<u32>; 4],
    /// Steps whose draw may mean anything.
    candidates: Steps,
}

impl Draws {
    /// Draws the steps `BATCH * batch` and further of a client, and looks which of them lie in the region where something can happen.
    #[inline]
    pub(super) fn draw(&mut self, dice: &Dice, process: Process, client: u32, batch: usize, region: Region) {
        let first = (batch * LANES) as u32;
        lanes::with!(instructions::chosen(), simd => draw(simd, self, dice, process, (client, first), region));
    }

    /// The first 16 bits of a step of this batch.
    #[inline]
    pub(super) fn half(&self, step: usize) -> u16 {
        let word = self.words[step / 16 % 4][step / 64 * 8 + step % 8];
        (word >> (step / 8 % 2 * 16)) as u16
    }

    /// Steps whose draw may mean anything.
    #[inline]
    pub(super) fn candidates(&self) -> Steps {
        self.candidates
    }
}

/// Sixteen blocks of a client, from a moment on.
#[inline(always)]
fn draw<S: Simd>(
    simd: S,
    draws: &mut Draws,
    dice: &Dice,
    process: Process,
    (client, first): (u32, u32),
    region: Region,
) {
    let mut moments = [first; LANES];
    for (lane, moment) in moments.iter_mut().enumerate() {
        *moment += lane as u32;
    }
    let moments = Words::simd_from(simd, moments);
    let drawn = block_at(simd, dice, words(simd, client), moments, process.block());
    let mut candidates = [0; 2];
    for (number, word) in drawn.iter().enumerate() {
        draws.words[number].store(*word);
        for (high, half) in [*word, *word >> 16].iter().enumerate() {
            let from_top = (*half + u32::from(region.top)) & 0xffff_u32;
            let inside = from_top.simd_le(u32::from(region.last)).to_bitmask();
            let at = 16 * number + 8 * high;
            candidates[0] |= (inside & 0xff) << at;
            candidates[1] |= (inside >> 8 & 0xff) << at;
        }
    }
    draws.candidates = Steps(candidates);
}

/// Some of the steps of a batch; as an iterator, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Steps([u64; 2]);

impl Steps {
    /// Whether a step is among them.
    #[inline]
    pub(super) fn has(self, step: usize) -> bool {
        self.0[step / 64 % 2] >> (step % 64) & 1 == 1
    }

    /// Those among the first `steps`.
    #[inline]
    pub(super) fn up_to(self, steps: usize) -> Self {
        let first = |steps: usize| if steps >= 64 { u64::MAX } else { (1 << steps) - 1 };
        Self([self.0[0] & first(steps), self.0[1] & first(steps.saturating_sub(64))])
    }
}

impl BitOr for Steps {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }
}

impl Iterator for Steps {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        for (half, steps) in self.0.iter_mut().enumerate() {
            if *steps != 0 {
                let step = steps.trailing_zeros() as usize;
                *steps &= *steps - 1;
                return Some(64 * half + step);
            }
        }
        None
    }
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

    fn everywhere() -> Region {
        Region::new(1.0, 1.0).unwrap()
    }

    #[test]
    fn halves_stand_at_their_addresses() {
        let dice = Dice::new(8, 9);
        let mut draws = Draws::default();
        draws.draw(&dice, Process::LadderEvent, 77, 2, everywhere());
        for at in 0..BATCH {
            let step = 2 * BATCH + at;
            let moment = 8 * (step / 64) + step % 8;
            let block = dice.block(77, moment as u32, Process::LadderEvent.block());
            let word = block[step % 64 / 16];
            let half = if (step / 8).is_multiple_of(2) { word & 0xffff } else { word >> 16 };
            assert_eq!(u32::from(draws.half(at)), half);
        }
        assert_eq!(draws.candidates().count(), BATCH);
    }

    #[test]
    fn candidates_are_the_ends_of_the_interval() {
        for (bottom, top) in [(0.1, 0.2), (0.0, 0.3), (0.4, 0.0), (0.6, 0.6), (0.0, 1.0), (1.0, 0.0)] {
            let region = Region::new(bottom, top).unwrap();
            let mut draws = Draws::default();
            draws.draw(&Dice::new(1, 0), Process::LadderEvent, 5, 0, region);
            let inside: Vec<usize> = (0..BATCH)
                .filter(|&at| {
                    let (low, high) = bounds(draws.half(at));
                    low < bottom * ONE || high >= (1.0 - top) * ONE
                })
                .collect();
            assert_eq!(draws.candidates().collect::<Vec<_>>(), inside, "{bottom} {top}");
            assert!((0..BATCH).all(|at| draws.candidates().has(at) == inside.contains(&at)));
            for steps in [0, 1, 63, 64, 65, 127, 128, 500] {
                let first: Vec<usize> = inside.iter().copied().filter(|&at| at < steps).collect();
                assert_eq!(draws.candidates().up_to(steps).collect::<Vec<_>>(), first, "{steps}");
            }
        }
        assert!(Region::new(0.0, 0.0).is_none());
    }
}
