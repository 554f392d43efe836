//! `sensitivity`: which parameters move a result.
//!
//! The result that is asked about is one number: a measure in one month, treated less control.
//! Parameters are moved in one of three ways (`docs/sensitivity.md`), or the draws of a finished run
//! are used; the same luck everywhere makes small effects visible with two replicates.

use std::io;
use std::path::Path;

use super::power::require_two_arms;
use super::results::{self, Destination, Provenance, Written};
use super::{Context, files};
use crate::disk;
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::facts::Facts;
use crate::report::learning::sensitivity as words;
use crate::report::source::Source;
use crate::report::{self, summary};
use crate::said;
use crate::scenario::resources::{Load, ResourceEstimate};
use crate::scenario::{Dynamics, Resolved, Scenario};
use crate::sensitivity::confirm::{FEWEST_DRAWS, most_runs, of_draws};
use crate::sensitivity::question::{ChosenResult, GroupEffects, SensitivityMethod, answer, given, studies};
use crate::trial::view::View;
use crate::trial::{Draws, Drivers, Results, Stopped, Wanted, Watch, measures};

/// A question about sensitivity.
#[derive(Clone, Debug)]
pub struct SensitivityRequest {
    /// The scenario.
    pub resolved: Resolved,
    /// How the parameters are moved, and how often.
    pub method: SensitivityMethod,
    /// `MEASURE@MONTH` or `MEASURE:LABEL@MONTH`; `None`: exits to work at the horizon.
    pub measure: Option<String>,
    /// Replicates of every run; `None`: 2.
    pub replicates: Option<u32>,
    /// A finished run of the scenario whose draws are used instead of new ones.
    pub given: Option<Results>,
}

/// The results of a finished run, and what in a scenario makes it that run: seed, replicates, draws.
///
/// # Errors
/// [`ErrorKind::NoInput`](crate::error::ErrorKind::NoInput) and [`ErrorKind::Data`](crate::error::ErrorKind::Data): no run
/// stands there, or it has too few draws.
pub fn finished_run(folder: &Path) -> Result<(Results, Vec<String>), Error> {
    let shown = folder.display();
    let unreadable = |error: io::Error| {
        let message = said!(
            "{shown} is niet de uitvoer van een afgeronde run: {error}",
            "{shown} is not the output of a finished run: {error}",
            error = crate::language::spoken(&error),
            shown = shown
        );
        if error.kind() == io::ErrorKind::NotFound { Error::no_input(message) } else { Error::data(message) }
    };
    let results = summary::read(folder).map_err(unreadable)?;
    let facts = report::read_facts(folder).map_err(unreadable)?;
    let draws = results.draws.as_ref().map_or(0, |draws| draws.draws.len());
    if draws < FEWEST_DRAWS {
        return Err(Error::data(said!(
            "de run in {shown} heeft {draws} trekkingen van de parameters; er zijn er minstens {fewest_draws} nodig: draai hem met --draws 64 of meer",
            "the run in {shown} has {draws} draws of the parameters; at least {fewest_draws} are needed: run it with --draws 64 or more",
            shown = shown,
            draws = draws,
            fewest_draws = FEWEST_DRAWS
        )));
    }
    let same = vec![
        format!("seed={}", facts.seed),
        format!("replicates={}", facts.replicates),
        format!("uncertainty.parameter_draws={}", facts.parameter_draws),
    ];
    Ok((results, same))
}

impl SensitivityRequest {
    /// Replicates of every run: as asked, else two. Runs that are compared share their luck, so few
    /// show a difference.
    fn replicates(&self) -> u32 {
        self.replicates.unwrap_or(2)
    }

    /// Everything that the numbers depend on. That a finished run is used counts, since its chunks are
    /// others.
    pub fn depends_on(&self) -> Vec<String> {
        let given = if self.given.is_some() { "given" } else { "" };
        let measure = self.measure.clone().unwrap_or_default();
        vec![
            self.resolved.hash.clone(),
            format!("{:?}", self.method),
            measure,
            self.replicates().to_string(),
            given.to_owned(),
        ]
    }

    /// Replicates that are simulated in all; with a finished run only those that confirm, at most.
    fn simulated(&self) -> u64 {
        if self.given.is_some() {
            return u64::from(most_runs());
        }
        studies(&self.resolved.registry, self.method, self.replicates())
    }

