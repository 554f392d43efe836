//! 10. Competing exits (model page 7.9).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use super::clock::Clock;
use super::luck::Luck;
use super::place::Hits;
use super::setting::{Setting, Staff};
use crate::history::Tally;
use crate::kinds::{ExitReason, Irregularity, Kind, Step};
use crate::random::lanes::{happens, probability, unit};
use crate::random::{Process, sample};
use crate::scenario::parameters::WorkExit;
use crate::stats::lanes::{self, Block, Floats, LANES, LaneSum, Mask, Simd, all, choose, exp, has, ln};

/// A suspended client has this long to put it right by coming to a talk (recovery term, art. 54 Participatiewet, here
/// one month) before the suspension can end the benefit.
const RECOVERY_MONTHS: f32 = 1.0;
/// Reasons that compete, in the order in which they are laid out on the unit interval.
const REASONS: [ExitReason; 7] = [
    ExitReason::Work,
    ExitReason::Education,
    ExitReason::Relationship,
    ExitReason::Move,
    ExitReason::Death,
    ExitReason::Withdrawal,
    ExitReason::Other,
];
/// Fall of the log hazard of education per year of age over 27.
const EDUCATION_PER_YEAR: f32 = -0.12;
/// Age in months up to which the hazard of education is constant: the age limit of the law for young people.
const EDUCATION_FROM: f32 = 27.0 * 12.0;
/// Rise of the log hazard of death per year of age.
const DEATH_PER_YEAR: f32 = 0.08;
/// Age in months at which the hazard of death is the parameter.
const DEATH_AT: f32 = 45.0 * 12.0;

/// Terminations decided in this step take effect; the other causes compete exactly: cause `k` has probability
/// `h_k / H * (1 - exp(-H))`.
///
/// How many leave, less the sum of their probabilities, is luck with a known mean (zero): the trial takes it out of its means.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (hazards, hits): (&mut Vec<Hazards>, &mut Hits),
    (staff, setting): (&Staff, &Setting),
    clock: &Clock,
    book: &mut Book,
) {
    let month = Month::new(staff, setting, clock);
    let expected = lanes::with!(setting.means.level, simd => {
        who_leaves(simd, load, luck, (&mut *hazards, &mut *hits), &month)
    });
    setting.lap("leaving: who leaves");
    let (mut exits, mut to_work) = (0.0, 0.0);
    // From the last row on: who leaves makes place for the last client.
    for (block, who) in hits.blocks().rev() {
        let hazards = &hazards[block];
        for lane in (0..LANES).rev().filter(|lane| who >> lane & 1 == 1) {
            let row = block * LANES + lane;
            let reason = if load.has(row, flag::TERMINATED) {
                ExitReason::Fraud
            } else {
                let u = sample::single::unit(luck.word(row, Process::Exit));
                REASONS[sample::single::which(u, &hazards.each_ref().map(|hazard| hazard[lane]))]
            };
            exits += f64::from(u8::from(reason != ExitReason::Fraud));
            to_work += f64::from(u8::from(reason == ExitReason::Work));
            book.leave(load, row, reason, setting, clock);
        }
    }
    book.part = 0; // luck is looked at for the whole caseload
    book.add(Tally::ExitLuck, exits - expected.exits);
    book.add(Tally::WorkLuck, to_work - expected.to_work);
}

/// What is the same for everybody in a step. Hazards are over the step.
#[derive(Clone)]
struct Month {
    /// Start of the step, months since month 0.
    start: f32,
    /// Hazard of work at distance 0, under this labor market.
    work: f32,
    /// What else the hazard of work depends on.
    on_work: WorkExit<f32>,
    /// Log-effect of the caseworker's optimism, for those with a fixed caseworker.
    optimism: f32,
    /// Hazard of education up to its age.
    education: f32,
    /// Hazard of a relationship, of those who live alone.
    relationship: f32,
    /// Hazard of moving away.
    moving: f32,
    /// Hazard of death at its age.
    death: f32,
    /// Hazard of withdrawing by itself.
    withdrawal: f32,
    /// Hazard of withdrawing at an invitation, whatever the length of the step, by irregularity.
    at_invitation: [f32; Irregularity::ALL.len()],
    /// Hazard of withdrawing while suspended.
    suspension: f32,
    /// Hazard of other reasons at the start of a spell.
    other: f32,
    /// How it falls with months on benefit.
    other_shape: f32,
}

