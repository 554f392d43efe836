//! A whole caseload under regular service, entrants and returned clients counted: flows and stocks of the first year, returns and
//! survival once the caseload turns over, and what has moved after ten years.

use super::averages::{Averages, Facts};
use super::played::Played;
use super::three::study;
use crate::history::{GroupTally, Tally};
use crate::kinds::{Away, Band, ExitReason, Happening, Kind, Rung, SpellClass, Step};
use crate::trial::{Stopped, Watch, replicate};

/// P0: clients on benefit for over three years at the start (as in CBS 2006): share that left within twelve months, pension age apart
/// as in the statistics.
pub(super) fn long_stayers(
    scenario: &Played,
    replicates: u32,
    watch: Watch<'_>,
) -> Result<Averages, Stopped> {
    Averages::over("long-stayers", replicates, watch, |replicate| {
        let scenario = &*scenario.study(replicate);
        let (history, file) = study(scenario, replicate);
        let mut pensioner = vec![false; history.record.participants()];
        for event in &history.record.events {
            // New entrants are no participants.
            if matches!(event.happening, Happening::Exit { reason: ExitReason::Pension, .. })
                && let Some(retired) = pensioner.get_mut(event.participant as usize)
            {
                *retired = true;
            }
        }
        let regular = file.rows.iter().filter(|row| usize::from(row.arm) == scenario.control);
        let share = |from: f32, to: f32| {
            let cohort: Vec<_> =
                regular.clone().filter(|row| (from..to).contains(&row.months_on_benefit)).collect();
            cohort.iter().filter(|row| row.exit <= 12.0 && !pensioner[row.participant as usize]).count()
                as f64
                / cohort.len().max(1) as f64
        };
        vec![("over three years", share(36.0, f32::INFINITY)), ("under one year", share(0.0, 12.0))]
    })
}

/// Names of the facts per class of months on benefit: exits, client-months in the first year, client-months in the last.
pub(super) const CLASSES: [(SpellClass, &str, &str, &str); 5] = [
    (SpellClass::Under6, "exits 0-6m", "months 0-6m", "last months 0-6m"),
    (SpellClass::From6To12, "exits 6-12m", "months 6-12m", "last months 6-12m"),
    (SpellClass::From1To2, "exits 1-2y", "months 1-2y", "last months 1-2y"),
    (SpellClass::From2To5, "exits 2-5y", "months 2-5y", "last months 2-5y"),
    (SpellClass::Over5, "exits over 5y", "months over 5y", "last months over 5y"),
];

/// Names of the facts per band: clients after the first and after the last year.
pub(super) const BANDS: [(Band, &str, &str); 5] = [
    (Band::Over48, "band over 48", "last band over 48"),
    (Band::From24To48, "band 24-48", "last band 24-48"),
    (Band::From12To24, "band 12-24", "last band 12-24"),
    (Band::From6To12, "band 6-12", "last band 6-12"),
    (Band::UpTo6, "band up to 6", "last band up to 6"),
];

/// Names of the facts per rung on which there are many clients.
pub(super) const RUNGS: [(Rung, &str, &str); 3] = [
    (Rung::Isolated, "rung 1", "last rung 1"),
    (Rung::Unpaid, "rung 4", "last rung 4"),
    (Rung::Supported, "rung 5", "last rung 5"),
];

/// Ten years of a whole caseload: everybody under the control service.
pub(super) fn caseload(scenario: &Played, replicates: u32, watch: Watch<'_>) -> Result<Averages, Stopped> {
    Averages::over("caseload", replicates, watch, |number| {
        let scenario = &*scenario.study(number);
        facts(&replicate::under(scenario, scenario.control, number).tallies[0])
    })
}

/// Totals of all sites over some months.
struct Sums<'a>(&'a [GroupTally]);

impl Sums<'_> {
    /// A total over some months.
    fn months(&self, tally: Tally, months: std::ops::RangeInclusive<usize>) -> f64 {
        self.0.iter().flat_map(|site| &site.column(tally)[months.clone()]).sum()
    }

    /// A total over the first year.
    fn first_year(&self, tally: Tally) -> f64 {
        self.months(tally, 1..=12)
    }

    /// Years four and five: whoever returns then has left in the same caseload.
    fn middle(&self, tally: Tally) -> f64 {
        self.months(tally, 37..=60)
    }

    /// A total over the last year.
    fn last_year(&self, tally: Tally) -> f64 {
        let last = self.0.first().map_or(12, GroupTally::months);
        self.months(tally, last - 11..=last)
    }

    /// A total at the end of a month.
    fn end(&self, tally: Tally, month: usize) -> f64 {
        self.months(tally, month..=month)
    }
}

