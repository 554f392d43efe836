//! Tests and regression with competing causes by name, for `stapjes analyze`.
//!
//! With competing causes two questions differ: how fast people leave for a cause while they are still
//! there (cause-specific hazards), and how many will have left for it (incidence). A treatment can
//! raise the one and lower the other, so both families stand here under their own names.

use super::estimand;
use super::shape::Partial;
use super::{Method, Needs, rank_tests};
use crate::estimate::contrast::{Reference, causes, clusters_by_arm, ratio, rests_on_one_cluster, terms};
use crate::estimate::fine_gray::{FineGrayData, FineGrayFit};
use crate::estimate::weights::Weight;
use crate::estimate::{Estimate, EstimateError, MethodArguments, Options, fine_gray, gray, require_valid};
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// The methods of this file.
pub(super) const METHODS: &[Method] = &[
    Method {
        // R: `cmprsk::cuminc(..., strata = , rho = )$Tests`.
        name: "gray",
        aliases: &["grays-test"],
        arguments: "(rho)",
        summary: Text::new(
            "toets van Gray op gelijke cumulatieve incidentie voor elke oorzaak (of --cause), \
             gestratificeerd met --strata",
            "Gray's test of equal cumulative incidence for each cause (or --cause), stratified when --strata is given",
        ),
        needs: Needs::Causes,
        by_default: true,
        run: gray_test,
    },
    Method {
        name: "cause-specific-log-rank",
        aliases: &["cause-specific-logrank"],
        arguments: "",
        summary: Text::new(
            "log-rank-toets van elke oorzaak (of --cause), de andere oorzaken als censurering",
            "log-rank test of each cause (or --cause), the other causes as censoring",
        ),
        needs: Needs::Causes,
        by_default: true,
        run: cause_specific_log_rank,
    },
    Method {
        // R: `cmprsk::crr`, and `crrSC::crrc` for the error by cluster; censored rows are counted as
        // there.
        name: "fine-gray",
        aliases: &["crr", "subdistribution"],
        arguments: "",
        summary: Text::new(
            "Fine-Gray-regressie van elke oorzaak (of --cause) op groep en covariaten; fouten per \
             cluster als die er zijn",
            "Fine-Gray regression of each cause (or --cause) on arm and covariates; errors by cluster when given",
        ),
        needs: Needs::Causes,
        by_default: true,
        run: fine_gray_regression,
    },
];

/// Gray's test (1988, doi:10.1214/aos/1176350951) of equal cumulative incidence, for each cause or for
/// `--cause`.
fn gray_test(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&["rho"], 1)?;
    let rho = arguments.number("rho", 0)?.unwrap_or(0.0);
    let causes = causes(data, options);
    if causes.is_empty() {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van welke oorzaak ook", "events of any cause"),
        });
    }
    let mut results = Partial::default();
    for cause in causes {
        let convention = said!(
            "Gray (1988), rho = {rho}, tweezijdige chikwadraat",
            "Gray (1988), rho = {rho}, two-sided chi-square",
            rho = rho
        );
        let label = said!(
            "oorzaak {cause}, {count} groepen",
            "cause {cause}, {count} arms",
            count = data.arm_names.len(),
            cause = cause
        );
        let estimate = Estimate::new(
            "gray",
            label,
            said!("gelijke cumulatieve incidentie", "equal cumulative incidence"),
            convention,
        )
        .with("cause", f64::from(cause));
        match gray::test(data, cause, rho) {
            Ok(test) => {
                results.give([estimate.with_chi_square(test.statistic, test.degrees_of_freedom as f64)]);
            }
            Err(error) => results.withhold(estimate, error),
        }
    }
    results.finish()
}

/// The log-rank test of each cause, the others counting as censored: of equal hazards while at risk.
fn cause_specific_log_rank(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    let mut results = Partial::default();
    let name = "cause-specific-log-rank";
    for cause in causes(data, options) {
        let options = Options { cause: Some(cause), ..options.clone() };
        let tests = rank_tests::weighted(name, data, &options, Weight::LogRank);
        let of_cause = |test: Estimate| {
            Estimate {
                label: said!(
                    "{label} (oorzaak {cause})",
                    "{label} (cause {cause})",
                    label = test.label,
                    cause = cause
                ),
                ..test
            }
            .with("cause", f64::from(cause))
        };
        results.give_or_withhold(tests.map(|tests| tests.into_iter().map(of_cause).collect()), || {
            of_cause(Estimate::new(
                name,
                Said::same(data.arm_names.join(", ")),
                estimand::equal_hazards(),
                Said::default(),
            ))
        });
    }
    results.finish()
}

