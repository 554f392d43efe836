//! Sequential Monte Carlo on a tempered likelihood: from the prior to the posterior in steps that keep half of the particles
//! effective.
//!
//! With `L(z)` the likelihood and the prior N(0, I), the particles pass through `prior x L^t`, `t` from 0 to 1 (Del Moral,
//! Doucet & Jasra 2006, doi:10.1111/j.1467-9868.2006.00553.x). The next `t` is the one at which the conditional effective
//! sample size falls to half of the particles (Zhou, Johansen & Aston 2016, doi:10.1080/10618600.2015.1060885); then
//! systematic resampling, and random-walk Metropolis moves with the particles' own covariance, scaled towards an
//! acceptance of a quarter. The product of the mean incremental weights estimates the evidence.

use nalgebra::{Cholesky, DMatrix, DVector};
use rayon::prelude::*;

use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};
use crate::trial::{Stopped, Watch};

/// Particles of a calibration: 400 of them are corrected by real runs.
pub(crate) const PARTICLES: usize = 2_000;
/// Acceptance that the scale of the moves aims at.
const ACCEPTANCE: f64 = 0.25;
/// Fewest and most sweeps of moves per temperature; the acceptance says how many are needed in between.
const SWEEPS: std::ops::RangeInclusive<u32> = 8..=30;

/// Equally weighted particles from the posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Particles {
    /// Where each particle stands, on the normal scale: one row per particle.
    pub points: Vec<Vec<f64>>,
    /// Log likelihood of each, untempered.
    pub log_likelihood: Vec<f64>,
    /// Log of the evidence: the mean likelihood under the prior.
    pub log_evidence: f64,
    /// The temperatures, rising to 1.
    pub temperatures: Vec<f64>,
    /// Acceptance of the last sweep.
    pub acceptance: f64,
}

/// Samples `count` particles from N(0, I) times the likelihood. The particles depend on the dice and the likelihood only,
/// never on the number of threads.
///
/// # Errors
/// [`Stopped`] by the user.
pub fn sample(
    dimensions: usize,
    count: usize,
    log_likelihood: &(dyn Fn(&[f64]) -> f64 + Sync),
    dice: Dice,
    watch: Watch<'_>,
) -> Result<Particles, Stopped> {
    let start = |particle: usize| -> Vec<f64> {
        let mut numbers = Numbers::new(dice.stream(particle as u32, 0, Process::LearnStart));
        (0..dimensions).map(|_| numbers.normal()).collect()
    };
    let mut points: Vec<Vec<f64>> = (0..count).map(start).collect();
    let likelihood = |z: &Vec<f64>| finite(log_likelihood(z));
    let mut likelihoods: Vec<f64> = points.par_iter().map(likelihood).collect();
    let (mut temperature, mut log_evidence, mut moment) = (0.0, 0.0, 0);
    let (mut scale, mut acceptance) = (2.38 / (dimensions.max(1) as f64).sqrt(), ACCEPTANCE);
    let mut temperatures = Vec::new();
    while temperature < 1.0 {
        let next = next_temperature(&likelihoods, temperature);
        let weights: Vec<f64> = likelihoods.iter().map(|l| (next - temperature) * l).collect();
        log_evidence += log_mean_exp(&weights);
        temperature = next;
        temperatures.push(temperature);
        let mut numbers = Numbers::new(dice.stream(0, temperatures.len() as u32, Process::LearnResample));
        let kept = systematic(&normalized(&weights), numbers.unit(), count);
        points = kept.iter().map(|&at| points[at].clone()).collect();
        likelihoods = kept.iter().map(|&at| likelihoods[at]).collect();
        let root = covariance_root(&points);
        let mut sweeps = *SWEEPS.end();
        let mut sweep = 0;
        while sweep < sweeps {
            if watch.stopped() {
                return Err(Stopped);
            }
            moment += 1;
            let step = Step { root: &root, scale, temperature, dice, moment, likelihood: log_likelihood };
            let moved: Vec<Option<(Vec<f64>, f64)>> = (0..count)
                .into_par_iter()
                .map(|particle| step.propose(particle as u32, &points[particle], likelihoods[particle]))
                .collect();
            let mut accepted = 0;
            for (particle, moved) in moved.into_iter().enumerate() {
                if let Some((point, likelihood)) = moved {
                    (points[particle], likelihoods[particle]) = (point, likelihood);
                    accepted += 1;
                }
            }
            acceptance = f64::from(accepted) / count as f64;
            scale *= libm::exp((acceptance - ACCEPTANCE) * 2.0).clamp(0.5, 2.0);
            sweep += 1;
            // Enough sweeps that all but one particle in a hundred has moved.
            let needed = libm::log(0.01) / libm::log1p(-acceptance.clamp(0.01, 0.9));
            sweeps = (needed.ceil() as u32).clamp(*SWEEPS.start(), *SWEEPS.end());
        }
    }
    Ok(Particles { points, log_likelihood: likelihoods, log_evidence, temperatures, acceptance })
}

