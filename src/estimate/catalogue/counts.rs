//! Event rates and count regression by name, for `stapjes analyze`.
//!
//! A count has an exposure: the time over which it was counted, which is the denominator of rates and
//! the offset of regressions. Counts of one row vary more than a Poisson count when people differ; the
//! default regressions allow for that and plain `poisson` does not.

use super::estimand;
use super::{Method, Needs};
use crate::estimate::contrast::{
    Reference, by_cluster as cluster_unit, by_person, coefficient_in_words, ratio, rests_on_one_cluster,
    terms,
};
use crate::estimate::count_regression::{CountData, CountFamily, CountFit};
use crate::estimate::rate_ratio::{self, Exposure, RateRatio};
use crate::estimate::{
    Estimate, EstimateError, MethodArguments, Options, count_regression, mean_cumulative, require_arms,
    require_valid,
};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        name: "rates",
        aliases: &["event-rate"],
        arguments: "",
        summary: Text::new(
            "gebeurtenissen per tijdseenheid in elke groep, exact Poisson-interval",
            "events per unit of time in each arm, exact Poisson interval",
        ),
        needs: Needs::Counts,
        by_default: true,
        run: rates,
    },
    Method {
        name: "rate-ratio",
        aliases: &["poisson-test", "poisson-rate-ratio"],
        arguments: "(exact|score)",
        summary: Text::new(
            "verhouding van het aantal per tijdseenheid in twee groepen, Poisson: exact voorwaardelijk \
             en scoretoets (beide, tenzij genoemd)",
            "ratio of the event rates of two arms, Poisson: exact conditional and score test (both unless named)",
        ),
        needs: Needs::Counts,
        by_default: true,
        run: rate_ratios,
    },
    Method {
        name: "poisson",
        aliases: &["poisson-regression"],
        arguments: "",
        summary: Text::new(
            "Poisson-regressie van aantallen op groep en covariaten, logaritme van de duur als vaste \
             term; robuust per cluster als die er zijn",
            "Poisson regression of counts on arm and covariates, log exposure as offset; robust by cluster when given",
        ),
        needs: Needs::Counts,
        by_default: false,
        run: poisson,
    },
    Method {
        name: "quasi-poisson",
        aliases: &["quasipoisson"],
        arguments: "",
        summary: Text::new(
            "hetzelfde met een dispersie uit de statistiek van Pearson en t(resterende vrijheidsgraden)",
            "the same with a dispersion from Pearson's statistic and t(residual df)",
        ),
        needs: Needs::Counts,
        by_default: true,
        run: quasi_poisson,
    },
    Method {
        name: "negative-binomial",
        aliases: &["glm-nb", "negbin", "nb"],
        arguments: "",
        summary: Text::new(
            "negatief-binomiale regressie (variantie gemiddelde + gemiddelde^2/theta); robuust per \
             cluster als die er zijn",
            "negative binomial regression (variance mean + mean^2/theta); robust by cluster when given",
        ),
        needs: Needs::Counts,
        by_default: true,
        run: negative_binomial,
    },
    Method {
        // R: `survfit(Surv(start, stop, event) ~ arm, id = )$cumhaz`.
        name: "mean-cumulative",
        aliases: &["mcf", "nelson"],
        arguments: "",
        summary: Text::new(
            "gemiddeld aantal gebeurtenissen per persoon op de tijden van --at in elke groep, fouten \
             robuust per persoon of cluster",
            "mean number of events per person at the --at times in each arm, errors robust by person or cluster",
        ),
        needs: Needs::Recurrent,
        by_default: true,
        run: mean_cumulative_function,
    },
];

/// Events of each row.
///
/// # Errors
/// `MissingColumn` when there is no column of counts.
fn counts(data: &Dataset) -> Result<Vec<f64>, EstimateError> {
    require_valid(data)?;
    let what = || {
        said!(
            "een aantal gebeurtenissen (--count) en de tijd waarin zij zijn geteld (--exposure)",
            "a number of events (--count) and the time over which they were counted (--exposure)"
        )
    };
    let counts = data.count.as_ref().ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
    Ok(counts.iter().map(|count| f64::from(*count)).collect())
}

/// Events and time of each arm, summed over its rows.
///
/// # Errors
/// An arm without time.
pub(super) fn exposures(data: &Dataset) -> Result<Vec<Exposure>, EstimateError> {
    counts(data)?;
    require_arms(data, 1, usize::MAX)?;
    let mut sums = vec![Exposure { events: 0, time: 0.0 }; data.arm_names.len()];
    for (row, count) in data.count.iter().flatten().enumerate() {
        let sum = &mut sums[data.arm[row] as usize];
        sum.events += u64::from(*count);
        sum.time += data.time[row];
    }
    match sums.iter().position(|sum| sum.time <= 0.0) {
        Some(arm) => Err(EstimateError::data(said!(
            "groep {} heeft geen tijd onder risico",
            "arm {} has no time at risk",
            data.arm_names[arm]
        ))),
        None => Ok(sums),
    }
}

