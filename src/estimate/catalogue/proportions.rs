//! Outcomes that happened or not: tests, differences, ratios, strata.

use super::shape::{with_difference, with_ratio, with_test};
use super::{Method, Needs};
use crate::estimate::fisher::fisher;
use crate::estimate::log_rank::p_of_z;
use crate::estimate::mantel_haenszel;
use crate::estimate::outcomes::{Outcomes, Proportion, horizons, outcomes, strata};
use crate::estimate::pearson::{difference_interval, pearson, signed_root};
use crate::estimate::proportion_contrast as contrast;
use crate::estimate::proportion_contrast::Cubic;
use crate::estimate::single_proportion as single;
use crate::estimate::{
    Alternative, Estimate, EstimateError, Interval, MethodArguments, Options, require_arms,
};
use crate::observe::Dataset;
use crate::stats::normal;

const fn method(
    name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    by_default: bool,
    run: super::Run,
) -> Method {
    Method { name, aliases, arguments: "", summary, needs: Needs::Outcomes, by_default, run }
}

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    method("wilson", &["proportion"], "share of each arm with Wilson's interval", true, |d, o, a| {
        one_arm("wilson", "Wilson score interval", single::wilson, d, o, a)
    }),
    method(
        "clopper-pearson",
        &["exact-proportion"],
        "share of each arm with the exact interval",
        false,
        |d, o, a| one_arm("clopper-pearson", "exact interval", single::clopper_pearson, d, o, a),
    ),
    method("wald-proportion", &[], "share of each arm with Wald's interval", false, |d, o, a| {
        one_arm("wald-proportion", "Wald interval", single::wald, d, o, a)
    }),
    method("agresti-coull", &[], "share of each arm with Agresti and Coull's interval", false, |d, o, a| {
        one_arm("agresti-coull", "Agresti-Coull interval", single::agresti_coull, d, o, a)
    }),
    method("jeffreys", &[], "share of each arm with Jeffreys' interval", false, |d, o, a| {
        one_arm("jeffreys", "Jeffreys interval", single::jeffreys, d, o, a)
    }),
    method(
        "pearson",
        &["chi-square"],
        "chi-square test of equal shares, no correction (any number of arms)",
        true,
        |d, o, a| chi_square("pearson", false, d, o, a),
    ),
    method(
        "pearson-corrected",
        &["yates", "prop-test"],
        "chi-square test with Yates' correction, as R's prop.test",
        false,
        |d, o, a| chi_square("pearson-corrected", true, d, o, a),
    ),
    method(
        "fisher",
        &["fisher-exact"],
        "Fisher's exact test, conditional odds ratio and its exact interval",
        true,
        exact,
    ),
    method(
        "wald",
        &["risk-difference"],
        "difference of shares, Wald interval and z-test",
        false,
        |d, o, a| {
            difference("wald", "unpooled standard error; Wald interval", d, o, a, |c, t, level, _| {
                contrast::wald(c, t, level)
            })
        },
    ),
    method("newcombe", &[], "difference of shares, Newcombe's hybrid score interval", true, |d, o, a| {
        difference("newcombe", "Newcombe's interval from two Wilson intervals", d, o, a, |c, t, level, _| {
            contrast::newcombe(c, t, level)
        })
    }),
    method("agresti-caffo", &[], "difference of shares, Agresti and Caffo's interval", false, |d, o, a| {
        difference(
            "agresti-caffo",
            "one success and one failure added to each arm; not cut off at 1",
            d,
            o,
            a,
            |c, t, level, _| contrast::agresti_caffo(c, t, level),
        )
    }),
    Method {
        name: "miettinen-nurminen",
        aliases: &["mn"],
        arguments: "(statsmodels)",
        summary: "difference of shares, score interval (with the argument: the number statsmodels <= 0.15 gives, which is off)",
        needs: Needs::Outcomes,
        by_default: true,
        run: |d, o, a| {
            a.require_known(&["variant"], 1)?;
            let cubic = match a.text("variant", 0) {
                None => Cubic::Published,
                Some("statsmodels") => Cubic::Statsmodels,
                Some(other) => {
                    return Err(EstimateError::option("miettinen-nurminen", format!("unknown \"{other}\"")));
                }
            };
            score_difference("miettinen-nurminen", true, cubic, d, o)
        },
    },
    method(
        "mee",
        &[],
        "difference of shares, score interval without the factor N / (N - 1)",
        false,
        |d, o, a| {
            a.require_known(&[], 0)?;
            score_difference("mee", false, Cubic::Published, d, o)
        },
    ),
    Method {
        name: "farrington-manning",
        aliases: &["non-inferiority"],
        arguments: "(margin)",
        summary: "difference of shares against a margin: non-inferiority, one-sided score test",
        needs: Needs::Outcomes,
        by_default: false,
        run: margin,
    },
    method("risk-ratio", &["katz"], "ratio of shares, log interval", true, |d, o, a| {
        ratio(
            "risk-ratio",
            "interval on the logarithm, whose standard error is given",
            "ratio of shares",
            d,
            o,
            a,
            |c, t, level| contrast::risk_ratio(c, t, false, level),
        )
    }),
    method(
        "risk-ratio-adjusted",
        &["walter"],
        "ratio of shares, log interval with 1/2 added to every count",
        false,
        |d, o, a| {
            ratio(
                "risk-ratio-adjusted",
                "1/2 added to every count; interval on the logarithm",
                "ratio of shares",
                d,
                o,
                a,
                |c, t, level| contrast::risk_ratio(c, t, true, level),
            )
        },
    ),
    method(
        "risk-ratio-score",
        &["miettinen-nurminen-ratio", "mn-ratio"],
        "ratio of shares, Miettinen-Nurminen score interval",
        false,
        score_ratio,
    ),
    method("odds-ratio", &["woolf"], "odds ratio, log interval", false, |d, o, a| {
        ratio(
            "odds-ratio",
            "interval on the logarithm, whose standard error is given",
            "odds ratio",
            d,
            o,
            a,
            |c, t, level| contrast::odds_ratio(c, t, false, level),
        )
    }),
    method(
        "odds-ratio-adjusted",
        &["haldane"],
        "odds ratio, log interval with 1/2 added to every cell",
        false,
        |d, o, a| {
            ratio(
                "odds-ratio-adjusted",
                "1/2 added to every cell; interval on the logarithm",
                "odds ratio",
                d,
                o,
                a,
                |c, t, level| contrast::odds_ratio(c, t, true, level),
            )
        },
    ),
    Method {
        name: "mantel-haenszel",
        aliases: &["mh", "cmh", "mantelhaen"],
        arguments: "(corrected | uncorrected)",
        summary: "common difference, ratio and odds ratio over --strata, with the Cochran-Mantel-Haenszel test",
        needs: Needs::Outcomes,
        by_default: false,
        run: stratified,
    },
];

