//! `kind = "survival"`: power, size, follow-up or enrollment of a study of a time to event, for one test or several.
//!
//! The file is a trial (arms, hazards in pieces, losses, enrollment), one or several tests, and what is
//! asked for; the answer holds the same numbers for each test, so that tests are compared on one study.
//! Formulas are in `design::analytic`; what no formula can answer comes back as infeasible with a
//! reason and, where there is one, the power that can be reached at most.

use crate::language::{AsTyped, Said};
use crate::said;
use serde_json::Value;

use super::NamedValues;
use super::common::{
    Clustering, Goal, Solve, add, add_said, begin, cluster_answer, clustering, infeasible, put,
};
use super::sequential::{Staging, plan_answer, staging};
use super::survival_trial::{End, trial};
use crate::design::analytic::{
    Benefit, DriftFormula, Infeasible, InformationScale, LookTiming, PlannedTest, PowerQuestion, StagedLook,
    SurvivalTest, Trial, WeightFunction, average_hazard_ratio, direction, expected, expected_counts, looks,
    month_of_events,
};
use crate::design::sequential::SequentialPlan;
use crate::document::TableReader;

/// A test as written, with its name for the answer.
struct Asked {
    /// Name of the test with its parameters, as the answer shows it.
    name: Said,
    /// The test itself.
    test: SurvivalTest,
    /// The formula of its drift: how the mean of z is computed.
    method: DriftFormula,
    /// The same as files write it.
    method_name: &'static str,
}

/// Answers `kind = "survival"`.
/// `None` when something is wrong with the file, which is then reported. Everything is read before
/// anything is judged.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let planned = trial(table, goal);
    let benefit = table.choice("benefit", &[("sooner", Benefit::Sooner), ("later", Benefit::Later)]);
    let null_ratio = table.number("null_hazard_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let curve = table.numbers("curve_months", 1e-3, 2400.0).unwrap_or_default();
    let clustering = clustering(table);
    let asked = tests(table);
    let staging = staging(table, goal, Some("months"));
    if table.has("clusters") && clustering.is_none() || table.has("sequential") && staging.is_none() {
        return None;
    }
    if staging.is_some() && asked.iter().flatten().any(|one| matches!(one.test, SurvivalTest::MaxCombo(_))) {
        table.problem(
            "sequential",
            said!(
                "een MaxCombo-toets heeft hier geen tussentijdse toetsen",
                "a MaxCombo test has no interim looks here"
            ),
            said!("laat een van beide weg", "leave one of them out"),
            None,
        );
        return None;
    }
    let by_month = staging.as_ref().is_some_and(|staging| staging.months.is_some());
    if by_month && matches!(goal.solve, Solve::FollowUp | Solve::Enrollment) {
        table.problem(
            "sequential",
            said!(
                "toetsmomenten per maand leggen de duur vast die wordt gezocht",
                "looks by month fix the duration that is sought"
            ),
            Said::same("information = [...]"),
            None,
        );
        return None;
    }
    let (trial, end) = planned?;
    fits(table, &trial, end, &curve)?;
    if let Some(last) = staging.as_ref().and_then(|staging| staging.months.as_ref()?.last().copied()) {
        let planned = end_month(&trial, end);
        if planned.is_none_or(|month| (month - last).abs() > 1e-6) {
            let allowed = planned.map_or(
                said!("maanden zonder [follow_up] events", "months without [follow_up] events"),
                |m| said!("een lijst die eindigt op {m}", "a list ending at {m}", m = AsTyped(m)),
            );
            table.problem(
                "sequential",
                said!(
                    "het laatste toetsmoment (maand {last}) is niet het eind van het onderzoek",
                    "the last look (month {last}) is not the end of the study",
                    last = last
                ),
                allowed,
                None,
            );
            return None;
        }
    }
    let plan = Plan { trial, end, staging, clustering, curve, benefit, null_ratio };
    let mut answer = begin(goal);
    let results: Vec<Value> = asked?.iter().map(|one| Value::Object(plan.result(one, goal))).collect();
    // With one test the numbers stand at the top as well, where a script looks first.
    if let [Value::Object(only)] = &results[..] {
        answer.extend(only.clone());
    }
    add(&mut answer, "results", results);
    Some(answer)
}

