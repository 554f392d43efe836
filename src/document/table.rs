//! Strict reading of a table: every key is asked for by name and type; what nobody asked for is an error.
//!
//! A reader asks a table for each key it knows, with type and limits, and then calls `finish`: a key
//! that nobody asked for is a slip of the pen and would otherwise be ignored in silence, with a default
//! in its place. Limits stand at the call, beside the default; messages name path, value, what is
//! allowed and, where a rule knows it, the remedy.

use std::cell::RefCell;

use super::nearest::{did_you_mean, nearest, one_of};
use super::node::{Entry, Node, Value};
use super::problem::{Place, Problem, Sink};
use super::showable::{is_showable, showable};
use crate::language::{AsTyped, InLanguage, Said};
use crate::said;

/// A table under reading.
///
/// Every getter returns `None` both when the key is absent and when its value is wrong; in the second case the problem
/// is already in the sink. So: take your default on `None`, go on, and look at the sink at the end.
#[derive(Debug)]
pub struct TableReader<'a> {
    /// The table.
    node: &'a Node,
    /// Its path from the root with dots, for messages; empty for the root.
    path: String,
    /// Where problems go.
    sink: &'a Sink,
    /// Keys that were asked for: any other is unknown to [`TableReader::finish`].
    asked: RefCell<Vec<String>>,
}

impl<'a> TableReader<'a> {
    /// The top level of a document.
    pub fn root(node: &'a Node, sink: &'a Sink) -> Self {
        Self::new(node, String::new(), sink)
    }

    /// A table below `path`.
    pub(crate) fn new(node: &'a Node, path: String, sink: &'a Sink) -> Self {
        Self { node, path, sink, asked: RefCell::default() }
    }

