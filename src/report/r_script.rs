//! `analysis.R`: the primary analysis of the study in `events.csv`, for R with the `survival` package.
//!
//! With caseworkers as units it is what `power` does with the same study: the Cox estimate, and an error that is robust by
//! caseworker, with arm and site taken out and few caseworkers corrected for (leverage; `docs/researchers.md`).

use crate::document::quoted;
use crate::kinds::Question;
use crate::scenario::Scenario;
use crate::scenario::analysis::ClusterUnit;

/// Name of the file.
pub(crate) const R_SCRIPT: &str = "analysis.R";

/// The script as text; `None` when there is nothing to compare. The control is compared with the first
/// other arm only.
///
/// Names of arms are quoted, as a scenario may hold any text and R would run what it is given.
/// Questions about steps or signals are analysed as exits to work, since `time` and `status` of
/// `events.csv` are those of the exit.
pub(crate) fn script(scenario: &Scenario) -> Option<String> {
    let control = scenario.arms.get(scenario.control)?;
    let treated =
        scenario.arms.iter().enumerate().find(|(at, _)| *at != scenario.control).map(|(_, arm)| arm)?;
    let (event, words, dutch) = match scenario.asked {
        Question::Exits | Question::Caseload => (
            "study$status != \"0\"",
            "exits from benefit for any reason",
            "uitstroom uit de bijstand, om welke reden ook",
        ),
        Question::Work | Question::Payback | Question::Steps | Question::Signals => (
            "study$status == \"work\"",
            "exits to work, by the reason on file",
            "uitstroom naar werk, volgens de reden in het dossier",
        ),
    };
    let other = another_question(scenario.asked);
    let (control, treated) = (quoted(&control.name), quoted(&treated.name));
    let plan = &scenario.analysis;
    // One site has nothing to adjust for, and R would refuse a factor of one level.
    let sites = if plan.adjust_for_site && scenario.sites.len() > 1 { " + site" } else { "" };
    let name = crate::report::escape::file_name(&scenario.name);
    let head = format!(
        "# Primary analysis of one simulated study of {name}: {words}.\n\
         # Primaire analyse van een gesimuleerd onderzoek van {name}: {dutch}.\n\
         {other}# Written by stapjes {}. Run it in the folder of events.csv: Rscript {R_SCRIPT}\n\
         library(survival)\n\n\
         study <- read.csv(\"events.csv\")\n\
         control <- {control}\n\
         treated <- {treated}\n\
         study <- subset(study, arm %in% c(control, treated))\n\
         study$arm <- relevel(factor(study$arm), ref = control)\n\
         study$event <- {event}   # status \"0\" is still on benefit\n\n",
        env!("CARGO_PKG_VERSION")
    );
    let body = match plan.cluster {
        ClusterUnit::Caseworker => format!(
            "# Caseworkers are the independent units. Scores are summed by caseworker; arm{sites} is taken out; few caseworkers are\n\
             # corrected for by their leverage; held against t.\n\
             fit <- coxph(Surv(time, event) ~ arm, data = study, ties = \"breslow\")\n\
             u <- tapply(resid(fit, \"score\"), study$caseworker, sum)\n\
             unit <- study[match(names(u), study$caseworker), ]\n\
             share <- mean((study$arm == treated)[study$event]) - mean(resid(fit, \"schoenfeld\"))\n\
             scale <- ifelse(unit$arm == treated, 1 - share, -share)\n\
             between <- lm(u / scale ~ arm{sites}, data = unit)\n\
             variance <- sum((resid(between) / sqrt(1 - hatvalues(between)) * scale)^2)\n\
             error <- sqrt(variance) * vcov(fit)[1]\n\
             freedom <- df.residual(between)\n"
        ),
        ClusterUnit::Site => "# Sites are the independent units (without a correction for few sites).\n\
             fit <- coxph(Surv(time, event) ~ arm, data = study, ties = \"breslow\", cluster = site)\n\
             error <- sqrt(vcov(fit)[1])\n\
             freedom <- length(unique(study$site)) - 1\n"
            .to_owned(),
        ClusterUnit::Independent => "# Clients are the independent units.\n\
             fit <- coxph(Surv(time, event) ~ arm, data = study, ties = \"breslow\")\n\
             error <- sqrt(vcov(fit)[1])\n\
             freedom <- Inf\n"
            .to_owned(),
    };
    let tail = format!(
        "estimate <- unname(coef(fit))\n\
         t <- estimate / error\n\
         half <- qt({}, freedom) * error\n\
         result <- c(\n  log_hazard_ratio = estimate, standard_error = error,\n  \
         low = estimate - half, high = estimate + half, p = 2 * pt(-abs(t), freedom)\n)\n\
         print(result, digits = 12)\n",
        1.0 - plan.alpha / 2.0
    );
    Some(head + &body + &tail)
}

/// What a reader must know whose question is another one than the script answers, in both languages: the
/// question of small steps, of signals, or of money. Empty when the script answers the question itself.
fn another_question(asked: Question) -> String {
    let (english, dutch) = match asked {
        Question::Work | Question::Exits | Question::Caseload => return String::new(),
        Question::Steps => (
            "about small steps. That is another analysis, of `activated` and\n# `first_activation_month`",
            "over kleine stappen. Dat is een andere analyse, van `activated` en\n# `first_activation_month`",
        ),
        Question::Signals => (
            "about fraud signals. That is another analysis, of `signalled`,\n# `first_signal_month` and `signals`",
            "over fraudesignalen. Dat is een andere analyse, van `signalled`,\n# `first_signal_month` en `signals`",
        ),
        Question::Payback => (
            "about money, and no\n# column of a study holds that",
            "over geld, en dat staat in\n# geen kolom van een onderzoek",
        ),
    };
    format!(
        "# NOTE: the question of this scenario is {english}; this script analyses exits to work instead (`time` and `status`).\n\
         # LET OP: de vraag van dit scenario gaat {dutch}; dit script analyseert uitstroom naar werk (`time` en `status`).\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn names_are_quoted_and_the_question_decides() {
        let overrides = ["question.kind=exits", "analysis.cluster=site"].map(str::to_owned);
        let text = script(&embedded("lange-adem", &overrides).unwrap().scenario).unwrap();
        assert!(text.contains("control <- \"regular\"") && text.contains("study$status != \"0\""), "{text}");
        assert!(text.contains("cluster = site"));
        let said = |kind: &str| {
            let asked = format!("question.kind={kind}");
            script(&embedded("lange-adem", &[asked]).unwrap().scenario).unwrap()
        };
        for (kind, english, dutch) in [
            ("steps", "small steps", "kleine stappen"),
            ("signals", "fraud signals", "fraudesignalen"),
            ("payback", "money", "geld"),
        ] {
            let text = said(kind);
            let head = text.split("library(survival)").next().unwrap();
            assert!(head.lines().all(|line| line.is_empty() || line.starts_with('#')), "{head}");
            assert!(head.contains(english) && head.contains(dutch), "{head}");
            assert!(head.contains("analyses exits to work instead"), "{head}");
        }
        assert!(!said("work").contains("NOTE") && !said("exits").contains("LET OP"));
        let text = script(&embedded("lange-adem", &[]).unwrap().scenario).unwrap();
        assert!(text.contains("lm(u / scale ~ arm + site") && text.contains("study$status == \"work\""));
    }
}
