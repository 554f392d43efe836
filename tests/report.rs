//! The built report against itself and against `summary.json`: every number that is printed twice is the same number, what is printed
//! adds up, and nothing on page one is hard to read. For several questions, languages and numbers of arms, with few replicates.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A report with what it was made from.
struct Report {
    html: String,
    summary: Value,
    facts: Value,
    dutch: bool,
}

/// A number as printed, and the unit of its last digit.
#[derive(Clone, Copy, Debug)]
struct Printed {
    value: f64,
    unit: f64,
}

fn report(scenario: &str, lang: &str, settings: &[&str]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let settings = settings.iter().flat_map(|setting| ["--set", *setting]);
    let done = Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder.path())
        .args(["run", scenario, "--quiet", "--lang", lang, "--out", out.to_str().unwrap()])
        .args(settings)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let read = |name: &str| fs::read_to_string(Path::new(&out).join(name)).unwrap();
    Report {
        html: read("report.html"),
        summary: serde_json::from_str(&read("summary.json")).unwrap(),
        facts: serde_json::from_str(&read("facts.json")).unwrap(),
        dutch: lang == "nl",
    }
}

/// The text of markup: tags gone, entities back.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    let out = out.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    out.replace("&amp;", "&").trim().to_owned()
}

/// What stands between two marks, every time.
fn between<'t>(html: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    html.split(from).skip(1).filter_map(|rest| rest.split_once(to).map(|(own, _)| own)).collect()
}

impl Report {
    /// The first page.
    fn first(&self) -> &str {
        self.html.split_once("<section class=\"first").unwrap().1.split_once("</section>").unwrap().0
    }

    /// Tables outside figures: caption and rows of cells.
    fn tables(&self) -> Vec<(String, Vec<Vec<String>>)> {
        let plain = self.html.split("<figure").map(|part| part.rsplit("</figure>").next().unwrap());
        let tables = plain.flat_map(|part| between(part, "<table", "</table>"));
        tables
            .map(|table| {
                let caption = between(table, "<caption>", "</caption>")
                    .first()
                    .map_or_else(String::new, |own| text(own));
                let body = table.split_once("<tbody>").map_or("", |(_, body)| body);
                let rows = body.split("<tr").skip(1).map(|row| {
                    let cells = row
                        .split("<t")
                        .skip(1)
                        .filter(|cell| cell.starts_with("h ") || cell.starts_with('d'));
                    cells.map(|cell| text(&format!("<t{cell}"))).collect()
                });
                (caption, rows.collect())
            })
            .collect()
    }

    fn table(&self, caption: [&str; 2]) -> Vec<Vec<String>> {
        let wanted = if self.dutch { caption[0] } else { caption[1] };
        let found = self.tables().into_iter().find(|(own, _)| own.starts_with(wanted));
        found.unwrap_or_else(|| panic!("no table {wanted}")).1
    }

    /// The first number in a text; `None` for a text without one.
    fn number(&self, text: &str) -> Option<Printed> {
        let plain = text.replace(['\u{2060}', '\u{a0}', ' ', '€', '+'], "").replace('\u{2212}', "-");
        let (group, point) = if self.dutch { ('.', ',') } else { (',', '.') };
        let start = plain.find(|letter: char| letter.is_ascii_digit())?;
        let sign = if plain[..start].ends_with('-') { -1.0 } else { 1.0 };
        let digits: String = plain[start..]
            .chars()
            .take_while(|letter| letter.is_ascii_digit() || *letter == group || *letter == point)
            .filter(|letter| *letter != group)
            .map(|letter| if letter == point { '.' } else { letter })
            .collect();
        let rest = &plain[start..];
        let million = rest.contains("miljoen") || rest.contains("million");
        let scale = if million { 1e6 } else { 1.0 };
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        let whole = digits.split('.').next().unwrap_or("");
        let zeros = if decimals == 0 && whole.len() > 1 {
            whole.len() - whole.trim_end_matches('0').len()
        } else {
            0
        };
        let unit = libm::pow(10.0, f64::from(zeros as i32 - decimals)) * scale;
        Some(Printed { value: sign * digits.trim_end_matches('.').parse::<f64>().ok()? * scale, unit })
    }

