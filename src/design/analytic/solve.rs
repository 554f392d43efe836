//! Fix two of enrollment, follow-up and size; find the third that reaches a power.
//!
//! Power against follow-up need not rise all the way (an effect may wane, or do harm before it does good), so the shortest
//! follow-up is searched from the start, on a grid of months, before the crossing is refined.

use super::evaluate::{DriftFormula, Expected, PlannedTest, expected};
use super::staged::{LookTiming, StagedLook, looks, staged_plan};
use super::trial::Trial;
use crate::design::sequential::{SequentialPlan, SequentialRequest};
use crate::language::Said;
use crate::said;
use crate::stats::normal;
use crate::stats::root::brent;

/// Why a power cannot be reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Infeasible {
    /// Power approaches a limit below the target.
    Limit {
        /// The highest power found.
        power: f64,
        /// The month at which it was found.
        month: f64,
    },
    /// The target is already reached with no follow-up after enrollment.
    AlreadyReached {
        /// Power at the end of enrollment.
        power: f64,
    },
    /// There is no effect in the direction tested, so that no size helps.
    NoEffect,
    /// The looks cannot be placed.
    Looks(Said),
}

impl Infeasible {
    /// Why there is no answer, and what would give one.
    pub(crate) fn said(&self) -> Said {
        match self {
            Self::Limit { power, month } => said!(
                "dit onderscheidend vermogen is niet te halen: het is hoogstens {power:.4} (in maand {month:.1}), hoe lang het \
                 onderzoek ook duurt; er zijn meer deelnemers nodig",
                "the power cannot be reached: it is at most {power:.4} (at month {month:.1}) however long the study runs; \
                 more participants are needed",
                power = power,
                month = month
            ),
            Self::AlreadyReached { power } => said!(
                "het onderscheidend vermogen is al {power:.4} als de instroom eindigt: maak de instroom korter of neem minder \
                 deelnemers",
                "the power is {power:.4} already when enrollment ends: shorten the enrollment or take fewer participants",
                power = power
            ),
            Self::NoEffect => said!(
                "op dit moment wordt geen effect verwacht in de getoetste richting, dus het onderscheidend vermogen is alfa bij \
                 elke omvang; volg de deelnemers langer",
                "at this cut-off no effect is expected in the direction tested, so power equals alpha for any size; \
                 follow participants for longer"
            ),
            Self::Looks(why) => why.clone(),
        }
    }
}

/// The English words; people read `Infeasible::said` in their language.
impl std::fmt::Display for Infeasible {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.said().english())
    }
}

impl std::error::Error for Infeasible {}

/// A study whose power can be computed: an analysis, with interim looks or without.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerQuestion {
    /// The test at the end (and at every look).
    pub analysis: PlannedTest,
    /// Interim looks.
    pub staged: Option<(SequentialRequest, LookTiming)>,
}

/// What the study can be expected to show at its end, ready to be scaled to another size.
enum Prospect {
    /// One analysis at the end.
    Single(Expected),
    /// Looks.
    Staged(Vec<StagedLook>),
}

/// Longest follow-up or enrollment looked at, in months.
const LONGEST_MONTHS: f64 = 2400.0;

