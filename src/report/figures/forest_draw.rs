//! Lays a forest out and draws it: names left, numbers right, the axis with the line of no effect in between.

use crate::report::language::Lang;
use crate::report::number;

use super::axis::Axis;
use super::bitmap::text_width;
use super::canvas::{Anchor, Canvas, Position, Stroke};
use super::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use super::forest_axis::{self, ratio_decimals};
use super::sheet::{
    self, Around, EDGE, HEADING, INNER, LINE, SMALL, WIDTH, axis_name, pen, shorten, solid, tick_label, wrap,
};
use super::style::{Color, GRID, INK, Marker, SOFT_INK};

/// Room for names on the left, units.
const NAMES: f64 = 300.0;
/// Room for the numbers at the right, units.
const NUMBERS: f64 = 220.0;
/// Room below the rows: tick labels and what the two sides mean.
const FOOT: f64 = 52.0;
/// Estimates and intervals.
const BLUE: Color = Color(0x00, 0x72, 0xb2);
/// The truth.
const VERMILLION: Color = Color(0xd5, 0x5e, 0x00);

/// Everything that is needed to draw: computed once, the same for every canvas.
pub(super) struct ForestLayout {
    /// Width and height, units.
    pub(super) size: (f64, f64),
    /// Title and notes.
    around: Around,
    /// Where each panel lies.
    panels: Vec<PanelLayout>,
    /// Position, sign and text of each entry.
    legend: Vec<(f64, f64, Sign, String)>,
}

/// Where a panel lies.
struct PanelLayout {
    /// Top.
    top: f64,
    /// Lines of its heading.
    heading: Vec<String>,
    /// Axis.
    axis: Axis,
    /// Rows.
    rows: Vec<RowLayout>,
    /// Bottom of the rows, where the ticks begin.
    bottom: f64,
}

/// Where a row lies.
struct RowLayout {
    /// Top.
    top: f64,
    /// Height.
    height: f64,
    /// Lines of its name.
    names: Vec<String>,
    /// Lines below the name.
    about: Vec<String>,
    /// Lines of its numbers.
    numbers: Vec<String>,
}

/// Left end of the axis.
const LEFT: f64 = EDGE + NAMES;
/// Right end.
const RIGHT: f64 = WIDTH - EDGE - NUMBERS;

/// Lays the forest out.
pub(super) fn layout(forest: &Forest) -> ForestLayout {
    let (mut around, mut top) = Around::new(&forest.title);
    let mut panels = Vec::new();
    for panel in &forest.panels {
        let layout = panel_layout(panel, top);
        top = layout.bottom + FOOT + 8.0;
        panels.push(layout);
    }
    let legend = legend(forest, &mut top);
    let size = around.end(&forest.notes, top);
    ForestLayout { size, around, panels, legend }
}

/// Lays out a panel: each row is as high as the longest of its name, remark and numbers.
fn panel_layout(panel: &ForestPanel, top: f64) -> PanelLayout {
    let heading = wrap(&panel.title, HEADING, true, INNER);
    let mut y = top + heading.len() as f64 * LINE + LINE + 10.0;
    let row = |row: &ForestRow| {
        let names = wrap(&row.name, SMALL, true, NAMES - 16.0);
        let about = wrap(&row.about, 12.0, false, NAMES - 16.0);
        let numbers =
            row.numbers.iter().flat_map(|line| wrap(line, SMALL, false, NUMBERS - 8.0)).collect::<Vec<_>>();
        let lines = (names.len() + about.len()).max(numbers.len()).max(1);
        let height = lines as f64 * 16.0 + 10.0;
        let row_place = RowLayout { top: y, height, names, about, numbers };
        y += height;
        row_place
    };
    let rows = panel.rows.iter().map(row).collect();
    PanelLayout { top, heading, axis: forest_axis::axis(panel), rows, bottom: y + 4.0 }
}

