//! How much a power analysis runs.

use super::purpose;
use crate::scenario::Scenario;
use crate::trial::Watch;

/// How much to run.
#[derive(Clone, Copy)]
pub struct PowerPlan<'a> {
    /// The scenario with its analysis plan.
    pub scenario: &'a Scenario,
    /// Replicates for power.
    pub replicates: u32,
    /// Replicates under equal services; 0 = none.
    pub null_replicates: u32,
    /// Durations, months.
    pub months: &'a [u32],
    /// First replicate number for power.
    pub first: u32,
    /// Stop flag and progress.
    pub watch: Watch<'a>,
}

impl<'a> PowerPlan<'a> {
    /// What the scenario asks for, with as many replicates under equal services.
    pub fn new(scenario: &'a Scenario, replicates: u32) -> Self {
        Self {
            scenario,
            replicates,
            null_replicates: replicates,
            months: &scenario.analysis.cut_off_months,
            first: purpose::POWER,
            watch: Watch::default(),
        }
    }

    /// Replicates for the true value: a quarter of those for power, 50 to 400.
    pub(crate) fn truth_replicates(&self) -> u32 {
        (self.replicates / 4).clamp(50, 400)
    }

    /// Studies simulated in all.
    pub(crate) fn studies(&self) -> u32 {
        self.replicates + self.null_replicates + self.truth_replicates()
    }
}
