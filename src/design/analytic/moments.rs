//! Expected score and variance of weighted log-rank tests, by integration under the alternative.
//!
//! With r1(t), r2(t) the expected numbers at risk at time t since entry, and hazards h1, h2,
//!
//! U = sum over strata, integral of w r1 r2 / (r1 + r2) (h1 - h2) dt,
//! V_ab = integral of w_a w_b r1 r2 / (r1 + r2)^2 (r1 h1 + r2 h2) dt.
//!
//! z has mean U / sqrt(V) and variance close to 1. The weights use a pooled survival curve: either the limit of the pooled
//! Kaplan-Meier curve (which depends on the losses; lrstat) or the mixture of the two survival curves (gsDesign2).
//!
//! References: Schoenfeld (1981), doi:10.1093/biomet/68.1.316; Lu (2021), doi:10.1002/pst.2069; Yung & Liu (2020),
//! doi:10.1111/biom.13196. R: `lrstat::lrstat` (uscore, vscore), `gsDesign2::gs_info_wlr` (delta, sigma2 times n).

use super::mesh::Mesh;
use super::piecewise::Piecewise;
use super::trial::{ArmHazards, Stratum, Trial};
use super::weight::WeightFunction;
use crate::stats::root::brent;

/// Which curve the weights look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PooledCurve {
    /// The limit of the Kaplan-Meier curve of both arms together.
    KaplanMeier,
    /// Mean of the two survival curves by allocation.
    Mixture,
}

/// Mean score and covariance of several weighted log-rank statistics on the same data.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreMoments {
    /// U per weight; positive when the treated arm has the higher hazard.
    pub score: Vec<f64>,
    /// Covariance of the scores.
    pub covariance: Vec<Vec<f64>>,
}

impl ScoreMoments {
    /// Mean of the standardized statistic of weight `index`.
    pub fn z(&self, index: usize) -> f64 {
        let variance = self.covariance[index][index];
        if variance > 0.0 { self.score[index] / libm::sqrt(variance) } else { 0.0 }
    }

    /// Correlations of the statistics.
    pub(crate) fn correlation(&self) -> Vec<Vec<f64>> {
        let size = self.score.len();
        let one = |a: usize, b: usize| {
            self.covariance[a][b] / libm::sqrt(self.covariance[a][a] * self.covariance[b][b])
        };
        (0..size).map(|a| (0..size).map(|b| if a == b { 1.0 } else { one(a, b) }).collect()).collect()
    }
}

/// Moments at a cut-off after `month` calendar months, against a hazard ratio `null_ratio` under the null hypothesis (1 for
/// superiority).
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, PooledCurve, Stratum, Trial, WeightFunction, score_moments};
///
/// // 100 participants in four months; hazard .25, halved in the treated arm after 1.5 months. R: lrstat::lrstat at 50.324
/// let event = |late| Piecewise::new(vec![0.0, 1.5], vec![0.25, late]).expect("two pieces");
/// let arm = |late| ArmHazards { event: event(late), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(25.0),
///     enrollment_months: 4.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.125), control: arm(0.25) }],
/// };
/// let found = score_moments(&trial, 50.324, &[WeightFunction::LogRank], PooledCurve::KaplanMeier, 1.0);
/// assert!((found.score[0] + 10.544_685_315).abs() < 1e-5 && (found.z(0) + 2.234_470_488).abs() < 1e-6);
/// ```
pub fn score_moments(
    trial: &Trial,
    month: f64,
    weights: &[WeightFunction],
    pooled: PooledCurve,
    null_ratio: f64,
) -> ScoreMoments {
    let size = weights.len();
    let mut moments = ScoreMoments { score: vec![0.0; size], covariance: vec![vec![0.0; size]; size] };
    let horizon = trial.horizon(month);
    if horizon <= 0.0 {
        return moments;
    }
    for stratum in &trial.strata {
        let curve = PooledSurvival::new(stratum, trial.treated_share, pooled);
        let mut kinks = trial.kinks(month);
        kinks.extend(weights.iter().filter_map(|w| w.kink(|s| curve.time_of(s, horizon))));
        for &(time, node) in &Mesh::new(horizon, &kinks).nodes {
            let entered = trial.entered(month - time) * stratum.share;
            let treated = entered * trial.treated_share * stratum.treated.at_risk(time) * null_ratio;
            let control = entered * (1.0 - trial.treated_share) * stratum.control.at_risk(time);
            let all = treated + control;
            if all <= 0.0 {
                continue;
            }
            let (h1, h2) = (stratum.treated.event.at(time), stratum.control.event.at(time));
            let (first, second) = (h1 / null_ratio - h2, (treated / null_ratio) * h1 + control * h2);
            let w: Vec<f64> = weights.iter().map(|w| w.at(time, |t| curve.at(t))).collect();
            // Shares first: products of vanishing numbers at risk are below the smallest double.
            let (share, rest) = (treated / all, control / all);
            let score = node * share * control * first;
            let variance = node * share * rest * second;
            for a in 0..size {
                moments.score[a] += w[a] * score;
                for b in 0..=a {
                    moments.covariance[a][b] += w[a] * w[b] * variance;
                }
            }
        }
    }
    for a in 0..size {
        for b in 0..a {
            moments.covariance[b][a] = moments.covariance[a][b];
        }
    }
    moments
}

