//! The one room for language: numbers, labels, notes and warnings; an enum or a number in, Dutch or English out.
//!
//! Every text stands here in both languages, side by side, and is found by a `match` on an enum, so that a missing one does
//! not compile. Report, terminal and server use the same sentences.

mod capacity;
mod design;
mod glossary;
mod labels;
pub(crate) mod measures;
pub(crate) mod money;
pub(crate) mod number;
mod power;
mod remarks;
mod share;
mod stated;
mod units;
mod warnings;

pub(crate) use capacity::Capacity;
pub(crate) use design::design_key;
pub(crate) use glossary::{GlossaryTerm, glossary};
pub(crate) use labels::{
    OF_THE_COUNTRY, arm_name, arm_named, capital, definite, domain, endpoint_named, figures,
    figures_in_short, group, parameter, parameter_named, part, question, reason, rung, status, step,
    test_named,
};
pub(crate) use power::{interim_note, limit_reason, note};
pub(crate) use remarks::remark;
pub(crate) use share::calculations;
pub(crate) use stated::{figure_named, source};
pub(crate) use units::{measure_unit, unit};
pub(crate) use warnings::{check_warning, warning};
