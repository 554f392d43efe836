//! What every long command has: its flags, and its way from the request to the last word.
//!
//! A long command (`run`, `power`, `duration`, `compare`, `calibrate`, `sensitivity`, `value`,
//! `patterns`) goes through the same stations: `LongArguments::context` says what it may use, its
//! request is checked against that, the place of the results is looked at (`target`), earlier work is
//! opened, and a `Job` computes, writes, removes the kept chunks and prints. They stand here once
//! because their order is what keeps the promises: nothing is made before it is known that it can be
//! finished, and chunks go only when the results stand.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::console;
use super::interrupt;
use super::language::LanguageArgument;
use super::machine;
use super::progress::{Progress, ProgressForm};
use super::provenance::{Clock, tell_written};
use super::scenario_argument::{LimitArguments, available_threads};
use super::work::Work;
use crate::app::results::{self, Destination, Provenance, Written};
use crate::app::{Context, LimitOverrides, Stop, files};
use crate::error::Error;
use crate::report::kind::ResultKind;
use crate::report::language::Lang;
use crate::scenario::resources::ResourceEstimate;
use crate::trial::Chunks;

/// `--threads N --out DIR --quiet --json --progress FORM --lang LANGUAGE` and the limits.
#[derive(Args, Debug)]
pub(super) struct LongArguments {
    #[command(flatten)]
    limits: LimitArguments,
    /// Threads; changes the speed, never the results [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Also write the results to this folder
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Print no tables, no progress, no warnings and not where the files are
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// How progress is told on stderr: auto (a bar on a terminal, else a line every 30 s), json (a document a line, at most one a second) or none
    #[arg(long, value_name = "FORM", default_value = "auto")]
    progress: ProgressForm,
    #[command(flatten)]
    language: LanguageArgument,
}

impl LongArguments {
    /// The context of the request before anybody watches: threads, and the limits with the memory that
    /// this machine still has. [`Job::answer`] adds the stop flag, the progress and the kept chunks.
    pub(super) fn context(&self) -> Context<'static> {
        let threads = self.threads.map_or_else(available_threads, usize::from);
        let limits =
            LimitOverrides { free_memory_gib: machine::free_memory_gib(threads), ..self.limits.limits() };
        Context { limits, ..Context::new(threads) }
    }

    /// The language of pages, tables and messages of this command.
    pub(super) fn lang(&self) -> Lang {
        self.language.choose()
    }

    /// The folder named by `--out`, else the usual one of the command. It names the chunks too, so it
    /// is asked for even when no results will be written.
    pub(super) fn folder(&self, usual: impl FnOnce() -> PathBuf) -> PathBuf {
        self.out.clone().unwrap_or_else(usual)
    }

    /// Starts the clock on a request that may start. `target` was looked at; `work` is where finished chunks are kept.
    pub(super) fn begin<'a>(
        &'a self,
        target: Option<Destination>,
        work: Option<Work>,
        stop: &'a Stop,
    ) -> Job<'a> {
        Job { flags: self, target, work, stop, clock: Clock::start(self.context().threads) }
    }

    /// Looks at the folder named by `--out`, if any, and at the room there, before anything is computed.
    ///
    /// # Errors
    /// As [`results::check`] and [`results::require_room`].
    pub(super) fn target(
        &self,
        kind: ResultKind,
        needs: &ResourceEstimate,
    ) -> Result<Option<Destination>, Error> {
        let Some(folder) = &self.out else { return Ok(None) };
        results::check(folder, kind, &[]).and_then(|target| self.with_room(target, needs)).map(Some)
    }

    /// A place that was looked at, when it has room.
    ///
    /// # Errors
    /// As [`results::require_room`].
    pub(super) fn with_room(
        &self,
        target: Destination,
        needs: &ResourceEstimate,
    ) -> Result<Destination, Error> {
        results::require_room(&target, needs, &self.limits.limits())?;
        Ok(target.or_in(std::env::temp_dir()))
    }
}