/// The same trial when both arms share the allocation-weighted mean hazard and the losses of the control arm: gsDesign2's
/// null hypothesis.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, Stratum, Trial, under_mean_hazard};
///
/// // Hazard .25 a month, halved in the treated arm after 1.5 months; 100 participants in four months (R: lrstat, MaxCombo vignette).
/// let arm = |late| ArmHazards {
///     event: Piecewise::new(vec![0.0, 1.5], vec![0.25, late]).expect("two pieces"),
///     loss: Piecewise::constant(0.0),
/// };
/// let trial = Trial {
///     enrollment: Piecewise::constant(25.0),
///     enrollment_months: 4.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.125), control: arm(0.25) }],
/// };
/// let null = under_mean_hazard(&trial);
/// // Late hazards of .125 and .25, one to one: .1875 in both arms.
/// assert_eq!(null.strata[0].treated, null.strata[0].control);
/// assert_eq!(null.strata[0].control.event.at(2.0), 0.1875);
/// ```
pub fn under_mean_hazard(trial: &Trial) -> Trial {
    let share = trial.treated_share;
    let strata = trial.strata.iter().map(|stratum| {
        let event =
            stratum.treated.event.combined(&stratum.control.event, |t, c| share * t + (1.0 - share) * c);
        let arm = ArmHazards { event, loss: stratum.control.loss.clone() };
        Stratum { share: stratum.share, treated: arm.clone(), control: arm }
    });
    Trial { strata: strata.collect(), ..trial.clone() }
}

/// The pooled survival curve of one stratum.
#[derive(Clone, Debug)]
pub(crate) struct PooledSurvival {
    /// Which curve.
    kind: PooledCurve,
    /// Share of participants in the treated arm.
    treated_share: f64,
    /// Its hazards.
    treated: ArmHazards,
    /// Those of the control arm.
    control: ArmHazards,
    /// Starts of the pieces on which the integral is closed.
    starts: Vec<f64>,
    /// Cumulative pooled hazard at each start.
    reached: Vec<f64>,
    /// Events and losses of the treated arm.
    treated_exits: Piecewise,
    /// Events and losses of the control arm.
    control_exits: Piecewise,
}

impl PooledSurvival {
    /// The curve of a stratum.
    pub(crate) fn new(stratum: &Stratum, treated_share: f64, kind: PooledCurve) -> Self {
        let treated_exits = stratum.treated.event.plus(&stratum.treated.loss);
        let control_exits = stratum.control.event.plus(&stratum.control.loss);
        let starts = treated_exits.plus(&control_exits).starts().to_vec();
        let mut curve = Self {
            kind,
            treated_share,
            treated: stratum.treated.clone(),
            control: stratum.control.clone(),
            starts,
            reached: vec![0.0],
            treated_exits,
            control_exits,
        };
        for piece in 1..curve.starts.len() {
            let more = curve.hazard_from(piece - 1, curve.starts[piece]);
            let before = curve.reached[piece - 1];
            curve.reached.push(before + more);
        }
        curve
    }

