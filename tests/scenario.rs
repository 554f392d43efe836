//! The scenario gate from outside: what loads, what is refused, and how it is said.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;
use stapjes::document::Problems;
use stapjes::language::{Lang, Said};
use stapjes::scenario::{Contact, Dynamics, Resolved, Scenario, embedded, load, resolve_text, shipped_names};

fn loaded(result: Result<Resolved, Problems>) -> Resolved {
    result.map_err(|problems| problems.render(false)).unwrap()
}

/// Every scenario file in the repository, the reference left out.
fn scenario_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files = Vec::new();
    for folder in [root.clone(), root.join("verification")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml")
                && !path.ends_with("reference.toml")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A valid scenario with `head` before its arms.
fn text(head: &str) -> String {
    format!(
        "extends = \"reference\"\nname = \"x\"\n{head}\n\
         [[arm]]\nname = \"regular\"\nservice = \"regular\"\nparticipants = 10\ncaseworkers = 1\n\
         [[arm]]\nname = \"fip\"\nservice = \"fip\"\nparticipants = 10\ncaseworkers = 1\n"
    )
}

/// A valid ladder scenario with these two lines changed.
fn ladder(up: &str, start: &str) -> String {
    format!(
        "name = \"x\"\ndynamics = \"ladder\"\nreturns = false\ncapacity = false\n\
         [[arm]]\nname = \"a\"\nparticipants = 10\n[[arm]]\nname = \"b\"\nparticipants = 10\n\
         ladder_effect = {{ multiplier = 2 }}\n\
         [ladder]\nstart = {start}\nup = {up}\ndown = [0, 0.1]\nwork = [0.1, 0.1]\nfraud = [0, 0]\nother = [0, 0]\n"
    )
}

/// The problems of a text, as they are shown; every one of them is said in Dutch too.
fn refused(text: &str) -> String {
    let problems = Scenario::from_text(text).expect_err("must be refused");
    for problem in &problems.list {
        let said = |said: &Said| (said.text(Lang::Nl).to_owned(), said.text(Lang::En).to_owned());
        for (dutch, english) in [said(&problem.message), said(&problem.label)] {
            assert!(dutch != english || english.is_empty(), "not in Dutch: {english}");
        }
    }
    problems.render(false)
}

#[track_caller]
fn refused_with(text: &str, words: &[&str]) {
    let shown = refused(text);
    for word in words {
        assert!(shown.contains(word), "no \"{word}\" in\n{shown}");
    }
}

// ---- What loads --------------------------------------------------------------------------------------------------------

#[test]
fn the_default_scenario_loads() {
    let resolved = loaded(embedded("lange-adem", &[]));
    let scenario = &resolved.scenario;
    assert_eq!(scenario.participants(), 2 * 1440);
    assert_eq!(scenario.arms[scenario.control].name, "regular");
    assert_eq!(scenario.dynamics, Dynamics::Full);
    assert_eq!(scenario.services[0].contact, Contact::Scheduled { interval_months: 3.0 });
    assert_eq!(scenario.parameters.conversation.trust_gain, 0.19);
    assert_eq!(scenario.parameters.drive.goal_gradient, 0.002);
    assert_eq!(scenario.parameters.pension_age.in_year(2016), 786);
    assert_eq!(scenario.parameters.correlation.0[1][0], 0.35);
}

#[test]
fn every_shipped_scenario_loads_from_disk_and_from_the_program_with_the_same_meaning() {
    let files = scenario_files();
    assert_eq!(files.len(), shipped_names().count(), "src/scenario/shipped.rs lists every file");
    for file in files {
        let from_disk = loaded(load(&file, &[]));
        let folder = if file.parent().unwrap().ends_with("verification") { "verification/" } else { "" };
        let name = format!("{folder}{}", file.file_stem().unwrap().to_str().unwrap());
        let built_in = loaded(embedded(&name, &[]));
        assert!(from_disk.scenario == built_in.scenario, "{name}");
        assert_eq!(from_disk.hash, built_in.hash, "{name}");
        assert_eq!(from_disk.scenario.name, file.file_stem().unwrap().to_str().unwrap());
        assert!(from_disk.scenario.question.iter().all(|question| question.ends_with('?')), "{name}");
        let again = loaded(resolve_text(&from_disk.text, &[]));
        assert!(again.scenario == from_disk.scenario, "{name}: canonical text");
        assert_eq!(again.hash, from_disk.hash, "{name}: canonical text");
    }
}

#[test]
fn the_quiet_scenario_switches_everything_off() {
    let quiet = loaded(embedded("verification/quiet", &[])).scenario.parameters;
    let fraud = &quiet.fraud;
    assert_eq!(
        (quiet.work.base, quiet.exit.r#move, quiet.exit.death, quiet.returns.hazard),
        (0.0, 0.0, 0.0, 0.0)
    );
    assert_eq!((fraud.initial_intentional, fraud.background_false, fraud.talk_false), (0.0, 0.0, 0.0));
    assert!(quiet.steps.kind.iter().all(|(_, kind)| kind.start == 0.0));
    assert_eq!(loaded(embedded("verification/o8", &[])).scenario.parameters.distance.decay, -0.5);
    let o7 = loaded(embedded("verification/o7", &[])).scenario;
    let service = &o7.services[o7.arms[0].service];
    assert_eq!(service.contact, Contact::Scheduled { interval_months: 3.0 });
}

#[test]
fn integers_for_floats_byte_order_mark_and_windows_line_ends_are_fine() {
    let text = format!(
        "\u{feff}{}",
        text("conversation.trust_gain = 0\nsite_effects.neglect = 2").replace('\n', "\r\n")
    );
    let scenario = loaded(resolve_text(&text, &[])).scenario;
    assert_eq!(scenario.parameters.conversation.trust_gain, 0.0);
    assert_eq!(scenario.sites[0].neglect, 2.0);
}

#[test]
fn overrides_win_and_reach_arms_and_sites_by_name() {
    let overrides = [
        "replicates=7",
        "arm.fip.participants=99",
        "site.North.neglect=1.4",
        "population=stock",
        "dynamics=full",
    ];
    let resolved = loaded(embedded("lange-adem", &overrides.map(String::from)));
    let scenario = &resolved.scenario;
    assert_eq!((scenario.replicates, scenario.sites[3].arms[1].participants), (7, 99));
    assert_eq!((scenario.sites[0].neglect, scenario.sites[1].neglect), (1.4, 1.0));
    assert_eq!(scenario.population, stapjes::scenario::PopulationKind::Stock);
    assert_ne!(resolved.hash, loaded(embedded("lange-adem", &[])).hash);
}

#[test]
fn the_registry_keeps_the_reference_honest_and_says_who_changed_what() {
    let head = "[conversation]\ntrust_gain = 0.2\ndisclose = { value = 0.5, source = \"own survey\", status = \"evidence\" }\n\
        [exit]\nwithdrawal_at_invitation = { none = 0.01 }\n[population.correlation]\n\"age-distance\" = 0.25";
    let resolved = loaded(resolve_text(&text(head), &["fraud.booked=0.5".into()]));
    let get = |path: &str| resolved.registry.get(path).unwrap().clone();
    let reference = get("exit.work.health");
    assert_eq!((reference.status.name(), reference.overridden_by), ("evidence", None));
    assert!(reference.source.unwrap().starts_with("Carlier"));
    let plain = get("conversation.trust_gain");
    assert_eq!((plain.value, plain.prior, plain.status.name()), (0.2, None, "scenario"));
    assert_eq!(plain.overridden_by.as_deref(), Some("text"));
    let sourced = get("conversation.disclose");
    assert_eq!((sourced.status.name(), sourced.source.as_deref()), ("evidence", Some("own survey")));
    assert_eq!(sourced.unit.as_deref(), Some("hazard per talk"));
    let untouched = get("exit.withdrawal_at_invitation.intentional");
    assert_eq!((untouched.value, untouched.status.name()), (0.09, "calibrated"));
    assert_eq!(untouched.prior.unwrap().to_string(), "uniform(0.03, 0.15)");
    assert_eq!(get("exit.withdrawal_at_invitation.none").prior, None);
    assert_eq!(get("exit.withdrawal_at_invitation.none").status.name(), "scenario");
    assert_eq!(get("fraud.booked").overridden_by.as_deref(), Some("--set"));
    assert_eq!(get("population.correlation.distance-age").value, 0.25);
    assert_eq!(get("service.regular.contact_far").status.name(), "evidence");
}

#[test]
fn every_reference_prior_stays_within_its_limits() {
    let resolved = loaded(embedded("lange-adem", &["uncertainty.parameter_draws=10".into()]));
    assert_eq!(resolved.scenario.uncertainty.parameter_draws, 10);
}

// ---- What is refused -----------------------------------------------------------------------------------------------------

#[test]
fn problems_are_drawn_in_dutch() {
    let problems = Scenario::from_text(&text("replicates = 0,5\ninstroom = true")).unwrap_err();
    let shown = problems.render_in(Lang::Nl, false);
    for words in [
        "fout: schrijfwijze",
        "hulp: getallen hebben een decimale punt",
        "onbekende sleutel instroom",
        "bedoelt u inflow?",
    ] {
        assert!(shown.contains(words), "no {words:?} in\n{shown}");
    }
    assert!(!shown.contains("error") && !shown.contains("help"), "{shown}");
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = "extends = \"reference\"\nname = \"x\"\nseed = 1e6\ntitle = 3\nreplicates = 0,5\n\
        [conversation]\ntrust_gian = 0.2\ntrust_decay = 25\n\
        [[arm]]\nname = \"a\"\nservice = \"fipp\"\nparticipants = 10\n[[arm]]\nname = \"a\"\nservice = \"fip\"\ncaseworkers = 1\n";
    let problems = Scenario::from_text(text).unwrap_err();
    assert_eq!(problems.list.len(), 9, "{}", problems.render(false));
    snapbox::assert_data_eq!(
        problems.render(false).split("\n\n").take(5).collect::<Vec<_>>().join("\n\n"),
        str![[r#"
error: seed = 1000000 is not a whole number
 --> text:3:8
  |
3 | seed = 1e6
  |        ^^^ must be a whole number from 0 to 9223372036854775807
  |
  = help: write it without point or exponent: 1000000

error: title is 3 (an integer)
 --> text:4:9
  |
4 | title = 3
  |         ^ must be a text between quotes

error: notation: unexpected key or value, expected newline, `#`
 --> text:5:15
  |
5 | replicates = 0,5
  |               ^ here
  |
  = help: numbers have a decimal point: 0.25, not 0,25

error: unknown key conversation.trust_gian
 --> text:7:1
  |
7 | trust_gian = 0.2
  | ^^^^^^^^^^ no such key here
  |
  = help: did you mean trust_gain?

error: conversation.trust_decay = 25 is not allowed
 --> text:8:15
  |
8 | trust_decay = 25
  |               ^^ must be from 0 to 1
  |
  = help: shares and probabilities are written between 0 and 1: 0.25 for 25 %
"#]]
    );
}

#[test]
fn numbers_that_are_none_are_refused() {
    for value in ["nan", "inf", "-inf", "1e400"] {
        refused_with(
            &text(&format!("distance.noise = {value}")),
            &["distance.noise", "infinite numbers and nan are not allowed"],
        );
    }
    refused_with(
        &text("fraud.booked = \"25%\""),
        &["fraud.booked is \"25%\" (a text)", "without quotes: 0.25"],
    );
    refused_with(&text("fraud.booked = 25%"), &["0.25, not 25%"]);
    refused_with(&text("fraud.booked = \"0,25\""), &["decimal point and no quotes: 0.25"]);
    refused_with(&text("replicates = 99999999999999999999"), &["too large"]);
    refused_with(
        &text("exit.withdrawal_at_invitation.none = 1"),
        &["withdrawal_at_invitation.none = 1", "0.999999"],
    );
}

#[test]
fn keys_and_types_are_strict() {
    refused_with(&text("replicats = 10"), &["unknown key replicats", "did you mean replicates?"]);
    refused_with(&text("seed = 1\nseed = 2"), &["duplicate key", "text:4:1"]);
    refused_with(&text("returns = \"yes\""), &["returns is \"yes\" (a text)", "true or false"]);
    refused_with(&text("conversation = 3"), &["conversation"]);
    refused_with(&text("dynamics = \"laddr\""), &["did you mean \"ladder\"?"]);
    refused_with(&text("start = \"januari\""), &["start = \"januari\" is not a month", "2026-01"]);
    refused_with(&text("steps_per_month = 3"), &["1, 2 or 4"]);
    refused_with(&text("control = \"regulr\""), &["did you mean \"regular\"?"]);
    refused_with(&text("inflow = true"), &["population.kind"]);
    refused_with(
        &text("conversation.trust_gain = { value = 0.2, sorce = \"x\" }"),
        &["did you mean source?"],
    );
    refused_with(
        &text("conversation.trust_gain = { value = 0.2, prior = \"gamma(1, 2)\" }"),
        &["normal(mean, sd)"],
    );
    refused_with(&text("exit.pension_age_months.\"2040\" = 810"), &["one age per consecutive year"]);
    refused_with(&text("service.fip.contact_far = 0.1"), &["in one way"]);
    refused_with(&text("service.own.like = \"nobody\""), &["stands on its own"]);
}

#[test]
fn cross_checks_name_what_contradicts_what() {
    let indefinite = "population.correlation.distance-duration = 0.95\npopulation.correlation.distance-age = 0.95\n\
        population.correlation.duration-age = -0.9";
    refused_with(&text(indefinite), &["not positive definite", "no \"age\" can have", "distance, duration"]);
    refused_with(&text("population.far.recorded_distance.min = 130"), &["min 130 is over max 120"]);
    refused_with(
        &text("fraud = { initial_intentional = 0.6, initial_unintentional = 0.5 }"),
        &["add up to 1.1"],
    );
    let wide =
        "uncertainty.parameter_draws = 5\n[fraud]\nbooked = { value = 0.7, prior = \"normal(0.7, 0.3)\" }";
    refused_with(&text(wide), &["prior normal(0.7, 0.3) of fraud.booked", "0 to 1 is allowed"]);
    loaded(resolve_text(&text(&wide.replace("parameter_draws = 5", "parameter_draws = 0")), &[]));
    refused_with(&text("allocation = \"site\""), &["one arm per site"]);
}

#[test]
fn arms_and_sites_are_checked() {
    let arm = |lines: &str| {
        format!(
            "name = \"x\"\n[[arm]]\nname = \"a\"\nservice = \"fip\"\nparticipants = 5\ncaseworkers = 1\n[[arm]]\n{lines}\n"
        )
    };
    refused_with(
        &arm("name = \"a\"\nservice = \"fip\"\nparticipants = 5\ncaseworkers = 1"),
        &["two arms are named \"a\""],
    );
    refused_with(
        &arm("name = \"b\"\nservice = \"fip\"\ncaseworkers = 1"),
        &["arm \"b\" has no participants"],
    );
    refused_with(
        &arm("name = \"b\"\nservice = \"fip\"\nparticipants = 5"),
        &["arm \"b\" has no caseworkers", "text:7:1"],
    );
    refused_with(
        &arm("name = \"b\"\nservice = \"fib\"\nparticipants = 5\ncaseworkers = 1"),
        &["no service \"fib\"", "did you mean \"fip\"?"],
    );
    refused_with("name = \"x\"\n", &["0 arms", "two arms or more"]);
    refused_with(
        &(text("") + "[[site]]\nname = \"N\"\n[[site]]\nname = \"N\"\n"),
        &["two sites are named \"N\""],
    );
    refused_with(
        &(text("") + "[[site]]\nname = \"N\"\nparticipants = { fpi = 3 }\n"),
        &["unknown key site.participants.fpi", "did you mean fip?"],
    );
    refused_with(
        &(text("horizon_months = 12") + "[[site]]\nname = \"N\"\nfollow_up_months = 13\n"),
        &["site.follow_up_months = 13", "from 1 to 12"],
    );
}

#[test]
fn stories_are_checked_all_at_once() {
    let structures = "[[structure]]\nname = \"a\"\nweight = -1\n\
        [[structure]]\nname = \"a\"\ntitle = { nl = \"als\", fr = \"si\" }\n\
        overrides = { distance.progres = 0, trust = 1, conversation.trust_gain = 2 }\n\
        [[structure]]\nname = \"b\"\nweight = 1\noverrides = { population.far.recorded_distance.min = 200, \
        \"distance.decay\" = 0, distance.decay = 0.1 }\n";
    refused_with(
        &format!("{}{structures}", text("")),
        &[
            "structure.weight = -1 is not allowed",
            "two structures are named \"a\"",
            "structure.weight is missing",
            "unknown key structure.title.fr",
            "structure.overrides.distance.progres is not a parameter",
            "did you mean distance.progress?",
            "structure.overrides.trust is not a parameter",
            "structure.overrides.conversation.trust_gain = 2 is not allowed",
            "structure \"b\": population.far.recorded_distance: min 200 is over max 120",
            "structure.overrides.distance.decay stands there twice",
        ],
    );
    let weights = "[[structure]]\nname = \"a\"\nweight = 1\n[[structure]]\nname = \"b\"\nweight = 3\n\
        title.nl = \"als het zo is\"\ntitle.en = \"if it is so\"\noverrides.distance.progress = 0\n";
    let resolved = loaded(resolve_text(&format!("{}{weights}", text("")), &["structure.a.weight=2".into()]));
    let [a, b] = &resolved.scenario.structures[..] else { panic!("two stories") };
    assert_eq!((a.weight, b.weight), (0.4, 0.6));
    assert_eq!((&a.title[0], &b.title[1]), (&"a".to_string(), &"if it is so".to_string()));
    assert_eq!(b.overrides, [("distance.progress".to_string(), 0.0)]);
    let again = loaded(resolve_text(&resolved.text, &[]));
    assert_eq!(again.scenario, resolved.scenario);
    refused_with(
        &format!("{}{weights}", text(""))
            .replace("weight = 3", "weight = 0")
            .replace("weight = 1", "weight = 0"),
        &["all structures have weight 0"],
    );
}

#[test]
fn a_ladder_must_be_a_set_of_probabilities() {
    loaded(resolve_text(&ladder("[0.2, 0]", "[0.5, 0.5]"), &[]));
    refused_with(&ladder("[0.2, 0]", "[0.5, 0.4]"), &["the start shares add up to 0.9"]);
    refused_with(&ladder("[0.95, 0]", "[0.5, 0.5]"), &["the probabilities of rung 1 add up to 1.05"]);
    refused_with(&ladder("[0.5, 0]", "[0.5, 0.5]"), &["under the strongest arm rung 1 adds up to 1.1"]);
    refused_with(&ladder("[0.2]", "[0.5, 0.5]"), &["ladder.up has 1 numbers, start has 2"]);
    refused_with(&ladder("[0.2, 0.1]", "[0.5, 0.5]"), &["the highest rung has a way up"]);
    refused_with(
        &ladder("[0.2, 0]", "[0.5, 0.5]").replace("returns = false", "returns = true"),
        &["not possible on a ladder"],
    );
}

#[test]
fn control_bytes_are_never_echoed() {
    let shown =
        refused(&text("title = \"\\u001b[31mred\\u202e\"\nsite_effects.neglect = \"\\u001b]0;x\\u0007\""));
    assert!(shown.contains("title is too long or has control characters"));
    let raw = refused("name = \"x\"\n\u{1b}[31m = 3\nseed = \u{7}\n");
    for shown in [shown, raw] {
        assert!(
            !shown.contains(|c: char| c.is_control() && c != '\n') && !shown.contains('\u{202e}'),
            "{shown:?}"
        );
    }
}

#[test]
fn monsters_are_refused_quickly_and_briefly() {
    let monsters = [
        format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}1{}", "{a=".repeat(100_000), "}".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]\nx = 1", "a.".repeat(100_000)),
        "[[arm]]\n".repeat(100_000),
        (0..60_000).map(|index| format!("k{index} = 1\n")).collect(),
        (0..30_000).map(|index| format!("[service.s{index}]\nlike = \"fip\"\n")).collect(),
        "= ".repeat(500_000),
        "\"".repeat(1_000_000),
        "#".repeat(2_000_000),
    ];
    for monster in monsters {
        let start = Instant::now();
        let shown = refused(&monster);
        let head: String = monster.chars().take(20).collect();
        assert!(start.elapsed() < Duration::from_secs(10), "{head}: {:?}", start.elapsed());
        assert!(shown.len() < 60_000 && shown.lines().all(|line| line.chars().count() < 700), "{head}");
    }
}

/// An installed program works alone: a scenario anywhere on disk can extend a built-in one; a file of that name goes first.
#[test]
fn a_file_can_extend_a_built_in_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    std::fs::write(&path, "extends = \"lange-adem\"\nname = \"mine\"\nhorizon_months = 24\n").unwrap();
    let resolved = loaded(load(&path, &[]));
    assert_eq!((resolved.scenario.horizon_months, resolved.scenario.sites.len()), (24, 4));
    std::fs::write(folder.path().join("lange-adem"), text("horizon_months = 12")).unwrap();
    assert_eq!(loaded(load(&path, &[])).scenario.sites.len(), 1);
}

#[test]
fn inheritance_stays_in_the_folder_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let at = |name: &str| load(folder.path().join(name), &[]);
    write("base.toml", &text("conversation.trust_gain = 0.11"));
    write("child.toml", "extends = \"base.toml\"\nname = \"child\"\n[arm.fip]\nparticipants = 77\n");
    let child = loaded(at("child.toml"));
    assert_eq!(child.scenario.parameters.conversation.trust_gain, 0.11);
    assert_eq!(child.scenario.sites[0].arms[1].participants, 77);
    let changed_by = child.registry.get("conversation.trust_gain").unwrap().overridden_by.clone().unwrap();
    assert!(changed_by.ends_with("base.toml"), "{changed_by}");

    let refused = |name: &str, extends: &str, words: &str| {
        write(name, &format!("extends = {extends:?}\nname = \"x\"\n"));
        let shown = at(name).unwrap_err().render(false);
        assert!(shown.contains(words), "{shown}");
    };
    refused("up.toml", "../base.toml", "leaves the scenario's folder");
    refused("absolute.toml", "/etc/passwd", "absolute path");
    refused("windows.toml", "C:\\base.toml", "absolute path");
    refused("self.toml", "self.toml", "in a circle");
    refused("gone.toml", "nowhere.toml", "there is no scenario");
    write("one.toml", "extends = \"two.toml\"\n");
    refused("two.toml", "one.toml", "in a circle");
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.toml"), "secret = 1").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.toml"), folder.path().join("link.toml"))
            .unwrap();
        refused("leak.toml", "link.toml", "out of the scenario's folder");
    }
}

