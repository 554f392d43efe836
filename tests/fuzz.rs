//! Random and mutated input through the library entries of `analyze` and `design` and the desk of `serve`: an answer or an error
//! in words, never a panic, never a hang, and no number that cannot be (a p-value above 1, an interval upside down, JSON that does not parse).
//!
//! Every case is a pure function of its number, so a case that fails is the same everywhere: the message names it, and
//! `STAPJES_FUZZ_FROM=NUMBER STAPJES_FUZZ=1 cargo test --test fuzz` runs it alone. The gate does a few hundred of each; many:
//! `STAPJES_FUZZ=20000 cargo test --release --test fuzz`.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use rand_core::Rng;
use serde_json::Value;
use stapjes::app::analyze::{self, AnalyzeRequest, CurveKind, WeightKind};
use stapjes::app::design::{self, DesignRequest};
use stapjes::estimate::catalogue::methods;
use stapjes::estimate::multiplicity::Adjustment;
use stapjes::estimate::{Alternative, CoxTies, CurveInterval, Options};
use stapjes::language::Lang;
use stapjes::observe::columns::{Columns, Dates};
use stapjes::observe::table::{DateOrder, Decimal};
use stapjes::random::philox::Stream;
use stapjes::report::{analysis, design::answer_as_text};

/// One case takes milliseconds; what takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Cases of each kind in the gate.
const CASES: u32 = 400;

struct Chance(Stream);

impl Chance {
    fn new(kind: u32, case: u32) -> Self {
        Self(Stream::new([case, kind]))
    }

    fn below(&mut self, limit: usize) -> usize {
        ((u64::from(self.0.next_u32()) * limit as u64) >> 32) as usize
    }

    fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    /// A time that lies in the data, most often.
    fn time(&mut self) -> f64 {
        if self.often(90) { self.below(50) as f64 + 0.5 } else { self.number() }
    }

    fn number(&mut self) -> f64 {
        const ODD: [f64; 14] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1e-300,
            1e300,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            1e9,
            0.999_999_999_999,
        ];
        if self.often(40) { ODD[self.below(ODD.len())] } else { f64::from(self.0.next_u32()) / 1e8 }
    }
}

/// What stands in files where something else should.
const TOKENS: [&str; 38] = [
    "",
    " ",
    "NA",
    "NaN",
    "inf",
    "-inf",
    "-1",
    "0",
    "-0",
    "1e309",
    "1e-320",
    "0,5",
    "1.234,5",
    "1.100",
    "\"",
    "\"\"",
    "'",
    ";",
    ",",
    "\t",
    "\u{feff}",
    "\u{0}",
    "\u{a0}",
    "#N/B",
    "#DIV/0!",
    "ja",
    "nee",
    "lopend",
    "0 - lopend",
    "31-02-2024",
    "31-12-2024",
    "12/31/2024",
    "2024-12-31",
    "9999999999999999999999",
    "=1+1",
    "-regulier",
    "e\u{301}",
    "\u{1f600}",
];

/// A plausible file of follow-up: a header and rows, in one of the dialects that offices save.
fn follow_up(chance: &mut Chance) -> String {
    let mark = chance.of(&[",", ";", "\t"]);
    let decimal = if mark == "," { "." } else { chance.of(&[".", ","]) };
    let rows = [0, 1, 2, 5, 12, 40, 90][chance.below(7)];
    let (arms, clusters) = (1 + chance.below(4), 1 + chance.below(9));
    let ties = chance.often(50);
    let words = chance.often(30);
    let mut lines = vec![
        [
            "time", "status", "arm", "cw", "site", "age", "band", "id", "start", "count", "score", "w",
            "begin", "end", "p",
        ]
        .join(mark),
    ];
    for row in 0..rows {
        let cluster = chance.below(clusters);
        let arm = if chance.often(85) { cluster % arms } else { chance.below(arms) };
        let time = if ties { chance.below(6) as f64 } else { (1 + chance.below(6000)) as f64 / 100.0 };
        let status = chance.below(3);
        let status =
            if words { ["lopend", "werk", "verhuisd"][status].to_owned() } else { status.to_string() };
        let real = |value: f64| value.to_string().replace('.', decimal);
        let cells = [
            real(time),
            status,
            ["regular", "fip", "a - b", "cause 1"][arm].to_owned(),
            format!("c{cluster}"),
            format!("s{}", cluster % 3),
            real(20.0 + chance.below(400) as f64 / 10.0),
            ["<30", "30-50", "50+"][chance.below(3)].to_owned(),
            format!("{}", if chance.often(20) { row / 2 } else { row }),
            real(time * chance.below(3) as f64 / 3.0),
            chance.below(5).to_string(),
            real(chance.below(1000) as f64 / 7.0),
            if chance.often(50) {
                (1 + chance.below(3)).to_string()
            } else {
                real(0.5 + chance.below(9) as f64)
            },
            format!("{:02}-{:02}-2023", 1 + chance.below(28), 1 + chance.below(12)),
            format!("{:02}-{:02}-2024", 1 + chance.below(28), 1 + chance.below(12)),
            real(chance.below(1000) as f64 / 1000.0),
        ];
        lines.push(cells.join(mark));
    }
    lines.join(chance.of(&["\n", "\r\n", "\n"])) + chance.of(&["\n", "", "\n\n"])
}

