//! Power and value answer different questions and can disagree: a study with little power may be worth
//! doing when much is at stake, and one with much power is worth nothing when no result would change
//! the choice. The last sentence says so wherever the numbers stand.

use crate::report::escape;
use crate::report::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::words;
use crate::value::net_benefit::Stakes;
use crate::value::question::{Study, ValueOfInformation};

/// What the answer is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueContext<'a> {
    /// Scenario.
    pub scenario: &'a str,
    /// Arm.
    pub arm: &'a str,
    /// Control.
    pub control: &'a str,
    /// Month to which money is counted.
    pub months: u32,
    /// Who is served, and what a study costs.
    pub stakes: Stakes,
}

impl ValueContext<'_> {
    /// What was asked.
    pub(crate) fn title(&self, lang: Lang) -> String {
        let scenario = escape::name(self.scenario);
        let (arm, control) = (words::arm_named(lang, self.arm), words::arm_named(lang, self.control));
        match lang {
            Lang::Nl => {
                format!("{scenario}: wat is het waard om meer te weten over {arm} tegenover {control}?")
            }
            Lang::En => format!("{scenario}: what is it worth to know more about {arm} against {control}?"),
        }
    }
}

/// An amount in euros per client, in tens where its Monte Carlo error is ten euros or more.
pub(super) fn amount(lang: Lang, value: f64, error: f64) -> String {
    number::euro(lang, value, if error >= 10.0 { -1 } else { 0 })
}

/// The paragraph for a report, in three parts: what the service brings and what a wrong choice costs
/// (the value of perfect information, which no study can exceed), which study is worth most or that
/// none clearly is, and for how many clients that was counted.
pub(crate) fn paragraph(
    about: &ValueContext<'_>,
    information: &ValueOfInformation,
    lang: Lang,
) -> Vec<String> {
    let [perfect, error] = information.perfect;
    let (mean, sd) = (number::euro(lang, information.mean.abs(), -1), number::euro(lang, information.sd, -1));
    let share = number::percent(lang, information.favorable, 0);
    let cost = amount(lang, perfect, error);
    let time = number::months(lang, about.months);
    let brings = match (information.mean < 0.0, lang) {
        (false, Lang::Nl) => format!("levert de aanpak in {time} per klant {mean} op"),
        (false, Lang::En) => format!("brings {mean} per client in {time}"),
        (true, Lang::Nl) => format!("kost de aanpak in {time} per klant {mean}"),
        (true, Lang::En) => format!("costs {mean} per client in {time}"),
    };
    let mut list = vec![match lang {
        Lang::Nl => format!(
            "Gemiddeld {brings} (teruggerekend naar nu), met een onzekerheid van \
             {sd} (standaardafwijking over de aannames). In {share} van de doorrekeningen is zij haar geld waard. Een verkeerde keuze kost \
             gemiddeld {cost} per klant: meer is het ook niet waard om alles te weten."
        ),
        Lang::En => format!(
            "On average the service {brings} (discounted), with an uncertainty of \
             {sd} (standard deviation over the assumptions). In {share} of the calculations it is worth its money. A wrong choice costs {cost} \
             per client on average: to know everything is worth no more."
        ),
    }];
    list.push(
        lang.pick(
            "Onder elke trekking zijn maar enkele herhalingen gerekend, overal met hetzelfde geluk: genoeg om trekkingen te vergelijken, maar \
             het gemiddelde zelf zegt stapjes run preciezer.",
            "Under each draw only a few replicates were computed, with the same luck everywhere: enough to compare draws, but the mean itself \
             is told more precisely by stapjes run.",
        )
        .to_owned(),
    );
    list.push(match information.best() {
        Some(study) => best(about, study, lang),
        None => lang
            .pick(
                "Geen van de doorgerekende onderzoeken brengt duidelijk meer op dan het kost (twee standaardfouten boven nul). Kies op grond van wat nu bekend is.",
                "None of the studies that were weighed clearly brings more than it costs (two standard errors over zero). Choose on what is known now.",
            )
            .to_owned(),
    });
    let (clients, years) = (
        number::decimal(lang, about.stakes.clients_per_year, 0),
        number::decimal(lang, about.stakes.years, 0),
    );
    list.push(match lang {
        Lang::Nl => format!(
            "Gerekend is met {clients} klanten per jaar voor wie de keuze geldt, {years} jaar lang. Power vraagt of een onderzoek significant wordt; \
             hier is gevraagd of het de keuze verandert. Netto telt ook mee wat klanten mislopen die wachten zolang het onderzoek duurt; hoe meer \
             klanten meedoen, hoe minder er wachten. Kruislings is dezelfde waarde, afgelezen op doorrekeningen waarop zij niet is \
             geschat: is zij veel lager, dan is de waarde vooral toeval."
        ),
        Lang::En => format!(
            "Counted are {clients} clients a year for whom the choice is made, for {years} years. Power asks whether a study will be significant; \
             this asks whether it will change the choice. Net counts what clients forgo who wait while the study runs; the more clients take \
             part, the fewer wait. Cross-fitted is the same value, read off on calculations that it was not estimated on: where that is \
             much lower, the value is mostly chance."
        ),
    });
    list
}

