//! The value that a formula gives for a simulated cell, where there is one.

use super::surface::AnalyticPower;
use crate::design::analytic::{
    ArmHazards, Benefit, DriftFormula, Level, Piecewise, PlannedTest, Stratum, SurvivalTest, Trial,
    WeightFunction, direction, expected,
};
use crate::design::proportions::{ExactDesign, TableTest};
use crate::scenario::analysis::TestKind;
use crate::stats::{chi_square, normal, student_t};
use crate::study::{EndpointData, Size};

/// What the formula is told.
pub(super) struct FormulaInput<'a> {
    /// The test.
    pub(super) test: TestKind,
    /// Everybody of many studies together.
    pub(super) pooled: &'a EndpointData,
    /// The size.
    pub(super) size: &'a Size,
    /// Clients of control and treated who have entered by the cut-off: means over studies.
    pub(super) entered: [f64; 2],
    /// Significance level.
    pub(super) alpha: f64,
    /// 1 or 2.
    pub(super) sides: u32,
    /// What a one-sided test looks for.
    pub(super) benefit: Benefit,
    /// How much estimates vary.
    pub(super) spread: Spread,
    /// Whether the test is held against t.
    pub(super) clustered: bool,
}

/// Variances relative to that of independent participants.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    /// Of the estimate over simulated studies.
    pub(super) of_estimates: f64,
    /// Mean of what the test takes for it. Smaller when the effect itself differs from site to site or time to time: the test of
    /// one study cannot see that.
    pub(super) in_the_test: f64,
}

impl Spread {
    /// Participants are independent.
    pub(super) const INDEPENDENT: Self = Self { of_estimates: 1.0, in_the_test: 1.0 };
}

/// Largest number of two by two tables that is summed.
const MOST_TABLES: f64 = 5e6;

