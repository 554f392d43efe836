//! Intervals of one proportion.
//!
//! | interval | formula | reference |
//! |---|---|---|
//! | Wilson | inverts the score test | Wilson (1927), doi:10.1080/01621459.1927.10502953; R prop.test(correct = FALSE) |
//! | Clopper-Pearson | inverts the two one-sided exact tests | Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404; R binom.test |
//! | Wald | p plus and minus z sqrt(p (1 - p) / n) | |
//! | Agresti-Coull | Wald with z^2 / 2 successes and failures added | Agresti & Coull (1998), doi:10.1080/00031305.1998.10480550 |
//! | Jeffreys | quantiles of Beta(x + 1/2, n - x + 1/2) | Brown, Cai & DasGupta (2001), doi:10.1214/ss/1009213286 |
//!
//! Checked against statsmodels proportion_confint and scipy binomtest.

use super::Interval;
use super::outcomes::Proportion;
use crate::stats::{beta, normal};

/// Wilson's score interval.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::single_proportion::wilson;
///
/// // R: prop.test(3, 17, correct = FALSE)$conf.int
/// let found = wilson(Proportion { events: 3, total: 17 }, 0.95);
/// assert!((found.lower - 0.061_911_266_4).abs() < 1e-9 && (found.upper - 0.410_294_585_7).abs() < 1e-9);
/// ```
pub fn wilson(p: Proportion, level: f64) -> Interval {
    let (n, share, z) = (p.total as f64, p.share(), normal::two_sided_quantile(level));
    let scale = 1.0 + z * z / n;
    let center = (share + z * z / (2.0 * n)) / scale;
    let half = z * libm::sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / scale;
    let lower = if p.events == 0 { 0.0 } else { center - half };
    let upper = if p.events == p.total { 1.0 } else { center + half };
    Interval { lower, upper, level }
}

/// Clopper and Pearson's exact interval: at least the level, whatever the proportion.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::single_proportion::clopper_pearson;
///
/// // R: binom.test(3, 17)$conf.int
/// let found = clopper_pearson(Proportion { events: 3, total: 17 }, 0.95);
/// assert!((found.lower - 0.037_985_068_1).abs() < 1e-9 && (found.upper - 0.434_317_872_8).abs() < 1e-9);
/// // Nothing in twelve: up to 1 - 0.025^(1/12).
/// let none = clopper_pearson(Proportion { events: 0, total: 12 }, 0.95);
/// assert!(none.lower == 0.0 && (none.upper - (1.0 - 0.025_f64.powf(1.0 / 12.0))).abs() < 1e-12);
/// ```
pub fn clopper_pearson(p: Proportion, level: f64) -> Interval {
    let (x, n, tail) = (p.events as f64, p.total as f64, 0.5 * (1.0 - level));
    let lower = if p.events == 0 { 0.0 } else { beta::quantile(x, n - x + 1.0, tail) };
    let upper = if p.events == p.total { 1.0 } else { 1.0 - beta::quantile(n - x, x + 1.0, tail) };
    Interval { lower, upper, level }
}

/// The textbook interval, cut off at 0 and 1; poor for small numbers.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::single_proportion::wald;
///
/// // 3/17 plus and minus 1.96 sqrt(3/17 * 14/17 / 17), of which the lower end falls below 0.
/// let found = wald(Proportion { events: 3, total: 17 }, 0.95);
/// assert!(found.lower == 0.0 && (found.upper - 0.357_687_762_5).abs() < 1e-9);
/// ```
pub fn wald(p: Proportion, level: f64) -> Interval {
    let error = libm::sqrt(p.share() * (1.0 - p.share()) / p.total as f64);
    let interval = Interval::wald(p.share(), error, level);
    Interval { lower: interval.lower.max(0.0), upper: interval.upper.min(1.0), level }
}

/// Agresti and Coull's interval, cut off at 0 and 1.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::single_proportion::agresti_coull;
///
/// // The formula in R: n + z^2, x + z^2 / 2, z = qnorm(0.975)
/// let found = agresti_coull(Proportion { events: 3, total: 17 }, 0.95);
/// assert!((found.lower - 0.053_775_440_9).abs() < 1e-9 && (found.upper - 0.418_430_411_1).abs() < 1e-9);
/// ```
pub fn agresti_coull(p: Proportion, level: f64) -> Interval {
    let z = normal::two_sided_quantile(level);
    let n = p.total as f64 + z * z;
    let share = (p.events as f64 + 0.5 * z * z) / n;
    let half = z * libm::sqrt(share * (1.0 - share) / n);
    Interval { lower: (share - half).max(0.0), upper: (share + half).min(1.0), level }
}

/// Jeffreys' interval: the quantiles themselves, also when nothing or everything happened (Brown, Cai & DasGupta advise 0
/// and 1 for the ends there; statsmodels and R's DescTools do as here).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::single_proportion::jeffreys;
///
/// // R: qbeta(c(0.025, 0.975), 3.5, 14.5)
/// let found = jeffreys(Proportion { events: 3, total: 17 }, 0.95);
/// assert!((found.lower - 0.052_347_657_1).abs() < 1e-9 && (found.upper - 0.400_122_662_6).abs() < 1e-9);
/// ```
pub fn jeffreys(p: Proportion, level: f64) -> Interval {
    let (x, n, tail) = (p.events as f64, p.total as f64, 0.5 * (1.0 - level));
    let lower = beta::quantile(x + 0.5, n - x + 0.5, tail);
    let upper = 1.0 - beta::quantile(n - x + 0.5, x + 0.5, tail);
    Interval { lower, upper, level }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_stay_inside() {
        for interval in [wilson, clopper_pearson, wald, agresti_coull, jeffreys] {
            for events in [0, 1, 9, 10] {
                let i = interval(Proportion { events, total: 10 }, 0.95);
                assert!(i.lower >= 0.0 && i.lower <= i.upper && i.upper <= 1.0, "{events}: {i:?}");
            }
        }
        let none = clopper_pearson(Proportion { events: 0, total: 10 }, 0.95);
        assert!((none.upper - (1.0 - libm::pow(0.025, 0.1))).abs() < 1e-13);
    }
}
