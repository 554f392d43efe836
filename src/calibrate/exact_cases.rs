//! Calibrations whose answers are known in closed form or by quadrature, through the code that the command uses.
//!
//! A case is a model of a line or two (`Closed`), figures about it, and the posterior that a
//! calculation on paper or a quadrature gives. Posterior means must agree within four standard errors
//! of the effective draws, standard deviations likewise.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::fit::{CORRECTION, CalibrateError, FitPlan, FittedPosterior, calibrate, fewest_runs, first_wave};
use super::model::{Model, Outcome};
use super::summary::{Moments, correlation, learned, moments, predicted};
use super::target::{Evidence, Link, Target};
use crate::random::sample::gamma_mean_one;
use crate::stats::normal;
use crate::trial::{Chunks, Fate, Stage, Watch};

/// The outcomes of a model in closed form, at a point on the normal scale.
type Outcomes = Box<dyn Fn(&[f64]) -> Vec<f64> + Sync>;

/// A model without noise, given by its formula.
struct Closed {
    dimensions: usize,
    outcomes: Outcomes,
}

impl Model for Closed {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        (self.outcomes)(z).into_iter().map(Outcome::exact).collect()
    }
}

/// A figure without discrepancy that is fitted.
fn target(id: &str, evidence: Evidence, link: Link) -> Target {
    Target { id: id.into(), evidence, discrepancy: 0.0, link, held_out: false }
}

/// A figure with a standard error, emulated as it is.
fn normal_target(id: &str, value: f64, error: f64) -> Target {
    target(id, Evidence::Normal { value, error }, Link::Identity)
}

/// The posterior by the road that the command takes, with a fixed seed.
fn solve(
    dimensions: usize,
    targets: &[Target],
    outcomes: impl Fn(&[f64]) -> Vec<f64> + Sync + 'static,
) -> FittedPosterior {
    calibrate(&Closed { dimensions, outcomes: Box::new(outcomes) }, &FitPlan::new(targets, 20)).unwrap()
}

/// The moments of a function of the point; and whether they are the wanted ones within four standard errors.
fn of(posterior: &FittedPosterior, value: impl Fn(&[f64]) -> f64) -> Moments {
    moments(posterior.points.iter().map(|z| value(z)).collect::<Vec<_>>().into_iter(), &posterior.weights)
}

/// Fails when the found moments are not these, or the posterior is not sound.
#[track_caller]
fn close(posterior: &FittedPosterior, found: Moments, mean: f64, sd: f64) {
    let n = posterior.effective;
    assert!(posterior.is_sound(), "k {} effective {n}", posterior.k);
    assert!((found.mean - mean).abs() < 4.0 * sd / n.sqrt(), "mean {} wanted {mean}", found.mean);
    // The error of a standard deviation of a nearly normal sample.
    assert!((found.sd - sd).abs() < 4.0 * sd / (2.0 * n).sqrt(), "sd {} wanted {sd}", found.sd);
}

fn log_evidence_close(posterior: &FittedPosterior, wanted: f64) {
    // About ten temperature steps, each with half of 2,000 particles effective: error of the log .03 to .1.
    assert!((posterior.log_evidence - wanted).abs() < 0.2, "{} wanted {wanted}", posterior.log_evidence);
}

/// Bayes in closed form: with precision `I + A' V^-1 A = [[6, 1], [1, 8.25]]`, the inverse gives means,
/// deviations and correlation.
#[test]
fn c1_linear_normal() {
    let targets = [normal_target("a", 1.0, 0.5), normal_target("b", 0.5, 1.0), normal_target("c", -1.0, 0.8)];
    let found = solve(2, &targets, |z| vec![z[0], z[0] + z[1], 2.0 * z[1]]);
    close(&found, of(&found, |z| z[0]), 0.819_587_6, 0.412_435_6);
    close(&found, of(&found, |z| z[1]), -0.417_525_8, 0.351_726_2);
    let column = |at: usize| -> Vec<f64> { found.points.iter().map(|z| z[at]).collect() };
    let r = correlation(&column(0), &column(1), &found.weights);
    assert!((r + 0.142_133_8).abs() < 4.0 / found.effective.sqrt(), "{r}");
    log_evidence_close(&found, -4.295_482_0);
    // What each figure taught: in a linear model the normal approximation is exact.
    let learned = learned(&found, &targets);
    assert_eq!((learned[0].informed_by[0].0, learned[1].informed_by[0].0), (0, 2));
    let without_a = (1.0_f64 / (2.0 - 1.0 / (1.0 + 1.0 + 6.25))).sqrt();
    assert!((learned[0].informed_by[0].1 - without_a / 0.412_435_6).abs() < 1e-6);
}

