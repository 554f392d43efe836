//! Monthly totals while they are made: month by month, so that what a step adds lies together in memory.

use crate::history::{GroupTally, TALLIES, Tally};

/// Totals of a group, `rows[month][tally.index()]`.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    rows: Vec<[f64; TALLIES]>,
}

impl Totals {
    /// All zero, for months 0 to `months`.
    pub(super) fn new(months: u32) -> Self {
        Self { rows: vec![[0.0; TALLIES]; months as usize + 1] }
    }

    /// Sets everything to zero.
    pub(super) fn clear(&mut self) {
        self.rows.fill([0.0; TALLIES]);
    }

    /// Adds to a total in a month.
    #[inline]
    pub(super) fn add(&mut self, tally: Tally, month: usize, amount: f64) {
        self.rows[month][tally.index()] += amount;
    }

    /// Adds everything to a group of the history.
    pub(super) fn add_to(&self, group: &mut GroupTally) {
        for tally in Tally::all() {
            let index = tally.index();
            for (total, row) in group.column_mut(tally).iter_mut().zip(&self.rows) {
                *total += row[index];
            }
        }
    }
}
