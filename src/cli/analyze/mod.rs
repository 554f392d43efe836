//! `stapjes analyze`: any CSV in, estimates out.
//!
//! The answer comes first and the complaints last: tables or JSON on stdout, the figure, then the rows
//! that were left out and the tests that could not be given, on stderr. A test that was asked for by
//! name and cannot be given makes the exit code 65, though all the others were printed.

mod arguments;
mod figure;

pub(super) use arguments::AnalyzeArguments;

use super::console;
use crate::app::analyze::{self, AnalyzeRequest};
use crate::error::Error;
use crate::report::analysis as words;
use crate::said;

/// Analyzes the file and prints every estimate.
///
/// # Errors
/// `Usage` for choices that do not fit together, `NoInput` for a file that is not there, `Data` for
/// rows that cannot be read and for tests that were asked for and refused.
pub(super) fn run(arguments: &AnalyzeArguments) -> Result<(), Error> {
    let lang = arguments.language.choose();
    if arguments.tests.as_deref().map(str::trim) == Some("list") {
        return console::data(&words::method_list(lang));
    }
    figure::check(arguments)?;
    let request = arguments.request();
    request.check()?;
    let analysis = read(arguments, &request)?;
    if arguments.json {
        let text = words::json(&analysis).map_err(|error| {
            Error::internal(said!(
                "de uitkomsten kunnen niet worden geschreven: {error}",
                "the results cannot be written: {error}",
                error = crate::language::spoken(&error)
            ))
        })?;
        console::json(&text)?;
    } else {
        console::data(&words::tables(&analysis, lang))?;
    }
    figure::write(arguments, &analysis, lang)?;
    if let Some(text) = analyze::left_out(&analysis) {
        console::say(text.text(lang));
    }
    analyze::refused(&analysis)
}

/// The analysis of the file, or of stdin for `-`; the rows are read as they come, so a pipe will do.
fn read(arguments: &AnalyzeArguments, request: &AnalyzeRequest) -> Result<words::Analysis, Error> {
    let path = arguments.data.as_ref().ok_or_else(|| {
        Error::usage(said!(
            "welk bestand? stapjes analyze GEGEVENS.csv",
            "which file? stapjes analyze DATA.csv"
        ))
    })?;
    if path.as_os_str() == "-" {
        return analyze::run(request, std::io::stdin());
    }
    let file =
        std::fs::File::open(path).map_err(|error| Error::no_input(super::console::unopened(path, &error)))?;
    analyze::run(request, file)
}
