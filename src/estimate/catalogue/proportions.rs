//! Outcomes that happened or not: tests, differences, ratios, strata.
//!
//! The outcome of a row is "event by the horizon" for each `--at`, or "event ever" without times; who
//! was censored before is unknown, left out and counted. Contrasts are treated less control, ratios
//! treated over control. The formulas are in `single_proportion`, `proportion_contrast`, `pearson`,
//! `fisher` and `mantel_haenszel`; remarks at the rows name the call elsewhere that gives the same
//! number.

use super::estimand;
use super::shape::{label_at, with_difference, with_ratio, with_test};
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
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;
use crate::stats::normal;

/// A row of the catalogue without arguments, for methods that need outcomes only.
const fn method(
    name: &'static str,
    aliases: &'static [&'static str],
    summary: Text,
    by_default: bool,
    run: super::Run,
) -> Method {
    Method { name, aliases, arguments: "", summary, needs: Needs::Outcomes, by_default, run }
}

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    method(
        // R: `prop.test(x, n, correct = FALSE)$conf.int` of one sample. The default: it covers well for
        // shares near 0 and 1 too.
        "wilson",
        &["proportion"],
        Text::new(
            "aandeel van elke groep met het interval van Wilson",
            "share of each arm with Wilson's interval",
        ),
        true,
        |d, o, a| {
            one_arm(
                "wilson",
                said!("score-interval van Wilson", "Wilson score interval"),
                single::wilson,
                d,
                o,
                a,
            )
        },
    ),
    method(
        // R: `binom.test(x, n)$conf.int`. It covers at least as often as it says, and more often than
        // it must.
        "clopper-pearson",
        &["exact-proportion"],
        Text::new(
            "aandeel van elke groep met het exacte interval",
            "share of each arm with the exact interval",
        ),
        false,
        |d, o, a| {
            one_arm(
                "clopper-pearson",
                said!("exact interval", "exact interval"),
                single::clopper_pearson,
                d,
                o,
                a,
            )
        },
    ),
    method(
        // statsmodels: `proportion_confint(method = "normal")`. It covers too seldom for small shares;
        // here to compare with reports that use it, and for sampling weights.
        "wald-proportion",
        &[],
        Text::new(
            "aandeel van elke groep met het interval van Wald",
            "share of each arm with Wald's interval",
        ),
        false,
        |d, o, a| {
            one_arm("wald-proportion", said!("interval van Wald", "Wald interval"), single::wald, d, o, a)
        },
    ),
    method(
        // statsmodels: `proportion_confint(method = "agresti_coull")`.
        "agresti-coull",
        &[],
        Text::new(
            "aandeel van elke groep met het interval van Agresti en Coull",
            "share of each arm with Agresti and Coull's interval",
        ),
        false,
        |d, o, a| {
            one_arm(
                "agresti-coull",
                said!("interval van Agresti-Coull", "Agresti-Coull interval"),
                single::agresti_coull,
                d,
                o,
                a,
            )
        },
    ),
    method(
        // statsmodels: `proportion_confint(method = "jeffreys")`: quantiles of a beta posterior under
        // Jeffreys' prior.
        "jeffreys",
        &[],
        Text::new(
            "aandeel van elke groep met het interval van Jeffreys",
            "share of each arm with Jeffreys' interval",
        ),
        false,
        |d, o, a| {
            one_arm(
                "jeffreys",
                said!("interval van Jeffreys", "Jeffreys interval"),
                single::jeffreys,
                d,
                o,
                a,
            )
        },
    ),
    method(
        // R: `prop.test(x, n, correct = FALSE)`.
        "pearson",
        &["chi-square"],
        Text::new(
            "chikwadraattoets op gelijke aandelen, zonder correctie (elk aantal groepen)",
            "chi-square test of equal shares, no correction (any number of arms)",
        ),
        true,
        |d, o, a| chi_square("pearson", false, d, o, a),
    ),
    method(
        // R: `prop.test(x, n)`, which corrects unless told otherwise.
        "pearson-corrected",
        &["yates", "prop-test"],
        Text::new(
            "chikwadraattoets met de correctie van Yates, als prop.test van R",
            "chi-square test with Yates' correction, as R's prop.test",
        ),
        false,
        |d, o, a| chi_square("pearson-corrected", true, d, o, a),
    ),
    method(
        // R: `fisher.test`; what R prints differs in the fifth digit, because it stops its search
        // early.
        "fisher",
        &["fisher-exact"],
        Text::new(
            "exacte toets van Fisher, voorwaardelijke oddsratio met exact interval",
            "Fisher's exact test, conditional odds ratio and its exact interval",
        ),
        true,
        exact,
    ),
    method(
        // statsmodels: `confint_proportions_2indep(method = "wald")`.
        "wald",
        &["risk-difference"],
        Text::new(
            "verschil in aandeel, interval van Wald en z-toets",
            "difference of shares, Wald interval and z-test",
        ),
        false,
        |d, o, a| {
            difference(
                "wald",
                said!(
                    "standaardfout zonder samenvoegen; interval van Wald",
                    "unpooled standard error; Wald interval"
                ),
                d,
                o,
                a,
                |c, t, level, _| contrast::wald(c, t, level),
            )
        },
    ),
    method(
        // statsmodels: `confint_proportions_2indep(method = "newcomb")`; Newcombe (1998), method 10.
        "newcombe",
        &[],
        Text::new(
            "verschil in aandeel, hybride score-interval van Newcombe",
            "difference of shares, Newcombe's hybrid score interval",
        ),
        true,
        |d, o, a| {
            difference(
                "newcombe",
                said!(
                    "interval van Newcombe uit twee intervallen van Wilson",
                    "Newcombe's interval from two Wilson intervals"
                ),
                d,
                o,
                a,
                |c, t, level, _| contrast::newcombe(c, t, level),
            )
        },
    ),
    method(
        // statsmodels: `confint_proportions_2indep(method = "agresti-caffo")`.
        "agresti-caffo",
        &[],
        Text::new(
            "verschil in aandeel, interval van Agresti en Caffo",
            "difference of shares, Agresti and Caffo's interval",
        ),
        false,
        |d, o, a| {
            difference(
                "agresti-caffo",
                said!(
                    "één geslaagd en één mislukt bij elke groep opgeteld; niet afgekapt bij 1",
                    "one success and one failure added to each arm; not cut off at 1"
                ),
                d,
                o,
                a,
                |c, t, level, _| contrast::agresti_caffo(c, t, level),
            )
        },
    ),
    Method {
        // Newcombe (1998), method 6, with the factor N / (N - 1).
        name: "miettinen-nurminen",
        aliases: &["mn"],
        arguments: "(statsmodels)",
        summary: Text::new(
            "verschil in aandeel, score-interval (met het argument: het getal dat statsmodels <= 0.15 \
             geeft, dat ernaast zit)",
            "difference of shares, score interval (with the argument: the number statsmodels <= 0.15 gives, which is off)",
        ),
        needs: Needs::Outcomes,
        by_default: true,
        run: |d, o, a| {
            a.require_known(&["variant"], 1)?;
            let cubic = match a.text("variant", 0) {
                None => Cubic::Published,
                Some("statsmodels") => Cubic::Statsmodels,
                Some(other) => {
                    return Err(EstimateError::option(
                        "miettinen-nurminen",
                        said!("onbekend: \"{other}\"", "unknown \"{other}\"", other = other),
                    ));
                }
            };
            score_difference("miettinen-nurminen", true, cubic, d, o)
        },
    },
    method(
        // Newcombe (1998), method 5, without it.
        "mee",
        &[],
        Text::new(
            "verschil in aandeel, score-interval zonder de factor N / (N - 1)",
            "difference of shares, score interval without the factor N / (N - 1)",
        ),
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
        summary: Text::new(
            "verschil in aandeel tegen een marge: niet minder goed, eenzijdige scoretoets",
            "difference of shares against a margin: non-inferiority, one-sided score test",
        ),
        needs: Needs::Outcomes,
        by_default: false,
        run: margin,
    },
    method(
        // statsmodels: `confint_proportions_2indep(compare = "ratio", method = "log")`.
        "risk-ratio",
        &["katz"],
        Text::new("verhouding van aandelen, interval op de logaritme", "ratio of shares, log interval"),
        true,
        |d, o, a| {
            ratio(
                "risk-ratio",
                said!(
                    "interval op de logaritme, waarvan de standaardfout gegeven is",
                    "interval on the logarithm, whose standard error is given"
                ),
                estimand::ratio_of_shares(),
                d,
                o,
                a,
                |c, t, level| contrast::risk_ratio(c, t, false, level),
            )
        },
    ),
    method(
        // statsmodels: `confint_proportions_2indep(compare = "ratio", method = "log-adjusted")`; exists
        // with no events in an arm.
        "risk-ratio-adjusted",
        &["walter"],
        Text::new(
            "verhouding van aandelen, interval op de logaritme met 1/2 bij elk aantal",
            "ratio of shares, log interval with 1/2 added to every count",
        ),
        false,
        |d, o, a| {
            ratio(
                "risk-ratio-adjusted",
                said!(
                    "1/2 bij elk aantal opgeteld; interval op de logaritme",
                    "1/2 added to every count; interval on the logarithm"
                ),
                estimand::ratio_of_shares(),
                d,
                o,
                a,
                |c, t, level| contrast::risk_ratio(c, t, true, level),
            )
        },
    ),
    method(
        // statsmodels: `confint_proportions_2indep(compare = "ratio", method = "score")`.
        "risk-ratio-score",
        &["miettinen-nurminen-ratio", "mn-ratio"],
        Text::new(
            "verhouding van aandelen, score-interval van Miettinen-Nurminen",
            "ratio of shares, Miettinen-Nurminen score interval",
        ),
        false,
        score_ratio,
    ),
    method(
        "odds-ratio",
        &["woolf"],
        Text::new("oddsratio, interval op de logaritme", "odds ratio, log interval"),
        false,
        |d, o, a| {
            ratio(
                "odds-ratio",
                said!(
                    "interval op de logaritme, waarvan de standaardfout gegeven is",
                    "interval on the logarithm, whose standard error is given"
                ),
                estimand::odds_ratio(),
                d,
                o,
                a,
                |c, t, level| contrast::odds_ratio(c, t, false, level),
            )
        },
    ),
    method(
        "odds-ratio-adjusted",
        &["haldane"],
        Text::new(
            "oddsratio, interval op de logaritme met 1/2 bij elke cel",
            "odds ratio, log interval with 1/2 added to every cell",
        ),
        false,
        |d, o, a| {
            ratio(
                "odds-ratio-adjusted",
                said!(
                    "1/2 bij elke cel opgeteld; interval op de logaritme",
                    "1/2 added to every cell; interval on the logarithm"
                ),
                estimand::odds_ratio(),
                d,
                o,
                a,
                |c, t, level| contrast::odds_ratio(c, t, true, level),
            )
        },
    ),
    Method {
        // R: `mantelhaen.test(correct = TRUE)` or `FALSE`; statsmodels: `StratifiedTable`.
        name: "mantel-haenszel",
        aliases: &["mh", "cmh", "mantelhaen"],
        arguments: "(corrected | uncorrected)",
        summary: Text::new(
            "gezamenlijk verschil, verhouding en oddsratio over --strata, met de toets van \
             Cochran-Mantel-Haenszel",
            "common difference, ratio and odds ratio over --strata, with the Cochran-Mantel-Haenszel test",
        ),
        needs: Needs::Outcomes,
        by_default: false,
        run: stratified,
    },
];

