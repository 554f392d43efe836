//! Cluster-robust covariances corrected for a small number of clusters.

use super::design::{Design, for_each_event_time};
use super::fit::{CoxFit, unscale_matrix};
use super::robust::cluster_members;
use crate::estimate::EstimateError;
use crate::estimate::newton::collinear;
use crate::stats::student_t;
use nalgebra::{DMatrix, DVector};

/// The corrections. `MartingaleResidual*` first removes the bias of the estimated martingale residuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterCorrection {
    /// No correction: the sandwich itself, in Breslow's form.
    None,
    /// Mancl & DeRouen (2001), <https://doi.org/10.1111/j.0006-341X.2001.00126.x>: cluster scores times `I (I - O_k)^-1`.
    ManclDeRouen,
    /// Kauermann & Carroll (2001), <https://doi.org/10.1198/016214501753382309>: half of that correction, made symmetric.
    KauermannCarroll,
    /// Fay & Graubard (2001), <https://doi.org/10.1111/j.0006-341X.2001.01198.x>: scores times
    /// `(1 - min(0.75, diag(O_k I^-1)))^-1/2`.
    FayGraubard,
    /// Morel, Bokossa & Neerchal (2003), <https://doi.org/10.1002/bimj.200390021>: inflates and adds a multiple of `I^-1`.
    MorelBokossaNeerchal,
    /// Martingale-residual correction alone (Wang, Turner & Li 2023, <https://doi.org/10.1002/bimj.202200113>).
    MartingaleResidual,
    /// Martingale-residual correction, then Mancl-DeRouen.
    MartingaleResidualManclDeRouen,
    /// Martingale-residual correction, then Kauermann-Carroll.
    MartingaleResidualKauermannCarroll,
    /// Martingale-residual correction, then Fay-Graubard.
    MartingaleResidualFayGraubard,
    /// Martingale-residual correction, then Morel-Bokossa-Neerchal.
    MartingaleResidualMorelBokossaNeerchal,
}

impl ClusterCorrection {
    /// All corrections, with the short names used in results and on the command line.
    pub const ALL: [(&'static str, Self); 10] = [
        ("rob", Self::None),
        ("md", Self::ManclDeRouen),
        ("kc", Self::KauermannCarroll),
        ("fg", Self::FayGraubard),
        ("mbn", Self::MorelBokossaNeerchal),
        ("mr", Self::MartingaleResidual),
        ("mdmr", Self::MartingaleResidualManclDeRouen),
        ("kcmr", Self::MartingaleResidualKauermannCarroll),
        ("fgmr", Self::MartingaleResidualFayGraubard),
        ("mbnmr", Self::MartingaleResidualMorelBokossaNeerchal),
    ];

    /// The kind of correction, and whether the martingale residuals are corrected first.
    fn parts(self) -> (Self, bool) {
        match self {
            Self::MartingaleResidual => (Self::None, true),
            Self::MartingaleResidualManclDeRouen => (Self::ManclDeRouen, true),
            Self::MartingaleResidualKauermannCarroll => (Self::KauermannCarroll, true),
            Self::MartingaleResidualFayGraubard => (Self::FayGraubard, true),
            Self::MartingaleResidualMorelBokossaNeerchal => (Self::MorelBokossaNeerchal, true),
            other => (other, false),
        }
    }
}

/// The pieces from which every correction is made: computed once, in time proportional to rows times their logarithm.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::{ClusterCorrection, CoxData, CoxModel, Term, Ties};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
/// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
/// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
/// let fit = CoxModel { data: rows, terms: &personal, ties: Ties::Efron }.fit()?;
/// let caseworker: Vec<u32> = (0..16).map(|row| row / 2).collect();
/// let small = fit.small_sample(&caseworker)?;
/// // A test is the estimate over the root of the corrected variance, against t with clusters less covariates.
/// let correction = ClusterCorrection::ManclDeRouen;
/// let variance = small.covariance(correction).expect("no cluster carries all")[(0, 0)];
/// assert_eq!(small.tests(correction).expect("no cluster carries all")[0].0, variance.sqrt());
/// assert_eq!(small.degrees_of_freedom(), 7.0);
/// // CoxBcv holds the baseline hazard fixed: another number, for the same correction.
/// let of_package = small.covariance_of_cox_bcv(correction).expect("no cluster carries all")[(0, 0)];
/// assert!(of_package != variance && (of_package / variance - 1.0).abs() < 0.2);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SmallSampleCox {
    /// Number of clusters `K`.
    pub clusters: usize,
    /// Coefficients, scaled.
    scaled_estimate: Vec<f64>,
    /// Scales.
    scale: Vec<f64>,
    /// Rows.
    rows: usize,
    /// `I^-1` with Breslow's information.
    naive: DMatrix<f64>,
    /// Information, scaled.
    information: DMatrix<f64>,
    /// Cluster scores, one column per cluster, plain and with the martingale-residual correction.
    scores: Vec<DVector<f64>>,
    /// Scores of clusters, corrected by their leverage.
    corrected_scores: Vec<DVector<f64>>,
    /// The same as `CoxBcv` computes it: each component knows of the plain score only the components up to itself.
    stepwise_scores: Vec<DVector<f64>>,
    /// Minus the derivative of each cluster score, the baseline hazard moving along with the coefficients.
    slopes: Vec<DMatrix<f64>>,
    /// The same with the baseline hazard held fixed, as `CoxBcv` has it.
    fixed_slopes: Vec<DMatrix<f64>>,
}

