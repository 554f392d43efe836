//! `patterns`: the published studies, emulated, and whether the model shows what they saw.

use super::results::{self, Provenance, Written};
use super::{Context, files};
use crate::design::patterns::{PatternError, PatternPlan, PatternReport, SCENARIOS, patterns};
use crate::disk;
use crate::error::Error;
use crate::report::folder::Target;
use crate::report::patterns::{Form, report};
use crate::scenario::embedded;
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
}

/// Emulates the published studies.
///
/// # Errors
/// [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped); a built-in scenario that does not load.
pub fn run(request: &PatternsRequest, context: &Context<'_>) -> Result<PatternReport, Error> {
    let plan = PatternPlan {
        replicates: request.replicates,
        alternatives: request.alternatives,
        targets: request.alternatives,
        overrides: &request.overrides,
        watch: Watch::default(),
    };
    let found = context.work(plan.studies(), |watch| match patterns(&PatternPlan { watch, ..plan }) {
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
pub fn write(found: &PatternReport, from: Provenance, target: Target) -> Result<Written, Error> {
    let json = files::json(found)?;
    let scenarios =
        SCENARIOS.map(|name| embedded(name, &found.overrides)).into_iter().collect::<Result<Vec<_>, _>>()?;
    results::write(target, &scenarios, found.replicates, from, |folder| {
        disk::write_new(&folder.join("patterns.md"), report(found, Form::Markdown).as_bytes())?;
        disk::write_new(&folder.join("patterns.json"), json.as_bytes())
    })
}