/// Twelve months of competing hazards on every rung of the ladder, by its exact curves: who left, of those who left for work,
/// and who was at work by month 60.
fn ladder(work: f64, other: f64) -> [f64; 3] {
    let text = format!(
        "extends = \"reference\"\nname = \"c2\"\nquestion.nl = \"?\"\nquestion.en = \"?\"\nreplicates = 1\nhorizon_months = 60\n\
         report_every_months = 12\ndynamics = \"ladder\"\nreturns = false\ncapacity = false\nallocation = \"client\"\n\
         [[arm]]\nname = \"all\"\nparticipants = 1\ncaseworkers = 1\n\
         [[arm]]\nname = \"same\"\nparticipants = 1\ncaseworkers = 1\n\
         [ladder]\nrates = \"hazard\"\nstart = [0.5, 0.5, 0, 0, 0, 0]\nup = [0.1, 0.1, 0.1, 0, 0, 0]\ndown = [0, 0, 0, 0, 0, 0]\n\
         work = [{work}, {work}, {work}, {work}, {work}, {work}]\nfraud = [0, 0, 0, 0, 0, 0]\n\
         other = [{other}, {other}, {other}, {other}, {other}, {other}]\nstart_trust = [0.2]\n"
    );
    let resolved =
        crate::scenario::resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap();
    let results = crate::trial::run(&crate::trial::Plan::new(&resolved.scenario)).unwrap();
    let at = |label: &str, month: u32| {
        let curve =
            results.exact.iter().find(|curve| curve.measure == "exits_true" && curve.label == label).unwrap();
        curve.values[results.months.iter().position(|reported| *reported == month).unwrap()]
    };
    let (to_work, to_other) = (at("work", 12), at("other", 12));
    [to_work + to_other, to_work / (to_work + to_other), at("work", 60)]
}

#[test]
fn c2_competing_hazards_on_the_ladder_engine() {
    let (work, other) =
        (|z: &[f64]| 0.0026 * libm::exp(0.4 * z[0]), |z: &[f64]| 0.0042 * libm::exp(0.3 * z[1]));
    // 12 to work and 20 other of 360 is a multinomial: 32 left of 360, and 12 of those 32 for work. The third is predicted.
    let mut later = normal_target("by month 60", 0.13, 0.01);
    later.held_out = true;
    let targets = [
        target("left", Evidence::Binomial { count: 32.0, of: 360.0 }, Link::Logit),
        target("for work", Evidence::Binomial { count: 12.0, of: 32.0 }, Link::Logit),
        later,
    ];
    let found = solve(2, &targets, move |z| ladder(work(z), other(z)).to_vec());
    close(&found, of(&found, work), 0.002_825_383_9, 0.000_668_898_8);
    close(&found, of(&found, other), 0.004_630_265_5, 0.000_843_462_2);
    let by_60 = predicted(&found, &targets, 2).posterior;
    assert!((by_60.mean - 0.136_166_795_9).abs() < 4.0 * by_60.sd / found.effective.sqrt(), "{by_60:?}");
}

