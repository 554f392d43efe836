//! Words and figures: summaries, curves, pages, workbooks, in two languages.

pub mod escape;
pub mod figures;
pub mod language;
pub mod number;
