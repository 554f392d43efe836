//! A posterior of the parameters, as `stapjes calibrate` writes it: draws with weights instead of priors.
//!
//! The file is a CSV with one remark line before its head. Its first row are the priors; its second the medians of the
//! parameters about which the figures say something, and nothing for the others: they keep the center of their prior, and only
//! their draws stand here. Numbers have six significant digits.
//!
//! ```text
//! # stapjes posterior 1; model 2; name our-town; effective 213; figures 6f0c2b9d41aa
//! draw,weight,exit.work.base,fraud.talk_intentional
//! prior,,"lognormal(0.058, 0.3)","uniform(0.03, 0.15)"
//! center,,0.0594,
//! 0,0.0021,0.0712,0.094
//! ```
//!
//! A posterior that was fitted to another edition of the model, or under other priors than this edition has, is refused.

use crate::said;
use std::path::Path;
use std::sync::OnceLock;

use super::prior::Prior;
use super::{MODEL_VERSION, shipped};
use crate::language::{AsTyped, Said};

/// Draws of some parameters with their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    /// What it was fitted to.
    pub name: String,
    /// Edition of the model that it was fitted to.
    pub model: u32,
    /// Effective draws: how many equally weighted ones would say as much.
    pub effective: f64,
    /// First digits of the hash of the figures' text; `none` when it was not fitted to a file.
    pub figures: String,
    /// Parameters, in the order of the draws' values.
    pub parameters: Vec<Fitted>,
    /// Cumulative weights; the last is 1.
    cumulative: Vec<f64>,
    /// Values per draw: one row per draw, columns in the order of `parameters`, in the unit of each.
    draws: Vec<Vec<f64>>,
}

/// A parameter of a posterior.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// Dotted path.
    pub path: String,
    /// The prior that it was fitted under.
    pub prior: Prior,
    /// Its posterior median; `None` = the figures say nothing about it, and it keeps the center of its prior.
    pub center: Option<f64>,
}

/// Version of the file.
const VERSION: &str = "1";
/// Largest accepted file, bytes (64 MiB): far more than a calibration writes.
const MAX_BYTES: u64 = 64 << 20;

impl Posterior {
    /// A posterior of this edition of the model from its draws. Weights are scaled to add up to 1.
    pub(crate) fn new(
        name: String,
        effective: f64,
        parameters: Vec<Fitted>,
        rows: Vec<(f64, Vec<f64>)>,
    ) -> Self {
        let total: f64 = rows.iter().map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = Vec::with_capacity(rows.len());
        let mut draws = Vec::with_capacity(rows.len());
        for (weight, values) in rows {
            sum += weight / total;
            cumulative.push(sum);
            draws.push(values);
        }
        if let Some(last) = cumulative.last_mut() {
            *last = 1.0;
        }
        Self {
            name,
            model: MODEL_VERSION,
            effective,
            figures: "none".to_owned(),
            parameters,
            cumulative,
            draws,
        }
    }

    /// The draw at a place between 0 and 1: each as likely as its weight says. Evenly spread places
    /// give a sample with no more chance in it than the places have.
    pub(crate) fn at(&self, share: f64) -> &[f64] {
        let row = self.cumulative.partition_point(|sum| *sum < share);
        &self.draws[row.min(self.draws.len() - 1)]
    }

    /// The value of a parameter (by its place in `parameters`) up to which `share` of the weight lies.
    pub fn quantile(&self, column: usize, share: f64) -> f64 {
        let weight = |row: usize| self.cumulative[row] - if row > 0 { self.cumulative[row - 1] } else { 0.0 };
        let mut order: Vec<usize> = (0..self.draws.len()).collect();
        order.sort_by(|&a, &b| self.draws[a][column].total_cmp(&self.draws[b][column]).then(a.cmp(&b)));
        let mut sum = 0.0;
        for &row in &order {
            sum += weight(row);
            if sum >= share - 1e-12 {
                return self.draws[row][column];
            }
        }
        order.last().map_or(f64::NAN, |&row| self.draws[row][column])
    }

