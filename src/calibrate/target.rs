//! A figure that the model should give: what is stated, how sure it is, and how likely it is under an outcome of the model.
//!
//! A figure enters with its own error (sampling) and with two doubts that are not its own: how far a
//! perfect model may be off (discrepancy: another definition, another year) and the noise of the run it
//! is compared with. All three widen the likelihood, so no figure pulls harder than it should.

use crate::stats::gamma::ln_gamma;
use crate::stats::logistic::expit;
use crate::stats::normal;

/// What is known about an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Evidence {
    /// A value with a standard error.
    Normal {
        /// Stated value.
        value: f64,
        /// Standard error, over 0.
        error: f64,
    },
    /// A count out of a number of people.
    Binomial {
        /// How many.
        count: f64,
        /// Out of how many.
        of: f64,
    },
    /// A count over an exposure.
    Poisson {
        /// How many events.
        count: f64,
        /// Over how much exposure (client-years, for instance).
        exposure: f64,
    },
    /// A central 90 % range.
    Range {
        /// 5 % point.
        low: f64,
        /// 95 % point.
        high: f64,
    },
    /// A pattern that was seen in so many of so many studies; the model's outcome is the probability to see it in one.
    Pattern {
        /// In how many studies it was seen.
        seen: f64,
        /// Out of how many studies.
        of: f64,
    },
}

/// Standard deviations from the middle to the end of a central 90 % range: the normal quantile at 95 %.
const NINETY: f64 = 1.644_853_626_951_472_2;

impl Evidence {
    /// The stated value on the scale of the outcome.
    pub(crate) fn value(&self) -> f64 {
        match *self {
            Self::Normal { value, .. } => value,
            Self::Binomial { count, of } | Self::Pattern { seen: count, of } => count / of,
            Self::Poisson { count, exposure } => count / exposure,
            Self::Range { low, high } => (low + high) / 2.0,
        }
    }

    /// The standard error of the stated value. Counts have half an event added, so that none means no certainty.
    pub(crate) fn error(&self) -> f64 {
        match *self {
            Self::Normal { error, .. } => error,
            Self::Binomial { count, of } | Self::Pattern { seen: count, of } => {
                let share = (count + 0.5) / (of + 1.0);
                (share * (1.0 - share) / of).sqrt()
            }
            Self::Poisson { count, exposure } => (count + 0.5).sqrt() / exposure,
            Self::Range { low, high } => (high - low) / 2.0 / NINETY,
        }
    }

    /// Log density of what was stated when the outcome is `outcome`, itself uncertain with standard deviation `doubt`
    /// (discrepancy, Monte Carlo error, error of an emulator).
    ///
    /// Doubt widens a normal density; a binomial becomes beta-binomial and a Poisson negative binomial with that standard
    /// deviation of the share or rate, so that without doubt they are themselves. A pattern's probability has no doubt:
    /// its mean is all that counts for one study, and nearly all for a few.
    pub(crate) fn log_density(&self, outcome: f64, doubt: f64) -> f64 {
        match *self {
            Self::Normal { .. } | Self::Range { .. } => {
                let sd = libm::hypot(self.error(), doubt);
                let z = (self.value() - outcome) / sd;
                -0.5 * z * z - libm::log(sd) + libm::log(normal::INVERSE_SQRT_TWO_PI)
            }
            Self::Binomial { count, of } => beta_binomial(count, of, within_share(outcome), doubt),
            Self::Pattern { seen, of } => beta_binomial(seen, of, within_share(outcome), 0.0),
            Self::Poisson { count, exposure } => gamma_poisson(count, exposure, outcome.max(SMALLEST), doubt),
        }
    }
}

/// Smallest rate, and smallest distance of a share from 0 and 1: a run in which nothing happened does not prove that
/// nothing can.
const SMALLEST: f64 = 1e-6;

/// A share kept away from 0 and 1, where its logit is infinite.
fn within_share(value: f64) -> f64 {
    value.clamp(SMALLEST, 1.0 - SMALLEST)
}

/// `ln(of choose count)`, for real arguments.
fn ln_choose(of: f64, count: f64) -> f64 {
    ln_gamma(of + 1.0) - ln_gamma(count + 1.0) - ln_gamma(of - count + 1.0)
}

/// A binomial whose share is beta with mean `share` and standard deviation `doubt`.
fn beta_binomial(count: f64, of: f64, share: f64, doubt: f64) -> f64 {
    let other = of - count;
    let relative = doubt * doubt / (share * (1.0 - share));
    // So little doubt does not show in the density, and the differences of ln_gamma below would lose their digits.
    if relative * of < 1e-6 {
        return ln_choose(of, count) + count * libm::log(share) + other * libm::log1p(-share);
    }
    let weight = 1.0 / relative.min(0.999) - 1.0;
    let (a, b) = (share * weight, (1.0 - share) * weight);
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    ln_choose(of, count) + ln_beta(count + a, other + b) - ln_beta(a, b)
}

