//! One test at one cut-off: where its z statistic is expected, and how often it crosses its critical value.
//!
//! Every method below comes down to two numbers: the `drift` (mean of z, positive towards the benefit) and the `stretch` of
//! the critical value (square root of null variance over alternative variance; 1 where a method uses one variance), with
//! power = Phi(drift - stretch * z(alpha)). The drift grows with the square root of the number of participants.

use super::average_hazard_ratio::average_hazard_ratio;
use super::counts::expected_counts;
use super::curves::{CurveSummary, curve_difference};
use super::moments::{PooledCurve, ScoreMoments, score_moments, under_mean_hazard};
use super::trial::{ArmHazards, Stratum, Trial};
use super::weight::WeightFunction;
use crate::kinds::Benefit;
use crate::stats::multivariate_normal;
use crate::stats::normal;
use crate::stats::root::brent;

/// The test of a time to event.
#[derive(Clone, Debug, PartialEq)]
pub enum SurvivalTest {
    /// A weighted log-rank test.
    Weighted(WeightFunction),
    /// The largest of several weighted log-rank statistics, with their joint normal distribution (Karrison 2016,
    /// doi:10.1177/1536867X1601600309). R: `gsDesign2::fixed_design_maxcombo`.
    MaxCombo(Vec<WeightFunction>),
    /// Difference of the probability of still being there at a month after entry; at the shortest follow-up when `None`.
    Milestone(Option<f64>),
    /// Difference of the mean time up to a month after entry; up to the shortest follow-up when `None`.
    RestrictedMean(Option<f64>),
}

/// Which formula gives the drift of a (weighted) log-rank test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftFormula {
    /// Score and variance integrated under the alternative; weights on the pooled Kaplan-Meier limit. R: lrstat.
    Direct,
    /// The same integrals with weights on the mixture curve and the variance of the null hypothesis for the critical value.
    /// R: gsDesign2 `fixed_design_fh`, `fixed_design_mb`, `gs_power_wlr`.
    Asymptotic(InformationScale),
    /// Average hazard ratio, log-rank only. R: gsDesign2 `fixed_design_ahr`.
    AverageHazardRatio(InformationScale),
    /// Schoenfeld (1981), doi:10.1093/biomet/68.1.316, log-rank only. R: rpact default, gsDesign `nSurv(method = "Schoenfeld")`.
    Schoenfeld,
    /// Freedman (1982), doi:10.1002/sim.4780010204, log-rank only. R: rpact `typeOfComputation = "Freedman"`.
    Freedman,
    /// Lachin & Foulkes (1986), doi:10.2307/2531201, log-rank only. R: gsDesign `nSurv` default.
    LachinFoulkes,
    /// Bernstein & Lagakos (1978), doi:10.1080/00949657808810247: as Lachin-Foulkes with the control hazard in both arms under
    /// the null hypothesis. R: gsDesign `nSurv(method = "BernsteinLagakos")`.
    BernsteinLagakos,
}

/// Which variance stands where (gsDesign2's `info_scale`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InformationScale {
    /// Null for the critical value, alternative for the statistic.
    #[default]
    Both,
    /// Null for both.
    Null,
    /// Alternative for both.
    Alternative,
}

/// Type I error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// In all, both sides together.
    pub alpha: f64,
    /// 1 or 2.
    pub sides: u8,
}

impl Level {
    /// The error on one side.
    pub(crate) fn one_sided(&self) -> f64 {
        self.alpha / f64::from(self.sides)
    }

    /// Upper critical value of a standard normal statistic.
    pub(crate) fn critical(&self) -> f64 {
        normal::quantile(1.0 - self.one_sided())
    }
}

/// The direction in which the alternative lies from the null hypothesis at a cut-off: the sign of the expected log-rank score.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Benefit, Piecewise, Stratum, Trial, direction};
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
/// // Its score is negative: events come later in the treated arm.
/// assert_eq!(direction(&trial, 50.324, 1.0), Benefit::Later);
/// ```
pub fn direction(trial: &Trial, month: f64, null_ratio: f64) -> Benefit {
    let moments =
        score_moments(trial, month, &[WeightFunction::LogRank], PooledCurve::KaplanMeier, null_ratio);
    if moments.score[0] < 0.0 { Benefit::Later } else { Benefit::Sooner }
}

