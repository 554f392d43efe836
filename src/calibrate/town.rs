//! The real model under calibration: a large caseload per scenario and arm, without site effects, the same luck everywhere.

use crate::estimate::outcomes::Proportion;
use crate::estimate::{Alternative, fisher::fisher, pearson::pearson};
use crate::history::Record;
use crate::observe::{Protocol, cut};
use crate::population::{ClientMaker, Population, entrant_id, entrants};
use crate::random::Dice;
use crate::scenario::prior::Prior;
use crate::scenario::{Allocation, ArmAtSite, Dynamics, Scenario};
use crate::stats::normal;
use crate::trial::{drawn, replicate};

use super::model::{Model, Outcome};
use super::outcome::{Asked, Caseload, Kind, measure, share};

/// Clients per caseload, at least and at most.
pub const CLIENTS: u32 = 8_000;
const MOST_CLIENTS: u32 = 40_000;
/// Simulated studies per run for the probability of a pattern.
const STUDIES: u32 = 12;
/// Replicate number of the calibration's luck: none that a run of a scenario uses.
const LUCK: u32 = 0x00CA_11B0;

/// A free parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Free {
    /// Dotted path.
    pub path: String,
    /// Prior.
    pub prior: Prior,
    /// Smallest and largest allowed value.
    pub limits: (f64, f64),
}

impl Free {
    /// The value at a place of the normal scale.
    pub fn value(&self, z: f64) -> f64 {
        drawn::quantile(self.prior, normal::cdf(z)).clamp(self.limits.0, self.limits.1)
    }
}

/// What is asked of a caseload.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Which scenario.
    pub scenario: usize,
    /// Which arm of it.
    pub arm: usize,
    /// What.
    pub asked: Asked,
}

/// The scenarios that figures are about, and what is asked of them.
pub struct Town {
    free: Vec<Free>,
    caseloads: Vec<Place>,
    studies: Vec<Scenario>,
    questions: Vec<Question>,
}

/// One caseload: a scenario reduced to one arm at one site, and the questions about it.
struct Place {
    scenario: Scenario,
    clients: u32,
    entrants: bool,
    questions: Vec<usize>,
}

impl Town {
    /// Prepares caseloads of [`CLIENTS`] clients for the questions.
    pub fn new(scenarios: &[Scenario], free: Vec<Free>, questions: Vec<Question>) -> Self {
        let mut caseloads: Vec<(usize, usize, Place)> = Vec::new();
        for (at, question) in questions.iter().enumerate().filter(|(_, own)| own.asked.kind != Kind::Pattern)
        {
            let key = (question.scenario, question.arm);
            let place = match caseloads.iter_mut().find(|(scenario, arm, _)| (*scenario, *arm) == key) {
                Some((_, _, place)) => place,
                None => {
                    let scenario = one_arm(&scenarios[question.scenario], question.arm);
                    let place = Place { scenario, clients: CLIENTS, entrants: false, questions: Vec::new() };
                    caseloads.push((question.scenario, question.arm, place));
                    let last = caseloads.len() - 1;
                    &mut caseloads[last].2
                }
            };
            place.questions.push(at);
            place.entrants |= question.asked.kind.needs_entrants(question.asked.duration);
        }
        let mut caseloads: Vec<Place> = caseloads.into_iter().map(|(_, _, place)| place).collect();
        for place in &mut caseloads {
            let horizons = place.questions.iter().map(|&at| questions[at].asked.horizon());
            place.scenario.horizon_months = horizons.max().unwrap_or(1);
            resize(&mut place.scenario, place.clients);
        }
        Self { free, caseloads, studies: scenarios.to_vec(), questions }
    }

    /// The scenario of every caseload: one arm at one site.
    pub fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        self.caseloads.iter().map(|place| &place.scenario)
    }

    /// The free parameters, in the order of the points' coordinates.
    pub fn free(&self) -> &[Free] {
        &self.free
    }

    /// The values of the free parameters at a point.
    pub fn values(&self, z: &[f64]) -> Vec<(String, f64)> {
        self.free.iter().zip(z).map(|(free, &z)| (free.path.clone(), free.value(z))).collect()
    }

    /// Makes every caseload so large that the Monte Carlo error of its figures is under a third of `errors` (one per question;
    /// infinite when it does not matter), at most 40,000 clients. One run at the center of the priors says how large.
    pub fn enlarge(&mut self, errors: &[f64]) {
        let outcomes = self.run(&vec![0.0; self.free.len()]);
        for place in &mut self.caseloads {
            let ratio = |&at: &usize| 3.0 * outcomes[at].error / errors[at];
            let largest = place.questions.iter().map(ratio).fold(0.0, f64::max);
            let wanted = f64::from(CLIENTS) * largest * largest;
            place.clients = (wanted.min(f64::from(MOST_CLIENTS)) as u32).max(CLIENTS);
            resize(&mut place.scenario, place.clients);
        }
    }

    /// Clients of the largest caseload.
    pub fn clients(&self) -> u32 {
        self.caseloads.iter().map(|place| place.clients).max().unwrap_or(0)
    }

    /// Client-months that one run simulates.
    pub fn client_months(&self) -> f64 {
        let months = |place: &Place| f64::from(place.clients) * f64::from(place.scenario.horizon_months);
        self.caseloads.iter().map(months).sum()
    }
}

