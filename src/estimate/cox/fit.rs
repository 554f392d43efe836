//! Fitting a Cox model and the three classical tests of it.

use super::Ties;
use super::concordance::concordance;
use super::design::{CoxData, Design, Term};
use super::exact::evaluate_exact;
use super::likelihood::evaluate;
use crate::estimate::EstimateError;
use crate::estimate::newton::{Evaluation, collinear, maximize};
use crate::said;
use crate::stats::chi_square;
use nalgebra::DMatrix;

/// A test statistic that is chi-square distributed in large samples.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::ChiSquareTest;
///
/// // R: pchisq(3.841459, 1, lower.tail = FALSE) and pchisq(5.991465, 2, lower.tail = FALSE)
/// let one = ChiSquareTest { statistic: 3.841_458_820_694, degrees_of_freedom: 1 };
/// let two = ChiSquareTest { statistic: 5.991_464_547_108, degrees_of_freedom: 2 };
/// assert!((one.p_value() - 0.05).abs() < 1e-12 && (two.p_value() - 0.05).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChiSquareTest {
    /// The statistic, >= 0.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: usize,
}

impl ChiSquareTest {
    /// Probability of a larger statistic under the null hypothesis.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        chi_square::upper_tail(self.statistic, self.degrees_of_freedom as f64)
    }

    /// The quadratic form `u' V^-1 u`; `None` when `V` is singular, also up to rounding (fewer clusters than coefficients): when
    /// a row keeps less than 1e-11 of its variance once the rows before it are known.
    pub(crate) fn quadratic_form(u: &nalgebra::DVector<f64>, covariance: &DMatrix<f64>) -> Option<Self> {
        let factor = covariance.clone().cholesky()?;
        let root = factor.l_dirty();
        let left = |i: usize| root[(i, i)] * root[(i, i)] / covariance[(i, i)];
        if (0..u.len()).any(|i| left(i) < 1e-11) {
            return None;
        }
        let statistic = factor.solve(u).dot(u);
        Some(Self { statistic, degrees_of_freedom: u.len() })
    }
}

/// What to fit.
#[derive(Clone, Debug)]
pub struct CoxModel<'a> {
    /// The rows.
    pub data: CoxData<'a>,
    /// The covariates, at least one.
    pub terms: &'a [Term],
    /// Treatment of tied event times.
    pub ties: Ties,
}

/// A fitted Cox model.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
/// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
/// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
/// let fit = CoxModel { data: rows, terms: &personal, ties: Ties::Efron }.fit()?;
/// let error = fit.standard_errors()[0];
/// assert_eq!((fit.rows, fit.events), (16, 12));
/// // With one covariate, Wald's statistic is the square of the estimate over its error, and all three tests agree roughly.
/// assert!((fit.wald_test.statistic - (fit.coefficients[0] / error).powi(2)).abs() < 1e-9);
/// let p_values = [fit.wald_test, fit.likelihood_ratio_test, fit.score_test].map(|test| test.p_value());
/// assert!(p_values.iter().all(|p| (p - p_values[0]).abs() < 0.02));
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CoxFit {
    /// Names of the covariates, in the order of everything below.
    pub names: Vec<String>,
    /// Log hazard ratios per unit of each covariate.
    pub coefficients: Vec<f64>,
    /// Inverse information: valid when rows (or persons) are independent.
    pub covariance: DMatrix<f64>,
    /// Log partial likelihood with all coefficients zero.
    pub log_likelihood_null: f64,
    /// Log partial likelihood at the estimate.
    pub log_likelihood: f64,
    /// Twice the gain in log likelihood.
    pub likelihood_ratio_test: ChiSquareTest,
    /// Estimate against its covariance.
    pub wald_test: ChiSquareTest,
    /// Score at zero against the information at zero. With one binary covariate, no ties: the log-rank test; with the
    /// exact likelihood: the log-rank test with its hypergeometric variance, ties or not.
    pub score_test: ChiSquareTest,
    /// Share of comparable pairs whose order of events agrees with the linear predictor (Harrell's C; ties in the
    /// predictor count one half); `None` without a comparable pair.
    pub concordance: Option<f64>,
    /// Rows and events used.
    pub rows: usize,
    /// Number of events.
    pub events: usize,
    /// Newton steps taken.
    pub iterations: usize,
    /// Treatment of tied event times.
    pub ties: Ties,
    /// The scaled data.
    pub(super) design: Design,
    /// Coefficients on the scaled covariates.
    pub(super) scaled: Vec<f64>,
    /// Covariance on the scaled covariates.
    pub(super) scaled_covariance: DMatrix<f64>,
}

