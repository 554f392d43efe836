//! What a posterior says: parameters, predictions, and what each figure taught.
//!
//! The draws say where the posterior is; the normal approximation at its mean says which figure taught
//! what, which no set of draws can, since leaving a figure out would take a calibration of its own.

use nalgebra::{DMatrix, DVector};

use super::fit::FittedPosterior;
use super::model::Outcome;
use super::target::{Evidence, Target};

/// Mean and standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moments {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// Weighted moments of numbers; weights add up to 1.
pub(crate) fn moments(values: impl Iterator<Item = f64> + Clone, weights: &[f64]) -> Moments {
    let mean: f64 = values.clone().zip(weights).map(|(value, weight)| weight * value).sum();
    let square = |(value, weight): (f64, &f64)| weight * (value - mean) * (value - mean);
    Moments { mean, sd: values.zip(weights).map(square).sum::<f64>().max(0.0).sqrt() }
}

/// Weighted quantile: the smallest value up to which at least `share` of the weight lies.
pub(crate) fn quantile(values: &[f64], weights: &[f64], share: f64) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let mut sum = 0.0;
    for &at in &order {
        sum += weights[at];
        if sum >= share - 1e-12 {
            return values[at];
        }
    }
    order.last().map_or(f64::NAN, |&at| values[at])
}

/// Weighted correlation of two lists; 0 when one is constant.
pub(crate) fn correlation(first: &[f64], second: &[f64], weights: &[f64]) -> f64 {
    let (a, b) = (moments(first.iter().copied(), weights), moments(second.iter().copied(), weights));
    let cross: f64 = first
        .iter()
        .zip(second)
        .zip(weights)
        .map(|((x, y), weight)| weight * (x - a.mean) * (y - b.mean))
        .sum();
    if a.sd > 0.0 && b.sd > 0.0 { cross / (a.sd * b.sd) } else { 0.0 }
}

/// What the figures taught about one parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Learned {
    /// Mean on the normal scale (the prior's is 0).
    pub mean: f64,
    /// Standard deviation on the normal scale (the prior's is 1).
    pub sd: f64,
    /// Share of the prior variance that is gone; about 0 when no figure informs the parameter. Noise may make it slightly
    /// negative.
    pub contraction: f64,
    /// The fitted targets whose omission widens it most, by index, with the factor on the standard deviation.
    pub informed_by: Vec<(usize, f64)>,
    /// The parameter with which it is most correlated in the posterior, by index, with the correlation.
    pub tied_to: Option<(usize, f64)>,
}

/// One figure against the predictions of prior and posterior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Predicted {
    /// Prediction of the prior.
    pub prior: Moments,
    /// Prediction of the posterior.
    pub posterior: Moments,
    /// Distance of the stated figure from the posterior prediction in standard deviations of their difference: stated error,
    /// discrepancy, posterior and Monte Carlo error.
    pub z_score: f64,
}

/// Predictions of one target.
pub(crate) fn predicted(posterior: &FittedPosterior, targets: &[Target], target: usize) -> Predicted {
    let values = |runs: &[Vec<Outcome>]| -> Vec<f64> { runs.iter().map(|run| run[target].value).collect() };
    let prior_values = values(&posterior.prior_outcomes);
    let equal = vec![1.0 / prior_values.len() as f64; prior_values.len()];
    let predictive = moments(values(&posterior.outcomes).into_iter(), &posterior.weights);
    let noise: f64 = posterior
        .outcomes
        .iter()
        .zip(&posterior.weights)
        .map(|(run, weight)| weight * run[target].error * run[target].error)
        .sum();
    let stated = targets[target].stated_error();
    let spread = (stated * stated + predictive.sd * predictive.sd + noise).sqrt();
    Predicted {
        prior: moments(prior_values.into_iter(), &equal),
        posterior: predictive,
        z_score: (targets[target].evidence.value() - predictive.mean) / spread,
    }
}

/// Figures that are named for a parameter at most.
const NAMED: usize = 3;
/// A figure is named when leaving it out widens the parameter by at least this factor.
const WIDENS: f64 = 1.02;

/// What was learned about every parameter.
///
/// Which figure taught it is found by leaving one out in the normal approximation at the posterior mean: the precision is
/// `I + sum_k J_k J_k' / V_k` with `J_k` the slope of the emulated outcome k, and without target k one term is missing.
pub(crate) fn learned(posterior: &FittedPosterior, targets: &[Target]) -> Vec<Learned> {
    let dimensions = posterior.points.first().map_or(0, Vec::len);
    let column = |at: usize| -> Vec<f64> { posterior.points.iter().map(|z| z[at]).collect() };
    let columns: Vec<Vec<f64>> = (0..dimensions).map(column).collect();
    let marginal: Vec<Moments> =
        columns.iter().map(|values| moments(values.iter().copied(), &posterior.weights)).collect();
    let center: Vec<f64> = marginal.iter().map(|moments| moments.mean).collect();
    let terms: Vec<DVector<f64>> =
        (0..posterior.fitted.len()).map(|at| information(posterior, targets, at, &center)).collect();
    let all = variances(dimensions, &terms, usize::MAX);
    let without: Vec<Vec<f64>> = (0..terms.len()).map(|out| variances(dimensions, &terms, out)).collect();
    let parameter = |at: usize| {
        let mut widened: Vec<(usize, f64)> = without
            .iter()
            .enumerate()
            .map(|(out, variances)| (posterior.fitted[out], (variances[at] / all[at]).sqrt()))
            .filter(|(_, factor)| *factor >= WIDENS)
            .collect();
        widened.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        widened.truncate(NAMED);
        let others = (0..dimensions).filter(|other| *other != at);
        let tied =
            others.map(|other| (other, correlation(&columns[at], &columns[other], &posterior.weights)));
        Learned {
            mean: marginal[at].mean,
            sd: marginal[at].sd,
            contraction: 1.0 - marginal[at].sd * marginal[at].sd,
            informed_by: widened,
            tied_to: tied.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()).then(b.0.cmp(&a.0))),
        }
    };
    (0..dimensions).map(parameter).collect()
}

/// The slope of a fitted outcome in units of its error, one coordinate per parameter: its outer product
/// is what the target adds to the precision.
fn information(posterior: &FittedPosterior, targets: &[Target], at: usize, center: &[f64]) -> DVector<f64> {
    let target = &targets[posterior.fitted[at]];
    let emulator = &posterior.emulators[at];
    let error = match target.evidence {
        Evidence::Pattern { of, .. } => {
            let share = emulator.predict(center).0.clamp(0.01, 0.99);
            (share * (1.0 - share) / of).sqrt()
        }
        _ => (target.stated_error() * target.stated_error() + posterior.monte_carlo[at]).sqrt(),
    };
    DVector::from_vec(emulator.gradient(center)) / error
}

/// Variances of the parameters in the normal approximation, leaving term `out` out (`usize::MAX`:
/// none). NaN when the precision has no root, which the prior's identity makes impossible for finite
/// slopes.
fn variances(dimensions: usize, terms: &[DVector<f64>], out: usize) -> Vec<f64> {
    let mut precision = DMatrix::<f64>::identity(dimensions, dimensions);
    for (_, term) in terms.iter().enumerate().filter(|(at, _)| *at != out) {
        for row in 0..dimensions {
            for column in 0..dimensions {
                precision[(row, column)] += term[row] * term[column];
            }
        }
    }
    match precision.cholesky() {
        Some(root) => root.inverse().diagonal().iter().copied().collect(),
        None => vec![f64::NAN; dimensions],
    }
}
