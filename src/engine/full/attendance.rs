//! 3. What becomes of an invitation: who was due comes, stays away, or waits for a slot (model page 7.1, 7.4).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, flag};
use super::clock::{Clock, NEVER, tick};
use super::invitation::Invitations;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Happening, LifeEvent};
use crate::scenario::Contact;
use crate::scenario::serves::MAX_PARTS;
use crate::stats::lanes::{self, Bits, LANES, Mask, Simd, Words, all, bits_if, has, words};

/// What is counted, in the order of the counts.
const COUNTED: [Tally; 5] =
    [Tally::TalksDue, Tally::Invited, Tally::TalksHeld, Tally::NoShows, Tally::ShowingUp];

/// Carries out the invitations of a step.
pub(super) fn run(
    load: &mut Caseload,
    invitations: &mut Invitations,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let parts = book.totals.len();
    let counts =
        lanes::with!(setting.means.level, simd => answer(simd, load, invitations, setting, clock, parts));
    for (tally, clients) in COUNTED.iter().zip(&counts) {
        book.count_by_part(*tally, clients);
    }
    if book.tells() {
        tell(load, invitations, book);
    }
}

/// Clients by part, for each of [`COUNTED`].
type Counts = [[u32; MAX_PARTS + 1]; COUNTED.len()];

/// Who comes: showing up is itself a step when it is the first time in a year or after a no-show. Enough no-shows in a row suspend;
/// who gets no slot waits. The next talk is due an interval after a talk, a month after a no-show, or by chance.
#[inline(always)]
fn answer<S: Simd>(
    simd: S,
    load: &mut Caseload,
    invitations: &mut Invitations,
    setting: &Setting,
    clock: &Clock,
    parts: usize,
) -> Counts {
    let mut counts = Counts::default();
    let now = all(simd, clock.start as f32);
    let gain = setting.single.steps.common.show_up_confidence;
    let suspend_after = libm::ceil(setting.parameters.no_show.suspend_after) as u32;
    let Invitations { due, invited, come, show_up, .. } = invitations;
    show_up.clear(load);
    for (block, who_is_due) in due.blocks() {
        let who_is_invited = invited.of(block);
        let (who_comes, who_misses) = (who_is_invited & come.of(block), who_is_invited & !come.of(block));
        let mask = |bits: Bits| Mask::<S>::from_bitmask(simd, bits.into());
        let (coming, missing) = (mask(who_comes), mask(who_misses));
        let (waiting, called) = (mask(who_is_due & !who_is_invited), mask(who_is_invited));

        let clients = load.of(block * LANES);
        let flags = clients.flags.load(simd);
        let newly_due = who_is_due & !(has(flags, flag::WAITING).to_bitmask() as Bits);
        let calm = called.select(flags & !flag::WAITING, flags);
        clients.flags.store(
            calm | bits_if(simd, called, flag::INVITED)
                | bits_if(simd, coming, flag::ATTENDED)
                | bits_if(simd, waiting, flag::WAITING),
        );

        let (last_talk, no_shows) = (clients.last_talk.load(simd), clients.no_shows.load(simd));
        let again = (now - last_talk).simd_gt(12.0) | !no_shows.simd_eq(0u32);
        show_up.set(block, (coming & again).to_bitmask());
        let confidence = clients.confidence.load(simd);
        let gained = confidence + (all(simd, 1.0) - confidence) * gain;
        clients.confidence.store((coming & again).select(gained, confidence));

        let no_shows = no_shows + bits_if(simd, missing, 1);
        clients.no_shows.store(coming.select(words(simd, 0), no_shows));
        let suspended = clients.suspended_since.load(simd);
        let suspends = missing & no_shows.simd_ge(suspend_after);
        let since = suspends.select(suspended.min(now), suspended);
        clients.suspended_since.store(coming.select(all(simd, f32::INFINITY), since));

        clients.last_talk.store(coming.select(now, last_talk));
        let last_invitation = clients.last_invitation.load(simd);
        clients.last_invitation.store(called.select(now, last_invitation));
        let next = next_due(simd, clients.service.load(simd), coming, setting, clock);
        let before = clients.next_due.load(simd);
        clients.next_due.store(called.select(next, before));

        let found = [newly_due, who_is_invited, who_comes, who_misses, show_up.of(block)];
        for part in 0..parts {
            let members = load.members(simd, block, part, parts);
            for (count, bits) in counts.iter_mut().zip(found) {
                count[part] += (bits & members).count_ones();
            }
        }
    }
    counts
}

/// The tick in which the next talk of those who were invited is due.
#[inline(always)]
fn next_due<S: Simd>(
    simd: S,
    service: Words<S>,
    coming: Mask<S>,
    setting: &Setting,
    clock: &Clock,
) -> Words<S> {
    let mut next = words(simd, NEVER);
    for &index in &setting.services.given {
        if let Contact::Scheduled { interval_months } = setting.service(index).contact {
            let after_talk = words(simd, tick(clock.start + interval_months));
            let due = coming.select(after_talk, words(simd, tick(clock.start + 1.0)));
            next = service.simd_eq(index).select(due, next);
        }
    }
    next
}

