//! Resemblance within clusters and comparisons of clusters by name, for `stapjes analyze`.
//!
//! Rows of one cluster (a caseworker, a site) resemble each other, so a test that takes them as
//! independent rejects too often. The methods here either measure that (`icc`, `design-effect`) or
//! compare clusters as the unit. All hold with few clusters; with one in an arm they refuse, since its
//! effect and the cluster's cannot be told apart. `docs/validation.md` has the type I errors.

use super::estimand;
use super::{Method, Needs};
use crate::estimate::cluster_linear::ClusterVariance;
use crate::estimate::clustered_proportions::{
    ClusterCount, ClusteredDifference, adjusted_chi_square, cluster_counts, t_test_of,
};
use crate::estimate::contrast::{
    Reference, cluster, clusters_by_arm, coefficient_in_words, difference, events, rests_on_one_cluster,
    terms,
};
use crate::estimate::intraclass::{
    OneWayLayout, design_effect, restricted_maximum_likelihood, size_variation,
};
use crate::estimate::intraclass_adjusted::ClusterSums;
use crate::estimate::log_rank::p_of_z;
use crate::estimate::{
    Alternative, Estimate, EstimateError, MethodArguments, Options, cluster_linear, cluster_permutation,
    require_arms, require_valid,
};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;
use std::collections::BTreeMap;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: one-way analysis of variance for the plain one, `anova(lm, lm)` with covariates,
        // `nlme::lme` for REML.
        name: "icc",
        aliases: &["intraclass-correlation"],
        arguments: "",
        summary: Text::new(
            "intraclasscorrelatie van de gebeurtenis (ja/nee) of --outcome, groepen en covariaten \
             verrekend: ANOVA en REML",
            "intraclass correlation of the event (yes/no) or --outcome, arms and covariates removed: ANOVA and REML",
        ),
        needs: Needs::ClusteredValues,
        by_default: true,
        run: icc,
    },
    Method {
        name: "design-effect",
        aliases: &["deff"],
        arguments: "(icc)",
        summary: Text::new(
            "hoeveel groter de variantie wordt door clusters van ongelijke grootte, bij de \
             intraclasscorrelatie van ANOVA of een gegeven waarde",
            "variance inflation by clusters of unequal size, at the ANOVA intraclass correlation or a given one",
        ),
        needs: Needs::ClusteredValues,
        by_default: true,
        run: design_effects,
    },
    Method {
        name: "cluster-chi-square",
        aliases: &["donner", "adjusted-chi-square"],
        arguments: "",
        summary: Text::new(
            "chikwadraat van twee aandelen met het ontwerpeffect van Donner per groep",
            "chi-square of two proportions with Donner's design effect per arm",
        ),
        needs: Needs::ClusteredOutcomes,
        by_default: true,
        run: chi_square,
    },
    Method {
        name: "cluster-t",
        aliases: &["cluster-t-test", "cluster-level-t"],
        arguments: "",
        summary: Text::new(
            "t-toets op clustergemiddelden of -aandelen, K - 2 vrijheidsgraden",
            "t test on cluster means or proportions, K - 2 degrees of freedom",
        ),
        needs: Needs::ClusteredValues,
        by_default: true,
        run: t_test,
    },
    Method {
        // R: `coin::logrank_test(distribution = "exact")`, and its asymptotic version in the details.
        name: "permutation-log-rank",
        aliases: &["coin"],
        arguments: "(seed)",
        summary: Text::new(
            "verdeelt de groepen opnieuw over de rijen: log-rank-scores, exact waar dat te tellen is; \
             asymptotische z en p in de details",
            "reassigns arms to rows: log-rank scores, exact when enumerable; asymptotic z and p in the details",
        ),
        needs: Needs::Times,
        by_default: false,
        run: row_permutation,
    },
    Method {
        name: "cluster-permutation",
        aliases: &["permutation"],
        arguments: "(seed)",
        summary: Text::new(
            "verdeelt de groepen opnieuw over hele clusters: log-rank-scores met --time, anders \
             clustergemiddelden; exact waar dat te tellen is",
            "reassigns arms to whole clusters: log-rank scores with --time, else cluster means; exact when enumerable",
        ),
        needs: Needs::ClusteredValues,
        by_default: true,
        run: permutation,
    },
    Method {
        // R: `clubSandwich` (CR2) for the standard error; p holds with clusters of unequal size too.
        name: "cluster-linear",
        aliases: &["cluster-difference", "cr2", "risk-difference-cr2"],
        arguments: "(cr2|cr0)",
        summary: Text::new(
            "kleinste kwadraten van de gebeurtenis (ja/nee) of --outcome op groep en covariaten, \
             variantie per cluster (CR2, Satterthwaite)",
            "least squares of the event (yes/no) or --outcome on arm and covariates, variance by cluster (CR2, Satterthwaite)",
        ),
        needs: Needs::ClusteredValues,
        by_default: false,
        run: linear,
    },
];

