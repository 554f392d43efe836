//! What `stapjes value --out DIR` found, when it stands in the run's folder: the report shows it beside power.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::figures::chart::Figure;
use super::kind::ResultKind;
use super::language::Lang;
use super::learning::worth::{ValueContext, figure, paragraph};
use super::manifest;
use crate::value::net_benefit::Stakes;
use crate::value::question::ValueOfInformation;

/// The value of knowing more, as it stands in a file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StoredValue {
    /// Name of the scenario.
    scenario: String,
    /// Control and treated.
    arms: [String; 2],
    /// Horizon.
    horizon_months: u32,
    /// Stakes.
    stakes: Stakes,
    /// The answer.
    #[serde(flatten)]
    information: ValueOfInformation,
}

/// The value in a folder; `None` when there is none, it is of another scenario, or it is not what `stapjes value` wrote.
pub(crate) fn read(folder: &Path, scenario: &str) -> Option<StoredValue> {
    let manifest = manifest::read(folder, ResultKind::Value).ok()?;
    let name = ResultKind::Value.results();
    let path = folder.join(name);
    manifest.files.iter().find(|file| file.path == name && file.describes(&path))?;
    let value: StoredValue = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
    (value.scenario == scenario).then_some(value)
}

impl StoredValue {
    /// What it is about.
    fn about(&self) -> ValueContext<'_> {
        let [arm, control] = &self.arms;
        ValueContext {
            scenario: &self.scenario,
            arm,
            control,
            months: self.horizon_months,
            stakes: self.stakes,
        }
    }

    /// What a wrong choice costs, and which study is worth doing.
    pub(crate) fn sentences(&self, lang: Lang) -> Vec<String> {
        paragraph(&self.about(), &self.information, lang)
    }

    /// Value of a study by duration and size.
    pub(crate) fn figure(&self, lang: Lang) -> Figure {
        figure(&self.about(), &self.information, lang)
    }
}
