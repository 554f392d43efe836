//! The bivariate normal distribution: the probability of an orthant and of a rectangle.
//!
//! The derivative of the orthant probability with respect to the correlation is the density (Plackett), so the
//! probability is an integral over one bounded variable; for correlations near 1 the singular part is integrated
//! analytically (Drezner & Wesolowsky) with Genz's extra terms. Absolute error about 1e-15.
//!
//! References: Drezner Z, Wesolowsky GO (1990), doi:10.1080/00949659008811236; Genz A (2004), Numerical computation of
//! rectangular bivariate and trivariate normal and t probabilities, doi:10.1023/B:STCO.0000035304.20635.31.

use super::normal;
use std::f64::consts::TAU;

/// Beyond this many standard deviations the normal tail (1e-19) is nothing beside 1.
const FAR: f64 = 9.0;

/// P(X > h, Y > k) for standard normal X and Y with correlation `r` in [-1, 1]; `h`, `k` may be infinite.
///
/// # Example
/// With correlation .5 both are positive in one case of three: `1/4 + asin(1/2) / (2 pi)`.
///
/// ```
/// use stapjes::stats::bivariate_normal;
///
/// assert!((bivariate_normal::upper_orthant(0.0, 0.0, 0.5) - 1.0 / 3.0).abs() < 1e-14);
/// ```
pub fn upper_orthant(h: f64, k: f64, r: f64) -> f64 {
    if h > 38.0 || k > 38.0 {
        return 0.0;
    }
    if h < -38.0 {
        return normal::upper_tail(k);
    }
    if k < -38.0 {
        return normal::upper_tail(h);
    }
    if r.abs() < 0.925 { moderate(h, k, r) } else { strong(h, k, r) }.max(0.0)
}

/// P(X < h, Y < k).
///
/// # Example
/// ```
/// use stapjes::stats::bivariate_normal;
///
/// // scipy.stats.multivariate_normal.cdf
/// assert!((bivariate_normal::lower_orthant(0.5, 0.3, 0.4) - 0.483_802_341_490_343_9).abs() < 1e-12);
/// ```
pub fn lower_orthant(h: f64, k: f64, r: f64) -> f64 {
    upper_orthant(-h, -k, r)
}

/// P(a1 < X < b1, a2 < Y < b2); ends may be infinite.
///
/// # Example
/// Without correlation it is a product.
///
/// ```
/// use stapjes::stats::{bivariate_normal, normal};
///
/// let within = |z: f64| normal::cdf(z) - normal::cdf(-z);
/// let found = bivariate_normal::rectangle(-1.0, 1.0, -2.0, 2.0, 0.0);
/// assert!((found - within(1.0) * within(2.0)).abs() < 1e-14);
/// ```
pub fn rectangle(a1: f64, b1: f64, a2: f64, b2: f64, r: f64) -> f64 {
    if b1 <= a1 || b2 <= a2 {
        return 0.0;
    }
    let (low1, low2) = (a1 > -FAR, a2 > -FAR);
    let (high1, high2) = (b1 < FAR, b2 < FAR);
    match (low1, high1, low2, high2) {
        (false, _, false, _) => upper_orthant(-b1, -b2, r),
        (_, false, _, false) => upper_orthant(a1, a2, r),
        (false, _, _, false) => upper_orthant(-b1, a2, -r),
        (_, false, false, _) => upper_orthant(a1, -b2, -r),
        _ => (upper_orthant(a1, a2, r) - upper_orthant(b1, a2, r) - upper_orthant(a1, b2, r)
            + upper_orthant(b1, b2, r))
        .max(0.0),
    }
}

/// Integral over the arcsine of the correlation.
fn moderate(h: f64, k: f64, r: f64) -> f64 {
    let independent = normal::upper_tail(h) * normal::upper_tail(k);
    if r == 0.0 {
        return independent;
    }
    let (half_squares, product) = (0.5 * (h * h + k * k), h * k);
    let half_angle = 0.5 * libm::asin(r);
    let (nodes, weights) = rule(r.abs());
    let integrand = |x: f64| {
        let s = libm::sin(half_angle * x);
        libm::exp((s * product - half_squares) / (1.0 - s * s))
    };
    let sum: f64 =
        nodes.iter().zip(weights).map(|(x, w)| w * (integrand(1.0 - x) + integrand(1.0 + x))).sum();
    independent + sum * half_angle / TAU
}

/// For |r| >= 0.925: the orthant of perfectly correlated variables less a correction.
fn strong(h: f64, k: f64, r: f64) -> f64 {
    let k = if r < 0.0 { -k } else { k };
    let correction = if r.abs() < 1.0 { strong_correction(h, k, r) } else { 0.0 };
    if r > 0.0 {
        return normal::upper_tail(h.max(k)) - correction;
    }
    let overlap = if k <= h {
        0.0
    } else if h < 0.0 {
        normal::cdf(k) - normal::cdf(h)
    } else {
        normal::upper_tail(h) - normal::upper_tail(k)
    };
    overlap + correction
}

