//! Stories: `[[structure]]`, from the merged tree.
//!
//! A story fixes parameters at values under which the model works in another way (`structure`). Each
//! must be a parameter within its limits, and what must hold between parameters is checked again under
//! every story, since draws are simulated under each.

use super::checks::check_parameters;
use super::keys::WithinLimits;
use super::leaves::walk;
use super::read_parameters::ReadParameters;
use super::structure::Structure;
use crate::document::{
    Entry, Node, Problem, Sink, TableReader, Value, did_you_mean, is_showable, nearest, number, showable,
};
use crate::language::Said;
use crate::said;

/// Most stories: their results stand beside each other in one table.
const MAX_STRUCTURES: usize = 100;

/// Reads the stories. Weights are relative: 1, 1 and 1 are a third each.
pub(super) fn read_structures(root: &TableReader<'_>, read: &ReadParameters, sink: &Sink) -> Vec<Structure> {
    let tables = root.tables("structure");
    if tables.len() > MAX_STRUCTURES {
        root.problem(
            "structure",
            said!("het scenario heeft {} structuren", "the scenario has {} structures", tables.len()),
            said!("hoogstens 100", "at most 100"),
            None,
        );
    }
    let mut structures: Vec<Structure> = Vec::new();
    for table in tables.iter().take(MAX_STRUCTURES) {
        let structure = read_structure(table, read, sink);
        if structures.iter().any(|other| other.name == structure.name) && !structure.name.is_empty() {
            let name = &structure.name;
            let message =
                said!("twee verhalen heten \"{name}\"", "two structures are named \"{name}\"", name = name);
            let allowed = said!("elk verhaal heeft een eigen naam", "every structure has its own name");
            table.problem("name", message, allowed, None);
        }
        structures.push(structure);
    }
    let sum: f64 = structures.iter().map(|structure| structure.weight).sum();
    if !structures.is_empty() && sum <= 0.0 {
        root.problem(
            "structure",
            said!("alle verhalen hebben gewicht 0", "all structures have weight 0"),
            said!("minstens één gewicht boven 0", "one weight over 0 or more"),
            None,
        );
    }
    structures.iter_mut().for_each(|structure| structure.weight /= sum);
    tables.into_iter().for_each(TableReader::finish);
    structures
}

/// One story, with its weight as it was written; what is wrong is reported.
fn read_structure(table: &TableReader<'_>, read: &ReadParameters, sink: &Sink) -> Structure {
    table.missing("name", "name = \"no effect on work\"");
    table.missing("weight", "weight = 1");
    let name = table.name("name").unwrap_or_default();
    let mut overrides = Vec::new();
    if let Some(changes) = table.table("overrides") {
        collect(changes.entries(), "", read, &mut overrides, sink);
        overrides.sort_by(|a, b| a.0.cmp(&b.0));
        check_overrides(table, &name, &overrides, read);
    }
    Structure {
        title: read_title(table, &name, "structure.title"),
        weight: table.setting("weight").unwrap_or(1.0),
        overrides,
        name,
    }
}

/// `title = "…"` for both languages, or `title.nl` and `title.en`; `key` is what problems call it.
pub(super) fn read_title(table: &TableReader<'_>, name: &str, key: &str) -> [String; 2] {
    let fits = |text: &str| text.chars().count() <= 200 && text.chars().all(is_showable);
    let allowed = || said!("één regel, tot 200 tekens", "one line, up to 200 characters");
    if let Some(Node { value: Value::Text(text), .. }) = table.node("title") {
        if !fits(text) {
            let message = said!(
                "{key} is te lang of heeft stuurtekens",
                "{key} is too long or has control characters",
                key = key
            );
            table.problem("title", message, allowed(), None);
        }
        return [text.clone(), text.clone()];
    }
    let both = |text: String| [text.clone(), text];
    if !matches!(table.node("title"), Some(Node { value: Value::Table(_), .. })) {
        // Not there, or no text: then that is the problem.
        return both(table.text("title").unwrap_or_else(|| name.to_owned()));
    }
    let Some(title) = table.table("title") else { return both(name.to_owned()) };
    let texts = ["nl", "en"].map(|language| {
        let text = title.text(language).unwrap_or_else(|| name.to_owned());
        if !fits(&text) {
            let message = said!(
                "{key}.{language} is te lang of heeft stuurtekens",
                "{key}.{language} is too long or has control characters",
                key = key,
                language = language
            );
            title.problem(language, message, allowed(), None);
        }
        text
    });
    title.finish();
    texts
}

