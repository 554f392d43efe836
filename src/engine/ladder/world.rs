//! One world of one replicate of ladder dynamics, as the history that every floor above reads.
//!
//! Allocation, enrolment and the reasons on file are those of the full model; talks, signals, steps and distance do not
//! exist and stay zero. A client's months count from the client's own enrolment. Events are dated by whole months, also
//! when a table of hazards moves in smaller steps; benefit is paid for every month begun.

use super::LadderEngine;
use super::totals::{Cohort, RecordedShares, add_cohort, reason_of};
use crate::engine::Keep;
use crate::engine::allocation::{ArmClients, paired_places, study_places};
use crate::halt;
use crate::history::{Event, GroupTally, History, LadderArm, LadderHistory, Record, Tally, World};
use crate::kinds::{Band, Happening, Kind};
use crate::population::client_id;
use crate::random::{Dice, Process, sample};
use crate::scenario::Scenario;
use crate::scenario::plan::Ladder;

/// Simulates one world of one replicate by a transition table.
pub(in crate::engine) fn simulate(
    scenario: &Scenario,
    ladder: &Ladder,
    replicate: u32,
    world: World,
    keep: Keep,
) -> History {
    let arms: Vec<usize> = match world {
        World::Paired { arm } => vec![arm],
        World::Study => (0..scenario.arms.len()).collect(),
    };
    let mut history = History {
        world,
        tallies: vec![vec![GroupTally::new(scenario.horizon_months); scenario.sites.len()]; arms.len()],
        parts: Vec::new(),
        record: Record::default(),
        lives: Vec::new(),
    };
    let mut run = Run {
        scenario,
        dice: Dice::new(scenario.seed, replicate),
        engine: LadderEngine::new(ladder, scenario.horizon_months, scenario.steps_per_month),
        lives: LadderHistory::default(),
    };
    let mut first_cluster = 0;
    for site in 0..scenario.sites.len() {
        let study = (world == World::Study).then(|| study_places(scenario, site));
        for (slot, &arm) in arms.iter().enumerate() {
            let place = match &study {
                Some(places) => places[arm].clone(),
                None => paired_places(scenario, site, arm),
            };
            let group = Group { site, arm, first_cluster, place: &place };
            let record = (keep.record && study.is_some()).then_some(&mut history.record);
            run.group(&group, &mut history.tallies[slot][site], record);
            first_cluster += place.caseloads;
        }
    }
    history
}

/// A world in the making.
struct Run<'a> {
    /// The scenario.
    scenario: &'a Scenario,
    /// The dice of the replicate.
    dice: Dice,
    /// The transition tables.
    engine: LadderEngine,
    /// Memory of one arm.
    lives: LadderHistory,
}

/// The clients of one arm at one site.
struct Group<'a> {
    /// Number of the site.
    site: usize,
    /// Number of the arm.
    arm: usize,
    /// Number of its first caseload over the whole study.
    first_cluster: u32,
    /// Which clients, in which caseloads.
    place: &'a ArmClients,
}

/// What the record keeps of a participant: enrolment, first rung, and the exit with its calendar month.
#[derive(Clone, Copy, Default)]
struct Participant {
    /// Month of enrolment.
    entry: u16,
    /// Rung at the start.
    start_rung: u8,
    /// Month and kind of the exit, when there was one.
    exit: Option<(u16, Happening)>,
}

impl Run<'_> {
    /// Simulates one arm at one site and adds it up.
    fn group(&mut self, group: &Group, tally: &mut GroupTally, record: Option<&mut Record>) {
        let mut participants = vec![Participant::default(); group.place.numbers.len()];
        for (entry, places) in self.cohorts(group).into_iter().enumerate() {
            if places.is_empty() {
                continue;
            }
            halt::check();
            let ids = places.iter().map(|&at| client_id(group.site, group.place.numbers[at]));
            self.engine.simulate_into(&self.dice, ids, &[group.arm], &mut self.lives);
            let arm = &self.lives.arms[0];
            add_cohort(tally, &cohort(arm, entry), None);
            for (row, &at) in places.iter().enumerate() {
                let id = client_id(group.site, group.place.numbers[at]);
                participants[at] = self.participant(arm, row, id, entry, tally);
            }
        }
        if let Some(record) = record {
            write(record, group, &participants);
        }
    }

    /// Places in the group by month of enrolment.
    fn cohorts(&self, group: &Group) -> Vec<Vec<usize>> {
        let months = self.scenario.enrollment_months;
        let mut cohorts = vec![Vec::new(); months.max(1) as usize];
        for (at, &number) in group.place.numbers.iter().enumerate() {
            let word = self.dice.draw(client_id(group.site, number), 0, Process::StartEnrollment);
            cohorts[(sample::unit(word) * f64::from(months)) as usize].push(at);
        }
        cohorts
    }

    /// One client's exit with the reason that gets on file; both counted in the totals.
    fn participant(
        &self,
        arm: &LadderArm,
        row: usize,
        id: u32,
        entry: usize,
        tally: &mut GroupTally,
    ) -> Participant {
        let exit = arm.client_exits[row].filter(|exit| entry + usize::from(exit.month) <= tally.months());
        let exit = exit.map(|exit| {
            let word = self.dice.draw(id, u32::from(exit.month), Process::ReasonRecorded);
            let unknown = sample::occurs(word, self.scenario.parameters.observation.reason_unknown);
            let reason = reason_of(exit.reason);
            let recorded = (!unknown).then_some(reason);
            let month = entry + usize::from(exit.month);
            tally.add(Tally::on_file(recorded), month, 1.0);
            (month as u16, Happening::Exit { reason, recorded })
        });
        Participant { entry: entry as u16, start_rung: arm.start_rung[row], exit }
    }
}

