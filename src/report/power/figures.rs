//! Power against months: one curve per endpoint, the target, and the Monte Carlo band.

use crate::design::power::{PowerCell, PowerSurface};
use crate::report::escape;
use crate::report::figures::chart::{Figure, NumberKind, Panel, Point, Series};
use crate::report::figures::style::REFERENCE;
use crate::report::language::Lang;

/// Endpoints in words.
pub(crate) fn endpoint_in_words(endpoint: &str, lang: Lang) -> &str {
    match endpoint {
        "exit" => lang.pick("Uit de bijstand, alle redenen", "Off benefit, any reason"),
        "exit_to_work" => lang.pick("Uitstroom naar werk", "Off benefit to work"),
        "exit_by_fraud_or_withdrawal" => {
            lang.pick("Beëindigd na onderzoek of afgehaakt", "Off benefit by fraud or withdrawal")
        }
        "first_signal" => lang.pick("Eerste fraudesignaal", "First fraud signal"),
        "signal_count" => lang.pick("Aantal fraudesignalen", "Number of fraud signals"),
        "visible_activation" => lang.pick("Zichtbare stap", "Visible activation"),
        "distance_band" => lang.pick("Stap vooruit in het dossier", "A distance band forward"),
        other => other,
    }
}

/// One figure per comparison: primary tests at the full size.
pub fn figures(surface: &PowerSurface, lang: Lang) -> Vec<Figure> {
    let mut arms: Vec<&str> = surface.cells.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    const IDS: [&str; 6] = ["power", "power-2", "power-3", "power-4", "power-5", "power-6"];
    arms.iter().zip(IDS).map(|(arm, id)| figure(surface, arm, id, lang)).collect()
}

fn figure(surface: &PowerSurface, arm: &str, id: &'static str, lang: Lang) -> Figure {
    let largest =
        surface.cells.iter().filter(|cell| cell.arm == arm).map(|cell| cell.size).fold(0.0, f64::max);
    let shown: Vec<&PowerCell> =
        surface.cells.iter().filter(|cell| cell.arm == arm && cell.primary && cell.size == largest).collect();
    let mut series: Vec<Series> = Vec::new();
    for cell in &shown {
        let label = endpoint_in_words(cell.endpoint, lang);
        if series.last().is_none_or(|last| last.label != label) {
            series.push(Series { arm: series.len() + 1, label: label.to_owned(), points: Vec::new() });
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
    series.push(level(
        surface.target_power,
        longest,
        format!("{} {:.0}%", lang.pick("Doel", "Target"), surface.target_power * 100.0),
    ));
    let clients = shown.first().map_or([0, 0], |cell| cell.clients);
    let description = format!(
        "{}. {}",
        lang.pick("Onderscheidend vermogen naar duur van het onderzoek", "Power against study duration"),
        shown
            .iter()
            .filter(|cell| f64::from(cell.months) == longest)
            .map(|cell| {
                format!(
                    "{}: {:.0}% {} {longest:.0} {}.",
                    endpoint_in_words(cell.endpoint, lang),
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
        title: match (lang, escape::name(arm), escape::name(&surface.control), clients) {
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

/// A horizontal line.
pub(crate) fn level(value: f64, until: f64, label: String) -> Series {
    let point = |month: f64| Point { month, value, bands: vec![(value, value)] };
    Series { arm: REFERENCE, label, points: vec![point(0.0), point(until)] }
}
