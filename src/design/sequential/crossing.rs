//! Probabilities of crossing boundaries at successive looks, by recursive numerical integration.
//!
//! With information I_k and effect theta_k at look k, Z_k sqrt(I_k) is a Brownian motion with mean theta_k I_k. The density
//! of Z_k among studies that have not stopped is carried from look to look:
//!
//! h_k(z) = integral over the continuation region of h_{k-1}(u) * density of the step,
//!
//! on composite Gauss-Legendre panels narrow enough for the step that follows. Ten nodes per panel of at most half a
//! standard deviation leave errors of 1e-12; the published grid of Jennison and Turnbull with r = 18 leaves about 1e-8.
//!
//! References: Armitage, McPherson & Rowe (1969), doi:10.2307/2343787; Jennison & Turnbull (2000), chapter 19,
//! doi:10.1201/9780367805326. R: `gsDesign::gsProbability`, `rpact::getGroupSequentialProbabilities`.

use super::panels::Panels;
use crate::stats::normal;

/// Boundaries on the z scale; `f64::INFINITY` and `-f64::INFINITY` where there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    /// Stop for efficacy at or above.
    pub upper: Vec<f64>,
    /// Stop at or below: for futility, or for harm in a two-sided design.
    pub lower: Vec<f64>,
}

/// Probability of stopping at each look, on each side.
///
/// # Example
/// ```
/// use stapjes::design::sequential::Crossing;
///
/// // Two looks: the first stops one study in five for efficacy and one in ten for futility, the second rejects in half.
/// let crossing = Crossing { upper: vec![0.2, 0.5], lower: vec![0.1, 0.2] };
/// assert!((crossing.power() - 0.7).abs() < 1e-12);
/// // 30 % end after 12 months, all others after 24.
/// assert!((crossing.expected(&[12.0, 24.0]) - (0.3 * 12.0 + 0.7 * 24.0)).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// For the upper boundary.
    pub upper: Vec<f64>,
    /// For the lower boundary.
    pub lower: Vec<f64>,
}

impl Crossing {
    /// Probability of ever crossing the upper boundary.
    pub fn power(&self) -> f64 {
        self.upper.iter().sum()
    }

    /// Probability that look `k` is the last one; the last look takes what is left.
    pub(crate) fn stops(&self) -> Vec<f64> {
        let last = self.upper.len() - 1;
        let mut left = 1.0;
        let stop = |look: usize| {
            let now = if look == last { left } else { self.upper[look] + self.lower[look] };
            left -= now;
            now
        };
        (0..=last).map(stop).collect()
    }

    /// Mean of `values` (one per look: information, size, months) over the look at which the study stops.
    pub fn expected(&self, values: &[f64]) -> f64 {
        self.stops().iter().zip(values).map(|(p, v)| p * v).sum()
    }
}

/// The studies that are still running after some look: nothing yet, or a density on nodes.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Values of z.
    nodes: Vec<f64>,
    /// Probability at each.
    mass: Vec<f64>,
    /// Information at the look.
    information: f64,
    /// Mean of z there.
    drift: f64,
}

impl Running {
    /// Before the first look.
    pub(super) fn start() -> Self {
        Self { nodes: vec![0.0], mass: vec![1.0], information: 0.0, drift: 0.0 }
    }

    /// Probability of being above `bound` at the next look, at `information` with `drift` = theta * information.
    pub(super) fn above(&self, bound: f64, information: f64, drift: f64) -> f64 {
        self.tail(bound, information, drift, 1.0)
    }

    /// Probability of being below `bound` at the next look.
    pub(super) fn below(&self, bound: f64, information: f64, drift: f64) -> f64 {
        self.tail(bound, information, drift, -1.0)
    }

    /// Probability beyond a bound at the next look.
    fn tail(&self, bound: f64, information: f64, drift: f64, side: f64) -> f64 {
        if bound * side == f64::INFINITY {
            return 0.0;
        }
        let (from, to) = (libm::sqrt(self.information), libm::sqrt(information));
        let step = libm::sqrt(information - self.information);
        let shift = drift - self.drift;
        let one = |(z, mass): (&f64, &f64)| {
            mass * normal::upper_tail(side * (bound * to - z * from - shift) / step)
        };
        // An empty sum is minus zero.
        self.nodes.iter().zip(&self.mass).map(one).sum::<f64>() + 0.0
    }