/// `None` for a study that contradicts itself: one that ends before its enrollment, an entry rate that
/// begins after it, hazards that nobody is followed long enough to meet.
fn fits(table: &TableReader<'_>, trial: &Trial, end: End, curve: &[f64]) -> Option<()> {
    let last = curve.iter().copied().fold(0.0, f64::max);
    if let End::Study(study) = end
        && study + 1e-9 < trial.enrollment_months
    {
        table.problem(
            "follow_up",
            said!(
                "het onderzoek eindigt na {study} maanden, maar de instroom duurt {enrollment_months} maanden",
                "the study ends after {study} months, but enrollment goes on for {enrollment_months} months",
                enrollment_months = trial.enrollment_months,
                study = study
            ),
            said!(
                "study_months minstens zo lang als enrollment.months",
                "study_months at least as long as enrollment.months"
            ),
            Some(said!(
                "wie na het eind instroomt, wordt nooit gezien; maak de instroom korter of het \
                     onderzoek langer",
                "who enters after the end is never seen; shorten the enrollment or lengthen the study"
            )),
        );
        return None;
    }
    if let Some(start) = trial.enrollment.starts().iter().find(|start| **start >= trial.enrollment_months) {
        table.problem(
            "enrollment",
            said!(
                "de instroom vanaf maand {start} wordt nooit gebruikt: de instroom eindigt op maand \
                     {enrollment_months}",
                "the entry rate from month {start} is never used: enrollment ends at month {enrollment_months}",
                enrollment_months = trial.enrollment_months,
                start = start
            ),
            said!(
                "starts_months voor het eind van de instroom",
                "starts_months before the end of enrollment"
            ),
            None,
        );
        return None;
    }
    let seen = end_month(trial, end).map(|month| trial.horizon(month.max(last)));
    let pieces = trial.strata.iter().flat_map(|stratum| {
        let (treated, control) = (&stratum.treated, &stratum.control);
        [&treated.event, &treated.loss, &control.event, &control.loss]
    });
    let mut starts = pieces.flat_map(|piece| piece.starts().iter().copied());
    if let Some((start, seen)) = seen.and_then(|seen| Some((starts.find(|start| *start > seen)?, seen))) {
        table.problem(
            "hazards",
            said!(
"de kansen vanaf maand {start} na instroom worden nooit gebruikt: niemand wordt langer \
                 gevolgd dan {seen} maanden",
"the hazards from month {start} after entry are never used: nobody is followed longer than {seen} months",
start = start,
seen = seen
),
            said!("starts_months voor de langste waarneming", "starts_months before the longest follow-up"),
            Some(said!("maak het onderzoek langer, of laat de latere stukken weg", "lengthen the study, or leave the later pieces out")),
        );
        return None;
    }
    Some(())
}

/// The tests of the file, or the log-rank test when it lists none; `None` when one is wrong.
fn tests(table: &TableReader<'_>) -> Option<Vec<Asked>> {
    let listed = table.tables("test");
    if listed.is_empty() && !table.has("test") {
        let (test, method) = (SurvivalTest::Weighted(WeightFunction::LogRank), DriftFormula::Direct);
        return Some(vec![Asked { name: Said::same("log-rank"), test, method, method_name: "direct" }]);
    }
    let mut asked = Vec::new();
    for one in listed {
        asked.push(test(&one));
        one.finish();
    }
    asked.into_iter().collect()
}

