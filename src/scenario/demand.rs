//! Talks asked for against talks that caseworkers can hold, per arm, before any run.
//!
//! A caseworker who has fewer slots than talks are asked for has a growing queue, and the simulated
//! service is then not the one that was planned. That is found here in a second instead of in the
//! results. It is a mean for average clients at the start, not a simulation: what clients become is not
//! in it.

use super::plan::{Contact, PopulationKind, Scenario};
use super::serves::{Arm, ClientFile, FAR_MONTHS};
use crate::stats::normal;

/// What an arm asks of its caseworkers at the start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Demand {
    /// Name of the arm.
    pub arm: String,
    /// Participants over all sites.
    pub participants: u64,
    /// Caseworkers over all sites, full-time equivalents.
    pub caseworkers: f64,
    /// Slots asked for a month: talks and no-shows, about.
    pub asked_per_month: f64,
    /// Slots that the caseworkers have a month, over all sites.
    pub slots_per_month: f64,
}

impl Demand {
    /// Share of the slots that is asked for; over 1 the queue grows. Infinite without slots.
    pub(crate) fn load(&self) -> f64 {
        if self.asked_per_month <= 0.0 { 0.0 } else { self.asked_per_month / self.slots_per_month }
    }
}

/// The demand of every arm at the start, for average clients, in the order of the arms: sums over all
/// sites.
pub(crate) fn demands(scenario: &Scenario) -> Vec<Demand> {
    let sum = |index: usize, value: &dyn Fn(usize) -> f64| -> f64 {
        let count = scenario.sites.len();
        (0..count).filter(|site| scenario.sites[*site].arms.len() > index).map(value).sum()
    };
    scenario
        .arms
        .iter()
        .enumerate()
        .map(|(index, arm)| {
            let group = |site: usize| scenario.sites[site].arms[index];
            let participants = sum(index, &|site| f64::from(group(site).participants));
            let caseworkers = sum(index, &|site| group(site).caseworkers);
            let slots = sum(index, &|site| group(site).caseworkers * scenario.sites[site].slots_per_month);
            let asked =
                sum(index, &|site| f64::from(group(site).participants) * per_client(scenario, arm, site));
            Demand {
                arm: arm.name.clone(),
                participants: participants as u64,
                caseworkers,
                asked_per_month: asked,
                slots_per_month: slots,
            }
        })
        .collect()
}

/// Slots that one client of an arm asks for in the first month: an average client near work and one far from work, with the
/// caseworkers of the site.
fn per_client(scenario: &Scenario, arm: &Arm, site: usize) -> f64 {
    let index = scenario.arms.iter().position(|other| other.name == arm.name).unwrap_or(0);
    let persons = scenario.sites[site].arms[index].persons().clamp(1, MOST_PERSONS);
    let far = &scenario.parameters.far;
    let near_share = recorded_near_share(scenario);
    let file = |recorded_months| ClientFile {
        recorded_months,
        duration_months: far.months_on_benefit.median,
        age_years: far.age_years.min + far.age_years.mean_share * (far.age_years.max - far.age_years.min),
    };
    let near = arm.fitting(&file(scenario.parameters.stock.near_recorded_distance.median.min(FAR_MONTHS)));
    let away = arm.fitting(&file(far.recorded_distance.median.max(FAR_MONTHS + 1.0)));
    let asked_by = |fits: u32, near: bool| -> f64 {
        let one = |caseworker: u32| {
            let service = scenario.services.get(arm.service_of(fits, site, caseworker, 0));
            service.map_or(0.0, |service| asked(scenario, service.contact, near))
        };
        (0..persons).map(one).sum::<f64>() / f64::from(persons)
    };
    near_share * asked_by(near, true) + (1.0 - near_share) * asked_by(away, false)
}

/// Most caseworkers of a site that are looked at, one by one, since rows of a plan may name them; the
/// mean of so many stands for all.
const MOST_PERSONS: u32 = 1000;

/// Slots that one client asks for in a month. Scheduled: a cycle lasts the interval and one month more for each
/// no-show, and uses a slot each time (model page 9, O7).
fn asked(scenario: &Scenario, contact: Contact, is_near: bool) -> f64 {
    match contact {
        Contact::Scheduled { interval_months } => {
            let no_show = no_show_probability(scenario);
            let misses = no_show / (1.0 - no_show);
            (1.0 + misses) / (interval_months + misses)
        }
        Contact::Hazard { far, near } => {
            if is_near {
                near
            } else {
                far
            }
        }
    }
}

/// Probability of a no-show for a client with average trust, health problems as prevalent.
fn no_show_probability(scenario: &Scenario) -> f64 {
    let parameters = &scenario.parameters;
    let no_show = &parameters.no_show;
    let logit = no_show.base - no_show.trust * (parameters.far.trust.mean - 0.4)
        + no_show.health * parameters.far.problem_prevalence.health;
    1.0 / (1.0 + libm::exp(-logit))
}

/// Share of clients with a recorded distance up to 12 months.
fn recorded_near_share(scenario: &Scenario) -> f64 {
    let within_12 = |distance: &super::parameters::ClampedLogNormal| {
        if distance.min > 12.0 {
            0.0
        } else if distance.max <= 12.0 {
            1.0
        } else if distance.sigma <= 0.0 {
            f64::from(u8::from(distance.median <= 12.0))
        } else {
            normal::cdf(libm::log(12.0 / distance.median) / distance.sigma)
        }
    };
    let parameters = &scenario.parameters;
    let far = within_12(&parameters.far.recorded_distance);
    match scenario.population {
        PopulationKind::Far => far,
        PopulationKind::Stock => {
            let share = parameters.stock.scalars.near_share;
            share * within_12(&parameters.stock.near_recorded_distance) + (1.0 - share) * far
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn six_talks_a_year_ask_more_than_two_caseworkers_have() {
        let scenario = embedded("gespreksfrequentie", &[]).unwrap().scenario;
        let demands = demands(&scenario);
        let loads: Vec<f64> = demands.iter().map(Demand::load).collect();
        assert!(loads[0] < 0.5 && loads[1] < 1.0, "{loads:?}");
        assert!(loads[2] > 1.0 && loads[3] > loads[2] && loads[4] > loads[3], "{loads:?}");
        assert_eq!(demands[4].slots_per_month, 120.0);
    }

    #[test]
    fn the_long_run_rate_is_that_of_oracle_seven() {
        let scenario = embedded("verification/o7", &[]).unwrap().scenario;
        let demand = &demands(&scenario)[0];
        let attended = demand.asked_per_month / demand.participants as f64 * (1.0 - 0.2314752165);
        assert!((attended * 12.0 - 3.635_048_176_4).abs() < 1e-8);
    }
}
