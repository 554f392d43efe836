//! Files of an answer in a folder in the making.
//!
//! Every folder of results is filled under a name of its own and put in place whole (`results`); so
//! these functions write new files only, and an error in one of them leaves nothing behind.

use std::io;
use std::path::Path;

use crate::disk;
use crate::error::Error;
use crate::report::figures::{self, DrawingError, chart::Figure, draw::Style, forest::Forest};
use crate::report::language::Lang;
use crate::said;

/// Writes a figure as `ID.svg` and `ID.png` in the language asked for: lines for print and screens,
/// pixels for documents that take no SVG.
///
/// # Errors
/// When it cannot be drawn (as `io::ErrorKind::Other`) or written.
pub(super) fn write_figure(folder: &Path, figure: &Figure, lang: Lang) -> io::Result<()> {
    write_figure_as(folder, &figure.id, figure, lang)
}

/// [`write_figure`] under another name: `duration` writes the figures of power beside its own.
///
/// # Errors
/// As [`write_figure`].
pub(super) fn write_figure_as(folder: &Path, name: &str, figure: &Figure, lang: Lang) -> io::Result<()> {
    let svg = figures::to_svg(figure, Style::FILE, lang, &figure.id);
    write_drawing(folder, name, &svg, figures::to_png(figure, Style::FILE, lang))
}

/// Writes a forest (rows with an estimate and its interval) as `ID.svg` and `ID.png`.
///
/// # Errors
/// As [`write_figure`].
pub(super) fn write_forest(folder: &Path, forest: &Forest, lang: Lang) -> io::Result<()> {
    let svg = figures::forest_to_svg(forest, lang);
    write_drawing(folder, &forest.id, &svg, figures::forest_to_png(forest, lang))
}

/// Writes one figure as SVG and, where it can be drawn in pixels, as PNG.
fn write_drawing(folder: &Path, id: &str, svg: &str, png: Result<Vec<u8>, DrawingError>) -> io::Result<()> {
    disk::write_new(&folder.join(format!("{id}.svg")), svg.as_bytes())?;
    disk::write_new(&folder.join(format!("{id}.png")), &png.map_err(io::Error::other)?)
}

/// Writes a page once in each language, as `NAME.nl.html` and `NAME.en.html`.
///
/// # Errors
/// When one cannot be written.
pub(super) fn write_pages(folder: &Path, name: &str, page: impl Fn(Lang) -> String) -> io::Result<()> {
    Lang::ALL.into_iter().try_for_each(|lang| {
        disk::write_new(&folder.join(format!("{name}.{}.html", lang.code())), page(lang).as_bytes())
    })
}

/// A value as one JSON document on lines of its own, with a line end. Numbers have all their digits;
/// infinite ones and NaN are `null`, as JSON has no words for them.
///
/// # Errors
/// [`ErrorKind::Internal`](crate::error::ErrorKind::Internal) for a value that has no form in JSON: a
/// mistake of ours.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| {
        Error::internal(said!(
            "de uitkomsten kunnen niet als JSON worden geschreven: {error}",
            "the results cannot be written as JSON: {error}",
            error = crate::language::spoken(&error)
        ))
    })
}
