//! The gate: a scenario file in, a valid [`Scenario`] out, or every problem at once.
//!
//! The steps follow each other so that later ones can rely on earlier ones: layers are merged, services
//! and parameters read, then arms, sites and analysis, then contradictions between them are looked for.
//! Problems do not stop it, unless a text cannot be read at all: a reader goes on with a stand-in
//! value, so that one run shows everything that is wrong. Only when nothing is wrong is there a
//! `Scenario`.

use std::path::Path;

use super::canonical::{canonical_text, hash};
use super::checks::{check_parameters, check_priors, check_settings};
use super::layers::{Layers, Origin};
use super::leaves::leaves;
use super::plan::{Dynamics, Scenario, Site};
use super::posterior::Posterior;
use super::read_analysis::read_analysis;
use super::read_ladder::{read_effect, read_ladder};
use super::read_parameters::{ReadParameters, check_sources, parameter_tables, read_parameters};
use super::read_plan::{
    check_groups, read_arms, read_control, read_limits, read_precision, read_settings, read_sites,
    read_uncertainty,
};
use super::read_posterior::read_posterior;
use super::read_serves::{Known, check_plans, site_names};
use super::read_services::{expand_like, read_services};
use super::read_structures::read_structures;
use super::registry::{Registry, Status};
use super::shipped;
use super::without_effect::{WithoutEffect, without_effect};
use crate::document::{
    Node, Problem, ProblemKind, Problems, Sink, TableReader, Value, did_you_mean, nearest, parse, showable,
};
use crate::language::Lang;
use crate::said;

/// A scenario that passed the gate, with what is needed to explain and repeat it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// What the engine reads.
    pub scenario: Scenario,
    /// Value, prior, status and source of every parameter.
    pub registry: Registry,
    /// The scenario after inheritance as one text: a valid scenario file with the same meaning.
    pub text: String,
    /// SHA-256 of `text` and of the posterior's draws, hexadecimal.
    pub hash: String,
    /// The texts that were laid over each other: the reference, the scenario, what it extends, each `--set`.
    pub layers: Vec<String>,
    /// Settings that change nothing.
    pub without_effect: Vec<WithoutEffect>,
}

/// Loads a scenario file; `overrides` are `key=value` texts that win over the file.
///
/// # Errors
/// Every problem of the file, of what it extends and of the overrides.
pub fn load(path: impl AsRef<Path>, overrides: &[String]) -> Result<Resolved, Problems> {
    resolve(&Origin::File(path.as_ref().to_path_buf()), overrides)
}

/// Loads a scenario that is built into the program, for instance `lange-adem`.
///
/// # Example
/// ```
/// // The default trial over half its ten years, with fewer participants; settings are read as in a file.
/// let overrides = ["horizon_months=60".to_owned(), "arm.fip.participants=50".to_owned()];
/// let resolved = stapjes::scenario::embedded("lange-adem", &overrides)?;
/// assert_eq!(resolved.scenario.horizon_months, 60);
/// assert!(stapjes::scenario::embedded("no-such-scenario", &[]).is_err());
/// # Ok::<(), stapjes::document::Problems>(())
/// ```
///
/// # Errors
/// Every problem of the overrides, or that there is no such scenario.
pub fn embedded(name: &str, overrides: &[String]) -> Result<Resolved, Problems> {
    match shipped::text(name) {
        Some(text) => resolve(&Origin::Text(name.to_string(), text.to_string()), overrides),
        None => Err(Problems {
            list: vec![Problem::whole(
                ProblemKind::Missing,
                said!(
                    "er is geen ingebouwd scenario {name}",
                    "there is no built-in scenario {name}",
                    name = name
                ),
            )],
            ..Problems::default()
        }),
    }
}

