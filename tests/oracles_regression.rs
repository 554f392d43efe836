//! Regression, competing-risk, count and cluster estimators against numbers from R (each fixture names its source).

use serde_json::Value;
use stapjes::estimate::cluster_linear::{self, ClusterVariance};
use stapjes::estimate::count_regression::{self, CountData, CountFamily};
use stapjes::estimate::cox::{ClusterCorrection, CoxData, CoxFit, CoxModel, Term, Ties, TimeTransform};
use stapjes::estimate::{fine_gray, gray, intraclass, mean_cumulative};
use stapjes::observe::Dataset;
use std::collections::BTreeMap;

/// A CSV file of `tests/fixtures/data` as columns of text.
struct Table(BTreeMap<String, Vec<String>>);

impl Table {
    fn read(name: &str) -> Self {
        let path = format!("{}/tests/fixtures/data/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: BTreeMap<String, Vec<String>> = names.iter().map(|n| (n.clone(), vec![])).collect();
        for record in reader.records() {
            for (name, field) in names.iter().zip(record.unwrap().iter()) {
                columns.get_mut(name).unwrap().push(field.to_owned());
            }
        }
        Self(columns)
    }

    /// Without the rows in which one of `columns` is empty.
    fn complete(mut self, columns: &[&str]) -> Self {
        let rows = self.0.values().next().unwrap().len();
        let keep: Vec<bool> =
            (0..rows).map(|row| columns.iter().all(|c| !self.0[*c][row].is_empty())).collect();
        for column in self.0.values_mut() {
            let mut kept = keep.iter();
            column.retain(|_| *kept.next().unwrap());
        }
        self
    }

    fn numbers(&self, column: &str) -> Vec<f64> {
        self.0[column].iter().map(|field| field.parse().unwrap()).collect()
    }

    fn flags(&self, column: &str, yes: &str) -> Vec<bool> {
        self.0[column].iter().map(|field| field == yes).collect()
    }

    /// Codes of a column's values in the order of their first appearance.
    fn codes(&self, column: &str) -> Vec<u32> {
        let mut seen: Vec<&String> = vec![];
        let code = |field| {
            seen.iter().position(|value| *value == field).unwrap_or_else(|| {
                seen.push(field);
                seen.len() - 1
            }) as u32
        };
        self.0[column].iter().map(code).collect()
    }

    fn term(&self, column: &str) -> Term {
        Term { name: column.into(), values: self.numbers(column) }
    }

    fn indicator(&self, column: &str, yes: &str) -> Term {
        let values = self.flags(column, yes).into_iter().map(|flag| f64::from(u8::from(flag))).collect();
        Term { name: format!("{column}={yes}"), values }
    }
}

/// The `expected` part of a case of a fixture file.
fn expected(file: &str, id: &str) -> Value {
    let path = format!("{}/tests/fixtures/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let cases = all["cases"].as_array().unwrap();
    cases.iter().find(|case| case["id"].as_str().unwrap().starts_with(id)).unwrap()["expected"].clone()
}

fn list(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().map(|v| v.as_f64().unwrap()).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

#[track_caller]
fn near(found: f64, expected: f64, relative: f64) {
    let scale = expected.abs().max(1e-300);
    assert!((found - expected).abs() <= relative * scale, "found {found:.17e}, expected {expected:.17e}");
}

#[track_caller]
fn near_all(found: &[f64], expected: &Value, relative: f64) {
    let expected = list(expected);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        near(*found, *expected, relative);
    }
}

fn cox(data: CoxData<'_>, terms: &[Term], ties: Ties) -> CoxFit {
    CoxModel { data, terms, ties }.fit().unwrap()
}

fn check_cox(fit: &CoxFit, id: &str) {
    let wanted = expected("cox", id);
    // coxph stops at a relative gain of 1e-9 in the log likelihood; with tighter control it agrees to 1e-14.
    near_all(&fit.coefficients, &wanted["coef"], 1e-8);
    near_all(&fit.standard_errors(), &wanted["se"], 1e-9);
    near_all(&[fit.log_likelihood_null, fit.log_likelihood], &wanted["loglik"], 1e-12);
    near(fit.likelihood_ratio_test.statistic, wanted["lrt"].as_f64().unwrap(), 1e-9);
    near(fit.score_test.statistic, wanted["score"].as_f64().unwrap(), 1e-9);
    near(fit.concordance.unwrap(), wanted["concordance"].as_f64().unwrap(), 1e-12);
    assert_eq!(fit.rows as u64, wanted["n"].as_u64().unwrap());
    assert_eq!(fit.events as u64, wanted["nevent"].as_u64().unwrap());
}

#[test]
fn cox_with_each_treatment_of_ties() {
    let aml = Table::read("survival_aml");
    let lung = Table::read("survival_lung").complete(&["age", "sex", "ph.ecog"]);
    for (ties, name) in [(Ties::Efron, "efron"), (Ties::Breslow, "breslow"), (Ties::Exact, "exact")] {
        let (stop, event) = (aml.numbers("time"), aml.flags("status", "1"));
        let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
        check_cox(&cox(data, &[aml.indicator("x", "Nonmaintained")], ties), &format!("coxph aml ~ x {name}"));
        let (stop, event) = (lung.numbers("time"), lung.flags("status", "2"));
        let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
        let terms = [lung.term("age"), lung.term("sex"), lung.term("ph.ecog")];
        check_cox(&cox(data, &terms, ties), &format!("coxph lung ~ age+sex+ph.ecog {name}"));
    }
}

#[test]
fn cox_robust_by_cluster() {
    let rats = Table::read("survival_rats");
    let (stop, event) = (rats.numbers("time"), rats.flags("status", "1"));
    let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
    let fit = cox(data, &[rats.term("rx")], Ties::Efron);
    let id = "coxph rats ~ rx cluster(litter)";
    check_cox(&fit, id);
    let robust = fit.robust(&rats.codes("litter")).unwrap();
    let wanted = expected("cox", id);
    near(robust.standard_errors()[0], wanted["robust_se"].as_f64().unwrap(), 1e-9);
    near(robust.score_test.unwrap().statistic, wanted["robust_score"].as_f64().unwrap(), 1e-9);
    assert!((robust.wald_test.unwrap().statistic - 6.93).abs() < 0.005);
}

#[test]
fn cox_score_test_is_the_log_rank_test_without_ties() {
    let ovarian = Table::read("survival_ovarian");
    let (stop, event) = (ovarian.numbers("futime"), ovarian.flags("fustat", "1"));
    let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
    let wanted = expected("cox", "ovarian");
    let score = cox(data, &[ovarian.term("rx")], Ties::Efron).score_test.statistic;
    near(score, wanted["score"].as_f64().unwrap(), 1e-12);
    near(score, wanted["logrank"].as_f64().unwrap(), 1e-12);
}

#[test]
fn proportional_hazards_test() {
    let veteran = Table::read("survival_veteran");
    let (stop, event) = (veteran.numbers("time"), veteran.flags("status", "1"));
    let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
    let fit = cox(data, &[veteran.term("trt"), veteran.term("karno")], Ties::Efron);
    let test = fit.proportional_hazards(TimeTransform::KaplanMeier).unwrap();
    let wanted = expected("cox", "cox.zph veteran");
    let all: Vec<_> = test.each.iter().chain([&test.global]).collect();
    near_all(&all.iter().map(|t| t.statistic).collect::<Vec<_>>(), &wanted["chisq"], 1e-8);
    near_all(&all.iter().map(|t| t.p_value()).collect::<Vec<_>>(), &wanted["p"], 1e-8);
}

#[test]
fn cox_with_few_clusters() {
    let help = Table::read("CoxBcv_help");
    let (stop, event) = (help.numbers("Y"), help.flags("Delta", "1"));
    let data = CoxData { start: None, stop: &stop, event: &event, stratum: None };
    let fit = cox(data, &[help.term("X1")], Ties::Efron);
    let small = fit.small_sample(&help.codes("ID")).unwrap();
    let wanted = expected("cluster_small_sample", "CoxBcv");
    for (name, correction) in ClusterCorrection::ALL {
        let row = list(&wanted[name]["outbeta"][0]);
        near(fit.coefficients[0], row[0], 1e-9);
        near(small.covariance(correction).unwrap()[(0, 0)], row[2], 1e-9);
    }
}

fn arms(time: Vec<f64>, cause: Vec<u32>, group: &[String]) -> Dataset {
    let mut arm_names: Vec<String> = group.to_vec();
    arm_names.sort();
    arm_names.dedup();
    let arm = group.iter().map(|name| arm_names.iter().position(|n| n == name).unwrap() as u32).collect();
    Dataset { time, cause, arm, arm_names, ..Dataset::default() }
}

#[test]
fn gray_test() {
    let example = Table::read("cmprsk_example_seed2");
    let causes = |table: &Table, column: &str| table.numbers(column).iter().map(|c| *c as u32).collect();
    let plain = arms(example.numbers("time"), causes(&example, "status"), &example.0["group"]);
    let stratified = Dataset { stratum: Some(causes(&example, "strata")), ..plain.clone() };
    let mgus = Table::read("mgus2_competing");
    let mgus = arms(mgus.numbers("etime"), causes(&mgus, "ev"), &mgus.0["sex"]);
    for (id, data, rho) in [
        ("cuminc help example set.seed(2)", &plain, 0.0),
        ("cuminc help example stratified", &stratified, 0.0),
        ("cuminc help example rho=1", &plain, 1.0),
        ("mgus2 pcm/death ~ sex Gray", &mgus, 0.0),
    ] {
        let wanted = &expected("competing_risks", id)["tests"];
        let tests: Vec<_> = (1..=2).map(|cause| gray::test(data, cause, rho).unwrap()).collect();
        near_all(&tests.iter().map(|t| t.statistic).collect::<Vec<_>>(), &wanted["stat"], 1e-9);
        near_all(&tests.iter().map(|t| t.p_value()).collect::<Vec<_>>(), &wanted["p"], 1e-9);
        near_all(&tests.iter().map(|t| t.degrees_of_freedom as f64).collect::<Vec<_>>(), &wanted["df"], 0.0);
    }
}

#[test]
fn fine_gray() {
    let mgus = Table::read("mgus2_competing");
    let (time, cause) =
        (mgus.numbers("etime"), mgus.numbers("ev").iter().map(|c| *c as u32).collect::<Vec<_>>());
    let terms = [mgus.term("age"), mgus.indicator("sex", "M")];
    let data = fine_gray::FineGrayData { time: &time, cause: &cause };
    let fit = fine_gray::fit(&data, &terms, None).unwrap();
    let wanted = expected("competing_risks", "crr mgus2");
    near_all(&fit.coefficients, &wanted["coef"], 1e-6);
    near_all(&fit.standard_errors(), &wanted["se"], 1e-6);
    near(fit.log_likelihood, wanted["loglik"].as_f64().unwrap(), 1e-9);
    near(fit.log_likelihood_null, wanted["loglik_null"].as_f64().unwrap(), 1e-9);
}

#[test]
fn recurrent_events_with_robust_errors() {
    let cgd = Table::read("survival_cgd");
    let (start, stop, event) = (cgd.numbers("tstart"), cgd.numbers("tstop"), cgd.flags("status", "1"));
    let data = CoxData { start: Some(&start), stop: &stop, event: &event, stratum: None };
    let fit = cox(data, &[cgd.indicator("treat", "rIFN-g")], Ties::Efron);
    for (id, column) in [("AG cgd ~ treat cluster(id)", "id"), ("AG cgd ~ treat cluster(center)", "center")] {
        let wanted = expected("recurrent_counts", id);
        near_all(&fit.coefficients, &wanted["coef"], 1e-9);
        near_all(&fit.standard_errors(), &wanted["naive_se"], 1e-9);
        near_all(&fit.robust(&cgd.codes(column)).unwrap().standard_errors(), &wanted["robust_se"], 1e-9);
        near_all(&[fit.log_likelihood_null, fit.log_likelihood], &wanted["loglik"], 1e-12);
        assert_eq!(fit.rows as u64, wanted["n"].as_u64().unwrap());
        assert_eq!(fit.events as u64, wanted["nevent"].as_u64().unwrap());
    }
}

#[test]
fn mean_cumulative_function() {
    let cgd = Table::read("survival_cgd");
    let cause = cgd.numbers("status").iter().map(|c| *c as u32).collect();
    let data = Dataset {
        start: Some(cgd.numbers("tstart")),
        person: Some(cgd.codes("id")),
        ..arms(cgd.numbers("tstop"), cause, &cgd.0["treat"])
    };
    let curves = mean_cumulative::curves(&data, Some(1), false).unwrap();
    let wanted = expected("recurrent_counts", "mean cumulative function");
    let found: Vec<_> =
        curves.iter().flat_map(|curve| [100.0, 200.0, 300.0].map(|time| curve.at(time))).collect();
    near_all(&found.iter().map(|pair| pair.0).collect::<Vec<_>>(), &wanted["mcf"], 1e-12);
    near_all(&found.iter().map(|pair| pair.1).collect::<Vec<_>>(), &wanted["se"], 1e-12);
}

#[test]
fn count_regressions() {
    let cgd = Table::read("cgd_counts");
    let (count, time) = (cgd.numbers("n"), cgd.numbers("T"));
    let data = CountData { count: &count, time: &time };
    let terms = [cgd.indicator("treat", "rIFN-g")];
    let poisson = count_regression::fit(&data, &terms, CountFamily::Poisson).unwrap();
    let wanted = expected("recurrent_counts", "Poisson cgd counts");
    near_all(&poisson.coefficients, &wanted["coef"], 1e-9);
    // glm takes its standard errors from the weights of the last step but one.
    near_all(&poisson.standard_errors(), &wanted["se"], 1e-7);
    near(poisson.deviance, wanted["deviance"].as_f64().unwrap(), 1e-9);
    near(poisson.pearson, wanted["pearson"].as_f64().unwrap(), 1e-7);
    let quasi = count_regression::fit(&data, &terms, CountFamily::QuasiPoisson).unwrap();
    let wanted = expected("recurrent_counts", "quasi-Poisson cgd");
    near_all(&quasi.standard_errors(), &wanted["se"], 1e-7);
    near(quasi.dispersion, wanted["dispersion"].as_f64().unwrap(), 1e-7);
    let negative = count_regression::fit(&data, &terms, CountFamily::NegativeBinomial).unwrap();
    let wanted = expected("recurrent_counts", "negative binomial cgd");
    // glm.nb stops alternating at 1e-8.
    near_all(&negative.coefficients, &wanted["coef"], 1e-6);
    near_all(&negative.standard_errors(), &wanted["se"], 1e-6);
    near(negative.theta.unwrap(), wanted["theta"].as_f64().unwrap(), 1e-5);
    near(negative.theta_standard_error.unwrap(), wanted["se_theta"].as_f64().unwrap(), 1e-5);
    near(negative.twice_log_likelihood.unwrap(), wanted["twologlik"].as_f64().unwrap(), 1e-10);
}

#[test]
fn linear_regression_by_cluster() {
    let sleep = Table::read("lme4_sleepstudy");
    let terms = [sleep.term("Days")];
    let fit = cluster_linear::fit(
        &sleep.numbers("Reaction"),
        &terms,
        &sleep.codes("Subject"),
        ClusterVariance::Cr2,
    )
    .unwrap();
    let wanted = expected("cluster", "lm sleepstudy");
    near_all(&fit.coefficients, &wanted["coef"], 1e-12);
    near_all(&fit.standard_errors(), &wanted["se"], 1e-12);
    near_all(&fit.degrees_of_freedom, &wanted["df_satt"], 1e-9);
    near_all(&fit.p_values(), &wanted["p_satt"], 1e-9);
}

#[test]
fn intraclass_correlation() {
    let dyestuff = Table::read("lme4_Dyestuff");
    let (values, batch) = (dyestuff.numbers("Yield"), dyestuff.codes("Batch"));
    let layout = intraclass::OneWayLayout::new(&values, &batch, None).unwrap();
    let wanted = expected("cluster", "Dyestuff");
    near(layout.mean_square_between, wanted["msb"].as_f64().unwrap(), 1e-12);
    near(layout.mean_square_within, wanted["msw"].as_f64().unwrap(), 1e-12);
    near(layout.anova().intraclass_correlation(), wanted["icc_anova"].as_f64().unwrap(), 1e-12);
    let reml = intraclass::restricted_maximum_likelihood(&values, &batch, None).unwrap();
    // lmer's optimizer stops a few units in the ninth digit from the optimum.
    near_all(&[reml.between, reml.within], &wanted["vcov"], 1e-8);
    near(reml.intraclass_correlation(), wanted["icc_reml"].as_f64().unwrap(), 1e-8);
    let effects = expected("cluster", "design effects");
    near(intraclass::design_effect(20.0, 0.6, 0.05), effects["m20_icc.05_cv.6"].as_f64().unwrap(), 1e-14);
}