/// Kinds of tests.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Log-rank.
    LogRank,
    /// Fleming and Harrington.
    FlemingHarrington,
    /// Modestly weighted.
    Modestly,
    /// Nothing before a month.
    EarlyZero,
    /// The largest of several.
    MaxCombo,
    /// Difference at a month.
    Milestone,
    /// Difference of the mean time up to a month.
    RestrictedMean,
}

/// One test with its name and formula; `None` when it is wrong.
fn test(table: &TableReader<'_>) -> Option<Asked> {
    let kinds = [
        ("log-rank", Kind::LogRank),
        ("fleming-harrington", Kind::FlemingHarrington),
        ("modestly-weighted", Kind::Modestly),
        ("early-zero", Kind::EarlyZero),
        ("max-combo", Kind::MaxCombo),
        ("milestone", Kind::Milestone),
        ("restricted-mean", Kind::RestrictedMean),
    ];
    table.missing("kind", "kind = \"log-rank\"");
    let kind = table.choice("kind", &kinds)?;
    let (method, method_name) = method(table, kind)?;
    let (name, test) = match kind {
        Kind::MaxCombo => max_combo(table)?,
        Kind::Milestone => timed("milestone", table, SurvivalTest::Milestone),
        Kind::RestrictedMean => timed("restricted-mean", table, SurvivalTest::RestrictedMean),
        _ => {
            let (name, weight) = weight(table, kind)?;
            (name, SurvivalTest::Weighted(weight))
        }
    };
    Some(Asked { name, test, method, method_name })
}

/// A test at a month, or at the end of the study when none is given.
fn timed(name: &str, table: &TableReader<'_>, make: fn(Option<f64>) -> SurvivalTest) -> (Said, SurvivalTest) {
    let month = table.number("month", 1e-3, 2400.0);
    let shown = month.map_or_else(
        || said!("kortste waarneming", "shortest follow-up"),
        |month| said!("maand {month}", "month {month}", month = month),
    );
    (said!("{name} ({shown})", "{name} ({shown})", shown = shown, name = name), make(month))
}

/// The weight function of a weighted log-rank test, with its name; modest weights stop rising at a time
/// or at a share of survival, never at both.
fn weight(table: &TableReader<'_>, kind: Kind) -> Option<(Said, WeightFunction)> {
    match kind {
        Kind::FlemingHarrington => {
            let rho = table.number("rho", 0.0, 20.0).unwrap_or(0.0);
            let gamma = table.number("gamma", 0.0, 20.0).unwrap_or(0.0);
            let name = format!("fleming-harrington ({rho}, {gamma})");
            Some((Said::same(name), WeightFunction::FlemingHarrington { rho, gamma }))
        }
        Kind::Modestly => {
            let (months, survival) = (table.number("t_star", 0.0, 2400.0), table.number("s_star", 1e-6, 1.0));
            let highest = table.number("w_max", 1.0, 1e9).unwrap_or(f64::INFINITY);
            match (months, survival) {
                (Some(months), None) => Some((
                    Said::same(format!("modestly-weighted (t* = {months})")),
                    WeightFunction::ModestlyUntil { months, highest },
                )),
                (None, Some(survival)) => Some((
                    Said::same(format!("modestly-weighted (s* = {survival})")),
                    WeightFunction::ModestlyDownTo { survival },
                )),
                _ => {
                    let hint = Some(said!(
                        "t_star = 12.0 laat het gewicht een jaar groeien",
                        "t_star = 12.0 lets the weight grow for a year"
                    ));
                    table.problem(
                        "t_star",
                        said!("hoe lang groeit het gewicht?", "how long does the weight grow?"),
                        said!("precies een van t_star, s_star", "exactly one of t_star, s_star"),
                        hint,
                    );
                    None
                }
            }
        }
        Kind::EarlyZero => {
            table.missing("month", "month = 6");
            let months = table.number("month", 0.0, 2400.0)?;
            Some((Said::same(format!("early-zero ({months})")), WeightFunction::ZeroBefore { months }))
        }
        _ => Some((Said::same("log-rank"), WeightFunction::LogRank)),
    }
}

