//! `stapjes report DIR`: the report of a finished run again, without simulating.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use super::provenance::tell_written;
use crate::app;
use crate::error::Error;
use crate::report::REPORT;

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
    let lang = arguments.language.choose();
    let written = app::report::write(&arguments.folder, lang, arguments.csv_nl)?;
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