/// What one move of all particles has in common.
struct Step<'a> {
    /// Root of the covariance of the particles.
    root: &'a DMatrix<f64>,
    /// Factor on it, tuned to the acceptance.
    scale: f64,
    /// Power of the likelihood.
    temperature: f64,
    /// The dice.
    dice: Dice,
    /// Number of the move: part of the address of its draws.
    moment: u32,
    /// Log likelihood of a point.
    likelihood: &'a (dyn Fn(&[f64]) -> f64 + Sync),
}

impl Step<'_> {
    /// The point and likelihood of an accepted move; `None` when the particle stays. The draws are
    /// addressed by particle and move, so threads do not matter.
    fn propose(&self, particle: u32, at: &[f64], from: f64) -> Option<(Vec<f64>, f64)> {
        let mut numbers = Numbers::new(self.dice.stream(particle, self.moment, Process::LearnMove));
        let normals: Vec<f64> = at.iter().map(|_| numbers.normal()).collect();
        let mut point = at.to_vec();
        for (row, value) in point.iter_mut().enumerate() {
            let along: f64 = (0..=row).map(|column| self.root[(row, column)] * normals[column]).sum();
            *value += self.scale * along;
        }
        let likelihood = finite((self.likelihood)(&point));
        let square = |z: &[f64]| -> f64 { z.iter().map(|value| value * value).sum() };
        let gain = self.temperature * (likelihood - from) - 0.5 * (square(&point) - square(at));
        (libm::log(numbers.unit()) < gain).then_some((point, likelihood))
    }
}

/// A log likelihood that can be computed with: what is not a number is impossible, and infinities
/// become the largest finite numbers, so that differences of two stay numbers.
fn finite(value: f64) -> f64 {
    if value.is_nan() { -1e300 } else { value.clamp(-1e300, 1e300) }
}

/// The temperature at which the effective sample size falls to half; 1 when it does not.
fn next_temperature(log_likelihood: &[f64], from: f64) -> f64 {
    let effective = |to: f64| {
        let weights: Vec<f64> = log_likelihood.iter().map(|l| (to - from) * l).collect();
        effective_size(&normalized(&weights))
    };
    let half = log_likelihood.len() as f64 / 2.0;
    if effective(1.0) >= half {
        return 1.0;
    }
    let (mut low, mut high) = (from, 1.0);
    for _ in 0..200 {
        // On the log scale of the step, which may be many orders smaller than 1.
        let middle = if low > from {
            from + ((low - from) * (high - from)).sqrt()
        } else {
            from + (high - from) / 1e3
        };
        if effective(middle) >= half {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-6 * (high - from) {
            break;
        }
    }
    if low > from { low } else { high }
}

/// Weights that add up to 1, from their logarithms.
pub(crate) fn normalized(log_weights: &[f64]) -> Vec<f64> {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = log_weights.iter().map(|weight| libm::exp(weight - largest)).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|weight| weight / sum).collect()
}

