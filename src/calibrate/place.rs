//! One caseload: an arm of a scenario at all its sites, as large as its figures need, without site effects and without chance
//! in who comes in when.
//!
//! A published figure is about thousands of clients, so a run needs thousands, and no differences
//! between sites that chance made. Entrants come in as a cohort at month 0: a figure about the first
//! year of a spell has no other use for the stock, in which few spells are young.

use crate::history::{GroupTally, Record};
use crate::population::{ClientMaker, Population, entrant_id};
use crate::random::Dice;
use crate::scenario::{Allocation, Dynamics, Scenario};
use crate::trial::replicate;

/// Clients per caseload unless a figure needs more.
pub(super) const CLIENTS: u32 = 8_000;
/// Most clients of a caseload: beyond it the error of a figure shrinks slower than the time of a
/// calibration grows.
const MOST_CLIENTS: u32 = 40_000;
/// Replicate number of the calibration's luck: none that a run of a scenario uses.
pub(super) const LUCK: u32 = 0x00CA_11B0;

/// A caseload and the questions about it.
pub(super) struct SizedCaseload {
    /// The scenario reduced to the arm, with [`clients`](Self::clients) clients.
    pub(super) scenario: Scenario,
    /// The same with its own numbers of clients and caseworkers.
    stated: Scenario,
    /// Clients over all sites.
    pub(super) clients: u32,
    /// Whether some figure is about new spells.
    pub(super) entrants: bool,
    /// Which questions it answers.
    pub(super) questions: Vec<usize>,
}

impl SizedCaseload {
    /// The caseload of an arm of a scenario, of the usual size, followed for so many months.
    pub(super) fn new(scenario: &Scenario, arm: usize, months: u32) -> Self {
        let mut stated = one_arm(scenario, arm);
        stated.horizon_months = months;
        let scenario = sized(&stated, CLIENTS);
        Self { scenario, stated, clients: CLIENTS, entrants: false, questions: Vec::new() }
    }

    /// Makes it so large, within the bounds of a caseload; caseworkers grow along.
    pub(super) fn resize(&mut self, clients: f64) {
        self.clients = (clients.min(f64::from(MOST_CLIENTS)) as u32).max(CLIENTS);
        self.scenario = sized(&self.stated, self.clients);
    }
}

/// Everybody's months: totals over all sites, and the record of those who were there at the start.
pub(super) fn stock(scenario: &Scenario) -> (GroupTally, Record) {
    let history = replicate::study(scenario, LUCK);
    let mut sites = history.tallies.into_iter().flatten();
    let mut all = sites.next().unwrap_or_else(|| GroupTally::new(scenario.horizon_months));
    sites.for_each(|site| all.merge(&site));
    (all, history.record)
}

/// New entrants, all at month 0: as many as come in within a year, at least a quarter of the caseload.
pub(super) fn cohort(scenario: &Scenario) -> Record {
    if matches!(scenario.dynamics, Dynamics::Ladder(_)) {
        return Record::default();
    }
    let dice = Dice::new(scenario.seed, LUCK);
    let maker = ClientMaker::new(scenario, dice);
    let mut cohort = scenario.clone();
    cohort.inflow = false;
    for (at, site) in cohort.sites.iter_mut().enumerate() {
        let group = &mut site.arms[0];
        let clients = group.participants;
        let yearly: u32 = (1..=12).map(|month| maker.entrants(at, month, clients)).sum();
        group.participants = yearly.clamp(clients / 4, clients);
        group.caseworkers *= f64::from(group.participants) / f64::from(clients.max(1));
    }
    let sites = replicate::people(&one_client(&cohort), LUCK).sites;
    let people = |at: usize| {
        let stock = sites[at].irregularity_stock * cohort.sites[at].neglect;
        // An identifier holds 2^15 entrants a month.
        let client = |number: u32| maker.new_client(entrant_id(at, number >> 15, number & 0x7FFF), stock);
        (0..cohort.sites[at].arms[0].participants).map(client).collect()
    };
    let clients = (0..sites.len()).map(people).collect();
    replicate::study_of(&cohort, &Population::at_start(clients, sites), LUCK).record
}