/// Writes in the record and in the sampled lives who came and who did not.
fn tell(load: &Caseload, invitations: &Invitations, book: &mut Book) {
    for row in invitations.invited.rows() {
        if !invitations.come.has(row) {
            book.note(load, row, LifeEvent::NoShow);
            continue;
        }
        if invitations.show_up.has(row) {
            book.note(load, row, LifeEvent::ShowedUp);
        }
        book.event(load, row, Happening::Talk);
        book.note(load, row, LifeEvent::Talk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, load_of, written};

    /// The invitation of the only client in a step, who comes or does not; `invited` when there is a slot.
    fn invite(
        load: &mut Caseload,
        (invited, comes): (bool, bool),
        stage: &Stage,
        step: u32,
    ) -> Box<dyn Fn(Tally) -> f64> {
        let mut invitations = Invitations::default();
        for (hits, holds) in [
            (&mut invitations.due, true),
            (&mut invitations.invited, invited),
            (&mut invitations.come, comes),
        ] {
            hits.clear(load);
            hits.set(0, holds.into());
        }
        load.lower(0, flag::INVITED | flag::ATTENDED);
        written(|book| run(load, &mut invitations, &stage.setting(), &stage.clock(step), book))
    }

    #[test]
    fn section_7_1_who_gets_no_slot_waits_and_what_happens_is_counted() {
        let stage = Stage::new();
        for (invited, comes, waits, counts) in [
            (false, true, true, [1.0, 0.0, 0.0, 0.0, 0.0]),
            (true, false, false, [1.0, 1.0, 0.0, 1.0, 0.0]),
            (true, true, false, [1.0, 1.0, 1.0, 0.0, 0.0]),
        ] {
            let mut load = load_of(&Row::default());
            let count = invite(&mut load, (invited, comes), &stage, 0);
            assert_eq!(load.has(0, flag::WAITING), waits);
            assert_eq!(COUNTED.map(count), counts);
            // Whoever waited is not due anew.
            let count = invite(&mut load, (true, true), &stage, 0);
            assert_eq!(count(Tally::TalksDue), f64::from(u8::from(!waits)));
            assert!(!load.has(0, flag::WAITING));
        }
    }

    #[test]
    fn section_7_1_the_next_talk_is_due_an_interval_after_a_talk_and_a_month_after_a_no_show() {
        let mut stage = Stage::new();
        for (name, regular) in [("fip", false), ("regular", true)] {
            let service = stage.service(name);
            stage.scenario.arms[0].service = service as usize;
            let after_talk = match stage.setting().service(service).contact {
                Contact::Scheduled { interval_months } => tick(6.0 + interval_months),
                Contact::Hazard { .. } => NEVER,
            };
            assert_eq!(after_talk == NEVER, regular);
            let after_no_show = if regular { NEVER } else { tick(7.0) };
            for (comes, due) in [(true, after_talk), (false, after_no_show)] {
                let mut load = load_of(&Row { service, ..Row::default() });
                let _ = invite(&mut load, (true, comes), &stage, 6);
                assert_eq!((load.next_due(0), load.last_invitation(0)), (due, 6.0));
                assert_eq!((load.has(0, flag::INVITED), load.has(0, flag::ATTENDED)), (true, comes));
            }
        }
    }

    #[test]
    fn section_7_1_enough_no_shows_in_a_row_suspend_until_the_next_talk() {
        for suspend_after in [1.5, 2.0] {
            let stage = Stage::with(|p| p.no_show.suspend_after = suspend_after);
            let mut load = load_of(&Row { suspended_since: f32::INFINITY, ..Row::default() });
            for (step, since) in [(4, f32::INFINITY), (5, 5.0), (6, 5.0)] {
                let _ = invite(&mut load, (true, false), &stage, step);
                assert_eq!(load.suspended_since(0), since);
            }
            let _ = invite(&mut load, (true, true), &stage, 7);
            assert_eq!((load.suspended_since(0), load.no_shows(0)), (f32::INFINITY, 0));
        }
    }

    #[test]
    fn section_7_4_showing_up_is_a_step_after_a_year_or_a_no_show() {
        let stage = Stage::new();
        let gain = 0.6 * stage.scenario.parameters.steps.common.show_up_confidence;
        for (last_talk, no_shows, shows) in
            [(-13.0, 0, true), (-12.0, 0, false), (-1.0, 1, true), (-1.0, 0, false)]
        {
            let mut load = load_of(&Row { confidence: 0.4, last_talk, no_shows, ..Row::default() });
            let count = invite(&mut load, (true, true), &stage, 0);
            let expected = if shows { 0.4 + gain } else { 0.4 };
            assert!(close(load.confidence(0), expected));
            assert_eq!(count(Tally::ShowingUp) == 1.0, shows);
        }
    }
}
