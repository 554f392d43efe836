//! From what was typed to what it means: columns, choices and the methods to run.

use super::AnalyzeRequest;
use crate::error::Error;
use crate::estimate::Options;
use crate::estimate::catalogue::{Method, Needs, Request, methods, parse_requests};
use crate::language::{Said, Text};
use crate::observe::columns::{Columns, Prepared};
use crate::observe::likeness;
use crate::report::analysis::need_in_words;
use crate::said;

/// The request, understood.
pub(super) struct TestPlan<'a> {
    /// Which column plays which part.
    pub(super) columns: &'a Columns,
    /// The text of `--tests`, as it was given.
    tests: Option<&'a str>,
}

impl<'a> TestPlan<'a> {
    /// Checks what can be checked before the data are read.
    pub(super) fn new(request: &'a AnalyzeRequest) -> Result<Self, Error> {
        let usage = |message: Said| Err(Error::usage(message));
        let (columns, options) = (&request.columns, &request.options);
        if columns.count.is_some() != columns.exposure.is_some() {
            return usage(said!(
                "--count en --exposure horen bij elkaar",
                "--count and --exposure belong together"
            ));
        }
        if columns.time.is_some() && columns.dates.is_some() {
            return usage(said!(
                "--time en --from met --until sluiten elkaar uit: geef de waarnemingsduur één keer",
                "--time and --from with --until exclude each other: give the follow-up once"
            ));
        }
        if columns.dates.is_some() && (columns.start.is_some() || columns.exposure.is_some()) {
            return usage(said!(
                "--from en --until geven de waarnemingsduur; --start en --exposure gaan daar niet bij",
                "--from and --until make the follow-up; --start and --exposure do not go with them"
            ));
        }
        let times = columns.time.is_some() || columns.dates.is_some();
        if columns.time.is_some() && columns.exposure.is_some() {
            return usage(said!(
                "--time en --exposure sluiten elkaar uit: een analyse gaat over tijden of aantallen",
                "--time and --exposure exclude each other: a run analyses times or counts"
            ));
        }
        if columns.status.is_none() && columns.count.is_none() && columns.outcome.is_none() {
            return usage(said!(
                "--status (wat de waarneming beëindigde), --count (gebeurtenissen per rij) of --outcome is nodig",
                "--status (what ended the follow-up), --count (events per row) or --outcome is needed"
            ));
        }
        if !options.at.is_empty() && !times {
            return usage(said!(
                "--at vraagt --time: zonder tijden is er geen horizon",
                "--at needs --time: without times there is no horizon"
            ));
        }
        if request.weights_as.is_some() && columns.weight.is_none() {
            return usage(said!("--weights-as vraagt --weights", "--weights-as needs --weights"));
        }
        if columns.start.is_some() && columns.time.is_none() {
            return usage(said!(
                "--start vraagt --time, het einde van het interval",
                "--start needs --time, the end of the interval"
            ));
        }
        if !(options.level > 0.0 && options.level < 1.0) {
            return usage(said!(
                "--level moet tussen 0 en 1 liggen, bijvoorbeeld 0.95",
                "--level must lie between 0 and 1, for instance 0.95"
            ));
        }
        if request.until_time.is_some() && !times {
            return usage(said!("--until-time vraagt --time", "--until-time needs --time"));
        }
        if !request.until_time.iter().all(|t| t.is_finite() && *t > 0.0) {
            return usage(said!(
                "--until-time moet een eindige tijd boven 0 zijn",
                "--until-time must be a finite time above 0"
            ));
        }
        if !options.tau.iter().all(|t| t.is_finite() && *t > 0.0) {
            return usage(said!(
                "--tau moet een eindige tijd boven 0 zijn",
                "--tau must be a finite time above 0"
            ));
        }
        if !options.at.iter().all(|t| t.is_finite() && *t >= 0.0) {
            return usage(said!(
                "--at moet uit eindige tijden bestaan, 0 of meer",
                "--at must be finite times, 0 or more"
            ));
        }
        if request.curves.is_some() && !(times && columns.status.is_some()) {
            return usage(said!("curven vragen --time en --status", "curves need --time and --status"));
        }
        if let Some(tests) = &request.tests {
            parse_requests(tests).map_err(Error::usage)?;
        }
        Ok(Self { columns, tests: request.tests.as_deref() })
    }

    /// Whether `--tests` was given.
    pub(super) fn asked_for_tests(&self) -> bool {
        self.tests.is_some()
    }

    /// What a kind of method lacks in this request.
    pub(super) fn lacks(&self, needs: Needs) -> Option<Text> {
        let columns = self.columns;
        let times = (columns.time.is_some() || columns.dates.is_some()) && columns.status.is_some();
        let enough = match needs {
            Needs::Times | Needs::Causes => times,
            Needs::Clusters => times && columns.cluster.is_some(),
            Needs::Outcomes => columns.status.is_some(),
            Needs::ClusteredOutcomes => columns.status.is_some() && columns.cluster.is_some(),
            Needs::ClusteredValues => {
                columns.cluster.is_some() && (columns.status.is_some() || columns.outcome.is_some())
            }
            Needs::Counts => columns.count.is_some(),
            Needs::Recurrent => times && columns.person.is_some(),
            Needs::Covariates => times && !columns.covariates.is_empty(),
            Needs::Values => columns.outcome.is_some(),
        };
        if enough { None } else { Some(need_in_words(needs)) }
    }

