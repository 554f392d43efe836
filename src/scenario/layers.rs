//! Inheritance: the reference, the scenarios that a scenario extends, the scenario itself and the command line, laid
//! over each other so that every value still knows which text it came from.
//!
//! What lies later wins: reference, then the chain of `extends` from its far end, then the scenario,
//! then each `--set` in order. Tables are merged key by key, lists are replaced whole, and `[arm.fip]`
//! over an inherited list changes the element of that name. A scenario may extend files of its own
//! folder only: a file from elsewhere must not read others through it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::shipped;
use crate::document::{
    Entry, MAX_BYTES, Node, Place, Problem, ProblemKind, Sink, SourceText, Value, did_you_mean, nearest,
    parse, quoted, showable, source_from_bytes,
};
use crate::language::Said;
use crate::said;

/// Longest chain of `extends`; a longer one is a mistake, and a circle is found by name.
const MAX_CHAIN: usize = 16;

/// Where a scenario comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A file.
    File(PathBuf),
    /// A text in memory; what it extends is looked up among the scenarios built into the program.
    Text(String, String),
}

/// All layers of one scenario.
#[derive(Debug)]
pub(super) struct Layers {
    /// The texts: 0 is the reference, 1 the scenario, then what it extends, then each `--set`.
    pub(super) sources: Vec<SourceText>,
    /// Number of texts in the chain of `extends`, the reference not counted: sources beyond it are
    /// `--set`.
    chain: usize,
    /// The reference alone.
    pub(super) reference: Node,
    /// Everything laid over each other.
    pub(super) tree: Node,
    /// Whether every text could be read; if not there is no sense in looking further.
    pub(super) readable: bool,
}

impl Layers {
    /// Reads and merges all layers. Problems go to the sink; what could be read comes back.
    pub(super) fn read(origin: &Origin, overrides: &[String], sink: &Sink) -> Self {
        let mut sources = vec![SourceText { name: "reference".into(), text: shipped::REFERENCE.into() }];
        let reference = parse(0, shipped::REFERENCE, sink);
        let (documents, readable) = read_chain(origin, &mut sources, sink);
        let chain = documents.len();
        let mut tree = reference.clone();
        for document in documents.into_iter().rev() {
            tree = merge(tree, document, sink);
        }
        for text in overrides {
            let index = sources.len();
            let (source, document) = parse_override(index, text, sink);
            sources.push(source);
            tree = merge(tree, document, sink);
        }
        tree.place = Place { source: chain.min(1), span: 0..0 };
        Self { sources, chain, reference, tree, readable }
    }

    /// How late a text is laid: 0 for the reference, highest for the last `--set`.
    pub(super) fn rank(&self, source: usize) -> usize {
        if source == 0 || source > self.chain { source } else { self.chain + 1 - source }
    }

    /// Whether a value stands in the scenario itself or on the command line, not in what it extends.
    pub(super) fn is_own(&self, place: &Place) -> bool {
        place.source == 1 || place.source > self.chain
    }

    /// The name of the text that overrode a value; `None` when it is the reference's.
    pub(super) fn overridden_by(&self, place: &Place) -> Option<String> {
        if place.source == 0 {
            None
        } else {
            self.sources.get(place.source).map(|source| source.name.clone())
        }
    }
}

