//! The scenario after inheritance as one text: what is run, without remarks; its hash names a run.
//!
//! Two files that mean the same must have one hash, or finished work would not be recognized; two that
//! differ in a number must have two, or results would be mixed. So everything inherited is laid in,
//! keys are sorted, numbers are written in one way, and remarks (units, sources, notes) are left out: a
//! better source does not make another run.

use sha2::{Digest, Sha256};

use super::read_parameters::parameter_tables;
use crate::document::{Entry, Node, Value, quoted};

/// Keys of a parameter that describe and do not decide. `prior` is not among them: it decides about
/// draws.
const REMARKS: [&str; 4] = ["unit", "status", "source", "note"];

/// The merged tree as TOML: keys sorted, numbers in one notation, no remarks. It is a valid scenario with the same meaning.
pub(super) fn canonical_text(tree: &Node) -> String {
    let mut text = String::from("extends = \"reference\"\n");
    let mut parameter_keys = parameter_tables();
    parameter_keys.push("service".into());
    for entry in sorted(tree.entries()) {
        if ["extends", "sources"].contains(&entry.key.as_str()) {
            continue;
        }
        let strip = parameter_keys.contains(&entry.key);
        if entry.key == "service" {
            text.push_str(&services_text(entry.node.entries()));
            continue;
        }
        text.push_str(&format!("{} = {}\n", key_text(&entry.key), value_text(&entry.node, strip)));
    }
    text
}

/// The services, one a line, in the order of the scenario: arms point at them by position, so sorting
/// them would change what arms do.
fn services_text(services: &[Entry]) -> String {
    let line =
        |entry: &Entry| format!("service.{} = {}\n", key_text(&entry.key), value_text(&entry.node, true));
    services.iter().map(line).collect()
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Entries by key: the order of the text does not count.
fn sorted(entries: &[Entry]) -> Vec<&Entry> {
    let mut list: Vec<&Entry> = entries.iter().collect();
    list.sort_by(|a, b| a.key.cmp(&b.key));
    list
}

/// A key as it is written, in quotes where it must be.
fn key_text(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { key.to_string() } else { quoted(key) }
}

/// A value as text; `strip` leaves remarks out.
pub(super) fn value_text(node: &Node, strip: bool) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{:?}", number + 0.0),
        Value::Boolean(flag) => flag.to_string(),
        Value::Date(date) => date.clone(),
        Value::Broken => "\"\"".to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| value_text(item, strip)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entries: Vec<String> = sorted(entries)
                .into_iter()
                .filter(|entry| !(strip && REMARKS.contains(&entry.key.as_str())))
                .map(|entry| format!("{} = {}", key_text(&entry.key), value_text(&entry.node, strip)))
                .collect();
            match &entries[..] {
                [only] if strip && only.starts_with("value = ") => only["value = ".len()..].to_string(),
                _ => format!("{{ {} }}", entries.join(", ")),
            }
        }
    }
}