/// Events per time in each arm, with the exact Poisson interval (Garwood 1936); R: `poisson.test(x,
/// T)$conf.int`.
fn rates(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let arms = data.arm_names.iter().zip(exposures(data)?);
    let one = |(name, arm): (&String, Exposure)| {
        let convention =
            said!("exact interval (Garwood), Poisson-aantallen", "exact (Garwood) interval, Poisson counts");
        let estimate = Estimate::new("rates", Said::same(name), estimand::event_rate(), convention);
        Estimate {
            value: Some(arm.rate()),
            standard_error: Some(libm::sqrt(arm.events as f64) / arm.time),
            interval: Some(arm.exact_interval(options.level)),
            ..estimate
        }
        .with("events", arm.events as f64)
        .with("time", arm.time)
    };
    Ok(arms.map(one).collect())
}

/// Ratio of two arms' rates: the exact conditional test, the score test, or both; R:
/// `poisson.test(c(x1, x0), c(T1, T0))`.
fn rate_ratios(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["method"], 1)?;
    require_arms(data, 2, 2)?;
    let arms = exposures(data)?;
    let label = Said::same(format!("{} / {}", data.arm_names[1], data.arm_names[0]));
    let shown = |convention: Said, result: RateRatio| {
        let estimate = Estimate::new("rate-ratio", label.clone(), estimand::rate_ratio(), convention);
        Estimate {
            value: result.ratio.is_finite().then_some(result.ratio),
            interval: Some(result.interval),
            statistic: result.statistic,
            p_value: Some(result.p_value),
            ..estimate
        }
    };
    let exact = || rate_ratio::exact(arms[1], arms[0], options.level, options.alternative);
    let score = || rate_ratio::score(arms[1], arms[0], options.level, options.alternative);
    let by_exact = said!(
        "exacte voorwaardelijke toets; p van uitkomsten die niet waarschijnlijker zijn; interval van \
         Clopper-Pearson",
        "exact conditional test; p by outcomes not more probable; Clopper-Pearson interval"
    );
    let by_score = said!("scoretoets, z; interval door omkering", "score test, z; interval by inversion");
    match arguments.text("method", 0) {
        None => Ok(vec![shown(by_exact, exact()?), shown(by_score, score()?)]),
        Some("exact") => Ok(vec![shown(by_exact, exact()?)]),
        Some("score") => Ok(vec![shown(by_score, score()?)]),
        Some(other) => Err(EstimateError::option(
            "rate-ratio",
            said!(
                "onbekende methode \"{other}\"; bekend: exact, score",
                "unknown method \"{other}\"; known: exact, score",
                other = other
            ),
        )),
    }
}

/// Poisson regression; R: `glm(count ~ arm + ..., poisson, offset = log(time))`.
fn poisson(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    regression("poisson", CountFamily::Poisson, data, options, arguments)
}

/// Poisson regression with the dispersion of the data, t; R: `glm(..., quasipoisson)`.
fn quasi_poisson(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    regression("quasi-poisson", CountFamily::QuasiPoisson, data, options, arguments)
}

/// Negative binomial regression with its shape estimated; R: `MASS::glm.nb`.
fn negative_binomial(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    regression("negative-binomial", CountFamily::NegativeBinomial, data, options, arguments)
}

