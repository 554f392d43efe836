//! Speed of the engines in client-months per second on one core: `cargo bench --bench engine`.
//!
//! Criterion prints `thrpt` in `elem/s`. For the ladder an element is one client-month of one arm (clients x months of the
//! horizon, whether or not somebody has left by then), for the full model one client-month on benefit.

#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stapjes::engine::ladder::LadderEngine;
use stapjes::engine::{Keep, Means, simulate_with};
use stapjes::history::{History, LadderHistory, Tally, World};
use stapjes::population::{self, Population};
use stapjes::random::{Dice, Process, sample};
use stapjes::scenario::Scenario;
use stapjes::scenario::plan::{Ladder, LadderEffect, LadderRates, LadderRung};
use stapjes::stats::instructions;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const CLIENTS: u32 = 2_000;
const MONTHS: u32 = 120;

fn ladder_6() -> Ladder {
    let start = [0.25, 0.20, 0.20, 0.15, 0.12, 0.08];
    let up = [0.040, 0.035, 0.030, 0.025, 0.020, 0.0];
    let down = [0.0, 0.010, 0.012, 0.015, 0.015, 0.020];
    let work = [0.001, 0.002, 0.005, 0.010, 0.020, 0.040];
    let rung = |i: usize| LadderRung {
        start: start[i],
        up: up[i],
        down: down[i],
        work: work[i],
        fraud: 0.0008,
        other: 0.004,
    };
    let effect = LadderEffect { from_month: 3, multiplier: 1.3, slope: 0.5, trust_gain: 0.05 };
    Ladder {
        rates: LadderRates::Probability,
        rungs: (0..6).map(rung).collect(),
        start_trust: vec![0.0, 0.1, 0.2, 0.3, 0.4],
        effects: vec![None, Some(effect)],
    }
}

/// The same table as hazards, in steps of a month.
fn ladder_6_as_hazards() -> Ladder {
    Ladder { rates: LadderRates::Hazard, ..ladder_6() }
}

fn ladder(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ladder-6");
    let client_months = |arms: u64| Throughput::Elements(arms * u64::from(CLIENTS) * u64::from(MONTHS));
    let mut engine = |name: &str, ladder: &Ladder, arms: &[usize]| {
        let engine = LadderEngine::new(ladder, MONTHS, 1);
        let mut history = LadderHistory::default();
        let mut replicate = 0;
        group.throughput(client_months(arms.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                replicate += 1;
                engine.simulate_into(&Dice::new(2026, replicate), 0..CLIENTS, arms, &mut history);
                black_box(&history);
            });
        });
    };
    engine("both arms, paired", &ladder_6(), &[0, 1]);
    engine("control arm", &ladder_6(), &[0]);
    engine("treated arm", &ladder_6(), &[1]);
    engine("both arms, paired, hazard form", &ladder_6_as_hazards(), &[0, 1]);
    let ladder = ladder_6();
    for (arm, name) in ["plain struct loop, control arm", "plain struct loop, treated arm"].iter().enumerate()
    {
        let mut random = Xoshiro([1, 2, 3, 4]);
        group.throughput(client_months(1));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| black_box(plain_loop(&ladder, arm, &mut random)));
        });
    }
    group.finish();
}

/// What most people would write: one struct per client, one pass over the clients each month, one float per decision.
struct Client {
    rung: usize,
    trust: f64,
    out: bool,
}

/// Occupancy per month and rung, and exits per month by reason.
type PlainResult = (Vec<u32>, Vec<[u32; 3]>);

fn plain_loop(ladder: &Ladder, arm: usize, random: &mut Xoshiro) -> PlainResult {
    let rungs = ladder.rungs.len();
    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| plain_start(ladder, random)).collect();
    let mut exits = vec![[0; 3]; MONTHS as usize + 1];
    let mut occupancy = vec![0; rungs * (MONTHS as usize + 1)];
    for month in 0..MONTHS {
        let at = month as usize + 1;
        exits[at] = exits[at - 1];
        for client in clients.iter_mut().filter(|client| !client.out) {
            plain_month(ladder, ladder.effects[arm], month, client, &mut exits[at], random.unit());
            if !client.out {
                occupancy[at * rungs + client.rung] += 1;
            }
        }
    }
    (occupancy, exits)
}

fn plain_start(ladder: &Ladder, random: &mut Xoshiro) -> Client {
    let mut u = random.unit();
    let mut rung = 0;
    while rung + 1 < ladder.rungs.len() && u >= ladder.rungs[rung].start {
        u -= ladder.rungs[rung].start;
        rung += 1;
    }
    let class = (random.unit() * ladder.start_trust.len() as f64) as usize;
    Client { rung, trust: ladder.start_trust[class], out: false }
}

fn plain_month(
    ladder: &Ladder,
    effect: Option<LadderEffect>,
    month: u32,
    client: &mut Client,
    exits: &mut [u32; 3],
    mut u: f64,
) {
    let rung = &ladder.rungs[client.rung];
    let mut up = rung.up;
    if let Some(effect) = effect
        && month >= effect.from_month
    {
        client.trust += effect.trust_gain * (1.0 - client.trust);
        up *= effect.multiplier * (1.0 + effect.slope * client.trust);
    }
    for (reason, probability) in [rung.work, rung.fraud, rung.other].into_iter().enumerate() {
        if u < probability {
            client.out = true;
            exits[reason] += 1;
            return;
        }
        u -= probability;
    }
    if u < up {
        client.rung += 1;
    } else if u < up + rung.down {
        client.rung -= 1;
    }
}

