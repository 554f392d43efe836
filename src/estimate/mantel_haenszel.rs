//! Mantel-Haenszel: one risk difference, risk ratio and odds ratio over strata, and the Cochran-Mantel-Haenszel test.
//!
//! With x1 of n1 treated and x0 of n0 controls in a stratum of N: weights n1 n0 / N for the difference, x1 n0 / N over
//! x0 n1 / N for the ratio, x1 y0 / N over y1 x0 / N for the odds ratio. Variances: Sato's for the difference (valid for
//! few large and for many small strata), Greenland and Robins' for the ratio, Robins, Breslow and Greenland's for the odds ratio.
//! The test compares the treated events with their hypergeometric expectation; R's continuity correction is optional.
//!
//! References: Mantel & Haenszel (1959), doi:10.1093/jnci/22.4.719; Sato (1989), doi:10.2307/2531510; Greenland & Robins
//! (1985), doi:10.2307/2530643; Robins et al. (1986), doi:10.2307/2531052. Checked against statsmodels StratifiedTable and
//! R stats::mantelhaen.test.

use super::outcomes::Proportion;
use super::{EstimateError, Interval};
use crate::said;
use crate::stats::{chi_square, normal};

/// A common effect over strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// The estimate.
    pub value: f64,
    /// Standard error: of the difference itself, of the logarithm of a ratio.
    pub standard_error: f64,
    /// Interval: symmetric in the difference, or in the logarithm of a ratio.
    pub interval: Interval,
}

/// Cochran-Mantel-Haenszel test of no association within strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CochranMantelHaenszel {
    /// Chi-square statistic, one degree of freedom.
    pub chi_square: f64,
    /// Treated events less expectation.
    pub difference: f64,
    /// Their variance.
    pub variance: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

/// Cells of one stratum as numbers: treated events and totals, control events and totals, everybody.
fn cells(stratum: &[Proportion; 2]) -> (f64, f64, f64, f64, f64) {
    let [c, t] = stratum;
    (t.events as f64, t.total as f64, c.events as f64, c.total as f64, (c.total + t.total) as f64)
}

/// Strata with participants in both arms; the others say nothing.
fn informative(strata: &[[Proportion; 2]]) -> impl Iterator<Item = (f64, f64, f64, f64, f64)> + '_ {
    strata.iter().filter(|s| s[0].total > 0 && s[1].total > 0).map(cells)
}

/// Common risk difference, treated less control.
///
/// # Example
/// ```
/// use stapjes::estimate::mantel_haenszel::risk_difference;
/// use stapjes::estimate::outcomes::Proportion;
///
/// let of = |events, total| Proportion { events, total };
/// // Control and treated of two sites. By hand: weights n1 n0 / N, (d1 w1 + d2 w2) / (w1 + w2).
/// let sites = [[of(4, 22), of(16, 35)], [of(4, 16), of(13, 18)]];
/// let (w1, w2) = (22.0 * 35.0 / 57.0, 16.0 * 18.0 / 34.0);
/// let pooled = ((16.0 / 35.0 - 4.0 / 22.0) * w1 + (13.0 / 18.0 - 4.0 / 16.0) * w2) / (w1 + w2);
/// assert!((risk_difference(&sites, 0.95)?.value - pooled).abs() < 1e-12);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoVariance`] without a stratum that has both arms.
pub fn risk_difference(strata: &[[Proportion; 2]], level: f64) -> Result<Common, EstimateError> {
    let (mut weight, mut sum, mut p, mut q) = (0.0, 0.0, 0.0, 0.0);
    for (x1, n1, x0, n0, n) in informative(strata) {
        weight += n1 * n0 / n;
        sum += (x1 * n0 - x0 * n1) / n;
        p += (n0 * n0 * x1 - n1 * n1 * x0 + n1 * n0 * (n0 - n1) / 2.0) / (n * n);
        q += (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2.0 * n);
    }
    if weight == 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!(
                "geen stratum heeft deelnemers in beide groepen",
                "no stratum has participants in both arms"
            ),
        });
    }
    let value = sum / weight;
    let standard_error = libm::sqrt(value * p + q) / weight;
    Ok(Common { value, standard_error, interval: Interval::wald(value, standard_error, level) })
}

/// Common risk ratio, treated over control.
///
/// # Example
/// ```
/// use stapjes::estimate::mantel_haenszel::risk_ratio;
/// use stapjes::estimate::outcomes::Proportion;
///
/// let of = |events, total| Proportion { events, total };
/// let sites = [[of(4, 22), of(16, 35)], [of(4, 16), of(13, 18)]];
/// // Python: statsmodels StratifiedTable(...).riskratio_pooled
/// assert!((risk_ratio(&sites, 0.95)?.value - 2.687_725_631_8).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoEvents`] when an arm has no events in informative strata.
pub fn risk_ratio(strata: &[[Proportion; 2]], level: f64) -> Result<Common, EstimateError> {
    let (mut r, mut s, mut p) = (0.0, 0.0, 0.0);
    for (x1, n1, x0, n0, n) in informative(strata) {
        r += x1 * n0 / n;
        s += x0 * n1 / n;
        p += (n1 * n0 * (x1 + x0) - x1 * x0 * n) / (n * n);
    }
    ratio(r, s, p / (r * s), level)
}

