//! A figure in the page: drawing for wide and narrow screens, legend that switches arms off, the table behind it.

use askama::Template;

use super::figures::canvas::Canvas;
use super::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use super::figures::draw::{Style, sample};
use super::figures::style::REFERENCE;
use super::figures::{self, svg::Svg};
use super::language::Lang;
use super::number;
use super::table::{Cell, Row, Table, TableKind};

/// Most rows in the table behind a figure; longer curves are thinned, first and last month stay.
const MOST_ROWS: usize = 61;

/// One entry of a legend.
#[derive(Clone, Debug)]
pub(crate) struct LegendEntry {
    /// Arm.
    pub arm: usize,
    /// Its name.
    pub label: String,
    /// A piece of its line, as SVG.
    pub sample: String,
}

/// A figure, ready for the page.
#[derive(Clone, Debug, Template)]
#[template(path = "figure.html", config = "src/report/templates/askama.toml")]
pub(crate) struct FigureBlock {
    /// Language.
    lang: Lang,
    /// Where its files stand, seen from the page: `figures/`.
    folder: &'static str,
    /// Name, part of anchors and file names.
    pub id: String,
    /// Whether its panels stand in several rows and may take more room on paper.
    pub tall: bool,
    /// Title.
    title: String,
    /// Which line is which arm.
    legend: Vec<LegendEntry>,
    /// The figure for screens and paper, as SVG.
    wide: String,
    /// The figure for telephones.
    narrow: String,
    /// The figure for the first page of paper; empty for those of other pages.
    flat: String,
    /// How to read values off.
    hint: &'static str,
    /// The same with the keyboard.
    keyboard_hint: String,
    /// What stands below.
    notes: Vec<String>,
    /// The numbers behind it.
    tables: Vec<Table>,
}

impl FigureBlock {
    /// A figure whose files stand beside the page.
    pub(crate) fn beside(figure: &Figure, lang: Lang) -> Self {
        Self { folder: "", tall: figure.panels.len() > 2, ..Self::new(figure, lang) }
    }

    /// A figure that stands on the first page of paper too.
    pub(crate) fn on_first_page(figure: &Figure, lang: Lang) -> Self {
        let flat = figures::to_svg(figure, Style::FLAT, lang, &format!("{}-flat", figure.id));
        Self { flat, ..Self::new(figure, lang) }
    }

    /// Prepares a figure for the page.
    pub(crate) fn new(figure: &Figure, lang: Lang) -> Self {
        let hint = lang.pick(
            "Wijs een punt aan, of kies de figuur en gebruik de pijltjestoetsen: hier verschijnen de waarden.",
            "Point at a place, or select the figure and use the arrow keys: the values appear here.",
        );
        let keys = lang.pick(
            "Pijl links en rechts: andere maand. Pijl omhoog en omlaag: ander deel van de figuur.",
            "Left and right arrow: other month. Up and down arrow: other part of the figure.",
        );
        let entry =
            |(arm, label): (usize, &str)| LegendEntry { arm, label: label.to_owned(), sample: line(arm) };
        let tables = figure.panels.iter().enumerate().map(|(at, panel)| behind(panel, at, lang)).collect();
        Self {
            lang,
            folder: "figures/",
            tall: false,
            id: figure.id.clone(),
            title: figure.title.clone(),
            legend: figure.legend().into_iter().map(entry).collect(),
            wide: figures::to_svg(figure, Style::WIDE, lang, &format!("{}-wide", figure.id)),
            narrow: figures::to_svg(figure, Style::NARROW, lang, &format!("{}-narrow", figure.id)),
            flat: String::new(),
            hint,
            keyboard_hint: format!("{}. {keys}", figure.title),
            notes: figure.notes.clone(),
            tables,
        }
    }
}

/// A piece of an arm's line for the legend.
fn line(arm: usize) -> String {
    let mut canvas = Svg::default();
    let surface: &mut dyn Canvas = &mut canvas;
    sample(surface, (1.0, 7.0), arm);
    canvas.ornament((42.0, 14.0))
}

/// The table behind a panel: months by curves, each value with its widest band. Curves need not have points at the same months: a
/// row is a month that some curve has, and a curve without it has a dash. A level to compare with is the same in every month.
pub(crate) fn behind(panel: &Panel, at: usize, lang: Lang) -> Table {
    let curves = panel.series.iter().filter(|series| series.arm != REFERENCE);
    let mut months: Vec<f64> = curves.flat_map(|series| series.points.iter().map(|p| p.month)).collect();
    months.sort_by(f64::total_cmp);
    months.dedup();
    let step = months.len().div_ceil(MOST_ROWS).max(1);
    let shown = |index: &usize| index.is_multiple_of(step) || index + 1 == months.len();
    let defined = |index: &usize| panel.series.iter().any(|series| is_known(series, months[*index]));
    let row = |index: usize| {
        let points = || panel.series.iter().map(|series| point_at(series, months[index]));
        let decimals = decimals_of_row(panel.kind, points().flatten());
        Row {
            head: format!("{:.0}", months[index]),
            cells: points().map(|point| cell(panel.kind, point, decimals, lang)).collect(),
            month: Some(months[index].max(0.0) as u32),
        }
    };
    let mut head = vec![lang.pick("maand", "month").to_owned()];
    head.extend(panel.series.iter().map(|series| series.label.clone()));
    Table {
        caption: format!("{} ({})", panel.title, panel.unit),
        head,
        rows: (0..months.len()).filter(shown).filter(defined).map(row).collect(),
        kind: TableKind::Behind(at),
    }
}

