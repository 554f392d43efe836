//! The list of decisions that are left to chance. **Append only**: the number of a process is part of its address, so
//! changing one changes every result (a golden test and the changelog guard this).
//!
//! Process `p` is word `p % 4` of block `p / 4`. Decisions of one sub-step share a block, because one block of random
//! bits costs the same whether one or four of its words are used. Entities of different kinds (clients, caseworkers,
//! sites, pairs) never share a block: their identifiers overlap.
//!
//! | blocks | for |
//! |---|---|
//! | 0-63 | the full model |
//! | 64-79 | ladder dynamics |

/// A decision left to chance: which, and of whom.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Process {
    /// Ladder, client at month 0: the rung on which the client starts.
    LadderStartRung = 256,
    /// Ladder, client at month 0: the trust with which the client starts.
    LadderStartTrust = 257,
    /// Ladder, client per month: first 16 bits of eight months at a time (the whole block; moment = month / 8).
    LadderEvent = 260,
    /// Ladder, client per month: the further 32 bits of a month whose first 16 bits left the event open.
    LadderEventRefined = 264,
    /// Ladder in hazard form, client per step: the move.
    LadderMove = 268,
    /// Ladder in hazard form, client per step: the exit.
    LadderExit = 269,
}

impl Process {
    /// The block of random bits in which the process lives.
    #[inline]
    pub const fn block(self) -> u32 {
        self as u32 / 4
    }

    /// The word of the block, 0 to 3.
    #[inline]
    pub const fn lane(self) -> usize {
        self as usize % 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_and_lane_are_quotient_and_remainder() {
        assert_eq!((Process::LadderStartTrust.block(), Process::LadderStartTrust.lane()), (64, 1));
        assert_eq!((Process::LadderExit.block(), Process::LadderExit.lane()), (67, 1));
    }
}
