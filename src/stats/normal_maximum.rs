//! The largest of several standard normal variables whose correlation matrix has rank three or less, such as the four
//! Fleming-Harrington statistics of a MaxCombo (log-rank = early + late) and any three variables.
//!
//! Each variable is `a_i . Y` with `a_i` a unit vector and `Y` standard normal in space, so "no variable passes m" is a
//! polyhedron whose faces all touch the sphere with radius m. In polar coordinates the probability beyond a face has a
//! closed form along the radius and along the angle with `a_i`: what remains is one smooth integral along each edge, the
//! same for both faces of the edge. With `rho` the correlation of the two, `t^2 = (1 - rho) / (1 + rho)`, distances in
//! units of m, `tau` the place on the edge and `q = 1 + t^2 + tau^2`:
//!
//! P(some Z_i > m) = sum of P(Z_i > m) - (1 / 2 pi) * sum over the edges of the integral of
//! `t / (t^2 + tau^2) * erfc(m sqrt(q / 2)) / sqrt(q)` over `tau`.
//!
//! Below zero the polyhedron `all Z_i < m` does not hold the origin; its probability is the sum of the edge integrals.
//! The peak at `tau = 0` of two nearly equal variables is taken out and integrated in closed form, and with
//! `tau = sqrt(1 + t^2) sinh(w)` the rest is analytic within pi / 2 of the real line, so that Gauss-Legendre rules of an
//! order fixed by the length of the edge reach a relative error of about 1e-10.

use super::normal;
use super::quadrature::GaussLegendre;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};
use std::sync::LazyLock;

/// Largest number of dimensions.
pub(crate) const MOST_DIMENSIONS: usize = 8;

/// A correlation matrix; rows and columns beyond the number of variables are not read.
pub(super) type Matrix = [[f64; MOST_DIMENSIONS]; MOST_DIMENSIONS];

/// Variables more strongly correlated than this are left to others: the direction of their edge loses its digits.
const NEARLY_SAME: f64 = 1.0 - 1e-10;

/// Variance that space need not explain, in units of sqrt(1 - rho^2).
const UNEXPLAINED: f64 = 1e-10;

/// So much farther from the origin than at its nearest point (squared) an edge counts no longer, even for a limit of 0.
const FARTHEST: f64 = 1e10;

/// P(some Z_i > limit), or with `both_sides` P(some |Z_i| > limit), of the first `count` variables; None when the matrix
/// has a higher rank, two variables are nearly equal or opposite, or the limit is not finite (on both sides: not positive).
pub(super) fn beyond(limit: f64, both_sides: bool, count: usize, correlation: &Matrix) -> Option<f64> {
    if !limit.is_finite() || (both_sides && limit <= 0.0) {
        return None;
    }
    let body = Body { directions: directions(count, correlation)?, count, correlation, both_sides, limit };
    let edges: f64 = body.edges().map(|edge| edge.integral(limit.abs())).sum::<f64>() / TAU;
    Some(if limit < 0.0 {
        1.0 - edges
    } else {
        let one_side = count as f64 * normal::upper_tail(limit) - edges;
        if both_sides { 2.0 * one_side } else { one_side }
    })
}

/// Unit vectors in space with these inner products (Cholesky with pivots), when they exist.
///
/// Leaving out the variance `v` of one variable that three dimensions do not explain changes the probability by about
/// `v / 2` times its second derivative in the limit, which is below `count / (4 sqrt(1 - rho^2))` on each side for the
/// strongest correlation `rho`: with four variables less than 1e-10.
fn directions(count: usize, correlation: &Matrix) -> Option<[[f64; 3]; MOST_DIMENSIONS]> {
    let mut strongest = 0.0_f64;
    for i in 0..count {
        strongest = correlation[i][..i].iter().fold(strongest, |most, r| most.max(r.abs()));
    }
    if strongest > NEARLY_SAME {
        return None;
    }
    let mut directions = [[0.0; 3]; MOST_DIMENSIONS];
    let mut left = [1.0; MOST_DIMENSIONS];
    for axis in 0..3 {
        let pivot = (0..count).fold(0, |best, i| if left[i] > left[best] { i } else { best });
        if left[pivot] < 1e-15 {
            break;
        }
        let (root, chosen) = (libm::sqrt(left[pivot]), directions[pivot]);
        for i in 0..count {
            let known: f64 = (0..axis).map(|k| directions[i][k] * chosen[k]).sum();
            directions[i][axis] = if i == pivot { root } else { (correlation[i][pivot] - known) / root };
            left[i] -= directions[i][axis] * directions[i][axis];
        }
        left[pivot] = 0.0;
    }
    let room = UNEXPLAINED * libm::sqrt((1.0 - strongest) * (1.0 + strongest));
    left[..count].iter().all(|v| v.abs() <= room).then_some(directions)
}

/// The body within which the maximum stays below the limit, in three dimensions.
struct Body<'a> {
    /// Direction of each statistic.
    directions: [[f64; 3]; MOST_DIMENSIONS],
    /// Statistics.
    count: usize,
    /// Their correlations.
    correlation: &'a Matrix,
    /// Whether minus the statistics count too.
    both_sides: bool,
    /// The limit.
    limit: f64,
}

