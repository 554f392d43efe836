//! Validation targets of the evidence that the model can be held to: model value, published value, difference.

use super::averages::Averages;
use super::stock::{self, BANDS, CLASSES, RUNGS};
use super::words::Bilingual;
use super::{PatternError, PatternPlan, almere, far};
use crate::language::Lang;
use serde::Serialize;

/// How a target is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Parameters were chosen with it in sight: reproducing it proves little.
    Calibration,
    /// Kept out of the choice of parameters.
    Validation,
    /// Another country or regime: plausibility only.
    Plausibility,
}

impl Use {
    /// In a word.
    pub(crate) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Calibration => lang.pick("calibratie", "calibration"),
            Self::Validation => lang.pick("validatie", "validation"),
            Self::Plausibility => lang.pick("plausibiliteit", "plausibility"),
        }
    }
}

/// One target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetRow {
    /// Number in the list of targets; 0 = not in it.
    pub number: u32,
    /// What.
    pub target: Bilingual,
    /// How it is used.
    pub role: Use,
    /// The model's value.
    pub model: f64,
    /// Its Monte Carlo error.
    pub error: f64,
    /// Published value (middle of a range).
    pub published: f64,
    /// Lowest and highest acceptable value.
    pub range: [f64; 2],
    /// Whether the model is within the range.
    pub within: bool,
    /// Why it differs or what to mind.
    pub why: Bilingual,
}

/// A target beside what the model shows.
fn row(
    number: u32,
    target: Bilingual,
    role: Use,
    (model, error): (f64, f64),
    published: f64,
    range: [f64; 2],
    why: Bilingual,
) -> TargetRow {
    let within = model >= range[0] && model <= range[1];
    TargetRow { number, target, role, model, error, published, range, within, why }
}

/// Published numbers are of a country: differences between towns are left out.
const ONE_AVERAGE_TOWN: [&str; 4] = [
    "site_effects.quality_sd=0",
    "site_effects.irregularity_stock_sd=0",
    "site_effects.signalling_sd=0",
    "site_effects.labour_market_sd=0",
];

/// The published numbers of a whole caseload under regular service, of those far from work, and of trials elsewhere.
///
/// Returns the targets, and how far everything that must stay has moved in ten years.
pub(super) fn targets(plan: &PatternPlan<'_>) -> Result<(Vec<TargetRow>, Vec<TargetRow>), PatternError> {
    let load = |name: &str, more: &[&str]| plan.load(name, more, &[]);
    let found = stock::caseload(&load("heel-bestand", &ONE_AVERAGE_TOWN)?, plan.few(), plan.watch)?;
    let mut rows = first_year(&found);
    rows.extend(by_class(&found));
    rows.extend(returns(&found));
    rows.extend(stocks(&found));
    let far = far::run(&load("lange-adem", &["horizon_months=12"])?, plan.few(), plan.watch)?;
    rows.push(row(
        7,
        Bilingual::new(
            "per jaar naar werk, van wie er ver van is",
            "exits to work a year of those far from work",
        ),
        Use::Validation,
        far.get("worked"),
        0.025,
        [0.01, 0.04],
        Bilingual::new(
            "`lange-adem`, gewone aanpak, eerste jaar; gepubliceerd voor een groep met tien jaar bijstand",
            "`lange-adem`, regular service, first year; published for a group of ten years on benefit",
        ),
    ));
    rows.extend(elsewhere(plan)?);
    Ok((rows, stationarity(&found)))
}