/// What the command line names: a file, or else a built-in scenario; nothing names the default.
///
/// # Errors
/// Every problem; a missing file lists the built-in scenarios.
pub(crate) fn open(argument: Option<&Path>, overrides: &[String]) -> Result<Resolved, Problems> {
    let Some(path) = argument else { return embedded(shipped::DEFAULT_SCENARIO, overrides) };
    if !path.exists()
        && let Some(name) = path.to_str().filter(|name| shipped::names().any(|shipped| shipped == *name))
    {
        return embedded(name, overrides);
    }
    load(path, overrides).map_err(|mut problems| {
        for problem in problems.list.iter_mut().filter(|problem| {
            problem.kind == ProblemKind::Missing && problem.place.is_none() && problem.hint.is_none()
        }) {
            let names: Vec<&str> = shipped::names().collect();
            let near = path.to_str().and_then(|word| nearest(word, names.iter().copied()));
            problem.hint = Some(match (near_file(path), near) {
                (Some(file), _) => did_you_mean(&file),
                (None, Some(near)) => said!(
                    "bedoelt u het ingebouwde scenario {near}?",
                    "did you mean the built-in scenario {near}?",
                    near = near
                ),
                (None, None) => {
                    let names = names.join(", ");
                    said!(
                        "ingebouwde scenario's, te gebruiken bij hun naam: {names}",
                        "built-in scenarios, usable by name: {names}",
                        names = names
                    )
                }
            });
        }
        problems
    })
}

/// The scenario file beside a path that does not exist whose name is nearest to it, with or without
/// `.toml`; `None` without such a file. Of a folder that cannot be read nothing is said.
fn near_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let wanted = path.file_name()?.to_str()?;
    let wanted = wanted.strip_suffix(".toml").unwrap_or(wanted);
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> = entries
        .take(MOST_FILES)
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".toml")?.to_owned()))
        .collect();
    names.sort_unstable();
    let near = nearest(wanted, names.iter().map(String::as_str))?;
    let found = format!("{near}.toml");
    let found = folder.map_or_else(|| found.clone(), |folder| folder.join(&found).display().to_string());
    Some(showable(&found, 300))
}

/// Most files of a folder that are looked at for a name like the one that was typed.
const MOST_FILES: usize = 1_000;

/// Resolves a text, as a file with that text would be; it extends the reference or a built-in scenario.
///
/// # Errors
/// Every problem of the text and the overrides.
pub fn resolve_text(text: &str, overrides: &[String]) -> Result<Resolved, Problems> {
    resolve_named("text", text, overrides)
}

/// [`resolve_text`] of a text that a file of this name will hold: where values come from is said with it.
///
/// # Errors
/// As [`resolve_text`].
pub(crate) fn resolve_named(name: &str, text: &str, overrides: &[String]) -> Result<Resolved, Problems> {
    resolve(&Origin::Text(name.to_owned(), text.to_owned()), overrides)
}

/// A small study for examples, with known answers: a ladder of two rungs, twelve months, two arms of ten caseworkers with ten
/// clients each. Who is on the first rung leaves for work with probability .02 a month, on the second with .2; the move up has
/// probability .05, three times that in the treated arm. The share that has left after 6 and 12 months is .2050 and .4468 in the
/// control arm, .3491 and .7023 in the treated arm (powers of the transition matrix). Exits are compared with Pearson's
/// chi-square, clients as independent.
///
/// # Example
/// ```
/// use stapjes::history::Tally;
/// use stapjes::kinds::ExitReason;
/// use stapjes::scenario::{EXAMPLE, Scenario};
///
/// let scenario = Scenario::from_text(EXAMPLE)?;
/// let totals = stapjes::engine::expected(&scenario, 1).expect("a ladder has exact totals");
/// let left: f64 = totals.column(Tally::Exit(ExitReason::Work)).iter().sum();
/// assert!((left - 0.702_257_337_2).abs() < 1e-9);
/// # Ok::<(), stapjes::document::Problems>(())
/// ```
pub const EXAMPLE: &str = r#"
extends = "reference"
name = "example"
dynamics = "ladder"
horizon_months = 12
seed = 12
returns = false
capacity = false
allocation = "client"
control = "control"
[[arm]]
name = "control"
participants = 100
caseworkers = 10
[[arm]]
name = "treated"
participants = 100
caseworkers = 10
ladder_effect = { from_month = 0, multiplier = 3, slope = 0, trust_gain = 0 }
[ladder]
rates = "probability"
start = [1, 0]
up = [0.05, 0]
down = [0, 0]
work = [0.02, 0.2]
fraud = [0, 0]
other = [0, 0]
[analysis]
cluster = "independent"
adjust_for_site = false
cut_off_months = [6, 12]
sizes = [1.0]
[analysis.tests]
exit = ["chi_square"]
"#;