/// A test with its level.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedTest {
    /// The test.
    pub test: SurvivalTest,
    /// The formula.
    pub method: DriftFormula,
    /// Type I error.
    pub level: Level,
    /// The direction counted as success.
    pub benefit: Benefit,
    /// Hazard ratio treated / control under the null hypothesis; 1 for superiority. Used by [`DriftFormula::Direct`],
    /// [`DriftFormula::LachinFoulkes`] and [`DriftFormula::BernsteinLagakos`].
    pub null_ratio: f64,
    /// Variance inflation by clustering: a design effect of at least 1.
    pub design_effect: f64,
}

/// What an analysis at some month can be expected to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Mean of z towards the benefit; one per statistic of a MaxCombo.
    pub drift: Vec<f64>,
    /// Factor on the critical value.
    pub stretch: f64,
    /// Statistical information on the scale of the method's effect (the variance of the score; events times p(1-p); 1 /
    /// variance of a difference).
    pub information: f64,
    /// Correlation of the statistics of a MaxCombo, else empty.
    pub correlation: Vec<Vec<f64>>,
}

impl Expected {
    /// One statistic.
    fn single(drift: f64, stretch: f64, information: f64) -> Self {
        Self { drift: vec![drift], stretch, information, correlation: Vec::new() }
    }

    /// The same with `factor` times as many participants.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        let root = libm::sqrt(factor);
        let drift = self.drift.iter().map(|d| d * root).collect();
        Self { drift, information: self.information * factor, ..self.clone() }
    }

    /// Critical value of the (largest) statistic.
    pub(crate) fn critical(&self, level: Level) -> f64 {
        if self.correlation.is_empty() {
            return level.critical();
        }
        let error = level.one_sided();
        let flat = flatten(&self.correlation);
        let size = self.drift.len();
        let spare = |c: f64| error - (1.0 - multivariate_normal::below(c, &flat, size));
        // Between no correction and Bonferroni, with room for the error of the integration.
        let highest = normal::quantile(1.0 - error / size as f64) + 1e-3;
        brent(level.critical() - 1e-3, highest, 1e-11, spare).unwrap_or(f64::NAN)
    }

    /// Probability of a significant result in the direction of the benefit.
    pub(crate) fn power(&self, level: Level) -> f64 {
        let critical = self.critical(level);
        if self.correlation.is_empty() {
            return normal::cdf(self.drift[0] - self.stretch * critical);
        }
        let upper: Vec<f64> = self.drift.iter().map(|d| critical - d).collect();
        let lower = vec![f64::NEG_INFINITY; upper.len()];
        1.0 - multivariate_normal::rectangle(&lower, &upper, &flatten(&self.correlation))
    }

    /// Probability of a significant result in the wrong direction (two-sided tests; 0 when one-sided).
    pub(crate) fn wrong_direction(&self, level: Level) -> f64 {
        if level.sides == 1 {
            return 0.0;
        }
        let mirrored = Self { drift: self.drift.iter().map(|d| -d).collect(), ..self.clone() };
        mirrored.power(level)
    }
}

/// A matrix row by row.
fn flatten(matrix: &[Vec<f64>]) -> Vec<f64> {
    matrix.iter().flatten().copied().collect()
}

/// What to expect of `analysis` at a cut-off after `month` calendar months.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{
///     ArmHazards, Benefit, DriftFormula, Level, Piecewise, PlannedTest, Stratum, SurvivalTest, Trial, WeightFunction, expected,
/// };
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
/// let test = PlannedTest {
///     test: SurvivalTest::Weighted(WeightFunction::FlemingHarrington { rho: 0.0, gamma: 1.0 }),
///     method: DriftFormula::Direct,
///     level: Level { alpha: 0.025, sides: 1 },
///     benefit: Benefit::Later,
///     null_ratio: 1.0,
///     design_effect: 1.0,
/// };
/// // lrstat: z = -2.66234 of the late-weighted test at month 50.324, variance of its score 6.16101.
/// let found = expected(&trial, 50.324, &test);
/// assert!((found.drift[0] - 2.662_340_8).abs() < 1e-6 && (found.information - 6.161_009_4).abs() < 1e-4);
/// ```
pub fn expected(trial: &Trial, month: f64, analysis: &PlannedTest) -> Expected {
    let raw = match &analysis.test {
        SurvivalTest::Weighted(weight) => weighted(trial, month, *weight, analysis),
        SurvivalTest::MaxCombo(weights) => max_combo(trial, month, weights, analysis),
        SurvivalTest::Milestone(at) => curve(trial, month, *at, CurveSummary::Milestone),
        SurvivalTest::RestrictedMean(at) => curve(trial, month, *at, CurveSummary::RestrictedMean),
    };
    let sign = analysis.benefit.sign();
    let towards = Expected { drift: raw.drift.iter().map(|d| sign * d).collect(), ..raw };
    towards.scaled(1.0 / analysis.design_effect)
}

