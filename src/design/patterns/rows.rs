//! From averages to verdicts: each pattern, its rule, its value with Monte Carlo error, pass or fail.

use super::averages::Averages;
use super::early::{HALF_YEARS, NAMES};
use serde::Serialize;

/// Whether a pattern holds; doubtful within two Monte Carlo errors of its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Beyond doubt.
    Passes,
    /// Passes, but within two Monte Carlo errors of the limit.
    DoubtfullyPasses,
    /// Fails, but within two Monte Carlo errors of the limit.
    DoubtfullyFails,
    /// Beyond doubt.
    Fails,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passes => "pass",
            Self::DoubtfullyPasses => "pass (in doubt)",
            Self::DoubtfullyFails => "fail (in doubt)",
            Self::Fails => "FAIL",
        }
    }

    /// `margin` is how far the value is on the right side of its limit.
    fn of(margin: f64, error: f64) -> Self {
        match (margin >= 0.0, margin.abs() > 2.0 * error) {
            (true, true) => Self::Passes,
            (true, false) => Self::DoubtfullyPasses,
            (false, false) => Self::DoubtfullyFails,
            (false, true) => Self::Fails,
        }
    }
}

/// One pattern.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PatternRow {
    /// P0 to P11.
    pub id: &'static str,
    /// What was seen.
    pub pattern: &'static str,
    /// When it passes.
    pub rule: &'static str,
    /// What the model shows: usually a share of simulated studies.
    pub value: f64,
    /// Monte Carlo error of the value.
    pub error: f64,
    /// Pass or fail.
    pub verdict: Verdict,
    /// Further numbers, in words.
    pub detail: String,
}

/// Several patterns in one and the same study.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Joint {
    /// Share of simulated studies of three municipalities with P1 to P5 together.
    pub three_municipalities: f64,
    /// Its Monte Carlo error.
    pub three_municipalities_error: f64,
    /// The same and P6 in an independent pilot.
    pub with_brabantse_wal: f64,
    /// Natural logarithm of the probability of all that was seen: P1 to P5 in one study, P6 with P7 in an independent pilot.
    pub log_likelihood: f64,
}

impl Joint {
    pub(super) fn new(three: &Averages, brabant: &Averages) -> Self {
        let (value, error) = three.get("all five");
        Self {
            three_municipalities: value,
            three_municipalities_error: error,
            with_brabantse_wal: value * brabant.mean("more"),
            log_likelihood: libm::log(value * brabant.mean("more and not by work")),
        }
    }
}

fn at_least(
    id: &'static str,
    pattern: &'static str,
    rule: &'static str,
    (value, error): (f64, f64),
    limit: f64,
) -> PatternRow {
    PatternRow {
        id,
        pattern,
        rule,
        value,
        error,
        verdict: Verdict::of(value - limit, error),
        detail: String::new(),
    }
}

/// P1 to P10 from the two published studies.
pub(super) fn of_studies(three: &Averages, brabant: &Averages) -> Vec<PatternRow> {
    let mut rows = vec![
        at_least(
            "P1",
            "no significant difference in outflow to work at any of three sites",
            ">= .85 of studies",
            three.get("no work"),
            0.85,
        ),
        at_least(
            "P2",
            "total terminations significant at one site at most",
            ">= .75 of studies",
            three.get("exits"),
            0.75,
        ),
        signals(three),
        at_least(
            "P4",
            "activation significantly higher at two sites or more",
            ">= .50 of studies",
            three.get("activation"),
            0.50,
        ),
        at_least(
            "P4s",
            "the same, counting starts and extensions only: no band forward on file",
            ">= .50 of studies",
            three.get("starts"),
            0.50,
        ),
        at_least(
            "P5",
            "at exactly one signal-significant site also more fraud/withdrawal terminations",
            ">= .30 of studies",
            three.get("ended"),
            0.30,
        ),
        at_least(
            "P6",
            "Brabantse Wal: more terminations, significant",
            ">= .50 of pilots",
            brabant.get("more"),
            0.50,
        ),
        work_share(brabant),
        states(three),
        at_least(
            "P9",
            "recorded distance over 24 months at the start",
            ">= .80 of clients",
            three.get("far"),
            0.80,
        ),
        discovery(three),
    ];
    rows[1].detail = format!(
        "share of sites with a significant difference: to work {:.1} %, total {:.1} %",
        three.mean("work site") * 100.0,
        three.mean("exit site") * 100.0
    );
    rows[6].detail = format!(
        "terminated {:.1} % under FIP, {:.1} % under regular service; to work on file {:.1} % and {:.1} %",
        brabant.mean("ended fip") * 100.0,
        brabant.mean("ended regular") * 100.0,
        brabant.mean("work fip") * 100.0,
        brabant.mean("work regular") * 100.0
    );
    rows
}

