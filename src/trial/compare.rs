//! Two or more scenarios side by side on common random numbers: the same clients with the same luck under each plan.
//!
//! Every replicate is run under every scenario before the next begins, so the difference between two scenarios is taken
//! replicate by replicate: its range and its error are those of the *difference*, not of two separate runs. The draws of
//! the parameters share values (by name) and luck too.
//!
//! A plan has the numbers that [`run`](super::run()) gives it, to the bit: replicates are added until every plan is as precise as
//! its scenario asks, and each plan is told from those that it needs itself. So the difference of two plans is the difference of
//! what stands beside it. Its error is that of the paired difference over all replicates, and with it (squared, added) the larger
//! of two that are known: how far the told difference lies from the paired one, and what the replicates weigh that one plan needs
//! and the other does not, `mcse^2 (1 - n / N)` for the plan with fewer (`n`).
//!
//! Plans of other sizes, horizons and sites are compared per client, at the months that both report, in the arms that both
//! have. Luck is common as far as people are: a draw belongs to a client by number.

use serde::{Deserialize, Serialize};

use crate::language::{Lang, Said};
use crate::said;
use crate::scenario::{Resolved, Scenario};

use super::accumulate::Accumulator;
use super::chunks::{self, Partial, Sum};
use super::chunks_api::{CHUNK, Stage};
use super::common::{self, Common};
use super::draws::{Center, run_draws};
use super::kept;
use super::layout::CubeLayout;
use super::ordered::{Stopped, Watch};
use super::results::{Draws, Results};
use super::run::{self, Sums, Values, next_look, precise_enough, results_without_worlds};

/// Results of scenarios that were run together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// One entry per scenario, paired worlds and differences between arms; no study world.
    pub results: Vec<Results>,
    /// Scenario less the first one, by replicate, in the arms and at the months that both have, everybody together: `paired`
    /// per arm, `difference` of the arms' effects. The first is zero.
    pub differences: Vec<Results>,
}

/// Every scenario, and what it differs from the first, replicate by replicate.
#[derive(Serialize, Deserialize)]
struct SideBySide {
    /// Values of every plan.
    levels: Vec<Sums>,
    /// Values of every plan less the first.
    differences: Vec<Accumulator>,
}

impl Partial for SideBySide {
    /// Levels and differences of every scenario.
    type Item = (Vec<Values>, Vec<Vec<f64>>);

    fn push(&mut self, replicate: u32, (levels, differences): Self::Item) {
        levels.into_iter().zip(&mut self.levels).for_each(|(value, level)| level.push(replicate, value));
        differences.into_iter().zip(&mut self.differences).for_each(|(value, sum)| sum.push(value));
    }
}

