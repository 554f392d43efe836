//! Two numbers may share an axis only where they mean the same kind of thing; which that is follows
//! from the estimand in English, the one text of an estimate that does not change with the language.
//! Curves, rates of one arm and bare tests are no contrast and have no row; they are in the table.

use crate::estimate::{Estimate, Interval};

use super::super::escape;
use super::super::figures::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use super::super::number;
use crate::language::{Lang, marked};

/// What a forest says about the data beside the estimates.
#[derive(Clone, Debug)]
pub(crate) struct AnalysisFacts<'a> {
    /// Where the data come from.
    pub file: &'a str,
    /// Names of the arms, control first.
    pub arms: Vec<&'a str>,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Whether tests, and with them some intervals, were asked to look in one direction.
    pub one_sided: bool,
    /// Name of the column of times, the unit of mean times.
    pub time: &'a str,
    /// What was understood of the file: the caption.
    pub understood: Vec<String>,
}

/// Kinds of contrast that share an axis, in the order in which their panels stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Ratios of hazards.
    HazardRatio,
    /// Ratios of rates.
    RateRatio,
    /// Ratios of shares, odds and means.
    OtherRatio,
    /// Differences of shares.
    Share,
    /// Differences of times, in the unit of the column of times, which the file decides.
    Time,
    /// Differences of means.
    Mean,
    /// On a scale that cannot be read as a share (log of the survival and the like): only sign and
    /// distance from zero mean something.
    Transformed,
}

/// The kinds in the order of their panels.
const KINDS: [Kind; 7] = [
    Kind::HazardRatio,
    Kind::RateRatio,
    Kind::OtherRatio,
    Kind::Share,
    Kind::Time,
    Kind::Mean,
    Kind::Transformed,
];

impl Kind {
    /// The kind of an estimand; `None` for what is no contrast (a curve, a rate of one arm, a bare test).
    fn of(estimate: &Estimate) -> Option<Self> {
        let estimand = estimate.estimand.english();
        let has = |word: &str| estimand.contains(word);
        if has("hazard ratio") {
            Some(Self::HazardRatio)
        } else if estimand == "rate ratio" {
            Some(Self::RateRatio)
        } else if estimand.starts_with("ratio of") || has("odds ratio") || has("ratio of shares") {
            Some(Self::OtherRatio)
        } else if has("difference in transformed") {
            Some(Self::Transformed)
        } else if has("difference in mean time") {
            Some(Self::Time)
        } else if has("difference of means") || has("difference of cluster") {
            Some(Self::Mean)
        } else if has("difference") {
            Some(Self::Share)
        } else {
            None
        }
    }

    /// How the values lie on the axis.
    fn scale(self) -> Scale {
        match self {
            Self::HazardRatio | Self::RateRatio | Self::OtherRatio => Scale::Ratio,
            Self::Share | Self::Time | Self::Mean | Self::Transformed => Scale::Difference,
        }
    }

    /// Heading of the panel.
    fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::HazardRatio => {
                lang.pick("Hazardratio's (kans per tijdseenheid)", "Hazard ratios (chance per unit of time)")
            }
            Self::RateRatio => {
                lang.pick("Verhouding van aantallen per tijdseenheid", "Ratios of event rates")
            }
            Self::OtherRatio => lang.pick("Andere verhoudingen", "Other ratios"),
            Self::Share => lang.pick("Verschil in aandeel", "Differences of probabilities and shares"),
            Self::Time => lang.pick("Verschil in gemiddelde tijd", "Differences in mean time"),
            Self::Mean => lang.pick("Verschil in gemiddelden", "Differences of means"),
            Self::Transformed => {
                lang.pick("Verschil op een getransformeerde schaal", "Differences on a transformed scale")
            }
        }
    }

    /// Unit of the axis, with the value that means no difference: 1 for ratios, 0 for differences.
    fn unit(self, lang: Lang, time: &str) -> String {
        match self {
            Self::HazardRatio | Self::RateRatio | Self::OtherRatio => lang
                .pick(
                    "verhouding, logaritmische as; 1 = geen verschil",
                    "ratio, logarithmic axis; 1 = no difference",
                )
                .into(),
            Self::Share => {
                lang.pick("procentpunten; 0 = geen verschil", "percentage points; 0 = no difference").into()
            }
            Self::Time => match lang {
                Lang::Nl => format!("in de eenheid van de kolom {}; 0 = geen verschil", escape::name(time)),
                Lang::En => format!("in the unit of the column {}; 0 = no difference", escape::name(time)),
            },
            Self::Mean => lang
                .pick("eenheid van de uitkomst; 0 = geen verschil", "unit of the outcome; 0 = no difference")
                .into(),
            Self::Transformed => lang.pick("0 = geen verschil", "0 = no difference").into(),
        }
    }

    /// From the estimate to what is shown: shares become percentage points.
    fn factor(self) -> f64 {
        if self == Self::Share { 100.0 } else { 1.0 }
    }
}

