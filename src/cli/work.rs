//! Work of hours on the command line: going on after a stop, sharing it among machines, adding up.
//!
//! Chunks of replicates are written to `NAME.chunks` as they are finished, with a ticket that says of
//! which work they are. The same command typed again goes on from them; `--shard I/N` computes every
//! N-th part on another machine; `--merge` adds up. Since a replicate is a pure function of scenario
//! and number, and chunks are reduced in order, all roads give the same bits (`docs/large-runs.md`).

use std::path::{Path, PathBuf};

use clap::Args;

use super::console;
use super::language;
use crate::app::results::shell_word;
use crate::error::{Error, ErrorKind};
use crate::language::{Lang, Said};
use crate::report::kind::ResultKind;
use crate::said;
use crate::trial::store::{ChunkFolder, Missing, Mode, StoreError, Ticket, chunk_folder};

/// `--fresh --keep-chunks`
#[derive(Args, Debug)]
pub(super) struct ResumeArguments {
    /// Start over: remove what an earlier run that was stopped left in NAME.chunks
    #[arg(long)]
    fresh: bool,
    /// Keep the finished chunks (NAME.chunks) after the results are written
    #[arg(long)]
    keep_chunks: bool,
    /// Compute so many chunks of every stage again (what `stapjes verify --rerun` does) ...
    #[arg(long, hide = true, requires = "recheck_of", conflicts_with_all = ["fresh", "keep_chunks"])]
    recheck: Option<u32>,
    /// ... and compare them with the chunks of these results.
    #[arg(long, hide = true)]
    recheck_of: Option<PathBuf>,
}

/// `--fresh --keep-chunks --shard I/N --merge`
#[derive(Args, Debug)]
pub(super) struct WorkArguments {
    #[command(flatten)]
    resume: ResumeArguments,
    /// Compute one part of so many, into NAME.chunks; when all are there, `stapjes merge NAME` writes the results
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with_all = ["merge", "fresh"])]
    shard: Option<(u32, u32)>,
    /// Compute nothing: write the results from the chunks that are there (what `stapjes merge` does)
    #[arg(long, conflicts_with = "fresh")]
    merge: bool,
}

/// A shard and the number of all, from `I/N`, for clap: 1 to N, and N at most 100,000.
fn shard(text: &str) -> Result<(u32, u32), String> {
    let parts =
        text.split_once('/').and_then(|(number, all)| Some((number.parse().ok()?, all.parse().ok()?)));
    match parts {
        Some((number, all)) if (1..=all).contains(&number) && all <= 100_000 => Ok((number, all)),
        _ => Err(language::in_words(&said!(
            "moet zijn als 3/10: dit deel en hoeveel er zijn",
            "must be like 3/10: this part and how many there are"
        ))),
    }
}

/// The work of one command.
pub(super) struct Work {
    /// Where chunks are kept; locked for this process while it works.
    pub(super) folder: ChunkFolder,
    /// The folder of the results, named in what is said about going on.
    results: PathBuf,
    /// Whether chunks stay after the results are written (`--keep-chunks`), for a later `verify
    /// --rerun`.
    keep: bool,
    /// Which shard this process does, from 1, and of how many; `None`: all the work.
    shard: Option<(u32, u32)>,
    /// Nothing is told and no chunk is written: `verify` says what came of it.
    pub(super) silent: bool,
    /// The command's words, for what is printed.
    words: Vec<String>,
}

impl WorkArguments {
    /// Opens the work whose results go to `results`. `plan` holds everything that the numbers depend on.
    ///
    /// # Errors
    /// When what stands there is of another plan, or another process works on it.
    pub(super) fn open(&self, results: &Path, kind: ResultKind, plan: &[String]) -> Result<Work, Error> {
        let mode = match (self.merge, self.shard) {
            (true, _) => Mode::Merge,
            (false, Some((number, all))) => Mode::Shard(number, all),
            (false, None) => Mode::Resume,
        };
        Ok(Work { shard: self.shard, ..self.resume.open_as(mode, results, kind, plan)? })
    }
}

