//! `analyze`: any data file in, estimates out.

mod adjust;
mod curves;
mod identify;
mod names;
mod pairs;
mod plan;
mod weights;

use crate::language::{AsTyped, Said};
use std::borrow::Cow;
use std::io::Read;

use crate::error::Error;
use crate::estimate::catalogue::Request;
use crate::estimate::multiplicity::Adjustment;
use crate::estimate::{Estimate, EstimateError, Options, clusters_by_arm};
use crate::observe::Dataset;
use crate::observe::columns::{Columns, Prepared, prepare};
use crate::observe::table::{TableProblem, TextTable};
use crate::report::analysis::{Analysis, ArmCount, CauseCount, LeftOut, Refusal};
use crate::said;
pub use curves::CurveKind;
use names::Names;
use plan::TestPlan;
pub use weights::WeightKind;

/// An analysis that is asked for.
#[derive(Clone, Debug, Default)]
pub struct AnalyzeRequest {
    /// How the data are called in messages and results.
    pub file: String,
    /// Which column plays which part.
    pub columns: Columns,
    /// Methods with their arguments, comma separated; `None`: the default ones that these data can feed.
    pub tests: Option<String>,
    /// The event of interest, by number or word; `None`: every cause counts as one event.
    pub cause: Option<String>,
    /// Level, direction, horizon and the like (the cause is looked up by `cause`).
    pub options: Options,
    /// Adjust the p-values of this analysis together.
    pub adjust: Option<Adjustment>,
    /// With more than two arms: also every pair of arms, with p-values adjusted over the pairs (Holm unless `adjust` says
    /// otherwise).
    pub pairwise: bool,
    /// Follow nobody longer than this: later events and censorings count as censored then.
    pub until_time: Option<f64>,
    /// What the column of weights holds; `None`: frequencies when they are whole numbers.
    pub weights_as: Option<WeightKind>,
    /// Also give the panels of a figure of curves.
    pub curves: Option<CurveKind>,
    /// Only adjust this column of p-values (Holm unless `adjust` says otherwise); all else is ignored.
    pub p_values: Option<String>,
}

impl AnalyzeRequest {
    /// Whether its parts fit together, before any data are read.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage).
    pub fn check(&self) -> Result<(), Error> {
        if self.p_values.is_some() { Ok(()) } else { TestPlan::new(self).map(|_| ()) }
    }
}

/// Reads the data and gives every estimate asked for.
///
/// # Example
/// ```
/// use stapjes::app::analyze::{AnalyzeRequest, run};
/// use stapjes::observe::columns::Columns;
///
/// let name = |column: &str| Some(column.to_owned());
/// let columns = Columns { time: name("months"), status: name("status"), arm: name("arm"), ..Columns::default() };
/// let request = AnalyzeRequest { columns, tests: Some("log-rank".into()), ..AnalyzeRequest::default() };
/// let rows = "months,status,arm\n3,1,a\n5,1,a\n8,0,a\n2,1,b\n4,1,b\n5,1,b\n";
/// let analysis = run(&request, rows.as_bytes())?;
/// // R: survdiff(Surv(months, status) ~ arm): chi-square 0.9053118, p 0.3413614
/// let p = analysis.results[0].p_value.expect("a test");
/// assert!((p - 0.341_361_4).abs() < 1e-4);
/// # Ok::<(), stapjes::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) for choices that do not fit together,
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) for bad rows. A test that cannot be given stands in the answer:
/// [`refused`] makes an error of those that were asked for.
pub fn run(request: &AnalyzeRequest, data: impl Read) -> Result<Analysis, Error> {
    if let Some(column) = &request.p_values {
        return adjust_only(request, column, data);
    }
    let plan = TestPlan::new(request)?;
    let mut prepared = with_table(request, data, |table| prepare(&table, plan.columns))?;
    if let Some(horizon) = request.until_time {
        truncate(&mut prepared, horizon)?;
    }
    if let Some(column) = &request.columns.weight {
        weights::weigh(&mut prepared, column, request.weights_as)
            .map_err(|error| Error::data(said!("{}:\n  {}", "{}:\n  {}", request.file, error.said())))?;
    }
    analyze(request, &plan, &prepared)
}

/// The error of an analysis that could not give a test that was asked for.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) with every such test and the reason.
pub fn refused(analysis: &Analysis) -> Result<(), Error> {
    let asked: Vec<Said> = analysis
        .refused
        .iter()
        .filter(|refusal| refusal.asked_for)
        .map(|refusal| said!("{}: {}", "{}: {}", refusal.test, refusal.reason))
        .collect();
    if asked.is_empty() { Ok(()) } else { Err(Error::data(Said::lines(&asked))) }
}

