//! Cox models by name, for `stapjes analyze`.
//!
//! Three kinds of errors, told by the method's name: of the model (`cox`), robust by cluster with
//! corrections for few of them (`cox-robust`), and those of the R package `CoxBcv`
//! (`cox-small-sample`). With clusters no p-value is given that takes rows as independent: it would
//! reject null data too often.

use super::estimand;
use super::shape::Partial;
use super::{Method, Needs};
use crate::estimate::contrast::{
    Reference, arm_terms, by_cluster, by_person, by_row, causes, cluster, clusters_by_arm, events, ratio,
    rests_on_one_cluster, terms,
};
use crate::estimate::cox::{
    ChiSquareTest, ClusterCorrection, CoxData, CoxFit, CoxModel, Ties, TimeTransform, piecewise,
};
use crate::estimate::{Estimate, EstimateError, MethodArguments, Options, require_valid};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this folder.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `coxph(Surv(time, status) ~ arm + ..., ties = )`.
        name: "cox",
        aliases: &["coxph", "hazard-ratio"],
        arguments: "",
        summary: Text::new(
            "Cox-regressie op groep en covariaten: hazardratio's, likelihoodratio-, Wald- en \
             scoretoets, concordantie",
            "Cox regression on arm and covariates: hazard ratios, likelihood ratio, Wald and score tests, concordance",
        ),
        needs: Needs::Times,
        by_default: true,
        run: cox,
    },
    Method {
        // R: `coxph(..., cluster = )` gives the same standard error; p and interval here hold with few
        // clusters too.
        name: "cox-robust",
        aliases: &["robust-cox", "cluster-cox", "lin-wei"],
        arguments: "",
        summary: Text::new(
            "Cox-regressie met robuuste fouten van Lin-Wei per cluster, en correcties voor weinig \
             clusters",
            "Cox regression with Lin-Wei robust errors by cluster, and small-sample corrections",
        ),
        needs: Needs::Clusters,
        by_default: true,
        run: cox_robust,
    },
    Method {
        // R: `CoxBcv`, whose own numbers stand in the details.
        name: "cox-small-sample",
        aliases: &["coxbcv", "cox-corrected"],
        arguments: "(rob|md|kc|fg|mbn|mr|mdmr|kcmr|fgmr|mbnmr, ...)",
        summary: Text::new(
            "Cox-regressie met clustervarianties gecorrigeerd voor weinig clusters en t(K - p); alle \
             correcties, tenzij genoemd",
            "Cox regression with cluster variances corrected for few clusters and t(K - p); all corrections unless named",
        ),
        needs: Needs::Clusters,
        by_default: false,
        run: cox_small_sample,
    },
    Method {
        // R: `coxph(..., cluster = )$rscore` is the statistic.
        name: "robust-log-rank",
        aliases: &["cluster-log-rank", "cox-robust-score"],
        arguments: "",
        summary: Text::new(
            "log-rank-toets die met clusters rekent: de robuuste scoretoets van het Cox-model tussen \
             groepen",
            "cluster-robust log-rank test: the robust score test of the Cox model between arms",
        ),
        needs: Needs::Clusters,
        by_default: true,
        run: robust_log_rank,
    },
    Method {
        name: "cox-score",
        aliases: &["score"],
        arguments: "",
        summary: Text::new(
            "scoretoets van het Cox-model; bestaat ook als de hazardratio oneindig is",
            "score test of the Cox model; exists also when the hazard ratio is infinite",
        ),
        needs: Needs::Times,
        by_default: false,
        run: cox_score,
    },
    Method {
        // R: `cox.zph(transform = )` of survival 3.x.
        name: "schoenfeld",
        aliases: &["cox-zph", "proportional-hazards"],
        arguments: "(km|rank|identity|log)",
        summary: Text::new(
            "toets op evenredige hazards, per covariaat en samen, tegen een functie van de tijd (zonder \
             keuze km)",
            "test of proportional hazards, per covariate and global, against a function of time (default km)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: schoenfeld,
    },
    Method {
        // R: `survSplit`, then `coxph` with the arm by period.
        name: "cox-piecewise",
        aliases: &["piecewise-cox", "delayed-hazard-ratio", "piecewise-hazard-ratio"],
        arguments: "(time, ...)",
        summary: Text::new(
            "een hazardratio van de groep voor elk tijdvak tussen de gegeven tijden (zonder tijden: \
             --at)",
            "a hazard ratio of the arm for each period between the given times (default: --at)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: cox_piecewise,
    },
    Method {
        // R: `coxph(Surv(time, status == k) ~ ...)`.
        name: "cause-specific-cox",
        aliases: &["cause-specific-hazard-ratio"],
        arguments: "",
        summary: Text::new(
            "Cox-regressie voor elke oorzaak (of --cause), de andere oorzaken als censurering",
            "Cox regression for each cause (or --cause), the other causes as censoring",
        ),
        needs: Needs::Causes,
        by_default: true,
        run: cause_specific_cox,
    },
    Method {
        name: "lwyy",
        aliases: &["andersen-gill"],
        arguments: "",
        summary: Text::new(
            "verhouding van het aantal terugkerende gebeurtenissen (Lin, Wei, Yang & Ying), fouten \
             robuust per persoon, of per cluster als die er zijn",
            "rate ratio of recurrent events (Lin, Wei, Yang & Ying), errors robust by person, or by cluster when given",
        ),
        needs: Needs::Recurrent,
        by_default: true,
        run: lwyy,
    },
];

/// The Cox regression of the data set on arm and covariates, within `--strata`; `cause`: others count
/// as censored.
///
/// # Errors
/// Data without events or with columns that determine each other, and a maximum that is not finite.
fn fit(data: &Dataset, options: &Options, cause: Option<u32>) -> Result<CoxFit, EstimateError> {
    require_valid(data)?;
    let event = events(data, cause);
    CoxModel { data: rows(data, &event), terms: &terms(data)?, ties: options.ties }.fit()
}

/// The columns of the data set as the regression wants them; `event` says which rows ended in the event
/// of interest.
fn rows<'a>(data: &'a Dataset, event: &'a [bool]) -> CoxData<'a> {
    CoxData {
        start: data.start.as_deref(),
        stop: &data.time,
        event,
        stratum: data.stratum.as_deref(),
        weight: data.weight.as_deref(),
    }
}

/// How tied event times were taken, for the convention.
fn ties_in_words(ties: Ties) -> Said {
    match ties {
        Ties::Efron => said!("gelijke tijden volgens Efron", "ties by Efron"),
        Ties::Breslow => said!("gelijke tijden volgens Breslow", "ties by Breslow"),
        Ties::Exact => said!("gelijke tijden exact", "exact ties"),
    }
}

/// Which cause a result is about, for its label; nothing for all causes together.
fn cause_in_words(cause: Option<u32>) -> Said {
    cause.map_or_else(Said::default, |cause| said!(" (oorzaak {cause})", " (cause {cause})", cause = cause))
}

/// One hazard ratio for each coefficient, by its own standard error (of the logarithm) and reference
/// distribution.
fn ratios(
    name: &str,
    fit: &CoxFit,
    cause: Option<u32>,
    errors: &[f64],
    reference: Reference,
    how: &Said,
    options: &Options,
) -> Vec<Estimate> {
    let convention = said!(
        "{}; standaardfout is van de logaritme; {}",
        "{}; standard error is of the log ratio; {}",
        ties_in_words(fit.ties),
        how
    );
    let one = |(i, term): (usize, &String)| {
        let label = said!("{term}{cause}", "{term}{cause}", cause = cause_in_words(cause), term = term);
        let estimate = Estimate::new(name, label, estimand::hazard_ratio(), convention.clone());
        ratio(estimate, fit.coefficients[i], errors[i], reference, options)
    };
    fit.names.iter().enumerate().map(one).collect()
}

/// The tests of all coefficients together, and what describes the fit.
fn whole_model(name: &str, fit: &CoxFit, cause: Option<u32>) -> Estimate {
    let test = &fit.likelihood_ratio_test;
    let label = said!("hele model{}", "whole model{}", cause_in_words(cause));
    let estimate = Estimate::new(
        name,
        label,
        estimand::all_coefficients_zero(),
        said!(
            "likelihoodratiotoets; andere toetsen in de details",
            "likelihood ratio test; other tests in the details"
        ),
    )
    .with_chi_square(test.statistic, test.degrees_of_freedom as f64)
    .with("log_likelihood_null", fit.log_likelihood_null)
    .with("log_likelihood", fit.log_likelihood)
    .with("wald_statistic", fit.wald_test.statistic)
    .with("wald_p_value", fit.wald_test.p_value())
    .with("score_statistic", fit.score_test.statistic)
    .with("score_p_value", fit.score_test.p_value())
    .with("rows", fit.people().0)
    .with("events", fit.people().1)
    .with("covariance", matrix(&fit.covariance));
    match fit.concordance {
        Some(concordance) => estimate.with("concordance", concordance),
        None => estimate,
    }
}

/// A matrix as rows, for the details.
fn matrix(values: &nalgebra::DMatrix<f64>) -> Vec<Vec<f64>> {
    values.row_iter().map(|row| row.iter().copied().collect()).collect()
}

/// Cox regression on all events, or on those of `--cause`.
fn cox(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    one_cox("cox", data, options, options.cause)
}

/// One regression's coefficients as results.
fn one_cox(
    name: &str,
    data: &Dataset,
    options: &Options,
    cause: Option<u32>,
) -> Result<Vec<Estimate>, EstimateError> {
    let fit = fit(data, options, cause)?;
    if data.weight.is_some() && !options.frequencies {
        return weighted_cox(name, &fit, data, options, cause);
    }
    let how = said!(
        "variantie van het model (onafhankelijke rijen), z",
        "model-based variance (independent rows), z"
    );
    let mut results = ratios(name, &fit, cause, &fit.standard_errors(), Reference::Normal, &how, options);
    results.push(whole_model(name, &fit, cause));
    Ok(results)
}

/// With sampling weights: the weighted partial likelihood, errors robust by row (or person), z.
fn weighted_cox(
    name: &str,
    fit: &CoxFit,
    data: &Dataset,
    options: &Options,
    cause: Option<u32>,
) -> Result<Vec<Estimate>, EstimateError> {
    let rows = || (0..data.time.len() as u32).collect::<Vec<u32>>();
    let (labels, by) = match &data.person {
        Some(person) => (person.clone(), by_person()),
        None => (rows(), by_row()),
    };
    let robust = fit.lin_wei(&labels)?;
    let how = said!(
        "gewogen; robuuste variantie van Lin-Wei per {} (Binder 1992), z",
        "weighted; Lin-Wei robust variance by {} (Binder 1992), z",
        by
    );
    let mut results = ratios(name, fit, cause, &robust.standard_errors(), Reference::Normal, &how, options);
    let mut model = whole_model(name, fit, cause);
    for (key, test) in [("robust_wald", robust.wald_test), ("robust_score", robust.score_test)] {
        if let Some(test) = test {
            model = model
                .with(&format!("{key}_statistic"), test.statistic)
                .with(&format!("{key}_p_value"), test.p_value());
        }
    }
    model.p_value = None;
    model.convention = said!(
        "likelihoodratio van de gewogen aannemelijkheid, zonder p; robuuste toetsen in de details",
        "likelihood ratio of the weighted likelihood, without p; robust tests in the details"
    );
    results.push(model.with("robust_covariance", matrix(&robust.covariance)));
    Ok(results)
}

/// Cox regression on each cause, the others as censoring. A cause whose model does not exist (too few
/// events) stands without numbers, and the others are given.
fn cause_specific_cox(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut results = Partial::default();
    let name = "cause-specific-cox";
    for cause in causes(data, options) {
        results.give_or_withhold(one_cox(name, data, options, Some(cause)), || {
            let label = said!("hele model{}", "whole model{}", cause_in_words(Some(cause)));
            Estimate::new(name, label, estimand::all_coefficients_zero(), Said::default())
        });
    }
    results.finish()
}

/// Cox regression with the variance by cluster.
fn cox_robust(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let fit = fit(data, options, options.cause)?;
    robust_ratios("cox-robust", &fit, data, options, cluster(data)?, &by_cluster())
}

/// Ratios with Lin-Wei's standard error; interval, statistic and p hold with few clusters.
fn robust_ratios(
    name: &str,
    fit: &CoxFit,
    data: &Dataset,
    options: &Options,
    labels: &[u32],
    by: &Said,
) -> Result<Vec<Estimate>, EstimateError> {
    let robust = fit.robust(labels)?;
    let naive = fit.standard_errors();
    let how = said!(
        "robuust volgens Lin-Wei per {}; interval, t en p met de fout die voor weinig clusters is \
             gecorrigeerd (Bell & McCaffrey, in de details) en de vrijheidsgraden van Satterthwaite",
        "Lin-Wei robust by {}; interval, t and p by the error corrected for few clusters (Bell & McCaffrey, in the details) \
         with Satterthwaite's df",
        by
    );
    let convention = said!(
        "{}; standaardfout is van de logaritme, {}",
        "{}; standard error is of the log ratio, {}",
        ties_in_words(fit.ties),
        how
    );
    let plain = robust.standard_errors();
    let one = |(i, term): (usize, &String)| {
        let label =
            said!("{term}{cause}", "{term}{cause}", cause = cause_in_words(options.cause), term = term);
        let blank = Estimate::new(name, label, estimand::hazard_ratio(), convention.clone());
        let estimate = match robust.degrees_of_freedom[i] {
            Some(df) => {
                let corrected = robust.corrected_standard_errors[i];
                let reference = Reference::StudentT(df);
                let shown = ratio(blank, fit.coefficients[i], corrected, reference, options);
                Estimate { standard_error: Some(plain[i]), ..shown }
                    .with("corrected_standard_error", corrected)
            }
            None => Estimate {
                value: Some(libm::exp(fit.coefficients[i])),
                missing: Some(rests_on_one_cluster(data)),
                ..blank
            }
            .with("coefficient", fit.coefficients[i]),
        };
        estimate.with("naive_standard_error", naive[i])
    };
    let mut results: Vec<Estimate> = fit.names.iter().enumerate().map(one).collect();
    let mut model = whole_model(name, fit, options.cause).with("clusters", robust.clusters as f64);
    let lone = data.arm_names.len() > 1 && clusters_by_arm(data).contains(&1);
    for (key, test) in [("robust_wald", robust.wald_test), ("robust_score", robust.score_test)] {
        if let Some(test) = test.filter(|_| !lone) {
            model = model
                .with(&format!("{key}_statistic"), test.statistic)
                .with(&format!("{key}_p_value"), test.p_value());
        }
    }
    // The likelihood ratio takes rows as independent.
    model.p_value = None;
    model.convention = said!(
        "likelihoodratio van onafhankelijke rijen, zonder p: zij weet niet van clusters; andere \
             toetsen in de details",
        "likelihood ratio of independent rows, without p: it knows no clusters; other tests in the details"
    );
    results.push(model.with("robust_covariance", matrix(&robust.covariance)));
    Ok(results)
}

/// Cox regression with the variances of Wang, Turner and Li for few clusters, one result per
/// coefficient and correction.
fn cox_small_sample(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let fit = fit(data, options, options.cause)?;
    let small = fit.small_sample(cluster(data)?)?;
    if data.arm_names.len() > 1 && clusters_by_arm(data).contains(&1) {
        return Err(EstimateError::data(rests_on_one_cluster(data)));
    }
    // CoxBcv's t(K - p) rejects null data too often with two or four clusters an arm, and half corrections do so with unequal ones: p
    // and interval are by the larger of the own error and that of `cox-robust`, with its degrees of freedom.
    let robust = fit.robust(cluster(data)?)?;
    let mut results = Vec::new();
    for (short, correction) in corrections(arguments)? {
        let exists = |covariance: &nalgebra::DMatrix<f64>| covariance.diagonal().iter().all(|v| *v > 0.0);
        let Some(covariance) = small.covariance(correction).filter(exists) else {
            let what = said!(
                "correctie {short}: één cluster draagt alle informatie over een coëfficiënt",
                "correction {short}: one cluster carries all the information on a coefficient",
                short = short
            );
            return Err(EstimateError::Singular { what });
        };
        let errors: Vec<f64> = covariance.diagonal().iter().map(|variance| variance.sqrt()).collect();
        let how = said!(
            "clustervariantie {short} (Wang, Turner & Li 2023); interval, t en p met de grootste \
                 van deze fout en die van cox-robust (in de details), met de vrijheidsgraden van \
                 Satterthwaite",
            "cluster variance {short} (Wang, Turner & Li 2023); interval, t and p by the larger of this error and the one of cox-robust \
             (in the details), with Satterthwaite's df",
            short = short
        );
        let convention = said!(
            "{}; standaardfout is van de logaritme; {}",
            "{}; standard error is of the log ratio; {}",
            ties_in_words(fit.ties),
            how
        );
        let one = |(i, term): (usize, &String)| {
            let label =
                said!("{term}{cause}", "{term}{cause}", cause = cause_in_words(options.cause), term = term);
            let estimate =
                Estimate::new("cox-small-sample", label, estimand::hazard_ratio(), convention.clone());
            let Some(df) = robust.degrees_of_freedom[i] else {
                return Estimate {
                    value: Some(libm::exp(fit.coefficients[i])),
                    standard_error: Some(errors[i]),
                    missing: Some(rests_on_one_cluster(data)),
                    ..estimate
                }
                .with("coefficient", fit.coefficients[i]);
            };
            let larger = errors[i].max(robust.corrected_standard_errors[i]);
            let shown = ratio(estimate, fit.coefficients[i], larger, Reference::StudentT(df), options);
            Estimate { standard_error: Some(errors[i]), ..shown }.with("corrected_standard_error", larger)
        };
        let named: Vec<Estimate> = fit.names.iter().enumerate().map(one).collect();
        // CoxBcv's own numbers depend on where covariates have their zero, and on their order.
        let theirs = small.covariance_of_cox_bcv(correction);
        results.extend(named.into_iter().enumerate().map(|(i, estimate)| {
            let mut estimate =
                Estimate { label: estimate.label.map(|label| format!("{label}, {short}")), ..estimate };
            if correction == ClusterCorrection::None {
                // Uncorrected: null data would beat its p too often.
                estimate = Estimate { p_value: None, interval: None, ..estimate };
            }
            let estimate =
                estimate.with("variance", covariance[(i, i)]).with("clusters", small.clusters as f64);
            match &theirs {
                Some(theirs) => estimate.with("variance_as_coxbcv", theirs[(i, i)]),
                None => estimate,
            }
        }));
    }
    Ok(results)
}

/// Corrections by name; all without one.
///
/// # Errors
/// A name that is none of them, with those that are.
fn corrections(arguments: &MethodArguments) -> Result<Vec<(&'static str, ClusterCorrection)>, EstimateError> {
    arguments.require_known(&[], ClusterCorrection::ALL.len())?;
    if arguments.is_empty() {
        return Ok(ClusterCorrection::ALL.to_vec());
    }
    let find = |wanted: &str| {
        let known: Vec<&str> = ClusterCorrection::ALL.iter().map(|(name, _)| *name).collect();
        let message = || {
            said!(
                "onbekende correctie \"{wanted}\"; bekend: {known}",
                "unknown correction \"{wanted}\"; known: {known}",
                known = known.join(", "),
                wanted = wanted
            )
        };
        let found = ClusterCorrection::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.copied().ok_or_else(|| EstimateError::option("cox-small-sample", message()))
    };
    arguments.unnamed().map(find).collect()
}

/// The log-rank test for clustered data: score test of the arms in a Cox model with a robust variance,
/// p by the distribution that holds with few clusters.
fn robust_log_rank(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    crate::estimate::require_arms(data, 2, usize::MAX)?;
    let event = events(data, options.cause);
    let terms = arm_terms(data);
    let ties = if options.ties == Ties::Exact { Ties::Efron } else { options.ties };
    let model = CoxModel { data: rows(data, &event), terms: &terms, ties };
    let found = model.robust_score_test(cluster(data)?)?;
    let label = if terms.len() == 1 {
        Said::same(&terms[0].name)
    } else {
        said!("{} groepen", "{} arms", data.arm_names.len())
    };
    let convention = said!(
        "robuuste scoretoets van het Cox-model per cluster, {}: de statistiek is de chikwadraat \
             van veel clusters, p is die van weinig: scores gecorrigeerd voor hefboomwerking (Bell & \
             McCaffrey), {}, tweezijdig",
        "robust score test of the Cox model by cluster, {}: the statistic is the chi-square of many clusters, p is that of \
         few: scores corrected for leverage (Bell & McCaffrey), {}, two-sided",
        ties_in_words(ties),
        if terms.len() == 1 {
            said!("t met de vrijheidsgraden van Satterthwaite", "t with Satterthwaite's df")
        } else {
            said!("F van Hotelling", "Hotelling's F")
        }
    );
    let test = &found.test;
    let mut estimate = Estimate::new("robust-log-rank", label, estimand::equal_hazards(), convention)
        .with_chi_square(test.statistic, test.degrees_of_freedom as f64)
        .with("p_value_many_clusters", test.p_value())
        .with("score", found.scores.clone())
        .with("clusters", found.clusters as f64);
    estimate.p_value = found.p_value();
    for (key, value) in [
        ("corrected_statistic", found.corrected_statistic),
        ("cluster_degrees_of_freedom", found.degrees_of_freedom),
    ] {
        if let Some(value) = value {
            estimate = estimate.with(key, value);
        }
    }
    if estimate.p_value.is_none() {
        // The chi-square of many clusters says nothing either.
        (estimate.statistic, estimate.degrees_of_freedom) = (None, None);
        estimate.details.remove("p_value_many_clusters");
        estimate.missing = Some(rests_on_one_cluster(data));
    }
    Ok(vec![estimate])
}

/// Score test of all coefficients, which needs no maximum and exists when every event is in one arm.
fn cox_score(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_valid(data)?;
    let event = events(data, options.cause);
    let test =
        CoxModel { data: rows(data, &event), terms: &terms(data)?, ties: options.ties }.score_test()?;
    Ok(vec![chi_square(
        "cox-score",
        said!("hele model", "whole model"),
        estimand::all_coefficients_zero(),
        ties_in_words(options.ties),
        &test,
    )])
}

/// A chi-square test as a result.
fn chi_square(name: &str, label: Said, null: Said, convention: Said, test: &ChiSquareTest) -> Estimate {
    Estimate::new(name, label, null, convention)
        .with_chi_square(test.statistic, test.degrees_of_freedom as f64)
}

/// Test of proportional hazards (Grambsch & Therneau 1994): for each column, each factor of several
/// columns, and all together.
fn schoenfeld(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["transform"], 1)?;
    let name = arguments.text("transform", 0).unwrap_or("km");
    let transform = match name {
        "km" => TimeTransform::KaplanMeier,
        "rank" => TimeTransform::Rank,
        "identity" => TimeTransform::Identity,
        "log" => TimeTransform::Log,
        other => {
            let message = said!(
                "onbekende transformatie \"{other}\"; bekend: km, rank, identity, log",
                "unknown transform \"{other}\"; known: km, rank, identity, log",
                other = other
            );
            return Err(EstimateError::option("schoenfeld", message));
        }
    };
    let fit = fit(data, options, options.cause)?;
    let test = fit.proportional_hazards(transform)?;
    let factors = factors(data, &fit.names);
    let columns: Vec<Vec<usize>> = factors.iter().map(|(_, columns)| columns.clone()).collect();
    let together = fit.proportional_hazards_of(transform, &columns)?;
    let null = said!("coëfficiënt gelijk door de tijd", "coefficient constant over time");
    let convention = said!(
        "scoretoets als cox.zph van survival 3.x, transformatie {name}, {ties}",
        "score test as cox.zph of survival 3.x, transform {name}, {ties}",
        ties = ties_in_words(options.ties),
        name = name
    );
    let pairs = test.names.iter().zip(&test.each);
    let result = |label: Said, test| chi_square("schoenfeld", label, null.clone(), convention.clone(), test);
    let mut results: Vec<Estimate> = pairs.map(|(term, test)| result(Said::same(term), test)).collect();
    for ((name, _), test) in factors.iter().zip(&together) {
        results.push(result(said!("{}, alle niveaus", "{}, all levels", name), test));
    }
    results.push(result(said!("alles samen", "global"), &test.global));
    Ok(results)
}

