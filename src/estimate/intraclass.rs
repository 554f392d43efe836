//! How much members of one cluster resemble each other: the intraclass correlation, and the design effect it causes.

use super::EstimateError;
use super::newton::collinear;
use super::validity::{require_equal, require_some};
use crate::said;
use crate::stats::f_distribution;
use crate::stats::root;

/// The one-way layout summed up: all that the estimators need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneWayLayout {
    /// Number of clusters.
    pub clusters: usize,
    /// Number of rows.
    pub rows: usize,
    /// Mean square between clusters (with fixed effects of arms removed, when there are arms).
    pub mean_square_between: f64,
    /// Mean square within clusters.
    pub mean_square_within: f64,
    /// The cluster size that enters the expected mean square: all sizes when equal, less when they vary.
    pub effective_size: f64,
    /// Degrees of freedom between clusters.
    pub between_degrees_of_freedom: f64,
    /// Degrees of freedom within clusters.
    pub within_degrees_of_freedom: f64,
}

/// Variance components and their intraclass correlation.
///
/// # Example
/// ```
/// use stapjes::estimate::intraclass::VarianceComponents;
///
/// // A quarter of the variance lies between clusters.
/// assert_eq!(VarianceComponents { between: 1.0, within: 3.0 }.intraclass_correlation(), 0.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceComponents {
    /// Variance between clusters.
    pub between: f64,
    /// Variance within clusters.
    pub within: f64,
}

impl VarianceComponents {
    /// Between / (between + within).
    pub fn intraclass_correlation(self) -> f64 {
        self.between / (self.between + self.within)
    }
}

impl OneWayLayout {
    /// Sums up values by cluster. With `arm`, every cluster belongs to one arm and arms may differ in mean.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::intraclass::OneWayLayout;
    ///
    /// // Yield of dyestuff of three batches (Davies & Goldsmith 1972, R's lme4::Dyestuff), five samples each.
    /// let dyestuff = [
    ///     1545.0, 1440.0, 1440.0, 1520.0, 1580.0, 1540.0, 1555.0, 1490.0, 1560.0, 1495.0, 1595.0, 1550.0, 1605.0,
    ///     1510.0, 1560.0,
    /// ];
    /// let batch: Vec<u32> = (0..15).map(|sample| sample / 5).collect();
    /// let layout = OneWayLayout::new(&dyestuff, &batch, None)?;
    /// // R: anova(lm(yield ~ batch)): mean squares 4421.667 and 2175, F 2.03295, p 0.173643
    /// assert!((layout.mean_square_between - 4_421.666_666_7).abs() < 1e-6);
    /// assert!((layout.f_test().0 - 2.032_950_191_6).abs() < 1e-9);
    /// assert!((layout.f_test().1 - 0.173_642_910_9).abs() < 1e-9);
    /// // (MSB - MSW) / (MSB + 4 MSW), and its exact interval from the quantiles of F(2, 12)
    /// assert!((layout.anova().intraclass_correlation() - 0.171_218_087_1).abs() < 1e-9);
    /// let interval = layout.interval(0.95);
    /// assert!((interval.lower + 0.136_637_212).abs() < 1e-8 && (interval.upper - 0.940_566_720).abs() < 1e-8);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// No rows, one cluster (or one per arm), no cluster with two rows, or a cluster in two arms.
    pub fn new(values: &[f64], cluster: &[u32], arm: Option<&[u32]>) -> Result<Self, EstimateError> {
        let groups = Group::collect(values, cluster, arm)?;
        let arms = arm_totals(&groups);
        let clusters = groups.len();
        let rows = values.len();
        if clusters <= arms.len() {
            return Err(EstimateError::TooFewClusters { found: clusters, needed: arms.len() + 1 });
        }
        if rows == clusters {
            return Err(EstimateError::data(said!(
                "elk cluster heeft maar één rij: over de spreiding binnen clusters is niets bekend",
                "every cluster has one row only: nothing is known about spread within clusters"
            )));
        }
        let mut between = 0.0;
        let mut within = 0.0;
        let mut size_term = 0.0;
        for group in &groups {
            let total = &arms[group.arm];
            let deviation = group.mean - total.mean;
            between += group.size * deviation * deviation;
            within += group.squares;
            size_term += group.size * group.size / total.size;
        }
        let between_df = (clusters - arms.len()) as f64;
        let within_df = (rows - clusters) as f64;
        Ok(Self {
            clusters,
            rows,
            mean_square_between: between / between_df,
            mean_square_within: within / within_df,
            effective_size: (rows as f64 - size_term) / between_df,
            between_degrees_of_freedom: between_df,
            within_degrees_of_freedom: within_df,
        })
    }

