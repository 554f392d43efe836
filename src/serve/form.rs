//! The form of the page: what a planner types, as a scenario. Numbers may be typed as people write them: `1.900`, `68,50`,
//! `€ 1.350`, `25 %`.
//!
//! A form is turned into the text of a scenario and read as such. So the page has no road of its own
//! into the model: what it shows can be saved, run on the command line and changed by hand, and
//! problems of the text find their field back by its place.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::document::quoted;
use crate::kinds::{Kind, Question};
use crate::report::language::Lang;
use crate::report::words::Capacity;
use crate::report::{number, words};

/// A number of the form: its name in the page, how it starts, what is allowed.
struct Field {
    /// Key of the field in the page's question; also its id there.
    name: &'static str,
    /// Value before anybody has changed it: a municipality of usual size, so that the page begins with
    /// an answer.
    start: f64,
    /// Lowest value.
    low: f64,
    /// Highest value.
    high: f64,
    /// Whether only whole numbers are allowed.
    whole: bool,
}

/// A field of whole numbers.
const fn whole(name: &'static str, start: f64, low: f64, high: f64) -> Field {
    Field { name, start, low, high, whole: true }
}

/// A field of numbers that may have decimals.
const fn broken(name: &'static str, start: f64, low: f64, high: f64) -> Field {
    Field { name, start, low, high, whole: false }
}

/// The question that the page starts with: a municipality of 60,000.
const FIELDS: [Field; 10] = [
    whole("inhabitants", 60_000.0, 100.0, 2_000_000.0),
    whole("benefits", 1_900.0, 1.0, 200_000.0),
    whole("far_clients", 700.0, 1.0, 100_000.0),
    broken("caseworkers_now", 4.0, 0.1, 1_000.0),
    broken("caseworkers_fip", 4.0, 0.1, 1_000.0),
    whole("talks_per_year", 4.0, 1.0, 12.0),
    whole("years", 4.0, 1.0, 10.0),
    broken("hour_price", 75.0, 0.0, 1_000.0),
    broken("benefit_price", 1_200.0, 0.0, 10_000.0),
    whole("price_year", 2019.0, 2000.0, 2100.0),
];

/// Something in the form that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FieldProblem {
    /// Name of the field; empty when it is about the whole.
    pub(super) field: String,
    /// What is wrong and what is allowed.
    pub(super) message: String,
}

/// How the stories about steps and work count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caution {
    /// Steps do not lead to work.
    Cautious,
    /// As the scenario has it.
    Middle,
    /// Steps keep working.
    Hopeful,
}

/// The form with its numbers read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    /// One value per field of [`FIELDS`].
    values: [f64; FIELDS.len()],
    /// Whether clients keep one caseworker.
    pub(super) fixed_caseworker: bool,
    /// Which story is calculated with.
    pub(super) caution: Caution,
    /// Other parameters by dotted path, in their own units; the page lists all of them.
    pub(super) assumptions: Vec<(String, f64)>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            values: FIELDS.map(|field| field.start),
            fixed_caseworker: true,
            caution: Caution::Middle,
            assumptions: Vec::new(),
        }
    }
}

impl Form {
    /// The value of a number; its name is one of the form's.
    pub(super) fn value(&self, name: &str) -> f64 {
        FIELDS.iter().position(|field| field.name == name).map_or(f64::NAN, |at| self.values[at])
    }

    /// What the page shows at the start.
    pub(super) fn shown(lang: Lang) -> Value {
        let mut fields: Map<String, Value> =
            FIELDS.iter().map(|field| (field.name.to_owned(), Value::from(plain(field, lang)))).collect();
        fields.insert("fixed_caseworker".into(), "true".into());
        fields.insert("caution".into(), "middle".into());
        Value::Object(fields)
    }

