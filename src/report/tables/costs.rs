//! Amounts are euros per client at the prices of the scenario, differences from the control; plus is
//! money that comes in or is saved (`sign`).

use super::lines::money_words;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sign;
use crate::report::source::Source;
use crate::report::table::{Cell, Form, Row, Table, TableKind};
use crate::report::words::{self, arm_name};
use crate::sensitivity::payback::payback;
use crate::trial::view::{Basis, ShownValue};

/// When it pays itself back and what an effect costs, one column per treated arm. All columns have the
/// same rows, so the first names them. Empty when no arm has the money measures.
pub(super) fn paybacks(source: &Source<'_>) -> Table {
    let t = source.lang;
    let benefit = source.facts.parameter("costs.benefit_month").map_or(0.0, |parameter| parameter.value);
    let columns: Vec<(String, Vec<(String, String)>)> = source
        .treated()
        .into_iter()
        .filter_map(|arm| Some((arm_name(t, source.facts.arms.get(arm)?), payback(source, arm, benefit)?)))
        .map(|(name, payback)| (name, words::money::details(source, &payback)))
        .collect();
    let Some((_, first)) = columns.first() else { return Table::default() };
    let row = |(at, (heading, _)): (usize, &(String, String))| Row {
        head: heading.clone(),
        cells: columns.iter().map(|(_, details)| Cell::text(details[at].1.clone())).collect(),
        month: None,
    };
    let mut head = vec![String::new()];
    head.extend(columns.iter().map(|(name, _)| name.clone()));
    Table {
        caption: t
            .pick(
                "Wat het kost per resultaat, en wanneer het zich terugverdient",
                "Cost per effect, and when it pays back",
            )
            .to_owned(),
        head,
        rows: first.iter().enumerate().map(row).collect(),
        kind: TableKind::Own,
    }
}

/// Money of each whole year for the first treated arm, not discounted, so that it can be laid beside a
/// budget. Months that end no year are not shown; a horizon of 30 months has two rows.
pub(super) fn years(source: &Source<'_>) -> Table {
    let t = source.lang;
    let Some(&arm) = source.treated().first() else { return Table::default() };
    let whole = |month: &u32| *month > 0 && month.is_multiple_of(12);
    let months: Vec<u32> = source.results.months.iter().copied().filter(whole).collect();
    let shown = ["implementation", "benefit", "recovered", "municipality"];
    let mut head = vec![t.pick("jaar", "year").to_owned()];
    head.extend(shown.iter().map(|label| money_words(t, label).to_owned()));
    let row = |&month: &u32| {
        let cell = |label: &&str| {
            of_year(source, arm, label, month)
                .map(|value| sign::shown(("money_year", label), value))
                .map_or_else(|| Cell::text(number::NO_NUMBER), |estimate| Form::EURO.signed(t, &estimate))
        };
        Row { head: format!("{}", month / 12), cells: shown.iter().map(cell).collect(), month: None }
    };
    let known = source.has(("money_year", "municipality"));
    let name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
    Table {
        caption: match t {
            Lang::Nl => format!(
                "Geld per klant en per jaar, niet teruggerekend: verschil van {name} met de controlegroep; plus is besparing of ontvangst"
            ),
            Lang::En => format!(
                "Money per client and per year, not discounted: difference of {name} from the control; plus is saved or received"
            ),
        },
        head,
        rows: if known { months.iter().map(row).collect() } else { Vec::new() },
        kind: TableKind::Own,
    }
}

/// Money of the year that ends in a month. Draws hold money added up: a year is the difference of its two ends, draw by draw.
fn of_year(source: &Source<'_>, arm: usize, label: &str, month: u32) -> Option<ShownValue> {
    let at = |month: u32| source.results.month_index(month);
    let stat = source.stat(Basis::Difference, arm, ("money_year", label), at(month)?)?;
    let plain = ShownValue::of_replicates(stat);
    if !source.has_draws() {
        return Some(plain);
    }
    let drawn = |month: u32| Some(source.under_draws(Basis::Difference, arm, ("money", label), at(month)?));
    let (end, start) = (drawn(month)?, if month == 12 { None } else { Some(drawn(month - 12)?) });
    let year = |(at, end): (usize, &f64)| end - start.as_ref().map_or(0.0, |start| start[at]);
    // The two ends share their luck for the greater part: this is a bound.
    let shared = |month: u32| Some(source.shared_error(Basis::Difference, arm, ("money", label), at(month)?));
    let (last, before) = (shared(month)?, if month == 12 { 0.0 } else { shared(month - 12)? });
    ShownValue::of_draws(end.iter().enumerate().map(year).collect(), (last * last + before * before).sqrt())
}
