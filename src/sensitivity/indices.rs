//! Sobol' indices: the share of variance that a parameter causes alone, and with all its interplay.
//!
//! With A and B two matrices of points and AB_i equal to A but for column i, taken from B (Saltelli et al. 2010,
//! doi:10.1016/j.cpc.2009.09.018; Jansen 1999, doi:10.1016/S0010-4655(98)00154-4):
//!
//! ```text
//! S_i = mean f(B) (f(AB_i) - f(A)) / V        T_i = mean (f(A) - f(AB_i))^2 / (2 V)
//! ```
//!
//! When every run has independent noise with variance s^2, V and the numerator of T_i are too large by s^2; both are
//! corrected. With common random numbers the runs share their luck, and s^2 is what luck and parameters do together.

use crate::random::numbers::Numbers;
use crate::random::{Dice, Process, sobol};

/// Points of a design, all between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DesignPoints {
    /// Rows of A.
    pub a: Vec<Vec<f64>>,
    /// Rows of B.
    pub b: Vec<Vec<f64>>,
}

impl DesignPoints {
    /// `rows` rows for `dimensions` parameters from one scrambled Sobol' sequence over A and B jointly.
    pub(crate) fn new(dimensions: usize, rows: u32, seed: u64) -> Self {
        let half = |first: usize| {
            let row =
                |draw| (0..dimensions).map(|at| sobol::joint(seed, (first + at) as u32, draw)).collect();
            (0..rows).map(row).collect()
        };
        Self { a: half(0), b: half(dimensions) }
    }

    /// Row `row` of AB_i.
    pub(crate) fn mixed(&self, row: usize, parameter: usize) -> Vec<f64> {
        let mut point = self.a[row].clone();
        point[parameter] = self.b[row][parameter];
        point
    }
}

/// Results at the points of a design.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DesignResults {
    /// At A.
    pub a: Vec<f64>,
    /// At B.
    pub b: Vec<f64>,
    /// At AB_i, one list per parameter.
    pub mixed: Vec<Vec<f64>>,
    /// Mean variance of the Monte Carlo error inside a run.
    pub noise: f64,
}

/// An estimate with a 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BootstrapInterval {
    /// Estimate.
    pub value: f64,
    /// Bootstrap standard error.
    pub error: f64,
    /// 2.5 % point.
    pub low: f64,
    /// 97.5 % point.
    pub high: f64,
}

/// Indices of all parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Indices {
    /// First-order index per parameter.
    pub first: Vec<BootstrapInterval>,
    /// Total index per parameter.
    pub total: Vec<BootstrapInterval>,
    /// Share of the raw variance that is noise of the runs.
    pub noise_share: f64,
}

/// Bootstrap samples of the rows.
const BOOTSTRAPS: u32 = 500;

/// The indices, with bootstrap intervals over the rows.
pub(crate) fn indices(results: &DesignResults, seed: u64) -> Indices {
    use rayon::prelude::*;
    let rows = results.a.len();
    let all: Vec<usize> = (0..rows).collect();
    let whole = estimates(results, &all);
    let sample = |at: u32| {
        let mut numbers = Numbers::new(Dice::new(seed, 0).stream(at, 0, Process::LearnBootstrap));
        let rows: Vec<usize> = (0..rows).map(|_| numbers.below(rows)).collect();
        estimates(results, &rows).0
    };
    let samples: Vec<Vec<[f64; 2]>> = (0..BOOTSTRAPS).into_par_iter().map(sample).collect();
    let interval = |parameter: usize, kind: usize| {
        let bootstrapped: Vec<f64> = samples.iter().map(|sample| sample[parameter][kind]).collect();
        bootstrap_interval(whole.0[parameter][kind], bootstrapped)
    };
    let list = |kind: usize| (0..results.mixed.len()).map(|parameter| interval(parameter, kind)).collect();
    Indices { first: list(0), total: list(1), noise_share: whole.1 }
}

