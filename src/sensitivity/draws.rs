//! Draws of the parameters whose pairing does no harm: evenly spread per parameter, and no two parameters correlated.
//!
//! With some seventy parameters and some hundred draws a few pairs correlate by chance, and a parameter that does nothing
//! looks like a driver. The ranks are therefore rearranged until no rank correlation is over [`LARGEST`]: normal scores of
//! each parameter are made orthogonal to those of the parameters before it, and the parameter's own values are put in the
//! order of the result (Iman & Conover 1982, doi:10.1080/03610918208812265, with orthogonalization one parameter at a time).

use crate::random::sobol;
use crate::stats::normal_scores::normal_scores;

/// Largest rank correlation that is left between two parameters.
pub(crate) const LARGEST: f64 = 0.02;
/// Rounds of rearranging at most.
const ROUNDS: usize = 12;

/// Points between 0 and 1: one column per name, `count` rows.
pub(crate) fn points(names: &[String], count: u32, seed: u64) -> Vec<Vec<f64>> {
    let column = |name: &String| (0..count).map(|draw| sobol::point(seed, name, draw)).collect::<Vec<f64>>();
    let mut columns: Vec<Vec<f64>> = names.iter().map(column).collect();
    for _ in 0..ROUNDS {
        let scores: Vec<Vec<f64>> = columns.iter().map(|column| normal_scores(column)).collect();
        if largest(&scores) <= LARGEST {
            break;
        }
        rearrange(&mut columns, scores);
    }
    columns
}

/// One round.
fn rearrange(columns: &mut [Vec<f64>], mut scores: Vec<Vec<f64>>) {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for (at, column) in columns.iter_mut().enumerate() {
        // No more directions than draws allow.
        if basis.len() + 2 < column.len() {
            let mut rest = std::mem::take(&mut scores[at]);
            for direction in &basis {
                let along = dot(direction, &rest);
                rest.iter_mut().zip(direction).for_each(|(value, component)| *value -= along * component);
            }
            reorder(column, &rest);
            let mut score = normal_scores(column);
            for direction in &basis {
                let along = dot(direction, &score);
                score.iter_mut().zip(direction).for_each(|(value, other)| *value -= along * other);
            }
            let length = dot(&score, &score).sqrt();
            if length > 1e-9 {
                score.iter_mut().for_each(|value| *value /= length);
                basis.push(score);
            }
        }
    }
}

/// Puts the values of a column in the order of `by`.
fn reorder(column: &mut [f64], by: &[f64]) {
    let mut sorted = column.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut order: Vec<usize> = (0..by.len()).collect();
    order.sort_by(|&a, &b| by[a].total_cmp(&by[b]).then(a.cmp(&b)));
    for (rank, &row) in order.iter().enumerate() {
        column[row] = sorted[rank];
    }
}

/// The largest absolute correlation between two columns of normal scores.
fn largest(scores: &[Vec<f64>]) -> f64 {
    let length: Vec<f64> = scores.iter().map(|score| dot(score, score).sqrt()).collect();
    let mut largest: f64 = 0.0;
    for first in 0..scores.len() {
        for second in first + 1..scores.len() {
            let r = dot(&scores[first], &scores[second]) / (length[first] * length[second]);
            largest = largest.max(r.abs());
        }
    }
    largest
}

/// Inner product.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventy_parameters_in_256_draws_stay_even_and_lose_their_chance_correlations() {
        let names: Vec<String> = (0..70).map(|at| format!("parameter.{at}")).collect();
        let raw: Vec<Vec<f64>> = names
            .iter()
            .map(|name| {
                normal_scores(&(0..256).map(|draw| sobol::point(3, name, draw)).collect::<Vec<f64>>())
            })
            .collect();
        assert!(largest(&raw) > 0.15, "{}", largest(&raw));
        let columns = points(&names, 256, 3);
        let scores: Vec<Vec<f64>> = columns.iter().map(|column| normal_scores(column)).collect();
        assert!(largest(&scores) <= LARGEST, "{}", largest(&scores));
        for column in &columns {
            let mut strata: Vec<u32> = column.iter().map(|share| (share * 256.0) as u32).collect();
            strata.sort_unstable();
            assert_eq!(strata, (0..256).collect::<Vec<_>>());
        }
    }
}
