//! What a replicate drew that has a known mean: the random effects of its sites, who its caseworkers are at the start, and
//! how far the draws of leaving went beyond their hazards.
//!
//! Each covariate is a number that every replicate draws and whose mean is known before any run. What
//! it explains of a result is luck and can be taken out (`control_variates`); what it cannot explain
//! stays.

use crate::engine;
use crate::history::{History, Tally};
use crate::population::{Caseworker, SiteLuck, caseworker_id};
use crate::random::Dice;
use crate::scenario::{Dynamics, Scenario};

/// Number of covariates of a scenario; none for a transition table, which draws no sites and no staff.
pub(super) fn count(scenario: &Scenario) -> usize {
    match scenario.dynamics {
        Dynamics::Full => 4 + 2 * scenario.arms.len() + 2 * staffed_arms(scenario).count(),
        Dynamics::Ladder(_) => 0,
    }
}

/// Arms whose clients have a fixed caseworker.
fn staffed_arms(scenario: &Scenario) -> impl Iterator<Item = usize> {
    let fixed = |&arm: &usize| scenario.services[scenario.arms[arm].service].fixed_caseworker;
    (0..scenario.arms.len()).filter(fixed)
}

/// The covariates of one replicate for each reported month, each less its known mean, the strongest first: the labor
/// markets of the sites; the luck of leaving so far in every arm; the other effects of the sites; the staff.
///
/// Effects of sites are averaged by their number of participants.
pub(super) fn of(scenario: &Scenario, paired: &[History], months: &[u32], replicate: u32) -> Vec<Vec<f64>> {
    if count(scenario) == 0 {
        return vec![Vec::new(); months.len()];
    }
    let dice = Dice::new(scenario.seed, replicate);
    let effects = &scenario.parameters.site;
    let sites: Vec<SiteLuck> =
        (0..scenario.sites.len()).map(|site| SiteLuck::draw(effects, &dice, site)).collect();
    let weights = scenario.sites.iter().map(|site| site.arms.iter().map(|group| group.participants).sum());
    let weights: Vec<f64> = weights.map(|clients: u32| f64::from(clients)).collect();
    let all = weights.iter().sum::<f64>().max(1.0);
    let average = |effect: fn(&SiteLuck) -> f64| {
        weights.iter().zip(&sites).map(|(weight, site)| weight * effect(site)).sum::<f64>() / all
    };
    let labor_market = average(|site| site.labor_market - 1.0);
    let mut constant = vec![
        average(|site| site.irregularity_stock - 1.0),
        average(|site| site.signalling - 1.0),
        average(|site| site.quality),
    ];
    for arm in staffed_arms(scenario) {
        constant.extend(staff(scenario, &dice, arm));
    }
    let month = |&month: &u32| {
        let mut covariates = Vec::with_capacity(count(scenario));
        covariates.push(labor_market);
        for history in paired {
            for luck in [Tally::ExitLuck, Tally::WorkLuck] {
                covariates.push(so_far(history, luck, month) / all);
            }
        }
        covariates.extend(&constant);
        covariates
    };
    months.iter().map(month).collect()
}

/// A total added up from month 0 to a month, over all sites and groups.
fn so_far(history: &History, tally: Tally, month: u32) -> f64 {
    history.tallies.iter().flatten().flat_map(|group| &group.column(tally)[..=month as usize]).sum()
}

/// Mean skill and optimism of the caseworkers who hold the places of an arm's paired world at the start.
fn staff(scenario: &Scenario, dice: &Dice, arm: usize) -> [f64; 2] {
    let (mut skill, mut optimism, mut places) = (0.0, 0.0, 0.0);
    for site in 0..scenario.sites.len() {
        for place in 0..engine::caseloads(scenario, site, arm) {
            let caseworker = Caseworker::draw(dice, caseworker_id(site, place), 0);
            skill += caseworker.skill;
            optimism += caseworker.optimism;
            places += 1.0;
        }
    }
    if places > 0.0 { [skill / places, optimism / places] } else { [0.0; 2] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::replicate;

    /// Each covariate has mean zero over replicates, within 4.5 standard errors: ten at a time, fixed seed.
    #[test]
    fn known_means_are_right() {
        let mut scenario = Scenario::from_text("extends = \"lange-adem\"\nname = \"few\"").unwrap();
        scenario.sites.truncate(2);
        scenario.horizon_months = 12;
        for site in &mut scenario.sites {
            site.arms.iter_mut().for_each(|group| group.participants = 6);
        }
        let one = |number| of(&scenario, &replicate::paired(&scenario, number), &[12], number);
        let draws: Vec<Vec<f64>> = (0..800).flat_map(one).collect();
        for covariate in 0..count(&scenario) {
            let values: Vec<f64> = draws.iter().map(|draw| draw[covariate]).collect();
            let mean = values.iter().sum::<f64>() / 800.0;
            let square = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / 800.0;
            assert!(square > 0.0, "covariate {covariate} never moves");
            assert!(mean.abs() <= 4.5 * libm::sqrt(square / 800.0), "{covariate}: {mean} {square}");
        }
    }
}
