//! One sampled client's month: states and events, kept only when trajectories are asked for.

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
    /// On benefit, or the reason of the exit.
    pub status: &'static str,
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
    /// Irregularity: none, unintentional, intentional.
    pub irregularity: &'static str,
    /// Active steps as a bit set in `STEP_KINDS` order.
    pub active_steps: u16,
    /// Disclosed domains as a bit set in `DOMAIN_NAMES` order.
    pub disclosed: u8,
    /// Rung of the participation ladder, 1 to 6.
    pub rung: u8,
    /// What happened this month, in words separated by semicolons.
    pub events: String,
}
