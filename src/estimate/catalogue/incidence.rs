//! Competing exits: cumulative incidence and time lost per cause.
//!
//! Shares are those of everybody who began, not of those still there: one less Kaplan-Meier of a cause
//! would be the share that had left if nobody could leave for another.

use super::curves::horizons;
use super::estimand;
use super::shape::{Partial, require_basis, with_clustered_difference, with_difference};
use super::{Method, Needs};
use crate::estimate::aalen_johansen::{IncidenceCurves, Variance, aalen_johansen, causes_in};
use crate::estimate::kaplan_meier::interval;
use crate::estimate::{Estimate, EstimateError, MethodArguments, Options};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `cmprsk::cuminc` (Aalen's variance), `survfit` with several states (jackknife).
        name: "cumulative-incidence",
        aliases: &["aalen-johansen", "cuminc", "aj"],
        arguments: "(aalen | delta | jackknife)",
        summary: Text::new(
            "kans om door elke oorzaak (of --cause) te zijn vertrokken: hele curve en op --at; \
             verschillen tussen groepen",
            "probability of having left by each cause (or --cause): whole curve and at --at; differences between arms",
        ),
        needs: Needs::Times,
        by_default: false,
        run: incidence,
    },
    Method {
        // R: `survfit` with several states, `rmean`.
        name: "time-lost",
        aliases: &["rmtl-cause", "restricted-mean-time-lost"],
        arguments: "(tau; ...; variance=aalen | delta | jackknife)",
        summary: Text::new(
            "gemiddelde tijd verloren aan elke oorzaak (of --cause) tot tau: elke groep en het verschil",
            "mean time lost to each cause (or --cause) up to tau: each arm and difference",
        ),
        needs: Needs::Times,
        by_default: false,
        run: time_lost,
    },
];

/// The variance that a word asks for; Aalen's without a word.
///
/// # Errors
/// A word that names none, with those that do.
fn variance_of(word: Option<&str>) -> Result<Variance, EstimateError> {
    match word {
        None | Some("aalen" | "cmprsk") => Ok(Variance::Aalen),
        Some("delta") => Ok(Variance::Delta),
        Some("jackknife" | "survival") => Ok(Variance::Jackknife),
        Some(other) => Err(EstimateError::option(
            "variance",
            said!(
                "\"{other}\" is niet aalen, delta of jackknife",
                "\"{other}\" is not aalen, delta or jackknife",
                other = other
            ),
        )),
    }
}

/// How a variance is computed, for the convention of a result.
fn in_words(variance: Variance, data: &Dataset) -> Said {
    match variance {
        Variance::Jackknife if data.cluster.is_some() => {
            said!(
                "infinitesimale jackknife per cluster (als survival); verschillen met t voor weinig \
                 clusters",
                "infinitesimal jackknife by cluster (as survival); differences with t for few clusters"
            )
        }
        Variance::Aalen => said!("variantie van Aalen (als cmprsk)", "Aalen variance (as cmprsk)"),
        Variance::Delta => {
            said!("multinomiale variantie met de deltamethode", "multinomial delta-method variance")
        }
        Variance::Jackknife => said!(
            "infinitesimale jackknife per rij, persoon of cluster (als survival)",
            "infinitesimal jackknife by row, person or cluster (as survival)"
        ),
    }
}

/// The causes to report: that of `--cause`, else all that occur.
fn causes(data: &Dataset, options: &Options) -> Vec<u32> {
    let present = |cause: &u32| data.cause.contains(cause);
    match options.cause {
        Some(cause) => vec![cause],
        None => (1..=causes_in(data)).filter(present).collect(),
    }
}