impl Model for Town {
    fn dimensions(&self) -> usize {
        self.free.len()
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        let values = self.values(z);
        let mut outcomes = vec![Outcome { value: f64::NAN, error: f64::NAN }; self.questions.len()];
        for place in &self.caseloads {
            let mut scenario = drawn::under(&place.scenario, &values);
            without_site_effects(&mut scenario);
            let history = stock(&scenario);
            let tally = &history.tallies[0][0];
            let entrants = if place.entrants { cohort(&scenario, place.clients) } else { Record::default() };
            let caseload = Caseload { tally, stock: &history.record, entrants: &entrants };
            for &at in &place.questions {
                outcomes[at] = measure(&self.questions[at].asked, &caseload);
            }
        }
        for (at, question) in self.questions.iter().enumerate() {
            if question.asked.kind == Kind::Pattern {
                outcomes[at] = pattern(&drawn::under(&self.studies[question.scenario], &values), question);
            }
        }
        outcomes
    }
}

/// A scenario reduced to one arm and one site.
fn one_arm(scenario: &Scenario, arm: usize) -> Scenario {
    let mut one = scenario.clone();
    let groups = scenario.sites.iter().map(|site| site.arms[arm]);
    let (participants, caseworkers) =
        groups.fold((0, 0.0), |(people, staff), own| (people + own.participants, staff + own.caseworkers));
    one.arms = vec![scenario.arms[arm].clone()];
    one.control = 0;
    one.sites.truncate(1);
    one.sites[0].arms = vec![ArmAtSite { participants, caseworkers }];
    one.enrollment_months = 0;
    one.allocation = Allocation::Client;
    if let Dynamics::Ladder(ladder) = &mut one.dynamics {
        let effect = ladder.effects.get(arm).copied().flatten();
        ladder.effects = vec![effect];
    }
    one
}

/// Gives the one group `clients` clients with as many caseworkers per client as before.
fn resize(scenario: &mut Scenario, clients: u32) {
    let months = scenario.horizon_months;
    let site = &mut scenario.sites[0];
    let own = site.arms[0];
    let staff = f64::from(clients) * own.caseworkers / f64::from(own.participants.max(1));
    site.arms[0] = ArmAtSite { participants: clients, caseworkers: staff.round().max(1.0) };
    site.follow_up_months = months;
}

fn without_site_effects(scenario: &mut Scenario) {
    let site = &mut scenario.parameters.site;
    site.quality_sd = 0.0;
    site.irregularity_stock_sd = 0.0;
    site.signalling_sd = 0.0;
    site.labour_market_sd = 0.0;
}

fn stock(scenario: &Scenario) -> crate::history::History {
    replicate::study(scenario, LUCK)
}

/// New entrants, all at month 0: as many as come in within a year, at least a quarter of the caseload.
fn cohort(scenario: &Scenario, clients: u32) -> Record {
    if matches!(scenario.dynamics, Dynamics::Ladder(_)) {
        return Record::default();
    }
    let dice = Dice::new(scenario.seed, LUCK);
    let scalars = &scenario.parameters.stock.scalars;
    let yearly: u32 = (0..12).map(|month| entrants(scalars, &dice, 0, month, clients)).sum();
    let count = yearly.clamp(clients / 4, clients);
    let mut cohort = scenario.clone();
    cohort.inflow = false;
    resize(&mut cohort, count);
    let sites = replicate::people(&one_client(&cohort), LUCK).sites;
    let maker = ClientMaker::new(&cohort, dice);
    let stock = sites[0].irregularity_stock * cohort.sites[0].neglect;
    // An identifier holds 2^15 entrants a month.
    let client = |number: u32| maker.entrant(entrant_id(0, number >> 15, number & 0x7FFF), stock);
    let population = Population { clients: vec![(0..count).map(client).collect()], sites };
    replicate::study_of(&cohort, &population, LUCK).record
}

