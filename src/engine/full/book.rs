//! Where a caseload writes down what happens: monthly totals, the study's record, sampled lives.

use super::absent::{Absent, Gone};
use super::caseload::{Caseload, NOT_SAMPLED, flag};
use super::clock::{Clock, NEVER};
use super::returner;
use super::setting::Setting;
use super::totals::{MonthTotals, Totals};
use crate::history::{Event, LifeMonth, Tally};
use crate::kinds::{ExitReason, Happening, Irregularity, LifeEvent, PerReason, Set, SpellClass, Step};
use crate::random::{Process, sample};
use crate::scenario::serves::MAX_PARTS;

/// The open book of one caseload.
pub(super) struct Book<'a> {
    /// Totals of the group, one for each part of the caseload that is kept apart.
    pub(super) totals: &'a mut [Totals],
    /// Clients off benefit now, by the reason for which they left, for each part.
    pub(super) off: [PerReason<f64>; MAX_PARTS + 1],
    /// The clients who are out.
    pub(super) absent: &'a mut Absent,
    /// Part in which things are counted now.
    pub(super) part: usize,
    /// Month in which things happen now.
    pub(super) month: usize,
    /// End of the step in which things happen now.
    pub(super) time: f64,
    /// Events of the study, when the record is kept.
    pub(super) events: Option<&'a mut Vec<Event>>,
    /// Sampled lives, when they are kept.
    pub(super) lives: Option<Lives<'a>>,
}

/// Sampled lives: the first `count` clients of the caseload.
pub(super) struct Lives<'a> {
    /// Clients below this number are sampled.
    pub(super) count: u32,
    /// Arm and site, for the rows.
    pub(super) place: (u16, u16),
    /// What happened this month, with the number of the life.
    pub(super) notes: Vec<(u32, LifeEvent)>,
    /// The months written so far.
    pub(super) months: &'a mut Vec<LifeMonth>,
}