/// The measured outcome, or 1 and 0 for whether the row has the event.
fn values(data: &Dataset, options: &Options) -> Vec<f64> {
    match &data.outcome {
        Some(outcome) => outcome.clone(),
        None => events(data, options.cause).into_iter().map(|event| f64::from(u8::from(event))).collect(),
    }
}

/// The arms, when there are several: differences between them are no resemblance within clusters.
fn arms(data: &Dataset) -> Option<&[u32]> {
    (data.arm_names.len() > 1).then_some(&data.arm)
}

/// The layout that covariates leave; `None` without covariates, for which the plain one is exact.
fn adjusted(data: &Dataset, values: &[f64]) -> Result<Option<ClusterSums>, EstimateError> {
    match data.covariates.is_empty() {
        true => Ok(None),
        false => ClusterSums::new(values, cluster(data)?, &linear_terms(data)?).map(Some),
    }
}

/// Intraclass correlation by analysis of variance, with F test and exact interval, and by restricted
/// maximum likelihood where that exists. Negative values are shown as they come out.
///
/// # Errors
/// `NoVariance` when the outcome is the same everywhere.
fn icc(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_valid(data)?;
    let (values, labels) = (values(data, options), cluster(data)?);
    let adjusted = adjusted(data, &values)?;
    let layout = match &adjusted {
        Some(adjusted) => adjusted.layout()?,
        None => OneWayLayout::new(&values, labels, arms(data))?,
    };
    let anova = layout.anova();
    if anova.between + anova.within <= 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!(
                "de uitkomst is gelijk in elke rij van een cluster en in alle clusters",
                "the outcome is the same in every row of a cluster and in all clusters"
            ),
        });
    }
    let removed = match (&adjusted, data.arm_names.len()) {
        (Some(_), 1) => said!(", covariaten verrekend", ", covariates removed"),
        (Some(_), _) => said!(", groepen en covariaten verrekend", ", arms and covariates removed"),
        (None, 1) => Said::default(),
        (None, _) => said!(", groepsgemiddelden verrekend", ", arm means removed"),
    };
    let how = if adjusted.is_some() {
        said!(
            "; gemiddelde kwadraten door constanten te passen (methode 3 van Henderson)",
            "; mean squares by fitting constants (Henderson's method 3)"
        )
    } else {
        Said::default()
    };
    let (f, p) = layout.f_test();
    let mut first = Estimate::new(
        "icc",
        Said::same("ANOVA"),
        estimand::intraclass_correlation(),
        said!(
            "(MSB - MSW) / (MSB + (n0 - 1) MSW){}{}; F-toets tegen nul; interval van Searle",
            "(MSB - MSW) / (MSB + (n0 - 1) MSW){}{}; F test of zero; interval by Searle",
            removed,
            how
        ),
    );
    first.value = Some(anova.intraclass_correlation());
    first.interval = Some(layout.interval(options.level));
    if f.is_finite() {
        first.statistic = Some(f);
        first.p_value = Some(p);
        first.degrees_of_freedom = Some(layout.between_degrees_of_freedom);
        first.denominator_degrees_of_freedom = Some(layout.within_degrees_of_freedom);
    }
    let first = first
        .with("mean_square_between", layout.mean_square_between)
        .with("mean_square_within", layout.mean_square_within)
        .with("variance_between", anova.between)
        .with("variance_within", anova.within)
        .with("effective_cluster_size", layout.effective_size)
        .with("clusters", layout.clusters as f64);
    let mut results = vec![first];
    let likelihood = match &adjusted {
        Some(adjusted) => adjusted.restricted_maximum_likelihood(),
        None => restricted_maximum_likelihood(&values, labels, arms(data)),
    };
    if let Ok(reml) = likelihood {
        let convention = said!(
            "beperkte grootste aannemelijkheid (REML), component tussen clusters niet onder nul{}",
            "restricted maximum likelihood, between component not below zero{}",
            removed
        );
        let mut second =
            Estimate::new("icc", Said::same("REML"), estimand::intraclass_correlation(), convention);
        second.value = Some(reml.intraclass_correlation());
        results.push(second.with("variance_between", reml.between).with("variance_within", reml.within));
    }
    Ok(results)
}

