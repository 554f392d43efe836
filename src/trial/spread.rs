//! From the draws of parameters to a band: the spread that the parameters cause, without the noise inside a draw.
//!
//! A draw's mean over a few replicates is its true mean plus noise, so the spread of the draws is too wide by the
//! variance of that noise. With D_k the mean of draw k and e_k the standard error of its noise, the variance components
//! are `Var(parameters) = max(0, Var(D_k) - mean(e_k^2))`, and every draw is shrunk to the mean of all by
//! `sqrt(Var(parameters) / Var(D_k))`. Shrinking keeps the shape of the distribution, which subtracting a normal
//! variance from the quantiles would not (Louis 1984, JASA 79:393, doi:10.1080/01621459.1984.10478062: estimates
//! whose spread equals that of the parameters).

/// The draws' means, shrunk so that their spread is that of the parameters alone. Each draw is a mean and the standard
/// error of its noise. Draws that are not finite stay NaN and count for nothing; a missing error counts as 0.
///
/// # Example
/// ```
/// use stapjes::trial::spread::without_noise;
///
/// // Two draws that lie 2 apart have a variance of 2; each has an error of 1. Half of the variance is noise: what is left is
/// // the root of a half of the distance.
/// let shrunk = without_noise(&[(1.0, 1.0), (3.0, 1.0)]);
/// assert!((shrunk[1] - shrunk[0] - 2.0 * 0.5_f64.sqrt()).abs() < 1e-12);
/// // Nothing but noise: all draws are the same.
/// assert_eq!(without_noise(&[(1.0, 9.0), (3.0, 9.0)]), [2.0, 2.0]);
/// ```
pub fn without_noise(draws: &[(f64, f64)]) -> Vec<f64> {
    let known: Vec<(f64, f64)> = draws.iter().copied().filter(|(mean, _)| mean.is_finite()).collect();
    let count = known.len() as f64;
    if known.len() < 2 {
        return draws.iter().map(|&(mean, _)| mean).collect();
    }
    let center = known.iter().map(|(mean, _)| mean).sum::<f64>() / count;
    let spread = known.iter().map(|(mean, _)| (mean - center) * (mean - center)).sum::<f64>() / (count - 1.0);
    let noise =
        known.iter().map(|(_, error)| if error.is_finite() { error * error } else { 0.0 }).sum::<f64>()
            / count;
    let kept = if spread > 0.0 { ((spread - noise) / spread).max(0.0) } else { 0.0 };
    let factor = kept.sqrt();
    let shrink =
        |&(mean, _): &(f64, f64)| if mean.is_finite() { center + factor * (mean - center) } else { f64::NAN };
    draws.iter().map(shrink).collect()
}

/// The quantile of a sample at `share`, interpolated linearly (type 7 of Hyndman & Fan 1996,
/// doi:10.1080/00031305.1996.10473566); NaN values are left out, NaN for an empty sample.
///
/// # Example
/// ```
/// use stapjes::trial::spread::quantile;
///
/// // R: quantile(c(1, 2, 4, 8), c(.25, .5)): 1.75 and 3
/// let sample = [8.0, 1.0, f64::NAN, 2.0, 4.0];
/// assert_eq!([quantile(&sample, 0.25), quantile(&sample, 0.5)], [1.75, 3.0]);
/// ```
pub fn quantile(sample: &[f64], share: f64) -> f64 {
    let mut sorted: Vec<f64> = sample.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return f64::NAN;
    }
    let place = share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal;

    /// 200 draws with standard deviation 2 around 10 and noise of standard deviation 1.5, both as exact normal scores in
    /// unrelated orders.
    fn noisy() -> (Vec<f64>, Vec<(f64, f64)>) {
        let score = |at: usize| normal::quantile((at as f64 + 0.5) / 200.0);
        let truth: Vec<f64> = (0..200).map(|at| 10.0 + 2.0 * score(at)).collect();
        let noisy =
            truth.iter().enumerate().map(|(at, value)| (value + 1.5 * score(at * 73 % 200), 1.5)).collect();
        (truth, noisy)
    }

    #[test]
    fn the_noise_is_taken_out_of_the_band() {
        let (truth, noisy) = noisy();
        let raw: Vec<f64> = noisy.iter().map(|&(mean, _)| mean).collect();
        let width = |sample: &[f64]| quantile(sample, 0.975) - quantile(sample, 0.025);
        let (wanted, uncorrected, corrected) = (width(&truth), width(&raw), width(&without_noise(&noisy)));
        assert!(uncorrected > 1.2 * wanted, "{uncorrected} {wanted}");
        assert!((corrected / wanted - 1.0).abs() < 0.08, "{corrected} {wanted}");
    }

    #[test]
    fn pure_noise_leaves_no_band() {
        let draws: Vec<(f64, f64)> = (0..20).map(|at| (f64::from(at % 2), 1.0)).collect();
        assert!(without_noise(&draws).iter().all(|value| (value - 0.5).abs() < 1e-12));
        assert!(without_noise(&[(f64::NAN, 1.0), (1.0, 0.0), (3.0, 0.0)])[0].is_nan());
    }

    #[test]
    fn quantiles_of_the_finite_values() {
        assert_eq!(quantile(&[3.0, 1.0, f64::NAN, 2.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