/// The rows that were left out, in words; `None` when there are none.
pub(crate) fn left_out(analysis: &Analysis) -> Option<Said> {
    let rows = &analysis.rows_left_out;
    let problem = |row: &LeftOut| TableProblem { line: row.line, message: row.reason.clone() };
    let problems: Vec<TableProblem> = rows.iter().map(problem).collect();
    (!rows.is_empty()).then(|| {
        said!(
            "{}: {} rijen weggelaten:\n{}",
            "{}: {} rows left out:\n{}",
            analysis.file,
            rows.len(),
            listed(&problems)
        )
    })
}

/// Reads the table and makes something of it; problems are listed under the name of the file.
fn with_table<T>(
    request: &AnalyzeRequest,
    data: impl Read,
    make: impl FnOnce(TextTable) -> Result<T, Vec<TableProblem>>,
) -> Result<T, Error> {
    TextTable::read(data)
        .and_then(make)
        .map_err(|problems| Error::data(said!("{}:\n{}", "{}:\n{}", request.file, listed(&problems))))
}

/// Corrects the p-values of a column of the file and estimates nothing.
fn adjust_only(request: &AnalyzeRequest, column: &str, data: impl Read) -> Result<Analysis, Error> {
    let method = request.adjust.unwrap_or(Adjustment::Holm);
    let results = with_table(request, data, |table| {
        adjust::adjust_column(&table, column, method, request.columns.decimal)
    })?;
    Ok(Analysis {
        file: request.file.clone(),
        rows: results.len(),
        level: request.options.level,
        results,
        ..Analysis::default()
    })
}

/// At most fifty problems, one a line.
fn listed(problems: &[TableProblem]) -> Said {
    let mut lines: Vec<Said> =
        problems.iter().take(50).map(|problem| said!("  {}", "  {}", problem.said())).collect();
    if problems.len() > 50 {
        lines.push(said!("  en nog {}", "  and {} more", problems.len() - 50));
    }
    Said::lines(&lines)
}

/// Runs the tests of the plan on the rows that were read, part by part and pair by pair.
fn analyze(request: &AnalyzeRequest, plan: &TestPlan<'_>, prepared: &Prepared) -> Result<Analysis, Error> {
    let options = plan.options(request, prepared)?;
    let requests = plan.requests(prepared)?;
    let (mut results, mut refused) = (Vec::new(), Vec::new());
    let mut counted = prepared.counted.iter().flat_map(|counted| parts(counted));
    for (part, data) in parts(prepared) {
        let mut data = data.into_owned();
        let mut counted = counted.next().map(|(_, data)| data.into_owned());
        let names = Names::take(&mut data);
        if let Some(counted) = &mut counted {
            Names::take(counted);
        }
        let run = |request: &Request, data: &Dataset| {
            let frequencies = prepared.counted.is_some() && data.weight.is_some();
            let mut found = request.run(data, &Options { frequencies, ..options.clone() })?;
            for estimate in &mut found {
                identify::identify(estimate, &data.arm_names, prepared, options.cause);
                names.restore(estimate);
                // A result may know better than its method, which has several variances.
                let by_cluster = estimate.uses_clusters.take().unwrap_or(request.method.uses_clusters());
                estimate.uses_clusters = data.cluster.as_ref().map(|_| by_cluster);
            }
            Ok(found)
        };
        for asked in &requests {
            let data = counted.as_ref().filter(|_| asked.method.counts_frequencies()).unwrap_or(&data);
            let outcome = match plan.lacks(asked.method.needs) {
                Some(what) => Err(said!("vraagt {}", "needs {}", what)),
                None => run(asked, data).map_err(|error: EstimateError| names.put_back_in(&error.said())),
            };
            match outcome {
                Ok(estimates) => results.extend(estimates.into_iter().map(|e| in_part(e, part))),
                // A method for two arms can still compare each pair of several.
                Err(_) if request.pairwise && pairs::only_two_arms(asked, data) => {}
                Err(reason) => {
                    let test = part.map_or(asked.text.clone(), |part| format!("{} ({part})", asked.text));
                    refused.push(Refusal { test, reason, asked_for: plan.asked_for_tests() });
                }
            }
            if request.pairwise && plan.lacks(asked.method.needs).is_none() {
                let method = request.adjust.unwrap_or(Adjustment::Holm);
                results
                    .extend(pairs::compare(asked, data, method, run).into_iter().map(|e| in_part(e, part)));
            }
        }
    }
    identify::tell_apart(&mut results);
    if let Some(method) = request.adjust.filter(|_| !request.pairwise) {
        adjust::adjust_results(&mut results, method);
    }
    let curves = match request.curves {
        Some(kind) => {
            let parts = parts(prepared);
            let parts: Vec<_> = parts.iter().map(|(part, data)| (*part, data.as_ref())).collect();
            curves::panels(kind, prepared, &parts, &options)?
        }
        None => Vec::new(),
    };
    Ok(Analysis {
        file: request.file.clone(),
        rows: prepared.data.time.len(),
        rows_left_out: prepared
            .left_out
            .iter()
            .map(|problem| LeftOut { line: problem.line, reason: problem.message.clone() })
            .collect(),
        arms: arm_counts(prepared, options.cause),
        causes: cause_counts(prepared),
        level: options.level,
        notes: prepared.notes.iter().cloned().chain(plan.notes(prepared, &requests)).collect(),
        reading: Some(prepared.reading.clone()),
        results,
        refused,
        curves,
    })
}

