//! The rows of a Cox model, checked, sorted and scaled once, so that every later pass is a plain sweep.

use crate::estimate::EstimateError;
use crate::estimate::newton::constant_covariate;
use crate::estimate::validity::{require_equal, require_some};
use crate::observe::allowed_gap;
use crate::said;

/// One column of the design matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Name shown in results.
    pub name: String,
    /// One finite value per row.
    pub values: Vec<f64>,
}

/// Rows for a Cox model. All slices have one entry per row, in any order.
#[derive(Clone, Copy, Debug)]
pub struct CoxData<'a> {
    /// Start of each row's interval at risk `(start, stop]`; `None`: everybody is at risk from the beginning.
    pub start: Option<&'a [f64]>,
    /// End of each row's interval.
    pub stop: &'a [f64],
    /// Whether the row ends with the event.
    pub event: &'a [bool],
    /// Stratum of each row: baseline hazards differ between strata. `None`: one stratum.
    pub stratum: Option<&'a [u32]>,
    /// Sampling weight of each row, above 0. `None`: all 1.
    pub weight: Option<&'a [f64]>,
}

/// Sorted rows with centered and scaled covariates.
#[derive(Clone, Debug)]
pub(super) struct Design {
    /// Rows.
    pub(super) rows: usize,
    /// Columns.
    pub(super) columns: usize,
    /// Names of the columns.
    pub(super) names: Vec<String>,
    /// Row-major, `rows * columns`, each column with mean 0 and standard deviation 1.
    pub(super) x: Vec<f64>,
    /// Centers of the columns.
    pub(super) center: Vec<f64>,
    /// Scales of the columns.
    pub(super) scale: Vec<f64>,
    /// Entry times, when rows enter late.
    pub(super) start: Option<Vec<f64>>,
    /// Last times.
    pub(super) stop: Vec<f64>,
    /// Events.
    pub(super) event: Vec<bool>,
    /// Strata, numbered.
    pub(super) stratum: Vec<u32>,
    /// Rows by stratum, then by falling `stop`.
    pub(super) by_stop: Vec<usize>,
    /// Rows by stratum, then by falling `start`; empty without starts.
    pub(super) by_start: Vec<usize>,
    /// Events in all.
    pub(super) events: usize,
    /// Weight of each row; empty when all are 1.
    pub(super) weight: Vec<f64>,
}

impl Design {
    /// Checks, centers and scales the data.
    pub(super) fn new(data: &CoxData<'_>, terms: &[Term]) -> Result<Self, EstimateError> {
        check(data, terms)?;
        let rows = data.stop.len();
        let (start, stop) = merge_close_times(data.start, data.stop);
        let stratum = data.stratum.map_or_else(|| vec![0; rows], <[u32]>::to_vec);
        let columns = terms.len();
        let mut x = vec![0.0; rows * columns];
        let mut centers = vec![0.0; columns];
        let mut scale = vec![1.0; columns];
        for (column, term) in terms.iter().enumerate() {
            let (center, spread) = center_and_spread(&term.values);
            if spread <= 1e-12 * center.abs().max(f64::MIN_POSITIVE) {
                return Err(constant_covariate(&term.name));
            }
            centers[column] = center;
            scale[column] = spread;
            for (row, value) in term.values.iter().enumerate() {
                x[row * columns + column] = (value - center) / spread;
            }
        }
        let by_stop = sorted_falling(&stratum, &stop);
        let by_start = start.as_ref().map_or_else(Vec::new, |start| sorted_falling(&stratum, start));
        let events = data.event.iter().filter(|event| **event).count();
        Ok(Self {
            rows,
            columns,
            names: terms.iter().map(|term| term.name.clone()).collect(),
            x,
            center: centers,
            scale,
            start,
            stop,
            event: data.event.to_vec(),
            stratum,
            by_stop,
            by_start,
            events,
            weight: data.weight.map_or_else(Vec::new, <[f64]>::to_vec),
        })
    }

