//! Stories: structural alternatives of the model with weights, between which the draws of the parameters are divided.
//!
//! A prior says how far a number may lie from its center. A story says that something works in another way: that steps do
//! not lead to work, for instance. Data that cannot tell two stories apart cannot choose between them either, so results
//! stand per story beside their mixture (Draper 1995, *Assessment and propagation of model uncertainty*, JRSS B 57(1),
//! doi:10.1111/j.2517-6161.1995.tb02015.x).

use crate::random::sobol;

/// Name of the sequence of points that divides the draws between the stories.
const SEQUENCE: &str = "structure";

/// One story: its weight, and the parameters that it fixes.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// Short name.
    pub name: String,
    /// Title in Dutch and English; the name where none is given.
    pub title: [String; 2],
    /// Share of the mixture; the weights of a scenario add up to 1.
    pub weight: f64,
    /// Parameters with the value that they have in this story, by dotted path and in its order. They are not drawn.
    pub overrides: Vec<(String, f64)>,
}

/// The story at a share of the mixture, 0 to 1: its index; `None` without stories. Stories of weight 0 are never chosen.
pub(crate) fn story_at(structures: &[Structure], share: f64) -> Option<usize> {
    let mut below = 0.0;
    let mut last = None;
    for (index, story) in structures.iter().enumerate().filter(|(_, story)| story.weight > 0.0) {
        below += story.weight;
        last = Some(index);
        if share < below {
            break;
        }
    }
    last
}

/// The story of draw number `draw` under `seed`: an index into `structures`; `None` without stories.
///
/// The points are an addressed sequence of their own (see [`sobol::point`]), so a parameter keeps its draws when stories
/// come or go, and every stretch of 2^k draws has each story in proportion, to within two draws.
pub(crate) fn story_of_draw(structures: &[Structure], seed: u64, draw: u32) -> Option<usize> {
    story_at(structures, sobol::point(seed, SEQUENCE, draw))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(name: &str, weight: f64) -> Structure {
        Structure { name: name.into(), title: Default::default(), weight, overrides: Vec::new() }
    }

    #[test]
    fn shares_fall_in_their_story_and_weight_zero_is_never_chosen() {
        let list = [story("never", 0.0), story("a", 0.25), story("b", 0.75), story("never too", 0.0)];
        let at = |share| story_at(&list, share);
        assert_eq!([at(0.0), at(0.2499), at(0.25), at(0.9999999)], [Some(1), Some(1), Some(2), Some(2)]);
        assert_eq!(story_at(&[], 0.5), None);
    }

    #[test]
    fn draws_reproduce_the_weights() {
        for (weights, draws) in
            [(vec![0.5, 0.5], 64), (vec![0.2, 0.3, 0.5], 64), (vec![1.0 / 3.0; 3], 256), (vec![0.9, 0.1], 16)]
        {
            let structures: Vec<Structure> = weights.iter().map(|&weight| story("x", weight)).collect();
            let mut counts = vec![0.0; weights.len()];
            (0..draws).for_each(|draw| counts[story_of_draw(&structures, 7, draw).unwrap()] += 1.0);
            for (count, weight) in counts.iter().zip(&weights) {
                let wanted = weight * f64::from(draws);
                assert!((count - wanted).abs() <= 2.0, "{counts:?} for {weights:?} of {draws}");
            }
        }
    }
}
