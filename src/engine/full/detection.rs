//! 9. Detection, investigation, sanction (model page 7.8).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Happening, Irregularity, LifeEvent};
use crate::random::{Process, sample};

/// Investigations that ran when the step began may end; whoever is not under investigation may be detected in a talk
/// or by data matching and tips. No new signal arises while one is under investigation.
pub(super) fn run(load: &mut Caseload, luck: &Luck, setting: &Setting, clock: &Clock, book: &mut Book) {
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        book.turn_to(load, row);
        let word = luck.word(index, Process::Detection);
        if load.pending[row] {
            investigate(load, row, word, setting, clock, book);
        } else {
            if load.attended[row] {
                screen(load, row, setting, clock, book);
            }
            if !load.pending[row] {
                match_data(load, row, word, setting, clock.length, book);
            }
        }
    }
}

/// The talk as a repeated imperfect screening of a hidden stock. Of unintentional irregularities that are found, a
/// share becomes a signal; the rest is put right silently.
fn screen(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = &setting.parameters.fraud;
    let quality = load.quality[row];
    let irregularity = load.irregularity[row];
    let sensitivity = match irregularity {
        Irregularity::Unintentional => p.talk_unintentional * quality * libm::exp(load.trust[row] - 0.5),
        Irregularity::Intentional => p.talk_intentional * (0.5 + quality),
        Irregularity::None => p.talk_false,
    };
    let hazard =
        setting.luck.signalling * setting.service(load.decided.service[row]).detection_factor * sensitivity;
    let words = setting.dice.block(load.id[row], clock.step, Process::TalkDetection.block());
    if !sample::happens(words[Process::TalkDetection.lane()], hazard) {
        return;
    }
    let silently = irregularity == Irregularity::Unintentional
        && !sample::occurs(words[Process::Booked.lane()], p.booked);
    if silently {
        load.irregularity[row] = Irregularity::None;
        load.wages[row] = false;
        book.count(Tally::PutRightInTalk);
        book.note(row, LifeEvent::PutRightInTalk);
    } else {
        book.signal(load, row, true);
    }
}

/// Data matching and tips.
fn match_data(load: &mut Caseload, row: usize, word: u32, setting: &Setting, dt: f64, book: &mut Book) {
    let p = &setting.parameters.fraud;
    let hazard = match load.irregularity[row] {
        Irregularity::Unintentional | Irregularity::Intentional if load.wages[row] => p.match_wages,
        Irregularity::Unintentional => p.background_unintentional,
        Irregularity::Intentional => p.background_intentional,
        Irregularity::None => p.background_false,
    };
    if sample::happens(word, hazard * dt) {
        book.signal(load, row, false);
    }
}

/// An investigation that ends confirms a real irregularity with probability `confirm`; then the benefit is terminated
/// or the irregularity corrected, and trust falls.
fn investigate(
    load: &mut Caseload,
    row: usize,
    word: u32,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let p = &setting.parameters.fraud;
    if !sample::happens(word, p.investigate * clock.length) {
        return;
    }
    load.pending[row] = false;
    let terminate = match load.irregularity[row] {
        Irregularity::None => return,
        Irregularity::Unintentional => p.terminate_unintentional,
        Irregularity::Intentional => p.terminate_intentional,
    };
    let words = setting.dice.block(load.id[row], clock.step, Process::Confirmation.block());
    if !sample::occurs(words[Process::Confirmation.lane()], p.confirm) {
        return;
    }
    book.count(Tally::Confirmed);
    if load.irregularity[row] == Irregularity::Intentional {
        book.count(Tally::ConfirmedIntentional);
    }
    if load.wages[row] {
        book.count(Tally::ConfirmedWages);
    }
    load.irregularity[row] = Irregularity::None;
    load.wages[row] = false;
    load.trust[row] *= 1.0 - setting.parameters.conversation.trust_loss_sanction;
    book.event(load, row, Happening::Confirmed);
    book.note(row, LifeEvent::Confirmed);
    if sample::occurs(words[Process::Termination.lane()], terminate) {
        load.terminated[row] = true;
    } else {
        book.count(Tally::Corrected);
    }
}
