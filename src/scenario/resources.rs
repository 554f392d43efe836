//! What a run will need, computed before anything is allocated: client-months, time, memory, disk.
//!
//! All arithmetic is in `f64`: it cannot overflow, and a thousand million clients cost as little as ten.

use super::plan::{Dynamics, Limits, Scenario};

/// Client-months per second and core, full model: the promise of `cargo bench`, rounded down.
const FULL_PER_SECOND: f64 = 5e6;
/// Client-months per second and core, ladder: clients of a rung are counted, not followed.
const LADDER_PER_SECOND: f64 = 3e8;
/// Bytes of the program, of its fonts and of the figure that is being drawn.
const BASE_BYTES: f64 = 42.0 * 1_048_576.0;
/// Bytes per client of one replicate under way.
const FULL_BYTES_PER_CLIENT: f64 = 180.0;
/// Bytes per participant and month of the record of a study.
const RECORD_BYTES_PER_CLIENT_MONTH: f64 = 4.0;
/// Bytes per client of one replicate under way on a ladder.
const LADDER_BYTES_PER_CLIENT: f64 = 20.0;
/// Measures of a group, at most.
const MEASURES: f64 = 180.0;
/// Bytes of a number that is reported, beyond the values of its replicates: sums, results, text, workbook.
const BYTES_PER_CELL: f64 = 320.0;
/// Bytes that the values behind the ranges may take.
const RANGE_BYTES: f64 = 192.0 * 1_048_576.0;
/// Replicates whose values are kept for the ranges, at least and at most.
const RANGE_REPLICATES: (f64, f64) = (64.0, 1024.0);
/// Value lists that wait for their turn, per thread.
const WAITING: f64 = 8.0;
/// Bytes of a row of `curves.csv`.
const BYTES_PER_ROW: f64 = 150.0;
/// Bytes of a row of `events.csv`.
const BYTES_PER_EVENT_ROW: f64 = 200.0;
/// Values that a parameter draw keeps per reported month and arm.
const DRAW_VALUES: f64 = 200.0;
/// Bytes of a kept value under a draw.
const BYTES_PER_DRAW_VALUE: f64 = 30.0;
/// Bytes of a value in the files.
const BYTES_PER_WRITTEN_VALUE: f64 = 12.0;
/// Figures, manifest and report, bytes.
const BYTES_OF_FIGURES: f64 = 20e6;
/// Bytes of a GiB.
pub(crate) const GIB: f64 = 1_073_741_824.0;

/// What a run of a scenario will need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResourceEstimate {
    /// Participants of one study, entrants not counted.
    pub clients: f64,
    /// Caseworkers of one study.
    pub caseworkers: f64,
    /// Clients who come in during the horizon (whole caseloads), expected, per arm.
    pub entrants: f64,
    /// Replicates, those under parameter draws included.
    pub replicates: f64,
    /// Steps of clients: months times steps in a month, in the study and in the paired world of every arm; parameter draws
    /// run the paired worlds only.
    pub client_steps: f64,
    /// Threads that the time counts on.
    pub threads: usize,
    /// Hours of computing on so many threads, on a machine as slow as the promise of the benches.
    pub hours: f64,
    /// Memory at its peak, GiB: replicates under way on all threads, and what is kept of the finished
    /// ones.
    pub memory_gib: f64,
    /// Disk space of the results, GiB.
    pub disk_gib: f64,
}

/// One limit that a run would pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Excess {
    /// What, in Dutch and English: time, memory or disk.
    pub what: [&'static str; 2],
    /// What the run needs.
    pub needs: f64,
    /// What is allowed.
    pub limit: f64,
    /// Unit of both, in Dutch and English.
    pub unit: [&'static str; 2],
    /// Key under `[limits]`, also the flag's name with `-` for `_`.
    pub key: &'static str,
}

/// What is simulated of a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    /// Studies: everybody in one arm, with the record of what happened.
    pub studies: f64,
    /// Replicates in the paired world of every arm.
    pub pairs: f64,
    /// Draws of the parameters whose results are kept, curve by curve.
    pub draws: f64,
    /// Sets of curves (every measure of every group and month) that are reported: 3 of a run.
    pub curves: f64,
}

