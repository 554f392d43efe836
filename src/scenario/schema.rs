//! JSON Schema of the scenario format, from the same lists of keys and limits that the validator uses.
//!
//! An editor that knows the schema (`#:schema ./stapjes.schema.json` as first line, with the TOML extension of most
//! editors) completes keys and marks values out of range while typing.

use serde_json::{Value, json};

use super::analysis::{Benefit, Endpoint, SpendingKind, TestKind};
use super::keys::{INTEGERS, NUMBERS};
use super::leaves::{LeafNotation, LeafPath, SERVICE_LEAVES, leaves};
use super::parameters::COPULA_VARIABLES;
use super::registry::{META_KEYS, Status};
use crate::kinds::{Kind, Question};

/// The schema, as JSON Schema draft 2020-12.
pub(crate) fn schema() -> Value {
    let mut root = table();
    settings(&mut root);
    for leaf in leaves() {
        parameter(&mut root, &leaf);
    }
    pairs_in_either_order(&mut root);
    let year = integer("exit.pension_age_months");
    let mut ages =
        described_by_meta(json!({ "type": "object", "properties": {}, "additionalProperties": false }));
    ages["patternProperties"] = json!({ "^[0-9]{4}$": year });
    put(&mut root, "exit.pension_age_months", ages);
    put(&mut root, "population.kind", choice(&["far", "stock"]));
    let population = take(&mut root, "population");
    put(&mut root, "population", json!({ "anyOf": [choice(&["far", "stock"]), population] }));
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("stapjes scenario");
    root
}

/// A table without unknown keys.
fn table() -> Value {
    json!({ "type": "object", "properties": {}, "additionalProperties": false })
}

/// Puts a schema at a dotted path, making the tables on the way.
fn put(root: &mut Value, path: &str, schema: Value) {
    let mut node = root;
    for key in path.split('.') {
        let Some(properties) = node["properties"].as_object_mut() else { return };
        node = properties.entry(key).or_insert_with(table);
    }
    *node = schema;
}

/// Takes the schema at a top-level key out of the tree, to put it back in another form; `null` when
/// there is none.
fn take(root: &mut Value, key: &str) -> Value {
    root["properties"].as_object_mut().and_then(|properties| properties.remove(key)).unwrap_or_default()
}

/// One of these words.
fn choice(words: &[&str]) -> Value {
    json!({ "enum": words })
}

/// A whole number, with the limits and the meaning of its key; `null` for a path that has no row.
fn integer(path: &str) -> Value {
    match INTEGERS.iter().find(|(name, ..)| *name == path) {
        Some((_, min, max, about)) => {
            json!({ "type": "integer", "minimum": min, "maximum": max, "description": about })
        }
        None => Value::Null,
    }
}

/// A number, with the limits and the meaning of its key; `null` for a path that has no row.
fn number(path: &str) -> Value {
    match NUMBERS.iter().find(|(name, ..)| *name == path) {
        Some((_, min, max, about)) => limited(*min, *max, about),
        None => Value::Null,
    }
}

/// A number within limits.
fn limited(min: f64, max: f64, about: &str) -> Value {
    let mut schema = json!({ "type": "number", "minimum": min, "maximum": max });
    if !about.is_empty() {
        schema["description"] = json!(about);
    }
    schema
}

/// A list of such items, at least one.
fn list(items: Value) -> Value {
    json!({ "type": "array", "minItems": 1, "items": items })
}

/// Adds `unit`, `prior`, `status`, `source` and `note` to a table.
fn described_by_meta(mut schema: Value) -> Value {
    for key in META_KEYS {
        schema["properties"][key] = match key {
            "status" => choice(&Status::NAMES.map(|(name, _)| name)),
            _ => json!({ "type": "string" }),
        };
    }
    schema
}

/// `key = 0.2` or `key = { value = 0.2, source = "…" }`.
fn single(min: f64, max: f64) -> Value {
    let mut described = described_by_meta(table());
    described["properties"]["value"] = limited(min, max, "");
    json!({ "anyOf": [limited(min, max, ""), described] })
}

