//! `--lang nl|en`, else `STAPJES_LANG`, else the locale, else Dutch.
//!
//! Dutch is the default because those who plan these studies are Dutch. Reports, help and errors follow
//! the same choice; data files (CSV, JSON) have no language, so that a script reads the same keys
//! anywhere.

use clap::Args;

use crate::language::{Lang, Said};
use crate::said;

/// The language of what a person reads.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LanguageArgument {
    /// Language of what is written for people: nl or en [default: STAPJES_LANG, else the locale, else nl]
    #[arg(long, value_name = "LANGUAGE", value_parser = parse)]
    lang: Option<Lang>,
}

impl LanguageArgument {
    /// The language to write in: that of the flag, before the command or after it, else that of the
    /// environment.
    pub(super) fn choose(self) -> Lang {
        self.lang.unwrap_or_else(of_errors)
    }
}

/// The language that the flag or the environment asks for. An empty variable counts as not set, as
/// everywhere in Unix; `LC_ALL` wins over `LC_MESSAGES`, and that over `LANG`, as POSIX orders them.
fn chosen(flag: Option<Lang>) -> Lang {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = variable("LC_ALL").or_else(|| variable("LC_MESSAGES")).or_else(|| variable("LANG"));
    Lang::choose(flag, variable("STAPJES_LANG").as_deref(), locale.as_deref())
}

/// The language of what goes wrong: as asked for on the command line, of whatever command, else from
/// the environment. It is read from the raw words, because clap may be the one that has something to
/// say about them.
pub(super) fn of_errors() -> Lang {
    chosen(asked(std::env::args_os().skip(1)))
}

/// The value of the last `--lang` among words that need not make a valid command line; `None` when
/// there is none that can be read. Both spellings count, `--lang nl` and `--lang=nl`.
fn asked(words: impl Iterator<Item = std::ffi::OsString>) -> Option<Lang> {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let apart = words.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1].as_str());
    let joined = words.iter().filter_map(|word| word.strip_prefix("--lang="));
    apart.chain(joined).filter_map(Lang::parse).next_back()
}

/// What is wrong with a value on the command line, in the language of what goes wrong.
pub(super) fn in_words(said: &Said) -> String {
    said.text(of_errors()).to_owned()
}

/// A language for clap: `nl` or `en`.
pub(super) fn parse(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| in_words(&said!("moet nl of en zijn", "must be nl or en")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_on_a_command_line_that_makes_no_sense() {
        let asked = |line: &str| asked(line.split(' ').map(Into::into));
        assert_eq!(asked("runn --lang en --rubbish"), Some(Lang::En));
        assert_eq!(asked("--lang=nl"), Some(Lang::Nl));
        assert_eq!(asked("run --lang"), None);
        assert_eq!(asked("run --lang de"), None);
    }
}
