//! The targets file: which figures, about which scenario, how sure.
//!
//! Keys, outcomes and kinds of evidence are in `docs/calibrate.md`. Everything wrong is reported at
//! once with its line. What could be computed but would mislead is refused too: a figure without an
//! error, the same figure twice, a pattern that the scenario cannot show.

use crate::language::{AsTyped, Said};
use crate::said;
use std::path::{Path, PathBuf};

use super::outcome::{OutcomeKind, OutcomeQuery, Pattern};
use super::target::{Evidence, Link, Target};
use super::town::CaseloadQuestion;
use crate::document::{
    Node, Place, Problem, ProblemKind, Problems, Sink, SourceText, TableReader, Value, did_you_mean, nearest,
    parse, source_from_bytes,
};
use crate::kinds::{ExitReason, Kind as _, Step};
use crate::observe::Endpoint;
use crate::scenario::{Resolved, open};

/// One figure as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stated {
    /// What is asked of which scenario.
    pub question: CaseloadQuestion,
    /// The figure.
    pub target: Target,
    /// Whether the discrepancy is the default of 10 %, which tables mark: nobody has thought about it.
    pub default_discrepancy: bool,
    /// Where the figure was found; must be given.
    pub source: String,
    /// Its year.
    pub year: Option<i64>,
}

/// A targets file with its scenarios.
#[derive(Clone, Debug)]
pub struct Targets {
    /// Name of the set of figures.
    pub name: String,
    /// The scenarios: that of `extends` first.
    pub scenarios: Vec<Resolved>,
    /// The figures.
    pub(crate) stated: Vec<Stated>,
    /// SHA-256 of the text, in hexadecimal, as in result folders.
    pub hash: String,
}

impl Targets {
    /// The hash by which a posterior names its figures.
    pub(crate) fn short_hash(&self) -> &str {
        &self.hash[..SHORT_HASH.min(self.hash.len())]
    }

    /// The figures alone.
    pub(crate) fn targets(&self) -> Vec<Target> {
        self.stated.iter().map(|stated| stated.target.clone()).collect()
    }
}

/// Digits of the hash that a posterior keeps: enough to tell whether it was fitted to these figures.
const SHORT_HASH: usize = 12;
/// Discrepancy when none is given: this share of the value.
pub(crate) const DEFAULT_DISCREPANCY: f64 = 0.1;
/// Longest window and longest follow-up of a return, months.
const MOST_MONTHS: i64 = 360;

/// Built-in sets of figures.
const SHIPPED: [(&str, &str); 1] = [("nederland", include_str!("../../scenarios/targets/nederland.toml"))];

/// A commented file for a municipality's own figures, in Dutch.
pub(crate) const TEMPLATE: &str = include_str!("../../scenarios/targets/sjabloon.toml");

/// Reads a targets file, or a built-in set by name.
///
/// # Errors
/// Everything that is wrong with it, each with its line; what is wrong with the scenarios that it names.
pub(crate) fn read_targets(path: &Path) -> Result<Targets, Problems> {
    if !path.exists()
        && let Some((name, text)) = SHIPPED.iter().find(|(name, _)| path.to_str() == Some(*name))
    {
        return from_bytes(name, text.as_bytes(), None);
    }
    let bytes = std::fs::read(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let kind = if missing { ProblemKind::Missing } else { ProblemKind::Unreadable };
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let problem = Problem::whole(
            kind,
            said!(
                "kan {shown} niet lezen: {error}",
                "cannot read {shown}: {error}",
                shown = path.display(),
                error = crate::language::spoken(&error)
            ),
        )
        .hint(said!(
            "ingebouwde verzamelingen cijfers: {}",
            "built-in sets of figures: {}",
            names.join(", ")
        ));
        Problems { list: vec![problem], ..Problems::default() }
    })?;
    from_bytes(&path.display().to_string(), &bytes, path.parent())
}

