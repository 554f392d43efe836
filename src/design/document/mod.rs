//! Design files: a TOML text in, the answer out. `docs/design.md` describes every key and every field of the answer.
//!
//! One reader per kind of study; each reads its keys, reports every mistake at its line, and computes only when nothing is
//! wrong.

mod assurance;
mod clusters;
mod common;
mod counts;
mod events;
mod interim;
mod proportions;
mod sequential;
mod survival;
mod survival_trial;
mod wedge;

use serde_json::{Map, Value};

use crate::document::{Problems, Sink, TableReader, parse, source_from_bytes};
use crate::language::Lang;
use common::Goal;

/// An answer as an ordered table of named values: what `--json` prints.
pub type NamedValues = Map<String, Value>;

/// The kinds of study a design file can ask about, with the reader of each.
const KINDS: [(&str, Reader); 8] = [
    ("survival", survival::answer),
    ("events", events::answer),
    ("proportions", proportions::answer),
    ("counts", counts::answer),
    ("clusters", clusters::answer),
    ("stepped-wedge", wedge::answer),
    ("sequential", sequential::answer),
    ("interim", interim::answer),
];

/// Reads a kind's keys from the document and computes; `None` when something was reported.
type Reader = fn(&TableReader<'_>, &Goal) -> Option<NamedValues>;

/// Reads and answers a design file; `name` is how it is called in messages. What stands in words, the reason of a question without
/// an answer, is in English: [`answer_in`] gives it in a language.
///
/// # Example
/// ```
/// use stapjes::design::document;
///
/// let text = b"kind = \"proportions\"\nsolve = \"size\"\npower = 0.9\ncontrol = 0.5\ntreated = 0.75\n";
/// let answer = document::answer("shares.toml", text).map_err(|problems| problems.render(false))?;
/// // R: power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7 in each arm
/// let size = answer["participants_treated"].as_f64().expect("a number");
/// assert!((size - 76.7).abs() < 0.05, "{size}");
/// // What is wrong is told with its line.
/// let wrong = document::answer("shares.toml", b"kind = \"proportion\"\n").unwrap_err().render(false);
/// assert!(wrong.contains("shares.toml") && wrong.contains("proportions"), "{wrong}");
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// Everything that is wrong with the text, each with its line.
pub fn answer(name: &str, bytes: &[u8]) -> Result<NamedValues, Problems> {
    answer_in(name, bytes, Lang::En)
}

/// [`answer`] with its words in a language.
///
/// # Example
/// The numbers do not depend on the language.
///
/// ```
/// use stapjes::design::document::{answer, answer_in};
/// use stapjes::language::Lang;
///
/// let text = b"kind = \"proportions\"\nsolve = \"size\"\npower = 0.9\ncontrol = 0.5\ntreated = 0.75\n";
/// let size = |found: stapjes::design::document::NamedValues| found["participants_treated"].as_f64();
/// let dutch = answer_in("aandelen.toml", text, Lang::Nl).map_err(|problems| problems.render(false))?;
/// let english = answer("shares.toml", text).map_err(|problems| problems.render(false))?;
/// assert!(size(dutch).is_some_and(|found| Some(found) == size(english)));
/// # Ok::<(), String>(())
/// ```
///
/// # Errors
/// As [`answer`].
pub fn answer_in(name: &str, bytes: &[u8], lang: Lang) -> Result<NamedValues, Problems> {
    let sink = Sink::default();
    let source = source_from_bytes(name, bytes, &sink);
    let root = parse(0, &source.text, &sink);
    let table = TableReader::root(&root, &sink);
    let mut found = None;
    if sink.is_empty() {
        let title = table.text("title");
        table.missing("kind", "kind = \"survival\"");
        let goal = common::goal(&table);
        match table.choice("kind", &KINDS) {
            Some(reader) => {
                let kind = KINDS.iter().find(|kind| std::ptr::fn_addr_eq(kind.1, reader));
                let name = kind.map_or("", |kind| kind.0);
                let prior = match name {
                    "survival" => assurance::survival_prior(&table, &root, &goal),
                    _ => None,
                };
                let mut computed = reader(&table, &goal);
                if let (Some(sd), Some(answer), true) = (prior, &mut computed, sink.is_empty()) {
                    assurance::add(answer, &root, reader, &goal, sd);
                }
                table.finish();
                found = computed.map(|values| entitled(title, kind.map(|kind| kind.0), values));
            }
            // Without a kind nobody knows which other keys are right.
            None => return Err(sink.into_problems(vec![source]).unwrap_or_default()),
        }
    }
    match (sink.into_problems(vec![source]), found) {
        (None, Some(mut values)) => {
            common::say_in(&mut values, lang);
            Ok(values)
        }
        (problems, _) => Err(problems.unwrap_or_default()),
    }
}

/// The answer with title and kind first.
fn entitled(title: Option<String>, kind: Option<&str>, values: NamedValues) -> NamedValues {
    let mut answer = NamedValues::new();
    if let Some(title) = title {
        answer.insert("title".to_owned(), Value::from(title));
    }
    if let Some(kind) = kind {
        answer.insert("kind".to_owned(), Value::from(kind));
    }
    answer.extend(values);
    answer
}
