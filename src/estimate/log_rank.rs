//! The log-rank test and its weighted relatives, for any number of arms, with or without strata.
//!
//! At every event time the events of an arm are compared with their expectation under equal hazards, given the margins:
//! U_g = sum of w (d_g - d n_g / n), with the hypergeometric covariance
//! V_gh = sum of w^2 d (n - d) / (n - 1) * (n_g / n) (delta_gh - n_h / n). Strata add up. The statistic is the quadratic form
//! of U over the arms with expected events but the first, chi-square with that many degrees of freedom.
//!
//! Assumes independent censoring given arm and stratum; ties are handled by the hypergeometric variance (factor
//! (n - d) / (n - 1)). Delayed entry enters through the risk sets. Two arms: z = U / sqrt V of the second arm, positive when it
//! has more events than expected.
//!
//! References: Mantel (1966); Peto & Peto (1972), doi:10.2307/2344317; Harrington & Fleming (1982),
//! doi:10.1093/biomet/69.3.553. Checked against R survival::survdiff (rho family, strata), simtrial::wlr, nphRCT::wlrt,
//! lrstat::lrtest, and SAS PROC LIFETEST (WHAS500).

use super::risk_table::{Builder, Ending, RiskTable, rows_of};
use super::weights::{Pooled, Weight, fill_weights};
use super::{Alternative, EstimateError, Options, require_arms, require_valid};
use crate::observe::Dataset;
use crate::said;
use crate::stats::{chi_square, normal};
use nalgebra::{DMatrix, DVector};

/// Result of a (weighted, stratified) log-rank test.
///
/// # Example
/// ```
/// use stapjes::estimate::log_rank::log_rank;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::estimate::weights::Weight;
/// use stapjes::observe::Dataset;
///
/// let found = log_rank(&Dataset::example(), Ending::Any, Weight::LogRank)?;
/// // Of two arms, the statistic is the square of the second arm's; more left there than expected, so it is positive.
/// let z = found.z().expect("two arms");
/// assert!(z > 0.0 && (z * z - found.chi_square).abs() < 1e-9 && found.degrees_of_freedom == 1.0);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogRank {
    /// Weighted events of each arm.
    pub observed: Vec<f64>,
    /// Weighted expected events of each arm.
    pub expected: Vec<f64>,
    /// Covariance matrix of observed - expected, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Chi-square statistic.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: f64,
    /// Two-sided p-value.
    pub p_value: f64,
}

impl LogRank {
    /// (O - E) / sqrt V of the second of two arms.
    pub fn z(&self) -> Option<f64> {
        (self.observed.len() == 2)
            .then(|| (self.observed[1] - self.expected[1]) / libm::sqrt(self.covariance[1][1]))
    }
}

/// Runs the test for events of `ending`, stratified when the data have strata.
///
/// # Example
/// ```
/// use stapjes::estimate::log_rank::log_rank;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::estimate::weights::Weight;
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// // R: survdiff(Surv(time, cause > 0) ~ arm): 6 events in `personal`, 4.386111 expected, chi-square 1.108225
/// let found = log_rank(&data, Ending::Any, Weight::LogRank)?;
/// assert!((found.observed[1] - 6.0).abs() < 1e-12 && (found.expected[1] - 4.386_111_111_1).abs() < 1e-9);
/// assert!((found.chi_square - 1.108_224_991).abs() < 1e-9);
/// // Late differences weigh more; the sums written out in R: U = 0.2953125, V = 0.2790721396.
/// let late = log_rank(&data, Ending::Any, Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 })?;
/// assert!((late.z().expect("two arms") - 0.559_015_164_4).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Invalid data or weight; fewer than two arms; [`EstimateError::NoEvents`]; [`EstimateError::NoVariance`] when events
/// and risk sets leave nothing to compare.
pub fn log_rank(data: &Dataset, ending: Ending, weight: Weight) -> Result<LogRank, EstimateError> {
    weight.require_valid()?;
    require_arms(data, 2, usize::MAX)?;
    let groups = data.arm_names.len();
    let mut sums = Sums::new(groups);
    let (mut pooled, mut weights) = (Pooled::default(), Vec::new());
    for table in RiskTable::by_stratum(data, ending) {
        pooled.fill(&table);
        fill_weights(weight, &table.times, &pooled, &mut weights);
        sums.add(&table, &pooled, &weights);
    }
    sums.test()
}

/// Sums over times.
struct Sums {
    /// Weighted events by group.
    observed: Vec<f64>,
    /// Their expectation.
    expected: Vec<f64>,
    /// Covariance of the differences.
    covariance: Vec<Vec<f64>>,
    /// Events in all.
    events: f64,
}

