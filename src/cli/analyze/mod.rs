//! `stapjes analyze`: any CSV in, estimates out.

mod adjust;
mod arguments;
mod figure;
mod plan;
mod show;

pub(super) use arguments::AnalyzeArguments;

use super::Failure;
use crate::estimate::Estimate;
use crate::estimate::catalogue::{self, Needs};
use crate::observe::Dataset;
use crate::observe::columns::{Prepared, prepare};
use crate::observe::table::{Problem, Table};
use serde::Serialize;
use std::borrow::Cow;
use std::io::Write;

/// What was computed, as `--json` writes it.
#[derive(Debug, Serialize)]
pub(super) struct Analysis {
    file: String,
    rows: usize,
    rows_left_out: Vec<LeftOut>,
    arms: Vec<ArmCount>,
    causes: Vec<CauseCount>,
    level: f64,
    results: Vec<Estimate>,
    refused: Vec<Refusal>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    line: Option<u64>,
    reason: String,
}

#[derive(Debug, Serialize)]
struct ArmCount {
    name: String,
    rows: usize,
    events: usize,
}

#[derive(Debug, Serialize)]
struct CauseCount {
    code: u32,
    name: String,
    events: usize,
}

#[derive(Debug, Serialize)]
struct Refusal {
    test: String,
    reason: String,
    #[serde(skip)]
    asked_for: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure::Usage`] for options that do not fit together, [`Failure::NoInput`], [`Failure::Data`] for bad rows or when a
/// test that was asked for cannot be given, [`Failure::Output`].
pub(super) fn run(arguments: &AnalyzeArguments) -> Result<(), Failure> {
    if arguments.tests.as_deref().map(str::trim) == Some("list") {
        return write(&show::method_list());
    }
    figure::check(arguments)?;
    let analysis = match &arguments.p {
        Some(column) => adjust_only(arguments, column)?,
        None => {
            let plan = plan::Plan::new(arguments)?;
            let prepared = read(arguments, &plan)?;
            analyze(arguments, &plan, &prepared)?
        }
    };
    let text = if arguments.json { show::json(&analysis)? } else { show::tables(&analysis) };
    write(&text)?;
    figure::write(arguments, &analysis)?;
    complain(&analysis)
}

/// Reads the file and makes something of it; problems are listed under the name of the file.
fn with_table<T>(
    arguments: &AnalyzeArguments,
    make: impl FnOnce(Table) -> Result<T, Vec<Problem>>,
) -> Result<T, Failure> {
    let path = arguments
        .data
        .as_ref()
        .ok_or_else(|| Failure::Usage("which file? stapjes analyze DATA.csv".into()))?;
    let table = if path.as_os_str() == "-" {
        Table::read(std::io::stdin())
    } else {
        let file = std::fs::File::open(path)
            .map_err(|error| Failure::NoInput(format!("cannot open {}: {error}", path.display())))?;
        Table::read(file)
    };
    table
        .and_then(make)
        .map_err(|problems| Failure::Data(format!("{}:\n{}", path.display(), listed(&problems))))
}

fn read(arguments: &AnalyzeArguments, plan: &plan::Plan) -> Result<Prepared, Failure> {
    with_table(arguments, |table| prepare(&table, &plan.columns))
}

fn adjust_only(arguments: &AnalyzeArguments, column: &str) -> Result<Analysis, Failure> {
    let method = arguments.adjust.unwrap_or(arguments::Adjust::Holm);
    let results = with_table(arguments, |table| adjust::adjust_column(&table, column, method))?;
    Ok(Analysis {
        file: arguments.data.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
        rows: results.len(),
        rows_left_out: Vec::new(),
        arms: Vec::new(),
        causes: Vec::new(),
        level: arguments.level,
        results,
        refused: Vec::new(),
        notes: Vec::new(),
    })
}

/// At most fifty problems, one a line.
fn listed(problems: &[Problem]) -> String {
    let mut lines: Vec<String> = problems.iter().take(50).map(|problem| format!("  {problem}")).collect();
    if problems.len() > 50 {
        lines.push(format!("  and {} more", problems.len() - 50));
    }
    lines.join("\n")
}

fn analyze(
    arguments: &AnalyzeArguments,
    plan: &plan::Plan,
    prepared: &Prepared,
) -> Result<Analysis, Failure> {
    let options = plan.options(arguments, prepared)?;
    let requests = plan.requests(prepared)?;
    let (mut results, mut refused) = (Vec::new(), Vec::new());
    for (part, data) in parts(prepared) {
        for request in &requests {
            let outcome = match plan.lacks(request.method.needs) {
                Some(what) => Err(format!("needs {what}")),
                None => request.run(&data, &options).map_err(|error| error.to_string()),
            };
            match outcome {
                Ok(estimates) => results.extend(estimates.into_iter().map(|e| in_part(e, part))),
                Err(reason) => {
                    let test = part.map_or(request.text.clone(), |part| format!("{} ({part})", request.text));
                    refused.push(Refusal { test, reason, asked_for: plan.asked_for_tests() });
                }
            }
        }
    }
    if let Some(method) = arguments.adjust {
        adjust::adjust_results(&mut results, method);
    }
    Ok(Analysis {
        file: arguments.data.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
        rows: prepared.data.time.len(),
        rows_left_out: prepared
            .left_out
            .iter()
            .map(|problem| LeftOut { line: problem.line, reason: problem.message.clone() })
            .collect(),
        arms: arm_counts(prepared, options.cause),
        causes: cause_counts(prepared),
        level: options.level,
        notes: plan.notes(prepared, &requests),
        results,
        refused,
    })
}

/// The data as a whole, or each of the parts that `--by` splits them into.
fn parts(prepared: &Prepared) -> Vec<(Option<&str>, Cow<'_, Dataset>)> {
    if prepared.parts.is_empty() {
        return vec![(None, Cow::Borrowed(&prepared.data))];
    }
    let rows = |rows: &[usize]| Cow::Owned(prepared.data.rows(rows));
    prepared.parts.iter().map(|(name, own)| (Some(name.as_str()), rows(own))).collect()
}

/// A result says which part it is about.
fn in_part(estimate: Estimate, part: Option<&str>) -> Estimate {
    match part {
        Some(part) => Estimate { label: format!("{part}: {}", estimate.label), ..estimate }.with("by", part),
        None => estimate,
    }
}

fn arm_counts(prepared: &Prepared, cause: Option<u32>) -> Vec<ArmCount> {
    let data = &prepared.data;
    let counts = |code: u32| match cause {
        Some(wanted) => code == wanted,
        None => code > 0,
    };
    let of_arm = |arm: usize| (0..data.arm.len()).filter(move |&i| data.arm[i] as usize == arm);
    let events = |arm: usize| match &data.count {
        Some(count) => of_arm(arm).map(|i| count[i] as usize).sum(),
        None => of_arm(arm).filter(|&i| counts(data.cause[i])).count(),
    };
    let arms = data.arm_names.iter().enumerate();
    arms.map(|(arm, name)| ArmCount { name: name.clone(), rows: of_arm(arm).count(), events: events(arm) })
        .collect()
}

fn cause_counts(prepared: &Prepared) -> Vec<CauseCount> {
    let events = |code: u32| prepared.data.cause.iter().filter(|&&cause| cause == code).count();
    let causes = prepared.cause_codes.iter().zip(&prepared.cause_names);
    causes.map(|(&code, name)| CauseCount { code, name: name.clone(), events: events(code) }).collect()
}

/// Rows left out are told on standard error; a test that was asked for and refused is a failure.
fn complain(analysis: &Analysis) -> Result<(), Failure> {
    if !analysis.rows_left_out.is_empty() {
        let problems: Vec<Problem> = analysis
            .rows_left_out
            .iter()
            .map(|row| Problem { line: row.line, message: row.reason.clone() })
            .collect();
        let text = format!("{}: {} rows left out:\n{}", analysis.file, problems.len(), listed(&problems));
        // A closed standard error is no reason to withhold the results.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
    let asked: Vec<String> = analysis
        .refused
        .iter()
        .filter(|refusal| refusal.asked_for)
        .map(|refusal| format!("{}: {}", refusal.test, refusal.reason))
        .collect();
    if asked.is_empty() { Ok(()) } else { Err(Failure::Data(asked.join("\n"))) }
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        // The reader (head, less) has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::Output(format!("cannot write the results: {error}"))),
    }
}

/// What a kind of method looks at, in words.
fn need_in_words(needs: Needs) -> &'static str {
    match needs {
        Needs::Times => "--time and --status",
        Needs::Causes => "--time and --status with two or more causes",
        Needs::Clusters => "--time, --status and --cluster",
        Needs::Outcomes => "--status",
        Needs::ClusteredOutcomes => "--status and --cluster",
        Needs::ClusteredValues => "--cluster and --status or --outcome",
        Needs::Counts => "--count and --exposure",
        Needs::Recurrent => "--time, --status and --id",
        Needs::Covariates => "--time, --status and --covariates",
    }
}

/// All methods, for the list.
fn methods() -> impl Iterator<Item = &'static catalogue::Method> {
    catalogue::methods()
}
