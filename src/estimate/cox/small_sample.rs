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

/// The pieces from which every correction is made: computed once, in time proportional to rows times event times.
#[derive(Clone, Debug)]
pub struct SmallSampleCox {
    /// Number of clusters `K`.
    pub clusters: usize,
    scaled_estimate: Vec<f64>,
    scale: Vec<f64>,
    rows: usize,
    /// `I^-1` with Breslow's information.
    naive: DMatrix<f64>,
    information: DMatrix<f64>,
    /// Cluster scores, one column per cluster, plain and with the martingale-residual correction.
    scores: Vec<DVector<f64>>,
    corrected_scores: Vec<DVector<f64>>,
    /// The same as `CoxBcv` computes it: each component knows of the plain score only the components up to itself.
    stepwise_scores: Vec<DVector<f64>>,
    /// Minus the derivative of each cluster score.
    slopes: Vec<DMatrix<f64>>,
}

impl CoxFit {
    /// Prepares the small-sample corrections of Wang, Turner & Li (2023), <https://doi.org/10.1002/bimj.202200113>, for marginal
    /// Cox models of cluster trials.
    ///
    /// Scores and information take Breslow's form at the fitted coefficients whatever the ties of the fit, as in R's
    /// `CoxBcv` (which fits with Efron); without ties that is no difference. With several covariates the
    /// martingale-residual correction uses the whole score vector of a cluster; `CoxBcv` 0.0.1.0 uses only the
    /// components it has already computed, so that its numbers depend on the order of the covariates. As there, the slope of
    /// a cluster's score holds the baseline hazard fixed, so that MD, KC and FG depend (a little) on where a covariate has
    /// its zero; code arms 0 and 1.
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
        self.covariance_of(correction, if martingale { &self.corrected_scores } else { &self.scores })
    }

    /// The covariance that R's `CoxBcv` 0.0.1.0 gives under a correction of the martingale residuals, which depends on the order
    /// of the covariates (see [`CoxFit::small_sample`]). With one covariate, and for other corrections, it is
    /// [`SmallSampleCox::covariance`].
    #[must_use]
    pub fn covariance_of_cox_bcv(&self, correction: ClusterCorrection) -> Option<DMatrix<f64>> {
        let martingale = correction.parts().1;
        self.covariance_of(correction, if martingale { &self.stepwise_scores } else { &self.scores })
    }

    fn covariance_of(&self, correction: ClusterCorrection, scores: &[DVector<f64>]) -> Option<DMatrix<f64>> {
        let kind = correction.parts().0;
        let meat = match kind {
            ClusterCorrection::ManclDeRouen => outer(&self.leveraged(scores)?),
            ClusterCorrection::KauermannCarroll => self.half_leveraged(scores)?,
            ClusterCorrection::FayGraubard => outer(&self.inflated(scores)),
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

    fn leveraged(&self, scores: &[DVector<f64>]) -> Option<Vec<DVector<f64>>> {
        let pairs = self.slopes.iter().zip(scores);
        pairs
            .map(|(slope, score)| Some(&self.information * (&self.information - slope).lu().solve(score)?))
            .collect()
    }

    fn half_leveraged(&self, scores: &[DVector<f64>]) -> Option<DMatrix<f64>> {
        let p = self.scale.len();
        let mut meat = DMatrix::zeros(p, p);
        for (leveraged, score) in self.leveraged(scores)?.iter().zip(scores) {
            meat += leveraged * score.transpose();
        }
        Some((&meat + meat.transpose()) / 2.0)
    }

    fn inflated(&self, scores: &[DVector<f64>]) -> Vec<DVector<f64>> {
        let pairs = self.slopes.iter().zip(scores);
        let inflate = |(slope, score): (&DMatrix<f64>, &DVector<f64>)| {
            let leverage = (slope * &self.naive).diagonal();
            DVector::from_fn(score.len(), |i, _| score[i] / (1.0 - leverage[i].min(0.75)).sqrt())
        };
        pairs.map(inflate).collect()
    }

    fn morel_bokossa_neerchal(&self, sandwich: &DMatrix<f64>, meat: &DMatrix<f64>) -> DMatrix<f64> {
        let (n, k, p) = (self.rows as f64, self.clusters as f64, self.scale.len() as f64);
        let inflation = (n - 1.0) * k / ((n - p) * (k - 1.0));
        let share = (p / (k - p)).min(0.5);
        let design_effect = ((&self.naive * meat).trace() * inflation / p).max(1.0);
        sandwich * inflation + &self.naive * (share * design_effect)
    }
}

fn outer(scores: &[DVector<f64>]) -> DMatrix<f64> {
    let p = scores[0].len();
    scores.iter().fold(DMatrix::zeros(p, p), |sum, score| sum + score * score.transpose())
}

/// Running sums over clusters while the event times are visited.
struct Pieces {
    rows: usize,
    information: DMatrix<f64>,
    /// Cluster sums of score residuals.
    scores: Vec<DVector<f64>>,
    /// Sum over rows and times of `(x - xbar)(x - xbar)' r dH`.
    spread: Vec<DMatrix<f64>>,
    slopes: Vec<DMatrix<f64>>,
    /// Sum over times of `(sum over rows (x - xbar) r / S0) * (martingale increment of the cluster)`.
    martingale: Vec<DVector<f64>>,
}

impl Pieces {
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
            slopes: matrices,
            martingale: vectors,
        };
        let origin = DVector::from_fn(p, |i, _| design.center[i] / design.scale[i]);
        for_each_event_time(design, &score, |moments| {
            let mean = DVector::from_fn(p, |i, _| moments.s1[i] / moments.s0);
            let variance =
                DMatrix::from_fn(p, p, |i, j| moments.s2[i * p + j] / moments.s0) - &mean * mean.transpose();
            let hazard = moments.deaths.len() as f64 / moments.s0;
            pieces.information += &variance * moments.deaths.len() as f64;
            let mut compensator = vec![0.0; clusters];
            let mut deviation = vec![DVector::zeros(p); clusters];
            for row in 0..design.rows {
                let at_risk = design.stratum[row] == moments.stratum
                    && design.stop[row] >= moments.time
                    && design.start.as_ref().is_none_or(|start| start[row] < moments.time);
                if at_risk {
                    let k = member[row];
                    let x = DVector::from_column_slice(design.row(row));
                    let from_mean = &x - &mean;
                    let weight = score[row] * hazard;
                    compensator[k] += weight;
                    deviation[k] += &from_mean * score[row];
                    pieces.scores[k] -= &from_mean * weight;
                    pieces.spread[k] += &from_mean * from_mean.transpose() * weight;
                    pieces.slopes[k] += &from_mean * (&x + &origin).transpose() * weight;
                }
            }
            for row in moments.deaths {
                let k = member[*row];
                pieces.scores[k] += DVector::from_column_slice(design.row(*row)) - &mean;
                pieces.slopes[k] += &variance;
                compensator[k] -= 1.0;
            }
            for k in 0..clusters {
                let events = moments.deaths.iter().filter(|row| member[**row] == k).count() as f64;
                pieces.slopes[k] -= &variance * (compensator[k] + events);
                pieces.martingale[k] -= &deviation[k] * (compensator[k] / moments.s0);
            }
        });
        pieces
    }

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
        })
    }
}
