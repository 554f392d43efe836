//! Writes everything that people read into a run's folder: report, figures, workbook.
//!
//! What `stapjes run` writes first, `stapjes report` writes again from the stored results and facts;
//! both come here, so a report made later differs in nothing but the language or the version.

use std::fs;
use std::io;
use std::path::Path;

use crate::disk;
use crate::language::{in_io, spoken};
use crate::said;
use crate::trial::Results;
use crate::trial::view::View;

use super::facts::{self, Facts};
use super::figures::{self, draw::Style, gallery};
use super::html;
use super::language::Lang;
use super::page::Page;
use super::source::Source;
use super::stored_power::StoredPower;
use super::stored_value::StoredValue;
use super::workbook;

/// Name of the report.
pub(crate) const REPORT: &str = "report.html";
/// Name of the workbook.
pub(crate) const WORKBOOK: &str = "results.xlsx";
/// Name of the folder with the figures.
pub(crate) const FIGURES: &str = "figures";

/// What other commands found about the scenario and the report shows beside it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside<'a> {
    /// Power by duration, found by `stapjes power` for the same scenario.
    pub power: Option<&'a StoredPower>,
    /// What knowing more is worth, found by `stapjes value` for the same scenario.
    pub value: Option<&'a StoredValue>,
}

/// Writes `facts.json`, `report.html`, `results.xlsx` and the figures into a folder that exists and does not hold them yet.
/// The same results, facts, findings of other commands and language give the same bytes.
///
/// # Errors
/// When a file cannot be written; a figure or workbook that cannot be made is [`io::ErrorKind::Other`].
pub(crate) fn write(
    folder: &Path,
    results: &Results,
    facts: &Facts,
    beside: Beside<'_>,
    lang: Lang,
) -> io::Result<()> {
    let view = View::new(results);
    let source = Source { view: &view, facts, lang };
    disk::write_new(&folder.join(facts::FILE), json(facts)?.as_bytes())?;
    let mut page = Page::new(&source);
    page.show_power(beside.power);
    page.show_value(beside.value);
    disk::write_new(&folder.join(REPORT), html::page(&page).map_err(io::Error::other)?.as_bytes())?;
    disk::write_new(&folder.join(WORKBOOK), &workbook::bytes(&page, &source).map_err(io::Error::other)?)?;
    #[cfg(feature = "parquet")]
    super::parquet_file::write(folder, results)?;
    write_figures(&folder.join(FIGURES), &source)
}

/// Reads `facts.json` from a run's folder.
///
/// # Errors
/// When the file cannot be read, or does not hold facts ([`io::ErrorKind::InvalidData`]).
pub(crate) fn read_facts(folder: &Path) -> io::Result<Facts> {
    let text = fs::read_to_string(folder.join(facts::FILE))?;
    serde_json::from_str(&text).map_err(|error| {
        let words = said!("{} is niet te lezen: {}", "{} cannot be read: {}", facts::FILE, spoken(&error));
        in_io(io::ErrorKind::InvalidData, words)
    })
}

/// The facts as JSON.
fn json(facts: &Facts) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(facts).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// Writes every figure as SVG and PNG into a folder, which is created.
///
/// # Errors
/// When a file cannot be written or a figure cannot be drawn.
pub(crate) fn write_figures(folder: &Path, source: &Source<'_>) -> io::Result<()> {
    disk::create_dirs(folder)?;
    figure_files(source)?.iter().try_for_each(|(name, bytes)| disk::write_new(&folder.join(name), bytes))
}

