//! Cutting a study off at a date: what is on file then, and nothing else.
//!
//! The record of a simulated study holds the truth too (real reasons of exits, whether a signal was about a real
//! irregularity). This file is the line that the truth does not cross: estimators see what is built here.

use crate::history::{Event, Record};
use crate::kinds::{Band, ExitReason, Happening};
use crate::scenario::Scenario;

/// What never happened before the cut-off.
pub(crate) const NEVER: f64 = f64::INFINITY;

/// One participant as on file at the cut-off. Times are months since the participant entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filed {
    /// Participant: index into the columns of the record.
    pub participant: u32,
    /// Site.
    pub site: u16,
    /// Arm, in the order of the scenario.
    pub arm: u16,
    /// Caseworker, numbered over the whole study.
    pub caseworker: u32,
    /// Calendar month of entry.
    pub entry_month: u16,
    /// Recorded band at entry.
    pub entry_band: Band,
    /// Recorded distance at entry, months.
    pub entry_distance: f32,
    /// Months on benefit at entry.
    pub months_on_benefit: f32,
    /// Age at entry, years.
    pub age_years: f32,
    /// Length of the follow-up in months, > 0: from entry to the cut-off or the end of the site's
    /// follow-up, whichever comes first. It does not end with an exit: signals and returns afterwards
    /// are on file too.
    pub follow_up: f64,
    /// First exit, in months since entry; infinite when still on benefit. A later exit, after a
    /// return, is in `time_on_benefit` only.
    pub exit: f64,
    /// Reason on file of the first exit; `None` without an exit or without a reason on file.
    pub exit_reason: Option<ExitReason>,
    /// Whether the participant was lost to follow-up: left and is on file as moved to another municipality.
    pub lost: bool,
    /// Returns to benefit within the follow-up.
    pub returns: u32,
    /// Time on benefit within the follow-up, in months: all spells together.
    pub time_on_benefit: f64,
    /// First fraud signal, in months since entry; infinite without one.
    pub first_signal: f64,
    /// Fraud signals within the follow-up, true or false alarm: the file does not know.
    pub signals: u32,
    /// Fraud signals that came up in a talk.
    pub signals_in_talk: u32,
    /// Investigations that confirmed an irregularity.
    pub confirmed: u32,
    /// First visible activation, in months since entry: volunteering, informal care, a trajectory, or
    /// progress of a recorded band that is no correction of an earlier mistake; infinite without one.
    pub first_activation: f64,
    /// Recorded band at the cut-off, or at the last day on benefit.
    pub band: Band,
    /// Talks held within the follow-up.
    pub talks: u32,
}

/// A study as it is on file at one cut-off.
#[derive(Clone, Debug, PartialEq)]
pub struct OnFile {
    /// Calendar month of the cut-off, counted from month 0.
    pub month: u32,
    /// Participants who had entered before the cut-off, in the order of the record: one row each, also
    /// for those who left long before.
    pub rows: Vec<Filed>,
    /// Every fraud signal: row and months since entry, ordered by row and time.
    pub signals: Vec<(u32, f64)>,
    /// Names of the arms, control first.
    pub arm_names: Vec<String>,
    /// Place of every arm of the scenario in `arm_names`.
    pub arm_place: Vec<u32>,
}

/// What the protocol of the study says: arms, control, and how long each site is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Protocol {
    /// Names of the arms, in the order of the record's arm numbers.
    pub arms: Vec<String>,
    /// Index of the control arm.
    pub control: usize,
    /// Calendar month, counted from month 0, in which each site's follow-up ends.
    pub follow_up_months: Vec<u32>,
}

impl From<&Scenario> for Protocol {
    fn from(scenario: &Scenario) -> Self {
        Self {
            arms: scenario.arms.iter().map(|arm| arm.name.clone()).collect(),
            control: scenario.control,
            follow_up_months: scenario.sites.iter().map(|site| site.follow_up_months).collect(),
        }
    }
}

/// Cuts a study off at each of `months` (calendar months since month 0, ascending); one pass over the events.
/// Gives one table per month of `months`, in that order. A participant who enters at or after a cut-off
/// is not in its table; one who entered before is in it, whatever happened since. The cost is that of
/// one pass for all cut-offs together, because each table goes on where the one before stopped: that is
/// why months must ascend.
pub fn cut(protocol: &Protocol, record: &Record, months: &[u32]) -> Vec<OnFile> {
    let mut tables: Vec<OnFile> = months.iter().map(|&month| empty(protocol, month)).collect();
    let mut events = record.events.as_slice();
    for participant in 0..record.participants() {
        let mine = events.iter().take_while(|event| event.participant as usize == participant).count();
        let (mine, rest) = events.split_at(mine);
        events = rest;
        file_participant(protocol, record, participant, mine, &mut tables);
    }
    tables
}

