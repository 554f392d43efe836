//! Event rates per unit of time at risk, and the ratio of two of them.
//!
//! The exact and score methods assume Poisson counts (independent events, one rate for everybody in an arm); real counts of
//! signals per client vary more, which the clustered ratio and [`super::count_regression`] allow for.

use super::{Alternative, EstimateError, Interval};
use crate::said;
use crate::stats::{beta, binomial, chi_square, normal, student_t};

/// Events and exposure of one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Number of events.
    pub events: u64,
    /// Time at risk, > 0, any unit.
    pub time: f64,
}

impl Exposure {
    /// Events per unit of time.
    pub(crate) fn rate(self) -> f64 {
        self.events as f64 / self.time
    }

    /// Exact interval of the rate: Garwood (1936), <https://doi.org/10.1093/biomet/28.3-4.437>.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::rate_ratio::Exposure;
    ///
    /// // R: poisson.test(11, 800)$conf.int
    /// let found = Exposure { events: 11, time: 800.0 }.exact_interval(0.95);
    /// assert!((found.lower - 0.006_863_950_459).abs() < 1e-10 && (found.upper - 0.024_602_548_142).abs() < 1e-10);
    /// ```
    pub fn exact_interval(self, level: f64) -> Interval {
        let tail = (1.0 - level) / 2.0;
        let events = self.events as f64;
        let lower = if self.events == 0 { 0.0 } else { chi_square::quantile(tail, 2.0 * events) / 2.0 };
        let upper = chi_square::quantile(1.0 - tail, 2.0 * events + 2.0) / 2.0;
        Interval { lower: lower / self.time, upper: upper / self.time, level }
    }
}

/// A test of equal rates with an interval of the ratio first / second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateRatio {
    /// First rate over second rate; infinite when the second arm has no events.
    pub ratio: f64,
    /// Standard normal statistic; `None` for the exact test.
    pub statistic: Option<f64>,
    /// P-value in the direction asked for: of a ratio that differs from, is below or is above 1.
    pub p_value: f64,
    /// Interval of the ratio; one-sided for the exact test in one direction, as in R.
    pub interval: Interval,
}

/// The exact test: given the total, the events of the first arm are binomial.
///
/// Two-sided p-value: all outcomes not more probable than the one observed; interval: Clopper-Pearson, carried over. The
/// two need not agree to the last per cent. One-sided: the binomial tail and the limit on that side. Przyborowski & Wilenski (1940), <https://doi.org/10.1093/biomet/31.3-4.313>.
/// Checked against `poisson.test` of R.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::rate_ratio::{Exposure, exact};
///
/// let (first, second) = (Exposure { events: 11, time: 800.0 }, Exposure { events: 21, time: 3011.0 });
/// let found = exact(first, second, 0.95, Alternative::TwoSided)?;
/// // R: poisson.test(c(11, 21), c(800, 3011)): ratio 1.971488, p 0.07966863, 0.858426 to 4.277266
/// assert!((found.ratio - 1.971_488_095_2).abs() < 1e-9 && (found.p_value - 0.079_668_633).abs() < 1e-8);
/// assert!((found.interval.lower - 0.858_426_403).abs() < 1e-8);
/// assert!((found.interval.upper - 4.277_265_944).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// A time at risk that is not positive, or no events at all.
pub fn exact(
    first: Exposure,
    second: Exposure,
    level: f64,
    alternative: Alternative,
) -> Result<RateRatio, EstimateError> {
    check(first, second)?;
    let total = first.events + second.events;
    let share = first.time / (first.time + second.time);
    let two_sided = alternative == Alternative::TwoSided;
    let tail = if two_sided { (1.0 - level) / 2.0 } else { 1.0 - level };
    let (x, y) = (first.events as f64, second.events as f64);
    let no_lower = first.events == 0 || alternative == Alternative::Less;
    let no_upper = second.events == 0 || alternative == Alternative::Greater;
    let lower = if no_lower { 0.0 } else { beta::quantile(x, y + 1.0, tail) };
    let upper = if no_upper { 1.0 } else { beta::quantile(x + 1.0, y, 1.0 - tail) };
    let p_value = match alternative {
        Alternative::TwoSided => two_sided_binomial(first.events, total, share),
        Alternative::Less => binomial::cdf(first.events, total, share),
        Alternative::Greater => binomial::at_least(first.events, total, share),
    };
    let odds = |p: f64| p / (1.0 - p) * second.time / first.time;
    Ok(RateRatio {
        ratio: first.rate() / second.rate(),
        statistic: None,
        p_value,
        interval: Interval { lower: odds(lower), upper: odds(upper), level },
    })
}