/// Share of an arm that has left for each cause, at every `--at` with differences, or as a whole curve.
fn incidence(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["variance"], 1)?;
    let variance = require_variance(data, arguments.text("variance", 0))?;
    let curves = aalen_johansen(data, causes_in(data).max(options.cause.unwrap_or(1)))?;
    let mut estimates = Partial::default();
    for cause in causes(data, options) {
        for (curve, arm) in curves.iter().zip(&data.arm_names) {
            if options.at.is_empty() {
                estimates.give([whole_curve(data, curve, arm, cause, variance)]);
            }
            for &time in &options.at {
                let label = said!(
                    "{arm}, oorzaak {cause} op {time}",
                    "{arm}, cause {cause} at {time}",
                    arm = arm,
                    cause = cause,
                    time = time
                );
                let estimate = new(
                    "cumulative-incidence",
                    label,
                    estimand::cumulative_incidence(),
                    variance,
                    cause,
                    data,
                )
                .with("time", time);
                match require_reaches(curve, arm, time) {
                    Ok(()) => estimates.give([at_time(estimate, curve, cause, time, variance, options)]),
                    Err(error) => estimates.withhold(estimate, error),
                }
            }
        }
        for &time in &options.at {
            estimates.give(differences(data, &curves, cause, time, variance, options));
        }
    }
    estimates.finish()
}

fn new(name: &str, label: Said, estimand: Said, variance: Variance, cause: u32, data: &Dataset) -> Estimate {
    let by_cluster = (variance == Variance::Jackknife && data.cluster.is_some()).then_some(true);
    Estimate { uses_clusters: by_cluster, ..Estimate::new(name, label, estimand, in_words(variance, data)) }
        .with("cause", f64::from(cause))
}

/// Sampling weights leave one variance.
fn require_variance(data: &Dataset, asked: Option<&str>) -> Result<Variance, EstimateError> {
    match variance_of(asked)? {
        Variance::Aalen | Variance::Delta if data.weight.is_some() && asked.is_some() => {
            Err(EstimateError::option(
                "variance",
                said!(
                    "steekproefgewichten hebben alleen de jackknife-variantie",
                    "sampling weights have the jackknife variance only"
                ),
            ))
        }
        _ if data.weight.is_some() => Ok(Variance::Jackknife),
        variance => Ok(variance),
    }
}

/// A curve with every step in the details: time, at risk, events, incidence and its error.
fn whole_curve(
    data: &Dataset,
    curve: &IncidenceCurves,
    arm: &str,
    cause: u32,
    variance: Variance,
) -> Estimate {
    let times = &curve.table.times;
    let errors: Vec<f64> = curve.variances(cause, variance).into_iter().map(libm::sqrt).collect();
    new(
        "cumulative-incidence",
        said!("{arm}, oorzaak {cause}", "{arm}, cause {cause}", arm = arm, cause = cause),
        estimand::cumulative_incidence(),
        variance,
        cause,
        data,
    )
    .with("time", times.clone())
    .with("at_risk", curve.table.at_risk.clone())
    .with("incidence", curve.incidence[cause as usize - 1].clone())
    .with("standard_error", errors)
}

/// Refuses a time after the last one.
fn require_reaches(curve: &IncidenceCurves, arm: &str, time: f64) -> Result<(), EstimateError> {
    let latest = curve.last_time();
    if time <= latest || curve.remaining_at(latest) < 1e-12 {
        return Ok(());
    }
    Err(EstimateError::HorizonBeyondFollowUp { horizon: time, latest, arm: arm.into() })
}

/// Shares of each arm at a time.
fn at_time(
    mut estimate: Estimate,
    curve: &IncidenceCurves,
    cause: u32,
    time: f64,
    variance: Variance,
    options: &Options,
) -> Estimate {
    let (value, v) = (curve.at(cause, time), curve.variance_at(cause, time, variance));
    estimate.value = Some(value);
    estimate.standard_error = Some(libm::sqrt(v));
    estimate.interval = interval(value, libm::sqrt(v) / value, options.interval, options.level);
    estimate.with("variance", v).with("remaining", curve.remaining_at(time))
}

