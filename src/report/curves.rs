//! `curves.csv`: every series in long format, one row per world, arm, group, measure, label and month.
//!
//! Long format, because it is what R and spreadsheets group by; columns and their order are part of the
//! format (`docs/results.md`). Numbers have all their digits, so that a figure drawn from the file is
//! that of the report. Worlds are `paired`, `difference` and `study`, then those of stories and of
//! exact curves.

use std::io::{self, Write};

use crate::trial::{ArmResults, Results, Series, Visibility, stories};

use super::escape::cell;

/// Name of the file.
pub(crate) const CURVES: &str = "curves.csv";

/// The columns of `curves.csv`.
pub const CURVE_COLUMNS: [&str; 12] =
    ["world", "arm", "group", "month", "measure", "label", "unit", "view", "mean", "mcse", "low", "high"];

/// Writes all series; undefined values are left out, an undefined error is an empty field.
///
/// # Errors
/// When writing fails.
pub(crate) fn write(results: &Results, to: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(CURVE_COLUMNS)?;
    let worlds =
        [("paired", &results.paired), ("difference", &results.difference), ("study", &results.study)];
    for (world, arms) in worlds {
        for (at, arm) in arms.iter().enumerate() {
            if world != "difference" || at != results.control {
                write_arm(&mut csv, results, world, arm)?;
            }
        }
    }
    write_stories(&mut csv, results)?;
    write_exact(&mut csv, results)?;
    csv.flush()
}

/// The rows of an arm: every group, measure and month.
fn write_arm(
    csv: &mut csv::Writer<impl Write>,
    results: &Results,
    world: &str,
    arm: &ArmResults,
) -> io::Result<()> {
    for group in &arm.groups {
        for (series, measure) in group.series.iter().zip(&results.measures) {
            let names = [world, &cell(&arm.arm), &cell(&group.group)];
            write_series(csv, &results.months, names, series, (&measure.unit, measure.view))?;
        }
    }
    Ok(())
}

/// The rows of a measure, one per month at which it is defined.
fn write_series(
    csv: &mut csv::Writer<impl Write>,
    months: &[u32],
    [world, arm, group]: [&str; 3],
    series: &Series,
    (unit, view): (&str, Visibility),
) -> io::Result<()> {
    for (at, month) in months.iter().enumerate() {
        let Some(stat) = series.at(at) else { continue };
        let [mean, mcse, low, high] = [stat.mean, stat.mcse, stat.low, stat.high].map(number);
        let (month, view) = (month.to_string(), view_name(view));
        csv.write_record([
            world,
            arm,
            group,
            &month,
            &series.measure,
            &series.label,
            unit,
            view,
            &mean,
            &mcse,
            &low,
            &high,
        ])?;
    }
    Ok(())
}

/// The answer per story, worlds `story_paired` and `story_difference`: the group is the story, `all
/// stories` the mixture.
fn write_stories(csv: &mut csv::Writer<impl Write>, results: &Results) -> io::Result<()> {
    let Some(draws) = &results.draws else { return Ok(()) };
    for told in stories::answers(draws) {
        let group = told.story.map_or("all stories", |story| &story.name);
        for (world, arms) in [("story_paired", &told.paired), ("story_difference", &told.difference)] {
            for (arm, series) in results.arms.iter().zip(arms) {
                for series in series {
                    let Some(at) = results.index_of(&series.measure, &series.label) else { continue };
                    let measure = &results.measures[at];
                    let names = [world, &cell(arm), &cell(group)];
                    write_series(csv, &results.months, names, series, (&measure.unit, measure.view))?;
                }
            }
        }
    }
    Ok(())
}

/// Exact curves of a transition table: world `exact`, without errors or ranges.
fn write_exact(csv: &mut csv::Writer<impl Write>, results: &Results) -> io::Result<()> {
    for curve in &results.exact {
        let Some(at) = results.index_of(&curve.measure, &curve.label) else { continue };
        let measure = &results.measures[at];
        for (month, &value) in results.months.iter().zip(&curve.values) {
            let (arm, month, value) = (cell(&curve.arm), month.to_string(), number(value));
            let view = view_name(measure.view);
            csv.write_record([
                "exact",
                &arm,
                "overall",
                &month,
                &curve.measure,
                &curve.label,
                &measure.unit,
                view,
                &value,
                "",
                "",
                "",
            ])?;
        }
    }
    Ok(())
}

/// Name of a view in files.
pub(crate) fn view_name(view: Visibility) -> &'static str {
    match view {
        Visibility::Truth => "truth",
        Visibility::OnFile => "on_file",
    }
}

/// The shortest decimal that reads back as the same number; empty when it is not a number.
pub(super) fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{GroupResults, MeasureInfo, measures};

    #[test]
    fn rows_are_long_and_hostile_names_are_harmless() {
        let measure = MeasureInfo::from(&measures()[0]);
        let series = Series {
            measure: measure.name.clone(),
            label: String::new(),
            mean: vec![f64::NAN, 0.25],
            mcse: vec![f64::NAN, f64::NAN],
            low: vec![f64::NAN, 0.0],
            high: vec![f64::NAN, 1e-7],
            adjusted: None,
        };
        let group = GroupResults { group: "overall".into(), series: vec![series] };
        let arm = ArmResults { arm: "=1+1".into(), groups: vec![group] };
        let results =
            Results { months: vec![0, 12], measures: vec![measure], paired: vec![arm], ..Results::default() };
        let mut bytes = Vec::new();
        write(&results, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], CURVE_COLUMNS.join(","));
        assert_eq!(lines[1..], ["paired,'=1+1,overall,12,exits,,share,on_file,0.25,,0,0.0000001"]);
    }
}