/// The forest of all contrasts that have an interval; `None` when there are none. Estimates that do not
/// fit are counted in a note, never dropped in silence: a figure that shows some of the methods without
/// saying so would be a choice.
pub(crate) fn analysis_forest(
    estimates: &[Estimate],
    facts: &AnalysisFacts<'_>,
    lang: Lang,
) -> Option<Forest> {
    let panels: Vec<ForestPanel> =
        KINDS.iter().filter_map(|&kind| panel(estimates, kind, facts, lang)).collect();
    if panels.is_empty() {
        return None;
    }
    let names: Vec<String> = facts.arms.iter().map(|arm| escape::name(arm)).collect();
    let against = match names.as_slice() {
        [control, treated] => match lang {
            Lang::Nl => format!(": {treated} tegenover {control}"),
            Lang::En => format!(": {treated} against {control}"),
        },
        [control, ..] if names.len() > 2 => match lang {
            Lang::Nl => format!(", tegenover {control}"),
            Lang::En => format!(", against {control}"),
        },
        _ => String::new(),
    };
    let title =
        format!("{}{against}", lang.pick("Schattingen met hun interval", "Estimates with their intervals"));
    let mut forest = Forest {
        id: "estimates".into(),
        description: format!("{title}."),
        title,
        panels,
        legend: vec![
            (Sign::Value, lang.pick("schatting", "estimate").into()),
            (
                Sign::Interval,
                match lang {
                    Lang::Nl => format!("{}%-interval; pijl: loopt door", level(facts.level, lang)),
                    Lang::En => format!("{}% interval; arrow: it goes on", level(facts.level, lang)),
                },
            ),
        ],
        notes: notes(facts, lang),
    };
    forest.describe_rows();
    let left_out = forest.limit_rows();
    if left_out > 0 {
        forest.notes.push(match lang {
            Lang::Nl => format!(
                "Nog {left_out} schattingen passen niet in de figuur; ze staan in de tabel en in --json."
            ),
            Lang::En => format!(
                "{left_out} more estimates do not fit in the figure; they are in the table and in --json."
            ),
        });
    }
    Some(forest)
}

/// The confidence level in words.
fn level(level: f64, lang: Lang) -> String {
    marked(&super::percent(level), lang)
}

/// What stands below the figure.
fn notes(facts: &AnalysisFacts<'_>, lang: Lang) -> Vec<String> {
    let mut notes = facts.understood.clone();
    notes.push(
        lang.pick(
            "Het interval is het toeval van één onderzoek: wat een ander onderzoek van deze omvang had kunnen vinden. Of de groepen \
             vergelijkbaar waren, en of klanten van één consulent op elkaar lijken, zit er alleen in waar de methode dat meetelt.",
            "The interval is the chance of one study: what another study of this size could have found. Whether the arms were \
             comparable, and whether clients of one caseworker are alike, is in it only where the method accounts for it.",
        )
        .into(),
    );
    if facts.one_sided {
        notes.push(
            lang.pick(
                "Eenzijdig getoetst: intervallen van methoden die de richting volgen, zijn aan één kant open.",
                "Tested in one direction: intervals of methods that follow it are open on one side.",
            )
            .into(),
        );
    }
    notes
}