/// Why scenarios cannot be compared.
///
/// # Errors
/// Every reason, in words.
pub(crate) fn comparable(scenarios: &[&Scenario]) -> Result<(), Vec<Said>> {
    let Some((first, others)) = scenarios.split_first() else { return Ok(()) };
    let mut reasons = Vec::new();
    for other in others {
        let mut differs = |what: Said, different: bool| {
            if different {
                let (one, two) = (&first.name, &other.name);
                let what = |lang: Lang| what.text(lang);
                reasons.push(Said::each(|lang| match lang {
                    Lang::Nl => format!("{one} en {two} {}", what(lang)),
                    Lang::En => format!("{one} and {two} {}", what(lang)),
                }));
            }
        };
        let ladder = |scenario: &Scenario| matches!(scenario.dynamics, crate::scenario::Dynamics::Ladder(_));
        differs(
            said!(
                "zijn van een andere soort (volledig model en overgangstabel)",
                "are of another kind (full model and transition table)"
            ),
            ladder(first) != ladder(other),
        );
        differs(
            said!(
                "hebben geen maand gemeen (report_every_months)",
                "report no month in common (report_every_months)"
            ),
            common::months(other, first).is_empty(),
        );
        differs(
            said!("hebben een ander startgetal (seed)", "have another seed (no common random numbers)"),
            first.seed != other.seed,
        );
        differs(
            said!("hebben een ander aantal herhalingen", "have another number of replicates"),
            first.replicates != other.replicates,
        );
        differs(
            said!("vragen een andere precisie (precision)", "ask for another precision"),
            first.precision != other.precision,
        );
        differs(
            said!("hebben andere trekkingen van parameters", "have other parameter draws"),
            first.uncertainty != other.uncertainty,
        );
    }
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// Units of work of a comparison, for progress.
pub(crate) fn units(scenarios: &[Resolved]) -> u32 {
    let of = |resolved: &Resolved| {
        let draws = resolved.scenario.uncertainty.parameter_draws;
        draws.saturating_mul(resolved.scenario.replicates_per_draw())
    };
    let first = scenarios.first().map_or(0, |resolved| resolved.scenario.replicates);
    first.saturating_add(scenarios.iter().map(of).fold(0, u32::saturating_add))
}

/// Runs scenarios that are [`comparable`]. `progress` counts [`units`].
///
/// # Errors
/// [`Stopped`] when the stop flag was set before the end.
pub(crate) fn run(scenarios: &[Resolved], watch: Watch<'_>) -> Result<Comparison, Stopped> {
    let Some(first) = scenarios.first() else { return Ok(Comparison::default()) };
    let layouts: Vec<CubeLayout<'_>> =
        scenarios.iter().map(|resolved| CubeLayout::new(&resolved.scenario, false)).collect();
    let in_common: Vec<Common> = scenarios
        .iter()
        .zip(&layouts)
        .map(|(resolved, layout)| Common::new([&resolved.scenario, &first.scenario], [layout, &layouts[0]]))
        .collect();
    let cells: Vec<Vec<usize>> = layouts.iter().map(|layout| layout.planner_cells(kept::sharpened)).collect();
    let work = |replicate: u32| {
        let of = |at: usize| {
            let scenario = &scenarios[at].scenario;
            run::replicate_values((scenario, false), &layouts[at], &cells[at], replicate)
        };
        let levels: Vec<Values> = (0..scenarios.len()).map(of).collect();
        let less = |(of_plan, common): (&Values, &Common)| common.difference(&of_plan.all, &levels[0].all);
        let differences = levels.iter().zip(&in_common).map(less).collect();
        (levels, differences)
    };
    let empty = |first: u32| SideBySide {
        levels: (0..scenarios.len())
            .map(|at| Sums::new(&scenarios[at].scenario, &layouts[at], cells[at].len(), first))
            .collect(),
        differences: in_common.iter().map(|common| Accumulator::new(common.cells(), first)).collect(),
    };
    let most = first.scenario.replicates;
    let of = most.div_ceil(CHUNK);
    let mut sums: Option<SideBySide> = None;
    // Replicates of each plan; none while it still needs more.
    let mut taken: Vec<Option<u32>> = vec![None; scenarios.len()];
    let mut chunk = 0;
    while chunk < of && taken.contains(&None) {
        let next = next_look(chunk).min(of);
        chunks::in_chunks_of(Stage::new("compare"), chunk..next, most, watch, empty, work, |part| {
            match &mut sums {
                None => sums = Some(part),
                Some(sums) => {
                    let levels = sums.levels.iter_mut().zip(part.levels).zip(&taken);
                    let open = levels.filter(|(_, taken)| taken.is_none());
                    open.for_each(|((sum, later), _)| sum.append(later));
                    sums.differences
                        .iter_mut()
                        .zip(part.differences)
                        .for_each(|(sum, later)| sum.append(later));
                }
            }
        })?;
        chunk = next;
        for (at, count) in taken.iter_mut().enumerate().filter(|(_, count)| count.is_none()) {
            let scenario = &scenarios[at].scenario;
            let enough = sums.as_ref().is_some_and(|sums| {
                precise_enough(scenario, &layouts[at], &cells[at], &sums.levels[at].variates, chunk)
            });
            *count = (enough || chunk == of).then(|| most.min(chunk * CHUNK));
        }
    }
    let SideBySide { levels, differences } = sums.unwrap_or_else(|| empty(0));
    let replicates = most.min(chunk * CHUNK);
    // Whoever watches counts to the most that a comparison may take.
    (replicates..most).for_each(|_| watch.tell(0));
    let mut comparison = Comparison::default();
    let mut done = most;
    for (at, resolved) in scenarios.iter().enumerate() {
        let advance = |units: u32| {
            if let Some(tell) = watch.progress {
                tell(done + units);
            }
        };
        let watch = Watch { progress: Some(&advance), ..watch };
        let (mean, mcse) = levels[at].best(&layouts[at]);
        let center = Center { replicates: &levels[at].accumulator, mean: &mean, mcse: &mcse };
        let stage = format!("draws-{at}");
        let draws = run_draws(&resolved.scenario, &resolved.registry, &stage, &center, watch)?;
        done += draws.as_ref().map_or(0, |draws| draws.replicates * draws.draws.len() as u32);
        let count = taken[at].unwrap_or(replicates);
        comparison.results.push(Results { draws, ..filled(resolved, &layouts[at], &levels[at], count) });
    }
    for (at, common) in in_common.iter().enumerate() {
        let (plan, base) = (&comparison.results[at], &comparison.results[0]);
        let draws = less(common, plan, base);
        let results = common.results(plan, base, &differences[at].summary());
        comparison.differences.push(Results { draws, replicates, ..results });
    }
    Ok(comparison)
}

/// Results of one plan from so many replicates, without draws.
fn filled(resolved: &Resolved, layout: &CubeLayout<'_>, sums: &Sums, replicates: u32) -> Results {
    let [paired, difference, _] = layout.unfold(&sums.accumulator.summary());
    let named = (&resolved.scenario, resolved.hash.as_str());
    let mut results = Results {
        range_replicates: sums.accumulator.range_replicates(),
        paired,
        difference,
        ..results_without_worlds(named, layout, replicates)
    };
    run::adjust(&mut results, &sums.variates.adjusted());
    results
}

/// Draw by draw, one scenario less another.
fn less(common: &Common, plan: &Results, base: &Results) -> Option<Draws> {
    let (plan, base) = (plan.draws.as_ref()?, base.draws.as_ref()?);
    // Stories of which only one scenario knows say nothing about the difference.
    let same_stories = plan.stories == base.stories;
    let pairs = plan.draws.iter().zip(&base.draws);
    let draws = pairs.map(|(plan, base)| {
        let draw = common.draw(plan, base);
        super::results::Draw { story: draw.story.filter(|_| same_stories), ..draw }
    });
    Some(Draws {
        replicates: plan.replicates,
        stories: if same_stories { plan.stories.clone() } else { Vec::new() },
        draws: draws.collect(),
        // Each was freed of its own; what is left of the difference is at most the error of the run at the center.
        luck: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    fn scenario(overrides: &[&str]) -> Resolved {
        let small = ["horizon_months=6", "replicates=3", "uncertainty.parameter_draws=2"];
        let all: Vec<String> = small.iter().chain(overrides).map(|text| (*text).to_owned()).collect();
        embedded("lange-adem", &all).unwrap()
    }

    #[test]
    fn equal_scenarios_differ_by_exactly_zero_and_others_do_not() {
        let scenarios = [scenario(&[]), scenario(&[]), scenario(&["service.fip.interval_months=1"])];
        let comparison = run(&scenarios, Watch::default()).unwrap();
        let largest = |at: usize| {
            let series = comparison.differences[at].paired.iter().flat_map(|arm| arm.overall());
            series
                .flat_map(|series| &series.mean)
                .filter(|v| v.is_finite())
                .fold(0.0_f64, |a, v| a.max(v.abs()))
        };
        assert_eq!(largest(1), 0.0);
        assert!(largest(2) > 0.0);
        let drawn = comparison.differences[1].draws.as_ref().unwrap();
        assert!(
            drawn
                .draws
                .iter()
                .flat_map(|draw| &draw.paired[1])
                .flat_map(|s| &s.mean)
                .all(|v| *v == 0.0 || v.is_nan())
        );
    }

    #[test]
    fn a_plan_beside_others_has_the_numbers_of_its_run() {
        let small = [
            "arm.fip.participants=12",
            "arm.regular.participants=12",
            "horizon_months=3",
            "report_every_months=3",
        ];
        let of = |more: &[&str]| {
            scenario(&[&small[..], &["replicates=160", "precision.difference=0.0008"], more].concat())
        };
        // The second plan has fewer people: it needs more replicates.
        let plans = [of(&[]), of(&["arm.fip.participants=8", "arm.regular.participants=8"])];
        let comparison = run(&plans, Watch::default()).unwrap();
        let taken: Vec<u32> = comparison.results.iter().map(|results| results.replicates).collect();
        assert!(taken[0] < taken[1] && taken[1] < 160, "{taken:?}");
        let text = |results: &Results| {
            let plain = Results { study: Vec::new(), drivers: None, ..results.clone() };
            serde_json::to_string(&plain).unwrap()
        };
        for (plan, results) in plans.iter().zip(&comparison.results) {
            let alone = super::super::run(&super::super::Plan::whole(plan)).unwrap();
            let (alone, beside) = (text(&alone), text(results));
            let apart = alone.bytes().zip(beside.bytes()).take_while(|(a, b)| a == b).count();
            assert!(alone == beside, "{}", &alone[apart.saturating_sub(300)..][..400]);
        }
        // What stands beside each other adds up, and its error holds what is not common to both.
        let exits = |results: &Results| results.stat(&results.difference, 1, 0, ("exits", ""), 3).unwrap();
        let (one, two) = (exits(&comparison.results[0]), exits(&comparison.results[1]));
        let apart = exits(&comparison.differences[1]);
        assert!((two.mean - one.mean - apart.mean).abs() < 1e-12);
        let places = &comparison.differences[1].difference[1].overall()[0];
        assert!(apart.mcse > *places.mcse.last().unwrap(), "{apart:?}");
        assert_eq!(comparison.differences[1].replicates, taken[1]);
    }

    #[test]
    fn plans_of_other_sizes_and_horizons_are_compared_in_what_they_share() {
        let small = "arm.fip.participants=30";
        let longer = scenario(&["horizon_months=18", small, "arm.regular.participants=90"]);
        let other = embedded(
            "gespreksfrequentie",
            &[
                "horizon_months=12",
                "replicates=3",
                "uncertainty.parameter_draws=2",
                "uncertainty.replicates_per_draw=2",
                "seed=1",
            ]
            .map(str::to_owned),
        )
        .unwrap();
        let seed = format!("seed={}", other.scenario.seed);
        let scenarios = [scenario(&[&seed]), scenario(&[&seed, "horizon_months=18", small]), other];
        assert_eq!(comparable(&scenarios.each_ref().map(|resolved| &resolved.scenario)), Ok(()));
        let comparison = run(&scenarios, Watch::default()).unwrap();
        let [first, second, third] = &comparison.differences[..] else { panic!("three plans") };
        assert_eq!(first.months, comparison.results[0].months);
        assert_eq!(second.months, first.months, "the longer plan up to the horizon of the first");
        assert_eq!(second.arms, ["regular", "fip"]);
        assert_eq!(third.arms.len(), 2, "the controls, and the first arm of each that is not");
        // By hand: level less level, at the same month.
        let exits = |results: &Results, arm: usize, month: u32| {
            results.stat(&results.paired, arm, 0, ("exits", ""), month).unwrap().mean
        };
        for plan in [1, 2] {
            for arm in 0..2 {
                let levels = exits(&comparison.results[plan], arm, 6) - exits(&comparison.results[0], arm, 6);
                let difference = exits(&comparison.differences[plan], arm, 6);
                assert!((levels - difference).abs() < 1e-12, "{plan} {arm}: {levels} {difference}");
            }
        }
        let drawn = third.draws.as_ref().unwrap();
        assert_eq!(drawn.draws[0].paired.len(), 2);
        assert!(drawn.draws[0].paired[1].iter().all(|series| series.mean.len() == third.months.len()));
        assert!(comparable(&[&scenarios[0].scenario, &longer.scenario]).is_err(), "another seed");
    }

    #[test]
    fn what_cannot_be_compared_is_refused_with_the_reason() {
        let first = scenario(&[]);
        for (change, reason) in [
            ("seed=5", "startgetal"),
            ("replicates=5", "herhalingen"),
            ("precision.difference=0.5", "precisie"),
            ("uncertainty.parameter_draws=5", "trekkingen"),
        ] {
            let other = scenario(&[change]);
            let reasons = comparable(&[&first.scenario, &other.scenario]).unwrap_err();
            assert!(reasons.iter().any(|said| said.text(Lang::Nl).contains(reason)), "{change}: {reasons:?}");
        }
        let table = embedded("verification/ladder-6", &[]).unwrap();
        let reasons = comparable(&[&first.scenario, &table.scenario]).unwrap_err();
        assert!(reasons[0].text(Lang::En).contains("transition table"), "{reasons:?}");
        for change in ["costs.hour=90", "population.kind=stock", "arm.fip.participants=100"] {
            assert_eq!(comparable(&[&first.scenario, &scenario(&[change]).scenario]), Ok(()), "{change}");
        }
    }
}
