//! What all clients of a caseload share: the arm's service, the site, the parameters, the dice.

use super::means::Means;
use super::single::Single;
use crate::population::{Caseworker, SiteLuck};
use crate::random::Dice;
use crate::scenario::parameters::Parameters;
use crate::scenario::{Arm, Contact, Scenario, Service, Site, Who};
use crate::stats::lanes::Block;

/// The unchanging surroundings of a caseload.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Its parameters.
    pub(super) parameters: &'a Parameters,
    /// The parameters of the processes in single precision.
    pub(super) single: &'a Single,
    /// The plan of the arm.
    pub(super) arm: &'a Arm,
    /// The parts of the caseload whose totals are kept apart.
    pub(super) parts: &'a [Who],
    /// Caseworker of the study, counted from 0, whose rows of the plan hold here.
    pub(super) caseworker: u32,
    /// Full-time equivalents of the caseworker.
    pub(super) full_time: f64,
    /// Share of the slots that serve the clients of one service only: service and share.
    pub(super) dedicated: &'a [(usize, f64)],
    /// The site.
    pub(super) site: &'a Site,
    /// Number of the site.
    pub(super) site_index: usize,
    /// The site's random effects.
    pub(super) luck: SiteLuck,
    /// What of the services the lanes need.
    pub(super) services: &'a Services,
    /// With what it is computed.
    pub(super) means: Means,
    /// The dice of the replicate.
    pub(super) dice: Dice,
}

impl Setting<'_> {
    /// A process, or a part of it, is done.
    #[inline]
    pub(super) fn lap(&self, part: &'static str) {
        if let Some(lap) = self.means.lap {
            lap(part);
        }
    }

    /// Multiplier on the hazard of work at this site in a month (1 = the first).
    pub(super) fn labor_market(&self, month: usize) -> f64 {
        let series = &self.site.labor_market;
        let index = series.get(month - 1).or(series.last()).copied().unwrap_or(1.0);
        self.luck.labor_market * index
    }

    /// A service by its index, as clients carry it.
    #[inline]
    pub(super) fn service(&self, index: u32) -> &Service {
        &self.scenario.services[index as usize]
    }

    /// Slots of a share of the caseworker's time in a step: whole slots, spread over the steps without losing fractions.
    pub(super) fn slots_in_step(&self, share: f64, step: u32) -> f64 {
        let per_month = self.site.slots_per_month * self.full_time * share;
        let per_step = per_month / f64::from(self.scenario.steps_per_month);
        libm::floor(f64::from(step + 1) * per_step) - libm::floor(f64::from(step) * per_step)
    }
}

/// What the lanes need of the services, at one site and under the plan of one arm.
pub(super) struct Services {
    /// Quality of a talk before the persons are known, logit scale, by index of the service.
    pub(super) quality: Vec<f32>,
    /// Factor on the hazard that a talk finds an irregularity.
    pub(super) detection: Vec<f32>,
    /// The services that some client of the arm can get.
    pub(super) given: Vec<u32>,
    /// Whether under one of those contacts come up by chance.
    pub(super) by_chance: bool,
}

impl Services {
    /// Of a scenario's services, under the plan of an arm at a site with these random effects.
    pub(super) fn new(scenario: &Scenario, arm: &Arm, luck: &SiteLuck) -> Self {
        let services = &scenario.services;
        let mut given: Vec<u32> = vec![arm.service as u32];
        given.extend(arm.serves.iter().map(|row| row.service as u32));
        given.sort_unstable();
        given.dedup();
        let by_chance =
            given.iter().any(|&index| matches!(services[index as usize].contact, Contact::Hazard { .. }));
        Self {
            quality: services.iter().map(|service| (service.quality + luck.quality) as f32).collect(),
            detection: services
                .iter()
                .map(|service| (luck.signalling * service.detection_factor) as f32)
                .collect(),
            given,
            by_chance,
        }
    }
}

/// A number of each client's service, lane by lane, of `count` clients.
#[inline]
pub(super) fn by_service(numbers: &[f32], services: &Block<u32>, count: usize) -> Block<f32> {
    let mut of_clients = Block::default();
    for lane in 0..count {
        of_clients[lane] = numbers[services[lane] as usize];
    }
    of_clients
}

/// The caseworker who holds the place of a caseload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Staff {
    /// Who holds the place now.
    pub(super) caseworker: Caseworker,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::Stage;

    #[test]
    fn section_2_the_labor_market_holds_its_last_value_and_the_site_its_effect() {
        let mut stage = Stage::new();
        assert_eq!(stage.setting().labor_market(7), 1.0);
        stage.scenario.sites[0].labor_market = vec![0.9, 1.1];
        stage.luck.labor_market = 2.0;
        assert_eq!([1, 2, 30].map(|month| stage.setting().labor_market(month)), [1.8, 2.2, 2.2]);
    }

    #[test]
    fn section_7_1_slots_are_whole_and_none_is_lost() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 10.0;
        stage.scenario.steps_per_month = 4;
        let slots: Vec<f64> = (0..8).map(|step| stage.setting().slots_in_step(0.5, step)).collect();
        assert_eq!(slots, [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0]);
    }

    #[test]
    fn section_7_1_contacts_by_chance_belong_to_services_without_an_interval() {
        let mut stage = Stage::new();
        for (name, by_chance) in [("regular", true), ("fip", false)] {
            let service = stage.service(name);
            stage.scenario.arms[0].service = service as usize;
            let services = Services::new(&stage.scenario, &stage.scenario.arms[0], &stage.luck);
            assert_eq!((services.given, services.by_chance), (vec![service], by_chance));
        }
    }
}
