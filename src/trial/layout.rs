//! Where each value of a replicate stands in its list, and how the list becomes results again.
//!
//! A replicate gives one flat list of numbers, which chunks can add up without knowing what they are.
//! The order is fixed here: world, arm, group, measure, month, the last fastest; groups are everybody,
//! then sites, then parts of the caseload.

use crate::history::{GroupTally, History};
use crate::scenario::{Dynamics, Scenario, Who};

use super::accumulate::Summary;
use super::cube::{Cell, Cube};
use super::evaluate::RunningTotals;
use super::measure::Measure;
use super::measures::measures_of;
use super::results::{ArmResults, GroupResults, Series};
use super::view::Basis;

/// What the values of one replicate are of: the axes of its [`Cube`], by name.
pub(super) struct CubeLayout<'a> {
    /// The scenario.
    scenario: &'a Scenario,
    /// Measures.
    measures: Vec<&'static Measure>,
    /// Reported months.
    months: Vec<u32>,
    /// Names of the groups: everybody (`overall`), sites when there are several, parts of the caseload
    /// that plans name.
    groups: Vec<String>,
    /// Whether the study world has values; draws of the parameters do without.
    study: bool,
}

impl<'a> CubeLayout<'a> {
    /// The shape for a scenario, with or without the study world.
    pub(super) fn new(scenario: &'a Scenario, study: bool) -> Self {
        let ladder = matches!(scenario.dynamics, Dynamics::Ladder(_));
        let mut groups = vec!["overall".to_owned()];
        if scenario.sites.len() > 1 {
            groups.extend(scenario.sites.iter().map(|site| site.name.clone()));
        }
        groups.extend(scenario.parts().iter().map(Who::name));
        let measures = measures_of(ladder);
        let mut months = scenario.report_months();
        months.extend(scenario.sites.iter().map(|site| site.follow_up_months.min(scenario.horizon_months)));
        months.sort_unstable();
        months.dedup();
        Self { scenario, measures, months, groups, study }
    }

    /// Measures, in order.
    pub(super) fn measures(&self) -> &[&'static Measure] {
        &self.measures
    }

    /// Reported months in ascending order: those of the scenario and the end of each site's follow-up.
    pub(super) fn months(&self) -> &[u32] {
        &self.months
    }

    /// Names of the groups.
    pub(super) fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The groups that are parts of the caseload.
    pub(super) fn part_groups(&self) -> std::ops::Range<usize> {
        self.groups.len() - self.scenario.parts().len()..self.groups.len()
    }

    /// Lengths of the axes.
    fn cube(&self) -> Cube {
        Cube {
            arms: self.scenario.arms.len(),
            groups: self.groups.len(),
            measures: self.measures.len(),
            months: self.months.len(),
        }
    }

    /// Length of the value list.
    pub(super) fn cells(&self) -> usize {
        self.cube().of_worlds(if self.study { 3 } else { 2 })
    }

    /// Places of the planners' cells in the value list: the overall group of every arm's paired world and of its
    /// difference, for the measures that `wanted` picks, month by month.
    pub(super) fn planner_cells(&self, wanted: impl Fn(&Measure) -> bool) -> Vec<usize> {
        let cube = self.cube();
        let mut cells = Vec::new();
        for world in [Basis::Paired, Basis::Difference] {
            for arm in 0..cube.arms {
                for measure in (0..cube.measures).filter(|&at| wanted(self.measures[at])) {
                    cells.extend(cube.series(Cell { world, arm, group: 0, measure }));
                }
            }
        }
        cells
    }

    /// Places of everybody together: a measure of an arm in one of the worlds, month by month.
    pub(super) fn overall(&self, world: Basis, arm: usize, measure: usize) -> std::ops::Range<usize> {
        self.cube().series(Cell { world, arm, group: 0, measure })
    }

