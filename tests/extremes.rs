//! Every parameter at its lowest, highest and tiny values: a run ends, and ends with numbers.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::sync::mpsc;
use std::time::Duration;

use stapjes::scenario::{Resolved, embedded};
use stapjes::trial::{self, Plan};

/// A whole caseload, so that stock, inflow and returns have a part; six months of a few clients.
const SMALL: [&str; 4] =
    ["replicates=1", "uncertainty.parameter_draws=0", "horizon_months=6", "report_every_months=6"];

/// A run of this size takes milliseconds; what takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(120);

fn small(change: &str) -> Option<Resolved> {
    let all: Vec<String> =
        SMALL.iter().copied().chain([change]).filter(|text| !text.is_empty()).map(str::to_owned).collect();
    let mut resolved = embedded("heel-bestand", &all).ok()?;
    for group in resolved.scenario.sites.iter_mut().flat_map(|site| &mut site.arms) {
        (group.participants, group.caseworkers) = (8, 1.0);
    }
    Some(resolved)
}

#[test]
fn every_parameter_at_its_lowest_highest_and_tiny_values_runs() {
    let records = small("").unwrap().registry.records;
    let (tell, told) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let mut ran = 0;
        for record in &records {
            for value in [record.min, record.max, 1e-310, 1e-12, 1e-6] {
                if !(record.min..=record.max).contains(&value) {
                    continue;
                }
                let change = format!("{}={value:?}", record.path);
                // A value that the scenario refuses (with others of its kind) is no case.
                let Some(resolved) = small(&change) else { continue };
                tell.send(change).unwrap();
                let results = trial::run(&Plan::new(&resolved.scenario)).unwrap();
                assert!(results.paired.iter().all(|arm| !arm.groups.is_empty()));
                ran += 1;
            }
        }
        (ran, records.len())
    });
    let mut last = String::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(change) => last = change,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{last} hangs"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let (ran, records) = worker.join().unwrap_or_else(|_| panic!("{last} panics"));
    assert!(records > 150 && ran > 2 * records, "{ran} runs of {records} parameters");
}
