//! Counts by inversion: how many clients come in this month.

use super::unit;
use crate::stats;

/// Poisson with a given mean (>= 0, at most 1e9). `P(X <= k) = Q(k + 1, mean)`.
pub(crate) fn poisson(word: u32, mean: f64) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    smallest_count(unit(word), mean, |k| stats::gamma::regularized_upper(f64::from(k) + 1.0, mean))
}

/// An overdispersed count: negative binomial with a given mean (>= 0, at most 1e9) and ratio of variance to mean. At a
/// ratio of 1 or less it is Poisson.
///
/// With `r = mean / (ratio - 1)`, `P(X <= k) = I_{1/ratio}(r, k + 1)`.
pub(crate) fn negative_binomial(word: u32, mean: f64, variance_over_mean: f64) -> u32 {
    if mean <= 0.0 || variance_over_mean <= 1.0 {
        return poisson(word, mean);
    }
    let size = mean / (variance_over_mean - 1.0);
    let success = 1.0 / variance_over_mean;
    let failure = (variance_over_mean - 1.0) / variance_over_mean;
    smallest_count(unit(word), mean, |k| {
        stats::beta::both_sides(size, f64::from(k) + 1.0, success, failure).0
    })
}

/// The smallest count whose cumulative probability reaches `u`: doubling from the mean, then halving.
fn smallest_count(u: f64, mean: f64, cumulative: impl Fn(u32) -> f64) -> u32 {
    let mut upper = (mean as u32).saturating_add(1);
    let mut lower = 0;
    while cumulative(upper) < u {
        if upper >= u32::MAX / 2 {
            return upper;
        }
        lower = upper + 1;
        upper *= 2;
    }
    while lower < upper {
        let middle = lower + (upper - lower) / 2;
        if cumulative(middle) < u {
            lower = middle + 1;
        } else {
            upper = middle;
        }
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks over `points` even quantiles and compares the share of every count with its probability.
    fn shares_match(sampler: impl Fn(u32) -> u32, probabilities: &[f64]) {
        let points = 20_000u32;
        let mut counts = vec![0u32; probabilities.len()];
        for i in 0..points {
            let word = ((f64::from(i) + 0.5) / f64::from(points) * 4_294_967_296.0) as u32;
            if let Some(count) = counts.get_mut(sampler(word) as usize) {
                *count += 1;
            }
        }
        for (count, probability) in counts.iter().zip(probabilities) {
            assert!(
                (f64::from(*count) - probability * f64::from(points)).abs() <= 1.0,
                "{count} {probability}"
            );
        }
    }

    #[test]
    fn poisson_has_its_probabilities() {
        let mean = 2.5;
        let mut probabilities = vec![libm::exp(-mean)];
        for k in 1..12 {
            probabilities.push(probabilities[k - 1] * mean / k as f64);
        }
        shares_match(|word| poisson(word, mean), &probabilities);
        assert_eq!(poisson(u32::MAX, 0.0), 0);
    }

    #[test]
    fn negative_binomial_has_its_probabilities() {
        let (mean, ratio) = (3.0, 1.2);
        let size = mean / (ratio - 1.0);
        let mut probabilities = vec![libm::pow(1.0 / ratio, size)];
        for k in 1..15 {
            let previous = probabilities[k - 1];
            probabilities.push(previous * (size + k as f64 - 1.0) / k as f64 * (1.0 - 1.0 / ratio));
        }
        shares_match(|word| negative_binomial(word, mean, ratio), &probabilities);
        assert_eq!(negative_binomial(77, mean, 1.0), poisson(77, mean));
    }

    #[test]
    fn large_means_stay_near_their_mean() {
        assert!((f64::from(poisson(1 << 31, 1e5)) - 1e5).abs() <= 1.0);
        let median = f64::from(negative_binomial(1 << 31, 1e4, 1.5));
        assert!((median - 1e4).abs() <= 2.0, "{median}");
    }
}
