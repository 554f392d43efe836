//! The common shapes of results: a contrast with its z-test, a ratio with its test on the logarithm.

use crate::estimate::log_rank::p_of_z;
use crate::estimate::{Estimate, EstimateError, Interval, Options};
use crate::stats::normal;

/// Results of a method at several times or for several causes, some of which the data may not support.
#[derive(Default)]
pub(super) struct Partial {
    estimates: Vec<Estimate>,
    first_error: Option<EstimateError>,
    any_given: bool,
}

impl Partial {
    /// Adds results.
    pub(super) fn give(&mut self, estimates: impl IntoIterator<Item = Estimate>) {
        let before = self.estimates.len();
        self.estimates.extend(estimates);
        self.any_given |= self.estimates.len() > before;
    }

    /// Adds what cannot be given, with the reason.
    pub(super) fn withhold(&mut self, estimate: Estimate, error: EstimateError) {
        self.estimates.push(Estimate { missing: Some(error.to_string()), ..estimate });
        self.first_error.get_or_insert(error);
    }

    /// Adds results, or `without` when they cannot be given.
    pub(super) fn give_or_withhold(
        &mut self,
        results: Result<Vec<Estimate>, EstimateError>,
        without: impl FnOnce() -> Estimate,
    ) {
        match results {
            Ok(estimates) => self.give(estimates),
            Err(error) => self.withhold(without(), error),
        }
    }

    /// All of it; a method that can give nothing at all fails with its first reason.
    ///
    /// # Errors
    /// The first reason, when there is no result.
    pub(super) fn finish(self) -> Result<Vec<Estimate>, EstimateError> {
        match self.first_error {
            Some(error) if !self.any_given => Err(error),
            _ => Ok(self.estimates),
        }
    }
}

/// Adds a standard normal statistic with its p-value in the direction asked for, and both one-sided ones.
pub(super) fn with_test(mut estimate: Estimate, z: f64, options: &Options) -> Estimate {
    estimate.statistic = Some(z);
    estimate.p_value = Some(p_of_z(z, options.alternative));
    estimate.with("p_less", normal::cdf(z)).with("p_greater", normal::upper_tail(z))
}

/// A difference with its Wald interval and test against 0.
pub(super) fn with_difference(
    estimate: Estimate,
    value: f64,
    standard_error: f64,
    options: &Options,
) -> Estimate {
    with_test(estimate.with_wald(value, standard_error, options.level), value / standard_error, options)
}

/// A contrast without a test when an arm's standard error is 0: its curve has reached 0 or has not moved, which says nothing about
/// how uncertain it is.
pub(super) fn require_basis<'a>(
    estimate: Estimate,
    errors: impl IntoIterator<Item = (&'a String, f64)>,
) -> Estimate {
    match errors.into_iter().find(|(_, error)| error.is_nan() || *error <= 0.0) {
        None => estimate,
        Some((arm, _)) => {
            let reason = format!(
                "no p: the standard error of arm {arm} is 0 (its curve has reached its end or has not moved), which is no basis for \
                 a test"
            );
            let mut estimate = Estimate {
                standard_error: None,
                interval: None,
                statistic: None,
                p_value: None,
                missing: Some(reason),
                ..estimate
            };
            estimate.details.remove("p_less");
            estimate.details.remove("p_greater");
            estimate
        }
    }
}

/// A ratio with the interval and test of its logarithm; the standard error is that of the logarithm.
pub(super) fn with_ratio(mut estimate: Estimate, value: f64, log_error: f64, options: &Options) -> Estimate {
    let factor = libm::exp(normal::two_sided_quantile(options.level) * log_error);
    estimate.value = Some(value);
    estimate.standard_error = Some(log_error);
    estimate.interval = Some(Interval { lower: value / factor, upper: value * factor, level: options.level });
    with_test(estimate, libm::log(value) / log_error, options)
}
