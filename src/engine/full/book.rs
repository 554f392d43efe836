//! Where a caseload writes down what happens: monthly totals, the study's record, sampled lives.

use super::caseload::Caseload;
use super::clock::Clock;
use super::returner;
use super::setting::Setting;
use crate::history::{Event, GroupTally, LifeMonth, Tally};
use crate::kinds::{ExitReason, Happening, Irregularity, LifeEvent, PerReason, Set, SpellClass, Step};
use crate::random::{Process, sample};
use crate::scenario::serves::MAX_PARTS;

/// The open book of one caseload.
pub(super) struct Book<'a> {
    /// Totals of the group, one for each part of the caseload that is kept apart.
    pub(super) tallies: &'a mut [GroupTally],
    /// Clients off benefit now, by the reason for which they left, for each part.
    pub(super) off: [PerReason<f64>; MAX_PARTS + 1],
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
    /// Rows below this number are sampled.
    pub(super) count: usize,
    /// Arm and site, for the rows.
    pub(super) place: (u16, u16),
    /// What happened this month, with the row.
    pub(super) notes: Vec<(usize, LifeEvent)>,
    /// The months written so far.
    pub(super) months: &'a mut Vec<LifeMonth>,
}

impl Book<'_> {
    /// From now on things happen to this client.
    #[inline]
    pub(super) fn turn_to(&mut self, load: &Caseload, row: usize) {
        self.part = usize::from(load.decided.part[row]);
    }

    /// Adds an amount for every client on benefit for whom something holds.
    pub(super) fn add_where(
        &mut self,
        load: &Caseload,
        tally: Tally,
        amount: f64,
        holds: impl Fn(usize) -> bool,
    ) {
        let mut clients = [0.0; MAX_PARTS + 1];
        for &row in &load.on {
            let part = usize::from(load.decided.part[row as usize]);
            clients[part] += f64::from(u8::from(holds(row as usize)));
        }
        for (totals, clients) in self.tallies.iter_mut().zip(clients) {
            totals.add(tally, self.month, clients * amount);
        }
    }

    /// Adds a step of the clients who are off benefit, by the reason for which they left.
    pub(super) fn months_off(&mut self, length: f64) {
        for (totals, off) in self.tallies.iter_mut().zip(&self.off) {
            for (reason, clients) in off.iter() {
                totals.add(Tally::OffBenefit(reason), self.month, clients * length);
            }
        }
    }

    /// Counts one.
    #[inline]
    pub(super) fn count(&mut self, tally: Tally) {
        self.tallies[self.part].add(tally, self.month, 1.0);
    }

    /// Adds an amount.
    #[inline]
    pub(super) fn add(&mut self, tally: Tally, amount: f64) {
        self.tallies[self.part].add(tally, self.month, amount);
    }

    /// Writes an event in the record of the study.
    #[inline]
    pub(super) fn event(&mut self, load: &Caseload, row: usize, happening: Happening) {
        if let Some(events) = self.events.as_deref_mut() {
            events.push(Event { participant: load.participant[row], time: self.time as f32, happening });
        }
    }

    /// Writes an event in a sampled life.
    #[inline]
    pub(super) fn note(&mut self, row: usize, event: LifeEvent) {
        if let Some(lives) = &mut self.lives
            && row < lives.count
        {
            lives.notes.push((row, event));
        }
    }

    /// A client leaves benefit: status, totals, record. Everything that lives only on benefit ends; sport, volunteering and care go on.
    pub(super) fn leave(
        &mut self,
        load: &mut Caseload,
        row: usize,
        reason: ExitReason,
        setting: &Setting,
        clock: &Clock,
    ) {
        self.turn_to(load, row);
        let word = setting.dice.draw(load.id[row], clock.step, Process::ReasonRecorded);
        let unknown = sample::occurs(word, setting.parameters.observation.reason_unknown);
        let recorded = (!unknown).then_some(reason);
        load.out[row] = Some(reason);
        load.active[row] = load.active[row].and(Set::of(Step::is_own_life));
        load.pending[row] = false;
        load.terminated[row] = false;
        load.irregularity[row] = Irregularity::None;
        load.next_due[row] = f64::INFINITY;
        load.waiting[row] = false;
        load.no_shows[row] = 0;
        load.suspended_since[row] = f64::INFINITY;
        load.wages[row] = false;
        returner::leave(load, row, reason, setting, clock);
        if reason != ExitReason::Pension {
            self.count(Tally::ExitAfter(SpellClass::of(clock.end - load.spell_start[row])));
        }
        self.count(Tally::Exit(reason));
        self.off[self.part][reason] += 1.0;
        self.count(Tally::on_file(recorded));
        if reason == ExitReason::Work && !load.worked_once[row] {
            load.worked_once[row] = true;
            self.count(Tally::EverWorked);
            self.count(Tally::MatchWorked(load.match_tercile[row]));
            self.count(Tally::SkillWorked(load.skill_tercile[row]));
        }
        if !load.left_once[row] {
            load.left_once[row] = true;
            self.count(Tally::FirstExits);
        }
        self.event(load, row, Happening::Exit { reason, recorded });
        self.note(row, LifeEvent::Exit(reason));
    }

    /// A fraud signal: totals, record, and an investigation begins.
    pub(super) fn signal(&mut self, load: &mut Caseload, row: usize, in_talk: bool) {
        let real = load.irregularity[row] != Irregularity::None;
        load.pending[row] = true;
        self.count(Tally::Signals);
        self.count(if in_talk { Tally::SignalsTalk } else { Tally::SignalsBackground });
        if !real {
            self.count(Tally::SignalsFalse);
        }
        if !load.signalled[row] {
            load.signalled[row] = true;
            self.count(Tally::SignalClients);
        }
        self.event(load, row, Happening::Signal { in_talk, real });
        self.note(row, if in_talk { LifeEvent::SignalInTalk } else { LifeEvent::SignalOutside });
    }

    /// A visible activation: counted once per client.
    pub(super) fn activate(&mut self, load: &mut Caseload, row: usize) {
        if !load.activated[row] {
            load.activated[row] = true;
            self.count(Tally::ActivatedClients);
            self.count(Tally::MatchActivated(load.match_tercile[row]));
            self.count(Tally::SkillActivated(load.skill_tercile[row]));
        }
    }
}