/// A result with the counts that it rests on: events and totals by arm, and with a horizon how many
/// rows had been censored before it.
fn noted(mut estimate: Estimate, outcomes: &Outcomes) -> Estimate {
    if let Some(time) = outcomes.horizon {
        estimate = estimate.with("horizon", time).with("censored_before_horizon", outcomes.unknown as f64);
    }
    estimate
        .with("events", outcomes.arms.iter().map(|arm| arm.events as f64).collect::<Vec<f64>>())
        .with("totals", outcomes.arms.iter().map(|arm| arm.total as f64).collect::<Vec<f64>>())
}

/// Share and interval of each arm at each horizon; the standard error is Wald's whatever the interval.
/// Sampling weights are taken by the one method that has a variance for them.
fn one_arm(
    name: &str,
    convention: Said,
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
                estimand::share(),
                convention.clone(),
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

/// Pearson's test of equal shares, for any number of arms; with two also the difference, with R's
/// interval. One-sided only with two arms, by the signed root of the statistic.
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
        let correction = if corrected {
            said!("continuïteitscorrectie van Yates", "Yates' continuity correction")
        } else {
            said!("geen continuïteitscorrectie", "no continuity correction")
        };
        let label = label_at(data.arm_names.join(", "), outcomes.horizon);
        let mut estimate = Estimate::new(
            name,
            label,
            said!("gelijke aandelen", "equal shares"),
            said!("chikwadraat; {}", "chi-square; {}", correction),
        );
        estimate.statistic = Some(test.chi_square);
        estimate.degrees_of_freedom = Some(test.degrees_of_freedom);
        estimate.p_value = Some(test.p_value);
        if let [control, treated] = outcomes.arms[..] {
            let z = signed_root(control, treated, test.chi_square);
            estimate.value = Some(treated.share() - control.share());
            estimate.estimand = estimand::difference_of_shares();
            estimate.interval =
                Some(difference_interval(control, treated, corrected, options.alternative, options.level));
            estimate.p_value = Some(p_of_z(z, options.alternative));
            estimate =
                estimate.with("z", z).with("p_less", normal::cdf(z)).with("p_greater", normal::upper_tail(z));
        } else if options.alternative != Alternative::TwoSided {
            return Err(EstimateError::option(
                "--sided",
                said!(
                    "een eenzijdige toets vraagt precies twee groepen",
                    "a one-sided test needs exactly two arms"
                ),
            ));
        }
        let shares = outcomes.arms.iter().map(|arm| arm.share()).collect::<Vec<f64>>();
        estimates.push(noted(estimate.with("shares", shares), &outcomes));
    }
    Ok(estimates)
}

