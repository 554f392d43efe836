//! Two arms of whole clusters, followed over a common grid of times: the tests of a power simulation, from counts.
//!
//! A simulated study is cut off at many dates and made smaller by leaving whole caseworkers out. Its times lie on a grid of
//! steps, so numbers at risk and of events per cluster and step say all there is to say: a [`ClusterTable`]. Every
//! statistic is then a short sum over steps, and a smaller study is a shorter list of clusters. The numbers are those of
//! [`super::log_rank`], [`super::cox`] and [`super::gray`] on the same data (Breslow ties; see the tests).

mod between;
mod cox;
mod means;
mod rank;

pub use between::{ClusterContrast, Clusters};
pub use cox::CoxStep;
pub use cox::GroupedCox;
pub use means::{ClusterMean, ClusteredMeanDifference, mean_difference};
pub use rank::{RankScores, RankWeight};

/// Numbers at risk and of events per cluster and step of a common grid.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClusterTable {
    /// Steps of the grid.
    pub steps: usize,
    /// Arm of each unit: 0 = control, 1 = treated. A unit is a cluster, or the part of it that is in one arm.
    pub arm: Vec<usize>,
    /// Cluster of each unit, `0..labels`; units with the same label depend on each other.
    pub label: Vec<u32>,
    /// Stratum of each unit: what its clusters share cancels between the arms. See [`ClusterContrast`].
    pub stratum: Vec<u32>,
    /// Participants of each unit.
    pub size: Vec<f64>,
    /// At risk in each step: `at_risk[unit * steps + step]`.
    pub at_risk: Vec<f64>,
    /// Events in each step, in the same order.
    pub events: Vec<f64>,
}

impl ClusterTable {
    /// A table without participants; all units in one stratum.
    pub fn new(steps: usize, arm: Vec<usize>, label: Vec<u32>) -> Self {
        let cells = steps * arm.len();
        let (size, stratum) = (vec![0.0; arm.len()], vec![0; arm.len()]);
        Self { steps, arm, label, stratum, size, at_risk: vec![0.0; cells], events: vec![0.0; cells] }
    }

    /// Adds a participant who leaves the risk set after step `last` (counted from 0). Call [`Self::finish`] at the end.
    pub fn add(&mut self, unit: usize, last: usize) {
        self.size[unit] += 1.0;
        self.at_risk[unit * self.steps + last] += 1.0;
    }

    /// Adds an event in a step.
    pub fn add_event(&mut self, unit: usize, step: usize) {
        self.events[unit * self.steps + step] += 1.0;
    }

    /// Turns the numbers that leave in each step into numbers at risk.
    pub fn finish(&mut self) {
        for at_risk in self.at_risk.chunks_mut(self.steps.max(1)) {
            for step in (1..at_risk.len()).rev() {
                at_risk[step - 1] += at_risk[step];
            }
        }
    }

    /// Adds another table of the same shape.
    pub(crate) fn add_table(&mut self, other: &Self) {
        let add = |to: &mut Vec<f64>, from: &[f64]| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        add(&mut self.size, &other.size);
        add(&mut self.at_risk, &other.at_risk);
        add(&mut self.events, &other.events);
    }

    /// The steps of a unit.
    fn row<'a>(&self, column: &'a [f64], unit: u32) -> &'a [f64] {
        let first = unit as usize * self.steps;
        &column[first..first + self.steps]
    }
}

/// The totals of some units, and working space.
#[derive(Clone, Debug, Default)]
pub struct GroupedWorkspace {
    /// Units that take part.
    units: Vec<u32>,
    /// Their clusters.
    clusters: Clusters,
    /// Arms and strata of the clusters.
    between: ClusterContrast,
    /// Participants per cluster of control and treated, over all clusters.
    mean_size: [f64; 2],
    /// At risk in control and treated, by step.
    risk: [Vec<f64>; 2],
    /// Events likewise.
    events: [Vec<f64>; 2],
    /// Scores by cluster.
    score: Vec<f64>,
    /// Factors of the contributions, by step.
    factors: Vec<[f64; 3]>,
    /// Weights by step.
    weights: Vec<f64>,
}

impl GroupedWorkspace {
    /// Chooses the units that take part and adds them up.
    pub fn choose(&mut self, table: &ClusterTable, units: &[u32]) {
        self.units.clear();
        self.units.extend(units.iter().filter(|unit| table.size[**unit as usize] > 0.0));
        for column in self.risk.iter_mut().chain(&mut self.events) {
            column.clear();
            column.resize(table.steps, 0.0);
        }
        self.clusters.clear();
        let mut people = [0.0; 2];
        for &unit in &self.units {
            let at = unit as usize;
            let arm = table.arm[at];
            people[arm] += table.size[at];
            self.clusters.add(table.label[at], arm, table.stratum[at]);
            add(&mut self.risk[arm], table.row(&table.at_risk, unit));
            add(&mut self.events[arm], table.row(&table.events, unit));
        }
        self.mean_size = [0, 1].map(|arm| people[arm] / self.clusters.in_arm(arm) as f64);
        self.between.assign(&self.clusters);
    }

    /// The clusters that take part.
    pub(crate) fn between(&self) -> &ClusterContrast {
        &self.between
    }

    /// For every chosen unit, in order, `take(unit, sum)` of a term over the steps: of the step's factors, the unit's arm, its
    /// events and its number at risk. Four units at a time: a sum alone would wait for each of its additions.
    fn unit_sums(
        &self,
        table: &ClusterTable,
        term: impl Fn(&[f64; 3], usize, f64, f64) -> f64,
        mut take: impl FnMut(u32, f64),
    ) {
        let arm = |unit: u32| table.arm[unit as usize];
        let rows = |unit: u32| (table.row(&table.events, unit), table.row(&table.at_risk, unit));
        let (fours, rest) = self.units.as_chunks::<4>();
        for four in fours {
            let (arms, [a, b, c, d]) = (four.map(arm), four.map(rows));
            let mut sums = [0.0; 4];
            let pairs =
                a.0.iter()
                    .zip(a.1)
                    .zip(b.0.iter().zip(b.1))
                    .zip(c.0.iter().zip(c.1))
                    .zip(d.0.iter().zip(d.1));
            for (factors, (((a, b), c), d)) in self.factors.iter().zip(pairs) {
                let group_rows = [a, b, c, d];
                for i in 0..4 {
                    sums[i] += term(factors, arms[i], *group_rows[i].0, *group_rows[i].1);
                }
            }
            four.iter().zip(sums).for_each(|(unit, sum)| take(*unit, sum));
        }
        for &unit in rest {
            let (events, risk) = rows(unit);
            let steps = self.factors.iter().zip(events).zip(risk);
            let mut sum = 0.0;
            steps.for_each(|((factors, events), risk)| sum += term(factors, arm(unit), *events, *risk));
            take(unit, sum);
        }
    }

    /// Cluster of a unit.
    fn cluster_of(&self, table: &ClusterTable, unit: u32) -> usize {
        self.clusters.of(table.label[unit as usize])
    }

    /// Steps with events at which somebody is at risk: (step, events, at risk in control, in treated).
    fn event_steps(&self) -> impl Iterator<Item = (usize, f64, f64, f64)> + '_ {
        (0..self.risk[0].len()).filter_map(|step| {
            let events = self.events[0][step] + self.events[1][step];
            (events > 0.0).then(|| (step, events, self.risk[0][step], self.risk[1][step]))
        })
    }
}

/// Adds step by step.
fn add(to: &mut [f64], from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
}
