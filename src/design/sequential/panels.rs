//! Composite Gauss-Legendre nodes on an interval.

use crate::stats::quadrature::GaussLegendre;
use std::sync::LazyLock;

/// Nodes and weights; empty when the interval is, or has no finite end (a drift without limit leaves no study running).
pub(super) struct Panels {
    /// Nodes.
    pub(super) nodes: Vec<f64>,
    /// Weights.
    pub(super) weights: Vec<f64>,
}

/// The rule of one panel.
static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(10));
/// The widest panel, in standard deviations.
const WIDEST: f64 = 0.5;
/// A panel may span this many times the finest scale of the integrand.
const SPAN: f64 = 1.5;
/// Never narrower than this: looks closer together than 1e-6 of the information gain nothing.
const NARROWEST: f64 = 2e-3;

impl Panels {
    /// Panels between two points for an integrand that varies on scale `resolution`.
    pub(super) fn between(from: f64, to: f64, resolution: f64) -> Self {
        let mut panels = Self { nodes: Vec::new(), weights: Vec::new() };
        if !from.is_finite() || !to.is_finite() || to <= from {
            return panels;
        }
        let width = (SPAN * resolution).clamp(NARROWEST, WIDEST);
        let count = libm::ceil((to - from) / width).max(1.0) as usize;
        let half = 0.5 * (to - from) / count as f64;
        for panel in 0..count {
            let middle = from + half * (2 * panel + 1) as f64;
            panels.nodes.extend(RULE.nodes.iter().map(|node| middle + half * node));
            panels.weights.extend(RULE.weights.iter().map(|weight| half * weight));
        }
        panels
    }
}
