//! Shares of variance from draws that are there anyway: one joint regression on rank-normal Hermite terms.
//!
//! `y = c + sum_i f_i(x_i) + rest` with `f_i` a polynomial to degree 3 in the normal scores of parameter i, terms chosen by
//! leave-one-out error. The share of parameter i is `cov(f_i, y) / (var(y) - noise)`: the shares add up to what the
//! regression explains even when the draws' parameters are a little correlated (Li et al. 2010,
//! doi:10.1021/jp9096919). Ranks keep one outlying draw from making a driver.

use crate::stats::forward_selection::{Stopping, select};
use crate::stats::normal_scores::{hermite, normal_scores};

/// What the draws say about one result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GivenData {
    /// Share of the variance per parameter, in order; 0 for a parameter that the regression left out.
    pub shares: Vec<f64>,
    /// Share of the raw variance that is Monte Carlo noise inside the draws.
    pub noise_share: f64,
    /// Share of the raw variance that the regression predicts, leaving one draw out at a time.
    pub left_out_r2: f64,
}

impl GivenData {
    /// The parameters with a share, the largest first.
    pub(crate) fn ranked(&self) -> Vec<(usize, f64)> {
        let mut ranked: Vec<(usize, f64)> =
            self.shares.iter().copied().enumerate().filter(|(_, share)| *share > 0.0).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }
}

/// Highest degree of a parameter's polynomial.
const DEGREE: usize = 3;

/// Regresses a result on the parameters of the draws: one column per parameter, all as long as `outcome`. `noise` is the
/// variance of the Monte Carlo error inside a draw, averaged over the draws.
pub(crate) fn given_data(parameters: &[Vec<f64>], outcome: &[f64], noise: f64) -> GivenData {
    let mut columns = Vec::with_capacity(DEGREE * parameters.len());
    for values in parameters {
        let scores = normal_scores(values);
        columns.extend(
            (1..=DEGREE).map(|degree| scores.iter().map(|&z| hermite(degree, z)).collect::<Vec<_>>()),
        );
    }
    let fit = select(&columns, outcome, Stopping::risk_inflation(outcome.len(), columns.len()));
    let count = outcome.len().max(1) as f64;
    let center = outcome.iter().sum::<f64>() / count;
    let mut shares = vec![0.0; parameters.len()];
    let signal = fit.variance - noise;
    for (&column, coefficient) in fit.chosen.iter().zip(&fit.coefficients) {
        let cross = columns[column].iter().zip(outcome).map(|(x, y)| x * (y - center)).sum::<f64>() / count;
        if signal > 0.0 {
            shares[column / DEGREE] += coefficient * cross / signal;
        }
    }
    shares.iter_mut().for_each(|share| *share = share.clamp(0.0, 1.0));
    let noise_share = if fit.variance > 0.0 { (noise / fit.variance).clamp(0.0, 1.0) } else { 0.0 };
    GivenData { shares, noise_share, left_out_r2: fit.left_out_r2() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Dice, Process, numbers::Numbers, sobol};
    use crate::stats::normal;

    /// Forty parameters of which three count, and noise with a standard deviation of 5,000 over so many runs.
    fn draws(runs: f64) -> (Vec<Vec<f64>>, Vec<f64>) {
        let column = |d| (0..512).map(|draw| normal::quantile(sobol::joint(9, d, draw))).collect::<Vec<_>>();
        let columns: Vec<Vec<f64>> = (0..40).map(column).collect();
        let mut numbers = Numbers::new(Dice::new(4, 0).stream(0, 0, Process::LearnData));
        let outcome = (0..512)
            .map(|at| {
                let linear = 6000.0 * columns[3][at] + 3000.0 * columns[17][at] + 1000.0 * columns[30][at];
                linear + 5000.0 / f64::sqrt(runs) * numbers.normal()
            })
            .collect();
        (columns, outcome)
    }

    #[test]
    fn shares_are_those_without_noise_and_the_noise_is_told() {
        for (runs, noise_share) in [(1.0, 0.352_112_7), (10.0, 0.051_546_4)] {
            let (columns, outcome) = draws(runs);
            let found = given_data(&columns, &outcome, 25e6 / runs);
            assert!((found.noise_share - noise_share).abs() < 4.0 * noise_share * (2.0 / 512f64).sqrt());
            let ranked = found.ranked();
            assert_eq!((ranked[0].0, ranked[1].0), (3, 17));
            assert!((ranked[0].1 - 36.0 / 46.0).abs() < 0.1, "{ranked:?}");
            assert!((ranked[1].1 - 9.0 / 46.0).abs() < 0.08, "{ranked:?}");
            assert!(ranked.iter().skip(3).all(|(_, share)| *share < 0.02), "{ranked:?}");
        }
    }

    #[test]
    fn a_result_that_nothing_moves_has_no_drivers() {
        let (columns, _) = draws(1.0);
        let mut numbers = Numbers::new(Dice::new(5, 0).stream(0, 0, Process::LearnData));
        let outcome: Vec<f64> = (0..512).map(|_| numbers.normal()).collect();
        let found = given_data(&columns, &outcome, 1.0);
        assert!(found.ranked().iter().all(|(_, share)| *share < 0.06) || found.noise_share > 0.9);
        assert!(given_data(&columns, &[3.0; 512], 0.0).ranked().is_empty());
    }
}
