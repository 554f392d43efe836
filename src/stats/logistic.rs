//! The logistic function.

/// `1 / (1 + exp(-z))`, without overflow for any `z`.
///
/// # Example
/// ```
/// use stapjes::stats::logistic::expit;
///
/// assert_eq!(expit(0.0), 0.5);
/// assert_eq!((expit(-1e6), expit(1e6)), (0.0, 1.0));
/// ```
#[inline]
pub fn expit(z: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-z))
}

#[cfg(test)]
mod tests {
    use super::expit;

    #[test]
    fn symmetric_and_bounded() {
        assert_eq!(expit(0.0), 0.5);
        assert!((expit(2.0) + expit(-2.0) - 1.0).abs() < 1e-15);
        assert_eq!((expit(1e4), expit(-1e4)), (1.0, 0.0));
    }
}