impl PowerQuestion {
    /// Power of `trial` analysed after `month` calendar months.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::analytic::{
    ///     PlannedTest, ArmHazards, Benefit, Level, DriftFormula, Piecewise, PowerQuestion, Stratum, SurvivalTest, Trial, WeightFunction,
    /// };
    ///
    /// // No effect for two years, then outflow 1.6 times as fast; 2,000 participants, losses .005 a month.
    /// let arm = |late| ArmHazards {
    ///     event: Piecewise::new(vec![0.0, 24.0], vec![0.004, late]).expect("two pieces"),
    ///     loss: Piecewise::constant(0.005),
    /// };
    /// let trial = Trial {
    ///     enrollment: Piecewise::constant(2000.0 / 6.0),
    ///     enrollment_months: 6.0,
    ///     treated_share: 0.5,
    ///     maximum_months: None,
    ///     strata: vec![Stratum { share: 1.0, treated: arm(0.0064), control: arm(0.004) }],
    /// };
    /// let analysis = PlannedTest {
    ///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
    ///     method: DriftFormula::Direct,
    ///     level: Level { alpha: 0.025, sides: 1 },
    ///     benefit: Benefit::Sooner,
    ///     null_ratio: 1.0,
    ///     design_effect: 1.0,
    /// };
    /// let question = PowerQuestion { analysis, staged: None };
    /// // R: lrstat::lrpower: .7662084 after five years; nothing but alpha while there is no effect
    /// assert!((question.power(&trial, 60.0)? - 0.766_208_379_6).abs() < 1e-6);
    /// assert!((question.power(&trial, 18.0)? - 0.025).abs() < 1e-9);
    /// # Ok::<(), stapjes::design::analytic::Infeasible>(())
    /// ```
    ///
    /// # Errors
    /// [`Infeasible::Looks`] when an interim look has no information.
    pub fn power(&self, trial: &Trial, month: f64) -> Result<f64, Infeasible> {
        Ok(self.power_of(&self.prospect(trial, month)?, 1.0, None))
    }

    /// What can be expected of the study as planned.
    fn prospect(&self, trial: &Trial, month: f64) -> Result<Prospect, Infeasible> {
        match &self.staged {
            None => Ok(Prospect::Single(expected(trial, month, &self.analysis))),
            Some((request, timing)) => {
                let looks =
                    looks(trial, month, &self.analysis, request, timing).map_err(Infeasible::Looks)?;
                Ok(Prospect::Staged(looks))
            }
        }
    }

    /// Power with `factor` times as many participants.
    fn power_of(&self, prospect: &Prospect, factor: f64, target: Option<f64>) -> f64 {
        match (prospect, &self.staged) {
            (Prospect::Staged(looks), Some((request, _))) if self.by_inflation() => {
                self.power_by_inflation(looks, request, factor)
            }
            (Prospect::Staged(looks), Some((request, _))) => {
                staged_plan(looks, request, factor, target).power
            }
            (Prospect::Single(expected), _) => expected.scaled(factor).power(self.analysis.level),
            (Prospect::Staged(_), None) => f64::NAN,
        }
    }

    /// Number of participants with which `trial`, analysed after `month` months, has `power`; not rounded.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::analytic::{
    ///     PlannedTest, ArmHazards, Benefit, Level, DriftFormula, Piecewise, PowerQuestion, Stratum, SurvivalTest, Trial, WeightFunction,
    /// };
    ///
    /// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
    /// let trial = Trial {
    ///     enrollment: Piecewise::constant(100.0),
    ///     enrollment_months: 12.0,
    ///     treated_share: 0.5,
    ///     maximum_months: None,
    ///     strata: vec![Stratum { share: 1.0, treated: arm(0.024), control: arm(0.04) }],
    /// };
    /// let analysis = PlannedTest {
    ///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
    ///     method: DriftFormula::Schoenfeld,
    ///     level: Level { alpha: 0.025, sides: 1 },
    ///     benefit: Benefit::Later,
    ///     null_ratio: 1.0,
    ///     design_effect: 1.0,
    /// };
    /// // R: rpact::getSampleSizeSurvival(lambda2 = .04, hazardRatio = .6, accrualTime = 12, followUpTime = 6): 386.306
    /// let size = PowerQuestion { analysis, staged: None }.size(&trial, 18.0, 0.8)?;
    /// assert!((size - 386.305_955_167_7).abs() < 1e-6);
    /// # Ok::<(), stapjes::design::analytic::Infeasible>(())
    /// ```
    ///
    /// # Errors
    /// [`Infeasible::NoEffect`] when the expected statistic does not point towards the benefit.
    pub fn size(&self, trial: &Trial, month: f64, power: f64) -> Result<f64, Infeasible> {
        let prospect = self.prospect(trial, month)?;
        let now = trial.participants();
        if let Some(fixed) = self.closed_form(&prospect, power) {
            return fixed.map(|factor| now * factor);
        }
        let short = |log_factor: f64| self.power_of(&prospect, libm::exp(log_factor), Some(power)) - power;
        let factor = brent(-25.0, 25.0, 1e-13, short).map_err(|_| Infeasible::NoEffect)?;
        Ok(now * libm::exp(factor))
    }

