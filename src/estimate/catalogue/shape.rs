//! The common shapes of results: a contrast with its z-test, a ratio with its test on the logarithm.

use crate::estimate::log_rank::p_of_z;
use crate::estimate::{Estimate, Interval, Options};
use crate::stats::normal;

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

/// A ratio with the interval and test of its logarithm; the standard error is that of the logarithm.
pub(super) fn with_ratio(mut estimate: Estimate, value: f64, log_error: f64, options: &Options) -> Estimate {
    let factor = libm::exp(normal::two_sided_quantile(options.level) * log_error);
    estimate.value = Some(value);
    estimate.standard_error = Some(log_error);
    estimate.interval = Some(Interval { lower: value / factor, upper: value * factor, level: options.level });
    with_test(estimate, libm::log(value) / log_error, options)
}