/// Reads a text; relative scenario files stand in `folder`.
///
/// # Errors
/// As [`read_targets`].
pub(crate) fn from_bytes(name: &str, bytes: &[u8], folder: Option<&Path>) -> Result<Targets, Problems> {
    let sink = Sink::default();
    let source = source_from_bytes(name, bytes, &sink);
    let root = parse(0, &source.text, &sink);
    let hash = crate::scenario::text_hash(&source.text);
    if !sink.is_empty() {
        return Err(problems(sink, source));
    }
    let table = TableReader::root(&root, &sink);
    let own_name = table.name("name");
    table.missing("name", "name = \"our-town\"");
    let mut scenarios = Scenarios { folder, names: Vec::new(), list: Vec::new(), foreign: None };
    let base = table.text("extends").and_then(|name| scenarios.index(&table, "extends", &name));
    table.missing("extends", "extends = \"heel-bestand\"");
    let tables = table.tables("target");
    if tables.is_empty() {
        table.problem(
            "target",
            said!(
                "geen [[target]]: er is niets om van te leren",
                "no [[target]]: there is nothing to learn from"
            ),
            said!("minstens een", "at least one"),
            None,
        );
    }
    let mut stated: Vec<Stated> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for entry in tables {
        let place = entry.place().clone();
        if let Some(one) = read_target(&entry, base, &mut scenarios) {
            same_figure(&entry, &one, &stated);
            stated.push(one);
            places.push(place);
        }
        entry.finish();
    }
    table.finish();
    if let Some(foreign) = scenarios.foreign {
        return Err(foreign);
    }
    let list = scenarios.list;
    match sink.is_empty() {
        true => Ok(Targets { name: own_name.unwrap_or_default(), scenarios: list, stated, hash }),
        false => Err(problems(sink, source)),
    }
}

/// What was collected, as an error.
fn problems(sink: Sink, source: SourceText) -> Problems {
    sink.into_problems(vec![source]).unwrap_or_default()
}

/// The scenarios named so far.
struct Scenarios<'a> {
    /// Folder of the target file: scenarios are looked for there.
    folder: Option<&'a Path>,
    /// Scenarios that targets named, by name.
    names: Vec<String>,
    /// The same, read.
    list: Vec<Resolved>,
    /// What is wrong with a scenario file itself.
    foreign: Option<Problems>,
}

impl Scenarios<'_> {
    /// The number of the scenario that a target names.
    fn index(&mut self, table: &TableReader<'_>, key: &str, name: &str) -> Option<usize> {
        if let Some(at) = self.names.iter().position(|known| known == name) {
            return Some(at);
        }
        let beside: Option<PathBuf> =
            self.folder.map(|folder| folder.join(name)).filter(|path| path.is_file());
        let path = beside.unwrap_or_else(|| PathBuf::from(name));
        // What is learned starts from the priors: with the posterior of a scenario its figures would count twice.
        match open(Some(&path), &["uncertainty.posterior=\"\"".to_owned()]) {
            Ok(resolved) => {
                self.names.push(name.to_owned());
                self.list.push(resolved);
                Some(self.list.len() - 1)
            }
            Err(found) if found.kind() == ProblemKind::Missing => {
                let message = said!(
                    "{path} = \"{name}\": zo'n scenario is er niet",
                    "{path} = \"{name}\": there is no such scenario",
                    path = table.path_of(key),
                    name = name
                );
                let hint = said!(
                    "een scenariobestand (naast dit bestand, of vanaf hier), of de naam van een \
                         ingebouwd scenario",
                    "a scenario file (beside this one, or from here), or the name of a built-in scenario"
                );
                table.problem(key, message, said!("een scenario", "a scenario"), Some(hint));
                None
            }
            Err(found) => {
                self.foreign.get_or_insert(found);
                None
            }
        }
    }
}

