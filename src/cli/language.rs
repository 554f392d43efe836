//! `--lang nl|en`, else `STAPJES_LANG`, else the locale, else Dutch.

use clap::Args;

use crate::report::language::Lang;

/// The language of a report.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LanguageArgument {
    /// Language of what is written for people: nl or en [default: STAPJES_LANG, else the locale, else nl]
    #[arg(long, value_name = "LANGUAGE", value_parser = parse)]
    lang: Option<Lang>,
}

impl LanguageArgument {
    /// The language to write in; reads the environment.
    pub(super) fn choose(self) -> Lang {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
        Lang::choose(self.lang, variable("STAPJES_LANG").as_deref(), locale.as_deref())
    }
}

pub(super) fn parse(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "must be nl or en".to_owned())
}