/// Reads the scenario and everything that it extends, scenario first; and whether all of it could be read.
fn read_chain(origin: &Origin, sources: &mut Vec<SourceText>, sink: &Sink) -> (Vec<Node>, bool) {
    let root = match origin {
        Origin::File(path) => path.parent().map(Path::to_path_buf),
        Origin::Text(..) => None,
    };
    let mut documents = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut next = Some((origin.clone(), None));
    while let Some((origin, asked_at)) = next.take() {
        if documents.len() >= MAX_CHAIN {
            let message = said!(
                "meer dan {max_chain} scenario's bouwen op elkaar voort",
                "more than {max_chain} scenarios extend each other",
                max_chain = MAX_CHAIN
            );
            push_at(sink, asked_at.as_ref(), message);
            return (documents, false);
        }
        let Some(source) = read_source(&origin, asked_at.as_ref(), sink) else { return (documents, false) };
        // By its real path: the same file under two names is the same link of a circle.
        let identity = match &origin {
            Origin::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
            Origin::Text(name, _) => PathBuf::from(name),
        };
        if seen.contains(&identity) {
            let name = &source.name;
            let message = said!(
                "de scenario's bouwen in een kring op elkaar voort: {name} komt terug",
                "the scenarios extend each other in a circle: {name} comes back",
                name = name
            );
            push_at(sink, asked_at.as_ref(), message);
            return (documents, false);
        }
        seen.push(identity);
        let index = sources.len();
        let mut document = parse(index, &source.text, sink);
        sources.push(source);
        prepare(&mut document);
        let problems_before = sink.len();
        next = extended(&document, &origin, root.as_deref(), sink);
        let refused = sink.len() > problems_before;
        documents.push(document);
        if refused {
            return (documents, false);
        }
    }
    (documents, true)
}

/// Reports something about `extends`, at its place or, for the scenario itself, without one.
fn push_at(sink: &Sink, place: Option<&Place>, message: Said) {
    sink.push(match place {
        Some(place) => Problem::at(place, message, Said::same("extends")),
        None => Problem::whole(ProblemKind::Invalid, message),
    });
}

/// Reads a file or takes a text; `None` when that failed, which is then reported.
fn read_source(origin: &Origin, asked_at: Option<&Place>, sink: &Sink) -> Option<SourceText> {
    let accepted = |name: &str, bytes: &[u8]| {
        let problems_before = sink.len();
        let source = source_from_bytes(name, bytes, sink);
        (sink.len() == problems_before).then_some(source)
    };
    match origin {
        Origin::Text(name, text) => accepted(name, text.as_bytes()),
        Origin::File(path) => match read_bytes(path) {
            Ok(bytes) => accepted(&path.display().to_string(), &bytes),
            Err(error) => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let name = showable(&path.display().to_string(), 300);
                let message = if missing {
                    said!("er is geen scenario {name}", "there is no scenario {name}", name = name)
                } else {
                    said!(
                        "{name} is niet te lezen: {error}",
                        "cannot read {name}: {error}",
                        error = crate::language::spoken(&error),
                        name = name
                    )
                };
                let kind = if missing { ProblemKind::Missing } else { ProblemKind::Unreadable };
                let mut problem = Problem::whole(kind, message);
                if let Some(place) = asked_at {
                    problem.place = Some(place.clone());
                    problem.label = said!("hier gevraagd", "asked for here");
                }
                sink.push(problem);
                None
            }
        },
    }
}

