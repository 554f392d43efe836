//! Words and figures: summaries, curves, pages, workbooks, in two languages.
//!
//! Nothing is simulated or decided here: results and facts go in, text goes out, and the same input
//! gives the same bytes. A number is looked up in a view (`source`) together with its range, rounded by
//! one rule (`round`: digits follow the Monte Carlo error), worded in `words`, and put into tables,
//! figures, pages, workbooks and files. Names that came from others are made harmless in `escape`;
//! folders are filled whole (`folder`) and described by a manifest with hashes (`manifest`).

pub mod analysis;
pub(crate) mod answer;
pub(crate) mod assurance;
pub(crate) mod brief;
pub mod check;
pub(crate) mod compare;
pub mod curves;
pub(crate) mod decimal_comma;
pub mod design;
pub(crate) mod duration;
pub(crate) mod effects;
pub(crate) mod escape;
pub mod events;
pub(crate) mod facts;
pub(crate) mod figure_block;
pub(crate) mod figures;
pub(crate) mod folder;
pub(crate) mod html;
pub mod kind;
pub(crate) mod learning;
pub(crate) mod life;
pub(crate) mod lives;
pub mod manifest;
pub(crate) mod page;
pub(crate) mod parameter_tables;
#[cfg(feature = "parquet")]
pub(crate) mod parquet_file;
pub mod patterns;
pub(crate) mod power;
pub(crate) mod protocol;
pub(crate) mod r_script;
mod round;
mod sections;
mod served;
mod sign;
pub(crate) mod source;
pub(crate) mod stored_power;
pub(crate) mod stored_value;
pub mod summary;
pub(crate) mod table;
pub(crate) mod tables;
mod terminal;
pub mod warnings;
pub(crate) mod words;
pub(crate) mod workbook;
mod write;

pub(crate) use crate::language;
pub(crate) use words::number;
#[cfg(feature = "serve")]
pub(crate) use write::figure_files;
pub(crate) use write::{Beside, FIGURES, REPORT, WORKBOOK, read_facts, write};
