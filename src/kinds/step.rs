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
    }
}

/// What multiplies the hazard of starting a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the step is there for everybody.
    Same,
    /// A base, and more with each disclosed domain that the step serves.
    Disclosed,
    /// One with a language need, else zero.
    Language,
    /// By recorded distance.
    Distance,
}

impl Step {
    /// Whether a study could count it: it is on file.
    pub fn visible(self) -> bool {
        matches!(self, Step::Volunteering | Step::InformalCare | Step::Trajectory)
    }

    /// What multiplies the hazard of starting it.
    pub fn need(self) -> Need {
        match self {
            Step::NeighborhoodTeam | Step::MentalCare | Step::Gp | Step::DebtCounselling | Step::FoodBank => {
                Need::Disclosed
            }
            Step::DutchPractice => Need::Language,
            Step::Trajectory => Need::Distance,
            Step::Sport | Step::Volunteering | Step::InformalCare => Need::Same,
        }
    }

    /// Whether it is help with problems.
    pub fn is_help(self) -> bool {
        self.need() == Need::Disclosed
    }

    /// The domains that it serves.
    pub fn serves(self) -> &'static [Domain] {
        match self {
            Step::NeighborhoodTeam => &[Domain::Housing, Domain::Relations],
            Step::MentalCare | Step::Gp => &[Domain::Health],
            Step::DebtCounselling | Step::FoodBank => &[Domain::Finances],
            Step::Sport
            | Step::DutchPractice
            | Step::Volunteering
            | Step::InformalCare
            | Step::Trajectory => &[],
        }
    }
}