    /// Whether the runs may start.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data) for a scenario with one arm or a transition table,
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) for an unknown measure or month,
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let scenario = &self.resolved.scenario;
        require_parameters(scenario)?;
        let wanted = wanted(self.measure.as_deref(), scenario)?;
        if let Some(results) = &self.given {
            self.require_kept(results, wanted)?;
        }
        context.limits.guard_all(&[(scenario, Load::pairs(self.simulated()))], context.threads)
    }

    /// Whether the run is one of this scenario and its draws keep the result.
    fn require_kept<'a>(&self, results: &'a Results, wanted: Wanted) -> Result<(&'a Draws, usize), Error> {
        if results.scenario_hash != self.resolved.hash {
            return Err(Error::data(said!(
                "--given: die run is van een ander scenario dan {name} zoals hier genoemd; geef hetzelfde scenario, --set en --posterior, of \
                 draai hem opnieuw",
                "--given: that run is of another scenario than {name} as it is named here; give the same scenario, --set and --posterior, or \
                 run it again",
                name = &self.resolved.scenario.name
            )));
        }
        let treated = first_treated(&self.resolved.scenario);
        let none = || {
            Error::data(said!(
                "--given: die run heeft geen trekkingen van de parameters",
                "--given: that run has no draws of the parameters"
            ))
        };
        let draws = results.draws.as_ref().ok_or_else(none)?;
        // All draws keep the same results; the first tells which.
        let mut kept = draws.draws.iter().take(1).filter_map(|draw| draw.difference.get(treated)).flatten();
        let Wanted { measure, month } = wanted;
        if !kept.any(|result| result.measure == measure.name && result.label == measure.label) {
            return Err(Error::usage(said!(
                "--given: de trekkingen van een run bewaren {name} niet; zonder --given wordt het berekend",
                "--given: the draws of a run do not keep {name}; without --given it is computed",
                name = measure.name
            )));
        }
        let at = results.months.iter().position(|reported| *reported == month);
        let at = at.ok_or_else(|| {
            let months = results.months.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            Error::usage(said!(
                "--given: die run toont maand {month} niet; wel {months}",
                "--given: that run does not report month {month}; it reports {months}",
                month = month,
                months = months
            ))
        })?;
        Ok((draws, at))
    }
}

/// What was found, with what it is about.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SensitivityAnswer {
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario with its overrides, in hexadecimal.
    pub scenario_hash: String,
    /// Seed of the scenario: the same draws come back with it.
    pub seed: u64,
    /// Arm, and the control that it is compared with.
    pub arms: [String; 2],
    /// Measure and label, as `docs/results.md` lists them; the label is empty for measures that have
    /// none.
    pub measure: [String; 2],
    /// Unit of the measure.
    pub unit: String,
    /// Month of the study in which it is measured, from 1.
    pub month: u32,
    /// What moves it: effects by parameter and group, in units of the measure.
    #[serde(flatten)]
    pub effects: GroupEffects,
}

/// Moves the parameters and looks what follows.
///
/// # Errors
/// As [`SensitivityRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &SensitivityRequest, context: &Context<'_>) -> Result<SensitivityAnswer, Error> {
    let Resolved { scenario, registry, hash, .. } = &request.resolved;
    let needs = request.check(context)?;
    let (treated, wanted) = (first_treated(scenario), wanted(request.measure.as_deref(), scenario)?);
    let target = ChosenResult { treated, wanted, replicates: request.replicates() };
    let given_run = request.given.as_ref();
    let earlier = given_run.map(|results| request.require_kept(results, wanted)).transpose()?;
    let effects = context.work(&needs, request.simulated(), |watch| match earlier {
        Some(draws) => given(scenario, registry, target, draws, watch),
        None => answer(scenario, registry, target, request.method, watch),
    })?;
    Ok(SensitivityAnswer {
        scenario: scenario.name.clone(),
        scenario_hash: hash.clone(),
        seed: scenario.seed,
        arms: [scenario.arms[treated].name.clone(), scenario.arms[scenario.control].name.clone()],
        measure: [wanted.measure.name, wanted.measure.label].map(str::to_owned),
        unit: wanted.measure.unit.to_owned(),
        month: wanted.month,
        effects,
    })
}

/// Parameters can be moved in the full model, and a result is a difference between two arms.
pub(super) fn require_parameters(scenario: &Scenario) -> Result<(), Error> {
    require_two_arms(scenario)?;
    if matches!(scenario.dynamics, Dynamics::Ladder(_)) {
        return Err(Error::data(said!(
            "{name} is een overgangstabel: die heeft geen parameters met een prior",
            "{name} is a transition table: it has no parameters with a prior",
            name = &scenario.name
        )));
    }
    Ok(())
}

/// The first arm that is not the control.
pub(super) fn first_treated(scenario: &Scenario) -> usize {
    (0..scenario.arms.len()).find(|arm| *arm != scenario.control).unwrap_or_default()
}

/// Reads `MEASURE:LABEL@MONTH`; label and month may be left out, and the month is then the horizon.
///
/// # Errors
/// `Usage` for a measure that does not exist, with the nearest that does, and for a month outside the
/// study.
fn wanted(text: Option<&str>, scenario: &Scenario) -> Result<Wanted, Error> {
    let text = text.unwrap_or("exits_true:work");
    let (key, month) = text.split_once('@').map_or((text, None), |(key, month)| (key, Some(month)));
    let horizon = scenario.horizon_months;
    let month = match month {
        None => horizon,
        Some(month) => month.parse().ok().filter(|month| (1..=horizon).contains(month)).ok_or_else(|| {
            Error::usage(said!(
                "--measure {text}: \"{month}\" is geen maand van 1 tot {horizon}",
                "--measure {text}: \"{month}\" is not a month from 1 to {horizon}",
                text = text,
                month = month,
                horizon = horizon
            ))
        })?,
    };
    let (name, label) = key.split_once(':').unwrap_or((key, ""));
    let measure = measures().iter().find(|measure| measure.name == name && measure.label == label);
    let measure = measure.ok_or_else(|| {
        let names: Vec<String> = measures()
            .iter()
            .map(|measure| {
                if measure.label.is_empty() {
                    measure.name.to_owned()
                } else {
                    format!("{}:{}", measure.name, measure.label)
                }
            })
            .collect();
        let near = crate::document::nearest(key, names.iter().map(String::as_str));
        let near = near.map_or_else(Said::default, |near| {
            said!("; bedoelt u {near}?", "; did you mean {near}?", near = near)
        });
        Error::usage(said!(
            "--measure {key}: die uitkomst is er niet{near} (docs/results.md noemt ze)",
            "--measure {key}: there is no such measure{near} (docs/results.md lists them)",
            key = key,
            near = near
        ))
    })?;
    Ok(Wanted { measure, month })
}