#[test]
fn other_encodings_and_large_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |bytes: &[u8]| {
        let path = folder.path().join("x.toml");
        std::fs::write(&path, bytes).unwrap();
        let problems = load(&path, &[]).unwrap_err();
        assert_eq!(problems.list.len(), 1, "nothing but the encoding");
        problems.render(false)
    };
    let utf16: Vec<u8> = "name = \"x\"\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(shown(&[&[0xff, 0xfe], &utf16[..]].concat()).contains("UTF-16"));
    assert!(shown(&utf16).contains("UTF-16"));
    assert!(shown(b"name = \"x\"\ntitle = \"\xe9\"\n").contains("line 2 has an invalid byte"));
    assert!(shown(&vec![b'#'; (1 << 20) + 1]).contains("larger than 1 MiB"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Any text at all: refused or accepted, shown, no panic, in bounded time.
    #[test]
    fn the_gate_never_panics_on_any_text(text in "\\PC{0,300}|[\\[\\]{}=\"'#.,0-9a-z\\n \\x00-\\x1f]{0,300}") {
        let start = Instant::now();
        if let Err(problems) = resolve_text(&text, &[]) {
            prop_assert!(!problems.render(true).is_empty());
        }
        prop_assert!(start.elapsed() < Duration::from_secs(5));
    }

    /// A good scenario with a stretch overwritten: the mistakes that people really make.
    #[test]
    fn the_gate_never_panics_on_a_damaged_scenario(
        name in 0usize..5,
        at in 0usize..2000,
        cut in 0usize..40,
        scrap in "[\\[\\]{}=\"'#.,0-9a-z_\\n -]{0,20}",
    ) {
        let name = shipped_names().nth(name).unwrap();
        let mut text: Vec<char> = stapjes::scenario::shipped_text(name).unwrap().chars().collect();
        let start = at.min(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, scrap.chars());
        let text: String = text.into_iter().collect();
        if let Err(problems) = resolve_text(&text, &[]) {
            let shown = problems.render(false);
            prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'));
            prop_assert!(problems.list.iter().all(|problem| problem.place.is_none() || problems.line_and_column(problem).is_some()));
        }
    }

    /// Any override.
    #[test]
    fn the_gate_never_panics_on_any_override(text in "[a-z_.\"=\\[\\]{}0-9 ]{0,40}|\\PC{0,40}") {
        if let Err(problems) = embedded("lange-adem", &[text]) {
            prop_assert!(!problems.render(false).is_empty());
        }
    }
}

// ---- The doors -----------------------------------------------------------------------------------------------------------

fn stapjes() -> Command {
    Command::new(cargo_bin!("stapjes")).env("NO_COLOR", "1").env("STAPJES_LANG", "en")
}

#[test]
fn check_speaks_dutch_when_asked() {
    let output =
        stapjes().args(["check", "gespreksfrequentie", "--threads", "2", "--lang", "nl"]).assert().success();
    let output = output.get_output();
    let (plan, warnings) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(plan.contains("gespreksfrequentie is geldig") && plan.contains("klantstappen"), "{plan}");
    assert!(warnings.contains("let op: groep"), "{warnings}");
}

#[test]
fn a_name_beside_the_file_is_enough_and_dutch_or_near_words_get_a_hint() {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("basis.toml", "extends = \"lange-adem\"\nname = \"basis\"\n");
    write("mijn.toml", "extends = \"basis\"\nname = \"mijn\"\nreplicates = 7\n");
    let mine = load(place.path().join("mijn.toml"), &[]).unwrap();
    assert_eq!(mine.scenario.replicates, 7);
    write("fout.toml", "extends = \"langeadem\"\nname = \"fout\"\n");
    write("dutch.toml", "extends = \"lange-adem\"\nname = \"dutch\"\nherhalingen = 3\n[vraag]\nnl = \"?\"\n");
    let told = |name: &str| load(place.path().join(name), &[]).unwrap_err().render(false);
    assert!(told("fout.toml").contains("did you mean \"lange-adem\"?"), "{}", told("fout.toml"));
    let dutch = told("dutch.toml");
    assert!(
        dutch.contains("did you mean replicates?") && dutch.contains("did you mean question?"),
        "{dutch}"
    );
}

#[test]
fn check_prints_the_plan_on_stdout_and_warnings_on_stderr() {
    let output = stapjes().args(["check", "gespreksfrequentie", "--threads", "2"]).assert().success();
    let output = output.get_output();
    let (plan, warnings) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        plan.contains("gespreksfrequentie is valid") && plan.contains("| fip 12 a year | fip-12"),
        "{plan}"
    );
    assert!(warnings.contains("arm \"fip 12 a year\" asks for"), "{warnings}");
    let json = stapjes().args(["check", "--json"]).assert().success();
    let document: serde_json::Value = serde_json::from_slice(&json.get_output().stdout).unwrap();
    assert_eq!(document["arms"][1]["participants"], 1440);
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    stapjes().args(["check", "--set", "replicates=0"]).assert().code(65).stdout_eq("");
    stapjes().args(["check", "nowhere.toml"]).assert().code(66).stdout_eq("");
    stapjes().args(["check", "--sett", "x"]).assert().code(2).stdout_eq("");
    stapjes().args(["check", "."]).assert().code(74).stdout_eq("");
    let huge = ["check", "--set", "arm.fip.participants=16000000"];
    let start = Instant::now();
    let output = stapjes().args(huge).assert().code(78).stdout_eq("");
    assert!(start.elapsed() < Duration::from_secs(2), "sixty-four million clients fail at once");
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    for word in ["--max-hours", "--max-memory-gib", "--force", "64,001,440 clients"] {
        assert!(message.contains(word), "no {word} in {message}");
    }
    for command in ["run", "power", "duration"] {
        stapjes().args([command, "--set", "arm.fip.participants=16000000"]).assert().code(78).stdout_eq("");
    }
    let large = ["check", "--set", "arm.fip.participants=4000000"];
    stapjes().args(large).assert().code(78);
    stapjes().args(large).arg("--force").assert().code(0);
    let wrapping = ["check", "--set", "arm.fip.participants=250000000", "--force"];
    let output = stapjes().args(wrapping).assert().code(78);
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(message.contains("a site can hold 16,777,216"), "identifiers must not wrap around: {message}");
}

