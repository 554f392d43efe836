//! Draws of sixteen entities at a time: the blocks of [`Dice`] and what is made of their words, in the lanes of
//! [`crate::stats::lanes`]. The same bits as `sample::single` for every instruction set.

use fearless_simd::i32x16;
use fearless_simd::prelude::*;

use super::address::Dice;
use super::philox::{MULTIPLIERS, ROUNDS, WEYL};
use super::sample;
use super::sample::normal::{CENTRAL, CENTRAL_DENOMINATOR, CENTRAL_NUMERATOR, CENTRAL_SQUARED};
use super::sample::single::{
    ALMOST_ONE, CENTRAL_NORMAL, EXACT_FROM, TAIL_NORMAL, TAIL_NORMAL_FROM, TWO_POW_MINUS_22, TWO_POW_MINUS_31,
};
use crate::stats::lanes::{Block, Floats, LANES, Mask, Simd, Words, all, exp, ln, words};

/// The words of sixteen entities at one moment: `block(..)[w]` holds word `w` of every entity's block.
#[inline(always)]
pub fn block<S: Simd>(simd: S, dice: &Dice, entities: Words<S>, moment: u32, block: u32) -> [Words<S>; 4] {
    called(simd, dice, entities, words(simd, moment), words(simd, block))
}

/// The words of sixteen entities, each at its own moment.
#[inline(always)]
pub(crate) fn block_at<S: Simd>(
    simd: S,
    dice: &Dice,
    entities: Words<S>,
    moments: Words<S>,
    block: u32,
) -> [Words<S>; 4] {
    called(simd, dice, entities, moments, words(simd, block))
}

/// The words of one entity at one moment in sixteen blocks.
#[inline(always)]
pub(crate) fn blocks_of<S: Simd>(
    simd: S,
    dice: &Dice,
    entity: u32,
    moment: u32,
    blocks: Words<S>,
) -> [Words<S>; 4] {
    called(simd, dice, words(simd, entity), words(simd, moment), blocks)
}

/// Called from many places: compiled once for each instruction set, not into every caller.
#[inline(never)]
fn called<S: Simd>(
    simd: S,
    dice: &Dice,
    entities: Words<S>,
    moments: Words<S>,
    blocks: Words<S>,
) -> [Words<S>; 4] {
    simd.vectorize(
        #[inline(always)]
        || Keys::new(simd, dice).block(simd, entities, moments, blocks),
    )
}

/// The words of sixteen entities at one moment in `N` blocks from `first` on. Compiled once, as [`block`].
#[inline(never)]
pub(crate) fn neighbors<S: Simd, const N: usize>(
    simd: S,
    dice: &Dice,
    entities: Words<S>,
    (moment, first): (u32, u32),
    drawn: &mut [[Block<u32>; 4]; N],
) {
    simd.vectorize(
        #[inline(always)]
        || Neighbors::new(simd, dice, moment, first).blocks(simd, entities, drawn),
    );
}

/// The largest vector of 64-bit words that the instruction set has.
type Wide<S> = <S as Simd>::u64s;

/// What all counters have in common: the keys of the rounds and the replicate. A dense pass makes it once.
pub(crate) struct Keys<S: Simd> {
    /// The keys, by round.
    of_round: [[Wide<S>; 2]; ROUNDS],
    /// The replicate.
    replicate: Wide<S>,
}

impl<S: Simd> Keys<S> {
    /// Of the dice.
    #[inline(always)]
    pub(crate) fn new(simd: S, dice: &Dice) -> Self {
        let [mut k0, mut k1] = dice.key();
        let mut of_round = [[wide(simd, 0); 2]; ROUNDS];
        for keys in &mut of_round {
            *keys = [wide(simd, k0), wide(simd, k1)];
            k0 = k0.wrapping_add(WEYL[0]);
            k1 = k1.wrapping_add(WEYL[1]);
        }
        Self { of_round, replicate: wide(simd, dice.replicate()) }
    }

    /// The words of sixteen addresses, compiled into the caller: in a dense pass several blocks are then under way at the same time.
    ///
    /// As many counters at a time as two of the largest vectors hold: more would not stay in the registers.
    #[inline(always)]
    pub(crate) fn block(
        &self,
        simd: S,
        entities: Words<S>,
        moments: Words<S>,
        blocks: Words<S>,
    ) -> [Words<S>; 4] {
        let at_once = S::u32s::LEN;
        let (entities, moments): ([u32; LANES], [u32; LANES]) = (entities.into(), moments.into());
        let blocks: [u32; LANES] = blocks.into();
        let mut drawn = [[0; LANES]; 4];
        for from in (0..LANES).step_by(at_once) {
            let entities = S::u32s::from_slice(simd, &entities[from..from + at_once]).widen();
            let moments = S::u32s::from_slice(simd, &moments[from..from + at_once]).widen();
            let blocks = S::u32s::from_slice(simd, &blocks[from..from + at_once]).widen();
            let [low, high] = self.rounds(
                simd,
                [
                    [entities.0, moments.0, blocks.0, self.replicate],
                    [entities.1, moments.1, blocks.1, self.replicate],
                ],
            );
            for word in 0..4 {
                low[word].narrow(high[word]).store_slice(&mut drawn[word][from..from + at_once]);
            }
        }
        let [a, b, c, d] = drawn;
        [
            Words::simd_from(simd, a),
            Words::simd_from(simd, b),
            Words::simd_from(simd, c),
            Words::simd_from(simd, d),
        ]
    }

