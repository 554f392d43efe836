//! Uncertainty over parameters: a few replicates under each draw of the parameters, the same luck under every draw.
//!
//! Results keep three things apart: what *chance* does to one municipality or study (the range over replicates), the
//! *Monte Carlo error* of a mean (shrinks with replicates), and what the *parameters* do (shrinks with research): these
//! draws. Because every draw has the same luck, the noise that all draws share moves the whole fan but does not widen it;
//! what widens it is the interaction of draw and replicate. A two-way analysis of variance per value finds it: with x_kr
//! the value under draw k in replicate r,
//!
//! ```text
//! s^2 = sum (x_kr - mean_k - mean_r + mean)^2 / ((K - 1)(m - 1))      error of a draw's mean: s / sqrt(m)
//! ```
//!
//! (Scheffé 1959, *The Analysis of Variance*, ch. 4.) That error stands as `mcse` in every draw and is what
//! [`spread::without_noise`](super::spread::without_noise) takes out of the band.
//!
//! The noise that all draws share is that of a few replicates, and the run at the center has the same replicates among many
//! more. What those few have above its mean (the adjusted one where there is one) is taken out of every draw: the center is a
//! control variate with coefficient one, so that parts still add up. With d_r the mean over draws in replicate r less the
//! value at the center, the error that the draws still share is `sqrt(Var(d_r) / m + mcse^2)`, `mcse` that of the center's
//! mean.

use crate::scenario::Scenario;
use crate::scenario::registry::Registry;

use super::accumulate::Accumulator;
use super::chunks::{Rows, in_chunks};
use super::chunks_api::{CHUNK, Stage};
use super::drawn;
use super::kept;
use super::layout::CubeLayout;
use super::measure::Measure;
use super::ordered::{Stopped, Watch};
use super::replicate;
use super::results::{Draw, Draws, Series, Story};

/// The measures that draws keep for every part of the caseload too.
const OF_PARTS: [(&str, &str); 5] = [
    ("talks_per_year", ""),
    ("exits", ""),
    ("exits_true", "work"),
    ("clients_with_signal", ""),
    ("money_discounted", "municipality"),
];

/// What the run at the center of the parameters says in every cell of the value list.
pub(super) struct Center<'a> {
    /// Sums of the run, with the values of its first replicates: those are the replicates of the draws.
    pub(super) replicates: &'a Accumulator,
    /// The best means.
    pub(super) mean: &'a [f64],
    /// Their Monte Carlo errors.
    pub(super) mcse: &'a [f64],
}

/// Runs the draws that the scenario asks for; `None` when it asks for none. The draws depend on the scenario, its priors, its
/// seed and the run at the center only. `stage` is the name under which finished chunks are kept.
///
/// # Errors
/// [`Stopped`] when the stop flag was set before the last replicate began.
pub(super) fn run_draws(
    scenario: &Scenario,
    registry: &Registry,
    stage: &str,
    center: &Center<'_>,
    watch: Watch<'_>,
) -> Result<Option<Draws>, Stopped> {
    let (count, replicates) = (scenario.uncertainty.parameter_draws, scenario.replicates_per_draw());
    if count == 0 {
        return Ok(None);
    }
    let layout = CubeLayout::new(scenario, false);
    let cells = kept_cells(scenario, &layout);
    let parameters: Vec<_> = (0..count).map(|draw| drawn::values(scenario, registry, draw)).collect();
    let mut sums = Sums::new(count, replicates, cells.len());
    let work = |unit: u32| {
        let values = &parameters[(unit / replicates) as usize];
        let all = replicate_values(scenario, values, unit % replicates);
        cells.iter().map(|&place| all[place]).collect::<Vec<f64>>()
    };
    // A chunk holds whole draws: its size is part of the results and must not cut one in two.
    let stage = Stage { chunk: replicates * CHUNK.div_ceil(replicates), ..Stage::new(stage) };
    let units = count.saturating_mul(replicates);
    in_chunks(
        stage,
        units,
        watch,
        |_| Rows::default(),
        work,
        |chunk| {
            for (unit, values) in &chunk.rows {
                sums.push(unit / replicates, unit % replicates, values);
            }
        },
    )?;
    let luck: Option<Vec<[f64; 2]>> = center.replicates.first(replicates).map(|first| {
        let value = |(at, &place): (usize, &usize)| {
            let values: Vec<f64> = first.iter().map(|values| values[place]).collect();
            sums.shared_luck(at, &values, (center.mean[place], center.mcse[place]))
        };
        cells.iter().enumerate().map(value).collect()
    });
    let taken_out =
        |at: usize| luck.as_ref().map_or(0.0, |luck| if luck[at][0].is_finite() { luck[at][0] } else { 0.0 });
    let errors: Vec<f64> = (0..cells.len()).map(|at| rounded(sums.error(at))).collect();
    let draw = |(at, parameters): (usize, Vec<(String, f64)>)| {
        let mean: Vec<f64> =
            (0..cells.len()).map(|cell| rounded(sums.mean(at, cell) - taken_out(cell))).collect();
        let story = scenario.story_of_draw(at as u32);
        draw_of(scenario, &layout, (parameters, story), &mean, &errors)
    };
    let draws = parameters.into_iter().enumerate().map(draw).collect();
    let stories = scenario.structures.iter().map(Story::from).collect();
    let luck = luck.map(|luck| {
        let [mean, error] =
            [0, 1].map(|part| luck.iter().map(|part_luck| rounded(part_luck[part])).collect::<Vec<f64>>());
        draw_of(scenario, &layout, (Vec::new(), None), &mean, &error)
    });
    Ok(Some(Draws { replicates, stories, draws, luck }))
}

