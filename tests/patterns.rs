//! `stapjes patterns` in both languages, at central values and with a draw of the parameters for every study.

use stapjes::design::patterns::{PatternPlan, PatternReport, patterns};
use stapjes::language::Lang;
use stapjes::report::patterns::{Markup, report};
use stapjes::trial::Watch;

fn quick(overrides: &[String], draws: bool) -> PatternReport {
    let plan = PatternPlan {
        replicates: 10,
        alternatives: false,
        targets: false,
        overrides,
        draws,
        watch: Watch::default(),
    };
    patterns(&plan).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn both_languages_say_the_same_numbers_and_draws_spread() {
    let fixed = quick(&[], false);
    let (dutch, english) =
        (report(&fixed, Markup::Markdown, Lang::Nl), report(&fixed, Markup::Markdown, Lang::En));
    let numbers = |text: &str| -> Vec<String> {
        let cells = text
            .lines()
            .filter(|line| line.starts_with("| P"))
            .flat_map(|line| line.split('|').map(str::trim));
        // A Dutch number has a decimal comma.
        cells.map(|cell| cell.replace(',', ".")).filter(|cell| cell.parse::<f64>().is_ok()).collect()
    };
    assert!(!numbers(&dutch).is_empty());
    assert_eq!(numbers(&dutch), numbers(&english));
    assert!(
        !dutch.lines().any(|line| line.starts_with("| P") && line.contains("| 0.")),
        "a decimal point in Dutch"
    );
    for word in ["studies", "terminations", "regular service", "signals", "pass"] {
        assert!(english.contains(word), "{word}");
        assert!(!dutch.contains(word), "{word} in Dutch");
    }
    let drawn = quick(&["distance.progress=0".to_owned()], true);
    assert!(
        drawn.draws
            && report(&drawn, Markup::Plain, Lang::En).contains("a draw of the parameters of its own")
    );
    assert_ne!(drawn.structures[0].rows[0].value, fixed.structures[0].rows[0].value);
}