/// xoshiro256++ of Blackman & Vigna (2021), doi 10.1145/3460772: a fast sequential generator, to the plain loop's
/// advantage.
struct Xoshiro([u64; 4]);

impl Xoshiro {
    fn unit(&mut self) -> f64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        (result >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// Addressed draws: nanoseconds per block one by one and in columns, per normal.
fn random(criterion: &mut Criterion) {
    let dice = Dice::new(2026, 0);
    let clients: Vec<u32> = (0..2_048).collect();
    let blocks: Vec<[u32; 4]> = clients.iter().map(|&client| dice.block(client, 3, 0)).collect();
    let mut group = criterion.benchmark_group("random");
    group.throughput(Throughput::Elements(clients.len() as u64));
    group.bench_function("blocks one by one", |bencher| {
        bencher.iter(|| {
            let month = black_box(3);
            clients
                .iter()
                .fold(0, |sum: u32, &client| sum.wrapping_add(dice.draw(client, month, Process::LadderMove)))
        });
    });
    group.bench_function("normals", |bencher| {
        bencher.iter(|| blocks.iter().map(|block| sample::normal(black_box(block[0]))).sum::<f64>());
    });
    group.bench_function("hazards", |bencher| {
        bencher.iter(|| blocks.iter().filter(|block| sample::happens(block[1], black_box(0.02))).count());
    });
    group.finish();
}

/// Two sites of the default scenario: 1,440 clients with 8 caseworkers, ten years, one paired world of each arm.
struct Study {
    scenario: Scenario,
    population: Population,
}

impl Study {
    fn new() -> Self {
        let mut scenario = Scenario::from_text("extends = \"lange-adem\"").expect("the default scenario");
        scenario.sites.truncate(2);
        let population = population::draw(&scenario, 0);
        Self { scenario, population }
    }

    fn simulate(&self, arm: usize, means: &Means, keep: Keep) -> History {
        simulate_with(means, &self.scenario, &self.population, 0, World::Paired { arm }, keep)
    }

    /// Client-months on benefit, counted from the history itself: a client who has left costs nothing, so counting clients x
    /// months of the horizon would flatter the engine by two fifths.
    fn client_months(&self, arm: usize) -> Throughput {
        let history = self.simulate(arm, &Means::default(), Keep::default());
        let tallies = history.tallies[0].iter().flat_map(|tally| tally.column(Tally::BenefitMonths));
        Throughput::Elements(tallies.sum::<f64>() as u64)
    }
}

/// The full model under each service with each instruction set.
fn full(criterion: &mut Criterion) {
    let study = Study::new();
    let mut group = criterion.benchmark_group("full");
    for (arm, service) in SERVICES.iter().enumerate() {
        group.throughput(study.client_months(arm));
        for (name, level) in instructions::all() {
            let means = Means { level, ..Means::default() };
            group.bench_function(format!("{service}, {name}"), |bencher| {
                bencher.iter(|| black_box(study.simulate(arm, &means, Keep::default())));
            });
        }
    }
    group.throughput(Throughput::Elements(u64::from(study.scenario.participants())));
    group.bench_function("drawing clients", |bencher| {
        bencher.iter(|| black_box(population::draw(&study.scenario, 0)));
    });
    group.bench_function("study with record", |bencher| {
        let keep = Keep { record: true, lives: 0 };
        let simulate =
            || simulate_with(&Means::default(), &study.scenario, &study.population, 0, World::Study, keep);
        bencher.iter(|| black_box(simulate()));
    });
    group.finish();
}

const SERVICES: [&str; 2] = ["regular service", "FIP"];

/// Time of each part of a step, summed over caseloads and months.
static LAPS: Mutex<(Option<Instant>, BTreeMap<&'static str, Duration>)> = Mutex::new((None, BTreeMap::new()));

fn lap(part: &'static str) {
    let now = Instant::now();
    let (since, laps) = &mut *LAPS.lock().expect("one thread");
    if let Some(since) = since {
        *laps.entry(part).or_default() += now - *since;
    }
    *since = Some(Instant::now());
}

/// Each dense pass, and each batch or loop over those to whom something happens, by itself, with the widest instructions. The clock
/// is read at every part: about a nanosecond per client-month and part.
fn parts(criterion: &mut Criterion) {
    let study = Study::new();
    let means = Means { level: instructions::widest(), lap: Some(lap) };
    for (arm, service) in SERVICES.iter().enumerate() {
        let mut group = criterion.benchmark_group(format!("parts of a step, {service}"));
        group
            .sample_size(10)
            .measurement_time(Duration::from_secs(1))
            .warm_up_time(Duration::from_millis(100));
        group.throughput(study.client_months(arm));
        *LAPS.lock().expect("one thread") = (None, BTreeMap::new());
        study.simulate(arm, &means, Keep::default());
        let parts: Vec<&str> = LAPS.lock().expect("one thread").1.keys().copied().collect();
        for part in parts {
            group.bench_function(part, |bencher| {
                bencher.iter_custom(|times| {
                    *LAPS.lock().expect("one thread") = (None, BTreeMap::new());
                    (0..times).for_each(|_| drop(black_box(study.simulate(arm, &means, Keep::default()))));
                    LAPS.lock().expect("one thread").1[part]
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, ladder, full, parts, random);
criterion_main!(benches);
