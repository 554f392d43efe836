//! Linear regression whose terms are chosen by their leave-one-out error.
//!
//! Forward selection on an orthogonal basis (modified Gram-Schmidt, each chosen column orthogonalized twice): with the
//! orthonormal columns q chosen so far, the residual of observation i is `e_i = y_i - sum_j q_ij (q_j . y)` and its
//! leverage `h_i = 1/n + sum_j q_ij^2`, so that the error of predicting y_i from all *other* observations is
//! `e_i / (1 - h_i)` (Allen 1974, doi:10.1080/00401706.1974.10489157), without fitting anything again. The coefficients
//! follow from the triangular factor by back substitution.

/// A fitted regression.
///
/// # Example
/// ```
/// use stapjes::stats::forward_selection::{Stopping, select};
///
/// // A response that is 1 + 2 x in its first column; the second says nothing about it.
/// let columns = [(0..40).map(f64::from).collect(), (0..40).map(|i| f64::from(i * i % 7)).collect::<Vec<f64>>()];
/// let response: Vec<f64> = columns[0].iter().map(|x| 1.0 + 2.0 * x).collect();
/// let fit = select(&columns, &response, Stopping::risk_inflation(40, 2));
/// assert_eq!(fit.chosen, [0]);
/// assert!((fit.predict(|column| [50.0, 3.0][column]) - 101.0).abs() < 1e-9);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Mean of the response at the center of all columns, plus the chosen columns' contribution at zero: the constant.
    pub constant: f64,
    /// The chosen columns, in the order in which they came in.
    pub chosen: Vec<usize>,
    /// The coefficient of each chosen column.
    pub coefficients: Vec<f64>,
    /// Fitted value of every observation.
    pub fitted: Vec<f64>,
    /// Leave-one-out residual of every observation: the response minus its prediction from all others.
    pub left_out: Vec<f64>,
    /// Mean square of the response about its mean (population form).
    pub variance: f64,
}

impl Fit {
    /// Root mean square of the leave-one-out residuals: what a prediction may be off.
    pub(crate) fn left_out_error(&self) -> f64 {
        let count = self.left_out.len().max(1) as f64;
        (self.left_out.iter().map(|residual| residual * residual).sum::<f64>() / count).sqrt()
    }

    /// Share of the variance that predictions from the other observations explain; may be negative.
    pub(crate) fn left_out_r2(&self) -> f64 {
        let error = self.left_out_error();
        if self.variance > 0.0 { 1.0 - error * error / self.variance } else { 0.0 }
    }

    /// The prediction for a row of the same columns.
    pub fn predict(&self, row: impl Fn(usize) -> f64) -> f64 {
        let terms = self.chosen.iter().zip(&self.coefficients);
        terms.fold(self.constant, |sum, (&column, coefficient)| sum + coefficient * row(column))
    }
}

/// When the selection stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stopping {
    /// Smallest relative fall of the mean squared leave-one-out error that lets another column in.
    pub gain: f64,
    /// Largest number of columns.
    pub most: usize,
}

impl Stopping {
    /// For inference, where a column without influence must stay out: the fall must exceed `2 ln(columns) / n`, the risk
    /// inflation criterion (Foster & George 1994, doi:10.1214/aos/1176325766), and at most a quarter of the observations
    /// become columns.
    pub fn risk_inflation(observations: usize, columns: usize) -> Self {
        let count = observations.max(1) as f64;
        let gain = 2.0 * libm::log(columns.max(2) as f64) / count;
        Self { gain, most: observations / 4 }
    }
}

/// Columns that are tried for their leave-one-out error in each round: those with the largest fall of the residual sum of
/// squares.
const TRIED: usize = 8;
/// A column of which orthogonalization leaves less than this share of its square is a combination of the chosen ones.
const DEPENDENT: f64 = 1e-10;

/// A column that may be chosen, without what the chosen ones explain.
struct Candidate {
    /// Its number.
    column: usize,
    /// What is left of the centered column after the chosen ones are taken out.
    rest: Vec<f64>,
    /// Square of the centered column.
    square: f64,
}