impl CoxFit {
    /// Prepares the small-sample corrections of Wang, Turner & Li (2023), <https://doi.org/10.1002/bimj.202200113>, for marginal
    /// Cox models of cluster trials.
    ///
    /// Scores and information take Breslow's form at the fitted coefficients whatever the ties of the fit, as in R's
    /// `CoxBcv` (which fits with Efron); without ties that is no difference. With several covariates the
    /// martingale-residual correction uses the whole score vector of a cluster; `CoxBcv` 0.0.1.0 uses only the
    /// components it has already computed, so that its numbers depend on the order of the covariates. `CoxBcv` also takes the
    /// slope of a cluster's score with the baseline hazard held fixed, so that its MD, KC and FG depend on where a covariate
    /// has its zero and on which arm is the control (a year of birth instead of an age can make the error 40 times as
    /// large). Here the estimated baseline hazard moves along with the coefficients: each cluster's slope is
    /// `sum_i [d_i V(t_i) + r_i int ((x_i - xbar)(x_i - xbar)' - V) dH]`, which knows only differences of covariates; the
    /// slopes add up to the information either way. [`SmallSampleCox::covariance_of_cox_bcv`] gives CoxBcv's own numbers.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::cox::{ClusterCorrection, CoxData, CoxModel, Term, Ties};
    /// use stapjes::observe::Dataset;
    ///
    /// let data = Dataset::example();
    /// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
    /// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
    /// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
    /// let caseworker: Vec<u32> = (0..16).map(|row| row / 2).collect();
    /// let fit = CoxModel { data: rows, terms: &personal, ties: Ties::Breslow }.fit()?;
    /// let small = fit.small_sample(&caseworker)?;
    /// let error = |correction| small.tests(correction).expect("no cluster carries all")[0].0;
    /// // Uncorrected it is the sandwich: R's coxph(..., ties = "breslow", cluster = caseworker) gives 0.6861031.
    /// assert!((error(ClusterCorrection::None) - 0.686_103_147_9).abs() < 1e-8);
    /// // Mancl-DeRouen corrects most, Kauermann-Carroll half of that; t with 8 - 1 degrees of freedom.
    /// assert!(error(ClusterCorrection::KauermannCarroll) > error(ClusterCorrection::None));
    /// assert!(error(ClusterCorrection::ManclDeRouen) > error(ClusterCorrection::KauermannCarroll));
    /// assert_eq!(small.degrees_of_freedom(), 7.0);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two clusters, or not more clusters than covariates.
    pub fn small_sample(&self, cluster: &[u32]) -> Result<SmallSampleCox, EstimateError> {
        let (member, clusters) = cluster_members(cluster, self.rows)?;
        let p = self.names.len();
        if clusters <= p {
            return Err(EstimateError::TooFewClusters { found: clusters, needed: p + 1 });
        }
        Pieces::new(&self.design, &self.scaled, &member, clusters).finish(self, clusters)
    }
}

