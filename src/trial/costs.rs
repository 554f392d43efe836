//! Money (model page 7.11): what the talks, the trajectories and the benefit cost and what is recovered, in euros per
//! client who came in.
//!
//! Every amount is a monthly total times a price from the scenario (`costs.*`), in the price level of the parameter's
//! source; nothing is indexed. Amounts are added up from the start, or over the last twelve months (`money_year`), or
//! discounted to the start (`money_discounted`).
//!
//! Three purses. The **municipality** pays talks, no-shows, trajectories and the benefit, and keeps what is recovered; in
//! the first years it also keeps what it saves on benefit, because its budget follows later. The **state** pays for the
//! benefit through that budget: `state` is benefit less recovered claims, *the same euros* as the municipality's, seen
//! later; the two must not be added. The **client** has `client` = benefit received less claims repaid; what is earned in
//! work is not in the model, and that is said wherever the number stands.

use crate::history::Tally;
use crate::kinds::{ExitReason, Kind};
use crate::language::Text;
use crate::scenario::parameters::Costs;

use super::measure::{Measure, Over, Ratio, Section, Span, Visibility, WeightedTotal};

/// Unit of every amount.
const UNIT: &str = "EUR per client";

/// Caseworker time for talks held.
fn talks(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal {
        tally: Tally::TalksHeld,
        weight: |costs: &Costs| costs.hours_per_talk * costs.hour,
    });
}

/// Caseworker time for no-shows.
fn no_shows(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal {
        tally: Tally::NoShows,
        weight: |costs: &Costs| costs.hours_per_no_show * costs.hour,
    });
}

/// Months in a trajectory.
fn trajectories(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal {
        tally: Tally::TrajectoryMonths,
        weight: |costs: &Costs| costs.trajectory_month,
    });
}

/// Talks, no-shows and trajectories.
fn implementation(list: &mut Vec<WeightedTotal>) {
    talks(list);
    no_shows(list);
    trajectories(list);
}

/// Benefit, less wages on file.
fn benefit(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal { tally: Tally::BenefitMonths, weight: |costs: &Costs| costs.benefit_month });
    list.push(WeightedTotal { tally: Tally::WagesMonths, weight: |costs: &Costs| -costs.wages_month });
}

/// Benefit not paid to those who left for these reasons, until a return: months off benefit times the
/// price of a month.
fn saved_for(list: &mut Vec<WeightedTotal>, reasons: &[ExitReason]) {
    list.extend(reasons.iter().map(|&reason| WeightedTotal {
        tally: Tally::OffBenefit(reason),
        weight: |costs: &Costs| costs.benefit_month,
    }));
}

/// Benefit not paid after exits to work.
fn saved_work(list: &mut Vec<WeightedTotal>) {
    saved_for(list, &[ExitReason::Work]);
}

/// Benefit not paid after withdrawals.
fn saved_withdrawal(list: &mut Vec<WeightedTotal>) {
    saved_for(list, &[ExitReason::Withdrawal]);
}

/// Benefit not paid after terminations for fraud.
fn saved_fraud(list: &mut Vec<WeightedTotal>) {
    saved_for(list, &[ExitReason::Fraud]);
}

/// Benefit not paid after all other exits.
fn saved_other(list: &mut Vec<WeightedTotal>) {
    let named = [ExitReason::Work, ExitReason::Withdrawal, ExitReason::Fraud];
    let others: Vec<ExitReason> =
        ExitReason::ALL.iter().copied().filter(|reason| !named.contains(reason)).collect();
    saved_for(list, &others);
}

/// Wages on file, which lower the benefit.
fn saved_wages(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal { tally: Tally::WagesMonths, weight: |costs: &Costs| costs.wages_month });
}

/// Claims that are recovered.
fn recovered(list: &mut Vec<WeightedTotal>) {
    list.push(WeightedTotal {
        tally: Tally::Confirmed,
        weight: |costs: &Costs| costs.mean_claim * costs.recovery_share,
    });
}

/// Benefit, less wages on file and claims recovered.
fn benefit_less_recovered(list: &mut Vec<WeightedTotal>) {
    benefit(list);
    list.push(WeightedTotal {
        tally: Tally::Confirmed,
        weight: |costs: &Costs| -costs.mean_claim * costs.recovery_share,
    });
}

/// Everything that the municipality pays.
fn municipality(list: &mut Vec<WeightedTotal>) {
    implementation(list);
    benefit_less_recovered(list);
}

