//! 3. Invitations, caseworker capacity, no-show (model page 7.1).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, Row, flag};
use super::clock::{Clock, NEVER, tick};
use super::luck::Luck;
use super::place::{Hits, gather};
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Happening, LifeEvent};
use crate::random::lanes::{self as draws, happens, unit};
use crate::random::{Process, sample};
use crate::scenario::Contact;
use crate::scenario::serves::{MAX_DEDICATED, MAX_PARTS};
use crate::stats::lanes::{self, LANES, Simd, choose, expit};

/// Tolerance on slots: parts of slots do not add up exactly in binary.
const SLOT_TOLERANCE: f64 = 1e-9;

/// The tick in which the first talk under a service is due: uniformly over the interval when talks are scheduled, else when a contact
/// comes up.
pub(super) fn first_due(client: &Row, setting: &Setting, step: u32, now: f64) -> u32 {
    match setting.service(client.service).contact {
        Contact::Scheduled { interval_months } => {
            let place = sample::unit(setting.dice.draw(client.id, step, Process::FirstTalk));
            tick(now + interval_months * place)
        }
        Contact::Hazard { .. } => NEVER,
    }
}

/// A client whose talk is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Place in the queue, see [`order`].
    order: u128,
    /// Whether the client comes when invited.
    comes: bool,
    /// The client.
    row: u32,
}

/// Place in the queue as one number, the lowest first: by the rank of the service in the plan's priority, then the longest overdue
/// (`since`, the tick in which the talk was due), ties by an addressed draw, and those by the client.
fn order(rank: u32, since: u32, tie: u32, client: u32) -> u128 {
    [rank, since, tie, client].iter().fold(0, |order, &part| order << 32 | u128::from(part))
}

/// What is left of the caseworker's slots in a step: of those for one service only, in the order of the setting, and of those
/// for everybody.
struct Slots {
    /// Slots left for the clients of one service each, in the order of [`Setting::dedicated`].
    dedicated: [f64; MAX_DEDICATED],
    /// Slots left for everybody; infinite without capacity.
    shared: f64,
}

impl Slots {
    /// The slots of a step: the dedicated shares first, what is left of the caseworker's time for everybody.
    fn of_step(setting: &Setting, step: u32) -> Self {
        let mut dedicated = [0.0; MAX_DEDICATED];
        if !setting.scenario.capacity {
            return Self { dedicated, shared: f64::INFINITY };
        }
        let mut rest = 1.0;
        for (slots, &(_, share)) in dedicated.iter_mut().zip(setting.dedicated) {
            *slots = setting.slots_in_step(share, step);
            rest -= share;
        }
        Self { dedicated, shared: setting.slots_in_step(rest, step) }
    }

    /// A slot for a client of this service; `None` when nothing is left for it.
    fn take(&mut self, service: u32, setting: &Setting) -> Option<&mut f64> {
        let slot = setting.dedicated.iter().position(|&(index, _)| index == service as usize);
        match slot {
            Some(slot) if self.dedicated[slot] >= 1.0 - SLOT_TOLERANCE => Some(&mut self.dedicated[slot]),
            _ if self.shared >= 1.0 - SLOT_TOLERANCE => Some(&mut self.shared),
            _ => None,
        }
    }
}

/// Invites the clients whose talk is due, as far as there are slots; `talks` are the rows of those who come.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (queue, talks, hits, batch): (&mut Vec<Due>, &mut Vec<u32>, &mut Hits, &mut ClientBlock),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    lanes::with!(setting.means.level, simd => due(simd, load, luck, hits, setting, clock));
    setting.lap("invitation: who is due");
    hits.list(talks);
    queue.clear();
    let mut newly_due = [0_u32; MAX_PARTS + 1];
    for chosen in talks.chunks(LANES) {
        gather!(batch, load, chosen; id, trust, severity_health);
        let coming = lanes::with!(setting.means.level, simd => who_comes(simd, batch, setting, clock));
        for (lane, &row) in chosen.iter().enumerate() {
            let at = row as usize;
            let rank = setting.arm.rank(load.service(at) as usize);
            let order = order(rank, load.next_due(at), coming.ties[lane], coming.ids[lane]);
            queue.push(Due { order, comes: coming.come >> lane & 1 == 1, row });
            newly_due[load.part(at) as usize] += u32::from(!load.has(at, flag::WAITING));
        }
    }
    book.count_by_part(Tally::TalksDue, &newly_due);
    talks.clear();
    invite_all(load, queue, talks, setting, clock, book);
}

