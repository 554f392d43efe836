//! The partial likelihood with Breslow's and Efron's treatment of ties, its score and its information.

use super::design::{Design, for_each_event_time};
use crate::estimate::newton::Evaluation;
use nalgebra::{DMatrix, DVector};

/// Evaluates at `beta` (on the scaled covariates).
///
/// At an event time with `d` events `D`, those at risk `R` and risk scores `r = exp(x'b)`, Efron's term is
/// `sum_D x'b - sum_{l<d} log(sum_R r - (l/d) sum_D r)`; Breslow leaves out the subtraction.
pub(super) fn evaluate(design: &Design, beta: &[f64], efron: bool) -> Evaluation {
    let p = design.columns;
    let (score, shift) = design.risk_scores(beta);
    let mut log_likelihood = 0.0;
    let mut gradient = DVector::zeros(p);
    let mut information = DMatrix::zeros(p, p);
    let mut mean = vec![0.0; p];
    for_each_event_time(design, &score, |moments| {
        for row in moments.deaths {
            let (x, case_weight) = (design.row(*row), design.weight(*row));
            log_likelihood += case_weight * (x.iter().zip(beta).map(|(x, b)| x * b).sum::<f64>() - shift);
            for (slot, value) in gradient.iter_mut().zip(x) {
                *slot += case_weight * value;
            }
        }
        moments.for_each_term(efron, |fraction, weight| {
            let s0 = moments.s0 - fraction * moments.d0;
            log_likelihood -= weight * libm::log(s0);
            for i in 0..p {
                mean[i] = (moments.s1[i] - fraction * moments.d1[i]) / s0;
                gradient[i] -= weight * mean[i];
            }
            for i in 0..p {
                for j in 0..p {
                    let second = (moments.s2[i * p + j] - fraction * moments.d2[i * p + j]) / s0;
                    information[(i, j)] += weight * (second - mean[i] * mean[j]);
                }
            }
        });
    });
    Evaluation { log_likelihood, score: gradient, information }
}
