//! Estimators with clusters or competing causes on one study of 500 participants in 20 clusters, one core: what a power
//! simulation runs. Targets: cluster-robust Cox and Gray at least 10,000 studies a second each (100 microseconds).

use criterion::{Criterion, criterion_group, criterion_main};
use rand_core::Rng;
use stapjes::estimate::clustered_proportions::{ClusterCount, adjusted_chi_square, cluster_t_test};
use stapjes::estimate::gray::GrayWorkspace;
use stapjes::estimate::grouped::{ClusterTable, GroupedWorkspace, RankWeight};
use stapjes::estimate::risk_table::RiskRow;
use stapjes::random::philox::Stream;
use std::hint::black_box;

const ROWS: usize = 500;
const CLUSTERS: usize = 20;

struct Study {
    time: Vec<f64>,
    cause: Vec<u32>,
    treated: Vec<bool>,
    cluster: Vec<u32>,
}

/// Exponential exits at 0.05 a month, two causes, censored between month 12 and 36; `months` rounds up.
fn study(months: bool) -> Study {
    let mut stream = Stream::new([7, 0]);
    let mut uniform = || (f64::from(stream.next_u32()) + 0.5) / 4_294_967_296.0;
    let mut study = Study { time: vec![], cause: vec![], treated: vec![], cluster: vec![] };
    for row in 0..ROWS {
        let (exit, end) = (-libm::log(uniform()) / 0.05, 12.0 + 24.0 * uniform());
        let cause = if exit > end { 0 } else { 1 + u32::from(uniform() < 0.4) };
        let time = exit.min(end);
        study.time.push(if months { time.ceil() } else { time });
        study.cause.push(cause);
        study.cluster.push((row % CLUSTERS) as u32);
        study.treated.push(row % CLUSTERS % 2 == 1);
    }
    study
}

/// The same study per cluster and month.
fn counted(study: &Study) -> ClusterTable {
    let arms = (0..CLUSTERS).map(|cluster| cluster % 2).collect();
    let mut table = ClusterTable::new(36, arms, (0..CLUSTERS as u32).collect());
    for row in 0..ROWS {
        let (unit, step) =
            (study.cluster[row] as usize, (study.time[row] as usize).saturating_sub(1).min(35));
        table.add(unit, step);
        if study.cause[row] == 1 {
            table.add_event(unit, step);
        }
    }
    table.finish();
    table
}

fn benches(criterion: &mut Criterion) {
    for (name, months) in [("continuous times", false), ("whole months", true)] {
        let data = study(months);
        let mut gray = GrayWorkspace::default();
        criterion.bench_function(&format!("Gray, {name}"), |bencher| {
            bencher.iter(|| {
                gray.begin(2);
                let rows = (0..ROWS).map(|row| RiskRow {
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
    let table = counted(&study(true));
    let units: Vec<u32> = (0..CLUSTERS as u32).collect();
    let mut workspace = GroupedWorkspace::default();
    criterion.bench_function("cluster-robust Cox from counts, whole months", |bencher| {
        bencher.iter(|| {
            workspace.choose(black_box(&table), &units);
            workspace.cox(&table)
        });
    });
    criterion.bench_function("cluster-robust MaxCombo scores from counts, whole months", |bencher| {
        bencher.iter(|| {
            workspace.choose(black_box(&table), &units);
            workspace.rank_scores(&table, &RankWeight::MAX_COMBO)
        });
    });
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
