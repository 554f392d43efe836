//! `stapjes run`: a scenario in, an output folder out.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{LimitArguments, ScenarioArguments, available_threads};
use super::watched::{Clock, tell_written, watched_in};
use super::work::WorkArguments;
use crate::app::results::Written;
use crate::app::run::{RunAnswer, RunRequest, Writing};
use crate::app::{self, Context, Stop};
use crate::error::Error;
use crate::language::Lang;
use crate::report::{self, brief, words};
use crate::scenario::Scenario;

/// `stapjes run [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct RunArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    work: WorkArguments,
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
    language: LanguageArgument,
    /// Also write curves-nl.csv: semicolons, decimal commas, for a Dutch Excel
    #[arg(long)]
    csv_nl: bool,
    /// Print one JSON document on stdout instead of tables
    #[arg(long)]
    json: bool,
    /// Print neither tables nor progress nor warnings
    #[arg(long, short)]
    quiet: bool,
    /// Also write events.csv: the data set that the study of one replicate would have (default: replicate 0)
    #[arg(long, value_name = "REPLICATE", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    events: Option<u32>,
    /// Also write trajectories.csv: monthly states and events of N sampled clients per site under every arm
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    trajectories: Option<u32>,
}

impl RunArguments {
    /// What the flags change in the scenario; they win over `--set`.
    fn overrides(&self) -> Vec<String> {
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        let replicates = self.replicates.map(|replicates| format!("replicates={replicates}"));
        let draws = self.draws.map(|draws| format!("uncertainty.parameter_draws={draws}"));
        [seed, replicates, draws].into_iter().flatten().collect()
    }

    /// The command that gives the same results: the scenario and what was changed in it.
    fn command(&self) -> String {
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

    /// Where the output goes.
    fn folder(&self, scenario: &Scenario) -> PathBuf {
        let default = || PathBuf::from("output").join(crate::report::escape::file_name(&scenario.name));
        self.out.clone().unwrap_or_else(default)
    }
}

/// Runs a scenario and writes its output folder.
pub(super) fn run(arguments: &RunArguments, stop: &Stop) -> Result<(), Error> {
    let request = RunRequest {
        resolved: arguments.scenario.open(&arguments.overrides())?,
        events: arguments.events,
        trajectories: arguments.trajectories,
    };
    let limits = arguments.limits.limits();
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    // Before anything is made: a run that may not start leaves no folder.
    request.check(&Context { limits, ..Context::new(threads) })?;
    let target = arguments.folder(&request.resolved.scenario);
    let target = Writing::check(&request, arguments.csv_nl, &target)?;
    let loud = !arguments.quiet;
    if loud && !arguments.json {
        console::data(&format!(
            "{}\n",
            brief::scenario_in_words(&request.resolved.scenario, arguments.language.choose())
        ))?;
    }
    let plan = [request.resolved.hash.clone()];
    let work = arguments.work.open(&arguments.folder(&request.resolved.scenario), "run", &plan)?;
    let clock = Clock::start(arguments.threads);
    let run = |context: &Context<'_>| app::run::run(&request, context);
    let answer = watched_in(Some(&work), arguments.threads, limits, loud, stop, run);
    let Some(answer) = work.outcome(answer)? else { return Ok(()) };
    let writing = Writing {
        lang: arguments.language.choose(),
        csv_nl: arguments.csv_nl,
        command: arguments.command(),
        provenance: clock.provenance(),
    };
    let written = app::run::write(&request, &answer, writing, target)?;
    work.finish();
    if loud {
        tell_written(&written);
    }
    tell(arguments, &answer, &written)
}

/// Says what came out: tables or one JSON document on stdout, warnings on stderr.
fn tell(arguments: &RunArguments, answer: &RunAnswer, written: &Written) -> Result<(), Error> {
    let lang = arguments.language.choose();
    if arguments.json {
        console::json(&json(answer, written, lang)?)?;
    } else if !arguments.quiet {
        console::data(&brief::tables(&answer.results, lang))?;
        console::data(&format!("\n{}\n", in_words(written, lang)))?;
    }
    if !arguments.quiet {
        for warning in warnings(answer, lang) {
            console::say(&format!("{}: {warning}", lang.pick("let op", "warning")));
        }
    }
    Ok(())
}

fn warnings(answer: &RunAnswer, lang: Lang) -> Vec<String> {
    answer.warnings.iter().map(|warning| words::warning(warning, lang)).collect()
}

/// Where the files are.
fn in_words(written: &Written, lang: Lang) -> String {
    let folder = written.folder.display();
    let mut text = format!("{} {folder}:", lang.pick("Geschreven naar", "Written to"));
    let (inside, top): (Vec<_>, Vec<_>) =
        written.manifest.files.iter().partition(|file| file.path.contains('/'));
    for file in top {
        text.push_str(&format!("\n  {}", file.path));
    }
    if !inside.is_empty() {
        text.push_str(&format!(
            "\n  {}/ ({} {})",
            report::FIGURES,
            inside.len(),
            lang.pick("bestanden", "files")
        ));
    }
    let manifest = written.manifest.file_name();
    text + &format!(
        "\n  {manifest}\n{} {}",
        lang.pick("Hash van de resultaten:", "Results hash"),
        written.manifest.results_hash
    )
}

/// The one JSON document of `--json`.
fn json(answer: &RunAnswer, written: &Written, lang: Lang) -> Result<String, Error> {
    let document = json!({
        "output": written.folder,
        "files": written.manifest.files,
        "results_hash": written.manifest.results_hash,
        "warnings": warnings(answer, lang),
        "summary": answer.results,
    });
    serde_json::to_string(&document)
        .map(|text| text + "\n")
        .map_err(|error| Error::internal(format!("the results cannot be written as JSON: {error}")))
}
