//! Lays curves out and draws them: the plot, and below it a line of numbers at risk for each arm.

use crate::report::language::Lang;
use crate::report::number;

use super::axis::{Axis, nice};
use super::canvas::{Anchor, Canvas, Position, Stroke};
use super::curves::{ArmCurve, CurvePanel, Curves};
use super::sheet::{
    self, Around, EDGE, HEADING, INNER, LINE, SMALL, WIDTH, axis_name, pen, shorten, solid, tick_label, wrap,
};
use super::style::{self, GRID, INK};

/// Left end of the plot.
const LEFT: f64 = 230.0;
/// Right end.
const RIGHT: f64 = WIDTH - 40.0;
/// Height of the plot.
const PLOT: f64 = 320.0;

/// Computed once, the same for every canvas.
pub(super) struct CurvesLayout {
    /// Width and height, units.
    pub(super) size: (f64, f64),
    /// Title and notes.
    around: Around,
    /// Where each panel lies, in their order.
    panels: Vec<PanelLayout>,
}

/// Where a panel lies.
struct PanelLayout {
    /// Lines of its heading.
    heading: Vec<String>,
    /// Where it begins.
    heading_top: f64,
    /// Top of the plot, units from the top of the sheet.
    top: f64,
    /// Axis of time.
    x: Axis,
    /// Axis of the share.
    y: Axis,
}

/// Lays the figure out.
pub(super) fn layout(curves: &Curves) -> CurvesLayout {
    let (mut around, mut top) = Around::new(&curves.title);
    let mut panels = Vec::new();
    for panel in &curves.panels {
        let heading =
            if panel.title.is_empty() { Vec::new() } else { wrap(&panel.title, HEADING, true, INNER) };
        let heading_top = top;
        let plot_top = top + heading.len() as f64 * LINE + LINE + 8.0;
        let (x, y) = axes(panel);
        panels.push(PanelLayout { heading, heading_top, top: plot_top, x, y });
        // Ticks, the name of the axis, the heading of the numbers, a line an arm.
        top = plot_top + PLOT + 66.0 + LINE * (panel.arms.len() as f64 + 1.0) + 14.0;
    }
    let size = around.end(&curves.notes, top);
    CurvesLayout { size, around, panels }
}

/// The axes of a panel: time to the last follow-up of any arm, shares from 0 to 1 for what remains and
/// to the highest limit for incidence.
fn axes(panel: &CurvePanel) -> (Axis, Axis) {
    let last = panel.arms.iter().map(|arm| arm.last).fold(0.0, f64::max);
    let last = if last.is_finite() && last > 0.0 { last } else { 1.0 };
    let mut x = nice(0.0, last, 8);
    x.ticks.retain(|tick| *tick <= last * (1.0 + 1e-9));
    x.high = last;
    let highest = |arm: &ArmCurve| {
        let limits = arm.band.iter().flatten().map(|(_, high)| *high);
        arm.values.iter().copied().chain(limits).fold(0.0, f64::max)
    };
    let high = if panel.start > 0.0 { 1.0 } else { panel.arms.iter().map(highest).fold(0.0, f64::max) };
    let high = if high > 0.0 && high <= 1.0 { high } else { 1.0 };
    let mut y = nice(0.0, 100.0 * high, 5);
    y.low /= 100.0;
    y.high = (y.high / 100.0).min(1.0);
    y.ticks.iter_mut().for_each(|tick| *tick /= 100.0);
    y.ticks.retain(|tick| *tick <= 1.0 + 1e-9);
    (x, y)
}

/// Draws the figure.
pub(super) fn draw(canvas: &mut dyn Canvas, curves: &Curves, layout: &CurvesLayout, lang: Lang) {
    for (panel, layout) in curves.panels.iter().zip(&layout.panels) {
        frame(canvas, curves, layout, lang);
        for (index, arm) in panel.arms.iter().enumerate() {
            band(canvas, arm, panel, layout, index);
        }
        for (index, arm) in panel.arms.iter().enumerate() {
            canvas.begin_arm(index);
            steps(canvas, arm, panel, layout, index);
            canvas.end_arm();
        }
        numbers(canvas, curves, panel, layout);
    }
    layout.around.draw(canvas);
}

/// Where a time and a share lie on the sheet.
fn place(layout: &PanelLayout, time: f64, value: f64) -> Position {
    let x = LEFT + layout.x.position(time) * (RIGHT - LEFT);
    (x, layout.top + PLOT - layout.y.position(value) * PLOT)
}

