//! The value of knowing more about the parameters of a scenario, and of studies of it.

use serde::{Deserialize, Serialize};

use super::design::Design;
use super::regression::{Worth, perfect_information, worth};
use crate::kinds::Kind as _;
use crate::observe::{Endpoint, OnFile, Protocol, cut};
use crate::scenario::Scenario;
use crate::scenario::registry::Registry;
use crate::stats::two_way::means_and_noise;
use crate::trial::spread::without_noise;
use crate::trial::{Stopped, Wanted, Watch, chunks, differences, drawn, measures, replicate};

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct ValueQuestion<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its parameters with what is believed about them.
    pub registry: &'a Registry,
    /// Arm whose service is decided on, against the control.
    pub treated: usize,
    /// Draws of the parameters.
    pub draws: u32,
    /// Replicates under each draw, the same luck under every draw.
    pub replicates: u32,
    /// First keys or paths of the groups; empty: one group per first key.
    pub groups: Vec<String>,
    /// Studies and stakes.
    pub design: Design,
}

/// A value of information per client.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InformationValue {
    /// The value, when both estimates agree; else the largest that it can be.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// The estimates disagree: `value` is an upper end.
    pub at_most: bool,
    /// Judged on draws that the regression has not seen.
    pub cross_fitted: f64,
    /// Its standard error.
    pub cross_fitted_error: f64,
}

impl From<Worth> for InformationValue {
    fn from(worth: Worth) -> Self {
        let agrees = worth.agrees();
        Self {
            value: if agrees { worth.in_sample } else { worth.at_most() },
            error: worth.in_sample_error,
            at_most: !agrees,
            cross_fitted: worth.cross_fitted,
            cross_fitted_error: worth.cross_fitted_error,
        }
    }
}

/// The value of knowing a parameter or a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Named {
    /// Parameter or group.
    pub name: String,
    /// Value per client.
    #[serde(flatten)]
    pub value: InformationValue,
}

/// One study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Study {
    /// Duration.
    pub months: u32,
    /// Share of the scenario's participants.
    pub size: f64,
    /// Clients in all arms that are compared.
    pub clients: u32,
    /// Value of its findings per client served.
    #[serde(flatten)]
    pub value: InformationValue,
    /// Expected net benefit.
    pub net_benefit: f64,
    /// Its standard error, from that of the value.
    pub net_benefit_error: f64,
}

/// What knowing more is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueOfInformation {
    /// Draws of the parameters.
    pub draws: u32,
    /// Mean net benefit per client of the service over the control.
    pub mean: f64,
    /// Standard deviation over the parameters, without the noise inside the draws.
    pub sd: f64,
    /// Share of the draws in which the service is worth its money.
    pub favorable: f64,
    /// Share of the raw variance that is noise inside the draws.
    pub noise_share: f64,
    /// Value of knowing everything, per client, and its standard error.
    pub perfect: [f64; 2],
    /// By group, the largest first.
    pub(crate) groups: Vec<Named>,
    /// By parameter, the largest first; parameters worth nothing are left out.
    pub(crate) parameters: Vec<Named>,
    /// Studies, by duration and size.
    pub(crate) studies: Vec<Study>,
}

impl ValueOfInformation {
    /// The study with the largest expected net benefit among those whose net benefit is over 0 by two standard errors: of many
    /// studies that are worth nothing, some seem to be worth something.
    pub(crate) fn best(&self) -> Option<&Study> {
        let clear = self.studies.iter().filter(|study| study.net_benefit > 2.0 * study.net_benefit_error);
        clear.max_by(|a, b| a.net_benefit.total_cmp(&b.net_benefit)).filter(|study| study.net_benefit > 0.0)
    }
}

impl ValueQuestion<'_> {
    /// Simulated studies.
    pub(crate) fn studies(&self) -> u64 {
        u64::from(self.draws) * (u64::from(self.replicates) + 1)
    }
}

/// Replicate number of the first study: none that the net benefit uses.
const STUDY_LUCK: u32 = 1 << 24;
/// Name of the group of stories.
const STORIES: &str = "stories";

