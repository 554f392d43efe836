//! A whole caseload under regular service: long-stayers' exits, hazards by duration, returns, breaches.

use super::averages::{Averages, Facts};
use super::three::study;
use crate::history::{GroupTally, Record, Tally};
use crate::kinds::{ExitReason, Happening};
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch};

/// P0: clients on benefit for over three years at the start (as in CBS 2006): share that left within twelve months.
pub(super) fn long_stayers(
    scenario: &Scenario,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over("long-stayers", replicates, watch, |replicate| {
        let (_, file) = study(scenario, replicate);
        let regular = file.rows.iter().filter(|row| usize::from(row.arm) == scenario.control);
        let share = |from: f32, to: f32| {
            let own: Vec<_> =
                regular.clone().filter(|row| (from..to).contains(&row.months_on_benefit)).collect();
            own.iter().filter(|row| row.exit <= 12.0).count() as f64 / own.len().max(1) as f64
        };
        vec![("over three years", share(36.0, f32::INFINITY)), ("under one year", share(0.0, 12.0))]
    })
}

/// Bounds of the duration classes of CBS, months.
pub(super) const CLASSES: [(f64, f64); 5] =
    [(0.0, 6.0), (6.0, 12.0), (12.0, 24.0), (24.0, 60.0), (60.0, f64::INFINITY)];

/// Names of the facts per class: exits, and client-months.
pub(super) const CLASS_NAMES: [(&str, &str); 5] = [
    ("exits 0-6m", "months 0-6m"),
    ("exits 6-12m", "months 6-12m"),
    ("exits 1-2y", "months 1-2y"),
    ("exits 2-5y", "months 2-5y"),
    ("exits over 5y", "months over 5y"),
];

/// Flows of the whole caseload of the regular arm, new entrants and returned clients included, in the first year; and exits by
/// duration and returns of those who were on benefit at the start: first year for rates, the whole horizon for returns.
pub(super) fn caseload(scenario: &Scenario, replicates: u32, watch: Watch<'_>) -> Result<Averages, Stopped> {
    Averages::over("caseload", replicates, watch, |replicate| {
        let (history, _) = study(scenario, replicate);
        let mut sums = Sums::default();
        for_each_participant(&history.record, scenario.control, |person| sums.add(person));
        let mut facts = sums.facts();
        facts.extend(flows(&history.tallies[scenario.control]));
        facts
    })
}

/// First-year totals of everybody.
fn flows(sites: &[GroupTally]) -> Facts {
    let total = |tally: Tally| -> f64 { sites.iter().flat_map(|site| &site.column(tally)[1..=12]).sum() };
    let exits: f64 = Tally::exits().filter(|own| *own != Tally::Exit(ExitReason::Pension)).map(total).sum();
    vec![
        ("client-months", total(Tally::BenefitMonths)),
        ("exits", exits),
        ("exits to work", total(Tally::Exit(ExitReason::Work))),
        ("exits by fraud", total(Tally::Exit(ExitReason::Fraud))),
        ("confirmed", total(Tally::Confirmed)),
    ]
}

/// One participant of the regular arm.
struct Person<'a> {
    months_on_benefit: f64,
    events: &'a [crate::history::Event],
}

fn for_each_participant(record: &Record, arm: usize, mut visit: impl FnMut(&Person<'_>)) {
    let mut events = record.events.as_slice();
    for participant in 0..record.participants() {
        let mine = events.iter().take_while(|event| event.participant as usize == participant).count();
        let (own, rest) = events.split_at(mine);
        events = rest;
        if usize::from(record.arm[participant]) == arm {
            let months_on_benefit = f64::from(record.months_on_benefit[participant]);
            visit(&Person { months_on_benefit, events: own });
        }
    }
}

#[derive(Default)]
struct Sums {
    exits: [f64; 5],
    months: [f64; 5],
    exit_total: f64,
    /// Exits of the first two years whose return could be seen for two years: all, to work, by enforcement.
    left: [f64; 3],
    /// Of those, back within 6, 12 and 24 months.
    back: [[f64; 3]; 3],
}

impl Sums {
    fn add(&mut self, person: &Person<'_>) {
        let first = person.events.iter().find_map(|event| match event.happening {
            Happening::Exit { reason, .. } => Some((f64::from(event.time), reason)),
            _ => None,
        });
        let until = first.map_or(12.0, |(time, _)| time.min(12.0));
        for (class, (from, to)) in CLASSES.iter().enumerate() {
            let (start, end) = (person.months_on_benefit, person.months_on_benefit + until);
            self.months[class] += (end.min(*to) - start.max(*from)).max(0.0);
        }
        if let Some((time, reason)) = first {
            self.leave(person, time, reason);
        }
    }

    fn leave(&mut self, person: &Person<'_>, time: f64, reason: ExitReason) {
        let is = |wanted: ExitReason| f64::from(u8::from(reason == wanted));
        let duration = person.months_on_benefit + time;
        // Exits at pension age are apart in the statistics, as are deaths not; CBS counts the first out.
        if time <= 12.0 && reason != ExitReason::Pension {
            if let Some(class) = CLASSES.iter().position(|(from, to)| duration >= *from && duration < *to) {
                self.exits[class] += 1.0;
            }
            self.exit_total += 1.0;
        }
        if time > 24.0 {
            return;
        }
        let back = person.events.iter().find(|event| matches!(event.happening, Happening::Return));
        let after = back.map(|event| f64::from(event.time) - time);
        let kinds = [true, is(ExitReason::Work) > 0.0, is(ExitReason::Fraud) > 0.0];
        for (kind, _) in kinds.iter().enumerate().filter(|(_, own)| **own) {
            self.left[kind] += 1.0;
            for (at, within) in [6.0, 12.0, 24.0].into_iter().enumerate() {
                self.back[kind][at] += f64::from(u8::from(after.is_some_and(|after| after <= within)));
            }
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = vec![("exits at start", self.exit_total)];
        for (class, (exits, months)) in CLASS_NAMES.iter().enumerate() {
            facts.push((exits, self.exits[class]));
            facts.push((months, self.months[class]));
        }
        let names = [
            ("left", ["back 6", "back 12", "back 24"]),
            ("left to work", ["back from work 6", "back from work 12", "back from work 24"]),
            ("left by fraud", ["back after fraud 6", "back after fraud 12", "back after fraud 24"]),
        ];
        for (kind, (left, back)) in names.into_iter().enumerate() {
            facts.push((left, self.left[kind]));
            facts.extend(back.into_iter().zip(self.back[kind]));
        }
        facts
    }
}
