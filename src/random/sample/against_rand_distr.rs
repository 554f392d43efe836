//! Two-sample Kolmogorov-Smirnov tests of our samplers against `rand_distr`.
//!
//! Each compares n = 20,000 of ours (seed 20,261,122) with n of theirs (on a stream with the same seed). Critical value
//! `sqrt(-ln(alpha / 2) / 2) * sqrt(2 / n)` with alpha = 1e-4: .02225. Twelve tests, so a change of the seed raises a
//! false alarm about once in 800 (for counts the test is conservative).

use super::*;
use crate::random::{Dice, Process};
use rand_distr::Distribution;

const SAMPLES: u32 = 20_000;
const CRITICAL: f64 = 0.02225;
const DICE: Dice = Dice::new(20_261_122, 0);

fn distance(mut ours: Vec<f64>, mut theirs: Vec<f64>) -> f64 {
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
    while i < ours.len() && j < theirs.len() {
        let point = ours[i].min(theirs[j]);
        i += ours[i..].iter().take_while(|&&x| x <= point).count();
        j += theirs[j..].iter().take_while(|&&x| x <= point).count();
        largest = largest.max((i as f64 - j as f64).abs() / f64::from(SAMPLES));
    }
    largest
}

fn distance_to(ours: impl Fn(u32) -> f64, theirs: impl Distribution<f64>) -> f64 {
    let mut stream = DICE.stream(0, 0, Process::LadderExit);
    let ours = (0..SAMPLES).map(|i| ours(DICE.draw(i, 0, Process::LadderMove))).collect();
    distance(ours, (0..SAMPLES).map(|_| theirs.sample(&mut stream)).collect())
}

#[track_caller]
fn agrees(ours: impl Fn(u32) -> f64, theirs: impl Distribution<f64>) {
    let distance = distance_to(ours, theirs);
    assert!(distance < CRITICAL, "{distance}");
}

#[test]
fn standard_normal() {
    agrees(normal, rand_distr::StandardNormal);
}

#[test]
fn exponential_times() {
    agrees(|word| exponential(word, 4.0), rand_distr::Exp::new(0.25).unwrap());
}

#[test]
fn gamma_of_small_and_large_variance() {
    for variance in [0.05, 0.5, 4.0] {
        agrees(
            |word| gamma_mean_one(unit(word), variance),
            rand_distr::Gamma::new(1.0 / variance, variance).unwrap(),
        );
    }
}

#[test]
fn counts_equal_and_overdispersed() {
    agrees(|word| f64::from(counts::poisson(word, 7.5)), rand_distr::Poisson::new(7.5).unwrap());
    let mut stream = DICE.stream(1, 0, Process::LadderExit);
    let rate = rand_distr::Gamma::new(25.0, 0.2).unwrap();
    let mixture = (0..SAMPLES)
        .map(|_| rand_distr::Poisson::new(rate.sample(&mut stream)).unwrap().sample(&mut stream))
        .collect();
    let ours =
        (0..SAMPLES).map(|i| f64::from(negative_binomial(DICE.draw(i, 1, Process::LadderMove), 5.0, 1.2)));
    let distance = distance(ours.collect(), mixture);
    assert!(distance < CRITICAL, "{distance}");
}

#[test]
fn waiting_times_of_a_constant_hazard() {
    let months_until = |i: u32| {
        (0..2_000)
            .find(|&month| happens(DICE.draw(i, month, Process::LadderMove), 0.05))
            .map_or(2_000.0, f64::from)
    };
    let mut stream = DICE.stream(2, 0, Process::LadderExit);
    let geometric = rand_distr::Geometric::new(-libm::expm1(-0.05)).unwrap();
    let theirs = (0..SAMPLES).map(|_| geometric.sample(&mut stream) as f64).collect();
    let waits = distance((0..SAMPLES).map(months_until).collect(), theirs);
    assert!(waits < CRITICAL, "{waits}");
}

/// The test must be able to fail: a wrong variance is seen.
#[test]
fn a_wrong_sampler_is_caught() {
    let far = distance_to(|word| gamma_mean_one(unit(word), 0.6), rand_distr::Gamma::new(2.0, 0.5).unwrap());
    assert!(far > CRITICAL, "{far}");
}
