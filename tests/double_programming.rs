//! Double programming: one simulated study, every test of `power`, once from counts per caseworker (`study::decide`) and once
//! from the data set that `analyze` would read. Written twice, they agree to 1e-9.
//!
//! Participants are taken as independent: by cluster, `power` frees contributions from what arm and stratum share and
//! `analyze` corrects for leverage, which are two answers on purpose (see docs/analyze.md). The tests that exist by cluster
//! only (adjusted chi-square, permutation) are compared as such.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use stapjes::estimate::catalogue::parse_requests;
use stapjes::estimate::cluster_permutation::{Effort, test_within};
use stapjes::estimate::nelson_aalen::{HazardTies, nelson_aalen};
use stapjes::estimate::outcomes::Proportion;
use stapjes::estimate::risk_table::Ending;
use stapjes::estimate::{CoxTies, Estimate, Options, fisher, pearson, proportion_contrast};
use stapjes::kinds::{Benefit, Endpoint, Kind, TestKind};
use stapjes::observe::{Dataset, OnFile, Protocol, cut};
use stapjes::scenario::analysis::ClusterUnit;
use stapjes::scenario::{Scenario, embedded};
use stapjes::study::{
    Decision, EndpointData, Rules, Units, Workspace, decide, decide_all, endpoint_data, shortest_follow_up,
    units_of,
};
use stapjes::trial::replicate;

/// The study under test: the pilot with everybody followed for a year, in steps of half a month.
struct Example {
    scenario: Scenario,
    units: Units,
    file: OnFile,
}

impl Example {
    fn new() -> Self {
        let overrides = ["steps_per_month=2".to_owned(), "seed=11".to_owned()];
        let scenario = embedded("brabantse-wal", &overrides).unwrap().scenario;
        let record = replicate::study(&scenario, 3).record;
        let units = units_of(&scenario, &record);
        let file = cut(&Protocol::from(&scenario), &record, &[scenario.horizon_months]).swap_remove(0);
        assert!(file.rows.len() > 300, "a study of some size");
        Self { scenario, units, file }
    }

    fn counts(&self, endpoint: Endpoint) -> EndpointData {
        let control = self.scenario.control;
        let steps = self.scenario.steps_per_month;
        let arms = (control, 1 - control);
        let time = (steps, shortest_follow_up(&self.file, arms));
        endpoint_data(&self.file, &self.units, (endpoint, TestKind::ALL), arms, time)
    }

    /// What `power` says.
    fn decision(&self, endpoint: Endpoint, test: TestKind, sides: u32) -> Decision {
        let units: Vec<u32> = (0..self.units.arm.len() as u32).collect();
        let rules = Rules { alpha: 0.05, sides, cluster: ClusterUnit::Independent, benefit: Benefit::Sooner };
        let decision = decide(test, &self.counts(endpoint), &units, &rules, &mut Workspace::default());
        assert!(decision.defined, "{endpoint:?} {test:?} has an answer");
        decision
    }

    /// The data set of an endpoint; times on the grid of the simulation, clients as independent.
    fn data(&self, endpoint: Endpoint) -> Dataset {
        self.on_grid(Dataset {
            cluster: None,
            stratum: None,
            covariates: Vec::new(),
            ..self.file.dataset(endpoint)
        })
    }

    fn on_grid(&self, mut data: Dataset) -> Dataset {
        let step = 1.0 / f64::from(self.scenario.steps_per_month);
        let snap = |time: &mut f64| *time = (*time / step).round() * step;
        data.time.iter_mut().for_each(snap);
        data.start.iter_mut().flatten().for_each(snap);
        data
    }

    /// Participants with the event, and all, of both arms.
    fn proportions(&self, happened: &[bool], arm: &[u32]) -> [Proportion; 2] {
        [0, 1].map(|wanted| {
            let own = || happened.iter().zip(arm).filter(|(_, arm)| **arm == wanted);
            Proportion { events: own().filter(|(yes, _)| **yes).count() as u64, total: own().count() as u64 }
        })
    }
}

/// What `analyze` says: the first result, or that of the arm in a regression with an intercept.
fn analyzed(data: &Dataset, request: &str) -> Estimate {
    let options = Options { cause: Some(1), ties: CoxTies::Breslow, ..Options::default() };
    let mut estimates = parse_requests(request).unwrap()[0].run(data, &options).unwrap();
    let of_arm = estimates.iter().position(|estimate| estimate.label.english().contains(" / "));
    estimates.swap_remove(of_arm.unwrap_or(0))
}