/// What clustering costs: by how much the variance of a mean grows, from cluster sizes and the
/// correlation found or given (Eldridge, Ashby and Kerry 2006, doi:10.1093/ije/dyl129).
fn design_effects(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["icc"], 1)?;
    require_valid(data)?;
    let labels = cluster(data)?;
    let mut sizes = BTreeMap::new();
    for label in labels {
        *sizes.entry(*label).or_insert(0.0) += 1.0;
    }
    let sizes: Vec<f64> = sizes.into_values().collect();
    let (mean, variation) = size_variation(&sizes);
    let (icc, source) = match arguments.number("icc", 0)? {
        Some(icc) if (-1.0..=1.0).contains(&icc) => (icc, said!("gegeven", "given")),
        Some(_) => {
            return Err(EstimateError::option(
                "design-effect",
                said!("icc moet tussen -1 en 1 liggen", "icc must lie between -1 and 1"),
            ));
        }
        None => {
            let values = values(data, options);
            let layout = match adjusted(data, &values)? {
                Some(adjusted) => adjusted.layout()?,
                None => OneWayLayout::new(&values, labels, arms(data))?,
            };
            (
                layout.anova().intraclass_correlation().max(0.0),
                said!("ANOVA, niet onder 0", "ANOVA, not below 0"),
            )
        }
    };
    if !icc.is_finite() {
        return Err(EstimateError::NoVariance {
            what: said!("de uitkomst is gelijk in elke rij", "the outcome is the same in every row"),
        });
    }
    let convention = said!(
        "1 + ((1 + cv^2) m - 1) icc (Eldridge 2006), icc: {}",
        "1 + ((1 + cv^2) m - 1) icc (Eldridge 2006), icc {}",
        source
    );
    let mut estimate = Estimate::new(
        "design-effect",
        said!("alle rijen", "all rows"),
        said!("factor waarmee de variantie groeit", "variance inflation factor"),
        convention,
    );
    let effect = design_effect(mean, variation, icc);
    estimate.value = Some(effect);
    let estimate = estimate
        .with("mean_cluster_size", mean)
        .with("coefficient_of_variation", variation)
        .with("intraclass_correlation", icc)
        .with("clusters", sizes.len() as f64)
        .with("effective_rows", data.time.len() as f64 / effect);
    Ok(vec![estimate])
}

/// `treated - control`, as results of differences are called.
fn contrast_label(data: &Dataset) -> Said {
    Said::same(format!("{} - {}", data.arm_names[1], data.arm_names[0]))
}

