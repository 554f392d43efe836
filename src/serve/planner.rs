//! The planner's desk: form or file in, the report's own sentences, figures and tables out.
//!
//! Every answer is given twice: from a handful of replicates within a second, and then as precisely as
//! the report. What was computed is kept for a while (`shelf`), since a planner goes back and forth
//! between questions about one plan.

use std::sync::Arc;

use serde_json::{Value, json};

use super::desk::{AnswerLine, Asked, Desk, File};
use super::files::{self, Made};
use super::form::{FieldProblem, Form, capacity};
use super::kept::Kept;
use super::read::{FILE, Read, as_json, language, whole};
use super::shelf::Shelf;
use super::shown::{assumptions, shown};
use super::variants::{self, Variants};
use super::{study, words};
use crate::app::compare::CompareRequest;
use crate::app::power::{PowerAnswer, PowerRequest};
use crate::app::run::{RunAnswer, RunRequest};
use crate::app::{self, Context, LimitOverrides, Progress, Stop};
use crate::error::{Error, ErrorKind};
use crate::kinds::{Kind, Question};
use crate::report::effects::budget;
use crate::scenario::demand::demands;
use crate::scenario::{Resolved, Scenario};

/// The first impression: few replicates and few draws, within a second for a municipality of usual size.
const FIRST: [&str; 3] = ["replicates=8", "precision.difference=0", "uncertainty.parameter_draws=12"];
/// The same where every replicate takes longer.
const FIRST_OF_MANY: [&str; 3] = ["replicates=4", "precision.difference=0", "uncertainty.parameter_draws=8"];
/// Lives times months, over all arms, above which a first impression is one of many: about what a second of one core does.
const MANY: f64 = 80_000.0;

/// How precise the answers become, when not as precise as the scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PrecisionGoal {
    /// Replicates of the final answers; `None`: as the scenario says.
    pub replicates: Option<u32>,
    /// Draws of the assumptions in the final answers; `None`: as the scenario says.
    pub draws: Option<u32>,
}

impl PrecisionGoal {
    /// The same as overrides of a scenario.
    fn overrides(self) -> Vec<String> {
        let replicates = self.replicates.map(|replicates| format!("replicates={replicates}"));
        // As many as asked for, whatever precision the scenario aims at: as `run` and `compare` take the same flag.
        let exactly = self.replicates.map(|_| "precision.difference=0".to_owned());
        let draws = self.draws.map(|draws| format!("uncertainty.parameter_draws={draws}"));
        [replicates, exactly, draws].into_iter().flatten().collect()
    }

    /// The same on a command line, with a space before each flag; without `--draws` for commands that
    /// do not draw.
    fn flags(self, draws: bool) -> String {
        let replicates = self.replicates.map(|replicates| format!(" --replicates {replicates}"));
        let draws = self.draws.filter(|_| draws).map(|draws| format!(" --draws {draws}"));
        replicates.into_iter().chain(draws).collect()
    }
}

/// Answers by simulating.
pub struct Planner {
    /// Threads to compute with; one question is computed at a time.
    threads: usize,
    /// How precise answers become.
    precision: PrecisionGoal,
    /// Answers of the last plans.
    kept: Shelf<Kept>,
    /// Powers of the last plans.
    studies: Shelf<PowerAnswer>,
    /// Comparisons of the last variants.
    compared: Shelf<Variants>,
}

impl Planner {
    /// A desk that computes on so many threads.
    pub fn new(threads: usize, precision: PrecisionGoal) -> Self {
        Self {
            threads,
            precision,
            kept: Shelf::default(),
            studies: Shelf::default(),
            compared: Shelf::default(),
        }
    }

