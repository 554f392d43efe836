//! Flags in, exit code out: the only place that prints, reads the clock and knows the process.
//!
//! One file per command holds its flags and turns them into a request of `app`; the answer goes through
//! `console`. Flags with English help stand at the fields below (clap prints them); `dutch` has the
//! same in Dutch. What several commands share stands beside them: the scenario and its overrides
//! (`scenario_argument`), the way of a long command (`long`), kept work (`work`), and the process:
//! signals, language, memory, exit codes.

mod analyze;
mod calibrate;
mod check;
mod compare;
pub(crate) mod console;
mod design;
mod duration;
mod dutch;
mod exit;
mod guard;
mod help;
mod instructions;
mod interrupt;
mod language;
mod long;
mod machine;
mod new;
mod parameters;
mod patterns;
mod power;
mod progress;
mod provenance;
mod report;
mod run;
mod runs;
mod scenario_argument;
mod schema;
mod sensitivity;
#[cfg(feature = "serve")]
mod serve;
mod shell;
mod slurm;
mod value;
mod verify;

mod work;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use exit::EXIT_CODES;

use crate::app::Stop;
use crate::error::{Error, ErrorKind};
use crate::language::Lang;
use crate::said;

/// Simulates trials of frequent, intensive, personal talks with social-assistance clients, and analyses their data.
#[derive(Debug, Parser)]
#[command(
    name = "stapjes",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = EXIT_CODES
)]
pub(crate) struct Arguments {
    /// Taken here as well as after a command; it is read from the words, because mistakes need it too.
    #[command(flatten)]
    language: language::LanguageArgument,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Estimates and tests on any CSV of follow-up data, outcomes or counts.
    Analyze(Box<analyze::AnalyzeArguments>),
    /// Learn the parameters from published or own figures: a posterior, what it predicts, and what no figure informs.
    Calibrate(calibrate::CalibrateArguments),
    /// Validate a scenario and show its plan: clients, caseworkers, talks against slots, time, memory, disk.
    Check(check::CheckArguments),
    /// Write a commented scenario to start from.
    New(new::NewArguments),
    /// Show every parameter with its value, status and source, and what the scenario changed.
    Parameters(parameters::ParametersArguments),
    /// The published studies, emulated: does the model show what the researchers saw?
    Patterns(patterns::PatternArguments),
    /// Power of a study: every endpoint, test, duration and size from one simulated cohort per replicate.
    Power(power::PowerArguments),
    /// The shortest study that finds the effect: duration by endpoint, test and size.
    Duration(duration::DurationArguments),
    /// Which parameters move a result: confirmed drivers, elementary effects, or Sobol' indices.
    Sensitivity(sensitivity::SensitivityArguments),
    /// Which study is worth doing: the value of knowing more, by parameter, group, and study.
    Value(value::ValueArguments),
    /// Print a JSON Schema: of scenario files (for editors), or of what analyze and design write.
    Schema(schema::SchemaArguments),
    /// Simulate a scenario and write its results: output/NAME/summary.json, curves.csv and more.
    Run(run::RunArguments),
    /// Analytic design: power, size or duration of a study from a design file, without simulation.
    Design(design::DesignArguments),
    /// Run two to six scenarios on common random numbers and report what differs.
    Compare(compare::CompareArguments),
    /// Write the report, workbook and figures of a finished run again, without simulating.
    Report(report::ReportArguments),
    /// List work that was stopped and can go on, with size and age, or remove it.
    Runs(runs::RunsArguments),
    /// Check that a folder of results is what its manifests say; --rerun computes a sample of it again.
    Verify(verify::VerifyArguments),
    /// Print a batch script that shares a command among the tasks of a Slurm cluster and merges the results.
    Slurm(slurm::SlurmArguments),
    /// Write the results of a command whose shards have all finished.
    Merge(runs::MergeArguments),
    /// Open the planner's page in a browser on this machine.
    #[cfg(feature = "serve")]
    Serve(serve::ServeArguments),
    /// Print the completions of a shell (bash, zsh, fish, elvish, powershell).
    Completions(shell::CompletionsArguments),
    /// Print the man page (view it with `stapjes man | man -l -`).
    Man(shell::ManArguments),
    /// Show the help of the program, or of one of its commands.
    Help(help::HelpArguments),
}

