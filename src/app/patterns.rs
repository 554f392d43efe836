//! `patterns`: the published studies, emulated, and whether the model shows what they saw.

use std::path::Path;

use super::{Context, files};
use crate::design::patterns::{PatternError, PatternPlan, PatternReport, patterns};
use crate::error::Error;
use crate::report::patterns::{Form, report};
use crate::trial::{Stopped, Watch};

/// How much to emulate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternsRequest {
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
/// When a file cannot be written.
pub fn write(found: &PatternReport, folder: &Path) -> Result<(), Error> {
    files::write_file(folder, "patterns.md", report(found, Form::Markdown).as_bytes())?;
    files::write_file(folder, "patterns.json", files::json(found)?.as_bytes())
}