/// One replicate of every arm's paired world under drawn parameters, in the order of the layout.
fn replicate_values(scenario: &Scenario, values: &[(String, f64)], number: u32) -> Vec<f64> {
    let scenario = drawn::under(scenario, values);
    let layout = CubeLayout::new(&scenario, false);
    layout.values(&replicate::paired(&scenario, number), None)
}

/// Where the kept values stand in the value list of a replicate: paired and difference, arm by arm, measure by measure, month by
/// month, of everybody; then the differences of every part of the caseload, arm by arm, part by part.
fn kept_cells(scenario: &Scenario, layout: &CubeLayout<'_>) -> Vec<usize> {
    let mut cells = layout.planner_cells(kept::under_draws);
    let (arms, months) = (scenario.arms.len(), layout.months().len());
    let arm_cells = layout.cells() / (2 * arms);
    let group_cells = layout.measures().len() * months;
    for arm in 0..arms {
        for group in layout.part_groups() {
            for at in of_parts(layout) {
                let first = (arms + arm) * arm_cells + group * group_cells + at * months;
                cells.extend(first..first + months);
            }
        }
    }
    cells
}

/// The places of the measures of [`OF_PARTS`] that the layout has.
fn of_parts(layout: &CubeLayout<'_>) -> Vec<usize> {
    let place = |key: &(&str, &str)| {
        layout.measures().iter().position(|measure| (measure.name, measure.label) == *key)
    };
    OF_PARTS.iter().filter_map(place).collect()
}

/// Sums per cell from which the analysis of variance follows; memory grows with draws plus replicates, not their product.
struct Sums {
    /// Replicates under each draw.
    replicates: u32,
    /// Values kept of each.
    cells: usize,
    /// The first value of each cell: everything is summed as the difference from it, so that squares keep their digits.
    origin: Vec<f64>,
    /// Sum of squares per cell.
    squares: Vec<f64>,
    /// Sums by draw and cell: `by_draw[draw * cells + cell]`, less the origin.
    by_draw: Vec<f64>,
    /// Sums by replicate and cell, likewise.
    by_replicate: Vec<f64>,
}

impl Sums {
    /// Nothing yet.
    fn new(draws: u32, replicates: u32, cells: usize) -> Self {
        Self {
            replicates,
            cells,
            origin: Vec::new(),
            squares: vec![0.0; cells],
            by_draw: vec![0.0; draws as usize * cells],
            by_replicate: vec![0.0; replicates as usize * cells],
        }
    }

    /// Takes in the values of a replicate under a draw.
    fn push(&mut self, draw: u32, replicate: u32, values: &[f64]) {
        if self.origin.is_empty() {
            self.origin = values.to_vec();
        }
        let (draw, replicate) = (draw as usize * self.cells, replicate as usize * self.cells);
        for (at, value) in values.iter().enumerate() {
            let value = value - self.origin[at];
            self.squares[at] += value * value;
            self.by_draw[draw + at] += value;
            self.by_replicate[replicate + at] += value;
        }
    }

    /// Mean of a cell under a draw, over its replicates.
    fn mean(&self, draw: usize, at: usize) -> f64 {
        // Nothing was pushed: a shard that has no chunk of this stage.
        let Some(origin) = self.origin.get(at) else { return f64::NAN };
        origin + self.by_draw[draw * self.cells + at] / f64::from(self.replicates)
    }