/// The panel of a kind; `None` without estimates that have both a value and an interval. Where all rows
/// estimate one and the same thing, its name is the heading, and rows do not repeat it.
fn panel(estimates: &[Estimate], kind: Kind, facts: &AnalysisFacts<'_>, lang: Lang) -> Option<ForestPanel> {
    let drawn: Vec<&Estimate> = estimates
        .iter()
        .filter(|estimate| estimate.interval.is_some() && Kind::of(estimate) == Some(kind))
        .collect();
    let first = drawn.first()?;
    let one_estimand = drawn.iter().all(|estimate| estimate.estimand == first.estimand);
    let rows =
        drawn.iter().filter_map(|estimate| row(estimate, kind, one_estimand, lang)).collect::<Vec<_>>();
    let title = if one_estimand && kind == Kind::HazardRatio || rows.is_empty() {
        kind.title(lang).to_owned()
    } else if one_estimand {
        let mut letters = first.estimand.text(lang).chars();
        letters.next().map_or(String::new(), |letter| letter.to_uppercase().chain(letters).collect())
    } else {
        kind.title(lang).to_owned()
    };
    let of = match facts.arms.as_slice() {
        [_, treated] => escape::name(treated),
        _ => lang.pick("de eerstgenoemde", "the one named first").to_owned(),
    };
    (!rows.is_empty()).then(|| ForestPanel {
        title,
        unit: kind.unit(lang, facts.time),
        scale: kind.scale(),
        factor: kind.factor(),
        lower: format!("{} {of}", lang.pick("lager bij", "lower in")),
        higher: format!("{} {of}", lang.pick("hoger bij", "higher in")),
        numbers: match lang {
            Lang::Nl => format!("schatting ({}%-interval)", level(facts.level, lang)),
            Lang::En => format!("estimate ({}% interval)", level(facts.level, lang)),
        },
        rows,
    })
}

/// One estimate, on the scale on which it is reported (ratios are not logarithms here).
fn row(estimate: &Estimate, kind: Kind, one_estimand: bool, lang: Lang) -> Option<ForestRow> {
    let (value, interval) = (estimate.value?, estimate.interval?);
    let about = match one_estimand {
        true => estimate.label.text(lang).to_owned(),
        false => format!("{}: {}", estimate.estimand.text(lang), estimate.label.text(lang)),
    };
    Some(ForestRow {
        name: estimate.name.clone(),
        about,
        value,
        interval: Some((interval.lower, interval.upper)),
        range: None,
        truth: None,
        numbers: vec![in_numbers(value, interval, kind, lang)],
    })
}

/// `0.60 (0.43 to 0.83)`, with as many decimals as the interval supports.
fn in_numbers(value: f64, interval: Interval, kind: Kind, lang: Lang) -> String {
    let factor = kind.factor();
    let width = factor * (interval.upper - interval.lower);
    let size = if width.is_finite() && width > 0.0 { width } else { factor * value.abs() };
    let least = if kind.scale() == Scale::Ratio && value < 10.0 { 2 } else { 0 };
    let decimals = decimals(size).max(least);
    let shown = |number: f64| with_infinity(factor * number, decimals, lang);
    let to = lang.pick("tot", "to");
    format!("{} ({} {to} {})", shown(value), shown(interval.lower), shown(interval.upper))
}

/// Decimals that tell a tenth of `size` apart, at most 4; 2 where `size` is not a positive number (no
/// interval, or one without end).
pub(crate) fn decimals(size: f64) -> i32 {
    if !size.is_finite() || size <= 0.0 {
        return 2;
    }
    (1.0 - libm::log10(size).floor()).clamp(0.0, 4.0) as i32
}

