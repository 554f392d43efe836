//! Files beside an answer: each one whole, or the earlier one stays.

use std::io::Write;
use std::path::Path;

use crate::error::Error;
use crate::report::figures::{self, DrawingError, chart::Figure, draw::Look, forest::Forest};
use crate::report::folder::FolderError;
use crate::report::language::Lang;

/// Writes one file in a folder (made when needed): all of it, or the earlier file stays.
///
/// # Errors
/// [`ErrorKind::CannotCreate`](crate::error::ErrorKind::CannotCreate) for the folder,
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output) for the file.
pub fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let shown = folder.display();
    std::fs::create_dir_all(folder)
        .map_err(|error| Error::cannot_create(format!("cannot create {shown}: {error}")))?;
    let written = || -> std::io::Result<()> {
        let mut file = new_file(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(folder.join(name)).map_err(|error| error.error)?;
        Ok(())
    };
    written().map_err(|error| Error::output(format!("cannot write {name} in {shown}: {error}")))
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
///
/// # Errors
/// As [`write_file`].
pub fn write_figure(folder: &Path, figure: &Figure, lang: Lang) -> Result<(), Error> {
    let svg = figures::to_svg(figure, Look::FILE, lang, figure.id);
    write_drawing(folder, figure.id, &svg, figures::to_png(figure, Look::FILE, lang))
}

/// Writes a forest as SVG and PNG.
///
/// # Errors
/// As [`write_file`].
pub fn write_forest(folder: &Path, forest: &Forest, lang: Lang) -> Result<(), Error> {
    let svg = figures::forest_to_svg(forest, lang);
    write_drawing(folder, &forest.id, &svg, figures::forest_to_png(forest, lang))
}

fn write_drawing(
    folder: &Path,
    id: &str,
    svg: &str,
    png: Result<Vec<u8>, DrawingError>,
) -> Result<(), Error> {
    write_file(folder, &format!("{id}.svg"), svg.as_bytes())?;
    let png = png.map_err(|error| Error::internal(format!("the figure {id} cannot be drawn: {error:?}")))?;
    write_file(folder, &format!("{id}.png"), &png)
}

/// A value as one JSON document on lines of its own.
///
/// # Errors
/// [`ErrorKind::Internal`](crate::error::ErrorKind::Internal).
pub fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Error::internal(format!("the results cannot be written as JSON: {error}")))
}

/// A folder error with its kind.
pub fn cannot(error: FolderError) -> Error {
    match error {
        FolderError::CannotCreate(message) => Error::cannot_create(message),
        FolderError::Write(error) => {
            Error::output(format!("cannot write the output: {error}; earlier output is as it was"))
        }
    }
}
