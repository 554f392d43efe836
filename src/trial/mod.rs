//! Many replicates: what is measured, run in parallel, reduced in replicate order.

mod catalogue;
mod costs;
mod evaluate;
pub mod measure;
pub mod results;

pub use catalogue::{BANDS, RUNGS, ratio};
pub use evaluate::RunningTotals;
pub use measure::{Measure, Section, Span, View, measures, measures_of};
pub use results::{
    ArmResults, Draw, Draws, ExactCurve, FORMAT, FORMAT_VERSION, GroupResults, MeasureInfo, Results, Series,
    Stat,
};
