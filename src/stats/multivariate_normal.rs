//! Rectangle probabilities of a multivariate normal distribution in up to eight dimensions, without random numbers.
//!
//! Let the correlations between chosen pairs stay and all others grow from 0 to their value along `t` in [0, 1]. Plackett's
//! identity gives the derivative of the probability with respect to each correlation as a bivariate density times a
//! probability in two dimensions less, so that three and four dimensions cost one integral over `t` of univariate and
//! bivariate probabilities, and five and six one integral of those. With `t = sin(angle)` the integrand stays smooth up to
//! a singular correlation matrix (the four Fleming-Harrington statistics of a MaxCombo are one: log-rank = early + late).
//! Absolute error about 1e-8 (measured: up to 3e-8 close to singular matrices). With one limit for all variables and a
//! matrix of rank three (every MaxCombo of the usual four statistics) the edges of a polyhedron are faster and more precise:
//! see the module `normal_maximum`.
//!
//! References: Plackett RL (1954), doi:10.1093/biomet/41.3-4.351; Genz A (2004), doi:10.1023/B:STCO.0000035304.20635.31.
//! Checked against closed forms and scipy.stats.multivariate_normal (randomised, 1e-5).

use super::quadrature::adaptive;
use super::{bivariate_normal, normal, normal_maximum};
use std::f64::consts::{FRAC_PI_2, TAU};

pub(crate) use super::normal_maximum::MOST_DIMENSIONS;

/// Correlations this close to 1 are one and the same variable.
const SAME: f64 = 1e-14;

/// Absolute error of one integral.
const TOLERANCE: f64 = 1e-9;

/// P(lower < Z < upper) for standard normal `Z` with the row-major `correlation` matrix; ends may be infinite.
/// The matrix must be symmetric with ones on the diagonal, positive semi-definite (singular is allowed).
/// NaN when the lengths do not fit, when there are more than `MOST_DIMENSIONS`, or when an input is NaN.
///
/// # Example
/// Three variables with correlations of .5 are all negative in one case of four.
///
/// ```
/// use stapjes::stats::multivariate_normal::rectangle;
///
/// let correlation = [1.0, 0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 1.0];
/// let all_negative = rectangle(&[f64::NEG_INFINITY; 3], &[0.0; 3], &correlation);
/// assert!((all_negative - 0.25).abs() < 1e-8);
/// ```
pub fn rectangle(lower: &[f64], upper: &[f64], correlation: &[f64]) -> f64 {
    let n = lower.len();
    let bad = lower.iter().chain(upper).chain(correlation).any(|v| v.is_nan());
    if n > MOST_DIMENSIONS || upper.len() != n || correlation.len() != n * n || bad {
        return f64::NAN;
    }
    let mut region = Region { n, ..Region::default() };
    region.lower[..n].copy_from_slice(lower);
    region.upper[..n].copy_from_slice(upper);
    for i in 0..n {
        for j in 0..n {
            region.correlation[i][j] = correlation[i * n + j].clamp(-1.0, 1.0);
        }
    }
    probability(region, TOLERANCE)
}

/// P(all Z < limit): one minus this is the one-sided p-value of a maximum.
///
/// # Example
/// ```
/// use stapjes::stats::multivariate_normal::below;
///
/// // R: mvtnorm::pmvnorm(upper = rep(1.959964, 2), corr = matrix(c(1, .5, .5, 1), 2))
/// let found = below(1.959_963_984_540_054, &[1.0, 0.5, 0.5, 1.0], 2);
/// assert!((found - 0.954_622_282_342_626_2).abs() < 1e-8);
/// ```
pub fn below(limit: f64, correlation: &[f64], dimensions: usize) -> f64 {
    let upper = [limit; MOST_DIMENSIONS];
    let lower = [f64::NEG_INFINITY; MOST_DIMENSIONS];
    let n = dimensions.min(MOST_DIMENSIONS);
    rectangle(&lower[..n], &upper[..n], correlation)
}

