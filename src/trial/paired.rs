//! One replicate of two arms with the same draws, and what differs: for questions that need a few numbers of many runs.

use crate::history::{GroupTally, History};
use crate::scenario::Scenario;

use super::evaluate::RunningTotals;
use super::measure::Measure;
use super::replicate;

/// A measure at a month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The measure.
    pub measure: &'static Measure,
    /// Month, at most the horizon.
    pub month: u32,
}

/// The difference of each wanted number, arm `treated` less the control, over all sites, in one replicate.
pub(crate) fn differences(scenario: &Scenario, treated: usize, number: u32, wanted: &[Wanted]) -> Vec<f64> {
    let values = |history: History| -> Vec<f64> {
        let mut all = GroupTally::new(scenario.horizon_months);
        history.tallies.iter().flatten().for_each(|site| all.merge(site));
        let costs = &scenario.parameters.costs;
        let totals = RunningTotals::new(&all, costs.discount_rate);
        wanted.iter().map(|result| totals.value(result.measure, costs, result.month as usize)).collect()
    };
    let [with, without] = replicate::pair(scenario, number, [treated, scenario.control]).map(values);
    with.iter().zip(&without).map(|(with, without)| with - without).collect()
}

#[cfg(test)]
mod tests {
    use super::super::measures;
    use super::*;
    use crate::scenario::embedded;
    use crate::trial::{Plan, run};

    #[test]
    fn the_differences_are_those_of_a_run() {
        let overrides =
            ["replicates=1", "horizon_months=12", "uncertainty.parameter_draws=0"].map(str::to_owned);
        let scenario = embedded("lange-adem", &overrides).unwrap().scenario;
        let measure =
            measures().iter().find(|measure| measure.name == "exits" && measure.label.is_empty()).unwrap();
        let found = differences(&scenario, 1, 0, &[Wanted { measure, month: 12 }]);
        let results = run(&Plan::new(&scenario)).unwrap();
        let stat = results.stat(&results.difference, 1, 0, ("exits", ""), 12).unwrap();
        assert!((found[0] - stat.mean).abs() < 1e-12, "{} {}", found[0], stat.mean);
    }
}
