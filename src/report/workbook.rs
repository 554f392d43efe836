//! `results.xlsx`: the tables of the report and all curves, numbers as numbers, texts defused.
//!
//! For whoever wants to calculate further: cells hold every digit and are formatted as in the report,
//! ranges stand in columns of their own, and charts take their points from cells. Texts of others are
//! defused (`escape::cell`), since a spreadsheet runs what begins like a formula.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook,
    Worksheet, XlsxError,
};

use super::escape;
use super::figures::chart::NumberKind;
use super::language::Lang;
use super::page::Page;
use super::source::Source;
use super::table::{Cell, Table, TableKind};
use super::tables::lines;
use super::words::{self, arm_name};
use crate::trial::view::Basis;

/// Most data rows of a sheet that Excel takes.
const MOST_ROWS: u32 = 1_048_000;

/// The workbook as bytes of an XLSX file; the same page and results give the same bytes.
///
/// # Errors
/// When the workbook cannot be made.
pub(crate) fn bytes(page: &Page<'_>, source: &Source<'_>) -> Result<Vec<u8>, XlsxError> {
    let t = page.lang;
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&page.title)?);
    read_me(workbook.add_worksheet(), page)?;
    let is_money = |name: &str| ["money", "discounted", "years", "payback"].contains(&name);
    let of = |money: bool| {
        page.tables().iter().filter(move |(name, _)| is_money(name) == money).map(|(_, table)| table)
    };
    tables(workbook.add_worksheet(), t, t.pick("Samenvatting", "Summary"), of(false))?;
    by_year(workbook.add_worksheet(), source)?;
    curves(workbook.add_worksheet(), source)?;
    tables(workbook.add_worksheet(), t, t.pick("Geld", "Money"), of(true))?;
    let appendix = [&page.changes, &page.parameters, &page.other_parameters];
    tables(workbook.add_worksheet(), t, t.pick("Aannames", "Parameters"), appendix.into_iter())?;
    workbook.save_to_buffer()
}

/// The time in the file is fixed: a workbook must not differ from run to run.
pub(super) fn properties(title: &str) -> Result<DocProperties, XlsxError> {
    let fixed = ExcelDateTime::from_ymd(2026, 1, 1)?;
    Ok(DocProperties::new()
        .set_title(escape::clean(title))
        .set_author("stapjes")
        .set_creation_datetime(&fixed))
}

/// The first sheet: what was asked and answered, what the other sheets hold, and how to repeat it.
fn read_me(sheet: &mut Worksheet, page: &Page<'_>) -> Result<(), XlsxError> {
    let t = page.lang;
    sheet.set_name(t.pick("Lees mij", "Read me"))?;
    printable(sheet);
    sheet.set_column_width(0, READ_ME_WIDTH as f64)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let title = wrap.clone().set_bold();
    let mut lines = vec![
        page.title.clone(),
        page.question.clone(),
        page.answer.sentence.clone(),
        page.answer.interval.clone(),
        page.beyond.clone(),
        t.pick(
            "Dit is een vooruitblik over groepen. Gebruik hem nooit om over een persoon te beslissen.",
            "This is a projection about groups. Never use it to decide about a person.",
        )
        .to_owned(),
        t.pick(
            "Curven: gemiddelde, rekenfout en 2,5- en 97,5-procentspunt over de herhalingen (toeval). iedereen = iedereen onder dit plan; verschil \
             = verschil met de controlegroep; onderzoek = zoals in een onderzoek. Per jaar: het midden en de band van dit rapport, met grafieken.",
            "Curves: mean, Monte Carlo error (mcse) and 2.5 and 97.5 % points over replicates (chance). paired = everybody under this \
             service; difference = less the control; study = as in a study. By year: the center and \
             the range of this report, with charts.",
        )
        .to_owned(),
        t.pick(
            "Een verschil tussen percentages staat in procentpunten: 4% in zo’n kolom is 4 procentpunt.",
            "A difference between percentages is in percentage points: 4% in such a column is 4 points.",
        )
        .to_owned(),
        t.pick(
            "In de cellen staan getallen die niet zijn afgerond. Het rapport rondt ze zo af dat ze bij elkaar optellen, en kan er in het laatste cijfer één naast zitten.",
            "The cells hold numbers that are not rounded. The report rounds them so that they add up, and its last digit can differ by one.",
        )
        .to_owned(),
        t.pick(
            "Geld: plus is een ontvangst of besparing, min een uitgave. Alleen op het blad Curven staan uitgaven als plus, zoals in curves.csv.",
            "Money: plus is received or saved, minus is spent. Only the sheet Curves has what is spent as plus, as in curves.csv.",
        )
        .to_owned(),
        format!("{} {}", t.pick("Opdracht:", "Command:"), page.facts.command),
        format!("{} {}", t.pick("Scenario:", "Scenario:"), page.facts.scenario_hash),
        format!("stapjes {}", page.facts.version),
    ];
    lines.retain(|line| !line.is_empty());
    for (row, line) in lines.iter().enumerate() {
        let format = if row == 0 { &title } else { &wrap };
        sheet.write_string_with_format(row as u32, 0, escape::cell(line), format)?;
        // Not every program makes a row as high as its text.
        let lines = line.chars().count().div_ceil(READ_ME_WIDTH * 9 / 10);
        sheet.set_row_height(row as u32, 15 * lines as u32)?;
    }
    Ok(())
}

