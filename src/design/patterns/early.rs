//! Are fraud signals front-loaded? Signals per client-month on benefit, per half-year, FIP over regular.

use super::averages::{Averages, Facts};
use super::played::Played;
use crate::history::Tally;
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch, replicate};

/// Half-years that are followed.
pub(super) const HALF_YEARS: usize = 10;

/// Names of the facts: FIP and regular signals per client-month in each half-year.
pub(super) const NAMES: [(&str, &str); HALF_YEARS] = [
    ("fip 1", "regular 1"),
    ("fip 2", "regular 2"),
    ("fip 3", "regular 3"),
    ("fip 4", "regular 4"),
    ("fip 5", "regular 5"),
    ("fip 6", "regular 6"),
    ("fip 7", "regular 7"),
    ("fip 8", "regular 8"),
    ("fip 9", "regular 9"),
    ("fip 10", "regular 10"),
];

/// Averages over paired worlds of the long scenario (five years).
pub(super) fn run(
    stage: &str,
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over(stage, replicates, watch, |replicate| facts(&scenario.study(replicate), replicate))
}

/// What one replicate shows.
fn facts(scenario: &Scenario, number: u32) -> Facts {
    let history = replicate::study(scenario, number);
    let rate = |arm: usize, half_year: usize| {
        let months = half_year * 6 + 1..=half_year * 6 + 6;
        let sum = |tally: Tally| -> f64 {
            let of = |month: usize| {
                history.tallies[arm].iter().map(|group| group.column(tally)[month]).sum::<f64>()
            };
            months.clone().map(of).sum()
        };
        sum(Tally::Signals) / sum(Tally::BenefitMonths)
    };
    let (control, fip) = (scenario.control, 1 - scenario.control);
    let of = |(half_year, (of_fip, other)): (usize, &(&'static str, &'static str))| {
        [(*of_fip, rate(fip, half_year)), (*other, rate(control, half_year))]
    };
    NAMES.iter().enumerate().flat_map(of).collect()
}
