//! A table of a report: the same for the page and the workbook.

use askama::Template;

use super::escape;
use super::figures::chart::NumberKind;
use super::language::Lang;
use super::number;
use super::source::{Estimate, Key, Source, World};

/// A cell: what is shown, and the number behind it for the workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// As shown.
    pub text: String,
    /// The number, when the cell is one.
    pub value: Option<f64>,
}

impl Cell {
    /// A cell that is not a number.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: escape::clean(&text.into()), value: None }
    }
}

/// A row with its heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Heading of the row.
    pub head: String,
    /// Cells.
    pub cells: Vec<Cell>,
    /// Month, in the table behind a figure.
    pub month: Option<u32>,
}

/// A table with a caption, a heading for every column, and a heading for every row.
#[derive(Clone, Debug, Default, PartialEq, Template)]
#[template(path = "table.html", config = "src/report/templates/askama.toml")]
pub struct Table {
    /// Caption.
    pub caption: String,
    /// Headings: the first is that of the row headings.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Row>,
    /// Panel of the figure that the table is behind.
    pub panel: Option<usize>,
}

impl Table {
    /// Whether a column (0 = the row headings) holds numbers.
    fn is_numeric(&self, column: &usize) -> bool {
        let cells = || self.rows.iter().filter_map(|row| row.cells.get(column.checked_sub(1)?));
        cells().any(|cell| cell.value.is_some())
    }
}

/// How a measure is written: kind of number and most decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Kind.
    pub kind: NumberKind,
    /// Most decimals, of the percentage for shares.
    pub most: i32,
}

impl Form {
    /// A share as a percentage with at most one decimal.
    pub const PERCENT: Form = Form { kind: NumberKind::Percent, most: 1 };
    /// A plain number with at most one decimal.
    pub const PLAIN: Form = Form { kind: NumberKind::Plain, most: 1 };
    /// An index with at most two decimals.
    pub const INDEX: Form = Form { kind: NumberKind::Plain, most: 2 };
    /// Whole euros.
    pub const EURO: Form = Form { kind: NumberKind::Euro, most: 0 };

    /// For a difference: shares become percentage points.
    pub fn difference(self) -> Form {
        let kind = if self.kind == NumberKind::Percent { NumberKind::Points } else { self.kind };
        Form { kind, ..self }
    }

    /// A number with the digits that its Monte Carlo error supports.
    pub fn value(self, lang: Lang, value: f64, mcse: f64) -> String {
        self.kind.format(lang, value, self.decimals(mcse))
    }

    /// The interval of an estimate, with the digits of its Monte Carlo error.
    pub fn interval(self, lang: Lang, estimate: &Estimate) -> String {
        let end = |value| self.kind.format(lang, value, self.decimals(estimate.mcse));
        number::interval(lang, &end(estimate.low), &end(estimate.high))
    }

    fn decimals(self, mcse: f64) -> i32 {
        number::decimals_for(mcse * self.kind.scale(), self.most)
    }
}

/// A row of a table of results: heading, how it is written, measure.
pub type Line<'k> = (String, Form, Key<'k>);

/// A table of measures at one month: every arm, and the difference of every other arm from the control with its interval.
/// Measures that the run does not have are left out.
pub fn results(source: &Source<'_>, caption: String, month: u32, lines: &[Line<'_>]) -> Table {
    let t = source.lang;
    let at = source.at_or_before(month);
    let arms = 0..source.results.arms.len();
    let name = |arm: usize| escape::name(&source.results.arms[arm]);
    let mut head = vec![String::new()];
    head.extend(arms.clone().map(name));
    for arm in source.treated() {
        head.push(match t {
            Lang::Nl => format!("verschil {} [interval]", name(arm)),
            Lang::En => format!("difference {} [interval]", name(arm)),
        });
    }
    let row = |(heading, form, key): &Line<'_>| {
        let mut cells: Vec<Cell> = arms.clone().map(|arm| level(source, arm, *key, at, *form)).collect();
        cells.extend(
            source.treated().into_iter().map(|arm| difference(source, arm, *key, at, form.difference())),
        );
        Row { head: heading.clone(), cells, month: None }
    };
    let rows = lines.iter().filter(|(_, _, key)| source.has(*key)).map(row).collect();
    Table { caption, head, rows, panel: None }
}

fn level(source: &Source<'_>, arm: usize, key: Key<'_>, at: usize, form: Form) -> Cell {
    match source.stat(World::Paired, arm, key, at) {
        Some(stat) => Cell { text: form.value(source.lang, stat.mean, stat.mcse), value: Some(stat.mean) },
        None => Cell::text(number::NO_NUMBER),
    }
}

/// The difference from the control with its interval, in one cell.
pub fn difference(source: &Source<'_>, arm: usize, key: Key<'_>, at: usize, form: Form) -> Cell {
    match source.estimate(World::Difference, arm, key, at) {
        Some(estimate) => {
            let value = number::signed(form.value(source.lang, estimate.mean, estimate.mcse));
            let text = format!("{value} {}", form.interval(source.lang, &estimate));
            Cell { text, value: Some(estimate.mean) }
        }
        None => Cell::text(number::NO_NUMBER),
    }
}