/// Part of the line where two faces meet, in units of the limit, `tau` from `low` to `high`.
struct Edge {
    /// Correlation of the two variables.
    correlation: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
}

impl Body<'_> {
    /// The edges between two different variables; of two opposite ones only the first.
    fn edges(&self) -> impl Iterator<Item = Edge> {
        let signs: &[f64] = if self.both_sides { &[1.0, -1.0] } else { &[1.0] };
        let pairs = (0..self.count).flat_map(move |i| (0..i).map(move |j| (i, j)));
        pairs.flat_map(move |(i, j)| signs.iter().filter_map(move |&sign| self.edge(i, j, sign)))
    }

    /// The edge between `i` and `sign * j`, cut off where it leaves the body or the integrand is nothing any more.
    fn edge(&self, i: usize, j: usize, sign: f64) -> Option<Edge> {
        let r = &self.correlation;
        let correlation = sign * r[i][j];
        let nearest = 2.0 / (1.0 + correlation);
        let reach = (1.0 + 55.0 / (self.limit * self.limit)).min(FARTHEST * nearest);
        let end = libm::sqrt((reach - nearest).max(0.0));
        let mut edge = Edge { correlation, low: -end, high: end };
        let normal = cross(self.directions[i], self.directions[j]);
        let sine = libm::sqrt((1.0 - correlation) * (1.0 + correlation));
        for k in (0..self.count).filter(|&k| k != i && k != j) {
            let start = (r[i][k] + sign * r[j][k]) / (1.0 + correlation);
            let slope = dot(self.directions[k], normal) / sine;
            if self.limit < 0.0 {
                edge.cut(1.0 - start, slope, -1.0);
            } else {
                edge.cut(1.0 - start, slope, 1.0);
                if self.both_sides {
                    edge.cut(1.0 + start, -slope, 1.0);
                }
            }
        }
        (edge.low < edge.high).then_some(edge)
    }
}

impl Edge {
    /// Keeps the `tau` with `side * slope * tau <= side * room`.
    fn cut(&mut self, room: f64, slope: f64, side: f64) {
        let slope = side * slope;
        let end = side * room / slope;
        if slope > 0.0 {
            self.high = self.high.min(end);
        } else if slope < 0.0 {
            self.low = self.low.max(end);
        } else if side * room < 0.0 {
            self.high = self.low;
        }
    }

    /// Twice the probability that belongs to this edge, times pi.
    fn integral(&self, limit: f64) -> f64 {
        let square = (1.0 - self.correlation) / (1.0 + self.correlation);
        let (t, middle) = (libm::sqrt(square), libm::sqrt(1.0 + square));
        let scaled = limit * FRAC_1_SQRT_2;
        let nearest = libm::erfc(scaled);
        let (from, to) = (libm::asinh(self.low / middle), libm::asinh(self.high / middle));
        let rest = integrate(from, to, |w| {
            let growth = libm::exp(w);
            let cosh = middle * 0.5 * (growth + 1.0 / growth);
            let q = cosh * cosh;
            (cosh * nearest - libm::erfc(scaled * cosh)) / (q - 1.0)
        });
        let angle = libm::atan(self.high / t) - libm::atan(self.low / t);
        nearest * angle - t * rest
    }
}

/// Longest piece that one rule integrates.
const LONGEST: f64 = 4.0;

/// Gauss-Legendre rules for lengths up to 1, 2, 3 and 4.
static RULES: LazyLock<[GaussLegendre; 4]> = LazyLock::new(|| [8, 12, 16, 20].map(GaussLegendre::new));

/// Gauss and Legendre on one interval.
fn integrate(from: f64, to: f64, integrand: impl Fn(f64) -> f64) -> f64 {
    let pieces = libm::ceil((to - from) / LONGEST).max(1.0);
    let length = (to - from) / pieces;
    let rule = &RULES[(libm::ceil(length) as usize).clamp(1, RULES.len()) - 1];
    let piece = |p: usize| {
        let start = from + p as f64 * length;
        rule.integrate(start, start + length, &integrand)
    };
    (0..pieces as usize).map(piece).sum()
}