/// The best study in a sentence, with the 95 % interval of its net value in thousands of euros. "At
/// most" where the value is a bound only.
fn best(about: &ValueContext<'_>, study: &Study, lang: Lang) -> String {
    let (months, clients) = (study.months, number::decimal(lang, f64::from(study.clients), 0));
    let worth = amount(lang, study.value.value, study.value.error);
    let most = if study.value.at_most { lang.pick("hooguit ", "at most ") } else { "" };
    let thousand = |value: f64| number::euro(lang, value, -3);
    let (low, high) = (
        thousand(study.net_benefit - NORMAL_95 * study.net_benefit_error),
        thousand(study.net_benefit + NORMAL_95 * study.net_benefit_error),
    );
    let net = thousand(study.net_benefit);
    let fewest = break_even(about, study);
    let band = number::interval(lang, &low, &high);
    let needed = fewest.map_or_else(String::new, |clients| {
        let clients = number::decimal(lang, clients, 0);
        match lang {
            Lang::Nl => format!(" Onder {clients} klanten per jaar kost het meer dan het oplevert."),
            Lang::En => format!(" Below {clients} clients a year it costs more than it brings."),
        }
    });
    match lang {
        Lang::Nl => format!(
            "Het meest waard is een onderzoek van {months} maanden met {clients} klanten: {most}{worth} per klant die daarna komt, netto {net} \
             (95%: {band}).{needed}"
        ),
        Lang::En => format!(
            "Worth most is a study of {months} months with {clients} clients: {most}{worth} per client served afterwards, {net} net (95%: \
             {band}).{needed}"
        ),
    }
}

/// Clients a year below which the study costs more than it brings: its cost over what it brings per
/// client served afterwards, discounted from the end of the study. `None` when there is nothing to pay
/// or nothing to gain.
fn break_even(about: &ValueContext<'_>, study: &Study) -> Option<f64> {
    let stakes = about.stakes;
    let cost = f64::from(study.clients) * stakes.cost_per_client + stakes.fixed_cost;
    let each = study.value.value * stakes.discounted_years(f64::from(study.months) / 12.0, stakes.years);
    (cost > 0.0 && each > 0.0).then(|| cost / each)
}

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Value per client of the studies and their net value in euros, by duration in months, one curve per
/// size. The first panel is what any municipality would gain per client, the second what this one gains
/// with its clients and costs.
pub(crate) fn figure(about: &ValueContext<'_>, information: &ValueOfInformation, lang: Lang) -> Figure {
    let mut sizes: Vec<f64> = information.studies.iter().map(|study| study.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let panel = |title: &str, unit: &str, of: &dyn Fn(&Study) -> (f64, f64)| Panel {
        title: title.to_owned(),
        unit: unit.to_owned(),
        kind: NumberKind::Euro,
        series: sizes.iter().enumerate().map(|(at, size)| series(information, at, *size, lang, of)).collect(),
        zero_line: true,
        measured_until: None,
        begins: None,
    };
    Figure {
        id: "value".to_owned(),
        title: about.title(lang),
        description: lang
            .pick("Waarde van een onderzoek naar duur en omvang.", "Value of a study by duration and size.")
            .to_owned(),
        panels: vec![
            panel(
                lang.pick("Waarde per klant die daarna komt", "Value per client served afterwards"),
                lang.pick("euro per klant", "euros per client"),
                &|study| (study.value.value, study.value.error),
            ),
            panel(lang.pick("Netto waarde van het onderzoek", "Net value of the study"), lang.pick("euro", "euros"), &|study| {
                (study.net_benefit, study.net_benefit_error)
            }),
        ],
        notes: vec![
            lang.pick(
                "Band: 95%, bootstrap over de doorrekeningen. Waarde van verbeterde keuzes, niet de kans op een significant verschil.",
                "Band: 95%, bootstrap over the calculations. Value of better choices, not the probability of a significant difference.",
            )
            .to_owned(),
        ],
    }
}

/// A curve per size.
fn series(
    information: &ValueOfInformation,
    at: usize,
    size: f64,
    lang: Lang,
    of: &dyn Fn(&Study) -> (f64, f64),
) -> PlottedCurve {
    let of_size = || information.studies.iter().filter(|study| study.size == size);
    let clients = of_size().next().map_or(0, |study| study.clients);
    let clients = number::decimal(lang, f64::from(clients), 0);
    let point = |study: &Study| {
        let (value, error) = of(study);
        let bands = vec![(value - NORMAL_95 * error, value + NORMAL_95 * error)];
        Point { month: f64::from(study.months), value, bands }
    };
    let label = match lang {
        Lang::Nl => format!("{clients} klanten"),
        Lang::En => format!("{clients} clients"),
    };
    PlottedCurve { arm: at, label, points: of_size().map(point).collect() }
}
