//! Which cells there are: comparisons, endpoints with their tests, sizes, durations.

use crate::halt;
use crate::history::Record;
use crate::kinds::Benefit;
use crate::observe::{Protocol, cut};
use crate::scenario::analysis::{ClusterUnit, Endpoint, TestKind};
use crate::scenario::{Allocation, Scenario};
use crate::study::{
    Decision, EndpointData, Rules, Size, Units, Workspace, decide_all, endpoint_data, rejected,
    shortest_follow_up, units_of,
};

/// The cells of a power analysis. Their order: comparison, endpoint, test, size, month.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grid {
    /// Arms that are compared with control.
    pub arms: Vec<usize>,
    /// Endpoints with their tests, the primary one first.
    pub tests: Vec<(Endpoint, Vec<TestKind>)>,
    /// Sizes of each comparison, rising.
    pub sizes: Vec<Vec<Size>>,
    /// Durations, months, rising.
    pub months: Vec<u32>,
    /// Error rates; the benefit stands in `benefits`.
    pub rules: Rules,
    /// By comparison and endpoint: what one-sided tests look for.
    pub benefits: Vec<Vec<Benefit>>,
    /// The units of the study.
    units: Units,
    /// The protocol of the study.
    protocol: Protocol,
}

/// Which cell: indices on the axes of a [`Grid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CellIndex {
    /// Comparison.
    pub comparison: usize,
    /// Endpoint.
    pub endpoint: usize,
    /// Test of the endpoint; 0 = the primary one.
    pub test: usize,
    /// Size of the comparison.
    pub size: usize,
    /// Duration.
    pub month: usize,
}

/// What one replicate says in every cell.
#[derive(Clone, Debug)]
pub(super) struct Verdicts {
    /// In the order of the cells.
    pub decisions: Vec<Decision>,
    /// Whether the rejection stays after correction (primary tests only).
    pub stays: Vec<bool>,
}

impl Grid {
    /// The grid of a scenario at `months` (those beyond the horizon are left out; none left: the horizon itself).
    pub(crate) fn new(scenario: &Scenario, months: &[u32], record: &Record) -> Self {
        let plan = &scenario.analysis;
        let units = units_of(scenario, record);
        let arms: Vec<usize> = (0..scenario.arms.len()).filter(|arm| *arm != scenario.control).collect();
        let whole_sites = scenario.allocation == Allocation::Site || plan.cluster == ClusterUnit::Site;
        let sizes =
            arms.iter().map(|arm| units.sizes(&plan.sizes, scenario.control, *arm, whole_sites)).collect();
        let mut months: Vec<u32> =
            months.iter().copied().filter(|month| *month <= scenario.horizon_months).collect();
        if months.is_empty() {
            months.push(scenario.horizon_months);
        }
        let stated = |endpoint: &Endpoint| plan.benefit.iter().find(|(named, _)| named == endpoint);
        let benefits: Vec<Benefit> = plan
            .tests
            .iter()
            .map(|(endpoint, _)| stated(endpoint).map_or(Benefit::Sooner, |(_, benefit)| *benefit))
            .collect();
        Self {
            benefits: vec![benefits; arms.len()],
            arms,
            tests: plan.tests.clone(),
            sizes,
            months,
            rules: Rules {
                alpha: plan.alpha,
                sides: plan.sides,
                benefit: Benefit::Sooner,
                cluster: plan.cluster,
            },
            units,
            protocol: Protocol::from(scenario),
        }
    }

    /// The same grid with only the largest size.
    pub(crate) fn largest_only(mut self) -> Self {
        for sizes in &mut self.sizes {
            sizes.drain(..sizes.len().saturating_sub(1));
        }
        self
    }

    /// One-sided tests look in the direction of the effect (as `effect` gives it by comparison and endpoint) where the plan
    /// does not state one.
    pub(super) fn settle_benefits(&mut self, scenario: &Scenario, effect: impl Fn(usize, usize) -> f64) {
        for (comparison, benefits) in self.benefits.iter_mut().enumerate() {
            for (endpoint, benefit) in benefits.iter_mut().enumerate() {
                let name = self.tests[endpoint].0;
                if !scenario.analysis.benefit.iter().any(|(stated, _)| *stated == name) {
                    *benefit = Benefit::of(effect(comparison, endpoint));
                }
            }
        }
    }

    /// Number of cells.
    pub(crate) fn cells(&self) -> usize {
        let tests: usize = self.tests.iter().map(|(_, tests)| tests.len()).sum();
        self.sizes.iter().map(|sizes| sizes.len() * tests * self.months.len()).sum()
    }