    /// Reads what the page sent.
    ///
    /// # Errors
    /// Every field that is not a number, or not one that is allowed.
    pub(super) fn read(asked: &Value, lang: Lang) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut form = Self::default();
        for (field, value) in FIELDS.iter().zip(&mut form.values) {
            match asked.get(field.name) {
                None => {}
                Some(text) => match read_field(field, text, lang) {
                    Ok(number) => *value = number,
                    Err(message) => problems.push(FieldProblem { field: field.name.into(), message }),
                },
            }
        }
        form.fixed_caseworker = asked.get("fixed_caseworker").and_then(Value::as_str) != Some("false");
        form.caution = match asked.get("caution").and_then(Value::as_str) {
            Some("cautious") => Caution::Cautious,
            Some("hopeful") => Caution::Hopeful,
            _ => Caution::Middle,
        };
        for (path, text) in asked.get("assumptions").and_then(Value::as_object).into_iter().flatten() {
            match text.as_str().and_then(|text| parse(text, lang)) {
                Some(value) => form.assumptions.push((path.clone(), value)),
                None => problems.push(FieldProblem {
                    field: format!("assumptions.{path}"),
                    message: not_a_number(text, lang),
                }),
            }
        }
        if form.value("far_clients") > form.value("benefits") {
            let message = match lang {
                Lang::Nl => "meer klanten ver van werk dan uitkeringen in totaal",
                Lang::En => "more clients far from work than clients on benefit in all",
            };
            problems.push(FieldProblem { field: "far_clients".into(), message: message.into() });
        }
        if problems.is_empty() { Ok(form) } else { Err(problems) }
    }
}

impl Form {
    /// The form as a scenario file that anyone can run, with what is asked and under this title.
    /// The file extends the default scenario, so whatever the form does not ask is as there. Prices
    /// carry their year as source.
    pub(super) fn scenario(&self, lang: Lang, question: Question, title: Option<&str>) -> String {
        let clients = self.value("far_clients");
        let months = 12.0 * self.value("years");
        let arm = |name: &str, caseworkers: f64| {
            format!(
                "[[arm]]\nname = \"{name}\"\nservice = \"{name}\"\nparticipants = {clients}\ncaseworkers = {caseworkers}\n"
            )
        };
        let (usual, site, source) = match lang {
            Lang::Nl => ("FIP in onze gemeente", "Onze gemeente", "eigen prijs"),
            Lang::En => ("FIP in our municipality", "Our municipality", "own price"),
        };
        let title = quoted(title.unwrap_or(usual));
        let [dutch, english] = Lang::ALL.map(|lang| quoted(words::question(lang, question)));
        let price = |name: &str| {
            format!("{{ value = {}, source = \"{source}, {}\" }}", self.value(name), self.value("price_year"))
        };
        // Dotted keys at the top, before any table: there every path can stand beside every other.
        let mut text = format!(
            "# {}\nextends = \"lange-adem\"\nname = \"onze-gemeente\"\ntitle = {title}\nquestion.nl = {dutch}\n\
             question.en = {english}\nquestion.kind = \"{}\"\nhorizon_months = {months}\n\
             municipality.inhabitants = {}\nmunicipality.price_year = {}\n\
             service.fip.interval_months = {}\nservice.fip.fixed_caseworker = {}\ncosts.hour = {}\ncosts.benefit_month = {}\n",
            lang.pick(
                "Gemaakt op de pagina van stapjes (stapjes serve).",
                "Made on the page of stapjes (stapjes serve)."
            ),
            question.name(),
            self.value("inhabitants"),
            self.value("price_year"),
            12.0 / self.value("talks_per_year"),
            self.fixed_caseworker,
            price("hour_price"),
            price("benefit_price"),
        );
        for (path, value) in &self.assumptions {
            text += &format!("{path} = {value}\n");
        }
        text + &format!(
            "\n{}\n{}\n[[site]]\nname = \"{site}\"\n{}",
            arm("regular", self.value("caseworkers_now")),
            arm("fip", self.value("caseworkers_fip")),
            self.caution.stories(),
        )
    }
}

/// Parameters that the form has fields for: they are not offered again among all assumptions.
pub(super) const OWN_FIELDS: [&str; 3] = ["costs.hour", "costs.benefit_month", "service.fip.interval_months"];

impl Caution {
    /// What the choice changes in a scenario: the stories that do not count.
    fn stories(self) -> &'static str {
        match self {
            Self::Cautious => {
                "\n[structure.\"levels off\"]\nweight = 0\n\n[structure.\"keeps growing\"]\nweight = 0\n"
            }
            Self::Middle => "",
            Self::Hopeful => {
                "\n[structure.\"no effect on work\"]\nweight = 0\n\n[structure.\"levels off\"]\nweight = 0\n"
            }
        }
    }
}

/// The start value in the language's notation; a year has no thousands mark.
fn plain(field: &Field, lang: Lang) -> String {
    if field.name == "price_year" {
        return format!("{:.0}", field.start);
    }
    number::decimal(lang, field.start, if field.start.fract() == 0.0 { 0 } else { 2 })
}

