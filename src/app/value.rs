//! `value`: which study is worth doing.
//!
//! Whether to buy the service, and for which sizes of study it pays to wait, is decided on the net
//! benefit in euros; the value of information is what a better decision would gain on average
//! (`docs/value.md`). Parameters are drawn once, and every question is answered by regression on these
//! draws instead of nested simulation (Strong, Oakley and Brennan 2014, doi:10.1177/0272989X13505910).

use std::io;
use std::path::Path;

use super::results::{self, Destination, Provenance, Written};
use super::sensitivity::{first_treated, require_parameters};
use super::{Context, files};
use crate::disk;
use crate::error::Error;
use crate::report::language::Lang;
use crate::report::learning::value as words;
use crate::scenario::Resolved;
use crate::scenario::resources::{Load, ResourceEstimate};
use crate::value::design::{Design, read_design};
use crate::value::net_benefit::Stakes;
use crate::value::question::{ValueOfInformation, ValueQuestion, answer};

/// A question about the value of knowing more.
#[derive(Clone, Debug)]
pub struct ValueRequest {
    /// The scenario.
    pub resolved: Resolved,
    /// Draws of all parameters from their priors or posterior; the error of every value falls with
    /// their root.
    pub draws: u32,
    /// Replicates under each draw; `None`: 2.
    pub replicates: Option<u32>,
    /// Groups of parameters, as first parts of paths; empty: one group per first key.
    pub groups: Vec<String>,
    /// Studies and stakes.
    pub design: Design,
}

impl ValueRequest {
    /// Reads the design file, or takes what the scenario suggests.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data): what is wrong with the file, or a scenario with one arm or a
    /// transition table.
    pub fn design(resolved: &Resolved, file: Option<&Path>) -> Result<Design, Error> {
        let scenario = &resolved.scenario;
        require_parameters(scenario)?;
        let treated = first_treated(scenario);
        match file {
            Some(path) => Ok(read_design(path, scenario, treated)?),
            None => Ok(Design::of(scenario, treated)),
        }
    }

    /// Everything that the numbers depend on, the design of the studies and the stakes included.
    pub fn depends_on(&self) -> Vec<String> {
        let settings =
            [self.draws.to_string(), self.replicates.unwrap_or(2).to_string(), self.groups.join(",")];
        let design = format!("{:?}", self.design);
        std::iter::once(self.resolved.hash.clone()).chain(settings).chain([design]).collect()
    }

    /// The request as the room below wants it: the first arm that is not the control is the one that
    /// may be bought.
    fn question(&self) -> ValueQuestion<'_> {
        let Resolved { scenario, registry, .. } = &self.resolved;
        ValueQuestion {
            scenario,
            registry,
            treated: first_treated(scenario),
            draws: self.draws,
            replicates: self.replicates.unwrap_or(2),
            groups: self.groups.clone(),
            design: self.design.clone(),
        }
    }

    /// Whether the runs may start.
    ///
    /// # Errors
    /// As [`ValueRequest::design`]; [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let scenario = &self.resolved.scenario;
        require_parameters(scenario)?;
        context.limits.guard_all(&[(scenario, Load::pairs(self.question().studies()))], context.threads)
    }
}

/// What was found, with what it is about.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ValueAnswer {
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario with its overrides, in hexadecimal.
    pub scenario_hash: String,
    /// Seed of the scenario.
    pub seed: u64,
    /// Arm, and the control that it is compared with.
    pub arms: [String; 2],
    /// Month to which money is counted.
    pub horizon_months: u32,
    /// Clients a year, years, euros per client: what the decision is about, and what a study costs.
    pub stakes: Stakes,
    /// What it is worth to know more.
    #[serde(flatten)]
    pub information: ValueOfInformation,
}

/// Simulates the draws and computes what it is worth to know more: everything, each group of
/// parameters, and the outcome of each study.
///
/// # Errors
/// As [`ValueRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &ValueRequest, context: &Context<'_>) -> Result<ValueAnswer, Error> {
    let needs = request.check(context)?;
    let Resolved { scenario, hash, .. } = &request.resolved;
    let question = request.question();
    let treated = question.treated;
    let information = context.work(&needs, question.studies(), |watch| answer(&question, watch))?;
    Ok(ValueAnswer {
        scenario: scenario.name.clone(),
        scenario_hash: hash.clone(),
        seed: scenario.seed,
        arms: [scenario.arms[treated].name.clone(), scenario.arms[scenario.control].name.clone()],
        horizon_months: scenario.horizon_months,
        stakes: request.design.stakes,
        information,
    })
}

/// Writes `value.json`, `value.csv`, the figure and the page in both languages.
///
/// # Errors
/// When a file cannot be written; earlier output is then as it was.
pub fn write(
    request: &ValueRequest,
    answer: &ValueAnswer,
    lang: Lang,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(answer)?;
    let about = words::ValueContext::from(answer);
    let fill = |folder: &Path| -> io::Result<()> {
        disk::write_new(&folder.join("value.json"), json.as_bytes())?;
        disk::write_new(&folder.join("value.csv"), words::csv(&answer.information).as_bytes())?;
        files::write_figure(folder, &words::figure(&about, &answer.information, lang), lang)?;
        files::write_pages(folder, "value", |lang| words::page(&about, &answer.information, lang))
    };
    results::write(place, std::slice::from_ref(&request.resolved), answer.information.draws, from, fill)
}

impl<'a> From<&'a ValueAnswer> for words::ValueContext<'a> {
    fn from(answer: &'a ValueAnswer) -> Self {
        let [arm, control] = &answer.arms;
        Self {
            scenario: &answer.scenario,
            arm,
            control,
            months: answer.horizon_months,
            stakes: answer.stakes,
        }
    }
}