/// A text with some of its cells, lines or bytes changed.
fn mutated(chance: &mut Chance, text: &str) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..chance.below(5) {
        if lines.is_empty() {
            break;
        }
        let at = chance.below(lines.len());
        match chance.below(5) {
            0 => _ = lines.remove(at),
            1 => lines.insert(at, lines[at].clone()),
            2 => lines[at].push_str(TOKENS[chance.below(TOKENS.len())]),
            _ => {
                let mark = [';', '\t', ','].into_iter().find(|mark| lines[at].contains(*mark)).unwrap_or('=');
                let mut cells: Vec<String> = lines[at].split(mark).map(str::to_owned).collect();
                let cell = chance.below(cells.len());
                cells[cell] = TOKENS[chance.below(TOKENS.len())].to_owned();
                lines[at] = cells.join(&mark.to_string());
            }
        }
    }
    let mut bytes = lines.join("\n").into_bytes();
    if chance.often(20) {
        bytes = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    }
    if chance.often(8) {
        let wide = std::iter::once(0xfeff_u16).chain(text.encode_utf16());
        bytes = wide.flat_map(u16::to_le_bytes).collect();
    }
    for _ in 0..[0, 0, 0, 1, 3, 20][chance.below(6)] {
        if bytes.is_empty() {
            break;
        }
        let at = chance.below(bytes.len());
        match chance.below(4) {
            0 => bytes[at] = chance.0.next_u32() as u8,
            1 => bytes.truncate(at),
            2 => bytes.insert(at, chance.0.next_u32() as u8),
            _ => _ = bytes.remove(at),
        }
    }
    bytes
}

fn garbage(chance: &mut Chance) -> Vec<u8> {
    let length = chance.below(400);
    let mut text = String::new();
    let mut bytes = Vec::new();
    for _ in 0..length {
        match chance.below(4) {
            0 => bytes.push(chance.0.next_u32() as u8),
            1 => bytes.extend(b",;\n\"\t="[chance.below(6)..][..1].iter()),
            _ => {
                text.clear();
                text.push_str(TOKENS[chance.below(TOKENS.len())]);
                bytes.extend(text.bytes());
            }
        }
    }
    bytes
}

/// The columns of [`follow_up`], and what is none of them.
const COLUMNS: [&str; 17] = [
    "time", "status", "arm", "cw", "site", "age", "band", "id", "start", "count", "score", "w", "begin",
    "end", "p", "none", "",
];

fn column(chance: &mut Chance, usual: &str) -> Option<String> {
    let name = if chance.often(98) { usual } else { COLUMNS[chance.below(COLUMNS.len())] };
    Some(name.to_owned())
}

fn maybe(chance: &mut Chance, percent: usize, usual: &str) -> Option<String> {
    if chance.often(percent) { column(chance, usual) } else { None }
}

