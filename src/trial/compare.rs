//! Two or more scenarios side by side on common random numbers: the same clients with the same luck under each plan.
//!
//! Every replicate is run under every scenario before the next begins, so the difference between two scenarios is taken
//! replicate by replicate: its range and its error are those of the *difference*, not of two separate runs. The draws of
//! the parameters share values (by name) and luck too.

use serde::{Deserialize, Serialize};

use crate::scenario::{Resolved, Scenario};

use super::accumulate::Accumulator;
use super::chunks::{self, Partial, Sum};
use super::chunks_api::Stage;
use super::draws::{Center, run_draws};
use super::layout::Layout;
use super::ordered::{Stopped, Watch};
use super::replicate;
use super::results::{Draw, Draws, Results, Series};
use super::run::results_without_worlds;

/// Results of scenarios that were run together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// One entry per scenario, paired worlds and differences between arms; no study world.
    pub results: Vec<Results>,
    /// Scenario less the first one, by replicate: `paired` per arm, `difference` of the arms' effects. The first is zero.
    pub differences: Vec<Results>,
}

/// Every scenario, and what it differs from the first, replicate by replicate.
#[derive(Debug, Serialize, Deserialize)]
struct SideBySide {
    levels: Vec<Accumulator>,
    differences: Vec<Accumulator>,
}

impl Partial for SideBySide {
    type Item = Vec<Vec<f64>>;

    fn push(&mut self, _: u32, all: Vec<Vec<f64>>) {
        for (own, difference) in all.iter().zip(&mut self.differences) {
            difference.push(own.iter().zip(&all[0]).map(|(own, base)| own - base).collect());
        }
        all.into_iter().zip(&mut self.levels).for_each(|(own, level)| level.push(own));
    }
}

impl Sum for SideBySide {
    fn append(&mut self, later: Self) {
        self.levels.iter_mut().zip(later.levels).for_each(|(own, later)| own.append(later));
        self.differences.iter_mut().zip(later.differences).for_each(|(own, later)| own.append(later));
    }
}

