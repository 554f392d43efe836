//! Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy
//! as 1, 2, 3", SC '11, doi 10.1145/2063384.2063405.
//!
//! A block is ten rounds of two 32 x 32 -> 64 bit multiplications; the key is bumped by a Weyl constant before every
//! round but the first. There is no state: block `(counter, key)` can be computed at any time, in any order.

use core::convert::Infallible;
use rand_core::TryRng;

/// Multipliers of the two products of a round (Salmon et al. 2011, table 2).
pub(super) const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What is added to the key each round: the golden ratio and the root of 3, less 1.
pub(super) const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
/// Rounds: ten pass all tests of TestU01.
pub(super) const ROUNDS: usize = 10;

/// The random bits at a counter under a key: four words of 32 bits, uniform and independent.
///
/// ```
/// use stapjes::random::philox::philox4x32_10;
/// assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
/// ```
#[inline]
pub const fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    let mut round = 0;
    while round < ROUNDS {
        let product0 = c0 as u64 * MULTIPLIERS[0] as u64;
        let product1 = c2 as u64 * MULTIPLIERS[1] as u64;
        c0 = (product1 >> 32) as u32 ^ c1 ^ k0;
        c1 = product1 as u32;
        c2 = (product0 >> 32) as u32 ^ c3 ^ k1;
        c3 = product0 as u32;
        k0 = k0.wrapping_add(WEYL[0]);
        k1 = k1.wrapping_add(WEYL[1]);
        round += 1;
    }
    [c0, c1, c2, c3]
}

/// A stream of words on Philox, for the `rand` world: bootstrap samples, permutations, anything of which the number of
/// draws is not known beforehand. It starts at an address (`Dice::stream`); its own bits are the same
/// everywhere, what `rand_distr` makes of them need not be.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Key of the stream.
    key: [u32; 2],
    /// Number of the next block.
    next_block: u64,
    /// Words of the current block.
    words: [u32; 4],
    /// How many of them are used.
    used: usize,
}

impl Stream {
    /// The stream of a key, at its start.
    pub const fn new(key: [u32; 2]) -> Self {
        Self { key, next_block: 0, words: [0; 4], used: 4 }
    }

    /// The next word, from a new block every fourth time.
    fn next_word(&mut self) -> u32 {
        if self.used == self.words.len() {
            let counter = [self.next_block as u32, (self.next_block >> 32) as u32, 0, 0];
            self.words = philox4x32_10(counter, self.key);
            self.next_block = self.next_block.wrapping_add(1);
            self.used = 0;
        }
        let word = self.words[self.used];
        self.used += 1;
        word
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.next_word());
        Ok(low | u64::from(self.next_word()) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.next_word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    /// The three known answers of the Random123 distribution (`kat_vectors`, philox4x32 10): zeros, ones, digits of pi.
    #[test]
    fn known_answers() {
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox4x32_10([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32_10([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn agrees_with_an_independent_implementation_on_scattered_counters() {
        let mut x = [1u32, 2, 3, 4, 5, 6];
        for _ in 0..2_000 {
            x = x.map(|word| word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            let counter = [x[0], x[1].rotate_left(7), x[2].rotate_left(13), x[3].rotate_left(19)];
            let key = [x[4], x[5].rotate_left(11)];
            assert_eq!(philox4x32_10(counter, key), rand_philox::philox4x32_10(counter, key));
        }
    }

    #[test]
    fn a_stream_is_its_blocks_in_order() {
        let mut stream = Stream::new([3, 4]);
        let words: Vec<u32> = (0..6).map(|_| stream.next_u32()).collect();
        assert_eq!(words[..4], philox4x32_10([0; 4], [3, 4]));
        assert_eq!(words[4..], philox4x32_10([1, 0, 0, 0], [3, 4])[..2]);
        let mut bytes = [0u8; 7];
        Stream::new([3, 4]).fill_bytes(&mut bytes);
        assert_eq!(bytes[..4], words[0].to_le_bytes());
        assert_eq!(bytes[4..], words[1].to_le_bytes()[..3]);
    }
}
