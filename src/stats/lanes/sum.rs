//! A sum of numbers in fixed point: the same bits in whatever order and width they are added.

use fearless_simd::prelude::*;

use super::{Floats, LANES, Mask, Simd, Words, all, in_units, words};
use crate::stats::single::ROUNDER;

/// Additions that fit in a lane: each is below `2^22`.
const AT_ONCE: u32 = 511;

/// A sum of numbers from 0 to `2^22 / scale`, in units of `1 / scale`.
#[derive(Clone, Copy)]
pub(crate) struct LaneSum<S: Simd> {
    /// The instruction set.
    simd: S,
    /// Units in one.
    scale: f32,
    /// Units per lane, not emptied yet.
    lanes: Words<S>,
    /// Additions since they were emptied.
    added: u32,
    /// Units so far.
    units: u64,
}

impl<S: Simd> LaneSum<S> {
    /// Nothing yet. A scale that is a power of two loses nothing when the sum is read.
    #[inline(always)]
    pub(crate) fn new(simd: S, scale: f32) -> Self {
        Self { simd, scale, lanes: words(simd, 0), added: 0, units: 0 }
    }

    /// Adds the numbers of the lanes where the answer is yes.
    #[inline(always)]
    pub(crate) fn add(&mut self, who: Mask<S>, x: Floats<S>) {
        self.lanes += in_units(who.select(x, all(self.simd, 0.0)), self.scale);
        self.added += 1;
        if self.added == AT_ONCE {
            self.empty_lanes();
        }
    }

    /// Adds the lanes to the units.
    #[inline(always)]
    fn empty_lanes(&mut self) {
        let lanes: [u32; LANES] = self.lanes.into();
        for lane in lanes {
            // What the words of all these numbers have in common.
            self.units += u64::from(lane.wrapping_sub(self.added.wrapping_mul(ROUNDER.to_bits())));
        }
        self.lanes = words(self.simd, 0);
        self.added = 0;
    }

    /// The sum.
    #[inline(always)]
    pub(crate) fn total(mut self) -> f64 {
        self.empty_lanes();
        self.units as f64 / f64::from(self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::instructions;

    #[inline(always)]
    fn sum<S: Simd>(simd: S, x: f32, times: u32) -> f64 {
        let mut sum = LaneSum::new(simd, 32_768.0);
        let odd = Mask::<S>::from_bitmask(simd, 0b1010_1010_1010_1010);
        for _ in 0..times {
            sum.add(odd, Floats::splat(simd, x));
        }
        sum.total()
    }

    #[test]
    fn a_sum_of_many_large_numbers_does_not_overflow() {
        for (name, level) in instructions::all() {
            let total = fearless_simd::dispatch!(level, simd => sum(simd, 120.0, 10_000));
            assert_eq!(total, 120.0 * 8.0 * 10_000.0, "{name}");
        }
    }
}
