//! The first page in plain values: the answer to the question that was asked, four figures for this municipality, where
//! the balance comes from and what nobody knows. Report, terminal and the planner's page show the same.

mod figures;
mod origin;
mod outcome;
mod sentence;

use super::facts::{ArmFact, Facts};
use super::language::Lang;
use super::source::{MEASURED_MONTHS, Source};
use super::words::{Capacity, arm_name, capital, definite};
use crate::trial::view::Basis;

pub(crate) use crate::kinds::Question;
pub(crate) use figures::KeyFigure;
pub(crate) use origin::{Origin, Part};

pub(in crate::report) use figures::{Total, totals};
use outcome::{Outcome, outcome};
pub(in crate::report) use sentence::too_noisy;

/// Months in a year, for what is said per year.
const YEAR: f64 = 12.0;

/// The first page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// The answer, in one to three short sentences.
    pub sentence: String,
    /// What studies measured, before what rests on assumptions; empty when the horizon is within what was measured.
    pub measured: String,
    /// Four figures of the arm that answers best.
    pub figures: Vec<KeyFigure>,
    /// What the ranges are.
    pub interval: String,
    /// The answer per story of how things work, one row each.
    pub stories: Vec<String>,
    /// Where the balance of money comes from; `None` when money was not counted.
    pub origin: Option<Origin>,
    /// What each part of the caseload gains and loses, one row each; empty when everybody is served alike.
    pub parts: Vec<String>,
    /// Whether the caseworkers have room for the talks, one sentence per arm that has any.
    pub capacity: Vec<String>,
    /// What nobody has measured.
    pub unknown: Vec<String>,
    /// What the model was fitted to.
    pub fitted: String,
}

impl Answer {
    /// Answers a question from results.
    pub(crate) fn new(source: &Source<'_>, question: Question) -> Self {
        Self::of(source, question, &arms(source, question))
    }

    /// Answers a question for one arm.
    pub(crate) fn of_arm(source: &Source<'_>, question: Question, arm: usize) -> Self {
        Self::of(source, question, Arm::new(source, arm, question).as_slice())
    }

    /// The page for a question.
    fn of(source: &Source<'_>, question: Question, arms: &[Arm<'_>]) -> Self {
        let Some(best) = arms.first() else { return Self::default() };
        let origin = origin::origin(source, best);
        Self {
            sentence: sentence::answer(source, question, arms, origin.as_ref()),
            measured: sentence::measured(source, question, best),
            figures: figures::four(source, question, best),
            interval: sentence::interval(source),
            stories: sentence::stories(source, question, best),
            origin,
            parts: sentence::parts(source, question, best),
            capacity: capacity(source),
            unknown: sentence::unknown(source),
            fitted: sentence::fitted(source),
        }
    }

    /// The sentence that a council paper can quote: the answer, the range, and what it rests on.
    #[cfg(feature = "serve")]
    pub(crate) fn council(&self) -> String {
        [self.sentence.as_str(), self.interval.as_str(), self.fitted.as_str()].join(" ")
    }
}

/// The arms that are compared with the control, the best answer first.
fn arms<'a>(source: &Source<'a>, question: Question) -> Vec<Arm<'a>> {
    let mut arms: Vec<Arm<'_>> =
        source.treated().into_iter().filter_map(|arm| Arm::new(source, arm, question)).collect();
    // Stable: arms that answer equally well stay in the order of the scenario.
    arms.sort_by(|a, b| b.gain.center.total_cmp(&a.gain.center));
    arms
}

/// The arm that answers a question best; `None` with nothing to compare.
pub(crate) fn best_arm(source: &Source<'_>, question: Question) -> Option<usize> {
    arms(source, question).first().map(|arm| arm.index)
}

/// The size per client that does not matter for a question.
pub(in crate::report) fn negligible(question: Question) -> f64 {
    match question {
        Question::Payback => 100.0,
        Question::Work | Question::Exits | Question::Steps | Question::Signals | Question::Caseload => 0.005,
    }
}

/// One arm that is compared with the control, with what it gains for the question.
struct Arm<'a> {
    /// Number of the arm.
    index: usize,
    /// Name for readers.
    name: String,
    /// Name of the control.
    control: String,
    /// Clients of this municipality that the arm serves.
    clients: f64,
    /// What it gains per client at the horizon: more is better.
    gain: Outcome,
    /// What the run was of.
    facts: &'a Facts,
}

