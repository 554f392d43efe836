//! Clients far from work: exits to work in a year of regular service, and the effect of talks by the caseworker's skill.

use super::averages::{Averages, Facts};
use super::played::Played;
use crate::history::{GroupTally, Tally};
use crate::kinds::Tercile;
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch, replicate};

/// The totals of an arm's paired world, by site.
fn world(scenario: &Scenario, number: u32, arm: usize) -> Vec<GroupTally> {
    replicate::under(scenario, arm, number).tallies.swap_remove(0)
}

/// A total over all months and sites.
fn total(sites: &[GroupTally], tally: Tally) -> f64 {
    sites.iter().flat_map(|site| site.column(tally)).sum()
}

/// Share of clients who leave for work within the horizon of the scenario, everybody under regular service.
pub(super) fn run(scenario: &Played, replicates: u32, watch: Watch<'_>) -> Result<Averages, Stopped> {
    Averages::over("far", replicates, watch, |replicate| {
        let scenario = &*scenario.study(replicate);
        let sites = world(scenario, replicate, scenario.control);
        vec![("worked", total(&sites, Tally::EverWorked) / total(&sites, Tally::Entered))]
    })
}

/// Effect on visible activation in the thirds of caseworkers by skill.
pub(super) fn by_caseworker(
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over("caseworkers", replicates, watch, |replicate| -> Facts {
        let scenario = &*scenario.study(replicate);
        let (control, fip) =
            (world(scenario, replicate, scenario.control), world(scenario, replicate, 1 - scenario.control));
        let share = |sites: &[GroupTally], tercile| {
            total(sites, Tally::SkillActivated(tercile)) / total(sites, Tally::SkillEntered(tercile)).max(1.0)
        };
        let effect = |tercile| share(&fip, tercile) - share(&control, tercile);
        vec![("good", effect(Tercile::Good)), ("poor", effect(Tercile::Poor))]
    })
}