/// The score test: `(x - y r) / sqrt((x + y) r)` with `r` the ratio of times at risk; interval by inversion.
///
/// Gu, Ng, Tang & Schucany (2008), <https://doi.org/10.1002/bimj.200710403>. Checked against `test_poisson_2indep` of
/// Python's `statsmodels`.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::rate_ratio::{Exposure, score};
///
/// // The example of Gu et al. (2008): 60 in 51,477.5 person-years against 30 in 54,308.7; z = 3.4174.
/// let (first, second) = (Exposure { events: 60, time: 51_477.5 }, Exposure { events: 30, time: 54_308.7 });
/// let found = score(first, second, 0.95, Alternative::TwoSided)?;
/// assert!((found.statistic.expect("a z") - 3.417_401_839).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// A time at risk that is not positive, or no events at all.
pub fn score(
    first: Exposure,
    second: Exposure,
    level: f64,
    alternative: Alternative,
) -> Result<RateRatio, EstimateError> {
    check(first, second)?;
    let (x, y) = (first.events as f64, second.events as f64);
    let times = first.time / second.time;
    let z = (x - y * times) / ((x + y) * times).sqrt();
    // (x - y r)^2 = q^2 (x + y) r is quadratic in r = ratio * times.
    let q2 = {
        let q = normal::two_sided_quantile(level);
        q * q
    };
    let half = 2.0 * x * y + q2 * (x + y);
    let root = (half * half - 4.0 * x * x * y * y).sqrt();
    let (lower, upper) = if y == 0.0 {
        (x * x / half, f64::INFINITY)
    } else {
        // The product of the roots is (x / y)^2: no cancellation in the smaller one.
        let upper = (half + root) / (2.0 * y * y);
        (x * x / (y * y) / upper, upper)
    };
    Ok(RateRatio {
        ratio: first.rate() / second.rate(),
        statistic: Some(z),
        p_value: super::log_rank::p_of_z(z, alternative),
        interval: Interval { lower: lower / times, upper: upper / times, level },
    })
}

/// Log rate ratio with a variance that lets persons of one cluster, and counts of one person, depend on each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusteredRateRatio {
    /// Logarithm of (rate of arm 1 / rate of arm 0).
    pub log_ratio: f64,
    /// Its robust standard error.
    pub standard_error: f64,
    /// Number of clusters with time at risk.
    pub clusters: usize,
    /// Degrees of freedom of the t reference: clusters - 2.
    pub degrees_of_freedom: f64,
    /// Two-sided p-value by that t distribution.
    pub p_value: f64,
}

