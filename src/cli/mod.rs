//! Flags in, exit code out: the only place that prints, reads the clock and knows the process.

mod analyze;
mod exit;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

pub use exit::Failure;

/// Simulates trials of frequent, intensive, personal talks with social-assistance clients, and analyses their data.
#[derive(Debug, Parser)]
#[command(name = "stapjes", version, max_term_width = 110)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Estimates and tests on any CSV of follow-up data, outcomes or counts.
    Analyze(analyze::AnalyzeArguments),
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Analyze(arguments) => finish(analyze::run(&arguments)),
    }
}

/// Exit code of an outcome; its message goes to standard error.
fn finish(outcome: Result<(), Failure>) -> ExitCode {
    let Err(failure) = outcome else { return ExitCode::SUCCESS };
    // A closed standard error leaves the exit code as the only messenger.
    let _ = writeln!(std::io::stderr(), "stapjes: {}", failure.message());
    failure.code()
}
