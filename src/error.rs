//! One error for the whole program: what kind of failure it is, and what to say about it.

use std::fmt;

use crate::document::{ProblemKind, Problems};
use crate::language::{Lang, Said};

/// What kind of failure an [`Error`] is; the command line makes its exit code of it, a server its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The reader of the output has gone; nothing is wrong.
    ReaderGone,
    /// The request cannot be understood, or its parts do not fit together.
    Usage,
    /// The input was read but is not valid.
    Data,
    /// The input does not exist or cannot be opened.
    NoInput,
    /// A fault of the program itself.
    Internal,
    /// An output file or folder cannot be made.
    CannotCreate,
    /// Reading or writing failed halfway, or the disk is full.
    Output,
    /// Stopped by whoever asked.
    Stopped,
    /// Over the resource limit.
    OverLimit,
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The kind, from which the exit code follows.
    kind: ErrorKind,
    /// What to say.
    what: What,
}

/// What an error has to say.
#[derive(Clone, Debug, PartialEq)]
enum What {
    /// A sentence in both languages.
    Message(Said),
    /// Problems of a document, with their places.
    Problems(Problems),
}

impl Error {
    /// An error of a kind, in words; no words mean that everything has been said.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Said>) -> Self {
        Self { kind, what: What::Message(message.into()) }
    }

    /// [`ErrorKind::Usage`].
    pub(crate) fn usage(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// [`ErrorKind::Data`].
    pub(crate) fn data(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// [`ErrorKind::NoInput`].
    pub(crate) fn no_input(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::NoInput, message)
    }

    /// [`ErrorKind::Internal`].
    pub(crate) fn internal(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// [`ErrorKind::CannotCreate`].
    pub(crate) fn cannot_create(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::CannotCreate, message)
    }

    /// [`ErrorKind::Output`].
    pub(crate) fn output(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::Output, message)
    }

    /// [`ErrorKind::Stopped`].
    pub(crate) fn stopped(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::Stopped, message)
    }

    /// [`ErrorKind::OverLimit`].
    pub(crate) fn over_limit(message: impl Into<Said>) -> Self {
        Self::new(ErrorKind::OverLimit, message)
    }

    /// What kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The problems of a scenario or other input, each with its place; `None` for other errors.
    pub fn problems(&self) -> Option<&Problems> {
        match &self.what {
            What::Problems(problems) => Some(problems),
            What::Message(_) => None,
        }
    }

    /// What there is to say, for a text that tells more than this error.
    pub fn said(&self) -> Said {
        Said::each(|lang| self.text(lang, false))
    }

    /// The words for a person in a language, problems drawn in color or not; empty when nothing is left to say.
    pub fn text(&self, lang: Lang, color: bool) -> String {
        match &self.what {
            What::Problems(problems) => problems.render_in(lang, color).trim_end().to_owned(),
            What::Message(message) => message.text(lang).to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.text(Lang::En, false))
    }
}

impl std::error::Error for Error {}

/// Input that did not pass the gate.
impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        let kind = match problems.kind() {
            ProblemKind::Invalid => ErrorKind::Data,
            ProblemKind::Missing => ErrorKind::NoInput,
            ProblemKind::Unreadable => ErrorKind::Output,
        };
        Self { kind, what: What::Problems(problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Problem;

    #[test]
    fn the_gravest_problem_decides_the_kind() {
        let list = vec![
            Problem::whole(ProblemKind::Invalid, Said::same("seed is -1")),
            Problem::whole(ProblemKind::Missing, Said::same("there is no file nowhere.toml")),
        ];
        let error = Error::from(Problems { list, ..Problems::default() });
        assert_eq!(error.kind(), ErrorKind::NoInput);
        assert!(error.problems().is_some() && error.to_string().contains("nowhere"), "{error}");
        let said = Error::data(crate::said!("geen rijen", "no rows"));
        assert_eq!(
            (said.to_string().as_str(), said.text(Lang::Nl, false).as_str()),
            ("no rows", "geen rijen")
        );
    }
}