impl Book<'_> {
    /// From now on things happen to this client.
    #[inline]
    pub(super) fn turn_to(&mut self, load: &Caseload, row: usize) {
        // Of a single part nobody needs to be asked: a client is often not at hand.
        self.part = if self.totals.len() == 1 { 0 } else { load.part(row) as usize };
    }

    /// How many of the first clients are sampled lives.
    pub(super) fn sampled(&self) -> u32 {
        self.lives.as_ref().map_or(0, |lives| lives.count)
    }

    /// The totals of the part and the month in which things happen now.
    #[inline]
    pub(super) fn totals_now(&mut self) -> &mut MonthTotals {
        self.totals[self.part].in_month(self.month)
    }

    /// Adds a step of the clients who are off benefit, by the reason for which they left.
    pub(super) fn months_off(&mut self, length: f64) {
        for (totals, off) in self.totals.iter_mut().zip(&self.off) {
            let totals = totals.in_month(self.month);
            for (reason, clients) in off.iter() {
                totals.add(Tally::OffBenefit(reason), clients * length);
            }
        }
    }

    /// Counts one.
    #[inline]
    pub(super) fn count(&mut self, tally: Tally) {
        self.totals_now().add(tally, 1.0);
    }

    /// Counts clients who were counted by part.
    pub(super) fn count_by_part(&mut self, tally: Tally, clients: &[u32; MAX_PARTS + 1]) {
        for (totals, &clients) in self.totals.iter_mut().zip(clients) {
            totals.in_month(self.month).add(tally, clients.into());
        }
    }

    /// Adds an amount.
    #[inline]
    pub(super) fn add(&mut self, tally: Tally, amount: f64) {
        self.totals_now().add(tally, amount);
    }

    /// Whether somebody reads more than totals: a record, or sampled lives.
    pub(super) fn tells(&self) -> bool {
        self.events.is_some() || self.lives.is_some()
    }

    /// Writes an event in the record of the study.
    #[inline]
    pub(super) fn event(&mut self, load: &Caseload, row: usize, happening: Happening) {
        if let Some(events) = self.events.as_deref_mut() {
            events.push(Event { participant: load.participant(row), time: self.time as f32, happening });
        }
    }

    /// Writes an event in a sampled life.
    #[inline]
    pub(super) fn note(&mut self, load: &Caseload, row: usize, event: LifeEvent) {
        if let Some(lives) = &mut self.lives
            && load.sampled(row) != NOT_SAMPLED
        {
            lives.notes.push((load.sampled(row), event));
        }
    }

    /// A client leaves benefit: totals, record. Everything that lives only on benefit ends; sport, volunteering and care go on. The last
    /// client moves into the row: of several leavers the last goes first.
    pub(super) fn leave(
        &mut self,
        load: &mut Caseload,
        row: usize,
        reason: ExitReason,
        setting: &Setting,
        clock: &Clock,
    ) {
        self.turn_to(load, row);
        let word = setting.dice.draw(load.id(row), clock.step, Process::ReasonRecorded);
        let unknown = sample::occurs(word, setting.parameters.observation.reason_unknown);
        let recorded = (!unknown).then_some(reason);
        if reason != ExitReason::Pension {
            self.count(Tally::ExitAfter(SpellClass::of(clock.end - f64::from(load.spell_start(row)))));
        }
        self.count(Tally::Exit(reason));
        self.off[self.part][reason] += 1.0;
        self.count(Tally::on_file(recorded));
        if reason == ExitReason::Work && load.first(row, flag::WORKED_ONCE) {
            let [first_match, first_skill] = load.first_caseworker(row);
            self.count(Tally::EverWorked);
            self.count(Tally::MatchWorked(first_match));
            self.count(Tally::SkillWorked(first_skill));
        }
        if load.first(row, flag::LEFT_ONCE) {
            self.count(Tally::FirstExits);
        }
        self.event(load, row, Happening::Exit { reason, recorded });
        self.note(load, row, LifeEvent::Exit(reason));

        let months_away = returner::months_away(load.id(row), reason, setting, clock);
        let step = returner::step_of_return(months_away, clock);
        if !self.absent.remembers(load.sampled(row), step) {
            load.remove(row);
            return;
        }
        let mut client = load.row(row);
        load.remove(row);
        client.active &= u32::from(Set::of(Step::is_own_life).bits());
        client.flags &= !(flag::PENDING | flag::TERMINATED | flag::WAITING | flag::WAGES);
        client.irregularity = Irregularity::None as u32;
        client.next_due = NEVER;
        client.no_shows = 0;
        client.suspended_since = f32::INFINITY;
        self.absent.leave(Gone { row: client, reason, months_away }, step);
    }

    /// A fraud signal: totals, record, and an investigation begins.
    pub(super) fn signal(&mut self, load: &mut Caseload, row: usize, in_talk: bool) {
        let real = load.irregularity_of(row) != Irregularity::None;
        load.raise(row, if in_talk { flag::PENDING | flag::NEW_SIGNAL } else { flag::PENDING });
        self.count(Tally::Signals);
        self.count(if in_talk { Tally::SignalsTalk } else { Tally::SignalsBackground });
        if !real {
            self.count(Tally::SignalsFalse);
        }
        if load.first(row, flag::SIGNALLED) {
            self.count(Tally::SignalClients);
        }
        self.event(load, row, Happening::Signal { in_talk, real });
        self.note(load, row, if in_talk { LifeEvent::SignalInTalk } else { LifeEvent::SignalOutside });
    }

    /// A visible activation: counted once per client.
    pub(super) fn activate(&mut self, load: &mut Caseload, row: usize) {
        if load.first(row, flag::ACTIVATED) {
            let [first_match, first_skill] = load.first_caseworker(row);
            self.count(Tally::ActivatedClients);
            self.count(Tally::MatchActivated(first_match));
            self.count(Tally::SkillActivated(first_skill));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, load_of, written};
    use crate::kinds::Kind;

    #[test]
    fn section_7_9_leaving_ends_what_lives_on_benefit_only() {
        let stage = Stage::with(|p| p.observation.reason_unknown = 0.0);
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let steps = [Step::Sport, Step::Gp, Step::Trajectory, Step::SmallJob, Step::InformalCare];
        let row = Row {
            active: steps.iter().map(|step| 1 << step.index()).sum(),
            flags: flag::PENDING | flag::WAGES | flag::LANGUAGE_NEED,
            irregularity: Irregularity::Intentional as u32,
            sampled: 0,
            no_shows: 2,
            suspended_since: -3.0,
            ..Row::default()
        };
        let mut load = load_of(&row);
        let count = written(|book| {
            book.leave(&mut load, 0, ExitReason::Pension, &setting, &clock);
            let gone = book.absent.sampled().next().expect("a sampled life").row;
            assert_eq!(gone.active, 1 << Step::Sport.index() | 1 << Step::InformalCare.index());
            assert_eq!((gone.flags, gone.irregularity), (flag::LANGUAGE_NEED | flag::LEFT_ONCE, 0));
            assert_eq!((gone.no_shows, gone.suspended_since), (0, f32::INFINITY));
        });
        assert_eq!(load.rows(), 0);
        let counts =
            [Tally::Exit(ExitReason::Pension), Tally::Recorded(ExitReason::Pension), Tally::FirstExits];
        assert_eq!(counts.map(count), [1.0; 3]);
    }

    #[test]
    fn section_7_8_a_signal_is_false_when_nothing_is_wrong() {
        for (kind, wrong) in [(Irregularity::None, 1.0), (Irregularity::Unintentional, 0.0)] {
            let mut load = load_of(&Row { irregularity: kind as u32, ..Row::default() });
            let count = written(|book| {
                book.signal(&mut load, 0, true);
                book.signal(&mut load, 0, false);
            });
            assert_eq!(
                [count(Tally::Signals), count(Tally::SignalsTalk), count(Tally::SignalClients)],
                [2.0, 1.0, 1.0]
            );
            assert_eq!(count(Tally::SignalsFalse), 2.0 * wrong);
        }
    }
}
