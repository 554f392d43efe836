//! With few clusters no test that uses them rejects null data too often: a table for `docs/analyze.md`, and its test.

use rand_core::Rng;
use stapjes::estimate::Options;
use stapjes::estimate::catalogue::parse_requests;
use stapjes::observe::Dataset;
use stapjes::random::philox::Stream;

struct Draws(Stream);

impl Draws {
    /// Uniform on (0, 1).
    fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -libm::log(self.uniform()) / rate
    }
}

/// Methods on times and endings whose p is by cluster (but `cluster-permutation`, which is exact).
const TESTS: [&str; 12] = [
    "cox-robust",
    "robust-log-rank",
    "fine-gray",
    "cluster-chi-square",
    "cluster-t",
    "cluster-linear",
    "cox-small-sample(md)",
    "cox-small-sample(kc)",
    "cox-small-sample(fg)",
    "cox-small-sample(mbn)",
    "cox-piecewise(6)",
    "cumulative-incidence(jackknife)",
];

/// Methods on counts whose p is by cluster.
const COUNT_TESTS: [&str; 3] = ["poisson", "quasi-poisson", "negative-binomial"];

/// The same clusters with a number of events each: Poisson with mean 0.1 a month times the frailty.
fn counted(draws: &mut Draws, sizes: &[usize], frail: bool) -> Dataset {
    let data = study(draws, sizes, false);
    let cluster = data.cluster.clone().expect("clusters");
    let mut frailty: Vec<f64> = Vec::new();
    let mut count = Vec::new();
    for (row, own) in cluster.iter().enumerate() {
        while frailty.len() <= *own as usize {
            frailty.push(if frail {
                (0..10).map(|_| draws.exponential(1.0)).sum::<f64>() / 10.0
            } else {
                1.0
            });
        }
        let (mut events, mut time) = (0, draws.exponential(0.1 * frailty[*own as usize]));
        while time < data.time[row] {
            events += 1;
            time += draws.exponential(0.1 * frailty[*own as usize]);
        }
        count.push(events);
    }
    Dataset { count: Some(count), ..data }
}

/// Clusters of these sizes in both arms, exponential times at 0.03 a month times a gamma frailty of variance 0.1, a fifth of the exits
/// by another cause, censored between month 12 and 24.
fn study(draws: &mut Draws, sizes: &[usize], frail: bool) -> Dataset {
    let mut data = Dataset { arm_names: vec!["control".into(), "treated".into()], ..Dataset::default() };
    let mut clusters = Vec::new();
    for (cluster, size) in (0_u32..).zip(sizes.iter().chain(sizes)) {
        let frailty = if frail { (0..10).map(|_| draws.exponential(1.0)).sum::<f64>() / 10.0 } else { 1.0 };
        for _ in 0..*size {
            let (exit, end) = (draws.exponential(0.03 * frailty), 12.0 + 12.0 * draws.uniform());
            data.time.push(exit.min(end));
            data.cause.push(if exit > end { 0 } else { 1 + u32::from(draws.uniform() < 0.2) });
            data.arm.push(u32::from(cluster as usize >= sizes.len()));
            clusters.push(cluster);
        }
    }
    data.cluster = Some(clusters);
    data
}

/// Rejections at 5 % of `studies` studies, by test; and of the naive z of cox-robust.
fn rejections<const N: usize>(
    tests: [&str; N],
    seed: u32,
    sizes: &[usize],
    frail: bool,
    studies: usize,
) -> ([usize; N], usize) {
    let mut draws = Draws(Stream::new([seed, 0]));
    let requests = tests.map(|test| parse_requests(test).expect("known").remove(0));
    let options = Options { cause: Some(1), at: vec![12.0], ..Options::default() };
    let (mut rejected, mut plain) = ([0; N], 0);
    for _ in 0..studies {
        let data = if N == COUNT_TESTS.len() {
            counted(&mut draws, sizes, frail)
        } else {
            study(&mut draws, sizes, frail)
        };
        for (count, request) in rejected.iter_mut().zip(&requests) {
            let results = request.run(&data, &options).unwrap_or_default();
            let contrast =
                results.iter().find(|e| e.label.english().contains("treated") && e.p_value.is_some());
            *count += usize::from(contrast.is_some_and(|e| e.p_value < Some(0.05)));
            if request.text == "cox-robust"
                && let Some(e) = contrast
            {
                let z = libm::log(e.value.unwrap_or(1.0)) / e.standard_error.unwrap_or(1.0);
                plain += usize::from(z.abs() > 1.959_963_984_540_054);
            }
        }
    }
    (rejected, plain)
}

fn designs() -> Vec<(&'static str, Vec<usize>)> {
    vec![
        ("2", vec![30; 2]),
        ("4", vec![30; 4]),
        ("6", vec![30; 6]),
        ("8", vec![20; 8]),
        ("16", vec![12; 16]),
        ("2 unequal", vec![15, 60]),
        ("4 unequal", vec![10, 20, 30, 80]),
        ("6 unequal", vec![10, 15, 20, 25, 40, 80]),
        ("8 unequal", vec![8, 8, 12, 12, 20, 20, 50, 50]),
        ("16 unequal", [5, 10, 15, 30].repeat(4)),
    ]
}

/// 200 studies of each: rejected at most 10 + 4 standard deviations times (0.05 + 4 sqrt(.05 * .95 / 200) = 0.112), which a test of 5 %
/// exceeds once in 5,000; the plain sandwich does so with few clusters.
#[test]
fn null_data_are_not_rejected_too_often() {
    for (seed, (name, sizes)) in (1..).zip(designs()) {
        let (rejected, plain) = rejections(TESTS, seed, &sizes, true, 200);
        let (counts, _) = rejections(COUNT_TESTS, seed, &sizes, true, 200);
        for (test, count) in TESTS.iter().zip(rejected).chain(COUNT_TESTS.iter().zip(counts)) {
            assert!(count <= 22, "{test} with {name} clusters an arm: {count} of 200");
        }
        assert!(sizes.len() > 4 || plain > 20, "{name}: the plain sandwich rejects only {plain}");
    }
}

/// The table in `docs/analyze.md`: `cargo test --release --test few_clusters -- --ignored --nocapture`.
#[test]
#[ignore = "minutes; cargo test --release --test few_clusters -- --ignored --nocapture"]
fn table() {
    let tests = TESTS.iter().chain(&COUNT_TESTS).copied().collect::<Vec<_>>();
    println!("| clusters an arm | frailty | sandwich z | {} |", tests.join(" | "));
    for (seed, (name, sizes)) in (101..).zip(designs()) {
        for frail in [false, true] {
            let (rejected, plain) = rejections(TESTS, seed, &sizes, frail, 2000);
            let (counts, _) = rejections(COUNT_TESTS, seed, &sizes, frail, 2000);
            let all = rejected.iter().chain(&counts);
            let shown =
                all.map(|count| format!("{:.3}", *count as f64 / 2000.0)).collect::<Vec<_>>().join(" | ");
            println!(
                "| {name} | {} | {:.3} | {shown} |",
                if frail { 0.1 } else { 0.0 },
                plain as f64 / 2000.0
            );
        }
    }
}
