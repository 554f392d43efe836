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
use crate::stats::logistic::expit;

/// Tolerance on due times, months: intervals such as 12/5 do not add up exactly in binary.
const DUE_TOLERANCE: f64 = 1e-9;

/// When the first talk of a spell is due: uniformly over the interval when talks are scheduled, else when a contact
/// comes up.
pub(super) fn first_due(setting: &Setting, id: u32, step: u32, now: f64) -> f64 {
    match setting.service.contact {
        Contact::Scheduled { interval_months } => {
            now + interval_months * sample::unit(setting.dice.draw(id, step, Process::FirstTalk))
        }
        Contact::Hazard { .. } => f64::INFINITY,
    }
}

/// Invites the clients whose talk is due, as far as there are slots, and says who comes.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    queue: &mut Vec<(f64, u32, u32)>,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    queue.clear();
    collect_due(load, luck, queue, setting, clock, book);
    let slots = if setting.scenario.capacity { setting.slots_in_step(clock.step) } else { usize::MAX };
    if queue.len() > slots {
        serve_longest_overdue_first(load, queue, slots, setting, clock);
    }
    for &(_, _, row) in queue.iter() {
        invite(load, row as usize, setting, clock, book);
    }
}

/// Fills the queue with the clients whose talk falls in this step; contacts by chance come up here.
fn collect_due(
    load: &mut Caseload,
    luck: &Luck,
    queue: &mut Vec<(f64, u32, u32)>,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let mut newly_due = 0.0;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        load.invited[row] = false;
        load.attended[row] = false;
        if let Contact::Hazard { far, near } = setting.service.contact
            && load.next_due[row] == f64::INFINITY
        {
            let hazard = if load.recorded[row] > 12.0 { far } else { near };
            if sample::happens(luck.word(index, Process::Contact), hazard * clock.length) {
                load.next_due[row] = clock.start;
            }
        }
        if load.next_due[row] < clock.end - DUE_TOLERANCE {
            queue.push((load.next_due[row], 0, row as u32));
            newly_due += f64::from(u8::from(!load.waiting[row]));
        }
    }
    book.add(Tally::TalksDue, newly_due);
}

/// Keeps the longest overdue, ties by an addressed draw; the rest wait.
fn serve_longest_overdue_first(
    load: &mut Caseload,
    queue: &mut Vec<(f64, u32, u32)>,
    slots: usize,
    setting: &Setting,
    clock: &Clock,
) {
    for (_, tie, row) in queue.iter_mut() {
        *tie = setting.dice.draw(load.id[*row as usize], clock.step, Process::QueueTie);
    }
    queue.sort_unstable_by(|a, b| {
        a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(load.id[a.2 as usize].cmp(&load.id[b.2 as usize]))
    });
    for &(_, _, row) in &queue[slots..] {
        load.waiting[row as usize] = true;
    }
    queue.truncate(slots);
}

/// Sends one invitation: the client comes, or does not.
fn invite(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock, book: &mut Book) {
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
    load.next_due[row] = match setting.service.contact {
        Contact::Scheduled { interval_months } if comes => clock.start + interval_months,
        Contact::Scheduled { .. } => clock.start + 1.0,
        Contact::Hazard { .. } => f64::INFINITY,
    };
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

/// A no-show uses the slot; enough of them in a row suspend the client.
fn miss(load: &mut Caseload, row: usize, no_show: &NoShow, clock: &Clock, book: &mut Book) {
    load.no_shows[row] += 1;
    if f64::from(load.no_shows[row]) >= no_show.suspend_after {
        load.suspended_since[row] = load.suspended_since[row].min(clock.start);
    }
    book.count(Tally::NoShows);
    book.note(row, LifeEvent::NoShow);
}