/// Compares two arms given the events and time at risk of each cluster in each arm.
///
/// The Poisson-model estimate (identical under quasi-Poisson) with the sandwich variance by cluster:
/// `sum over clusters k of (r_k1 / y_1 - r_k0 / y_0)^2`, `r_ka = events - rate_a * time`, `y_a` the events of arm `a`.
/// Zeger & Liang (1986), <https://doi.org/10.2307/2531248>. Allocation-free; equal to
/// [`super::count_regression`] without covariates.
///
/// `None` without events in one of the arms, with fewer than three clusters, or without variance.
///
/// # Example
/// ```
/// use stapjes::estimate::rate_ratio::clustered;
///
/// // Signals and client-months of six caseworkers, three an arm; every caseworker has an entry in both arms.
/// let events: [&[f64]; 2] = [&[5.0, 2.0, 9.0, 0.0, 0.0, 0.0], &[0.0, 0.0, 0.0, 4.0, 6.0, 3.0]];
/// let time: [&[f64]; 2] = [&[60.0, 55.0, 80.0, 0.0, 0.0, 0.0], &[0.0, 0.0, 0.0, 50.0, 62.0, 48.0]];
/// let found = clustered(events, time).expect("events in both arms");
/// // R: glm(e ~ arm + offset(log(t)), poisson) with sandwich::vcovCL(cadjust = FALSE), t with 6 - 2 degrees of freedom
/// assert!((found.log_ratio + 0.009_813_621_5).abs() < 1e-9 && found.degrees_of_freedom == 4.0);
/// assert!((found.standard_error - 0.241_172_214_0).abs() < 1e-8 && (found.p_value - 0.969_492_015).abs() < 1e-8);
/// ```
pub fn clustered(events: [&[f64]; 2], time: [&[f64]; 2]) -> Option<ClusteredRateRatio> {
    let total = |values: &[f64]| values.iter().sum::<f64>();
    let (y, t) = ([total(events[0]), total(events[1])], [total(time[0]), total(time[1])]);
    if y[0] <= 0.0 || y[1] <= 0.0 {
        return None;
    }
    let rate = [y[0] / t[0], y[1] / t[1]];
    let (mut variance, mut clusters) = (0.0, 0);
    for cluster in 0..events[0].len() {
        if time[0][cluster] + time[1][cluster] <= 0.0 {
            continue;
        }
        clusters += 1;
        let residual = |arm: usize| (events[arm][cluster] - rate[arm] * time[arm][cluster]) / y[arm];
        let difference = residual(1) - residual(0);
        variance += difference * difference;
    }
    if clusters < 3 || variance <= 0.0 {
        return None;
    }
    let log_ratio = libm::log(rate[1] / rate[0]);
    let standard_error = libm::sqrt(variance);
    let degrees_of_freedom = (clusters - 2) as f64;
    let p_value = student_t::two_sided_p(log_ratio / standard_error, degrees_of_freedom);
    Some(ClusteredRateRatio { log_ratio, standard_error, clusters, degrees_of_freedom, p_value })
}

/// P-value of a binomial count: the probability of all counts that are not more probable than the observed one, where
/// probabilities within 1e-7 of each other count as equal (the convention of `binom.test` in R).
fn two_sided_binomial(count: u64, trials: u64, chance: f64) -> f64 {
    let mean = trials as f64 * chance;
    let limit = binomial::probability(count, trials, chance) * (1.0 + 1e-7);
    let below = |other: u64| binomial::probability(other, trials, chance) <= limit;
    let p = if (count as f64) < mean {
        // Above the mean probabilities fall: find the first count there that is rare enough.
        let first = first_true(mean.ceil() as u64, trials, below);
        binomial::cdf(count, trials, chance)
            + first.map_or(0.0, |first| binomial::at_least(first, trials, chance))
    } else if (count as f64) > mean {
        let last =
            first_true(0, mean.floor() as u64, |other| !below(other)).unwrap_or(mean.floor() as u64 + 1);
        let lower = last.checked_sub(1).map_or(0.0, |last| binomial::cdf(last, trials, chance));
        lower + binomial::at_least(count, trials, chance)
    } else {
        1.0
    };
    p.min(1.0)
}

/// First number in `from..=to` for which a condition that never turns false again holds.
fn first_true(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (from, to + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low <= to).then_some(low)
}

