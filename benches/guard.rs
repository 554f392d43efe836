//! Fails when something is no longer compiled for its instruction set: `cargo bench --bench guard`.
//!
//! Ratios of times in one run, so that neither the machine nor what else runs on it matters much: the whole model with SSE2 to the
//! same with wider instructions, and lanes to the same function in double precision, one number at a time. A closure that is called on
//! lanes, or a function without `#[inline(always)]`, gives right results and costs three to six times the time.

#![allow(missing_docs)]

use std::hint::black_box;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fearless_simd::Level;
use stapjes::engine::{Keep, Means, simulate_with};
use stapjes::history::World;
use stapjes::population;
use stapjes::random::{Dice, Process, lanes as draws};
use stapjes::scenario::Scenario;
use stapjes::stats::instructions;
use stapjes::stats::lanes::{self, Column, Simd, blocks};

const ROWS: usize = 4_096;
const ROUNDS: usize = 15;

/// The shortest of several times of two things in turn, as a ratio: what disturbs a run only makes it longer.
fn ratio(mut one: impl FnMut(), mut other: impl FnMut()) -> f64 {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let mut best = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        best = [best[0].min(time(&mut one)), best[1].min(time(&mut other))];
    }
    best[0].as_secs_f64() / best[1].as_secs_f64()
}

#[inline(always)]
fn exponentials<S: Simd>(simd: S, x: &Column<f32>, out: &mut Column<f32>) {
    for block in 0..blocks(ROWS) {
        out.store(block, lanes::exp(simd, x.load(simd, block)));
    }
}

#[inline(always)]
fn philox<S: Simd>(simd: S, entities: &Column<u32>, out: &mut Column<u32>) {
    for block in 0..blocks(ROWS) {
        let words = draws::block(simd, &Dice::new(2026, 0), entities.load(simd, block), 7, 3);
        out.store(block, words[0]);
    }
}

fn model(level: Level) -> impl FnMut() {
    let mut scenario =
        Scenario::from_text("extends = \"lange-adem\"\nhorizon_months = 36").expect("a scenario");
    scenario.sites.truncate(1);
    let population = population::draw(&scenario, 0);
    let means = Means { level, ..Means::default() };
    move || {
        for arm in 0..2 {
            black_box(simulate_with(
                &means,
                &scenario,
                &population,
                0,
                World::Paired { arm },
                Keep::default(),
            ));
        }
    }
}

fn main() -> ExitCode {
    let levels = instructions::all();
    let (widest, level) = levels[0];
    let (mut x, mut ids) = (Column::default(), Column::default());
    for row in 0..ROWS {
        x.put(row, row as f32 / 900.0 - 2.0);
        ids.put(row, row as u32);
    }
    let (mut out, mut words) = (x.clone(), ids.clone());
    let one_by_one = || {
        black_box((0..ROWS).map(|row| libm::exp(f64::from(black_box(&x)[row]))).sum::<f64>());
    };
    let exp = ratio(
        one_by_one,
        || fearless_simd::dispatch!(level, simd => exponentials(simd, black_box(&x), &mut out)),
    );
    let dice = Dice::new(2026, 0);
    let one_by_one = || {
        black_box(
            (0..ROWS as u32).fold(0, |sum: u32, id| sum ^ dice.draw(black_box(id), 7, Process::TalkNoise)),
        );
    };
    let block = ratio(
        one_by_one,
        || fearless_simd::dispatch!(level, simd => philox(simd, black_box(&ids), &mut words)),
    );
    let mut found = vec![
        (format!("exponential, one by one : {widest}"), exp, 3.0),
        (format!("random block, one by one : {widest}"), block, 1.3),
    ];
    let narrow = levels.iter().find(|(name, _)| *name == "sse2");
    for (name, level) in levels.iter().filter(|(name, _)| name.starts_with("avx")) {
        let Some((_, narrow)) = narrow else { continue };
        found.push((format!("full model, sse2 : {name}"), ratio(model(*narrow), model(*level)), 1.2));
    }
    let mut ok = true;
    for (what, ratio, bound) in found {
        let verdict = if ratio >= bound { "ok" } else { "TOO LOW" };
        let line = format!("{what:42} {ratio:6.2}  (at least {bound})  {verdict}\n");
        std::io::stdout().write_all(line.as_bytes()).expect("standard output");
        ok &= ratio >= bound;
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