/// A Poisson count whose rate is gamma with mean `rate` and standard deviation `doubt`.
fn gamma_poisson(count: f64, exposure: f64, rate: f64, doubt: f64) -> f64 {
    let mean = rate * exposure;
    let relative = doubt * doubt / (rate * rate);
    if relative * (mean + count) < 1e-6 {
        return count * libm::log(mean) - mean - ln_gamma(count + 1.0);
    }
    let shape = 1.0 / relative;
    let share = mean / (mean + shape);
    ln_gamma(count + shape) - ln_gamma(shape) - ln_gamma(count + 1.0)
        + shape * libm::log1p(-share)
        + count * libm::log(share)
}

/// The scale on which an outcome is emulated: one on which it has no bounds, where a quadratic can be
/// right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// As it is.
    Identity,
    /// Logarithm: rates, means, amounts.
    Log,
    /// Logit: shares and probabilities.
    Logit,
}

impl Link {
    /// An outcome on the scale of the emulator.
    pub(crate) fn forward(self, outcome: f64) -> f64 {
        match self {
            Self::Identity => outcome,
            Self::Log => libm::log(outcome.max(SMALLEST)),
            Self::Logit => {
                let share = within_share(outcome);
                libm::log(share) - libm::log1p(-share)
            }
        }
    }

    /// Back to the outcome.
    pub(crate) fn backward(self, value: f64) -> f64 {
        match self {
            Self::Identity => value,
            Self::Log => libm::exp(value),
            Self::Logit => expit(value),
        }
    }

    /// How much the outcome changes per unit of the emulator's scale, at an outcome.
    pub(crate) fn slope(self, outcome: f64) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Log => outcome,
            Self::Logit => outcome * (1.0 - outcome),
        }
    }
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// Its name, unique within the file.
    pub id: String,
    /// What is stated.
    pub evidence: Evidence,
    /// How far a perfect model may be off: another definition, another year.
    pub discrepancy: f64,
    /// The scale of its emulator.
    pub link: Link,
    /// Kept out of the fit and shown as a prediction.
    pub held_out: bool,
}

impl Target {
    /// Stated error and discrepancy together, in the unit of the figure: what an emulator's error is
    /// small beside, or not.
    pub(crate) fn stated_error(&self) -> f64 {
        libm::hypot(self.evidence.error(), self.discrepancy)
    }

    /// Log density of the stated figure under an outcome with an error of its own (Monte Carlo, emulator).
    pub(crate) fn log_density(&self, outcome: f64, error: f64) -> f64 {
        self.evidence.log_density(outcome, libm::hypot(self.discrepancy, error))
    }

    /// How many standard deviations the stated figure lies from an outcome; 0 for a pattern, which one study can always
    /// miss.
    pub(crate) fn implausibility(&self, outcome: f64, error: f64) -> f64 {
        if matches!(self.evidence, Evidence::Pattern { .. }) {
            return 0.0;
        }
        (self.evidence.value() - outcome).abs() / libm::hypot(self.stated_error(), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{binomial, poisson};

    #[test]
    fn without_doubt_densities_are_the_textbook_ones_and_doubt_joins_them_smoothly() {
        let binomial = Evidence::Binomial { count: 88.0, of: 400.0 };
        let exact = libm::log(binomial::probability(88, 400, 0.2));
        assert!((binomial.log_density(0.2, 0.0) - exact).abs() < 1e-9);
        assert!((binomial.log_density(0.2, 5e-5) - exact).abs() < 1e-3);
        let poisson = Evidence::Poisson { count: 7.0, exposure: 3.0 };
        let exact = libm::log(poisson::probability(7, 6.0));
        assert!((poisson.log_density(2.0, 0.0) - exact).abs() < 1e-9);
        assert!((poisson.log_density(2.0, 2e-3) - exact).abs() < 1e-4);
        let range = Evidence::Range { low: 1.0, high: 3.0 };
        assert!((range.error() * 2.0 * NINETY - 2.0).abs() < 1e-12);
    }

    #[test]
    fn doubt_keeps_a_density_that_adds_up_to_one() {
        let sum: f64 = (0..=40)
            .map(|count| Evidence::Binomial { count: f64::from(count), of: 40.0 }.log_density(0.3, 0.1))
            .map(libm::exp)
            .sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        let sum: f64 = (0..400)
            .map(|count| Evidence::Poisson { count: f64::from(count), exposure: 10.0 }.log_density(2.0, 0.5))
            .map(libm::exp)
            .sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn links_go_back_and_their_slopes_are_derivatives() {
        for link in [Link::Identity, Link::Log, Link::Logit] {
            for outcome in [0.05, 0.4, 0.93] {
                let there = link.forward(outcome);
                assert!((link.backward(there) - outcome).abs() < 1e-12);
                let step = 1e-6;
                let slope = (link.backward(there + step) - link.backward(there - step)) / (2.0 * step);
                assert!((slope - link.slope(outcome)).abs() < 1e-8);
            }
        }
        assert!(Link::Log.forward(0.0).is_finite() && Link::Logit.forward(1.0).is_finite());
    }
}
