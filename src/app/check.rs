//! `check`: what will a valid scenario do, and what will that take?
//!
//! The same estimate as every request that simulates asks for; here it is the answer instead of a gate.

use super::Context;
use crate::error::Error;
use crate::report::check::Check;
use crate::scenario::Resolved;
use crate::scenario::demand::demands;

/// Asks what a run of the scenario needs: talks wanted against slots for each arm and site, and hours,
/// memory and disk on the threads of the context.
///
/// # Errors
/// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit) when that is more than the scenario's
/// limits or those of the context allow.
pub fn run(resolved: &Resolved, context: &Context<'_>) -> Result<Check, Error> {
    let estimate = context.limits.guard(&resolved.scenario, context.threads)?;
    Ok(Check { demands: demands(&resolved.scenario), estimate, resolved: resolved.clone() })
}
