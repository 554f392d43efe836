//! Clients and caseworkers at month 0, and inflow. Knows neither arms nor time.

mod at_start;
mod before;
mod caseworker;
mod client;
mod copula;
mod entrants;
mod identity;
mod inflow;
mod margins;
mod site;
mod start;

pub(crate) use caseworker::Caseworker;
pub use client::Client;
pub(crate) use client::{HIDDEN_CAPACITY_MONTHS, Household};
pub(crate) use entrants::Entrants;
pub(crate) use identity::{caseworker_id, client_id, entrant_id, pool_caseworker_id};
pub(crate) use site::SiteLuck;

use std::sync::Arc;

use crate::halt;
use crate::random::Dice;
use crate::scenario::parameters::Parameters;
use crate::scenario::{Dynamics, PopulationKind, Scenario, Site};
use before::Before;
use client::Origin;
use margins::Margins;
use start::StartWords;

/// The people of a replicate: one list of clients per site, who comes in later, and the sites' own luck.
///
/// A pure function of (scenario, replicate): client `n` of a site is the same person whatever the other clients, arms
/// and sites are. Who is not in the lists is drawn when asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Clients per site, in the order of their numbers.
    pub clients: Vec<Vec<Client>>,
    /// Entrants per site.
    pub(crate) entrants: Vec<Entrants>,
    /// Random effects per site.
    pub(crate) sites: Vec<SiteLuck>,
}

/// Clients between two looks at whether the work must be left: a few milliseconds.
const CLIENTS_BETWEEN_CHECKS: u32 = 1024;

/// Draws the population of one replicate. Empty for a transition table: its clients have a rung and nothing else.
pub fn draw(scenario: &Scenario, replicate: u32) -> Population {
    let mut population = sites(scenario, replicate);
    if population.sites.is_empty() {
        return population;
    }
    let maker = ClientMaker::new(scenario, Dice::new(scenario.seed, replicate));
    let months = if scenario.inflow { scenario.horizon_months } else { 0 };
    let mut room = entrants::ROOM;
    for (index, luck) in population.sites.iter().enumerate() {
        let site = &scenario.sites[index];
        let participants: u32 = site.arms.iter().map(|group| group.participants).sum();
        let clients = (0..participants).map(|number| {
            if number.is_multiple_of(CLIENTS_BETWEEN_CHECKS) {
                halt::check();
            }
            maker.at_start(index, site, luck, number)
        });
        population.clients[index] = clients.collect();
        population.entrants[index] = Entrants::draw(&maker, (index, luck), months, participants, room);
        room -= population.entrants[index].len();
    }
    population
}

/// The sites of one replicate with nobody drawn yet.
pub(crate) fn sites(scenario: &Scenario, replicate: u32) -> Population {
    let dice = Dice::new(scenario.seed, replicate);
    let sites = match scenario.dynamics {
        Dynamics::Ladder(_) => 0,
        Dynamics::Full => scenario.sites.len(),
    };
    let luck = |site| SiteLuck::draw(&scenario.parameters.site, &dice, site);
    Population::at_start(vec![Vec::new(); sites], (0..sites).map(luck).collect())
}

impl Population {
    /// These clients of these sites; nobody who comes in is drawn yet.
    pub(crate) fn at_start(clients: Vec<Vec<Client>>, sites: Vec<SiteLuck>) -> Self {
        Self { entrants: vec![Entrants::default(); sites.len()], clients, sites }
    }
}

/// Makes clients from addresses: the scenario's distributions, prepared once.
pub(crate) struct ClientMaker<'a> {
    /// Far clients or a whole caseload.
    population: PopulationKind,
    /// The parameters.
    parameters: &'a Parameters,
    /// Their margins, shared between threads' replicates.
    margins: Arc<Margins>,
    /// What happened before the start.
    before: Before<'a>,
    /// The dice of the replicate.
    dice: Dice,
}

impl<'a> ClientMaker<'a> {
    /// Prepares the distributions of a scenario for one replicate.
    pub(crate) fn new(scenario: &'a Scenario, dice: Dice) -> Self {
        let parameters = &scenario.parameters;
        let pension_age = f64::from(parameters.pension_age.in_year(scenario.start.year_after(0)));
        let margins = Margins::of(parameters, pension_age);
        let before = Before {
            service: &scenario.services[scenario.arms[scenario.control].service],
            returns: if scenario.returns { parameters.stock.scalars.returns_share_of_stock } else { 0.0 },
        };
        Self { population: scenario.population, parameters, margins, before, dice }
    }

    /// Number of entrants at a site in a month (1 = the first): new ones, and returns of those who left before the start.
    pub(crate) fn entrants(&self, site: usize, month: u32, clients_at_start: u32) -> u32 {
        let parameters = self.parameters;
        let scalars = &parameters.stock.scalars;
        let share = scalars.inflow_share_of_stock + self.before.returns_in(parameters, month);
        inflow::entrants(share, scalars.inflow_overdispersion, &self.dice, site, month, clients_at_start)
    }

    /// A client of a site at the start, by number.
    pub(crate) fn at_start(&self, index: usize, site: &Site, luck: &SiteLuck, number: u32) -> Client {
        self.client(client_id(index, number), luck.irregularity_stock * site.neglect)
    }

    /// A client of the population at the start. `stock` multiplies the probability of a hidden irregularity.
    pub(crate) fn client(&self, id: u32, stock: f64) -> Client {
        let words = StartWords::draw(&self.dice, id);
        let origin = match self.population {
            PopulationKind::Far => Origin::Trial,
            PopulationKind::Stock => {
                let share = self.parameters.stock.scalars.near_share;
                Origin::Stock { entrant: false, near: client::is_near(&words, share) }
            }
        };
        self.make(id, &words, origin, stock)
    }

    /// Somebody who comes in during a month (whole-caseload scenarios), as [`Self::entrants`] counts them: near or far, no months on
    /// benefit yet, perhaps back after an earlier spell.
    pub(crate) fn entrant(&self, site: usize, month: u32, number: u32, stock: f64) -> Client {
        let id = entrant_id(site, month, number);
        let words = StartWords::draw(&self.dice, id);
        let mut client = self.newcomer(id, &words, stock);
        self.before.entrant(self.parameters, &words, &mut client, month);
        client
    }

    /// Somebody who comes in for the first time: near or far, no months on benefit yet.
    pub(crate) fn new_client(&self, id: u32, stock: f64) -> Client {
        self.newcomer(id, &StartWords::draw(&self.dice, id), stock)
    }

    /// The same from the words of the start.
    fn newcomer(&self, id: u32, words: &StartWords, stock: f64) -> Client {
        let share = self.parameters.stock.scalars.entrant_near_share;
        let origin = Origin::Stock { entrant: true, near: client::is_near(words, share) };
        self.make(id, words, origin, stock)
    }

    /// Draws a client, with the steps that run and what the years before the start have done.
    fn make(&self, id: u32, words: &StartWords, origin: Origin, stock: f64) -> Client {
        let parameters = self.parameters;
        let mut client = client::draw(parameters, &self.margins, words, id, origin, stock);
        at_start::steps(parameters, words, &mut client);
        if matches!(origin, Origin::Stock { entrant: false, .. }) {
            self.before.stock(parameters, words, &mut client);
        }
        client
    }
}