/// One figure; `None` when something about it is wrong, which is then in the sink. Everything is read
/// before anything is judged, so that one mistake does not hide the next.
fn read_target(
    table: &TableReader<'_>,
    base: Option<usize>,
    scenarios: &mut Scenarios<'_>,
) -> Option<Stated> {
    let id = table.name("id");
    table.missing("id", "id = \"exits-a-year\"");
    let scenario = match table.text("scenario") {
        Some(name) => scenarios.index(table, "scenario", &name),
        None => base,
    };
    let kind = table.choice("outcome", &OutcomeKind::NAMES);
    table.missing("outcome", "outcome = \"exits_per_client_year\"");
    let arm_name = table.text("arm");
    let arm = scenario.and_then(|at| read_arm(table, arm_name.as_deref(), &scenarios.list[at], kind));
    let window = read_window(table);
    let narrowed = kind.and_then(|kind| read_where(table, kind));
    let evidence = kind.and_then(|kind| read_evidence(table, kind));
    if kind.is_none() {
        // Without an outcome nobody knows what may stand beside it.
        KEYS_OF_OUTCOMES.iter().for_each(|key| {
            table.has(key);
        });
    }
    let discrepancy = table.number("discrepancy", 0.0, 1e9);
    let held_out = table.choice("use", &[("fit", false), ("hold_out", true)]).unwrap_or(false);
    let source = table.text("source");
    table.missing("source", "source = \"CBS 82662NED, 2022\"");
    let year = table.integer("year", 1900, 2100);
    let (id, scenario, kind, arm, window) = (id?, scenario?, kind?, arm?, window?);
    let (narrowed, evidence) = (narrowed?, evidence?);
    let asked = OutcomeQuery { kind, window, ..narrowed };
    fits(table, &asked, &scenarios.list[scenario])?;
    let link = if kind.is_share() { Link::Logit } else { Link::Log };
    let default = if matches!(evidence, Evidence::Pattern { .. }) {
        0.0
    } else {
        DEFAULT_DISCREPANCY * evidence.value()
    };
    Some(Stated {
        question: CaseloadQuestion { scenario, arm, asked },
        target: Target { id, evidence, discrepancy: discrepancy.unwrap_or(default), link, held_out },
        default_discrepancy: discrepancy.is_none(),
        source: source?,
        year,
    })
}

/// Keys that only some outcomes and kinds have.
const KEYS_OF_OUTCOMES: [&str; 11] =
    ["where", "kind", "value", "error", "count", "of", "exposure", "low", "high", "seen", "arm"];

/// The arm that the figure is about: the control when none is named; for a pattern the treated arm.
fn read_arm(
    table: &TableReader<'_>,
    name: Option<&str>,
    resolved: &Resolved,
    kind: Option<OutcomeKind>,
) -> Option<usize> {
    let scenario = &resolved.scenario;
    let is_pattern = kind == Some(OutcomeKind::Pattern);
    let Some(name) = name else {
        let treated = (0..scenario.arms.len()).find(|arm| *arm != scenario.control);
        return if is_pattern { treated } else { Some(scenario.control) };
    };
    let found = scenario.arms.iter().position(|arm| arm.name == name);
    match found {
        Some(arm) if is_pattern && arm == scenario.control => {
            table.problem(
                "arm",
                said!(
                    "arm = \"{name}\" is de controlegroep van {scenario}",
                    "arm = \"{name}\" is the control of {scenario}",
                    scenario = scenario.name,
                    name = name
                ),
                said!("de behandelde groep", "the treated arm"),
                None,
            );
            None
        }
        Some(arm) => Some(arm),
        None => {
            let names: Vec<String> = scenario.arms.iter().map(|arm| format!("\"{}\"", arm.name)).collect();
            let allowed = said!("een van {}", "one of {}", names.join(", "));
            table.problem(
                "arm",
                said!(
                    "arm = \"{name}\" is geen groep van {scenario}",
                    "arm = \"{name}\" is not an arm of {scenario}",
                    scenario = scenario.name,
                    name = name
                ),
                allowed,
                None,
            );
            None
        }
    }
}