/// Factors with several columns: the arms when there are more than two, and levels "name=level" of one covariate.
fn factors(data: &Dataset, names: &[String]) -> Vec<(Said, Vec<usize>)> {
    let arms = data.arm_names.len().saturating_sub(1);
    let mut factors = Vec::new();
    if arms > 1 {
        factors.push((said!("groepen", "arms"), (0..arms).collect()));
    }
    let factor = |column: &usize| names[*column].split_once('=').map(|(name, _)| name);
    let columns: Vec<usize> = (arms..names.len()).collect();
    for levels in columns
        .chunk_by(|a, b| factor(a).is_some() && factor(a) == factor(b))
        .filter(|levels| levels.len() > 1)
    {
        factors.push((Said::same(factor(&levels[0]).unwrap_or_default()), levels.to_vec()));
    }
    factors
}

/// A hazard ratio of the first arm contrast for each period between the given times, by splitting rows
/// there.
fn cox_piecewise(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let given = arguments.unnamed().enumerate().map(|(i, _)| arguments.number("", i));
    let mut cuts: Vec<f64> = given.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    if cuts.is_empty() {
        cuts.clone_from(&options.at);
    }
    if cuts.is_empty() {
        let message = said!(
            "geef de tijden waarop de hazardratio mag veranderen: cox-piecewise(6) of --at 6",
            "give the times at which the hazard ratio may change: cox-piecewise(6) or --at 6"
        );
        return Err(EstimateError::option("cox-piecewise", message));
    }
    require_valid(data)?;
    let event = events(data, options.cause);
    let terms = terms(data)?;
    let split = piecewise::split_at(&rows(data, &event), &terms, &cuts)?;
    let follow = |column: &Option<Vec<u32>>| {
        column.as_ref().map(|values| split.source.iter().map(|row| values[*row]).collect::<Vec<_>>())
    };
    // Rows of one period only meet each other, so that each period is a stratum: the likelihood is the same, and the correction for few
    // clusters counts the baseline of each.
    let periods = cuts.len() as u32 + 1;
    let period = |start: &f64| cuts.iter().filter(|cut| *cut <= start).count() as u32;
    let old = follow(&data.stratum).unwrap_or_else(|| vec![0; split.start.len()]);
    let stratum: Vec<u32> =
        old.iter().zip(&split.start).map(|(old, start)| old * periods + period(start)).collect();
    let rows = CoxData {
        start: Some(&split.start),
        stop: &split.stop,
        event: &split.event,
        stratum: Some(&stratum),
        weight: None,
    };
    let fit = CoxModel { data: rows, terms: &split.terms, ties: options.ties }.fit()?;
    let mut results = match follow(&data.cluster) {
        Some(labels) => robust_ratios("cox-piecewise", &fit, data, options, &labels, &by_cluster())?,
        None => {
            let how = said!(
                "variantie van het model (onafhankelijke rijen), z",
                "model-based variance (independent rows), z"
            );
            let errors = fit.standard_errors();
            let mut results =
                ratios("cox-piecewise", &fit, options.cause, &errors, Reference::Normal, &how, options);
            results.push(whole_model("cox-piecewise", &fit, options.cause));
            results
        }
    };
    for (period, result) in results.iter_mut().take(cuts.len() + 1).enumerate() {
        let words = piecewise::period_in_words(&cuts, period);
        result.label = said!("{}{}{}", "{}{}{}", terms[0].name, words, cause_in_words(options.cause));
    }
    Ok(results)
}

/// Rate ratio of recurrent events (Lin, Wei, Yang and Ying 2000, doi:10.1111/1467-9868.00259): a Cox
/// regression on intervals, robust by person, or by cluster where there are any.
fn lwyy(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let fit = fit(data, options, options.cause)?;
    let unit = data.cluster.as_deref().or(data.person.as_deref());
    let what = || {
        said!("een persoon (--id) of een cluster voor elke rij", "a person (--id) or a cluster for every row")
    };
    let labels = unit.ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
    let by = if data.cluster.is_some() { by_cluster() } else { by_person() };
    let mut results = robust_ratios("lwyy", &fit, data, options, labels, &by)?;
    for result in results.iter_mut().filter(|result| result.value.is_some()) {
        result.estimand = estimand::rate_ratio();
    }
    Ok(results)
}
