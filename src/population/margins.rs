//! The margins of the population: its distributions, prepared once per scenario (and draw of the parameters).
//!
//! Quantiles of beta and gamma distributions cost microseconds; a table of them over the normal score costs nanoseconds and
//! is as good (error below 1e-6). Scores beyond the table, and shapes that no table can follow, take the exact function.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, OnceLock};

use super::copula::Copula;
use crate::kinds::{Domain, PerDomain};
use crate::random::sample;
use crate::scenario::parameters::{AgeYears, Correlation, Parameters};
use crate::stats::logistic::expit;
use crate::stats::quantile_table::QuantileTable;
use crate::stats::{beta, normal};

/// Everything about the population's distributions that is worth preparing. A table is made when the first client asks.
pub(super) struct Margins {
    /// Factor of the correlations.
    pub(super) copula: Copula,
    /// Age at the start.
    pub(super) age: AgeMargin,
    /// Age of new entrants.
    pub(super) entrant_age: AgeMargin,
    /// True over recorded distance of clients with hidden capacity.
    pub(super) capacity: &'static BetaMargin,
    /// Frailty on the hazard of work.
    pub(super) frailty: FrailtyMargin,
    /// Liability from which on there is a problem, a hair lower: below it nothing needs to be computed.
    pub(super) free_of_problems: PerDomain<f64>,
}

impl Margins {
    /// The margins of these parameters for a pension age in months: those that this thread prepared last, if they are the
    /// same. So the replicates of a scenario (and of a draw) share their tables, and no result hangs on it.
    pub(super) fn of(parameters: &Parameters, pension_age_months: f64) -> Arc<Self> {
        thread_local!(static LAST: RefCell<Option<(Shapes, Arc<Margins>)>> = const { RefCell::new(None) });
        let shapes = Shapes {
            correlation: parameters.correlation.clone(),
            age: parameters.far.age_years.clone(),
            entrant_age: parameters.stock.entrant_age_years.clone(),
            pension_age_months,
            frailty_variance: parameters.far.scalars.frailty_variance,
            prevalence: prevalences(parameters),
        };
        LAST.with_borrow_mut(|last| match last {
            Some((known, margins)) if *known == shapes => Arc::clone(margins),
            _ => {
                let margins = Arc::new(Self::new(&shapes));
                *last = Some((shapes, Arc::clone(&margins)));
                margins
            }
        })
    }

    /// The margins of these parameters.
    fn new(shapes: &Shapes) -> Self {
        Self {
            copula: Copula::new(&shapes.correlation),
            age: AgeMargin::new(&shapes.age, shapes.pension_age_months),
            entrant_age: AgeMargin::new(&shapes.entrant_age, shapes.pension_age_months),
            capacity: &CAPACITY,
            frailty: FrailtyMargin::new(shapes.frailty_variance),
            free_of_problems: PerDomain::from_fn(|domain| {
                normal::quantile(1.0 - shapes.prevalence[domain]) - HAIR
            }),
        }
    }
}

/// More than the error of a quantile, and nothing against the spread of liabilities.
const HAIR: f64 = 1e-9;

/// Share of clients with a problem, by domain.
pub(super) fn prevalences(parameters: &Parameters) -> PerDomain<f64> {
    let shares = &parameters.far.problem_prevalence;
    PerDomain::from_fn(|domain| match domain {
        Domain::Housing => shares.housing,
        Domain::Finances => shares.finances,
        Domain::Relations => shares.relations,
        Domain::Health => shares.health,
        Domain::Meaning => shares.meaning,
    })
}

/// `Beta(2, 3)`: the part of the recorded distance that is left of a hidden capacity.
static CAPACITY: LazyLock<BetaMargin> = LazyLock::new(|| BetaMargin::new(2.0, 3.0, 1.0));

