//! Monthly totals while they are made: month by month, so that what a step adds lies together in memory.

use crate::history::{GroupTally, TALLIES, Tally};

/// Totals of a group, `rows[month][tally.index()]`.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    /// One row per month, 0 to the horizon.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_totals_go_month_by_month_into_the_history() {
        let mut totals = Totals::new(2);
        totals.add(Tally::TalksHeld, 1, 2.0);
        totals.add(Tally::TalksHeld, 2, 3.0);
        let mut group = GroupTally::new(2);
        totals.add_to(&mut group);
        totals.add_to(&mut group);
        assert_eq!(group.column(Tally::TalksHeld), [0.0, 4.0, 6.0]);
        totals.clear();
        totals.add_to(&mut group);
        assert_eq!(group.column(Tally::TalksHeld), [0.0, 4.0, 6.0]);
    }
}
