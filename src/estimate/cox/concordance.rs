//! Harrell's concordance between a linear predictor and the order of events.

use super::design::Design;

/// Share of concordant pairs. A pair is comparable when one row has the event while the other, of the same stratum, is at
/// risk and stays event-free at that time; it is concordant when the higher predictor has the event; equal predictors
/// count one half. As `concordance` in R's `survival` (pairs of weighted rows count by the product of their weights).
///
/// The sweep from the last time to the first keeps those at risk in a tree over the ranks of the predictor, so that the
/// work is rows times the logarithm of rows.
pub(super) fn concordance(design: &Design, predictor: &[f64]) -> Option<f64> {
    let (rank, ranks) = ranks(predictor);
    let (mut twice_concordant, mut pairs) = (0.0, 0.0);
    let mut at_risk = RankTree::new(ranks);
    for (first, end) in design.strata_ranges() {
        at_risk.clear();
        let (mut index, mut next_exit) = (first, first);
        while index < end {
            let time = design.stop[design.by_stop[index]];
            let past = (index..end).find(|i| design.stop[design.by_stop[*i]] != time).unwrap_or(end);
            let ending = &design.by_stop[index..past];
            ending
                .iter()
                .filter(|row| !design.event[**row])
                .for_each(|row| at_risk.add(rank[*row], design.weight(*row)));
            if let Some(start) = &design.start {
                while next_exit < end && start[design.by_start[next_exit]] >= time {
                    let row = design.by_start[next_exit];
                    at_risk.add(rank[row], -design.weight(row));
                    next_exit += 1;
                }
            }
            for death in ending.iter().filter(|row| design.event[**row]) {
                let (below, up_to) = (at_risk.below(rank[*death]), at_risk.below(rank[*death] + 1));
                pairs += design.weight(*death) * at_risk.count;
                twice_concordant += design.weight(*death) * (below + up_to);
            }
            ending
                .iter()
                .filter(|row| design.event[**row])
                .for_each(|row| at_risk.add(rank[*row], design.weight(*row)));
            index = past;
        }
    }
    (pairs > 0.0).then(|| twice_concordant / (2.0 * pairs))
}

/// Rank of each predictor, from 0, and how many there are; predictors that are equal up to rounding share a rank.
fn ranks(predictor: &[f64]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..predictor.len()).collect();
    order.sort_by(|a, b| predictor[*a].total_cmp(&predictor[*b]));
    let mut rank = vec![0; predictor.len()];
    let mut current = 0;
    for pair in order.windows(2) {
        let (low, high) = (predictor[pair[0]], predictor[pair[1]]);
        current += usize::from(high - low > 1e-11 * low.abs().max(high.abs()).max(1.0));
        rank[pair[1]] = current;
    }
    (rank, current + 1)
}

/// Counts by rank with sums over all lower ranks (a Fenwick tree).
struct RankTree {
    /// Sums of a binary indexed tree (Fenwick 1994).
    nodes: Vec<f64>,
    /// Weight in all.
    count: f64,
}

impl RankTree {
    /// An empty tree.
    fn new(ranks: usize) -> Self {
        Self { nodes: vec![0.0; ranks + 1], count: 0.0 }
    }

    /// Empties it.
    fn clear(&mut self) {
        self.nodes.fill(0.0);
        self.count = 0.0;
    }

    /// Adds weight at a rank.
    fn add(&mut self, rank: usize, weight: f64) {
        self.count += weight;
        let mut node = rank + 1;
        while node < self.nodes.len() {
            self.nodes[node] += weight;
            node += node & node.wrapping_neg();
        }
    }

    /// How many are at risk with a lower rank.
    fn below(&self, rank: usize) -> f64 {
        let (mut node, mut sum) = (rank, 0.0);
        while node > 0 {
            sum += self.nodes[node];
            node &= node - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::design::{CoxData, Term};
    use super::*;

    /// By going through all pairs.
    fn by_pairs(design: &Design, predictor: &[f64]) -> f64 {
        let (mut twice, mut pairs) = (0.0, 0.0);
        for death in (0..design.rows).filter(|row| design.event[*row]) {
            let time = design.stop[death];
            for other in (0..design.rows).filter(|other| design.stratum[*other] == design.stratum[death]) {
                let later = design.stop[other] > time || design.stop[other] == time && !design.event[other];
                if later && design.start.as_ref().is_none_or(|start| start[other] < time) {
                    pairs += 1.0;
                    let (of_death, theirs) = (predictor[death], predictor[other]);
                    twice +=
                        if of_death == theirs { 1.0 } else { 2.0 * f64::from(u8::from(of_death > theirs)) };
                }
            }
        }
        twice / (2.0 * pairs)
    }

    #[test]
    fn the_tree_counts_what_pairs_count() {
        let rows = 60;
        let pick = |i: usize, factor: usize, modulus: usize| (i * factor % 61 % modulus) as f64;
        let start: Vec<f64> = (0..rows).map(|i| pick(i, 7, 4)).collect();
        let stop: Vec<f64> = (0..rows).map(|i| start[i] + 1.0 + pick(i, 17, 9)).collect();
        let event: Vec<bool> = (0..rows).map(|i| i % 3 != 0).collect();
        let stratum: Vec<u32> = (0..rows).map(|i| (i % 2) as u32).collect();
        let predictor: Vec<f64> = (0..rows).map(|i| pick(i, 23, 11)).collect();
        let term = Term { name: "x".into(), values: predictor.clone() };
        for start in [None, Some(start.as_slice())] {
            let data = CoxData { start, stop: &stop, event: &event, stratum: Some(&stratum), weight: None };
            let design = Design::new(&data, std::slice::from_ref(&term)).unwrap();
            let found = concordance(&design, &predictor).unwrap();
            assert!((found - by_pairs(&design, &predictor)).abs() < 1e-14);
        }
    }
}