impl<'a> Arm<'a> {
    /// An arm beside the control; `None` when nothing was reported of it.
    fn new(source: &Source<'a>, index: usize, question: Question) -> Option<Self> {
        let (key, sign) = (question.measure(), question.sign());
        let gain = outcome(source, Basis::Difference, index, key, source.at_or_before(source.horizon()))?;
        let name = |arm: usize| {
            source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(source.lang, fact))
        };
        Some(Self {
            index,
            name: name(index),
            control: definite(source.lang, name(source.results.control)),
            clients: clients(source, index),
            gain: gain.times(sign),
            facts: source.facts,
        })
    }

    /// The difference from the control at the horizon, per 100 clients.
    fn hundred(&self, question: Question) -> Outcome {
        self.gain.times(100.0 * question.sign())
    }

    /// Years of the horizon.
    fn years(&self) -> f64 {
        f64::from(self.facts.horizon_months.max(1)) / YEAR
    }
}

/// The clients of this municipality: who is there at the start and who comes in. Everybody is lived through under every plan. Where
/// parts of the caseload are served apart, that is one municipality; else every arm is one of its own size.
pub(in crate::report) fn clients(source: &Source<'_>, arm: usize) -> f64 {
    let at = source.at_or_before(source.horizon());
    let Some(entered) = source.stat(Basis::Paired, source.results.control, ("clients_entered", ""), at)
    else {
        return clients_at_start(source, arm);
    };
    entered.mean * clients_at_start(source, arm) / everybody(source).max(1.0)
}

/// The participants of all arms.
fn everybody(source: &Source<'_>) -> f64 {
    (0..source.results.arms.len()).map(|arm| f64::from(source.facts.participants(arm))).sum()
}

/// Those of [`clients`] who are there at the start.
pub(in crate::report) fn clients_at_start(source: &Source<'_>, arm: usize) -> f64 {
    let is_one = !source.results.part_groups().is_empty();
    if is_one { everybody(source) } else { f64::from(source.facts.participants(arm)) }
}

/// The caseworkers for them, full-time equivalents.
pub(in crate::report) fn caseworkers(source: &Source<'_>, arm: usize) -> f64 {
    source.facts.caseworkers(arm) * times_of_arm(source, arm)
}

/// How many times as large the municipality is as the arm of the study.
fn times_of_arm(source: &Source<'_>, arm: usize) -> f64 {
    clients_at_start(source, arm) / f64::from(source.facts.participants(arm)).max(1.0)
}

/// Talks against slots at the start, of every arm with talks: for the clients of [`clients`].
fn capacity(source: &Source<'_>) -> Vec<String> {
    let lang = source.lang;
    let arms = source.facts.arms.iter().enumerate().filter(|(_, arm)| arm.asked_per_month > 0.0);
    let sentence = |(at, arm): (usize, &ArmFact)| {
        let capacity = capacity_of(source, at, arm);
        let name = capital(&arm_name(lang, arm));
        match (lang, source.facts.capacity) {
            (_, true) => format!("{name}: {}.", capacity.sentence(lang)),
            (Lang::Nl, false) => {
                format!("{name}: {}; wachten is niet doorgerekend.", capacity.sentence(lang))
            }
            (Lang::En, false) => format!("{name}: {}; waiting was not calculated.", capacity.sentence(lang)),
        }
    };
    arms.map(sentence).collect()
}

/// Talks of an arm against its slots at the start, for the clients of [`clients`].
fn capacity_of(source: &Source<'_>, at: usize, arm: &ArmFact) -> Capacity {
    let each = arm.slots_per_month / source.facts.caseworkers(at).max(1e-9);
    let times = times_of_arm(source, at);
    Capacity { needed: arm.asked_per_month * times, slots: arm.slots_per_month * times, each }
}

/// How large the plan is that answers best: its clients, and the talks that they need against the slots that there are. No outcome:
/// what makes the totals of two plans differ before anything else does.
#[cfg(feature = "serve")]
pub(crate) fn sizes(source: &Source<'_>, question: Question) -> Vec<(String, String)> {
    let Some(arm) = best_arm(source, question) else { return Vec::new() };
    let (lang, whole) = (source.lang, |value: f64| super::number::decimal(source.lang, value, 0));
    let mut list = vec![(CLIENTS[lang.pick(0, 1)].to_owned(), whole(clients(source, arm)))];
    if let Some(fact) = source.facts.arms.get(arm).filter(|fact| fact.asked_per_month > 0.0) {
        let capacity = capacity_of(source, arm, fact);
        let label = lang.pick(
            "gesprekken per maand bij de start: nodig, plekken",
            "talks a month at the start: needed, slots",
        );
        list.push((label.to_owned(), format!("{}, {}", whole(capacity.needed), whole(capacity.slots))));
    }
    list
}

/// Heading of a row with the clients of plans.
pub(in crate::report) const CLIENTS: [&str; 2] =
    ["klanten: bij de start en ingestroomd", "clients: at the start and come in"];

/// Whether anything lies beyond what studies measured.
fn is_beyond(source: &Source<'_>) -> bool {
    source.horizon() > MEASURED_MONTHS
}
