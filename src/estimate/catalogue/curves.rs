//! Curves and what is read from them: probabilities, hazards, quantiles, milestones, mean times.
//!
//! Everything here is read from one curve per arm. A time beyond the follow-up of an arm is not
//! extrapolated: its result stands in the answer without a number and with the reason, and the others
//! are given.

use super::estimand;
use super::shape::{Partial, require_basis, with_difference, with_ratio};
use super::{Method, Needs};
use crate::estimate::kaplan_meier::{SurvivalCurve, kaplan_meier};
use crate::estimate::log_rank::ending_of;
use crate::estimate::milestone::compare;
use crate::estimate::nelson_aalen::{HazardTies, nelson_aalen};
use crate::estimate::restricted_mean::{RestrictedMean, Window};
use crate::estimate::{CurveInterval, Detail, Estimate, EstimateError, MethodArguments, Options};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `summary(survfit(Surv(time, status) ~ arm, conf.type = "log-log"), times = )`.
        name: "kaplan-meier",
        aliases: &["km"],
        arguments: "",
        summary: Text::new(
            "kans om te blijven in elke groep, hele curve en op --at (schaal van het interval: \
             --interval)",
            "probability of remaining in each arm, whole curve and at --at (interval scale: --interval)",
        ),
        needs: Needs::Times,
        by_default: true,
        run: curve,
    },
    Method {
        // R: `quantile(survfit(...))`.
        name: "quantile",
        aliases: &["median", "quantiles"],
        arguments: "(p; ...)",
        summary: Text::new(
            "tijd waarop een aandeel is vertrokken (zonder keuze 0.25, 0.5, 0.75), als \
             quantile(survfit) van R",
            "time by which a share has left (default 0.25, 0.5, 0.75), as R's quantile(survfit)",
        ),
        needs: Needs::Times,
        by_default: true,
        run: quantiles,
    },
    Method {
        name: "median-follow-up",
        aliases: &["reverse-kaplan-meier", "reverse-km"],
        arguments: "",
        summary: Text::new(
            "mediaan van de tijd dat rijen gevolgd konden worden: Kaplan-Meier van censurering, \
             gebeurtenissen tellen als gecensureerd",
            "median time that rows could be followed: Kaplan-Meier of censoring, events counting as censored",
        ),
        needs: Needs::Times,
        by_default: false,
        run: median_follow_up,
    },
    Method {
        // R: `survfit(..., stype = 2, ctype = 1)`, or `ctype = 2` for broken ties.
        name: "nelson-aalen",
        aliases: &["na", "cumulative-hazard"],
        arguments: "(ties=together | broken)",
        summary: Text::new(
            "cumulatieve hazard in elke groep en exp(-hazard), hele curve en op --at",
            "cumulative hazard in each arm and exp(-hazard), whole curve and at --at",
        ),
        needs: Needs::Times,
        by_default: false,
        run: hazards,
    },
    Method {
        // R: `survRM2::rmst2`, and `print(survfit, rmean = tau)`.
        name: "rmst",
        aliases: &["restricted-mean", "rmtl"],
        arguments: "(tau; ...; variance=corrected)",
        summary: Text::new(
            "gemiddelde resterende tijd tot tau (--tau): elke groep, verschil, verhouding, verhouding \
             van de verloren tijd, covariantie over meer tau's",
            "mean time remaining up to tau (--tau): each arm, difference, ratio, ratio of time lost, covariance over several tau",
        ),
        needs: Needs::Times,
        by_default: true,
        run: restricted_means,
    },
    Method {
        name: "window-mean",
        aliases: &["window"],
        arguments: "(from, to)",
        summary: Text::new(
            "gemiddelde resterende tijd tussen twee tijden: elke groep en het verschil",
            "mean time remaining between two times: each arm and difference",
        ),
        needs: Needs::Times,
        by_default: false,
        run: window_means,
    },
    Method {
        // R: `simtrial::milestone` on the log-log scale; from `survfit` on the plain one.
        name: "milestone",
        aliases: &[],
        arguments: "(plain | log | log-log | logit | arcsine)",
        summary: Text::new(
            "verschil tussen groepen in de kans om te blijven op elke --at (plain zonder keuze)",
            "difference between arms in the probability of remaining at each --at (plain without argument)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: milestones,
    },
];