/// Control, treated, and the outcomes they come from, at each horizon.
///
/// # Errors
/// When there are not exactly two arms.
fn two_arms(
    data: &Dataset,
    options: &Options,
) -> Result<Vec<(Proportion, Proportion, Outcomes)>, EstimateError> {
    require_arms(data, 2, 2)?;
    let all = outcomes(data, options)?;
    Ok(all.into_iter().map(|outcomes| (outcomes.arms[0], outcomes.arms[1], outcomes)).collect())
}

/// `treated - control` or `treated / control`, at the horizon.
fn contrast_label(data: &Dataset, sign: &str, horizon: Option<f64>) -> Said {
    label_at(format!("{} {sign} {}", data.arm_names[1], data.arm_names[0]), horizon)
}

/// Fisher's test and the odds ratio.
fn exact(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let test = fisher(control, treated, options.alternative, options.level);
        let convention = said!(
            "voorwaardelijke oddsratio met grootste aannemelijkheid en exact interval (eenzijdig als \
             --sided dat is); tweezijdige p telt tabellen mee die niet waarschijnlijker zijn dan de \
             gevonden tabel",
            "conditional maximum-likelihood odds ratio and exact interval (one-sided when --sided is); \
                          two-sided p adds tables no more likely than the observed one"
        );
        let label = contrast_label(data, "/", outcomes.horizon);
        let mut estimate = Estimate::new("fisher", label, estimand::odds_ratio(), convention);
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

/// Differences of shares with the interval of a method. The standard error is Wald's, unpooled; only
/// `wald` has a test by it.
fn difference(
    name: &str,
    convention: Said,
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
        let mut estimate = Estimate::new(name, label, estimand::difference_of_shares(), convention.clone());
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

/// Score intervals of a difference (Miettinen & Nurminen 1985), with the test of no difference;
/// `corrected` is the factor N / (N - 1).
fn score_difference(
    name: &str,
    corrected: bool,
    cubic: Cubic,
    data: &Dataset,
    options: &Options,
) -> Result<Vec<Estimate>, EstimateError> {
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let factor = if corrected {
            said!("variantie maal N / (N - 1)", "variance times N / (N - 1)")
        } else {
            said!("variantie zonder N / (N - 1)", "variance without N / (N - 1)")
        };
        let slip = if cubic == Cubic::Statsmodels {
            said!("; met de vergissing van statsmodels <= 0.15", "; with the slip of statsmodels <= 0.15")
        } else {
            Said::default()
        };
        let label = contrast_label(data, "-", outcomes.horizon);
        let convention = said!(
            "score-interval, beperkte grootste aannemelijkheid, {}{}",
            "score interval, constrained maximum likelihood, {}{}",
            factor,
            slip
        );
        let mut estimate = Estimate::new(name, label, estimand::difference_of_shares(), convention);
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
        return Err(EstimateError::option(
            "margin",
            said!(
                "{margin} is geen verschil in aandeel",
                "{margin} is not a difference of shares",
                margin = margin
            ),
        ));
    }
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let label = contrast_label(data, "-", outcomes.horizon);
        let how = said!(
            "eenzijdige scoretoets bij de marge (een marge onder nul: groter, boven nul: kleiner); \
             tweezijdig score-interval",
            "one-sided score test at the margin (a negative margin: greater, a positive one: less); two-sided score interval"
        );
        let z = contrast::difference_score(control, treated, margin, false, Cubic::Published);
        let interval =
            contrast::difference_interval(control, treated, false, Cubic::Published, options.level);
        let estimate = Estimate::new("farrington-manning", label, estimand::difference_of_shares(), how);
        let value = treated.share() - control.share();
        estimates
            .push(noted(super::adjusted::against_margin(estimate, (value, margin), z, interval), &outcomes));
    }
    Ok(estimates)
}

