//! Power alone rewards a test that is biased towards a difference. The forest shows beside it what a
//! power does not: whether the mean of the estimates lies on the truth, and whether the interval that
//! one study reports is as wide as the estimates really scatter. Estimates that mean different things
//! (hazards, counts, shares, months) never share an axis; the kinds below decide which do.

use crate::design::power::{PowerCell, PowerSurface};
use crate::report::analysis::{decimals, with_infinity};
use crate::report::figures::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::words::{arm_named, capital, endpoint_named, test_named};

/// Tests whose estimates share an axis, with its words. A test that no kind lists (`max_combo`) has no
/// row: it decides but estimates nothing.
struct Kind {
    /// Heading, in Dutch and English.
    title: (&'static str, &'static str),
    /// Unit of the axis.
    unit: (&'static str, &'static str),
    /// How values lie on it.
    scale: Scale,
    /// From the estimate to what is shown.
    factor: f64,
    /// Tests that estimate it.
    tests: &'static [&'static str],
}

/// Unit of ratios.
const RATIO: (&str, &str) =
    ("verhouding, logaritmische as; 1 = geen verschil", "ratio, logarithmic axis; 1 = no difference");

/// The kinds in the order of their panels.
const KINDS: [Kind; 4] = [
    Kind {
        title: ("Hazardratio over het onderzoek", "Hazard ratio over the study"),
        unit: RATIO,
        scale: Scale::Ratio,
        factor: 1.0,
        tests: &["cox_robust", "log_rank", "gray"],
    },
    Kind {
        title: ("Verhouding van aantallen per tijdseenheid", "Ratio of event rates"),
        unit: RATIO,
        scale: Scale::Ratio,
        factor: 1.0,
        tests: &["lwyy", "negative_binomial"],
    },
    Kind {
        title: (
            "Verschil in het aandeel met de gebeurtenis op het meetmoment",
            "Difference in the share with the event at the cut-off",
        ),
        unit: ("procentpunten; 0 = geen verschil", "percentage points; 0 = no difference"),
        scale: Scale::Difference,
        factor: 100.0,
        tests: &["milestone", "chi_square", "fisher", "cluster_chi_square"],
    },
    Kind {
        title: (
            "Verschil in gemiddeld aantal maanden na de gebeurtenis",
            "Difference in mean months after the event",
        ),
        unit: ("maanden; 0 = geen verschil", "months; 0 = no difference"),
        scale: Scale::Difference,
        factor: 1.0,
        tests: &["restricted_mean"],
    },
];

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.959963984540054;

/// One forest per endpoint, at the longest duration and full size; tests without an estimate have no row.
pub(crate) fn forests(surface: &PowerSurface, lang: Lang) -> Vec<Forest> {
    let longest = surface.cells.iter().map(|cell| cell.months).max().unwrap_or(0);
    let largest = |arm: &str| {
        let sizes = surface.cells.iter().filter(|cell| cell.arm == arm).map(|cell| cell.size);
        sizes.fold(0.0, f64::max)
    };
    let shown: Vec<&PowerCell> = surface
        .cells
        .iter()
        .filter(|cell| cell.months == longest && cell.size == largest(&cell.arm))
        .collect();
    let mut endpoints: Vec<&str> = Vec::new();
    for cell in &shown {
        if !endpoints.contains(&cell.endpoint) {
            endpoints.push(cell.endpoint);
        }
    }
    endpoints.into_iter().filter_map(|endpoint| forest(surface, &shown, (endpoint, longest), lang)).collect()
}