/// What the margins depend on.
#[derive(PartialEq)]
struct Shapes {
    /// Correlations of the copula.
    correlation: Correlation,
    /// Age at the start.
    age: AgeYears,
    /// Age of new entrants.
    entrant_age: AgeYears,
    /// Pension age in the month of the start, months: nobody is older.
    pension_age_months: f64,
    /// Variance of the frailty.
    frailty_variance: f64,
    /// [`prevalences`].
    prevalence: PerDomain<f64>,
}

/// Age at the start: `min + (max - min) * Beta`, truncated at the statutory pension age of the start.
pub(super) struct AgeMargin {
    /// Youngest, months.
    min: f64,
    /// Oldest less youngest, months.
    span: f64,
    /// Where in the span.
    share: Share,
}

/// Distribution over the span.
enum Share {
    /// Everybody has the mean.
    Constant(f64),
    /// Beta.
    Spread(BetaMargin),
}

impl AgeMargin {
    /// Prepares the margin for a pension age in months.
    fn new(age: &AgeYears, pension_age_months: f64) -> Self {
        let (mean, sd, span) = (age.mean_share, age.sd_share, age.max - age.min);
        let strength = if sd > 0.0 { mean * (1.0 - mean) / (sd * sd) - 1.0 } else { 0.0 };
        if !(strength > 0.0 && strength.is_finite()) {
            return Self { min: age.min, span, share: Share::Constant(mean) };
        }
        let (a, b) = (mean * strength, (1.0 - mean) * strength);
        let limit =
            if span > 0.0 { ((pension_age_months / 12.0 - age.min) / span).clamp(0.0, 1.0) } else { 1.0 };
        let below = beta::regularized_incomplete(a, b, limit);
        // Nobody below pension age: the scenario wants pensioners, and gets them.
        let below_pension = if below > 0.0 { below } else { 1.0 };
        Self { min: age.min, span, share: Share::Spread(BetaMargin::new(a, b, below_pension)) }
    }

    /// The age in months at a standard normal value of the copula.
    #[inline]
    pub(super) fn months(&self, score: f64) -> f64 {
        let share = match &self.share {
            Share::Constant(mean) => *mean,
            Share::Spread(margin) => margin.at(score),
        };
        12.0 * (self.min + self.span * share)
    }
}

/// A beta distribution, truncated above where its distribution function is `most`, by the normal score of a quantile.
pub(super) struct BetaMargin {
    /// First parameter of the Beta distribution.
    a: f64,
    /// Second parameter.
    b: f64,
    /// Highest probability that is used: the distribution is truncated there.
    most: f64,
    /// Table of the logit of the quantile, made when it is first used.
    logit: OnceLock<QuantileTable>,
}

/// With a shape below this a quantile jumps from near 0 to near 1 between two knots.
const LEAST_SHAPE: f64 = 0.1;

impl BetaMargin {
    /// `Beta(a, b)` truncated at probability `most`.
    fn new(a: f64, b: f64, most: f64) -> Self {
        Self { a, b, most, logit: OnceLock::new() }
    }

    /// The quantile at the probability of a standard normal score.
    #[inline]
    pub(super) fn at(&self, score: f64) -> f64 {
        if self.a.min(self.b) < LEAST_SHAPE {
            return self.exact(score)[0];
        }
        let table = self.logit.get_or_init(|| {
            QuantileTable::new(|score| {
                let [share, rest] = self.exact(score).map(|side| side.max(f64::MIN_POSITIVE));
                libm::log(share) - libm::log(rest)
            })
        });
        table.at(score).map_or_else(|| self.exact(score)[0], expit)
    }

    /// The quantile at the probability of a score, and one minus it: the smaller of the two is solved for.
    fn exact(&self, score: f64) -> [f64; 2] {
        let below = self.most * normal::cdf(score);
        if below > 0.5 {
            let rest = beta::quantile(self.b, self.a, (1.0 - self.most) + self.most * normal::cdf(-score));
            [1.0 - rest, rest]
        } else {
            let share = beta::quantile(self.a, self.b, below);
            [share, 1.0 - share]
        }
    }
}

/// A gamma distribution with mean one, by the normal score of a quantile.
pub(super) struct FrailtyMargin {
    /// Variance; the mean is 1.
    variance: f64,
    /// Table of the logarithm of the quantile, made when it is first used.
    logarithm: OnceLock<QuantileTable>,
}