/// Who has a talk due in this step; contacts by chance come up here.
#[inline(always)]
fn due<S: Simd>(
    simd: S,
    load: &mut Caseload,
    luck: &Luck,
    hits: &mut Hits,
    setting: &Setting,
    clock: &Clock,
) {
    let by_chance = setting.contacts_by_chance();
    hits.clear(load);
    for (block, clients) in load.all_mut().enumerate() {
        let flags = clients.flags.load(simd) & !(flag::INVITED | flag::ATTENDED | flag::NEW_SIGNAL);
        clients.flags.store(flags);
        let mut due = clients.next_due.load(simd);
        if by_chance {
            let far = clients.recorded.load(simd).simd_gt(12.0);
            let hazard = far.select(clients.contact_far.load(simd), clients.contact_near.load(simd));
            let u = unit(simd, luck.of(simd, block, Process::Contact));
            let comes_up = happens(simd, u, hazard * clock.length as f32) & due.simd_eq(NEVER);
            due = comes_up.select(lanes::words(simd, tick(clock.start)), due);
            clients.next_due.store(due);
        }
        hits.set(block, due.simd_lt(clock.end_tick).to_bitmask());
    }
}

/// Of sixteen clients whose talk is due, lane by lane.
struct Coming {
    /// Who they are.
    ids: [u32; LANES],
    /// Draws that settle ties in the queue.
    ties: [u32; LANES],
    /// Who comes when invited, one bit per lane.
    come: u64,
}

/// Draws that settle ties, and who comes when invited: a no-show has probability
/// `expit(base - trust * (T - .4) + health * [health problem])`.
#[inline(always)]
fn who_comes<S: Simd>(simd: S, clients: &ClientBlock, setting: &Setting, clock: &Clock) -> Coming {
    let p = &setting.single.no_show;
    let ids = clients.id.load(simd);
    let words = draws::block(simd, &setting.dice, ids, clock.step, Process::NoShow.block());
    let trust = clients.trust.load(simd);
    let sick = clients.severity_health.load(simd).simd_gt(0.5);
    let no_show = expit(simd, choose(simd, sick, p.health, 0.0) + p.base - (trust - 0.4) * p.trust);
    let comes = unit(simd, words[Process::NoShow.lane()]).simd_ge(no_show);
    Coming { ids: ids.into(), ties: words[Process::QueueTie.lane()].into(), come: comes.to_bitmask() }
}

/// A talk takes a slot, a no-show a part of one: what it leaves over is for the next in the queue.
fn invite_all(
    load: &mut Caseload,
    queue: &mut [Due],
    talks: &mut Vec<u32>,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let mut slots = Slots::of_step(setting, clock.step);
    if queue.len() as f64 > slots.shared {
        queue.sort_unstable_by_key(|due| due.order);
    }
    for due in queue.iter() {
        let row = due.row as usize;
        match slots.take(load.service(row), setting) {
            Some(slot) => {
                *slot -= if due.comes { 1.0 } else { setting.parameters.no_show.slot_share };
                invite(load, row, due.comes, setting, clock, book);
                if due.comes {
                    talks.push(due.row);
                }
            }
            None => load.raise(row, flag::WAITING),
        }
    }
    book.count_rows(load, Tally::Invited, talks);
    book.count_rows(load, Tally::TalksHeld, talks);
}

/// Sends one invitation.
fn invite(load: &mut Caseload, row: usize, comes: bool, setting: &Setting, clock: &Clock, book: &mut Book) {
    if comes {
        attend(load, row, setting, clock, book);
    } else {
        miss(load, row, setting, clock, book);
    }
    let clients = load.of(row);
    clients.last_invitation[row] = clock.start as f32;
    clients.next_due[row] = match setting.service(clients.service[row]).contact {
        Contact::Scheduled { interval_months } if comes => tick(clock.start + interval_months),
        Contact::Scheduled { .. } => tick(clock.start + 1.0),
        Contact::Hazard { .. } => NEVER,
    };
}

