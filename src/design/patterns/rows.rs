//! From averages to verdicts: each pattern, its rule, its value with Monte Carlo error, pass or fail.

use super::averages::Averages;
use super::early::{HALF_YEARS, NAMES};
use super::words::Bilingual;
use crate::language::Lang;
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
    pub(crate) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Passes => lang.pick("klopt", "pass"),
            Self::DoubtfullyPasses => lang.pick("klopt (twijfel)", "pass (in doubt)"),
            Self::DoubtfullyFails => lang.pick("klopt niet (twijfel)", "fail (in doubt)"),
            Self::Fails => lang.pick("KLOPT NIET", "FAIL"),
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
    pub pattern: Bilingual,
    /// When it passes.
    pub rule: Bilingual,
    /// What the model shows: usually a share of simulated studies.
    pub value: f64,
    /// Monte Carlo error of the value.
    pub error: f64,
    /// Pass or fail.
    pub verdict: Verdict,
    /// Further numbers, in words.
    pub detail: Bilingual,
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
    /// The joint probabilities.
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

/// A share that must be so large.
fn at_least(
    id: &'static str,
    pattern: Bilingual,
    rule: Bilingual,
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
        detail: Bilingual::default(),
    }
}

/// P1 to P10 from the two published studies.
pub(super) fn of_studies(three: &Averages, brabant: &Averages) -> Vec<PatternRow> {
    let mut rows = vec![
        at_least(
            "P1",
            Bilingual::new(
                "op geen van drie locaties een significant verschil in uitstroom naar werk",
                "no significant difference in outflow to work at any of three sites",
            ),
            Bilingual::new(">= 0,85 van de onderzoeken", ">= .85 of studies"),
            three.get("no work"),
            0.85,
        ),
        at_least(
            "P2",
            Bilingual::new(
                "totale uitstroom op hooguit één locatie significant",
                "total terminations significant at one site at most",
            ),
            Bilingual::new(">= 0,75 van de onderzoeken", ">= .75 of studies"),
            three.get("exits"),
            0.75,
        ),
        signals(three),
        at_least(
            "P4",
            Bilingual::new(
                "activering op twee of meer locaties significant hoger",
                "activation significantly higher at two sites or more",
            ),
            Bilingual::new(">= 0,50 van de onderzoeken", ">= .50 of studies"),
            three.get("activation"),
            0.50,
        ),
        at_least(
            "P4s",
            Bilingual::new(
                "hetzelfde, alleen met gestarte en uitgebreide stappen: zonder kortere afstand in het dossier",
                "the same, counting starts and extensions only: no band forward on file",
            ),
            Bilingual::new(">= 0,50 van de onderzoeken", ">= .50 of studies"),
            three.get("starts"),
            0.50,
        ),
        at_least(
            "P5",
            Bilingual::new(
                "op precies één locatie met significant meer signalen ook meer beëindigingen door fraude of terugtrekking",
                "at exactly one signal-significant site also more fraud/withdrawal terminations",
            ),
            Bilingual::new(">= 0,30 van de onderzoeken", ">= .30 of studies"),
            three.get("ended"),
            0.30,
        ),
        at_least(
            "P6",
            Bilingual::new(
                "Brabantse Wal: significant meer beëindigingen",
                "Brabantse Wal: more terminations, significant",
            ),
            Bilingual::new(">= 0,50 van de proeven", ">= .50 of pilots"),
            brabant.get("more"),
            0.50,
        ),
        work_share(brabant),
        states(three),
        at_least(
            "P9",
            Bilingual::new(
                "afstand in het dossier bij de start meer dan 24 maanden",
                "recorded distance over 24 months at the start",
            ),
            Bilingual::new(">= 0,80 van de klanten", ">= .80 of clients"),
            three.get("far"),
            0.80,
        ),
        discovery(three),
    ];
    let [work, total] = ["work site", "exit site"].map(|name| three.mean(name) * 100.0);
    rows[1].detail = Bilingual::new(
        format!(
            "deel van de locaties met een significant verschil: naar werk {work:.1} %, totaal {total:.1} %"
        ),
        format!("share of sites with a significant difference: to work {work:.1} %, total {total:.1} %"),
    );
    let [fip, regular, to_work, to_work_regular] =
        ["ended fip", "ended regular", "work fip", "work regular"].map(|name| brabant.mean(name) * 100.0);
    rows[6].detail = Bilingual::new(
        format!(
            "beëindigd {fip:.1} % onder FIP, {regular:.1} % onder de gewone aanpak; volgens het dossier naar werk \
             {to_work:.1} % en {to_work_regular:.1} %"
        ),
        format!(
            "terminated {fip:.1} % under FIP, {regular:.1} % under regular service; to work on file {to_work:.1} % and \
             {to_work_regular:.1} %"
        ),
    );
    rows
}

