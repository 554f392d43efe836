//! Stepped wedge (and any other treatment schedule): variance of the effect by generalized least squares on cluster-period
//! means, with a treatment that takes time to work.
//!
//! Cluster i in period j has mean mu + beta_j + X_ij theta + random effects; X_ij is the **exposure**, a share between 0 and 1:
//! an effect that needs three periods to build up has exposure 1/3, 2/3, 1. Covariance between periods j and l of a cluster:
//! tau^2 a^|j-l| (random intercept, autoregressive when a < 1) + eta^2 X_ij X_il + rho eta tau (X_ij + X_il) (random treatment
//! effect), plus gamma^2 + sigma^2 / n_ij on the diagonal. In a closed cohort the same participants are measured in every period: their own
//! intercepts (psi) add psi^2 / n to every element (Hooper et al. 2016, doi:10.1002/sim.7028; SteppedPower's `psi`).
//!
//! References: Hussey & Hughes (2007), doi:10.1016/j.cct.2006.05.007; Hemming, Taljaard & Forbes (2017),
//! doi:10.1186/s13063-017-1833-7. R: `SteppedPower::glsPower` (mu0, mu1, Cl, sigma, tau, AR, eta, rho, gamma, N, trtDelay),
//! `swCRTdesign::swPwr` (binomial: sigma^2 is the mean of both proportions times its complement).

use crate::stats::normal;
use nalgebra::{DMatrix, DVector};

/// Random effects and residual on the scale of the outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WedgeVariance {
    /// Residual standard deviation of one participant.
    pub residual: f64,
    /// Standard deviation of the cluster intercept (tau).
    pub cluster: f64,
    /// Correlation of the intercept between neighboring periods (AR), 1 for constant.
    pub autocorrelation: f64,
    /// Standard deviation of the treatment effect between clusters (eta).
    pub treatment: f64,
    /// Correlation of intercept and treatment effect (rho).
    pub correlation: f64,
    /// Standard deviation of the cluster-period effect (gamma).
    pub period: f64,
    /// Standard deviation of the participants' own intercepts (psi), when the same participants are measured in every period; 0 otherwise.
    pub participant: f64,
}

/// How the means change over the periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeTrend {
    /// A free mean per period.
    Periods,
    /// A straight line.
    Linear,
    /// No change.
    None,
}

/// A schedule: exposure and participants per cluster and period.
#[derive(Clone, Debug, PartialEq)]
pub struct Wedge {
    /// Exposure of each cluster (rows) in each period, 0 to 1.
    pub exposure: Vec<Vec<f64>>,
    /// Participants per cluster and period; 0 where not observed.
    pub participants: Vec<Vec<f64>>,
    /// Variances.
    pub variance: WedgeVariance,
    /// Adjustment for time.
    pub trend: TimeTrend,
}

/// Exposure of a stepped wedge: `clusters_per_step[s]` clusters start in period s + 1 (period 0 is control for all), with the
/// exposures `build_up` in their first treated periods and 1 afterwards.
///
/// # Example
/// ```
/// use stapjes::design::clusters::stepped_exposure;
///
/// // Two clusters go over in period 1, one in period 2, with half of the effect in the first treated period.
/// let exposure = stepped_exposure(&[2, 1], 3, &[0.5]);
/// assert_eq!(exposure, [[0.0, 0.5, 1.0], [0.0, 0.5, 1.0], [0.0, 0.0, 0.5]]);
/// ```
pub fn stepped_exposure(clusters_per_step: &[usize], periods: usize, build_up: &[f64]) -> Vec<Vec<f64>> {
    let mut rows = Vec::new();
    for (step, &clusters) in clusters_per_step.iter().enumerate() {
        let exposure = |period: usize| match period.checked_sub(step + 1) {
            None => 0.0,
            Some(since) => build_up.get(since).copied().unwrap_or(1.0),
        };
        let row: Vec<f64> = (0..periods).map(exposure).collect();
        rows.extend(std::iter::repeat_n(row, clusters));
    }
    rows
}

