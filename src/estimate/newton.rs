//! Newton's method for concave log-likelihoods of a few coefficients, with words for the ways it can fail.

use super::EstimateError;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// Value and derivatives of a log-likelihood at one coefficient vector.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    /// Log likelihood.
    pub(crate) log_likelihood: f64,
    /// Gradient.
    pub(crate) score: DVector<f64>,
    /// Minus the Hessian.
    pub(crate) information: DMatrix<f64>,
}

/// Where the iteration ended.
pub(crate) struct Optimum {
    /// Coefficients.
    pub(crate) coefficients: Vec<f64>,
    /// At zero.
    pub(crate) null: Evaluation,
    /// At the optimum.
    pub(crate) at_optimum: Evaluation,
    /// Inverse information at the optimum.
    pub(crate) covariance: DMatrix<f64>,
    /// Steps.
    pub(crate) iterations: usize,
}

/// Twice the gain a further step could bring: below this the coefficients are exact to rounding.
const DECREMENT: f64 = 1e-18;
/// Steps after which it is given up.
const MOST_STEPS: usize = 50;

/// Maximizes from zero. `names` serve the error messages; columns should be scaled to comparable size.
///
/// # Errors
/// Collinear columns, a likelihood without a finite maximum, or no convergence in 50 steps.
pub(crate) fn maximize(
    names: &[String],
    mut evaluate: impl FnMut(&[f64]) -> Result<Evaluation, EstimateError>,
) -> Result<Optimum, EstimateError> {
    let mut beta = vec![0.0; names.len()];
    let null = evaluate(&beta)?;
    check_rank(&null.information, names)?;
    let mut here = null.clone();
    for iteration in 1..=MOST_STEPS {
        let Some(step) = here.information.clone().cholesky().map(|factor| factor.solve(&here.score)) else {
            return Err(runaway(names, &beta));
        };
        let decrement = step.dot(&here.score);
        let settled = decrement <= DECREMENT;
        let (next_beta, next) = line_search(&beta, &step, &here, settled, &mut evaluate)?;
        let gained = next.log_likelihood - here.log_likelihood;
        beta = next_beta;
        here = next;
        let floor = 1e-15 * here.log_likelihood.abs().max(1.0);
        if settled || (decrement < 1e-13 && gained.abs() <= floor) {
            return finish(names, beta, null, here, iteration);
        }
        if vanished(&here.information, &null.information) {
            return Err(runaway(names, &beta));
        }
    }
    Err(EstimateError::NotConverged {
        what: said!(
            "{most_steps} Newton-stappen kwamen niet tot rust",
            "{most_steps} Newton steps did not settle",
            most_steps = MOST_STEPS
        ),
    })
}

/// Halves a step until the likelihood rises.
fn line_search(
    beta: &[f64],
    step: &DVector<f64>,
    here: &Evaluation,
    settled: bool,
    evaluate: &mut impl FnMut(&[f64]) -> Result<Evaluation, EstimateError>,
) -> Result<(Vec<f64>, Evaluation), EstimateError> {
    let slack = 1e-12 * here.log_likelihood.abs().max(1.0);
    let mut factor = 1.0;
    loop {
        let trial: Vec<f64> = beta.iter().zip(step.iter()).map(|(b, s)| b + factor * s).collect();
        let next = evaluate(&trial)?;
        let better = next.log_likelihood >= here.log_likelihood - slack;
        if (better && next.log_likelihood.is_finite()) || settled || factor < 1e-8 {
            return Ok((trial, next));
        }
        factor *= 0.5;
    }
}

/// What was found, with its covariance.
fn finish(
    names: &[String],
    coefficients: Vec<f64>,
    null: Evaluation,
    at_optimum: Evaluation,
    iterations: usize,
) -> Result<Optimum, EstimateError> {
    if vanished(&at_optimum.information, &null.information) {
        return Err(runaway(names, &coefficients));
    }
    let Some(factor) = at_optimum.information.clone().cholesky() else {
        return Err(runaway(names, &coefficients));
    };
    let covariance = factor.inverse();
    Ok(Optimum { coefficients, null, at_optimum, covariance, iterations })
}

/// Under separation the information about one coefficient decays like `exp(-|coefficient|)`; in data with a finite
/// maximum it never falls this far below its value at zero.
fn vanished(information: &DMatrix<f64>, null: &DMatrix<f64>) -> bool {
    (0..null.nrows()).any(|i| information[(i, i)] < 1e-9 * null[(i, i)])
}

/// A coefficient without a finite value.
fn runaway(names: &[String], beta: &[f64]) -> EstimateError {
    let mut largest = 0;
    for (index, value) in beta.iter().enumerate() {
        if value.abs() > beta[largest].abs() {
            largest = index;
        }
    }
    runaway_likelihood(&names[largest])
}

/// Cholesky elimination that names the first column whose pivot vanishes.
fn check_rank(information: &DMatrix<f64>, names: &[String]) -> Result<(), EstimateError> {
    let p = names.len();
    let mut work = information.clone();
    let largest = (0..p).map(|i| information[(i, i)]).fold(0.0, f64::max);
    for k in 0..p {
        let original = information[(k, k)];
        if original.is_nan() || original <= 1e-12 * largest {
            return Err(constant_covariate(&names[k]));
        }
        let pivot = work[(k, k)];
        if pivot.is_nan() || pivot <= 1e-10 * original {
            return Err(collinear(&names[k]));
        }
        for i in k + 1..p {
            let factor = work[(i, k)] / pivot;
            for j in k + 1..p {
                work[(i, j)] -= factor * work[(k, j)];
            }
        }
    }
    Ok(())
}

/// The refusal of a covariate without information.
pub(crate) fn constant_covariate(name: &str) -> EstimateError {
    EstimateError::Singular {
        what: said!(
            "covariaat {name} heeft dezelfde waarde in elke rij die bij een gebeurtenis onder risico \
             is; laat hem weg",
            "covariate {name} has the same value in every row at risk at an event; leave it out",
            name = name
        ),
    }
}

/// The refusal of a redundant covariate.
pub(crate) fn collinear(name: &str) -> EstimateError {
    EstimateError::Singular {
        what: said!(
            "covariaat {name} is een lineaire combinatie van de covariaten ervoor; laat er een weg",
            "covariate {name} is a linear combination of the covariates before it; leave one out",
            name = name
        ),
    }
}

/// The refusal to print a hazard ratio of a billion.
pub(crate) fn runaway_likelihood(name: &str) -> EstimateError {
    EstimateError::NotConverged {
        what: said!(
            "de aannemelijkheid stijgt zonder einde in de coëfficiënt van {name} (scheiding, \
                 bijvoorbeeld alle gebeurtenissen in één groep), zodat er geen eindige schatting is; een \
                 score- of log-rank-toets kan nog wel",
            "the likelihood rises without end in the coefficient of {name} (separation, for instance all events in one \
             arm), so that no finite estimate exists; a score or log-rank test still does",
            name = name
        ),
    }
}