    /// Components by analysis of variance: `(MSB - MSW) / n0` and `MSW`. The first can be negative; it is not cut off here.
    ///
    /// Donner & Koval (1980), <https://doi.org/10.2307/2530491>. For proportions: Ridout, Demetrio & Firth (1999),
    /// <https://doi.org/10.1111/j.0006-341X.1999.00137.x>.
    pub fn anova(&self) -> VarianceComponents {
        let between = (self.mean_square_between - self.mean_square_within) / self.effective_size;
        VarianceComponents { between, within: self.mean_square_within }
    }

    /// F test of no resemblance within clusters: statistic and p-value.
    pub fn f_test(&self) -> (f64, f64) {
        let f = self.mean_square_between / self.mean_square_within;
        (f, f_distribution::upper_tail(f, self.between_degrees_of_freedom, self.within_degrees_of_freedom))
    }

    /// Exact interval of the intraclass correlation for equal cluster sizes, approximate (with `n0`) for unequal ones.
    ///
    /// Searle, Casella & McCulloch (1992), Variance Components, section 3.6.
    pub fn interval(&self, level: f64) -> super::Interval {
        let f = self.mean_square_between / self.mean_square_within;
        let (a, b) = (self.between_degrees_of_freedom, self.within_degrees_of_freedom);
        let tail = (1.0 - level) / 2.0;
        let end = |quantile: f64| (f / quantile - 1.0) / (f / quantile + self.effective_size - 1.0);
        super::Interval {
            lower: end(f_distribution::quantile(1.0 - tail, a, b)),
            upper: end(f_distribution::quantile(tail, a, b)),
            level,
        }
    }
}

/// Components by restricted maximum likelihood for a one-way layout with any cluster sizes, mean (or arm means) unknown.
///
/// For equal sizes this is analysis of variance with the between component cut off at zero. Patterson & Thompson (1971),
/// <https://doi.org/10.1093/biomet/58.3.545>. Checked against `lmer` of R's `lme4`.
///
/// # Example
/// ```
/// use stapjes::estimate::intraclass::restricted_maximum_likelihood;
///
/// let dyestuff = [
///     1545.0, 1440.0, 1440.0, 1520.0, 1580.0, 1540.0, 1555.0, 1490.0, 1560.0, 1495.0, 1595.0, 1550.0, 1605.0,
/// ];
/// let batch = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2];
/// // R: VarCorr(lme4::lmer(yield ~ 1 + (1 | batch))): 904.604 between, 2231.007 within (lmer stops at about six digits)
/// let found = restricted_maximum_likelihood(&dyestuff, &batch, None)?;
/// assert!((found.between - 904.604).abs() < 0.05 && (found.within - 2_231.007).abs() < 0.05);
/// assert!((found.intraclass_correlation() - 0.288_49).abs() < 1e-4);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// As [`OneWayLayout::new`], and values without any spread within clusters.
pub fn restricted_maximum_likelihood(
    values: &[f64],
    cluster: &[u32],
    arm: Option<&[u32]>,
) -> Result<VarianceComponents, EstimateError> {
    let layout = OneWayLayout::new(values, cluster, arm)?;
    let groups = Group::collect(values, cluster, arm)?;
    if layout.mean_square_within <= 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!(
                "alle waarden binnen elk cluster zijn gelijk",
                "all values within each cluster are equal"
            ),
        });
    }
    let arms = arm_totals(&groups).len();
    let score = |ratio: f64| profile_slope(&groups, arms, layout.rows, ratio);
    if score(0.0) <= 0.0 {
        let within = profile_within(&groups, arms, layout.rows, 0.0);
        return Ok(VarianceComponents { between: 0.0, within });
    }
    let mut upper = 1.0;
    while score(upper) > 0.0 {
        upper *= 4.0;
        if upper > 1e12 {
            return Err(collinear("cluster"));
        }
    }
    let ratio = root::monotone_inverse(0.0, upper, |ratio| -score(ratio));
    let within = profile_within(&groups, arms, layout.rows, ratio);
    Ok(VarianceComponents { between: ratio * within, within })
}