impl Month {
    /// What the hazards of a step have in common, at this site and under this caseworker.
    fn new(staff: &Staff, setting: &Setting, clock: &Clock) -> Self {
        let (p, single, dt) = (setting.parameters, setting.single, clock.length as f32);
        Self {
            start: clock.start as f32,
            work: (p.work.base * setting.labor_market(clock.month) * clock.length) as f32,
            on_work: single.work.clone(),
            optimism: (p.caseworker.optimism * staff.caseworker.optimism) as f32,
            education: single.exit.education * dt,
            relationship: single.exit.relationship * dt,
            moving: single.exit.r#move * dt,
            death: single.exit.death * dt,
            withdrawal: single.exit.withdrawal * dt,
            at_invitation: single.withdrawal_at_invitation,
            suspension: single.no_show.suspension_exit * dt,
            other: single.other.base * dt,
            other_shape: single.other.shape,
        }
    }
}

/// Sums of the probabilities of leaving in a step, of those whose benefit is not terminated.
struct Expected {
    /// Sum over everybody of the probability to leave for any reason.
    exits: f64,
    /// Sum over everybody of the probability to leave for work.
    to_work: f64,
}

/// Units of a probability in its sum.
const PER_PROBABILITY: f32 = 2_097_152.0;

/// The hazards over the step of [`REASONS`], of sixteen clients.
pub(super) type Hazards = [Block<f32>; REASONS.len()];

/// Who leaves: the sum of the hazards decides. The hazards of everybody are left in `known`: two short loops, since of one long one the
/// processor would see a single block at a time.
#[inline(always)]
fn who_leaves<S: Simd>(
    simd: S,
    load: &Caseload,
    luck: &Luck,
    (known, hits): (&mut Vec<Hazards>, &mut Hits),
    month: &Month,
) -> Expected {
    let month = month.clone();
    if known.len() < load.all().len() {
        known.resize(load.all().len(), Hazards::default());
    }
    for (clients, known) in load.all().zip(known.iter_mut()) {
        known[0].store(log_duration(simd, clients, &month));
    }
    for (clients, known) in load.all().zip(known.iter_mut()) {
        hazards(simd, clients, known, &month);
    }
    let [mut exits, mut to_work] = [LaneSum::new(simd, PER_PROBABILITY); 2];
    hits.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let known = &known[block];
        let total = sum(simd, known);
        let u = unit(simd, luck.of(simd, block, Process::Exit));
        let terminated = has(clients.flags.load(simd), flag::TERMINATED);
        hits.set(block, (happens(simd, u, total) | terminated).to_bitmask());

        let competing = Mask::<S>::from_bitmask(simd, load.live(block).into()) & !terminated;
        let probability = probability(simd, total);
        let share = known[0].load(simd).min(LARGE) / total.max(f32::MIN_POSITIVE).min(LARGE);
        exits.add(competing, probability);
        to_work.add(competing, probability * share);
    }
    Expected { exits: exits.total(), to_work: to_work.total() }
}

/// A hazard over which nothing becomes more certain.
const LARGE: f32 = 1e30;

/// The sum of the hazards, in their order.
#[inline(always)]
fn sum<S: Simd>(simd: S, hazards: &Hazards) -> Floats<S> {
    let mut total = hazards[0].load(simd);
    for hazard in &hazards[1..] {
        total += hazard.load(simd);
    }
    total
}

/// `ln(1 + d/12)` at d months on benefit.
#[inline(always)]
fn log_duration<S: Simd>(simd: S, clients: &ClientBlock, month: &Month) -> Floats<S> {
    let months = (all(simd, month.start) - clients.spell_start.load(simd)).max(0.0);
    ln(simd, months * (1.0 / 12.0) + 1.0)
}

/// The hazards over the step of [`REASONS`], written over [`log_duration`] in the first place.
#[inline(always)]
fn hazards<S: Simd>(simd: S, clients: &ClientBlock, hazards: &mut Hazards, month: &Month) {
    let log_duration = hazards[0].load(simd);
    let age = clients.age_at_zero.load(simd) + month.start;
    let alone = has(clients.flags.load(simd), flag::ALONE);
    let over_27 = (age - EDUCATION_FROM).max(0.0);
    let found = [
        work(simd, clients, log_duration, month),
        exp(simd, over_27 * (EDUCATION_PER_YEAR / 12.0)) * month.education,
        choose(simd, alone, month.relationship, 0.0),
        all(simd, month.moving),
        exp(simd, (age - DEATH_AT) * (DEATH_PER_YEAR / 12.0)) * month.death,
        withdrawal(simd, clients, month),
        exp(simd, log_duration * -month.other_shape) * month.other,
    ];
    for (block, hazard) in hazards.iter_mut().zip(&found) {
        block.store(*hazard);
    }
}