/// On paper: lying, all columns on one page.
fn printable(sheet: &mut Worksheet) {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
}

/// Excel's number of A4 paper.
const A4: u8 = 9;
/// Width of the page to read first, characters.
const READ_ME_WIDTH: usize = 110;
/// Columns of tables that get a width of their own, and that width, characters: room for the name of an arm.
const WIDE_COLUMNS: u16 = 24;
/// Width of a column.
const COLUMN_WIDTH: f64 = 18.0;
/// Most width of a column of texts, characters.
const MOST_WIDTH: usize = 70;

/// Tables under each other on one sheet: numbers with every digit, shown as in the report, their ranges in columns of their own.
pub(super) fn tables<'t>(
    sheet: &mut Worksheet,
    lang: Lang,
    name: &str,
    tables: impl Iterator<Item = &'t Table>,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    printable(sheet);
    sheet.set_column_width(0, 64)?;
    let tables: Vec<&Table> = tables.filter(|table| !table.rows.is_empty()).collect();
    for column in 1..=WIDE_COLUMNS {
        sheet.set_column_width(column, COLUMN_WIDTH)?;
    }
    let mut widths: BTreeMap<u16, usize> = BTreeMap::new();
    let texts = tables.iter().flat_map(|table| texts(table));
    for (column, length) in texts.filter(|(_, length)| *length as f64 > COLUMN_WIDTH) {
        let width = widths.entry(column).or_insert(0);
        *width = length.min(MOST_WIDTH).max(*width);
    }
    for (column, width) in widths {
        sheet.set_column_width(column, width as f64)?;
    }
    let bold = Format::new().set_bold();
    // A heading with the name of a plan is longer than its column of numbers.
    let of_text = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let of_numbers = of_text.clone().set_align(FormatAlign::Right);
    let mut row = 0;
    for table in tables {
        sheet.write_string_with_format(row, 0, escape::cell(&table.caption), &bold)?;
        row += 1;
        let longest = table.head.iter().skip(1).map(|head| head.chars().count()).max().unwrap_or(0);
        let lines = (longest as f64 / COLUMN_WIDTH).ceil().clamp(1.0, 5.0);
        sheet.set_row_height(row, HEAD_LINE * lines)?;
        let mut column = 0;
        for (at, head) in table.head.iter().enumerate() {
            let heading = if at > 0 && table.is_numeric(&at) { &of_numbers } else { &of_text };
            sheet.write_string_with_format(row, column, escape::cell(head), heading)?;
            column += 1;
            if at > 0 && has_ranges(table, at - 1) {
                for end in [lang.pick("laag", "low"), lang.pick("hoog", "high")] {
                    sheet.write_string_with_format(row, column, end, heading)?;
                    column += 1;
                }
            }
        }
        row += 1;
        for line in &table.rows {
            write_row(sheet, row, table, line)?;
            row += 1;
        }
        row += 1;
    }
    Ok(())
}

/// Every text of a table that is no number, as its column on the sheet and its length in characters; those in the last column have
/// all the room that there is.
fn texts(table: &Table) -> impl Iterator<Item = (u16, usize)> + '_ {
    let columns = table.head.len().saturating_sub(1);
    let place = |at: usize| at + 1 + 2 * (0..at).filter(|before| has_ranges(table, *before)).count();
    let places: Vec<u16> = (0..columns).map(|at| place(at) as u16).collect();
    table.rows.iter().flat_map(move |row| {
        let cells: Vec<(u16, usize)> = row
            .cells
            .iter()
            .zip(&places)
            .take(columns.saturating_sub(1))
            .filter(|(cell, _)| cell.value.is_none())
            .map(|(cell, place)| (*place, cell.text.chars().count() + 1))
            .collect();
        cells
    })
}