fn tests(chance: &mut Chance) -> Option<String> {
    if chance.often(35) {
        return None;
    }
    let all: Vec<&str> = methods().map(|method| method.name).collect();
    let words = [
        "0",
        "1",
        "0.5",
        "-1",
        "12",
        "1e9",
        "1e300",
        "nan",
        "inf",
        "0-1",
        "t=6",
        "s=0.5",
        "tau=9",
        "ties=together",
        "variance=jackknife",
        "md",
        "cr0",
        "km",
        "exact",
        "delay=3",
        "largest=2",
        "seed=7",
        "",
        "x",
        "6;12",
        "variance=delta",
        "log-log",
    ];
    let one = |chance: &mut Chance| {
        let name = chance.of(&all);
        let count = [0, 0, 1, 1, 2, 3][chance.below(6)];
        let arguments: Vec<&str> = (0..count).map(|_| chance.of(&words)).collect();
        if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.join(",")) }
    };
    let count = 1 + chance.below(4);
    let list: Vec<String> = (0..count).map(|_| one(chance)).collect();
    Some(if chance.often(4) { TOKENS[chance.below(TOKENS.len())].to_owned() } else { list.join(", ") })
}

fn request(chance: &mut Chance) -> AnalyzeRequest {
    let dated = chance.often(12);
    let counted = !dated && chance.often(15);
    let dates = Dates {
        from: "begin".into(),
        until: "end".into(),
        order: [
            None,
            Some(DateOrder::DayMonthYear),
            Some(DateOrder::MonthDayYear),
            Some(DateOrder::YearMonthDay),
        ][chance.below(4)],
        in_days: chance.often(50),
        cut_off: maybe(chance, 20, "31-12-2024"),
    };
    let list = |chance: &mut Chance, percent: usize, usual: &[&str]| -> Vec<String> {
        let given = usual.iter().filter(|_| chance.often(percent)).copied().collect::<Vec<_>>();
        given.into_iter().filter_map(|name| column(chance, name)).collect()
    };
    let columns = Columns {
        time: if dated || counted { None } else { maybe(chance, 95, "time") },
        dates: dated.then_some(dates),
        status: maybe(chance, 88, "status"),
        arm: maybe(chance, 85, "arm"),
        cluster: maybe(chance, 45, "cw"),
        strata: list(chance, 20, &["site", "band"]),
        by: list(chance, 6, &["band"]),
        covariates: list(chance, 20, &["age", "band", "factor(age)", "count"]),
        person: maybe(chance, 12, "id"),
        start: maybe(chance, 6, "start"),
        count: if counted { column(chance, "count") } else { maybe(chance, 4, "count") },
        exposure: if counted { column(chance, "time") } else { None },
        outcome: maybe(chance, 12, "score"),
        weight: maybe(chance, 12, "w"),
        control: maybe(chance, 20, "regular"),
        censored: list(chance, 2, &["1", "lopend"]),
        events: list(chance, 2, &["2", "werk"]),
        decimal: if chance.often(90) {
            None
        } else {
            [Some(Decimal::Point), Some(Decimal::Comma)][chance.below(2)]
        },
    };
    let ties = [CoxTies::Efron, CoxTies::Breslow, CoxTies::Exact];
    let alternatives = [Alternative::TwoSided, Alternative::Less, Alternative::Greater];
    let scales = [
        CurveInterval::Plain,
        CurveInterval::Log,
        CurveInterval::LogLog,
        CurveInterval::Logit,
        CurveInterval::Arcsine,
    ];
    let options = Options {
        level: if chance.often(96) { 0.95 } else { chance.number() },
        alternative: alternatives[chance.below(3)],
        tau: chance.often(15).then(|| chance.time()),
        at: (0..[0, 0, 1, 3][chance.below(4)]).map(|_| chance.time()).collect(),
        interval: scales[chance.below(5)],
        ties: ties[chance.below(3)],
        ..Options::default()
    };
    // Odd combinations are refused before anything else is looked at: few of them.
    let columns_weighted = columns.weight.is_some() || chance.often(2);
    let curved = columns.time.is_some() && columns.status.is_some() || chance.often(5);
    AnalyzeRequest {
        file: "gegevens.csv".into(),
        columns,
        tests: tests(chance),
        cause: maybe(chance, 8, "1"),
        options,
        adjust: [None, None, Some(Adjustment::Holm), Some(Adjustment::Hochberg)][chance.below(4)],
        pairwise: chance.often(15),
        until_time: chance.often(10).then(|| chance.time()),
        weights_as: if columns_weighted {
            [None, Some(WeightKind::Frequency), Some(WeightKind::Sampling)][chance.below(3)]
        } else {
            None
        },
        curves: if curved {
            [None, Some(CurveKind::Remaining), Some(CurveKind::Incidence)][chance.below(3)]
        } else {
            None
        },
        p_values: maybe(chance, 3, "p"),
    }
}