    /// The methods asked for, or the default ones that these data can feed.
    pub(super) fn requests(&self, prepared: &Prepared) -> Result<Vec<Request>, Error> {
        if let Some(tests) = self.tests {
            return parse_requests(tests).map_err(Error::usage);
        }
        let several_causes = prepared.cause_codes.len() > 1;
        let fits = |needs: Needs| match needs {
            Needs::Causes => several_causes && self.lacks(needs).is_none(),
            Needs::Outcomes | Needs::ClusteredOutcomes | Needs::ClusteredValues => {
                self.columns.time.is_none() && self.columns.dates.is_none() && self.lacks(needs).is_none()
            }
            Needs::Values => self.columns.cluster.is_none() && self.lacks(needs).is_none(),
            _ => self.lacks(needs).is_none(),
        };
        let weighted = prepared.data.weight.is_some();
        let runs = |method: &&Method| {
            method.by_default && fits(method.needs) && (!weighted || method.uses_weights())
        };
        let chosen: Vec<Request> = methods().filter(runs).map(Request::plain).collect();
        if weighted && !chosen.iter().any(|request| fits(request.method.needs)) {
            return Err(Error::data(said!(
                "geen standaardmethode neemt steekproefgewichten met deze kolommen: noem er een met \
                     --tests",
                "no default method takes sampling weights with these columns: name one with --tests"
            )));
        }
        Ok(chosen)
    }

    /// The choices, with the cause looked up among those in the data.
    pub(super) fn options(&self, request: &AnalyzeRequest, prepared: &Prepared) -> Result<Options, Error> {
        let cause = request.cause.as_deref().map(|cause| find_cause(cause, prepared)).transpose()?;
        Ok(Options { cause, ..request.options.clone() })
    }

    /// What the analyst should know beside the numbers.
    pub(super) fn notes(&self, prepared: &Prepared, requests: &[Request]) -> Vec<Said> {
        let mut notes = Vec::new();
        if !self.columns.strata.is_empty() {
            notes.extend(not_used(
                "--strata",
                requests,
                Method::uses_strata,
                said!(
                    "alle strata samen; --by geeft elk het zijne",
                    "all strata together; --by gives each its own"
                ),
            ));
        }
        if !self.columns.covariates.is_empty() {
            notes.extend(not_used(
                "--covariates",
                requests,
                Method::uses_covariates,
                said!("daar geen correctie", "no adjustment there"),
            ));
        }
        let data = &prepared.data;
        if self.columns.cluster.is_some() && self.asked_for_tests() {
            return notes;
        }
        if data.cluster.is_none() && self.columns.arm.is_some() {
            notes.push(said!(
                "rijen zijn geanalyseerd als onafhankelijk; delen klanten consulenten of locaties, \
                     geef dan --cluster",
                "rows are analyzed as independent; when clients share caseworkers or sites, give --cluster"
            ));
        }
        notes
    }
}

/// Which methods of the request take no notice of a choice.
fn not_used(flag: &str, requests: &[Request], uses: fn(&Method) -> bool, so: Said) -> Option<Said> {
    let mut names: Vec<&str> =
        requests.iter().map(|r| r.method).filter(|m| !uses(m)).map(|m| m.name).collect();
    names.dedup();
    (!names.is_empty()).then(|| {
        said!(
            "{flag} wordt niet gebruikt door {names}: {so}",
            "{flag} is not used by {names}: {so}",
            names = names.join(", "),
            so = so,
            flag = flag
        )
    })
}

/// A cause by its name, by what stands in the file, or by its code where the file has codes.
fn find_cause(wanted: &str, prepared: &Prepared) -> Result<u32, Error> {
    let of = |position: usize| prepared.cause_codes[position];
    let named = || prepared.cause_names.iter().position(|name| name == wanted).map(of);
    let value = |same: &dyn Fn(&str) -> bool| {
        prepared.reading.statuses.iter().find(|status| same(&status.value)).and_then(|status| status.cause)
    };
    let alike = || {
        let wanted_likeness = likeness(wanted);
        let name = prepared.cause_names.iter().position(|name| likeness(name) == wanted_likeness).map(of);
        name.or_else(|| value(&|text| likeness(text) == wanted_likeness))
    };
    let code = || {
        let code = wanted.parse::<u32>().ok()?;
        let meant = prepared.codes_in_file || prepared.cause_codes.len() == 1;
        prepared.cause_codes.iter().copied().find(|code_on_file| meant && *code_on_file == code)
    };
    named().or_else(|| value(&|text| text == wanted)).or_else(code).or_else(alike).ok_or_else(|| {
        let names = prepared.cause_names.join(", ");
        Error::data(said!(
            "geen rij heeft oorzaak \"{wanted}\"; de oorzaken in de gegevens zijn: {names}",
            "no row has cause \"{wanted}\"; the causes in the data are: {names}",
            wanted = wanted,
            names = names
        ))
    })
}
