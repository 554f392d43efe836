//! `stapjes power`: what a study of the scenario would find, for every endpoint, test, duration and size.
//!
//! One simulated study feeds every endpoint, test, duration and size at once, so a row of the answer
//! costs next to nothing more than the first. Beside the power stands the type I error from as many
//! studies in which all arms get the same service: a power without it may be one of a test that rejects
//! too often.

use std::path::PathBuf;

use clap::Args;

use super::long::LongArguments;
use super::scenario_argument::ScenarioArguments;
use super::work::WorkArguments;
use crate::app::power::PowerRequest;
use crate::app::{self, Stop};
use crate::error::Error;
use crate::report::escape::file_name;
use crate::report::kind::ResultKind;

/// `stapjes power [SCENARIO]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write power.html, power.csv, power.json and the figures to this folder")))]
pub(super) struct PowerArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    work: WorkArguments,
    /// Simulated studies [default: replicates of the scenario]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    replicates: Option<u32>,
    /// Simulated studies with equal services, for the type I error; 0 = none [default: as many]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    null_replicates: Option<u32>,
    /// Also the assurance: power averaged over so many draws of the parameters, and as many fresh ones, one study under each
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(0..=1_000_000), default_value = "0")]
    draws: u32,
    #[command(flatten)]
    long: LongArguments,
}

/// Simulates the studies, prints the answer and every table, and with `--out` writes page, tables and
/// figures.
///
/// # Errors
/// `Data` for a scenario with one arm, `OverLimit`, `Stopped`, and failures of writing.
pub(super) fn run(arguments: &PowerArguments, stop: &Stop) -> Result<(), Error> {
    let request = PowerRequest {
        resolved: arguments.scenario.open(&[])?,
        replicates: arguments.replicates,
        null_replicates: arguments.null_replicates,
        draws: arguments.draws,
    };
    let long = &arguments.long;
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Power, &needs)?;
    let scenario = &request.resolved.scenario;
    let usual = || PathBuf::from("output").join(format!("power-{}", file_name(&scenario.name)));
    let work = arguments.work.open(&long.folder(usual), ResultKind::Power, &request.depends_on())?;
    let job = long.begin(target, Some(work), stop);
    let Some(answer) = job.answer(|context| app::power::run(&request, context))? else { return Ok(()) };
    job.end(
        &answer,
        |lang, from, target| app::power::write(&request, &answer, lang, from, target),
        |lang| app::power::in_words(&request, &answer, lang),
    )
}