/// Axes, grid and heading.
fn frame(canvas: &mut dyn Canvas, curves: &Curves, layout: &PanelLayout, lang: Lang) {
    sheet::heading(canvas, (EDGE, layout.heading_top), &layout.heading);
    axis_name(canvas, (EDGE, layout.top - 14.0), &curves.share, INNER, Anchor::Start);
    for &tick in &layout.y.ticks {
        let (_, y) = place(layout, 0.0, tick);
        canvas.line(&[(LEFT, y), (RIGHT, y)], solid(GRID, 1.0));
        let label = number::percent(lang, tick, layout.y.decimals);
        tick_label(canvas, (LEFT - 8.0, y + 4.5), &label, Anchor::End);
    }
    let bottom = layout.top + PLOT;
    canvas.line(&[(LEFT, bottom), (RIGHT, bottom)], solid(INK, 1.2));
    for &tick in &layout.x.ticks {
        let (x, _) = place(layout, tick, 0.0);
        canvas.line(&[(x, bottom), (x, bottom + 5.0)], solid(INK, 1.2));
        let label = number::decimal(lang, tick, layout.x.decimals);
        tick_label(canvas, (x, bottom + 20.0), &label, Anchor::Middle);
    }
    axis_name(canvas, (RIGHT, bottom + 40.0), &curves.time, RIGHT - LEFT, Anchor::End);
}

/// The band as one area: along the upper limits and back along the lower ones.
fn band(canvas: &mut dyn Canvas, arm: &ArmCurve, panel: &CurvePanel, layout: &PanelLayout, index: usize) {
    let (mut upper, mut lower) = (Vec::new(), Vec::new());
    let mut limits = (panel.start, panel.start);
    let mut from = 0.0;
    let mut stretch = |until: f64, from: f64, (low, high): (f64, f64)| {
        upper.extend([place(layout, from, high), place(layout, until, high)]);
        lower.extend([place(layout, from, low), place(layout, until, low)]);
    };
    for (time, next) in arm.times.iter().zip(&arm.band) {
        stretch(*time, from, limits);
        from = *time;
        let Some(next) = next else {
            // No limits any more: the band ends here.
            from = f64::NAN;
            break;
        };
        limits = *next;
    }
    if from.is_finite() {
        stretch(arm.last, from, limits);
    }
    upper.extend(lower.into_iter().rev());
    canvas.area(&upper, style::of_arm(index).color, 0.13);
}

/// The curve of an arm as steps, and a stroke for each censoring.
fn steps(canvas: &mut dyn Canvas, arm: &ArmCurve, panel: &CurvePanel, layout: &PanelLayout, index: usize) {
    let look = style::of_arm(index);
    let mut places = vec![place(layout, 0.0, panel.start)];
    let mut value = panel.start;
    for (time, next) in arm.times.iter().zip(&arm.values) {
        if *next != value {
            places.extend([place(layout, *time, value), place(layout, *time, *next)]);
            value = *next;
        }
    }
    places.push(place(layout, arm.last, value));
    canvas.line(&places, Stroke { color: look.color, width: look.width, dash: look.dash });
    for time in &arm.censored {
        let (x, y) = place(layout, *time, arm.value_at(*time, panel.start));
        canvas.line(&[(x, y - 5.0), (x, y + 5.0)], solid(look.color, 1.2));
    }
}

/// Numbers at risk below the plot, a line per arm with its color, at the ticks of the time axis.
fn numbers(canvas: &mut dyn Canvas, curves: &Curves, panel: &CurvePanel, layout: &PanelLayout) {
    let top = layout.top + PLOT + 62.0;
    canvas.text((EDGE, top), &curves.at_risk, pen(SMALL, true, INK, Anchor::Start));
    for (index, arm) in panel.arms.iter().enumerate() {
        let y = top + LINE * (index as f64 + 1.0);
        let look = style::of_arm(index);
        let line = [(EDGE, y - 4.5), (EDGE + 40.0, y - 4.5)];
        canvas.line(&line, Stroke { color: look.color, width: look.width, dash: look.dash });
        let name = shorten(&arm.name, SMALL, (LEFT - EDGE - 90.0) / 1.1);
        canvas.text((EDGE + 48.0, y), &name, pen(SMALL, false, INK, Anchor::Start));
        for &tick in &layout.x.ticks {
            let (x, _) = place(layout, tick, 0.0);
            let label = format!("{}", arm.at_risk_at(tick));
            tick_label(canvas, (x, y), &label, Anchor::Middle);
        }
    }
}