impl ResumeArguments {
    /// Opens work that cannot be divided over machines: each step builds on the one before.
    ///
    /// # Errors
    /// As [`WorkArguments::open`].
    pub(super) fn open(&self, results: &Path, kind: ResultKind, plan: &[String]) -> Result<Work, Error> {
        self.open_as(Mode::Resume, results, kind, plan)
    }

    /// Opens the folder of chunks in a mode: to go on, to do one shard, to merge, or to compute some
    /// chunks again and compare.
    ///
    /// With `--keep-chunks`, and for shards, chunks are written from the first on (`eager`); else only
    /// work that lasts long enough to be worth keeping makes a folder.
    fn open_as(&self, mode: Mode, results: &Path, kind: ResultKind, plan: &[String]) -> Result<Work, Error> {
        let results = self.recheck_of.as_deref().unwrap_or(results);
        let mode = self.recheck.map_or(mode, Mode::Recheck);
        let silent = self.recheck.is_some();
        let words = words();
        let here = std::env::current_dir().map(|here| here.display().to_string()).unwrap_or_default();
        let ticket = Ticket::new(kind.command(), plan, words.clone(), here);
        let eager = self.keep_chunks || mode != Mode::Resume;
        let opened = ChunkFolder::open(&chunk_folder(results), ticket, mode, self.fresh, eager);
        let folder = opened.map_err(|StoreError(why)| Error::cannot_create(why))?;
        let (results, keep) = (results.to_path_buf(), self.keep_chunks || silent);
        Ok(Work { folder, results, keep, shard: None, silent, words })
    }
}

/// The words of the command line without those that say which part to do: they are the same for every
/// shard, so that the ticket is.
fn words() -> Vec<String> {
    let mut all = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).skip(1);
    let mut words = vec!["stapjes".to_owned()];
    while let Some(word) = all.next() {
        if word == "--shard" {
            all.next();
        } else if !word.starts_with("--shard=") && word != "--merge" && word != "--fresh" {
            words.push(word);
        }
    }
    words
}

impl Work {
    /// What is left to do with an answer: `None` when a shard has done its part and there is nothing to write.
    ///
    /// # Errors
    /// Those of the answer, in words that say what is kept and how to go on.
    pub(super) fn outcome<T>(&self, answer: Result<T, Error>) -> Result<Option<T>, Error> {
        if let Some(why) = self.folder.failure() {
            console::tell(&said!(
                "stapjes: brokken die af zijn, konden niet bewaard worden: {why}",
                "stapjes: finished chunks could not be kept: {why}",
                why = why
            ));
        }
        match answer {
            Err(error) if error.kind() == ErrorKind::Stopped => Err(self.stopped(error)),
            Err(error) => Err(error),
            Ok(_) if self.shard.is_some() => {
                let (number, all) = self.shard.unwrap_or_default();
                let chunks = self.folder.path().display();
                let results = shell_word(&self.results.display().to_string());
                console::tell(&said!(
                    "deel {number}/{all} is af: de brokken staan in {chunks}; als alle delen af zijn: stapjes merge {results}",
                    "shard {number}/{all} is finished: its chunks stand in {chunks}; when all shards are: stapjes merge {results}",
                    number = number,
                    all = all,
                    chunks = chunks,
                    results = results
                ));
                Ok(None)
            }
            Ok(answer) => match self.folder.differing() {
                list if list.is_empty() => Ok(Some(answer)),
                list => {
                    let names: Vec<String> =
                        list.iter().map(|(stage, chunk)| format!("{stage} {chunk}")).collect();
                    let (names, count, of) = (names.join(", "), list.len(), self.folder.counts().0);
                    Err(Error::data(said!(
                        "brokken die opnieuw berekend andere sommen hebben: {names} ({count} van de {of} die dat werden)",
                        "chunks that have other sums when they are computed again: {names} ({count} of {of} that were)",
                        names = names,
                        count = count,
                        of = of
                    )))
                }
            },
        }
    }

