//! The outcomes that a figure can be about, measured in a simulated caseload.
//!
//! Definitions are those of the statistics they are held against: a rate is per client-year *on
//! benefit*, and who reaches pension age has not left for a reason that anybody can influence. A wrong
//! denominator here would be learned as a wrong parameter.

use crate::history::{GroupTally, Record, Tally};
use crate::kinds::{ExitReason, Happening, Kind as _, Step};

use super::model::Outcome;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutcomeKind {
    /// Share of those on benefit at the start who are on benefit at the end of the window.
    ShareOnBenefit,
    /// Exits per client-year on benefit, pension age left out; entrants and returns count.
    ExitsPerClientYear,
    /// Share of the exits (pension age left out) that are for a reason.
    ExitsByReasonShare,
    /// Exits per client-month on benefit, pension age left out, by the length of the spell.
    ExitHazard,
    /// Share of the caseload at the start whose spell has a length.
    StockShare,
    /// Share of new spells that last through the window.
    SurvivalOfNewSpells,
    /// Share of the exits in the window after which the client is back within some months.
    ReturnsWithin,
    /// Fraud signals per client-year on benefit.
    SignalsPerClientYear,
    /// Confirmed irregularities per client-year on benefit.
    ConfirmedPerClientYear,
    /// Share of clients with a visible activation by the end of the window.
    ActivatedShare,
    /// Share of clients on benefit at the end of the window who are in a step.
    StepActive,
    /// Talks held per client-year on benefit.
    TalksPerClientYear,
    /// Share of invitations without show.
    NoShowShare,
    /// Terminations by enforcement per client-year on benefit.
    TerminatedShare,
    /// Probability that a site of a study of the scenario shows a pattern.
    Pattern,
}

impl OutcomeKind {
    /// Names in files, one per kind.
    pub(crate) const NAMES: [(&'static str, OutcomeKind); 15] = [
        ("share_on_benefit", OutcomeKind::ShareOnBenefit),
        ("exits_per_client_year", OutcomeKind::ExitsPerClientYear),
        ("exits_by_reason_share", OutcomeKind::ExitsByReasonShare),
        ("exit_hazard", OutcomeKind::ExitHazard),
        ("stock_share", OutcomeKind::StockShare),
        ("survival_of_new_spells", OutcomeKind::SurvivalOfNewSpells),
        ("returns_within", OutcomeKind::ReturnsWithin),
        ("signals_per_client_year", OutcomeKind::SignalsPerClientYear),
        ("confirmed_per_client_year", OutcomeKind::ConfirmedPerClientYear),
        ("activated_share", OutcomeKind::ActivatedShare),
        ("step_active", OutcomeKind::StepActive),
        ("talks_per_client_year", OutcomeKind::TalksPerClientYear),
        ("no_show_share", OutcomeKind::NoShowShare),
        ("terminated_share", OutcomeKind::TerminatedShare),
        ("pattern", OutcomeKind::Pattern),
    ];

    /// The name in files.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Whether the outcome is a share or probability.
    pub(crate) fn is_share(self) -> bool {
        matches!(
            self,
            Self::ShareOnBenefit
                | Self::ExitsByReasonShare
                | Self::StockShare
                | Self::SurvivalOfNewSpells
                | Self::ReturnsWithin
                | Self::ActivatedShare
                | Self::StepActive
                | Self::NoShowShare
                | Self::Pattern
        )
    }

    /// Whether the length of the spell can be narrowed down.
    pub(crate) fn by_duration(self) -> bool {
        matches!(self, Self::ExitsPerClientYear | Self::ExitHazard | Self::StockShare)
    }

    /// Whether a reason of exit can (or must) be named.
    pub(crate) fn by_reason(self) -> bool {
        matches!(
            self,
            Self::ExitsPerClientYear | Self::ExitsByReasonShare | Self::ExitHazard | Self::ReturnsWithin
        )
    }

    /// Whether new spells must be simulated: for their survival, and for exits in the first year of a
    /// spell, of which the stock at the start has few.
    pub(crate) fn needs_entrants(self, duration: Option<[f64; 2]>) -> bool {
        let young = duration.is_some_and(|[from, _]| from < 12.0);
        self == Self::SurvivalOfNewSpells
            || (matches!(self, Self::ExitHazard | Self::ExitsPerClientYear) && young)
    }
}

/// A pattern that a study can show at a site: what a two-sided test at 5 % says of its two arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// What is compared.
    pub endpoint: crate::observe::Endpoint,
    /// Whether the difference is significant and in favor of the treated arm; else not significant.
    pub more: bool,
}