/// Selects among `columns` (each as long as `response`) and fits. With no column that helps, the fit is the mean.
///
/// # Example
/// Of two columns only the first says something about the response.
///
/// ```
/// use stapjes::stats::forward_selection::{Stopping, select};
///
/// let useful: Vec<f64> = (0..20).map(f64::from).collect();
/// let useless: Vec<f64> = (0..20).map(|i| f64::from(i * 7 % 5)).collect();
/// let response: Vec<f64> = useful.iter().map(|x| 3.0 + 2.0 * x).collect();
/// let fit = select(&[useful, useless], &response, Stopping::risk_inflation(20, 2));
/// assert!((fit.predict(|column| [30.0, 1.0][column]) - 63.0).abs() < 1e-9);
/// ```
pub fn select(columns: &[Vec<f64>], response: &[f64], stopping: Stopping) -> Fit {
    let count = response.len();
    let center = mean(response);
    let mut residual: Vec<f64> = response.iter().map(|value| value - center).collect();
    let variance = dot(&residual, &residual) / count.max(1) as f64;
    let mut leverage = vec![1.0 / count.max(1) as f64; count];
    let mut candidates: Vec<Candidate> = columns.iter().enumerate().filter_map(centered).collect();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut chosen: Vec<usize> = Vec::new();
    let mut error = left_out_square(&residual, &leverage, None);
    let most = stopping.most.min(count.saturating_sub(2));
    while chosen.len() < most && error > 1e-26 * variance * count as f64 {
        let Some((at, lower)) = best(&candidates, &residual, &leverage) else { break };
        if lower >= error * (1.0 - stopping.gain) {
            break;
        }
        let Candidate { column, rest, .. } = candidates.swap_remove(at);
        let direction = orthonormal(rest, &basis);
        let along = dot(&direction, &residual);
        for ((residual, leverage), q) in residual.iter_mut().zip(&mut leverage).zip(&direction) {
            *residual -= along * q;
            *leverage += q * q;
        }
        for candidate in &mut candidates {
            let along = dot(&direction, &candidate.rest);
            candidate.rest.iter_mut().zip(&direction).for_each(|(rest, q)| *rest -= along * q);
        }
        candidates.retain(|candidate| dot(&candidate.rest, &candidate.rest) > DEPENDENT * candidate.square);
        // The order of the candidates decides between equals: keep it that of the columns.
        candidates.sort_by_key(|candidate| candidate.column);
        error = left_out_square(&residual, &leverage, None);
        basis.push(direction);
        chosen.push(column);
    }
    finish(columns, response, chosen, &basis, &residual, &leverage, variance)
}

