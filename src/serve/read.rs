//! A question of the page with its parts read: the scenario that it is about, and problems at their fields.
//!
//! Problems of a scenario come with a place in a text. For a file of the planner's own that place is a
//! line; for the form, whose text nobody has seen, it is turned back into the field that wrote the
//! line.

use serde_json::Value;

use super::desk::Asked;
use super::form::{FieldProblem, Form, field_at};
use crate::document::{Problem, Problems};
use crate::kinds::{Kind, Question};
use crate::report::language::Lang;
use crate::scenario::{Resolved, resolve_named};

/// Name of the scenario's file.
pub(super) const FILE: &str = "onze-gemeente.toml";
/// The question about a study, beside those of the report.
const STUDY: &str = "study";

/// A question with its parts read.
pub(super) struct Read {
    /// Language of the page.
    pub(super) lang: Lang,
    /// The scenario's text: the planner's own file, or the one that the form makes.
    pub(super) text: String,
    /// Name of the file that the text goes into.
    name: String,
    /// What is asked; `None` for what the file itself asks.
    question: Option<Question>,
    /// Whether a study is asked about.
    is_study: bool,
    /// Whether the text is the form's: then its problems belong to fields, and nobody knows its lines.
    of_form: bool,
}

impl Read {
    /// Reads a question: the planner's own file (`toml`) or the form.
    ///
    /// # Errors
    /// The fields of the form that cannot be used.
    pub(super) fn new(asked: &Asked) -> Result<Self, Vec<FieldProblem>> {
        Self::named(asked, None, FILE)
    }

    /// [`Read::new`], to be saved under a name; a form gets the title.
    ///
    /// # Errors
    /// As [`Read::new`].
    pub(super) fn named(asked: &Asked, title: Option<&str>, name: &str) -> Result<Self, Vec<FieldProblem>> {
        let file = name.to_owned();
        let lang = language(asked["lang"].as_str().unwrap_or("nl"));
        let name = asked["question"].as_str().unwrap_or("");
        let question = Question::from_name(name);
        let is_study = name == STUDY;
        if let Some(text) = asked.get("toml").and_then(Value::as_str) {
            return Ok(Self { lang, question, is_study, text: text.to_owned(), name: file, of_form: false });
        }
        let text = Form::read(&asked["form"], lang)?.scenario(lang, question.unwrap_or_default(), title);
        Ok(Self { lang, question: None, is_study, text, name: file, of_form: true })
    }

    /// This question, when it is one about a study.
    pub(super) fn study(&self) -> Option<&Self> {
        self.is_study.then_some(self)
    }

    /// The scenario, as a file with this text would be read with these overrides.
    ///
    /// # Errors
    /// Every problem at the field that it belongs to.
    pub(super) fn resolve(&self, overrides: &[String]) -> Result<Resolved, Vec<FieldProblem>> {
        let overrides: Vec<String> =
            self.asked_otherwise().into_iter().chain(overrides.iter().cloned()).collect();
        self.resolve_as_it_is(&overrides)
    }

    /// [`Read::resolve`] with the question that the text itself asks.
    ///
    /// # Errors
    /// As [`Read::resolve`].
    pub(super) fn resolve_as_it_is(&self, overrides: &[String]) -> Result<Resolved, Vec<FieldProblem>> {
        resolve_named(&self.name, &self.text, overrides).map_err(|problems| {
            problems.list.iter().map(|problem| self.at_field(&problems, problem)).collect()
        })
    }

    /// The override that gives a file of the planner's own the question that the page asks, when it
    /// asks another; `None` for the form, whose text asks it already.
    pub(super) fn asked_otherwise(&self) -> Option<String> {
        let question = self.question?;
        let resolved = self.resolve_as_it_is(&[]).ok()?;
        (resolved.scenario.asked != question).then(|| format!("question.kind={}", question.name()))
    }

    /// A problem of the scenario at the field that it belongs to, or with the line of the planner's own file.
    fn at_field(&self, problems: &Problems, problem: &Problem) -> FieldProblem {
        let label = match problem.label.text(self.lang) {
            "" => String::new(),
            label => format!(" ({label})"),
        };
        let hint =
            problem.hint.as_ref().map_or_else(String::new, |hint| format!(". {}", hint.text(self.lang)));
        let message = format!("{}{label}{hint}", problem.message.text(self.lang));
        if self.of_form {
            let is_ours = |source: usize| {
                problems.sources.get(source).is_some_and(|source_text| source_text.text == self.text)
            };
            let place = problem.place.as_ref().filter(|place| is_ours(place.source));
            let field = place.and_then(|place| field_at(&self.text, place.span.start));
            return FieldProblem { field: field.unwrap_or_default(), message };
        }
        let line = problems.line_and_column(problem).map(|(line, _)| line);
        let place = line.map_or_else(String::new, |line| match self.lang {
            Lang::Nl => format!("regel {line}: "),
            Lang::En => format!("line {line}: "),
        });
        FieldProblem { field: String::new(), message: format!("{place}{message}") }
    }
}

/// The language of a code; Dutch unless it is `en`.
pub(super) fn language(code: &str) -> Lang {
    if code == "en" { Lang::En } else { Lang::Nl }
}

/// Problems as the page reads them.
pub(super) fn as_json(problems: &[FieldProblem]) -> Value {
    serde_json::to_value(problems).unwrap_or_default()
}

/// A problem of the whole.
pub(super) fn whole(message: String) -> Vec<FieldProblem> {
    vec![FieldProblem { field: String::new(), message }]
}
