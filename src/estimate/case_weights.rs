//! Sampling weights: rows that stand for more or less of the population than others.
//!
//! Estimates replace counts by sums of weights; their variance is robust: the sum over units (persons, else rows) of squared
//! influences, the infinitesimal jackknife, because weights are no number of people. What R's `survfit(weights=)` gives for
//! weights that are not whole numbers. For the Kaplan-Meier curve, with `Y` the weight at risk, `dN` that of events and
//! `C(t)` the sum of `dN / (Y (Y - dN))` up to t, the influence of row i on -log S(t) is
//! `1{event by t} / (Y - dN) - C(min(t, T_i)) + C(start_i)`; Binder (1992), <https://doi.org/10.1093/biomet/79.1.139>, for Cox models.

use super::EstimateError;
use super::risk_table::{Ending, RiskRow, RiskTable, rows_of};
use super::ties::merge_close_times;
use crate::observe::Dataset;
use crate::said;

/// What the influence of a row depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WeightedRow {
    /// At risk after this time.
    start: f64,
    /// Last time at risk.
    time: f64,
    /// Whether it ended in the event.
    event: bool,
    /// Case weight.
    weight: f64,
    /// Position among the units of the arm.
    unit: usize,
}

/// The unit of a row: its person, else the row. Clusters, of which there may be few, have methods of their own.
pub(super) fn units(data: &Dataset) -> impl Fn(usize) -> u32 + '_ {
    move |i| data.person.as_ref().map_or(i as u32, |person| person[i])
}

/// One table per arm of a data set whose close times were merged, rows counting by their weight.
pub(super) fn tables(data: &Dataset, ending: Ending) -> Vec<RiskTable> {
    let mut rows: Vec<Vec<(RiskRow, f64)>> = vec![Vec::new(); data.arm_names.len()];
    for (i, row) in rows_of(data, ending).enumerate() {
        rows[row.group as usize].push((row, data.weight_of(i)));
    }
    rows.iter().map(|rows| RiskTable::of_weighted_rows(ending.columns(), rows)).collect()
}

/// What a weighted Kaplan-Meier curve is made of.
pub(super) struct WeightedArm {
    /// Who was at risk and what happened, by weight.
    pub(super) table: RiskTable,
    /// Robust variance of log S just after each time.
    pub(super) log_variance: Vec<f64>,
    /// The rows.
    pub(super) rows: Vec<WeightedRow>,
}

/// Weighted tables with robust variances, by arm.
pub(super) fn arms(data: &Dataset, ending: Ending) -> Vec<WeightedArm> {
    let data = merge_close_times(data);
    let unit = units(&data);
    let mut rows: Vec<Vec<(u32, WeightedRow)>> = vec![Vec::new(); data.arm_names.len()];
    for (i, row) in rows_of(&data, ending).enumerate() {
        let weighted = WeightedRow {
            start: row.start,
            time: row.time,
            event: row.event > 0,
            weight: data.weight_of(i),
            unit: 0,
        };
        rows[row.group as usize].push((unit(i), weighted));
    }
    let with_units = |rows: Vec<(u32, WeightedRow)>| {
        let mut known: Vec<u32> = rows.iter().map(|(unit, _)| *unit).collect();
        known.sort_unstable();
        known.dedup();
        let place = |unit: u32| known.partition_point(|known_unit| *known_unit < unit);
        rows.into_iter().map(|(unit, row)| WeightedRow { unit: place(unit), ..row }).collect::<Vec<_>>()
    };
    let curve = |(table, rows): (RiskTable, Vec<(u32, WeightedRow)>)| {
        let rows = with_units(rows);
        let log_variance = robust_log_variance(&table, &rows);
        WeightedArm { table, log_variance, rows }
    };
    tables(&data, ending).into_iter().zip(rows).map(curve).collect()
}

/// `C` before each time and after the last: `C[t]` counts the times before position t.
fn cumulative(table: &RiskTable) -> Vec<f64> {
    let mut sums = vec![0.0];
    for t in 0..table.len() {
        let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
        let step = if d > 0.0 && n > d { d / (n * (n - d)) } else { 0.0 };
        sums.push(sums[t] + step);
    }
    sums
}

