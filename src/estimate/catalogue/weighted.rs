//! What methods give when rows have sampling weights: weighted estimates with robust errors.
//!
//! A sampling weight says how many of the population a row stands for, not how many rows there are:
//! estimates are weighted, and their errors are robust by row, person or cluster, since a likelihood of
//! weighted rows has no meaning. Methods without such an error refuse weights by name.

use super::estimand;
use super::shape::{label_at, with_difference};
use crate::estimate::case_weights::{WeightedMean, units, weighted_mean};
use crate::estimate::contrast::{Reference, arm_terms, by_person, by_row, difference, events};
use crate::estimate::cox::{CoxData, CoxModel, Ties};
use crate::estimate::log_rank::p_of_z;
use crate::estimate::outcomes::{horizons, outcome};
use crate::estimate::{Alternative, Estimate, EstimateError, Interval, Options, require_arms};
use crate::language::Said;
use crate::observe::Dataset;
use crate::said;
use crate::stats::normal;

/// Methods that take sampling weights; all others refuse them.
pub(super) const METHODS: [&str; 17] = [
    "kaplan-meier",
    "quantile",
    "median-follow-up",
    "rmst",
    "window-mean",
    "milestone",
    "log-rank",
    "cause-specific-log-rank",
    "cox",
    "cause-specific-cox",
    "cox-robust",
    "robust-log-rank",
    "cumulative-incidence",
    "time-lost",
    "wald-proportion",
    "wald",
    "welch",
];

/// Methods that count frequencies by weights in the likelihood: with Efron's ties that is not the same as rows that occur several times, and
/// what R's `coxph(weights=)` has.
pub(super) const COUNTED: [&str; 4] = ["cox", "cause-specific-cox", "cox-robust", "robust-log-rank"];

/// The log-rank test as the robust score test of a weighted Cox model, Breslow's ties: as R's
/// `coxph(..., weights=, robust=TRUE, ties="breslow")$rscore`.
pub(super) fn log_rank(
    name: &str,
    data: &Dataset,
    options: &Options,
) -> Result<Vec<Estimate>, EstimateError> {
    require_arms(data, 2, usize::MAX)?;
    let event = events(data, options.cause);
    let rows = CoxData {
        start: data.start.as_deref(),
        stop: &data.time,
        event: &event,
        stratum: data.stratum.as_deref(),
        weight: data.weight.as_deref(),
    };
    let terms = arm_terms(data);
    let unit = units(data);
    let labels: Vec<u32> = (0..data.time.len()).map(unit).collect();
    let (test, scores) =
        CoxModel { data: rows, terms: &terms, ties: Ties::Breslow }.plain_robust_score(&labels)?;
    let convention = said!(
        "gewogen scores (gezien - verwacht), robuuste variantie per {}; de robuuste scoretoets van \
             een gewogen Cox-model",
        "weighted scores (observed - expected), robust variance by {}; the robust score test of a weighted Cox model",
        by_what(data)
    );
    let mut estimate =
        Estimate::new(name, Said::same(data.arm_names.join(", ")), estimand::equal_hazards(), convention)
            .with_chi_square(test.statistic, test.degrees_of_freedom as f64)
            .with("score", scores.clone());
    match scores.as_slice() {
        [score] => {
            let z = libm::copysign(libm::sqrt(test.statistic), *score);
            estimate.p_value = Some(p_of_z(z, options.alternative));
            estimate =
                estimate.with("z", z).with("p_less", normal::cdf(z)).with("p_greater", normal::upper_tail(z));
        }
        _ if options.alternative != Alternative::TwoSided => {
            return Err(EstimateError::option(
                "--sided",
                said!(
                    "een eenzijdige toets vraagt precies twee groepen",
                    "a one-sided test needs exactly two arms"
                ),
            ));
        }
        _ => {}
    }
    Ok(vec![estimate])
}

/// The unit of robust errors, in words: row, person or cluster.
pub(super) fn by_what(data: &Dataset) -> Said {
    if data.person.is_some() { by_person() } else { by_row() }
}

