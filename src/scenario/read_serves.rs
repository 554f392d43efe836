//! `[[arm.serves]]` and what else makes a plan of an arm, from the merged tree.
//!
//! A plan says which clients get which service, where, from whom and from when: what a municipality
//! decides. Rows refer to services, sites and caseworkers by name or number, so all of these are looked
//! up here, and a plan that nobody could carry out (more dedicated caseworkers than there are) is
//! refused.

use super::keys::WithinLimits;
use super::plan::Service;
use super::serves::{ANY, Arm, MAX_DEDICATED, MAX_PARTS, MAX_ROWS, Serves, Who, parts};
use crate::document::{Node, Sink, TableReader, Value, did_you_mean, nearest, one_of, showable};
use crate::language::Said;
use crate::said;

/// What the rows of an arm may refer to.
pub(super) struct Known<'a> {
    /// The services, by which rows name them.
    pub(super) services: &'a [Service],
    /// Names of the sites, in order; one, `all`, when the scenario names none.
    pub(super) sites: &'a [String],
    /// Where problems go.
    pub(super) sink: &'a Sink,
}

/// The names of the sites, before the sites themselves are read.
pub(super) fn site_names(tree: &Node) -> Vec<String> {
    let Some(Value::Array(items)) = tree.get("site").map(|node| &node.value) else {
        return vec!["all".into()];
    };
    let name = |item: &Node| match item.get("name").map(|name| &name.value) {
        Some(Value::Text(name)) => name.clone(),
        _ => String::new(),
    };
    items.iter().map(name).collect()
}

/// Completes a plain arm with its rows, review, priority and dedicated caseworkers.
pub(super) fn read_plan(table: &TableReader<'_>, known: &Known<'_>, arm: &mut Arm) {
    let rows = table.tables("serves");
    if rows.len() > MAX_ROWS {
        let (name, count) = (&arm.name, rows.len());
        let message = said!(
            "groep \"{name}\" heeft {count} rijen",
            "arm \"{name}\" has {count} rows",
            name = name,
            count = count
        );
        table.problem("serves", message, said!("hoogstens 32", "at most 32"), None);
    }
    arm.serves = rows.iter().take(MAX_ROWS).filter_map(|row| read_row(row, known)).collect();
    rows.into_iter().for_each(TableReader::finish);
    arm.review_months = table.count("review_months").map(|months| months as u32);
    arm.priority = read_priority(table, known);
    arm.dedicated = read_dedicated(table, known);
}

/// One row of a plan; `None` when it names no service, which is then reported. `caseworker` is counted
/// from 1 in a file and from 0 in the program.
fn read_row(row: &TableReader<'_>, known: &Known<'_>) -> Option<Serves> {
    row.missing("service", "service = \"fip\"");
    let service = row.text("service").and_then(|name| service(row, "service", &name, known));
    let from_month = row.count("from_month").unwrap_or(0) as u32;
    let until_month = row.count("until_month").map_or(u32::MAX, |month| month as u32);
    if from_month >= until_month {
        let message = said!(
            "de rij eindigt in maand {until_month}, voordat zij begint in maand {from_month}",
            "the row ends in month {until_month}, before it begins in month {from_month}",
            until_month = until_month,
            from_month = from_month
        );
        row.problem(
            "until_month",
            message,
            said!("moet na from_month liggen", "must be over from_month"),
            None,
        );
    }
    let sites = names(row, "site").unwrap_or_default();
    let place = |name: &String| {
        let found = known.sites.iter().position(|site| site == name);
        if found.is_none() {
            let hint = nearest(name, known.sites.iter().map(String::as_str));
            let hint = hint.map(|near| did_you_mean(&format!("\"{near}\"")));
            let shown = showable(name, 60);
            let message =
                said!("er is geen locatie \"{shown}\"", "there is no site \"{shown}\"", shown = shown);
            row.problem("site", message, one_of(&showable(&known.sites.join(", "), 200)), hint);
        }
        found
    };
    let sites = sites.iter().filter_map(place).collect();
    let caseworkers = if row.has("caseworker") {
        let (min, max) = super::keys::integer_limits(&row.path_of("caseworker"));
        let numbers = row.integers("caseworker", min, max)?;
        numbers.iter().map(|number| (number - 1) as u32).collect()
    } else {
        Vec::new()
    };
    Some(Serves { who: read_who(row, known), service: service?, sites, caseworkers, from_month, until_month })
}

