//! What the tests estimate; the words stand in `report::words`.

use serde::Serialize;

/// What a test estimates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimand {
    /// Log of the cause-specific hazard ratio over the study.
    LogHazardRatio,
    /// Log of the subdistribution hazard ratio over the study.
    LogSubdistributionHazardRatio,
    /// Difference in mean months after the event, within the follow-up.
    MeanMonthsAfter,
    /// Difference in the share with the event at the cut-off.
    ShareAtCutOff,
    /// Log of the ratio of mean event rates.
    LogRateRatio,
    /// Difference in events per month at risk while a cluster has the other service.
    RateDifference,
}
