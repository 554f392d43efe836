//! 8. Irregularities begin and end by themselves; calls on own initiative (model page 7.7).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Irregularity, LifeEvent, Step};
use crate::random::{Process, sample};
use crate::stats::bound::exp_upper;

/// Onset, spontaneous end, and the client's own calls. Knowledge protects against unintentional onset, perceived
/// detection deters intentional onset and hastens its end.
pub(super) fn run(load: &mut Caseload, luck: &Luck, setting: &Setting, clock: &Clock, book: &mut Book) {
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        book.turn_to(load, row);
        let before = load.irregularity[row];
        begin_or_end(load, row, luck.word(index, Process::Irregularity), setting, clock.length, book);
        let still_unintentional =
            before == Irregularity::Unintentional && load.irregularity[row] == Irregularity::Unintentional;
        call(load, row, luck.word(index, Process::OwnInitiative), still_unintentional, setting, clock, book);
    }
}

/// One irregularity at most begins or ends in a step. A small job adds an onset of its own: wages that are not reported.
fn begin_or_end(load: &mut Caseload, row: usize, word: u32, setting: &Setting, dt: f64, book: &mut Book) {
    let p = &setting.parameters.fraud;
    let knowledge = load.knowledge[row] - 0.6;
    let deterred = p.deterrence * (load.perceived[row] - setting.parameters.conversation.detect_rest);
    match load.irregularity[row] {
        Irregularity::None => {
            let wages = if load.active[row].has(Step::SmallJob) { p.onset_wages } else { 0.0 };
            let onset = |exp: fn(f64) -> f64| {
                let unintentional = dt * exp(-p.info_protects * knowledge);
                let intentional = dt * exp(-deterred);
                [
                    p.onset_unintentional * unintentional,
                    p.onset_intentional * intentional,
                    wages * (1.0 - p.wages_intentional) * unintentional,
                    wages * p.wages_intentional * intentional,
                ]
            };
            if sample::unit(word) < onset(exp_upper).iter().sum() {
                match sample::compete(word, &onset(libm::exp)) {
                    Some(0) => begin(load, row, Irregularity::Unintentional, false, book),
                    Some(1) => begin(load, row, Irregularity::Intentional, false, book),
                    Some(2) => begin(load, row, Irregularity::Unintentional, true, book),
                    Some(_) => begin(load, row, Irregularity::Intentional, true, book),
                    None => {}
                }
            }
        }
        Irregularity::Unintentional => {
            if sample::happens_exp(word, p.fix_unintentional * dt, knowledge) {
                end_by_itself(load, row, book);
            }
        }
        Irregularity::Intentional => {
            if sample::happens_exp(word, p.fix_intentional * dt, deterred) {
                end_by_itself(load, row, book);
            }
        }
    }
}

/// A client who trusts calls first, at hazard `call_base * exp(call_trust * (T - .4))`; an unintentional irregularity
/// is then put right with probability `call_fix`.
fn call(
    load: &mut Caseload,
    row: usize,
    word: u32,
    unintentional: bool,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let p = &setting.parameters.fraud;
    let exponent = p.call_trust * (load.trust[row] - 0.4);
    if !sample::happens_exp(word, p.call_base * clock.length, exponent) {
        return;
    }
    book.count(Tally::OwnInitiative);
    book.note(row, LifeEvent::CalledFirst);
    let fixed = || sample::occurs(setting.dice.draw(load.id[row], clock.step, Process::CallFix), p.call_fix);
    if unintentional && fixed() {
        load.irregularity[row] = Irregularity::None;
        load.wages[row] = false;
        book.count(Tally::PutRightByCall);
        book.note(row, LifeEvent::PutRightByCall);
    }
}

fn begin(load: &mut Caseload, row: usize, irregularity: Irregularity, wages: bool, book: &mut Book) {
    load.irregularity[row] = irregularity;
    load.wages[row] = wages;
    if wages {
        book.count(Tally::OnsetWages);
        book.note(row, LifeEvent::WagesNotReported);
    }
    if irregularity == Irregularity::Intentional {
        book.count(Tally::OnsetIntentional);
        book.note(row, LifeEvent::BeganIntentional);
    } else {
        book.count(Tally::OnsetUnintentional);
        book.note(row, LifeEvent::BeganUnintentional);
    }
}

fn end_by_itself(load: &mut Caseload, row: usize, book: &mut Book) {
    load.irregularity[row] = Irregularity::None;
    load.wages[row] = false;
    book.count(Tally::EndedByItself);
    book.note(row, LifeEvent::EndedByItself);
}