/// `base * v * exp(-x/scale + confidence*(E-.35) + motivation*(M-.4) + threat + optimism) * (1 + d/12)^duration`, and its factors.
#[inline(always)]
fn work<S: Simd>(simd: S, clients: &ClientBlock, log_duration: Floats<S>, month: &Month) -> Floats<S> {
    let p = &month.on_work;
    let distance = clients.distance.load(simd);
    let called = (all(simd, month.start) - clients.last_invitation.load(simd)).simd_lt(1.0);
    let fixed = has(clients.flags.load(simd), flag::FIXED_CASEWORKER);
    let exponent = (clients.confidence.load(simd) - 0.35) * p.confidence
        + (clients.motivation.load(simd) - 0.4) * p.motivation
        + choose(simd, distance.simd_le(12.0) & called, p.threat, 0.0)
        + choose(simd, fixed, month.optimism, 0.0)
        + log_duration * p.duration
        - distance / p.scale;
    let unseen = clients.recorded.load(simd).simd_gt(12.0);
    let in_trajectory = has(clients.active.load(simd), 1 << Step::Trajectory.index());
    let sick = clients.severity_health.load(simd).simd_gt(0.5);
    clients.frailty.load(simd)
        * month.work
        * choose(simd, unseen, p.unseen, 1.0)
        * choose(simd, in_trajectory, p.lock_in, 1.0)
        * choose(simd, sick, p.health, 1.0)
        * exp(simd, exponent)
}