/// First-order and total index per parameter from some rows, and the share of noise.
fn estimates(results: &DesignResults, rows: &[usize]) -> (Vec<[f64; 2]>, f64) {
    let count = rows.len() as f64;
    let mean = |of: &dyn Fn(usize) -> f64| rows.iter().map(|&row| of(row)).sum::<f64>() / count;
    let center = (mean(&|row| results.a[row]) + mean(&|row| results.b[row])) / 2.0;
    let square = |value: f64| (value - center) * (value - center);
    let raw = (mean(&|row| square(results.a[row])) + mean(&|row| square(results.b[row]))) / 2.0;
    let variance = raw - results.noise;
    let one = |mixed: &Vec<f64>| {
        let first = mean(&|row| (results.b[row] - center) * (mixed[row] - results.a[row]));
        let total = mean(&|row| (results.a[row] - mixed[row]) * (results.a[row] - mixed[row])) / 2.0;
        if variance > 0.0 {
            [first / variance, (total - results.noise).max(0.0) / variance]
        } else {
            [0.0, 0.0]
        }
    };
    let noise_share = if raw > 0.0 { (results.noise / raw).clamp(0.0, 1.0) } else { 0.0 };
    (results.mixed.iter().map(one).collect(), noise_share)
}

/// The middle 95 % of bootstrapped values around the estimate.
fn bootstrap_interval(value: f64, mut samples: Vec<f64>) -> BootstrapInterval {
    samples.sort_by(f64::total_cmp);
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let squares: f64 = samples.iter().map(|sample| (sample - mean) * (sample - mean)).sum();
    let at = |share: f64| samples[((share * (count - 1.0)).round() as usize).min(samples.len() - 1)];
    BootstrapInterval { value, error: (squares / (count - 1.0)).sqrt(), low: at(0.025), high: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal;
    use std::f64::consts::PI;

    fn run(dimensions: usize, rows: u32, noise: f64, model: impl Fn(&[f64]) -> f64) -> Indices {
        let design = DesignPoints::new(dimensions, rows, 12);
        let mut luck = Numbers::new(Dice::new(77, 0).stream(0, 0, Process::LearnData));
        let mut result =
            |point: &[f64]| model(point) + noise.sqrt() * if noise > 0.0 { luck.normal() } else { 0.0 };
        let a = design.a.iter().map(|point| result(point)).collect();
        let b = design.b.iter().map(|point| result(point)).collect();
        let mixed = (0..dimensions)
            .map(|parameter| (0..rows as usize).map(|row| result(&design.mixed(row, parameter))).collect())
            .collect();
        indices(&DesignResults { a, b, mixed, noise }, 3)
    }

    #[track_caller]
    fn close(found: &[BootstrapInterval], wanted: &[f64]) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found.value - wanted).abs() < 4.0 * found.error + 1e-9, "{found:?} {wanted}");
            assert!(found.error < 0.06 && found.low <= found.high);
        }
    }

    #[test]
    fn ishigami() {
        let found = run(3, 4096, 0.0, |u| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            let sine = libm::sin(x[1]);
            libm::sin(x[0]) + 7.0 * sine * sine + 0.1 * libm::pow(x[2], 4.0) * libm::sin(x[0])
        });
        close(&found.first, &[0.313_905_191_1, 0.442_411_144_8, 0.0]);
        close(&found.total, &[0.557_588_855_2, 0.442_411_144_8, 0.243_683_664_1]);
        assert_eq!(found.noise_share, 0.0);
    }

    #[test]
    fn sobol_g() {
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
        let found = run(8, 4096, 0.0, |u| {
            u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
        });
        close(&found.first, &[0.716_192_17, 0.179_048_04, 0.023_675_77, 0.007_161_92]);
        close(&found.total, &[0.787_144_13, 0.242_198_19, 0.034_316_91, 0.010_460_39]);
    }

    #[test]
    fn noise_in_every_run_is_told_and_taken_out() {
        let model = |u: &[f64]| {
            let z: Vec<f64> = u.iter().map(|&u| normal::quantile(u)).collect();
            6000.0 * z[0] + 3000.0 * z[1] + 1000.0 * z[2]
        };
        let wanted = [36.0 / 46.0, 9.0 / 46.0, 1.0 / 46.0];
        for (noise, share) in [(0.0, 0.0), (25e6, 0.352_112_7), (2.5e6, 0.051_546_4)] {
            let found = run(3, 4096, noise, model);
            close(&found.first, &wanted);
            close(&found.total, &wanted);
            assert!((found.noise_share - share).abs() < 4.0 * share / (4096f64).sqrt() + 1e-12);
        }
    }
}
