//! What a request may use: refused before anything is allocated.

use crate::document::showable;
use crate::error::Error;
use crate::language::Lang;
use crate::report::number::{self, decimal};
use crate::scenario::resources::{Estimate, Load, estimate_load};
use crate::scenario::{MAX_CLIENTS_PER_SITE, Scenario};

/// Error messages are in English.
fn amount(value: f64) -> String {
    number::amount(Lang::En, value)
}

fn whole(value: f64) -> String {
    decimal(Lang::En, value, 0)
}

/// What a request may use, where that is not as its scenario's `[limits]` say. Raising a limit does not make another
/// scenario: it is not part of its hash.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Hours of computing.
    pub max_hours: Option<f64>,
    /// Memory, GiB.
    pub max_memory_gib: Option<f64>,
    /// Disk space, GiB.
    pub max_disk_gib: Option<f64>,
    /// Memory that this process can still get, GiB, as the system says; `None` where it does not.
    pub free_memory_gib: Option<f64>,
    /// Start whatever it needs.
    pub force: bool,
}

impl Limits {
    /// What a run on so many threads will need.
    ///
    /// # Errors
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit) with the estimate and what raises the limit.
    pub fn guard(&self, scenario: &Scenario, threads: usize) -> Result<Estimate, Error> {
        self.guard_all(&[(scenario, Load::run(scenario))], threads)
    }

    /// The same for several pieces of work after each other; the first scenario's `[limits]` count.
    ///
    /// # Errors
    /// As [`Limits::guard`].
    pub fn guard_all(&self, work: &[(&Scenario, Load)], threads: usize) -> Result<Estimate, Error> {
        work.iter().try_for_each(|(scenario, _)| sites_fit(scenario))?;
        let own = work.first().map_or_else(Default::default, |(first, _)| first.limits);
        let parts = work.iter().map(|(scenario, load)| estimate_load(scenario, *load, threads));
        let estimate = parts.reduce(Estimate::and_then).unwrap_or_default();
        let excesses = estimate.excesses(&crate::scenario::Limits {
            max_hours: self.max_hours.unwrap_or(own.max_hours),
            max_memory_gib: self.max_memory_gib.unwrap_or(own.max_memory_gib),
            max_disk_gib: self.max_disk_gib.unwrap_or(own.max_disk_gib),
        });
        if self.force {
            return Ok(estimate);
        }
        if excesses.is_empty() {
            let free = self.free_memory_gib.unwrap_or(f64::INFINITY);
            return if estimate.memory_gib <= free {
                Ok(estimate)
            } else {
                Err(too_little_memory(&estimate, free, threads))
            };
        }
        let mut message = String::from("this needs more than is allowed, so it was not started");
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
            whole(estimate.clients),
            whole(estimate.replicates),
            whole(estimate.client_steps),
        );
        Err(Error::over_limit(message))
    }
}

/// What is needed and what is there.
pub(super) fn too_little_memory(estimate: &Estimate, free_gib: f64, threads: usize) -> Error {
    let mib = |gib: f64| whole(gib * 1024.0);
    let fewer = if threads > 1 { "fewer --threads need less, " } else { "" };
    Error::over_limit(format!(
        "this needs about {} MiB of memory and this process can get {} MiB, so it was not started; {fewer}fewer \
         reported months (report_every_months) or clients need less; --force starts it all the same",
        mib(estimate.memory_gib),
        mib(free_gib),
    ))
}

/// Whether every site's clients can be told apart; nothing overrides this.
fn sites_fit(scenario: &Scenario) -> Result<(), Error> {
    let most = u64::from(MAX_CLIENTS_PER_SITE);
    for site in &scenario.sites {
        let clients: u64 = site.arms.iter().map(|group| u64::from(group.participants)).sum();
        if clients > most {
            let name = showable(&site.name, 60);
            return Err(Error::over_limit(format!(
                "site \"{name}\" has {} clients; a site can hold {}: divide them over more sites",
                whole(clients as f64),
                whole(most as f64),
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::scenario::embedded;

    #[test]
    fn a_limit_can_be_raised_and_passed_by_force_but_never_by_accident() {
        let scenario = embedded("lange-adem", &["limits.max_hours=1e-9".into()]).unwrap().scenario;
        let refused = Limits::default().guard(&scenario, 1).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::OverLimit);
        assert!(refused.to_string().contains("--max-hours"), "{refused}");
        assert!(Limits { max_hours: Some(100.0), ..Limits::default() }.guard(&scenario, 1).is_ok());
        assert!(Limits { force: true, ..Limits::default() }.guard(&scenario, 1).is_ok());
    }
}
