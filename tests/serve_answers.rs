//! The planner's desk: what the page shows is what `stapjes run` computes, and problems stand at their fields.

#![cfg(feature = "serve")]
#![allow(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Value, json};
use stapjes::app::Stop;
use stapjes::serve::{AnswerLine, Desk, Planner, PrecisionGoal};

fn planner() -> Planner {
    Planner::new(2, PrecisionGoal { replicates: Some(10), draws: Some(8) })
}

/// A small municipality: the same questions in a second.
fn form() -> Value {
    json!({
        "inhabitants": "9.000", "benefits": "150", "far_clients": "90", "caseworkers_now": "0,6", "caseworkers_fip": "0,6",
        "years": "1", "talks_per_year": "4", "hour_price": "68,50", "benefit_price": "€ 1.350", "fixed_caseworker": "true"
    })
}

fn lines(planner: &Planner, asked: &Value) -> Vec<AnswerLine> {
    let heard = Mutex::new(Vec::new());
    planner.run(asked, &Stop::default(), &|line| {
        heard.lock().unwrap().push(line);
        true
    });
    heard.into_inner().unwrap()
}

/// The first impression and the final answer.
fn answers(planner: &Planner, asked: &Value) -> [Value; 2] {
    let mut shown = Vec::new();
    for line in lines(planner, asked) {
        match line {
            AnswerLine::Answer { first, shown: new } => {
                assert_eq!(first, shown.is_empty(), "the impression comes first");
                shown.push(new);
            }
            AnswerLine::Refused { problems } => panic!("{problems}"),
            AnswerLine::Progress { done, total } => assert!(done <= total),
        }
    }
    shown.try_into().unwrap()
}

fn stapjes(folder: &Path, words: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_stapjes")).current_dir(folder).args(words).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn page_run_report_and_workbook_say_the_same() {
    let (planner, folder) = (planner(), tempfile::tempdir().unwrap());
    let mut asked = json!({ "lang": "nl", "question": "work", "form": form() });
    let [_, shown] = answers(&planner, &asked);
    let mut file = |name: &str| {
        asked["file"] = name.into();
        planner.file(&asked, &Stop::default()).unwrap()
    };
    let scenario = file("scenario");
    std::fs::write(folder.path().join(&scenario.name), &scenario.bytes).unwrap();
    // The command that the page shows, word for word.
    let command = shown["command"].as_str().unwrap();
    assert_eq!(command, "stapjes run onze-gemeente.toml --replicates 10 --draws 8 --lang nl");
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--quiet", "--out", "made"]).collect();
    stapjes(folder.path(), &words);
    let made = |name: &str| std::fs::read(folder.path().join("made").join(name)).unwrap();
    assert!(file("workbook").bytes == made("results.xlsx"), "the workbook is the run's, byte for byte");
    let report = String::from_utf8(made("report.html")).unwrap();
    assert!(file("report-nl").bytes == report.as_bytes(), "the report is the run's, byte for byte");
    let text = report.replace("&#39;", "'");
    for said in
        [&shown["sentence"], &shown["interval"], &shown["figures"][0]["value"], &shown["figures"][3]["value"]]
    {
        let said = said.as_str().unwrap();
        assert!(!said.is_empty() && text.contains(said), "the report lacks {said:?}");
    }
    let mut zipped = unzipped(file("figures").bytes);
    assert!(zipped.remove("curves.csv").unwrap() == made("curves.csv"));
    let drawn = std::fs::read_dir(folder.path().join("made/figures")).unwrap().count();
    assert_eq!(zipped.len(), drawn);
    for (name, bytes) in &zipped {
        assert!(*bytes == made(&format!("figures/{name}")), "{name}");
    }
}

