//! The value of information by regression of the net benefit on what would be known.
//!
//! With `g(x) = E[INB | x]`, knowing x is worth `E max(0, g(x)) - max(0, E INB)`. `g` is fitted on the draws: raw and
//! rank-normal Hermite terms of each variable and products of pairs, chosen by leave-one-out error. Fitted values flatter
//! themselves: the same draws choose `g` and judge it. So every value is also *cross-fitted*: a tenth of the draws is
//! judged by a `g` fitted on the others, `mean(INB_i [g_-i(x_i) > 0]) - max(0, mean INB)`, which is what the choice by that
//! rule really gains and never flatters. Only when both agree is the number shown as it is.

use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};
use crate::stats::forward_selection::{Fit, Stopping, select};
use crate::stats::normal_scores::{hermite, normal_scores};

/// A value of information, per client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// By the fitted regression.
    pub in_sample: f64,
    /// Its bootstrap standard error.
    pub in_sample_error: f64,
    /// Judged on draws that the regression has not seen. May be below 0.
    pub cross_fitted: f64,
    /// Its standard error.
    pub cross_fitted_error: f64,
}

impl Worth {
    /// Whether both estimates agree within two standard errors of their difference.
    pub(crate) fn agrees(&self) -> bool {
        let error = libm::hypot(self.in_sample_error, self.cross_fitted_error);
        (self.in_sample - self.cross_fitted).abs() <= 2.0 * error + 1e-9
    }

    /// The largest that it can be, as far as the draws say.
    pub(crate) fn at_most(&self) -> f64 {
        self.in_sample.max(self.cross_fitted).max(0.0)
    }
}

/// Folds of the cross-fitting, and bootstrap samples.
const FOLDS: usize = 10;
/// Samples behind the standard error.
const BOOTSTRAPS: u32 = 60;
/// With more variables than this, no products of pairs are tried.
const MOST_PAIRED: usize = 8;

/// The mean of the larger of 0 and the net benefit, less the larger of 0 and its mean: the value of knowing everything, with
/// the standard error over draws. `inb` must be free of noise inside the draws
/// ([`without_noise`](crate::trial::spread::without_noise)).
pub(crate) fn perfect_information(inb: &[f64]) -> (f64, f64) {
    let count = inb.len().max(1) as f64;
    let mean = inb.iter().sum::<f64>() / count;
    let adopt = mean > 0.0;
    // What perfect information gains in a draw over the choice made now; never below 0, with mean EVPI.
    let gains: Vec<f64> =
        inb.iter().map(|benefit| if adopt { (-benefit).max(0.0) } else { benefit.max(0.0) }).collect();
    let value = gains.iter().sum::<f64>() / count;
    let squares: f64 = gains.iter().map(|gain| (gain - value) * (gain - value)).sum();
    (value, (squares / (count - 1.0).max(1.0) / count).sqrt())
}

/// The value of knowing the variables (one column each, as long as `inb`) before deciding.
pub fn worth(inb: &[f64], variables: &[Vec<f64>], seed: u64) -> Worth {
    let columns = features(variables);
    let count = inb.len();
    let mean = inb.iter().sum::<f64>() / count.max(1) as f64;
    let fit = select(&columns, inb, Stopping::risk_inflation(count, columns.len()));
    let dice = Dice::new(seed, 0);
    let held_out = cross_fitted(&columns, inb, dice);
    let adopt = mean > 0.0;
    let gains: Vec<f64> = inb
        .iter()
        .zip(&held_out)
        .map(|(benefit, &chosen)| match (chosen, adopt) {
            (true, false) => *benefit,
            (false, true) => -benefit,
            _ => 0.0,
        })
        .collect();
    let cross = gains.iter().sum::<f64>() / count.max(1) as f64;
    let squares: f64 = gains.iter().map(|gain| (gain - cross) * (gain - cross)).sum();
    let n = count as f64;
    Worth {
        in_sample: value_of(&fit.fitted),
        in_sample_error: bootstrap_error(&columns, inb, &fit, dice),
        cross_fitted: cross,
        cross_fitted_error: (squares / (n - 1.0).max(1.0) / n.max(1.0)).sqrt(),
    }
}

/// `mean max(0, g) - max(0, mean g)`.
fn value_of(fitted: &[f64]) -> f64 {
    let count = fitted.len().max(1) as f64;
    let mean = fitted.iter().sum::<f64>() / count;
    let best = fitted.iter().map(|benefit| benefit.max(0.0)).sum::<f64>() / count;
    (best - mean.max(0.0)).max(0.0)
}