/// Kish's effective sample size of weights that add up to 1.
pub(crate) fn effective_size(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// Logarithm of the mean of exponentials.
pub(crate) fn log_mean_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = values.iter().map(|value| libm::exp(value - largest)).sum();
    largest + libm::log(sum / values.len() as f64)
}

/// Systematic resampling: `count` indices, each as often as its weight says, from one uniform number.
pub(crate) fn systematic(weights: &[f64], unit: f64, count: usize) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(count);
    let (mut at, mut cumulative) = (0, weights[0]);
    for place in 0..count {
        let wanted = (place as f64 + unit) / count as f64;
        while cumulative < wanted && at + 1 < weights.len() {
            at += 1;
            cumulative += weights[at];
        }
        chosen.push(at);
    }
    chosen
}

/// Lower triangular root of the particles' covariance, with a little added to the diagonal when it has none.
fn covariance_root(points: &[Vec<f64>]) -> DMatrix<f64> {
    let dimensions = points[0].len();
    let count = points.len() as f64;
    let mean: Vec<f64> =
        (0..dimensions).map(|at| points.iter().map(|z| z[at]).sum::<f64>() / count).collect();
    let mut covariance = DMatrix::zeros(dimensions, dimensions);
    for z in points {
        for row in 0..dimensions {
            for column in 0..=row {
                covariance[(row, column)] += (z[row] - mean[row]) * (z[column] - mean[column]);
            }
        }
    }
    for row in 0..dimensions {
        for column in 0..=row {
            let value = covariance[(row, column)] / count;
            (covariance[(row, column)], covariance[(column, row)]) = (value, value);
        }
    }
    let diagonal = covariance.diagonal();
    let mut jitter = 1e-10;
    loop {
        let lifted =
            &covariance + DMatrix::from_diagonal(&diagonal.map(|variance| jitter * (variance + 1e-12)));
        if let Some(root) = Cholesky::new(lifted) {
            return root.unpack();
        }
        jitter *= 100.0;
        if jitter > 1.0 {
            return DMatrix::from_diagonal(&DVector::from_iterator(
                dimensions,
                diagonal.iter().map(|variance| (variance + 1e-12).sqrt()),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systematic_resampling_keeps_shares_within_one() {
        let weights = [0.5, 0.25, 0.125, 0.125];
        let chosen = systematic(&weights, 0.3, 80);
        for (at, weight) in weights.iter().enumerate() {
            let count = chosen.iter().filter(|&&parent| parent == at).count() as f64;
            assert!((count - 80.0 * weight).abs() <= 1.0);
        }
        assert!((effective_size(&weights) - 1.0 / 0.343_75).abs() < 1e-12);
    }

    #[test]
    fn one_normal_figure_gives_its_closed_posterior_and_evidence_for_any_threads() {
        // z ~ N(0, 1), y = 2 with sd 0.5 about z: posterior N(1.6, 0.2), evidence N(2; 0, 1.25).
        let likelihood = |z: &[f64]| {
            let residual = (2.0 - z[0]) / 0.5;
            -0.5 * residual * residual - libm::log(0.5) - 0.918_938_533_204_672_7
        };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sample(1, 1000, &likelihood, Dice::new(11, 0), Watch::default())).unwrap()
        };
        let found = run(1);
        assert_eq!(found, run(3));
        let mean = found.points.iter().map(|z| z[0]).sum::<f64>() / 1000.0;
        assert!((mean - 1.6).abs() < 4.0 * (0.2f64 / 500.0).sqrt(), "{mean}");
        let evidence = -0.5 * 4.0 / 1.25 - 0.5 * libm::log(1.25) - 0.918_938_533_204_672_7;
        assert!((found.log_evidence - evidence).abs() < 0.15, "{} {evidence}", found.log_evidence);
        assert_eq!(found.temperatures.last(), Some(&1.0));
    }
}
