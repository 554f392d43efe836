//! `stapjes run`: a scenario in, an output folder out.
//!
//! The command with the most files: numbers (`summary.json`, `curves.csv`), the report in the language
//! asked for, a workbook, figures, and on request the data set of one simulated study. Everything is
//! computed and held in memory before the first file is written; what each file holds is in
//! `docs/results.md`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::console;
use super::long::LongArguments;
use super::scenario_argument::ScenarioArguments;
use super::work::WorkArguments;
use crate::app::results::Written;
use crate::app::run::{RunAnswer, RunRequest, Writing};
use crate::app::{self, Stop};
use crate::error::Error;
use crate::language::Lang;
use crate::report::escape::file_name;
use crate::report::facts::Facts;
use crate::report::kind::ResultKind;
use crate::report::source::Source;
use crate::report::{self, brief, words};
use crate::said;
use crate::trial::view::View;

/// `stapjes run [SCENARIO]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Output folder [default: output/NAME-OF-THE-SCENARIO]")))]
pub(super) struct RunArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    work: WorkArguments,
    /// Seed of all chance (the same as `--set seed=N`)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of replicates, exactly [default: as many as `precision.difference` needs, at most `replicates`]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: Option<u32>,
    /// Draws of the uncertain parameters from their priors, each with the same luck; 0 = none
    #[arg(long, value_name = "K")]
    draws: Option<u32>,
    /// Also write curves-nl.csv: semicolons, decimal commas, for a Dutch Excel
    #[arg(long)]
    csv_nl: bool,
    /// Also write events.csv, the data set that the study of one replicate would have (default: replicate 0), and analysis.R
    #[arg(long, value_name = "REPLICATE", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    events: Option<u32>,
    /// Also write trajectories.csv: monthly states and events of N sampled clients per site under every arm
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    trajectories: Option<u32>,
    #[command(flatten)]
    long: LongArguments,
}

impl RunArguments {
    /// What the flags change in the scenario, as `key=value`; they win over `--set` because they come
    /// after it. A number of replicates also turns off the precision that could stop earlier: who names
    /// a number wants it exactly.
    fn overrides(&self) -> Vec<String> {
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        let replicates = self.replicates.map(|replicates| format!("replicates={replicates}"));
        let exactly = self.replicates.map(|_| "precision.difference=0".to_owned());
        let draws = self.draws.map(|draws| format!("uncertainty.parameter_draws={draws}"));
        [seed, replicates, exactly, draws].into_iter().flatten().collect()
    }

    /// The command that gives the same results: the scenario, what was changed in it, and the flags
    /// that change numbers. It stands in the report for whoever wants to repeat it, so threads, folder
    /// and language are left out.
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
}

/// Runs a scenario and writes its output folder.
///
/// # Errors
/// `Data` with every problem of the scenario; `OverLimit` when it needs more than allowed; `Usage` for
/// trajectories of a transition table; `CannotCreate` for a folder that is not ours to replace;
/// `Stopped`; `Output` when it cannot be written, after which earlier output is as it was.
pub(super) fn run(arguments: &RunArguments, stop: &Stop) -> Result<(), Error> {
    let request = RunRequest {
        resolved: arguments.scenario.open(&arguments.overrides())?,
        events: arguments.events,
        trajectories: arguments.trajectories,
    };
    let (long, scenario) = (&arguments.long, &request.resolved.scenario);
    // Before anything is made: a run that may not start leaves no folder.
    let needs = request.check(&long.context())?;
    let folder = long.folder(|| PathBuf::from("output").join(file_name(&scenario.name)));
    let target = long.with_room(Writing::check(&request, arguments.csv_nl, &folder)?, &needs)?;
    if !arguments.long.quiet && !long.json {
        console::data(&format!("{}\n", brief::scenario_in_words(scenario, long.lang())))?;
    }
    // A setting without effect is said before the hours of computing, when it can still be mended.
    let idle = idle(&request, long.lang());
    for warning in idle.iter().filter(|_| !arguments.long.quiet) {
        console::say(&format!("{}: {warning}", long.lang().pick("let op", "warning")));
    }
    let work = arguments.work.open(&folder, ResultKind::Run, &request.depends_on())?;
    let job = long.begin(Some(target), Some(work), stop);
    let Some((answer, sampled)) = job.answer(|context| app::run::run_to_write(&request, context))? else {
        return Ok(());
    };
    let written = job.write(|lang, provenance, target| {
        let (csv_nl, command) = (arguments.csv_nl, arguments.command());
        app::run::write(&request, (&answer, &sampled), Writing { lang, csv_nl, command, provenance }, target)
    })?;
    written.map_or(Ok(()), |written| tell(arguments, (&request, &answer), &written, idle))
}

/// Says what came out: tables or one JSON document on stdout, warnings on stderr.
fn tell(
    arguments: &RunArguments,
    (request, answer): (&RunRequest, &RunAnswer),
    written: &Written,
    idle: Vec<String>,
) -> Result<(), Error> {
    let lang = arguments.long.lang();
    if arguments.long.json {
        console::json(&json(answer, written, idle, lang)?)?;
    } else if !arguments.long.quiet {
        console::data(&brief::tables(&answer.results, lang))?;
        let facts = Facts::new(&request.resolved, &arguments.command());
        let view = View::new(&answer.results);
        console::data(&brief::answer(&Source { view: &view, facts: &facts, lang }))?;
        console::data(&format!("\n{}\n", in_words(written, lang)))?;
    }
    if !arguments.long.quiet {
        for warning in warnings(answer, lang) {
            console::say(&format!("{}: {warning}", lang.pick("let op", "warning")));
        }
    }
    Ok(())
}

/// Settings of the scenario that change nothing, in words: those of a service that no arm gives, for
/// instance. Empty for a scenario in which everything counts.
fn idle(request: &RunRequest, lang: Lang) -> Vec<String> {
    let found = report::warnings::without_effect(&request.resolved);
    found.iter().map(|warning| words::check_warning(warning, lang)).collect()
}

/// The warnings of an answer in words: what a reader should know before believing the numbers.
fn warnings(answer: &RunAnswer, lang: Lang) -> Vec<String> {
    answer.warnings.iter().map(|warning| words::warning(warning, lang)).collect()
}

/// Where the files are, one a line, the figures counted; then the manifest and the hash of the results.
/// Two people with the same hash have the same numbers.
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

/// The one JSON document of `--json`: where the files are, the hash, the warnings in the language asked
/// for, and the whole summary.
fn json(answer: &RunAnswer, written: &Written, idle: Vec<String>, lang: Lang) -> Result<String, Error> {
    let warnings = [idle, warnings(answer, lang)].concat();
    let document = json!({
        "output": written.folder,
        "files": written.manifest.files,
        "results_hash": written.manifest.results_hash,
        "warnings": warnings,
        "summary": answer.results,
    });
    serde_json::to_string(&document).map(|text| text + "\n").map_err(|error| {
        Error::internal(said!(
            "de uitkomsten kunnen niet als JSON worden geschreven: {error}",
            "the results cannot be written as JSON: {error}",
            error = crate::language::spoken(&error)
        ))
    })
}
