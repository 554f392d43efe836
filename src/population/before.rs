//! What the years before the start have done in a whole caseload in balance (model page section 5): the employable have left,
//! hidden capacity has been seen, some were on benefit before, and the record is as old as the last talk that updated it.

use super::at_start;
use super::client::{Client, HIDDEN_CAPACITY_MONTHS};
use super::start::StartWords;
use crate::random::{Process, sample};
use crate::scenario::parameters::Parameters;
use crate::scenario::{Contact, Service};
use crate::stats::logistic::expit;

/// The service and the flows that were there before the start.
pub(super) struct Before<'a> {
    /// The service of the control arm, under which everybody was.
    pub(super) service: &'a Service,
    /// Returns per month as a share of the caseload; 0 when nobody returns.
    pub(super) returns: f64,
}

impl Before<'_> {
    /// Share of returns among those who came in, at the start and in the months before.
    fn share_of_returns(&self, parameters: &Parameters) -> f64 {
        share(self.returns, parameters.stock.scalars.inflow_share_of_stock)
    }

    /// Returns in a month (1 = the first) of those who left before the start, as a share of the caseload: whoever is out comes back
    /// with a constant hazard, so they thin out by it.
    pub(super) fn returns_in(&self, parameters: &Parameters, month: u32) -> f64 {
        let hazard = parameters.returns.hazard;
        if hazard > 0.0 { self.returns * libm::exp(-hazard * (f64::from(month) - 0.5)) } else { 0.0 }
    }

    /// Makes a client of the stock somebody who was there before the start.
    pub(super) fn stock(&self, parameters: &Parameters, words: &StartWords, client: &mut Client) {
        let spells = earlier_spells(words, self.share_of_returns(parameters));
        let nearer = nearer_after(client.distance_true, spells);
        client.distance_recorded = limit(client.distance_recorded + nearer - client.distance_true);
        client.distance_true = nearer;
        client.frailty *= still_there(parameters, client);
        let seen = parameters.stock.scalars.capacity_seen * client.months_on_benefit;
        if client.distance_recorded - client.distance_true > HIDDEN_CAPACITY_MONTHS
            && sample::happens(words.of(Process::StartCapacitySeen), seen)
        {
            client.distance_recorded = client.distance_true;
        }
        client.distance_observed = client.distance_true;
        client.distance_true = limit(client.distance_true + self.change_since(parameters, words, client));
    }

    /// Makes an entrant of a month one who comes back, with the share that returns have in it. The record is not touched.
    pub(super) fn entrant(
        &self,
        parameters: &Parameters,
        words: &StartWords,
        client: &mut Client,
        month: u32,
    ) {
        let first = share(self.returns_in(parameters, month), parameters.stock.scalars.inflow_share_of_stock);
        let u = sample::unit(words.of(Process::StartEarlierSpells));
        if u < first {
            let more = geometric(u / first, self.share_of_returns(parameters));
            client.distance_true = nearer_after(client.distance_true, 1 + more);
        }
    }

    /// How the true distance has changed since the record was brought up to date: the expected growth of this client without
    /// talks, and noise.
    fn change_since(&self, parameters: &Parameters, words: &StartWords, client: &Client) -> f64 {
        let hazard = self.updates(parameters, client);
        let months = if hazard > 0.0 {
            sample::exponential(words.of(Process::StartRecordAge), 1.0 / hazard).min(client.months_on_benefit)
        } else {
            client.months_on_benefit
        };
        let noise = words.normal(Process::StartDistanceNoise);
        at_start::growth(parameters, client) * months + parameters.distance.noise * libm::sqrt(months) * noise
    }

    /// Hazard per month that a talk is held and updates the record.
    fn updates(&self, parameters: &Parameters, client: &Client) -> f64 {
        let talks = match self.service.contact {
            Contact::Scheduled { interval_months } => 1.0 / interval_months,
            Contact::Hazard { far, near } => {
                if client.distance_recorded > 12.0 {
                    far
                } else {
                    near
                }
            }
        };
        let trust = client.trust - 0.4;
        let no_show = expit(parameters.no_show.base - parameters.no_show.trust * trust);
        talks * (1.0 - no_show) * expit(self.service.quality + parameters.conversation.quality_trust * trust)
    }
}

/// Share of returns among those who come in: `r / (r + inflow)`, both a month and relative to the stock.
fn share(returns: f64, inflow: f64) -> f64 {
    if returns > 0.0 { returns / (returns + inflow) } else { 0.0 }
}

/// Spells on benefit before this one, geometric with that share.
fn earlier_spells(words: &StartWords, share: f64) -> u32 {
    geometric(sample::unit(words.of(Process::StartEarlierSpells)), share)
}

