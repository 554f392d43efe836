//! What is wrong with a text, where it stands, and how it can be put right.
//!
//! Parse with [`parse`](super::parse()), read with [`TableReader`](super::TableReader), and every mistake lands as a [`Problem`] in
//! one [`Problems`], so that all of them are shown at once.

use std::cell::RefCell;
use std::ops::Range;

use crate::language::Said;

/// At most so many problems are kept; the rest is only counted. A wrong file (a CSV, for instance) has
/// a problem on every line, and nobody reads past the first page.
pub(crate) const MAX_PROBLEMS: usize = 50;

/// A text that was read: a file, or the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// How it is called in messages: a path, or `--set`.
    pub name: String,
    /// The text, without byte-order mark.
    pub text: String,
}

/// A stretch of a source.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Place {
    /// Index into [`Problems::sources`].
    pub source: usize,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// What kind of failure a list of problems is: it decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The input is there, but not valid (exit code 65).
    Invalid,
    /// An input file is missing (exit code 66).
    Missing,
    /// Reading failed: a disk, a permission (exit code 74).
    Unreadable,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of failure.
    pub kind: ProblemKind,
    /// Where; `None` when it concerns the whole.
    pub place: Option<Place>,
    /// What is wrong, with the key and the value.
    pub message: Said,
    /// What is allowed: shown under the marked text.
    pub label: Said,
    /// What to do about it.
    pub hint: Option<Said>,
}

impl Problem {
    /// A problem of invalid input at a place.
    pub(crate) fn at(place: &Place, message: impl Into<Said>, label: impl Into<Said>) -> Self {
        Self {
            kind: ProblemKind::Invalid,
            place: Some(place.clone()),
            message: message.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// A problem of the whole input, which has no place to mark: a missing file, a wrong encoding.
    pub(crate) fn whole(kind: ProblemKind, message: impl Into<Said>) -> Self {
        Self { kind, place: None, message: message.into(), label: Said::default(), hint: None }
    }

    /// The same problem with advice.
    pub(crate) fn hint(mut self, hint: impl Into<Said>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Everything that is wrong with an input, with the texts it was found in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// The texts that places refer to.
    pub sources: Vec<SourceText>,
    /// The problems, in the order in which they were found.
    pub list: Vec<Problem>,
    /// Problems beyond `MAX_PROBLEMS` that were not kept.
    pub more: usize,
}

impl Problems {
    /// The gravest kind, for the exit code.
    pub(crate) fn kind(&self) -> ProblemKind {
        self.list.iter().map(|problem| problem.kind).max().unwrap_or(ProblemKind::Invalid)
    }

    /// Line and column (both from 1, columns in characters) where a problem stands; `None` when it
    /// concerns the whole.
    pub fn line_and_column(&self, problem: &Problem) -> Option<(usize, usize)> {
        let place = problem.place.as_ref()?;
        let text = &self.sources.get(place.source)?.text;
        let start = floor_boundary(text, place.span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |index| index + 1);
        let line = text[..line_start].matches('\n').count() + 1;
        Some((line, text[line_start..start].chars().count() + 1))
    }
}

/// Collects problems while a text is read; shared by all readers of one input.
#[derive(Debug, Default)]
pub struct Sink {
    /// The problems kept, and how many there were beyond [`MAX_PROBLEMS`]. Behind a cell, because
    /// readers of several tables share the sink while each reads.
    list: RefCell<(Vec<Problem>, usize)>,
}

impl Sink {
    /// Adds a problem, or counts it when there are [`MAX_PROBLEMS`] already.
    pub(crate) fn push(&self, problem: Problem) {
        let mut list = self.list.borrow_mut();
        if list.0.len() < MAX_PROBLEMS {
            list.0.push(problem);
        } else {
            list.1 += 1;
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.borrow().0.is_empty()
    }

    /// Whether further problems are only counted; then there is no need to find words for them.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= MAX_PROBLEMS
    }

    /// Counts problems that nobody will see.
    pub(crate) fn count_more(&self, problems: usize) {
        self.list.borrow_mut().1 += problems;
    }

    /// The number of problems kept so far.
    pub(crate) fn len(&self) -> usize {
        self.list.borrow().0.len()
    }

    /// What was found, with the texts; `None` when nothing is wrong.
    pub fn into_problems(self, sources: Vec<SourceText>) -> Option<Problems> {
        let (list, more) = self.list.into_inner();
        if list.is_empty() { None } else { Some(Problems { sources, list, more }) }
    }
}

/// The nearest character boundary at or before `index`.
pub(super) fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters() {
        let problems = Problems {
            sources: vec![SourceText { name: "x".into(), text: "é = 1\nab = é2".into() }],
            ..Problems::default()
        };
        let place = Place { source: 0, span: 14..15 };
        assert_eq!(
            problems.line_and_column(&Problem::at(&place, Said::default(), Said::default())),
            Some((2, 7))
        );
    }
}
