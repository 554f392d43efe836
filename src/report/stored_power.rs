//! What `stapjes power --out DIR` found, when it stands in the run's folder: the report shows it.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::escape;
use super::kind::ResultKind;
use super::language::Lang;
use super::manifest;
use super::number;
use super::table::{Cell, Row, Table, TableKind};
use crate::report::words::{arm_named, endpoint_named, test_named};

/// Name of the file.
pub(crate) const POWER: &str = "power.json";

/// A share with its interval.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct StoredShare {
    /// Share.
    value: f64,
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
}

/// The part of a cell of the power surface that the report shows.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StoredCell {
    /// Arm.
    arm: String,
    /// Endpoint.
    endpoint: String,
    /// Test.
    test: String,
    /// Whether it is the endpoint's primary test.
    primary: bool,
    /// Duration.
    months: u32,
    /// Share of the participants.
    size: f64,
    /// Power.
    power: StoredShare,
}

/// The part of the power surface that the report shows.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StoredPower {
    /// Name of the scenario.
    scenario: String,
    /// Power aimed at.
    target_power: f64,
    /// Cells.
    cells: Vec<StoredCell>,
}

/// The power surface in a folder; `None` when there is none, it is of another scenario, or it is not what `stapjes power`
/// wrote.
pub(crate) fn read(folder: &Path, scenario: &str) -> Option<StoredPower> {
    let manifest = manifest::read(folder, ResultKind::Power).ok()?;
    let path = folder.join(POWER);
    manifest.files.iter().find(|file| file.path == POWER && file.describes(&path))?;
    let text = fs::read_to_string(path).ok()?;
    let power: StoredPower = serde_json::from_str(&text).ok()?;
    (power.scenario == scenario).then_some(power)
}

/// Power by duration for the primary test of every endpoint, at the full size.
pub(crate) fn table(power: &StoredPower, lang: Lang) -> Table {
    let full = power.cells.iter().map(|cell| cell.size).fold(0.0, f64::max);
    let shown: Vec<&StoredCell> =
        power.cells.iter().filter(|cell| cell.primary && cell.size == full).collect();
    let mut months: Vec<u32> = shown.iter().map(|cell| cell.months).collect();
    months.sort_unstable();
    months.dedup();
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    for cell in &shown {
        let key = (cell.arm.as_str(), cell.endpoint.as_str(), cell.test.as_str());
        if !rows.contains(&key) {
            rows.push(key);
        }
    }
    let row = |&(arm, endpoint, test): &(&str, &str, &str)| Row {
        head: format!(
            "{}: {} ({})",
            arm_named(lang, arm),
            escape::name(endpoint_named(lang, endpoint)),
            escape::name(&test_named(lang, test, false))
        ),
        cells: months.iter().map(|&month| share(lang, &shown, (arm, endpoint, test), month)).collect(),
        month: None,
    };
    let mut head = vec![lang.pick("wat geteld wordt (toets)", "what is counted (test)").to_owned()];
    head.extend(months.iter().map(|&month| number::months(lang, month)));
    let target = number::percent(lang, power.target_power, 0);
    Table {
        caption: match lang {
            Lang::Nl => format!(
                "Kans dat een onderzoek van deze omvang het verschil ziet, per duur (streven: {target})"
            ),
            Lang::En => {
                format!("Chance that a study of this size sees the difference, by duration (aim: {target})")
            }
        },
        head,
        rows: rows.iter().map(row).collect(),
        kind: TableKind::Own,
    }
}

/// The power of a cell.
fn share(lang: Lang, cells: &[&StoredCell], key: (&str, &str, &str), month: u32) -> Cell {
    let is_it = |cell: &&&StoredCell| {
        (cell.arm.as_str(), cell.endpoint.as_str(), cell.test.as_str()) == key && cell.months == month
    };
    let Some(cell) = cells.iter().find(is_it) else { return Cell::text(number::NO_NUMBER) };
    let percent = |value| number::percent(lang, value, 0);
    let interval = number::interval(lang, &percent(cell.power.low), &percent(cell.power.high));
    Cell::number(format!("{} {interval}", percent(cell.power.value)), cell.power.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_surface_becomes_a_table_and_another_scenario_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let cell = |months: u32, value: f64| {
            serde_json::json!({"arm": "fip", "endpoint": "exit_to_work", "test": "cox_robust", "primary": true, "months": months,
                "size": 1.0, "power": {"value": value, "low": value - 0.1, "high": value + 0.1}, "computed": 1})
        };
        let surface = serde_json::json!({"scenario": "mine", "target_power": 0.8, "cells": [cell(12, 0.2), cell(24, 0.6)]});
        fs::write(folder.path().join(POWER), surface.to_string()).unwrap();
        assert!(read(folder.path(), "mine").is_none(), "no manifest says that stapjes wrote it");
        let made = manifest::Made {
            kind: ResultKind::Power,
            scenarios: &[crate::scenario::embedded("lange-adem", &[]).unwrap()],
            replicates: 1,
            command_line: Vec::new(),
            timings: manifest::Timings::default(),
        };
        manifest::write(&manifest::describe(made, folder.path()).unwrap(), folder.path()).unwrap();
        let table = table(&read(folder.path(), "mine").unwrap(), Lang::Nl);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0].cells[1].text, "60% [50%; 70%]");
        assert!(read(folder.path(), "another").is_none());
        fs::write(folder.path().join(POWER), surface.to_string().replace("0.6", "0.9")).unwrap();
        assert!(read(folder.path(), "mine").is_none(), "changed since");
    }
}