impl Sums {
    /// Nothing yet.
    fn new(groups: usize) -> Self {
        let zero = vec![0.0; groups];
        Self { observed: zero.clone(), expected: zero.clone(), covariance: vec![zero; groups], events: 0.0 }
    }

    /// Adds a stratum.
    fn add(&mut self, table: &RiskTable, pooled: &Pooled, weights: &[f64]) {
        let groups = table.groups;
        for (t, &w) in weights.iter().enumerate() {
            let (n, d) = (pooled.at_risk[t], pooled.events[t]);
            if d == 0.0 {
                continue;
            }
            self.events += d;
            let spread = if n > 1.0 { w * w * d * (n - d) / (n - 1.0) } else { 0.0 };
            for g in 0..groups {
                let share = table.at_risk(t, g) / n;
                self.observed[g] += w * table.events(t, g, 0);
                self.expected[g] += w * d * share;
                for h in 0..groups {
                    let other = table.at_risk(t, h) / n;
                    self.covariance[g][h] += spread * share * (f64::from(u8::from(g == h)) - other);
                }
            }
        }
    }

    /// The test.
    fn test(self) -> Result<LogRank, EstimateError> {
        if self.events == 0.0 {
            return Err(EstimateError::NoEvents {
                what: said!("gebeurtenissen in enige groep", "events in any arm"),
            });
        }
        let used: Vec<usize> = (0..self.expected.len()).filter(|&g| self.expected[g] > 0.0).skip(1).collect();
        let difference =
            DVector::from_iterator(used.len(), used.iter().map(|&g| self.observed[g] - self.expected[g]));
        let matrix = DMatrix::from_fn(used.len(), used.len(), |i, j| self.covariance[used[i]][used[j]]);
        let chi_square = match matrix.cholesky() {
            Some(factor) if !used.is_empty() => difference.dot(&factor.solve(&difference)),
            _ => {
                let what = said!(
                    "op geen tijd van een gebeurtenis zijn deelnemers van verschillende groepen \
                         onder risico met een kans op verschil",
                    "at no event time are participants of different arms at risk with a chance to differ"
                );
                return Err(EstimateError::NoVariance { what });
            }
        };
        let degrees_of_freedom = used.len() as f64;
        Ok(LogRank {
            p_value: chi_square::upper_tail(chi_square, degrees_of_freedom),
            observed: self.observed,
            expected: self.expected,
            covariance: self.covariance,
            chi_square,
            degrees_of_freedom,
        })
    }
}

/// Score and variance of a two-arm test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Observed less expected (weighted) events of the second arm.
    pub score: f64,
    /// Its variance.
    pub variance: f64,
}

/// Space for two-arm rank tests on many data sets: after the first data set nothing is allocated (strata excepted).
#[derive(Clone, Debug, Default)]
pub struct RankWorkspace {
    /// Sorts rows.
    builder: Builder,
    /// Numbers at risk.
    table: RiskTable,
    /// Pooled curve.
    pooled: Pooled,
    /// Weights, one list per statistic.
    weights: Vec<Vec<f64>>,
}

/// Most weights that one combination test takes.
pub(crate) const MOST_WEIGHTS: usize = crate::stats::multivariate_normal::MOST_DIMENSIONS;

/// Scores of several weights with their covariance (Karrison).
///
/// # Example
/// ```
/// use stapjes::estimate::log_rank::{RankWorkspace, log_rank};
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::estimate::weights::Weight;
/// use stapjes::observe::Dataset;
///
/// let (data, late) = (Dataset::example(), Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 });
/// let scores = RankWorkspace::default().scores(&data, Ending::Any, &[Weight::LogRank, late])?;
/// // Each statistic is that of a test with its weight alone; together they are correlated.
/// for (at, weight) in [Weight::LogRank, late].into_iter().enumerate() {
///     let alone = log_rank(&data, Ending::Any, weight)?.z().expect("two arms");
///     assert!((scores.z(at) - alone).abs() < 1e-9);
/// }
/// assert!(scores.count == 2 && scores.covariance[0][1] > 0.0);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Number of weights.
    pub count: usize,
    /// Weighted observed less expected events of the second arm.
    pub score: [f64; MOST_WEIGHTS],
    /// Covariance of the scores.
    pub covariance: [[f64; MOST_WEIGHTS]; MOST_WEIGHTS],
}

impl Scores {
    /// Standard normal statistic of each weight.
    pub fn z(&self, i: usize) -> f64 {
        self.score[i] / libm::sqrt(self.covariance[i][i])
    }
}

impl RankWorkspace {
    /// Log-rank score of a two-arm data set.
    ///
    /// # Errors
    /// As [`log_rank`], and more than two arms.
    pub fn log_rank(&mut self, data: &Dataset, ending: Ending) -> Result<Score, EstimateError> {
        let scores = self.scores(data, ending, &[Weight::LogRank])?;
        Ok(Score { score: scores.score[0], variance: scores.covariance[0][0] })
    }

