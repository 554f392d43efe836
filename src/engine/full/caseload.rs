//! The clients on benefit of one caseworker, in dense columns: the unit that can be simulated alone.
//!
//! Sixteen clients make a block, in which every column has sixteen values side by side, one per lane of a vector: a dense pass
//! has all columns of its clients at fixed distances from one address, and asks once per block whether it is there. Row `r` is lane
//! `r % 16` of block `r / 16`; rows are filled without gaps. Who leaves is taken out ([`Caseload::take`]) and the last client moves
//! into the empty place: a row number means nothing beyond the process that found it. Rows past the last one are padding, to a
//! multiple of sixteen. Clients interact only through their caseworker's slots, so a caseload fits in the cache and needs no other
//! caseload.

use super::clock::NEVER;
use crate::kinds::{Domain, Irregularity, Kind, Tercile};
use crate::population::{Client, HIDDEN_CAPACITY_MONTHS, Household};
use crate::stats::lanes::{self, Bits, Block, LANES, Simd};

/// Single bits of a client's state, in the column `flags`.
pub(super) mod flag {
    /// Single or lone parent.
    pub(crate) const ALONE: u32 = 1;
    /// Needs language practice.
    pub(crate) const LANGUAGE_NEED: u32 = 1 << 1;
    /// The service gives a fixed caseworker.
    pub(crate) const FIXED_CASEWORKER: u32 = 1 << 2;
    /// The irregularity is about wages of a small job.
    pub(crate) const WAGES: u32 = 1 << 3;
    /// A signal is under investigation.
    pub(crate) const PENDING: u32 = 1 << 4;
    /// The signal arose in a talk of this step.
    pub(crate) const NEW_SIGNAL: u32 = 1 << 5;
    /// A termination for fraud was decided in this step.
    pub(crate) const TERMINATED: u32 = 1 << 6;
    /// The talk was due before and got no slot.
    pub(crate) const WAITING: u32 = 1 << 7;
    /// Invited in this step.
    pub(crate) const INVITED: u32 = 1 << 8;
    /// Attended a talk in this step.
    pub(crate) const ATTENDED: u32 = 1 << 9;
    /// Had a first signal.
    pub(crate) const SIGNALLED: u32 = 1 << 10;
    /// Had a first visible activation.
    pub(crate) const ACTIVATED: u32 = 1 << 11;
    /// Came within 12 months (true distance) at some time.
    pub(crate) const CAME_NEAR: u32 = 1 << 12;
    /// Left at least once.
    pub(crate) const LEFT_ONCE: u32 = 1 << 13;
    /// Left for work at least once.
    pub(crate) const WORKED_ONCE: u32 = 1 << 14;
    /// Has hidden capacity that nobody has seen since entry.
    pub(crate) const CAPACITY_UNSEEN: u32 = 1 << 15;
}

/// Not one of the sampled lives.
pub(super) const NOT_SAMPLED: u32 = u32::MAX;

/// A value that no client has.
#[cfg(debug_assertions)]
trait Nonsense {
    /// The value.
    const VALUE: Self;
}

#[cfg(debug_assertions)]
impl Nonsense for f32 {
    const VALUE: Self = f32::NAN;
}

