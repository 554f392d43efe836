//! Learning: the fit of an emulator, the sampler, the regression behind the value of a study.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use stapjes::calibrate::emulator::Terms;
use stapjes::calibrate::smc::sample;
use stapjes::calibrate::target::Link;
use stapjes::random::{Dice, sobol};
use stapjes::stats::normal;
use stapjes::trial::Watch;
use stapjes::value::regression::worth;

fn points(count: u32, dimensions: u32) -> Vec<Vec<f64>> {
    let point = |draw| (0..dimensions).map(|at| normal::quantile(sobol::joint(1, at, draw))).collect();
    (0..count).map(point).collect()
}

fn emulator_fit(bench: &mut Criterion) {
    let points = points(300, 37);
    let outcomes: Vec<f64> = points
        .iter()
        .map(|z| libm::exp(0.2 * z[0] - 0.1 * z[1] + 0.05 * z[2] * z[3] + 0.02 * z[4] * z[4] - 3.0))
        .collect();
    let terms = Terms::new(&points);
    bench.bench_function("emulator of one figure, 37 parameters, 300 runs", |bench| {
        bench.iter(|| black_box(&terms).fit(Link::Log, black_box(&outcomes)));
    });
}

fn sampler(bench: &mut Criterion) {
    let likelihood = |z: &[f64]| -z.iter().map(|z| (z - 1.0) * (z - 1.0)).sum::<f64>();
    bench.bench_function("sampler, 10 parameters, 500 particles", |bench| {
        bench.iter(|| sample(10, 500, &likelihood, Dice::new(1, 0), Watch::default()));
    });
}

fn study_value(bench: &mut Criterion) {
    let columns: Vec<Vec<f64>> = (0..5).map(|at| points(256, 5).iter().map(|z| z[at]).collect()).collect();
    let inb: Vec<f64> = (0..256).map(|at| 100.0 * columns[0][at] + 50.0 * columns[1][at]).collect();
    bench.bench_function("value of one study, 5 findings, 256 draws", |bench| {
        bench.iter(|| worth(black_box(&inb), black_box(&columns), 1));
    });
}

criterion_group!(learning, emulator_fit, sampler, study_value);
criterion_main!(learning);