/// P(all |Z| < limit): one minus this is the two-sided p-value of a maximum.
///
/// # Example
/// Two independent statistics within 1.96: what a maximum test of two gives away without a correction.
///
/// ```
/// use stapjes::stats::multivariate_normal::within;
///
/// let level = 1.0 - within(1.959_963_984_540_054, &[1.0, 0.0, 0.0, 1.0], 2);
/// assert!((level - (1.0 - 0.95 * 0.95)).abs() < 1e-8);
/// ```
pub fn within(limit: f64, correlation: &[f64], dimensions: usize) -> f64 {
    let upper = [limit; MOST_DIMENSIONS];
    let lower = [-limit; MOST_DIMENSIONS];
    let n = dimensions.min(MOST_DIMENSIONS);
    rectangle(&lower[..n], &upper[..n], correlation)
}

/// A rectangle with its correlations, on the stack.
#[derive(Clone, Copy, Debug, Default)]
struct Region {
    /// Dimensions.
    n: usize,
    /// Lower ends.
    lower: [f64; MOST_DIMENSIONS],
    /// Upper ends.
    upper: [f64; MOST_DIMENSIONS],
    /// Correlations.
    correlation: [[f64; MOST_DIMENSIONS]; MOST_DIMENSIONS],
}

impl Region {
    /// Drops a dimension.
    fn remove(&mut self, gone: usize) {
        self.n -= 1;
        for i in gone..self.n {
            self.lower[i] = self.lower[i + 1];
            self.upper[i] = self.upper[i + 1];
            self.correlation[i] = self.correlation[i + 1];
        }
        for row in &mut self.correlation[..self.n] {
            row.copy_within(gone + 1..=self.n, gone);
        }
    }

    /// Exchanges two dimensions.
    fn swap(&mut self, i: usize, j: usize) {
        self.lower.swap(i, j);
        self.upper.swap(i, j);
        self.correlation.swap(i, j);
        for row in &mut self.correlation[..self.n] {
            row.swap(i, j);
        }
    }

    /// Drops variables without limits and joins variables that are each other's copy or mirror image.
    fn simplify(&mut self) {
        let mut i = 0;
        while i < self.n {
            if self.lower[i] < -38.0 && self.upper[i] > 38.0 {
                self.remove(i);
                continue;
            }
            while let Some(j) = (i + 1..self.n).find(|&j| self.correlation[i][j].abs() > 1.0 - SAME) {
                let (low, high) = if self.correlation[i][j] > 0.0 {
                    (self.lower[j], self.upper[j])
                } else {
                    (-self.upper[j], -self.lower[j])
                };
                self.lower[i] = self.lower[i].max(low);
                self.upper[i] = self.upper[i].min(high);
                self.remove(j);
            }
            i += 1;
        }
    }

    /// Whether some interval is empty.
    fn is_empty(&self) -> bool {
        (0..self.n).any(|i| self.lower[i] >= self.upper[i])
    }

    /// Whether the rectangle is symmetric around zero.
    fn is_central(&self) -> bool {
        (0..self.n).all(|i| self.lower[i] == -self.upper[i])
    }

    /// The probability when all limits are the same and three dimensions hold all variables.
    fn of_equal_limits(&self) -> Option<f64> {
        let limit = self.upper[0];
        let both_sides = self.is_central();
        let one_sided = (0..self.n).all(|i| self.lower[i] < -38.0);
        let equal = (0..self.n).all(|i| self.upper[i] == limit) && (both_sides || one_sided);
        let passed = equal.then(|| normal_maximum::beyond(limit, both_sides, self.n, &self.correlation))?;
        passed.map(|passed| (1.0 - passed).clamp(0.0, 1.0))
    }

    /// Puts the most correlated pairs on (0, 1), (2, 3), ...: what stays fixed along the path.
    fn pair_up(&mut self) {
        let mut from = 0;
        while from + 1 < self.n {
            let (mut best, mut pair) = (-1.0, (from, from + 1));
            for i in from..self.n {
                for j in i + 1..self.n {
                    if self.correlation[i][j].abs() > best {
                        (best, pair) = (self.correlation[i][j].abs(), (i, j));
                    }
                }
            }
            self.swap(from, pair.0);
            self.swap(from + 1, pair.1);
            from += 2;
        }
    }
}

/// The probability of a rectangle: what is certain or equal goes first.
fn probability(mut region: Region, tolerance: f64) -> f64 {
    region.simplify();
    if region.is_empty() {
        return 0.0;
    }
    match region.n {
        0 => 1.0,
        1 => interval(region.lower[0], region.upper[0]),
        2 => plane(&region, 0),
        _ => region.of_equal_limits().unwrap_or_else(|| along_path(region, tolerance)),
    }
}