/// Flows of everybody in the first year.
fn first_year(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let per_year = |name: &str| {
        let (value, error) = found.ratio(name, "client-months");
        (value * 12.0, error * 12.0)
    };
    let open = || {
        Bilingual::new(
            "heel bestand met nieuwe en terugkerende klanten, eerste jaar",
            "whole caseload with new entrants and returns, first year",
        )
    };
    let breach = || {
        Bilingual::new(
            "bevestigde onderzoeken: de meeste door vergelijking met loongegevens",
            "confirmed investigations: most by data matching on wages",
        )
    };
    let work = found.ratio("exits to work", "exits");
    let intent = found.ratio("confirmed intentional", "confirmed");
    vec![
        row(
            1,
            Bilingual::new(
                "uitstroom per jaar (zonder pensioen) / bestand",
                "exits a year (without pension age) / caseload",
            ),
            Calibration,
            per_year("exits"),
            0.21,
            [0.167, 0.252],
            open(),
        ),
        row(
            6,
            Bilingual::new("deel van de uitstroom naar werk", "share of exits to work"),
            Calibration,
            work,
            0.45,
            [0.31, 0.50],
            open(),
        ),
        row(
            10,
            Bilingual::new(
                "vastgestelde overtredingen per klant per jaar",
                "breaches found a year per client",
            ),
            Calibration,
            per_year("confirmed"),
            0.08,
            [0.06, 0.10],
            breach(),
        ),
        row(
            10,
            Bilingual::new("deel van de overtredingen met opzet", "share of breaches that is intentional"),
            Calibration,
            intent,
            0.30,
            [0.20, 0.40],
            breach(),
        ),
        row(
            11,
            Bilingual::new(
                "beëindigingen door handhaving per jaar, deel van het bestand",
                "terminations by enforcement a year, share of caseload",
            ),
            Validation,
            per_year("exits by fraud"),
            0.022,
            [0.01, 0.035],
            open(),
        ),
        row(
            0,
            Bilingual::new(
                "uitstroom op pensioenleeftijd per jaar, deel van het bestand",
                "exits at pension age a year, share of caseload",
            ),
            Validation,
            per_year("exits at pension age"),
            0.0185,
            [0.013, 0.024],
            Bilingual::new(
                "de rest van standen en stromen; niet in de genummerde lijst",
                "the residual of stock and flows; not among the numbered targets",
            ),
        ),
    ]
}

/// Hazards and shares of exits by months on benefit.
fn by_class(found: &Averages) -> Vec<TargetRow> {
    let open = || Bilingual::new("iedereen, eerste jaar", "everybody, first year");
    let class = |exits: &str| exits.trim_start_matches("exits ").to_owned();
    let hazards = [0.037, 0.031, 0.021, 0.015, 0.007];
    let shares = [0.22, 0.15, 0.17, 0.23, 0.22];
    let mut rows = Vec::new();
    for ((_, exits, months, _), value) in CLASSES.into_iter().zip(hazards) {
        let class_name = class(exits);
        let name = Bilingual::new(
            format!("uitstroom per maand, {}", in_dutch(&class_name)),
            format!("exit hazard a month, {class_name}"),
        );
        let range = [value * 0.75, value * 1.25];
        rows.push(row(2, name, Use::Calibration, found.ratio(exits, months), value, range, open()));
    }
    for ((_, exits, ..), value) in CLASSES.into_iter().zip(shares) {
        let class_name = class(exits);
        let name = Bilingual::new(
            format!("deel van de uitstroom, {}", in_dutch(&class_name)),
            format!("share of exits, {class_name}"),
        );
        let range = [value - 0.04, value + 0.04];
        rows.push(row(3, name, Use::Validation, found.ratio(exits, "exits"), value, range, open()));
    }
    rows
}

/// Targets about coming back.
fn returns(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let mind = || {
        Bilingual::new(
            "terugkeer over uitstroom, jaar vier en vijf, nieuwe klanten meegeteld",
            "returns over exits, years four and five, entrants counted",
        )
    };
    let mut rows = Vec::new();
    for (name, value, range, role) in [
        ("back 6", 0.15, [0.12, 0.18], Calibration),
        ("back 12", 0.22, [0.18, 0.26], Validation),
        ("back 24", 0.30, [0.25, 0.35], Calibration),
        ("back 36", 0.30, [0.25, 0.35], Validation),
    ] {
        let months = name.trim_start_matches("back ");
        let target = Bilingual::new(
            format!("terug in de bijstand binnen {months} maanden na uitstroom"),
            format!("back on benefit within {months} months of an exit"),
        );
        rows.push(row(8, target, role, found.ratio(name, "left"), value, range, mind()));
    }
    let fraud = found.ratio("back after fraud 6", "left by fraud");
    let work = found.ratio("back from work 6", "left to work");
    rows.push(row(
        9,
        Bilingual::new("terug binnen 6 maanden na handhaving", "back within 6 months after enforcement"),
        Calibration,
        fraud,
        0.28,
        [0.23, 0.33],
        mind(),
    ));
    rows.push(row(
        9,
        Bilingual::new("terug binnen 6 maanden na werk", "back within 6 months after work"),
        Calibration,
        work,
        0.11,
        [0.0, 0.11],
        Bilingual::new("gepubliceerd als hooguit 11 %", "published as at most 11 %"),
    ));
    let survival = found.ratio("new spells after a year", "new spells");
    rows.push(row(
        5,
        Bilingual::new(
            "nieuwe uitkeringen die langer dan een jaar duren",
            "new spells that last over a year",
        ),
        Validation,
        survival,
        0.705,
        [0.66, 0.75],
        mind(),
    ));
    rows
}

