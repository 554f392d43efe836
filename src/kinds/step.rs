//! The small steps.

use super::Domain;

kinds! {
    /// A kind of small step.
    Step, PerStep {
        /// Sport.
        Sport "sport";
        /// Help of the neighborhood team (*wijkteam*).
        NeighborhoodTeam "neighborhood_team";
        /// Mental care.
        MentalCare "mental_care";
        /// A visit to the family doctor.
        Gp "gp";
        /// Debt counselling.
        DebtCounselling "debt_counselling";
        /// Food bank.
        FoodBank "food_bank";
        /// Practice of Dutch.
        DutchPractice "dutch_practice";
        /// Volunteering.
        Volunteering "volunteering";
        /// Informal care (*mantelzorg*).
        InformalCare "informal_care";
        /// A trajectory of the municipality.
        Trajectory "trajectory";
        /// A small job: part-time work beside benefit.
        SmallJob "small_job";
    }
}

/// What multiplies the hazard of starting a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: the step is there for everybody.
    Same,
    /// A base, and more with each disclosed domain that the step serves.
    Disclosed,
    /// One with a language need, else zero.
    Language,
    /// By recorded distance.
    Recorded,
    /// By true distance.
    Reach,
}

impl Step {
    /// Whether a study could count it: it is on file.
    pub(crate) fn visible(self) -> bool {
        self.is_activation() || self == Step::SmallJob
    }

    /// Whether the studies counted it as activation: volunteering, informal care, or a trajectory.
    pub(crate) fn is_activation(self) -> bool {
        matches!(self, Step::Volunteering | Step::InformalCare | Step::Trajectory)
    }

    /// Whether it goes on when the benefit ends: part of the client's own life.
    pub(crate) fn is_own_life(self) -> bool {
        matches!(self, Step::Sport | Step::Volunteering | Step::InformalCare)
    }

    /// What multiplies the hazard of starting it.
    pub(crate) fn need(self) -> Need {
        match self {
            Step::NeighborhoodTeam | Step::MentalCare | Step::Gp | Step::DebtCounselling | Step::FoodBank => {
                Need::Disclosed
            }
            Step::DutchPractice => Need::Language,
            Step::Trajectory => Need::Recorded,
            Step::SmallJob => Need::Reach,
            Step::Sport | Step::Volunteering | Step::InformalCare => Need::Same,
        }
    }

    /// Whether it is help with problems.
    pub(crate) fn is_help(self) -> bool {
        self.need() == Need::Disclosed
    }

    /// The domains that it serves: help serves those that have been disclosed, the others whoever takes the step.
    pub(crate) fn serves(self) -> &'static [Domain] {
        match self {
            Step::NeighborhoodTeam => &[Domain::Housing, Domain::Relations, Domain::Meaning],
            Step::MentalCare | Step::Gp => &[Domain::Health],
            Step::DebtCounselling | Step::FoodBank => &[Domain::Finances],
            Step::Sport | Step::Volunteering => &[Domain::Meaning],
            Step::DutchPractice | Step::InformalCare | Step::Trajectory | Step::SmallJob => &[],
        }
    }
}
