//! How much clustering costs: the design effect.
//!
//! 1 + ((cv^2 + 1) m - 1) rho for clusters of mean size m, coefficient of variation cv of the sizes, and intraclass
//! correlation rho; with equal sizes 1 + (m - 1) rho. Participants who share a caseworker are worth this many times less.
//!
//! Reference: Eldridge, Ashby & Kerry (2006), doi:10.1093/ije/dyl129.

/// The design effect for mean cluster size `size` (at least 1), correlation `correlation` (0 to 1) and coefficient of variation
/// of the sizes.
///
/// # Example
/// ```
/// use stapjes::design::clusters::design_effect;
///
/// // Kish: 1 + 19 * .05; with sizes that vary by 60 %: 1 + (1.36 * 20 - 1) * .05
/// assert!((design_effect(20.0, 0.05, 0.0) - 1.95).abs() < 1e-12);
/// assert!((design_effect(20.0, 0.05, 0.6) - 2.31).abs() < 1e-12);
/// ```
pub fn design_effect(size: f64, correlation: f64, variation: f64) -> f64 {
    1.0 + ((variation * variation + 1.0) * size - 1.0) * correlation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!((design_effect(20.0, 0.05, 0.0) - 1.95).abs() < 1e-15);
        assert!((design_effect(20.0, 0.05, 0.6) - 2.31).abs() < 1e-15);
        assert_eq!(design_effect(1.0, 0.3, 0.0), 1.0);
    }
}