/// Robust variance of log S just after each time: one sweep, in which each unit carries what its rows that ended have added (`a`) and
/// the weight it still has at risk (`b`), so that its influence at C is `a - C b`.
fn robust_log_variance(table: &RiskTable, rows: &[WeightedRow]) -> Vec<f64> {
    let sums = cumulative(table);
    let position = |time: f64| table.times.partition_point(|t| *t < time);
    let count = rows.iter().map(|row| row.unit + 1).max().unwrap_or(0);
    let mut ends: Vec<Vec<usize>> = vec![Vec::new(); table.len()];
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); table.len() + 1];
    let first = |row: &WeightedRow| {
        if row.start > 0.0 { table.times.partition_point(|t| *t <= row.start) } else { 0 }
    };
    for (i, row) in rows.iter().enumerate() {
        ends[position(row.time)].push(i);
        starts[first(row)].push(i);
    }
    let mut units = vec![(0.0_f64, 0.0_f64); count];
    let mut squares = [0.0_f64; 3];
    let change = |unit: &mut (f64, f64), squares: &mut [f64; 3], a: f64, b: f64| {
        for (sign, (a, b)) in [(-1.0, *unit), (1.0, (unit.0 + a, unit.1 + b))] {
            squares[0] += sign * a * a;
            squares[1] += sign * a * b;
            squares[2] += sign * b * b;
        }
        *unit = (unit.0 + a, unit.1 + b);
    };
    let mut empty = false;
    (0..table.len())
        .map(|t| {
            for &i in &starts[t] {
                let row = &rows[i];
                change(&mut units[row.unit], &mut squares, row.weight * sums[t], row.weight);
            }
            let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
            empty |= d > 0.0 && d >= n * (1.0 - 1e-12);
            let after = sums[t + 1];
            for &i in &ends[t] {
                let row = &rows[i];
                let event = if row.event && n > d { 1.0 / (n - d) } else { 0.0 };
                change(&mut units[row.unit], &mut squares, row.weight * (event - after), -row.weight);
            }
            if empty {
                return f64::INFINITY;
            }
            (squares[0] - 2.0 * after * squares[1] + after * after * squares[2]).max(0.0)
        })
        .collect()
}

/// What each unit adds to an area under the curve: minus the sum over its rows of the weight times the area still to come at their
/// event, less what being at risk took away. `areas`: still to come just after each time within the window.
pub(super) fn area_influence(table: &RiskTable, rows: &[WeightedRow], areas: &[f64]) -> Vec<f64> {
    let count = rows.iter().map(|row| row.unit + 1).max().unwrap_or(0);
    let mut lost = vec![0.0];
    for (t, area) in areas.iter().enumerate() {
        let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
        let step = if d > 0.0 && n > d { area * d / (n * (n - d)) } else { 0.0 };
        lost.push(lost[t] + step);
    }
    let mut influence = vec![0.0; count];
    for row in rows {
        let until = table.times.partition_point(|t| *t <= row.time).min(areas.len());
        let from = if row.start > 0.0 {
            table.times.partition_point(|t| *t <= row.start).min(areas.len())
        } else {
            0
        };
        let at = table.times.partition_point(|t| *t < row.time);
        let event = if row.event && at < areas.len() {
            let (n, d) = (table.at_risk(at, 0), table.all_events(at, 0));
            if n > d { areas[at] / (n - d) } else { 0.0 }
        } else {
            0.0
        };
        influence[row.unit] -= row.weight * (event - (lost[until] - lost[from]));
    }
    influence
}

/// A weighted mean and its linearized standard error by unit, with the factor n / (n - 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedMean {
    /// Sum of weight times value over the sum of weights.
    pub mean: f64,
    /// Its standard error: Taylor linearization, as R's `survey::svymean` with replacement.
    pub standard_error: f64,
    /// Units less one.
    pub degrees_of_freedom: f64,
}

/// Weighted mean of values with a unit each.
///
/// ```
/// use stapjes::estimate::case_weights::weighted_mean;
///
/// // All weights equal: the usual mean and standard error.
/// let found = weighted_mean(&[(1.0, 2.0, 0), (3.0, 2.0, 1), (5.0, 2.0, 2)]).unwrap();
/// assert!((found.mean - 3.0).abs() < 1e-12 && (found.standard_error - (4.0_f64 / 3.0).sqrt()).abs() < 1e-12);
/// ```
///
/// # Errors
/// Fewer than two units.
pub fn weighted_mean(rows: &[(f64, f64, u32)]) -> Result<WeightedMean, EstimateError> {
    let total: f64 = rows.iter().map(|(_, weight, _)| weight).sum();
    let mean = rows.iter().map(|(value, weight, _)| value * weight).sum::<f64>() / total;
    let mut parts: Vec<(u32, f64)> =
        rows.iter().map(|(value, weight, unit)| (*unit, weight * (value - mean) / total)).collect();
    parts.sort_by_key(|(unit, _)| *unit);
    let sums: Vec<f64> =
        parts.chunk_by(|a, b| a.0 == b.0).map(|of_unit| of_unit.iter().map(|(_, part)| part).sum()).collect();
    let units = sums.len() as f64;
    if units < 2.0 {
        return Err(EstimateError::data(said!(
            "een gewogen gemiddelde vraagt twee of meer onafhankelijke rijen of clusters in elke \
                 groep",
            "a weighted mean needs two independent rows or clusters or more in each arm"
        )));
    }
    let variance = sums.iter().map(|sum| sum * sum).sum::<f64>() * units / (units - 1.0);
    Ok(WeightedMean { mean, standard_error: libm::sqrt(variance), degrees_of_freedom: units - 1.0 })
}
