//! What a report says about a run besides its results: the plan in plain values and every parameter with its source.
//! Stored as `facts.json` beside the results, so that a report can be written again without simulating.
//!
//! Plain values and no types of the scenario: `facts.json` outlives the version that wrote it. Fields
//! that came later have defaults, so that old folders can still be told of; a field is never given
//! another meaning.

use serde::{Deserialize, Serialize};

use super::escape;
use crate::kinds::{Kind, Question};

use super::life::Life;
use crate::scenario::demand;
use crate::scenario::registry::Status;
use crate::scenario::{
    Allocation, Contact, DEFAULT_SCENARIO, Dynamics, PopulationKind, Resolved, Scenario, Service, embedded,
};

/// Name of the file in a run's folder.
pub(crate) const FILE: &str = "facts.json";

/// The plan and the parameters of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// Short name of the scenario, which names its folder.
    pub name: String,
    /// Title for readers, in Dutch and English.
    pub title: [String; 2],
    /// The question, Dutch and English; may be empty.
    pub question: [String; 2],
    /// What the planner wants to know: the name of the question.
    #[serde(default)]
    pub asked: String,
    /// Inhabitants of the municipality, when the scenario says so.
    #[serde(default)]
    pub inhabitants: Option<u32>,
    /// Year of the prices that the scenario gives itself.
    #[serde(default)]
    pub price_year: Option<u32>,
    /// Three simulated lives, when the run was made with them.
    #[serde(default)]
    pub lives: Vec<Life>,
    /// SHA-256 of the scenario after inheritance.
    pub scenario_hash: String,
    /// The texts that were laid over each other, by name: reference, scenario, what it extends, each
    /// `--set`.
    pub layers: Vec<String>,
    /// Seed of all chance.
    pub seed: u64,
    /// Replicates that the scenario allows; the results say how many were taken.
    pub replicates: u32,
    /// Draws of the parameters; 0 = none.
    pub parameter_draws: u32,
    /// The figures that parameters were fitted to; `None` = all keep their priors.
    #[serde(default)]
    pub fitted_to: Option<String>,
    /// Months simulated, from month 0.
    pub horizon_months: u32,
    /// Steps in a month: 1, 2 or 4.
    pub steps_per_month: u32,
    /// Calendar start: year and month.
    pub start: (i32, u32),
    /// A whole caseload instead of a trial population.
    pub whole_caseload: bool,
    /// A transition table instead of the full model.
    pub ladder: bool,
    /// Whether new clients come in.
    pub inflow: bool,
    /// Whether clients who left can return.
    pub returns: bool,
    /// Whether caseworkers' slots limit the talks.
    pub capacity: bool,
    /// How participants come into arms.
    pub allocation: AllocationFact,
    /// Arms in order.
    pub arms: Vec<ArmFact>,
    /// Index of the control arm.
    pub control: usize,
    /// Sites in order.
    pub sites: Vec<SiteFact>,
    /// Every parameter, in the order of the registry.
    pub parameters: Vec<ParameterFact>,
    /// Version of the program that made the run.
    pub version: String,
    /// Command line that made the run, as far as it matters for the results.
    pub command: String,
}

/// How participants come into arms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AllocationFact {
    /// Client by client.
    #[default]
    Client,
    /// By caseworker.
    Caseworker,
    /// By site.
    Site,
}

/// A service as a plan gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceFact {
    /// Name of the service.
    pub service: String,
    /// Months between scheduled talks; `None` when talks come by chance.
    pub interval_months: Option<f64>,
    /// Contacts by chance per month when recorded far and near; `None` when talks are scheduled.
    pub contact_hazards: Option<(f64, f64)>,
    /// Base quality of the talks, on the logit scale.
    pub quality: f64,
    /// One caseworker is kept.
    pub fixed_caseworker: bool,
    /// Multiplier on detection in talks; 1 = as usual.
    pub detection_factor: f64,
}

/// Clients of an arm who get another service than the others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServedFact {
    /// Who.
    pub who: String,
    /// What they get.
    #[serde(flatten)]
    pub gets: ServiceFact,
}