/// What the orthant of correlation `r` lacks of that of perfect correlation.
fn strong_correction(h: f64, k: f64, r: f64) -> f64 {
    let product = h * k;
    let square = (1.0 - r.abs()) * (1.0 + r.abs());
    let a = libm::sqrt(square);
    let gap = (h - k) * (h - k);
    let (c, d) = ((4.0 - product) / 8.0, (12.0 - product) / 16.0);
    let mut value = 0.0;
    let exponent = -0.5 * (gap / square + product);
    if exponent > -100.0 {
        value = a
            * libm::exp(exponent)
            * (1.0 - c * (gap - square) * (1.0 - d * gap / 5.0) / 3.0 + c * d * square * square / 5.0);
    }
    if product > -100.0 {
        let b = libm::sqrt(gap);
        value -= libm::exp(-0.5 * product)
            * libm::sqrt(TAU)
            * normal::cdf(-b / a)
            * b
            * (1.0 - c * gap * (1.0 - d * gap / 5.0) / 3.0);
    }
    let half = 0.5 * a;
    for (x, w) in NODES_20.iter().zip(&WEIGHTS_20) {
        for u in [1.0 - x, 1.0 + x] {
            let s = half * half * u * u;
            let exponent = -0.5 * (gap / s + product);
            if exponent > -100.0 {
                let root = libm::sqrt(1.0 - s);
                let exact = libm::exp(-0.5 * product * s / ((1.0 + root) * (1.0 + root))) / root;
                value += half * w * libm::exp(exponent) * (exact - (1.0 + c * s * (1.0 + d * s)));
            }
        }
    }
    value / TAU
}

/// Positive half of a Gauss-Legendre rule, finer for stronger correlations.
fn rule(correlation: f64) -> (&'static [f64], &'static [f64]) {
    if correlation < 0.3 {
        (&NODES_6, &WEIGHTS_6)
    } else if correlation < 0.75 {
        (&NODES_12, &WEIGHTS_12)
    } else {
        (&NODES_20, &WEIGHTS_20)
    }
}

/// Positive half of the nodes of Gauss and Legendre, six in all.
const NODES_6: [f64; 3] = [0.2386191860831969, 0.6612093864662645, 0.9324695142031519];
/// Their weights.
const WEIGHTS_6: [f64; 3] = [0.46791393457269104, 0.3607615730481387, 0.17132449237917027];
/// The same, twelve in all.
const NODES_12: [f64; 6] = [
    0.1252334085114689,
    0.3678314989981802,
    0.5873179542866175,
    0.7699026741943047,
    0.9041172563704748,
    0.9815606342467192,
];
/// Their weights.
const WEIGHTS_12: [f64; 6] = [
    0.2491470458134027,
    0.2334925365383546,
    0.20316742672306573,
    0.16007832854334642,
    0.10693932599531907,
    0.04717533638651141,
];
/// The same, twenty in all.
const NODES_20: [f64; 10] = [
    0.07652652113349734,
    0.22778585114164507,
    0.37370608871541955,
    0.5108670019508271,
    0.636053680726515,
    0.7463319064601508,
    0.8391169718222188,
    0.912234428251326,
    0.9639719272779138,
    0.993128599185095,
];
/// Their weights.
const WEIGHTS_20: [f64; 10] = [
    0.15275338713072628,
    0.14917298647260424,
    0.1420961093183824,
    0.1316886384491769,
    0.1181945319615186,
    0.1019301198172407,
    0.08327674157670471,
    0.06267204833410879,
    0.040601429800386446,
    0.017614007139150893,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn known_orthants() {
        for r in [-1.0, -0.99, -0.95, -0.7, -0.2, 0.0, 0.25, 0.5, 0.9, 0.93, 0.999, 1.0] {
            let exact = 0.25 + libm::asin(r) / (2.0 * PI);
            assert!((upper_orthant(0.0, 0.0, r) - exact).abs() < 1e-15, "r = {r}");
        }
    }

    #[test]
    fn both_branches_meet() {
        // Against direct integration of the density times the conditional tail.
        for (h, k) in [(1.2, 0.4), (-0.7, 2.0), (2.5, 2.4), (-1.0, -1.1), (1.0, -1.0)] {
            for r in [-0.999, -0.95, -0.9, -0.5, 0.1, 0.6, 0.92, 0.926, 0.98, 0.9999] {
                let s = libm::sqrt(1.0 - r * r);
                let f = |x: f64| normal::density(x) * normal::upper_tail((k - r * x) / s);
                let (direct, _) = super::super::quadrature::adaptive(h, 12.0, 1e-15, 2000, f);
                let ours = upper_orthant(h, k, r);
                assert!((ours - direct).abs() < 2e-14, "{h} {k} {r}: {ours} {direct}");
            }
        }
    }

    #[test]
    fn rectangles_add_up() {
        let whole = rectangle(-1.0, 2.0, -0.5, f64::INFINITY, 0.6);
        let parts = rectangle(-1.0, 0.3, -0.5, 20.0, 0.6) + rectangle(0.3, 2.0, -0.5, 20.0, 0.6);
        assert!((whole - parts).abs() < 1e-15);
        assert_eq!(rectangle(1.0, 0.0, 0.0, 1.0, 0.5), 0.0);
    }
}