fn near(what: &str, counts: f64, data: f64) {
    let error = (counts - data).abs() / data.abs().max(1.0);
    assert!(error < 1e-9, "{what}: {counts} from counts, {data} from the data set");
}

fn detail(estimate: &Estimate, key: &str) -> f64 {
    serde_json::to_value(&estimate.details[key]).unwrap().as_f64().unwrap()
}

const TIMES: [Endpoint; 5] = [
    Endpoint::Exit,
    Endpoint::ExitToWork,
    Endpoint::FraudOrWithdrawal,
    Endpoint::FirstSignal,
    Endpoint::VisibleActivation,
];

#[test]
fn rank_tests() {
    let example = Example::new();
    for endpoint in TIMES {
        let data = example.data(endpoint);
        for test in [TestKind::LogRank, TestKind::FlemingHarringtonLate, TestKind::ModestlyWeighted] {
            let request = test.method();
            let what = format!("{endpoint:?} {request}");
            let found = analyzed(&data, request);
            let two_sided = example.decision(endpoint, test, 2);
            near(&what, two_sided.statistic, detail(&found, "z"));
            near(&what, two_sided.p_value, found.p_value.unwrap());
            near(&what, example.decision(endpoint, test, 1).p_value, detail(&found, "p_greater"));
        }
        let found = analyzed(&data, "max-combo(0-0, 1-0, 1-1, 0-1)");
        let combination = example.decision(endpoint, TestKind::MaxCombo, 2);
        near("MaxCombo", combination.statistic.abs(), found.statistic.unwrap());
        near("MaxCombo", combination.p_value, found.p_value.unwrap());
        let one_sided = example.decision(endpoint, TestKind::MaxCombo, 1);
        near("MaxCombo, one-sided", one_sided.p_value, detail(&found, "p_greater"));
    }
}

#[test]
fn hazard_ratios_and_cumulative_incidence() {
    let example = Example::new();
    for endpoint in TIMES {
        let data = example.data(endpoint);
        let found = analyzed(&data, "cox");
        for test in [TestKind::CoxRobust, TestKind::LogRank] {
            let decision = example.decision(endpoint, test, 2);
            near("log hazard ratio", decision.estimate, detail(&found, "coefficient"));
            near("its error", decision.standard_error, found.standard_error.unwrap());
        }
        let found = analyzed(&data, "gray");
        let decision = example.decision(endpoint, TestKind::Gray, 2);
        near("Gray's chi-square", decision.statistic * decision.statistic, found.statistic.unwrap());
        near("Gray's p", decision.p_value, found.p_value.unwrap());
    }
}

/// Everybody is followed for the same time, so that mean time lost is a plain mean and Aalen-Johansen's integral as well.
#[test]
fn mean_time_lost() {
    let example = Example::new();
    let shortest = example.file.rows.iter().map(|row| row.follow_up).fold(f64::INFINITY, f64::min);
    let longest = example.file.rows.iter().map(|row| row.follow_up).fold(0.0, f64::max);
    assert_eq!(shortest, longest, "the pilot starts with everybody at once");
    for endpoint in TIMES {
        let request = parse_requests(&format!("time-lost({shortest})")).unwrap();
        let options = Options { cause: Some(1), ..Options::default() };
        let estimates = request[0].run(&example.data(endpoint), &options).unwrap();
        let difference = estimates.iter().find(|estimate| estimate.label.english().contains(" - ")).unwrap();
        let decision = example.decision(endpoint, TestKind::RestrictedMean, 2);
        near("time lost", decision.estimate, difference.value.unwrap());
    }
}

#[test]
fn proportions_at_the_cut_off() {
    let example = Example::new();
    let bands = example.file.bands();
    let forward: Vec<bool> = bands.from.iter().zip(&bands.to).map(|(from, to)| to > from).collect();
    let mut tables = vec![(Endpoint::DistanceBand, example.proportions(&forward, &bands.arm))];
    for endpoint in TIMES {
        let data = example.data(endpoint);
        let happened: Vec<bool> = data.cause.iter().map(|cause| *cause == 1).collect();
        tables.push((endpoint, example.proportions(&happened, &data.arm)));
    }
    for (endpoint, [control, treated]) in tables {
        let test = pearson::pearson(&[control, treated], false).unwrap();
        let decision = example.decision(endpoint, TestKind::ChiSquare, 2);
        near("chi-square", decision.statistic * decision.statistic, test.chi_square);
        near("chi-square, p", decision.p_value, test.p_value);
        let milestone = example.decision(endpoint, TestKind::Milestone, 2);
        near("difference", milestone.estimate, treated.share() - control.share());
        near("its error", milestone.standard_error, proportion_contrast::wald_error(control, treated));
        let exact = fisher::fisher(control, treated, stapjes::estimate::Alternative::TwoSided, 0.95);
        let doubled = (2.0 * exact.p_less.min(exact.p_greater)).min(1.0);
        near("Fisher", example.decision(endpoint, TestKind::Fisher, 2).p_value, doubled);
        near("Fisher, one-sided", example.decision(endpoint, TestKind::Fisher, 1).p_value, exact.p_greater);
    }
}

