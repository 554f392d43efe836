//! What `stapjes run` can be asked, and what that means for the scenario.

use std::path::PathBuf;

use clap::Args;

use crate::cli::language::LanguageArgument;
use crate::cli::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use crate::scenario::Scenario;

/// `stapjes run [SCENARIO]`.
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    #[command(flatten)]
    pub(super) limits: LimitArguments,
    /// Seed of all chance (the same as `--set seed=N`)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of replicates: repetitions of the whole study
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: Option<u32>,
    /// Draws of the uncertain parameters from their priors, each with the same luck; 0 = none
    #[arg(long, value_name = "K")]
    draws: Option<u32>,
    /// Threads; changes the speed, never the results (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Output folder (default: output/NAME-OF-THE-SCENARIO)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) language: LanguageArgument,
    /// Also write curves-nl.csv: semicolons, decimal commas, for a Dutch Excel
    #[arg(long)]
    pub(super) csv_nl: bool,
    /// Print one JSON document on stdout instead of tables
    #[arg(long)]
    pub(super) json: bool,
    /// Print neither tables nor progress nor warnings
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Also write events.csv: the data set that the study of one replicate would have (default: replicate 0)
    #[arg(long, value_name = "REPLICATE", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    pub(super) events: Option<u32>,
    /// Also write trajectories.csv: monthly states and events of N sampled clients per site under every arm
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) trajectories: Option<u32>,
}

impl RunArguments {
    /// What the flags change in the scenario; they win over `--set`.
    pub(super) fn overrides(&self) -> Vec<String> {
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        let replicates = self.replicates.map(|replicates| format!("replicates={replicates}"));
        let draws = self.draws.map(|draws| format!("uncertainty.parameter_draws={draws}"));
        [seed, replicates, draws].into_iter().flatten().collect()
    }

    /// The command that gives the same results: the scenario and what was changed in it.
    pub(super) fn command(&self) -> String {
        let flag = |name: &str, value: Option<u64>| {
            value.map(|value| format!(" --{name} {value}")).unwrap_or_default()
        };
        let words = self.scenario.in_words();
        let space = if words.is_empty() { "" } else { " " };
        format!(
            "stapjes run{space}{words}{}{}{}",
            flag("seed", self.seed),
            flag("replicates", self.replicates.map(u64::from)),
            flag("draws", self.draws.map(u64::from)),
        )
    }

    /// Threads to use.
    pub(super) fn threads(&self) -> usize {
        self.threads.map_or_else(available_threads, usize::from)
    }

    /// Where the output goes.
    pub(super) fn folder(&self, scenario: &Scenario) -> PathBuf {
        let default = || PathBuf::from("output").join(crate::report::escape::file_name(&scenario.name));
        self.out.clone().unwrap_or_else(default)
    }
}
