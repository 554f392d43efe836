//! The scenario gate from outside: what loads, what is refused, and how it is said.

use stapjes::scenario::{Contact, Dynamics, Scenario, embedded, resolve_text};

#[test]
fn the_default_scenario_loads() {
    let resolved = embedded("lange-adem", &[]).map_err(|problems| problems.render(false)).unwrap();
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
fn the_canonical_text_is_a_scenario_with_the_same_meaning() {
    let resolved = embedded("lange-adem", &["conversation.trust_gain=0.2".into()]).unwrap();
    let again = resolve_text(&resolved.text, &[]).map_err(|problems| problems.render(false)).unwrap();
    assert_eq!(again.scenario, resolved.scenario);
    assert_eq!(again.text, resolved.text);
    assert_eq!(again.hash, resolved.hash);
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = "extends = \"reference\"\nname = \"x\"\nseed = 1e6\ntitle = 3\nreplicates = 0,5\n\
        [conversation]\ntrust_gian = 0.2\ntrust_decay = 25\n\
        [[arm]]\nname = \"a\"\nservice = \"fipp\"\nparticipants = 10\n[[arm]]\nname = \"a\"\nservice = \"fip\"\ncaseworkers = 1\n";
    let problems = Scenario::from_text(text).unwrap_err();
    println!("{}", problems.render(false));
    assert!(problems.list.len() >= 7);
}
