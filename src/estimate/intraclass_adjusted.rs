//! The intraclass correlation of what covariates leave: y = X b + u_cluster + e.
//!
//! Analysis of variance by fitting constants (Henderson's method 3): with SSE(X) and SSE(X, clusters) the residual sums of squares, the mean
//! square between is their difference over its degrees of freedom, the mean square within the second over its own, and n0 the trace of
//! Z'(I - H_X)Z over the degrees of freedom between. Without covariates that is the one-way layout. Henderson (1953),
//! <https://doi.org/10.2307/3001853>; Searle, Casella & McCulloch (1992), Variance Components, section 5.5. Restricted likelihood:
//! Patterson & Thompson (1971), <https://doi.org/10.1093/biomet/58.3.545>. Covariates may vary within clusters or between them. Checked
//! against `anova(lm(), lm())` and `lme` of R's `nlme`.

use super::EstimateError;
use super::cox::{Term, cluster_members};
use super::intraclass::{OneWayLayout, VarianceComponents};
use super::newton::collinear;
use super::validity::require_equal;
use crate::said;
use crate::stats::root;
use nalgebra::{DMatrix, DVector};

/// Sums that everything is made of: over rows, and by cluster.
pub(crate) struct ClusterSums {
    /// X'X, X'y and y'y; X has an intercept and the terms, each centered and scaled.
    xx: DMatrix<f64>,
    /// Products of columns and values.
    xy: DVector<f64>,
    /// Sum of squared values.
    yy: f64,
    /// The same within clusters.
    within: (DMatrix<f64>, DVector<f64>, f64),
    /// Size, sum of X and sum of y of each cluster.
    clusters: Vec<(f64, DVector<f64>, f64)>,
    /// Rows.
    rows: usize,
}

impl ClusterSums {
    /// Sums up. `terms`: arms and covariates.
    ///
    /// # Errors
    /// Columns of different lengths, values that are not finite, one cluster, covariates that determine each other.
    pub(crate) fn new(values: &[f64], cluster: &[u32], terms: &[Term]) -> Result<Self, EstimateError> {
        let rows = values.len();
        require_equal(rows, terms.iter().map(|term| term.values.len()))?;
        if !values.iter().chain(terms.iter().flat_map(|term| &term.values)).all(|value| value.is_finite()) {
            return Err(EstimateError::data(said!(
                "de uitkomst of een covariaat bevat een waarde die geen eindig getal is",
                "the outcome or a covariate holds a value that is not a finite number"
            )));
        }
        let (member, count) = cluster_members(cluster, rows)?;
        let p = terms.len() + 1;
        let scaled: Vec<(f64, f64)> = terms.iter().map(|term| center_and_spread(&term.values)).collect();
        if let Some(constant) =
            scaled.iter().position(|(center, spread)| *spread <= 1e-12 * center.abs().max(1e-300))
        {
            return Err(super::newton::constant_covariate(&terms[constant].name));
        }
        let (level, _) = center_and_spread(values);
        let row = |i: usize| {
            DVector::from_fn(p, |column, _| match column {
                0 => 1.0,
                _ => (terms[column - 1].values[i] - scaled[column - 1].0) / scaled[column - 1].1,
            })
        };
        let mut clusters = vec![(0.0, DVector::zeros(p), 0.0); count];
        for (i, cluster) in member.iter().enumerate() {
            let sum = &mut clusters[*cluster];
            sum.0 += 1.0;
            sum.1 += row(i);
            sum.2 += values[i] - level;
        }
        let (mut xx, mut xy, mut yy) = (DMatrix::zeros(p, p), DVector::zeros(p), 0.0);
        let mut within = (DMatrix::zeros(p, p), DVector::zeros(p), 0.0);
        for (i, cluster) in member.iter().enumerate() {
            let (x, y, sum) = (row(i), values[i] - level, &clusters[*cluster]);
            xx.ger(1.0, &x, &x, 1.0);
            xy.axpy(y, &x, 1.0);
            yy += y * y;
            let (from_mean, rest) = (x - &sum.1 / sum.0, y - sum.2 / sum.0);
            within.0.ger(1.0, &from_mean, &from_mean, 1.0);
            within.1.axpy(rest, &from_mean, 1.0);
            within.2 += rest * rest;
        }
        let names: Vec<&str> =
            std::iter::once("(intercept)").chain(terms.iter().map(|t| t.name.as_str())).collect();
        if let Some(column) = (0..p).find(|column| !independent(&xx, *column)) {
            return Err(collinear(names[column]));
        }
        Ok(Self { xx, xy, yy, within, clusters, rows })
    }