    /// The luck of these replicates that all draws share, and the error that is left without it; NaN where a value is undefined.
    fn shared_luck(&self, at: usize, center: &[f64], (mean, mcse): (f64, f64)) -> [f64; 2] {
        let replicates = f64::from(self.replicates);
        let adjustment = center.iter().sum::<f64>() / replicates - mean;
        let Some(origin) = self.origin.get(at) else { return [f64::NAN; 2] };
        let draws = (self.by_draw.len() / self.cells) as f64;
        let by_replicate = self.by_replicate.iter().skip(at).step_by(self.cells);
        let apart: Vec<f64> =
            by_replicate.zip(center).map(|(sum, center)| origin + sum / draws - center).collect();
        let middle = apart.iter().sum::<f64>() / replicates;
        let squares: f64 = apart.iter().map(|apart| (apart - middle) * (apart - middle)).sum();
        let left = squares / (replicates - 1.0).max(1.0) / replicates;
        [adjustment, (left + mcse * mcse).sqrt()]
    }

    /// Standard error of a draw's mean about what the shared luck leaves: the interaction of draw and
    /// replicate in the module's formula. NaN with one draw or one replicate.
    fn error(&self, at: usize) -> f64 {
        let draws = (self.by_draw.len() / self.cells) as f64;
        let replicates = f64::from(self.replicates);
        let of = |sums: &[f64]| -> (f64, f64) {
            let column = sums.iter().skip(at).step_by(self.cells);
            column.fold((0.0, 0.0), |(sum, squares), value| (sum + value, squares + value * value))
        };
        let (total, draw_squares) = of(&self.by_draw);
        let (_, replicate_squares) = of(&self.by_replicate);
        let rest = self.squares[at] - draw_squares / replicates - replicate_squares / draws
            + total * total / (draws * replicates);
        let freedom = (draws - 1.0) * (replicates - 1.0);
        if freedom < 1.0 { f64::NAN } else { (rest.max(0.0) / freedom / replicates).sqrt() }
    }
}

/// A draw with its values as series.
fn draw_of(
    scenario: &Scenario,
    layout: &CubeLayout<'_>,
    (parameters, story): (Vec<(String, f64)>, Option<usize>),
    means: &[f64],
    errors: &[f64],
) -> Draw {
    let (arms, months) = (scenario.arms.len(), layout.months().len());
    let kept: Vec<_> = layout.measures().iter().filter(|measure| kept::under_draws(measure)).collect();
    let series = |place: usize, measure: &Measure| {
        let cells = place * months..(place + 1) * months;
        Series {
            measure: measure.name.to_owned(),
            label: measure.label.to_owned(),
            mean: means[cells.clone()].to_vec(),
            mcse: errors[cells].to_vec(),
            ..Series::default()
        }
    };
    let block = |block: usize| -> Vec<Series> {
        kept.iter().enumerate().map(|(at, measure)| series(block * kept.len() + at, measure)).collect()
    };
    let difference = |arm: usize| if arm == scenario.control { Vec::new() } else { block(arms + arm) };
    let (parts, measured) = (layout.part_groups().len(), of_parts(layout));
    let part = |arm: usize, part: usize| -> Vec<Series> {
        let first = 2 * arms * kept.len() + (arm * parts + part) * measured.len();
        measured.iter().enumerate().map(|(at, &m)| series(first + at, layout.measures()[m])).collect()
    };
    let parts_of = |arm: usize| {
        if arm == scenario.control { Vec::new() } else { (0..parts).map(|at| part(arm, at)).collect() }
    };
    Draw {
        story,
        parameters,
        paired: (0..arms).map(block).collect(),
        difference: (0..arms).map(difference).collect(),
        parts: if parts == 0 { Vec::new() } else { (0..arms).map(parts_of).collect() },
    }
}

