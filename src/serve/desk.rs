//! Who answers the page: what the routes ask of the program, so that the server can be tried without a simulation.
//!
//! The routes know questions and answers as JSON and nothing of scenarios. So the server's limits,
//! stops and refusals are tested with a desk that answers at once.

use serde::Serialize;
use serde_json::Value;

use crate::app::Stop;

/// One line of an answer that comes while the work goes on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum AnswerLine {
    /// How far the present stage is.
    Progress {
        /// Units of work done.
        done: u64,
        /// Units of work in all.
        total: u64,
    },
    /// What is known now.
    Answer {
        /// A first impression from few replicates: more precise numbers follow.
        first: bool,
        /// What the page shows.
        shown: Value,
    },
    /// The question cannot be answered as it stands.
    Refused {
        /// Problems with the field that each belongs to.
        problems: Value,
    },
}

/// A question of the page: a JSON document, see `docs/serve.md`.
pub(crate) type Asked = Value;

/// A file made from a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name: letters, digits, dots and hyphens.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Answers questions of the page.
pub trait Desk: Send + Sync + 'static {
    /// What the page needs to begin, in a language (`nl` or `en`).
    fn start(&self, lang: &str) -> Value;

    /// A question's problems, or what follows from it at once. Quick: no simulation.
    fn check(&self, asked: &Asked) -> Value;

    /// Answers a question, line by line; looks at `stop` often. `tell` returns `false` when nobody
    /// listens any more, and the work may end there.
    fn run(&self, asked: &Asked, stop: &Stop, tell: &(dyn Fn(AnswerLine) -> bool + Sync));

    /// A file made from a question.
    ///
    /// # Errors
    /// The problems of the question, as in [`AnswerLine::Refused`].
    fn file(&self, asked: &Asked, stop: &Stop) -> Result<File, Value>;
}