/// First and last month; the first year when nothing is said.
fn read_window(table: &TableReader<'_>) -> Option<[u32; 2]> {
    if !table.has("window_months") {
        return Some([0, 12]);
    }
    let months = table.integers("window_months", 0, MOST_MONTHS)?;
    match months[..] {
        [from, to] if from < to => Some([from as u32, to as u32]),
        _ => {
            table.problem(
                "window_months",
                said!("window_months is geen tijdvak", "window_months is not a window"),
                said!("[eerste maand, laatste maand]", "[first month, last month]"),
                Some(said!("bijvoorbeeld [0, 12]", "for example [0, 12]")),
            );
            None
        }
    }
}

/// `where`: what narrows the outcome down. The kind and window are filled in by the caller.
fn read_where(table: &TableReader<'_>, kind: OutcomeKind) -> Option<OutcomeQuery> {
    let mut asked = OutcomeQuery {
        kind,
        window: [0, 12],
        duration: None,
        reason: None,
        step: None,
        within: 12,
        pattern: None,
    };
    let inner = if table.has("where") { Some(table.table("where")?) } else { None };
    let has = |key: &str| inner.as_ref().is_some_and(|inner| inner.has(key));
    let mut sound = true;
    let mut only = |key: &str, allowed: bool| {
        if has(key) && !allowed {
            let message = said!(
                "where.{key} maakt {kind} niet nauwer",
                "where.{key} does not narrow {kind} down",
                kind = kind.name(),
                key = key
            );
            table.problem("where", message, said!("laat het weg", "leave it out"), None);
            sound = false;
        }
        has(key) && allowed
    };
    let (duration, named, step, within, pattern) = (
        only("duration_months", kind.by_duration()),
        only("reason", kind.by_reason()),
        only("step", kind == OutcomeKind::StepActive),
        only("within_months", kind == OutcomeKind::ReturnsWithin),
        only("pattern", kind == OutcomeKind::Pattern),
    );
    if let Some(inner) = inner {
        if duration {
            match inner.node("duration_months").and_then(range_of) {
                Some(range) => asked.duration = Some(range),
                None => {
                    inner.problem(
                        "duration_months",
                        said!(
                            "duration_months is geen bereik van maanden",
                            "duration_months is not a range of months"
                        ),
                        said!(
                            "[vanaf, onder], bijvoorbeeld [24, 60]; [60, inf] is open",
                            "[from, under], for example [24, 60]; [60, inf] is open"
                        ),
                        None,
                    );
                    sound = false;
                }
            }
        }
        if named {
            let name = inner.text("reason")?;
            asked.reason = ExitReason::from_name(&name);
            sound &= asked.reason.is_some() || unknown(&inner, "reason", &name, &reason_names());
        }
        if step {
            let name = inner.text("step")?;
            asked.step = Step::from_name(&name);
            sound &= asked.step.is_some() || unknown(&inner, "step", &name, &step_names());
        }
        if within {
            asked.within = inner.integer("within_months", 1, MOST_MONTHS)? as u32;
        }
        if pattern {
            asked.pattern = Some(inner.choice("pattern", &PATTERNS)?);
        }
        inner.finish();
    }
    let needed = match kind {
        OutcomeKind::ExitsByReasonShare if asked.reason.is_none() => Some("where = { reason = \"work\" }"),
        OutcomeKind::StepActive if asked.step.is_none() => Some("where = { step = \"volunteering\" }"),
        OutcomeKind::StockShare if asked.duration.is_none() => {
            Some("where = { duration_months = [24, inf] }")
        }
        OutcomeKind::Pattern if asked.pattern.is_none() => Some("where = { pattern = \"signals_more\" }"),
        _ => None,
    };
    if let (Some(example), true) = (needed, sound) {
        let message = said!("{} moet weten waarvan", "{} needs to know of what", kind.name());
        table.problem(
            "where",
            message,
            said!("where ontbreekt of is niet volledig", "where is missing or incomplete"),
            Some(said!("bijvoorbeeld: {example}", "for example: {example}", example = example)),
        );
        return None;
    }
    sound.then_some(asked)
}

