//! 5. Small steps start and stop (model page 7.4).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::{Happening, Tally};
use crate::random::sample;
use crate::scenario::parameters::{FIRST_VISIBLE_STEP, HELP_DOMAINS, STEP_KINDS, StepParameters, Steps};
use crate::stats::bound::exp_upper;

/// Kind of Dutch practice: only for those who need it.
const DUTCH_PRACTICE: usize = 6;
/// Kind of the trajectory: offered mostly to recorded-near clients.
pub(super) const TRAJECTORY: usize = 9;
/// The help steps, kinds 1 to 5.
const HELP: std::ops::RangeInclusive<usize> = 1..=5;
/// Kinds of step.
const KINDS: usize = STEP_KINDS.len();

/// Starts and stops of all ten kinds. Hazards read the state as it was when the sub-step began.
///
/// Nearly every draw lies above an upper bound of every client's hazard of its kind, so that ten comparisons without a
/// branch settle most clients; needs and the exponential are computed for the few draws below it.
pub(super) fn run(load: &mut Caseload, luck: &Luck, setting: &Setting, clock: &Clock, book: &mut Book) {
    let steps = &setting.parameters.steps;
    let dt = clock.length;
    let most = most_start_hazards(steps).map(|hazard| hazard * dt);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let words = luck.steps(index);
        let before = load.active[row];
        let exponent = readiness(&steps.common, load, row, clock);
        let mut starts = below(&words, &most, exp_upper(exponent)) & !before;
        if starts != 0 {
            let factor = dt * libm::exp(exponent);
            for kind in bits(starts) {
                let hazard = steps.kind[kind].start * need(steps, load, row, kind) * factor;
                if !sample::happens(words[kind], hazard) {
                    starts &= !(1 << kind);
                }
            }
        }
        for kind in bits(before) {
            stop(load, row, kind, words[kind], steps, dt, book);
        }
        for kind in bits(starts) {
            start(load, row, kind, &steps.common, book);
        }
        heal(load, row, before, steps.common.help_heals * dt);
    }
}

/// The set bits of a set of kinds, in ascending order.
fn bits(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let kind = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (kind < KINDS).then_some(kind)
    })
}

/// Per kind the largest hazard of a start that any need can give, per month at readiness 1.
fn most_start_hazards(steps: &Steps) -> [f64; KINDS] {
    std::array::from_fn(|kind| {
        let need = if HELP.contains(&kind) {
            let help = &steps.help_need[kind - 1];
            help.base + help.per_disclosed * HELP_DOMAINS[kind - 1].len() as f64
        } else if kind == TRAJECTORY {
            let need = &steps.trajectory_need;
            need.within_12.max(need.within_24).max(need.beyond_24)
        } else {
            1.0
        };
        steps.kind[kind].start * need
    })
}

/// The kinds whose draw lies below `limits * factor`.
#[inline]
fn below(words: &[u32; KINDS], limits: &[f64; KINDS], factor: f64) -> u16 {
    let mut set = 0;
    for kind in 0..KINDS {
        set |= u16::from(sample::unit(words[kind]) < limits[kind] * factor) << kind;
    }
    set
}

/// `trust*(T-.4) + confidence*(E-.35) + motivation*(M-.4) + 2*kick*Q*[talk this month]`: log factor on every start.
fn readiness(common: &StepParameters, load: &Caseload, row: usize, clock: &Clock) -> f64 {
    let talked = clock.start - load.last_talk[row] < 1.0;
    let kick = if talked { 2.0 * common.kick * load.quality[row] } else { 0.0 };
    common.trust * (load.trust[row] - 0.4)
        + common.confidence * (load.confidence[row] - 0.35)
        + common.motivation * (load.motivation[row] - 0.4)
        + kick
}

/// Help steps need disclosed problems, Dutch practice a language need, a trajectory a short recorded distance.
fn need(steps: &Steps, load: &Caseload, row: usize, kind: usize) -> f64 {
    if HELP.contains(&kind) {
        let help = &steps.help_need[kind - 1];
        let disclosed =
            HELP_DOMAINS[kind - 1].iter().filter(|&&domain| load.disclosed[row] & (1 << domain) != 0);
        help.base + help.per_disclosed * disclosed.count() as f64
    } else if kind == DUTCH_PRACTICE {
        f64::from(u8::from(load.language_need[row]))
    } else if kind == TRAJECTORY {
        match load.recorded[row] {
            near if near <= 12.0 => steps.trajectory_need.within_12,
            middle if middle <= 24.0 => steps.trajectory_need.within_24,
            _ => steps.trajectory_need.beyond_24,
        }
    } else {
        1.0
    }
}

/// A start raises confidence and motivation; the visible kinds are an activation.
fn start(load: &mut Caseload, row: usize, kind: usize, common: &StepParameters, book: &mut Book) {
    load.active[row] |= 1 << kind;
    load.confidence[row] += common.start_confidence * (1.0 - load.confidence[row]);
    load.motivation[row] += common.start_motivation * (1.0 - load.motivation[row]);
    book.count(Tally::StartSport.plus(kind));
    book.note(row, STEP_KINDS[kind]);
    if kind >= FIRST_VISIBLE_STEP {
        book.event(load, row, Happening::VisibleStart { kind: kind as u8 });
        book.activate(load, row);
    }
}

/// A stop; a share of the stops is a drop-out, which costs confidence (the lower part of the same word).
fn stop(load: &mut Caseload, row: usize, kind: usize, word: u32, steps: &Steps, dt: f64, book: &mut Book) {
    let hazard = steps.kind[kind].stop * dt;
    if !sample::happens(word, hazard) {
        return;
    }
    load.active[row] &= !(1 << kind);
    if sample::unit(word) < -libm::expm1(-hazard) * steps.common.dropout_share {
        load.confidence[row] *= 1.0 - steps.common.dropout_confidence;
        book.note(row, "dropped out");
    } else {
        book.note(row, "finished a step");
    }
}

/// Active help lowers the severities of the disclosed domains it serves.
fn heal(load: &mut Caseload, row: usize, active: u16, amount: f64) {
    if active & 0b11_1110 == 0 || load.disclosed[row] == 0 {
        return;
    }
    for kind in HELP {
        if active & (1 << kind) == 0 {
            continue;
        }
        for &domain in HELP_DOMAINS[kind - 1] {
            if load.disclosed[row] & (1 << domain) != 0 {
                load.severity[row][domain] = (load.severity[row][domain] - amount).max(0.0);
            }
        }
    }
}
