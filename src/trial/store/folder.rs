//! The folder of chunks of one command.
//!
//! Who may write is decided by a lock of the operating system, which ends with its process however that
//! dies: a killed run leaves no lock that somebody must remove by hand. Shards have a lock each,
//! because they write different chunks. What cannot be written (a full disk) stops the keeping and not
//! the computing.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::file::{self, Unusable};
use super::ticket::{TICKET, Ticket};
use crate::disk;
use crate::language::Said;
use crate::said;
use crate::trial::chunks_api::{Chunks, Fate, Stage};

/// Work that is over within this time leaves no trace on disk: nobody misses it.
const WORTH_KEEPING: Duration = Duration::from_secs(5);
/// Ending of a chunk's name.
const ENDING: &str = "chunk";
/// Name of the lock; that of a shard has its number behind it.
const LOCK: &str = "lock";

/// How a command uses its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything that is not there is computed.
    Resume,
    /// The chunks of this shard only, of so many: 1-based.
    Shard(u32, u32),
    /// Nothing is computed: every chunk must be there.
    Merge,
    /// So many chunks of every stage are computed again and compared with those that are there; nothing is written.
    Recheck(u32),
}

/// Chunks of a stage that are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The stage.
    pub stage: String,
    /// How many chunks it has.
    pub of: u32,
    /// Those that are missing, by number from 0.
    pub chunks: Vec<u32>,
}

/// Why the folder cannot be used: one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoreError(pub Said);

/// Where the chunks of results are kept: beside them.
pub(crate) fn chunk_folder(results: &Path) -> PathBuf {
    let name = results.file_name().unwrap_or_default().to_string_lossy();
    results.with_file_name(format!("{name}.chunks"))
}

/// The folder of chunks of one command; see [`Mode`].
#[derive(Debug)]
pub(crate) struct ChunkFolder {
    /// The folder, which need not exist yet.
    path: PathBuf,
    /// What the work is, so that chunks of other work are refused.
    ticket: Ticket,
    /// What this process does of it.
    mode: Mode,
    /// Whether it is made at once.
    eager: bool,
    /// When the work began: short work is not kept.
    started: Instant,
    /// What changes while the work goes on.
    state: Mutex<State>,
}

/// What a process knows of its folder.
#[derive(Debug, Default)]
struct State {
    /// Held while this process lives; `None` while there is no folder yet.
    lock: Option<File>,
    /// Chunks written by this process.
    kept: u32,
    /// Chunks that were there.
    reused: u32,
    /// Chunks that another shard has still to write.
    missing: Vec<Missing>,
    /// Why nothing more is written, as the system said it; `None` while all goes well.
    failure: Option<String>,
    /// Chunks that came out otherwise when they were computed again: stage and number.
    differing: Vec<(String, u32)>,
}

impl ChunkFolder {
    /// Opens the folder when it is there; else it is made when there is something to keep: at once when `eager`, otherwise
    /// when the work has taken some seconds. `fresh` removes unfinished work that is there, of whatever plan.
    ///
    /// # Errors
    /// [`StoreError`] when what stands there is not unfinished work of this plan, or another process is writing it.
    pub(crate) fn open(
        path: &Path,
        ticket: Ticket,
        mode: Mode,
        fresh: bool,
        eager: bool,
    ) -> Result<Self, StoreError> {
        let folder = Self {
            path: path.to_path_buf(),
            ticket,
            mode,
            eager,
            started: Instant::now(),
            state: Mutex::default(),
        };
        if path.symlink_metadata().is_err() {
            return match mode {
                Mode::Merge => {
                    let shown = path.display();
                    Err(StoreError(said!(
                        "er zijn geen brokken: {shown} bestaat niet",
                        "there are no chunks: {shown} does not exist",
                        shown = shown
                    )))
                }
                _ => Ok(folder),
            };
        }
        folder.require_ours(fresh)?;
        if matches!(mode, Mode::Recheck(_)) {
            return Ok(folder);
        }
        let lock = folder.lock().map_err(|error| folder.busy(&error))?;
        if fresh {
            let removed = remove(path);
            drop(lock);
            let shown = path.display();
            removed.map_err(|error| {
                StoreError(said!(
                    "kan {shown} niet verwijderen: {error}",
                    "cannot remove {shown}: {error}",
                    error = crate::language::spoken(&error),
                    shown = shown
                ))
            })?;
            return Ok(folder);
        }
        folder.refuse_foreign_chunks()?;
        folder.state().lock = Some(lock);
        Ok(Self { eager: true, ..folder })
    }

