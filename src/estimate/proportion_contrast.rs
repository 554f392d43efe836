//! Difference and ratio of two proportions, with the intervals in use.
//!
//! | interval | of | formula |
//! |---|---|---|
//! | Wald | difference | d plus and minus z sqrt(p1 q1 / n1 + p0 q0 / n0) |
//! | Newcombe | difference | square-and-add of the two Wilson intervals |
//! | Agresti-Caffo | difference | Wald with one success and one failure added to each arm (not cut off at 1) |
//! | Miettinen-Nurminen | difference, ratio | inverts the score test with the constrained maximum-likelihood variance times N / (N - 1) |
//! | Katz (log) | ratio | log ratio plus and minus z sqrt(1/x1 - 1/n1 + 1/x0 - 1/n0) |
//! | Walter (adjusted log) | ratio | the same with 1/2 added to every x and n |
//! | Woolf (logit) | odds ratio | log odds ratio plus and minus z sqrt(sum of 1 / cell) |
//!
//! References: Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I; Agresti & Caffo
//! (2000), doi:10.1080/00031305.2000.10474560; Miettinen & Nurminen (1985), doi:10.1002/sim.4780040211; Katz et al. (1978),
//! doi:10.2307/2530610. Checked against Newcombe's published table and statsmodels confint_proportions_2indep. The difference
//! score interval of statsmodels <= 0.15 is off: its cubic has the control events where the paper has the control size
//! ([`Cubic::Statsmodels`] reproduces it for comparison).

use super::outcomes::Proportion;
use super::single_proportion::wilson;
use super::{EstimateError, Interval};
use crate::said;
use crate::stats::normal;
use crate::stats::root::brent;
use std::f64::consts::PI;

/// Wald's interval of treated less control.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::wald;
///
/// // Newcombe (1998), table II, method 1: 56/70 less 48/80 is 0.0575 to 0.3425.
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = wald(control, treated, 0.95);
/// assert!((found.lower - 0.057_504_899_1).abs() < 1e-9 && (found.upper - 0.342_495_100_9).abs() < 1e-9);
/// ```
pub fn wald(control: Proportion, treated: Proportion, level: f64) -> Interval {
    Interval::wald(treated.share() - control.share(), wald_error(control, treated), level)
}

/// Unpooled standard error of the difference.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::wald_error;
///
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let variance = 0.8 * 0.2 / 70.0 + 0.6 * 0.4 / 80.0;
/// assert!((wald_error(control, treated) - f64::sqrt(variance)).abs() < 1e-12);
/// ```
pub fn wald_error(control: Proportion, treated: Proportion) -> f64 {
    let variance = |p: Proportion| p.share() * (1.0 - p.share()) / p.total as f64;
    libm::sqrt(variance(control) + variance(treated))
}

/// Newcombe's hybrid score interval (his method 10).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::newcombe;
///
/// // Newcombe (1998), table II, method 10: 56/70 less 48/80 is 0.0524 to 0.3339.
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = newcombe(control, treated, 0.95);
/// assert!((found.lower - 0.0524).abs() < 5e-5 && (found.upper - 0.3339).abs() < 5e-5);
/// ```
pub fn newcombe(control: Proportion, treated: Proportion, level: f64) -> Interval {
    let (c, t) = (wilson(control, level), wilson(treated, level));
    let difference = treated.share() - control.share();
    let lower = difference - libm::hypot(treated.share() - t.lower, c.upper - control.share());
    let upper = difference + libm::hypot(t.upper - treated.share(), control.share() - c.lower);
    Interval { lower, upper, level }
}

/// Agresti and Caffo's interval.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::agresti_caffo;
///
/// // Wald's interval of 57/72 less 49/82.
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = agresti_caffo(control, treated, 0.95);
/// assert!((found.lower - 0.052_452_926_6).abs() < 1e-9 && (found.upper - 0.335_758_455_5).abs() < 1e-9);
/// ```
pub fn agresti_caffo(control: Proportion, treated: Proportion, level: f64) -> Interval {
    let plus = |p: Proportion| Proportion { events: p.events + 1, total: p.total + 2 };
    wald(plus(control), plus(treated), level)
}

/// Which cubic gives the constrained proportions of the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cubic {
    /// Miettinen and Nurminen's.
    #[default]
    Published,
    /// That of statsmodels up to 0.15, with its slip.
    Statsmodels,
}