/// Reads at most one byte more than is allowed, so that a huge or endless file costs nothing.
fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a document extends: `None` when that is the reference.
fn extended(
    document: &Node,
    origin: &Origin,
    root: Option<&Path>,
    sink: &Sink,
) -> Option<(Origin, Option<Place>)> {
    let node = document.get("extends")?;
    let Value::Text(name) = &node.value else {
        sink.push(Problem::at(
            &node.place,
            said!("extends moet een tekst zijn", "extends must be a text"),
            said!("\"reference\" of de naam van een bestand", "\"reference\" or a file name"),
        ));
        return None;
    };
    if name == "reference" {
        return None;
    }
    let refuse = |what: Said| {
        let message = Said::each(|lang| format!("extends = {} {}", node.echo(lang), what.text(lang)));
        let problem = Problem::at(
            &node.place,
            message,
            said!(
                "\"reference\", een ander ingebouwd scenario, of een bestand in de map van het scenario zelf",
                "\"reference\", another built-in scenario, or a file in the scenario's own folder"
            ),
        );
        sink.push(problem.hint(said!(
            "kopieer het scenario naar deze map en noem het, bijvoorbeeld extends = \"base.toml\"",
            "copy the scenario into this folder and name it, for example extends = \"base.toml\""
        )));
        None
    };
    let path = Path::new(name);
    let is_windows_absolute = name.contains('\\') || name.contains(':');
    if path.is_absolute() || is_windows_absolute || name.starts_with('/') {
        return refuse(said!(
            "is een absoluut pad of een pad van een ander systeem",
            "is an absolute path or a path of another system"
        ));
    }
    if path.components().any(|part| !matches!(part, Component::Normal(_))) || name.is_empty() {
        return refuse(said!("verlaat de map van het scenario", "leaves the scenario's folder"));
    }
    let next = match origin {
        Origin::Text(base, _) => {
            let folder = base.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let name = format!("{folder}{}", name.strip_suffix(".toml").unwrap_or(name));
            match shipped::text(&name) {
                Some(text) => Origin::Text(name, text.to_string()),
                None => {
                    return refuse(said!(
                        "is niet ingebouwd in het programma",
                        "is not built into the program"
                    ));
                }
            }
        }
        Origin::File(file) => {
            let path = file.parent().unwrap_or(Path::new("")).join(path);
            if !path.exists()
                && let Some(text) = shipped::text(name)
            {
                return Some((Origin::Text(name.clone(), text.to_string()), Some(node.place.clone())));
            }
            // `extends = "base"` means base.toml when that stands beside the file.
            let with_ending = path.with_file_name(format!("{}.toml", path.file_name()?.to_string_lossy()));
            let path = if !path.exists() && with_ending.exists() { with_ending } else { path };
            if !path.exists()
                && let Some(near) = nearest(name, shipped::names())
            {
                let shown = showable(name, 40);
                sink.push(
                    Problem::at(
                        &node.place,
                        said!(
                            "extends = \"{shown}\" is er niet",
                            "extends = \"{shown}\" is not there",
                            shown = shown
                        ),
                        said!("zo'n bestand is er niet", "no such file"),
                    )
                    .hint(did_you_mean(&format!("\"{near}\""))),
                );
                return None;
            }
            if let (Some(root), Ok(path)) = (root, path.canonicalize()) {
                let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
                if root.canonicalize().is_ok_and(|root| !path.starts_with(root)) {
                    return refuse(said!(
                        "leidt uit de map van het scenario",
                        "leads out of the scenario's folder"
                    ));
                }
            }
            Origin::File(path)
        }
    };
    Some((next, Some(node.place.clone())))
}

/// Brings shorthand into one form: `population = "stock"`, and correlation pairs in the order of the matrix.
fn prepare(document: &mut Node) {
    let Value::Table(entries) = &mut document.value else { return };
    for entry in entries.iter_mut().filter(|entry| entry.key == "population") {
        if matches!(entry.node.value, Value::Text(_)) {
            let kind =
                Entry { key: "kind".into(), key_place: entry.key_place.clone(), node: entry.node.clone() };
            entry.node.value = Value::Table(vec![kind]);
        }
        let Value::Table(groups) = &mut entry.node.value else { continue };
        for group in groups.iter_mut().filter(|group| group.key == "correlation") {
            let Value::Table(pairs) = &mut group.node.value else { continue };
            for pair in pairs {
                if let Some(ordered) = ordered_pair(&pair.key) {
                    pair.key = ordered;
                }
            }
        }
    }
}

/// A correlation pair in the order of the matrix, when it was written the other way round.
fn ordered_pair(key: &str) -> Option<String> {
    let (first, second) = key.split_once('-')?;
    let rank = |name: &str| super::parameters::COPULA_VARIABLES.iter().position(|variable| *variable == name);
    (rank(first)? > rank(second)?).then(|| format!("{second}-{first}"))
}

