//! One pin per sampler: the value of a fixed word, to the last bit. A change here is another stream of draws: raise
//! [`STREAM_VERSION`](crate::random::STREAM_VERSION) and say so in the changelog.

use super::*;
use crate::random::numbers::Numbers;
use crate::random::{Dice, Process, sobol};

/// u = 0.61803399
const WORD: u32 = 0x9e37_79b9;

#[track_caller]
fn pinned(found: f64, wanted: u64) {
    assert_eq!(found.to_bits(), wanted, "{found:?} is 0x{:016x}", found.to_bits());
}

#[test]
fn uniforms() {
    pinned(unit(WORD), 0x3fe3_c6ef_3730_0000);
    pinned(unit53(WORD, 1 << 31), 0x3fe3_c6ef_3730_0001);
    pinned(f64::from(single::unit(WORD)), 0x3fe3_c6ef_4000_0000);
}

#[test]
fn exponentials() {
    pinned(exponential(WORD, 4.0), 0x400e_cc2c_aec5_5170);
}

#[test]
fn normals() {
    pinned(normal(WORD), 0x3fd3_3877_3022_fd71);
    pinned(normal_quantile(0.9), 0x3ff4_813c_36e2_6d33);
    pinned(f64::from(single::normal(WORD)), 0x3fd3_3876_c000_0000);
}

#[test]
fn gammas() {
    pinned(gamma_mean_one(unit(WORD), 0.5), 0x3ff0_ba1e_e5f5_191c);
    pinned(gamma_mean_one(unit(WORD), 1e-6), 0x3ff0_013a_977c_0222);
    pinned(gamma::gamma_quantile(0.9, 2.5), 0x4012_7903_c585_7cdd);
}

#[test]
fn counts() {
    assert_eq!([counts::poisson(WORD, 7.5), negative_binomial(WORD, 7.5, 2.0)], [8, 8]);
}

#[test]
fn decisions() {
    assert_eq!([occurs(WORD, 0.61), occurs(WORD, 0.62)], [false, true]);
    // 1 - exp(-h) passes u at h = 0.9624.
    assert_eq!([happens(WORD, 0.96), happens(WORD, 0.97)], [false, true]);
    assert_eq!([0.96, 0.97].map(|hazard| single::happens(single::unit(WORD), hazard)), [false, true]);
    assert_eq!([[0.5, 0.9], [1.2, 0.2]].map(|hazards| single::which(single::unit(WORD), &hazards)), [1, 0]);
    pinned(f64::from(single::probability(0.5)), 0x3fd9_2e9a_0000_0000);
}

#[test]
fn numbers_of_a_stream() {
    let mut numbers = Numbers::new(Dice::new(3, 0).stream(1, 2, Process::LearnMove));
    pinned(numbers.unit(), 0x3fd6_2da8_73b0_cd32);
    pinned(numbers.normal(), 0xbfed_5af2_5182_ff2a);
    assert_eq!(numbers.below(1000), 299);
}

#[test]
fn points_of_a_sequence() {
    pinned(sobol::point(20, "exit.work.base", 5), 0x3fe8_0961_5000_0000);
    pinned(sobol::joint(20, 3, 5), 0x3fc0_b9aa_4000_0000);
}
