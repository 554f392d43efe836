//! A design with looks is judged by three things together, so they stand in one line above its table:
//! power beside that of one analysis at the end, type I error of the whole plan, and the mean months
//! until a study stops. The rest tells a data monitoring committee what a z at a look would mean. Input
//! is `InterimDesign` of `design::power::interim`; every share there is of simulated studies, 0 to 1.

use super::figures::numbered;
use crate::design::power::{InterimDesign, Look};
use crate::report::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::terminal;

use crate::report::words::{arm_named, endpoint_named, interim_note, test_named};

/// Two tables per endpoint: its looks (bounds, and how many studies stop there under the simulated
/// effect, by normal theory, and with equal services), then the power that is left at each look for
/// some values of z.
///
/// An endpoint without looks, because information does not rise from look to look, gets its sentence
/// and no table: one analysis at the end. Empty text without designs. `by theory` stands beside the
/// simulated share on purpose: where the two differ, the normal approximation behind the bounds does
/// not hold for this endpoint.
pub(crate) fn interim_tables(designs: &[InterimDesign], lang: Lang) -> String {
    let mut text = String::new();
    let percent = |value: f64| number::decimal(lang, value * 100.0, 1);
    let decimal = |value: f64, digits: i32| number::decimal(lang, value, digits);
    for design in designs {
        let (arm, endpoint, test) = (
            arm_named(lang, &design.arm),
            endpoint_named(lang, design.endpoint),
            test_named(lang, design.test, false),
        );
        let (power, fixed) = (percent(design.power.value), percent(design.fixed_power.value));
        let error =
            design.type_one_error.map_or(lang.pick("niet gesimuleerd", "not simulated").into(), |error| {
                format!("{}%", percent(error.value))
            });
        let (months, note) = (decimal(design.expected_months, 1), interim_note(design.note, lang));
        let equal = design.expected_months_if_equal.map_or(String::new(), |months| {
            format!(
                ", {} {}",
                decimal(months, 1),
                lang.pick("bij gelijke dienstverlening", "with equal services")
            )
        });
        text.push_str(&match lang {
            Lang::En => format!(
                "\nInterim looks, {arm}: {endpoint}, {test}\nPower {power}% (one analysis at the end: {fixed}%), type I error {error}; \
                 stops after {months} months on average{equal}. {note}\n"
            ),
            Lang::Nl => format!(
                "\nTussentijdse toetsen, {arm}: {endpoint}, {test}\nPower {power}% (één analyse aan het eind: {fixed}%), fout van de eerste \
                 soort {error}; stopt gemiddeld na {months} maanden{equal}. {note}\n"
            ),
        });
        if design.looks.is_empty() {
            continue;
        }
        let dutch = [
            "maanden",
            "informatie",
            "verwerpt bij z",
            "geeft op bij z",
            "gemiddelde z",
            "verwerpt %",
            "volgens theorie %",
            "geeft op %",
            "verwerpt bij gelijk %",
        ];
        let english = [
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
                decimal(look.upper, 3),
                look.futility.map_or("-".into(), |bound| decimal(bound, 3)),
                decimal(look.mean_z, 2),
                percent(look.rejects.value),
                percent(look.rejects_by_theory),
                percent(look.gives_up.value),
                look.rejects_if_equal.map_or(String::new(), |share| percent(share.value)),
            ]
        };
        text.push_str(&terminal::of_rows(
            &lang.pick(dutch, english).map(str::to_owned),
            design.looks.iter().map(row).collect(),
            0,
        ));
        text.push_str(lang.pick(
            "Kansen die op een meetmoment over zijn: conditioneel volgens ontwerp / volgens waarneming / voorspellend, %\n",
            "Chances left at a look: conditional power as designed / as observed / predictive, %\n",
        ));
        let left: Vec<_> = design.looks.iter().filter(|look| !look.outlook.is_empty()).collect();
        let zs = left.first().map(|look| {
            look.outlook.iter().map(|outlook| format!("z = {}", number::decimal(lang, outlook.z, 0)))
        });
        let head = [lang.pick("maanden", "months").to_owned()].into_iter().chain(zs.into_iter().flatten());
        let row = |look: &&Look| {
            let cell = |outlook: &crate::design::power::Outlook| {
                format!(
                    "{:.0} / {:.0} / {:.0}",
                    outlook.as_designed * 100.0,
                    outlook.as_observed * 100.0,
                    outlook.predictive * 100.0
                )
            };
            [look.months.to_string()].into_iter().chain(look.outlook.iter().map(cell)).collect()
        };
        text.push_str(&terminal::of_rows(&head.collect::<Vec<_>>(), left.iter().map(row).collect(), 0));
    }
    text
}

