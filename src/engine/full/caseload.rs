//! The clients of one caseworker, in columns: the unit that can be simulated alone.
//!
//! Every column has one entry per client who ever belonged to the caseload; `on` lists those on benefit. Clients
//! interact only through their caseworker's slots, so a caseload fits in the cache and needs no other caseload.

use super::decided::Decided;
use crate::kinds::{Domain, ExitReason, Irregularity, PerDomain, Set, Step, Tercile};
use crate::population::{Client, HIDDEN_CAPACITY_MONTHS, Household};

/// State columns of a caseload. Months, unless said otherwise; indices are 0 to 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Caseload {
    /// Rows of the clients on benefit.
    pub(super) on: Vec<u32>,
    /// Rows of the clients who are out and alive.
    pub(super) away: Vec<u32>,
    /// Stable identifier.
    pub(super) id: Vec<u32>,
    /// Row in the study's record.
    pub(super) participant: Vec<u32>,
    /// What the plan has decided.
    pub(super) decided: Decided,
    /// Age at month 0.
    pub(super) age_at_zero: Vec<f64>,
    /// When the current spell on benefit began.
    pub(super) spell_start: Vec<f64>,
    /// Single or lone parent.
    pub(super) alone: Vec<bool>,
    /// Needs language practice.
    pub(super) language_need: Vec<bool>,
    /// True distance x.
    pub(super) distance: Vec<f64>,
    /// Recorded distance x_r.
    pub(super) recorded: Vec<f64>,
    /// True distance at the last observation x_s.
    pub(super) observed: Vec<f64>,
    /// Trust T.
    pub(super) trust: Vec<f64>,
    /// The client's own level of trust.
    pub(super) trust_own: Vec<f64>,
    /// Confidence E.
    pub(super) confidence: Vec<f64>,
    /// Level to which confidence returns, E_0.
    pub(super) confidence_own: Vec<f64>,
    /// Motivation M.
    pub(super) motivation: Vec<f64>,
    /// Level to which motivation returns, M_0.
    pub(super) motivation_own: Vec<f64>,
    /// Applied knowledge I.
    pub(super) knowledge: Vec<f64>,
    /// Perceived chance of detection q.
    pub(super) perceived: Vec<f64>,
    /// Paid work is out of reach.
    pub(super) out_of_reach: Vec<bool>,
    /// Severity of problems per domain.
    pub(super) severity: Vec<PerDomain<f64>>,
    /// Disclosed domains.
    pub(super) disclosed: Vec<Set<Domain>>,
    /// Active steps.
    pub(super) active: Vec<Set<Step>>,
    /// Irregularity F.
    pub(super) irregularity: Vec<Irregularity>,
    /// The irregularity is about wages of a small job.
    pub(super) wages: Vec<bool>,
    /// A signal is under investigation.
    pub(super) pending: Vec<bool>,
    /// A termination for fraud was decided in this step.
    pub(super) terminated: Vec<bool>,
    /// Frailty v on the hazard of work.
    pub(super) frailty: Vec<f64>,
    /// Factor of age on the hazard of education.
    pub(super) education_factor: Vec<f64>,
    /// Factor of age on the hazard of death.
    pub(super) death_factor: Vec<f64>,
    /// Factor of the months on benefit on the hazard of work.
    pub(super) duration_factor: Vec<f64>,
    /// Factor of the months on benefit on the hazard of other exits.
    pub(super) other_factor: Vec<f64>,
    /// Reason of the exit of who is out; `None` on benefit.
    pub(super) out: Vec<Option<ExitReason>>,
    /// When who is out left.
    pub(super) left_at: Vec<f64>,
    /// When a returner comes back; infinite for others.
    pub(super) return_at: Vec<f64>,
    /// When the next talk is due; infinite when none is.
    pub(super) next_due: Vec<f64>,
    /// The talk was due before and got no slot.
    pub(super) waiting: Vec<bool>,
    /// No-shows in a row.
    pub(super) no_shows: Vec<u32>,
    /// When the client was suspended after too many no-shows; infinite when not suspended.
    pub(super) suspended_since: Vec<f64>,
    /// When the last talk was held; minus infinity when none was.
    pub(super) last_talk: Vec<f64>,
    /// When the last invitation was sent; minus infinity when none was.
    pub(super) last_invitation: Vec<f64>,
    /// Invited in this step.
    pub(super) invited: Vec<bool>,
    /// Attended a talk in this step.
    pub(super) attended: Vec<bool>,
    /// Quality of the last talk held.
    pub(super) quality: Vec<f64>,
    /// Kick of the last talk held: `2 * kick * Q`, faded.
    pub(super) kick: Vec<f64>,
    /// Talks held since entry.
    pub(super) talks: Vec<f64>,
    /// Had a first signal.
    pub(super) signalled: Vec<bool>,
    /// Had a first visible activation.
    pub(super) activated: Vec<bool>,
    /// Came within 12 months (true distance) at some time.
    pub(super) came_near: Vec<bool>,
    /// Left at least once.
    pub(super) left_once: Vec<bool>,
    /// Left for work at least once.
    pub(super) worked_once: Vec<bool>,
    /// Capacity that was not on file at entry, still not seen.
    pub(super) capacity_unseen: Vec<bool>,
    /// Match with the first caseworker.
    pub(super) match_tercile: Vec<Tercile>,
    /// Skill of the first caseworker.
    pub(super) skill_tercile: Vec<Tercile>,
}

