//! A smooth rising function of a standard normal score, tabulated: quantiles that would take microseconds each.
//!
//! Between evenly spaced knots lies a cubic with the slopes of the fourth-order difference formula, limited so that it
//! rises wherever the knots do (Fritsch & Carlson 1980, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal.
//! 17:238-246, doi 10.1137/0717021). Tabulate what is nearly straight in the score: the logit of a beta quantile, the
//! logarithm of a gamma quantile.

/// Number of knots.
const KNOTS: usize = 256;
/// The table reaches this far either side of zero; one score in 3.5 million lies beyond.
const REACH: f64 = 5.1;
/// Distance of two knots on the normal scale.
const STEP: f64 = 2.0 * REACH / (KNOTS - 1) as f64;

/// Values and slopes (per step) at the knots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QuantileTable {
    /// Value and slope at each knot.
    knots: Vec<[f64; 2]>,
}

impl QuantileTable {
    /// Tabulates a rising function of the score; it is asked at two more knots at either end.
    pub(crate) fn new(function: impl Fn(f64) -> f64) -> Self {
        let at = |knot: usize| function((knot as f64 - 2.0) * STEP - REACH);
        let values: Vec<f64> = (0..KNOTS + 4).map(at).collect();
        Self { knots: values.array_windows().map(|around| [around[2], slope(around)]).collect() }
    }

    /// The function at a score; `None` beyond the table.
    #[inline]
    pub(crate) fn at(&self, score: f64) -> Option<f64> {
        let place = (score + REACH) * (1.0 / STEP);
        if !(place >= 0.0 && place < (KNOTS - 1) as f64) {
            return None;
        }
        let knot = place as usize;
        let t = place - knot as f64;
        let ([y0, m0], [y1, m1]) = (self.knots[knot], self.knots[knot + 1]);
        let rise = y1 - y0;
        let (a, b) = (m0 - rise, rise - m1);
        Some(y0 + t * rise + t * (1.0 - t) * (a * (1.0 - t) + b * t))
    }
}

/// Slope per step at the middle one of five knots.
fn slope(&[a, b, c, d, e]: &[f64; 5]) -> f64 {
    ((8.0 * (d - b) - (e - a)) / 12.0).clamp(0.0, 3.0 * (c - b).min(d - c).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_a_smooth_function_and_is_exact_at_the_knots() {
        let function = |z: f64| libm::sinh(0.4 * z) + 0.1 * z * z * z;
        let table = QuantileTable::new(function);
        let mut worst: f64 = 0.0;
        for step in -4_900..=4_900 {
            let z = f64::from(step) * 0.001;
            worst = worst.max((table.at(z).unwrap() - function(z)).abs());
        }
        assert!(worst < 1e-7, "{worst:e}");
        let knot = 17.0 * STEP - REACH;
        assert!((table.at(knot).unwrap() - function(knot)).abs() < 1e-12);
        assert_eq!((table.at(REACH + 0.01), table.at(-REACH - 0.01), table.at(f64::NAN)), (None, None, None));
    }

    #[test]
    fn rises_where_the_function_has_a_step() {
        let table = QuantileTable::new(|z| f64::from(u8::from(z > 0.5)) + 1e-3 * z);
        let mut before = f64::NEG_INFINITY;
        for step in 0..10_000 {
            let value = table.at(f64::from(step) * 0.001 - 5.0).unwrap();
            assert!(value >= before, "{step}");
            before = value;
        }
    }
}
