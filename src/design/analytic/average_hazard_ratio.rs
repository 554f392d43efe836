//! The average hazard ratio: the geometric mean of the hazard ratios of all pieces, weighted by the events expected in each.
//!
//! AHR = exp(sum of d_i ln(HR_i) / sum of d_i); information under the alternative is the sum over pieces of
//! 1 / (1 / d_control + 1 / d_treated), under the null hypothesis the events times p (1 - p).
//!
//! References: Mukhopadhyay et al. (2020), doi:10.1016/j.cct.2020.106130; Kalbfleisch & Prentice (1981),
//! doi:10.1093/biomet/68.1.105. R: `gsDesign2::ahr`, `pw_info`, `fixed_design_ahr`.

use super::mesh::Mesh;
use super::trial::Trial;

/// The average hazard ratio and its information.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AverageHazardRatio {
    /// Treated over control.
    pub hazard_ratio: f64,
    /// Expected events.
    pub events: f64,
    /// Information for the log hazard ratio under the alternative.
    pub information: f64,
    /// Information under the null hypothesis.
    pub null_information: f64,
}

/// At a cut-off after `month` calendar months.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, Stratum, Trial, average_hazard_ratio};
///
/// // No effect for two years, then outflow 1.6 times as fast. R: gsDesign2::ahr at month 60: 1.310375
/// let arm = |late| ArmHazards {
///     event: Piecewise::new(vec![0.0, 24.0], vec![0.004, late]).expect("two pieces"),
///     loss: Piecewise::constant(0.005),
/// };
/// let trial = Trial {
///     enrollment: Piecewise::constant(2000.0 / 6.0),
///     enrollment_months: 6.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.0064), control: arm(0.004) }],
/// };
/// assert!((average_hazard_ratio(&trial, 60.0).hazard_ratio - 1.310_374_549_57).abs() < 1e-8);
/// assert!((average_hazard_ratio(&trial, 18.0).hazard_ratio - 1.0).abs() < 1e-12);
/// ```
pub fn average_hazard_ratio(trial: &Trial, month: f64) -> AverageHazardRatio {
    let mut total =
        AverageHazardRatio { hazard_ratio: 1.0, events: 0.0, information: 0.0, null_information: 0.0 };
    let horizon = trial.horizon(month);
    if horizon <= 0.0 {
        return total;
    }
    let share = trial.treated_share;
    let mesh = Mesh::new(horizon, &trial.kinks(month));
    let mut weighted = 0.0;
    for stratum in &trial.strata {
        let ratio = stratum.treated.event.combined(&stratum.control.event, |t, c| t / c);
        let pieces = ratio.starts();
        let mut events = vec![(0.0, 0.0); pieces.len()];
        for &(time, weight) in &mesh.nodes {
            let piece = pieces.partition_point(|start| *start <= time).max(1) - 1;
            let entered = weight * trial.entered(month - time) * stratum.share;
            events[piece].0 +=
                entered * share * stratum.treated.at_risk(time) * stratum.treated.event.at(time);
            events[piece].1 +=
                entered * (1.0 - share) * stratum.control.at_risk(time) * stratum.control.event.at(time);
        }
        for (&(treated, control), &hazard_ratio) in events.iter().zip(ratio.values()) {
            let both = treated + control;
            if both <= 0.0 {
                continue;
            }
            total.events += both;
            total.null_information += both * share * (1.0 - share);
            if treated > 0.0 && control > 0.0 {
                weighted += both * libm::log(hazard_ratio);
                total.information += 1.0 / (1.0 / treated + 1.0 / control);
            }
        }
    }
    if total.events > 0.0 {
        total.hazard_ratio = libm::exp(weighted / total.events);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::trial::tests::delayed;
    use super::*;

    #[test]
    fn one_before_the_delay_is_over() {
        let early = average_hazard_ratio(&delayed(200.0), 4.0);
        assert!((early.hazard_ratio - 1.0).abs() < 1e-14);
        let late = average_hazard_ratio(&delayed(200.0), 60.0);
        assert!(late.hazard_ratio > 0.6 && late.hazard_ratio < 0.75);
        assert!(late.information < late.null_information);
    }
}