/// `who = "far"`, or bounds on what is on file.
fn read_who(row: &TableReader<'_>, known: &Known<'_>) -> Who {
    let Some(node) = row.node("who") else { return Who::Everybody };
    if !matches!(node.value, Value::Table(_)) {
        let words = [("everybody", Who::Everybody), ("far", Who::Far), ("near", Who::Near)];
        return row.choice("who", &words).unwrap_or(Who::Everybody);
    }
    let table = TableReader::new(node, row.path_of("who"), known.sink);
    let bounds = |key: &str| {
        let Some(bounds) = table.settings(key) else { return ANY };
        match bounds[..] {
            [low, high] if low <= high => [low, high],
            _ => {
                let path = table.path_of(key);
                let message = said!(
                    "{path} is geen laagste en hoogste waarde",
                    "{path} is not a lowest and a highest value",
                    path = path
                );
                table.problem(
                    key,
                    message,
                    said!("twee getallen: [24, 120]", "two numbers: [24, 120]"),
                    None,
                );
                ANY
            }
        }
    };
    let (recorded_months, duration_months, age) =
        (bounds("recorded_months"), bounds("duration_months"), bounds("age"));
    if table.entries().is_empty() {
        let allowed = said!(
            "recorded_months, duration_months of age, elk [laagste, hoogste]",
            "recorded_months, duration_months or age, each [lowest, highest]"
        );
        let message = said!("who = {{}} noemt niemand", "who = {{}} names nobody");
        table.problem("", message, allowed, Some(Said::same("who = \"everybody\"")));
    }
    table.finish();
    Who::Within { recorded_months, duration_months, age }
}

/// The services whose clients go first, in order, each once.
fn read_priority(table: &TableReader<'_>, known: &Known<'_>) -> Vec<usize> {
    let mut order = Vec::new();
    for name in names(table, "priority").unwrap_or_default() {
        match service(table, "priority", &name, known) {
            Some(index) if order.contains(&index) => {
                let shown = showable(&name, 60);
                let message = said!(
                    "dienstverlening \"{shown}\" staat twee keer in priority",
                    "service \"{shown}\" stands twice in the priority",
                    shown = shown
                );
                table.problem("priority", message, said!("elke één keer", "each service once"), None);
            }
            Some(index) => order.push(index),
            None => {}
        }
    }
    order
}

/// Full-time equivalents that serve one service only, by service; those of 0 are left out.
fn read_dedicated(table: &TableReader<'_>, known: &Known<'_>) -> Vec<(usize, f64)> {
    let Some(inner) = table.table("dedicated") else { return Vec::new() };
    let (min, max) = super::keys::number_limits("arm.caseworkers");
    let mut dedicated = Vec::new();
    for entry in inner.entries() {
        let number = inner.number(&entry.key, min, max);
        let index = service(&inner, &entry.key, &entry.key, known);
        dedicated.extend(index.zip(number).filter(|(_, number)| *number > 0.0));
    }
    inner.finish();
    if dedicated.len() > MAX_DEDICATED {
        let count = dedicated.len();
        let message = said!(
            "{count} soorten dienstverlening hebben eigen consulenten",
            "{count} services have dedicated caseworkers",
            count = count
        );
        table.problem("dedicated", message, said!("hoogstens 8", "at most 8"), None);
        dedicated.truncate(MAX_DEDICATED);
    }
    dedicated.sort_by_key(|(service, _)| *service);
    dedicated
}

