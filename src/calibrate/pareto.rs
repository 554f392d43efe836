//! Importance weights whose largest are smoothed by a generalized Pareto distribution.
//!
//! Vehtari, Simpson, Gelman, Yao & Gabry 2024, *Pareto smoothed importance sampling*, JMLR 25(72),
//! <https://jmlr.org/papers/v25/19-556.html>; the shape is estimated as Zhang & Stephens 2009 do
//! (doi:10.1198/tech.2009.08017). A shape `k` over 0.7 says that the weights cannot be trusted.

use super::smc::{effective_size, normalized};

/// Smoothed weights.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Smoothed {
    /// Weights, adding up to 1.
    pub weights: Vec<f64>,
    /// Shape of the tail; negative infinity when all weights are equal.
    pub k: f64,
    /// Effective sample size.
    pub effective: f64,
}

/// Smooths the weights whose logarithms are given.
/// The largest fifth, or 3 sqrt(n) if that is less, is replaced by quantiles of the fitted distribution
/// and cut at the largest raw weight; fewer than 25 weights are left as they are. Adding a constant to
/// all logarithms changes nothing.
pub(crate) fn smooth(log_weights: &[f64]) -> Smoothed {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut shifted: Vec<f64> = log_weights.iter().map(|weight| weight - largest).collect();
    let count = shifted.len();
    let tail = ((count as f64 / 5.0).min(3.0 * (count as f64).sqrt())) as usize;
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| shifted[a].total_cmp(&shifted[b]).then(a.cmp(&b)));
    let mut k = f64::NEG_INFINITY;
    if tail >= 5 {
        let cutoff = libm::exp(shifted[order[count - tail - 1]]);
        let excess: Vec<f64> =
            order[count - tail..].iter().map(|&at| libm::exp(shifted[at]) - cutoff).collect();
        if excess[tail - 1] > 1e-9 * cutoff && excess[tail / 4] > 0.0 {
            let (shape, scale) = generalized_pareto(&excess);
            k = shape;
            for (place, &at) in order[count - tail..].iter().enumerate() {
                let share = (place as f64 + 0.5) / tail as f64;
                let quantile = if shape.abs() < 1e-12 {
                    -scale * libm::log1p(-share)
                } else {
                    scale * libm::expm1(-shape * libm::log1p(-share)) / shape
                };
                shifted[at] = libm::log(cutoff + quantile).min(0.0);
            }
        }
    }
    let weights = normalized(&shifted);
    Smoothed { effective: effective_size(&weights), weights, k }
}

/// Shape and scale of a generalized Pareto distribution for ascending values over 0, the shape pulled a little towards one
/// half as in Vehtari and others.
fn generalized_pareto(ascending: &[f64]) -> (f64, f64) {
    let count = ascending.len();
    let n = count as f64;
    let candidates = 30 + n.sqrt() as usize;
    // Zhang and Stephens weigh candidates by their profile likelihood instead of maximizing it: no
    // iteration, no failure.
    let quartile = ascending[((n / 4.0 + 0.5) as usize).clamp(1, count) - 1].max(f64::MIN_POSITIVE);
    let largest = ascending[count - 1];
    let theta =
        |at: usize| 1.0 / largest + (1.0 - (candidates as f64 / (at as f64 - 0.5)).sqrt()) / (3.0 * quartile);
    let shape = |theta: f64| ascending.iter().map(|x| libm::log1p(-theta * x)).sum::<f64>() / n;
    let thetas: Vec<f64> = (1..=candidates).map(theta).collect();
    let profile: Vec<f64> = thetas
        .iter()
        .map(|&theta| {
            let k = shape(theta);
            n * (libm::log(-theta / k) - k - 1.0)
        })
        .map(|value| if value.is_finite() { value } else { -1e300 })
        .collect();
    let weights = normalized(&profile);
    let theta: f64 = thetas.iter().zip(&weights).map(|(theta, weight)| theta * weight).sum();
    let k = shape(theta);
    let scale = -k / theta;
    ((k * n + 5.0) / (n + 10.0), scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::numbers::Numbers;
    use crate::random::{Dice, Process};

    /// Exact Pareto weights with shape `k`: u^-k.
    fn pareto(k: f64) -> Vec<f64> {
        let mut numbers = Numbers::new(Dice::new(8, 0).stream(0, 0, Process::LearnData));
        (0..4000).map(|_| -k * libm::log(numbers.unit())).collect()
    }

    #[test]
    fn the_shape_of_exact_pareto_tails_is_found() {
        for k in [0.3, 0.5, 0.9] {
            let found = smooth(&pareto(k));
            // The tail has 189 weights; the error of its shape is about (1 + k) / sqrt(189).
            assert!((found.k - k).abs() < 4.0 * (1.0 + k) / 189f64.sqrt(), "{k} {}", found.k);
            assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_weights_stay_equal() {
        let found = smooth(&[-3.0; 400]);
        assert!((found.effective - 400.0).abs() < 1e-9 && found.k == f64::NEG_INFINITY);
    }

    #[test]
    fn few_weights_are_left_as_they_are() {
        let found = smooth(&[0.0, -1.0]);
        assert!((found.weights[0] - 1.0 / (1.0 + libm::exp(-1.0))).abs() < 1e-12);
    }
}