/// A label, the terms behind it, its words, and whether a transition table has it too.
type Item = (&'static str, fn(&mut Vec<WeightedTotal>), Text, bool);

/// The amounts in the order of the results. Parts come before the sums that hold them, so that a reader
/// can add up.
const ITEMS: [Item; 14] = [
    (
        "talks",
        talks,
        Text::new("tijd van consulenten voor gevoerde gesprekken", "caseworker time for talks held"),
        false,
    ),
    (
        "no_shows",
        no_shows,
        Text::new("tijd van consulenten voor wie niet kwam", "caseworker time for no-shows"),
        false,
    ),
    ("trajectories", trajectories, Text::new("maanden in een traject", "months in a trajectory"), false),
    (
        "implementation",
        implementation,
        Text::new(
            "gesprekken, wie niet kwam en trajecten samen",
            "talks, no-shows and trajectories together",
        ),
        false,
    ),
    (
        "benefit",
        benefit,
        Text::new(
            "betaalde uitkering, min het loon uit kleine banen dat ermee wordt verrekend",
            "benefit paid, less the wages of small jobs that are set off against it",
        ),
        true,
    ),
    (
        "recovered",
        recovered,
        Text::new(
            "teruggevorderd na een bevestigde onjuiste opgave (gemiddelde vordering maal het deel dat wordt terugbetaald)",
            "claims recovered after a confirmed irregularity (mean claim times recovered share)",
        ),
        false,
    ),
    (
        "saved_work",
        saved_work,
        Text::new(
            "uitkering die niet is betaald na uitstroom naar werk, tot iemand terugkomt",
            "benefit not paid after exits to work, until a return",
        ),
        false,
    ),
    (
        "saved_withdrawal",
        saved_withdrawal,
        Text::new(
            "uitkering die niet is betaald na afhaken, tot iemand terugkomt",
            "benefit not paid after withdrawals, until a return",
        ),
        false,
    ),
    (
        "saved_fraud",
        saved_fraud,
        Text::new(
            "uitkering die niet is betaald na beëindiging wegens fraude, tot iemand terugkomt",
            "benefit not paid after terminations for fraud, until a return",
        ),
        false,
    ),
    (
        "saved_other",
        saved_other,
        Text::new(
            "uitkering die niet is betaald na uitstroom om een andere reden, tot iemand terugkomt",
            "benefit not paid after exits for another reason, until a return",
        ),
        false,
    ),
    (
        "saved_wages",
        saved_wages,
        Text::new(
            "loon uit kleine banen dat met de uitkering wordt verrekend",
            "wages of small jobs set off against the benefit",
        ),
        false,
    ),
    (
        "municipality",
        municipality,
        Text::new(
            "netto kosten van de gemeente: uitvoering en uitkering min wat wordt teruggevorderd",
            "net costs of the municipality: implementation and benefit less recovered claims",
        ),
        false,
    ),
    (
        "state",
        benefit_less_recovered,
        Text::new(
            "wat het Rijk op termijn betaalt via het budget van de gemeente: uitkering min wat wordt teruggevorderd; dezelfde euro's als die van de gemeente, niet op te tellen",
            "what the state pays through the municipality's budget in the long run: benefit less \
      recovered claims; the same euros as the municipality's, not to be added to them",
        ),
        false,
    ),
    (
        "client",
        benefit_less_recovered,
        Text::new(
            "wat de klant aan uitkering heeft: uitkering min wat wordt terugbetaald; wat iemand met werk verdient zit niet in het model",
            "what the client has from benefit: benefit less claims repaid; earnings from work are \
      not in the model",
        ),
        false,
    ),
];

/// The measures of money, in the order of every file.
pub(super) fn money() -> Vec<Measure> {
    let spans =
        [("money", Span::SoFar), ("money_year", Span::Last(12)), ("money_discounted", Span::Discounted)];
    let of_span = |(name, span)| ITEMS.into_iter().map(move |item| measure(name, span, item));
    spans.into_iter().flat_map(of_span).collect()
}

/// An amount over a span as a measure in euros per client who came in; what stands on file, since
/// offices know their costs.
fn measure(name: &'static str, span: Span, (label, add, definition, in_ladder): Item) -> Measure {
    let mut terms = Vec::new();
    add(&mut terms);
    let ratio = Ratio { terms, span, over: Over::Entered, scale: 1.0 };
    let (section, view) = (Section::Money, Visibility::OnFile);
    Measure { name, label, unit: UNIT, section, view, in_ladder, ratio, less: None, definition }
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::RunningTotals;
    use super::*;
    use crate::history::GroupTally;

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

    fn example() -> GroupTally {
        let mut tally = GroupTally::new(24);
        tally.add(Tally::Entered, 0, 10.0);
        for month in 1..=24 {
            tally.add(Tally::BenefitMonths, month, 9.0);
        }
        tally.add(Tally::TalksHeld, 3, 5.0);
        tally.add(Tally::NoShows, 3, 2.0);
        tally.add(Tally::TrajectoryMonths, 20, 3.0);
        tally.add(Tally::Confirmed, 6, 1.0);
        tally.add(Tally::WagesMonths, 20, 4.0);
        tally
    }

    fn value(name: &str, label: &str, month: usize) -> f64 {
        let tally = example();
        let list = money();
        let measure = list.iter().find(|m| m.name == name && m.label == label).unwrap();
        RunningTotals::new(&tally, COSTS.discount_rate).value(measure, &COSTS, month)
    }

    #[test]
    fn amounts_add_up_per_client() {
        assert_eq!(value("money", "talks", 24), 5.0 * 2.0 * 60.0 / 10.0);
        assert_eq!(value("money", "no_shows", 24), 2.0 * 0.5 * 60.0 / 10.0);
        assert_eq!(value("money", "trajectories", 24), 3.0 * 400.0 / 10.0);
        assert_eq!(value("money", "benefit", 24), (24.0 * 9.0 * 1200.0 - 4.0 * 500.0) / 10.0);
        assert_eq!(value("money", "recovered", 24), 100.0);
        let parts = ["talks", "no_shows", "trajectories", "benefit"];
        let sum: f64 = parts.iter().map(|label| value("money", label, 24)).sum();
        assert!((value("money", "municipality", 24) - (sum - 100.0)).abs() < 1e-9);
        assert_eq!(value("money", "state", 24), value("money", "client", 24));
    }

    #[test]
    fn a_year_is_a_window_and_later_money_counts_less() {
        assert_eq!(value("money_year", "talks", 12), value("money", "talks", 12));
        assert_eq!(value("money_year", "talks", 24), 0.0);
        assert_eq!(value("money_year", "benefit", 24), (12.0 * 9.0 * 1200.0 - 4.0 * 500.0) / 10.0);
        let expected = 60.0 / libm::pow(1.1, 0.25);
        assert!((value("money_discounted", "talks", 24) - expected).abs() < 1e-9);
    }
}
