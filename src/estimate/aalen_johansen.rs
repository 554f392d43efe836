//! The Aalen-Johansen estimate of the cumulative incidence of each cause when exits compete, and the time lost to it.
//!
//! F_k(t) is the sum over u <= t of S(u-) d_k(u) / n(u), S the Kaplan-Meier curve of all causes; time lost to cause k by tau is
//! the integral of F_k. Assumes independent censoring, nothing about the relation between the causes.
//!
//! Three variances, because published software differs:
//! - [`Variance::Aalen`]: the counting-process variance with the factor (n - d) / (n - 1) for ties, per cause, as
//!   R cmprsk::cuminc reports;
//! - [`Variance::Delta`]: multinomial (Greenwood-type; equals Greenwood's when there is one cause);
//! - [`Variance::Jackknife`]: infinitesimal jackknife, the sum of squared influences of the rows, or of persons or clusters
//!   when the data have them; what R survival::survfit reports for multi-state data.
//!
//! References: Aalen & Johansen (1978), Scand J Statist 5:141-150; Aalen (1978), doi:10.1214/aos/1176344198; Andersen
//! (2013), doi:10.1002/sim.5903 (time lost). Checked against cmprsk::cuminc and survival::survfit.

use super::case_weights;
use super::risk_table::{Ending, RiskTable};
use super::ties::merge_close_times;
use super::{EstimateError, require_arms};
use crate::observe::Dataset;

/// Which variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variance {
    /// Counting process, as cmprsk.
    #[default]
    Aalen,
    /// Multinomial delta method.
    Delta,
    /// Infinitesimal jackknife, as survival.
    Jackknife,
}

/// Incidence of every cause in one arm.
///
/// # Example
/// ```
/// use stapjes::estimate::aalen_johansen::{Variance, aalen_johansen};
/// use stapjes::observe::Dataset;
///
/// let personal = aalen_johansen(&Dataset::example(), 2)?.remove(1);
/// // By month 4, three of eight went to work and one left otherwise: the causes add up to all who left.
/// let [work, other] = [1, 2].map(|cause| personal.at(cause, 4.0));
/// assert!((work - 3.0 / 8.0).abs() < 1e-12 && (other - 1.0 / 8.0).abs() < 1e-12);
/// // Nobody is censored by then: p (1 - p) / n.
/// assert!((personal.variance_at(2, 4.0, Variance::Jackknife) - 7.0 / 512.0).abs() < 1e-12);
/// // Who went to work in months 1, 2 and 4 has lost 3, 2 and 0 of four months to it.
/// assert!((personal.time_lost(1, 4.0) - 5.0 / 8.0).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IncidenceCurves {
    /// Who was at risk and what happened; one group, one event column per cause.
    pub table: RiskTable,
    /// S of all causes just before each time.
    pub survival_before: Vec<f64>,
    /// F of each cause just after each time: `incidence[cause - 1][t]`.
    pub incidence: Vec<Vec<f64>>,
    /// The rows of the arm, for influences.
    pub(super) rows: Vec<InfluenceRow>,
    /// Whether rows have sampling weights: only the jackknife is a variance then.
    pub(super) weighted: bool,
}

/// What a row's influence depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InfluenceRow {
    /// At risk after this time.
    pub(super) start: f64,
    /// Last time at risk.
    pub(super) time: f64,
    /// Cause of the end; 0 = censored.
    pub(super) cause: u32,
    /// Person or cluster, for the jackknife.
    pub(super) unit: u32,
    /// Case weight.
    pub(super) weight: f64,
}

