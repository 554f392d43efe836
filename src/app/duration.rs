//! `duration`: how long must a study of the scenario run?
//!
//! The durations are tried on one set of simulated studies, all at once: a study of 36 months holds
//! those of 6, 12 and 24. The shortest that passes is then judged on fresh studies with other numbers,
//! because the search has picked the luckiest; power and interval that are reported are those of the
//! fresh ones.

use crate::language::AsTyped;
use std::io;
use std::path::Path;

use super::power::require_two_arms;
use super::results::{self, Destination, Provenance, Written};
use super::{Context, files};
use crate::design::duration::{
    DurationQuestion, RequiredDurations as Required, months_to_try, required_duration,
};
use crate::design::power::{AssurancePlan, PowerPlan, PowerSurface, assurance, power, purpose};
use crate::disk;
use crate::error::Error;
use crate::report::language::Lang;
use crate::report::protocol::{self, Simulated};
use crate::report::{duration as words, power as power_words};
use crate::said;
use crate::scenario::Resolved;
use crate::scenario::resources::{Load, ResourceEstimate};

/// A question about duration.
#[derive(Clone, Debug)]
pub struct DurationRequest {
    /// The study.
    pub resolved: Resolved,
    /// Power to reach; `None`: the target of the scenario.
    pub power: Option<f64>,
    /// Confidence that it is reached, one-sided.
    pub confidence: f64,
    /// Simulated studies to search, and as many fresh ones to confirm; `None`: the replicates of the scenario.
    pub replicates: Option<u32>,
    /// Also the assurance: so many draws of the parameters to search, and as many fresh ones; 0 = not.
    pub draws: u32,
}

impl DurationRequest {
    /// Simulated studies to search: as asked, else the replicates of the scenario.
    fn studies(&self) -> u32 {
        self.replicates.unwrap_or(self.resolved.scenario.replicates)
    }

    /// The power and the confidence that are asked for.
    fn question(&self) -> DurationQuestion {
        let power = self.power.unwrap_or(self.resolved.scenario.analysis.target_power);
        DurationQuestion { power, confidence: self.confidence }
    }

    /// The studies of the search, at these durations in months. The type I error is not simulated:
    /// `stapjes power` tells it.
    fn search<'a>(&'a self, months: &'a [u32]) -> PowerPlan<'a> {
        PowerPlan { null_replicates: 0, months, ..PowerPlan::new(&self.resolved.scenario, self.studies()) }
    }

    /// Studies that are simulated in all, for limits and progress: each twice, once to search and once
    /// fresh.
    fn simulated(&self) -> u64 {
        2 * (u64::from(self.search(&[]).studies()) + u64::from(self.draws))
    }

    /// Everything that the simulated studies depend on. Power and confidence are not in it: another
    /// question about the same studies goes on from the same chunks.
    pub fn depends_on(&self) -> Vec<String> {
        vec![self.resolved.hash.clone(), self.studies().to_string(), self.draws.to_string()]
    }

    /// Whether the studies may start.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) for a power that a study without effect reaches, and as
    /// [`PowerRequest::check`](super::power::PowerRequest::check).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let scenario = &self.resolved.scenario;
        require_two_arms(scenario)?;
        let (power, alpha) = (self.question().power, scenario.analysis.alpha);
        if power <= alpha {
            return Err(Error::usage(said!(
                "--power {power} ligt niet boven alpha, {alpha}: dat haalt een onderzoek zonder enig effect ook",
                "--power {power} is not above alpha, {alpha}: a study without any effect reaches that",
                power = AsTyped(power),
                alpha = alpha
            )));
        }
        context.limits.guard_all(&[(scenario, Load::studies(self.simulated()))], context.threads)
    }
}

/// The shortest studies that find the effect.
#[derive(Clone, Debug)]
pub struct DurationAnswer {
    /// By endpoint, test and size.
    pub required: Required,
    /// Power of the searched studies at every duration; for the table and figure of power by duration.
    pub surface: PowerSurface,
}

/// Searches, and confirms with fresh studies.
///
/// # Errors
/// As [`DurationRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &DurationRequest, context: &Context<'_>) -> Result<DurationAnswer, Error> {
    let needs = request.check(context)?;
    let months = months_to_try(request.resolved.scenario.horizon_months);
    let (question, search) = (request.question(), request.search(&months));
    let (surface, fresh, assured) = context.work(&needs, request.simulated(), |watch| {
        let surface = power(&PowerPlan { watch, ..search })?;
        let fresh = power(&PowerPlan { watch, first: purpose::FRESH, ..search })?;
        let plan = AssurancePlan {
            scenario: &request.resolved.scenario,
            registry: &request.resolved.registry,
            draws: request.draws,
            months: &months,
            target: question.power,
            confidence: question.confidence,
            watch,
        };
        let assured = if request.draws > 0 { Some(assurance(&plan)?) } else { None };
        Ok((surface, fresh, assured))
    })?;
    let required = Required { assurance: assured, ..required_duration(&surface, &fresh, &question) };
    Ok(DurationAnswer { required, surface })
}

/// Writes `duration.html`, `duration.json`, `duration-power.csv` and the figures.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub fn write(
    request: &DurationRequest,
    answer: &DurationAnswer,
    lang: Lang,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(&answer.required)?;
    let figures = words::figures(&answer.required, &request.resolved.scenario, lang);
    let command = from.command();
    let simulated = Simulated { studies: request.studies(), command: &command };
    let page = protocol::duration(&answer.required, &figures, &request.resolved.scenario, simulated, lang);
    let fill = |folder: &Path| -> io::Result<()> {
        disk::write_new(&folder.join("duration.html"), page.as_bytes())?;
        disk::write_new(&folder.join("duration.json"), json.as_bytes())?;
        disk::write_new(&folder.join("duration-power.csv"), power_words::csv(&answer.surface).as_bytes())?;
        for figure in &power_words::figures(&answer.surface, lang) {
            files::write_figure_as(folder, &format!("duration-{}", figure.id), figure, lang)?;
        }
        figures.iter().try_for_each(|figure| files::write_figure(folder, figure, lang))
    };
    let made_from = std::slice::from_ref(&request.resolved);
    results::write(place, made_from, request.studies(), from, fill)
}