impl SmallSampleCox {
    /// Covariance of the coefficients under a correction; `None` when a cluster carries so much of the information that
    /// the correction does not exist.
    #[must_use]
    pub fn covariance(&self, correction: ClusterCorrection) -> Option<DMatrix<f64>> {
        let martingale = correction.parts().1;
        let scores = if martingale { &self.corrected_scores } else { &self.scores };
        self.covariance_of(correction, scores, &self.slopes)
    }

    /// The covariance that R's `CoxBcv` 0.0.1.0 gives, which depends on where the covariates have their zero and, with a
    /// correction of the martingale residuals, on their order (see [`CoxFit::small_sample`]).
    #[must_use]
    pub fn covariance_of_cox_bcv(&self, correction: ClusterCorrection) -> Option<DMatrix<f64>> {
        let martingale = correction.parts().1;
        let scores = if martingale { &self.stepwise_scores } else { &self.scores };
        self.covariance_of(correction, scores, &self.fixed_slopes)
    }

    /// Covariance from corrected scores.
    fn covariance_of(
        &self,
        correction: ClusterCorrection,
        scores: &[DVector<f64>],
        slopes: &[DMatrix<f64>],
    ) -> Option<DMatrix<f64>> {
        let kind = correction.parts().0;
        let meat = match kind {
            ClusterCorrection::ManclDeRouen => outer(&self.leveraged(scores, slopes)?),
            ClusterCorrection::KauermannCarroll => self.half_leveraged(scores, slopes)?,
            ClusterCorrection::FayGraubard => outer(&self.inflated(scores, slopes)),
            _ => outer(scores),
        };
        let sandwich = &self.naive * &meat * &self.naive;
        let scaled = if kind == ClusterCorrection::MorelBokossaNeerchal {
            self.morel_bokossa_neerchal(&sandwich, &meat)
        } else {
            sandwich
        };
        Some(unscale_matrix(&scaled, &self.scale))
    }

    /// Degrees of freedom `K - p` of the reference t distribution.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> f64 {
        (self.clusters - self.scale.len()) as f64
    }

    /// Standard error and two-sided p-value by `t(K - p)` of each coefficient.
    #[must_use]
    pub fn tests(&self, correction: ClusterCorrection) -> Option<Vec<(f64, f64)>> {
        let covariance = self.covariance(correction)?;
        let tests = self.scaled_estimate.iter().zip(&self.scale).enumerate().map(|(i, (estimate, scale))| {
            let standard_error = covariance[(i, i)].sqrt();
            let statistic = estimate / scale / standard_error;
            (standard_error, student_t::two_sided_p(statistic, self.degrees_of_freedom()))
        });
        Some(tests.collect())
    }

    /// Scores by Mancl and DeRouen (2001): the whole leverage.
    fn leveraged(&self, scores: &[DVector<f64>], slopes: &[DMatrix<f64>]) -> Option<Vec<DVector<f64>>> {
        let pairs = slopes.iter().zip(scores);
        pairs
            .map(|(slope, score)| Some(&self.information * (&self.information - slope).lu().solve(score)?))
            .collect()
    }

    /// By Kauermann and Carroll (2001): half of that correction, made symmetric.
    fn half_leveraged(&self, scores: &[DVector<f64>], slopes: &[DMatrix<f64>]) -> Option<DMatrix<f64>> {
        let p = self.scale.len();
        let mut meat = DMatrix::zeros(p, p);
        for (leveraged, score) in self.leveraged(scores, slopes)?.iter().zip(scores) {
            meat += leveraged * score.transpose();
        }
        Some((&meat + meat.transpose()) / 2.0)
    }

    /// By Fay and Graubard (2001): diagonal only.
    fn inflated(&self, scores: &[DVector<f64>], slopes: &[DMatrix<f64>]) -> Vec<DVector<f64>> {
        let pairs = slopes.iter().zip(scores);
        let inflate = |(slope, score): (&DMatrix<f64>, &DVector<f64>)| {
            let leverage = (slope * &self.naive).diagonal();
            DVector::from_fn(score.len(), |i, _| score[i] / (1.0 - leverage[i].min(0.75)).sqrt())
        };
        pairs.map(inflate).collect()
    }

    /// By Morel, Bokossa and Neerchal (2003): an added part.
    fn morel_bokossa_neerchal(&self, sandwich: &DMatrix<f64>, meat: &DMatrix<f64>) -> DMatrix<f64> {
        let (n, k, p) = (self.rows as f64, self.clusters as f64, self.scale.len() as f64);
        let inflation = (n - 1.0) * k / ((n - p) * (k - 1.0));
        let share = (p / (k - p)).min(0.5);
        let design_effect = ((&self.naive * meat).trace() * inflation / p).max(1.0);
        sandwich * inflation + &self.naive * (share * design_effect)
    }
}

