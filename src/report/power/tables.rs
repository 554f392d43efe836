//! The surface on a terminal: power against months and size, then what the estimates are worth.

use comfy_table::{CellAlignment, Table, presets};

use crate::design::power::{PowerCell, PowerSurface, Proportion};
use crate::report::escape;

/// All tables and notes.
pub fn tables(surface: &PowerSurface) -> String {
    let mut text = format!(
        "{}: power in {} simulated studies, {}-sided alpha {}, control {}\n",
        escape::name(&surface.scenario),
        surface.replicates,
        if surface.sides == 2 { "two" } else { "one" },
        surface.alpha,
        escape::name(&surface.control)
    );
    let mut arms: Vec<&str> = surface.cells.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    for arm in arms {
        let cells: Vec<&PowerCell> = surface.cells.iter().filter(|cell| cell.arm == arm).collect();
        let largest = cells.iter().map(|cell| cell.size).fold(0.0, f64::max);
        let longest = cells.iter().map(|cell| cell.months).max().unwrap_or(0);
        let full: Vec<&PowerCell> = cells.iter().copied().filter(|cell| cell.size == largest).collect();
        let last: Vec<&PowerCell> = cells.iter().copied().filter(|cell| cell.months == longest).collect();
        if let Some(cell) = full.first() {
            text.push_str(&format!(
                "\n{}: {} clients with {} caseworkers against {} with {}\nPower (%) by duration, months\n",
                escape::name(arm),
                cell.clients[1],
                cell.caseworkers[1],
                cell.clients[0],
                cell.caseworkers[0]
            ));
        }
        text.push_str(&pivot(&full, |cell| cell.months.to_string()));
        text.push_str(&format!("\nPower (%) at {longest} months by clients per arm\n"));
        text.push_str(&pivot(&last, |cell| cell.clients[1].to_string()));
        text.push_str(&format!("\nAt {longest} months, full size\n"));
        let detail: Vec<&PowerCell> = full.iter().copied().filter(|cell| cell.months == longest).collect();
        text.push_str(&details(&detail));
    }
    text.push_str(&families(surface));
    for note in &surface.notes {
        text.push_str(&format!("\n{note}"));
    }
    let gaps = surface.cells.iter().filter(|cell| cell.analytic_gap).count();
    let compared = surface.cells.iter().filter(|cell| cell.analytic.is_some()).count();
    text.push_str(&format!(
        "\nFormula and simulation differ by more than 3 Monte Carlo errors in {gaps} of {compared} cells with a formula \
         (marked ! in the table; all in power.csv).\n"
    ));
    text
}

fn percent(value: f64) -> String {
    format!("{:.1}", value * 100.0)
}

/// One line per endpoint and test, one column per value of `column`.
fn pivot(cells: &[&PowerCell], column: impl Fn(&PowerCell) -> String) -> String {
    let mut columns: Vec<String> = Vec::new();
    let mut lines: Vec<((&str, &str), Vec<String>)> = Vec::new();
    for cell in cells {
        let name = column(cell);
        if !columns.contains(&name) {
            columns.push(name);
        }
        let key = (cell.endpoint, cell.test);
        let value = if cell.computed.value == 0.0 { "-".to_owned() } else { percent(cell.power.value) };
        match lines.last_mut().filter(|(last, _)| *last == key) {
            Some((_, values)) => values.push(value),
            None => lines.push((key, vec![value])),
        }
    }
    let head = ["endpoint", "test"].map(str::to_owned).into_iter().chain(columns);
    let rows = lines.into_iter().map(|((endpoint, test), values)| {
        [endpoint.to_owned(), test.to_owned()].into_iter().chain(values).collect()
    });
    aligned(head.collect(), rows.collect())
}

fn details(cells: &[&PowerCell]) -> String {
    let head = [
        "endpoint",
        "test",
        "power % (95% interval)",
        "type I %",
        "if independent",
        "events",
        "truth",
        "bias",
        "coverage %",
        "type S %",
        "type M",
        "formula %",
    ];
    let row = |cell: &&PowerCell| -> Vec<String> {
        let error = cell.type_one_error.as_ref();
        let interval =
            |p: Proportion| format!("{} ({}-{})", percent(p.value), percent(p.low), percent(p.high));
        let share = |p: Option<Proportion>| p.map_or(String::new(), |p| percent(p.value));
        let value = |v: Option<f64>, digits: usize| v.map_or(String::new(), |v| format!("{v:.digits$}"));
        vec![
            cell.endpoint.to_owned(),
            cell.test.to_owned(),
            interval(cell.power),
            error.map_or(String::new(), |error| interval(error.rate)),
            share(error.and_then(|error| error.if_independent)),
            format!("{:.0}/{:.0}", cell.events[0], cell.events[1]),
            value(cell.truth, 3),
            value(cell.bias, 3),
            share(cell.coverage),
            share(cell.wrong_sign),
            value(cell.exaggeration, 2),
            cell.analytic.as_ref().map_or(String::new(), |analytic| {
                format!("{}{}", percent(analytic.power), if cell.analytic_gap { " !" } else { "" })
            }),
        ]
    };
    aligned(head.map(str::to_owned).to_vec(), cells.iter().map(row).collect())
}

fn families(surface: &PowerSurface) -> String {
    let Some(last) = surface.families.last() else { return String::new() };
    let mut text = String::new();
    for family in surface.families.iter().filter(|own| own.months == last.months && own.size == last.size) {
        text.push_str(&format!(
            "\n{}: at {} months and full size, at least one primary endpoint significant in {}% of studies, all in {}%",
            escape::name(&family.arm),
            family.months,
            percent(family.any.value),
            percent(family.all.value)
        ));
        if let Some(error) = family.familywise_error {
            text.push_str(&format!("; at least one with equal services in {}%", percent(error.value)));
        }
        text.push('.');
    }
    text
}

pub(crate) fn aligned(head: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let columns = head.len();
    table.set_header(head);
    table.add_rows(rows);
    for column in 2..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}
