//! The luck of everybody on benefit in one step: the draws that every client needs, made in lanes.
//!
//! Two blocks of random bits hold all of them. What few clients need is drawn where it is needed.

use super::caseload::Caseload;
use super::setting::Setting;
use crate::random::lanes::Neighbors;
use crate::random::{Dice, Process};
use crate::stats::lanes::{self, Block, LANES, Simd, Words};

/// First of the blocks of common draws.
const FIRST_BLOCK: u32 = Process::Irregularity.block();
/// Number of common blocks.
const BLOCKS: usize = 2;

/// The words of each client on benefit.
#[derive(Clone, Debug, Default)]
pub(super) struct Luck {
    /// The words of sixteen clients at a time, by block of draws and word: `clients[block][draws][word][lane]`.
    clients: Vec<[[Block<u32>; 4]; BLOCKS]>,
}

/// Where the word of a process lies.
#[inline(always)]
fn place(process: Process) -> (usize, usize) {
    ((process.block() - FIRST_BLOCK) as usize, process.lane())
}

impl Luck {
    /// The words of a process for a block of clients.
    #[inline(always)]
    pub(super) fn of<S: Simd>(&self, simd: S, block: usize, process: Process) -> Words<S> {
        let (draws, word) = place(process);
        self.clients[block][draws][word].load(simd)
    }

    /// The word of a process for a row.
    #[inline(always)]
    pub(super) fn word(&self, row: usize, process: Process) -> u32 {
        let (draws, word) = place(process);
        self.clients[row / LANES][draws][word][row]
    }

    /// The words of a process for at most sixteen rows anywhere.
    pub(super) fn gather(&self, rows: &[u32], process: Process) -> Block<u32> {
        let mut words = Block::default();
        for (lane, &row) in rows.iter().enumerate() {
            words[lane] = self.word(row as usize, process);
        }
        words
    }
}

/// Draws for everybody on benefit.
pub(super) fn draw(luck: &mut Luck, load: &Caseload, setting: &Setting, step: u32) {
    lanes::with!(setting.means.level, simd => blocks(simd, luck, load, &setting.dice, step));
}

/// Draws every block for sixteen clients at a time. An entity is the client's id, the moment the step.
#[inline(always)]
fn blocks<S: Simd>(simd: S, luck: &mut Luck, load: &Caseload, dice: &Dice, step: u32) {
    let needed = lanes::blocks(load.rows());
    if luck.clients.len() < needed {
        luck.clients.resize(needed, Default::default());
    }
    let neighbors = Neighbors::<S, BLOCKS>::new(simd, dice, step, FIRST_BLOCK);
    for (clients, luck) in load.all().zip(&mut luck.clients) {
        neighbors.blocks(simd, clients.id.load(simd), luck);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::Stage;

    #[test]
    fn section_4_the_draws_of_a_step_are_addressed_by_client() {
        let stage = Stage::new();
        let setting = stage.setting();
        let mut load = Caseload::default();
        for id in [40, 7, 9] {
            load.push(&Row { id, ..Row::default() });
        }
        let mut luck = Luck::default();
        draw(&mut luck, &load, &setting, 5);
        for process in [Process::Irregularity, Process::Detection, Process::Contact, Process::AnyStep] {
            for row in 0..3 {
                assert_eq!(
                    luck.word(row, process),
                    setting.dice.draw(load.id(row), 5, process),
                    "{process:?}"
                );
            }
        }
    }
}
