//! 3. Invitations and no-show (model page 7.1).

use fearless_simd::prelude::*;

use super::caseload::{Caseload, ClientBlock, Row, flag};
use super::clock::{Clock, NEVER, tick};
use super::luck::Luck;
use super::place::{Hits, gather};
use super::queue::{self, Due, Slots};
use super::setting::Setting;
use crate::random::lanes::{self as draws, happens, unit};
use crate::random::{Process, sample};
use crate::scenario::Contact;
use crate::stats::lanes::{self, LANES, Simd, choose, expit};

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
    /// Who comes when invited.
    pub(super) come: Hits,
    /// Whose coming is itself a step.
    pub(super) show_up: Hits,
    /// Rows whose talk is due.
    rows: Vec<u32>,
    /// The same in the order in which they get slots, when there are too few.
    queue: Vec<Due>,
}

/// Invites the clients whose talk is due, as far as there are slots; `talks` are the rows of those who come.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (invitations, talks, batch): (&mut Invitations, &mut Vec<u32>, &mut ClientBlock),
    setting: &Setting,
    clock: &Clock,
) {
    let Invitations { due, invited, come, rows, queue, .. } = invitations;
    lanes::with!(setting.means.level, simd => who_is_due(simd, load, luck, due, setting, clock));
    due.list(rows);
    setting.lap("invitation: who is due");
    let slots = Slots::of_step(setting, clock.step);
    let enough = slots.suffice(rows.len());
    queue.clear();
    come.clear(load);
    for chosen in rows.chunks(LANES) {
        gather!(batch, load, chosen; id, trust, severity_health);
        let coming = lanes::with!(setting.means.level, simd => who_comes(simd, batch, setting, clock));
        for (lane, &row) in chosen.iter().enumerate() {
            let at = row as usize;
            if coming.come >> lane & 1 == 1 {
                come.put(at);
            }
            if !enough {
                let rank = setting.arm.rank(load.service(at) as usize);
                let order = queue::order(rank, load.next_due(at), coming.ties[lane], coming.ids[lane]);
                queue.push(Due { order, row });
            }
        }
    }
    talks.clear();
    if enough {
        invited.clone_from(due);
        come.list(talks);
    } else {
        invited.clear(load);
        queue::give(queue, slots, (load, setting), come, invited, talks);
    }
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
}
