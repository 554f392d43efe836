//! A hazard ratio that differs between periods of follow-up: the delayed effect, estimated.

use super::design::{CoxData, Term};
use crate::estimate::EstimateError;
use crate::language::Said;
use crate::said;

/// Rows split at given times, with the first covariate replaced by one covariate for each period.
///
/// In period `m`, from `cut[m-1]` to `cut[m]`, the model is `exp(b_m x)`: fitting it gives one hazard ratio for each
/// period, before and after the effect starts. Every row becomes up to `cuts + 1` rows `(start, stop]`; the partial
/// likelihood of the other covariates does not change. Clusters and strata follow their row through `source`.
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseRows {
    /// Start of each new row.
    pub start: Vec<f64>,
    /// End of each new row.
    pub stop: Vec<f64>,
    /// Whether the new row ends with the event.
    pub event: Vec<bool>,
    /// The row each new row comes from.
    pub source: Vec<usize>,
    /// The period-specific covariates, then the remaining ones.
    pub terms: Vec<Term>,
}

/// Splits at `cuts` (rising, positive, in the unit of the times). An event at a cut belongs to the earlier period.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties, piecewise::split_at};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
/// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
/// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
/// let split = split_at(&rows, &personal, &[5.0])?;
/// // R: survSplit(..., cut = 5), then coxph(Surv(tstart, time, left) ~ arm:period): log hazard ratio before and after month 5
/// let rows = CoxData { start: Some(&split.start), stop: &split.stop, event: &split.event, stratum: None, weight: None };
/// let fit = CoxModel { data: rows, terms: &split.terms, ties: Ties::Efron }.fit()?;
/// assert_eq!(split.stop.len(), 25);
/// assert!((fit.coefficients[0] - 0.840_191_712_6).abs() < 1e-8);
/// assert!((fit.coefficients[1] - 0.458_145_365_9).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Cuts that do not rise, or no covariate.
pub fn split_at(data: &CoxData<'_>, terms: &[Term], cuts: &[f64]) -> Result<PiecewiseRows, EstimateError> {
    let rising =
        cuts.windows(2).all(|pair| pair[0] < pair[1]) && cuts.iter().all(|cut| cut.is_finite() && *cut > 0.0);
    if cuts.is_empty() || !rising {
        return Err(EstimateError::data(said!(
            "de tijden om op te splitsen moeten boven 0, eindig en stijgend zijn",
            "the times to split at must be positive, finite and rising"
        )));
    }
    let Some((split_term, others)) = terms.split_first() else {
        return Err(EstimateError::data(said!(
            "een Cox-model vraagt minstens één covariaat",
            "a Cox model needs at least one covariate"
        )));
    };
    let mut rows =
        PiecewiseRows { start: vec![], stop: vec![], event: vec![], source: vec![], terms: vec![] };
    // Without starts a row is at risk at every time up to its end, also at an event at time zero.
    let beginning = data.stop.iter().copied().fold(0.0, f64::min) - 1.0;
    let mut period_of = Vec::new();
    for row in 0..data.stop.len() {
        let mut from = data.start.map_or(beginning, |start| start[row]);
        for period in 0..=cuts.len() {
            let end = cuts.get(period).copied().unwrap_or(f64::INFINITY);
            if from >= end {
                continue;
            }
            let last = data.stop[row] <= end;
            rows.start.push(from);
            rows.stop.push(if last { data.stop[row] } else { end });
            rows.event.push(last && data.event[row]);
            rows.source.push(row);
            period_of.push(period);
            if last {
                break;
            }
            from = end;
        }
    }
    rows.terms = period_terms(split_term, cuts, &rows.source, &period_of);
    rows.terms.extend(others.iter().map(|term| Term {
        name: term.name.clone(),
        values: rows.source.iter().map(|row| term.values[*row]).collect(),
    }));
    Ok(rows)
}

/// The period of a coefficient, as it stands behind the name of its covariate: from one cut until the next.
pub(crate) fn period_in_words(cuts: &[f64], period: usize) -> Said {
    match (period.checked_sub(1).map(|before| cuts[before]), cuts.get(period)) {
        (None, Some(end)) => said!(" tot {end}", " until {end}", end = end),
        (Some(start), Some(end)) => {
            said!(" vanaf {start} tot {end}", " from {start} until {end}", start = start, end = end)
        }
        (Some(start), None) => said!(" vanaf {start}", " from {start}", start = start),
        (None, None) => Said::default(),
    }
}

fn period_terms(term: &Term, cuts: &[f64], source: &[usize], period_of: &[usize]) -> Vec<Term> {
    let name = |period: usize| format!("{}{}", term.name, period_in_words(cuts, period).english());
    let values = |period: usize| {
        let pairs = source.iter().zip(period_of);
        pairs.map(|(row, row_period)| if *row_period == period { term.values[*row] } else { 0.0 }).collect()
    };
    (0..=cuts.len()).map(|period| Term { name: name(period), values: values(period) }).collect()
}
