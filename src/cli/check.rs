//! `stapjes check`: is the scenario valid, what will it do, and what will that take?

use clap::Args;

use super::console;
use super::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use crate::app::{self, Context, files};
use crate::error::Error;
use crate::report::check as words;

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
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Validates and prints the plan.
pub(super) fn run(arguments: &CheckArguments) -> Result<(), Error> {
    let resolved = arguments.scenario.open(&[])?;
    let threads = arguments.threads.map_or_else(available_threads, |threads| threads as usize);
    let context = Context { limits: arguments.limits.limits(), ..Context::new(threads) };
    let check = app::check::run(&resolved, &context)?;
    if arguments.json {
        return console::data(&files::json(&words::document(&check))?);
    }
    console::data(&words::plan(&check))?;
    words::warnings(&check).iter().for_each(|warning| console::say(&format!("warning: {warning}")));
    Ok(())
}