/// A difference of milestones or of restricted means.
fn curve(trial: &Trial, month: f64, at: Option<f64>, summary: CurveSummary) -> Expected {
    let shortest = trial.horizon(month - trial.enrollment_months);
    let milestone = at.unwrap_or(shortest);
    if milestone <= 0.0 {
        return Expected::single(0.0, 1.0, 0.0);
    }
    let difference = curve_difference(trial, month, milestone, summary);
    if !(difference.variance > 0.0 && difference.variance.is_finite()) {
        return Expected::single(0.0, 1.0, 0.0);
    }
    Expected::single(difference.z(), 1.0, 1.0 / difference.variance)
}

/// Several weighted statistics with their correlations.
fn max_combo(trial: &Trial, month: f64, weights: &[WeightFunction], analysis: &PlannedTest) -> Expected {
    let curve = match analysis.method {
        DriftFormula::Asymptotic(_) => PooledCurve::Mixture,
        _ => PooledCurve::KaplanMeier,
    };
    let moments = score_moments(trial, month, weights, curve, analysis.null_ratio);
    let drift = (0..weights.len()).map(|index| moments.z(index)).collect();
    Expected {
        drift,
        stretch: 1.0,
        information: moments.covariance[0][0],
        correlation: moments.correlation(),
    }
}

/// One weighted statistic by the formula that is asked for.
fn weighted(trial: &Trial, month: f64, weight: WeightFunction, analysis: &PlannedTest) -> Expected {
    match analysis.method {
        DriftFormula::Direct => {
            let moments =
                score_moments(trial, month, &[weight], PooledCurve::KaplanMeier, analysis.null_ratio);
            Expected::single(moments.z(0), 1.0, moments.covariance[0][0])
        }
        DriftFormula::Asymptotic(variance) => asymptotic(trial, month, weight, variance),
        DriftFormula::AverageHazardRatio(variance) => {
            let average = average_hazard_ratio(trial, month);
            let effect = libm::log(average.hazard_ratio);
            by_variances(effect, average.information, average.null_information, variance)
        }
        DriftFormula::Schoenfeld => {
            let average = average_hazard_ratio(trial, month);
            let effect = libm::log(average.hazard_ratio);
            by_variances(effect, average.null_information, average.null_information, InformationScale::Null)
        }
        DriftFormula::Freedman => {
            let average = average_hazard_ratio(trial, month);
            let (ratio, hazard) = (trial.treated_share / (1.0 - trial.treated_share), average.hazard_ratio);
            let drift = libm::sqrt(average.events * ratio) * (hazard - 1.0) / (1.0 + ratio * hazard);
            Expected::single(drift, 1.0, average.events)
        }
        DriftFormula::LachinFoulkes => lachin_foulkes(trial, month, analysis.null_ratio, true),
        DriftFormula::BernsteinLagakos => lachin_foulkes(trial, month, analysis.null_ratio, false),
    }
}

/// Drift and stretch of an estimated effect with information under both hypotheses.
fn by_variances(effect: f64, information: f64, null: f64, variance: InformationScale) -> Expected {
    let (statistic, critical) = match variance {
        InformationScale::Both => (information, null),
        InformationScale::Null => (null, null),
        InformationScale::Alternative => (information, information),
    };
    let stretch = if critical > 0.0 { libm::sqrt(statistic / critical) } else { 1.0 };
    Expected::single(effect * libm::sqrt(statistic), stretch, statistic)
}

/// gsDesign2's drift: score and variances on the mixture curve.
fn asymptotic(trial: &Trial, month: f64, weight: WeightFunction, variance: InformationScale) -> Expected {
    let at = |trial: &Trial| score_moments(trial, month, &[weight], PooledCurve::Mixture, 1.0);
    let (alternative, null): (ScoreMoments, ScoreMoments) = (at(trial), at(&under_mean_hazard(trial)));
    let information = alternative.covariance[0][0];
    if information <= 0.0 {
        return Expected::single(0.0, 1.0, 0.0);
    }
    by_variances(alternative.score[0] / information, information, null.covariance[0][0], variance)
}