/// Lays out the legend in lines, and moves `top` below it.
fn legend(forest: &Forest, top: &mut f64) -> Vec<(f64, f64, Sign, String)> {
    let (mut x, mut entries) = (EDGE, Vec::new());
    for (sign, label) in &forest.legend {
        let label = shorten(label, SMALL, INNER - 60.0);
        let width = 52.0 + 1.1 * text_width(&label, SMALL, false) + 22.0;
        if x > EDGE && x + width > EDGE + INNER {
            x = EDGE;
            *top += LINE + 4.0;
        }
        entries.push((x, *top + 10.0, *sign, label));
        x += width;
    }
    if !entries.is_empty() {
        *top += LINE + 14.0;
    }
    entries
}

/// Draws the forest.
pub(super) fn draw(canvas: &mut dyn Canvas, forest: &Forest, layout: &ForestLayout, lang: Lang) {
    for (panel, layout) in forest.panels.iter().zip(&layout.panels) {
        frame(canvas, panel, layout, lang);
        for (row, place) in panel.rows.iter().zip(&layout.rows) {
            words(canvas, place);
            bars(canvas, row, panel, layout, place.top + 0.5 * place.height);
        }
    }
    for (x, y, sign, label) in &layout.legend {
        sample(canvas, (*x, *y), *sign);
        canvas.text((x + 48.0, y + 4.5), label, pen(SMALL, false, INK, Anchor::Start));
    }
    layout.around.draw(canvas);
}

/// Where a value lies.
fn x_of(axis: &Axis, transformed: f64) -> f64 {
    LEFT + axis.position(transformed) * (RIGHT - LEFT)
}

/// Axis, grid and heading.
fn frame(canvas: &mut dyn Canvas, panel: &ForestPanel, layout: &PanelLayout, lang: Lang) {
    sheet::heading(canvas, (EDGE, layout.top), &layout.heading);
    let below_heading = layout.top + HEADING + layout.heading.len() as f64 * LINE;
    axis_name(canvas, (EDGE, below_heading), &panel.unit, (RIGHT - EDGE) / 1.1, Anchor::Start);
    axis_name(canvas, (WIDTH - EDGE, below_heading), &panel.numbers, NUMBERS / 1.1, Anchor::End);
    let top = layout.rows.first().map_or(layout.bottom, |row| row.top);
    for &tick in &layout.axis.ticks {
        let x = x_of(&layout.axis, tick);
        canvas.line(&[(x, top), (x, layout.bottom)], solid(GRID, 1.0));
        let label = match panel.scale {
            Scale::Ratio => number::decimal(lang, libm::exp(tick), ratio_decimals(libm::exp(tick))),
            Scale::Difference => number::decimal(lang, tick * panel.factor, layout.axis.decimals),
        };
        tick_label(canvas, (x, layout.bottom + 17.0), &label, Anchor::Middle);
    }
    let no_effect = x_of(&layout.axis, 0.0);
    let line = [(no_effect, top - 2.0), (no_effect, layout.bottom + 4.0)];
    canvas.line(&line, Stroke { color: INK, width: 1.5, dash: &[5.0, 3.0] });
    let half = 0.5 * (RIGHT - LEFT) / 1.1 - 8.0;
    let side = |text: &str| shorten(text, SMALL, half - 16.0);
    let (lower, higher) = (format!("← {}", side(&panel.lower)), format!("{} →", side(&panel.higher)));
    canvas.text((LEFT, layout.bottom + 37.0), &lower, pen(SMALL, false, SOFT_INK, Anchor::Start));
    canvas.text((RIGHT, layout.bottom + 37.0), &higher, pen(SMALL, false, SOFT_INK, Anchor::End));
}