fn label_at(label: String, horizon: Option<f64>) -> String {
    match horizon {
        Some(time) => format!("{label} by {time}"),
        None => label,
    }
}

fn noted(mut estimate: Estimate, outcomes: &Outcomes) -> Estimate {
    if let Some(time) = outcomes.horizon {
        estimate = estimate.with("horizon", time).with("censored_before_horizon", outcomes.unknown as f64);
    }
    estimate
        .with("events", outcomes.arms.iter().map(|arm| arm.events as f64).collect::<Vec<f64>>())
        .with("totals", outcomes.arms.iter().map(|arm| arm.total as f64).collect::<Vec<f64>>())
}

fn one_arm(
    name: &str,
    convention: &str,
    interval: fn(Proportion, f64) -> Interval,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    if data.weight.is_some() {
        return super::weighted::shares(name, data, options);
    }
    let mut estimates = Vec::new();
    for outcomes in outcomes(data, options)? {
        for (arm, label) in outcomes.arms.iter().zip(&data.arm_names) {
            let mut estimate = Estimate::new(
                name,
                label_at(label.clone(), outcomes.horizon),
                "share with the event",
                convention,
            );
            estimate.value = Some(arm.share());
            estimate.standard_error = Some(libm::sqrt(arm.share() * (1.0 - arm.share()) / arm.total as f64));
            estimate.interval = Some(interval(*arm, options.level));
            estimate = estimate.with("events", arm.events as f64).with("total", arm.total as f64);
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

fn chi_square(
    name: &str,
    corrected: bool,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_arms(data, 2, usize::MAX)?;
    let mut estimates = Vec::new();
    for outcomes in outcomes(data, options)? {
        let test = pearson(&outcomes.arms, corrected)?;
        let correction = if corrected { "Yates' continuity correction" } else { "no continuity correction" };
        let label = label_at(data.arm_names.join(", "), outcomes.horizon);
        let mut estimate = Estimate::new(name, label, "equal shares", format!("chi-square; {correction}"));
        estimate.statistic = Some(test.chi_square);
        estimate.degrees_of_freedom = Some(test.degrees_of_freedom);
        estimate.p_value = Some(test.p_value);
        if let [control, treated] = outcomes.arms[..] {
            let z = signed_root(control, treated, test.chi_square);
            estimate.value = Some(treated.share() - control.share());
            estimate.estimand = "difference of shares".into();
            estimate.interval =
                Some(difference_interval(control, treated, corrected, options.alternative, options.level));
            estimate.p_value = Some(p_of_z(z, options.alternative));
            estimate =
                estimate.with("z", z).with("p_less", normal::cdf(z)).with("p_greater", normal::upper_tail(z));
        } else if options.alternative != Alternative::TwoSided {
            return Err(EstimateError::option("--sided", "a one-sided test needs exactly two arms"));
        }
        let shares = outcomes.arms.iter().map(|arm| arm.share()).collect::<Vec<f64>>();
        estimates.push(noted(estimate.with("shares", shares), &outcomes));
    }
    Ok(estimates)
}

fn two_arms(
    data: &Dataset,
    options: &Options,
) -> Result<Vec<(Proportion, Proportion, Outcomes)>, EstimateError> {
    require_arms(data, 2, 2)?;
    let all = outcomes(data, options)?;
    Ok(all.into_iter().map(|outcomes| (outcomes.arms[0], outcomes.arms[1], outcomes)).collect())
}

fn contrast_label(data: &Dataset, sign: &str, horizon: Option<f64>) -> String {
    label_at(format!("{} {sign} {}", data.arm_names[1], data.arm_names[0]), horizon)
}

fn exact(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let test = fisher(control, treated, options.alternative, options.level);
        let convention = "conditional maximum-likelihood odds ratio and exact interval (one-sided when --sided is); \
                          two-sided p adds tables no more likely than the observed one";
        let label = contrast_label(data, "/", outcomes.horizon);
        let mut estimate = Estimate::new("fisher", label, "odds ratio", convention);
        estimate.value = Some(test.odds_ratio);
        estimate.interval = Some(test.interval);
        estimate.p_value = Some(test.p_value);
        estimate = estimate
            .with("p_less", test.p_less)
            .with("p_greater", test.p_greater)
            .with("odds_ratio_printed_by_r", test.printed_by_r.odds_ratio)
            .with("interval_printed_by_r", vec![test.printed_by_r.lower, test.printed_by_r.upper]);
        estimates.push(noted(estimate, &outcomes));
    }
    Ok(estimates)
}

fn difference(
    name: &str,
    convention: &str,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
    interval: fn(Proportion, Proportion, f64, &Options) -> Interval,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    if data.weight.is_some() {
        return super::weighted::share_difference(data, options);
    }
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let label = contrast_label(data, "-", outcomes.horizon);
        let mut estimate = Estimate::new(name, label, "difference of shares", convention);
        let (value, error) = (treated.share() - control.share(), contrast::wald_error(control, treated));
        if error > 0.0 && name == "wald" {
            estimate = with_difference(estimate, value, error, options);
        }
        estimate.value = Some(value);
        estimate.standard_error = Some(error);
        estimate.interval = Some(interval(control, treated, options.level, options));
        estimates.push(noted(estimate, &outcomes));
    }
    Ok(estimates)
}

fn score_difference(
    name: &str,
    corrected: bool,
    cubic: Cubic,
    data: &Dataset,
    options: &Options,
) -> Result<Vec<Estimate>, EstimateError> {
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let factor = if corrected { "variance times N / (N - 1)" } else { "variance without N / (N - 1)" };
        let slip = if cubic == Cubic::Statsmodels { "; with the slip of statsmodels <= 0.15" } else { "" };
        let label = contrast_label(data, "-", outcomes.horizon);
        let convention = format!("score interval, constrained maximum likelihood, {factor}{slip}");
        let mut estimate = Estimate::new(name, label, "difference of shares", convention);
        let z = contrast::difference_score(control, treated, 0.0, corrected, cubic);
        if z.is_finite() {
            estimate = with_test(estimate, z, options);
        }
        estimate.value = Some(treated.share() - control.share());
        estimate.interval =
            Some(contrast::difference_interval(control, treated, corrected, cubic, options.level));
        estimates.push(noted(estimate, &outcomes));
    }
    Ok(estimates)
}

