//! What was learned from figures, which parameters matter, and what it is worth to know more: words, tables, figures, pages.

pub(crate) mod calibration;
pub(crate) mod sensitivity;
pub(crate) mod value;
pub(crate) mod worth;
