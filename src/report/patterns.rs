//! The pattern report as plain text or as Markdown for the validation page.

use comfy_table::{Table, presets};

use crate::design::patterns::{PatternReport, PatternRow, StructureReport, TargetRow};

/// Tables in plain text (aligned) or Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Plain,
    /// For a page.
    Markdown,
}

/// Everything.
pub fn report(report: &PatternReport, form: Form) -> String {
    let mut text = String::new();
    for structure in &report.structures {
        text.push_str(&of_structure(structure, report.replicates, form));
    }
    if report.structures.len() > 1 {
        text.push_str(&heading("All structures side by side", form));
        text.push_str(&side_by_side(report, form));
    }
    if !report.targets.is_empty() {
        text.push_str(&heading("Ten years on, by structure", form));
        text.push_str(&decades(report, form));
        text.push_str(&heading("Published numbers", form));
        text.push_str(&of_targets(&report.targets, form));
        text.push_str(&met(&report.targets));
        text.push_str(&heading("Ten years of regular service: tenth year over first", form));
        text.push_str(&of_targets(&report.stationarity, form));
        text.push_str(&met(&report.stationarity));
    }
    text
}

fn heading(words: &str, form: Form) -> String {
    match form {
        Form::Plain => format!("\n{words}\n"),
        Form::Markdown => format!("\n### {words}\n\n"),
    }
}

fn of_structure(structure: &StructureReport, replicates: u32, form: Form) -> String {
    let changes = match structure.overrides.len() {
        0 => "the shipped parameters".to_owned(),
        1..=3 => structure.overrides.join(", "),
        _ => format!("{} and {} more", structure.overrides[0], structure.overrides.len() - 1),
    };
    let mut text = heading(&format!("Structure: {} ({changes})", structure.name), form);
    let head = ["", "pattern", "passes when", "model", "MC error", "", "detail"];
    let row = |row: &PatternRow| {
        [
            row.id.to_owned(),
            row.pattern.to_owned(),
            row.rule.to_owned(),
            format!("{:.3}", row.value),
            format!("{:.3}", row.error),
            row.verdict.words().to_owned(),
            row.detail.clone(),
        ]
        .to_vec()
    };
    text.push_str(&table(&head, structure.rows.iter().map(row).collect(), form));
    let joint = structure.joint;
    text.push_str(&format!(
        "\nP1 to P5 together in one study: {:.3} (MC error {:.3}); and P6 in an independent pilot: {:.3}. {replicates} simulated \
         studies each. Log-likelihood of all that was seen (P1 to P5, P6 with P7): {:.2}.\n",
        joint.three_municipalities,
        joint.three_municipalities_error,
        joint.with_brabantse_wal,
        joint.log_likelihood
    ));
    for (id, fails) in &structure.must_fail {
        let words = if *fails { "fails, as it must" } else { "PASSES, though it must fail" };
        text.push_str(&format!("{id} {words}.\n"));
    }
    text
}

fn side_by_side(report: &PatternReport, form: Form) -> String {
    let mut head = vec!["structure"];
    let ids = ["P1", "P2", "P3", "P4", "P4s", "P5", "P6", "P7", "P8", "P9", "P10"];
    head.extend(ids);
    head.extend(["P1-P5", "log-lik."]);
    let rows = report.structures.iter().map(|structure| {
        let value = |id: &&str| {
            let found = structure.rows.iter().find(|row| row.id == *id);
            let mark = |row: &PatternRow| if structure.passes(row.id) == Some(true) { "" } else { " x" };
            found.map_or(String::new(), |row| format!("{:.2}{}", row.value, mark(row)))
        };
        std::iter::once(structure.name.to_owned())
            .chain(ids.iter().map(value))
            .chain([
                format!("{:.3}", structure.joint.three_municipalities),
                format!("{:.2}", structure.joint.log_likelihood),
            ])
            .collect()
    });
    table(&head, rows.collect(), form) + "\nx = fails.\n"
}

/// How many lie within their range.
fn met(targets: &[TargetRow]) -> String {
    let within = targets.iter().filter(|row| row.within).count();
    format!("\n{within} of {} lie within their range.\n", targets.len())
}

/// The ten-year answers of the structures that may be true, side by side.
fn decades(report: &PatternReport, form: Form) -> String {
    let head = [
        "structure",
        "log-likelihood of what was seen",
        "ever to work, regular",
        "ever to work, FIP less regular",
        "on benefit, FIP less regular",
        "activated at 18 months, FIP less regular",
    ];
    let percent = |[value, error]: [f64; 2]| format!("{:+.1} ({:.1})", value * 100.0, error * 100.0);
    let row = |structure: &StructureReport| {
        let decade = structure.decade?;
        Some(vec![
            structure.name.to_owned(),
            format!("{:.2}", structure.joint.log_likelihood),
            percent(decade.worked_regular),
            percent(decade.worked),
            percent(decade.on_benefit),
            percent(decade.activated),
        ])
    };
    let rows = report.structures.iter().filter_map(row).collect();
    table(&head, rows, form)
        + "\nPercentage points at month 120 of `lange-adem`, Monte Carlo errors in brackets.\n"
}

fn of_targets(targets: &[TargetRow], form: Form) -> String {
    let head =
        ["", "target", "use", "model", "MC error", "published", "difference", "range", "within", "mind"];
    let number = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "n.f.".to_owned() };
    let row = |row: &TargetRow| {
        [
            if row.number > 0 { row.number.to_string() } else { String::new() },
            row.target.clone(),
            format!("{:?}", row.role).to_lowercase(),
            number(row.model),
            number(row.error),
            number(row.published),
            if row.published.is_finite() {
                format!("{:+.4}", row.model - row.published)
            } else {
                String::new()
            },
            format!("{}-{}", short(row.range[0]), short(row.range[1])),
            if row.within { "yes" } else { "NO" }.to_owned(),
            row.why.clone(),
        ]
        .to_vec()
    };
    table(&head, targets.iter().map(row).collect(), form)
}

fn short(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn table(head: &[&str], rows: Vec<Vec<String>>, form: Form) -> String {
    let mut table = Table::new();
    table.load_style(match form {
        Form::Plain => presets::NOTHING,
        Form::Markdown => presets::ASCII_MARKDOWN,
    });
    table.set_header(head.to_vec());
    table.add_rows(rows);
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}