/// Two normal logarithms of which only the sum is known: a ridge. Shares of the variance that are gone
/// are .25/.90 and .64/.90, prior variance over that of the sum with its error.
#[test]
fn c3_product_on_the_log_scale() {
    let targets = [normal_target("ab", libm::log(0.06), 0.1)];
    let (log_a, log_b) = (|z: &[f64]| libm::log(0.15) + 0.5 * z[0], |z: &[f64]| libm::log(0.3) + 0.8 * z[1]);
    let found = solve(2, &targets, move |z| vec![log_a(z) + log_b(z)]);
    close(&found, of(&found, log_a), -1.817_208_3, 0.424_918_3);
    close(&found, of(&found, log_b), -0.999_399_0, 0.429_987_1);
    let learned = learned(&found, &targets);
    let tied = learned[0].tied_to.unwrap();
    assert!(tied.0 == 1 && (tied.1 + 0.973_008_5).abs() < 0.02, "{tied:?}");
    for (parameter, wanted) in learned.iter().zip([0.277_777_8, 0.711_111_1]) {
        let error = (1.0 - wanted) * (2.0 / found.effective).sqrt();
        assert!((parameter.contraction - wanted).abs() < 4.0 * error, "{} {wanted}", parameter.contraction);
    }
    log_evidence_close(&found, -0.912_236_6);
}

/// A gamma prior of shape 2 on a monthly hazard, 88 of 400 gone within a year; moments by quadrature.
#[test]
fn c4_binomial_with_a_gamma_prior() {
    let hazard = |z: &[f64]| 0.02 * gamma_mean_one(normal::cdf(z[0]), 0.5);
    let targets = [target("back", Evidence::Binomial { count: 88.0, of: 400.0 }, Link::Logit)];
    let found = solve(1, &targets, move |z| vec![-libm::expm1(-12.0 * hazard(z))]);
    close(&found, of(&found, hazard), 0.020_689_981_8, 0.002_186_457_5);
}

/// A uniform parameter, and a pattern seen in one study or in three of three: little is learned from
/// one, as it should be.
#[test]
fn c5_patterns() {
    let theta = |z: &[f64]| normal::cdf(z[0]);
    for (seen, mean, sd) in [(1.0, 0.710_897_6, 0.197_118_1), (3.0, 0.801_733_2, 0.136_484_0)] {
        let targets = [target("seen", Evidence::Pattern { seen, of: seen }, Link::Logit)];
        let found = solve(1, &targets, move |z| vec![normal::cdf((theta(z) - 0.5) / 0.2)]);
        close(&found, of(&found, theta), mean, sd);
    }
}

/// One parameter cannot give 0 and 10: halfway, each figure is ten of its errors away, and without
/// either the other is met.
#[test]
fn c6_conflicting_targets_are_named() {
    let targets = [normal_target("low", 0.0, 0.5), normal_target("high", 10.0, 0.5)];
    let model = Closed { dimensions: 1, outcomes: Box::new(|z| vec![4.0 + 5.0 * z[0]; 2]) };
    let Err(CalibrateError::Conflict(found)) = calibrate(&model, &FitPlan::new(&targets, 1)) else {
        panic!("0 and 10 on one parameter are not compatible")
    };
    assert!((found.largest - 10.0).abs() < 1e-6, "{}", found.largest);
    assert!((4.0 + 5.0 * found.point[0] - 5.0).abs() < 1e-6);
    assert_eq!(found.together(), [0, 1]);
    assert!(found.rows.iter().all(|row| row.without < 1e-6));
}

#[test]
fn c7_returners_are_found_and_held_out_figures_predicted() {
    let back = |share: f64, hazard: f64, months: f64| -share * libm::expm1(-hazard * months);
    let (share, hazard) = (|z: &[f64]| normal::cdf(z[0]), |z: &[f64]| 0.08 * libm::exp(0.6 * z[1]));
    let hold_out = |mut target: Target| {
        target.held_out = true;
        target
    };
    let figure = |id: &str, value: f64| target(id, Evidence::Normal { value, error: 0.0005 }, Link::Logit);
    let targets = [
        figure("6 months", 0.15),
        figure("24 months", 0.30),
        hold_out(figure("12 months", 0.2315)),
        hold_out(figure("36 months", 0.3202)),
    ];
    let found = solve(2, &targets, move |z| {
        [6.0, 24.0, 12.0, 36.0].map(|months| back(share(z), hazard(z), months)).to_vec()
    });
    let near = |found: Moments, wanted: f64| {
        assert!((found.mean - wanted).abs() < 4.0 * found.sd, "{found:?} {wanted}");
        assert!(found.sd < 0.02 * wanted);
    };
    near(of(&found, share), 0.328_723_2);
    near(of(&found, hazard), 0.101_563_0);
    near(predicted(&found, &targets, 2).posterior, 0.231_553_4);
    near(predicted(&found, &targets, 3).posterior, 0.320_232_7);
    assert!(predicted(&found, &targets, 2).z_score.abs() < 1.0);
}

