//! 2. Who comes in: participants in their month of enrolment, and new entrants of a whole caseload.

use super::book::Book;
use super::caseload::{Caseload, NOT_SAMPLED, Row, flag};
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::{Setting, Staff};
use super::small_steps;
use crate::history::Tally;
use crate::kinds::Tercile;
use crate::population::{Client, ClientMaker};

/// Participant number of clients who are not participants of the study.
pub(super) const NOT_A_PARTICIPANT: u32 = u32::MAX;

/// The arrivals of one caseload.
pub(super) struct Arrivals<'a> {
    /// Participants who enrol later: (month, participant, client), latest month first.
    pub(super) later: Vec<(u32, u32, &'a Client)>,
    /// Maker of entrants, when there is inflow.
    pub(super) inflow: Option<Inflow<'a>>,
}

/// Inflow into one of several caseloads of a site.
pub(super) struct Inflow<'a> {
    /// Makes the entrants.
    pub(super) maker: &'a ClientMaker<'a>,
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
        while let Some(&(entry, participant, client)) = self.later.last()
            && entry < month
        {
            enter(load, client, participant, (clock.step, clock.start), staff, setting, book);
            self.later.pop();
        }
        let Some(inflow) = &self.inflow else { return };
        let stock = setting.luck.irregularity_stock;
        for number in inflow.numbers(month) {
            let client = inflow.maker.entrant(setting.site_index, month, number, stock);
            enter(load, &client, NOT_A_PARTICIPANT, (clock.step, clock.start), staff, setting, book);
        }
    }
}

/// A client comes in at time `now`.
pub(super) fn enter(
    load: &mut Caseload,
    client: &Client,
    participant: u32,
    (step, now): (u32, f64),
    staff: &Staff,
    setting: &Setting,
    book: &mut Book,
) {
    let mut row = Row::new(client, now, setting.single.conversation.detect_rest);
    row.participant = participant;
    row.sampled = if load.entered < book.sampled() { load.entered } else { NOT_SAMPLED };
    row.activity = small_steps::activity(&setting.single.steps, row.active);
    row.match_now = staff.caseworker.match_with(&setting.dice, client.id);
    let thirds = [f64::from(row.match_now), staff.caseworker.skill].map(Tercile::of);
    [row.first_match, row.first_skill] = thirds.map(|third| third as u32);
    plan::enter(&mut row, setting, now, step / setting.scenario.steps_per_month);
    row.next_due = invitation::first_due(&row, setting, step, now);
    load.entered += 1;
    load.push(&row);

    let place = load.rows() - 1;
    book.turn_to(load, place);
    let [first_match, first_skill] = thirds;
    book.count(Tally::Entered);
    book.count(Tally::MatchEntered(first_match));
    book.count(Tally::SkillEntered(first_skill));
    if load.has(place, flag::CAPACITY_UNSEEN) {
        book.count(Tally::HiddenCapacityAtEntry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::{Stage, staff, written};
    use crate::population::client_id;
    use crate::random::Dice;
    use crate::scenario::embedded;

    #[test]
    fn every_entrant_comes_to_one_caseload() {
        let resolved = embedded("heel-bestand", &[]).unwrap();
        let maker = ClientMaker::new(&resolved.scenario, Dice::new(1, 0));
        let entrants = [0, 23, 4, 0, 10];
        for month in 1..entrants.len() as u32 {
            let mut all = Vec::new();
            for caseload in 0..7 {
                let inflow = Inflow { maker: &maker, entrants: &entrants, caseloads: 7, caseload };
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
                enter(&mut load, &client, participant, (0, 0.0), &staff(), &setting, book);
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