/// The scenario with one client, for the luck of its site.
fn one_client(scenario: &Scenario) -> Scenario {
    let mut one = scenario.clone();
    one.sites[0].arms[0].participants = 1;
    one
}

/// Share of the sites of simulated studies of the scenario as it is that show the pattern, with half a site added.
fn pattern(scenario: &Scenario, question: &Question) -> Outcome {
    let Some(wanted) = question.asked.pattern else { return Outcome { value: f64::NAN, error: f64::NAN } };
    let (control, treated) = (scenario.control, question.arm);
    let month = question.asked.window[1].min(scenario.horizon_months);
    let sites = scenario.sites.len();
    let showing = |study: u32| {
        let record = replicate::study(scenario, LUCK + 1 + study).record;
        let files = cut(&Protocol::from(scenario), &record, &[month]);
        let count = |site: usize, arm: usize| {
            let own = files[0]
                .rows
                .iter()
                .filter(|row| (usize::from(row.site), usize::from(row.arm)) == (site, arm));
            own.fold((0, 0), |(events, total), row| {
                (events + u64::from(wanted.endpoint.of(row).1 == 1), total + 1)
            })
        };
        let shows = |site: &usize| significant(count(*site, control), count(*site, treated)) == wanted.more;
        (0..sites).filter(shows).count()
    };
    let seen = (0..STUDIES).map(showing).sum::<usize>() as f64;
    let all = f64::from(STUDIES) * sites as f64;
    Outcome { value: (seen + 0.5) / (all + 1.0), error: share(seen, all).error }
}

/// Whether the treated have significantly more events at 5 %, two-sided: Pearson's test, or Fisher's when fewer than five are
/// expected somewhere.
fn significant(control: (u64, u64), treated: (u64, u64)) -> bool {
    let (c, t) = (
        Proportion { events: control.0, total: control.1 },
        Proportion { events: treated.0, total: treated.1 },
    );
    let (all, events) = ((c.total + t.total) as f64, (c.events + t.events) as f64);
    if c.total == 0 || t.total == 0 || events == 0.0 || events == all {
        return false;
    }
    let smallest = events.min(all - events) * c.total.min(t.total) as f64 / all;
    let p_value = if smallest >= 5.0 {
        pearson(&[c, t], false).map_or(1.0, |test| test.p_value)
    } else {
        fisher(c, t, Alternative::TwoSided, 0.95).p_value
    };
    p_value <= 0.05 && t.share() > c.share()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{ExitReason, Step};
    use crate::scenario::embedded;

    fn ask(kind: Kind, window: [u32; 2]) -> Asked {
        Asked { kind, window, duration: None, reason: None, step: None, within: 12, pattern: None }
    }

    fn town(asked: &[Asked]) -> Town {
        let resolved = embedded("heel-bestand", &[]).unwrap();
        let find = |path: &str| {
            let record = resolved.registry.get(path).unwrap();
            Free { path: path.into(), prior: record.prior.unwrap(), limits: (record.min, record.max) }
        };
        let free = vec![find("exit.work.base"), find("fraud.talk_intentional")];
        let question = |asked: &Asked| Question { scenario: 0, arm: 0, asked: *asked };
        Town::new(&[resolved.scenario], free, asked.iter().map(question).collect())
    }

    #[test]
    fn a_run_gives_every_outcome_repeatably_and_parameters_move_it() {
        let asked = [
            ask(Kind::ExitsPerClientYear, [0, 6]),
            Asked { reason: Some(ExitReason::Work), ..ask(Kind::ExitsByReasonShare, [0, 6]) },
            ask(Kind::SurvivalOfNewSpells, [0, 6]),
            Asked { duration: Some([0.0, 6.0]), ..ask(Kind::ExitHazard, [0, 6]) },
            Asked { duration: Some([24.0, f64::INFINITY]), ..ask(Kind::StockShare, [0, 6]) },
            Asked { step: Some(Step::Volunteering), ..ask(Kind::StepActive, [0, 6]) },
        ];
        let town = town(&asked);
        assert_eq!(town.caseloads.len(), 1);
        let center = town.run(&[0.0, 0.0]);
        assert_eq!(center, town.run(&[0.0, 0.0]));
        assert!(
            center.iter().all(|own| own.value > 0.0 && own.value < 1.0 && own.error < 0.02),
            "{center:?}"
        );
        let more = town.run(&[2.0, 0.0]);
        assert!(more[1].value > center[1].value + 3.0 * center[1].error, "{center:?} {more:?}");
        // Six months of a hazard and the survival over them belong together.
        let expected = libm::exp(-6.0 * center[3].value);
        assert!((center[2].value - expected).abs() < 0.04, "{center:?}");
    }
}
