//! Two tables of results: by part of the caseload, so that what the others lose is seen, and by story.

use super::escape;
use super::language::Lang;
use super::number;
use super::source::{Key, Source, World};
use super::table::{Cell, Form, Row, Table};
use super::words::arm_name;
use crate::trial::{Stat, stories};

/// What the tables show: words, form, measure.
fn columns(t: Lang) -> [(&'static str, Form, Key<'static>); 5] {
    [
        (t.pick("gesprekken per jaar", "talks a year"), Form::INDEX, ("talks_per_year", "")),
        (t.pick("uit de bijstand", "off benefit"), Form::PERCENT, ("exits", "")),
        (t.pick("naar werk", "to work"), Form::PERCENT, ("exits_true", "work")),
        (t.pick("met een fraudesignaal", "with a fraud signal"), Form::PERCENT, ("clients_with_signal", "")),
        (
            t.pick("kosten voor de gemeente", "cost to the municipality"),
            Form::EURO,
            ("money", "municipality"),
        ),
    ]
}

/// What every part of the caseload gains and loses under every plan.
pub(super) fn parts(source: &Source<'_>) -> Table {
    let t = source.lang;
    let groups = source.results.part_groups();
    if groups.is_empty() {
        return Table::default();
    }
    let at = source.at_or_before(source.horizon());
    let shown: Vec<_> = columns(t).into_iter().filter(|(_, _, key)| source.has(*key)).collect();
    let everybody = (0, t.pick("iedereen", "everybody").to_owned());
    let named = groups.map(|group| (group, part_name(t, &source.results.groups[group])));
    let groups: Vec<(usize, String)> = named.chain([everybody]).collect();
    let mut rows = Vec::new();
    for arm in source.treated() {
        let arm_name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
        for (group, name) in &groups {
            let cell = |(_, form, key): &(&str, Form, Key<'_>)| {
                let stat = source.stat_of(World::Difference, arm, *group, *key, at);
                difference(t, form.difference(), stat)
            };
            rows.push(Row {
                head: format!("{arm_name}: {}", escape::name(name)),
                cells: shown.iter().map(cell).collect(),
                month: None,
            });
        }
    }
    let time = number::months(t, source.horizon());
    let caption = match t {
        Lang::Nl => {
            format!("Wat elke groep wint en verliest: verschil met de controlegroep na {time} [toeval]")
        }
        Lang::En => {
            format!("What each group gains and loses: difference from the control after {time} [chance]")
        }
    };
    table(caption, t.pick("plan en groep", "plan and group"), &shown, rows)
}

/// The answer per story and for all of them together.
pub(super) fn stories(source: &Source<'_>) -> Table {
    let t = source.lang;
    let Some(draws) = source.results.draws.as_ref().filter(|draws| !draws.stories.is_empty()) else {
        return Table::default();
    };
    let at = source.at_or_before(source.horizon());
    let answers = stories::answers(draws);
    let shown: Vec<_> = columns(t).into_iter().filter(|(_, _, key)| source.has(*key)).collect();
    let mut rows = Vec::new();
    for arm in source.treated() {
        let arm_name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
        for told in &answers {
            let cell = |(_, form, key): &(&str, Form, Key<'_>)| {
                let list = told.difference.get(arm).map_or(&[][..], Vec::as_slice);
                let found = list.iter().find(|series| (&*series.measure, &*series.label) == *key);
                difference(t, form.difference(), found.and_then(|series| series.at(at)))
            };
            let title = told.story.map_or_else(
                || t.pick("alle verhalen samen", "all stories together").to_owned(),
                |story| escape::name(&story.title[usize::from(t == Lang::En)]),
            );
            let many = match t {
                Lang::Nl => format!("{} trekkingen", told.draws),
                Lang::En => format!("{} draws", told.draws),
            };
            let head = format!("{arm_name}: {title} ({many})");
            rows.push(Row { head, cells: shown.iter().map(cell).collect(), month: None });
        }
    }
    let time = number::months(t, source.horizon());
    let caption = match t {
        Lang::Nl => format!("Per verhaal: verschil met de controlegroep na {time} [onze aannames]"),
        Lang::En => format!("By story: difference from the control after {time} [our assumptions]"),
    };
    table(caption, t.pick("plan en verhaal", "plan and story"), &shown, rows)
}

fn table(caption: String, corner: &str, shown: &[(&str, Form, Key<'_>)], rows: Vec<Row>) -> Table {
    let head = std::iter::once(corner.to_owned()).chain(shown.iter().map(|(words, ..)| (*words).to_owned()));
    Table { caption, head: head.collect(), rows, panel: None }
}

fn difference(t: Lang, form: Form, stat: Option<Stat>) -> Cell {
    let Some(stat) = stat else { return Cell::text(number::NO_NUMBER) };
    let text = |value| form.value(t, value, stat.mcse);
    let interval = number::interval(t, &text(stat.low), &text(stat.high));
    Cell { text: format!("{} {interval}", number::signed(text(stat.mean))), value: Some(stat.mean) }
}

/// A part of the caseload as readers know it.
fn part_name(t: Lang, name: &str) -> String {
    match name {
        "far" => t.pick("ver van werk", "far from work").to_owned(),
        "near" => t.pick("dicht bij werk", "near work").to_owned(),
        "others" => t.pick("de anderen", "the others").to_owned(),
        bounds if t == Lang::Nl => {
            let dutch = bounds.replace("recorded", "afstand").replace("duration", "maanden in de bijstand");
            dutch.replace("age", "leeftijd")
        }
        bounds => bounds.to_owned(),
    }
}
