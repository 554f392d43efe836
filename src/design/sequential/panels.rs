//! Composite Gauss-Legendre nodes on an interval.

/// Nodes and weights; empty when the interval is.
pub(super) struct Panels {
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

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
        if !(to > from) {
            return panels;
        }
        let width = (SPAN * resolution).clamp(NARROWEST, WIDEST);
        let count = libm::ceil((to - from) / width).max(1.0) as usize;
        let half = 0.5 * (to - from) / count as f64;
        for panel in 0..count {
            let middle = from + half * (2 * panel + 1) as f64;
            for (node, weight) in GAUSS_LEGENDRE_10 {
                panels.nodes.push(middle + half * node);
                panels.weights.push(half * weight);
            }
        }
        panels
    }
}

/// Ten-point Gauss-Legendre rule on [-1, 1] (Abramowitz & Stegun, table 25.4).
const GAUSS_LEGENDRE_10: [(f64, f64); 10] = [
    (-0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    (-0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (-0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (-0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (-0.148_874_338_981_631_22, 0.295_524_224_714_752_87),
    (0.148_874_338_981_631_22, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];