impl Wedge {
    /// Variance of the estimated effect; `None` when the schedule cannot tell it from time.
    pub fn effect_variance(&self) -> Option<f64> {
        let periods = self.exposure.first()?.len();
        let columns = 1 + match self.trend {
            TimeTrend::Periods => periods,
            TimeTrend::Linear => 2,
            TimeTrend::None => 1,
        };
        let mut information = DMatrix::<f64>::zeros(columns, columns);
        for (exposure, sizes) in self.exposure.iter().zip(&self.participants) {
            let seen: Vec<usize> = (0..periods).filter(|j| sizes[*j] > 0.0).collect();
            if seen.is_empty() {
                continue;
            }
            let covariance = self.cluster_covariance(exposure, sizes, &seen);
            let design = DMatrix::from_fn(seen.len(), columns, |row, column| {
                self.regressor(exposure, seen[row], column, periods)
            });
            let weighted = covariance.cholesky()?.solve(&design);
            information += design.transpose() * weighted;
        }
        let mut unit = DVector::zeros(columns);
        unit[0] = 1.0;
        let variance = information.cholesky()?.solve(&unit)[0];
        (variance > 0.0 && variance < 1e12).then_some(variance)
    }

    /// A column of the design: the effect, a period, or the cluster.
    fn regressor(&self, exposure: &[f64], period: usize, column: usize, periods: usize) -> f64 {
        match (column, self.trend) {
            (0, _) => exposure[period],
            (_, TimeTrend::Periods) => f64::from(u8::from(column == period + 1)),
            (1, _) => 1.0,
            (_, _) => (period + 1) as f64 / periods as f64,
        }
    }

    /// Covariance of the means of a cluster's periods.
    fn cluster_covariance(&self, exposure: &[f64], sizes: &[f64], seen: &[usize]) -> DMatrix<f64> {
        let v = &self.variance;
        DMatrix::from_fn(seen.len(), seen.len(), |row, column| {
            let (j, l) = (seen[row], seen[column]);
            let lag = j.abs_diff(l) as f64;
            let intercept =
                v.cluster * v.cluster * if lag == 0.0 { 1.0 } else { libm::pow(v.autocorrelation, lag) };
            let effect = v.treatment * v.treatment * exposure[j] * exposure[l]
                + v.correlation * v.treatment * v.cluster * (exposure[j] + exposure[l]);
            let of_cluster =
                if row == column { v.period * v.period + v.residual * v.residual / sizes[j] } else { 0.0 };
            // Unequal periods: the smaller number is measured in both.
            let cohort = v.participant * v.participant / sizes[j].max(sizes[l]);
            intercept + effect + of_cluster + cohort
        })
    }

    /// Power of the two-sided (or one-sided) Wald test for an effect, counting both tails when `sides` is 2.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::clusters::{TimeTrend, Wedge, WedgeVariance, stepped_exposure};
    ///
    /// let wedge = Wedge {
    ///     exposure: stepped_exposure(&[1; 5], 6, &[]),
    ///     participants: vec![vec![10.0; 6]; 5],
    ///     variance: WedgeVariance {
    ///         residual: 2.0,
    ///         cluster: 0.33,
    ///         autocorrelation: 1.0,
    ///         treatment: 0.0,
    ///         correlation: 0.0,
    ///         period: 0.0,
    ///         participant: 0.0,
    ///     },
    ///     trend: TimeTrend::Periods,
    /// };
    /// // R: SteppedPower::glsPower(mu0 = 0, mu1 = 1, Cl = rep(1, 5), sigma = 2, tau = .33, N = 10): .7773233
    /// assert!((wedge.power(1.0, 0.05, 2).expect("it can tell") - 0.777_323_304_2).abs() < 1e-8);
    /// ```
    pub fn power(&self, effect: f64, alpha: f64, sides: u8) -> Option<f64> {
        let drift = effect.abs() / libm::sqrt(self.effect_variance()?);
        let critical = normal::quantile(1.0 - alpha / f64::from(sides));
        let wrong = if sides == 2 { normal::cdf(-drift - critical) } else { 0.0 };
        Some(normal::cdf(drift - critical) + wrong)
    }

