//! Assurance: how likely a study is to find a difference when what is assumed is uncertain itself.
//!
//! Power holds every parameter at its center. Here each study has a draw of the parameters (and, with `[[structure]]`, a story)
//! and a luck of its own; the share of studies with p <= alpha is the power averaged over what is believed (Spiegelhalter &
//! Freedman 1986, doi:10.1002/sim.4780050103; O'Hagan, Stevens & Campbell 2005, doi:10.1002/pst.175). It need not rise to 1:
//! under a draw with nothing to find no duration helps.

use super::grid::{CellIndex, Grid};
use super::purpose;
use super::surface::ReplicateShare;
use crate::estimate::outcomes;
use crate::estimate::single_proportion::clopper_pearson;
use crate::kinds::Kind as _;
use crate::scenario::Scenario;
use crate::scenario::registry::Registry;
use crate::study::Decision;
use crate::trial::chunks::{Rows, sum};
use crate::trial::{Stage, Stopped, Watch, drawn, replicate};
use serde::Serialize;

/// How much to run.
#[derive(Clone, Copy)]
pub struct AssurancePlan<'a> {
    /// The scenario with its analysis plan.
    pub scenario: &'a Scenario,
    /// Its parameters with what is believed about them.
    pub registry: &'a Registry,
    /// Draws of the parameters to search, one study under each; as many fresh ones confirm.
    pub draws: u32,
    /// Durations, months.
    pub months: &'a [u32],
    /// Assurance aimed at.
    pub target: f64,
    /// One-sided confidence that it is reached.
    pub confidence: f64,
    /// Stop flag and progress.
    pub watch: Watch<'a>,
}

/// Assurance at one duration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssuranceAt {
    /// Duration, months.
    pub months: u32,
    /// Share of all studies (search and fresh) that find a difference. The draws are spread evenly, so the exact interval is
    /// rather too wide.
    pub assurance: ReplicateShare,
    /// Share that finds more events in the treated arm than in the control.
    pub more: f64,
    /// Share that finds fewer.
    pub fewer: f64,
}

/// Assurance of one endpoint and test over the durations, under one story or all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssuranceCurve {
    /// Arm that is compared with control.
    pub arm: String,
    /// Endpoint.
    pub endpoint: &'static str,
    /// Test.
    pub test: &'static str,
    /// Whether it is the endpoint's primary test.
    pub primary: bool,
    /// Clients in control and treated.
    pub clients: [u32; 2],
    /// Caseworkers in control and treated.
    pub caseworkers: [u32; 2],
    /// The story; `None` = all draws.
    pub story: Option<String>,
    /// Studies under it.
    pub studies: u32,
    /// Shortest duration whose lower bound reaches the target in the search, confirmed by the fresh studies.
    pub months: Option<u32>,
    /// By duration.
    pub at: Vec<AssuranceAt>,
}

/// Assurance of every endpoint and test at the scenario's full size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assurance {
    /// Draws of the search, and as many fresh ones.
    pub draws: u32,
    /// The figures that the parameters were fitted to; `None` = drawn from their priors.
    pub fitted_to: Option<String>,
    /// Assurance aimed at.
    pub target: f64,
    /// One-sided confidence.
    pub confidence: f64,
    /// Per comparison, endpoint and test: all draws first, then story by story.
    pub curves: Vec<AssuranceCurve>,
}

/// What a study said in a cell.
const NOTHING: u8 = 0;
/// More events in the treated arm.
const MORE: u8 = 1;
/// Fewer.
const FEWER: u8 = 2;

