//! Which measures get more than a mean and a range over replicates.

use super::measure::Measure;

/// The measures whose means control variates sharpen: those that planners look at first.
const SHARPENED: [&str; 29] = [
    "exits",
    "ever_worked",
    "exits_true",
    "on_benefit",
    "months_on_benefit",
    "returns",
    "clients_with_signal",
    "signals",
    "signals_half_year_on_benefit",
    "confirmed",
    "terminated",
    "hidden_irregularities",
    "activated",
    "visible_steps",
    "invisible_steps",
    "distance_true",
    "distance_recorded",
    "came_near",
    "hidden_capacity",
    "capacity_found",
    "rung",
    "trust",
    "confidence",
    "motivation",
    "talks_held",
    "talks_per_year",
    "caseworker_hours",
    "waiting_share",
    "no_show_share",
];
/// All money added up, plain and discounted, too; money by year is not.
const SHARPENED_MONEY: [&str; 2] = ["money", "money_discounted"];

/// The measures that draws leave out: no page shows them, or they follow from another (money of a year is the difference of two
/// months of money added up).
const LEFT_OUT: [&str; 13] = [
    "clients_on_benefit",
    "clients_entered",
    "signals_half_year",
    "signals_half_year_by_channel",
    "confirmed_kind",
    "step_active",
    "step_extensions",
    "band",
    "image",
    "own_initiative_half_year",
    "talks_waiting",
    "caseworker_hours_total",
    "money_year",
];
/// Whether control variates sharpen the mean of a measure.
pub(super) fn sharpened(measure: &Measure) -> bool {
    SHARPENED.contains(&measure.name) || SHARPENED_MONEY.contains(&measure.name)
}

/// Whether draws of the parameters keep a measure.
pub(super) fn under_draws(measure: &Measure) -> bool {
    !LEFT_OUT.contains(&measure.name)
}