/// Common odds ratio, treated over control.
///
/// # Example
/// ```
/// use stapjes::estimate::mantel_haenszel::odds_ratio;
/// use stapjes::estimate::outcomes::Proportion;
///
/// let of = |events, total| Proportion { events, total };
/// let sites = [[of(4, 22), of(16, 35)], [of(4, 16), of(13, 18)]];
/// // R: mantelhaen.test(..., correct = FALSE): 5.017186, 1.885830 to 13.348052
/// let found = odds_ratio(&sites, 0.95)?;
/// assert!((found.value - 5.017_185_822).abs() < 1e-8);
/// assert!((found.interval.lower - 1.885_829_721).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoEvents`] when one of the two diagonals is empty in every stratum.
pub fn odds_ratio(strata: &[[Proportion; 2]], level: f64) -> Result<Common, EstimateError> {
    let (mut r, mut s, mut pr, mut mixed, mut qs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x1, n1, x0, n0, n) in informative(strata) {
        let (a, b, c, d) = (x1, n1 - x1, x0, n0 - x0);
        let (p, q) = ((a + d) / n, (b + c) / n);
        let (ri, si) = (a * d / n, b * c / n);
        r += ri;
        s += si;
        pr += p * ri;
        mixed += p * si + q * ri;
        qs += q * si;
    }
    ratio(r, s, pr / (2.0 * r * r) + mixed / (2.0 * r * s) + qs / (2.0 * s * s), level)
}

/// A ratio with its interval.
fn ratio(r: f64, s: f64, variance: f64, level: f64) -> Result<Common, EstimateError> {
    if r == 0.0 || s == 0.0 {
        return Err(EstimateError::NoEvents {
            what: said!(
                "gebeurtenissen om te vergelijken in strata met beide groepen",
                "events to compare in strata that have both arms"
            ),
        });
    }
    let (value, standard_error) = (r / s, libm::sqrt(variance));
    let factor = libm::exp(normal::two_sided_quantile(level) * standard_error);
    Ok(Common {
        value,
        standard_error,
        interval: Interval { lower: value / factor, upper: value * factor, level },
    })
}

/// The test; `corrected` subtracts 1/2 from the absolute difference when that is at least 1/2, as R does by default.
///
/// # Example
/// ```
/// use stapjes::estimate::mantel_haenszel::test;
/// use stapjes::estimate::outcomes::Proportion;
///
/// let of = |events, total| Proportion { events, total };
/// let sites = [[of(4, 22), of(16, 35)], [of(4, 16), of(13, 18)]];
/// // R: mantelhaen.test(..., correct = FALSE): 11.21426, p 0.0008117; with the correction 9.808557
/// let found = test(&sites, false)?;
/// assert!((found.chi_square - 11.214_264_27).abs() < 1e-7 && (found.p_value - 0.000_811_709_84).abs() < 1e-10);
/// assert!((test(&sites, true)?.chi_square - 9.808_556_827).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoVariance`] when no stratum can show a difference.
pub fn test(strata: &[[Proportion; 2]], corrected: bool) -> Result<CochranMantelHaenszel, EstimateError> {
    let (mut difference, mut variance) = (0.0, 0.0);
    for (x1, n1, x0, n0, n) in informative(strata).filter(|s| s.4 > 1.0) {
        let events = x1 + x0;
        difference += x1 - n1 * events / n;
        variance += n1 * n0 * events * (n - events) / (n * n * (n - 1.0));
    }
    if variance == 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!(
                "geen stratum heeft beide groepen en beide uitkomsten",
                "no stratum has both arms and both outcomes"
            ),
        });
    }
    let correction = if corrected && difference.abs() >= 0.5 { 0.5 } else { 0.0 };
    let gap = difference.abs() - correction;
    let statistic = gap * gap / variance;
    let p_value = chi_square::upper_tail(statistic, 1.0);
    Ok(CochranMantelHaenszel { chi_square: statistic, difference, variance, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_is_the_plain_table() {
        let table = [[Proportion { events: 3, total: 10 }, Proportion { events: 9, total: 12 }]];
        assert!((risk_difference(&table, 0.95).unwrap().value - (0.75 - 0.3)).abs() < 1e-15);
        assert!((risk_ratio(&table, 0.95).unwrap().value - 2.5).abs() < 1e-14);
        let or = odds_ratio(&table, 0.95).unwrap();
        assert!((or.value - 7.0).abs() < 1e-14);
        // Robins, Breslow and Greenland reduce to Woolf in one stratum.
        assert!(
            (or.standard_error - libm::sqrt(1.0 / 9.0 + 1.0 / 3.0 + 1.0 / 3.0 + 1.0 / 7.0)).abs() < 1e-14
        );
    }

    #[test]
    fn strata_without_both_arms_say_nothing() {
        let one = [Proportion { events: 3, total: 10 }, Proportion { events: 9, total: 12 }];
        let empty = [Proportion { events: 2, total: 4 }, Proportion::default()];
        assert_eq!(test(&[one], true), test(&[one, empty], true));
        assert!(test(&[empty], false).is_err() && risk_difference(&[empty], 0.95).is_err());
        assert!(odds_ratio(&[empty], 0.95).is_err());
    }
}
