//! Writes everything that people read into a run's folder: report, figures, workbook.

use std::fs;
use std::io;
use std::path::Path;

use crate::trial::Results;

use super::facts::{self, Facts};
use super::figures::{self, draw::Look, gallery};
use super::html;
use super::language::Lang;
use super::page::Page;
use super::source::Source;
use super::workbook;

/// Name of the report.
pub const REPORT: &str = "report.html";
/// Name of the workbook.
pub const WORKBOOK: &str = "results.xlsx";
/// Name of the folder with the figures.
pub const FIGURES: &str = "figures";

/// Writes `facts.json`, `report.html`, `results.xlsx` and the figures into a folder that exists. The same results, facts
/// and language give the same bytes.
///
/// # Errors
/// When a file cannot be written; a figure or workbook that cannot be made is [`io::ErrorKind::Other`].
pub fn write(folder: &Path, results: &Results, facts: &Facts, lang: Lang) -> io::Result<()> {
    let source = Source { results, facts, lang };
    fs::write(folder.join(facts::FILE), json(facts)?)?;
    let page = Page::new(&source);
    fs::write(folder.join(REPORT), html::page(&page).map_err(io::Error::other)?)?;
    fs::write(folder.join(WORKBOOK), workbook::bytes(&page, &source).map_err(io::Error::other)?)?;
    write_figures(&folder.join(FIGURES), &source)
}

/// Reads `facts.json` from a run's folder.
///
/// # Errors
/// When the file cannot be read, or does not hold facts ([`io::ErrorKind::InvalidData`]).
pub fn read_facts(folder: &Path) -> io::Result<Facts> {
    let text = fs::read_to_string(folder.join(facts::FILE))?;
    serde_json::from_str(&text).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{} cannot be read: {error}", facts::FILE))
    })
}

fn json(facts: &Facts) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(facts).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// Writes every figure as SVG and PNG into a folder, which is created.
///
/// # Errors
/// When a file cannot be written or a figure cannot be drawn.
pub fn write_figures(folder: &Path, source: &Source<'_>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for figure in gallery::all(source) {
        let svg = figures::to_svg(&figure, Look::FILE, source.lang, figure.id);
        fs::write(folder.join(format!("{}.svg", figure.id)), svg)?;
        let png = figures::to_png(&figure, Look::FILE, source.lang).map_err(io::Error::other)?;
        fs::write(folder.join(format!("{}.png", figure.id)), png)?;
    }
    Ok(())
}
