//! Plans for a whole caseload: who gets which service, with what staff, from when until when.

use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, History, Tally, World};
use stapjes::population;
use stapjes::scenario::{Scenario, Who};

/// A whole caseload of one site with two arms, of which the second has a plan.
fn scenario(plan: &str) -> Scenario {
    let text = format!(
        "name = \"x\"\npopulation = \"stock\"\ninflow = true\nhorizon_months = 36\nseed = 7\n\
         [[arm]]\nname = \"a\"\nservice = \"regular\"\nparticipants = 190\ncaseworkers = 0.9\n\
         [[arm]]\nname = \"b\"\nservice = \"regular\"\nparticipants = 190\ncaseworkers = 0.9\n{plan}"
    );
    Scenario::from_text(&text).map_err(|problems| problems.render(false)).expect("a valid scenario")
}

fn paired(scenario: &Scenario, arm: usize) -> History {
    let keep = Keep { record: false, lives: 20 };
    let population = population::draw(scenario, 0);
    History { world: World::Study, ..simulate(scenario, &population, 0, World::Paired { arm }, keep) }
}

fn sum(tally: &GroupTally, what: Tally) -> f64 {
    tally.column(what).iter().sum()
}

fn same_but_arm(a: &History, b: &History) -> bool {
    let own_arm = |history: &History| {
        let mut lives = history.lives.clone();
        lives.iter_mut().for_each(|life| life.arm = 0);
        lives
    };
    a.tallies == b.tallies && own_arm(a) == own_arm(b)
}

#[test]
fn one_group_with_everybody_is_the_plain_arm_to_the_bit() {
    let planned = scenario("[[arm.serves]]\nservice = \"fip\"\n");
    let mut plain = scenario("");
    plain.arms[1].service = planned.arms[1].serves[0].service;
    assert!(plain.parts().is_empty() && planned.parts().is_empty());
    assert_eq!(paired(&planned, 1), paired(&plain, 1));
    // Two rows of the same service for two groups: the same people, talks and exits.
    let split = scenario(
        "[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n[[arm.serves]]\nwho = \"near\"\nservice = \"fip\"\n",
    );
    let (split, plain) = (paired(&split, 1), paired(&plain, 1));
    assert_eq!(split.lives, plain.lives);
    for &tally in &[Tally::TalksHeld, Tally::OnBenefit, Tally::Signals, Tally::NoShows, Tally::BenefitMonths]
    {
        let [all, parts] =
            [&split.tallies[0][0], &plain.tallies[0][0]].map(|tally_of| tally_of.column(tally).to_vec());
        assert_eq!(all, parts, "{tally:?}");
    }
}

#[test]
fn parts_add_up_to_everybody() {
    let scenario = scenario("[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n");
    assert_eq!(scenario.parts(), [Who::Far, Who::Near]);
    for arm in 0..2 {
        let history = paired(&scenario, arm);
        let [far, near] = &history.parts[0][..] else { panic!("two parts") };
        let whole = &history.tallies[0][0];
        for tally in Tally::all() {
            let (parts, whole) = (sum(far, tally) + sum(near, tally), sum(whole, tally));
            assert!((parts - whole).abs() <= 1e-9 * whole.abs(), "{tally:?}: {parts} and {whole}");
        }
        assert!(sum(far, Tally::Entered) > 100.0 && sum(near, Tally::Entered) > 100.0);
        // Entrants and those who were there: near means up to 12 months on file at entry.
        let band = |part: &GroupTally, band| part.column(Tally::Band(band))[0];
        use stapjes::kinds::Band;
        assert_eq!(
            band(near, Band::Over48) + band(near, Band::From24To48) + band(near, Band::From12To24),
            0.0
        );
        assert_eq!(band(far, Band::From6To12) + band(far, Band::UpTo6), 0.0);
    }
}

#[test]
fn arms_are_equal_to_the_bit_until_their_services_part() {
    let scenario =
        scenario("[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\nfrom_month = 12\nuntil_month = 24\n");
    let (a, b) = (paired(&scenario, 0), paired(&scenario, 1));
    let months = |history: &History, tally: Tally, months: std::ops::RangeInclusive<usize>| {
        history.tallies[0][0].column(tally)[months].to_vec()
    };
    for tally in Tally::all() {
        assert_eq!(months(&a, tally, 0..=12), months(&b, tally, 0..=12), "{tally:?}");
    }
    let lives = |history: &History| -> Vec<_> {
        let mut early: Vec<_> = history.lives.iter().filter(|life| life.month <= 12).cloned().collect();
        early.iter_mut().for_each(|life| life.arm = 0);
        early
    };
    assert_eq!(lives(&a), lives(&b));
    assert!(months(&a, Tally::TalksHeld, 13..=24) != months(&b, Tally::TalksHeld, 13..=24));
    assert!(!same_but_arm(&a, &b));
    // After the year of talks far clients are seen as rarely as under regular service.
    let held =
        |from: usize, to: usize| -> f64 { b.parts[0][0].column(Tally::TalksHeld)[from..=to].iter().sum() };
    assert!(held(26, 36) < 0.4 * held(14, 24), "{} {}", held(26, 36), held(14, 24));
}

