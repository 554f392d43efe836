//! Endpoints of a study on file: time to event, counts, and bands, ready for the estimators.
//!
//! Each endpoint is one rule from a participant on file to a time and a cause, as protocols define it
//! (`docs/researchers.md`). Exits compete with signals and activation: who has left cannot be seen any
//! more, which censoring would deny.

use crate::kinds::{Endpoint, ExitReason, Kind};

use super::cut::{Filed, NEVER, OnFile};
use super::dataset::{Covariate, Dataset};

impl Endpoint {
    /// Time and cause of one participant, as on file: 1 = the event, 2 = an exit that competes with it, 0 = neither within the
    /// follow-up. At equal times the event counts. A count ends with the first exit; a band is read at the end of the follow-up.
    /// Times are months since entry, at most the follow-up.
    pub(crate) fn of(self, row: &Filed) -> (f64, u32) {
        let exit_is =
            |reasons: &[ExitReason]| row.exit_reason.is_some_and(|reason| reasons.contains(&reason));
        let (event, exit_cause) = match self {
            Endpoint::Exit => (row.exit, 1),
            Endpoint::ExitToWork => (row.exit, if exit_is(&[ExitReason::Work]) { 1 } else { 2 }),
            Endpoint::FraudOrWithdrawal => {
                (row.exit, if exit_is(&[ExitReason::Fraud, ExitReason::Withdrawal]) { 1 } else { 2 })
            }
            Endpoint::FirstSignal => (row.first_signal, 2),
            Endpoint::VisibleActivation => (row.first_activation, 2),
            Endpoint::SignalCount => (NEVER, 2),
            Endpoint::DistanceBand => return (row.follow_up, u32::from(row.band > row.entry_band)),
        };
        if event <= row.exit && event <= row.follow_up {
            let interest = matches!(self, Endpoint::FirstSignal | Endpoint::VisibleActivation);
            return (event, if interest { 1 } else { exit_cause });
        }
        if row.exit <= row.follow_up { (row.exit, exit_cause) } else { (row.follow_up, 0) }
    }
}

/// Recorded band at entry and at the cut-off: 0 = over 48 months ... 4 = up to 6 months.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands {
    /// Band at entry.
    pub from: Vec<u8>,
    /// Band at the cut-off, or at the last day on benefit.
    pub to: Vec<u8>,
    /// Whether the participant was on benefit throughout.
    pub stayed: Vec<bool>,
    /// Arm of each row: an index into `arm_names`.
    pub arm: Vec<u32>,
    /// Names of the arms, control first.
    pub arm_names: Vec<String>,
    /// Caseworker of each row.
    pub cluster: Vec<u32>,
    /// Site of each row.
    pub stratum: Vec<u32>,
}

impl OnFile {
    /// One value per participant.
    fn column<T>(&self, of: impl Fn(&Filed) -> T) -> Vec<T> {
        self.rows.iter().map(of).collect()
    }

    /// The arm of every participant, control first.
    fn arm_column(&self) -> Vec<u32> {
        self.column(|row| self.arm_place[row.arm as usize])
    }

    /// What is on file at entry and may be adjusted for: distance to work (months), months on benefit
    /// and age (years).
    fn covariates(&self) -> Vec<Covariate> {
        let column = |name: &str, of: fn(&Filed) -> f32| Covariate {
            name: name.to_owned(),
            values: self.column(|row| f64::from(of(row))),
        };
        vec![
            column("entry_distance_months", |row| row.entry_distance),
            column("months_on_benefit", |row| row.months_on_benefit),
            column("age_years", |row| row.age_years),
        ]
    }

    /// Time-to-event data for an endpoint: one row per participant, caseworkers as clusters, sites as
    /// strata, and the covariates at entry.
    pub fn dataset(&self, endpoint: Endpoint) -> Dataset {
        Dataset {
            time: self.column(|row| endpoint.of(row).0),
            cause: self.column(|row| endpoint.of(row).1),
            arm: self.arm_column(),
            arm_names: self.arm_names.clone(),
            cluster: Some(self.column(|row| row.caseworker)),
            stratum: Some(self.column(|row| u32::from(row.site))),
            start: None,
            person: None,
            count: None,
            outcome: None,
            covariates: self.covariates(),
            weight: None,
        }
    }

    /// Fraud signals as recurrent events (counting process): cause 1 at each signal before the first exit, then cause 2 at
    /// that exit or 0 at the end of the follow-up. Signals of one participant in the same step count once.
    pub fn recurrent_signals(&self) -> Dataset {
        let mut data = Dataset { arm_names: self.arm_names.clone(), ..Dataset::default() };
        let (mut start, mut person) = (Vec::new(), Vec::new());
        let (mut cluster, mut stratum) = (Vec::new(), Vec::new());
        let mut signals = self.signals.as_slice();
        for (at, row) in self.rows.iter().enumerate() {
            let count = signals.iter().take_while(|(of, _)| *of as usize == at).count();
            let (of_client, rest) = signals.split_at(count);
            signals = rest;
            let end = (row.exit.min(row.follow_up), if row.exit <= row.follow_up { 2 } else { 0 });
            let before_exit = of_client.iter().map(|&(_, time)| time).filter(|&time| time < end.0);
            let mut from = 0.0;
            for (time, cause) in before_exit.map(|time| (time, 1)).chain([end]) {
                if time <= from {
                    continue;
                }
                data.time.push(time);
                data.cause.push(cause);
                data.arm.push(self.arm_place[row.arm as usize]);
                start.push(from);
                person.push(at as u32);
                cluster.push(row.caseworker);
                stratum.push(u32::from(row.site));
                from = time;
            }
        }
        Dataset {
            start: Some(start),
            person: Some(person),
            cluster: Some(cluster),
            stratum: Some(stratum),
            ..data
        }
    }

    /// Fraud signals per participant: `count` over `time` months on benefit within the follow-up, since
    /// nobody is signalled while off benefit. There is no event to time, so every cause is 0.
    pub fn signal_counts(&self) -> Dataset {
        Dataset {
            time: self.column(|row| row.time_on_benefit),
            cause: vec![0; self.rows.len()],
            count: Some(self.column(|row| row.signals)),
            ..self.dataset(Endpoint::Exit)
        }
    }

    /// Recorded bands at entry and at the cut-off, one row per participant; who left has the band of
    /// the last day on benefit.
    pub fn bands(&self) -> Bands {
        Bands {
            from: self.column(|row| row.entry_band.index() as u8),
            to: self.column(|row| row.band.index() as u8),
            stayed: self.column(|row| row.exit > row.follow_up),
            arm: self.arm_column(),
            arm_names: self.arm_names.clone(),
            cluster: self.column(|row| row.caseworker),
            stratum: self.column(|row| u32::from(row.site)),
        }
    }
}