#[test]
fn a_variant_has_its_figures_in_both_languages_and_another_question_needs_no_second_run() {
    let planner = planner();
    let [first, shown] = answers(&planner, &json!({ "lang": "nl", "question": "payback", "form": form() }));
    assert!(first["sentence"] != "" && shown["hash"] != first["hash"]);
    let english = json!({ "lang": "en", "question": "payback", "toml": toml(&planner, "payback") });
    let [_, same] = answers(&planner, &english);
    assert_eq!(same["hash"], shown["hash"], "the form's file is the form");
    for (lang, page, [clients, talks]) in [
        (
            "nl",
            &shown,
            ["klanten: bij de start en ingestroomd", "gesprekken per maand bij de start: nodig, plekken"],
        ),
        ("en", &same, ["clients: at the start and come in", "talks a month at the start: needed, slots"]),
    ] {
        let pinned = shown["pins"][lang].as_array().unwrap();
        assert_eq!((&pinned[0]["label"], &pinned[1]["label"]), (&clients.into(), &talks.into()));
        assert!(
            pinned[0]["value"].as_str().unwrap().chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
        );
        assert_eq!(pinned[2..], page["figures"].as_array().unwrap()[..]);
    }
}

fn unzipped(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(entry.name().unwrap().into_owned(), bytes);
    }
    files
}

#[test]
fn the_export_asks_what_the_page_asks_and_another_question_repeats_only_the_drivers() {
    let planner = Planner::new(2, PrecisionGoal { replicates: Some(4), draws: Some(16) });
    let mut asked = json!({ "lang": "nl", "question": "payback", "form": form() });
    let [_, payback] = answers(&planner, &asked);
    asked["question"] = "signals".into();
    let began = Mutex::new(Vec::new());
    planner.run(&asked, &Stop::default(), &|line| {
        began.lock().unwrap().push(line);
        true
    });
    // The first impression was there; of the rest only the paired runs of the drivers are new.
    let totals: Vec<u64> = began
        .lock()
        .unwrap()
        .iter()
        .filter_map(|line| match line {
            AnswerLine::Progress { total, .. } => Some(*total),
            _ => None,
        })
        .collect();
    assert!(totals.iter().all(|total| *total <= 2 * 16 * 6), "{totals:?}");
    let last = began.into_inner().unwrap().pop();
    let Some(AnswerLine::Answer { first: false, shown }) = last else { panic!("{last:?}") };
    assert_ne!(shown["sentence"], payback["sentence"]);
    assert_eq!(shown["figures"][1]["value"], payback["figures"][1]["value"], "the same results");
    // As if it had been asked at once, byte for byte.
    let fresh = Planner::new(1, PrecisionGoal { replicates: Some(4), draws: Some(16) });
    for (file, lang) in [("report-nl", "nl"), ("report-en", "en")] {
        asked["file"] = file.into();
        let of = |planner: &Planner| planner.file(&asked, &Stop::default()).unwrap().bytes;
        let report = of(&planner);
        assert!(report == of(&fresh), "{file}");
        let report = String::from_utf8(report).unwrap();
        let question = if lang == "nl" {
            "Wordt meer gezien wat niet klopt?"
        } else {
            "Is more seen of what is not right?"
        };
        assert!(report.contains(question), "{file} asks what the page asks");
    }
    let report = String::from_utf8(fresh.file(&asked, &Stop::default()).unwrap().bytes).unwrap();
    assert!(!report.contains("Does it pay for itself?"));
    // A file of one's own keeps its question unless the page asks another.
    let own = toml(&planner, "work");
    assert!(own.contains("question.kind = \"work\""), "{own}");
    let check = |question: &str| {
        planner.check(&json!({ "lang": "nl", "toml": own, "question": question }))["question"].clone()
    };
    assert_eq!((check(""), check("steps")), ("work".into(), "steps".into()));
    let other = json!({ "lang": "nl", "toml": own, "question": "steps" });
    let [_, shown] = answers(&planner, &other);
    assert_eq!(
        shown["command"],
        "stapjes run onze-gemeente.toml --set question.kind=steps --replicates 4 --draws 16 --lang nl"
    );
}