/// Terms of the regression: each variable scaled, its Hermite terms to degree 3, and products of pairs.
fn features(variables: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let scores: Vec<Vec<f64>> = variables.iter().map(|values| normal_scores(values)).collect();
    let mut columns: Vec<Vec<f64>> = variables.to_vec();
    for degree in 1..=3 {
        columns.extend(scores.iter().map(|score| score.iter().map(|&z| hermite(degree, z)).collect()));
    }
    if variables.len() <= MOST_PAIRED {
        for (first, score) in scores.iter().enumerate() {
            let pair = |other: &Vec<f64>| score.iter().zip(other).map(|(x, y)| x * y).collect();
            columns.extend(scores[first + 1..].iter().map(pair));
        }
    }
    columns
}

/// Whether a regression on the other folds would choose the service, per draw.
fn cross_fitted(columns: &[Vec<f64>], inb: &[f64], dice: Dice) -> Vec<bool> {
    let count = inb.len();
    let mut order: Vec<usize> = (0..count).collect();
    let mut numbers = Numbers::new(dice.stream(0, 0, Process::LearnBootstrap));
    for last in (1..count).rev() {
        order.swap(last, numbers.below(last + 1));
    }
    let mut chosen = vec![false; count];
    for fold in 0..FOLDS {
        let inside = |place: usize| place % FOLDS == fold;
        let training: Vec<usize> =
            order.iter().enumerate().filter(|(place, _)| !inside(*place)).map(|(_, &at)| at).collect();
        let fit = fit_on(columns, inb, &training);
        for (_, &at) in order.iter().enumerate().filter(|(place, _)| inside(*place)) {
            chosen[at] = fit.predict(|column| columns[column][at]) > 0.0;
        }
    }
    chosen
}

/// The fit on some of the rows.
fn fit_on(columns: &[Vec<f64>], inb: &[f64], rows: &[usize]) -> Fit {
    let pick = |values: &Vec<f64>| rows.iter().map(|&at| values[at]).collect::<Vec<f64>>();
    let sample: Vec<Vec<f64>> = columns.iter().map(pick).collect();
    let response: Vec<f64> = rows.iter().map(|&at| inb[at]).collect();
    select(&sample, &response, Stopping::risk_inflation(rows.len(), columns.len()))
}

