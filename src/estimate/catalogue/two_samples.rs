//! Measured values of two samples, and one sample against a given number, by name.
//!
//! For values that are no times and no counts (a score, an amount) in rows that are independent; with
//! `--cluster` the methods of `clusters` are the right ones. The tests against a given number ask
//! whether one arm meets a norm.

use super::estimand;
use super::{Method, Needs};
use crate::estimate::contrast::{Reference, difference};
use crate::estimate::outcomes::outcomes;
use crate::estimate::values::{mean_difference, rank_sum};
use crate::estimate::{
    Estimate, EstimateError, MethodArguments, Options, one_sample, require_arms, single_proportion,
};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `t.test`.
        name: "welch",
        aliases: &["t-test"],
        arguments: "",
        summary: Text::new(
            "verschil in gemiddelde van --outcome, t van Welch (onafhankelijke rijen)",
            "difference of the means of --outcome, Welch's t (independent rows)",
        ),
        needs: Needs::Values,
        by_default: true,
        run: |d, o, a| means("welch", false, d, o, a),
    },
    Method {
        name: "student",
        aliases: &["pooled-t-test"],
        arguments: "",
        summary: Text::new("hetzelfde met een samengevoegde variantie", "the same with a pooled variance"),
        needs: Needs::Values,
        by_default: false,
        run: |d, o, a| means("student", true, d, o, a),
    },
    Method {
        // R: `wilcox.test`; the value is the probability that a treated value is larger.
        name: "rank-sum",
        aliases: &["mann-whitney", "wilcoxon-rank-sum"],
        arguments: "",
        summary: Text::new(
            "rangsomtoets van --outcome en de kans dat een waarde in de behandelde groep groter is \
             (onafhankelijke rijen)",
            "rank-sum test of --outcome and the probability that a treated value is larger (independent rows)",
        ),
        needs: Needs::Values,
        by_default: true,
        run: ranks,
    },
    Method {
        // R: `binom.test(x, n, p)`.
        name: "binomial-test",
        aliases: &["binom-test"],
        arguments: "(share)",
        summary: Text::new(
            "aandeel van elke groep met de gebeurtenis tegen een gegeven aandeel, exact",
            "share of each arm with the event against a given share, exact",
        ),
        needs: Needs::Outcomes,
        by_default: false,
        run: share_against,
    },
    Method {
        // R: `poisson.test(x, T, r)`.
        name: "rate-test",
        aliases: &["poisson-rate-test"],
        arguments: "(rate)",
        summary: Text::new(
            "aantal per tijdseenheid van elke groep tegen een gegeven aantal, exact Poisson",
            "event rate of each arm against a given rate, exact Poisson",
        ),
        needs: Needs::Counts,
        by_default: false,
        run: rate_against,
    },
];

/// The values of an arm, in the order of the rows.
///
/// # Errors
/// `MissingColumn` without `--outcome`; too few rows.
fn of_arm(data: &Dataset, arm: usize) -> Result<Vec<f64>, EstimateError> {
    let what = || {
        said!("een gemeten waarde voor elke rij (--outcome)", "a measured value for every row (--outcome)")
    };
    let values = data.outcome.as_ref().ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
    Ok(values
        .iter()
        .zip(&data.arm)
        .filter(|(_, group)| **group as usize == arm)
        .map(|(value, _)| *value)
        .collect())
}

/// Difference of the means of two arms by a t test: with variances of their own (Welch) or one common
/// one (Student).
fn means(
    name: &str,
    pooled: bool,
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_arms(data, 2, usize::MAX)?;
    if data.weight.is_some() {
        return super::weighted::mean_differences(data, options);
    }
    let control = of_arm(data, 0)?;
    let convention = if pooled {
        said!("samengevoegde variantie, t", "pooled variance, t")
    } else {
        said!(
            "Welch: eigen varianties, t met de vrijheidsgraden van Satterthwaite",
            "Welch: own variances, t with Satterthwaite's df"
        )
    };
    let one = |arm: usize| {
        let found = mean_difference(&of_arm(data, arm)?, &control, pooled)?;
        let label = Said::same(format!("{} - {}", data.arm_names[arm], data.arm_names[0]));
        let estimate = Estimate::new(name, label, estimand::difference_of_means(), convention.clone());
        let reference = Reference::StudentT(found.degrees_of_freedom);
        Ok(difference(estimate, found.difference, found.standard_error, reference, options))
    };
    (1..data.arm_names.len()).map(one).collect()
}

