//! A test for few clusters that needs no large-sample argument: reassign the arms to whole clusters, in all ways.
//!
//! Under the null hypothesis, and with arms assigned to clusters at random, every assignment of as many clusters to the
//! treated arm was equally probable. The p-value is the share of assignments whose difference is at least as far from its
//! mean as the observed one. Exact in the sense that the type I error is at most alpha; the smallest possible p-value is
//! 1 / assignments (2 / assignments for equal arms): four against four clusters give 2/70 = 0.029, three against three
//! only 2/20 = 0.1. Valid as far as the assignment could have been any of these; when arms were chosen, not drawn, it rests
//! on exchangeable clusters.
//!
//! Gail, Mark, Carroll, Green & Pee (1996), <https://doi.org/10.1002/(SICI)1097-0258(19960615)15:11%3C1069::AID-SIM220%3E3.0.CO;2-Q>.

use super::EstimateError;
use crate::random::philox::Stream;
use crate::said;
use rand_core::Rng;

/// How much computing a p-value is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Up to this number of assignments all are enumerated.
    pub most_enumerated: u128,
    /// Otherwise this number is drawn.
    pub drawn: u32,
    /// But fewer, down to `Effort::FEWEST_DRAWN`, where the draws would pick more clusters than this in all.
    pub most_picked: u64,
}

impl Effort {
    /// For one analysis: a drawn p-value has a Monte Carlo error of at most .0012; of at most .005 with 100,000 treated clusters
    /// or more (rows that are reassigned one by one).
    pub const ONE_ANALYSIS: Self =
        Self { most_enumerated: 2_000_000, drawn: 199_999, most_picked: 1_000_000_000 };
    /// For one of thousands of simulated analyses: 999 draws lose almost no power (Jockel 1986,
    /// doi:10.1214/aos/1176349860).
    pub const SIMULATION: Self = Self { most_enumerated: 20_000, drawn: 999, most_picked: u64::MAX };
    /// Assignments that are always drawn. The level of the test holds with any number of them (the observed assignment counts as
    /// one more); fewer make the p-value less precise, as its Monte Carlo error says.
    pub(crate) const FEWEST_DRAWN: u32 = 9_999;

    /// Assignments that are drawn when each picks so many clusters.
    fn draws(self, picks: usize) -> u32 {
        let afford = self.most_picked / (picks as u64).max(1);
        let afford = u32::try_from(afford).unwrap_or(u32::MAX);
        self.drawn.min(afford.max(Self::FEWEST_DRAWN))
    }
}

/// Result of a permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterPermutation {
    /// Mean of the treated clusters minus mean of the control clusters.
    pub difference: f64,
    /// Sum over the treated, less its mean over the assignments, by its standard deviation over them: the statistic of the
    /// asymptotic version (Strasser & Weber 1999; R's coin).
    pub z: f64,
    /// Two-sided p-value.
    pub p_value: f64,
    /// p-value for a difference at least this small.
    pub p_less: f64,
    /// p-value for a difference at least this large.
    pub p_greater: f64,
    /// Assignments looked at, the observed one included.
    pub assignments: u64,
    /// Whether these were all; otherwise they were drawn with the seed.
    pub exact: bool,
    /// Monte Carlo standard error of the two-sided p-value; 0 when exact.
    pub monte_carlo_error: f64,
}

/// Tests one summary per cluster (a proportion, a rate, a sum of log-rank scores) between two arms.
///
/// # Example
/// ```
/// use stapjes::estimate::cluster_permutation::test;
///
/// // Shares of eight caseworkers, the last four treated: all treated lie above all others, 1 of 70 assignments, and its mirror.
/// let shares = [0.2, 0.25, 0.3, 0.22, 0.35, 0.4, 0.38, 0.5];
/// let treated = [false, false, false, false, true, true, true, true];
/// let found = test(&shares, &treated, 1)?;
/// assert!(found.exact && found.assignments == 70 && (found.difference - 0.165).abs() < 1e-12);
/// assert_eq!([found.p_value, found.p_greater], [2.0 / 70.0, 1.0 / 70.0]);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Slices of different lengths, a summary that is not finite, no cluster in an arm, or all summaries equal.
pub fn test(summary: &[f64], treated: &[bool], seed: u64) -> Result<ClusterPermutation, EstimateError> {
    test_within(summary, treated, &vec![0; summary.len()], seed, Effort::ONE_ANALYSIS)
}