/// A list in the details of a result; what does not exist is NaN, which becomes `null` in JSON.
fn list(values: impl Iterator<Item = Option<f64>>) -> Detail {
    Detail::List(values.map(|value| value.unwrap_or(f64::NAN)).collect())
}

/// The scale of an interval as `--interval` writes it.
fn scale_name(scale: CurveInterval) -> &'static str {
    match scale {
        CurveInterval::Plain => "plain",
        CurveInterval::Log => "log",
        CurveInterval::LogLog => "log-log",
        CurveInterval::Logit => "logit",
        CurveInterval::Arcsine => "arcsine",
    }
}

/// Share that remains in each arm: at every `--at`, or the whole curve with its steps in the details.
fn curve(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let variance = curve_variance(data);
    let convention = said!(
        "standaardfout: {}; interval: {}",
        "{} standard error; {} interval",
        variance,
        scale_name(options.interval)
    );
    let mut estimates = Partial::default();
    for (curve, arm) in kaplan_meier(data, ending_of(options))?.iter().zip(&data.arm_names) {
        let new = |label: Said| {
            Estimate::new(
                "kaplan-meier",
                label,
                said!("kans om te blijven", "probability of remaining"),
                convention.clone(),
            )
        };
        if options.at.is_empty() {
            estimates.give([with_whole_curve(new(Said::same(arm)), curve, options)]);
        }
        for &time in &options.at {
            let mut estimate =
                new(said!("{arm} op {time}", "{arm} at {time}", arm = arm, time = time)).with("time", time);
            if let Err(error) = curve.require_reaches(time, arm) {
                estimates.withhold(estimate, error);
                continue;
            }
            estimate.value = Some(curve.at(time));
            estimate.standard_error = curve.standard_error_at(time);
            estimate.interval = curve.interval_at(time, options.interval, options.level);
            estimates.give([estimate.with("at_risk", curve.at_risk_at(time))]);
        }
    }
    estimates.finish()
}

/// Which variance a curve has.
fn curve_variance(data: &Dataset) -> Said {
    match data.weight {
        Some(_) => {
            said!(
                "gewogen; robuust (infinitesimale jackknife per {})",
                "weighted; robust (infinitesimal jackknife by {})",
                super::weighted::by_what(data)
            )
        }
        None => Said::same("Greenwood"),
    }
}

/// With every step in the details.
fn with_whole_curve(estimate: Estimate, curve: &SurvivalCurve, options: &Options) -> Estimate {
    let times = &curve.table.times;
    let interval = |t: &f64| curve.interval_at(*t, options.interval, options.level);
    estimate
        .with("time", times.clone())
        .with("at_risk", curve.table.at_risk.clone())
        .with("events", (0..times.len()).map(|t| curve.table.all_events(t, 0)).collect::<Vec<f64>>())
        .with("probability", curve.survival.clone())
        .with("standard_error", list(times.iter().map(|&t| curve.standard_error_at(t))))
        .with("lower", list(times.iter().map(|t| interval(t).map(|i| i.lower))))
        .with("upper", list(times.iter().map(|t| interval(t).map(|i| i.upper))))
}

/// Times by which a share has left, for each arm and share; no value when the curve stays above.
fn quantiles(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let mut shares = numbers(arguments, "p")?;
    if shares.is_empty() {
        shares = vec![0.25, 0.5, 0.75];
    }
    if shares.iter().any(|&p| !(p > 0.0 && p < 1.0)) {
        return Err(EstimateError::option(
            "quantile",
            said!(
                "aandelen liggen tussen 0 en 1, bijvoorbeeld 0.5 voor de mediaan",
                "shares lie between 0 and 1, for instance 0.5 for the median"
            ),
        ));
    }
    let convention = said!(
        "eerste tijd waarop de curve van Kaplan-Meier op of onder 1 - p ligt (het midden van een \
             precies vlak stuk); interval waar de {}-grenzen kruisen; geen waarde als de curve erboven \
             blijft",
        "first time the Kaplan-Meier curve is at or below 1 - p (the middle of an exactly flat stretch); interval where \
         the {} limits cross; no value when the curve stays above",
        scale_name(options.interval)
    );
    let mut estimates = Vec::new();
    for (curve, arm) in kaplan_meier(data, ending_of(options))?.iter().zip(&data.arm_names) {
        for &p in &shares {
            let label = said!("{arm}, aandeel {p}", "{arm}, share {p}", arm = arm, p = p);
            let mut estimate = Estimate::new(
                "quantile",
                label,
                said!("tijd waarop een aandeel is vertrokken", "time by which a share has left"),
                convention.clone(),
            );
            estimate.value = curve.quantile(p);
            let interval = curve.quantile_interval(p, options.interval, options.level);
            estimate.interval = interval.lower.is_finite().then_some(interval);
            estimates.push(estimate.with("share", p));
        }
    }
    Ok(estimates)
}

