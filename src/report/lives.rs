//! `life` chooses them and holds what happened; here it becomes sentences, once under the plan and once
//! under the control, with the same luck. The reader should see that one person can go two ways, not
//! how often that happens, so a life has no number but an age and months.

use super::facts::Facts;
use super::language::Lang;
use super::number;
use super::words::{self, arm_name, capital};
use crate::kinds::{Domain, ExitReason, Kind, Step};

use super::life::{Life, Moment, Told, What};

/// The lives in words, one paragraph each, in the order in which they were chosen; empty when the run
/// kept none (a ladder has no lives).
pub(crate) fn tell(facts: &Facts, lang: Lang) -> Vec<String> {
    let paragraph = |life: &Life| {
        let age = life.age_years;
        let first = match lang {
            Lang::Nl => format!("Iemand van {age} jaar."),
            Lang::En => format!("Somebody of {age} years."),
        };
        let under = life.under.iter().filter_map(|told| {
            let arm = arm_name(lang, facts.arms.get(told.arm)?);
            Some(sentence(&arm, told, life.months, lang))
        });
        std::iter::once(first).chain(under).collect::<Vec<_>>().join(" ")
    };
    facts.lives.iter().map(paragraph).collect()
}

/// One life under one arm: its moments by month (from 1), then whether the client is on benefit at the
/// end.
fn sentence(arm: &str, told: &Told, months: u32, lang: Lang) -> String {
    let mut parts: Vec<String> = told
        .moments
        .iter()
        .map(|event| {
            let (month, what) = (event.month, moment(event, lang));
            match lang {
                Lang::Nl => format!("maand {month} {what}"),
                Lang::En => format!("month {month} {what}"),
            }
        })
        .collect();
    if parts.is_empty() {
        parts.push(lang.pick("er gebeurt niets bijzonders", "nothing much happens").to_owned());
    }
    let time = number::months(lang, months);
    parts.push(match (lang, told.on_benefit) {
        (Lang::Nl, true) => format!("na {time} bijstand"),
        (Lang::Nl, false) => format!("na {time} geen bijstand"),
        (Lang::En, true) => format!("after {time} on benefit"),
        (Lang::En, false) => format!("after {time} off benefit"),
    });
    format!("{}: {}.", capital(arm), parts.join("; "))
}

/// A moment in words. A name that this version does not know (facts of an older run) stands as it was
/// stored.
fn moment(event: &Moment, lang: Lang) -> String {
    let name = event.name.as_str();
    match event.what {
        What::FirstTalk => lang.pick("het eerste gesprek", "the first talk").to_owned(),
        What::Disclosed => {
            let domain = Domain::from_name(name).map_or(name, |domain| words::domain(lang, domain));
            format!("{} {domain}", lang.pick("vertelt over", "tells of"))
        }
        What::Step => {
            let step = Step::from_name(name).map_or(name, |step| words::step(lang, step));
            format!("{} {step}", lang.pick("een stap:", "a step:"))
        }
        What::CapacitySeen => lang
            .pick(
                "blijkt meer te kunnen dan in het dossier staat",
                "turns out to be able to do more than on file",
            )
            .to_owned(),
        What::Signal => lang.pick("een fraudesignaal", "a fraud signal").to_owned(),
        What::PutRight => {
            lang.pick("iets rechtgezet, zonder signaal", "something put right, no signal").to_owned()
        }
        What::Exit => {
            let reason = words::reason(lang, ExitReason::from_name(name));
            format!("{} {reason}", lang.pick("uit de bijstand,", "off benefit,"))
        }
        What::Return => lang.pick("terug in de bijstand", "back on benefit").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::life::{MOST, SAMPLED, choose};
    use super::*;
    use crate::scenario::embedded;
    use crate::trial::replicate;

    #[test]
    fn lives_are_those_of_the_simulation_and_are_told_in_both_languages() {
        let small = ["horizon_months=36", "arm.regular.participants=60", "arm.fip.participants=60"];
        let resolved = embedded("lange-adem", &small.map(str::to_owned)).unwrap();
        let lives = replicate::lives(&resolved.scenario, SAMPLED);
        let chosen = choose(&lives, 1, 0);
        assert!((2..=3).contains(&chosen.len()), "{}", chosen.len());
        for life in &chosen {
            assert_eq!(life.months, 36);
            for told in &life.under {
                assert!(told.moments.len() <= MOST);
                assert!(told.moments.windows(2).all(|pair| pair[0].month <= pair[1].month), "{told:?}");
            }
        }
        assert!(chosen[0].under[0].has(|event| event.name == "work"));
        let mut facts = Facts::new(&resolved, "");
        facts.lives = chosen;
        let (dutch, english) = (tell(&facts, Lang::Nl), tell(&facts, Lang::En));
        assert!(dutch[0].contains("FIP: maand") && dutch[0].contains("naar werk"), "{dutch:?}");
        assert!(english[0].contains("FIP: month") && english[0].contains("to work"), "{english:?}");
        let stored = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&stored).unwrap(), facts);
    }
}
