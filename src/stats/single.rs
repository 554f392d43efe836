//! Exponential, logarithm and their kin in single precision: made of additions, multiplications, divisions and square
//! roots only, in a fixed order, so that the bits are the same on every machine and in [`super::lanes`], which does the
//! same for sixteen numbers at a time.
//!
//! Polynomials of the Cephes library (Moshier 1989, *Methods and programs for mathematical functions*; `expf`, `logf`).
//! No function here sees a NaN; none fuses a multiplication with an addition.

/// `1.5 * 2^23`: adding it rounds a number below `2^22` to an integer, which then stands in the lowest bits.
pub(super) const ROUNDER: f32 = 12_582_912.0;
/// The two parts of `ln 2`: the first has few bits, so that whole multiples of it are exact.
pub(super) const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// Coefficients of the exponential on `|x| <= ln(2) / 2`, highest power first.
pub(super) const EXP: [f32; 6] =
    [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1];
/// Bits of `sqrt(1/2)`, where the logarithm cuts the mantissa.
pub(super) const ROOT_HALF: u32 = 0x3f35_04f3;
/// Coefficients of the logarithm on `sqrt(1/2) - 1 <= x <= sqrt(2) - 1`, highest power first.
pub(super) const LN: [f32; 9] = [
    7.037_683_6e-2,
    -1.151_461e-1,
    1.167_699_9e-1,
    -1.242_014_1e-1,
    1.424_932_3e-1,
    -1.666_805_7e-1,
    2.000_071_5e-1,
    -2.499_999_4e-1,
    3.333_333e-1,
];
/// The exponential is cut off here: beyond, it would leave the range of single precision.
pub(super) const EXP_LIMIT: f32 = 86.0;

/// The larger of two numbers.
///
/// # Example
/// ```
/// assert_eq!(stapjes::stats::single::max(0.2, -1.0), 0.2);
/// ```
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The smaller of two numbers.
///
/// # Example
/// ```
/// assert_eq!(stapjes::stats::single::min(0.2, -1.0), -1.0);
/// ```
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The number within 0 to 1 nearest to `x`.
///
/// # Example
/// ```
/// use stapjes::stats::single::clamp01;
///
/// assert_eq!([-0.3, 0.3, 1.3].map(clamp01), [0.0, 0.3, 1.0]);
/// ```
#[inline(always)]
pub fn clamp01(x: f32) -> f32 {
    min(max(x, 0.0), 1.0)
}

/// `exp(z)` for `|z| <= 86`, relative error below 2e-7; beyond, its value at the limit.
///
/// # Example
/// ```
/// use stapjes::stats::single;
///
/// for z in [-40.0_f32, -0.3, 2.5] {
///     assert!((f64::from(single::exp(z)) / libm::exp(z.into()) - 1.0).abs() < 2e-7);
/// }
/// ```
#[inline]
pub fn exp(z: f32) -> f32 {
    let z = min(max(z, -EXP_LIMIT), EXP_LIMIT);
    let shifted = z * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let x = (z - n * LN_2[0]) - n * LN_2[1];
    let mut p = EXP[0];
    for c in &EXP[1..] {
        p = p * x + c;
    }
    let scale = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_shl(23).wrapping_add(0x3f80_0000);
    (p * (x * x) + x + 1.0) * f32::from_bits(scale)
}

/// `ln(x)` for a positive normal number, error below 2e-7 absolute or relative, whichever is larger.
///
/// # Example
/// ```
/// use stapjes::stats::single;
///
/// for x in [1e-10_f32, 0.9, 1.1, 300.0] {
///     assert!((f64::from(single::ln(x)) - libm::log(x.into())).abs() < 2e-7 * libm::log(x.into()).abs().max(1.0));
/// }
/// ```
#[inline]
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits().wrapping_sub(ROOT_HALF);
    let e = ((bits as i32) >> 23) as f32;
    let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF)) - 1.0;
    let square = m * m;
    let mut p = LN[0];
    for c in &LN[1..] {
        p = p * m + c;
    }
    let rest = p * m * square + e * LN_2[1] - square * 0.5;
    m + rest + e * LN_2[0]
}

/// `1 / (1 + exp(-z))`.
///
/// # Example
/// ```
/// use stapjes::stats::single::expit;
///
/// assert_eq!(expit(0.0), 0.5);
/// assert!((expit(1.3) + expit(-1.3) - 1.0).abs() < 2e-7);
/// ```
#[inline]
pub fn expit(z: f32) -> f32 {
    1.0 / (exp(-z) + 1.0)
}

/// `x * scale` rounded to an integer (below 2^22 in size), as two's complement: an addend of a sum whose order does not
/// matter.
///
/// # Example
/// In tenths, so that sums do not depend on their order.
///
/// ```
/// use stapjes::stats::single::fixed_point;
///
/// let sum = fixed_point(0.3, 10.0).wrapping_add(fixed_point(-0.1, 10.0));
/// assert_eq!(sum as i32, 2);
/// ```
#[inline]
pub fn fixed_point(x: f32, scale: f32) -> u32 {
    (x * scale + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_libm() {
        let mut worst: f64 = 0.0;
        for step in -86_000..=86_000 {
            let z = (step as f32 * 0.001).clamp(-86.0, 86.0);
            worst = worst.max((f64::from(exp(z)) / libm::exp(f64::from(z)) - 1.0).abs());
        }
        assert!(worst < 2e-7, "{worst:e}");
        assert_eq!(exp(0.0), 1.0);
        assert_eq!((exp(1e9), exp(-1e9)), (exp(86.0), exp(-86.0)));
    }

    #[test]
    fn the_logarithm_is_that_of_libm() {
        let mut worst: f64 = 0.0;
        for step in 1..400_000 {
            let x = libm::exp(f64::from(step - 200_000) * 4e-4) as f32;
            let exact = libm::log(f64::from(x));
            worst = worst.max((f64::from(ln(x)) - exact).abs() / exact.abs().max(1.0));
        }
        assert!(worst < 2e-7, "{worst:e}");
        assert_eq!(ln(1.0), 0.0);
    }

    #[test]
    fn the_logistic_function_is_bounded_and_symmetric() {
        assert_eq!(expit(0.0), 0.5);
        for z in [0.3_f32, 2.0, 17.0, 200.0] {
            let sum = expit(z) + expit(-z);
            assert!((sum - 1.0).abs() < 2e-7 && expit(z) <= 1.0 && expit(-z) >= 0.0, "{z}: {sum}");
        }
    }

    #[test]
    fn fixed_point_sums_do_not_depend_on_their_order() {
        let values: Vec<f32> = (0..1_000).map(|i| (i as f32 * 0.37) % 120.0 - 3.0).collect();
        let sum = |values: &mut dyn Iterator<Item = &f32>| {
            values.fold(0_u32, |sum, &x| sum.wrapping_add(fixed_point(x, 16_384.0)))
        };
        assert_eq!(sum(&mut values.iter()), sum(&mut values.iter().rev()));
        let exact: f64 = values.iter().map(|&x| f64::from(x)).sum();
        assert!((f64::from(sum(&mut values.iter()) as i32) / 16_384.0 - exact).abs() < 0.02);
        assert_eq!(fixed_point(-1.0, 16.0) as i32, -16);
    }
}