    /// Where the chunks are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Chunks that this process kept, and those that it found and used.
    pub(crate) fn counts(&self) -> (u32, u32) {
        let state = self.state();
        (state.kept, state.reused)
    }

    /// Chunks that a merge misses, by stage.
    pub(crate) fn missing(&self) -> Vec<Missing> {
        self.state().missing.clone()
    }

    /// The shards that have not finished, and how many there are; `None` when no shard ever wrote here.
    pub(crate) fn missing_shards(&self) -> Option<(Vec<u32>, u32)> {
        let entries = fs::read_dir(&self.path).ok()?.filter_map(Result::ok);
        let of = |entry: fs::DirEntry| {
            let aid = entry.file_name().to_string_lossy().starts_with("lock-");
            let text = aid.then(|| fs::read_to_string(entry.path()).ok()).flatten()?;
            text.rsplit_once('/')?.1.parse::<u32>().ok()
        };
        let shards = entries.filter_map(of).max().filter(|&shards| shards > 0)?;
        let missing = self.missing();
        let lacks = |number: &u32| {
            let missing_here = |missing: &Missing| {
                let share = share(*number, shards, missing.of);
                missing.chunks.iter().any(|chunk| share.contains(chunk))
            };
            missing.iter().any(missing_here)
        };
        Some(((1..=shards).filter(lacks).collect(), shards))
    }

    /// Chunks that came out otherwise when they were computed again.
    pub(crate) fn differing(&self) -> Vec<(String, u32)> {
        self.state().differing.clone()
    }

    /// Why chunks could not be kept, if so.
    pub(crate) fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    /// The results are in their place: removes the folder.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub(crate) fn finish(self) -> io::Result<()> {
        let there = self.state().lock.is_some();
        if there { remove(&self.path) } else { Ok(()) }
    }

    /// The state; a thread that panicked does not lock others out.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses a folder with other work.
    fn require_ours(&self, fresh: bool) -> Result<(), StoreError> {
        let shown = self.path.display();
        // A process may have been killed before it had written what this is.
        let empty = fs::read_dir(&self.path)
            .is_ok_and(|entries| entries.filter_map(Result::ok).all(|entry| is_aid(&entry.file_name())));
        match Ticket::read(&self.path) {
            Ok(there) if there.key == self.ticket.key || fresh => Ok(()),
            Ok(there) => {
                let words = there.words.join(" ");
                Err(StoreError(said!(
                    "in {shown} staat onaf werk van een ander scenario, plan of andere versie:\n  {words}\n\
                     ga daarmee verder, of begin opnieuw met --fresh",
                    "{shown} holds unfinished work of another scenario, plan or version:\n  {words}\n\
                     go on with that, or start over with --fresh",
                    shown = shown,
                    words = words
                )))
            }
            Err(_) if empty && !matches!(self.mode, Mode::Recheck(_)) => {
                self.ticket.write(&self.path).map_err(|error| self.cannot_write(&error))
            }
            Err(_) => Err(StoreError(said!(
                "{shown} bestaat en is geen onaf werk van stapjes (er is geen {ticket} in); verplaats het",
                "{shown} exists and is not unfinished work of stapjes (it has no {ticket}); move it",
                shown = shown,
                ticket = TICKET
            ))),
        }
    }

    /// Name of this process's lock: shards have one each.
    fn lock_name(&self) -> String {
        match self.mode {
            Mode::Shard(number, _) => format!("{LOCK}-{number}"),
            _ => LOCK.to_owned(),
        }
    }

    /// Takes the lock and writes in it who has it.
    ///
    /// # Errors
    /// `WouldBlock` when another process has it; those of making the file.
    fn lock(&self) -> io::Result<File> {
        let path = self.path.join(self.lock_name());
        let mut lock = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        match lock.try_lock() {
            Ok(()) => {
                lock.set_len(0)?;
                let shard = match self.mode {
                    Mode::Shard(number, of) => format!(", shard {number}/{of}"),
                    _ => String::new(),
                };
                io::Write::write_all(&mut lock, format!("process {}{shard}", std::process::id()).as_bytes())?;
            }
            Err(fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // Where files cannot be locked, chunks are still written whole.
            Err(fs::TryLockError::Error(_)) => {}
        }
        Ok(lock)
    }

    /// The folder cannot be written.
    fn cannot_write(&self, error: &io::Error) -> StoreError {
        let shown = self.path.display();
        StoreError(said!(
            "kan niet naar {shown} schrijven: {error}",
            "cannot write to {shown}: {error}",
            error = crate::language::spoken(error),
            shown = shown
        ))
    }

    /// What is said when another process holds the lock: who, as it wrote there, and for a shard that
    /// the other need not be waited for by all.
    fn busy(&self, error: &io::Error) -> StoreError {
        let shown = self.path.display();
        if error.kind() != io::ErrorKind::WouldBlock {
            return self.cannot_write(error);
        }
        let who = fs::read_to_string(self.path.join(self.lock_name())).unwrap_or_default();
        let who = if who.is_empty() { said!("een ander proces", "another process") } else { Said::same(who) };
        StoreError(match self.mode {
            Mode::Shard(number, of) => said!(
                "deel {number}/{of} wordt al berekend: {who} schrijft in {shown}",
                "shard {number}/{of} is being computed already: {who} writes in {shown}",
                number = number,
                of = of,
                who = who,
                shown = shown
            ),
            _ => said!(
                "{who} werkt hieraan: het schrijft in {shown}",
                "{who} is working on this: it writes in {shown}",
                who = who,
                shown = shown
            ),
        })
    }

    /// A chunk of another plan among ours is no accident of this program: it is named, not overwritten.
    fn refuse_foreign_chunks(&self) -> Result<(), StoreError> {
        for path in files(&self.path, ENDING) {
            let Some((stage, chunk)) = parts(&path) else { continue };
            let Ok(bytes) = fs::read(&path) else { continue };
            if file::decode(&bytes, &self.ticket.key, &stage, chunk) == Err(Unusable::Foreign) {
                let shown = path.display();
                return Err(StoreError(said!(
                    "{shown} is een brok van een ander scenario of plan; verwijder het, of begin opnieuw met --fresh",
                    "{shown} is a chunk of another scenario or plan; remove it, or start over with --fresh",
                    shown = shown
                )));
            }
        }
        Ok(())
    }

    /// File of a chunk: `STAGE.NUMBER.chunk`, the number in six digits so that a listing is in order.
    fn chunk_path(&self, stage: Stage<'_>, chunk: u32) -> PathBuf {
        self.path.join(format!("{}.{chunk:06}.{ENDING}", stage.name))
    }

    /// Makes the folder when there is something to keep; false when it is not worth it yet.
    fn ready(&self, state: &mut State) -> io::Result<bool> {
        if state.lock.is_some() {
            return Ok(true);
        }
        if !self.eager && self.started.elapsed() < WORTH_KEEPING {
            return Ok(false);
        }
        disk::create_dirs(&self.path)?;
        if Ticket::read(&self.path).is_err() {
            self.ticket.write(&self.path)?;
        }
        state.lock = Some(self.lock()?);
        Ok(true)
    }
}

