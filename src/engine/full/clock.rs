//! Where in time a step lies.

use crate::scenario::Scenario;

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
            month: month as usize,
            opens_month: step.is_multiple_of(per_month),
            closes_month: (step + 1).is_multiple_of(per_month),
            pension_age_months: f64::from(scenario.parameters.pension_age.in_year(year)),
        }
    }
}
