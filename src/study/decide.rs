//! One test on one endpoint of one study: what it decides and what it estimates.

use super::endpoint_data::EndpointData;
use super::estimand::Estimand;
use super::sizes::Size;
use crate::estimate::cluster_permutation::{self, Effort};
use crate::estimate::clustered_proportions::{ClusterCount, adjusted_chi_square};
use crate::estimate::count_regression::{self, CountData, CountFamily};
use crate::estimate::cox::Term;
use crate::estimate::gray::GrayWorkspace;
use crate::estimate::grouped::{
    ClusterContrast, ClusterMean, ClusterTable, Clusters, GroupedCox, GroupedWorkspace, RankWeight,
    mean_difference,
};
use crate::estimate::outcomes::Proportion;
use crate::estimate::risk_table::RiskRow;
use crate::estimate::{Alternative, fisher, max_combo, pearson, period_adjusted, proportion_contrast};
use crate::scenario::analysis::{Benefit, ClusterUnit, TestKind};
use crate::stats::{normal, student_t};

/// The error rates of the analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Significance level, both sides together.
    pub alpha: f64,
    /// 1 (in the direction of the benefit) or 2.
    pub sides: u32,
    /// What a one-sided test looks for.
    pub benefit: Benefit,
    /// Which participants hang together.
    pub cluster: ClusterUnit,
}

/// What a test said. Numbers that a test does not give are NaN; `defined` says whether it could be computed at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Whether the test could be computed; if not, nothing is rejected.
    pub defined: bool,
    /// p-value with the sides of the rules; 1 when not defined.
    pub p_value: f64,
    /// Standard normal or t statistic; positive: more events (or a larger share) in the treated arm.
    pub statistic: f64,
    /// The estimate: a log ratio or a difference.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of the t distribution behind the interval of the estimate; infinite: standard normal.
    pub degrees_of_freedom: f64,
    /// p-value if participants were independent, where the test has such a version.
    pub independent_p_value: f64,
    /// Events in control and treated.
    pub events: [f64; 2],
}

impl Decision {
    /// A test that could not be computed.
    const NONE: Self = Self {
        defined: false,
        p_value: 1.0,
        statistic: f64::NAN,
        estimate: f64::NAN,
        standard_error: f64::NAN,
        degrees_of_freedom: f64::NAN,
        independent_p_value: f64::NAN,
        events: [0.0; 2],
    };
}

/// Reusable space, and what the tests of one study have in common.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// For tests from tables.
    grouped: GroupedWorkspace,
    /// For Gray's test.
    gray: GrayWorkspace,
    /// The table whose units are added up in `grouped`, and the Cox regression on it once it was fitted.
    added_up: Option<(Hazard, Option<Option<GroupedCox>>)>,
}

/// Whose risk set is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hazard {
    /// Competing exits leave the risk set.
    CauseSpecific,
    /// They stay in it.
    Subdistribution,
}

impl Hazard {
    /// The table of numbers at risk.
    fn table(self, data: &EndpointData) -> &ClusterTable {
        match self {
            Self::CauseSpecific => &data.cause_specific,
            Self::Subdistribution => &data.subdistribution,
        }
    }
}

impl Workspace {
    /// Adds up the units that take part, unless the test before has.
    fn add_up(&mut self, hazard: Hazard, data: &EndpointData, units: &[u32]) -> &mut GroupedWorkspace {
        if self.added_up.is_none_or(|(done, _)| done != hazard) {
            self.grouped.choose(hazard.table(data), units);
            self.added_up = Some((hazard, None));
        }
        &mut self.grouped
    }

    /// The Cox regression of the units that take part.
    fn cox(&mut self, hazard: Hazard, data: &EndpointData, units: &[u32]) -> Option<GroupedCox> {
        self.add_up(hazard, data, units);
        if let Some((_, Some(fit))) = self.added_up {
            return fit;
        }
        let fit = self.grouped.cox(hazard.table(data));
        self.added_up = Some((hazard, Some(fit)));
        fit
    }
}

/// The distribution that a statistic is held against.
#[derive(Clone, Copy)]
enum Reference {
    /// Standard normal.
    Normal,
    /// Student's t with these degrees of freedom.
    StudentT(f64),
}