/// The curves of every arm, for causes 1 to `causes`, in the order of the arms.
///
/// # Example
/// ```
/// use stapjes::estimate::aalen_johansen::{Variance, aalen_johansen};
/// use stapjes::observe::Dataset;
///
/// let curves = aalen_johansen(&Dataset::example(), 2)?;
/// let work = [curves[0].at(1, 6.0), curves[1].at(1, 6.0)];
/// // By hand: 1 of 8 in `regular`, 4 of 8 in `personal`, where nobody is censored before month 6.
/// assert!((work[0] - 0.125).abs() < 1e-12 && (work[1] - 0.5).abs() < 1e-12);
/// // R: timepoints(cmprsk::cuminc(time, cause, arm), 6)$var
/// assert!((curves[1].variance_at(1, 6.0, Variance::Aalen) - 0.037_437_110_3).abs() < 1e-9);
/// // R: sqrt(p (1 - p) / 8) without censoring, as survfit(Surv(time, factor(cause)) ~ arm) gives it.
/// let jackknife = curves[1].variance_at(1, 6.0, Variance::Jackknife);
/// assert!((jackknife - 0.5 * 0.5 / 8.0).abs() < 1e-12);
/// // Months lost to work within a year; R: summary(survfit(...), rmean = 12)
/// assert!((curves[1].time_lost(1, 12.0) - 4.75).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data or an arm without rows.
pub fn aalen_johansen(data: &Dataset, causes: u32) -> Result<Vec<IncidenceCurves>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    let merged = merge_close_times(data);
    let weighted = merged.weight.is_some();
    let tables = if weighted {
        case_weights::tables(&merged, Ending::Each(causes))
    } else {
        RiskTable::by_arm(&merged, Ending::Each(causes))
    };
    let alone = case_weights::units(&merged);
    let unit = |i: usize| merged.cluster.as_ref().map_or_else(|| alone(i), |cluster| cluster[i]);
    let row = |i: usize| InfluenceRow {
        start: merged.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[i]),
        time: merged.time[i],
        cause: merged.cause[i],
        unit: unit(i),
        weight: merged.weight_of(i),
    };
    let rows_of_arm =
        |arm: usize| (0..merged.time.len()).filter(|&i| merged.arm[i] as usize == arm).map(row).collect();
    Ok(tables
        .into_iter()
        .enumerate()
        .map(|(arm, table)| IncidenceCurves { weighted, ..IncidenceCurves::new(table, rows_of_arm(arm)) })
        .collect())
}

/// Largest cause code in the data, at least 1.
///
/// # Example
/// ```
/// use stapjes::estimate::aalen_johansen::causes_in;
/// use stapjes::observe::Dataset;
///
/// assert_eq!(causes_in(&Dataset::example()), 2);
/// ```
pub fn causes_in(data: &Dataset) -> u32 {
    data.cause.iter().copied().max().unwrap_or(0).max(1)
}

/// How much an estimate changes with the fraction of events at each time: of the cause itself, and of any cause.
struct Coefficients {
    /// Change with the fraction of events of the cause, by time.
    of_cause: Vec<f64>,
    /// Change with the fraction of events of any cause, by time.
    any: Vec<f64>,
}

impl IncidenceCurves {
    /// The curves of an arm's risk table.
    fn new(table: RiskTable, rows: Vec<InfluenceRow>) -> Self {
        let mut survival = 1.0;
        let mut survival_before = Vec::with_capacity(table.len());
        let mut incidence = vec![Vec::with_capacity(table.len()); table.columns];
        let mut sums = vec![0.0; table.columns];
        for t in 0..table.len() {
            survival_before.push(survival);
            let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
            for cause in 0..table.columns {
                if d > 0.0 {
                    sums[cause] += survival * table.events(t, 0, cause) / n;
                }
                incidence[cause].push(sums[cause]);
            }
            if d > 0.0 {
                survival *= (n - d) / n;
            }
        }
        Self { table, survival_before, incidence, rows, weighted: false }
    }

    /// Place of the last time that is not after `time`.
    fn step(&self, time: f64) -> Option<usize> {
        self.table.times.partition_point(|&t| t <= time).checked_sub(1)
    }

    /// F of a cause (from 1) at `time`.
    pub fn at(&self, cause: u32, time: f64) -> f64 {
        self.step(time).map_or(0.0, |t| self.incidence[cause as usize - 1][t])
    }

    /// Probability of still remaining at `time`.
    pub(crate) fn remaining_at(&self, time: f64) -> f64 {
        1.0 - (1..=self.table.columns as u32).map(|cause| self.at(cause, time)).sum::<f64>()
    }

    /// Last time of follow-up.
    pub(crate) fn last_time(&self) -> f64 {
        self.table.times.last().copied().unwrap_or(0.0)
    }

    /// Variance of F of a cause (from 1) at `time`.
    pub fn variance_at(&self, cause: u32, time: f64, kind: Variance) -> f64 {
        let Some(last) = self.step(time) else { return 0.0 };
        let curve = &self.incidence[cause as usize - 1];
        let coefficients = self.coefficients(last, |t| self.survival_before[t], |t| curve[last] - curve[t]);
        self.variance(cause, &coefficients, kind)
    }

    /// Time lost to a cause (from 1) between 0 and `tau`.
    pub fn time_lost(&self, cause: u32, tau: f64) -> f64 {
        let Some(last) = self.step(tau) else { return 0.0 };
        self.areas_to_come(cause, last, tau)[0]
    }