/// A number, or the sign of infinity.
pub(crate) fn with_infinity(value: f64, decimals: i32, lang: Lang) -> String {
    match value {
        f64::INFINITY => "∞".into(),
        f64::NEG_INFINITY => "\u{2212}∞".into(),
        _ => number::decimal(lang, value, decimals),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Said;
    use crate::report::figures::{forest_to_png, forest_to_svg};

    fn estimate(name: &str, estimand: &str, label: &str, value: f64, ends: (f64, f64)) -> Estimate {
        let mut estimate = Estimate::new(name, Said::same(label), Said::same(estimand), Said::default());
        estimate.value = Some(value);
        estimate.interval = Some(Interval { lower: ends.0, upper: ends.1, level: 0.95 });
        estimate
    }

    fn facts() -> AnalysisFacts<'static> {
        AnalysisFacts {
            file: "events.csv",
            arms: vec!["regular", "fip"],
            level: 0.95,
            one_sided: false,
            time: "months",
            understood: vec!["events.csv: fip (98 rows, 31 events).".into()],
        }
    }

    fn examples() -> Vec<Estimate> {
        vec![
            estimate("kaplan-meier", "probability of remaining", "fip at 12", 0.7, (0.6, 0.8)),
            estimate("cox", "hazard ratio", "fip / regular", 1.6, (1.1, 2.4)),
            estimate("cox-robust", "hazard ratio", "fip / regular", 1.6, (0.9, f64::INFINITY)),
            estimate(
                "rmst",
                "difference in mean time remaining",
                "fip - regular, 0 to 24",
                -1.3,
                (-2.0, -0.6),
            ),
            estimate("newcombe", "difference of shares", "fip - regular at 24", 0.116, (0.01, 0.22)),
        ]
    }

    #[test]
    fn a_panel_per_scale_and_a_row_per_contrast() {
        let forest = analysis_forest(&examples(), &facts(), Lang::En).unwrap();
        let rows: Vec<usize> = forest.panels.iter().map(|panel| panel.rows.len()).collect();
        assert_eq!(rows, [2, 1, 1]);
        let numbers: Vec<&str> =
            forest.panels.iter().flat_map(|panel| &panel.rows).map(|row| row.numbers[0].as_str()).collect();
        assert_eq!(
            numbers,
            [
                "1.60 (1.10 to 2.40)",
                "1.60 (0.90 to ∞)",
                "12 (1 to 22)",
                "\u{2212}1.3 (\u{2212}2.0 to \u{2212}0.6)"
            ]
        );
        assert!(forest.title.ends_with("fip against regular"));
        let only_curves = &examples()[..1];
        assert!(analysis_forest(only_curves, &facts(), Lang::En).is_none());
    }

    #[test]
    fn the_drawing_names_method_arms_level_and_kind_of_uncertainty() {
        for (lang, words) in [
            (Lang::En, ["95% interval", "chance of one study", "higher in fip", "fip (98 rows, 31 events)"]),
            (
                Lang::Nl,
                ["95%-interval", "toeval van één onderzoek", "hoger bij fip", "fip (98 rows, 31 events)"],
            ),
        ] {
            let forest = analysis_forest(&examples(), &facts(), lang).unwrap();
            let svg = forest_to_svg(&forest, lang);
            for word in words.into_iter().chain(["cox-robust", "newcombe", "fip / regular"]) {
                assert!(svg.contains(word), "{word}");
            }
            // Four intervals: seven closed ends and one arrow; four square markers, one more in the legend.
            assert_eq!(svg.matches("<polygon").count(), 6);
            assert_eq!(svg, forest_to_svg(&forest, lang));
            assert!(forest_to_png(&forest, lang).unwrap().starts_with(b"\x89PNG"));
        }
    }

    #[test]
    fn many_rows_and_hostile_names_stay_within_the_figure() {
        let name = "<script>alert(1)</script>\u{202e}";
        let many: Vec<Estimate> = (0..300)
            .map(|_| estimate(name, "hazard ratio", &"W".repeat(300), 0.0, (0.0, f64::INFINITY)))
            .collect();
        let forest = analysis_forest(&many, &facts(), Lang::En).unwrap();
        assert!(forest.notes.iter().any(|note| note.starts_with("240 more estimates")));
        let svg = forest_to_svg(&forest, Lang::En);
        assert!(
            !svg.contains("<script")
                && !svg.contains('\u{202e}')
                && svg.contains('…')
                && !svg.contains("NaN")
        );
        assert!(forest_to_png(&forest, Lang::En).is_ok());
    }
}
