//! Decisions and normals in single precision: one word in, one value out, the same bits as [`crate::random::lanes`].

use crate::stats::single::{exp, ln, min};

/// 31 bits as a part of one.
pub(in crate::random) const TWO_POW_MINUS_31: f32 = 1.0 / 2_147_483_648.0;
/// 22 bits as a part of one.
pub(in crate::random) const TWO_POW_MINUS_22: f32 = 1.0 / 4_194_304.0;
/// The largest number below one.
pub(in crate::random) const ALMOST_ONE: f32 = 1.0 - f32::EPSILON / 2.0;
/// Hazards from here on are compared with `1 - exp(-h)` itself.
pub(in crate::random) const EXACT_FROM: f32 = 1.0;
/// Where the tail of the normal begins, in `-ln(1 - x^2)`.
pub(in crate::random) const TAIL_NORMAL_FROM: f32 = 5.0;
/// Giles's polynomial of the inverse error function, central part, highest power first.
pub(in crate::random) const CENTRAL_NORMAL: [f32; 9] = [
    2.810_226_4e-8,
    3.432_739_4e-7,
    -3.523_387_7e-6,
    -4.391_506_5e-6,
    0.000_218_580_87,
    -0.001_253_725,
    -0.004_177_681_6,
    0.246_640_73,
    1.501_409_4,
];
/// The same for the tails.
pub(in crate::random) const TAIL_NORMAL: [f32; 9] = [
    -0.000_200_214_26,
    0.000_100_950_56,
    0.001_349_343_2,
    -0.003_673_428_4,
    0.005_739_507_7,
    -0.007_622_461_3,
    0.009_438_870_5,
    1.001_674,
    2.832_976_8,
];

/// One word as a number in (0, 1): 31 bits, relative precision 2^-24, so that small probabilities keep theirs.
#[inline]
pub(crate) fn unit(word: u32) -> f32 {
    min(((word >> 1) as i32 as f32 + 0.5) * TWO_POW_MINUS_31, ALMOST_ONE)
}

/// Whether an event with hazard `h` (times the length of the step) happens: `u < 1 - exp(-h)`.
///
/// Up to a hazard of one it is decided without an exponential or a division: `h / (1 - exp(-h))` is
/// `1 + h/2 + h^2/12 - h^4/720 + h^6/30240` within 1e-6. Never for 0 or less.
#[cfg(test)]
pub(crate) fn happens(u: f32, hazard: f32) -> bool {
    if hazard > EXACT_FROM { u < 1.0 - exp(-hazard) } else { u * per_probability(hazard) < hazard }
}

/// `1 - exp(-h)` of a hazard (times the length of the step), with the relative precision of single precision for small
/// ones: what [`happens`] decides with.
#[cfg(test)]
pub(crate) fn probability(hazard: f32) -> f32 {
    if hazard > EXACT_FROM { 1.0 - exp(-hazard) } else { hazard / per_probability(hazard) }
}

/// `h / (1 - exp(-h))` for `0 <= h <= 1`.
#[inline(always)]
fn per_probability(h: f32) -> f32 {
    let square = h * h;
    h * 0.5 + 1.0 + square * (1.0 / 12.0 - square * (1.0 / 720.0 - square * (1.0 / 30_240.0)))
}

/// Which of several competing hazards ends the step, given that one of them does: `u` is the unit with which
/// [`happens`] decided it from their sum. Cause `k` has its share `h_k / H` of the interval, in their order.
#[inline]
pub(crate) fn which(u: f32, hazards: &[f32]) -> usize {
    let total: f32 = hazards.iter().sum();
    let mut point =
        if total > EXACT_FROM { u / (1.0 - exp(-total)) * total } else { u * per_probability(total) };
    let mut last = 0;
    for (cause, &hazard) in hazards.iter().enumerate().filter(|(_, hazard)| **hazard > 0.0) {
        if point < hazard {
            return cause;
        }
        point -= hazard;
        last = cause;
    }
    last
}

