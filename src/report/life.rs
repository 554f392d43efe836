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
    let mut keep = |own: &&LifeMonth| {
        let clients = seen.entry((own.arm, own.site)).or_default();
        clients.contains(&own.client) || (clients.len() as u32) < count && clients.insert(own.client)
    };
    lives.iter().filter(|own| keep(own)).cloned().collect()
}

/// Chooses three lives among sampled ones; fewer when nobody fits. `arm` is compared with `control`.
pub(crate) fn choose(lives: &[LifeMonth], arm: usize, control: usize) -> Vec<Life> {
    let mut clients: Vec<(u16, u32)> = lives.iter().map(|own| (own.site, own.client)).collect();
    clients.sort_unstable();
    clients.dedup();
    let all: Vec<Life> = clients.into_iter().filter_map(|client| life(lives, client, arm, control)).collect();
    let worked = |told: &Told| told.has(|own| own.what == What::Exit && own.name == ExitReason::Work.name());
    let steps = |told: &Told| told.moments.iter().filter(|own| own.what == What::Step).count();
    let wrong = |told: &Told| {
        told.has(|own| own.what == What::Exit && own.name == ExitReason::Withdrawal.name())
            || told.has(|own| own.what == What::Signal)
    };
    let rules: [&dyn Fn(&Life) -> bool; 3] = [
        &|own| worked(&own.under[0]) && !worked(&own.under[1]) && steps(&own.under[0]) > 0,
        &|own| {
            own.under[0].on_benefit && steps(&own.under[0]) > steps(&own.under[1]) && !wrong(&own.under[0])
        },
        &|own| wrong(&own.under[0]) && !wrong(&own.under[1]),
    ];
    let mut chosen: Vec<Life> = Vec::new();
    for rule in rules {
        let next = all.iter().find(|own| rule(own) && !chosen.contains(own));
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
        let own = lives.iter().filter(|own| (own.site, own.client) == client);
        own.filter(|own| usize::from(own.arm) == arm).collect()
    };
    let under = [of(arm), of(control)];
    let first = *under[0].first().filter(|first| first.month <= 1)?;
    under[1].first()?;
    let months = u32::from(under[0].last()?.month);
    Some(Life {
        age_years: (first.age_months / 12.0) as u32,
        months,
        under: [arm, control].into_iter().zip(under).map(|(arm, own)| told(arm, &own)).collect(),
    })
}

/// The story of a life.
fn told(arm: usize, months: &[&LifeMonth]) -> Told {
    let mut moments: Vec<Moment> = Vec::new();
    let mut known: Set<Domain> = months.first().map_or(Set::EMPTY, |first| first.disclosed);
    let mut talked = false;
    let mut add = |month: u32, what: What, name: &str| {
        let of_kind = moments.iter().filter(|own| own.what == what).count();
        let said = moments.iter().any(|own| own.what == what && own.name == name);
        let repeats = matches!(what, What::Exit | What::Return);
        if of_kind < MOST_OF_A_KIND && (repeats || !said) && moments.len() < MOST {
            moments.push(Moment { month, what, name: name.to_owned() });
        }
    };
    for own in months {
        let month = u32::from(own.month).max(1);
        for event in &own.events {
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
        for domain in own.disclosed.iter().filter(|domain| !known.has(*domain)) {
            add(month, What::Disclosed, domain.name());
        }
        known = own.disclosed;
    }
    // What is told in a talk comes before leaving in the same month.
    moments.sort_by_key(|own| (own.month, own.what == What::Exit));
    Told { arm, moments, on_benefit: months.last().is_some_and(|last| last.out.is_none()) }
}
