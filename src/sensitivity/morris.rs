//! Elementary effects: the change of a result when one parameter, or a group of them, moves two thirds of its range.
//!
//! Morris 1991, doi:10.1080/00401706.1991.10484804, with the absolute means and the groups of Campolongo, Cariboni &
//! Saltelli 2007, doi:10.1016/j.envsoft.2006.10.004: four levels 0, 1/3, 2/3, 1 and steps of 2/3, one trajectory moving
//! every group once in a random order.

use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};

/// Step of an effect, in the range of the parameter.
pub(crate) const DELTA: f64 = 2.0 / 3.0;

/// One trajectory: points between 0 and 1 per parameter, and which group moved between neighbors.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// One point more than there are groups.
    pub points: Vec<Vec<f64>>,
    /// The group that moves from point `i` to point `i + 1`.
    pub moves: Vec<usize>,
}

/// Trajectory number `at`. `groups` are the parameters' indices, each in one group; `dimensions` their number.
pub fn trajectory(dimensions: usize, groups: &[Vec<usize>], seed: u64, at: u32) -> Trajectory {
    let mut numbers = Numbers::new(Dice::new(seed, 0).stream(at, 0, Process::LearnTrajectory));
    let mut point: Vec<f64> = Vec::with_capacity(dimensions);
    let mut up = Vec::with_capacity(dimensions);
    for _ in 0..dimensions {
        let low = numbers.below(2) as f64 / 3.0;
        up.push(numbers.below(2) == 0);
        point.push(if up[up.len() - 1] { low } else { low + DELTA });
    }
    let mut order: Vec<usize> = (0..groups.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, numbers.below(last + 1));
    }
    let mut points = vec![point.clone()];
    for &group in &order {
        for &parameter in &groups[group] {
            point[parameter] += if up[parameter] { DELTA } else { -DELTA };
        }
        points.push(point.clone());
    }
    Trajectory { points, moves: order }
}

/// Effects per group from the results at every point of every trajectory: `result change / DELTA`, signed by the direction
/// of the step for a group of one parameter.
///
/// # Example
/// ```
/// use stapjes::sensitivity::morris::{effects, trajectory};
///
/// // A linear result: each effect is its coefficient, whatever the direction of the step.
/// let groups = [vec![0], vec![1]];
/// let path = trajectory(2, &groups, 1, 0);
/// let results = path.points.iter().map(|point| 3.0 * point[0] - 5.0 * point[1]).collect();
/// let found = effects(&groups, &[path], &[results]);
/// assert!((found[0][0] - 3.0).abs() < 1e-12 && (found[1][0] + 5.0).abs() < 1e-12);
/// ```
pub fn effects(groups: &[Vec<usize>], trajectories: &[Trajectory], results: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut effects = vec![Vec::new(); groups.len()];
    for (trajectory, results) in trajectories.iter().zip(results) {
        for (step, &group) in trajectory.moves.iter().enumerate() {
            let change = results[step + 1] - results[step];
            let first = groups[group][0];
            let up = trajectory.points[step + 1][first] > trajectory.points[step][first];
            let signed = if groups[group].len() == 1 && !up { -change } else { change };
            effects[group].push(signed / DELTA);
        }
    }
    effects
}

/// What the effects of one group say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Screening {
    /// Mean absolute effect: importance.
    pub mu_star: f64,
    /// Standard error of the mean absolute effect over trajectories.
    pub error: f64,
    /// Mean effect; NaN is never given, but for a group of several parameters its sign means nothing.
    pub mu: f64,
    /// Standard deviation of the effects: curvature and interplay.
    pub sigma: f64,
}