/// One arm and its service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ArmFact {
    /// Name.
    pub name: String,
    /// What everybody gets whom no row of `serves` names.
    #[serde(flatten)]
    pub gives: ServiceFact,
    /// Slots for talks that the arm asks for a month at the start; 0 in a transition table, and in results of before 0.1.
    #[serde(default)]
    pub asked_per_month: f64,
    /// Slots that its caseworkers have a month, over all sites.
    #[serde(default)]
    pub slots_per_month: f64,
    /// First month in which nobody gets another service any more, when the plan says that it stops.
    #[serde(default)]
    pub stops_month: Option<u32>,
    /// Who gets another service, in the order in which it is decided.
    #[serde(default)]
    pub serves: Vec<ServedFact>,
}

/// One site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SiteFact {
    /// Name.
    pub name: String,
    /// Participants and caseworkers (full-time equivalents) per arm.
    pub arms: Vec<(u32, f64)>,
    /// Conversation slots per caseworker a month.
    pub slots_per_month: f64,
    /// Neglect of the site: 1 = as usual.
    pub neglect: f64,
    /// Months of follow-up of the study at this site.
    pub follow_up_months: u32,
}

/// One parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ParameterFact {
    /// Dotted path.
    pub path: String,
    /// Value, in its unit.
    pub value: f64,
    /// Value in the reference, when the scenario has another one.
    pub reference: Option<f64>,
    /// Unit; may be empty.
    pub unit: String,
    /// Prior as it is written in a scenario; empty = taken as known.
    pub prior: String,
    /// How well founded.
    pub status: Status,
    /// Source; may be empty.
    pub source: String,
    /// Remark; may be empty.
    pub note: String,
    /// The text that changed it; empty = the reference's value.
    pub changed_by: String,
}

impl Facts {
    /// The question that is answered.
    pub(crate) fn question_asked(&self) -> Question {
        Question::from_name(&self.asked).unwrap_or_default()
    }

    /// The facts of a run of this scenario. `command` must hold nothing that differs between
    /// runs with the same results (no dates, no threads).
    pub(crate) fn new(resolved: &Resolved, command: &str) -> Self {
        let scenario = &resolved.scenario;
        let is_ladder = matches!(scenario.dynamics, Dynamics::Ladder(_));
        Self {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            question: scenario.question.clone(),
            asked: scenario.asked.name().to_owned(),
            inhabitants: scenario.municipality.inhabitants,
            price_year: scenario.municipality.price_year,
            lives: Vec::new(),
            scenario_hash: resolved.hash.clone(),
            layers: resolved.layers.clone(),
            seed: scenario.seed,
            replicates: scenario.replicates,
            parameter_draws: scenario.uncertainty.parameter_draws,
            fitted_to: resolved.registry.posterior.as_ref().map(|posterior| posterior.name.clone()),
            horizon_months: scenario.horizon_months,
            steps_per_month: scenario.steps_per_month,
            start: (scenario.start.year, scenario.start.month),
            whole_caseload: scenario.population == PopulationKind::Stock,
            ladder: is_ladder,
            inflow: scenario.inflow,
            returns: scenario.returns,
            capacity: scenario.capacity,
            allocation: allocation(scenario.allocation),
            arms: scenario
                .arms
                .iter()
                .zip(demand::demands(scenario))
                .map(|(arm, demand)| ArmFact {
                    stops_month: stops(arm, scenario.horizon_months),
                    asked_per_month: if is_ladder { 0.0 } else { demand.asked_per_month },
                    slots_per_month: if is_ladder { 0.0 } else { demand.slots_per_month },
                    serves: arm
                        .serves
                        .iter()
                        .map(|row| ServedFact {
                            who: row.who.name(),
                            gets: service_fact(&scenario.services[row.service]),
                        })
                        .collect(),
                    name: arm.name.clone(),
                    gives: service_fact(&scenario.services[arm.service]),
                })
                .collect(),
            control: scenario.control,
            sites: sites(scenario),
            parameters: parameters(resolved),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.to_owned(),
        }
    }

