//! A surface has three axes (duration, size, endpoint with test); a terminal shows two. Hence two cuts
//! through its far corner, one by duration at full size, one by size at the longest duration, and for
//! that corner itself what stands behind the power: type I error, bias, coverage, type S and M errors
//! (Gelman & Carlin 2014, doi:10.1177/1745691614551642). All cells are in `power.csv`.

use crate::design::power::{PowerCell, PowerSurface, ReplicateShare};
use crate::language::marked;
use crate::report::escape;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::terminal;
use crate::report::words;

/// The whole answer as text that ends without a line break: heading, two cuts and a detail table per
/// compared arm, all primary endpoints together, the notes of the surface, and how many cells disagree
/// with their formula.
///
/// Sizes are compared per arm, since an arm's largest study need not be another's.
pub(crate) fn tables(surface: &PowerSurface, lang: Lang) -> String {
    let (scenario, studies) = (escape::name(&surface.scenario), surface.replicates);
    let (alpha, control) = (surface.alpha, words::arm_named(lang, &surface.control));
    let mut text = match (lang, surface.sides) {
        (Lang::En, sides) => {
            let sides = if sides == 2 { "two" } else { "one" };
            format!(
                "{scenario}: power in {studies} simulated studies, {sides}-sided alpha {alpha}, control {control}\n"
            )
        }
        (Lang::Nl, sides) => {
            let sides = if sides == 2 { "tweezijdig" } else { "eenzijdig" };
            let alpha = marked(&alpha.to_string(), lang);
            format!(
                "{scenario}: onderscheidend vermogen (power) in {studies} gesimuleerde onderzoeken, {sides} getoetst met alpha {alpha}, \
                 controle {control}\n"
            )
        }
    };
    let mut arms: Vec<&str> = surface.cells.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    for arm in arms {
        let cells: Vec<&PowerCell> = surface.cells.iter().filter(|cell| cell.arm == arm).collect();
        let largest = cells.iter().map(|cell| cell.size).fold(0.0, f64::max);
        let longest = cells.iter().map(|cell| cell.months).max().unwrap_or(0);
        let full: Vec<&PowerCell> = cells.iter().copied().filter(|cell| cell.size == largest).collect();
        let last: Vec<&PowerCell> = cells.iter().copied().filter(|cell| cell.months == longest).collect();
        if let Some(cell) = full.first() {
            text.push_str(&format!(
                "\n{}\n{}\n",
                comparison(arm, cell.clients, cell.caseworkers, lang),
                lang.pick("Power (%) naar duur in maanden", "Power (%) by duration, months")
            ));
        }
        text.push_str(&pivot(&full, lang, |cell| cell.months.to_string()));
        text.push_str(&match lang {
            Lang::En => format!("\nPower (%) at {longest} months by clients per arm\n"),
            Lang::Nl => format!("\nPower (%) na {longest} maanden naar klanten per groep\n"),
        });
        // Clients in the treated arm; the control grows with it.
        text.push_str(&pivot(&last, lang, |cell| cell.clients[1].to_string()));
        text.push_str(&match lang {
            Lang::En => format!("\nAt {longest} months, full size\n"),
            Lang::Nl => format!("\nNa {longest} maanden, volledige omvang\n"),
        });
        let detail: Vec<&PowerCell> = full.iter().copied().filter(|cell| cell.months == longest).collect();
        text.push_str(&details(&detail, lang));
    }
    text.push_str(&families(surface, lang));
    for note in &surface.notes {
        text.push_str(&format!("\n{}", words::note(note, lang)));
    }
    // Formula and simulation check each other: a gap says that one of the two assumes what does not
    // hold.
    let gaps = surface.cells.iter().filter(|cell| cell.analytic_gap).count();
    let compared = surface.cells.iter().filter(|cell| cell.analytic.is_some()).count();
    text.push_str(&match lang {
        Lang::En => format!(
            "\nFormula and simulation differ by more than 3 Monte Carlo errors in {gaps} of {compared} cells with a formula \
             (marked ! in the table; all in power.csv).\n"
        ),
        Lang::Nl => format!(
            "\nFormule en simulatie verschillen meer dan 3 Monte-Carlofouten in {gaps} van {compared} cellen met een formule \
             (gemerkt met ! in de tabel; alle in power.csv).\n"
        ),
    });
    text
}

