//! The band is the exact interval of a share of studies: where it holds the target, more replicates are
//! needed before a duration can be named. Primary tests only, at full size; other tests and sizes are
//! in the tables.

use crate::design::power::{PowerCell, PowerSurface};
use crate::report::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use crate::report::figures::style::REFERENCE;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::words::{arm_named, endpoint_named};

/// One figure per comparison: primary tests at the full size.
pub(crate) fn figures(surface: &PowerSurface, lang: Lang) -> Vec<Figure> {
    let mut arms: Vec<&str> = surface.cells.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    arms.iter().enumerate().map(|(at, arm)| figure(surface, arm, numbered("power", at), lang)).collect()
}

/// Power of one compared arm over durations, in months. Cells of one endpoint must stand together: a
/// curve ends where the next endpoint begins.
fn figure(surface: &PowerSurface, arm: &str, id: String, lang: Lang) -> Figure {
    let largest =
        surface.cells.iter().filter(|cell| cell.arm == arm).map(|cell| cell.size).fold(0.0, f64::max);
    let shown: Vec<&PowerCell> =
        surface.cells.iter().filter(|cell| cell.arm == arm && cell.primary && cell.size == largest).collect();
    let mut series: Vec<PlottedCurve> = Vec::new();
    for cell in &shown {
        let label = endpoint_named(lang, cell.endpoint);
        if series.last().is_none_or(|last| last.label != label) {
            series.push(PlottedCurve { arm: series.len() + 1, label: label.to_owned(), points: Vec::new() });
        }
        let point = Point {
            month: f64::from(cell.months),
            value: cell.power.value,
            bands: vec![(cell.power.low, cell.power.high)],
        };
        if let Some(last) = series.last_mut() {
            last.points.push(point);
        }
    }
    let longest = shown.iter().map(|cell| f64::from(cell.months)).fold(1.0, f64::max);
    // The target comes last so that the colors of the endpoints do not shift with it.
    series.push(level(
        surface.target_power,
        longest,
        format!("{} {:.0}%", lang.pick("Doel", "Target"), surface.target_power * 100.0),
    ));
    let clients = shown.first().map_or([0, 0], |cell| cell.clients);
    let clients = clients.map(|count| number::decimal(lang, f64::from(count), 0));
    let description = format!(
        "{}. {}",
        lang.pick("Onderscheidend vermogen naar duur van het onderzoek", "Power against study duration"),
        shown
            .iter()
            .filter(|cell| f64::from(cell.months) == longest)
            .map(|cell| {
                format!(
                    "{}: {:.0}% {} {longest:.0} {}.",
                    endpoint_named(lang, cell.endpoint),
                    cell.power.value * 100.0,
                    lang.pick("na", "at"),
                    lang.pick("maanden", "months")
                )
            })
            .collect::<Vec<_>>()
            .join(" ")
    );
    Figure {
        id,
        title: match (lang, arm_named(lang, arm), arm_named(lang, &surface.control), clients) {
            (Lang::En, arm, control, [few, many]) => {
                format!("Power of {arm} against {control}: {many} and {few} clients")
            }
            (Lang::Nl, arm, control, [few, many]) => {
                format!("Onderscheidend vermogen van {arm} tegenover {control}: {many} en {few} klanten")
            }
        },
        description,
        panels: vec![Panel {
            title: lang
                .pick(
                    "Kans dat een onderzoek van deze duur het verschil vindt",
                    "Chance that a study of this length finds the difference",
                )
                .into(),
            unit: lang
                .pick(
                    "van de onderzoeken, primaire toets per uitkomst",
                    "of studies, primary test of each endpoint",
                )
                .into(),
            kind: NumberKind::Percent,
            series,
            zero_line: false,
            measured_until: None,
            begins: None,
        }],
        notes: vec![match lang {
            Lang::En => {
                format!("Band: 95% Monte Carlo interval of {} simulated studies.", surface.replicates)
            }
            Lang::Nl => {
                format!("Band: 95%-Monte-Carlo-interval van {} gesimuleerde onderzoeken.", surface.replicates)
            }
        }],
    }
}

/// The name of the figure of the arm that stands at `at` among those that are compared: the first has
/// the name alone.
pub(crate) fn numbered(name: &str, at: usize) -> String {
    if at == 0 { name.to_owned() } else { format!("{name}-{}", at + 1) }
}

/// A horizontal line from month 0 to `until`, in the style of a reference and without a band; `value`
/// in the unit of its panel.
pub(crate) fn level(value: f64, until: f64, label: String) -> PlottedCurve {
    let point = |month: f64| Point { month, value, bands: vec![(value, value)] };
    PlottedCurve { arm: REFERENCE, label, points: vec![point(0.0), point(until)] }
}