    /// The command as it may be shown: a shell can hand over any character.
    pub(crate) fn command_shown(&self) -> String {
        escape::clean(&self.command)
    }

    /// Participants of one arm over all sites, at the start.
    pub(crate) fn participants(&self, arm: usize) -> u32 {
        self.sites.iter().filter_map(|site| site.arms.get(arm)).map(|&(participants, _)| participants).sum()
    }

    /// Caseworkers of one arm over all sites, full-time equivalents.
    pub(crate) fn caseworkers(&self, arm: usize) -> f64 {
        self.sites.iter().filter_map(|site| site.arms.get(arm)).map(|&(_, caseworkers)| caseworkers).sum()
    }

    /// A parameter by its path.
    pub(crate) fn parameter(&self, path: &str) -> Option<&ParameterFact> {
        self.parameters.iter().find(|parameter| parameter.path == path)
    }
}

/// How participants came into arms.
fn allocation(allocation: Allocation) -> AllocationFact {
    match allocation {
        Allocation::Client => AllocationFact::Client,
        Allocation::Caseworker => AllocationFact::Caseworker,
        Allocation::Site => AllocationFact::Site,
    }
}

/// The month in which every row of a plan has ended, when that is before the horizon; `None` for a plan
/// that goes on or has no rows.
fn stops(arm: &crate::scenario::Arm, horizon: u32) -> Option<u32> {
    arm.serves.iter().map(|row| row.until_month).max().filter(|&until| until < horizon)
}

/// A service.
fn service_fact(service: &Service) -> ServiceFact {
    let (interval_months, contact_hazards) = match service.contact {
        Contact::Scheduled { interval_months } => (Some(interval_months), None),
        Contact::Hazard { far, near } => (None, Some((far, near))),
    };
    ServiceFact {
        service: service.name.clone(),
        interval_months,
        contact_hazards,
        quality: service.quality,
        fixed_caseworker: service.fixed_caseworker,
        detection_factor: service.detection_factor,
    }
}

/// The sites.
fn sites(scenario: &Scenario) -> Vec<SiteFact> {
    let fact = |site: &crate::scenario::Site| SiteFact {
        name: site.name.clone(),
        arms: site.arms.iter().map(|arm| (arm.participants, arm.caseworkers)).collect(),
        slots_per_month: site.slots_per_month,
        neglect: site.neglect,
        follow_up_months: site.follow_up_months,
    };
    scenario.sites.iter().map(fact).collect()
}

/// The parameters.
fn parameters(resolved: &Resolved) -> Vec<ParameterFact> {
    // The default scenario with what it does not change is the reference; the reference alone has no arms.
    let reference = embedded(DEFAULT_SCENARIO, &[]).ok();
    let fact = |record: &crate::scenario::registry::ParameterRecord| {
        let known = reference.as_ref().and_then(|reference| reference.registry.get(&record.path));
        let known = known.filter(|known| known.overridden_by.is_none());
        ParameterFact {
            path: record.path.clone(),
            value: record.value,
            reference: known.map(|known| known.value).filter(|&value| value != record.value),
            unit: record.unit.clone().unwrap_or_default(),
            prior: record.prior.map(|prior| prior.to_string()).unwrap_or_default(),
            status: record.status,
            source: record.source.clone().unwrap_or_default(),
            note: record.note.clone().unwrap_or_default(),
            changed_by: record.overridden_by.clone().unwrap_or_default(),
        }
    };
    resolved.registry.records.iter().map(fact).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_survive_a_round_trip_and_name_what_changed() {
        let overrides = ["costs.hour=90".to_owned()];
        let resolved = embedded("lange-adem", &overrides).unwrap();
        let facts = Facts::new(&resolved, "stapjes run");
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
        let hour = facts.parameter("costs.hour").unwrap();
        assert!(hour.value == 90.0 && hour.reference == Some(77.5) && !hour.changed_by.is_empty());
        assert_eq!(facts.participants(0), 1440);
    }
}