/// The value of a field, or what is wrong with it.
fn read_field(field: &Field, given: &Value, lang: Lang) -> Result<f64, String> {
    let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
    let Some(value) = parse(&text, lang) else { return Err(not_a_number(given, lang)) };
    if text.contains('%') {
        return Err(lang.pick("is een aantal, geen percentage", "is a number, not a percentage").into());
    }
    let shown = |value: f64| number::decimal(lang, value, if value.fract() == 0.0 { 0 } else { 1 });
    if value < field.low || value > field.high {
        let (low, high) = (shown(field.low), shown(field.high));
        return Err(match lang {
            Lang::Nl => format!("moet van {low} tot {high} zijn"),
            Lang::En => format!("must be from {low} to {high}"),
        });
    }
    if field.whole && value.fract() != 0.0 {
        return Err(lang.pick("moet een heel getal zijn", "must be a whole number").into());
    }
    Ok(value)
}

/// What stands there is no number.
fn not_a_number(given: &Value, lang: Lang) -> String {
    let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
    let text: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    match lang {
        Lang::Nl => format!("“{text}” is geen getal; schrijf bijvoorbeeld 1.900, 68,50 of € 1.350"),
        Lang::En => format!("“{text}” is not a number; write for instance 1,900, 68.50 or € 1,350"),
    }
}

/// A number as people write it in a language: thousands marks, a decimal mark, a euro sign or a percent sign (which divides
/// by a hundred). The other language's decimal mark is taken where it can mean nothing else.
/// `None` when it is no number, or could be two: `1.900,5` is one thing in Dutch, and nothing in
/// English.
pub(super) fn parse(text: &str, lang: Lang) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    let text = text.strip_prefix('€').or_else(|| text.strip_suffix('€')).unwrap_or(&text);
    let (text, scale) = text.strip_suffix('%').map_or((text, 1.0), |share| (share, 0.01));
    let text = text.replace('−', "-");
    let (mark, thousands) = if lang == Lang::Nl { (',', '.') } else { ('.', ',') };
    let groups = |whole: &str| {
        let mut parts = whole.trim_start_matches('-').split(thousands);
        let first = parts.next().is_some_and(|part| (1..=3).contains(&part.len()));
        first && parts.all(|part| part.len() == 3)
    };
    let (whole, fraction) = text.split_once(mark).map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let number = if !whole.contains(thousands) {
        format!("{whole}.{fraction}0")
    } else if groups(whole) {
        format!("{}.{fraction}0", whole.replace(thousands, ""))
    } else if !text.contains(mark) && text.matches(thousands).count() == 1 {
        text.replace(thousands, ".")
    } else {
        return None;
    };
    let sound =
        number.chars().enumerate().all(|(at, c)| c.is_ascii_digit() || c == '.' || (c == '-' && at == 0));
    let digits = whole.chars().any(|c| c.is_ascii_digit());
    (sound && digits)
        .then(|| number.parse::<f64>().ok().map(|value| value * scale))
        .flatten()
        .filter(|value| value.is_finite())
}

/// The field that a place (a byte) of the form's own scenario text came from; `None` when from none.
pub(super) fn field_at(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let line = text.get(before.rfind('\n').map_or(0, |end| end + 1)..)?.lines().next()?;
    let arms = before.matches("[[arm]]").count();
    let key = line.split('=').next()?.trim();
    let name = match key {
        "participants" => "far_clients",
        "caseworkers" if arms == 1 => "caseworkers_now",
        "caseworkers" => "caseworkers_fip",
        "horizon_months" => "years",
        "municipality.inhabitants" => "inhabitants",
        "municipality.price_year" => "price_year",
        "costs.hour" => "hour_price",
        "costs.benefit_month" => "benefit_price",
        "service.fip.interval_months" => "talks_per_year",
        "service.fip.fixed_caseworker" => "fixed_caseworker",
        path if path.contains('.') && !path.contains(' ') => return Some(format!("assumptions.{path}")),
        _ => return None,
    };
    Some(name.to_owned())
}

