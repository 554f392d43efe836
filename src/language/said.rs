//! A text for a person in both languages.
//!
//! Rooms below the report say what is wrong or noteworthy to people of either language, and do not know
//! which one reads along: the same problem may go to a terminal in Dutch and into JSON in English. So a
//! text is made in both at once, at the place that knows what to say; the reader's language is chosen
//! where it is printed.

use std::fmt::Display;

use serde::{Serialize, Serializer};

use super::{Lang, Number};

/// What is said, in Dutch and in English. [`said!`](crate::said) makes one; a text without its other half does not compile.
///
/// A plain text is no `Said`: `Said::same` says aloud that both languages read the same. In machine-readable output (JSON) a
/// `Said` is its English text, whatever the language of the terminal, so that scripts do not depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// Dutch.
    nl: String,
    /// English.
    en: String,
}

impl Said {
    /// Both texts.
    pub(crate) fn new(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self { nl: nl.into(), en: en.into() }
    }

    /// A text that is the same in both languages: a name, a number, a line of TOML.
    pub(crate) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { nl: text.clone(), en: text }
    }

    /// What `text` gives for each language: for texts with parts that are said in a language
    /// themselves, such as numbers with a decimal comma.
    pub(crate) fn each(text: impl Fn(Lang) -> String) -> Self {
        Self { nl: text(Lang::Nl), en: text(Lang::En) }
    }

    /// Texts under each other.
    pub(crate) fn lines(texts: &[Said]) -> Self {
        Self::join(texts, "\n")
    }

    /// Texts with a mark between them, each in its language; the mark is the same in both.
    pub(crate) fn join(texts: &[Said], between: &str) -> Self {
        let join = |lang: Lang| texts.iter().map(|text| text.text(lang)).collect::<Vec<_>>().join(between);
        Self::each(join)
    }

    /// The text in the language of the reader.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.nl, &self.en)
    }

    /// The English text: what JSON holds and what programs compare.
    pub fn english(&self) -> &str {
        &self.en
    }

    /// This and then that, in each language.
    #[must_use]
    pub(crate) fn then(&self, more: &Self) -> Self {
        Self::each(|lang| format!("{}{}", self.text(lang), more.text(lang)))
    }

    /// The same change made to each text.
    #[must_use]
    pub(crate) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { nl: change(&self.nl), en: change(&self.en) }
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.nl.is_empty() && self.en.is_empty()
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// A fixed text in both languages, for lists that are made when the program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Dutch.
    nl: &'static str,
    /// English.
    en: &'static str,
}

impl Text {
    /// Both texts.
    pub(crate) const fn new(nl: &'static str, en: &'static str) -> Self {
        Self { nl, en }
    }

    /// The text in a language.
    pub(crate) const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Nl => self.nl,
            Lang::En => self.en,
        }
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        Self::new(text.nl, text.en)
    }
}

/// A part of a text, as it stands in a language: what has words of its own follows, numbers take the marks of the language, names
/// stay. It is what lets [`said!`](crate::said) take numbers, names and other texts alike.
///
/// There is no rule for all that can be displayed: a number with a decimal point would slip through it.
pub(crate) trait InLanguage {
    /// How it is shown.
    type Shown<'a>: Display
    where
        Self: 'a;

    /// The part in a language.
    fn in_lang(&self, lang: Lang) -> Self::Shown<'_>;
}

/// What reads the same in every language.
macro_rules! as_it_is {
    ($($kind:ty),+ $(,)?) => {
        $(impl InLanguage for $kind {
            type Shown<'a> = &'a $kind where Self: 'a;

            fn in_lang(&self, _: Lang) -> &$kind {
                self
            }
        })+
    };
}

as_it_is!(str, String, char, u8, u16, u32, u64, usize);

impl InLanguage for std::path::Display<'_> {
    type Shown<'a>
        = &'a Self
    where
        Self: 'a;

    fn in_lang(&self, _: Lang) -> &Self {
        self
    }
}

/// Numbers with a decimal mark or a sign.
macro_rules! as_number {
    ($($kind:ty),+ $(,)?) => {
        $(impl InLanguage for $kind {
            type Shown<'a> = Number<$kind>;

            fn in_lang(&self, lang: Lang) -> Number<$kind> {
                Number::new(*self, lang)
            }
        })+
    };
}

as_number!(f64, i32, i64);

