//! Almere 45+ (Regioplan, randomized, 199 and 199, eighteen months, caseload at most 25): more small jobs, and nothing else.

use super::averages::{Averages, Facts};
use super::played::Played;
use super::table::{Direction, compare};
use super::three::{count, happened, study};
use crate::kinds::{Happening, Step};
use crate::observe::Endpoint;
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch};

/// What makes the pilot of Brabantse Wal this trial.
pub(super) const OVERRIDES: [&str; 6] = [
    "horizon_months=18",
    "arm.fip.participants=199",
    "arm.fip.caseworkers=8",
    "arm.regular.participants=199",
    "service.fip.interval_months=1",
    "site_effects.neglect=1",
];

/// Averages over simulated trials.
pub(super) fn run(scenario: &Played, replicates: u32, watch: Watch<'_>) -> Result<Averages, Stopped> {
    Averages::over("almere", replicates, watch, |replicate| facts(&scenario.study(replicate), replicate))
}

/// What one replicate shows.
fn facts(scenario: &Scenario, replicate: u32) -> Facts {
    let (history, file) = study(scenario, replicate);
    let (control, fip) = (scenario.control, 1 - scenario.control);
    let mut job = vec![false; history.record.participants()];
    for event in &history.record.events {
        if matches!(event.happening, Happening::VisibleStart { step: Step::SmallJob }) {
            job[event.participant as usize] = true;
        }
    }
    let jobs = |arm| count(&file, 0, arm, |row| job[row.participant as usize]);
    let work = |arm| count(&file, 0, arm, happened(Endpoint::ExitToWork));
    let share = |(with, all): (u64, u64)| with as f64 / all as f64;
    vec![
        ("more jobs", f64::from(u8::from(compare(jobs(fip), jobs(control)) == Direction::More))),
        ("exits same", f64::from(u8::from(compare(work(fip), work(control)) == Direction::Same))),
        ("jobs fip", share(jobs(fip))),
        ("jobs regular", share(jobs(control))),
    ]
}