/// P3: in two of the three municipalities significantly more signals.
fn signals(three: &Averages) -> PatternRow {
    let names = ["signals 0", "signals 1", "signals 2", "signals 3"];
    let shares = names.map(|name| three.mean(name));
    let (value, error) = three.get("signals 2");
    let rival = [0, 1, 3]
        .into_iter()
        .map(|at| (shares[at], three.get(names[at]).1))
        .fold((0.0, 0.0), |best, row| if row.0 > best.0 { row } else { best });
    let margin = (value - 0.30).min(value - rival.0);
    PatternRow {
        id: "P3",
        pattern: Bilingual::new(
            "op precies twee van drie locaties significant meer fraudesignalen",
            "fraud signals significantly higher at exactly two of three sites",
        ),
        rule: Bilingual::new(
            ">= 0,30 van de onderzoeken, en vaker dan elk ander aantal",
            ">= .30 of studies, and the most frequent count",
        ),
        value,
        error,
        verdict: Verdict::of(margin, error.max(rival.1)),
        detail: {
            let [none, one, two, three] = shares;
            Bilingual::new(
                format!("op 0, 1, 2, 3 locaties: {none:.2}, {one:.2}, {two:.2}, {three:.2}"),
                format!("at 0, 1, 2, 3 sites: {none:.2}, {one:.2}, {two:.2}, {three:.2}"),
            )
        },
    }
}

/// P7: terminations are not mainly for work.
fn work_share(brabant: &Averages) -> PatternRow {
    let (value, error) = brabant.ratio("work among ended", "ended with reason");
    PatternRow {
        id: "P7",
        pattern: Bilingual::new(
            "Brabantse Wal: beëindigingen onder FIP niet vooral naar werk",
            "Brabantse Wal: FIP terminations not mainly to work",
        ),
        rule: Bilingual::new("deel naar werk < 0,40", "work share of FIP terminations < .40"),
        value,
        error,
        verdict: Verdict::of(0.40 - value, error),
        detail: Bilingual::new(
            "van de beëindigingen met een reden in het dossier",
            "of terminations with a reason on file",
        ),
    }
}

/// P8 by its signs: each of the three rises under FIP, and rises more than under regular service. The detail says which of them
/// are not flat under regular service (they move more than a quarter as far as under FIP).
fn states(three: &Averages) -> PatternRow {
    let states = [
        ("trust fip", "trust regular", Bilingual::new("vertrouwen", "trust")),
        ("confidence fip", "confidence regular", Bilingual::new("zelfvertrouwen", "confidence")),
        ("motivation fip", "motivation regular", Bilingual::new("motivatie", "motivation")),
    ];
    let (mut margin, mut error) = (f64::INFINITY, 0.0_f64);
    let mut changes = Vec::new();
    for (fip, regular, name) in states {
        let ((rise, rise_error), (drift, drift_error)) = (three.get(fip), three.get(regular));
        margin = margin.min(rise).min(rise - drift);
        error = error.max(rise_error).max(drift_error);
        changes.push((name, rise, drift));
    }
    PatternRow {
        id: "P8",
        pattern: Bilingual::new(
            "vertrouwen, zelfvertrouwen en motivatie stijgen onder FIP en blijven gelijk onder de gewone aanpak",
            "trust, confidence, motivation rise under FIP, flat under regular service",
        ),
        rule: Bilingual::new(
            "tekens: stijgt, en meer dan onder de gewone aanpak",
            "signs: rises, and more than under regular service",
        ),
        value: margin,
        error,
        verdict: Verdict::of(margin, error),
        detail: Bilingual::new(of_states(Lang::Nl, &changes), of_states(Lang::En, &changes)),
    }
}

