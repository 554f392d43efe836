//! 3. Invitations and no-show (model page 7.1).

use std::ops::RangeInclusive;

use fearless_simd::prelude::*;

use super::caseload::{Caseload, ClientBlock, Row, flag};
use super::clock::{Clock, NEVER, tick};
use super::luck::Luck;
use super::place::{Hits, gather, lanes_of};
use super::queue::{self, Due, Slots, Turn};
use super::setting::Setting;
use crate::random::lanes::{self as draws, happens, unit};
use crate::random::{Process, sample};
use crate::scenario::Contact;
use crate::stats::lanes::{self, Bits, LANES, Simd, choose, expit, live};

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

/// The talks that are due in a step, and what becomes of them: memory that caseloads use one after the other.
#[derive(Default)]
pub(super) struct Invitations {
    /// Whose talk is due.
    pub(super) due: Hits,
    /// Of them, who gets a slot.
    pub(super) invited: Hits,
    /// Who comes when invited, of those who were asked: who gets a slot is among them.
    pub(super) come: Hits,
    /// Whose coming is itself a step.
    pub(super) show_up: Hits,
    /// Those of whom the queue is made at a time, when there are too few slots.
    chosen: Hits,
    /// Their rows.
    rows: Vec<u32>,
    /// Their places in the queue.
    queue: Vec<Due>,
    /// Rows of some at its front, who are asked at the same time.
    asked: Vec<u32>,
    /// Those at its front, with their answers.
    turns: Vec<Turn>,
}

/// Invites the clients whose talk is due, as far as there are slots; `talks` are the rows of those who come.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (invitations, talks, batch): (&mut Invitations, &mut Vec<u32>, &mut ClientBlock),
    setting: &Setting,
    clock: &Clock,
) {
    let Invitations { due, invited, come, chosen, rows, queue, asked, turns, .. } = invitations;
    lanes::with!(setting.means.level, simd => who_is_due(simd, load, luck, due, setting, clock));
    setting.lap("invitation: who is due");
    talks.clear();
    come.clear(load);
    let mut slots = Slots::of_step(setting, clock.step);
    let number = due.count();
    if slots.suffice(number) {
        due.list(rows);
        for chosen in rows.chunks(LANES) {
            for row in ask(load, chosen, batch, setting, clock).who(chosen) {
                come.put(row as usize);
                talks.push(row);
            }
        }
        invited.clone_from(due);
        return;
    }
    invited.clear(load);
    let mut at_front = |first: &[Due], turns: &mut Vec<Turn>| {
        for chosen in first.chunks(LANES) {
            asked.clear();
            asked.extend(chosen.iter().map(|due| due.row));
            let coming = ask(load, asked, batch, setting, clock);
            coming.who(asked).for_each(|row| come.put(row as usize));
            turns.extend(chosen.iter().enumerate().map(|(lane, &due)| coming.turn(lane, due)));
        }
    };
    let mut serve = |who: &Hits, slots: &mut Slots| {
        who.list(rows);
        queue.clear();
        queue.extend(rows.iter().map(|&row| {
            let at = row as usize;
            let rank = setting.arm.rank(load.service(at) as usize);
            Due { place: queue::place(rank, load.next_due(at)), row }
        }));
        queue::give(queue, slots, (load, setting), (turns, &mut at_front), invited, talks);
    };
    let Some(longest) = longest_overdue(load, due, (number, slots.enough()), setting) else {
        return serve(due, &mut slots);
    };
    for since in [0..=longest, longest + 1..=u32::MAX] {
        if slots.any() {
            lanes::with!(setting.means.level, simd => overdue(simd, load, due, &since, chosen));
            serve(chosen, &mut slots);
        }
    }
}

/// Talks that are due from which on a sample tells where the front of the queue ends.
const LONG_BACKLOG: usize = 1024;

/// How many of a backlog are in the sample.
const SAMPLE: usize = 256;