fn signals(three: &Averages) -> PatternRow {
    let names = ["signals 0", "signals 1", "signals 2", "signals 3"];
    let shares = names.map(|name| three.mean(name));
    let (value, error) = three.get("signals 2");
    let rival = [0, 1, 3]
        .into_iter()
        .map(|at| (shares[at], three.get(names[at]).1))
        .fold((0.0, 0.0), |best, own| if own.0 > best.0 { own } else { best });
    let margin = (value - 0.30).min(value - rival.0);
    PatternRow {
        id: "P3",
        pattern: "fraud signals significantly higher at exactly two of three sites",
        rule: ">= .30 of studies, and the most frequent count",
        value,
        error,
        verdict: Verdict::of(margin, error.max(rival.1)),
        detail: format!(
            "at 0, 1, 2, 3 sites: {:.2}, {:.2}, {:.2}, {:.2}",
            shares[0], shares[1], shares[2], shares[3]
        ),
    }
}

fn work_share(brabant: &Averages) -> PatternRow {
    let (value, error) = brabant.ratio("work among ended", "ended with reason");
    PatternRow {
        id: "P7",
        pattern: "Brabantse Wal: FIP terminations not mainly to work",
        rule: "work share of FIP terminations < .40",
        value,
        error,
        verdict: Verdict::of(0.40 - value, error),
        detail: "of terminations with a reason on file".to_owned(),
    }
}

/// P8 by its signs: each of the three rises under FIP, and rises more than under regular service. The detail says which of them
/// are not flat under regular service (they move more than a quarter as far as under FIP).
fn states(three: &Averages) -> PatternRow {
    let pairs = [
        ("trust fip", "trust regular"),
        ("confidence fip", "confidence regular"),
        ("motivation fip", "motivation regular"),
    ];
    let mut margin = f64::INFINITY;
    let (mut error, mut words, mut moving) = (0.0_f64, Vec::new(), Vec::new());
    for (fip, regular) in pairs {
        let ((rise, rise_error), (drift, drift_error)) = (three.get(fip), three.get(regular));
        margin = margin.min(rise).min(rise - drift);
        error = error.max(rise_error).max(drift_error);
        let name = fip.trim_end_matches(" fip");
        words.push(format!("{name} {rise:+.3} and {drift:+.3}"));
        if drift.abs() > rise / 4.0 {
            moving.push(name);
        }
    }
    let flat = if moving.is_empty() {
        "flat under regular service".to_owned()
    } else {
        format!("not flat under regular service: {}", moving.join(", "))
    };
    PatternRow {
        id: "P8",
        pattern: "trust, confidence, motivation rise under FIP, flat under regular service",
        rule: "signs: rises, and more than under regular service",
        value: margin,
        error,
        verdict: Verdict::of(margin, error),
        detail: format!("change over 18 months, FIP and regular: {}; {flat}", words.join("; ")),
    }
}

fn discovery(three: &Averages) -> PatternRow {
    let (value, error) = three.ratio("found fip", "found regular");
    PatternRow {
        id: "P10",
        pattern: "work capacity is noticed earlier under FIP",
        rule: "ratio of discoveries in 12 months > 3",
        value,
        error,
        verdict: Verdict::of(value - 3.0, error),
        detail: String::new(),
    }
}

/// P0.
pub(super) fn long_stayers(stock: &Averages) -> PatternRow {
    let (value, error) = stock.get("over three years");
    PatternRow {
        id: "P0",
        pattern: "regular service: long-stayers who leave within 12 months",
        rule: "6 to 10 %",
        value,
        error,
        verdict: Verdict::of((value - 0.06).min(0.10 - value), error),
        detail: format!(
            "over three years on benefit at the start; under one year: {:.1} % (CBS: 22 %)",
            stock.mean("under one year") * 100.0
        ),
    }
}

/// P11: the ratio of signals per client-month falls in each of the first four half-years. The value is the fourth over the first.
pub(super) fn front_loaded(early: &Averages) -> PatternRow {
    let ratios: Vec<(f64, f64)> = NAMES.iter().map(|(fip, regular)| early.ratio(fip, regular)).collect();
    let steps = ratios[..4].windows(2).map(|pair| (pair[0].0 - pair[1].0, libm::hypot(pair[0].1, pair[1].1)));
    let (margin, error) =
        steps.fold((f64::INFINITY, 0.0), |best, own| if own.0 < best.0 { own } else { best });
    let last = ratios[HALF_YEARS - 1];
    let shown: Vec<String> = ratios.iter().map(|(ratio, _)| format!("{ratio:.2}")).collect();
    PatternRow {
        id: "P11",
        pattern: "fraud signals under FIP are front-loaded and later at or below regular",
        rule: "ratio per half-year declines (first two years)",
        value: ratios[3].0 / ratios[0].0,
        error: ratios[3].1 / ratios[0].0,
        verdict: Verdict::of(margin, error),
        detail: format!(
            "ratio FIP / regular per half-year: {}; in the fifth year {:.2} (MC error {:.2}): {}",
            shown.join(", "),
            last.0,
            last.1,
            if last.0 <= 1.0 { "at or below regular" } else { "not below regular" }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_in_doubt_near_its_limit() {
        assert_eq!(Verdict::of(0.1, 0.01), Verdict::Passes);
        assert_eq!(Verdict::of(0.01, 0.01), Verdict::DoubtfullyPasses);
        assert_eq!(Verdict::of(-0.01, 0.01), Verdict::DoubtfullyFails);
        assert_eq!(Verdict::of(-0.1, 0.01), Verdict::Fails);
        assert_eq!(Verdict::of(f64::NAN, 0.01), Verdict::DoubtfullyFails);
    }
}