/// Sum of outer products.
fn outer(scores: &[DVector<f64>]) -> DMatrix<f64> {
    let p = scores[0].len();
    scores.iter().fold(DMatrix::zeros(p, p), |sum, score| sum + score * score.transpose())
}

/// Sums over the event times of one stratum up to and including each, in rising order.
#[derive(Default)]
struct Sums {
    /// Times.
    time: Vec<f64>,
    /// `columns` numbers per time: what [`step`] puts there, cumulated.
    values: Vec<f64>,
    /// Variance of the covariates over those at risk, `p * p` per time, not cumulated.
    variance: Vec<f64>,
    /// Mean of the covariates, `p` per time, and the sum of risk scores, not cumulated.
    mean: Vec<f64>,
    /// Sums at each time, row by row.
    at_risk: Vec<f64>,
}

/// Where the cumulated sums of a time stand: hazard `h`, `h m`, `h m m'`, `h V`, `h/s0`, `h m/s0`.
struct Layout {
    /// Columns.
    p: usize,
}

impl Layout {
    /// Numbers per time.
    fn width(&self) -> usize {
        2 + 2 * self.p + 2 * self.p * self.p
    }

    /// Place of the weighted means.
    fn weighted(&self) -> usize {
        1
    }

    /// Place of their squares.
    fn squares(&self) -> usize {
        1 + self.p
    }

    /// Place of the variances.
    fn variances(&self) -> usize {
        self.squares() + self.p * self.p
    }

    /// Place of hazards per number at risk.
    fn per_risk(&self) -> usize {
        self.variances() + self.p * self.p
    }

    /// The same, weighted.
    fn weighted_per_risk(&self) -> usize {
        self.per_risk() + 1
    }
}

impl Sums {
    /// Turns steps in falling order of time into cumulative sums in rising order.
    fn accumulate(&mut self, p: usize) {
        /// Running sums over time.
        fn rising(values: &[f64], width: usize) -> Vec<f64> {
            values.rchunks_exact(width).flatten().copied().collect()
        }
        let width = Layout { p }.width();
        self.time.reverse();
        self.at_risk.reverse();
        self.mean = rising(&self.mean, p);
        self.variance = rising(&self.variance, p * p);
        self.values = rising(&self.values, width);
        for i in width..self.values.len() {
            self.values[i] += self.values[i - width];
        }
    }

    /// How many event times lie at or before a time.
    fn until(&self, time: f64) -> usize {
        self.time.partition_point(|event| *event <= time)
    }

    /// The cumulated sums over the event times `from..until`.
    fn between(&self, from: usize, until: usize, width: usize, into: &mut Vec<f64>) {
        into.clear();
        into.extend((0..width).map(|i| {
            let upto = |count: usize| if count == 0 { 0.0 } else { self.values[(count - 1) * width + i] };
            upto(until) - upto(from)
        }));
    }
}

/// Sums over clusters.
struct Pieces {
    /// Rows.
    rows: usize,
    /// Information.
    information: DMatrix<f64>,
    /// Cluster sums of score residuals.
    scores: Vec<DVector<f64>>,
    /// Sum over rows and times of `(x - xbar)(x - xbar)' r dH`.
    spread: Vec<DMatrix<f64>>,
    /// Derivatives of the clusters' scores.
    slopes: Vec<DMatrix<f64>>,
    /// The same with the baseline hazard held fixed and covariates counted from where they have their zero.
    fixed_slopes: Vec<DMatrix<f64>>,
    /// Sum over times of `(sum over rows (x - xbar) r / S0) * (martingale increment of the cluster)`.
    martingale: Vec<DVector<f64>>,
}

