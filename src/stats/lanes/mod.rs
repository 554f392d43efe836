//! Sixteen numbers at a time, on any instruction set: thin names over `fearless_simd` and the functions of
//! [`super::single`] for sixteen lanes.
//!
//! The operations and their order are those of `single`, so a lane has the same bits as a number alone, on AVX-512, AVX2,
//! SSE2, NEON and without vector instructions. What makes that true: no fused multiply-add, no approximate reciprocal, no
//! sum across lanes of floating-point numbers (`clippy.toml` forbids them), and no NaN.
//!
//! Every function is `#[inline(always)]`, and so must be whatever calls it in lanes, up to the place that chooses the instruction
//! set (`fearless_simd::dispatch!`; `with!` in this crate): only thereby is it compiled for that set. A closure would not be: pass
//! values, or write a macro.
//!
//! ```
//! use stapjes::stats::lanes::{self, Floats, Simd};
//! use stapjes::stats::{instructions, single};
//!
//! #[inline(always)]
//! fn powers<S: Simd>(simd: S, exponents: [f32; 16]) -> [f32; 16] {
//!     lanes::exp(simd, Floats::simd_from(simd, exponents)).into()
//! }
//!
//! use fearless_simd::prelude::*;
//! let exponents = std::array::from_fn(|lane| lane as f32 / 4.0);
//! let values = fearless_simd::dispatch!(instructions::widest(), simd => powers(simd, exponents));
//! assert_eq!(values, exponents.map(single::exp));
//! ```

mod column;
mod counts;
mod level;
mod sum;

pub(crate) use column::Block;
pub(crate) use column::{Bits, LANES};
pub use column::{Column, blocks, live};
pub(crate) use counts::{Answers, BitCounts};
pub(crate) use level::with;
pub(crate) use sum::LaneSum;

pub use fearless_simd::Simd;
use fearless_simd::prelude::*;
use fearless_simd::{f32x16, i32x16, mask32x16, u32x16};

use super::single::{EXP, EXP_LIMIT, LN, LN_2, ROOT_HALF, ROUNDER};

/// Sixteen single-precision numbers.
pub type Floats<S> = f32x16<S>;
/// Sixteen words.
pub(crate) type Words<S> = u32x16<S>;
/// Sixteen answers.
pub(crate) type Mask<S> = mask32x16<S>;

/// The same number in every lane.
#[inline(always)]
pub(crate) fn all<S: Simd>(simd: S, x: f32) -> Floats<S> {
    Floats::splat(simd, x)
}

/// The same word in every lane.
#[inline(always)]
pub fn words<S: Simd>(simd: S, word: u32) -> Words<S> {
    Words::splat(simd, word)
}

/// Where any of the bits is set.
#[inline(always)]
pub(crate) fn has<S: Simd>(words: Words<S>, bits: u32) -> Mask<S> {
    !(words & bits).simd_eq(0u32)
}

/// One of two numbers, by the answer.
#[inline(always)]
pub(crate) fn choose<S: Simd>(simd: S, mask: Mask<S>, yes: f32, no: f32) -> Floats<S> {
    mask.select(all(simd, yes), all(simd, no))
}

/// `bits` where the answer is yes, 0 elsewhere.
#[inline(always)]
pub(crate) fn bits_if<S: Simd>(simd: S, mask: Mask<S>, bits: u32) -> Words<S> {
    mask.select(words(simd, bits), words(simd, 0))
}

/// [`super::single::clamp01`] of every lane.
#[inline(always)]
pub(crate) fn clamp01<S: Simd>(x: Floats<S>) -> Floats<S> {
    x.max(0.0).min(1.0)
}

