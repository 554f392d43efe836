//! Arms, sites and the study's settings, from the merged tree.
//!
//! A value that is wrong is reported and replaced by something harmless, so that reading goes on and
//! shows the next mistake; such a stand-in is never simulated, because a scenario with problems does
//! not leave the gate.

use super::keys::WithinLimits;
use super::parameters::Parameters;
use super::plan::MAX_SITES;
use super::plan::{
    Allocation, ArmAtSite, CalendarMonth, Limits, Municipality, PopulationKind, Precision, Service, Site,
    Uncertainty,
};
use super::read_serves::{Known, no_service, read_plan};
use super::read_structures::read_title;
use super::serves::Arm;
use crate::document::{
    Node, Problem, Sink, TableReader, Value, did_you_mean, integer, nearest, number, one_of, showable,
};
use crate::kinds::{Kind, Question};
use crate::language::Said;
use crate::said;

/// Largest number of participants, over all arms and sites.
pub(super) const MAX_PARTICIPANTS: u64 = 4_000_000_000;
/// Most arms and services, and most sites that are looked at: a file with more is a generated mistake,
/// and every message about it would cost time.
const MAX_PARTS: usize = 1000;

/// The settings of a study, the single values at the top of a scenario.
#[derive(Debug)]
pub(super) struct Settings {
    /// Short name.
    pub(super) name: String,
    /// Title for readers, in Dutch and English.
    pub(super) title: [String; 2],
    /// The question in Dutch and English.
    pub(super) question: [String; 2],
    /// What the first page answers.
    pub(super) asked: Question,
    /// What is known of the municipality.
    pub(super) municipality: Municipality,
    /// Seed of all chance.
    pub(super) seed: u64,
    /// Replicates.
    pub(super) replicates: u32,
    /// Whether a transition table replaces the full model.
    pub(super) ladder: bool,
    /// Steps in a month.
    pub(super) steps_per_month: u32,
    /// Months that are simulated.
    pub(super) horizon_months: u32,
    /// Months between reported ones.
    pub(super) report_every_months: u32,
    /// Calendar month of month 0.
    pub(super) start: CalendarMonth,
    /// Whether a trial population or a whole caseload is simulated.
    pub(super) population: PopulationKind,
    /// Whether new clients come in.
    pub(super) inflow: bool,
    /// Whether clients come back.
    pub(super) returns: bool,
    /// Whether caseworkers' slots limit the talks.
    pub(super) capacity: bool,
    /// How participants come into arms.
    pub(super) allocation: Allocation,
    /// Months over which participants enrol.
    pub(super) enrollment_months: u32,
}

/// Reads the settings; the fallbacks only stand in for values that were already reported.
pub(super) fn read_settings(root: &TableReader<'_>) -> Settings {
    let count = |key: &str| root.count(key).unwrap_or(1) as u32;
    let flag = |key: &str| root.boolean(key).unwrap_or(false);
    let name = read_file_name(root);
    let title = read_title(root, &name, "title");
    let steps_per_month = count("steps_per_month");
    if steps_per_month == 3 {
        root.problem(
            "steps_per_month",
            said!("steps_per_month = 3 mag niet", "steps_per_month = 3 is not allowed"),
            said!("1, 2 of 4", "1, 2 or 4"),
            None,
        );
    }
    let horizon_months = count("horizon_months");
    let enrollment_months = root.count("enrollment_months").unwrap_or(0) as u32;
    if enrollment_months > 0 && enrollment_months >= horizon_months {
        let message = said!(
            "op de horizon stromen nog deelnemers in: enrollment_months is {enrollment_months}",
            "participants still enrol at the horizon: enrollment_months is {enrollment_months}",
            enrollment_months = enrollment_months
        );
        let allowed = said!("moet onder horizon_months liggen", "must be under horizon_months");
        root.problem("enrollment_months", message, allowed, None);
    }
    let (question, asked) = read_question(root);
    Settings {
        name,
        title,
        question,
        asked,
        municipality: read_municipality(root),
        seed: root.count("seed").unwrap_or(0) as u64,
        replicates: count("replicates"),
        ladder: root.choice("dynamics", &[("full", false), ("ladder", true)]).unwrap_or(false),
        steps_per_month,
        horizon_months,
        report_every_months: count("report_every_months"),
        start: read_start(root),
        population: read_population(root),
        inflow: flag("inflow"),
        returns: flag("returns"),
        capacity: flag("capacity"),
        allocation: read_allocation(root),
        enrollment_months,
    }
}

