//! Results of plans side by side: effects, levels per client, and totals for the municipality.
//!
//! Three kinds of columns must not be mixed up: how much more a plan has than the first (with the error
//! of that difference), what every plan has, and what its effect is against its own control. Rows in
//! which plans do not differ are named in one sentence instead of filling the table with zeros.

use super::answer::asked;
use super::plans::Plans;
use crate::report::answer::{self, Answer, CLIENTS, KeyFigure, Total};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sign;
use crate::report::source::MEASURED_MONTHS;
use crate::report::table::{self, Cell, Form, Row, Table, TableKind};
use crate::report::words::{arm_name, capital, measures};
use crate::trial::view::{Basis, Key, ShownValue};

/// A result that is compared: words, how it is written, measure.
type Line = (&'static str, Form, Key<'static>);

/// The results that are compared, in their order, in words of the language.
fn lines(t: Lang) -> [Line; 12] {
    [
        (measures::EXITS.text(t), Form::PERCENT, ("exits", "")),
        (measures::EXITS_TO_WORK.text(t), Form::PERCENT, ("exits_true", "work")),
        (
            t.pick("Maanden bijstand per klant", "Months of benefit per client"),
            Form::PLAIN,
            ("months_on_benefit", ""),
        ),
        (measures::WITH_SIGNAL.text(t), Form::PERCENT, ("clients_with_signal", "")),
        (
            t.pick("Verborgen onjuiste opgaven", "Hidden irregularities"),
            Form::PERCENT,
            ("hidden_irregularities", "all"),
        ),
        (measures::WITH_STEP.text(t), Form::PERCENT, ("activated", "")),
        (t.pick("Vertrouwen (index)", "Trust (index)"), Form::INDEX, ("trust", "")),
        (
            t.pick("Gesprekken per klant per jaar", "Talks per client a year"),
            Form::PLAIN,
            ("talks_per_year", ""),
        ),
        (
            t.pick("Uren van consulenten per klant", "Caseworkers' hours per client"),
            Form::PLAIN,
            ("caseworker_hours", ""),
        ),
        (measures::WAITING.text(t), Form::PERCENT, ("waiting_share", "")),
        (measures::SPENT.text(t), Form::EURO, ("money_discounted", "implementation")),
        (measures::SAVED.text(t), Form::EURO, ("money_discounted", "municipality")),
    ]
}

/// Every table: those of the answer first, then effects and levels at each month for every arm that all
/// plans have; empty tables are left out.
pub(super) fn all(plans: &Plans<'_>) -> Vec<Table> {
    let mut list = of_answer(plans);
    let months = &months(plans)[..];
    list.extend(months.iter().skip(1).map(|&month| effects(plans, month)));
    let of = |&month: &u32| plans.shared_arms().into_iter().map(move |arm| (month, arm));
    list.extend(months.iter().flat_map(of).map(|(month, arm)| levels(plans, month, arm)));
    list.retain(|table| !table.rows.is_empty());
    list.into_iter().flat_map(|table| in_parts(plans, table)).collect()
}

/// Most plans whose differences and results stand in one table: more do not fit on paper.
const BESIDE: usize = 3;

/// A table of differences and plans; with many plans one of the differences and one of the plans.
fn in_parts(plans: &Plans<'_>, table: Table) -> Vec<Table> {
    let (count, others) = (plans.count(), plans.count() - 1);
    if count <= BESIDE || table.head.len() != 1 + others + count {
        return vec![table];
    }
    let part = |columns: std::ops::Range<usize>, of: String| Table {
        // Before what the caption adds in a sentence of its own.
        caption: match table.caption.split_once(". ") {
            Some((what, more)) => format!("{what}{of}. {more}"),
            None => format!("{}{of}", table.caption),
        },
        head: std::iter::once(String::new()).chain(columns.clone().map(|at| plans.title(at))).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| {
                let from = if columns.start == 0 { others } else { 0 };
                Row { cells: row.cells[from..from + columns.len()].to_vec(), ..row.clone() }
            })
            .collect(),
        kind: TableKind::Own,
    };
    let first = plans.title(0);
    let of_differences = match plans.lang {
        Lang::Nl => format!(", verschil met “{first}”"),
        Lang::En => format!(", difference from “{first}”"),
    };
    vec![
        part(1..count, of_differences),
        part(0..count, plans.lang.pick(", elk plan", ", each plan").to_owned()),
    ]
}

