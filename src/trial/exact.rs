//! The exact curves of a transition table, beside the simulated ones: every measure at the expected totals of each arm.
//!
//! A measure is a ratio of totals; here it is the ratio of their expectations, which the mean over replicates approaches
//! as the groups grow (for shares of clients entered at once the two are equal).

use crate::engine;
use crate::scenario::Scenario;

use super::evaluate::RunningTotals;
use super::layout::CubeLayout;
use super::results::ExactCurve;

/// One curve per arm and measure; none in the full model, and none for measures that are undefined at a month.
pub(super) fn curves(scenario: &Scenario, layout: &CubeLayout<'_>) -> Vec<ExactCurve> {
    let mut curves = Vec::new();
    for (index, arm) in scenario.arms.iter().enumerate() {
        let Some(tally) = engine::expected(scenario, index) else { continue };
        let costs = &scenario.parameters.costs;
        let totals = RunningTotals::new(&tally, costs.discount_rate);
        for measure in layout.measures() {
            let value = |&month: &u32| totals.value(measure, costs, month as usize);
            curves.push(ExactCurve {
                arm: arm.name.clone(),
                measure: measure.name.to_owned(),
                label: measure.label.to_owned(),
                values: layout.months().iter().map(value).collect(),
            });
        }
    }
    curves.retain(|curve| curve.values.iter().all(|value| value.is_finite()));
    curves
}
