//! `stapjes analyze` and `stapjes design` as they are typed: tables, JSON, and what is said when something is wrong.
// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Leukaemia data of R's survival package (`aml`, first rows of each arm), with a caseworker, a site and two causes.
const STUDY: &str = "\
id,months,left,arm,caseworker,site
1,9,work,talks,k1,north
2,13,work,talks,k2,north
3,13,0,talks,k3,south
4,18,moved,talks,k1,north
5,23,work,talks,k2,south
6,28,0,talks,k3,south
7,5,work,usual,k4,north
8,5,work,usual,k5,south
9,8,moved,usual,k6,north
10,8,work,usual,k4,south
11,12,work,usual,k5,north
12,16,0,usual,k6,south
";

const ROLES: [&str; 6] = ["--time", "months", "--status", "left", "--arm", "arm"];

fn stapjes(place: &Path, command: &str, arguments: &[&str]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_stapjes"));
    process.env("STAPJES_LANG", "en");
    process.current_dir(place).env("NO_COLOR", "1").arg(command).args(arguments).output().unwrap()
}

/// Runs `analyze` on a file with this text.
fn analyze(csv: &str, arguments: &[&str]) -> Output {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("data.csv"), csv).unwrap();
    let output = stapjes(place.path(), "analyze", &[&["data.csv"], arguments].concat());
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!said.contains("panicked") && !said.contains("NaN"), "{said}");
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(csv: &str, arguments: &[&str]) -> Value {
    let output = analyze(csv, &[arguments, &["--json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
}

fn results<'a>(analysis: &'a Value, name: &str) -> Vec<&'a Value> {
    analysis["results"].as_array().unwrap().iter().filter(|result| result["name"] == name).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[track_caller]
fn fails(csv: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let output = analyze(csv, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} should say \"{word}\": {said}");
    }
}

#[test]
fn tables_for_people_and_every_key_for_programs() {
    let everything = [&ROLES[..], &["--cluster", "caseworker", "--strata", "site"]].concat();
    let output = analyze(STUDY, &everything);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for words in ["12 rows", "usual 6 rows, 5 events", "log-rank", "gray", "cox-robust", "hazard ratio"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("--strata is not used by kaplan-meier"), "{said}");
    let analysis = json(STUDY, &everything);
    assert_eq!(analysis["rows"], 12);
    assert_eq!(analysis["arms"][0]["name"], "usual", "the usual service is the control");
    assert_eq!(analysis["causes"][1]["name"], "work");
    assert_eq!(analysis["causes"][1]["events"], 7);
    for result in analysis["results"].as_array().unwrap() {
        for key in ["name", "label", "estimand", "convention"] {
            assert!(result[key].is_string(), "{key}: {result}");
        }
    }
    let log_rank = results(&analysis, "log-rank")[0];
    for key in ["statistic", "degrees_of_freedom", "p_value"] {
        assert!(number(&log_rank[key]) >= 0.0, "{log_rank}");
    }
    assert_eq!(log_rank["details"]["observed"].as_array().unwrap().len(), 2);
}

/// R 4.2, survival 3.5-3: survdiff(Surv(months, left == "work") ~ arm + strata(site)); survfit(conf.type = "log").
#[test]
fn one_cause_within_strata() {
    let analysis = json(
        STUDY,
        &[&ROLES[..], &["--cause", "work", "--strata", "site", "--interval", "log", "--at", "12"]].concat(),
    );
    let test = results(&analysis, "log-rank")[0];
    assert!((number(&test["statistic"]) - 3.537_327_856_970_28).abs() < 1e-12, "{test}");
    let usual = results(&analysis, "kaplan-meier")[0];
    assert!((number(&usual["value"]) - 0.25).abs() < 1e-14, "{usual}");
    assert!((number(&usual["standard_error"]) - 0.204_124_145_231_932).abs() < 1e-14);
    assert!((number(&usual["interval"]["lower"]) - 0.050_458_793_138_941_7).abs() < 1e-14);
    assert!((number(&usual["interval"]["upper"]) - 1.0).abs() < 1e-14);
}

