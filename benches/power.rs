//! What a power analysis does with one simulated study on file, one core: the study of `lange-adem` (2,880 participants, 16
//! caseworkers, ten years) at twelve durations, every endpoint with the tests of the scenario, all participants.
//!
//! `cut`: the record as it is on file at every duration. `counts`: every endpoint counted by caseworker and month. `tests`: all
//! tests on the counts; in elements a second, an element being one test at one duration. `road`: the three together.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stapjes::kinds::Kind;
use stapjes::observe::{OnFile, Protocol, cut};
use stapjes::scenario::analysis::{Benefit, Endpoint, TestKind};
use stapjes::scenario::{Scenario, embedded};
use stapjes::study::{
    EndpointData, Rules, Units, Workspace, decide_all, endpoint_data, shortest_follow_up, units_of,
};
use stapjes::trial::replicate;

const MONTHS: [u32; 12] = [6, 12, 18, 24, 36, 48, 60, 72, 84, 96, 108, 120];

fn counts(scenario: &Scenario, units: &Units, files: &[OnFile]) -> Vec<EndpointData> {
    let arms = (scenario.control, 1 - scenario.control);
    let of_file = |file: &OnFile| -> Vec<EndpointData> {
        let time = (scenario.steps_per_month, shortest_follow_up(file, arms));
        let tests = scenario.analysis.tests.iter();
        tests
            .map(|(endpoint, tests): &(Endpoint, Vec<TestKind>)| {
                endpoint_data(file, units, (*endpoint, tests), arms, time)
            })
            .collect()
    };
    files.iter().flat_map(of_file).collect()
}

fn tests(
    scenario: &Scenario,
    counts: &[EndpointData],
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> f64 {
    let kinds = scenario.analysis.tests.iter().map(|(_, tests)| tests).cycle();
    let all = counts.iter().zip(kinds);
    all.map(|(data, kinds)| {
        decide_all(kinds, data, units, rules, workspace).map(|found| found.p_value).sum::<f64>()
    })
    .sum()
}

fn benches(criterion: &mut Criterion) {
    let scenario = embedded("lange-adem", &[]).expect("the default scenario").scenario;
    let record = replicate::study(&scenario, 0).record;
    let (protocol, units) = (Protocol::from(&scenario), units_of(&scenario, &record));
    let plan = &scenario.analysis;
    let rules =
        Rules { alpha: plan.alpha, sides: plan.sides, benefit: Benefit::Sooner, cluster: plan.cluster };
    let everybody: Vec<u32> = (0..units.arm.len() as u32).collect();
    let files = cut(&protocol, &record, &MONTHS);
    let counted = counts(&scenario, &units, &files);
    let mut workspace = Workspace::default();
    let mut group = criterion.benchmark_group("power");
    group.bench_function("cut", |bencher| bencher.iter(|| cut(&protocol, black_box(&record), &MONTHS)));
    group.bench_function("counts", |bencher| bencher.iter(|| counts(&scenario, &units, black_box(&files))));
    let number: usize = plan.tests.iter().map(|(_, tests)| tests.len()).sum();
    group.throughput(Throughput::Elements((number * MONTHS.len()) as u64));
    group.bench_function("tests", |bencher| {
        bencher.iter(|| tests(&scenario, black_box(&counted), &everybody, &rules, &mut workspace));
    });
    group.bench_function("road", |bencher| {
        bencher.iter(|| {
            let files = cut(&protocol, black_box(&record), &MONTHS);
            let counted = counts(&scenario, &units, &files);
            tests(&scenario, &counted, &everybody, &rules, &mut workspace)
        });
    });
    for kind in TestKind::ALL {
        group.throughput(Throughput::Elements(1));
        let last = &counted[counted.len() - plan.tests.len()];
        // What this endpoint's counts do not carry (persons, periods) would be measured as nothing.
        let mut first = decide_all(std::slice::from_ref(kind), last, &everybody, &rules, &mut workspace);
        if !first.next().is_some_and(|found| found.defined) {
            continue;
        }
        drop(first);
        group.bench_function(format!("{kind:?}"), |bencher| {
            bencher.iter(|| {
                decide_all(&[*kind], black_box(last), &everybody, &rules, &mut workspace)
                    .map(|found| found.p_value)
                    .sum::<f64>()
            });
        });
    }
    group.finish();
}

criterion_group!(group, benches);
criterion_main!(group);
