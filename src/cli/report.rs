//! `stapjes report DIR`: the report of a finished run again, without simulating.

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use crate::error::Error;
use crate::report::{self, REPORT, decimal_comma, manifest, summary};

/// `stapjes report DIR`.
#[derive(Args, Debug)]
pub(super) struct ReportArguments {
    /// Output folder of a finished run
    folder: PathBuf,
    #[command(flatten)]
    language: LanguageArgument,
    /// Also write curves-nl.csv: semicolons, decimal commas, for a Dutch Excel
    #[arg(long)]
    csv_nl: bool,
    /// Print nothing
    #[arg(long, short)]
    quiet: bool,
}

/// Writes report, workbook and figures of a finished run again.
pub(super) fn run(arguments: &ReportArguments) -> Result<(), Error> {
    let folder = &arguments.folder;
    let results = summary::read(folder).map_err(|error| unreadable(folder, &error))?;
    let facts = report::read_facts(folder).map_err(|error| unreadable(folder, &error))?;
    let described = manifest::read(folder).map_err(|error| unreadable(folder, &error))?;
    let lang = arguments.language.choose();
    let fill = || -> io::Result<()> {
        report::write(folder, &results, &facts, lang)?;
        if arguments.csv_nl {
            decimal_comma::write(folder, &results)?;
        }
        manifest::write(&manifest::listed_again(described, folder)?, folder)
    };
    fill().map_err(|error| Error::output(format!("cannot write to {}: {error}", folder.display())))?;
    if !arguments.quiet {
        console::data(&format!("Written to {}\n", folder.join(REPORT).display()))?;
    }
    Ok(())
}

fn unreadable(folder: &std::path::Path, error: &io::Error) -> Error {
    let message = format!("{} is not the output of a finished run: {error}", folder.display());
    match error.kind() {
        io::ErrorKind::InvalidData => Error::data(message),
        io::ErrorKind::NotFound => Error::no_input(message),
        _ => Error::output(message),
    }
}
