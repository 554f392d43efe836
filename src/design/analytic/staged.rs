//! A survival study with interim looks: when they come, what each can be expected to show, where it stops.
//!
//! A look is placed by information: by events for log-rank tests, by the variance of the score for weighted ones, by the
//! inverse variance of the difference for milestones and restricted means. Boundaries follow the planned fractions; crossing
//! probabilities follow the information expected under the alternative, where the effect differs between looks because it
//! comes late. R: `lrstat::lrpower`, `gsDesign2::gs_power_ahr`, `rpact::getPowerSurvival`.

use super::counts::{ExpectedCounts, expected_counts};
use super::evaluate::{DriftFormula, Expected, PlannedTest, SurvivalTest, expected};
use super::trial::Trial;
use super::weight::WeightFunction;
use crate::design::sequential::{SequentialPlan, SequentialRequest};
use crate::language::Said;
use crate::said;
use crate::stats::root::brent;

/// When the looks are; the last one is always the end of the study.
#[derive(Clone, Debug, PartialEq)]
pub enum LookTiming {
    /// At these shares of the final information (the request's fractions).
    Information,
    /// After these calendar months, the last of which is the end of the study.
    Months(Vec<f64>),
}

/// One look.
#[derive(Clone, Debug, PartialEq)]
pub struct StagedLook {
    /// Calendar month.
    pub month: f64,
    /// Share of the final information.
    pub fraction: f64,
    /// Expected numbers.
    pub counts: ExpectedCounts,
    /// Mean z and information.
    pub expected: Expected,
}

/// The looks of a study that ends after `month` months.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{
///     ArmHazards, Benefit, DriftFormula, Level, LookTiming, Piecewise, PlannedTest, Stratum, SurvivalTest, Trial, WeightFunction, looks,
/// };
/// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
///
/// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(100.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.024), control: arm(0.04) }],
/// };
/// let test = PlannedTest {
///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
///     method: DriftFormula::Schoenfeld,
///     level: Level { alpha: 0.025, sides: 1 },
///     benefit: Benefit::Later,
///     null_ratio: 1.0,
///     design_effect: 1.0,
/// };
/// let request = SequentialRequest {
///     fractions: vec![0.5, 1.0],
///     alpha: 0.025,
///     sides: 1,
///     boundary: Boundary::Spending(Spending::OBrienFleming),
///     futility: None,
/// };
/// let found = looks(&trial, 30.0, &test, &request, &LookTiming::Information).expect("information at every look");
/// // Half of the events are there at the first look, and the last is the end.
/// let events: Vec<f64> = found.iter().map(|look| look.counts.events()).collect();
/// assert!((events[0] / events[1] - 0.5).abs() < 1e-9 && found[1].month == 30.0);
/// // Events by month 30 of an arm with hazard h: 600 (1 - (e^(-18 h) - e^(-30 h)) / (12 h)).
/// let by_formula = |h: f64| 600.0 * (1.0 - (libm::exp(-18.0 * h) - libm::exp(-30.0 * h)) / (12.0 * h));
/// assert!((events[1] - by_formula(0.024) - by_formula(0.04)).abs() < 1e-6);
/// ```
///
/// # Errors
/// A sentence when a look has no information yet, or a month lies past the end.
pub fn looks(
    trial: &Trial,
    month: f64,
    analysis: &PlannedTest,
    request: &SequentialRequest,
    timing: &LookTiming,
) -> Result<Vec<StagedLook>, Said> {
    let whole = measure(trial, month, analysis);
    if whole.is_nan() || whole <= 0.0 {
        return Err(said!(
            "tegen maand {month} wordt geen informatie verwacht: er is niets om naar te kijken",
            "no information is expected by month {month}: there is nothing to look at",
            month = month
        ));
    }
    let months = match timing {
        LookTiming::Months(months) => months.clone(),
        LookTiming::Information => {
            let at = |fraction: f64| {
                if fraction >= 1.0 {
                    return Ok(month);
                }
                brent(0.0, month, 1e-11, |t| measure(trial, t, analysis) - fraction * whole).map_err(
                    |error| {
                        said!(
                            "geen maand heeft {fraction} van de informatie: {error}",
                            "no month has {fraction} of the information: {error}",
                            error = error.said(),
                            fraction = fraction
                        )
                    },
                )
            };
            request.fractions.iter().map(|f| at(*f)).collect::<Result<_, _>>()?
        }
    };
    let mut looks = Vec::new();
    for (index, at) in months.into_iter().enumerate() {
        let look = StagedLook {
            month: at,
            fraction: match timing {
                LookTiming::Information => request.fractions[index],
                LookTiming::Months(_) => measure(trial, at, analysis) / whole,
            },
            counts: expected_counts(trial, at),
            expected: expected(trial, at, analysis),
        };
        if look.expected.information.is_nan() || look.expected.information <= 0.0 {
            return Err(said!(
                "bij de tussentijdse toets in maand {at} wordt nog geen informatie verwacht",
                "at the look in month {at} no information is expected yet",
                at = at
            ));
        }
        looks.push(look);
    }
    Ok(looks)
}