/// Name and numbers of a row.
fn words(canvas: &mut dyn Canvas, row: &RowLayout) {
    let center = row.top + 0.5 * row.height;
    let first = |lines: usize| center - 8.0 * lines as f64 + 12.5;
    let left = row.names.iter().map(|line| (line, SMALL, true, INK));
    let left = left.chain(row.about.iter().map(|line| (line, 12.0, false, SOFT_INK)));
    let start = first(row.names.len() + row.about.len());
    for (index, (line, size, bold, color)) in left.enumerate() {
        canvas.text((EDGE, start + 16.0 * index as f64), line, pen(size, bold, color, Anchor::Start));
    }
    for (index, line) in row.numbers.iter().enumerate() {
        let y = first(row.numbers.len()) + 16.0 * index as f64;
        canvas.text((WIDTH - EDGE, y), line, pen(SMALL, false, INK, Anchor::End));
    }
}

/// Range, interval and estimate of a row, and the truth where it is known; what lies off the axis gets
/// an arrow.
fn bars(canvas: &mut dyn Canvas, row: &ForestRow, panel: &ForestPanel, layout: &PanelLayout, y: f64) {
    let at = |value: f64| panel.scale.transform(value);
    if let Some((low, high)) = row.range {
        let (left, right) = (x_of(&layout.axis, at(low)), x_of(&layout.axis, at(high)));
        wide_bar(canvas, left, right, y);
    }
    if let Some((low, high)) = row.interval {
        let (low, high) = (at(low), at(high));
        let (left, right) = (x_of(&layout.axis, low), x_of(&layout.axis, high));
        canvas.line(&[(left, y), (right, y)], solid(BLUE, 2.0));
        end(canvas, (left, y), -1.0, low < layout.axis.low);
        end(canvas, (right, y), 1.0, high > layout.axis.high);
    }
    let value = at(row.value);
    if value >= layout.axis.low && value <= layout.axis.high {
        canvas.marker((x_of(&layout.axis, value), y), Marker::Square, BLUE);
    } else if !value.is_nan() {
        let right = value > layout.axis.high;
        end(canvas, (if right { RIGHT } else { LEFT }, y), if right { 1.0 } else { -1.0 }, true);
    }
    let truth = row.truth.map(at).filter(|truth| (layout.axis.low..=layout.axis.high).contains(truth));
    if let Some(truth) = truth {
        open_diamond(canvas, (x_of(&layout.axis, truth), y));
    }
}

/// The end of an interval: a short stroke, or an arrow when it goes on beyond the axis.
fn end(canvas: &mut dyn Canvas, (x, y): Position, direction: f64, goes_on: bool) {
    if goes_on {
        canvas.area(
            &[(x + 3.0 * direction, y), (x - 8.0 * direction, y - 6.0), (x - 8.0 * direction, y + 6.0)],
            BLUE,
            1.0,
        );
    } else {
        canvas.line(&[(x, y - 5.0), (x, y + 5.0)], solid(BLUE, 2.0));
    }
}

/// A thick bar.
fn wide_bar(canvas: &mut dyn Canvas, left: f64, right: f64, y: f64) {
    let corners = [(left, y - 9.0), (right, y - 9.0), (right, y + 9.0), (left, y + 9.0)];
    canvas.area(&corners, SOFT_INK, 0.22);
}

/// A diamond without filling.
fn open_diamond(canvas: &mut dyn Canvas, (x, y): Position) {
    let r = 9.0;
    let corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y), (x, y - r)];
    canvas.line(&corners, solid(VERMILLION, 2.0));
}

/// A sign of the legend.
fn sample(canvas: &mut dyn Canvas, (x, y): Position, sign: Sign) {
    match sign {
        Sign::Value => canvas.marker((x + 20.0, y), Marker::Square, BLUE),
        Sign::Interval => {
            canvas.line(&[(x + 2.0, y), (x + 38.0, y)], solid(BLUE, 2.0));
            end(canvas, (x + 2.0, y), -1.0, false);
            end(canvas, (x + 38.0, y), 1.0, false);
        }
        Sign::Range => wide_bar(canvas, x + 2.0, x + 38.0, y),
        Sign::Truth => open_diamond(canvas, (x + 20.0, y)),
    }
}