/// Miettinen-Nurminen statistic of the hypothesis "treated less control is `difference`"; the variance times N / (N - 1)
/// when `corrected` (without: Mee's).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::{Cubic, difference_score};
///
/// let (control, treated) = (Proportion { events: 15, total: 50 }, Proportion { events: 25, total: 50 });
/// // At no difference, without the factor N / (N - 1), it is the root of Pearson's chi-square: 25/6.
/// let z = difference_score(control, treated, 0.0, false, Cubic::default());
/// assert!((z * z - 25.0 / 6.0).abs() < 1e-9);
/// ```
pub fn difference_score(
    control: Proportion,
    treated: Proportion,
    difference: f64,
    corrected: bool,
    cubic: Cubic,
) -> f64 {
    let p0 = constrained(control, treated, difference, cubic);
    let p1 = match cubic {
        Cubic::Published => (p0 + difference).clamp(0.0, 1.0),
        Cubic::Statsmodels => p0 + difference,
    };
    let variance = p1 * (1.0 - p1) / treated.total as f64 + p0 * (1.0 - p0) / control.total as f64;
    let n = (control.total + treated.total) as f64;
    let factor = if corrected { n / (n - 1.0) } else { 1.0 };
    let gap = treated.share() - control.share() - difference;
    if gap == 0.0 {
        0.0
    } else if variance > 0.0 {
        gap / libm::sqrt(variance * factor)
    } else {
        // Impossible differences, and where the slip leaves the range of proportions.
        gap.signum() * f64::MAX.sqrt()
    }
}

/// Most likely control proportion given the difference.
fn constrained(control: Proportion, treated: Proportion, difference: f64, cubic: Cubic) -> f64 {
    let (x0, n0, n1) = (control.events as f64, control.total as f64, treated.total as f64);
    let (n, x) = (n0 + n1, x0 + treated.events as f64);
    if difference == 0.0 {
        return x / n;
    }
    let lead = match cubic {
        Cubic::Published => n0,
        Cubic::Statsmodels => x0,
    };
    let a = ((n1 + 2.0 * n0) * difference - n - x) / (3.0 * n);
    let b = (lead * difference - n - 2.0 * x0) * difference + x;
    let c = x0 * difference * (1.0 - difference);
    let q = a * a * a - a * b / (2.0 * n) + c / (2.0 * n);
    let p = libm::sqrt((a * a - b / (3.0 * n)).max(0.0)).copysign(q);
    let cosine = if p == 0.0 { 0.0 } else { (q / (p * p * p)).clamp(-1.0, 1.0) };
    let root = 2.0 * p * libm::cos((PI + libm::acos(cosine)) / 3.0) - a;
    match cubic {
        Cubic::Published => root.clamp((-difference).max(0.0), (1.0 - difference).min(1.0)),
        // As there: nothing keeps it within the range.
        Cubic::Statsmodels => root,
    }
}

/// Interval of the difference by inverting [`difference_score`].
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::{Cubic, difference_interval};
///
/// // Newcombe (1998), table II, method 6 (Miettinen and Nurminen): 56/70 less 48/80 is 0.0528 to 0.3382.
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = difference_interval(control, treated, true, Cubic::default(), 0.95);
/// assert!((found.lower - 0.0528).abs() < 5e-5 && (found.upper - 0.3382).abs() < 5e-5);
/// ```
pub fn difference_interval(
    control: Proportion,
    treated: Proportion,
    corrected: bool,
    cubic: Cubic,
    level: f64,
) -> Interval {
    let z = normal::two_sided_quantile(level);
    let estimate = treated.share() - control.share();
    let score = |d: f64| difference_score(control, treated, d, corrected, cubic);
    let edge = 1.0 - 1e-12;
    let lower =
        if score(-edge) < z { -1.0 } else { brent(-edge, estimate, 0.0, |d| score(d) - z).unwrap_or(-1.0) };
    let upper =
        if score(edge) > -z { 1.0 } else { brent(estimate, edge, 0.0, |d| score(d) + z).unwrap_or(1.0) };
    Interval { lower, upper, level }
}

/// Miettinen-Nurminen statistic of the hypothesis "treated / control is `ratio`".
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::ratio_score;
///
/// let (control, treated) = (Proportion { events: 15, total: 50 }, Proportion { events: 25, total: 50 });
/// // At a ratio of 1 it is the root of Pearson's chi-square, 25/6, times (N - 1) / N.
/// let z = ratio_score(control, treated, 1.0);
/// assert!((z * z - 25.0 / 6.0 * 99.0 / 100.0).abs() < 1e-9);
/// ```
pub fn ratio_score(control: Proportion, treated: Proportion, ratio: f64) -> f64 {
    let (x0, n0) = (control.events as f64, control.total as f64);
    let (x1, n1) = (treated.events as f64, treated.total as f64);
    let (a, b, c) = ((n0 + n1) * ratio, n1 * ratio + x1 + n0 + x0 * ratio, x0 + x1);
    let p0 = 2.0 * c / (b + libm::sqrt((b * b - 4.0 * a * c).max(0.0)));
    let p1 = (p0 * ratio).min(1.0);
    let n = n0 + n1;
    let variance = (p1 * (1.0 - p1) / n1 + ratio * ratio * p0 * (1.0 - p0) / n0) * n / (n - 1.0);
    let gap = treated.share() - ratio * control.share();
    if gap == 0.0 { 0.0 } else { gap / libm::sqrt(variance) }
}

