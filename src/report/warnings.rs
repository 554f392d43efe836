//! What a reader should know before believing the results, and what to do about it.

use crate::scenario::{Dynamics, Scenario};
use crate::trial::Results;

use super::escape::name;

/// Longest follow-up of the studies behind the model, months: later results rest on assumptions.
pub const MEASURED_MONTHS: u32 = 18;
/// Share of due talks left waiting from which slots are said to bind.
const BINDING_SHARE: f64 = 0.05;

/// All warnings, in the order of their weight; empty when there are none.
pub fn warnings(scenario: &Scenario, results: &Results) -> Vec<String> {
    let mut list = Vec::new();
    list.extend(few_replicates(results));
    list.extend(large_error(results));
    list.extend((0..results.arms.len()).filter_map(|arm| binding_capacity(scenario, results, arm)));
    list.extend(beyond_measured(scenario, results));
    list
}

fn few_replicates(results: &Results) -> Option<String> {
    (results.replicates < 2).then(|| {
        "one replicate has no Monte Carlo error and no range: run more with --replicates N".to_owned()
    })
}

/// A difference in exits that is not twice its Monte Carlo error says nothing about its sign.
fn large_error(results: &Results) -> Option<String> {
    let month = *results.months.last()?;
    let unclear = (0..results.arms.len()).filter(|&arm| arm != results.control).filter_map(|arm| {
        let stat = results.stat(&results.difference, arm, 0, ("exits", ""), month)?;
        (stat.mcse.is_finite() && stat.mcse > 0.0 && stat.mean.abs() < 2.0 * stat.mcse).then_some((arm, stat))
    });
    let (arm, stat) = unclear.into_iter().next()?;
    let ratio = 4.0 * stat.mcse / stat.mean.abs().max(1e-12);
    let needed = f64::from(results.replicates) * ratio * ratio;
    let advice = if needed <= 100_000.0 {
        format!("about --replicates {:.0} would settle it", (needed / 10.0 - 1e-6).ceil() * 10.0)
    } else {
        "it is too close to zero to settle by more replicates".to_owned()
    };
    Some(format!(
        "the difference in exits after {month} months between {} and {} ({:.2} percentage points) is smaller than twice its \
         Monte Carlo error ({:.2}): {advice}",
        name(&results.arms[arm]),
        name(&results.arms[results.control]),
        100.0 * stat.mean,
        100.0 * stat.mcse,
    ))
}

fn binding_capacity(scenario: &Scenario, results: &Results, arm: usize) -> Option<String> {
    if !scenario.capacity {
        return None;
    }
    let waiting = |&month: &u32| {
        let share = results.stat(&results.paired, arm, 0, ("waiting_share", ""), month)?.mean;
        (share > BINDING_SHARE).then_some((month, share))
    };
    let first = results.months.iter().find_map(waiting)?;
    let worst = results.months.iter().filter_map(waiting).fold(first, |a, b| if b.1 > a.1 { b } else { a });
    Some(format!(
        "capacity binds in arm {}: from month {} on more than {:.0} % of the talks that are due must wait ({:.0} % around month \
         {}): give it more caseworkers or slots_per_month, or a longer interval between talks",
        name(&results.arms[arm]),
        first.0,
        100.0 * BINDING_SHARE,
        100.0 * worst.1,
        worst.0,
    ))
}

fn beyond_measured(scenario: &Scenario, results: &Results) -> Option<String> {
    let month = *results.months.last()?;
    let beyond = month > MEASURED_MONTHS && matches!(scenario.dynamics, Dynamics::Full);
    (beyond && results.draws.is_none()).then(|| {
        format!(
            "studies measured at most {MEASURED_MONTHS} months; what lies between {MEASURED_MONTHS} and {month} months rests on \
             assumed parameters: see how much they matter with --draws 64"
        )
    })
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
        assert!(list[0].contains("about --replicates 1600"), "{list:?}");
        assert!(warnings(&scenario(), &results(("exits", ""), [0.10, 0.20], 0.01)).is_empty());
    }

    #[test]
    fn waiting_talks_are_warned_about_only_where_they_wait() {
        let list = warnings(&scenario(), &results(("waiting_share", ""), [0.01, 0.30], 0.001));
        assert_eq!(list.len(), 1);
        assert!(list[0].contains("arm fip") && list[0].contains("30 %"), "{list:?}");
    }

    #[test]
    fn long_horizons_and_single_replicates_are_named() {
        let mut long = results(("exits", ""), [0.10, 0.20], 0.01);
        long.months = vec![120];
        long.replicates = 1;
        let list = warnings(&scenario(), &long);
        assert!(list[0].contains("--replicates") && list[1].contains("--draws"), "{list:?}");
    }
}
