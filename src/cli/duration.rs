//! `stapjes duration`: how long must a study of the scenario run?

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments};
use super::watched::{Clock, tell_written, watched_in};
use super::work::WorkArguments;
use crate::app::duration::DurationRequest;
use crate::app::{self, Context, Stop, files, results};
use crate::error::Error;
use crate::report::duration as words;
use crate::report::escape::file_name;
use crate::report::kind::Kind;

/// `stapjes duration [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct DurationArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    work: WorkArguments,
    /// Power to reach [default: target_power of the scenario]
    #[arg(long, value_name = "P", value_parser = probability)]
    power: Option<f64>,
    /// Confidence that it is reached, one-sided
    #[arg(long, value_name = "P", value_parser = confidence, default_value = "0.95")]
    confidence: f64,
    /// Simulated studies to search, and as many fresh ones to confirm [default: replicates of the scenario]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    replicates: Option<u32>,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write duration.json, duration-power.csv and the figures to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

fn within(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("\"{text}\" is not a number"))?;
    if value > low && value < high { Ok(value) } else { Err(format!("must lie between {low} and {high}")) }
}

fn probability(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1.0)
}

fn confidence(text: &str) -> Result<f64, String> {
    within(text, 0.5, 1.0)
}

/// Runs the command.
pub(super) fn run(arguments: &DurationArguments, stop: &Stop) -> Result<(), Error> {
    let request = DurationRequest {
        resolved: arguments.scenario.open(&[])?,
        power: arguments.power,
        confidence: arguments.confidence,
        replicates: arguments.replicates,
    };
    let limits = arguments.limits.limits();
    let target = arguments.out.as_deref().map(|out| results::check(out, Kind::Duration, &[])).transpose()?;
    let work = {
        let scenario = &request.resolved.scenario;
        let studies = request.replicates.unwrap_or(scenario.replicates);
        let plan = [request.resolved.hash.clone(), studies.to_string()];
        let usual = || PathBuf::from("output").join(format!("duration-{}", file_name(&scenario.name)));
        arguments.work.open(&arguments.out.clone().unwrap_or_else(usual), "duration", &plan)?
    };
    let clock = Clock::start(arguments.threads);
    let run = |context: &Context<'_>| app::duration::run(&request, context);
    let answer = watched_in(Some(&work), arguments.threads, limits, true, stop, run);
    let Some(answer) = work.outcome(answer)? else { return Ok(()) };
    let lang = arguments.language.choose();
    if let Some(target) = target {
        tell_written(&app::duration::write(&request, &answer, lang, clock.provenance(), target)?);
    }
    work.finish();
    if arguments.json {
        return console::json(&files::json(&answer.required)?);
    }
    console::data(&words::words(&answer.required, lang))
}