#[test]
fn an_error_shows_file_line_column_value_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.toml"), text("[fraud]\nbooked = 70")).unwrap();
    stapjes().current_dir(folder.path()).args(["check", "mine.toml"]).assert().code(65).stderr_eq(str![[
        r#"
error: fraud.booked = 70 is not allowed
 --> mine.toml:4:10
  |
4 | booked = 70
  |          ^^ must be from 0 to 1
  |
  = help: shares and probabilities are written between 0 and 1: 0.7 for 70 %

"#
    ]]);
}

#[test]
fn new_writes_a_valid_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| stapjes().current_dir(folder.path()).args(arguments).assert();
    run(&["new", "mine"]).success();
    run(&["check", "mine.toml"]).success();
    let before = std::fs::read(folder.path().join("mine.toml")).unwrap();
    run(&["new", "mine"]).code(73);
    assert_eq!(std::fs::read(folder.path().join("mine.toml")).unwrap(), before);
    run(&["new", "theirs", "--from", "mine.toml"]).success();
    run(&["check", "theirs.toml"]).success();
    run(&["new", "more", "--from", "nowhere"]).code(66);
    run(&["new", "../escape"]).code(2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn parameters_lists_values_sources_and_changes() {
    let output = stapjes().args(["parameters", "--json", "--set", "fraud.booked=0.5"]).assert().success();
    let document: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let list = document["parameters"].as_array().unwrap();
    assert!(list.len() > 200);
    let booked = list.iter().find(|parameter| parameter["path"] == "fraud.booked").unwrap();
    assert_eq!((booked["value"].as_f64(), booked["overridden_by"].as_str()), (Some(0.5), Some("--set")));
    let changed = stapjes().args(["parameters", "--changed", "--set", "fraud.booked=0.5"]).assert().success();
    let shown = String::from_utf8_lossy(&changed.get_output().stdout).into_owned();
    assert!(shown.contains("fraud.booked") && !shown.contains("costs.hour"), "{shown}");
    // What the figures of a posterior moved is changed too.
    assert!(shown.contains("exit.work.base") && shown.contains("posterior nederland"), "{shown}");
}

#[test]
fn schema_prints_one_json_document() {
    let output = stapjes().arg("schema").assert().success();
    let schema: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["replicates"]["maximum"], 10_000_000);
}