/// The largest of several Fleming-Harrington tests: two or more pairs of rho and gamma, each once, as
/// many as the multivariate normal integral takes.
fn max_combo(table: &TableReader<'_>) -> Option<(Said, SurvivalTest)> {
    table.missing(
        "rho",
        said!("rho = [0, 0, 1], met gamma = [0, 1, 0]", "rho = [0, 0, 1], with gamma = [0, 1, 0]"),
    );
    table.missing("gamma", "gamma = [0, 1, 0]");
    let (rho, gamma) = (table.numbers("rho", 0.0, 20.0)?, table.numbers("gamma", 0.0, 20.0)?);
    let most = crate::stats::multivariate_normal::MOST_DIMENSIONS;
    if rho.len() != gamma.len() || rho.len() < 2 || rho.len() > most {
        table.problem(
            "rho",
            said!("een rho en een gamma voor elke statistiek", "a rho and a gamma for every statistic"),
            said!("2 tot {most} van elk", "2 to {most} of each", most = most),
            None,
        );
        return None;
    }
    let pairs: Vec<(f64, f64)> = rho.into_iter().zip(gamma).collect();
    if (1..pairs.len()).any(|i| pairs[..i].contains(&pairs[i])) {
        table.problem(
            "rho",
            said!(
                "dezelfde statistiek staat twee keer in de combinatie",
                "the same statistic stands in the combination twice"
            ),
            said!("verschillende paren", "different pairs"),
            None,
        );
        return None;
    }
    let names: Vec<String> = pairs.iter().map(|(r, g)| format!("({r}, {g})")).collect();
    let weights =
        pairs.into_iter().map(|(rho, gamma)| WeightFunction::FlemingHarrington { rho, gamma }).collect();
    Some((Said::same(format!("max-combo {}", names.join(" "))), SurvivalTest::MaxCombo(weights)))
}

/// The formula of the drift, and its name; only the log-rank test has all of them, since the older
/// formulas were derived for it alone.
fn method(table: &TableReader<'_>, kind: Kind) -> Option<(DriftFormula, &'static str)> {
    let variances = [
        ("both", InformationScale::Both),
        ("null", InformationScale::Null),
        ("alternative", InformationScale::Alternative),
    ];
    let variance = table.choice("variance", &variances).unwrap_or_default();
    let methods = [
        ("direct", DriftFormula::Direct),
        ("asymptotic", DriftFormula::Asymptotic(variance)),
        ("average-hazard-ratio", DriftFormula::AverageHazardRatio(variance)),
        ("schoenfeld", DriftFormula::Schoenfeld),
        ("freedman", DriftFormula::Freedman),
        ("lachin-foulkes", DriftFormula::LachinFoulkes),
        ("bernstein-lagakos", DriftFormula::BernsteinLagakos),
    ];
    if !table.has("method") {
        return Some((DriftFormula::Direct, "direct"));
    }
    let method = table.choice("method", &methods)?;
    let allowed = match kind {
        Kind::LogRank => 7,
        Kind::Milestone | Kind::RestrictedMean => 1,
        _ => 2,
    };
    match methods.iter().position(|(_, known)| *known == method) {
        Some(index) if index < allowed => Some((method, methods[index].0)),
        _ => {
            let words: Vec<&str> = methods[..allowed].iter().map(|known| known.0).collect();
            table.problem(
                "method",
                said!("voor deze toets is er geen formule", "this test has no such formula"),
                said!("een van {}", "one of {}", words.join(", ")),
                None,
            );
            None
        }
    }
}

/// The calendar month of an end that is fixed in advance.
fn end_month(trial: &Trial, end: End) -> Option<f64> {
    match end {
        End::FollowUp(months) => Some(trial.enrollment_months + months),
        End::Study(months) => Some(months),
        End::Events(_) | End::Open => None,
    }
}