/// The forest of one endpoint at duration `months`, all compared arms in it; `None` when no test of
/// that endpoint estimates anything. Arms are named in the rows only where there are several.
fn forest(
    surface: &PowerSurface,
    shown: &[&PowerCell],
    (endpoint, months): (&str, u32),
    lang: Lang,
) -> Option<Forest> {
    let cells: Vec<&PowerCell> = shown.iter().copied().filter(|cell| cell.endpoint == endpoint).collect();
    let first = cells.first()?;
    let several = cells.iter().any(|cell| cell.arm != first.arm);
    let panels: Vec<ForestPanel> =
        KINDS.iter().filter_map(|kind| panel(&cells, kind, several, lang)).collect();
    if panels.is_empty() {
        return None;
    }
    let (control, words) = (arm_named(lang, &surface.control), endpoint_named(lang, endpoint));
    let title = match (lang, several, arm_named(lang, &first.arm)) {
        (Lang::En, true, _) => format!("{words}: estimates at {months} months, against {control}"),
        (Lang::En, false, arm) => format!("{words}: estimates at {months} months, {arm} against {control}"),
        (Lang::Nl, true, _) => format!("{words}: schattingen na {months} maanden, tegenover {control}"),
        (Lang::Nl, false, arm) => {
            format!("{words}: schattingen na {months} maanden, {arm} tegenover {control}")
        }
    };
    let mut forest = Forest {
        id: format!("estimates-{}", endpoint.replace('_', "-")),
        description: format!("{title}."),
        title,
        panels,
        legend: legend(100.0 * (1.0 - surface.alpha), lang),
        notes: notes(surface.replicates, first, lang),
    };
    forest.describe_rows();
    forest.limit_rows();
    Some(forest)
}

/// What the signs mean.
fn legend(level: f64, lang: Lang) -> Vec<(Sign, String)> {
    vec![
        (Sign::Value, lang.pick("gemiddelde schatting", "mean estimate of the studies").into()),
        (Sign::Truth, lang.pick("ware waarde in de simulatie", "true value in the simulation").into()),
        (
            Sign::Interval,
            match lang {
                Lang::En => format!("average {level:.0}% interval that a study reports"),
                Lang::Nl => format!("gemiddeld {level:.0}%-interval dat een onderzoek meldt"),
            },
        ),
        (
            Sign::Range,
            lang.pick(
                "hier ligt ongeveer 95% van de schattingen",
                "where about 95% of the studies' estimates lie",
            )
            .into(),
        ),
    ]
}

/// What stands below.
fn notes(studies: u32, cell: &PowerCell, lang: Lang) -> Vec<String> {
    let number = |count: u32| number::decimal(lang, f64::from(count), 0);
    let ([control, treated], [few, many]) = (cell.clients.map(number), cell.caseworkers.map(number));
    let studies = number(studies);
    match lang {
        Lang::En => vec![
            format!(
                "{studies} simulated studies of {treated} and {control} clients ({many} and {few} caseworkers; treated first). Uncertainty \
                 shown is the chance of one study; the assumptions of the model are fixed."
            ),
            "The bar is the mean plus and minus 1.96 standard deviations over studies, on the logarithmic scale for ratios. An interval \
             that is shorter than the bar promises too much. Bias is mean minus truth, ± its Monte Carlo error."
                .to_owned(),
        ],
        Lang::Nl => vec![
            format!(
                "{studies} gesimuleerde onderzoeken met {treated} en {control} klanten ({many} en {few} consulenten; behandelde groep eerst). \
                 De onzekerheid is het toeval van één onderzoek; de aannames van het model staan vast."
            ),
            "De balk is het gemiddelde plus en min 1,96 standaardafwijkingen over onderzoeken, bij verhoudingen op de logaritmische schaal. \
             Een interval dat korter is dan de balk, belooft te veel. Vertekening is gemiddelde min waarheid, ± de Monte-Carlofout."
                .to_owned(),
        ],
    }
}

/// The panel of a kind: a row per test and arm that has a mean and a spread; `None` when there is none,
/// for an empty axis would suggest an estimate of nothing.
fn panel(cells: &[&PowerCell], kind: &Kind, several: bool, lang: Lang) -> Option<ForestPanel> {
    let of_kind = cells.iter().filter(|cell| kind.tests.contains(&cell.test));
    let rows: Vec<ForestRow> = of_kind.filter_map(|cell| row(cell, kind, several, lang)).collect();
    (!rows.is_empty()).then(|| ForestPanel {
        title: lang.pick(kind.title.0, kind.title.1).into(),
        unit: lang.pick(kind.unit.0, kind.unit.1).into(),
        scale: kind.scale,
        factor: kind.factor,
        lower: lang.pick("minder of later dan controle", "fewer or later than control").into(),
        higher: lang.pick("meer of eerder dan controle", "more or sooner than control").into(),
        numbers: lang.pick("gemiddelde; waarheid; vertekening", "mean of studies; truth; bias").into(),
        rows,
    })
}