    /// Visits the cells in order.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(CellIndex)) {
        for (comparison, sizes) in self.sizes.iter().enumerate() {
            for (endpoint, (_, tests)) in self.tests.iter().enumerate() {
                for test in 0..tests.len() {
                    for size in 0..sizes.len() {
                        for month in 0..self.months.len() {
                            visit(CellIndex { comparison, endpoint, test, size, month });
                        }
                    }
                }
            }
        }
    }

    /// Position of a cell.
    pub(crate) fn index(&self, CellIndex { comparison, endpoint, test, size, month }: CellIndex) -> usize {
        let months = self.months.len();
        let tests: usize = self.tests.iter().map(|(_, tests)| tests.len()).sum();
        let before: usize = self.sizes[..comparison].iter().map(|sizes| sizes.len() * tests * months).sum();
        let tests_before: usize = self.tests[..endpoint].iter().map(|(_, tests)| tests.len()).sum();
        before + ((tests_before + test) * self.sizes[comparison].len() + size) * months + month
    }

    /// Number of sets of endpoint data: one per comparison, size, endpoint and month.
    pub(super) fn pooled(&self) -> usize {
        self.sizes.iter().map(Vec::len).sum::<usize>() * self.tests.len() * self.months.len()
    }

    /// Position of the endpoint data of a cell; all tests share them.
    pub(super) fn pooled_index(
        &self,
        CellIndex { comparison, endpoint, size, month, .. }: CellIndex,
    ) -> usize {
        let per = self.tests.len() * self.months.len();
        let before: usize = self.sizes[..comparison].iter().map(|sizes| sizes.len() * per).sum();
        before + (size * self.tests.len() + endpoint) * self.months.len() + month
    }

    /// Every endpoint of one study at every cut-off: `visit(comparison, endpoint, month, data)`.
    pub(crate) fn for_each_data(
        &self,
        scenario: &Scenario,
        record: &Record,
        mut visit: impl FnMut(usize, usize, usize, EndpointData),
    ) {
        let files = cut(&self.protocol, record, &self.months);
        for (month, file) in files.iter().enumerate() {
            for (comparison, arm) in self.arms.iter().enumerate() {
                let arms = (scenario.control, *arm);
                let time = (scenario.steps_per_month, shortest_follow_up(file, arms));
                for (index, (endpoint, tests)) in self.tests.iter().enumerate() {
                    halt::check();
                    let wanted = (*endpoint, tests.as_slice());
                    let data = endpoint_data(file, &self.units, wanted, arms, time);
                    visit(comparison, index, month, data);
                }
            }
        }
    }

    /// All tests on one study.
    pub(super) fn verdicts(&self, scenario: &Scenario, record: &Record) -> Verdicts {
        let mut workspace = Workspace::default();
        let mut decisions = vec![None; self.cells()];
        self.for_each_data(scenario, record, |comparison, endpoint, month, data| {
            let rules = Rules { benefit: self.benefits[comparison][endpoint], ..self.rules };
            for (size_index, size) in self.sizes[comparison].iter().enumerate() {
                halt::check();
                let tests = decide_all(&self.tests[endpoint].1, &data, &size.units, &rules, &mut workspace);
                for (test_index, decision) in tests.enumerate() {
                    let cell = CellIndex { comparison, endpoint, test: test_index, size: size_index, month };
                    let at = self.index(cell);
                    decisions[at] = Some(decision);
                }
            }
        });
        let decisions: Vec<Decision> = decisions.into_iter().flatten().collect();
        let stays = self.adjusted(scenario, &decisions);
        Verdicts { decisions, stays }
    }

    /// Corrects the primary tests of all endpoints for each other, at each duration and size.
    fn adjusted(&self, scenario: &Scenario, decisions: &[Decision]) -> Vec<bool> {
        let mut stays = vec![false; decisions.len()];
        for (comparison, sizes) in self.sizes.iter().enumerate() {
            for size in 0..sizes.len() {
                for month in 0..self.months.len() {
                    let primary: Vec<usize> = (0..self.tests.len())
                        .map(|endpoint| self.index(CellIndex { comparison, endpoint, test: 0, size, month }))
                        .collect();
                    let p: Vec<f64> = primary.iter().map(|at| decisions[*at].p_value).collect();
                    let kept = rejected(scenario.analysis.multiplicity, &p, self.rules.alpha);
                    primary.iter().zip(kept).for_each(|(at, kept)| stays[*at] = kept);
                }
            }
        }
        stays
    }
}