/// Simulated clients who came in at `entry`.
fn cohort(arm: &LadderArm, entry: usize) -> Cohort<impl Fn(usize, usize) -> f64, impl Fn(usize) -> [f64; 3]> {
    Cohort {
        entry,
        rungs: arm.rungs,
        on_rung: |month, rung| f64::from(arm.on_rung(month, rung)),
        out: |month: usize| arm.exits[month].map(f64::from),
    }
}

/// Adds the participants to the record. A table knows rungs only: the band at enrolment is the rung (the fifth and
/// higher as band 4), and distance, months on benefit and age are 0.
fn write(record: &mut Record, group: &Group, participants: &[Participant]) {
    for (at, participant) in participants.iter().enumerate() {
        let number = record.participants() as u32;
        record.site.push(group.site as u16);
        record.arm.push(group.arm as u16);
        record.caseworker.push(group.first_cluster + at as u32 / group.place.size);
        record.entry_month.push(participant.entry);
        record.entry_band.push(Band::ALL[usize::from(participant.start_rung).min(Band::ALL.len() - 1)]);
        record.entry_distance.push(0.0);
        record.months_on_benefit.push(0.0);
        record.age_years.push(0.0);
        if let Some((month, happening)) = participant.exit {
            record.events.push(Event { participant: number, time: f32::from(month), happening });
        }
    }
}

