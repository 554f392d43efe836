//! Clients and caseworkers at month 0, and inflow. Knows neither arms nor time.

mod caseworker;
mod client;
mod copula;
mod identity;
mod inflow;
mod site;

pub use caseworker::Caseworker;
pub use client::{Client, Household};
pub use identity::{caseworker_id, client_id, entrant_id, pool_caseworker_id};
pub use inflow::entrants;
pub use site::SiteLuck;

use crate::halt;
use crate::random::Dice;
use crate::scenario::{Dynamics, PopulationKind, Scenario};
use copula::Copula;

/// Everybody who is there when a replicate begins: one list of clients per site, and the sites' own luck.
///
/// A pure function of (scenario, replicate): client `n` of a site is the same person whatever the other clients, arms
/// and sites are.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Clients per site, in the order of their numbers.
    pub clients: Vec<Vec<Client>>,
    /// Random effects per site.
    pub sites: Vec<SiteLuck>,
}

/// Clients between two looks at whether the work must be left: a few milliseconds.
const CLIENTS_BETWEEN_CHECKS: u32 = 1024;

/// Draws the population of one replicate. Empty for a transition table: its clients have a rung and nothing else.
pub fn draw(scenario: &Scenario, replicate: u32) -> Population {
    let dice = Dice::new(scenario.seed, replicate);
    let mut population = Population { clients: Vec::new(), sites: Vec::new() };
    if matches!(scenario.dynamics, Dynamics::Ladder(_)) {
        return population;
    }
    let maker = ClientMaker::new(scenario, dice);
    for (index, site) in scenario.sites.iter().enumerate() {
        let luck = SiteLuck::draw(&scenario.parameters.site, &dice, index);
        let stock = luck.irregularity_stock * site.neglect;
        let participants: u32 = site.arms.iter().map(|group| group.participants).sum();
        let clients = (0..participants).map(|number| {
            if number.is_multiple_of(CLIENTS_BETWEEN_CHECKS) {
                halt::check();
            }
            maker.client(client_id(index, number), stock)
        });
        population.clients.push(clients.collect());
        population.sites.push(luck);
    }
    population
}

/// Makes clients from addresses: the scenario's distributions, prepared once.
pub struct ClientMaker<'a> {
    scenario: &'a Scenario,
    copula: Copula,
    dice: Dice,
}

impl<'a> ClientMaker<'a> {
    /// Prepares the distributions of a scenario for one replicate.
    pub fn new(scenario: &'a Scenario, dice: Dice) -> Self {
        Self { scenario, copula: Copula::new(&scenario.parameters.correlation), dice }
    }

    /// A client of the population at the start. `stock` multiplies the probability of a hidden irregularity.
    pub fn client(&self, id: u32, stock: f64) -> Client {
        let near = self.scenario.population == PopulationKind::Stock
            && client::is_near(self.scenario, &self.dice, id);
        client::draw(&self.scenario.parameters, &self.copula, &self.dice, id, near, stock)
    }

    /// A new entrant (whole-caseload scenarios): near distributions, no months on benefit yet.
    pub fn entrant(&self, id: u32, stock: f64) -> Client {
        let mut client = client::draw(&self.scenario.parameters, &self.copula, &self.dice, id, true, stock);
        client.months_on_benefit = 0.0;
        client
    }
}