/// The states' changes as a sentence.
fn of_states(lang: Lang, changes: &[(Bilingual, f64, f64)]) -> String {
    let and = lang.pick("en", "and");
    let change = |(name, rise, drift): &(Bilingual, f64, f64)| {
        format!("{} {rise:+.3} {and} {drift:+.3}", name.of(lang))
    };
    let words: Vec<String> = changes.iter().map(change).collect();
    let moving: Vec<&str> = changes
        .iter()
        .filter(|(_, rise, drift)| drift.abs() > rise / 4.0)
        .map(|(name, ..)| name.of(lang))
        .collect();
    let flat = if moving.is_empty() {
        lang.pick("gelijk onder de gewone aanpak", "flat under regular service").to_owned()
    } else {
        let not = lang.pick("niet gelijk onder de gewone aanpak", "not flat under regular service");
        format!("{not}: {}", moving.join(", "))
    };
    let change = lang
        .pick("verandering in 18 maanden, FIP en gewone aanpak", "change over 18 months, FIP and regular");
    format!("{change}: {}; {flat}", words.join("; "))
}

/// P10: hidden capacity is seen.
fn discovery(three: &Averages) -> PatternRow {
    let (value, error) = three.ratio("found fip", "found regular");
    PatternRow {
        id: "P10",
        pattern: Bilingual::new(
            "mogelijkheden om te werken worden onder FIP eerder gezien",
            "work capacity is noticed earlier under FIP",
        ),
        rule: Bilingual::new(
            "verhouding van ontdekkingen in 12 maanden > 3",
            "ratio of discoveries in 12 months > 3",
        ),
        value,
        error,
        verdict: Verdict::of(value - 3.0, error),
        detail: Bilingual::default(),
    }
}

/// P0.
pub(super) fn long_stayers(stock: &Averages) -> PatternRow {
    let (value, error) = stock.get("over three years");
    PatternRow {
        id: "P0",
        pattern: Bilingual::new(
            "gewone aanpak: langdurige klanten die binnen 12 maanden vertrekken",
            "regular service: long-stayers who leave within 12 months",
        ),
        rule: Bilingual::new("6 tot 10 %", "6 to 10 %"),
        value,
        error,
        verdict: Verdict::of((value - 0.06).min(0.10 - value), error),
        detail: {
            let young = stock.mean("under one year") * 100.0;
            Bilingual::new(
                format!(
                    "bij de start meer dan drie jaar bijstand; korter dan een jaar: {young:.1} % (CBS: 22 %)"
                ),
                format!("over three years on benefit at the start; under one year: {young:.1} % (CBS: 22 %)"),
            )
        },
    }
}

/// P11: the ratio of signals per client-month falls in each of the first four half-years. The value is the fourth over the first.
pub(super) fn front_loaded(early: &Averages) -> PatternRow {
    let ratios: Vec<(f64, f64)> = NAMES.iter().map(|(fip, regular)| early.ratio(fip, regular)).collect();
    let steps = ratios[..4].windows(2).map(|pair| (pair[0].0 - pair[1].0, libm::hypot(pair[0].1, pair[1].1)));
    let (margin, error) =
        steps.fold((f64::INFINITY, 0.0), |best, row| if row.0 < best.0 { row } else { best });
    let last = ratios[HALF_YEARS - 1];
    let shown: Vec<String> = ratios.iter().map(|(ratio, _)| format!("{ratio:.2}")).collect();
    PatternRow {
        id: "P11",
        pattern: Bilingual::new(
            "fraudesignalen komen onder FIP vooral in het begin en later niet vaker dan onder de gewone aanpak",
            "fraud signals under FIP are front-loaded and later at or below regular",
        ),
        rule: Bilingual::new(
            "verhouding per half jaar daalt (eerste twee jaar)",
            "ratio per half-year declines (first two years)",
        ),
        value: ratios[3].0 / ratios[0].0,
        error: ratios[3].1 / ratios[0].0,
        verdict: Verdict::of(margin, error),
        detail: {
            let (shown, (value, error)) = (shown.join(", "), last);
            let [nl, en] = match value <= 1.0 {
                true => ["niet vaker dan onder de gewone aanpak", "at or below regular"],
                false => ["vaker dan onder de gewone aanpak", "not below regular"],
            };
            Bilingual::new(
                format!(
                    "verhouding FIP / gewone aanpak per half jaar: {shown}; in het vijfde jaar {value:.2} (simulatiefout \
                     {error:.2}): {nl}"
                ),
                format!(
                    "ratio FIP / regular per half-year: {shown}; in the fifth year {value:.2} (MC error {error:.2}): {en}"
                ),
            )
        },
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