/// Interval of the ratio by inverting [`ratio_score`]; unbounded when the control arm has no events.
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::{ratio_interval, ratio_score};
///
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = ratio_interval(control, treated, 0.95);
/// // By construction the score at either end is the normal quantile.
/// assert!((ratio_score(control, treated, found.lower) - 1.959_964).abs() < 1e-5);
/// assert!((ratio_score(control, treated, found.upper) + 1.959_964).abs() < 1e-5);
/// ```
pub fn ratio_interval(control: Proportion, treated: Proportion, level: f64) -> Interval {
    let z = normal::two_sided_quantile(level);
    let on_log = |log: f64| ratio_score(control, treated, libm::exp(log));
    let estimate = libm::log(treated.share() / control.share());
    let center = if estimate.is_finite() { estimate } else { 0.0 };
    let lower = if treated.events == 0 {
        0.0
    } else {
        let mut low = center - 1.0;
        while on_log(low) < z && low > -200.0 {
            low -= 2.0;
        }
        let high = if estimate.is_finite() { estimate } else { 200.0 };
        brent(low, high, 0.0, |log| on_log(log) - z).map_or(0.0, libm::exp)
    };
    let upper = if control.events == 0 {
        f64::INFINITY
    } else {
        let mut high = center + 1.0;
        while on_log(high) > -z && high < 200.0 {
            high += 2.0;
        }
        let low = if estimate.is_finite() { estimate } else { -200.0 };
        brent(low, high, 0.0, |log| on_log(log) + z).map_or(f64::INFINITY, libm::exp)
    };
    Interval { lower, upper, level }
}

/// A log-scale estimate: the ratio, the standard error of its logarithm, and the interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogRatio {
    /// Treated over control.
    pub ratio: f64,
    /// Standard error of its logarithm.
    pub log_error: f64,
    /// Interval symmetric in the logarithm.
    pub interval: Interval,
}

/// A ratio with its interval on the log scale.
fn log_ratio(ratio: f64, variance: f64, level: f64) -> LogRatio {
    let log_error = libm::sqrt(variance);
    let factor = libm::exp(normal::two_sided_quantile(level) * log_error);
    LogRatio { ratio, log_error, interval: Interval { lower: ratio / factor, upper: ratio * factor, level } }
}

/// Katz's risk ratio; with `adjusted`, 1/2 is added to every count (Walter).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::risk_ratio;
///
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = risk_ratio(control, treated, false, 0.95)?;
/// // Katz's formula in R: log ratio, sqrt(1/56 - 1/70 + 1/48 - 1/80)
/// assert!((found.ratio - 4.0 / 3.0).abs() < 1e-12 && (found.log_error - 0.109_108_945_1).abs() < 1e-9);
/// assert!((found.interval.lower - 1.076_626_422_8).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoEvents`] when an arm has no event and nothing is added.
pub fn risk_ratio(
    control: Proportion,
    treated: Proportion,
    adjusted: bool,
    level: f64,
) -> Result<LogRatio, EstimateError> {
    let add = if adjusted { 0.5 } else { 0.0 };
    let value = |p: Proportion| (p.events as f64 + add, p.total as f64 + add);
    let ((x0, n0), (x1, n1)) = (value(control), value(treated));
    if x0 == 0.0 || x1 == 0.0 {
        return Err(EstimateError::NoEvents {
            what: said!(
                "gebeurtenissen in een van de groepen (het aangepaste of score-interval kan ermee \
                 omgaan)",
                "events in one of the arms (the adjusted or score interval copes)"
            ),
        });
    }
    Ok(log_ratio((x1 / n1) / (x0 / n0), 1.0 / x1 - 1.0 / n1 + 1.0 / x0 - 1.0 / n0, level))
}

