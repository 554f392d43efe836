//! Draws of sixteen entities at a time: the blocks of [`Dice`] and what is made of their words, in the lanes of
//! [`crate::stats::lanes`]. The same bits as [`super::sample::single`] for every instruction set.

use fearless_simd::prelude::*;
use fearless_simd::{dispatch, i32x16, u64x8};
use fearless_simd_macros::simd;

use super::address::Dice;
use super::philox::{MULTIPLIERS, ROUNDS, WEYL};
use super::sample::single::{
    ALMOST_ONE, CENTRAL_NORMAL, EXACT_FROM, TAIL_NORMAL, TAIL_NORMAL_FROM, TWO_POW_MINUS_22, TWO_POW_MINUS_31,
};
use crate::stats::instructions;
use crate::stats::lanes::{Floats, LANES, Mask, Simd, Words, all, exp, ln};

/// The words of sixteen entities at one moment: `block(..)[w]` holds word `w` of every entity's block.
///
/// Every word lies in 64 bits, of which the multiplication sees the lower half: that is what the vector instruction for
/// 32 x 32 -> 64 bits wants, so nothing is shuffled between the rounds.
#[inline(always)]
pub fn block<S: Simd>(simd: S, dice: &Dice, entities: Words<S>, moment: u32, block: u32) -> [Words<S>; 4] {
    let words = |word: u32| u64x8::splat(simd, u64::from(word));
    let (low, high) = simd.widen_u32x16(entities);
    let replicate = words(dice.replicate());
    let mut halves =
        [[low, words(moment), words(block), replicate], [high, words(moment), words(block), replicate]];
    let [mut k0, mut k1] = dice.key();
    let multipliers = MULTIPLIERS.map(words);
    let lower = words(u32::MAX);
    for _ in 0..ROUNDS {
        let keys = [words(k0), words(k1)];
        for c in &mut halves {
            let product0 = (c[0] & lower) * multipliers[0];
            let product1 = (c[2] & lower) * multipliers[1];
            *c = [(product1 >> 32) ^ c[1] ^ keys[0], product1, (product0 >> 32) ^ c[3] ^ keys[1], product0];
        }
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
    }
    let [a, b] = halves;
    [
        simd.narrow_u64x8(a[0], b[0]),
        simd.narrow_u64x8(a[1], b[1]),
        simd.narrow_u64x8(a[2], b[2]),
        simd.narrow_u64x8(a[3], b[3]),
    ]
}

/// [`super::sample::single::unit`] of every lane.
#[inline(always)]
pub fn unit<S: Simd>(simd: S, words: Words<S>) -> Floats<S> {
    let whole: Floats<S> = simd.cvt_f32_i32x16((words >> 1).bitcast::<i32x16<S>>());
    ((whole + 0.5) * TWO_POW_MINUS_31).min(ALMOST_ONE)
}

/// [`super::sample::single::happens`] of every lane.
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
pub fn probability<S: Simd>(simd: S, hazard: Floats<S>) -> Floats<S> {
    let near = hazard / per_probability(simd, hazard);
    let large = hazard.simd_gt(EXACT_FROM);
    if large.any_true() { large.select(all(simd, 1.0) - exp(simd, -hazard), near) } else { near }
}

#[inline(always)]
fn per_probability<S: Simd>(simd: S, h: Floats<S>) -> Floats<S> {
    let square = h * h;
    let inner = all(simd, 1.0 / 720.0) - square * (1.0 / 30_240.0);
    h * 0.5 + 1.0 + square * (all(simd, 1.0 / 12.0) - square * inner)
}

/// [`super::sample::single::normal`] of every lane. The tail is computed only when a lane lies in it.
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

#[inline(always)]
fn polynomial<S: Simd>(simd: S, coefficients: &[f32; 9], t: Floats<S>) -> Floats<S> {
    let mut p = all(simd, coefficients[0]);
    for c in &coefficients[1..] {
        p = p * t + *c;
    }
    p
}

/// The blocks of a column of entities at one moment: `out[i]` is the block of `entities[i]`. As many are filled as the
/// shorter of the two slices has places.
pub fn fill(dice: &Dice, entities: &[u32], moment: u32, block: u32, out: &mut [[u32; 4]]) {
    dispatch!(instructions::chosen(), simd => fill_with(simd, dice, entities, moment, block, out));
}

#[simd]
fn fill_with<S: Simd>(
    simd: S,
    dice: &Dice,
    entities: &[u32],
    moment: u32,
    number: u32,
    out: &mut [[u32; 4]],
) {
    let (groups, rest) = entities.as_chunks::<LANES>();
    let mut blocks = out.chunks_mut(LANES);
    for (group, blocks) in groups.iter().zip(blocks.by_ref()) {
        let words: [[u32; LANES]; 4] =
            block(simd, dice, Words::simd_from(simd, *group), moment, number).map(Into::into);
        for (lane, out) in blocks.iter_mut().enumerate() {
            *out = [words[0][lane], words[1][lane], words[2][lane], words[3][lane]];
        }
    }
    for (&entity, out) in rest.iter().zip(blocks.flatten()) {
        *out = dice.block(entity, moment, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sample::single;

    const DICE: Dice = Dice::new(0x0123_4567_89ab_cdef, 7);

    fn scattered(start: u32) -> [u32; LANES] {
        std::array::from_fn(|lane| (start * 16 + lane as u32).wrapping_mul(2_654_435_769))
    }

    #[test]
    fn a_column_is_its_blocks_for_any_length() {
        for length in [0, 1, 7, 15, 16, 17, 37, 64] {
            let entities: Vec<u32> = (0..length).map(|i| i * 31 + 5).collect();
            let mut out = vec![[0; 4]; entities.len()];
            fill(&DICE, &entities, 14, 3, &mut out);
            for (&entity, block) in entities.iter().zip(&out) {
                assert_eq!(*block, DICE.block(entity, 14, 3));
            }
        }
    }

    #[test]
    fn blocks_are_those_of_the_dice() {
        #[simd]
        fn run<S: Simd>(simd: S, entities: [u32; LANES]) -> [[u32; LANES]; 4] {
            block(simd, &DICE, Words::simd_from(simd, entities), 11, 5).map(Into::into)
        }
        for (name, level) in instructions::all() {
            for start in 0..50 {
                let entities = scattered(start);
                let words = fearless_simd::dispatch!(level, simd => run(simd, entities));
                for (lane, &entity) in entities.iter().enumerate() {
                    assert_eq!(words.map(|word| word[lane]), DICE.block(entity, 11, 5), "{name}");
                }
            }
        }
    }

    #[test]
    fn units_normals_and_decisions_have_the_bits_of_one_alone() {
        #[simd]
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