/// An invited client comes: a talk, which is counted with all others. Showing up is itself a step when it is the first time in a year or after a no-show.
fn attend(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
    let start = clock.start as f32;
    let clients = load.of(row);
    let shows_up = start - clients.last_talk[row] > 12.0 || clients.no_shows[row] > 0;
    clients.flags[row] = clients.flags[row] & !flag::WAITING | flag::INVITED | flag::ATTENDED;
    clients.last_talk[row] = start;
    clients.no_shows[row] = 0;
    clients.suspended_since[row] = f32::INFINITY;
    if shows_up {
        let gain = setting.single.steps.common.show_up_confidence;
        clients.confidence[row] += gain * (1.0 - clients.confidence[row]);
        book.turn_to(load, row);
        book.count(Tally::ShowingUp);
        book.note(load, row, LifeEvent::ShowedUp);
    }
    book.event(load, row, Happening::Talk);
    book.note(load, row, LifeEvent::Talk);
}

/// An invited client does not come; enough no-shows in a row suspend the client.
fn miss(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
    let clients = load.of(row);
    clients.flags[row] = clients.flags[row] & !flag::WAITING | flag::INVITED;
    clients.no_shows[row] += 1;
    if f64::from(clients.no_shows[row]) >= setting.parameters.no_show.suspend_after {
        clients.suspended_since[row] = clients.suspended_since[row].min(clock.start as f32);
    }
    book.turn_to(load, row);
    book.count(Tally::Invited);
    book.count(Tally::NoShows);
    book.note(load, row, LifeEvent::NoShow);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, written};

    #[test]
    fn section_7_1_the_longest_overdue_go_first_and_ties_go_by_the_draw() {
        let due = |client, rank, since, tie| Due {
            order: order(rank, since, tie, client),
            comes: true,
            row: client,
        };
        let mut queue = [due(7, 1, 1, 1), due(5, 0, 9, 9), due(6, 0, 3, 8), due(4, 0, 3, 2), due(3, 0, 3, 2)];
        queue.sort_unstable_by_key(|due| due.order);
        assert_eq!(queue.map(|due| due.row), [3, 4, 6, 5, 7]);
    }

    #[test]
    fn section_7_1_who_gets_no_slot_waits_and_what_happens_is_counted() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 2.0;
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let mut load = Caseload::default();
        for id in 0..4 {
            load.push(&Row { id, ..Row::default() });
        }
        let mut queue = [(3, true), (1, false), (0, true), (2, true)].map(|(row, comes)| Due {
            order: row.into(),
            comes,
            row,
        });
        let mut talks = Vec::new();
        let count = written(|book| invite_all(&mut load, &mut queue, &mut talks, &setting, &clock, book));
        // A talk, part of a slot for who stays away, and what that leaves is not a whole slot.
        assert_eq!(talks, [0]);
        let counts = [Tally::Invited, Tally::TalksHeld, Tally::NoShows].map(count);
        assert_eq!(counts, [2.0, 1.0, 1.0]);
        let waiting: Vec<usize> = (0..4).filter(|&row| load.has(row, flag::WAITING)).collect();
        assert_eq!(waiting, [2, 3]);
    }

    #[test]
    fn section_7_1_slots_for_one_service_serve_it_first_and_nobody_else() {
        let mut stage = Stage::new();
        let (fip, regular) = (stage.service("fip"), stage.service("regular"));
        stage.scenario.sites[0].slots_per_month = 4.0;
        stage.dedicated = vec![(fip as usize, 0.5)];
        let setting = stage.setting();
        let mut slots = Slots::of_step(&setting, 0);
        assert_eq!((slots.dedicated[0], slots.shared), (2.0, 2.0));
        for left in [1.0, 0.0] {
            let slot = slots.take(fip, &setting).expect("a slot of its own");
            *slot -= 1.0;
            assert_eq!((slots.dedicated[0], slots.shared), (left, 2.0));
        }
        *slots.take(fip, &setting).expect("one of those for everybody") -= 1.0;
        *slots.take(regular, &setting).expect("the last") -= 1.0;
        assert!(slots.take(fip, &setting).is_none() && slots.take(regular, &setting).is_none());
    }

    #[test]
    fn section_7_1_without_capacity_every_talk_has_a_slot() {
        let mut stage = Stage::new();
        stage.scenario.capacity = false;
        assert_eq!(Slots::of_step(&stage.setting(), 3).shared, f64::INFINITY);
    }

    #[test]
    fn section_7_1_the_next_talk_is_due_an_interval_after_a_talk_and_a_month_after_a_no_show() {
        let stage = Stage::new();
        let (setting, clock) = (stage.setting(), stage.clock(6));
        let Contact::Scheduled { interval_months } = setting.service(stage.service("fip")).contact else {
            panic!("fip is scheduled");
        };
        for (service, comes, due) in [
            (stage.service("fip"), true, tick(6.0 + interval_months)),
            (stage.service("fip"), false, tick(7.0)),
            (stage.service("regular"), true, NEVER),
            (stage.service("regular"), false, NEVER),
        ] {
            let mut load = load_of(&Row { service, ..Row::default() });
            let _ = written(|book| invite(&mut load, 0, comes, &setting, &clock, book));
            assert_eq!((load.next_due(0), load.last_invitation(0)), (due, 6.0));
            assert_eq!((load.has(0, flag::INVITED), load.has(0, flag::ATTENDED)), (true, comes));
        }
    }

    #[test]
    fn section_7_1_the_first_talk_is_somewhere_in_the_interval() {
        let stage = Stage::new();
        let setting = stage.setting();
        let first = |service, id| first_due(&Row { id, service, ..Row::default() }, &setting, 0, 2.0);
        assert_eq!(first(stage.service("regular"), 1), NEVER);
        let Contact::Scheduled { interval_months } = setting.service(stage.service("fip")).contact else {
            panic!("fip is scheduled");
        };
        let dues: Vec<u32> = (0..400).map(|id| first(stage.service("fip"), id)).collect();
        assert!(dues.iter().all(|due| (tick(2.0)..=tick(2.0 + interval_months)).contains(due)));
        let early = dues.iter().filter(|due| **due < tick(2.0 + interval_months / 2.0)).count();
        assert!((160..=240).contains(&early), "{early} of 400 in the first half");
    }

    #[test]
    fn section_7_1_enough_no_shows_in_a_row_suspend_until_the_next_talk() {
        let stage = Stage::with(|p| p.no_show.suspend_after = 2.0);
        let (setting, clock) = (stage.setting(), stage.clock(5));
        let mut load = load_of(&Row { suspended_since: f32::INFINITY, ..Row::default() });
        let _ = written(|book| miss(&mut load, 0, &setting, &clock, book));
        assert_eq!(load.suspended_since(0), f32::INFINITY);
        let _ = written(|book| miss(&mut load, 0, &setting, &clock, book));
        assert_eq!(load.suspended_since(0), 5.0);
        let _ = written(|book| miss(&mut load, 0, &setting, &stage.clock(6), book));
        assert_eq!(load.suspended_since(0), 5.0);
        let _ = written(|book| attend(&mut load, 0, &setting, &stage.clock(7), book));
        assert_eq!((load.suspended_since(0), load.no_shows(0)), (f32::INFINITY, 0));
    }

    #[test]
    fn section_7_4_showing_up_is_a_step_after_a_year_or_a_no_show() {
        let stage = Stage::new();
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let gain = 0.6 * stage.scenario.parameters.steps.common.show_up_confidence;
        for (last_talk, no_shows, shows) in
            [(-13.0, 0, true), (-12.0, 0, false), (-1.0, 1, true), (-1.0, 0, false)]
        {
            let mut load = load_of(&Row { confidence: 0.4, last_talk, no_shows, ..Row::default() });
            let count = written(|book| attend(&mut load, 0, &setting, &clock, book));
            let expected = if shows { 0.4 + gain } else { 0.4 };
            assert!(close(load.confidence(0), expected));
            assert_eq!(count(Tally::ShowingUp) == 1.0, shows);
            assert!(load.has(0, flag::ATTENDED));
        }
    }

    #[test]
    fn section_7_1_a_no_show_is_on_the_logit_scale() {
        // Over many clients the share that comes is the probability: trust .9, a health problem or none.
        let stage = Stage::new();
        let p = &stage.scenario.parameters.no_show;
        let (setting, clock) = (stage.setting(), stage.clock(0));
        for severity_health in [0.0, 0.6] {
            let mut load = Caseload::default();
            for id in 0..4096 {
                load.push(&Row { id, trust: 0.9, severity_health, ..Row::default() });
            }
            let come: u32 = load
                .all()
                .map(|clients| {
                    in_lanes!(simd => who_comes(simd, clients, &setting, &clock)).come.count_ones()
                })
                .sum();
            let z = p.base - 0.5 * p.trust + if severity_health > 0.5 { p.health } else { 0.0 };
            let expected = 4096.0 * (1.0 - 1.0 / (1.0 + libm::exp(-z)));
            let error = (expected * (1.0 - expected / 4096.0)).sqrt();
            assert!((f64::from(come) - expected).abs() < 4.0 * error, "{come} instead of {expected}");
        }
    }
}
