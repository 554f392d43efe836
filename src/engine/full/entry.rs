//! 2. Who comes in: participants in their month of enrolment, and new entrants of a whole caseload.

use std::borrow::Cow;

use super::book::Book;
use super::caseload::{Caseload, NOT_SAMPLED, Row, flag};
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::{Setting, Staff};
use super::steps_taken;
use crate::history::Tally;
use crate::kinds::Tercile;
use crate::population::{Caseworker, Client, ClientMaker, Entrants};
use crate::random::lanes::{self as draws, normal};
use crate::random::{Dice, Process};
use crate::stats::lanes::{self, Floats, LANES, Simd, Words};

/// Participant number of clients who are not participants of the study.
pub(super) const NOT_A_PARTICIPANT: u32 = u32::MAX;

/// The arrivals of one caseload.
pub(super) struct Arrivals<'a> {
    /// Participants who enrol later: (month, participant, client), latest month first.
    pub(super) later: Vec<(u32, u32, Cow<'a, Client>)>,
    /// Those who come in, when there is inflow.
    pub(super) inflow: Option<Inflow<'a>>,
}

/// Inflow into one of several caseloads of a site.
pub(super) struct Inflow<'a> {
    /// Makes the entrants.
    pub(super) maker: &'a ClientMaker<'a>,
    /// Those who were made before.
    pub(super) made: &'a Entrants,
    /// How many come in at the site in each month; the first month is entry 1.
    pub(super) entrants: &'a [u32],
    /// Number of caseloads among which entrants are divided, and which one this is.
    pub(super) caseloads: u32,
    /// This caseload.
    pub(super) caseload: u32,
}

impl Inflow<'_> {
    /// Those of the month's entrants who come to this caseload: entrant `k` goes to caseload `k + month` modulo their number, which is
    /// even, and known without the others.
    fn numbers(&self, month: u32) -> impl Iterator<Item = u32> {
        let first = (self.caseload + self.caseloads - month % self.caseloads) % self.caseloads;
        (first..self.entrants[month as usize]).step_by(self.caseloads as usize)
    }
}

impl Arrivals<'_> {
    /// Adds those who come at the start of the step.
    pub(super) fn run(
        &mut self,
        load: &mut Caseload,
        staff: &Staff,
        setting: &Setting,
        clock: &Clock,
        book: &mut Book,
    ) {
        if !clock.opens_month {
            return;
        }
        let month = clock.month as u32;
        let present = load.rows();
        while let Some((_, participant, client)) = self.later.pop_if(|(entry, ..)| *entry < month) {
            enter(load, &client, participant, (clock.step, clock.start), setting, book);
        }
        if let Some(inflow) = &self.inflow {
            let stock = setting.luck.irregularity_stock;
            for number in inflow.numbers(month) {
                let client = match inflow.made.get(month, number) {
                    Some(made) => Cow::Borrowed(made),
                    None => Cow::Owned(inflow.maker.entrant(setting.site_index, month, number, stock)),
                };
                enter(load, &client, NOT_A_PARTICIPANT, (clock.step, clock.start), setting, book);
            }
        }
        meet(load, present, staff, setting, book);
    }
}

/// A client comes in at time `now`; afterwards the newcomers [`meet`] the caseworker.
pub(super) fn enter(
    load: &mut Caseload,
    client: &Client,
    participant: u32,
    (step, now): (u32, f64),
    setting: &Setting,
    book: &mut Book,
) {
    let mut row = Row::new(client, now, setting.single.conversation.detect_rest);
    row.participant = participant;
    row.sampled = if load.entered < book.sampled() { load.entered } else { NOT_SAMPLED };
    row.activity = steps_taken::activity_of(&setting.single.steps, row.active);
    plan::enter(&mut row, setting, now, step / setting.scenario.steps_per_month);
    row.next_due = invitation::first_due(&row, setting, step, now);
    load.entered += 1;
    load.push(&row);

    let place = load.rows() - 1;
    book.turn_to(load, place);
    book.count(Tally::Entered);
    if load.has(place, flag::CAPACITY_UNSEEN) {
        book.count(Tally::HiddenCapacityAtEntry);
    }
}