impl Reference {
    /// The p-value with the sides of the rules.
    fn p_value(self, statistic: f64, rules: &Rules) -> f64 {
        let towards = rules.benefit.sign() * statistic;
        match (self, rules.sides) {
            (Self::Normal, 2) => normal::two_sided_p(statistic),
            (Self::Normal, _) => normal::upper_tail(towards),
            (Self::StudentT(df), 2) => student_t::two_sided_p(statistic, df),
            (Self::StudentT(df), _) => student_t::upper_tail(towards, df),
        }
    }

    /// Infinite for the normal distribution.
    fn degrees_of_freedom(self) -> f64 {
        match self {
            Self::Normal => f64::INFINITY,
            Self::StudentT(df) => df,
        }
    }

    /// The standard normal value with the same tail.
    fn to_normal(self, statistic: f64) -> f64 {
        match self {
            Self::Normal => statistic,
            Self::StudentT(df) => {
                -normal::quantile(student_t::upper_tail(statistic, df).clamp(1e-300, 1.0 - 1e-16))
            }
        }
    }
}

impl Rules {
    /// The sides as estimators write them.
    fn alternative(&self) -> Alternative {
        match (self.sides, self.benefit) {
            (2, _) => Alternative::TwoSided,
            (_, Benefit::Sooner) => Alternative::Greater,
            (_, Benefit::Later) => Alternative::Less,
        }
    }

    /// Whether participants hang together.
    fn clustered(&self) -> bool {
        self.cluster != ClusterUnit::Independent
    }

    /// Clusters: t with the degrees of freedom of the variance between them; `None` when there are none.
    fn reference(&self, degrees_of_freedom: f64) -> Option<Reference> {
        match self.clustered() {
            false => Some(Reference::Normal),
            true => (degrees_of_freedom >= 1.0).then_some(Reference::StudentT(degrees_of_freedom)),
        }
    }
}

/// What the estimate of a test is an estimate of, in words; `None` for a bare test.
///
/// # Example
/// ```
/// use stapjes::kinds::TestKind;
/// use stapjes::study::{Estimand, estimand};
///
/// assert_eq!(estimand(TestKind::CoxRobust), Some(Estimand::LogHazardRatio));
/// // A bare test: it says whether, not how much.
/// assert_eq!(estimand(TestKind::MaxCombo), None);
/// ```
pub fn estimand(test: TestKind) -> Option<Estimand> {
    match test {
        TestKind::LogRank | TestKind::CoxRobust => Some(Estimand::LogHazardRatio),
        TestKind::Gray => Some(Estimand::LogSubdistributionHazardRatio),
        TestKind::RestrictedMean => Some(Estimand::MeanMonthsAfter),
        TestKind::Milestone | TestKind::Fisher | TestKind::ChiSquare | TestKind::ClusterChiSquare => {
            Some(Estimand::ShareAtCutOff)
        }
        TestKind::NegativeBinomial | TestKind::Lwyy => Some(Estimand::LogRateRatio),
        TestKind::PeriodAdjusted => Some(Estimand::RateDifference),
        TestKind::FlemingHarringtonLate
        | TestKind::ModestlyWeighted
        | TestKind::MaxCombo
        | TestKind::ClusterPermutation => None,
    }
}

