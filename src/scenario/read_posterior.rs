//! `uncertainty.posterior`: the file of draws that a scenario uses.

use std::path::{Path, PathBuf};

use super::layers::Layers;
use super::posterior::Posterior;
use super::registry::Registry;
use crate::document::{Sink, Table};

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
    match Posterior::read(&path).and_then(|found| found.fits(registry).map(|()| found)) {
        Ok(posterior) => Some(posterior),
        Err(problem) => {
            let allowed = "the posterior.csv of a calibration";
            let hint = "stapjes calibrate FIGURES --out FOLDER writes FOLDER/posterior.csv".to_owned();
            table.problem(
                "posterior",
                format!("this posterior cannot be used: {problem}"),
                allowed,
                Some(hint),
            );
            None
        }
    }
}