/// Subdistribution hazards (Fine & Gray 1999, doi:10.1080/01621459.1999.10474144).
fn fine_gray_regression(
    data: &Dataset,
    options: &Options,
    arguments: &MethodArguments,
) -> Result<Vec<Estimate>, EstimateError> {
    arguments.require_known(&[], 0)?;
    require_valid(data)?;
    if data.start.is_some() {
        let message = said!(
            "het Fine-Gray-model kent hier geen latere instroom (kolom met begintijden)",
            "the Fine-Gray model here takes no delayed entry (start column)"
        );
        return Err(EstimateError::option("fine-gray", message));
    }
    let terms = terms(data)?;
    let mut results = Partial::default();
    let causes = causes(data, options);
    if causes.is_empty() {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van welke oorzaak ook", "events of any cause"),
        });
    }
    for cause in causes {
        let recoded: Vec<u32> = data.cause.iter().map(|c| recode(*c, cause)).collect();
        let rows = FineGrayData { time: &data.time, cause: &recoded };
        let fit = fine_gray::fit(&rows, &terms, data.cluster.as_deref());
        results.give_or_withhold(fit.map(|fit| estimates(&fit, cause, data, options)), || {
            let label = said!("hele model (oorzaak {cause})", "whole model (cause {cause})", cause = cause);
            Estimate::new("fine-gray", label, estimand::all_coefficients_zero(), Said::default())
        });
    }
    results.finish()
}

/// 1 for the cause of interest, 2 for the others, 0 for censored: the coding of a subdistribution.
fn recode(code: u32, wanted: u32) -> u32 {
    match code {
        0 => 0,
        code if code == wanted => 1,
        _ => 2,
    }
}

/// Its coefficients as results, robust by cluster where there are clusters.
fn estimates(fit: &FineGrayFit, cause: u32, data: &Dataset, options: &Options) -> Vec<Estimate> {
    let by = match fit.clusters {
        Some(_) => {
            said!(
                "per cluster (Zhou e.a. 2012); interval, t en p met de fout die voor weinig clusters is \
                 gecorrigeerd (Bell & McCaffrey, in de details) en de vrijheidsgraden van Satterthwaite",
                "by cluster (Zhou et al. 2012); interval, t and p by the error corrected for few clusters (Bell & McCaffrey, in the \
             details) with Satterthwaite's df"
            )
        }
        None => said!("per rij, z", "by row, z"),
    };
    let convention = said!(
        "Fine-Gray, gelijke tijden volgens Breslow; standaardfout is van de logaritme, \
             sandwichvariantie {}",
        "Fine-Gray, ties by Breslow; standard error is of the log ratio, sandwich variance {}",
        by
    );
    let errors = fit.standard_errors();
    let one = |(i, name): (usize, &String)| {
        let label = said!("{name} (oorzaak {cause})", "{name} (cause {cause})", name = name, cause = cause);
        let estimate = Estimate::new(
            "fine-gray",
            label,
            said!("hazardratio van de subverdeling", "subdistribution hazard ratio"),
            convention.clone(),
        );
        match fit.corrected.as_ref().map(|corrected| corrected[i]) {
            None => ratio(estimate, fit.coefficients[i], errors[i], Reference::Normal, options),
            Some((error, Some(df))) => {
                let shown = ratio(estimate, fit.coefficients[i], error, Reference::StudentT(df), options);
                Estimate { standard_error: Some(errors[i]), ..shown }.with("corrected_standard_error", error)
            }
            Some((_, None)) => Estimate {
                value: Some(libm::exp(fit.coefficients[i])),
                missing: Some(rests_on_one_cluster(data)),
                ..estimate
            },
        }
    };
    let mut results: Vec<Estimate> = fit.names.iter().enumerate().map(one).collect();
    let label = said!("hele model (oorzaak {cause})", "whole model (cause {cause})", cause = cause);
    let mut model = Estimate::new(
        "fine-gray",
        label,
        estimand::all_coefficients_zero(),
        said!("Wald-toets met de sandwichvariantie", "Wald test with the sandwich variance"),
    )
    .with("log_likelihood_null", fit.log_likelihood_null)
    .with("log_likelihood", fit.log_likelihood)
    .with("rows", fit.rows as f64)
    .with("events", fit.events as f64);
    let lone = fit.clusters.is_some() && data.arm_names.len() > 1 && clusters_by_arm(data).contains(&1);
    if lone {
        model.missing = Some(rests_on_one_cluster(data));
    } else if let Some(test) = fit.wald_test {
        model = model.with_chi_square(test.statistic, test.degrees_of_freedom as f64);
    }
    if let Some(clusters) = fit.clusters {
        // The chi-square is that of many clusters.
        model = model.with("clusters", clusters as f64);
        if let Some(p) = model.p_value.take() {
            model = model.with("p_value_many_clusters", p);
        }
    }
    results.push(model);
    results
}
