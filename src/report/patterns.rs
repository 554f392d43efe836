//! The pattern report as plain text or as Markdown for the validation page.
//!
//! Each row is a pattern that a published study saw, with the rule by which the model is judged, what
//! it gives with its Monte Carlo error, and the verdict. Structures that *must* fail are shown too: a
//! test that every structure passes would say nothing about the model.

use comfy_table::{Table, presets};

use crate::design::patterns::{PatternReport, PatternRow, StructureReport, TargetRow};
use crate::language::Lang;
use crate::report::number;

/// Tables in plain text (aligned) or Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// For a terminal.
    Plain,
    /// For a page.
    Markdown,
}

/// The whole report: patterns by structure, the structures beside each other, published numbers, and
/// what drifts in ten years. Structures side by side need at least two; the last three parts stand only
/// when targets were computed.
pub fn report(report: &PatternReport, form: Markup, lang: Lang) -> String {
    let mut text = String::new();
    if report.draws {
        text.push_str(lang.pick(
            "\nElk gesimuleerd onderzoek heeft een eigen trekking van de parameters.\n",
            "\nEvery simulated study has a draw of the parameters of its own.\n",
        ));
    }
    for structure in &report.structures {
        text.push_str(&of_structure(structure, report.replicates, form, lang));
    }
    if report.structures.len() > 1 {
        text.push_str(&heading(
            lang.pick("Alle structuren naast elkaar", "All structures side by side"),
            form,
        ));
        text.push_str(&side_by_side(report, form, lang));
    }
    if !report.targets.is_empty() {
        text.push_str(&heading(lang.pick("Na tien jaar, per structuur", "Ten years on, by structure"), form));
        text.push_str(&decades(report, form, lang));
        text.push_str(&heading(lang.pick("Gepubliceerde cijfers", "Published numbers"), form));
        text.push_str(&of_targets(&report.targets, form, lang));
        text.push_str(&met(&report.targets, lang));
        text.push_str(&heading(
            lang.pick(
                "Tien jaar gewone aanpak: tiende jaar gedeeld door eerste",
                "Ten years of regular service: tenth year over first",
            ),
            form,
        ));
        text.push_str(&of_targets(&report.stationarity, form, lang));
        text.push_str(&met(&report.stationarity, lang));
    }
    text
}

/// A heading in the form asked for.
fn heading(words: &str, form: Markup) -> String {
    match form {
        Markup::Plain => format!("\n{words}\n"),
        Markup::Markdown => format!("\n### {words}\n\n"),
    }
}

/// Name of a structure.
fn name(structure: &StructureReport, lang: Lang) -> &'static str {
    lang.pick(structure.name_nl, structure.name)
}

/// The patterns of a structure with what it changes in the parameters, then how often all hold in one
/// and the same study (each alone may hold while they exclude each other), then whether what must fail
/// does.
fn of_structure(structure: &StructureReport, replicates: u32, form: Markup, lang: Lang) -> String {
    let changes = match structure.overrides.len() {
        0 => lang.pick("de geleverde parameters", "the shipped parameters").to_owned(),
        1..=3 => structure.overrides.join(", "),
        _ => {
            let (first, more) = (structure.overrides[0], structure.overrides.len() - 1);
            format!("{first} {} {more} {}", lang.pick("en nog", "and"), lang.pick("andere", "more"))
        }
    };
    let title = lang.pick("Structuur", "Structure");
    let mut text = heading(&format!("{title}: {} ({changes})", name(structure, lang)), form);
    let head = lang.pick(
        ["", "patroon", "klopt bij", "model", "simulatiefout", "", "toelichting"],
        ["", "pattern", "passes when", "model", "MC error", "", "detail"],
    );
    let row = |row: &PatternRow| {
        vec![
            row.id.to_owned(),
            row.pattern.of(lang).to_owned(),
            row.rule.of(lang).to_owned(),
            fixed(lang, row.value, 3),
            fixed(lang, row.error, 3),
            row.verdict.words(lang).to_owned(),
            with_commas(lang, row.detail.of(lang)),
        ]
    };
    text.push_str(&table(&head, structure.rows.iter().map(row).collect(), form));
    let joint = structure.joint;
    let (all, error) = (joint.three_municipalities, joint.three_municipalities_error);
    let [all, error] = [all, error].map(|value| fixed(lang, value, 3));
    let (both, likelihood) = (fixed(lang, joint.with_brabantse_wal, 3), fixed(lang, joint.log_likelihood, 2));
    text.push_str(&match lang {
        Lang::Nl => format!(
            "\nP1 tot en met P5 samen in één onderzoek: {all} (simulatiefout {error}); en P6 in een onafhankelijke proef: \
             {both}. {replicates} gesimuleerde onderzoeken van elk. Log-aannemelijkheid van alles wat gezien is (P1 tot en \
             met P5, P6 met P7): {likelihood}.\n"
        ),
        Lang::En => format!(
            "\nP1 to P5 together in one study: {all} (MC error {error}); and P6 in an independent pilot: {both}. \
             {replicates} simulated studies each. Log-likelihood of all that was seen (P1 to P5, P6 with P7): {likelihood}.\n"
        ),
    });
    for (id, fails) in &structure.must_fail {
        let words = match fails {
            true => lang.pick("klopt niet, zoals het hoort", "fails, as it must"),
            false => lang.pick("KLOPT, terwijl dat niet mag", "PASSES, though it must fail"),
        };
        text.push_str(&format!("{id} {words}.\n"));
    }
    text
}

