//! `patterns`: the published studies, emulated, and whether the model shows what they saw.
//!
//! Published studies are emulated in their own setting (population, service, months, endpoint) and the
//! simulated estimates are laid beside the published ones. It is a check of the model and not a fit:
//! nothing is changed to make them agree (`docs/model.md`, section 1).

use super::results::{self, Destination, Provenance, Written};
use super::{Context, files};
use crate::design::patterns::{PatternError, PatternPlan, PatternReport, SCENARIOS, patterns};
use crate::disk;
use crate::error::Error;
use crate::report::language::Lang;
use crate::report::patterns::{Markup, report};
use crate::scenario::embedded;
use crate::scenario::resources::ResourceEstimate;
use crate::trial::{Stopped, Watch};

/// How much to emulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternsRequest {
    /// Overrides of every scenario that is run (`key=value`).
    pub overrides: Vec<String>,
    /// Simulated studies of each published study and structure.
    pub replicates: u32,
    /// Also the alternative structures and the targets of a whole caseload.
    pub alternatives: bool,
    /// Whether every simulated study has a draw of the parameters of its own.
    pub draws: bool,
}

impl PatternsRequest {
    /// The request as the room below wants it, unwatched.
    fn plan(&self) -> PatternPlan<'_> {
        PatternPlan {
            replicates: self.replicates,
            alternatives: self.alternatives,
            targets: self.alternatives,
            overrides: &self.overrides,
            draws: self.draws,
            watch: Watch::default(),
        }
    }

    /// Everything that the numbers depend on: the hash of each built-in scenario with the overrides,
    /// and how many studies.
    ///
    /// # Errors
    /// An override that a built-in scenario does not know.
    pub fn depends_on(&self) -> Result<Vec<String>, Error> {
        let mut parts =
            [self.replicates.to_string(), self.alternatives.to_string(), self.draws.to_string()].to_vec();
        for name in SCENARIOS {
            parts.push(embedded(name, &self.overrides)?.hash);
        }
        Ok(parts)
    }

    /// Whether the studies may start.
    ///
    /// # Errors
    /// A built-in scenario that does not load; [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let work = self.plan().work()?;
        let work: Vec<_> = work.iter().map(|(scenario, load)| (scenario, *load)).collect();
        context.limits.guard_all(&work, context.threads)
    }
}

/// Emulates the published studies: for each the simulated estimates, the published ones, and whether
/// they agree.
///
/// # Errors
/// As [`PatternsRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &PatternsRequest, context: &Context<'_>) -> Result<PatternReport, Error> {
    let needs = request.check(context)?;
    let plan = request.plan();
    let found =
        context.work(&needs, plan.studies(), |watch| match patterns(&PatternPlan { watch, ..plan }) {
            Ok(report) => Ok(Ok(report)),
            Err(PatternError::Scenario(problems)) => Ok(Err(problems)),
            Err(PatternError::Stopped) => Err(Stopped),
        })?;
    Ok(found?)
}

/// Writes `patterns.md` and `patterns.json`.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub fn write(
    found: &PatternReport,
    lang: Lang,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(found)?;
    let scenarios =
        SCENARIOS.map(|name| embedded(name, &found.overrides)).into_iter().collect::<Result<Vec<_>, _>>()?;
    results::write(place, &scenarios, found.replicates, from, |folder| {
        disk::write_new(&folder.join("patterns.md"), report(found, Markup::Markdown, lang).as_bytes())?;
        disk::write_new(&folder.join("patterns.json"), json.as_bytes())
    })
}