/// A standard normal by inversion, error below 1e-5; the largest is about 5.3.
///
/// Giles (2012), "Approximating the erfinv function", GPU Computing Gems Jade Edition, doi
/// 10.1016/B978-0-12-385963-1.00010-1, single precision. The words are symmetric odd multiples of `2^-23`, so 0 and 1 are
/// never met.
#[inline]
pub(crate) fn normal(word: u32) -> f32 {
    let x = ((word >> 9) as i32 as f32 + 0.5) * TWO_POW_MINUS_22 - 1.0;
    let w = -ln((1.0 - x) * (x + 1.0));
    let (polynomial, t) =
        if w >= TAIL_NORMAL_FROM { (&TAIL_NORMAL, w.sqrt() - 3.0) } else { (&CENTRAL_NORMAL, w - 2.5) };
    let mut p = polynomial[0];
    for c in &polynomial[1..] {
        p = p * t + c;
    }
    x * std::f32::consts::SQRT_2 * p
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sample;

    #[test]
    fn units_are_open_and_a_certain_thing_happens() {
        assert!(unit(0) > 0.0 && unit(u32::MAX) < 1.0);
        assert!(happens(unit(0), 1e-6) && happens(unit(u32::MAX), 40.0));
        assert!(!happens(unit(0), 0.0) && !happens(unit(0), -1.0) && !happens(unit(u32::MAX), 1.0));
    }

    #[test]
    fn decisions_are_those_of_double_precision() {
        for step in 0..4_000 {
            let hazard = libm::exp(f64::from(step) * 0.005 - 16.0);
            let exact = -libm::expm1(-hazard);
            let ours = f64::from(probability(hazard as f32));
            assert!((ours / exact - 1.0).abs() < 2e-6, "{hazard}: {ours} {exact}");
            // The largest unit that still happens is the probability, to the precision of a unit.
            let word = (exact * 4_294_967_296.0) as u32;
            for (words, expected) in [(-1e-5, true), (1e-5, false)] {
                let near =
                    (f64::from(word) * (1.0 + words) + words.signum() * 4.0).clamp(0.0, 4_294_967_295.0);
                if near as u32 == 0 || exact > 0.999_98 {
                    continue;
                }
                assert_eq!(happens(unit(near as u32), hazard as f32), expected, "{hazard} {words}");
            }
        }
    }

    #[test]
    fn competing_causes_have_their_shares() {
        for scale in [0.01_f32, 0.5, 6.0] {
            let hazards = [0.1, 0.0, 0.3].map(|hazard| hazard * scale);
            let total = hazards.iter().sum::<f32>();
            let mut counts = [0_u32; 3];
            let points = 200_000;
            for point in 0..points {
                let u = (point as f32 + 0.5) / points as f32;
                if happens(u, total) {
                    counts[which(u, &hazards)] += 1;
                }
            }
            let any = f64::from(probability(total)) * f64::from(points);
            assert!((f64::from(counts[0]) - any / 4.0).abs() < 3.0, "{scale}: {counts:?} of {any}");
            assert!((f64::from(counts[2]) - any * 0.75).abs() < 3.0 && counts[1] == 0, "{scale}: {counts:?}");
        }
        assert_eq!(which(1.0 - f32::EPSILON, &[0.2, 0.1, 0.0]), 1);
    }

    #[test]
    fn normals_are_those_of_double_precision() {
        let mut worst: f64 = 0.0;
        for step in 0..200_000_u32 {
            let word = step.wrapping_mul(2_654_435_769) >> 9 << 9;
            let exact = sample::normal_quantile((f64::from(word >> 9) + 0.5) / 8_388_608.0);
            worst = worst.max((f64::from(normal(word)) - exact).abs() / exact.abs().max(1.0));
        }
        assert!(worst < 1e-5, "{worst:e}");
        assert!(normal(u32::MAX) > 5.0 && normal(u32::MAX) < 5.5);
        assert_eq!(normal(u32::MAX), -normal(0));
    }
}
