//! Results of plans side by side: effects, levels per client, and totals for the municipality.

use super::answer::asked;
use super::plans::Plans;
use crate::report::answer::{Answer, Figure};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::source::{MEASURED_MONTHS, Source};
use crate::report::table::{self, Cell, Form, Row, Table};
use crate::report::words::{arm_name, capital};
use crate::trial::view::{Basis, Key, ShownValue};

/// A result that is compared: words, how it is written, measure.
type Line = (&'static str, Form, Key<'static>);

fn lines(t: Lang) -> [Line; 12] {
    [
        (t.pick("Uit de bijstand, alle redenen", "Off benefit, all reasons"), Form::PERCENT, ("exits", "")),
        (t.pick("Uitstroom naar werk", "Exits to work"), Form::PERCENT, ("exits_true", "work")),
        (
            t.pick("Maanden bijstand per klant", "Months of benefit per client"),
            Form::PLAIN,
            ("months_on_benefit", ""),
        ),
        (
            t.pick("Klanten met een fraudesignaal", "Clients with a fraud signal"),
            Form::PERCENT,
            ("clients_with_signal", ""),
        ),
        (
            t.pick("Verborgen onjuiste opgaven", "Hidden irregularities"),
            Form::PERCENT,
            ("hidden_irregularities", "all"),
        ),
        (
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
        ),
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
        (t.pick("Gesprekken die moeten wachten", "Talks left waiting"), Form::PERCENT, ("waiting_share", "")),
        (
            t.pick("Kosten van gesprekken en trajecten", "Costs of talks and trajectories"),
            Form::EURO,
            ("money_discounted", "implementation"),
        ),
        (
            t.pick("Netto kosten van de gemeente", "Net costs of the municipality"),
            Form::EURO,
            ("money_discounted", "municipality"),
        ),
    ]
}

/// Every table: totals first, then effects, then every arm that all plans have.
pub(super) fn all(plans: &Plans<'_>) -> Vec<Table> {
    let mut months = vec![plans.month()];
    if plans.month() > MEASURED_MONTHS {
        months.push(MEASURED_MONTHS);
    }
    let mut list = vec![totals(plans)];
    if plans.has_other_horizons() {
        list.push(own_totals(plans));
    }
    list.extend(months.iter().map(|&month| effects(plans, month)));
    let of = |&month: &u32| plans.shared_arms().into_iter().map(move |arm| (month, arm));
    list.extend(months.iter().flat_map(of).map(|(month, arm)| levels(plans, month, arm)));
    list.retain(|table| !table.rows.is_empty());
    list
}

/// The four figures of every plan, for its own number of clients, after the months that all have.
fn totals(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let time = number::months(t, plans.month());
    let caption = match t {
        Lang::Nl => format!("Totalen voor de gemeente: effect van elk plan na {time}"),
        Lang::En => format!("Totals for the municipality: effect of each plan after {time}"),
    };
    let heads = (0..plans.count()).map(|plan| plans.title(plan)).collect();
    figures(plans, caption, heads, |plan| plans.levels(plan))
}

/// The same, each after its own horizon.
fn own_totals(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let caption = t.pick(
        "Totalen voor de gemeente: effect van elk plan na zijn eigen looptijd",
        "Totals for the municipality: effect of each plan after its own horizon",
    );
    let head = |plan: usize| {
        let time = number::months(t, plans.facts[plan].horizon_months);
        format!("{} ({time})", plans.title(plan))
    };
    figures(plans, caption.to_owned(), (0..plans.count()).map(head).collect(), |plan| plans.own(plan))
}

fn figures<'p>(
    plans: &'p Plans<'_>,
    caption: String,
    heads: Vec<String>,
    source: impl Fn(usize) -> Source<'p>,
) -> Table {
    let t = plans.lang;
    let answers: Vec<Vec<Figure>> = (0..plans.count())
        .map(|plan| Answer::of_arm(&source(plan), asked(plans), plans.judged_of(plan)).figures)
        .collect();
    let mut rows = vec![Row {
        head: t.pick("klanten: bij de start en ingestroomd", "clients: at the start and come in").to_owned(),
        cells: (0..plans.count())
            .map(|plan| {
                let clients = crate::report::answer::clients(&source(plan), plans.judged_of(plan));
                Cell::number(number::decimal(t, clients, 0), clients)
            })
            .collect(),
        month: None,
    }];
    let most = answers.iter().map(Vec::len).min().unwrap_or(0);
    rows.extend((0..most).map(|at| {
        // The heading has the time in it: the caption says it.
        let label = &answers[0][at].label;
        let head = label.rsplit_once(t.pick(", na ", ", after ")).map_or(label.as_str(), |(head, _)| head);
        let cell = |own: &Vec<Figure>| {
            let own = &own[at];
            Cell::ranged(own.value.clone(), own.number, own.range.clone(), (own.low, own.high))
        };
        Row { head: head.to_owned(), cells: answers.iter().map(cell).collect(), month: None }
    }));
    let mut head = vec![String::new()];
    head.extend(heads);
    Table { caption, head, rows, panel: None }
}

/// The effect of every plan (its arm less its own control), and how much more that is than the first plan's.
fn effects(plans: &Plans<'_>, month: u32) -> Table {
    let time = reported(plans, month);
    let caption = match plans.lang {
        Lang::Nl => format!("Effect per klant na {time}: verschil met de gewone aanpak in hetzelfde plan"),
        Lang::En => {
            format!("Effect per client after {time}: difference from regular service in the same plan")
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
        let base = plans.levels(0);
        let own = base.estimate(world, arm, key, base.at_or_before(month))?;
        let others: Vec<Option<ShownValue>> = (1..plans.count())
            .map(|plan| {
                let source = plans.differences(plan);
                source.estimate(world, plans.place(plan, arm)?, key, source.at_or_before(month))
            })
            .collect();
        let form = if is_effect { form.difference() } else { form };
        let (mut cells, first, rest) = table::row_of(t, form, Some(&own), &others);
        // An effect is a difference: with its sign.
        let shown = |cell: Cell| {
            if is_effect { Cell { text: number::signed(cell.text), ..cell } } else { cell }
        };
        cells.extend(std::iter::once(first).chain(rest).map(shown));
        Some((what, cells, others))
    };
    let mut head = vec![String::new()];
    head.extend((1..plans.count()).map(|plan| more(t, &plans.title(plan))));
    head.extend((0..plans.count()).map(|plan| plans.title(plan)));
    finished(t, caption, head, lines(t).into_iter().filter_map(row).collect())
}

fn more(t: Lang, title: &str) -> String {
    match t {
        Lang::Nl => format!("verschil {title}"),
        Lang::En => format!("difference {title}"),
    }
}

/// A row: what it is, its cells, and the differences behind them.
type Compared = (&'static str, Vec<Cell>, Vec<Option<ShownValue>>);

/// Rows in which plans differ; the others are named in one last row, and rows of zeros not at all.
fn finished(t: Lang, caption: String, head: Vec<String>, rows: Vec<Compared>) -> Table {
    let is_zero = |cells: &[Cell]| !cells.iter().any(|cell| shows_something(&cell.text));
    let equal = |others: &[Option<ShownValue>]| {
        others.iter().flatten().all(|own| own.center == 0.0 && own.low == 0.0 && own.high == 0.0)
    };
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
    Table { caption, head, rows, panel: None }
}

/// Whether a number as printed is anything but zero.
fn shows_something(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_digit() && letter != '0')
}
