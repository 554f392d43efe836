//! Means that take more into account than arms: restricted means with strata or covariates, margins, terminal events; by name.
//!
//! Margins belong here because non-inferiority is asked of the same means: the null hypothesis then
//! lies at the margin instead of at no difference, and the test is one-sided by nature.

use super::estimand;
use super::shape::{with_clustered_difference, with_difference};
use super::{Method, Needs};
use crate::estimate::contrast::{arm_terms, by_cluster, by_person, events, terms};
use crate::estimate::kaplan_meier::kaplan_meier;
use crate::estimate::log_rank::{ending_of, p_of_z};
use crate::estimate::recurrent_terminal::{RecurrentWithTerminal, TerminalMean};
use crate::estimate::restricted_mean::{RestrictedMean, Window};
use crate::estimate::{
    Alternative, Estimate, EstimateError, Interval, MethodArguments, Options, adjusted_mean, require_arms,
};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `lrstat::rmdiff` with strata.
        name: "stratified-rmst",
        aliases: &["rmst-stratified"],
        arguments: "(tau)",
        summary: Text::new(
            "verschil in gemiddelde resterende tijd binnen --strata, gewogen naar hun rijen",
            "difference in mean time remaining within --strata, weighted by their rows",
        ),
        needs: Needs::Times,
        by_default: false,
        run: stratified,
    },
    Method {
        // R: `survRM2::rmst2` with covariates (Tian, Zhao & Wei 2014,
        // doi:10.1093/biostatistics/kxt050).
        name: "adjusted-rmst",
        aliases: &["ancova-rmst", "rmst-regression"],
        arguments: "(tau)",
        summary: Text::new(
            "verschil in gemiddelde resterende tijd gegeven --covariates (gewichten: omgekeerde kans op \
             censurering)",
            "difference in mean time remaining given --covariates (inverse probability of censoring weights)",
        ),
        needs: Needs::Covariates,
        by_default: false,
        run: adjusted,
    },
    Method {
        name: "rmst-margin",
        aliases: &["non-inferiority-rmst"],
        arguments: "(margin, tau)",
        summary: Text::new(
            "verschil in gemiddelde resterende tijd tegen een marge: niet minder goed, eenzijdig",
            "difference in mean time remaining against a margin: non-inferiority, one-sided",
        ),
        needs: Needs::Times,
        by_default: false,
        run: margin,
    },
    Method {
        name: "ghosh-lin",
        aliases: &["gl"],
        arguments: "",
        summary: Text::new(
            "gemiddeld aantal gebeurtenissen van --cause per persoon als alle andere oorzaken de \
             waarneming beëindigen: elke groep en het verschil op --at",
            "mean number of events of --cause per person when all other causes end the follow-up: each arm and difference at --at",
        ),
        needs: Needs::Recurrent,
        by_default: false,
        run: ghosh_lin,
    },
];

/// Label of the difference of an arm from the control over the time from 0 to `tau`.
fn difference_to(tau: f64, data: &Dataset, arm: &str) -> Said {
    said!(
        "{arm} - {control}, 0 tot {tau}",
        "{arm} - {control}, 0 to {tau}",
        control = data.arm_names[0],
        arm = arm,
        tau = tau
    )
}

/// The horizon of a mean: the argument, else `--tau`, else the latest that every arm reaches.
fn horizon(data: &Dataset, options: &Options, given: Option<f64>) -> Result<f64, EstimateError> {
    if let Some(tau) = given.or(options.tau) {
        return Ok(tau);
    }
    let curves = kaplan_meier(data, ending_of(options))?;
    Ok(curves.iter().map(|curve| curve.last_time()).fold(f64::INFINITY, f64::min))
}