/// Weighted share of each arm with the event.
pub(super) fn shares(name: &str, data: &Dataset, options: &Options) -> Result<Vec<Estimate>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    let convention = said!(
        "gewogen aandeel; interval van Wald, robuust (gelineariseerd) per {}",
        "weighted share; Wald interval, robust (linearized) by {}",
        by_what(data)
    );
    let mut estimates = Vec::new();
    for horizon in horizons(options) {
        for arm in 0..data.arm_names.len() {
            let found = share(data, options, horizon, arm)?;
            let label = label_at(data.arm_names[arm].clone(), horizon);
            let estimate = Estimate::new(name, label, estimand::share(), convention.clone());
            let mut estimate = estimate.with_wald(found.mean, found.standard_error, options.level);
            estimate.interval = estimate.interval.map(|limits| Interval {
                lower: limits.lower.max(0.0),
                upper: limits.upper.min(1.0),
                ..limits
            });
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

/// Difference of two weighted shares.
pub(super) fn share_difference(data: &Dataset, options: &Options) -> Result<Vec<Estimate>, EstimateError> {
    require_arms(data, 2, 2)?;
    let convention = said!(
        "gewogen aandelen; interval van Wald en z, robuust (gelineariseerd) per {}",
        "weighted shares; Wald interval and z, robust (linearized) by {}",
        by_what(data)
    );
    let one = |horizon: Option<f64>| {
        let (control, treated) = (share(data, options, horizon, 0)?, share(data, options, horizon, 1)?);
        let label = label_at(format!("{} - {}", data.arm_names[1], data.arm_names[0]), horizon);
        let estimate = Estimate::new("wald", label, estimand::difference_of_shares(), convention.clone());
        let error = libm::hypot(control.standard_error, treated.standard_error);
        if error <= 0.0 {
            return Err(EstimateError::NoVariance {
                what: said!("elke rij heeft dezelfde uitkomst", "every row has the same outcome"),
            });
        }
        let shown = with_difference(estimate, treated.mean - control.mean, error, options);
        Ok(shown.with("shares", vec![control.mean, treated.mean]))
    };
    horizons(options).into_iter().map(one).collect()
}

fn share(
    data: &Dataset,
    options: &Options,
    horizon: Option<f64>,
    arm: usize,
) -> Result<WeightedMean, EstimateError> {
    of_arm(data, arm, |row| {
        outcome(data, row, options.cause, horizon).map(|event| f64::from(u8::from(event)))
    })
}

/// The weighted mean over the rows of an arm that have a value, with its robust variance.
fn of_arm(
    data: &Dataset,
    arm: usize,
    value: impl Fn(usize) -> Option<f64>,
) -> Result<WeightedMean, EstimateError> {
    let unit = units(data);
    let rows: Vec<(f64, f64, u32)> = (0..data.arm.len())
        .filter(|row| data.arm[*row] as usize == arm)
        .filter_map(|row| Some((value(row)?, data.weight_of(row), unit(row))))
        .collect();
    weighted_mean(&rows)
}

/// Difference of weighted means of the outcome, t with Satterthwaite's degrees of freedom.
pub(super) fn mean_differences(data: &Dataset, options: &Options) -> Result<Vec<Estimate>, EstimateError> {
    require_arms(data, 2, usize::MAX)?;
    let what = || {
        said!("een gemeten waarde voor elke rij (--outcome)", "a measured value for every row (--outcome)")
    };
    let values = data.outcome.as_ref().ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
    let mean = |arm: usize| of_arm(data, arm, |row| Some(values[row]));
    let control = mean(0)?;
    let convention = said!(
        "gewogen gemiddelden; robuust (gelineariseerd) per {}, t met de vrijheidsgraden van \
             Satterthwaite",
        "weighted means; robust (linearized) by {}, t with Satterthwaite's df",
        by_what(data)
    );
    let one = |arm: usize| {
        let treated = mean(arm)?;
        let parts = [control, treated].map(|m| (m.standard_error * m.standard_error, m.degrees_of_freedom));
        let variance: f64 = parts.iter().map(|(variance, _)| variance).sum();
        if variance <= 0.0 {
            return Err(EstimateError::NoVariance {
                what: said!(
                    "alle waarden binnen elke groep zijn gelijk",
                    "all values within each arm are equal"
                ),
            });
        }
        let df =
            variance * variance / parts.iter().map(|(variance, df)| variance * variance / df).sum::<f64>();
        let label = Said::same(format!("{} - {}", data.arm_names[arm], data.arm_names[0]));
        let estimate = Estimate::new("welch", label, estimand::difference_of_means(), convention.clone());
        let value = treated.mean - control.mean;
        Ok(difference(estimate, value, libm::sqrt(variance), Reference::StudentT(df), options))
    };
    (1..data.arm_names.len()).map(one).collect()
}
