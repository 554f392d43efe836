//! The robust (sandwich) covariance for rows that are dependent within clusters.

use super::Ties;
use super::design::Design;
use super::fit::{ChiSquareTest, CoxFit, CoxModel, unscale_matrix};
use super::residuals::{Residuals, residuals};
use crate::estimate::EstimateError;
use crate::estimate::few_clusters::{ClusterPart, correct};
use crate::language::Text;
use crate::said;
use crate::stats::f_distribution;
use nalgebra::{DMatrix, DVector};

/// Inference that holds when rows of one cluster depend on each other in any way and clusters are independent.
///
/// `V = I^-1 (sum_k U_k U_k') I^-1`, with `U_k` the sum of the score residuals of cluster `k`. Lin & Wei (1989),
/// <https://doi.org/10.1080/01621459.1989.10478874>; Lee, Wei & Amato (1992). Valid for many clusters; with fewer than
/// about 40 the variance is too small: use [`CoxFit::small_sample`] or the `t` reference. Checked against
/// `coxph(..., cluster=)`.
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
/// // Two clients a caseworker; in truth nobody has one in common, so the robust error is near the plain one.
/// let caseworker: Vec<u32> = (0..16).map(|row| row / 2).collect();
/// let robust = fit.robust(&caseworker)?;
/// let (plain, error) = (fit.standard_errors()[0], robust.standard_errors()[0]);
/// assert!((error / plain - 1.0).abs() < 0.25);
/// // Eight clusters are few: the corrected error is larger, and t has fewer than 8 - 1 degrees of freedom.
/// assert!(robust.clusters == 8 && robust.corrected_standard_errors[0] > error);
/// assert!(robust.degrees_of_freedom[0].is_some_and(|degrees| degrees < 7.0));
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RobustCox {
    /// Robust covariance of the coefficients.
    pub covariance: DMatrix<f64>,
    /// Wald test with the robust covariance; `None` when it is singular (fewer clusters than coefficients).
    pub wald_test: Option<ChiSquareTest>,
    /// Score test at zero with the robust variance of the score; one binary covariate: the cluster-robust log-rank test.
    pub score_test: Option<ChiSquareTest>,
    /// Number of clusters.
    pub clusters: usize,
    /// Standard errors corrected for few clusters; hold estimates against Student's t with `degrees_of_freedom`.
    pub corrected_standard_errors: Vec<f64>,
    /// Satterthwaite's degrees of freedom of each corrected error; `None` where the coefficient rests on one cluster.
    pub degrees_of_freedom: Vec<Option<f64>>,
}

impl RobustCox {
    /// Robust standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }
}

/// Lin & Wei's covariance and tests, for many units.
pub(crate) struct LinWei {
    /// Robust covariance of the coefficients.
    pub(crate) covariance: DMatrix<f64>,
    /// Wald test with it; `None` when it is singular.
    pub(crate) wald_test: Option<ChiSquareTest>,
    /// Score test at zero with the robust variance of the score.
    pub(crate) score_test: Option<ChiSquareTest>,
    /// Score residuals.
    residuals: Residuals,
    /// Unit of each row.
    member: Vec<usize>,
    /// Units.
    units: usize,
}

impl LinWei {
    /// Robust standard errors.
    pub(crate) fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }
}

impl CoxFit {
    /// Robust covariance with a label per row, without corrections for few.
    ///
    /// # Errors
    /// As [`CoxFit::robust`].
    pub(crate) fn lin_wei(&self, labels: &[u32]) -> Result<LinWei, EstimateError> {
        refuse_exact(self.ties)?;
        let (member, units) = cluster_members(labels, self.rows)?;
        let p = self.names.len();
        let at_estimate = residuals(&self.design, &self.scaled, self.efron());
        let sums = sum_by_cluster(&weighted(&self.design, &at_estimate.score), &member, units, p);
        let scaled = &self.scaled_covariance * (sums.transpose() * &sums) * &self.scaled_covariance;
        let estimate = DVector::from_column_slice(&self.scaled);
        let at_zero = residuals(&self.design, &vec![0.0; p], self.efron());
        let at_zero = sum_by_cluster(&weighted(&self.design, &at_zero.score), &member, units, p);
        let total = at_zero.row_sum().transpose();
        Ok(LinWei {
            wald_test: ChiSquareTest::quadratic_form(&estimate, &scaled),
            score_test: ChiSquareTest::quadratic_form(&total, &(at_zero.transpose() * &at_zero)),
            covariance: unscale_matrix(&scaled, &self.design.scale),
            residuals: at_estimate,
            member,
            units,
        })
    }

