//! `compare`: two to six scenarios on common random numbers.
//!
//! A comparison is finished or not at all, as one file of numbers: one that stands in its folder, by
//! the same program and of the same scenarios, is read again instead of computed, so another language
//! costs seconds.

use std::fs;
use std::path::Path;

use super::Context;
use super::results::{self, Destination, Provenance, Written};
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::compare as page;
use crate::report::facts::Facts;
use crate::report::kind::ResultKind;
use crate::report::manifest::{self, Timings};
use crate::said;
use crate::scenario::Resolved;
use crate::scenario::resources::{Load, ResourceEstimate};
use crate::trial::compare::{self, Comparison};

/// Scenarios to compare; the others are compared with the first, and have its seed, replicates, precision and draws.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// Two to six scenarios in the order in which they are shown; the first is the one that the others
    /// are compared with.
    pub scenarios: Vec<Resolved>,
}

/// Overrides that give another scenario the chance of the first: its seed, replicates, precision and draws.
pub(crate) fn same_chance(first: &Resolved) -> Vec<String> {
    let first = &first.scenario;
    vec![
        format!("seed={}", first.seed),
        format!("replicates={}", first.replicates),
        format!("precision.difference={}", first.precision.difference),
        format!("uncertainty.parameter_draws={}", first.uncertainty.parameter_draws),
        format!("uncertainty.replicates_per_draw={}", first.uncertainty.replicates_per_draw),
    ]
}

impl CompareRequest {
    /// Everything that the numbers depend on: the hashes of the scenarios in their order, since the
    /// first is special.
    pub fn depends_on(&self) -> Vec<String> {
        self.scenarios.iter().map(|resolved| resolved.hash.clone()).collect()
    }

    /// Whether the comparison may start: the scenarios can be compared and need no more than the first allows.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data) with every reason why not;
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let plain: Vec<_> = self.scenarios.iter().map(|resolved| &resolved.scenario).collect();
        compare::comparable(&plain).map_err(|reasons| {
            Error::data(said!(
                "deze scenario's zijn niet te vergelijken:\n  {}",
                "these scenarios cannot be compared:\n  {}",
                Said::join(&reasons, "\n  ")
            ))
        })?;
        // Levels and differences of every scenario are there at the same time.
        let curves = 4.0 * plain.len() as f64;
        let load = |scenario| (scenario, Load { studies: 0.0, curves, ..Load::run(scenario) });
        let work: Vec<_> = plain.into_iter().map(load).collect();
        context.limits.guard_all(&work, context.threads)
    }
}

/// Runs all scenarios, replicate by replicate: each replicate is simulated under every scenario before
/// the next, and only sums are kept, so memory does not grow with replicates.
///
/// # Errors
/// As [`CompareRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &CompareRequest, context: &Context<'_>) -> Result<Comparison, Error> {
    let needs = request.check(context)?;
    let scenarios = &request.scenarios;
    context.work(&needs, u64::from(compare::units(scenarios)), |watch| compare::run(scenarios, watch))
}

/// A finished comparison of the same scenarios in the same order by the same program, when it stands in the folder as it was
/// written; and when that was.
pub(crate) fn finished(request: &CompareRequest, folder: &Path) -> Option<(Comparison, Timings)> {
    let manifest = manifest::read(folder, ResultKind::Compare).ok()?;
    let entry = manifest.files.iter().find(|file| file.path == page::COMPARISON)?;
    let path = folder.join(page::COMPARISON);
    if !entry.describes(&path) || manifest.program_version != env!("CARGO_PKG_VERSION") {
        return None;
    }
    let comparison: Comparison = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    let pairs = || comparison.results.iter().zip(&request.scenarios);
    let same = comparison.results.len() == request.scenarios.len()
        && pairs().all(|(results, plan)| results.scenario_hash == plan.hash);
    same.then_some((comparison, manifest.timings))
}

/// The answer in a few lines for a terminal: what each scenario gives and what differs from the first,
/// with Monte Carlo errors.
pub(crate) fn brief(request: &CompareRequest, comparison: &Comparison, lang: Lang) -> String {
    let facts: Vec<Facts> = request.scenarios.iter().map(|resolved| Facts::new(resolved, "")).collect();
    page::brief(comparison, &facts, lang)
}

/// Writes the folder of a comparison. `command` repeats it.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub fn write(
    request: &CompareRequest,
    comparison: &Comparison,
    lang: Lang,
    command: &str,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let scenarios = &request.scenarios;
    let facts: Vec<Facts> = scenarios.iter().map(|resolved| Facts::new(resolved, command)).collect();
    let replicates = comparison.differences.first().map_or(0, |first| first.replicates);
    let fill = |folder: &Path| page::write(folder, comparison, &facts, lang);
    results::write(place, scenarios, replicates, from, fill)
}
