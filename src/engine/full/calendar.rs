//! 1. Calendar: age, months of benefit, pension.

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::place::Hits;
use super::recording::count_everybody;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::ExitReason;
use crate::stats::lanes::{self, Simd};

/// Clients who reach the statutory pension age of the calendar year leave; everybody else on benefit costs a step.
pub(super) fn run(
    load: &mut Caseload,
    (hits, list): (&mut Hits, &mut Vec<u32>),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    lanes::with!(setting.means.level, simd => pensioners(simd, load, hits, clock));
    hits.list(list);
    for &row in list.iter().rev() {
        book.leave(load, row as usize, ExitReason::Pension, setting, clock);
    }
    count_everybody(load, Tally::BenefitMonths, clock.length, setting, book);
    book.months_off(clock.length);
}

/// Who reaches the pension age by the end of the step: `age at month 0 + end >= AOW age of the calendar year`, months.
#[inline(always)]
fn pensioners<S: Simd>(simd: S, load: &Caseload, hits: &mut Hits, clock: &Clock) {
    hits.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let age = clients.age_at_zero.load(simd) + clock.end as f32;
        hits.set(block, age.simd_ge(clock.pension_age_months as f32).to_bitmask());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, in_lanes, written};

    #[test]
    fn section_7_9_the_pension_comes_in_the_step_that_ends_at_its_age() {
        let stage = Stage::new();
        let clock = stage.clock(0);
        let mut load = Caseload::default();
        for months_to_go in [0.5, 1.0, 1.5] {
            let age = clock.pension_age_months as f32 - months_to_go;
            load.push(&Row { age_at_zero: age, ..Row::default() });
        }
        let mut hits = Hits::default();
        in_lanes!(simd => pensioners(simd, &load, &mut hits, &clock));
        assert_eq!(hits.rows().collect::<Vec<_>>(), [0, 1]);
        let setting = stage.setting();
        let count = written(|book| run(&mut load, (&mut hits, &mut Vec::new()), &setting, &clock, book));
        assert_eq!([count(Tally::Exit(ExitReason::Pension)), count(Tally::BenefitMonths)], [2.0, 1.0]);
    }
}
