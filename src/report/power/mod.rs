//! Power surfaces as tables, CSV and figures.

mod csv;
mod figures;
mod forest;
mod interim;
mod tables;

pub use csv::csv;

pub use figures::figures;
pub use forest::forests;
pub use interim::{interim_figure, interim_tables};
pub use tables::tables;
pub(crate) use tables::{aligned, comparison};
