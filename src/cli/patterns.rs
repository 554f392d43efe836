//! `stapjes patterns`: the published studies, emulated, and whether the model shows what they saw.

use std::path::PathBuf;

use clap::Args;

use super::long::LongArguments;
use super::scenario_argument::of_posterior;
use super::work::WorkArguments;
use crate::app::patterns::PatternsRequest;
use crate::app::{self, Stop};
use crate::error::Error;
use crate::report::kind::ResultKind;
use crate::report::patterns::{Markup, report};

/// `stapjes patterns`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write patterns.md and patterns.json to this folder")))]
pub(super) struct PatternArguments {
    /// A first impression: 60 studies, the default structure only
    #[arg(long, conflicts_with = "replicates")]
    quick: bool,
    /// Simulated studies of each published study and structure [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    replicates: Option<u32>,
    /// Override a setting of every scenario that is run, e.g. --set distance.progress=0; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Central values of the parameters from a calibration (posterior.csv, or the built-in nederland; '' for the priors); with --draws also their draws
    #[arg(long, value_name = "FILE")]
    posterior: Option<String>,
    /// Every simulated study has a draw of the parameters of its own: from the posterior, or else from their priors
    #[arg(long)]
    draws: bool,
    #[command(flatten)]
    work: WorkArguments,
    #[command(flatten)]
    long: LongArguments,
}

impl PatternArguments {
    /// What the flags change in every scenario that is run; `--posterior` is one more override, after
    /// those of `--set`, so it wins.
    fn overrides(&self) -> Vec<String> {
        self.set.iter().cloned().chain(self.posterior.as_deref().map(of_posterior)).collect()
    }
}

/// Emulates the published studies and prints model beside publication, study by study.
///
/// # Errors
/// Those of an override that a built-in scenario does not know; `OverLimit`; `Stopped`; failures of
/// writing.
pub(super) fn run(arguments: &PatternArguments, stop: &Stop) -> Result<(), Error> {
    // Sixty studies show a gross fault in a minute; a thousand leave a Monte Carlo error that is small
    // beside the published ones.
    let request = PatternsRequest {
        overrides: arguments.overrides(),
        draws: arguments.draws,
        replicates: if arguments.quick { 60 } else { arguments.replicates.unwrap_or(1000) },
        alternatives: !arguments.quick,
    };
    let long = &arguments.long;
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Patterns, &needs)?;
    let usual = || PathBuf::from("output/patterns");
    let work = arguments.work.open(&long.folder(usual), ResultKind::Patterns, &request.depends_on()?)?;
    let job = long.begin(target, Some(work), stop);
    let Some(found) = job.answer(|context| app::patterns::run(&request, context))? else { return Ok(()) };
    job.end(
        &found,
        |lang, from, target| app::patterns::write(&found, lang, from, target),
        |lang| report(&found, Markup::Plain, lang),
    )
}
