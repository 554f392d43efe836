//! The real model under calibration: a large caseload per scenario and arm, without site effects, the same luck everywhere.
//!
//! All figures of a targets file are answered by one run at a point: a caseload for every scenario, arm
//! and number of months that figures are about, and whole studies for patterns. Luck is the same at
//! every point, so that outcomes differ by parameters alone and emulators see smooth functions.

use crate::history::Record;
use crate::scenario::Scenario;
use crate::scenario::prior::Prior;
use crate::stats::normal;
use crate::trial::drawn;

use super::model::{Model, Outcome};
use super::outcome::{Caseload, OutcomeKind, OutcomeQuery, measure};
use super::place::{CLIENTS, SizedCaseload, cohort, stock};
use super::shown::probability;

/// A free parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Free {
    /// Dotted path, as in scenario files.
    pub path: String,
    /// Prior.
    pub prior: Prior,
    /// Smallest and largest allowed value, in the unit of the parameter: a prior's tail may reach
    /// beyond.
    pub limits: (f64, f64),
}

impl Free {
    /// The value at a place of the normal scale.
    pub(crate) fn value(&self, z: f64) -> f64 {
        drawn::quantile(self.prior, normal::cdf(z)).clamp(self.limits.0, self.limits.1)
    }
}

/// What is asked of a caseload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseloadQuestion {
    /// Which scenario, by its place in the targets file.
    pub scenario: usize,
    /// Which arm of it; for a pattern the treated one.
    pub arm: usize,
    /// What.
    pub asked: OutcomeQuery,
}

/// The scenarios that figures are about, and what is asked of them.
pub(crate) struct Town {
    /// Parameters that may move.
    free: Vec<Free>,
    /// The caseloads that answer.
    caseloads: Vec<SizedCaseload>,
    /// The studies whose patterns answer.
    studies: Vec<Scenario>,
    /// What is asked of them.
    questions: Vec<CaseloadQuestion>,
}

impl Town {
    /// Prepares caseloads of `CLIENTS` clients for the questions.
    pub(crate) fn new(scenarios: &[Scenario], free: Vec<Free>, questions: Vec<CaseloadQuestion>) -> Self {
        // A figure that needs years does not make those that need one live as long.
        let mut caseloads: Vec<([usize; 3], SizedCaseload)> = Vec::new();
        for (at, question) in
            questions.iter().enumerate().filter(|(_, question)| question.asked.kind != OutcomeKind::Pattern)
        {
            let months = question.asked.horizon();
            let key = [question.scenario, question.arm, months as usize];
            let place = match caseloads.iter_mut().find(|(known, _)| *known == key) {
                Some((_, place)) => place,
                None => {
                    let place = SizedCaseload::new(&scenarios[question.scenario], question.arm, months);
                    caseloads.push((key, place));
                    let last = caseloads.len() - 1;
                    &mut caseloads[last].1
                }
            };
            place.questions.push(at);
            place.entrants |= question.asked.kind.needs_entrants(question.asked.duration);
        }
        let caseloads: Vec<SizedCaseload> = caseloads.into_iter().map(|(_, place)| place).collect();
        Self { free, caseloads, studies: scenarios.to_vec(), questions }
    }

    /// The scenario of every caseload: one arm at one site.
    pub(crate) fn scenarios(&self) -> impl Iterator<Item = &Scenario> {
        self.caseloads.iter().map(|place| &place.scenario)
    }

    /// The free parameters, in the order of the points' coordinates.
    pub(crate) fn free(&self) -> &[Free] {
        &self.free
    }

    /// The values of the free parameters at a point.
    pub(crate) fn values(&self, z: &[f64]) -> Vec<(String, f64)> {
        self.free.iter().zip(z).map(|(free, &z)| (free.path.clone(), free.value(z))).collect()
    }