/// The candidate with the smallest sum of squared leave-one-out residuals, and that sum.
fn best(candidates: &[Candidate], residual: &[f64], leverage: &[f64]) -> Option<(usize, f64)> {
    let fall = |candidate: &Candidate| {
        let along = dot(&candidate.rest, residual);
        along * along / dot(&candidate.rest, &candidate.rest)
    };
    let mut order: Vec<(usize, f64)> = candidates.iter().map(fall).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let tried = order
        .iter()
        .take(TRIED)
        .map(|&(at, _)| (at, left_out_square(residual, leverage, Some(&candidates[at].rest))));
    tried.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Sum of squared leave-one-out residuals, with one more column when there is one (orthogonal to the chosen ones).
fn left_out_square(residual: &[f64], leverage: &[f64], column: Option<&[f64]>) -> f64 {
    let square = |residual: f64, leverage: f64| {
        let left_out = residual / (1.0 - leverage).max(1e-12);
        left_out * left_out
    };
    let Some(column) = column else {
        return residual.iter().zip(leverage).map(|(&residual, &leverage)| square(residual, leverage)).sum();
    };
    let length = dot(column, column);
    let along = dot(column, residual) / length;
    let all = residual.iter().zip(leverage).zip(column);
    all.map(|((residual, leverage), x)| square(residual - along * x, leverage + x * x / length)).sum()
}

/// A column less its mean; `None` when nothing is left.
fn centered((column, values): (usize, &Vec<f64>)) -> Option<Candidate> {
    let center = mean(values);
    let rest: Vec<f64> = values.iter().map(|value| value - center).collect();
    let square = dot(&rest, &rest);
    let scale = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    (square > DEPENDENT * DEPENDENT * scale * scale && square.is_finite()).then_some(Candidate {
        column,
        rest,
        square,
    })
}

/// The column orthogonalized once more and scaled to length one.
fn orthonormal(mut column: Vec<f64>, basis: &[Vec<f64>]) -> Vec<f64> {
    for direction in basis {
        let along = dot(direction, &column);
        column.iter_mut().zip(direction).for_each(|(value, q)| *value -= along * q);
    }
    let length = dot(&column, &column).sqrt();
    column.iter_mut().for_each(|value| *value /= length);
    column
}

/// The regression on the chosen columns.
fn finish(
    columns: &[Vec<f64>],
    response: &[f64],
    chosen: Vec<usize>,
    basis: &[Vec<f64>],
    residual: &[f64],
    leverage: &[f64],
    variance: f64,
) -> Fit {
    let terms = chosen.len();
    let centers: Vec<f64> = chosen.iter().map(|&column| mean(&columns[column])).collect();
    let center = mean(response);
    // Q'y and the triangle R = Q'X, both of centered columns.
    let along: Vec<f64> =
        basis.iter().map(|q| q.iter().zip(response).map(|(q, value)| q * (value - center)).sum()).collect();
    let entry = |row: usize, term: usize| -> f64 {
        let values = &columns[chosen[term]];
        basis[row].iter().zip(values).map(|(q, value)| q * (value - centers[term])).sum()
    };
    let mut coefficients = vec![0.0; terms];
    for row in (0..terms).rev() {
        let known: f64 = (row + 1..terms).map(|term| entry(row, term) * coefficients[term]).sum();
        coefficients[row] = (along[row] - known) / entry(row, row);
    }
    let at_zero: f64 =
        coefficients.iter().zip(&centers).map(|(coefficient, center)| coefficient * center).sum();
    Fit {
        constant: center - at_zero,
        chosen,
        coefficients,
        fitted: response.iter().zip(residual).map(|(value, residual)| value - residual).collect(),
        left_out: residual.iter().zip(leverage).map(|(e, h)| e / (1.0 - h).max(1e-12)).collect(),
        variance,
    }
}

/// Mean.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Inner product.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small lattice of three columns without any structure in common.
    fn columns() -> Vec<Vec<f64>> {
        let lattice = |step: f64| (0..40).map(|at| (f64::from(at) * step).fract() - 0.5).collect();
        [0.618_033_988_75, 0.414_213_562_37, 0.732_050_807_57].map(lattice).to_vec()
    }

    const ANY: Stopping = Stopping { gain: 0.03, most: 10 };

    #[test]
    fn an_exact_relation_is_found_with_its_coefficients() {
        let columns = columns();
        let response: Vec<f64> =
            (0..40).map(|at| 7.0 + 3.0 * columns[2][at] - 0.5 * columns[0][at]).collect();
        let fit = select(&columns, &response, ANY);
        assert_eq!(fit.chosen, [2, 0]);
        assert!((fit.constant - 7.0).abs() < 1e-12);
        assert!((fit.coefficients[0] - 3.0).abs() < 1e-12 && (fit.coefficients[1] + 0.5).abs() < 1e-12);
        assert!(fit.left_out_error() < 1e-12 && fit.left_out_r2() > 1.0 - 1e-12);
        assert!((fit.predict(|column| columns[column][5]) - response[5]).abs() < 1e-12);
    }

    #[test]
    fn leave_one_out_residuals_are_those_of_fitting_again_without_the_observation() {
        let columns = columns();
        let noise = |at: usize| ((at * at * 7 + 3) % 11) as f64 / 11.0;
        let response: Vec<f64> = (0..40).map(|at| columns[1][at] * 4.0 + noise(at)).collect();
        let fit = select(&columns[1..2], &response, ANY);
        assert_eq!(fit.chosen, [0]);
        for out in [0, 17, 39] {
            let without = |values: &[f64]| -> Vec<f64> {
                values.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, value)| *value).collect()
            };
            let (x, y) = (without(&columns[1]), without(&response));
            let (mx, my) = (mean(&x), mean(&y));
            let slope = x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>()
                / x.iter().map(|x| (x - mx) * (x - mx)).sum::<f64>();
            let predicted = my + slope * (columns[1][out] - mx);
            assert!((fit.left_out[out] - (response[out] - predicted)).abs() < 1e-12);
        }
    }

    #[test]
    fn what_does_not_help_stays_out_and_copies_are_left() {
        let mut columns = columns();
        let response = columns[0].iter().map(|value| 2.0 * value).collect::<Vec<_>>();
        columns.push(columns[0].clone());
        columns.push(vec![3.0; 40]);
        let fit = select(&columns, &response, ANY);
        assert_eq!(fit.chosen, [0]);
        let constant = select(&columns, &[5.0; 40], ANY);
        assert!(constant.chosen.is_empty() && constant.constant == 5.0);
    }
}
