//! 9. Detection, investigation, sanction (model page 7.8).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, flag};
use super::clock::Clock;
use super::irregularity::end;
use super::luck::Luck;
use super::place::{Batch, Hits, LaneRows, lanes_of};
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Happening, Irregularity, LifeEvent};
use crate::random::lanes::{self as draws, happens, unit};
use crate::random::{Process, sample};
use crate::stats::lanes::{self, Bits, Floats, LANES, Simd, all, choose, exp, has};

/// Investigations that ran when the step began may end; whoever is not under investigation may be detected in a talk
/// or by data matching and tips. No new signal arises while one is under investigation.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (talks, hits): (&[u32], &mut Hits),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    for chosen in talks.chunks(LANES) {
        let who = Batch::new(chosen);
        let (found, booked) =
            lanes::with!(setting.means.level, simd => screen(simd, load, &who, setting, clock));
        for lane in lanes_of(found).filter(|&lane| lane < chosen.len()) {
            find_in_talk(load, chosen[lane] as usize, booked >> lane & 1 == 1, book);
        }
    }
    setting.lap("detection: in talks");
    lanes::with!(setting.means.level, simd => background(simd, load, luck, hits, setting, clock));
    for row in hits.rows() {
        book.turn_to(load, row);
        if load.has(row, flag::PENDING) {
            close_investigation(load, row, setting, clock, book);
        } else {
            book.signal(load, row, false);
        }
    }
}

/// The talk as a repeated imperfect screening of a hidden stock: where it finds something, and where that would be booked.
#[inline(always)]
fn screen<S: Simd>(simd: S, load: &Caseload, who: &Batch, setting: &Setting, clock: &Clock) -> (Bits, Bits) {
    let p = &setting.single.fraud;
    let irregularity = who.words(simd, &load.irregularity);
    let (quality, trust) = (who.numbers(simd, &load.quality), who.numbers(simd, &load.trust));
    let unintentional = quality * p.talk_unintentional * exp(simd, trust - 0.5);
    let intentional = (quality + 0.5) * p.talk_intentional;
    let sensitivity = irregularity.simd_eq(Irregularity::None as u32).select(
        all(simd, p.talk_false),
        irregularity.simd_eq(Irregularity::Unintentional as u32).select(unintentional, intentional),
    );
    let culture = setting.luck.signalling;
    let factor = who.map(|row| (culture * setting.service(load.service[row]).detection_factor) as f32);
    let hazard = Floats::simd_from(simd, factor) * sensitivity;
    let id = who.words(simd, &load.id);
    let words = draws::block(simd, &setting.dice, id, clock.step, Process::TalkDetection.block());
    let found = happens(simd, unit(simd, words[Process::TalkDetection.lane()]), hazard);
    let free = !has(who.words(simd, &load.flags), flag::PENDING);
    let booked = unit(simd, words[Process::Booked.lane()]).simd_lt(p.booked);
    ((found & free).to_bitmask() as Bits, booked.to_bitmask() as Bits)
}

/// Of unintentional irregularities that are found, a share becomes a signal; the rest is put right silently.
fn find_in_talk(load: &mut Caseload, row: usize, booked: bool, book: &mut Book) {
    book.turn_to(load, row);
    if load.irregularity_of(row) == Irregularity::Unintentional && !booked {
        end(load, row);
        book.count(Tally::PutRightInTalk);
        book.note(load, row, LifeEvent::PutRightInTalk);
    } else {
        book.signal(load, row, true);
    }
}

/// Data matching and tips; under investigation, whether the investigation ends.
#[inline(always)]
fn background<S: Simd>(
    simd: S,
    load: &Caseload,
    luck: &Luck,
    hits: &mut Hits,
    setting: &Setting,
    clock: &Clock,
) {
    let p = &setting.single.fraud;
    hits.clear();
    for block in load.blocks() {
        let irregularity = load.irregularity.load(simd, block);
        let flags = load.flags.load(simd, block);
        let none = irregularity.simd_eq(Irregularity::None as u32);
        let unintentional = irregularity.simd_eq(Irregularity::Unintentional as u32);
        let of_kind = choose(simd, unintentional, p.background_unintentional, p.background_intentional);
        let real = has(flags, flag::WAGES).select(all(simd, p.match_wages), of_kind);
        let detection = none.select(all(simd, p.background_false), real);
        let under_way = choose(simd, has(flags, flag::NEW_SIGNAL), 0.0, p.investigate);
        let hazard = has(flags, flag::PENDING).select(under_way, detection);
        let u = unit(simd, luck.of(Process::Detection).load(simd, block));
        hits.push(load, happens(simd, u, hazard * clock.length as f32).to_bitmask());
    }
}

/// An investigation that ends confirms a real irregularity with probability `confirm`; then the benefit is terminated
/// or the irregularity corrected, and trust falls.
fn close_investigation(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = &setting.parameters.fraud;
    load.lower(row, flag::PENDING);
    let terminate = match load.irregularity_of(row) {
        Irregularity::None => return,
        Irregularity::Unintentional => p.terminate_unintentional,
        Irregularity::Intentional => p.terminate_intentional,
    };
    let words = setting.dice.block(load.id[row], clock.step, Process::Confirmation.block());
    if !sample::occurs(words[Process::Confirmation.lane()], p.confirm) {
        return;
    }
    book.count(Tally::Confirmed);
    if load.irregularity_of(row) == Irregularity::Intentional {
        book.count(Tally::ConfirmedIntentional);
    }
    if load.has(row, flag::WAGES) {
        book.count(Tally::ConfirmedWages);
    }
    end(load, row);
    load.trust[row] *= 1.0 - setting.single.conversation.trust_loss_sanction;
    book.event(load, row, Happening::Confirmed);
    book.note(load, row, LifeEvent::Confirmed);
    if sample::occurs(words[Process::Termination.lane()], terminate) {
        load.raise(row, flag::TERMINATED);
    } else {
        book.count(Tally::Corrected);
    }
}
