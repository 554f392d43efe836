//! The published studies, emulated: does the model show what the researchers saw (model page section 1, P0-P11)?
//!
//! Each simulated study is analysed as the researchers will have done it: proportions at the end of their follow-up, Pearson's
//! chi-square or, with small expected counts, Fisher's exact test, two-sided at 5 %, clients as independent. The share of
//! simulated studies that show a pattern is reported, never a fitted percentage. Alternative structures leave one mechanism
//! out (or exaggerate one) and must fail: a check that nothing can fail is worth nothing.

mod almere;
mod averages;
mod brabant;
mod decade;
mod early;
mod far;
mod played;
mod rows;
mod stock;
mod structures;
mod table;
mod targets;
mod three;
mod words;

pub use decade::Decade;
pub use rows::Verdict;
pub use rows::{Joint, PatternRow};
pub use structures::structures;
pub use structures::{PatternStructure, StructureReport};
pub use table::{Direction, compare};
pub use targets::TargetRow;
pub use targets::Use;
pub use words::Bilingual;

use crate::document::Problems;
use crate::scenario::resources::Load;
use crate::scenario::{Resolved, Scenario, embedded};
use crate::trial::{Stopped, Watch};
use played::Played;
use serde::Serialize;

/// Significance level of the researchers' tests.
pub(crate) const ALPHA: f64 = 0.05;

/// The built-in scenarios that are run.
pub(crate) const SCENARIOS: [&str; 4] = ["drie-gemeenten", "brabantse-wal", "heel-bestand", "lange-adem"];

/// How much to run.
#[derive(Clone, Copy)]
pub struct PatternPlan<'a> {
    /// Simulated studies of each published study and structure; patterns that are means take a tenth.
    pub replicates: u32,
    /// Also the alternative structures.
    pub alternatives: bool,
    /// Also the validation targets of a whole caseload.
    pub targets: bool,
    /// Overrides of every shipped scenario that is run, as after `--set`.
    pub overrides: &'a [String],
    /// Whether every simulated study has a draw of the parameters of its own: from the posterior that the overrides name, or from
    /// the priors.
    pub draws: bool,
    /// Stop flag and progress.
    pub watch: Watch<'a>,
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PatternReport {
    /// Simulated studies of each published study and structure.
    pub replicates: u32,
    /// The default parameters first, then the alternatives.
    pub structures: Vec<StructureReport>,
    /// Overrides of the shipped scenarios, as after `--set`.
    pub overrides: Vec<String>,
    /// Whether every simulated study had a draw of the parameters of its own.
    pub draws: bool,
    /// Published numbers: model, published, difference.
    pub targets: Vec<TargetRow>,
    /// The tenth year over the first of a whole caseload under regular service.
    pub stationarity: Vec<TargetRow>,
}

/// Why no report was made.
#[derive(Debug)]
pub enum PatternError {
    /// A built-in scenario did not load.
    Scenario(Problems),
    /// Stopped by the user.
    Stopped,
}

impl From<Problems> for PatternError {
    fn from(problems: Problems) -> Self {
        Self::Scenario(problems)
    }
}

