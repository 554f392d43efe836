//! `stapjes sensitivity`: which parameters move a result.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments};
use super::watched::{Clock, tell_written, watched};
use crate::app::sensitivity::SensitivityRequest;
use crate::app::{self, Stop, files, results};
use crate::error::Error;
use crate::report::kind::Kind;
use crate::report::learning::sensitivity as words;
use crate::sensitivity::question::Method;

/// `stapjes sensitivity [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct SensitivityArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// Draws of all parameters; what they point to is confirmed by paired runs
    #[arg(long, value_name = "K", default_value = "256", value_parser = clap::value_parser!(u32).range(32..=100_000))]
    draws: u32,
    /// Instead: this many trajectories of elementary effects, by group of parameters (20 is usual)
    #[arg(long, value_name = "R", conflicts_with = "sobol", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    morris: Option<u32>,
    /// Instead: Sobol' indices from this many rows (a power of 2; each row costs a run per parameter and two more)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=65_536))]
    sobol: Option<u32>,
    /// The result: MEASURE@MONTH or MEASURE:LABEL@MONTH, treated less control [default: exits_true:work at the horizon]
    #[arg(long, value_name = "M@MONTH")]
    measure: Option<String>,
    /// Replicates of every run, the same luck everywhere [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write sensitivity.json, sensitivity.csv, the figure and the pages to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Runs the command.
pub(super) fn run(arguments: &SensitivityArguments, stop: &Stop) -> Result<(), Error> {
    let method = match (arguments.morris, arguments.sobol) {
        (Some(trajectories), _) => Method::Morris(trajectories),
        (_, Some(rows)) => Method::Sobol(rows),
        _ => Method::Draws(arguments.draws),
    };
    let request = SensitivityRequest {
        resolved: arguments.scenario.open(&[])?,
        method,
        measure: arguments.measure.clone(),
        replicates: arguments.replicates,
    };
    let out = arguments.out.as_deref();
    let target = out.map(|out| results::check(out, Kind::Sensitivity, &[])).transpose()?;
    let clock = Clock::start(arguments.threads);
    let limits = arguments.limits.limits();
    let answer =
        watched(arguments.threads, limits, true, stop, |context| app::sensitivity::run(&request, context))?;
    let lang = arguments.language.choose();
    if let Some(target) = target {
        tell_written(&app::sensitivity::write(&request, &answer, lang, clock.provenance(), target)?);
    }
    if arguments.json {
        return console::json(&files::json(&answer)?);
    }
    console::data(&words::words(&words::About::from(&answer), &answer.found, lang))
}
