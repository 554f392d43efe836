//! `[[arm.serves]]` and what else makes a plan of an arm, from the merged tree.

use super::keys::WithinLimits;
use super::plan::Service;
use super::serves::{ANY, Arm, MAX_DEDICATED, MAX_PARTS, MAX_ROWS, Serves, Who, parts};
use crate::document::{Node, Sink, Table, Value, nearest, showable};

/// What the rows of an arm may refer to.
pub(super) struct Known<'a> {
    pub(super) services: &'a [Service],
    /// Names of the sites, in order; one, `all`, when the scenario names none.
    pub(super) sites: &'a [String],
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
pub(super) fn read_plan(table: &Table<'_>, known: &Known<'_>, arm: &mut Arm) {
    let rows = table.tables("serves");
    if rows.len() > MAX_ROWS {
        table.problem("serves", format!("arm \"{}\" has {} rows", arm.name, rows.len()), "at most 32", None);
    }
    arm.serves = rows.iter().take(MAX_ROWS).filter_map(|row| read_row(row, known)).collect();
    rows.into_iter().for_each(Table::finish);
    arm.review_months = table.count("review_months").map(|months| months as u32);
    arm.priority = read_priority(table, known);
    arm.dedicated = read_dedicated(table, known);
}

fn read_row(row: &Table<'_>, known: &Known<'_>) -> Option<Serves> {
    row.missing("service", "service = \"fip\"");
    let service = row.text("service").and_then(|name| service(row, "service", &name, known));
    let from_month = row.count("from_month").unwrap_or(0) as u32;
    let until_month = row.count("until_month").map_or(u32::MAX, |month| month as u32);
    if from_month >= until_month {
        let message = format!("the row ends in month {until_month}, before it begins in month {from_month}");
        row.problem("until_month", message, "must be over from_month", None);
    }
    let sites = names(row, "site").unwrap_or_default();
    let place = |name: &String| {
        let found = known.sites.iter().position(|site| site == name);
        if found.is_none() {
            let message = format!("there is no site \"{}\"", showable(name, 60));
            let hint = nearest(name, known.sites.iter().map(String::as_str));
            let hint = hint.map(|near| format!("did you mean \"{near}\"?"));
            row.problem("site", message, &format!("one of {}", showable(&known.sites.join(", "), 200)), hint);
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
fn read_who(row: &Table<'_>, known: &Known<'_>) -> Who {
    let Some(node) = row.node("who") else { return Who::Everybody };
    if !matches!(node.value, Value::Table(_)) {
        let words = [("everybody", Who::Everybody), ("far", Who::Far), ("near", Who::Near)];
        return row.choice("who", &words).unwrap_or(Who::Everybody);
    }
    let table = Table::new(node, row.path_of("who"), known.sink);
    let bounds = |key: &str| {
        let Some(bounds) = table.settings(key) else { return ANY };
        match bounds[..] {
            [low, high] if low <= high => [low, high],
            _ => {
                let message = format!("{} is not a lowest and a highest value", table.path_of(key));
                table.problem(key, message, "two numbers: [24, 120]", None);
                ANY
            }
        }
    };
    let (recorded_months, duration_months, age) =
        (bounds("recorded_months"), bounds("duration_months"), bounds("age"));
    if table.entries().is_empty() {
        let allowed = "recorded_months, duration_months or age, each [lowest, highest]";
        table.problem("", "who = {} names nobody", allowed, Some("who = \"everybody\"".into()));
    }
    table.finish();
    Who::Within { recorded_months, duration_months, age }
}

fn read_priority(table: &Table<'_>, known: &Known<'_>) -> Vec<usize> {
    let mut order = Vec::new();
    for name in names(table, "priority").unwrap_or_default() {
        match service(table, "priority", &name, known) {
            Some(index) if order.contains(&index) => {
                let message = format!("service \"{}\" stands twice in the priority", showable(&name, 60));
                table.problem("priority", message, "each service once", None);
            }
            Some(index) => order.push(index),
            None => {}
        }
    }
    order
}

fn read_dedicated(table: &Table<'_>, known: &Known<'_>) -> Vec<(usize, f64)> {
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
        let message = format!("{} services have dedicated caseworkers", dedicated.len());
        table.problem("dedicated", message, "at most 8", None);
        dedicated.truncate(MAX_DEDICATED);
    }
    dedicated.sort_by_key(|(service, _)| *service);
    dedicated
}

fn service(table: &Table<'_>, key: &str, name: &str, known: &Known<'_>) -> Option<usize> {
    let found = known.services.iter().position(|service| service.name == name);
    if found.is_none() {
        let list: Vec<&str> = known.services.iter().map(|service| service.name.as_str()).collect();
        let hint = match nearest(name, list.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "add a table [service.NAME]".to_string(),
        };
        let message = format!("there is no service \"{}\"", showable(name, 60));
        table.problem(key, message, &format!("one of {}", showable(&list.join(", "), 200)), Some(hint));
    }
    found
}

/// One name, or a list of names.
fn names(table: &Table<'_>, key: &str) -> Option<Vec<String>> {
    if matches!(table.node(key)?.value, Value::Text(_)) {
        return table.text(key).map(|name| vec![name]);
    }
    let allowed = "a name, or a list of names";
    let items = table.items(key, allowed)?;
    let text = |item: &Node| match &item.value {
        Value::Text(name) => Some(name.clone()),
        _ => {
            table.problem(key, format!("{} is in the list of {key}", item.echo()), allowed, None);
            None
        }
    };
    Some(items.iter().filter_map(text).collect())
}

/// Reports plans that cannot be: more parts than results keep apart, more dedicated caseworkers than there are, caseworkers
/// that the arm does not have.
pub(super) fn check_plans(root: &Table<'_>, arms: &[Arm], most: impl Fn(usize) -> Option<(f64, f64)>) {
    let count = parts(arms).len();
    if count > MAX_PARTS + 1 {
        let message = format!("the rows of all arms name {} kinds of clients", count - 1);
        root.problem("arm", message, "at most 12", None);
    }
    for (index, arm) in arms.iter().enumerate() {
        let Some((fewest, largest)) = most(index) else { continue };
        let dedicated: f64 = arm.dedicated.iter().map(|(_, number)| number).sum();
        let name = showable(&arm.name, 60);
        if dedicated > fewest + 1e-9 {
            let message = format!(
                "arm \"{name}\" has {fewest} caseworkers at a site, of whom {dedicated} are dedicated"
            );
            root.problem("arm", message, "at most all of them", None);
        }
        let highest = arm.serves.iter().flat_map(|row| &row.caseworkers).max();
        if let Some(highest) = highest.filter(|&&highest| f64::from(highest) >= largest) {
            let message = format!("arm \"{name}\" has no caseworker {} at any site", highest + 1);
            root.problem("arm", message, "caseworkers are counted from 1", None);
        }
    }
}
