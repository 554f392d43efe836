//! From the monthly totals of one group to the values of the measures at the reported months.
//!
//! A measure is a ratio of weighted totals over a span (`measure`). Its value at any month comes from
//! running sums, so a hundred measures at sixty months cost one pass over the totals each.

use crate::history::{GroupTally, TALLIES, Tally};
use crate::scenario::parameters::Costs;

use super::measure::{Measure, Over, Ratio, Span};

/// Running sums of every total over the months, so that any span costs one subtraction.
pub(crate) struct RunningTotals<'a> {
    /// Monthly totals.
    tally: &'a GroupTally,
    /// `sums[tally][month]`: months 0 to `month`; one row per total, in the order of [`Tally::all`].
    sums: Vec<Vec<f64>>,
    /// As `sums`, discounted to month 0.
    discounted: Vec<Vec<f64>>,
}

impl<'a> RunningTotals<'a> {
    /// Sums the totals of a group; `discount_per_year` is the yearly discount rate.
    pub(crate) fn new(tally: &'a GroupTally, discount_per_year: f64) -> Self {
        let monthly = libm::pow(1.0 + discount_per_year, -1.0 / 12.0);
        let mut sums = Vec::with_capacity(TALLIES);
        let mut discounted = Vec::with_capacity(TALLIES);
        for kind in Tally::all() {
            let column = tally.column(kind);
            sums.push(running(column, 1.0));
            discounted.push(running(column, monthly));
        }
        Self { tally, sums, discounted }
    }

    /// A total over a span that ends at `month`; `None` when the span begins before month 0.
    fn total(&self, kind: Tally, span: Span, month: usize) -> Option<f64> {
        let at = kind.index();
        match span {
            Span::Now => Some(self.tally.column(kind)[month]),
            Span::SoFar => Some(self.sums[at][month]),
            Span::Discounted => Some(self.discounted[at][month]),
            Span::Last(months) => {
                let before = month.checked_sub(months as usize)?;
                Some(self.sums[at][month] - self.sums[at][before])
            }
        }
    }

    /// The value of a ratio at a month; `None` where it is not defined: the span begins before month 0,
    /// or the denominator is not above 0.
    fn ratio(&self, ratio: &Ratio, costs: &Costs, month: usize) -> Option<f64> {
        let mut numerator = 0.0;
        for term in &ratio.terms {
            numerator += (term.weight)(costs) * self.total(term.tally, ratio.span, month)?;
        }
        let denominator = match ratio.over {
            Over::Nothing => 1.0,
            Over::Entered => self.total(Tally::Entered, Span::SoFar, month)?,
            Over::OnBenefit => self.total(Tally::OnBenefit, Span::Now, month)?,
            Over::Totals(kinds) => {
                let mut sum = 0.0;
                for &kind in kinds {
                    sum += self.total(kind, ratio.span, month)?;
                }
                sum
            }
        };
        (denominator > 0.0).then(|| ratio.scale * numerator / denominator)
    }

    /// The value of a measure at a month; NaN where it is undefined (nobody there, or too early).
    pub(crate) fn value(&self, measure: &Measure, costs: &Costs, month: usize) -> f64 {
        let value = self.ratio(&measure.ratio, costs, month);
        let less = measure.less.as_ref().map_or(Some(0.0), |less| self.ratio(less, costs, month));
        match (value, less) {
            (Some(value), Some(less)) => value - less,
            _ => f64::NAN,
        }
    }
}

