//! What the clients of an arm really get.
//!
//! A plan may give some clients, places or months another service than the arm's own. An arm that is
//! described by its own service alone says of FIP for the far from work that nobody keeps a caseworker.
//! So a property of a service is told once where everybody gets the same, else group by group.

use super::facts::{ArmFact, ServiceFact};
use super::language::Lang;
use super::number;
use super::words;

/// Whom a service is for, in words of the language, and the service: the rows of the plan, then the
/// others.
fn groups(lang: Lang, arm: &ArmFact) -> Vec<(String, &ServiceFact)> {
    // A row for everybody holds somewhere or some time; elsewhere the arm's own service is given.
    let everybody = |who: &str| who == "others";
    let rows = arm.serves.iter().map(|row| {
        let who = if everybody(&row.who) {
            lang.pick("waar en wanneer het plan dat zegt", "where and when the plan says so").to_owned()
        } else {
            words::part(lang, &row.who)
        };
        (who, &row.gets)
    });
    let elsewhere = arm.serves.iter().any(|row| everybody(&row.who));
    let others =
        if elsewhere { lang.pick("verder", "elsewhere") } else { lang.pick("de anderen", "the others") };
    rows.chain([(others.to_owned(), &arm.gives)]).collect()
}

/// A property of what clients get: once when it is the same for all of them, else for each group with
/// its name, in the order of the plan.
pub(super) fn by_group(lang: Lang, arm: &ArmFact, value: impl Fn(&ServiceFact) -> String) -> String {
    let mut told: Vec<(String, String)> = Vec::new();
    for (who, service) in groups(lang, arm) {
        let value = value(service);
        // Two rows with the same words are places or months of one plan.
        if !told.contains(&(who.clone(), value.clone())) {
            told.push((who, value));
        }
    }
    match told.as_slice() {
        [(_, first), rest @ ..] if rest.iter().all(|(_, value)| value == first) => first.clone(),
        _ => told.iter().map(|(who, value)| format!("{who}: {value}")).collect::<Vec<_>>().join("; "),
    }
}

/// The names of the services of an arm, group by group where they differ.
pub(super) fn services(lang: Lang, arm: &ArmFact) -> String {
    by_group(lang, arm, |service| words::arm_named(lang, &service.service))
}

/// How often clients of an arm talk, in words.
pub(super) fn talks(lang: Lang, arm: &ArmFact) -> String {
    by_group(lang, arm, |service| of_service(lang, service, is_for_near(arm, service)))
}

/// Whether a service of an arm is its own and goes to those near work only, because those far from work
/// have a row of the plan.
fn is_for_near(arm: &ArmFact, service: &ServiceFact) -> bool {
    std::ptr::eq(service, &arm.gives) && arm.serves.iter().any(|row| row.who == "far")
}

/// How often clients of an arm talk, and whether with one caseworker.
pub(super) fn contacts(lang: Lang, arm: &ArmFact) -> String {
    by_group(lang, arm, |service| {
        let with = match (lang, service.fixed_caseworker) {
            (Lang::Nl, true) => "een vaste consulent",
            (Lang::Nl, false) => "wisselende consulenten",
            (Lang::En, true) => "a fixed caseworker",
            (Lang::En, false) => "changing caseworkers",
        };
        format!("{}, {with}", of_service(lang, service, is_for_near(arm, service)))
    })
}

/// How often clients talk under a service: by interval, or on average where talks come by chance.
fn of_service(lang: Lang, service: &ServiceFact, near_only: bool) -> String {
    if let Some(interval) = service.interval_months {
        let months = number::decimal(lang, interval, if interval.fract() == 0.0 { 0 } else { 1 });
        return match lang {
            Lang::Nl if interval == 1.0 => "elke maand een gesprek".to_owned(),
            Lang::Nl => format!("elke {months} maanden een gesprek"),
            Lang::En if interval == 1.0 => "a talk every month".to_owned(),
            Lang::En => format!("a talk every {months} months"),
        };
    }
    let (far, near) = service.contact_hazards.unwrap_or_default();
    let hazard = if near_only { near } else { far };
    if hazard <= 0.0 {
        return match near_only {
            true => lang.pick("geen gesprekken", "no talks"),
            false => {
                lang.pick("geen gesprekken met klanten ver van werk", "no talks with clients far from work")
            }
        }
        .to_owned();
    }
    let months = number::decimal(lang, 1.0 / hazard, 0);
    match (lang, near_only) {
        (Lang::Nl, true) => format!("gemiddeld eens in de {months} maanden een gesprek"),
        (Lang::En, true) => format!("one talk in {months} months on average"),
        (Lang::Nl, false) => format!("ver van werk gemiddeld eens in de {months} maanden een gesprek"),
        (Lang::En, false) => format!("far from work one talk in {months} months on average"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::facts::Facts;
    use crate::scenario::embedded;

    fn arms(name: &str) -> Vec<ArmFact> {
        Facts::new(&embedded(name, &[]).unwrap(), "").arms
    }

    #[test]
    fn a_plan_by_group_is_told_by_group() {
        let arms = arms("gemeente");
        let fixed =
            |arm: &ArmFact| by_group(Lang::Nl, arm, |service| format!("{}", service.fixed_caseworker));
        let far = &arms[1];
        assert_eq!(services(Lang::Nl, far), "ver van werk: FIP; de anderen: gewone aanpak");
        assert_eq!(fixed(far), "ver van werk: true; de anderen: false");
        assert_eq!(
            talks(Lang::En, far),
            "far from work: a talk every 3 months; the others: one talk in 3 months on average"
        );
        // Everybody the same: once.
        assert_eq!((services(Lang::Nl, &arms[2]), fixed(&arms[2])), ("FIP".to_owned(), "true".to_owned()));
    }

    #[test]
    fn a_plan_by_place_or_month_does_not_pass_for_a_group() {
        for name in ["stepped-wedge", "eenmalig-jaar"] {
            let arms = arms(name);
            let planned = arms.iter().find(|arm| !arm.serves.is_empty()).unwrap();
            let told = services(Lang::Nl, planned);
            assert!(told.contains("waar en wanneer") && !told.contains("de anderen"), "{name}: {told}");
        }
    }
}