impl Load {
    /// A run: every replicate in every world, and the draws in the paired ones.
    pub(crate) fn run(scenario: &Scenario) -> Self {
        let (draws, replicates) =
            (f64::from(scenario.uncertainty.parameter_draws), f64::from(scenario.replicates));
        let drawn = draws * f64::from(scenario.replicates_per_draw());
        Self { studies: replicates, pairs: replicates + drawn, draws, curves: 3.0 }
    }

    /// So many studies and nothing else.
    pub(crate) fn studies(count: u64) -> Self {
        Self { studies: count as f64, pairs: 0.0, draws: 0.0, curves: 0.0 }
    }

    /// So many replicates in the paired worlds and nothing else.
    pub(crate) fn pairs(count: u64) -> Self {
        Self { studies: 0.0, pairs: count as f64, draws: 0.0, curves: 0.0 }
    }
}

/// Estimates what a piece of work needs on `threads` threads. Time counts client-steps; memory counts
/// what is under way (one replicate per thread) and what is kept (cells of curves, values behind
/// ranges, draws); disk counts rows of the files.
pub(crate) fn estimate_load(scenario: &Scenario, load: Load, threads: usize) -> ResourceEstimate {
    let groups = || scenario.sites.iter().flat_map(|site| &site.arms);
    let clients: f64 = groups().map(|group| f64::from(group.participants)).sum();
    let caseworkers: f64 = groups().map(|group| group.caseworkers).sum();
    let horizon = f64::from(scenario.horizon_months);
    let entry_share =
        if scenario.inflow { scenario.parameters.stock.scalars.inflow_share_of_stock } else { 0.0 };
    let returning = if scenario.inflow && scenario.returns && scenario.parameters.returns.hazard > 0.0 {
        scenario.parameters.stock.scalars.returns_share_of_stock / scenario.parameters.returns.hazard
    } else {
        0.0
    };
    let entrants = clients * (entry_share * horizon + returning.min(1.0));
    // Entrants come evenly: on average they are there for half the horizon.
    let present = clients + entrants / 2.0;
    let arms = scenario.arms.len() as f64;
    let steps = horizon * f64::from(scenario.steps_per_month);
    let Load { studies, pairs, draws, curves } = load;
    // The studies of a run are the same replicates as its pairs.
    let replicates = studies.max(pairs);
    let client_steps = present * steps * (studies + arms * pairs);
    let (per_second, bytes_per_client) = match scenario.dynamics {
        Dynamics::Full => (FULL_PER_SECOND, FULL_BYTES_PER_CLIENT),
        Dynamics::Ladder(_) => (LADDER_PER_SECOND, LADDER_BYTES_PER_CLIENT),
    };
    let record = if studies > 0.0 { RECORD_BYTES_PER_CLIENT_MONTH * horizon } else { 0.0 };
    let busy = (threads.max(1) as f64).min(replicates);
    let months = scenario.report_months().len() as f64;
    let sites = if scenario.sites.len() > 1 { scenario.sites.len() as f64 } else { 0.0 };
    let groups = 1.0 + sites + scenario.parts().len() as f64;
    let cells = curves * months * arms * groups * MEASURES;
    let kept = (RANGE_BYTES / (8.0 * cells).max(1.0)).clamp(RANGE_REPLICATES.0, RANGE_REPLICATES.1);
    let waiting = (WAITING * busy).min(replicates);
    let drawn_values = draws * months * arms * DRAW_VALUES;
    let memory = BASE_BYTES
        + busy * (clients + entrants) * (bytes_per_client + record)
        + cells * (BYTES_PER_CELL + 8.0 * (kept.min(replicates) + waiting))
        + drawn_values * BYTES_PER_DRAW_VALUE;
    let disk = BYTES_OF_FIGURES
        + drawn_values * BYTES_PER_WRITTEN_VALUE
        + cells / 3.0 * BYTES_PER_ROW
        + (clients + entrants) * BYTES_PER_EVENT_ROW;
    ResourceEstimate {
        clients,
        caseworkers,
        entrants,
        replicates,
        client_steps,
        threads: threads.max(1),
        hours: client_steps / per_second / busy / 3600.0,
        memory_gib: memory / GIB,
        disk_gib: disk / GIB,
    }
}

