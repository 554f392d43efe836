//! The record of every parameter: value, unit, prior, status, source, and who changed it.
//!
//! A result can be no better founded than its parameters, so each carries where it comes from. The
//! record is made when the value is read: value, unit and source from the text that gave the value, the
//! prior from the latest text that gave one. A number that a scenario changes without saying how it
//! knows has the status `scenario`.

use serde::{Deserialize, Serialize};

use super::layers::Layers;
use super::leaves::{LeafNotation, LeafPath};
use super::posterior::Posterior;
use super::prior::Prior;
use crate::document::{Node, Place, Problem, Sink, Value, number, one_of, showable, unknown_key};
use crate::language::Said;
use crate::said;

/// How well founded a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read in the named source.
    Evidence,
    /// Computed from evidence.
    Derived,
    /// An informed guess.
    Expert,
    /// Chosen so that the patterns of the model page hold.
    Calibrated,
    /// Set by a scenario that gave no status.
    #[default]
    Scenario,
}

impl Status {
    /// All statuses with their names.
    pub(crate) const NAMES: [(&'static str, Self); 5] = [
        ("evidence", Self::Evidence),
        ("derived", Self::Derived),
        ("expert", Self::Expert),
        ("calibrated", Self::Calibrated),
        ("scenario", Self::Scenario),
    ];

    /// The name in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, status)| *status == self).map_or("", |(name, _)| name)
    }
}

/// One parameter as it stands in a resolved scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterRecord {
    /// Dotted path.
    pub path: String,
    /// Value.
    pub value: f64,
    /// Smallest allowed value.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
    /// Unit, when it has one.
    pub unit: Option<String>,
    /// Prior; `None` = taken as known.
    pub prior: Option<Prior>,
    /// How well founded.
    pub status: Status,
    /// Source: the full text when the key is in `[sources]`.
    pub source: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// The text that changed the value; `None` = the reference's value.
    pub overridden_by: Option<String>,
    /// Whether the prior stands in another text than the reference.
    pub own_prior: bool,
}

/// The records of all parameters, in the order of the reference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// One record per parameter.
    pub records: Vec<ParameterRecord>,
    /// Draws instead of priors, when the scenario names a posterior.
    pub posterior: Option<Posterior>,
    /// Parameters of that posterior, by path, about which the scenario itself says something else: its own value and prior stand.
    pub overridden: Vec<String>,
}

impl Registry {
    /// The record of a parameter.
    pub fn get(&self, path: &str) -> Option<&ParameterRecord> {
        self.records.iter().find(|record| record.path == path)
    }

    /// The parameters that have a prior, in order: what uncertainty draws vary.
    pub fn uncertain(&self) -> impl Iterator<Item = (&ParameterRecord, Prior)> {
        self.records.iter().filter_map(|record| record.prior.map(|prior| (record, prior)))
    }
}

/// The keys that describe a value without being one.
pub(super) const META_KEYS: [&str; 5] = ["unit", "prior", "status", "source", "note"];

/// A value with its record and the place where it stands.
#[derive(Debug)]
pub(super) struct Found {
    /// What is known of the parameter.
    pub(super) record: ParameterRecord,
    /// Where its value stands.
    pub(super) place: Place,
}

/// Looks a parameter up in the merged tree and writes its record; `None` when absent or wrong (then reported).
pub(super) fn record(layers: &Layers, leaf: &LeafPath, sink: &Sink) -> Option<Found> {
    let (table_path, key) = leaf.split();
    let table = layers.tree.find(table_path.split('.'))?;
    let node = table.get(key)?;
    if node.value == Value::Broken {
        return None;
    }
    match leaf.notation {
        LeafNotation::Single => single(layers, leaf, node, sink),
        LeafNotation::Member => member(layers, leaf, table_path, key, node, sink),
    }
}

/// A parameter that is written as a value or as a table around one.
fn single(layers: &Layers, leaf: &LeafPath, node: &Node, sink: &Sink) -> Option<Found> {
    let value_node = if let Value::Table(entries) = &node.value {
        let known = ["value"].into_iter().chain(META_KEYS);
        for entry in entries.iter().filter(|entry| !known.clone().any(|key| key == entry.key)) {
            unknown_key(entry, &format!("{}.{}", leaf.path, showable(&entry.key, 60)), known.clone(), sink);
        }
        let Some(value) = node.get("value") else {
            sink.push(Problem::at(
                &node.place,
                said!("{} heeft geen waarde", "{} has no value", leaf.path),
                said!("value = … ontbreekt", "value = … is missing"),
            ));
            return None;
        };
        value
    } else {
        node
    };
    let value = number(value_node, &leaf.path, leaf.min, leaf.max, sink)?;
    let meta = |key: &str| node.get(key);
    let own_prior = is_own(meta("prior"));
    let prior = meta("prior").and_then(|prior| read_prior(prior, &leaf.path, sink));
    let reference = layers.reference.find(leaf.path.split('.'));
    let record = describe(layers, leaf, value, &value_node.place, &meta, reference, prior, sink);
    let record = ParameterRecord { own_prior, ..record };
    Some(Found { record, place: value_node.place.clone() })
}