    /// Size factor where one formula gives it: a single statistic at one look; and Lachin-Foulkes with looks, where
    /// `gsDesign::gsSurv` multiplies the fixed size by the inflation factor.
    fn closed_form(&self, prospect: &Prospect, power: f64) -> Option<Result<f64, Infeasible>> {
        let level = self.analysis.level;
        let (expected, inflation) = match (prospect, &self.staged) {
            (Prospect::Single(expected), _) if expected.correlation.is_empty() => (expected, 1.0),
            (Prospect::Staged(looks), Some((request, _))) if self.by_inflation() => {
                (&looks.last()?.expected, placed(request, looks).with_power(power).inflation)
            }
            _ => return None,
        };
        let drift = expected.drift[0];
        if drift.is_nan() || drift <= 1e-12 {
            return Some(Err(Infeasible::NoEffect));
        }
        let root = (expected.stretch * level.critical() + normal::quantile(power)) / drift;
        Some(Ok(inflation * root * root))
    }

    /// Whether looks multiply the size of the fixed design by the inflation factor (`gsDesign::gsSurv`). Its critical value is
    /// under the null hypothesis, which the joint distribution of the looks does not know.
    fn by_inflation(&self) -> bool {
        matches!(self.analysis.method, DriftFormula::LachinFoulkes | DriftFormula::BernsteinLagakos)
    }

    /// The power whose size with these looks is `factor` times as many participants as planned: what `size` turns round.
    fn power_by_inflation(&self, looks: &[StagedLook], request: &SequentialRequest, factor: f64) -> f64 {
        let alpha = self.analysis.level.one_sided();
        let request = placed(request, looks);
        let Some(Expected { drift, stretch, .. }) = looks.last().map(|look| look.expected.clone()) else {
            return f64::NAN;
        };
        if drift[0].is_nan() || drift[0] <= 1e-12 {
            return alpha;
        }
        let short = |z: f64| {
            let root = (stretch * self.analysis.level.critical() + z) / drift[0];
            libm::log(factor) - libm::log(request.with_power(normal::cdf(z)).inflation * root * root)
        };
        let (low, high) = (normal::quantile(alpha) + 0.02, 7.0);
        if short(high) >= 0.0 {
            return 1.0;
        }
        brent(low, high, 1e-12, short).map_or(alpha, normal::cdf)
    }

    /// The plan of these looks, for `target` power or the power that results.
    pub(crate) fn plan(
        &self,
        looks: &[StagedLook],
        request: &SequentialRequest,
        target: Option<f64>,
    ) -> SequentialPlan {
        if !self.by_inflation() {
            return staged_plan(looks, request, 1.0, target);
        }
        let power = target.unwrap_or_else(|| self.power_by_inflation(looks, request, 1.0));
        let floor = self.analysis.level.one_sided() + 1e-6;
        let power = power.clamp(floor, 1.0 - 1e-12);
        // The effects at the looks keep their proportions; together they have the power of the formula.
        let scaled = |log_factor: f64| {
            let factor = libm::exp(log_factor);
            let one = |look: &StagedLook| {
                let drift = look.expected.drift.iter().map(|drift| drift * factor).collect();
                StagedLook { expected: Expected { drift, ..look.expected.clone() }, ..look.clone() }
            };
            staged_plan(&looks.iter().map(one).collect::<Vec<_>>(), request, 1.0, Some(power))
        };
        let gap = |log_factor: f64| scaled(log_factor).power - power;
        scaled(brent(-3.0, 3.0, 1e-12, gap).unwrap_or(0.0))
    }

