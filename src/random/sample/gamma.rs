//! Gamma quantities by inversion: frailties. Drawn once per client, so a microsecond is cheap.

use super::normal::normal_quantile;

use crate::stats;

/// The quantile at `probability` in (0, 1) of the gamma distribution with mean 1 and a given variance (>= 0; 0 gives 1): shape
/// 1/variance, scale variance. The frailty of one client.
pub(crate) fn gamma_mean_one(probability: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    if variance < NEARLY_NORMAL {
        return nearly_normal(probability, variance);
    }
    gamma_quantile(probability, 1.0 / variance) * variance
}

/// Below this variance the gamma distribution with mean 1 is so nearly normal that its expansion is exact to 1e-13, while the
/// work of the integral grows with the root of the shape without bound.
const NEARLY_NORMAL: f64 = 1e-5;

/// The quantile of the gamma distribution with mean 1 and a small variance `v`, by the expansion of Cornish and Fisher to the
/// order `v^(5/2)`; any positive `v`, also one whose reciprocal is infinite. Fisher & Cornish (1960), The percentile points of
/// distributions having known cumulants, Technometrics 2(2), doi:10.1080/00401706.1960.10489895.
fn nearly_normal(probability: f64, variance: f64) -> f64 {
    let z = normal_quantile(probability);
    let (z2, sd) = (z * z, libm::sqrt(variance));
    let terms = [
        z,
        (z2 - 1.0) / 3.0,
        z * (z2 - 7.0) / 36.0,
        -((3.0 * z2 + 7.0) * z2 - 16.0) / 810.0,
        z * ((9.0 * z2 + 256.0) * z2 - 433.0) / 38_880.0,
    ];
    1.0 + sd * terms.iter().rev().fold(0.0, |sum, term| sum * sd + term)
}

/// The quantile at `probability` in (0, 1) of the gamma distribution with a given shape (> 0) and scale 1. Relative
/// accuracy about 1e-12 for shapes from 0.01 to 1e4.
///
/// Newton steps on the logarithm of the quantile, between `(p * Gamma(a + 1))^(1/a)`, below which it cannot lie, and
/// the bound `a + sqrt(2 a t) + t` with `t = 40` on its upper tail (Boucheron, Lugosi & Massart 2013, section 2.4).
pub(super) fn gamma_quantile(probability: f64, shape: f64) -> f64 {
    let p = probability;
    let ln_gamma = libm::lgamma(shape);
    let low = (libm::log(p) + libm::lgamma(shape + 1.0)) / shape;
    let high = libm::log(shape + libm::sqrt(80.0 * shape) + 40.0).max(low);
    let cube_root = 1.0 - 1.0 / (9.0 * shape) + normal_quantile(p) / (3.0 * libm::sqrt(shape));
    let start = if cube_root > 0.1 { libm::log(shape) + 3.0 * libm::log(cube_root) } else { low };
    let y = root(low, high, start, |y| {
        let x = libm::exp(y);
        let value = if p <= 0.5 {
            stats::gamma::regularized_lower(shape, x) - p
        } else {
            (1.0 - p) - stats::gamma::regularized_upper(shape, x)
        };
        (value, libm::exp(shape * y - x - ln_gamma))
    });
    libm::exp(y)
}

/// The root of a rising function between `low` and `high` from a start, by Newton steps that fall back on halving.
/// `function` gives value and slope.
fn root(low: f64, high: f64, start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high, mut x) = (low, high, start.max(low).min(high));
    for _ in 0..200 {
        let (value, slope) = function(x);
        if value > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - value / slope;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - x).abs() <= 1e-15 * (1.0 + x.abs()) {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sample::unit;

    #[test]
    fn gamma_quantiles_agree_with_mpmath() {
        for (p, shape, expected) in GAMMA {
            let relative = gamma_quantile(p, shape) / expected - 1.0;
            assert!(relative.abs() < 1e-12, "{p} {shape}: {relative:e}");
        }
    }

    #[test]
    fn no_variance_is_no_frailty() {
        assert_eq!(gamma_mean_one(unit(0), 0.0), 1.0);
        assert!(gamma_mean_one(unit(0), 50.0) >= 0.0);
        assert!(gamma_mean_one(unit(u32::MAX), 50.0).is_finite());
    }

    #[test]
    fn a_small_variance_takes_no_time_and_joins_the_integral() {
        for word in [0, 1, 1 << 10, 1 << 31, u32::MAX - 9, u32::MAX] {
            let exact = gamma_quantile(unit(word), 1.0 / NEARLY_NORMAL) * NEARLY_NORMAL;
            let expansion = nearly_normal(unit(word), NEARLY_NORMAL);
            assert!((expansion / exact - 1.0).abs() < 1e-12, "{word}: {expansion} {exact}");
        }
        for variance in [1e-6, 1e-12, 1e-300, 1e-310, 5e-324] {
            let low = gamma_mean_one(unit(0), variance);
            assert!(
                low > 0.98 && low <= 1.0 && gamma_mean_one(unit(u32::MAX), variance) < 1.02,
                "{variance}"
            );
        }
    }

    /// (probability, shape, quantile), mpmath 1.3 with 40 digits.
    const GAMMA: [(f64, f64, f64); 25] = [
        (1e-09, 0.1, 6.073048362407956e-91),
        (0.01, 0.1, 6.073048362407899e-21),
        (0.3, 0.1, 3.586086018410947e-06),
        (0.5, 0.1, 0.0005933911044602261),
        (0.99, 0.1, 1.5884778179295045),
        (1e-09, 0.5, 7.853981633974484e-19),
        (0.01, 0.5, 7.854392895485099e-05),
        (0.3, 0.5, 0.07423593091627272),
        (0.5, 0.5, 0.2274682115597864),
        (0.99, 0.5, 3.317448300510607),
        (1e-09, 2.0, 4.472202623032764e-05),
        (0.01, 2.0, 0.14855474025326595),
        (0.3, 2.0, 1.0973492107034917),
        (0.5, 2.0, 1.6783469900166605),
        (0.99, 2.0, 6.638352067993811),
        (1e-09, 10.0, 0.6021348388694604),
        (0.01, 10.0, 4.130199166273199),
        (0.3, 10.0, 8.132928242506392),
        (0.5, 10.0, 9.668714614714132),
        (0.99, 10.0, 18.783117393312523),
        (1e-09, 1000.0, 821.8327535831709),
        (0.01, 1000.0, 927.9081597966425),
        (0.3, 1000.0, 983.1784467578987),
        (0.5, 1000.0, 999.6666864269652),
        (0.99, 1000.0, 1075.032832086435),
    ];
}
