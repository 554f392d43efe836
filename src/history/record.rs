//! What happened to each participant of a study: columns of participants and a list of dated events.
//!
//! This is the truth plus what is needed to say what is on file; `observe` decides what a study can see of it.

use crate::kinds::{Band, Happening};

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
    /// Recorded band at enrolment.
    pub entry_band: Vec<Band>,
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
