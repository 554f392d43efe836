//! `stapjes check`: is the scenario valid, what will it do, and what will that take?
//!
//! Nothing is simulated. The plan (`docs/scenario.md`) counts clients, talks wanted against slots,
//! hours, memory and disk, from the same estimate by which `run` refuses what is too large.

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use crate::app::{self, Context, files};
use crate::error::Error;
use crate::report::check as words;
use crate::report::warnings::check_warnings;
use crate::report::words::check_warning;

/// `stapjes check [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// Threads that the time is estimated for [default: all]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    threads: Option<u32>,
    #[command(flatten)]
    language: LanguageArgument,
    /// Print one JSON document
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Print neither plan nor warnings: the exit code says whether it is valid
    #[arg(long, short)]
    quiet: bool,
}

/// Loads the scenario and prints its plan on stdout, its warnings on stderr; exit code 0 also with
/// warnings.
///
/// # Errors
/// `Data` with every problem of the scenario; `OverLimit` when it needs more than its limits or the
/// flags allow.
pub(super) fn run(arguments: &CheckArguments) -> Result<(), Error> {
    let resolved = arguments.scenario.open(&[])?;
    let threads = arguments.threads.map_or_else(available_threads, |threads| threads as usize);
    let context = Context { limits: arguments.limits.limits(), ..Context::new(threads) };
    let check = app::check::run(&resolved, &context)?;
    let lang = arguments.language.choose();
    if arguments.quiet {
        return Ok(());
    }
    if arguments.json {
        return console::json(&files::json(&words::document(&check, lang))?);
    }
    console::data(&words::plan(&check, lang))?;
    // In JSON the warnings stand in the document; here they may not get into a pipe that reads the
    // plan.
    for warning in check_warnings(&check.resolved, &check.demands) {
        console::say(&format!("{}: {}", lang.pick("let op", "warning"), check_warning(&warning, lang)));
    }
    Ok(())
}
