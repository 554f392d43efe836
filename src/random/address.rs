//! The addressed dice of one replicate.

use super::philox::{Stream, philox4x32_10};
use super::process::Process;

/// The dice of one replicate under one seed: every draw is a pure function of (seed, replicate, entity, moment,
/// process).
///
/// The seed is the key of [Philox](super::philox); the counter is `[entity, moment, block, replicate]`. An entity is a
/// stable identifier, never a position in an array; a moment is a month or a step since the start.
///
/// ```
/// use stapjes::random::{Dice, Process};
/// let dice = Dice::new(2026, 0);
/// let month = 3;
/// assert_eq!(dice.draw(7, month, Process::LadderMove), dice.draw(7, month, Process::LadderMove));
/// assert_ne!(dice.draw(7, month, Process::LadderMove), dice.draw(8, month, Process::LadderMove));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dice {
    /// The seed, in two halves.
    key: [u32; 2],
    /// The replicate.
    replicate: u32,
}

impl Dice {
    /// The dice of a replicate under a seed.
    pub const fn new(seed: u64, replicate: u32) -> Self {
        Self { key: [seed as u32, (seed >> 32) as u32], replicate }
    }

    /// The replicate whose dice these are.
    pub(crate) const fn replicate(&self) -> u32 {
        self.replicate
    }

    /// The key: the two halves of the seed.
    pub(super) const fn key(&self) -> [u32; 2] {
        self.key
    }

    /// The four words of a block for one entity at one moment. Word `p % 4` of block `p / 4` is process `p`.
    #[inline]
    pub const fn block(&self, entity: u32, moment: u32, block: u32) -> [u32; 4] {
        philox4x32_10([entity, moment, block, self.replicate], self.key)
    }

    /// The word of one process: for rare draws, where the rest of the block is not needed.
    #[inline]
    pub const fn draw(&self, entity: u32, moment: u32, process: Process) -> u32 {
        self.block(entity, moment, process.block())[process.lane()]
    }

    /// A stream of any length at an address, for use with `rand`: its key is made from the address, so streams of
    /// different addresses do not overlap (but for the chance that two 64-bit keys are equal).
    pub(crate) const fn stream(&self, entity: u32, moment: u32, process: Process) -> Stream {
        let [low, high, ..] =
            philox4x32_10([entity, moment, STREAM_BLOCKS | process as u32, self.replicate], self.key);
        Stream::new([low, high])
    }
}

/// Blocks from here on make the keys of streams; no process has a block so high.
const STREAM_BLOCKS: u32 = 1 << 31;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_its_word_of_its_block() {
        let dice = Dice::new(0x0123_4567_89ab_cdef, 5);
        let block = dice.block(11, 12, Process::LadderExitRefined.block());
        assert_eq!(dice.draw(11, 12, Process::LadderExitRefined), block[1]);
        assert_eq!(block, philox4x32_10([11, 12, 68, 5], [0x89ab_cdef, 0x0123_4567]));
    }

    #[test]
    fn streams_differ_by_every_part_of_the_address() {
        use rand_core::Rng;
        let first = |mut stream: Stream| stream.next_u64();
        let dice = Dice::new(1, 0);
        let draws = [
            first(dice.stream(0, 0, Process::LadderMove)),
            first(dice.stream(1, 0, Process::LadderMove)),
            first(dice.stream(0, 1, Process::LadderMove)),
            first(dice.stream(0, 0, Process::LadderExit)),
            first(Dice::new(1, 1).stream(0, 0, Process::LadderMove)),
            first(Dice::new(2, 0).stream(0, 0, Process::LadderMove)),
        ];
        for (i, a) in draws.iter().enumerate() {
            assert!(draws[i + 1..].iter().all(|b| a != b));
        }
    }
}
