//! How likely it is that a study of a scenario shows a pattern: whole studies, each with its own luck
//! and site effects.
//!
//! A pattern (significantly more signals in the treated arm, say) is a fact about studies of some size,
//! not about the model: a true difference can stay unseen. So whole studies are simulated, each with
//! chance, sites and sample of its own, and tested as their authors would.

use crate::estimate::outcomes::Proportion;
use crate::estimate::{Alternative, fisher::fisher, pearson::pearson};
use crate::observe::{Protocol, cut};
use crate::scenario::Scenario;
use crate::trial::replicate;

use super::model::Outcome;
use super::outcome::{OutcomeQuery, share};
use super::place::LUCK;

/// Simulated studies per run: few, since their error is told and the same pattern is asked at hundreds
/// of points.
const STUDIES: u32 = 8;

/// Share of the sites of simulated studies of the scenario as it is that show the pattern, with half a site added.
pub(super) fn probability(scenario: &Scenario, treated: usize, asked: &OutcomeQuery) -> Outcome {
    let Some(wanted) = asked.pattern else { return Outcome { value: f64::NAN, error: f64::NAN } };
    let control = scenario.control;
    let month = asked.window[1].min(scenario.horizon_months);
    let sites = scenario.sites.len();
    let showing = |study: u32| {
        let record = replicate::study(scenario, LUCK + 1 + study).record;
        let files = cut(&Protocol::from(scenario), &record, &[month]);
        let count = |site: usize, arm: usize| {
            let rows = files[0]
                .rows
                .iter()
                .filter(|row| (usize::from(row.site), usize::from(row.arm)) == (site, arm));
            rows.fold((0, 0), |(events, total), row| {
                (events + u64::from(wanted.endpoint.of(row).1 == 1), total + 1)
            })
        };
        let shows = |site: &usize| significant(count(*site, control), count(*site, treated)) == wanted.more;
        (0..sites).filter(shows).count()
    };
    let seen = (0..STUDIES).map(showing).sum::<usize>() as f64;
    let all = f64::from(STUDIES) * sites as f64;
    Outcome { value: (seen + 0.5) / (all + 1.0), error: share(seen, all).error }
}

/// Whether the treated have significantly more events at 5 %, two-sided: Pearson's test, or Fisher's when fewer than five are
/// expected somewhere.
fn significant(control: (u64, u64), treated: (u64, u64)) -> bool {
    let (c, t) = (
        Proportion { events: control.0, total: control.1 },
        Proportion { events: treated.0, total: treated.1 },
    );
    let (all, events) = ((c.total + t.total) as f64, (c.events + t.events) as f64);
    if c.total == 0 || t.total == 0 || events == 0.0 || events == all {
        return false;
    }
    let smallest = events.min(all - events) * c.total.min(t.total) as f64 / all;
    let p_value = if smallest >= 5.0 {
        pearson(&[c, t], false).map_or(1.0, |test| test.p_value)
    } else {
        fisher(c, t, Alternative::TwoSided, 0.95).p_value
    };
    p_value <= 0.05 && t.share() > c.share()
}