/// An outcome with everything that narrows it down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OutcomeQuery {
    /// What is counted.
    pub kind: OutcomeKind,
    /// First and last month of the window: months `window[0] + 1` to `window[1]` count, and the end of
    /// the window is the end of the latter.
    pub window: [u32; 2],
    /// Length of the spell in months, from and under.
    pub duration: Option<[f64; 2]>,
    /// Reason of exit; `None`: all but pension age.
    pub reason: Option<ExitReason>,
    /// The step, for the share in a step.
    pub step: Option<Step>,
    /// Months after the exit within which a return counts.
    pub within: u32,
    /// The pattern.
    pub pattern: Option<Pattern>,
}

impl OutcomeQuery {
    /// Months that must be simulated.
    pub(crate) fn horizon(&self) -> u32 {
        let last = self.window[1];
        if self.kind == OutcomeKind::ReturnsWithin { last + self.within } else { last.max(1) }
    }
}

/// A simulated caseload: monthly totals of everybody, the record of those who were there at the start, and the record of a
/// cohort of new entrants (empty when no outcome needs one).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caseload<'a> {
    /// Totals, entrants and returns included.
    pub tally: &'a GroupTally,
    /// Record of those on benefit at the start.
    pub stock: &'a Record,
    /// Record of new spells that all began at month 0.
    pub entrants: &'a Record,
}

/// Measures an outcome. Its Monte Carlo error is binomial or Poisson: conservative under common luck, which all points of a
/// calibration share.
pub(crate) fn measure(asked: &OutcomeQuery, caseload: &Caseload<'_>) -> Outcome {
    let [first, last] = asked.window;
    let total = |tally: Tally| -> f64 {
        caseload.tally.column(tally)[first as usize + 1..=last as usize].iter().sum()
    };
    let at_end = |tally: Tally| caseload.tally.column(tally)[last as usize];
    let so_far = |tally: Tally| -> f64 { caseload.tally.column(tally)[..=last as usize].iter().sum() };
    let years = || total(Tally::BenefitMonths) / 12.0;
    let exits = |reason: Option<ExitReason>| -> f64 {
        let counts =
            |exit: &&ExitReason| reason.map_or(**exit != ExitReason::Pension, |reason| reason == **exit);
        ExitReason::ALL.iter().filter(counts).map(|exit| total(Tally::Exit(*exit))).sum()
    };
    match asked.kind {
        OutcomeKind::ShareOnBenefit => share_on_benefit(caseload.stock, last),
        OutcomeKind::ExitsPerClientYear if asked.duration.is_some() => {
            let Outcome { value, error } = hazard(asked, caseload);
            Outcome { value: 12.0 * value, error: 12.0 * error }
        }
        OutcomeKind::ExitsPerClientYear => rate(exits(asked.reason), years()),
        OutcomeKind::ExitsByReasonShare => share(exits(asked.reason), exits(None)),
        OutcomeKind::ExitHazard => hazard(asked, caseload),
        OutcomeKind::StockShare => {
            stock_share(caseload.stock, asked.duration.unwrap_or([0.0, f64::INFINITY]))
        }
        OutcomeKind::SurvivalOfNewSpells => survival(caseload.entrants, last),
        OutcomeKind::ReturnsWithin => returns(caseload.stock, asked),
        OutcomeKind::SignalsPerClientYear => rate(total(Tally::Signals), years()),
        OutcomeKind::ConfirmedPerClientYear => rate(total(Tally::Confirmed), years()),
        OutcomeKind::ActivatedShare => share(so_far(Tally::ActivatedClients), so_far(Tally::Entered)),
        OutcomeKind::StepActive => {
            share(asked.step.map_or(0.0, |step| at_end(Tally::Active(step))), at_end(Tally::OnBenefit))
        }
        OutcomeKind::TalksPerClientYear => rate(total(Tally::TalksHeld), years()),
        OutcomeKind::NoShowShare => share(total(Tally::NoShows), total(Tally::Invited)),
        OutcomeKind::TerminatedShare => rate(total(Tally::Exit(ExitReason::Fraud)), years()),
        OutcomeKind::Pattern => Outcome { value: f64::NAN, error: f64::NAN },
    }
}

/// A share with its binomial error; half an event added to the error, so that none means no certainty.
pub(crate) fn share(count: f64, of: f64) -> Outcome {
    if of <= 0.0 {
        return Outcome { value: 0.0, error: 1.0 };
    }
    let smooth = (count + 0.5) / (of + 1.0);
    Outcome { value: count / of, error: (smooth * (1.0 - smooth) / of).sqrt() }
}