/// An error is in words: not empty, and not how the program writes things down for itself.
fn in_words(error: &str) {
    assert!(error.trim().len() > 5, "an error without words: {error:?}");
    for own in ["Some(", "None", "Err(", "Ok(", "panicked", "unwrap", "EstimateError"] {
        // What somebody typed may be repeated, in quotes.
        let told: String = error.split('"').step_by(2).collect();
        assert!(!told.contains(own), "{own} in an error: {error}");
    }
}

/// Every number of an answer that has bounds lies within them.
fn sound(value: &Value, key: &str) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| sound(value, key)),
        Value::Array(list) if key == "interval" && list.len() == 2 => {
            if let (Some(low), Some(high)) = (list[0].as_f64(), list[1].as_f64()) {
                assert!(low <= high, "an interval upside down: {list:?}");
            }
        }
        Value::Array(list) => list.iter().for_each(|value| sound(value, key)),
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            if ["p_value", "p_adjusted"].contains(&key) {
                assert!((0.0..=1.0).contains(&number), "{key} is {number}");
            }
            if key == "standard_error" {
                assert!(number >= 0.0, "{key} is {number}");
            }
        }
        _ => {}
    }
}

fn analyze_one(case: u32) -> String {
    let chance = &mut Chance::new(1, case);
    let request = request(chance);
    let bytes = match chance.below(20) {
        0 => garbage(chance),
        1..=6 => {
            let text = follow_up(chance);
            mutated(chance, &text)
        }
        _ => follow_up(chance).into_bytes(),
    };
    let shown = format!("{request:?}\n{}", String::from_utf8_lossy(&bytes));
    SHOWN.with(|last| last.replace(shown));
    match analyze::run(&request, bytes.as_slice()) {
        Ok(found) => {
            let json: Value = serde_json::from_str(&analysis::json(&found).unwrap()).unwrap();
            sound(&json, "");
            for lang in Lang::ALL {
                assert!(!analysis::tables(&found, lang).is_empty());
                assert!(!analysis::captions(&found, lang).is_empty());
                found.refused.iter().for_each(|refusal| in_words(refusal.reason.text(lang)));
            }
            if let Err(error) = analyze::refused(&found) {
                in_words(&error.to_string());
            }
            "answer".to_owned()
        }
        Err(error) => {
            in_words(&error.to_string());
            "error".to_owned()
        }
    }
}

/// The worked examples, to be changed.
fn designs() -> Vec<String> {
    let mut files: Vec<_> =
        std::fs::read_dir("scenarios/design").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// A design with values, keys and lines changed.
fn design_text(chance: &mut Chance, all: &[String]) -> Vec<u8> {
    let text = &all[chance.below(all.len())];
    let values = [
        "0",
        "1",
        "-1",
        "2",
        "0.5",
        "1e-9",
        "1e9",
        "1e300",
        "-1e300",
        "nan",
        "inf",
        "-inf",
        "\"x\"",
        "true",
        "[]",
        "[0.5, 1]",
        "[1, 0.5]",
        "0.025",
        "0.9",
        "1.0",
        "12",
        "1000000",
        "{}",
        "\"log-rank\"",
        "\"pocock\"",
        "9223372036854775807",
        "0.9999999",
        "1e-320",
    ];
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    for _ in 0..1 + chance.below(4) {
        let keys: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains('=')).collect();
        if keys.is_empty() {
            break;
        }
        let at = keys[chance.below(keys.len())];
        match chance.below(16) {
            0 => _ = lines.remove(at),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = &all[chance.below(all.len())];
                let theirs: Vec<&str> = other.lines().collect();
                lines.insert(at, theirs[chance.below(theirs.len())].to_owned());
            }
            _ => {
                let (key, value) = lines[at].split_once('=').unwrap_or(("x", ""));
                let (key, number) = (key.trim().to_owned(), value.trim().parse::<f64>().ok());
                let value = match number.filter(|_| chance.often(85)) {
                    Some(number) => format!("{}", number * [0.1, 0.5, 0.9, 1.1, 1.5, 3.0][chance.below(6)]),
                    None => chance.of(&values).to_owned(),
                };
                lines[at] = format!("{key} = {value}");
            }
        }
    }
    let text = lines.join("\n");
    if chance.often(8) { mutated(chance, &text) } else { text.into_bytes() }
}