/// What one replicate shows.
fn facts(sites: &[GroupTally]) -> Facts {
    let sums = Sums(sites);
    let last = sites.first().map_or(12, GroupTally::months);
    let exits_of = |year: &dyn Fn(Tally) -> f64| -> f64 {
        SpellClass::ALL.iter().map(|&class| year(Tally::ExitAfter(class))).sum()
    };
    let first = |tally: Tally| sums.first_year(tally);
    let mut facts = vec![
        ("client-months", first(Tally::BenefitMonths)),
        ("exits", exits_of(&first)),
        ("exits to work", first(Tally::Exit(ExitReason::Work))),
        ("exits by fraud", first(Tally::Exit(ExitReason::Fraud))),
        ("exits at pension age", first(Tally::Exit(ExitReason::Pension))),
        ("confirmed", first(Tally::Confirmed)),
        ("confirmed intentional", first(Tally::ConfirmedIntentional)),
        ("last client-months", sums.last_year(Tally::BenefitMonths)),
        ("last exits", exits_of(&|tally| sums.last_year(tally))),
        ("on benefit", sums.end(Tally::OnBenefit, 12)),
        ("last on benefit", sums.end(Tally::OnBenefit, last)),
        ("small job", sums.end(Tally::Active(Step::SmallJob), 12)),
        (
            "provision",
            sums.end(Tally::Active(Step::Trajectory), 12) + sums.end(Tally::Active(Step::DutchPractice), 12),
        ),
    ];
    for (class, exits, months, at_end) in CLASSES {
        facts.push((exits, first(Tally::ExitAfter(class))));
        facts.push((months, first(Tally::MonthsIn(class))));
        facts.push((at_end, sums.last_year(Tally::MonthsIn(class))));
    }
    let over = |classes: &[SpellClass], year: &dyn Fn(Tally) -> f64| -> f64 {
        classes.iter().map(|&class| year(Tally::MonthsIn(class))).sum()
    };
    let last_year = |tally: Tally| sums.last_year(tally);
    facts.push(("months over 2y", over(&[SpellClass::From2To5, SpellClass::Over5], &first)));
    facts.push(("last months over 2y", over(&[SpellClass::From2To5, SpellClass::Over5], &last_year)));
    for (band, name, at_end) in BANDS {
        facts.push((name, sums.end(Tally::Band(band), 12)));
        facts.push((at_end, sums.end(Tally::Band(band), last)));
    }
    for (rung, name, at_end) in RUNGS {
        facts.push((name, sums.end(Tally::Rung(rung), 12)));
        facts.push((at_end, sums.end(Tally::Rung(rung), last)));
    }
    facts.extend(returns(&sums));
    facts
}

/// Returns and ends of new spells in years four and five, when the flows of a caseload in balance stand for its cohorts.
fn returns(sums: &Sums<'_>) -> Facts {
    let back = |until: Away| -> f64 {
        let short = Away::ALL.iter().filter(|&&away| away <= until);
        short.map(|&away| sums.middle(Tally::BackAfter(away))).sum()
    };
    let left: f64 = SpellClass::ALL.iter().map(|&class| sums.middle(Tally::ExitAfter(class))).sum();
    let new = sums.middle(Tally::Entered) + sums.middle(Tally::Returned);
    let short = sums.middle(Tally::ExitAfter(SpellClass::Under6))
        + sums.middle(Tally::ExitAfter(SpellClass::From6To12));
    vec![
        ("left", left),
        ("back 6", back(Away::UpTo6)),
        ("back 12", back(Away::UpTo12)),
        ("back 24", back(Away::UpTo24)),
        ("back 36", back(Away::UpTo36)),
        ("left to work", sums.middle(Tally::Exit(ExitReason::Work))),
        ("left by fraud", sums.middle(Tally::Exit(ExitReason::Fraud))),
        ("back from work 6", sums.middle(Tally::BackWithin6(ExitReason::Work))),
        ("back after fraud 6", sums.middle(Tally::BackWithin6(ExitReason::Fraud))),
        ("new spells", new),
        ("new spells after a year", new - short),
    ]
}