/// Refuses times that are not positive.
fn check(first: Exposure, second: Exposure) -> Result<(), EstimateError> {
    if !(first.time > 0.0 && second.time > 0.0 && first.time.is_finite() && second.time.is_finite()) {
        return Err(EstimateError::data(said!(
            "elke groep heeft een eindige tijd onder risico boven 0 nodig",
            "each arm needs a finite, positive time at risk"
        )));
    }
    if first.events + second.events == 0 {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen in een van beide groepen", "events in either arm"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Test = fn(Exposure, Exposure, f64, Alternative) -> Result<RateRatio, EstimateError>;

    fn test(of: Test, first: Exposure, second: Exposure) -> Result<RateRatio, EstimateError> {
        of(first, second, 0.95, Alternative::TwoSided)
    }

    /// R 4.2: poisson.test(c(11, 21), c(800, 3011), alternative = "less" and "greater").
    #[test]
    fn one_sided() {
        let (first, second) = (Exposure { events: 11, time: 800.0 }, Exposure { events: 21, time: 3011.0 });
        let less = exact(first, second, 0.95, Alternative::Less).unwrap();
        let greater = exact(first, second, 0.95, Alternative::Greater).unwrap();
        assert!((less.p_value - 0.975_931_823_227_312).abs() < 1e-12 && less.interval.lower == 0.0);
        assert!((less.interval.upper - 3.827_386_407_850_88).abs() < 1e-10);
        assert!((greater.p_value - 0.056_008_659_787_699_7).abs() < 1e-12);
        assert!((greater.interval.lower - 0.977_584_347_496_745).abs() < 1e-10);
        assert!(greater.interval.upper.is_infinite());
    }

    /// help(poisson.test) of R, first example; Gu et al. (2008) by statsmodels 0.15.0.
    #[test]
    fn published_examples() {
        let breast =
            test(exact, Exposure { events: 11, time: 800.0 }, Exposure { events: 21, time: 3011.0 }).unwrap();
        assert!((breast.ratio - 1.971_488_095_238_1).abs() < 1e-12);
        assert!((breast.p_value - 0.079_668_633_033_329_5).abs() < 1e-12);
        assert!((breast.interval.lower - 0.858_426_403_391_639).abs() < 1e-11);
        assert!((breast.interval.upper - 4.277_265_943_654_07).abs() < 1e-10);
        let (first, second) =
            (Exposure { events: 60, time: 51477.5 }, Exposure { events: 30, time: 54308.7 });
        let gu = test(score, first, second).unwrap();
        assert!((gu.statistic.unwrap() - 3.417_401_839_000_214_5).abs() < 1e-12);
        assert!((gu.p_value / 0.000_632_218_882_047_097_2 - 1.0).abs() < 1e-10);
        let p = test(exact, first, second).unwrap().p_value;
        assert!((p / 0.000_675_182_658_686_321_9 - 1.0).abs() < 1e-10);
    }

    #[test]
    fn the_score_interval_ends_where_the_test_turns() {
        let (first, second) = (Exposure { events: 9, time: 40.0 }, Exposure { events: 21, time: 55.0 });
        let result = test(score, first, second).unwrap();
        for end in [result.interval.lower, result.interval.upper] {
            let r = end * first.time / second.time;
            let z = (9.0 - 21.0 * r) / (30.0 * r).sqrt();
            assert!((z.abs() - normal::two_sided_quantile(0.95)).abs() < 1e-10);
        }
        let none = test(score, first, Exposure { events: 0, time: 5.0 }).unwrap();
        assert!(none.interval.upper.is_infinite() && none.interval.lower > 0.0);
        let nothing = Exposure { events: 0, time: 1.0 };
        assert!(test(exact, nothing, nothing).is_err());
    }

    #[test]
    fn garwood() {
        let interval = Exposure { events: 10, time: 2.0 }.exact_interval(0.95);
        assert!((interval.lower - 4.795_389_4 / 2.0).abs() < 1e-6);
        assert!((interval.upper - 18.390_356_0 / 2.0).abs() < 1e-6);
    }

    #[test]
    fn persons_as_clusters() {
        let (y, t) = ([[3.0, 0.0, 2.0], [1.0, 0.0, 4.0]], [[2.0, 1.0, 2.0], [1.0, 1.0, 2.0]]);
        // Clusters 0-2 are in arm 0, clusters 3-5 in arm 1.
        let wide = |values: [f64; 3], first: bool| {
            let mut row = [0.0; 6];
            row[if first { 0..3 } else { 3..6 }].copy_from_slice(&values);
            row
        };
        let (y0, y1, t0, t1) = (wide(y[0], true), wide(y[1], false), wide(t[0], true), wide(t[1], false));
        let found = clustered([&y0, &y1], [&t0, &t1]).unwrap();
        assert!((found.log_ratio - libm::log(1.25)).abs() < 1e-14);
        // Residuals events - rate * time: (1, -1, 0) over 5 events and (-0.25, -1.25, 1.5) over 5 events.
        assert!((found.standard_error * found.standard_error - (2.0 + 3.875) / 25.0).abs() < 1e-14);
        assert_eq!(found.degrees_of_freedom, 4.0);
        assert!(clustered([&[0.0; 6], &y1], [&t0, &t1]).is_none());
    }
}