    /// Variance of the time lost.
    pub(crate) fn time_lost_variance(&self, cause: u32, tau: f64, kind: Variance) -> f64 {
        let Some(last) = self.step(tau) else { return 0.0 };
        let curve = &self.incidence[cause as usize - 1];
        let areas = self.areas_to_come(cause, last, tau);
        let times = &self.table.times;
        let of_cause = |t: usize| (tau - times[t]) * self.survival_before[t];
        let gain = |t: usize| areas[t] - curve[t] * (tau - times[t]);
        self.variance(cause, &self.coefficients(last, of_cause, gain), kind)
    }

    /// Integral of F from each time up to `last` until `tau`.
    fn areas_to_come(&self, cause: u32, last: usize, tau: f64) -> Vec<f64> {
        let curve = &self.incidence[cause as usize - 1];
        let (mut area, mut right) = (0.0, tau);
        let mut areas = vec![0.0; last + 1];
        for t in (0..=last).rev() {
            area += curve[t] * (right - self.table.times[t]);
            right = self.table.times[t];
            areas[t] = area;
        }
        areas
    }

    /// Coefficients up to position `last`: an event of the cause at t adds `own(t)`, any event takes away `gain(t)`, the
    /// part of the estimate still to come, divided by the share that remains.
    fn coefficients(
        &self,
        last: usize,
        of_cause: impl Fn(usize) -> f64,
        gain: impl Fn(usize) -> f64,
    ) -> Coefficients {
        let share = |t: usize| 1.0 - self.table.all_events(t, 0) / self.table.at_risk(t, 0);
        let any = |t: usize| {
            let left = share(t);
            if left > 0.0 && self.table.all_events(t, 0) > 0.0 { gain(t) / left } else { 0.0 }
        };
        Coefficients { of_cause: (0..=last).map(of_cause).collect(), any: (0..=last).map(any).collect() }
    }

    /// Variance of an estimate with these coefficients.
    fn variance(&self, cause: u32, coefficients: &Coefficients, kind: Variance) -> f64 {
        match kind {
            _ if self.weighted => self.jackknife(cause, coefficients),
            Variance::Aalen => self.aalen(cause, coefficients),
            Variance::Delta => self.delta(cause, coefficients),
            Variance::Jackknife => self.jackknife(cause, coefficients),
        }
    }

