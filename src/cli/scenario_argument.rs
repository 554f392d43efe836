//! The scenario that a command works on, its overrides, and the limit on what a run may use.

use std::path::PathBuf;

use clap::Args;

use super::console;
use super::exit::Failure;
use crate::scenario::problem::showable;
use crate::scenario::resources::{Estimate, estimate};
use crate::scenario::{MAX_CLIENTS_PER_SITE, Resolved, Scenario, open};

/// `[SCENARIO] [--set key=value]...`
#[derive(Args, Debug)]
pub(super) struct ScenarioArguments {
    /// Scenario file, or the name of a built-in scenario [default: lange-adem]
    scenario: Option<PathBuf>,
    /// Override a key of the scenario; may be repeated (arms and sites by name: arm.fip.participants=500)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl ScenarioArguments {
    /// The words of a command line that names this scenario with these overrides.
    pub(super) fn in_words(&self) -> String {
        let scenario = self.scenario.iter().map(|path| path.display().to_string());
        let overrides = self.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]);
        scenario.chain(overrides).map(|word| quoted(&word)).collect::<Vec<_>>().join(" ")
    }

    /// Loads the scenario; `more` are further overrides, which win.
    pub(super) fn open(&self, more: &[String]) -> Result<Resolved, Failure> {
        let overrides: Vec<String> = self.set.iter().chain(more).cloned().collect();
        open(self.scenario.as_deref(), &overrides)
            .map_err(|problems| Failure::problems(&problems, console::color()))
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `--max-hours H --max-memory-gib G --force`
#[derive(Args, Debug)]
pub(super) struct LimitArguments {
    /// Refuse to start when more hours of computing are needed [default: limits.max_hours of the scenario]
    #[arg(long, value_name = "HOURS")]
    max_hours: Option<f64>,
    /// Refuse to start when more memory is needed, GiB [default: limits.max_memory_gib of the scenario]
    #[arg(long, value_name = "GIB")]
    max_memory_gib: Option<f64>,
    /// Refuse to start when more disk space is needed, GiB [default: limits.max_disk_gib of the scenario]
    #[arg(long, value_name = "GIB")]
    max_disk_gib: Option<f64>,
    /// Start whatever it needs
    #[arg(long)]
    force: bool,
}

impl LimitArguments {
    /// Overrides of `[limits]` for the flags that were given.
    pub(super) fn overrides(&self) -> Vec<String> {
        [
            ("max_hours", self.max_hours),
            ("max_memory_gib", self.max_memory_gib),
            ("max_disk_gib", self.max_disk_gib),
        ]
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| format!("limits.{key}={value:?}")))
        .collect()
    }

    /// The estimate of a run on so many threads.
    ///
    /// # Errors
    /// Exit code 78 with the estimate and the flag that overrides the limit, unless `--force`.
    pub(super) fn guard(&self, scenario: &Scenario, threads: usize) -> Result<Estimate, Failure> {
        let estimate = estimate(scenario, threads);
        let excesses = estimate.excesses(&scenario.limits);
        if excesses.is_empty() || self.force {
            return sites_fit(scenario).map(|()| estimate);
        }
        let mut message = String::from("this run needs more than is allowed, so it was not started");
        for excess in excesses {
            message += &format!(
                "\n  {}: about {} {}, allowed {} (raise it with --{} or {} under [limits])",
                excess.what,
                amount(excess.needs),
                excess.unit,
                amount(excess.limit),
                excess.key.replace('_', "-"),
                excess.key,
            );
        }
        message += &format!(
            "\n  it has {} clients, {} replicates and {} client-steps; --force starts it all the same",
            count(estimate.clients),
            count(estimate.replicates),
            count(estimate.client_steps),
        );
        Err(Failure::OverLimit(message))
    }

    /// The same for a number of simulated studies, each of which lives through one world only and draws no parameters.
    ///
    /// # Errors
    /// As [`LimitArguments::guard`].
    pub(super) fn guard_studies(
        &self,
        resolved: &Resolved,
        studies: u64,
        threads: usize,
    ) -> Result<(), Failure> {
        let mut scenario = resolved.scenario.clone();
        let worlds = scenario.arms.len() as u64 + 1;
        scenario.replicates = u32::try_from(studies.div_ceil(worlds)).unwrap_or(u32::MAX);
        scenario.uncertainty.parameter_draws = 0;
        self.guard(&scenario, threads).map(|_| ())
    }
}

/// Whether every site's clients can be told apart; no flag overrides this.
fn sites_fit(scenario: &Scenario) -> Result<(), Failure> {
    let most = u64::from(MAX_CLIENTS_PER_SITE);
    for site in &scenario.sites {
        let clients: u64 = site.arms.iter().map(|group| u64::from(group.participants)).sum();
        if clients > most {
            let name = showable(&site.name, 60);
            return Err(Failure::OverLimit(format!(
                "site \"{name}\" has {} clients; a site can hold {}: divide them over more sites",
                count(clients as f64),
                count(most as f64),
            )));
        }
    }
    Ok(())
}

/// A positive amount in three digits or so.
pub(super) fn amount(value: f64) -> String {
    if value < 0.001 {
        "under 0.001".to_string()
    } else if value < 10.0 {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        count(value)
    }
}

/// A whole amount with commas between thousands.
pub(super) fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Threads that a run uses when none are named.
pub(super) fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        assert_eq!(amount(0.0), "under 0.001");
        assert_eq!(amount(1.5), "1.5");
        assert_eq!(amount(1_234_567.0), "1,234,567");
        assert_eq!(count(999.0), "999");
    }
}