/// Height of a line of a heading, points.
const HEAD_LINE: f64 = 15.0;

/// Whether some number of a column has a range: its ends then get columns of their own in every row.
fn has_ranges(table: &Table, column: usize) -> bool {
    let mut cells = table.rows.iter().filter_map(|row| row.cells.get(column));
    cells.any(|cell| cell.range.is_some())
}

/// A row of a sheet: numbers as numbers with the format in which the report shows them, texts as texts.
fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    table: &Table,
    line: &super::table::Row,
) -> Result<(), XlsxError> {
    sheet.write_string(row, 0, escape::cell(&line.head))?;
    // A difference of shares has no percent sign of its own, and one that rounds to nothing looks like any zero.
    let shares = line.cells.iter().any(|cell| cell.text.contains('%'));
    let exact = |cell: &Cell| exact_format(&cell.text, shares, cell.value?);
    // Levels of plans are printed as the control plus the difference, which need not be how they round: they look like the row.
    let of_row = line.cells.iter().find_map(exact).filter(|_| matches!(table.kind, TableKind::Plans { .. }));
    let mut column = 1;
    for (at, cell) in line.cells.iter().enumerate() {
        let number = cell.value.filter(|value| value.is_finite());
        let shown =
            || exact(cell).unwrap_or_else(|| number_format(&cell.text, shares, number.unwrap_or(0.0)));
        let format = Format::new().set_num_format(of_row.unwrap_or_else(shown));
        match number {
            Some(value) => sheet.write_number_with_format(row, column, value, &format)?,
            None => sheet.write_string(row, column, escape::cell(&cell.text))?,
        };
        column += 1;
        if has_ranges(table, at) {
            if let Some(range) = &cell.range {
                sheet.write_number_with_format(row, column, range.low, &format)?;
                sheet.write_number_with_format(row, column + 1, range.high, &format)?;
            }
            column += 2;
        }
    }
    Ok(())
}

/// The format with which a number looks exactly as it is shown; `None` when none does, as with tens and hundreds.
fn exact_format(shown: &str, shares: bool, value: f64) -> Option<&'static str> {
    let number = shown.split('[').next().unwrap_or(shown);
    if number.contains('\u{20ac}') {
        return Some("\u{20ac} #,##0");
    }
    let wanted = digits(number);
    let decimals = |value: f64| (0..=3).find(|&most| digits(&format!("{:.most$}", value.abs())) == wanted);
    let plain = ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000"];
    let percent = ["0%", "0.0%", "0.00%", "0.000%"];
    match (shares || number.contains('%'), decimals(value), decimals(value * 100.0)) {
        (false, Some(most), _) => Some(plain[most]),
        (_, _, Some(most)) => Some(percent[most]),
        _ => None,
    }
}

/// The digits of a text.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// How a number is shown in the report: as a percentage, in euros, with so many decimals. The cell keeps every digit.
fn number_format(shown: &str, shares: bool, value: f64) -> &'static str {
    let number = shown.split('[').next().unwrap_or(shown);
    match (exact_format(shown, shares, value), digits(number).parse::<f64>()) {
        (Some(format), _) => format,
        (None, _) if shares || number.contains('%') => "0.0%",
        // Shown rounded to tens or hundreds, because chance allows no more.
        (None, Ok(shown)) if (shown - 100.0 * value.abs()).abs() < (shown - value.abs()).abs() => "0%",
        (None, Ok(_)) if value.abs() >= 10.0 => "#,##0",
        (None, Ok(_)) => "#,##0.0",
        (None, Err(_)) => "General",
    }
}

/// Columns of the sheet by year: the numbers of the level and of the difference stand in columns of their own.
const YEAR: u16 = 2;
/// Column of the level's center; its ends follow.
const CENTER: u16 = 3;
/// Column of the difference's center; its ends follow.
const DIFFERENCE: u16 = 6;

/// Rows between the charts of two measures.
const CHART_ROWS: u32 = 16;

