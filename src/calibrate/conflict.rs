//! Targets that cannot be met together: the smallest attainable largest implausibility, with and without each target.
//!
//! Figures can contradict each other, or the structure of the model. That is a finding and not a
//! failure: the table says which figures hold each other, and what the best would be without each, so
//! that its reader can look for a wrong unit or another definition.

use rayon::prelude::*;

use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};

/// Implausibility of every fitted target at a point.
pub(crate) type Implausibilities<'a> = dyn Fn(&[f64]) -> Vec<f64> + Sync + 'a;

/// One target of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConflictRow {
    /// Which fitted target.
    pub target: usize,
    /// Its implausibility where the largest of all is smallest.
    pub implausibility: f64,
    /// The smallest attainable largest implausibility of the others.
    pub without: f64,
}

/// The best that can be reached.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conflict {
    /// Smallest attainable largest implausibility.
    pub largest: f64,
    /// Where it is attained, on the normal scale of the parameters.
    pub point: Vec<f64>,
    /// One row per fitted target.
    pub rows: Vec<ConflictRow>,
}

impl Conflict {
    /// The targets that hold each other: those whose implausibility is (within a tenth) the largest.
    pub(crate) fn together(&self) -> Vec<usize> {
        let rows = self.rows.iter().filter(|row| row.implausibility > 0.9 * self.largest);
        rows.map(|row| row.target).collect()
    }
}

/// Starts of a search: the best candidates, so that one valley with a poor floor does not decide.
const STARTS: usize = 6;
/// Steps of each search; with the one-fifth rule enough for the digits that a table shows.
const STEPS: u32 = 3_000;

/// The smallest largest implausibility (in standard deviations) and the point where it is attained,
/// searched from the best of `candidates`. Without candidates it is infinite, at no point.
pub(crate) fn smallest(
    implausibilities: &Implausibilities<'_>,
    candidates: &[Vec<f64>],
    dice: Dice,
) -> (f64, Vec<f64>) {
    search(&|z| implausibilities(z).into_iter().fold(0.0, f64::max), candidates, dice)
}

/// The whole table. It costs one search per target more than [`smallest`], each with that target left
/// out.
pub(crate) fn conflict(
    implausibilities: &Implausibilities<'_>,
    candidates: &[Vec<f64>],
    dice: Dice,
) -> Conflict {
    let (largest, point) = smallest(implausibilities, candidates, dice);
    let implausible = implausibilities(&point);
    let row = |target: usize| {
        let others = |z: &[f64]| {
            let all = implausibilities(z).into_iter().enumerate().filter(|(at, _)| *at != target);
            all.fold(0.0, |largest: f64, (_, value)| largest.max(value))
        };
        let without = search(&others, candidates, dice).0;
        ConflictRow { target, implausibility: implausible[target], without }
    };
    Conflict { largest, point, rows: (0..implausible.len()).into_par_iter().map(row).collect() }
}

/// A (1+1) evolution strategy with the one-fifth rule from several starts (Rechenberg 1973; Hansen, Arnold & Auger 2015,
/// doi:10.1007/978-3-662-43505-2_44): the objective is a maximum and has no derivative where it matters.
fn search(
    objective: &(dyn Fn(&[f64]) -> f64 + Sync),
    candidates: &[Vec<f64>],
    dice: Dice,
) -> (f64, Vec<f64>) {
    let mut ranked: Vec<(f64, usize)> =
        candidates.par_iter().enumerate().map(|(at, z)| (objective(z), at)).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let from = |(start, &(value, at)): (usize, &(f64, usize))| {
        let mut numbers = Numbers::new(dice.stream(start as u32, 0, Process::LearnSearch));
        let (mut value, mut point, mut step) = (value, candidates[at].clone(), 0.5);
        for _ in 0..STEPS {
            let moved: Vec<f64> =
                point.iter().map(|z| (z + step * numbers.normal()).clamp(-FAR, FAR)).collect();
            let next = objective(&moved);
            if next < value {
                (value, point) = (next, moved);
                // One success in five tries keeps the step: 1.5 times 0.902 to the fourth is nearly
                // one.
                step *= 1.5;
            } else {
                step *= 0.902;
            }
            if step < 1e-10 {
                step = 0.1;
            }
        }
        (value, point)
    };
    let starts: Vec<(usize, &(f64, usize))> = ranked.iter().take(STARTS).enumerate().collect();
    let found: Vec<(f64, Vec<f64>)> = starts.into_par_iter().map(from).collect();
    let best = found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    best.unwrap_or((f64::INFINITY, Vec::new()))
}

/// How far out, in prior standard deviations, a parameter may go to meet the targets.
const FAR: f64 = 2.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_figures_of_which_one_does_not_fit() {
        // One parameter; two figures agree on 0, the third wants 2.
        let of = |z: &[f64]| vec![(z[0]).abs() / 0.1, (z[0]).abs() / 0.2, (z[0] - 2.0).abs() / 0.1];
        let candidates: Vec<Vec<f64>> = (0..50).map(|at| vec![-2.5 + 0.1 * f64::from(at)]).collect();
        let found = conflict(&of, &candidates, Dice::new(1, 0));
        assert!((found.largest - 10.0).abs() < 1e-6 && (found.point[0] - 1.0).abs() < 1e-6);
        assert_eq!(found.together(), [0, 2]);
        assert!(found.rows[2].without < 1e-6 && (found.rows[0].without - 20.0 / 3.0).abs() < 1e-6);
    }
}
