//! Three simulated lives: what one client lives through under each of two plans, with the same luck.
//!
//! They are chosen by a rule among sampled clients: somebody who goes to work under the plan and not without it, somebody who takes
//! steps and stays on benefit, and somebody for whom the plan goes wrong. They show what the model is about, not how often it
//! happens.

use serde::{Deserialize, Serialize};

use crate::history::LifeMonth;
use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::{Domain, ExitReason, Kind, LifeEvent, Set};

/// Clients that are sampled per site, to choose from.
pub(crate) const SAMPLED: u32 = 60;

/// One life under the control and under another arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Life {
    /// Age at the start, years.
    pub age_years: u32,
    /// Months lived through under either arm.
    pub months: u32,
    /// Under the arm first, then under the control.
    pub under: Vec<Told>,
}

/// What happened under one arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Index of the arm.
    pub arm: usize,
    /// What happened, in order.
    pub moments: Vec<Moment>,
    /// On benefit at the end.
    pub on_benefit: bool,
}

/// Something worth telling, in its month (counted from 1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// Month.
    pub month: u32,
    /// What happened.
    pub what: What,
    /// The step, domain or reason by its name; empty for what needs none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum What {
    /// The first talk.
    FirstTalk,
    /// Told of a problem.
    Disclosed,
    /// A small step began.
    Step,
    /// Capacity that was not on file was seen.
    CapacitySeen,
    /// A fraud signal.
    Signal,
    /// Something that was not right was put right without a signal.
    PutRight,
    /// Left benefit.
    Exit,
    /// Came back on benefit.
    Return,
}

/// Most moments that are told of one life under one arm, and most of one kind.
pub(super) const MOST: usize = 7;
/// Events of a kind that are told.
const MOST_OF_A_KIND: usize = 2;

/// The first `count` clients of every arm and site among sampled ones: those that would have been sampled if so many had been asked for.
pub(crate) fn first(lives: &[LifeMonth], count: u32) -> Vec<LifeMonth> {
    let mut seen: BTreeMap<(u16, u16), BTreeSet<u32>> = BTreeMap::new();
    let mut keep = |month: &&LifeMonth| {
        let clients = seen.entry((month.arm, month.site)).or_default();
        clients.contains(&month.client) || (clients.len() as u32) < count && clients.insert(month.client)
    };
    lives.iter().filter(|month| keep(month)).cloned().collect()
}

/// Chooses three lives among sampled ones; fewer when nobody fits. `arm` is compared with `control`.
pub(crate) fn choose(lives: &[LifeMonth], arm: usize, control: usize) -> Vec<Life> {
    let mut clients: Vec<(u16, u32)> = lives.iter().map(|month| (month.site, month.client)).collect();
    clients.sort_unstable();
    clients.dedup();
    let all: Vec<Life> = clients.into_iter().filter_map(|client| life(lives, client, arm, control)).collect();
    let worked =
        |told: &Told| told.has(|moment| moment.what == What::Exit && moment.name == ExitReason::Work.name());
    let steps = |told: &Told| told.moments.iter().filter(|moment| moment.what == What::Step).count();
    let wrong = |told: &Told| {
        told.has(|moment| moment.what == What::Exit && moment.name == ExitReason::Withdrawal.name())
            || told.has(|moment| moment.what == What::Signal)
    };
    let rules: [&dyn Fn(&Life) -> bool; 3] = [
        &|life| worked(&life.under[0]) && !worked(&life.under[1]) && steps(&life.under[0]) > 0,
        &|life| {
            life.under[0].on_benefit
                && steps(&life.under[0]) > steps(&life.under[1])
                && !wrong(&life.under[0])
        },
        &|life| wrong(&life.under[0]) && !wrong(&life.under[1]),
    ];
    let mut chosen: Vec<Life> = Vec::new();
    for rule in rules {
        let next = all.iter().find(|life| rule(life) && !chosen.contains(life));
        chosen.extend(next.cloned());
    }
    chosen
}

impl Told {
    /// Whether some event is so.
    pub(super) fn has(&self, is: impl Fn(&Moment) -> bool) -> bool {
        self.moments.iter().any(is)
    }
}

