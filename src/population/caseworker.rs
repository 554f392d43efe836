//! Caseworkers: skill, optimism, and the match with a client.

use crate::random::{Dice, Process, sample};

/// A caseworker: who holds a place after so many changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Caseworker {
    /// Identifier of the place.
    pub id: u32,
    /// How many held the place before: 0 at the start.
    pub generation: u32,
    /// Skill, standard normal.
    pub skill: f64,
    /// Optimism, uniform on [-1/2, 1/2].
    pub optimism: f64,
}

impl Caseworker {
    /// The caseworker of a place and generation: always the same person.
    pub(crate) fn draw(dice: &Dice, id: u32, generation: u32) -> Self {
        let block = dice.block(id, generation, Process::Skill.block());
        Self {
            id,
            generation,
            skill: sample::normal(block[Process::Skill.lane()]),
            optimism: sample::unit(block[Process::Optimism.lane()]) - 0.5,
        }
    }

    /// The match of this caseworker with a client, standard normal: the same for the same two people, always.
    pub(crate) fn match_with(&self, dice: &Dice, client: u32) -> f32 {
        let words = dice.block(client, self.id, self.match_block());
        sample::single::normal(words[Process::Match.lane()])
    }

    /// The block of the matches of this caseworker: entity = client, moment = the caseworker's place.
    pub(crate) const fn match_block(&self) -> u32 {
        Process::Match.block() | (self.generation << 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_a_place_has_the_same_person_until_it_changes() {
        let dice = Dice::new(4, 0);
        let first = Caseworker::draw(&dice, 6, 0);
        assert_eq!(first, Caseworker::draw(&dice, 6, 0));
        assert_ne!(first.skill, Caseworker::draw(&dice, 6, 1).skill);
        assert!((-0.5..=0.5).contains(&first.optimism));
    }
}
