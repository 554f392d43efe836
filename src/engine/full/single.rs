//! The parameters in single precision, as the lanes want them: made once per world.

use crate::kinds::{Irregularity, Kind};
use crate::scenario::parameters::{
    Conversation, Distance, Drive, Fraud, NoShow, OtherExit, OtherExits, Parameters, Steps, WorkExit,
};

/// The parameters of the processes, under their own names.
#[derive(Clone, Debug)]
pub(super) struct Single {
    /// No-shows and suspension (7.1).
    pub(super) no_show: NoShow<f32>,
    /// Quality, trust, information, disclosure, discovery (7.2, 7.3).
    pub(super) conversation: Conversation<f32>,
    /// Small steps (7.4).
    pub(super) steps: Steps<f32>,
    /// Distance (7.5).
    pub(super) distance: Distance<f32>,
    /// Confidence and motivation (7.6).
    pub(super) drive: Drive<f32>,
    /// The hazard of work (7.9).
    pub(super) work: WorkExit<f32>,
    /// The other hazards of leaving (7.9).
    pub(super) exit: OtherExits<f32>,
    /// The hazard of leaving for other reasons (7.9).
    pub(super) other: OtherExit<f32>,
    /// Hazard of withdrawing at an invitation, `-ln(1 - p)` whatever the length of the step, by irregularity (7.9).
    pub(super) withdrawal_at_invitation: [f32; Irregularity::ALL.len()],
    /// Irregularities, detection, sanction (7.7, 7.8).
    pub(super) fraud: Fraud<f32>,
}

impl Single {
    /// The parameters of a scenario.
    pub(super) fn new(p: &Parameters) -> Self {
        let at_invitation = &p.withdrawal_at_invitation;
        let probability = [at_invitation.none, at_invitation.unintentional, at_invitation.intentional];
        Self {
            withdrawal_at_invitation: probability.map(|probability| -libm::log1p(-probability) as f32),
            no_show: p.no_show.single(),
            conversation: p.conversation.single(),
            steps: p.steps.single(),
            distance: p.distance.single(),
            drive: p.drive.single(),
            work: p.work.single(),
            exit: p.exit.single(),
            other: p.other.single(),
            fraud: p.fraud.single(),
        }
    }
}