/// Farrington & Manning (1990), doi:10.1002/sim.4780091208: the score test of a difference at the margin; its interval is Mee's.
fn margin(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["margin"], 1)?;
    let margin = super::adjusted::margin_of(arguments, "farrington-manning")?;
    if !(-1.0 < margin && margin < 1.0) {
        return Err(EstimateError::option("margin", format!("{margin} is not a difference of shares")));
    }
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let label = contrast_label(data, "-", outcomes.horizon);
        let how = "one-sided score test at the margin (a negative margin: greater, a positive one: less); two-sided score interval";
        let z = contrast::difference_score(control, treated, margin, false, Cubic::Published);
        let interval =
            contrast::difference_interval(control, treated, false, Cubic::Published, options.level);
        let estimate = Estimate::new("farrington-manning", label, "difference of shares", how);
        let value = treated.share() - control.share();
        estimates
            .push(noted(super::adjusted::against_margin(estimate, (value, margin), z, interval), &outcomes));
    }
    Ok(estimates)
}

fn ratio(
    name: &str,
    convention: &str,
    estimand: &str,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
    compute: fn(Proportion, Proportion, f64) -> Result<contrast::LogRatio, EstimateError>,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let result = compute(control, treated, options.level)?;
        let label = contrast_label(data, "/", outcomes.horizon);
        let estimate = Estimate::new(name, label, estimand, convention);
        estimates.push(noted(with_ratio(estimate, result.ratio, result.log_error, options), &outcomes));
    }
    Ok(estimates)
}