/// One test of one arm; `None` without a mean or a standard deviation over studies (fewer than two gave
/// an estimate). Ratios are estimated, averaged and spread on the log scale and only shown as ratios,
/// so their range is not symmetric, and their bias stays on the log scale where the truth was
/// subtracted.
fn row(cell: &PowerCell, kind: &Kind, several: bool, lang: Lang) -> Option<ForestRow> {
    let (scale, factor) = (kind.scale, kind.factor);
    let (mean, deviation) = (cell.mean_estimate?, cell.deviation?);
    let back = |value: f64| if scale == Scale::Ratio { libm::exp(value) } else { value };
    let around = |half: f64| (back(mean - half), back(mean + half));
    let spread = NORMAL_95 * deviation;
    let digits = match scale {
        Scale::Ratio => 2,
        Scale::Difference => decimals(2.0 * spread * factor),
    };
    let shown = |value: f64| with_infinity(factor * back(value), digits, lang);
    let mut numbers = vec![match cell.truth {
        Some(truth) => format!("{}; {} {}", shown(mean), lang.pick("waarheid", "truth"), shown(truth)),
        None => shown(mean),
    }];
    if let (Some(bias), Some(error)) = (cell.bias, cell.bias_error) {
        let digits = decimals(2.0 * error * factor);
        let scaled = |value: f64| with_infinity(factor * value, digits, lang);
        let log = if scale == Scale::Ratio { " (log)" } else { "" };
        numbers.push(format!(
            "{}{log} {} ± {}",
            lang.pick("vertekening", "bias"),
            scaled(bias),
            scaled(error)
        ));
    }
    let primary = if cell.primary { lang.pick("primaire toets", "primary test") } else { "" };
    let about = match several {
        true => [arm_named(lang, &cell.arm).as_str(), primary].join(" ").trim().to_owned(),
        false => primary.to_owned(),
    };
    Some(ForestRow {
        name: capital(&test_named(lang, cell.test, false)),
        about,
        value: back(mean),
        interval: cell.half_width.map(around),
        range: Some(around(spread)),
        truth: cell.truth.map(back),
        numbers,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::power::{PowerPlan, power};
    use crate::report::figures::{forest_to_png, forest_to_svg};
    use crate::scenario::embedded;

    #[test]
    fn a_forest_per_endpoint_with_mean_truth_and_bias_that_belong_together() {
        let overrides = [
            "arm.regular.participants=40",
            "arm.fip.participants=40",
            "horizon_months=12",
            "analysis.cut_off_months=[6, 12]",
            "analysis.sizes=[1.0]",
        ]
        .map(str::to_owned);
        let scenario = embedded("lange-adem", &overrides).unwrap().scenario;
        let surface = power(&PowerPlan { null_replicates: 0, ..PowerPlan::new(&scenario, 12) }).unwrap();
        let test = |name: &str| capital(&test_named(Lang::En, name, false));
        let all = forests(&surface, Lang::En);
        assert!(all.len() >= 4, "{}", all.len());
        let exit = all.iter().find(|forest| forest.id == "estimates-exit").unwrap();
        assert!(exit.title.contains("at 12 months, FIP against regular service"));
        let cell = surface
            .cells
            .iter()
            .find(|cell| cell.endpoint == "exit" && cell.test == "cox_robust" && cell.months == 12)
            .unwrap();
        let row = exit.panels[0].rows.iter().find(|row| row.name == test("cox_robust")).unwrap();
        assert!((libm::log(row.value) - cell.truth.unwrap() - cell.bias.unwrap()).abs() < 1e-12);
        let (low, high) = row.interval.unwrap();
        assert!(low < row.value && row.value < high);
        assert!(exit.panels.iter().all(|panel| panel.rows.iter().all(|row| row.name != test("max_combo"))));
        for forest in &all {
            let svg = forest_to_svg(forest, Lang::En);
            assert!(
                svg.contains("true value in the simulation") && svg.contains("bias") && !svg.contains("NaN")
            );
            assert!(forest_to_png(forest, Lang::En).is_ok());
        }
        // Rows speak the language of the reader, never that of files.
        for lang in Lang::ALL {
            let rows: Vec<String> = forests(&surface, lang)
                .into_iter()
                .flat_map(|forest| forest.panels.into_iter().flat_map(|panel| panel.rows).map(|row| row.name))
                .collect();
            assert!(rows.len() >= 4 && rows.iter().all(|name| !name.contains('_')), "{rows:?}");
        }
    }
}