/// Patterns by name.
const PATTERNS: [(&str, Pattern); 8] = [
    ("exits_more", Pattern { endpoint: Endpoint::Exit, more: true }),
    ("exits_not_more", Pattern { endpoint: Endpoint::Exit, more: false }),
    ("work_more", Pattern { endpoint: Endpoint::ExitToWork, more: true }),
    ("work_not_more", Pattern { endpoint: Endpoint::ExitToWork, more: false }),
    ("signals_more", Pattern { endpoint: Endpoint::FirstSignal, more: true }),
    ("signals_not_more", Pattern { endpoint: Endpoint::FirstSignal, more: false }),
    ("activation_more", Pattern { endpoint: Endpoint::VisibleActivation, more: true }),
    ("terminations_more", Pattern { endpoint: Endpoint::FraudOrWithdrawal, more: true }),
];

/// Two numbers that rise.
fn range_of(node: &Node) -> Option<[f64; 2]> {
    let Value::Array(items) = &node.value else { return None };
    let number = |node: &Node| match node.value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) if !number.is_nan() => Some(number),
        _ => None,
    };
    match items[..] {
        [ref from, ref under] => match (number(from)?, number(under)?) {
            (from, under) if from >= 0.0 && from < under && from.is_finite() => Some([from, under]),
            _ => None,
        },
        _ => None,
    }
}

/// Names of the reasons of exit.
fn reason_names() -> Vec<&'static str> {
    ExitReason::ALL.iter().map(|reason| reason.name()).collect()
}

/// Names of the steps.
fn step_names() -> Vec<&'static str> {
    Step::ALL.iter().map(|step| step.name()).collect()
}

/// Reports an unknown word with the nearest known one; always false, so that it can stand in a
/// condition.
fn unknown(table: &TableReader<'_>, key: &str, word: &str, known: &[&str]) -> bool {
    let list: Vec<String> = known.iter().map(|word| format!("\"{word}\"")).collect();
    let hint = nearest(word, known.iter().copied()).map(|near| did_you_mean(&format!("\"{near}\"")));
    table.problem(
        key,
        said!("{key} = \"{word}\" is niet bekend", "{key} = \"{word}\" is not known", key = key, word = word),
        said!("een van {}", "one of {}", list.join(", ")),
        hint,
    );
    false
}