/// Summarizes effects (at least two for `sigma` and `error`).
pub(crate) fn screen(effects: &[f64]) -> Screening {
    let count = effects.len() as f64;
    let mean = |of: &dyn Fn(f64) -> f64| effects.iter().map(|&effect| of(effect)).sum::<f64>() / count;
    let (mu, mu_star) = (mean(&|effect| effect), mean(&f64::abs));
    let sd = |center: f64, of: &dyn Fn(f64) -> f64| {
        let squares = effects.iter().map(|&effect| (of(effect) - center) * (of(effect) - center));
        (squares.sum::<f64>() / (count - 1.0).max(1.0)).sqrt()
    };
    Screening { mu_star, error: sd(mu_star, &f64::abs) / count.sqrt(), mu, sigma: sd(mu, &|effect| effect) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        let sine = libm::sin(x[1]);
        libm::sin(x[0]) + 7.0 * sine * sine + 0.1 * libm::pow(x[2], 4.0) * libm::sin(x[0])
    }

    /// All 32 effects of one parameter, each as a trajectory of one step.
    fn every_effect(parameter: usize) -> Vec<f64> {
        let groups = [vec![parameter]];
        let mut trajectories = Vec::new();
        for low in 0..2 {
            for first in 0..4 {
                for second in 0..4 {
                    let mut point = vec![f64::from(first) / 3.0, f64::from(second) / 3.0];
                    point.insert(parameter, f64::from(low) / 3.0);
                    let mut moved = point.clone();
                    moved[parameter] += DELTA;
                    trajectories.push(Trajectory { points: vec![point, moved], moves: vec![0] });
                }
            }
        }
        let results: Vec<Vec<f64>> = trajectories
            .iter()
            .map(|path| path.points.iter().map(|point| ishigami(point)).collect())
            .collect();
        effects(&groups, &trajectories, &results).remove(0)
    }

    #[test]
    fn the_effects_of_ishigami_s_function_enumerated() {
        let mu_star = [7.704_054_111_6, 7.875, 6.248_796_103_3];
        let sigma = [6.248_796_103_3, 7.875, 8.837_132_197_8];
        for parameter in 0..3 {
            let all = every_effect(parameter);
            assert_eq!(all.len(), 32);
            let found = screen(&all);
            // The enumerated standard deviation is of the population of 32.
            let population = found.sigma * (31.0f64 / 32.0).sqrt();
            assert!((found.mu_star - mu_star[parameter]).abs() < 1e-9, "{parameter} {found:?}");
            assert!((population - sigma[parameter]).abs() < 1e-9, "{parameter} {population}");
        }
    }

    #[test]
    fn trajectories_move_every_group_once_on_the_levels_and_find_the_enumerated_means() {
        let groups: Vec<Vec<usize>> = (0..3).map(|at| vec![at]).collect();
        let trajectories: Vec<Trajectory> = (0..800).map(|at| trajectory(3, &groups, 6, at)).collect();
        for path in &trajectories {
            let mut moved = path.moves.clone();
            moved.sort_unstable();
            assert_eq!(moved, [0, 1, 2]);
            let levels = path.points.iter().flatten();
            assert!(levels.clone().all(|level| (level * 3.0 - (level * 3.0).round()).abs() < 1e-9));
            assert!(levels.clone().all(|level| (-1e-9..=1.0 + 1e-9).contains(level)));
        }
        let results: Vec<Vec<f64>> = trajectories
            .iter()
            .map(|path| path.points.iter().map(|point| ishigami(point)).collect())
            .collect();
        for (group_effects, wanted) in
            effects(&groups, &trajectories, &results).iter().zip([7.704, 7.875, 6.249])
        {
            let found = screen(group_effects);
            assert!((found.mu_star - wanted).abs() < 4.0 * found.error + 1e-3, "{found:?} {wanted}");
        }
    }

    #[test]
    fn a_group_moves_together() {
        let groups = [vec![0, 2], vec![1]];
        let path = trajectory(3, &groups, 1, 0);
        let step = path.moves.iter().position(|group| *group == 0).unwrap();
        let moved: Vec<bool> = (0..3).map(|at| path.points[step][at] != path.points[step + 1][at]).collect();
        assert_eq!(moved, [true, false, true]);
    }
}
