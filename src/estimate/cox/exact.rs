//! The exact partial likelihood for tied times (discrete logistic model).
//!
//! At a time with `d` events among those at risk the probability that just these rows have the event, given that `d` rows
//! have it, is `prod_D r / sum over all d-subsets prod r`. The sum over subsets, its gradient and its Hessian follow by the
//! recursion of Gail, Lubin & Rubinstein (1981), Biometrika 68:703-707, <https://doi.org/10.1093/biomet/68.3.703>:
//! adding row `i`, `B(j) <- B(j) + r_i B(j-1)`.

use super::design::Design;
use crate::estimate::EstimateError;
use crate::estimate::newton::Evaluation;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// With more events at one time the sums leave the range of a double.
const MOST_TIES: usize = 600;

/// The exact conditional likelihood of ties, by recursion over subsets (Gail, Lubin & Rubinstein 1981).
pub(super) fn evaluate_exact(design: &Design, beta: &[f64]) -> Result<Evaluation, EstimateError> {
    let p = design.columns;
    let eta = design.linear_predictor(beta);
    let mut total =
        Evaluation { log_likelihood: 0.0, score: DVector::zeros(p), information: DMatrix::zeros(p, p) };
    for (first, end) in design.strata_ranges() {
        let mut index = first;
        while index < end {
            let time = design.stop[design.by_stop[index]];
            let mut past = index;
            while past < end && design.stop[design.by_stop[past]] == time {
                past += 1;
            }
            let deaths: Vec<usize> =
                design.by_stop[index..past].iter().copied().filter(|row| design.event[*row]).collect();
            if !deaths.is_empty() {
                let at_risk: Vec<usize> = design.by_stop[first..past]
                    .iter()
                    .copied()
                    .filter(|row| design.start.as_ref().is_none_or(|start| start[*row] < time))
                    .collect();
                add_time(design, &eta, &deaths, &at_risk, &mut total)?;
            }
            index = past;
        }
    }
    Ok(total)
}

/// Adds the contribution of one event time.
fn add_time(
    design: &Design,
    eta: &[f64],
    deaths: &[usize],
    at_risk: &[usize],
    total: &mut Evaluation,
) -> Result<(), EstimateError> {
    let p = design.columns;
    let d = deaths.len();
    if d > MOST_TIES {
        return Err(too_many_ties(d));
    }
    let top = at_risk.iter().map(|row| eta[*row]).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = at_risk.iter().map(|row| libm::exp(eta[*row] - top)).sum();
    // The factor keeps the sums over subsets between 1 and e^d for comparable risk scores.
    let log_factor = libm::log(d as f64 / sum) - top;
    let mut sums = SubsetSums::new(d, p);
    for row in at_risk {
        sums.add(design.row(*row), libm::exp(eta[*row] + log_factor));
    }
    let value = sums.value[d];
    if !(value.is_finite() && value > 0.0) {
        return Err(too_many_ties(d));
    }
    for row in deaths {
        total.log_likelihood += eta[*row] + log_factor;
        for (slot, x) in total.score.iter_mut().zip(design.row(*row)) {
            *slot += x;
        }
    }
    total.log_likelihood -= libm::log(value);
    let gradient = &sums.gradient[d * p..(d + 1) * p];
    let hessian = &sums.hessian[d * p * p..(d + 1) * p * p];
    for i in 0..p {
        total.score[i] -= gradient[i] / value;
        for j in 0..p {
            total.information[(i, j)] +=
                hessian[i * p + j] / value - gradient[i] * gradient[j] / (value * value);
        }
    }
    Ok(())
}

/// Sums over all subsets of each size of the product of risk scores, with first and second derivatives.
struct SubsetSums {
    /// Columns.
    columns: usize,
    /// Sums over subsets, by size.
    value: Vec<f64>,
    /// Their gradients.
    gradient: Vec<f64>,
    /// Their Hessians.
    hessian: Vec<f64>,
}

impl SubsetSums {
    /// Sums over the empty set.
    fn new(largest: usize, columns: usize) -> Self {
        let mut value = vec![0.0; largest + 1];
        value[0] = 1.0;
        let gradient = vec![0.0; (largest + 1) * columns];
        Self { columns, value, gradient, hessian: vec![0.0; (largest + 1) * columns * columns] }
    }

    /// Lets one more row take part.
    fn add(&mut self, x: &[f64], score: f64) {
        let p = self.columns;
        for size in (1..self.value.len()).rev() {
            let (below, here) = ((size - 1) * p, size * p);
            for i in 0..p {
                for j in 0..p {
                    self.hessian[here * p + i * p + j] += score
                        * (self.hessian[below * p + i * p + j]
                            + x[i] * self.gradient[below + j]
                            + x[j] * self.gradient[below + i]
                            + x[i] * x[j] * self.value[size - 1]);
                }
            }
            for (i, x) in x.iter().enumerate() {
                self.gradient[here + i] += score * (self.gradient[below + i] + x * self.value[size - 1]);
            }
            self.value[size] += score * self.value[size - 1];
        }
    }
}

/// More ties than the recursion can do.
fn too_many_ties(events: usize) -> EstimateError {
    EstimateError::option(
        "ties",
        said!(
            "{events} gebeurtenissen delen één tijd, te veel voor de exacte partiële aannemelijkheid; \
             gebruik efron",
            "{events} events share one time, too many for the exact partial likelihood; use efron",
            events = events
        ),
    )
}