/// Value and error, or a count, as the kind of evidence says; `None` when a part is missing or does not
/// go with the outcome. Counts of shares are binomial, counts of rates Poisson: the other way round a
/// likelihood would be of another quantity.
fn read_evidence(table: &TableReader<'_>, kind: OutcomeKind) -> Option<Evidence> {
    let most = if kind.is_share() { 1.0 } else { 1e9 };
    let words = ["normal", "binomial", "poisson", "range", "pattern"];
    let choices: Vec<(&str, usize)> = words.iter().enumerate().map(|(at, word)| (*word, at)).collect();
    let form = match table.choice("kind", &choices) {
        Some(form) => form,
        None if table.has("kind") => return None,
        None if kind == OutcomeKind::Pattern => 4,
        None => 0,
    };
    if (form == 4) != (kind == OutcomeKind::Pattern) {
        let allowed = if form == 4 {
            said!(
                "kind = \"pattern\" hoort bij outcome = \"pattern\"",
                "kind = \"pattern\" goes with outcome = \"pattern\""
            )
        } else {
            said!(
                "kind = \"pattern\" voor outcome = \"pattern\"",
                "kind = \"pattern\" for outcome = \"pattern\""
            )
        };
        table.problem(
            "kind",
            said!("kind hoort niet bij {}", "kind does not go with {}", kind.name()),
            allowed,
            None,
        );
        return None;
    }
    match form {
        0 => {
            let (value, error) = (table.number("value", 0.0, most), table.number("error", 0.0, 1e9));
            let given = value.is_some() || !table.has("value");
            table.missing("value", "value = 0.21");
            if !table.has("error") {
                let message = said!(
                    "{} heeft geen error en geen count: niemand weet hoe zeker het is",
                    "{} has neither error nor count: nobody knows how sure it is",
                    table.path_of("value")
                );
                let hint = said!(
                    "error = 0.012 (een standaardfout), of kind = \"binomial\" met count en of, of kind \
                     = \"poisson\" met count en exposure",
                    "error = 0.012 (a standard error), or kind = \"binomial\" with count and of, or kind = \"poisson\" with count and exposure"
                );
                table.problem("value", message, said!("error ontbreekt", "error is missing"), Some(hint));
            }
            let error = error.filter(|error| *error > 0.0 || zero(table, "error"))?;
            given.then_some(Evidence::Normal { value: value?, error })
        }
        1 => {
            let (count, of) = (table.number("count", 0.0, 1e9), table.number("of", 1.0, 1e9));
            table.missing("count", "count = 88");
            table.missing("of", "of = 400");
            let (count, of) = (count?, of?);
            if count > of {
                table.problem(
                    "count",
                    said!(
                        "count = {count} is meer dan of = {of}",
                        "count = {count} is more than of = {of}",
                        count = AsTyped(count),
                        of = AsTyped(of)
                    ),
                    said!("hoogstens of", "at most of"),
                    None,
                );
                return None;
            }
            if !kind.is_share() {
                table.problem(
                    "kind",
                    said!("{} is geen aandeel", "{} is no share", kind.name()),
                    said!(
                        "kind = \"poisson\" met count en exposure",
                        "kind = \"poisson\" with count and exposure"
                    ),
                    None,
                );
                return None;
            }
            Some(Evidence::Binomial { count, of })
        }
        2 => {
            let (count, exposure) = (table.number("count", 0.0, 1e9), table.number("exposure", 1e-6, 1e12));
            table.missing("count", "count = 480");
            table.missing("exposure", "exposure = 2340    # client-years");
            if kind.is_share() {
                table.problem(
                    "kind",
                    said!("{} is een aandeel", "{} is a share", kind.name()),
                    said!("kind = \"binomial\" met count en of", "kind = \"binomial\" with count and of"),
                    None,
                );
                return None;
            }
            Some(Evidence::Poisson { count: count?, exposure: exposure? })
        }
        3 => {
            let (low, high) = (table.number("low", 0.0, most), table.number("high", 0.0, most));
            table.missing("low", "low = 0.66");
            table.missing("high", "high = 0.75");
            let (low, high) = (low?, high?);
            if low >= high {
                table.problem(
                    "low",
                    said!(
                        "low = {low} ligt niet onder high = {high}",
                        "low = {low} is not below high = {high}",
                        low = AsTyped(low),
                        high = AsTyped(high)
                    ),
                    said!("de middelste 90 %, low eerst", "the central 90 %, low first"),
                    None,
                );
                return None;
            }
            Some(Evidence::Range { low, high })
        }
        _ => {
            if let Some(Value::Boolean(seen)) = table.node("seen").map(|node| &node.value) {
                return Some(Evidence::Pattern { seen: f64::from(u8::from(*seen)), of: 1.0 });
            }
            let (seen, of) = (table.integer("seen", 0, 1000), table.integer("of", 1, 1000));
            table.missing(
                "seen",
                said!("seen = true, of seen = 2 met of = 3", "seen = true, or seen = 2 with of = 3"),
            );
            table.missing("of", "of = 3");
            let (seen, of) = (seen?, of?);
            if seen > of {
                table.problem(
                    "seen",
                    said!(
                        "seen = {seen} is meer dan of = {of}",
                        "seen = {seen} is more than of = {of}",
                        seen = seen,
                        of = of
                    ),
                    said!("hoogstens of", "at most of"),
                    None,
                );
                return None;
            }
            Some(Evidence::Pattern { seen: seen as f64, of: of as f64 })
        }
    }
}

