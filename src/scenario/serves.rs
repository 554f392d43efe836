//! Whom a plan serves how: which service a client of an arm gets, by what is on file, by site, caseworker and month.
//!
//! A client's fit with the rows is a bit per row, computed when his or her file is looked at; which of
//! the fitting rows holds is decided per month. So the hot loop looks at an integer, and a change of
//! plan on a date costs nothing.

/// Most rows `[[arm.serves]]` of an arm: a client carries one bit for each.
pub(crate) const MAX_ROWS: usize = 32;
/// Most parts of a caseload whose results are kept apart, the rest not counted.
pub(crate) const MAX_PARTS: usize = 12;
/// Most services to which an arm dedicates caseworkers.
pub(crate) const MAX_DEDICATED: usize = 8;
/// Recorded distance in months over which a client is far from work.
pub(crate) const FAR_MONTHS: f64 = 12.0;

/// What is on file about a client when it is decided what he or she gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ClientFile {
    /// Recorded distance to work, months.
    pub recorded_months: f64,
    /// Months on benefit in the current spell.
    pub duration_months: f64,
    /// Age, years.
    pub age_years: f64,
}

/// Which clients a row is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    /// Everybody.
    Everybody,
    /// Recorded distance over `FAR_MONTHS`.
    Far,
    /// Recorded distance up to `FAR_MONTHS`.
    Near,
    /// What is on file lies within these bounds, both ends allowed.
    Within {
        /// Recorded distance to work, months.
        recorded_months: [f64; 2],
        /// Months on benefit in the current spell.
        duration_months: [f64; 2],
        /// Age, years.
        age: [f64; 2],
    },
}

impl Who {
    /// Whether a client with this on file belongs to them.
    pub(crate) fn fits(&self, file: &ClientFile) -> bool {
        let within = |value: f64, [low, high]: [f64; 2]| (low..=high).contains(&value);
        match *self {
            Self::Everybody => true,
            Self::Far => file.recorded_months > FAR_MONTHS,
            Self::Near => file.recorded_months <= FAR_MONTHS,
            Self::Within { recorded_months, duration_months, age } => {
                within(file.recorded_months, recorded_months)
                    && within(file.duration_months, duration_months)
                    && within(file.age_years, age)
            }
        }
    }

    /// The name of this part of the caseload in results: a word, or the bounds that are given (`age
    /// 18-27`).
    pub(crate) fn name(&self) -> String {
        match *self {
            Self::Everybody => "others".to_owned(),
            Self::Far => "far".to_owned(),
            Self::Near => "near".to_owned(),
            Self::Within { recorded_months, duration_months, age } => {
                let bounds = [("recorded", recorded_months), ("duration", duration_months), ("age", age)];
                let bounded = bounds.iter().filter(|(_, bounds)| *bounds != ANY);
                let words: Vec<String> =
                    bounded.map(|(what, [low, high])| format!("{what} {low}-{high}")).collect();
                words.join(", ")
            }
        }
    }
}

/// Bounds that nobody is outside of.
pub(crate) const ANY: [f64; 2] = [0.0, f64::INFINITY];

/// One row of a plan: this service, for these clients, here, from this month until that.
#[derive(Clone, Debug, PartialEq)]
pub struct Serves {
    /// For whom.
    pub who: Who,
    /// Index into `Scenario::services`.
    pub service: usize,
    /// Sites by index; empty = everywhere.
    pub sites: Vec<usize>,
    /// Caseworkers of the arm at the site, counted from 0; empty = all.
    pub caseworkers: Vec<u32>,
    /// First month in which the row holds, counted from 0.
    pub from_month: u32,
    /// First month in which it no longer holds; `u32::MAX` = it goes on.
    pub until_month: u32,
}

impl Serves {
    /// Whether the row holds at a site, for a caseworker (from 0), in a month (from 0).
    pub(crate) fn holds(&self, site: usize, caseworker: u32, month: u32) -> bool {
        (self.from_month..self.until_month).contains(&month)
            && (self.sites.is_empty() || self.sites.contains(&site))
            && (self.caseworkers.is_empty() || self.caseworkers.contains(&caseworker))
    }
}

/// One arm of the study: a plan for its clients.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Name shown in results.
    pub name: String,
    /// Index into `Scenario::services`: what everybody gets whom no row of `serves` names.
    pub service: usize,
    /// Rows in order; the first that fits and holds decides.
    pub serves: Vec<Serves>,
    /// Months after which it is decided again, by what is on file then; `None` = for the whole spell.
    pub review_months: Option<u32>,
    /// Services whose clients go first, in this order, before all others; empty = the longest overdue of all go first.
    pub priority: Vec<usize>,
    /// Full-time equivalents at every site that serve the clients of one service only: service and number. The rest of the
    /// arm's caseworkers serve everybody.
    pub dedicated: Vec<(usize, f64)>,
}

