//! What is compared is not what a plan gives but what its judged arm gives more than the control of the
//! same plan: plans may have other clients and controls, and a plan that starts from better odds should
//! not win by them. Replicates and draws are paired across plans, so differences are taken draw by draw
//! before any range is read off.

use super::plans::Plans;
use crate::kinds::Question;
use crate::report::answer::{Answer, negligible, too_noisy};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::round::{decimals, euros, signed_euros};
use crate::report::words::{self, calculations};
use crate::trial::view::{Basis, ShownValue};

/// The question that is answered: that of the first plan.
pub(super) fn asked(plans: &Plans<'_>) -> Question {
    plans.facts[0].question_asked()
}

/// What each plan gains more than the first, per client and turned so that more is better; the first
/// gains nothing more than itself, and stands in the list so that it can win. `None` for a plan without
/// the measure of the question.
fn gains(plans: &Plans<'_>, question: Question) -> Vec<Option<ShownValue>> {
    let of = |plan: usize| {
        let judged = (Basis::Difference, plans.judged());
        Some(plans.more(plan, judged, question.measure(), plans.month())?.times(question.sign()))
    };
    (0..plans.count()).map(of).collect()
}

/// Which plan answers the question best, and how often; then what every plan gives, and what lies
/// between each and the first. Sentences that chance does not allow are left out, not weakened.
pub(super) fn sentences(plans: &Plans<'_>) -> Vec<String> {
    let question = asked(plans);
    let gains = gains(plans, question);
    let mut list = vec![best(plans, question, &gains)];
    list.extend((0..plans.count()).map(|plan| {
        let answer = Answer::of_arm(&plans.levels(plan), question, plans.judged_of(plan)).sentence;
        format!("{}: {answer}", plans.title(plan))
    }));
    let others = gains.iter().enumerate().skip(1);
    list.extend(others.filter_map(|(plan, gain)| Some(between(plans, question, plan, gain.as_ref()?))));
    list.retain(|sentence| !sentence.is_empty());
    list
}

/// The plan that gains most, against the one that comes next: refused with the number of replicates
/// that would do when chance decides it, and called hardly different when the margin is negligible for
/// this question. "How often" is the share of draws in which the winner beats this rival, not all plans
/// at once. Empty when fewer than two plans have the measure.
fn best(plans: &Plans<'_>, question: Question, gains: &[Option<ShownValue>]) -> String {
    let lang = plans.lang;
    let known: Vec<(usize, &ShownValue)> =
        gains.iter().enumerate().filter_map(|(plan, gain)| Some((plan, gain.as_ref()?))).collect();
    let Some(&(first, winner)) = known.iter().max_by(|a, b| a.1.center.total_cmp(&b.1.center)) else {
        return String::new();
    };
    let rival =
        known.iter().filter(|(plan, _)| *plan != first).max_by(|a, b| a.1.center.total_cmp(&b.1.center));
    let Some(&(_, rival)) = rival else { return String::new() };
    let margin = ShownValue::sum(&[(winner, 1.0), (rival, -1.0)]);
    if margin.is_too_noisy(negligible(question)) {
        return too_noisy(&plans.levels(0), margin.times_more(negligible(question)));
    }
    if margin.center.abs() <= negligible(question) && margin.low <= 0.0 {
        return lang
            .pick(
                "Op deze vraag is er tussen de beste plannen bijna geen verschil.",
                "On this question there is hardly any difference between the best plans.",
            )
            .to_owned();
    }
    let title = plans.title(first);
    let often = calculations(lang, &margin.drawn, |value| value > 0.0);
    match (lang, often) {
        (Lang::Nl, Some(often)) => format!("Op deze vraag doet “{title}” het het best, {often}."),
        (Lang::En, Some(often)) => format!("On this question “{title}” does best, {often}."),
        (Lang::Nl, None) => format!("Op deze vraag doet “{title}” het het best."),
        (Lang::En, None) => format!("On this question “{title}” does best."),
    }
}

