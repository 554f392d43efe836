//! What the unit tests of the processes stand on: the shipped parameters, which a test may change, around a made-up caseload.

use super::absent::Absent;
use super::book::Book;
use super::caseload::{Caseload, Row};
use super::clock::Clock;
use super::means::Means;
use super::setting::{Services, Setting, Staff};
use super::single::Single;
use super::totals::Totals;
use crate::history::{GroupTally, Tally};
use crate::population::{Caseworker, SiteLuck};
use crate::random::Dice;
use crate::scenario::Scenario;
use crate::scenario::parameters::Parameters;

/// Computes an expression in lanes, with one instruction set only: that all give the same bits is tested elsewhere, and every set
/// would be compiled anew for each test.
macro_rules! in_lanes {
    ($simd:ident => $operation:expr) => {{
        let level = crate::stats::instructions::widest();
        #[cfg(target_arch = "x86_64")]
        {
            let $simd = level.as_sse2().expect("every x86-64 has SSE2");
            fearless_simd::Simd::vectorize(
                $simd,
                #[inline(always)]
                || $operation,
            )
        }
        #[cfg(not(target_arch = "x86_64"))]
        fearless_simd::dispatch!(level, $simd => $operation)
    }};
}
pub(super) use in_lanes;

/// The surroundings of a caseload: the first site of the scenario `lange-adem`, without random effects.
pub(super) struct Stage {
    /// The scenario; tests change it before they ask for the setting.
    pub(super) scenario: Scenario,
    /// Service of the arm: 0 = the first of the scenario.
    pub(super) arm: usize,
    /// Random effects of the site: none.
    pub(super) luck: SiteLuck,
    /// Shares of the slots that serve one service only: none.
    pub(super) dedicated: Vec<(usize, f64)>,
    /// The parameters in single precision.
    single: Single,
}

impl Stage {
    /// With the shipped parameters, as changed.
    pub(super) fn with(change: impl FnOnce(&mut Parameters)) -> Self {
        let text = "extends = \"lange-adem\"\nname = \"stage\"\nhorizon_months = 12";
        let mut scenario = Scenario::from_text(text).expect("a scenario");
        change(&mut scenario.parameters);
        let single = Single::new(&scenario.parameters);
        let luck = SiteLuck { quality: 0.0, irregularity_stock: 1.0, signalling: 1.0, labor_market: 1.0 };
        Self { scenario, arm: 0, luck, dedicated: Vec::new(), single }
    }

    /// With the shipped parameters.
    pub(super) fn new() -> Self {
        Self::with(|_| ())
    }

    /// Index of a service by its name.
    pub(super) fn service(&self, name: &str) -> u32 {
        let found = self.scenario.services.iter().position(|service| service.name == name);
        found.expect("a service of that name") as u32
    }

    /// What the clients of a caseload share, with the plan as the test has it by now.
    pub(super) fn setting(&self) -> Setting<'_> {
        let arm = &self.scenario.arms[self.arm];
        let services = Box::leak(Box::new(Services::new(&self.scenario, arm, &self.luck)));
        Setting {
            services,
            scenario: &self.scenario,
            parameters: &self.scenario.parameters,
            single: &self.single,
            arm,
            parts: &[],
            caseworker: 0,
            full_time: 1.0,
            dedicated: &self.dedicated,
            site: &self.scenario.sites[0],
            site_index: 0,
            luck: self.luck,
            means: Means::default(),
            dice: Dice::new(8, 0),
        }
    }

    /// A step.
    pub(super) fn clock(&self, step: u32) -> Clock {
        Clock::at(&self.scenario, step)
    }
}

/// A caseworker of average skill without optimism.
pub(super) fn staff() -> Staff {
    Staff { caseworker: Caseworker { id: 0, generation: 0, skill: 0.0, optimism: 0.0 } }
}

/// A caseload of one client.
pub(super) fn load_of(row: &Row) -> Caseload {
    let mut load = Caseload::default();
    load.push(row);
    load
}

/// What is written down in month 1 while something runs.
pub(super) fn written(run: impl FnOnce(&mut Book)) -> Box<dyn Fn(Tally) -> f64> {
    let (mut totals, mut absent) = ([Totals::new(1)], Absent::new(12));
    run(&mut Book {
        totals: &mut totals,
        off: Default::default(),
        absent: &mut absent,
        part: 0,
        month: 1,
        time: 1.0,
        events: None,
        lives: None,
    });
    let mut group = GroupTally::new(1);
    totals[0].add_to(&mut group);
    Box::new(move |tally| group.column(tally)[1])
}

/// Whether two numbers agree in single precision.
pub(super) fn close(found: f32, expected: f64) -> bool {
    (f64::from(found) - expected).abs() <= 2e-6 * expected.abs().max(0.1)
}