    /// Robust covariance and tests with clusters given by `cluster`, one label per row.
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
    /// // Eight caseworkers with two clients each. R: coxph(..., cluster = caseworker)
    /// let caseworker: Vec<u32> = (0..16).map(|row| row / 2).collect();
    /// let robust = fit.robust(&caseworker)?;
    /// assert!((robust.standard_errors()[0] - 0.702_777_608_2).abs() < 1e-8);
    /// // The plain sandwich is too small with few clusters.
    /// assert!(robust.corrected_standard_errors[0] > robust.standard_errors()[0]);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// One cluster only, a wrong number of labels, or a fit with exact ties (which has no score residuals).
    pub fn robust(&self, cluster: &[u32]) -> Result<RobustCox, EstimateError> {
        let plain = self.lin_wei(cluster)?;
        let p = self.names.len();
        let parts = cluster_parts(&self.design, &plain.residuals, &plain.member, plain.units);
        let few = correct(&parts, &self.scaled_covariance)?;
        let corrected = &self.scaled_covariance * few.score_covariance * &self.scaled_covariance;
        let scale = &self.design.scale;
        Ok(RobustCox {
            wald_test: plain.wald_test,
            score_test: plain.score_test,
            covariance: plain.covariance,
            clusters: plain.units,
            corrected_standard_errors: (0..p).map(|i| libm::sqrt(corrected[(i, i)]) / scale[i]).collect(),
            degrees_of_freedom: few.degrees_of_freedom,
        })
    }
}

/// Residuals of rows times their weights.
fn weighted<'a>(design: &Design, residuals: &'a [f64]) -> std::borrow::Cow<'a, [f64]> {
    if design.weight.is_empty() {
        return residuals.into();
    }
    let p = design.columns;
    residuals.iter().enumerate().map(|(at, value)| design.weight[at / p] * value).collect::<Vec<f64>>().into()
}

/// What each cluster adds to the equations, in the form of [`correct`].
fn cluster_parts(
    design: &Design,
    residuals: &Residuals,
    member: &[usize],
    clusters: usize,
) -> Vec<ClusterPart> {
    let p = design.columns;
    let mut parts = vec![ClusterPart::empty(p); clusters];
    let mut means: std::collections::BTreeMap<u32, (f64, Vec<f64>)> = std::collections::BTreeMap::new();
    for row in 0..design.rows {
        let (sum, mean) = means.entry(design.stratum[row]).or_insert_with(|| (0.0, vec![0.0; p]));
        let expected = design.weight(row) * residuals.expected[row];
        *sum += expected;
        mean.iter_mut().zip(design.row(row)).for_each(|(m, x)| *m += expected * x);
    }
    for (sum, mean) in means.values_mut().filter(|(sum, _)| *sum > 0.0) {
        mean.iter_mut().for_each(|m| *m /= *sum);
    }
    for row in 0..design.rows {
        let part = &mut parts[member[row]];
        let weight = design.weight(row);
        let expected = weight * residuals.expected[row];
        let event = weight * f64::from(u8::from(design.event[row]));
        part.score += weight * DVector::from_column_slice(&residuals.score[row * p..(row + 1) * p]);
        let mean = &means[&design.stratum[row]].1;
        let from_mean = DVector::from_fn(p, |i, _| design.row(row)[i] - mean[i]);
        part.information.ger(expected, &from_mean, &from_mean, 1.0);
        let level = part.level(design.stratum[row]);
        level.score += event - expected;
        level.information += expected;
        level.shared.axpy(expected, &from_mean, 1.0);
    }
    parts
}

impl CoxModel<'_> {
    /// The robust score test at zero with a label per row, and the scores, without corrections for few.
    ///
    /// # Errors
    /// As [`CoxModel::robust_score_test`].
    pub(crate) fn plain_robust_score(
        &self,
        labels: &[u32],
    ) -> Result<(ChiSquareTest, Vec<f64>), EstimateError> {
        let score = self.score_at_zero(labels, Text::new("rijen", "rows"))?;
        Ok((score.test, score.scores))
    }

    /// The robust score test at zero without a fit: with arms as covariates, the cluster-robust log-rank test.
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
    /// let caseworker: Vec<u32> = (0..16).map(|row| row / 2).collect();
    /// let found = CoxModel { data: rows, terms: &personal, ties: Ties::Breslow }.robust_score_test(&caseworker)?;
    /// // R: sum(u)^2 / sum(u^2), u the score residuals of coxph(..., init = 0, iter.max = 0) summed by caseworker
    /// assert!((found.test.statistic - 0.929_510_871).abs() < 1e-8);
    /// assert!((found.scores.iter().sum::<f64>() - 1.613_888_889).abs() < 1e-8);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// Bad rows, no events, fewer clusters than two or no variance between them, exact ties.
    pub fn robust_score_test(&self, cluster: &[u32]) -> Result<RobustScore, EstimateError> {
        let ScoreAtZero { design, residuals, member, clusters, total, test, scores } =
            self.score_at_zero(cluster, Text::new("clusters", "clusters"))?;
        let p = design.columns;
        let few = correct(&cluster_parts(&design, &residuals, &member, clusters), &DMatrix::identity(p, p))?;
        let corrected = ChiSquareTest::quadratic_form(&total, &few.score_covariance);
        let least = few.degrees_of_freedom.iter().copied().reduce(|a, b| a.zip(b).map(|(a, b)| a.min(b)));
        Ok(RobustScore {
            test,
            scores,
            clusters,
            corrected_statistic: corrected.map(|test| test.statistic),
            degrees_of_freedom: least.flatten(),
        })
    }

    /// The scores at zero, summed by unit (`units` names them in an error), and the test of them.
    fn score_at_zero(&self, label: &[u32], units: Text) -> Result<ScoreAtZero, EstimateError> {
        refuse_exact(self.ties)?;
        let design = self.design()?;
        let p = design.columns;
        let (member, clusters) = cluster_members(label, design.rows)?;
        let residuals = residuals(&design, &vec![0.0; p], self.ties == Ties::Efron);
        let sums = sum_by_cluster(&weighted(&design, &residuals.score), &member, clusters, p);
        let total = sums.row_sum().transpose();
        let test = ChiSquareTest::quadratic_form(&total, &(sums.transpose() * &sums)).ok_or_else(|| {
            EstimateError::NoVariance {
                what: said!(
                    "de scores verschillen niet tussen {}",
                    "the scores do not vary between {}",
                    units
                ),
            }
        })?;
        let scores = total.iter().zip(&design.scale).map(|(score, scale)| score * scale).collect();
        Ok(ScoreAtZero { design, residuals, member, clusters, total, test, scores })
    }
}

