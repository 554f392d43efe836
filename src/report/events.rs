//! `events.csv`: the data set that a study would have, one row per participant. `trajectories.csv`: sampled lives, truth and all.

use std::io::{self, Write};

use crate::history::LifeMonth;
use crate::kinds::{ExitReason, Kind, LifeEvent, Set};
use crate::observe::{Filed, OnFile};
use crate::scenario::Scenario;

use super::curves::number;
use super::escape::cell;

/// Name of the file with one row per participant.
pub(crate) const EVENTS: &str = "events.csv";
/// Name of the file with sampled lives.
pub(crate) const TRAJECTORIES: &str = "trajectories.csv";

/// The columns of `events.csv`.
pub const EVENT_COLUMNS: [&str; 27] = [
    "participant",
    "site",
    "arm",
    "caseworker",
    "time",
    "status",
    "entry_month",
    "entry_band",
    "entry_distance_months",
    "months_on_benefit_at_entry",
    "age_years",
    "follow_up_months",
    "exited",
    "exit_month",
    "exit_reason_recorded",
    "lost_to_follow_up",
    "returns",
    "months_on_benefit",
    "signalled",
    "first_signal_month",
    "signals",
    "signals_in_talk",
    "confirmed",
    "activated",
    "first_activation_month",
    "talks",
    "band",
];

/// Status of who had not left by the end of `time`.
const STILL_ON_BENEFIT: &str = "0";

/// Writes one row per participant of a study as it is on file at a cut-off.
///
/// Months are counted from the participant's entry; what never happened is an empty field. `time` and `status` are ready for a
/// survival analysis: months to the first exit or to the end of what the study sees, and the reason on file of that exit, 0
/// without one.
///
/// # Errors
/// When writing fails.
pub(crate) fn write_events(scenario: &Scenario, file: &OnFile, to: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(EVENT_COLUMNS)?;
    for row in &file.rows {
        csv.write_record(event_row(scenario, row))?;
    }
    csv.flush()
}

/// A participant as a row.
fn event_row(scenario: &Scenario, row: &Filed) -> Vec<String> {
    let flag = |yes: bool| u8::from(yes).to_string();
    let exited = row.exit <= row.follow_up;
    let status = if exited { reason(row.exit_reason) } else { STILL_ON_BENEFIT };
    vec![
        row.participant.to_string(),
        cell(&scenario.sites[row.site as usize].name),
        cell(&scenario.arms[row.arm as usize].name),
        row.caseworker.to_string(),
        number(row.exit.min(row.follow_up)),
        status.to_string(),
        row.entry_month.to_string(),
        row.entry_band.name().to_string(),
        row.entry_distance.to_string(),
        row.months_on_benefit.to_string(),
        row.age_years.to_string(),
        number(row.follow_up),
        flag(exited),
        number(row.exit),
        if exited { reason(row.exit_reason).to_string() } else { String::new() },
        flag(row.lost),
        row.returns.to_string(),
        number(row.time_on_benefit),
        flag(row.signals > 0),
        number(row.first_signal),
        row.signals.to_string(),
        row.signals_in_talk.to_string(),
        row.confirmed.to_string(),
        flag(row.first_activation.is_finite()),
        number(row.first_activation),
        row.talks.to_string(),
        row.band.name().to_string(),
    ]
}

/// The reason on file; empty without.
fn reason(recorded: Option<ExitReason>) -> &'static str {
    recorded.map_or("unknown", ExitReason::name)
}

/// The columns of `trajectories.csv`.
pub const TRAJECTORY_COLUMNS: [&str; 18] = [
    "arm",
    "site",
    "client",
    "month",
    "age_months",
    "status",
    "distance_true_months",
    "distance_recorded_months",
    "trust",
    "confidence",
    "motivation",
    "knowledge",
    "perceived_detection",
    "irregularity",
    "rung",
    "active_steps",
    "disclosed_domains",
    "events",
];

/// Writes the monthly states and events of sampled clients: the truth, for reviewers; no study has it.
///
/// # Errors
/// When writing fails.
pub(crate) fn write_trajectories(scenario: &Scenario, lives: &[LifeMonth], to: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(TRAJECTORY_COLUMNS)?;
    for life in lives {
        csv.write_record(life_row(scenario, life))?;
    }
    csv.flush()
}

/// A month of a life as a row.
fn life_row(scenario: &Scenario, life: &LifeMonth) -> Vec<String> {
    vec![
        cell(&scenario.arms[life.arm as usize].name),
        cell(&scenario.sites[life.site as usize].name),
        life.client.to_string(),
        life.month.to_string(),
        number(life.age_months),
        life.out.map_or("on benefit", ExitReason::name).to_string(),
        number(life.distance_true),
        number(life.distance_recorded),
        number(life.trust),
        number(life.confidence),
        number(life.motivation),
        number(life.knowledge),
        number(life.perceived_detection),
        life.irregularity.name().to_string(),
        life.rung.number().to_string(),
        names_in(life.active_steps),
        names_in(life.disclosed),
        life.events.iter().map(|event| LifeEvent::name(*event)).collect::<Vec<_>>().join("; "),
    ]
}

/// The names of what is in a set, separated by semicolons.
fn names_in<K: Kind>(set: Set<K>) -> String {
    set.iter().map(K::name).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{Domain, Step};

    #[test]
    fn bit_sets_become_names() {
        assert_eq!(
            names_in(Set::of(|step| matches!(step, Step::Sport | Step::Trajectory))),
            "sport;trajectory"
        );
        assert_eq!(names_in::<Domain>(Set::EMPTY), "");
    }

    #[test]
    fn reasons_have_names() {
        assert_eq!(reason(Some(ExitReason::Work)), "work");
        assert_eq!(reason(None), "unknown");
    }
}