impl Arm {
    /// An arm that gives everybody the same service.
    pub(crate) fn plain(name: String, service: usize) -> Self {
        Self {
            name,
            service,
            serves: Vec::new(),
            review_months: None,
            priority: Vec::new(),
            dedicated: Vec::new(),
        }
    }

    /// The rows that a client fits by what is on file, one bit each.
    pub(crate) fn fitting(&self, file: &ClientFile) -> u32 {
        let rows = self.serves.iter().enumerate().filter(|(_, row)| row.who.fits(file));
        rows.fold(0, |bits, (index, _)| bits | 1 << index)
    }

    /// The service of a client who fits these rows (bits of [`Arm::fitting`]), in a month counted from 0.
    /// The first row in their order that fits and holds decides; without one it is the arm's own
    /// service.
    pub(crate) fn service_of(&self, fits: u32, site: usize, caseworker: u32, month: u32) -> usize {
        let row =
            |(index, row): &(usize, &Serves)| fits & 1 << index != 0 && row.holds(site, caseworker, month);
        self.serves.iter().enumerate().find(row).map_or(self.service, |(_, row)| row.service)
    }

    /// Rank of a service in the queue: lower goes first.
    pub(crate) fn rank(&self, service: usize) -> u32 {
        self.priority.iter().position(|&first| first == service).unwrap_or(self.priority.len()) as u32
    }
}

/// The parts of the caseload whose results are kept apart: those that some row of some arm names, in order, and then the
/// others; empty when no row names anybody. Whoever fits several belongs to the first.
pub(crate) fn parts(arms: &[Arm]) -> Vec<Who> {
    let mut parts: Vec<Who> = Vec::new();
    for row in arms.iter().flat_map(|arm| &arm.serves) {
        if row.who != Who::Everybody && !parts.contains(&row.who) {
            parts.push(row.who);
        }
    }
    let rest = match (parts.contains(&Who::Far), parts.contains(&Who::Near)) {
        _ if parts.is_empty() => None,
        (true, true) => None,
        (true, false) if parts.len() == 1 => Some(Who::Near),
        (false, true) if parts.len() == 1 => Some(Who::Far),
        _ => Some(Who::Everybody),
    };
    parts.extend(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(who: Who, service: usize) -> Serves {
        Serves {
            who,
            service,
            sites: Vec::new(),
            caseworkers: Vec::new(),
            from_month: 0,
            until_month: u32::MAX,
        }
    }

    fn file(recorded_months: f64) -> ClientFile {
        ClientFile { recorded_months, duration_months: 30.0, age_years: 40.0 }
    }

    #[test]
    fn the_first_row_that_fits_and_holds_decides() {
        let old = Who::Within { recorded_months: ANY, duration_months: [24.0, 36.0], age: [40.0, 50.0] };
        let mut arm = Arm::plain("a".into(), 0);
        arm.serves = vec![
            Serves { until_month: 12, sites: vec![1], ..row(Who::Far, 1) },
            Serves { from_month: 6, caseworkers: vec![2], ..row(old, 2) },
        ];
        let (far, near) = (arm.fitting(&file(12.5)), arm.fitting(&file(12.0)));
        assert_eq!((far, near), (0b11, 0b10));
        assert_eq!(arm.service_of(far, 1, 2, 11), 1);
        assert_eq!(arm.service_of(far, 1, 2, 12), 2);
        assert_eq!(arm.service_of(far, 0, 2, 5), 0);
        assert_eq!(arm.service_of(near, 1, 2, 6), 2);
        assert_eq!(arm.service_of(near, 1, 1, 6), 0);
    }

    #[test]
    fn parts_are_what_rows_name_and_the_rest() {
        let with = |whos: &[Who]| {
            let mut arm = Arm::plain("a".into(), 0);
            arm.serves = whos.iter().map(|who| row(*who, 1)).collect();
            let names: Vec<String> = parts(&[Arm::plain("b".into(), 0), arm]).iter().map(Who::name).collect();
            names.join("; ")
        };
        let young = Who::Within { recorded_months: [24.0, 120.0], duration_months: ANY, age: [18.0, 27.0] };
        assert_eq!(with(&[]), "");
        assert_eq!(with(&[Who::Everybody]), "");
        assert_eq!(with(&[Who::Far, Who::Far]), "far; near");
        assert_eq!(with(&[Who::Near]), "near; far");
        assert_eq!(with(&[Who::Near, Who::Far]), "near; far");
        assert_eq!(with(&[young]), "recorded 24-120, age 18-27; others");
        assert_eq!(with(&[young, Who::Far]), "recorded 24-120, age 18-27; far; others");
    }
}