/// Follows nobody longer than the horizon; rows that begin later are left out.
fn truncate(prepared: &mut Prepared, horizon: f64) -> Result<(), Error> {
    let start = |row: usize| prepared.data.start.as_ref().map_or(0.0, |start| start[row]);
    let kept: Vec<usize> = (0..prepared.data.time.len()).filter(|&row| start(row) < horizon).collect();
    if kept.is_empty() {
        return Err(Error::data(said!(
            "niemand wordt gevolgd vóór --until-time {horizon}",
            "nobody is followed before --until-time {horizon}",
            horizon = AsTyped(horizon)
        )));
    }
    let late = prepared.data.time.len() - kept.len();
    for (_, rows) in &mut prepared.parts {
        rows.retain(|row| kept.binary_search(row).is_ok());
        rows.iter_mut().for_each(|row| *row = kept.partition_point(|label| label < row));
    }
    prepared.parts.retain(|(_, rows)| !rows.is_empty());
    let mut data = prepared.data.rows(&kept);
    let mut cut = 0;
    for (time, cause) in data.time.iter_mut().zip(&mut data.cause) {
        if *time > horizon {
            (*time, *cause) = (horizon, 0);
            cut += 1;
        }
    }
    prepared.data = data;
    let left_out = match late {
        0 => Said::default(),
        _ => said!(
            "; {late} die later beginnen, zijn weggelaten",
            "; {late} that begin later are left out",
            late = late
        ),
    };
    prepared.notes.push(said!(
        "--until-time {horizon}: {cut} rijen die langer zijn gevolgd, tellen dan als gecensureerd{left_out}",
        "--until-time {horizon}: {cut} rows followed longer count as censored then{left_out}",
        left_out = left_out,
        horizon = AsTyped(horizon),
        cut = cut
    ));
    Ok(())
}

/// The data as a whole, or each of the parts that `--by` splits them into.
fn parts(prepared: &Prepared) -> Vec<(Option<&str>, Cow<'_, Dataset>)> {
    if prepared.parts.is_empty() {
        return vec![(None, Cow::Borrowed(&prepared.data))];
    }
    let rows = |rows: &[usize]| Cow::Owned(prepared.data.rows(rows));
    prepared.parts.iter().map(|(name, part_rows)| (Some(name.as_str()), rows(part_rows))).collect()
}

/// A result says which part it is about.
fn in_part(estimate: Estimate, part: Option<&str>) -> Estimate {
    match part {
        Some(part) => Estimate {
            label: said!("{part}: {label}", "{part}: {label}", label = estimate.label, part = part),
            ..estimate
        }
        .with("by", part),
        None => estimate,
    }
}

/// Rows, persons, events and follow-up of each arm.
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
    let clusters = clusters_by_arm(data);
    let arms = data.arm_names.iter().enumerate();
    arms.map(|(arm, name)| ArmCount {
        name: name.clone(),
        rows: of_arm(arm).count(),
        events: events(arm),
        clusters: data.cluster.as_ref().map(|_| clusters[arm]),
    })
    .collect()
}

/// Rows that ended by each cause, with its name on file.
fn cause_counts(prepared: &Prepared) -> Vec<CauseCount> {
    let events = |code: u32| prepared.data.cause.iter().filter(|&&cause| cause == code).count();
    let causes = prepared.cause_codes.iter().zip(&prepared.cause_names);
    causes.map(|(&code, name)| CauseCount { code, name: name.clone(), events: events(code) }).collect()
}
