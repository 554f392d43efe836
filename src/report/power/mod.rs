//! Power surfaces as tables, CSV and figures.

mod csv;
mod figures;
mod tables;

pub use csv::csv;
pub use figures::figures;
pub use tables::tables;