/// Seven significant digits: draws are many, and their noise is far larger.
fn rounded(value: f64) -> f64 {
    if value.is_finite() { format!("{value:.6e}").parse().unwrap_or(value) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{Plan, run};

    /// Draws and replicates add up, the center is one of the draws: the luck that they share is known exactly and goes.
    #[test]
    fn luck_that_all_draws_share_is_taken_out() {
        let (draws, replicates) = (4, 3);
        let luck = [0.5, -0.2, 0.9];
        let mut sums = Sums::new(draws, replicates, 1);
        for draw in 0..draws {
            for replicate in 0..replicates {
                sums.push(draw, replicate, &[f64::from(draw) + luck[replicate as usize]]);
            }
        }
        let center = luck.map(|luck| 7.0 + luck);
        let [taken, error] = sums.shared_luck(0, &center, (7.0, 0.1));
        assert!((taken - 0.4).abs() < 1e-12 && (error - 0.1).abs() < 1e-12, "{taken} {error}");
        // Luck that the center does not share: its spread over three replicates stays.
        let [taken, error] = sums.shared_luck(0, &[7.0; 3], (7.0, 0.1));
        let variance = (0.1 * 0.1 + 0.6 * 0.6 + 0.5 * 0.5) / 2.0;
        assert!(taken.abs() < 1e-12, "{taken}");
        assert!((error - (variance / 3.0 + 0.01_f64).sqrt()).abs() < 1e-12, "{error}");
    }

    #[test]
    fn noise_that_all_draws_share_is_not_counted() {
        let (draws, replicates) = (5, 4);
        let mut sums = Sums::new(draws, replicates, 2);
        for draw in 0..draws {
            for replicate in 0..replicates {
                let shared = 100.0 * f64::from(draw) + 7.0 * f64::from(replicate);
                let swing = if (draw + replicate) % 2 == 0 { 1.0 } else { -1.0 };
                sums.push(draw, replicate, &[shared, shared + swing]);
            }
        }
        assert!(sums.error(0) < 1e-6, "{}", sums.error(0));
        // Checkerboard of +-1 over 5 x 4: squares 20, no draw effect on even replicates, replicate means +-1/5.
        let expected = ((20.0_f64 - 4.0 * 5.0 / 25.0) / 12.0 / 4.0).sqrt();
        assert!((sums.error(1) - expected).abs() < 1e-6, "{} {expected}", sums.error(1));
        assert!((sums.mean(3, 0) - 310.5).abs() < 1e-9);
    }

    const STORIES: &str =
        "[[structure]]\nname = \"a\"\nweight = 1\n[[structure]]\nname = \"b\"\nweight = 2\n";

    fn drawn(head: &str, structures: &str) -> Draws {
        let text = format!(
            "name = \"x\"\nhorizon_months = 12\n{head}[uncertainty]\nparameter_draws = 6\nreplicates_per_draw = 2\n\
             [[arm]]\nname = \"r\"\nservice = \"regular\"\nparticipants = 40\ncaseworkers = 1\n\
             [[arm]]\nname = \"f\"\nservice = \"fip\"\nparticipants = 40\ncaseworkers = 1\n{structures}"
        );
        let resolved = crate::scenario::resolve_text(&text, &[]).map_err(|p| p.render(false)).unwrap();
        of(&resolved)
    }

    fn of(resolved: &crate::scenario::Resolved) -> Draws {
        let plan = Plan { replicates: 5, study: false, ..Plan::whole(resolved) };
        run(&plan).unwrap().draws.unwrap()
    }

    #[test]
    fn a_mixture_of_identical_stories_is_no_mixture_to_the_bit() {
        let (plain, mixed) = (drawn("structure = []\n", ""), drawn("", STORIES));
        assert_eq!(mixed.stories.len(), 2);
        assert!(mixed.draws.iter().any(|draw| draw.story == Some(0)));
        assert!(mixed.draws.iter().any(|draw| draw.story == Some(1)));
        let values = |draws: &Draws| -> Vec<String> {
            let value = |draw: &Draw| (draw.parameters.clone(), draw.paired.clone(), draw.difference.clone());
            draws.draws.iter().map(|draw| serde_json::to_string(&value(draw)).unwrap()).collect()
        };
        assert_eq!(values(&plain), values(&mixed));
    }

    #[test]
    fn a_story_fixes_its_parameters_in_its_draws_only() {
        let fixed = format!("{STORIES}overrides = {{ distance.progress = 0, caseworker.turnover = 0.5 }}\n");
        let (plain, mixed) = (drawn("", STORIES), drawn("", &fixed));
        for (plain, mixed) in plain.draws.iter().zip(&mixed.draws) {
            let value = |draw: &Draw, path: &str| {
                draw.parameters.iter().find(|(name, _)| name == path).map(|(_, v)| *v)
            };
            let progress = (value(plain, "distance.progress"), value(mixed, "distance.progress"));
            let turnover = value(mixed, "caseworker.turnover");
            if mixed.story == Some(1) {
                assert_eq!((progress.1, turnover), (Some(0.0), Some(0.5)));
            } else {
                assert_eq!((progress.0, value(plain, "caseworker.turnover")), (progress.1, turnover));
                // Errors are shared by all draws, so only the means stay the same.
                let means = |draw: &Draw| -> Vec<String> {
                    draw.paired.iter().flatten().map(|series| format!("{:?}", series.mean)).collect()
                };
                assert_eq!(means(plain), means(mixed));
            }
        }
    }

    #[test]
    fn draws_are_repeatable_and_depend_on_the_seed() {
        let overrides =
            ["uncertainty.parameter_draws=3", "uncertainty.replicates_per_draw=2", "horizon_months=6"]
                .map(str::to_owned);
        let resolved = crate::scenario::embedded("lange-adem", &overrides).unwrap();
        let run = || of(&resolved);
        let text = |draws: &Draws| serde_json::to_string(draws).unwrap();
        let first = run();
        assert_eq!(text(&first), text(&run()));
        assert_eq!(first.draws.len(), 3);
        let exits = |draw: &Draw| draw.paired[1].iter().find(|s| s.measure == "exits").unwrap().mean[1];
        assert!(exits(&first.draws[0]) != exits(&first.draws[1]));
    }
}
