//! `--pairwise`: each two of several arms, with p-values adjusted over the pairs.

use super::adjust::method_name;
use crate::estimate::catalogue::Request;
use crate::estimate::multiplicity::{Adjustment, adjust};
use crate::estimate::{Estimate, EstimateError};
use crate::language::Said;
use crate::observe::Dataset;
use crate::said;
use std::collections::BTreeMap;

/// Whether the method refuses these data only because they have more than two arms.
pub(super) fn only_two_arms(request: &Request, data: &Dataset) -> bool {
    data.arm_names.len() > 2
        && pairs(data)
            .any(|(first, second)| request.run(&pair(data, first, second), &Default::default()).is_ok())
}

/// The comparisons of each pair; nothing with two arms.
pub(super) fn compare(
    request: &Request,
    data: &Dataset,
    method: Adjustment,
    run: impl Fn(&Request, &Dataset) -> Result<Vec<Estimate>, EstimateError>,
) -> Vec<Estimate> {
    if data.arm_names.len() < 3 {
        return Vec::new();
    }
    let mut found: Vec<Estimate> = Vec::new();
    for (first, second) in pairs(data) {
        let estimates = run(request, &pair(data, first, second)).unwrap_or_default();
        found.extend(estimates.into_iter().filter(|e| e.p_value.is_some() && e.against.is_some()));
    }
    let mut families: BTreeMap<(Said, Option<String>), Vec<usize>> = BTreeMap::new();
    for (at, estimate) in found.iter().enumerate() {
        families.entry((estimate.estimand.clone(), estimate.cause.clone())).or_default().push(at);
    }
    for members in families.into_values() {
        let p_values: Vec<f64> = members.iter().filter_map(|&at| found[at].p_value).collect();
        for (&at, p) in members.iter().zip(adjust(&p_values, method)) {
            found[at].details.insert("p_adjusted".into(), p.into());
            found[at].details.insert("p_adjustment".into(), method_name(method).into());
        }
    }
    for estimate in &mut found {
        estimate.label = said!("{}, paar", "{}, pair", estimate.label);
        estimate.convention = said!(
            "{}; alleen de rijen van deze twee groepen; p_adjusted: {} over alle paren",
            "{}; only the rows of these two arms; p_adjusted: {} over all pairs",
            estimate.convention,
            method_name(method)
        );
    }
    found
}

/// Every two arms, each pair once, the lower number first.
fn pairs(data: &Dataset) -> impl Iterator<Item = (u32, u32)> {
    let arms = data.arm_names.len() as u32;
    (0..arms).flat_map(move |first| (first + 1..arms).map(move |second| (first, second)))
}

/// The rows of two arms as a data set of their own.
fn pair(data: &Dataset, first: u32, second: u32) -> Dataset {
    let rows: Vec<usize> =
        (0..data.arm.len()).filter(|&row| [first, second].contains(&data.arm[row])).collect();
    data.rows(&rows)
}
