//! Each choice stands there as the scenario has it, also where it is the default: a protocol that
//! leaves out "no correction for several endpoints" cannot be held to it later. Tests keep the names
//! that `--tests` takes, so that who repeats the analysis finds them.

use crate::kinds::{Endpoint, Kind, TestKind};
use crate::language::Lang;
use crate::report::escape;
use crate::report::number;
use crate::report::words::{arm_named, endpoint_named};
use crate::scenario::analysis::{AnalysisPlan, ClusterUnit, Multiplicity};
use crate::scenario::{Allocation, Scenario};

/// What the studies were simulated with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simulated<'a> {
    /// Studies.
    pub studies: u32,
    /// Command that repeats them.
    pub command: &'a str,
}

/// The paragraph, a sentence or a few per choice.
pub(crate) fn methods(scenario: &Scenario, simulated: Simulated<'_>, lang: Lang) -> Vec<String> {
    let plan = &scenario.analysis;
    let mut list =
        vec![design(scenario, lang), sample(scenario, lang), endpoints(plan, lang), analysis(plan, lang)];
    list.extend(looks(plan, lang));
    list.push(basis(scenario, simulated, lang));
    list
}

/// Arms, sites, the unit that the lot is drawn for, and months of follow-up at most.
fn design(scenario: &Scenario, lang: Lang) -> String {
    let arms: Vec<String> = scenario.arms.iter().map(|arm| arm_named(lang, &arm.name)).collect();
    let control = arm_named(lang, &scenario.arms[scenario.control].name);
    let arms = arms.join(", ");
    let sites = match (scenario.sites.len(), lang) {
        (1, Lang::Nl) => "één locatie".to_owned(),
        (1, Lang::En) => "one site".to_owned(),
        (sites, Lang::Nl) => format!("{sites} locaties"),
        (sites, Lang::En) => format!("{sites} sites"),
    };
    let months = scenario.horizon_months;
    let unit = match (scenario.allocation, lang) {
        (Allocation::Client, Lang::Nl) => "klanten worden door het lot over de groepen verdeeld",
        (Allocation::Client, Lang::En) => "clients are allocated to the arms at random",
        (Allocation::Caseworker, Lang::Nl) => "consulenten worden met hun klanten over de groepen verdeeld",
        (Allocation::Caseworker, Lang::En) => "caseworkers are allocated to the arms with their clients",
        (Allocation::Site, Lang::Nl) => "locaties worden als geheel over de groepen verdeeld",
        (Allocation::Site, Lang::En) => "sites are allocated to the arms as a whole",
    };
    match lang {
        Lang::Nl => format!(
            "Opzet: een onderzoek met de groepen {arms} op {sites}; {unit}. De controlegroep is {control}. Klanten worden \
             hooguit {months} maanden gevolgd."
        ),
        Lang::En => format!(
            "Design: a study with the arms {arms} at {sites}; {unit}. The control is {control}. Clients are followed for at most \
             {months} months."
        ),
    }
}

/// Clients and caseworkers per arm over all sites, and in how many months clients come in. Caseworkers
/// may be fractions (part-time), shown with one decimal then.
fn sample(scenario: &Scenario, lang: Lang) -> String {
    let of = |at: usize| -> (f64, f64) {
        let groups = scenario.sites.iter().filter_map(|site| site.arms.get(at));
        groups.fold((0.0, 0.0), |(clients, staff), arm| {
            (clients + f64::from(arm.participants), staff + arm.caseworkers)
        })
    };
    let row = |(at, arm): (usize, &crate::scenario::Arm)| {
        let (clients, staff) = of(at);
        let (clients, staff) = (
            number::decimal(lang, clients, 0),
            number::decimal(lang, staff, if staff.fract() == 0.0 { 0 } else { 1 }),
        );
        let name = arm_named(lang, &arm.name);
        match lang {
            Lang::Nl => format!("{name} {clients} klanten met {staff} consulenten"),
            Lang::En => format!("{name} {clients} clients with {staff} caseworkers"),
        }
    };
    let arms: Vec<String> = scenario.arms.iter().enumerate().map(row).collect();
    let enrolled = match (scenario.enrollment_months, lang) {
        (0, Lang::Nl) => "Alle klanten beginnen tegelijk".to_owned(),
        (0, Lang::En) => "All clients enter at the start".to_owned(),
        (months, Lang::Nl) => format!("Klanten komen in {months} maanden binnen"),
        (months, Lang::En) => format!("Clients enter over {months} months"),
    };
    match lang {
        Lang::Nl => format!("Omvang: {}. {enrolled}.", arms.join("; ")),
        Lang::En => format!("Size: {}. {enrolled}.", arms.join("; ")),
    }
}