/// Cross product.
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Inner product.
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::super::bivariate_normal;
    use super::super::multivariate_normal::{below, rectangle, within};
    use super::*;
    use std::f64::consts::PI;

    /// Correlation of these vectors in space, with a number in [0, 1) from a multiplicative generator per entry.
    fn correlation(vectors: &[[f64; 3]]) -> Matrix {
        let mut matrix = [[0.0; MOST_DIMENSIONS]; MOST_DIMENSIONS];
        for (i, a) in vectors.iter().enumerate() {
            for (j, b) in vectors.iter().enumerate() {
                let scale = libm::sqrt(dot(*a, *a) * dot(*b, *b));
                matrix[i][j] = if i == j { 1.0 } else { dot(*a, *b) / scale };
            }
        }
        matrix
    }

    fn uniforms() -> impl FnMut() -> f64 {
        let mut state = 20_241_u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        }
    }

    /// Random matrices of three or four variables: any, late and early with their sum, nearly in a plane, in a plane, strong.
    fn matrices(many: usize) -> Vec<(usize, Matrix)> {
        let mut uniform = uniforms();
        let draw = |case: usize| {
            let mut v = [[0.0; 3]; 4].map(|row: [f64; 3]| row.map(|_| 2.0 * uniform() - 1.0));
            match case % 5 {
                0 => {}
                1 => {
                    v[1..].iter_mut().for_each(|row| row[0] = 1.0);
                    v[0] = [0, 1, 2].map(|k| v[1][k] + 0.6 * v[2][k]);
                }
                2 => v.iter_mut().for_each(|row| row[2] *= 1e-4),
                3 => v.iter_mut().for_each(|row| row[2] = 0.0),
                _ => v.iter_mut().for_each(|row| row[0] += 8.0),
            }
            let count = 3 + case / 5 % 2;
            (count, correlation(&v[..count]))
        };
        (0..many).map(draw).collect()
    }

    #[test]
    fn agrees_with_integration_along_the_correlation() {
        for (case, (count, matrix)) in matrices(60).iter().enumerate() {
            let flat: Vec<f64> = (0..count * count).map(|k| matrix[k / count][k % count]).collect();
            for (limit, both_sides) in [(-0.8, false), (0.3, false), (2.2, false), (0.6, true), (2.4, true)] {
                // Limits that differ in their last digits take the other way.
                let upper: Vec<f64> = (0..*count).map(|i| limit + 1e-14 * i as f64).collect();
                let lower = upper.iter().map(|u| if both_sides { -u } else { f64::NEG_INFINITY });
                let expected = rectangle(&lower.collect::<Vec<_>>(), &upper, &flat);
                let ours = 1.0 - beyond(limit, both_sides, *count, matrix).unwrap();
                assert!((ours - expected).abs() < 2e-8, "{case} {limit} {both_sides}: {ours} {expected}");
                let public = if both_sides { within } else { below }(limit, &flat, *count);
                assert_eq!(public, ours.clamp(0.0, 1.0), "{case} takes this way");
            }
        }
    }

    #[test]
    fn the_orthant_is_the_area_of_a_triangle_on_the_sphere() {
        for (count, matrix) in matrices(50).iter().filter(|(count, _)| *count == 3) {
            let angles = libm::asin(matrix[0][1]) + libm::asin(matrix[0][2]) + libm::asin(matrix[1][2]);
            let exact = 1.0 / 8.0 + angles / (4.0 * PI);
            assert!((1.0 - beyond(0.0, false, *count, matrix).unwrap() - exact).abs() < 2e-10);
        }
    }

    #[test]
    fn far_out_it_is_the_sum_of_the_tails_less_the_pairs() {
        // Relative precision: at 4.5 with weak correlations three at a time is nothing beside two.
        let matrix = correlation(&[[1.0, 0.0, 0.0], [0.1, 1.0, 0.0], [-0.1, 0.1, 1.0]]);
        let pair = |r: f64| bivariate_normal::upper_orthant(4.5, 4.5, r);
        let pairs = pair(matrix[0][1]) + pair(matrix[0][2]) + pair(matrix[1][2]);
        let exact = 3.0 * normal::upper_tail(4.5) - pairs;
        let ours = beyond(4.5, false, 3, &matrix).unwrap();
        assert!((ours / exact - 1.0).abs() < 1e-10, "{ours} {exact}");
    }

    #[test]
    fn shorter_pieces_change_nothing() {
        for (limit, square, low, high) in [
            (0.01, 1e-6, -900.0, 700.0),
            (0.7, 0.04, -0.2, 9.0),
            (2.0, 3.0, -1.7, 2.9),
            (4.0, 1e-9, -1.0, 1.8),
        ] {
            let edge = Edge { correlation: (1.0 - square) / (1.0 + square), low, high };
            let whole = edge.integral(limit);
            let part = |k: i32| {
                let at = |k: i32| low + (high - low) * f64::from(k) / 50.0;
                Edge { correlation: edge.correlation, low: at(k), high: at(k + 1) }.integral(limit)
            };
            let parts: f64 = (0..50).map(part).sum();
            assert!((whole - parts).abs() < 1e-11, "{limit} {square}: {whole} {parts}");
        }
    }

    #[test]
    fn leaves_other_matrices_alone() {
        let mut four = [[0.2; MOST_DIMENSIONS]; MOST_DIMENSIONS];
        (0..4).for_each(|i| four[i][i] = 1.0);
        assert!(beyond(2.0, true, 3, &four).is_some());
        assert!(beyond(2.0, true, 4, &four).is_none(), "four dimensions");
        assert!(beyond(0.0, true, 3, &four).is_none());
        assert!(beyond(f64::INFINITY, false, 3, &four).is_none());
        (four[0][1], four[1][0]) = (1.0 - 1e-12, 1.0 - 1e-12);
        assert!(beyond(2.0, false, 3, &four).is_none(), "the first two are nearly one");
    }
}
