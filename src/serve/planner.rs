//! The planner's desk: form or file in, the report's own sentences, figures and tables out.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::desk::{Asked, Desk, File, Line};
use super::form::{FieldProblem, Form, OWN_FIELDS, capacity, field_of};
use super::words;
use crate::app::run::RunRequest;
use crate::app::{self, Context, Limits, Progress, Stop};
use crate::error::{Error, ErrorKind};
use crate::report::answer::{Answer, Origin, Part, Question};
use crate::report::facts::Facts;
use crate::report::language::Lang;
use crate::report::page::Page;
use crate::report::source::Source;
use crate::report::warnings::Warning;
use crate::report::{html, words as labels, workbook};
use crate::scenario::demand::demands;
use crate::scenario::{DEFAULT_SCENARIO, Resolved, embedded, resolve_text};
use crate::trial::Results;

/// The first impression: few replicates and few draws, within a second for a municipality of usual size.
const FIRST: [&str; 2] = ["replicates=8", "uncertainty.parameter_draws=12"];
/// Finished results that are kept, so that a file of what is shown needs no second calculation.
const MOST_KEPT: usize = 4;

/// Answers by simulating.
pub struct Planner {
    threads: usize,
    kept: Mutex<Vec<Arc<Kept>>>,
}

/// A question that has been answered.
struct Kept {
    resolved: Resolved,
    results: Results,
    warnings: Vec<Warning>,
}

impl Planner {
    /// A desk that computes on so many threads.
    pub fn new(threads: usize) -> Self {
        Self { threads, kept: Mutex::new(Vec::new()) }
    }

    fn kept(&self, hash: &str) -> Option<Arc<Kept>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.resolved.hash == hash).cloned()
    }

    /// Simulates, or takes what was simulated before; `tell` hears how far it is.
    fn results(
        &self,
        resolved: Resolved,
        stop: &Stop,
        tell: &(dyn Fn(Progress) + Sync),
    ) -> Result<Arc<Kept>, Error> {
        if let Some(kept) = self.kept(&resolved.hash) {
            return Ok(kept);
        }
        let context = Context {
            limits: Limits::default(),
            stop: stop.clone(),
            progress: Some(tell),
            ..Context::new(self.threads)
        };
        let request = RunRequest::new(resolved);
        let answer = app::run::run(&request, &context)?;
        let new =
            Arc::new(Kept { resolved: request.resolved, results: answer.results, warnings: answer.warnings });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Arc::clone(&new));
        if kept.len() > MOST_KEPT {
            kept.remove(0);
        }
        Ok(new)
    }
}

/// A question with its parts read.
struct Read {
    lang: Lang,
    question: Question,
    text: String,
}