#[test]
fn counts_of_signals() {
    let example = Example::new();
    let plain = |data: Dataset| Dataset { cluster: None, stratum: None, covariates: Vec::new(), ..data };
    let found = analyzed(&plain(example.file.signal_counts()), "negative-binomial");
    let decision = example.decision(Endpoint::SignalCount, TestKind::NegativeBinomial, 2);
    near("log rate ratio", decision.estimate, detail(&found, "coefficient"));
    near("its error", decision.standard_error, found.standard_error.unwrap());
    let found = analyzed(&plain(example.on_grid(example.file.recurrent_signals())), "lwyy");
    let decision = example.decision(Endpoint::SignalCount, TestKind::Lwyy, 2);
    near("log ratio of means", decision.estimate, detail(&found, "coefficient"));
    near("its error by person", decision.standard_error, found.standard_error.unwrap());
}

#[test]
fn tests_that_exist_by_cluster_only() {
    let overrides = ["steps_per_month=2".to_owned(), "seed=5".to_owned()];
    let scenario = embedded("drie-gemeenten", &overrides).unwrap().scenario;
    let record = replicate::study(&scenario, 1).record;
    let example = Example {
        units: units_of(&scenario, &record),
        file: cut(&Protocol::from(&scenario), &record, &[scenario.horizon_months]).swap_remove(0),
        scenario,
    };
    for endpoint in [TIMES[0], TIMES[3], TIMES[4]] {
        let data = example.data(endpoint);
        let caseworkers: Vec<u32> = example.file.rows.iter().map(|row| row.caseworker).collect();
        let clustered = Dataset { cluster: Some(caseworkers.clone()), ..data.clone() };
        let found = analyzed(&clustered, "cluster-chi-square");
        let decision = example.decision(endpoint, TestKind::ClusterChiSquare, 2);
        near("adjusted chi-square", decision.statistic * decision.statistic, found.statistic.unwrap());

        // Events less those expected at the pooled hazards, per caseworker; arms change places within sites.
        let together =
            Dataset { arm: vec![0; data.arm.len()], arm_names: vec!["all".into()], ..data.clone() };
        let hazard = nelson_aalen(&together, Ending::Cause(1), HazardTies::Together).unwrap().swap_remove(0);
        let units = example.units.arm.len();
        let mut residual = vec![0.0; units];
        for (row, unit) in caseworkers.iter().enumerate() {
            let event = f64::from(u8::from(data.cause[row] == 1));
            residual[*unit as usize] += event - hazard.at(data.time[row]).0;
        }
        let treated: Vec<bool> =
            example.units.arm.iter().map(|arm| *arm != example.scenario.control).collect();
        let found = test_within(&residual, &treated, &example.units.stratum, 1, Effort::SIMULATION).unwrap();
        let decision = example.decision(endpoint, TestKind::ClusterPermutation, 2);
        near("permutation", decision.p_value, found.p_value);
    }
}

/// What tests of the same data have in common is computed once; every one says what it says alone.
#[test]
fn tests_together_say_what_each_says_alone() {
    let example = Example::new();
    let units: Vec<u32> = (0..example.units.arm.len() as u32).collect();
    let bits = |decision: Decision| {
        let Decision { p_value, statistic, estimate, standard_error, independent_p_value, .. } = decision;
        [p_value, statistic, estimate, standard_error, independent_p_value].map(f64::to_bits)
    };
    for cluster in [ClusterUnit::Independent, ClusterUnit::Caseworker] {
        let rules = Rules { alpha: 0.05, sides: 2, cluster, benefit: Benefit::Sooner };
        for endpoint in [Endpoint::ExitToWork, Endpoint::SignalCount] {
            let counts = example.counts(endpoint);
            let mut workspace = Workspace::default();
            let together: Vec<Decision> =
                decide_all(TestKind::ALL, &counts, &units, &rules, &mut workspace).collect();
            for (test, decision) in TestKind::ALL.iter().zip(together) {
                let alone = decide(*test, &counts, &units, &rules, &mut Workspace::default());
                assert_eq!(bits(decision), bits(alone), "{cluster:?} {endpoint:?} {test:?}");
            }
        }
    }
}