/// Year by year, per measure and arm: center, low and high of the level and of the difference from the control, and a chart per
/// measure. With draws the ends are those of the draws, else of chance, as everywhere.
fn by_year(sheet: &mut Worksheet, source: &Source<'_>) -> Result<(), XlsxError> {
    let t = source.lang;
    let name = t.pick("Per jaar", "By year");
    sheet.set_name(name)?;
    printable(sheet);
    let bold = Format::new().set_bold();
    let heads = t.pick(
        [
            "uitkomst",
            "plan",
            "jaar",
            "midden",
            "laag",
            "hoog",
            "verschil met controle",
            "verschil laag",
            "verschil hoog",
        ],
        [
            "measure",
            "arm",
            "year",
            "center",
            "low",
            "high",
            "difference from control",
            "difference low",
            "difference high",
        ],
    );
    for (column, head) in (0..).zip(heads) {
        sheet.write_string_with_format(0, column, head, &bold)?;
        sheet.set_column_width(column, (head.chars().count() + 4) as f64)?;
    }
    let years: Vec<u32> =
        source.results.months.iter().copied().filter(|month| month.is_multiple_of(12)).collect();
    let arms: Vec<String> = (0..source.results.arms.len())
        .map(|arm| source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact)))
        .collect();
    let longest = arms.iter().map(|name| name.chars().count() + 2).max().unwrap_or(0);
    sheet.set_column_width(0, 36)?.set_column_width(1, longest.clamp(12, MOST_WIDTH) as f64)?;
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 1;
    let mut charts: u32 = 0;
    for (words, form, key) in lines::by_year(t).into_iter().filter(|(.., key)| source.has(*key)) {
        let format = Format::new().set_num_format(match form.kind {
            NumberKind::Percent | NumberKind::Points => "0.0%",
            NumberKind::Euro => "\u{20ac} #,##0",
            NumberKind::Plain => "#,##0.00",
        });
        let mut chart = Chart::new(ChartType::ScatterStraight);
        chart.title().set_name(&words);
        let last = years.last().map_or(0, |month| month / 12);
        chart
            .x_axis()
            .set_name(t.pick("jaar", "year"))
            .set_min(0)
            .set_max(last.max(1))
            .set_major_unit(f64::from(last.div_ceil(12).max(1)))
            // Below the curves, also where these lie below zero.
            .set_label_position(ChartAxisLabelPosition::Low);
        let mut highest: f64 = 0.0;
        for (arm, shown) in arms.iter().enumerate() {
            let first = row;
            for &month in &years {
                let at = source.at_or_before(month);
                let level = source.shown(Basis::Paired, arm, key, at);
                let difference = (arm != source.results.control)
                    .then(|| source.shown(Basis::Difference, arm, key, at))
                    .flatten();
                highest = highest.max(level.as_ref().map_or(0.0, |estimate| estimate.center));
                sheet.write_string(row, 0, escape::cell(&words))?;
                sheet.write_string(row, 1, escape::cell(shown))?;
                sheet.write_number(row, YEAR, f64::from(month / 12))?;
                for (column, estimate) in [(CENTER, level), (DIFFERENCE, difference)] {
                    let Some(estimate) = estimate else { continue };
                    for (column, value) in (column..).zip([estimate.center, estimate.low, estimate.high]) {
                        if value.is_finite() {
                            sheet.write_number_with_format(row, column, value, &format)?;
                        }
                    }
                }
                row += 1;
            }
            if row > first {
                chart
                    .add_series()
                    .set_name(shown)
                    .set_categories((name, first, YEAR, row - 1, YEAR))
                    .set_values((name, first, CENTER, row - 1, CENTER));
            }
        }
        chart.y_axis().set_num_format(axis_format(form.kind, highest));
        // An axis of shares ends at 100 %, which spreadsheet programs pass by a step.
        if form.kind == NumberKind::Percent && (0.8..=1.0).contains(&highest) {
            chart.y_axis().set_max(1);
        }
        if years.len() > 1 {
            sheet.insert_chart(1 + charts * CHART_ROWS, DIFFERENCE + 4, &chart)?;
            charts += 1;
        }
    }
    sheet.autofilter(0, 0, row.max(2) - 1, DIFFERENCE + 2)?;
    Ok(())
}

/// How the ticks of an axis are written that ends at this number: on a short one every tick has a number of its own.
fn axis_format(kind: NumberKind, highest: f64) -> &'static str {
    match kind {
        NumberKind::Percent | NumberKind::Points if highest < 0.05 => "0.0%",
        NumberKind::Percent | NumberKind::Points => "0%",
        NumberKind::Plain if highest < 5.0 => "0.0",
        NumberKind::Plain | NumberKind::Euro => "#,##0",
    }
}

