//! Which studies are weighed, and what is at stake: a design file, or what the scenario suggests.

use crate::said;
use std::path::Path;

use super::net_benefit::Stakes;
use crate::document::{Problem, ProblemKind, Problems, Sink, TableReader, parse, source_from_bytes};
use crate::scenario::Scenario;

/// The studies and the stakes.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Durations, months, rising.
    pub months: Vec<u32>,
    /// Sizes: shares of the scenario's participants, rising.
    pub sizes: Vec<f64>,
    /// Who is served and what the study costs.
    pub stakes: Stakes,
    /// Value of one person to work, beside what the municipality saves; 0 = savings only.
    pub value_per_exit_to_work: f64,
}

impl Design {
    /// What a scenario suggests: half-years and years up to five; a quarter, a half and all of its participants; as many clients
    /// a year as its treated arm has, spread over the horizon, for ten years; no cost but waiting.
    pub(crate) fn of(scenario: &Scenario, treated: usize) -> Self {
        let horizon = scenario.horizon_months;
        let mut months: Vec<u32> =
            [6, 12, 18, 24, 36, 48, 60].into_iter().filter(|month| *month <= horizon).collect();
        if months.is_empty() {
            months.push(horizon);
        }
        let clients: u32 = scenario.sites.iter().map(|site| site.arms[treated].participants).sum();
        let stakes = Stakes {
            clients_per_year: f64::from(clients) * 12.0 / f64::from(horizon),
            years: 10.0,
            discount_rate: scenario.parameters.costs.discount_rate,
            cost_per_client: 0.0,
            fixed_cost: 0.0,
        };
        Self { months, sizes: vec![0.25, 0.5, 1.0], stakes, value_per_exit_to_work: 0.0 }
    }
}

/// Reads a design file over what the scenario suggests.
///
/// # Errors
/// Everything that is wrong with it, each with its line.
pub(crate) fn read_design(path: &Path, scenario: &Scenario, treated: usize) -> Result<Design, Problems> {
    let bytes = std::fs::read(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let kind = if missing { ProblemKind::Missing } else { ProblemKind::Unreadable };
        let problem = Problem::whole(
            kind,
            said!(
                "kan {shown} niet lezen: {error}",
                "cannot read {shown}: {error}",
                shown = path.display(),
                error = crate::language::spoken(&error)
            ),
        );
        Problems { list: vec![problem], ..Problems::default() }
    })?;
    from_bytes(&path.display().to_string(), &bytes, Design::of(scenario, treated), scenario.horizon_months)
}

/// Reads a design file.
fn from_bytes(name: &str, bytes: &[u8], suggested: Design, horizon: u32) -> Result<Design, Problems> {
    let sink = Sink::default();
    let source = source_from_bytes(name, bytes, &sink);
    let root = parse(0, &source.text, &sink);
    let table = TableReader::root(&root, &sink);
    let Design { mut months, mut sizes, stakes: default_stakes, .. } = suggested;
    if sink.is_empty() {
        if let Some(given) = table.integers("months", 1, i64::from(horizon)) {
            rising(&table, "months", &given);
            months = given.iter().map(|month| *month as u32).collect();
        }
        if let Some(given) = table.numbers("sizes", 0.01, 1.0) {
            rising(&table, "sizes", &given);
            sizes = given;
        }
    }
    let stakes = Stakes {
        clients_per_year: table
            .number("clients_per_year", 0.0, 1e9)
            .unwrap_or(default_stakes.clients_per_year),
        years: table.number("years", 0.0, 100.0).unwrap_or(default_stakes.years),
        discount_rate: table.number("discount_rate", 0.0, 1.0).unwrap_or(default_stakes.discount_rate),
        cost_per_client: table.number("cost_per_client", 0.0, 1e9).unwrap_or(0.0),
        fixed_cost: table.number("fixed_cost", 0.0, 1e12).unwrap_or(0.0),
    };
    let value_per_exit_to_work = table.number("value_per_exit_to_work", 0.0, 1e9).unwrap_or(0.0);
    table.finish();
    match sink.into_problems(vec![source]) {
        None => Ok(Design { months, sizes, stakes, value_per_exit_to_work }),
        Some(problems) => Err(problems),
    }
}

/// Reports a list that does not rise.
fn rising<T: PartialOrd>(table: &TableReader<'_>, key: &str, list: &[T]) {
    if list.is_empty() || list.windows(2).any(|pair| pair[0] >= pair[1]) {
        table.problem(
            key,
            said!(
                "{key} moet stijgen en minstens één getal bevatten",
                "{key} must rise and have at least one number",
                key = key
            ),
            said!("bijvoorbeeld [12, 24, 36]", "for example [12, 24, 36]"),
            None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn a_file_changes_what_it_names_and_everything_wrong_is_told() {
        let scenario = embedded("lange-adem", &[]).unwrap().scenario;
        let suggested = Design::of(&scenario, 1);
        assert_eq!(suggested.months.last(), Some(&60));
        let read = |text: &str| from_bytes("d.toml", text.as_bytes(), suggested.clone(), 120);
        let design = read("months = [12, 24]\nfixed_cost = 50000\n").unwrap();
        assert_eq!(
            (design.months, design.stakes.fixed_cost, design.sizes),
            (vec![12, 24], 50000.0, suggested.sizes.clone())
        );
        let told = read("months = [24, 12]\nsizes = [0.5, 2]\nfixed_cots = 1\n").unwrap_err().render(false);
        for words in ["months must rise", "sizes", "fixed_cots", "did you mean fixed_cost"] {
            assert!(told.contains(words), "{words} in\n{told}");
        }
    }
}