/// The clients from row `first` on meet their first caseworker.
pub(super) fn meet(load: &mut Caseload, first: usize, staff: &Staff, setting: &Setting, book: &mut Book) {
    if first == load.rows() {
        return;
    }
    lanes::with!(setting.means.level, simd => draw_matches(simd, load, first / LANES, &staff.caseworker, setting));
    let first_skill = Tercile::of(staff.caseworker.skill);
    for row in first..load.rows() {
        let first_match = Tercile::of(load.match_now(row).into());
        let clients = load.of(row);
        clients.first_match[row] = first_match as u32;
        clients.first_skill[row] = first_skill as u32;
        book.turn_to(load, row);
        book.count(Tally::MatchEntered(first_match));
        book.count(Tally::SkillEntered(first_skill));
    }
}

/// The matches of the clients from a block on with the caseworker who holds the place: those of clients who were there before are
/// the same as they were.
#[inline(always)]
fn draw_matches<S: Simd>(
    simd: S,
    load: &mut Caseload,
    from: usize,
    caseworker: &Caseworker,
    setting: &Setting,
) {
    for clients in load.all_mut().skip(from) {
        let ids = clients.id.load(simd);
        clients.match_now.store(matches(simd, &setting.dice, ids, caseworker));
    }
}

/// The match of a caseworker with sixteen clients, standard normal: the same for the same two people, always. Entity = client, moment =
/// the caseworker's place.
#[inline(always)]
pub(super) fn matches<S: Simd>(
    simd: S,
    dice: &Dice,
    clients: Words<S>,
    caseworker: &Caseworker,
) -> Floats<S> {
    let words = draws::block(simd, dice, clients, caseworker.id, caseworker.match_block());
    normal(simd, words[Process::Match.lane()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::{Stage, staff, written};
    use crate::population::client_id;
    use crate::scenario::embedded;

    #[test]
    fn every_entrant_comes_to_one_caseload() {
        let resolved = embedded("heel-bestand", &[]).unwrap();
        let maker = ClientMaker::new(&resolved.scenario, Dice::new(1, 0));
        let entrants = [0, 23, 4, 0, 10];
        for month in 1..entrants.len() as u32 {
            let mut all = Vec::new();
            for caseload in 0..7 {
                let inflow = Inflow {
                    maker: &maker,
                    made: &Entrants::default(),
                    entrants: &entrants,
                    caseloads: 7,
                    caseload,
                };
                for number in inflow.numbers(month) {
                    assert_eq!((number + month) % 7, caseload);
                    all.push(number);
                }
            }
            all.sort_unstable();
            assert_eq!(all, (0..entrants[month as usize]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn section_2_a_client_who_comes_in_is_counted_with_the_caseworker() {
        let stage = Stage::new();
        let setting = stage.setting();
        let client = ClientMaker::new(&stage.scenario, setting.dice).client(client_id(0, 0), 1.0);
        let mut load = Caseload::default();
        let count = written(|book| {
            for participant in [0, NOT_A_PARTICIPANT] {
                enter(&mut load, &client, participant, (0, 0.0), &setting, book);
                meet(&mut load, participant.min(1) as usize, &staff(), &setting, book);
            }
        });
        assert_eq!((load.entered, load.rows(), load.participant(1)), (2, 2, NOT_A_PARTICIPANT));
        assert_eq!(
            (load.sampled(0), load.match_now(0)),
            (NOT_SAMPLED, staff().caseworker.match_with(&setting.dice, client.id))
        );
        assert_eq!([count(Tally::Entered), count(Tally::SkillEntered(Tercile::of(0.0)))], [2.0; 2]);
    }
}