    /// The results could not be written: what was computed is kept, and the error says so.
    pub(super) fn unwritten(&self, error: Error) -> Error {
        let (kept, reused) = self.folder.counts();
        if kept + reused == 0 {
            return error;
        }
        let go_on = self.go_on();
        let both = |lang: Lang| format!("{}\n{}", error.text(lang, false), go_on.text(lang));
        Error::new(error.kind(), Said::each(both))
    }

    /// Where the finished chunks are and the command that goes on from them, quoted for a shell.
    fn go_on(&self) -> Said {
        let (kept, reused) = self.folder.counts();
        let words: Vec<String> = self.words.iter().map(|word| shell_word(word)).collect();
        let shard = self.shard.map(|(number, all)| format!(" --shard {number}/{all}")).unwrap_or_default();
        let (chunks, path, words) = (kept + reused, self.folder.path().display(), words.join(" "));
        said!(
            "{chunks} brokken die af zijn, staan in {path}; ga verder met:\n  {words}{shard}",
            "{chunks} finished chunks are kept in {path}; go on with:\n  {words}{shard}",
            chunks = chunks,
            path = path,
            words = words,
            shard = shard
        )
    }

    /// The error of a stop, with how to go on. A merge that misses chunks stops too, before computing
    /// anything; it says which are missing.
    fn stopped(&self, error: Error) -> Error {
        let missing = self.folder.missing();
        if !missing.is_empty() {
            return Error::no_input(Said::each(|lang| self.incomplete(&missing, lang)));
        }
        let (kept, reused) = self.folder.counts();
        if kept + reused == 0 {
            return error;
        }
        let stopped = said!(
            "gestopt; eerdere resultaten zijn zoals ze waren en ",
            "stopped; earlier output is as it was and "
        );
        Error::stopped(stopped.then(&self.go_on()))
    }

    /// What other shards still have to do: missing chunks per stage, at most twenty by number, and the
    /// shards that have them.
    fn incomplete(&self, missing: &[Missing], lang: Lang) -> String {
        let path = self.folder.path().display();
        let mut text = match lang {
            Lang::Nl => format!("niet alle brokken staan in {path}:"),
            Lang::En => format!("not all chunks are in {path}:"),
        };
        for Missing { stage, of, chunks } in missing {
            let numbers: Vec<String> = chunks.iter().take(20).map(ToString::to_string).collect();
            let more = if chunks.len() > 20 { ", ..." } else { "" };
            let (count, numbers) = (chunks.len(), numbers.join(", "));
            text += &match lang {
                Lang::Nl => format!("\n  {stage}: {count} van {of} ontbreken: {numbers}{more}"),
                Lang::En => format!("\n  {stage}: {count} of {of} missing: {numbers}{more}"),
            };
        }
        if let Some((shards, of)) = self.folder.missing_shards() {
            let names: Vec<String> = shards.iter().map(|shard| format!("{shard}/{of}")).collect();
            text += lang.pick("\n  (opnieuw) te berekenen delen: ", "\n  shards to compute (again): ");
            text += &names.join(", ");
        }
        text
    }

    /// The results are in their place, or there is an answer without results: the chunks go, unless they are to stay.
    pub(super) fn finish(self) {
        if self.keep {
            return;
        }
        let path = self.folder.path().display().to_string();
        if let Err(error) = self.folder.finish() {
            console::tell(&said!(
                "stapjes: het antwoord is er, maar {path} kon niet worden verwijderd: {error}",
                "stapjes: the answer is there, but {path} could not be removed: {error}",
                error = crate::language::spoken(&error),
                path = path
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_so_many() {
        assert_eq!(shard("3/10"), Ok((3, 10)));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/1000000", "-1/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
