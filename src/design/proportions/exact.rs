//! Two proportions, exact power: every possible table is tested, and the probabilities of the significant ones are added.
//!
//! Nothing is approximated but the p-value of the test itself, so the type I error is exact as well; it can lie above alpha
//! (the pooled z test) or far below (Fisher's test).

use crate::stats::hypergeometric::Hypergeometric;
use crate::stats::{binomial, normal};

/// The test applied to every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableTest {
    /// z with the pooled variance (Pearson's chi-square without correction when two-sided).
    PooledZ,
    /// The same with Yates' continuity correction: R's default `prop.test`.
    CorrectedZ,
    /// Fisher's exact test; two-sided by doubling the smaller tail (capped at 1).
    FisherDoubled,
    /// Fisher's exact test; two-sided by adding all tables no more probable than the observed: R's `fisher.test`.
    Fisher,
}

/// Exact power against proportions `treated`, `control` with those numbers of participants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactDesign {
    /// Probability of the outcome in the treated arm.
    pub treated: f64,
    /// In the control arm.
    pub control: f64,
    /// Participants in the treated arm.
    pub treated_size: u64,
    /// In the control arm.
    pub control_size: u64,
}

impl ExactDesign {
    /// Probability of p <= alpha, counting both directions when `sides` is 2 and only the direction of the alternative
    /// (upwards when the proportions are equal) when it is 1.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::proportions::{ExactDesign, TableTest};
    ///
    /// let design = ExactDesign { treated: 0.9, control: 0.2, treated_size: 10, control_size: 10 };
    /// // R: the sum of dbinom(a, 10, .9) dbinom(b, 10, .2) over all tables with fisher.test(...)$p.value <= .05
    /// assert!((design.power(TableTest::Fisher, 0.05, 2) - 0.841_273_687_3).abs() < 1e-9);
    /// ```
    pub fn power(&self, test: TableTest, alpha: f64, sides: u8) -> f64 {
        let first = probabilities(self.treated_size, self.treated);
        let second = probabilities(self.control_size, self.control);
        let upwards = self.treated >= self.control;
        let ((low1, high1), (low2, high2)) = (relevant(&first), relevant(&second));
        let mut power = 0.0;
        // Tables with the same number of outcomes in all share their conditional distribution.
        for outcomes in low1 + low2..=high1 + high2 {
            let lowest = outcomes.saturating_sub(self.control_size);
            let significant = self.significant(test, outcomes, alpha, sides, upwards);
            for x in low1.max(outcomes.saturating_sub(high2))..=high1.min(outcomes - low2) {
                if significant[(x - lowest) as usize] {
                    power += first[x as usize] * second[(outcomes - x) as usize];
                }
            }
        }
        power
    }

    /// Whether each split of `outcomes` over the arms is significant.
    fn significant(&self, test: TableTest, outcomes: u64, alpha: f64, sides: u8, upwards: bool) -> Vec<bool> {
        match test {
            TableTest::PooledZ | TableTest::CorrectedZ => {
                self.significant_z(test, outcomes, alpha, sides, upwards)
            }
            TableTest::Fisher | TableTest::FisherDoubled => {
                self.significant_fisher(test, outcomes, alpha, sides, upwards)
            }
        }
    }

    /// Tables that the z test calls significant.
    fn significant_z(
        &self,
        test: TableTest,
        outcomes: u64,
        alpha: f64,
        sides: u8,
        upwards: bool,
    ) -> Vec<bool> {
        let (n1, n2) = (self.treated_size as f64, self.control_size as f64);
        let pooled = outcomes as f64 / (n1 + n2);
        let error = libm::sqrt(pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2));
        let critical = normal::quantile(1.0 - alpha / f64::from(sides));
        let lowest = outcomes.saturating_sub(self.control_size);
        let decide = |x: u64| {
            let difference = x as f64 / n1 - (outcomes - x) as f64 / n2;
            let correction = if test == TableTest::CorrectedZ {
                (0.5 * (1.0 / n1 + 1.0 / n2)).min(difference.abs())
            } else {
                0.0
            };
            let z = (difference.abs() - correction) / error * difference.signum();
            let towards = if upwards { z } else { -z };
            error > 0.0 && (if sides == 2 { z.abs() } else { towards }) >= critical
        };
        (lowest..=outcomes.min(self.treated_size)).map(decide).collect()
    }

    /// Tables that Fisher's test calls significant.
    fn significant_fisher(
        &self,
        test: TableTest,
        outcomes: u64,
        alpha: f64,
        sides: u8,
        upwards: bool,
    ) -> Vec<bool> {
        let tables = Hypergeometric::new(self.treated_size, self.control_size, outcomes);
        let p = tables.probabilities(1.0);
        let mut at_most = p.clone();
        for i in 1..p.len() {
            at_most[i] += at_most[i - 1];
        }
        let mut at_least = p.clone();
        for i in (0..p.len() - 1).rev() {
            at_least[i] += at_least[i + 1];
        }
        let rarer = Rarer::new(&p);
        let value = |i: usize| match (sides, test) {
            (1, _) => {
                if upwards {
                    at_least[i]
                } else {
                    at_most[i]
                }
            }
            (_, TableTest::Fisher) => rarer.than(p[i]),
            _ => (2.0 * at_most[i].min(at_least[i])).min(1.0),
        };
        // The sums carry rounding error; a p-value of exactly alpha is significant.
        (0..p.len()).map(|i| value(i) <= alpha * (1.0 + 1e-12)).collect()
    }

    /// Smallest numbers of participants, at `allocation_ratio` treated per control, with at least `power`: from `start`
    /// participants in control upwards. Exact power is a saw: more participants may have less.
    pub(crate) fn smallest(
        &self,
        start: u64,
        allocation_ratio: f64,
        wanted: &ExactTarget,
    ) -> Option<(Self, f64)> {
        (start.max(1)..=wanted.largest_control_size).find_map(|control_size| {
            let treated_size = libm::ceil(control_size as f64 * allocation_ratio - 1e-9) as u64;
            let design = Self { treated_size, control_size, ..*self };
            let power = design.power(wanted.test, wanted.alpha, wanted.sides);
            (power >= wanted.power).then_some((design, power))
        })
    }
}

