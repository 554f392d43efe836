//! Regularized incomplete gamma and beta functions on `libm`, for the quantiles of this folder.
//!
//! The crates that offer them use the system's logarithm and exponential, whose last bits differ between machines.
//! Series and continued fractions: DLMF 8.7.1, 8.9.2 and 8.17.22 (<https://dlmf.nist.gov>), the fractions evaluated by
//! Lentz's method. Relative accuracy about 1e-13 for parameters up to 1e4.

const TERMS: u32 = 100_000;
const EPSILON: f64 = 1e-16;
const TINY: f64 = 1e-300;

/// Lower and upper regularized incomplete gamma, (P(a, x), Q(a, x)), for a > 0 and x >= 0.
pub(super) fn gamma(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let scale = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let lower = scale * gamma_series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = scale * gamma_fraction(a, x);
        (1.0 - upper, upper)
    }
}

fn gamma_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    for n in 1..TERMS {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * EPSILON {
            break;
        }
    }
    sum
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    lentz(x + 1.0 - a, |n| {
        let n = f64::from(n);
        (-n * (n - a), x + 2.0 * n + 1.0 - a)
    })
    .recip()
}

/// Lower and upper regularized incomplete beta, (I_x(a, b), 1 - I_x(a, b)), for a, b > 0, with `x` and `1 - x` both
/// given so that neither loses digits.
pub(super) fn beta(a: f64, b: f64, x: f64, one_minus_x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if one_minus_x <= 0.0 {
        return (1.0, 0.0);
    }
    let scale = libm::exp(a * libm::log(x) + b * libm::log(one_minus_x) - ln_beta(a, b));
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = scale / (a * beta_fraction(a, b, x));
        (lower, 1.0 - lower)
    } else {
        let upper = scale / (b * beta_fraction(b, a, one_minus_x));
        (1.0 - upper, upper)
    }
}

/// Logarithm of the beta function.
pub(super) fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    lentz(1.0, |n| {
        let m = f64::from(n / 2);
        let numerator = if n % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        (numerator, 1.0)
    })
}

/// `first + n1 / (d1 + n2 / (d2 + ...))` with (numerator, denominator) of term 1, 2, ... from `term`.
fn lentz(first: f64, term: impl Fn(u32) -> (f64, f64)) -> f64 {
    let away_from_zero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut value = away_from_zero(first);
    let mut c = value;
    let mut d = 0.0;
    for n in 1..TERMS {
        let (numerator, denominator) = term(n);
        d = 1.0 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() < EPSILON {
            break;
        }
    }
    value
}

/// The root of a rising function between `low` and `high` from a start, by Newton steps that fall back on halving.
/// `function` gives value and slope.
pub(super) fn root(low: f64, high: f64, start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high, mut x) = (low, high, start.clamp(low, high));
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

    #[test]
    fn gamma_has_its_closed_forms() {
        for x in [0.01, 0.7, 2.0, 11.0, 40.0] {
            let (lower, upper) = gamma(1.0, x);
            assert!((upper / libm::exp(-x) - 1.0).abs() < 1e-13 && (lower + libm::expm1(-x)).abs() < 1e-15);
            let half = gamma(0.5, x).1 / libm::erfc(x.sqrt());
            assert!((half - 1.0).abs() < 1e-13, "{half}");
        }
        assert_eq!(gamma(2.0, 0.0), (0.0, 1.0));
        assert_eq!(gamma(2.0, f64::INFINITY), (1.0, 0.0));
    }

    #[test]
    fn beta_has_its_closed_forms() {
        for x in [0.001, 0.3, 0.5, 0.9] {
            let arcsine = beta(0.5, 0.5, x, 1.0 - x).0 / (2.0 / core::f64::consts::PI * libm::asin(x.sqrt()));
            assert!((arcsine - 1.0).abs() < 1e-13);
            let polynomial = beta(2.0, 3.0, x, 1.0 - x).0 / (x * x * (6.0 - 8.0 * x + 3.0 * x * x));
            assert!((polynomial - 1.0).abs() < 1e-13);
        }
        assert_eq!(beta(1.0, 2.0, 0.0, 1.0), (0.0, 1.0));
        assert_eq!(beta(1.0, 2.0, 1.0, 0.0), (1.0, 0.0));
    }
}
