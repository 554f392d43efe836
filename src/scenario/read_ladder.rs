//! `[ladder]` and the effects of arms on it (model page 7.12).
//!
//! A table of monthly moves has an exact solution, which makes it the yardstick of the engine, and the
//! model of a planner who has transition figures and no theory. Rows of a table must be possible under
//! every arm: an effect that lifts a probability over one is refused here, not cut there.

use super::keys::WithinLimits;
use super::plan::{Ladder, LadderEffect, LadderRates, LadderRung};
use crate::document::TableReader;
use crate::said;

/// The columns of a ladder table, one number per rung.
const COLUMNS: [&str; 6] = ["start", "up", "down", "work", "fraud", "other"];

/// Effect of an arm: `ladder_effect = { from_month = 3, multiplier = 1.3, slope = 0.5, trust_gain = 0.05 }`.
pub(super) fn read_effect(arm: &TableReader<'_>) -> Option<LadderEffect> {
    let table = arm.table("ladder_effect")?;
    let effect = LadderEffect {
        from_month: table.count("from_month").unwrap_or(0) as u32,
        multiplier: table.setting("multiplier").unwrap_or(1.0),
        slope: table.setting("slope").unwrap_or(0.0),
        trust_gain: table.setting("trust_gain").unwrap_or(0.0),
    };
    table.finish();
    Some(effect)
}

/// Reads and checks the table; `None` when a column is missing or their lengths differ, which is then
/// reported. `effects` has one entry per arm.
pub(super) fn read_ladder(root: &TableReader<'_>, effects: Vec<Option<LadderEffect>>) -> Option<Ladder> {
    root.missing(
        "ladder",
        said!(
            "[ladder] met start, up, down, work, fraud en other: één getal per trede",
            "[ladder] with start, up, down, work, fraud and other: one number per rung"
        ),
    );
    let table = root.table("ladder")?;
    let rates = table
        .choice("rates", &[("probability", LadderRates::Probability), ("hazard", LadderRates::Hazard)])
        .unwrap_or(LadderRates::Probability);
    let (_, max_hazard) = super::keys::number_limits("ladder.rates");
    let max = if rates == LadderRates::Probability { 1.0 } else { max_hazard };
    let columns: Vec<Option<Vec<f64>>> = COLUMNS
        .iter()
        .map(|column| {
            table.missing(
                column,
                said!(
                    "{column} = [0.1, 0.2], één getal per trede",
                    "{column} = [0.1, 0.2], one number per rung",
                    column = column
                ),
            );
            table.numbers(column, 0.0, if *column == "start" { 1.0 } else { max })
        })
        .collect();
    let start_trust = table.settings("start_trust").unwrap_or_else(|| vec![0.0]);
    if start_trust.is_empty() {
        table.problem(
            "start_trust",
            said!("start_trust is leeg", "start_trust is empty"),
            said!("minstens één niveau", "one level or more"),
            None,
        );
    }
    let columns = columns.into_iter().collect::<Option<Vec<_>>>();
    let ladder = columns.and_then(|columns| rungs(&table, &columns)).map(|rungs| {
        let ladder = Ladder { rates, rungs, start_trust, effects };
        check(&table, &ladder);
        ladder
    });
    table.finish();
    ladder
}

/// The columns as rungs, when they are equally long.
fn rungs(table: &TableReader<'_>, columns: &[Vec<f64>]) -> Option<Vec<LadderRung>> {
    let count = columns.first()?.len();
    if !(2..=12).contains(&count) {
        table.problem(
            "start",
            said!("de ladder heeft {count} treden", "the ladder has {count} rungs", count = count),
            said!("2 tot 12 treden", "2 to 12 rungs"),
            None,
        );
        return None;
    }
    let mut equal = true;
    for (name, column) in COLUMNS.iter().zip(columns) {
        if column.len() != count {
            let length = column.len();
            let message = said!(
                "ladder.{name} heeft {length} getallen, start heeft er {count}",
                "ladder.{name} has {length} numbers, start has {count}",
                name = name,
                length = length,
                count = count
            );
            table.problem(name, message, said!("één getal per trede", "one number per rung"), None);
            equal = false;
        }
    }
    equal.then(|| {
        (0..count)
            .map(|rung| LadderRung {
                start: columns[0][rung],
                up: columns[1][rung],
                down: columns[2][rung],
                work: columns[3][rung],
                fraud: columns[4][rung],
                other: columns[5][rung],
            })
            .collect()
    })
}

/// Reports start shares that do not add up to one, ways out of the ends of the ladder, and
/// probabilities of a rung over one.
fn check(table: &TableReader<'_>, ladder: &Ladder) {
    let total: f64 = ladder.rungs.iter().map(|rung| rung.start).sum();
    if (total - 1.0).abs() > 1e-9 {
        table.problem(
            "start",
            said!(
                "de aandelen in start zijn samen {total}",
                "the start shares add up to {total}",
                total = total
            ),
            said!("moeten samen 1 zijn", "must add up to 1"),
            None,
        );
    }
    if ladder.rungs.first().is_some_and(|rung| rung.down > 0.0) {
        table.problem(
            "down",
            said!("de laagste trede heeft een weg omlaag", "the lowest rung has a way down"),
            said!("het eerste getal moet 0 zijn", "the first number must be 0"),
            None,
        );
    }
    if ladder.rungs.last().is_some_and(|rung| rung.up > 0.0) {
        table.problem(
            "up",
            said!("de hoogste trede heeft een weg omhoog", "the highest rung has a way up"),
            said!("het laatste getal moet 0 zijn", "the last number must be 0"),
            None,
        );
    }
    if ladder.rates == LadderRates::Probability {
        check_probabilities(table, ladder);
    }
}

/// The events of a month exclude each other: their probabilities add up to one at most, under every arm and any trust.
fn check_probabilities(table: &TableReader<'_>, ladder: &Ladder) {
    // Trust is at most 1, so this is the largest factor that any client can have on the moves up.
    let strongest = ladder
        .effects
        .iter()
        .flatten()
        .map(|effect| effect.multiplier * (1.0 + effect.slope))
        .fold(1.0, f64::max);
    let at_most_one = || said!("hoogstens 1 in een maand", "at most 1 in a month");
    for (index, rung) in ladder.rungs.iter().enumerate() {
        let rest = rung.down + rung.work + rung.fraud + rung.other;
        let number = index + 1;
        if rung.up + rest > 1.0 + 1e-12 {
            let sum = rung.up + rest;
            let message = said!(
                "de kansen van trede {number} zijn samen {sum}",
                "the probabilities of rung {number} add up to {sum}",
                number = number,
                sum = sum
            );
            table.problem("up", message, at_most_one(), None);
        } else if rung.up * strongest + rest > 1.0 + 1e-12 {
            let sum = rung.up * strongest + rest;
            let message = said!(
                "in de sterkste groep is trede {number} samen {sum}",
                "under the strongest arm rung {number} adds up to {sum}",
                number = number,
                sum = sum
            );
            let hint = said!(
                "up wordt vermenigvuldigd met multiplier * (1 + slope * trust), trust tot 1",
                "up is multiplied by multiplier * (1 + slope * trust), trust up to 1"
            );
            table.problem("up", message, at_most_one(), Some(hint));
        }
    }
}