/// Reads one `key=value` of the command line; a value that is not TOML is taken as text.
fn parse_override(index: usize, text: &str, sink: &Sink) -> (SourceText, Node) {
    let name = "--set".to_string();
    let broken = |message: Said| {
        sink.push(Problem::whole(ProblemKind::Invalid, message).hint(said!(
            "schrijf --set sleutel=waarde, bijvoorbeeld --set replicates=50",
            "write --set key=value, for example --set replicates=50"
        )));
        let place = Place { source: index, span: 0..0 };
        (
            SourceText { name: "--set".into(), text: String::new() },
            Node { place, value: Value::Table(Vec::new()) },
        )
    };
    let shown = showable(text, 80);
    if text.len() > 10_000 || text.contains(['\n', '\r']) {
        return broken(said!(
            "--set {shown} is te lang of heeft regeleinden",
            "--set {shown} is too long or has line breaks",
            shown = shown
        ));
    }
    let Some((key, value)) = text.split_once('=') else {
        return broken(said!("--set {shown} heeft geen =", "--set {shown} has no =", shown = shown));
    };
    let attempt = |text: &str| {
        let quiet = Sink::default();
        let mut node = parse(index, text, &quiet);
        prepare(&mut node);
        quiet.is_empty().then_some(node)
    };
    let plain = format!("{} = {}", key.trim(), value.trim());
    let quoted = format!("{} = {}", key.trim(), quoted(value.trim()));
    for candidate in [plain, quoted] {
        if let Some(node) = attempt(&candidate)
            && node.entries().len() == 1
        {
            return (SourceText { name, text: candidate }, node);
        }
    }
    broken(said!("--set {shown} is niet te lezen", "--set {shown} cannot be read", shown = shown))
}

/// Lays one tree over another. A table over a number describes that number (`trust_gain = { source =
/// "…" }` keeps the inherited value); a table with a `value` of its own replaces it.
fn merge(base: Node, over: Node, sink: &Sink) -> Node {
    let over_has_value = over.get("value").is_some();
    match (base.value, over.value) {
        (Value::Table(base_entries), Value::Table(over_entries)) if !over_has_value => {
            let value = Value::Table(merge_entries(base_entries, over_entries, sink));
            Node { place: over.place, value }
        }
        (Value::Array(items), Value::Table(entries)) => {
            Node { place: base.place, value: Value::Array(merge_named(items, entries, sink)) }
        }
        (value @ (Value::Integer(_) | Value::Float(_) | Value::Boolean(_)), Value::Table(mut entries))
            if !over_has_value =>
        {
            let node = Node { place: base.place.clone(), value };
            entries.insert(0, Entry { key: "value".into(), key_place: base.place, node });
            Node { place: over.place, value: Value::Table(entries) }
        }
        (_, value) => Node { place: over.place, value },
    }
}

/// The entries of one table laid over those of another: tables are merged, everything else is replaced.
fn merge_entries(mut base: Vec<Entry>, over: Vec<Entry>, sink: &Sink) -> Vec<Entry> {
    // A table has no key twice, so new keys need not be compared with each other.
    let known = base.len();
    for entry in over {
        match base[..known].iter_mut().find(|candidate| candidate.key == entry.key) {
            Some(existing) => {
                let placeholder = Node { place: Place::default(), value: Value::Broken };
                let old = std::mem::replace(&mut existing.node, placeholder);
                existing.node = merge(old, entry.node, sink);
                existing.key_place = entry.key_place;
            }
            None => base.push(entry),
        }
    }
    base
}

/// `[arm.fip]` over an inherited `[[arm]]`: changes the element of that name.
fn merge_named(mut items: Vec<Node>, over: Vec<Entry>, sink: &Sink) -> Vec<Node> {
    let name_of = |node: &Node| match node.get("name").map(|name| &name.value) {
        Some(Value::Text(name)) => Some(name.clone()),
        _ => None,
    };
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        if let Some(name) = name_of(item) {
            by_name.entry(name).or_insert(index);
        }
    }
    for entry in over {
        match by_name.get(&entry.key) {
            Some(index) => {
                let old = items[*index].clone();
                items[*index] = merge(old, entry.node, sink);
            }
            None if sink.is_full() => sink.count_more(1),
            None => {
                let key = showable(&entry.key, 60);
                let names: Vec<&str> = by_name.keys().take(20).map(String::as_str).collect();
                let problem = Problem::at(
                    &entry.key_place,
                    said!(
                        "er is niets met de naam \"{key}\" om te wijzigen",
                        "there is nothing named \"{key}\" to change",
                        key = key
                    ),
                    said!(
                        "moet de naam van een geërfd onderdeel zijn",
                        "must be the name of an inherited element"
                    ),
                );
                let names = showable(&names.join(", "), 300);
                sink.push(problem.hint(said!("namen: {names}", "names: {names}", names = names)));
            }
        }
    }
    items
}
