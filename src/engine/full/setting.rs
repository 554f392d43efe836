//! What all clients of a caseload share: the arm's service, the site, the parameters, the dice.

use crate::population::{Caseworker, SiteLuck};
use crate::random::Dice;
use crate::scenario::parameters::Parameters;
use crate::scenario::{Scenario, Service, Site};

/// The unchanging surroundings of a caseload.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Its parameters.
    pub(super) parameters: &'a Parameters,
    /// The service of the arm.
    pub(super) service: &'a Service,
    /// The site.
    pub(super) site: &'a Site,
    /// Number of the site.
    pub(super) site_index: usize,
    /// The site's random effects.
    pub(super) luck: SiteLuck,
    /// The dice of the replicate.
    pub(super) dice: Dice,
}

impl Setting<'_> {
    /// Multiplier on the hazard of work at this site in a month (1 = the first).
    pub(super) fn labor_market(&self, month: usize) -> f64 {
        let series = &self.site.labor_market;
        let index = series.get(month - 1).or(series.last()).copied().unwrap_or(1.0);
        self.luck.labor_market * index
    }

    /// Slots of one caseworker in a step: whole slots, spread over the steps without losing fractions.
    pub(super) fn slots_in_step(&self, step: u32) -> usize {
        let per_step = self.site.slots_per_month / f64::from(self.scenario.steps_per_month);
        (libm::floor(f64::from(step + 1) * per_step) - libm::floor(f64::from(step) * per_step)) as usize
    }
}

/// The caseworker who holds the place of a caseload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Staff {
    /// Who holds the place now.
    pub(super) caseworker: Caseworker,
}