    /// The ten rounds of Philox, on counters in some vectors.
    #[inline(always)]
    fn rounds<const M: usize>(&self, simd: S, mut counters: [[Wide<S>; 4]; M]) -> [[Wide<S>; 4]; M] {
        self.round(simd, 0, &mut counters);
        self.round(simd, 1, &mut counters);
        self.last_rounds(simd, counters)
    }

    /// The rounds after the second. In a loop of single rounds half of the instructions for SSE2 copy registers about; eight lanes are
    /// faster with it all the same.
    #[inline(always)]
    fn last_rounds<const M: usize>(&self, simd: S, mut counters: [[Wide<S>; 4]; M]) -> [[Wide<S>; 4]; M] {
        let at_a_turn = if S::u32s::LEN == LANES / 2 { 1 } else { 2 };
        for number in (2..ROUNDS).step_by(at_a_turn) {
            self.round(simd, number, &mut counters);
            if at_a_turn == 2 {
                self.round(simd, number + 1, &mut counters);
            }
        }
        counters
    }

    /// A round.
    ///
    /// Every word lies in 64 bits, of which the multiplication sees the lower half: that is what the vector instruction for
    /// 32 x 32 -> 64 bits wants, so nothing is shuffled between the rounds.
    #[inline(always)]
    fn round<const M: usize>(&self, simd: S, number: usize, counters: &mut [[Wide<S>; 4]; M]) {
        let [k0, k1] = self.of_round[number];
        for c in counters {
            let [product0, product1] = products(simd, c[0], c[2]);
            *c = [(product1 >> 32) ^ c[1] ^ k0, product1, (product0 >> 32) ^ c[3] ^ k1, product0];
        }
    }
}

/// The two products of a round.
#[inline(always)]
fn products<S: Simd>(simd: S, first: Wide<S>, third: Wide<S>) -> [Wide<S>; 2] {
    let lower = wide(simd, u32::MAX);
    [(first & lower) * wide(simd, MULTIPLIERS[0]), (third & lower) * wide(simd, MULTIPLIERS[1])]
}

/// Neighbouring blocks of sixteen entities at a moment. Of the first two of ten rounds, half does not hang on the entity, and the other
/// half is the same in all blocks.
pub(crate) struct Neighbors<S: Simd, const N: usize> {
    /// The keys.
    keys: Keys<S>,
    /// Of each block after the first round: the words that do not hang on the entity.
    once: [[Wide<S>; 2]; N],
}

impl<S: Simd, const N: usize> Neighbors<S, N> {
    /// `N` blocks of a moment, from `first` on.
    #[inline(always)]
    pub(crate) fn new(simd: S, dice: &Dice, moment: u32, first: u32) -> Self {
        let keys = Keys::new(simd, dice);
        let mut once = [[wide(simd, 0); 2]; N];
        for (once, block) in once.iter_mut().zip(first..) {
            let [_, product] = products(simd, wide(simd, 0), wide(simd, block));
            *once = [(product >> 32) ^ wide(simd, moment) ^ keys.of_round[0][0], product];
        }
        Self { keys, once }
    }

    /// The words of sixteen entities in all blocks.
    ///
    /// As in [`Keys::block`], two of the largest vectors at a time; four of those of which there are 32 registers.
    #[inline(always)]
    pub(crate) fn blocks(&self, simd: S, entities: Words<S>, drawn: &mut [[Block<u32>; 4]; N]) {
        let at_once = S::u32s::LEN;
        let entities: [u32; LANES] = entities.into();
        for from in (0..LANES).step_by(at_once) {
            let entities = S::u32s::from_slice(simd, &entities[from..from + at_once]).widen();
            let shared = [self.shared(simd, entities.0), self.shared(simd, entities.1)];
            let mut block = 0;
            if at_once == LANES {
                while block + 1 < N {
                    let [a, b] = self.second_round(simd, block, &shared);
                    let [c, d] = self.second_round(simd, block + 1, &shared);
                    let [a, b, c, d] = self.keys.last_rounds(simd, [a, b, c, d]);
                    narrow::<S>(&a, &b, from, &mut drawn[block]);
                    narrow::<S>(&c, &d, from, &mut drawn[block + 1]);
                    block += 2;
                }
            }
            while block < N {
                let [a, b] = self.keys.last_rounds(simd, self.second_round(simd, block, &shared));
                narrow::<S>(&a, &b, from, &mut drawn[block]);
                block += 1;
            }
        }
    }