/// The point of a curve at a month; of a level, its first.
fn point_at(series: &PlottedCurve, month: f64) -> Option<&Point> {
    let found = series.points.iter().find(|point| series.arm == REFERENCE || point.month == month);
    found.filter(|point| point.value.is_finite())
}

/// Whether a curve, not a level, has a value at this month.
fn is_known(series: &PlottedCurve, month: f64) -> bool {
    series.arm != REFERENCE && point_at(series, month).is_some()
}

/// The widest band of a point. A band without width is a number that is known: a count of clients, a target.
fn band(point: &Point) -> Option<(f64, f64)> {
    point.bands.first().copied().filter(|(low, high)| low.is_finite() && high.is_finite() && low < high)
}

/// Decimals that a point supports.
fn decimals(kind: NumberKind, point: &Point) -> i32 {
    let (scale, known) = (kind.scale(), band(point));
    let largest = known.map_or(point.value.abs(), |(low, high)| low.abs().max(high.abs())) * scale;
    let most = match kind {
        NumberKind::Euro => 0,
        NumberKind::Plain if known.is_none() && point.value.fract() == 0.0 => 0,
        _ if largest < 2.0 && kind == NumberKind::Plain => 2,
        _ => 1,
    };
    // A band is three or four standard deviations wide; with some hundred replicates or draws a fiftieth of it is the error.
    known.map_or(most, |(low, high)| number::decimals_for((high - low) * scale / 50.0, most))
}

/// Decimals of the points of a month: those of the least certain one; what is known exactly takes those of the others.
fn decimals_of_row<'p>(kind: NumberKind, points: impl Iterator<Item = &'p Point> + Clone) -> i32 {
    let uncertain = points.clone().filter(|point| band(point).is_some());
    let least = uncertain.map(|point| decimals(kind, point)).min();
    least.or_else(|| points.map(|point| decimals(kind, point)).max()).unwrap_or(0)
}

/// A value of a curve.
fn cell(kind: NumberKind, point: Option<&Point>, decimals: i32, lang: Lang) -> Cell {
    let Some(point) = point else { return Cell::text(number::NO_NUMBER) };
    let text = |value| kind.format(lang, value, decimals);
    match band(point) {
        Some((low, high)) => Cell::ranged(
            text(point.value),
            point.value,
            number::interval(lang, &text(low), &text(high)),
            (low, high),
        ),
        None => Cell::number(text(point.value), point.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_at_its_own_month_also_when_curves_have_other_months() {
        let curve = |arm: usize, points: &[(f64, f64)]| PlottedCurve {
            arm,
            label: format!("curve {arm}"),
            points: points
                .iter()
                .map(|&(month, value)| Point { month, value, bands: vec![(value, value)] })
                .collect(),
        };
        let panel = Panel {
            title: "clients".to_owned(),
            unit: "clients".to_owned(),
            kind: NumberKind::Plain,
            series: vec![
                curve(1, &[(5.0, 360.0), (36.0, 180.0)]),
                curve(2, &[(4.0, 360.0), (8.0, 180.0)]),
                curve(REFERENCE, &[(0.0, 200.0), (36.0, 200.0)]),
            ],
            zero_line: true,
            measured_until: None,
            begins: None,
        };
        let table = behind(&panel, 0, Lang::En);
        let rows: Vec<(&str, Vec<&str>)> = table
            .rows
            .iter()
            .map(|row| (row.head.as_str(), row.cells.iter().map(|cell| cell.text.as_str()).collect()))
            .collect();
        let none = number::NO_NUMBER;
        assert_eq!(
            rows,
            [
                ("4", vec![none, "360", "200"]),
                ("5", vec!["360", none, "200"]),
                ("8", vec![none, "180", "200"]),
                ("36", vec!["180", none, "200"]),
            ]
        );
        assert!(
            table.rows.iter().flat_map(|row| &row.cells).all(|cell| cell.range.is_none()),
            "no band, no range"
        );
    }

    #[test]
    fn numbers_side_by_side_have_as_many_decimals() {
        let curve = |arm: usize, value: f64, half: f64| PlottedCurve {
            arm,
            label: format!("curve {arm}"),
            points: vec![Point { month: 36.0, value, bands: vec![(value - half, value + half)] }],
        };
        let panel = Panel {
            title: "to work".to_owned(),
            unit: "of all clients".to_owned(),
            kind: NumberKind::Percent,
            series: vec![curve(0, 0.0512, 0.022), curve(1, 0.0638, 0.029)],
            zero_line: false,
            measured_until: None,
            begins: None,
        };
        let table = behind(&panel, 0, Lang::En);
        let cells = table.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>();
        assert_eq!(cells, ["5%", "6%"], "not 5.1% beside 6%");
    }
}