/// The chunks of a shard: a range of the stage's chunks, so that shards work in stretches.
fn share(number: u32, shards: u32, of: u32) -> Range<u32> {
    let bound = |shard: u32| (u64::from(of) * u64::from(shard) / u64::from(shards)) as u32;
    bound(number - 1)..bound(number)
}

/// Whether a chunk is among `count` of `of` that are spread evenly.
fn is_sampled(count: u32, chunk: u32, of: u32) -> bool {
    let place = |number: u32| (u64::from(2 * number + 1) * u64::from(of) / (2 * u64::from(count))) as u32;
    count >= of || (0..count).any(|number| place(number) == chunk)
}

impl ChunkFolder {
    /// The bytes of a chunk that is there and whole.
    fn stored(&self, stage: Stage<'_>, chunk: u32) -> Option<Vec<u8>> {
        let bytes = fs::read(self.chunk_path(stage, chunk)).ok()?;
        file::decode(&bytes, &self.ticket.key, stage.name, chunk).ok()
    }
}

impl Chunks for ChunkFolder {
    fn fate(&self, stage: Stage<'_>, chunk: u32, of: u32) -> Fate {
        if let Mode::Shard(number, shards) = self.mode
            && !stage.whole
            && !share(number, shards, of).contains(&chunk)
        {
            return Fate::Leave;
        }
        if matches!(self.mode, Mode::Recheck(count) if is_sampled(count, chunk, of)) {
            return Fate::Compute;
        }
        let sums = self.stored(stage, chunk);
        let mut state = self.state();
        if let Some(sums) = sums {
            state.reused += 1;
            return Fate::Stored(sums);
        }
        if self.mode != Mode::Merge {
            return Fate::Compute;
        }
        match state.missing.last_mut().filter(|missing| missing.stage == stage.name) {
            Some(missing) => missing.chunks.push(chunk),
            None => state.missing.push(Missing { stage: stage.name.to_owned(), of, chunks: vec![chunk] }),
        }
        Fate::Missing
    }

