//! 5. Small steps start and stop (model page 7.4).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::Setting;
use crate::history::{Happening, Tally};
use crate::random::{Process, sample};
use crate::scenario::parameters::{FIRST_VISIBLE_STEP, HELP_DOMAINS, STEP_KINDS, StepParameters, Steps};

/// Kind of Dutch practice: only for those who need it.
const DUTCH_PRACTICE: usize = 6;
/// Kind of the trajectory: offered mostly to recorded-near clients.
pub(super) const TRAJECTORY: usize = 9;
/// The help steps, kinds 1 to 5.
const HELP: std::ops::RangeInclusive<usize> = 1..=5;
/// Kinds of step.
const KINDS: usize = STEP_KINDS.len();

/// Starts and stops of all ten kinds. Hazards read the state as it was when the sub-step began.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    let steps = &setting.parameters.steps;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let words = draws(setting, load.id[row], clock.step);
        let before = load.active[row];
        let readiness = readiness(&steps.common, load, row, clock) * clock.length;
        for (kind, &word) in words.iter().enumerate() {
            if before & (1 << kind) == 0 {
                let hazard = steps.kind[kind].start * readiness;
                if hazard > 0.0 && sample::happens(word, hazard * need(steps, load, row, kind)) {
                    start(load, row, kind, &steps.common, book);
                }
            } else {
                stop(load, row, kind, word, steps, clock.length, book);
            }
        }
        heal(load, row, before, steps.common.help_heals * clock.length);
    }
}

/// One word per kind.
fn draws(setting: &Setting, id: u32, step: u32) -> [u32; KINDS] {
    let first = Process::StepSport.block();
    let [a, b, c] = [0, 1, 2].map(|offset| setting.dice.block(id, step, first + offset));
    [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c[0], c[1]]
}

/// `exp(trust*(T-.4) + confidence*(E-.35) + motivation*(M-.4) + 2*kick*Q*[talk this month])`.
fn readiness(common: &StepParameters, load: &Caseload, row: usize, clock: &Clock) -> f64 {
    let talked = clock.start - load.last_talk[row] < 1.0;
    let kick = if talked { 2.0 * common.kick * load.quality[row] } else { 0.0 };
    libm::exp(
        common.trust * (load.trust[row] - 0.4)
            + common.confidence * (load.confidence[row] - 0.35)
            + common.motivation * (load.motivation[row] - 0.4)
            + kick,
    )
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
