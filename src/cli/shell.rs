//! Shell completions and the man page, both made from the command line itself.
//!
//! Neither is a file of the project: made from the flags themselves they cannot tell of a flag that is
//! gone.

use clap::Args;
use clap_complete::Shell;

use super::console;
use super::language::LanguageArgument;
use crate::error::Error;
use crate::language::Lang;
use crate::said;

/// `stapjes completions SHELL`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// Which shell
    shell: Shell,
    #[command(flatten)]
    language: LanguageArgument,
}

/// `stapjes man`.
#[derive(Args, Debug)]
pub(super) struct ManArguments {
    #[command(flatten)]
    language: LanguageArgument,
}

/// Prints the completions of a shell on stdout, to be put where that shell looks for them.
pub(super) fn completions(arguments: &CompletionsArguments) -> Result<(), Error> {
    let mut program = super::program(arguments.language.choose());
    let mut buffer = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, "stapjes", &mut buffer);
    console::data(&String::from_utf8_lossy(&buffer))
}

/// Prints the man page (roff) on stdout: the program, then each of its commands as `stapjes-NAME`;
/// hidden ones are left out.
pub(super) fn man(arguments: &ManArguments) -> Result<(), Error> {
    let lang = arguments.language.choose();
    let page = manual(lang).map_err(|error| {
        Error::output(said!(
            "de man-pagina kan niet worden geschreven: {error}",
            "cannot write the man page: {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    console::data(&page)
}

/// The man page in a language. The headings are those of the maker of the page, which knows one language.
fn manual(lang: Lang) -> std::io::Result<String> {
    let mut buffer = Vec::new();
    let command = super::program(lang);
    let mut render = |command: clap::Command| clap_mangen::Man::new(command).render(&mut buffer);
    let commands: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    render(command)?;
    for sub in commands.into_iter().filter(|sub| !sub.is_hide_set()) {
        let name = format!("stapjes-{}", sub.get_name());
        render(sub.display_name(name))?;
    }
    let page = String::from_utf8_lossy(&buffer);
    let line = |line: &str| match lang {
        Lang::En => line.to_owned(),
        Lang::Nl => HEADINGS
            .iter()
            .find(|(english, _)| line.strip_prefix(".SH ") == Some(english))
            .map_or_else(|| line.to_owned(), |(_, dutch)| format!(".SH {dutch}")),
    };
    Ok(page.lines().map(|text| line(text) + "\n").collect())
}

/// The headings of a man page in English and in Dutch.
const HEADINGS: &[(&str, &str)] = &[
    ("NAME", "NAAM"),
    ("SYNOPSIS", "SAMENVATTING"),
    ("DESCRIPTION", "BESCHRIJVING"),
    ("OPTIONS", "OPTIES"),
    ("SUBCOMMANDS", "OPDRACHTEN"),
    ("EXTRA", "VERDER"),
    ("VERSION", "VERSIE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_of_the_dutch_man_page_is_dutch() {
        let page = manual(Lang::Nl).unwrap();
        let known: Vec<&str> = HEADINGS.iter().map(|(_, dutch)| *dutch).collect();
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        assert!(
            headings.len() > 60 && headings.iter().all(|heading| known.contains(heading)),
            "{headings:?}"
        );
        assert!(!page.contains("[default") && !page.contains("Possible values"), "{page}");
        assert!(manual(Lang::En).unwrap().contains(".SH SYNOPSIS"));
    }
}
