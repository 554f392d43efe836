//! One arm against a given share or rate: exact tests.
//!
//! Share: binomial test (R `binom.test`); rate: Poisson test (R `poisson.test` of one sample). Two-sided p-values sum the outcomes
//! that are not more probable than the observed one, as R does.

use super::outcomes::Proportion;
use super::rate_ratio::Exposure;
use super::{Alternative, EstimateError};
use crate::said;
use crate::stats::{binomial, poisson};

/// Relative slack below which two probabilities count as equal, R's.
const SLACK: f64 = 1.0 + 1e-7;

/// Exact p-value of a share against `share`, between 0 and 1.
///
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::one_sample::share_p;
/// use stapjes::estimate::outcomes::Proportion;
///
/// // R: binom.test(682, 925, p = 0.75)$p.value
/// let p = share_p(Proportion { events: 682, total: 925 }, 0.75, Alternative::TwoSided).unwrap();
/// assert!((p - 0.38249155957).abs() < 1e-9);
/// ```
///
/// # Errors
/// A share that is not between 0 and 1.
pub fn share_p(found: Proportion, share: f64, alternative: Alternative) -> Result<f64, EstimateError> {
    if !(share > 0.0 && share < 1.0) {
        return Err(EstimateError::option(
            "share",
            said!(
                "{share} is geen aandeel tussen 0 en 1",
                "{share} is not a share between 0 and 1",
                share = share
            ),
        ));
    }
    let (x, n) = (found.events, found.total);
    let less = binomial::cdf(x, n, share);
    let greater = binomial::at_least(x, n, share);
    Ok(match alternative {
        Alternative::Less => less,
        Alternative::Greater => greater,
        Alternative::TwoSided => {
            let mean = n as f64 * share;
            let observed = binomial::probability(x, n, share) * SLACK;
            if x as f64 == mean {
                1.0
            } else if (x as f64) < mean {
                // The first outcome above the mean that is not more probable; probabilities fall there.
                let first = first_true(libm::ceil(mean) as u64, n + 1, |y| {
                    binomial::probability(y, n, share) <= observed
                });
                less + if first <= n { binomial::at_least(first, n, share) } else { 0.0 }
            } else {
                let last = libm::floor(mean) as u64;
                // The last outcome below the mean that is not more probable; probabilities rise there.
                let end = first_true(0, last + 1, |y| binomial::probability(y, n, share) > observed);
                greater + if end > 0 { binomial::cdf(end - 1, n, share) } else { 0.0 }
            }
        }
        .min(1.0),
    })
}

/// Exact p-value of a rate against `rate` per unit of time, above 0.
///
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::one_sample::rate_p;
/// use stapjes::estimate::rate_ratio::Exposure;
///
/// // R: poisson.test(137, 24.19893, r = 5)$p.value
/// let p = rate_p(Exposure { events: 137, time: 24.19893 }, 5.0, Alternative::TwoSided).unwrap();
/// assert!((p - 0.145611317).abs() < 1e-8);
/// ```
///
/// # Errors
/// A rate that is not a finite number above 0.
pub fn rate_p(found: Exposure, rate: f64, alternative: Alternative) -> Result<f64, EstimateError> {
    if !(rate > 0.0 && rate.is_finite()) {
        return Err(EstimateError::option(
            "rate",
            said!(
                "{rate} is geen aantal per tijdseenheid boven 0",
                "{rate} is not a rate above 0",
                rate = rate
            ),
        ));
    }
    let (x, mean) = (found.events, rate * found.time);
    let less = poisson::cdf(x, mean);
    let greater = poisson::at_least(x, mean);
    Ok(match alternative {
        Alternative::Less => less,
        Alternative::Greater => greater,
        Alternative::TwoSided => {
            let observed = poisson::probability(x, mean) * SLACK;
            if x as f64 == mean {
                1.0
            } else if (x as f64) < mean {
                let from = libm::ceil(mean) as u64;
                // Far enough that the probability is below any that can be observed.
                let end = from + (60.0 * libm::sqrt(mean + 1.0)) as u64 + 2000;
                let first = first_true(from, end, |y| poisson::probability(y, mean) <= observed);
                less + poisson::at_least(first, mean)
            } else {
                let last = libm::floor(mean) as u64;
                let end = first_true(0, last + 1, |y| poisson::probability(y, mean) > observed);
                greater + if end > 0 { poisson::cdf(end - 1, mean) } else { 0.0 }
            }
        }
        .min(1.0),
    })
}

/// The first number from `low` to below `high` for which a monotone `test` holds; `high` when none.
fn first_true(mut low: u64, mut high: u64, test: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