    /// Scores of several weights on one two-arm data set, with their covariance.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::log_rank::RankWorkspace;
    /// use stapjes::estimate::risk_table::Ending;
    /// use stapjes::estimate::weights::Weight;
    /// use stapjes::observe::Dataset;
    ///
    /// let weights = [Weight::LogRank, Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 }];
    /// let found = RankWorkspace::default().scores(&Dataset::example(), Ending::Any, &weights)?;
    /// // The sums written out in R: z of each weight, and their correlation.
    /// assert!((found.z(0) - 1.052_722_656).abs() < 1e-9 && (found.z(1) - 0.559_015_164_4).abs() < 1e-9);
    /// let v = &found.covariance;
    /// assert!((v[0][1] / (v[0][0] * v[1][1]).sqrt() - 0.811_971_318_6).abs() < 1e-9);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// As [`log_rank`], more than two arms, no weight or more than `MOST_WEIGHTS`.
    pub fn scores(
        &mut self,
        data: &Dataset,
        ending: Ending,
        weights: &[Weight],
    ) -> Result<Scores, EstimateError> {
        if weights.is_empty() || weights.len() > MOST_WEIGHTS {
            return Err(EstimateError::option(
                "weights",
                said!(
                    "tussen 1 en {most_weights} mag",
                    "between 1 and {most_weights} are allowed",
                    most_weights = MOST_WEIGHTS
                ),
            ));
        }
        weights.iter().try_for_each(|weight| weight.require_valid())?;
        require_two_arms(data)?;
        let mut scores = Scores { count: weights.len(), ..Scores::default() };
        if data.stratum.is_none() && data.start.is_none() {
            let mut table = std::mem::take(&mut self.table);
            self.builder.fill(&mut table, 2, 1, true, rows_of(data, ending));
            self.add(&table, weights, &mut scores);
            self.table = table;
        } else {
            for table in RiskTable::by_stratum(data, ending) {
                self.add(&table, weights, &mut scores);
            }
        }
        let missing =
            (0..weights.len()).find(|&i| scores.covariance[i][i].is_nan() || scores.covariance[i][i] <= 0.0);
        match missing {
            None => Ok(scores),
            Some(_) if !data.cause.iter().any(|&cause| ending.column_of(cause) > 0) => {
                Err(EstimateError::NoEvents {
                    what: said!("gebeurtenissen in enige groep", "events in any arm"),
                })
            }
            Some(i) => Err(EstimateError::NoVariance {
                what: said!(
                    "met {} telt geen tijd van een gebeurtenis waarop beide groepen er zijn",
                    "with {} no event time with both arms at risk counts",
                    weights[i].said()
                ),
            }),
        }
    }

    /// Adds a stratum to several scores.
    fn add(&mut self, table: &RiskTable, weights: &[Weight], scores: &mut Scores) {
        self.pooled.fill(table);
        self.weights.resize_with(weights.len().max(self.weights.len()), Vec::new);
        for (weight, values) in weights.iter().zip(&mut self.weights) {
            fill_weights(*weight, &table.times, &self.pooled, values);
        }
        for t in 0..table.len() {
            let (n, d) = (self.pooled.at_risk[t], self.pooled.events[t]);
            if d == 0.0 {
                continue;
            }
            let share = table.at_risk(t, 1) / n;
            let difference = table.events(t, 1, 0) - d * share;
            let variance = if n > 1.0 { d * (n - d) / (n - 1.0) * share * (1.0 - share) } else { 0.0 };
            for i in 0..weights.len() {
                let w = self.weights[i][t];
                scores.score[i] += w * difference;
                for j in 0..=i {
                    scores.covariance[i][j] += w * self.weights[j][t] * variance;
                }
            }
        }
        for i in 0..weights.len() {
            for j in 0..i {
                scores.covariance[j][i] = scores.covariance[i][j];
            }
        }
    }
}

/// Validity and the number of arms, without allocating.
fn require_two_arms(data: &Dataset) -> Result<(), EstimateError> {
    require_valid(data)?;
    match data.arm_names.len() {
        2 => {}
        found @ (0 | 1) => return Err(EstimateError::TooFewArms { found, needed: 2 }),
        found => return Err(EstimateError::TooManyArms { found, allowed: 2 }),
    }
    match (0..2).find(|arm| !data.arm.contains(arm)) {
        Some(arm) => Err(EstimateError::EmptyArm { arm: data.arm_names[arm as usize].clone() }),
        None => Ok(()),
    }
}