/// What a look is timed by.
fn measure(trial: &Trial, month: f64, analysis: &PlannedTest) -> f64 {
    match (&analysis.test, analysis.method) {
        (SurvivalTest::Weighted(WeightFunction::LogRank), _) => expected_counts(trial, month).events(),
        (SurvivalTest::Weighted(_), DriftFormula::Asymptotic(_)) => {
            let expected = expected(trial, month, analysis);
            expected.information / (expected.stretch * expected.stretch)
        }
        _ => expected(trial, month, analysis).information,
    }
}

/// The plan for looks at which `factor` times as many participants as planned take part; `target_power` shapes futility by
/// beta spending, and `None` lets it spend the error that results.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{
///     ArmHazards, Benefit, DriftFormula, Level, LookTiming, Piecewise, PlannedTest, Stratum, SurvivalTest, Trial, WeightFunction, looks,
///     staged_plan,
/// };
/// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
///
/// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(100.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.024), control: arm(0.04) }],
/// };
/// let test = PlannedTest {
///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
///     method: DriftFormula::Schoenfeld,
///     level: Level { alpha: 0.025, sides: 1 },
///     benefit: Benefit::Later,
///     null_ratio: 1.0,
///     design_effect: 1.0,
/// };
/// let request = SequentialRequest {
///     fractions: vec![0.5, 1.0],
///     alpha: 0.025,
///     sides: 1,
///     boundary: Boundary::Spending(Spending::OBrienFleming),
///     futility: None,
/// };
/// let looks = looks(&trial, 30.0, &test, &request, &LookTiming::Information).expect("information at every look");
/// let plan = staged_plan(&looks, &request, 1.0, None);
/// // R: gsDesign(k = 2, test.type = 1, sfu = sfLDOF)$upper$bound
/// assert!((plan.bounds.upper[0] - 2.962_588).abs() < 1e-5 && (plan.bounds.upper[1] - 1.968_596).abs() < 1e-5);
/// // Half as many participants have less power.
/// assert!(staged_plan(&looks, &request, 0.5, None).power < plan.power);
/// ```
pub fn staged_plan(
    looks: &[StagedLook],
    request: &SequentialRequest,
    factor: f64,
    target_power: Option<f64>,
) -> SequentialPlan {
    let mut request = request.clone();
    request.fractions = looks.iter().map(|look| look.fraction).collect();
    let scaled: Vec<Expected> = looks.iter().map(|look| look.expected.scaled(factor)).collect();
    let information: Vec<f64> = scaled.iter().map(|e| e.information).collect();
    let theta: Vec<f64> = scaled.iter().map(|e| e.drift[0] / libm::sqrt(e.information)).collect();
    match target_power {
        Some(power) => request.at_effect(&information, &theta, 1.0 - power),
        None => request.consistent_at_effect(&information, &theta),
    }
}