/// Runs one test.
///
/// # Example
/// ```
/// use stapjes::estimate::grouped::{ClusterMean, ClusterTable};
/// use stapjes::observe::Dataset;
/// use stapjes::scenario::analysis::{Benefit, ClusterUnit, TestKind};
/// use stapjes::study::{EndpointData, Rules, Workspace, decide};
///
/// // The sixteen clients of the example, each a unit of its own, counted by month: what is on file of one study.
/// let data = Dataset::example();
/// let arms: Vec<usize> = data.arm.iter().map(|arm| *arm as usize).collect();
/// let mut table = ClusterTable::new(16, arms.clone(), (0..16).collect());
/// for (unit, (time, cause)) in data.time.iter().zip(&data.cause).enumerate() {
///     table.add(unit, *time as usize);
///     if *cause > 0 {
///         table.add_event(unit, *time as usize);
///     }
/// }
/// table.finish();
/// let outcome = |unit: usize| {
///     let left = f64::from(u8::from(data.cause[unit] > 0));
///     ClusterMean { arm: arms[unit], size: 1.0, sum: left, squares: left, label: unit as u32, stratum: 0 }
/// };
/// let counted = EndpointData {
///     cause_specific: table,
///     subdistribution: ClusterTable::default(),
///     outcome: (0..16).map(outcome).collect(),
///     time_lost: Vec::new(),
///     rate: Vec::new(),
///     persons: Vec::new(),
///     recurrent: Vec::new(),
///     cells: Vec::new(),
///     step_months: 1.0,
///     proportion_only: false,
/// };
/// let rules = Rules { alpha: 0.05, sides: 2, benefit: Benefit::Sooner, cluster: ClusterUnit::Independent };
/// let everybody: Vec<u32> = (0..16).collect();
/// let found = decide(TestKind::CoxRobust, &counted, &everybody, &rules, &mut Workspace::default());
/// // R: coxph(Surv(time, cause > 0) ~ arm, ties = "breslow"): 0.6607882 over 0.6496503, z = 1.017144, p = 0.3091
/// assert!((found.estimate - 0.660_788_155_4).abs() < 1e-7 && (found.statistic - 1.017_144).abs() < 1e-5);
/// assert!((found.p_value - 0.309_1).abs() < 1e-4 && found.events == [6.0, 6.0]);
/// ```
pub fn decide(
    test: TestKind,
    data: &EndpointData,
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> Decision {
    workspace.added_up = None;
    decide_next(test, data, units, rules, workspace)
}

/// Runs several tests on the same data: what they have in common is computed once.
///
/// # Example
/// ```
/// use stapjes::kinds::{Endpoint, TestKind};
/// use stapjes::observe::{Protocol, cut};
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::scenario::analysis::{Benefit, ClusterUnit};
/// use stapjes::study::{Rules, Workspace, decide_all, endpoint_data, units_of};
/// use stapjes::trial::replicate;
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let record = replicate::study(&scenario, 0).record;
/// let units = units_of(&scenario, &record);
/// let file = cut(&Protocol::from(&scenario), &record, &[6]).remove(0);
/// let tests = [TestKind::ChiSquare, TestKind::Fisher];
/// let data = endpoint_data(&file, &units, (Endpoint::Exit, &tests), (0, 1), (1, 6.0));
/// let rules = Rules { alpha: 0.05, sides: 2, benefit: Benefit::Sooner, cluster: ClusterUnit::Independent };
/// let everybody: Vec<u32> = (0..20).collect();
/// let mut workspace = Workspace::default();
/// let found: Vec<_> = decide_all(&tests, &data, &everybody, &rules, &mut workspace).collect();
/// // Pearson: the difference of the shares over sqrt(p (1 - p) (1/100 + 1/100)), p the share of both arms together.
/// let [control, treated] = found[0].events;
/// let p = (control + treated) / 200.0;
/// let z = (treated - control) / 100.0 / (p * (1.0 - p) * 0.02).sqrt();
/// assert!((found[0].statistic - z).abs() < 1e-12 && found[1].p_value >= found[0].p_value);
/// ```
pub fn decide_all<'a>(
    tests: &'a [TestKind],
    data: &'a EndpointData,
    units: &'a [u32],
    rules: &'a Rules,
    workspace: &'a mut Workspace,
) -> impl Iterator<Item = Decision> + 'a {
    workspace.added_up = None;
    tests.iter().map(move |test| decide_next(*test, data, units, rules, workspace))
}

