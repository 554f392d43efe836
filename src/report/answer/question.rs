//! What the reader wants to know: it decides which outcome the first page answers with.

use crate::report::source::Key;

/// The question of a scenario or of the planner's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Question {
    /// Does it pay for itself?
    Payback,
    /// Do more people find work?
    #[default]
    Work,
    /// Do more people take small steps?
    Steps,
    /// Are more irregularities seen?
    Signals,
}

impl Question {
    /// All questions.
    pub const ALL: [Self; 4] = [Self::Payback, Self::Work, Self::Steps, Self::Signals];

    /// Name in files and requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payback => "payback",
            Self::Work => "work",
            Self::Steps => "steps",
            Self::Signals => "signals",
        }
    }

    /// The question with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.name() == name)
    }

    /// The measure that answers it, the factor that makes more of it better news, and the size per client that does not matter.
    pub(super) fn outcome(self) -> (Key<'static>, f64, f64) {
        match self {
            Self::Payback => (("money_discounted", "municipality"), -1.0, 100.0),
            Self::Work => (("exits_true", "work"), 1.0, 0.005),
            Self::Steps => (("activated", ""), 1.0, 0.005),
            Self::Signals => (("clients_with_signal", ""), 1.0, 0.005),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for question in Question::ALL {
            assert_eq!(Question::from_name(question.name()), Some(question));
        }
        assert_eq!(Question::from_name("love"), None);
    }
}