/// Most earlier spells of one client.
const MOST_SPELLS: u32 = 20;

/// Number of successes in a row of a given probability, from one uniform number.
fn geometric(mut u: f64, probability: f64) -> u32 {
    let mut count = 0;
    while u < probability && count < MOST_SPELLS {
        u /= probability;
        count += 1;
    }
    count
}

/// True distance after so many returns, each of which brings it 3 months nearer but not under 3.
fn nearer_after(distance: f64, returns: u32) -> f64 {
    (0..returns).fold(distance, |distance, _| (distance - 3.0).max(3.0))
}

/// A distance kept within half a month and ten years.
fn limit(distance: f64) -> f64 {
    distance.clamp(0.5, 120.0)
}

/// Of a whole caseload in balance, those who have been on benefit for long are the less employable: a gamma frailty with mean one
/// and variance `s`, given that its owner has not left for work during a cumulative hazard `H`, is the same gamma times
/// `1 / (1 + s H)`. `H` is the client's hazard of work at the start, for all months on benefit.
fn still_there(parameters: &Parameters, client: &Client) -> f64 {
    let work = &parameters.work;
    let unseen = if client.distance_recorded > 12.0 { work.unseen } else { 1.0 };
    let hazard = work.base
        * unseen
        * libm::exp(
            work.confidence * (client.confidence - 0.35) + work.motivation * (client.motivation - 0.4)
                - client.distance_true / work.scale,
        );
    1.0 / (1.0 + parameters.far.scalars.frailty_variance * hazard * client.months_on_benefit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::{ClientMaker, client_id};
    use crate::random::Dice;
    use crate::scenario::Scenario;

    fn scenario() -> Scenario {
        Scenario::from_text("extends = \"gemeente\"\nname = \"before\"").expect("a scenario")
    }

    #[test]
    fn section_5_returns_have_a_share_of_those_who_come_in() {
        assert_eq!([share(0.0, 0.01), share(0.01, 0.03), share(0.01, 0.0)], [0.0, 0.25, 1.0]);
    }

    #[test]
    fn section_5_those_who_are_out_thin_out_by_coming_back() {
        let scenario = scenario();
        let (p, service) = (&scenario.parameters, &scenario.services[0]);
        let before = Before { service, returns: 0.004 };
        let later = before.returns_in(p, 13) / before.returns_in(p, 1);
        assert!((later - libm::exp(-12.0 * p.returns.hazard)).abs() < 1e-12);
        assert_eq!(Before { service, returns: 0.0 }.returns_in(p, 1), 0.0);
    }

    #[test]
    fn section_5_the_employable_have_left() {
        let scenario = scenario();
        let p = &scenario.parameters;
        let mut client = ClientMaker::new(&scenario, Dice::new(2, 0)).client(client_id(0, 0), 1.0);
        (client.confidence, client.motivation, client.distance_recorded) = (0.35, 0.4, 6.0);
        (client.distance_true, client.months_on_benefit) = (0.5, 0.0);
        assert_eq!(still_there(p, &client), 1.0);
        client.months_on_benefit = 100.0;
        let hazard = p.work.base * libm::exp(-0.5 / p.work.scale);
        let expected = 1.0 / (1.0 + p.far.scalars.frailty_variance * hazard * 100.0);
        assert!((still_there(p, &client) / expected - 1.0).abs() < 1e-12);
    }

    #[test]
    fn section_5_distances_stay_between_half_a_month_and_ten_years() {
        assert_eq!([limit(0.1), limit(40.0), limit(400.0)], [0.5, 40.0, 120.0]);
    }

    #[test]
    fn earlier_spells_are_geometric() {
        let grid = 100_000;
        let counts: Vec<u32> =
            (0..grid).map(|i| geometric((f64::from(i) + 0.5) / f64::from(grid), 0.3)).collect();
        for (least, expected) in [(1, 0.3), (2, 0.09), (3, 0.027)] {
            let found = counts.iter().filter(|&&count| count >= least).count() as f64 / f64::from(grid);
            assert!((found - expected).abs() < 1e-4, "{least}: {found}");
        }
        assert_eq!(geometric(0.0, 1.0), MOST_SPELLS);
        assert_eq!(geometric(0.0, 0.0), 0);
    }

    #[test]
    fn each_return_brings_three_months_nearer_but_not_under_three() {
        assert_eq!(nearer_after(10.0, 0), 10.0);
        assert_eq!(nearer_after(10.0, 2), 4.0);
        assert_eq!(nearer_after(10.0, 5), 3.0);
        assert_eq!(nearer_after(1.0, 1), 3.0);
    }
}
