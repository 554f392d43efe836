//! What is kept of many replicates: sums per cell, so that memory does not grow with replicates.

use crate::stats::student_t;
use crate::study::Decision;
use serde::{Deserialize, Serialize};

/// One endpoint, test, duration and size over the replicates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct CellTally {
    /// Replicates.
    pub replicates: u64,
    /// Replicates in which the test could be computed.
    pub defined: u64,
    /// Rejections.
    pub rejected: u64,
    /// Rejections if participants were taken as independent, among replicates that have such a p-value.
    pub rejected_independent: u64,
    /// Replicates with a p-value for independent participants.
    pub independent: u64,
    /// Rejections that stay after correction for several endpoints.
    pub rejected_adjusted: u64,
    /// Replicates with an estimate.
    pub estimates: u64,
    /// Mean estimate.
    mean: f64,
    /// Sum of squared deviations.
    squares: f64,
    /// Sum of the standard errors.
    standard_errors: f64,
    /// Sum of squared deviations from the truth.
    squared_errors: f64,
    /// Sum of the half widths.
    reaches: f64,
    /// Intervals that hold the true value, among replicates with an estimate.
    pub covered: u64,
    /// Rejections with the sign opposite to the true value.
    pub wrong_sign: u64,
    /// Rejections with an estimate.
    pub exaggerated: u64,
    /// Sum of the ratios of significant estimates to the truth.
    exaggeration: f64,
    /// Sums of events in control and treated.
    events: [f64; 2],
    /// Degrees of freedom and the critical value that belongs to them: nearly always the same in every replicate.
    critical: (f64, f64),
}

impl CellTally {
    /// Adds one replicate. `truth` is the true value of the estimand (NaN when there is none).
    pub(crate) fn push(&mut self, decision: &Decision, alpha: f64, truth: f64, stays: bool) {
        self.replicates += 1;
        self.defined += u64::from(decision.defined);
        let rejects = decision.defined && decision.p_value <= alpha;
        self.rejected += u64::from(rejects);
        self.rejected_adjusted += u64::from(stays);
        if decision.independent_p_value.is_finite() {
            self.independent += 1;
            self.rejected_independent += u64::from(decision.independent_p_value <= alpha);
        }
        for (sum, events) in self.events.iter_mut().zip(decision.events) {
            *sum += events;
        }
        if rejects && truth.is_finite() && truth != 0.0 {
            self.wrong_sign += u64::from(decision.statistic * truth < 0.0);
        }
        if decision.estimate.is_finite() && decision.standard_error.is_finite() {
            self.push_estimate(decision, alpha, truth, rejects);
        }
    }

    /// Takes in an estimate.
    fn push_estimate(&mut self, decision: &Decision, alpha: f64, truth: f64, rejects: bool) {
        self.estimates += 1;
        let deviation = decision.estimate - self.mean;
        self.mean += deviation / self.estimates as f64;
        self.squares += deviation * (decision.estimate - self.mean);
        self.standard_errors += decision.standard_error;
        self.squared_errors += decision.standard_error * decision.standard_error;
        if self.critical.0 != decision.degrees_of_freedom {
            let degrees = decision.degrees_of_freedom;
            self.critical = (degrees, student_t::quantile(1.0 - alpha / 2.0, degrees));
        }
        let reach = self.critical.1 * decision.standard_error;
        self.reaches += reach;
        self.covered += u64::from((decision.estimate - truth).abs() <= reach);
        if rejects && truth.is_finite() && truth != 0.0 {
            self.exaggerated += 1;
            self.exaggeration += (decision.estimate / truth).abs();
        }
    }

    /// Adds the replicates of another cell; the mean as in Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115.
    pub(crate) fn append(&mut self, later: &Self) {
        self.replicates += later.replicates;
        self.defined += later.defined;
        self.rejected += later.rejected;
        self.rejected_independent += later.rejected_independent;
        self.independent += later.independent;
        self.rejected_adjusted += later.rejected_adjusted;
        if later.estimates > 0 {
            let (earlier, other) = (self.estimates as f64, later.estimates as f64);
            let apart = later.mean - self.mean;
            self.mean += apart * other / (earlier + other);
            self.squares += later.squares + apart * apart * earlier * other / (earlier + other);
            self.critical = later.critical;
        }
        self.estimates += later.estimates;
        self.standard_errors += later.standard_errors;
        self.squared_errors += later.squared_errors;
        self.reaches += later.reaches;
        self.covered += later.covered;
        self.wrong_sign += later.wrong_sign;
        self.exaggerated += later.exaggerated;
        self.exaggeration += later.exaggeration;
        self.events.iter_mut().zip(later.events).for_each(|(events, later)| *events += later);
    }

    /// Mean estimate.
    pub(crate) fn mean_estimate(&self) -> Option<f64> {
        (self.estimates > 0).then_some(self.mean)
    }

    /// Standard deviation of the estimates over replicates.
    pub(crate) fn deviation(&self) -> Option<f64> {
        (self.estimates > 1).then(|| libm::sqrt(self.squares / (self.estimates - 1) as f64))
    }

    /// Mean standard error.
    pub(crate) fn mean_standard_error(&self) -> Option<f64> {
        (self.estimates > 0).then(|| self.standard_errors / self.estimates as f64)
    }

    /// Mean half-width of the interval.
    pub(crate) fn mean_half_width(&self) -> Option<f64> {
        (self.estimates > 0).then(|| self.reaches / self.estimates as f64)
    }

    /// Root of the mean squared standard error: what the tests take for the deviation.
    pub(crate) fn root_mean_squared_error(&self) -> Option<f64> {
        (self.estimates > 0).then(|| libm::sqrt(self.squared_errors / self.estimates as f64))
    }

    /// Type M error: mean of |estimate| / |truth| among significant results.
    pub(crate) fn exaggeration(&self) -> Option<f64> {
        (self.exaggerated > 0).then(|| self.exaggeration / self.exaggerated as f64)
    }

    /// Mean number of events in control and treated.
    pub(crate) fn mean_events(&self) -> [f64; 2] {
        self.events.map(|events| events / self.replicates.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_and_the_errors_of_sign_and_size() {
        let decision = |estimate: f64| Decision {
            defined: true,
            p_value: if estimate.abs() > 1.0 { 0.01 } else { 0.5 },
            statistic: estimate,
            estimate,
            standard_error: 0.5,
            degrees_of_freedom: f64::INFINITY,
            independent_p_value: f64::NAN,
            events: [3.0, 5.0],
        };
        let mut cell = CellTally::default();
        for estimate in [2.0, 0.5, -1.5, 1.5] {
            cell.push(&decision(estimate), 0.05, 1.0, false);
        }
        assert_eq!(
            (cell.rejected, cell.wrong_sign, cell.covered),
            (3, 1, 2),
            "half a width is .98: .5 and 1.5 hold 1"
        );
        assert!((cell.exaggeration().unwrap() - 5.0 / 3.0).abs() < 1e-12);
        assert!((cell.mean_estimate().unwrap() - 0.625).abs() < 1e-12);
        assert!((cell.mean_half_width().unwrap() - 0.98).abs() < 1e-4);
        assert_eq!(cell.mean_events(), [3.0, 5.0]);
        let (mut first, mut second) = (CellTally::default(), CellTally::default());
        for (at, estimate) in [2.0, 0.5, -1.5, 1.5].into_iter().enumerate() {
            let part = if at < 3 { &mut first } else { &mut second };
            part.push(&decision(estimate), 0.05, 1.0, false);
        }
        first.append(&second);
        assert_eq!(first, cell, "two parts are the whole");
    }
}