/// How participants come into arms. It decides which differences between arms are chance: by client,
/// those between clients; by caseworker or site, also those between the people and places they get.
fn read_allocation(root: &TableReader<'_>) -> Allocation {
    let choices =
        [("client", Allocation::Client), ("caseworker", Allocation::Caseworker), ("site", Allocation::Site)];
    root.choice("allocation", &choices).unwrap_or(Allocation::Caseworker)
}

/// Whose population: clients far from work (`far`) or a whole caseload (`stock`).
fn read_population(root: &TableReader<'_>) -> PopulationKind {
    let choices = [("far", PopulationKind::Far), ("stock", PopulationKind::Stock)];
    let kind = root.table("population").and_then(|table| table.choice("kind", &choices));
    kind.unwrap_or(PopulationKind::Far)
}

/// The name becomes a folder name: letters, digits, `-`, `_` and `.`.
fn read_file_name(root: &TableReader<'_>) -> String {
    root.missing("name", "name = \"my-scenario\"");
    let Some(name) = root.text("name") else { return String::new() };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty()
        || name.len() > 60
        || !name.chars().all(allowed)
        || name.starts_with(['.', '-'])
        || name.ends_with('.')
        || is_device(&name)
    {
        let shown = showable(&name, 60);
        let message = said!(
            "name = \"{shown}\" kan geen map noemen",
            "name = \"{shown}\" cannot name a folder",
            shown = shown
        );
        let rule = said!(
            "1 tot 60 letters, cijfers, - _ of . (niet vooraan), en geen naam die Windows bewaart (CON, NUL, COM1, ...)",
            "1 to 60 letters, digits, - _ or . (not first), and no name that Windows keeps (CON, NUL, COM1, ...)"
        );
        let hint = said!("de volledige naam hoort in title", "the full name goes into title");
        root.problem("name", message, rule, Some(hint));
    }
    name
}

/// Whether Windows keeps the name for a device, with or without an ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Whether a text is one printable line of at most so many characters.
fn is_line(text: &str, limit: usize) -> bool {
    text.chars().count() <= limit && text.chars().all(crate::document::is_showable)
}

/// The question in both languages, and its kind.
fn read_question(root: &TableReader<'_>) -> ([String; 2], Question) {
    let Some(table) = root.table("question") else { return Default::default() };
    let question = ["nl", "en"].map(|language| {
        let text = table.text(language).unwrap_or_default();
        if !is_line(&text, 500) {
            let message = said!(
                "question.{language} is te lang of heeft stuurtekens",
                "question.{language} is too long or has control characters",
                language = language
            );
            let allowed = said!("één regel, tot 500 tekens", "one line, up to 500 characters");
            table.problem(language, message, allowed, None);
        }
        text
    });
    let kinds: Vec<(&str, Question)> = Question::ALL.iter().map(|kind| (kind.name(), *kind)).collect();
    let asked = table.choice("kind", &kinds).unwrap_or_default();
    table.finish();
    (question, asked)
}

/// What is known of the municipality itself.
fn read_municipality(root: &TableReader<'_>) -> Municipality {
    let Some(table) = root.table("municipality") else { return Municipality::default() };
    let count = |key: &str| table.count(key).map(|value| value as u32);
    let municipality = Municipality { inhabitants: count("inhabitants"), price_year: count("price_year") };
    table.finish();
    municipality
}

/// The calendar month of month 0, from `"2026-01"`.
fn read_start(root: &TableReader<'_>) -> CalendarMonth {
    let fallback = CalendarMonth { year: 2026, month: 1 };
    let Some(text) = root.text("start") else { return fallback };
    let parsed = text.split_once('-').and_then(|(year, month)| {
        let digits = |part: &str, length: usize| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        Some(CalendarMonth { year: year.parse().ok()?, month: month.parse().ok()? })
    });
    match parsed {
        Some(start) if (1..=12).contains(&start.month) && (1950..=2150).contains(&start.year) => start,
        _ => {
            let shown = showable(&text, 40);
            root.problem(
                "start",
                said!(
                    "start = \"{shown}\" is geen maand",
                    "start = \"{shown}\" is not a month",
                    shown = shown
                ),
                said!("jaar en maand van 1950 tot 2150", "year and month from 1950 to 2150"),
                Some(said!("schrijf \"2026-01\"", "write \"2026-01\"")),
            );
            fallback
        }
    }
}