impl CoxModel<'_> {
    /// Maximizes the partial likelihood by Newton's method from zero, to rounding error.
    ///
    /// Cox (1972), <https://doi.org/10.1111/j.2517-6161.1972.tb00899.x>; ties: Efron (1977),
    /// <https://doi.org/10.1080/01621459.1977.10480613>; Breslow (1974), <https://doi.org/10.2307/2529620>; exact: the discrete
    /// logistic likelihood, right when times are truly discrete (months). Assumes proportional hazards, censoring that is
    /// independent given the covariates, and (for the covariance and the tests) independent rows or a counting process
    /// within persons. Checked against `coxph` of R's `survival` for each treatment of ties.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties};
    /// use stapjes::observe::Dataset;
    ///
    /// let data = Dataset::example();
    /// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
    /// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
    /// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
    /// // R: coxph(Surv(time, cause > 0) ~ arm, ties = ...): log hazard ratio and standard error
    /// for (ties, log_ratio, error) in [
    ///     (Ties::Efron, 0.679_416_828_2, 0.649_141_189_5),
    ///     (Ties::Breslow, 0.660_788_155_4, 0.649_650_322_8),
    ///     (Ties::Exact, 0.681_646_912_7, 0.658_607_685_1),
    /// ] {
    ///     let fit = CoxModel { data: rows, terms: &personal, ties }.fit()?;
    ///     assert!((fit.coefficients[0] - log_ratio).abs() < 1e-8);
    ///     assert!((fit.standard_errors()[0] - error).abs() < 1e-8);
    /// }
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// Bad rows, no events, constant or collinear covariates, separation (monotone likelihood).
    pub fn fit(&self) -> Result<CoxFit, EstimateError> {
        let design = self.design()?;
        let optimum = maximize(&design.names, |beta| at(&design, beta, self.ties))?;
        let p = design.columns;
        let score_test = ChiSquareTest::quadratic_form(&optimum.null.score, &optimum.null.information)
            .ok_or_else(|| collinear(&design.names[p - 1]))?;
        let wald = optimum.coefficients.clone();
        let wald = nalgebra::DVector::from_vec(wald);
        let wald_statistic = (wald.transpose() * &optimum.at_optimum.information * &wald)[(0, 0)];
        let gain = 2.0 * (optimum.at_optimum.log_likelihood - optimum.null.log_likelihood);
        let concordance = concordance(&design, &design.linear_predictor(&optimum.coefficients));
        Ok(CoxFit {
            names: design.names.clone(),
            coefficients: unscale(&optimum.coefficients, &design.scale),
            covariance: unscale_matrix(&optimum.covariance, &design.scale),
            log_likelihood_null: optimum.null.log_likelihood,
            log_likelihood: optimum.at_optimum.log_likelihood,
            likelihood_ratio_test: ChiSquareTest { statistic: gain, degrees_of_freedom: p },
            wald_test: ChiSquareTest { statistic: wald_statistic, degrees_of_freedom: p },
            score_test,
            concordance,
            rows: design.rows,
            events: design.events,
            iterations: optimum.iterations,
            ties: self.ties,
            scaled: optimum.coefficients,
            scaled_covariance: optimum.covariance,
            design,
        })
    }

    /// The scaled data of the model.
    pub(super) fn design(&self) -> Result<Design, EstimateError> {
        if self.terms.is_empty() {
            return Err(EstimateError::data(said!(
                "een Cox-model vraagt minstens één covariaat",
                "a Cox model needs at least one covariate"
            )));
        }
        Design::new(&self.data, self.terms)
    }

    /// The score test of all coefficients at zero, without fitting: exists also under separation.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties};
    /// use stapjes::observe::Dataset;
    ///
    /// let data = Dataset::example();
    /// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
    /// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
    /// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
    /// // With the exact likelihood it is the log-rank test; R: survdiff(Surv(time, cause > 0) ~ arm)$chisq
    /// let test = CoxModel { data: rows, terms: &personal, ties: Ties::Exact }.score_test()?;
    /// assert!((test.statistic - 1.108_224_991).abs() < 1e-8);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// Bad rows, no events, constant or collinear covariates.
    pub fn score_test(&self) -> Result<ChiSquareTest, EstimateError> {
        let design = self.design()?;
        let null = at(&design, &vec![0.0; design.columns], self.ties)?;
        ChiSquareTest::quadratic_form(&null.score, &null.information)
            .ok_or_else(|| collinear(&design.names[design.columns - 1]))
    }
}