/// The expected totals of one arm per client who ever comes in: the exact counterpart of the totals of [`simulate`].
pub(in crate::engine) fn expected(scenario: &Scenario, ladder: &Ladder, arm: usize) -> GroupTally {
    let curves = super::exact::curves(ladder, arm, scenario.horizon_months, scenario.steps_per_month);
    let cohorts = scenario.enrollment_months.max(1) as usize;
    let weight = 1.0 / cohorts as f64;
    let mut tally = GroupTally::new(scenario.horizon_months);
    for entry in 0..cohorts {
        let cohort = Cohort {
            entry,
            rungs: ladder.rungs.len(),
            on_rung: |month: usize, rung: usize| weight * curves.occupancy[month][rung],
            out: |month: usize| curves.exits[month].map(|share| weight * share),
        };
        let unknown = scenario.parameters.observation.reason_unknown;
        add_cohort(&mut tally, &cohort, Some(RecordedShares { unknown }));
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{self, Keep};
    use crate::kinds::Rung;
    use crate::population::Population;
    use crate::scenario::Dynamics;

    fn scenario(horizon_months: u32, enrollment_months: u32, hazard: bool) -> Scenario {
        let (rates, steps) = if hazard { ("hazard", 2) } else { ("probability", 1) };
        let text = format!(
            r#"
            extends = "reference"
            name = "ladder"
            title = "ladder"
            dynamics = "ladder"
            returns = false
            capacity = false
            allocation = "client"
            seed = 11
            horizon_months = {horizon_months}
            enrollment_months = {enrollment_months}
            steps_per_month = {steps}
            control = "one"
            [[arm]]
            name = "one"
            participants = 300
            caseworkers = 4
            [[arm]]
            name = "two"
            participants = 300
            caseworkers = 3
            ladder_effect = {{ from_month = 1, multiplier = 1.5, slope = 0.2, trust_gain = 0.05 }}
            [ladder]
            rates = "{rates}"
            start = [0.6, 0.3, 0.1]
            up = [0.05, 0.04, 0]
            down = [0, 0.01, 0.02]
            work = [0.002, 0.01, 0.05]
            fraud = [0.001, 0.001, 0.001]
            other = [0.005, 0.005, 0.005]
            start_trust = [0, 0.3]
            "#
        );
        match Scenario::from_text(&text) {
            Ok(scenario) => scenario,
            Err(problems) => panic!("{problems:?}"),
        }
    }

    fn world(scenario: &Scenario, replicate: u32, world: World) -> History {
        let nobody = Population::at_start(Vec::new(), Vec::new());
        engine::simulate(scenario, &nobody, replicate, world, Keep { record: true, lives: 0 })
    }

    fn total(tally: &GroupTally, kind: Tally) -> f64 {
        tally.column(kind).iter().sum()
    }

    #[test]
    fn clients_in_are_on_benefit_or_out_every_month() {
        for (enrollment, hazard) in [(0, false), (6, false), (6, true)] {
            let scenario = scenario(48, enrollment, hazard);
            for which in [World::Paired { arm: 1 }, World::Study] {
                let history = world(&scenario, 3, which);
                let mut everybody = 0.0;
                for tally in history.tallies.iter().flatten() {
                    let (mut entered, mut out, mut recorded) = (0.0, 0.0, 0.0);
                    for month in 0..=48 {
                        entered += tally.column(Tally::Entered)[month];
                        out += Tally::exits().map(|kind| tally.column(kind)[month]).sum::<f64>();
                        recorded += Tally::recorded().map(|kind| tally.column(kind)[month]).sum::<f64>();
                        let on = tally.column(Tally::OnBenefit)[month];
                        assert_eq!(entered, on + out);
                        assert_eq!(out, recorded);
                        let rungs = Rung::ALL.iter().map(|&rung| tally.column(Tally::Rung(rung))[month]);
                        assert_eq!(on, rungs.sum::<f64>());
                    }
                    assert_eq!(out, total(tally, Tally::FirstExits));
                    everybody += entered;
                }
                assert_eq!(everybody, 600.0);
            }
        }
    }

    #[test]
    fn the_record_is_the_totals_of_the_study() {
        let scenario = scenario(36, 5, false);
        let history = world(&scenario, 1, World::Study);
        let record = &history.record;
        assert_eq!(record.participants(), 600);
        for arm in 0..2u16 {
            let exits = |month: usize| {
                record.events.iter().filter(move |event| {
                    record.arm[event.participant as usize] == arm && event.time == month as f32
                })
            };
            for month in 0..=36 {
                let tally = &history.tallies[usize::from(arm)][0];
                assert_eq!(exits(month).count() as f64, tally.column(Tally::FirstExits)[month]);
            }
        }
        let caseworkers: std::collections::BTreeSet<_> = record.caseworker.iter().collect();
        assert_eq!(caseworkers.len(), 7);
    }

    #[test]
    fn in_the_study_everybody_lives_as_in_the_paired_world_of_the_own_arm() {
        let scenario = scenario(60, 3, false);
        let study = world(&scenario, 9, World::Study);
        let paired = world(&scenario, 9, World::Paired { arm: 1 });
        let exits = |history: &History| -> f64 {
            history.tallies.iter().flatten().map(|tally| total(tally, Tally::FirstExits)).sum()
        };
        let mut equal = scenario.clone();
        if let Dynamics::Ladder(ladder) = &mut equal.dynamics {
            ladder.effects[0] = ladder.effects[1];
        }
        assert_eq!(exits(&world(&equal, 9, World::Study)), exits(&paired));
        assert_ne!(exits(&study), exits(&paired));
    }

    /// Seed 11, 60 replicates of 600 clients: 36,000 clients; 4 standard errors of a share, about 600 comparisons.
    #[test]
    fn simulated_totals_agree_with_the_expected_ones() {
        const REPLICATES: u32 = 60;
        for (enrollment, hazard) in [(0, true), (8, false)] {
            let scenario = scenario(30, enrollment, hazard);
            let Dynamics::Ladder(ladder) = &scenario.dynamics else { unreachable!() };
            let expected = expected(&scenario, ladder, 1);
            let mut sum = GroupTally::new(30);
            for replicate in 0..REPLICATES {
                sum.merge(&world(&scenario, replicate, World::Paired { arm: 1 }).tallies[0][0]);
            }
            let clients = 600.0 * f64::from(REPLICATES);
            for kind in Tally::all() {
                let (mut counted, mut share) = (0.0, 0.0);
                for month in 0..=30 {
                    let flow = kind.kind() == crate::history::TallyKind::Flow;
                    counted = sum.column(kind)[month] + if flow { counted } else { 0.0 };
                    share = expected.column(kind)[month] + if flow { share } else { 0.0 };
                    // A share of clients; months of benefit are a sum over months of such shares.
                    let unit =
                        if kind == Tally::BenefitMonths { f64::from(month as u32).max(1.0) } else { 1.0 };
                    let error = super::super::exact::standard_error((share / unit).min(1.0), clients) * unit;
                    let gap = (counted / clients - share).abs();
                    assert!(gap <= 4.0 * error + 1e-9, "{} {month}: {gap} {error}", kind.name());
                }
            }
        }
    }
}
