//! Regression for counts with different times at risk: Poisson, quasi-Poisson and negative binomial, with a log link.
//!
//! `E[y] = time * exp(x'b)`. Poisson: variance = mean. Quasi-Poisson: variance = dispersion * mean, the dispersion from
//! Pearson's statistic, t reference. Negative binomial: variance = mean + mean^2 / theta, theta by maximum likelihood; its
//! standard errors use the expected information at the estimated theta. Checked against `glm` and `MASS::glm.nb` of R.
//!
//! McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed.; Lawless (1987), <https://doi.org/10.2307/3314912>;
//! Venables & Ripley (2002), Modern Applied Statistics with S, section 7.4.

use super::EstimateError;
use super::cox::{Term, cluster_members};
use super::few_clusters::{ClusterPart, correct};
use super::newton::{collinear, runaway_likelihood};
use super::validity::{require_equal, require_some};
use crate::said;
use crate::stats::gamma::ln_gamma;
use crate::stats::polygamma::{digamma, trigamma};
use nalgebra::{DMatrix, DVector};

/// How counts vary around their mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountFamily {
    /// Variance equal to the mean.
    Poisson,
    /// Variance proportional to the mean.
    QuasiPoisson,
    /// Variance = mean + mean^2 / theta.
    NegativeBinomial,
}

/// Counts with their time at risk; one entry per person (or per person and period).
#[derive(Clone, Copy, Debug)]
pub struct CountData<'a> {
    /// Number of events, whole and >= 0.
    pub count: &'a [f64],
    /// Time at risk, > 0.
    pub time: &'a [f64],
}

/// A fitted count regression. The first coefficient is the intercept: the log rate where all covariates are zero.
#[derive(Clone, Debug)]
pub struct CountFit {
    /// "(intercept)", then the covariates.
    pub names: Vec<String>,
    /// Log rate, then log rate ratios.
    pub coefficients: Vec<f64>,
    /// Model-based covariance (times the dispersion for quasi-Poisson).
    pub covariance: DMatrix<f64>,
    /// 1 for Poisson and negative binomial; Pearson's statistic / residual degrees of freedom for quasi-Poisson.
    pub dispersion: f64,
    /// Negative binomial size parameter; small = counts vary much.
    pub theta: Option<f64>,
    /// Standard error of theta, from the observed information.
    pub theta_standard_error: Option<f64>,
    /// Twice the log likelihood (full constants); `None` for quasi-Poisson, which has none.
    pub twice_log_likelihood: Option<f64>,
    /// Deviance.
    pub deviance: f64,
    /// Pearson's chi-square.
    pub pearson: f64,
    /// Rows minus coefficients.
    pub residual_degrees_of_freedom: f64,
    /// On the centered and scaled covariates: rows, covariance, and what turns their coefficients into those shown.
    scaled: DMatrix<f64>,
    /// Inverse information, scaled back.
    bread: DMatrix<f64>,
    /// Scaling of the columns.
    back: DMatrix<f64>,
    /// Score residuals by row.
    residuals: Vec<f64>,
    /// Case weights.
    weights: Vec<f64>,
}

/// Inference by cluster.
#[derive(Clone, Debug)]
pub struct CountRobust {
    /// Sandwich covariance without small-sample factor (CR0), as R's `sandwich::vcovCL(cadjust = FALSE)`.
    pub covariance: DMatrix<f64>,
    /// Number of clusters.
    pub clusters: usize,
    /// Standard errors corrected for few clusters, for Student's t with `degrees_of_freedom`.
    pub corrected_standard_errors: Vec<f64>,
    /// Satterthwaite's degrees of freedom; `None` where a coefficient rests on one cluster.
    pub degrees_of_freedom: Vec<Option<f64>>,
}

/// Steps of the search for theta.
const MOST_STEPS: usize = 200;
/// Above this theta the counts do not vary more than Poisson counts.
const THETA_LIMIT: f64 = 1e7;