impl From<Stopped> for PatternError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl PatternPlan<'_> {
    /// Replicates of patterns that are means of many clients.
    fn few(&self) -> u32 {
        self.replicates.div_ceil(10).max(5)
    }

    /// Replicates of ten-year worlds.
    fn decades(&self) -> u32 {
        self.replicates.div_ceil(50).max(5)
    }

    /// Studies and worlds simulated in all.
    pub(crate) fn studies(&self) -> u64 {
        let chosen = self.structures();
        let of_structures = chosen.len() as u64 * 2 * u64::from(self.replicates);
        let decades = chosen.iter().filter(|structure| structure.may_be_true()).count() as u64
            * u64::from(self.decades());
        let targets = if self.targets { 4 * u64::from(self.few()) } else { 0 };
        of_structures + decades + 2 * u64::from(self.few()) + targets
    }

    /// Every scenario that is run and how much of it, for an estimate of what that takes.
    ///
    /// # Errors
    /// A built-in scenario that does not load.
    pub(crate) fn work(&self) -> Result<Vec<(Scenario, Load)>, Problems> {
        let structures = self.structures().len() as u64;
        let rivals = self.structures().iter().filter(|structure| structure.may_be_true()).count() as u64;
        let (all, few) = (Load::studies(structures * u64::from(self.replicates)), u64::from(self.few()));
        let loads: [(&str, &[&str], Load); 5] = [
            ("drie-gemeenten", &[], all),
            ("brabantse-wal", &[], all),
            ("heel-bestand", &["horizon_months=12"], Load::studies(few)),
            ("lange-adem", &["horizon_months=60"], Load::studies(few)),
            ("lange-adem", &[], Load::pairs(rivals * u64::from(self.decades()))),
        ];
        let targets: [(&str, &[&str], Load); 4] = [
            ("heel-bestand", &[], Load::pairs(few)),
            ("lange-adem", &["horizon_months=12"], Load::pairs(few)),
            ("brabantse-wal", &almere::OVERRIDES, Load::studies(few)),
            ("lange-adem", &["horizon_months=18"], Load::pairs(few)),
        ];
        let chosen = loads.into_iter().chain(targets.into_iter().filter(|_| self.targets));
        chosen.map(|(name, more, load)| Ok((self.resolve(name, more, &[])?.scenario, load))).collect()
    }

    /// The structures that are run.
    fn structures(&self) -> &'static [PatternStructure] {
        &structures()[..if self.alternatives { structures().len() } else { 1 }]
    }

    /// A shipped scenario with the overrides of the command, of the structure and of the study, in this order.
    fn resolve(&self, name: &str, more: &[&str], structure: &[&str]) -> Result<Resolved, Problems> {
        let added = structure.iter().chain(more).map(|text| (*text).to_owned());
        let overrides: Vec<String> = self.overrides.iter().cloned().chain(added).collect();
        embedded(name, &overrides)
    }

    /// The same, to be simulated.
    fn load(&self, name: &str, more: &[&str], structure: &[&str]) -> Result<Played, Problems> {
        self.resolve(name, more, structure).map(|resolved| Played::new(resolved, self.draws))
    }
}

/// Runs everything. The result depends on the number of replicates only.
///
/// # Example
/// The published studies again, a few times each; `docs/validation.md` has them a thousand times.
///
/// ```no_run
/// use stapjes::design::patterns::{PatternPlan, patterns};
/// use stapjes::trial::Watch;
///
/// let plan = PatternPlan {
///     replicates: 1_000,
///     alternatives: true,
///     targets: false,
///     overrides: &[],
///     draws: false,
///     watch: Watch::default(),
/// };
/// let report = patterns(&plan).expect("built-in scenarios load");
/// assert!(report.structures[0].rows.iter().any(|row| row.id == "P3"));
/// ```
///
/// # Errors
/// A built-in scenario does not load; stopped by the user.
pub fn patterns(plan: &PatternPlan<'_>) -> Result<PatternReport, PatternError> {
    let mut reports = Vec::new();
    for structure in plan.structures() {
        reports.push(of_structure(plan, structure)?);
    }
    let (targets, stationarity) = if plan.targets { targets::targets(plan)? } else { Default::default() };
    let overrides = plan.overrides.to_vec();
    let (replicates, draws) = (plan.replicates, plan.draws);
    Ok(PatternReport { replicates, structures: reports, overrides, draws, targets, stationarity })
}

/// The patterns of one structure.
fn of_structure(
    plan: &PatternPlan<'_>,
    structure: &PatternStructure,
) -> Result<StructureReport, PatternError> {
    let load = |name: &str, more: &[&str]| plan.load(name, more, structure.overrides);
    let stage = |study: &str| format!("{study}-{}", structure.name.replace(' ', "-"));
    let three = three::run(&stage("three"), &load("drie-gemeenten", &[])?, plan.replicates, plan.watch)?;
    let brabant = brabant::run(&stage("brabant"), &load("brabantse-wal", &[])?, plan.replicates, plan.watch)?;
    let mut rows = rows::of_studies(&three, &brabant);
    if structure.overrides.is_empty() {
        let horizon = ["horizon_months=12"];
        let stock = stock::long_stayers(&load("heel-bestand", &horizon)?, plan.few(), plan.watch)?;
        let horizon = ["horizon_months=60"];
        let early = early::run("early", &load("lange-adem", &horizon)?, plan.few(), plan.watch)?;
        rows.insert(0, rows::long_stayers(&stock));
        rows.push(rows::front_loaded(&early));
    }
    let decade = if structure.may_be_true() {
        Some(decade::run(&stage("decade"), &load("lange-adem", &[])?, plan.decades(), plan.watch)?)
    } else {
        None
    };
    Ok(StructureReport::new(structure, rows, Joint::new(&three, &brabant), decade))
}
