//! A text for a person in both languages.

use super::Lang;

/// What is said, in Dutch and in English. [`said!`](crate::said) makes one; a text without its other half does not compile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    nl: String,
    en: String,
}

impl Said {
    /// Both texts.
    pub fn new(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self { nl: nl.into(), en: en.into() }
    }

    /// What `text` gives for each language: for texts with parts that are said in a language themselves.
    pub fn each(text: impl Fn(Lang) -> String) -> Self {
        Self { nl: text(Lang::Nl), en: text(Lang::En) }
    }

    /// Texts under each other.
    pub fn lines(texts: &[Said]) -> Self {
        let join = |lang: Lang| texts.iter().map(|text| text.text(lang)).collect::<Vec<_>>().join("\n");
        Self::each(join)
    }

    /// The text in a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }

    /// This and then that, in each language.
    #[must_use]
    pub fn then(&self, more: &Self) -> Self {
        Self::each(|lang| format!("{}{}", self.text(lang), more.text(lang)))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.nl.is_empty() && self.en.is_empty()
    }
}

/// A text that is the same in both languages: names, values, and what readers of other inputs than scenarios say in English.
impl From<String> for Said {
    fn from(text: String) -> Self {
        Self { nl: text.clone(), en: text }
    }
}

impl From<&String> for Said {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A [`Said`](crate::language::Said) from a Dutch and an English text, each as in `format!`; values that are not variables get a
/// name behind the texts (`said!("{n} groepen", "{n} arms", n = arms.len())`).
#[macro_export]
macro_rules! said {
    ($nl:literal, $en:literal $(,)?) => {
        $crate::language::Said::new(::std::format!($nl), ::std::format!($en))
    };
    ($nl:literal, $en:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        $(let $name = $value;)+
        $crate::language::Said::new(::std::format!($nl), ::std::format!($en))
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_it() {
        let count = 3;
        let text = said!("{count} groepen", "{count} arms");
        assert_eq!((text.text(Lang::Nl), text.text(Lang::En)), ("3 groepen", "3 arms"));
        let named = said!("{n} groepen", "{n} arms", n = [1, 2].len());
        assert_eq!(named, Said::new("2 groepen", "2 arms"));
        assert_eq!(Said::each(|lang| lang.code().to_owned()), Said::new("nl", "en"));
        assert!(Said::default().is_empty() && Said::from("x") == Said::new("x", "x"));
    }
}
