//! The Kaplan-Meier estimate of remaining on benefit, with Greenwood's variance.
//!
//! S(t) is the product over event times u <= t of 1 - d(u) / n(u); Var S(t) = S(t)^2 * sum of d / (n (n - d)). Assumes that those
//! who are censored have the prospects of those who stay under observation. Ties: all events at a time happen together,
//! censored follow-ups of that time still count as at risk. Delayed entry enters through n(u).
//!
//! When exits compete, 1 - S of one cause is not the probability of leaving by that cause: see
//! [`super::aalen_johansen`].
//!
//! References: Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452; intervals: Borgan & Liestoel (1990), Scand J
//! Statist 17:35-41. Checked against R survival::survfit (all five interval scales, quantiles) and lifelines.

use super::case_weights::{self, WeightedArm, WeightedRow};
use super::risk_table::{Ending, RiskTable};
use super::{CurveInterval, EstimateError, Interval, require_arms};
use crate::observe::Dataset;
use crate::stats::normal;

/// A step function of remaining on benefit in one arm.
///
/// # Example
/// ```
/// use stapjes::estimate::CurveInterval;
/// use stapjes::estimate::kaplan_meier::kaplan_meier;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let personal = kaplan_meier(&Dataset::example(), Ending::Any)?.remove(1);
/// // Exits in months 1, 2, 4 (two) and 6 of eight clients: the curve holds between them, and counts a drop at its own time.
/// assert_eq!([0.0, 1.0, 3.9, 4.0].map(|month| personal.at(month)), [1.0, 7.0 / 8.0, 6.0 / 8.0, 4.0 / 8.0]);
/// // Nobody is censored by then: Greenwood's error is that of a share, and any interval stands around it.
/// let error = personal.standard_error_at(4.0).expect("some remain");
/// assert!((error - f64::sqrt(0.5 * 0.5 / 8.0)).abs() < 1e-12);
/// let interval = personal.interval_at(4.0, CurveInterval::LogLog, 0.95).expect("some remain");
/// assert!(interval.lower < 0.5 && interval.upper > 0.5);
/// // A quarter have left from month 2 until the next exit in month 4: the middle.
/// assert_eq!(personal.quantile(0.25), Some(3.0));
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalCurve {
    /// Who was at risk and what happened; one group, one event column.
    pub table: RiskTable,
    /// S just after each time of the table.
    pub survival: Vec<f64>,
    /// Variance of log S just after each time, Greenwood's or with sampling weights the robust one; infinite once S is 0.
    pub log_variance: Vec<f64>,
    /// The weighted rows under the curve, when rows have sampling weights.
    pub(super) weighted: Option<Vec<WeightedRow>>,
}

/// The curve of every arm, in the order of the arms.
///
/// # Example
/// ```
/// use stapjes::estimate::CurveInterval;
/// use stapjes::estimate::kaplan_meier::kaplan_meier;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let curves = kaplan_meier(&Dataset::example(), Ending::Any)?;
/// // By hand: nobody of `personal` is censored before month 6, and 5 of 8 have left by then.
/// assert!((curves[1].at(6.0) - 3.0 / 8.0).abs() < 1e-12);
/// // R: summary(survfit(Surv(time, cause > 0) ~ arm, conf.type = "log-log"), times = 6)
/// let interval = curves[1].interval_at(6.0, CurveInterval::LogLog, 0.95).expect("some remain");
/// assert!((curves[1].standard_error_at(6.0).expect("some remain") - 0.171_163_299_2).abs() < 1e-9);
/// assert!((interval.lower - 0.087_006_225_1).abs() < 1e-9 && (interval.upper - 0.674_363_326_6).abs() < 1e-9);
/// // The median: half have left `personal` by month 5 (S is exactly 1/2 from 4 to 6: the middle), `regular` by month 9.
/// assert_eq!([curves[0].quantile(0.5), curves[1].quantile(0.5)], [Some(9.0), Some(5.0)]);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data or an arm without rows.
pub fn kaplan_meier(data: &Dataset, ending: Ending) -> Result<Vec<SurvivalCurve>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    if data.weight.is_some() {
        return Ok(case_weights::arms(data, ending).into_iter().map(SurvivalCurve::weighted).collect());
    }
    Ok(RiskTable::by_arm(data, ending).into_iter().map(SurvivalCurve::new).collect())
}

impl SurvivalCurve {
    /// The curve of a table with one group (its event columns are taken together).
    pub(crate) fn new(table: RiskTable) -> Self {
        let (mut s, mut v) = (1.0, 0.0);
        let (mut survival, mut log_variance) =
            (Vec::with_capacity(table.len()), Vec::with_capacity(table.len()));
        for t in 0..table.len() {
            let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
            if d > 0.0 {
                s *= (n - d) / n;
                v += d / (n * (n - d));
            }
            survival.push(s);
            log_variance.push(v);
        }
        Self { table, survival, log_variance, weighted: None }
    }