// ---- The page about the format -------------------------------------------------------------------------------------------

#[test]
fn the_format_page_lists_every_parameter_with_its_default_and_range() {
    let page = include_str!("../docs/scenario.md");
    let reference = loaded(embedded("lange-adem", &["uncertainty.posterior=\"\"".into()]));
    for record in reference.registry.records {
        let row = format!("| `{}` | {} | {} to {} |", record.path, record.value, record.min, record.max);
        assert!(page.contains(&row), "docs/scenario.md lacks\n{row}");
    }
}

#[test]
fn the_examples_of_the_format_page_are_valid() {
    let page = include_str!("../docs/scenario.md");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 5);
    loaded(resolve_text(examples[0], &[]));
    loaded(resolve_text(examples[1], &[]));
    loaded(resolve_text(&text(examples[2]), &[]));
    loaded(resolve_text(&format!("{}{}", text(""), examples[4]), &[]));
    let (head, table) = examples[3].split_once('\n').unwrap();
    let arms = "[[arm]]\nname = \"a\"\nparticipants = 10\n[[arm]]\nname = \"b\"\nparticipants = 10\n\
        ladder_effect = { from_month = 3, multiplier = 1.3, slope = 0.5, trust_gain = 0.05 }\n";
    loaded(resolve_text(&format!("name = \"x\"\n{head}\n{arms}{table}"), &[]));
}

/// The README has one row per scenario, `| [`NAME.toml`](scenarios/NAME.toml) | question |` or the like.
#[test]
fn the_readme_table_is_in_step_with_the_folder() {
    let Ok(readme) = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")) else {
        return; // a packaged copy without the README has nothing to compare
    };
    let rows: Vec<&str> =
        readme.lines().filter(|line| line.starts_with('|') && line.contains(".toml")).collect();
    let mut in_folder = 0;
    for file in scenario_files() {
        if file.parent().unwrap().ends_with("verification") {
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(rows.iter().any(|row| row.contains(name)), "README.md has no row for {name}");
        in_folder += 1;
    }
    assert_eq!(
        rows.len(),
        in_folder,
        "README.md has a row for a scenario that is not there:\n{}",
        rows.join("\n")
    );
    assert!(readme.contains("scenarios/verification"), "README.md says nothing about scenarios/verification");
}