    /// The same schedule with every number of participants multiplied.
    pub(crate) fn with_participants_times(&self, factor: f64) -> Self {
        let participants =
            self.participants.iter().map(|row| row.iter().map(|n| n * factor).collect()).collect();
        Self { participants, ..self.clone() }
    }
}

/// Hussey & Hughes (2007), equation 8: the closed form for equal sizes, free periods and a constant random intercept.
///
/// # Example
/// ```
/// use stapjes::design::clusters::{hussey_hughes_variance, stepped_exposure};
///
/// // Four steps of six clusters, 100 participants each; shares of about .041. Least squares written out in R give the same.
/// let exposure = stepped_exposure(&[6; 4], 5, &[]);
/// let share = (0.05 + 0.032) / 2.0;
/// let variance = hussey_hughes_variance(&exposure, share * (1.0 - share) / 100.0, 0.000_225);
/// assert!((variance - 3.725_536_506e-5).abs() < 1e-13);
/// ```
pub fn hussey_hughes_variance(
    exposure: &[Vec<f64>],
    residual_variance_of_mean: f64,
    cluster_variance: f64,
) -> f64 {
    let clusters = exposure.len() as f64;
    let periods = exposure.first().map_or(0, Vec::len);
    let sum = |row: &Vec<f64>| row.iter().sum::<f64>();
    let u: f64 = exposure.iter().map(sum).sum();
    let v: f64 = exposure.iter().map(|row| sum(row) * sum(row)).sum();
    let column = |j: usize| exposure.iter().map(|row| row[j]).sum::<f64>();
    let w: f64 = (0..periods).map(|j| column(j) * column(j)).sum();
    let (t, s, tau) = (periods as f64, residual_variance_of_mean, cluster_variance);
    clusters * s * (s + t * tau)
        / ((clusters * u - w) * s + (u * u + clusters * t * u - t * w - clusters * v) * tau)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: WedgeVariance = WedgeVariance {
        residual: 2.0,
        cluster: 0.33,
        autocorrelation: 1.0,
        treatment: 0.0,
        correlation: 0.0,
        period: 0.0,
        participant: 0.0,
    };

    fn wedge(build_up: &[f64]) -> Wedge {
        let exposure = stepped_exposure(&[1; 5], 6, build_up);
        let participants = vec![vec![10.0; 6]; 5];
        Wedge { exposure, participants, variance: PLAIN, trend: TimeTrend::Periods }
    }

    #[test]
    fn closed_form_for_full_exposure() {
        let wedge = wedge(&[]);
        let closed = hussey_hughes_variance(&wedge.exposure, 0.4, 0.33 * 0.33);
        assert!((wedge.effect_variance().unwrap() / closed - 1.0).abs() < 1e-12);
    }

    /// With equal sizes a closed cohort is a cross-section whose cluster intercept has the participants' share added.
    #[test]
    fn a_closed_cohort_adds_to_the_intercept() {
        let mut cohort = wedge(&[]);
        cohort.variance.participant = 1.2;
        let mut plain = wedge(&[]);
        plain.variance.cluster = libm::sqrt(0.33 * 0.33 + 1.2 * 1.2 / 10.0);
        let (of_cohort, other) = (cohort.effect_variance().unwrap(), plain.effect_variance().unwrap());
        assert!((of_cohort / other - 1.0).abs() < 1e-12);
        let closed = hussey_hughes_variance(&plain.exposure, 0.4, 0.33 * 0.33 + 0.144);
        assert!((of_cohort / closed - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_slow_effect_has_less_power() {
        let quick = wedge(&[]).power(1.0, 0.05, 2).unwrap();
        assert!(wedge(&[0.5]).power(1.0, 0.05, 2).unwrap() < quick);
        assert!((wedge(&[]).power(0.0, 0.05, 2).unwrap() - 0.05).abs() < 1e-12);
    }

    #[test]
    fn everybody_treated_at_once_tells_nothing() {
        let mut all = wedge(&[]);
        all.exposure = vec![vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0]; 5];
        assert_eq!(all.effect_variance(), None);
        all.trend = TimeTrend::None;
        assert!(all.effect_variance().is_some());
    }
}