/// A parameter: a number, or a table around one.
fn parameter(root: &mut Value, leaf: &LeafPath) {
    match leaf.notation {
        LeafNotation::Single => put(root, &leaf.path, single(leaf.min, leaf.max)),
        LeafNotation::Member => {
            let (table_path, _) = leaf.split();
            put(root, &leaf.path, limited(leaf.min, leaf.max, ""));
            for key in META_KEYS {
                let schema = described_by_meta(table())["properties"][key].clone();
                put(root, &format!("{table_path}.{key}"), schema);
            }
        }
    }
}

/// A correlation may name its pair in either order.
fn pairs_in_either_order(root: &mut Value) {
    for first in 0..COPULA_VARIABLES.len() {
        for second in 0..first {
            let path = |a: usize, b: usize| {
                format!("population.correlation.{}-{}", COPULA_VARIABLES[a], COPULA_VARIABLES[b])
            };
            let pointer = format!("/properties/{}", path(second, first).replace('.', "/properties/"));
            let schema = root.pointer(&pointer).cloned().unwrap_or_default();
            put(root, &path(first, second), schema);
        }
    }
}

/// Everything that is no parameter: the settings of the study, arms, sites, analysis, services and
/// stories.
fn settings(root: &mut Value) {
    for (path, ..) in INTEGERS.iter().filter(|(path, ..)| !in_other_tables(path)) {
        let schema = integer(path);
        let lists = ["analysis.cut_off_months", "analysis.interim.look_months"];
        put(root, path, if lists.contains(path) { list(schema) } else { schema });
    }
    for (path, ..) in NUMBERS.iter().filter(|(path, ..)| !in_other_tables(path)) {
        let schema = number(path);
        put(root, path, if *path == "analysis.sizes" { list(schema) } else { schema });
    }
    put(root, "steps_per_month", json!({ "enum": [1, 2, 4] }));
    for key in ["inflow", "returns", "capacity"] {
        put(root, key, json!({ "type": "boolean" }));
    }
    put(
        root,
        "extends",
        json!({ "type": "string", "description": "\"reference\" or a file in the same folder." }),
    );
    put(root, "name", json!({ "type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$" }));
    for path in ["question.nl", "question.en", "control", "uncertainty.posterior"] {
        put(root, path, json!({ "type": "string" }));
    }
    put(root, "title", title());
    put(root, "start", json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }));
    put(root, "dynamics", choice(&["full", "ladder"]));
    let questions: Vec<&str> = Question::ALL.iter().map(|kind| kind.name()).collect();
    put(root, "question.kind", choice(&questions));
    put(root, "allocation", choice(&["client", "caseworker", "site"]));
    for &endpoint in Endpoint::ALL {
        let names: Vec<&str> = Benefit::ALL.iter().map(|benefit| benefit.name()).collect();
        put(root, &format!("analysis.benefit.{}", endpoint.name()), choice(&names));
    }
    put(root, "analysis.cluster", choice(&["independent", "caseworker", "site"]));
    put(root, "analysis.adjust_for_site", json!({ "type": "boolean" }));
    put(root, "analysis.multiplicity", choice(&["none", "holm", "hochberg"]));
    let spending = SpendingKind::NAMES.map(|(name, _)| name);
    put(root, "analysis.interim.spending", choice(&spending));
    let futility: Vec<&str> = ["none"].into_iter().chain(spending).collect();
    put(root, "analysis.interim.futility", choice(&futility));
    put(root, "analysis.interim.futility_binding", json!({ "type": "boolean" }));
    for endpoint in Endpoint::ALL {
        let fitting = || TestKind::ALL.iter().filter(|test| endpoint.fits(**test));
        let mut tests: Vec<&str> = fitting().map(|test| test.name()).collect();
        // As `analyze` writes them.
        tests.extend(fitting().map(|test| test.method()).filter(|name| TestKind::from_name(name).is_none()));
        put(
            root,
            &format!("analysis.tests.{}", endpoint.name()),
            json!({ "type": "array", "items": choice(&tests) }),
        );
    }
    put(root, "sources", json!({ "type": "object", "additionalProperties": { "type": "string" } }));
    put(root, "service", json!({ "type": "object", "additionalProperties": service() }));
    put(root, "arm", named_list(arm()));
    put(root, "site", named_list(site()));
    put(root, "structure", named_list(structure()));
    put(root, "ladder", ladder());
}

