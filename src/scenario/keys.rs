//! The allowed ranges of the study's settings, shared by the validator and the schema.
//!
//! Whoever adds a setting adds a row here; the reader then finds its limits by path, and editors get
//! them with the meaning in the schema. A path without a row is a mistake of ours, which debug builds
//! catch.

use crate::document::TableReader;

/// Settings of a scenario, read within the limits of this file.
pub(super) trait WithinLimits {
    /// A number within the limits of its key; `None` when it is absent, or wrong and reported.
    fn setting(&self, key: &str) -> Option<f64>;
    /// A list of numbers, each within the limits of its key; `None` as above.
    fn settings(&self, key: &str) -> Option<Vec<f64>>;
    /// A whole number within the limits of its key; `None` as above.
    fn count(&self, key: &str) -> Option<i64>;
}

impl WithinLimits for TableReader<'_> {
    fn setting(&self, key: &str) -> Option<f64> {
        let (min, max) = number_limits(&self.path_of(key));
        self.number(key, min, max)
    }

    fn settings(&self, key: &str) -> Option<Vec<f64>> {
        let (min, max) = number_limits(&self.path_of(key));
        self.numbers(key, min, max)
    }

    fn count(&self, key: &str) -> Option<i64> {
        let (min, max) = integer_limits(&self.path_of(key));
        self.integer(key, min, max)
    }
}

/// Whole-number settings: path (arms and sites without their name), smallest, largest, meaning.
pub(super) const INTEGERS: [(&str, i64, i64, &str); 23] = [
    ("seed", 0, i64::MAX, "Seed of every draw."),
    ("replicates", 1, 10_000_000, "Repetitions of the whole study."),
    ("steps_per_month", 1, 4, "Steps in a month: 1, 2 or 4."),
    ("horizon_months", 1, 360, "Months simulated."),
    ("report_every_months", 1, 360, "Months between reported points; the horizon is always reported."),
    ("enrollment_months", 0, 120, "Months over which participants enrol; 0 = all at once."),
    (
        "municipality.inhabitants",
        1,
        100_000_000,
        "Inhabitants of the municipality: says how its budget for benefits follows what it spends.",
    ),
    ("municipality.price_year", 1990, 2100, "Year of the prices that this scenario gives itself."),
    ("uncertainty.parameter_draws", 0, 1_000_000, "Draws of all parameters from their priors; 0 = none."),
    (
        "uncertainty.replicates_per_draw",
        0,
        1_000_000,
        "Replicates per draw; 0 = replicates divided over the draws; at least 2.",
    ),
    ("analysis.sides", 1, 2, "One-sided or two-sided tests."),
    ("analysis.cut_off_months", 1, 360, "Durations at which the study is cut off, months, rising."),
    ("analysis.interim.look_months", 1, 360, "Months of the interim looks, rising; none = no looks."),
    (
        "analysis.interim.futility_not_before_month",
        0,
        360,
        "Never stop for futility before this month; 0 = the first look at which the simulated effect shows.",
    ),
    ("arm.participants", 0, 2_000_000_000, "Participants at every site."),
    ("arm.review_months", 1, 360, "Months after which it is decided again who gets which service."),
    ("arm.serves.from_month", 0, 360, "First month in which the row holds, counted from 0."),
    ("arm.serves.until_month", 1, 360, "First month in which the row no longer holds."),
    ("arm.serves.caseworker", 1, 100_000_000, "Caseworkers of the arm at the site, counted from 1."),
    ("arm.ladder_effect.from_month", 0, 360, "First month, counting from 0, in which the effect works."),
    ("site.participants", 0, 2_000_000_000, "Participants at this site, for every arm or by arm name."),
    ("site.follow_up_months", 1, 360, "Months of follow-up at this site, at most the horizon."),
    ("exit.pension_age_months", 600, 1200, "Pension age in months, by calendar year."),
];

/// Settings that are numbers: path, smallest, largest, meaning.
pub(super) const NUMBERS: [(&str, f64, f64, &str); 24] = [
    (
        "precision.difference",
        0.0,
        1.0,
        "Monte Carlo error that is enough for the difference in exits at the horizon; 0 = always all replicates.",
    ),
    ("limits.max_hours", 0.0, 1e6, "Hours of computing before a run is refused."),
    ("limits.max_memory_gib", 0.0, 1e6, "Memory in GiB before a run is refused."),
    ("limits.max_disk_gib", 0.0, 1e6, "Disk space in GiB before a run is refused."),
    ("analysis.alpha", 1e-6, 0.5, "Significance level of all sides together."),
    ("analysis.target_power", 0.05, 0.999, "Power that a study aims at."),
    ("analysis.sizes", 1e-6, 1.0, "Sizes as shares of the participants, rising."),
    ("analysis.interim.parameter", -20.0, 20.0, "Shape of the spending function."),
    ("analysis.interim.futility_parameter", -20.0, 20.0, "Shape of the spending function of futility."),
    ("arm.caseworkers", 0.0, 1e8, "Caseworkers at every site, full-time equivalents."),
    ("arm.serves.who.recorded_months", 0.0, 1e4, "Lowest and highest recorded distance to work, months."),
    ("arm.serves.who.duration_months", 0.0, 1e4, "Fewest and most months on benefit in the spell."),
    ("arm.serves.who.age", 0.0, 150.0, "Lowest and highest age, years."),
    (
        "site.caseworkers",
        0.0,
        1e8,
        "Caseworkers at this site, full-time equivalents, for every arm or by arm name.",
    ),
    ("arm.ladder_effect.multiplier", 0.0, 100.0, "Multiplier on the moves up."),
    (
        "arm.ladder_effect.slope",
        0.0,
        100.0,
        "Growth of the effect with trust: multiplier * (1 + slope * trust).",
    ),
    ("arm.ladder_effect.trust_gain", 0.0, 1.0, "Gain of trust per month: trust += gain * (1 - trust)."),
    ("site.slots_per_month", 0.0, 1e6, "Conversation slots per caseworker a month."),
    (
        "site.neglect",
        0.0,
        10.0,
        "1 = as usual, 1.4 = clients long unseen; multiplies the stock of irregularities.",
    ),
    (
        "site.labor_market",
        0.0,
        100.0,
        "Multiplier on the hazard of work, one value per month from the start.",
    ),
    ("structure.weight", 0.0, 1e6, "Weight of the story, relative to the others."),
    ("ladder.start", 0.0, 1.0, "Share that starts on each rung."),
    ("ladder.start_trust", 0.0, 1.0, "Levels of trust at the start, in equal parts."),
    ("ladder.rates", 0.0, 20.0, "Hazards per month; probabilities are at most 1."),
];

/// Limits of a whole-number setting.
pub(super) fn integer_limits(path: &str) -> (i64, i64) {
    let found = INTEGERS.iter().find(|(name, ..)| *name == path);
    debug_assert!(found.is_some(), "no integer setting {path}");
    found.map_or((0, i64::MAX), |(_, min, max, _)| (*min, *max))
}

/// Limits of a number setting.
pub(super) fn number_limits(path: &str) -> (f64, f64) {
    let found = NUMBERS.iter().find(|(name, ..)| *name == path);
    debug_assert!(found.is_some(), "no number setting {path}");
    found.map_or((0.0, f64::MAX), |(_, min, max, _)| (*min, *max))
}