    /// Shortest follow-up after the last enrollment, in months, with which `trial` has `power`.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::analytic::{
    ///     PlannedTest, ArmHazards, Benefit, Level, DriftFormula, Piecewise, PowerQuestion, Stratum, SurvivalTest, Trial, WeightFunction,
    /// };
    ///
    /// // Median 18 months, hazard ratio .7, 600 participants in a year.
    /// let hazard = std::f64::consts::LN_2 / 18.0;
    /// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
    /// let trial = Trial {
    ///     enrollment: Piecewise::constant(50.0),
    ///     enrollment_months: 12.0,
    ///     treated_share: 0.5,
    ///     maximum_months: None,
    ///     strata: vec![Stratum { share: 1.0, treated: arm(0.7 * hazard), control: arm(hazard) }],
    /// };
    /// let analysis = PlannedTest {
    ///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
    ///     method: DriftFormula::Schoenfeld,
    ///     level: Level { alpha: 0.025, sides: 1 },
    ///     benefit: Benefit::Later,
    ///     null_ratio: 1.0,
    ///     design_effect: 1.0,
    /// };
    /// // R: rpact::getSampleSizeSurvival(..., maxNumberOfSubjects = 600, beta = .1)$followUpTime: 18.94664
    /// let months = PowerQuestion { analysis, staged: None }.follow_up(&trial, 0.9)?;
    /// assert!((months - 18.946_635_345_7).abs() < 1e-5);
    /// # Ok::<(), stapjes::design::analytic::Infeasible>(())
    /// ```
    ///
    /// # Errors
    /// [`Infeasible::Limit`] when no follow-up suffices, [`Infeasible::AlreadyReached`] when none is needed.
    pub fn follow_up(&self, trial: &Trial, power: f64) -> Result<f64, Infeasible> {
        let at = |follow_up: f64| self.power(trial, trial.enrollment_months + follow_up).unwrap_or(0.0);
        let start = at(0.0);
        if start >= power {
            return Err(Infeasible::AlreadyReached { power: start });
        }
        first_reaching(power, trial.enrollment_months, at)
    }

    /// Shortest enrollment period, in months at the planned rates (the last rate goes on), with which `trial` has `power`
    /// when everybody is followed at least `follow_up` months.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::analytic::{
    ///     ArmHazards, Benefit, DriftFormula, Level, Piecewise, PlannedTest, PowerQuestion, Stratum, SurvivalTest, Trial, WeightFunction,
    /// };
    ///
    /// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
    /// let trial = Trial {
    ///     enrollment: Piecewise::constant(30.0),
    ///     enrollment_months: 12.0,
    ///     treated_share: 0.5,
    ///     maximum_months: None,
    ///     strata: vec![Stratum { share: 1.0, treated: arm(0.024), control: arm(0.04) }],
    /// };
    /// let analysis = PlannedTest {
    ///     test: SurvivalTest::Weighted(WeightFunction::LogRank),
    ///     method: DriftFormula::Schoenfeld,
    ///     level: Level { alpha: 0.025, sides: 1 },
    ///     benefit: Benefit::Later,
    ///     null_ratio: 1.0,
    ///     design_effect: 1.0,
    /// };
    /// let question = PowerQuestion { analysis, staged: None };
    /// let months = question.enrollment(&trial, 6.0, 0.8)?;
    /// // So long a period has the power that was asked for, and a shorter one has not.
    /// let power = |months: f64| question.power(&trial.with_enrollment_months(months), months + 6.0);
    /// assert!((power(months)? - 0.8).abs() < 1e-8 && power(months - 0.1)? < 0.8);
    /// // Schoenfeld's number of events, 4 (z(.975) + z(.8))^2 / log(.6)^2 = 120.3, has come by then.
    /// let later = trial.with_enrollment_months(months);
    /// let events = stapjes::design::analytic::expected_counts(&later, months + 6.0).events();
    /// assert!((events - 120.315_704).abs() < 1e-4, "{events}");
    /// # Ok::<(), stapjes::design::analytic::Infeasible>(())
    /// ```
    ///
    /// # Errors
    /// [`Infeasible::Limit`] when no enrollment period suffices.
    pub fn enrollment(&self, trial: &Trial, follow_up: f64, power: f64) -> Result<f64, Infeasible> {
        let at = |months: f64| {
            let longer = trial.with_enrollment_months(months);
            self.power(&longer, months + follow_up).unwrap_or(0.0)
        };
        first_reaching(power, 0.0, at)
    }
}