/// Whether a path is described with another table: arms and sites are lists, whose items have schemas
/// of their own.
fn in_other_tables(path: &str) -> bool {
    ["arm.", "site.", "structure.", "ladder.", "exit."].iter().any(|prefix| path.starts_with(prefix))
}

/// `[[arm]]`, or `[arm.NAME]` to change an inherited one.
fn named_list(item: Value) -> Value {
    json!({ "anyOf": [{ "type": "array", "items": item }, { "type": "object", "additionalProperties": item }] })
}

/// A service.
fn service() -> Value {
    let mut schema = table();
    for leaf in SERVICE_LEAVES {
        put(&mut schema, leaf.key, single(leaf.min, leaf.max));
    }
    let mut described = described_by_meta(table());
    described["properties"]["value"] = json!({ "type": "boolean" });
    put(&mut schema, "fixed_caseworker", json!({ "anyOf": [{ "type": "boolean" }, described] }));
    put(&mut schema, "like", json!({ "type": "string", "description": "Another service to start from." }));
    schema
}

/// An arm.
fn arm() -> Value {
    let mut schema = table();
    for key in ["name", "service"] {
        put(&mut schema, key, json!({ "type": "string" }));
    }
    put(&mut schema, "participants", integer("arm.participants"));
    put(&mut schema, "caseworkers", number("arm.caseworkers"));
    put(&mut schema, "review_months", integer("arm.review_months"));
    put(&mut schema, "priority", json!({ "type": "array", "items": { "type": "string" } }));
    put(
        &mut schema,
        "dedicated",
        json!({ "type": "object", "additionalProperties": number("arm.caseworkers") }),
    );
    put(&mut schema, "serves", json!({ "type": "array", "items": serves() }));
    put(&mut schema, "ladder_effect.from_month", integer("arm.ladder_effect.from_month"));
    for key in ["multiplier", "slope", "trust_gain"] {
        let path = format!("ladder_effect.{key}");
        put(&mut schema, &path, number(&format!("arm.{path}")));
    }
    schema
}

/// A row of a plan, `[[arm.serves]]`.
fn serves() -> Value {
    let mut schema = table();
    let name = json!({ "type": "string" });
    put(&mut schema, "service", name.clone());
    put(&mut schema, "site", json!({ "anyOf": [name, { "type": "array", "items": { "type": "string" } }] }));
    put(&mut schema, "caseworker", list(integer("arm.serves.caseworker")));
    for key in ["from_month", "until_month"] {
        put(&mut schema, key, integer(&format!("arm.serves.{key}")));
    }
    let mut bounds = table();
    for key in ["recorded_months", "duration_months", "age"] {
        let mut pair = list(number(&format!("arm.serves.who.{key}")));
        (pair["minItems"], pair["maxItems"]) = (json!(2), json!(2));
        put(&mut bounds, key, pair);
    }
    put(&mut schema, "who", json!({ "anyOf": [choice(&["everybody", "far", "near"]), bounds] }));
    schema
}

/// A site.
fn site() -> Value {
    let mut schema = table();
    put(&mut schema, "name", json!({ "type": "string" }));
    for key in ["slots_per_month", "neglect"] {
        put(&mut schema, key, number(&format!("site.{key}")));
    }
    put(&mut schema, "labor_market", json!({ "type": "array", "items": number("site.labor_market") }));
    put(&mut schema, "follow_up_months", integer("site.follow_up_months"));
    for (key, count) in
        [("participants", integer("site.participants")), ("caseworkers", number("site.caseworkers"))]
    {
        let by_arm = json!({ "type": "object", "additionalProperties": count });
        put(&mut schema, key, json!({ "anyOf": [count, by_arm] }));
    }
    schema
}