    /// Weight of a row.
    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weight.get(row).copied().unwrap_or(1.0)
    }

    /// What rows add to sums over those at risk: their risk scores times their weights.
    pub(super) fn weighted<'a>(&self, score: &'a [f64]) -> std::borrow::Cow<'a, [f64]> {
        if self.weight.is_empty() {
            return score.into();
        }
        score.iter().zip(&self.weight).map(|(score, weight)| score * weight).collect::<Vec<f64>>().into()
    }

    /// The columns of a row.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.x[row * self.columns..(row + 1) * self.columns]
    }

    /// Linear predictors shifted so that the largest is zero (the partial likelihood does not notice; `exp` does).
    pub(super) fn linear_predictor(&self, beta: &[f64]) -> Vec<f64> {
        let eta = (0..self.rows).map(|row| self.row(row).iter().zip(beta).map(|(x, b)| x * b).sum());
        eta.collect()
    }

    /// `exp` of the linear predictor of each row, up to one common factor, and the logarithm of that factor.
    pub(super) fn risk_scores(&self, beta: &[f64]) -> (Vec<f64>, f64) {
        let mut eta = self.linear_predictor(beta);
        let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for value in &mut eta {
            *value = libm::exp(*value - top);
        }
        (eta, top)
    }

    /// The sweep over rows at risk starts here: `(first, past the last)` index into `by_stop` of each stratum.
    pub(super) fn strata_ranges(&self) -> Vec<(usize, usize)> {
        let mut ranges = Vec::new();
        let mut first = 0;
        for index in 1..=self.rows {
            if index == self.rows || self.stratum[self.by_stop[index]] != self.stratum[self.by_stop[first]] {
                ranges.push((first, index));
                first = index;
            }
        }
        ranges
    }
}

/// Moments of the covariates over those at risk at one event time, and over those who have the event then.
pub(super) struct Moments<'a> {
    /// Stratum.
    pub(super) stratum: u32,
    /// Time.
    pub(super) time: f64,
    /// Rows with the event at this time, and their weights together.
    pub(super) deaths: &'a [usize],
    /// Weight of the events.
    pub(super) weight: f64,
    /// Sum of risk scores of all at risk, and of those with the event.
    pub(super) s0: f64,
    /// Sum of risk scores of the events.
    pub(super) d0: f64,
    /// First moments, `columns` long.
    pub(super) s1: &'a [f64],
    /// Their weighted columns.
    pub(super) d1: &'a [f64],
    /// Second moments, row-major, `columns * columns`.
    pub(super) s2: &'a [f64],
    /// Their weighted products.
    pub(super) d2: &'a [f64],
}

impl Moments<'_> {
    /// Visits the terms of the partial likelihood at this time as `(fraction, weight)`: Efron has one term for each
    /// event, in which `fraction` of the events' own weight has left the risk set and which counts as often as events weigh on
    /// average; Breslow has one term that counts `weight` times.
    pub(super) fn for_each_term(&self, efron: bool, mut visit: impl FnMut(f64, f64)) {
        let count = self.deaths.len();
        if efron {
            for term in 0..count {
                visit(term as f64 / count as f64, self.weight / count as f64);
            }
        } else {
            visit(0.0, self.weight);
        }
    }
}

/// Sweeps every stratum from its last event time to its first and shows the moments of each event time.
pub(super) fn for_each_event_time(design: &Design, score: &[f64], mut visit: impl FnMut(&Moments<'_>)) {
    let score = &*design.weighted(score);
    let p = design.columns;
    let mut s = Sums::new(p);
    let mut d = Sums::new(p);
    let mut deaths = Vec::new();
    for (first, end) in design.strata_ranges() {
        s.clear();
        let mut next_entry = first;
        let mut next_exit = first;
        let mut at_risk = 0_usize;
        while next_entry < end {
            let time = design.stop[design.by_stop[next_entry]];
            deaths.clear();
            d.clear();
            while next_entry < end && design.stop[design.by_stop[next_entry]] == time {
                let row = design.by_stop[next_entry];
                s.add(design.row(row), score[row]);
                at_risk += 1;
                if design.event[row] {
                    deaths.push(row);
                    d.add(design.row(row), score[row]);
                }
                next_entry += 1;
            }
            if deaths.is_empty() {
                continue;
            }
            if let Some(start) = &design.start {
                while next_exit < end && start[design.by_start[next_exit]] >= time {
                    let row = design.by_start[next_exit];
                    s.add(design.row(row), -score[row]);
                    at_risk -= 1;
                    next_exit += 1;
                }
                debug_assert!(at_risk >= deaths.len());
            }
            visit(&Moments {
                stratum: design.stratum[deaths[0]],
                time,
                deaths: &deaths,
                weight: deaths.iter().map(|row| design.weight(*row)).sum(),
                s0: s.zero,
                d0: d.zero,
                s1: &s.first,
                d1: &d.first,
                s2: &s.second,
                d2: &d.second,
            });
        }
    }
}

/// Sums over a risk set.
struct Sums {
    /// Of risk scores.
    zero: f64,
    /// Of weighted columns.
    first: Vec<f64>,
    /// Of weighted products.
    second: Vec<f64>,
}

impl Sums {
    /// Nothing yet.
    fn new(columns: usize) -> Self {
        Self { zero: 0.0, first: vec![0.0; columns], second: vec![0.0; columns * columns] }
    }

    /// Forgets everything.
    fn clear(&mut self) {
        self.zero = 0.0;
        self.first.fill(0.0);
        self.second.fill(0.0);
    }

    /// Adds a row.
    fn add(&mut self, x: &[f64], weight: f64) {
        self.zero += weight;
        let p = x.len();
        for i in 0..p {
            let weighted = weight * x[i];
            self.first[i] += weighted;
            for (slot, other) in self.second[i * p..(i + 1) * p].iter_mut().zip(x) {
                *slot += weighted * other;
            }
        }
    }
}

/// Rows by stratum, later times first.
fn sorted_falling(stratum: &[u32], time: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..time.len()).collect();
    order.sort_by(|a, b| stratum[*a].cmp(&stratum[*b]).then(time[*b].total_cmp(&time[*a])).then(a.cmp(b)));
    order
}

