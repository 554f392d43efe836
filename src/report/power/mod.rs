//! The page and its sentences are in `protocol`; here is what terminal, page and folder share, and what
//! `duration` and `assurance` borrow (the line that says who is compared). Nothing
//! here computes: a number that is not in the surface is not shown.

mod csv;
mod figures;
mod forest;
mod interim;
mod tables;

pub(crate) use csv::csv;

pub(crate) use figures::{figures, numbered};
pub(crate) use forest::forests;
pub(crate) use interim::{interim_figures, interim_tables};
pub(crate) use tables::comparison;
pub(crate) use tables::tables;