/// Hazard of withdrawing in the step: by itself, at an invitation, and while suspended for longer than the recovery term.
#[inline(always)]
fn withdrawal<S: Simd>(simd: S, clients: &ClientBlock, month: &Month) -> Floats<S> {
    let irregularity = clients.irregularity.load(simd);
    let invited = has(clients.flags.load(simd), flag::INVITED);
    let [none, unintentional, intentional] = month.at_invitation;
    let when_called = irregularity.simd_eq(Irregularity::None as u32).select(
        all(simd, none),
        choose(simd, irregularity.simd_eq(Irregularity::Unintentional as u32), unintentional, intentional),
    );
    let suspended = all(simd, month.start) - clients.suspended_since.load(simd);
    invited.select(when_called, all(simd, 0.0))
        + choose(simd, suspended.simd_ge(RECOVERY_MONTHS), month.suspension, 0.0)
        + month.withdrawal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, staff};

    /// Hazards of the first block.
    fn hazards_of(load: &Caseload, month: &Month) -> Hazards {
        let mut found = Hazards::default();
        in_lanes!(simd => {
            found[0].store(log_duration(simd, load.at(0), month));
            hazards(simd, load.at(0), &mut found, month);
        });
        found
    }

    /// Hazards of the first client over the first step, by reason.
    fn hazards_at(stage: &Stage, row: &Row) -> impl Fn(ExitReason) -> f32 {
        let (load, setting) = (load_of(row), stage.setting());
        let month = Month::new(&staff(), &setting, &stage.clock(0));
        let all = hazards_of(&load, &month);
        move |reason| all[REASONS.iter().position(|known| *known == reason).expect("competes")][0]
    }

    fn client() -> Row {
        let usual = Row { confidence: 0.35, motivation: 0.4, frailty: 1.0, recorded: 10.0, ..Row::default() };
        Row { last_invitation: f32::NEG_INFINITY, suspended_since: f32::INFINITY, ..usual }
    }

    #[test]
    fn section_7_9_work_falls_with_distance_and_with_months_on_benefit() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.work;
        let row = Row { distance: 20.0, spell_start: -24.0, frailty: 1.5, ..client() };
        let expected = 1.5 * p.base * libm::exp(-20.0 / p.scale) * libm::pow(3.0, p.duration);
        assert!(close(hazards_at(&stage, &row)(ExitReason::Work), expected));
    }

    #[test]
    fn section_7_9_work_has_its_factors() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.work;
        let work = |row: Row| f64::from(hazards_at(&stage, &row)(ExitReason::Work));
        let plain = work(client());
        let trajectory = 1 << Step::Trajectory.index();
        for (row, factor) in [
            (Row { recorded: 12.1, ..client() }, p.unseen),
            (Row { active: trajectory, ..client() }, p.lock_in),
            (Row { severity_health: 0.6, ..client() }, p.health),
            (Row { severity_health: 0.5, ..client() }, 1.0),
            (Row { last_invitation: 0.0, ..client() }, libm::exp(p.threat)),
            (Row { last_invitation: -1.0, ..client() }, 1.0),
            (
                Row { confidence: 0.85, motivation: 0.9, ..client() },
                libm::exp(0.5 * (p.confidence + p.motivation)),
            ),
            (Row { frailty: 0.0, ..client() }, 0.0),
        ] {
            assert!(
                (work(row) - plain * factor).abs() <= 4e-6 * plain * factor,
                "{} {factor}",
                work(row) / plain
            );
        }
    }

    #[test]
    fn section_7_9_optimism_works_through_a_fixed_caseworker_only() {
        let stage = Stage::new();
        let setting = stage.setting();
        let mut optimist = staff();
        optimist.caseworker.optimism = 0.5;
        let month = Month::new(&optimist, &setting, &stage.clock(0));
        let work = |flags| {
            let load = load_of(&Row { flags, ..client() });
            hazards_of(&load, &month)[0][0]
        };
        let factor = libm::exp(0.5 * stage.scenario.parameters.caseworker.optimism);
        assert!(close(work(flag::FIXED_CASEWORKER) / work(0), factor));
    }

    #[test]
    fn section_7_9_other_reasons_go_by_age_household_and_months_on_benefit() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters;
        let row = Row { age_at_zero: 50.0 * 12.0, spell_start: -36.0, flags: flag::ALONE, ..client() };
        let hazard = hazards_at(&stage, &row);
        assert!(close(hazard(ExitReason::Education), p.exit.education * libm::exp(-0.12 * 23.0)));
        assert!(close(hazard(ExitReason::Relationship), p.exit.relationship));
        assert!(close(hazard(ExitReason::Move), p.exit.r#move));
        assert!(close(hazard(ExitReason::Death), p.exit.death * libm::exp(0.08 * 5.0)));
        assert!(close(hazard(ExitReason::Other), p.other.base * libm::pow(4.0, -p.other.shape)));
        let couple = Row { age_at_zero: 20.0 * 12.0, ..client() };
        assert!(close(hazards_at(&stage, &couple)(ExitReason::Education), p.exit.education));
        assert_eq!(hazards_at(&stage, &couple)(ExitReason::Relationship), 0.0);
    }

    #[test]
    fn section_7_9_an_invitation_has_its_probability_of_withdrawal_whatever_the_step() {
        let mut stage = Stage::new();
        let p = stage.scenario.parameters.clone();
        for (per_month, dt) in [(1, 1.0), (4, 0.25)] {
            stage.scenario.steps_per_month = per_month;
            for (irregularity, probability) in [
                (Irregularity::None, p.withdrawal_at_invitation.none),
                (Irregularity::Unintentional, p.withdrawal_at_invitation.unintentional),
                (Irregularity::Intentional, p.withdrawal_at_invitation.intentional),
            ] {
                let row = Row { irregularity: irregularity as u32, flags: flag::INVITED, ..client() };
                let found = hazards_at(&stage, &row)(ExitReason::Withdrawal);
                assert!(close(found, p.exit.withdrawal * dt - libm::log1p(-probability)), "{irregularity:?}");
            }
        }
    }

    #[test]
    fn section_7_1_a_suspension_acts_after_the_recovery_term() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters;
        let withdrawal = |suspended_since| {
            hazards_at(&stage, &Row { suspended_since, ..client() })(ExitReason::Withdrawal)
        };
        assert!(close(withdrawal(-0.9), p.exit.withdrawal));
        assert!(close(withdrawal(-1.0), p.exit.withdrawal + p.no_show.suspension_exit));
    }

    #[test]
    fn section_7_9_exits_compete_by_the_sum_of_their_hazards() {
        let sum = in_lanes!(simd => {
            let mut hazards = Hazards::default();
            for (reason, block) in hazards.iter_mut().enumerate() {
                block.store(all(simd, (reason + 1) as f32));
            }
            let total: [f32; LANES] = sum(simd, &hazards).into();
            total
        });
        assert_eq!(sum[0], 28.0);
    }
}