    /// The studies still running after a look with these bounds; `next` is the information at the look after that.
    pub(super) fn after(
        &self,
        lower: f64,
        upper: f64,
        information: f64,
        drift: f64,
        next: Option<f64>,
    ) -> Self {
        let (from, to) = (libm::sqrt(self.information), libm::sqrt(information));
        let step = libm::sqrt(information - self.information);
        let behind = step / to;
        let ahead = next.map_or(1.0, |next| libm::sqrt((next - information) / information));
        let mean = drift / to;
        let panels = Panels::between(lower.max(mean - 9.5), upper.min(mean + 9.5), behind.min(ahead));
        let shift = drift - self.drift;
        let density = |z: f64| {
            let one = |(u, mass): (&f64, &f64)| mass * normal::density((z * to - u * from - shift) / step);
            self.nodes.iter().zip(&self.mass).map(one).sum::<f64>() * to / step
        };
        let mass = panels.nodes.iter().zip(&panels.weights).map(|(z, weight)| weight * density(*z)).collect();
        Self { nodes: panels.nodes, mass, information, drift }
    }
}

/// Probabilities of crossing `bounds` at looks with `information` (increasing, positive) under the effects `theta`.
///
/// # Example
/// ```
/// use stapjes::design::sequential::{Bounds, crossing};
///
/// // One look is the fixed test: Phi(theta sqrt(I) - 1.96) with theta sqrt(I) = 3.2415.
/// let bounds = Bounds { upper: vec![1.959_963_984_54], lower: vec![f64::NEG_INFINITY] };
/// let found = crossing(&[1.0], &[3.241_515_550_08], &bounds);
/// assert!((found.power() - 0.9).abs() < 1e-9);
/// // Two looks at 1.96 without an effect: more than .025, since there are two chances.
/// let twice = Bounds { upper: vec![1.959_963_984_54; 2], lower: vec![f64::NEG_INFINITY; 2] };
/// let found = crossing(&[0.5, 1.0], &[0.0, 0.0], &twice);
/// assert!((found.upper[0] - 0.025).abs() < 1e-10 && found.power() > 0.04);
/// ```
pub fn crossing(information: &[f64], theta: &[f64], bounds: &Bounds) -> Crossing {
    let mut running = Running::start();
    let mut result = Crossing { upper: Vec::new(), lower: Vec::new() };
    for (look, &now) in information.iter().enumerate() {
        let (lower, upper, drift) = (bounds.lower[look], bounds.upper[look], theta[look] * now);
        result.upper.push(running.above(upper, now, drift));
        result.lower.push(running.below(lower, now, drift));
        if let Some(&next) = information.get(look + 1) {
            running = running.after(lower, upper, now, drift, Some(next));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_looks_agree_with_the_bivariate_normal() {
        // mvtnorm::pmvnorm(lower = c(-Inf, 1.9), upper = c(2.2, Inf), corr = sqrt(.5)) = 1 - Phi(1.9) - P(Z1 > 2.2, Z2 > 1.9)
        let bounds = Bounds { upper: vec![2.2, 1.9], lower: vec![f64::NEG_INFINITY; 2] };
        let null = crossing(&[0.5, 1.0], &[0.0, 0.0], &bounds);
        // Sheppard: for zero thresholds P(Z1 > 0, Z2 > 0) = 1/4 + asin(rho) / (2 pi), an exact check of the recursion.
        let zero = Bounds { upper: vec![0.0, 0.0], lower: vec![f64::NEG_INFINITY; 2] };
        let half = crossing(&[0.5, 1.0], &[0.0, 0.0], &zero);
        let both = 0.25 + libm::asin(libm::sqrt(0.5)) / (2.0 * std::f64::consts::PI);
        assert!((half.upper[0] - 0.5).abs() < 1e-14);
        assert!((half.upper[1] - (0.5 - both)).abs() < 1e-12);
        assert!(null.power() > normal::upper_tail(1.9) && null.power() < 0.05);
    }

    #[test]
    fn close_looks_lose_no_mass() {
        let bounds = Bounds { upper: vec![3.0, 2.5, 0.0], lower: vec![-1.0, -0.5, 0.0] };
        let information = [40.0, 40.2, 90.0];
        let result = crossing(&information, &[0.2, 0.25, 0.3], &bounds);
        let total: f64 = result.upper.iter().chain(&result.lower).sum();
        assert!((total - 1.0).abs() < 1e-10, "{total}");
    }
}
