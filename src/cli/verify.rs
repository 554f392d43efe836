//! `stapjes verify DIR`: is the folder what its manifests say, and do the numbers come out again?
//!
//! Two questions. The first costs a read of the files: are they, byte by byte, what the manifest lists?
//! The second (`--rerun`) computes some or all chunks again and compares: does this machine get the
//! same numbers? It is done by the command itself in a temporary folder, with a hidden flag that
//! compares instead of keeping.

use std::path::{Path, PathBuf};

use clap::Args;

use super::console;
use super::language::{LanguageArgument, in_words as told};
use crate::app::files;
use crate::app::verify::{Verification, Verified, verify};
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::escape;
use crate::report::kind::ResultKind;
use crate::report::manifest;
use crate::said;
use crate::trial::store::{Ticket, chunk_folder};

/// `stapjes verify DIR [--rerun CHUNKS]`.
#[derive(Args, Debug)]
pub(super) struct VerifyArguments {
    /// Folder with results
    folder: PathBuf,
    /// Also compute so many chunks of every stage again and compare them with those that --keep-chunks kept in DIR.chunks; all: every chunk, kept or not
    #[arg(long, value_name = "CHUNKS", value_parser = chunks)]
    rerun: Option<u32>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Print nothing but what does not hold
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Stands for `--rerun all`: every chunk, kept or not.
const ALL: u32 = u32::MAX;

/// A number of chunks from 1, or `all`, for clap.
fn chunks(text: &str) -> Result<u32, String> {
    match text.parse() {
        _ if text == "all" => Ok(ALL),
        Ok(count) if count > 0 => Ok(count),
        _ => Err(told(&said!(
            "moet een aantal brokken vanaf 1 zijn, of all",
            "must be a number of chunks from 1, or all"
        ))),
    }
}

/// A command that is done again in a folder of its own.
pub(super) struct Again {
    /// Its command line, changed to compute into `scratch` and compare.
    pub(super) words: Vec<String>,
    /// Where it was typed, from the ticket of its chunks; `None` when only the manifest is left, which
    /// does not know.
    pub(super) at: Option<PathBuf>,
    /// Which command's results.
    kind: ResultKind,
    /// The hash of the results that the manifest names.
    expected: String,
    /// Where they are made again; removed with this value.
    scratch: tempfile::TempDir,
}

/// Recomputes the hashes and says what was found; gives the commands that are to be done again.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) when the folder is not what its manifests say.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Vec<Again>, Error> {
    let found = verify(&arguments.folder)?;
    let lang = arguments.language.choose();
    if arguments.json {
        console::json(&files::json(&found)?)?;
    } else if !arguments.quiet || !found.holds() {
        console::data(&in_words(&found, lang))?;
    }
    if !found.holds() {
        let shown = arguments.folder.display();
        return Err(Error::data(said!(
            "{shown} is niet wat het manifest zegt",
            "{shown} is not what its manifest says",
            shown = shown
        )));
    }
    let Some(count) = arguments.rerun else { return Ok(Vec::new()) };
    found.results.iter().map(|verified| again(&arguments.folder, verified, count)).collect()
}

/// What was found, for people: one line per command with files, size and verdict, then what is missing,
/// changed or not listed. Files that are not ours are named and are no fault.
fn in_words(found: &Verification, lang: Lang) -> String {
    let mut text = String::new();
    for verified in &found.results {
        let (command, files, mib) = (verified.command, verified.files, verified.bytes as f64 / 1_048_576.0);
        let verdict = if verified.holds() {
            lang.pick("klopt", "holds")
        } else {
            lang.pick("KLOPT NIET", "DOES NOT HOLD")
        };
        let what = lang.pick("bestanden", "files");
        text += &format!("{command}: {files} {what}, {mib:.1} MiB: {verdict}\n");
        let lists = [
            (lang.pick("ontbreekt", "missing"), &verified.missing),
            (lang.pick("gewijzigd", "changed"), &verified.changed),
        ];
        for (what, path) in lists.iter().flat_map(|(what, list)| list.iter().map(move |path| (what, path))) {
            text += &format!("  {what}: {}\n", escape::name(path));
        }
        if !verified.results_hash_holds {
            text += lang.pick(
                "  de hash van de resultaten in het manifest is een andere\n",
                "  the hash of the results in the manifest is another\n",
            );
        }
        if !verified.same_versions {
            text += lang.pick(
                "  geschreven door een andere versie van het programma, het model of de toevalsstroom\n",
                "  written by another version of the program, the model or the random stream\n",
            );
        }
    }
    for path in &found.unlisted {
        let what = lang.pick("niet van stapjes", "not written by stapjes");
        text += &format!("{what}: {}\n", escape::name(&path.display().to_string()));
    }
    text
}