/// A Poisson rate with its standard error; half an event added to the error, so that none means no
/// certainty.
fn rate(count: f64, exposure: f64) -> Outcome {
    if exposure <= 0.0 {
        return Outcome { value: 0.0, error: 1.0 };
    }
    Outcome { value: count / exposure, error: (count + 0.5).sqrt() / exposure }
}

/// One spell on benefit of a participant: months of calendar time; it may have begun before month 0.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spell {
    /// When the spell began, months.
    start: f64,
    /// When it ended, and why; `None` while it lasts.
    end: Option<(f64, ExitReason)>,
    /// Months from its end to the next spell of the participant.
    back_after: Option<f64>,
}

/// The spells of every participant, in the order of the record; the first is the one that runs at
/// entry, so it may have begun long before.
fn spells(record: &Record) -> impl Iterator<Item = Vec<Spell>> + '_ {
    let mut events = record.events.as_slice();
    (0..record.participants()).map(move |participant| {
        let mine = events.iter().take_while(|event| event.participant as usize == participant).count();
        let (of_client, rest) = events.split_at(mine);
        events = rest;
        let start =
            f64::from(record.entry_month[participant]) - f64::from(record.months_on_benefit[participant]);
        let mut spells = vec![Spell { start, end: None, back_after: None }];
        for event in of_client {
            let time = f64::from(event.time);
            match event.happening {
                Happening::Exit { reason, .. } => {
                    if let Some(last) = spells.last_mut() {
                        last.end = Some((time, reason));
                    }
                }
                Happening::Return => {
                    if let Some(last) = spells.last_mut() {
                        last.back_after = last.end.map(|(end, _)| time - end);
                    }
                    spells.push(Spell { start: time, end: None, back_after: None });
                }
                _ => {}
            }
        }
        spells
    })
}

/// Share of the participants who are on benefit at the end of a month, whatever happened in between.
fn share_on_benefit(record: &Record, month: u32) -> Outcome {
    let month = f64::from(month);
    let on = spells(record).filter(|of_client| {
        of_client.iter().any(|spell| spell.start <= month && spell.end.is_none_or(|(end, _)| end > month))
    });
    share(on.count() as f64, record.participants() as f64)
}

/// Exits per client-month on benefit with the spell's length within the class, in the window. Time at
/// risk is the part of each spell that lies in both; stock and cohort of entrants are taken together.
fn hazard(asked: &OutcomeQuery, caseload: &Caseload<'_>) -> Outcome {
    let [from, under] = asked.duration.unwrap_or([0.0, f64::INFINITY]);
    let (first, last) = (f64::from(asked.window[0]), f64::from(asked.window[1]));
    let counts = |reason: ExitReason| match asked.reason {
        Some(wanted) => wanted == reason,
        None => reason != ExitReason::Pension,
    };
    let (mut events, mut months) = (0.0, 0.0);
    for spell in spells(caseload.stock).chain(spells(caseload.entrants)).flatten() {
        let end = spell.end.map_or(f64::INFINITY, |(end, _)| end);
        let (begin, stop) = ((spell.start + from).max(first), (spell.start + under).min(last).min(end));
        months += (stop - begin).max(0.0);
        if let Some((end, reason)) = spell.end {
            let length = end - spell.start;
            let inside = end > first && end <= last && length >= from && length < under;
            events += f64::from(u8::from(inside && counts(reason)));
        }
    }
    rate(events, months)
}

/// Share of the stock at the start whose spell has lasted from `from` to under `under` months.
fn stock_share(record: &Record, [from, under]: [f64; 2]) -> Outcome {
    let months = record.months_on_benefit.iter().map(|&months| f64::from(months));
    share(months.filter(|months| (from..under).contains(months)).count() as f64, record.participants() as f64)
}

/// Share of new spells that last longer than so many months; a client's later spells do not count.
fn survival(record: &Record, months: u32) -> Outcome {
    let lasts = |of_client: &Vec<Spell>| {
        of_client[0].end.is_none_or(|(end, _)| end - of_client[0].start > f64::from(months))
    };
    share(spells(record).filter(lasts).count() as f64, record.participants() as f64)
}

