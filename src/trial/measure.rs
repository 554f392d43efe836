//! What is measured: every number of the results has one definition here, as a ratio of monthly totals.

use serde::{Deserialize, Serialize};

use crate::history::Tally;
use crate::language::Text;
use crate::scenario::parameters::Costs;

/// The part of the story that a measure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Section {
    /// Who leaves, why, and how long people stay.
    Outflow,
    /// Fraud signals and what is behind them.
    Signals,
    /// Small steps, visible and invisible.
    Steps,
    /// Distance to the labor market, rungs, bands, hidden capacity.
    Distance,
    /// Trust, confidence, motivation, own initiative.
    People,
    /// Talks, no-shows, waiting, hours.
    Load,
    /// Money.
    Money,
}

/// Whether a municipality could have the number on file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Visibility {
    /// Only the simulation knows it.
    Truth,
    /// Could be on file.
    OnFile,
}

/// Which months a total is taken over, seen from the reported month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// The reported month alone: states.
    Now,
    /// Month 0 up to and including the reported month.
    SoFar,
    /// As `SoFar`, each month discounted to month 0: divided by `(1 + discount_rate)^(month / 12)`.
    Discounted,
    /// The last so many months; undefined before that many months have passed.
    Last(u32),
}

/// What a total is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// Nothing: the total itself.
    Nothing,
    /// Clients who came in so far.
    Entered,
    /// Clients on benefit at the reported month.
    OnBenefit,
    /// The sum of these totals over the same span.
    Totals(&'static [Tally]),
}

/// One total in a numerator with its weight; the weight may be a price or an hour count from the scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WeightedTotal {
    /// The total.
    pub tally: Tally,
    /// What one unit counts for.
    pub weight: fn(&Costs) -> f64,
}

/// `scale * sum(weight * total) / denominator`.
#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    /// Numerator.
    pub terms: Vec<WeightedTotal>,
    /// Months of the numerator (and of `Over::Totals`).
    pub span: Span,
    /// Denominator.
    pub over: Over,
    /// Scale, for instance 1,000 for "per 1,000".
    pub scale: f64,
}

/// One measure: its name, its words and its formula.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Name, shared by measures that differ in label only.
    pub name: &'static str,
    /// Label: a reason, a kind of step, a band; empty when there is one of this name.
    pub label: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// Part of the story.
    pub(crate) section: Section,
    /// Truth or on file.
    pub(crate) view: Visibility,
    /// Whether ladder dynamics (a transition table) have it too.
    pub in_ladder: bool,
    /// The formula.
    pub(crate) ratio: Ratio,
    /// Subtracted from the formula, if anything.
    pub(crate) less: Option<Ratio>,
    /// Definition in words.
    pub definition: Text,
}
