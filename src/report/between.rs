//! What one plan brings more than another: the effect of the treated arm under each plan, taken from the other replicate by
//! replicate on the same clients with the same luck, so that the range and the error are those of the difference itself.

use crate::kinds::Question;
use crate::trial::view::{Basis, Key, View};

use super::answer::{self, Figure as Gain};
use super::facts::Facts;
use super::figures::chart::{Figure, NumberKind, Panel, PlottedCurve};
use super::figures::gallery;
use super::language::Lang;
use super::number;
use super::source::Source;
use super::table::{Cell, Row, Table};
use super::words;

/// Name of the figure of the difference.
pub const DIFFERENCE: &str = "compare-difference";

/// A plan of a comparison.
pub struct ComparedPlan<'a> {
    /// Its results.
    pub levels: &'a View<'a>,
    /// Its results less those of the first plan, replicate by replicate.
    pub difference: &'a View<'a>,
    /// What was run.
    pub facts: &'a Facts,
    /// What readers call it.
    pub name: String,
}

/// The differences between plans, in one language.
pub struct Between {
    /// One sentence per plan that is compared with the first.
    pub sentences: Vec<String>,
    /// The four figures of the first plan, and how much more or less the others have.
    pub table: Table,
    /// The difference over time; `None` when there is none.
    pub figure: Option<Figure>,
    /// What the ranges and errors are.
    pub note: String,
}

impl Between {
    /// The differences of the others with the first plan, as the answer to a question; `None` without two plans or without an
    /// arm that is compared with a control.
    pub fn new(plans: &[ComparedPlan<'_>], question: Question, lang: Lang) -> Option<Self> {
        let (first, others) = plans.split_first().filter(|(_, others)| !others.is_empty())?;
        let levels = Source { view: first.levels, facts: first.facts, lang };
        let arm = answer::best(&levels, question)?;
        let own = answer::gains(&levels, &levels, question);
        let gains: Vec<Vec<Gain>> =
            others.iter().map(|plan| answer::gains(&levels, &difference(plan, lang), question)).collect();
        let sentences = others.iter().zip(&gains);
        Some(Self {
            sentences: sentences
                .map(|(plan, gains)| sentence((first, plan), gains, (question, arm), lang))
                .collect(),
            table: table(first, others, (&own, &gains), lang),
            figure: figure(&levels, others, (question, arm)),
            note: note(&levels),
        })
    }
}

fn difference<'a>(plan: &ComparedPlan<'a>, lang: Lang) -> Source<'a> {
    Source { view: plan.difference, facts: plan.facts, lang }
}

/// Which of the four figures answers a question.
fn answering(gains: &[Gain], question: Question) -> Option<&Gain> {
    match question {
        Question::Payback => gains.last(),
        Question::Caseload => gains.get(1),
        Question::Work | Question::Exits | Question::Steps | Question::Signals => gains.first(),
    }
}

fn sentence(
    (first, plan): (&ComparedPlan<'_>, &ComparedPlan<'_>),
    gains: &[Gain],
    (question, arm): (Question, usize),
    lang: Lang,
) -> String {
    let (name, other) = (&plan.name, &first.name);
    let Some(gain) = answering(gains, question) else { return String::new() };
    if gain.number == 0.0 && gain.low == 0.0 && gain.high == 0.0 {
        return match lang {
            Lang::Nl => format!("“{name}” en “{other}” verschillen hierin niet."),
            Lang::En => format!("“{name}” and “{other}” do not differ in this."),
        };
    }
    let source = difference(plan, lang);
    let at = source.at_or_before(source.horizon());
    let drawn = source.estimate(Basis::Difference, arm, question.measure(), at).map(|own| own.drawn);
    let often = words::calculations(lang, &drawn.unwrap_or_default(), |value| value * question.sign() > 0.0);
    let (label, value, range) = (&gain.label, &gain.value, &gain.range);
    match (lang, often) {
        (Lang::Nl, Some(often)) => {
            format!("“{name}” tegenover “{other}”: {label} {value} {range}; {often} is “{name}” beter.")
        }
        (Lang::En, Some(often)) => {
            format!("“{name}” against “{other}”: {label} {value} {range}; “{name}” is better {often}.")
        }
        (Lang::Nl, None) => format!("“{name}” tegenover “{other}”: {label} {value} {range}."),
        (Lang::En, None) => format!("“{name}” against “{other}”: {label} {value} {range}."),
    }
}

