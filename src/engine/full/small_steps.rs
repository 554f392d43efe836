//! 5. Small steps start and stop (model page 7.4).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Happening, LifeEvent, Need, PerStep, Set, Step};
use crate::random::sample;
use crate::scenario::parameters::{StepParameters, Steps};
use crate::stats::bound::exp_upper;

/// Starts and stops of all kinds. Hazards read the state as it was when the sub-step began.
///
/// Nearly every draw lies above an upper bound of every client's hazard of its kind, so that a comparison per kind without a
/// branch settle most clients; needs and the exponential are computed for the few draws below it.
pub(super) fn run(load: &mut Caseload, luck: &Luck, setting: &Setting, clock: &Clock, book: &mut Book) {
    let steps = &setting.parameters.steps;
    let dt = clock.length;
    let most = PerStep::from_fn(|step| steps.kind[step].start * most_need(steps, step) * dt);
    let help: Set<Step> = Set::of(Step::is_help);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        book.turn_to(load, row);
        let words = luck.steps(index);
        let before = load.active[row];
        let exponent = readiness(&steps.common, load, row, clock);
        let mut starts = below(&words, &most, exp_upper(exponent)).without(before);
        if !starts.is_empty() {
            let factor = dt * libm::exp(exponent);
            for step in starts.iter() {
                let hazard = steps.kind[step].start * need(steps, load, row, step) * factor;
                if !sample::happens(words[step], hazard) {
                    starts.remove(step);
                }
            }
        }
        for step in before.iter() {
            stop(load, row, step, words[step], steps, dt, book);
        }
        for step in starts.iter() {
            start(load, row, step, &steps.common, book);
        }
        heal(load, row, before.and(help), steps.common.help_heals * dt);
    }
}

/// The largest need of a step that any client can have.
fn most_need(steps: &Steps, step: Step) -> f64 {
    match step.need() {
        Need::Same | Need::Language => 1.0,
        Need::Disclosed => {
            let need = &steps.help_need[step];
            need.base + need.per_disclosed * step.serves().len() as f64
        }
        Need::Distance => {
            let need = &steps.trajectory_need;
            need.within_12.max(need.within_24).max(need.beyond_24)
        }
    }
}

/// The steps whose draw lies below `limits * factor`.
#[inline]
fn below(words: &PerStep<u32>, limits: &PerStep<f64>, factor: f64) -> Set<Step> {
    let mut set = 0;
    for (at, (&word, &limit)) in words.0.iter().zip(&limits.0).enumerate() {
        set |= u16::from(sample::unit(word) < limit * factor) << at;
    }
    Set::from_bits(set)
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

/// What multiplies the hazard of a start: disclosed problems, a language need, a short recorded distance.
fn need(steps: &Steps, load: &Caseload, row: usize, step: Step) -> f64 {
    match step.need() {
        Need::Same => 1.0,
        Need::Disclosed => {
            let need = &steps.help_need[step];
            let disclosed = step.serves().iter().filter(|&&domain| load.disclosed[row].has(domain)).count();
            need.base + need.per_disclosed * disclosed as f64
        }
        Need::Language => f64::from(u8::from(load.language_need[row])),
        Need::Distance => match load.recorded[row] {
            near if near <= 12.0 => steps.trajectory_need.within_12,
            middle if middle <= 24.0 => steps.trajectory_need.within_24,
            _ => steps.trajectory_need.beyond_24,
        },
    }
}

/// A start raises confidence and motivation; the visible steps are an activation.
fn start(load: &mut Caseload, row: usize, step: Step, common: &StepParameters, book: &mut Book) {
    load.active[row].insert(step);
    load.confidence[row] += common.start_confidence * (1.0 - load.confidence[row]);
    load.motivation[row] += common.start_motivation * (1.0 - load.motivation[row]);
    book.count(Tally::Start(step));
    book.note(row, LifeEvent::Started(step));
    if step.visible() {
        book.event(load, row, Happening::VisibleStart { step });
        book.activate(load, row);
    }
}

/// A stop; a share of the stops is a drop-out, which costs confidence (the lower part of the same word).
fn stop(load: &mut Caseload, row: usize, step: Step, word: u32, steps: &Steps, dt: f64, book: &mut Book) {
    let hazard = steps.kind[step].stop * dt;
    if !sample::happens(word, hazard) {
        return;
    }
    load.active[row].remove(step);
    if sample::unit(word) < -libm::expm1(-hazard) * steps.common.dropout_share {
        load.confidence[row] *= 1.0 - steps.common.dropout_confidence;
        book.note(row, LifeEvent::DroppedOut);
    } else {
        book.note(row, LifeEvent::FinishedStep);
    }
}

/// Active help lowers the severities of the disclosed domains it serves.
fn heal(load: &mut Caseload, row: usize, help: Set<Step>, amount: f64) {
    if help.is_empty() || load.disclosed[row].is_empty() {
        return;
    }
    for step in help.iter() {
        for &domain in step.serves() {
            if load.disclosed[row].has(domain) {
                load.severity[row][domain] = (load.severity[row][domain] - amount).max(0.0);
            }
        }
    }
}