/// What stands in a file, or is to be typed there or in a terminal: with its own marks in every language, so that it can be
/// copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsTyped<T>(pub T);

impl<T: Display> InLanguage for AsTyped<T> {
    type Shown<'a>
        = &'a T
    where
        T: 'a;

    fn in_lang(&self, _: Lang) -> &T {
        &self.0
    }
}

impl<T: InLanguage + ?Sized> InLanguage for &T {
    type Shown<'a>
        = T::Shown<'a>
    where
        Self: 'a;

    fn in_lang(&self, lang: Lang) -> T::Shown<'_> {
        (**self).in_lang(lang)
    }
}

impl InLanguage for Said {
    type Shown<'a> = &'a str;

    fn in_lang(&self, lang: Lang) -> &str {
        self.text(lang)
    }
}

impl InLanguage for Text {
    type Shown<'a> = &'static str;

    fn in_lang(&self, lang: Lang) -> &'static str {
        self.text(lang)
    }
}

/// A [`Said`](crate::language::Said) from a Dutch and an English text, each as in `format!`. Values stand behind the texts, in order or
/// with names, never inside the texts; those that are a `Said` themselves are shown in the language of the text around them, and numbers
/// with its marks (`said!("{n} {what}", "{n} {what}", n = arms.len(), what = said!("groepen", "arms"))`).
#[macro_export]
macro_rules! said {
    ($nl:literal, $en:literal $(,)?) => {
        // Through `concat!` a text cannot reach for a name around it, past the marks of its language.
        $crate::language::Said::new(
            ::std::format!(::std::concat!($nl)),
            ::std::format!(::std::concat!($en)),
        )
    };
    ($nl:literal, $en:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        $(let $name = &$value;)+
        $crate::language::Said::new(
            {
                $(let $name = $crate::language::InLanguage::in_lang($name, $crate::language::Lang::Nl);)+
                ::std::format!(::std::concat!($nl), $($name = $name),+)
            },
            {
                $(let $name = $crate::language::InLanguage::in_lang($name, $crate::language::Lang::En);)+
                ::std::format!(::std::concat!($en), $($name = $name),+)
            },
        )
    }};
    ($nl:literal, $en:literal, $($value:expr),+ $(,)?) => {
        $crate::language::Said::new(
            ::std::format!(::std::concat!($nl), $($crate::language::InLanguage::in_lang(&$value, $crate::language::Lang::Nl)),+),
            ::std::format!(::std::concat!($en), $($crate::language::InLanguage::in_lang(&$value, $crate::language::Lang::En)),+),
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_it() {
        let count = 3;
        let text = said!("{count} groepen", "{count} arms", count = count);
        assert_eq!((text.text(Lang::Nl), text.text(Lang::En)), ("3 groepen", "3 arms"));
        let named = said!("{n} groepen", "{n} arms", n = [1, 2].len());
        assert_eq!(named, Said::new("2 groepen", "2 arms"));
        assert_eq!(Said::each(|lang| lang.code().to_owned()), Said::new("nl", "en"));
        assert!(Said::default().is_empty() && Said::same("x") == Said::new("x", "x"));
    }

    #[test]
    fn parts_are_said_in_the_language_around_them() {
        let what = said!("groepen", "arms");
        assert_eq!(said!("{} {}", "{} {}", 2, what), Said::new("2 groepen", "2 arms"));
        let named = said!("{share:.1} van de {what}", "{share:.1} of the {what}", share = 0.25, what = &what);
        assert_eq!(named, Said::new("0,2 van de groepen", "0.2 of the arms"));
        let typed = said!("typ {}", "type {}", AsTyped(-0.5));
        assert_eq!(typed, Said::new("typ -0.5", "type -0.5"));
        assert_eq!(said!("op {x}", "at {x}", x = -1.5), Said::new("op −1,5", "at −1.5"));
        let fixed = Text::new("rij", "row");
        assert_eq!(said!("{} 1", "{} 1", fixed), Said::new("rij 1", "row 1"));
        assert_eq!(Said::from(fixed).map(str::to_uppercase), Said::new("RIJ", "ROW"));
        assert_eq!(Said::join(&[what, Said::same("a")], ", "), Said::new("groepen, a", "arms, a"));
    }

    #[test]
    fn machines_read_english() {
        assert_eq!(serde_json::to_string(&said!("geen", "none")).unwrap(), "\"none\"");
    }
}