/// Difference of mean times remaining within `--strata`, weighted by their rows.
fn stratified(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["tau"], 1)?;
    require_arms(data, 2, usize::MAX)?;
    let tau = horizon(data, options, arguments.number("tau", 0)?)?;
    let one = |arm: usize| {
        let found = adjusted_mean::stratified_difference(data, ending_of(options), arm as u32, tau)?;
        let label = difference_to(tau, data, &data.arm_names[arm]);
        let how = said!(
            "verschillen binnen strata, gewogen naar hun deel van de rijen; varianties van het type \
             Greenwood",
            "differences within strata weighted by their share of the rows; Greenwood-type variances"
        );
        let estimate = Estimate::new("stratified-rmst", label, estimand::difference_of_mean_times(), how);
        let shown = with_difference(estimate, found.difference, found.standard_error, options);
        Ok(shown.with("strata", found.strata as f64).with("tau", tau))
    };
    (1..data.arm_names.len()).map(one).collect()
}

/// Means of time remaining given `--covariates`, by least squares with rows weighted for censoring.
fn adjusted(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["tau"], 1)?;
    require_arms(data, 1, usize::MAX)?;
    let tau = horizon(data, options, arguments.number("tau", 0)?)?;
    let terms = terms(data)?;
    let found = adjusted_mean::adjusted(data, &events(data, options.cause), &terms, tau)?;
    let arms = arm_terms(data).len();
    let names = data.arm_names.iter().skip(1).map(|arm| difference_to(tau, data, arm));
    let names = std::iter::once(said!("constante", "intercept")).chain(names);
    let names = names.chain(terms.iter().skip(arms).map(|term| Said::same(&term.name)));
    let how = said!(
        "gewogen kleinste kwadraten van min(tijd, tau), gewichten 1 / kans op geen censurering in de \
         groep; Tian, Zhao & Wei",
        "weighted least squares of min(time, tau), weights 1 / probability of no censoring in the arm; Tian, Zhao & Wei"
    );
    let one = |(i, label): (usize, Said)| {
        let estimand = match i {
            0 => said!(
                "gemiddelde resterende tijd waar groep en covariaten nul zijn",
                "mean time remaining where arm and covariates are zero"
            ),
            i if i <= arms => estimand::difference_of_mean_times(),
            _ => said!(
                "gemiddelde resterende tijd per eenheid van de covariaat",
                "mean time remaining per unit of the covariate"
            ),
        };
        let estimate = Estimate::new("adjusted-rmst", label, estimand, how.clone()).with("tau", tau);
        with_difference(estimate, found.coefficients[i], found.standard_errors[i], options)
    };
    Ok(names.enumerate().map(one).collect())
}

/// The one-sided test whose null hypothesis lies at the margin: a negative margin asks for more than it, a positive one for less.
pub(super) fn against_margin(
    estimate: Estimate,
    (value, margin): (f64, f64),
    z: f64,
    interval: Interval,
) -> Estimate {
    let direction = if margin < 0.0 { Alternative::Greater } else { Alternative::Less };
    Estimate {
        value: Some(value),
        interval: Some(interval),
        statistic: Some(z),
        p_value: Some(p_of_z(z, direction)),
        ..estimate
    }
    .with("margin", margin)
}

/// The margin that is asked for.
///
/// # Errors
/// When none is given: a non-inferiority test without a margin has no null hypothesis.
pub(super) fn margin_of(arguments: &MethodArguments, method: &str) -> Result<f64, EstimateError> {
    let margin = arguments.number("margin", 0)?;
    margin.filter(|margin| *margin != 0.0).ok_or_else(|| {
        EstimateError::option(
            method,
            said!(
                "welke marge, niet 0? bijvoorbeeld {method}(-0.1): minder dan 0,1 slechter",
                "which margin, not 0? for instance {method}(-0.1): worse by less than .1",
                method = method
            ),
        )
    })
}