    /// The full dotted name of a key.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) }
    }

    /// Where the table stands.
    pub(crate) fn place(&self) -> &'a Place {
        &self.node.place
    }

    /// The entries as they stand, without marking them as known.
    pub(crate) fn entries(&self) -> &'a [Entry] {
        self.node.entries()
    }

    /// Any value, for readers that take several kinds; the key is known from now on. `None` when it is
    /// absent or was reported as unreadable.
    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key.to_string());
        self.node.get(key).filter(|node| node.value != Value::Broken)
    }

    /// Whether the key is present (and known from now on).
    pub(crate) fn has(&self, key: &str) -> bool {
        self.node(key).is_some()
    }

    /// A finite number between `min` and `max`, both allowed. Integers are fine.
    pub fn number(&self, key: &str, min: f64, max: f64) -> Option<f64> {
        let node = self.node(key)?;
        number(node, &self.path_of(key), min, max, self.sink)
    }

    /// A number that must be there; `example` is shown as a way to write it when it is not.
    pub(crate) fn required(&self, key: &str, min: f64, max: f64, example: impl InLanguage) -> Option<f64> {
        self.missing(key, said!("{key} = {example}", "{key} = {example}", example = example, key = key));
        self.number(key, min, max)
    }

    /// A whole number between `min` and `max`, both allowed.
    pub(crate) fn integer(&self, key: &str, min: i64, max: i64) -> Option<i64> {
        let node = self.node(key)?;
        integer(node, &self.path_of(key), min, max, self.sink)
    }

    /// True or false.
    pub(crate) fn boolean(&self, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        match node.value {
            Value::Boolean(flag) => Some(flag),
            _ => self.wrong(node, key, &said!("true of false", "true or false")),
        }
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let node = self.node(key)?;
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => self.wrong(node, key, &said!("een tekst tussen aanhalingstekens", "a text between quotes")),
        }
    }

    /// A name: a text of 1 to 60 characters that can be shown anywhere.
    pub(crate) fn name(&self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if self.check_name(key, &text) { Some(text) } else { None }
    }

    /// Whether a name is short, printable and not empty; reports it otherwise.
    fn check_name(&self, key: &str, text: &str) -> bool {
        let length = text.chars().count();
        let allowed = said!("1 tot 60 tekens, geen stuurtekens", "1 to 60 characters, no control characters");
        if length == 0 || length > 60 || text.trim() != text || !text.chars().all(is_showable) {
            let (path, text) = (self.path_of(key), showable(text, 40));
            let message = said!(
                "{path} = \"{text}\" is geen naam",
                "{path} = \"{text}\" is not a name",
                path = path,
                text = text
            );
            self.problem(key, message, allowed, None);
            return false;
        }
        true
    }

    /// One of a few words; `choices` pairs each word with what it means, in the order in which they are
    /// listed. An unknown word gets the nearest as advice.
    pub(crate) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let node = self.node(key)?;
        let words = || choices.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let Value::Text(text) = &node.value else {
            return self.wrong(node, key, &one_of(&words()));
        };
        if let Some((_, value)) = choices.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let near = nearest(text, choices.iter().map(|(word, _)| *word));
        let (path, text) = (self.path_of(key), showable(text, 40));
        let message = said!(
            "{path} = \"{text}\" is niet bekend",
            "{path} = \"{text}\" is not known",
            path = path,
            text = text
        );
        let hint = near.map(|word| did_you_mean(&format!("\"{word}\"")));
        self.problem(key, message, one_of(&words()), hint);
        None
    }

    /// A list of numbers, each between `min` and `max`; `None` as soon as one is wrong, after all of
    /// them were looked at.
    pub(crate) fn numbers(&self, key: &str, min: f64, max: f64) -> Option<Vec<f64>> {
        let items = self.items(key, said!("een lijst van getallen", "a list of numbers"))?;
        let path = self.path_of(key);
        let numbers: Vec<Option<f64>> =
            items.iter().map(|item| number(item, &path, min, max, self.sink)).collect();
        numbers.into_iter().collect()
    }

    /// One number, or a list of numbers: for keys that usually have one value.
    pub(crate) fn one_or_more(&self, key: &str, min: f64, max: f64) -> Option<Vec<f64>> {
        match self.node(key)?.value {
            Value::Array(_) => self.numbers(key, min, max),
            _ => self.number(key, min, max).map(|value| vec![value]),
        }
    }

    /// Rows of numbers, all equally long and at least one number wide, row by row. Only the first wrong
    /// row is reported: a matrix of the wrong kind would fill the list of problems.
    pub(crate) fn matrix(&self, key: &str, min: f64, max: f64) -> Option<Vec<Vec<f64>>> {
        let rows = self.items(
            key,
            said!(
                "een lijst van rijen, elk een lijst van getallen",
                "a list of rows, each a list of numbers"
            ),
        )?;
        let mut read = Vec::new();
        for row in rows {
            let Value::Array(cells) = &row.value else {
                let message = Said::each(|lang| {
                    format!("{key}: {} {}", row.echo(lang), lang.pick("is geen rij", "is not a row"))
                });
                self.problem(
                    key,
                    message,
                    said!("een lijst van getallen per rij", "a list of numbers per row"),
                    None,
                );
                return None;
            };
            let number = |cell: &Node| match cell.value {
                Value::Float(value) if value >= min && value <= max => Some(value),
                Value::Integer(value) if value as f64 >= min && value as f64 <= max => Some(value as f64),
                _ => None,
            };
            let Some(numbers) = cells.iter().map(number).collect::<Option<Vec<f64>>>() else {
                let message = said!(
                    "{key}: een rij heeft een waarde die niet mag",
                    "{key}: a row has a value outside its range",
                    key = key
                );
                self.problem(
                    key,
                    message,
                    said!(
                        "getallen van {min} tot {max}",
                        "numbers from {min} to {max}",
                        min = AsTyped(min),
                        max = AsTyped(max)
                    ),
                    None,
                );
                return None;
            };
            read.push(numbers);
        }
        let ragged = read.windows(2).any(|pair| pair[0].len() != pair[1].len());
        if read.is_empty() || read[0].is_empty() || ragged {
            let message = said!(
                "de rijen van {key} zijn niet even lang",
                "the rows of {key} are not equally long",
                key = key
            );
            self.problem(
                key,
                message,
                said!("minstens één getal per rij", "one number or more per row"),
                None,
            );
            return None;
        }
        Some(read)
    }

    /// A list of whole numbers, each between `min` and `max`.
    pub(crate) fn integers(&self, key: &str, min: i64, max: i64) -> Option<Vec<i64>> {
        let items = self.items(key, said!("een lijst van hele getallen", "a list of whole numbers"))?;
        let path = self.path_of(key);
        let numbers: Vec<Option<i64>> =
            items.iter().map(|item| integer(item, &path, min, max, self.sink)).collect();
        numbers.into_iter().collect()
    }

    /// A list of anything, item by item with its place; `allowed` says in messages what it should have
    /// held.
    pub(crate) fn items(&self, key: &str, allowed: impl Into<Said>) -> Option<&'a [Node]> {
        let node = self.node(key)?;
        match &node.value {
            Value::Array(items) => Some(items),
            _ => self.wrong(node, key, &allowed.into()),
        }
    }

    /// A table within the table, whose keys are then asked for (and finished) on their own.
    pub(crate) fn table(&self, key: &str) -> Option<TableReader<'a>> {
        let node = self.node(key)?;
        match node.value {
            Value::Table(_) => Some(TableReader::new(node, self.path_of(key), self.sink)),
            _ => {
                let path = self.path_of(key);
                self.wrong(node, key, &said!("een tabel: [{path}]", "a table: [{path}]", path = path))
            }
        }
    }

    /// A list of tables, `[[key]]`; empty when absent.
    pub(crate) fn tables(&self, key: &str) -> Vec<TableReader<'a>> {
        let path = self.path_of(key);
        let allowed = said!("tabellen, elk onder [[{path}]]", "tables, each under [[{path}]]", path = path);
        let Some(items) = self.items(key, allowed.clone()) else { return Vec::new() };
        let mut tables = Vec::new();
        for item in items {
            match item.value {
                Value::Table(_) => tables.push(TableReader::new(item, self.path_of(key), self.sink)),
                _ => {
                    let _: Option<()> = self.wrong(item, key, &allowed);
                }
            }
        }
        tables
    }

    /// Reports something about a key (or about the table, when the key is absent).
    pub(crate) fn problem(
        &self,
        key: &str,
        message: impl Into<Said>,
        allowed: impl Into<Said>,
        hint: Option<Said>,
    ) {
        let place = self.node.get(key).map_or(&self.node.place, |node| &node.place);
        let mut problem = Problem::at(place, message, allowed);
        problem.hint = hint;
        self.sink.push(problem);
    }

    /// Reports a problem that the caller has put together, with a place of its own.
    pub(crate) fn report(&self, problem: Problem) {
        self.sink.push(problem);
    }

    /// Reports that a key which must be there is absent, with an example; nothing when it is there. The
    /// key is not asked for by it.
    pub(crate) fn missing(&self, key: &str, example: impl InLanguage) {
        if self.node.get(key).is_none() {
            let path = self.path_of(key);
            self.problem(
                key,
                said!("{path} ontbreekt", "{path} is missing", path = path),
                said!("in deze tabel", "in this table"),
                Some(said!("bijvoorbeeld: {}", "for example: {}", example)),
            );
        }
    }

    /// Ends the reading: every key that nobody asked for is reported, with the nearest known one.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for entry in self.node.entries() {
            if !asked.contains(&entry.key) {
                unknown_key(
                    entry,
                    &self.path_of(&showable(&entry.key, 60)),
                    asked.iter().map(String::as_str),
                    self.sink,
                );
            }
        }
    }

    /// Reports that a value is not what is allowed; always `None`.
    fn wrong<T>(&self, node: &Node, key: &str, allowed: &Said) -> Option<T> {
        wrong_type(node, &self.path_of(key), allowed, self.sink);
        None
    }
}