    fn arms(&self) -> usize {
        self.summary["arms"].as_array().unwrap().len()
    }

    fn control(&self) -> usize {
        self.summary["control"].as_u64().unwrap() as usize
    }

    /// The center at the horizon as the rule has it: mean over the draws, else the (adjusted) mean over replicates.
    fn center(&self, world: &str, arm: usize, key: (&str, &str)) -> f64 {
        let of = |list: &Value| -> Option<f64> {
            let found =
                list.as_array()?.iter().find(|own| own["measure"] == key.0 && own["label"] == key.1)?;
            let mean = |own: &Value| own["mean"].as_array()?.last()?.as_f64();
            mean(&found["adjusted"]).or_else(|| mean(found))
        };
        let draws = self.summary["draws"]["draws"].as_array();
        let drawn: Vec<f64> = draws.into_iter().flatten().filter_map(|draw| of(&draw[world][arm])).collect();
        if drawn.len() > 1 {
            return drawn.iter().sum::<f64>() / drawn.len() as f64;
        }
        of(&self.summary[world][arm]["groups"][0]["series"]).unwrap()
    }
}

/// Captions of tables that have as many columns as one of results, and show something else.
const LEVELS_ONLY: [&str; 12] = [
    "Verschil van",
    "Difference of",
    "Per verhaal",
    "By story",
    "Wat elke groep",
    "What each group",
    "Wat één onderzoek",
    "What one study",
    "Geld per klant en per jaar",
    "Money per client and per year",
    "Wat het kost",
    "Cost per effect",
];

/// Every row of results: the control plus the difference is the arm, as printed; ranges hold their number.
fn rows_add_up(report: &Report) {
    let (arms, control) = (report.arms(), report.control());
    let mut seen = 0;
    for (caption, rows) in report.tables() {
        let levels_too = !LEVELS_ONLY.iter().any(|other| caption.starts_with(other));
        for row in rows.iter().filter(|row| levels_too && row.len() == 2 * arms) {
            let parsed: Vec<Option<Printed>> = row[1..].iter().map(|cell| report.number(cell)).collect();
            let levels = &parsed[arms - 1..];
            let Some(own) = levels[control] else { continue };
            let treated = (0..arms).filter(|arm| *arm != control);
            for (at, arm) in treated.enumerate() {
                let (Some(difference), Some(level)) = (parsed[at], levels[arm]) else { continue };
                let off = (own.value + difference.value - level.value).abs();
                assert!(off < 1e-6 * own.value.abs().max(1.0), "{caption}: {row:?}");
                seen += 1;
            }
        }
        // Not remarks in running text.
        for cell in rows.iter().flatten().filter(|cell| cell.ends_with(']') && cell.len() < 80) {
            let (before, range) = cell.split_once('[').unwrap();
            let separator = if report.dutch { ';' } else { ',' };
            // A comma separates and groups in English: the ends have a blank between them.
            let Some((low, high)) = range.split_once(&format!("{separator} ")) else { continue };
            let (low, high) = (report.number(low), report.number(high));
            let (Some(own), Some(low), Some(high)) = (report.number(before), low, high) else { continue };
            assert!(low.value <= high.value, "{caption}: {cell}");
            let unit = own.unit.max(low.unit).max(high.unit);
            assert!(low.value - unit <= own.value && own.value <= high.value + unit, "{caption}: {cell}");
        }
    }
    assert!(seen > 40, "{seen} rows");
}