    /// Events of the cause and of the other causes at each time, with the number at risk and the coefficient of each.
    fn terms<'a>(
        &'a self,
        cause: u32,
        c: &'a Coefficients,
    ) -> impl Iterator<Item = (f64, f64, f64, f64, f64)> + 'a {
        (0..c.of_cause.len()).filter(|&t| self.table.all_events(t, 0) > 0.0).map(move |t| {
            let events = self.table.events(t, 0, cause as usize - 1);
            let other = self.table.all_events(t, 0) - events;
            (self.table.at_risk(t, 0), events, other, c.of_cause[t] - c.any[t], -c.any[t])
        })
    }

    /// Aalen's variance: finite samples, `(n - d) / (n - 1)`.
    fn aalen(&self, cause: u32, coefficients: &Coefficients) -> f64 {
        let factor = |n: f64, d: f64| if d > 1.0 { (n - d) / (n - 1.0) } else { 1.0 };
        self.terms(cause, coefficients)
            .map(|(n, events, other, a, b)| {
                (a * a * events * factor(n, events) + b * b * other * factor(n, other)) / (n * n)
            })
            .sum()
    }

    /// The delta method: multinomial at each time.
    fn delta(&self, cause: u32, coefficients: &Coefficients) -> f64 {
        self.terms(cause, coefficients)
            .map(|(n, events, other, a, b)| {
                let mean = (a * events + b * other) / n;
                ((a * a * events + b * b * other) / n - mean * mean) / n
            })
            .sum()
    }

    /// The infinitesimal jackknife: sum over units of squared influences.
    fn jackknife(&self, cause: u32, coefficients: &Coefficients) -> f64 {
        let compensators = self.compensators(cause, coefficients);
        let mut influences: Vec<(u32, f64)> = self
            .rows
            .iter()
            .map(|row| (row.unit, row.weight * self.influence(row, cause, coefficients, &compensators)))
            .collect();
        influences.sort_by_key(|&(unit, _)| unit);
        let sums = influences.chunk_by(|a, b| a.0 == b.0).map(|unit| unit.iter().map(|u| u.1).sum::<f64>());
        sums.map(|sum| sum * sum).sum()
    }

    /// What being at risk takes away, summed up to each time.
    fn compensators(&self, cause: u32, c: &Coefficients) -> Vec<f64> {
        let mut sum = 0.0;
        let step = |t: usize| {
            let n = self.table.at_risk(t, 0);
            let (events, all) = (self.table.events(t, 0, cause as usize - 1), self.table.all_events(t, 0));
            if all > 0.0 { (c.of_cause[t] * events - c.any[t] * all) / (n * n) } else { 0.0 }
        };
        (0..c.of_cause.len())
            .map(|t| {
                sum += step(t);
                sum
            })
            .collect()
    }

    /// Derivative of the estimate with respect to the weight of one row.
    fn influence(&self, row: &InfluenceRow, cause: u32, c: &Coefficients, compensators: &[f64]) -> f64 {
        let upto = |time: f64| {
            let t = self.table.times.partition_point(|&t| t <= time).min(compensators.len());
            t.checked_sub(1).map_or(0.0, |t| compensators[t])
        };
        let at_risk = upto(row.time) - if row.start > 0.0 { upto(row.start) } else { 0.0 };
        let position = self.table.times.partition_point(|&t| t < row.time);
        let counted =
            row.cause > 0 && row.cause as usize <= self.table.columns && position < c.of_cause.len();
        let event = if counted {
            let of_cause = if row.cause == cause { c.of_cause[position] } else { 0.0 };
            (of_cause - c.any[position]) / self.table.at_risk(position, 0)
        } else {
            0.0
        };
        event - at_risk
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::kaplan_meier;
    use super::super::restricted_mean::{RestrictedMean, Window};
    use super::*;

    fn data() -> Dataset {
        Dataset {
            time: vec![1.0, 2.0, 2.0, 4.0, 6.0, 7.0, 9.0, 3.0, 6.0, 10.0],
            cause: vec![1, 2, 0, 1, 2, 0, 1, 1, 1, 0],
            arm: vec![0; 10],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        }
    }

    fn weighted_incidence(weights: &[f64], data: &Dataset, cause: u32, time: f64) -> f64 {
        let mut times = data.time.clone();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let (mut s, mut f) = (1.0, 0.0);
        for t in times.into_iter().filter(|&t| t <= time) {
            let sum =
                |keep: &dyn Fn(usize) -> bool| (0..10).filter(|&i| keep(i)).map(|i| weights[i]).sum::<f64>();
            let n = sum(&|i| data.time[i] >= t);
            f += s * sum(&|i| data.time[i] == t && data.cause[i] == cause) / n;
            s *= 1.0 - sum(&|i| data.time[i] == t && data.cause[i] > 0) / n;
        }
        f
    }

    #[test]
    fn jackknife_is_the_derivative_with_respect_to_case_weights() {
        let data = data();
        let curves = &aalen_johansen(&data, 2).unwrap()[0];
        for (cause, time) in [(1, 5.0), (1, 9.5), (2, 6.0)] {
            let mut sum = 0.0;
            for i in 0..10 {
                let shifted = |by: f64| {
                    let mut weights = [1.0; 10];
                    weights[i] += by;
                    weighted_incidence(&weights, &data, cause, time)
                };
                let derivative = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                sum += derivative * derivative;
            }
            let ours = curves.variance_at(cause, time, Variance::Jackknife);
            assert!((ours - sum).abs() < 1e-9, "{cause} {time}: {ours} {sum}");
        }
    }

    #[test]
    fn one_cause_is_kaplan_meier() {
        let mut single = data();
        single.cause.iter_mut().for_each(|cause| *cause = (*cause).min(1));
        let curves = &aalen_johansen(&single, 1).unwrap()[0];
        let km = &kaplan_meier(&single, Ending::Any).unwrap()[0];
        let mean = RestrictedMean::new(km, Window::until(8.0));
        assert!((curves.at(1, 5.0) - (1.0 - km.at(5.0))).abs() < 1e-15);
        let greenwood = km.standard_error_at(5.0).unwrap();
        assert!((curves.variance_at(1, 5.0, Variance::Delta) - greenwood * greenwood).abs() < 1e-15);
        assert!((curves.variance_at(1, 5.0, Variance::Jackknife) - greenwood * greenwood).abs() < 1e-15);
        assert!((curves.time_lost(1, 8.0) - mean.lost()).abs() < 1e-14);
        assert!((curves.time_lost_variance(1, 8.0, Variance::Delta) - mean.variance(false)).abs() < 1e-14);
    }

    #[test]
    fn causes_and_remaining_add_up_to_one() {
        let curves = &aalen_johansen(&data(), 2).unwrap()[0];
        let km = &kaplan_meier(&data(), Ending::Any).unwrap()[0];
        for time in [0.5, 2.0, 6.0, 10.0] {
            assert!((curves.remaining_at(time) - km.at(time)).abs() < 1e-14);
        }
    }
}
