//! 11. Record: states at the end of a month.

use fearless_simd::prelude::*;

use super::absent::Gone;
use super::book::Book;
use super::caseload::{Caseload, NOT_SAMPLED, Row, flag};
use super::clock::Clock;
use super::setting::Setting;
use super::totals::MonthTotals;
use crate::history::{LifeMonth, Tally};
use crate::kinds::{
    Band, ExitReason, Irregularity, Kind, LifeEvent, PerBand, PerRung, PerSpell, PerStep, Rung, Set,
    SpellClass, Step,
};
use crate::population::HIDDEN_CAPACITY_MONTHS;
use crate::stats::lanes::{self, Answers, BitCounts, Floats, LaneSum, Mask, Simd, Words, all, has, words};

/// Adds up the states of the clients on benefit.
pub(super) fn run(load: &Caseload, setting: &Setting, book: &mut Book) {
    let parts = book.totals.len();
    for part in 0..parts {
        book.part = part;
        let states = lanes::with!(setting.means.level, simd => states(simd, load, part, parts));
        write_states(&states, book.totals_now());
    }
}

/// Counts and sums of the states of one part of the caseload.
#[derive(Default)]
struct States {
    /// Clients on benefit.
    clients: u32,
    /// Of them, with an unintentional irregularity.
    unintentional: u32,
    /// With an intentional one.
    intentional: u32,
    /// With a true distance more than twelve months shorter than the recorded one.
    hidden_capacity: u32,
    /// With a talk that was due and got no slot: the backlog.
    waiting: u32,
    /// By recorded band.
    bands: PerBand<u32>,
    /// By rung of the participation ladder.
    rungs: PerRung<u32>,
    /// In each kind of small step.
    active: PerStep<u32>,
    /// Sum of the true distances, months.
    distance_true: f64,
    /// Sum of the recorded distances, months.
    distance_recorded: f64,
    /// Sum of trust, each 0 to 1.
    trust: f64,
    /// Sum of self-confidence, each 0 to 1.
    confidence: f64,
    /// Sum of motivation, each 0 to 1.
    motivation: f64,
}

/// Units of a month and of an index in sums of states: as fine as 120 months, and one, allow.
const PER_MONTH: f32 = 32_768.0;
/// Units of an index between 0 and 1 in its sum.
const PER_INDEX: f32 = 2_097_152.0;

/// Counts and sums over the clients of one part of the caseload, in one pass. Sums are of whole numbers of units: their order does
/// not matter, so every width of the vectors gives the same bits.
#[inline(always)]
fn states<S: Simd>(simd: S, load: &Caseload, part: usize, parts: usize) -> States {
    let mut clients_here = 0;
    let (mut distances, mut records) = (LaneSum::new(simd, PER_MONTH), LaneSum::new(simd, PER_MONTH));
    let [mut trust, mut confidence, mut motivation] = [LaneSum::new(simd, PER_INDEX); 3];
    let mut counts = BitCounts::<S, 8>::new(simd);
    for (block, clients) in load.all().enumerate() {
        let members = load.members(simd, block, part, parts);
        let who = Mask::<S>::from_bitmask(simd, members.into());
        let (distance, recorded) = (clients.distance.load(simd), clients.recorded.load(simd));
        clients_here += members.count_ones();
        distances.add(who, distance);
        records.add(who, recorded);
        trust.add(who, clients.trust.load(simd));
        confidence.add(who, clients.confidence.load(simd));
        motivation.add(who, clients.motivation.load(simd));

        let (flags, active) = (clients.flags.load(simd), clients.active.load(simd));
        let irregularity = clients.irregularity.load(simd);
        // The kinds of steps are the first answers.
        let mut answers = Answers::of(simd, active, Step::ALL.len());
        answers.push(irregularity.simd_eq(Irregularity::Unintentional as u32));
        answers.push(irregularity.simd_eq(Irregularity::Intentional as u32));
        answers.push((recorded - distance).simd_gt(HIDDEN_CAPACITY_MONTHS as f32));
        answers.push(has(flags, flag::WAITING));
        for &band in FAR_BANDS {
            answers.push(recorded.simd_gt(band.limits().0 as f32));
        }
        for on_or_above in rungs(distance, active) {
            answers.push(on_or_above);
        }
        counts.add(who, answers);
    }
    let mut answers = counts.total().into_iter().flatten();
    let mut next = || answers.next().unwrap_or_default();
    let mut states = States {
        clients: clients_here,
        active: PerStep::from_fn(|_| next()),
        unintentional: next(),
        intentional: next(),
        hidden_capacity: next(),
        waiting: next(),
        distance_true: distances.total(),
        distance_recorded: records.total(),
        trust: trust.total(),
        confidence: confidence.total(),
        motivation: motivation.total(),
        ..States::default()
    };
    let mut before = 0;
    for &band in FAR_BANDS {
        let beyond = next();
        states.bands[band] = beyond - before;
        before = beyond;
    }
    states.bands[Band::UpTo6] = clients_here - before;
    let mut above = 0;
    for rung in RUNGS {
        let on_or_above = next();
        states.rungs[rung] = on_or_above - above;
        above = on_or_above;
    }
    states.rungs[Rung::Isolated] = clients_here - above;
    states
}

