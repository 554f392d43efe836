//! The stepped wedge with period effects: simulated wedges hold their type I error, their power is that of the formula of `design`, and
//! `power` analyses a plan in which clusters go over in turn.

use stapjes::design::clusters::{TimeTrend, Wedge, WedgeVariance, stepped_exposure};
use stapjes::design::power::{PowerPlan, power};
use stapjes::estimate::period_adjusted::{UnitPeriod, fit};
use stapjes::history::World;
use stapjes::kinds::{Endpoint, Kind, TestKind};
use stapjes::observe::{Protocol, cut};
use stapjes::random::{Dice, Process, sample};
use stapjes::scenario::{Scenario, embedded};
use stapjes::stats::{normal, student_t};
use stapjes::study::{endpoint_data, shortest_follow_up, units_of};
use stapjes::{engine, population};

const SIZE: f64 = 10.0;
const RESIDUAL: f64 = 2.0;

/// Twelve clusters, two more treated in each of six periods after the first; the date has a strong effect of its own.
fn study(effect: f64, number: u32) -> Vec<UnitPeriod> {
    let dice = Dice::new(20_260_106, number);
    let exposure = stepped_exposure(&[2; 6], 7, &[]);
    let mut cells = Vec::new();
    for (unit, row) in exposure.iter().enumerate() {
        let own = sample::normal(dice.draw(unit as u32, 0, Process::Skill));
        for (period, &exposure) in row.iter().enumerate() {
            let noise = sample::normal(dice.draw(unit as u32, 1 + period as u32, Process::TalkNoise));
            let mean = 20.0 + own + 1.5 * period as f64 + effect * exposure;
            let rate = mean + RESIDUAL / libm::sqrt(SIZE) * noise;
            let (unit, period) = (unit as u32, period as u32);
            cells.push(UnitPeriod { unit, cluster: unit, period, exposure, events: rate * SIZE, time: SIZE });
        }
    }
    cells
}

fn rejected(effect: f64, studies: u32, of: impl Fn(&[UnitPeriod]) -> f64) -> f64 {
    let significant = (0..studies).filter(|&number| of(&study(effect, number)) <= 0.05);
    significant.count() as f64 / f64::from(studies)
}

fn p_value(cells: &[UnitPeriod]) -> f64 {
    let found = fit(cells).expect("an identified schedule");
    student_t::two_sided_p(found.effect / found.standard_error, found.degrees_of_freedom)
}

/// The same without effects of periods: everybody in one period per state.
fn unadjusted(cells: &[UnitPeriod]) -> f64 {
    let flat: Vec<UnitPeriod> = cells.iter().map(|cell| UnitPeriod { period: 0, ..*cell }).collect();
    p_value(&flat)
}

#[test]
fn type_one_error_is_alpha_and_without_periods_it_is_not() {
    let found = rejected(0.0, 1_000, p_value);
    assert!((found - 0.05).abs() < 3.0 * libm::sqrt(0.05 * 0.95 / 1_000.0), "{found}");
    assert!(rejected(0.0, 50, unadjusted) > 0.9);
}

/// The formula of `design` with cluster effects so large that nothing can be learned between clusters.
#[test]
fn power_for_a_constant_effect_is_that_of_the_formula() {
    let exposure = stepped_exposure(&[2; 6], 7, &[]);
    let variance = WedgeVariance {
        residual: RESIDUAL,
        cluster: 1e3,
        autocorrelation: 1.0,
        treatment: 0.0,
        correlation: 0.0,
        period: 0.0,
        participant: 0.0,
    };
    let participants = vec![vec![SIZE; 7]; 12];
    let wedge = Wedge { exposure, participants, variance, trend: TimeTrend::Periods };
    let error = wedge.effect_variance().expect("an identified schedule").sqrt();
    let effect = 3.0 * error;
    let (mut sum, mut squares, studies) = (0.0, 0.0, 1_000);
    let mut degrees = 0.0;
    for number in 0..studies {
        let found = fit(&study(effect, number)).expect("an identified schedule");
        sum += found.effect;
        squares += found.effect * found.effect;
        degrees = found.degrees_of_freedom;
    }
    let mean = sum / f64::from(studies);
    let deviation = libm::sqrt(squares / f64::from(studies) - mean * mean);
    assert!((mean - effect).abs() < 4.0 * error / libm::sqrt(f64::from(studies)), "{mean} {effect}");
    assert!(
        (deviation / error - 1.0).abs() < 4.0 / libm::sqrt(2.0 * f64::from(studies)),
        "{deviation} {error}"
    );
    // With the t distribution of few clusters instead of the normal one.
    let formula = normal::upper_tail(student_t::quantile(0.975, degrees) - 3.0);
    let found = rejected(effect, 500, p_value);
    assert!((found - formula).abs() < 0.06, "{found} {formula}");
}