/// Runs the command that was asked for, with the stop flag of the process.
fn dispatch(command: &Command, stop: &Stop) -> Result<(), Error> {
    match command {
        Command::Analyze(arguments) => analyze::run(arguments),
        Command::Value(arguments) => value::run(arguments, stop),
        Command::Sensitivity(arguments) => sensitivity::run(arguments, stop),
        Command::Calibrate(arguments) => calibrate::run(arguments, stop),
        Command::Check(arguments) => check::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Parameters(arguments) => parameters::run(arguments),
        Command::Patterns(arguments) => patterns::run(arguments, stop),
        Command::Power(arguments) => power::run(arguments, stop),
        Command::Duration(arguments) => duration::run(arguments, stop),
        Command::Schema(arguments) => schema::run(arguments),
        Command::Run(arguments) => run::run(arguments, stop),
        Command::Design(arguments) => design::run(arguments),
        Command::Compare(arguments) => compare::run(arguments, stop),
        Command::Report(arguments) => report::run(arguments),
        Command::Runs(arguments) => runs::run(arguments),
        Command::Merge(arguments) => again(runs::merge(arguments)?, stop),
        Command::Slurm(arguments) => slurm::run(arguments),
        Command::Verify(arguments) => {
            for command in verify::run(arguments)? {
                // The words may name files relative to where they were typed.
                if let Some(at) = command.at.as_ref().filter(|at| at.is_dir()) {
                    let shown = at.display();
                    std::env::set_current_dir(at).map_err(|error| {
                        Error::no_input(said!(
                            "kan niet naar {shown}: {error}",
                            "cannot go to {shown}: {error}",
                            error = crate::language::spoken(&error),
                            shown = shown
                        ))
                    })?;
                }
                again(command.words.clone(), stop)?;
                command.compare()?;
            }
            Ok(())
        }
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(arguments, stop),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Man(arguments) => shell::man(arguments),
        // Answered where the words are read: help is what clap says instead of a command.
        Command::Help(_) => Ok(()),
    }
}

/// Does a command line that stands in a file of ours: the ticket of finished chunks (`merge`), or a
/// manifest (`verify --rerun`). Such a file can be changed by anybody, so the words go through the same
/// parser as typed ones, and a command that would lead here again is refused instead of going round in
/// circles.
///
/// # Errors
/// `Data` for words that are no command line, and for commands without shards; those of the command.
fn again(words: Vec<String>, stop: &Stop) -> Result<(), Error> {
    let earlier = Arguments::try_parse_from(words).map_err(|error| {
        Error::data(said!(
            "het werk kan niet worden gelezen: {error}",
            "the work cannot be read: {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    match earlier.command {
        Command::Merge(_) | Command::Verify(_) | Command::Help(_) => Err(Error::data(said!(
            "het werk is van een opdracht zonder delen (shards)",
            "the work is of no command that has shards"
        ))),
        command => dispatch(&command, stop),
    }
}

/// Runs the program with the process's arguments; the exit code is that of [`EXIT_CODES`].
///
/// The order matters: the hook for panics first, so that nothing dies in a backtrace; the arguments
/// next, because everything that follows may need their language; the choice of vector instructions
/// before anything is computed.
pub fn main() -> ExitCode {
    guard::install_hook();
    interrupt::outlive_large_files();
    let arguments = match parsed() {
        Ok(arguments) => arguments,
        Err(message) => return usage(&message),
    };
    match guard::guarded(|| {
        instructions::choose()?;
        dispatch(&arguments.command, &Stop::default())
    }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// The process's arguments; help and mistakes in the language that is asked for.
fn parsed() -> Result<Arguments, clap::Error> {
    let arguments = read(std::env::args_os().collect())?;
    match &arguments.command {
        Command::Help(asked) => read(asked.words()),
        _ => Ok(arguments),
    }
}

/// Words as a command line, in the language of what goes wrong.
fn read(words: Vec<std::ffi::OsString>) -> Result<Arguments, clap::Error> {
    let mut matches = program(language::of_errors()).try_get_matches_from(words)?;
    Arguments::from_arg_matches_mut(&mut matches)
}

/// The program with its texts in a language. In Dutch the same commands are given other texts, so both
/// languages take the same words.
fn program(lang: Lang) -> clap::Command {
    match lang {
        Lang::En => Arguments::command(),
        Lang::Nl => dutch::help(Arguments::command()),
    }
}

/// Says what went wrong, when that has not been said, and gives the exit code. An error without text
/// was told already (a panic by its hook) or needs no words (a reader that closed its pipe).
fn failed(error: &Error) -> ExitCode {
    let text = error.text(language::of_errors(), console::color());
    if !text.is_empty() {
        // Problems carry their own heading.
        match error.problems() {
            Some(_) => console::say_drawn(&text),
            None => console::say(&format!("stapjes: {text}")),
        }
    }
    ExitCode::from(exit::code(error.kind()))
}

/// Help and version go to stdout with exit code 0, mistakes to stderr with exit code 2. Mistakes that
/// have no Dutch here are printed as clap words them.
fn usage(message: &clap::Error) -> ExitCode {
    let told = if language::of_errors() == Lang::Nl { dutch::mistake(message) } else { None };
    if let Some(told) = told {
        console::say(&told);
        return ExitCode::from(exit::code(ErrorKind::Usage));
    }
    let printed = message.print().map_err(|error| console::stdout_failure(&error));
    match printed {
        _ if message.use_stderr() => ExitCode::from(exit::code(ErrorKind::Usage)),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
