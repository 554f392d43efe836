//! What was learned from figures, which parameters matter, and what it is worth to know more: words, tables, figures, pages.

pub mod calibration;
pub mod sensitivity;
pub mod value;
pub mod worth;