/// Difference of shares with Donner's chi-square, which divides by the design effect of each arm; p by
/// the t distribution of its root.
fn chi_square(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_arms(data, 2, 2)?;
    let counts = cluster_counts(&events(data, options.cause), cluster(data)?, &data.arm)?;
    let found = adjusted_chi_square(&counts).ok_or_else(|| too_little(&counts))?;
    let convention = said!(
        "aangepaste chikwadraat van Donner (1 vrijheidsgraad), icc met ANOVA binnen groepen, niet \
         onder 0; p met t(K - 2) van de wortel, wat klopt bij weinig clusters; tweezijdig",
        "Donner's adjusted chi-square (1 df), icc by ANOVA within arms, not below 0; p by t(K - 2) of its root, which holds \
                      with few clusters; two-sided"
    );
    let estimate = Estimate::new(
        "cluster-chi-square",
        contrast_label(data),
        estimand::difference_of_shares(),
        convention,
    );
    let estimate = estimate
        .with_wald(found.difference, found.standard_error, options.level)
        .with_chi_square(found.statistic, found.degrees_of_freedom)
        .with("p_value_many_clusters", found.p_value)
        .with("intraclass_correlation", found.intraclass_correlation);
    let reference = Reference::StudentT(counts.len() as f64 - 2.0);
    let p_value = Some(reference.p_value(libm::sqrt(found.statistic), Alternative::TwoSided));
    let estimate = Estimate { p_value, ..estimate };
    Ok(vec![estimate.with("clusters", counts.len() as f64)])
}

/// Why a comparison of cluster proportions has no answer.
fn too_little(counts: &[ClusterCount]) -> EstimateError {
    let clusters = |arm| counts.iter().filter(|count| count.arm == arm).count();
    if clusters(0) < 2 || clusters(1) < 2 {
        return EstimateError::TooFewClusters { found: counts.len(), needed: 4 };
    }
    EstimateError::NoVariance {
        what: said!("elke rij heeft dezelfde uitkomst", "every row has the same outcome"),
    }
}

/// Refuses an arm with one cluster.
///
/// # Errors
/// Its effect and the cluster's cannot be told apart.
fn require_two_clusters_an_arm(data: &Dataset) -> Result<(), EstimateError> {
    match data.arm_names.len() > 1 && clusters_by_arm(data).contains(&1) {
        true => Err(EstimateError::data(rests_on_one_cluster(data))),
        false => Ok(()),
    }
}

/// Mean of each cluster with its arm, by cluster label.
///
/// # Errors
/// A cluster with rows in more than one arm: it cannot be reassigned as a whole.
fn cluster_means(data: &Dataset, values: &[f64]) -> Result<Vec<(usize, f64)>, EstimateError> {
    let labels = cluster(data)?;
    let mut sums: BTreeMap<u32, (u32, f64, f64)> = BTreeMap::new();
    for (row, label) in labels.iter().enumerate() {
        let sum = sums.entry(*label).or_insert((data.arm[row], 0.0, 0.0));
        if sum.0 != data.arm[row] {
            return Err(EstimateError::data(said!(
                "een cluster heeft rijen in meer dan één groep",
                "a cluster has rows in more than one arm"
            )));
        }
        sum.1 += values[row];
        sum.2 += 1.0;
    }
    Ok(sums.into_values().map(|(arm, sum, size)| (arm as usize, sum / size)).collect())
}

/// Student's t test on unweighted cluster means: each cluster counts once, whatever its size.
fn t_test(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_arms(data, 2, 2)?;
    let means = cluster_means(data, &values(data, options))?;
    require_two_clusters_an_arm(data)?;
    let Some(found) = t_test_of(means.iter().copied()) else {
        return Err(if means.len() < 3 {
            EstimateError::TooFewClusters { found: means.len(), needed: 3 }
        } else {
            EstimateError::NoVariance {
                what: said!(
                    "de clustergemiddelden verschillen niet binnen de groepen",
                    "the cluster means do not vary within arms"
                ),
            }
        });
    };
    let ClusteredDifference { difference: value, standard_error, degrees_of_freedom, .. } = found;
    let convention = said!(
        "t-toets op ongewogen clustergemiddelden, gelijke varianties, K - 2 vrijheidsgraden",
        "t test on unweighted cluster means, equal variances, K - 2 degrees of freedom"
    );
    let estimate =
        Estimate::new("cluster-t", contrast_label(data), estimand::difference_of_cluster_means(), convention);
    let reference = Reference::StudentT(degrees_of_freedom);
    Ok(vec![
        difference(estimate, value, standard_error, reference, options).with("clusters", means.len() as f64),
    ])
}