/// Reports a key that does not exist, with the nearest one that does.
pub(crate) fn unknown_key<'k>(
    entry: &Entry,
    path: &str,
    known: impl IntoIterator<Item = &'k str>,
    sink: &Sink,
) {
    if sink.is_full() {
        return sink.count_more(1);
    }
    let known: Vec<&str> = known.into_iter().collect();
    let problem = Problem::at(
        &entry.key_place,
        said!("onbekende sleutel {path}", "unknown key {path}", path = path),
        said!("zo'n sleutel is hier niet", "no such key here"),
    );
    sink.push(match nearest(&entry.key, known.iter().copied()) {
        Some(key) => problem.hint(did_you_mean(key)),
        None if known.is_empty() => problem,
        None => {
            let mut list: Vec<&str> = known;
            list.sort_unstable();
            list.dedup();
            let known = showable(&list.join(", "), 400);
            problem.hint(said!("bekende sleutels: {known}", "known keys: {known}", known = known))
        }
    });
}

/// Reports that a value is of another kind.
fn wrong_type(node: &Node, path: &str, allowed: &Said, sink: &Sink) {
    let path = showable(path, 100);
    let message = Said::each(|lang| {
        let (echo, kind) = (node.echo(lang), node.kind(lang));
        if echo == kind { format!("{path} is {echo}") } else { format!("{path} is {echo} ({kind})") }
    });
    sink.push(Problem::at(&node.place, message, must_be(allowed)));
}

/// The sentence that says what is allowed.
fn must_be(allowed: &Said) -> Said {
    Said::each(|lang| format!("{} {}", lang.pick("moet zijn:", "must be"), allowed.text(lang)))
}

/// `path = value`, and what is wrong with it, in both languages.
fn value_that(node: &Node, path: &str, is: Said) -> Said {
    let path = showable(path, 100);
    Said::each(|lang| format!("{path} = {} {}", node.echo(lang), is.text(lang)))
}