/// Share of those who left in the window, for the reason asked, that was back within so many months of
/// leaving.
fn returns(record: &Record, asked: &OutcomeQuery) -> Outcome {
    let (first, last) = (f64::from(asked.window[0]), f64::from(asked.window[1]));
    let (mut left, mut back) = (0.0, 0.0);
    for spell in spells(record).flatten() {
        let Some((end, reason)) = spell.end else { continue };
        if end <= first || end > last || asked.reason.is_some_and(|wanted| wanted != reason) {
            continue;
        }
        left += 1.0;
        back += f64::from(u8::from(spell.back_after.is_some_and(|after| after <= f64::from(asked.within))));
    }
    share(back, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Event;
    use crate::kinds::Band;

    fn event(participant: u32, time: f32, happening: Happening) -> Event {
        Event { participant, time, happening }
    }

    fn exit(reason: ExitReason) -> Happening {
        Happening::Exit { reason, recorded: Some(reason) }
    }

    /// Three clients: 10 months on benefit, leaves for work at 6, back at 9; 30 months, leaves at pension age at 3; 5 months,
    /// stays.
    fn record() -> Record {
        Record {
            site: vec![0; 3],
            arm: vec![0; 3],
            caseworker: vec![0; 3],
            entry_month: vec![0; 3],
            entry_band: vec![Band::Over48; 3],
            entry_distance: vec![0.0; 3],
            months_on_benefit: vec![10.0, 30.0, 5.0],
            age_years: vec![40.0; 3],
            events: vec![
                event(0, 6.0, exit(ExitReason::Work)),
                event(0, 9.0, Happening::Return),
                event(1, 3.0, exit(ExitReason::Pension)),
            ],
        }
    }

    fn asked(kind: OutcomeKind) -> OutcomeQuery {
        OutcomeQuery {
            kind,
            window: [0, 12],
            duration: None,
            reason: None,
            step: None,
            within: 6,
            pattern: None,
        }
    }

    #[test]
    fn records_are_measured_by_hand() {
        let (record, none, tally) = (record(), Record::default(), GroupTally::new(12));
        let caseload = Caseload { tally: &tally, stock: &record, entrants: &none };
        let value = |asked: OutcomeQuery| measure(&asked, &caseload).value;
        assert!((value(asked(OutcomeKind::ShareOnBenefit)) - 2.0 / 3.0).abs() < 1e-12);
        // Months on benefit in the window: 6 + 3 + 3 + 12 = 24; one exit but for pension age.
        assert!((value(asked(OutcomeKind::ExitHazard)) - 1.0 / 24.0).abs() < 1e-12);
        // Spells of 12 to 24 months: the first from month 2 to 6, the third from 7 to 12; the second was there before.
        let class = OutcomeQuery { duration: Some([12.0, 24.0]), ..asked(OutcomeKind::ExitHazard) };
        assert!((value(class) - 1.0 / 9.0).abs() < 1e-12);
        assert!(
            (value(OutcomeQuery { kind: OutcomeKind::ExitsPerClientYear, ..class }) - 12.0 / 9.0).abs()
                < 1e-12
        );
        assert!((value(asked(OutcomeKind::ReturnsWithin)) - 0.5).abs() < 1e-12);
        let work =
            OutcomeQuery { reason: Some(ExitReason::Work), within: 2, ..asked(OutcomeKind::ReturnsWithin) };
        assert_eq!(value(work), 0.0);
        assert!(
            (value(OutcomeQuery { duration: Some([6.0, 24.0]), ..asked(OutcomeKind::StockShare) })
                - 1.0 / 3.0)
                .abs()
                < 1e-12
        );
        let new = Caseload { entrants: &record, ..caseload };
        assert!((measure(&asked(OutcomeKind::SurvivalOfNewSpells), &new).value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn totals_are_measured_by_hand() {
        let mut tally = GroupTally::new(12);
        for month in 1..=12 {
            tally.add(Tally::BenefitMonths, month, 100.0);
            tally.add(Tally::Exit(ExitReason::Work), month, 1.0);
            tally.add(Tally::Exit(ExitReason::Fraud), month, 1.0);
            tally.add(Tally::Exit(ExitReason::Pension), month, 5.0);
            tally.add(Tally::Invited, month, 10.0);
            tally.add(Tally::NoShows, month, 2.0);
        }
        let none = Record::default();
        let caseload = Caseload { tally: &tally, stock: &none, entrants: &none };
        let value = |asked: OutcomeQuery| measure(&asked, &caseload).value;
        assert!((value(asked(OutcomeKind::ExitsPerClientYear)) - 0.24).abs() < 1e-12);
        let by_reason =
            OutcomeQuery { reason: Some(ExitReason::Work), ..asked(OutcomeKind::ExitsByReasonShare) };
        assert!((value(by_reason) - 0.5).abs() < 1e-12);
        assert!((value(asked(OutcomeKind::TerminatedShare)) - 0.12).abs() < 1e-12);
        assert!((value(asked(OutcomeKind::NoShowShare)) - 0.2).abs() < 1e-12);
        let late = OutcomeQuery { window: [6, 12], ..asked(OutcomeKind::ExitsPerClientYear) };
        assert!((value(late) - 0.24).abs() < 1e-12);
    }
}