    /// Pooled hazard accumulated from the start of `piece` to `time` within it. The share of the treated among those at risk
    /// changes as their exit hazards differ; with d that difference, the integral is closed: -ln(1 + p expm1(-d u)) / d.
    fn hazard_from(&self, piece: usize, time: f64) -> f64 {
        let start = self.starts[piece];
        let length = time - start;
        let gone = self.treated_exits.integral(start) - self.control_exits.integral(start);
        let odds = self.treated_share / (1.0 - self.treated_share) * libm::exp(-gone);
        let share = odds / (1.0 + odds);
        let difference = self.treated_exits.at(start) - self.control_exits.at(start);
        let mean = if difference == 0.0 {
            share * length
        } else {
            -libm::log1p(share * libm::expm1(-difference * length)) / difference
        };
        let (h1, h2) = (self.treated.event.at(start), self.control.event.at(start));
        h2 * length + (h1 - h2) * mean
    }

    /// Survival at `time`.
    pub(crate) fn at(&self, time: f64) -> f64 {
        match self.kind {
            PooledCurve::Mixture => {
                self.treated_share * self.treated.survival(time)
                    + (1.0 - self.treated_share) * self.control.survival(time)
            }
            PooledCurve::KaplanMeier => {
                let piece = self.starts.partition_point(|start| *start <= time).max(1) - 1;
                libm::exp(-self.reached[piece] - self.hazard_from(piece, time))
            }
        }
    }

    /// The time up to `horizon` at which survival falls to `survival`.
    fn time_of(&self, survival: f64, horizon: f64) -> Option<f64> {
        if !(survival > 0.0 && survival < 1.0) || self.at(horizon) >= survival {
            return None;
        }
        brent(0.0, horizon, 1e-12, |time| survival - self.at(time)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::tests::delayed;
    use super::*;

    #[test]
    fn pooled_curve_solves_its_equation() {
        let trial = delayed(100.0);
        let curve = PooledSurvival::new(&trial.strata[0], 0.5, PooledCurve::KaplanMeier);
        let (time, step) = (20.0, 1e-4);
        let slope = (libm::log(curve.at(time - step)) - libm::log(curve.at(time + step))) / (2.0 * step);
        let stratum = &trial.strata[0];
        let (r1, r2) = (stratum.treated.at_risk(time), stratum.control.at_risk(time));
        let hazard = (r1 * stratum.treated.event.at(time) + r2 * stratum.control.event.at(time)) / (r1 + r2);
        assert!((slope / hazard - 1.0).abs() < 1e-7);
        let back = curve.time_of(curve.at(7.5), 30.0).unwrap();
        assert!((back - 7.5).abs() < 1e-9);
    }

    #[test]
    fn without_loss_both_curves_agree() {
        let mut trial = delayed(100.0);
        trial.strata[0].treated.loss = Piecewise::constant(0.0);
        trial.strata[0].control.loss = Piecewise::constant(0.0);
        let km = PooledSurvival::new(&trial.strata[0], 0.4, PooledCurve::KaplanMeier);
        let mixture = PooledSurvival::new(&trial.strata[0], 0.4, PooledCurve::Mixture);
        for time in [0.0, 2.0, 4.0, 11.0, 40.0] {
            assert!((km.at(time) - mixture.at(time)).abs() < 1e-14);
        }
    }

    #[test]
    fn no_effect_no_score() {
        let trial = under_mean_hazard(&delayed(100.0));
        let weights = [WeightFunction::LogRank, WeightFunction::FlemingHarrington { rho: 0.0, gamma: 1.0 }];
        let moments = score_moments(&trial, 36.0, &weights, PooledCurve::KaplanMeier, 1.0);
        assert!(moments.score.iter().all(|u| u.abs() < 1e-12));
        assert!(moments.correlation()[0][1] > 0.5);
    }
}
