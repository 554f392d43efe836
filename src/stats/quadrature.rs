//! Definite integrals of smooth functions of one variable.
//!
//! [`GaussLegendre`] gives the rule of any order (exact for polynomials of degree 2n - 1); [`adaptive`] is the 21-point
//! Gauss-Kronrod rule with bisection of the worst interval, for integrands whose difficulty is not known beforehand.
//!
//! References: Piessens R et al. (1983), QUADPACK, doi:10.1007/978-3-642-61786-7; Kronrod (1965).

use std::f64::consts::PI;

/// Nodes on [-1, 1] and weights of a Gauss-Legendre rule.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussLegendre {
    /// Nodes, ascending.
    pub nodes: Vec<f64>,
    /// Weights, adding up to 2.
    pub weights: Vec<f64>,
}

impl GaussLegendre {
    /// The rule of `order` points (at least 1).
    ///
    /// # Example
    /// Four points integrate a polynomial of degree 7 exactly.
    ///
    /// ```
    /// use stapjes::stats::quadrature::GaussLegendre;
    ///
    /// let rule = GaussLegendre::new(4);
    /// assert!((rule.integrate(0.0, 1.0, |x| x.powi(7)) - 1.0 / 8.0).abs() < 1e-15);
    /// ```
    pub fn new(order: usize) -> Self {
        let order = order.max(1);
        let (mut nodes, mut weights) = (vec![0.0; order], vec![0.0; order]);
        for i in 0..order.div_ceil(2) {
            let mut x = libm::cos(PI * (i as f64 + 0.75) / (order as f64 + 0.5));
            for _ in 0..100 {
                let (p, slope) = legendre(order, x);
                let step = p / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            let slope = legendre(order, x).1;
            let weight = 2.0 / ((1.0 - x * x) * slope * slope);
            (nodes[i], nodes[order - 1 - i]) = (-x, x);
            (weights[i], weights[order - 1 - i]) = (weight, weight);
        }
        if order % 2 == 1 {
            nodes[order / 2] = 0.0;
        }
        Self { nodes, weights }
    }

    /// The integral of `function` from `lower` to `upper`.
    pub fn integrate(&self, lower: f64, upper: f64, mut function: impl FnMut(f64) -> f64) -> f64 {
        let (middle, half) = (0.5 * (lower + upper), 0.5 * (upper - lower));
        let sum: f64 =
            self.nodes.iter().zip(&self.weights).map(|(x, w)| w * function(middle + half * x)).sum();
        half * sum
    }
}

/// Legendre polynomial of degree `n` and its derivative at `x` inside (-1, 1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut current) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (previous, current) = (current, ((2.0 * k - 1.0) * x * current - (k - 1.0) * previous) / k);
    }
    if n == 1 {
        return (x, 1.0);
    }
    (current, n as f64 * (x * current - previous) / (x * x - 1.0))
}

/// The integral of `function` from `lower` to `upper` to an absolute error of about `tolerance` (never asked to be better
/// than 1e-15 of the value), with at most `most_intervals` bisections. Returns the value and its error estimate, which
/// says whether the tolerance was met.
///
/// # Example
/// The area under a peak that a fixed rule would miss.
///
/// ```
/// use stapjes::stats::quadrature::adaptive;
///
/// let (area, error) = adaptive(-1.0, 1.0, 1e-10, 200, |x| 1.0 / (1e-6 + x * x));
/// assert!((area - 2.0e3 * libm::atan(1e3)).abs() < 1e-6 && error < 1e-6);
/// ```
pub fn adaptive(
    lower: f64,
    upper: f64,
    tolerance: f64,
    most_intervals: usize,
    mut function: impl FnMut(f64) -> f64,
) -> (f64, f64) {
    let (value, error) = kronrod(lower, upper, &mut function);
    if error <= tolerance.max(1e-15 * value.abs()) {
        return (value, error);
    }
    let mut parts = vec![(lower, upper, value, error)];
    loop {
        let (value, error) = parts.iter().fold((0.0, 0.0), |(v, e), part| (v + part.2, e + part.3));
        if error <= tolerance.max(1e-15 * f64::abs(value)) || parts.len() >= most_intervals {
            return (value, error);
        }
        let mut worst = 0;
        for (i, part) in parts.iter().enumerate() {
            if part.3 > parts[worst].3 {
                worst = i;
            }
        }
        let (a, b, ..) = parts[worst];
        let middle = 0.5 * (a + b);
        let (left, left_error) = kronrod(a, middle, &mut function);
        let (right, right_error) = kronrod(middle, b, &mut function);
        parts[worst] = (a, middle, left, left_error);
        parts.push((middle, b, right, right_error));
    }
}