/// All series of everybody in long format: one row per world, arm, measure and month, as in
/// `curves.csv`, until the sheet is full.
fn curves(sheet: &mut Worksheet, source: &Source<'_>) -> Result<(), XlsxError> {
    let t: Lang = source.lang;
    sheet.set_name(t.pick("Curven", "Curves"))?;
    printable(sheet);
    let bold = Format::new().set_bold();
    let heads = t.pick(
        [
            "wereld",
            "plan",
            "groep",
            "uitkomst",
            "label",
            "eenheid",
            "maand",
            "gemiddelde",
            "rekenfout",
            "laag",
            "hoog",
        ],
        ["world", "arm", "group", "measure", "label", "unit", "month", "mean", "mcse", "low", "high"],
    );
    for (column, head) in heads.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *head, &bold)?;
    }
    let longest = source.facts.arms.iter().map(|arm| arm_name(t, arm).chars().count() + 2).max();
    let name = longest.unwrap_or(0).clamp(12, MOST_WIDTH) as f64;
    for (column, width) in (0..).zip([12.0, name, 12.0, 30.0, 22.0, 16.0, 8.0, 14.0, 14.0, 14.0, 14.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let results = source.results;
    let mut row = 1;
    for (world, arms) in [
        (t.pick("iedereen", "paired"), &results.paired),
        (t.pick("verschil", "difference"), &results.difference),
        (t.pick("onderzoek", "study"), &results.study),
    ] {
        for arm in arms {
            // Sites are in curves.csv; the workbook holds the overall group and stays small enough to open.
            for group in arm.groups.iter().take(1) {
                for (series, measure) in group.series.iter().zip(&results.measures) {
                    for at in 0..results.months.len() {
                        let Some(stat) = series.at(at).filter(|_| row < MOST_ROWS) else { continue };
                        let unit = words::unit(t, &measure.unit);
                        let everybody = t.pick("iedereen", "overall");
                        let named = words::arm_named(t, &arm.arm);
                        let group_name = if group.group == "overall" { everybody } else { &group.group };
                        let texts = [world, &named, group_name, &series.measure, &series.label, unit];
                        for (column, text) in texts.iter().enumerate() {
                            sheet.write_string(row, column as u16, escape::cell(text))?;
                        }
                        sheet.write_number(row, 6, results.months[at])?;
                        for (column, value) in (7..).zip([stat.mean, stat.mcse, stat.low, stat.high]) {
                            if value.is_finite() {
                                sheet.write_number(row, column, value)?;
                            }
                        }
                        row += 1;
                    }
                }
            }
        }
    }
    sheet.autofilter(0, 0, row - 1, 10)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{axis_format, exact_format, number_format};
    use crate::report::figures::chart::NumberKind;

    #[test]
    fn ticks_of_a_short_axis_differ() {
        assert_eq!(axis_format(NumberKind::Plain, 0.8), "0.0", "not 0, 1, 1");
        assert_eq!(axis_format(NumberKind::Plain, 45.0), "#,##0");
        assert_eq!(axis_format(NumberKind::Percent, 0.03), "0.0%");
        assert_eq!(axis_format(NumberKind::Euro, 0.0), "#,##0");
    }

    #[test]
    fn numbers_look_as_in_the_report() {
        assert_eq!(number_format("59,9%", false, 0.598_789_93), "0.0%");
        assert_eq!(number_format("+15,0 [2,4; 23,6]", false, 0.150_357_6), "0.0%", "percentage points");
        assert_eq!(number_format("+15 [2; 24]", false, 0.150_357_6), "0%");
        assert_eq!(number_format("0,26", false, 0.261_915), "#,##0.00");
        assert_eq!(number_format("1.440,4", false, 1_440.431), "#,##0.0");
        assert_eq!(
            number_format("\u{20ac} 3.011 [\u{20ac} 1.640; \u{20ac} 4.740]", false, 3_010.528_7),
            "\u{20ac} #,##0"
        );
        assert_eq!(number_format("\u{2212}0,5", false, -0.5), "#,##0.0");
        assert_eq!(number_format("about a third", false, 0.333), "General");
        assert_eq!(number_format("370 [350; 390]", false, 371.989), "#,##0");
        assert_eq!(number_format("+20 [20; 30]", false, 0.223_95), "0%");
        assert_eq!(number_format("0,0", true, 0.000_2), "0.0%", "beside shares");
        assert_eq!(exact_format("50%", true, 0.494), None, "46% and +4 as printed");
        assert_eq!(exact_format("46%", true, 0.4571), Some("0%"));
    }
}
