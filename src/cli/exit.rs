//! Exit codes, after BSD's sysexits: a script can tell a typing error from bad data.

use std::process::ExitCode;

use crate::scenario::problem::{ProblemKind, Problems};

/// The exit codes in words: the end of `stapjes --help`.
pub const EXIT_CODES: &str = "Exit codes:
  0   done
  2   the command line is wrong
  65  the scenario or other input is not valid
  66  an input file is missing
  70  a bug in stapjes
  73  the output cannot be created
  74  reading or writing failed, or the disk is full
  75  stopped by the user
  78  over the resource limit";

/// Why the program stops.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The reader of our output has gone; nothing is wrong (0).
    ReaderGone,
    /// The command line cannot be understood (2).
    Usage(String),
    /// The input was read but is not valid (65).
    Data(String),
    /// The input does not exist or cannot be opened (66).
    NoInput(String),
    /// A fault of the program itself (70); empty when the panic hook has already said so.
    Internal(String),
    /// An output file or directory cannot be made (73).
    CannotCreate(String),
    /// Reading or writing failed halfway, or the disk is full (74).
    Output(String),
    /// Stopped by the user (75).
    Stopped(String),
    /// Over the resource limit (78).
    OverLimit(String),
    /// A scenario or other TOML input with its problems drawn out (65, 66 or 74).
    Problems(ProblemKind, String),
}

impl Failure {
    /// Input that did not pass the gate: every problem, drawn in color or not.
    pub fn problems(problems: &Problems, color: bool) -> Self {
        Self::Problems(problems.kind(), problems.render(color))
    }

    /// Exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Usage(_) => 2,
            Self::Data(_) | Self::Problems(ProblemKind::Invalid, _) => 65,
            Self::NoInput(_) | Self::Problems(ProblemKind::Missing, _) => 66,
            Self::Internal(_) => 70,
            Self::CannotCreate(_) => 73,
            Self::Output(_) | Self::Problems(ProblemKind::Unreadable, _) => 74,
            Self::Stopped(_) => 75,
            Self::OverLimit(_) => 78,
        }
    }

    /// The words for standard error; empty when nothing is left to say.
    pub fn message(&self) -> String {
        match self {
            Self::ReaderGone => String::new(),
            Self::Problems(_, drawn) => drawn.trim_end().to_string(),
            Self::Usage(message)
            | Self::Data(message)
            | Self::NoInput(message)
            | Self::Internal(message)
            | Self::CannotCreate(message)
            | Self::Output(message)
            | Self::Stopped(message)
            | Self::OverLimit(message) => {
                if message.is_empty() {
                    String::new()
                } else {
                    format!("stapjes: {message}")
                }
            }
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        ExitCode::from(failure.code())
    }
}