#[test]
fn the_difference_between_variants_is_that_of_compare_with_its_own_error() {
    let (planner, folder) = (planner(), tempfile::tempdir().unwrap());
    let with = |name: &str, value: &str| {
        let mut form = form();
        form[name] = value.into();
        json!({ "lang": "nl", "question": "work", "form": form })
    };
    let usual = with("years", "1");
    let variants = |list: &[(&str, &Value)]| -> Value {
        let list: Vec<Value> =
            list.iter().map(|(name, asked)| json!({ "name": name, "asked": asked })).collect();
        json!({ "lang": "nl", "question": "payback", "variants": list })
    };
    let often = with("talks_per_year", "8");
    let mut asked = variants(&[("zo \"laten\" <b>", &usual), ("vaker", &often), ("ook zo", &usual)]);
    let [first, shown] = answers(&planner, &asked);
    assert_ne!(first["tables"], shown["tables"]);
    let (said, tables) = (texts(&shown["sentences"]), shown["tables"].as_str().unwrap());
    let named = |name: &str| said.iter().filter(|own| own.starts_with(&format!("{name}: "))).count();
    assert_eq!([named("zo \"laten\" <b>"), named("vaker"), named("ook zo")], [1, 1, 1], "{said:?}");
    assert!(said.last().unwrap().starts_with("“ook zo” doet precies hetzelfde als"), "{said:?}");
    assert!(
        tables.contains("±") && tables.contains("zo &#34;laten&#34; &#60;b&#62;") && !tables.contains("<b>"),
        "{tables}"
    );
    let notes = texts(&shown["notes"]).join(" ");
    assert!(notes.contains("Verdient het zich terug?") && !notes.contains("lopen niet even lang"), "{notes}");
    assert_eq!(texts(&shown["changes"]).len(), 1, "only how often they talk: {}", shown["changes"]);
    assert!(shown["figure"].as_str().unwrap().contains("<svg"));
    // The archive is what the command makes of the files in it.
    asked["file"] = "comparison".into();
    let archive = unzipped(planner.file(&asked, &Stop::default()).unwrap().bytes);
    let command = shown["command"].as_str().unwrap();
    assert!(command.starts_with(
        "stapjes compare variant-1.toml variant-2.toml variant-3.toml --replicates 10 --draws 8"
    ));
    is_what_the_command_makes(&archive, command, folder.path());
    // Wrong variants are named.
    let problems = |asked: &Value| match lines(&planner, asked).pop() {
        Some(AnswerLine::Refused { problems }) => problems[0]["message"].as_str().unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(problems(&variants(&[("een", &usual)])), "vergelijk twee tot zes varianten");
    let wrong = with("hour_price", "veel");
    assert!(problems(&variants(&[("een", &usual), ("twee", &wrong)])).starts_with("twee (hour_price): "));
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// The archive of a comparison holds what its command makes of the scenarios in it, byte for byte.
fn is_what_the_command_makes(archive: &BTreeMap<String, Vec<u8>>, command: &str, folder: &Path) {
    for (name, bytes) in archive.iter().filter(|(name, _)| name.ends_with(".toml")) {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--quiet", "--out", "made"]).collect();
    stapjes(folder, &words);
    assert!(archive.contains_key("figures/compare-difference.svg") && archive.contains_key("results.xlsx"));
    for (name, bytes) in archive.iter().filter(|(name, _)| !name.ends_with(".toml")) {
        assert!(*bytes == std::fs::read(folder.join("made").join(name)).unwrap(), "{name}");
    }
}

#[test]
fn variants_of_other_sizes_and_years_are_compared_per_client_and_in_totals() {
    let planner = Planner::new(2, PrecisionGoal { replicates: Some(4), draws: Some(4) });
    let folder = tempfile::tempdir().unwrap();
    let with = |changes: &[(&str, &str)]| {
        let mut form = form();
        for (name, value) in changes {
            form[*name] = (*value).into();
        }
        json!({ "lang": "nl", "question": "steps", "form": form })
    };
    let variants = json!([
        { "name": "klein", "asked": with(&[]) },
        { "name": "langer", "asked": with(&[("years", "2")]) },
        { "name": "groter", "asked": with(&[("far_clients", "140"), ("caseworkers_fip", "0,9"), ("hour_price", "90")]) },
    ]);
    let mut asked = json!({ "lang": "nl", "question": "steps", "variants": variants });
    let [_, shown] = answers(&planner, &asked);
    let notes = texts(&shown["notes"]).join(" ");
    assert!(notes.contains("lopen niet even lang") && notes.contains("na 12\u{a0}maanden"), "{notes}");
    let changes = texts(&shown["changes"]).join(" ");
    for change in [
        "Looptijd: ",
        "FIP, klanten bij de start: 90 (klein); 90 (langer); 140 (groter)",
        "FIP, consulenten: ",
    ] {
        assert!(changes.contains(change), "{change}: {changes}");
    }
    let tables = tables_of(shown["tables"].as_str().unwrap());
    let [totals, own, per_client] = &tables[..] else { panic!("{tables:?}") };
    assert_eq!(totals[0][1..], ["verschil langer", "verschil groter", "klein", "langer", "groter"]);
    assert_eq!(totals[1][1..], ["0", "+50", "90", "90", "140"], "clients");
    assert_eq!(own[0][1..], ["klein (12\u{a0}maanden)", "langer (2\u{a0}jaar)", "groter (12\u{a0}maanden)"]);
    assert_eq!(own.len(), totals.len(), "the same outcomes");
    let step = per_client.iter().find(|row| row[0] == "Klanten met een zichtbare stap").unwrap();
    // The same plan for longer is the same until then.
    assert!(step[1] == "gelijk" && step[2].contains('±'), "{step:?}");
    // The numbers: those of comparison.json at the month that all report, in people of each plan's own size.
    asked["file"] = "comparison".into();
    let archive = unzipped(planner.file(&asked, &Stop::default()).unwrap().bytes);
    let found: Value = serde_json::from_slice(&archive["comparison.json"]).unwrap();
    let center = |part: &str, plan: usize| -> f64 {
        let own = &found[part][plan];
        let months: Vec<u64> =
            own["months"].as_array().unwrap().iter().map(|at| at.as_u64().unwrap()).collect();
        let at = months.iter().position(|month| *month == 12).unwrap();
        let draws = own["draws"]["draws"].as_array().unwrap();
        let of = |draw: &Value| {
            let series = draw["difference"][1].as_array().unwrap();
            let step = series.iter().find(|own| own["measure"] == "activated").unwrap();
            step["mean"][at].as_f64().unwrap()
        };
        draws.iter().map(of).sum::<f64>() / draws.len() as f64
    };
    let row = totals.iter().find(|row| row[0] == "mensen met een zichtbare stap").unwrap();
    let printed = |cell: &str| -> f64 {
        if cell == "gelijk" {
            return 0.0;
        }
        let number = cell.split([' ', '\u{a0}']).next().unwrap().replace('.', "").replace(',', ".");
        number.replace('\u{2212}', "-").trim_start_matches('+').parse().unwrap()
    };
    // Few replicates: what is printed may be rounded to tens.
    let unit = |value: f64| if value % 10.0 == 0.0 { 10.0 } else { 1.0 };
    for (plan, clients) in [(0, 90.0), (1, 90.0), (2, 140.0)] {
        let (shown, level) = (printed(&row[3 + plan]), clients * center("results", plan));
        assert!((shown - level).abs() <= unit(shown), "{plan}: {row:?} {level}");
    }
    for plan in [1, 2] {
        // Per client from the paired difference; 50 clients are in the largest plan only.
        let more = if plan == 2 { 50.0 * center("results", 2) } else { 0.0 };
        let (shown, exact) = (printed(&row[plan]), 90.0 * center("differences", plan) + more);
        assert!((shown - exact).abs() <= 0.5 * unit(shown) + 1e-9, "{plan}: {row:?} {exact}");
        assert_eq!(printed(&row[3]) + shown, printed(&row[3 + plan]), "as printed: {row:?}");
    }
    is_what_the_command_makes(&archive, shown["command"].as_str().unwrap(), folder.path());
    // What cannot be compared is said with the reason, not shown as numbers.
    let table = json!({ "lang": "nl", "toml": "extends = \"verification/ladder-6\"\n" });
    let wrong = json!({ "lang": "nl", "question": "steps", "variants": [
        { "name": "klein", "asked": with(&[]) }, { "name": "tabel", "asked": table },
    ] });
    let Some(AnswerLine::Refused { problems }) = lines(&planner, &wrong).pop() else { panic!("not refused") };
    assert!(problems[0]["message"].as_str().unwrap().contains("van een andere soort"), "{problems}");
}

/// The tables in a page: rows of cells, the headings first.
fn tables_of(html: &str) -> Vec<Vec<Vec<String>>> {
    let plain = |cell: &str| {
        let mut inside = false;
        let letters = cell.chars().filter(|letter| {
            inside = (inside || *letter == '<') && *letter != '>';
            !inside && *letter != '>'
        });
        letters.collect::<String>().trim().to_owned()
    };
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("</th>", "</td>");
        row.split("</td>").filter(|cell| cell.contains("<t")).map(plain).collect()
    };
    let rows = |table: &str| table.split("</tr>").filter(|row| row.contains("<tr")).map(cells).collect();
    html.split("</table>")
        .filter(|part| part.contains("<table"))
        .map(|part| rows(part.split_once("</caption>").map_or(part, |(_, rest)| rest)))
        .collect()
}

fn toml(planner: &Planner, question: &str) -> String {
    let asked = json!({ "lang": "nl", "question": question, "form": form(), "file": "scenario" });
    String::from_utf8(planner.file(&asked, &Stop::default()).unwrap().bytes).unwrap()
}

#[test]
fn a_study_says_what_it_sees_and_goes_into_the_report() {
    let planner = planner();
    let mut asked = json!({ "lang": "nl", "question": "study", "form": form() });
    let [first, shown] = answers(&planner, &asked);
    assert!(first["interval"].as_str().unwrap().contains("40 gesimuleerde onderzoeken"));
    assert!(shown["interval"].as_str().unwrap().contains("10 gesimuleerde onderzoeken"));
    let sentence = shown["sentence"].as_str().unwrap().replace('\u{a0}', " ");
    assert!(sentence.starts_with("Een onderzoek met 180 klanten, 12 maanden gevolgd, ziet "), "{sentence}");
    assert!(shown["main_figure"].as_str().unwrap().contains("<svg"));
    assert_eq!(shown["command"], "stapjes power onze-gemeente.toml --replicates 10 --lang nl");
    asked["file"] = "report-nl".into();
    let report = String::from_utf8(planner.file(&asked, &Stop::default()).unwrap().bytes).unwrap();
    assert!(report.contains("Kans dat een onderzoek van deze omvang het verschil ziet"));
}

#[test]
fn what_the_scenario_does_not_allow_stands_at_the_field_it_came_from() {
    let planner = planner();
    let check = |form: Value| planner.check(&json!({ "lang": "nl", "form": form }));
    let with = |name: &str, value: Value| {
        let mut form = form();
        form[name] = value;
        check(form)["problems"].clone()
    };
    assert_eq!(check(form())["problems"], json!([]));
    let budget = |inhabitants: &str| {
        let mut form = form();
        form["inhabitants"] = inhabitants.into();
        check(form)["budget"].as_str().unwrap().to_owned()
    };
    assert!(budget("9.000").contains("gaat later weer van haar budget af"));
    assert!(budget("25.000").contains("mengsel") && budget("60.000").contains("landelijke formule"));
    for (name, value, field) in [
        ("hour_price", json!("duizend"), "hour_price"),
        ("caseworkers_fip", json!("0"), "caseworkers_fip"),
        ("far_clients", json!("151"), "far_clients"),
        ("assumptions", json!({ "distance.decay": "7.000.000" }), "assumptions.distance.decay"),
        ("assumptions", json!({ "costs.benefit_month_extra": "1" }), "assumptions.costs.benefit_month_extra"),
        ("assumptions", json!({ "costs.recovery_share": "250 %" }), "assumptions.costs.recovery_share"),
    ] {
        let problems = with(name, value.clone());
        assert_eq!(problems[0]["field"], field, "{name} = {value}: {problems}");
        assert!(
            !problems[0]["message"].as_str().unwrap().contains("regel"),
            "nobody knows lines of a form: {problems}"
        );
    }
    let own = planner.check(&json!({ "lang": "nl", "toml": "extends = \"lange-adem\"\nhorizont = 3\n" }));
    assert!(own["problems"][0]["message"].as_str().unwrap().starts_with("regel 2: "), "{own}");
    let huge = planner
        .check(&json!({ "lang": "nl", "toml": "extends = \"lange-adem\"\nlimits.max_hours = 1e-9\n" }));
    assert!(
        huge["problems"][0]["message"].as_str().unwrap().contains("tijd: ongeveer"),
        "limits hold: {huge}"
    );
    let hostile = with("assumptions", json!({ "x = 1\n[[arm]]\nname": "3" }));
    assert!(hostile[0]["message"].as_str().is_some(), "a path is no way into the file: {hostile}");
}