impl FrailtyMargin {
    /// Gamma of mean 1.
    fn new(variance: f64) -> Self {
        Self { variance, logarithm: OnceLock::new() }
    }

    /// The quantile at the probability of a standard normal score.
    #[inline]
    pub(super) fn at(&self, score: f64) -> f64 {
        if self.variance <= 0.0 {
            return 1.0;
        }
        let exact = |score| sample::gamma_mean_one(normal::cdf(score), self.variance);
        let table = self
            .logarithm
            .get_or_init(|| QuantileTable::new(|score| libm::log(exact(score).max(f64::MIN_POSITIVE))));
        table.at(score).map_or_else(|| exact(score), libm::exp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From -6.2 to 6.2: the tails beyond the table included, and every draw that 32 bits can make.
    fn scores() -> impl Iterator<Item = f64> {
        (-620..=620).map(|step| f64::from(step) * 0.01 + 0.003)
    }

    #[test]
    fn shares_are_beta_quantiles() {
        let plain =
            [(1.33, 1.52), (2.0, 3.0), (50.0, 50.0), (0.155, 0.62), (3.4, 0.4), (0.1, 0.1), (1e5, 2e5)];
        let truncated = [(1.33, 1.52, 0.9), (1.33, 1.52, 0.3), (50.0, 50.0, 1e-3), (0.5, 0.5, 0.999)];
        let all = plain.map(|(a, b)| (a, b, 1.0)).into_iter().chain(truncated);
        for (a, b, most) in all {
            let margin = BetaMargin::new(a, b, most);
            for score in scores() {
                let exact = beta::quantile(a, b, most * normal::cdf(score));
                let error = (margin.at(score) - exact).abs();
                assert!(error < 1e-6, "{a} {b} {most} at {score}: {error:e}");
            }
        }
    }

    #[test]
    fn shapes_that_jump_take_the_exact_function() {
        let margin = BetaMargin::new(0.02, 0.02, 1.0);
        for score in scores() {
            assert_eq!(margin.at(score), margin.exact(score)[0]);
        }
        assert!(margin.logit.get().is_none());
    }

    #[test]
    fn frailties_are_gamma_quantiles() {
        for variance in [1e-300, 1e-9, 2e-5, 0.01, 0.5, 0.75, 1.5, 4.0, 10.0] {
            let margin = FrailtyMargin::new(variance);
            for score in scores() {
                let exact = sample::gamma_mean_one(normal::cdf(score), variance);
                let error = (margin.at(score) - exact).abs() / exact.max(1e-6);
                assert!(error < 1e-6, "{variance} at {score}: {error:e}");
            }
        }
        assert_eq!(FrailtyMargin::new(0.0).at(2.0), 1.0);
    }

    /// Every age that can be drawn lies between the youngest and the pension age, and equal scores give equal ages.
    #[test]
    fn ages_end_at_the_pension_age() {
        let age = AgeYears { min: 18.0, max: 69.0, mean_share: 0.58, sd_share: 0.26 };
        let margin = AgeMargin::new(&age, 66.0 * 12.0);
        let ages: Vec<f64> = scores().map(|score| margin.months(score)).collect();
        assert!(ages.iter().all(|age| (216.0..792.0 + 1e-3).contains(age)));
        assert!(ages.windows(2).all(|pair| pair[0] <= pair[1] + 1e-3), "older with the score");
        assert!(ages[0] < 230.0 && ages[1240] > 790.0);
        let constant = AgeMargin::new(&AgeYears { sd_share: 0.0, ..age.clone() }, 792.0);
        assert_eq!(constant.months(1.0), 12.0 * (18.0 + 51.0 * 0.58));
        // Pensioners only: the whole distribution, as before.
        let old = AgeMargin::new(&AgeYears { min: 68.0, max: 69.0, ..age }, 792.0);
        assert!(old.months(0.0) > 816.0);
    }
}
