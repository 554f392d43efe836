//! The luck of everybody on benefit in one step: the draws that every client needs, made in columns.
//!
//! The draws of the processes in blocks [`FIRST_BLOCK`] and those that follow are needed by nearly every client in
//! every step. Making them for the whole caseload at once lets the compiler make several at a time; what a single
//! client needs now and then is drawn where it is needed.

use crate::kinds::PerStep;
use crate::random::{Dice, Process, lanes};

/// First of the blocks of common draws.
const FIRST_BLOCK: u32 = Process::Step.block();
/// Number of common blocks.
const BLOCKS: usize = 5;

/// The words of each client on benefit, in the order of the list of those on benefit.
#[derive(Clone, Debug, Default)]
pub(super) struct Luck {
    entities: Vec<u32>,
    words: [Vec<[u32; 4]>; BLOCKS],
}

impl Luck {
    /// Draws for the clients in the rows `on`; the last block only when contacts come up by chance.
    pub(super) fn draw(&mut self, dice: &Dice, step: u32, on: &[u32], ids: &[u32], contacts: bool) {
        self.entities.clear();
        self.entities.extend(on.iter().map(|&row| ids[row as usize]));
        let blocks = if contacts { BLOCKS } else { BLOCKS - 1 };
        for (offset, words) in self.words[..blocks].iter_mut().enumerate() {
            words.resize(on.len(), [0; 4]);
            lanes::fill(dice, &self.entities, step, FIRST_BLOCK + offset as u32, words);
        }
    }

    /// The word of a common process for the client at a position of the list of those on benefit.
    #[inline]
    pub(super) fn word(&self, position: usize, process: Process) -> u32 {
        self.words[(process.block() - FIRST_BLOCK) as usize][position][process.lane()]
    }

    /// The words of starts and stops per step.
    #[inline]
    pub(super) fn steps(&self, position: usize) -> PerStep<u32> {
        let [a, b, c] = [0, 1, 2].map(|block: usize| self.words[block][position]);
        PerStep([a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c[0], c[1], c[2]])
    }
}
