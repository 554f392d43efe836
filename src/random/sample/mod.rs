//! From random bits to decisions and quantities, by inversion: one word in, one value out, monotone in the word.
//!
//! Inversion keeps the address of a draw simple (always the same number of words) and makes luck comparable between
//! arms: a client with a lucky word is lucky under every service. All functions go through `libm`, so the bits are the
//! same on every machine and for every combination of dependencies. `rand_distr` is the oracle of the tests.

#[cfg(test)]
mod against_rand_distr;
mod counts;
mod gamma;
pub(super) mod normal;
#[cfg(test)]
mod pins;
pub(crate) mod single;

pub(crate) use counts::negative_binomial;
pub(crate) use gamma::gamma_mean_one;
pub use normal::normal;
pub(crate) use normal::normal_quantile;

/// One word as a number in the open interval (0, 1): `(word + 1/2) * 2^-32`. Exact; never 0 or 1.
#[inline]
pub(crate) fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * TWO_POW_MINUS_32
}

/// Two words as a number in the open interval (0, 1) with 53 bits: for tails and for quantities drawn once.
#[inline]
pub(crate) fn unit53(high: u32, low: u32) -> f64 {
    let bits = (u64::from(high) << 20) | (u64::from(low) >> 12);
    (bits as f64 + 0.5) * TWO_POW_MINUS_52
}

/// A word as a part of one.
const TWO_POW_MINUS_32: f64 = 1.0 / 4_294_967_296.0;
/// 52 bits as a part of one.
const TWO_POW_MINUS_52: f64 = 1.0 / 4_503_599_627_370_496.0;

/// Exponential with a given mean (> 0): -mean * ln(1 - u). Grows with the word.
#[inline]
pub(crate) fn exponential(word: u32, mean: f64) -> f64 {
    -mean * libm::log1p(-unit(word))
}

/// Whether an event of a given probability happens: `u < probability`. Never for 0 or less, always for 1 or more.
#[inline]
pub(crate) fn occurs(word: u32, probability: f64) -> bool {
    unit(word) < probability
}

/// Whether an event happens in a step in which its hazard adds up to `hazard` (hazard per month times length in
/// months): `u < 1 - exp(-hazard)`.
///
/// The bounds `h - h^2/2 <= 1 - exp(-h) <= h` settle all but a strip of width `h^2/2`, so the exponential is nearly
/// never computed. Never for 0 or less; always for infinity.
#[inline]
pub fn happens(word: u32, hazard: f64) -> bool {
    let u = unit(word);
    if u >= hazard {
        return false;
    }
    u < hazard - 0.5 * hazard * hazard || u < -libm::expm1(-hazard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_open_and_exact() {
        assert_eq!(unit(0), 0.5 / 4_294_967_296.0);
        assert_eq!(unit(u32::MAX), 1.0 - 0.5 / 4_294_967_296.0);
        assert!(unit53(0, 0) > 0.0);
        assert!(unit53(u32::MAX, u32::MAX) < 1.0);
        assert_eq!(unit53(1 << 31, 0), 0.5 + 0.5 * TWO_POW_MINUS_52);
    }

    #[test]
    fn happens_is_the_exponential_formula_near_its_edge_and_far_from_it() {
        for hazard in [1e-9, 1e-4, 0.004, 0.3, 1.0, 2.5, 20.0] {
            let edge = -libm::expm1(-hazard) * 4_294_967_296.0;
            for offset in [-1e6, -2.0, -1.0, 0.0, 1.0, 2.0, 1e6] {
                let word = (edge + offset).clamp(0.0, 4_294_967_295.0) as u32;
                assert_eq!(happens(word, hazard), unit(word) < -libm::expm1(-hazard), "{hazard} {word}");
            }
        }
        assert!(!happens(0, 0.0) && !happens(0, -1.0) && !happens(0, f64::NAN));
        assert!(happens(u32::MAX, f64::INFINITY));
    }

    #[test]
    fn an_exponential_has_its_quantiles() {
        assert!((exponential(1 << 31, 3.0) - 3.0 * core::f64::consts::LN_2).abs() < 1e-9);
        assert!(exponential(0, 1.0) > 0.0 && exponential(u32::MAX, 1.0).is_finite());
    }
}