/// The same when arms were assigned to clusters within strata (sites): only assignments with as many treated clusters in each
/// stratum as observed count.
///
/// # Example
/// ```
/// use stapjes::estimate::cluster_permutation::{Effort, test_within};
///
/// // Two sites with two treated caseworkers each: 6 times 6 assignments, two of which lie as far from the middle.
/// let shares = [0.2, 0.25, 0.3, 0.22, 0.35, 0.4, 0.38, 0.5];
/// let treated = [false, false, false, false, true, true, true, true];
/// let site = [0, 0, 1, 1, 0, 0, 1, 1];
/// let found = test_within(&shares, &treated, &site, 1, Effort::ONE_ANALYSIS)?;
/// assert_eq!((found.assignments, found.p_value), (36, 2.0 / 36.0));
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// As [`test()`]; also when no stratum has clusters in both arms.
pub fn test_within(
    summary: &[f64],
    treated: &[bool],
    stratum: &[u32],
    seed: u64,
    effort: Effort,
) -> Result<ClusterPermutation, EstimateError> {
    check(summary, treated, stratum)?;
    let mut strata = strata(summary, treated, stratum);
    let clusters = summary.len();
    let size = treated.iter().filter(|treated| **treated).count();
    let total: f64 = strata.iter().flat_map(|stratum| &stratum.values).sum();
    let observed: f64 = strata.iter().map(|stratum| stratum.observed).sum();
    let center: f64 = strata.iter().map(Stratum::center).sum();
    let spread: f64 = strata.iter().map(Stratum::spread).sum();
    let mut tally =
        Tally { observed, center, tolerance: 1e-10 * spread, both: 0, less: 0, greater: 0, all: 0 };
    let assignments = strata
        .iter()
        .try_fold(1_u128, |all, stratum| all.checked_mul(binomial(stratum.values.len(), stratum.size)?));
    let exact = assignments.is_some_and(|count| count <= effort.most_enumerated);
    if exact {
        enumerate(&strata, 0.0, &mut tally);
    } else {
        tally.count(observed);
        draw(&mut strata, seed, effort.draws(size), &mut tally);
    }
    let share = |count: u64| count as f64 / tally.all as f64;
    let p_value = share(tally.both);
    let variance: f64 = strata.iter().map(Stratum::variance).sum();
    Ok(ClusterPermutation {
        z: (observed - center) / libm::sqrt(variance),
        difference: observed / size as f64 - (total - observed) / (clusters - size) as f64,
        p_value,
        p_less: share(tally.less),
        p_greater: share(tally.greater),
        assignments: tally.all,
        exact,
        monte_carlo_error: if exact { 0.0 } else { libm::sqrt(p_value * (1.0 - p_value) / tally.all as f64) },
    })
}

/// The clusters of one stratum.
struct Stratum {
    /// Summaries, sorted: the sums, and so the ties between them, do not depend on the order of the clusters.
    values: Vec<f64>,
    /// Treated clusters.
    size: usize,
    /// Sum over the treated.
    observed: f64,
}

impl Stratum {
    /// Mean of the summaries.
    fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    /// Expected sum of the treated.
    fn center(&self) -> f64 {
        self.mean() * self.size as f64
    }

    /// Variance of the sum over the treated when they are drawn without replacement.
    fn variance(&self) -> f64 {
        let (n, m, mean) = (self.values.len() as f64, self.size as f64, self.mean());
        if n < 2.0 {
            return 0.0;
        }
        let squares: f64 = self.values.iter().map(|value| (value - mean) * (value - mean)).sum();
        m * (n - m) / (n * (n - 1.0)) * squares
    }

    /// Standard deviation of that sum.
    fn spread(&self) -> f64 {
        let mean = self.mean();
        self.values.iter().map(|value| (value - mean).abs()).sum()
    }
}

/// The strata with their summaries.
fn strata(summary: &[f64], treated: &[bool], stratum: &[u32]) -> Vec<Stratum> {
    let mut order: Vec<usize> = (0..summary.len()).collect();
    order.sort_by(|&a, &b| stratum[a].cmp(&stratum[b]).then(summary[a].total_cmp(&summary[b])));
    let one = |members: &[usize]| {
        let observed: Vec<f64> = members.iter().filter(|i| treated[**i]).map(|i| summary[*i]).collect();
        Stratum {
            values: members.iter().map(|i| summary[*i]).collect(),
            size: observed.len(),
            observed: observed.iter().sum(),
        }
    };
    order.chunk_by(|&a, &b| stratum[a] == stratum[b]).map(one).collect()
}

