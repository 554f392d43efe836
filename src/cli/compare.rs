//! `stapjes compare A B [C ...]`: two to six scenarios on common random numbers, one report and workbook.
//!
//! Scenarios are compared on common random numbers: replicate by replicate with the same seed, so that
//! a difference is one of assumptions and not of luck. That needs equal seeds, replicates and draws,
//! which the others take from the first. A comparison that stands finished in its folder is not
//! computed again; only its files are rewritten, in the language asked for.

use std::path::PathBuf;

use clap::Args;

use super::long::LongArguments;
use super::scenario_argument::{argument, of_posterior, tell_few_effective, tell_posterior};
use super::work::WorkArguments;
use super::{console, language};
use crate::app::compare::{self, CompareRequest};
use crate::app::results::shell_word;
use crate::app::results::{self, Provenance};
use crate::app::{Stop, files};
use crate::error::Error;
use crate::report::REPORT;
use crate::report::escape;
use crate::report::kind::ResultKind;
use crate::said;
use crate::scenario::{Resolved, open};

/// `stapjes compare A B [C ...]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Output folder [default: output/compare-A-B]")))]
pub(super) struct CompareArguments {
    /// Two to six scenarios: files or names of built-in ones; the others are compared with the first
    #[arg(required = true, num_args = 2..=6)]
    scenarios: Vec<PathBuf>,
    /// Override a key of every scenario; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Draws and central values of every scenario's parameters from a calibration (posterior.csv, or the built-in nederland; '' for the priors)
    #[arg(long, value_name = "FILE")]
    posterior: Option<String>,
    /// Number of replicates of every scenario, exactly [default: as many as `run` takes of each, with the precision of the first]
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
    /// Draws of the parameters of every scenario [default: those of the first]
    #[arg(long, value_name = "K")]
    draws: Option<u32>,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    long: LongArguments,
}

/// Runs the comparison, or reuses a finished one of the same scenarios by the same program, and writes
/// its folder.
///
/// # Errors
/// `Data` with every reason why the scenarios cannot be compared; `OverLimit`; `CannotCreate` for a
/// folder that is not ours to replace; `Output` when it cannot be written, after which earlier output
/// is as it was.
pub(super) fn run(arguments: &CompareArguments, stop: &Stop) -> Result<(), Error> {
    let long = &arguments.long;
    let request = CompareRequest { scenarios: open_all(arguments)? };
    // All take the draws of the first; scenarios that rest on one posterior are warned of once.
    for (at, resolved) in request.scenarios.iter().enumerate() {
        let posterior = |other: &Resolved| other.registry.posterior == resolved.registry.posterior;
        if !request.scenarios[..at].iter().any(posterior) {
            tell_few_effective(resolved, resolved.scenario.uncertainty.parameter_draws, long.lang());
        }
    }
    let needs = request.check(&long.context())?;
    let folder = long.folder(|| usual_folder(&request.scenarios));
    let target = long.with_room(results::check(&folder, ResultKind::Compare, &[])?, &needs)?;
    let work = arguments.work.open(&folder, ResultKind::Compare, &request.depends_on())?;
    let job = long.begin(Some(target), Some(work), stop);
    let (comparison, earlier) = match compare::finished(&request, &folder) {
        Some((comparison, timings)) => (comparison, Some(timings)),
        None => match job.answer(|context| compare::run(&request, context))? {
            Some(comparison) => (comparison, None),
            None => return Ok(()),
        },
    };
    // A reused comparison keeps the times of its own computation: the manifest says how its numbers
    // were made.
    let written = job.write(|lang, from, target| {
        let from = Provenance { timings: earlier.unwrap_or(from.timings.clone()), ..from };
        compare::write(&request, &comparison, lang, &command(arguments), from, target)
    })?;
    if long.json {
        return console::json(&files::json(&comparison)?);
    }
    let Some(written) = written.filter(|_| !long.quiet) else { return Ok(()) };
    let report = written.folder.join(REPORT);
    console::data(&compare::brief(&request, &comparison, long.lang()))?;
    console::data(&format!("{} {}\n", long.lang().pick("Geschreven naar", "Written to"), report.display()))
}

/// The first scenario as it is, the others with its seed, replicates, precision and draws: common random numbers need them equal.
fn open_all(arguments: &CompareArguments) -> Result<Vec<Resolved>, Error> {
    let mut shared = arguments.set.clone();
    shared.extend(arguments.posterior.as_deref().map(of_posterior));
    if let Some(count) = arguments.replicates {
        shared.extend([format!("replicates={count}"), "precision.difference=0".to_owned()]);
    }
    shared.extend(arguments.draws.map(|count| format!("uncertainty.parameter_draws={count}")));
    let mut scenarios: Vec<Resolved> = Vec::new();
    for path in &arguments.scenarios {
        let mut overrides = scenarios.first().map(compare::same_chance).unwrap_or_default();
        overrides.extend(shared.iter().cloned());
        scenarios.push(open(Some(path), &overrides)?);
    }
    let asked = arguments.posterior.is_some();
    scenarios.first().into_iter().for_each(|first| tell_posterior(first, asked));
    tell_other_posteriors(&scenarios);
    Ok(scenarios)
}

/// Says on stderr which scenarios rest on another posterior than the first. It is no error: comparing
/// two calibrations can be the very question. But a reader who does not know would take the difference
/// for an effect of the plans.
fn tell_other_posteriors(scenarios: &[Resolved]) {
    let [first, others @ ..] = scenarios else { return };
    let differs = |other: &&Resolved| other.registry.posterior != first.registry.posterior;
    for other in others.iter().filter(differs) {
        let told = said!(
            "stapjes: {one} en {two} rusten niet op dezelfde posterior: een deel van hun verschil is er een van aannamen (--posterior geeft \
             allemaal dezelfde)",
            "stapjes: {one} and {two} do not rest on the same posterior: part of their difference is one of assumptions (--posterior gives \
             all the same)",
            one = escape::name(&first.scenario.name),
            two = escape::name(&other.scenario.name)
        );
        console::say(told.text(language::of_errors()));
    }
}

/// The folder when none is named: `output/compare-A-B`, from names of scenarios made safe for file
/// systems.
fn usual_folder(scenarios: &[Resolved]) -> PathBuf {
    let names: Vec<String> =
        scenarios.iter().map(|resolved| escape::file_name(&resolved.scenario.name)).collect();
    PathBuf::from("output").join(format!("compare-{}", names.join("-")))
}

/// The command line that gives the same comparison, quoted for a shell. Flags that change no number
/// (threads, folder, language) are left out, so that it stands in the report of everybody who runs it.
fn command(arguments: &CompareArguments) -> String {
    let mut words = vec!["stapjes".to_owned(), "compare".to_owned()];
    words.extend(arguments.scenarios.iter().map(|path| argument(path)));
    words.extend(arguments.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    let posterior = arguments.posterior.iter();
    words.extend(posterior.flat_map(|path| ["--posterior".to_owned(), path.clone()]));
    words
        .extend(arguments.replicates.iter().flat_map(|count| ["--replicates".to_owned(), count.to_string()]));
    words.extend(arguments.draws.iter().flat_map(|count| ["--draws".to_owned(), count.to_string()]));
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}
