//! Words and figures: summaries, curves, pages, workbooks, in two languages.

pub mod brief;
pub mod curves;
pub mod design;
pub mod drivers;
pub mod escape;
pub mod events;
pub mod facts;
pub mod figures;
pub mod folder;
pub mod language;
pub mod manifest;
pub mod number;
pub mod payback;
pub mod source;
pub mod summary;
pub mod table;
pub mod warnings;
pub mod words;