    /// Places of a measure's difference at the horizon, overall, for every arm but the control; none when there is no such
    /// measure.
    pub(super) fn difference_at_horizon(&self, (name, label): (&str, &str)) -> Vec<usize> {
        let measure = self.measures.iter().position(|measure| measure.name == name && measure.label == label);
        let cube = self.cube();
        let place = |arm: usize| {
            cube.series(Cell { world: Basis::Difference, arm, group: 0, measure: measure? }).last()
        };
        (0..cube.arms).filter(|&arm| arm != self.scenario.control).filter_map(place).collect()
    }

    /// The value list of one replicate: paired worlds in arm order, and the study when the layout has it.
    pub(super) fn values(&self, paired: &[History], study: Option<&History>) -> Vec<f64> {
        let arms = self.scenario.arms.len();
        let mut values = Vec::with_capacity(self.cells());
        for history in paired {
            let sites: Vec<&GroupTally> = history.tallies.iter().flatten().collect();
            self.arm_values(&sites, history.parts.first(), false, &mut values);
        }
        let of_arm = self.cube().of_arm();
        let control = self.scenario.control * of_arm;
        for place in 0..arms * of_arm {
            values.push(values[place] - values[control + place % of_arm]);
        }
        if let (true, Some(history)) = (self.study, study) {
            for (arm, sites) in history.tallies.iter().enumerate() {
                self.arm_values(&sites.iter().collect::<Vec<_>>(), history.parts.get(arm), true, &mut values);
            }
        }
        values
    }

    /// Adds the values of one arm: everybody, then every other group.
    fn arm_values(
        &self,
        sites: &[&GroupTally],
        parts: Option<&Vec<GroupTally>>,
        followed: bool,
        values: &mut Vec<f64>,
    ) {
        let mut overall = GroupTally::new(self.scenario.horizon_months);
        for site in sites {
            overall.merge(site);
        }
        let shortest = self.scenario.sites.iter().map(|site| site.follow_up_months).min();
        self.group_values(&overall, if followed { shortest } else { None }, values);
        if sites.len() > 1 {
            for (site, tally) in self.scenario.sites.iter().zip(sites) {
                self.group_values(tally, followed.then_some(site.follow_up_months), values);
            }
        }
        for part in parts.into_iter().flatten() {
            self.group_values(part, if followed { shortest } else { None }, values);
        }
    }

    /// All measures of one group; undefined after its follow-up has ended.
    fn group_values(&self, tally: &GroupTally, follow_up: Option<u32>, values: &mut Vec<f64>) {
        let costs = &self.scenario.parameters.costs;
        let totals = RunningTotals::new(tally, costs.discount_rate);
        for measure in &self.measures {
            for &month in &self.months {
                let seen = follow_up.is_none_or(|end| month <= end);
                values.push(if seen { totals.value(measure, costs, month as usize) } else { f64::NAN });
            }
        }
    }

    /// The summary of the value list as results: paired, difference and study (empty without the study world).
    pub(super) fn unfold(&self, summary: &Summary) -> [Vec<ArmResults>; 3] {
        let cube = self.cube();
        let worlds = summary.mean.len() / cube.of_worlds(1);
        let world = |world: Basis| -> Vec<ArmResults> {
            if world as usize >= worlds {
                return Vec::new();
            }
            let arms = self.scenario.arms.iter().enumerate();
            arms.map(|(at, arm)| self.arm(&arm.name, summary, (world, at))).collect()
        };
        [world(Basis::Paired), world(Basis::Difference), world(Basis::Study)]
    }

    /// The results of an arm.
    fn arm(&self, name: &str, summary: &Summary, (world, arm): (Basis, usize)) -> ArmResults {
        let group = |(group, name): (usize, &String)| GroupResults {
            group: name.clone(),
            series: self.series(summary, (world, arm, group)),
        };
        ArmResults { arm: name.to_owned(), groups: self.groups.iter().enumerate().map(group).collect() }
    }

    /// The series of a group.
    fn series(&self, summary: &Summary, (world, arm, group): (Basis, usize, usize)) -> Vec<Series> {
        let one = |(at, measure): (usize, &&Measure)| {
            let places = self.cube().series(Cell { world, arm, group, measure: at });
            summary.series(places, measure.name, measure.label)
        };
        self.measures.iter().enumerate().map(one).collect()
    }
}