/// A file of nobody at a cut-off, with the arms in the order of analysis: control first, the others as
/// in the scenario.
fn empty(protocol: &Protocol, month: u32) -> OnFile {
    let control = protocol.control;
    let name = |arm: usize| protocol.arms[arm].clone();
    let others = (0..protocol.arms.len()).filter(|&arm| arm != control);
    let arm_names = std::iter::once(control).chain(others).map(name).collect();
    let place = |arm: usize| match arm.cmp(&control) {
        std::cmp::Ordering::Less => arm as u32 + 1,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => arm as u32,
    };
    let arm_place = (0..protocol.arms.len()).map(place).collect();
    OnFile { month, rows: Vec::new(), signals: Vec::new(), arm_names, arm_place }
}

/// Files one participant in every table whose cut-off lies after the entry. `events` are those of this
/// participant, by time.
fn file_participant(
    protocol: &Protocol,
    record: &Record,
    participant: usize,
    events: &[Event],
    tables: &mut [OnFile],
) {
    let entry = f64::from(record.entry_month[participant]);
    let site_end = f64::from(protocol.follow_up_months[record.site[participant] as usize]);
    let mut file = File::new(record, participant);
    let mut next = 0;
    for table in tables {
        let follow_up = f64::from(table.month).min(site_end) - entry;
        if follow_up <= 0.0 {
            continue;
        }
        while let Some(event) = events.get(next).filter(|event| f64::from(event.time) - entry <= follow_up) {
            file.note(event.happening, f64::from(event.time) - entry);
            next += 1;
        }
        let row = table.rows.len() as u32;
        table.signals.extend(file.signal_times.iter().map(|&time| (row, time)));
        table.rows.push(file.at(follow_up));
    }
}

/// The file of one participant, kept up event by event.
struct File {
    /// What is on file so far.
    row: Filed,
    /// Signals so far, months since entry.
    signal_times: Vec<f64>,
    /// Start of the current time on benefit; `None` while off benefit.
    on_since: Option<f64>,
}

impl File {
    /// A participant at entry: on benefit, with what is on file then, and nothing of what follows.
    fn new(record: &Record, participant: usize) -> Self {
        let row = Filed {
            participant: participant as u32,
            site: record.site[participant],
            arm: record.arm[participant],
            caseworker: record.caseworker[participant],
            entry_month: record.entry_month[participant],
            entry_band: record.entry_band[participant],
            entry_distance: record.entry_distance[participant],
            months_on_benefit: record.months_on_benefit[participant],
            age_years: record.age_years[participant],
            follow_up: 0.0,
            exit: NEVER,
            exit_reason: None,
            lost: false,
            returns: 0,
            time_on_benefit: 0.0,
            first_signal: NEVER,
            signals: 0,
            signals_in_talk: 0,
            confirmed: 0,
            first_activation: NEVER,
            band: record.entry_band[participant],
            talks: 0,
        };
        Self { row, signal_times: Vec::new(), on_since: Some(0.0) }
    }

    /// One event, `time` months since entry. The real reason of an exit and whether a signal was right
    /// are in the event; they are left where they are.
    fn note(&mut self, happening: Happening, time: f64) {
        let row = &mut self.row;
        match happening {
            Happening::Exit { recorded, .. } => {
                if row.exit == NEVER {
                    row.exit = time;
                    row.exit_reason = recorded;
                    row.lost = recorded == Some(ExitReason::Move);
                }
                row.time_on_benefit += self.on_since.take().map_or(0.0, |since| time - since);
            }
            Happening::Return => {
                row.returns += 1;
                self.on_since = Some(time);
            }
            Happening::Signal { in_talk, .. } => {
                row.first_signal = row.first_signal.min(time);
                row.signals += 1;
                row.signals_in_talk += u32::from(in_talk);
                self.signal_times.push(time);
            }
            Happening::Confirmed => row.confirmed += 1,
            Happening::VisibleStart { step } | Happening::Extension { step } => {
                if step.is_activation() {
                    row.first_activation = row.first_activation.min(time);
                }
            }
            Happening::Band { from, to, corrected } => {
                row.band = to;
                if to > from && !corrected {
                    row.first_activation = row.first_activation.min(time);
                }
            }
            Happening::Talk => row.talks += 1,
        }
    }

