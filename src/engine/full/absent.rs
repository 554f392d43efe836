//! The clients who are out: those who come back, by the step in which they do, and the sampled lives of all others.

use super::caseload::{NOT_SAMPLED, Row};
use crate::kinds::ExitReason;

/// A client who is out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    /// The state with which the client left; it stands still.
    pub(super) row: Row,
    /// Why the client left.
    pub(super) reason: ExitReason,
    /// Months from the exit to the return; infinite when there is none.
    pub(super) months_away: f64,
}

/// The clients who are out.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    /// Who comes back, by the step at whose start that is, in the order of leaving.
    by_step: Vec<Vec<Gone>>,
    /// Sampled lives that never come back within the run: their rows are still written each month.
    for_good: Vec<Gone>,
}

impl Absent {
    /// Nobody, for a run of so many steps.
    pub(super) fn new(steps: u32) -> Self {
        Self { by_step: vec![Vec::new(); steps as usize], for_good: Vec::new() }
    }

    /// Forgets everybody, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.by_step.iter_mut().for_each(Vec::clear);
        self.for_good.clear();
    }

    /// Whether somebody who comes back in this step, or never, is remembered: who comes back within the run, and every sampled life.
    pub(super) fn remembers(&self, sampled: u32, step: Option<u32>) -> bool {
        sampled != NOT_SAMPLED || step.is_some_and(|step| (step as usize) < self.by_step.len())
    }

    /// A client leaves and comes back in a step; one beyond the horizon, or none, is never.
    pub(super) fn leave(&mut self, gone: Gone, step: Option<u32>) {
        match step.and_then(|step| self.by_step.get_mut(step as usize)) {
            Some(returners) => returners.push(gone),
            None => self.stay(gone),
        }
    }

    /// A client stays away: only sampled lives are remembered.
    pub(super) fn stay(&mut self, gone: Gone) {
        if gone.row.sampled != NOT_SAMPLED {
            self.for_good.push(gone);
        }
    }

    /// Who comes back in a step, the first to have left first: out of the list for good.
    pub(super) fn returning(&mut self, step: u32) -> Vec<Gone> {
        std::mem::take(&mut self.by_step[step as usize])
    }

    /// Gives the memory of a list of returners back.
    pub(super) fn recycle(&mut self, step: u32, mut list: Vec<Gone>) {
        list.clear();
        self.by_step[step as usize] = list;
    }

    /// The sampled lives among those who are out.
    pub(super) fn sampled(&self) -> impl Iterator<Item = &Gone> {
        let returners = self.by_step.iter().flatten().filter(|gone| gone.row.sampled != NOT_SAMPLED);
        returners.chain(&self.for_good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_9_who_is_out_comes_back_in_order_and_once() {
        let gone = |id, sampled| Gone {
            row: Row { id, sampled, ..Row::default() },
            reason: ExitReason::Work,
            months_away: 1.0,
        };
        let mut absent = Absent::new(3);
        // Beyond the horizon or for good: only a sampled life is remembered.
        assert_eq!(
            [Some(2), Some(3), None].map(|step| absent.remembers(NOT_SAMPLED, step)),
            [true, false, false]
        );
        assert_eq!([Some(2), Some(3), None].map(|step| absent.remembers(0, step)), [true; 3]);
        absent.leave(gone(1, NOT_SAMPLED), Some(2));
        absent.leave(gone(2, 0), Some(2));
        absent.leave(gone(3, 1), Some(3));
        absent.leave(gone(4, NOT_SAMPLED), None);
        let ids = |list: &[Gone]| list.iter().map(|gone| gone.row.id).collect::<Vec<_>>();
        assert_eq!(absent.sampled().map(|gone| gone.row.id).collect::<Vec<_>>(), [2, 3]);
        assert!(absent.returning(1).is_empty());
        let back = absent.returning(2);
        assert_eq!(ids(&back), [1, 2]);
        absent.recycle(2, back);
        assert!(absent.returning(2).is_empty());
        absent.clear();
        assert_eq!(absent.sampled().count(), 0);
    }
}