/// An arm with its defaults for all sites.
#[derive(Debug)]
pub(super) struct ReadArm {
    /// The arm's plan.
    pub(super) arm: Arm,
    /// Participants at each site, where the site does not say otherwise; 0 when nothing is said.
    participants: u32,
    /// Full-time equivalents at each site, likewise; `None` when nothing is said.
    caseworkers: Option<f64>,
}

/// Reads the arms; `effect` reads what only the ladder knows about an arm.
pub(super) fn read_arms(
    root: &TableReader<'_>,
    known: &Known<'_>,
    ladder: bool,
    mut effect: impl FnMut(&TableReader<'_>),
) -> Vec<ReadArm> {
    let tables = root.tables("arm");
    if tables.len() < 2 || tables.len() > MAX_PARTS {
        let count = tables.len();
        let message =
            said!("het scenario heeft {count} groepen", "the scenario has {count} arms", count = count);
        let hint = "[[arm]]  name = \"fip\"  service = \"fip\"  participants = 360  caseworkers = 2";
        let allowed =
            said!("twee groepen of meer, elk onder [[arm]]", "two arms or more, each under [[arm]]");
        root.problem("arm", message, allowed, Some(Said::same(hint)));
    }
    let mut arms: Vec<ReadArm> = Vec::new();
    for table in tables.iter().take(MAX_PARTS) {
        table.missing("name", "name = \"fip\"");
        let name = table.name("name").unwrap_or_default();
        if arms.iter().any(|arm| arm.arm.name == name) && !name.is_empty() {
            table.problem(
                "name",
                said!("twee groepen heten \"{name}\"", "two arms are named \"{name}\"", name = name),
                said!("elke groep heeft een eigen naam", "every arm has its own name"),
                None,
            );
        }
        effect(table);
        let mut arm = Arm::plain(name, read_arm_service(table, known.services, ladder));
        read_plan(table, known, &mut arm);
        if ladder && arm != Arm::plain(arm.name.clone(), arm.service) {
            let shown = showable(&arm.name, 60);
            let message =
                said!("groep \"{shown}\" heeft een plan", "arm \"{shown}\" has a plan", shown = shown);
            let allowed = said!(
                "niet op een ladder, die geen dienstverlening kent",
                "not on a ladder, which knows no services"
            );
            table.problem("serves", message, allowed, None);
        }
        arms.push(ReadArm {
            arm,
            participants: table.count("participants").unwrap_or(0) as u32,
            caseworkers: table.setting("caseworkers"),
        });
    }
    tables.into_iter().for_each(TableReader::finish);
    arms
}

/// On a ladder the service plays no part and may be left out.
fn read_arm_service(table: &TableReader<'_>, services: &[Service], ladder: bool) -> usize {
    if !ladder {
        table.missing("service", "service = \"fip\"");
    }
    let Some(name) = table.text("service") else { return 0 };
    if let Some(index) = services.iter().position(|service| service.name == name) {
        return index;
    }
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    no_service(table, "service", &name, &names);
    0
}

/// Index of the control arm: named, or the first.
pub(super) fn read_control(root: &TableReader<'_>, arms: &[ReadArm]) -> usize {
    let Some(name) = root.text("control") else { return 0 };
    if let Some(index) = arms.iter().position(|arm| arm.arm.name == name) {
        return index;
    }
    let names: Vec<&str> = arms.iter().map(|arm| arm.arm.name.as_str()).collect();
    let hint = nearest(&name, names.iter().copied()).map(|near| did_you_mean(&format!("\"{near}\"")));
    let shown = showable(&name, 60);
    let message =
        said!("control = \"{shown}\" is geen groep", "control = \"{shown}\" is not an arm", shown = shown);
    root.problem("control", message, one_of(&showable(&names.join(", "), 200)), hint);
    0
}

/// Reads the sites; without any there is one, with the arms' own numbers.
pub(super) fn read_sites(
    root: &TableReader<'_>,
    arms: &[ReadArm],
    parameters: &Parameters,
    settings: &Settings,
    sink: &Sink,
) -> Vec<Site> {
    let tables = root.tables("site");
    if tables.len() > MAX_SITES {
        let count = tables.len();
        let message =
            said!("het scenario heeft {count} locaties", "the scenario has {count} sites", count = count);
        root.problem("site", message, said!("hoogstens 128", "at most 128"), None);
    }
    if tables.is_empty() {
        let groups = arms.iter().map(|arm| group(arm, None, None, settings.ladder)).collect();
        return vec![Site {
            name: "all".into(),
            arms: groups,
            slots_per_month: parameters.caseworker.slots_per_month,
            neglect: parameters.site.neglect,
            labor_market: Vec::new(),
            follow_up_months: settings.horizon_months,
        }];
    }
    let mut sites: Vec<Site> = Vec::new();
    for table in tables.iter().take(MAX_PARTS) {
        let site = read_site(table, arms, parameters, settings, sink);
        if sites.iter().any(|other| other.name == site.name) && !site.name.is_empty() {
            table.problem(
                "name",
                {
                    let name = &site.name;
                    said!("twee locaties heten \"{name}\"", "two sites are named \"{name}\"", name = name)
                },
                said!("elke locatie heeft een eigen naam", "every site has its own name"),
                None,
            );
        }
        sites.push(site);
    }
    tables.into_iter().for_each(TableReader::finish);
    sites
}

/// One site, with what differs from the arms' usual numbers.
fn read_site(
    table: &TableReader<'_>,
    arms: &[ReadArm],
    parameters: &Parameters,
    settings: &Settings,
    sink: &Sink,
) -> Site {
    table.missing("name", "name = \"North\"");
    let (fewest, most) = super::keys::integer_limits("site.participants");
    let participants = per_arm(table, "participants", arms, sink, |node, path| {
        integer(node, path, fewest, most, sink).map(|count| count as u32)
    });
    let (fewest, most) = super::keys::number_limits("site.caseworkers");
    let caseworkers =
        per_arm(table, "caseworkers", arms, sink, |node, path| number(node, path, fewest, most, sink));
    // Both lists have one entry per arm, in their order.
    let pairs = participants.into_iter().zip(caseworkers);
    Site {
        name: table.name("name").unwrap_or_default(),
        arms: arms
            .iter()
            .zip(pairs)
            .map(|(arm, (participants, caseworkers))| group(arm, participants, caseworkers, settings.ladder))
            .collect(),
        slots_per_month: table.setting("slots_per_month").unwrap_or(parameters.caseworker.slots_per_month),
        neglect: table.setting("neglect").unwrap_or(parameters.site.neglect),
        labor_market: table.settings("labor_market").unwrap_or_default(),
        follow_up_months: table
            .integer("follow_up_months", 1, i64::from(settings.horizon_months))
            .map_or(settings.horizon_months, |months| months as u32),
    }
}

/// The site's own numbers win over the arm's; on a ladder one caseworker stands for all.
fn group(arm: &ReadArm, participants: Option<u32>, caseworkers: Option<f64>, ladder: bool) -> ArmAtSite {
    let caseworkers = caseworkers.or(arm.caseworkers).unwrap_or(f64::from(u8::from(ladder)));
    ArmAtSite { participants: participants.unwrap_or(arm.participants), caseworkers }
}

/// A value for every arm: one for all, or a table by arm name.
fn per_arm<T: Copy>(
    table: &TableReader<'_>,
    key: &str,
    arms: &[ReadArm],
    sink: &Sink,
    read: impl Fn(&Node, &str) -> Option<T>,
) -> Vec<Option<T>> {
    let Some(node) = table.node(key) else { return vec![None; arms.len()] };
    let Value::Table(_) = node.value else { return vec![read(node, &table.path_of(key)); arms.len()] };
    let inner = TableReader::new(node, table.path_of(key), sink);
    let value =
        |arm: &ReadArm| inner.node(&arm.arm.name).and_then(|node| read(node, &inner.path_of(&arm.arm.name)));
    let values = arms.iter().map(value).collect();
    inner.finish();
    values
}

/// `[uncertainty]`.
pub(super) fn read_uncertainty(root: &TableReader<'_>) -> Uncertainty {
    let Some(table) = root.table("uncertainty") else { return Uncertainty::default() };
    let count = |key: &str| table.count(key).unwrap_or(0) as u32;
    let uncertainty = Uncertainty {
        parameter_draws: count("parameter_draws"),
        replicates_per_draw: count("replicates_per_draw"),
    };
    table.has("posterior");
    table.finish();
    uncertainty
}

/// `[precision]`.
pub(super) fn read_precision(root: &TableReader<'_>) -> Precision {
    let Some(table) = root.table("precision") else { return Precision::default() };
    let precision = Precision { difference: table.setting("difference").unwrap_or(0.0) };
    table.finish();
    precision
}

/// `[limits]`.
pub(super) fn read_limits(root: &TableReader<'_>) -> Limits {
    let fallback = Limits::default();
    let Some(table) = root.table("limits") else { return fallback };
    let limits = Limits {
        max_hours: table.setting("max_hours").unwrap_or(fallback.max_hours),
        max_memory_gib: table.setting("max_memory_gib").unwrap_or(fallback.max_memory_gib),
        max_disk_gib: table.setting("max_disk_gib").unwrap_or(fallback.max_disk_gib),
    };
    table.finish();
    limits
}

/// Whether a table has a key whose value was refused, or an unknown key that means it: then its absence is no mistake of its own.
fn was_told(table: &Node, key: &str) -> bool {
    let Value::Table(entries) = &table.value else { return false };
    entries.iter().any(|entry| {
        if entry.key == key {
            let is_zero = match entry.node.value {
                Value::Integer(value) => value == 0,
                Value::Float(value) => value == 0.0,
                _ => false,
            };
            return !is_zero;
        }
        nearest(&entry.key, [key]).is_some()
    })
}

/// Reports arms without participants, arms without caseworkers at a site where they have participants,
/// and more participants than the counters hold.
pub(super) fn check_groups(root: &TableReader<'_>, tree: &Node, arms: &[ReadArm], sites: &[Site]) {
    let mut total: u64 = 0;
    for (index, arm) in arms.iter().enumerate() {
        let groups = || sites.iter().filter_map(|site| site.arms.get(index).map(|group| (site, group)));
        let participants: u64 = groups().map(|(_, group)| u64::from(group.participants)).sum();
        total = total.saturating_add(participants);
        let name = showable(&arm.arm.name, 60);
        let place = tree.get("arm").and_then(|node| match &node.value {
            Value::Array(items) => items.get(index),
            _ => None,
        });
        let report = |message: Said, hint: Said| match place {
            Some(node) => {
                root.report(Problem::at(&node.place, message, said!("deze groep", "this arm")).hint(hint))
            }
            None => root.problem("arm", message, said!("deze groep", "this arm"), Some(hint)),
        };
        // A number that could not be read, or that stands under a wrong key, was told already.
        let told = |key: &str| place.is_some_and(|node| was_told(node, key));
        if participants == 0 && !told("participants") {
            report(
                said!(
                    "groep \"{name}\" heeft geen deelnemers",
                    "arm \"{name}\" has no participants",
                    name = name
                ),
                said!("voeg participants = 360 toe", "add participants = 360"),
            );
        }
        if let Some((site, _)) =
            groups().find(|(_, group)| group.participants > 0 && group.caseworkers <= 0.0)
            && !told("caseworkers")
        {
            let site = showable(&site.name, 60);
            report(
                said!(
                    "groep \"{name}\" heeft geen consulenten in locatie \"{site}\"",
                    "arm \"{name}\" has no caseworkers at site \"{site}\"",
                    name = name,
                    site = site
                ),
                said!(
                    "voeg caseworkers = 2 toe: één bedient onder FIP zo'n 180 klanten",
                    "add caseworkers = 2: one serves about 180 clients under FIP"
                ),
            );
        }
    }
    if total > MAX_PARTICIPANTS {
        root.problem(
            "arm",
            said!("{total} deelnemers in totaal", "{total} participants in all", total = total),
            said!(
                "hoogstens 4 miljard over alle groepen en locaties",
                "at most 4 billion over all arms and sites"
            ),
            None,
        );
    }
}