fn design_one(case: u32, all: &[String]) -> String {
    let chance = &mut Chance::new(2, case);
    let bytes = if chance.often(3) { garbage(chance) } else { design_text(chance, all) };
    SHOWN.with(|last| last.replace(String::from_utf8_lossy(&bytes).into_owned()));
    let lang = if chance.often(50) { Lang::Nl } else { Lang::En };
    match design::run(&DesignRequest { name: "design.toml".into(), bytes, lang }) {
        Ok(answer) => {
            let text = serde_json::to_string(&answer).unwrap();
            let json: Value = serde_json::from_str(&text).unwrap();
            sound(&json, "");
            for key in ["power", "alpha", "beta"] {
                if let Some(number) = json.get(key).and_then(Value::as_f64) {
                    assert!((-1e-9..=1.0 + 1e-9).contains(&number), "{key} is {number}");
                }
            }
            assert!(!answer_as_text(&answer, lang).is_empty());
            "answer".to_owned()
        }
        Err(error) => {
            in_words(&error.to_string());
            "error".to_owned()
        }
    }
}

/// Questions of the planner's page: the form, own files and variants, with what people and programs put in them.
#[cfg(feature = "serve")]
mod page {
    use serde_json::{Map, json};
    use stapjes::app::Stop;
    use stapjes::serve::{AnswerLine, Desk, Planner, PrecisionGoal};

    use super::{Chance, SHOWN, TOKENS, Value, in_words, mutated};

    const FIELDS: [&str; 14] = [
        "inhabitants",
        "benefits",
        "far_clients",
        "caseworkers_now",
        "caseworkers_fip",
        "talks_per_year",
        "years",
        "hour_price",
        "benefit_price",
        "price_year",
        "fixed_caseworker",
        "caution",
        "assumptions",
        "x = 1\n[[arm]]",
    ];

    fn value(chance: &mut Chance, depth: u32) -> Value {
        match chance.below(9) {
            0 => Value::Null,
            1 => json!(chance.often(50)),
            2 => json!(chance.number()),
            3 if depth > 0 => json!([value(chance, depth - 1), value(chance, depth - 1)]),
            4 if depth > 0 => json!({ TOKENS[chance.below(TOKENS.len())]: value(chance, depth - 1) }),
            5 => json!(["1.900", "€ 68,50", "25 %", "4", "12", "elf", "1e5", "−3"][chance.below(8)]),
            _ => json!(TOKENS[chance.below(TOKENS.len())]),
        }
    }

    fn question(chance: &mut Chance, toml: &str, depth: u32) -> Value {
        let mut asked = Map::new();
        if chance.often(90) {
            asked.insert("lang".into(), json!(chance.of(&["nl", "en", "fr"])));
        }
        if chance.often(80) {
            let names = ["payback", "work", "steps", "signals", "study", "", "x"];
            asked.insert("question".into(), json!(chance.of(&names)));
        }
        if chance.often(75) {
            let mut form = Map::new();
            for name in FIELDS {
                if chance.often(25) {
                    form.insert(name.into(), value(chance, 2));
                }
            }
            asked
                .insert("form".into(), if chance.often(90) { Value::Object(form) } else { value(chance, 2) });
        }
        if chance.often(30) {
            let text = String::from_utf8_lossy(&mutated(chance, toml)).into_owned();
            asked.insert("toml".into(), json!(text));
        }
        if depth > 0 && chance.often(15) {
            let count = chance.below(8);
            let list: Vec<Value> = (0..count)
                .map(|_| json!({ "name": value(chance, 1), "asked": question(chance, toml, 0) }))
                .collect();
            asked.insert("variants".into(), if chance.often(90) { json!(list) } else { value(chance, 2) });
        }
        if chance.often(10) { value(chance, 2) } else { Value::Object(asked) }
    }

