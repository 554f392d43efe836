//! The answer per story: the draws of the parameters taken together, and those of each story apart.
//!
//! Draws that follow different stories are different models. Their mixture answers "what do we expect";
//! the stories beside it answer "what if it works like that", which no number of replicates can decide.

use super::results::{Draw, Draws, Series, Story};
use super::spread;

/// What the draws of one story say, or all draws together.
#[derive(Clone, Debug)]
pub(crate) struct StoryAnswer<'a> {
    /// The story; `None` = the mixture, all draws together.
    pub story: Option<&'a Story>,
    /// Number of draws that follow it.
    pub draws: u32,
    /// Every arm: mean over the draws, its Monte Carlo error (standard deviation over the draws by the root of their number,
    /// with the error that all draws share), and the 2.5 % and 97.5 % points over the draws, without the noise inside a draw.
    pub paired: Vec<Vec<Series>>,
    /// The same for the paired differences to the control; empty for the control itself.
    pub difference: Vec<Vec<Series>>,
}

/// The mixture first, then each story that has draws; empty when the draws follow no stories.
pub(crate) fn answers(draws: &Draws) -> Vec<StoryAnswer<'_>> {
    if draws.stories.is_empty() {
        return Vec::new();
    }
    let told = draws.stories.iter().enumerate().map(|(index, story)| (Some(index), Some(story)));
    std::iter::once((None, None))
        .chain(told)
        .filter_map(|(index, story)| {
            let chosen: Vec<bool> =
                draws.draws.iter().map(|draw| index.is_none() || draw.story == index).collect();
            let count = chosen.iter().filter(|&&chosen| chosen).count() as u32;
            let world = |of: fn(&Draw) -> &Vec<Vec<Series>>| world(draws, of, &chosen);
            (count > 0).then(|| StoryAnswer {
                story,
                draws: count,
                paired: world(|draw| &draw.paired),
                difference: world(|draw| &draw.difference),
            })
        })
        .collect()
}

/// The draws of one story, one world of them, as series.
fn world(draws: &Draws, of: fn(&Draw) -> &Vec<Vec<Series>>, chosen: &[bool]) -> Vec<Vec<Series>> {
    let Some(first) = draws.draws.first() else { return Vec::new() };
    let luck = draws.luck.as_ref().map(of);
    let arms = of(first).iter().enumerate();
    arms.map(|(arm, list)| {
        let one = |(at, series): (usize, &Series)| {
            let every: Vec<&Series> = draws.draws.iter().map(|draw| &of(draw)[arm][at]).collect();
            let shared = luck.and_then(|luck| luck.get(arm)?.get(at));
            together(series, &every, chosen, shared)
        };
        list.iter().enumerate().map(one).collect()
    })
    .collect()
}

/// One series over the chosen draws. The noise is taken out over all draws, so that stories keep their distance. The error holds
/// the one that all draws share.
fn together(like: &Series, every: &[&Series], chosen: &[bool], shared: Option<&Series>) -> Series {
    let mut told = Series { measure: like.measure.clone(), label: like.label.clone(), ..Series::default() };
    for month in 0..like.mean.len() {
        let noisy: Vec<(f64, f64)> =
            every.iter().map(|series| (series.mean[month], series.mcse[month])).collect();
        let plain = spread::without_noise(&noisy);
        let pick = |values: &[f64]| -> Vec<f64> {
            let pairs = values.iter().zip(chosen);
            pairs.filter(|(value, chosen)| **chosen && value.is_finite()).map(|(value, _)| *value).collect()
        };
        let means: Vec<f64> = noisy.iter().map(|(mean, _)| *mean).collect();
        let (mean, error) = mean_and_error(&pick(&means));
        let plain = pick(&plain);
        told.mean.push(mean);
        let shared = shared.and_then(|shared| shared.mcse.get(month)).filter(|error| error.is_finite());
        told.mcse.push(shared.map_or(error, |shared| (error * error + shared * shared).sqrt()));
        told.low.push(spread::quantile(&plain, 0.025));
        told.high.push(spread::quantile(&plain, 0.975));
    }
    told
}

/// Mean and its standard error; NaN for the error of a single value.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(story: usize, value: f64) -> Draw {
        let series = Series { measure: "x".into(), mean: vec![value], mcse: vec![0.0], ..Series::default() };
        Draw {
            story: Some(story),
            paired: vec![vec![series]],
            difference: vec![Vec::new()],
            ..Draw::default()
        }
    }

    #[test]
    fn stories_stand_beside_their_mixture() {
        let story = |name: &str| Story { name: name.into(), ..Story::default() };
        let mut draws =
            Draws { replicates: 2, stories: vec![story("a"), story("none"), story("b")], ..Draws::default() };
        draws.draws =
            [(0, 1.0), (2, 10.0), (0, 3.0), (2, 14.0)].map(|(story, value)| draw(story, value)).into();
        let answers = answers(&draws);
        let shown: Vec<(Option<&str>, u32, f64)> = answers
            .iter()
            .map(|told| (told.story.map(|story| story.name.as_str()), told.draws, told.paired[0][0].mean[0]))
            .collect();
        assert_eq!(shown, [(None, 4, 7.0), (Some("a"), 2, 2.0), (Some("b"), 2, 12.0)]);
        assert_eq!(answers[1].paired[0][0].mcse[0], 1.0);
        assert!(super::answers(&Draws { stories: Vec::new(), ..draws }).is_empty());
    }
}
