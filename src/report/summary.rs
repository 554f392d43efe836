//! `summary.json`: the results as they are, and back.
//!
//! It is the one file from which everything else can be made again, and its hash is the name of the
//! results: two people who have the same have the same numbers. Numbers are written with the fewest
//! digits that read back as the same bits.

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::language::{Said, in_io, spoken};
use crate::said;
use crate::trial::{FORMAT, FORMAT_VERSION, Results};

/// Name of the file.
pub(crate) const SUMMARY: &str = "summary.json";

/// The text of `summary.json`: the same results give the same bytes. Ends in a newline.
pub(crate) fn text(results: &Results) -> String {
    let mut text = serde_json::to_string(results).unwrap_or_else(|error| {
        // Results hold numbers, words and lists only: all of them have a JSON form.
        unreachable!("results cannot be written as JSON: {error}")
    });
    text.push('\n');
    text
}

/// SHA-256 of bytes, hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a file, hexadecimal, without holding it in memory.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut reader = io::BufReader::with_capacity(1 << 16, fs::File::open(path)?);
    loop {
        let part = io::BufRead::fill_buf(&mut reader)?;
        if part.is_empty() {
            break;
        }
        digest.update(part);
        let taken = part.len();
        io::BufRead::consume(&mut reader, taken);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The hash of results: SHA-256 of `text`, so `sha256sum summary.json` gives it too.
pub fn hash(results: &Results) -> String {
    sha256(text(results).as_bytes())
}

/// Reads `summary.json` from an output folder.
///
/// # Errors
/// When the file cannot be read ([`io::ErrorKind::NotFound`] and so on), or is not a summary of this version
/// ([`io::ErrorKind::InvalidData`]).
pub fn read(folder: &Path) -> io::Result<Results> {
    let invalid = |message: Said| in_io(io::ErrorKind::InvalidData, message);
    let text = fs::read_to_string(folder.join(SUMMARY))?;
    let results: Results = serde_json::from_str(&text).map_err(|error| {
        invalid(said!(
            "{summary} is geen samenvatting van stapjes: {error}",
            "{summary} is not a summary of stapjes: {error}",
            error = spoken(&error),
            summary = SUMMARY
        ))
    })?;
    if results.format != FORMAT || results.format_version != FORMAT_VERSION {
        return Err(invalid(said!(
            "{summary} is formaat {format} versie {version}; dit programma leest {own_format} versie {format_version}",
            "{summary} is format {format} version {version}; this program reads {own_format} version {format_version}",
            format = results.format,
            version = results.format_version,
            summary = SUMMARY,
            own_format = FORMAT,
            format_version = FORMAT_VERSION
        )));
    }
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Results {
        Results { format: FORMAT.into(), format_version: FORMAT_VERSION, ..Results::default() }
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(SUMMARY), text(&example())).unwrap();
        assert_eq!(text(&read(place.path()).unwrap()), text(&example()));
    }

    #[test]
    fn another_format_or_version_is_refused() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(read(place.path()).unwrap_err().kind(), io::ErrorKind::NotFound);
        let newer = Results { format_version: FORMAT_VERSION + 1, ..example() };
        for wrong in [text(&newer), "{}".into(), "\u{0}".into()] {
            fs::write(place.path().join(SUMMARY), wrong).unwrap();
            assert_eq!(read(place.path()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }
}
