//! What a reader should know before believing the results; the words stand in `report::words`.
//!
//! Warnings are values and not texts: terminal, page and JSON show the same ones, and a test can ask
//! for one. They are few on purpose; each says what to do or what not to conclude.

use super::source::MEASURED_MONTHS;
use crate::scenario::demand::Demand;
use crate::scenario::registry::Registry;
use crate::scenario::{Dynamics, Resolved, Scenario, Why};
use crate::trial::Results;

/// Share of due talks left waiting from which slots are said to bind.
pub(crate) const BINDING_SHARE: f64 = 0.05;

/// What a reader should know before believing the results.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// One replicate has no error and no range.
    OneReplicate,
    /// A difference in exits that is not twice its Monte Carlo error says nothing about its sign.
    UnclearDifference {
        /// Reported month.
        month: u32,
        /// Arm.
        arm: String,
        /// Control arm.
        control: String,
        /// Difference, a share.
        difference: f64,
        /// Its Monte Carlo error.
        error: f64,
        /// Replicates that would settle it; `None` when no reasonable number would.
        needed: Option<u32>,
    },
    /// Talks that are due must wait.
    CapacityBinds {
        /// Arm.
        arm: String,
        /// First month in which more than `BINDING_SHARE` waits.
        from: u32,
        /// Month in which most wait.
        worst_month: u32,
        /// Share that waits in that month.
        worst_share: f64,
    },
    /// Months that no study has measured rest on assumptions, and no draws show how much that matters.
    BeyondMeasured {
        /// Last reported month.
        last: u32,
    },
    /// More draws are taken than the posterior has effective ones: some of them stand for many.
    FewEffective {
        /// What the posterior was fitted to.
        name: String,
        /// Draws of the run.
        draws: u32,
        /// Effective draws of the posterior.
        effective: u32,
    },
}

/// The posterior of a scenario against the draws that are taken from it; `None` when there is none, or
/// as many draws as it has effective ones.
pub(crate) fn few_effective(registry: &Registry, draws: u32) -> Option<Warning> {
    let posterior = registry.posterior.as_ref()?;
    let effective = posterior.effective.round() as u32;
    (draws > effective).then(|| Warning::FewEffective { name: posterior.name.clone(), draws, effective })
}

/// All warnings, in the order of their weight; empty when there are none.
pub(crate) fn warnings(scenario: &Scenario, results: &Results) -> Vec<Warning> {
    let mut list = Vec::new();
    list.extend((results.replicates < 2).then_some(Warning::OneReplicate));
    list.extend(large_error(results));
    list.extend((0..results.arms.len()).filter_map(|arm| binding_capacity(scenario, results, arm)));
    list.extend(beyond_measured(scenario, results));
    list
}

/// The first arm whose difference in exits is not twice its Monte Carlo error, with the replicates that
/// would settle it if it is as it looks (four errors wide).
fn large_error(results: &Results) -> Option<Warning> {
    let month = *results.months.last()?;
    let unclear = (0..results.arms.len()).filter(|&arm| arm != results.control).filter_map(|arm| {
        let stat = results.stat(&results.difference, arm, 0, ("exits", ""), month)?;
        (stat.mcse.is_finite() && stat.mcse > 0.0 && stat.mean.abs() < 2.0 * stat.mcse).then_some((arm, stat))
    });
    let (arm, stat) = unclear.into_iter().next()?;
    let ratio = 4.0 * stat.mcse / stat.mean.abs().max(1e-12);
    let needed = f64::from(results.replicates) * ratio * ratio;
    Some(Warning::UnclearDifference {
        month,
        arm: results.arms[arm].clone(),
        control: results.arms[results.control].clone(),
        difference: stat.mean,
        error: stat.mcse,
        needed: (needed <= 100_000.0).then(|| ((needed / 10.0 - 1e-6).ceil() * 10.0) as u32),
    })
}

/// The first and the worst month in which more than [`BINDING_SHARE`] of the due talks waits in an arm.
fn binding_capacity(scenario: &Scenario, results: &Results, arm: usize) -> Option<Warning> {
    if !scenario.capacity {
        return None;
    }
    let waiting = |&month: &u32| {
        let share = results.stat(&results.paired, arm, 0, ("waiting_share", ""), month)?.mean;
        (share > BINDING_SHARE).then_some((month, share))
    };
    let first = results.months.iter().find_map(waiting)?;
    let worst = results.months.iter().filter_map(waiting).fold(first, |a, b| if b.1 > a.1 { b } else { a });
    Some(Warning::CapacityBinds {
        arm: results.arms[arm].clone(),
        from: first.0,
        worst_month: worst.0,
        worst_share: worst.1,
    })
}

