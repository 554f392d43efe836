//! Where in time a step lies.

use crate::scenario::Scenario;

/// Ticks in a month: due dates are whole numbers of them, so that intervals such as 12/5 months add up exactly.
const TICKS: f64 = 65_536.0;
/// Ticks that rounding in double precision may take off a moment, and more.
const ROUNDING: f64 = 1e-6;
/// The tick that never comes.
pub(super) const NEVER: u32 = u32::MAX;

/// The tick in which a moment lies, months since month 0.
pub(super) fn tick(months: f64) -> u32 {
    (months * TICKS + ROUNDING) as u32
}

/// One step: from `start` to `end`, months since month 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock {
    /// Number of the step, from 0: part of the address of every draw in it.
    pub(super) step: u32,
    /// Length, months.
    pub(super) length: f64,
    /// Start, months since month 0.
    pub(super) start: f64,
    /// End, months since month 0.
    pub(super) end: f64,
    /// Tick at the end.
    pub(super) end_tick: u32,
    /// Month in which the step lies, 1 = the first: row of the monthly totals.
    pub(super) month: usize,
    /// First step of its month.
    pub(super) opens_month: bool,
    /// Last step of its month: states are recorded.
    pub(super) closes_month: bool,
    /// Pension age in months in the calendar year in which the step ends.
    pub(super) pension_age_months: f64,
}

impl Clock {
    /// The clock of a step.
    pub(super) fn at(scenario: &Scenario, step: u32) -> Self {
        let per_month = scenario.steps_per_month;
        let length = scenario.step_months();
        let month = step / per_month + 1;
        let year = scenario.start.year_after(month - 1);
        Self {
            step,
            length,
            start: f64::from(step) * length,
            end: f64::from(step + 1) * length,
            end_tick: tick(f64::from(step + 1) * length),
            month: month as usize,
            opens_month: step.is_multiple_of(per_month),
            closes_month: (step + 1).is_multiple_of(per_month),
            pension_age_months: f64::from(scenario.parameters.pension_age.in_year(year)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::Stage;

    #[test]
    fn intervals_end_at_the_step_that_begins_then() {
        for per_month in [1, 2, 3, 4, 5, 7, 30] {
            for step in 0..720 * per_month {
                let [start, later] =
                    [step, step + 3 * per_month].map(|step| f64::from(step) / f64::from(per_month));
                assert_eq!(tick(start + 3.0), tick(later), "{step} of {per_month}");
            }
        }
    }

    #[test]
    fn section_3_a_month_has_its_steps_and_the_pension_age_its_calendar_year() {
        let mut stage = Stage::new();
        stage.scenario.steps_per_month = 4;
        let [first, last, next] = [0, 3, 4].map(|step| stage.clock(step));
        assert_eq!((first.length, first.start, first.end, first.month), (0.25, 0.0, 0.25, 1));
        assert_eq!([first.opens_month, last.opens_month, next.opens_month], [true, false, true]);
        assert_eq!([first.closes_month, last.closes_month, next.month == 2], [false, true, true]);
        let age = f64::from(stage.scenario.parameters.pension_age.in_year(2026));
        assert_eq!(first.pension_age_months, age);
    }
}