/// The structures beside each other, a row each: value of every pattern with an x where it fails, the
/// chance that P1 to P5 hold together, and the log-likelihood of what was seen.
fn side_by_side(report: &PatternReport, form: Markup, lang: Lang) -> String {
    let mut head = vec![lang.pick("structuur", "structure")];
    let ids = ["P1", "P2", "P3", "P4", "P4s", "P5", "P6", "P7", "P8", "P9", "P10"];
    head.extend(ids);
    head.extend(["P1-P5", lang.pick("log-aann.", "log-lik.")]);
    let rows = report.structures.iter().map(|structure| {
        let value = |id: &&str| {
            let found = structure.rows.iter().find(|row| row.id == *id);
            let mark = |row: &PatternRow| if structure.passes(row.id) == Some(true) { "" } else { " x" };
            found.map_or(String::new(), |row| fixed(lang, row.value, 2) + mark(row))
        };
        std::iter::once(name(structure, lang).to_owned())
            .chain(ids.iter().map(value))
            .chain([
                fixed(lang, structure.joint.three_municipalities, 3),
                fixed(lang, structure.joint.log_likelihood, 2),
            ])
            .collect()
    });
    table(&head, rows.collect(), form) + lang.pick("\nx = klopt niet.\n", "\nx = fails.\n")
}

/// The line that says how many targets lie within their range.
fn met(targets: &[TargetRow], lang: Lang) -> String {
    let within = targets.iter().filter(|row| row.within).count();
    let all = targets.len();
    match lang {
        Lang::Nl => format!("\n{within} van de {all} liggen binnen hun bereik.\n"),
        Lang::En => format!("\n{within} of {all} lie within their range.\n"),
    }
}

/// The ten-year answers of the structures that may be true, side by side.
fn decades(report: &PatternReport, form: Markup, lang: Lang) -> String {
    let english = [
        "structure",
        "log-likelihood of what was seen",
        "ever to work, regular",
        "ever to work, FIP less regular",
        "on benefit, FIP less regular",
        "activated at 18 months, FIP less regular",
    ];
    let dutch = [
        "structuur",
        "log-aannemelijkheid van wat gezien is",
        "ooit naar werk, gewone aanpak",
        "ooit naar werk, FIP min gewoon",
        "met uitkering, FIP min gewoon",
        "geactiveerd na 18 maanden, FIP min gewoon",
    ];
    let head = lang.pick(dutch, english);
    let percent = |[value, error]: [f64; 2]| {
        with_commas(lang, &format!("{:+.1} ({:.1})", value * 100.0, error * 100.0))
    };
    let row = |structure: &StructureReport| {
        let decade = structure.decade?;
        Some(vec![
            name(structure, lang).to_owned(),
            fixed(lang, structure.joint.log_likelihood, 2),
            percent(decade.worked_regular),
            percent(decade.worked),
            percent(decade.on_benefit),
            percent(decade.activated),
        ])
    };
    let rows = report.structures.iter().filter_map(row).collect();
    table(&head, rows, form)
        + lang.pick(
            "\nProcentpunten in maand 120 van `lange-adem`, simulatiefouten tussen haakjes.\n",
            "\nPercentage points at month 120 of `lange-adem`, Monte Carlo errors in brackets.\n",
        )
}