/// Ratios of shares or odds with test and interval on the logarithm, whose standard error is given.
///
/// # Errors
/// When a count is zero and the method adds nothing to it: the logarithm does not exist.
fn ratio(
    name: &str,
    convention: Said,
    estimand: Said,
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
        let estimate = Estimate::new(name, label, estimand.clone(), convention.clone());
        estimates.push(noted(with_ratio(estimate, result.ratio, result.log_error, options), &outcomes));
    }
    Ok(estimates)
}

/// Score intervals of a ratio of shares, which exist with no events in an arm; the test is that of a
/// ratio of 1.
fn score_ratio(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut estimates = Vec::new();
    for (control, treated, outcomes) in two_arms(data, options)? {
        let label = contrast_label(data, "/", outcomes.horizon);
        let convention = said!(
            "score-interval, beperkte grootste aannemelijkheid, variantie maal N / (N - 1)",
            "score interval, constrained maximum likelihood, variance times N / (N - 1)"
        );
        let mut estimate = Estimate::new("risk-ratio-score", label, estimand::ratio_of_shares(), convention);
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

/// The test of Mantel and Haenszel over `--strata`, and the common effects that exist in these data.
fn stratified(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["correction"], 1)?;
    let corrected = match arguments.text("correction", 0) {
        None | Some("corrected") => true,
        Some("uncorrected") => false,
        Some(other) => {
            return Err(EstimateError::option(
                "mantel-haenszel",
                said!("onbekend: \"{other}\"", "unknown \"{other}\"", other = other),
            ));
        }
    };
    let mut estimates = Vec::new();
    for horizon in horizons(options) {
        let tables = strata(data, options.cause, horizon)?;
        estimates.extend(common_effects(data, &tables, horizon, options));
        let test = mantel_haenszel::test(&tables, corrected)?;
        let correction = if corrected { said!("met", "with") } else { said!("zonder", "without") };
        let mut estimate = Estimate::new(
            "mantel-haenszel",
            label_at(data.arm_names.join(", "), horizon),
            said!("geen samenhang binnen strata", "no association within strata"),
            said!(
                "chikwadraat van Cochran-Mantel-Haenszel {} continuïteitscorrectie",
                "Cochran-Mantel-Haenszel chi-square {} continuity correction",
                correction
            ),
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
    let new = |sign: &str, estimand: Said, convention: Said| {
        Estimate::new("mantel-haenszel", contrast_label(data, sign, horizon), estimand, convention)
    };
    let mut estimates = Vec::new();
    if let Ok(common) = mantel_haenszel::risk_difference(tables, level) {
        let estimate = new(
            "-",
            said!("gezamenlijk verschil in aandeel", "common difference of shares"),
            said!("variantie van Sato", "Sato variance"),
        );
        estimates.push(with_difference(estimate, common.value, common.standard_error, options));
    }
    if let Ok(common) = mantel_haenszel::risk_ratio(tables, level) {
        let estimate = new(
            "/",
            said!("gezamenlijke verhouding van aandelen", "common ratio of shares"),
            said!(
                "variantie van de logaritme van Greenland-Robins",
                "Greenland-Robins variance of the logarithm"
            ),
        );
        estimates.push(with_ratio(estimate, common.value, common.standard_error, options));
    }
    if let Ok(common) = mantel_haenszel::odds_ratio(tables, level) {
        let estimate = new(
            "/",
            said!("gezamenlijke oddsratio", "common odds ratio"),
            said!(
                "variantie van de logaritme van Robins-Breslow-Greenland",
                "Robins-Breslow-Greenland variance of the logarithm"
            ),
        );
        estimates.push(with_ratio(estimate, common.value, common.standard_error, options));
    }
    estimates
}