    /// The file as it stands at the end of a follow-up of so many months; time on benefit runs until
    /// then.
    fn at(&self, follow_up: f64) -> Filed {
        let running = self.on_since.map_or(0.0, |since| follow_up - since);
        Filed { follow_up, time_on_benefit: self.row.time_on_benefit + running, ..self.row }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Endpoint;

    /// Two participants at one site: the first (arm 1, entry month 2) is signalled at 5, activated at 6, leaves at 8 and
    /// returns at 11; the second (arm 0) only ever talks.
    fn example() -> (Protocol, Record) {
        let protocol =
            Protocol { arms: vec!["new".into(), "usual".into()], control: 1, follow_up_months: vec![24] };
        let record = Record {
            site: vec![0, 0],
            arm: vec![1, 0],
            caseworker: vec![4, 7],
            entry_month: vec![2, 0],
            entry_band: vec![Band::From24To48, Band::Over48],
            entry_distance: vec![30.0, 60.0],
            months_on_benefit: vec![48.0, 12.0],
            age_years: vec![40.0, 50.0],
            events: [
                (0, 5.0, Happening::Signal { in_talk: true, real: false }),
                (0, 6.0, Happening::Band { from: Band::From24To48, to: Band::From12To24, corrected: false }),
                (
                    0,
                    8.0,
                    Happening::Exit { reason: ExitReason::Fraud, recorded: Some(ExitReason::Withdrawal) },
                ),
                (0, 11.0, Happening::Return),
                (0, 12.0, Happening::Signal { in_talk: false, real: true }),
                (1, 3.0, Happening::Talk),
                (1, 6.0, Happening::Band { from: Band::Over48, to: Band::From24To48, corrected: true }),
            ]
            .map(|(participant, time, happening)| Event { participant, time, happening })
            .to_vec(),
        };
        (protocol, record)
    }

    #[test]
    fn only_what_happened_before_the_cut_off_is_on_file() {
        let (protocol, record) = example();
        let tables = cut(&protocol, &record, &[2, 7, 12]);
        assert_eq!(tables[0].rows.len(), 1, "nobody of entry month 2 is followed yet at month 2");
        let early = &tables[1].rows[0];
        assert_eq!((early.follow_up, early.exit, early.signals), (5.0, NEVER, 1));
        assert_eq!((early.first_signal, early.first_activation, early.band), (3.0, 4.0, Band::From12To24));
        let late = &tables[2].rows[0];
        assert_eq!((late.exit, late.returns, late.signals, late.signals_in_talk), (6.0, 1, 2, 1));
        assert_eq!(late.time_on_benefit, 6.0 + 1.0);
        assert_eq!(tables[2].rows[1].talks, 1);
        assert_eq!(tables[2].rows[1].first_activation, NEVER, "a corrected file is not a step forward");
    }

    #[test]
    fn one_pass_for_many_cut_offs_equals_one_cut_off_at_a_time() {
        let (protocol, record) = example();
        let months: Vec<u32> = (1..=30).collect();
        let together = cut(&protocol, &record, &months);
        for (table, &month) in together.iter().zip(&months) {
            assert_eq!(table, &cut(&protocol, &record, &[month])[0]);
        }
    }

    #[test]
    fn the_truth_does_not_cross() {
        let (protocol, record) = example();
        let mut lied = record.clone();
        for event in &mut lied.events {
            event.happening = match event.happening {
                Happening::Exit { recorded, .. } => Happening::Exit { reason: ExitReason::Work, recorded },
                Happening::Signal { in_talk, real } => Happening::Signal { in_talk, real: !real },
                other => other,
            };
        }
        assert_eq!(cut(&protocol, &record, &[12]), cut(&protocol, &lied, &[12]));
    }

    #[test]
    fn a_site_is_followed_no_longer_than_its_protocol_says() {
        let (mut protocol, record) = example();
        protocol.follow_up_months = vec![7];
        assert_eq!(cut(&protocol, &record, &[20])[0].rows, cut(&protocol, &record, &[7])[0].rows);
    }

    #[test]
    fn endpoints_have_the_recorded_cause_and_the_control_is_arm_zero() {
        let (protocol, record) = example();
        let table = &cut(&protocol, &record, &[12])[0];
        let of = |endpoint: Endpoint| {
            let data = table.dataset(endpoint);
            (data.time, data.cause)
        };
        assert_eq!(table.dataset(Endpoint::Exit).arm, [0, 1]);
        assert_eq!(table.arm_names, ["usual", "new"]);
        assert_eq!(of(Endpoint::Exit), (vec![6.0, 12.0], vec![1, 0]));
        assert_eq!(of(Endpoint::ExitToWork), (vec![6.0, 12.0], vec![2, 0]));
        assert_eq!(of(Endpoint::FraudOrWithdrawal), (vec![6.0, 12.0], vec![1, 0]));
        assert_eq!(of(Endpoint::FirstSignal), (vec![3.0, 12.0], vec![1, 0]));
        assert_eq!(of(Endpoint::VisibleActivation), (vec![4.0, 12.0], vec![1, 0]));
    }

    #[test]
    fn recurrent_signals_and_counts() {
        let (protocol, record) = example();
        let table = &cut(&protocol, &record, &[12])[0];
        let data = table.recurrent_signals();
        assert_eq!(data.start, Some(vec![0.0, 3.0, 0.0]));
        assert_eq!(data.time, [3.0, 6.0, 12.0]);
        assert_eq!(data.cause, [1, 2, 0]);
        assert_eq!(data.person, Some(vec![0, 0, 1]));
        let counts = table.signal_counts();
        assert_eq!((counts.count, counts.time), (Some(vec![2, 0]), vec![7.0, 12.0]));
        assert_eq!(table.bands().to, [2, 1]);
    }
}
