//! The ten-year answer: what each structure that shows the same patterns says about the long breath.

use super::averages::{Averages, Facts};
use super::played::Played;
use crate::history::{GroupTally, Tally};
use crate::scenario::Scenario;
use crate::trial::{Stopped, Watch, replicate};
use serde::Serialize;

/// Effects of FIP at the end of the long scenario, with their Monte Carlo errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Decade {
    /// Clients who ever left for work, share: FIP less regular service.
    pub worked: [f64; 2],
    /// Clients on benefit at the end, share: FIP less regular service.
    pub on_benefit: [f64; 2],
    /// Clients with a visible activation by month 18, share: FIP less regular service.
    pub activated: [f64; 2],
    /// Clients who ever left for work under regular service, share.
    pub worked_regular: [f64; 2],
}

/// Averages over paired worlds of the long scenario.
pub(super) fn run(
    stage: &str,
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Decade, Stopped> {
    let found =
        Averages::over(stage, replicates, watch, |replicate| facts(&scenario.study(replicate), replicate))?;
    let get = |name: &str| {
        let (value, error) = found.get(name);
        [value, error]
    };
    Ok(Decade {
        worked: get("worked"),
        on_benefit: get("on benefit"),
        activated: get("activated"),
        worked_regular: get("worked regular"),
    })
}

/// What one replicate shows.
fn facts(scenario: &Scenario, number: u32) -> Facts {
    let world = |arm: usize| replicate::under(scenario, arm, number).tallies.swap_remove(0);
    let (control, fip) = (world(scenario.control), world(1 - scenario.control));
    let months = scenario.horizon_months as usize;
    let clients = so_far(&control, Tally::Entered, months);
    let share = |sites: &[GroupTally], tally: Tally, month: usize| so_far(sites, tally, month) / clients;
    let on = |sites: &[GroupTally]| -> f64 {
        sites.iter().map(|site| site.column(Tally::OnBenefit)[months]).sum::<f64>() / clients
    };
    let worked = share(&control, Tally::EverWorked, months);
    vec![
        ("worked", share(&fip, Tally::EverWorked, months) - worked),
        ("on benefit", on(&fip) - on(&control)),
        (
            "activated",
            share(&fip, Tally::ActivatedClients, 18) - share(&control, Tally::ActivatedClients, 18),
        ),
        ("worked regular", worked),
        ("worked regular in a year", share(&control, Tally::EverWorked, 12)),
    ]
}

/// A total of all sites added up to a month.
fn so_far(sites: &[GroupTally], tally: Tally, month: usize) -> f64 {
    sites.iter().flat_map(|site| &site.column(tally)[..=month]).sum()
}