/// Answers.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn answer(question: &ValueQuestion<'_>, watch: Watch<'_>) -> Result<ValueOfInformation, Stopped> {
    let scenario = question.scenario;
    let values: Vec<Vec<(String, f64)>> =
        (0..question.draws).map(|draw| drawn::values(scenario, question.registry, draw)).collect();
    let (raw, noise) = net_benefits(question, &values, watch)?;
    let noisy: Vec<(f64, f64)> = raw.iter().map(|&benefit| (benefit, noise.sqrt())).collect();
    let clean = without_noise(&noisy);
    let count = raw.len() as f64;
    let mean = raw.iter().sum::<f64>() / count;
    let square = |list: &[f64]| {
        list.iter().map(|benefit| (benefit - mean) * (benefit - mean)).sum::<f64>() / (count - 1.0).max(1.0)
    };
    let (value, error) = perfect_information(&clean);
    let seed = scenario.seed;
    let columns = columns(question, &values);
    let named =
        |(name, members): (String, Vec<Vec<f64>>)| Named { name, value: worth(&raw, &members, seed).into() };
    let mut groups: Vec<Named> = grouped(question, &columns).into_iter().map(named).collect();
    let single = columns.into_iter().map(|(path, column)| named((path, vec![column])));
    let mut parameters: Vec<Named> =
        single.filter(|group| group.value.value > group.value.error && group.value.value > 0.0).collect();
    for list in [&mut groups, &mut parameters] {
        list.sort_by(|a, b| b.value.value.total_cmp(&a.value.value).then_with(|| a.name.cmp(&b.name)));
    }
    Ok(ValueOfInformation {
        draws: question.draws,
        mean,
        sd: square(&clean).sqrt(),
        favorable: clean.iter().filter(|benefit| **benefit > 0.0).count() as f64 / count,
        noise_share: if square(&raw) > 0.0 { (noise / square(&raw)).min(1.0) } else { 0.0 },
        perfect: [value, error],
        groups,
        parameters,
        studies: weigh(question, &values, &raw, mean, watch)?,
    })
}

/// Mean net benefit per client under every draw, and the variance of its noise.
fn net_benefits(
    question: &ValueQuestion<'_>,
    values: &[Vec<(String, f64)>],
    watch: Watch<'_>,
) -> Result<(Vec<f64>, f64), Stopped> {
    let month = question.scenario.horizon_months;
    let of = |name: &str, label: &str| {
        measures()
            .iter()
            .find(|series| series.name == name && series.label == label)
            .map(|measure| Wanted { measure, month })
    };
    let wanted: Vec<Wanted> =
        of("money_discounted", "municipality").into_iter().chain(of("exits_true", "work")).collect();
    let replicates = question.replicates;
    let one = |unit: u32| {
        let scenario = drawn::under(question.scenario, &values[(unit / replicates) as usize]);
        let found = differences(&scenario, question.treated, unit % replicates, &wanted);
        -found[0] + question.design.value_per_exit_to_work * found[1]
    };
    let all: Vec<f64> = chunks::each("draws", values.len() as u32 * replicates, watch, one)?;
    Ok(means_and_noise(&all, replicates as usize))
}

/// One column per parameter, and one per story but the first.
fn columns(question: &ValueQuestion<'_>, values: &[Vec<(String, f64)>]) -> Vec<(String, Vec<f64>)> {
    let first = values.first().map_or(&[][..], Vec::as_slice);
    let column = |(at, (path, _)): (usize, &(String, f64))| {
        (path.clone(), values.iter().map(|draw| draw[at].1).collect::<Vec<f64>>())
    };
    let mut list: Vec<(String, Vec<f64>)> = first.iter().enumerate().map(column).collect();
    let scenario = question.scenario;
    for (at, story) in scenario.structures.iter().enumerate().skip(1) {
        let is = |draw: u32| f64::from(u8::from(scenario.story_of_draw(draw) == Some(at)));
        list.push((format!("{STORIES}.{}", story.name), (0..question.draws).map(is).collect()));
    }
    list
}

/// The columns by group.
fn grouped(question: &ValueQuestion<'_>, columns: &[(String, Vec<f64>)]) -> Vec<(String, Vec<Vec<f64>>)> {
    let mut names = question.groups.clone();
    if names.is_empty() {
        for (path, _) in columns {
            let key = path.split('.').next().unwrap_or_default();
            if !names.iter().any(|known| known == key) {
                names.push(key.to_owned());
            }
        }
    }
    let belongs = |path: &str, name: &str| {
        path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    };
    let group = |name: String| {
        let members =
            columns.iter().filter(|(path, _)| belongs(path, &name)).map(|(_, column)| column.clone());
        let members: Vec<Vec<f64>> = members.collect();
        (name, members)
    };
    names.into_iter().map(group).filter(|(_, members)| !members.is_empty()).collect()
}

