//! From the merged tree to the parameters of the model, with a record of each.

use std::collections::BTreeMap;

use super::layers::Layers;
use super::leaves::{LeafNotation, LeafPath, leaves, walk};
use super::parameters::{Parameters, PensionAge};
use super::registry::{META_KEYS, ParameterRecord, record};
use crate::document::{Node, Place, Problem, Sink, TableReader, Value, integer, showable, unknown_key};
use crate::language::Said;
use crate::said;

/// Parameters with their records and the places where they stand.
#[derive(Debug, Default)]
pub(super) struct ReadParameters {
    /// The values.
    pub(super) parameters: Parameters,
    /// What is known of each.
    pub(super) records: Vec<ParameterRecord>,
    /// Where each stands, by path: contradictions between parameters are shown there.
    pub(super) places: BTreeMap<String, Place>,
}

/// Reads every parameter; whatever is wrong or absent is reported.
pub(super) fn read_parameters(layers: &Layers, sink: &Sink) -> ReadParameters {
    let mut read = ReadParameters::default();
    let mut records = Vec::new();
    let mut places = BTreeMap::new();
    walk(&mut read.parameters, &mut |leaf, slot| {
        let problems_before = sink.len();
        match record(layers, leaf, sink) {
            Some(found) => {
                *slot = found.record.value;
                places.insert(leaf.path.clone(), found.place);
                records.push(found.record);
            }
            None if sink.len() == problems_before && sink.is_empty() => {
                sink.push(Problem::whole(crate::document::ProblemKind::Invalid, {
                    let path = &leaf.path;
                    said!(
                        "de referentie heeft geen waarde voor {path}",
                        "the reference has no value for {path}",
                        path = path
                    )
                }));
            }
            None => {}
        }
    });
    read.records = records;
    read.places = places;
    check_keys(&layers.tree, sink);
    read.parameters.pension_age = pension_age(&layers.tree, sink);
    read
}

/// The top-level tables that hold parameters.
pub(super) fn parameter_tables() -> Vec<String> {
    let mut tables: Vec<String> = Vec::new();
    for leaf in leaves() {
        let top = leaf.path.split('.').next().unwrap_or("").to_string();
        if !tables.contains(&top) {
            tables.push(top);
        }
    }
    tables
}

/// Reports the keys in parameter tables that are no parameters: the walk asks for what it knows, and
/// would pass over a slip of the pen in silence.
fn check_keys(tree: &Node, sink: &Sink) {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |table: &str, key: &str| {
        let keys = known.entry(table.to_string()).or_default();
        if !keys.iter().any(|present| present == key) {
            keys.push(key.to_string());
        }
    };
    for LeafPath { path, notation, .. } in leaves() {
        let mut rest = path.as_str();
        while let Some((table, key)) = rest.rsplit_once('.') {
            add(table, key);
            rest = table;
        }
        if notation == LeafNotation::Member
            && let Some((table, _)) = path.rsplit_once('.')
        {
            META_KEYS.iter().for_each(|key| add(table, key));
        }
    }
    add("exit", "pension_age_months");
    add("population", "kind");
    for (table, keys) in &known {
        let Some(node) = tree.find(table.split('.')) else { continue };
        if !matches!(node.value, Value::Table(_) | Value::Broken) {
            let message = Said::each(|lang| {
                format!("{table} is {}, {}", node.echo(lang), lang.pick("geen tabel", "not a table"))
            });
            let allowed =
                said!("moet een tabel zijn: [{table}]", "must be a table: [{table}]", table = table);
            sink.push(Problem::at(&node.place, message, allowed));
        }
        for entry in node.entries().iter().filter(|entry| !keys.contains(&entry.key)) {
            let path = format!("{table}.{}", showable(&entry.key, 60));
            unknown_key(entry, &path, keys.iter().map(String::as_str), sink);
        }
    }
}

/// `exit.pension_age_months`: one age in months per consecutive year; years beyond the last keep its
/// age. Gaps are refused, since nobody knows what a missing year would have.
fn pension_age(tree: &Node, sink: &Sink) -> PensionAge {
    let Some(node) = tree.find(["exit", "pension_age_months"]) else { return PensionAge::default() };
    let path = "exit.pension_age_months";
    let (min, max) = super::keys::integer_limits(path);
    let mut ages: BTreeMap<i32, u32> = BTreeMap::new();
    for entry in node.entries() {
        if META_KEYS.contains(&entry.key.as_str()) {
            continue;
        }
        let shown = format!("{path}.{}", showable(&entry.key, 20));
        match entry.key.parse::<i32>() {
            Ok(year) if (1900..=2200).contains(&year) => {
                if let Some(age) = integer(&entry.node, &shown, min, max, sink) {
                    ages.insert(year, age as u32);
                }
            }
            _ => sink.push(Problem::at(
                &entry.key_place,
                said!("{shown} is geen jaar", "{shown} is not a year", shown = shown),
                said!("schrijf \"2026\" = 804", "write \"2026\" = 804"),
            )),
        }
    }
    let first_year = ages.keys().next().copied().unwrap_or(2026);
    let consecutive = ages.keys().enumerate().all(|(index, year)| *year == first_year + index as i32);
    if ages.is_empty() || !consecutive {
        sink.push(Problem::at(
            &node.place,
            said!("{path} heeft gaten", "{path} has gaps", path = path),
            said!("één leeftijd per jaar, zonder jaren over te slaan", "one age per consecutive year"),
        ));
    }
    PensionAge { first_year, months: ages.into_values().collect() }
}

/// The leaf of a service, as a path in the registry; `None` for a key that is no number of a service.
pub(super) fn service_leaf(service: &str, key: &str) -> Option<LeafPath> {
    let leaf = super::leaves::SERVICE_LEAVES.iter().find(|leaf| leaf.key == key)?;
    Some(LeafPath {
        path: format!("service.{service}.{key}"),
        min: leaf.min,
        max: leaf.max,
        notation: LeafNotation::Single,
    })
}

/// Looks through `[sources]`, the names of sources with their full texts: any key is allowed, and only
/// texts.
pub(super) fn check_sources(root: &TableReader<'_>) {
    if let Some(sources) = root.table("sources") {
        for entry in sources.entries() {
            let _ = sources.text(&entry.key);
        }
        sources.finish();
    }
}