/// Stocks in the first year, and ten years later.
fn stocks(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let first = || Bilingual::new("eerste jaar", "first year");
    let last = || Bilingual::new("tiende jaar: niets mag verschuiven", "tenth year: nothing may drift");
    let over_two = [0.67, 0.75];
    let over_five = [0.40, 0.55];
    vec![
        row(
            4,
            Bilingual::new("deel met meer dan 2 jaar bijstand", "share over 2 years on benefit"),
            Calibration,
            found.ratio("months over 2y", "client-months"),
            0.71,
            over_two,
            first(),
        ),
        row(
            4,
            Bilingual::new(
                "deel met meer dan 2 jaar bijstand, na tien jaar",
                "share over 2 years on benefit, ten years on",
            ),
            Validation,
            found.ratio("last months over 2y", "last client-months"),
            0.71,
            over_two,
            last(),
        ),
        row(
            4,
            Bilingual::new("deel met meer dan 5 jaar bijstand", "share over 5 years on benefit"),
            Calibration,
            found.ratio("months over 5y", "client-months"),
            0.475,
            over_five,
            first(),
        ),
        row(
            4,
            Bilingual::new(
                "deel met meer dan 5 jaar bijstand, na tien jaar",
                "share over 5 years on benefit, ten years on",
            ),
            Validation,
            found.ratio("last months over 5y", "last client-months"),
            0.475,
            over_five,
            last(),
        ),
        row(
            12,
            Bilingual::new(
                "klanten met inkomsten naast de uitkering",
                "clients with earnings beside benefit",
            ),
            Calibration,
            found.ratio("small job", "on benefit"),
            0.08,
            [0.06, 0.10],
            Bilingual::new("kleine banen na een jaar", "small jobs after a year"),
        ),
        row(
            12,
            Bilingual::new(
                "klanten met een re-integratievoorziening",
                "clients with a re-integration provision",
            ),
            Validation,
            found.ratio("provision", "on benefit"),
            0.28,
            [0.23, 0.33],
            Bilingual::new(
                "het model heeft alleen trajecten en taaloefening, niet elke voorziening van een gemeente",
                "the model has trajectories and Dutch practice only, not every provision of a municipality",
            ),
        ),
    ]
}