/// 21-point value and QUADPACK's error estimate.
fn kronrod(lower: f64, upper: f64, function: &mut impl FnMut(f64) -> f64) -> (f64, f64) {
    let (middle, half) = (0.5 * (lower + upper), 0.5 * (upper - lower));
    let mut values = [0.0; 21];
    values[10] = function(middle);
    for i in 0..10 {
        values[i] = function(middle - half * KRONROD_NODES[i]);
        values[20 - i] = function(middle + half * KRONROD_NODES[i]);
    }
    let pair = |i: usize| values[i] + values[20 - i];
    let kronrod =
        KRONROD_WEIGHTS[10] * values[10] + (0..10).map(|i| KRONROD_WEIGHTS[i] * pair(i)).sum::<f64>();
    let gauss: f64 = (0..5).map(|i| GAUSS_WEIGHTS[i] * pair(2 * i + 1)).sum();
    let mean = 0.5 * kronrod;
    let spread: f64 = KRONROD_WEIGHTS[10] * (values[10] - mean).abs()
        + (0..10)
            .map(|i| KRONROD_WEIGHTS[i] * ((values[i] - mean).abs() + (values[20 - i] - mean).abs()))
            .sum::<f64>();
    let difference = (kronrod - gauss).abs() * half.abs();
    let spread = spread * half.abs();
    let ratio = if spread > 0.0 { 200.0 * difference / spread } else { 0.0 };
    let error = if ratio > 0.0 { spread * (ratio * libm::sqrt(ratio)).min(1.0) } else { difference };
    (kronrod * half, error)
}

/// Nodes of the 21-point rule of Kronrod, positive half.
const KRONROD_NODES: [f64; 10] = [
    0.9956571630258081,
    0.9739065285171717,
    0.9301574913557082,
    0.8650633666889845,
    0.7808177265864169,
    0.6794095682990244,
    0.5627571346686047,
    0.4333953941292472,
    0.2943928627014602,
    0.14887433898163122,
];
/// Their weights, the middle last.
const KRONROD_WEIGHTS: [f64; 11] = [
    0.011694638867371874,
    0.032558162307964725,
    0.054755896574351995,
    0.07503967481091996,
    0.0931254545836976,
    0.10938715880229764,
    0.12349197626206584,
    0.13470921731147334,
    0.14277593857706009,
    0.14773910490133849,
    0.1494455540029169,
];
/// Weights of the 10-point rule of Gauss on every second node.
const GAUSS_WEIGHTS: [f64; 5] =
    [0.06667134430868814, 0.1494513491505806, 0.21908636251598204, 0.26926671930999635, 0.29552422471475287];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_is_exact_for_polynomials() {
        for order in 1..40 {
            let rule = GaussLegendre::new(order);
            let degree = 2 * order - 1;
            let value = rule.integrate(0.0, 1.0, |x| libm::pow(x, degree as f64));
            assert!((value * (degree + 1) as f64 - 1.0).abs() < 1e-13, "order {order}: {value}");
        }
    }

    #[test]
    fn adaptive_handles_peaks_and_kinks() {
        let (peak, error) = adaptive(-1.0, 1.0, 1e-12, 200, |x| 1e-3 / (x * x + 1e-6));
        assert!((peak - 2.0 * libm::atan(1000.0)).abs() < 1e-11 && error < 1e-11);
        let (kink, _) = adaptive(0.0, 1.0, 1e-10, 200, |x| (x - 0.3).abs());
        assert!((kink - 0.29).abs() < 1e-9);
    }
}
