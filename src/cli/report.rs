//! `stapjes report DIR`: the report of a finished run again, without simulating.
//!
//! For another language, or after a new version words its report better. The numbers come from
//! `summary.json`, whose hash must be that of the manifest: a report on altered numbers would carry the
//! names of our checks without having passed them.

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
///
/// # Errors
/// `NoInput` for a folder without a finished run, `Data` for files that are not what the run wrote,
/// `Output` when it cannot be written.
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