#[test]
fn arguments_are_part_of_the_name() {
    let tests = "fleming-harrington(0,1), fleming-harrington(1,0),rmst(10)";
    let analysis = json(STUDY, &[&ROLES[..], &["--tests", tests]].concat());
    for name in ["fleming-harrington(0, 1)", "fleming-harrington(1, 0)"] {
        assert_eq!(results(&analysis, name).len(), 1, "{name}: {analysis}");
    }
    assert!(!results(&analysis, "rmst(10)").is_empty());
}

#[test]
fn a_time_beyond_one_arm_withholds_that_time_only() {
    let arguments = [&ROLES[..], &["--tests", "kaplan-meier,milestone", "--at", "10,20,40"]].concat();
    let output = analyze(STUDY, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("not given: kaplan-meier, usual at 20"));
    let analysis = json(STUDY, &arguments);
    let curve = results(&analysis, "kaplan-meier");
    let given = |arm: &str, time: f64| {
        let at = format!("{arm} at {time}");
        let result = curve.iter().find(|result| result["label"] == at.as_str()).unwrap();
        assert_ne!(result["value"].is_number(), result["missing"].is_string(), "{result}");
        result["value"].is_number()
    };
    assert_eq!([10.0, 20.0, 40.0].map(|time| given("talks", time)), [true, true, false]);
    assert_eq!([10.0, 20.0, 40.0].map(|time| given("usual", time)), [true, false, false]);
    assert_eq!(results(&analysis, "milestone").iter().filter(|r| r["value"].is_number()).count(), 1);
    fails(STUDY, &[&ROLES[..], &["--tests", "km", "--at", "400"]].concat(), 65, &["beyond the follow-up"]);
}

#[test]
fn by_gives_every_part_its_own() {
    let by = json(STUDY, &[&ROLES[..], &["--by", "site", "--tests", "kaplan-meier,log-rank"]].concat());
    let north: String =
        STUDY.lines().filter(|line| !line.ends_with("south")).map(|l| format!("{l}\n")).collect();
    let alone = json(&north, &[&ROLES[..], &["--tests", "kaplan-meier,log-rank"]].concat());
    let of_north: Vec<&Value> = by["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["details"]["by"] == "site=north")
        .collect();
    assert_eq!(of_north.len(), 3);
    for (part, whole) in of_north.into_iter().zip(alone["results"].as_array().unwrap()) {
        assert_eq!(
            part["label"].as_str().unwrap(),
            format!("site=north: {}", whole["label"].as_str().unwrap())
        );
        assert_eq!(part["statistic"], whole["statistic"]);
        assert_eq!(part["details"]["probability"], whole["details"]["probability"]);
    }
}

#[test]
fn bad_rows_are_named_by_line() {
    let csv = "months,left,arm\n1,1,a\nx,1,b\n-3,1,a\ninf,0,b\n4,maybe,b\n";
    fails(
        csv,
        &ROLES,
        65,
        &["line 3: months is \"x\"", "line 4: months is \"-3\"", "line 5: months is \"inf\""],
    );
    let missing = "months,left,arm\n1,1,a\nNA,1,b\n3,1,b\n4,,a\n5,1,a\n";
    let output = analyze(missing, &ROLES);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.contains("2 rows left out") && said.contains("line 3: months missing"), "{said}");
    assert_eq!(json(missing, &ROLES)["rows_left_out"][1]["line"], 5);
    fails(
        "id,months,left,arm\n1,5,1,a\n1,6,1,b\n",
        &[&ROLES[..], &["--id", "id"]].concat(),
        65,
        &["line 3: id 1 stands on line 2 too"],
    );
}

