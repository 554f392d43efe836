//! `stapjes runs` and `stapjes merge`: unfinished work on disk.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;

use super::console;
use super::scenario_argument::quoted;
use crate::error::Error;
use crate::report::escape;
use crate::trial::store::{Ticket, Unfinished, chunk_folder, unfinished};

/// `stapjes runs [FOLDER]...`.
#[derive(Args, Debug)]
pub(super) struct RunsArguments {
    /// Where to look: folders of unfinished work, or folders that hold them [default: output and this folder]
    folders: Vec<PathBuf>,
    /// Remove the unfinished work that is found, unless a process is working on it
    #[arg(long)]
    clean: bool,
}

/// Lists unfinished work, or removes it.
pub(super) fn run(arguments: &RunsArguments) -> Result<(), Error> {
    let usual = || vec![PathBuf::from("output"), PathBuf::from(".")];
    let places = if arguments.folders.is_empty() { usual() } else { arguments.folders.clone() };
    let found: Vec<Unfinished> = places.iter().flat_map(|place| unfinished(place)).collect();
    if found.is_empty() {
        return console::data("no unfinished work\n");
    }
    for work in &found {
        console::data(&in_words(work))?;
        if arguments.clean && work.writer.is_none() {
            let shown = work.folder.display();
            work.remove().map_err(|error| Error::output(format!("cannot remove {shown}: {error}")))?;
            console::data("  removed\n")?;
        }
    }
    Ok(())
}

fn in_words(work: &Unfinished) -> String {
    let words: Vec<String> = work.ticket.words.iter().map(|word| quoted(&escape::clean(word))).collect();
    let age = work.changed.and_then(age).unwrap_or_else(|| "no chunks yet".to_owned());
    let writer = work.writer.as_ref().map(|who| format!("; {} is working on it", escape::clean(who)));
    format!(
        "{}: {} chunks, {:.1} MiB, {age}{}\n  {}\n",
        escape::name(&work.folder.display().to_string()),
        work.chunks,
        work.bytes as f64 / 1_048_576.0,
        writer.unwrap_or_default(),
        words.join(" "),
    )
}

#[allow(clippy::disallowed_methods, reason = "this is a door: the clock is read here")]
fn age(changed: SystemTime) -> Option<String> {
    let seconds = SystemTime::now().duration_since(changed).ok()?.as_secs();
    Some(match seconds {
        0..120 => format!("{seconds} s old"),
        120..7_200 => format!("{} minutes old", seconds / 60),
        7_200..172_800 => format!("{} hours old", seconds / 3_600),
        _ => format!("{} days old", seconds / 86_400),
    })
}

/// `stapjes merge NAME`.
#[derive(Args, Debug)]
pub(super) struct MergeArguments {
    /// The results that the shards were for: the folder named by their --out (its chunks stand in NAME.chunks)
    results: PathBuf,
}

/// The command line that writes the results of shards; the process then works in the folder where it was first typed.
pub(super) fn merge(arguments: &MergeArguments) -> Result<Vec<String>, Error> {
    let chunks = chunk_folder(&arguments.results);
    let ticket = Ticket::read(&chunks).map_err(|error| {
        Error::no_input(format!("{} holds no work of stapjes: {error}", chunks.display()))
    })?;
    if Path::new(&ticket.folder).is_dir() {
        // The words may name files relative to it; where it does not exist (another machine) this folder must do.
        let shown = &ticket.folder;
        std::env::set_current_dir(shown)
            .map_err(|error| Error::no_input(format!("cannot go to {shown}: {error}")))?;
    }
    let mut words = ticket.words;
    words.push("--merge".to_owned());
    Ok(words)
}
