//! For who is about to start a run that takes hours: what he asked as the program understood it,
//! whether caseworkers can do it, and whether the machine can. The demand of talks and the estimate
//! come from `scenario`; nothing is simulated here.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use super::number::{self, amount, decimal, percent};
use super::warnings::check_warnings;
use super::words;
use crate::language::Lang;
use crate::scenario::demand::Demand;
use crate::scenario::resources::ResourceEstimate;
use crate::scenario::{Arm, Dynamics, Resolved, Scenario};

/// A checked scenario, with what was estimated of it. It is only made of a scenario that is valid.
#[derive(Clone, Debug)]
pub struct Check {
    /// The scenario.
    pub resolved: Resolved,
    /// Talks asked against slots, one per arm in the order of the arms.
    pub(crate) demands: Vec<Demand>,
    /// What a run will need.
    pub estimate: ResourceEstimate,
}

/// The plan, for the terminal, ended by a line break. Memory and disk are in GiB, time in the largest
/// unit that leaves it readable.
pub(crate) fn plan(check: &Check, lang: Lang) -> String {
    let Check { resolved, demands, estimate } = check;
    let scenario = &resolved.scenario;
    let records = &resolved.registry.records;
    // How far this scenario is from the reference: zero would say that an override was not read.
    let changed = records.iter().filter(|record| record.overridden_by.is_some()).count();
    let whole = |value: f64| decimal(lang, value, 0);
    let (name, title) = (&scenario.name, &scenario.title[lang.pick(0, 1)]);
    let (horizon, steps, sites) = (scenario.horizon_months, scenario.steps_per_month, scenario.sites.len());
    let start = format!("{}-{:02}", scenario.start.year, scenario.start.month);
    let asked = words::question(lang, scenario.asked);
    let dynamics = match (&scenario.dynamics, lang) {
        (Dynamics::Full, _) => lang.pick("volledig model", "full model").to_owned(),
        (Dynamics::Ladder(ladder), Lang::Nl) => format!("ladder van {} treden", ladder.rungs.len()),
        (Dynamics::Ladder(ladder), Lang::En) => format!("ladder of {} rungs", ladder.rungs.len()),
    };
    let (clients, caseworkers) = (whole(estimate.clients), whole(estimate.caseworkers));
    let (replicates, client_steps) = (whole(estimate.replicates), whole(estimate.client_steps));
    let (time, threads) = (duration(estimate.hours, lang), estimate.threads);
    let (memory, disk) = (amount(lang, estimate.memory_gib), amount(lang, estimate.disk_gib));
    let entrants = whole(estimate.entrants);
    let table = arm_table(scenario, demands, lang);
    let (seed, all) = (scenario.seed, records.len());
    let several = |count: usize, one: &'static str, more: &'static str| if count == 1 { one } else { more };
    match lang {
        Lang::Nl => {
            let coming = if estimate.entrants > 0.0 {
                format!("ongeveer {entrants} klanten stromen in binnen de horizon\n")
            } else {
                String::new()
            };
            format!(
                "{name} is geldig: {title}\n  vraag: {asked}\n  {dynamics}, {horizon} maanden vanaf {start}, {steps} {} per maand, {sites} {}, seed \
                 {seed}\n  {changed} van de {all} parameters wijken af van de referentie (stapjes parameters toont ze)\n\
                 {table}klanten {clients}, consulenten {caseworkers}, herhalingen {replicates}: {client_steps} klantstappen in het \
                 onderzoek en in de gepaarde wereld van elke groep\n{coming}ongeveer {time} op {threads} {}, {memory} GiB geheugen, \
                 {disk} GiB schijf\n",
                several(steps as usize, "stap", "stappen"),
                several(sites, "locatie", "locaties"),
                several(threads, "thread", "threads"),
            )
        }
        Lang::En => {
            let coming = if estimate.entrants > 0.0 {
                format!("about {entrants} clients come in during the horizon\n")
            } else {
                String::new()
            };
            format!(
                "{name} is valid: {title}\n  question: {asked}\n  {dynamics}, {horizon} months from {start}, {steps} {} a month, {sites} {}, seed {seed}\n  \
                 {changed} of {all} parameters differ from the reference (stapjes parameters lists them)\n{table}clients {clients}, \
                 caseworkers {caseworkers}, replicates {replicates}: {client_steps} client-steps in the study and the paired world of \
                 every arm\n{coming}about {time} on {threads} {}, {memory} GiB of memory, {disk} GiB of disk\n",
                several(steps as usize, "step", "steps"),
                several(sites, "site", "sites"),
                several(threads, "thread", "threads"),
            )
        }
    }
}