    /// The file.
    pub(crate) fn to_csv(&self) -> String {
        let mut text = format!(
            "# stapjes posterior {VERSION}; model {}; name {}; effective {:.0}; figures {}\ndraw,weight",
            self.model, self.name, self.effective, self.figures
        );
        self.parameters.iter().for_each(|parameter| text.push_str(&format!(",{}", parameter.path)));
        text.push_str("\nprior,");
        self.parameters.iter().for_each(|parameter| text.push_str(&format!(",\"{}\"", parameter.prior)));
        text.push_str("\ncenter,");
        let center =
            |parameter: &Fitted| parameter.center.map_or(String::new(), |value| rounded(value).to_string());
        self.parameters.iter().for_each(|parameter| text.push_str(&format!(",{}", center(parameter))));
        text.push('\n');
        for (row, values) in self.draws.iter().enumerate() {
            let weight = self.cumulative[row] - if row > 0 { self.cumulative[row - 1] } else { 0.0 };
            text.push_str(&format!("{row},{}", rounded(weight)));
            values.iter().for_each(|value| text.push_str(&format!(",{}", rounded(*value))));
            text.push('\n');
        }
        text
    }

    /// A posterior that is built into the program, or what is wrong with it; `None` = there is none of that name.
    pub(crate) fn built_in(name: &str) -> Option<Result<Self, Said>> {
        static PARSED: OnceLock<Vec<(&str, Result<Posterior, Said>)>> = OnceLock::new();
        let parse = |(name, text)| (name, Self::parse(text));
        let parsed = PARSED.get_or_init(|| shipped::POSTERIORS.into_iter().map(parse).collect());
        parsed.iter().find(|(known, _)| *known == name).map(|(_, posterior)| posterior.clone())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with the line, in words.
    pub(crate) fn read(path: &Path) -> Result<Self, Said> {
        let shown = path.display();
        let size = std::fs::metadata(path)
            .map_err(|error| {
                said!(
                    "kan {shown} niet lezen: {error}",
                    "cannot read {shown}: {error}",
                    error = crate::language::spoken(&error),
                    shown = shown
                )
            })?
            .len();
        if size > MAX_BYTES {
            return Err(said!(
                "{shown} is groter dan 64 MiB: geen posterior",
                "{shown} is larger than 64 MiB: not a posterior",
                shown = shown
            ));
        }
        let text = std::fs::read_to_string(path).map_err(|error| {
            said!(
                "kan {shown} niet lezen: {error}",
                "cannot read {shown}: {error}",
                error = crate::language::spoken(&error),
                shown = shown
            )
        })?;
        Self::parse(&text).map_err(|problem| {
            said!("{shown}: {problem}", "{shown}: {problem}", problem = problem, shown = shown)
        })
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong, with the line, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, Said> {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let remark = first.trim_end().strip_prefix("# stapjes posterior ");
        let Some(remark) = remark else {
            return Err(said!(
                "regel 1 is niet \"# stapjes posterior ...\": is dit een posterior.csv van stapjes \
                     calibrate?",
                "line 1 is not \"# stapjes posterior ...\": is this a posterior.csv of stapjes calibrate?"
            ));
        };
        let mut parts = remark.split("; ");
        let version = parts.next().unwrap_or_default();
        if version != VERSION {
            return Err(said!(
                "regel 1: posterior versie {version}; dit programma leest versie {own_version}",
                "line 1: posterior version {version}; this program reads version {own_version}",
                version = version,
                own_version = VERSION
            ));
        }
        let mut remark_of = |key: &str| -> Result<String, Said> {
            let part = parts.next().and_then(|part| part.strip_prefix(key)?.strip_prefix(' '));
            part.map(str::to_owned)
                .ok_or_else(|| said!("regel 1: {key} ontbreekt", "line 1: {key} is missing", key = key))
        };
        let model = remark_of("model")?
            .parse()
            .map_err(|_| said!("regel 1: model is geen getal", "line 1: model is not a number"))?;
        let name = remark_of("name")?;
        let effective: f64 = remark_of("effective")?
            .parse()
            .map_err(|_| said!("regel 1: effective is geen getal", "line 1: effective is not a number"))?;
        let figures = remark_of("figures")?;
        let mut reader = csv::Reader::from_reader(rest.as_bytes());
        let head = reader.headers().map_err(|error| Said::same(error.to_string()))?.clone();
        if head.len() < 3 || &head[0] != "draw" || &head[1] != "weight" {
            return Err(said!(
                "regel 2: de kolommen moeten draw, weight en minstens één parameter zijn",
                "line 2: the columns must be draw, weight and at least one parameter"
            ));
        }
        let mut records = reader.records();
        let priors = records.next().and_then(Result::ok).filter(|record| &record[0] == "prior");
        let Some(priors) = priors else {
            return Err(said!(
                "regel 3: de rij met priors ontbreekt",
                "line 3: the row of priors is missing"
            ));
        };
        let centers = records.next().and_then(Result::ok).filter(|record| &record[0] == "center");
        let Some(centers) = centers else {
            return Err(said!(
                "regel 4: de rij met middens ontbreekt",
                "line 4: the row of centers is missing"
            ));
        };
        let number = |line: usize, column: usize, text: &str| -> Result<f64, Said> {
            let value: Option<f64> = text.trim().parse().ok().filter(|value: &f64| value.is_finite());
            let path = &head[column];
            value.ok_or_else(|| {
                said!(
                    "regel {line}: {path} is \"{text}\"; het moet een getal zijn",
                    "line {line}: {path} is \"{text}\"; it must be a number",
                    line = line,
                    path = path,
                    text = text
                )
            })
        };
        let parameter = |column: usize| {
            let prior = Prior::parse(&priors[column])
                .map_err(|rule| said!("regel 3: {}: {}", "line 3: {}: {}", head[column], rule))?;
            let center = &centers[column];
            let center = if center.is_empty() { None } else { Some(number(4, column, center)?) };
            Ok(Fitted { path: head[column].to_owned(), prior, center })
        };
        let parameters = (2..head.len()).map(parameter).collect::<Result<Vec<_>, Said>>()?;
        let mut rows = Vec::new();
        for (at, record) in records.enumerate() {
            let line = at + 5;
            let record = record.map_err(|error| {
                said!(
                    "regel {line}: {error}",
                    "line {line}: {error}",
                    error = crate::language::spoken(&error),
                    line = line
                )
            })?;
            let value = |column: usize| number(line, column, &record[column]);
            let weight = value(1)?;
            if weight < 0.0 {
                return Err(said!(
                    "regel {line}: weight is {weight}; het moet 0 of meer zijn",
                    "line {line}: weight is {weight}; it must be 0 or more",
                    line = line,
                    weight = AsTyped(weight)
                ));
            }
            rows.push((weight, (2..head.len()).map(value).collect::<Result<Vec<f64>, Said>>()?));
        }
        if rows.iter().map(|(weight, _)| weight).sum::<f64>() <= 0.0 {
            return Err(said!("geen trekking heeft een gewicht boven 0", "no draw has a weight over 0"));
        }
        Ok(Self { model, figures, ..Self::new(name, effective, parameters, rows) })
    }

    /// A value of a parameter that is not between two numbers, if there is one; `column` is its place
    /// in `parameters`. For refusing a posterior before a draw from it breaks a run.
    pub(crate) fn outside(&self, column: usize, min: f64, max: f64) -> Option<f64> {
        self.draws.iter().map(|draw| draw[column]).find(|value| !(min..=max).contains(value))
    }

    /// The place of a parameter in `parameters` and in every draw.
    pub fn column(&self, path: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.path == path)
    }

    /// The value of a parameter in a draw that [`at`](Self::at) gave.
    pub(crate) fn value(&self, draw: &[f64], path: &str) -> Option<f64> {
        self.column(path).map(|column| draw[column])
    }

    /// The same without some parameters, by path: those about which a scenario itself decides. The
    /// others keep their draws, with what they owe to the ones left out.
    pub(crate) fn without(mut self, paths: &[String]) -> Self {
        let keep: Vec<bool> =
            self.parameters.iter().map(|parameter| !paths.contains(&parameter.path)).collect();
        let mut at = keep.iter();
        self.parameters.retain(|_| *at.next().unwrap_or(&true));
        for draw in &mut self.draws {
            let mut at = keep.iter();
            draw.retain(|_| *at.next().unwrap_or(&true));
        }
        self
    }
}

/// A number with six significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Posterior {
        let rows = vec![(1.0, vec![0.1, 5.0]), (2.0, vec![0.2, 6.0]), (1.0, vec![0.3, 7.0])];
        let prior = Prior::Uniform { low: 0.0, high: 9.0 };
        let fitted = |path: &str, center| Fitted { path: path.into(), prior, center };
        Posterior::new("our-town".into(), 2.7, vec![fitted("a.b", Some(0.2)), fitted("c", None)], rows)
    }

    #[test]
    fn a_file_reads_back_and_draws_follow_the_weights() {
        let posterior = Posterior::parse(&sample().to_csv()).unwrap();
        assert_eq!((posterior.name.as_str(), posterior.effective), ("our-town", 3.0));
        assert_eq!(posterior.parameters, sample().parameters);
        let count = |value: f64| {
            (0..400).filter(|at| posterior.at((f64::from(*at) + 0.5) / 400.0)[0] == value).count()
        };
        assert_eq!([0.1, 0.2, 0.3].map(count), [100, 200, 100]);
        assert_eq!([0, 1].map(|column| posterior.quantile(column, 0.5)), [0.2, 6.0]);
        assert_eq!(posterior.value(posterior.at(0.99), "c"), Some(7.0));
        let less = posterior.clone().without(&["a.b".to_owned()]);
        assert_eq!((less.value(less.at(0.99), "c"), less.value(less.at(0.99), "a.b")), (Some(7.0), None));
        assert_eq!(less.quantile(0, 0.5), 6.0);
    }

    #[test]
    fn a_file_has_six_digits_and_is_written_again_the_same() {
        let prior = Prior::Uniform { low: 0.0, high: 9.0 };
        let parameter = Fitted { path: "a".into(), prior, center: Some(1.0 / 3.0) };
        let rows = vec![(1.0, vec![2.0 / 3.0]), (2.0, vec![1.234_567_89e-5])];
        let text = Posterior::new("x".into(), 2.0, vec![parameter], rows).to_csv();
        assert!(text.ends_with("center,,0.333333\n0,0.333333,0.666667\n1,0.666667,0.0000123457\n"), "{text}");
        assert_eq!(Posterior::parse(&text).unwrap().to_csv(), text);
    }

    #[test]
    fn broken_files_are_refused_with_their_line() {
        let good = sample().to_csv();
        for (text, word) in [
            ("draw,weight,a\n0,1,2\n".to_owned(), "line 1"),
            (good.replace("posterior 1", "posterior 9"), "version 9"),
            (good.replace("prior,", "first,"), "line 3"),
            (good.replace("center,", "middle,"), "line 4"),
            (good.replace("center,,0.2", "center,,x"), "line 4: a.b is \"x\""),
            (good.replace("0.25,0.3", "-0.25,0.3"), "line 7"),
            (good.replace(",7\n", ",seven\n"), "line 7: c is \"seven\""),
            (good.lines().take(4).collect::<Vec<_>>().join("\n"), "no draw"),
        ] {
            let problem = Posterior::parse(&text).unwrap_err();
            assert!(problem.english().contains(word), "{problem:?}");
        }
    }
}
