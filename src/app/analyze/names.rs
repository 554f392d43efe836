//! Stand-ins for the names of arms and covariates while estimators run: an arm called "a - b" or a covariate called "cause 1" then
//! cannot be taken for a comparison or a cause when labels are read.

use crate::language::{Lang, Said};
use std::borrow::Cow;

use crate::estimate::{Detail, Estimate};
use crate::observe::{Dataset, EVERYBODY};

/// Characters for private use, which no estimator writes.
const OPEN: char = '\u{f8fe}';
/// Ends a stand-in.
const CLOSE: char = '\u{f8ff}';

/// The names of a file, and their stand-ins.
pub(super) struct Names {
    /// Names of the arms as the file has them.
    arms: Vec<String>,
    /// Names of the covariates as the file has them.
    covariates: Vec<String>,
}

impl Names {
    /// Takes the names out of a data set.
    pub(super) fn take(data: &mut Dataset) -> Self {
        let arms = std::mem::take(&mut data.arm_names);
        data.arm_names = (0..arms.len()).map(|arm| format!("{OPEN}a{arm}{CLOSE}")).collect();
        let covariates: Vec<String> =
            data.covariates.iter().map(|covariate| covariate.name.clone()).collect();
        // Levels of one factor keep their form "factor=level".
        let factor = |name: &str| name.split_once('=').map(|(factor, _)| factor.to_owned());
        for (at, covariate) in data.covariates.iter_mut().enumerate() {
            covariate.name = match factor(&covariates[at]) {
                None => format!("{OPEN}c{at}{CLOSE}"),
                column => {
                    let first = covariates.iter().position(|name| factor(name) == column).unwrap_or(at);
                    format!("{OPEN}f{first}{CLOSE}={OPEN}l{at}{CLOSE}")
                }
            };
        }
        Self { arms, covariates }
    }

    /// Text with the names in the place of their stand-ins.
    pub(super) fn put_back<'a>(&self, text: &'a str, lang: Lang) -> Cow<'a, str> {
        if !text.contains(OPEN) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, from)) = rest.split_once(OPEN) {
            out.push_str(before);
            let (stand_in, behind) = from.split_once(CLOSE).unwrap_or((from, ""));
            out.push_str(self.name(stand_in, lang).unwrap_or_default());
            rest = behind;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// What is said, with the names in the place of their stand-ins.
    pub(super) fn put_back_in(&self, said: &Said) -> Said {
        Said::each(|lang| self.put_back(said.text(lang), lang).into_owned())
    }

    fn name(&self, stand_in: &str, lang: Lang) -> Option<&str> {
        let (kind, at) = stand_in.split_at_checked(1)?;
        let at: usize = at.parse().ok()?;
        let covariate = || self.covariates.get(at).map(String::as_str);
        match kind {
            // Without a column for arms everybody is in one.
            "a" if self.arms == [EVERYBODY] => Some(lang.pick("iedereen", EVERYBODY)),
            "a" => self.arms.get(at).map(String::as_str),
            "f" => covariate()?.split_once('=').map(|(factor, _)| factor),
            "l" => covariate()?.split_once('=').map(|(_, level)| level),
            _ => covariate(),
        }
    }

    /// A result with the names.
    pub(super) fn restore(&self, estimate: &mut Estimate) {
        for said in [&mut estimate.label, &mut estimate.convention].into_iter().chain(&mut estimate.missing) {
            *said = self.put_back_in(said);
        }
        let names = [&mut estimate.arm, &mut estimate.against].into_iter().flatten();
        let details = estimate.details.values_mut().filter_map(|detail| match detail {
            Detail::Text(text) => Some(text),
            _ => None,
        });
        for text in names.chain(details) {
            if let Cow::Owned(restored) = self.put_back(text, Lang::En) {
                *text = restored;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Covariate;

    #[test]
    fn names_go_out_and_come_back() {
        let mut data = Dataset {
            arm_names: vec!["a".into(), "a - b".into()],
            covariates: ["cause 1", "band=a", "band=b=c"]
                .map(|name| Covariate { name: name.into(), values: Vec::new() })
                .to_vec(),
            ..Dataset::default()
        };
        let names = Names::take(&mut data);
        let label = format!("{} - {}, {}", data.arm_names[1], data.arm_names[0], data.covariates[0].name);
        assert!(!label.contains('b') && !label.contains("cause"));
        let mut estimate = Estimate::new("x", Said::same(label), Said::default(), Said::default())
            .with("part", data.arm_names[1].as_str());
        estimate.arm = Some(data.arm_names[1].clone());
        names.restore(&mut estimate);
        assert_eq!(estimate.label, Said::same("a - b - a, cause 1"));
        assert_eq!(
            (estimate.arm.as_deref(), estimate.details["part"].clone()),
            (Some("a - b"), "a - b".into())
        );
        assert_eq!(names.put_back("nothing", Lang::En), "nothing");
        let (one, other) = (&data.covariates[1].name, &data.covariates[2].name);
        assert_eq!(one.split_once('=').unwrap().0, other.split_once('=').unwrap().0);
        assert_eq!(names.put_back(other, Lang::En), "band=b=c");
        assert_eq!(
            names.put_back(&format!("{}, all levels", one.split_once('=').unwrap().0), Lang::En),
            "band, all levels"
        );
    }
}