/// A long request under way.
pub(super) struct Job<'a> {
    /// The flags that all long commands share: whether to print, in which form and language.
    flags: &'a LongArguments,
    /// Where results go, looked at before computing; `None` writes no files, only prints.
    target: Option<Destination>,
    /// Where finished chunks are kept; `None` for work that is over in minutes or cannot be cut up.
    work: Option<Work>,
    /// Set by a signal, read by the loops over replicates.
    stop: &'a Stop,
    /// When the computing began, for the manifest.
    clock: Clock,
}

impl Job<'_> {
    /// Whether not even a line is wanted: `verify --rerun` repeats a command and tells the outcome
    /// itself.
    fn is_silent(&self) -> bool {
        self.work.as_ref().is_some_and(|work| work.silent)
    }

    /// Whether progress and remarks are left out: `--quiet`, or a silent repetition. The answer itself
    /// is decided upon separately, since `--quiet --json` still prints the document.
    fn is_quiet(&self) -> bool {
        self.flags.quiet || self.is_silent()
    }

    /// Answers the request while Ctrl-C is listened to and progress is told; `None` when a shard has done its part.
    ///
    /// # Errors
    /// Those of the request, and of listening for Ctrl-C.
    pub(super) fn answer<T>(
        &self,
        request: impl FnOnce(&Context<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        // Only now: a Ctrl-C while the scenario is read may end the process in the usual way.
        interrupt::listen(self.stop)?;
        let form = if self.is_quiet() { ProgressForm::None } else { self.flags.progress };
        let progress = Progress::start(form);
        let tell = |so_far| progress.show(so_far);
        let chunks = self.work.as_ref().map(|work| &work.folder as &dyn Chunks);
        let context =
            Context { stop: self.stop.clone(), progress: Some(&tell), chunks, ..self.flags.context() };
        // Everything is computed in this one call; what follows only tells and keeps.
        let answer = request(&context);
        progress.finish();
        match &self.work {
            Some(work) => work.outcome(answer),
            None => answer.map(Some),
        }
    }

    /// Ends without results: what was computed is of no further use, and its chunks go.
    pub(super) fn end_without(self) {
        self.work.into_iter().for_each(Work::finish);
    }

    /// Writes the results to their folder, if they have one; the finished chunks go when that has succeeded.
    ///
    /// # Errors
    /// Those of `write`, with what is kept.
    pub(super) fn write(
        self,
        write: impl FnOnce(Lang, Provenance, Destination) -> Result<Written, Error>,
    ) -> Result<Option<Written>, Error> {
        let quiet = self.is_quiet();
        let written = match self.target {
            Some(target) => match write(self.flags.lang(), self.clock.provenance(), target) {
                Ok(written) => Some(written),
                Err(error) => return Err(self.work.map_or(error.clone(), |work| work.unwritten(error))),
            },
            None => None,
        };
        self.work.into_iter().for_each(Work::finish);
        if let Some(written) = written.as_ref().filter(|_| !quiet) {
            tell_written(written);
        }
        Ok(written)
    }

    /// [`Job::write`], then the answer on stdout: as one JSON document or in words.
    ///
    /// # Errors
    /// As [`Job::write`]; those of printing.
    pub(super) fn end<T: Serialize>(
        self,
        answer: &T,
        write: impl FnOnce(Lang, Provenance, Destination) -> Result<Written, Error>,
        words: impl FnOnce(Lang) -> String,
    ) -> Result<(), Error> {
        let (json, quiet, lang) = (self.flags.json, self.flags.quiet, self.flags.lang());
        let silent = self.is_silent();
        self.write(write)?;
        if silent {
            return Ok(());
        }
        match (json, quiet) {
            (true, _) => console::json(&files::json(answer)?),
            (false, true) => Ok(()),
            (false, false) => console::data(&words(lang)),
        }
    }
}