impl CoxFit {
    /// Standard errors, the square roots of the diagonal of the covariance.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }

    /// People and how many of them have the event, when weights are whole numbers of them; else rows.
    pub(crate) fn people(&self) -> (f64, f64) {
        let design = &self.design;
        if design.weight.iter().any(|weight| weight.fract() != 0.0) {
            return (self.rows as f64, self.events as f64);
        }
        let events = (0..self.rows).filter(|row| design.event[*row]);
        let all: f64 = (0..self.rows).map(|row| design.weight(row)).sum();
        (all, events.map(|row| design.weight(row)).sum())
    }

    /// Whether residual sums use Efron's terms (exact fits use Breslow's, as in R's `survival`).
    pub(super) fn efron(&self) -> bool {
        self.ties == Ties::Efron
    }
}

/// The likelihood at a point.
fn at(design: &Design, beta: &[f64], ties: Ties) -> Result<Evaluation, EstimateError> {
    match ties {
        Ties::Exact if !design.weight.is_empty() => Err(EstimateError::option(
            "ties",
            said!(
                "de exacte aannemelijkheid neemt geen steekproefgewichten: gebruik efron of breslow",
                "the exact likelihood takes no sampling weights: use efron or breslow"
            ),
        )),
        Ties::Exact => evaluate_exact(design, beta),
        Ties::Efron | Ties::Breslow => Ok(evaluate(design, beta, ties == Ties::Efron)),
    }
}

/// Coefficients on the scale of the data.
fn unscale(coefficients: &[f64], scale: &[f64]) -> Vec<f64> {
    coefficients.iter().zip(scale).map(|(value, scale)| value / scale).collect()
}

/// Covariance of the coefficients on their own scale.
pub(super) fn unscale_matrix(covariance: &DMatrix<f64>, scale: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(scale.len(), scale.len(), |i, j| covariance[(i, j)] / (scale[i] * scale[j]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DVector;

    #[test]
    fn no_quadratic_form_of_a_matrix_that_is_singular_up_to_rounding() {
        let u = DVector::from_vec(vec![1.0, 2.0]);
        let square = |values: &[f64]| DMatrix::from_row_slice(2, 2, values);
        let singular = square(&[0.01, 0.03, 0.03, 0.09 + 1e-17]);
        assert_eq!(ChiSquareTest::quadratic_form(&u, &singular), None);
        let test = ChiSquareTest::quadratic_form(&u, &square(&[2.0, 0.0, 0.0, 4.0])).unwrap();
        assert_eq!((test.statistic, test.degrees_of_freedom), (1.5, 2));
    }
}
