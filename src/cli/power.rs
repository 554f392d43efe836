//! `stapjes power`: what a study of the scenario would find, for every endpoint, test, duration and size.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments};
use super::watched::{Clock, tell_written, watched_in};
use super::work::WorkArguments;
use crate::app::power::PowerRequest;
use crate::app::{self, Context, Stop, files, results};
use crate::error::Error;
use crate::report::escape::file_name;
use crate::report::kind::Kind;
use crate::report::power as words;

/// `stapjes power [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct PowerArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    work: WorkArguments,
    /// Simulated studies [default: replicates of the scenario]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    replicates: Option<u32>,
    /// Simulated studies with equal services, for the type I error; 0 = none [default: as many]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    null_replicates: Option<u32>,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write power.csv, power.json and the figures to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Runs the command.
pub(super) fn run(arguments: &PowerArguments, stop: &Stop) -> Result<(), Error> {
    let request = PowerRequest {
        resolved: arguments.scenario.open(&[])?,
        replicates: arguments.replicates,
        null_replicates: arguments.null_replicates,
    };
    let limits = arguments.limits.limits();
    let target = arguments.out.as_deref().map(|out| results::check(out, Kind::Power, &[])).transpose()?;
    let work = {
        let scenario = &request.resolved.scenario;
        let studies = request.replicates.unwrap_or(scenario.replicates);
        let plan =
            [request.resolved.hash.clone(), studies.to_string(), format!("{:?}", request.null_replicates)];
        let usual = || PathBuf::from("output").join(format!("power-{}", file_name(&scenario.name)));
        arguments.work.open(&arguments.out.clone().unwrap_or_else(usual), "power", &plan)?
    };
    let clock = Clock::start(arguments.threads);
    let run = |context: &Context<'_>| app::power::run(&request, context);
    let answer = watched_in(Some(&work), arguments.threads, limits, true, stop, run);
    let Some(answer) = work.outcome(answer)? else { return Ok(()) };
    let lang = arguments.language.choose();
    if let Some(target) = target {
        tell_written(&app::power::write(&request, &answer, lang, clock.provenance(), target)?);
    }
    work.finish();
    if arguments.json {
        return console::json(&files::json(&answer)?);
    }
    console::data(&words::tables(&answer.surface, lang))?;
    console::data(&words::interim_tables(&answer.interim, lang))
}
