//! With what the full model computes: the vector instructions, and who looks at the clock.

use fearless_simd::Level;

use crate::stats::instructions;

/// With what the full model computes. The results are the same.
///
/// ```
/// use stapjes::engine::{self, Keep, Means};
/// use stapjes::history::World;
/// use stapjes::{population, scenario::Scenario, stats::instructions};
///
/// let scenario = Scenario::from_text("extends = \"lange-adem\"\nhorizon_months = 2").expect("a scenario");
/// let population = population::draw(&scenario, 0);
/// let world = World::Paired { arm: 0 };
/// let history = |level| {
///     let means = Means { level, ..Means::default() };
///     engine::simulate_with(&means, &scenario, &population, 0, world, Keep::default())
/// };
/// let levels = instructions::all();
/// assert!(levels.iter().all(|(_, level)| history(*level) == history(levels[0].1)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// The vector instructions.
    pub level: Level,
    /// Called with its name after each part of a process, in each step of each caseload: for benchmarks.
    pub lap: Option<fn(&'static str)>,
}

impl Default for Means {
    fn default() -> Self {
        Self { level: instructions::chosen(), lap: None }
    }
}
