//! What a figure shows, before anything is drawn: panels, curves with bands, marks.
//!
//! A figure is data: what is shown, in which unit, with which sentences below. Alternative text for
//! readers who cannot see it is a field like the others and not an afterthought.

use crate::report::language::Lang;
use crate::report::number;

/// How the numbers on an axis and in the table behind it are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberKind {
    /// The value is a share; shown as a percentage.
    Percent,
    /// The value is a difference of shares; shown in percentage points.
    Points,
    /// Euros.
    Euro,
    /// A plain number, in the unit that its panel names.
    Plain,
}

impl NumberKind {
    /// A value with so many decimals (of a percentage when the value is a share).
    pub(crate) fn format(self, lang: Lang, value: f64, decimals: i32) -> String {
        match self {
            NumberKind::Percent => number::percent(lang, value, decimals),
            NumberKind::Points => number::decimal(lang, value * 100.0, decimals),
            NumberKind::Euro => number::euro(lang, value, decimals),
            NumberKind::Plain => number::decimal(lang, value, decimals),
        }
    }

    /// What a value is multiplied by before it is written.
    pub(crate) fn scale(self) -> f64 {
        match self {
            NumberKind::Percent | NumberKind::Points => 100.0,
            NumberKind::Euro | NumberKind::Plain => 1.0,
        }
    }
}

/// One month of a curve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// Months since the start.
    pub month: f64,
    /// The value, NaN where it is undefined.
    pub value: f64,
    /// Bands around it, widest first; every point of a curve has equally many.
    pub bands: Vec<(f64, f64)>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlottedCurve {
    /// Index of the arm: gives color, line style and marker.
    pub arm: usize,
    /// Name, as written by the user or by us.
    pub label: String,
    /// Points in order of month.
    pub points: Vec<Point>,
}

/// One coordinate system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    /// What is shown.
    pub title: String,
    /// Unit of the vertical axis.
    pub unit: String,
    /// How the numbers are written.
    pub kind: NumberKind,
    /// Curves, in the order in which they are drawn and listed.
    pub series: Vec<PlottedCurve>,
    /// Draw the line where the value is 0, and always show it.
    pub zero_line: bool,
    /// Month until which studies measured; beyond it a curve is dotted inside its fan.
    pub measured_until: Option<f64>,
    /// Calendar year and month (1 to 12) in which month 0 begins, where the curves lie in calendar time: years are then named.
    pub begins: Option<(i32, u32)>,
}

/// One figure: a file for slides and a place in the report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    /// Name of the file and anchor in the report: a-z, 0-9 and `-`.
    pub id: String,
    /// Title above the figure.
    pub title: String,
    /// What is to be seen, for people who cannot see it.
    pub description: String,
    /// Panels that share the horizontal axis.
    pub panels: Vec<Panel>,
    /// Sentences below: what the bands are, why a fan.
    pub notes: Vec<String>,
}

impl Figure {
    /// The arms that occur, in order of first appearance, with their names.
    pub(crate) fn legend(&self) -> Vec<(usize, &str)> {
        let mut entries: Vec<(usize, &str)> = Vec::new();
        for series in self.panels.iter().flat_map(|panel| &panel.series) {
            if !entries.iter().any(|(arm, _)| *arm == series.arm) {
                entries.push((series.arm, &series.label));
            }
        }
        entries
    }

    /// The last month of any curve; at least 1.
    pub(crate) fn last_month(&self) -> f64 {
        self.panels
            .iter()
            .flat_map(|panel| &panel.series)
            .flat_map(|series| &series.points)
            .map(|point| point.month)
            .filter(|month| month.is_finite())
            .fold(1.0, f64::max)
    }
}
