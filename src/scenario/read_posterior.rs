//! `uncertainty.posterior`: the file of draws that a scenario uses.

use std::path::{Path, PathBuf};

use super::MODEL_VERSION;
use super::layers::Layers;
use super::posterior::Posterior;
use super::registry::Registry;
use crate::document::{Sink, Table};
use crate::said;

/// The posterior that the scenario names; `None` when it names none or when something is wrong with it (then reported).
///
/// A relative path is that of a file beside the scenario that names it, or else of one beside where the program runs.
pub(super) fn read_posterior(
    root: &Table<'_>,
    layers: &Layers,
    registry: &Registry,
    sink: &Sink,
) -> Option<Posterior> {
    let table = root.table("uncertainty")?;
    let name = table.text("posterior").filter(|name| !name.is_empty())?;
    if !sink.is_empty() {
        return None;
    }
    let place = table.node("posterior").map(|node| node.place.source);
    let source =
        place.and_then(|source| layers.sources.get(source)).map(|source| PathBuf::from(&source.name));
    let beside = source.and_then(|source| Some(source.parent()?.join(&name))).filter(|path| path.is_file());
    let path = beside.unwrap_or_else(|| Path::new(&name).to_path_buf());
    match Posterior::read(&path).and_then(|found| fits(&found, registry).map(|()| found)) {
        Ok(posterior) => Some(posterior),
        Err(problem) => {
            // What is wrong inside the file is said in English by its reader.
            table.problem(
                "posterior",
                said!(
                    "deze posterior is niet te gebruiken: {problem}",
                    "this posterior cannot be used: {problem}"
                ),
                said!("de posterior.csv van een kalibratie", "the posterior.csv of a calibration"),
                Some(said!(
                    "stapjes calibrate CIJFERS --out MAP schrijft MAP/posterior.csv",
                    "stapjes calibrate FIGURES --out FOLDER writes FOLDER/posterior.csv"
                )),
            );
            None
        }
    }
}

/// Whether a posterior can be used with the parameters of a scenario. A parameter that the scenario fixes (it has no prior
/// there) keeps the scenario's value.
///
/// # Errors
/// Another edition of the model, a parameter that the scenario does not have, another prior or a value out of range: with what
/// to do.
fn fits(posterior: &Posterior, registry: &Registry) -> Result<(), String> {
    let again = "run stapjes calibrate again";
    if posterior.model != MODEL_VERSION {
        let model = posterior.model;
        return Err(format!(
            "it was fitted to edition {model} of the model, and this is edition {MODEL_VERSION}: {again}"
        ));
    }
    for (column, (path, fitted)) in posterior.parameters.iter().enumerate() {
        let Some(record) = registry.get(path) else {
            return Err(format!("the scenario has no parameter {path}: {again} with this version"));
        };
        if let Some(prior) = record.prior
            && prior != *fitted
        {
            return Err(format!(
                "{path} was fitted under {fitted}, and its prior here is {prior}: {again}, or leave the other prior out"
            ));
        }
        if let Some(value) = posterior.outside(column, record.min, record.max) {
            return Err(format!("{path} = {value} is outside {} to {}", record.min, record.max));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;
    use crate::scenario::prior::Prior;

    fn posterior(path: &str, prior: Prior, value: f64) -> Posterior {
        Posterior::new("x".into(), 1.0, vec![(path.to_owned(), prior)], vec![(1.0, vec![value])])
    }

    #[test]
    fn another_prior_or_edition_is_refused() {
        let resolved = embedded("lange-adem", &[]).unwrap();
        let (record, prior) = resolved.registry.uncertain().next().unwrap();
        let good = posterior(&record.path, prior, record.value);
        assert_eq!(fits(&good, &resolved.registry), Ok(()));
        let problem = |posterior: Posterior| fits(&posterior, &resolved.registry).unwrap_err();
        let mut old = good;
        old.model = 1;
        assert!(problem(old).contains("edition 1"));
        let other = Prior::Uniform { low: 0.0, high: 7.5 };
        assert!(problem(posterior(&record.path, other, record.value)).contains("uniform(0, 7.5)"));
        assert!(problem(posterior(&record.path, prior, 1e12)).contains("is outside"));
        assert!(problem(posterior("no.such", prior, 1.0)).contains("no.such"));
    }

    #[test]
    fn a_scenario_with_a_posterior_is_centered_on_it_and_an_override_wins() {
        let plain = embedded("lange-adem", &[]).unwrap();
        let path = "exit.work.base";
        let record = plain.registry.get(path).unwrap();
        let value = record.value * 1.25;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("posterior.csv");
        std::fs::write(&file, posterior(path, record.prior.unwrap(), value).to_csv()).unwrap();
        let named = format!("uncertainty.posterior=\"{}\"", file.display());
        let fitted = embedded("lange-adem", std::slice::from_ref(&named)).unwrap();
        assert_eq!(fitted.scenario.parameters.work.base, value);
        let record = fitted.registry.get(path).unwrap();
        assert_eq!((record.value, record.source.as_deref()), (value, Some("fitted to x")));
        assert!(fitted.registry.posterior.is_some());
        let own = embedded("lange-adem", &[named, format!("{path}=0.05")]).unwrap();
        assert_eq!(own.scenario.parameters.work.base, 0.05);
        let gone = embedded("lange-adem", &["uncertainty.posterior=\"nowhere.csv\"".to_owned()]).unwrap_err();
        assert!(gone.render(false).contains("this posterior cannot be used"), "{}", gone.render(false));
    }
}