/// Woolf's odds ratio; with `adjusted`, 1/2 is added to every cell (Haldane).
///
/// # Example
/// ```
/// use stapjes::estimate::outcomes::Proportion;
/// use stapjes::estimate::proportion_contrast::odds_ratio;
///
/// let (control, treated) = (Proportion { events: 48, total: 80 }, Proportion { events: 56, total: 70 });
/// let found = odds_ratio(control, treated, false, 0.95)?;
/// // Woolf's formula in R: 56 * 32 / (14 * 48), sqrt(1/56 + 1/14 + 1/48 + 1/32)
/// assert!((found.ratio - 8.0 / 3.0).abs() < 1e-12 && (found.log_error - 0.375_990_754_7).abs() < 1e-9);
/// assert!((found.interval.upper - 5.572_019_696_1).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoVariance`] when a cell is empty and nothing is added.
pub fn odds_ratio(
    control: Proportion,
    treated: Proportion,
    adjusted: bool,
    level: f64,
) -> Result<LogRatio, EstimateError> {
    let add = if adjusted { 0.5 } else { 0.0 };
    let cells = |p: Proportion| (p.events as f64 + add, (p.total - p.events) as f64 + add);
    let ((x0, y0), (x1, y1)) = (cells(control), cells(treated));
    if x0 * y0 * x1 * y1 == 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!(
                "een cel van de twee-bij-tweetabel is leeg; de toets van Fisher kan ermee omgaan",
                "a cell of the two-by-two table is empty; Fisher's test copes"
            ),
        });
    }
    Ok(log_ratio(x1 * y0 / (y1 * x0), 1.0 / x0 + 1.0 / y0 + 1.0 / x1 + 1.0 / y1, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn p(events: u64, total: u64) -> Proportion {
        Proportion { events, total }
    }

    #[test]
    fn published_tables() {
        // Newcombe (1998), table II, (a) 56/70 against 48/80 and (b) 9/10 against 3/10: methods 5, 6 and 10, four decimals.
        let close = |i: Interval, lower: f64, upper: f64| {
            (i.lower - lower).abs() < 6e-5 && (i.upper - upper).abs() < 6e-5
        };
        let cubic = Cubic::Published;
        assert!(close(difference_interval(p(48, 80), p(56, 70), false, cubic, 0.95), 0.0533, 0.3377));
        assert!(close(difference_interval(p(48, 80), p(56, 70), true, cubic, 0.95), 0.0528, 0.3382));
        assert!(close(newcombe(p(48, 80), p(56, 70), 0.95), 0.0524, 0.3339));
        assert!(close(difference_interval(p(3, 10), p(9, 10), false, cubic, 0.95), 0.1821, 0.8370));
        assert!(close(difference_interval(p(3, 10), p(9, 10), true, cubic, 0.95), 0.1700, 0.8406));
        assert!(close(newcombe(p(3, 10), p(9, 10), 0.95), 0.1705, 0.8090));
    }

    /// statsmodels 0.15.0: confint_proportions_2indep(4, 200, 17, 25, method="score", compare="diff"); the true limits by numeric
    /// maximization of the constrained likelihood (SciPy).
    #[test]
    fn a_slip_that_leaves_the_range_is_followed_too() {
        let theirs = difference_interval(p(17, 25), p(4, 200), true, Cubic::Statsmodels, 0.95);
        assert!((theirs.lower + 0.826_422_324_614_231_6).abs() < 1e-7, "{theirs:?}");
        assert!((theirs.upper + 0.463_758_612_063_618_35).abs() < 1e-7, "{theirs:?}");
        let ours = difference_interval(p(17, 25), p(4, 200), true, Cubic::Published, 0.95);
        assert!(
            (ours.lower + 0.809_607_351).abs() < 2e-8 && (ours.upper + 0.462_598_857).abs() < 2e-8,
            "{ours:?}"
        );
    }

    #[test]
    fn empty_cells() {
        let i = difference_interval(p(0, 20), p(10, 10), true, Cubic::Published, 0.95);
        assert!(i.lower > 0.6 && i.lower < 0.8 && i.upper == 1.0, "{i:?}");
        let none = difference_interval(p(0, 20), p(0, 10), true, Cubic::Published, 0.95);
        assert!(none.lower < -0.1 && none.upper > 0.2, "{none:?}");
        let r = ratio_interval(p(0, 20), p(0, 10), 0.95);
        assert_eq!((r.lower, r.upper), (0.0, f64::INFINITY));
        assert!(risk_ratio(p(0, 20), p(3, 10), false, 0.95).is_err());
        assert!(odds_ratio(p(20, 20), p(3, 10), true, 0.95).is_ok());
    }

    #[test]
    fn score_intervals_invert_their_tests() {
        let z = normal::two_sided_quantile(0.9);
        for (c, t) in [(p(3, 10), p(9, 10)), (p(40, 200), p(10, 90)), (p(1, 30), p(2, 28))] {
            let d = difference_interval(c, t, true, Cubic::Published, 0.9);
            assert!((difference_score(c, t, d.lower, true, Cubic::Published) - z).abs() < 1e-9);
            assert!((difference_score(c, t, d.upper, true, Cubic::Published) + z).abs() < 1e-9);
            let r = ratio_interval(c, t, 0.9);
            assert!(
                (ratio_score(c, t, r.lower) - z).abs() < 1e-9
                    && (ratio_score(c, t, r.upper) + z).abs() < 1e-9
            );
        }
    }
}
