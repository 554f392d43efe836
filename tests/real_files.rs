//! Files as Dutch offices save them, and inputs that other programs take wrongly without a word: each is a kind.
// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::process::{Command, Output};

fn run(bytes: &[u8], arguments: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("data.csv"), bytes).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_stapjes"));
    process.env("STAPJES_LANG", "en");
    process.current_dir(place.path()).args(["analyze", "data.csv"]).args(arguments.split_whitespace());
    process.output().unwrap()
}

fn json(bytes: &[u8], arguments: &str) -> Value {
    let output = run(bytes, &format!("{arguments} --json"));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// What a refusal says.
fn refusal(text: &str, arguments: &str) -> String {
    let output = run(text.as_bytes(), arguments);
    assert_eq!(output.status.code(), Some(65), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn value(analysis: &Value, label: &str) -> f64 {
    let all = analysis["results"].as_array().unwrap();
    let found = all.iter().find(|result| result["label"] == label);
    found.unwrap_or_else(|| panic!("{label} in {all:#?}"))["value"].as_f64().unwrap()
}

fn notes(analysis: &Value) -> String {
    analysis["notes"].to_string()
}

const ROLES: &str = "--time tijd --status status --arm arm";

#[test]
fn thousands_and_decimals_by_column() {
    let text = "tijd;status;arm\n980,25;1;fip\n1.100;0;regulier\n1.400;1;fip\n730,5;1;fip\n365;1;regulier\n";
    let found = json(text.as_bytes(), &format!("{ROLES} --tests median"));
    assert_eq!(value(&found, "fip, share 0.5"), 980.25);
    assert_eq!(value(&found, "fip, share 0.75"), 1400.0);
    // Nothing tells thousands from decimals: a note, and a way to say otherwise.
    let text = "tijd;status;arm\n1.250;1;regulier\n980;1;fip\n1.100;0;regulier\n1.400;1;fip\n";
    let guessed = json(text.as_bytes(), &format!("{ROLES} --tests median"));
    assert_eq!(value(&guessed, "fip, share 0.75"), 1400.0);
    assert!(notes(&guessed).contains("--decimal point"), "{}", notes(&guessed));
    let told = json(text.as_bytes(), &format!("{ROLES} --tests median --decimal point"));
    assert_eq!((value(&told, "fip, share 0.75"), notes(&told).contains("thousands")), (980.0, false));
    // Also in counts, exposures, outcomes and covariates.
    let text = "n;maanden;arm\n1;1.200,5;a\n2;800;b\n1;1.000;a\n";
    let rates = json(text.as_bytes(), "--count n --exposure maanden --arm arm --tests rates");
    assert!((value(&rates, "a") - 2.0 / 2200.5).abs() < 1e-12);
}

#[test]
fn separators_and_letters() {
    let rows = "3,5;1;regulier\r\n4,25;1;fip\r\n6,0;0;regulier\r\n8,1;1;fip\r\n";
    let plain = format!("tijd;status;arm\r\n{rows}");
    let files: [Vec<u8>; 5] = [
        plain.clone().into_bytes(),
        plain.replace(';', "\t").into_bytes(),
        format!("sep=;\r\n{plain}").into_bytes(),
        format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        format!("\u{feff}{plain}").into_bytes(),
    ];
    for file in files {
        let found = json(&file, &format!("{ROLES} --tests median"));
        assert_eq!(value(&found, "fip, share 0.25"), 4.25);
    }
    let old = json(b"tijd;status;arm\n3;1;be\xebindigd\n4;1;fip\n", &format!("{ROLES} --tests median"));
    assert_eq!(old["reading"]["encoding"], "Windows-1252");
    assert_eq!(old["arms"][0]["name"], "beëindigd");
    assert!(refusal("PK\u{3}\u{4}rest", ROLES).contains("save the sheet as CSV"));
}

#[test]
fn dates() {
    let text = "start;eind;status;arm\n01-02-2024;15-06-2024;1;regulier\n03-02-2024;20-07-2024;0;fip\n";
    let days = json(
        text.as_bytes(),
        "--from start --until eind --unit days --status status --arm arm --tests median",
    );
    assert_eq!(value(&days, "regulier, share 0.5"), 135.0);
    let months = json(text.as_bytes(), "--from start --until eind --status status --arm arm --tests median");
    assert!((value(&months, "regulier, share 0.5") - 135.0 / 30.4375).abs() < 1e-12);
    let american = text.replace("01-02-2024", "02/01/2024").replace("15-06-2024", "06/15/2024");
    let american = american.replace("03-02-2024", "02/03/2024").replace("20-07-2024", "07/20/2024");
    let found = json(
        american.as_bytes(),
        "--from start --until eind --unit days --status status --arm arm --tests median",
    );
    assert_eq!(value(&found, "regulier, share 0.5"), 135.0);
    // Who still runs has no end: followed until the cut-off.
    let open = "start;eind;status;arm\n01-02-2024;15-06-2024;1;a\n01-02-2024;;;a\n01-02-2024;;;b\n01-03-2024;20-03-2024;1;b\n";
    let cut = json(
        open.as_bytes(),
        "--from start --until eind --cut-off 31-12-2024 --unit days --status status --arm arm --tests rmst(200)",
    );
    assert_eq!((cut["rows"].as_u64(), cut["arms"][0]["events"].as_u64()), (Some(4), Some(1)));
    let wrong =
        refusal(&text.replace("15-06-2024", "15-06-2023"), "--from start --until eind --status status");
    assert!(wrong.contains("line 2: eind (15-06-2023) lies before start"), "{wrong}");
    assert!(
        refusal(&text.replace("15-06-2024", "31-06-2024"), "--from start --until eind --status status")
            .contains("line 2")
    );
}

#[test]
fn codes_and_labels() {
    let text = "tijd;status;arm\n3;1 - werk;regulier\n4;0 - lopend;fip\n5;1 - werk;regulier\n6;0 - lopend;fip\n\
                7;2 - verhuisd;fip\n8;0 - lopend;regulier\n";
    for cause in ["1", "werk", "Werk"] {
        let found = json(text.as_bytes(), &format!("{ROLES} --cause {cause} --tests log-rank"));
        let events: Vec<u64> = (0..2).map(|arm| found["arms"][arm]["events"].as_u64().unwrap()).collect();
        assert_eq!((events, &found["results"][0]["cause"]), (vec![2, 0], &Value::from("werk")), "{cause}");
    }
    assert!(refusal(text, &format!("{ROLES} --cause werkk")).contains("werk, verhuisd"));
    // Words without codes have no number 1.
    let words = text.replace("1 - ", "").replace("0 - ", "").replace("2 - ", "");
    assert!(refusal(&words, &format!("{ROLES} --cause 1")).contains("verhuisd, werk"));
}

#[test]
fn statuses_are_told() {
    let text = "tijd;status;arm\n3;werk;a\n4;verhuisd;b\n5;werk;b\n6;klaar;a\n";
    let all = json(text.as_bytes(), &format!("{ROLES} --tests log-rank"));
    assert!(
        notes(&all).contains("no row is censored") && notes(&all).contains("klaar (1 rows)"),
        "{}",
        notes(&all)
    );
    assert_eq!(all["reading"]["statuses"][0]["value"], "klaar");
    let told = json(text.as_bytes(), &format!("{ROLES} --censored klaar --tests log-rank"));
    assert!(!notes(&told).contains("no row is censored"));
    let only = json(text.as_bytes(), &format!("{ROLES} --events werk --tests log-rank"));
    assert_eq!(only["causes"].as_array().unwrap().len(), 1);
    assert!(refusal(text, &format!("{ROLES} --censored klaarr")).contains("werk (2 rows)"));
    let itself = "tijd,arm\n0,a\n2,a\n6,a\n1,a\n9,a\n3,b\n5,b\n4,b\n11,b\n7,b\n";
    assert!(refusal(itself, "--time tijd --status tijd --arm arm").contains("as many different values"));
    let errors = "tijd;status;arm\n3;ja;a\n#N/B;nee;b\n5;#DEEL/0!;b\n6;nee;b\n2;ja;b\n";
    let found = json(errors.as_bytes(), &format!("{ROLES} --tests log-rank"));
    assert_eq!((found["rows"].as_u64(), found["rows_left_out"][0]["line"].as_u64()), (Some(3), Some(3)));
}

/// S(0) = 0.8 and 6/7: R's survfit with events at time 0.
#[test]
fn curves_at_time_zero() {
    let text = "tijd,status,arm\n0,1,a\n2,1,a\n6,0,a\n1,1,a\n9,1,a\n0,0,b\n3,1,b\n5,1,b\n4,0,b\n11,1,b\n0,1,b\n7,0,b\n";
    let found = json(text.as_bytes(), &format!("{ROLES} --tests km --at 0,5"));
    assert!(
        (value(&found, "a at 0") - 0.8).abs() < 1e-15 && (value(&found, "b at 0") - 6.0 / 7.0).abs() < 1e-15
    );
}

#[test]
fn what_is_no_basis_is_refused() {
    let tiny = "start,tijd,status,arm\n0,2e-10,1,a\n0,2,1,b\n1,4,1,b\n";
    assert!(refusal(tiny, &format!("{ROLES} --start start")).contains("line 2: the interval"));
    let empty = "signals,months,arm\n1,0,fip\n0,12,fip\n2,12,regular\n0,0,regular\n3,6,fip\n1,6,regular\n";
    assert!(
        refusal(empty, "--count signals --exposure months --arm arm").contains("line 2: 1 events in no time")
    );
    let reached = "start,tijd,status,arm\n0,1,1,fip\n2,5,1,fip\n2,6,0,fip\n3,9,1,fip\n0,4,1,regular\n1,7,0,regular\n\
                   2,8,1,regular\n6,10,1,regular\n";
    let found = json(reached.as_bytes(), &format!("{ROLES} --control regular --start start --tests rmst(9)"));
    let difference =
        found["results"].as_array().unwrap().iter().find(|r| r["label"] == "fip - regular, 0 to 9").unwrap();
    assert_eq!((difference["value"].as_f64(), &difference["p_value"]), (Some(-6.0), &Value::Null));
    assert!(difference["missing"].as_str().unwrap().contains("standard error of arm fip is 0"));
}

#[test]
fn labels_that_look_alike() {
    let text = "tijd,status,arm\n3,1,FIP\n4,1,regulier\n5,0,Fip\n6,1,regulier\n7,1,Gei\u{308}nformeerd\n8,1,Geïnformeerd\n";
    let found = json(text.as_bytes(), &format!("{ROLES} --tests log-rank"));
    assert_eq!(notes(&found).matches("look alike").count(), 2, "{}", notes(&found));
}

#[test]
fn numbers_as_levels() {
    let text = "tijd,status,arm,band\n1,1,a,01\n2,1,b,02\n3,0,a,10\n4,1,b,01\n5,1,a,02\n6,1,b,10\n7,1,a,01\n8,0,b,02\n";
    let levels = json(text.as_bytes(), &format!("{ROLES} --covariates factor(band) --tests cox"));
    let labels: Vec<&str> =
        levels["results"].as_array().unwrap().iter().map(|r| r["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["b / a", "band=02", "band=10", "whole model"]);
    let linear = json(text.as_bytes(), &format!("{ROLES} --covariates band --tests cox"));
    assert!(notes(&linear).contains("factor(band)"));
}

#[test]
fn pairs_of_several_arms() {
    let text = "tijd,status,arm\n4,1,1\n24,0,2\n48,0,10\n20,1,1\n14,1,2\n38,1,10\n28,1,1\n47,0,2\n33,0,10\n2,1,1\n9,1,2\n";
    let found = json(text.as_bytes(), &format!("{ROLES} --tests log-rank,max-combo --pairwise"));
    let pairs: Vec<&Value> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["details"]["p_adjusted"].is_number())
        .collect();
    assert_eq!(pairs.len(), 6);
    for pair in pairs {
        assert!(pair["details"]["p_adjusted"].as_f64() >= pair["p_value"].as_f64());
        assert!(pair["arm"].is_string() && pair["against"].is_string());
    }
}

#[test]
fn levels_as_they_were_typed() {
    let mut text = String::from("left,arm\n");
    text += &"0,fip\n".repeat(50);
    text += &"0,regular\n".repeat(48);
    text += "1,regular\n1,regular\n";
    let output = run(text.as_bytes(), "--status left --arm arm --level 0.9999999 --tests wilson");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("99.99999% interval"), "{shown}");
}

/// Every row says whether it uses the clusters; keys are unique; counts are integers.
#[test]
fn keys_for_programs() {
    let mut text = String::from("tijd,status,arm,cw\n");
    for i in 0..48 {
        text += &format!("{},{},{},k{}\n", 1 + i * 7 % 19, i % 3, ["a", "b"][i % 2], i % 8);
    }
    let found = json(text.as_bytes(), &format!("{ROLES} --cluster cw --at 6"));
    assert_eq!(found["arms"][0]["clusters"], 4);
    let results = found["results"].as_array().unwrap();
    let mut keys: Vec<(String, String)> =
        results.iter().map(|r| (r["name"].to_string(), r["label"].to_string())).collect();
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all);
    for result in results {
        assert!(result["uses_clusters"].is_boolean(), "{result}");
    }
    let robust = results.iter().find(|r| r["name"] == "cox-robust").unwrap();
    assert_eq!(
        (&robust["arm"], &robust["against"], &robust["uses_clusters"]),
        (&"b".into(), &"a".into(), &true.into())
    );
    let rank = results.iter().find(|r| r["name"] == "log-rank").unwrap();
    assert!(rank["details"]["observed"][0].is_u64() && rank["degrees_of_freedom"].is_u64(), "{rank}");
}

/// R 4.2, survival 3.5-3: lung data as in tests/fixtures; quantile(survfit(Surv(time, status == 1) ~ sex), .5) and survdiff with times
/// beyond 365 censored there.
#[test]
fn follow_up_and_horizon() {
    let path = format!("{}/tests/fixtures/data/survival_lung.csv", env!("CARGO_MANIFEST_DIR"));
    let lung = std::fs::read(path).unwrap();
    let found = json(
        &lung,
        "--time time --status status --censored 1 --arm sex --tests median-follow-up,log-rank --until-time 365",
    );
    let rank = found["results"].as_array().unwrap().iter().find(|r| r["name"] == "log-rank").unwrap();
    assert!((rank["statistic"].as_f64().unwrap() - 10.286_511_209_779).abs() < 1e-8, "{rank}");
    let all = json(&lung, "--time time --status status --censored 1 --arm sex --tests median-follow-up");
    assert_eq!((value(&all, "1"), value(&all, "2")), (840.0, 529.0));
    let frailty = run(&lung, "--time time --status status --arm sex --tests frailty");
    assert!(String::from_utf8_lossy(&frailty.stderr).contains("is not here"));
}

#[test]
fn figures_of_curves() {
    let place = tempfile::tempdir().unwrap();
    let data = format!("{}/tests/fixtures/data/survival_lung.csv", env!("CARGO_MANIFEST_DIR"));
    let draw = |file: &str, more: &str| {
        let mut process = Command::new(env!("CARGO_BIN_EXE_stapjes"));
        process
            .env("STAPJES_LANG", "en")
            .current_dir(place.path())
            .args(["analyze", &data, "--figure", file])
            .args(more.split_whitespace());
        let output = process.output().unwrap();
        (output.status.code(), std::fs::read_to_string(place.path().join(file)).unwrap_or_default())
    };
    let roles = "--time time --status status --censored 1 --arm sex";
    let (code, svg) = draw("a.svg", &format!("{roles} --tests km --lang nl"));
    assert_eq!(code, Some(0));
    // Title, numbers at risk (R: 138, 90 at 0 and 78, 66 at 200), marks, band, both arms.
    for word in
        ["Kaplan-Meier", "Nog gevolgd", ">138<", ">90<", ">78<", ">66<", "95%-interval", "Streepjes", "80%"]
    {
        assert!(svg.contains(word), "{word} in {svg}");
    }
    let (_, english) = draw("b.svg", &format!("{roles} --tests log-rank,cox --figure-of incidence"));
    assert!(english.contains("At risk") && english.contains("cause "), "{english}");
    let (_, forest) = draw("c.svg", &format!("{roles} --tests km,cox"));
    assert!(forest.contains("Hazard ratios") && !forest.contains("At risk"));
    assert_eq!(draw("d.svg", "--status status --figure-of km").0, Some(2), "curves need times");
    // What was understood of the file stands below, in the language of the figure.
    let wrapped = |svg: &str| {
        svg.replace("</text>", " ")
            .split('<')
            .filter_map(|part| part.split_once('>'))
            .map(|(_, text)| text)
            .collect::<String>()
    };
    let below = |svg: &str| wrapped(svg).split_whitespace().collect::<Vec<_>>().join(" ");
    let dutch = below(&svg);
    for words in [
        "gescheiden door komma",
        "UTF-8",
        "status = status: ",
        "1 (63 rijen)",
        "time = time: getallen, 5 tot 1022",
        "138 rijen",
    ] {
        assert!(dutch.contains(words), "{words} in {dutch}");
    }
    let text = below(&forest);
    for words in ["read as: comma separated", "arm = sex: 2 labels", "nothing yet: 1 (63 rows)"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    // A cause that does not occur in a part, or before the horizon, has a flat curve there.
    let rows = "time,status,arm,site\n3,1,a,x\n5,2,b,x\n4,1,a,y\n6,1,b,y\n7,0,a,y\n";
    for more in ["--by site", "--until-time 1"] {
        let figure =
            format!("--time time --status status --arm arm --figure f.svg --figure-of incidence {more}");
        let output = run(rows.as_bytes(), &figure);
        assert_eq!(output.status.code(), Some(0), "{more}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
