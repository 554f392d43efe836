//! The figures of a run: which measures, in which panels, with which words.
//!
//! One function per figure names its panels as data: title, unit, kind of number, measure. A measure
//! that a run does not have, or that is zero throughout, gives no panel, and a figure without panels is
//! not drawn. The page and the folder take the same list.

use crate::kinds::{Kind, PerRung, Rung};
use crate::report::language::Lang;
use crate::report::source::{MEASURED_MONTHS, Source};
use crate::report::words::{self, arm_name, measures};
use crate::trial::spread;
use crate::trial::view::{Basis, Key};

use super::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};

/// Panels of a figure: title, unit, number kind, measure.
type PanelPlan<'k> = (&'static str, &'static str, NumberKind, Key<'k>);

/// All figures that the results have measures for, in the order of the report.
pub(crate) fn all(source: &Source<'_>) -> Vec<Figure> {
    let makers: [fn(&Source<'_>) -> Figure; 10] = [
        outflow,
        outflow_difference,
        signals,
        signals_difference,
        steps,
        distance,
        rungs,
        workload,
        money,
        money_difference,
    ];
    let figures = makers.iter().map(|make| make(source));
    figures.filter(|figure| !figure.panels.is_empty()).collect()
}

/// Name of the figure of the first page.
pub(crate) const OUTFLOW: &str = "outflow";

/// Outflow in all and to work: also the figure of the first page.
pub(crate) fn outflow(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let percent = measures::OF_ALL.text(t);
    let repeated =
        t.pick("van alle klanten; wie terugkomt telt opnieuw", "of all clients; who returns counts again");
    let to_work = if source.facts.returns { repeated } else { percent };
    let plans: [PanelPlan<'_>; 2] = [
        (measures::EXITS.text(t), percent, NumberKind::Percent, ("exits", "")),
        (measures::EXITS_TO_WORK.text(t), to_work, NumberKind::Percent, ("exits_true", "work")),
    ];
    levels(source, OUTFLOW, t.pick("Uitstroom uit de bijstand", "Outflow from benefit"), &plans)
}

/// The control as it stands in a sentence.
fn control(source: &Source<'_>) -> String {
    let fact = source.facts.arms.get(source.results.control);
    fact.map_or_else(String::new, |fact| words::definite(source.lang, arm_name(source.lang, fact)))
}

/// Difference in outflow.
fn outflow_difference(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let unit = measures::POINTS.text(t);
    let plans: [PanelPlan<'_>; 2] = [
        (t.pick("Alle redenen", "All reasons"), unit, NumberKind::Points, ("exits", "")),
        (measures::TO_WORK.text(t), unit, NumberKind::Points, ("exits_true", "work")),
    ];
    let title = t.pick("Verschil in uitstroom met", "Difference in outflow from");
    differences(source, "outflow-difference", &format!("{title} {}", control(source)), &plans)
}

/// Fraud signals: clients with any, and how many there are.
fn signals(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let plans: [PanelPlan<'_>; 2] = [
        (
            measures::WITH_ANY_SIGNAL.text(t),
            measures::OF_ALL.text(t),
            NumberKind::Percent,
            ("clients_with_signal", ""),
        ),
        (
            t.pick("Signalen per half jaar", "Signals per half-year"),
            t.pick("per 1.000 klanten in de bijstand", "per 1,000 clients on benefit"),
            NumberKind::Plain,
            ("signals_half_year_on_benefit", ""),
        ),
    ];
    levels(source, "signals", t.pick("Fraudesignalen", "Fraud signals"), &plans)
}

/// Difference in fraud signals.
fn signals_difference(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let plans: [PanelPlan<'_>; 2] = [
        (
            measures::WITH_ANY_SIGNAL.text(t),
            measures::POINTS.text(t),
            NumberKind::Points,
            ("clients_with_signal", ""),
        ),
        (measures::WITH_STEP.text(t), measures::POINTS.text(t), NumberKind::Points, ("activated", "")),
    ];
    let title = t.pick("Verschil in signalen en stappen met", "Difference in signals and steps from");
    differences(source, "signals-difference", &format!("{title} {}", control(source)), &plans)
}

/// Small steps.
fn steps(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let per_thousand = t.pick("per 1.000 klanten", "per 1,000 clients");
    let plans: [PanelPlan<'_>; 3] = [
        (measures::WITH_STEP.text(t), measures::OF_ALL.text(t), NumberKind::Percent, ("activated", "")),
        (
            t.pick("Zichtbare stappen", "Visible steps"),
            per_thousand,
            NumberKind::Plain,
            ("visible_steps", ""),
        ),
        (
            t.pick("Onzichtbare stappen", "Invisible steps"),
            per_thousand,
            NumberKind::Plain,
            ("invisible_steps", ""),
        ),
    ];
    levels(source, "steps", t.pick("Kleine stappen", "Small steps"), &plans)
}

/// Distance to work in truth and on file, and trust.
fn distance(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let months = t.pick("maanden, gemiddeld", "months, mean");
    let plans: [PanelPlan<'_>; 3] = [
        (
            t.pick("Werkelijke afstand tot werk", "True distance to work"),
            months,
            NumberKind::Plain,
            ("distance_true", ""),
        ),
        (
            t.pick("Afstand volgens het dossier", "Distance on file"),
            months,
            NumberKind::Plain,
            ("distance_recorded", ""),
        ),
        (
            t.pick("Vertrouwen in de gemeente", "Trust in the municipality"),
            t.pick("index van 0 tot 1", "index from 0 to 1"),
            NumberKind::Plain,
            ("trust", ""),
        ),
    ];
    let title = t.pick("Afstand tot werk en vertrouwen", "Distance to work and trust");
    levels(source, "distance", title, &plans)
}

/// Share of those on benefit on each rung of the participation ladder.
fn rungs(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let unit = t.pick("van wie bijstand heeft", "of those on benefit");
    let percent = NumberKind::Percent;
    let plans: PerRung<PanelPlan<'_>> =
        PerRung::from_fn(|rung| (words::rung(t, rung), unit, percent, ("rung", rung.name())));
    // In the full model the sixth rung is paid work: nobody on it is on benefit.
    let shown = if source.results.ladder { Rung::ALL.len() } else { Rung::Paid.index() };
    let title = t.pick("Treden van de participatieladder", "Rungs of the participation ladder");
    levels(source, "rungs", title, &plans.0[..shown])
}

/// Talks, caseworkers' hours, and talks left waiting.
fn workload(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let plans: [PanelPlan<'_>; 3] = [
        (
            t.pick("Gesprekken per klant per jaar", "Talks per client per year"),
            t.pick("gevoerde gesprekken", "talks held"),
            NumberKind::Plain,
            ("talks_per_year", ""),
        ),
        (
            t.pick("Uren van consulenten", "Caseworkers' hours"),
            t.pick("uur per klant, opgeteld", "hours per client, added up"),
            NumberKind::Plain,
            ("caseworker_hours", ""),
        ),
        (
            measures::WAITING.text(t),
            t.pick("van de geplande gesprekken", "of the talks due"),
            NumberKind::Percent,
            ("waiting_share", ""),
        ),
    ];
    levels(source, "workload", t.pick("Werk van de consulenten", "Caseworkers' work"), &plans)
}

/// What it costs.
fn money(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let unit = t.pick("per klant, opgeteld", "per client, added up");
    let plans: [PanelPlan<'_>; 2] = [
        (measures::TALKS_AND_TRAJECTORIES.text(t), unit, NumberKind::Euro, ("money", "implementation")),
        (measures::BENEFIT.text(t), unit, NumberKind::Euro, ("money", "benefit")),
    ];
    let title = t.pick("Geld per klant: onder 0 is uitgave", "Money per client: below 0 is spent");
    levels(source, "money", title, &plans)
}

/// Difference in what it costs.
fn money_difference(source: &Source<'_>) -> Figure {
    let t = source.lang;
    let unit = t.pick("per klant, verschil", "per client, difference");
    let plans: [PanelPlan<'_>; 3] = [
        (
            measures::TALKS_AND_TRAJECTORIES.text(t),
            unit,
            NumberKind::Euro,
            ("money_discounted", "implementation"),
        ),
        (measures::BENEFIT.text(t), unit, NumberKind::Euro, ("money_discounted", "benefit")),
        (measures::BALANCE.text(t), unit, NumberKind::Euro, ("money_discounted", "municipality")),
    ];
    let title = t.pick(
        "Besparing (boven 0) en extra kosten (onder 0), teruggerekend naar nu",
        "Savings (above 0) and extra costs (below 0), discounted",
    );
    differences(source, "money-difference", title, &plans)
}

/// A figure of every arm's curves.
fn levels(source: &Source<'_>, id: &'static str, title: &str, plans: &[PanelPlan<'_>]) -> Figure {
    let arms: Vec<usize> = (0..source.results.arms.len()).collect();
    figure(source, id, title, plans, Basis::Paired, &arms)
}

/// A figure of differences with the control, one curve per other arm.
fn differences(source: &Source<'_>, id: &'static str, title: &str, plans: &[PanelPlan<'_>]) -> Figure {
    figure(source, id, title, plans, Basis::Difference, &source.treated())
}

/// A figure of panels, with its alternative text and the notes that belong to its world.
fn figure(
    source: &Source<'_>,
    id: &'static str,
    title: &str,
    plans: &[PanelPlan<'_>],
    world: Basis,
    arms: &[usize],
) -> Figure {
    let panels: Vec<Panel> = plans.iter().filter_map(|plan| panel(source, plan, world, arms)).collect();
    let description = describe(source, title, &panels);
    Figure { id: id.to_owned(), title: title.to_owned(), description, panels, notes: notes(source, world) }
}

/// A panel; `None` when the run has no such measure, or it is 0 throughout in every arm.
fn panel(
    source: &Source<'_>,
    &(title, unit, kind, key): &PanelPlan<'_>,
    world: Basis,
    arms: &[usize],
) -> Option<Panel> {
    let series = arms.iter().map(|&arm| curve(source, world, arm, key)).collect();
    panel_of(source, (title, unit, kind), world, series).filter(|_| source.has(key))
}

/// A panel of these curves; `None` when none of them has a value other than 0.
pub(crate) fn panel_of(
    source: &Source<'_>,
    (title, unit, kind): (&str, &str, NumberKind),
    world: Basis,
    series: Vec<PlottedCurve>,
) -> Option<Panel> {
    let defined = series.iter().flat_map(|series| &series.points).any(|point| point.value.is_finite());
    let moves = series
        .iter()
        .flat_map(|series| &series.points)
        .any(|point| point.value != 0.0 && !point.value.is_nan());
    let beyond = f64::from(MEASURED_MONTHS) < f64::from(source.horizon());
    (defined && moves).then(|| Panel {
        title: title.to_owned(),
        unit: unit.to_owned(),
        kind,
        series,
        zero_line: world == Basis::Difference,
        measured_until: beyond.then_some(f64::from(MEASURED_MONTHS)),
        begins: Some(source.facts.start),
    })
}

/// The curve of one arm with its bands.
pub(crate) fn curve(source: &Source<'_>, world: Basis, arm: usize, key: Key<'_>) -> PlottedCurve {
    let point = |(at, &month): (usize, &u32)| {
        let estimate = source.shown(world, arm, key, at);
        let bands = match &estimate {
            Some(known) if known.drawn.len() >= 2 => {
                let middle = |share| spread::quantile(&known.drawn, share);
                vec![(known.low, known.high), (middle(0.25), middle(0.75))]
            }
            // Without draws of this month, in a figure that has them: no band, rather than one of another kind.
            Some(known) if !source.has_draws() => vec![(known.low, known.high)],
            _ if source.has_draws() => vec![(f64::NAN, f64::NAN); 2],
            _ => vec![(f64::NAN, f64::NAN)],
        };
        let value = estimate.map_or(f64::NAN, |known| known.center);
        Point { month: f64::from(month), value, bands }
    };
    let label = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(source.lang, fact));
    PlottedCurve { arm, label, points: source.results.months.iter().enumerate().map(point).collect() }
}

/// Alternative text: what is shown and where each curve ends.
pub(crate) fn describe(source: &Source<'_>, title: &str, panels: &[Panel]) -> String {
    let mut text = format!("{title}.");
    for panel in panels {
        let ends: Vec<String> =
            panel.series.iter().filter_map(|series| last_value(source.lang, panel, series)).collect();
        text.push_str(&format!(" {} ({}): {}.", panel.title, panel.unit, ends.join("; ")));
    }
    text
}

/// The value at the end of a curve, in words; `None` for a curve without values.
fn last_value(lang: Lang, panel: &Panel, series: &PlottedCurve) -> Option<String> {
    let last = series.points.iter().rev().find(|point| point.value.is_finite())?;
    let decimals = if panel.kind == NumberKind::Euro { 0 } else { 1 };
    let value = panel.kind.format(lang, last.value, decimals);
    let month = last.month;
    Some(match lang {
        Lang::Nl => format!("{} eindigt in maand {month:.0} op {value}", series.label),
        Lang::En => format!("{} ends at {value} in month {month:.0}", series.label),
    })
}

/// The sentences below a figure: what the bands are, and why a projection is a fan.
pub(crate) fn notes(source: &Source<'_>, world: Basis) -> Vec<String> {
    let t = source.lang;
    let mut notes = Vec::new();
    if source.has_draws() {
        notes.push(t.pick(
            "Lijn: het midden van de doorrekeningen met andere aannames. De lichte band bevat acht van de tien, de donkere de helft.".to_owned(),
            "Line: center of the calculations with other assumptions. The light band holds eight in ten, the dark one half.".to_owned(),
        ));
    } else if world == Basis::Difference {
        notes.push(t.pick(
            "Band: toeval in één gemeente of onderzoek, 95% van de simulaties. De aannames staan vast in deze berekening.".to_owned(),
            "Band: chance in one municipality or study, 95% of the simulations. The assumptions are fixed in this calculation.".to_owned(),
        ));
    } else {
        notes.push(t.pick(
            "Band: toeval in één gemeente, 95% van de simulaties.".to_owned(),
            "Band: chance in one municipality, 95% of the simulations.".to_owned(),
        ));
    }
    if source.horizon() > MEASURED_MONTHS {
        notes.push(beyond_measured(source));
    }
    notes
}

/// Why what lies beyond the measured months is a fan (model page section 8).
pub(crate) fn beyond_measured(source: &Source<'_>) -> String {
    let fan = source.has_draws();
    match (source.lang, fan) {
        (Lang::Nl, true) => "Na 18 maanden heeft geen onderzoek gemeten. Wat daarna komt, rust op aannames over hoe snel mensen \
             vooruitgaan. Daarom staat er een waaier en niet één lijn."
            .to_owned(),
        (Lang::En, true) => "No study measured beyond 18 months. What follows rests on assumptions about how fast people \
             progress. That is why it is a fan and not one line."
            .to_owned(),
        (Lang::Nl, false) => "Na 18 maanden heeft geen onderzoek gemeten. Wat daarna komt, rust op aannames. Hoe onzeker die zijn, is \
             hier niet doorgerekend."
            .to_owned(),
        (Lang::En, false) => "No study measured beyond 18 months. What follows rests on assumptions. How uncertain those are was not \
             calculated here."
            .to_owned(),
    }
}
