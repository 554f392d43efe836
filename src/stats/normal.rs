//! The standard normal distribution: density, both tails and quantile in full double precision.
//!
//! The tails go through `erfc`, so that a lower tail of 1e-300 keeps its relative precision (`1 - cdf` does not).
//! The quantile is Wichura's AS241 rational approximation (1e-16) followed by one Halley step against our own tail, so
//! that `quantile` and `cdf` are each other's inverse to the last bits.
//!
//! Reference: Wichura MJ (1988), Algorithm AS241, Applied Statistics 37:477-484, doi:10.2307/2347330.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// 1 / sqrt(2 pi).
pub(crate) const INVERSE_SQRT_TWO_PI: f64 = 0.398_942_280_401_432_7;

/// Density at `x`.
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// assert!((normal::density(1.0) - 0.241_970_724_519_143_37).abs() < 1e-16);
/// ```
#[inline]
pub fn density(x: f64) -> f64 {
    INVERSE_SQRT_TWO_PI * libm::exp(-0.5 * x * x)
}

/// Probability below `x`.
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// // R: pnorm(-1)
/// assert!((normal::cdf(-1.0) - 0.158_655_253_931_457_07).abs() < 1e-16);
/// ```
#[inline]
pub fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Probability above `x`.
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// // R: pnorm(1.5, lower.tail = FALSE)
/// assert!((normal::upper_tail(1.5) - 0.066_807_201_268_858_07).abs() < 1e-16);
/// ```
#[inline]
pub fn upper_tail(x: f64) -> f64 {
    0.5 * libm::erfc(x * FRAC_1_SQRT_2)
}

/// Two-sided p-value of a standard normal statistic: P(|Z| > |z|).
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// assert!((normal::two_sided_p(-2.5) - 0.012_419_330_651_552_265).abs() < 1e-16);
/// ```
#[inline]
pub fn two_sided_p(z: f64) -> f64 {
    libm::erfc(z.abs() * FRAC_1_SQRT_2)
}

/// The `x` with `cdf(x) = probability`; minus and plus infinity at 0 and 1, NaN outside [0, 1].
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// assert!((normal::quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-15);
/// // A tail of 1e-23 keeps its digits.
/// assert!((normal::upper_tail(10.0) / 7.619_853_024_160_47e-24 - 1.0).abs() < 1e-12);
/// ```
pub fn quantile(probability: f64) -> f64 {
    if probability.is_nan() || !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability == 1.0 {
        return f64::INFINITY;
    }
    let x = wichura(probability);
    let error = if probability < 0.5 { cdf(x) - probability } else { (1.0 - probability) - upper_tail(x) };
    let step = error * libm::sqrt(2.0 * PI) * libm::exp(0.5 * x * x);
    if step.is_finite() { x - step / (1.0 + 0.5 * x * step) } else { x }
}

/// The half width in standard errors of a two-sided interval at `level` (0.95 gives 1.959964).
///
/// # Example
/// ```
/// use stapjes::stats::normal;
///
/// assert!((normal::two_sided_quantile(0.9) - 1.644_853_626_951_472_2).abs() < 1e-14);
/// ```
pub fn two_sided_quantile(level: f64) -> f64 {
    quantile(0.5 + 0.5 * level)
}

/// Horner's scheme, lowest power first.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// AS241 without the Halley step.
fn wichura(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(&CENTRAL_NUMERATOR, r) / polynomial(&CENTRAL_DENOMINATOR, r);
    }
    let r = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let x = if r <= 5.0 {
        polynomial(&MIDDLE_NUMERATOR, r - 1.6) / polynomial(&MIDDLE_DENOMINATOR, r - 1.6)
    } else {
        polynomial(&TAIL_NUMERATOR, r - 5.0) / polynomial(&TAIL_DENOMINATOR, r - 5.0)
    };
    if q < 0.0 { -x } else { x }
}

/// Coefficients of AS241, within .425 of one half.
const CENTRAL_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
/// Its denominator.
const CENTRAL_DENOMINATOR: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
/// Coefficients of AS241, tails down to e^-25.
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
/// Its denominator.
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
/// Coefficients of AS241, beyond.
const TAIL_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
/// Its denominator.
const TAIL_DENOMINATOR: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.norm 1.17: cdf(-8.5), sf(1.96), ppf(0.975), ppf(1e-20), ppf(0.3).
        assert!((cdf(-8.5) / 9.47953482220325e-18 - 1.0).abs() < 1e-13);
        assert!((upper_tail(1.96) / 0.024997895148220435 - 1.0).abs() < 1e-14);
        assert!((quantile(0.975) - 1.959963984540054).abs() < 1e-14);
        assert!((quantile(1e-20) + 9.262340089798408).abs() < 1e-13);
        assert!((quantile(0.3) + 0.5244005127080409).abs() < 1e-15);
    }

    #[test]
    fn quantile_inverts_both_tails() {
        for i in 1..400 {
            let p = libm::pow(10.0, -f64::from(i) * 0.7);
            if p > 0.0 {
                assert!((cdf(quantile(p)) / p - 1.0).abs() < 1e-11, "p = {p}");
            }
        }
        assert_eq!(quantile(0.5), 0.0);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(1.5).is_nan());
    }
}
