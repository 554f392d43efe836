//! The study plan: arms, services, sites, population, calendar, and the ladder table. Valid by construction.

use super::parameters::Parameters;
use super::serves::{Arm, Who, parts};
use super::structure::{Structure, story_of_draw};
use crate::kinds::Question;

/// Most sites: a client's identifier has seven bits for the site.
pub(crate) const MAX_SITES: usize = 128;
/// Most participants of one site, all arms together: a client's identifier has 24 bits for the number within the site.
pub(crate) const MAX_CLIENTS_PER_SITE: u32 = 1 << 24;

/// A calendar month, for pension ages by year and for titles of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarMonth {
    /// Year, for instance 2026.
    pub year: i32,
    /// Month of the year, 1 to 12.
    pub month: u32,
}

impl CalendarMonth {
    /// The calendar year that lies `months` later.
    pub(crate) fn year_after(self, months: u32) -> i32 {
        self.year + ((self.month - 1 + months) / 12) as i32
    }
}

/// When the caseworker and the client meet under a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Contact {
    /// A talk every so many months (FIP).
    Scheduled {
        /// Months from an attended talk to the next, > 0.
        interval_months: f64,
    },
    /// Talks by chance, selective on recorded-near clients (regular service).
    Hazard {
        /// Contact hazard per month when the recorded distance is over 12 months.
        far: f64,
        /// Contact hazard per month when the recorded distance is at most 12 months.
        near: f64,
    },
}

/// A kind of service that an arm gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Name, as in `[service.NAME]`.
    pub name: String,
    /// When they meet.
    pub contact: Contact,
    /// Base quality of the talks, on the logit scale; the caseworker's own comes on top.
    pub quality: f64,
    /// Whether a client keeps one caseworker.
    pub fixed_caseworker: bool,
    /// Multiplier on the detection of irregularities in talks; 1 = as usual.
    pub detection_factor: f64,
}

/// Participants and staff of one arm at one site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmAtSite {
    /// Participants of the study in this arm at this site.
    pub participants: u32,
    /// Caseworkers who serve them in the study, full-time equivalents.
    pub caseworkers: f64,
}

impl ArmAtSite {
    /// Persons among whom the clients are divided: full-time equivalents rounded up, and never more than clients.
    pub(crate) fn persons(self) -> u32 {
        // 3.0000000001 caseworkers, the result of a division, are three.
        (libm::ceil(self.caseworkers - 1e-9).max(0.0) as u32).min(self.participants)
    }
}

/// A municipality or team.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Name shown in results.
    pub name: String,
    /// One entry per arm, in arm order.
    pub arms: Vec<ArmAtSite>,
    /// Conversation slots per caseworker (full-time equivalent) a month.
    pub slots_per_month: f64,
    /// Neglect of this site: 1 = as usual, 1.4 = clients long unseen; multiplies the stock of
    /// irregularities.
    pub neglect: f64,
    /// Labor-market index over time: multiplier on the hazard of work, one value per month from the start; empty = 1
    /// throughout; the last value holds after its end.
    pub labor_market: Vec<f64>,
    /// Months of follow-up at this site when it differs from the horizon (observation stops here).
    pub follow_up_months: u32,
}

/// Which people are simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PopulationKind {
    /// The trial population: far from work.
    Far,
    /// A whole caseload: a mixture of near and far.
    Stock,
}

/// How participants come into arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// Client by client within a site.
    Client,
    /// Whole caseworkers with their clients.
    Caseworker,
    /// Whole sites.
    Site,
}

/// One rung of a ladder table: probabilities or hazards per month, as [`LadderRates`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LadderRung {
    /// Share that starts here.
    pub start: f64,
    /// Up one rung.
    pub up: f64,
    /// Down one rung.
    pub down: f64,
    /// Exit to work.
    pub work: f64,
    /// Exit by a fraud termination.
    pub fraud: f64,
    /// Other exits.
    pub other: f64,
}

/// What the numbers of a ladder table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LadderRates {
    /// Probabilities per month, mutually exclusive; one event at most in a month.
    Probability,
    /// Hazards per month: a move, then an exit at the hazards of the rung reached.
    Hazard,
}

/// Treatment effect of one arm on the ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LadderEffect {
    /// First month (counting from 0) in which the effect works.
    pub from_month: u32,
    /// Multiplier on the up-moves.
    pub multiplier: f64,
    /// Slope on trust: the up-moves are multiplied by `multiplier * (1 + slope * trust)`.
    pub slope: f64,
    /// Gain of trust per month: `trust += gain * (1 - trust)`.
    pub trust_gain: f64,
}

/// A transition table instead of the full model (model page 7.12).
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// What the numbers are.
    pub rates: LadderRates,
    /// The rungs, lowest first (2 to 12).
    pub rungs: Vec<LadderRung>,
    /// Trust levels at the start, in equal parts (at least one).
    pub start_trust: Vec<f64>,
    /// Effect per arm, in arm order; `None` = untouched.
    pub effects: Vec<Option<LadderEffect>>,
}

/// What moves the clients.
#[derive(Clone, Debug, PartialEq)]
pub enum Dynamics {
    /// The full model.
    Full,
    /// A transition table.
    Ladder(Ladder),
}