    pub(super) fn planner() -> (Planner, String) {
        let planner = Planner::new(1, PrecisionGoal { replicates: Some(2), draws: Some(2) });
        let scenario = planner.file(&json!({ "file": "scenario" }), &Stop::default()).unwrap();
        (planner, String::from_utf8(scenario.bytes).unwrap())
    }

    /// A question that can be answered is not answered here: that takes a simulation.
    pub(super) fn one(case: u32, (planner, toml): &(Planner, String)) -> String {
        let chance = &mut Chance::new(3, case);
        let asked = question(chance, toml, 1);
        SHOWN.with(|last| last.replace(asked.to_string()));
        let found = planner.check(&asked);
        let problems = found["problems"].as_array().unwrap();
        for problem in problems {
            assert!(problem["field"].is_string(), "{problem}");
            in_words(problem["message"].as_str().unwrap());
        }
        // Whoever asks stopped already: what comes is a refusal or nothing.
        let stop = Stop::default();
        stop.set();
        planner.run(&asked, &stop, &|line| {
            assert!(!matches!(line, AnswerLine::Answer { .. }), "an answer without a calculation: {line:?}");
            true
        });
        for file in ["scenario", "report-nl", "figures", "comparison", "none"] {
            let mut asked = asked.clone();
            if let Some(fields) = asked.as_object_mut() {
                fields.insert("file".into(), json!(file));
            }
            if let Err(problems) = planner.file(&asked, &stop) {
                assert!(!problems.as_array().unwrap().is_empty());
            }
        }
        if problems.is_empty() { "answer" } else { "error" }.to_owned()
    }
}

#[cfg(feature = "serve")]
#[test]
fn any_question_of_the_page_gives_an_answer_or_problems_in_words() {
    let desk = page::planner();
    let [answers, errors] = every_case(move |case| page::one(case, &desk));
    let few = answers + errors < CASES;
    assert!(few || (answers > CASES / 20 && errors > CASES / 5), "{answers} answers, {errors} errors");
}

thread_local! {
    static SHOWN: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

/// Runs the cases on a thread of their own and waits for each; gives how many there were of each outcome.
fn every_case(one: impl Fn(u32) -> String + Send + 'static) -> [u32; 2] {
    let set = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (from, count): (u32, u32) =
        (set("STAPJES_FUZZ_FROM").unwrap_or(0), set("STAPJES_FUZZ").unwrap_or(CASES));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for case in from..from + count {
            let outcome = catch_unwind(AssertUnwindSafe(|| one(case)));
            let outcome = outcome.map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                format!("{}\n{}", text.unwrap_or_default(), SHOWN.with(|last| last.borrow().clone()))
            });
            if tell.send(outcome).is_err() {
                return;
            }
        }
    });
    let mut outcomes = [0, 0];
    let mut failed = Vec::new();
    for case in from..from + count {
        match told.recv_timeout(PATIENCE) {
            Ok(Ok(outcome)) => outcomes[usize::from(outcome == "error")] += 1,
            Ok(Err(why)) => failed.push(format!("case {case}: {why}")),
            Err(_) => panic!("case {case} takes longer than {PATIENCE:?}"),
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {count} cases failed:\n{}",
        failed.len(),
        failed[..failed.len().min(5)].join("\n\n")
    );
    outcomes
}

#[test]
fn any_file_and_any_options_give_an_answer_or_an_error_in_words() {
    let [answers, errors] = every_case(analyze_one);
    let few = answers + errors < CASES;
    assert!(few || (answers > CASES / 5 && errors > CASES / 20), "{answers} answers, {errors} errors");
}

#[test]
fn any_design_gives_an_answer_or_an_error_in_words() {
    let all = designs();
    let [answers, errors] = every_case(move |case| design_one(case, &all));
    let few = answers + errors < CASES;
    assert!(few || (answers > CASES / 20 && errors > CASES / 5), "{answers} answers, {errors} errors");
}
