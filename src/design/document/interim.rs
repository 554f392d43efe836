//! `kind = "interim"`: conditional and predictive power at a look.

use super::NamedValues;
use super::common::{Goal, Solve, add, allow, put};
use crate::design::sequential::{Interim, MonitoringRule};
use crate::document::TableReader;
use crate::said;

/// Answers `kind = "interim"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power]);
    let z = table.required("z", -40.0, 40.0, "1.5");
    let information = table.required("information", 1e-9, 1e12, "60.0");
    table.missing("later_information", "later_information = [120.0]");
    table.missing("upper", "upper = [1.97]");
    let later = table.numbers("later_information", 1e-9, 1e12);
    let upper = table.numbers("upper", -40.0, 40.0);
    let lower = table.numbers("lower", -40.0, 40.0);
    let effect = table.number("effect", -1e6, 1e6);
    let prior_mean = table.number("prior_mean", -1e6, 1e6).unwrap_or(0.0);
    let prior_information = table.number("prior_information", 0.0, 1e12).unwrap_or(0.0);
    let planned_share = table.number("planned_share", 1e-3, 0.999);
    let rule = monitoring(table);
    permitted?;
    let (z, information, later, upper) = (z?, information?, later?, upper?);
    let rises =
        later.windows(2).all(|pair| pair[1] > pair[0]) && later.first().is_some_and(|f| *f > information);
    if !rises || later.len() > 50 {
        let allowed = said!(
            "1 tot 50 stijgende getallen, het eerste boven `information`",
            "1 to 50 rising numbers, the first above `information`"
        );
        table.problem(
            "later_information",
            said!(
                "de toetsmomenten die komen, hebben meer informatie dan nu",
                "the looks to come have more information than now"
            ),
            allowed,
            None,
        );
        return None;
    }
    let lower = lower.unwrap_or_else(|| vec![f64::NEG_INFINITY; later.len()]);
    if upper.len() != later.len() || lower.len() != later.len() {
        table.problem(
            "upper",
            said!("een grens voor elk toetsmoment dat komt", "a bound per look to come"),
            said!("evenveel getallen als `later_information`", "as many numbers as `later_information`"),
            None,
        );
        return None;
    }
    let (upper, lower) = match planned_share {
        None => (upper, lower),
        Some(_) if later.len() > 1 => {
            let allowed = said!("één toetsmoment dat nog komt", "one look to come");
            table.problem(
                "planned_share",
                said!("een combinatietoets heeft twee stappen", "a combination test has two stages"),
                allowed,
                None,
            );
            return None;
        }
        Some(share) => {
            let one = |bounds: &[f64]| {
                bounds.iter().map(|b| combined(*b, share, z, information, later[0])).collect()
            };
            (one(&upper), one(&lower))
        }
    };
    let interim = Interim { z, information, later_information: later, upper, lower };
    let mut answer = NamedValues::new();
    put(&mut answer, "estimate", interim.effect());
    put(&mut answer, "conditional_power_no_effect", interim.conditional_power(0.0));
    put(&mut answer, "conditional_power_estimate", interim.conditional_power(interim.effect()));
    let planned = effect.map(|effect| interim.conditional_power(effect));
    if let (Some(effect), Some(power)) = (effect, planned) {
        put(&mut answer, "effect", effect);
        put(&mut answer, "conditional_power_effect", power);
    }
    put(&mut answer, "predictive_power", interim.predictive_power(prior_mean, prior_information));
    if let Some((rule, month)) = rule {
        let power = planned.unwrap_or_else(|| interim.conditional_power(interim.effect()));
        add(&mut answer, "futility_may_stop", month >= rule.not_before_months);
        add(&mut answer, "futility_stops", rule.stops(month, power));
    }
    Some(answer)
}

/// The bound on the usual z at the end that a combination test amounts to: its statistic weighs z now and z of the second stage
/// by the share of the information that was *planned* for now, whatever the second stage became (Cui, Hung & Wang 1999,
/// doi:10.1111/j.0006-341X.1999.00853.x). R: `gsDesign::condPower` with `z2NC`.
fn combined(bound: f64, share: f64, z: f64, information: f64, later: f64) -> f64 {
    let second = (bound - z * libm::sqrt(share)) / libm::sqrt(1.0 - share);
    (second * libm::sqrt(later - information) + z * libm::sqrt(information)) / libm::sqrt(later)
}

/// `[monitoring]`: a futility rule with its earliest month.
fn monitoring(table: &TableReader<'_>) -> Option<(MonitoringRule, f64)> {
    let monitoring = table.table("monitoring")?;
    let threshold = monitoring.required("stop_below", 0.0, 1.0, "0.2");
    let not_before = monitoring.required("not_before_months", 0.0, 2400.0, "30");
    let month = monitoring.required("month", 0.0, 2400.0, "24");
    monitoring.finish();
    Some((MonitoringRule { threshold: threshold?, not_before_months: not_before? }, month?))
}
