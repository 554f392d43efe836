//! What the commands about studies (power, duration, patterns) and comparisons share: threads, stopping, progress, files.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::exit::Failure;
use super::run::{interrupt, progress::Progress};
use super::scenario_argument::available_threads;
use crate::report::figures::{self, DrawingError, chart::Figure, draw::Look, forest::Forest};
use crate::report::language::Lang;
use crate::trial::{Stopped, Watch};

/// Does `work` on its own pool of threads with a stop flag, showing progress over `units` of it when `loud`.
///
/// # Errors
/// Exit code 75 when the user stopped it.
pub(super) fn watched<T: Send>(
    threads: Option<u16>,
    units: u64,
    loud: bool,
    work: impl FnOnce(Watch<'_>) -> Result<T, Stopped> + Send,
) -> Result<T, Failure> {
    let stop = interrupt::flag()?;
    let threads = threads.map_or_else(available_threads, usize::from);
    let progress = Progress::new(units, loud);
    let done = AtomicU64::new(0);
    let advance = |_: u32| progress.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Failure::Output(format!("cannot start {threads} threads: {error}")))?;
    let outcome = pool.install(|| work(Watch { stop: Some(stop), progress: Some(&advance) }));
    progress.finish();
    outcome.map_err(|Stopped| {
        Failure::Stopped("stopped; nothing was written and earlier output is as it was".into())
    })
}

/// Writes one file in a folder (made when needed): all of it, or the earlier file stays.
pub(super) fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let shown = folder.display();
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::CannotCreate(format!("cannot create {shown}: {error}")))?;
    let written = || -> std::io::Result<()> {
        let mut file = new_file(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(folder.join(name)).map_err(|error| error.error)?;
        Ok(())
    };
    written().map_err(|error| Failure::Output(format!("cannot write {name} in {shown}: {error}")))
}

/// A temporary file that others may read when the user's mask allows it, as for any file that a program writes.
fn new_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Writes a figure as SVG and PNG.
pub(super) fn write_figure(folder: &Path, figure: &Figure, lang: Lang) -> Result<(), Failure> {
    let svg = figures::to_svg(figure, Look::FILE, lang, figure.id);
    write_drawing(folder, figure.id, &svg, figures::to_png(figure, Look::FILE, lang))
}

/// Writes a forest as SVG and PNG.
pub(super) fn write_forest(folder: &Path, forest: &Forest, lang: Lang) -> Result<(), Failure> {
    let svg = figures::forest_to_svg(forest, lang);
    write_drawing(folder, &forest.id, &svg, figures::forest_to_png(forest, lang))
}

fn write_drawing(
    folder: &Path,
    id: &str,
    svg: &str,
    png: Result<Vec<u8>, DrawingError>,
) -> Result<(), Failure> {
    write_file(folder, &format!("{id}.svg"), svg.as_bytes())?;
    let png =
        png.map_err(|error| Failure::Internal(format!("the figure {id} cannot be drawn: {error:?}")))?;
    write_file(folder, &format!("{id}.png"), &png)
}

/// A value as one JSON document on a line of its own.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Internal(format!("the results cannot be written as JSON: {error}")))
}
