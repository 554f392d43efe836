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
        let upper = exp_upper(exponent);
        let mut starts = below(&words, &most, upper).without(before);
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
            stop_or_extend(load, row, step, words[step], steps, [dt, upper, exponent], book);
        }
        for step in starts.iter() {
            start(load, row, step, &steps.common, book);
        }
        heal(load, row, before, help, steps.common.help_heals * dt);
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
        Need::Recorded | Need::Reach => {
            let need = &steps.distance_need[step];
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

/// `trust*(T-.4) + confidence*(E-.35) + motivation*(M-.4) + kick of a talk in the last month`: log factor on every start.
fn readiness(common: &StepParameters, load: &Caseload, row: usize, clock: &Clock) -> f64 {
    let talked = clock.start - load.last_talk[row] < 1.0;
    let kick = if talked { load.kick[row] } else { 0.0 };
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
        Need::Recorded => steps.distance_need[step].at(load.recorded[row]),
        Need::Reach => steps.distance_need[step].at(load.distance[row]),
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
    }
    if step.is_activation() {
        book.activate(load, row);
    }
}

/// A step that runs stops, or is extended when it is visible: two competing hazards on one word. A share of the stops is a
/// drop-out, which costs confidence (the lower part of the word). An extension is on file as activation; it changes no state.
fn stop_or_extend(
    load: &mut Caseload,
    row: usize,
    step: Step,
    word: u32,
    steps: &Steps,
    [dt, upper, exponent]: [f64; 3],
    book: &mut Book,
) {
    let common = &steps.common;
    let stop = steps.kind[step].stop * dt;
    let extend = if step.visible() { common.extend * dt } else { 0.0 };
    if sample::unit(word) >= stop + extend * upper {
        return;
    }
    let extend = extend * libm::exp(exponent);
    match sample::compete(word, &[stop, extend]) {
        None => {}
        Some(0) => {
            load.active[row].remove(step);
            let stops = stop / (stop + extend) * -libm::expm1(-(stop + extend));
            if sample::unit(word) < stops * common.dropout_share {
                load.confidence[row] *= 1.0 - common.dropout_confidence;
                book.note(row, LifeEvent::DroppedOut);
            } else {
                book.note(row, LifeEvent::FinishedStep);
            }
        }
        Some(_) => {
            book.count(Tally::Extension(step));
            book.event(load, row, Happening::Extension { step });
            book.note(row, LifeEvent::Extended(step));
            if step.is_activation() {
                book.activate(load, row);
            }
        }
    }
}

/// Steps lower the severities of the domains they serve: help only those that have been disclosed.
fn heal(load: &mut Caseload, row: usize, active: Set<Step>, help: Set<Step>, amount: f64) {
    for step in active.iter() {
        for &domain in step.serves() {
            if load.disclosed[row].has(domain) || !help.has(step) {
                load.severity[row][domain] = (load.severity[row][domain] - amount).max(0.0);
            }
        }
    }
}
