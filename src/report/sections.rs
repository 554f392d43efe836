//! The pages of power, duration, sensitivity, value and calibration are all built of these, so that
//! they look and print alike. Nothing on them is loaded from elsewhere: the style and script stand in
//! the page, and their hashes in its policy let no others run.

use askama::Template;

use crate::report::html::{Frame, unbroken};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::table::{Cell, Row, Table, TableKind};
use crate::report::terminal;

/// Curves of a figure that can be switched off: endpoints, and one more.
const CURVES: usize = 12;

/// One section.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// Anchor.
    pub(super) id: &'static str,
    /// Heading.
    pub(super) heading: String,
    /// Sentences.
    pub(super) sentences: Vec<String>,
    /// Points of a list.
    pub(super) points: Vec<String>,
    /// Drawings, as SVG.
    pub(super) figures: Vec<String>,
    /// Figures with legend, notes and the table behind them, as HTML.
    pub(super) blocks: Vec<String>,
    /// Tables.
    pub(super) tables: Vec<Table>,
}

/// What the frame of a page shows of the program.
pub(super) struct Program {
    /// Version of the program.
    pub(super) version: &'static str,
}

/// The page.
pub(super) struct SectionsPage {
    /// Language.
    pub(super) lang: Lang,
    /// What kind of page it is.
    pub(super) kind: &'static str,
    /// Title.
    pub(super) title: String,
    /// Link past the head.
    pub(super) skip: &'static str,
    /// Sections.
    pub(super) sections: Vec<Section>,
    /// The program.
    pub(super) facts: Program,
}

/// The page for the template.
#[derive(Template)]
#[template(path = "sections.html", config = "src/report/templates/askama.toml")]
struct SectionsTemplate<'a> {
    /// Contents.
    page: &'a SectionsPage,
    /// Style sheet.
    style: &'a str,
    /// Its hash.
    style_hash: &'a str,
    /// Script.
    script: &'a str,
    /// Its hash.
    script_hash: &'a str,
}

impl SectionsPage {
    /// A page of sections, ended by what it may not be used for.
    pub(super) fn new(lang: Lang, kind: &'static str, title: String, mut sections: Vec<Section>) -> Self {
        sections.push(limits(lang));
        let skip = lang.pick("Naar de inhoud", "Skip to the content");
        Self { lang, kind, title, skip, sections, facts: Program { version: env!("CARGO_PKG_VERSION") } }
    }

    /// The page as HTML; empty when the template could not be filled, which writing to memory never fails to do.
    pub(super) fn html(&self) -> String {
        let Frame { style, style_hash, script, script_hash } = &Frame::new(CURVES);
        let html = SectionsTemplate { page: self, style, style_hash, script, script_hash }.render();
        unbroken(&html.unwrap_or_default())
    }
}

/// What no page may be used for.
fn limits(lang: Lang) -> Section {
    Section {
        id: "limits",
        heading: lang.pick("Grenzen", "Limits").to_owned(),
        sentences: vec![
            lang.pick(
                "Dit is een vooruitblik over groepen en mag nooit worden gebruikt om over een persoon te beslissen.",
                "This is a projection about groups and must never be used to decide about a person.",
            )
            .to_owned(),
        ],
        ..Section::default()
    }
}

/// A cell with a number in three significant digits and the number itself behind it.
pub(super) fn number_cell(lang: Lang, value: f64) -> Cell {
    Cell::number(significant(lang, value), value)
}

/// A number in three significant digits.
pub(super) fn significant(lang: Lang, value: f64) -> String {
    if !value.is_finite() {
        return number::NO_NUMBER.to_owned();
    }
    // What no digit of ours shows is nothing, not a row of zeros.
    if value.abs() < 5e-9 {
        return number::decimal(lang, 0.0, 0);
    }
    let size = if value == 0.0 { 0 } else { libm::floor(libm::log10(value.abs())) as i32 };
    number::decimal(lang, value, (2 - size).clamp(0, 8))
}

/// A row.
pub(super) fn row(head: impl Into<String>, cells: Vec<Cell>) -> Row {
    Row { head: crate::report::escape::clean(&head.into()), cells, month: None }
}

/// A table.
pub(super) fn table(caption: &str, head: &[&str], rows: Vec<Row>) -> Table {
    Table {
        caption: caption.to_owned(),
        head: head.iter().map(|&word| word.to_owned()).collect(),
        rows,
        kind: TableKind::Own,
    }
}

/// A table for a terminal, its caption left out: the first column to the left, the others to the right. Rows must not have more
/// cells than the head.
pub(super) fn aligned(table: &Table) -> String {
    let row = |row: &Row| {
        std::iter::once(row.head.clone()).chain(row.cells.iter().map(|cell| cell.text.clone())).collect()
    };
    terminal::of_rows(&table.head, table.rows.iter().map(row).collect(), 1)
}

/// Fields of a CSV line with its line break, quoted where needed.
pub(super) fn csv_line(fields: &[String]) -> String {
    fields.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(",") + "\n"
}

/// A field of a CSV line in quotes, where it must be.
pub(super) fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