/// Fits a count regression by maximum likelihood.
///
/// # Example
/// ```
/// use stapjes::estimate::count_regression::{CountData, CountFamily, fit};
/// use stapjes::estimate::cox::Term;
///
/// // Signals of ten clients over their months on benefit, five with personal talks.
/// let count = [0.0, 7.0, 1.0, 3.0, 0.0, 1.0, 9.0, 2.0, 0.0, 5.0];
/// let time = [12.0, 12.0, 6.0, 12.0, 9.0, 12.0, 12.0, 8.0, 10.0, 7.0];
/// let personal = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0];
/// let terms = [Term { name: "personal".into(), values: personal.to_vec() }];
/// let data = CountData { count: &count, time: &time };
/// // Poisson, by hand: the log of 11 signals in 51 months, and of the ratio with 17 in 49.
/// let poisson = fit(&data, &terms, CountFamily::Poisson)?;
/// assert!((poisson.coefficients[0] - (11.0_f64 / 51.0).ln()).abs() < 1e-9);
/// assert!((poisson.coefficients[1] - (17.0_f64 / 49.0 / (11.0 / 51.0)).ln()).abs() < 1e-9);
/// // R: MASS::glm.nb(n ~ arm + offset(log(t)))
/// let negative = fit(&data, &terms, CountFamily::NegativeBinomial)?;
/// assert!((negative.coefficients[1] - 0.548_159_589).abs() < 1e-6);
/// assert!((negative.standard_errors()[1] - 0.743_981_232).abs() < 1e-6);
/// assert!((negative.theta.expect("they vary") - 1.014_734_800).abs() < 1e-6);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Bad rows, no events, collinear covariates, an arm or covariate pattern without any event (no finite estimate), or, for
/// the negative binomial, counts that do not vary more than Poisson counts.
pub fn fit(data: &CountData<'_>, terms: &[Term], family: CountFamily) -> Result<CountFit, EstimateError> {
    check(data, terms)?;
    let rows = data.count.len();
    let design = Design::new(data, terms)?;
    let (start, theta) = match family {
        CountFamily::Poisson | CountFamily::QuasiPoisson => (design.fit_given(f64::INFINITY, None)?, None),
        CountFamily::NegativeBinomial => {
            let (beta, theta) = design.fit_with_theta()?;
            (beta, Some(theta))
        }
    };
    let size = theta.unwrap_or(f64::INFINITY);
    let mean = design.means(&start);
    let information = design.information(&mean, size);
    let Some(factor) = information.cholesky() else { return Err(collinear(&terms[0].name)) };
    let bread = factor.inverse();
    let residual_degrees_of_freedom = rows as f64 - (terms.len() + 1) as f64;
    let pearson: f64 =
        data.count.iter().zip(&mean).map(|(y, m)| (y - m) * (y - m) / (m + m * m / size)).sum();
    let dispersion =
        if family == CountFamily::QuasiPoisson { pearson / residual_degrees_of_freedom } else { 1.0 };
    let back = design.unscaling();
    let residuals = data.count.iter().zip(&mean).map(|(y, m)| (y - m) / (1.0 + m / size)).collect();
    let theta_standard_error =
        theta.map(|theta| 1.0 / libm::sqrt(theta_information(data.count, &mean, theta)));
    Ok(CountFit {
        names: std::iter::once("(intercept)".to_owned())
            .chain(terms.iter().map(|t| t.name.clone()))
            .collect(),
        coefficients: (&back * &start).iter().copied().collect(),
        covariance: &back * &bread * back.transpose() * dispersion,
        dispersion,
        theta,
        theta_standard_error,
        twice_log_likelihood: (family != CountFamily::QuasiPoisson)
            .then(|| 2.0 * log_likelihood(data.count, &mean, size)),
        deviance: deviance(data.count, &mean, size),
        pearson,
        residual_degrees_of_freedom,
        weights: mean.iter().map(|m| m / (1.0 + m / size)).collect(),
        scaled: design.x,
        bread,
        back,
        residuals,
    })
}

impl CountFit {
    /// Model-based standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }

