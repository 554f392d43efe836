//! What an arm does to the up-moves: `multiplier * (1 + slope * trust)` from a month on, with
//! `trust += gain * (1 - trust)` at the start of each of these months.
//!
//! Trust has no chance in a ladder: clients of one class have the same trust in the same month, so the
//! factor is a table that simulation and exact curves share.

use crate::scenario::plan::{Ladder, LadderEffect};

/// Multipliers on the up-moves under one arm, per trust class and month.
#[derive(Clone, Debug)]
pub(super) struct UpFactors {
    /// Months of the run, the length of a class's row.
    months: usize,
    /// Factor on the up-moves, trust class by trust class, month by month.
    values: Vec<f64>,
}

impl UpFactors {
    /// The factors of every trust class and month; 1 without an effect.
    pub(super) fn new(ladder: &Ladder, effect: Option<LadderEffect>, months: usize) -> Self {
        let values = match effect {
            None => vec![1.0; ladder.start_trust.len() * months],
            Some(effect) => {
                ladder.start_trust.iter().flat_map(|&trust| of_class(effect, trust, months)).collect()
            }
        };
        Self { months, values }
    }

    /// The multiplier of a trust class in a month (counting from 0); 1 before the effect begins.
    #[inline]
    pub(super) fn at(&self, trust_class: usize, month: usize) -> f64 {
        self.of_class(trust_class)[month]
    }

    /// The multipliers of one trust class, month by month.
    #[inline]
    pub(super) fn of_class(&self, trust_class: usize) -> &[f64] {
        &self.values[trust_class * self.months..][..self.months]
    }
}

/// The factors of a trust class that starts at `trust`, month by month: trust moves first, `T += gain*(1-T)`.
fn of_class(effect: LadderEffect, mut trust: f64, months: usize) -> impl Iterator<Item = f64> {
    (0..months).map(move |month| {
        if month < effect.from_month as usize {
            return 1.0;
        }
        trust += effect.trust_gain * (1.0 - trust);
        effect.multiplier * (1.0 + effect.slope * trust)
    })
}
