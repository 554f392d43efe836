//! One data set of 500 participants on one core: log-rank, weighted tests, MaxCombo, restricted means.
//!
//! Targets: log-rank at least 30,000 data sets a second (33 microseconds), MaxCombo of four 15,000 (66 microseconds).

use criterion::{Criterion, criterion_group, criterion_main};
use stapjes::estimate::Alternative;
use stapjes::estimate::kaplan_meier::kaplan_meier;
use stapjes::estimate::log_rank::RankWorkspace;
use stapjes::estimate::restricted_mean::{RestrictedMean, Window};
use stapjes::estimate::risk_table::Ending;
use stapjes::estimate::weights::Weight;
use stapjes::observe::Dataset;
use std::hint::black_box;

/// Exponential times with a fifth censored, in two arms, from a multiplicative generator; `monthly` rounds up to months.
fn trial(seed: u64, monthly: bool) -> Dataset {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let mut data = Dataset { arm_names: vec!["control".into(), "treated".into()], ..Dataset::default() };
    for i in 0..500_u32 {
        let hazard = if i % 2 == 0 { 0.03 } else { 0.035 };
        let time = -libm::log(uniform()) / hazard;
        let end = 24.0 + 36.0 * uniform();
        let seen = time.min(end);
        data.time.push(if monthly { libm::ceil(seen) } else { seen });
        data.cause.push(u32::from(time <= end));
        data.arm.push(i % 2);
    }
    data
}

fn rank_tests(c: &mut Criterion) {
    let four = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    let four = four.map(|(rho, gamma)| Weight::FlemingHarrington { rho, gamma });
    let mut workspace = RankWorkspace::default();
    for monthly in [false, true] {
        let trials: Vec<Dataset> = (0..64).map(|seed| trial(seed, monthly)).collect();
        let times = if monthly { "months" } else { "days" };
        let mut next = 0;
        let mut one = || {
            next = (next + 1) % trials.len();
            &trials[next]
        };
        c.bench_function(&format!("log-rank, 500 participants, {times}"), |b| {
            b.iter(|| black_box(workspace.log_rank(one(), Ending::Any)));
        });
        c.bench_function(&format!("scores of four with covariance, 500 participants, {times}"), |b| {
            b.iter(|| black_box(workspace.scores(one(), Ending::Any, &four)));
        });
        for (name, alternative) in [("one-sided", Alternative::Greater), ("two-sided", Alternative::TwoSided)]
        {
            c.bench_function(&format!("max-combo of four, {name}, 500 participants, {times}"), |b| {
                b.iter(|| black_box(workspace.max_combo(one(), Ending::Any, &four, alternative)));
            });
        }
        c.bench_function(&format!("modestly weighted, 500 participants, {times}"), |b| {
            let weight = [Weight::ModestBySurvival { s_star: 0.5 }];
            b.iter(|| black_box(workspace.scores(one(), Ending::Any, &weight)));
        });
        c.bench_function(&format!("restricted mean of both arms, 500 participants, {times}"), |b| {
            b.iter(|| {
                let curves = kaplan_meier(one(), Ending::Any);
                let variance = |curve: &_| RestrictedMean::new(curve, Window::until(24.0)).variance(false);
                black_box(curves.map(|curves| curves.iter().map(variance).sum::<f64>()))
            });
        });
    }
}

criterion_group!(benches, rank_tests);
criterion_main!(benches);
