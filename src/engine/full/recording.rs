//! 11. Record: states at the end of a month.

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use crate::history::{LifeMonth, Tally};
use crate::kinds::{
    Band, ExitReason, Irregularity, LifeEvent, PerBand, PerRung, PerStep, Rung, SpellClass, Step,
};
use crate::population::HIDDEN_CAPACITY_MONTHS;

/// Adds up the states of the clients on benefit.
pub(super) fn run(load: &Caseload, book: &mut Book) {
    for part in 0..book.tallies.len() {
        book.part = part;
        states(load, book);
    }
}

/// The states of the part of the caseload that the book is open at.
fn states(load: &Caseload, book: &mut Book) {
    let mut clients = 0.0;
    let mut sums = [0.0_f64; 5];
    let mut rungs = PerRung::default();
    let mut bands = PerBand::default();
    let mut active = PerStep::default();
    let [mut unintentional, mut intentional, mut hidden, mut backlog] = [0.0; 4];
    for &row in &load.on {
        let row = row as usize;
        if usize::from(load.decided.part[row]) != book.part {
            continue;
        }
        clients += 1.0;
        let (distance, recorded) = (load.distance[row], load.recorded[row]);
        for (sum, value) in sums.iter_mut().zip([
            distance,
            recorded,
            load.trust[row],
            load.confidence[row],
            load.motivation[row],
        ]) {
            *sum += value;
        }
        match load.irregularity[row] {
            Irregularity::None => {}
            Irregularity::Unintentional => unintentional += 1.0,
            Irregularity::Intentional => intentional += 1.0,
        }
        hidden += f64::from(u8::from(recorded - distance > HIDDEN_CAPACITY_MONTHS));
        backlog += f64::from(u8::from(load.waiting[row]));
        bands[Band::of(recorded)] += 1.0;
        rungs[rung(load, row)] += 1.0;
        for step in load.active[row].iter() {
            active[step] += 1.0;
        }
    }
    book.add(Tally::OnBenefit, clients);
    book.add(Tally::HiddenUnintentional, unintentional);
    book.add(Tally::HiddenIntentional, intentional);
    book.add(Tally::HiddenCapacity, hidden);
    book.add(Tally::Backlog, backlog);
    for (rung, &clients) in rungs.iter() {
        book.add(Tally::Rung(rung), clients);
    }
    for (band, &clients) in bands.iter() {
        book.add(Tally::Band(band), clients);
    }
    for (step, &clients) in active.iter() {
        book.add(Tally::Active(step), clients);
    }
    let states =
        [Tally::DistanceTrue, Tally::DistanceRecorded, Tally::Trust, Tally::Confidence, Tally::Motivation];
    for (tally, value) in states.into_iter().zip(sums) {
        book.add(tally, value);
    }
}

/// Client-months during a step: by months on benefit, in a trajectory, in a small job whose wages are on file, with capacity that
/// nobody has seen.
pub(super) fn client_months(load: &Caseload, clock: &Clock, book: &mut Book) {
    let length = clock.length;
    book.add_where(load, Tally::TrajectoryMonths, length, |row| load.active[row].has(Step::Trajectory));
    book.add_where(load, Tally::WagesMonths, length, |row| {
        load.active[row].has(Step::SmallJob) && !load.wages[row]
    });
    book.add_where(load, Tally::CapacityUnseenMonths, length, |row| load.capacity_unseen[row]);
    for &row in &load.on {
        let row = row as usize;
        book.turn_to(load, row);
        book.add(Tally::MonthsIn(SpellClass::of(clock.start - load.spell_start[row])), length);
    }
}

/// Rung of the participation ladder of a client on benefit (model page section 2).
fn rung(load: &Caseload, row: usize) -> Rung {
    let active = load.active[row];
    if active.has(Step::SmallJob) || active.has(Step::Trajectory) && load.distance[row] <= 6.0 {
        Rung::Supported
    } else if active.has(Step::Volunteering) || active.has(Step::InformalCare) {
        Rung::Unpaid
    } else if active.has(Step::Sport) || active.has(Step::DutchPractice) || active.has(Step::Trajectory) {
        Rung::Activities
    } else if active.iter().any(Step::is_help) {
        Rung::Contacts
    } else {
        Rung::Isolated
    }
}

/// Writes the month of the sampled lives.
pub(super) fn lives(load: &Caseload, now: f64, book: &mut Book) {
    let month = book.month as u16;
    let Some(lives) = &mut book.lives else { return };
    for row in 0..lives.count.min(load.id.len()) {
        let events: Vec<LifeEvent> =
            lives.notes.iter().filter(|(owner, _)| *owner == row).map(|(_, event)| *event).collect();
        lives.months.push(LifeMonth {
            arm: lives.place.0,
            site: lives.place.1,
            client: load.id[row] & 0x00FF_FFFF,
            month,
            age_months: load.age_at_zero[row] + now,
            out: load.out[row],
            distance_true: load.distance[row],
            distance_recorded: load.recorded[row],
            trust: load.trust[row],
            confidence: load.confidence[row],
            motivation: load.motivation[row],
            knowledge: load.knowledge[row],
            perceived_detection: load.perceived[row],
            irregularity: load.irregularity[row],
            active_steps: load.active[row],
            disclosed: load.disclosed[row],
            rung: if load.out[row] == Some(ExitReason::Work) { Rung::Paid } else { rung(load, row) },
            events,
        });
    }
    lives.notes.clear();
}