/// Schemper & Smith (1996), <https://doi.org/10.1016/0197-2456(96)00075-X>: events and censorings change places; with delayed entry as
/// it stands. R: `quantile(survfit(Surv(time, status == 0) ~ arm), 0.5)`.
fn median_follow_up(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let turned =
        Dataset { cause: data.cause.iter().map(|cause| u32::from(*cause == 0)).collect(), ..data.clone() };
    let convention = said!(
        "omgekeerde Kaplan-Meier: censureringen als gebeurtenis, gebeurtenissen van welke oorzaak ook \
             als censurering; interval {}",
        "reverse Kaplan-Meier: censorings as events, events of any cause as censorings; {} interval",
        scale_name(options.interval)
    );
    let one = |(curve, arm): (&SurvivalCurve, &String)| {
        let mut estimate = Estimate::new(
            "median-follow-up",
            Said::same(arm),
            said!("mediaan van de waarnemingstijd", "median time of follow-up"),
            convention.clone(),
        );
        estimate.value = curve.quantile(0.5);
        let interval = curve.quantile_interval(0.5, options.interval, options.level);
        estimate.interval = interval.lower.is_finite().then_some(interval);
        if estimate.value.is_none() {
            estimate.missing = Some(said!(
                "minder dan de helft van groep {arm} had op de laatste tijd gecensureerd kunnen zijn",
                "fewer than half of arm {arm} could have been censored by the last time",
                arm = arm
            ));
        }
        estimate
    };
    Ok(kaplan_meier(&turned, crate::estimate::risk_table::Ending::Any)?
        .iter()
        .zip(&data.arm_names)
        .map(one)
        .collect())
}

/// Cumulative hazards of each arm, with `exp(-hazard)` in the details: at every `--at`, or the whole
/// curve.
fn hazards(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["ties"], 1)?;
    let ties = match arguments.text("ties", 0) {
        None | Some("together" | "1") => HazardTies::Together,
        Some("broken" | "2" | "fleming-harrington") => HazardTies::Broken,
        Some(other) => {
            return Err(EstimateError::option(
                "ties",
                said!(
                    "\"{other}\" is niet together en niet broken",
                    "\"{other}\" is neither together nor broken",
                    other = other
                ),
            ));
        }
    };
    let (scale, level) = (options.interval, options.level);
    let plain = scale == CurveInterval::Plain;
    let convention = said!(
        "{}; interval van de hazard op de schaal {}, van exp(-hazard) op de schaal {}",
        "{}; interval of the hazard on the {} scale, of exp(-hazard) on the {} scale",
        if ties == HazardTies::Together {
            said!("d / n, variantie d / n^2", "d / n, variance d / n^2")
        } else {
            said!("gelijke tijden gebroken: 1/n + 1/(n-1) + ...", "ties broken: 1/n + 1/(n-1) + ...")
        },
        if plain { "plain" } else { "log" },
        scale_name(scale)
    );
    let mut estimates = Partial::default();
    for (curve, arm) in nelson_aalen(data, ending_of(options), ties)?.iter().zip(&data.arm_names) {
        let new = |label: Said| {
            Estimate::new(
                "nelson-aalen",
                label,
                said!("cumulatieve hazard", "cumulative hazard"),
                convention.clone(),
            )
        };
        if options.at.is_empty() {
            let errors: Vec<f64> = curve.variance.iter().map(|&v| libm::sqrt(v)).collect();
            estimates.give([new(Said::same(arm))
                .with("time", curve.table.times.clone())
                .with("at_risk", curve.table.at_risk.clone())
                .with("hazard", curve.hazard.clone())
                .with("standard_error", errors)
                .with("probability", curve.hazard.iter().map(|&h| libm::exp(-h)).collect::<Vec<f64>>())]);
        }
        for &time in &options.at {
            let mut estimate =
                new(said!("{arm} op {time}", "{arm} at {time}", arm = arm, time = time)).with("time", time);
            if let Err(error) = curve.require_reaches(time, arm) {
                estimates.withhold(estimate, error);
                continue;
            }
            let (hazard, variance) = curve.at(time);
            estimate.value = Some(hazard);
            estimate.standard_error = Some(libm::sqrt(variance));
            estimate.interval = curve.interval_at(time, scale, level);
            let (s, error, interval) = curve.survival_at(time, scale, level);
            let limits = interval.map(|i| vec![i.lower, i.upper]).unwrap_or_default();
            estimates.give([estimate
                .with("probability", s)
                .with("probability_standard_error", error)
                .with("probability_interval", limits)]);
        }
    }
    estimates.finish()
}