/// The share of studies that have stopped by each look, with the simulated effect and with equal
/// services.
///
/// One panel per way to stop; that of giving up only where a futility bound exists, that of equal
/// services only where every look was simulated under it, since a sum over some of the looks would pass
/// for the type I error of the plan. A figure per compared arm (arms would lie over each other), those
/// without any look left out. Endpoints without looks are named in a note with the reason.
pub(crate) fn interim_figures(designs: &[InterimDesign], lang: Lang) -> Vec<Figure> {
    let mut arms: Vec<&str> = designs.iter().map(|design| design.arm.as_str()).collect();
    arms.dedup();
    let arms = arms.into_iter().enumerate();
    arms.filter_map(|(at, arm)| figure(designs, arm, numbered("stopping", at), lang)).collect()
}

/// The figure of one compared arm.
fn figure(designs: &[InterimDesign], arm: &str, id: String, lang: Lang) -> Option<Figure> {
    let with_looks: Vec<&InterimDesign> =
        designs.iter().filter(|design| design.arm == arm && !design.looks.is_empty()).collect();
    if with_looks.is_empty() {
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
        PlottedCurve { arm: index + 1, label: endpoint_named(lang, design.endpoint).to_owned(), points }
    };
    let panel = |title: &str, share: &dyn Fn(&Look) -> f64| Panel {
        title: title.to_owned(),
        unit: lang
            .pick("van de onderzoeken, opgeteld over de meetmomenten", "of studies, added up over the looks")
            .to_owned(),
        kind: NumberKind::Percent,
        series: with_looks.iter().enumerate().map(|(index, design)| curve(index, design, share)).collect(),
        zero_line: true,
        measured_until: None,
        begins: None,
    };
    // A panel with holes would look like a plan that never errs: all looks or none.
    let simulated_equal =
        with_looks.iter().flat_map(|design| &design.looks).all(|look| look.rejects_if_equal.is_some());
    let mut panels =
        vec![panel(lang.pick("Gestopt omdat er verschil is", "Stopped for a difference"), &|look| {
            look.rejects.value
        })];
    if with_looks.iter().flat_map(|design| &design.looks).any(|look| look.futility.is_some()) {
        panels.push(panel(
            lang.pick("Opgegeven: geen verschil in zicht", "Given up: no difference in sight"),
            &|look| look.gives_up.value,
        ));
    }
    if simulated_equal {
        let share = |look: &Look| look.rejects_if_equal.map_or(f64::NAN, |share| share.value);
        panels.push(panel(
            lang.pick(
                "Gestopt om verschil bij gelijke dienstverlening",
                "Stopped for a difference although services are equal",
            ),
            &share,
        ));
    }
    let mut notes = vec![
        lang.pick(
            "Een trede is een meetmoment; het laatste is het eind van het onderzoek. Lijnen die samen eindigen, liggen op elkaar.",
            "A step is a look; the last one is the end of the study. Lines that end together lie on top of each other.",
        )
        .to_owned(),
    ];
    // Endpoints without a plan are missing from the lines above; a reader should not take that for 0 %.
    for design in designs.iter().filter(|design| design.arm == arm && design.looks.is_empty()) {
        notes.push(format!(
            "{} {}. {}",
            endpoint_named(lang, design.endpoint),
            lang.pick("staat er niet bij", "is not shown"),
            interim_note(design.note, lang)
        ));
    }
    Some(Figure {
        id,
        title: format!(
            "{} {}",
            lang.pick("Wanneer stoppen onderzoeken?", "When do studies stop?"),
            arm_named(lang, arm)
        ),
        description: lang
            .pick(
                "Aandeel van de gesimuleerde onderzoeken dat op elk meetmoment gestopt is, per uitkomst.",
                "Share of simulated studies that have stopped by each interim look, by endpoint.",
            )
            .to_owned(),
        panels,
        notes,
    })
}
