//! The two languages of a report, and how one is chosen.

mod number;
mod said;
mod spoken;

use serde::{Deserialize, Serialize};

pub(crate) use number::{Number, marked};
pub use said::Said;
pub use said::Text;
pub(crate) use said::{AsTyped, InLanguage};
pub(crate) use spoken::{in_io, spoken};

/// Language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Dutch, the default: most readers are Dutch councils.
    #[default]
    Nl,
    /// English.
    En,
}

impl Lang {
    /// Both languages, Dutch first: also the order of `Scenario::question`.
    pub const ALL: [Lang; 2] = [Lang::Nl, Lang::En];

    /// The BCP 47 code, as in `<html lang>`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Lang::Nl => "nl",
            Lang::En => "en",
        }
    }

    /// Reads a code such as `nl`, `NL`, `nl_NL.UTF-8` or `en-GB`; `None` for any other language.
    pub(crate) fn parse(code: &str) -> Option<Lang> {
        let primary = code.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Lang::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// The first of: the flag, `STAPJES_LANG`, the locale; else Dutch. The callers in `cli` read the environment.
    pub(crate) fn choose(flag: Option<Lang>, stapjes_lang: Option<&str>, locale: Option<&str>) -> Lang {
        flag.or_else(|| stapjes_lang.and_then(Lang::parse))
            .or_else(|| locale.and_then(Lang::parse))
            .unwrap_or_default()
    }

    /// The Dutch or the English one of two texts.
    pub(crate) fn pick<T>(self, dutch: T, english: T) -> T {
        match self {
            Lang::Nl => dutch,
            Lang::En => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_locales_are_read() {
        for (code, lang) in [
            ("nl", Some(Lang::Nl)),
            ("NL", Some(Lang::Nl)),
            ("nl_BE.UTF-8", Some(Lang::Nl)),
            ("en-GB", Some(Lang::En)),
            ("de_DE", None),
            ("C", None),
            ("", None),
        ] {
            assert_eq!(Lang::parse(code), lang, "{code}");
        }
    }

    #[test]
    fn flag_goes_before_variable_before_locale_before_dutch() {
        assert_eq!(Lang::choose(Some(Lang::En), Some("nl"), Some("nl_NL")), Lang::En);
        assert_eq!(Lang::choose(None, Some("en"), Some("nl_NL")), Lang::En);
        assert_eq!(Lang::choose(None, Some("de"), Some("en_US.UTF-8")), Lang::En);
        assert_eq!(Lang::choose(None, None, Some("C.UTF-8")), Lang::Nl);
    }
}
