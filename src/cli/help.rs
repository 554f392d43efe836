//! `stapjes help [COMMAND]`: what `stapjes COMMAND --help` says.
//!
//! Clap has such a command of its own, but it takes no flags (`--lang`) and speaks English only.

use std::ffi::OsString;

use clap::Args;

use super::language::LanguageArgument;

/// `stapjes help [COMMAND]`.
#[derive(Args, Debug)]
pub(super) struct HelpArguments {
    /// The command that help is asked about [default: the whole program]
    command: Option<OsString>,
    #[command(flatten)]
    language: LanguageArgument,
}

impl HelpArguments {
    /// The words that ask the command itself for its help. The language is not among them: it is read
    /// from what was typed.
    pub(super) fn words(&self) -> Vec<OsString> {
        let words = [Some("stapjes".into()), self.command.clone(), Some("--help".into())];
        words.into_iter().flatten().collect()
    }
}
