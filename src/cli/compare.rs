//! `stapjes compare A B [C ...]`: two to six scenarios on common random numbers, one report and workbook.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::{argument, quoted};
use super::watched::{Clock, tell_written, watched_in};
use super::work::WorkArguments;
use crate::app::compare::{self, CompareRequest};
use crate::app::results::{self, Provenance};
use crate::app::{Context, Limits, Stop};
use crate::error::Error;
use crate::report::REPORT;
use crate::report::escape;
use crate::report::kind::Kind;
use crate::scenario::{Resolved, open};

/// `stapjes compare A B [C ...]`.
#[derive(Args, Debug)]
pub(super) struct CompareArguments {
    /// Two to six scenarios: files or names of built-in ones; the others are compared with the first
    #[arg(required = true, num_args = 2..=6)]
    scenarios: Vec<PathBuf>,
    /// Override a key of every scenario; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Replicates of every scenario (default: those of the first)
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
    /// Draws of the parameters of every scenario (default: those of the first)
    #[arg(long, value_name = "K")]
    draws: Option<u32>,
    /// Threads; changes the speed, never the results (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Output folder (default: output/compare-A-B)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    language: LanguageArgument,
    /// Print neither progress nor where the files are
    #[arg(long, short)]
    quiet: bool,
}

/// Runs or reuses the comparison and writes its folder.
pub(super) fn run(arguments: &CompareArguments, stop: &Stop) -> Result<(), Error> {
    let request = CompareRequest { scenarios: open_all(arguments)? };
    request.check()?;
    let target = folder(arguments, &request.scenarios);
    let place = results::check(&target, Kind::Compare, &[])?;
    let plan: Vec<String> = request.scenarios.iter().map(|resolved| resolved.hash.clone()).collect();
    let work = arguments.work.open(&target, "compare", &plan)?;
    let clock = Clock::start(arguments.threads);
    let (comparison, timings) = match compare::finished(&request, &target) {
        Some(earlier) => earlier,
        None => {
            let run = |context: &Context<'_>| compare::run(&request, context);
            let loud = !arguments.quiet;
            let found = watched_in(Some(&work), arguments.threads, Limits::default(), loud, stop, run);
            let Some(found) = work.outcome(found)? else { return Ok(()) };
            (found, clock.provenance().timings)
        }
    };
    let from = Provenance { timings, ..clock.provenance() };
    let lang = arguments.language.choose();
    let written = compare::write(&request, &comparison, lang, &command(arguments), from, place)?;
    work.finish();
    if !arguments.quiet {
        tell_written(&written);
        console::data(&format!(
            "{} {}\n",
            lang.pick("Geschreven naar", "Written to"),
            written.folder.join(REPORT).display()
        ))?;
    }
    Ok(())
}

/// The first scenario as it is, the others with its seed, replicates and draws: common random numbers need them equal.
fn open_all(arguments: &CompareArguments) -> Result<Vec<Resolved>, Error> {
    let mut shared = arguments.set.clone();
    shared.extend(arguments.replicates.map(|count| format!("replicates={count}")));
    shared.extend(arguments.draws.map(|count| format!("uncertainty.parameter_draws={count}")));
    let mut scenarios: Vec<Resolved> = Vec::new();
    for path in &arguments.scenarios {
        let mut overrides = scenarios.first().map(compare::same_chance).unwrap_or_default();
        overrides.extend(shared.iter().cloned());
        scenarios.push(open(Some(path), &overrides)?);
    }
    Ok(scenarios)
}

fn folder(arguments: &CompareArguments, scenarios: &[Resolved]) -> PathBuf {
    let names: Vec<String> =
        scenarios.iter().map(|resolved| escape::file_name(&resolved.scenario.name)).collect();
    let default = || PathBuf::from("output").join(format!("compare-{}", names.join("-")));
    arguments.out.clone().unwrap_or_else(default)
}

/// The command that gives the same comparison.
fn command(arguments: &CompareArguments) -> String {
    let mut words = vec!["stapjes".to_owned(), "compare".to_owned()];
    words.extend(arguments.scenarios.iter().map(|path| argument(path)));
    words.extend(arguments.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    words
        .extend(arguments.replicates.iter().flat_map(|count| ["--replicates".to_owned(), count.to_string()]));
    words.extend(arguments.draws.iter().flat_map(|count| ["--draws".to_owned(), count.to_string()]));
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
