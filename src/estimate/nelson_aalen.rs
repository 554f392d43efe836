//! The Nelson-Aalen estimate of the cumulative hazard, and the Fleming-Harrington curve exp(-H).
//!
//! H(t) is the sum over event times u <= t of d / n, with variance the sum of d / n^2 (Poisson, as R's survfit has it). With
//! ties broken (Fleming-Harrington) d events at a time with n at risk add 1/n + 1/(n-1) + ... + 1/(n-d+1).
//!
//! References: Aalen (1978), doi:10.1214/aos/1176344247; Fleming & Harrington (1984), doi:10.1080/03610928408828837.
//! Checked against R survival::survfit(stype = 2, ctype = 1 and 2).

use super::kaplan_meier;
use super::risk_table::{Ending, RiskTable};
use super::{CurveInterval, EstimateError, Interval, require_arms};
use crate::observe::Dataset;
use crate::stats::normal;

/// How events at the same time add to the hazard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HazardTies {
    /// They happened together: d / n.
    #[default]
    Together,
    /// They happened one after the other: 1/n + 1/(n-1) + ...
    Broken,
}

/// A cumulative hazard in one arm.
///
/// # Example
/// ```
/// use stapjes::estimate::nelson_aalen::{HazardTies, nelson_aalen};
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let personal = nelson_aalen(&Dataset::example(), Ending::Any, HazardTies::Together)?.remove(1);
/// // Nothing has happened before month 1; by month 2 one of eight and one of seven have left.
/// assert_eq!(personal.at(0.5), (0.0, 0.0));
/// let (hazard, variance) = personal.at(2.0);
/// assert!((hazard - (1.0 / 8.0 + 1.0 / 7.0)).abs() < 1e-12 && (variance - (1.0 / 64.0 + 1.0 / 49.0)).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct HazardCurve {
    /// Who was at risk and what happened; one group, one event column.
    pub table: RiskTable,
    /// H just after each time of the table.
    pub hazard: Vec<f64>,
    /// Variance of H just after each time.
    pub variance: Vec<f64>,
}

/// The curve of every arm, in the order of the arms.
///
/// # Example
/// ```
/// use stapjes::estimate::nelson_aalen::{HazardTies, nelson_aalen};
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let curves = nelson_aalen(&Dataset::example(), Ending::Any, HazardTies::Together)?;
/// // `regular` until month 6: one of 8 leaves at 2, one of the 6 left at 5.
/// let (hazard, variance) = curves[0].at(6.0);
/// assert!((hazard - (1.0 / 8.0 + 1.0 / 6.0)).abs() < 1e-12);
/// assert!((variance - (1.0 / 64.0 + 1.0 / 36.0)).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data or an arm without rows.
pub fn nelson_aalen(
    data: &Dataset,
    ending: Ending,
    ties: HazardTies,
) -> Result<Vec<HazardCurve>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    Ok(RiskTable::by_arm(data, ending).into_iter().map(|table| HazardCurve::new(table, ties)).collect())
}

impl HazardCurve {
    /// The hazards of a risk table.
    fn new(table: RiskTable, ties: HazardTies) -> Self {
        let (mut h, mut v) = (0.0, 0.0);
        let (mut hazard, mut variance) = (Vec::with_capacity(table.len()), Vec::with_capacity(table.len()));
        for t in 0..table.len() {
            let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
            match ties {
                HazardTies::Together if d > 0.0 => {
                    h += d / n;
                    v += d / (n * n);
                }
                HazardTies::Broken => {
                    for already in 0..d as usize {
                        let left = n - already as f64;
                        h += 1.0 / left;
                        v += 1.0 / (left * left);
                    }
                }
                HazardTies::Together => {}
            }
            hazard.push(h);
            variance.push(v);
        }
        Self { table, hazard, variance }
    }

    /// Place of the last time that is not after `time`.
    fn step(&self, time: f64) -> Option<usize> {
        self.table.times.partition_point(|&t| t <= time).checked_sub(1)
    }

    /// Fails when `time` lies beyond what the curve knows: after the last follow-up while somebody was left.
    ///
    /// # Errors
    /// [`EstimateError::HorizonBeyondFollowUp`].
    pub(crate) fn require_reaches(&self, time: f64, arm: &str) -> Result<(), EstimateError> {
        let Some(last) = self.table.len().checked_sub(1) else { return Ok(()) };
        let latest = self.table.times[last];
        if time <= latest || self.table.at_risk(last, 0) == self.table.all_events(last, 0) {
            return Ok(());
        }
        Err(EstimateError::HorizonBeyondFollowUp { horizon: time, latest, arm: arm.into() })
    }

    /// H(t) and its variance.
    pub fn at(&self, time: f64) -> (f64, f64) {
        self.step(time).map_or((0.0, 0.0), |t| (self.hazard[t], self.variance[t]))
    }

    /// Interval of H(t): symmetric in its logarithm, or in itself for [`CurveInterval::Plain`].
    pub(crate) fn interval_at(&self, time: f64, scale: CurveInterval, level: f64) -> Option<Interval> {
        let (h, v) = self.at(time);
        let half = normal::two_sided_quantile(level) * libm::sqrt(v);
        if scale == CurveInterval::Plain {
            return Some(Interval { lower: (h - half).max(0.0), upper: h + half, level });
        }
        let factor = libm::exp(half / h);
        (h > 0.0).then_some(Interval { lower: h / factor, upper: h * factor, level })
    }

    /// exp(-H(t)), its standard error, and its interval on the chosen scale.
    pub(crate) fn survival_at(
        &self,
        time: f64,
        scale: CurveInterval,
        level: f64,
    ) -> (f64, f64, Option<Interval>) {
        let (h, v) = self.at(time);
        let (s, error) = (libm::exp(-h), libm::sqrt(v));
        (s, s * error, kaplan_meier::interval(s, error, scale, level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_together_and_broken() {
        let data = Dataset {
            time: vec![1.0, 1.0, 2.0],
            cause: vec![1, 1, 1],
            arm: vec![0; 3],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        };
        let together = &nelson_aalen(&data, Ending::Any, HazardTies::Together).unwrap()[0];
        let broken = &nelson_aalen(&data, Ending::Any, HazardTies::Broken).unwrap()[0];
        assert!((together.at(1.0).0 - 2.0 / 3.0).abs() < 1e-15);
        assert!((broken.at(1.0).0 - (1.0 / 3.0 + 0.5)).abs() < 1e-15);
        assert!((together.at(2.0).1 - (2.0 / 9.0 + 1.0)).abs() < 1e-15);
        assert_eq!(together.at(0.5), (0.0, 0.0));
        assert_eq!(together.interval_at(0.5, CurveInterval::Log, 0.95), None);
    }
}