    /// Inference by cluster (persons or caseworkers): the sandwich, and errors that hold with few clusters (Bell & McCaffrey 2002;
    /// Pustejovsky & Tipton 2018, <https://doi.org/10.1080/07350015.2016.1247004>).
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::count_regression::{CountData, CountFamily, fit};
    /// use stapjes::estimate::cox::Term;
    ///
    /// let count = [0.0, 2.0, 1.0, 3.0, 0.0, 1.0, 4.0, 2.0];
    /// let time = [12.0, 12.0, 6.0, 12.0, 9.0, 12.0, 12.0, 8.0];
    /// let personal = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
    /// let terms = [Term { name: "personal".into(), values: personal.to_vec() }];
    /// let fit = fit(&CountData { count: &count, time: &time }, &terms, CountFamily::Poisson)?;
    /// // R: sandwich::vcovCL(glm(n ~ arm + offset(log(t)), poisson), caseworker, cadjust = FALSE)
    /// let robust = fit.robust(&[1, 1, 2, 2, 3, 3, 4, 4])?;
    /// assert!((robust.covariance[(1, 1)].sqrt() - 0.621_449_732_8).abs() < 1e-8);
    /// assert_eq!(robust.clusters, 4);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// One cluster, or a wrong number of labels.
    pub fn robust(&self, cluster: &[u32]) -> Result<CountRobust, EstimateError> {
        let p = self.names.len();
        let (member, clusters) = cluster_members(cluster, self.residuals.len())?;
        let mut parts = vec![ClusterPart::empty(p); clusters];
        for (row, (residual, weight)) in self.residuals.iter().zip(&self.weights).enumerate() {
            let x: DVector<f64> = self.scaled.row(row).transpose();
            let part = &mut parts[member[row]];
            part.score.axpy(*residual, &x, 1.0);
            part.information.ger(*weight, &x, &x, 1.0);
        }
        let directions = &self.bread * self.back.transpose();
        let meat = |covariance: &DMatrix<f64>| directions.transpose() * covariance * &directions;
        let plain =
            parts.iter().fold(DMatrix::zeros(p, p), |sum, part| sum + &part.score * part.score.transpose());
        let few = correct(&parts, &directions)?;
        let corrected = meat(&few.score_covariance);
        Ok(CountRobust {
            covariance: meat(&plain),
            clusters,
            corrected_standard_errors: corrected.diagonal().iter().map(|v| libm::sqrt(*v)).collect(),
            degrees_of_freedom: few.degrees_of_freedom,
        })
    }
}

/// Intercept and centered, scaled covariates.
struct Design<'a> {
    /// The data.
    data: CountData<'a>,
    /// Names of the columns.
    names: Vec<String>,
    /// Centered and scaled columns, a one first.
    x: DMatrix<f64>,
    /// Centers.
    center: Vec<f64>,
    /// Scales.
    scale: Vec<f64>,
}

impl<'a> Design<'a> {
    /// Checks and scales the columns.
    fn new(data: &CountData<'a>, terms: &[Term]) -> Result<Self, EstimateError> {
        let rows = data.count.len();
        let (mut center, mut scale) = (vec![], vec![]);
        for term in terms {
            let mean = term.values.iter().sum::<f64>() / rows as f64;
            let spread =
                libm::sqrt(term.values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / rows as f64);
            if spread <= 1e-12 * mean.abs().max(f64::MIN_POSITIVE) {
                return Err(super::newton::constant_covariate(&term.name));
            }
            center.push(mean);
            scale.push(spread);
        }
        let x = DMatrix::from_fn(rows, terms.len() + 1, |row, column| match column {
            0 => 1.0,
            _ => (terms[column - 1].values[row] - center[column - 1]) / scale[column - 1],
        });
        let names: Vec<String> = terms.iter().map(|term| term.name.clone()).collect();
        let gram = x.transpose() * &x;
        if let Some(column) = first_dependent(&gram) {
            return Err(collinear(&names[column.saturating_sub(1)]));
        }
        Ok(Self { data: *data, names, x, center, scale })
    }

    /// Matrix that turns scaled coefficients into coefficients on the original scale.
    fn unscaling(&self) -> DMatrix<f64> {
        let p = self.x.ncols();
        DMatrix::from_fn(p, p, |i, j| match (i, j) {
            (0, 0) => 1.0,
            (0, j) => -self.center[j - 1] / self.scale[j - 1],
            (i, j) if i == j => 1.0 / self.scale[i - 1],
            _ => 0.0,
        })
    }

    /// Expected counts.
    fn means(&self, beta: &DVector<f64>) -> Vec<f64> {
        let eta = &self.x * beta;
        self.data.time.iter().zip(eta.iter()).map(|(time, eta)| time * libm::exp(*eta)).collect()
    }

    /// Fisher information.
    fn information(&self, mean: &[f64], theta: f64) -> DMatrix<f64> {
        let p = self.x.ncols();
        let mut information = DMatrix::zeros(p, p);
        for (row, mean) in mean.iter().enumerate() {
            let weight = mean / (1.0 + mean / theta);
            for i in 0..p {
                for j in 0..p {
                    information[(i, j)] += weight * self.x[(row, i)] * self.x[(row, j)];
                }
            }
        }
        information
    }

