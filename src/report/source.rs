//! What every page is made from: the results of one run, what was run, and the language.

use std::ops::Deref;

use crate::trial::view::View;

use super::facts::Facts;
use super::language::Lang;

/// Months that the FIP studies measured at most (Van der Valk & Fenger 2019: 10 to 18 months). Beyond it every number
/// rests on priors.
pub(crate) const MEASURED_MONTHS: u32 = 18;

/// A view of the results and facts of one run, seen in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// What the run found.
    pub view: &'a View<'a>,
    /// What was run.
    pub facts: &'a Facts,
    /// Language.
    pub lang: Lang,
}

/// Everything is looked up in the view.
impl<'a> Deref for Source<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        self.view
    }
}
