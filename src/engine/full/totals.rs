//! Monthly totals while they are made: month by month, so that what a step adds lies together in memory.

use crate::history::{GroupTally, TALLIES, Tally};

/// Totals of a month.
#[derive(Clone, Debug)]
pub(super) struct MonthTotals([f64; TALLIES]);

impl MonthTotals {
    /// All zero.
    const ZERO: Self = Self([0.0; TALLIES]);

    /// Adds to a total.
    #[inline(always)]
    pub(super) fn add(&mut self, tally: Tally, amount: f64) {
        self.0[tally.index()] += amount;
    }
}

/// Totals of a group.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    /// One row per month, 0 to the horizon.
    rows: Vec<MonthTotals>,
}

impl Totals {
    /// All zero, for months 0 to `months`.
    pub(super) fn new(months: u32) -> Self {
        Self { rows: vec![MonthTotals::ZERO; months as usize + 1] }
    }

    /// Sets everything to zero.
    pub(super) fn clear(&mut self) {
        self.rows.fill(MonthTotals::ZERO);
    }

    /// The totals of a month, for adding.
    #[inline]
    pub(super) fn in_month(&mut self, month: usize) -> &mut MonthTotals {
        &mut self.rows[month]
    }

    /// Adds everything to a group of the history.
    pub(super) fn add_to(&self, group: &mut GroupTally) {
        for (index, column) in group.columns_mut().enumerate() {
            for (total, row) in column.iter_mut().zip(&self.rows) {
                *total += row.0[index];
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
        totals.in_month(1).add(Tally::TalksHeld, 2.0);
        totals.in_month(2).add(Tally::TalksHeld, 3.0);
        let mut group = GroupTally::new(2);
        totals.add_to(&mut group);
        totals.add_to(&mut group);
        assert_eq!(group.column(Tally::TalksHeld), [0.0, 4.0, 6.0]);
        totals.clear();
        totals.add_to(&mut group);
        assert_eq!(group.column(Tally::TalksHeld), [0.0, 4.0, 6.0]);
    }
}
