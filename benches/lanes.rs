//! Speed of the sixteen lanes by instruction set, beside double precision one by one: `cargo bench --bench lanes`.
//!
//! An element is one number (or one Philox block of four words). The ratio of a row at `sse2` to the same row at `avx2`
//! shows when something stopped being inlined: a closure in a vector function is correct and three to six times slower.

#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fearless_simd::prelude::*;
use stapjes::random::{Dice, Process, lanes as draws, sample};
use stapjes::stats::lanes::{self, Column, Floats, Simd, blocks};
use stapjes::stats::{instructions, single};
use std::hint::black_box;

const ROWS: usize = 192;
const DICE: Dice = Dice::new(2026, 0);

#[inline(always)]
fn philox<S: Simd>(simd: S, entities: &Column<u32>, moment: u32, out: &mut [Column<u32>; 4]) {
    for block in 0..blocks(ROWS) {
        let words = draws::block(simd, &DICE, entities.load(simd, block), moment, 3);
        for (column, words) in out.iter_mut().zip(&words) {
            column.store(block, *words);
        }
    }
}

#[inline(always)]
fn exponentials<S: Simd>(simd: S, x: &Column<f32>, out: &mut Column<f32>) {
    for block in 0..blocks(ROWS) {
        out.store(block, lanes::exp(simd, x.load(simd, block)));
    }
}

#[inline(always)]
fn normals<S: Simd>(simd: S, words: &Column<u32>, out: &mut Column<f32>) {
    for block in 0..blocks(ROWS) {
        out.store(block, draws::normal(simd, words.load(simd, block)));
    }
}

#[inline(always)]
fn decisions<S: Simd>(simd: S, words: &Column<u32>, hazards: &Column<f32>) -> u32 {
    let mut happened = 0;
    for block in 0..blocks(ROWS) {
        let u = draws::unit(simd, words.load(simd, block));
        happened += draws::happens(simd, u, hazards.load(simd, block)).to_bitmask().count_ones();
    }
    happened
}

#[inline(always)]
fn sum<S: Simd>(simd: S, x: &Column<f32>) -> u32 {
    let mut sums = lanes::words(simd, 0);
    for block in 0..blocks(ROWS) {
        let x: Floats<S> = x.load(simd, block);
        sums += lanes::fixed_point(x, 16_384.0);
    }
    let sums: [u32; 16] = sums.into();
    sums.iter().fold(0, |all, &one| all.wrapping_add(one))
}

fn bench(criterion: &mut Criterion) {
    let entities: Vec<u32> = (0..ROWS as u32).collect();
    let (mut ids, mut x, mut hazards) = (Column::default(), Column::default(), Column::default());
    for (row, &id) in entities.iter().enumerate() {
        ids.put(row, id);
        x.put(row, row as f32 / 40.0 - 2.0);
        hazards.put(row, row as f32 / 4_000.0);
    }
    let mut words = [ids.clone(), ids.clone(), ids.clone(), ids.clone()];
    let mut out = x.clone();
    let mut group = criterion.benchmark_group("lanes");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, level) in instructions::all() {
        group.bench_function(format!("philox block, {name}"), |bencher| {
            bencher.iter(|| {
                fearless_simd::dispatch!(level, simd => philox(simd, &ids, black_box(7), &mut words));
                black_box(&words);
            });
        });
        group.bench_function(format!("exp, {name}"), |bencher| {
            bencher.iter(|| {
                fearless_simd::dispatch!(level, simd => exponentials(simd, black_box(&x), &mut out));
                black_box(&out);
            });
        });
        group.bench_function(format!("normal, {name}"), |bencher| {
            bencher.iter(|| {
                fearless_simd::dispatch!(level, simd => normals(simd, black_box(&words[0]), &mut out));
                black_box(&out);
            });
        });
        group.bench_function(format!("decision by hazard, {name}"), |bencher| {
            bencher.iter(
                || fearless_simd::dispatch!(level, simd => decisions(simd, black_box(&words[0]), &hazards)),
            );
        });
        group.bench_function(format!("fixed-point sum, {name}"), |bencher| {
            bencher.iter(|| fearless_simd::dispatch!(level, simd => sum(simd, black_box(&x))));
        });
    }
    group.bench_function("philox block, one by one", |bencher| {
        bencher.iter(|| {
            let moment = black_box(7);
            entities.iter().fold(0, |sum: u32, &id| sum ^ DICE.draw(id, moment, Process::TalkNoise))
        });
    });
    group.bench_function("exp, libm", |bencher| {
        bencher.iter(|| (0..ROWS).map(|row| libm::exp(f64::from(black_box(&x)[row]))).sum::<f64>());
    });
    group.bench_function("exp, single precision one by one", |bencher| {
        bencher.iter(|| (0..ROWS).map(|row| single::exp(black_box(&x)[row])).sum::<f32>());
    });
    group.bench_function("normal, double precision", |bencher| {
        bencher.iter(|| (0..ROWS).map(|row| sample::normal(black_box(&words[0])[row])).sum::<f64>());
    });
    group.bench_function("decision by hazard, double precision", |bencher| {
        bencher.iter(|| {
            let happens = |&row: &usize| sample::happens(black_box(&words[0])[row], f64::from(hazards[row]));
            (0..ROWS).filter(happens).count()
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
