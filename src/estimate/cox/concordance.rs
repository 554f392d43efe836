//! Harrell's concordance between a linear predictor and the order of events.

use super::design::Design;

/// Share of concordant pairs. A pair is comparable when one row has the event while the other, of the same stratum, is at
/// risk and stays event-free at that time; it is concordant when the higher predictor has the event; equal predictors
/// count one half. As `concordance` in R's `survival` (unit weights).
pub(super) fn concordance(design: &Design, predictor: &[f64]) -> Option<f64> {
    let mut concordant = 0.0;
    let mut pairs = 0.0;
    for (first, end) in design.strata_ranges() {
        let mut index = first;
        while index < end {
            let time = design.stop[design.by_stop[index]];
            let past = (index..end).find(|i| design.stop[design.by_stop[*i]] != time).unwrap_or(end);
            for death in design.by_stop[index..past].iter().filter(|row| design.event[**row]) {
                for other in &design.by_stop[first..past] {
                    let later = design.stop[*other] > time || !design.event[*other];
                    let entered = design.start.as_ref().is_none_or(|start| start[*other] < time);
                    if later && entered {
                        pairs += 1.0;
                        concordant += agreement(predictor[*death], predictor[*other]);
                    }
                }
            }
            index = past;
        }
    }
    (pairs > 0.0).then(|| concordant / pairs)
}

/// 1 when the row with the event has the higher predictor, one half when they are equal up to rounding.
fn agreement(event: f64, other: f64) -> f64 {
    let tolerance = 1e-11 * event.abs().max(other.abs()).max(1.0);
    if (event - other).abs() <= tolerance {
        0.5
    } else if event > other {
        1.0
    } else {
        0.0
    }
}
