//! Quadrature over time since entry: Gauss-Legendre panels between the kinks of the integrand.
//!
//! The weights (1 - S)^gamma of the Fleming-Harrington family behave like t^gamma at 0, so the first panel is divided
//! geometrically towards 0; everything else is smooth between kinks and sixteen nodes per panel reach rounding error.

use crate::stats::quadrature::GaussLegendre;
use std::sync::LazyLock;

/// The rule of one panel.
static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(16));

/// Nodes with weights over [0, horizon].
#[derive(Clone, Debug)]
pub(super) struct Mesh {
    /// Time and weight of every node.
    pub(super) nodes: Vec<(f64, f64)>,
}

/// The longest panel as a share of the horizon.
const LONGEST_SHARE: f64 = 0.125;
/// Ratio of neighboring panels near 0.
const GRADING: f64 = 0.2;
/// Panels in the graded part: the first is 0.2^14 = 2e-10 of the first interval.
const GRADED: u32 = 14;

impl Mesh {
    /// Panels on [0, `horizon`] with edges at the `kinks` inside.
    pub(super) fn new(horizon: f64, kinks: &[f64]) -> Self {
        let mut edges: Vec<f64> = kinks.iter().copied().filter(|k| *k > 0.0 && *k < horizon).collect();
        edges.push(0.0);
        edges.push(horizon);
        edges.sort_by(f64::total_cmp);
        edges.dedup_by(|a, b| (*a - *b).abs() < 1e-12 * horizon);
        let mut mesh = Self { nodes: Vec::new() };
        for pair in edges.windows(2) {
            let parts = libm::ceil((pair[1] - pair[0]) / (LONGEST_SHARE * horizon)).max(1.0) as usize;
            let width = (pair[1] - pair[0]) / parts as f64;
            for part in 0..parts {
                let from = pair[0] + width * part as f64;
                let to = if part + 1 == parts { pair[1] } else { from + width };
                if from == 0.0 { mesh.graded(to) } else { mesh.panel(from, to) }
            }
        }
        mesh
    }

    /// Panels up to a point, narrower where hazards are high.
    fn graded(&mut self, to: f64) {
        let mut upper = to;
        for _ in 0..GRADED {
            self.panel(GRADING * upper, upper);
            upper *= GRADING;
        }
        self.panel(0.0, upper);
    }

    /// One panel of nodes.
    fn panel(&mut self, from: f64, to: f64) {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let pairs = RULE.nodes.iter().zip(&RULE.weights);
        self.nodes.extend(pairs.map(|(node, weight)| (middle + half * node, half * weight)));
    }

    /// Integral of a function.
    pub(super) fn integral(&self, function: impl Fn(f64) -> f64) -> f64 {
        self.nodes.iter().map(|(time, weight)| weight * function(*time)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_kinks_and_roots() {
        let mesh = Mesh::new(10.0, &[3.0, -1.0, 12.0]);
        assert!((mesh.integral(|t| (t - 3.0).abs()) - (4.5 + 24.5)).abs() < 1e-12);
        let root = mesh.integral(libm::sqrt);
        assert!((root - libm::pow(10.0, 1.5) / 1.5).abs() < 1e-12, "{root}");
        assert!((mesh.integral(|t| libm::exp(-t)) + libm::expm1(-10.0)).abs() < 1e-14);
    }
}