impl Caseload {
    /// Empties the caseload, keeping its memory.
    pub(super) fn clear(&mut self) {
        let Self {
            on,
            away,
            id,
            participant,
            decided,
            age_at_zero,
            spell_start,
            alone,
            language_need,
            distance,
            recorded,
            observed,
            trust,
            trust_own,
            confidence,
            confidence_own,
            motivation,
            motivation_own,
            knowledge,
            perceived,
            out_of_reach,
            severity,
            disclosed,
            active,
            irregularity,
            wages,
            pending,
            terminated,
            frailty,
            education_factor,
            death_factor,
            duration_factor,
            other_factor,
            out,
            left_at,
            return_at,
            next_due,
            waiting,
            no_shows,
            suspended_since,
            last_talk,
            last_invitation,
            invited,
            attended,
            quality,
            kick,
            talks,
            signalled,
            activated,
            came_near,
            left_once,
            worked_once,
            capacity_unseen,
            match_tercile,
            skill_tercile,
        } = self;
        decided.clear();
        macro_rules! clear { ($($column:ident)*) => { $($column.clear();)* } }
        clear!(
            on away id participant age_at_zero spell_start alone language_need distance recorded
            observed trust trust_own confidence confidence_own motivation motivation_own knowledge
            perceived out_of_reach severity disclosed active irregularity wages pending terminated
            frailty education_factor death_factor duration_factor other_factor out
            return_at left_at next_due waiting no_shows suspended_since last_talk last_invitation invited
            attended quality kick talks signalled activated came_near left_once worked_once
            capacity_unseen match_tercile skill_tercile
        );
    }

    /// Adds a client on benefit from time `now` on. What the plan decides, and when the first talk is due, comes after.
    pub(super) fn add(&mut self, client: &Client, participant: u32, now: f64, perceived: f64) {
        self.on.push(self.id.len() as u32);
        self.id.push(client.id);
        self.participant.push(participant);
        self.age_at_zero.push(client.age_months - now);
        self.spell_start.push(now - client.months_on_benefit);
        self.alone.push(matches!(client.household, Household::Single | Household::LoneParent));
        self.language_need.push(client.language_need);
        self.distance.push(client.distance_true);
        self.recorded.push(client.distance_recorded);
        self.observed.push(client.distance_observed);
        self.trust.push(client.trust);
        self.trust_own.push(client.trust);
        self.confidence.push(client.confidence);
        self.confidence_own.push(client.confidence_rest);
        self.motivation.push(client.motivation);
        self.motivation_own.push(client.motivation_rest);
        self.knowledge.push(client.knowledge);
        self.perceived.push(perceived);
        self.out_of_reach.push(client.out_of_reach);
        self.severity.push(client.severity);
        self.disclosed.push(client.disclosed);
        self.active.push(client.active);
        self.irregularity.push(client.irregularity);
        self.wages.push(client.wages);
        self.pending.push(false);
        self.terminated.push(false);
        self.frailty.push(client.frailty);
        self.education_factor.push(1.0);
        self.death_factor.push(1.0);
        self.duration_factor.push(1.0);
        self.other_factor.push(1.0);
        self.out.push(None);
        self.left_at.push(f64::INFINITY);
        self.return_at.push(f64::INFINITY);
        self.next_due.push(f64::INFINITY);
        self.waiting.push(false);
        self.no_shows.push(0);
        self.suspended_since.push(f64::INFINITY);
        self.last_talk.push(f64::NEG_INFINITY);
        self.last_invitation.push(f64::NEG_INFINITY);
        self.invited.push(false);
        self.attended.push(false);
        self.quality.push(0.0);
        self.kick.push(0.0);
        self.talks.push(0.0);
        self.signalled.push(false);
        self.activated.push(false);
        self.came_near.push(client.distance_true <= 12.0);
        self.left_once.push(false);
        self.worked_once.push(false);
        self.capacity_unseen.push(client.distance_recorded - client.distance_true > HIDDEN_CAPACITY_MONTHS);
        self.match_tercile.push(Tercile::Average);
        self.skill_tercile.push(Tercile::Average);
    }

    /// Takes the clients who left out of the list of those on benefit.
    pub(super) fn compact(&mut self) {
        let out = &self.out;
        self.on.retain(|&row| out[row as usize].is_none());
    }
}
