//! The curves of an analysis for a figure: Kaplan-Meier of remaining, or the incidence of each cause.

use crate::error::Error;
use crate::estimate::aalen_johansen::{Variance, aalen_johansen, causes_in};
use crate::estimate::kaplan_meier::{SurvivalCurve, interval, kaplan_meier};
use crate::estimate::log_rank::ending_of;
use crate::estimate::risk_table::RiskTable;
use crate::estimate::{EstimateError, Options};
use crate::observe::Dataset;
use crate::observe::columns::Prepared;
use crate::report::figures::curves::{ArmCurve, CurvePanel};
use crate::said;

/// Which curves a figure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveKind {
    /// Kaplan-Meier: the share that remains.
    Remaining,
    /// Aalen-Johansen: the share that has left by each cause.
    Incidence,
}

/// Most panels: more would not fit on a picture that can be read.
const MOST_PANELS: usize = 8;
/// Most steps of a curve that are drawn: about two a unit of the picture.
const MOST_STEPS: usize = 1500;

/// The panels of a figure: one for each cause and each part of the data.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) where there are no curves.
pub(super) fn panels(
    kind: CurveKind,
    prepared: &Prepared,
    parts: &[(Option<&str>, &Dataset)],
    options: &Options,
) -> Result<Vec<CurvePanel>, Error> {
    let mut panels = Vec::new();
    for (part, data) in parts {
        let title = |more: &str| {
            let words: Vec<&str> = part.iter().copied().chain((!more.is_empty()).then_some(more)).collect();
            words.join(": ")
        };
        let failed = |error: EstimateError| {
            Error::data(said!(
                "er zijn geen curven te tekenen: {}",
                "no curves can be drawn: {}",
                error.said()
            ))
        };
        match kind {
            CurveKind::Remaining => {
                let curves = kaplan_meier(data, ending_of(options)).map_err(failed)?;
                let arms = curves.iter().enumerate();
                let arms = arms.map(|(arm, curve)| remaining(data, arm, curve, options)).collect();
                panels.push(CurvePanel { title: title(""), start: 1.0, arms });
            }
            CurveKind::Incidence => panels.extend(incidence(prepared, data, options, title).map_err(failed)?),
        }
    }
    match panels.len() {
        1..=MOST_PANELS => Ok(panels),
        many => Err(Error::data(said!(
            "{many} panelen passen niet in één figuur (hoogstens {most_panels}): kies met --cause of minder --by",
            "{many} panels do not fit in one figure (at most {most_panels}): choose with --cause or fewer --by",
            many = many,
            most_panels = MOST_PANELS
        ))),
    }
}

/// The share that is still on benefit in an arm, with its interval, step by step.
fn remaining(data: &Dataset, arm: usize, curve: &SurvivalCurve, options: &Options) -> ArmCurve {
    let times = thinned(&curve.table);
    let limits = |time: &f64| {
        let limits = curve.interval_at(*time, options.interval, options.level)?;
        (limits.lower.is_finite() && limits.upper.is_finite()).then_some((limits.lower, limits.upper))
    };
    ArmCurve {
        values: times.iter().map(|time| curve.at(*time)).collect(),
        band: times.iter().map(limits).collect(),
        times,
        ..frame(data, arm, &curve.table, options.cause)
    }
}

/// The share that has left for one cause in an arm, the other causes competing.
fn incidence(
    prepared: &Prepared,
    data: &Dataset,
    options: &Options,
    title: impl Fn(&str) -> String,
) -> Result<Vec<CurvePanel>, EstimateError> {
    // A cause of the file need not occur in a part of it, or before a horizon.
    let known = prepared.cause_codes.iter().copied().chain(options.cause).fold(1, u32::max);
    let curves = aalen_johansen(data, causes_in(data).max(known))?;
    let codes = prepared.cause_codes.iter().zip(&prepared.cause_names);
    let chosen = codes.filter(|(code, _)| options.cause.is_none_or(|cause| cause == **code));
    let panel = |(&cause, name): (&u32, &String)| {
        let one = |(arm, curve): (usize, &crate::estimate::aalen_johansen::IncidenceCurves)| {
            let times = thinned(&curve.table);
            let variances = curve.variances(cause, Variance::Aalen);
            let limits = |time: &f64| {
                let at = curve.table.times.partition_point(|event_time| event_time <= time).checked_sub(1)?;
                let value = curve.at(cause, *time);
                if value == 0.0 {
                    return Some((0.0, 0.0));
                }
                let limits =
                    interval(value, libm::sqrt(variances[at]) / value, options.interval, options.level)?;
                Some((limits.lower, limits.upper))
            };
            let band = times.iter().map(limits).collect();
            let values = times.iter().map(|time| curve.at(cause, *time)).collect();
            ArmCurve { values, band, times, ..frame(data, arm, &curve.table, None) }
        };
        CurvePanel { title: title(name), start: 0.0, arms: curves.iter().enumerate().map(one).collect() }
    };
    Ok(chosen.map(panel).collect())
}

/// What every curve has: name, marks, numbers at risk.
fn frame(data: &Dataset, arm: usize, table: &RiskTable, cause: Option<u32>) -> ArmCurve {
    let happened = |code: u32| cause.map_or(code > 0, |wanted| code == wanted);
    let rows = (0..data.time.len()).filter(|row| data.arm[*row] as usize == arm);
    let mut censored: Vec<f64> =
        rows.filter(|row| !happened(data.cause[*row])).map(|row| data.time[row]).collect();
    censored.sort_by(f64::total_cmp);
    let last = table.times.last().copied().unwrap_or(0.0);
    // Marks closer than the picture can show are one.
    let apart = last / MOST_STEPS as f64;
    censored.dedup_by(|next, kept| *next - *kept < apart);
    ArmCurve {
        name: data.arm_names[arm].clone(),
        times: Vec::new(),
        values: Vec::new(),
        band: Vec::new(),
        censored,
        at_risk: table.times.iter().copied().zip((0..table.len()).map(|t| table.at_risk(t, 0))).collect(),
        last,
    }
}

/// The times of a table, or of a long one the last of each stretch that the picture can tell apart.
fn thinned(table: &RiskTable) -> Vec<f64> {
    let times = &table.times;
    if times.len() <= MOST_STEPS {
        return times.clone();
    }
    let last = times[times.len() - 1];
    let cell = |time: f64| (time / last * MOST_STEPS as f64) as usize;
    let ends = times.windows(2).filter(|pair| cell(pair[0]) != cell(pair[1])).map(|pair| pair[0]);
    ends.chain([last]).collect()
}