#[test]
fn wrong_names_get_the_nearest() {
    let roles = ["--time", "month", "--status", "left", "--arm", "arm"];
    fails(STUDY, &roles, 65, &["no column \"month\"", "did you mean \"months\"", "caseworker"]);
    fails(STUDY, &[&ROLES[..], &["--control", "usuall"]].concat(), 65, &["no arm \"usuall\"", "usual"]);
    fails(STUDY, &[&ROLES[..], &["--cause", "werk"]].concat(), 65, &["moved, work"]);
    fails(STUDY, &[&ROLES[..], &["--tests", "lgorank"]].concat(), 2, &["did you mean"]);
    fails(STUDY, &["--time", "months"], 2, &["--status"]);
    fails(STUDY, &[&ROLES[..], &["--level", "95"]].concat(), 2, &["--level"]);
    let nowhere = tempfile::tempdir().unwrap();
    assert_eq!(
        stapjes(nowhere.path(), "analyze", &[&["no.csv"], &ROLES[..]].concat()).status.code(),
        Some(66)
    );
}

#[test]
fn data_that_cannot_answer_say_so() {
    let asked = |test: &'static str| [&ROLES[..], &["--tests", test]].concat();
    let one_arm = "months,left,arm\n1,1,a\n2,1,a\n3,0,a\n";
    fails(one_arm, &asked("log-rank"), 65, &["at least 2 arms"]);
    assert_eq!(analyze(one_arm, &ROLES).status.code(), Some(0), "the curves of one arm stand");
    let no_events = "months,left,arm\n1,0,a\n2,0,b\n3,0,a\n";
    fails(no_events, &asked("log-rank"), 65, &["no events"]);
    fails(no_events, &asked("cox"), 65, &["no events"]);
    let tied = "months,left,arm\n5,1,a\n5,1,a\n5,1,b\n5,1,b\n";
    fails(tied, &asked("log-rank"), 65, &["no variance"]);
    fails(tied, &asked("max-combo"), 65, &["weight"]);
    let empty_control = "months,left,arm\n5,1,a\n6,1,a\n7,0,b\n8,0,b\n";
    fails(empty_control, &asked("cox"), 65, &["rises without end", "score or log-rank test"]);
    let one_cluster = [&ROLES[..], &["--cluster", "k", "--tests", "cox-robust"]].concat();
    fails("months,left,arm,k\n5,1,a,1\n6,1,b,1\n7,1,a,1\n", &one_cluster, 65, &["at least 2 clusters"]);
    fails("", &ROLES, 65, &["data.csv"]);
    fails("months,left,arm\n", &ROLES, 65, &["data.csv"]);
}

/// R 4.2: prop.test(c(3, 4), c(6, 6), correct = FALSE)$p.value.
#[test]
fn outcomes_counts_and_p_values_need_no_times() {
    let outcomes =
        json(STUDY, &["--status", "left", "--arm", "arm", "--cause", "work", "--tests", "pearson"]);
    assert!((number(&results(&outcomes, "pearson")[0]["p_value"]) - 0.558_184_649_422_657).abs() < 1e-13);
    let counts = "arm,signals,years\na,3,10\na,1,8\nb,9,9\nb,4,11\n";
    let rates = json(counts, &["--arm", "arm", "--count", "signals", "--exposure", "years"]);
    assert!((number(&results(&rates, "rates")[0]["value"]) - 4.0 / 18.0).abs() < 1e-15);
    let adjusted = analyze("p\n0.01\n0.04\n", &["--p", "p"]);
    assert!(text(&adjusted.stdout).contains("0.02"), "{}", text(&adjusted.stdout));
}

