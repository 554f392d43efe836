//! Words and figures: summaries, curves, pages, workbooks, in two languages.
//!
//! Nothing is simulated or decided here: results and facts go in, text goes out, and the same input
//! gives the same bytes. A number is looked up in a view (`source`) together with its range, rounded by
//! one rule (`round`: digits follow the Monte Carlo error), worded in `words`, and put into tables,
//! figures, pages, workbooks and files. Names that came from others are made harmless in `escape`;
//! folders are filled whole (`folder`) and described by a manifest with hashes (`manifest`).

pub mod analysis;
pub mod answer;
pub mod assurance;
pub mod brief;
pub mod check;
pub mod compare;
pub mod curves;
pub mod decimal_comma;
pub mod design;
pub mod duration;
pub mod effects;
pub mod escape;
pub mod events;
pub mod facts;
pub mod figure_block;
pub mod figures;
pub mod folder;
pub mod html;
pub mod kind;
pub mod learning;
pub mod life;
pub mod lives;
pub mod manifest;
pub mod page;
pub mod parameter_tables;
#[cfg(feature = "parquet")]
pub mod parquet_file;
pub mod patterns;
pub mod power;
pub mod protocol;
pub mod r_script;
mod round;
mod sections;
pub mod source;
pub mod stored_power;
pub mod stored_value;
pub mod summary;
pub mod table;
pub mod tables;
pub mod warnings;
pub mod words;
pub mod workbook;
mod write;

pub use crate::language;
pub use words::number;
pub use write::{Beside, FIGURES, REPORT, WORKBOOK, figure_files, read_facts, write, write_figures};