/// P(lower < Z < upper).
fn interval(lower: f64, upper: f64) -> f64 {
    if lower > 0.0 {
        normal::upper_tail(lower) - normal::upper_tail(upper)
    } else {
        normal::cdf(upper) - normal::cdf(lower)
    }
}

/// The probability of the interval of one dimension.
fn plane(region: &Region, i: usize) -> f64 {
    let r = region.correlation[i][i + 1];
    bivariate_normal::rectangle(region.lower[i], region.upper[i], region.lower[i + 1], region.upper[i + 1], r)
}

/// Integral over correlations that grow from zero to their values (Plackett 1954).
fn along_path(mut region: Region, tolerance: f64) -> f64 {
    region.pair_up();
    let pairs: f64 = (0..region.n / 2).map(|p| plane(&region, 2 * p)).product();
    let last = region.n - 1;
    let single = if region.n % 2 == 1 { interval(region.lower[last], region.upper[last]) } else { 1.0 };
    let slope = |angle: f64| {
        let t = libm::sin(angle);
        libm::cos(angle) * derivative(&region, t, tolerance)
    };
    let (change, _) = adaptive(0.0, FRAC_PI_2, tolerance, 60, slope);
    (pairs * single + change).clamp(0.0, 1.0)
}

/// Derivative of the probability along the path, at `t`: Plackett's identity summed over the growing correlations.
fn derivative(region: &Region, t: f64, tolerance: f64) -> f64 {
    let mut at = *region;
    for i in 0..at.n {
        for j in 0..at.n {
            if i / 2 != j / 2 {
                at.correlation[i][j] *= t;
            }
        }
    }
    let central = at.is_central();
    let mut sum = 0.0;
    for i in 0..at.n {
        for j in i + 1..at.n {
            if i / 2 != j / 2 && region.correlation[i][j] != 0.0 {
                sum += region.correlation[i][j] * mixed_derivative(&at, i, j, central, tolerance);
            }
        }
    }
    sum
}

/// Derivative with respect to the correlation of `i` and `j`: over the four corners, density times what remains.
fn mixed_derivative(region: &Region, i: usize, j: usize, central: bool, tolerance: f64) -> f64 {
    let corners_of_i = [(region.upper[i], 1.0), (region.lower[i], -1.0)];
    let corners_of_j = [(region.upper[j], 1.0), (region.lower[j], -1.0)];
    let mut sum = 0.0;
    for &(x, sign_x) in &corners_of_i[..if central { 1 } else { 2 }] {
        for (y, sign_y) in corners_of_j {
            if x.is_infinite() || y.is_infinite() {
                continue;
            }
            let density = bivariate_density(x, y, region.correlation[i][j]);
            if density > 1e-3 * tolerance {
                sum += sign_x * sign_y * density * remaining(region, i, j, x, y, tolerance);
            }
        }
    }
    if central { 2.0 * sum } else { sum }
}

/// Density of two standard normal variables.
fn bivariate_density(x: f64, y: f64, r: f64) -> f64 {
    let square = (1.0 - r) * (1.0 + r);
    libm::exp(-0.5 * (x * x - 2.0 * r * x * y + y * y) / square) / (TAU * libm::sqrt(square))
}