/// Published figures beside the model, with the range in which the model must lie and what to mind with
/// each. "n.g." stands for what is no number; where nothing was published the difference stays empty.
fn of_targets(targets: &[TargetRow], form: Markup, lang: Lang) -> String {
    let english =
        ["", "target", "use", "model", "MC error", "published", "difference", "range", "within", "mind"];
    let dutch = [
        "",
        "cijfer",
        "gebruik",
        "model",
        "simulatiefout",
        "gepubliceerd",
        "verschil",
        "bereik",
        "erin",
        "let op",
    ];
    let head = lang.pick(dutch, english);
    let number = |value: f64| {
        if value.is_finite() { fixed(lang, value, 4) } else { lang.pick("n.g.", "n.f.").to_owned() }
    };
    let row = |row: &TargetRow| {
        [
            if row.number > 0 { row.number.to_string() } else { String::new() },
            with_commas(lang, row.target.of(lang)),
            row.role.words(lang).to_owned(),
            number(row.model),
            number(row.error),
            number(row.published),
            if row.published.is_finite() {
                with_commas(lang, &format!("{:+.4}", row.model - row.published))
            } else {
                String::new()
            },
            with_commas(lang, &format!("{}-{}", short(row.range[0]), short(row.range[1]))),
            if row.within { lang.pick("ja", "yes") } else { lang.pick("NEE", "NO") }.to_owned(),
            with_commas(lang, row.why.of(lang)),
        ]
        .to_vec()
    };
    table(&head, targets.iter().map(row).collect(), form)
}

/// A number with so many decimals; minus infinity for what was never seen.
fn fixed(lang: Lang, value: f64, decimals: usize) -> String {
    if value == f64::NEG_INFINITY {
        return "\u{2212}∞".to_owned();
    }
    number::decimal(lang, value, decimals as i32)
}

/// Numbers with the marks of readers of Dutch: a comma for a point between two digits, and a minus for a hyphen before a digit that
/// stands behind no other sign.
fn with_commas(lang: Lang, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let comma = |(at, &letter): (usize, &char)| {
        let inside = letter == '.' && is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let negative = letter == '-'
            && is_digit(Some(at + 1))
            && before.is_none_or(|before| before.is_whitespace() || "([".contains(*before));
        match lang {
            Lang::Nl if inside => ',',
            Lang::Nl if negative => '\u{2212}',
            _ => letter,
        }
    };
    letters.iter().enumerate().map(comma).collect()
}

/// A number with at most four decimals and no trailing zeros, for the ends of a range.
fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A table as text.
fn table(head: &[&str], rows: Vec<Vec<String>>, form: Markup) -> String {
    let mut table = Table::new();
    table.load_style(match form {
        Markup::Plain => presets::NOTHING,
        Markup::Markdown => presets::ASCII_MARKDOWN,
    });
    table.set_header(head.to_vec());
    table.add_rows(rows);
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_of_dutch_see_decimal_commas() {
        assert_eq!(with_commas(Lang::Nl, "op 0.10, 0.35 van 3. Klaar"), "op 0,10, 0,35 van 3. Klaar");
        assert_eq!(with_commas(Lang::Nl, "-0.10 (-2) in 2014-15"), "\u{2212}0,10 (\u{2212}2) in 2014-15");
        assert_eq!(with_commas(Lang::En, "-0.10"), "-0.10");
        assert_eq!(
            (fixed(Lang::Nl, -2.375, 2), fixed(Lang::En, f64::NEG_INFINITY, 2)),
            ("\u{2212}2,38".into(), "\u{2212}∞".into())
        );
    }
}