/// The unnamed arguments and the one called `name`, as numbers.
///
/// # Errors
/// A word that is no finite number.
fn numbers(arguments: &MethodArguments, name: &str) -> Result<Vec<f64>, EstimateError> {
    let words = arguments.unnamed().chain(arguments.text(name, usize::MAX));
    let parse = |word: &str| {
        let number = word.parse::<f64>().ok().filter(|value| value.is_finite());
        number.ok_or_else(|| {
            EstimateError::option(
                name,
                said!("\"{word}\" is geen getal", "\"{word}\" is not a number", word = word),
            )
        })
    };
    words.map(parse).collect()
}

/// The horizons asked for: arguments, else --tau, else the latest that every curve reaches.
pub(super) fn horizons(
    arguments: &MethodArguments,
    options: &Options,
    last_times: impl Iterator<Item = f64>,
) -> Result<Vec<f64>, EstimateError> {
    let given = numbers(arguments, "tau")?;
    if !given.is_empty() {
        return Ok(given);
    }
    Ok(vec![options.tau.unwrap_or_else(|| last_times.fold(f64::INFINITY, f64::min))])
}

/// Mean time remaining up to each horizon: by arm, differences and ratios, and with several horizons
/// how they vary together.
fn restricted_means(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["tau", "variance"], usize::MAX)?;
    let corrected = match arguments.text("variance", usize::MAX) {
        None | Some("plain") => false,
        Some("corrected") => true,
        Some(other) => {
            return Err(EstimateError::option(
                "variance",
                said!(
                    "\"{other}\" is niet plain of corrected",
                    "\"{other}\" is not plain or corrected",
                    other = other
                ),
            ));
        }
    };
    if corrected && data.weight.is_some() {
        return Err(EstimateError::option(
            "variance",
            said!(
                "corrected telt gebeurtenissen; steekproefgewichten hebben robuuste fouten",
                "corrected counts events; sampling weights have robust errors"
            ),
        ));
    }
    let curves = kaplan_meier(data, ending_of(options))?;
    let taus = horizons(arguments, options, curves.iter().map(SurvivalCurve::last_time))?;
    let windows: Vec<Window> = taus.into_iter().map(Window::until).collect();
    let mut estimates = mean_estimates("rmst", data, &curves, &windows, corrected, options)?;
    for &window in &windows {
        let means: Vec<RestrictedMean> =
            curves.iter().map(|curve| RestrictedMean::new(curve, window)).collect();
        estimates.extend(mean_ratios(data, &means, corrected, options));
    }
    if windows.len() > 1 {
        estimates.extend(
            curves
                .iter()
                .zip(&data.arm_names)
                .map(|(curve, arm)| covariance(data, curve, arm, &windows, corrected)),
        );
    }
    Ok(estimates)
}

/// How the variance of a restricted mean is computed, for its convention.
fn variance_in_words(corrected: bool, data: &Dataset) -> Said {
    match data.weight {
        Some(_) => said!(
            "gewogen; robuuste variantie per {}",
            "weighted; robust variance by {}",
            super::weighted::by_what(data)
        ),
        None if corrected => said!(
            "variantie van het type Greenwood maal m / (m - 1)",
            "Greenwood-type variance times m / (m - 1)"
        ),
        None => said!("variantie van het type Greenwood", "Greenwood-type variance"),
    }
}