    /// The curve of rows with sampling weights.
    fn weighted(WeightedArm { table, log_variance, rows }: WeightedArm) -> Self {
        Self { log_variance, weighted: Some(rows), ..Self::new(table) }
    }

    /// Position of the last time <= `time`.
    fn step(&self, time: f64) -> Option<usize> {
        self.table.times.partition_point(|&t| t <= time).checked_sub(1)
    }

    /// S(t), its drop at `time` included.
    pub fn at(&self, time: f64) -> f64 {
        self.step(time).map_or(1.0, |t| self.survival[t])
    }

    /// Greenwood's variance of log S(t).
    pub(crate) fn log_variance_at(&self, time: f64) -> f64 {
        self.step(time).map_or(0.0, |t| self.log_variance[t])
    }

    /// Greenwood's standard error of S(t); `None` once S is 0.
    pub fn standard_error_at(&self, time: f64) -> Option<f64> {
        let error = self.at(time) * libm::sqrt(self.log_variance_at(time));
        error.is_finite().then_some(error)
    }

    /// At risk just before `time`.
    pub(crate) fn at_risk_at(&self, time: f64) -> f64 {
        let t = self.table.times.partition_point(|&t| t < time);
        if t < self.table.len() { self.table.at_risk(t, 0) } else { 0.0 }
    }

    /// Last time of follow-up.
    pub(crate) fn last_time(&self) -> f64 {
        self.table.times.last().copied().unwrap_or(0.0)
    }

    /// Fails when `time` lies beyond what the curve knows: after the last follow-up while S is above 0.
    ///
    /// # Errors
    /// [`EstimateError::HorizonBeyondFollowUp`].
    pub(crate) fn require_reaches(&self, time: f64, arm: &str) -> Result<(), EstimateError> {
        let latest = self.last_time();
        if time <= latest || self.survival.last() == Some(&0.0) {
            return Ok(());
        }
        Err(EstimateError::HorizonBeyondFollowUp { horizon: time, latest, arm: arm.into() })
    }

    /// Interval of S(t) on the chosen scale; `None` where the scale has none (S at 0 or, for some, at 1).
    ///
    /// Before the first follow-up ends everybody is known to remain: 1 to 1 on every scale, as R has it.
    pub fn interval_at(&self, time: f64, scale: CurveInterval, level: f64) -> Option<Interval> {
        if self.step(time).is_none() {
            return Some(Interval { lower: 1.0, upper: 1.0, level });
        }
        interval(self.at(time), libm::sqrt(self.log_variance_at(time)), scale, level)
    }

    /// The time by which a share `probability` has left: the first time at which S <= 1 - probability, or the middle of
    /// the flat stretch when S equals that exactly; `None` when the curve stays above.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        crossing(&self.table.times, self.survival.iter().map(|&s| Some(s)), probability)
    }

    /// Interval of [`SurvivalCurve::quantile`]: where the limits of the curve cross (Brookmeyer & Crowley). An end that is
    /// never reached is infinite.
    pub(crate) fn quantile_interval(&self, probability: f64, scale: CurveInterval, level: f64) -> Interval {
        let limits: Vec<Option<Interval>> = self
            .survival
            .iter()
            .zip(&self.log_variance)
            .map(|(&s, &v)| interval(s, libm::sqrt(v), scale, level))
            .collect();
        let times = &self.table.times;
        let lower = crossing(times, limits.iter().map(|limit| limit.map(|i| i.lower)), probability);
        let upper = crossing(times, limits.iter().map(|limit| limit.map(|i| i.upper)), probability);
        Interval { lower: lower.unwrap_or(f64::INFINITY), upper: upper.unwrap_or(f64::INFINITY), level }
    }
}