impl Scenario {
    /// A scenario from a TOML text.
    ///
    /// # Example
    /// ```
    /// use stapjes::scenario::Scenario;
    ///
    /// let scenario = Scenario::from_text("extends = \"lange-adem\"\nname = \"ours\"\nhorizon_months = 24")?;
    /// assert_eq!((scenario.name.as_str(), scenario.horizon_months), ("ours", 24));
    /// // All problems at once, each with its line.
    /// let problems = Scenario::from_text("extends = \"lange-adem\"\nname = \"ours\"\nhorizon_months = -1\nhorizn = 3");
    /// let shown = problems.unwrap_err().render(false);
    /// assert!(shown.contains("horizon_months") && shown.contains("horizn"));
    /// # Ok::<(), stapjes::document::Problems>(())
    /// ```
    ///
    /// # Errors
    /// Every problem of the text.
    pub fn from_text(text: &str) -> Result<Self, Problems> {
        resolve_text(text, &[]).map(|resolved| resolved.scenario)
    }
}

/// Reads all layers of a scenario, checks them together, and collects every problem.
fn resolve(origin: &Origin, overrides: &[String]) -> Result<Resolved, Problems> {
    let mut sink = Sink::default();
    let mut layers = Layers::read(origin, overrides, &sink);
    if !layers.readable
        && let Some(problems) = std::mem::take(&mut sink).into_problems(std::mem::take(&mut layers.sources))
    {
        return Err(problems);
    }
    let notation_problems = sink.len();
    expand_like(&mut layers.tree, &sink);
    ladder_defaults(&mut layers.tree);
    let found = read_tree(&layers, &sink);
    let names = layers.sources.iter().map(|source| source.name.clone()).collect();
    let text = canonical_text(&layers.tree);
    match sink.into_problems(std::mem::take(&mut layers.sources)) {
        Some(problems) => Err(tidy(problems, notation_problems)),
        None => {
            let (scenario, registry) = found;
            let without_effect = without_effect(&layers, &scenario);
            // The text only names the posterior: other draws under the same name are another scenario.
            let draws = registry.posterior.as_ref().map_or(String::new(), Posterior::to_csv);
            Ok(Resolved {
                scenario,
                registry,
                hash: hash(&(text.clone() + &draws)),
                text,
                layers: names,
                without_effect,
            })
        }
    }
}

/// Reads the merged tree. When the sink stays empty the scenario is valid.
fn read_tree(layers: &Layers, sink: &Sink) -> (Scenario, Registry) {
    let root = TableReader::root(&layers.tree, sink);
    let mut read = read_parameters(layers, sink);
    let settings = read_settings(&root);
    let services = read_services(layers, &root, &mut read, sink);
    let mut effects = Vec::new();
    let site_names = site_names(&layers.tree);
    let known = Known { services: &services, sites: &site_names, sink };
    let arms = read_arms(&root, &known, settings.ladder, |arm| effects.push(read_effect(arm)));
    let control = read_control(&root, &arms);
    let sites = read_sites(&root, &arms, &read.parameters, &settings, sink);
    check_groups(&root, &layers.tree, &arms, &sites);
    let plans: Vec<_> = arms.iter().map(|read| read.arm.clone()).collect();
    check_plans(&root, &plans, |arm| fewest_and_most_caseworkers(&sites, arm));
    check_parameters(&read, sink);
    let structures = read_structures(&root, &read, sink);
    let dynamics = read_dynamics(layers, &root, settings.ladder, settings.steps_per_month, effects);
    let uncertainty = read_uncertainty(&root);
    if uncertainty.parameter_draws > 0 {
        check_priors(&read, &leaves(), sink);
    }
    let (analysis, precision, limits) = (read_analysis(&root), read_precision(&root), read_limits(&root));
    check_sources(&root);
    for key in parameter_tables().iter().map(String::as_str).chain(["extends"]) {
        root.has(key);
    }
    let ReadParameters { parameters, records, .. } = read;
    let full = !settings.ladder;
    let scenario = Scenario {
        name: settings.name,
        title: settings.title,
        question: settings.question,
        asked: settings.asked,
        municipality: settings.municipality,
        seed: settings.seed,
        replicates: settings.replicates,
        dynamics,
        steps_per_month: settings.steps_per_month,
        horizon_months: settings.horizon_months,
        report_every_months: settings.report_every_months,
        start: settings.start,
        population: settings.population,
        inflow: settings.inflow && full,
        returns: settings.returns && full,
        capacity: settings.capacity && full,
        allocation: settings.allocation,
        enrollment_months: settings.enrollment_months,
        services,
        arms: plans,
        control,
        sites,
        parameters,
        analysis,
        structures: if full { structures } else { Vec::new() },
        uncertainty,
        precision,
        limits,
    };
    check_settings(&root, &scenario);
    root.finish();
    let registry = Registry { records, ..Registry::default() };
    fitted(scenario, registry, &TableReader::root(&layers.tree, sink), layers, sink)
}