/// A finite number between `min` and `max`; anything else is reported.
/// A percentage where a share belongs, a decimal comma in quotes and an infinite number get advice of
/// their own. Minus zero becomes zero, so that equal values have equal bits and one hash.
pub(crate) fn number(node: &Node, path: &str, min: f64, max: f64, sink: &Sink) -> Option<f64> {
    let value = match &node.value {
        Value::Integer(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Text(text) => {
            let path = showable(path, 100);
            let message = Said::each(|lang| format!("{path} is {} ({})", node.echo(lang), node.kind(lang)));
            let problem = Problem::at(&node.place, message, must_be(&number_from(min, max)));
            sink.push(match text_as_number_hint(text) {
                Some(hint) => problem.hint(hint),
                None => problem,
            });
            return None;
        }
        Value::Broken => return None,
        _ => {
            wrong_type(node, path, &number_from(min, max), sink);
            return None;
        }
    };
    if value.is_finite() && (min..=max).contains(&value) {
        return Some(value + 0.0);
    }
    let problem = Problem::at(
        &node.place,
        value_that(node, path, said!("mag niet", "is not allowed")),
        said!(
            "moet van {min} tot {max} zijn",
            "must be from {min} to {max}",
            min = AsTyped(min),
            max = AsTyped(max)
        ),
    );
    let is_share = min >= 0.0 && (0.99..=1.0).contains(&max);
    sink.push(if !value.is_finite() {
        problem
            .hint(said!("oneindige getallen en nan mogen niet", "infinite numbers and nan are not allowed"))
    } else if is_share && value > 1.0 && value <= 100.0 {
        let share = hundredth(value);
        problem.hint(said!(
            "aandelen en kansen staan tussen 0 en 1: {share} voor {value} %",
            "shares and probabilities are written between 0 and 1: {share} for {value} %",
            share = share,
            value = value
        ))
    } else {
        problem
    });
    None
}

/// A whole number between `min` and `max`; anything else is reported.
/// `12.0` is refused with advice and not rounded: a float where a count belongs is often a value of
/// another key.
pub(crate) fn integer(node: &Node, path: &str, min: i64, max: i64, sink: &Sink) -> Option<i64> {
    let allowed = said!(
        "een heel getal van {min} tot {max}",
        "a whole number from {min} to {max}",
        min = min,
        max = max
    );
    match node.value {
        Value::Integer(number) if (min..=max).contains(&number) => Some(number),
        Value::Integer(_) => {
            sink.push(Problem::at(
                &node.place,
                value_that(node, path, said!("mag niet", "is not allowed")),
                must_be(&allowed),
            ));
            None
        }
        Value::Float(number) => {
            let problem = Problem::at(
                &node.place,
                value_that(node, path, said!("is geen heel getal", "is not a whole number")),
                must_be(&allowed),
            );
            sink.push(if number.is_finite() && number.fract() == 0.0 && number.abs() < 1e15 {
                let whole = number as i64;
                problem.hint(said!(
                    "schrijf het zonder punt of exponent: {whole}",
                    "write it without point or exponent: {whole}",
                    whole = whole
                ))
            } else {
                problem
            });
            None
        }
        Value::Broken => None,
        _ => {
            wrong_type(node, path, &allowed, sink);
            None
        }
    }
}

/// What a number between two bounds is called.
fn number_from(min: f64, max: f64) -> Said {
    said!(
        "een getal van {min} tot {max}",
        "a number from {min} to {max}",
        min = AsTyped(min),
        max = AsTyped(max)
    )
}

/// A hundredth, with the digits that were typed: 0.011, not 0.011000000000000001.
fn hundredth(value: f64) -> String {
    let digits = format!("{:.14}", value / 100.0);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What to write when a number stands in quotes; `None` when the text is no number in any notation.
fn text_as_number_hint(text: &str) -> Option<Said> {
    let trimmed = text.trim();
    let parse =
        |part: &str| part.trim().replace(',', ".").parse::<f64>().ok().filter(|value| value.is_finite());
    if let Some(number) = trimmed.strip_suffix('%').and_then(parse) {
        let share = hundredth(number);
        return Some(said!(
            "schrijf een aandeel als een getal tussen 0 en 1, zonder aanhalingstekens: {share}",
            "write a share as a number between 0 and 1, without quotes: {share}",
            share = share
        ));
    }
    let number = parse(trimmed)?;
    Some(if trimmed.contains(',') {
        said!(
            "getallen hebben een decimale punt en geen aanhalingstekens: {number}",
            "numbers have a decimal point and no quotes: {number}",
            number = number
        )
    } else {
        said!(
            "getallen hebben geen aanhalingstekens: {number}",
            "numbers have no quotes: {number}",
            number = number
        )
    })
}