/// Interval of a probability `s` whose logarithm has standard error `e`.
///
/// # Example
/// ```
/// use stapjes::estimate::CurveInterval;
/// use stapjes::estimate::kaplan_meier::interval;
///
/// // R: 0.75^exp(c(1, -1) * qnorm(0.975) * 0.1 / abs(log(0.75)))
/// let found = interval(0.75, 0.1, CurveInterval::LogLog, 0.95).expect("inside 0 and 1");
/// assert!((found.lower - 0.566_326_133_7).abs() < 1e-9 && (found.upper - 0.864_541_484_4).abs() < 1e-9);
/// // At 1 the log-log scale has no interval.
/// assert_eq!(interval(1.0, 0.0, CurveInterval::LogLog, 0.95), None);
/// ```
pub fn interval(s: f64, e: f64, scale: CurveInterval, level: f64) -> Option<Interval> {
    let half = normal::two_sided_quantile(level) * e;
    let (lower, upper) = match scale {
        CurveInterval::Plain => ((s - half * s).max(0.0), (s + half * s).min(1.0)),
        CurveInterval::Log => (s * libm::exp(-half), (s * libm::exp(half)).min(1.0)),
        CurveInterval::LogLog => {
            let log = libm::log(s);
            let (center, width) = (libm::log(-log), half / log);
            (libm::exp(-libm::exp(center - width)), libm::exp(-libm::exp(center + width)))
        }
        CurveInterval::Logit => {
            let (center, width) = (libm::log(s / (1.0 - s)), half / (1.0 - s));
            (1.0 / (1.0 + libm::exp(width - center)), 1.0 / (1.0 + libm::exp(-width - center)))
        }
        CurveInterval::Arcsine => {
            let (center, width) = (libm::asin(libm::sqrt(s)), 0.5 * half * libm::sqrt(s / (1.0 - s)));
            let square = |x: f64| libm::sin(x) * libm::sin(x);
            (square((center - width).max(0.0)), square((center + width).min(std::f64::consts::FRAC_PI_2)))
        }
    };
    let bounded = scale == CurveInterval::Arcsine && s >= 1.0;
    let known = s > 0.0 && !bounded && lower.is_finite() && upper.is_finite();
    known.then_some(Interval { lower, upper, level })
}

/// Where a curve of probabilities (unknown at some times) crosses 1 - `probability`, by R's rules: equality within
/// 1.5e-8 counts as a flat stretch, whose middle is taken; a stretch that lasts to the end ends at the last time.
fn crossing(times: &[f64], curve: impl Iterator<Item = Option<f64>>, probability: f64) -> Option<f64> {
    let tolerance = crate::observe::TOLERANCE;
    let mut points: Vec<(f64, usize, f64)> = vec![(0.0, 0, 0.0)];
    let mut unknown = 0;
    for (at, (&time, value)) in times.iter().zip(curve).enumerate() {
        match value {
            Some(s) => points.push((1.0 - s + 0.0, at + 1, time)),
            None => unknown = at + 1,
        }
    }
    // Of equal values the first time counts.
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    points.dedup_by(|next, kept| next.0 == kept.0);
    let newest = points.iter().max_by_key(|point| point.1);
    let last = newest.filter(|point| point.1 >= unknown).map(|point| point.0);
    let first_from =
        |level: f64| points.get(points.partition_point(|point| point.0 < level)).map(|point| point.2);
    let from = first_from(probability - tolerance)?;
    if last.is_some_and(|last| (probability - last).abs() < tolerance) {
        return Some(0.5 * (from + times.last().copied().unwrap_or(from)));
    }
    Some(0.5 * (from + first_from(probability + tolerance)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(times: &[f64], causes: &[u32]) -> SurvivalCurve {
        let data = Dataset {
            time: times.to_vec(),
            cause: causes.to_vec(),
            arm: vec![0; times.len()],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        };
        kaplan_meier(&data, Ending::Any).unwrap().remove(0)
    }

    #[test]
    fn without_censoring_it_is_the_share_remaining() {
        let km = curve(&[1.0, 2.0, 3.0, 4.0], &[1, 1, 1, 1]);
        assert_eq!(km.at(0.5), 1.0);
        assert!((km.at(2.0) - 0.5).abs() < 1e-15);
        assert!((km.standard_error_at(2.0).unwrap() - 0.25).abs() < 1e-15);
        assert_eq!(km.standard_error_at(4.0), None);
        assert_eq!(km.at_risk_at(2.5), 2.0);
        // Exactly one half between 2 and 3: the middle.
        assert_eq!(km.quantile(0.5), Some(2.5));
        assert_eq!(km.quantile(0.6), Some(3.0));
    }

    #[test]
    fn quantile_is_unknown_when_the_curve_stays_above() {
        let km = curve(&[1.0, 2.0, 3.0], &[1, 0, 0]);
        assert_eq!(km.quantile(0.5), None);
        assert!(km.quantile_interval(0.5, CurveInterval::Log, 0.95).upper.is_infinite());
        assert!(km.require_reaches(3.5, "all").is_err());
        // The last stretch at exactly the level ends at the last time: R's rule.
        assert_eq!(curve(&[2.0, 4.0], &[1, 0]).quantile(0.5), Some(3.0));
    }

    #[test]
    fn scales_agree_at_small_errors() {
        for scale in [CurveInterval::Log, CurveInterval::LogLog, CurveInterval::Logit, CurveInterval::Arcsine]
        {
            let plain = interval(0.6, 1e-5, CurveInterval::Plain, 0.9).unwrap();
            let other = interval(0.6, 1e-5, scale, 0.9).unwrap();
            assert!((plain.lower - other.lower).abs() < 1e-9 && (plain.upper - other.upper).abs() < 1e-9);
        }
        assert_eq!(interval(0.0, f64::INFINITY, CurveInterval::Plain, 0.9), None);
        assert_eq!(interval(1.0, 0.0, CurveInterval::LogLog, 0.9), None);
    }
}