    /// Fisher scoring for fixed theta.
    fn fit_given(&self, theta: f64, start: Option<DVector<f64>>) -> Result<DVector<f64>, EstimateError> {
        let p = self.x.ncols();
        let mut beta = start.unwrap_or_else(|| {
            let events: f64 = self.data.count.iter().sum();
            let mut beta = DVector::zeros(p);
            beta[0] = libm::log(events / self.data.time.iter().sum::<f64>());
            beta
        });
        let mut mean = self.means(&beta);
        let mut value = log_likelihood(self.data.count, &mean, theta);
        for _ in 0..MOST_STEPS {
            let mut score: DVector<f64> = DVector::zeros(p);
            for (row, mean) in mean.iter().enumerate() {
                let residual = (self.data.count[row] - mean) / (1.0 + mean / theta);
                for i in 0..p {
                    score[i] += residual * self.x[(row, i)];
                }
            }
            let Some(factor) = self.information(&mean, theta).cholesky() else {
                return Err(self.runaway(&beta));
            };
            let step = factor.solve(&score);
            let decrement = step.dot(&score);
            let mut length = 1.0;
            loop {
                let trial = &beta + &step * length;
                let trial_mean = self.means(&trial);
                let trial_value = log_likelihood(self.data.count, &trial_mean, theta);
                if trial_value >= value - 1e-12 * value.abs().max(1.0) || length < 1e-6 {
                    (beta, mean, value) = (trial, trial_mean, trial_value);
                    break;
                }
                length *= 0.5;
            }
            if beta.iter().any(|b| b.abs() > 40.0) {
                return Err(self.runaway(&beta));
            }
            if decrement <= 1e-22 * value.abs().max(1.0) {
                return Ok(beta);
            }
        }
        Err(self.runaway(&beta))
    }

    /// Alternates between coefficients given theta and theta given the means, until nothing moves, or no less than before: with
    /// a large theta its score is a small difference of large numbers, and rounding keeps it moving.
    fn fit_with_theta(&self) -> Result<(DVector<f64>, f64), EstimateError> {
        let mut beta = self.fit_given(f64::INFINITY, None)?;
        let mean = self.means(&beta);
        let rows = mean.len() as f64;
        let excess: f64 = self.data.count.iter().zip(&mean).map(|(y, m)| (y / m - 1.0) * (y / m - 1.0)).sum();
        let mut theta = rows / excess;
        let mut before = f64::INFINITY;
        for _ in 0..MOST_STEPS {
            let next = best_theta(self.data.count, &self.means(&beta), theta)?;
            let moved = self.fit_given(next, Some(beta.clone()))?;
            let change = (&moved - &beta).amax().max((next / theta - 1.0).abs());
            (beta, theta) = (moved, next);
            if change < 1e-12 || (change < 1e-6 && change >= before) {
                return Ok((beta, theta));
            }
            before = change;
        }
        Err(EstimateError::NotConverged {
            what: said!(
                "de theta van de negatief-binomiale verdeling kwam niet tot rust",
                "the negative binomial theta did not settle"
            ),
        })
    }

    /// A coefficient without a finite value.
    fn runaway(&self, beta: &DVector<f64>) -> EstimateError {
        let scaled: Vec<f64> = beta.iter().skip(1).map(|b| b.abs()).collect();
        let largest = (0..scaled.len()).max_by(|a, b| scaled[*a].total_cmp(&scaled[*b]));
        runaway_likelihood(largest.map_or("(intercept)", |index| &self.names[index]))
    }
}

/// Newton's method for theta at given means, on the logarithm of theta so that it stays positive.
fn best_theta(count: &[f64], mean: &[f64], start: f64) -> Result<f64, EstimateError> {
    let mut theta = start;
    for _ in 0..MOST_STEPS {
        let score = theta_score(count, mean, theta);
        let information = theta_information(count, mean, theta);
        // Second derivative in log theta: theta^2 * (-information) + theta * score.
        let curvature = theta * theta * information - theta * score;
        let gradient = theta * score;
        let step = if curvature > 0.0 { gradient / curvature } else { gradient.signum() };
        theta *= libm::exp(step.clamp(-1.0, 1.0));
        if theta.is_nan() || theta >= THETA_LIMIT {
            let what = said!(
                "de aantallen variëren niet meer dan Poisson-aantallen (theta loopt naar oneindig); \
                     gebruik poisson",
                "the counts do not vary more than Poisson counts (theta runs to infinity); use poisson"
            );
            return Err(EstimateError::NotConverged { what });
        }
        if step.abs() < 1e-14 {
            break;
        }
    }
    Ok(theta)
}