/// The number of a service by its name; `None` for an unknown one, which is reported with the nearest.
fn service(table: &TableReader<'_>, key: &str, name: &str, known: &Known<'_>) -> Option<usize> {
    let found = known.services.iter().position(|service| service.name == name);
    if found.is_none() {
        let list: Vec<&str> = known.services.iter().map(|service| service.name.as_str()).collect();
        no_service(table, key, name, &list);
    }
    found
}

/// Reports that there is no service of a name.
pub(super) fn no_service(table: &TableReader<'_>, key: &str, name: &str, names: &[&str]) {
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => did_you_mean(&format!("\"{near}\"")),
        None => said!("voeg een tabel [service.NAAM] toe", "add a table [service.NAME]"),
    };
    let shown = showable(name, 60);
    let message =
        said!("er is geen dienstverlening \"{shown}\"", "there is no service \"{shown}\"", shown = shown);
    table.problem(key, message, one_of(&showable(&names.join(", "), 200)), Some(hint));
}

/// One name, or a list of names; `None` when the key is absent or holds something else.
fn names(table: &TableReader<'_>, key: &str) -> Option<Vec<String>> {
    if matches!(table.node(key)?.value, Value::Text(_)) {
        return table.text(key).map(|name| vec![name]);
    }
    let allowed = said!("een naam, of een lijst van namen", "a name, or a list of names");
    let items = table.items(key, allowed.clone())?;
    let text = |item: &Node| match &item.value {
        Value::Text(name) => Some(name.clone()),
        _ => {
            let message = Said::each(|lang| {
                let echo = item.echo(lang);
                lang.pick(
                    format!("{echo} staat in de lijst van {key}"),
                    format!("{echo} is in the list of {key}"),
                )
            });
            table.problem(key, message, allowed.clone(), None);
            None
        }
    };
    Some(items.iter().filter_map(text).collect())
}

/// Reports plans that cannot be: more parts than results keep apart, more dedicated caseworkers than there are, caseworkers
/// that the arm does not have.
/// `most` gives, by arm, the fewest and the most caseworkers that the arm has at a site; `None` for an
/// arm that is nowhere.
pub(super) fn check_plans(root: &TableReader<'_>, arms: &[Arm], most: impl Fn(usize) -> Option<(f64, f64)>) {
    let count = parts(arms).len();
    if count > MAX_PARTS + 1 {
        let kinds = count - 1;
        let message = said!(
            "de rijen van alle groepen noemen {kinds} soorten klanten",
            "the rows of all arms name {kinds} kinds of clients",
            kinds = kinds
        );
        root.problem("arm", message, said!("hoogstens 12", "at most 12"), None);
    }
    for (index, arm) in arms.iter().enumerate() {
        let Some((fewest, largest)) = most(index) else { continue };
        let dedicated: f64 = arm.dedicated.iter().map(|(_, number)| number).sum();
        let name = showable(&arm.name, 60);
        if dedicated > fewest + 1e-9 {
            let message = said!(
                "groep \"{name}\" heeft {fewest} consulenten in een locatie, van wie {dedicated} met eigen klanten",
                "arm \"{name}\" has {fewest} caseworkers at a site, of whom {dedicated} are dedicated",
                name = name,
                fewest = fewest,
                dedicated = dedicated
            );
            root.problem("arm", message, said!("hoogstens allemaal", "at most all of them"), None);
        }
        let highest = arm.serves.iter().flat_map(|row| &row.caseworkers).max();
        if let Some(highest) = highest.filter(|&&highest| f64::from(highest) >= largest) {
            let number = highest + 1;
            let message = said!(
                "groep \"{name}\" heeft in geen locatie een consulent {number}",
                "arm \"{name}\" has no caseworker {number} at any site",
                name = name,
                number = number
            );
            let allowed = said!("consulenten tellen vanaf 1", "caseworkers are counted from 1");
            root.problem("arm", message, allowed, None);
        }
    }
}
