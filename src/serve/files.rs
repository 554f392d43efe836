//! Files to take away, made from results.
//!
//! They are made from the results that the page shows, by the code that `stapjes run` and `compare`
//! write them with: what a planner takes away is what a colleague gets on the command line. Nothing is
//! written to disk.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::desk::File;
use super::kept::Kept;
use super::read::FILE;
use super::variants::{AskedVariants, Variants};
use crate::app::run::lives_of;
use crate::report::facts::Facts;
use crate::report::language::Lang;
use crate::report::page::Page;
use crate::report::source::Source;
use crate::report::stored_power::StoredPower;
use crate::report::{self, compare, curves, html, workbook};
use crate::trial::view::View;

/// The scenario of a question.
pub(super) fn scenario(text: String) -> File {
    File { name: FILE.into(), kind: "application/toml; charset=utf-8", bytes: text.into_bytes() }
}

/// What a file is made from.
pub(super) struct Made<'a> {
    /// The results, with the scenario that gave them.
    pub(super) kept: &'a Kept,
    /// What a study would find, when that was worked out.
    pub(super) study: Option<StoredPower>,
    /// The command that repeats them.
    pub(super) command: &'a str,
    /// Language of the page.
    pub(super) lang: Lang,
}

impl Made<'_> {
    /// The file with a name; `None` when there is no such file or it cannot be made.
    /// Names are `report-nl`, `report-en`, `workbook` and `figures`.
    pub(super) fn file(&self, wanted: &str) -> Option<File> {
        let mut facts = Facts::new(&self.kept.resolved, self.command);
        if wanted.starts_with("report") {
            facts.lives = lives_of(&self.kept.resolved.scenario, &self.kept.results);
        }
        let view = View::new(&self.kept.results);
        let source = |lang| Source { view: &view, facts: &facts, lang };
        let page = |source: &Source<'_>| {
            let mut page = Page::new(source);
            page.show_power(self.study.as_ref());
            html::page(&page).ok()
        };
        let (name, kind, bytes) = match wanted {
            "report-nl" => {
                ("rapport.html", "text/html; charset=utf-8", page(&source(Lang::Nl))?.into_bytes())
            }
            "report-en" => ("report.html", "text/html; charset=utf-8", page(&source(Lang::En))?.into_bytes()),
            "workbook" => {
                let source = source(self.lang);
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                ("results.xlsx", kind, workbook::bytes(&Page::new(&source), &source).ok()?)
            }
            "figures" => ("figures.zip", ZIP, figures(&source(self.lang)).ok()?),
            _ => return None,
        };
        Some(File { name: name.into(), kind, bytes })
    }
}

/// Every figure as SVG and PNG and the numbers behind them: the same files as `stapjes run` writes.
fn figures(source: &Source<'_>) -> std::io::Result<Vec<u8>> {
    let mut files = report::figure_files(source)?;
    let mut numbers = Vec::new();
    curves::write(source.results, &mut numbers)?;
    files.push((curves::CURVES.to_owned(), numbers));
    archive(files)
}

/// The variants as scenario files and all that `stapjes compare` writes about them.
pub(super) fn comparison(compared: &Variants, asked: &AskedVariants, command: &str) -> std::io::Result<File> {
    let texts = asked.variants.iter().enumerate();
    let mut files: Vec<(String, Vec<u8>)> = texts
        .map(|(at, variant)| (AskedVariants::file_name(at), variant.text.clone().into_bytes()))
        .collect();
    files.extend(compare::files(&compared.comparison, &compared.facts(command), asked.lang)?);
    Ok(File { name: "varianten.zip".into(), kind: ZIP, bytes: archive(files)? })
}

/// Media type of an archive.
const ZIP: &str = "application/zip";

/// Files in one archive. The same files give the same bytes: no clock is read.
fn archive(files: Vec<(String, Vec<u8>)>) -> std::io::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        archive.start_file(name, options)?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}
