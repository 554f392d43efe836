//! `stapjes patterns`: the published studies, emulated, and whether the model shows what they saw.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::watched::{Clock, tell_written, watched_in};
use super::work::WorkArguments;
use crate::app::patterns::PatternsRequest;
use crate::app::{self, Context, Limits, Stop, files, results};
use crate::error::Error;
use crate::report::kind::Kind;
use crate::report::patterns::{Form, report};

/// `stapjes patterns`.
#[derive(Args, Debug)]
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
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write patterns.md and patterns.json to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    work: WorkArguments,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &PatternArguments, stop: &Stop) -> Result<(), Error> {
    let request = PatternsRequest {
        overrides: arguments.set.clone(),
        replicates: if arguments.quick { 60 } else { arguments.replicates.unwrap_or(1000) },
        alternatives: !arguments.quick,
    };
    let target = arguments.out.as_deref().map(|out| results::check(out, Kind::Patterns, &[])).transpose()?;
    let plan = [request.replicates.to_string(), request.alternatives.to_string()];
    let usual = || PathBuf::from("output/patterns");
    let work = arguments.work.open(&arguments.out.clone().unwrap_or_else(usual), "patterns", &plan)?;
    let clock = Clock::start(arguments.threads);
    let run = |context: &Context<'_>| app::patterns::run(&request, context);
    let found = watched_in(Some(&work), arguments.threads, Limits::default(), true, stop, run);
    let Some(found) = work.outcome(found)? else { return Ok(()) };
    if let Some(target) = target {
        tell_written(&app::patterns::write(&found, clock.provenance(), target)?);
    }
    work.finish();
    if arguments.json {
        return console::json(&files::json(&found)?);
    }
    console::data(&report(&found, Form::Plain))
}
