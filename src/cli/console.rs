//! Data goes to stdout, messages to stderr; a closed pipe is the reader's good right.

use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::error::{Error, ErrorKind as Kind};

/// Writes data to stdout.
///
/// # Errors
/// Exit code 74 when stdout cannot take it; a closed pipe ends the program quietly with exit code 0.
pub fn data(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| stdout_failure(&error))
}

pub(super) fn stdout_failure(error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::BrokenPipe => Error::new(Kind::ReaderGone, ""),
        _ => Error::output(format!("cannot write to standard output: {error}")),
    }
}

/// Writes a message line to stderr; when nobody can read it there is nothing better to do.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether messages on stderr may carry color: a terminal, and neither `NO_COLOR` (no-color.org) nor `TERM=dumb`.
pub fn color() -> bool {
    io::stderr().is_terminal() && color_wanted()
}

/// Whether data on stdout may carry color.
pub fn color_on_stdout() -> bool {
    io::stdout().is_terminal() && color_wanted()
}

fn color_wanted() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_has_had_enough_is_no_error_and_a_full_disk_is() {
        assert_eq!(stdout_failure(&ErrorKind::BrokenPipe.into()).kind(), Kind::ReaderGone);
        assert_eq!(stdout_failure(&ErrorKind::StorageFull.into()).kind(), Kind::Output);
    }
}