/// What follows from the form at once: talks that are needed a month against slots that there are.
pub(super) fn capacity(needed: f64, slots: f64, slots_per_caseworker: f64, lang: Lang) -> Value {
    let capacity = Capacity { needed, slots, each: slots_per_caseworker };
    json!({
        "sentence": capacity.sentence(lang),
        "short": capacity.is_short(),
        "caseworkers": capacity.caseworkers(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, lang, value) in [
            ("1.900", Lang::Nl, 1900.0),
            ("1900", Lang::Nl, 1900.0),
            ("68,50", Lang::Nl, 68.5),
            ("68.5", Lang::Nl, 68.5),
            ("€ 1.350,25", Lang::Nl, 1350.25),
            ("1.350 €", Lang::Nl, 1350.0),
            ("25 %", Lang::Nl, 0.25),
            ("12,5%", Lang::Nl, 0.125),
            ("−3", Lang::Nl, -3.0),
            ("1,900", Lang::En, 1900.0),
            ("1,900,000.5", Lang::En, 1_900_000.5),
            ("68,5", Lang::En, 68.5),
            (",5", Lang::Nl, f64::NAN),
            ("1.90.0", Lang::Nl, f64::NAN),
            ("1e5", Lang::Nl, f64::NAN),
            ("", Lang::Nl, f64::NAN),
            ("NaN", Lang::En, f64::NAN),
            ("vier", Lang::Nl, f64::NAN),
            ("--4", Lang::Nl, f64::NAN),
            ("4-", Lang::Nl, f64::NAN),
        ] {
            match parse(text, lang) {
                Some(read) => assert!((read - value).abs() < 1e-12, "{text}: {read}"),
                None => assert!(value.is_nan(), "{text} is a number"),
            }
        }
    }

    #[test]
    fn all_problems_come_at_once_at_their_fields() {
        let asked = json!({
            "far_clients": "2.000", "benefits": "1.900", "years": "elf", "talks_per_year": "13", "hour_price": "68,50",
            "caseworkers_now": "40 %",
            "assumptions": { "distance.progress": "veel" }
        });
        let problems = Form::read(&asked, Lang::Nl).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(
            fields,
            ["caseworkers_now", "talks_per_year", "years", "assumptions.distance.progress", "far_clients"]
        );
        assert_eq!(problems[0].message, "is een aantal, geen percentage");
        assert_eq!(problems[1].message, "moet van 1 tot 12 zijn");
        let good = json!({ "far_clients": "650", "hour_price": "€ 68,50", "fixed_caseworker": "false", "caution": "hopeful" });
        let form = Form::read(&good, Lang::Nl).unwrap();
        assert!(
            form.value("far_clients") == 650.0
                && form.value("hour_price") == 68.5
                && form.value("years") == 4.0
        );
        assert!(!form.fixed_caseworker && form.caution == Caution::Hopeful);
        assert_eq!(Form::read(&Form::shown(Lang::En), Lang::En).unwrap(), Form::default());
        assert_eq!(Form::read(&Form::shown(Lang::Nl), Lang::Nl).unwrap(), Form::default());
    }

    #[test]
    fn every_choice_of_the_form_is_a_valid_scenario() {
        for caution in ["cautious", "middle", "hopeful"] {
            let assumptions = json!({ "distance.decay": "0,05", "service.fip.quality": "1", "costs.recovery_share": "25 %" });
            let asked = json!({ "caution": caution, "talks_per_year": "5", "assumptions": assumptions });
            for lang in Lang::ALL {
                let text = Form::read(&asked, Lang::Nl).unwrap().scenario(
                    lang,
                    Question::Steps,
                    Some("a \"b\" [c]"),
                );
                let scenario = crate::scenario::resolve_text(&text, &[])
                    .unwrap_or_else(|problems| panic!("{problems:?}"))
                    .scenario;
                assert_eq!(
                    (scenario.parameters.distance.decay, scenario.parameters.costs.recovery_share),
                    (0.05, 0.25)
                );
                assert_eq!(
                    (scenario.horizon_months, scenario.sites.len(), scenario.participants()),
                    (48, 1, 1400)
                );
                let municipality = &scenario.municipality;
                assert_eq!((municipality.inhabitants, municipality.price_year), (Some(60_000), Some(2019)));
                assert_eq!((scenario.asked, scenario.title[0].as_str()), (Question::Steps, "a \"b\" [c]"));
                let told = scenario.structures.iter().filter(|story| story.weight > 0.0).count();
                assert_eq!(told, if caution == "middle" { 3 } else { 1 });
            }
        }
    }

    #[test]
    fn what_is_needed_is_said_against_what_there_is() {
        let tight = capacity(285.4, 240.0, 60.0, Lang::Nl);
        assert_eq!(tight["sentence"], "285 gesprekken per maand nodig, 240 plekken: 5 consulenten nodig");
        assert_eq!(tight["short"], true);
        assert_eq!(
            capacity(100.0, 240.0, 60.0, Lang::En)["sentence"],
            "100 talks a month needed, 240 slots: it fits"
        );
    }
}
