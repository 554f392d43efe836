//! Shell completions and the man page, both made from the command line itself.
//!
//! Neither is a file of the project: made from the flags themselves they cannot tell of a flag that is
//! gone.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Arguments;
use super::console;
use crate::error::Error;
use crate::said;

/// `stapjes completions SHELL`.
#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// Which shell
    shell: Shell,
}

/// Prints the completions of a shell on stdout, to be put where that shell looks for them.
pub(super) fn completions(arguments: &CompletionsArguments) -> Result<(), Error> {
    let mut buffer = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "stapjes", &mut buffer);
    console::data(&String::from_utf8_lossy(&buffer))
}

/// Prints the man page (roff) on stdout: the program, then each of its commands as `stapjes-NAME`;
/// hidden ones are left out.
pub(super) fn man() -> Result<(), Error> {
    let mut buffer = Vec::new();
    let command = Arguments::command();
    let mut render = |command: clap::Command| clap_mangen::Man::new(command).render(&mut buffer);
    let commands: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    let rendered = render(command).and_then(|()| {
        commands.into_iter().filter(|sub| !sub.is_hide_set()).try_for_each(|sub| {
            let name = format!("stapjes-{}", sub.get_name());
            render(sub.display_name(name))
        })
    });
    rendered.map_err(|error| {
        Error::output(said!(
            "de man-pagina kan niet worden geschreven: {error}",
            "cannot write the man page: {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    console::data(&String::from_utf8_lossy(&buffer))
}
