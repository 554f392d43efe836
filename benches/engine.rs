//! Speed of the engines in client-months per second on one core: `cargo bench --bench engine`.
//!
//! Criterion prints `thrpt` in `elem/s`. For the ladder an element is one client-month of one arm (clients x months of the
//! horizon, whether or not somebody has left by then), for the full model one client-month on benefit.

#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use stapjes::engine::ladder::LadderEngine;
use stapjes::engine::{Keep, simulate};
use stapjes::history::{LadderHistory, Tally, World};
use stapjes::population;
use stapjes::random::{Dice, Process, lanes, sample};
use stapjes::scenario::Scenario;
use stapjes::scenario::plan::{Ladder, LadderEffect, LadderRates, LadderRung};
use std::hint::black_box;

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
    let mut blocks = vec![[0; 4]; clients.len()];
    let mut group = criterion.benchmark_group("random");
    group.throughput(Throughput::Elements(clients.len() as u64));
    group.bench_function("blocks in columns", |bencher| {
        bencher.iter(|| lanes::fill(&dice, &clients, black_box(3), 0, black_box(&mut blocks)));
    });
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

/// The full model under each service of the default scenario: 1,440 clients with 8 caseworkers, ten years, one paired world.
///
/// Here an element is a client-month on benefit, counted from the history itself: a client who has left costs nothing, so
/// counting clients x months of the horizon would flatter the engine by two fifths.
fn full(criterion: &mut Criterion) {
    let mut scenario = Scenario::from_text("extends = \"lange-adem\"").expect("the default scenario");
    scenario.sites.truncate(2);
    let population = population::draw(&scenario, 0);
    let mut group = criterion.benchmark_group("full");
    for (arm, name) in ["regular service", "FIP"].iter().enumerate() {
        let world = World::Paired { arm };
        let history = simulate(&scenario, &population, 0, world, Keep::default());
        let months: f64 =
            history.tallies[0].iter().flat_map(|tally| tally.column(Tally::BenefitMonths)).sum();
        group.throughput(Throughput::Elements(months as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| black_box(simulate(&scenario, &population, 0, world, Keep::default())));
        });
    }
    group.throughput(Throughput::Elements(u64::from(scenario.participants())));
    group.bench_function("drawing clients", |bencher| {
        bencher.iter(|| black_box(population::draw(&scenario, 0)));
    });
    group.finish();
}

criterion_group!(benches, ladder, full, random);
criterion_main!(benches);
