//! Pearson's chi-square test that all arms have the same proportion, with or without Yates' continuity correction.
//!
//! X^2 = sum of (|observed - expected| - c)^2 / expected over both outcomes of every arm; c = 0, or for two arms with correction
//! the smaller of 1/2 and |p1 - p0| / (1/n1 + 1/n0). The interval of the difference is Wald's, widened by c (1/n1 + 1/n0) and cut off at
//! -1 and 1.
//!
//! References: Pearson (1900), doi:10.1080/14786440009463897; Yates (1934), doi:10.2307/2983604. Checked against R
//! stats::prop.test (two and k groups, one- and two-sided).

use super::outcomes::Proportion;
use super::{Alternative, EstimateError, Interval};
use crate::said;
use crate::stats::{chi_square, normal};

/// Result of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pearson {
    /// Chi-square statistic.
    pub chi_square: f64,
    /// Arms less one.
    pub degrees_of_freedom: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// The test over any number of arms; `corrected` applies to two arms only, as in R.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::pearson::pearson;
///
/// let arms = [Proportion { events: 15, total: 50 }, Proportion { events: 25, total: 50 }];
/// // R: prop.test(c(15, 25), c(50, 50), correct = FALSE), and with Yates' correction
/// let found = pearson(&arms, false)?;
/// assert!((found.chi_square - 25.0 / 6.0).abs() < 1e-12 && (found.p_value - 0.041_226_833_3).abs() < 1e-9);
/// assert!((pearson(&arms, true)?.chi_square - 3.375).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoVariance`] when nobody or everybody had the event.
pub fn pearson(arms: &[Proportion], corrected: bool) -> Result<Pearson, EstimateError> {
    let events: u64 = arms.iter().map(|arm| arm.events).sum();
    let total: u64 = arms.iter().map(|arm| arm.total).sum();
    if events == 0 || events == total {
        let what = if events == 0 {
            said!("niemand had de gebeurtenis", "nobody had the event")
        } else {
            said!("iedereen had de gebeurtenis", "everybody had the event")
        };
        return Err(EstimateError::NoVariance { what });
    }
    let share = events as f64 / total as f64;
    let correction = if corrected && arms.len() == 2 { yates(arms[0], arms[1]) } else { 0.0 };
    let cell = |observed: f64, expected: f64| {
        let gap = (observed - expected).abs() - correction;
        gap * gap / expected
    };
    let of_arm = |arm: &Proportion| {
        let (x, n) = (arm.events as f64, arm.total as f64);
        cell(x, n * share) + cell(n - x, n * (1.0 - share))
    };
    let statistic: f64 = arms.iter().map(of_arm).sum();
    let degrees_of_freedom = arms.len() as f64 - 1.0;
    let p_value = chi_square::upper_tail(statistic, degrees_of_freedom);
    Ok(Pearson { chi_square: statistic, degrees_of_freedom, p_value })
}

/// Yates' correction in events.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::pearson::yates;
///
/// let of = |events| Proportion { events, total: 50 };
/// assert_eq!(yates(of(15), of(25)), 0.5);
/// // Equal shares leave nothing to correct: the smaller of 1/2 and |p1 - p0| / (1/n1 + 1/n0).
/// assert_eq!(yates(of(15), of(15)), 0.0);
/// ```
pub fn yates(control: Proportion, treated: Proportion) -> f64 {
    let weight = 1.0 / control.total as f64 + 1.0 / treated.total as f64;
    ((treated.share() - control.share()).abs() / weight).min(0.5)
}

/// Signed root of the statistic of two arms: positive when the treated have the larger proportion.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::pearson::signed_root;
///
/// let (fewer, more) = (Proportion { events: 15, total: 50 }, Proportion { events: 25, total: 50 });
/// assert_eq!([signed_root(fewer, more, 4.0), signed_root(more, fewer, 4.0)], [2.0, -2.0]);
/// ```
pub fn signed_root(control: Proportion, treated: Proportion, statistic: f64) -> f64 {
    libm::sqrt(statistic).copysign(treated.share() - control.share())
}

/// R's interval of treated less control.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::pearson::difference_interval;
///
/// // R: prop.test(c(25, 15), c(50, 50), correct = FALSE)$conf.int
/// let (control, treated) = (Proportion { events: 15, total: 50 }, Proportion { events: 25, total: 50 });
/// let found = difference_interval(control, treated, false, Alternative::TwoSided, 0.95);
/// assert!((found.lower - 0.012_006_858_8).abs() < 1e-9 && (found.upper - 0.387_993_141_2).abs() < 1e-9);
/// ```
pub fn difference_interval(
    control: Proportion,
    treated: Proportion,
    corrected: bool,
    alternative: Alternative,
    level: f64,
) -> Interval {
    let variance = |p: Proportion| p.share() * (1.0 - p.share()) / p.total as f64;
    let weight = 1.0 / control.total as f64 + 1.0 / treated.total as f64;
    let extra = if corrected { yates(control, treated) * weight } else { 0.0 };
    let quantile = match alternative {
        Alternative::TwoSided => normal::two_sided_quantile(level),
        Alternative::Less | Alternative::Greater => normal::quantile(level),
    };
    let half = quantile * libm::sqrt(variance(control) + variance(treated)) + extra;
    let difference = treated.share() - control.share();
    let lower = if alternative == Alternative::Less { -1.0 } else { (difference - half).max(-1.0) };
    let upper = if alternative == Alternative::Greater { 1.0 } else { (difference + half).min(1.0) };
    Interval { lower, upper, level }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_when_nothing_differs() {
        let none = Proportion { events: 0, total: 5 };
        assert!(pearson(&[none, none], false).is_err());
        let same = Proportion { events: 2, total: 5 };
        assert_eq!(pearson(&[same, same], true).unwrap().chi_square, 0.0);
    }
}
