//! Restricted means with strata or covariates.
//!
//! Strata: the difference within each stratum, weighted by its share of the rows, variance sum of w^2 (v1 + v0); lrstat's `rmdiff` with
//! strata. Covariates: least squares of min(T, tau) on arm and covariates, weighted by the inverse probability of not being censored in the
//! own arm; Tian, Zhao & Wei (2014), <https://doi.org/10.1093/biostatistics/kxt050>; the same estimator as `survRM2::rmst2(covariates = )` for
//! the difference. Its variance is A^-1 (sum of k k') A^-1, A = X'X, where k is the weighted residual times x, plus what the estimated
//! censoring curve adds: (1 - d) S(y) / Y(y) less the sum over censorings up to y of S / Y^2, S the sum of weighted scores still to come.

use super::EstimateError;
use super::cox::Term;
use super::kaplan_meier::SurvivalCurve;
use super::restricted_mean::{RestrictedMean, Window};
use super::risk_table::{Ending, RiskRow, RiskTable, rows_of};
use super::ties::merge_close_times;
use crate::observe::Dataset;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// A difference of restricted means over strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StratifiedDifference {
    /// Treated minus control.
    pub difference: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Strata.
    pub strata: usize,
}

/// The stratified difference between arm `treated` and the control.
///
/// # Example
/// ```
/// use stapjes::estimate::adjusted_mean::stratified_difference;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let data = Dataset { stratum: Some([0, 0, 1, 1].repeat(4)), ..Dataset::example() };
/// let found = stratified_difference(&data, Ending::Any, 1, 7.0)?;
/// // R: restricted means of survfit in each stratum, weighted by its share of the rows
/// assert!((found.difference + 1.375).abs() < 1e-12 && found.strata == 2);
/// assert!((found.standard_error - 0.941_657_448_3).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// No strata; a stratum in which an arm is absent or not followed to `tau`; a horizon that is not positive.
pub fn stratified_difference(
    data: &Dataset,
    ending: Ending,
    treated: u32,
    tau: f64,
) -> Result<StratifiedDifference, EstimateError> {
    let what = || said!("een stratum voor elke rij (--strata)", "a stratum for every row (--strata)");
    let stratum = data.stratum.as_ref().ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
    let window = Window::until(tau);
    window.require_valid()?;
    let data = &merge_close_times(data);
    let takes_part = |row: usize| data.arm[row] == 0 || data.arm[row] == treated;
    let mut labels: Vec<u32> =
        (0..data.time.len()).filter(|row| takes_part(*row)).map(|row| stratum[row]).collect();
    let all = labels.len() as f64;
    labels.sort_unstable();
    let (mut difference, mut variance) = (0.0, 0.0);
    let parts: Vec<(u32, usize)> =
        labels.chunk_by(|a, b| a == b).map(|chunk| (chunk[0], chunk.len())).collect();
    for (label, rows) in &parts {
        let weight = *rows as f64 / all;
        let mean = |arm: u32| -> Result<RestrictedMean, EstimateError> {
            let of_stratum = |row: usize| stratum[row] == *label && data.arm[row] == arm;
            let rows = rows_of(data, ending).enumerate().filter(|(row, _)| of_stratum(*row));
            let rows = rows.map(|(_, row)| RiskRow { group: 0, ..row });
            let table = RiskTable::from_rows(1, ending.columns(), rows);
            let name = format!("{} in stratum {}", data.arm_names[arm as usize], label + 1);
            if table.is_empty() {
                return Err(EstimateError::EmptyArm { arm: name });
            }
            let curve = SurvivalCurve::new(table);
            curve.require_reaches(tau, &name)?;
            Ok(RestrictedMean::new(&curve, window))
        };
        let (new, old) = (mean(treated)?, mean(0)?);
        difference += weight * (new.mean - old.mean);
        variance += weight * weight * (new.variance(false) + old.variance(false));
    }
    Ok(StratifiedDifference { difference, standard_error: libm::sqrt(variance), strata: parts.len() })
}

/// Coefficients of the weighted regression: intercept, arms, covariates.
#[derive(Clone, Debug, PartialEq)]
pub struct AdjustedMeans {
    /// Coefficients.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
}

