//! Caseworkers' hours are given once: a plan that talks more with some talks less with others, and an
//! average over everybody hides who pays. In the same way an average over stories hides that a plan
//! works under one account of the world and not under another.

use crate::report::escape;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sign;
use crate::report::source::Source;
use crate::report::table::{Cell, Form, Row, Table, TableKind};
use crate::report::words::{self, arm_name};
use crate::trial::results::Draw;
use crate::trial::view::{Basis, Key, ShownValue};

/// What the tables show: words, form, measure.
fn columns(t: Lang) -> [(&'static str, Form, Key<'static>); 5] {
    [
        (t.pick("gesprekken per jaar", "talks a year"), Form::INDEX, ("talks_per_year", "")),
        (t.pick("uit de bijstand", "off benefit"), Form::PERCENT, ("exits", "")),
        (t.pick("naar werk", "to work"), Form::PERCENT, ("exits_true", "work")),
        (t.pick("met een fraudesignaal", "with a fraud signal"), Form::PERCENT, ("clients_with_signal", "")),
        (
            t.pick("saldo voor de gemeente, per klant", "balance for the municipality, per client"),
            Form::EURO,
            ("money_discounted", "municipality"),
        ),
    ]
}

/// What every part of the caseload gains and loses under every treated plan at the horizon, and
/// everybody in the last row of each plan. Empty when the run did not tell parts apart.
pub(super) fn parts(source: &Source<'_>) -> Table {
    let t = source.lang;
    let groups = source.results.part_groups();
    if groups.is_empty() {
        return Table::default();
    }
    let at = source.at_or_before(source.horizon());
    let shown: Vec<_> = columns(t).into_iter().filter(|(_, _, key)| source.has(*key)).collect();
    let everybody = (0, t.pick("iedereen", "everybody").to_owned());
    let named = groups.map(|group| (group, words::part(t, &source.results.groups[group])));
    let groups: Vec<(usize, String)> = named.chain([everybody]).collect();
    let mut rows = Vec::new();
    for arm in source.treated() {
        let arm_name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
        for (group, name) in &groups {
            let cell = |(_, form, key): &(&str, Form, Key<'_>)| {
                let estimate =
                    source.estimate_of(arm, *group, *key, at).map(|value| sign::shown(*key, value));
                difference(t, form.difference(), estimate)
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
            format!("Wat elke groep wint en verliest: verschil met de controlegroep na {time}")
        }
        Lang::En => {
            format!("What each group gains and loses: difference from the control after {time}")
        }
    };
    table(caption, t.pick("plan en groep", "plan and group"), &shown, rows)
}

/// The answer per story and for all of them together; the caption has the number of calculations of each, since a
/// range of few draws says little. Empty for runs without draws or without stories; a story that no
/// draw fell on has no row.
pub(super) fn stories(source: &Source<'_>) -> Table {
    let t = source.lang;
    let Some(draws) = source.results.draws.as_ref().filter(|draws| !draws.stories.is_empty()) else {
        return Table::default();
    };
    let at = source.at_or_before(source.horizon());
    let shown: Vec<_> = columns(t).into_iter().skip(1).filter(|(_, _, key)| source.has(*key)).collect();
    let titles = draws.stories.iter().map(|story| escape::name(&story.title[t.pick(0, 1)]));
    let every = t.pick("alle verhalen samen", "all stories together").to_owned();
    let told: Vec<(Option<usize>, String)> =
        titles.enumerate().map(|(at, title)| (Some(at), title)).chain([(None, every)]).collect();
    let of_story = |story: Option<usize>| {
        draws.draws.iter().filter(|draw| story.is_none() || draw.story == story).count()
    };
    let counts: Vec<usize> = told.iter().map(|(story, _)| of_story(*story)).collect();
    let mut rows = Vec::new();
    for arm in source.treated() {
        let arm_name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
        for ((story, title), count) in told.iter().zip(&counts) {
            let meant = |draw: &Draw| story.is_none() || draw.story == *story;
            let cell = |(_, form, key): &(&str, Form, Key<'_>)| {
                // Values per draw first: the range of a story is that of its own draws, not a share of
                // the whole range.
                let drawn = source.under_draws(Basis::Difference, arm, *key, at);
                let shared = source.shared_error(Basis::Difference, arm, *key, at);
                let draws =
                    drawn.iter().zip(&draws.draws).filter(|(_, draw)| meant(draw)).map(|(value, _)| *value);
                let estimate = ShownValue::of_draws(draws.collect(), shared);
                difference(t, form.difference(), estimate.map(|value| sign::shown(*key, value)))
            };
            let head = format!("{arm_name}: {title}");
            if *count > 0 {
                rows.push(Row { head, cells: shown.iter().map(cell).collect(), month: None });
            }
        }
    }
    let time = number::months(t, source.horizon());
    // Once, not in every row: they are the same for all plans.
    let many: Vec<String> = counts.iter().filter(|count| **count > 0).map(ToString::to_string).collect();
    let many = many.join(t.pick("; ", ", "));
    let caption = match t {
        Lang::Nl => format!("Per verhaal: verschil met de controlegroep na {time} (doorrekeningen: {many})"),
        Lang::En => format!("By story: difference from the control after {time} (calculations: {many})"),
    };
    table(caption, t.pick("plan en verhaal", "plan and story"), &shown, rows)
}

/// A table of parts.
fn table(caption: String, corner: &str, shown: &[(&str, Form, Key<'_>)], rows: Vec<Row>) -> Table {
    let head = std::iter::once(corner.to_owned()).chain(shown.iter().map(|(words, ..)| (*words).to_owned()));
    Table { caption, head: head.collect(), rows, kind: TableKind::Own }
}

/// A difference as a cell.
fn difference(t: Lang, form: Form, estimate: Option<ShownValue>) -> Cell {
    estimate.map_or_else(|| Cell::text(number::NO_NUMBER), |estimate| form.signed(t, &estimate))
}