    /// The mean squares, degrees of freedom and effective size of the one-way layout that is left.
    ///
    /// # Errors
    /// No degrees of freedom between or within clusters.
    pub(crate) fn layout(&self) -> Result<OneWayLayout, EstimateError> {
        let p = self.xx.nrows();
        let total = residual(&self.xx, &self.xy, self.yy, &(0..p).collect::<Vec<_>>());
        // Columns that do not vary within clusters say nothing there.
        let varying: Vec<usize> = (1..p)
            .filter(|column| self.within.0[(*column, *column)] > 1e-10 * self.xx[(*column, *column)])
            .fold(Vec::new(), |mut kept, column| {
                let block = self.within.0.select_rows(&[kept.as_slice(), &[column]].concat());
                let block = block.select_columns(&[kept.as_slice(), &[column]].concat());
                if independent(&block, kept.len()) {
                    kept.push(column);
                }
                kept
            });
        let inside = residual(&self.within.0, &self.within.1, self.within.2, &varying);
        let count = self.clusters.len();
        let within_df = self.rows as f64 - count as f64 - varying.len() as f64;
        let between_df = self.rows as f64 - p as f64 - within_df;
        if within_df < 1.0 {
            return Err(EstimateError::data(said!(
                "de covariaten en clusters laten geen vrijheidsgraden binnen clusters over",
                "the covariates and clusters leave no degrees of freedom within clusters"
            )));
        }
        if between_df < 1.0 {
            return Err(EstimateError::TooFewClusters {
                found: count,
                needed: count + 1 - between_df as usize,
            });
        }
        let factor = self.xx.clone().cholesky().ok_or_else(|| collinear("covariates"))?;
        let shared: f64 = self.clusters.iter().map(|(_, x, _)| x.dot(&factor.solve(x))).sum();
        Ok(OneWayLayout {
            clusters: count,
            rows: self.rows,
            mean_square_between: (total - inside).max(0.0) / between_df,
            mean_square_within: inside / within_df,
            effective_size: (self.rows as f64 - shared) / between_df,
            between_degrees_of_freedom: between_df,
            within_degrees_of_freedom: within_df,
        })
    }

    /// Components by restricted maximum likelihood, between not below 0.
    ///
    /// # Errors
    /// As [`ClusterSums::layout`], and values without spread within clusters.
    pub(crate) fn restricted_maximum_likelihood(&self) -> Result<VarianceComponents, EstimateError> {
        if self.layout()?.mean_square_within <= 0.0 {
            return Err(EstimateError::NoVariance {
                what: said!(
                    "alle waarden binnen elk cluster zijn gelijk",
                    "all values within each cluster are equal"
                ),
            });
        }
        let slope = |ratio: f64| self.profile(ratio).map_or(f64::NAN, |(slope, _)| slope);
        let components = |ratio: f64| {
            let within = self.profile(ratio).map(|(_, within)| within);
            let within = within.ok_or_else(|| collinear("covariates"))?;
            Ok(VarianceComponents { between: ratio * within, within })
        };
        if slope(0.0).is_nan() || slope(0.0) <= 0.0 {
            return components(0.0);
        }
        let mut upper = 1.0;
        while slope(upper) > 0.0 {
            upper *= 4.0;
            if upper > 1e12 {
                return Err(collinear("cluster"));
            }
        }
        components(root::monotone_inverse(0.0, upper, |ratio| -slope(ratio)))
    }