/// Standard deviation of the in-sample value over bootstrap samples of the draws, the chosen terms fitted again.
fn bootstrap_error(columns: &[Vec<f64>], inb: &[f64], fit: &Fit, dice: Dice) -> f64 {
    let chosen: Vec<&Vec<f64>> = fit.chosen.iter().map(|&column| &columns[column]).collect();
    let values: Vec<f64> = (1..=BOOTSTRAPS)
        .map(|at| {
            let mut numbers = Numbers::new(dice.stream(at, 0, Process::LearnBootstrap));
            let rows: Vec<usize> = (0..inb.len()).map(|_| numbers.below(inb.len())).collect();
            let sample: Vec<Vec<f64>> =
                chosen.iter().map(|column| rows.iter().map(|&row| column[row]).collect()).collect();
            let response: Vec<f64> = rows.iter().map(|&row| inb[row]).collect();
            let every = Stopping { gain: f64::NEG_INFINITY, most: sample.len() };
            value_of(&select(&sample, &response, every).fitted)
        })
        .collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sobol;
    use crate::stats::{beta, normal};
    use crate::trial::spread::without_noise;

    const DRAWS: u32 = 1_000;

    fn column(seed: u64, dimension: u32, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..DRAWS).map(|draw| quantile(sobol::joint(seed, dimension, draw))).collect()
    }

    fn noise(entity: u32) -> Numbers {
        Numbers::new(Dice::new(31, 0).stream(entity, 0, Process::LearnData))
    }

    /// V1: three normal parameters; the net benefit with noise of this standard deviation in every draw.
    fn linear(sd: f64) -> (Vec<Vec<f64>>, Vec<f64>) {
        let columns: Vec<Vec<f64>> = (0..3).map(|d| column(8, d, normal::quantile)).collect();
        let mut numbers = noise(0);
        let inb = (0..DRAWS as usize)
            .map(|at| {
                let linear = 6000.0 * columns[0][at] + 3000.0 * columns[1][at] + 1000.0 * columns[2][at];
                -2000.0 + linear + sd * numbers.normal()
            })
            .collect();
        (columns, inb)
    }

    /// Within four times the spread that the estimator has with a thousand draws.
    #[track_caller]
    fn near(found: Worth, wanted: f64, spread: f64) {
        assert!((found.in_sample - wanted).abs() < 4.0 * spread, "{found:?} {wanted}");
        assert!(
            (found.cross_fitted - wanted).abs() < 4.0 * libm::hypot(spread, found.cross_fitted_error),
            "{found:?} {wanted}"
        );
        assert!(found.in_sample_error < 2.0 * spread, "{found:?}");
    }

    #[test]
    fn v1_parameters_groups_and_everything() {
        let (columns, inb) = linear(500.0);
        let of = |which: &[usize]| -> Vec<Vec<f64>> { which.iter().map(|&at| columns[at].clone()).collect() };
        near(worth(&inb, &of(&[0]), 1), 1_525.416_685_8, 99.0);
        near(worth(&inb, &of(&[1]), 1), 453.358_941_5, 105.0);
        near(worth(&inb, &of(&[2]), 1), 8.490_702_6, 15.0);
        near(worth(&inb, &of(&[0, 1]), 1), 1_794.254_502_8, 105.0);
        near(worth(&inb, &of(&[1, 2]), 1), 505.793_838_1, 105.0);
        let noisy: Vec<(f64, f64)> = inb.iter().map(|&benefit| (benefit, 500.0)).collect();
        let (all, error) = perfect_information(&without_noise(&noisy));
        assert!((all - 1_822.554_730_2).abs() < 4.0 * error, "{all} {error}");
    }

    #[test]
    fn v1_studies_of_one_parameter() {
        let (columns, inb) = linear(500.0);
        for (n, wanted) in [(10.0, 693.889_309_7), (50.0, 1_234.351_054_7), (200.0, 1_440.126_420_7)] {
            let mut numbers = noise(1);
            let mean: Vec<f64> =
                columns[0].iter().map(|a| a + 4.0 / f64::sqrt(n) * numbers.normal()).collect();
            near(worth(&inb, &[mean], 1), wanted, 105.0);
        }
    }

    #[test]
    fn v2_studies_of_a_share() {
        let share = column(9, 0, |u| beta::quantile(3.0, 57.0, u));
        let inb: Vec<f64> = share.iter().map(|p| 14_400.0 * p - 800.0).collect();
        let (all, error) = perfect_information(&inb);
        assert!((all - 125.853_629_7).abs() < 4.0 * error);
        for (n, wanted) in
            [(20, 52.848_670_3), (100, 93.576_352_1), (360, 114.466_146_0), (1_440, 122.739_332_7)]
        {
            let mut numbers = noise(n);
            let found: Vec<f64> =
                share.iter().map(|&p| (0..n).filter(|_| numbers.unit() < p).count() as f64).collect();
            near(worth(&inb, &[found], 1), wanted, 10.0);
        }
    }

    #[test]
    fn v3_a_product_of_two_uniform_parameters() {
        let (u, l) = (column(10, 0, |u| u), column(10, 1, |u| 2000.0 * u));
        let inb: Vec<f64> = u.iter().zip(&l).map(|(u, l)| l * u - 600.0).collect();
        near(worth(&inb, &[u], 1), 80.0, 10.0);
        near(worth(&inb, &[l], 1), 80.0, 10.0);
        let (all, error) = perfect_information(&inb);
        assert!((all - 143.357_552_4).abs() < 4.0 * error);
    }

    #[test]
    fn v4_nothing_to_learn_is_worth_nothing() {
        let (columns, inb) = linear(500.0);
        let always: Vec<f64> = inb.iter().map(|benefit| benefit.abs() + 1.0).collect();
        let sure = worth(&always, &columns[..1], 1);
        assert_eq!((perfect_information(&always).0, sure.cross_fitted, sure.in_sample), (0.0, 0.0, 0.0));
        let unrelated = column(11, 7, normal::quantile);
        let nothing = worth(&inb, &[unrelated], 1);
        assert!(nothing.cross_fitted.abs() <= 2.0 * nothing.cross_fitted_error + 1e-9, "{nothing:?}");
        let identical = worth(&[0.0; DRAWS as usize], &columns[..1], 1);
        assert_eq!((identical.in_sample, identical.cross_fitted), (0.0, 0.0));
    }
}
