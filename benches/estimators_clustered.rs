//! Estimators with clusters or competing causes on one data set of 500 participants in 20 clusters, one core. Targets:
//! cluster-robust Cox and Gray at least 10,000 data sets a second each (100 microseconds).

use criterion::{Criterion, criterion_group, criterion_main};
use rand_core::Rng;
use stapjes::estimate::CoxTies;
use stapjes::estimate::clustered_proportions::{ClusterCount, adjusted_chi_square, cluster_t_test};
use stapjes::estimate::cox::arm::{ArmStudy, ArmWorkspace};
use stapjes::estimate::gray::GrayWorkspace;
use stapjes::estimate::risk_table::Row;
use stapjes::random::philox::Stream;
use std::hint::black_box;

const ROWS: usize = 500;
const CLUSTERS: usize = 20;

struct Study {
    time: Vec<f64>,
    cause: Vec<u32>,
    event: Vec<bool>,
    treated: Vec<bool>,
    cluster: Vec<u32>,
}

/// Exponential exits at 0.05 a month, two causes, censored between month 12 and 36; `months` rounds up.
fn study(months: bool) -> Study {
    let mut stream = Stream::new([7, 0]);
    let mut uniform = || (f64::from(stream.next_u32()) + 0.5) / 4_294_967_296.0;
    let mut study = Study { time: vec![], cause: vec![], event: vec![], treated: vec![], cluster: vec![] };
    for row in 0..ROWS {
        let (exit, end) = (-libm::log(uniform()) / 0.05, 12.0 + 24.0 * uniform());
        let cause = if exit > end { 0 } else { 1 + u32::from(uniform() < 0.4) };
        let time = exit.min(end);
        study.time.push(if months { time.ceil() } else { time });
        study.cause.push(cause);
        study.event.push(cause == 1);
        study.cluster.push((row % CLUSTERS) as u32);
        study.treated.push(row % CLUSTERS % 2 == 1);
    }
    study
}

fn benches(criterion: &mut Criterion) {
    for (name, months) in [("continuous times", false), ("whole months", true)] {
        let data = study(months);
        let view = ArmStudy {
            time: &data.time,
            event: &data.event,
            treated: &data.treated,
            cluster: &data.cluster,
            clusters: CLUSTERS,
        };
        let mut workspace = ArmWorkspace::default();
        criterion.bench_function(&format!("cluster-robust Cox, {name}"), |bencher| {
            bencher.iter(|| {
                workspace.load(black_box(&view)).ok();
                workspace.fit(&view, CoxTies::Efron)
            });
        });
        criterion.bench_function(&format!("cluster-robust log-rank, {name}"), |bencher| {
            bencher.iter(|| {
                workspace.load(black_box(&view)).ok();
                workspace.robust_log_rank(&view, CoxTies::Efron)
            });
        });
        let mut gray = GrayWorkspace::default();
        criterion.bench_function(&format!("Gray, {name}"), |bencher| {
            bencher.iter(|| {
                gray.begin(2);
                let rows = (0..ROWS).map(|row| Row {
                    start: f64::NEG_INFINITY,
                    time: data.time[row],
                    event: data.cause[row],
                    group: u32::from(data.treated[row]),
                });
                gray.add_stratum(0.0, black_box(rows));
                gray.two_group_statistic()
            });
        });
    }
    let counts: Vec<ClusterCount> = (0..CLUSTERS)
        .map(|k| ClusterCount { arm: k % 2, successes: (5 + k * 7 % 11) as f64, size: 25.0 })
        .collect();
    criterion.bench_function("adjusted chi-square, 20 clusters", |bencher| {
        bencher.iter(|| adjusted_chi_square(black_box(&counts)));
    });
    criterion.bench_function("cluster t test, 20 clusters", |bencher| {
        bencher.iter(|| cluster_t_test(black_box(&counts)))
    });
}

criterion_group!(group, benches);
criterion_main!(group);