#[cfg(debug_assertions)]
impl Nonsense for u32 {
    const VALUE: Self = u32::MAX;
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $number:ident;)*) => {
        /// State of sixteen clients, column by column. Months, unless said otherwise; indices are 0 to 1.
        #[derive(Clone, Debug, Default)]
        pub(super) struct ClientBlock {
            $($(#[$doc])* pub(super) $name: Block<$number>,)*
        }

        /// One client outside the columns: on the way in, or out.
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct Row {
            $($(#[$doc])* pub(super) $name: $number,)*
        }

        impl ClientBlock {
            /// Overwrites the client in a lane.
            fn replace(&mut self, lane: usize, client: &Row) {
                $(self.$name[lane] = client.$name;)*
            }

            /// Nobody is here: what is read without having been written does not go unnoticed.
            #[cfg(debug_assertions)]
            pub(super) fn forget(&mut self) {
                $(self.$name = Block::filled(Nonsense::VALUE);)*
            }

            /// A copy of the client in a lane.
            #[inline]
            fn row(&self, lane: usize) -> Row {
                Row { $($name: self.$name[lane],)* }
            }
        }

        /// Single values, by row.
        #[allow(dead_code, reason = "made for every column; some are read by block only")]
        impl Caseload {
            $($(#[$doc])* #[inline(always)] pub(super) fn $name(&self, row: usize) -> $number {
                self.blocks[row / LANES].$name[row]
            })*
        }
    };
}

columns! {
    /// Stable identifier.
    id: u32;
    /// Row in the study's record.
    participant: u32;
    /// Number among the sampled lives.
    sampled: u32;
    /// Service that the client gets now: index into the scenario's services.
    service: u32;
    /// Part of the caseload in which the client is counted, by what was on file at entry.
    part: u32;
    /// Rows of the plan that the client fits, one bit each.
    fits: u32;
    /// When that was decided, months since month 0.
    decided_at: f32;
    /// Hazard per month of a contact under the service while the recorded distance is over 12 months; 0 when scheduled.
    contact_far: f32;
    /// The same at most at 12 months.
    contact_near: f32;
    /// Bits of [`flag`].
    flags: u32;
    /// Age at month 0.
    age_at_zero: f32;
    /// When the current spell on benefit began.
    spell_start: f32;
    /// True distance x.
    distance: f32;
    /// Recorded distance x_r.
    recorded: f32;
    /// True distance at the last observation x_s.
    observed: f32;
    /// Trust T.
    trust: f32;
    /// The client's own level of trust.
    trust_resting: f32;
    /// Confidence E.
    confidence: f32;
    /// Level to which confidence returns, E_0.
    confidence_resting: f32;
    /// Motivation M.
    motivation: f32;
    /// Level to which motivation returns, M_0.
    motivation_resting: f32;
    /// Applied knowledge I.
    knowledge: f32;
    /// Perceived chance of detection q.
    perceived: f32;
    /// Severity of problems with housing; 0 = no problem.
    severity_housing: f32;
    /// Severity of problems with finances.
    severity_finances: f32;
    /// Severity of problems with relations.
    severity_relations: f32;
    /// Severity of problems with health.
    severity_health: f32;
    /// Severity of problems with meaning.
    severity_meaning: f32;
    /// Disclosed domains, one bit each.
    disclosed: u32;
    /// Active steps, one bit each.
    active: u32;
    /// Activity A of the active steps.
    activity: f32;
    /// Irregularity F: [`Irregularity`] by its number.
    irregularity: u32;
    /// Frailty v on the hazard of work; 0 when paid work is out of reach.
    frailty: f32;
    /// The tick in which the next talk is due.
    next_due: u32;
    /// No-shows in a row.
    no_shows: u32;
    /// When the client was suspended after too many no-shows; infinite when not suspended.
    suspended_since: f32;
    /// When the last talk was held; minus infinity when none was.
    last_talk: f32;
    /// When the last invitation was sent; minus infinity when none was.
    last_invitation: f32;
    /// Quality of the last talk held.
    quality: f32;
    /// Kick of the last talk held: `2 * kick * Q`, faded.
    kick: f32;
    /// Talks held since entry.
    talks: f32;
    /// The match with the caseworker who holds the place.
    match_now: f32;
    /// Third in which the match with the first caseworker lies: [`Tercile`] by its number.
    first_match: u32;
    /// Third in which the skill of the first caseworker lies.
    first_skill: u32;
}

impl Row {
    /// A client who comes on benefit at time `now`. What the plan decides, the caseworker, and when the first talk is due
    /// come after.
    pub(super) fn new(client: &Client, now: f64, perceived: f32) -> Self {
        let single = |x: f64| x as f32;
        let bit = |holds: bool, flag: u32| if holds { flag } else { 0 };
        let alone = matches!(client.household, Household::Single | Household::LoneParent);
        let unseen = client.distance_recorded - client.distance_true > HIDDEN_CAPACITY_MONTHS;
        let severity = client.severity.0.map(single);
        Self {
            id: client.id,
            sampled: NOT_SAMPLED,
            flags: bit(alone, flag::ALONE)
                | bit(client.language_need, flag::LANGUAGE_NEED)
                | bit(client.wages, flag::WAGES)
                | bit(client.distance_true <= 12.0, flag::CAME_NEAR)
                | bit(unseen, flag::CAPACITY_UNSEEN),
            age_at_zero: single(client.age_months - now),
            spell_start: single(now - client.months_on_benefit),
            distance: single(client.distance_true),
            recorded: single(client.distance_recorded),
            observed: single(client.distance_observed),
            trust: single(client.trust),
            trust_resting: single(client.trust),
            confidence: single(client.confidence),
            confidence_resting: single(client.confidence_rest),
            motivation: single(client.motivation),
            motivation_resting: single(client.motivation_rest),
            knowledge: single(client.knowledge),
            perceived,
            severity_housing: severity[Domain::Housing.index()],
            severity_finances: severity[Domain::Finances.index()],
            severity_relations: severity[Domain::Relations.index()],
            severity_health: severity[Domain::Health.index()],
            severity_meaning: severity[Domain::Meaning.index()],
            disclosed: client.disclosed.bits().into(),
            active: client.active.bits().into(),
            irregularity: client.irregularity as u32,
            frailty: if client.out_of_reach { 0.0 } else { single(client.frailty) },
            next_due: NEVER,
            suspended_since: f32::INFINITY,
            last_talk: f32::NEG_INFINITY,
            last_invitation: f32::NEG_INFINITY,
            ..Self::default()
        }
    }
}

/// The clients on benefit of one caseworker.
#[derive(Clone, Debug, Default)]
pub(super) struct Caseload {
    /// Clients on benefit.
    rows: usize,
    /// Clients who ever came in.
    pub(super) entered: u32,
    /// The clients, sixteen at a time; blocks past the last client are memory for later.
    blocks: Vec<ClientBlock>,
}

impl ClientBlock {
    /// The severities in a domain.
    #[inline(always)]
    pub(super) fn severity(&self, domain: Domain) -> &Block<f32> {
        match domain {
            Domain::Housing => &self.severity_housing,
            Domain::Finances => &self.severity_finances,
            Domain::Relations => &self.severity_relations,
            Domain::Health => &self.severity_health,
            Domain::Meaning => &self.severity_meaning,
        }
    }

    /// The same, for writing.
    #[inline(always)]
    pub(super) fn severity_mut(&mut self, domain: Domain) -> &mut Block<f32> {
        match domain {
            Domain::Housing => &mut self.severity_housing,
            Domain::Finances => &mut self.severity_finances,
            Domain::Relations => &mut self.severity_relations,
            Domain::Health => &mut self.severity_health,
            Domain::Meaning => &mut self.severity_meaning,
        }
    }
}

impl Caseload {
    /// Adds a client as the last row.
    pub(super) fn push(&mut self, client: &Row) {
        if self.rows == self.blocks.len() * LANES {
            self.blocks.push(ClientBlock::default());
        }
        self.rows += 1;
        self.replace(self.rows - 1, client);
    }

    /// Overwrites a row.
    pub(super) fn replace(&mut self, row: usize, client: &Row) {
        self.blocks[row / LANES].replace(row, client);
    }

    /// A copy of a row.
    #[inline]
    pub(super) fn row(&self, row: usize) -> Row {
        self.blocks[row / LANES].row(row)
    }

    /// Takes a client out; the last row moves into the place.
    pub(super) fn remove(&mut self, row: usize) {
        self.rows -= 1;
        self.replace(row, &self.row(self.rows));
    }

    /// Sixteen clients.
    #[inline(always)]
    pub(super) fn at(&self, block: usize) -> &ClientBlock {
        &self.blocks[block]
    }

    /// The block in which a row lies, for writing: its values there are those at index `row`.
    #[inline(always)]
    pub(super) fn of(&mut self, row: usize) -> &mut ClientBlock {
        &mut self.blocks[row / LANES]
    }

    /// The blocks that hold clients.
    #[inline(always)]
    pub(super) fn all(&self) -> std::slice::Iter<'_, ClientBlock> {
        self.blocks[..lanes::blocks(self.rows)].iter()
    }

    /// The same, for writing.
    #[inline(always)]
    pub(super) fn all_mut(&mut self) -> std::slice::IterMut<'_, ClientBlock> {
        self.blocks[..lanes::blocks(self.rows)].iter_mut()
    }

    /// Empties the caseload, keeping its memory.
    pub(super) fn clear(&mut self) {
        self.rows = 0;
        self.entered = 0;
    }

    /// Clients on benefit.
    #[inline(always)]
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The lanes of a block that hold a client.
    #[inline(always)]
    pub(super) fn live(&self, block: usize) -> Bits {
        lanes::live(self.rows, block)
    }

    /// The lanes of a block that hold a client of one of `parts` parts of the caseload.
    #[inline(always)]
    pub(super) fn members<S: Simd>(&self, simd: S, block: usize, part: usize, parts: usize) -> Bits {
        use fearless_simd::prelude::*;
        if parts == 1 {
            return self.live(block);
        }
        self.live(block) & self.blocks[block].part.load(simd).simd_eq(part as u32).to_bitmask() as Bits
    }

    /// Whether any of the flags is up.
    #[inline]
    pub(super) fn has(&self, row: usize, flags: u32) -> bool {
        self.flags(row) & flags != 0
    }

    /// Puts flags up.
    #[inline]
    pub(super) fn raise(&mut self, row: usize, flags: u32) {
        self.of(row).flags[row] |= flags;
    }

    /// Takes flags down.
    #[inline]
    pub(super) fn lower(&mut self, row: usize, flags: u32) {
        self.of(row).flags[row] &= !flags;
    }

    /// Whether the flag goes up now for the first time.
    #[inline]
    pub(super) fn first(&mut self, row: usize, flag: u32) -> bool {
        let first = !self.has(row, flag);
        self.raise(row, flag);
        first
    }

    /// The irregularity of a client.
    #[inline]
    pub(super) fn irregularity_of(&self, row: usize) -> Irregularity {
        Irregularity::ALL[self.irregularity(row) as usize]
    }

    /// Thirds of the match with the first caseworker and of that caseworker's skill.
    #[inline]
    pub(super) fn first_caseworker(&self, row: usize) -> [Tercile; 2] {
        [self.first_match(row), self.first_skill(row)].map(|third| Tercile::ALL[third as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::{ClientMaker, client_id};
    use crate::random::Dice;
    use crate::scenario::Scenario;

    #[test]
    fn section_7_10_a_first_time_is_counted_once() {
        let mut load = Caseload::default();
        load.push(&Row::default());
        assert!(load.first(0, flag::SIGNALLED));
        assert!(!load.first(0, flag::SIGNALLED));
        load.lower(0, flag::SIGNALLED);
        assert!(!load.has(0, flag::SIGNALLED));
    }

    #[test]
    fn section_2_a_client_comes_in_with_the_state_of_the_start() {
        let scenario = Scenario::from_text("extends = \"lange-adem\"\nname = \"x\"").expect("a scenario");
        let mut client = ClientMaker::new(&scenario, Dice::new(3, 0)).client(client_id(0, 0), 1.0);
        (client.distance_recorded, client.distance_true, client.out_of_reach) = (40.0, 20.0, true);
        (client.age_months, client.months_on_benefit) = (500.0, 30.0);
        let row = Row::new(&client, 6.0, 0.2);
        assert_eq!((row.age_at_zero, row.spell_start, row.frailty, row.perceived), (494.0, -24.0, 0.0, 0.2));
        assert_eq!(
            (row.distance, row.recorded, row.flags & flag::CAPACITY_UNSEEN),
            (20.0, 40.0, flag::CAPACITY_UNSEEN)
        );
        // Twelve months hidden are not over twelve; a true distance of twelve is near.
        (client.distance_recorded, client.distance_true) = (24.0, 12.0);
        let row = Row::new(&client, 6.0, 0.2);
        assert_eq!(row.flags & (flag::CAPACITY_UNSEEN | flag::CAME_NEAR), flag::CAME_NEAR);
    }
}