    fn keep(&self, stage: Stage<'_>, chunk: u32, sums: &[u8]) {
        let mut state = self.state();
        if matches!(self.mode, Mode::Recheck(_)) {
            if let Some(earlier) = self.stored(stage, chunk) {
                state.kept += 1;
                if earlier != sums {
                    state.differing.push((stage.name.to_owned(), chunk));
                }
            }
            return;
        }
        let written = self.ready(&mut state).and_then(|ready| {
            if ready {
                let bytes = file::encode(&self.ticket.key, stage.name, chunk, sums);
                disk::replace(&self.chunk_path(stage, chunk), &bytes)?;
                state.kept += 1;
            }
            Ok(())
        });
        if let Err(error) = written {
            state.failure = Some(error.to_string());
        }
    }
}

/// Files of a folder with an ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    paths
}

/// Stage and number of a chunk's file.
fn parts(path: &Path) -> Option<(String, u32)> {
    let (stage, number) = path.file_stem()?.to_str()?.rsplit_once('.')?;
    Some((stage.to_owned(), number.parse().ok()?))
}

/// Whether a file is a lock or was never finished.
fn is_aid(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    let number = name.strip_prefix("lock-");
    name == LOCK
        || number.is_some_and(|number| number.parse::<u32>().is_ok())
        || name.starts_with(disk::TEMPORARY)
}

/// Removes what this program wrote; the folder itself when nothing else is in it.
fn remove(folder: &Path) -> io::Result<()> {
    for path in files(folder, ENDING) {
        if parts(&path).is_some() {
            disk::remove_file(&path)?;
        }
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_aid(&entry.file_name()) {
            disk::remove_file(&entry.path())?;
        }
    }
    disk::remove_file(&folder.join(TICKET))?;
    // Stays when somebody put something in it.
    let _ = disk::remove_dir(folder);
    Ok(())
}

/// Unfinished work that stands on disk.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is of.
    pub ticket: Ticket,
    /// Finished chunks.
    pub chunks: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// When the last chunk was written, as the file system says.
    pub changed: Option<std::time::SystemTime>,
    /// Who is writing in it now.
    pub writer: Option<String>,
}

/// Unfinished work in `place`: the folder itself, or those directly in it.
pub(crate) fn unfinished(place: &Path) -> Vec<Unfinished> {
    let inside = fs::read_dir(place).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = std::iter::once(place.to_path_buf()).chain(inside).collect();
    folders.sort();
    folders.iter().filter_map(|folder| describe(folder)).collect()
}

/// What unfinished work lies in a folder.
fn describe(folder: &Path) -> Option<Unfinished> {
    let ticket = Ticket::read(folder).ok()?;
    let chunks = files(folder, ENDING);
    let found: Vec<fs::Metadata> = chunks.iter().filter_map(|path| path.metadata().ok()).collect();
    let writer = fs::read_dir(folder).ok()?.filter_map(Result::ok).find_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let lock = name.starts_with(LOCK).then(|| File::open(entry.path()).ok()).flatten()?;
        let held = matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock));
        held.then(|| fs::read_to_string(entry.path()).unwrap_or_default())
    });
    Some(Unfinished {
        folder: folder.to_path_buf(),
        ticket,
        chunks: chunks.len(),
        bytes: found.iter().map(fs::Metadata::len).sum(),
        changed: found.iter().filter_map(|found| found.modified().ok()).max(),
        writer,
    })
}