/// Derivative of the likelihood by theta.
fn theta_score(count: &[f64], mean: &[f64], theta: f64) -> f64 {
    let at_theta = digamma(theta);
    let term = |(y, m): (&f64, &f64)| {
        digamma(theta + y) - at_theta + libm::log(theta / (theta + m)) + 1.0 - (y + theta) / (m + theta)
    };
    count.iter().zip(mean).map(term).sum()
}

/// Minus the second derivative of the log likelihood in theta.
fn theta_information(count: &[f64], mean: &[f64], theta: f64) -> f64 {
    let at_theta = trigamma(theta);
    let term = |(y, m): (&f64, &f64)| {
        at_theta - trigamma(theta + y) - 1.0 / theta + 2.0 / (m + theta)
            - (y + theta) / ((m + theta) * (m + theta))
    };
    count.iter().zip(mean).map(term).sum()
}

/// Log likelihood.
fn log_likelihood(count: &[f64], mean: &[f64], theta: f64) -> f64 {
    let pairs = count.iter().zip(mean);
    if theta.is_infinite() {
        return pairs.map(|(y, m)| y * libm::log(*m) - m - ln_gamma(y + 1.0)).sum();
    }
    let at_theta = ln_gamma(theta);
    pairs
        .map(|(y, m)| {
            let success = if *y > 0.0 { y * libm::log(m / (theta + m)) } else { 0.0 };
            ln_gamma(theta + y) - at_theta - ln_gamma(y + 1.0)
                + theta * libm::log(theta / (theta + m))
                + success
        })
        .sum()
}

/// Deviance.
fn deviance(count: &[f64], mean: &[f64], theta: f64) -> f64 {
    let term = |(y, m): (&f64, &f64)| {
        let saturated = if *y > 0.0 { y * libm::log(y / m) } else { 0.0 };
        let rest =
            if theta.is_infinite() { y - m } else { (y + theta) * libm::log((y + theta) / (m + theta)) };
        2.0 * (saturated - rest)
    };
    count.iter().zip(mean).map(term).sum()
}

/// Column whose pivot vanishes in a Cholesky elimination.
fn first_dependent(gram: &DMatrix<f64>) -> Option<usize> {
    let mut work = gram.clone();
    for k in 0..work.nrows() {
        let pivot = work[(k, k)];
        if pivot.is_nan() || pivot <= 1e-10 * gram[(k, k)] {
            return Some(k);
        }
        for i in k + 1..work.nrows() {
            let factor = work[(i, k)] / pivot;
            for j in k + 1..work.nrows() {
                work[(i, j)] -= factor * work[(k, j)];
            }
        }
    }
    None
}

/// Refuses data that do not fit together.
fn check(data: &CountData<'_>, terms: &[Term]) -> Result<(), EstimateError> {
    let rows = data.count.len();
    require_some(rows)?;
    require_equal(rows, terms.iter().map(|term| term.values.len()).chain([data.time.len()]))?;
    if rows <= terms.len() + 1 {
        return Err(EstimateError::data(said!(
            "er zijn niet meer rijen dan coëfficiënten",
            "there are not more rows than coefficients"
        )));
    }
    let whole = |y: &f64| y.is_finite() && *y >= 0.0 && y.fract() == 0.0;
    if let Some(row) = data.count.iter().position(|y| !whole(y)) {
        return Err(EstimateError::data(said!(
            "het aantal in rij {} is geen heel getal van 0 of meer",
            "count in row {} is not a whole number >= 0",
            row + 1
        )));
    }
    if let Some(row) = data.time.iter().position(|time| !(time.is_finite() && *time > 0.0)) {
        return Err(EstimateError::data(said!(
            "de tijd onder risico in rij {} is niet eindig en boven 0",
            "time at risk in row {} is not positive and finite",
            row + 1
        )));
    }
    for term in terms {
        if let Some(row) = term.values.iter().position(|value| !value.is_finite()) {
            return Err(EstimateError::data(said!(
                "{} in rij {} is geen eindig getal",
                "{} in row {} is not a finite number",
                term.name,
                row + 1
            )));
        }
    }
    if data.count.iter().all(|y| *y == 0.0) {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen in enige rij", "events in any row"),
        });
    }
    Ok(())
}