/// The permutation test with every row as its own cluster: an exact log-rank test.
fn row_permutation(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    let rows = Dataset { cluster: Some((0..data.time.len() as u32).collect()), ..data.clone() };
    let rename = |estimate: Estimate| Estimate { name: "permutation-log-rank".into(), ..estimate };
    let what = said!("rijen opnieuw over groepen verdeeld", "rows reassigned to arms");
    Ok(reassign(&rows, what, options, arguments)?.into_iter().map(rename).collect())
}

/// Test by reassigning whole clusters to arms, exact where assignments can be counted out. It rests on
/// the random allocation and on no model.
fn permutation(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    require_arms(data, 2, 2)?;
    require_two_clusters_an_arm(data)?;
    let what = said!("clusters opnieuw over groepen verdeeld", "clusters reassigned to arms");
    reassign(data, what, options, arguments)
}

/// The reassignment on summaries of clusters: sums of log-rank scores where there are times, else
/// means. `seed` chooses the assignments when they are too many to count out.
fn reassign(
    data: &Dataset,
    what: Said,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["seed"], 1)?;
    require_arms(data, 2, 2)?;
    let seed = arguments.number("seed", 0)?.unwrap_or(1.0);
    if seed < 0.0 || seed.fract() != 0.0 || seed > 9e15 {
        return Err(EstimateError::option(
            "cluster-permutation",
            said!(
                "de seed moet een heel getal zijn, 0 of meer",
                "the seed must be a whole number, 0 or more"
            ),
        ));
    }
    let has_times =
        data.outcome.is_none() && data.count.is_none() && data.time.iter().any(|time| *time > 0.0);
    let (means, estimand, summary) = if has_times {
        let scores = crate::estimate::cox::log_rank_scores(data, &events(data, options.cause))?;
        (
            cluster_sums(data, &scores)?,
            said!("verschil van log-rank-scores van clusters", "difference of cluster log-rank scores"),
            said!(
                "som van log-rank-scores (martingaalresiduen zonder groep)",
                "sum of log-rank scores (martingale residuals without arm)"
            ),
        )
    } else {
        (
            cluster_means(data, &values(data, options))?,
            estimand::difference_of_cluster_means(),
            said!("gemiddelde", "mean"),
        )
    };
    let (values, treated): (Vec<f64>, Vec<bool>) =
        means.iter().map(|(arm, value)| (*value, *arm == 1)).unzip();
    let found = cluster_permutation::test(&values, &treated, seed as u64)?;
    let how = if found.exact {
        said!("alle toewijzingen", "all assignments")
    } else {
        said!(
            "{assignments} toewijzingen, seed {seed}",
            "{assignments} assignments, seed {seed}",
            assignments = found.assignments,
            seed = seed
        )
    };
    let convention =
        said!("{}, {}; samenvatting per cluster: {}", "{}, {}; cluster summary: {}", what, how, summary);
    let mut estimate = Estimate::new("cluster-permutation", contrast_label(data), estimand, convention);
    estimate.value = Some(found.difference);
    estimate.p_value = Some(match options.alternative {
        Alternative::TwoSided => found.p_value,
        Alternative::Less => found.p_less,
        Alternative::Greater => found.p_greater,
    });
    let estimate = estimate
        .with("assignments", found.assignments as f64)
        .with("exact", if found.exact { "yes" } else { "no" })
        .with("monte_carlo_error", found.monte_carlo_error)
        .with("z", found.z)
        .with("p_asymptotic", p_of_z(found.z, options.alternative));
    Ok(vec![estimate.with("clusters", values.len() as f64)])
}