fn table(
    first: &ComparedPlan<'_>,
    others: &[ComparedPlan<'_>],
    (own, gains): (&[Gain], &[Vec<Gain>]),
    lang: Lang,
) -> Table {
    let mut head = vec![String::new()];
    head.push(first.name.clone());
    head.extend(others.iter().map(|plan| match lang {
        Lang::Nl => format!("verschil: {}", plan.name),
        Lang::En => format!("difference: {}", plan.name),
    }));
    let cell = |gain: Option<&Gain>| match gain {
        None => Cell::text(number::NO_NUMBER),
        Some(gain) => {
            let range = format!("{} {}", gain.range, gain.chance);
            Cell::ranged(gain.value.clone(), gain.number, range, (gain.low, gain.high))
        }
    };
    let row = |(at, gain): (usize, &Gain)| Row {
        head: words::capital(&gain.label),
        cells: std::iter::once(cell(Some(gain))).chain(gains.iter().map(|own| cell(own.get(at)))).collect(),
        month: None,
    };
    let caption = match lang {
        Lang::Nl => format!("Wat FIP meer brengt dan onder “{}”", first.name),
        Lang::En => format!("What FIP brings more than under “{}”", first.name),
    };
    Table { caption, head, rows: own.iter().enumerate().map(row).collect(), panel: None }
}

/// A panel: title, unit, kind of number, measure.
type PanelPlan = ([&'static str; 2], [&'static str; 2], NumberKind, Key<'static>);

const POINTS: [&str; 2] = ["procentpunt verschil tussen de plannen", "percentage points between the plans"];
const EUROS: [&str; 2] = [
    "per klant, verschil tussen de plannen; onder 0 is besparing",
    "per client between the plans; below 0 is a saving",
];

/// The panel of a question, and that of the balance of money.
fn panels(question: Question) -> Vec<PanelPlan> {
    let people = |title: [&'static str; 2], key| (title, POINTS, NumberKind::Points, key);
    let own = match question {
        Question::Payback | Question::Work => people(["Naar werk", "To work"], ("exits_true", "work")),
        Question::Exits => {
            people(["Uit de bijstand, alle redenen", "Off benefit, all reasons"], ("exits", ""))
        }
        Question::Steps => {
            people(["Klanten met een zichtbare stap", "Clients with a visible step"], ("activated", ""))
        }
        Question::Signals => people(
            ["Klanten met een fraudesignaal", "Clients with a fraud signal"],
            ("clients_with_signal", ""),
        ),
        Question::Caseload => people(["Mensen met bijstand", "People on benefit"], ("on_benefit", "")),
    };
    let balance = ["Gemeente, per saldo", "Municipality, on balance"];
    vec![own, (balance, EUROS, NumberKind::Euro, ("money_discounted", "municipality"))]
}

fn figure(
    levels: &Source<'_>,
    others: &[ComparedPlan<'_>],
    (question, arm): (Question, usize),
) -> Option<Figure> {
    let t = levels.lang;
    let panel = |(title, unit, kind, key): PanelPlan| {
        let curve = |(at, plan): (usize, &ComparedPlan<'_>)| PlottedCurve {
            arm: at + 1,
            label: plan.name.clone(),
            ..gallery::curve(&difference(plan, t), Basis::Difference, arm, key)
        };
        let series = others.iter().enumerate().map(curve).collect();
        gallery::panel_of(
            levels,
            (t.pick(title[0], title[1]), t.pick(unit[0], unit[1]), kind),
            Basis::Difference,
            series,
        )
    };
    let panels: Vec<Panel> = panels(question).into_iter().filter_map(panel).collect();
    let title =
        t.pick("Wat FIP meer brengt, plan voor plan", "What FIP brings more, plan by plan").to_owned();
    let description = gallery::describe(levels, &title, &panels);
    let notes = gallery::notes(levels, Basis::Difference);
    (!panels.is_empty()).then_some(Figure { id: DIFFERENCE, title, description, panels, notes })
}

fn note(levels: &Source<'_>) -> String {
    let t = levels.lang;
    let range = if levels.has_draws() {
        t.pick(
            "Tussen haken: acht van de tien doorrekeningen met andere aannames, dezelfde in elk plan.",
            "In brackets: eight in ten calculations with other assumptions, the same in every plan.",
        )
    } else {
        t.pick(
            "Tussen haken: wat toeval doet met het verschil (95% van de herhalingen), met vaste aannames.",
            "In brackets: what chance does to the difference (95% of replicates), with fixed assumptions.",
        )
    };
    let error = t.pick(
        "Achter ±: de rekenfout van het verschil zelf (95%); elk plan kreeg dezelfde klanten en hetzelfde geluk.",
        "Behind ±: the Monte Carlo error of the difference itself (95%); every plan had the same clients and the same luck.",
    );
    format!("{range} {error}")
}
