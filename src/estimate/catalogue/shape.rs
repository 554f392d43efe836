//! The common shapes of results: a contrast with its z-test, a ratio with its test on the logarithm.

use crate::estimate::contrast::{Reference, difference, rests_on_one_cluster};
use crate::estimate::log_rank::p_of_z;
use crate::estimate::{Estimate, EstimateError, Interval, Options};
use crate::language::Said;
use crate::observe::Dataset;
use crate::said;
use crate::stats::normal;

/// Results of a method at several times or for several causes, some of which the data may not support.
#[derive(Default)]
pub(super) struct Partial {
    /// What could be estimated.
    estimates: Vec<Estimate>,
    /// Why something could not.
    first_error: Option<EstimateError>,
    /// Whether anything was asked.
    any_given: bool,
}

impl Partial {
    /// Adds results.
    pub(super) fn give(&mut self, estimates: impl IntoIterator<Item = Estimate>) {
        let before = self.estimates.len();
        self.estimates.extend(estimates);
        self.any_given |= self.estimates.len() > before;
    }

    /// Adds what cannot be given, with the reason.
    pub(super) fn withhold(&mut self, estimate: Estimate, error: EstimateError) {
        self.estimates.push(Estimate { missing: Some(error.said()), ..estimate });
        self.first_error.get_or_insert(error);
    }

    /// Adds results, or `without` when they cannot be given.
    pub(super) fn give_or_withhold(
        &mut self,
        results: Result<Vec<Estimate>, EstimateError>,
        without: impl FnOnce() -> Estimate,
    ) {
        match results {
            Ok(estimates) => self.give(estimates),
            Err(error) => self.withhold(without(), error),
        }
    }

    /// All of it; a method that can give nothing at all fails with its first reason.
    ///
    /// # Errors
    /// The first reason, when there is no result.
    pub(super) fn finish(self) -> Result<Vec<Estimate>, EstimateError> {
        match self.first_error {
            Some(error) if !self.any_given => Err(error),
            _ => Ok(self.estimates),
        }
    }
}

/// A label with the time at which outcomes are taken, when there is one.
pub(super) fn label_at(label: String, horizon: Option<f64>) -> Said {
    match horizon {
        Some(time) => said!("{label} op {time}", "{label} by {time}", label = label, time = time),
        None => Said::same(label),
    }
}

/// Adds a standard normal statistic with its p-value in the direction asked for, and both one-sided ones.
pub(super) fn with_test(mut estimate: Estimate, z: f64, options: &Options) -> Estimate {
    estimate.statistic = Some(z);
    estimate.p_value = Some(p_of_z(z, options.alternative));
    estimate.with("p_less", normal::cdf(z)).with("p_greater", normal::upper_tail(z))
}

/// A difference with its Wald interval and test against 0.
pub(super) fn with_difference(
    estimate: Estimate,
    value: f64,
    standard_error: f64,
    options: &Options,
) -> Estimate {
    with_test(estimate.with_wald(value, standard_error, options.level), value / standard_error, options)
}

/// A contrast without a test when an arm's standard error is 0: its curve has reached 0 or has not moved, which says nothing about
/// how uncertain it is.
pub(super) fn require_basis<'a>(
    estimate: Estimate,
    errors: impl IntoIterator<Item = (&'a String, f64)>,
) -> Estimate {
    match errors.into_iter().find(|(_, error)| error.is_nan() || *error <= 0.0) {
        None => estimate,
        Some((arm, _)) => {
            let reason = said!(
                "geen p: de standaardfout van groep {arm} is 0 (haar curve is aan haar eind of \
                     heeft niet bewogen), wat geen grond is voor een toets",
                "no p: the standard error of arm {arm} is 0 (its curve has reached its end or has not moved), which is no basis for \
                 a test",
                arm = arm
            );
            let mut estimate = Estimate {
                standard_error: None,
                interval: None,
                statistic: None,
                p_value: None,
                missing: Some(reason),
                ..estimate
            };
            estimate.details.remove("p_less");
            estimate.details.remove("p_greater");
            estimate
        }
    }
}

/// A difference of two arms whose variances are by cluster, with t for few and unequal ones. With p the largest share of an arm's rows
/// in one of its K clusters, the variance of the arm is multiplied by (K - 1) / K / (1 - p)^2, the delete-one jackknife's factor of that
/// cluster; the degrees of freedom of the arm are (sum p^2)^2 / sum p^4 - 1 over its clusters. With equal clusters that is K / (K - 1)
/// and K - 1. Satterthwaite joins the arms. Without p where an arm has one cluster.
pub(super) fn with_clustered_difference(
    estimate: Estimate,
    value: f64,
    errors: [f64; 2],
    arms: [usize; 2],
    data: &Dataset,
    options: &Options,
) -> Estimate {
    let estimate = Estimate { value: Some(value), uses_clusters: Some(true), ..estimate };
    let shares = arms.map(|arm| cluster_shares(data, arm));
    if shares.iter().any(|shares| shares.len() < 2) {
        return Estimate { missing: Some(rests_on_one_cluster(data)), ..estimate };
    }
    let parts = [0, 1].map(|at| {
        let (shares, count) = (&shares[at], shares[at].len() as f64);
        let largest = shares.iter().copied().fold(0.0, f64::max);
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        let fourths: f64 = shares.iter().map(|share| share * share * share * share).sum();
        let factor = (count - 1.0) / count / ((1.0 - largest) * (1.0 - largest));
        (errors[at] * errors[at] * factor, (squares * squares / fourths - 1.0).max(0.25))
    });
    let variance = parts[0].0 + parts[1].0;
    let corrected = libm::sqrt(variance);
    let df = variance * variance / parts.iter().map(|(part, rest)| part * part / rest).sum::<f64>();
    let plain = Some(libm::hypot(errors[0], errors[1]));
    if corrected.is_nan() || corrected <= 0.0 {
        return Estimate { standard_error: plain, ..estimate };
    }
    let shown = difference(estimate, value, corrected, Reference::StudentT(df), options);
    Estimate { standard_error: plain, ..shown }.with("corrected_standard_error", corrected)
}

/// The share of an arm's rows in each of its clusters.
fn cluster_shares(data: &Dataset, arm: usize) -> Vec<f64> {
    let labels = data.cluster.as_deref().unwrap_or_default();
    let mut of_arm: Vec<u32> = labels
        .iter()
        .zip(&data.arm)
        .filter(|(_, of)| **of as usize == arm)
        .map(|(label, _)| *label)
        .collect();
    of_arm.sort_unstable();
    of_arm.chunk_by(|a, b| a == b).map(|cluster| cluster.len() as f64 / of_arm.len() as f64).collect()
}

/// A ratio with the interval and test of its logarithm; the standard error is that of the logarithm.
pub(super) fn with_ratio(mut estimate: Estimate, value: f64, log_error: f64, options: &Options) -> Estimate {
    let factor = libm::exp(normal::two_sided_quantile(options.level) * log_error);
    estimate.value = Some(value);
    estimate.standard_error = Some(log_error);
    estimate.interval = Some(Interval { lower: value / factor, upper: value * factor, level: options.level });
    with_test(estimate, libm::log(value) / log_error, options)
}
