//! `--figure FILE`: the contrasts of an analysis as a forest, or its curves, in the form that the ending of the file asks for.
//!
//! The name and the place are looked at before the analysis, and an existing file is replaced whole: a
//! drawing that fails leaves the old one.

use std::path::Path;

use super::arguments::{AnalyzeArguments, SidedFlag};
use crate::cli::console::unwritable;
use crate::disk;
use crate::error::Error;
use crate::language::Said;
use crate::report::analysis::{Analysis, AnalysisFacts, analysis_curves, analysis_forest, captions};
use crate::report::figures;
use crate::report::language::Lang;
use crate::said;

/// The two kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileForm {
    /// Pixels.
    Png,
    /// Lines.
    Svg,
}

/// The form that the ending of the path asks for.
fn form(path: &Path) -> Result<FileForm, Error> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("png") => Ok(FileForm::Png),
        Some("svg") => Ok(FileForm::Svg),
        _ => Err(Error::usage(said!(
            "--figure {shown}: de naam moet eindigen op .png of .svg",
            "--figure {shown}: the name must end in .png or .svg",
            shown = path.display()
        ))),
    }
}

/// Refuses a name that says no form, or a place that takes no file, before any work is done.
///
/// # Errors
/// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage), [`ErrorKind::CannotCreate`](crate::error::ErrorKind::CannotCreate).
pub(super) fn check(arguments: &AnalyzeArguments) -> Result<(), Error> {
    let Some(path) = &arguments.figure else { return Ok(()) };
    form(path)?;
    disk::can_replace(path).map_err(|error| Error::cannot_create(unwritable(path, &error)))
}

/// Draws the figure when one is asked for.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) when no result is a contrast with an interval; failures of writing.
pub(super) fn write(arguments: &AnalyzeArguments, analysis: &Analysis, lang: Lang) -> Result<(), Error> {
    let Some(path) = &arguments.figure else { return Ok(()) };
    let facts = AnalysisFacts {
        file: &analysis.file,
        arms: analysis.arms.iter().map(|arm| arm.name.as_str()).collect(),
        level: analysis.level,
        one_sided: arguments.sided != SidedFlag::TwoSided,
        time: arguments
            .time
            .as_deref()
            .or_else(|| Some(arguments.dates_in()?.text(lang)))
            .unwrap_or(lang.pick("tijd", "time")),
        understood: captions(analysis, lang),
    };
    let write =
        |bytes: &[u8]| disk::replace(path, bytes).map_err(|error| Error::output(unwritable(path, &error)));
    if !analysis.curves.is_empty() {
        let curves = analysis_curves(&analysis.curves, &facts, lang);
        let bytes = match form(path)? {
            FileForm::Svg => figures::curves_to_svg(&curves, lang, "curves").into_bytes(),
            FileForm::Png => figures::curves_to_png(&curves, lang)
                .map_err(|error| Error::internal(undrawn(path, &error)))?,
        };
        return write(&bytes);
    }
    let forest = analysis_forest(&analysis.results, &facts, lang).ok_or_else(|| {
        Error::data(said!(
            "{shown} is niet getekend: geen uitkomst is een vergelijking van groepen met een interval (een verhouding of verschil)",
            "{shown} is not drawn: no result is a comparison of arms with an interval (a ratio or a difference)",
            shown = path.display()
        ))
    })?;
    let bytes = match form(path)? {
        FileForm::Svg => figures::forest_to_svg(&forest, lang).into_bytes(),
        FileForm::Png => {
            figures::forest_to_png(&forest, lang).map_err(|error| Error::internal(undrawn(path, &error)))?
        }
    };
    write(&bytes)
}

/// What is said when a figure cannot be made into pixels.
fn undrawn(path: &Path, error: &(impl std::fmt::Display + 'static)) -> Said {
    said!(
        "{shown} kan niet worden getekend: {error}",
        "{shown} cannot be drawn: {error}",
        shown = path.display(),
        error = crate::language::spoken(error)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_form() {
        assert_eq!(form(Path::new("a/forest.PNG")).unwrap(), FileForm::Png);
        assert_eq!(form(Path::new("forest.svg")).unwrap(), FileForm::Svg);
        assert!(form(Path::new("forest.pdf")).is_err() && form(Path::new("forest")).is_err());
    }
}