    /// What the first two rounds make of some entities, whatever the block: the second and the fourth word.
    #[inline(always)]
    fn shared(&self, simd: S, entities: Wide<S>) -> [Wide<S>; 2] {
        let zero = wide(simd, 0);
        let [fourth, _] = products(simd, entities, zero);
        let third = (fourth >> 32) ^ self.keys.replicate ^ self.keys.of_round[0][1];
        let [_, second] = products(simd, zero, third);
        [second, fourth]
    }

    /// The counters of a block after the second round.
    #[inline(always)]
    fn second_round(&self, simd: S, block: usize, shared: &[[Wide<S>; 2]; 2]) -> [[Wide<S>; 4]; 2] {
        let once = &self.once[block];
        let [k0, k1] = self.keys.of_round[1];
        let [product, _] = products(simd, once[0], wide(simd, 0));
        let mut counters = [[product; 4]; 2];
        for (counter, [second, fourth]) in counters.iter_mut().zip(shared) {
            *counter = [(*second >> 32) ^ once[1] ^ k0, *second, (product >> 32) ^ *fourth ^ k1, product];
        }
        counters
    }
}

/// The lower halves of counters in two vectors, as words.
#[inline(always)]
fn narrow<S: Simd>(low: &[Wide<S>; 4], high: &[Wide<S>; 4], from: usize, drawn: &mut [Block<u32>; 4]) {
    for (word, drawn) in drawn.iter_mut().enumerate() {
        low[word].narrow(high[word]).store_slice(&mut drawn.as_mut_slice()[from..from + S::u32s::LEN]);
    }
}

/// `sample::normal` of sixteen words, in double precision: the middle in lanes, those in the tails one by one.
#[inline(always)]
pub(crate) fn exact_normals<S: Simd>(simd: S, words: [u32; LANES]) -> [f64; LANES] {
    let (mut from_half, mut normals) = ([0.0; LANES], [0.0; LANES]);
    for (from_half, word) in from_half.iter_mut().zip(words) {
        *from_half = sample::normal::from_half(word);
    }
    for (normals, from_half) in
        normals.chunks_exact_mut(S::f64s::LEN).zip(from_half.chunks_exact(S::f64s::LEN))
    {
        let q = S::f64s::from_slice(simd, from_half);
        let r = S::f64s::splat(simd, CENTRAL_SQUARED) - q * q;
        let ratio = horner(simd, r, &CENTRAL_NUMERATOR) / horner(simd, r, &CENTRAL_DENOMINATOR);
        (q * ratio).store_slice(normals);
    }
    for ((normal, from_half), word) in normals.iter_mut().zip(from_half).zip(words) {
        if from_half.abs() > CENTRAL {
            *normal = sample::normal(word);
        }
    }
    normals
}

/// Horner's scheme in double precision, lowest power first.
#[inline(always)]
fn horner<S: Simd>(simd: S, r: S::f64s, coefficients: &[f64; 8]) -> S::f64s {
    let mut sum = S::f64s::splat(simd, coefficients[7]);
    for power in (0..7).rev() {
        sum = sum * r + coefficients[power];
    }
    sum
}

/// The same word in every place of a vector.
#[inline(always)]
fn wide<S: Simd>(simd: S, word: u32) -> Wide<S> {
    Wide::<S>::splat(simd, u64::from(word))
}

/// `sample::single::unit` of every lane.
#[inline(always)]
pub fn unit<S: Simd>(simd: S, words: Words<S>) -> Floats<S> {
    let whole: Floats<S> = simd.cvt_f32_i32x16((words >> 1).bitcast::<i32x16<S>>());
    ((whole + 0.5) * TWO_POW_MINUS_31).min(ALMOST_ONE)
}

/// `sample::single::happens` of every lane.
#[inline(always)]
pub fn happens<S: Simd>(simd: S, u: Floats<S>, hazard: Floats<S>) -> Mask<S> {
    let near = (u * per_probability(simd, hazard)).simd_lt(hazard);
    let large = hazard.simd_gt(EXACT_FROM);
    if large.any_true() {
        let exact = u.simd_lt(all(simd, 1.0) - exp(simd, -hazard));
        return (large & exact) | (!large & near);
    }
    near
}