/// The bands but the nearest, from the farthest on.
const FAR_BANDS: &[Band] = Band::ALL.split_last().expect("there are bands").1;
/// The rungs that steps give, from the highest on.
const RUNGS: [Rung; 4] = [Rung::Supported, Rung::Unpaid, Rung::Activities, Rung::Contacts];
/// Steps that put a client on a rung.
const SUPPORTED: u32 = 1 << Step::SmallJob as u32;
/// Bit of a trajectory.
const TRAJECTORY: u32 = 1 << Step::Trajectory as u32;
/// Bits of unpaid work: rung 4.
const UNPAID: u32 = 1 << Step::Volunteering as u32 | 1 << Step::InformalCare as u32;
/// Bits of activities outside the home: rung 3.
const ACTIVITIES: u32 = 1 << Step::Sport as u32 | 1 << Step::DutchPractice as u32 | TRAJECTORY;
/// Bits of help: rung 2.
const HELP: u32 = 1 << Step::NeighborhoodTeam as u32
    | 1 << Step::MentalCare as u32
    | 1 << Step::Gp as u32
    | 1 << Step::DebtCounselling as u32
    | 1 << Step::FoodBank as u32;

/// Who is on each of [`RUNGS`] of the participation ladder or above; on none of them: isolated (model page section 2).
#[inline(always)]
fn rungs<S: Simd>(distance: Floats<S>, active: Words<S>) -> [Mask<S>; 4] {
    let supported = has(active, SUPPORTED) | (has(active, TRAJECTORY) & distance.simd_le(6.0));
    let unpaid = has(active, UNPAID) | supported;
    let activities = has(active, ACTIVITIES) | unpaid;
    let contacts = has(active, HELP) | activities;
    [supported, unpaid, activities, contacts]
}

/// The same of one client.
fn rung(client: &Row) -> Rung {
    let active = |steps: u32| client.active & steps != 0;
    if active(SUPPORTED) || active(TRAJECTORY) && client.distance <= 6.0 {
        Rung::Supported
    } else if active(UNPAID) {
        Rung::Unpaid
    } else if active(ACTIVITIES) {
        Rung::Activities
    } else if active(HELP) {
        Rung::Contacts
    } else {
        Rung::Isolated
    }
}

/// Adds the states to the month's totals.
fn write_states(states: &States, totals: &mut MonthTotals) {
    let counts = [
        (Tally::OnBenefit, states.clients),
        (Tally::HiddenUnintentional, states.unintentional),
        (Tally::HiddenIntentional, states.intentional),
        (Tally::HiddenCapacity, states.hidden_capacity),
        (Tally::Backlog, states.waiting),
    ];
    for (tally, clients) in counts {
        totals.add(tally, clients.into());
    }
    for (rung, &clients) in states.rungs.iter() {
        totals.add(Tally::Rung(rung), clients.into());
    }
    for (band, &clients) in states.bands.iter() {
        totals.add(Tally::Band(band), clients.into());
    }
    for (step, &clients) in states.active.iter() {
        totals.add(Tally::Active(step), clients.into());
    }
    totals.add(Tally::DistanceTrue, states.distance_true);
    totals.add(Tally::DistanceRecorded, states.distance_recorded);
    totals.add(Tally::Trust, states.trust);
    totals.add(Tally::Confidence, states.confidence);
    totals.add(Tally::Motivation, states.motivation);
}

/// Adds an amount for every client on benefit.
pub(super) fn count_everybody(
    load: &Caseload,
    tally: Tally,
    amount: f64,
    setting: &Setting,
    book: &mut Book,
) {
    let (month, parts) = (book.month, book.totals.len());
    for (part, totals) in book.totals.iter_mut().enumerate() {
        let clients = lanes::with!(setting.means.level, simd => members(simd, load, part, parts));
        totals.in_month(month).add(tally, f64::from(clients) * amount);
    }
}

/// How many clients belong to a part of the caseload.
#[inline(always)]
fn members<S: Simd>(simd: S, load: &Caseload, part: usize, parts: usize) -> u32 {
    if parts == 1 {
        return load.rows() as u32;
    }
    let mut clients = 0;
    for block in 0..load.all().len() {
        clients += load.members(simd, block, part, parts).count_ones();
    }
    clients
}

/// Client-months during a step: by months on benefit, in a trajectory, in a small job whose wages are on file, with capacity that
/// nobody has seen.
pub(super) fn client_months(load: &Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    let parts = book.totals.len();
    for part in 0..parts {
        book.part = part;
        let months = lanes::with!(setting.means.level, simd => months_of(simd, load, clock, part, parts));
        let totals = book.totals_now();
        let mut add = |tally, clients: u32| totals.add(tally, f64::from(clients) * clock.length);
        add(Tally::TrajectoryMonths, months.trajectory);
        add(Tally::WagesMonths, months.wages);
        add(Tally::CapacityUnseenMonths, months.capacity_unseen);
        for (class, &clients) in months.spells.iter() {
            add(Tally::MonthsIn(class), clients);
        }
    }
}