#[test]
fn a_budget_too_small_is_refused_with_what_is_needed() {
    let model = Closed { dimensions: 3, outcomes: Box::new(|z| vec![z[0]]) };
    let plan = |targets| FitPlan { budget: 100, ..FitPlan::new(targets, 1) };
    let targets = [normal_target("a", 0.0, 1.0)];
    assert_eq!(calibrate(&model, &plan(&targets)), Err(CalibrateError::Budget(fewest_runs(3))));
    let mut none = targets.clone();
    none[0].held_out = true;
    assert_eq!(calibrate(&model, &FitPlan::new(&none, 1)), Err(CalibrateError::NothingToFit));
}

/// Keeps chunks in memory.
#[derive(Default)]
struct Memory(std::sync::Mutex<std::collections::BTreeMap<(String, u32), Vec<u8>>>);

impl Chunks for Memory {
    fn fate(&self, stage: Stage<'_>, chunk: u32, _: u32) -> Fate {
        let kept = self.0.lock().unwrap();
        kept.get(&(stage.name.to_owned(), chunk)).map_or(Fate::Compute, |bytes| Fate::Stored(bytes.clone()))
    }

    fn keep(&self, stage: Stage<'_>, chunk: u32, bytes: &[u8]) {
        self.0.lock().unwrap().insert((stage.name.to_owned(), chunk), bytes.to_vec());
    }
}

#[test]
fn stopped_anywhere_and_gone_on_with_the_bits_are_the_same_and_no_run_is_repeated() {
    let targets = [normal_target("a", 0.4, 0.05), normal_target("b", 0.5, 0.1)];
    let runs = std::sync::Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    // Not a quadratic: more than one wave and more than one correction's worth of runs.
    let outcomes = move |z: &[f64]| {
        counted.fetch_add(1, Ordering::Relaxed);
        vec![libm::sin(z[0]) + 0.3 * z[1], libm::exp(0.4 * z[1])]
    };
    let model = Closed { dimensions: 2, outcomes: Box::new(outcomes) };
    let whole = calibrate(&model, &FitPlan::new(&targets, 3)).unwrap();
    let needed = runs.swap(0, Ordering::Relaxed);
    assert_eq!(needed, whole.runs);
    assert!(needed > first_wave(2) + CORRECTION, "{needed}");
    let memory = Memory::default();
    let mut stops = 0;
    let resumed = loop {
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let begun = runs.load(Ordering::Relaxed);
        // Every attempt gets 150 runs further, wherever that is.
        let progress = |_: u32| stop.store(runs.load(Ordering::Relaxed) > begun + 150, Ordering::Relaxed);
        let watch = Watch { stop: Some(&stop), progress: Some(&progress), chunks: Some(&memory) };
        match calibrate(&model, &FitPlan { watch, ..FitPlan::new(&targets, 3) }) {
            Ok(posterior) => break posterior,
            Err(error) => assert_eq!(error, CalibrateError::Stopped),
        }
        stops += 1;
        assert!(stops < 20);
    };
    // As text: a share that does not apply is NaN, which equals nothing.
    assert!(format!("{resumed:?}") == format!("{whole:?}"), "another posterior");
    // What a stop costs is an unfinished chunk for every thread at most.
    assert!(stops >= 4 && runs.load(Ordering::Relaxed) < needed + stops * 200, "{stops} {runs:?}");
}
