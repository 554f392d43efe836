//! Points for the draws of parameters: evenly spread, and addressed by the name of the parameter.
//!
//! Every parameter has its own Owen-scrambled Sobol' sequence (Burley 2020, *Practical Hash-based Owen Scrambling*,
//! JCGT 9(4)), whose scramble and order follow from the seed and the parameter's name. So each parameter is covered
//! evenly by the first n draws, a parameter keeps its values when another gets or loses a prior, and scenarios that share
//! a seed share the draws of the parameters they share. What is given up is joint evenness over all parameters, which
//! with some sixty parameters and some hundred draws no sequence has.

/// Longest sequence: 2^16 draws.
pub(crate) const LONGEST: u32 = 1 << 16;

/// A point strictly between 0 and 1: draw number `draw` (below [`LONGEST`]) of the parameter `name` under `seed`.
pub(crate) fn point(seed: u64, name: &str, draw: u32) -> f64 {
    let address = fold(fnv1a(name.as_bytes(), 0xcbf2_9ce4_8422_2325 ^ seed));
    let sample = sobol_burley::sample(draw % LONGEST, 0, address);
    (f64::from(sample) + HALF_STEP).clamp(HALF_STEP, 1.0 - HALF_STEP)
}

/// A point strictly between 0 and 1 of one sequence over all dimensions: evenly spread jointly, unlike `point`. Blocks of
/// 256 dimensions have a scramble each.
pub fn joint(seed: u64, dimension: u32, draw: u32) -> f64 {
    let block = fold(fnv1a(&(dimension / MOST_DIMENSIONS).to_le_bytes(), 0xcbf2_9ce4_8422_2325 ^ seed));
    let sample = sobol_burley::sample(draw % LONGEST, dimension % MOST_DIMENSIONS, block);
    (f64::from(sample) + HALF_STEP).clamp(HALF_STEP, 1.0 - HALF_STEP)
}

/// Dimensions of one sequence.
const MOST_DIMENSIONS: u32 = 256;

/// Half the distance between neighboring samples, which have 24 bits.
const HALF_STEP: f64 = 1.0 / (1u64 << 25) as f64;

/// Fowler-Noll-Vo hash, version 1a, 64 bits.
fn fnv1a(bytes: &[u8], start: u64) -> u64 {
    bytes.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The two halves of 64 bits as one word.
fn fold(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_draws_cover_every_parameter_evenly() {
        for name in ["distance.progress", "exit.work.base", "no_show.trust"] {
            for count in [16u32, 64, 256] {
                let mut strata: Vec<u32> =
                    (0..count).map(|draw| (point(20, name, draw) * f64::from(count)) as u32).collect();
                strata.sort_unstable();
                assert_eq!(strata, (0..count).collect::<Vec<_>>(), "{name} {count}");
            }
        }
    }

    #[test]
    fn parameters_and_seeds_differ() {
        let row = |seed, name| (0..64).map(|draw| point(seed, name, draw)).collect::<Vec<_>>();
        assert_ne!(row(1, "a"), row(1, "b"));
        assert_ne!(row(1, "a"), row(2, "a"));
        let (a, b) = (row(1, "distance.progress"), row(1, "exit.work.scale"));
        let correlation: f64 =
            a.iter().zip(&b).map(|(x, y)| (x - 0.5) * (y - 0.5)).sum::<f64>() / 64.0 * 12.0;
        assert!(correlation.abs() < 0.4, "{correlation}");
    }
}
