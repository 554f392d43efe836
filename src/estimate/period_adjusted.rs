//! A treatment that clusters get in turn: a stepped wedge, or any other schedule.
//!
//! Clusters that get the treatment later are seen treated at later dates, so what changes with the date must not be taken for the
//! treatment. The rate of events per month at risk in cluster i and period j is
//!
//! `rate_ij = cluster_i + period_j + exposure_ij * effect + noise`:
//!
//! the fixed period effects of Hussey & Hughes (2007), doi:10.1016/j.cct.2006.05.007, with fixed effects of clusters instead of random
//! ones: nothing is assumed about how clusters differ, at the price of what could be learned between them. Least squares weighted by
//! the time at risk; the variance is by cluster with the small-sample correction CR2 and Satterthwaite's degrees of freedom
//! (Bell & McCaffrey 2002; Pustejovsky & Tipton 2018, doi:10.1080/07350015.2016.1247004), with the clusters' effects taken out first, as
//! they advise. It holds whatever the correlation of the periods of a cluster.

use super::EstimateError;
use super::cluster_linear::{ClusterVariance, regress};
use super::cox::cluster_members;
use super::newton::collinear;
use crate::said;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// One unit (a caseworker's caseload) in one period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitPeriod {
    /// Unit with an effect of its own.
    pub unit: u32,
    /// Cluster of the variance: units with the same number depend on each other.
    pub cluster: u32,
    /// Period, counted from 0.
    pub period: u32,
    /// Share of the period in which the unit has the treatment, 0 to 1.
    pub exposure: f64,
    /// Events.
    pub events: f64,
    /// Time at risk, any unit.
    pub time: f64,
}

/// The effect of the treatment on the rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodAdjusted {
    /// Events per unit of time: treated less untreated.
    pub effect: f64,
    /// Standard error by cluster.
    pub standard_error: f64,
    /// Degrees of freedom of its t distribution.
    pub degrees_of_freedom: f64,
    /// Standard error if events were independent (Poisson).
    pub independent_standard_error: f64,
    /// Clusters.
    pub clusters: usize,
}

/// Estimates the effect; cells without time at risk are left out.
///
/// ```
/// use stapjes::estimate::period_adjusted::{UnitPeriod, fit};
/// // Four units, three periods; two go over in period 1, one in period 2, one never. Rates rise with the period.
/// let starts = [1, 1, 2, 9];
/// let cells: Vec<UnitPeriod> = (0..4)
///     .flat_map(|unit| (0..3).map(move |period| (unit, period)))
///     .map(|(unit, period)| {
///         let exposure = f64::from(u8::from(period >= starts[unit as usize]));
///         let noise = [0.3, -0.4, 0.2, 0.1][unit as usize] * f64::from(period % 2);
///         let rate = 2.0 + f64::from(unit) + 0.5 * f64::from(period) + exposure + noise;
///         UnitPeriod { unit, cluster: unit, period, exposure, events: 10.0 * rate, time: 10.0 }
///     })
///     .collect();
/// let found = fit(&cells)?;
/// assert!((found.effect - 0.86).abs() < 1e-9 && found.clusters == 4);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Numbers that are not finite, fewer than two clusters, or a schedule in which the treatment cannot be told from units and periods.
pub fn fit(cells: &[UnitPeriod]) -> Result<PeriodAdjusted, EstimateError> {
    let finite =
        |cell: &UnitPeriod| cell.exposure.is_finite() && cell.events.is_finite() && cell.time.is_finite();
    if !cells.iter().all(finite) {
        return Err(EstimateError::data(said!(
            "een cel bevat een waarde die geen eindig getal is",
            "a cell holds a value that is not a finite number"
        )));
    }
    let cells: Vec<&UnitPeriod> = cells.iter().filter(|cell| cell.time > 0.0).collect();
    let clusters: Vec<u32> = cells.iter().map(|cell| cell.cluster).collect();
    let (member, count) = cluster_members(&clusters, cells.len())?;
    let mut periods: Vec<u32> = cells.iter().map(|cell| cell.period).collect();
    periods.sort_unstable();
    periods.dedup();
    // The first period is the reference.
    let columns = periods.len();
    let regressor = |cell: &UnitPeriod, column: usize| match column {
        0 => cell.exposure,
        _ => f64::from(u8::from(cell.period == periods[column])),
    };
    let x = within_units(
        &cells,
        &DMatrix::from_fn(cells.len(), columns, |row, column| regressor(cells[row], column)),
    );
    let rates = DMatrix::from_fn(cells.len(), 1, |row, _| cells[row].events / cells[row].time);
    let y = DVector::from_column_slice(within_units(&cells, &rates).as_slice());
    if x.nrows() <= columns {
        return Err(EstimateError::data(said!(
            "er zijn niet meer cellen dan tijdvakken",
            "there are not more cells than periods"
        )));
    }
    let names: Vec<String> = (0..columns)
        .map(|column| if column == 0 { "exposure".to_owned() } else { format!("period {}", periods[column]) })
        .collect();
    let total: f64 = cells.iter().map(|cell| cell.time).sum();
    if x.column(0).norm() <= 1e-9 * libm::sqrt(total) {
        return Err(collinear(&names[0]));
    }
    let found = regress(&x, &y, &names, &member, count, ClusterVariance::Cr2)?;
    let weights = &found.inverse * x.transpose();
    // A count varies as its mean does: pooled over units and periods, of all cells alike.
    let rate = cells.iter().map(|cell| cell.events).sum::<f64>() / total;
    let squares: f64 = weights.row(0).iter().map(|weight| weight * weight).sum();
    Ok(PeriodAdjusted {
        effect: found.coefficients[0],
        standard_error: found.covariance[(0, 0)].max(0.0).sqrt(),
        degrees_of_freedom: found.degrees_of_freedom[0],
        independent_standard_error: (rate * squares).sqrt(),
        clusters: count,
    })
}

/// Less the mean of the unit, weighted by time at risk, and times the root of that time.
fn within_units(cells: &[&UnitPeriod], columns: &DMatrix<f64>) -> DMatrix<f64> {
    let units = cells.iter().map(|cell| cell.unit as usize + 1).max().unwrap_or(0);
    let mut result = columns.clone();
    for mut column in result.column_iter_mut() {
        let (mut sum, mut weight) = (vec![0.0; units], vec![0.0; units]);
        for (cell, value) in cells.iter().zip(column.iter()) {
            sum[cell.unit as usize] += cell.time * value;
            weight[cell.unit as usize] += cell.time;
        }
        for (cell, value) in cells.iter().zip(column.iter_mut()) {
            let unit = cell.unit as usize;
            *value = (*value - sum[unit] / weight[unit]) * libm::sqrt(cell.time);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_that_cannot_tell_is_refused() {
        let cell = |unit: u32, period: u32, exposure: f64| UnitPeriod {
            unit,
            cluster: unit,
            period,
            exposure,
            events: f64::from(unit + period),
            time: 1.0,
        };
        let always = |unit: u32| f64::from(u8::from(unit < 2));
        let units = |at: &dyn Fn(u32, u32) -> f64| -> Vec<UnitPeriod> {
            (0..4)
                .flat_map(|unit| (0..3).map(move |period| (unit, period)))
                .map(|(u, p)| cell(u, p, at(u, p)))
                .collect()
        };
        assert!(fit(&units(&|unit, _| always(unit))).is_err(), "treated or not throughout");
        assert!(fit(&units(&|_, period| f64::from(u8::from(period > 0)))).is_err(), "all at the same date");
        assert!(fit(&[]).is_err());
    }
}