    /// Makes every caseload so large that the Monte Carlo error of its figures is under a third of `errors` (one per question;
    /// infinite when it does not matter), at most 40,000 clients. One run at the center of the priors says how large.
    pub(crate) fn enlarge(&mut self, errors: &[f64]) {
        let outcomes = self.run(&vec![0.0; self.free.len()]);
        for place in &mut self.caseloads {
            let ratio = |&at: &usize| 3.0 * outcomes[at].error / errors[at];
            let largest = place.questions.iter().map(ratio).fold(0.0, f64::max);
            place.resize(f64::from(CLIENTS) * largest * largest);
        }
    }

    /// Clients of the largest caseload.
    pub(crate) fn clients(&self) -> u32 {
        self.caseloads.iter().map(|place| place.clients).max().unwrap_or(0)
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
            let (tally, record) = stock(&scenario);
            let entrants = if place.entrants { cohort(&scenario) } else { Record::default() };
            let caseload = Caseload { tally: &tally, stock: &record, entrants: &entrants };
            for &at in &place.questions {
                outcomes[at] = measure(&self.questions[at].asked, &caseload);
            }
        }
        for (at, question) in self.questions.iter().enumerate() {
            if question.asked.kind == OutcomeKind::Pattern {
                let scenario = drawn::under(&self.studies[question.scenario], &values);
                outcomes[at] = probability(&scenario, question.arm, &question.asked);
            }
        }
        outcomes
    }
}

/// The scenario without differences between its sites that nobody can name: figures of a whole country
/// average over them.
fn without_site_effects(scenario: &mut Scenario) {
    let site = &mut scenario.parameters.site;
    site.quality_sd = 0.0;
    site.irregularity_stock_sd = 0.0;
    site.signalling_sd = 0.0;
    site.labour_market_sd = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{ExitReason, Step};
    use crate::scenario::embedded;

    fn ask(kind: OutcomeKind, window: [u32; 2]) -> OutcomeQuery {
        OutcomeQuery { kind, window, duration: None, reason: None, step: None, within: 12, pattern: None }
    }

    fn town(asked: &[OutcomeQuery]) -> Town {
        let resolved = embedded("heel-bestand", &[]).unwrap();
        let find = |path: &str| {
            let record = resolved.registry.get(path).unwrap();
            Free { path: path.into(), prior: record.prior.unwrap(), limits: (record.min, record.max) }
        };
        let free = vec![find("exit.work.base"), find("fraud.talk_intentional")];
        let question = |asked: &OutcomeQuery| CaseloadQuestion { scenario: 0, arm: 0, asked: *asked };
        Town::new(&[resolved.scenario], free, asked.iter().map(question).collect())
    }

    #[test]
    fn a_run_gives_every_outcome_repeatably_and_parameters_move_it() {
        let asked = [
            ask(OutcomeKind::ExitsPerClientYear, [0, 6]),
            OutcomeQuery { reason: Some(ExitReason::Work), ..ask(OutcomeKind::ExitsByReasonShare, [0, 6]) },
            ask(OutcomeKind::SurvivalOfNewSpells, [0, 6]),
            OutcomeQuery { duration: Some([0.0, 6.0]), ..ask(OutcomeKind::ExitHazard, [0, 6]) },
            OutcomeQuery { duration: Some([24.0, f64::INFINITY]), ..ask(OutcomeKind::StockShare, [0, 6]) },
            OutcomeQuery { step: Some(Step::Volunteering), ..ask(OutcomeKind::StepActive, [0, 6]) },
        ];
        let town = town(&asked);
        assert_eq!(town.caseloads.len(), 1);
        let center = town.run(&[0.0, 0.0]);
        assert_eq!(center, town.run(&[0.0, 0.0]));
        assert!(
            center.iter().all(|outcome| outcome.value > 0.0 && outcome.value < 1.0 && outcome.error < 0.02),
            "{center:?}"
        );
        let more = town.run(&[2.0, 0.0]);
        assert!(more[1].value > center[1].value + 3.0 * center[1].error, "{center:?} {more:?}");
        // Six months of a hazard and the survival over them belong together.
        let expected = libm::exp(-6.0 * center[3].value);
        assert!((center[2].value - expected).abs() < 0.04, "{center:?}");
    }
}