/// Every number below `entries` must be a parameter of the scenario, within its limits, and stand there once.
fn collect(
    entries: &[Entry],
    above: &str,
    read: &ReadParameters,
    found: &mut Vec<(String, f64)>,
    sink: &Sink,
) {
    for entry in entries {
        let path = if above.is_empty() { entry.key.clone() } else { format!("{above}.{}", entry.key) };
        let record = read.records.iter().find(|record| record.path == path);
        let shown = format!("structure.overrides.{}", showable(&path, 100));
        if let Some(record) = record {
            if found.iter().any(|(known, _)| *known == path) {
                sink.push(Problem::at(
                    &entry.key_place,
                    said!("{shown} staat er twee keer", "{shown} stands there twice", shown = shown),
                    said!("één waarde", "one value"),
                ));
            }
            if let Some(value) = number(&entry.node, &shown, record.min, record.max, sink) {
                found.push((path, value));
            }
        } else if is_above_parameters(&path, read) && matches!(entry.node.value, Value::Table(_)) {
            collect(entry.node.entries(), &path, read, found, sink);
        } else if entry.node.value != Value::Broken {
            let problem = Problem::at(
                &entry.key_place,
                said!("{shown} is geen parameter", "{shown} is not a parameter", shown = shown),
                said!(
                    "een parameter met haar waarde: distance.progress = 0",
                    "a parameter with its value: distance.progress = 0"
                ),
            );
            let near = nearest(&path, read.records.iter().map(|record| record.path.as_str()));
            sink.push(match near {
                Some(near) => problem.hint(did_you_mean(near)),
                None => problem
                    .hint(said!("stapjes parameters noemt ze alle", "stapjes parameters lists them all")),
            });
        }
    }
}

/// Whether a path names a table of parameters and not one parameter.
fn is_above_parameters(path: &str, read: &ReadParameters) -> bool {
    let below = |record: &super::registry::ParameterRecord| {
        record.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    };
    read.records.iter().any(below)
}

/// What must hold between parameters must hold in every story.
fn check_overrides(table: &TableReader<'_>, name: &str, overrides: &[(String, f64)], read: &ReadParameters) {
    let mut parameters = read.parameters.clone();
    walk(&mut parameters, &mut |leaf, value| {
        if let Some((_, fixed)) = overrides.iter().find(|(path, _)| *path == leaf.path) {
            *value = *fixed;
        }
    });
    let problems = Sink::default();
    let places = Default::default();
    check_parameters(&ReadParameters { parameters, records: Vec::new(), places }, &problems);
    // A contradiction that the parameters have without the story is told once, and not by every story
    // again.
    let plain = Sink::default();
    let parameters = read.parameters.clone();
    check_parameters(&ReadParameters { parameters, records: Vec::new(), places: Default::default() }, &plain);
    let (Some(problems), true) = (problems.into_problems(Vec::new()), plain.is_empty()) else { return };
    for problem in problems.list {
        let shown = showable(name, 60);
        let message = Said::each(|lang| {
            format!("{} \"{shown}\": {}", lang.pick("verhaal", "structure"), problem.message.text(lang))
        });
        table.problem(
            "overrides",
            message,
            said!(
                "wat tussen parameters moet gelden, geldt in elk verhaal",
                "what must hold between parameters holds in every story"
            ),
            problem.hint,
        );
    }
}