/// Simulates the studies. The result depends on the scenario, its priors and its seed only, not on threads.
///
/// # Example
/// ```
/// use stapjes::design::power::{AssurancePlan, assurance};
/// use stapjes::scenario::{EXAMPLE, Scenario, registry::Registry};
/// use stapjes::trial::Watch;
///
/// // A ladder has no uncertain parameters: assurance is plain power, .6290 by adding up over all tables.
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let plan = AssurancePlan {
///     scenario: &scenario,
///     registry: &Registry::default(),
///     draws: 200,
///     months: &[6],
///     target: 0.5,
///     confidence: 0.95,
///     watch: Watch::default(),
/// };
/// let found = assurance(&plan)?;
/// let exits = found.curves.iter().find(|curve| curve.test == "chi_square").expect("the test of exits");
/// let at = &exits.at[0];
/// assert!((at.assurance.value - 0.629_0).abs() < 4.0 * (0.629_0 * 0.371_0 / 400.0_f64).sqrt());
/// assert!((at.more + at.fewer - at.assurance.value).abs() < 1e-12 && at.more > at.fewer);
/// assert_eq!(exits.months, Some(6));
/// # Ok::<(), stapjes::trial::Stopped>(())
/// ```
///
/// # Errors
/// [`Stopped`] when the stop flag was set.
pub fn assurance(plan: &AssurancePlan<'_>) -> Result<Assurance, Stopped> {
    let scenario = plan.scenario;
    let first = replicate::study(scenario, purpose::POWER).record;
    let grid = Grid::new(scenario, plan.months, &first).largest_only();
    let one = |draw: u32| {
        let values = drawn::values(scenario, plan.registry, draw);
        let drawn = drawn::under(scenario, &values);
        let record = replicate::study(&drawn, purpose::DRAWN + draw).record;
        let said = grid.verdicts(&drawn, &record).decisions;
        let code = |decision: &Decision| match decision.defined && decision.p_value <= grid.rules.alpha {
            false => NOTHING,
            true if decision.statistic < 0.0 => FEWER,
            true => MORE,
        };
        said.iter().map(code).collect::<Vec<u8>>()
    };
    let stage = Stage::new("assurance");
    let studies: Rows<Vec<u8>> = sum(stage, 2 * plan.draws, plan.watch, |_| Rows::default(), one)?;
    let stories: Vec<Option<usize>> =
        studies.rows.iter().map(|(draw, _)| scenario.story_of_draw(*draw)).collect();
    let mut groups: Vec<Option<usize>> = vec![None];
    groups.extend((0..scenario.structures.len()).map(Some));
    let mut curves = Vec::new();
    grid.for_each(|cell| {
        let CellIndex { comparison, endpoint, test, size, month } = cell;
        if month > 0 {
            return;
        }
        let from = grid.index(cell);
        for story in &groups {
            let of_story = |at: &usize| story.is_none() || stories[*at] == *story;
            let chosen: Vec<usize> = (0..studies.rows.len()).filter(of_story).collect();
            let (name, tests) = &grid.tests[endpoint];
            let size = &grid.sizes[comparison][size];
            let said = |at: usize, month: usize| studies.rows[at].1[from + month];
            curves.push(AssuranceCurve {
                arm: scenario.arms[grid.arms[comparison]].name.clone(),
                endpoint: name.name(),
                test: tests[test].name(),
                primary: test == 0,
                clients: size.clients,
                caseworkers: size.caseworkers,
                story: story.map(|at| scenario.structures[at].name.clone()),
                studies: chosen.len() as u32,
                months: shortest(plan, &grid.months, &chosen, said),
                at: (0..grid.months.len())
                    .filter_map(|month| at(grid.months[month], month, &chosen, said))
                    .collect(),
            });
        }
    });
    Ok(Assurance {
        draws: plan.draws,
        fitted_to: plan.registry.posterior.as_ref().map(|posterior| posterior.name.clone()),
        target: plan.target,
        confidence: plan.confidence,
        curves,
    })
}

/// Assurance at one duration over the chosen studies; `None` of none.
fn at(months: u32, month: usize, chosen: &[usize], said: impl Fn(usize, usize) -> u8) -> Option<AssuranceAt> {
    let count = |what: u8| chosen.iter().filter(|&&at| said(at, month) == what).count() as u64;
    let (more, fewer, of) = (count(MORE), count(FEWER), chosen.len() as u64);
    let share = |count: u64| count as f64 / of as f64;
    let assurance = ReplicateShare::new(more + fewer, of)?;
    Some(AssuranceAt { months, assurance, more: share(more), fewer: share(fewer) })
}

/// The first duration whose exact lower bound reaches the target in the searched draws, and whose share does in the fresh ones.
fn shortest(
    plan: &AssurancePlan<'_>,
    months: &[u32],
    chosen: &[usize],
    said: impl Fn(usize, usize) -> u8,
) -> Option<u32> {
    let (search, fresh): (Vec<usize>, Vec<usize>) = chosen.iter().partition(|at| **at < plan.draws as usize);
    let count =
        |list: &[usize], month: usize| list.iter().filter(|&&at| said(at, month) != NOTHING).count() as u64;
    let reaches = |month: &usize| {
        let found = outcomes::Proportion { events: count(&search, *month), total: search.len() as u64 };
        let low = clopper_pearson(found, 2.0 * plan.confidence - 1.0).lower;
        low >= plan.target && count(&fresh, *month) as f64 >= plan.target * fresh.len() as f64
    };
    if search.is_empty() || fresh.is_empty() {
        return None;
    }
    (0..months.len()).find(reaches).map(|month| months[month])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::resolve_text;

    fn assured(stories: &str, more: &str) -> Assurance {
        let text = format!(
            "extends = \"reference\"\nname = \"x\"\nhorizon_months = 12\n[[arm]]\nname = \"r\"\nservice = \"regular\"\nparticipants = 120\n\
             caseworkers = 2\n[[arm]]\nname = \"f\"\nservice = \"fip\"\nparticipants = 120\ncaseworkers = 2\n\
             [analysis]\ncluster = \"independent\"\n[analysis.tests]\nfirst_signal = [\"log_rank\"]\nexit = [\"log_rank\"]\n{more}{stories}"
        );
        let resolved = resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap();
        let plan = AssurancePlan {
            scenario: &resolved.scenario,
            registry: &resolved.registry,
            draws: 48,
            months: &[6, 12],
            target: 0.08,
            confidence: 0.95,
            watch: Watch::default(),
        };
        assurance(&plan).unwrap()
    }

    #[test]
    fn a_story_without_signals_has_none_to_find_and_stories_add_up_to_the_whole() {
        let none = "overrides = { fraud.talk_intentional = 0, fraud.talk_unintentional = 0, fraud.talk_false = 0, \
                    fraud.background_intentional = 0, fraud.background_unintentional = 0, fraud.background_false = 0, fraud.match_wages = 0 }\n";
        let stories = format!(
            "[[structure]]\nname = \"a\"\nweight = 1\n[[structure]]\nname = \"b\"\nweight = 1\n{none}"
        );
        let found = assured(&stories, "");
        let curve_of = |story: Option<&str>| {
            let curve = found
                .curves
                .iter()
                .find(|curve| curve.endpoint == "first_signal" && curve.story.as_deref() == story);
            curve.unwrap()
        };
        let (all, a, b) = (curve_of(None), curve_of(Some("a")), curve_of(Some("b")));
        assert_eq!((all.studies, a.studies + b.studies), (96, 96));
        let share = |curve: &AssuranceCurve| curve.at[1].assurance.value;
        assert_eq!((b.months, share(b)), (None, 0.0));
        assert!(share(a) > 0.1 && a.months.is_some(), "{a:?}");
        let mixed = (share(a) * f64::from(a.studies) + share(b) * f64::from(b.studies)) / 96.0;
        assert!((share(all) - mixed).abs() < 1e-12);
        let all = &all.at[1];
        assert!((all.more + all.fewer - all.assurance.value).abs() < 1e-12 && all.more > all.fewer);
    }
}