/// A tick up to which probably `enough` of the `number` talks were due: of a long backlog only its front is put into the queue at first.
/// Where the front ends is a guess that costs time when it is wrong and changes nothing. `None` when everybody is to be put there.
fn longest_overdue(
    load: &Caseload,
    due: &Hits,
    (number, enough): (usize, usize),
    setting: &Setting,
) -> Option<u32> {
    if number < LONG_BACKLOG.max(4 * enough) || !setting.arm.priority.is_empty() {
        return None;
    }
    let mut sample: Vec<u32> = due
        .blocks()
        .step_by(number / SAMPLE / LANES + 1)
        .flat_map(|(block, who)| lanes_of(who).map(move |lane| load.next_due(block * LANES + lane)))
        .collect();
    let expected = enough as f64 / number as f64 * sample.len() as f64;
    let place = (expected + 3.0 * expected.sqrt()) as usize + 1;
    (place < sample.len()).then(|| *sample.select_nth_unstable(place).1)
}

/// Of those whose talk is due, those for whom it has been since one of these ticks.
#[inline(always)]
fn overdue<S: Simd>(simd: S, load: &Caseload, due: &Hits, since: &RangeInclusive<u32>, chosen: &mut Hits) {
    chosen.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let ticks = clients.next_due.load(simd);
        let meant = ticks.simd_ge(*since.start()) & ticks.simd_le(*since.end());
        chosen.set(block, meant.to_bitmask() & u64::from(due.of(block)));
    }
}

/// Asks sixteen clients whose talk is due.
#[inline(always)]
fn ask(load: &Caseload, chosen: &[u32], batch: &mut ClientBlock, setting: &Setting, clock: &Clock) -> Coming {
    gather!(batch, load, chosen; id, trust, severity_health);
    lanes::with!(setting.means.level, simd => who_comes(simd, batch, setting, clock))
}

/// Who has a talk due in this step; contacts by chance come up here.
#[inline(always)]
fn who_is_due<S: Simd>(
    simd: S,
    load: &mut Caseload,
    luck: &Luck,
    hits: &mut Hits,
    setting: &Setting,
    clock: &Clock,
) {
    let by_chance = setting.services.by_chance;
    hits.make_room(load);
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

impl Coming {
    /// Of the rows that were asked, those that come.
    fn who(&self, rows: &[u32]) -> impl Iterator<Item = u32> {
        lanes_of(self.come as Bits & live(rows.len(), 0)).map(|lane| rows[lane])
    }

    /// Whether the client in a lane comes.
    fn comes(&self, lane: usize) -> bool {
        self.come >> lane & 1 == 1
    }

    /// The turn of the client in a lane.
    fn turn(&self, lane: usize, due: Due) -> Turn {
        let order = queue::order(due.place, self.ties[lane], self.ids[lane]);
        Turn { order, row: due.row, comes: self.comes(lane) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::luck;
    use crate::engine::full::testing::{Stage, in_lanes};

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

    #[test]
    fn section_7_1_of_a_long_backlog_the_longest_overdue_are_invited() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 40.0;
        let service = stage.service("fip");
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let clients = 5 * LONG_BACKLOG as u32;
        // Ticks in no order; all of them before the end of the step. Either each is another, or five clients share one.
        for sharing in [1, 5] {
            let mut load = Caseload::default();
            for id in 0..clients {
                let next_due = id * 1_001 % clients / sharing;
                load.push(&Row { id, service, next_due, ..Row::default() });
            }
            let mut invitations = Invitations::default();
            let (mut talks, mut batch) = (Vec::new(), ClientBlock::default());
            let into = (&mut invitations, &mut talks, &mut batch);
            let mut luck = Luck::default();
            luck::draw(&mut luck, &load, &setting, 0);
            run(&mut load, &luck, into, &setting, &clock);
            assert_eq!(invitations.due.count(), clients as usize);
            let (mut invited, mut waiting) = (Vec::new(), Vec::new());
            for row in 0..load.rows() {
                let of = if invitations.invited.has(row) { &mut invited } else { &mut waiting };
                of.push(load.next_due(row));
            }
            assert!((40..80).contains(&invited.len()) && talks.len() <= invited.len());
            assert!(invited.iter().max() <= waiting.iter().min());
        }
    }
}