/// Regression of min(T, tau) on `terms`; `events` says which rows end with the event.
///
/// # Example
/// ```
/// use stapjes::estimate::adjusted_mean::adjusted;
/// use stapjes::estimate::cox::Term;
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
/// let years = [3.0, 5.0, 2.0, 6.0, 4.0, 7.0, 5.0, 4.0, 2.0, 5.0, 6.0, 3.0, 4.0, 6.0, 7.0, 5.0];
/// let terms = [
///     Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() },
///     Term { name: "years on benefit".into(), values: years.to_vec() },
/// ];
/// let found = adjusted(&data, &left, &terms, 10.0)?;
/// // R: lm.wfit of pmin(time, 10), weights 1 / G from survfit of the censoring in each arm
/// let expected = [2.237_835_998_6, -2.169_020_074_9, 1.222_354_542_4];
/// assert!(found.coefficients.iter().zip(expected).all(|(own, r)| (own - r).abs() < 1e-8));
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Delayed entry; a horizon that an arm is not followed to; terms that are linear combinations of each other.
pub fn adjusted(
    data: &Dataset,
    events: &[bool],
    terms: &[Term],
    tau: f64,
) -> Result<AdjustedMeans, EstimateError> {
    if data.start.is_some() {
        return Err(EstimateError::data(said!(
            "aangepaste beperkte gemiddelden kennen geen latere instroom: laat --start weg",
            "adjusted restricted means know no delayed entry: leave --start out"
        )));
    }
    Window::until(tau).require_valid()?;
    let n = data.time.len();
    let columns = terms.len() + 1;
    let x = DMatrix::from_fn(n, columns, |row, column| match column {
        0 => 1.0,
        _ => terms[column - 1].values[row],
    });
    let time: Vec<f64> = data.time.iter().map(|time| time.min(tau)).collect();
    let known: Vec<bool> = (0..n).map(|row| events[row] || data.time[row] >= tau).collect();
    let mut weights = vec![0.0; n];
    for (arm, name) in data.arm_names.iter().enumerate() {
        let of_arm = || (0..n).filter(|row| data.arm[*row] as usize == arm);
        let censoring = of_arm().map(|row| RiskRow {
            start: f64::NEG_INFINITY,
            time: time[row],
            event: u32::from(!known[row]),
            group: 0,
        });
        let curve = SurvivalCurve::new(RiskTable::from_rows(1, 1, censoring));
        let latest = curve.last_time();
        if latest < tau && of_arm().any(|row| !known[row] && time[row] == latest) {
            return Err(EstimateError::HorizonBeyondFollowUp { horizon: tau, latest, arm: name.clone() });
        }
        for row in of_arm().filter(|row| known[*row]) {
            weights[row] = 1.0 / curve.at(time[row]);
        }
    }
    if weights.iter().any(|weight| !weight.is_finite()) {
        return Err(EstimateError::data(said!(
            "de laatste rij van een groep vóór tau is gecensureerd op hetzelfde moment als een \
                 gebeurtenis; kies een vroegere --tau",
            "the last row of an arm before tau is censored together with an event; choose an earlier --tau"
        )));
    }
    let weighted = DMatrix::from_fn(n, columns, |row, column| x[(row, column)] * weights[row]);
    let collinear = || {
        EstimateError::data(said!(
            "de covariaten en de groep zijn lineaire combinaties van elkaar",
            "the covariates and the arm are linear combinations of each other"
        ))
    };
    let y = DVector::from_column_slice(&time);
    let normal = weighted.transpose() * &x;
    let solved = normal.cholesky().ok_or_else(collinear)?;
    let coefficients = solved.solve(&(weighted.transpose() * &y));
    let residual = &y - &x * &coefficients;
    let mut meat = DMatrix::zeros(columns, columns);
    for arm in 0..data.arm_names.len() {
        let mut rows: Vec<usize> = (0..n).filter(|row| data.arm[*row] as usize == arm).collect();
        rows.sort_by(|a, b| time[*a].total_cmp(&time[*b]).then(a.cmp(b)));
        let score = |row: usize| weighted.row(row).transpose() * residual[row];
        // Sums of scores still to come, from the last time to the first.
        let mut later = vec![DVector::zeros(columns); rows.len() + 1];
        for at in (0..rows.len()).rev() {
            later[at] = &later[at + 1] + score(rows[at]);
        }
        let mut past = DVector::zeros(columns);
        let mut from = 0;
        while from < rows.len() {
            let own_time = time[rows[from]];
            let to = from + rows[from..].iter().take_while(|row| time[**row] == own_time).count();
            let at_risk = (rows.len() - from) as f64;
            let mean = &later[from] / at_risk;
            let censored = rows[from..to].iter().filter(|row| !known[**row]).count() as f64;
            past += &mean * (censored / at_risk);
            for row in &rows[from..to] {
                let mut kappa = score(*row) - &past;
                if !known[*row] {
                    kappa += &mean;
                }
                meat += &kappa * kappa.transpose();
            }
            from = to;
        }
    }
    let bread = (x.transpose() * &x).cholesky().ok_or_else(collinear)?.inverse();
    let covariance = &bread * meat * &bread;
    Ok(AdjustedMeans {
        coefficients: coefficients.iter().copied().collect(),
        standard_errors: (0..columns).map(|i| libm::sqrt(covariance[(i, i)])).collect(),
    })
}
