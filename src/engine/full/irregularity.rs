//! 8. Irregularities begin and end by themselves; calls on own initiative (model page 7.7).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::Setting;
use crate::history::Tally;
use crate::population::Irregularity;
use crate::random::{Process, sample};

/// Onset, spontaneous end, and the client's own calls. Knowledge protects against unintentional onset, perceived
/// detection deters intentional onset and hastens its end.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = &setting.parameters.fraud;
    let rest = setting.parameters.conversation.detect_rest;
    let dt = clock.length;
    let call_limit = p.call_base * dt * libm::exp(p.call_trust.abs() * 0.6);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let [own, call, fix, _] = setting.dice.block(load.id[row], clock.step, Process::Irregularity.block());
        let knowledge = load.knowledge[row] - 0.6;
        let deterred = p.deterrence * (load.perceived[row] - rest);
        let now = load.irregularity[row];
        match now {
            Irregularity::None => {
                let hazards = [
                    p.onset_unintentional * libm::exp(-p.info_protects * knowledge) * dt,
                    p.onset_intentional * libm::exp(-deterred) * dt,
                ];
                match sample::compete(own, &hazards) {
                    Some(0) => {
                        load.irregularity[row] = Irregularity::Unintentional;
                        book.count(Tally::OnsetUnintentional);
                        book.note(row, "unintentional irregularity");
                    }
                    Some(_) => {
                        load.irregularity[row] = Irregularity::Intentional;
                        book.count(Tally::OnsetIntentional);
                        book.note(row, "intentional irregularity");
                    }
                    None => {}
                }
            }
            Irregularity::Unintentional => {
                if sample::happens(own, p.fix_unintentional * libm::exp(knowledge) * dt) {
                    end_by_itself(load, row, book);
                }
            }
            Irregularity::Intentional => {
                if sample::happens(own, p.fix_intentional * libm::exp(deterred) * dt) {
                    end_by_itself(load, row, book);
                }
            }
        }
        // The limit holds for every trust in [0, 1] (|T - .4| <= .6), so the exponential is rarely needed.
        if sample::unit(call) < call_limit
            && sample::happens(call, p.call_base * libm::exp(p.call_trust * (load.trust[row] - 0.4)) * dt)
        {
            book.count(Tally::OwnInitiative);
            book.note(row, "called first");
            if now == Irregularity::Unintentional
                && load.irregularity[row] == Irregularity::Unintentional
                && sample::occurs(fix, p.call_fix)
            {
                load.irregularity[row] = Irregularity::None;
                book.count(Tally::PutRightByCall);
                book.note(row, "put right after a call");
            }
        }
    }
}

fn end_by_itself(load: &mut Caseload, row: usize, book: &mut Book) {
    load.irregularity[row] = Irregularity::None;
    book.count(Tally::EndedByItself);
    book.note(row, "irregularity ended");
}
