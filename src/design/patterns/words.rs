//! What is said in both languages.

use crate::language::Lang;
use serde::Serialize;

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bilingual {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub(super) fn new(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self { nl: nl.into(), en: en.into() }
    }

    /// The text in a language.
    pub(crate) fn of(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }
}
