//! A TOML text as a tree.
//!
//! Unlike the tree of the TOML library, every key and value keeps its place, and entries keep the order
//! of the text: messages come in the order in which a reader meets the mistakes. Changes by `--set` are
//! made in this tree, with places in a source of their own.

use super::problem::Place;
use super::showable::showable;
use crate::language::Lang;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// A TOML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A table, entries in the order of the text; keys are unique.
    Table(Vec<Entry>),
    /// An array; its items may be of different kinds, which readers refuse where they want one.
    Array(Vec<Node>),
    /// A string.
    Text(String),
    /// An integer of 64 bits.
    Integer(i64),
    /// A float; may be infinite or not a number, as TOML allows.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A date or time, as written.
    Date(String),
    /// Something that was already reported: readers pass it over, so that one mistake gives one
    /// message.
    Broken,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key, unquoted.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The entries of a table; empty for everything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The value behind a key of a table; `None` when it is absent, and for anything that is no table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The value behind a path of keys from here; `None` as soon as one of them is absent.
    pub(crate) fn find<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        path.into_iter().try_fold(self, |node, key| node.get(key))
    }

    /// The value behind a path of keys, to change it: for overrides, which replace or extend what
    /// stands there.
    pub(crate) fn find_mut<'a>(&mut self, path: impl IntoIterator<Item = &'a str>) -> Option<&mut Node> {
        path.into_iter().try_fold(self, |node, key| match &mut node.value {
            Value::Table(entries) => {
                entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.node)
            }
            _ => None,
        })
    }

    /// What kind of value this is, in words.
    pub(crate) fn kind(&self, lang: Lang) -> &'static str {
        match self.value {
            Value::Table(_) => lang.pick("een tabel", "a table"),
            Value::Array(_) => lang.pick("een lijst", "a list"),
            Value::Text(_) => lang.pick("een tekst", "a text"),
            Value::Integer(_) => lang.pick("een heel getal", "an integer"),
            Value::Float(_) => lang.pick("een getal", "a number"),
            Value::Boolean(_) => lang.pick("waar of onwaar", "true or false"),
            Value::Date(_) => lang.pick("een datum", "a date"),
            Value::Broken => lang.pick("onleesbaar", "unreadable"),
        }
    }

    /// The value as it is echoed in messages: texts in quotes and cut at 40 characters, tables and
    /// arrays by their kind. Control characters become U+FFFD, since it may go to a terminal.
    pub(crate) fn echo(&self, lang: Lang) -> String {
        match &self.value {
            Value::Text(text) => format!("\"{}\"", showable(text, 40)),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Boolean(flag) => flag.to_string(),
            Value::Date(text) => showable(text, 40),
            Value::Table(_) | Value::Array(_) | Value::Broken => self.kind(lang).to_string(),
        }
    }
}
