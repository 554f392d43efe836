//! `power`: what a study of the scenario would find, for every endpoint, test, duration and size.
//!
//! Three simulations may stand behind one answer: the studies themselves with the null studies for the
//! type I error, the interim analyses of the scenario, and the assurance, in which every study has a
//! draw of the parameters of its own.

use std::io;
use std::path::Path;

use super::results::{self, Destination, Provenance, Written};
use super::{Context, files};
use crate::design::duration::USUAL_CONFIDENCE;
use crate::design::power::{
    Assurance, AssurancePlan, InterimDesign, PowerPlan, PowerSurface, assurance, interim, power,
};
use crate::disk;
use crate::error::Error;
use crate::report::assurance as assurance_words;
use crate::report::language::Lang;
use crate::report::power as words;
use crate::report::protocol::{self, Simulated};
use crate::said;
use crate::scenario::resources::{Load, ResourceEstimate};
use crate::scenario::{Resolved, Scenario};

/// A question about power.
#[derive(Clone, Debug)]
pub struct PowerRequest {
    /// The study.
    pub resolved: Resolved,
    /// Simulated studies; `None`: the replicates of the scenario.
    pub replicates: Option<u32>,
    /// Simulated studies with equal services, for the type I error; `None`: as many.
    pub null_replicates: Option<u32>,
    /// Also the assurance: so many draws of the parameters, one study under each, and as many fresh ones; 0 = not.
    pub draws: u32,
}

impl PowerRequest {
    /// Simulated studies: as asked, else the replicates of the scenario.
    fn studies(&self) -> u32 {
        self.replicates.unwrap_or(self.resolved.scenario.replicates)
    }

    /// The request as the room below wants it; as many null studies as others when nothing is said.
    fn plan(&self) -> PowerPlan<'_> {
        let replicates = self.studies();
        PowerPlan {
            null_replicates: self.null_replicates.unwrap_or(replicates),
            ..PowerPlan::new(&self.resolved.scenario, replicates)
        }
    }

    /// Studies that are simulated in all, for limits and progress. Interim analyses simulate their own,
    /// and assurance a fresh set beside the one that chooses.
    fn simulated(&self) -> u64 {
        let looks = !self.resolved.scenario.analysis.interim.look_months.is_empty();
        u64::from(self.plan().studies()) * if looks { 2 } else { 1 } + 2 * u64::from(self.draws)
    }

    /// Everything that the numbers depend on.
    pub fn depends_on(&self) -> Vec<String> {
        let studies = self.studies().to_string();
        let draws = self.draws.to_string();
        vec![self.resolved.hash.clone(), studies, format!("{:?}", self.null_replicates), draws]
    }

    /// Whether the studies may start.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data) for a scenario with one arm,
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let scenario = &self.resolved.scenario;
        require_two_arms(scenario)?;
        context.limits.guard_all(&[(scenario, Load::studies(self.simulated()))], context.threads)
    }
}

/// Power by endpoint, test, duration and size, and of the interim analyses.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PowerAnswer {
    /// The analyses at the end.
    #[serde(flatten)]
    pub surface: PowerSurface,
    /// The interim analyses of the scenario; empty when it has none.
    pub interim: Vec<InterimDesign>,
    /// Power averaged over what is not known, when draws were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

/// Simulates the studies: power for every endpoint, test, duration and size, each with its Monte Carlo
/// interval.
///
/// # Errors
/// As [`PowerRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &PowerRequest, context: &Context<'_>) -> Result<PowerAnswer, Error> {
    let needs = request.check(context)?;
    let (scenario, plan) = (&request.resolved.scenario, request.plan());
    context.work(&needs, request.simulated(), |watch| {
        let surface = power(&PowerPlan { watch, ..plan })?;
        let interim = interim(scenario, plan.replicates, plan.null_replicates, watch)?;
        let plan = AssurancePlan {
            scenario,
            registry: &request.resolved.registry,
            draws: request.draws,
            months: plan.months,
            target: scenario.analysis.target_power,
            confidence: USUAL_CONFIDENCE,
            watch,
        };
        let assurance = if request.draws > 0 { Some(assurance(&plan)?) } else { None };
        Ok(PowerAnswer { surface, interim, assurance })
    })
}

/// What is said on a terminal: first the answer in sentences, then the tables of power, of interim
/// analyses and of assurance, those that there are.
pub(crate) fn in_words(request: &PowerRequest, answer: &PowerAnswer, lang: Lang) -> String {
    let (scenario, assured) = (&request.resolved.scenario, answer.assurance.as_ref());
    let first = protocol::power_answer(&answer.surface, assured, scenario, lang).join("\n");
    let tables = words::tables(&answer.surface, lang) + &words::interim_tables(&answer.interim, lang);
    let assured = assured.map_or_else(String::new, |found| assurance_words::words(found, scenario, lang));
    format!("{first}\n\n{tables}{assured}")
}

/// Writes `power.html`, `power.csv`, `power.json` and the figures.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub fn write(
    request: &PowerRequest,
    answer: &PowerAnswer,
    lang: Lang,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(answer)?;
    let scenario = &request.resolved.scenario;
    let assured = answer.assurance.as_ref();
    let mut figures = words::figures(&answer.surface, lang);
    figures.extend(assured.into_iter().flat_map(|found| assurance_words::figures(found, scenario, lang)));
    let command = from.command();
    let simulated = Simulated { studies: request.studies(), command: &command };
    let page = protocol::power((&answer.surface, assured), &figures, scenario, simulated, lang);
    let fill = |folder: &Path| -> io::Result<()> {
        disk::write_new(&folder.join("power.html"), page.as_bytes())?;
        disk::write_new(&folder.join("power.csv"), words::csv(&answer.surface).as_bytes())?;
        disk::write_new(&folder.join("power.json"), json.as_bytes())?;
        for figure in figures.iter().chain(&words::interim_figures(&answer.interim, lang)) {
            files::write_figure(folder, figure, lang)?;
        }
        words::forests(&answer.surface, lang)
            .iter()
            .try_for_each(|forest| files::write_forest(folder, forest, lang))
    };
    let made_from = std::slice::from_ref(&request.resolved);
    results::write(place, made_from, request.studies(), from, fill)
}

/// A comparison needs something to compare with.
pub(super) fn require_two_arms(scenario: &Scenario) -> Result<(), Error> {
    if scenario.arms.len() < 2 {
        return Err(Error::data(said!(
            "{name} heeft één groep; een onderzoek vergelijkt er minstens twee",
            "{name} has one arm; a study compares at least two",
            name = &scenario.name
        )));
    }
    Ok(())
}