/// p-value of a standard normal statistic in the direction asked for.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::log_rank::p_of_z;
///
/// // R: 2 * pnorm(-1.96), pnorm(-1.96), pnorm(1.96)
/// assert!((p_of_z(-1.96, Alternative::TwoSided) - 0.049_995_790_3).abs() < 1e-9);
/// assert!((p_of_z(-1.96, Alternative::Less) - 0.024_997_895_1).abs() < 1e-9);
/// assert!((p_of_z(-1.96, Alternative::Greater) - 0.975_002_104_9).abs() < 1e-9);
/// ```
pub fn p_of_z(z: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => normal::two_sided_p(z),
        Alternative::Less => normal::cdf(z),
        Alternative::Greater => normal::upper_tail(z),
    }
}

/// The events that the options ask for.
///
/// # Example
/// ```
/// use stapjes::estimate::Options;
/// use stapjes::estimate::log_rank::ending_of;
/// use stapjes::estimate::risk_table::Ending;
///
/// assert_eq!(ending_of(&Options::default()), Ending::Any);
/// assert_eq!(ending_of(&Options { cause: Some(2), ..Options::default() }), Ending::Cause(2));
/// ```
pub fn ending_of(options: &Options) -> Ending {
    options.cause.map_or(Ending::Any, Ending::Cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Dataset {
        let time = [6., 7., 10., 15., 19., 25., 2., 3., 7., 7., 12., 25., 1., 4., 9.];
        let cause = [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1];
        let arm = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0];
        Dataset {
            time: time.to_vec(),
            cause: cause.to_vec(),
            arm: arm.to_vec(),
            arm_names: vec!["a".into(), "b".into()],
            ..Dataset::default()
        }
    }

    const WEIGHTS: [Weight; 10] = [
        Weight::LogRank,
        Weight::FlemingHarrington { rho: 0.5, gamma: 2.0 },
        Weight::Gehan,
        Weight::TaroneWare,
        Weight::Peto,
        Weight::Andersen,
        Weight::ModestByTime { t_star: 9.0 },
        Weight::ModestBySurvival { s_star: 0.5 },
        Weight::MagirrBurman { delay: 9.0, largest: 2.0 },
        Weight::EarlyZero { until: 7.0 },
    ];

    #[test]
    fn workspace_and_general_test_agree() {
        let mut workspace = RankWorkspace::default();
        for stratified in [false, true] {
            let mut data = data();
            data.stratum = stratified.then(|| (0..15).map(|i| i % 2).collect());
            for weight in WEIGHTS {
                let general = log_rank(&data, Ending::Any, weight).unwrap();
                let fast = workspace.scores(&data, Ending::Any, &[weight]).unwrap();
                assert!((general.z().unwrap() - fast.z(0)).abs() < 1e-12, "{weight:?}");
                assert!((general.chi_square - fast.z(0) * fast.z(0)).abs() < 1e-11);
            }
        }
    }

    #[test]
    fn fleming_harrington_zero_zero_is_log_rank() {
        let zero = Weight::FlemingHarrington { rho: 0.0, gamma: 0.0 };
        assert_eq!(log_rank(&data(), Ending::Any, zero), log_rank(&data(), Ending::Any, Weight::LogRank));
    }

    #[test]
    fn order_of_rows_changes_nothing() {
        let original = data();
        let order = [14, 3, 7, 0, 12, 5, 9, 1, 13, 2, 11, 4, 8, 6, 10];
        let mut shuffled = data();
        for (new, &old) in order.iter().enumerate() {
            shuffled.time[new] = original.time[old];
            shuffled.cause[new] = original.cause[old];
            shuffled.arm[new] = original.arm[old];
        }
        for weight in WEIGHTS {
            assert_eq!(log_rank(&original, Ending::Any, weight), log_rank(&shuffled, Ending::Any, weight));
        }
    }

    #[test]
    fn refuses_in_words() {
        let mut none = data();
        none.cause.iter_mut().for_each(|cause| *cause = 0);
        assert!(matches!(log_rank(&none, Ending::Any, Weight::LogRank), Err(EstimateError::NoEvents { .. })));
        let mut workspace = RankWorkspace::default();
        assert!(matches!(workspace.log_rank(&none, Ending::Any), Err(EstimateError::NoEvents { .. })));
        let mut tied = data();
        tied.time.iter_mut().for_each(|time| *time = 3.0);
        tied.cause.iter_mut().for_each(|cause| *cause = 1);
        assert!(matches!(
            log_rank(&tied, Ending::Any, Weight::LogRank),
            Err(EstimateError::NoVariance { .. })
        ));
        let negative = Weight::FlemingHarrington { rho: -1.0, gamma: 0.0 };
        assert!(log_rank(&data(), Ending::Any, negative).is_err());
    }
}