/// What reassignments gave.
struct Tally {
    /// Observed sum.
    observed: f64,
    /// Its expectation.
    center: f64,
    /// Sums that differ by less are equal.
    tolerance: f64,
    /// As far from the expectation as observed, or farther.
    both: u64,
    /// At most the observed.
    less: u64,
    /// At least the observed.
    greater: u64,
    /// All.
    all: u64,
}

impl Tally {
    /// Takes in a reassignment.
    fn count(&mut self, sum: f64) {
        self.all += 1;
        self.less += u64::from(sum <= self.observed + self.tolerance);
        self.greater += u64::from(sum >= self.observed - self.tolerance);
        self.both +=
            u64::from((sum - self.center).abs() >= (self.observed - self.center).abs() - self.tolerance);
    }
}

/// Visits every combination of subsets of the right size of all strata, in lexicographic order.
fn enumerate(strata: &[Stratum], before: f64, tally: &mut Tally) {
    let [first, rest @ ..] = strata else {
        tally.count(before);
        return;
    };
    let (values, size) = (&first.values, first.size);
    let mut chosen: Vec<usize> = (0..size).collect();
    loop {
        enumerate(rest, before + chosen.iter().map(|index| values[*index]).sum::<f64>(), tally);
        // The last index that can still move up.
        let Some(place) = (0..size).rev().find(|place| chosen[*place] < values.len() - size + place) else {
            return;
        };
        chosen[place] += 1;
        for later in place + 1..size {
            chosen[later] = chosen[later - 1] + 1;
        }
    }
}

/// Draws subsets by the first steps of a shuffle of each stratum; draw `i` of a seed is always the same.
fn draw(strata: &mut [Stratum], seed: u64, draws: u32, tally: &mut Tally) {
    let mut stream = Stream::new([seed as u32, (seed >> 32) as u32]);
    for _ in 0..draws {
        let mut all = 0.0;
        for Stratum { values, size, .. } in strata.iter_mut() {
            let mut sum = 0.0;
            for place in 0..*size {
                let left = (values.len() - place) as u64;
                let pick = place + ((u64::from(stream.next_u32()) * left) >> 32) as usize;
                values.swap(place, pick);
                sum += values[place];
            }
            all += sum;
        }
        tally.count(all);
    }
}

/// Number of subsets; `None` beyond 128 bits.
fn binomial(n: usize, k: usize) -> Option<u128> {
    let k = k.min(n - k);
    (0..k).try_fold(1_u128, |value, i| Some(value.checked_mul((n - i) as u128)? / (i as u128 + 1)))
}