/// Reports an error of zero; always false. A figure without error would outweigh all others and the
/// model itself.
fn zero(table: &TableReader<'_>, key: &str) -> bool {
    table.problem(
        key,
        said!("{} = 0: geen cijfer is zonder fout", "{} = 0: no figure is without error", table.path_of(key)),
        said!("boven 0", "over 0"),
        None,
    );
    false
}

/// `Some` when the scenario can show the outcome; else the reason is reported.
fn fits(table: &TableReader<'_>, asked: &OutcomeQuery, resolved: &Resolved) -> Option<()> {
    use crate::scenario::Dynamics;
    let scenario = &resolved.scenario;
    let name = &scenario.name;
    let ladder = matches!(scenario.dynamics, Dynamics::Ladder(_));
    let refuse = |message: Said, allowed: Said| {
        table.problem("outcome", message, allowed, None);
        None
    };
    match asked.kind {
        OutcomeKind::Pattern if scenario.arms.len() != 2 => refuse(
            said!(
                "{name} heeft {count} groepen: een patroon vergelijkt er twee",
                "{name} has {count} arms: a pattern compares two",
                count = scenario.arms.len(),
                name = name
            ),
            said!("een scenario van twee groepen", "a scenario of two arms"),
        ),
        OutcomeKind::Pattern if asked.window[1] > scenario.horizon_months => {
            let allowed = said!("hoogstens [0, {}]", "at most [0, {}]", scenario.horizon_months);
            refuse(
                said!(
                    "een onderzoek van {name} eindigt in maand {horizon_months}",
                    "a study of {name} ends at month {horizon_months}",
                    horizon_months = scenario.horizon_months,
                    name = name
                ),
                allowed,
            )
        }
        OutcomeKind::ReturnsWithin if !scenario.returns => refuse(
            said!(
                "in {name} komt niemand terug (returns = false)",
                "nobody returns in {name} (returns = false)",
                name = name
            ),
            said!("een scenario met returns = true", "a scenario with returns = true"),
        ),
        OutcomeKind::ShareOnBenefit
        | OutcomeKind::ExitsPerClientYear
        | OutcomeKind::ExitsByReasonShare
        | OutcomeKind::ExitHazard => Some(()),
        _ if ladder => refuse(
            said!(
                "{name} is een overgangstabel: die kent alleen uitstroom",
                "{name} is a transition table: it has exits only",
                name = name
            ),
            said!("een uitkomst over uitstroom", "an outcome about exits"),
        ),
        _ => Some(()),
    }
}