/// How uncertainty over the parameters is explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uncertainty {
    /// Number of draws of all parameters from their priors; 0 = none, every parameter keeps its value.
    pub parameter_draws: u32,
    /// Replicates per draw; 0 = `replicates` divided over the draws, at least 2.
    pub replicates_per_draw: u32,
}

/// How precise a run has to be: it stops adding replicates when it is, and has `replicates` at most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Precision {
    /// Monte Carlo standard error of the difference in exits at the horizon between any arm and the control, as a share of
    /// clients; 0 = always all replicates.
    pub difference: f64,
}

/// What a run may use before it is refused; flags can raise it. It is no part of the hash: more time
/// does not make another run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Hours of computing.
    pub max_hours: f64,
    /// Memory, GiB.
    pub max_memory_gib: f64,
    /// Disk space, GiB.
    pub max_disk_gib: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_hours: 12.0, max_memory_gib: 8.0, max_disk_gib: 10.0 }
    }
}

/// What is known of the municipality itself; nothing that is simulated depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Municipality {
    /// Inhabitants: says how the budget for benefits follows what the municipality spends.
    pub inhabitants: Option<u32>,
    /// Year of the prices that the scenario gives itself.
    pub price_year: Option<u32>,
}

/// A complete, valid set of assumptions: what one run simulates. Nothing in it can be out of range.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name: names the output folder.
    pub name: String,
    /// Title shown above results.
    pub title: [String; 2],
    /// The question that the scenario answers, in Dutch (`nl`) and English (`en`); empty when not given.
    pub question: [String; 2],
    /// What the planner wants to know: the outcome that a run answers with.
    pub asked: Question,
    /// The municipality.
    pub municipality: Municipality,
    /// Seed of every draw: with the same scenario it gives the same bits on any machine.
    pub seed: u64,
    /// Number of replicates (repetitions of the whole study).
    pub replicates: u32,
    /// What moves the clients.
    pub dynamics: Dynamics,
    /// Steps in a month: 1, 2 or 4.
    pub steps_per_month: u32,
    /// Months simulated, 1 to 360.
    pub horizon_months: u32,
    /// Months between reported points (the horizon is always reported).
    pub report_every_months: u32,
    /// Calendar month of month 0.
    pub start: CalendarMonth,
    /// Which people.
    pub population: PopulationKind,
    /// New clients come in (whole-caseload scenarios).
    pub inflow: bool,
    /// Clients who left can return.
    pub returns: bool,
    /// Caseworkers' slots bind; otherwise every due talk can be held.
    pub capacity: bool,
    /// How participants come into arms.
    pub allocation: Allocation,
    /// Months over which participants enrol, evenly; 0 = all at once.
    pub enrollment_months: u32,
    /// Services, in the order of the scenario.
    pub services: Vec<Service>,
    /// Arms, in the order of the scenario.
    pub arms: Vec<Arm>,
    /// Index of the control arm.
    pub control: usize,
    /// Sites, at least one; a scenario that names none has one, `all`.
    pub sites: Vec<Site>,
    /// Parameters of the full model.
    pub parameters: Parameters,
    /// How a study of this scenario is analysed.
    pub analysis: super::analysis::AnalysisPlan,
    /// Structural alternatives between which the draws of the parameters are divided; empty = none.
    pub structures: Vec<Structure>,
    /// How uncertainty over the parameters is explored.
    pub uncertainty: Uncertainty,
    /// How precise a run has to be.
    pub precision: Precision,
    /// What a run may use.
    pub limits: Limits,
}

impl Scenario {
    /// Length of a step, months.
    pub(crate) fn step_months(&self) -> f64 {
        1.0 / f64::from(self.steps_per_month)
    }

    /// Replicates under each draw of the parameters: as asked, else `replicates` divided over the draws; at least 2, because
    /// with one, noise and parameters cannot be told apart.
    pub(crate) fn replicates_per_draw(&self) -> u32 {
        let divided = self.replicates / self.uncertainty.parameter_draws.max(1);
        let asked = self.uncertainty.replicates_per_draw;
        (if asked > 0 { asked } else { divided }).max(2)
    }

    /// The story of draw number `draw` of the parameters: an index into [`Scenario::structures`]; `None` without stories.
    pub(crate) fn story_of_draw(&self, draw: u32) -> Option<usize> {
        story_of_draw(&self.structures, self.seed, draw)
    }

    /// The parts of the caseload whose results are kept apart; empty when all arms treat everybody alike. See `parts`.
    pub fn parts(&self) -> Vec<Who> {
        parts(&self.arms)
    }

    /// Participants of the study over all arms and sites, at the start: entrants are not counted.
    pub fn participants(&self) -> u32 {
        self.sites.iter().flat_map(|site| &site.arms).map(|group| group.participants).sum()
    }

    /// Months that are reported: 0, every `report_every_months`, and the horizon.
    pub(crate) fn report_months(&self) -> Vec<u32> {
        let mut months: Vec<u32> =
            (0..=self.horizon_months).step_by(self.report_every_months.max(1) as usize).collect();
        if months.last() != Some(&self.horizon_months) {
            months.push(self.horizon_months);
        }
        months
    }
}
