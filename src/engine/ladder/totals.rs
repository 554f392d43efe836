//! From the counts (or expected shares) of clients who came in together to the monthly totals of their group.

use crate::history::{GroupTally, LADDER_REASONS, LadderReason, Tally};
use crate::kinds::{ExitReason, Rung};

/// Clients who came in at the same time.
pub(super) struct Cohort<R, E> {
    /// Months from the start of the study to their entry.
    pub(super) entry: usize,
    /// Number of rungs.
    pub(super) rungs: usize,
    /// Clients on benefit by months since entry and rung.
    pub(super) on_rung: R,
    /// Clients out by months since entry, per reason.
    pub(super) out: E,
}

/// How exits get on file, when the totals are expectations.
pub(super) struct RecordedShares {
    /// Share of exits without a reason on file.
    pub(super) unknown: f64,
}

/// The reason in the totals.
pub(super) fn reason_of(reason: LadderReason) -> ExitReason {
    match reason {
        LadderReason::Work => ExitReason::Work,
        LadderReason::Fraud => ExitReason::Fraud,
        LadderReason::Other => ExitReason::Other,
    }
}

/// Adds a cohort to the totals. With `recorded` the reasons on file are added as expected shares too.
///
/// Who comes in after the start comes at the beginning of a month: this is counted in that month.
pub(super) fn add_cohort<R, E>(
    tally: &mut GroupTally,
    cohort: &Cohort<R, E>,
    recorded: Option<RecordedShares>,
) where
    R: Fn(usize, usize) -> f64,
    E: Fn(usize) -> [f64; LADDER_REASONS],
{
    let entry = cohort.entry;
    let on_benefit = |month| (0..cohort.rungs).map(|rung| (cohort.on_rung)(month, rung)).sum::<f64>();
    tally.add(Tally::Entered, if entry == 0 { 0 } else { entry + 1 }, on_benefit(0));
    if entry == 0 {
        add_states(tally, 0, 0, cohort);
    }
    for month in 1..=tally.months() - entry {
        let now = entry + month;
        tally.add(Tally::BenefitMonths, now, on_benefit(month - 1));
        add_states(tally, now, month, cohort);
        let (before, after) = ((cohort.out)(month - 1), (cohort.out)(month));
        for reason in LadderReason::ALL {
            let exits = after[reason as usize] - before[reason as usize];
            let reason = reason_of(reason);
            tally.add(Tally::Exit(reason), now, exits);
            tally.add(Tally::FirstExits, now, exits);
            if let Some(RecordedShares { unknown }) = recorded {
                tally.add(Tally::Recorded(reason), now, exits * (1.0 - unknown));
                tally.add(Tally::RecordedUnknown, now, exits * unknown);
            }
        }
    }
}

/// Adds who is where in a month.
fn add_states<R, E>(tally: &mut GroupTally, now: usize, month: usize, cohort: &Cohort<R, E>)
where
    R: Fn(usize, usize) -> f64,
{
    for rung in 0..cohort.rungs {
        let clients = (cohort.on_rung)(month, rung);
        tally.add(Tally::OnBenefit, now, clients);
        tally.add(Tally::Rung(Rung::of_table(rung)), now, clients);
    }
}