impl Read {
    fn new(asked: &Asked) -> Result<Self, Vec<FieldProblem>> {
        let lang = language(asked["lang"].as_str().unwrap_or("nl"));
        let question = Question::from_name(asked["question"].as_str().unwrap_or("")).unwrap_or_default();
        let text = match asked.get("toml").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => Form::read(&asked["form"], lang)?.scenario(lang),
        };
        Ok(Self { lang, question, text })
    }

    fn resolve(&self, overrides: &[&str]) -> Result<Resolved, Vec<FieldProblem>> {
        let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
        resolve_text(&self.text, &overrides).map_err(|problems| {
            let shown = |problem: &crate::document::Problem| {
                let line = problems.line_and_column(problem).map(|(line, _)| line);
                let place = line.map_or_else(String::new, |line| match self.lang {
                    Lang::Nl => format!("regel {line}: "),
                    Lang::En => format!("line {line}: "),
                });
                let label =
                    if problem.label.is_empty() { String::new() } else { format!(" ({})", problem.label) };
                FieldProblem {
                    field: field_of(&problem.message).unwrap_or_default().to_owned(),
                    message: format!("{place}{}{label}", problem.message),
                }
            };
            problems.list.iter().map(shown).collect()
        })
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
        let resolved =
            Read::new(asked).and_then(|read| read.resolve(&[]).map(|resolved| (read.lang, resolved)));
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
        let read = match Read::new(asked) {
            Ok(read) => read,
            Err(problems) => {
                tell(Line::Refused { problems: as_json(&problems) });
                return;
            }
        };
        let progress = |at: Progress| {
            tell(Line::Progress { done: at.done, total: at.total });
        };
        for (first, overrides) in [(true, &FIRST[..]), (false, &[][..])] {
            let resolved = match read.resolve(overrides) {
                Ok(resolved) => resolved,
                Err(problems) => {
                    tell(Line::Refused { problems: as_json(&problems) });
                    return;
                }
            };
            match self.results(resolved, stop, &progress) {
                Ok(kept) => {
                    if !tell(Line::Answer { first, shown: shown(&read, &kept) }) {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Stopped => return,
                Err(error) => {
                    tell(Line::Refused { problems: as_json(&whole(error.to_string())) });
                    return;
                }
            }
        }
    }

    fn file(&self, asked: &Asked, stop: &Stop) -> Result<File, Value> {
        let read = Read::new(asked).map_err(|problems| as_json(&problems))?;
        let wanted = asked["file"].as_str().unwrap_or("");
        if wanted == "scenario" {
            let bytes = read.text.into_bytes();
            return Ok(File {
                name: "onze-gemeente.toml".into(),
                kind: "application/toml; charset=utf-8",
                bytes,
            });
        }
        let resolved = read.resolve(&[]).map_err(|problems| as_json(&problems))?;
        let kept =
            self.results(resolved, stop, &|_| ()).map_err(|error| as_json(&whole(error.to_string())))?;
        made(&kept, wanted, read.lang).ok_or_else(|| as_json(&whole(format!("no such file: {wanted}"))))
    }
}

/// The file with a name, made from results.
fn made(kept: &Kept, wanted: &str, lang: Lang) -> Option<File> {
    let facts = Facts::new(&kept.resolved, &command(lang));
    let source = |lang| Source { results: &kept.results, facts: &facts, lang };
    match wanted {
        "report-nl" | "report-en" => {
            let source = source(language(&wanted["report-".len()..]));
            let text = html::page(&Page::new(&source)).ok()?;
            Some(File {
                name: format!("{wanted}.html"),
                kind: "text/html; charset=utf-8",
                bytes: text.into_bytes(),
            })
        }
        "workbook" => {
            let source = source(lang);
            let bytes = workbook::bytes(&Page::new(&source), &source).ok()?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Some(File { name: "results.xlsx".into(), kind, bytes })
        }
        _ => None,
    }
}

/// The command that repeats what the page shows, after the scenario was saved.
fn command(lang: Lang) -> String {
    format!("stapjes run onze-gemeente.toml --lang {}", lang.code())
}

/// What the page shows of results.
fn shown(read: &Read, kept: &Kept) -> Value {
    let lang = read.lang;
    let facts = Facts::new(&kept.resolved, &command(lang));
    let source = Source { results: &kept.results, facts: &facts, lang };
    let answer = Answer::new(&source, read.question);
    let page = Page::new(&source);
    json!({
        "sentence": answer.sentence,
        "measured": answer.measured,
        "figures": answer.figures.iter().map(figure).collect::<Vec<_>>(),
        "interval": answer.interval,
        "stories": answer.stories,
        "sources": answer.origin.as_ref().map(origin),
        "drivers": page.uncertainties,
        "unknown": answer.unknown,
        "warnings": kept.warnings.iter().map(|own| labels::warning(own, lang)).collect::<Vec<_>>(),
        "fitted": answer.fitted,
        "main_figure": page.figure("outflow-difference"),
        "tabs": tabs(&page),
        "council": answer.council(),
        "command": command(lang),
        "hash": kept.resolved.hash,
    })
}

fn figure(figure: &crate::report::answer::Figure) -> Value {
    json!({
        "label": figure.label,
        "value": figure.value,
        "range": figure.range,
        "level": figure.level,
        "number": figure.number,
        "low": figure.low,
        "high": figure.high,
    })
}

fn origin(origin: &Origin) -> Value {
    let part = |part: &Part| json!({ "label": part.label, "value": part.value, "number": part.number, "dropout": part.dropout });
    json!({
        "parts": origin.parts.iter().map(part).collect::<Vec<_>>(),
        "balance": part(&origin.balance),
        "without": part(&origin.without),
    })
}

/// A tab: its name, its title in Dutch and English, the report's figures and tables in it.
type Tab = (&'static str, [&'static str; 2], &'static [&'static str], &'static [&'static str]);

const TABS: [Tab; 6] = [
    ("people", ["Mensen", "People"], &["outflow", "distance", "rungs"], &["overview", "people"]),
    ("signals", ["Signalen", "Signals"], &["signals", "signals-difference"], &["signals"]),
    ("steps", ["Stappen", "Steps"], &["steps"], &["steps"]),
    ("workload", ["Werkdruk", "Workload"], &["workload"], &["load"]),
    ("money", ["Geld", "Money"], &["money", "money-difference"], &["payback", "discounted"]),
    ("study", ["Onderzoek", "Study"], &[], &["study"]),
];

fn tabs(page: &Page<'_>) -> Value {
    let mut tabs: Vec<Value> = TABS
        .iter()
        .map(|(id, title, figures, tables)| {
            let figures = figures.iter().map(|id| page.figure(id));
            let html: String = figures.chain(tables.iter().map(|id| page.table(id))).collect();
            json!({ "id": id, "title": page.lang.pick(title[0], title[1]), "html": html })
        })
        .filter(|tab| tab["html"] != "")
        .collect();
    let assumptions = format!("{}{}", page.changes, page.parameters);
    tabs.push(json!({ "id": "assumptions", "title": page.lang.pick("Aannames", "Assumptions"), "html": assumptions }));
    Value::Array(tabs)
}

/// Every parameter with words, for the part of the form that shows all of them.
fn assumptions(lang: Lang) -> Value {
    let Ok(resolved) = embedded(DEFAULT_SCENARIO, &[]) else { return Value::Null };
    let facts = Facts::new(&resolved, "");
    let entry = |parameter: &crate::report::facts::ParameterFact| {
        let label = labels::parameter(lang, &parameter.path)?;
        Some(json!({
            "path": parameter.path,
            "label": label,
            "value": crate::report::number::decimal(lang, parameter.value, 4).trim_end_matches('0').trim_end_matches([',', '.']),
            "unit": parameter.unit,
            "status": labels::status(lang, parameter.status),
            "source": parameter.source,
        }))
    };
    let offered = facts.parameters.iter().filter(|parameter| !OWN_FIELDS.contains(&parameter.path.as_str()));
    Value::Array(offered.filter_map(entry).collect())
}
