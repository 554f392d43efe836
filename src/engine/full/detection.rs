//! 9. Detection, investigation, sanction (model page 7.8).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use super::clock::Clock;
use super::irregularity::end;
use super::luck::Luck;
use super::place::{Hits, gather, lanes_of};
use super::setting::{Setting, by_service};
use crate::history::Tally;
use crate::kinds::{Happening, Irregularity, LifeEvent};
use crate::random::lanes::{self as draws, happens, unit};
use crate::random::{Process, sample};
use crate::stats::lanes::{self, Bits, Block, LANES, Simd, all, choose, exp, has};

/// Investigations that ran when the step began may end; whoever is not under investigation may be detected in a talk
/// or by data matching and tips. No new signal arises while one is under investigation.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (talks, hits, batch): (&[u32], &mut Hits, &mut ClientBlock),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    for chosen in talks.chunks(LANES) {
        gather!(batch, load, chosen; id, irregularity, quality, trust, flags, service);
        let factor = by_service(&setting.services.detection, &batch.service, chosen.len());
        let (found, booked) =
            lanes::with!(setting.means.level, simd => screen(simd, batch, &factor, setting, clock));
        for lane in lanes_of(found & lanes::live(chosen.len(), 0)) {
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
fn screen<S: Simd>(
    simd: S,
    clients: &ClientBlock,
    factor: &Block<f32>,
    setting: &Setting,
    clock: &Clock,
) -> (Bits, Bits) {
    let p = &setting.single.fraud;
    let irregularity = clients.irregularity.load(simd);
    let (quality, trust) = (clients.quality.load(simd), clients.trust.load(simd));
    let unintentional = quality * p.talk_unintentional * exp(simd, trust - 0.5);
    let intentional = (quality + 0.5) * p.talk_intentional;
    let sensitivity = irregularity.simd_eq(Irregularity::None as u32).select(
        all(simd, p.talk_false),
        irregularity.simd_eq(Irregularity::Unintentional as u32).select(unintentional, intentional),
    );
    let hazard = factor.load(simd) * sensitivity;
    let id = clients.id.load(simd);
    let words = draws::block(simd, &setting.dice, id, clock.step, Process::TalkDetection.block());
    let found = happens(simd, unit(simd, words[Process::TalkDetection.lane()]), hazard);
    let free = !has(clients.flags.load(simd), flag::PENDING);
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
    hits.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let irregularity = clients.irregularity.load(simd);
        let flags = clients.flags.load(simd);
        let none = irregularity.simd_eq(Irregularity::None as u32);
        let unintentional = irregularity.simd_eq(Irregularity::Unintentional as u32);
        let of_kind = choose(simd, unintentional, p.background_unintentional, p.background_intentional);
        let real = has(flags, flag::WAGES).select(all(simd, p.match_wages), of_kind);
        let detection = none.select(all(simd, p.background_false), real);
        let under_way = choose(simd, has(flags, flag::NEW_SIGNAL), 0.0, p.investigate);
        let hazard = has(flags, flag::PENDING).select(under_way, detection);
        let u = unit(simd, luck.of(simd, block, Process::Detection));
        hits.set(block, happens(simd, u, hazard * clock.length as f32).to_bitmask());
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
    let words = setting.dice.block(load.id(row), clock.step, Process::Confirmation.block());
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
    load.of(row).trust[row] *= 1.0 - setting.single.conversation.trust_loss_sanction;
    book.event(load, row, Happening::Confirmed);
    book.note(load, row, LifeEvent::Confirmed);
    if sample::occurs(words[Process::Termination.lane()], terminate) {
        load.raise(row, flag::TERMINATED);
    } else {
        book.count(Tally::Corrected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, written};
    use crate::kinds::Kind;
    use crate::scenario::parameters::Parameters;

    #[test]
    fn section_7_8_a_talk_screens_at_a_hazard_of_its_own_for_each_kind() {
        // Only one of the three hazards is there, and it is certain.
        for (kind, change) in [
            (Irregularity::None, (|p| p.fraud.talk_false = 20.0) as fn(&mut Parameters)),
            (Irregularity::Unintentional, |p| p.fraud.talk_unintentional = 20.0),
            (Irregularity::Intentional, |p| p.fraud.talk_intentional = 20.0),
        ] {
            let stage = Stage::with(|p| {
                (p.fraud.talk_false, p.fraud.talk_unintentional, p.fraud.talk_intentional) = (0.0, 0.0, 0.0);
                change(p);
            });
            let (setting, clock) = (stage.setting(), stage.clock(0));
            for other in Irregularity::ALL {
                let mut load = Caseload::default();
                let row = Row { irregularity: *other as u32, quality: 0.9, trust: 0.5, ..Row::default() };
                load.push(&row);
                load.push(&Row { flags: flag::PENDING, ..row });
                let mut factor = Block::default();
                (factor[0], factor[1]) = (1.0, 1.0);
                let (found, _) = in_lanes!(simd => screen(simd, load.at(0), &factor, &setting, &clock));
                assert_eq!(found & 0b11, Bits::from(*other == kind), "{kind:?} {other:?}");
            }
        }
    }

    #[test]
    fn section_7_8_a_mistake_that_is_not_booked_is_put_right_silently() {
        for (kind, booked, silent) in [
            (Irregularity::Unintentional, false, true),
            (Irregularity::Unintentional, true, false),
            (Irregularity::Intentional, false, false),
            (Irregularity::None, false, false),
        ] {
            let mut load = load_of(&Row { irregularity: kind as u32, ..Row::default() });
            let count = written(|book| find_in_talk(&mut load, 0, booked, book));
            assert_eq!(count(Tally::PutRightInTalk) == 1.0, silent, "{kind:?} {booked}");
            assert_eq!((count(Tally::Signals) == 1.0, load.has(0, flag::PENDING)), (!silent, !silent));
        }
    }

    #[test]
    fn section_7_8_no_investigation_ends_in_the_step_of_its_signal() {
        let stage = Stage::with(|p| {
            (p.fraud.investigate, p.fraud.background_false, p.fraud.match_wages) = (20.0, 0.0, 20.0);
            (p.fraud.background_unintentional, p.fraud.background_intentional) = (0.0, 0.0);
        });
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let kind = Irregularity::Intentional as u32;
        let mut load = Caseload::default();
        for (irregularity, flags) in [
            (0, 0),
            (0, flag::PENDING),
            (0, flag::PENDING | flag::NEW_SIGNAL),
            (kind, 0),
            (kind, flag::WAGES),
        ] {
            load.push(&Row { irregularity, flags, ..Row::default() });
        }
        let mut luck = Luck::default();
        super::super::luck::draw(&mut luck, &load, &setting, clock.step);
        let mut hits = Hits::default();
        in_lanes!(simd => background(simd, &load, &luck, &mut hits, &setting, &clock));
        assert_eq!(hits.rows().collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn section_7_8_a_confirmed_irregularity_ends_and_costs_trust() {
        for (terminate, kind) in [(1.0, Irregularity::Intentional), (0.0, Irregularity::Unintentional)] {
            let stage = Stage::with(|p| {
                p.fraud.confirm = 1.0;
                (p.fraud.terminate_intentional, p.fraud.terminate_unintentional) = (terminate, terminate);
            });
            let (setting, clock) = (stage.setting(), stage.clock(0));
            let row = Row { irregularity: kind as u32, trust: 0.5, flags: flag::PENDING, ..Row::default() };
            let mut load = load_of(&row);
            let count = written(|book| close_investigation(&mut load, 0, &setting, &clock, book));
            let left = 1.0 - stage.scenario.parameters.conversation.trust_loss_sanction;
            assert!(close(load.trust(0), 0.5 * left));
            assert_eq!((load.irregularity_of(0), load.has(0, flag::PENDING)), (Irregularity::None, false));
            assert_eq!(load.has(0, flag::TERMINATED), terminate == 1.0);
            assert_eq!([count(Tally::Confirmed), count(Tally::Corrected)], [1.0, 1.0 - terminate]);
        }
    }

    #[test]
    fn section_7_8_an_investigation_that_confirms_nothing_changes_nothing() {
        let stage = Stage::with(|p| p.fraud.confirm = 0.0);
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let kind = Irregularity::Intentional;
        let mut load = load_of(&Row { irregularity: kind as u32, flags: flag::PENDING, ..Row::default() });
        let count = written(|book| close_investigation(&mut load, 0, &setting, &clock, book));
        assert_eq!((load.irregularity_of(0), load.has(0, flag::PENDING)), (kind, false));
        assert_eq!(count(Tally::Confirmed), 0.0);
    }
}
