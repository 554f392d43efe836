//! The robust (sandwich) covariance for rows that are dependent within clusters.

use super::Ties;
use super::fit::{ChiSquareTest, CoxFit, CoxModel, unscale_matrix};
use super::residuals::score_residuals;
use crate::estimate::EstimateError;
use nalgebra::{DMatrix, DVector};

/// Inference that holds when rows of one cluster depend on each other in any way and clusters are independent.
///
/// `V = I^-1 (sum_k U_k U_k') I^-1`, with `U_k` the sum of the score residuals of cluster `k`. Lin & Wei (1989),
/// <https://doi.org/10.1080/01621459.1989.10478874>; Lee, Wei & Amato (1992). Valid for many clusters; with fewer than
/// about 40 the variance is too small: use [`CoxFit::small_sample`] or the `t` reference. Checked against
/// `coxph(..., cluster=)`.
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
}

impl RobustCox {
    /// Robust standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }
}

impl CoxFit {
    /// Robust covariance and tests with clusters given by `cluster`, one label per row.
    ///
    /// # Errors
    /// One cluster only, a wrong number of labels, or a fit with exact ties (which has no score residuals).
    pub fn robust(&self, cluster: &[u32]) -> Result<RobustCox, EstimateError> {
        refuse_exact(self.ties)?;
        let (member, clusters) = cluster_members(cluster, self.rows)?;
        let p = self.names.len();
        let sums = |beta: &[f64]| {
            sum_by_cluster(&score_residuals(&self.design, beta, self.efron()), &member, clusters, p)
        };
        let at_estimate = sums(&self.scaled);
        let meat = at_estimate.transpose() * &at_estimate;
        let scaled = &self.scaled_covariance * meat * &self.scaled_covariance;
        let estimate = DVector::from_column_slice(&self.scaled);
        let at_zero = sums(&vec![0.0; p]);
        let total = at_zero.row_sum().transpose();
        let null_meat = at_zero.transpose() * &at_zero;
        Ok(RobustCox {
            wald_test: ChiSquareTest::quadratic_form(&estimate, &scaled),
            score_test: ChiSquareTest::quadratic_form(&total, &null_meat),
            covariance: unscale_matrix(&scaled, &self.design.scale),
            clusters,
        })
    }
}

impl CoxModel<'_> {
    /// The robust score test at zero without a fit: with arms as covariates, the cluster-robust log-rank test. Returns the
    /// test, the scores, and the number of clusters.
    ///
    /// # Errors
    /// Bad rows, no events, fewer clusters than two or no variance between them, exact ties.
    pub fn robust_score_test(
        &self,
        cluster: &[u32],
    ) -> Result<(ChiSquareTest, Vec<f64>, usize), EstimateError> {
        refuse_exact(self.ties)?;
        let design = self.design()?;
        let p = design.columns;
        let (member, clusters) = cluster_members(cluster, design.rows)?;
        let residuals = score_residuals(&design, &vec![0.0; p], self.ties == Ties::Efron);
        let sums = sum_by_cluster(&residuals, &member, clusters, p);
        let total = sums.row_sum().transpose();
        let test = ChiSquareTest::quadratic_form(&total, &(sums.transpose() * &sums)).ok_or_else(|| {
            EstimateError::NoVariance { what: "the scores do not vary between clusters".into() }
        })?;
        let scores = total.iter().zip(&design.scale).map(|(score, scale)| score * scale).collect();
        Ok((test, scores, clusters))
    }
}

fn refuse_exact(ties: Ties) -> Result<(), EstimateError> {
    if ties == Ties::Exact {
        let text = "a cluster-robust variance is not defined for exact ties: use efron or breslow";
        return Err(EstimateError::option("ties", text));
    }
    Ok(())
}

/// Numbers clusters `0..count` in the order of their labels.
pub(crate) fn cluster_members(cluster: &[u32], rows: usize) -> Result<(Vec<usize>, usize), EstimateError> {
    if cluster.len() != rows {
        return Err(EstimateError::data("the cluster column does not have one label for each row"));
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