/// A study as the file says it.
struct Plan {
    /// Arms and enrollment.
    trial: Trial,
    /// When it ends.
    end: End,
    /// Looks.
    staging: Option<Staging>,
    /// Clusters.
    clustering: Option<Clustering>,
    /// Further months at which the power is asked, each as the only analysis.
    curve: Vec<f64>,
    /// What counts as success; `None` = where the alternative lies.
    benefit: Option<Benefit>,
    /// Hazard ratio under the null hypothesis; other than 1 for margins.
    null_ratio: f64,
}

impl Plan {
    /// The answer for one test: feasible with its numbers, or the reason why not.
    fn result(&self, asked: &Asked, goal: &Goal) -> NamedValues {
        let mut answer = NamedValues::new();
        add_said(&mut answer, "test", &asked.name);
        add(&mut answer, "method", asked.method_name);
        let longest = 0.5 * self.trial.enrollment_months + 240.0;
        let month = self.month(&self.trial).unwrap_or(longest);
        let benefit = self.benefit.unwrap_or_else(|| direction(&self.trial, month, self.null_ratio));
        add(&mut answer, "benefit", if benefit == Benefit::Sooner { "sooner" } else { "later" });
        let question = self.question(asked, goal, benefit);
        match self.solve(&question, goal) {
            Ok((trial, month)) => self.report(&mut answer, &question, &trial, month, goal),
            Err(why) => {
                infeasible(&mut answer, why.said());
                if let Infeasible::Limit { power, month } = why {
                    put(&mut answer, "limiting_power", power);
                    put(&mut answer, "limiting_month", month);
                }
            }
        }
        answer
    }

    /// The question for one test.
    fn question(&self, asked: &Asked, goal: &Goal, benefit: Benefit) -> PowerQuestion {
        let analysis = PlannedTest {
            test: asked.test.clone(),
            method: asked.method,
            level: goal.level,
            benefit,
            null_ratio: self.null_ratio,
            design_effect: self.clustering.map_or(1.0, |clustering| clustering.effect),
        };
        let staged = self.staging.as_ref().map(|staging| {
            let timing = match &staging.months {
                Some(months) => LookTiming::Months(months.clone()),
                None => LookTiming::Information,
            };
            (staging.request.clone(), timing)
        });
        PowerQuestion { analysis, staged }
    }

    /// The calendar month of the end, when it is known.
    fn month(&self, trial: &Trial) -> Option<f64> {
        end_month(trial, self.end).or(match self.end {
            End::Events(events) => month_of_events(trial, events),
            _ => None,
        })
    }

    /// The study that answers the question: itself, larger, longer, or enrolled for longer.
    fn solve(&self, question: &PowerQuestion, goal: &Goal) -> Result<(Trial, f64), Infeasible> {
        let never = || {
            Infeasible::Looks(said!(
                "de gevraagde gebeurtenissen worden met deze deelnemers nooit verwacht",
                "the events asked for are never expected with these participants"
            ))
        };
        match goal.solve {
            Solve::Power => Ok((self.trial.clone(), self.month(&self.trial).ok_or_else(never)?)),
            Solve::Size => {
                let month = self.month(&self.trial).ok_or_else(never)?;
                let size = question.size(&self.trial, month, goal.power)?;
                Ok((self.trial.with_participants(size), month))
            }
            Solve::FollowUp => {
                let months = question.follow_up(&self.trial, goal.power)?;
                Ok((self.trial.clone(), self.trial.enrollment_months + months))
            }
            Solve::Enrollment => {
                let End::FollowUp(follow_up) = self.end else { return Err(never()) };
                let months = question.enrollment(&self.trial, follow_up, goal.power)?;
                Ok((self.trial.with_enrollment_months(months), months + follow_up))
            }
        }
    }

