//! What the estimates of many studies are worth: per endpoint a forest of mean, spread and truth, one row per test.

use crate::design::power::{PowerCell, PowerSurface};
use crate::report::analysis_forest::{decimals, with_infinity};
use crate::report::escape;
use crate::report::figures::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use crate::report::language::Lang;

use super::endpoint_in_words;

/// Tests whose estimates share an axis: title, unit, scale, factor, and the tests.
type Kind = (&'static str, &'static str, Scale, f64, &'static [&'static str]);

const KINDS: [Kind; 4] = [
    (
        "Hazard ratio over the study",
        "ratio, logarithmic axis; 1 = no difference",
        Scale::Ratio,
        1.0,
        &["cox_robust", "log_rank", "gray"],
    ),
    (
        "Ratio of event rates",
        "ratio, logarithmic axis; 1 = no difference",
        Scale::Ratio,
        1.0,
        &["lwyy", "negative_binomial"],
    ),
    (
        "Difference in the share with the event at the cut-off",
        "percentage points; 0 = no difference",
        Scale::Difference,
        100.0,
        &["milestone", "chi_square", "fisher", "cluster_chi_square"],
    ),
    (
        "Difference in mean months after the event",
        "months; 0 = no difference",
        Scale::Difference,
        1.0,
        &["restricted_mean"],
    ),
];

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.959963984540054;

/// One forest per endpoint, at the longest duration and full size; tests without an estimate have no row.
pub fn forests(surface: &PowerSurface) -> Vec<Forest> {
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
    endpoints.into_iter().filter_map(|endpoint| forest(surface, &shown, endpoint, longest)).collect()
}

fn forest(surface: &PowerSurface, shown: &[&PowerCell], endpoint: &str, months: u32) -> Option<Forest> {
    let cells: Vec<&PowerCell> = shown.iter().copied().filter(|cell| cell.endpoint == endpoint).collect();
    let first = cells.first()?;
    let several = cells.iter().any(|cell| cell.arm != first.arm);
    let panels: Vec<ForestPanel> = KINDS.iter().filter_map(|kind| panel(&cells, kind, several)).collect();
    if panels.is_empty() {
        return None;
    }
    let control = escape::name(&surface.control);
    let title = match several {
        true => format!("{}: estimates at {months} months, against {control}", endpoint_in_words(endpoint)),
        false => {
            let arm = escape::name(&first.arm);
            format!("{}: estimates at {months} months, {arm} against {control}", endpoint_in_words(endpoint))
        }
    };
    let level = 100.0 * (1.0 - surface.alpha);
    let mut forest = Forest {
        id: format!("estimates-{}", endpoint.replace('_', "-")),
        description: format!("{title}."),
        title,
        panels,
        legend: vec![
            (Sign::Value, "mean estimate of the studies".into()),
            (Sign::Truth, "true value in the simulation".into()),
            (Sign::Interval, format!("average {level:.0}% interval that a study reports")),
            (Sign::Range, "where about 95% of the studies' estimates lie".into()),
        ],
        notes: vec![
            format!(
                "{} simulated studies of {} and {} clients ({} and {} caseworkers; treated first). Uncertainty shown is the chance of one \
                 study; the assumptions of the model are fixed.",
                surface.replicates, first.clients[1], first.clients[0], first.caseworkers[1], first.caseworkers[0]
            ),
            "The bar is the mean plus and minus 1.96 standard deviations over studies, on the logarithmic scale for ratios. An interval \
             that is shorter than the bar promises too much. Bias is mean minus truth, ± its Monte Carlo error."
                .to_owned(),
        ],
    };
    forest.describe_rows();
    forest.limit_rows();
    Some(forest)
}

fn panel(cells: &[&PowerCell], kind: &Kind, several: bool) -> Option<ForestPanel> {
    let (title, unit, scale, factor, tests) = *kind;
    let own = cells.iter().filter(|cell| tests.contains(&cell.test));
    let rows: Vec<ForestRow> = own.filter_map(|cell| row(cell, scale, factor, several)).collect();
    (!rows.is_empty()).then(|| ForestPanel {
        title: title.into(),
        unit: unit.into(),
        scale,
        factor,
        lower: "fewer or later than control".into(),
        higher: "more or sooner than control".into(),
        numbers: "mean of studies; truth; bias".into(),
        rows,
    })
}

fn row(cell: &PowerCell, scale: Scale, factor: f64, several: bool) -> Option<ForestRow> {
    let (mean, deviation) = (cell.mean_estimate?, cell.deviation?);
    let back = |value: f64| if scale == Scale::Ratio { libm::exp(value) } else { value };
    let around = |half: f64| (back(mean - half), back(mean + half));
    let spread = NORMAL_95 * deviation;
    let digits = match scale {
        Scale::Ratio => 2,
        Scale::Difference => decimals(2.0 * spread * factor),
    };
    let shown = |value: f64| with_infinity(factor * back(value), digits, Lang::En);
    let mut numbers = vec![match cell.truth {
        Some(truth) => format!("{}; truth {}", shown(mean), shown(truth)),
        None => shown(mean),
    }];
    if let (Some(bias), Some(error)) = (cell.bias, cell.bias_error) {
        let digits = decimals(2.0 * error * factor);
        let own = |value: f64| with_infinity(factor * value, digits, Lang::En);
        let log = if scale == Scale::Ratio { " (log)" } else { "" };
        numbers.push(format!("bias{log} {} ± {}", own(bias), own(error)));
    }
    let primary = if cell.primary { "primary test" } else { "" };
    let about = match several {
        true => [escape::name(&cell.arm).as_str(), primary].join(" ").trim().to_owned(),
        false => primary.to_owned(),
    };
    Some(ForestRow {
        name: cell.test.to_owned(),
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
        let all = forests(&surface);
        assert!(all.len() >= 4, "{}", all.len());
        let exit = all.iter().find(|forest| forest.id == "estimates-exit").unwrap();
        assert!(exit.title.contains("at 12 months, fip against regular"));
        let cell = surface
            .cells
            .iter()
            .find(|own| own.endpoint == "exit" && own.test == "cox_robust" && own.months == 12)
            .unwrap();
        let row = exit.panels[0].rows.iter().find(|row| row.name == "cox_robust").unwrap();
        assert!((libm::log(row.value) - cell.truth.unwrap() - cell.bias.unwrap()).abs() < 1e-12);
        let (low, high) = row.interval.unwrap();
        assert!(low < row.value && row.value < high);
        assert!(exit.panels.iter().all(|panel| panel.rows.iter().all(|row| row.name != "max_combo")));
        for forest in &all {
            let svg = forest_to_svg(forest, Lang::En);
            assert!(
                svg.contains("true value in the simulation") && svg.contains("bias") && !svg.contains("NaN")
            );
            assert!(forest_to_png(forest, Lang::En).is_ok());
        }
    }
}