/// The main results are those of `summary.json` under the rule, rounded.
fn agrees_with_the_summary(report: &Report) {
    let rows = report.table(["De hoofduitkomsten, na", "The main results, after"]);
    let keys = [
        (["Uit de bijstand, alle redenen", "Off benefit, all reasons"], ("exits", ""), 100.0),
        (["Uitstroom naar werk", "Exits to work"], ("exits_true", "work"), 100.0),
        (["Nu in de bijstand", "On benefit now"], ("on_benefit", ""), 100.0),
        (
            ["Maanden in de bijstand per klant", "Months on benefit per client"],
            ("months_on_benefit", ""),
            1.0,
        ),
        (
            ["Klanten met een fraudesignaal", "Clients with a fraud signal"],
            ("clients_with_signal", ""),
            100.0,
        ),
        (["Klanten met een zichtbare stap", "Clients with a visible step"], ("activated", ""), 100.0),
    ];
    let treated: Vec<usize> = (0..report.arms()).filter(|arm| *arm != report.control()).collect();
    for (words, key, scale) in keys {
        let words = words[usize::from(!report.dutch)];
        let row = rows.iter().find(|row| row[0] == words).unwrap_or_else(|| panic!("no row {words}"));
        for (at, &arm) in treated.iter().enumerate() {
            let printed = report.number(&row[1 + at]).unwrap();
            let exact = scale * report.center("difference", arm, key);
            assert!(
                (printed.value - exact).abs() <= 0.5 * printed.unit + 1e-6,
                "{words}: {printed:?} {exact}"
            );
        }
        let own = report.number(&row[report.arms() + report.control()]).unwrap();
        let exact = scale * report.center("paired", report.control(), key);
        assert!((own.value - exact).abs() <= 0.5 * own.unit + 1e-6, "{words}: {own:?} {exact}");
    }
}

/// The balance in the figures is that of the list, which is the sum of its parts; per client it is the same amount.
fn money_adds_up(report: &Report) {
    let cards: Vec<String> =
        between(report.first(), "<span class=\"value\">", "</span>").into_iter().map(text).collect();
    assert_eq!(cards.len(), 4, "{cards:?}");
    let card = report.number(&cards[3]).unwrap();
    let origin = between(report.first(), "<table class=\"origin\">", "</table>")[0];
    let amounts: Vec<f64> = between(origin, "<td class=\"number\">", "</td>")
        .into_iter()
        .map(|cell| report.number(&text(cell)).unwrap_or_else(|| panic!("{cell}")).value)
        .collect();
    let (without, rest) = amounts.split_last().unwrap();
    let (balance, parts) = rest.split_last().unwrap();
    assert!((parts.iter().sum::<f64>() - balance).abs() < 1.0, "{amounts:?}");
    assert!((card.value - balance).abs() < 1.0, "{cards:?} {amounts:?}");
    assert!((balance - parts[1] - without).abs() < 1.0, "who dropped out: {amounts:?}");
    let levels: Vec<String> =
        between(report.first(), "<span class=\"levels\">", "</span>").into_iter().map(text).collect();
    let entered = report.summary["paired"][report.control()]["groups"][0]["series"].as_array().unwrap();
    let entered = entered.iter().find(|own| own["measure"] == "clients_entered").unwrap();
    let entered = entered["mean"].as_array().unwrap().last().unwrap().as_f64().unwrap();
    let is_one = report.summary["parts"].as_u64().is_some_and(|parts| parts > 0);
    // Arms need not have the same number of clients; two of them are the control and the other.
    let planned = |arm: usize| -> f64 {
        let sites = report.facts["sites"].as_array().unwrap().iter();
        sites.map(|site| site["arms"][arm][0].as_f64().unwrap()).sum()
    };
    let every: f64 = (0..report.arms()).map(planned).sum();
    let served = (0..report.arms()).find(|arm| *arm != report.control()).unwrap();
    let clients = if is_one { entered } else { entered * planned(served) / every };
    // Only what stands before "per klant": "miljoen" belongs to the amount a year.
    let client = report.number(levels[3].split(" per ").next().unwrap()).unwrap();
    // Either amount may be the coarser one.
    let unit = client.unit.max(card.unit / clients);
    assert!((client.value - card.value / clients).abs() <= unit, "{levels:?} {card:?} {clients}");
}