    /// Numbers of a study of known size and duration: power, people, events, looks and clusters.
    fn report(
        &self,
        answer: &mut NamedValues,
        question: &PowerQuestion,
        trial: &Trial,
        month: f64,
        goal: &Goal,
    ) {
        let at_end = expected(trial, month, &question.analysis);
        let staged = match self.staged(question, trial, month, goal) {
            Ok(staged) => staged,
            Err(why) => return infeasible(answer, why),
        };
        let power = staged.as_ref().map_or_else(|| at_end.power(goal.level), |(plan, _)| plan.power);
        if ![power, at_end.information].iter().chain(&at_end.drift).all(|value| value.is_finite()) {
            return infeasible(
                answer,
                said!(
                    "deze kansen en tijden geven getallen die te klein of te groot zijn om mee te \
                     rekenen",
                    "these hazards and times leave numbers too small or too large to compute with"
                ),
            );
        }
        let counts = expected_counts(trial, month);
        let participants = trial.participants();
        add(answer, "feasible", true);
        put(answer, "power", power);
        if goal.level.sides == 2 && staged.is_none() {
            put(answer, "power_both_directions", power + at_end.wrong_direction(goal.level));
        }
        put(answer, "participants", participants);
        put(answer, "participants_treated", participants * trial.treated_share);
        put(answer, "participants_control", participants * (1.0 - trial.treated_share));
        put(answer, "enrollment_months", trial.enrollment_months);
        put(answer, "follow_up_months", month - trial.enrollment_months);
        put(answer, "study_months", month);
        put(answer, "participants_at_end", counts.participants);
        put(answer, "events", counts.events());
        put(answer, "events_treated", counts.treated_events);
        put(answer, "events_control", counts.control_events);
        put(answer, "losses", counts.losses());
        put(answer, "average_hazard_ratio", average_hazard_ratio(trial, month).hazard_ratio);
        if let Some(start) = trial.effect_starts() {
            put(answer, "effect_starts_months_after_entry", start);
        }
        put(answer, "information", at_end.information);
        if let Some(clustering) = self.clustering {
            add(answer, "clusters", cluster_answer(clustering, participants));
        }
        match staged {
            Some((plan, looks)) => plan_answer(answer, &plan, &looks),
            None => {
                put(answer, "critical_z", at_end.critical(goal.level));
                put(answer, "critical_stretch", at_end.stretch);
                add(answer, "mean_z", at_end.drift.clone());
            }
        }
        if !self.curve.is_empty() {
            add(answer, "curve", self.curve_points(question, trial));
        }
    }

    /// The plan of its looks, with what is known at each; `None` without interim looks.
    fn staged(
        &self,
        question: &PowerQuestion,
        trial: &Trial,
        month: f64,
        goal: &Goal,
    ) -> Result<Option<(SequentialPlan, Vec<StagedLook>)>, Said> {
        let Some((request, timing)) = &question.staged else { return Ok(None) };
        let looks = looks(trial, month, &question.analysis, request, timing)?;
        let target = (goal.solve != Solve::Power).then_some(goal.power);
        let plan = question.plan(&looks, request, target);
        Ok(Some((plan, looks)))
    }

    /// Power at other cut-offs, each as the only analysis.
    fn curve_points(&self, question: &PowerQuestion, trial: &Trial) -> Vec<Value> {
        let single = PowerQuestion { staged: None, ..question.clone() };
        let point = |month: &f64| {
            let mut point = NamedValues::new();
            put(&mut point, "study_months", *month);
            match single.power(trial, *month) {
                Ok(power) => put(&mut point, "power", power),
                Err(why) => add(&mut point, "reason", why.to_string()),
            }
            put(&mut point, "events", expected_counts(trial, *month).events());
            put(&mut point, "average_hazard_ratio", average_hazard_ratio(trial, *month).hazard_ratio);
            Value::Object(point)
        };
        self.curve.iter().map(point).collect()
    }
}
