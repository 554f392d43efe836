//! Normal quantiles by inversion.
//!
//! Wichura (1988), "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37:477-484,
//! doi 10.2307/2347330, routine PPND16: three ratios of polynomials of degree seven, relative accuracy about 1e-16.
//! Five draws of six (|p - 1/2| <= .425) need no logarithm.

use super::TWO_POW_MINUS_32;

/// A standard normal from one word; the largest is about 6.34.
#[inline]
pub fn normal(word: u32) -> f64 {
    let q = from_half(word);
    if q.abs() <= CENTRAL { central(q) } else { tail(super::unit(word), q) }
}

/// How far a word as a number lies from one half. Exact.
#[inline(always)]
pub(in crate::random) fn from_half(word: u32) -> f64 {
    (f64::from(word) - 2_147_483_647.5) * TWO_POW_MINUS_32
}

/// The quantile of the standard normal at `probability` in (0, 1); -infinity at 0, infinity at 1, NaN outside.
pub(crate) fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let q = probability - 0.5;
    if q.abs() <= CENTRAL { central(q) } else { tail(probability, q) }
}

/// Distance from one half up to which the central approximation holds.
pub(in crate::random) const CENTRAL: f64 = 0.425;

/// Its square.
pub(in crate::random) const CENTRAL_SQUARED: f64 = 0.180625;

/// AS241 near the middle.
#[inline]
fn central(q: f64) -> f64 {
    let r = CENTRAL_SQUARED - q * q;
    q * ratio(r, &CENTRAL_NUMERATOR, &CENTRAL_DENOMINATOR)
}

/// AS241 in the tails.
#[cold]
fn tail(probability: f64, q: f64) -> f64 {
    let in_tail = if q < 0.0 { probability } else { 1.0 - probability };
    if in_tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = libm::sqrt(-libm::log(in_tail));
    let size = if r <= 5.0 {
        ratio(r - 1.6, &TAIL_NUMERATOR, &TAIL_DENOMINATOR)
    } else {
        ratio(r - 5.0, &FAR_NUMERATOR, &FAR_DENOMINATOR)
    };
    size.copysign(q)
}

/// Numerator over denominator.
#[inline]
fn ratio(r: f64, numerator: &[f64; 8], denominator: &[f64; 8]) -> f64 {
    horner(r, numerator) / horner(r, denominator)
}

/// Horner's scheme, lowest power first.
#[inline]
fn horner(r: f64, coefficients: &[f64; 8]) -> f64 {
    let [a, b, c, d, e, f, g, h] = *coefficients;
    ((((((h * r + g) * r + f) * r + e) * r + d) * r + c) * r + b) * r + a
}

/// Coefficients of AS241 (Wichura 1988), middle.
pub(in crate::random) const CENTRAL_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_5,
    1.331_416_678_917_843_8e2,
    1.971_590_950_306_551_3e3,
    1.373_169_376_550_946e4,
    4.592_195_393_154_987e4,
    6.726_577_092_700_87e4,
    3.343_057_558_358_813e4,
    2.509_080_928_730_122_7e3,
];
/// Its denominator.
pub(in crate::random) const CENTRAL_DENOMINATOR: [f64; 8] = [
    1.0,
    4.231_333_070_160_091e1,
    6.871_870_074_920_579e2,
    5.394_196_021_424_751e3,
    2.121_379_430_158_659_7e4,
    3.930_789_580_009_271e4,
    2.872_908_573_572_194_3e4,
    5.226_495_278_852_854e3,
];
/// Coefficients of AS241, tails.
const TAIL_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    2.417_807_251_774_506e-1,
    2.272_384_498_926_918_4e-2,
    7.745_450_142_783_414e-4,
];
/// Its denominator.
const TAIL_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    6.897_673_349_851e-1,
    1.481_039_764_274_800_8e-1,
    1.519_866_656_361_645_7e-2,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
/// Coefficients of AS241, far tails.
const FAR_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    2.965_605_718_285_048_7e-1,
    2.653_218_952_657_612_4e-2,
    1.242_660_947_388_078_4e-3,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
/// Its denominator.
const FAR_DENOMINATOR: [f64; 8] = [
    1.0,
    5.998_322_065_558_879e-1,
    1.369_298_809_227_358e-1,
    1.487_536_129_085_061_5e-2,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles to 15 digits or more from mpmath 1.3 (`sqrt(2) * erfinv(2 p - 1)`, 40 digits).
    #[test]
    fn quantiles_to_many_digits() {
        for (p, z) in [
            (0.975, 1.959_963_984_540_054),
            (0.95, 1.644_853_626_951_472_3),
            (0.9, 1.281_551_565_544_600_4),
            (0.6, 0.253_347_103_135_799_8),
            (0.01, -2.326_347_874_040_841),
            (1e-3, -3.090_232_306_167_813_6),
            (1e-9, -5.997_807_015_007_687),
            (1e-20, -9.262_340_089_798_408),
        ] {
            let error = (normal_quantile(p) - z) / z;
            assert!(error.abs() < 1e-15, "{p}: {error:e}");
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.1).is_nan() && normal_quantile(f64::NAN).is_nan());
    }

    #[test]
    fn words_are_symmetric_and_rising() {
        let mut previous = f64::NEG_INFINITY;
        for word in (0..u32::MAX - 65_535).step_by(65_535) {
            let z = normal(word);
            assert!(z > previous);
            assert_eq!(z, -normal(u32::MAX - word));
            previous = z;
        }
        assert!((normal(0) + 6.337_957_754_55).abs() < 1e-10);
    }
}