/// Means by arm and their differences to the control, for each window; time lost stands in the details.
///
/// # Errors
/// A window that ends after the follow-up of an arm.
fn mean_estimates(
    name: &str,
    data: &Dataset,
    curves: &[SurvivalCurve],
    windows: &[Window],
    corrected: bool,
    options: &Options,
) -> Result<Vec<Estimate>, EstimateError> {
    let mut estimates = Vec::new();
    for &window in windows {
        window.require_valid()?;
        for (curve, arm) in curves.iter().zip(&data.arm_names) {
            curve.require_reaches(window.to, arm)?;
        }
        let stretch = said!("{} tot {}", "{} to {}", window.from, window.to);
        let convention = said!(
            "oppervlak onder Kaplan-Meier van {}; {}",
            "area under Kaplan-Meier from {}; {}",
            stretch,
            variance_in_words(corrected, data)
        );
        let new = |label: Said, estimand: Said| {
            Estimate::new(name, label, estimand, convention.clone())
                .with("from", window.from)
                .with("tau", window.to)
        };
        let means: Vec<RestrictedMean> =
            curves.iter().map(|curve| RestrictedMean::new(curve, window)).collect();
        for (mean, arm) in means.iter().zip(&data.arm_names) {
            let error = libm::sqrt(mean.variance(corrected));
            let label = said!("{arm}, {stretch}", "{arm}, {stretch}", stretch = stretch, arm = arm);
            let estimate = new(label, said!("gemiddelde resterende tijd", "mean time remaining")).with_wald(
                mean.mean,
                error,
                options.level,
            );
            let lost = crate::estimate::Interval::wald(mean.lost(), error, options.level);
            estimates.push(
                estimate
                    .with("time_lost", mean.lost())
                    .with("time_lost_interval", vec![lost.lower, lost.upper]),
            );
        }
        for (mean, arm) in means.iter().zip(&data.arm_names).skip(1) {
            let error = libm::sqrt(mean.variance(corrected) + means[0].variance(corrected));
            let label = said!(
                "{arm} - {control}, {stretch}",
                "{arm} - {control}, {stretch}",
                control = data.arm_names[0],
                stretch = stretch,
                arm = arm
            );
            let estimate = new(label, estimand::difference_of_mean_times());
            let shown = with_difference(estimate, mean.mean - means[0].mean, error, options);
            estimates.push(require_basis(shown, both(data, arm, mean, &means[0], corrected)));
        }
    }
    Ok(estimates)
}

/// Standard errors of the two means of a contrast, by arm.
fn both<'a>(
    data: &'a Dataset,
    arm: &'a String,
    mean: &RestrictedMean,
    control: &RestrictedMean,
    corrected: bool,
) -> [(&'a String, f64); 2] {
    let error = |mean: &RestrictedMean| libm::sqrt(mean.variance(corrected));
    [(&data.arm_names[0], error(control)), (arm, error(mean))]
}

/// Ratios of mean time remaining and of mean time lost to the control, tested on the logarithm. A ratio
/// without an error (nobody has left) is not given.
fn mean_ratios(
    data: &Dataset,
    means: &[RestrictedMean],
    corrected: bool,
    options: &Options,
) -> Vec<Estimate> {
    let mut estimates = Vec::new();
    let control = &means[0];
    for (mean, arm) in means.iter().zip(&data.arm_names).skip(1) {
        let label = said!("{} / {}, tau {}", "{} / {}, tau {}", arm, data.arm_names[0], mean.window.to);
        let variance = |m: &RestrictedMean, of: f64| m.variance(corrected) / (of * of);
        for (estimand, treated, reference) in [
            (
                said!("verhouding van de gemiddelde resterende tijd", "ratio of mean time remaining"),
                mean.mean,
                control.mean,
            ),
            (
                said!("verhouding van de gemiddelde verloren tijd", "ratio of mean time lost"),
                mean.lost(),
                control.lost(),
            ),
        ] {
            let log_error = libm::sqrt(variance(mean, treated) + variance(control, reference));
            if log_error.is_finite() && log_error > 0.0 {
                let convention = said!(
                    "{}; toets en interval op de logaritme, waarvan de standaardfout gegeven is",
                    "{}; test and interval on the logarithm, whose standard error is given",
                    variance_in_words(corrected, data)
                );
                let estimate =
                    Estimate::new("rmst", label.clone(), estimand, convention).with("tau", mean.window.to);
                let shown = with_ratio(estimate, treated / reference, log_error, options);
                estimates.push(require_basis(shown, both(data, arm, mean, control, corrected)));
            }
        }
    }
    estimates
}

/// Covariance of an arm's means at several horizons, rows and columns in their order: all are areas
/// under one curve, so a test of several needs it.
fn covariance(
    data: &Dataset,
    curve: &SurvivalCurve,
    arm: &str,
    windows: &[Window],
    corrected: bool,
) -> Estimate {
    let means: Vec<RestrictedMean> =
        windows.iter().map(|&window| RestrictedMean::new(curve, window)).collect();
    let factor =
        |m: &RestrictedMean| if corrected && m.events > 1.0 { m.events / (m.events - 1.0) } else { 1.0 };
    let entry = |a: &RestrictedMean, b: &RestrictedMean| a.covariance(b) * libm::sqrt(factor(a) * factor(b));
    let matrix: Vec<Vec<f64>> = means.iter().map(|a| means.iter().map(|b| entry(a, b)).collect()).collect();
    let convention = said!(
        "{}; rijen en kolommen in de volgorde van tau",
        "{}; rows and columns in the order of tau",
        variance_in_words(corrected, data)
    );
    Estimate::new(
        "rmst",
        Said::same(arm),
        said!("covariantie van de gemiddelde resterende tijden", "covariance of mean times remaining"),
        convention,
    )
    .with("tau", windows.iter().map(|window| window.to).collect::<Vec<f64>>())
    .with("mean", means.iter().map(|mean| mean.mean).collect::<Vec<f64>>())
    .with("covariance", matrix)
}

/// Mean time remaining between two times, by arm, and differences.
fn window_means(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["from", "to"], 2)?;
    let (from, to) = (arguments.number("from", 0)?, arguments.number("to", 1)?.or(options.tau));
    let (Some(from), Some(to)) = (from, to) else {
        return Err(EstimateError::option(
            "window-mean",
            said!("zeg welk tijdvak: window-mean(12, 24)", "say which window: window-mean(12, 24)"),
        ));
    };
    let curves = kaplan_meier(data, ending_of(options))?;
    mean_estimates("window-mean", data, &curves, &[Window { from, to }], false, options)
}