/// Sum of each cluster with its arm, in the order of [`cluster_means`].
fn cluster_sums(data: &Dataset, values: &[f64]) -> Result<Vec<(usize, f64)>, EstimateError> {
    let mut sizes: BTreeMap<u32, f64> = BTreeMap::new();
    for label in cluster(data)? {
        *sizes.entry(*label).or_insert(0.0) += 1.0;
    }
    let means = cluster_means(data, values)?;
    Ok(means.into_iter().zip(sizes.into_values()).map(|((arm, mean), size)| (arm, mean * size)).collect())
}

/// Linear regression on arm and covariates with a variance by cluster: differences of means, or of
/// shares.
fn linear(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["variance"], 1)?;
    require_valid(data)?;
    let variance = match arguments.text("variance", 0).map(str::to_lowercase).as_deref() {
        None | Some("cr2") => ClusterVariance::Cr2,
        Some("cr0") => ClusterVariance::Cr0,
        Some(other) => {
            let message = said!(
                "onbekende variantie \"{other}\"; bekend: cr2, cr0",
                "unknown variance \"{other}\"; known: cr2, cr0",
                other = other
            );
            return Err(EstimateError::option("cluster-linear", message));
        }
    };
    require_two_clusters_an_arm(data)?;
    let (values, terms, labels) = (values(data, options), linear_terms(data)?, cluster(data)?);
    let fit = cluster_linear::fit(&values, &terms, labels, variance)?;
    let raised = cluster_linear::fit(&values, &terms, labels, ClusterVariance::Raised)?;
    let convention = match variance {
        ClusterVariance::Cr2 | ClusterVariance::Raised => {
            said!(
                "kleinste kwadraten; standaardfout is CR2 per cluster; interval, t en p met de fout die \
                 voor ongelijke clusters is verhoogd (in de details) en de vrijheidsgraden van \
                 Satterthwaite",
                "least squares; standard error is CR2 by cluster; interval, t and p by the error raised for unequal clusters (in the \
             details) with Satterthwaite's df"
            )
        }
        ClusterVariance::Cr0 => {
            said!(
                "kleinste kwadraten, variantie CR0 per cluster; zonder p en interval: bij weinig \
                 clusters is zij te klein",
                "least squares, CR0 variance by cluster; without p and interval: it is too small with few clusters"
            )
        }
    };
    let estimand = if data.outcome.is_some() {
        estimand::difference_of_means()
    } else {
        estimand::difference_of_shares()
    };
    let (errors, corrected) = (fit.standard_errors(), raised.standard_errors());
    let one = |(i, name): (usize, &String)| {
        let estimand = if i == 0 {
            said!("gemiddelde waar alle covariaten nul zijn", "mean where all covariates are zero")
        } else {
            estimand.clone()
        };
        let estimate =
            Estimate::new("cluster-linear", coefficient_in_words(name), estimand, convention.clone());
        let plain = Reference::StudentT(fit.degrees_of_freedom[i]);
        let (corrected, df) = (corrected[i], raised.degrees_of_freedom[i]);
        let shown = match variance {
            ClusterVariance::Cr0 => {
                let shown = difference(estimate, fit.coefficients[i], errors[i], plain, options);
                Estimate { p_value: None, interval: None, ..shown }
            }
            ClusterVariance::Cr2 | ClusterVariance::Raised => {
                let shown =
                    difference(estimate, fit.coefficients[i], corrected, Reference::StudentT(df), options);
                let theirs = plain.p_value(fit.coefficients[i] / errors[i], options.alternative);
                Estimate { standard_error: Some(errors[i]), ..shown }
                    .with("corrected_standard_error", corrected)
                    .with("p_value_cr2", theirs)
            }
        };
        shown.with("clusters", fit.clusters as f64)
    };
    Ok(fit.names.iter().enumerate().map(one).collect())
}

/// The columns of arms and covariates as for ratio models, but arms named as differences.
fn linear_terms(data: &Dataset) -> Result<Vec<crate::estimate::cox::Term>, EstimateError> {
    let mut terms = terms(data)?;
    for (term, name) in terms.iter_mut().zip(data.arm_names.iter().skip(1)) {
        term.name = format!("{name} - {}", data.arm_names[0]);
    }
    Ok(terms)
}
