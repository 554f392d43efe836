//! `stapjes duration`: how long must a study of the scenario run?

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::exit::Failure;
use super::language::LanguageArgument;
use super::power::require_two_arms;
use super::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use super::study::{self, watched};
use crate::design::duration::{DurationQuestion, months_to_try, required_duration};
use crate::design::power::{PowerPlan, power, purpose};
use crate::report::{duration as words, power as power_words};

/// `stapjes duration [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct DurationArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
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
    /// Also write duration.json, power.csv and the figures to this folder
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
pub(super) fn run(arguments: &DurationArguments) -> Result<(), Failure> {
    let resolved = arguments.scenario.open(&arguments.limits.overrides())?;
    let scenario = &resolved.scenario;
    require_two_arms(scenario)?;
    let question = DurationQuestion {
        power: arguments.power.unwrap_or(scenario.analysis.target_power),
        confidence: arguments.confidence,
    };
    if question.power <= scenario.analysis.alpha {
        return Err(Failure::Usage(format!(
            "--power {} is not above alpha, {}: a study without any effect reaches that",
            question.power, scenario.analysis.alpha
        )));
    }
    let months = months_to_try(scenario.horizon_months);
    let replicates = arguments.replicates.unwrap_or(scenario.replicates);
    let search = PowerPlan { null_replicates: 0, months: &months, ..PowerPlan::new(scenario, replicates) };
    let studies = 2 * u64::from(search.studies());
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    arguments.limits.guard_studies(&resolved, studies, threads)?;
    let (found, fresh) = watched(arguments.threads, studies, true, |watch| {
        let found = power(&PowerPlan { watch, ..search })?;
        let fresh = power(&PowerPlan { watch, first: purpose::FRESH, ..search })?;
        Ok((found, fresh))
    })?;
    let answer = required_duration(&found, &fresh, &question);
    let lang = arguments.language.choose();
    if let Some(folder) = &arguments.out {
        study::write_file(folder, "duration.json", study::json(&answer)?.as_bytes())?;
        study::write_file(folder, "power.csv", power_words::csv(&found).as_bytes())?;
        for figure in power_words::figures(&found, lang).iter().chain(&words::figures(&answer, lang)) {
            study::write_figure(folder, figure, lang)?;
        }
    }
    if arguments.json {
        return console::data(&study::json(&answer)?);
    }
    console::data(&words::words(&answer, lang))
}
