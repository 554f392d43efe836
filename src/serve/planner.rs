//! The planner's desk: form or file in, the report's own sentences, figures and tables out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::desk::{Asked, Desk, File, Line};
use super::files::{self, FILE, Made};
use super::form::{FieldProblem, Form, capacity, field_at};
use super::kept::Kept;
use super::shelf::Shelf;
use super::shown::{assumptions, shown};
use super::{study, words};
use crate::app::power::{PowerAnswer, PowerRequest};
use crate::app::run::RunRequest;
use crate::app::{self, Context, Limits, Progress, Stop};
use crate::document::{Problem, Problems};
use crate::error::{Error, ErrorKind};
use crate::kinds::{Kind, Question};
use crate::report::language::Lang;
use crate::scenario::demand::demands;
use crate::scenario::{Resolved, resolve_named};

/// The first impression: few replicates and few draws, within a second for a municipality of usual size.
const FIRST: [&str; 3] = ["replicates=8", "precision.difference=0", "uncertainty.parameter_draws=12"];
/// The question about a study, beside those of the report.
const STUDY: &str = "study";

/// How precise the answers become, when not as precise as the scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Precision {
    /// Replicates.
    pub replicates: Option<u32>,
    /// Draws of the assumptions.
    pub draws: Option<u32>,
}

impl Precision {
    fn overrides(self) -> Vec<String> {
        let replicates = self.replicates.map(|replicates| format!("replicates={replicates}"));
        // As many as asked for, whatever precision the scenario aims at: as `run` takes the same flag.
        let exactly = self.replicates.map(|_| "precision.difference=0".to_owned());
        let draws = self.draws.map(|draws| format!("uncertainty.parameter_draws={draws}"));
        [replicates, exactly, draws].into_iter().flatten().collect()
    }

    /// The same on a command line, with a space before each flag.
    fn flags(self, draws: bool) -> String {
        let replicates = self.replicates.map(|replicates| format!(" --replicates {replicates}"));
        let draws = self.draws.filter(|_| draws).map(|draws| format!(" --draws {draws}"));
        replicates.into_iter().chain(draws).collect()
    }
}

/// Answers by simulating.
pub struct Planner {
    threads: usize,
    precision: Precision,
    kept: Shelf<Kept>,
    studies: Shelf<PowerAnswer>,
}

impl Planner {
    /// A desk that computes on so many threads.
    pub fn new(threads: usize, precision: Precision) -> Self {
        Self { threads, precision, kept: Shelf::default(), studies: Shelf::default() }
    }