/// Mean and standard deviation.
fn center_and_spread(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// Refuses data that do not fit together.
fn check(data: &CoxData<'_>, terms: &[Term]) -> Result<(), EstimateError> {
    let rows = data.stop.len();
    require_some(rows)?;
    let columns = [
        Some(data.event.len()),
        data.start.map(<[f64]>::len),
        data.stratum.map(<[u32]>::len),
        data.weight.map(<[f64]>::len),
    ];
    require_equal(rows, columns.into_iter().flatten().chain(terms.iter().map(|term| term.values.len())))?;
    if let Some(row) = data.stop.iter().position(|time| !time.is_finite()) {
        return Err(EstimateError::data(said!(
            "rij {}: de tijd is geen eindig getal",
            "row {}: the time is not a finite number",
            row + 1
        )));
    }
    if let Some(start) = data.start
        && let Some(row) = (0..rows).find(|row| !start[*row].is_finite() || start[*row] >= data.stop[*row])
    {
        let text = said!(
            "rij {}: het interval moet beginnen voor het eindigt",
            "row {}: the interval must start before it stops",
            row + 1
        );
        return Err(EstimateError::data(text));
    }
    if let Some(weight) = data.weight
        && let Some(row) = weight.iter().position(|weight| !(weight.is_finite() && *weight > 0.0))
    {
        return Err(EstimateError::data(said!(
            "rij {}: het gewicht is geen eindig getal boven 0",
            "row {}: the weight is not a finite number above 0",
            row + 1
        )));
    }
    for term in terms {
        if let Some(row) = term.values.iter().position(|value| !value.is_finite()) {
            let text = said!(
                "rij {}: covariaat `{}` is geen eindig getal",
                "row {}: covariate `{}` is not a finite number",
                row + 1,
                term.name
            );
            return Err(EstimateError::data(text));
        }
    }
    if !data.event.iter().any(|event| *event) {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van de onderzochte oorzaak", "events of the analyzed cause"),
        });
    }
    Ok(())
}

/// Makes times that differ only by rounding equal: calendar arithmetic makes 0.1 + 0.2 months out of 0.3.
pub(super) fn merge_close_times(start: Option<&[f64]>, stop: &[f64]) -> (Option<Vec<f64>>, Vec<f64>) {
    let mut distinct: Vec<f64> = stop.iter().chain(start.unwrap_or_default()).copied().collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let limit = allowed_gap(&distinct);
    let mut merged = distinct.clone();
    for index in 1..merged.len() {
        if distinct[index] - distinct[index - 1] <= limit {
            merged[index] = merged[index - 1];
        }
    }
    if merged == distinct {
        return (start.map(<[f64]>::to_vec), stop.to_vec());
    }
    let lookup = |time: &f64| merged[distinct.partition_point(|value| value < time)];
    (start.map(|start| start.iter().map(lookup).collect()), stop.iter().map(lookup).collect())
}
