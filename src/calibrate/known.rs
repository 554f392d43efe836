//! Models and data whose true parameters are known: on these the sampler is checked.
//!
//! To rank the truth among draws (`self_check`) one must know the truth: parameters are drawn from the
//! prior, outcomes follow from the model, and figures are made of these with errors of the stated kind.
//! The errors that the likelihood is told may differ from the true ones, to see the check fail.

use super::model::{Model, Outcome};
use super::target::{Evidence, Link, Target};
use crate::random::numbers::Numbers;

/// A model, and how data about it come about.
pub(super) trait Known: Sync {
    /// Name in tables.
    fn name(&self) -> String;

    /// The model.
    fn model(&self) -> &dyn Model;

    /// The scale of every figure's emulator, in the order of the outcomes.
    fn links(&self) -> Vec<Link>;

    /// Figures as they could be found when the outcomes are these, with the errors that are stated over the true ones.
    fn data(&self, outcomes: &[f64], stated_over_true: f64, numbers: &mut Numbers) -> Vec<Evidence>;
}

/// A linear model with normal errors: `y = A theta + e`.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    /// Name in the answer.
    pub(super) name: &'static str,
    /// One row of coefficients per outcome, for the two parameters.
    pub(super) rows: &'static [[f64; 2]],
    /// Standard error of each figure.
    pub(super) errors: &'static [f64],
}

impl Model for Linear {
    fn dimensions(&self) -> usize {
        2
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        let (x, y) = (z[0], z[1]);
        self.rows.iter().map(|[a, b]| Outcome::exact(a * x + b * y)).collect()
    }
}

impl Known for Linear {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn model(&self) -> &dyn Model {
        self
    }

    fn links(&self) -> Vec<Link> {
        vec![Link::Identity; self.rows.len()]
    }

    fn data(&self, outcomes: &[f64], stated_over_true: f64, numbers: &mut Numbers) -> Vec<Evidence> {
        let figures = outcomes.iter().zip(self.errors);
        figures.map(|(outcome, error)| normal(*outcome, *error, stated_over_true, numbers)).collect()
    }
}

/// Two competing hazards, of 360 people followed for a year: how many left, and how many of those for work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hazards;

/// People in a data set.
const PEOPLE: u32 = 360;
/// Months that they are followed.
const MONTHS: f64 = 12.0;

impl Model for Hazards {
    fn dimensions(&self) -> usize {
        2
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        let (work, other) = (0.0026 * libm::exp(0.4 * z[0]), 0.0042 * libm::exp(0.3 * z[1]));
        let left = -libm::expm1(-MONTHS * (work + other));
        [left, work / (work + other)].map(Outcome::exact).to_vec()
    }
}

impl Known for Hazards {
    fn name(&self) -> String {
        "competing hazards".to_owned()
    }

    fn model(&self) -> &dyn Model {
        self
    }

    fn links(&self) -> Vec<Link> {
        vec![Link::Logit; 2]
    }

    fn data(&self, outcomes: &[f64], _: f64, numbers: &mut Numbers) -> Vec<Evidence> {
        let left = count(PEOPLE, outcomes[0], numbers).max(1.0);
        let work = count(left as u32, outcomes[1], numbers);
        vec![
            Evidence::Binomial { count: left, of: f64::from(PEOPLE) },
            Evidence::Binomial { count: work, of: left },
        ]
    }
}

/// A model with the errors, discrepancies and numbers of a targets file: what is stated there is the size of the errors, and
/// other values come about.
pub(super) struct WithStatedErrors<'a> {
    /// Name in the answer.
    pub(super) name: &'a str,
    /// What is known exactly.
    pub(super) model: &'a dyn Model,
    /// One target per outcome.
    pub(super) targets: &'a [Target],
}

impl Known for WithStatedErrors<'_> {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn model(&self) -> &dyn Model {
        self.model
    }

    fn links(&self) -> Vec<Link> {
        self.targets.iter().map(|target| target.link).collect()
    }

    fn data(&self, outcomes: &[f64], stated_over_true: f64, numbers: &mut Numbers) -> Vec<Evidence> {
        let figure = |(target, &outcome): (&Target, &f64)| match target.evidence {
            Evidence::Normal { .. } | Evidence::Range { .. } => {
                normal(outcome, target.stated_error(), stated_over_true, numbers)
            }
            Evidence::Binomial { of, .. } => {
                Evidence::Binomial { count: count(of as u32, outcome, numbers), of }
            }
            Evidence::Pattern { of, .. } => {
                Evidence::Pattern { seen: count(of as u32, outcome, numbers), of }
            }
            Evidence::Poisson { exposure, .. } => {
                Evidence::Poisson { count: arrivals(outcome * exposure, numbers), exposure }
            }
        };
        self.targets.iter().zip(outcomes).map(figure).collect()
    }
}

/// A figure that is normal around the outcome, with its error over- or understated.
fn normal(outcome: f64, error: f64, stated_over_true: f64, numbers: &mut Numbers) -> Evidence {
    Evidence::Normal { value: outcome + error * numbers.normal(), error: stated_over_true * error }
}

/// How many of so many, each with probability `share`: a binomial draw by as many uniform numbers.
fn count(of: u32, share: f64, numbers: &mut Numbers) -> f64 {
    f64::from((0..of).map(|_| u32::from(numbers.unit() < share)).sum::<u32>())
}

/// How many events of a Poisson process with this mean: exponential times between them.
fn arrivals(mean: f64, numbers: &mut Numbers) -> f64 {
    let (mut time, mut events) = (0.0, 0.0);
    loop {
        time -= libm::log(numbers.unit());
        if time > mean {
            return events;
        }
        events += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Dice, Process};

    #[test]
    fn data_have_the_means_and_errors_of_their_kind() {
        let evidence = [
            Evidence::Normal { value: 0.0, error: 0.3 },
            Evidence::Binomial { count: 1.0, of: 40.0 },
            Evidence::Poisson { count: 1.0, exposure: 50.0 },
        ];
        let target = |&evidence: &Evidence| Target {
            id: String::new(),
            evidence,
            discrepancy: 0.4,
            link: Link::Identity,
            held_out: false,
        };
        let targets: Vec<Target> = evidence.iter().map(target).collect();
        let model = Linear { name: "", rows: &[], errors: &[] };
        let known = WithStatedErrors { name: "", model: &model, targets: &targets };
        let mut numbers = Numbers::new(Dice::new(5, 0).stream(0, 0, Process::LearnData));
        let outcomes = [2.0, 0.2, 0.1];
        let all: Vec<Vec<f64>> = (0..4000)
            .map(|_| known.data(&outcomes, 1.0, &mut numbers).iter().map(Evidence::value).collect())
            .collect();
        for (at, (mean, sd)) in
            [(2.0, 0.5), (0.2, 0.004f64.sqrt()), (0.1, 0.002f64.sqrt())].iter().enumerate()
        {
            let found = all.iter().map(|draw| draw[at]).sum::<f64>() / 4000.0;
            let square = all.iter().map(|draw| (draw[at] - found) * (draw[at] - found)).sum::<f64>() / 3999.0;
            assert!((found - mean).abs() < 4.0 * sd / 4000f64.sqrt(), "{at}: {found}");
            assert!((square.sqrt() - sd).abs() < 4.0 * sd / 8000f64.sqrt() * 1.5, "{at}: {}", square.sqrt());
        }
    }
}