/// Rows that are totals of others, in Dutch and English, with the sign of each part; plus is money that comes in.
type Totals = [([&'static str; 2], &'static [([&'static str; 2], f64)]); 6];
const TOTALS: Totals = [
    (
        ["Signalen per 1.000 klanten", "Signals per 1,000 clients"],
        &[
            (["… uit gesprekken", "… from talks"], 1.0),
            (["… uit bestanden en tips", "… from data matching and tips"], 1.0),
        ],
    ),
    (
        ["Bevestigd na onderzoek", "Confirmed by an investigation"],
        &[
            (["… hersteld, uitkering loopt door", "… corrected, benefit goes on"], 1.0),
            (["… uitkering beëindigd", "… benefit terminated"], 1.0),
        ],
    ),
    (
        ["Uitvoering samen", "Implementation together"],
        &[
            (["Gesprekken", "Talks"], 1.0),
            (["Niet gekomen", "No-shows"], 1.0),
            (["Trajecten", "Trajectories"], 1.0),
        ],
    ),
    (
        ["Gemeente, per saldo", "Municipality, on balance"],
        &[
            (["Uitvoering samen", "Implementation together"], 1.0),
            (["Uitkering", "Benefit"], 1.0),
            (["Terugontvangen vorderingen", "Recovered claims"], 1.0),
        ],
    ),
    (
        ["Rijk, op termijn: uitkering min terugontvangen", "State, in the long run: benefit less recovered"],
        &[(["Uitkering", "Benefit"], 1.0), (["Terugontvangen vorderingen", "Recovered claims"], 1.0)],
    ),
    (
        ["Klant: uitkering min terugbetaald", "Client: benefit less repaid"],
        &[(["Uitkering", "Benefit"], -1.0), (["Terugontvangen vorderingen", "Recovered claims"], -1.0)],
    ),
];

/// Who adds up the parts of a total as printed and rounds like the total finds it.
fn totals_are_the_sum_of_their_parts(report: &Report) {
    let tables = [
        ["Signalen en wat erachter zit", "Signals and what is behind them"],
        ["Geld per klant, teruggerekend", "Money per client, discounted"],
        ["Geld per klant, opgeteld", "Money per client, added up"],
    ];
    let (treated, control) = (report.arms() - 1, report.control());
    let mut seen = 0;
    for rows in tables.map(|caption| report.table(caption)) {
        let find = |words: &[&str; 2]| rows.iter().find(|row| row[0] == words[usize::from(!report.dutch)]);
        for (total, parts) in &TOTALS {
            let Some(whole) = find(total) else { continue };
            // All numbers of a row have the same digits; zeros at the end need not be digits.
            let units = whole[1..].iter().map(|cell| report.number(cell).unwrap());
            let unit = units.filter(|own| own.value != 0.0).map(|own| own.unit).fold(f64::INFINITY, f64::min);
            for column in 1..whole.len() {
                let of = |row: &[String]| report.number(&row[column]).unwrap();
                let whole = of(whole);
                let sum: f64 = parts.iter().map(|(words, by)| by * of(find(words).unwrap()).value).sum();
                // The level of an arm is that of the control plus its difference, both rounded.
                let is_arm = column > treated && column - 1 - treated != control;
                let off = if is_arm { 1.01 } else { 0.51 } * unit;
                assert!((whole.value - sum).abs() <= off, "{total:?}, column {column}: {whole:?} {sum}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen} sums");
}

/// Page one and the tables of money have one sign: what the balance is per client stands on both.
fn a_saving_is_plus_everywhere(report: &Report) {
    let levels: Vec<String> =
        between(report.first(), "<span class=\"levels\">", "</span>").into_iter().map(text).collect();
    let card = report.number(levels[3].split(" per ").next().unwrap()).unwrap();
    let caption = ["Geld per klant, teruggerekend", "Money per client, discounted"];
    let balance = ["Gemeente, per saldo", "Municipality, on balance"][usize::from(!report.dutch)];
    let rows = report.table(caption);
    let row = rows.iter().find(|row| row[0] == balance).unwrap();
    // Page one is about the arm that answers best: one of those in the table.
    let numbers: Vec<Printed> = row[1..].iter().map(|cell| report.number(cell).unwrap()).collect();
    let digits = numbers.iter().filter(|own| own.value != 0.0).map(|own| own.unit);
    let unit = digits.fold(f64::INFINITY, f64::min).max(card.unit);
    let mut differences = numbers[..report.arms() - 1].iter();
    assert!(differences.any(|own| (own.value - card.value).abs() <= unit), "{card:?} {row:?}");
    let figure = report.html.split_once("id=\"figure-money-difference\"").unwrap().1;
    let title = text(between(figure, "<figcaption>", "</figcaption>")[0]);
    assert!(
        title.starts_with(if report.dutch { "Besparing (boven 0)" } else { "Savings (above 0)" }),
        "{title}"
    );
}

/// What a sentence says of irregularities is what the table below it says.
fn sentences_agree_with_their_table(report: &Report) {
    let rows = report.table(["Signalen en wat erachter zit", "Signals and what is behind them"]);
    let said = [
        ["Onjuiste opgaven die begonnen (werkelijk)", "Irregularities that began (truth)"],
        ["Rechtgezet in een gesprek, zonder signaal (werkelijk)", "Put right in a talk, no signal (truth)"],
        ["Zelf gebeld en rechtgezet (werkelijk)", "Called and put right (truth)"],
    ];
    let begin = ["onjuiste opgaven die begonnen ", "irregularities that began "][usize::from(!report.dutch)];
    let sentences: Vec<&str> = between(&report.html, begin, "</p>");
    assert_eq!(sentences.len(), report.arms() - 1);
    for (at, sentence) in sentences.iter().enumerate() {
        for (part, words) in sentence.split("]; ").zip(said) {
            let row = rows.iter().find(|row| row[0] == words[usize::from(!report.dutch)]).unwrap();
            let (difference, range) = row[1 + at].split_once(" [").unwrap();
            // No line ends in the range of a sentence.
            let range = range.trim_end_matches(']').replace(' ', "\u{a0}");
            assert!(part.contains(&format!("[{range}")), "{part} {row:?}");
            let size = difference.trim_start_matches(['+', '\u{2212}']);
            let is_zero = report.number(difference).unwrap().value == 0.0;
            assert!(is_zero || part.contains(&format!("{size} ")), "{part} {row:?}");
        }
    }
}

/// Words that a reader may not know; each must stand in the glossary when page one uses it.
const JARGON: [[&str; 2]; 13] = [
    ["aannames", "assumptions"],
    ["consulent", "caseworker"],
    ["doorrekening", "calculation"],
    ["fraudesignaal", "fraud signal"],
    ["fte", "fte"],
    ["gewone aanpak", "regular service"],
    ["klant", "client"],
    ["plekken", "slots"],
    ["procentpunt", "percentage points"],
    ["saldo", "balance"],
    ["teruggerekend naar nu", "discounted"],
    ["zichtbare stap", "visible step"],
    ["verhaal", "story"],
];

/// Sentences of at most 20 words, no jargon without an entry in the glossary, no word of statistics.
fn page_one_is_readable(report: &Report) {
    let mut page = text(
        &report
            .first()
            .replace("</p>", ".\n")
            .replace("</li>", ".\n")
            .replace("</span>", "\n")
            .replace("</h2>", "\n")
            .replace("</tr>", "\n")
            .replace("<figure", "\n<figure"),
    );
    if let Some(figure) = page.find("Toon in de figuur").or_else(|| page.find("Show in the figure")) {
        page.truncate(figure);
    }
    for arm in report.facts["arms"].as_array().unwrap() {
        let name = arm["name"].as_str().unwrap();
        // The name as the page writes it is one word.
        let spoken = name.replacen("fip", "FIP", 1);
        page = page.replace(&spoken, "X").replace(&spoken.replace(" a year", " keer per jaar"), "X");
        page = page.replace(name, "X").replace(&format!("{}{}", name[..1].to_uppercase(), &name[1..]), "X");
    }
    for sentence in page.split(['!', '?', '\n']).flat_map(|line| line.split(". ")) {
        let words =
            sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        assert!(words <= 20, "{words} words: {sentence}");
    }
    let terms = between(&report.html, "<dt>", "</dt>");
    for pair in JARGON {
        let word = pair[usize::from(!report.dutch)];
        let used = page.to_lowercase().contains(word);
        let explained = terms.iter().any(|term| text(term).to_lowercase().contains(word));
        assert!(!used || explained, "{word} is not explained");
    }
    for word in
        ["Monte Carlo", "prior", "posterior", "hazard", "logit", "percentiel", "significan", "p-waarde"]
    {
        assert!(!page.contains(word), "{word} on page one");
    }
}

fn all(report: &Report) {
    rows_add_up(report);
    agrees_with_the_summary(report);
    money_adds_up(report);
    totals_are_the_sum_of_their_parts(report);
    a_saving_is_plus_everywhere(report);
    sentences_agree_with_their_table(report);
    page_one_is_readable(report);
}

const DRAWS: [&str; 4] = [
    "replicates=3",
    "horizon_months=24",
    "uncertainty.parameter_draws=5",
    "uncertainty.replicates_per_draw=2",
];
const FIXED: [&str; 3] = ["replicates=6", "horizon_months=24", "uncertainty.parameter_draws=0"];

#[test]
fn numbers_of_a_trial_agree_in_both_languages() {
    let small = ["arm.regular.participants=60", "arm.fip.participants=60"];
    for (lang, question) in [("nl", "work"), ("en", "caseload")] {
        let asked = format!("question.kind={question}");
        let settings: Vec<&str> = DRAWS.iter().copied().chain(small).chain([asked.as_str()]).collect();
        all(&report("lange-adem", lang, &settings));
    }
}

#[test]
fn numbers_without_draws_agree() {
    let small = ["arm.regular.participants=60", "arm.fip.participants=60", "question.kind=payback"];
    let settings: Vec<&str> = FIXED.iter().copied().chain(small).collect();
    all(&report("lange-adem", "nl", &settings));
}

#[test]
fn a_payback_question_is_answered_from_the_sentence_to_what_the_others_lose() {
    let found = report("gemeente", "nl", &DRAWS);
    all(&found);
    let answer = text(between(&found.html, "<p class=\"answer\">", "</p>")[0]);
    let decided = ["meer op dan het kost", "meer dan het oplevert", "ongeveer evenveel als het oplevert"]
        .iter()
        .any(|words| answer.contains(words));
    assert!(decided || answer.contains("Te weinig herhalingen"), "{answer}");
    let first = text(found.first());
    for needed in [
        "fte",
        "mensen",
        "saldo voor de gemeente",
        "Waar het saldo vandaan komt",
        "Wat elke groep wint en verliest",
        "dicht bij werk",
        "ver van werk",
    ] {
        assert!(first.contains(needed), "{needed} is missing");
    }
    // Room for talks is that of the whole municipality, as are people and euros: nine caseworkers, not the quarter of one arm.
    let slots = found.facts["arms"][0]["slots_per_month"].as_f64().unwrap() * 4.0;
    assert_eq!(slots, 9.0 * 60.0);
    assert!(first.contains(&format!("nodig, {slots:.0} plekken: het past")), "{first}");
    // So are clients and caseworkers where it says what is compared.
    let page = text(&found.html);
    for size in ["1.900 klanten en 9 consulenten.", "1.900 klanten en 13 consulenten."] {
        assert!(page.contains(size), "{size}");
    }
    // Three plans are compared with the situation now: all of them are in the answer when one can be given.
    if decided {
        let plans = [
            "FIP voor iedereen",
            "FIP voor wie ver van werk is, met genoeg consulenten",
            "FIP voor wie ver van werk is:",
        ];
        let told = plans.iter().filter(|plan| answer.contains(*plan)).count();
        assert!(told >= 2 && answer.matches("uw gemeente in").count() == 1, "{answer}");
    }
}

#[test]
fn five_arms_agree() {
    let settings: Vec<&str> = DRAWS.iter().copied().chain(["question.kind=steps"]).collect();
    all(&report("gespreksfrequentie", "en", &settings));
}

#[test]
fn a_published_trial_agrees_and_says_whether_talks_fit() {
    let settings = [
        "replicates=3",
        "uncertainty.parameter_draws=4",
        "uncertainty.replicates_per_draw=2",
        "question.kind=payback",
    ];
    for lang in ["nl", "en"] {
        let found = report("brabantse-wal", lang, &settings);
        all(&found);
        // Needed and available, as the plan has them.
        let fip = &found.facts["arms"][1];
        let whole = |key: &str| format!("{:.0}", fip[key].as_f64().unwrap());
        let first = text(found.first());
        let [needed, slots] = ["asked_per_month", "slots_per_month"].map(whole);
        let sentence = match lang {
            "nl" => format!("FIP: {needed} gesprekken per maand nodig, {slots} plekken: "),
            _ => format!("FIP: {needed} talks a month needed, {slots} slots: "),
        };
        assert!(first.contains(&sentence), "{sentence}: {first}");
        let lives = between(&found.html, "Dit is geen echte persoon.", "<").len()
            + between(&found.html, "This is not a real person.", "<").len();
        assert!((1..=3).contains(&lives), "{lives} lives");
    }
}

#[test]
fn plans_of_other_sizes_and_horizons_are_compared_with_numbers_that_agree() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |name: &str, months: u32, participants: u32, caseworkers: u32, interval: u32| {
        let text = format!(
            "extends = \"lange-adem\"\nname = \"{name}\"\ntitle = \"Plan {name}\"\nhorizon_months = {months}\nquestion.kind = \"payback\"\n\
             replicates = 6\n[arm.regular]\nparticipants = {participants}\n[arm.fip]\nparticipants = {participants}\ncaseworkers = {caseworkers}\n\
             [service.fip]\ninterval_months = {interval}\n[uncertainty]\nparameter_draws = 4\nreplicates_per_draw = 2\n\
             [analysis]\ncut_off_months = [12, 24]\n"
        );
        fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    };
    plan("een", 24, 60, 1, 3);
    plan("twee", 36, 40, 2, 1);
    let done = Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder.path())
        .args(["compare", "een.toml", "twee.toml", "--lang", "nl", "--out", "out"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let html = fs::read_to_string(folder.path().join("out/report.html")).unwrap();
    let comparison: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/comparison.json")).unwrap())
            .unwrap();
    let found = Report { html, summary: comparison["results"][0].clone(), facts: Value::Null, dutch: true };
    let page = text(&found.html.replace("<style>", "<style hidden>"));
    for words in ["Het antwoord", "De plannen lopen niet even lang", "na 24 maanden"] {
        let other = words.replace("24 maanden", "2\u{a0}jaar");
        assert!(page.contains(words) || page.contains(&other), "{words}");
    }
    // What differs in the input is told once.
    let inputs = found.table(["Invoer die niet gelijk is", ""]);
    let horizon = inputs.iter().find(|row| row[0] == "Looptijd").unwrap();
    assert_eq!(horizon[1..], ["2\u{a0}jaar", "3\u{a0}jaar"]);
    assert_eq!(page.matches("Looptijd").count(), 1);
    // A line on the terminal for what the page says first.
    let told = String::from_utf8(done.stdout).unwrap();
    let answer = text(between(&found.html, "<p class=\"answer\">", "</p>")[0]).replace('\u{2060}', "");
    assert!(told.contains(&answer), "{told} {answer}");
    assert!(!told.contains('\u{fffd}'), "{told}");
    // Difference, first plan, second plan: as printed they add up, and no row says nothing.
    let mut seen = 0;
    for (caption, rows) in found.tables() {
        let one_arm = caption.contains("per klant, na") || caption.starts_with("Effect per klant");
        for row in rows.iter().filter(|row| one_arm && row.len() == 4) {
            let number =
                |at: usize| found.number(&row[at]).unwrap_or_else(|| panic!("{caption}: {row:?}")).value;
            let (difference, first, second) = (number(1), number(2), number(3));
            assert!((first + difference - second).abs() < 1e-6 * first.abs().max(1.0), "{caption}: {row:?}");
            assert!([difference, first, second].iter().any(|value| *value != 0.0), "{caption}: {row:?}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen} rows");
    // A plan that ends at the common month has one number, also where plans of other sizes stand beside it.
    let common = found.table(["Totalen voor de gemeente: effect van elk plan na 2", ""]);
    let whole = found.table(["Totalen voor de gemeente: effect van elk plan na zijn", ""]);
    for (row, other) in common.iter().zip(&whole) {
        assert_eq!(row[2], other[1], "{row:?} {other:?}");
    }
    assert!(common.len() > 3, "{common:?}");
    // The difference is that of comparison.json: the effect in exits, at the last common month.
    let rows = found.table(["Effect per klant", "Effect per client"]);
    let row = rows.iter().find(|row| row[0].starts_with("Uit de bijstand")).unwrap();
    let draws = comparison["differences"][1]["draws"]["draws"].as_array().unwrap();
    let exits = |draw: &Value| -> f64 {
        let series = draw["difference"][1].as_array().unwrap();
        let own = series.iter().find(|own| own["measure"] == "exits" && own["label"] == "").unwrap();
        own["mean"].as_array().unwrap().last().unwrap().as_f64().unwrap()
    };
    let exact = 100.0 * draws.iter().map(exits).sum::<f64>() / draws.len() as f64;
    let printed = found.number(&row[1]).unwrap();
    assert!((printed.value - exact).abs() <= 0.5 * printed.unit + 1e-6, "{printed:?} {exact}");
}

/// A study of a year that takes a moment.
const SMALL_STUDY: [&str; 5] = [
    "horizon_months=12",
    "analysis.cut_off_months=[6, 12]",
    "analysis.sizes=[1.0]",
    "arm.regular.participants=40",
    "arm.fip.participants=40",
];

#[test]
fn power_with_draws_says_first_what_uncertain_assumptions_make_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_stapjes"))
            .current_dir(folder.path())
            .args(["power", "lange-adem", "--replicates", "4", "--draws", "6", "--lang", "nl"])
            .args(more)
            .args(SMALL_STUDY.iter().flat_map(|setting| ["--set", *setting]))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let done = run(&["--out", "out"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(told.starts_with("Uitstroom naar werk, FIP:") && told.contains("(primair)"), "{told}");
    assert!(
        !told.contains("exit_to_work") && !told.contains("cox_robust"),
        "names of files in a table: {told}"
    );
    let json: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/power.json")).unwrap()).unwrap();
    let curves = json["assurance"]["curves"].as_array().unwrap();
    let own = curves
        .iter()
        .find(|own| own["endpoint"] == "exit_to_work" && own["primary"] == true && own["story"].is_null())
        .unwrap();
    let share = own["at"].as_array().unwrap().last().unwrap()["assurance"]["value"].as_f64().unwrap();
    let sentence = told.lines().find(|line| line.starts_with("Met onzekere aannames")).unwrap();
    assert!(sentence.contains(&format!("{:.0}% kans", 100.0 * share)), "{sentence} {share}");
    let page = text(&fs::read_to_string(folder.path().join("out/power.html")).unwrap());
    assert!(page.contains(sentence), "{sentence}");
    let quiet = run(&["-q"]);
    assert!(quiet.status.success() && quiet.stdout.is_empty() && quiet.stderr.is_empty(), "-q says nothing");
}

#[test]
fn pages_of_power_and_duration_begin_with_the_answer_and_end_with_methods() {
    let folder = tempfile::tempdir().unwrap();
    for (command, lang, words) in [
        (
            "power",
            "nl",
            ["Het antwoord", "Methoden, voor een onderzoeksprotocol", "(primair)", "Consulenten zijn"],
        ),
        (
            "duration",
            "en",
            ["The answer", "Methods, for a study protocol", "primary test", "Caseworkers are"],
        ),
    ] {
        let out = folder.path().join(command);
        let done = Command::new(env!("CARGO_BIN_EXE_stapjes"))
            .current_dir(folder.path())
            .args([command, "lange-adem", "--replicates", "6", "--lang", lang, "--out"])
            .arg(&out)
            .args(SMALL_STUDY.iter().flat_map(|setting| ["--set", *setting]))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let html = fs::read_to_string(out.join(format!("{command}.html"))).unwrap();
        let page = text(&html.replace("<style>", "<style hidden>"));
        for word in words {
            assert!(page.contains(word), "{command}: {word}");
        }
        assert!(page.contains(&format!("stapjes {command} lange-adem --replicates 6")), "the command");
        // The question is about work: its sentence is the first.
        let answer = html.split_once("id=\"answer\"").unwrap().1;
        let first = text(between(answer, "<p>", "</p>")[0]);
        let work = if lang == "nl" { "Uitstroom naar werk" } else { "Exits to work" };
        assert!(first.starts_with(work), "{first}");
        if command == "power" {
            let json: Value =
                serde_json::from_str(&fs::read_to_string(out.join("power.json")).unwrap()).unwrap();
            let cells = json["cells"].as_array().unwrap();
            let is_it = |cell: &&Value| {
                cell["endpoint"] == "exit_to_work" && cell["primary"] == true && cell["months"] == 12
            };
            let power = cells.iter().find(is_it).unwrap()["power"]["value"].as_f64().unwrap();
            assert!(first.contains(&format!("{:.0}%", power * 100.0)), "{first} {power}");
        }
        assert!(!html.replace("http://www.w3.org/2000/svg", "").contains("://"), "nothing from elsewhere");
    }
}
