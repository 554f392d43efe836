//! Log-rank tests and their weighted and combined relatives, as methods of the catalogue.

use super::estimand;
use super::{Method, Needs};
use crate::estimate::log_rank::{LogRank, RankWorkspace, ending_of, log_rank, p_of_z};
use crate::estimate::risk_table::Ending;
use crate::estimate::weights::Weight;
use crate::estimate::{Alternative, Estimate, EstimateError, MethodArguments, Options};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;
use crate::stats::normal;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `survdiff(Surv(time, status) ~ arm + strata(s))`.
        name: "log-rank",
        aliases: &["logrank", "lr"],
        arguments: "",
        summary: Text::new(
            "log-rank-toets op gelijke hazards (elk aantal groepen; gestratificeerd met --strata; per \
             oorzaak met --cause)",
            "log-rank test of equal hazards (any number of arms; stratified with --strata; cause-specific with --cause)",
        ),
        needs: Needs::Times,
        by_default: true,
        run: |data, options, arguments| {
            arguments.require_known(&[], 0)?;
            weighted("log-rank", data, options, Weight::LogRank)
        },
    },
    Method {
        // R: `simtrial::wlr(fh())`, `nphRCT::wlrt(method = "fh")`, `lrstat::lrtest`; its z has the
        // opposite sign in simtrial.
        name: "fleming-harrington",
        aliases: &["fh"],
        arguments: "(rho, gamma)",
        summary: Text::new(
            "gewogen log-rank, gewicht S(t-)^rho (1 - S(t-))^gamma; zonder keuze (0, 1), voor late \
             verschillen",
            "weighted log-rank, weight S(t-)^rho (1 - S(t-))^gamma; without arguments (0, 1), for late differences",
        ),
        needs: Needs::Times,
        by_default: true,
        run: |data, options, arguments| {
            arguments.require_known(&["rho", "gamma"], 2)?;
            let (rho, gamma) = (arguments.number("rho", 0)?, arguments.number("gamma", 1)?);
            let default_gamma = if rho.is_none() { 1.0 } else { 0.0 };
            let weight =
                Weight::FlemingHarrington { rho: rho.unwrap_or(0.0), gamma: gamma.unwrap_or(default_gamma) };
            weighted("fleming-harrington", data, options, weight)
        },
    },
    Method {
        name: "survdiff",
        aliases: &["harrington-fleming"],
        arguments: "(rho)",
        summary: Text::new(
            "de familie survdiff van R: gewicht S(t-)^rho",
            "R's survdiff family: weight S(t-)^rho",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, arguments| {
            arguments.require_known(&["rho"], 1)?;
            let rho = arguments.number("rho", 0)?.unwrap_or(0.0);
            weighted("survdiff", data, options, Weight::FlemingHarrington { rho, gamma: 0.0 })
        },
    },
    Method {
        name: "gehan",
        aliases: &["wilcoxon", "breslow", "gehan-breslow"],
        arguments: "",
        summary: Text::new(
            "de algemene Wilcoxon-toets van Gehan: gewicht n(t)",
            "Gehan's generalised Wilcoxon test: weight n(t)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, _| weighted("gehan", data, options, Weight::Gehan),
    },
    Method {
        name: "tarone-ware",
        aliases: &["taroneware"],
        arguments: "",
        summary: Text::new(
            "toets van Tarone-Ware: gewicht wortel van n(t)",
            "Tarone-Ware test: weight square root of n(t)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, _| weighted("tarone-ware", data, options, Weight::TaroneWare),
    },
    Method {
        name: "peto",
        aliases: &["peto-peto"],
        arguments: "",
        summary: Text::new(
            "toets van Peto-Peto: gewicht product van 1 - d / (n + 1)",
            "Peto-Peto test: weight product of 1 - d / (n + 1)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, _| weighted("peto", data, options, Weight::Peto),
    },
    Method {
        name: "andersen",
        aliases: &["modified-peto", "peto-andersen"],
        arguments: "",
        summary: Text::new(
            "de versie van Andersen van Peto-Peto: dat gewicht maal n / (n + 1)",
            "Andersen's modification of Peto-Peto: that weight times n / (n + 1)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, _| weighted("andersen", data, options, Weight::Andersen),
    },
    Method {
        // R: `nphRCT::wlrt(method = "mw", t_star = )` or `s_star = `.
        name: "modestly-weighted",
        aliases: &["mw", "mwlrt"],
        arguments: "(t=TIME | s=PROBABILITY)",
        summary: Text::new(
            "licht gewogen log-rank voor een laat effect: 1 / max(S(t-), S(t*)) of 1 / max(S(t-), s*); \
             s=0.5 zonder keuze",
            "modestly weighted log-rank for a delayed effect: 1 / max(S(t-), S(t*)) or 1 / max(S(t-), s*); s=0.5 without",
        ),
        needs: Needs::Times,
        by_default: true,
        run: |data, options, arguments| {
            arguments.require_known(&["t", "s", "t-star", "s-star", "t_star", "s_star"], 1)?;
            weighted("modestly-weighted", data, options, modest(arguments, 0)?)
        },
    },
    Method {
        // R: `simtrial::wlr(mb(delay = , w_max = ))`.
        name: "magirr-burman",
        aliases: &["mb"],
        arguments: "(delay=TIME, largest=WEIGHT)",
        summary: Text::new(
            "hetzelfde zoals simtrial het berekent: min(1 / S(t-), de waarde bij de laatste gebeurtenis \
             tot de vertraging, grootste)",
            "the same as simtrial computes it: min(1 / S(t-), its value at the last event up to the delay, largest)",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, arguments| {
            arguments.require_known(&["delay", "largest", "w_max"], 2)?;
            let largest = match arguments.number("largest", 1)? {
                Some(largest) => Some(largest),
                None => arguments.number("w_max", 9)?,
            };
            let weight = Weight::MagirrBurman {
                delay: arguments.number("delay", 0)?.unwrap_or(f64::INFINITY),
                largest: largest.unwrap_or(f64::INFINITY),
            };
            weighted("magirr-burman", data, options, weight)
        },
    },
    Method {
        // R: `simtrial::wlr(early_zero())`.
        name: "early-zero",
        aliases: &["piecewise"],
        arguments: "(until)",
        summary: Text::new(
            "log-rank die alles vóór een tijd buiten beschouwing laat",
            "log-rank that ignores everything before a time",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, arguments| {
            arguments.require_known(&["until"], 1)?;
            let until = arguments.number("until", 0)?;
            let until = until.ok_or_else(|| {
                EstimateError::option(
                    "early-zero",
                    said!("zeg vanaf wanneer: early-zero(3)", "say from when: early-zero(3)"),
                )
            })?;
            weighted("early-zero", data, options, Weight::EarlyZero { until })
        },
    },
    Method {
        // R: `simtrial::maxcombo`, whose p is a randomised approximation of the same probability.
        name: "max-combo",
        aliases: &["maxcombo"],
        arguments: "(RHO-GAMMA, ...)",
        summary: Text::new(
            "de grootste van enkele gewogen log-rank-toetsen (zonder keuze 0-0, 0-1, 1-0, 1-1) met haar \
             gezamenlijke normale p-waarde",
            "largest of several weighted log-rank tests (default 0-0, 0-1, 1-0, 1-1) with its joint normal p-value",
        ),
        needs: Needs::Times,
        by_default: true,
        run: max_combo,
    },
    Method {
        name: "robust-max",
        aliases: &["max-log-rank-modest"],
        arguments: "(t=TIME | s=PROBABILITY)",
        summary: Text::new(
            "de grootste van log-rank en licht gewogen log-rank, met haar gezamenlijke normale p-waarde",
            "largest of log-rank and modestly weighted log-rank, with its joint normal p-value",
        ),
        needs: Needs::Times,
        by_default: false,
        run: |data, options, arguments| {
            arguments.require_known(&["t", "s", "t-star", "s-star", "t_star", "s_star"], 1)?;
            combined("robust-max", data, options, &[Weight::LogRank, modest(arguments, 0)?])
        },
    },
];

/// `t=6`, `s=0.5`, a bare time, or nothing (s = 0.5).
fn modest(arguments: &MethodArguments, position: usize) -> Result<Weight, EstimateError> {
    for name in ["s", "s-star", "s_star"] {
        if let Some(s_star) = arguments.number(name, usize::MAX)? {
            return Ok(Weight::ModestBySurvival { s_star });
        }
    }
    for (name, position) in [("t", position), ("t-star", usize::MAX), ("t_star", usize::MAX)] {
        if let Some(t_star) = arguments.number(name, position)? {
            return Ok(Weight::ModestByTime { t_star });
        }
    }
    Ok(Weight::ModestBySurvival { s_star: 0.5 })
}

fn events_in_words(ending: Ending) -> Said {
    match ending {
        Ending::Cause(cause) => said!(
            "gebeurtenissen van oorzaak {cause}, andere oorzaken gecensureerd",
            "events of cause {cause}, other causes censored",
            cause = cause
        ),
        Ending::Any | Ending::Each(_) => said!("gebeurtenissen van welke oorzaak ook", "events of any cause"),
    }
}

/// A rank test with weights.
pub(super) fn weighted(
    name: &str,
    data: &Dataset,
    options: &Options,
    weight: Weight,
) -> Result<Vec<Estimate>, EstimateError> {
    if data.weight.is_some() && weight == Weight::LogRank {
        return super::weighted::log_rank(name, data, options);
    }
    let ending = ending_of(options);
    let test = log_rank(data, ending, weight)?;
    let strata = match data.stratum {
        Some(_) => said!(", gestratificeerd", ", stratified"),
        None => Said::default(),
    };
    let whose = match data.arm_names.as_slice() {
        [_, treated] => Said::same(treated),
        _ => said!("elke groep", "each arm"),
    };
    let convention = said!(
        "{}{}; {}; S samengevoegde Kaplan-Meier; hypergeometrische variantie; statistiek is \
             chikwadraat; z en score van {} zijn gezien - verwacht",
        "{}{}; {}; S pooled Kaplan-Meier; hypergeometric variance; chi-square statistic; z and score of {} are \
         observed - expected",
        weight.said(),
        strata,
        events_in_words(ending),
        whose,
    );
    let mut estimate =
        Estimate::new(name, Said::same(data.arm_names.join(", ")), estimand::equal_hazards(), convention);
    estimate.statistic = Some(test.chi_square);
    estimate.degrees_of_freedom = Some(test.degrees_of_freedom);
    estimate.p_value = Some(test.p_value);
    if test.z().is_none() && options.alternative != Alternative::TwoSided {
        return Err(EstimateError::option(
            "--sided",
            said!(
                "een eenzijdige toets vraagt precies twee groepen",
                "a one-sided test needs exactly two arms"
            ),
        ));
    }
    if let Some(z) = test.z() {
        estimate.p_value = Some(p_of_z(z, options.alternative));
        estimate = estimate
            .with("z", z)
            .with("score", test.observed[1] - test.expected[1])
            .with("variance", test.covariance[1][1])
            .with("score_standard_error", libm::sqrt(test.covariance[1][1]))
            .with("p_less", normal::cdf(z))
            .with("p_greater", normal::upper_tail(z));
    }
    if test.z().is_some() && data.stratum.is_some() {
        estimate = with_strata(estimate, data, options, weight);
    }
    Ok(vec![with_tables(estimate, test, data)])
}

/// The test within each stratum, and their z statistics combined with the information of the log-rank test as weights: Magirr
/// & Jimenez (2022), arXiv:2201.10445, as nphRCT. Strata that say nothing are left out of the combination.
fn with_strata(estimate: Estimate, data: &Dataset, options: &Options, weight: Weight) -> Estimate {
    let stratum = data.stratum.as_deref().unwrap_or_default();
    let mut labels = stratum.to_vec();
    labels.sort_unstable();
    labels.dedup();
    let (mut scores, mut variances, mut zs) = (Vec::new(), Vec::new(), Vec::new());
    let (mut score, mut information) = (0.0, 0.0);
    for label in labels {
        let rows: Vec<usize> = (0..stratum.len()).filter(|&row| stratum[row] == label).collect();
        let part = data.rows(&rows);
        let one = |weight: Weight| log_rank(&part, ending_of(options), weight).ok();
        let (Some(test), Some(plain)) = (one(weight), one(Weight::LogRank)) else {
            [&mut scores, &mut variances, &mut zs].into_iter().for_each(|list| list.push(f64::NAN));
            continue;
        };
        let z = test.z().unwrap_or(f64::NAN);
        scores.push(test.observed[1] - test.expected[1]);
        variances.push(test.covariance[1][1]);
        zs.push(z);
        if z.is_finite() {
            score += libm::sqrt(plain.covariance[1][1]) * z;
            information += plain.covariance[1][1];
        }
    }
    let z = score / libm::sqrt(information);
    estimate
        .with("by_stratum_score", scores)
        .with("by_stratum_variance", variances)
        .with("by_stratum_z", zs)
        .with("combined_score", score)
        .with("combined_variance", information)
        .with("combined_z", z)
        .with("combined_p_value", p_of_z(z, options.alternative))
}

/// With observed and expected numbers.
fn with_tables(estimate: Estimate, test: LogRank, data: &Dataset) -> Estimate {
    let sizes =
        (0..data.arm_names.len()).map(|arm| data.arm.iter().filter(|&&a| a as usize == arm).count() as f64);
    estimate
        .with("rows", sizes.collect::<Vec<f64>>())
        .with("observed", test.observed)
        .with("expected", test.expected)
        .with("covariance", test.covariance)
}

/// The largest of several.
fn max_combo(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["t", "s"], usize::MAX)?;
    let mut weights: Vec<Weight> = Vec::new();
    for text in arguments.unnamed() {
        weights.push(component(text)?);
    }
    if arguments.text("t", usize::MAX).is_some() || arguments.text("s", usize::MAX).is_some() {
        weights.push(modest(arguments, usize::MAX)?);
    }
    if weights.is_empty() {
        let pair = |rho, gamma| Weight::FlemingHarrington { rho, gamma };
        weights = vec![pair(0.0, 0.0), pair(0.0, 1.0), pair(1.0, 0.0), pair(1.0, 1.0)];
    }
    combined("max-combo", data, options, &weights)
}

/// "0-1" is Fleming-Harrington with rho 0 and gamma 1; "gehan", "peto" and the like are themselves.
fn component(text: &str) -> Result<Weight, EstimateError> {
    match text.to_lowercase().as_str() {
        "lr" | "log-rank" | "logrank" => return Ok(Weight::LogRank),
        "gehan" => return Ok(Weight::Gehan),
        "tarone-ware" => return Ok(Weight::TaroneWare),
        "peto" => return Ok(Weight::Peto),
        _ => {}
    }
    let numbers = text.split_once('-').or_else(|| text.split_once('_')).or_else(|| text.split_once(':'));
    let parsed =
        numbers.and_then(|(rho, gamma)| Some((rho.trim().parse().ok()?, gamma.trim().parse().ok()?)));
    let Some((rho, gamma)) = parsed else {
        let rule = said!(
            "is niet RHO-GAMMA (bijvoorbeeld 0-1), log-rank, gehan, tarone-ware, peto, t=TIJD of s=KANS",
            "is not RHO-GAMMA (for instance 0-1), log-rank, gehan, tarone-ware, peto, t=TIME or s=PROBABILITY"
        );
        return Err(EstimateError::option(
            "max-combo",
            said!("\"{text}\" {rule}", "\"{text}\" {rule}", rule = rule, text = text),
        ));
    };
    Ok(Weight::FlemingHarrington { rho, gamma })
}

/// Its result.
fn combined(
    name: &str,
    data: &Dataset,
    options: &Options,
    weights: &[Weight],
) -> Result<Vec<Estimate>, EstimateError> {
    let ending = ending_of(options);
    let mut workspace = RankWorkspace::default();
    let test = workspace.max_combo(data, ending, weights, options.alternative)?;
    let one_sided = |alternative| workspace.clone().max_combo(data, ending, weights, alternative);
    let (less, greater) = (one_sided(Alternative::Less)?, one_sided(Alternative::Greater)?);
    let names: Vec<Said> = weights.iter().map(|weight| weight.said()).collect();
    let convention = said!(
        "grootste van: {}; {}; covariantie van Karrison, multinormale p; z van {} is gezien - \
             verwacht",
        "largest of: {}; {}; Karrison covariance, multivariate normal p; z of {} are observed - expected",
        Said::join(&names, " | "),
        events_in_words(ending),
        data.arm_names[1]
    );
    let mut estimate =
        Estimate::new(name, Said::same(data.arm_names.join(", ")), estimand::equal_hazards(), convention);
    estimate.statistic = Some(test.statistic);
    estimate.p_value = Some(test.p_value);
    let correlation = (0..test.count).map(|i| test.correlation[i][..test.count].to_vec()).collect::<Vec<_>>();
    Ok(vec![
        estimate
            .with("z", test.z[..test.count].to_vec())
            .with("correlation", correlation)
            .with("p_less", less.p_value)
            .with("p_greater", greater.p_value),
    ])
}