/// A column times powers of a factor, added up from month 0: plain sums with factor 1, discounted ones
/// with the month's discount.
fn running(column: &[f64], factor: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut weight = 1.0;
    let add = |&value: &f64| {
        sum += weight * value;
        weight *= factor;
        sum
    };
    column.iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::super::measures;
    use super::*;
    use crate::kinds::ExitReason;

    const COSTS: Costs = Costs {
        hours_per_talk: 2.0,
        hours_per_no_show: 0.5,
        hour: 60.0,
        benefit_month: 1200.0,
        mean_claim: 2000.0,
        recovery_share: 0.5,
        trajectory_month: 400.0,
        wages_month: 500.0,
        discount_rate: 0.1,
    };

    fn value(tally: &GroupTally, name: &str, label: &str, month: usize) -> f64 {
        let measure = measures().iter().find(|m| m.name == name && m.label == label).unwrap();
        RunningTotals::new(tally, COSTS.discount_rate).value(measure, &COSTS, month)
    }

    /// Ten clients; one leaves to work in months 2 and 7 (the second has no reason on file); talks and signals.
    fn example() -> GroupTally {
        let mut tally = GroupTally::new(12);
        tally.add(Tally::Entered, 0, 10.0);
        for month in 0..=12 {
            let left = f64::from(u8::from(month >= 2)) + f64::from(u8::from(month >= 7));
            tally.add(Tally::OnBenefit, month, 10.0 - left);
            tally.add(Tally::Trust, month, 0.4 * (10.0 - left));
            if month > 0 {
                tally.add(Tally::BenefitMonths, month, 10.0 - left);
            }
        }
        for month in [2, 7] {
            tally.add(Tally::FirstExits, month, 1.0);
            tally.add(Tally::Exit(ExitReason::Work), month, 1.0);
        }
        tally.add(Tally::Recorded(ExitReason::Work), 2, 1.0);
        tally.add(Tally::RecordedUnknown, 7, 1.0);
        tally.add(Tally::Signals, 1, 2.0);
        tally.add(Tally::Signals, 8, 1.0);
        tally.add(Tally::TalksHeld, 3, 4.0);
        tally.add(Tally::NoShows, 3, 1.0);
        tally
    }

    #[test]
    fn shares_are_cumulative_over_clients_entered() {
        let tally = example();
        assert_eq!(value(&tally, "exits", "", 1), 0.0);
        assert_eq!(value(&tally, "exits", "", 2), 0.1);
        assert_eq!(value(&tally, "exits_true", "work", 12), 0.2);
        assert_eq!(value(&tally, "exits_recorded", "work", 12), 0.1);
        assert_eq!(value(&tally, "exits_recorded", "unknown", 12), 0.1);
        assert_eq!(value(&tally, "on_benefit", "", 12), 0.8);
    }

    #[test]
    fn half_years_are_windows_and_undefined_before_the_first_is_over() {
        let tally = example();
        assert!(value(&tally, "signals_half_year", "", 5).is_nan());
        assert_eq!(value(&tally, "signals_half_year", "", 6), 200.0);
        assert_eq!(value(&tally, "signals_half_year", "", 12), 100.0);
        assert_eq!(value(&tally, "signals", "", 12), 300.0);
    }

    #[test]
    fn means_are_over_clients_on_benefit_and_hours_follow_the_scenario() {
        let tally = example();
        assert!((value(&tally, "trust", "", 12) - 0.4).abs() < 1e-12);
        assert_eq!(value(&tally, "caseworker_hours_total", "", 12), 4.0 * 2.0 + 0.5);
        assert_eq!(value(&tally, "no_show_share", "", 12), 0.2);
    }

    #[test]
    fn an_empty_group_has_no_values() {
        let tally = GroupTally::new(12);
        assert!(value(&tally, "exits", "", 12).is_nan());
        assert_eq!(value(&tally, "clients_entered", "", 12), 0.0);
    }

    #[test]
    fn satisfaction_is_quality_less_the_share_left_waiting() {
        let mut tally = GroupTally::new(6);
        tally.add(Tally::TalksHeld, 2, 4.0);
        tally.add(Tally::Quality, 2, 2.4);
        tally.add(Tally::Invited, 2, 5.0);
        tally.add(Tally::Backlog, 2, 5.0);
        assert!((value(&tally, "caseworker_satisfaction", "", 6) - (0.6 - 0.5)).abs() < 1e-12);
    }

    #[test]
    fn discounting_starts_at_month_zero() {
        let sums = running(&[1.0, 1.0], libm::pow(1.1, -1.0 / 12.0));
        assert_eq!(sums[0], 1.0);
        assert!((sums[1] - (1.0 + 1.0 / libm::pow(1.1, 1.0 / 12.0))).abs() < 1e-15);
    }
}
