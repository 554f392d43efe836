//! What is believed about a parameter before any run: the five kinds of priors.
//!
//! A parameter without a prior is taken as known. Priors decide three things: the draws of `--draws`,
//! the scale on which a calibration works, and what `sensitivity` and `value` move. Five kinds suffice
//! for amounts, shares and rates, and each can be read by somebody who is no statistician.

use std::fmt;

use crate::language::Said;
use crate::said;

/// A prior distribution of one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// Normal with a mean and a standard deviation.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, > 0.
        sd: f64,
    },
    /// Lognormal with a median and the standard deviation of the logarithm.
    LogNormal {
        /// Median, > 0.
        median: f64,
        /// Standard deviation of the logarithm, > 0.
        sigma: f64,
    },
    /// Uniform between two numbers.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end, > `low`.
        high: f64,
    },
    /// Uniform in the logarithm between two positive numbers.
    LogUniform {
        /// Lower end, > 0.
        low: f64,
        /// Upper end, > `low`.
        high: f64,
    },
    /// Beta with a mean and a weight in observations: `Beta(mean * n, (1 - mean) * n)`.
    Beta {
        /// Mean, between 0 and 1.
        mean: f64,
        /// Weight in observations, > 0.
        n: f64,
    },
}

/// How far out a normal or lognormal prior counts as its range, in standard deviations; draws are cut there.
pub(crate) const RANGE_SD: f64 = 3.0;

impl Prior {
    /// Reads `normal(mean, sd)`, `lognormal(median, sigma)`, `uniform(low, high)`, `loguniform(low, high)` or `beta(mean, n)`.
    ///
    /// # Example
    /// ```
    /// use stapjes::scenario::prior::Prior;
    ///
    /// assert_eq!(Prior::parse("beta(0.25, 40)"), Ok(Prior::Beta { mean: 0.25, n: 40.0 }));
    /// assert_eq!(Prior::parse("lognormal(30, 0.5)"), Ok(Prior::LogNormal { median: 30.0, sigma: 0.5 }));
    /// assert!(Prior::parse("uniform(3, 1)").is_err() && Prior::parse("about 3").is_err());
    /// ```
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, Said> {
        let forms = || {
            let last = "beta(mean, n)";
            let known =
                "normal(mean, sd), lognormal(median, sigma), uniform(low, high), loguniform(low, high)";
            said!("schrijf {known} of {last}", "write {known} or {last}", known = known, last = last)
        };
        let inner = |text: &str| {
            Some((
                text.split_once('(')?.0.trim().to_string(),
                text.split_once('(')?.1.strip_suffix(')')?.to_string(),
            ))
        };
        let (kind, numbers) = inner(text.trim()).ok_or_else(forms)?;
        let numbers: Vec<f64> = numbers
            .split(',')
            .map(|number| number.trim().parse::<f64>().map_err(|_| forms()))
            .collect::<Result<_, _>>()?;
        let [a, b] = numbers[..] else { return Err(forms()) };
        if !a.is_finite() || !b.is_finite() {
            return Err(said!(
                "de getallen van een prior moeten eindig zijn",
                "the numbers of a prior must be finite"
            ));
        }
        let ordered = |ok: bool, rule: Said, prior: Self| if ok { Ok(prior) } else { Err(rule) };
        match kind.as_str() {
            "normal" => ordered(
                b > 0.0,
                said!("de sd moet boven 0 liggen", "the sd must be over 0"),
                Self::Normal { mean: a, sd: b },
            ),
            "lognormal" => ordered(
                a > 0.0 && b > 0.0,
                said!("median en sigma moeten boven 0 liggen", "median and sigma must be over 0"),
                Self::LogNormal { median: a, sigma: b },
            ),
            "uniform" => ordered(
                a < b,
                said!(
                    "de ondergrens moet onder de bovengrens liggen",
                    "the lower end must be below the upper end"
                ),
                Self::Uniform { low: a, high: b },
            ),
            "loguniform" => ordered(
                0.0 < a && a < b,
                said!(
                    "de ondergrens moet boven 0 en onder de bovengrens liggen",
                    "the lower end must be over 0 and below the upper end"
                ),
                Self::LogUniform { low: a, high: b },
            ),
            "beta" => ordered(
                0.0 < a && a < 1.0 && b > 0.0,
                said!(
                    "het gemiddelde moet tussen 0 en 1 liggen, het gewicht boven 0",
                    "the mean must lie between 0 and 1, the weight over 0"
                ),
                Self::Beta { mean: a, n: b },
            ),
            _ => Err(forms()),
        }
    }

    /// The centre: the mean, or the median of the distributions that are skewed.
    ///
    /// ```
    /// use stapjes::scenario::prior::Prior;
    /// assert_eq!(Prior::Uniform { low: 0.0, high: 3.0 }.centre(), 1.5);
    /// assert_eq!(Prior::LogNormal { median: 0.2, sigma: 0.5 }.centre(), 0.2);
    /// ```
    pub fn centre(self) -> f64 {
        match self {
            Self::Normal { mean, .. } | Self::Beta { mean, .. } => mean,
            Self::LogNormal { median, .. } => median,
            Self::Uniform { low, high } => f64::midpoint(low, high),
            Self::LogUniform { low, high } => libm::sqrt(low * high),
        }
    }

    /// The range of values that draws can take: the whole support of bounded priors, [`RANGE_SD`] standard deviations
    /// either side for the others.
    pub(crate) fn range(self) -> (f64, f64) {
        match self {
            Self::Normal { mean, sd } => (mean - RANGE_SD * sd, mean + RANGE_SD * sd),
            Self::LogNormal { median, sigma } => {
                (median * libm::exp(-RANGE_SD * sigma), median * libm::exp(RANGE_SD * sigma))
            }
            Self::Uniform { low, high } | Self::LogUniform { low, high } => (low, high),
            Self::Beta { .. } => (0.0, 1.0),
        }
    }
}

impl fmt::Display for Prior {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Normal { mean, sd } => write!(formatter, "normal({mean}, {sd})"),
            Self::LogNormal { median, sigma } => write!(formatter, "lognormal({median}, {sigma})"),
            Self::Uniform { low, high } => write!(formatter, "uniform({low}, {high})"),
            Self::LogUniform { low, high } => write!(formatter, "loguniform({low}, {high})"),
            Self::Beta { mean, n } => write!(formatter, "beta({mean}, {n})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priors_read_back_what_they_write() {
        for text in [
            "normal(0.5, 0.4)",
            "lognormal(0.058, 0.3)",
            "uniform(0, 1.5)",
            "loguniform(0.2, 1.5)",
            "beta(0.15, 40)",
        ] {
            let prior = Prior::parse(text).unwrap();
            assert_eq!(Prior::parse(&prior.to_string()), Ok(prior));
        }
    }

    #[test]
    fn impossible_priors_are_refused() {
        for text in [
            "uniform(2, 1)",
            "normal(0, 0)",
            "lognormal(-1, 1)",
            "beta(1.5, 3)",
            "triangle(1, 2)",
            "uniform(1)",
            "uniform(0, inf)",
            "",
        ] {
            assert!(Prior::parse(text).is_err(), "{text}");
        }
    }
}