    fn context<'a>(&self, stop: &Stop, tell: &'a (dyn Fn(Progress) + Sync)) -> Context<'a> {
        Context {
            limits: Limits::default(),
            stop: stop.clone(),
            progress: Some(tell),
            ..Context::new(self.threads)
        }
    }

    /// Simulates, or takes what was simulated before; `tell` hears how far it is.
    fn results(
        &self,
        resolved: Resolved,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Arc<Kept>, Error> {
        if let Some(kept) = self.kept.get(&resolved.hash) {
            return Ok(kept);
        }
        let request = RunRequest::new(resolved);
        let answer = app::run::run(&request, &self.context(stop, tell))?;
        let hash = request.resolved.hash.clone();
        let new = Kept { resolved: request.resolved, results: answer.results, warnings: answer.warnings };
        Ok(self.kept.put(hash, new))
    }

    /// Simulates studies, or takes what was simulated before.
    fn study(
        &self,
        resolved: Resolved,
        first: bool,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Arc<PowerAnswer>, Error> {
        // The first impression has no studies without effect: its type I error would say nothing.
        let (replicates, null_replicates) = if first { (Some(study::FIRST), Some(0)) } else { (None, None) };
        let hash = if first { format!("{} first", resolved.hash) } else { resolved.hash.clone() };
        if let Some(kept) = self.studies.get(&hash) {
            return Ok(kept);
        }
        let request = PowerRequest { resolved, replicates, null_replicates };
        let answer = app::power::run(&request, &self.context(stop, tell))?;
        Ok(self.studies.put(hash, answer))
    }

    /// One stage of an answer.
    fn stage(
        &self,
        read: &Read,
        first: bool,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Value, Failed> {
        if read.study {
            let resolved = read.resolve(&self.precision.overrides())?;
            let answer = self.study(resolved, first, stop, tell)?;
            return Ok(study::shown(&answer, read.lang, &self.command(read)));
        }
        let overrides = if first { FIRST.map(str::to_owned).to_vec() } else { self.precision.overrides() };
        let kept = self.results(read.resolve(&overrides)?, stop, tell)?;
        Ok(shown(&kept, read.question, read.lang, &self.command(read)))
    }

    /// The command that repeats what the page shows, in its language, after the scenario was saved.
    fn command(&self, read: &Read) -> String {
        let same = if read.study {
            format!("stapjes power {FILE}{}", self.precision.flags(false))
        } else {
            self.run_command()
        };
        format!("{same} --lang {}", read.lang.code())
    }

    /// The command that gives the same results, as `run` writes it into its report.
    fn run_command(&self) -> String {
        format!("stapjes run {FILE}{}", self.precision.flags(true))
    }
}

/// Why there is no answer.
enum Failed {
    /// Something must be put right first.
    Problems(Vec<FieldProblem>),
    /// Whoever asked has gone or asks something else.
    Stopped,
}

impl From<Vec<FieldProblem>> for Failed {
    fn from(problems: Vec<FieldProblem>) -> Self {
        Self::Problems(problems)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Stopped => Self::Stopped,
            _ => Self::Problems(whole(error.to_string())),
        }
    }
}

/// A question with its parts read.
struct Read {
    lang: Lang,
    question: Question,
    /// Whether a study is asked about.
    study: bool,
    text: String,
    /// Whether the text is the form's: then its problems belong to fields, and nobody knows its lines.
    of_form: bool,
}

impl Read {
    fn new(asked: &Asked) -> Result<Self, Vec<FieldProblem>> {
        let lang = language(asked["lang"].as_str().unwrap_or("nl"));
        let name = asked["question"].as_str().unwrap_or("");
        let question = Question::from_name(name).unwrap_or_default();
        let own = asked.get("toml").and_then(Value::as_str);
        let text = match own {
            Some(text) => text.to_owned(),
            None => Form::read(&asked["form"], lang)?.scenario(lang),
        };
        Ok(Self { lang, question, study: name == STUDY, text, of_form: own.is_none() })
    }

    fn resolve(&self, overrides: &[String]) -> Result<Resolved, Vec<FieldProblem>> {
        resolve_named(FILE, &self.text, overrides).map_err(|problems| {
            problems.list.iter().map(|problem| self.at_field(&problems, problem)).collect()
        })
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
            let is_ours =
                |source: usize| problems.sources.get(source).is_some_and(|own| own.text == self.text);
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

fn language(code: &str) -> Lang {
    if code == "en" { Lang::En } else { Lang::Nl }
}

fn as_json(problems: &[FieldProblem]) -> Value {
    serde_json::to_value(problems).unwrap_or_default()
}

fn whole(message: String) -> Vec<FieldProblem> {
    vec![FieldProblem { field: String::new(), message }]
}

impl Desk for Planner {
    fn start(&self, lang: &str) -> Value {
        let lang = language(lang);
        json!({
            "words": words::all(lang),
            "question": Question::Payback.name(),
            "form": Form::shown(lang),
            "assumptions": assumptions(lang),
            "version": env!("CARGO_PKG_VERSION"),
        })
    }

    fn check(&self, asked: &Asked) -> Value {
        let resolved = Read::new(asked)
            .and_then(|read| read.resolve(&self.precision.overrides()).map(|resolved| (read.lang, resolved)));
        match resolved {
            Err(problems) => json!({ "problems": as_json(&problems) }),
            Ok((lang, resolved)) => {
                let scenario = &resolved.scenario;
                let limits = Limits::default().guard(scenario, self.threads);
                let busiest = demands(scenario).into_iter().max_by(|a, b| a.load().total_cmp(&b.load()));
                let slots = scenario.sites.first().map_or(f64::NAN, |site| site.slots_per_month);
                let follows = busiest
                    .map(|demand| capacity(demand.asked_per_month, demand.slots_per_month, slots, lang));
                let problems = limits.err().map_or_else(Vec::new, |error| whole(error.to_string()));
                json!({ "problems": as_json(&problems), "capacity": follows })
            }
        }
    }

    fn run(&self, asked: &Asked, stop: &Stop, tell: &(dyn Fn(Line) -> bool + Sync)) {
        let refuse = |problems: &[FieldProblem]| {
            tell(Line::Refused { problems: as_json(problems) });
        };
        let read = match Read::new(asked) {
            Ok(read) => read,
            Err(problems) => return refuse(&problems),
        };
        let progress = |at: Progress| {
            tell(Line::Progress { done: at.done, total: at.total });
        };
        for first in [true, false] {
            match self.stage(&read, first, stop, &progress) {
                Ok(shown) => {
                    if !tell(Line::Answer { first, shown }) {
                        return;
                    }
                }
                Err(Failed::Stopped) => return,
                Err(Failed::Problems(problems)) => return refuse(&problems),
            }
        }
    }

    fn file(&self, asked: &Asked, stop: &Stop) -> Result<File, Value> {
        let read = Read::new(asked).map_err(|problems| as_json(&problems))?;
        let wanted = asked["file"].as_str().unwrap_or("");
        if wanted == "scenario" {
            return Ok(files::scenario(read.text));
        }
        let resolved = read.resolve(&self.precision.overrides()).map_err(|problems| as_json(&problems))?;
        let study = self.studies.get(&resolved.hash).and_then(|study| study::stored(&study));
        let kept =
            self.results(resolved, stop, &|_| ()).map_err(|error| as_json(&whole(error.to_string())))?;
        let made = Made { kept: &kept, study, command: &self.run_command(), lang: read.lang };
        made.file(wanted).ok_or_else(|| as_json(&whole(format!("no such file: {wanted}"))))
    }
}