impl Unfinished {
    /// Removes it.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub(crate) fn remove(&self) -> io::Result<()> {
        remove(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fault;
    use crate::trial::Watch;
    use crate::trial::chunks::{Rows, sum};

    fn ticket(plan: &str) -> Ticket {
        Ticket::new("run", &[plan.to_owned()], vec!["stapjes".into(), "run".into()], String::new())
    }

    fn open(path: &Path, mode: Mode) -> Result<ChunkFolder, StoreError> {
        ChunkFolder::open(path, ticket("plan"), mode, false, true)
    }

    fn rows(folder: Option<&ChunkFolder>) -> Option<Vec<(u32, f64)>> {
        let watch = Watch { chunks: folder.map(|folder| folder as &dyn Chunks), ..Watch::default() };
        let stage = Stage { chunk: 4, ..Stage::new("rows") };
        let found = sum(stage, 18, watch, |_| Rows::default(), |at| 1.0 / f64::from(at + 1));
        found.ok().map(|rows: Rows<f64>| rows.rows)
    }

    fn words(StoreError(why): StoreError) -> String {
        why.text(crate::language::Lang::En).to_owned()
    }

    #[test]
    fn work_goes_on_where_it_stopped_and_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let path = chunk_folder(&place.path().join("a.b"));
        assert!(path.ends_with("a.b.chunks"));
        let folder = open(&path, Mode::Resume).unwrap();
        assert!(!path.exists(), "made when there is something to keep");
        let all = rows(Some(&folder)).unwrap();
        assert_eq!((all.clone(), folder.counts()), (rows(None).unwrap(), (5, 0)));
        drop(folder);
        fs::remove_file(path.join("rows.000002.chunk")).unwrap();
        fs::write(path.join("rows.000004.chunk"), "cut").unwrap();
        let folder = open(&path, Mode::Resume).unwrap();
        assert_eq!((rows(Some(&folder)).unwrap(), folder.counts()), (all, (2, 3)));
        folder.finish().unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn work_of_another_plan_is_refused_by_name_and_fresh_starts_over() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.chunks");
        rows(Some(&open(&path, Mode::Resume).unwrap()));
        let other = |fresh| ChunkFolder::open(&path, ticket("other"), Mode::Resume, fresh, true);
        assert!(words(other(false).unwrap_err()).contains("stapjes run"));
        let folder = other(true).unwrap();
        assert!(!path.exists());
        rows(Some(&folder));
        drop(folder);
        let foreign = fs::read(path.join("rows.000000.chunk")).unwrap();
        other(true).unwrap();
        rows(Some(&open(&path, Mode::Resume).unwrap()));
        fs::write(path.join("rows.000000.chunk"), foreign).unwrap();
        let refused = words(open(&path, Mode::Resume).unwrap_err());
        assert!(refused.contains("rows.000000.chunk is a chunk of another"), "{refused}");
        fs::remove_dir_all(&path).unwrap();
        fs::create_dir(&path).unwrap();
        fs::write(path.join("thesis.tex"), "years of work").unwrap();
        assert!(words(other(true).unwrap_err()).contains("not unfinished work"), "also with --fresh");
        assert!(path.join("thesis.tex").exists());
    }

    #[test]
    fn a_lock_says_who_is_writing() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.chunks");
        let first = open(&path, Mode::Resume).unwrap();
        rows(Some(&first));
        let refused = words(open(&path, Mode::Resume).unwrap_err());
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        assert_eq!(unfinished(place.path())[0].chunks, 5);
        assert!(unfinished(place.path())[0].writer.is_some());
        drop(first);
        assert!(unfinished(place.path())[0].writer.is_none());
        open(&path, Mode::Resume).unwrap();
        unfinished(place.path())[0].remove().unwrap();
        assert!(unfinished(place.path()).is_empty());
    }

    #[test]
    fn shards_divide_the_chunks_and_a_merge_has_them_all_or_names_what_is_missing() {
        for (shards, of) in [(1, 5), (3, 10), (10, 3), (7, 7)] {
            let all: Vec<u32> = (1..=shards).flat_map(|number| share(number, shards, of)).collect();
            assert_eq!(all, (0..of).collect::<Vec<_>>());
        }
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x.chunks");
        assert!(words(open(&path, Mode::Merge).unwrap_err()).contains("no chunks"));
        rows(Some(&open(&path, Mode::Shard(1, 3)).unwrap()));
        rows(Some(&open(&path, Mode::Shard(3, 3)).unwrap()));
        let merge = open(&path, Mode::Merge).unwrap();
        assert_eq!(rows(Some(&merge)), None);
        assert_eq!(merge.missing(), [Missing { stage: "rows".to_owned(), of: 5, chunks: vec![1, 2] }]);
        assert_eq!(merge.missing_shards(), Some((vec![2], 3)));
        drop(merge);
        rows(Some(&open(&path, Mode::Shard(2, 3)).unwrap()));
        let merge = open(&path, Mode::Merge).unwrap();
        assert_eq!((rows(Some(&merge)), merge.counts()), (rows(None), (0, 5)));
    }

    #[test]
    fn whatever_operation_fails_the_numbers_are_right_and_no_half_chunk_is_read() {
        let whole = rows(None);
        for number in 1..40 {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("x.chunks");
            let folder = open(&path, Mode::Resume).unwrap();
            assert_eq!(fault::at(number, || rows(Some(&folder))), whole, "operation {number}");
            drop(folder);
            let folder = open(&path, Mode::Resume).unwrap();
            assert_eq!(fault::from(number, || rows(Some(&folder))), whole, "from operation {number}");
            drop(folder);
            let folder = open(&path, Mode::Resume).unwrap();
            assert_eq!(rows(Some(&folder)), whole, "after operation {number}");
            assert_eq!(folder.failure(), None);
            folder.finish().unwrap();
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "operation {number}");
        }
    }
}