/// Sum over clusters of the weighted squares left after the arm means are fitted at a variance ratio, and its derivative.
fn weighted_squares(groups: &[Group], arms: usize, ratio: f64) -> (f64, f64) {
    let mut weight_sum = vec![0.0; arms];
    let mut weighted_mean = vec![0.0; arms];
    for group in groups {
        let weight = group.size / (1.0 + group.size * ratio);
        weight_sum[group.arm] += weight;
        weighted_mean[group.arm] += weight * group.mean;
    }
    let (mut total, mut slope) = (0.0, 0.0);
    for group in groups {
        let inflation = 1.0 + group.size * ratio;
        let deviation = group.mean - weighted_mean[group.arm] / weight_sum[group.arm];
        total += group.squares + group.size / inflation * deviation * deviation;
        // The mean is at its optimum, so that its own change does not count.
        slope -= group.size * group.size / (inflation * inflation) * deviation * deviation;
    }
    (total, slope)
}

/// Residual variance that is best at a ratio of variances.
fn profile_within(groups: &[Group], arms: usize, rows: usize, ratio: f64) -> f64 {
    weighted_squares(groups, arms, ratio).0 / (rows - arms) as f64
}

/// Derivative, in the ratio of the components, of the restricted log likelihood (times 2) with the within component
/// profiled out.
fn profile_slope(groups: &[Group], arms: usize, rows: usize, ratio: f64) -> f64 {
    let (total, slope) = weighted_squares(groups, arms, ratio);
    let mut value = -((rows - arms) as f64) * slope / total;
    let mut weight_sum = vec![0.0; arms];
    let mut weight_slope = vec![0.0; arms];
    for group in groups {
        let inflation = 1.0 + group.size * ratio;
        value -= group.size / inflation;
        weight_sum[group.arm] += group.size / inflation;
        weight_slope[group.arm] -= group.size * group.size / (inflation * inflation);
    }
    for (sum, slope) in weight_sum.iter().zip(&weight_slope) {
        value -= slope / sum;
    }
    value
}

/// Factor by which clustering inflates the variance of a mean: `1 + ((1 + cv^2) m - 1) icc`.
///
/// `mean_size` m and coefficient of variation `cv` of the cluster sizes. Eldridge, Ashby & Kerry (2006),
/// <https://doi.org/10.1093/ije/dyl129>; with equal sizes Kish's `1 + (m - 1) icc`.
///
/// # Example
/// ```
/// use stapjes::estimate::intraclass::design_effect;
///
/// // Kish: 1 + 19 * 0.05; with sizes that vary by 60 %: 1 + (1.36 * 20 - 1) * 0.05
/// assert!((design_effect(20.0, 0.0, 0.05) - 1.95).abs() < 1e-12);
/// assert!((design_effect(20.0, 0.6, 0.05) - 2.31).abs() < 1e-12);
/// ```
pub fn design_effect(mean_size: f64, variation: f64, intraclass_correlation: f64) -> f64 {
    1.0 + ((1.0 + variation * variation) * mean_size - 1.0) * intraclass_correlation
}

/// Mean and coefficient of variation (divisor: number of clusters) of cluster sizes.
///
/// # Example
/// ```
/// use stapjes::estimate::intraclass::size_variation;
///
/// // Mean 20, standard deviation 10.
/// assert_eq!(size_variation(&[10.0, 30.0, 10.0, 30.0]), (20.0, 0.5));
/// ```
pub fn size_variation(sizes: &[f64]) -> (f64, f64) {
    let count = sizes.len() as f64;
    let mean = sizes.iter().sum::<f64>() / count;
    let variance = sizes.iter().map(|size| (size - mean) * (size - mean)).sum::<f64>() / count;
    (mean, libm::sqrt(variance) / mean)
}

/// A cluster.
struct Group {
    /// Arm.
    arm: usize,
    /// Rows.
    size: f64,
    /// Mean.
    mean: f64,
    /// Sum of squared deviations from the cluster mean.
    squares: f64,
}

/// An arm.
struct ArmTotal {
    /// Rows.
    size: f64,
    /// Mean.
    mean: f64,
}