impl ResourceEstimate {
    /// Both, one after the other: time and disk add up, memory is that of the larger.
    pub(crate) fn and_then(self, later: Self) -> Self {
        Self {
            clients: self.clients.max(later.clients),
            caseworkers: self.caseworkers.max(later.caseworkers),
            entrants: self.entrants.max(later.entrants),
            replicates: self.replicates + later.replicates,
            client_steps: self.client_steps + later.client_steps,
            threads: self.threads.max(later.threads),
            hours: self.hours + later.hours,
            memory_gib: self.memory_gib.max(later.memory_gib),
            disk_gib: self.disk_gib + later.disk_gib,
        }
    }

    /// The limits that the run would pass, in the order time, memory, disk; empty when it may start.
    pub(crate) fn excesses(&self, limits: &Limits) -> Vec<Excess> {
        let all = [
            (["tijd", "time"], self.hours, limits.max_hours, ["uur", "hours"], "max_hours"),
            (["geheugen", "memory"], self.memory_gib, limits.max_memory_gib, ["GiB"; 2], "max_memory_gib"),
            (["schijf", "disk"], self.disk_gib, limits.max_disk_gib, ["GiB"; 2], "max_disk_gib"),
        ];
        all.into_iter()
            .filter(|(_, needs, limit, ..)| needs > limit)
            .map(|(what, needs, limit, unit, key)| Excess { what, needs, limit, unit, key })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    fn estimate_run(scenario: &Scenario, threads: usize) -> ResourceEstimate {
        estimate_load(scenario, Load::run(scenario), threads)
    }

    #[test]
    fn a_thousand_million_clients_are_estimated_not_allocated() {
        let overrides = ["arm.fip.participants=500000000", "arm.regular.participants=500000000"];
        let resolved = embedded("lange-adem", &overrides.map(String::from)).unwrap();
        let estimate = estimate_run(&resolved.scenario, 2);
        assert_eq!(estimate.clients, 4e9);
        let names: Vec<_> =
            estimate.excesses(&resolved.scenario.limits).iter().map(|excess| excess.what[1]).collect();
        assert_eq!(names, ["time", "memory", "disk"]);
    }

    #[test]
    fn the_estimate_counts_the_study_and_every_paired_world() {
        let resolved =
            embedded("lange-adem", &["replicates=10".into(), "uncertainty.parameter_draws=0".into()])
                .unwrap();
        let estimate = estimate_run(&resolved.scenario, 1);
        assert_eq!(estimate.client_steps, 2880.0 * 3.0 * 120.0 * 10.0);
        assert!((estimate.hours * 3600.0 - estimate.client_steps / FULL_PER_SECOND).abs() < 1e-9);
        assert!(estimate.excesses(&resolved.scenario.limits).is_empty());
    }

    #[test]
    fn draws_come_on_top_and_run_the_paired_worlds_only() {
        let load = |overrides: &[&str]| {
            let overrides: Vec<String> = overrides.iter().map(|text| text.to_string()).collect();
            estimate_run(&embedded("lange-adem", &overrides).unwrap().scenario, 1)
        };
        let plain = load(&["uncertainty.parameter_draws=0"]);
        assert_eq!(plain.replicates, 200.0);
        let drawn = load(&["uncertainty.parameter_draws=50", "uncertainty.replicates_per_draw=0"]);
        assert_eq!(drawn.replicates, 200.0 + 50.0 * 4.0);
        assert_eq!(drawn.client_steps, 2880.0 * 120.0 * (3.0 * 200.0 + 2.0 * 200.0));
        let many = load(&["uncertainty.parameter_draws=500", "uncertainty.replicates_per_draw=30"]);
        assert_eq!(many.replicates, 200.0 + 15_000.0);
        assert!(many.memory_gib > plain.memory_gib && many.disk_gib > plain.disk_gib);
    }
}