/// Log hazard ratio by expected events under both hypotheses; `averaged` takes the mean hazard for the null.
fn lachin_foulkes(trial: &Trial, month: f64, null_ratio: f64, averaged: bool) -> Expected {
    let share = trial.treated_share;
    let under_null = |stratum: &Stratum| {
        let control = if averaged {
            // (1 + r HR) / (1 + r HR0) times the control hazard, piece by piece: the allocation-weighted mean hazard.
            let factor = (1.0 - share) / (1.0 - share + share * null_ratio);
            stratum
                .treated
                .event
                .combined(&stratum.control.event, |t, c| factor * (c + share / (1.0 - share) * t))
        } else {
            stratum.control.event.clone()
        };
        Stratum {
            share: stratum.share,
            treated: ArmHazards { event: control.scaled(null_ratio), loss: stratum.treated.loss.clone() },
            control: ArmHazards { event: control, loss: stratum.control.loss.clone() },
        }
    };
    let null = Trial { strata: trial.strata.iter().map(under_null).collect(), ..trial.clone() };
    let variance = |trial: &Trial| {
        let counts = expected_counts(trial, month);
        1.0 / counts.treated_events + 1.0 / counts.control_events
    };
    let (v1, v0) = (variance(trial), variance(&null));
    if !(v1.is_finite() && v0.is_finite()) {
        return Expected::single(0.0, 1.0, 0.0);
    }
    let effect = libm::log(average_hazard_ratio(trial, month).hazard_ratio / null_ratio);
    Expected::single(effect / libm::sqrt(v1), libm::sqrt(v0 / v1), 1.0 / v1)
}

#[cfg(test)]
mod tests {
    use super::super::trial::tests::delayed;
    use super::*;

    fn analysis(test: SurvivalTest, method: DriftFormula) -> PlannedTest {
        let level = Level { alpha: 0.025, sides: 1 };
        PlannedTest { test, method, level, benefit: Benefit::Later, null_ratio: 1.0, design_effect: 1.0 }
    }

    #[test]
    fn power_equals_alpha_until_the_effect_starts() {
        let trial = delayed(1e5);
        let weights = [
            WeightFunction::LogRank,
            WeightFunction::FlemingHarrington { rho: 0.0, gamma: 1.0 },
            WeightFunction::ZeroBefore { months: 2.0 },
        ];
        let mut tests: Vec<SurvivalTest> = weights.iter().map(|w| SurvivalTest::Weighted(*w)).collect();
        tests.push(SurvivalTest::MaxCombo(weights[..2].to_vec()));
        tests.push(SurvivalTest::Milestone(Some(3.0)));
        tests.push(SurvivalTest::RestrictedMean(Some(3.0)));
        for test in tests {
            let analysis = analysis(test.clone(), DriftFormula::Direct);
            let power = expected(&trial, 4.0, &analysis).power(analysis.level);
            assert!((power - 0.025).abs() < 1e-9, "{test:?} {power}");
        }
    }

    #[test]
    fn fleming_harrington_without_exponents_is_log_rank() {
        let trial = delayed(400.0);
        for method in [DriftFormula::Direct, DriftFormula::Asymptotic(InformationScale::Both)] {
            let plain =
                expected(&trial, 30.0, &analysis(SurvivalTest::Weighted(WeightFunction::LogRank), method));
            let zero = WeightFunction::FlemingHarrington { rho: 0.0, gamma: 0.0 };
            let family = expected(&trial, 30.0, &analysis(SurvivalTest::Weighted(zero), method));
            assert_eq!(plain, family);
        }
    }

    #[test]
    fn methods_agree_for_a_small_constant_effect() {
        let mut trial = delayed(4000.0);
        trial.strata[0].treated.event = trial.strata[0].control.event.scaled(0.95);
        let test = SurvivalTest::Weighted(WeightFunction::LogRank);
        let direct = expected(&trial, 40.0, &analysis(test.clone(), DriftFormula::Direct))
            .power(Level { alpha: 0.025, sides: 1 });
        for method in [
            DriftFormula::Asymptotic(InformationScale::Both),
            DriftFormula::AverageHazardRatio(InformationScale::Null),
            DriftFormula::Schoenfeld,
            DriftFormula::Freedman,
            DriftFormula::LachinFoulkes,
            DriftFormula::BernsteinLagakos,
        ] {
            let analysis = analysis(test.clone(), method);
            let power = expected(&trial, 40.0, &analysis).power(analysis.level);
            assert!((power - direct).abs() < 0.004, "{method:?}: {power} against {direct}");
        }
    }

    #[test]
    fn clustering_is_a_smaller_study() {
        let mut analysis = analysis(SurvivalTest::Weighted(WeightFunction::LogRank), DriftFormula::Direct);
        let half = expected(&delayed(200.0), 36.0, &analysis);
        analysis.design_effect = 2.0;
        let clustered = expected(&delayed(400.0), 36.0, &analysis);
        assert!((half.drift[0] - clustered.drift[0]).abs() < 1e-12);
    }
}
