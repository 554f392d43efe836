//! The instant answer: power, size and duration of a two-arm study of a time to event, without simulation.
//!
//! Hazards are piecewise constant per arm, so that an effect can come late, do harm first (lock-in) or wane; enrollment is
//! piecewise constant and deterministic. `docs/design.md` lists which formula is which software's.

mod average_hazard_ratio;
mod counts;
mod curves;
mod evaluate;
mod mesh;
mod moments;
mod piecewise;
mod solve;
mod staged;
mod trial;
mod weight;

pub use crate::kinds::Benefit;
pub use average_hazard_ratio::{AverageHazardRatio, average_hazard_ratio};
pub use counts::{ExpectedCounts, expected_counts, month_of_events};
pub use curves::{CurveDifference, CurveSummary, curve_difference, mean_between};
pub use evaluate::{
    DriftFormula, Expected, InformationScale, Level, PlannedTest, SurvivalTest, direction, expected,
};
pub use moments::{PooledCurve, ScoreMoments, score_moments, under_mean_hazard};
pub use piecewise::Piecewise;
pub use solve::{Infeasible, PowerQuestion};
pub use staged::{LookTiming, StagedLook, looks, staged_plan};
pub use trial::{ArmHazards, Stratum, Trial};
pub use weight::WeightFunction;
