//! `curves.parquet`: the rows of `curves.csv` as columns, compressed; only with the feature `parquet`.
//!
//! Made from the CSV's own rows, so that the two files cannot differ. Types are those of the columns:
//! text, whole months, and numbers, in which an undefined one is NaN.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::disk;
use crate::trial::Results;

use super::curves::{self, CURVE_COLUMNS};

/// Name of the file.
pub(crate) const PARQUET: &str = "curves.parquet";

/// Columns that are numbers; an undefined one is NaN.
const DOUBLES: [&str; 4] = ["mean", "mcse", "low", "high"];
/// Column of whole numbers.
const MONTH: &str = "month";

/// Writes the file into a run's folder.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(folder: &Path, results: &Results) -> io::Result<()> {
    let mut csv = Vec::new();
    curves::write(results, &mut csv)?;
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_slice()).into_records().collect::<std::result::Result<_, _>>()?;
    disk::write_pieces(&folder.join(PARQUET), |to| columns(to, &rows).map_err(io::Error::other))
}

/// Writes the columns with their types, one row group, compressed with Zstandard.
fn columns(to: &mut (impl Write + Send), rows: &[csv::StringRecord]) -> Result<()> {
    let fields: String = CURVE_COLUMNS.iter().map(|name| format!("required {}; ", field(name))).collect();
    let schema = Arc::new(parse_message_type(&format!("message curves {{ {fields} }}"))?);
    let compression = Compression::ZSTD(ZstdLevel::try_new(6)?);
    let properties =
        WriterProperties::builder().set_compression(compression).set_created_by("stapjes".to_owned());
    let mut writer = SerializedFileWriter::new(to, schema, Arc::new(properties.build()))?;
    let mut group = writer.next_row_group()?;
    for (at, name) in CURVE_COLUMNS.iter().enumerate() {
        let Some(mut column) = group.next_column()? else { break };
        let texts = rows.iter().map(|row| row.get(at).unwrap_or_default());
        if DOUBLES.contains(name) {
            let values: Vec<f64> = texts.map(|text| text.parse().unwrap_or(f64::NAN)).collect();
            column.typed::<DoubleType>().write_batch(&values, None, None)?;
        } else if *name == MONTH {
            let values: Vec<i32> = texts.map(|text| text.parse().unwrap_or(0)).collect();
            column.typed::<Int32Type>().write_batch(&values, None, None)?;
        } else {
            let values: Vec<ByteArray> = texts.map(ByteArray::from).collect();
            column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
        column.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(())
}

/// A column of the schema, with the type of its values.
fn field(name: &str) -> String {
    if DOUBLES.contains(&name) {
        format!("double {name}")
    } else if name == MONTH {
        format!("int32 {name}")
    } else {
        format!("binary {name} (STRING)")
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn every_row_of_the_csv_is_there() {
        let overrides =
            ["horizon_months=6", "replicates=2", "uncertainty.parameter_draws=0"].map(str::to_owned);
        let resolved = crate::scenario::embedded("lange-adem", &overrides).unwrap();
        let results = crate::trial::run(&crate::trial::Plan::new(&resolved.scenario)).unwrap();
        let mut text = Vec::new();
        curves::write(&results, &mut text).unwrap();
        let rows = csv::Reader::from_reader(text.as_slice()).into_records().count();
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &results).unwrap();
        let file = SerializedFileReader::new(File::open(folder.path().join(PARQUET)).unwrap()).unwrap();
        assert_eq!(file.metadata().file_metadata().num_rows(), rows as i64);
        assert_eq!(file.get_row_iter(None).unwrap().count(), rows);
    }
}
