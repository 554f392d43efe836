//! `uncertainty.posterior`: the file of draws that a scenario uses.
//!
//! A posterior is knowledge about the reference's parameters under the reference's priors. Where a
//! scenario says something else about a parameter, the scenario wins and the posterior keeps silent;
//! where the posterior belongs to another edition of the model or to other priors, it is refused, since
//! its draws would mean something else.

use crate::language::{AsTyped, Said, Text};
use std::path::{Path, PathBuf};

use super::MODEL_VERSION;
use super::layers::Layers;
use super::posterior::{Fitted, Posterior};
use super::prior::Prior;
use super::registry::Registry;
use crate::document::{Sink, TableReader};
use crate::said;

/// The posterior that the scenario names, without the parameters about which the scenario itself says something else, and those
/// parameters; `None` when it names none or when something is wrong with it (then reported).
///
/// The name of a posterior that is built in is that one, whatever lies around; `./nederland` is a file. A relative path is that of
/// a file beside the scenario that names it, or else of one beside where the program runs.
pub(super) fn read_posterior(
    root: &TableReader<'_>,
    layers: &Layers,
    registry: &Registry,
    sink: &Sink,
) -> Option<(Posterior, Vec<String>)> {
    let table = root.table("uncertainty")?;
    let name = table.text("posterior").filter(|name| !name.is_empty())?;
    // With problems in the parameters themselves, a message about the posterior would blame the wrong
    // file.
    if !sink.is_empty() {
        return None;
    }
    let from_file = || {
        let place = table.node("posterior").map(|node| node.place.source);
        let source = place.and_then(|source| layers.sources.get(source));
        let source = source.map(|source| PathBuf::from(&source.name));
        let beside =
            source.and_then(|source| Some(source.parent()?.join(&name))).filter(|path| path.is_file());
        Posterior::read(&beside.unwrap_or_else(|| Path::new(&name).to_path_buf()))
    };
    let found = Posterior::built_in(&name).unwrap_or_else(from_file);
    match found
        .and_then(|found| fits(&found, registry).map(|overridden| (found.without(&overridden), overridden)))
    {
        Ok(found) => Some(found),
        Err(problem) => {
            table.problem(
                "posterior",
                said!(
                    "deze posterior is niet te gebruiken: {}",
                    "this posterior cannot be used: {}",
                    problem
                ),
                said!(
                    "\"nederland\" (ingebouwd), de posterior.csv van een kalibratie, of \"\" voor geen",
                    "\"nederland\" (built in), the posterior.csv of a calibration, or \"\" for none"
                ),
                Some(said!(
                    "stapjes calibrate CIJFERS --out MAP schrijft MAP/posterior.csv",
                    "stapjes calibrate FIGURES --out FOLDER writes FOLDER/posterior.csv"
                )),
            );
            None
        }
    }
}

