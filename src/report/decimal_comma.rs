//! `curves-nl.csv`: the rows of `curves.csv` for a Dutch Excel: semicolons, decimal commas, a byte-order mark.

use std::io;
use std::path::Path;

use crate::disk;
use crate::trial::Results;

use super::curves::{self, CURVE_COLUMNS};

/// Name of the file.
pub(crate) const CURVES_NL: &str = "curves-nl.csv";

/// The columns that hold decimal numbers.
const DECIMALS: [&str; 4] = ["mean", "mcse", "low", "high"];

/// The file as bytes.
///
/// # Errors
/// When the rows cannot be written as CSV.
pub(crate) fn bytes(results: &Results) -> io::Result<Vec<u8>> {
    let mut canonical = Vec::new();
    curves::write(results, &mut canonical)?;
    let mut rows = csv::Reader::from_reader(canonical.as_slice());
    let mut out = "\u{feff}".as_bytes().to_vec();
    {
        let mut csv =
            csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(&mut out);
        csv.write_record(CURVE_COLUMNS)?;
        for row in rows.records() {
            let row = row?;
            let field = |(text, column): (&str, &&str)| {
                if DECIMALS.contains(column) { text.replace('.', ",") } else { text.to_owned() }
            };
            csv.write_record(row.iter().zip(CURVE_COLUMNS.iter()).map(field))?;
        }
        csv.flush()?;
    }
    Ok(out)
}

/// Writes the file into a run's folder.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(folder: &Path, results: &Results) -> io::Result<()> {
    disk::write_new(&folder.join(CURVES_NL), &bytes(results)?)
}
