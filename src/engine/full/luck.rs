//! The luck of everybody on benefit in one step: the draws that every client needs, made in lanes.
//!
//! Two blocks of random bits hold all of them. What few clients need is drawn where it is needed.

use super::caseload::Caseload;
use super::setting::Setting;
use crate::random::{Dice, Process, lanes as draws};
use crate::stats::lanes::{self, Column, Simd};

/// First of the blocks of common draws.
const FIRST_BLOCK: u32 = Process::Irregularity.block();
/// Number of common blocks.
const BLOCKS: usize = 2;

/// The words of each client on benefit, in columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Luck {
    /// The words of the clients, by block of draws and lane: `words[block][lane][row]`.
    words: [[Column<u32>; 4]; BLOCKS],
}

impl Luck {
    /// The words of a process, row by row.
    #[inline(always)]
    pub(super) fn of(&self, process: Process) -> &Column<u32> {
        &self.words[(process.block() - FIRST_BLOCK) as usize][process.lane()]
    }
}

/// Draws for everybody on benefit.
pub(super) fn draw(luck: &mut Luck, load: &Caseload, setting: &Setting, step: u32) {
    lanes::with!(setting.means.level, simd => blocks(simd, luck, load, &setting.dice, step));
}

/// Draws every block for sixteen clients at a time. An entity is the client's id, the moment the step.
#[inline(always)]
fn blocks<S: Simd>(simd: S, luck: &mut Luck, load: &Caseload, dice: &Dice, step: u32) {
    for (number, columns) in luck.words.iter_mut().enumerate() {
        for column in &mut *columns {
            column.resize(load.rows());
        }
        for block in load.blocks() {
            let ids = load.id.load(simd, block);
            let words = draws::block_inlined(simd, dice, ids, step, FIRST_BLOCK + number as u32);
            // By reference: an iterator over the array itself would copy it about, four times the cost of the whole block.
            for (column, words) in columns.iter_mut().zip(&words) {
                column.store(block, *words);
            }
        }
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
                assert_eq!(luck.of(process)[row], setting.dice.draw(load.id[row], 5, process), "{process:?}");
            }
        }
    }
}