/// A number in a table that shares its description with its neighbors: the description counts for the numbers that stand
/// in the same text.
fn member(
    layers: &Layers,
    leaf: &LeafPath,
    table_path: &str,
    key: &str,
    node: &Node,
    sink: &Sink,
) -> Option<Found> {
    let value = number(node, &leaf.path, leaf.min, leaf.max, sink)?;
    let source = node.place.source;
    let tree = if source == 0 { &layers.reference } else { &layers.tree };
    let parent_path = table_path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let tables = [table_path, parent_path].map(|path| tree.find(path.split('.')));
    let meta = |wanted: &str| {
        let levels = if table_path.ends_with(".need") { 2 } else { 1 };
        tables
            .iter()
            .take(levels)
            .flatten()
            .find_map(|table| table.get(wanted))
            .filter(|found| found.place.source == source)
    };
    let prior = layers.tree.find(table_path.split('.')).and_then(|table| table.get("prior"));
    let prior = prior.filter(|prior| layers.rank(prior.place.source) >= layers.rank(source));
    let own_prior = is_own(prior);
    let prior = prior.and_then(|prior| read_member_prior(prior, &leaf.path, key, sink));
    let reference = layers.reference.find(table_path.split('.'));
    let record = describe(layers, leaf, value, &node.place, &meta, reference, prior, sink);
    let record = ParameterRecord { own_prior, ..record };
    Some(Found { record, place: node.place.clone() })
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call per notation; a struct would only rename the arguments"
)]
/// Unit, prior, status, source and note of a table.
fn describe<'n>(
    layers: &Layers,
    leaf: &LeafPath,
    value: f64,
    place: &Place,
    meta: &dyn Fn(&str) -> Option<&'n Node>,
    reference: Option<&Node>,
    prior: Option<Prior>,
    sink: &Sink,
) -> ParameterRecord {
    let words = |node: Option<&Node>| match node.map(|node| &node.value) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let text = |key: &str| {
        if let Some(node) = meta(key)
            && !matches!(node.value, Value::Text(_) | Value::Broken)
        {
            sink.push(Problem::at(&node.place, is_what(key, &leaf.path, node), must_be_text()));
        }
        words(meta(key))
    };
    let source =
        text("source").map(|source| words(layers.tree.find(["sources", source.as_str()])).unwrap_or(source));
    ParameterRecord {
        path: leaf.path.clone(),
        value,
        min: leaf.min,
        max: leaf.max,
        unit: text("unit").or_else(|| words(reference.and_then(|table| table.get("unit")))),
        prior,
        status: status(meta("status"), &leaf.path, sink),
        source,
        note: text("note"),
        overridden_by: layers.overridden_by(place),
        own_prior: false,
    }
}

/// Whether something stands in another text than the reference; `false` when it stands nowhere.
fn is_own(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.place.source != 0)
}

/// What stands there instead.
fn is_what(key: &str, path: &str, node: &Node) -> Said {
    Said::each(|lang| format!("{key} {} {path} is {}", lang.pick("van", "of"), node.echo(lang)))
}

/// What is said when something is no text.
fn must_be_text() -> Said {
    said!("moet een tekst zijn", "must be a text")
}

/// How well founded a value is; reports an unknown word.
fn status(node: Option<&Node>, path: &str, sink: &Sink) -> Status {
    let Some(node) = node else { return Status::Scenario };
    if let Value::Text(text) = &node.value
        && let Some((_, status)) = Status::NAMES.iter().find(|(name, _)| name == text)
    {
        return *status;
    }
    let names: Vec<&str> = Status::NAMES.iter().map(|(name, _)| *name).collect();
    sink.push(Problem::at(&node.place, is_what("status", path, node), one_of(&names.join(", "))));
    Status::Scenario
}

/// The prior under `prior`.
fn read_prior(node: &Node, path: &str, sink: &Sink) -> Option<Prior> {
    let Value::Text(text) = &node.value else {
        sink.push(Problem::at(&node.place, is_what("prior", path, node), must_be_text()));
        return None;
    };
    prior_of(text, node, path, sink)
}

/// The prior that a text says; reports one that cannot be read.
fn prior_of(text: &str, node: &Node, path: &str, sink: &Sink) -> Option<Prior> {
    match Prior::parse(text) {
        Ok(prior) => Some(prior),
        Err(rule) => {
            sink.push(Problem::at(&node.place, is_what("prior", path, node), rule));
            None
        }
    }
}

/// `prior = "intentional uniform(0.03, 0.15); none uniform(0, 0.01)"`: priors of named members.
fn read_member_prior(node: &Node, path: &str, key: &str, sink: &Sink) -> Option<Prior> {
    let Value::Text(text) = &node.value else {
        sink.push(Problem::at(&node.place, is_what("prior", path, node), must_be_text()));
        return None;
    };
    let mut found = None;
    for part in text.split(';') {
        match part.trim().split_once(' ') {
            Some((name, prior)) if name == key => found = prior_of(prior, node, path, sink),
            Some((name, _)) if !name.contains('(') => {}
            _ => {
                let allowed = said!(
                    "noem het getal: \"median lognormal(40, 0.1)\"; scheid er meer met ;",
                    "name the number: \"median lognormal(40, 0.1)\"; several are separated by ;"
                );
                sink.push(Problem::at(&node.place, is_what("prior", path, node), allowed));
                return None;
            }
        }
    }
    found
}