/// [`super::single::exp`] of every lane.
#[inline(always)]
pub fn exp<S: Simd>(simd: S, z: Floats<S>) -> Floats<S> {
    let z = z.max(-EXP_LIMIT).min(EXP_LIMIT);
    let shifted = z * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let x = (z - n * LN_2[0]) - n * LN_2[1];
    let mut p = all(simd, EXP[0]);
    for c in &EXP[1..] {
        p = p * x + *c;
    }
    let scale: Floats<S> =
        (((shifted.bitcast::<Words<S>>() - ROUNDER.to_bits()) << 23) + 0x3f80_0000u32).bitcast();
    (p * (x * x) + x + 1.0) * scale
}

/// [`super::single::ln`] of every lane.
#[inline(always)]
pub(crate) fn ln<S: Simd>(simd: S, x: Floats<S>) -> Floats<S> {
    let bits: Words<S> = x.bitcast::<Words<S>>() - ROOT_HALF;
    let e: Floats<S> = simd.cvt_f32_i32x16(bits.bitcast::<i32x16<S>>() >> 23);
    let m = ((bits & 0x007f_ffffu32) + ROOT_HALF).bitcast::<Floats<S>>() - 1.0;
    let square = m * m;
    let mut p = all(simd, LN[0]);
    for c in &LN[1..] {
        p = p * m + *c;
    }
    let rest = p * m * square + e * LN_2[1] - square * 0.5;
    m + rest + e * LN_2[0]
}

/// [`super::single::expit`] of every lane.
#[inline(always)]
pub(crate) fn expit<S: Simd>(simd: S, z: Floats<S>) -> Floats<S> {
    all(simd, 1.0) / (exp(simd, -z) + 1.0)
}

/// [`super::single::fixed_point`] of every lane.
#[inline(always)]
pub fn fixed_point<S: Simd>(x: Floats<S>, scale: f32) -> Words<S> {
    in_units(x, scale) - ROUNDER.to_bits()
}

/// [`fixed_point`] above the bits of the number that rounds.
#[inline(always)]
fn in_units<S: Simd>(x: Floats<S>, scale: f32) -> Words<S> {
    (x * scale + ROUNDER).bitcast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{instructions, single};

    /// Every lane of `$lanes` has the bits of `$alone`, at every level of this machine, for scattered arguments.
    macro_rules! same_bits {
        ($name:ident, $lanes:expr, $alone:expr, $low:expr, $high:expr) => {
            #[test]
            fn $name() {
                #[inline(always)]
                fn run<S: Simd>(simd: S, x: [f32; 16]) -> [u32; 16] {
                    let f: fn(S, Floats<S>) -> Floats<S> = $lanes;
                    f(simd, Floats::simd_from(simd, x)).bitcast::<Words<S>>().into()
                }
                for (name, level) in instructions::all() {
                    for start in 0..2_000 {
                        let x: [f32; 16] = std::array::from_fn(|lane| {
                            let place = ((start * 16 + lane) * 7_919 % 32_003) as f32 / 32_003.0;
                            $low + ($high - $low) * place
                        });
                        let found = fearless_simd::dispatch!(level, simd => run(simd, x));
                        let alone: fn(f32) -> f32 = $alone;
                        assert_eq!(found, x.map(|x| alone(x).to_bits()), "{name}");
                    }
                }
            }
        };
    }

    same_bits!(exponential, exp, single::exp, -90.0, 90.0);
    same_bits!(logarithm, ln, single::ln, 1e-6, 50.0);
    same_bits!(logistic, expit, single::expit, -30.0, 30.0);
    same_bits!(clamp, |_, x| clamp01(x), single::clamp01, -1.0, 2.0);
    same_bits!(
        fixed,
        |_, x| fixed_point(x, 16_384.0).bitcast(),
        |x| f32::from_bits(single::fixed_point(x, 16_384.0)),
        -3.0,
        120.0
    );
    same_bits!(
        choices,
        |simd, x| choose(simd, has(x.bitcast::<Words<_>>(), 5), 3.0, 4.0),
        |x| if x.to_bits() & 5 != 0 { 3.0 } else { 4.0 },
        0.0,
        1.0
    );
}
