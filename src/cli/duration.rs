//! `stapjes duration`: how long must a study of the scenario run?
//!
//! The shortest duration is searched among one set of simulated studies and confirmed on a fresh set:
//! the shortest of many estimated powers that passes is too short more often than not (the winner's
//! curse), and only studies that had no part in the choice can tell.

use crate::language::AsTyped;
use std::path::PathBuf;

use clap::Args;

use super::language;
use super::long::LongArguments;
use super::scenario_argument::{ScenarioArguments, tell_few_effective};
use super::work::WorkArguments;
use crate::app::duration::DurationRequest;
use crate::app::{self, Stop};
use crate::design::duration::USUAL_CONFIDENCE;
use crate::error::Error;
use crate::report::duration as words;
use crate::report::escape::file_name;
use crate::report::kind::ResultKind;
use crate::said;

/// `stapjes duration [SCENARIO]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write duration.html, duration.json, duration-power.csv and the figures to this folder")))]
pub(super) struct DurationArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    work: WorkArguments,
    /// Power to reach [default: target_power of the scenario]
    #[arg(long, value_name = "P", value_parser = probability)]
    power: Option<f64>,
    /// Confidence that it is reached, one-sided
    #[arg(long, value_name = "P", value_parser = confidence, default_value_t = USUAL_CONFIDENCE)]
    confidence: f64,
    /// Simulated studies to search, and as many fresh ones to confirm [default: replicates of the scenario]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    replicates: Option<u32>,
    /// Also the assurance: the same with so many draws of the parameters to search and as many fresh ones, one study under each
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(0..=1_000_000), default_value = "0")]
    draws: u32,
    #[command(flatten)]
    long: LongArguments,
}

/// A number strictly between two limits, for clap: the error is in the language of the command line.
fn within(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let lang = language::of_errors();
    let number = said!("\"{text}\" is geen getal", "\"{text}\" is not a number", text = text);
    let between = said!(
        "moet tussen {low} en {high} liggen",
        "must lie between {low} and {high}",
        low = AsTyped(low),
        high = AsTyped(high)
    );
    let value: f64 = text.parse().map_err(|_| number.text(lang).to_owned())?;
    if value > low && value < high { Ok(value) } else { Err(between.text(lang).to_owned()) }
}

/// A power, strictly between 0 and 1.
fn probability(text: &str) -> Result<f64, String> {
    within(text, 0.0, 1.0)
}

/// A one-sided confidence, strictly between one half and 1: below one half it would ask for less than
/// the toss of a coin.
fn confidence(text: &str) -> Result<f64, String> {
    within(text, 0.5, 1.0)
}

/// Searches the shortest study for every endpoint, test and size, and writes what was found.
///
/// # Errors
/// `Data` for a scenario with one arm, `Usage` for a power that a study without any effect reaches,
/// `OverLimit`, `Stopped`, and failures of writing.
pub(super) fn run(arguments: &DurationArguments, stop: &Stop) -> Result<(), Error> {
    let request = DurationRequest {
        resolved: arguments.scenario.open(&[])?,
        power: arguments.power,
        confidence: arguments.confidence,
        replicates: arguments.replicates,
        draws: arguments.draws,
    };
    let long = &arguments.long;
    tell_few_effective(&request.resolved, request.draws, long.lang());
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Duration, &needs)?;
    let scenario = &request.resolved.scenario;
    let usual = || PathBuf::from("output").join(format!("duration-{}", file_name(&scenario.name)));
    let work = arguments.work.open(&long.folder(usual), ResultKind::Duration, &request.depends_on())?;
    let job = long.begin(target, Some(work), stop);
    let Some(answer) = job.answer(|context| app::duration::run(&request, context))? else { return Ok(()) };
    job.end(
        &answer.required,
        |lang, from, target| app::duration::write(&request, &answer, lang, from, target),
        |lang| words::words(&answer.required, scenario, lang),
    )
}
