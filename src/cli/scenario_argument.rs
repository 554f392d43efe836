//! The scenario that a command works on, its overrides, and the limit on what a run may use.
//!
//! Commands that simulate take the same words: a file or built-in name, `--set key=value` as often as
//! wanted, and `--posterior`. All of them become overrides of one list, in which later ones win; what
//! is valid is decided in the room `scenario`, so a flag and a file cannot mean different things.

use std::path::{Path, PathBuf};

use clap::Args;

use super::console;
use super::language;
use crate::app::LimitOverrides;
use crate::app::results::shell_word;
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::escape::name;
use crate::report::warnings::few_effective;
use crate::report::words::{self, figures};
use crate::said;
use crate::scenario::{Resolved, open};

/// `[SCENARIO] [--set key=value]...`
#[derive(Args, Debug)]
pub(super) struct ScenarioArguments {
    /// Scenario file, or the name of a built-in scenario [default: lange-adem]
    scenario: Option<PathBuf>,
    /// Override a key of the scenario; may be repeated (arms and sites by name: arm.fip.participants=500)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Draws and central values of the parameters from a calibration (posterior.csv, or the built-in nederland) instead of what the scenario names; '' for their priors
    #[arg(long, value_name = "FILE")]
    posterior: Option<String>,
}

impl ScenarioArguments {
    /// The words of a command line that names this scenario with these overrides, quoted for a shell;
    /// empty for the default scenario.
    pub(super) fn in_words(&self) -> String {
        let scenario = self.scenario.iter().map(|path| argument(path));
        let overrides = self.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]);
        let posterior = self.posterior.iter().flat_map(|path| ["--posterior".to_owned(), path.clone()]);
        scenario.chain(overrides).chain(posterior).map(|word| shell_word(&word)).collect::<Vec<_>>().join(" ")
    }

    /// Loads the scenario; `more` are further overrides (`key=value`), which win over those of the
    /// flags.
    ///
    /// # Errors
    /// `NoInput` for a scenario that is not there, `Data` with every problem of it, each with file,
    /// line and key.
    pub(super) fn open(&self, more: &[String]) -> Result<Resolved, Error> {
        let posterior = self.posterior.as_deref().map(of_posterior);
        let overrides: Vec<String> =
            self.set.iter().cloned().chain(posterior).chain(more.iter().cloned()).collect();
        let resolved = open(self.scenario.as_deref(), &overrides)?;
        tell_posterior(&resolved, self.posterior.is_some());
        Ok(resolved)
    }
}

/// Says on standard error which figures the parameters were fitted to, when the command line asks for a posterior, and about which
/// parameters the scenario itself decides. What a scenario rests on by itself stands in the answer.
pub(super) fn tell_posterior(resolved: &Resolved, asked: bool) {
    let registry = &resolved.registry;
    let Some(posterior) = &registry.posterior else { return };
    if asked {
        let taught = posterior.parameters.iter().filter(|parameter| parameter.center.is_some()).count();
        let (all, effective) = (posterior.parameters.len(), posterior.effective);
        let told = said!(
            "stapjes: afgestemd op {figures}: {taught} van {all} parameters door wat die cijfers zeggen, met ongeveer {effective:.0} effectieve \
             trekkingen",
            "stapjes: fitted to {figures}: {taught} of {all} parameters by what its figures say, with about {effective:.0} effective draws",
            figures = Said::each(|lang| figures(lang, &posterior.name)),
            taught = taught,
            all = all,
            effective = effective
        );
        console::say(told.text(language::of_errors()));
    }
    if !registry.overridden.is_empty() {
        let overridden: Vec<&str> = registry.overridden.iter().map(String::as_str).collect();
        let told = said!(
            "stapjes: over {list} beslist het scenario zelf, niet de posterior ({posterior})",
            "stapjes: the scenario itself decides about {list}, not the posterior ({posterior})",
            list = overridden.join(", "),
            posterior = name(&posterior.name)
        );
        console::say(told.text(language::of_errors()));
    }
}

/// Says on stderr when more draws are taken than the posterior has effective ones: the same few
/// weighted points come back, so more draws cost time and bring no more knowledge.
pub(super) fn tell_few_effective(resolved: &Resolved, draws: u32, lang: Lang) {
    if let Some(warning) = few_effective(&resolved.registry, draws) {
        console::say(&format!("stapjes: {}", words::warning(&warning, lang)));
    }
}

/// The override that names a posterior; an empty path means the priors.
pub(super) fn of_posterior(path: &str) -> String {
    format!("uncertainty.posterior={}", crate::document::quoted(path))
}

/// A path as an argument: one that begins with a dash would be taken for a flag, so it gets `./` in
/// front.
pub(super) fn argument(path: &Path) -> String {
    let shown = path.display().to_string();
    if shown.starts_with('-') { format!("./{shown}") } else { shown }
}

/// `--max-hours H --max-memory-gib G --force`
#[derive(Args, Debug)]
pub(super) struct LimitArguments {
    /// Refuse to start when more hours of computing are needed [default: limits.max_hours of the scenario]
    #[arg(long, value_name = "HOURS", value_parser = limit)]
    max_hours: Option<f64>,
    /// Refuse to start when more memory is needed, GiB [default: limits.max_memory_gib of the scenario]
    #[arg(long, value_name = "GIB", value_parser = limit)]
    max_memory_gib: Option<f64>,
    /// Refuse to start when more disk space is needed, GiB [default: limits.max_disk_gib of the scenario]
    #[arg(long, value_name = "GIB", value_parser = limit)]
    max_disk_gib: Option<f64>,
    /// Start whatever it needs
    #[arg(long)]
    force: bool,
}

impl LimitArguments {
    /// What the flags allow; where none is given (`None`) the scenario decides. Free memory is filled
    /// in by those who compute (`LongArguments::context`).
    pub(super) fn limits(&self) -> LimitOverrides {
        LimitOverrides {
            max_hours: self.max_hours,
            max_memory_gib: self.max_memory_gib,
            max_disk_gib: self.max_disk_gib,
            free_memory_gib: None,
            force: self.force,
        }
    }
}

/// A limit in hours or GiB, for clap: a finite number of 0 or more.
fn limit(text: &str) -> Result<f64, String> {
    let lang = language::of_errors();
    let number = said!("\"{text}\" is geen getal", "\"{text}\" is not a number", text = text);
    let positive = said!("moet 0 of meer zijn", "must be 0 or more");
    let value: f64 = text.parse().map_err(|_| number.text(lang).to_owned())?;
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(positive.text(lang).to_owned()) }
}

/// Threads that a run uses when none are named: the cores that this process may use, 1 where the system
/// does not say.
pub(super) fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_flag() {
        assert_eq!(argument(Path::new("-mine.toml")), "./-mine.toml");
    }
}
