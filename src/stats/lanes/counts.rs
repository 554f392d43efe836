//! Counts of many yes-or-no answers at once, over blocks of sixteen.

use fearless_simd::prelude::*;

use super::{LANES, Mask, Simd, Words, bits_if, words};

/// Additions whose sum over all lanes fits in a byte.
const AT_ONCE: u32 = 255 / LANES as u32;

/// How often each of `4 * PLACES` answers is yes, at most eight places.
///
/// The answers of a client are bits of one word; those of a place lie a byte apart and are added together. Counting each by itself takes
/// its mask out of the vectors every time, and counts its bits without an instruction for it with SSE2.
pub(crate) struct BitCounts<S: Simd, const PLACES: usize> {
    /// The instruction set.
    simd: S,
    /// Counts per lane, four to a word, not emptied yet.
    lanes: [Words<S>; PLACES],
    /// Additions since they were emptied.
    added: u32,
    /// Counts so far, by place and byte.
    counts: [[u32; 4]; PLACES],
}

impl<S: Simd, const PLACES: usize> BitCounts<S, PLACES> {
    /// Nothing yet.
    #[inline(always)]
    pub(crate) fn new(simd: S) -> Self {
        Self { simd, lanes: [words(simd, 0); PLACES], added: 0, counts: [[0; 4]; PLACES] }
    }

    /// Counts the answers of some clients.
    #[inline(always)]
    pub(crate) fn add(&mut self, who: Mask<S>, answers: Answers<S, PLACES>) {
        let answers = who.select(answers.words, words(self.simd, 0));
        for (place, lanes) in self.lanes.iter_mut().enumerate() {
            *lanes += (answers >> place as u32) & 0x0101_0101_u32;
        }
        self.added += 1;
        if self.added == AT_ONCE {
            self.empty_lanes();
        }
    }

    /// Adds the lanes to the counts.
    #[inline(always)]
    fn empty_lanes(&mut self) {
        for (counts, lanes) in self.counts.iter_mut().zip(&mut self.lanes) {
            let bytes: [u32; LANES] = (*lanes).into();
            let bytes: u32 = bytes.iter().sum();
            for (count, byte) in counts.iter_mut().zip(bytes.to_le_bytes()) {
                *count += u32::from(byte);
            }
            *lanes = words(self.simd, 0);
        }
        self.added = 0;
    }

    /// The counts, by answer: `counts[k / PLACES][k % PLACES]` is answer `k`.
    #[inline(always)]
    pub(crate) fn total(mut self) -> [[u32; PLACES]; 4] {
        self.empty_lanes();
        let mut by_answer = [[0; PLACES]; 4];
        for (place, counts) in self.counts.iter().enumerate() {
            for (answers, count) in by_answer.iter_mut().zip(counts) {
                answers[place] = *count;
            }
        }
        by_answer
    }
}

/// The answers of sixteen clients, a bit each.
pub(crate) struct Answers<S: Simd, const PLACES: usize> {
    /// The instruction set.
    simd: S,
    /// The answers so far.
    words: Words<S>,
    /// How many.
    number: usize,
}

impl<S: Simd, const PLACES: usize> Answers<S, PLACES> {
    /// Words whose lowest bits are the first answers, so many. With eight places answer `k` is bit `k`.
    #[inline(always)]
    pub(crate) fn of(simd: S, words: Words<S>, number: usize) -> Self {
        Self { simd, words, number }
    }

    /// One more.
    #[inline(always)]
    pub(crate) fn push(&mut self, mask: Mask<S>) {
        debug_assert!(self.number < 4 * PLACES);
        self.words |= bits_if(self.simd, mask, 1 << (self.number % PLACES + 8 * (self.number / PLACES)));
        self.number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::instructions;

    /// Of 1,000 blocks of words, how often each answer is yes in the odd lanes.
    #[inline(always)]
    fn count<S: Simd, const PLACES: usize>(simd: S) -> Vec<u32> {
        let mut counts = BitCounts::<S, PLACES>::new(simd);
        for block in 0..1_000 {
            let answers = Answers::of(simd, Words::simd_from(simd, scattered(block)), 0);
            counts.add(Mask::<S>::from_bitmask(simd, 0xaaaa), answers);
        }
        counts.total().as_flattened().to_vec()
    }

    fn scattered(block: u32) -> [u32; LANES] {
        std::array::from_fn(|lane| (block * 16 + lane as u32).wrapping_mul(2_654_435_769) | 1)
    }

    /// The same, answer by answer.
    fn one_by_one(bit: fn(usize) -> u32, answers: usize) -> Vec<u32> {
        let words: Vec<u32> =
            (0..1_000).flat_map(|block| scattered(block).into_iter().skip(1).step_by(2)).collect();
        (0..answers)
            .map(|answer| words.iter().filter(|&&word| word & bit(answer) != 0).count() as u32)
            .collect()
    }

    #[test]
    fn every_answer_is_counted_in_the_lanes_that_are_asked() {
        for (name, level) in instructions::all() {
            let (all, few) =
                fearless_simd::dispatch!(level, simd => (count::<_, 8>(simd), count::<_, 2>(simd)));
            assert_eq!(all, one_by_one(|answer| 1 << answer, 32), "{name}");
            assert_eq!(
                few,
                one_by_one(|answer| [1, 2, 1 << 8, 1 << 9, 1 << 16, 1 << 17, 1 << 24, 1 << 25][answer], 8),
                "{name}"
            );
            assert_eq!(all[0], 8_000);
        }
    }
}
