//! Fisher's exact test of a two-by-two table, with the conditional maximum-likelihood odds ratio and its exact interval.
//!
//! Given both margins the treated events follow a noncentral hypergeometric distribution whose parameter is the odds ratio.
//! The two-sided p-value adds the probabilities of all tables no more likely than the observed one (with a relative slack of
//! 1e-7 for rounding, as R does); the interval inverts the two one-sided tests.
//!
//! Reference: Fisher (1935), doi:10.2307/2342435; Mehta & Patel (1986). Checked against R stats::fisher.test, whose own roots
//! are good to about 1e-4.

use super::outcomes::Proportion;
use super::{Alternative, Interval};
use crate::stats::hypergeometric::Hypergeometric;
use crate::stats::root::brent;

/// What R prints: the same equations, solved by R's root search with its default tolerance (1.2e-4 on the odds ratio below 1,
/// on its inverse above), so that digits can be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AsPrintedByR {
    /// Odds ratio.
    pub odds_ratio: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

/// Result of the exact test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fisher {
    /// Conditional maximum-likelihood odds ratio, treated against control; 0 or infinite at the edges of the support.
    pub odds_ratio: f64,
    /// Exact interval; one-sided when the alternative is.
    pub interval: Interval,
    /// p-value in the direction asked for.
    pub p_value: f64,
    /// One-sided p-value towards a smaller odds ratio.
    pub p_less: f64,
    /// One-sided p-value towards a larger odds ratio.
    pub p_greater: f64,
    /// Odds ratio and interval to the digits R gives.
    pub printed_by_r: AsPrintedByR,
}

/// The one-sided p-values, all that a test without an odds ratio needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// Towards fewer events in the treated arm.
    pub less: f64,
    /// Towards more events in the treated arm.
    pub greater: f64,
}

impl Tails {
    /// Two-sided p-value as twice the smaller tail: the two one-sided tests, each at half the level.
    pub(crate) fn doubled(self) -> f64 {
        (2.0 * self.greater.min(self.less)).min(1.0)
    }
}

/// The tails of the hypergeometric distribution at the observed table.
///
/// ```
/// use stapjes::estimate::fisher::tails;
/// use stapjes::estimate::outcomes::Proportion;
///
/// // Fisher's lady tasting tea: three of four cups right.
/// let right = tails(Proportion { events: 1, total: 4 }, Proportion { events: 3, total: 4 });
/// assert!((right.greater - 17.0 / 70.0).abs() < 1e-15);
/// ```
pub fn tails(control: Proportion, treated: Proportion) -> Tails {
    let support = Hypergeometric::new(treated.total, control.total, treated.events + control.events);
    tails_of(&support, treated.events)
}

/// Both tails of a table.
fn tails_of(support: &Hypergeometric, x: u64) -> Tails {
    Tails { less: support.at_most(x, 1.0).min(1.0), greater: support.at_least(x, 1.0).min(1.0) }
}

/// Two-sided p-value: all tables that are no more probable than the observed one, as R's `fisher.test`.
///
/// # Example
/// ```
/// use stapjes::estimate::fisher::two_sided_p;
/// use stapjes::estimate::outcomes::Proportion;
///
/// // R: fisher.test(matrix(c(2, 10, 15, 3), 2))$p.value
/// let p = two_sided_p(Proportion { events: 15, total: 18 }, Proportion { events: 2, total: 12 });
/// assert!((p - 0.000_536_724_119_1).abs() < 1e-12);
/// ```
pub fn two_sided_p(control: Proportion, treated: Proportion) -> f64 {
    let support = Hypergeometric::new(treated.total, control.total, treated.events + control.events);
    two_sided(&support, treated.events)
}

/// The test of `treated` against `control`.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::fisher::fisher;
/// use stapjes::estimate::outcomes::Proportion;
///
/// let (control, treated) = (Proportion { events: 15, total: 18 }, Proportion { events: 2, total: 12 });
/// let found = fisher(control, treated, Alternative::TwoSided, 0.95);
/// // R: fisher.test(matrix(c(2, 10, 15, 3), 2)): odds ratio 0.0469366, interval 0.003325764 to 0.363182271
/// assert!((found.printed_by_r.odds_ratio - 0.046_936_608_8).abs() < 1e-9);
/// assert!((found.interval.lower - 0.003_325_8).abs() < 1e-5 && (found.interval.upper - 0.363_18).abs() < 1e-4);
/// assert!((found.p_value - 0.000_536_724_119_1).abs() < 1e-12);
/// ```
pub fn fisher(control: Proportion, treated: Proportion, alternative: Alternative, level: f64) -> Fisher {
    let support = Hypergeometric::new(treated.total, control.total, treated.events + control.events);
    let x = treated.events;
    let Tails { less: p_less, greater: p_greater } = tails_of(&support, x);
    let (p_value, below, above) = match alternative {
        Alternative::TwoSided => (two_sided(&support, x), 0.5 * (1.0 - level), 0.5 * (1.0 - level)),
        Alternative::Less => (p_less, 0.0, 1.0 - level),
        Alternative::Greater => (p_greater, 1.0 - level, 0.0),
    };
    let interval =
        Interval { lower: lower_limit(&support, x, below), upper: upper_limit(&support, x, above), level };
    let printed_by_r = as_printed_by_r(&support, x, below, above);
    Fisher { odds_ratio: most_likely(&support, x), interval, p_value, p_less, p_greater, printed_by_r }
}

