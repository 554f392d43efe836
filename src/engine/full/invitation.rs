//! 3. Invitations, caseworker capacity, no-show (model page 7.1).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Domain, Happening, LifeEvent};
use crate::random::{Process, sample};
use crate::scenario::Contact;
use crate::scenario::parameters::NoShow;
use crate::scenario::serves::MAX_DEDICATED;
use crate::stats::logistic::expit;

/// Tolerance on slots: parts of slots do not add up exactly in binary.
const SLOT_TOLERANCE: f64 = 1e-9;
/// Tolerance on due times, months: intervals such as 12/5 do not add up exactly in binary.
const DUE_TOLERANCE: f64 = 1e-9;

/// When the first talk under a service is due: uniformly over the interval when talks are scheduled, else when a contact
/// comes up.
pub(super) fn first_due(load: &Caseload, row: usize, setting: &Setting, step: u32, now: f64) -> f64 {
    match setting.service(load.decided.service[row]).contact {
        Contact::Scheduled { interval_months } => {
            now + interval_months * sample::unit(setting.dice.draw(load.id[row], step, Process::FirstTalk))
        }
        Contact::Hazard { .. } => f64::INFINITY,
    }
}

/// A client whose talk is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Rank of the service by the plan's priority: lower goes first.
    rank: u32,
    /// When the talk was due, months since month 0.
    since: f64,
    /// Addressed draw that settles ties.
    tie: u32,
    /// The client.
    row: u32,
}

/// What is left of the caseworker's slots in a step: of those for one service only, in the order of the setting, and of those
/// for everybody.
struct Slots {
    dedicated: [f64; MAX_DEDICATED],
    shared: f64,
}

impl Slots {
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
    fn take(&mut self, service: u16, setting: &Setting) -> Option<&mut f64> {
        let own = setting.dedicated.iter().position(|&(index, _)| index == usize::from(service));
        match own {
            Some(own) if self.dedicated[own] >= 1.0 - SLOT_TOLERANCE => Some(&mut self.dedicated[own]),
            _ if self.shared >= 1.0 - SLOT_TOLERANCE => Some(&mut self.shared),
            _ => None,
        }
    }
}

/// Invites the clients whose talk is due, as far as there are slots, and says who comes.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    queue: &mut Vec<Due>,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    queue.clear();
    collect_due(load, luck, queue, setting, clock, book);
    let mut slots = Slots::of_step(setting, clock.step);
    if queue.len() as f64 > slots.shared {
        longest_overdue_first(load, queue, setting, clock);
    }
    // A talk takes a slot, a no-show a part of one: what it leaves over is for the next in the queue.
    for &Due { row, .. } in queue.iter() {
        let row = row as usize;
        match slots.take(load.decided.service[row], setting) {
            Some(slot) => {
                let comes = invite(load, row, setting, clock, book);
                *slot -= if comes { 1.0 } else { setting.parameters.no_show.slot_share };
            }
            None => load.waiting[row] = true,
        }
    }
}

/// Fills the queue with the clients whose talk falls in this step; contacts by chance come up here.
fn collect_due(
    load: &mut Caseload,
    luck: &Luck,
    queue: &mut Vec<Due>,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        load.invited[row] = false;
        load.attended[row] = false;
        let service = load.decided.service[row];
        if let Contact::Hazard { far, near } = setting.service(service).contact
            && load.next_due[row] == f64::INFINITY
        {
            let hazard = if load.recorded[row] > 12.0 { far } else { near };
            if sample::happens(luck.word(index, Process::Contact), hazard * clock.length) {
                load.next_due[row] = clock.start;
            }
        }
        let since = load.next_due[row];
        if since < clock.end - DUE_TOLERANCE {
            queue.push(Due { rank: setting.arm.rank(usize::from(service)), since, tie: 0, row: row as u32 });
            if !load.waiting[row] {
                book.turn_to(load, row);
                book.count(Tally::TalksDue);
            }
        }
    }
}

/// Sorts the queue by the plan's priority, then the longest overdue first, ties by an addressed draw.
fn longest_overdue_first(load: &Caseload, queue: &mut [Due], setting: &Setting, clock: &Clock) {
    for due in queue.iter_mut() {
        due.tie = setting.dice.draw(load.id[due.row as usize], clock.step, Process::QueueTie);
    }
    queue.sort_unstable_by(|a, b| {
        let client = |due: &Due| load.id[due.row as usize];
        (a.rank.cmp(&b.rank))
            .then(a.since.total_cmp(&b.since))
            .then(a.tie.cmp(&b.tie))
            .then(client(a).cmp(&client(b)))
    });
}

/// Sends one invitation: whether the client comes.
fn invite(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) -> bool {
    book.turn_to(load, row);
    load.waiting[row] = false;
    load.invited[row] = true;
    load.last_invitation[row] = clock.start;
    book.count(Tally::Invited);
    let no_show = &setting.parameters.no_show;
    let word = setting.dice.draw(load.id[row], clock.step, Process::NoShow);
    let comes = !sample::occurs(
        word,
        no_show_probability(no_show, load.trust[row], load.severity[row][Domain::Health]),
    );
    if comes {
        attend(load, row, setting, clock, book);
    } else {
        miss(load, row, no_show, clock, book);
    }
    load.next_due[row] = match setting.service(load.decided.service[row]).contact {
        Contact::Scheduled { interval_months } if comes => clock.start + interval_months,
        Contact::Scheduled { .. } => clock.start + 1.0,
        Contact::Hazard { .. } => f64::INFINITY,
    };
    comes
}

/// `expit(base - trust * (T - .4) + health * [health problem])`.
fn no_show_probability(no_show: &NoShow, trust: f64, health_severity: f64) -> f64 {
    let health = if health_severity > 0.5 { no_show.health } else { 0.0 };
    expit(no_show.base - no_show.trust * (trust - 0.4) + health)
}

/// Showing up is itself a step when it is the first time in a year or after a no-show.
fn attend(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
    if clock.start - load.last_talk[row] > 12.0 || load.no_shows[row] > 0 {
        let gain = setting.parameters.steps.common.show_up_confidence;
        load.confidence[row] += gain * (1.0 - load.confidence[row]);
        book.count(Tally::ShowingUp);
        book.note(row, LifeEvent::ShowedUp);
    }
    load.attended[row] = true;
    load.last_talk[row] = clock.start;
    load.no_shows[row] = 0;
    load.suspended_since[row] = f64::INFINITY;
    book.count(Tally::TalksHeld);
    book.event(load, row, Happening::Talk);
    book.note(row, LifeEvent::Talk);
}

/// A no-show; enough of them in a row suspend the client.
fn miss(load: &mut Caseload, row: usize, no_show: &NoShow, clock: &Clock, book: &mut Book) {
    load.no_shows[row] += 1;
    if f64::from(load.no_shows[row]) >= no_show.suspend_after {
        load.suspended_since[row] = load.suspended_since[row].min(clock.start);
    }
    book.count(Tally::NoShows);
    book.note(row, LifeEvent::NoShow);
}