/// Reports a figure that was given before: the same outcome of the same group in the same window, or the same name.
fn same_figure(table: &TableReader<'_>, new: &Stated, before: &[Stated]) {
    if let Some(old) = before.iter().find(|old| old.target.id == new.target.id) {
        table.problem(
            "id",
            said!("id = \"{}\" staat er twee keer", "id = \"{}\" is there twice", old.target.id),
            said!("een eigen naam", "a name of its own"),
            None,
        );
    } else if let Some(old) = before.iter().find(|old| old.question == new.question) {
        let message = said!(
            "hetzelfde cijfer als \"{}\": het zou dubbel tellen",
            "the same figure as \"{}\": it would count twice",
            old.target.id
        );
        table.problem("outcome", message, said!("laat er een weg", "leave one out"), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::posterior::Posterior;

    fn read(text: &str) -> Result<Targets, Problems> {
        from_bytes("x.toml", text.as_bytes(), None)
    }

    const HEAD: &str = "name = \"x\"\nextends = \"heel-bestand\"\n";

    fn target(text: &str) -> String {
        format!("[[target]]\nid = \"a\"\nsource = \"s\"\n{text}\n")
    }

    #[test]
    fn shipped_sets_and_the_template_are_read_and_a_third_is_held_out() {
        let shipped = read_targets(Path::new("nederland")).unwrap();
        let held_out = shipped.stated.iter().filter(|stated| stated.target.held_out).count();
        assert!(held_out * 3 >= shipped.stated.len(), "{held_out} of {}", shipped.stated.len());
        assert_eq!(shipped.scenarios.len(), 4);
        let template = read(TEMPLATE).unwrap();
        assert!(template.stated.iter().any(|stated| stated.target.held_out));
    }

    #[test]
    fn everything_wrong_is_told_at_once_with_its_line() {
        let text = [
            HEAD.to_owned(),
            target("outcome = \"exits_per_client_yaer\"\nvalue = 0.2\nerror = 0.01"),
            target("outcome = \"activated_share\"\nvalue = 25\nerror = 0.01"),
            target("outcome = \"exits_per_client_year\"\nvalue = 0.2"),
            target(
                "outcome = \"exits_by_reason_share\"\nvalue = 0.4\nerror = 0.01\nwhere = { reason = \"wrok\" }",
            ),
            target("outcome = \"returns_within\"\narm = \"fpi\"\nkind = \"binomial\"\ncount = 9\nof = 4"),
            target("outcome = \"no_show_share\"\nvalue = 0.1\nerror = 0.01\nwhere = { reason = \"work\" }"),
        ];
        let found = read(&text.concat()).unwrap_err();
        let told = found.render(false);
        for words in [
            "exits_per_client_yaer",
            "did you mean \"exits_per_client_year\"",
            "0.25 for 25 %",
            "neither error nor count",
            "did you mean \"work\"",
            "is not an arm of heel-bestand",
            "count = 9 is more than of = 4",
            "where.reason does not narrow no_show_share down",
        ] {
            assert!(told.contains(words), "{words} in\n{told}");
        }
        assert!(found.list.iter().all(|problem| found.line_and_column(problem).is_some()));
    }

    #[test]
    fn a_figure_counts_once_and_a_pattern_needs_two_arms_that_last_long_enough() {
        let figure = "outcome = \"exits_per_client_year\"\nvalue = 0.2\nerror = 0.01";
        let twice = format!("{HEAD}{}{}", target(figure), target(figure).replace("\"a\"", "\"b\""));
        assert!(read(&twice).unwrap_err().render(false).contains("the same figure as \"a\""));
        let named_twice = format!("{HEAD}{}{}", target(figure), target(figure));
        assert!(read(&named_twice).unwrap_err().render(false).contains("is there twice"));
        let late = "outcome = \"pattern\"\nwhere = { pattern = \"signals_more\" }\nwindow_months = [0, 200]\nseen = true";
        assert!(
            read(&format!("{HEAD}{}", target(late))).unwrap_err().render(false).contains("ends at month 120")
        );
        let arms = "scenario = \"gespreksfrequentie\"\noutcome = \"pattern\"\nwhere = { pattern = \"signals_more\" }\nseen = true";
        assert!(
            read(&format!("{HEAD}{}", target(arms)))
                .unwrap_err()
                .render(false)
                .contains("arms: a pattern compares two")
        );
        assert!(read(HEAD).unwrap_err().render(false).contains("nothing to learn from"));
        assert_eq!(read_targets(Path::new("nowhere.toml")).unwrap_err().kind(), ProblemKind::Missing);
    }

    #[test]
    fn what_is_shipped_was_fitted_to_the_shipped_figures_and_figures_start_from_the_priors() {
        let targets = read_targets(Path::new("nederland")).unwrap();
        let shipped = Posterior::built_in("nederland").unwrap().unwrap();
        // When this fails: stapjes calibrate nederland, as scenarios/posteriors/README.md says.
        assert_eq!((shipped.name.as_str(), shipped.figures.as_str()), ("nederland", targets.short_hash()));
        let uncertain: Vec<&str> =
            targets.scenarios[0].registry.uncertain().map(|(record, _)| record.path.as_str()).collect();
        let fitted: Vec<&str> = shipped.parameters.iter().map(|parameter| parameter.path.as_str()).collect();
        assert_eq!(fitted, uncertain, "every parameter with a prior is free");
        assert!(targets.scenarios.iter().all(|resolved| resolved.registry.posterior.is_none()));
    }
}
