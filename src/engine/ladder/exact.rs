//! The expectation of ladder dynamics without chance: the share of clients on every rung and out by every reason, month
//! by month.
//!
//! The distribution over (trust class, rung) is carried forward step by step with the transition probabilities of the
//! table; trust is deterministic within a class, so this is exact. A simulated share of `n` clients has mean `p` and
//! standard error `sqrt(p (1 - p) / n)`, because clients are independent of each other in ladder dynamics.

use super::effect::UpFactors;
use crate::history::{LADDER_REASONS, LadderReason};
use crate::scenario::plan::{Ladder, LadderRates, LadderRung};

/// Exact monthly curves under one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct LadderCurves {
    /// Share of all clients who are on benefit on each rung: `occupancy[month][rung]`, month 0 to the horizon.
    pub occupancy: Vec<Vec<f64>>,
    /// Share of all clients who have left by a month, by reason in the order of [`LadderReason::ALL`].
    pub exits: Vec<[f64; LADDER_REASONS]>,
}

impl LadderCurves {
    /// Share of all clients out for a reason by a month, counted from 0 at the start.
    pub fn exits_by(&self, month: usize, reason: LadderReason) -> f64 {
        self.exits[month][reason as usize]
    }
}

/// Standard error of a share with expectation `share` among `clients` independent clients.
pub fn standard_error(share: f64, clients: f64) -> f64 {
    libm::sqrt((share * (1.0 - share)).max(0.0) / clients)
}

/// The exact curves of an arm over a horizon. A table of monthly probabilities always moves by whole months;
/// `steps_per_month` cuts the steps of a table of hazards.
pub fn curves(ladder: &Ladder, arm: usize, months: u32, steps_per_month: u32) -> LadderCurves {
    let factors = UpFactors::new(ladder, ladder.effects.get(arm).copied().flatten(), months as usize);
    let mut state = Distribution::new(ladder);
    let mut curves = LadderCurves { occupancy: vec![state.occupancy()], exits: vec![state.exits] };
    for month in 0..months as usize {
        match ladder.rates {
            LadderRates::Probability => state.month_of_probabilities(ladder, &factors, month),
            LadderRates::Hazard => {
                let step = HazardStep::new(steps_per_month);
                for _ in 0..steps_per_month.max(1) {
                    state.step_of_hazards(ladder, &factors, month, step);
                }
            }
        }
        curves.occupancy.push(state.occupancy());
        curves.exits.push(state.exits);
    }
    curves
}

/// Up-moves of a rung; none from the highest.
pub(super) fn up(ladder: &Ladder, rung: usize) -> f64 {
    if rung + 1 < ladder.rungs.len() { ladder.rungs[rung].up } else { 0.0 }
}

/// Down-moves of a rung; none from the lowest.
pub(super) fn down(ladder: &Ladder, rung: usize) -> f64 {
    if rung > 0 { ladder.rungs[rung].down } else { 0.0 }
}

/// One step of a table of hazards.
#[derive(Clone, Copy)]
pub(super) struct HazardStep {
    /// Length of the step, months.
    months: f64,
}

/// Probabilities of the exits in one step or month; together at most 1.
pub(super) struct Exits {
    /// To work.
    pub(super) work: f64,
    /// By a fraud termination.
    pub(super) fraud: f64,
    /// For other reasons.
    pub(super) other: f64,
}

impl HazardStep {
    /// The length of a step as part of a month.
    pub(super) fn new(steps_per_month: u32) -> Self {
        Self { months: 1.0 / f64::from(steps_per_month.max(1)) }
    }

    /// Probability of any of several events with this sum of hazards, divided by the sum: `(1 - exp(-H dt)) / H`.
    fn per_hazard(self, total: f64) -> f64 {
        if total > 0.0 { -libm::expm1(-total * self.months) / total } else { 0.0 }
    }