/// [`super::sample::single::probability`] of every lane.
#[inline(always)]
pub(crate) fn probability<S: Simd>(simd: S, hazard: Floats<S>) -> Floats<S> {
    let near = hazard / per_probability(simd, hazard);
    let large = hazard.simd_gt(EXACT_FROM);
    if large.any_true() { large.select(all(simd, 1.0) - exp(simd, -hazard), near) } else { near }
}

/// `h / (1 - exp(-h))` by its series.
#[inline(always)]
fn per_probability<S: Simd>(simd: S, h: Floats<S>) -> Floats<S> {
    let square = h * h;
    let inner = all(simd, 1.0 / 720.0) - square * (1.0 / 30_240.0);
    h * 0.5 + 1.0 + square * (all(simd, 1.0 / 12.0) - square * inner)
}

/// `sample::single::normal` of every lane. The tail is computed only when a lane lies in it.
#[inline(always)]
pub fn normal<S: Simd>(simd: S, words: Words<S>) -> Floats<S> {
    let whole: Floats<S> = simd.cvt_f32_i32x16((words >> 9).bitcast::<i32x16<S>>());
    let x = (whole + 0.5) * TWO_POW_MINUS_22 - 1.0;
    let w = -ln(simd, (all(simd, 1.0) - x) * (x + 1.0));
    let mut p = polynomial(simd, &CENTRAL_NORMAL, w - 2.5);
    let tail = w.simd_ge(TAIL_NORMAL_FROM);
    if tail.any_true() {
        p = tail.select(polynomial(simd, &TAIL_NORMAL, w.sqrt() - 3.0), p);
    }
    x * std::f32::consts::SQRT_2 * p
}

/// Horner's scheme, highest power first.
#[inline(always)]
fn polynomial<S: Simd>(simd: S, coefficients: &[f32; 9], t: Floats<S>) -> Floats<S> {
    let mut p = all(simd, coefficients[0]);
    for c in &coefficients[1..] {
        p = p * t + *c;
    }
    p
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sample::single;
    use crate::stats::instructions;

    const DICE: Dice = Dice::new(0x0123_4567_89ab_cdef, 7);

    fn scattered(start: u32) -> [u32; LANES] {
        std::array::from_fn(|lane| (start * 16 + lane as u32).wrapping_mul(2_654_435_769))
    }

    #[test]
    fn blocks_are_those_of_the_dice() {
        #[inline(always)]
        fn run<S: Simd>(simd: S, entities: [u32; LANES]) -> [[[u32; LANES]; 4]; 2] {
            let entities = Words::simd_from(simd, entities);
            [
                block(simd, &DICE, entities, 11, 5).map(Into::into),
                block_at(simd, &DICE, entities, entities ^ 9, 5).map(Into::into),
            ]
        }
        for (name, level) in instructions::all() {
            for start in 0..50 {
                let entities = scattered(start);
                let words = fearless_simd::dispatch!(level, simd => run(simd, entities));
                for (lane, &entity) in entities.iter().enumerate() {
                    let [at_one_moment, at_many] = words.map(|words| words.map(|word| word[lane]));
                    assert_eq!(at_one_moment, DICE.block(entity, 11, 5), "{name}");
                    assert_eq!(at_many, DICE.block(entity, entity ^ 9, 5), "{name}");
                }
            }
        }
    }

    #[test]
    fn units_normals_and_decisions_have_the_bits_of_one_alone() {
        #[inline(always)]
        fn run<S: Simd>(simd: S, words: [u32; LANES], hazards: [f32; LANES]) -> ([[u32; LANES]; 3], u64) {
            let (words, hazards) = (Words::simd_from(simd, words), Floats::simd_from(simd, hazards));
            let u = unit(simd, words);
            let bits = |x: Floats<S>| x.bitcast::<Words<S>>().into();
            let values = [bits(u), bits(normal(simd, words)), bits(probability(simd, hazards))];
            (values, happens(simd, u, hazards).to_bitmask())
        }
        for (name, level) in instructions::all() {
            for start in 0..4_000 {
                let mut words = scattered(start);
                words[start as usize % LANES] = if start % 2 == 0 { start } else { u32::MAX - start };
                let largest = if start % 3 == 0 { 6.0 } else { 0.4 };
                let hazards = words.map(|word| single::unit(word.rotate_left(7)) * largest);
                let (values, happened) = fearless_simd::dispatch!(level, simd => run(simd, words, hazards));
                let alone = [
                    words.map(|word| single::unit(word).to_bits()),
                    words.map(|word| single::normal(word).to_bits()),
                    hazards.map(|hazard| single::probability(hazard).to_bits()),
                ];
                assert_eq!(values, alone, "{name}");
                for lane in 0..LANES {
                    let expected = single::happens(single::unit(words[lane]), hazards[lane]);
                    assert_eq!(happened >> lane & 1 == 1, expected, "{name}");
                }
            }
        }
    }
}