/// Share that remains at each `--at`: differences of every arm to the control on the scale asked for.
fn milestones(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["scale"], 1)?;
    let scale = match arguments.text("scale", 0) {
        None | Some("plain" | "naive") => CurveInterval::Plain,
        Some("log") => CurveInterval::Log,
        Some("log-log" | "cloglog") => CurveInterval::LogLog,
        Some("logit") => CurveInterval::Logit,
        Some("arcsine" | "arcsin") => CurveInterval::Arcsine,
        Some(other) => {
            return Err(EstimateError::option(
                "milestone",
                said!(
                    "\"{other}\" is geen bekende schaal",
                    "\"{other}\" is not a known scale",
                    other = other
                ),
            ));
        }
    };
    if options.at.is_empty() {
        return Err(EstimateError::option(
            "milestone",
            said!("zeg op welke tijd: --at 24", "say at which time: --at 24"),
        ));
    }
    crate::estimate::require_arms(data, 2, usize::MAX)?;
    let curves = kaplan_meier(data, ending_of(options))?;
    let mut estimates = Partial::default();
    for &time in &options.at {
        for (curve, arm) in curves.iter().zip(&data.arm_names).skip(1) {
            let label = said!(
                "{arm} - {control} op {time}",
                "{arm} - {control} at {time}",
                control = data.arm_names[0],
                arm = arm,
                time = time
            );
            let estimand = match scale {
                CurveInterval::Plain => {
                    said!("verschil in kans om te blijven", "difference in probability of remaining")
                }
                _ => said!(
                    "verschil in getransformeerde kans om te blijven",
                    "difference in transformed probability of remaining"
                ),
            };
            let convention = said!(
                "schaal {}; varianties {}, deltamethode",
                "{} scale; {} variances, delta method",
                scale_name(scale),
                curve_variance(data)
            );
            let estimate = Estimate::new("milestone", label, estimand, convention)
                .with("time", time)
                .with("probabilities", vec![curves[0].at(time), curve.at(time)]);
            let contrast = curves[0]
                .require_reaches(time, &data.arm_names[0])
                .and_then(|()| curve.require_reaches(time, arm))
                .and_then(|()| compare(&curves[0], curve, time, scale));
            match contrast {
                Ok(contrast) => {
                    let shown = with_difference(estimate, contrast.value, contrast.standard_error, options);
                    let error = |curve: &SurvivalCurve| curve.standard_error_at(time).unwrap_or(0.0);
                    let errors = [(&data.arm_names[0], error(&curves[0])), (arm, error(curve))];
                    estimates.give([require_basis(shown, errors)]);
                }
                Err(error) => estimates.withhold(estimate, error),
            }
        }
    }
    estimates.finish()
}