    /// Probabilities of moving up and down in one step with the up-hazard multiplied by `factor`.
    pub(super) fn moves(self, ladder: &Ladder, rung: usize, factor: f64) -> (f64, f64) {
        let (up, down) = (up(ladder, rung) * factor, down(ladder, rung));
        let scale = self.per_hazard(up + down);
        (up * scale, down * scale)
    }

    /// Probabilities of the exits in one step.
    pub(super) fn exits(self, rung: &LadderRung) -> Exits {
        let scale = self.per_hazard(rung.work + rung.fraud + rung.other);
        Exits { work: rung.work * scale, fraud: rung.fraud * scale, other: rung.other * scale }
    }
}

/// Shares of all clients over trust classes and rungs, and those who have left.
struct Distribution {
    /// Share of all clients, by trust class and rung.
    classes: Vec<Vec<f64>>,
    /// Share that has left, by reason.
    exits: [f64; LADDER_REASONS],
}

impl Distribution {
    /// Everybody on the start rungs, divided evenly over the trust classes.
    fn new(ladder: &Ladder) -> Self {
        let classes = ladder.start_trust.len();
        let total: f64 = ladder.rungs.iter().map(|rung| rung.start).sum();
        let shares = ladder.rungs.iter().map(|rung| rung.start / total / classes as f64).collect();
        Self { classes: vec![shares; classes], exits: [0.0; LADDER_REASONS] }
    }

    /// Share on each rung, over the trust classes together.
    fn occupancy(&self) -> Vec<f64> {
        (0..self.classes[0].len()).map(|rung| self.classes.iter().map(|shares| shares[rung]).sum()).collect()
    }

    /// A share of all clients leaves its rung, divided over the reasons.
    fn leave(&mut self, share: f64, exits: &Exits) {
        self.exits[LadderReason::Work as usize] += share * exits.work;
        self.exits[LadderReason::Fraud as usize] += share * exits.fraud;
        self.exits[LadderReason::Other as usize] += share * exits.other;
    }

    /// One month of monthly probabilities: one multinomial event per client.
    fn month_of_probabilities(&mut self, ladder: &Ladder, factors: &UpFactors, month: usize) {
        for trust_class in 0..self.classes.len() {
            let factor = factors.at(trust_class, month);
            let before = self.classes[trust_class].clone();
            for (index, (rung, share)) in ladder.rungs.iter().zip(before).enumerate() {
                let exits = Exits { work: rung.work, fraud: rung.fraud, other: rung.other };
                let rest = 1.0 - rung.work - rung.fraud - rung.other - down(ladder, index);
                let up = (up(ladder, index) * factor).min(rest.max(0.0));
                self.leave(share, &exits);
                self.move_share(trust_class, index, share * up, share * down(ladder, index));
                self.classes[trust_class][index] -= share * (exits.work + exits.fraud + exits.other);
            }
        }
    }

    /// One step of hazards: first a move, then an exit at the hazards of the rung that was reached.
    fn step_of_hazards(&mut self, ladder: &Ladder, factors: &UpFactors, month: usize, step: HazardStep) {
        for trust_class in 0..self.classes.len() {
            let factor = factors.at(trust_class, month);
            let before = self.classes[trust_class].clone();
            for (index, share) in before.into_iter().enumerate() {
                let (up, down) = step.moves(ladder, index, factor);
                self.move_share(trust_class, index, share * up, share * down);
            }
            for (index, rung) in ladder.rungs.iter().enumerate() {
                let share = self.classes[trust_class][index];
                let exits = step.exits(rung);
                self.leave(share, &exits);
                self.classes[trust_class][index] -= share * (exits.work + exits.fraud + exits.other);
            }
        }
    }

    /// Moves shares of one rung up and down.
    fn move_share(&mut self, trust_class: usize, rung: usize, up: f64, down: f64) {
        let shares = &mut self.classes[trust_class];
        shares[rung] -= up + down;
        if up > 0.0 {
            shares[rung + 1] += up;
        }
        if down > 0.0 {
            shares[rung - 1] += down;
        }
    }
}
