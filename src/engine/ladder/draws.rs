//! The draws of 64 steps of 64 clients.
//!
//! A step has 16 bits of a shared block and, only when these leave the outcome open, 32 bits of a block of its own: the
//! probabilities of the table hold to 2^-48. The first 16 bits of step `t` are found at moment `8 * (t / 64) + t % 8`,
//! half-word `(t % 64) / 8` of the block (0 = low half of word 0, 1 = its high half, ...). Of these the first eight say almost always
//! on which side of a threshold a draw lies, and 64 clients have theirs side by side.

use fearless_simd::prelude::*;

use crate::random::lanes::Keys;
use crate::random::{Dice, Process};
use crate::stats::lanes::{LANES, Simd, Words, words};

/// Clients side by side.
pub(super) const CLIENTS: usize = 64;

/// Steps drawn at once.
pub(super) const STEPS: usize = 64;

/// Moments at which the draws of these steps are found.
const MOMENTS: usize = 8;

/// One, in units of the 48-bit draws.
pub(super) const ONE: f64 = 281_474_976_710_656.0;

/// The first 16 bits of 64 consecutive steps of 64 clients in one process.
#[derive(Clone)]
pub(super) struct Draws {
    /// The words of the blocks, by moment, word and client.
    words: [[Bytes<u32>; 4]; MOMENTS],
    /// The first eight bits, by step and client.
    first: [Bytes<u8>; STEPS],
}

/// Something of every client, where a vector instruction can load it at once.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Bytes<T>([T; CLIENTS]);

impl Default for Draws {
    fn default() -> Self {
        Self { words: [[Bytes([0; CLIENTS]); 4]; MOMENTS], first: [Bytes([0; CLIENTS]); STEPS] }
    }
}

impl Draws {
    /// Draws the steps `STEPS * batch` and further of these clients, at most 64.
    #[inline(always)]
    pub(super) fn draw<S: Simd>(
        &mut self,
        simd: S,
        keys: &Keys<S>,
        process: Process,
        clients: &[u32],
        batch: usize,
    ) {
        let block = words(simd, process.block());
        for (number, clients) in clients.chunks(LANES).enumerate() {
            let mut sixteen = [0; LANES];
            sixteen[..clients.len()].copy_from_slice(clients);
            let sixteen = Words::simd_from(simd, sixteen);
            for (moment, drawn) in self.words.iter_mut().enumerate() {
                let moment = words(simd, (batch * MOMENTS + moment) as u32);
                for (word, drawn) in keys.block(simd, sixteen, moment, block).iter().zip(drawn) {
                    word.store_slice(&mut drawn.0[number * LANES..][..LANES]);
                }
            }
        }
        for (at, first) in self.first.iter_mut().enumerate() {
            let (moment, word, shift) = place(at);
            for (first, word) in first.0.iter_mut().zip(&self.words[moment][word].0) {
                *first = (word >> (shift + 8)) as u8;
            }
        }
    }

    /// The first eight bits of a step of this batch, by client.
    #[inline(always)]
    pub(super) fn first(&self, at: usize) -> &[u8; CLIENTS] {
        &self.first[at].0
    }

    /// The first 16 bits of a step of this batch of one client.
    #[inline]
    pub(super) fn half(&self, at: usize, client: usize) -> u16 {
        let (moment, word, shift) = place(at);
        (self.words[moment][word].0[client] >> shift) as u16
    }
}

/// Where the first 16 bits of a step are: the moment, the word, and how many bits lie below.
#[inline(always)]
fn place(at: usize) -> (usize, usize, usize) {
    (at % 8, at / 16 % 4, at / 8 % 2 * 16)
}

/// The first 16 bits of a threshold on 48-bit draws: draws that begin with less lie below it, those that begin with more do not, and those
/// that begin with the same are open; of the first eight bits this holds too. A threshold that no draw reaches shares the last value.
pub(super) fn cell(threshold: f64) -> u16 {
    (threshold / 4_294_967_296.0) as u16
}

/// The clients whose bit is set, in order.
#[inline(always)]
pub(super) fn clients(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let client = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(client)
    })
}

/// The lowest and the highest 48-bit draw that begin with these 16 bits.
#[inline]
pub(super) fn bounds(half: u16) -> (f64, f64) {
    let low = f64::from(half) * 4_294_967_296.0;
    (low, low + 4_294_967_295.0)
}

/// The 48-bit draw of a step whose first 16 bits left the outcome open.
#[cold]
pub(super) fn refine(dice: &Dice, process: Process, client: u32, step: usize, half: u16) -> f64 {
    bounds(half).0 + f64::from(dice.draw(client, step as u32, process))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{instructions, lanes};

    #[test]
    fn draws_stand_at_their_addresses() {
        let dice = Dice::new(8, 9);
        let clients: Vec<u32> = (0..40).map(|client| client * 7 + 3).collect();
        for (name, level) in instructions::all() {
            let mut draws = Draws::default();
            lanes::with!(level, simd => {
                draws.draw(simd, &Keys::new(simd, &dice), Process::LadderEvent, &clients, 2)
            });
            for (at, lane) in (0..STEPS).flat_map(|at| (0..clients.len()).map(move |lane| (at, lane))) {
                let step = 2 * STEPS + at;
                let moment = 8 * (step / 64) + step % 8;
                let block = dice.block(clients[lane], moment as u32, Process::LadderEvent.block());
                let word = block[step % 64 / 16];
                let half = if (step / 8).is_multiple_of(2) { word & 0xffff } else { word >> 16 };
                assert_eq!(u32::from(draws.half(at, lane)), half, "{name}");
                assert_eq!(u32::from(draws.first(at)[lane]), half >> 8, "{name}");
            }
        }
    }

    #[test]
    fn the_first_bits_of_a_threshold_leave_only_themselves_open() {
        for threshold in [0.0, 0.003, 0.25, 0.999, 1.0] {
            let cell = cell(threshold * ONE);
            for half in 0..=u16::MAX {
                let (low, high) = bounds(half);
                assert!(half >= cell || high < threshold * ONE);
                assert!(half <= cell || low >= threshold * ONE);
            }
        }
    }
}