/// Why scenarios cannot be compared: one reason per line.
///
/// # Errors
/// The reasons, in words.
pub fn comparable(scenarios: &[&Scenario]) -> Result<(), Vec<String>> {
    let Some((first, others)) = scenarios.split_first() else { return Ok(()) };
    let mut reasons = Vec::new();
    for other in others {
        let mut differs = |what: &str, different: bool| {
            if different {
                reasons.push(format!("{} and {} have {what}", first.name, other.name));
            }
        };
        differs("another horizon", first.horizon_months != other.horizon_months);
        differs("other reported months", first.report_months() != other.report_months());
        differs("another start", first.start != other.start);
        differs("other steps per month", first.steps_per_month != other.steps_per_month);
        let ladder = |scenario: &Scenario| matches!(scenario.dynamics, crate::scenario::Dynamics::Ladder(_));
        differs("other dynamics (full and ladder)", ladder(first) != ladder(other));
        let (own, their) = (&first.parameters, &other.parameters);
        let population = first.population != other.population
            || first.inflow != other.inflow
            || own.far != their.far
            || own.stock != their.stock
            || own.correlation != their.correlation;
        differs("another population", population);
        let arms = |scenario: &Scenario| scenario.arms.iter().map(|arm| arm.name.clone()).collect::<Vec<_>>();
        differs("other arms", arms(first) != arms(other) || first.control != other.control);
        let people = |scenario: &Scenario| -> Vec<(String, Vec<u32>, u32)> {
            let site = |site: &crate::scenario::Site| {
                (
                    site.name.clone(),
                    site.arms.iter().map(|arm| arm.participants).collect(),
                    site.follow_up_months,
                )
            };
            scenario.sites.iter().map(site).collect()
        };
        differs("other sites or participants", people(first) != people(other));
        differs("another seed (no common random numbers)", first.seed != other.seed);
        differs("another number of replicates", first.replicates != other.replicates);
        differs("other parameter draws", first.uncertainty != other.uncertainty);
    }
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// Units of work of a comparison, for progress.
pub fn units(scenarios: &[Resolved]) -> u32 {
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
pub fn run(scenarios: &[Resolved], watch: Watch<'_>) -> Result<Comparison, Stopped> {
    let Some(first) = scenarios.first() else { return Ok(Comparison::default()) };
    let layouts: Vec<Layout<'_>> =
        scenarios.iter().map(|resolved| Layout::new(&resolved.scenario, false)).collect();
    let cells = layouts[0].cells();
    let work = |replicate: u32| -> Vec<Vec<f64>> {
        scenarios
            .iter()
            .zip(&layouts)
            .map(|(resolved, layout)| values(&resolved.scenario, layout, replicate))
            .collect()
    };
    let empty = |first: u32| {
        let levels: Vec<_> = scenarios.iter().map(|_| Accumulator::new(cells, first)).collect();
        SideBySide { differences: levels.clone(), levels }
    };
    let stage = Stage::new("compare");
    let SideBySide { levels, differences } =
        chunks::sum(stage, first.scenario.replicates, watch, empty, work)?;
    let mut comparison = Comparison::default();
    let mut done = first.scenario.replicates;
    for (at, resolved) in scenarios.iter().enumerate() {
        let advance = |units: u32| {
            if let Some(tell) = watch.progress {
                tell(done + units);
            }
        };
        let watch = Watch { progress: Some(&advance), ..watch };
        let summary = levels[at].summary();
        let center = Center { replicates: &levels[at], mean: &summary.mean, mcse: &summary.mcse };
        let stage = format!("draws-{at}");
        let draws = run_draws(&resolved.scenario, &resolved.registry, &stage, &center, watch)?;
        done += draws.as_ref().map_or(0, |draws| draws.replicates * draws.draws.len() as u32);
        let mut own = filled(resolved, &layouts[at], &levels[at]);
        own.draws = draws;
        comparison.differences.push(filled(resolved, &layouts[at], &differences[at]));
        comparison.results.push(own);
    }
    for at in 0..scenarios.len() {
        comparison.differences[at].draws = less(&comparison.results[at], &comparison.results[0]);
    }
    Ok(comparison)
}

fn values(scenario: &Scenario, layout: &Layout<'_>, number: u32) -> Vec<f64> {
    layout.values(&replicate::paired(scenario, number), None)
}

fn filled(resolved: &Resolved, layout: &Layout<'_>, accumulator: &Accumulator) -> Results {
    let [paired, difference, _] = layout.unfold(&accumulator.summary());
    let mut results = results_without_worlds(&resolved.scenario, layout, resolved.scenario.replicates);
    results.range_replicates = accumulator.range_replicates();
    results.scenario_hash.clone_from(&resolved.hash);
    Results { paired, difference, ..results }
}

/// Draw by draw, one scenario less another. The error is left out, so the band of a difference keeps its noise: it is
/// rather too wide than too narrow.
fn less(own: &Results, base: &Results) -> Option<Draws> {
    let (own, base) = (own.draws.as_ref()?, base.draws.as_ref()?);
    let series = |(own, base): (&Series, &Series)| Series {
        measure: own.measure.clone(),
        label: own.label.clone(),
        mean: own.mean.iter().zip(&base.mean).map(|(own, base)| own - base).collect(),
        mcse: vec![0.0; own.mean.len()],
        ..Series::default()
    };
    let arms = |own: &[Vec<Series>], base: &[Vec<Series>]| -> Vec<Vec<Series>> {
        own.iter().zip(base).map(|(own, base)| own.iter().zip(base).map(series).collect()).collect()
    };
    // Stories of which only one scenario knows say nothing about the difference.
    let same_stories = own.stories == base.stories;
    let draw = |(own, base): (&Draw, &Draw)| Draw {
        story: own.story.filter(|_| same_stories),
        parameters: own.parameters.clone(),
        paired: arms(&own.paired, &base.paired),
        difference: arms(&own.difference, &base.difference),
        parts: Vec::new(),
    };
    Some(Draws {
        replicates: own.replicates,
        stories: if same_stories { own.stories.clone() } else { Vec::new() },
        draws: own.draws.iter().zip(&base.draws).map(draw).collect(),
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
    fn what_cannot_be_compared_is_refused_with_the_reason() {
        let first = scenario(&[]);
        for (change, reason) in [
            ("horizon_months=12", "another horizon"),
            ("population.kind=stock", "another population"),
            ("population.far.trust.mean=0.5", "another population"),
            ("seed=5", "seed"),
            ("arm.fip.participants=100", "participants"),
        ] {
            let other = scenario(&[change]);
            let reasons = comparable(&[&first.scenario, &other.scenario]).unwrap_err();
            assert!(reasons.iter().any(|text| text.contains(reason)), "{change}: {reasons:?}");
        }
        assert_eq!(comparable(&[&first.scenario, &scenario(&["costs.hour=90"]).scenario]), Ok(()));
    }
}