impl Group {
    /// The clusters of the data.
    fn collect(values: &[f64], cluster: &[u32], arm: Option<&[u32]>) -> Result<Vec<Self>, EstimateError> {
        let rows = values.len();
        require_some(rows)?;
        require_equal(rows, arm.map(<[u32]>::len).into_iter().chain([cluster.len()]))?;
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(EstimateError::data(said!(
                "de waarde in rij {} is geen eindig getal",
                "the value in row {} is not a finite number",
                row + 1
            )));
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|a, b| cluster[*a].cmp(&cluster[*b]).then(values[*a].total_cmp(&values[*b])));
        let mut arm_labels = arm.map_or_else(|| vec![0], <[u32]>::to_vec);
        arm_labels.sort_unstable();
        arm_labels.dedup();
        let arm_of = |row: usize| arm.map_or(0, |arm| arm_labels.partition_point(|label| *label < arm[row]));
        order
            .chunk_by(|a, b| cluster[*a] == cluster[*b])
            .map(|members| Self::of(values, members, arm_of))
            .collect()
    }

    /// One cluster.
    fn of(values: &[f64], members: &[usize], arm_of: impl Fn(usize) -> usize) -> Result<Self, EstimateError> {
        let arm = arm_of(members[0]);
        if members.iter().any(|row| arm_of(*row) != arm) {
            return Err(EstimateError::data(said!(
                "een cluster heeft rijen in meer dan één groep; zonder --arm komt de correlatie \
                     over alle rijen",
                "a cluster has rows in more than one arm; without --arm the correlation over all rows is given"
            )));
        }
        let size = members.len() as f64;
        let mean = members.iter().map(|row| values[*row]).sum::<f64>() / size;
        let squares = members.iter().map(|row| (values[*row] - mean) * (values[*row] - mean)).sum();
        Ok(Self { arm, size, mean, squares })
    }
}

/// The arms of the clusters.
fn arm_totals(groups: &[Group]) -> Vec<ArmTotal> {
    let arms = groups.iter().map(|group| group.arm + 1).max().unwrap_or(0);
    let mut totals: Vec<ArmTotal> = (0..arms).map(|_| ArmTotal { size: 0.0, mean: 0.0 }).collect();
    for group in groups {
        let total = &mut totals[group.arm];
        total.size += group.size;
        total.mean += (group.mean - total.mean) * group.size / total.size;
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms of Eldridge (2006).
    #[test]
    fn design_effects() {
        assert!((design_effect(20.0, 0.0, 0.05) - 1.95).abs() < 1e-12);
        assert!((design_effect(100.0, 0.0, 0.01) - 1.99).abs() < 1e-12);
        assert!((design_effect(20.0, 0.6, 0.05) - 2.31).abs() < 1e-12);
        let (mean, cv) = size_variation(&[10.0, 30.0]);
        assert!((mean, cv) == (20.0, 0.5));
    }

    #[test]
    fn restricted_likelihood_is_anova_for_equal_sizes() {
        let values = [1.0, 2.0, 4.0, 5.5, 9.0, 8.0, 2.0, 1.5];
        let cluster = [0, 0, 1, 1, 2, 2, 3, 3];
        let layout = OneWayLayout::new(&values, &cluster, None).unwrap();
        let (anova, reml) = (layout.anova(), restricted_maximum_likelihood(&values, &cluster, None).unwrap());
        assert!((anova.between / reml.between - 1.0).abs() < 1e-10);
        assert!((anova.within / reml.within - 1.0).abs() < 1e-10);
        let none = [1.0, 9.0, 2.0, 8.0, 1.5, 8.5, 1.0, 9.0];
        assert_eq!(restricted_maximum_likelihood(&none, &cluster, None).unwrap().between, 0.0);
        assert!(OneWayLayout::new(&none, &cluster, None).unwrap().anova().between < 0.0);
    }

    #[test]
    fn refuses_what_has_no_answer() {
        assert!(OneWayLayout::new(&[1.0, 2.0], &[5, 5], None).is_err());
        assert!(OneWayLayout::new(&[1.0, 2.0], &[5, 6], None).is_err());
        assert!(OneWayLayout::new(&[1.0, 2.0, 3.0], &[5, 5, 6], Some(&[0, 1, 1])).is_err());
    }
}