/// Refuses data without two arms in a stratum.
fn check(summary: &[f64], treated: &[bool], stratum: &[u32]) -> Result<(), EstimateError> {
    if summary.len() != treated.len() || summary.len() != stratum.len() {
        return Err(EstimateError::data(said!(
            "elk cluster moet één groep en één stratum hebben",
            "there must be one arm and one stratum for each cluster"
        )));
    }
    if summary.iter().any(|value| !value.is_finite()) {
        return Err(EstimateError::data(said!(
            "de samenvatting van een cluster is geen eindig getal",
            "a cluster's summary is not a finite number"
        )));
    }
    let size = treated.iter().filter(|treated| **treated).count();
    if size == 0 || size == treated.len() {
        return Err(EstimateError::TooFewClusters { found: treated.len(), needed: 2 });
    }
    let mut arms: Vec<(u32, bool)> = stratum.iter().copied().zip(treated.iter().copied()).collect();
    arms.sort_unstable();
    if !arms.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1) {
        return Err(EstimateError::data(said!(
            "geen stratum heeft clusters in beide groepen: er is niets opnieuw te verdelen",
            "no stratum has clusters in both arms: there is nothing to reassign"
        )));
    }
    if summary.iter().all(|value| *value == summary[0]) {
        return Err(EstimateError::NoVariance {
            what: said!("alle clusters hebben dezelfde samenvatting", "all clusters have the same summary"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fisher's idea on seven clusters, counted by hand: only one of the 35 sums of three is larger.
    #[test]
    fn counts_assignments() {
        let summary = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];
        let treated = [false, false, false, true, false, true, true];
        let result = test(&summary, &treated, 1).unwrap();
        assert!(result.exact);
        assert_eq!(result.assignments, 35);
        // 4+6+8 = 18 is reached or passed by 4+6+8 and 5+6+8.
        assert!((result.p_greater - 2.0 / 35.0).abs() < 1e-15);
        // The mean is 87/7 = 12.43; as far below: sums <= 6.86, only 1+2+3 = 6.
        assert!((result.p_value - 3.0 / 35.0).abs() < 1e-15);
        assert!((result.difference - (6.0 - 2.75)).abs() < 1e-14);
    }

    /// Two sites of two clusters each: four assignments, by hand 5+8, 5+6, 1+8, 1+6 around 10.
    #[test]
    fn within_sites() {
        let summary = [1.0, 8.0, 5.0, 6.0];
        let treated = [false, true, true, false];
        let result = test_within(&summary, &treated, &[3, 9, 3, 9], 1, Effort::SIMULATION).unwrap();
        assert!(result.exact);
        assert_eq!(result.assignments, 4);
        assert!((result.p_greater - 0.25).abs() < 1e-15 && (result.p_value - 0.5).abs() < 1e-15);
        let one_site = test_within(&summary, &treated, &[0; 4], 1, Effort::SIMULATION).unwrap();
        assert_eq!(one_site, test(&summary, &treated, 1).unwrap());
        assert!(test_within(&summary, &treated, &[0, 1, 1, 0], 1, Effort::SIMULATION).is_err());
    }

    #[test]
    fn does_not_depend_on_order() {
        let result = test(&[0.1, 0.7, 0.3, 0.4], &[true, true, false, false], 3).unwrap();
        let other = test(&[0.4, 0.1, 0.3, 0.7], &[false, true, false, true], 3).unwrap();
        assert_eq!(result, other);
    }

    /// 14 of 28 clusters: 40 million assignments, so 199,999 are drawn. Against the t test of the same data the p-values
    /// differ by less than 0.01 for roughly normal summaries (seed 7, one fixed data set).
    #[test]
    fn draws_when_there_are_too_many() {
        let summary: Vec<f64> =
            (0..28).map(|i| f64::from(i * 37 % 28) / 28.0 + if i < 14 { 0.15 } else { 0.0 }).collect();
        let treated: Vec<bool> = (0..28).map(|i| i < 14).collect();
        let result = test(&summary, &treated, 7).unwrap();
        assert!(!result.exact && result.assignments == 200_000 && result.monte_carlo_error < 0.0012);
        let pairs = summary.iter().zip(&treated).map(|(value, treated)| (usize::from(*treated), *value));
        let t = crate::estimate::clustered_proportions::t_test_of(pairs).unwrap();
        assert!((t.p_value - result.p_value).abs() < 0.01, "{} {}", t.p_value, result.p_value);
        assert_eq!(result, test(&summary, &treated, 7).unwrap());
    }

    #[test]
    fn many_clusters_are_drawn_fewer_times_and_the_error_says_so() {
        assert_eq!(Effort::ONE_ANALYSIS.draws(5_000), 199_999, "as always");
        assert_eq!(Effort::ONE_ANALYSIS.draws(20_000), 50_000);
        assert_eq!(Effort::ONE_ANALYSIS.draws(10_000_000), Effort::FEWEST_DRAWN);
        assert_eq!(Effort::SIMULATION.draws(10_000_000), 999);
        // 600 clusters with a budget that allows the fewest only: the p-value agrees with that of the many within its error.
        let summary: Vec<f64> =
            (0..600).map(|i| f64::from(i * 37 % 101) / 101.0 + if i < 300 { 0.03 } else { 0.0 }).collect();
        let treated: Vec<bool> = (0..600).map(|i| i < 300).collect();
        let few = Effort { most_picked: 1, ..Effort::ONE_ANALYSIS };
        let of = |effort| test_within(&summary, &treated, &[0; 600], 5, effort).unwrap();
        let (many, few) = (of(Effort::ONE_ANALYSIS), of(few));
        assert_eq!((many.assignments, few.assignments), (200_000, 10_000));
        assert!(few.monte_carlo_error > 4.0 * many.monte_carlo_error, "{few:?} {many:?}");
        assert!((few.p_value - many.p_value).abs() < 4.0 * few.monte_carlo_error, "{few:?} {many:?}");
    }

    #[test]
    fn refuses_what_has_no_answer() {
        assert!(test(&[1.0, 2.0], &[true, true], 1).is_err());
        assert!(test(&[1.0, 1.0], &[true, false], 1).is_err());
        assert!(test(&[1.0, f64::NAN], &[true, false], 1).is_err());
        assert_eq!(binomial(60, 30), Some(118_264_581_564_861_424));
    }
}