/// Who is compared with whom: clients and caseworkers, control first in the arrays.
pub(crate) fn comparison(arm: &str, clients: [u32; 2], caseworkers: [u32; 2], lang: Lang) -> String {
    let number = |count: u32| number::decimal(lang, f64::from(count), 0);
    let (arm, [control, treated], [few, many]) =
        (words::arm_named(lang, arm), clients.map(number), caseworkers.map(number));
    match lang {
        Lang::En => format!("{arm}: {treated} clients with {many} caseworkers against {control} with {few}"),
        Lang::Nl => format!("{arm}: {treated} klanten met {many} consulenten tegenover {control} met {few}"),
    }
}

/// A share in percent with one decimal; the sign is the reader's own.
fn percent(value: f64, lang: Lang) -> String {
    number::decimal(lang, value * 100.0, 1)
}

/// Endpoint, test, and whether it is the primary one.
type Tested<'c> = (&'c str, &'c str, bool);

/// One line per endpoint and test, one column per value of `column`, in the order in which cells come;
/// cells of one endpoint and test must stand together. A dash where the test could be computed in no
/// study: 0 % would read as a test without power.
fn pivot(cells: &[&PowerCell], lang: Lang, column: impl Fn(&PowerCell) -> String) -> String {
    let mut columns: Vec<String> = Vec::new();
    let mut lines: Vec<(Tested<'_>, Vec<String>)> = Vec::new();
    for cell in cells {
        let name = column(cell);
        if !columns.contains(&name) {
            columns.push(name);
        }
        let key = (cell.endpoint, cell.test, cell.primary);
        let value = if cell.computed.value == 0.0 { "-".to_owned() } else { percent(cell.power.value, lang) };
        match lines.last_mut().filter(|(last, _)| *last == key) {
            Some((_, values)) => values.push(value),
            None => lines.push((key, vec![value])),
        }
    }
    let head = [lang.pick("uitkomst", "endpoint"), lang.pick("toets", "test")]
        .map(str::to_owned)
        .into_iter()
        .chain(columns);
    let rows = lines.into_iter().map(|((endpoint, test, primary), values)| {
        let names =
            [words::endpoint_named(lang, endpoint).to_owned(), words::test_named(lang, test, primary)];
        names.into_iter().chain(values).collect()
    });
    terminal::grouped(&head.collect::<Vec<_>>(), rows.collect(), 1)
}

/// What stands behind the powers: a row per cell, all shares in percent. Empty where a test has no
/// estimate (bias, coverage), where no null studies were simulated (type I error), or where nothing was
/// significant (type S and M). Events are means per study, control first; `!` marks a formula that
/// differs from the simulation.
fn details(cells: &[&PowerCell], lang: Lang) -> String {
    let dutch = [
        "uitkomst",
        "toets",
        "power % (95%-interval)",
        "fout 1e soort %",
        "als onafhankelijk",
        "gebeurtenissen",
        "waarheid",
        "vertekening",
        "dekking %",
        "type S %",
        "type M",
        "formule %",
    ];
    let english = [
        "endpoint",
        "test",
        "power % (95% interval)",
        "type I %",
        "if independent",
        "events",
        "truth",
        "bias",
        "coverage %",
        "type S %",
        "type M",
        "formula %",
    ];
    let row = |cell: &&PowerCell| -> Vec<String> {
        let error = cell.type_one_error.as_ref();
        let interval = |p: ReplicateShare| match cell.computed.value {
            0.0 => "-".to_owned(),
            _ => format!("{} ({}-{})", percent(p.value, lang), percent(p.low, lang), percent(p.high, lang)),
        };
        let share = |p: Option<ReplicateShare>| p.map_or(String::new(), |p| percent(p.value, lang));
        let value =
            |v: Option<f64>, digits: i32| v.map_or(String::new(), |v| number::decimal(lang, v, digits));
        vec![
            words::endpoint_named(lang, cell.endpoint).to_owned(),
            words::test_named(lang, cell.test, cell.primary),
            interval(cell.power),
            error.map_or(String::new(), |error| interval(error.rate)),
            share(error.and_then(|error| error.if_independent)),
            format!("{:.0}/{:.0}", cell.events[0], cell.events[1]),
            value(cell.truth, 3),
            value(cell.bias, 3),
            share(cell.coverage),
            share(cell.wrong_sign),
            value(cell.exaggeration, 2),
            cell.analytic.as_ref().map_or(String::new(), |analytic| {
                format!("{}{}", percent(analytic.power, lang), if cell.analytic_gap { " !" } else { "" })
            }),
        ]
    };
    terminal::grouped(&lang.pick(dutch, english).map(str::to_owned), cells.iter().map(row).collect(), 1)
}

/// All primary endpoints together, a sentence per arm for the longest duration and full size: the chance
/// that at least one is significant, that all are, and how often at least one would be with equal services
/// (familywise error; left out without null studies). Empty when no study was counted.
fn families(surface: &PowerSurface, lang: Lang) -> String {
    let Some(last) = surface.families.last() else { return String::new() };
    let mut text = String::new();
    for family in
        surface.families.iter().filter(|family| family.months == last.months && family.size == last.size)
    {
        let (arm, months) = (words::arm_named(lang, &family.arm), family.months);
        let (any, all) = (percent(family.any.value, lang), percent(family.all.value, lang));
        text.push_str(&match lang {
            Lang::En => format!(
                "\n{arm}: at {months} months and full size, at least one primary endpoint significant in {any}% of studies, all in {all}%"
            ),
            Lang::Nl => format!(
                "\n{arm}: na {months} maanden en bij volledige omvang is minstens één primaire uitkomst significant in {any}% van de \
                 onderzoeken, alle in {all}%"
            ),
        });
        if let Some(error) = family.familywise_error {
            let equal = lang
                .pick("minstens één bij gelijke dienstverlening in", "at least one with equal services in");
            text.push_str(&format!("; {equal} {}%", percent(error.value, lang)));
        }
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::power::{PowerPlan, power};
    use crate::scenario::embedded;

    #[test]
    fn everything_that_is_said_has_a_dutch_version() {
        for cluster in ["caseworker", "site", "independent"] {
            let overrides = [
                "arm.regular.participants=40".to_owned(),
                "arm.fip.participants=40".to_owned(),
                "horizon_months=6".to_owned(),
                "analysis.cut_off_months=[6]".to_owned(),
                "analysis.sizes=[0.25, 1.0]".to_owned(),
                format!("analysis.cluster=\"{cluster}\""),
            ];
            let scenario = embedded("lange-adem", &overrides).unwrap().scenario;
            let surface = power(&PowerPlan { null_replicates: 3, ..PowerPlan::new(&scenario, 3) }).unwrap();
            for note in &surface.notes {
                assert_ne!(words::note(note, Lang::Nl), words::note(note, Lang::En));
            }
            let (dutch, english) = (tables(&surface, Lang::Nl), tables(&surface, Lang::En));
            assert!(
                dutch.contains("klanten met")
                    && dutch.contains("Na 6 maanden")
                    && !dutch.contains(" studies")
            );
            assert!(english.contains("clients with") && english.contains("At 6 months"));
            // Headings of other lengths stand over other numbers of lines.
            assert_eq!(dutch.split("\n\n").count(), english.split("\n\n").count());
            assert!(
                dutch
                    .lines()
                    .chain(english.lines())
                    .filter(|line| line.contains("  "))
                    .all(|line| line.chars().count() <= terminal::WIDEST)
            );
        }
    }
}