/// Whether months lie beyond what studies measured and no draws show what that means.
fn beyond_measured(scenario: &Scenario, results: &Results) -> Option<Warning> {
    let last = *results.months.last()?;
    let beyond = last > MEASURED_MONTHS && matches!(scenario.dynamics, Dynamics::Full);
    (beyond && results.draws.is_none()).then_some(Warning::BeyondMeasured { last })
}

/// What a planner should know before starting.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CheckWarning {
    /// More talks are asked for than the caseworkers have slots.
    QueueGrows {
        /// Arm.
        arm: String,
        /// Slots asked, a month.
        asked: f64,
        /// Slots there are, a month.
        slots: f64,
    },
    /// Months that no study has measured.
    BeyondMeasured,
    /// Settings that change nothing, with the reason that they share.
    WithoutEffect {
        /// Dotted paths.
        keys: Vec<String>,
        /// Why.
        why: Why,
    },
    /// Exits of a ladder without a reason on file.
    ReasonUnknown {
        /// Their share.
        share: f64,
    },
}

/// Settings that change nothing, those with one reason together.
pub(crate) fn without_effect(resolved: &Resolved) -> Vec<CheckWarning> {
    let mut list: Vec<(Why, Vec<String>)> = Vec::new();
    for setting in &resolved.without_effect {
        match list.iter_mut().find(|(why, _)| *why == setting.why) {
            Some((_, keys)) => keys.push(setting.key.clone()),
            None => list.push((setting.why, vec![setting.key.clone()])),
        }
    }
    list.into_iter().map(|(why, keys)| CheckWarning::WithoutEffect { keys, why }).collect()
}

/// All warnings about a scenario, before any run, in the order of their weight.
pub(crate) fn check_warnings(resolved: &Resolved, demands: &[Demand]) -> Vec<CheckWarning> {
    let scenario = &resolved.scenario;
    let full = scenario.dynamics == Dynamics::Full;
    let mut list = Vec::new();
    if full && scenario.capacity {
        list.extend(demands.iter().filter(|demand| demand.load() > 1.0).map(|demand| {
            CheckWarning::QueueGrows {
                arm: demand.arm.clone(),
                asked: demand.asked_per_month,
                slots: demand.slots_per_month,
            }
        }));
    }
    if full && scenario.horizon_months > MEASURED_MONTHS {
        list.push(CheckWarning::BeyondMeasured);
    }
    let share = scenario.parameters.observation.reason_unknown;
    if !full && share > 0.0 {
        list.push(CheckWarning::ReasonUnknown { share });
    }
    list.extend(without_effect(resolved));
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;
    use crate::trial::{GroupResults, MeasureInfo, Series, measures};

    fn results(measure: (&str, &str), means: [f64; 2], mcse: f64) -> Results {
        let found = measures().iter().find(|m| (m.name, m.label) == measure).unwrap();
        let arm = |mean: f64| {
            let values = |value| vec![value];
            let series = Series {
                measure: found.name.into(),
                label: found.label.into(),
                mean: values(mean),
                mcse: values(mcse),
                low: values(mean),
                high: values(mean),
                adjusted: None,
            };
            let group = GroupResults { group: "overall".into(), series: vec![series] };
            ArmResults { arm: String::new(), groups: vec![group] }
        };
        Results {
            replicates: 100,
            months: vec![12],
            arms: vec!["regular".into(), "fip".into()],
            measures: vec![MeasureInfo::from(found)],
            paired: means.map(arm).into(),
            difference: vec![arm(0.0), arm(means[1] - means[0])],
            ..Results::default()
        }
    }
    use crate::trial::ArmResults;

    fn scenario() -> Scenario {
        embedded("lange-adem", &[]).unwrap().scenario
    }

    #[test]
    fn an_unclear_difference_says_how_many_replicates_would_settle_it() {
        let list = warnings(&scenario(), &results(("exits", ""), [0.10, 0.11], 0.01));
        assert_eq!(list.len(), 1);
        assert!(
            matches!(list[0], Warning::UnclearDifference { needed: Some(1600), month: 12, .. }),
            "{list:?}"
        );
        assert!(warnings(&scenario(), &results(("exits", ""), [0.10, 0.20], 0.01)).is_empty());
    }

    #[test]
    fn waiting_talks_are_warned_about_only_where_they_wait() {
        let list = warnings(&scenario(), &results(("waiting_share", ""), [0.01, 0.30], 0.001));
        assert_eq!(list.len(), 1);
        let Warning::CapacityBinds { arm, worst_share, .. } = &list[0] else { panic!("{list:?}") };
        assert!(arm == "fip" && *worst_share == 0.30);
    }

    #[test]
    fn long_horizons_and_single_replicates_are_named() {
        let mut long = results(("exits", ""), [0.10, 0.20], 0.01);
        long.months = vec![120];
        long.replicates = 1;
        let list = warnings(&scenario(), &long);
        assert_eq!(list, [Warning::OneReplicate, Warning::BeyondMeasured { last: 120 }]);
    }
}
