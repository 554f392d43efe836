//! 11. Record: states at the end of a month.

use super::book::Book;
use super::caseload::{Caseload, ON_BENEFIT, band};
use super::clock::Clock;
use super::conversation::HIDDEN_CAPACITY_MONTHS;
use super::small_steps::TRAJECTORY;
use crate::history::{ExitReason, LifeMonth, Tally};
use crate::population::Irregularity;
use crate::scenario::parameters::STEP_KINDS;

const VOLUNTEERING: u16 = 1 << 7;
const INFORMAL_CARE: u16 = 1 << 8;
const SPORT: u16 = 1 << 0;
const HELP: u16 = 0b11_1110;
const DUTCH_PRACTICE: u16 = 1 << 6;
const TRAJECTORY_BIT: u16 = 1 << TRAJECTORY;

/// Adds up the states of the clients on benefit at time `now`.
pub(super) fn run(load: &Caseload, now: f64, book: &mut Book) {
    let mut sums = [0.0_f64; 5];
    let mut rungs = [0.0; 5];
    let mut bands = [0.0; 5];
    let mut active = [0.0; STEP_KINDS.len()];
    let [mut unintentional, mut intentional, mut hidden, mut backlog] = [0.0; 4];
    for &row in &load.on {
        let row = row as usize;
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
        bands[usize::from(band(recorded))] += 1.0;
        rungs[usize::from(rung(load, row, now)) - 1] += 1.0;
        let mut bits = load.active[row];
        while bits != 0 {
            active[bits.trailing_zeros() as usize] += 1.0;
            bits &= bits - 1;
        }
    }
    book.add(Tally::OnBenefit, load.on.len() as f64);
    book.add(Tally::HiddenUnintentional, unintentional);
    book.add(Tally::HiddenIntentional, intentional);
    book.add(Tally::HiddenCapacity, hidden);
    book.add(Tally::Backlog, backlog);
    for (offset, value) in rungs.into_iter().enumerate() {
        book.add(Tally::Rung1.plus(offset), value);
    }
    for (offset, value) in bands.into_iter().enumerate() {
        book.add(Tally::BandOver48.plus(offset), value);
    }
    for (offset, value) in active.into_iter().enumerate() {
        book.add(Tally::ActiveSport.plus(offset), value);
    }
    let states =
        [Tally::DistanceTrue, Tally::DistanceRecorded, Tally::Trust, Tally::Confidence, Tally::Motivation];
    for (tally, value) in states.into_iter().zip(sums) {
        book.add(tally, value);
    }
}

/// Client-months in a trajectory during a step.
pub(super) fn trajectory_months(load: &Caseload, clock: &Clock, book: &mut Book) {
    let active = load.on.iter().filter(|&&row| load.active[row as usize] & TRAJECTORY_BIT != 0).count();
    book.add(Tally::TrajectoryMonths, active as f64 * clock.length);
}

/// Rung of the participation ladder of a client on benefit, 1 to 5 (model page section 2).
fn rung(load: &Caseload, row: usize, now: f64) -> u8 {
    let active = load.active[row];
    if active & TRAJECTORY_BIT != 0 && load.distance[row] <= 6.0 {
        5
    } else if active & (VOLUNTEERING | INFORMAL_CARE) != 0 {
        4
    } else if active & (SPORT | DUTCH_PRACTICE | TRAJECTORY_BIT) != 0 {
        3
    } else if active & HELP != 0 || now - load.last_talk[row] <= 6.0 {
        2
    } else {
        1
    }
}

/// Writes the month of the sampled lives.
pub(super) fn lives(load: &Caseload, now: f64, book: &mut Book) {
    let month = book.month as u16;
    let Some(lives) = &mut book.lives else { return };
    for row in 0..lives.count.min(load.id.len()) {
        let words: Vec<&str> =
            lives.notes.iter().filter(|(owner, _)| *owner == row).map(|(_, words)| *words).collect();
        let out = load.status[row] != ON_BENEFIT;
        lives.months.push(LifeMonth {
            arm: lives.place.0,
            site: lives.place.1,
            client: load.id[row] & 0x00FF_FFFF,
            month,
            age_months: load.age_at_zero[row] + now,
            status: if out {
                ExitReason::ALL[usize::from(load.status[row] - 1)].name()
            } else {
                "on benefit"
            },
            distance_true: load.distance[row],
            distance_recorded: load.recorded[row],
            trust: load.trust[row],
            confidence: load.confidence[row],
            motivation: load.motivation[row],
            knowledge: load.knowledge[row],
            perceived_detection: load.perceived[row],
            irregularity: match load.irregularity[row] {
                Irregularity::None => "none",
                Irregularity::Unintentional => "unintentional",
                Irregularity::Intentional => "intentional",
            },
            active_steps: load.active[row],
            disclosed: load.disclosed[row],
            rung: if load.status[row] == 1 + ExitReason::Work as u8 { 6 } else { rung(load, row, now) },
            events: words.join("; "),
        });
    }
    lives.notes.clear();
}
