//! What `stapjes run` can be asked, and what that means for the scenario.

use std::path::PathBuf;

use clap::Args;

use crate::scenario::{Limits, Scenario};

/// `stapjes run [SCENARIO]`.
#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    /// Scenario file, or the name of one that ships; without it `lange-adem`
    pub(super) scenario: Option<PathBuf>,
    /// Change a value of the scenario; may be given several times, for instance `--set horizon_months=60`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Seed of all chance (the same as `--set seed=N`)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of replicates: repetitions of the whole study
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    replicates: Option<u32>,
    /// Threads; changes the speed, never the results (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Output folder (default: output/NAME-OF-THE-SCENARIO)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document on stdout instead of tables
    #[arg(long)]
    pub(super) json: bool,
    /// Print neither tables nor progress nor warnings
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Also write events.csv: the data set that the study of one replicate would have (default: replicate 0)
    #[arg(long, value_name = "REPLICATE", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    pub(super) events: Option<u32>,
    /// Also write trajectories.csv: monthly states and events of N sampled clients per site under every arm
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) trajectories: Option<u32>,
    /// Most hours of computing
    #[arg(long, value_name = "HOURS")]
    max_hours: Option<f64>,
    /// Most memory, GiB
    #[arg(long, value_name = "GIB")]
    max_memory_gib: Option<f64>,
    /// Most disk space, GiB
    #[arg(long, value_name = "GIB")]
    max_disk_gib: Option<f64>,
    /// Run even when it is estimated to need more than the limits
    #[arg(long)]
    pub(super) force: bool,
}

impl RunArguments {
    /// The changes to the scenario, in order; later ones win.
    pub(super) fn overrides(&self) -> Vec<String> {
        let mut all = self.set.clone();
        all.extend(self.seed.map(|seed| format!("seed={seed}")));
        all.extend(self.replicates.map(|replicates| format!("replicates={replicates}")));
        all
    }

    /// Threads to use.
    pub(super) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.map_or_else(cores, usize::from)
    }

    /// Where the output goes.
    pub(super) fn folder(&self, scenario: &Scenario) -> PathBuf {
        let default = || PathBuf::from("output").join(crate::report::escape::file_name(&scenario.name));
        self.out.clone().unwrap_or_else(default)
    }

    /// The scenario's limits, with those of the command line instead where given.
    pub(super) fn limits(&self, own: &Limits) -> Limits {
        Limits {
            max_hours: self.max_hours.unwrap_or(own.max_hours),
            max_memory_gib: self.max_memory_gib.unwrap_or(own.max_memory_gib),
            max_disk_gib: self.max_disk_gib.unwrap_or(own.max_disk_gib),
        }
    }
}
