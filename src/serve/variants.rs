//! Variants side by side: what one does more than another, on the same clients with the same luck.
//!
//! All variants are simulated together under the seed, replicates and draws of the first, because the
//! difference of two separate runs would hold the luck of both.

use serde_json::{Value, json};

use super::desk::Asked;
use super::form::FieldProblem;
use super::read::{Read, language, whole};
use crate::app::compare::same_chance;
use crate::report::compare;
use crate::report::facts::Facts;
use crate::report::html::unbroken;
use crate::report::language::Lang;
use crate::scenario::Resolved;
use crate::trial::compare::Comparison;

/// Fewest and most variants that can be compared.
const VARIANTS: std::ops::RangeInclusive<usize> = 2..=6;
/// Longest name of a variant, characters.
const LONGEST_NAME: usize = 60;

/// Variants that are asked to be compared: the others with the first.
pub(super) struct AskedVariants {
    /// Language of the page.
    pub(super) lang: Lang,
    /// What the planner calls them: printable, at most 60 characters; a number where nothing was typed.
    pub(super) names: Vec<String>,
    /// Their scenarios, in the same order.
    pub(super) variants: Vec<Read>,
}

impl AskedVariants {
    /// Reads `{"lang", "question", "variants": [{"name", "asked": {...}}]}`; `None` when it asks for no comparison.
    ///
    /// # Errors
    /// What is wrong with the variants, with the name of the variant.
    pub(super) fn new(asked: &Asked) -> Option<Result<Self, Vec<FieldProblem>>> {
        let list = asked.get("variants")?.as_array()?;
        Some(Self::read(asked, list))
    }

    /// Reads every variant.
    fn read(asked: &Asked, list: &[Value]) -> Result<Self, Vec<FieldProblem>> {
        let lang = language(asked["lang"].as_str().unwrap_or("nl"));
        if !VARIANTS.contains(&list.len()) {
            return Err(whole(
                lang.pick("vergelijk twee tot zes varianten", "compare two to six variants").into(),
            ));
        }
        let (mut names, mut variants, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for (at, variant) in list.iter().enumerate() {
            let name = variant["name"].as_str().unwrap_or("");
            let name: String =
                name.chars().filter(|c| crate::document::is_showable(*c)).take(LONGEST_NAME).collect();
            let name = if name.trim().is_empty() { format!("{}", at + 1) } else { name };
            // All answer the question that the page asks now.
            let mut variant_asked = variant["asked"].clone();
            match variant_asked.as_object_mut() {
                Some(fields) => _ = fields.insert("question".into(), asked["question"].clone()),
                None => {
                    problems.extend(whole(match lang {
                        Lang::Nl => format!("{name}: hier staat geen vraag in"),
                        Lang::En => format!("{name}: there is no question in it"),
                    }));
                    continue;
                }
            }
            match Read::named(&variant_asked, Some(&name), &Self::file_name(at)) {
                Ok(read) => variants.push(read),
                Err(list) => problems.extend(list.into_iter().map(|problem| of(&name, problem))),
            }
            names.push(name);
        }
        if problems.is_empty() { Ok(Self { lang, names, variants }) } else { Err(problems) }
    }

    /// The scenarios: the first as it is, the others with its seed, replicates, precision and draws.
    ///
    /// # Errors
    /// Problems with the name of the variant that has them.
    pub(super) fn resolve(&self, overrides: &[String]) -> Result<Vec<Resolved>, Vec<FieldProblem>> {
        let mut scenarios: Vec<Resolved> = Vec::new();
        for (read, name) in self.variants.iter().zip(&self.names) {
            let mut overridden = scenarios.first().map(same_chance).unwrap_or_default();
            overridden.extend(self.asked_otherwise());
            overridden.extend(overrides.iter().cloned());
            let resolved = read.resolve_as_it_is(&overridden);
            scenarios.push(
                resolved
                    .map_err(|list| list.into_iter().map(|problem| of(name, problem)).collect::<Vec<_>>())?,
            );
        }
        Ok(scenarios)
    }

    /// The override that makes all ask the question of the page, when a file of the planner's own asks another.
    fn asked_otherwise(&self) -> Option<String> {
        self.variants.iter().find_map(Read::asked_otherwise)
    }

    /// What each variant is called in the exported files.
    pub(super) fn file_name(at: usize) -> String {
        format!("variant-{}.toml", at + 1)
    }

    /// The command that gives the same comparison from the exported files.
    pub(super) fn command(&self, flags: &str) -> String {
        let files: Vec<String> = (0..self.variants.len()).map(Self::file_name).collect();
        let asked = self.asked_otherwise().map(|kind| format!(" --set {kind}")).unwrap_or_default();
        format!("stapjes compare {}{asked}{flags}", files.join(" "))
    }
}

/// A problem of a variant: it has no field on the page.
fn of(name: &str, problem: FieldProblem) -> FieldProblem {
    let at = if problem.field.is_empty() { String::new() } else { format!(" ({})", problem.field) };
    FieldProblem { field: String::new(), message: format!("{name}{at}: {}", problem.message) }
}

/// Variants that were run together.
pub(super) struct Variants {
    /// What was run.
    pub(super) scenarios: Vec<Resolved>,
    /// What came out.
    pub(super) comparison: Comparison,
}

impl Variants {
    /// What each variant was made from, for the files.
    pub(super) fn facts(&self, command: &str) -> Vec<Facts> {
        self.scenarios.iter().map(|resolved| Facts::new(resolved, command)).collect()
    }

    /// What the page shows: the answer of `stapjes compare`, under the names that the planner gave.
    pub(super) fn shown(&self, asked: &AskedVariants, command: &str) -> Value {
        let facts = self.facts(command);
        let Some(shown) = compare::shown(&self.comparison, &facts, &asked.names, asked.lang) else {
            return Value::Null;
        };
        let texts = |list: &[String]| list.iter().map(|text| unbroken(text)).collect::<Vec<_>>();
        json!({
            "sentences": texts(&shown.answers),
            "notes": texts(&shown.notes),
            "changes": texts(&shown.changes),
            "tables": shown.tables.iter().map(|table| unbroken(&table.to_string())).collect::<String>(),
            "figure": shown.figure.map(|figure| figure.to_string()),
            "command": command,
        })
    }
}
