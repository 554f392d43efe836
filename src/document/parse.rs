//! From the bytes of a file to a tree in which every key and every value knows where it stands.
//!
//! The notation is read by the `toml` crate; here are added the places, the limits on size and
//! encoding, and advice for what people really write: decimal commas, percentages, texts without
//! quotes. Everything that can be read is read after a mistake, so that one run shows them all.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::{Entry, Node, Value};
use super::problem::{Place, Problem, ProblemKind, Sink, SourceText, floor_boundary};
use super::showable::showable;
use crate::language::Said;
use crate::said;

/// Largest accepted file, bytes (1 MiB). A larger one is a data file by mistake; the parser would take
/// seconds on it.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// Turns the bytes of a file into a source: byte-order mark dropped, other encodings and oversized files refused.
///
/// After a refusal the source is empty and the problem is in the sink.
pub fn source_from_bytes(name: &str, bytes: &[u8], sink: &Sink) -> SourceText {
    let name = showable(name, 300);
    let refuse = |message: Said, hint: Said| {
        sink.push(Problem::whole(ProblemKind::Invalid, message).hint(hint));
        SourceText { name: name.clone(), text: String::new() }
    };
    if bytes.len() > MAX_BYTES {
        let size = bytes.len();
        return refuse(
            said!(
                "{name} is groter dan 1 MiB ({size} bytes)",
                "{name} is larger than 1 MiB ({size} bytes)",
                name = name,
                size = size
            ),
            said!(
                "een scenario is een korte tekst; is dit het goede bestand?",
                "a scenario is a short text; is this the right file?"
            ),
        );
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || looks_like_utf16(bytes) {
        return refuse(
            said!("{name} is geschreven in UTF-16", "{name} is written in UTF-16", name = name),
            said!("bewaar het bestand als UTF-8", "save the file as UTF-8"),
        );
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => SourceText { name, text: text.to_string() },
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            refuse(
                said!(
                    "{name} is geen UTF-8-tekst: regel {line} heeft een ongeldige byte",
                    "{name} is not UTF-8 text: line {line} has an invalid byte",
                    name = name,
                    line = line
                ),
                said!("bewaar het bestand als UTF-8", "save the file as UTF-8"),
            )
        }
    }
}

/// Text in a Western language saved as UTF-16 without mark has a zero in every second byte.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    head.len() >= 4 && head.iter().filter(|byte| **byte == 0).count() * 3 >= head.len()
}

/// Parses a text. Mistakes in the notation go to the sink; what could be read comes back all the same, so that the
/// rest of the text can still be checked.
pub fn parse(source: usize, text: &str, sink: &Sink) -> Node {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        if sink.is_full() {
            sink.count_more(1);
        } else {
            sink.push(syntax_problem(source, text, &error));
        }
    }
    let span = table.span();
    let value = table_value(source, table.get_ref(), sink);
    Node { place: Place { source, span }, value }
}

/// A table with its entries in the order of the text: the library hands them out by name.
fn table_value(source: usize, table: &DeTable<'_>, sink: &Sink) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: Place { source, span: key.span() },
            node: node(source, value, sink),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_place.span.start);
    Value::Table(entries)
}

/// A value with its place.
fn node(source: usize, value: &Spanned<DeValue<'_>>, sink: &Sink) -> Node {
    let place = Place { source, span: value.span() };
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => {
                sink.push(Problem::at(
                    &place,
                    said!("dit hele getal is te groot", "this integer is too large"),
                    said!("hoogstens 9223372036854775807", "at most 9223372036854775807"),
                ));
                Value::Broken
            }
        },
        DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(|item| node(source, item, sink)).collect()),
        DeValue::Table(table) => table_value(source, table, sink),
    };
    Node { place, value }
}

/// A notation error of the parser, with advice for the slips that people make. The marked stretch ends
/// with its line: an unclosed quote would mark the rest of the file.
fn syntax_problem(source: usize, text: &str, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let start = floor_boundary(text, span.start);
    let line_start = text[..start].rfind('\n').map_or(0, |index| index + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |index| start + index);
    let end = span.end.clamp(start, line_end.max(start));
    let place = Place { source, span: start..end };
    // The parser's own words are English in both.
    let words = showable(error.message(), 200);
    let problem = Problem::at(
        &place,
        said!("schrijfwijze: {words}", "notation: {words}", words = words),
        said!("hier", "here"),
    );
    let twice = error
        .message()
        .contains("duplicate")
        .then(|| first_line(text, line_start, &text[line_start..line_end]));
    match (twice.flatten(), slip(&text[line_start..line_end])) {
        (Some(line), _) => problem.hint(said!(
            "het staat ook op regel {line}; houd er één",
            "it stands on line {line} too; keep one of them",
            line = line
        )),
        (None, Some(hint)) => problem.hint(hint),
        (None, None) => problem,
    }
}

/// The line, from 1, on which what a line defines (a key of the same table, or a table) was defined
/// before; `None` when it is not found. It is read from the text, since the library says that a key is
/// double but not where.
fn first_line(text: &str, before: usize, line: &str) -> Option<usize> {
    let defined = |line: &str| {
        let line = line.trim();
        if line.starts_with('[') {
            return line.split(']').next().map(str::to_owned);
        }
        line.split_once('=').map(|(key, _)| key.trim().trim_matches(['"', '\'']).to_owned())
    };
    let key = defined(line)?;
    let is_table = key.starts_with('[');
    let lines: Vec<&str> = text[..before].lines().collect();
    let same_table = |(_, other): &(usize, &&str)| is_table || !other.trim_start().starts_with('[');
    let earlier = lines.iter().enumerate().rev().take_while(same_table);
    earlier.filter(|(_, other)| defined(other).as_ref() == Some(&key)).map(|(index, _)| index + 1).last()
}

/// The likely slip in a line that is not TOML, as advice; `None` for a line that no rule knows. The
/// rules are tried in order: a comma for a point, a percent sign, a bare decimal point, a text without
/// quotes.
fn slip(line: &str) -> Option<Said> {
    let value = line.split_once('=')?.1.split('#').next()?.trim();
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '_');
    let unsigned = value.trim_start_matches(['-', '+']);
    if let Some((whole, decimals)) = unsigned.split_once(',')
        && is_number(whole)
        && is_number(decimals.trim())
    {
        return Some(said!(
            "getallen hebben een decimale punt: 0.25, niet 0,25",
            "numbers have a decimal point: 0.25, not 0,25"
        ));
    }
    if value.ends_with('%') {
        return Some(said!(
            "schrijf een aandeel als een getal tussen 0 en 1: 0.25, niet 25%",
            "write a share as a number between 0 and 1: 0.25, not 25%"
        ));
    }
    if unsigned.starts_with('.') || unsigned.ends_with('.') {
        return Some(said!(
            "schrijf aan beide kanten van de decimale punt een cijfer: 0.5, niet .5",
            "write a digit on both sides of the decimal point: 0.5, not .5"
        ));
    }
    if value.starts_with(|c: char| c.is_alphabetic()) && !value.starts_with(['"', '\'']) {
        return Some(said!(
            "tekst staat tussen aanhalingstekens: name = \"…\"; true en false met kleine letters",
            "text stands between quotes: name = \"…\"; true and false are written small"
        ));
    }
    None
}

/// A text as a TOML string, quoted and escaped: what others typed can stand in a file or an override
/// without changing its meaning.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
