//! `stapjes power`: what a study of the scenario would find, for every endpoint, test, duration and size.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::exit::Failure;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use super::study::{self, watched};
use crate::design::power::{InterimDesign, PowerPlan, PowerSurface, interim, power};
use crate::report::power as words;

/// `stapjes power [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct PowerArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
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

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Output {
    #[serde(flatten)]
    surface: PowerSurface,
    interim: Vec<InterimDesign>,
}

/// Runs the command.
pub(super) fn run(arguments: &PowerArguments) -> Result<(), Failure> {
    let resolved = arguments.scenario.open(&arguments.limits.overrides())?;
    let scenario = &resolved.scenario;
    require_two_arms(scenario)?;
    let replicates = arguments.replicates.unwrap_or(scenario.replicates);
    let plan = PowerPlan {
        null_replicates: arguments.null_replicates.unwrap_or(replicates),
        ..PowerPlan::new(scenario, replicates)
    };
    let looks = !scenario.analysis.interim.look_months.is_empty();
    let studies = u64::from(plan.studies()) * if looks { 2 } else { 1 };
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    arguments.limits.guard_studies(&resolved, studies, threads)?;
    let output = watched(arguments.threads, studies, true, |watch| {
        let surface = power(&PowerPlan { watch, ..plan })?;
        let interim = interim(scenario, plan.replicates, plan.null_replicates, watch)?;
        Ok(Output { surface, interim })
    })?;
    let lang = arguments.language.choose();
    if let Some(folder) = &arguments.out {
        study::write_file(folder, "power.csv", words::csv(&output.surface).as_bytes())?;
        study::write_file(folder, "power.json", study::json(&output)?.as_bytes())?;
        for figure in
            words::figures(&output.surface, lang).iter().chain(&words::interim_figure(&output.interim, lang))
        {
            study::write_figure(folder, figure, lang)?;
        }
        for forest in &words::forests(&output.surface, lang) {
            study::write_forest(folder, forest, lang)?;
        }
    }
    if arguments.json {
        return console::data(&study::json(&output)?);
    }
    console::data(&words::tables(&output.surface, lang))?;
    console::data(&words::interim_tables(&output.interim, lang))
}

/// A comparison needs something to compare with.
pub(super) fn require_two_arms(scenario: &crate::scenario::Scenario) -> Result<(), Failure> {
    if scenario.arms.len() < 2 {
        return Err(Failure::Data(format!("{} has one arm; a study compares at least two", scenario.name)));
    }
    Ok(())
}