/// Every study of the design: one simulated study per draw serves all durations and sizes.
fn weigh(
    question: &ValueQuestion<'_>,
    values: &[Vec<(String, f64)>],
    inb: &[f64],
    mean: f64,
    watch: Watch<'_>,
) -> Result<Vec<Study>, Stopped> {
    let Design { months, sizes, stakes, .. } = &question.design;
    let mut scenario = question.scenario.clone();
    scenario.horizon_months = months.last().copied().unwrap_or(1).max(1);
    let last = scenario.horizon_months;
    scenario.sites.iter_mut().for_each(|site| site.follow_up_months = last);
    let one = |draw: u32| {
        let scenario = drawn::under(&scenario, &values[draw as usize]);
        let record = replicate::study(&scenario, STUDY_LUCK + draw).record;
        let files = cut(&Protocol::from(&scenario), &record, months);
        let found =
            |file: &OnFile| sizes.iter().map(|&size| findings(question, file, size)).collect::<Vec<_>>();
        files.iter().map(found).collect::<Vec<_>>()
    };
    let studies: Vec<Vec<Vec<Findings>>> = chunks::each("studies", values.len() as u32, watch, one)?;
    let mut list = Vec::new();
    for (at, &month) in months.iter().enumerate() {
        for (place, &size) in sizes.iter().enumerate() {
            let at_place = || studies.iter().map(|study| &study[at][place]);
            let kinds = at_place().next().map_or(0, |(_, findings)| findings.len());
            let column = |kind: usize| at_place().map(|(_, findings)| findings[kind]).collect::<Vec<f64>>();
            let features: Vec<Vec<f64>> = (0..kinds).map(column).collect();
            let clients = at_place().map(|(clients, _)| *clients).max().unwrap_or(0);
            let value = InformationValue::from(worth(inb, &features, question.scenario.seed));
            let (length, people) = (f64::from(month), f64::from(clients));
            // An upper end must not make a study the best: what the unseen draws say counts then.
            let counted = if value.at_most { value.cross_fitted.max(0.0) } else { value.value };
            let served = stakes.clients_per_year * stakes.discounted_years(length / 12.0, stakes.years);
            list.push(Study {
                months: month,
                size,
                clients,
                value,
                net_benefit: stakes.net_benefit(length, people, counted, mean),
                net_benefit_error: served * value.error,
            });
        }
    }
    Ok(list)
}

/// Clients in both arms, and what differs between them.
type Findings = (u32, Vec<f64>);

/// What a study has on file: clients in both arms, and differences between the arms in exits, exits to work, activation,
/// signals and the recorded band. The first `size` of the participants of each arm at each site take part: whole caseloads as
/// far as that goes.
fn findings(question: &ValueQuestion<'_>, file: &OnFile, size: f64) -> Findings {
    let (control, treated) = (question.scenario.control, question.treated);
    let sites = question.scenario.sites.len();
    let arms = question.scenario.arms.len();
    let mut all = vec![0u32; sites * arms];
    let place = |row: &crate::observe::Filed| usize::from(row.site) * arms + usize::from(row.arm);
    file.rows.iter().for_each(|row| all[place(row)] += 1);
    let mut seen = vec![0u32; sites * arms];
    let mut sums = [[0.0; FINDINGS + 1]; 2];
    for row in &file.rows {
        let at = place(row);
        seen[at] += 1;
        let side = match usize::from(row.arm) {
            arm if arm == control => 0,
            arm if arm == treated => 1,
            _ => continue,
        };
        if f64::from(seen[at]) > (f64::from(all[at]) * size).ceil() {
            continue;
        }
        let arm_sums = &mut sums[side];
        arm_sums[FINDINGS] += 1.0;
        let endpoints =
            [Endpoint::Exit, Endpoint::ExitToWork, Endpoint::FirstSignal, Endpoint::VisibleActivation];
        for (sum, endpoint) in arm_sums.iter_mut().zip(endpoints) {
            *sum += f64::from(u8::from(endpoint.of(row).1 == 1));
        }
        arm_sums[FINDINGS - 1] += row.band.index() as f64 - row.entry_band.index() as f64;
    }
    let clients = sums[0][FINDINGS] + sums[1][FINDINGS];
    let share = |side: usize, at: usize| sums[side][at] / sums[side][FINDINGS].max(1.0);
    (clients as u32, (0..FINDINGS).map(|at| share(1, at) - share(0, at)).collect())
}

/// Kinds of findings.
const FINDINGS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn study(months: u32, net_benefit: f64, net_benefit_error: f64) -> Study {
        let value = InformationValue {
            value: 8.0,
            error: 9.0,
            at_most: false,
            cross_fitted: 0.0,
            cross_fitted_error: 1.0,
        };
        Study { months, size: 1.0, clients: 720, value, net_benefit, net_benefit_error }
    }

    #[test]
    fn a_study_is_the_best_only_when_its_net_benefit_is_clear() {
        let best = |studies: Vec<Study>| {
            let answer = ValueOfInformation {
                draws: 256,
                mean: 1.0,
                sd: 1.0,
                favorable: 0.5,
                noise_share: 0.0,
                perfect: [6.0, 1.0],
                groups: Vec::new(),
                parameters: Vec::new(),
                studies,
            };
            answer.best().map(|study| study.months)
        };
        assert_eq!(best(vec![study(6, 10_000.0, 11_000.0), study(12, -5.0, 0.0), study(18, 0.0, 0.0)]), None);
        assert_eq!(best(vec![study(6, 10_000.0, 11_000.0), study(12, 9_000.0, 2_000.0)]), Some(12));
    }
}