/// Totals for the municipality, then what one client has: the answer in numbers.
pub(super) fn of_answer(plans: &Plans<'_>) -> Vec<Table> {
    let mut list = vec![totals(plans)];
    if plans.has_other_horizons() {
        list.push(own_totals(plans));
    }
    list.push(effects(plans, plans.month()));
    list.retain(|table| !table.rows.is_empty());
    list
}

/// The last month that all plans report, and the last that studies measured when that lies before it.
fn months(plans: &Plans<'_>) -> Vec<u32> {
    let measured = (plans.month() > MEASURED_MONTHS).then_some(MEASURED_MONTHS);
    std::iter::once(plans.month()).chain(measured).collect()
}

/// The four figures of every plan, for its own number of clients, after the months that all have; and how much more that is
/// than the first plan's.
fn totals(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let time = number::months(t, plans.month());
    let caption = match t {
        Lang::Nl => format!("Totalen voor de gemeente: effect van elk plan na {time}"),
        Lang::En => format!("Totals for the municipality: effect of each plan after {time}"),
    };
    let clients: Vec<f64> =
        (0..plans.count()).map(|plan| answer::clients(&plans.levels(plan), plans.judged_of(plan))).collect();
    let month = plans.month();
    let sized = clients.iter().any(|count| (count - clients[0]).abs() >= 0.5);
    let told: Vec<Vec<KeyFigure>> = (0..plans.count())
        .map(|plan| Answer::of_arm(&plans.levels(plan), asked(plans), plans.judged_of(plan)).figures)
        .collect();
    let row = |(at, total): (usize, Total)| {
        let Total { label, form, key, scale } = total;
        let of_one = plans.effects(key, month);
        let levels: Vec<Option<ShownValue>> = of_one
            .iter()
            .zip(&clients)
            .map(|(outcome, clients)| Some(outcome.as_ref()?.times(scale * clients)))
            .collect();
        let others: Vec<Option<ShownValue>> = (1..plans.count())
            .map(|plan| {
                // What the clients of the first plan have more, and what the clients have who are in one plan only.
                let more = plans.more(plan, (Basis::Difference, plans.judged()), key, month)?;
                let also = scale * (clients[plan] - clients[0]);
                let terms = [(&more, scale * clients[0]), (of_one[plan].as_ref()?, also)];
                Some(ShownValue::sum(if also == 0.0 { &terms[..1] } else { &terms }))
            })
            .collect();
        let mut cells = beside(t, form, &levels, &others, true)?;
        // The difference of plans of other sizes is known less well than what each plan does: then every plan has the digits of
        // its sentence, which it would contradict otherwise.
        if sized && told.iter().all(|figures| figures.len() > at) {
            cells.truncate(others.len());
            cells.extend(told.iter().map(|figures| of_figure(&figures[at])));
        }
        Some(Row { head: label, cells, month: None })
    };
    let mut rows = vec![of_clients(t, &clients)];
    rows.extend(answer::totals(&plans.levels(0), asked(plans)).into_iter().enumerate().filter_map(row));
    Table { caption, head: heads(plans), rows, kind: TableKind::Own }
}

/// The clients of every plan, and how many more than in the first.
fn of_clients(t: Lang, clients: &[f64]) -> Row {
    let text = |value: f64| number::decimal(t, value, 0);
    let rounded: Vec<f64> = clients.iter().map(|count| count.round()).collect();
    let more = rounded[1..]
        .iter()
        .map(|count| Cell::number(number::signed(text(count - rounded[0])), count - rounded[0]));
    Row {
        head: CLIENTS[t.pick(0, 1)].to_owned(),
        cells: more.chain(rounded.iter().map(|&count| Cell::number(text(count), count))).collect(),
        month: None,
    }
}