/// The drivers that a run's report shows: of what the scenario asks, under the arm that answers it best, at the horizon.
///
/// # Errors
/// [`Stopped`] by the user.
pub(super) fn of_run(
    resolved: &Resolved,
    results: &Results,
    watch: Watch<'_>,
) -> Result<Option<Drivers>, Stopped> {
    let scenario = &resolved.scenario;
    let (Some(draws), true) = (&results.draws, scenario.arms.len() > 1) else { return Ok(None) };
    let (name, label) = scenario.asked.measure();
    let Ok(wanted) = wanted(Some(&format!("{name}:{label}")), scenario) else { return Ok(None) };
    let Some(at) = results.months.iter().position(|month| *month == wanted.month) else { return Ok(None) };
    // The arm that the first page is about.
    let (view, facts) = (View::new(results), Facts::new(resolved, ""));
    let source = Source { view: &view, facts: &facts, lang: Lang::default() };
    let best = report::answer::best_arm(&source, scenario.asked);
    let of = (best.unwrap_or_else(|| first_treated(scenario)), wanted);
    // Built on all draws: a shard has its own only, and a merge has nothing kept of this.
    let watch = Watch { chunks: None, ..watch };
    Ok(Some(of_draws(scenario, &resolved.registry, of, draws, at, watch)?))
}

/// Writes `sensitivity.json`, `sensitivity.csv`, the figure and the page in both languages.
///
/// # Errors
/// When a file cannot be written; earlier output is then as it was.
pub fn write(
    request: &SensitivityRequest,
    answer: &SensitivityAnswer,
    lang: Lang,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(answer)?;
    let about = words::SensitivityContext::from(answer);
    let fill = |folder: &Path| -> io::Result<()> {
        disk::write_new(&folder.join("sensitivity.json"), json.as_bytes())?;
        disk::write_new(&folder.join("sensitivity.csv"), words::csv(&answer.effects).as_bytes())?;
        files::write_forest(folder, &words::forest(&about, &answer.effects, lang), lang)?;
        files::write_pages(folder, "sensitivity", |lang| words::page(&about, &answer.effects, lang))
    };
    results::write(place, std::slice::from_ref(&request.resolved), answer.effects.runs as u32, from, fill)
}

impl<'a> From<&'a SensitivityAnswer> for words::SensitivityContext<'a> {
    fn from(answer: &'a SensitivityAnswer) -> Self {
        let [arm, control] = &answer.arms;
        let [measure, label] = &answer.measure;
        Self {
            scenario: &answer.scenario,
            arm,
            control,
            measure,
            label,
            unit: &answer.unit,
            month: answer.month,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::run::{RunRequest, run as simulate};
    use crate::error::ErrorKind;
    use crate::scenario::embedded;

    fn request(given: Option<Results>, more: &[&str]) -> SensitivityRequest {
        let small =
            ["replicates=2", "uncertainty.parameter_draws=16", "horizon_months=6", "report_every_months=6"];
        let overrides: Vec<String> = small.iter().chain(more).map(|text| (*text).to_owned()).collect();
        let resolved = embedded("lange-adem", &overrides).unwrap();
        SensitivityRequest {
            resolved,
            method: SensitivityMethod::Draws(32),
            measure: None,
            replicates: None,
            given,
        }
    }

    #[test]
    fn the_draws_of_a_run_give_the_drivers_of_its_report_and_another_scenario_is_refused() {
        let context = Context::new(2);
        let resolved = request(None, &[]).resolved;
        let found = simulate(&RunRequest::new(resolved), &context).unwrap().results;
        let again = run(&request(Some(found.clone()), &[]), &context).unwrap();
        assert_eq!(again.effects.drivers, found.drivers);
        let other = run(&request(Some(found.clone()), &["costs.hour=90"]), &context).unwrap_err();
        assert!(other.kind() == ErrorKind::Data && other.to_string().contains("another scenario"), "{other}");
        let mut unkept = request(Some(found), &[]);
        unkept.measure = Some("exits_true:work@3".to_owned());
        let month = run(&unkept, &context).unwrap_err();
        assert!(month.kind() == ErrorKind::Usage && month.to_string().contains("month 3"), "{month}");
    }
}
