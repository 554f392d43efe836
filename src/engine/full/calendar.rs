//! 1. Calendar: age, months of benefit, pension.

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::ExitReason;

/// Clients who reach the statutory pension age of the calendar year leave; everybody else on benefit costs a step.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    let mut pensioners = false;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        if load.age_at_zero[row] + clock.end >= clock.pension_age_months {
            book.leave(load, row, ExitReason::Pension, setting, clock);
            pensioners = true;
        }
    }
    if pensioners {
        load.compact();
    }
    book.add_where(load, Tally::BenefitMonths, clock.length, |_| true);
    book.months_off(clock.length);
}
