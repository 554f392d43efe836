//! What the page shows of results: the report's own sentences, figures and tables.
//!
//! Nothing is worded or drawn here. The page and the report must not differ in a number, so both take
//! sentences, figures and tables from the same place.

use serde_json::{Value, json};

use super::form::OWN_FIELDS;
use super::kept::Kept;
use crate::report::answer::{self, Answer, KeyFigure, Origin, Part, Question};
use crate::report::facts::{Facts, ParameterFact};
use crate::report::html::unbroken;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::page::Page;
use crate::report::source::Source;
use crate::report::words as labels;
use crate::scenario::{DEFAULT_SCENARIO, embedded};
use crate::trial::view::View;

/// What the page shows of results, in a language, as the answer to a question; `command` repeats them.
pub(super) fn shown(kept: &Kept, question: Question, lang: Lang, command: &str) -> Value {
    let facts = Facts::new(&kept.resolved, command);
    let view = View::new(&kept.results);
    let source = Source { view: &view, facts: &facts, lang };
    let answer = Answer::new(&source, question);
    let page = Page::new(&source);
    json!({
        "sentence": answer.sentence,
        "measured": answer.measured,
        "figures": answer.figures.iter().map(figure).collect::<Vec<_>>(),
        "interval": answer.interval,
        "stories": answer.stories,
        "sources": answer.origin.as_ref().map(origin),
        "drivers": page.uncertainties,
        "unknown": answer.unknown,
        "warnings": kept.warnings.iter().map(|warning| labels::warning(warning, lang)).collect::<Vec<_>>(),
        "fitted": answer.fitted,
        "main_figure": page.figure("outflow-difference"),
        "tabs": tabs(&page),
        "council": answer.council(),
        "command": command,
        "pins": pins(&view, question, &facts),
        "hash": kept.resolved.hash,
    })
}

/// The size of the plan and the figures of the first page in both languages: a variant that was kept is shown in
/// the language of the page, and totals of variants of other sizes stand below how many clients they are of.
fn pins(view: &View<'_>, question: Question, facts: &Facts) -> Value {
    let pin = |lang: Lang| {
        let source = Source { view, facts, lang };
        let sizes = answer::sizes(&source, question).into_iter();
        let sizes =
            sizes.map(|(label, value)| json!({ "label": label, "value": value, "range": "", "level": "" }));
        let figures = Answer::new(&source, question).figures;
        (lang.code().to_owned(), sizes.chain(figures.iter().map(figure)).collect())
    };
    Value::Object(Lang::ALL.into_iter().map(pin).collect())
}

/// A figure of the first page.
fn figure(figure: &KeyFigure) -> Value {
    json!({
        "label": figure.label,
        "value": unbroken(&figure.value),
        "range": unbroken(&figure.range),
        "level": unbroken(&figure.level),
    })
}

/// Where a number comes from.
fn origin(origin: &Origin) -> Value {
    let part = |part: &Part| json!({ "label": part.label, "value": unbroken(&part.value), "number": part.number, "dropout": part.dropout });
    json!({
        "parts": origin.parts.iter().map(part).collect::<Vec<_>>(),
        "balance": part(&origin.balance),
        "without": part(&origin.without),
    })
}

/// A tab: its name, its title in Dutch and English, the report's figures and tables in it.
type Tab = (&'static str, [&'static str; 2], &'static [&'static str], &'static [&'static str]);

/// The parts of an answer, in order.
const TABS: [Tab; 6] = [
    ("people", ["Mensen", "People"], &["outflow", "distance", "rungs"], &["overview", "people"]),
    ("signals", ["Signalen", "Signals"], &["signals", "signals-difference"], &["signals"]),
    ("steps", ["Stappen", "Steps"], &["steps"], &["steps"]),
    ("workload", ["Werkdruk", "Workload"], &["workload"], &["load"]),
    ("money", ["Geld", "Money"], &["money", "money-difference"], &["payback", "discounted"]),
    ("study", ["Onderzoek", "Study"], &[], &["study"]),
];

/// The parts with their contents as HTML; a part without contents for this scenario is left out.
fn tabs(page: &Page<'_>) -> Value {
    let mut tabs: Vec<Value> = TABS
        .iter()
        .map(|(id, title, figures, tables)| {
            let figures = figures.iter().map(|id| page.figure(id));
            let html: String = figures.chain(tables.iter().map(|id| page.table(id))).collect();
            json!({ "id": id, "title": page.lang.pick(title[0], title[1]), "html": html })
        })
        .filter(|tab| tab["html"] != "")
        .collect();
    let assumptions = format!("{}{}", page.changes, page.parameters);
    tabs.push(json!({ "id": "assumptions", "title": page.lang.pick("Aannames", "Assumptions"), "html": assumptions }));
    Value::Array(tabs)
}

/// Every parameter with words, for the part of the form that shows all of them.
pub(super) fn assumptions(lang: Lang) -> Value {
    let Ok(resolved) = embedded(DEFAULT_SCENARIO, &[]) else { return Value::Null };
    let facts = Facts::new(&resolved, "");
    let entry = |parameter: &ParameterFact| {
        let label = labels::parameter(lang, &parameter.path)?;
        Some(json!({
            "path": parameter.path,
            "label": label,
            "value": number::decimal(lang, parameter.value, 4).trim_end_matches('0').trim_end_matches([',', '.']),
            "unit": parameter.unit,
            "status": labels::status(lang, parameter.status),
            "source": parameter.source,
        }))
    };
    let offered = facts.parameters.iter().filter(|parameter| !OWN_FIELDS.contains(&parameter.path.as_str()));
    Value::Array(offered.filter_map(entry).collect())
}
