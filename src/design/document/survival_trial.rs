//! The plan of a survival study: `[enrollment]`, `[follow_up]`, `[hazards]`, `[[stratum]]`.

use super::common::{Goal, Solve};
use crate::design::analytic::{ArmHazards, Piecewise, Stratum, Trial};
use crate::document::TableReader;
use crate::language::Said;
use crate::said;

/// When the study ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// So many months after the last enrollment.
    FollowUp(f64),
    /// So many months after the first enrollment.
    Study(f64),
    /// When so many events are expected.
    Events(f64),
    /// To be found.
    Open,
}

/// Reads the plan and its end.
pub(super) fn trial(table: &TableReader<'_>, goal: &Goal) -> Option<(Trial, End)> {
    let enrollment = enrollment(table, goal);
    let end = end(table, goal);
    let strata = strata(table);
    let ratio = table.number("allocation_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let (rates, months) = enrollment?;
    let (end, maximum_months) = end?;
    let trial = Trial {
        enrollment: rates,
        enrollment_months: months,
        treated_share: ratio / (1.0 + ratio),
        maximum_months,
        strata: strata?,
    };
    if trial.participants() <= 0.0 {
        table.problem(
            "enrollment",
            said!("niemand stroomt in", "nobody enters"),
            said!(
                "een instroom boven 0 voor het eind van de instroom",
                "a positive rate before the end of enrollment"
            ),
            None,
        );
        return None;
    }
    Some((trial, end))
}

/// Participants per month, and months.
fn enrollment(table: &TableReader<'_>, goal: &Goal) -> Option<(Piecewise, f64)> {
    table.missing(
        "enrollment",
        said!(
            "[enrollment] met months = 6 en participants = 2000",
            "[enrollment] with months = 6 and participants = 2000"
        ),
    );
    let enrollment = table.table("enrollment")?;
    enrollment.missing("months", "months = 6");
    let months = enrollment.number("months", 1e-3, 2400.0);
    let participants = enrollment.number("participants", 1.0, 1e9);
    let starts = enrollment.numbers("starts_months", 0.0, 2400.0);
    let rates = enrollment.one_or_more("rates_per_month", 0.0, 1e9);
    if participants.is_none() && rates.is_none() && goal.solve != Solve::Size {
        enrollment.missing(
            "participants",
            said!(
                "participants = 2000, of rates_per_month = [100.0]",
                "participants = 2000, or rates_per_month = [100.0]"
            ),
        );
    }
    let months = months?;
    let given = rates.unwrap_or_else(|| vec![1.0]);
    let piecewise = match Piecewise::new(starts.unwrap_or_else(|| vec![0.0]), given) {
        Ok(piecewise) => piecewise,
        Err(why) => {
            enrollment.problem(
                "rates_per_month",
                why,
                said!(
                    "een instroom voor elke begintijd in starts_months",
                    "one rate per start in starts_months"
                ),
                None,
            );
            return None;
        }
    };
    let entering = piecewise.integral(months);
    enrollment.finish();
    let scaled = match participants {
        Some(participants) if entering > 0.0 => piecewise.scaled(participants / entering),
        _ => piecewise,
    };
    Some((scaled, months))
}

/// When the study ends.
fn end(table: &TableReader<'_>, goal: &Goal) -> Option<(End, Option<f64>)> {
    let Some(follow_up) = table.table("follow_up") else {
        if goal.solve == Solve::FollowUp {
            return Some((End::Open, None));
        }
        table.missing("follow_up", said!("[follow_up] met months = 30", "[follow_up] with months = 30"));
        return None;
    };
    let months = follow_up.number("months", 0.0, 2400.0);
    let study = follow_up.number("study_months", 1e-3, 2400.0);
    let events = follow_up.number("events", 1e-3, 1e9);
    let maximum = follow_up.number("maximum_months", 1e-3, 2400.0);
    let given = [months.is_some(), study.is_some(), events.is_some()].iter().filter(|g| **g).count();
    let allowed =
        said!("precies een van months, study_months, events", "exactly one of months, study_months, events");
    match (given, goal.solve) {
        (0, Solve::FollowUp) => {}
        (1, Solve::Power) => {}
        (1, Solve::Size) if events.is_none() => {}
        (1, Solve::Size) => {
            let allowed = said!(
                "months of study_months: met vaste gebeurtenissen hangt het onderscheidend vermogen \
                 niet van de omvang af",
                "months or study_months: with the events fixed, power does not depend on the size"
            );
            follow_up.problem(
                "events",
                said!(
                    "om de omvang te vinden, leg vast wanneer het onderzoek eindigt",
                    "to find the size, fix when the study ends"
                ),
                allowed,
                None,
            );
        }
        (1, Solve::Enrollment) if months.is_some() => {}
        (_, Solve::FollowUp) => follow_up.problem(
            "months",
            said!("de waarnemingstijd wordt gezocht", "the follow-up is what is sought"),
            said!("laat het weg", "leave it out"),
            None,
        ),
        (_, Solve::Enrollment) => {
            follow_up.problem(
                "months",
                said!(
                    "om de instroom te vinden, leg de waarneming erna vast",
                    "to find the enrollment, fix the follow-up after it"
                ),
                Said::same("months = 12"),
                None,
            );
        }
        _ => follow_up.problem(
            "months",
            said!("wanneer eindigt het onderzoek?", "when does the study end?"),
            allowed,
            None,
        ),
    }
    let end = match (months, study, events) {
        (Some(months), _, _) => End::FollowUp(months),
        (_, Some(study), _) => End::Study(study),
        (_, _, Some(events)) => End::Events(events),
        _ => End::Open,
    };
    follow_up.finish();
    Some((end, maximum))
}

/// The strata, or one.
fn strata(table: &TableReader<'_>) -> Option<Vec<Stratum>> {
    let listed = table.tables("stratum");
    if listed.is_empty() {
        table.missing(
            "hazards",
            said!(
                "[hazards] met control_per_month = 0.004 en hazard_ratio = 1.6",
                "[hazards] with control_per_month = 0.004 and hazard_ratio = 1.6"
            ),
        );
        let hazards = table.table("hazards")?;
        let read = stratum(&hazards, 1.0);
        hazards.finish();
        return read.map(|stratum| vec![stratum]);
    }
    if table.has("hazards") {
        table.problem(
            "hazards",
            said!(
                "met strata heeft elke [[stratum]] eigen kansen",
                "with strata, every [[stratum]] has its own hazards"
            ),
            said!("laat het weg", "leave it out"),
            None,
        );
    }
    let mut shares = Vec::new();
    let mut strata = Vec::new();
    for one in listed {
        one.missing("share", "share = 0.5");
        let share = one.number("share", 0.0, 1.0);
        shares.push(share.unwrap_or(0.0));
        strata.push(stratum(&one, share.unwrap_or(0.0)));
        one.finish();
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        table.problem(
            "stratum",
            said!(
                "de aandelen van de strata tellen op tot {sum}",
                "the shares of the strata sum to {sum}",
                sum = sum
            ),
            said!("aandelen die optellen tot 1", "shares that sum to 1"),
            None,
        );
        return None;
    }
    strata.into_iter().collect()
}

/// Hazards and losses of both arms.
fn stratum(table: &TableReader<'_>, share: f64) -> Option<Stratum> {
    let starts = table.numbers("starts_months", 0.0, 2400.0).unwrap_or_else(|| vec![0.0]);
    let control = control_hazard(table, &starts);
    let treated = treated_hazard(table, &starts, control.as_ref());
    let loss = |arm: &str| {
        let plain = rates(table, "loss_per_month", &starts);
        let dropout = rates(table, &format!("loss_{arm}_per_month"), &starts).or(plain);
        let competing = rates(table, "competing_per_month", &starts);
        let own_competing = rates(table, &format!("competing_{arm}_per_month"), &starts).or(competing);
        let zero = Piecewise::constant(0.0);
        dropout.unwrap_or_else(|| zero.clone()).plus(&own_competing.unwrap_or(zero))
    };
    let (treated_loss, control_loss) = (loss("treated"), loss("control"));
    Some(Stratum {
        share,
        treated: ArmHazards { event: treated?, loss: treated_loss },
        control: ArmHazards { event: control?, loss: control_loss },
    })
}

/// A list of rates with one value per start, or one value for all.
fn rates(table: &TableReader<'_>, key: &str, starts: &[f64]) -> Option<Piecewise> {
    pieces(table, key, starts, 0.0, 100.0)
}

/// A value per piece, within limits.
fn pieces(table: &TableReader<'_>, key: &str, starts: &[f64], min: f64, max: f64) -> Option<Piecewise> {
    let values = table.one_or_more(key, min, max)?;
    if let [value] = values[..] {
        return Some(Piecewise::constant(value));
    }
    match Piecewise::new(starts.to_vec(), values) {
        Ok(piecewise) => Some(piecewise),
        Err(why) => {
            table.problem(
                key,
                why,
                said!(
                    "één waarde, of een voor elke begintijd in starts_months (stijgend vanaf 0)",
                    "one value, or one per start in starts_months (rising from 0)"
                ),
                None,
            );
            None
        }
    }
}

/// A constant hazard from the share that has left by a month.
fn hazard_of_share(share: f64, month: f64) -> f64 {
    -libm::log1p(-share) / month
}

/// Hazard of the control arm.
fn control_hazard(table: &TableReader<'_>, starts: &[f64]) -> Option<Piecewise> {
    let month = table.number("exit_share_month", 1e-3, 2400.0).unwrap_or(12.0);
    if let Some(median) = table.number("control_median_months", 1e-3, 1e6) {
        return Some(Piecewise::constant(std::f64::consts::LN_2 / median));
    }
    if let Some(share) = table.number("control_exit_share", 0.0, 1.0 - 1e-9) {
        return Some(Piecewise::constant(hazard_of_share(share, month)));
    }
    table.missing("control_per_month", "control_per_month = 0.004");
    rates(table, "control_per_month", starts)
}

/// Hazard of the treated arm, as stated or by a ratio.
fn treated_hazard(table: &TableReader<'_>, starts: &[f64], control: Option<&Piecewise>) -> Option<Piecewise> {
    let month = table.number("exit_share_month", 1e-3, 2400.0).unwrap_or(12.0);
    if let Some(median) = table.number("treated_median_months", 1e-3, 1e6) {
        return Some(Piecewise::constant(std::f64::consts::LN_2 / median));
    }
    if let Some(share) = table.number("treated_exit_share", 0.0, 1.0 - 1e-9) {
        return Some(Piecewise::constant(hazard_of_share(share, month)));
    }
    if table.has("treated_per_month") {
        return rates(table, "treated_per_month", starts);
    }
    table.missing(
        "hazard_ratio",
        said!(
            "hazard_ratio = [1.0, 1.6], of treated_per_month = [0.004, 0.0064]",
            "hazard_ratio = [1.0, 1.6], or treated_per_month = [0.004, 0.0064]"
        ),
    );
    let ratio = pieces(table, "hazard_ratio", starts, 1e-6, 1e6)?;
    Some(control?.combined(&ratio, |hazard, ratio| hazard * ratio))
}
