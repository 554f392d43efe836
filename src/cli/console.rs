//! Data goes to stdout, messages to stderr; a closed pipe is the reader's good right.
//!
//! Every command prints through this file, for two reasons. A file name, an arm or a column may carry
//! control characters that a terminal obeys (colors, a cleared screen, a changed title): they are made
//! visible at one place instead of being remembered at every `println!`. And `println!` panics when the
//! reader of a pipe has gone (`stapjes check | head -3`), which is no failure of ours.

use std::io::{self, ErrorKind, IsTerminal, Write};

use super::language;
use crate::document::is_showable;
use crate::error::{Error, ErrorKind as Kind};
use crate::language::Said;
use crate::said;

/// Writes text for people to stdout. Names of columns, arms, titles and paths come from others: what a terminal would obey
/// instead of show becomes U+FFFD here, once for every command.
///
/// # Errors
/// Exit code 74 when stdout cannot take it; a closed pipe ends the program quietly with exit code 0.
pub(crate) fn data(text: &str) -> Result<(), Error> {
    put(&harmless(text))
}

/// Writes a JSON document to stdout. What a terminal would obey is escaped, which is the same document to every reader.
///
/// # Errors
/// As [`data`].
pub(crate) fn json(text: &str) -> Result<(), Error> {
    put(&escaped(text))
}

/// Text as it may reach a terminal: what is not printable, but for line ends and tabs, becomes U+FFFD.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' || is_showable(c) { c } else { '\u{fffd}' }).collect()
}

/// JSON as it may reach a terminal: what is not printable becomes `\uXXXX`, in UTF-16 units as JSON
/// wants it. Outside its strings JSON has no such characters, so the document stays the same to every
/// reader.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || is_showable(c) {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Writes all of the text and flushes it: an error that would show only at the end of the process could
/// not change its exit code.
fn put(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| stdout_failure(&error))
}

/// What a failure of stdout means. A closed pipe becomes `ReaderGone`, which ends the program without a
/// word and with exit code 0: the reader has seen what it wanted. Everything else, a full disk for
/// instance, is an `Output` error.
pub(super) fn stdout_failure(error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::BrokenPipe => Error::new(Kind::ReaderGone, Said::default()),
        _ => Error::output(said!(
            "kan niet naar de standaarduitvoer schrijven: {error}",
            "cannot write to standard output: {error}",
            error = crate::language::spoken(error)
        )),
    }
}

/// What is said of a file that cannot be written, with the reason of the system.
pub(super) fn unwritable(path: &std::path::Path, error: &(impl std::fmt::Display + 'static)) -> Said {
    said!(
        "{shown} kan niet worden geschreven: {error}",
        "cannot write {shown}: {error}",
        shown = path.display(),
        error = crate::language::spoken(error)
    )
}

/// What is said of an input file that cannot be opened, with the reason of the system.
pub(super) fn unopened(path: &std::path::Path, error: &(impl std::fmt::Display + 'static)) -> Said {
    said!(
        "{shown} kan niet worden geopend: {error}",
        "cannot open {shown}: {error}",
        shown = path.display(),
        error = crate::language::spoken(error)
    )
}

/// Writes a message line to stderr, harmless as [`data`]; when nobody can read it there is nothing better to do.
pub(crate) fn say(text: &str) {
    say_drawn(&harmless(text));
}

/// [`say`] in the language of what goes wrong: as asked for on the command line, else from the environment.
pub(crate) fn tell(said: &Said) {
    say(said.text(language::of_errors()));
}

/// Writes a line to stderr as it is. It is for text that carries colors of our own and was made
/// harmless, part by part, where it was drawn; anything else goes through [`say`].
pub(super) fn say_drawn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether messages on stderr may carry color: a terminal, and neither `NO_COLOR` (no-color.org) nor `TERM=dumb`.
pub(crate) fn color() -> bool {
    io::stderr().is_terminal() && color_wanted()
}

/// Whether the environment lets us use color: `NO_COLOR` (no-color.org) empty or not set, and no dumb
/// terminal.
fn color_wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_never_reaches_it() {
        assert_eq!(harmless("a\u{1b}]0;x\u{7}\tb\u{202e}\n"), "a\u{fffd}]0;x\u{fffd}\tb\u{fffd}\n");
        let arm = "a\u{9b}31m\u{1b}[2J\u{202e}";
        let text = escaped(&serde_json::to_string_pretty(&serde_json::json!({ "arm": arm })).unwrap());
        assert!(text.chars().all(|c| c == '\n' || is_showable(c)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["arm"], arm);
    }

    #[test]
    fn a_reader_who_has_had_enough_is_no_error_and_a_full_disk_is() {
        assert_eq!(stdout_failure(&ErrorKind::BrokenPipe.into()).kind(), Kind::ReaderGone);
        assert_eq!(stdout_failure(&ErrorKind::StorageFull.into()).kind(), Kind::Output);
    }
}