/// Every endpoint with its primary test, which is the first in the scenario's list; the others are
/// there to check it.
fn endpoints(plan: &AnalysisPlan, lang: Lang) -> String {
    let row = |(endpoint, tests): &(Endpoint, Vec<TestKind>)| {
        let mut names = tests.iter().map(|test| test.name());
        let primary = names.next()?;
        let rest: Vec<&str> = names.collect();
        let name = endpoint_named(lang, endpoint.name());
        Some(match (lang, rest.is_empty()) {
            (_, true) => format!("{name}: {primary}"),
            (Lang::Nl, _) => format!("{name}: {primary} (ter controle {})", rest.join(", ")),
            (Lang::En, _) => format!("{name}: {primary} (sensitivity: {})", rest.join(", ")),
        })
    };
    let rows: Vec<String> = plan.tests.iter().filter_map(row).collect();
    match lang {
        Lang::Nl => format!("Uitkomsten, elk met de primaire toets: {}.", rows.join("; ")),
        Lang::En => format!("Endpoints, each with its primary test: {}.", rows.join("; ")),
    }
}

/// Sides, alpha, target power, the independent units, what is done about sites and about several
/// endpoints.
fn analysis(plan: &AnalysisPlan, lang: Lang) -> String {
    let (alpha, target) = (number::percent(lang, plan.alpha, 1), number::percent(lang, plan.target_power, 0));
    let unit = match (plan.cluster, lang) {
        (ClusterUnit::Independent, Lang::Nl) => "Klanten zijn de onafhankelijke eenheden.",
        (ClusterUnit::Independent, Lang::En) => "Clients are the independent units.",
        (ClusterUnit::Caseworker, Lang::Nl) => {
            "Consulenten zijn de onafhankelijke eenheden: fouten zijn robuust per consulent, met correctie voor kleine aantallen."
        }
        (ClusterUnit::Caseworker, Lang::En) => {
            "Caseworkers are the independent units: errors are robust by caseworker, corrected for small numbers."
        }
        (ClusterUnit::Site, Lang::Nl) => {
            "Locaties zijn de onafhankelijke eenheden: fouten zijn robuust per locatie, met correctie voor kleine aantallen."
        }
        (ClusterUnit::Site, Lang::En) => {
            "Sites are the independent units: errors are robust by site, corrected for small numbers."
        }
    };
    let site = match (plan.adjust_for_site, lang) {
        (true, Lang::Nl) => "Wat een locatie deelt, wordt eruit gehaald.",
        (true, Lang::En) => "What a site shares is taken out.",
        (false, Lang::Nl) => "Voor locaties wordt niet gecorrigeerd.",
        (false, Lang::En) => "There is no adjustment for sites.",
    };
    let several = match (plan.multiplicity, lang) {
        (Multiplicity::Uncorrected, Lang::Nl) => {
            "Er is geen correctie voor meer uitkomsten: elke uitkomst wordt apart gelezen."
        }
        (Multiplicity::Uncorrected, Lang::En) => {
            "There is no correction for several endpoints: each is read by itself."
        }
        (Multiplicity::Holm, Lang::Nl) => "Voor meer uitkomsten wordt gecorrigeerd volgens Holm.",
        (Multiplicity::Holm, Lang::En) => "Several endpoints are corrected for by Holm's method.",
        (Multiplicity::Hochberg, Lang::Nl) => "Voor meer uitkomsten wordt gecorrigeerd volgens Hochberg.",
        (Multiplicity::Hochberg, Lang::En) => "Several endpoints are corrected for by Hochberg's method.",
    };
    let sides = match (plan.sides, lang) {
        (1, Lang::Nl) => "eenzijdig",
        (1, Lang::En) => "one-sided",
        (_, Lang::Nl) => "tweezijdig",
        (_, Lang::En) => "two-sided",
    };
    match lang {
        Lang::Nl => format!(
            "Toetsing: {sides}, met een fout van de eerste soort van {alpha}; het doel is een power van {target}. {unit} {site} {several}"
        ),
        Lang::En => format!(
            "Testing: {sides} at a type I error of {alpha}; the target is a power of {target}. {unit} {site} {several}"
        ),
    }
}

