//! What the plan has decided about each client, in columns.

/// What the plan has decided about each client: one entry per row of the caseload.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    /// Service that the client gets now: index into the scenario's services.
    pub(super) service: Vec<u16>,
    /// Part of the caseload in which the client is counted, by what was on file at entry.
    pub(super) part: Vec<u8>,
    /// Rows of the plan that the client fits, one bit each.
    pub(super) fits: Vec<u32>,
    /// When that was decided, months since month 0.
    pub(super) at: Vec<f64>,
}

impl Decided {
    /// Forgets everybody, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.service.clear();
        self.part.clear();
        self.fits.clear();
        self.at.clear();
    }
}