/// The data set of a run works as documented, for the total outflow and for one reason.
#[test]
fn the_events_of_a_run_are_ready_to_analyze() {
    let place = tempfile::tempdir().unwrap();
    let quick = ["--draws", "0", "--replicates", "1", "--set", "horizon_months=36", "--events"];
    let made = stapjes(place.path(), "run", &quick);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let file = "output/lange-adem/events.csv";
    let roles = ["--time", "time", "--status", "status", "--arm", "arm", "--control", "regular"];
    let clustered = ["--cluster", "caseworker", "--json"];
    let all = stapjes(place.path(), "analyze", &[&[file], &roles[..], &clustered[..]].concat());
    let work = stapjes(
        place.path(),
        "analyze",
        &[&[file], &roles[..], &["--cause", "work"], &clustered[..]].concat(),
    );
    assert_eq!(all.status.code(), Some(0), "{}", text(&all.stderr));
    assert_eq!(work.status.code(), Some(0), "{}", text(&work.stderr));
    let (all, work): (Value, Value) =
        (serde_json::from_slice(&all.stdout).unwrap(), serde_json::from_slice(&work.stdout).unwrap());
    let events = |analysis: &Value| {
        analysis["arms"].as_array().unwrap().iter().map(|arm| arm["events"].as_u64().unwrap()).sum::<u64>()
    };
    assert!(events(&work) > 0 && events(&work) < events(&all));
    let mut rows = csv::Reader::from_path(place.path().join(file)).unwrap();
    let names = rows.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|header| header == name).unwrap();
    let (time, status) = (at("time"), at("status"));
    let mut left = 0;
    for row in rows.records().map(Result::unwrap) {
        let end: f64 = row[time].parse().unwrap();
        let exited = &row[at("exited")] == "1";
        let expected = if exited { &row[at("exit_month")] } else { &row[at("follow_up_months")] };
        assert_eq!(&row[time], expected);
        assert!(end > 0.0);
        assert_eq!(&row[status], if exited { &row[at("exit_reason_recorded")] } else { "0" });
        left += u64::from(&row[status] != "0");
    }
    assert_eq!(left, events(&all));
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/design");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_example_design_is_answered() {
    let place = tempfile::tempdir().unwrap();
    let mut kinds = Vec::new();
    for file in examples() {
        let name = file.to_str().unwrap();
        let output = stapjes(place.path(), "design", &[name, "--json"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        kinds.push(answer["kind"].as_str().unwrap().to_owned());
        let said = stapjes(place.path(), "design", &[name]);
        assert!(text(&said.stdout).contains(answer["title"].as_str().unwrap()), "{name}");
    }
    kinds.sort();
    kinds.dedup();
    let all =
        ["clusters", "counts", "events", "interim", "proportions", "sequential", "stepped-wedge", "survival"];
    assert_eq!(kinds, all);
}

#[test]
fn a_design_with_a_mistake_names_the_line_and_the_nearest_key() {
    let place = tempfile::tempdir().unwrap();
    let good = fs::read_to_string(examples().into_iter().find(|f| f.ends_with("late-effect.toml")).unwrap())
        .unwrap();
    let fails = |toml: &str, code: i32, words: &[&str]| {
        fs::write(place.path().join("design.toml"), toml).unwrap();
        let output = stapjes(place.path(), "design", &["design.toml"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        for word in words {
            assert!(said.contains(word), "should say \"{word}\": {said}");
        }
        assert!(!said.contains("panicked"), "{said}");
    };
    let line = good.lines().position(|line| line.starts_with("control_per_month")).unwrap() + 1;
    let wrong = good.replace("control_per_month", "control_per_mont");
    fails(&wrong, 65, &["control_per_mont", "control_per_month", &format!("design.toml:{line}")]);
    fails(&good.replace("alpha = 0.025", "alpha = 2.5"), 65, &["alpha"]);
    fails(&good.replace("kind = \"survival\"", "kind = \"survivel\""), 65, &["survivel", "survival"]);
    fails("kind = ", 65, &["design.toml:1"]);
    assert_eq!(stapjes(place.path(), "design", &["nothing.toml"]).status.code(), Some(66));
}

/// What a person reads is in the language asked for, whatever it is about; what a program reads is the same in every language.
#[test]
fn tables_notes_problems_and_refusals_speak_dutch() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("study.csv"), STUDY).unwrap();
    let in_dutch = |arguments: &[&str]| {
        let all = [&["study.csv"], &ROLES[..], arguments, &["--lang", "nl"]].concat();
        let output = stapjes(place.path(), "analyze", &all);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, tables, _) = in_dutch(&["--tests", "log-rank,cox,rmst,kaplan-meier", "--at", "12"]);
    assert_eq!(code, Some(0));
    for words in [
        "12 rijen; usual 6 rijen, 5 gebeurtenissen",
        "gelezen als: gescheiden door komma, UTF-8",
        "95%-interval",
        "gelijke hazards",
        "kans om te blijven",
        "talks op 12",
        "verschil in gemiddelde resterende tijd",
        "hazardratio",
        "gelijke tijden volgens Efron",
        "let op: rijen zijn geanalyseerd als onafhankelijk",
    ] {
        assert!(tables.contains(words), "{words} in\n{tables}");
    }
    for english in ["equal hazards", "estimand", " rows", " events", "interval of", " at 12", "note:"] {
        assert!(!tables.contains(english), "{english} in\n{tables}");
    }
    let (code, _, refused) = in_dutch(&["--tests", "cox-robust"]);
    assert_eq!(
        (code, refused.trim()),
        (Some(65), "stapjes: cox-robust: vraagt --time, --status en --cluster")
    );
    let (code, _, refused) = in_dutch(&["--tests", "lograng"]);
    assert_eq!(code, Some(2));
    assert!(refused.contains("onbekende toets \"lograng\"; bedoelt u \"logrank\"?"), "{refused}");
    let (code, _, refused) = in_dutch(&["--tests", "rmst", "--tau", "900"]);
    assert!(code == Some(65) && refused.contains("ligt voorbij de waarneming van groep usual"), "{refused}");
    // The data, with their lines.
    fs::write(place.path().join("study.csv"), STUDY.replace("1,9,work", "1,negen,work")).unwrap();
    let (code, _, problems) = in_dutch(&[]);
    assert_eq!(code, Some(65));
    assert!(
        problems.contains("regel 2: months is \"negen\"; het moet een eindig getal van 0 of meer zijn"),
        "{problems}"
    );
    fs::write(place.path().join("study.csv"), STUDY.replace("1,9,work", "1,,work")).unwrap();
    let (_, _, left_out) = in_dutch(&["--tests", "log-rank"]);
    assert!(left_out.contains("1 rijen weggelaten:\n  regel 2: months ontbreekt"), "{left_out}");
    let list =
        String::from_utf8(stapjes(place.path(), "analyze", &["--tests", "list", "--lang", "nl"]).stdout)
            .unwrap();
    assert!(list.contains("log-rank-toets op gelijke hazards") && list.contains(" vraagt "), "{list}");
    // JSON is the same in every language.
    fs::write(place.path().join("study.csv"), STUDY).unwrap();
    let (_, dutch, _) = in_dutch(&["--json"]);
    let english = stapjes(place.path(), "analyze", &[&["study.csv"], &ROLES[..], &["--json"]].concat());
    assert_eq!(dutch, String::from_utf8(english.stdout).unwrap());
}

#[test]
fn a_design_is_answered_in_dutch() {
    let place = tempfile::tempdir().unwrap();
    let design = |text: &str| {
        fs::write(place.path().join("design.toml"), text).unwrap();
        stapjes(place.path(), "design", &["design.toml", "--lang", "nl"])
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let found = design("kind = \"proportions\"\ntreated = 0.3\ncontrol = 0.2\nparticipants = 400\n");
    let answer = text(found.stdout);
    assert!(
        answer.contains("onderscheidend vermogen") && answer.contains("alfa") && answer.contains("0,05"),
        "{answer}"
    );
    let equal = design("kind = \"proportions\"\nsolve = \"size\"\ntreated = 0.2\ncontrol = 0.2\n");
    let answer = text(equal.stdout);
    assert!(answer.contains("de aandelen zijn gelijk") && answer.contains("haalbaar"), "{answer}");
    let wrong = design("kind = \"proportions\"\ntreated = 0.3\ncontrol = 0.2\n");
    assert_eq!(wrong.status.code(), Some(65));
    let problem = text(wrong.stderr);
    assert!(problem.contains("hoeveel deelnemers?") && problem.contains("fout"), "{problem}");
}