impl Pieces {
    /// Every row adds what it collects between its start and its stop, read off sums over time; so does every change of the
    /// risk set of a cluster. The work is rows times the logarithm of rows.
    fn new(design: &Design, beta: &[f64], member: &[usize], clusters: usize) -> Self {
        let p = design.columns;
        let (score, _) = design.risk_scores(beta);
        let vectors = vec![DVector::zeros(p); clusters];
        let matrices = vec![DMatrix::zeros(p, p); clusters];
        let mut pieces = Self {
            rows: design.rows,
            information: DMatrix::zeros(p, p),
            scores: vectors.clone(),
            spread: matrices.clone(),
            slopes: matrices.clone(),
            fixed_slopes: matrices,
            martingale: vectors,
        };
        let strata = pieces.sums_over_time(design, &score);
        pieces.add_rows(design, &score, member, &strata);
        pieces.add_martingales(design, &score, member, &strata);
        pieces
    }

    /// Sums over each stratum's times.
    fn sums_over_time(&mut self, design: &Design, score: &[f64]) -> Vec<(u32, Sums)> {
        let p = design.columns;
        let mut strata: Vec<(u32, Sums)> = Vec::new();
        for_each_event_time(design, score, |moments| {
            if strata.last().is_none_or(|(stratum, _)| *stratum != moments.stratum) {
                strata.push((moments.stratum, Sums::default()));
            }
            let Some((_, sums)) = strata.last_mut() else { return };
            let events = moments.deaths.len() as f64;
            let hazard = events / moments.s0;
            let mean: Vec<f64> = moments.s1.iter().map(|s1| s1 / moments.s0).collect();
            let variance = |i: usize, j: usize| moments.s2[i * p + j] / moments.s0 - mean[i] * mean[j];
            sums.time.push(moments.time);
            sums.at_risk.push(moments.s0);
            sums.values.push(hazard);
            sums.values.extend(mean.iter().map(|m| m * hazard));
            sums.values.extend((0..p * p).map(|ij| mean[ij / p] * mean[ij % p] * hazard));
            for ij in 0..p * p {
                let variance = variance(ij / p, ij % p);
                sums.variance.push(variance);
                sums.values.push(variance * hazard);
                self.information[(ij / p, ij % p)] += variance * events;
            }
            sums.values.push(hazard / moments.s0);
            sums.values.extend(mean.iter().map(|m| m * hazard / moments.s0));
            sums.mean.extend_from_slice(&mean);
        });
        strata.iter_mut().for_each(|(_, sums)| sums.accumulate(p));
        strata
    }

    /// Adds every row to its cluster.
    fn add_rows(&mut self, design: &Design, score: &[f64], member: &[usize], strata: &[(u32, Sums)]) {
        let p = design.columns;
        let layout = Layout { p };
        let origin: Vec<f64> = (0..p).map(|i| design.center[i] / design.scale[i]).collect();
        let mut lived = Vec::new();
        for row in 0..design.rows {
            let Some(sums) = sums_of(strata, design.stratum[row]) else { continue };
            let until = sums.until(design.stop[row]);
            let from = design.start.as_ref().map_or(0, |start| sums.until(start[row]));
            sums.between(from, until, layout.width(), &mut lived);
            let (k, x, r) = (member[row], design.row(row), score[row]);
            let weighted = &lived[layout.weighted()..];
            let last = until.wrapping_sub(1);
            for i in 0..p {
                let drift = x[i] * lived[0] - weighted[i];
                self.scores[k][i] -= r * drift;
                if design.event[row] {
                    self.scores[k][i] += x[i] - sums.mean[last * p + i];
                }
                for j in 0..p {
                    let squares = lived[layout.squares() + i * p + j];
                    let product = x[i] * x[j] * lived[0] - x[i] * weighted[j] - x[j] * weighted[i] + squares;
                    let mut other = -r * lived[layout.variances() + i * p + j];
                    if design.event[row] {
                        other += sums.variance[last * p * p + i * p + j];
                    }
                    self.spread[k][(i, j)] += r * product;
                    self.slopes[k][(i, j)] += r * product + other;
                    self.fixed_slopes[k][(i, j)] += r * drift * (x[j] + origin[j]) + other;
                }
            }
        }
    }