/// Months of the looks before the end and whether the study can stop for futility; `None` without
/// looks.
fn looks(plan: &AnalysisPlan, lang: Lang) -> Option<String> {
    let months: Vec<String> = plan.interim.look_months.iter().map(u32::to_string).collect();
    if months.is_empty() {
        return None;
    }
    let months = months.join(", ");
    let stop = match (plan.interim.futility.is_some(), lang) {
        (true, Lang::Nl) => "Tussentijds kan ook worden gestopt als het effect niet meer te verwachten is",
        (true, Lang::En) => "The study can also stop for futility",
        (false, Lang::Nl) => "Er wordt niet gestopt bij het uitblijven van een effect",
        (false, Lang::En) => "There is no stopping for futility",
    };
    Some(match lang {
        Lang::Nl => format!(
            "Tussentijdse analyses na maand {months}, met een verdeling van de fout van de eerste soort over de metingen (alpha-spending). \
             {stop}."
        ),
        Lang::En => format!("Interim analyses at months {months}, with alpha spending. {stop}."),
    })
}

/// What the power rests on: number of simulated studies, version, seed and command, which together give
/// the same numbers again.
fn basis(scenario: &Scenario, simulated: Simulated<'_>, lang: Lang) -> String {
    let studies = number::decimal(lang, f64::from(simulated.studies), 0);
    let (command, seed, version) =
        (escape::clean(simulated.command), scenario.seed, env!("CARGO_PKG_VERSION"));
    match lang {
        Lang::Nl => format!(
            "De power is bepaald met {studies} gesimuleerde onderzoeken (stapjes {version}, startgetal {seed}); de simulatie rust op de \
             aannames van het scenario. Opdracht: {command}"
        ),
        Lang::En => format!(
            "Power was found from {studies} simulated studies (stapjes {version}, seed {seed}); the simulation rests on the assumptions of \
             the scenario. Command: {command}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn every_choice_is_named_in_both_languages() {
        let overrides = ["analysis.alpha=0.025", "analysis.multiplicity=holm", "analysis.cluster=site"]
            .map(str::to_owned);
        let scenario = embedded("lange-adem", &overrides).unwrap().scenario;
        let simulated = Simulated { studies: 400, command: "stapjes power lange-adem" };
        for (lang, wanted) in [
            (
                Lang::Nl,
                [
                    "1.440 klanten met 8 consulenten",
                    "2,5%",
                    "Holm",
                    "Locaties zijn",
                    "cox_robust",
                    "stapjes power lange-adem",
                ],
            ),
            (
                Lang::En,
                [
                    "1,440 clients with 8 caseworkers",
                    "2.5%",
                    "Holm",
                    "Sites are",
                    "cox_robust",
                    "stapjes power lange-adem",
                ],
            ),
        ] {
            let text = methods(&scenario, simulated, lang).join(" ");
            for word in wanted {
                assert!(text.contains(word), "{word} is missing: {text}");
            }
        }
    }
}