/// Clients during a step.
#[derive(Default)]
struct Months {
    /// Clients in a trajectory.
    trajectory: u32,
    /// Clients in a small job whose wages are on file: they lower the benefit.
    wages: u32,
    /// Clients whose hidden capacity nobody has seen since entry.
    capacity_unseen: u32,
    /// Clients by months on benefit in the current spell.
    spells: PerSpell<u32>,
}

/// Counts for the client-months of a step, over one part of the caseload.
#[inline(always)]
fn months_of<S: Simd>(simd: S, load: &Caseload, clock: &Clock, part: usize, parts: usize) -> Months {
    let mut clients_here = 0;
    let mut counts = BitCounts::<S, 2>::new(simd);
    for (block, clients) in load.all().enumerate() {
        let members = load.members(simd, block, part, parts);
        clients_here += members.count_ones();
        let (flags, active) = (clients.flags.load(simd), clients.active.load(simd));
        let spell = all(simd, clock.start as f32) - clients.spell_start.load(simd);
        let mut answers = Answers::of(simd, words(simd, 0), 0);
        answers.push(has(active, TRAJECTORY));
        answers.push(has(active, SUPPORTED) & !has(flags, flag::WAGES));
        answers.push(has(flags, flag::CAPACITY_UNSEEN));
        for class in &SpellClass::ALL[1..] {
            answers.push(spell.simd_ge(class.least_months() as f32));
        }
        counts.add(Mask::<S>::from_bitmask(simd, members.into()), answers);
    }
    let mut answers = counts.total().into_iter().flatten();
    let mut next = || answers.next().unwrap_or_default();
    let (trajectory, wages, capacity_unseen) = (next(), next(), next());
    let mut months = Months { trajectory, wages, capacity_unseen, ..Months::default() };
    let mut as_long = clients_here;
    for (class, longer) in SpellClass::ALL.iter().zip(answers.take(SpellClass::ALL.len() - 1).chain([0])) {
        months.spells[*class] = as_long - longer;
        as_long = longer;
    }
    months
}

/// Writes the month of the sampled lives, in their order.
pub(super) fn lives(load: &Caseload, now: f64, book: &mut Book) {
    let month = book.month as u16;
    let Some(lives) = &mut book.lives else { return };
    let here =
        (0..load.rows()).filter(|&row| load.sampled(row) != NOT_SAMPLED).map(|row| (load.row(row), None));
    let out = book.absent.sampled().map(|Gone { row, reason, .. }| (*row, Some(*reason)));
    let mut clients: Vec<(Row, Option<ExitReason>)> = here.chain(out).collect();
    clients.sort_by_key(|(client, _)| client.sampled);
    for (client, out) in &clients {
        let notes = lives.notes.iter().filter(|(number, _)| *number == client.sampled);
        let events: Vec<LifeEvent> = notes.map(|(_, event)| *event).collect();
        lives.months.push(LifeMonth {
            arm: lives.place.0,
            site: lives.place.1,
            client: client.id & 0x00FF_FFFF,
            month,
            age_months: f64::from(client.age_at_zero) + now,
            out: *out,
            distance_true: client.distance.into(),
            distance_recorded: client.recorded.into(),
            trust: client.trust.into(),
            confidence: client.confidence.into(),
            motivation: client.motivation.into(),
            knowledge: client.knowledge.into(),
            perceived_detection: client.perceived.into(),
            irregularity: Irregularity::ALL[client.irregularity as usize],
            active_steps: Set::from_bits(client.active as u16),
            disclosed: Set::from_bits(client.disclosed as u16),
            rung: if *out == Some(ExitReason::Work) { Rung::Paid } else { rung(client) },
            events,
        });
    }
    lives.notes.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::lanes::words;

    #[test]
    fn every_step_puts_a_client_on_its_rung_in_lanes_and_alone() {
        let help: u32 = Step::ALL.iter().filter(|step| step.is_help()).map(|step| 1 << step.index()).sum();
        assert_eq!(HELP, help);
        for bits in 0..1_u32 << Step::ALL.len() {
            for distance in [5.0, 6.0, 7.0_f32] {
                let alone = rung(&Row { active: bits, distance, ..Row::default() });
                let lanes = fearless_simd::dispatch!(crate::stats::instructions::widest(), simd => {
                    rungs(all(simd, distance), words(simd, bits)).map(|rung| rung.any_true())
                });
                let names = [Rung::Supported, Rung::Unpaid, Rung::Activities, Rung::Contacts];
                let found =
                    names.iter().zip(lanes).find(|(_, on)| *on).map_or(Rung::Isolated, |(rung, _)| *rung);
                assert_eq!(found, alone, "{bits:b} {distance}");
            }
        }
    }
}