fn score_ratio(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let label = contrast_label(data, "/", outcomes.horizon);
        let convention = "score interval, constrained maximum likelihood, variance times N / (N - 1)";
        let mut estimate = Estimate::new("risk-ratio-score", label, "ratio of shares", convention);
        let z = contrast::ratio_score(control, treated, 1.0);
        if z.is_finite() {
            estimate = with_test(estimate, z, options);
        }
        let value = treated.share() / control.share();
        estimate.value = value.is_finite().then_some(value);
        estimate.interval = Some(contrast::ratio_interval(control, treated, options.level));
        estimates.push(noted(estimate, &outcomes));
    }
    Ok(estimates)
}

fn stratified(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["correction"], 1)?;
    let corrected = match arguments.text("correction", 0) {
        None | Some("corrected") => true,
        Some("uncorrected") => false,
        Some(other) => return Err(EstimateError::option("mantel-haenszel", format!("unknown \"{other}\""))),
    };
    let mut estimates = Vec::new();
    for horizon in horizons(options) {
        let tables = strata(data, options.cause, horizon)?;
        estimates.extend(common_effects(data, &tables, horizon, options));
        let test = mantel_haenszel::test(&tables, corrected)?;
        let correction = if corrected { "with" } else { "without" };
        let mut estimate = Estimate::new(
            "mantel-haenszel",
            label_at(data.arm_names.join(", "), horizon),
            "no association within strata",
            format!("Cochran-Mantel-Haenszel chi-square {correction} continuity correction"),
        );
        estimate.statistic = Some(test.chi_square);
        estimate.degrees_of_freedom = Some(1.0);
        let z = libm::sqrt(test.chi_square).copysign(test.difference);
        estimate.p_value = Some(p_of_z(z, options.alternative));
        estimates.push(estimate.with("strata", tables.len() as f64).with("z", z));
    }
    Ok(estimates)
}

/// The three common effects; one that does not exist in these data is left out.
fn common_effects(
    data: &Dataset,
    tables: &[[Proportion; 2]],
    horizon: Option<f64>,
    options: &Options,
) -> Vec<Estimate> {
    let level = options.level;
    let new = |sign: &str, estimand: &str, convention: &str| {
        Estimate::new("mantel-haenszel", contrast_label(data, sign, horizon), estimand, convention)
    };
    let mut estimates = Vec::new();
    if let Ok(common) = mantel_haenszel::risk_difference(tables, level) {
        let estimate = new("-", "common difference of shares", "Sato variance");
        estimates.push(with_difference(estimate, common.value, common.standard_error, options));
    }
    if let Ok(common) = mantel_haenszel::risk_ratio(tables, level) {
        let estimate = new("/", "common ratio of shares", "Greenland-Robins variance of the logarithm");
        estimates.push(with_ratio(estimate, common.value, common.standard_error, options));
    }
    if let Ok(common) = mantel_haenszel::odds_ratio(tables, level) {
        let estimate = new("/", "common odds ratio", "Robins-Breslow-Greenland variance of the logarithm");
        estimates.push(with_ratio(estimate, common.value, common.standard_error, options));
    }
    estimates
}
