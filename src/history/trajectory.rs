//! One sampled client's month: states and events, kept only when trajectories are asked for.

use crate::kinds::{Domain, ExitReason, Irregularity, LifeEvent, Rung, Set, Step};

/// State of one sampled client at the end of a month (truth, for reviewers; never part of a study's data).
#[derive(Clone, Debug, PartialEq)]
pub struct LifeMonth {
    /// Arm under which this life was lived.
    pub arm: u16,
    /// Site.
    pub site: u16,
    /// Client number within the site.
    pub client: u32,
    /// Month, 0 = at the start.
    pub month: u16,
    /// Age, months.
    pub age_months: f64,
    /// Reason of the exit; `None` on benefit.
    pub out: Option<ExitReason>,
    /// True distance, months.
    pub distance_true: f64,
    /// Recorded distance, months.
    pub distance_recorded: f64,
    /// Trust.
    pub trust: f64,
    /// Confidence.
    pub confidence: f64,
    /// Motivation.
    pub motivation: f64,
    /// Applied knowledge of the rules.
    pub knowledge: f64,
    /// Perceived chance of detection.
    pub perceived_detection: f64,
    /// Irregularity.
    pub irregularity: Irregularity,
    /// Active steps.
    pub(crate) active_steps: Set<Step>,
    /// Disclosed domains.
    pub(crate) disclosed: Set<Domain>,
    /// Rung of the participation ladder.
    pub rung: Rung,
    /// What happened this month, in order.
    pub(crate) events: Vec<LifeEvent>,
}