/// One test, with what the tests before it computed on the same units.
fn decide_next(
    test: TestKind,
    data: &EndpointData,
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> Decision {
    let decision = match test {
        TestKind::CoxRobust | TestKind::Lwyy => cox(data, units, rules, workspace),
        TestKind::LogRank => log_rank(data, units, rules, workspace),
        TestKind::FlemingHarringtonLate => weighted(&[RankWeight::LATE], data, units, rules, workspace),
        TestKind::ModestlyWeighted => {
            weighted(&[RankWeight::Modest { s_star: 0.5 }], data, units, rules, workspace)
        }
        TestKind::MaxCombo => weighted(&RankWeight::MAX_COMBO, data, units, rules, workspace),
        TestKind::Gray => gray(data, units, rules, workspace),
        TestKind::RestrictedMean => mean(&data.time_lost, units, rules),
        TestKind::Milestone => mean(&data.outcome, units, rules),
        TestKind::ClusterChiSquare => cluster_chi_square(&data.outcome, units, rules),
        TestKind::ChiSquare => pearson(&data.outcome, units, rules),
        TestKind::Fisher => fisher(&data.outcome, units, rules),
        TestKind::NegativeBinomial => negative_binomial(data, units, rules),
        TestKind::ClusterPermutation => permutation(data, units, rules, workspace),
        TestKind::PeriodAdjusted => by_period(data, units, rules),
    };
    let mut decision = decision.unwrap_or(Decision::NONE);
    decision.events = events(data, units);
    decision
}

/// Events in control and treated, of the units that take part.
fn events(data: &EndpointData, units: &[u32]) -> [f64; 2] {
    let mut events = [0.0; 2];
    for unit in units {
        let outcome = &data.outcome[*unit as usize];
        events[outcome.arm] += outcome.sum;
    }
    events
}

/// An estimate over its standard error.
fn wald(estimate: f64, standard_error: f64, reference: Reference, rules: &Rules) -> Option<Decision> {
    let statistic = estimate / standard_error;
    (standard_error > 0.0 && statistic.is_finite()).then(|| Decision {
        defined: true,
        p_value: reference.p_value(statistic, rules),
        statistic,
        estimate,
        standard_error,
        degrees_of_freedom: reference.degrees_of_freedom(),
        ..Decision::NONE
    })
}

/// Cox regression; for recurrent events Lin-Wei-Yang-Ying, whose error is robust by person when clusters are not asked for.
fn cox(data: &EndpointData, units: &[u32], rules: &Rules, workspace: &mut Workspace) -> Option<Decision> {
    let grouped = workspace.add_up(Hazard::CauseSpecific, data, units);
    let reference = rules.reference(grouped.between().degrees_of_freedom())?;
    let fit = workspace.cox(Hazard::CauseSpecific, data, units)?;
    let error = match rules.clustered() {
        true => fit.cluster_standard_error,
        false if data.recurrent.is_empty() => fit.model_standard_error,
        false => person_robust_error(data, units, fit.log_ratio, workspace)?,
    };
    let decision = wald(fit.log_ratio, error, reference, rules)?;
    let independent = fit.log_ratio / fit.model_standard_error;
    let independent_p_value = Reference::Normal.p_value(independent, rules);
    Some(Decision { independent_p_value, ..decision })
}

/// Robust standard error of the log rate ratio by person.
fn person_robust_error(
    data: &EndpointData,
    units: &[u32],
    log_ratio: f64,
    workspace: &Workspace,
) -> Option<f64> {
    let table = &data.cause_specific;
    let hazards = workspace.grouped.cox_hazards(log_ratio);
    let mut takes_part = vec![false; table.arm.len()];
    units.iter().for_each(|unit| takes_part[*unit as usize] = true);
    let mut signals = data.recurrent.as_slice();
    let (mut meat, mut information) = (0.0, 0.0);
    for (index, person) in data.persons.iter().enumerate() {
        let count = signals.iter().take_while(|(owner, _)| *owner as usize == index).count();
        let (of_person, rest) = signals.split_at(count);
        signals = rest;
        if !takes_part[person.unit as usize] {
            continue;
        }
        let arm = table.arm[person.unit as usize];
        let mut score = -hazards[person.last as usize].compensator[arm];
        for (_, step) in of_person {
            let share = hazards[*step as usize].share;
            score += arm as f64 - share;
            information += share * (1.0 - share);
        }
        meat += score * score;
    }
    (information > 0.0).then(|| libm::sqrt(meat) / information)
}

/// The score test; its estimate is that of Cox regression.
fn log_rank(
    data: &EndpointData,
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> Option<Decision> {
    let test = weighted(&[RankWeight::LOG_RANK], data, units, rules, workspace)?;
    let fit = cox(data, units, rules, workspace);
    let Decision { estimate, standard_error, degrees_of_freedom, .. } = fit.unwrap_or(Decision::NONE);
    Some(Decision { estimate, standard_error, degrees_of_freedom, ..test })
}

/// From this many degrees of freedom on, t statistics with variances of their own are jointly normal enough for the p-value of
/// their maximum (type I error .052 of .05 at 11, .056 at 6, .072 at 2: simulation of four Gaussian statistics with the
/// correlations of the usual MaxCombo, 20,000 draws).
const JOINTLY_NORMAL: f64 = 8.0;

/// The largest of one or more weighted log-rank statistics. Statistics of clusters are correlated as those of independent
/// participants would be: few clusters cannot tell, and where clusters differ much, statistics hang together more closely than
/// that, so the p-value is on the safe side. With very few clusters Bonferroni's bound is the p-value.
fn weighted(
    weights: &[RankWeight],
    data: &EndpointData,
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> Option<Decision> {
    let grouped = workspace.add_up(Hazard::CauseSpecific, data, units);
    let reference = rules.reference(grouped.between().degrees_of_freedom())?;
    let scores = grouped.rank_scores(&data.cause_specific, weights);
    let count = weights.len();
    let covariance = if rules.clustered() { &scores.clustered } else { &scores.independent };
    if (0..count).any(|i| covariance[i][i].is_nan() || covariance[i][i] <= 0.0) {
        return None;
    }
    let mut z = [0.0; 4];
    for (i, z) in z.iter_mut().enumerate().take(count) {
        *z = reference.to_normal(scores.score[i] / libm::sqrt(covariance[i][i]));
    }
    let z = &z[..count];
    let (statistic, p_value) = if count == 1 {
        (z[0], Reference::Normal.p_value(z[0], rules))
    } else if reference.degrees_of_freedom() < JOINTLY_NORMAL {
        max_combo::bonferroni(z, rules.alternative())
    } else {
        let mut flat = [0.0; 16];
        for i in 0..count {
            for j in 0..count {
                let covariance = &scores.independent;
                let scale = libm::sqrt(covariance[i][i] * covariance[j][j]);
                flat[i * count + j] = if i == j { 1.0 } else { (covariance[i][j] / scale).clamp(-1.0, 1.0) };
            }
        }
        max_combo::largest(z, &flat[..count * count], rules.alternative())
    };
    let independent = scores.score[0] / libm::sqrt(scores.independent[0][0]);
    let independent_p_value =
        if count == 1 { Reference::Normal.p_value(independent, rules) } else { f64::NAN };
    Some(Decision { defined: true, p_value, statistic, independent_p_value, ..Decision::NONE })
}

/// Independent: Gray's test. By cluster: the score test on the subdistribution hazard, whose risk sets keep those who left
/// otherwise until the end of their follow-up; without clusters and with everybody's end known, the two agree closely.
fn gray(data: &EndpointData, units: &[u32], rules: &Rules, workspace: &mut Workspace) -> Option<Decision> {
    let grouped = workspace.add_up(Hazard::Subdistribution, data, units);
    let reference = rules.reference(grouped.between().degrees_of_freedom())?;
    let fit = workspace.cox(Hazard::Subdistribution, data, units);
    let error = |clustered: f64, model: f64| if rules.clustered() { clustered } else { model };
    let estimate = fit.and_then(|fit| {
        wald(fit.log_ratio, error(fit.cluster_standard_error, fit.model_standard_error), reference, rules)
    });
    let estimate = estimate.unwrap_or(Decision::NONE);
    let scores = workspace.grouped.rank_scores(&data.subdistribution, &[RankWeight::LOG_RANK]);
    let independent = scores.score[0] / libm::sqrt(scores.independent[0][0]);
    let statistic = if rules.clustered() {
        scores.score[0] / libm::sqrt(scores.clustered[0][0])
    } else {
        gray_statistic(data, units, &mut workspace.gray)? * scores.score[0].signum()
    };
    statistic.is_finite().then(|| Decision {
        defined: true,
        p_value: reference.p_value(statistic, rules),
        statistic,
        independent_p_value: Reference::Normal.p_value(independent, rules),
        ..estimate
    })
}

/// Square root of Gray's chi-square.
fn gray_statistic(data: &EndpointData, units: &[u32], workspace: &mut GrayWorkspace) -> Option<f64> {
    let mut takes_part = vec![false; data.cause_specific.arm.len()];
    units.iter().for_each(|unit| takes_part[*unit as usize] = true);
    let rows = data.persons.iter().filter(|person| takes_part[person.unit as usize]).map(|person| RiskRow {
        start: f64::NEG_INFINITY,
        time: f64::from(person.last + 1) * data.step_months,
        event: person.cause,
        group: data.cause_specific.arm[person.unit as usize] as u32,
    });
    workspace.begin(2);
    workspace.add_stratum(0.0, rows);
    workspace.two_group_statistic().map(libm::sqrt)
}

/// The means of the units that take part.
fn chosen(units: &[u32], of: &[ClusterMean]) -> Vec<ClusterMean> {
    units.iter().map(|unit| of[*unit as usize]).collect()
}

/// A difference of means.
fn mean(of: &[ClusterMean], units: &[u32], rules: &Rules) -> Option<Decision> {
    let found = mean_difference(&chosen(units, of))?;
    let reference = rules.reference(found.degrees_of_freedom)?;
    let error =
        if rules.clustered() { found.cluster_standard_error } else { found.independent_standard_error };
    let decision = wald(found.difference(), error, reference, rules)?;
    let independent = found.difference() / found.independent_standard_error;
    Some(Decision { independent_p_value: Reference::Normal.p_value(independent, rules), ..decision })
}

/// Donner's adjusted chi-square, its square root held against t(clusters - 2); the interval is Wald's with the design effect.
fn cluster_chi_square(of: &[ClusterMean], units: &[u32], rules: &Rules) -> Option<Decision> {
    let unit = |mean: &ClusterMean| ClusterCount { arm: mean.arm, successes: mean.sum, size: mean.size };
    let counts: Vec<ClusterCount> = chosen(units, of).iter().map(unit).collect();
    let found = adjusted_chi_square(&counts)?;
    let clusters = counts.iter().filter(|count| count.size > 0.0).count();
    let reference = Reference::StudentT((clusters as f64 - 2.0).max(1.0));
    let statistic = libm::sqrt(found.statistic) * found.difference.signum();
    let interval = wald(found.difference, found.standard_error, reference, rules)?;
    let independent = pearson(of, units, rules).map_or(f64::NAN, |pearson| pearson.p_value);
    let p_value = reference.p_value(statistic, rules);
    Some(Decision { statistic, p_value, independent_p_value: independent, ..interval })
}

/// Successes and sizes of both arms.
fn two_by_two(of: &[ClusterMean], units: &[u32]) -> ([f64; 2], [f64; 2]) {
    let (mut successes, mut sizes) = ([0.0; 2], [0.0; 2]);
    for unit in units {
        let unit = &of[*unit as usize];
        successes[unit.arm] += unit.sum;
        sizes[unit.arm] += unit.size;
    }
    (successes, sizes)
}

/// The table of both arms.
fn arms(of: &[ClusterMean], units: &[u32]) -> [Proportion; 2] {
    let (events, total) = two_by_two(of, units);
    [0, 1].map(|arm| Proportion { events: events[arm] as u64, total: total[arm] as u64 })
}

/// Pearson's chi-square without correction, its root with the sign of the difference: clients as independent.
fn pearson(of: &[ClusterMean], units: &[u32], rules: &Rules) -> Option<Decision> {
    let [control, treated] = arms(of, units);
    if control.total == 0 || treated.total == 0 {
        return None;
    }
    let test = pearson::pearson(&[control, treated], false).ok()?;
    let statistic = pearson::signed_root(control, treated, test.chi_square);
    let p_value = if rules.sides == 2 { test.p_value } else { Reference::Normal.p_value(statistic, rules) };
    Some(Decision {
        defined: true,
        p_value,
        statistic,
        estimate: treated.share() - control.share(),
        standard_error: proportion_contrast::wald_error(control, treated),
        degrees_of_freedom: f64::INFINITY,
        independent_p_value: p_value,
        ..Decision::NONE
    })
}

/// Fisher's exact test, the smaller tail doubled when two-sided: clients as independent.
fn fisher(of: &[ClusterMean], units: &[u32], rules: &Rules) -> Option<Decision> {
    let pearson = pearson(of, units, rules)?;
    let [control, treated] = arms(of, units);
    let tails = fisher::tails(control, treated);
    let p_value = match rules.alternative() {
        Alternative::TwoSided => tails.doubled(),
        Alternative::Greater => tails.greater,
        Alternative::Less => tails.less,
    };
    Some(Decision { p_value, independent_p_value: p_value, ..pearson })
}

/// Negative-binomial regression of the counts on the arm, with errors by cluster when asked for.
fn negative_binomial(data: &EndpointData, units: &[u32], rules: &Rules) -> Option<Decision> {
    let mut takes_part = vec![false; data.outcome.len()];
    units.iter().for_each(|unit| takes_part[*unit as usize] = true);
    let persons: Vec<_> = data
        .persons
        .iter()
        .filter(|person| takes_part[person.unit as usize] && person.exposure > 0.0)
        .collect();
    if persons.is_empty() {
        // Pooled studies: the ratio of the rates itself.
        let (events, time) = two_by_two(&data.rate, units);
        let estimate = libm::log(events[1] / time[1]) - libm::log(events[0] / time[0]);
        return wald(estimate, libm::sqrt(1.0 / events[0] + 1.0 / events[1]), Reference::Normal, rules);
    }
    let column = |value: &dyn Fn(&super::endpoint_data::Person) -> f64| -> Vec<f64> {
        persons.iter().map(|person| value(person)).collect()
    };
    let count = column(&|person| f64::from(person.count));
    let time = column(&|person| person.exposure);
    let arm = column(&|person| data.outcome[person.unit as usize].arm as f64);
    let terms = [Term { name: "treated".into(), values: arm }];
    let fit = count_regression::fit(
        &CountData { count: &count, time: &time },
        &terms,
        CountFamily::NegativeBinomial,
    )
    .ok()?;
    let model = fit.standard_errors()[1];
    let independent_p_value = Reference::Normal.p_value(fit.coefficients[1] / model, rules);
    let decision = if rules.clustered() {
        let labels: Vec<u32> =
            persons.iter().map(|person| data.cause_specific.label[person.unit as usize]).collect();
        let robust = fit.robust(&labels).ok()?;
        let (covariance, clusters) = (robust.covariance, robust.clusters);
        // Whole clusters in two arms: the factor K / (K - 2) is the usual correction for two coefficients.
        let correction = clusters as f64 / (clusters as f64 - 2.0);
        let error = libm::sqrt(covariance[(1, 1)] * correction);
        wald(fit.coefficients[1], error, rules.reference(clusters as f64 - 2.0)?, rules)?
    } else {
        wald(fit.coefficients[1], model, Reference::Normal, rules)?
    };
    Some(Decision { independent_p_value, ..decision })
}

/// Reassigns the arms to whole clusters; within sites where every site has both arms. A cluster's summary is its events less
/// those expected if all hazards were equal (their sum over the treated is the log-rank score), or its share less the pooled one.
fn permutation(
    data: &EndpointData,
    units: &[u32],
    rules: &Rules,
    workspace: &mut Workspace,
) -> Option<Decision> {
    let table = &data.cause_specific;
    let summaries = match data.proportion_only {
        true => outcome_residuals(&data.outcome, units),
        false => workspace.add_up(Hazard::CauseSpecific, data, units).unit_residuals(table),
    };
    let mut clusters = Clusters::default();
    let mut summary: Vec<f64> = Vec::with_capacity(summaries.len());
    for (unit, value) in summaries {
        let at = unit as usize;
        let cluster = clusters.add(table.label[at], table.arm[at], table.stratum[at]);
        summary.resize(clusters.count(), 0.0);
        summary[cluster] += value;
    }
    let mut between = ClusterContrast::default();
    between.assign(&clusters);
    // A cluster in both arms cannot change arms as a whole.
    if between.places().any(|(group, _)| group == 2) {
        return None;
    }
    let treated: Vec<bool> = between.places().map(|(arm, _)| arm == 1).collect();
    let stratum: Vec<u32> = between.places().map(|(_, stratum)| stratum as u32).collect();
    // The seed of the drawn assignments is arbitrary but fixed: the same data give the same p-value.
    let found = cluster_permutation::test_within(&summary, &treated, &stratum, 1, Effort::SIMULATION).ok()?;
    let p_value = match rules.alternative() {
        Alternative::TwoSided => found.p_value,
        Alternative::Greater => found.p_greater,
        Alternative::Less => found.p_less,
    };
    let size = normal::quantile(1.0 - (found.p_value / 2.0).clamp(1e-300, 0.5));
    Some(Decision { defined: true, p_value, statistic: size.copysign(found.difference), ..Decision::NONE })
}

/// The effect of having the other service, with effects of units and periods.
fn by_period(data: &EndpointData, units: &[u32], rules: &Rules) -> Option<Decision> {
    let cells = data.cells.iter().filter(|cell| units.contains(&cell.unit));
    let found = period_adjusted::fit(&cells.copied().collect::<Vec<_>>()).ok()?;
    let reference = rules.reference(found.degrees_of_freedom)?;
    let error = if rules.clustered() { found.standard_error } else { found.independent_standard_error };
    let decision = wald(found.effect, error, reference, rules)?;
    let independent = found.effect / found.independent_standard_error;
    Some(Decision { independent_p_value: Reference::Normal.p_value(independent, rules), ..decision })
}

/// Difference in rates of pooled studies, whose cells are those of the units that take part; NaN when the schedule cannot tell.
///
/// # Example
/// ```
/// use stapjes::estimate::grouped::ClusterTable;
/// use stapjes::estimate::period_adjusted::UnitPeriod;
/// use stapjes::study::{EndpointData, rate_difference};
///
/// // Two units over two periods; the second goes over in the second period, which adds .02 a month to a rate of .05 or .06.
/// let cell = |unit, period, exposure: f64| {
///     let rate = 0.05 + 0.01 * f64::from(period) + 0.02 * exposure;
///     UnitPeriod { unit, cluster: unit, period, exposure, events: 100.0 * rate, time: 100.0 }
/// };
/// let data = EndpointData {
///     cells: vec![cell(0, 0, 0.0), cell(0, 1, 0.0), cell(1, 0, 0.0), cell(1, 1, 1.0)],
///     cause_specific: ClusterTable::default(),
///     subdistribution: ClusterTable::default(),
///     outcome: Vec::new(),
///     time_lost: Vec::new(),
///     rate: Vec::new(),
///     persons: Vec::new(),
///     recurrent: Vec::new(),
///     step_months: 1.0,
///     proportion_only: false,
/// };
/// assert!((rate_difference(&data) - 0.02).abs() < 1e-10);
/// ```
pub fn rate_difference(data: &EndpointData) -> f64 {
    period_adjusted::fit(&data.cells).map_or(f64::NAN, |found| found.effect)
}

/// What each unit has more than its size and the pooled share say.
fn outcome_residuals(of: &[ClusterMean], units: &[u32]) -> Vec<(u32, f64)> {
    let (successes, sizes) = two_by_two(of, units);
    let pooled = (successes[0] + successes[1]) / (sizes[0] + sizes[1]);
    let residual = |unit: &u32| (*unit, of[*unit as usize].sum - pooled * of[*unit as usize].size);
    units.iter().filter(|unit| of[**unit as usize].size > 0.0).map(residual).collect()
}

/// Whether a size can be tested by cluster at all.
///
/// # Example
/// ```
/// use stapjes::scenario::analysis::{Benefit, ClusterUnit};
/// use stapjes::study::{Rules, Size, too_few_clusters};
///
/// // One caseworker in each arm: no variance between clusters can be estimated.
/// let size = Size { share: 1.0, units: vec![0, 1], clients: [50, 50], caseworkers: [1, 1], degrees_of_freedom: 0.0 };
/// let rules = |cluster| Rules { alpha: 0.05, sides: 2, benefit: Benefit::Sooner, cluster };
/// assert!(too_few_clusters(&size, &rules(ClusterUnit::Caseworker)));
/// assert!(!too_few_clusters(&size, &rules(ClusterUnit::Independent)));
/// ```
pub fn too_few_clusters(size: &Size, rules: &Rules) -> bool {
    rules.clustered() && size.degrees_of_freedom < 1.0
}

/// Log subdistribution hazard ratio of pooled studies; NaN when it is zero or infinite.
///
/// # Example
/// ```
/// use stapjes::kinds::{Endpoint, TestKind};
/// use stapjes::observe::{Protocol, cut};
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::study::{EndpointData, Workspace, endpoint_data, subdistribution_log_ratio, units_of};
/// use stapjes::trial::replicate;
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let record = replicate::study(&scenario, 0).record;
/// let units = units_of(&scenario, &record);
/// let file = cut(&Protocol::from(&scenario), &record, &[6]).remove(0);
/// let data = endpoint_data(&file, &units, (Endpoint::Exit, &[TestKind::Gray]), (0, 1), (1, 6.0));
/// // Many studies are one with two units, control and treated. More leave in the treated arm.
/// let pooled: EndpointData = data.pooled(&(0..20).collect::<Vec<u32>>());
/// assert!(subdistribution_log_ratio(&pooled, &mut Workspace::default()) > 0.0);
/// ```
pub fn subdistribution_log_ratio(data: &EndpointData, workspace: &mut Workspace) -> f64 {
    workspace.added_up = None;
    workspace.cox(Hazard::Subdistribution, data, &[0, 1]).map_or(f64::NAN, |fit| fit.log_ratio)
}
