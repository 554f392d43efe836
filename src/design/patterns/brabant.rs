//! Brabantse Wal (Fenger & Struwer 2016): one site, one year, all terminations.

use super::averages::{Averages, Facts};
use super::played::Played;
use super::table::{Direction, compare};
use super::three::{count, happened, study};
use crate::kinds::ExitReason;
use crate::observe::{Endpoint, Filed};
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch};

/// Averages over simulated pilots.
pub(super) fn run(
    stage: &str,
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over(stage, replicates, watch, |replicate| facts(&scenario.study(replicate), replicate))
}

/// What one replicate shows.
fn facts(scenario: &Scenario, replicate: u32) -> Facts {
    let (_, file) = study(scenario, replicate);
    let (control, fip) = (scenario.control, 1 - scenario.control);
    let of = |arm, endpoint| count(&file, 0, arm, happened(endpoint));
    let (ended, all) = of(fip, Endpoint::Exit);
    let (ended_regular, all_regular) = of(control, Endpoint::Exit);
    let work = of(fip, Endpoint::ExitToWork).0;
    let known = |row: &Filed| row.exit <= row.follow_up && row.exit_reason.is_some();
    let with_reason = count(&file, 0, fip, known).0;
    let moved = |row: &Filed| row.exit <= row.follow_up && row.exit_reason == Some(ExitReason::Withdrawal);
    let more = compare((ended, all), (ended_regular, all_regular)) == Direction::More;
    let share = ended as f64 / all as f64;
    let share_regular = ended_regular as f64 / all_regular as f64;
    vec![
        ("more", f64::from(u8::from(more))),
        // A pilot that says so sees at most half of the terminations with a reason on file go to work.
        ("more and not by work", f64::from(u8::from(more && 2 * work <= with_reason))),
        ("ended fip", share),
        ("ended regular", share_regular),
        ("work among ended", work as f64),
        ("ended with reason", with_reason as f64),
        ("withdrawn fip", count(&file, 0, fip, moved).0 as f64 / all as f64),
        ("work fip", work as f64 / all as f64),
        ("work regular", of(control, Endpoint::ExitToWork).0 as f64 / all_regular as f64),
        ("excess", share - share_regular),
    ]
}
