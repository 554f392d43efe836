//! The JSON of `analyze` and `design` is what their schemas say: every key is there with its type, so every detail is documented.
// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;

/// What a value breaks of the part of JSON Schema that these files use.
fn broken(value: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = |choice: &Value| {
            let mut own = Vec::new();
            broken(value, choice, at, &mut own);
            own.is_empty()
        };
        if !choices.iter().any(fits) {
            found.push(format!("{at}: {value} fits none of {schema}"));
        }
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at}: {value} is not one of {allowed:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().map(|own| own.as_str().unwrap()).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other}"),
    };
    if !types.is_empty() && !types.iter().any(is) {
        found.push(format!("{at}: {value} is no {types:?}"));
    }
    if let (Some(least), Some(own)) = (schema["minimum"].as_f64(), value.as_f64())
        && own < least
    {
        found.push(format!("{at}: {own} is below {least}"));
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        broken(item, &schema["items"], &format!("{at}[]"), found);
    }
    let required = schema["required"].as_array().into_iter().flatten();
    for key in required.filter(|key| value.is_object() && value.get(key.as_str().unwrap()).is_none()) {
        found.push(format!("{at}: {key} is missing"));
    }
    for (key, own) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(key) {
            Some(schema) => broken(own, schema, &format!("{at}.{key}"), found),
            None if schema["additionalProperties"] == json!(false) => {
                found.push(format!("{at}: {key} is not in the schema"))
            }
            None => {}
        }
    }
}

fn schema(name: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_stapjes")).args(["schema", name]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn answer(arguments: &[&str]) -> Value {
    let mut process = Command::new(env!("CARGO_BIN_EXE_stapjes"));
    let output =
        process.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).arg("--json").output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_wrong_document_is_found() {
    let schema = schema("analyze");
    let mut document = answer(&[
        "analyze",
        "tests/fixtures/data/survival_lung.csv",
        "--time",
        "time",
        "--status",
        "status",
        "--censored",
        "1",
    ]);
    let check = |document: &Value| {
        let mut found = Vec::new();
        broken(document, &schema, "", &mut found);
        found
    };
    assert_eq!(check(&document), Vec::<String>::new());
    document["rows"] = json!(1.5);
    document["results"][0]["details"]["surprise"] = json!(1);
    document.as_object_mut().unwrap().remove("level");
    assert_eq!(check(&document).len(), 3, "{:?}", check(&document));
}

#[test]
fn every_method_gives_what_the_schema_says() {
    let schema = schema("analyze");
    let data = |name: &str| format!("tests/fixtures/data/{name}.csv");
    let lung = "--time time --status status --censored 1 --arm sex";
    let cases = [
        ("survival_lung", format!("{lung} --strata ph.ecog --covariates age --cluster inst")),
        (
            "survival_lung",
            format!("{lung} --at 100,300 --strata ph.ecog --covariates age --cluster inst --by ph.ecog"),
        ),
        (
            "survival_lung",
            "--status status --censored 1 --arm sex --cluster inst --strata ph.ecog --adjust holm".to_owned(),
        ),
        (
            "survival_lung",
            format!("{lung} --at 100,300 --covariates age --weights ph.karno --weights-as sampling"),
        ),
        ("survival_lung", "--outcome age --arm sex".to_owned()),
        ("CoxBcv_help", "--status Delta --arm X1 --cluster ID".to_owned()),
        ("CoxBcv_help", "--outcome X2 --arm X1 --cluster ID".to_owned()),
        ("survival_veteran", "--time time --status status --arm celltype --pairwise".to_owned()),
        ("mgus2_competing", "--time etime --status ev --arm sex --covariates age".to_owned()),
        ("mgus2_competing", "--time etime --status ev --arm sex --cause 1 --at 60".to_owned()),
        (
            "survival_cgd",
            "--time tstop --start tstart --status status --arm treat --id id --cause 1".to_owned(),
        ),
        ("cgd_counts", "--count n --exposure tstop --arm treat --cluster center".to_owned()),
    ];
    let every: Vec<&str> = stapjes::estimate::catalogue::methods().map(|method| method.name).collect();
    let every: Vec<String> = every
        .into_iter()
        .map(|name| match name {
            "window-mean" => "window-mean(50,100)".to_owned(),
            "cox-piecewise" => "cox-piecewise(100)".to_owned(),
            "early-zero" => "early-zero(50)".to_owned(),
            "magirr-burman" => "magirr-burman(50,2)".to_owned(),
            "cox-small-sample" => "cox-small-sample(md,kc)".to_owned(),
            "binomial-test" | "rate-test" => format!("{name}(0.4)"),
            "farrington-manning" | "rmst-margin" => format!("{name}(-0.1)"),
            "rmst" => "rmst(60;90)".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let every = every.join(",");
    let (mut names, mut details) = (BTreeSet::new(), BTreeSet::new());
    for (name, arguments) in &cases {
        for tests in
            [Some(every.as_str()), None].into_iter().take(if name.starts_with("cgd") { 2 } else { 1 })
        {
            let file = data(name);
            let mut all = vec!["analyze", file.as_str()];
            all.extend(arguments.split_whitespace());
            all.extend(tests.iter().flat_map(|tests| ["--tests", tests]));
            let document = answer(&all);
            let mut found = Vec::new();
            broken(&document, &schema, "", &mut found);
            assert_eq!(found, Vec::<String>::new(), "{name} {arguments} {tests:?}");
            let mut seen = BTreeSet::new();
            for result in document["results"].as_array().unwrap() {
                let (name, label) = (result["name"].as_str().unwrap(), result["label"].as_str().unwrap());
                assert!(seen.insert((name.to_owned(), label.to_owned())), "twice: {name}, {label}");
                names.insert(name.split('(').next().unwrap().to_owned());
                details
                    .extend(result["details"].as_object().into_iter().flatten().map(|(key, _)| key.clone()));
            }
        }
    }
    let silent: Vec<&str> = stapjes::estimate::catalogue::methods()
        .map(|method| method.name)
        .filter(|name| !names.contains(*name))
        .collect();
    assert_eq!(silent, Vec::<&str>::new(), "methods that gave nothing here");
    let known: BTreeSet<String> =
        schema["properties"]["results"]["items"]["properties"]["details"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
    let idle: Vec<&String> = known.difference(&details).collect();
    assert_eq!(idle, Vec::<&String>::new(), "details of the schema that nothing gives");
}

#[test]
fn every_example_design_gives_what_the_schema_says() {
    let schema = schema("design");
    let folder = format!("{}/scenarios/design", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let document = answer(&["design", path.to_str().unwrap()]);
        let mut found = Vec::new();
        broken(&document, &schema, "", &mut found);
        assert_eq!(found, Vec::<String>::new(), "{}", path.display());
    }
}