/// Sums of all probabilities up to a given one, as R's `fisher.test` adds them: with a relative tolerance of 1e-7.
struct Rarer {
    /// Probabilities in ascending order.
    ordered: Vec<f64>,
    /// Their running sums.
    sums: Vec<f64>,
}

impl Rarer {
    /// Sorts the probabilities.
    fn new(probabilities: &[f64]) -> Self {
        let mut ordered = probabilities.to_vec();
        ordered.sort_by(f64::total_cmp);
        let mut total = 0.0;
        let sums = ordered.iter().map(|p| {
            total += p;
            total
        });
        Self { sums: sums.collect(), ordered }
    }

    /// Sum of those not above a probability.
    fn than(&self, probability: f64) -> f64 {
        let count = self.ordered.partition_point(|p| *p <= probability * (1.0 + 1e-7));
        if count == 0 { 0.0 } else { self.sums[count - 1] }
    }
}

/// The range of outcomes outside which all probabilities are below 1e-19: leaving it out changes no digit.
fn relevant(probabilities: &[f64]) -> (u64, u64) {
    let counts = |p: &f64| *p > 1e-19;
    let first = probabilities.iter().position(counts).unwrap_or(0);
    let last = probabilities.iter().rposition(counts).unwrap_or(probabilities.len() - 1);
    (first as u64, last as u64)
}

/// What [`ExactDesign::smallest`] looks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ExactTarget {
    /// The test.
    pub test: TableTest,
    /// Type I error in all.
    pub alpha: f64,
    /// 1 or 2.
    pub sides: u8,
    /// Power to reach.
    pub power: f64,
    /// Where to give up.
    pub largest_control_size: u64,
}

/// Binomial probabilities of 0 to `size`.
fn probabilities(size: u64, chance: f64) -> Vec<f64> {
    (0..=size).map(|x| binomial::probability(x, size, chance)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle O9 of the model page: exact power of the pooled z test and of the doubled Fisher test.
    #[test]
    fn exact_powers() {
        for (treated, control, n1, n2, z, fisher) in [
            (0.13, 0.06, 200, 200, 0.670613, 0.613321),
            (0.125, 0.078, 360, 1000, 0.738617, 0.696939),
            (0.033, 0.033, 200, 200, 0.049318, 0.023523),
        ] {
            let design = ExactDesign { treated, control, treated_size: n1, control_size: n2 };
            assert!((design.power(TableTest::PooledZ, 0.05, 2) - z).abs() < 5e-7);
            assert!((design.power(TableTest::FisherDoubled, 0.05, 2) - fisher).abs() < 5e-7);
        }
    }

    #[test]
    fn tests_are_ordered() {
        let design = ExactDesign { treated: 0.3, control: 0.15, treated_size: 60, control_size: 80 };
        let power = |test| design.power(test, 0.05, 2);
        assert!(power(TableTest::PooledZ) > power(TableTest::Fisher));
        assert!(power(TableTest::Fisher) >= power(TableTest::FisherDoubled));
        assert!(power(TableTest::PooledZ) > power(TableTest::CorrectedZ));
        assert!(design.power(TableTest::PooledZ, 0.05, 1) > power(TableTest::PooledZ));
    }

    #[test]
    fn smallest_reaches_and_one_less_does_not() {
        let design = ExactDesign { treated: 0.5, control: 0.2, treated_size: 1, control_size: 1 };
        let wanted = ExactTarget {
            test: TableTest::Fisher,
            alpha: 0.05,
            sides: 2,
            power: 0.8,
            largest_control_size: 200,
        };
        let (found, power) = design.smallest(20, 1.0, &wanted).unwrap();
        assert!(power >= 0.8);
        let less = ExactDesign {
            treated_size: found.treated_size - 1,
            control_size: found.control_size - 1,
            ..found
        };
        assert!(less.power(TableTest::Fisher, 0.05, 2) < 0.8);
    }
}