/// Most dots in the path of a parameter: `steps.kind.NAME.need.base`.
const DEEPEST_PARAMETER: usize = 4;

/// A title: one text, or one in each language.
fn title() -> Value {
    let mut titles = table();
    for language in ["nl", "en"] {
        put(&mut titles, language, json!({ "type": "string" }));
    }
    json!({ "anyOf": [{ "type": "string" }, titles] })
}

/// A story. Its overrides are nested as deep as any parameter, any number at the leaves: which paths
/// exist depends on the services of the scenario, which a schema cannot know.
fn structure() -> Value {
    let mut schema = table();
    put(&mut schema, "name", json!({ "type": "string" }));
    put(&mut schema, "weight", number("structure.weight"));
    put(&mut schema, "title", title());
    let mut below = json!({ "type": "number" });
    for _ in 0..DEEPEST_PARAMETER {
        below =
            json!({ "anyOf": [{ "type": "number" }, { "type": "object", "additionalProperties": below }] });
    }
    let about = "Parameters with the value that they have in this story.";
    let overrides = json!({ "type": "object", "description": about, "additionalProperties": below });
    put(&mut schema, "overrides", overrides);
    schema
}

/// A transition table.
fn ladder() -> Value {
    let mut schema = table();
    put(&mut schema, "rates", choice(&["probability", "hazard"]));
    let column = |path: &str| {
        let mut list = list(number(path));
        list["minItems"] = json!(2);
        list["maxItems"] = json!(12);
        list
    };
    put(&mut schema, "start", column("ladder.start"));
    for key in ["up", "down", "work", "fraud", "other"] {
        put(&mut schema, key, column("ladder.rates"));
    }
    put(&mut schema, "start_trust", list(number("ladder.start_trust")));
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::language::Lang;
    use crate::scenario::resolve_text;

    const HEAD: &str = "name = \"x\"\n";
    const TAIL: &str = "\n[[arm]]\nname = \"a\"\nservice = \"fip\"\nparticipants = 1\ncaseworkers = 1\n\
        [[arm]]\nname = \"b\"\nservice = \"fip\"\nparticipants = 1\ncaseworkers = 1\n";

    /// The schema behind a dotted path.
    fn at<'s>(schema: &'s Value, path: &str) -> Option<&'s Value> {
        let mut node = schema;
        for key in path.split('.') {
            node = objects(node).find_map(|object| object.get("properties")?.get(key))?;
        }
        Some(node)
    }

    /// The node itself and its alternatives, as objects.
    fn objects(node: &Value) -> impl Iterator<Item = &Map<String, Value>> {
        let alternatives = node.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        std::iter::once(node).chain(alternatives).filter_map(Value::as_object)
    }

    /// Whether the validator finds the value of this key within its limits (other rules may still refuse the scenario).
    fn validator_allows(path: &str, value: &str) -> bool {
        let quoted: Vec<String> = path.split('.').map(|key| format!("\"{key}\"")).collect();
        let text = format!("{HEAD}{} = {value}\n{TAIL}", quoted.join("."));
        match resolve_text(&text, &[]) {
            Ok(_) => true,
            Err(problems) => {
                let start = format!("{path} = ");
                !problems.list.iter().any(|problem| problem.message.text(Lang::En).starts_with(&start))
            }
        }
    }

    /// The limits that the schema gives for a number, directly or in one of its alternatives.
    fn schema_limits(schema: &Value) -> (f64, f64) {
        let limits = |node: &Map<String, Value>| {
            Some((node.get("minimum")?.as_f64()?, node.get("maximum")?.as_f64()?))
        };
        objects(schema).find_map(limits).expect("a number with limits")
    }

    fn just_outside(min: f64, max: f64) -> [f64; 2] {
        let step = |value: f64| (value.abs() * 1e-9).max(1e-12);
        [min - step(min), max + step(max)]
    }

    #[test]
    fn schema_and_validator_have_the_same_limits_for_every_parameter() {
        let schema = schema();
        for leaf in leaves() {
            let (min, max) = schema_limits(at(&schema, &leaf.path).expect(&leaf.path));
            assert_eq!((min, max), (leaf.min, leaf.max), "{}", leaf.path);
            for value in [min, max] {
                assert!(validator_allows(&leaf.path, &format!("{value:?}")), "{} = {value}", leaf.path);
            }
            for value in just_outside(min, max) {
                assert!(!validator_allows(&leaf.path, &format!("{value:?}")), "{} = {value}", leaf.path);
            }
        }
    }

    #[test]
    fn schema_and_validator_have_the_same_limits_for_every_setting() {
        let schema = schema();
        let plain = |path: &&str| {
            !in_other_tables(path)
                && !["analysis.cut_off_months", "analysis.interim.look_months", "analysis.sizes"]
                    .contains(path)
        };
        for path in INTEGERS.iter().map(|(path, ..)| *path).filter(plain) {
            if path == "steps_per_month" {
                continue; // an enumeration: 1, 2 or 4
            }
            let node = at(&schema, path).expect(path);
            let (min, max) = (node["minimum"].as_i64().expect(path), node["maximum"].as_i64().expect(path));
            for value in [min, max] {
                assert!(validator_allows(path, &value.to_string()), "{path} = {value}");
            }
            assert!(!validator_allows(path, &(min - 1).to_string()), "{path}: below");
            if let Some(above) = max.checked_add(1) {
                assert!(!validator_allows(path, &above.to_string()), "{path}: above");
            }
        }
        for path in NUMBERS.iter().map(|(path, ..)| *path).filter(plain) {
            let (min, max) = schema_limits(at(&schema, path).expect(path));
            for value in [min, max] {
                assert!(validator_allows(path, &format!("{value:?}")), "{path} = {value}");
            }
            for value in just_outside(min, max) {
                assert!(!validator_allows(path, &format!("{value:?}")), "{path} = {value}");
            }
        }
    }

    #[test]
    fn the_schema_knows_every_key_of_every_shipped_scenario() {
        let schema = schema();
        for name in crate::scenario::shipped_names().chain(["reference"]) {
            let text = crate::scenario::shipped_text(name).unwrap();
            let document: Value = serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
            assert!(fits(&document, &schema), "{name}");
        }
    }

    /// The part of JSON Schema that this schema uses.
    fn fits(value: &Value, schema: &Value) -> bool {
        if let Some(alternatives) = schema.get("anyOf").and_then(Value::as_array) {
            return alternatives.iter().any(|alternative| fits(value, alternative));
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            return words.contains(value);
        }
        let within = || {
            let number = value.as_f64().unwrap_or(f64::NAN);
            schema["minimum"].as_f64().is_none_or(|min| number >= min)
                && schema["maximum"].as_f64().is_none_or(|max| number <= max)
        };
        match schema["type"].as_str() {
            Some("object") => value.as_object().is_some_and(|object| {
                object.iter().all(|(key, value)| match schema["properties"].get(key) {
                    Some(inner) => fits(value, inner),
                    None => match schema.get("patternProperties") {
                        Some(pattern) => fits(value, &pattern["^[0-9]{4}$"]),
                        None => {
                            schema["additionalProperties"].is_object()
                                && fits(value, &schema["additionalProperties"])
                        }
                    },
                })
            }),
            Some("array") => {
                value.as_array().is_some_and(|items| items.iter().all(|item| fits(item, &schema["items"])))
            }
            Some("integer") => value.is_i64() && within(),
            Some("number") => value.is_number() && within(),
            Some("boolean") => value.is_boolean(),
            Some("string") => value.is_string(),
            _ => false,
        }
    }
}