/// The request with the shares of the information at which its looks were placed.
fn placed(request: &SequentialRequest, looks: &[StagedLook]) -> SequentialRequest {
    SequentialRequest { fractions: looks.iter().map(|look| look.fraction).collect(), ..request.clone() }
}

/// The smallest positive argument at which a function reaches `target`, to about 1e-10.
fn first_reaching(target: f64, offset: f64, function: impl Fn(f64) -> f64) -> Result<f64, Infeasible> {
    let (mut before, mut best) = (1e-9, (0.0, 0.0));
    let mut now: f64 = 0.25;
    while now <= LONGEST_MONTHS {
        let value = function(now);
        if value > best.0 {
            best = (value, now);
        }
        if value >= target {
            return brent(before, now, 1e-10, |x| function(x) - target)
                .map_err(|_| Infeasible::Limit { power: best.0, month: offset + best.1 });
        }
        before = now;
        now = if now < 24.0 { now + 0.25 } else { now * 1.02 };
    }
    Err(Infeasible::Limit { power: best.0, month: offset + best.1 })
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::{Level, SurvivalTest};
    use super::super::trial::tests::delayed;
    use super::super::weight::WeightFunction;
    use super::*;
    use crate::design::sequential::{Boundary, Spending};
    use crate::kinds::Benefit;

    fn question(test: SurvivalTest) -> PowerQuestion {
        let level = Level { alpha: 0.025, sides: 1 };
        let analysis = PlannedTest {
            test,
            method: DriftFormula::Direct,
            level,
            benefit: Benefit::Later,
            null_ratio: 1.0,
            design_effect: 1.0,
        };
        PowerQuestion { analysis, staged: None }
    }

    fn staged(mut question: PowerQuestion) -> PowerQuestion {
        let boundary = Boundary::Spending(Spending::OBrienFleming);
        let request =
            SequentialRequest { fractions: vec![0.6, 1.0], alpha: 0.025, sides: 1, boundary, futility: None };
        question.staged = Some((request, LookTiming::Information));
        question
    }

    #[test]
    fn solve_then_evaluate() {
        let trial = delayed(300.0);
        let combo = vec![WeightFunction::LogRank, WeightFunction::FlemingHarrington { rho: 0.0, gamma: 0.5 }];
        for question in [
            question(SurvivalTest::Weighted(WeightFunction::LogRank)),
            question(SurvivalTest::Weighted(WeightFunction::FlemingHarrington { rho: 0.0, gamma: 1.0 })),
            question(SurvivalTest::MaxCombo(combo)),
            question(SurvivalTest::RestrictedMean(Some(18.0))),
            staged(question(SurvivalTest::Weighted(WeightFunction::LogRank))),
        ] {
            let size = question.size(&trial, 36.0, 0.8).unwrap();
            let power = question.power(&trial.with_participants(size), 36.0).unwrap();
            assert!((power - 0.8).abs() < 1e-8, "size: {power} {question:?}");
            let sized = trial.with_participants(size);
            let follow_up = question.follow_up(&sized, 0.75).unwrap();
            let power = question.power(&sized, 18.0 + follow_up).unwrap();
            assert!((power - 0.75).abs() < 1e-8, "follow-up: {power} {question:?}");
            let months = question.enrollment(&trial, 20.0, 0.8).unwrap();
            let power = question.power(&trial.with_enrollment_months(months), months + 20.0).unwrap();
            assert!((power - 0.8).abs() < 1e-8, "enrollment: {power}");
        }
    }

    #[test]
    fn the_impossible_is_explained() {
        let question = question(SurvivalTest::Weighted(WeightFunction::LogRank));
        let few = delayed(40.0);
        let Err(Infeasible::Limit { power, .. }) = question.follow_up(&few, 0.9) else {
            panic!("expected a limit")
        };
        assert!(power < 0.6 && power > 0.1);
        assert!(matches!(question.follow_up(&delayed(4000.0), 0.5), Err(Infeasible::AlreadyReached { .. })));
        assert_eq!(question.size(&few, 3.0, 0.9), Err(Infeasible::NoEffect));
    }
}
