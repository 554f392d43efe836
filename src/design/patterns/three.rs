//! Three municipalities (Van der Valk & Fenger 2019): each followed and tested by itself.

use super::averages::{Averages, Facts};
use super::played::Played;
use super::table::{Direction, compare};
use crate::history::{History, Record, Tally};
use crate::kinds::Happening;
use crate::observe::{Endpoint, Filed, OnFile, Protocol, cut};
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch, replicate};

/// Averages over simulated studies of three municipalities.
pub(super) fn run(
    stage: &str,
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over(stage, replicates, watch, |replicate| facts(&scenario.study(replicate), replicate))
}

/// One study, with what is on file at its end.
pub(super) fn study(scenario: &Scenario, number: u32) -> (History, OnFile) {
    let history = replicate::study(scenario, number);
    let mut files = cut(&Protocol::from(scenario), &history.record, &[scenario.horizon_months]);
    let file = files.swap_remove(0);
    (history, file)
}

/// Participants of a site and arm with an outcome, and all.
pub(super) fn count(file: &OnFile, site: usize, arm: usize, has: impl Fn(&Filed) -> bool) -> (u64, u64) {
    let group = file.rows.iter().filter(|row| usize::from(row.site) == site && usize::from(row.arm) == arm);
    group.fold((0, 0), |(with, all), row| (with + u64::from(has(row)), all + 1))
}

/// Whether an endpoint happened to a participant.
pub(super) fn happened(endpoint: Endpoint) -> impl Fn(&Filed) -> bool {
    move |row| endpoint.of(row).1 == 1
}

/// What one replicate shows.
fn facts(scenario: &Scenario, replicate: u32) -> Facts {
    let (history, file) = study(scenario, replicate);
    let (control, fip) = (scenario.control, 1 - scenario.control);
    let sites = scenario.sites.len();
    let directions = |endpoint: Endpoint| -> Vec<Direction> {
        let of = |site, arm| count(&file, site, arm, happened(endpoint));
        (0..sites).map(|site| compare(of(site, fip), of(site, control))).collect()
    };
    let number = |found: &[Direction], wanted: Direction| {
        found.iter().filter(|direction| **direction == wanted).count()
    };
    let work = directions(Endpoint::ExitToWork);
    let exits = directions(Endpoint::Exit);
    let signals = directions(Endpoint::FirstSignal);
    let active = directions(Endpoint::VisibleActivation);
    let ended = directions(Endpoint::FraudOrWithdrawal);
    let started = starts(&history.record, &file);
    let by_starts = |site, arm| count(&file, site, arm, |row| started[row.participant as usize]);
    let starting = (0..sites)
        .filter(|site| compare(by_starts(*site, fip), by_starts(*site, control)) == Direction::More)
        .count();
    let both = (0..sites)
        .filter(|site| signals[*site] == Direction::More && ended[*site] == Direction::More)
        .count();
    let is = |holds: bool| f64::from(u8::from(holds));
    let different = |found: &[Direction]| sites - number(found, Direction::Same);
    let up = number(&signals, Direction::More);
    let held = [
        different(&work) == 0,
        different(&exits) <= 1,
        up == 2,
        number(&active, Direction::More) >= 2,
        both == 1,
    ];
    let far =
        file.rows.iter().filter(|row| row.entry_distance > 24.0).count() as f64 / file.rows.len() as f64;
    let mut facts = vec![
        ("no work", is(held[0])),
        ("exits", is(held[1])),
        ("exit site", different(&exits) as f64 / sites as f64),
        ("work site", different(&work) as f64 / sites as f64),
        ("signals 0", is(up == 0)),
        ("signals 1", is(up == 1)),
        ("signals 2", is(up == 2)),
        ("signals 3", is(up == 3)),
        ("activation", is(held[3])),
        ("starts", is(starting >= 2)),
        ("ended", is(held[4])),
        ("all five", is(held.iter().all(|held| *held))),
        ("far", far),
    ];
    facts.extend(states(&history, control, fip));
    facts
}

/// Who started or extended volunteering, informal care or a trajectory within the follow-up and before leaving benefit.
fn starts(record: &Record, file: &OnFile) -> Vec<bool> {
    let mut until = vec![0.0; record.participants()];
    for row in &file.rows {
        until[row.participant as usize] = row.exit.min(row.follow_up) + f64::from(row.entry_month);
    }
    let mut started = vec![false; until.len()];
    for event in &record.events {
        let who = event.participant as usize;
        let activation = match event.happening {
            Happening::VisibleStart { step } | Happening::Extension { step } => step.is_activation(),
            _ => false,
        };
        if activation && f64::from(event.time) <= until[who] {
            started[who] = true;
        }
    }
    started
}

/// Change of trust, confidence and motivation from start to end, and capacity found in the first year, per arm.
fn states(history: &History, control: usize, fip: usize) -> Facts {
    let sum = |arm: usize, tally: Tally, month: usize| -> f64 {
        history.tallies[arm].iter().map(|group| group.column(tally)[month]).sum()
    };
    let last = history.tallies[fip].first().map_or(0, |group| group.months());
    let change = |arm: usize, tally: Tally| {
        sum(arm, tally, last) / sum(arm, Tally::OnBenefit, last)
            - sum(arm, tally, 0) / sum(arm, Tally::OnBenefit, 0)
    };
    let found = |arm: usize| -> f64 {
        (1..=last.min(12)).map(|month| sum(arm, Tally::CapacityFound, month)).sum::<f64>()
            / sum(arm, Tally::OnBenefit, 0)
    };
    vec![
        ("trust fip", change(fip, Tally::Trust)),
        ("trust regular", change(control, Tally::Trust)),
        ("confidence fip", change(fip, Tally::Confidence)),
        ("confidence regular", change(control, Tally::Confidence)),
        ("motivation fip", change(fip, Tally::Motivation)),
        ("motivation regular", change(control, Tally::Motivation)),
        ("found fip", found(fip)),
        ("found regular", found(control)),
    ]
}