/// The rank sum test of two arms (Mann & Whitney 1947, doi:10.1214/aoms/1177730491).
fn ranks(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_arms(data, 2, usize::MAX)?;
    let control = of_arm(data, 0)?;
    let one = |arm: usize| {
        let found = rank_sum(&of_arm(data, arm)?, &control, options.alternative)?;
        let label = Said::same(format!("{} - {}", data.arm_names[arm], data.arm_names[0]));
        let how = match found.exact {
            true => said!("exacte rangsomtoets", "exact rank-sum test"),
            false => said!(
                "rangsomtoets, normaal met gelijke waarden en continuïteitscorrectie",
                "rank-sum test, normal with ties and continuity correction"
            ),
        };
        let estimand = said!(
            "kans dat een waarde in de behandelde groep groter is (gelijke voor de helft)",
            "probability that a treated value is larger (ties by half)"
        );
        let estimate = Estimate::new("rank-sum", label, estimand, how);
        let shown = Estimate { value: Some(found.superiority), p_value: Some(found.p_value), ..estimate };
        Ok(shown.with("u", found.u))
    };
    (1..data.arm_names.len()).map(one).collect()
}

/// The number that is asked for, from the argument.
///
/// # Errors
/// When it is not there, with an example.
fn given(arguments: &MethodArguments, method: &str, name: &str, example: &str) -> Result<f64, EstimateError> {
    arguments.require_known(&[name], 1)?;
    let missing = || {
        EstimateError::option(
            method,
            said!(
                "tegen welke waarde ({name})? bijvoorbeeld {method}({example})",
                "against which {name}? for instance {method}({example})",
                name = name,
                method = method,
                example = example
            ),
        )
    };
    arguments.number(name, 0)?.ok_or_else(missing)
}

/// The share of each arm against a stated one, exact.
fn share_against(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let share = given(arguments, "binomial-test", "share", "0.3")?;
    let mut estimates = Vec::new();
    for found in outcomes(data, options)? {
        for (arm, name) in found.arms.iter().zip(&data.arm_names) {
            let label = super::shape::label_at(name.clone(), found.horizon);
            let convention = said!(
                "exacte binomiale toets; tweezijdig: uitkomsten die niet waarschijnlijker zijn; \
                     interval van Clopper-Pearson",
                "exact binomial test; two-sided: outcomes not more probable; Clopper-Pearson interval"
            );
            let estimate = Estimate::new("binomial-test", label, estimand::share(), convention);
            estimates.push(
                Estimate {
                    value: Some(arm.share()),
                    interval: Some(single_proportion::clopper_pearson(*arm, options.level)),
                    p_value: Some(one_sample::share_p(*arm, share, options.alternative)?),
                    ..estimate
                }
                .with("against", share)
                .with("events", arm.events as f64)
                .with("total", arm.total as f64),
            );
        }
    }
    Ok(estimates)
}

/// The rate of each arm against a stated one, exact.
fn rate_against(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let rate = given(arguments, "rate-test", "rate", "0.05")?;
    let one = |(name, arm): (&String, crate::estimate::rate_ratio::Exposure)| {
        let convention = said!(
            "exacte Poisson-toets; tweezijdig: aantallen die niet waarschijnlijker zijn; interval van \
             Garwood",
            "exact Poisson test; two-sided: counts not more probable; Garwood interval"
        );
        let estimate = Estimate::new("rate-test", Said::same(name), estimand::event_rate(), convention);
        Ok(Estimate {
            value: Some(arm.rate()),
            interval: Some(arm.exact_interval(options.level)),
            p_value: Some(one_sample::rate_p(arm, rate, options.alternative)?),
            ..estimate
        }
        .with("against", rate)
        .with("events", arm.events as f64)
        .with("time", arm.time))
    };
    data.arm_names.iter().zip(super::counts::exposures(data)?).map(one).collect()
}
