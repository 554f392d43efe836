//! `stapjes design`: a design file in, the answer out.
//!
//! The counterpart of `stapjes power` without a simulation: closed formulas of the literature, in a
//! fraction of a second. The file says which kind of design it is (`docs/design.md`); what the formulas
//! are stands in the room `design`.

use std::path::PathBuf;

use super::console::{self, unopened};
use super::language::LanguageArgument;
use crate::app::{self, design::DesignRequest, files};
use crate::error::Error;
use crate::language::Lang;
use crate::report::design::answer_as_text;
use crate::said;

/// Arguments of `stapjes design`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Kinds of design: survival, events, proportions, counts, clusters, stepped-wedge, sequential, interim.
Worked examples: scenarios/design/*.toml; every key: docs/design.md."
)]
pub(super) struct DesignArguments {
    /// The design file; `-` reads standard input.
    file: PathBuf,
    /// Print the answer as JSON, at full precision.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Answers a design file on stdout: as text in the language asked for, or as JSON with all digits.
///
/// # Errors
/// `NoInput` for a file that is not there, `Data` with every problem of the file by line and key.
pub(super) fn run(arguments: &DesignArguments) -> Result<(), Error> {
    let lang = arguments.language.choose();
    let (name, bytes) = read(&arguments.file, lang)?;
    let answer = app::design::run(&DesignRequest { name, bytes, lang })?;
    if arguments.json {
        return console::json(&files::json(&answer)?);
    }
    console::data(&answer_as_text(&answer, lang))
}

/// The bytes of the file, or of stdin for `-`, and how it is called in messages. Bytes and not text:
/// that they must be UTF-8 is one of the problems that the reader of the document reports with its
/// place.
fn read(file: &std::path::Path, lang: Lang) -> Result<(String, Vec<u8>), Error> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map_err(|error| {
            Error::output(said!(
                "de standaardinvoer kan niet worden gelezen: {error}",
                "cannot read standard input: {error}",
                error = crate::language::spoken(&error)
            ))
        })?;
        return Ok((lang.pick("standaardinvoer", "standard input").to_owned(), bytes));
    }
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| Error::no_input(unopened(file, &error)))?;
    Ok((name, bytes))
}
