//! What a request may use: refused before anything is allocated.

use crate::document::showable;
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::number::{self, decimal};
use crate::scenario::resources::{Excess, Load, ResourceEstimate, estimate_load};
use crate::scenario::{MAX_CLIENTS_PER_SITE, Scenario};

/// A number without decimals, in the language's notation.
fn whole(lang: Lang, value: f64) -> String {
    decimal(lang, value, 0)
}

/// What a request may use, where that is not as its scenario's `[limits]` say. Raising a limit does not make another
/// scenario: it is not part of its hash.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LimitOverrides {
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

impl LimitOverrides {
    /// What a run on so many threads will need.
    ///
    /// # Errors
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit) with the estimate and what raises the limit.
    pub(crate) fn guard(&self, scenario: &Scenario, threads: usize) -> Result<ResourceEstimate, Error> {
        self.guard_all(&[(scenario, Load::run(scenario))], threads)
    }

    /// The same for several pieces of work after each other; the first scenario's `[limits]` count.
    ///
    /// # Errors
    /// As [`LimitOverrides::guard`].
    pub(crate) fn guard_all(
        &self,
        work: &[(&Scenario, Load)],
        threads: usize,
    ) -> Result<ResourceEstimate, Error> {
        work.iter().try_for_each(|(scenario, _)| sites_fit(scenario))?;
        let stated = work.first().map_or_else(Default::default, |(first, _)| first.limits);
        let parts = work.iter().map(|(scenario, load)| estimate_load(scenario, *load, threads));
        let estimate = parts.reduce(ResourceEstimate::and_then).unwrap_or_default();
        let excesses = estimate.excesses(&crate::scenario::Limits {
            max_hours: self.max_hours.unwrap_or(stated.max_hours),
            max_memory_gib: self.max_memory_gib.unwrap_or(stated.max_memory_gib),
            max_disk_gib: self.max_disk_gib.unwrap_or(stated.max_disk_gib),
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
        Err(Error::over_limit(Said::each(|lang| too_much(&estimate, &excesses, lang))))
    }
}

/// What is over which limit, and what raises it.
fn too_much(estimate: &ResourceEstimate, excesses: &[Excess], lang: Lang) -> String {
    let amount = |value: f64| number::amount(lang, value);
    let mut message = lang
        .pick(
            "dit vraagt meer dan is toegestaan en is daarom niet begonnen",
            "this needs more than is allowed, so it was not started",
        )
        .to_owned();
    for excess in excesses {
        let [what, unit] = [excess.what, excess.unit].map(|texts| lang.pick(texts[0], texts[1]));
        let (needs, limit) = (amount(excess.needs), amount(excess.limit));
        let (flag, key) = (excess.key.replace('_', "-"), excess.key);
        message += &match lang {
            Lang::Nl => format!(
                "\n  {what}: ongeveer {needs} {unit}, toegestaan {limit} (verhoog dat met --{flag} of {key} onder [limits])"
            ),
            Lang::En => {
                format!(
                    "\n  {what}: about {needs} {unit}, allowed {limit} (raise it with --{flag} or {key} under [limits])"
                )
            }
        };
    }
    let [clients, replicates, steps] =
        [estimate.clients, estimate.replicates, estimate.client_steps].map(|value| whole(lang, value));
    message
        + &match lang {
            Lang::Nl => format!(
                "\n  het zijn {clients} klanten, {replicates} herhalingen en {steps} klantstappen; met --force begint het toch"
            ),
            Lang::En => format!(
                "\n  it has {clients} clients, {replicates} replicates and {steps} client-steps; --force starts it all the same"
            ),
        }
}

/// What is needed and what is there.
pub(super) fn too_little_memory(estimate: &ResourceEstimate, free_gib: f64, threads: usize) -> Error {
    Error::over_limit(Said::each(|lang| {
        let [needs, free] = [estimate.memory_gib, free_gib].map(|gib| whole(lang, gib * 1024.0));
        let many = threads > 1;
        match lang {
            Lang::Nl => format!(
                "dit vraagt ongeveer {needs} MiB geheugen en dit proces kan {free} MiB krijgen, dus het is niet begonnen; {}minder \
                 maanden in de resultaten (report_every_months) of minder klanten vragen minder; met --force begint het toch",
                if many { "minder --threads vragen minder, " } else { "" }
            ),
            Lang::En => format!(
                "this needs about {needs} MiB of memory and this process can get {free} MiB, so it was not started; {}fewer \
                 reported months (report_every_months) or clients need less; --force starts it all the same",
                if many { "fewer --threads need less, " } else { "" }
            ),
        }
    }))
}

/// Whether every site's clients can be told apart; nothing overrides this.
fn sites_fit(scenario: &Scenario) -> Result<(), Error> {
    let most = u64::from(MAX_CLIENTS_PER_SITE);
    for site in &scenario.sites {
        let clients: u64 = site.arms.iter().map(|group| u64::from(group.participants)).sum();
        if clients > most {
            let name = showable(&site.name, 60);
            let [clients, most] = [clients, most].map(|count| Said::each(|lang| whole(lang, count as f64)));
            return Err(Error::over_limit(Said::each(|lang| {
                let (clients, most) = (clients.text(lang), most.text(lang));
                match lang {
                    Lang::Nl => format!(
                        "locatie \"{name}\" heeft {clients} klanten; op een locatie passen er {most}: verdeel ze over meer locaties"
                    ),
                    Lang::En => format!(
                        "site \"{name}\" has {clients} clients; a site can hold {most}: divide them over more sites"
                    ),
                }
            })));
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
        let refused = LimitOverrides::default().guard(&scenario, 1).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::OverLimit);
        assert!(refused.to_string().contains("--max-hours"), "{refused}");
        let dutch = refused.text(Lang::Nl, false);
        assert!(dutch.contains("dit vraagt meer") && dutch.contains("tijd: ongeveer"), "{dutch}");
        assert!(
            LimitOverrides { max_hours: Some(100.0), ..LimitOverrides::default() }
                .guard(&scenario, 1)
                .is_ok()
        );
        assert!(LimitOverrides { force: true, ..LimitOverrides::default() }.guard(&scenario, 1).is_ok());
    }
}
