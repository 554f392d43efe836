//! Exit codes, after BSD's sysexits: a script can tell a typing error from bad data.

use std::process::ExitCode;

/// Why the program stops.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The command line cannot be understood (2).
    Usage(String),
    /// The input was read but is not valid (65).
    Data(String),
    /// The input does not exist or cannot be opened (66).
    NoInput(String),
    /// A fault of the program itself (70).
    Internal(String),
    /// An output file or directory cannot be made (73).
    CannotCreate(String),
    /// Writing failed halfway (74).
    Output(String),
}

impl Failure {
    /// Exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::Data(_) => 65,
            Self::NoInput(_) => 66,
            Self::Internal(_) => 70,
            Self::CannotCreate(_) => 73,
            Self::Output(_) => 74,
        })
    }

    /// The message for standard error.
    pub fn message(&self) -> &str {
        match self {
            Self::Usage(message)
            | Self::Data(message)
            | Self::NoInput(message)
            | Self::Internal(message)
            | Self::CannotCreate(message)
            | Self::Output(message) => message,
        }
    }
}
