//! A calibration in words, tables, figures and on a page.
//!
//! The order is that of what can be believed: first the figures that were held out, since only they
//! test the model; then what no figure says anything about; then the fitted figures, which were met by
//! design; then what was learned, and last whether the posterior itself is sound. Terminal and page
//! have the same sections.

use std::fmt::Write;

use crate::calibrate::answer::{Calibration, FigureRow, Parameter};
use crate::calibrate::conflict::Conflict;
use crate::calibrate::fit::CUTOFF;
use crate::calibrate::self_check::{Ranks, SelfCheck};
use crate::report::escape;
use crate::report::figures::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use crate::report::figures::forest_to_svg;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sections::{
    Section, SectionsPage, aligned, csv_line, number_cell, row, significant, table,
};
use crate::report::table::{Cell, Table};
use crate::report::words;

/// The calibration on a terminal: first the held-out figures, then what no figure informs, then the rest.
pub(crate) fn words(found: &Calibration, lang: Lang) -> String {
    let mut text = String::new();
    for section in sections(found, lang) {
        let _ = writeln!(text, "{}", section.heading);
        for sentence in section.sentences.iter().chain(&section.points) {
            let _ = writeln!(text, "  {sentence}");
        }
        for table in &section.tables {
            text.push_str(&aligned(table));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// The page: the sections with the two forests in their places.
pub(crate) fn page(found: &Calibration, lang: Lang) -> String {
    let name = escape::name(&found.name);
    let title = match lang {
        Lang::Nl => format!("Geijkt op {name}"),
        Lang::En => format!("Fitted to {name}"),
    };
    let mut all = sections(found, lang);
    let drawn = [(0, figures_forest(found, lang)), (1, parameters_forest(found, lang))];
    for (section, forest) in drawn {
        all[section].figures.push(forest_to_svg(&forest, lang));
    }
    SectionsPage::new(lang, lang.pick("IJking", "Calibration"), title, all).html()
}

/// The sections in their order.
fn sections(found: &Calibration, lang: Lang) -> Vec<Section> {
    vec![
        held_out(found, lang),
        uninformed(found, lang),
        fitted(found, lang),
        learned(found, lang),
        trust(found, lang),
    ]
}

/// Figures that were not fitted: how many the model predicts within two standard deviations, and which
/// it does not.
fn held_out(found: &Calibration, lang: Lang) -> Section {
    let held_out: Vec<&FigureRow> = found.figures.iter().filter(|figure| figure.held_out).collect();
    let met = held_out.iter().filter(|figure| figure.is_met()).count();
    let sentence = match (lang, held_out.len()) {
        (Lang::Nl, 0) => "Er is geen cijfer apart gehouden: niets toont of het geijkte model klopt. Zet bij ongeveer een derde van \
                          de cijfers use = \"hold_out\"."
            .to_owned(),
        (Lang::En, 0) => "No figure was held out: nothing shows whether the fitted model is right. Set use = \"hold_out\" for about a \
                          third of the figures."
            .to_owned(),
        (Lang::Nl, all) => format!(
            "{met} van de {all} apart gehouden cijfers worden voorspeld: het gepubliceerde cijfer ligt binnen twee standaardafwijkingen van \
             de voorspelling."
        ),
        (Lang::En, all) => format!(
            "{met} of the {all} held-out figures are predicted: the stated figure lies within two standard deviations of the prediction."
        ),
    };
    let missed = held_out.iter().filter(|figure| !figure.is_met()).map(|figure| {
        let (id, z) = (words::figure_named(lang, &figure.id), number::decimal(lang, figure.z_score, 1));
        let (stated, predicted) = (significant(lang, figure.value), significant(lang, figure.posterior[0]));
        match lang {
            Lang::Nl => format!("Niet voorspeld: {id}: {stated} gemeld, {predicted} voorspeld (z = {z})."),
            Lang::En => format!("Not predicted: {id}: {stated} stated, {predicted} predicted (z = {z})."),
        }
    });
    let heading = lang.pick(
        "Voorspelt het geijkte model wat het niet zag?",
        "Does the fitted model predict what it did not see?",
    );
    Section {
        id: "held-out",
        heading: heading.to_owned(),
        points: missed.collect(),
        tables: if held_out.is_empty() { Vec::new() } else { vec![figure_table(&held_out, lang)] },
        sentences: vec![sentence],
        ..Section::default()
    }
}

/// Parameters that no figure informs, by name: they keep what was believed before.
fn uninformed(found: &Calibration, lang: Lang) -> Section {
    let none: Vec<&Parameter> = found.uninformed().collect();
    let (silent, all) = (none.len(), found.parameters.len());
    let sentence = match lang {
        Lang::Nl => format!(
            "Over {silent} van de {all} vrije parameters zegt geen cijfer aantoonbaar iets: minder dan een tiende van de onzekerheid vooraf \
             is weg, of geen cijfer is aan te wijzen dat haar kleiner maakt. Daarvoor blijft gelden wat vooraf werd aangenomen."
        ),
        Lang::En => format!(
            "About {silent} of the {all} free parameters no figure says anything that can be shown: less than a tenth of the prior \
             uncertainty is gone, or no figure can be named that makes it smaller. What was assumed before still stands."
        ),
    };
    Section {
        id: "uninformed",
        heading: lang.pick("Wat geen cijfer leert", "What no figure informs").to_owned(),
        sentences: vec![sentence],
        points: none.iter().map(|parameter| in_words(lang, &parameter.path)).collect(),
        ..Section::default()
    }
}

/// A parameter in words with its path; the path alone where it has no words.
fn in_words(lang: Lang, path: &str) -> String {
    words::parameter(lang, path).map_or_else(|| path.to_owned(), |words| format!("{words} ({path})"))
}

/// Figures that were fitted, with the remark that meeting them proves little.
fn fitted(found: &Calibration, lang: Lang) -> Section {
    let used: Vec<&FigureRow> = found.figures.iter().filter(|figure| !figure.held_out).collect();
    let sentence = lang.pick(
        "Dat deze cijfers kloppen bewijst weinig: het model is erop geijkt. De afwijking is hoever een volmaakt model ernaast mag zitten \
         (andere definitie, ander jaar); een * betekent: niet opgegeven, 10% van het cijfer.",
        "That these figures are met proves little: the model was fitted to them. The discrepancy is how far a perfect model may be off \
         (another definition, another year); a * means: not given, 10% of the figure.",
    );
    Section {
        id: "fitted",
        heading: lang.pick("Cijfers waarop is geijkt", "Figures that were fitted").to_owned(),
        sentences: vec![sentence.to_owned()],
        tables: vec![figure_table(&used, lang)],
        ..Section::default()
    }
}

/// Figures beside what prior and posterior say of them, one row each; a star marks a discrepancy that
/// nobody gave.
fn figure_table(rows: &[&FigureRow], lang: Lang) -> Table {
    let head = lang.pick(
        ["cijfer", "gemeld", "fout", "afwijking", "vooraf", "spreiding", "geijkt", "spreiding", "z"],
        ["figure", "stated", "error", "discrepancy", "prior", "sd", "fitted", "sd", "z"],
    );
    let of = |figure: &&FigureRow| {
        let mut discrepancy = number_cell(lang, figure.discrepancy);
        discrepancy.text += if figure.default_discrepancy { "*" } else { "" };
        let cells = vec![
            number_cell(lang, figure.value),
            number_cell(lang, figure.error),
            discrepancy,
            number_cell(lang, figure.prior[0]),
            number_cell(lang, figure.prior[1]),
            number_cell(lang, figure.posterior[0]),
            number_cell(lang, figure.posterior[1]),
            Cell::number(number::decimal(lang, figure.z_score, 1), figure.z_score),
        ];
        row(words::figure_named(lang, &figure.id), cells)
    };
    let caption = lang.pick("Gemeld en voorspeld", "Stated and predicted");
    table(caption, &head, rows.iter().map(of).collect())
}

/// What was learned of the parameters that some figure informs, the most first.
fn learned(found: &Calibration, lang: Lang) -> Section {
    let mut parameters: Vec<&Parameter> =
        found.parameters.iter().filter(|parameter| parameter.is_informed()).collect();
    parameters.sort_by(|a, b| b.contraction.total_cmp(&a.contraction).then_with(|| a.path.cmp(&b.path)));
    let head = lang.pick(
        ["parameter", "aangenomen", "5%", "midden", "95%", "geleerd", "door"],
        ["parameter", "prior", "5%", "median", "95%", "learned", "from"],
    );
    let of = |parameter: &&Parameter| {
        let from: Vec<String> =
            parameter.informed_by.iter().map(|(id, _)| words::figure_named(lang, id)).collect();
        let [low, middle, high] = parameter.quantiles;
        let cells = vec![
            Cell::text(parameter.prior.clone()),
            number_cell(lang, low),
            number_cell(lang, middle),
            number_cell(lang, high),
            Cell::number(number::percent(lang, parameter.contraction, 0), parameter.contraction),
            Cell::text(from.join("; ")),
        ];
        row(in_words(lang, &parameter.path), cells)
    };
    let sentence = lang.pick(
        "Geleerd: welk deel van de onzekerheid vooraf (de variantie) weg is. Door: de cijfers zonder welke de parameter het onzekerst \
         wordt.",
        "Learned: the share of the prior variance that is gone. From: the figures without which the parameter is least certain.",
    );
    Section {
        id: "learned",
        heading: lang.pick("Wat de cijfers leren", "What the figures teach").to_owned(),
        sentences: vec![sentence.to_owned()],
        tables: vec![table(
            lang.pick("Parameters", "Parameters"),
            &head,
            parameters.iter().map(of).collect(),
        )],
        ..Section::default()
    }
}

/// How far the posterior can be trusted: runs, effective draws, tail of the weights, and the waves with
/// their emulators. Two warnings when it is not sound or rests on few figures.
fn trust(found: &Calibration, lang: Lang) -> Section {
    let k = found.k.map_or_else(|| number::NO_NUMBER.to_owned(), |k| number::decimal(lang, k, 2));
    let whole = |count: f64| number::decimal(lang, count, 0);
    let (runs, effective) = (whole(f64::from(found.runs)), whole(found.effective));
    let mut sentences = vec![match lang {
        Lang::Nl => format!(
            "{runs} doorrekeningen van {} klanten; {effective} effectieve trekkingen, Pareto k {k} (goed: vanaf 100, en onder 0,7). Log \
             evidence {}. Kleinst haalbare grootste afwijking: {} standaardafwijkingen.",
            whole(f64::from(found.clients)),
            number::decimal(lang, found.log_evidence, 2),
            number::decimal(lang, found.largest_implausibility, 1)
        ),
        Lang::En => format!(
            "{runs} runs of {} clients; {effective} effective draws, Pareto k {k} (good: from 100, and under 0.7). Log evidence {}. Smallest \
             attainable largest deviation: {} standard deviations.",
            whole(f64::from(found.clients)),
            number::decimal(lang, found.log_evidence, 2),
            number::decimal(lang, found.largest_implausibility, 1)
        ),
    }];
    if !found.sound {
        sentences.push(
            lang.pick(
                "LET OP: de gewichten van de trekkingen zijn niet te vertrouwen. Gebruik deze uitkomst niet; probeer een groter --budget, minder \
                 vrije parameters (--free) of ruimere fouten.",
                "MIND: the weights of the draws cannot be relied on. Do not use this posterior; try a larger --budget, fewer free parameters \
                 (--free) or wider errors.",
            )
            .to_owned(),
        );
    }
    if found.few_figures {
        sentences.push(
            lang.pick(
                "Er zijn minder dan drie cijfers per tien vrije parameters: veel van de uitkomst is aanname.",
                "There are fewer than three fitted figures per ten free parameters: much of the posterior is assumption.",
            )
            .to_owned(),
        );
    }
    let head = lang.pick(
        ["golf", "runs", "aannemelijk deel", "R² laagste", "R² gemiddeld", "binnen 2 sd", "fout / V"],
        ["wave", "runs", "plausible share", "R² lowest", "R² mean", "within 2 sd", "error / V"],
    );
    let rows = found.waves.iter().enumerate().map(|(at, wave)| {
        let plausible = wave.plausible.unwrap_or(f64::NAN);
        let cells =
            [f64::from(wave.runs), plausible, wave.r2[0], wave.r2[1], wave.within_two, wave.largest_error];
        row((at + 1).to_string(), cells.iter().map(|&value| number_cell(lang, value)).collect())
    });
    Section {
        id: "trust",
        heading: lang
            .pick("Hoe betrouwbaar is de ijking?", "How far can the calibration be relied on?")
            .to_owned(),
        sentences,
        tables: vec![table(lang.pick("Golven", "Waves"), &head, rows.collect())],
        ..Section::default()
    }
}

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Every figure above zero as predicted over stated, with 95 % of the posterior and, behind it, of the
/// prior.
pub(crate) fn figures_forest(found: &Calibration, lang: Lang) -> Forest {
    let of = |figure: &FigureRow| {
        let scaled = |value: f64| (value / figure.value).max(1e-3);
        let around = |[mean, sd]: [f64; 2]| (scaled(mean - NORMAL_95 * sd), scaled(mean + NORMAL_95 * sd));
        ForestRow {
            name: words::figure_named(lang, &figure.id),
            about: if figure.held_out {
                lang.pick("apart gehouden", "held out").to_owned()
            } else {
                String::new()
            },
            value: scaled(figure.posterior[0]),
            interval: Some(around(figure.posterior)),
            range: Some(around(figure.prior)),
            truth: None,
            numbers: vec![format!(
                "{} / {}",
                significant(lang, figure.posterior[0]),
                significant(lang, figure.value)
            )],
        }
    };
    let shown = found.figures.iter().filter(|figure| figure.value > 0.0).map(of).collect();
    let mut forest = Forest {
        id: "targets".to_owned(),
        title: lang.pick("Voorspeld gedeeld door gemeld", "Predicted over stated").to_owned(),
        description: lang
            .pick("Per cijfer: de voorspelling gedeeld door het gemelde cijfer.", "Per figure: the prediction over the stated figure.")
            .to_owned(),
        panels: vec![ForestPanel {
            title: lang.pick("Cijfers", "Figures").to_owned(),
            unit: lang.pick("verhouding, logaritmische as; 1 = gelijk", "ratio, logarithmic axis; 1 = equal").to_owned(),
            scale: Scale::Ratio,
            factor: 1.0,
            lower: lang.pick("te laag voorspeld", "predicted too low").to_owned(),
            higher: lang.pick("te hoog voorspeld", "predicted too high").to_owned(),
            numbers: lang.pick("voorspeld / gemeld", "predicted / stated").to_owned(),
            rows: shown,
        }],
        legend: vec![
            (Sign::Value, lang.pick("geijkt", "fitted").to_owned()),
            (Sign::Interval, lang.pick("95% van de geijkte trekkingen", "95% of the fitted draws").to_owned()),
            (Sign::Range, lang.pick("95% vooraf", "95% of the prior").to_owned()),
        ],
        notes: vec![
            lang.pick(
                "Onzekerheid over de parameters; toeval in een gemeente en de fout van het gemelde cijfer komen erbij.",
                "Uncertainty about the parameters; chance in a municipality and the error of the stated figure come on top.",
            )
            .to_owned(),
        ],
    };
    forest.limit_rows();
    forest.describe_rows();
    forest
}

/// How much was learned of each parameter (share of the prior variance that is gone), the most first,
/// at most thirty.
pub(crate) fn parameters_forest(found: &Calibration, lang: Lang) -> Forest {
    let mut parameters: Vec<&Parameter> = found.parameters.iter().collect();
    parameters.sort_by(|a, b| b.contraction.total_cmp(&a.contraction).then_with(|| a.path.cmp(&b.path)));
    let of = |parameter: &&Parameter| {
        let value = parameter.contraction.clamp(-0.5, 1.0);
        ForestRow {
            name: words::parameter_named(lang, &parameter.path),
            about: String::new(),
            value,
            interval: None,
            range: None,
            truth: None,
            numbers: vec![number::percent(lang, value, 0)],
        }
    };
    let mut forest = Forest {
        id: "parameters".to_owned(),
        title: lang
            .pick(
                "Hoeveel de cijfers over elke parameter leren",
                "How much the figures teach about each parameter",
            )
            .to_owned(),
        description: lang
            .pick(
                "Per parameter: welk deel van de variantie vooraf weg is.",
                "Per parameter: the share of the prior variance that is gone.",
            )
            .to_owned(),
        panels: vec![ForestPanel {
            title: lang.pick("Parameters", "Parameters").to_owned(),
            unit: lang
                .pick(
                    "procent van de variantie vooraf; 0 = niets geleerd, daaronder en tot een tiende: toeval van de trekkingen",
                    "percent of the prior variance; 0 = nothing learned, below it and up to a tenth: chance of the draws",
                )
                .to_owned(),
            scale: Scale::Difference,
            factor: 100.0,
            lower: String::new(),
            higher: lang.pick("meer geleerd", "more learned").to_owned(),
            numbers: lang.pick("geleerd", "learned").to_owned(),
            rows: parameters.iter().take(30).map(of).collect(),
        }],
        legend: vec![(Sign::Value, lang.pick("geleerd", "learned").to_owned())],
        notes: Vec::new(),
    };
    forest.describe_rows();
    forest
}

/// `targets.csv`: one row per figure, numbers with all their digits, empty where there is none.
pub(crate) fn targets_csv(found: &Calibration) -> String {
    let mut text = csv_line(
        &[
            "id",
            "outcome",
            "scenario",
            "arm",
            "use",
            "value",
            "error",
            "discrepancy",
            "prior_mean",
            "prior_sd",
            "posterior_mean",
            "posterior_sd",
            "z_score",
            "emulator_r2",
            "source",
            "year",
        ]
        .map(str::to_owned),
    );
    for figure in &found.figures {
        let optional = |value: Option<String>| value.unwrap_or_default();
        text += &csv_line(&[
            figure.id.clone(),
            figure.outcome.to_owned(),
            figure.scenario.clone(),
            figure.arm.clone(),
            if figure.held_out { "hold_out" } else { "fit" }.to_owned(),
            figure.value.to_string(),
            figure.error.to_string(),
            figure.discrepancy.to_string(),
            figure.prior[0].to_string(),
            figure.prior[1].to_string(),
            figure.posterior[0].to_string(),
            figure.posterior[1].to_string(),
            figure.z_score.to_string(),
            optional(figure.emulator_r2.map(|r2| r2.to_string())),
            figure.source.clone(),
            optional(figure.year.map(|year| year.to_string())),
        ]);
    }
    text
}

/// `identifiability.csv`: one row per parameter, in the order of the posterior's columns.
pub(crate) fn identifiability_csv(found: &Calibration) -> String {
    let head = [
        "parameter",
        "prior",
        "mean",
        "sd",
        "q05",
        "median",
        "q95",
        "contraction",
        "shift",
        "informed_by",
        "widens_by",
        "tied_to",
        "correlation",
    ];
    let mut text = csv_line(&head.map(str::to_owned));
    for parameter in &found.parameters {
        let join = |of: &dyn Fn(&(String, f64)) -> String| {
            parameter.informed_by.iter().map(of).collect::<Vec<_>>().join("; ")
        };
        let tied = parameter.tied_to.clone();
        text += &csv_line(&[
            parameter.path.clone(),
            parameter.prior.clone(),
            parameter.mean.to_string(),
            parameter.sd.to_string(),
            parameter.quantiles[0].to_string(),
            parameter.quantiles[1].to_string(),
            parameter.quantiles[2].to_string(),
            parameter.contraction.to_string(),
            parameter.shift.to_string(),
            join(&|(id, _)| id.clone()),
            join(&|(_, factor)| factor.to_string()),
            tied.as_ref().map(|(path, _)| path.clone()).unwrap_or_default(),
            tied.map(|(_, r)| r.to_string()).unwrap_or_default(),
        ]);
    }
    text
}

/// `waves.csv`: one row per wave or correction, with how good its emulators were.
pub(crate) fn waves_csv(found: &Calibration) -> String {
    let head = ["wave", "runs", "plausible", "r2_lowest", "r2_mean", "within_two", "largest_error"];
    let mut text = csv_line(&head.map(str::to_owned));
    for (at, wave) in found.waves.iter().enumerate() {
        text += &csv_line(&[
            (at + 1).to_string(),
            wave.runs.to_string(),
            wave.plausible.map(|share| share.to_string()).unwrap_or_default(),
            wave.r2[0].to_string(),
            wave.r2[1].to_string(),
            wave.within_two.to_string(),
            wave.largest_error.to_string(),
        ]);
    }
    text
}

/// Why there is no posterior: the figures that cannot be met together.
pub(crate) fn conflict(found: &Conflict, names: &[String], lang: Lang) -> String {
    let target_name = |target: usize| escape::name(&names[target]);
    let together: Vec<String> = found.together().into_iter().map(target_name).collect();
    let (largest, limit) = (number::decimal(lang, found.largest, 1), number::decimal(lang, CUTOFF, 0));
    let mut text = match lang {
        Lang::Nl => format!(
            "deze cijfers kunnen niet samen kloppen: {}. Hoe de parameters ook liggen, een ervan zit er minstens {largest} standaardafwijkingen \
             naast (toegestaan: {limit}). Er is niets geschreven.\n",
            together.join(", ")
        ),
        Lang::En => format!(
            "these figures cannot be met together: {}. Whatever the parameters, one of them is off by at least {largest} standard deviations \
             (allowed: {limit}). Nothing was written.\n",
            together.join(", ")
        ),
    };
    let head = lang
        .pick(["cijfer", "afwijking", "zonder dit cijfer"], ["figure", "deviation", "without this figure"]);
    let rows = found.rows.iter().map(|each| {
        let deviation = |value: f64| Cell::number(number::decimal(lang, value, 1), value);
        row(target_name(each.target), vec![deviation(each.implausibility), deviation(each.without)])
    });
    text += &aligned(&table("", &head, rows.collect()));
    text += lang.pick(
        "Kijk definities en jaren na, geef een ruimere error of discrepancy, of laat meer parameters vrij (--free).",
        "Check definitions and years, give a wider error or discrepancy, or free more parameters (--free).",
    );
    text
}

/// The check of the sampler as a table: a line for the parameters and one for the outcomes of the figures.
pub(crate) fn self_check(found: &[SelfCheck], lang: Lang) -> String {
    let head = lang.pick(
        [
            "model",
            "rang van",
            "fout / ware fout",
            "datasets",
            "chi2 (19)",
            "grens",
            "50%",
            "80%",
            "95%",
            "klopt",
        ],
        [
            "model",
            "rank of",
            "error / true error",
            "data sets",
            "chi2 (19)",
            "limit",
            "50%",
            "80%",
            "95%",
            "passes",
        ],
    );
    let number = |value: f64, decimals| Cell::number(number::decimal(lang, value, decimals), value);
    let yes = |holds: bool| Cell::text(if holds { lang.pick("ja", "yes") } else { lang.pick("nee", "no") });
    let line = |check: &SelfCheck, what: &str, ranks: &Ranks| {
        let coverage = ranks.coverage.iter().zip(ranks.error).map(|(share, error)| {
            let text = number::decimal(lang, *share, 3) + " ± " + &number::decimal(lang, error, 3);
            Cell::number(text, *share)
        });
        let mut cells = vec![
            Cell::text(what),
            number(check.stated_over_true, 2),
            number(f64::from(check.data_sets), 0),
            number(ranks.chi_square, 1),
            number(ranks.limit, 1),
        ];
        cells.extend(coverage);
        cells.push(yes(ranks.pass()));
        row(check.model.clone(), cells)
    };
    let lines = found.iter().flat_map(|check| {
        [
            line(check, lang.pick("parameters", "parameters"), &check.parameters),
            line(check, lang.pick("uitkomsten", "outcomes"), &check.outcomes),
        ]
    });
    let caption = lang.pick(
        "Rang van de ware waarde onder de trekkingen (Talts e.a. 2018), met de standaardfout over de datasets. Met ware fouten moet alles \
         kloppen; met verkeerde fouten moeten parameters of uitkomsten dat verraden.",
        "Rank of the true value among the draws (Talts et al. 2018), with the standard error over the data sets. With true errors \
         everything must pass; wrong errors must show in parameters or outcomes.",
    );
    let conflicts: u32 = found.iter().map(|check| check.conflicts).sum();
    let conflicts = match (conflicts, lang) {
        (0, _) => String::new(),
        (count, Lang::Nl) => format!(
            "\nIn {count} datasets spraken de cijfers elkaar bij toeval tegen: die tellen als niet gedekt."
        ),
        (count, Lang::En) => {
            format!("\nIn {count} data sets the figures conflicted by chance: counted as not covered.")
        }
    };
    format!("{caption}{conflicts}\n{}", aligned(&table("", &head, lines.collect())))
}
