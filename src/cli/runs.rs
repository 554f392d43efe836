//! `stapjes runs` and `stapjes merge`: unfinished work on disk.
//!
//! A command of hours keeps its finished chunks in `NAME.chunks` beside the folder of its results, with
//! a ticket: the command line, the folder in which it was typed, and a hash of everything that the
//! numbers depend on. `runs` shows these folders, `merge` makes results of them when other machines
//! have computed the parts.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use super::console;
use super::language::LanguageArgument;
use crate::app::results::shell_word;
use crate::error::Error;
use crate::language::Lang;
use crate::report::escape;
use crate::report::folder;
use crate::report::number;
use crate::said;
use crate::trial::store::{Ticket, Unfinished, chunk_folder, unfinished};

/// `stapjes runs [FOLDER]...`.
#[derive(Args, Debug)]
pub(super) struct RunsArguments {
    /// Where to look: folders of unfinished work, or folders that hold them [default: output and this folder]
    folders: Vec<PathBuf>,
    /// Remove the unfinished work that is found, unless a process is working on it
    #[arg(long)]
    clean: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Lists unfinished work, or removes it. Work that another process is writing is listed and never
/// removed: its chunks would vanish under it.
///
/// # Errors
/// `Output` for a folder that cannot be removed.
pub(super) fn run(arguments: &RunsArguments) -> Result<(), Error> {
    let usual = || vec![PathBuf::from("output"), PathBuf::from(".")];
    let places = if arguments.folders.is_empty() { usual() } else { arguments.folders.clone() };
    let found: Vec<Unfinished> = places.iter().flat_map(|place| unfinished(place)).collect();
    let lang = arguments.language.choose();
    if found.is_empty() {
        return console::data(lang.pick("geen onaf werk\n", "no unfinished work\n"));
    }
    for work in &found {
        console::data(&in_words(work, lang))?;
        if arguments.clean && work.writer.is_none() {
            let shown = work.folder.display();
            work.remove().map_err(|error| {
                Error::output(said!(
                    "kan {shown} niet verwijderen: {error}",
                    "cannot remove {shown}: {error}",
                    error = crate::language::spoken(&error),
                    shown = shown
                ))
            })?;
            console::data(lang.pick("  verwijderd\n", "  removed\n"))?;
        }
    }
    Ok(())
}

/// One unfinished run in two lines: folder, chunks, size (MiB), age and who is working on it; then the
/// command line that it belongs to. Words of a ticket come from a file and are cleaned of control
/// characters.
fn in_words(work: &Unfinished, lang: Lang) -> String {
    let words: Vec<String> = work.ticket.words.iter().map(|word| shell_word(&escape::clean(word))).collect();
    let none = || lang.pick("nog geen brokken", "no chunks yet").to_owned();
    let age = work.changed.and_then(|changed| age(changed, lang)).unwrap_or_else(none);
    let works = lang.pick("werkt eraan", "is working on it");
    let writer = work.writer.as_ref().map(|who| format!("; {} {works}", escape::clean(who)));
    let chunks = lang.pick("brokken", "chunks");
    format!(
        "{}: {} {chunks}, {} MiB, {age}{}\n  {}\n",
        escape::name(&work.folder.display().to_string()),
        work.chunks,
        number::decimal(lang, work.bytes as f64 / 1_048_576.0, 1),
        writer.unwrap_or_default(),
        words.join(" "),
    )
}

/// How long ago it was changed, in the largest unit that still gives two or more; `None` for a time in
/// the future, which a file from another machine may have.
#[allow(clippy::disallowed_methods, reason = "this is a door: the clock is read here")]
fn age(changed: SystemTime, lang: Lang) -> Option<String> {
    let seconds = SystemTime::now().duration_since(changed).ok()?.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "s"),
        120..7_200 => (seconds / 60, lang.pick("minuten", "minutes")),
        7_200..172_800 => (seconds / 3_600, lang.pick("uur", "hours")),
        _ => (seconds / 86_400, lang.pick("dagen", "days")),
    };
    Some(format!("{count} {unit} {}", lang.pick("oud", "old")))
}

/// `stapjes merge NAME`.
#[derive(Args, Debug)]
pub(super) struct MergeArguments {
    /// The results that the shards were for: the folder named by their --out (its chunks stand in NAME.chunks)
    results: PathBuf,
}

/// The command line that writes the results of shards, with `--merge`. It changes the folder of the
/// process to the one where the command was first typed, since the words may name files relative to it.
///
/// # Errors
/// `NoInput` when no work stands in the folder of chunks, or the folder of the ticket cannot be
/// entered.
pub(super) fn merge(arguments: &MergeArguments) -> Result<Vec<String>, Error> {
    // Everything may have been merged before, up to clearing up.
    folder::tidy(&arguments.results);
    let chunks = chunk_folder(&arguments.results);
    let ticket = Ticket::read(&chunks).map_err(|error| {
        let shown = chunks.display();
        Error::no_input(said!(
            "in {shown} staat geen werk van stapjes: {error}",
            "{shown} holds no work of stapjes: {error}",
            error = crate::language::spoken(&error),
            shown = shown
        ))
    })?;
    if Path::new(&ticket.folder).is_dir() {
        // The words may name files relative to it; where it does not exist (another machine) this folder must do.
        let shown = &ticket.folder;
        std::env::set_current_dir(shown).map_err(|error| {
            Error::no_input(said!(
                "kan niet naar {shown} gaan: {error}",
                "cannot go to {shown}: {error}",
                error = crate::language::spoken(&error),
                shown = shown
            ))
        })?;
    }
    let mut words = ticket.words;
    words.push("--merge".to_owned());
    Ok(words)
}