    /// The context of one computation, which its stop ends.
    fn context<'a>(&self, stop: &Stop, tell: &'a (dyn Fn(Progress) + Sync)) -> Context<'a> {
        Context {
            limits: LimitOverrides::default(),
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
        let (request, context) = (RunRequest::new(resolved), self.context(stop, tell));
        // The same scenario with another question has the same results but for their drivers.
        let like = |kept: &Kept| differ_in_question(&kept.resolved, &request.resolved);
        let answer = match self.kept.find(like) {
            Some(kept) => app::run::ask_otherwise(&request, &kept.results, &context)?,
            None => app::run::run(&request, &context)?,
        };
        let RunAnswer { results, warnings } = answer;
        let hash = request.resolved.hash.clone();
        Ok(self.kept.put(hash, Kept { resolved: request.resolved, results, warnings }))
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
        let request = PowerRequest { resolved, replicates, null_replicates, draws: 0 };
        let answer = app::power::run(&request, &self.context(stop, tell))?;
        Ok(self.studies.put(hash, answer))
    }

    /// One stage of an answer: what the page shows, after the first impression or after the whole.
    ///
    /// # Errors
    /// Problems at their fields, an error of the program, or that it was stopped.
    fn stage(
        &self,
        read: &Read,
        first: bool,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Value, Failed> {
        if let Some(study) = read.study() {
            let answer = self.study(study.resolve(&self.precision.overrides())?, first, stop, tell)?;
            return Ok(study::shown(&answer, read.lang, &self.command(read)));
        }
        let resolved = read.resolve(&self.precision.overrides())?;
        let resolved = if first { read.resolve(&first_impression(&resolved.scenario))? } else { resolved };
        let kept = self.results(resolved, stop, tell)?;
        Ok(shown(&kept, kept.resolved.scenario.asked, read.lang, &self.command(read)))
    }

    /// One stage of a comparison of variants.
    fn compare(
        &self,
        variants: &variants::AskedVariants,
        first: bool,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Arc<Variants>, Failed> {
        let mut scenarios = variants.resolve(&self.precision.overrides())?;
        if first
            && let Some(longest) = scenarios
                .iter()
                .map(|resolved| &resolved.scenario)
                .max_by(|a, b| lives(a).total_cmp(&lives(b)))
        {
            scenarios = variants.resolve(&first_impression(longest))?;
        }
        let hash: String = scenarios.iter().map(|resolved| resolved.hash.as_str()).collect();
        if let Some(kept) = self.compared.get(&hash) {
            return Ok(kept);
        }
        let request = CompareRequest { scenarios };
        let comparison = app::compare::run(&request, &self.context(stop, tell))?;
        Ok(self.compared.put(hash, Variants { scenarios: request.scenarios, comparison }))
    }

    /// The command that repeats what the page shows, in its language, after the scenario was saved.
    fn command(&self, read: &Read) -> String {
        let same = match read.study() {
            Some(_) => format!("stapjes power {FILE}{}", self.precision.flags(false)),
            None => self.run_command(read),
        };
        format!("{same} --lang {}", read.lang.code())
    }

    /// The command that gives the same results, as `run` writes it into its report.
    fn run_command(&self, read: &Read) -> String {
        let asked = read.asked_otherwise().map(|kind| format!(" --set {kind}")).unwrap_or_default();
        format!("stapjes run {FILE}{asked}{}", self.precision.flags(true))
    }
}

/// Lives times months of one replicate, over all arms: what its time is in proportion to.
fn lives(scenario: &Scenario) -> f64 {
    let clients = f64::from(scenario.participants()) * scenario.arms.len() as f64;
    clients * f64::from(scenario.horizon_months)
}

/// What makes a first impression of a scenario.
fn first_impression(scenario: &Scenario) -> Vec<String> {
    let few = if lives(scenario) > 2.0 * MANY { FIRST_OF_MANY } else { FIRST };
    few.map(str::to_owned).to_vec()
}

/// Whether two scenarios differ in nothing but what is asked.
fn differ_in_question(one: &Resolved, other: &Resolved) -> bool {
    let Scenario { question, asked, title, .. } = other.scenario.clone();
    Scenario { question, asked, title, ..one.scenario.clone() } == other.scenario
        && one.registry == other.registry
}

/// Why there is no answer.
enum Failed {
    /// Something must be put right first.
    Problems(Vec<FieldProblem>),
    /// The program cannot or may not do it.
    Wrong(Error),
    /// Whoever asked has gone or asks something else.
    Stopped,
}

impl Failed {
    /// What the page shows of it, in its language.
    fn problems(self, asked: &Asked) -> Vec<FieldProblem> {
        let lang = language(asked["lang"].as_str().unwrap_or("nl"));
        match self {
            Self::Problems(problems) => problems,
            Self::Stopped => whole(lang.pick("gestopt", "stopped").into()),
            Self::Wrong(error) => whole(error.text(lang, false)),
        }
    }
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
            _ => Self::Wrong(error),
        }
    }
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
                let limits = LimitOverrides::default().guard(scenario, self.threads);
                let busiest = demands(scenario).into_iter().max_by(|a, b| a.load().total_cmp(&b.load()));
                let slots = scenario.sites.first().map_or(f64::NAN, |site| site.slots_per_month);
                let follows = busiest
                    .map(|demand| capacity(demand.asked_per_month, demand.slots_per_month, slots, lang));
                let problems = limits.err().map_or_else(Vec::new, |error| whole(error.text(lang, false)));
                let question = scenario.asked.name();
                let budget = scenario
                    .municipality
                    .inhabitants
                    .map(|inhabitants| budget(Some(inhabitants), lang).join(" "));
                json!({ "problems": as_json(&problems), "capacity": follows, "budget": budget, "question": question })
            }
        }
    }

    fn run(&self, asked: &Asked, stop: &Stop, tell: &(dyn Fn(AnswerLine) -> bool + Sync)) {
        let progress = |at: Progress| {
            tell(AnswerLine::Progress { done: at.done, total: at.total });
        };
        let answer = |first: bool| -> Result<Value, Failed> {
            match variants::AskedVariants::new(asked) {
                Some(variants) => {
                    let variants = variants?;
                    let command = variants.command(&self.precision.flags(true));
                    let command = format!("{command} --lang {}", variants.lang.code());
                    Ok(self.compare(&variants, first, stop, &progress)?.shown(&variants, &command))
                }
                None => self.stage(&Read::new(asked)?, first, stop, &progress),
            }
        };
        for first in [true, false] {
            match answer(first) {
                Ok(shown) => {
                    if !tell(AnswerLine::Answer { first, shown }) {
                        return;
                    }
                }
                Err(Failed::Stopped) => return,
                Err(failed) => {
                    tell(AnswerLine::Refused { problems: as_json(&failed.problems(asked)) });
                    return;
                }
            }
        }
    }

    fn file(&self, asked: &Asked, stop: &Stop) -> Result<File, Value> {
        self.make(asked, stop).map_err(|failed| as_json(&failed.problems(asked)))
    }
}

impl Planner {
    /// Makes the file that is asked for.
    fn make(&self, asked: &Asked, stop: &Stop) -> Result<File, Failed> {
        if let Some(variants) = variants::AskedVariants::new(asked) {
            let variants = variants?;
            let command = variants.command(&self.precision.flags(true));
            let compared = self.compare(&variants, false, stop, &|_| ())?;
            let made = files::comparison(&compared, &variants, &command);
            return made.map_err(|error| Failed::Problems(whole(error.to_string())));
        }
        let read = Read::new(asked)?;
        let wanted = asked["file"].as_str().unwrap_or("");
        if wanted == "scenario" {
            return Ok(files::scenario(read.text));
        }
        let resolved = read.resolve(&self.precision.overrides())?;
        let study = self.studies.get(&resolved.hash).and_then(|study| study::stored(&study));
        let kept = self.results(resolved, stop, &|_| ())?;
        let made = Made { kept: &kept, study, command: &self.run_command(&read), lang: read.lang };
        made.file(wanted).ok_or_else(|| {
            Failed::Problems(whole(
                read.lang.pick("dat bestand is er niet: ", "no such file: ").to_owned() + wanted,
            ))
        })
    }
}