/// A scenario reduced to one arm.
fn one_arm(scenario: &Scenario, arm: usize) -> Scenario {
    let mut one = scenario.clone();
    one.arms = vec![scenario.arms[arm].clone()];
    one.control = 0;
    one.sites.iter_mut().for_each(|site| site.arms = vec![site.arms[arm]]);
    one.enrollment_months = 0;
    one.allocation = Allocation::Client;
    if let Dynamics::Ladder(ladder) = &mut one.dynamics {
        let effect = ladder.effects.get(arm).copied().flatten();
        ladder.effects = vec![effect];
    }
    one
}

/// The scenario with so many clients in all, divided over the sites as before, with as many caseworkers per client: those whom
/// a row of the plan names have as many successors as their share of the staff.
fn sized(scenario: &Scenario, clients: u32) -> Scenario {
    let mut sized = scenario.clone();
    let before: f64 = sized.sites.iter().map(|site| f64::from(site.arms[0].participants)).sum();
    let named = sized.arms[0].serves.iter().any(|row| !row.caseworkers.is_empty());
    let factor = f64::from(clients) / before.max(1.0);
    let factor = if named { factor.max(1.0) } else { factor };
    for site in &mut sized.sites {
        let group = &mut site.arms[0];
        let participants = (f64::from(group.participants) * factor).round();
        if group.participants > 0 {
            group.caseworkers *= participants / f64::from(group.participants);
        }
        group.participants = participants as u32;
        site.follow_up_months = scenario.horizon_months;
    }
    let arm = &mut sized.arms[0];
    arm.dedicated.iter_mut().for_each(|(_, staff)| *staff *= factor);
    let first = |caseworker: u32| (f64::from(caseworker) * factor).ceil() as u32;
    for row in &mut arm.serves {
        row.caseworkers =
            row.caseworkers.iter().flat_map(|&caseworker| first(caseworker)..first(caseworker + 1)).collect();
    }
    sized
}

/// The scenario with one client a site, for the luck of the sites.
fn one_client(scenario: &Scenario) -> Scenario {
    let mut one = scenario.clone();
    one.sites.iter_mut().for_each(|site| site.arms[0].participants = 1);
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Tally;
    use crate::scenario::embedded;

    #[test]
    fn who_gets_what_where_and_from_whom_stays_as_it_was() {
        let wedge = embedded("stepped-wedge", &[]).unwrap().scenario;
        let place = SizedCaseload::new(&wedge, 1, 12);
        let sites: Vec<u32> = place.scenario.sites.iter().map(|site| site.arms[0].participants).collect();
        assert_eq!(sites, [1333; 6]);
        // Two teams of six get the talks from month 6 on: far fewer than when all did, far more than when none did.
        let talks = |place: &SizedCaseload| {
            stock(&place.scenario).0.column(Tally::TalksHeld)[7..].iter().sum::<f64>()
        };
        let mut at_once = wedge.clone();
        at_once.arms[1].serves.iter_mut().for_each(|row| (row.sites, row.from_month) = (Vec::new(), 6));
        let (some, none, all) =
            (talks(&place), SizedCaseload::new(&wedge, 0, 12), SizedCaseload::new(&at_once, 1, 12));
        let share = (some - talks(&none)) / (talks(&all) - talks(&none));
        assert!((share - 1.0 / 3.0).abs() < 0.03, "{share}");
    }

    #[test]
    fn named_and_dedicated_caseworkers_keep_their_share() {
        let mut scenario = embedded("gespreksfrequentie", &[]).unwrap().scenario;
        let fip = scenario.arms[1].service;
        scenario.arms[0].dedicated = vec![(fip, 0.5)];
        let row = crate::scenario::Serves {
            who: crate::scenario::Who::Everybody,
            service: fip,
            sites: Vec::new(),
            caseworkers: vec![1],
            from_month: 0,
            until_month: u32::MAX,
        };
        scenario.arms[0].serves = vec![row];
        let mut place = SizedCaseload::new(&scenario, 0, 12);
        place.resize(8_010.0);
        let arm = &place.scenario.arms[0];
        assert!((place.scenario.sites[0].arms[0].caseworkers - 44.5).abs() < 1e-9);
        assert!((arm.dedicated[0].1 - 0.5 * 22.25).abs() < 1e-9);
        assert_eq!(arm.serves[0].caseworkers, (23..45).collect::<Vec<u32>>());
    }
}