fn load(name: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    embedded(name, &overrides).unwrap_or_else(|problems| panic!("{problems:?}")).scenario
}

/// Teams 1 and 2 go over at month 6, 3 and 4 at 12, 5 and 6 at 18; cut off at 24 there are four periods.
#[test]
fn cells_are_the_plan_and_add_up_to_the_study() {
    let scenario = load(
        "stepped-wedge",
        &["horizon_months=24", "arm.regular.participants=20", "arm.\"in turn\".participants=20"],
    );
    let people = population::draw(&scenario, 3);
    let record =
        engine::simulate(&scenario, &people, 3, World::Study, engine::Keep { record: true, lives: 0 }).record;
    let units = units_of(&scenario, &record);
    let file = cut(&Protocol::from(&scenario), &record, &[24]).remove(0);
    let time = (scenario.steps_per_month, shortest_follow_up(&file, (0, 1)));
    let wanted: (Endpoint, &[TestKind]) = (Endpoint::VisibleActivation, &[TestKind::PeriodAdjusted]);
    let data = endpoint_data(&file, &units, wanted, (0, 1), time);
    assert_eq!(data.cells.len(), 12 * 4);
    for cell in &data.cells {
        let unit = cell.unit as usize;
        let goes_over = 1 + units.site[unit] / 2;
        let exposed = units.arm[unit] == 1 && cell.period >= goes_over;
        assert_eq!(cell.exposure, f64::from(u8::from(exposed)), "{cell:?}");
    }
    let events: f64 = data.cells.iter().map(|cell| cell.events).sum();
    let time: f64 = data.cells.iter().map(|cell| cell.time).sum();
    assert_eq!(events, data.cause_specific.events.iter().sum::<f64>());
    assert_eq!(time, data.cause_specific.at_risk.iter().sum::<f64>());
    assert!(events > 0.0);
}

#[test]
fn power_analyses_the_shipped_wedge_with_effects_of_periods() {
    let scenario = load("stepped-wedge", &["horizon_months=18"]);
    let plan = PowerPlan { null_replicates: 4, ..PowerPlan::new(&scenario, 6) };
    let surface = power(&plan).expect("not stopped");
    let cells: Vec<_> =
        surface.cells.iter().filter(|cell| cell.test == TestKind::PeriodAdjusted.name()).collect();
    assert_eq!(cells.len(), 6 * 2, "six endpoints at 12 and 18 months");
    for cell in &cells {
        assert_eq!(cell.computed.value, 1.0, "{} at {}", cell.endpoint, cell.months);
    }
    let activation = cells.iter().find(|cell| cell.endpoint == "visible_activation" && cell.months == 18);
    let activation = activation.expect("a cell of activation");
    assert!(activation.power.value > 0.5, "{activation:?}");
    assert!(activation.truth.expect("a truth") > 0.0);
}

#[test]
fn a_plan_without_dates_or_for_some_clients_is_refused() {
    for (name, why) in [("lange-adem", "no arm changes"), ("gemeente", "no arm changes")] {
        let overrides = vec!["analysis.tests.exit=[\"period_adjusted\"]".to_owned()];
        let problems = embedded(name, &overrides).err().map(|problems| format!("{problems:?}"));
        assert!(problems.as_deref().is_some_and(|text| text.contains(why)), "{name}: {problems:?}");
    }
    let overrides = vec!["enrollment_months=6".to_owned()];
    let problems = embedded("stepped-wedge", &overrides).err().map(|problems| format!("{problems:?}"));
    assert!(problems.as_deref().is_some_and(|text| text.contains("enrol over 6 months")), "{problems:?}");
}
