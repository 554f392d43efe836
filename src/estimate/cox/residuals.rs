//! Score residuals: what each row contributes to the derivative of the log partial likelihood.

use super::design::{Design, for_each_event_time};

/// Sums over the event times of one stratum up to and including each, plus what is given back to rows with the event.
struct Steps {
    /// Times of events.
    time: Vec<f64>,
    /// Cumulative hazard up to and including each time.
    hazard: Vec<f64>,
    /// Cumulative hazard-weighted mean covariates, `columns` per time.
    weighted: Vec<f64>,
}

/// What each row contributes at one coefficient vector, before its weight.
pub(super) struct Residuals {
    /// Score residuals, row-major, `columns` per row, on the scaled covariates.
    pub(super) score: Vec<f64>,
    /// Events expected of each row: its risk score times the cumulative hazard over its time at risk.
    pub(super) expected: Vec<f64>,
}

/// Residuals at `beta`.
///
/// Row `i` gets `sum over its event of (x_i - mean of the mean covariates of the terms) - r_i * sum over times at risk of
/// (x_i - xbar(t)) dH(t)`, with Efron's fractions where asked. They add up to the score. Therneau, Grambsch & Fleming
/// (1990), Biometrika 77:147-160, <https://doi.org/10.1093/biomet/77.1.147>.
pub(super) fn residuals(design: &Design, beta: &[f64], efron: bool) -> Residuals {
    let p = design.columns;
    let (score, _) = design.risk_scores(beta);
    let mut residuals = vec![0.0; design.rows * p];
    let mut expected = vec![0.0; design.rows];
    let mut strata: Vec<(u32, Steps)> = Vec::new();
    for_each_event_time(design, &score, |moments| {
        if strata.last().is_none_or(|(stratum, _)| *stratum != moments.stratum) {
            strata.push((moments.stratum, Steps { time: vec![], hazard: vec![], weighted: vec![] }));
        }
        let mut hazard = 0.0;
        let mut weighted = vec![0.0; p];
        let mut mean_of_means = vec![0.0; p];
        let mut returned_hazard = 0.0;
        let mut returned_weighted = vec![0.0; p];
        moments.for_each_term(efron, |fraction, weight| {
            let s0 = moments.s0 - fraction * moments.d0;
            hazard += weight / s0;
            returned_hazard += fraction * weight / s0;
            for i in 0..p {
                let mean = (moments.s1[i] - fraction * moments.d1[i]) / s0;
                weighted[i] += mean * weight / s0;
                returned_weighted[i] += fraction * mean * weight / s0;
                mean_of_means[i] += mean * weight / moments.weight;
            }
        });
        for row in moments.deaths {
            expected[*row] -= score[*row] * returned_hazard;
            for i in 0..p {
                let x = design.x[row * p + i];
                residuals[row * p + i] +=
                    x - mean_of_means[i] + score[*row] * (x * returned_hazard - returned_weighted[i]);
            }
        }
        if let Some((_, steps)) = strata.last_mut() {
            steps.time.push(moments.time);
            steps.hazard.push(hazard);
            steps.weighted.extend_from_slice(&weighted);
        }
    });
    strata.iter_mut().for_each(|(_, steps)| steps.accumulate(p));
    for row in 0..design.rows {
        // The strata were visited in rising order; one without events has no steps.
        if let Ok(place) = strata.binary_search_by_key(&design.stratum[row], |(stratum, _)| *stratum) {
            let residual = &mut residuals[row * p..(row + 1) * p];
            expected[row] += strata[place].1.subtract_compensator(design, row, score[row], residual);
        }
    }
    Residuals { score: residuals, expected }
}

impl Steps {
    /// Turns steps in falling order of time into cumulative sums in rising order.
    fn accumulate(&mut self, p: usize) {
        self.time.reverse();
        self.hazard.reverse();
        let steps = self.time.len();
        let mut rising = Vec::with_capacity(steps * p);
        for step in (0..steps).rev() {
            rising.extend_from_slice(&self.weighted[step * p..(step + 1) * p]);
        }
        self.weighted = rising;
        for step in 1..steps {
            self.hazard[step] += self.hazard[step - 1];
            for i in 0..p {
                self.weighted[step * p + i] += self.weighted[(step - 1) * p + i];
            }
        }
    }

    /// Takes off what being at risk has added; returns the events expected of the row.
    fn subtract_compensator(&self, design: &Design, row: usize, score: f64, residual: &mut [f64]) -> f64 {
        let until = self.time.partition_point(|time| *time <= design.stop[row]);
        let from =
            design.start.as_ref().map_or(0, |start| self.time.partition_point(|time| *time <= start[row]));
        let hazard = self.hazard_until(until) - self.hazard_until(from);
        let p = residual.len();
        for (i, slot) in residual.iter_mut().enumerate() {
            let weighted = self.weighted_until(until, i, p) - self.weighted_until(from, i, p);
            *slot -= score * (design.x[row * p + i] * hazard - weighted);
        }
        score * hazard
    }

    /// Cumulative hazard up to a step.
    fn hazard_until(&self, count: usize) -> f64 {
        if count == 0 { 0.0 } else { self.hazard[count - 1] }
    }

    /// The same times the mean of a column.
    fn weighted_until(&self, count: usize, column: usize, p: usize) -> f64 {
        if count == 0 { 0.0 } else { self.weighted[(count - 1) * p + column] }
    }
}

/// Log-rank scores: event minus cumulative hazard over the time at risk, with one hazard for everybody of a stratum
/// (martingale residuals without covariates). Summed over one arm they are its observed minus expected events.
///
/// # Errors
/// Bad rows or no events.
pub(in crate::estimate) fn log_rank_scores(
    data: &crate::observe::Dataset,
    event: &[bool],
) -> Result<Vec<f64>, crate::estimate::EstimateError> {
    let rows = super::CoxData {
        start: data.start.as_deref(),
        stop: &data.time,
        event,
        stratum: data.stratum.as_deref(),
        weight: data.weight.as_deref(),
    };
    let design = Design::new(&rows, &[])?;
    let mut scores: Vec<f64> = event.iter().map(|event| f64::from(u8::from(*event))).collect();
    let ones = vec![1.0; design.rows];
    let mut steps: Vec<(u32, f64, f64)> = Vec::new();
    for_each_event_time(&design, &ones, |moments| {
        steps.push((moments.stratum, moments.time, moments.weight / moments.s0));
    });
    steps.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut total = 0.0;
    let mut cumulative = vec![0.0];
    cumulative.extend(steps.iter().map(|(_, _, hazard)| {
        total += hazard;
        total
    }));
    let until = |stratum: u32, time: f64| {
        let before = |step: &(u32, f64, f64)| step.0 < stratum || step.0 == stratum && step.1 <= time;
        cumulative[steps.partition_point(before)]
    };
    for (row, score) in scores.iter_mut().enumerate() {
        let start = design.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[row]);
        let stratum = design.stratum[row];
        *score -= until(stratum, design.stop[row]) - until(stratum, start);
    }
    Ok(scores)
}