/// The totals of every plan, each after its own horizon.
fn own_totals(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let caption = t.pick(
        "Totalen voor de gemeente: effect van elk plan na zijn eigen looptijd",
        "Totals for the municipality: effect of each plan after its own horizon",
    );
    let mut head = vec![String::new()];
    head.extend((0..plans.count()).map(|plan| {
        let time = number::months(t, plans.facts[plan].horizon_months);
        format!("{} ({time})", plans.title(plan))
    }));
    let answers: Vec<Vec<KeyFigure>> = (0..plans.count())
        .map(|plan| Answer::of_arm(&plans.full(plan), asked(plans), plans.judged_of(plan)).figures)
        .collect();
    let clients = (0..plans.count()).map(|plan| {
        let clients = answer::clients(&plans.full(plan), plans.judged_of(plan));
        Cell::number(number::decimal(t, clients, 0), clients)
    });
    let mut rows =
        vec![Row { head: CLIENTS[t.pick(0, 1)].to_owned(), cells: clients.collect(), month: None }];
    let most = answers.iter().map(Vec::len).min().unwrap_or(0);
    rows.extend((0..most).map(|at| {
        // The heading has the time in it: the caption says it.
        let label = &answers[0][at].label;
        let head = label.rsplit_once(t.pick(", na ", ", after ")).map_or(label.as_str(), |(head, _)| head);
        let cells = answers.iter().map(|figures| of_figure(&figures[at])).collect();
        Row { head: head.to_owned(), cells, month: None }
    }));
    Table { caption: caption.to_owned(), head, rows, kind: TableKind::Own }
}

/// A figure of an answer as a cell, as its sentence says it.
fn of_figure(figure: &KeyFigure) -> Cell {
    Cell::ranged(figure.value.clone(), figure.number, figure.range.clone(), (figure.low, figure.high))
}

/// The effect of every plan (its arm less its own control), and how much more that is than the first plan's.
fn effects(plans: &Plans<'_>, month: u32) -> Table {
    let time = reported(plans, month);
    let caption = match plans.lang {
        Lang::Nl => format!(
            "Effect per klant na {time}: verschil met de gewone aanpak in hetzelfde plan (aandelen in procentpunten)"
        ),
        Lang::En => {
            format!(
                "Effect per client after {time}: difference from regular service in the same plan (shares in percentage points)"
            )
        }
    };
    side_by_side(plans, (Basis::Difference, plans.judged(), month), caption)
}

/// One arm under every plan: level and difference.
fn levels(plans: &Plans<'_>, month: u32, arm: usize) -> Table {
    let t = plans.lang;
    let name = capital(&arm_name(t, &plans.facts[0].arms[arm]));
    let time = reported(plans, month);
    let caption = match t {
        Lang::Nl => format!("{name} per klant, na {time}"),
        Lang::En => format!("{name} per client, after {time}"),
    };
    side_by_side(plans, (Basis::Paired, arm, month), caption)
}

/// The last month up to `month` that the first plan reports, in words.
fn reported(plans: &Plans<'_>, month: u32) -> String {
    let base = plans.levels(0);
    number::months(plans.lang, base.results.months[base.at_or_before(month)])
}

/// An arm in one of the worlds: how much more than the first plan's, then what every plan has.
fn side_by_side(plans: &Plans<'_>, (world, arm, month): (Basis, usize, u32), caption: String) -> Table {
    let t = plans.lang;
    let is_effect = world == Basis::Difference;
    let row = |(what, form, key): Line| {
        let shown = |value: Option<ShownValue>| value.map(|value| sign::shown(key, value));
        let more = |plan: usize| shown(plans.more(plan, (world, arm), key, month));
        let others: Vec<Option<ShownValue>> = (1..plans.count()).map(more).collect();
        let (form, levels) = if is_effect {
            (form.difference(), plans.effects(key, month).into_iter().map(shown).collect())
        } else {
            let base = plans.levels(0);
            (form, vec![base.shown(world, arm, key, base.at_or_before(month))])
        };
        Some((what, beside(t, form, &levels, &others, is_effect)?, others))
    };
    finished(t, caption, heads(plans), lines(t).into_iter().filter_map(row).collect())
}