/// Every figure as SVG and PNG: names of files and what is in them.
///
/// # Errors
/// When a figure cannot be drawn.
pub(crate) fn figure_files(source: &Source<'_>) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for figure in gallery::all(source) {
        let svg = figures::to_svg(&figure, Style::FILE, source.lang, &figure.id);
        files.push((format!("{}.svg", figure.id), svg.into_bytes()));
        let png = figures::to_png(&figure, Style::FILE, source.lang).map_err(io::Error::other)?;
        files.push((format!("{}.png", figure.id), png));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::decimal_comma;
    use crate::scenario::embedded;
    use crate::trial::{self, Plan};

    const HOSTILE: &str = "=1+1<script>alert(1)</script>\u{1b}[31m\u{202e}\u{0}\" onload='x'";

    fn run(overrides: &[&str]) -> (Results, Facts) {
        let small = ["horizon_months=24", "replicates=3", "uncertainty.parameter_draws=3"];
        let all: Vec<String> = small.iter().chain(overrides).map(|text| (*text).to_owned()).collect();
        let resolved = embedded("lange-adem", &all).unwrap();
        let results = trial::run(&Plan::whole(&resolved)).unwrap();
        (results, Facts::new(&resolved, "stapjes run"))
    }

    fn files(results: &Results, facts: &Facts, lang: Lang) -> Vec<(String, Vec<u8>)> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), results, facts, Beside::default(), lang).unwrap();
        let mut files = Vec::new();
        for place in [folder.path().to_path_buf(), folder.path().join(FIGURES)] {
            for entry in
                fs::read_dir(place).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file())
            {
                files.push((entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()));
            }
        }
        files.sort();
        files
    }

    #[test]
    fn reports_are_repeatable_complete_and_small_and_names_do_no_harm() {
        let (mut results, mut facts) = run(&[]);
        for lang in Lang::ALL {
            let first = files(&results, &facts, lang);
            assert!(first == files(&results, &facts, lang), "the same results give the same bytes");
            assert_eq!(first.len(), 3 + 2 * 10, "facts, report, workbook and ten figures twice");
            let (_, html) = first.iter().find(|(name, _)| name == REPORT).unwrap();
            assert!(html.len() < 1_500_000, "{}", html.len());
            let html = String::from_utf8(html.clone()).unwrap();
            assert!(!html.contains("unsafe-inline") && html.contains("Content-Security-Policy"));
            assert!(
                !html.replace("http://www.w3.org/2000/svg", "").contains("://"),
                "nothing from elsewhere"
            );
        }
        for name in results.arms.iter_mut().chain(&mut results.groups) {
            *name = HOSTILE.to_owned();
        }
        for arm in results.paired.iter_mut().chain(&mut results.difference).chain(&mut results.study) {
            arm.arm = HOSTILE.to_owned();
        }
        facts.title = [HOSTILE.to_owned(), HOSTILE.to_owned()];
        facts.question = [HOSTILE.to_owned(), HOSTILE.to_owned()];
        facts.command = HOSTILE.to_owned();
        facts.arms.iter_mut().for_each(|arm| arm.name = HOSTILE.to_owned());
        facts.sites.iter_mut().for_each(|site| site.name = HOSTILE.to_owned());
        for (name, bytes) in files(&results, &facts, Lang::Nl) {
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let scripts = usize::from(name == REPORT);
            if !name.ends_with(".json") {
                assert_eq!(text.matches("<script").count(), scripts, "{name}");
            }
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{name}");
            assert!(!text.contains('\u{202e}') || name.ends_with(".json"), "{name}");
        }
        let csv = String::from_utf8(decimal_comma::bytes(&results).unwrap()).unwrap();
        assert!(
            csv.starts_with('\u{feff}') && csv.contains(";\"'=1+1"),
            "defused, and quoted because of its quotes"
        );
        assert!(!csv.contains(";=1+1") && !csv.contains(";\"=1+1"));
        assert!(csv.lines().skip(1).any(|line| line.contains(',')), "decimal commas");
    }

    #[test]
    fn a_transition_table_has_a_report_without_psychology() {
        let resolved = embedded("verification/ladder-6", &["replicates=3".to_owned()]).unwrap();
        let results = trial::run(&Plan::new(&resolved.scenario)).unwrap();
        let facts = Facts::new(&resolved, "stapjes run");
        let html = files(&results, &facts, Lang::En).into_iter().find(|(name, _)| name == REPORT).unwrap().1;
        let html = String::from_utf8(html).unwrap();
        assert!(html.contains("Rungs of the ladder") && !html.contains("Fraud signals and what"));
    }
}