/// Odds ratio and interval as R prints them.
fn as_printed_by_r(support: &Hypergeometric, x: u64, below: f64, above: f64) -> AsPrintedByR {
    let (at_lowest, at_highest) = (x == support.lowest, x == support.highest);
    let mean = |odds: f64| if odds == 0.0 { support.lowest as f64 } else { support.mean(odds) };
    let at_least = |odds: f64| if odds == 0.0 { 0.0 } else { support.at_least(x, odds) };
    let at_most = |odds: f64| if odds == 0.0 { 1.0 } else { support.at_most(x, odds) };
    AsPrintedByR {
        odds_ratio: if at_lowest {
            0.0
        } else if at_highest {
            f64::INFINITY
        } else {
            roughly(|odds| mean(odds) - x as f64)
        },
        lower: if at_lowest || below == 0.0 { 0.0 } else { roughly(|odds| at_least(odds) - below) },
        upper: if at_highest || above == 0.0 { f64::INFINITY } else { roughly(|odds| above - at_most(odds)) },
    }
}

/// The zero of an increasing function of the odds ratio as R's fisher.test finds it: in (0, 1), or for the inverse.
fn roughly(function: impl Fn(f64) -> f64) -> f64 {
    let tolerance = libm::pow(f64::EPSILON, 0.25);
    let at_one = function(1.0);
    if at_one > 0.0 {
        brent_dekker(0.0, 1.0, tolerance, function)
    } else if at_one < 0.0 {
        1.0 / brent_dekker(f64::EPSILON, 1.0, tolerance, |inverse| function(1.0 / inverse))
    } else {
        1.0
    }
}

/// Brent's search in the form of the netlib routine that R's uniroot uses; unlike [`brent`] it compares an interpolated step
/// with the last step taken, which matters for where a coarse search stops.
fn brent_dekker(lower: f64, upper: f64, tolerance: f64, function: impl Fn(f64) -> f64) -> f64 {
    let (mut a, mut b) = (lower, upper);
    let (mut fa, mut fb) = (function(a), function(b));
    let (mut c, mut fc) = (a, fa);
    for _ in 0..1000 {
        let previous = b - a;
        if fc.abs() < fb.abs() {
            (a, fa) = (b, fb);
            (b, fb) = (c, fc);
            (c, fc) = (a, fa);
        }
        let close = 2.0 * f64::EPSILON * b.abs() + 0.5 * tolerance;
        let mut step = 0.5 * (c - b);
        if step.abs() <= close || fb == 0.0 {
            return b;
        }
        if previous.abs() >= close && fa.abs() > fb.abs() {
            let width = c - b;
            let (mut p, mut q) = if a == c {
                let ratio = fb / fa;
                (width * ratio, 1.0 - ratio)
            } else {
                let (q, first, second) = (fa / fc, fb / fc, fb / fa);
                let p = second * (width * q * (q - first) - (b - a) * (first - 1.0));
                (p, (q - 1.0) * (first - 1.0) * (second - 1.0))
            };
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if p < 0.75 * width * q - 0.5 * (close * q).abs() && p < (0.5 * previous * q).abs() {
                step = p / q;
            }
        }
        if step.abs() < close {
            step = close.copysign(step);
        }
        (a, fa) = (b, fb);
        b += step;
        fb = function(b);
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
        }
    }
    b
}

/// Tables no more likely than this one.
fn two_sided(support: &Hypergeometric, x: u64) -> f64 {
    let p = support.probabilities(1.0);
    let observed = p[(x - support.lowest) as usize] * (1.0 + 1e-7);
    p.iter().filter(|&&p| p <= observed).sum::<f64>().min(1.0)
}

/// Conditional odds ratio.
fn most_likely(support: &Hypergeometric, x: u64) -> f64 {
    if x == support.lowest {
        0.0
    } else if x == support.highest {
        f64::INFINITY
    } else {
        solve(|odds| support.mean(odds) - x as f64)
    }
}

/// Odds ratio below which the table is too rare.
fn lower_limit(support: &Hypergeometric, x: u64, tail: f64) -> f64 {
    if x == support.lowest || tail == 0.0 { 0.0 } else { solve(|odds| support.at_least(x, odds) - tail) }
}

/// Odds ratio above which it is.
fn upper_limit(support: &Hypergeometric, x: u64, tail: f64) -> f64 {
    if x == support.highest || tail == 0.0 {
        f64::INFINITY
    } else {
        solve(|odds| tail - support.at_most(x, odds))
    }
}

/// The odds ratio at which an increasing function is zero, sought on the logarithmic scale.
fn solve(function: impl Fn(f64) -> f64) -> f64 {
    let on_log = |log: f64| function(libm::exp(log));
    let (mut low, mut high) = (-1.0, 1.0);
    while on_log(low) > 0.0 && low > -600.0 {
        low *= 2.0;
    }
    while on_log(high) < 0.0 && high < 600.0 {
        high *= 2.0;
    }
    brent(low, high, 0.0, on_log).map_or(f64::NAN, libm::exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_the_support() {
        let none = Proportion { events: 0, total: 5 };
        let all = Proportion { events: 4, total: 4 };
        let f = fisher(none, all, Alternative::TwoSided, 0.95);
        assert_eq!((f.odds_ratio, f.interval.upper), (f64::INFINITY, f64::INFINITY));
        assert!((f.p_value - 1.0 / 126.0).abs() < 1e-15);
        let back = fisher(all, none, Alternative::TwoSided, 0.95);
        assert_eq!((back.odds_ratio, back.interval.lower), (0.0, 0.0));
        assert!((back.interval.upper * f.interval.lower - 1.0).abs() < 1e-10);
    }
}
