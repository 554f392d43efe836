//! Interim looks in tables and a figure.

use std::fmt::Write;

use super::figures::endpoint_in_words;
use super::tables::aligned;
use crate::design::power::{InterimDesign, Look};
use crate::report::escape;
use crate::report::figures::chart::{Figure, NumberKind, Panel, Point, Series};

/// One table of looks and one of what is left at them, per endpoint.
pub fn interim_tables(designs: &[InterimDesign]) -> String {
    let mut text = String::new();
    let percent = |value: f64| format!("{:.1}", value * 100.0);
    for design in designs {
        let _ = writeln!(
            text,
            "\nInterim looks, {}: {}, {}\nPower {}% (one analysis at the end: {}%), type I error {}; stops after {:.1} months on \
             average{}. {}",
            escape::name(&design.arm),
            design.endpoint,
            design.test,
            percent(design.power.value),
            percent(design.fixed_power.value),
            design
                .type_one_error
                .map_or("not simulated".into(), |error| format!("{}%", percent(error.value))),
            design.expected_months,
            design
                .expected_months_if_equal
                .map_or(String::new(), |months| format!(", {months:.1} with equal services")),
            design.note
        );
        if design.looks.is_empty() {
            continue;
        }
        let head = [
            "months",
            "information",
            "reject at z",
            "give up at z",
            "mean z",
            "rejects %",
            "by theory %",
            "gives up %",
            "rejects if equal %",
        ];
        let row = |look: &Look| {
            vec![
                look.months.to_string(),
                percent(look.fraction) + "%",
                format!("{:.3}", look.upper),
                look.futility.map_or("-".into(), |bound| format!("{bound:.3}")),
                format!("{:.2}", look.mean_z),
                percent(look.rejects.value),
                percent(look.rejects_by_theory),
                percent(look.gives_up.value),
                look.rejects_if_equal.map_or(String::new(), |share| percent(share.value)),
            ]
        };
        text.push_str(&aligned(head.map(str::to_owned).to_vec(), design.looks.iter().map(row).collect()));
        text.push_str(
            "Chances left at a look: conditional power as designed / as observed / predictive, %\n",
        );
        let left: Vec<_> = design.looks.iter().filter(|look| !look.outlook.is_empty()).collect();
        let zs = left.first().map(|look| look.outlook.iter().map(|own| format!("z = {:.0}", own.z)));
        let head = ["months".to_owned()].into_iter().chain(zs.into_iter().flatten());
        let row = |look: &&Look| {
            let cell = |own: &crate::design::power::Outlook| {
                format!(
                    "{:.0} / {:.0} / {:.0}",
                    own.as_designed * 100.0,
                    own.as_observed * 100.0,
                    own.predictive * 100.0
                )
            };
            [look.months.to_string()].into_iter().chain(look.outlook.iter().map(cell)).collect()
        };
        text.push_str(&aligned(head.collect(), left.iter().map(row).collect()));
    }
    text
}

/// The share of studies that have stopped by each look, with the simulated effect and with equal services.
pub fn interim_figure(designs: &[InterimDesign]) -> Option<Figure> {
    let first = designs.first()?;
    let own: Vec<&InterimDesign> =
        designs.iter().filter(|own| own.arm == first.arm && !own.looks.is_empty()).collect();
    if own.is_empty() {
        return None;
    }
    let curve = |index: usize, design: &InterimDesign, share: &dyn Fn(&Look) -> f64| {
        let mut total = 0.0;
        let mut points = vec![Point { month: 0.0, value: 0.0, bands: vec![(0.0, 0.0)] }];
        for look in &design.looks {
            let before = total;
            total += share(look);
            let month = f64::from(look.months);
            // A study can stop at a look only: steps, not slopes.
            points.push(Point { month: month - 0.01, value: before, bands: vec![(before, before)] });
            points.push(Point { month, value: total, bands: vec![(total, total)] });
        }
        Series { arm: index + 1, label: endpoint_in_words(design.endpoint).to_owned(), points }
    };
    let panel = |title: &str, share: &dyn Fn(&Look) -> f64| Panel {
        title: title.to_owned(),
        unit: "of studies, added up over the looks".to_owned(),
        kind: NumberKind::Percent,
        series: own.iter().enumerate().map(|(index, design)| curve(index, design, share)).collect(),
        zero_line: true,
        measured_until: None,
    };
    let simulated_equal = own.iter().flat_map(|own| &own.looks).all(|look| look.rejects_if_equal.is_some());
    let mut panels = vec![panel("Stopped for a difference", &|look| look.rejects.value)];
    if own.iter().flat_map(|own| &own.looks).any(|look| look.futility.is_some()) {
        panels.push(panel("Given up: no difference in sight", &|look| look.gives_up.value));
    }
    if simulated_equal {
        let share = |look: &Look| look.rejects_if_equal.map_or(f64::NAN, |share| share.value);
        panels.push(panel("Stopped for a difference although services are equal", &share));
    }
    let mut notes = vec![
        "A step is a look; the last one is the end of the study. Lines that end together lie on top of each other.".to_owned(),
    ];
    for design in designs.iter().filter(|own| own.arm == first.arm && own.looks.is_empty()) {
        notes.push(format!("{} is not shown. {}", endpoint_in_words(design.endpoint), design.note));
    }
    Some(Figure {
        id: "stopping",
        title: format!("When do studies stop? {}", escape::name(&first.arm)),
        description: "Share of simulated studies that have stopped by each interim look, by endpoint."
            .to_owned(),
        panels,
        notes,
    })
}