#[test]
fn talks_never_exceed_the_slots_of_part_time_caseworkers() {
    for plan in [
        "[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n",
        "priority = [\"fip\"]\n[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n",
        "dedicated = { fip = 0.5, regular = 0.2 }\n[[arm.serves]]\nwho = \"far\"\nservice = \"fip\"\n",
    ] {
        let scenario = scenario(plan);
        let history = paired(&scenario, 1);
        // 380 people and 1.8 caseworkers: two persons of 54 slots a month each.
        let tally = &history.tallies[0][0];
        let share = scenario.parameters.no_show.slot_share;
        let (mut slots, mut used) = (0.0, 0.0);
        for month in 1..=36 {
            used += tally.column(Tally::TalksHeld)[month] + share * tally.column(Tally::NoShows)[month];
            slots += 2.0 * 54.0;
            assert!(used <= slots + 1e-9, "{plan}: {used} slots used by month {month} of {slots}");
        }
        assert!(sum(tally, Tally::Backlog) > 0.0, "{plan}: the slots must bind in this test");
    }
}

/// Everybody is far, is due every month, comes, and never leaves: a queue with known throughput.
const QUEUE: &str = r#"
extends = "verification/quiet"
name = "queue"
control = "a"
horizon_months = 24
capacity = true
site = []
[population.far]
recorded_distance = { median = 40, sigma = 0.5 }
[no_show]
base = -20
[service.quarterly]
like = "monthly"
interval_months = 3
"#;

fn queue(plan: &str) -> History {
    let arms = "[[arm]]\nname = \"a\"\nservice = \"quarterly\"\nparticipants = 10\ncaseworkers = 1\n\
                [[arm]]\nname = \"b\"\nservice = \"quarterly\"\nparticipants = 90\ncaseworkers = 0.8\n";
    let half = "who = { recorded_months = [0, 40] }";
    let text = format!("{QUEUE}{arms}{}", plan.replace("HALF", half));
    let scenario = Scenario::from_text(&text).map_err(|problems| problems.render(false)).expect("valid");
    let population = population::draw(&scenario, 0);
    simulate(&scenario, &population, 0, World::Study, Keep::default())
}

/// Talks held in a year, from month 13 on, by the two parts of arm b.
fn talks(history: &History) -> [f64; 2] {
    [0, 1].map(|part: usize| history.parts[1][part].column(Tally::TalksHeld)[13..=24].iter().sum())
}

#[test]
fn shared_capacity_is_a_queue_with_known_throughput() {
    // 45 or so are due every month, the others every three months, and there are 48 slots a month.
    let history = queue("priority = [\"monthly\"]\n[[arm.serves]]\nHALF\nservice = \"monthly\"\n");
    let clients = [0, 1].map(|part: usize| history.parts[1][part].column(Tally::Entered)[0]);
    assert_eq!(clients.iter().sum::<f64>(), 90.0);
    // First come the monthly clients, once a month each; the others get what is left, at most a talk in three months each.
    let [monthly, quarterly] = talks(&history);
    assert_eq!(monthly, 12.0 * clients[0].min(48.0));
    let left = 12.0 * (48.0 - clients[0].min(48.0));
    assert_eq!(quarterly, left.min(4.0 * clients[1]), "{clients:?}");
    // With caseworkers of their own each gets what its slots give, whatever the other asks.
    let dedicated =
        "dedicated = { monthly = 0.3, quarterly = 0.5 }\n[[arm.serves]]\nHALF\nservice = \"monthly\"\n";
    let [monthly, quarterly] = talks(&queue(dedicated));
    assert_eq!(monthly, 12.0 * clients[0].min(18.0));
    assert_eq!(quarterly, (12.0 * 30.0_f64).min(4.0 * clients[1]));
    // The longest overdue of all first: together they use every slot, or what they ask.
    let [monthly, quarterly] = talks(&queue("[[arm.serves]]\nHALF\nservice = \"monthly\"\n"));
    assert_eq!(monthly + quarterly, (12.0 * clients[0] + 4.0 * clients[1]).min(576.0));
}

#[test]
fn talks_for_some_within_the_same_staff_cost_the_others_what_the_slots_say() {
    // All slots are used either way, so what one part gains the other loses, talk for talk.
    let before =
        queue("[[arm.serves]]\nHALF\nservice = \"monthly\"\n[[arm.serves]]\nservice = \"monthly\"\n");
    let after = queue(
        "priority = [\"monthly\"]\n[[arm.serves]]\nHALF\nservice = \"monthly\"\n[[arm.serves]]\nservice = \"other\"\n\
         [service.other]\nlike = \"quarterly\"\ninterval_months = 1\n",
    );
    let ([some, others], [favored, left]) = (talks(&before), talks(&after));
    assert_eq!(some + others, 576.0);
    assert!(favored > some);
    assert_eq!(others - left, favored - some);
}

#[test]
fn a_review_decides_again_by_what_is_on_file() {
    let row = "[[arm.serves]]\nwho = { duration_months = [24, 10000] }\nservice = \"fip\"\n";
    let (once, yearly) = (scenario(row), scenario(&format!("review_months = 12\n{row}")));
    let held = |scenario: &Scenario| sum(&paired(scenario, 1).parts[0][1], Tally::TalksHeld);
    // Those who were on benefit for less than two years get there within three.
    assert!(held(&yearly) > 1.1 * held(&once), "{} {}", held(&yearly), held(&once));
}
