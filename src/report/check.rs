//! What a valid scenario will do and what that will take: clients, caseworkers, talks against slots, time, memory, disk.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;

use super::number::{amount, whole};
use super::warnings::check_warnings;
use super::words;
use crate::language::Lang;
use crate::scenario::demand::Demand;
use crate::scenario::resources::Estimate;
use crate::scenario::{Dynamics, Resolved, Scenario};

/// A checked scenario.
#[derive(Clone, Debug)]
pub struct Check {
    /// The scenario.
    pub resolved: Resolved,
    /// Talks asked against slots, by arm.
    pub demands: Vec<Demand>,
    /// What a run will need.
    pub estimate: Estimate,
}

/// The plan, for the terminal.
pub fn plan(check: &Check) -> String {
    let Check { resolved, demands, estimate } = check;
    let scenario = &resolved.scenario;
    let dynamics = match &scenario.dynamics {
        Dynamics::Full => "full model".to_string(),
        Dynamics::Ladder(ladder) => format!("ladder of {} rungs", ladder.rungs.len()),
    };
    let changed = resolved.registry.records.iter().filter(|record| record.overridden_by.is_some()).count();
    let mut text = format!("{} is valid: {}\n", scenario.name, scenario.title);
    text += &format!(
        "  {dynamics}, {} months from {}-{:02}, {} step{} a month, {} site{}, seed {}\n",
        scenario.horizon_months,
        scenario.start.year,
        scenario.start.month,
        scenario.steps_per_month,
        if scenario.steps_per_month == 1 { "" } else { "s" },
        scenario.sites.len(),
        if scenario.sites.len() == 1 { "" } else { "s" },
        scenario.seed,
    );
    text += &format!(
        "  {} of {} parameters differ from the reference (stapjes parameters lists them)\n",
        changed,
        resolved.registry.records.len()
    );
    text += &arm_table(scenario, demands);
    text += &format!(
        "clients {}, caseworkers {}, replicates {}: {} client-steps in the study and the paired world of every arm\n",
        whole(estimate.clients),
        whole(estimate.caseworkers),
        whole(estimate.replicates),
        whole(estimate.client_steps),
    );
    if estimate.entrants > 0.0 {
        text += &format!("about {} clients come in during the horizon\n", whole(estimate.entrants));
    }
    text += &format!(
        "about {} on {} thread{}, {} GiB of memory, {} GiB of disk\n",
        duration(estimate.hours),
        estimate.threads,
        if estimate.threads == 1 { "" } else { "s" },
        amount(estimate.memory_gib),
        amount(estimate.disk_gib),
    );
    text
}

fn arm_table(scenario: &Scenario, demands: &[Demand]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let full = scenario.dynamics == Dynamics::Full;
    let mut header = vec!["arm", "service", "participants", "caseworkers"];
    if full {
        header.extend(["slots asked a month", "slots a month", "load"]);
    }
    let columns = header.len();
    table.set_header(header);
    for (arm, demand) in scenario.arms.iter().zip(demands) {
        let service =
            scenario.services.get(arm.service).filter(|_| full).map_or("-", |service| &service.name);
        let mut row = vec![
            demand.arm.clone(),
            service.to_string(),
            demand.participants.to_string(),
            demand.caseworkers.to_string(),
        ];
        if full {
            row.push(format!("{:.1}", demand.asked_per_month));
            row.push(format!("{:.0}", demand.slots_per_month));
            row.push(format!("{:.0}%", 100.0 * demand.load()));
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

fn duration(hours: f64) -> String {
    let seconds = hours * 3600.0;
    if seconds < 1.0 {
        "a second".to_string()
    } else if seconds < 120.0 {
        format!("{seconds:.0} seconds")
    } else if hours < 2.0 {
        format!("{:.0} minutes", seconds / 60.0)
    } else {
        format!("{} hours", amount(hours))
    }
}

/// The plan as one JSON document.
pub fn document(check: &Check, lang: Lang) -> serde_json::Value {
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
        "warnings": check_warnings(&check.resolved.scenario, demands).iter().map(|own| words::check_warning(own, lang)).collect::<Vec<_>>(),
    })
}
