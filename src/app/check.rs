//! `check`: what will a valid scenario do, and what will that take?

use super::Context;
use crate::error::Error;
use crate::report::check::Check;
use crate::scenario::Resolved;
use crate::scenario::demand::demands;

/// Asks what a run of the scenario needs.
///
/// # Errors
/// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
pub fn run(resolved: &Resolved, context: &Context<'_>) -> Result<Check, Error> {
    let estimate = context.limits.guard(&resolved.scenario, context.threads)?;
    Ok(Check { demands: demands(&resolved.scenario), estimate, resolved: resolved.clone() })
}