/// The headings of a table of differences and plans.
fn heads(plans: &Plans<'_>) -> Vec<String> {
    let more = |plan: usize| match plans.lang {
        Lang::Nl => format!("verschil {}", plans.title(plan)),
        Lang::En => format!("difference {}", plans.title(plan)),
    };
    let titles = (0..plans.count()).map(|plan| plans.title(plan));
    std::iter::once(String::new()).chain((1..plans.count()).map(more)).chain(titles).collect()
}

/// The cells of a row: how much more every other plan has than the first, with the range and the Monte Carlo error of that
/// difference; then what every plan has, as printed the first and the difference added up. An effect comes with its sign and
/// its range; of levels only the first is asked for. `None` without it.
fn beside(
    t: Lang,
    form: Form,
    levels: &[Option<ShownValue>],
    others: &[Option<ShownValue>],
    is_effect: bool,
) -> Option<Vec<Cell>> {
    let first = levels.first()?.as_ref()?;
    let decimals = table::decimals_of_row(form, Some(first), others);
    let (differences, level, rest) = table::row_of(t, form, Some(first), others);
    let with_error = |(cell, estimate): (Cell, &Option<ShownValue>)| match (cell.range, estimate) {
        // The same clients with the same luck and the same plan: equal, not nearly.
        (Some(_), Some(estimate)) if is_equal(estimate) => {
            Cell { text: t.pick("gelijk", "equal").to_owned(), range: None, ..cell }
        }
        (Some(range), Some(estimate)) => {
            let text = format!("{} {}", range.text, form.difference().error(t, estimate.error));
            Cell { range: Some(table::Range { text, ..range }), ..cell }
        }
        (range, _) => Cell { range, ..cell },
    };
    let as_effect = |(at, cell): (usize, Cell)| match levels.get(at) {
        Some(Some(estimate)) if is_effect => {
            let text = |value: f64| number::signed(form.kind.format(t, value, decimals));
            let range = number::interval(t, &text(estimate.low), &text(estimate.high));
            let value = cell.value.unwrap_or(estimate.center);
            Cell::ranged(number::signed(cell.text), value, range, (estimate.low, estimate.high))
        }
        _ => cell,
    };
    let differences = differences.into_iter().zip(others).map(with_error);
    let plans = std::iter::once(level).chain(rest).enumerate().map(as_effect);
    Some(differences.chain(plans).collect())
}

/// A row: what it is, its cells, and the differences behind them.
type Compared = (&'static str, Vec<Cell>, Vec<Option<ShownValue>>);

/// Rows in which plans differ; the others are named in one last row, and rows of zeros not at all.
fn finished(t: Lang, caption: String, head: Vec<String>, rows: Vec<Compared>) -> Table {
    let is_zero = |cells: &[Cell]| !cells.iter().any(|cell| shows_something(&cell.text));
    let equal = |others: &[Option<ShownValue>]| others.iter().flatten().all(is_equal);
    let mut caption = caption;
    let same: Vec<&str> = rows
        .iter()
        .filter(|(_, cells, others)| equal(others) && !is_zero(cells))
        .map(|(what, ..)| *what)
        .collect();
    if !same.is_empty() {
        let same = same.join("; ");
        caption += &match t {
            Lang::Nl => format!(". Gelijk in alle plannen: {same}"),
            Lang::En => format!(". Equal in all plans: {same}"),
        };
    }
    let kept = rows.into_iter().filter(|(_, cells, others)| !equal(others) && !is_zero(cells));
    let rows = kept.map(|(what, cells, _)| Row { head: what.to_owned(), cells, month: None }).collect();
    Table { caption, head, rows, kind: TableKind::Own }
}

/// Whether a difference between plans is nothing, in every calculation.
fn is_equal(estimate: &ShownValue) -> bool {
    estimate.center == 0.0 && estimate.low == 0.0 && estimate.high == 0.0
}

/// Whether a number as printed is anything but zero, whatever its sign and marks.
fn shows_something(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_digit() && letter != '0')
}