/// What trials elsewhere saw.
fn elsewhere(plan: &PatternPlan<'_>) -> Result<Vec<TargetRow>, PatternError> {
    let load = |name: &str, more: &[&str]| plan.load(name, more, &[]);
    let almere = almere::run(&load("brabantse-wal", &almere::OVERRIDES)?, plan.few(), plan.watch)?;
    let skill = far::by_caseworker(&load("lange-adem", &["horizon_months=18"])?, plan.few(), plan.watch)?;
    let [fip, regular] = ["jobs fip", "jobs regular"].map(|name| almere.mean(name) * 100.0);
    let jobs = Bilingual::new(
        format!(
            "deel van gesimuleerde proeven; een kleine baan begonnen: {fip:.1} % met gesprekken, {regular:.1} % zonder; gepubliceerd: \
             alleen meer kleine banen"
        ),
        format!(
            "share of simulated trials; started a small job: {fip:.1} % with talks, {regular:.1} % without; published: more small \
             jobs only"
        ),
    );
    let no_exits = Bilingual::new(
        "deel van gesimuleerde proeven zonder significant verschil in uitstroom naar werk",
        "share of simulated trials without a significant difference in exits to work",
    );
    let ratio = skill.ratio("good", "poor");
    Ok(vec![
        row(
            18,
            Bilingual::new("Almere: significant meer kleine banen", "Almere: significantly more small jobs"),
            Use::Plausibility,
            almere.get("more jobs"),
            f64::NAN,
            [0.3, 1.0],
            jobs,
        ),
        row(
            18,
            Bilingual::new(
                "Almere: uitstroom naar werk niet significant",
                "Almere: exits to work not significant",
            ),
            Use::Plausibility,
            almere.get("exits same"),
            f64::NAN,
            [0.75, 1.0],
            no_exits,
        ),
        row(
            19,
            Bilingual::new(
                "effect op activering, goede over zwakke consulenten (derden naar vaardigheid)",
                "effect on activation, good over poor caseworkers (thirds by skill)",
            ),
            Use::Plausibility,
            ratio,
            f64::NAN,
            [1.0, f64::INFINITY],
            Bilingual::new(
                "in het buitenland gepubliceerd voor uitstroom: geen bij de onderste helft, ruim tweemaal het gemiddelde bij de bovenste",
                "published abroad for exits: none with the lower half, over twice the mean with the upper",
            ),
        ),
    ])
}

/// How far everything that must stay has moved in ten years: the tenth year over the first.
fn stationarity(found: &Averages) -> Vec<TargetRow> {
    let still = |name: Bilingual, ratio: (f64, f64)| {
        let mind = Bilingual::new("tiende jaar gedeeld door eerste", "tenth year over first");
        row(0, name, Use::Validation, ratio, 1.0, [0.9, 1.1], mind)
    };
    let moved = |name: Bilingual, (first, of): (&str, &str), (last, of_last): (&str, &str)| {
        let ((a, a_error), (b, b_error)) = (found.ratio(first, of), found.ratio(last, of_last));
        still(name, (b / a, (b / a) * libm::hypot(a_error / a, b_error / b)))
    };
    let share = |name: Bilingual, first: &'static str, last: &'static str| {
        moved(name, (first, "on benefit"), (last, "last on benefit"))
    };
    let exits = (("exits", "client-months"), ("last exits", "last client-months"));
    let mut rows = vec![
        moved(Bilingual::new("uitstroom per jaar", "exits a year"), exits.0, exits.1),
        still(
            Bilingual::new("klanten met een uitkering", "clients on benefit"),
            found.ratio("last on benefit", "on benefit"),
        ),
    ];
    for (_, exits, first, last) in CLASSES {
        let class_name = exits.trim_start_matches("exits ");
        let name =
            Bilingual::new(format!("bestand, {}", in_dutch(class_name)), format!("stock, {class_name}"));
        rows.push(moved(name, (first, "client-months"), (last, "last client-months")));
    }
    for (_, first, last) in BANDS {
        let band = first.trim_start_matches("band ");
        let name = Bilingual::new(
            format!("afstand in het dossier, {} maanden", in_dutch(band)),
            format!("recorded {first}"),
        );
        rows.push(share(name, first, last));
    }
    for (_, first, last) in RUNGS {
        let name = Bilingual::new(format!("trede {}", first.trim_start_matches("rung ")), first);
        rows.push(share(name, first, last));
    }
    rows
}

/// A class of months on benefit or of distance in Dutch: "over 5y", "2-5y", "up to 6".
fn in_dutch(class: &str) -> String {
    let (class, unit) = match (class.strip_suffix('y'), class.strip_suffix('m')) {
        (Some(years), _) => (years, " jaar"),
        (_, Some(months)) => (months, " maanden"),
        _ => (class, ""),
    };
    class.replace("over", "meer dan").replace("up to", "hooguit") + unit
}

#[cfg(test)]
mod tests {
    use super::in_dutch;

    #[test]
    fn classes_in_dutch() {
        let found = ["0-6m", "2-5y", "over 5y", "over 48", "up to 6"].map(in_dutch);
        assert_eq!(found, ["0-6 maanden", "2-5 jaar", "meer dan 5 jaar", "meer dan 48", "hooguit 6"]);
    }
}
