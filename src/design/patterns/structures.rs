//! Alternative structures: one mechanism left out or exaggerated, and the patterns that must then fail.

use super::decade::Decade;
use super::rows::{Joint, PatternRow, Verdict};
use serde::Serialize;

/// A structure of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternStructure {
    /// What is different, in a word that files use.
    pub name: &'static str,
    /// The same for readers of Dutch.
    pub name_nl: &'static str,
    /// Overrides of the shipped scenarios.
    pub overrides: &'static [&'static str],
    /// Patterns that must fail.
    pub must_fail: &'static [&'static str],
}

impl PatternStructure {
    /// Whether nothing rules it out beforehand: the default and its rivals.
    pub fn may_be_true(&self) -> bool {
        self.must_fail.is_empty()
    }
}

/// The default structure first, then the alternatives of model page section 1.
///
/// # Example
/// ```
/// use stapjes::design::patterns::structures;
///
/// let all = structures();
/// assert_eq!((all[0].name, all[0].overrides.len()), ("default", 0));
/// // Without a look for irregularities in talks the fraud patterns must fail.
/// let blind = all.iter().find(|structure| structure.name == "no detection in talks").expect("in the list");
/// assert!(blind.must_fail.contains(&"P3") && !blind.may_be_true());
/// ```
pub const fn structures() -> &'static [PatternStructure] {
    &[
        PatternStructure { name: "default", name_nl: "zoals geleverd", overrides: &[], must_fail: &[] },
        PatternStructure {
            name: "no detection in talks",
            name_nl: "geen ontdekking in gesprekken",
            overrides: &["fraud.talk_unintentional=0", "fraud.talk_intentional=0", "fraud.talk_false=0"],
            must_fail: &["P3", "P5"],
        },
        PatternStructure {
            name: "no withdrawal at call-up",
            name_nl: "geen afhakers bij de oproep",
            overrides: &[
                "exit.withdrawal_at_invitation.none=0",
                "exit.withdrawal_at_invitation.unintentional=0",
                "exit.withdrawal_at_invitation.intentional=0",
            ],
            must_fail: &["P6", "P5"],
        },
        PatternStructure {
            name: "no small-step channel",
            name_nl: "geen kleine stappen",
            overrides: &[
                "steps.kind.sport.start=0",
                "steps.kind.neighborhood_team.start=0",
                "steps.kind.mental_care.start=0",
                "steps.kind.gp.start=0",
                "steps.kind.debt_counselling.start=0",
                "steps.kind.food_bank.start=0",
                "steps.kind.dutch_practice.start=0",
                "steps.kind.volunteering.start=0",
                "steps.kind.informal_care.start=0",
                "steps.kind.trajectory.start=0",
                "steps.kind.small_job.start=0",
            ],
            must_fail: &["P4", "P4s"],
        },
        // Fast enough to be seen within the pilot's year: one ordinary small step (weight .1, mean problems, confidence .35)
        // takes a client 40 months away to work in 12. The prior ends at 1.2.
        PatternStructure {
            name: "fast progress",
            name_nl: "snelle vooruitgang",
            overrides: &["distance.progress=50"],
            must_fail: &["P1", "P7"],
        },
        // Rivals: nothing that was seen tells them from the default, but they say other things about ten years.
        PatternStructure {
            name: "progress zero",
            name_nl: "stappen leiden niet naar werk",
            overrides: &["distance.progress=0"],
            must_fail: &[],
        },
        PatternStructure {
            name: "fading",
            name_nl: "uitdovend",
            overrides: &["steps.kick_fade=0.15"],
            must_fail: &[],
        },
        PatternStructure {
            name: "no fading",
            name_nl: "niet uitdovend",
            overrides: &["steps.kick_fade=0", "distance.progress=1.2"],
            must_fail: &[],
        },
        PatternStructure {
            name: "out of reach",
            name_nl: "buiten bereik",
            overrides: &["population.out_of_reach_share=0.6"],
            must_fail: &[],
        },
        // Talks only see more: they set off no step and build no trust, confidence or motivation.
        PatternStructure {
            name: "surveillance only",
            name_nl: "alleen toezicht",
            overrides: &[
                "steps.kick=0",
                "conversation.trust_gain=0",
                "confidence.talk=0",
                "motivation.talk=0",
                "steps.show_up_confidence=0",
            ],
            must_fail: &[],
        },
    ]
}

/// What one structure shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StructureReport {
    /// Name of the structure.
    pub name: &'static str,
    /// The same in Dutch.
    pub name_nl: &'static str,
    /// What it changes in the scenarios.
    pub overrides: Vec<&'static str>,
    /// Patterns.
    pub rows: Vec<PatternRow>,
    /// Probability of several patterns in one study.
    pub joint: Joint,
    /// What it says about ten years, when it may be true.
    pub decade: Option<Decade>,
    /// Patterns that must fail, and whether each does.
    pub must_fail: Vec<(&'static str, bool)>,
}

impl StructureReport {
    /// The report of a structure.
    pub(super) fn new(
        structure: &PatternStructure,
        rows: Vec<PatternRow>,
        joint: Joint,
        decade: Option<Decade>,
    ) -> Self {
        let fails = |id: &str| {
            rows.iter()
                .any(|row| row.id == id && matches!(row.verdict, Verdict::Fails | Verdict::DoubtfullyFails))
        };
        let must_fail = structure.must_fail.iter().map(|id| (*id, fails(id))).collect();
        Self {
            name: structure.name,
            name_nl: structure.name_nl,
            overrides: structure.overrides.to_vec(),
            rows,
            joint,
            decade,
            must_fail,
        }
    }

    /// Whether a pattern passes here; `None` when it was not looked at.
    pub fn passes(&self, id: &str) -> Option<bool> {
        let row = self.rows.iter().find(|row| row.id == id)?;
        Some(matches!(row.verdict, Verdict::Passes | Verdict::DoubtfullyPasses))
    }
}