/// The life of one client under both arms; `None` for who was not there from the start under both.
fn life(lives: &[LifeMonth], client: (u16, u32), arm: usize, control: usize) -> Option<Life> {
    let of = |arm: usize| -> Vec<&LifeMonth> {
        let months = lives.iter().filter(|month| (month.site, month.client) == client);
        months.filter(|month| usize::from(month.arm) == arm).collect()
    };
    let under = [of(arm), of(control)];
    let first = *under[0].first().filter(|first| first.month <= 1)?;
    under[1].first()?;
    let months = u32::from(under[0].last()?.month);
    Some(Life {
        age_years: (first.age_months / 12.0) as u32,
        months,
        under: [arm, control].into_iter().zip(under).map(|(arm, months)| told(arm, &months)).collect(),
    })
}

/// The story of a life.
fn told(arm: usize, months: &[&LifeMonth]) -> Told {
    let mut moments: Vec<Moment> = Vec::new();
    let mut known: Set<Domain> = months.first().map_or(Set::EMPTY, |first| first.disclosed);
    let mut talked = false;
    let mut add = |month: u32, what: What, name: &str| {
        let of_kind = moments.iter().filter(|moment| moment.what == what).count();
        let said = moments.iter().any(|moment| moment.what == what && moment.name == name);
        let repeats = matches!(what, What::Exit | What::Return);
        if of_kind < MOST_OF_A_KIND && (repeats || !said) {
            moments.push(Moment { month, what, name: name.to_owned() });
        }
    };
    for state in months {
        let month = u32::from(state.month).max(1);
        for event in &state.events {
            match *event {
                LifeEvent::Talk if !talked => {
                    talked = true;
                    add(month, What::FirstTalk, "");
                }
                LifeEvent::Started(step) => add(month, What::Step, step.name()),
                LifeEvent::CapacitySeen => add(month, What::CapacitySeen, ""),
                LifeEvent::SignalInTalk | LifeEvent::SignalOutside => add(month, What::Signal, ""),
                LifeEvent::PutRightInTalk | LifeEvent::PutRightByCall => add(month, What::PutRight, ""),
                LifeEvent::Exit(reason) => add(month, What::Exit, reason.name()),
                LifeEvent::Return => add(month, What::Return, ""),
                _ => {}
            }
        }
        for domain in state.disclosed.iter().filter(|domain| !known.has(*domain)) {
            add(month, What::Disclosed, domain.name());
        }
        known = state.disclosed;
    }
    // Too long a story loses its last small moments, never how it went with the benefit.
    while moments.len() > MOST {
        let small = |moment: &Moment| !matches!(moment.what, What::Exit | What::Return);
        let last = moments.iter().rposition(small).unwrap_or(moments.len() - 1);
        moments.remove(last);
    }
    // What is told in a talk comes before leaving in the same month.
    moments.sort_by_key(|moment| (moment.month, moment.what == What::Exit));
    Told { arm, moments, on_benefit: months.last().is_some_and(|last| last.out.is_none()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::{ExitReason, Irregularity, Kind, Rung, Step};

    #[test]
    fn a_long_story_loses_small_moments_and_never_the_exit() {
        let month = |month: u16, event: LifeEvent| LifeMonth {
            arm: 0,
            site: 0,
            client: 0,
            month,
            age_months: 480.0,
            out: matches!(event, LifeEvent::Exit(_)).then_some(ExitReason::Work),
            distance_true: 20.0,
            distance_recorded: 20.0,
            trust: 0.5,
            confidence: 0.5,
            motivation: 0.5,
            knowledge: 0.5,
            perceived_detection: 0.5,
            irregularity: Irregularity::None,
            active_steps: Set::EMPTY,
            disclosed: if month < 3 { Set::EMPTY } else { Set::from_bits(0b11) },
            rung: Rung::Isolated,
            events: vec![event],
        };
        let small = [
            LifeEvent::Talk,
            LifeEvent::Started(Step::ALL[0]),
            LifeEvent::Started(Step::ALL[1]),
            LifeEvent::CapacitySeen,
            LifeEvent::SignalInTalk,
            LifeEvent::PutRightInTalk,
        ];
        let mut months: Vec<LifeMonth> = (1..).zip(small).map(|(at, event)| month(at, event)).collect();
        months.push(month(9, LifeEvent::Exit(ExitReason::Work)));
        let told = told(0, &months.iter().collect::<Vec<_>>());
        assert_eq!(told.moments.len(), MOST);
        let last = told.moments.last().expect("a moment");
        assert_eq!((last.month, last.what, last.name.as_str()), (9, What::Exit, ExitReason::Work.name()));
        assert!(!told.on_benefit && told.moments[0].what == What::FirstTalk);
    }
}
