//! `stapjes patterns`: the published studies, emulated, and whether the model shows what they saw.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::exit::Failure;
use super::study::{self, watched};
use crate::design::patterns::{PatternError, PatternPlan, PatternReport, patterns};
use crate::report::patterns::{Form, report};
use crate::trial::{Stopped, Watch};

/// `stapjes patterns`.
#[derive(Args, Debug)]
pub(super) struct PatternArguments {
    /// A first impression: 60 studies, the default structure only
    #[arg(long, conflicts_with = "replicates")]
    quick: bool,
    /// Simulated studies of each published study and structure [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    replicates: Option<u32>,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write patterns.md and patterns.json to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &PatternArguments) -> Result<(), Failure> {
    let plan = PatternPlan {
        replicates: if arguments.quick { 60 } else { arguments.replicates.unwrap_or(1000) },
        alternatives: !arguments.quick,
        targets: !arguments.quick,
        watch: Watch::default(),
    };
    let found = watched(arguments.threads, plan.studies(), true, |watch| {
        match patterns(&PatternPlan { watch, ..plan }) {
            Ok(report) => Ok(Ok(report)),
            Err(PatternError::Scenario(problems)) => Ok(Err(problems)),
            Err(PatternError::Stopped) => Err(Stopped),
        }
    })?;
    let found: PatternReport = found.map_err(|problems| Failure::problems(&problems, console::color()))?;
    if let Some(folder) = &arguments.out {
        study::write_file(folder, "patterns.md", report(&found, Form::Markdown).as_bytes())?;
        study::write_file(folder, "patterns.json", study::json(&found)?.as_bytes())?;
    }
    if arguments.json {
        return console::data(&study::json(&found)?);
    }
    console::data(&report(&found, Form::Plain))
}