/// Probability of the other limits given that `i` is `x` and `j` is `y`.
fn remaining(region: &Region, i: usize, j: usize, x: f64, y: f64, tolerance: f64) -> f64 {
    let r = region.correlation[i][j];
    let square = (1.0 - r) * (1.0 + r);
    let mut rest = Region::default();
    let mut others = [(0_usize, 0.0, 0.0, 0.0); MOST_DIMENSIONS];
    for k in (0..region.n).filter(|&k| k != i && k != j) {
        let (ri, rj) = (region.correlation[k][i], region.correlation[k][j]);
        let (on_i, on_j) = ((ri - r * rj) / square, (rj - r * ri) / square);
        let mean = on_i * x + on_j * y;
        let spread = libm::sqrt((1.0 - on_i * ri - on_j * rj).max(1e-18));
        let n = rest.n;
        rest.lower[n] = (region.lower[k] - mean) / spread;
        rest.upper[n] = (region.upper[k] - mean) / spread;
        others[n] = (k, on_i, on_j, spread);
        for (m, &(l, ..)) in others[..n].iter().enumerate() {
            let covariance =
                region.correlation[k][l] - on_i * region.correlation[l][i] - on_j * region.correlation[l][j];
            let value = (covariance / (spread * others[m].3)).clamp(-1.0, 1.0);
            rest.correlation[n][m] = value;
            rest.correlation[m][n] = value;
        }
        rest.correlation[n][n] = 1.0;
        rest.n += 1;
    }
    match rest.n {
        1 => interval(rest.lower[0], rest.upper[0]).max(0.0),
        2 => plane(&rest, 0),
        _ => probability(rest, tolerance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(n: usize, off: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        (0..n * n).map(|k| if k / n == k % n { 1.0 } else { off(k / n, k % n) }).collect()
    }

    #[test]
    fn orthant_of_equal_correlation_one_half() {
        // P(all Z > 0) = 1 / (n + 1) for correlation 1/2: the last of n + 1 exchangeable differences.
        for n in 2..=6 {
            let p = below(0.0, &matrix(n, |_, _| 0.5), n);
            assert!((p - 1.0 / (n as f64 + 1.0)).abs() < 1e-9, "{n}: {p}");
        }
    }

    #[test]
    fn one_factor_correlations_have_a_one_dimensional_integral() {
        let loads = [0.95, 0.4, -0.7, 0.99, 0.6, 0.2];
        for n in 3..=6 {
            let r = matrix(n, |i, j| loads[i] * loads[j]);
            for limit in [0.5, 1.5, 2.5] {
                let f = |x: f64| {
                    let product: f64 = loads[..n]
                        .iter()
                        .map(|l| {
                            let s = libm::sqrt(1.0 - l * l);
                            interval((-limit - l * x) / s, (limit - l * x) / s)
                        })
                        .product();
                    normal::density(x) * product
                };
                let (exact, _) = adaptive(-9.0, 9.0, 1e-13, 500, f);
                let ours = within(limit, &r, n);
                assert!((ours - exact).abs() < 1e-8, "{n} {limit}: {ours} {exact}");
            }
        }
    }

    #[test]
    fn singular_matrices() {
        // Z3 = (Z1 + Z2) / sqrt(2 (1 + r)): the rectangle is a two-dimensional integral cut by a band.
        for r in [-0.5, 0.2, 0.67, 0.95] {
            let s = libm::sqrt(2.0 * (1.0 + r));
            let c = (1.0 + r) / s;
            let matrix = [1.0, r, c, r, 1.0, c, c, c, 1.0];
            for limit in [0.7_f64, 2.0, 3.1] {
                let d = libm::sqrt(1.0 - r * r);
                let f = |x: f64| {
                    let top = limit.min(limit * s - x);
                    normal::density(x) * normal::cdf((top - r * x) / d)
                };
                let kink = limit * (s - 1.0);
                let (left, _) = adaptive(-12.0, kink.min(limit), 1e-14, 500, f);
                let (right, _) = adaptive(kink.min(limit), limit, 1e-14, 500, f);
                let ours = below(limit, &matrix, 3);
                assert!((ours - left - right).abs() < 1e-8, "{r} {limit}: {ours} {}", left + right);
            }
        }
    }

    #[test]
    fn copies_and_mirror_images_join() {
        let r = matrix(3, |i, j| if i + j == 1 { 1.0 } else { 0.3 });
        let two = bivariate_normal::rectangle(-1.0, 1.5, -1.0, 1.5, 0.3);
        assert!((rectangle(&[-1.0; 3], &[1.5, 2.0, 1.5], &r) - two).abs() < 1e-12);
        assert!(rectangle(&[0.0], &[1.0, 2.0], &[1.0]).is_nan());
        assert_eq!(rectangle(&[], &[], &[]), 1.0);
    }

    #[test]
    fn published_example() {
        // mvtnorm::pmvnorm of the lrstat MaxCombo vignette: 0.972779148203761 (randomised, error about 1e-5).
        let r = [1.0, 0.748, 0.37, 0.748, 1.0, 0.861, 0.37, 0.861, 1.0];
        let p = rectangle(&[f64::NEG_INFINITY; 3], &[2.968, 2.1, 2.1], &r);
        assert!((p - 0.972779148203761).abs() < 2e-5, "{p}");
    }
}
