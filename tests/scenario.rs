//! The scenario gate from outside: what loads, what is refused, and how it is said.

use std::path::{Path, PathBuf};

use stapjes::scenario::{Contact, Dynamics, Resolved, Scenario, embedded, load, resolve_text, shipped_names};

fn loaded(result: Result<Resolved, stapjes::scenario::problem::Problems>) -> Resolved {
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

#[test]
fn the_default_scenario_loads() {
    let resolved = loaded(embedded("lange-adem", &[]));
    let scenario = &resolved.scenario;
    assert_eq!(scenario.participants(), 2 * 1440);
    assert_eq!(scenario.arms[scenario.control].name, "regular");
    assert_eq!(scenario.dynamics, Dynamics::Full);
    assert_eq!(scenario.services[0].contact, Contact::Scheduled { interval_months: 3.0 });
    assert_eq!(scenario.parameters.conversation.trust_gain, 0.18);
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
        (quiet.work.base, quiet.exit.r#move, quiet.exit.death, quiet.returns.r#move),
        (0.0, 0.0, 0.0, 0.0)
    );
    assert_eq!((fraud.initial_intentional, fraud.background_false, fraud.talk_false), (0.0, 0.0, 0.0));
    assert!(quiet.steps.kind.iter().all(|kind| kind.start == 0.0));
    assert_eq!(loaded(embedded("verification/o8", &[])).scenario.parameters.distance.decay, -0.5);
    let o7 = loaded(embedded("verification/o7", &[])).scenario;
    let service = &o7.services[o7.arms[0].service];
    assert_eq!(service.contact, Contact::Scheduled { interval_months: 3.0 });
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = "extends = \"reference\"\nname = \"x\"\nseed = 1e6\ntitle = 3\nreplicates = 0,5\n\
        [conversation]\ntrust_gian = 0.2\ntrust_decay = 25\n\
        [[arm]]\nname = \"a\"\nservice = \"fipp\"\nparticipants = 10\n[[arm]]\nname = \"a\"\nservice = \"fip\"\ncaseworkers = 1\n";
    let problems = Scenario::from_text(text).unwrap_err();
    let shown = problems.render(false);
    println!("{shown}");
    assert_eq!(problems.list.len(), 9);
}
