//! What happened to each participant of a study: columns of participants and a list of dated events.
//!
//! This is the truth plus what is needed to say what is on file; `observe` decides what a study can see of it.

/// What happened to a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Left benefit.
    Exit {
        /// True reason, as `ExitReason as u8`.
        reason: u8,
        /// Reason on file: a true reason or `REASON_UNKNOWN`.
        recorded: u8,
    },
    /// Came back to benefit.
    Return,
    /// A fraud signal.
    Signal {
        /// Whether it came up in a talk (else data matching or a tip).
        in_talk: bool,
        /// Whether there was an irregularity (truth).
        real: bool,
    },
    /// An investigation confirmed an irregularity.
    Confirmed,
    /// A visible step started: index into `STEP_KINDS`.
    VisibleStart {
        /// Kind of step.
        kind: u8,
    },
    /// The recorded band changed: 0 = over 48 months ... 4 = up to 6 months.
    Band {
        /// Band before.
        from: u8,
        /// Band after.
        to: u8,
        /// The file was corrected because capacity that was there all along was seen: not a step of the client.
        corrected: bool,
    },
    /// A talk was held.
    Talk,
}

/// One dated event of one participant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// Participant: index into the columns of [`Record`].
    pub participant: u32,
    /// Calendar time in months since month 0, end of the step in which it happened.
    pub time: f32,
    /// What happened.
    pub happening: Happening,
}

/// The participants of one simulated study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Site of each participant.
    pub site: Vec<u16>,
    /// Arm of each participant.
    pub arm: Vec<u16>,
    /// Caseworker (cluster) of each participant, numbered over the whole study: a participant's caseload.
    pub caseworker: Vec<u32>,
    /// Month of enrolment.
    pub entry_month: Vec<u16>,
    /// Recorded band at enrolment: 0 = over 48 months ... 4 = up to 6 months.
    pub entry_band: Vec<u8>,
    /// Recorded distance at enrolment, months.
    pub entry_distance: Vec<f32>,
    /// Months on benefit at enrolment.
    pub months_on_benefit: Vec<f32>,
    /// Age at enrolment, years.
    pub age_years: Vec<f32>,
    /// Events, grouped by participant (ascending) and in order of time within a participant.
    pub events: Vec<Event>,
}

impl Record {
    /// Number of participants.
    pub fn participants(&self) -> usize {
        self.site.len()
    }
}
