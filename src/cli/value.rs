//! `stapjes value`: which study is worth doing.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments};
use super::watched::{Clock, tell_written, watched};
use crate::app::value::ValueRequest;
use crate::app::{self, Stop, files, results};
use crate::error::Error;
use crate::report::kind::Kind;
use crate::report::learning::value as words;

/// `stapjes value [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct ValueArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// Draws of all parameters
    #[arg(long, value_name = "K", default_value = "256", value_parser = clap::value_parser!(u32).range(32..=60_000))]
    draws: u32,
    /// Replicates under each draw, the same luck everywhere [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    /// Groups of parameters, separated by commas: first parts of paths [default: one per first key]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    groups: Vec<String>,
    /// Studies to weigh and what is at stake: a file with months, sizes, clients_per_year, years, cost_per_client, fixed_cost, value_per_exit_to_work
    #[arg(long, value_name = "FILE")]
    studies: Option<PathBuf>,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write value.json, value.csv, the figure and the pages to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Runs the command.
pub(super) fn run(arguments: &ValueArguments, stop: &Stop) -> Result<(), Error> {
    let resolved = arguments.scenario.open(&[])?;
    let request = ValueRequest {
        design: ValueRequest::design(&resolved, arguments.studies.as_deref())?,
        resolved,
        draws: arguments.draws,
        replicates: arguments.replicates,
        groups: arguments.groups.clone(),
    };
    let out = arguments.out.as_deref();
    let target = out.map(|out| results::check(out, Kind::Value, &[])).transpose()?;
    let clock = Clock::start(arguments.threads);
    let limits = arguments.limits.limits();
    let answer =
        watched(arguments.threads, limits, true, stop, |context| app::value::run(&request, context))?;
    let lang = arguments.language.choose();
    if let Some(target) = target {
        tell_written(&app::value::write(&request, &answer, lang, clock.provenance(), target)?);
    }
    if arguments.json {
        return console::data(&files::json(&answer)?);
    }
    console::data(&words::words(&words::About::from(&answer), &answer.found, lang))
}