/// What the reference means on a ladder: nobody comes in or returns and capacity does not count; and its table gives reasons as
/// they are on file, so that none is left out unless the scenario asks for it.
fn ladder_defaults(tree: &mut Node) {
    if !matches!(tree.get("dynamics").map(|node| &node.value), Some(Value::Text(kind)) if kind == "ladder") {
        return;
    }
    let of_reference = |node: &&mut Node| node.place.source == 0;
    for key in ["inflow", "returns", "capacity"] {
        if let Some(node) = tree.find_mut([key]).filter(of_reference) {
            node.value = Value::Boolean(false);
        }
    }
    if let Some(unknown) = tree.find_mut(["observation", "reason_unknown"]).filter(of_reference) {
        let text = "value = 0.0\nstatus = \"derived\"\nsource = \"a ladder gives reasons as on file\"";
        *unknown = parse(0, text, &Sink::default());
    }
}

/// `uncertainty.posterior`: what the figures say something about gets the posterior's median; draws come from it.
fn fitted(
    scenario: Scenario,
    mut registry: Registry,
    root: &TableReader<'_>,
    layers: &Layers,
    sink: &Sink,
) -> (Scenario, Registry) {
    let Some((posterior, overridden)) = read_posterior(root, layers, &registry, sink) else {
        return (scenario, registry);
    };
    let mut values = Vec::new();
    for fitted in &posterior.parameters {
        let record = registry.records.iter_mut().find(|record| record.path == fitted.path);
        if let (Some(record), Some(center)) = (record, fitted.center) {
            record.value = center;
            record.status = Status::Calibrated;
            let before = record.source.take().map_or(String::new(), |source| format!("; prior: {source}"));
            record.source = Some(format!("fitted to {}{before}", posterior.name));
            record.overridden_by = Some(format!("posterior {}", posterior.name));
            values.push((fitted.path.clone(), center));
        }
    }
    registry.posterior = Some(posterior);
    registry.overridden = overridden;
    (scenario.with_values(&values), registry)
}

/// Caseworkers of an arm at the site where it has fewest, and where it has most persons; `None` without participants.
fn fewest_and_most_caseworkers(sites: &[Site], arm: usize) -> Option<(f64, f64)> {
    let there = || sites.iter().filter_map(|site| site.arms.get(arm)).filter(|group| group.participants > 0);
    let fewest = there().map(|group| group.caseworkers).min_by(f64::total_cmp)?;
    Some((fewest, there().map(|group| f64::from(group.persons())).fold(0.0, f64::max)))
}

