//! What can happen to a client: in the record of a study, and in the life of a sampled client.

use super::{Band, ExitReason, Kind, Step};

/// What happened to a participant of a study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Left benefit.
    Exit {
        /// True reason.
        reason: ExitReason,
        /// Reason on file, if there is one.
        recorded: Option<ExitReason>,
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
    /// A visible step started.
    VisibleStart {
        /// Kind of step.
        step: Step,
    },
    /// A visible step was extended: more hours of a step that runs.
    Extension {
        /// Kind of step.
        step: Step,
    },
    /// The recorded band changed.
    Band {
        /// Band before.
        from: Band,
        /// Band after.
        to: Band,
        /// The file was corrected because capacity that was there all along was seen: not a step of the client.
        corrected: bool,
    },
    /// A talk was held.
    Talk,
}

/// What happened to a sampled client in a month: the truth, for reviewers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LifeEvent {
    /// Left benefit.
    Exit(ExitReason),
    /// Came back to benefit.
    Return,
    /// A talk was held.
    Talk,
    /// Did not come to a talk.
    NoShow,
    /// Came for the first time in a year or after a no-show.
    ShowedUp,
    /// Capacity that was not on file was seen.
    CapacitySeen,
    /// The recorded band moved forward.
    BandForward,
    /// True distance within 12 months for the first time.
    CameNear,
    /// A step started.
    Started(Step),
    /// A step was extended.
    Extended(Step),
    /// A step was dropped.
    DroppedOut,
    /// A step was finished.
    FinishedStep,
    /// A fraud signal in a talk.
    SignalInTalk,
    /// A fraud signal by data matching or a tip.
    SignalOutside,
    /// An investigation confirmed an irregularity.
    Confirmed,
    /// An unintentional irregularity was put right in a talk.
    PutRightInTalk,
    /// Called on own initiative.
    CalledFirst,
    /// An unintentional irregularity was put right after a call.
    PutRightByCall,
    /// An unintentional irregularity began.
    BeganUnintentional,
    /// An intentional irregularity began.
    BeganIntentional,
    /// Wages of a small job were not reported.
    WagesNotReported,
    /// An irregularity ended by itself.
    EndedByItself,
}

impl LifeEvent {
    /// In the file of sampled lives.
    pub(crate) fn name(self) -> &'static str {
        match self {
            LifeEvent::Exit(reason) => reason.name(),
            LifeEvent::Return => "return to benefit",
            LifeEvent::Talk => "talk",
            LifeEvent::NoShow => "no-show",
            LifeEvent::ShowedUp => "showed up",
            LifeEvent::CapacitySeen => "capacity seen",
            LifeEvent::BandForward => "a band forward",
            LifeEvent::CameNear => "came within 12 months of work",
            LifeEvent::Started(step) => step.name(),
            LifeEvent::Extended(_) => "extended a step",
            LifeEvent::DroppedOut => "dropped out",
            LifeEvent::FinishedStep => "finished a step",
            LifeEvent::SignalInTalk => "signal in talk",
            LifeEvent::SignalOutside => "signal by data matching or tip",
            LifeEvent::Confirmed => "irregularity confirmed",
            LifeEvent::PutRightInTalk => "put right in the talk",
            LifeEvent::CalledFirst => "called first",
            LifeEvent::PutRightByCall => "put right after a call",
            LifeEvent::BeganUnintentional => "unintentional irregularity",
            LifeEvent::BeganIntentional => "intentional irregularity",
            LifeEvent::WagesNotReported => "wages not reported",
            LifeEvent::EndedByItself => "irregularity ended",
        }
    }
}