/// Differences of every arm to the control at a time.
fn differences(
    data: &Dataset,
    curves: &[IncidenceCurves],
    cause: u32,
    time: f64,
    variance: Variance,
    options: &Options,
) -> Vec<Estimate> {
    let mut estimates = Vec::new();
    let reached = |curve: &IncidenceCurves, arm: &str| require_reaches(curve, arm, time).is_ok();
    if !reached(&curves[0], &data.arm_names[0]) {
        return estimates;
    }
    for place in (1..curves.len()).filter(|&place| reached(&curves[place], &data.arm_names[place])) {
        let (curve, arm) = (&curves[place], &data.arm_names[place]);
        let errors = [&curves[0], curve].map(|curve| libm::sqrt(curve.variance_at(cause, time, variance)));
        let label = said!(
            "{arm} - {control}, oorzaak {cause} op {time}",
            "{arm} - {control}, cause {cause} at {time}",
            control = data.arm_names[0],
            arm = arm,
            cause = cause,
            time = time
        );
        let estimate = new(
            "cumulative-incidence",
            label,
            said!("verschil in cumulatieve incidentie", "difference in cumulative incidence"),
            variance,
            cause,
            data,
        );
        let value = curve.at(cause, time) - curves[0].at(cause, time);
        let shown = contrast(estimate.with("time", time), value, errors, [0, place], variance, data, options);
        estimates.push(require_basis(shown, [&data.arm_names[0], arm].into_iter().zip(errors)));
    }
    estimates
}

/// A difference with its test: z, or with the jackknife by cluster t on few of them.
fn contrast(
    estimate: Estimate,
    value: f64,
    errors: [f64; 2],
    arms: [usize; 2],
    variance: Variance,
    data: &Dataset,
    options: &Options,
) -> Estimate {
    if variance == Variance::Jackknife && data.cluster.is_some() {
        return with_clustered_difference(estimate, value, errors, arms, data, options);
    }
    with_difference(estimate, value, libm::hypot(errors[0], errors[1]), options)
}

/// Mean time lost to a cause up to each horizon, by arm, and differences: the area under its incidence.
fn time_lost(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["tau", "variance"], usize::MAX)?;
    let variance = require_variance(data, arguments.text("variance", usize::MAX))?;
    let curves = aalen_johansen(data, causes_in(data).max(options.cause.unwrap_or(1)))?;
    let mut estimates = Vec::new();
    for tau in horizons(arguments, options, curves.iter().map(IncidenceCurves::last_time))? {
        if !(tau > 0.0 && tau.is_finite()) {
            return Err(EstimateError::option("tau", said!("moet boven 0 liggen", "must be above 0")));
        }
        for (curve, arm) in curves.iter().zip(&data.arm_names) {
            require_reaches(curve, arm, tau)?;
        }
        for cause in causes(data, options) {
            let errors: Vec<f64> =
                curves.iter().map(|c| c.time_lost_variance(cause, tau, variance)).collect();
            let lost: Vec<f64> = curves.iter().map(|c| c.time_lost(cause, tau)).collect();
            for (arm, name) in data.arm_names.iter().enumerate() {
                let label = said!(
                    "{name}, oorzaak {cause} tot {tau}",
                    "{name}, cause {cause} up to {tau}",
                    name = name,
                    cause = cause,
                    tau = tau
                );
                let estimate = new(
                    "time-lost",
                    label,
                    said!("gemiddelde verloren tijd", "mean time lost"),
                    variance,
                    cause,
                    data,
                )
                .with("tau", tau);
                estimates.push(estimate.with_wald(lost[arm], libm::sqrt(errors[arm]), options.level));
            }
            for arm in 1..curves.len() {
                let label = said!(
                    "{treated} - {control}, oorzaak {cause} tot {tau}",
                    "{treated} - {control}, cause {cause} up to {tau}",
                    treated = data.arm_names[arm],
                    control = data.arm_names[0],
                    cause = cause,
                    tau = tau
                );
                let estimate = new(
                    "time-lost",
                    label,
                    said!("verschil in gemiddelde verloren tijd", "difference in mean time lost"),
                    variance,
                    cause,
                    data,
                )
                .with("tau", tau);
                let arm_errors = [0, arm].map(|arm| libm::sqrt(errors[arm]));
                let value = lost[arm] - lost[0];
                let shown = contrast(estimate, value, arm_errors, [0, arm], variance, data, options);
                let both = [0, arm].map(|arm| (&data.arm_names[arm], libm::sqrt(errors[arm])));
                estimates.push(require_basis(shown, both));
            }
        }
    }
    Ok(estimates)
}