/// `dynamics`: what belongs to the ladder only is refused without it, and the reverse.
fn read_dynamics(
    layers: &Layers,
    root: &TableReader<'_>,
    ladder: bool,
    steps_per_month: u32,
    effects: Vec<Option<super::plan::LadderEffect>>,
) -> Dynamics {
    let only_ladder = || said!("alleen met dynamics = \"ladder\"", "only with dynamics = \"ladder\"");
    if !ladder {
        if effects.iter().any(Option::is_some) {
            root.problem(
                "arm",
                said!("een groep heeft een ladder_effect", "an arm has a ladder_effect"),
                only_ladder(),
                Some(said!("zet dynamics = \"ladder\"", "set dynamics = \"ladder\"")),
            );
        }
        if root.has("ladder") {
            root.problem(
                "ladder",
                said!("[ladder] wordt niet gebruikt", "[ladder] is not used"),
                only_ladder(),
                Some(said!(
                    "zet dynamics = \"ladder\" om het te gebruiken",
                    "set dynamics = \"ladder\" to use it"
                )),
            );
        }
        return Dynamics::Full;
    }
    for key in ["inflow", "returns", "capacity"] {
        let asked = layers.tree.get(key).filter(|node| node.place.source != 0);
        if asked.is_some() && root.boolean(key) == Some(true) {
            root.problem(
                key,
                said!(
                    "{key} = true kan niet op een ladder",
                    "{key} = true is not possible on a ladder",
                    key = key
                ),
                said!("een ladder kent dit niet", "a ladder has no such process"),
                None,
            );
        }
    }
    let Some(ladder) = read_ladder(root, effects) else { return Dynamics::Full };
    if ladder.rates == super::plan::LadderRates::Probability && steps_per_month != 1 {
        root.problem(
            "steps_per_month",
            said!(
                "steps_per_month = {steps_per_month} met kansen per maand",
                "steps_per_month = {steps_per_month} with probabilities per month",
                steps_per_month = steps_per_month
            ),
            said!("moet 1 zijn", "must be 1"),
            Some(said!(
                "geef de tabel als intensiteiten: rates = \"hazard\"",
                "give the table as hazards: rates = \"hazard\""
            )),
        );
    }
    Dynamics::Ladder(ladder)
}

/// Drops echoes of mistakes in the notation (what stands on the same line, or is missing only because of them) and
/// doubles, and puts the rest in the order of the text.
fn tidy(mut problems: Problems, notation_problems: usize) -> Problems {
    let lines: Vec<Option<(usize, usize)>> = problems
        .list
        .iter()
        .map(|problem| {
            let line = problems.line_and_column(problem)?.0;
            Some((problem.place.as_ref()?.source, line))
        })
        .collect();
    let broken = &lines[..notation_problems.min(lines.len())];
    let mut seen = Vec::new();
    let mut kept = Vec::new();
    for (index, problem) in problems.list.iter().enumerate() {
        let echo = index >= notation_problems
            && !broken.is_empty()
            && (lines[index].is_none()
                || broken.contains(&lines[index])
                || problem.message.text(Lang::En).ends_with(" is missing"));
        let identity = (problem.place.clone(), problem.label.clone(), problem.message.clone());
        if !echo && !seen.contains(&identity) {
            seen.push(identity);
            kept.push(problem.clone());
        }
    }
    kept.sort_by_key(|problem| problem.place.as_ref().map(|place| (place.source, place.span.start)));
    problems.list = kept;
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_the_name_of_a_file_finds_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mijn-gemeente.toml"), "extends = \"lange-adem\"\n").unwrap();
        for slip in ["mijn-gemeete.toml", "mijn-gemeente", "mijn_gemeente.tom"] {
            let problems = open(Some(&folder.path().join(slip)), &[]).unwrap_err();
            let told = problems.render_in(crate::language::Lang::Nl, false);
            assert!(told.contains("bedoelt u ") && told.contains("mijn-gemeente.toml?"), "{slip}: {told}");
        }
    }

    #[test]
    fn what_was_refused_is_not_missed_too() {
        let text = |participants: &str, caseworkers: &str| {
            format!(
                "extends = \"lange-adem\"\n[[arm]]\nname = \"regular\"\nservice = \"regular\"\nparticipants = 10\ncaseworkers = 1\n\
                 [[arm]]\nname = \"fip\"\nservice = \"fip\"\n{participants}\n{caseworkers}\n"
            )
        };
        for (participants, caseworkers, problems) in [
            ("participants = -5", "caseworkers = 1", 1),
            ("klanten = 5", "caseworkers = 1", 1),
            ("participants = 5", "consulenten = 1", 1),
            ("participants = 0", "caseworkers = 1", 1),
            ("participants = 5", "", 1),
        ] {
            let found = resolve_text(&text(participants, caseworkers), &[]).unwrap_err();
            let told = found.render(false);
            assert_eq!(found.list.len(), problems, "{told}");
        }
    }
}