/// Scores at zero by unit, and what they were made from.
struct ScoreAtZero {
    /// Data at the null hypothesis.
    design: Design,
    /// Score residuals there.
    residuals: Residuals,
    /// Unit of each row.
    member: Vec<usize>,
    /// Units.
    clusters: usize,
    /// Sum of the scores, in the scale of the design.
    total: DVector<f64>,
    /// The plain test.
    test: ChiSquareTest,
    /// Sum of the scores, in the scale of the covariates.
    scores: Vec<f64>,
}

/// The robust score test at zero.
#[derive(Clone, Debug, PartialEq)]
pub struct RobustScore {
    /// As R's `coxph(..., cluster=)` has it, valid for many clusters.
    pub test: ChiSquareTest,
    /// The scores.
    pub scores: Vec<f64>,
    /// Number of clusters.
    pub clusters: usize,
    /// The quadratic form of the scores with their covariance corrected for few clusters; `None` when that is singular.
    pub corrected_statistic: Option<f64>,
    /// Degrees of freedom of that covariance (the least over the scores); `None` when a score rests on one cluster.
    pub degrees_of_freedom: Option<f64>,
}

impl RobustScore {
    /// Two-sided p-value that holds with few clusters: for one score by Student's t, for several by Hotelling's
    /// `(v - q + 1) / (v q) T^2 ~ F(q, v - q + 1)`. `None` where there is nothing to hold it against.
    #[must_use]
    pub(crate) fn p_value(&self) -> Option<f64> {
        let (statistic, v) = (self.corrected_statistic?, self.degrees_of_freedom?);
        let q = self.scores.len() as f64;
        let rest = v - q + 1.0;
        (rest > 0.0).then(|| f_distribution::upper_tail(statistic * rest / (v * q), q, rest))
    }
}

/// Exact ties have no residuals.
fn refuse_exact(ties: Ties) -> Result<(), EstimateError> {
    if ties == Ties::Exact {
        let text = said!(
            "een robuuste variantie per cluster bestaat niet bij exacte gelijke tijden: gebruik efron \
             of breslow",
            "a cluster-robust variance is not defined for exact ties: use efron or breslow"
        );
        return Err(EstimateError::option("ties", text));
    }
    Ok(())
}

/// Numbers clusters `0..count` in the order of their labels.
pub(crate) fn cluster_members(cluster: &[u32], rows: usize) -> Result<(Vec<usize>, usize), EstimateError> {
    if cluster.len() != rows {
        return Err(EstimateError::data(said!(
            "de clusterkolom heeft niet één naam voor elke rij",
            "the cluster column does not have one label for each row"
        )));
    }
    let mut labels = cluster.to_vec();
    labels.sort_unstable();
    labels.dedup();
    if labels.len() < 2 {
        return Err(EstimateError::TooFewClusters { found: labels.len(), needed: 2 });
    }
    let member = cluster.iter().map(|label| labels.partition_point(|value| value < label)).collect();
    Ok((member, labels.len()))
}

/// Adds row-major residuals (`p` a row) within clusters: one row of the result for each cluster.
pub(crate) fn sum_by_cluster(residuals: &[f64], member: &[usize], clusters: usize, p: usize) -> DMatrix<f64> {
    let mut sums = DMatrix::zeros(clusters, p);
    for (row, cluster) in member.iter().enumerate() {
        for i in 0..p {
            sums[(*cluster, i)] += residuals[row * p + i];
        }
    }
    sums
}