/// A count regression of a family: one ratio for each term, robust by cluster where there are clusters,
/// and the fit as a whole.
///
/// # Errors
/// `NoEvents` for an arm without events, whose ratio would be zero or infinite.
fn regression(
    name: &str,
    family: CountFamily,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let count = counts(data)?;
    if data.arm_names.len() > 1 {
        require_arms(data, 2, usize::MAX)?;
        let arms = exposures(data)?;
        if let Some(arm) = arms.iter().position(|arm| arm.events == 0) {
            let what = said!(
                "gebeurtenissen in groep {}: haar verhouding is nul of oneindig (rate-ratio toetst \
                     haar wel)",
                "events in arm {}: its rate ratio is zero or infinite (rate-ratio still tests it)",
                data.arm_names[arm]
            );
            return Err(EstimateError::NoEvents { what });
        }
    }
    let fit = count_regression::fit(&CountData { count: &count, time: &data.time }, &terms(data)?, family)?;
    let model_errors = fit.standard_errors();
    let reference = match family {
        CountFamily::QuasiPoisson => Reference::StudentT(fit.residual_degrees_of_freedom),
        CountFamily::Poisson | CountFamily::NegativeBinomial => Reference::Normal,
    };
    let robust = data.cluster.as_deref().map(|labels| fit.robust(labels)).transpose()?;
    let one = |(i, term): (usize, &String)| {
        let estimand = if i == 0 {
            said!(
                "aantal per tijdseenheid waar alle covariaten nul zijn",
                "rate where all covariates are zero"
            )
        } else {
            estimand::rate_ratio()
        };
        let blank = |how: Said| {
            let convention =
                said!("standaardfout is van de logaritme; {}", "standard error is of the logarithm; {}", how);
            Estimate::new(name, coefficient_in_words(term), estimand, convention)
        };
        match &robust {
            None => ratio(
                blank(model_convention(family)),
                fit.coefficients[i],
                model_errors[i],
                reference,
                options,
            ),
            Some(robust) => {
                let how = said!(
                    "sandwich per cluster (CR0); interval, t en p met de fout die voor weinig clusters \
                     is gecorrigeerd (Bell & McCaffrey, in de details) en de vrijheidsgraden van \
                     Satterthwaite",
                    "sandwich by cluster (CR0); interval, t and p by the error corrected for few clusters (Bell & McCaffrey, \
                           in the details) with Satterthwaite's df"
                );
                let shown = match robust.degrees_of_freedom[i] {
                    Some(df) => {
                        let corrected = robust.corrected_standard_errors[i];
                        let reference = Reference::StudentT(df);
                        let shown = ratio(blank(how), fit.coefficients[i], corrected, reference, options);
                        let plain = Some(libm::sqrt(robust.covariance[(i, i)]));
                        Estimate { standard_error: plain, ..shown }
                            .with("corrected_standard_error", corrected)
                    }
                    None => Estimate {
                        value: Some(libm::exp(fit.coefficients[i])),
                        missing: Some(rests_on_one_cluster(data)),
                        ..blank(how)
                    },
                };
                shown.with("model_standard_error", model_errors[i]).with("clusters", robust.clusters as f64)
            }
        }
    };
    let mut results: Vec<Estimate> = fit.names.iter().enumerate().map(one).collect();
    results.push(whole_model(name, &fit));
    Ok(results)
}

/// How the errors of a family are computed, for the convention of a result.
fn model_convention(family: CountFamily) -> Said {
    match family {
        CountFamily::Poisson => said!("Poisson-variantie, z", "Poisson variance, z"),
        CountFamily::QuasiPoisson => said!(
            "variantie = dispersie van Pearson * gemiddelde, t(resterende vrijheidsgraden)",
            "variance = Pearson dispersion * mean, t(residual df)"
        ),
        CountFamily::NegativeBinomial => said!(
            "variantie = gemiddelde + gemiddelde^2/theta, theta met grootste aannemelijkheid, z",
            "variance = mean + mean^2/theta, theta by maximum likelihood, z"
        ),
    }
}

/// The fit as a whole: deviance, dispersion, likelihood, and the shape of a negative binomial.
fn whole_model(name: &str, fit: &CountFit) -> Estimate {
    let mut model = Estimate::new(
        name,
        said!("hele model", "whole model"),
        said!("passing", "fit"),
        said!("alleen details", "details only"),
    )
    .with("deviance", fit.deviance)
    .with("pearson", fit.pearson)
    .with("dispersion", fit.dispersion)
    .with("residual_degrees_of_freedom", fit.residual_degrees_of_freedom);
    for (key, value) in [
        ("theta", fit.theta),
        ("theta_standard_error", fit.theta_standard_error),
        ("twice_log_likelihood", fit.twice_log_likelihood),
    ] {
        if let Some(value) = value {
            model = model.with(key, value);
        }
    }
    model
}

/// Mean number of events per person up to each `--at`, or the whole curve, with errors robust by person
/// or cluster.
fn mean_cumulative_function(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let by_cluster = data.cluster.is_some();
    let by = if by_cluster { cluster_unit() } else { by_person() };
    let convention = said!(
        "schatting van Nelson, variantie per {} (infinitesimale jackknife), normaal interval",
        "Nelson's estimate, variance by {} (infinitesimal jackknife), normal interval",
        by
    );
    let mut results = Vec::new();
    let cause = options.cause;
    for curve in mean_cumulative::curves(data, cause, by_cluster)? {
        let last = curve.times.last().copied().unwrap_or(0.0);
        let at = if options.at.is_empty() { vec![last] } else { options.at.clone() };
        for time in at {
            let (mean, error) = curve.at(time);
            let label = said!(
                "{arm} op {time}",
                "{arm} at {time}",
                arm = data.arm_names[curve.arm as usize],
                time = time
            );
            let estimate =
                Estimate::new("mean-cumulative", label, estimand::mean_events(), convention.clone());
            let estimate = estimate.with_wald(mean, error, options.level);
            results.push(estimate.with("time", time).with("units", curve.units as f64));
        }
    }
    Ok(results)
}
