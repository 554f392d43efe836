//! The random words of a client at month 0, drawn side by side.

use fearless_simd::prelude::*;

use crate::random::lanes::{blocks_of, exact_normals};
use crate::random::{Dice, Process};
use crate::stats::instructions;
use crate::stats::lanes::{self, Block, LANES, Simd, Words};

/// First block of each of the two runs of blocks with draws of a client at month 0.
const RUNS: [u32; 2] = [Process::StartDistance.block(), Process::StartStep.block()];

/// Draws that are asked for as standard normals: the nine of the copula first.
const NORMALS: [Process; LANES] = [
    Process::StartDistance,
    Process::StartDuration,
    Process::StartAge,
    Process::StartProblems,
    Process::StartHealth,
    Process::StartTrust,
    Process::StartConfidence,
    Process::StartMotivation,
    Process::StartKnowledge,
    Process::StartTrueDistance,
    Process::StartFrailty,
    Process::StartOwnHousing,
    Process::StartOwnFinances,
    Process::StartOwnRelations,
    Process::StartOwnMeaning,
    Process::StartDistanceNoise,
];

/// Every word that a client's start asks for.
pub(super) struct StartWords {
    /// By word of the block; eight blocks of each run side by side.
    words: [Block<u32>; 4],
    /// [`NORMALS`], made of their words.
    normals: [f64; LANES],
}

impl StartWords {
    /// Of a client.
    pub(super) fn draw(dice: &Dice, id: u32) -> Self {
        lanes::with!(instructions::chosen(), simd => draw(simd, dice, id))
    }

    /// A draw of [`NORMALS`] at month 0.
    #[inline(always)]
    pub(super) fn normal(&self, process: Process) -> f64 {
        let place = NORMALS.iter().position(|&normal| normal == process);
        self.normals[place.expect("a draw that is asked for as a normal")]
    }

    /// The first nine of them, which the copula joins.
    #[inline]
    pub(super) fn copula(&self) -> &[f64] {
        &self.normals[..9]
    }

    /// The word of a draw at month 0.
    #[inline]
    pub(super) fn of(&self, process: Process) -> u32 {
        self.member(process, 0)
    }

    /// The word of a member of a list of draws at month 0, by the first of the list.
    #[inline]
    pub(super) fn member(&self, first: Process, index: usize) -> u32 {
        let (block, word) = first.member(index);
        let lane = if block < RUNS[1] { block - RUNS[0] } else { block - RUNS[1] + LANES as u32 / 2 };
        self.words[word][lane as usize]
    }
}

/// The words of both runs, and the normals.
#[inline(always)]
fn draw<S: Simd>(simd: S, dice: &Dice, id: u32) -> StartWords {
    let mut blocks = [0; LANES];
    for (lane, block) in blocks.iter_mut().enumerate() {
        *block = RUNS[lane / (LANES / 2)] + (lane % (LANES / 2)) as u32;
    }
    let drawn = blocks_of(simd, dice, id, 0, Words::simd_from(simd, blocks));
    let mut words = [Block::<u32>::default(); 4];
    for (words, drawn) in words.iter_mut().zip(&drawn) {
        words.store(*drawn);
    }
    let mut start = StartWords { words, normals: [0.0; LANES] };
    start.normals = exact_normals(simd, NORMALS.map(|process| start.of(process)));
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sample;

    #[test]
    fn section_4_words_of_the_start_are_those_of_their_addresses() {
        let dice = Dice::new(0x0123_4567_89ab_cdef, 7);
        let words = StartWords::draw(&dice, 42);
        for (first, members) in [
            (Process::StartDistance, 24),
            (Process::StartStep, 11),
            (Process::StartDisclosed, 5),
            (Process::StartRecordAge, 2),
        ] {
            for index in 0..members {
                let (block, lane) = first.member(index);
                assert_eq!(words.member(first, index), dice.block(42, 0, block)[lane], "{first:?} {index}");
            }
        }
        assert_eq!(words.of(Process::StartWages), dice.draw(42, 0, Process::StartWages));
        for process in NORMALS {
            assert_eq!(words.normal(process), sample::normal(dice.draw(42, 0, process)));
        }
    }
}