/// The difference between a plan and the first with its range: euros per client for a question of
/// money, else per 100 clients; empty when its Monte Carlo error is too large to say it. A difference
/// that rounds to zero is told as "about as much", with its range.
fn between(plans: &Plans<'_>, question: Question, plan: usize, gain: &ShownValue) -> String {
    let (lang, title, first) = (plans.lang, plans.title(plan), plans.title(0));
    if gain.is_too_noisy(negligible(question)) {
        return String::new();
    }
    if gain.center == 0.0 && gain.low == 0.0 && gain.high == 0.0 {
        return match lang {
            Lang::Nl => format!("“{title}” doet precies hetzelfde als “{first}”."),
            Lang::En => format!("“{title}” does exactly the same as “{first}”."),
        };
    }
    if question == Question::Payback {
        let places = decimals(gain.error, -1);
        let amount = euros(lang, gain.center.abs(), places);
        let text = |value: f64| signed_euros(lang, value, places);
        let range = number::interval(lang, &text(gain.low), &text(gain.high));
        let rounded = number::round_to(gain.center, places);
        return match (lang, rounded == 0.0, rounded > 0.0) {
            (Lang::Nl, true, _) => {
                format!("Per klant levert “{title}” ongeveer evenveel op als “{first}” {range}.")
            }
            (Lang::En, true, _) => format!("Per client “{title}” brings about as much as “{first}” {range}."),
            (Lang::Nl, _, true) => {
                format!("Per klant levert “{title}” {amount} meer op dan “{first}” {range}.")
            }
            (Lang::En, _, true) => {
                format!("Per client “{title}” brings {amount} more than “{first}” {range}.")
            }
            (Lang::Nl, _, false) => {
                format!("Per klant levert “{title}” {amount} minder op dan “{first}” {range}.")
            }
            (Lang::En, _, false) => {
                format!("Per client “{title}” brings {amount} less than “{first}” {range}.")
            }
        };
    }
    let hundred = gain.times(100.0);
    let places = decimals(hundred.error, 1);
    let text = |value: f64| number::signed(number::decimal(lang, value, places));
    let range = number::interval(lang, &text(hundred.low), &text(hundred.high));
    let amount = number::decimal(lang, hundred.center.abs(), places);
    let rounded = number::round_to(hundred.center, places);
    match (lang, rounded == 0.0, rounded > 0.0) {
        (Lang::Nl, true, _) => format!("“{title}” en “{first}” doen ongeveer evenveel {range}."),
        (Lang::En, true, _) => format!("“{title}” and “{first}” do about as much {range}."),
        (Lang::Nl, _, true) => {
            format!(
                "Het effect van “{title}” is {amount} per 100 klanten groter dan dat van “{first}” {range}."
            )
        }
        (Lang::En, _, true) => {
            format!(
                "The effect of “{title}” is {amount} per 100 clients larger than that of “{first}” {range}."
            )
        }
        (Lang::Nl, _, false) => {
            format!(
                "Het effect van “{title}” is {amount} per 100 klanten kleiner dan dat van “{first}” {range}."
            )
        }
        (Lang::En, _, false) => {
            format!(
                "The effect of “{title}” is {amount} per 100 clients smaller than that of “{first}” {range}."
            )
        }
    }
}

/// What the numbers are about and what the brackets hold.
pub(super) fn notes(plans: &Plans<'_>) -> Vec<String> {
    let (t, first) = (plans.lang, plans.title(0));
    let time = number::months(t, plans.month());
    let question = words::question(t, asked(plans));
    let mut list = vec![match t {
        Lang::Nl => format!(
            "De vraag: {question} Het effect is het verschil met de gewone aanpak in hetzelfde plan, na {time}."
        ),
        Lang::En => format!(
            "The question: {question} The effect is the difference from regular service in the same plan, after {time}."
        ),
    }];
    if plans.facts.iter().any(|facts| facts.question_asked() != asked(plans)) {
        list.push(match t {
            Lang::Nl => format!("De plannen stellen niet dezelfde vraag; dit is die van “{first}”."),
            Lang::En => format!("The plans do not ask the same question; this is that of “{first}”."),
        });
    }
    if plans.has_other_horizons() {
        list.push(match t {
            Lang::Nl => format!("De plannen lopen niet even lang. Ze zijn vergeleken na {time}, de laatste maand die alle plannen tonen."),
            Lang::En => format!("The plans are not equally long. They are compared after {time}, the last month that all of them report."),
        });
    }
    if others_people(plans) {
        list.push(
            t.pick(
                "De plannen gaan niet over dezelfde klanten. Wat per klant verschilt, komt dan ook door wie de klanten zijn.",
                "The plans are not about the same clients. What differs per client then also comes from who the clients are.",
            )
            .to_owned(),
        );
    }
    list.push(match (t, plans.levels(0).has_draws()) {
        (Lang::Nl, true) => {
            "Tussen haken: acht van de tien doorrekeningen met andere aannames, dezelfde in elk plan."
                .to_owned()
        }
        (Lang::En, true) => {
            "In brackets: eight in ten calculations with other assumptions, the same in every plan."
                .to_owned()
        }
        (Lang::Nl, false) => {
            "Tussen haken: wat toeval doet (95% van de herhalingen), met vaste aannames.".to_owned()
        }
        (Lang::En, false) => {
            "In brackets: what chance does (95% of replicates), with fixed assumptions.".to_owned()
        }
    });
    list.push(
        t.pick(
            "Achter ±: de rekenfout van het verschil zelf (95%). Bij plannen van een andere omvang is die fout in totalen een bovengrens.",
            "Behind ±: the Monte Carlo error of the difference itself (95%). For plans of other sizes that error is an upper bound in totals.",
        )
        .to_owned(),
    );
    list
}

/// Whether the plans are about other people: some on the whole caseload and some on the far from work,
/// or some with inflow. Then a difference per client is one of people as well.
fn others_people(plans: &Plans<'_>) -> bool {
    let of = |at: usize| {
        let facts = &plans.facts[at];
        (facts.whole_caseload, facts.inflow)
    };
    (1..plans.count()).any(|plan| of(plan) != of(0))
}