/// Arms with their talks and staff, numbers to the right. A ladder has no talks, so its table ends
/// before the slots.
fn arm_table(scenario: &Scenario, demands: &[Demand], lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let full = scenario.dynamics == Dynamics::Full;
    let mut header = lang
        .pick(
            ["groep", "aanpak", "deelnemers", "consulenten"],
            ["arm", "service", "participants", "caseworkers"],
        )
        .to_vec();
    if full {
        header.extend(lang.pick(
            ["plekken gevraagd per maand", "plekken per maand", "bezetting"],
            ["slots asked a month", "slots a month", "load"],
        ));
    }
    let columns = header.len();
    table.set_header(header);
    for (arm, demand) in scenario.arms.iter().zip(demands) {
        let service = if full { services(scenario, arm, lang) } else { number::NO_NUMBER.to_owned() };
        let mut row = vec![
            demand.arm.clone(),
            service,
            demand.participants.to_string(),
            decimal(lang, demand.caseworkers, if demand.caseworkers.fract() == 0.0 { 0 } else { 2 }),
        ];
        if full {
            row.push(decimal(lang, demand.asked_per_month, 1));
            row.push(decimal(lang, demand.slots_per_month, 0));
            row.push(percent(lang, demand.load(), 0));
        }
        table.add_row(row);
    }
    for index in 2..columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// The service of an arm as the file names it; by group where some clients get another.
fn services(scenario: &Scenario, arm: &Arm, lang: Lang) -> String {
    let name = |service: usize| {
        scenario.services.get(service).map_or(number::NO_NUMBER, |service| service.name.as_str())
    };
    let mut told: Vec<String> = Vec::new();
    for row in &arm.serves {
        let who = row.who.name();
        let row = if who == "others" {
            format!("{} ({})", name(row.service), lang.pick("volgens plan", "by plan"))
        } else {
            format!("{}: {}", words::part(lang, &who), name(row.service))
        };
        if !told.contains(&row) {
            told.push(row);
        }
    }
    let of_arm = name(arm.service);
    if told.is_empty() {
        return of_arm.to_owned();
    }
    format!("{}; {}: {of_arm}", told.join("; "), lang.pick("verder", "else"))
}

/// A time in seconds, minutes or hours.
fn duration(hours: f64, lang: Lang) -> String {
    let seconds = hours * 3600.0;
    if seconds < 1.0 {
        lang.pick("een seconde", "a second").to_owned()
    } else if seconds < 120.0 {
        format!("{seconds:.0} {}", lang.pick("seconden", "seconds"))
    } else if hours < 2.0 {
        format!("{:.0} {}", seconds / 60.0, lang.pick("minuten", "minutes"))
    } else {
        format!("{} {}", amount(lang, hours), lang.pick("uur", "hours"))
    }
}

/// The plan as one JSON document of the format `stapjes-check-1`, with warnings as sentences in `lang`:
/// keys are the same in both languages. Clients are persons, hours are of wall time on `threads`
/// threads; all of them are estimates, whatever their digits.
pub(crate) fn document(check: &Check, lang: Lang) -> serde_json::Value {
    let Check { resolved, demands, estimate } = check;
    let scenario = &resolved.scenario;
    let arms: Vec<_> = demands
        .iter()
        .map(|demand| {
            json!({
                "arm": demand.arm,
                "participants": demand.participants,
                "caseworkers": demand.caseworkers,
                "slots_asked_per_month": demand.asked_per_month,
                "slots_per_month": demand.slots_per_month,
            })
        })
        .collect();
    json!({
        "format": "stapjes-check-1",
        "valid": true,
        "name": scenario.name,
        "title": scenario.title,
        "scenario_sha256": resolved.hash,
        "layers": resolved.layers,
        "seed": scenario.seed,
        "horizon_months": scenario.horizon_months,
        "sites": scenario.sites.len(),
        "arms": arms,
        "clients": estimate.clients,
        "entrants": estimate.entrants,
        "caseworkers": estimate.caseworkers,
        "replicates": estimate.replicates,
        "client_steps": estimate.client_steps,
        "threads": estimate.threads,
        "hours": estimate.hours,
        "memory_gib": estimate.memory_gib,
        "disk_gib": estimate.disk_gib,
        "warnings": check_warnings(&check.resolved, demands).iter().map(|warning| words::check_warning(warning, lang)).collect::<Vec<_>>(),
    })
}
