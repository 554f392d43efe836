//! Two-by-two tables from a data set: who had the event, per arm and stratum, at the end or at a fixed horizon.
//!
//! With a horizon, the event counts when it came by then; a participant counts as without it when seen to the horizon, or
//! when another cause ended the follow-up before; who was censored before the horizon is unknown and left out (and
//! counted). Kaplan-Meier or Aalen-Johansen milestones use those participants too.

use super::{EstimateError, Options, require_arms};
use crate::observe::Dataset;
use crate::said;

/// Events out of participants.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
///
/// assert_eq!(Proportion { events: 3, total: 8 }.share(), 0.375);
/// assert!(Proportion::default().share().is_nan());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    /// Participants with the event.
    pub events: u64,
    /// Participants whose outcome is known.
    pub total: u64,
}

impl Proportion {
    /// Events per participant; NaN without participants.
    pub fn share(self) -> f64 {
        self.events as f64 / self.total as f64
    }
}

/// Outcomes per arm, with those whose outcome is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcomes {
    /// One proportion per arm.
    pub arms: Vec<Proportion>,
    /// Rows censored before the horizon.
    pub unknown: u64,
    /// The horizon, when there is one.
    pub horizon: Option<f64>,
}

/// Whether row `i` had the event by the horizon; `None` when that is unknown.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::outcome;
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// // Row 1 was censored at month 3: at 6 months nobody knows. Row 2 left for another reason at 5: not for work by then.
/// assert_eq!([outcome(&data, 1, Some(1), Some(6.0)), outcome(&data, 2, Some(1), Some(6.0))], [None, Some(false)]);
/// ```
pub fn outcome(data: &Dataset, i: usize, cause: Option<u32>, horizon: Option<f64>) -> Option<bool> {
    let of_interest = match cause {
        Some(cause) => data.cause[i] == cause && cause > 0,
        None => data.cause[i] > 0,
    };
    let Some(horizon) = horizon else { return Some(of_interest) };
    if data.cause[i] > 0 && data.time[i] <= horizon {
        return Some(of_interest);
    }
    (data.time[i] >= horizon).then_some(false)
}

/// Outcomes of each arm, for each horizon of the options (or once, at the end).
///
/// # Example
/// ```
/// use stapjes::estimate::Options;
/// use stapjes::estimate::outcomes::{Proportion, outcomes};
/// use stapjes::observe::Dataset;
///
/// let options = Options { cause: Some(1), at: vec![6.0], ..Options::default() };
/// let found = outcomes(&Dataset::example(), &options)?;
/// // Work within six months: 1 of the 7 of `regular` who are known, 4 of 8 of `personal`; one row was censored before.
/// assert_eq!(found[0].arms, [Proportion { events: 1, total: 7 }, Proportion { events: 4, total: 8 }]);
/// assert_eq!(found[0].unknown, 1);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data; an arm in which no outcome is known.
pub fn outcomes(data: &Dataset, options: &Options) -> Result<Vec<Outcomes>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    horizons(options).into_iter().map(|horizon| count(data, options.cause, horizon, |_| true)).collect()
}

/// The horizons of the options, or none.
///
/// # Example
/// ```
/// use stapjes::estimate::Options;
/// use stapjes::estimate::outcomes::horizons;
///
/// assert_eq!(horizons(&Options::default()), [None]);
/// assert_eq!(horizons(&Options { at: vec![6.0, 12.0], ..Options::default() }), [Some(6.0), Some(12.0)]);
/// ```
pub fn horizons(options: &Options) -> Vec<Option<f64>> {
    if options.at.is_empty() { vec![None] } else { options.at.iter().copied().map(Some).collect() }
}

/// Outcomes of the rows that are chosen; refuses an arm without one.
fn count(
    data: &Dataset,
    cause: Option<u32>,
    horizon: Option<f64>,
    chosen: impl Fn(usize) -> bool,
) -> Result<Outcomes, EstimateError> {
    let found = tally(data, cause, horizon, chosen);
    match found.arms.iter().position(|arm| arm.total == 0) {
        Some(arm) => Err(EstimateError::data(said!(
            "van groep {} is geen uitkomst bekend",
            "no outcome is known in arm {}",
            data.arm_names[arm]
        ))),
        None => Ok(found),
    }
}

/// Outcomes of the rows that are chosen.
fn tally(
    data: &Dataset,
    cause: Option<u32>,
    horizon: Option<f64>,
    chosen: impl Fn(usize) -> bool,
) -> Outcomes {
    let mut found = Outcomes { arms: vec![Proportion::default(); data.arm_names.len()], unknown: 0, horizon };
    for i in (0..data.cause.len()).filter(|&i| chosen(i)) {
        match outcome(data, i, cause, horizon) {
            Some(event) => {
                let arm = &mut found.arms[data.arm[i] as usize];
                arm.total += 1;
                arm.events += u64::from(event);
            }
            None => found.unknown += 1,
        }
    }
    found
}

/// Two-arm tables (control, treated), one per stratum (one without strata).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::{Proportion, strata};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset { stratum: Some([0, 0, 1, 1].repeat(4)), ..Dataset::example() };
/// // Left by the end, whatever the reason: control and treated of each stratum.
/// let of = |events, total| Proportion { events, total };
/// assert_eq!(strata(&data, None, None)?, [[of(2, 4), of(3, 4)], [of(4, 4), of(3, 4)]]);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data, or another number of arms than two.
pub fn strata(
    data: &Dataset,
    cause: Option<u32>,
    horizon: Option<f64>,
) -> Result<Vec<[Proportion; 2]>, EstimateError> {
    require_arms(data, 2, 2)?;
    let Some(stratum) = &data.stratum else {
        return Ok(vec![pair(&tally(data, cause, horizon, |_| true))]);
    };
    let mut present = stratum.clone();
    present.sort_unstable();
    present.dedup();
    Ok(present.iter().map(|&s| pair(&tally(data, cause, horizon, |i| stratum[i] == s))).collect())
}

/// Control and treated.
fn pair(outcomes: &Outcomes) -> [Proportion; 2] {
    [outcomes.arms[0], outcomes.arms[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn horizon_leaves_out_the_unknown() {
        let data = Dataset {
            time: vec![5.0, 20.0, 12.0, 3.0, 12.0, 30.0],
            cause: vec![1, 1, 1, 0, 0, 0],
            arm: vec![0; 6],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        };
        let at = |at: Vec<f64>| outcomes(&data, &Options { at, ..Options::default() }).unwrap().remove(0);
        let early = at(vec![12.0]);
        assert_eq!((early.arms[0], early.unknown), (Proportion { events: 2, total: 5 }, 1));
        let end = at(vec![]);
        assert_eq!((end.arms[0], end.unknown), (Proportion { events: 3, total: 6 }, 0));
        let mut competing = data.clone();
        competing.cause[0] = 2;
        assert_eq!(outcome(&competing, 0, Some(1), Some(12.0)), Some(false));
    }
}