/// The command that wrote the results, made to compute a sample of its chunks again.
///
/// # Errors
/// `Usage` when that is impossible, with the reason: an unknown command, another version (its numbers
/// differ by right), or no kept chunks to compare with.
fn again(folder: &Path, verified: &Verified, count: u32) -> Result<Again, Error> {
    let command = verified.command;
    let refuse = |why: Said| {
        let start = said!(
            "--rerun: de resultaten van stapjes {command} ",
            "--rerun: the results of stapjes {command} ",
            command = command
        );
        Err(Error::usage(start.then(&why)))
    };
    let Some(kind) = ResultKind::ALL.into_iter().find(|kind| kind.command() == command) else {
        return refuse(said!("zijn van geen bekende opdracht", "are of no command that is known"));
    };
    if !verified.same_versions {
        return refuse(said!(
            "zijn door een andere versie geschreven, die andere getallen berekent",
            "were written by another version, which computes other numbers"
        ));
    }
    let chunks = chunk_folder(folder);
    let ticket = Ticket::read(&chunks).ok();
    let (words, at) = match ticket {
        Some(ticket) => (ticket.words, Some(PathBuf::from(ticket.folder))),
        None if count != ALL => {
            let shown = chunks.display();
            return refuse(said!(
                "hebben geen bewaarde brokken in {shown} (--keep-chunks): --rerun all berekent alles opnieuw",
                "have no chunks kept in {shown} (--keep-chunks): --rerun all computes everything again",
                shown = shown
            ));
        }
        None if verified.manifest.command_line.get(1).is_some_and(|word| word == "merge") => {
            return refuse(said!(
                "zijn uit delen samengevoegd en hun brokken zijn weg: reken het scenario opnieuw door",
                "were merged from shards and their chunks are gone: run the scenario again"
            ));
        }
        None => (verified.manifest.command_line.clone(), None),
    };
    let scratch = tempfile::tempdir().map_err(|error| {
        Error::output(said!(
            "geen tijdelijke map: {error}",
            "no temporary folder: {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let shown = |path: &Path| path.display().to_string();
    // What decides where and how results are written is taken off; what decides about numbers stays as
    // it was typed.
    let mut words = without(
        words,
        &["--out", "--progress", "--shard"],
        &["--json", "--quiet", "-q", "--keep-chunks", "--fresh", "--merge"],
    );
    words.extend(["--out".to_owned(), shown(&scratch.path().join("again"))]);
    words.extend(["--recheck".to_owned(), count.to_string(), "--recheck-of".to_owned(), shown(&absolute)]);
    if matches!(kind, ResultKind::Run | ResultKind::Compare) {
        words.push("--quiet".to_owned());
    }
    Ok(Again { words, at, kind, expected: verified.manifest.results_hash.clone(), scratch })
}

/// Words of a command line without some flags: `valued` have a value, as the next word or behind `=`;
/// `plain` have none.
fn without(words: Vec<String>, valued: &[&str], plain: &[&str]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
        if valued.contains(&name) {
            if name.len() == word.len() {
                words.next();
            }
        } else if !plain.contains(&word.as_str()) {
            kept.push(word);
        }
    }
    kept
}

impl Again {
    /// Compares the results with those of the folder.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data) when they are others.
    pub(super) fn compare(&self) -> Result<(), Error> {
        let command = self.kind.command();
        let written = manifest::read(&self.scratch.path().join("again"), self.kind).map_err(|error| {
            Error::output(said!(
                "de resultaten van stapjes {command} werden niet geschreven: {error}",
                "the results of stapjes {command} were not written: {error}",
                error = crate::language::spoken(&error),
                command = command
            ))
        })?;
        if written.results_hash != self.expected {
            let (file, new, expected) = (self.kind.results(), written.results_hash, &self.expected);
            return Err(Error::data(said!(
                "opnieuw berekend geeft stapjes {command} een {file} met de hash {new} waar de map {expected} heeft",
                "computed again, stapjes {command} gives {file} with the hash {new} where the folder has {expected}",
                command = command,
                file = file,
                new = new,
                expected = expected
            )));
        }
        let hash = &self.expected;
        console::tell(&said!(
            "stapjes {command}: opnieuw berekend, de resultaten zijn dezelfde ({hash})",
            "stapjes {command}: computed again, the results are the same ({hash})",
            command = command,
            hash = hash
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_taken_out_with_their_values() {
        let words = ["stapjes", "run", "a.toml", "--out", "x y", "--json", "--out=z", "--set", "a=--json"];
        let kept = without(words.map(str::to_owned).to_vec(), &["--out"], &["--json"]);
        assert_eq!(kept, ["stapjes", "run", "a.toml", "--set", "a=--json"]);
        assert_eq!(chunks("all"), Ok(ALL));
        assert_eq!(chunks("3"), Ok(3));
        assert!(chunks("0").is_err() && chunks("some").is_err());
    }
}