impl FormulaInput<'_> {
    /// The formula's power; `None` where there is no formula.
    pub(super) fn answer(&self) -> Option<AnalyticPower> {
        match self.test {
            TestKind::LogRank | TestKind::CoxRobust => self.log_rank(),
            TestKind::ChiSquare => self.proportions(TableTest::PooledZ),
            TestKind::Fisher => self.proportions(TableTest::FisherDoubled),
            TestKind::Milestone | TestKind::ClusterChiSquare => self.difference(),
            _ => None,
        }
    }

    /// Power of a statistic with mean `drift` that varies with the estimates: normal, or noncentral t by averaging over the
    /// chi-square distribution of its denominator (midpoints of 64 equal probabilities).
    fn of_drift(&self, drift: f64) -> Option<f64> {
        let tail = 1.0 - self.alpha / f64::from(self.sides);
        let deviation = libm::sqrt(self.spread.of_estimates / self.spread.in_the_test);
        let drift = self.benefit.sign() * drift;
        let both = |critical: f64| {
            let up = normal::cdf((drift - critical) / deviation);
            if self.sides == 2 { up + normal::cdf((-drift - critical) / deviation) } else { up }
        };
        if !self.clustered {
            return Some(both(normal::quantile(tail)));
        }
        let degrees = self.size.degrees_of_freedom;
        if degrees < 1.0 {
            return None;
        }
        let critical = student_t::quantile(tail, degrees);
        let middle = |point: u32| (f64::from(point) + 0.5) / 64.0;
        let scale = |point: u32| libm::sqrt(chi_square::quantile(middle(point), degrees) / degrees);
        Some((0..64).map(|point| both(critical * scale(point))).sum::<f64>() / 64.0)
    }

    /// Log-rank under the monthly hazards of the simulated studies.
    fn log_rank(&self) -> Option<AnalyticPower> {
        let trial = self.trial()?;
        let month = self.pooled.cause_specific.steps as f64 * self.pooled.step_months;
        let benefit = direction(&trial, month, 1.0);
        let analysis = PlannedTest {
            test: SurvivalTest::Weighted(WeightFunction::LogRank),
            method: DriftFormula::Direct,
            level: Level { alpha: self.alpha, sides: self.sides as u8 },
            benefit,
            null_ratio: 1.0,
            design_effect: self.spread.in_the_test,
        };
        let towards = expected(&trial, month, &analysis).drift[0];
        let drift = if benefit == Benefit::Sooner { towards } else { -towards };
        let power = self.of_drift(drift)?;
        Some(AnalyticPower { power, method: self.named("log-rank under the simulated monthly hazards") })
    }

    /// The name of the formula, with what was done about clusters.
    fn named(&self, method: &str) -> String {
        if !self.clustered {
            return method.to_owned();
        }
        let Spread { of_estimates, in_the_test } = self.spread;
        format!("{method}, design effect {of_estimates:.2} ({in_the_test:.2} in the test)")
    }

    /// Hazards per month of the event and of other exits, step by step.
    fn trial(&self) -> Option<Trial> {
        let table = &self.pooled.cause_specific;
        let (steps, length) = (table.steps, self.pooled.step_months);
        let mut arms = Vec::with_capacity(2);
        for arm in 0..2 {
            let (mut event, mut loss) = (Vec::new(), Vec::new());
            for step in 0..steps {
                let at = arm * steps + step;
                let risk = table.at_risk[at];
                let next = if step + 1 < steps { table.at_risk[at + 1] } else { risk - table.events[at] };
                let (events, left) = (table.events[at], (risk - next).max(0.0));
                if risk <= 0.0 {
                    event.push(0.0);
                    loss.push(0.0);
                    continue;
                }
                let hazard = -libm::log1p(-(left / risk).min(1.0 - 1e-9)) / length;
                let share = if left > 0.0 { (events / left).min(1.0) } else { 0.0 };
                event.push(hazard * share);
                loss.push(hazard * (1.0 - share));
            }
            let starts: Vec<f64> = (0..steps).map(|step| step as f64 * length).collect();
            arms.push(ArmHazards {
                event: Piecewise::new(starts.clone(), event).ok()?,
                loss: Piecewise::new(starts, loss).ok()?,
            });
        }
        let [control, treated] = <[ArmHazards; 2]>::try_from(arms).ok()?;
        let clients = self.entered;
        let all = clients[0] + clients[1];
        // Everybody enters in a moment that is short against a step; staggered entry is in the losses.
        let moment = 1e-6;
        Some(Trial {
            enrollment: Piecewise::constant(all / moment),
            enrollment_months: moment,
            treated_share: clients[1] / all,
            maximum_months: None,
            strata: vec![Stratum { share: 1.0, treated, control }],
        })
    }

    /// Shares with the event in control and treated.
    fn shares(&self) -> Option<[f64; 2]> {
        let of = |arm: usize| {
            let outcome = &self.pooled.outcome[arm];
            (outcome.size > 0.0).then(|| outcome.sum / outcome.size)
        };
        Some([of(0)?, of(1)?])
    }

    /// Two proportions: every table when there are not too many, else the normal approximation.
    fn proportions(&self, test: TableTest) -> Option<AnalyticPower> {
        let [control, treated] = self.shares()?;
        let n = self.entered;
        if n[0] * n[1] <= MOST_TABLES {
            let design = ExactDesign {
                treated,
                control,
                treated_size: libm::round(n[1]) as u64,
                control_size: libm::round(n[0]) as u64,
            };
            let mut power = design.power(test, self.alpha, self.sides as u8);
            if self.sides == 1 && Benefit::of(treated - control) != self.benefit {
                // The simulated test looks one way; the design turns with the alternative.
                power = f64::NAN;
            }
            return power
                .is_finite()
                .then(|| AnalyticPower { power, method: "two independent proportions, exact".into() });
        }
        if test != TableTest::PooledZ {
            return None;
        }
        let pooled = (treated * n[1] + control * n[0]) / (n[0] + n[1]);
        let null = libm::sqrt(pooled * (1.0 - pooled) * (1.0 / n[0] + 1.0 / n[1]));
        let unpooled = libm::sqrt(treated * (1.0 - treated) / n[1] + control * (1.0 - control) / n[0]);
        let critical = normal::quantile(1.0 - self.alpha / f64::from(self.sides));
        let towards = self.benefit.sign() * (treated - control);
        let up = normal::cdf((towards - critical * null) / unpooled);
        let down = normal::cdf((-towards - critical * null) / unpooled);
        let power = if self.sides == 2 { up + down } else { up };
        Some(AnalyticPower { power, method: "two independent proportions, normal".into() })
    }

    /// A difference of shares with the design effect.
    fn difference(&self) -> Option<AnalyticPower> {
        let [control, treated] = self.shares()?;
        let n = self.entered;
        let variance = treated * (1.0 - treated) / n[1] + control * (1.0 - control) / n[0];
        let drift = (treated - control) / libm::sqrt(variance * self.spread.in_the_test);
        let power = self.of_drift(drift).filter(|power| power.is_finite())?;
        Some(AnalyticPower { power, method: self.named("two proportions, normal") })
    }
}