/// A difference of mean times remaining, tested one-sidedly against a margin.
fn margin(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["margin", "tau"], 2)?;
    require_arms(data, 2, usize::MAX)?;
    let margin = margin_of(arguments, "rmst-margin")?;
    let tau = horizon(data, options, arguments.number("tau", 1)?)?;
    let window = Window::until(tau);
    window.require_valid()?;
    let mut means = Vec::new();
    for (curve, arm) in kaplan_meier(data, ending_of(options))?.iter().zip(&data.arm_names) {
        curve.require_reaches(tau, arm)?;
        means.push(RestrictedMean::new(curve, window));
    }
    let one = |arm: usize| {
        let difference = means[arm].mean - means[0].mean;
        let error = libm::sqrt(means[arm].variance(false) + means[0].variance(false));
        if means[arm].variance(false) <= 0.0 || means[0].variance(false) <= 0.0 {
            let what = said!(
                "de curve van een groep is aan haar eind of heeft niet bewogen",
                "an arm's curve has reached its end or has not moved"
            );
            return Err(EstimateError::NoVariance { what });
        }
        let label = difference_to(tau, data, &data.arm_names[arm]);
        let how = said!(
            "eenzijdig tegen de marge (een marge onder nul: groter, boven nul: kleiner); tweezijdig \
             interval",
            "one-sided against the margin (a negative margin: greater, a positive one: less); two-sided interval"
        );
        let estimate = Estimate::new("rmst-margin", label, estimand::difference_of_mean_times(), how);
        let estimate = Estimate { standard_error: Some(error), ..estimate };
        let interval = Interval::wald(difference, error, options.level);
        Ok(against_margin(estimate, (difference, margin), (difference - margin) / error, interval)
            .with("tau", tau))
    };
    (1..data.arm_names.len()).map(one).collect()
}

/// Mean number of recurrent events when all causes but `--cause` end the follow-up (Ghosh & Lin 2000,
/// doi:10.1111/j.0006-341X.2000.00554.x), by arm and as a difference.
fn ghosh_lin(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let cause = options.cause.ok_or_else(|| {
        EstimateError::option(
            "ghosh-lin",
            said!(
                "--cause zegt welke gebeurtenissen terugkeren; alle andere beëindigen de waarneming",
                "--cause says which events recur; all others end the follow-up"
            ),
        )
    })?;
    let arms = RecurrentWithTerminal::by_arm(data, cause)?;
    let shortest = arms.iter().map(RecurrentWithTerminal::last_time).fold(f64::INFINITY, f64::min);
    let at = if options.at.is_empty() { vec![shortest] } else { options.at.clone() };
    let by = if data.cluster.is_some() { by_cluster() } else { by_person() };
    let how = said!(
        "Ghosh & Lin: gebeurtenissen gedeeld door personen onder risico, maal de kans er nog te \
             zijn; variantie per {}",
        "Ghosh & Lin: events over persons at risk times the chance of still being there; variance by {}",
        by
    );
    let mut estimates = Vec::new();
    for time in at {
        let found: Vec<TerminalMean> = arms.iter().map(|arm| arm.at(time)).collect();
        for (mean, name) in found.iter().zip(&data.arm_names) {
            let estimate = Estimate::new(
                "ghosh-lin",
                said!("{name} op {time}", "{name} at {time}", name = name, time = time),
                estimand::mean_events(),
                how.clone(),
            );
            let shown = estimate.with_wald(mean.mean, mean.standard_error, options.level);
            estimates.push(shown.with("time", time).with("units", mean.units as f64));
        }
        for place in 1..found.len() {
            let (mean, name) = (&found[place], &data.arm_names[place]);
            let label = said!(
                "{name} - {control} op {time}",
                "{name} - {control} at {time}",
                control = data.arm_names[0],
                name = name,
                time = time
            );
            let estimate = Estimate::new(
                "ghosh-lin",
                label,
                said!(
                    "verschil in gemiddeld aantal gebeurtenissen per persoon",
                    "difference in mean events per person"
                ),
                how.clone(),
            );
            let errors = [found[0].standard_error, mean.standard_error];
            let (error, value) = (libm::hypot(errors[0], errors[1]), mean.mean - found[0].mean);
            if error > 0.0 {
                let shown = match data.cluster {
                    Some(_) => with_clustered_difference(estimate, value, errors, [0, place], data, options),
                    None => with_difference(estimate, value, error, options),
                };
                estimates.push(shown.with("time", time));
            }
        }
    }
    Ok(estimates)
}