    /// The risk set of a cluster changes only where one of its rows enters or leaves: between those times its sums stand
    /// still, and the increments add up to differences of cumulated sums.
    fn add_martingales(&mut self, design: &Design, score: &[f64], member: &[usize], strata: &[(u32, Sums)]) {
        let p = design.columns;
        let layout = Layout { p };
        // (cluster, stratum, number of event times before the change, row, whether it enters)
        let mut changes: Vec<(usize, u32, usize, usize, bool)> = Vec::with_capacity(2 * design.rows);
        for row in 0..design.rows {
            let Some(sums) = sums_of(strata, design.stratum[row]) else { continue };
            let from = design.start.as_ref().map_or(0, |start| sums.until(start[row]));
            changes.push((member[row], design.stratum[row], from, row, true));
            changes.push((member[row], design.stratum[row], sums.until(design.stop[row]), row, false));
        }
        changes.sort_unstable();
        let mut lived = Vec::new();
        for group in changes.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (k, stratum) = (group[0].0, group[0].1);
            let Some(sums) = sums_of(strata, stratum) else { continue };
            let (mut risk, mut first, mut since) = (0.0, vec![0.0; p], 0);
            let mut ended: Vec<usize> = Vec::new();
            for here in group.chunk_by(|a, b| a.2 == b.2) {
                // Event times since the last change: the cluster's events are among the rows that leave here.
                let until = here[0].2;
                sums.between(since, until, layout.width(), &mut lived);
                let (per_risk, weighted) = (lived[layout.per_risk()], &lived[layout.weighted_per_risk()..]);
                for i in 0..p {
                    self.martingale[k][i] -= risk * (first[i] * per_risk - risk * weighted[i]);
                }
                ended.clear();
                ended.extend(here.iter().filter(|c| !c.4 && design.event[c.3]).map(|c| c.3));
                if let (Some(last), false) = (until.checked_sub(1), ended.is_empty()) {
                    let events = ended.len() as f64;
                    for (i, sum) in first.iter().enumerate() {
                        let deviation = sum - sums.mean[last * p + i] * risk;
                        self.martingale[k][i] += events * deviation / sums.at_risk[last];
                    }
                }
                for (_, _, _, row, enters) in here {
                    let sign = if *enters { score[*row] } else { -score[*row] };
                    risk += sign;
                    first.iter_mut().zip(design.row(*row)).for_each(|(sum, x)| *sum += sign * x);
                }
                since = until;
            }
        }
    }

    /// Variances and degrees of freedom.
    fn finish(self, fit: &CoxFit, clusters: usize) -> Result<SmallSampleCox, EstimateError> {
        let Some(factor) = self.information.clone().cholesky() else {
            return Err(collinear(&fit.names[0]));
        };
        let naive = factor.inverse();
        let corrected = (0..clusters)
            .map(|k| &self.scores[k] + &self.spread[k] * &naive * &self.scores[k] + &self.martingale[k])
            .collect();
        let upto = |values: &DVector<f64>, last: usize| {
            DVector::from_fn(values.len(), |i, _| if i <= last { values[i] } else { 0.0 })
        };
        let stepwise = (0..clusters)
            .map(|k| {
                let pull = &self.spread[k] * &naive;
                DVector::from_fn(naive.nrows(), |i, _| {
                    self.scores[k][i]
                        + (pull.row(i) * upto(&self.scores[k], i))[(0, 0)]
                        + self.martingale[k][i]
                })
            })
            .collect();
        Ok(SmallSampleCox {
            stepwise_scores: stepwise,
            clusters,
            scaled_estimate: fit.scaled.clone(),
            scale: fit.design.scale.clone(),
            rows: self.rows,
            naive,
            information: self.information,
            scores: self.scores,
            corrected_scores: corrected,
            slopes: self.slopes,
            fixed_slopes: self.fixed_slopes,
        })
    }
}

/// The sums of a stratum; one without events has none.
fn sums_of(strata: &[(u32, Sums)], stratum: u32) -> Option<&Sums> {
    strata.binary_search_by_key(&stratum, |(label, _)| *label).ok().map(|at| &strata[at].1)
}