/// The parameters of a posterior about which a scenario itself says something else: a value without a prior, another value, or
/// another prior. There the scenario's own value and prior stand.
///
/// # Errors
/// When the posterior cannot be used with these parameters: another edition of the model, a parameter that the scenario does not
/// have, a prior that differs though the scenario changed none, or a value out of range: with what to do.
fn fits(posterior: &Posterior, registry: &Registry) -> Result<Vec<String>, Said> {
    let again = Text::new("draai stapjes calibrate opnieuw", "run stapjes calibrate again");
    if posterior.model != MODEL_VERSION {
        let model = posterior.model;
        return Err(said!(
            "hij is gemaakt met uitgave {model} van het model, en dit is uitgave {model_version}: {again}",
            "it was fitted to edition {model} of the model, and this is edition {model_version}: {again}",
            again = again,
            model = model,
            model_version = MODEL_VERSION
        ));
    }
    let mut overridden = Vec::new();
    for (column, Fitted { path, prior: fitted, .. }) in posterior.parameters.iter().enumerate() {
        let Some(record) = registry.get(path) else {
            return Err(said!(
                "het scenario heeft geen parameter {path}: {again} met deze versie",
                "the scenario has no parameter {path}: {again} with this version",
                again = again,
                path = path
            ));
        };
        // A value set to the center of its own prior says nothing new: a scenario that repeats the
        // reference keeps the posterior.
        let moved = |prior: Prior| {
            record.overridden_by.is_some()
                && (record.value - prior.centre()).abs() > 1e-9 * record.value.abs()
        };
        match record.prior {
            None => overridden.push(path.clone()),
            Some(prior) if prior == *fitted && !moved(prior) => {
                if let Some(value) = posterior.outside(column, record.min, record.max) {
                    return Err(said!(
                        "{path} = {value} ligt buiten {min} tot {max}",
                        "{path} = {value} is outside {min} to {max}",
                        min = AsTyped(record.min),
                        max = AsTyped(record.max),
                        path = path,
                        value = AsTyped(value)
                    ));
                }
            }
            Some(prior) if prior != *fitted && !record.own_prior => {
                return Err(said!(
                    "{path} is gemaakt onder {fitted}, en de prior is hier {prior}: {again} met deze versie",
                    "{path} was fitted under {fitted}, and its prior here is {prior}: {again} with this version",
                    again = again,
                    path = path,
                    fitted = AsTyped(fitted),
                    prior = AsTyped(prior)
                ));
            }
            Some(_) => overridden.push(path.clone()),
        }
    }
    Ok(overridden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Resolved, embedded, resolve_text};

    const PATH: &str = "exit.work.base";

    /// A posterior of one draw of one parameter.
    fn posterior(prior: Prior, value: f64) -> Posterior {
        let parameter = Fitted { path: PATH.to_owned(), prior, center: Some(value) };
        Posterior::new("x".into(), 1.0, vec![parameter], vec![(1.0, vec![value])])
    }

    /// `lange-adem` on its priors.
    fn plain() -> Resolved {
        embedded("lange-adem", &["uncertainty.posterior=\"\"".to_owned()]).unwrap()
    }

    #[test]
    fn another_edition_prior_or_range_is_refused() {
        let resolved = plain();
        let record = resolved.registry.get(PATH).unwrap();
        let (prior, value) = (record.prior.unwrap(), record.value);
        let good = posterior(prior, value);
        assert_eq!(fits(&good, &resolved.registry), Ok(Vec::new()));
        let problem = |posterior: Posterior| fits(&posterior, &resolved.registry).unwrap_err();
        let mut old = good.clone();
        old.model = 1;
        assert!(problem(old).english().contains("edition 1"));
        let other = Prior::Uniform { low: 0.0, high: 7.5 };
        assert!(problem(posterior(other, value)).english().contains("uniform(0, 7.5)"));
        assert!(problem(posterior(prior, 1e12)).english().contains("is outside"));
        let mut unknown = good;
        unknown.parameters[0].path = "no.such".into();
        assert!(problem(unknown).english().contains("no.such"));
    }

    #[test]
    fn the_scenarios_own_value_or_prior_wins_over_the_posterior() {
        let record = plain().registry.get(PATH).unwrap().clone();
        let prior = record.prior.unwrap();
        let value = record.value * 1.25;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("posterior.csv");
        std::fs::write(&file, posterior(prior, value).to_csv()).unwrap();
        let named = format!("uncertainty.posterior=\"{}\"", file.display());
        let with = |more: &str| {
            let more = (!more.is_empty()).then(|| more.to_owned());
            let overrides: Vec<String> = [named.clone()].into_iter().chain(more).collect();
            embedded("lange-adem", &overrides).unwrap()
        };
        let fitted = with("");
        assert_eq!(fitted.scenario.parameters.work.base, value);
        let found = fitted.registry.get(PATH).unwrap();
        assert!(found.value == value && found.source.as_deref().unwrap().starts_with("fitted to x"));
        assert_eq!(
            (fitted.registry.overridden.len(), fitted.registry.posterior.unwrap().parameters.len()),
            (0, 1)
        );
        // What was fitted under the same prior is no other assumption.
        let same = with(&format!("{PATH}={{ value = {}, prior = \"{prior}\" }}", record.value));
        assert_eq!(same.scenario.parameters.work.base, value);
        for (text, kept) in [
            (format!("{PATH}=0.05"), 0.05),
            (format!("{PATH}.value=0.05"), 0.05),
            (format!("{PATH}={{ value = 0.05, prior = \"lognormal(0.05, 0.2)\" }}"), 0.05),
            (format!("{PATH}.prior=\"lognormal({}, 0.1)\"", record.value), record.value),
        ] {
            let resolved = with(&text);
            assert_eq!(resolved.scenario.parameters.work.base, kept, "{text}");
            assert_eq!(resolved.registry.overridden, [PATH], "{text}");
            assert!(resolved.registry.posterior.unwrap().parameters.is_empty(), "{text}");
        }
        let gone = embedded("lange-adem", &["uncertainty.posterior=\"nowhere.csv\"".to_owned()]).unwrap_err();
        assert!(gone.render(false).contains("this posterior cannot be used"), "{}", gone.render(false));
    }

    #[test]
    fn what_is_built_in_fits_this_edition_and_is_inherited() {
        let built_in = Posterior::built_in("nederland").unwrap().unwrap();
        assert!(built_in.effective >= 100.0);
        assert_eq!(fits(&built_in, &plain().registry), Ok(Vec::new()));
        let text = |more: &str| format!("extends = \"lange-adem\"\nname = \"own\"\n{more}");
        let resolved = resolve_text(&text(""), &[]).unwrap();
        assert_eq!(resolved.registry.posterior, Some(built_in));
        let none = resolve_text(&text("uncertainty.posterior = \"\"\n"), &[]).unwrap();
        assert_eq!((none.registry.posterior, none.registry.records), (None, plain().registry.records));
    }
}