    /// Derivative of twice the restricted log likelihood in the ratio of the components, and the component within.
    fn profile(&self, ratio: f64) -> Option<(f64, f64)> {
        let (mut xx, mut xy, mut yy) = (self.xx.clone(), self.xy.clone(), self.yy);
        for (size, x, y) in &self.clusters {
            let weight = ratio / (1.0 + size * ratio);
            xx.ger(-weight, x, x, 1.0);
            xy.axpy(-weight * y, x, 1.0);
            yy -= weight * y * y;
        }
        let factor = xx.cholesky()?;
        let beta = factor.solve(&xy);
        let total = yy - beta.dot(&xy);
        let free = (self.rows - self.xx.nrows()) as f64;
        let mut slope = 0.0;
        for (size, x, y) in &self.clusters {
            let inflation = 1.0 + size * ratio;
            let left = y - x.dot(&beta);
            slope += free / total * left * left / (inflation * inflation) - size / inflation
                + x.dot(&factor.solve(x)) / (inflation * inflation);
        }
        Some((slope, total / free))
    }
}

/// Whether a column of a cross-product matrix is more than a combination of those before it.
fn independent(cross: &DMatrix<f64>, column: usize) -> bool {
    if column == 0 {
        return cross[(0, 0)] > 0.0;
    }
    let before = cross.view((0, 0), (column, column)).into_owned();
    let products = cross.view((0, column), (column, 1)).into_owned();
    let explained = before.cholesky().map(|factor| products.dot(&factor.solve(&products)));
    explained.is_some_and(|explained| cross[(column, column)] - explained > 1e-10 * cross[(column, column)])
}

/// What is left of `yy` when the chosen columns are fitted.
fn residual(xx: &DMatrix<f64>, xy: &DVector<f64>, yy: f64, columns: &[usize]) -> f64 {
    if columns.is_empty() {
        return yy;
    }
    let chosen = xx.select_rows(columns).select_columns(columns);
    let right = xy.select_rows(columns);
    chosen.cholesky().map_or(yy, |factor| (yy - right.dot(&factor.solve(&right))).max(0.0))
}

/// Mean and standard deviation.
fn center_and_spread(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::intraclass::restricted_maximum_likelihood;
    use super::*;

    /// With arms only it is the one-way layout with arm means removed.
    #[test]
    fn arms_alone_are_the_one_way_layout() {
        let values = [1.0, 2.0, 4.0, 5.5, 9.0, 8.0, 2.0, 1.5, 3.0, 7.0, 6.0];
        let cluster = [0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4];
        let arm = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1];
        let term = Term { name: "arm".into(), values: arm.iter().map(|a| f64::from(*a)).collect() };
        let adjusted = ClusterSums::new(&values, &cluster, &[term]).unwrap();
        let (of_term, plain) =
            (adjusted.layout().unwrap(), OneWayLayout::new(&values, &cluster, Some(&arm)).unwrap());
        for (a, b) in [
            (of_term.mean_square_between, plain.mean_square_between),
            (of_term.mean_square_within, plain.mean_square_within),
            (of_term.effective_size, plain.effective_size),
            (of_term.between_degrees_of_freedom, plain.between_degrees_of_freedom),
            (of_term.within_degrees_of_freedom, plain.within_degrees_of_freedom),
        ] {
            assert!((a - b).abs() < 1e-10, "{a} {b}");
        }
        let reml = restricted_maximum_likelihood(&values, &cluster, Some(&arm)).unwrap();
        let found = adjusted.restricted_maximum_likelihood().unwrap();
        assert!((found.between - reml.between).abs() < 1e-8 && (found.within - reml.within).abs() < 1e-8);
    }

    #[test]
    fn refuses_what_has_no_answer() {
        let term = |values: &[f64]| Term { name: "x".into(), values: values.to_vec() };
        let (y, clusters) = ([1.0, 2.0, 3.0, 5.0], [0, 0, 1, 1]);
        assert!(ClusterSums::new(&y, &clusters, &[term(&[1.0, 1.0, 1.0, 1.0])]).is_err());
        assert!(
            ClusterSums::new(&y, &clusters, &[term(&[1.0, 2.0, 3.0, 4.0]), term(&[2.0, 4.0, 6.0, 8.0])])
                .is_err()
        );
        // A covariate that is the cluster leaves nothing between.
        assert!(ClusterSums::new(&y, &clusters, &[term(&[1.0, 1.0, 2.0, 2.0])]).unwrap().layout().is_err());
    }
}
