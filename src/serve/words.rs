//! The page's own words in both languages. What is said about results comes from the report, word for word.
//!
//! The page asks for all of them at its start, so a change of language needs no new page. Keys are
//! those that its script uses; a test finds a key without words and a word without use.

use serde_json::{Map, Value};

use crate::report::language::Lang;

/// One row a word: its key in the page, Dutch, English. A row without both does not compile.
macro_rules! words {
    ($($key:ident: $dutch:literal, $english:literal;)*) => {
        /// Key, Dutch and English.
        const WORDS: &[(&str, [&str; 2])] = &[$((stringify!($key), [$dutch, $english])),*];
    };
}

words! {
    page_title: "Wat levert FIP op in uw gemeente?", "What would FIP bring in your municipality?";
    skip: "Naar het antwoord", "To the answer";
    kind: "Doorrekening over groepen, geen meting. Niets verlaat deze computer.", "A projection about groups, not a measurement. Nothing leaves this computer.";
    language: "English", "Nederlands";
    question: "Wat wilt u weten?", "What do you want to know?";
    question_payback: "Terugverdienen", "Payback";
    question_work: "Werk", "Work";
    question_steps: "Kleine stappen", "Small steps";
    question_signals: "Signalen", "Signals";
    question_study: "Onderzoek", "A study";
    municipality: "Uw gemeente", "Your municipality";
    inhabitants: "Inwoners", "Inhabitants";
    benefits: "Uitkeringen in totaal", "Clients on benefit in all";
    far_clients: "Klanten ver van werk", "Clients far from work";
    caseworkers_now: "Consulenten voor hen, nu (fte)", "Caseworkers for them, now (fte)";
    caseworkers_fip: "Consulenten voor hen, met FIP (fte)", "Caseworkers for them, with FIP (fte)";
    talks_per_year: "Gesprekken per jaar", "Talks a year";
    years: "Jaren vooruit", "Years ahead";
    fixed_caseworker: "Een vaste consulent", "A fixed caseworker";
    prices: "Uw prijzen", "Your prices";
    hour_price: "Een uur van een consulent (€)", "An hour of a caseworker (€)";
    benefit_price: "Een maand bijstand (€)", "A month of benefit (€)";
    price_year: "In prijzen van het jaar", "In prices of the year";
    caution: "Hoe voorzichtig rekenen wij?", "How cautious do we count?";
    caution_cautious: "Voorzichtig: stappen leiden niet naar werk", "Cautious: steps do not lead to work";
    caution_middle: "Alle verhalen even zwaar", "All stories count the same";
    caution_hopeful: "Hoopvol: stappen blijven werken", "Hopeful: steps keep working";
    more: "Meer aannames", "More assumptions";
    more_help: "Elke aanname met haar waarde, status en bron. Een leeg veld laat haar zoals zij is.", "Every assumption with its value, status and source. An empty field leaves it as it is.";
    own_file: "U rekent met een eigen bestand.", "You use a file of your own.";
    back_to_form: "Terug naar het formulier", "Back to the form";
    answer: "Het antwoord", "The answer";
    waiting: "Er wordt gerekend …", "Calculating …";
    first_impression: "Eerste indruk: weinig herhalingen, wordt nu scherper.", "First impression: few replicates, getting sharper.";
    final_answer: "Klaar: even nauwkeurig als het rapport.", "Done: as precise as the report.";
    busy: "De rekenmachine is bezet. Over enkele seconden opnieuw.", "The engine is busy. Trying again in a few seconds.";
    gone: "Geen verbinding met stapjes. Draait het programma nog?", "No connection to stapjes. Is the program still running?";
    no_token: "Open de pagina met het adres dat stapjes in de terminal liet zien: daar staat de sleutel in.", "Open the page with the address that stapjes showed in the terminal: it holds the key.";
    failed: "Er ging iets mis in het programma. Uw invoer is bewaard.", "Something went wrong in the program. Your input is kept.";
    problems: "Dit klopt nog niet:", "This is not right yet:";
    four: "In uw gemeente", "In your municipality";
    stories: "Per verhaal over hoe stappen werken", "Per story of how steps work";
    source: "Waar het vandaan komt", "Where it comes from";
    without_dropouts: "Toon zonder afhakers", "Show without drop-outs";
    uncertainty: "Waar de onzekerheid zit", "Where the uncertainty is";
    warnings: "Let op", "Take note";
    details: "Meer cijfers", "More numbers";
    variants: "Mijn varianten", "My variants";
    pin: "Bewaar deze variant", "Keep this variant";
    variant_name: "Naam van de variant", "Name of the variant";
    no_variants: "Bewaar twee tot zes varianten om ze naast elkaar te zien.", "Keep two to six variants to see them side by side.";
    compare: "Reken het verschil uit", "Work out the difference";
    compare_help: "Alle varianten samen, met dezelfde klanten en hetzelfde geluk: dan is het verschil zelf nauwkeurig. De andere worden met de eerste vergeleken, ook als zij groter zijn of langer lopen: per klant, en als totalen.", "All variants together, with the same clients and the same luck: then the difference itself is precise. The others are compared with the first, also when they are larger or longer: per client, and as totals.";
    differs: "Wat er verschilt in de invoer", "What differs in the input";
    comparison_zip: "Varianten en verschil (.zip)", "Variants and difference (.zip)";
    open: "Open", "Open";
    remove: "Verwijder", "Remove";
    measure: "Uitkomst", "Outcome";
    save: "Bewaren en delen", "Save and share";
    download_toml: "Scenario opslaan (.toml)", "Save the scenario (.toml)";
    upload_toml: "Scenario openen (.toml)", "Open a scenario (.toml)";
    link: "Maak een link", "Make a link";
    link_made: "De link staat in de adresbalk; hij werkt op deze computer zolang stapjes draait.", "The link is in the address bar; it works on this computer while stapjes runs.";
    report_nl: "Rapport (Nederlands)", "Report (Dutch)";
    report_en: "Rapport (Engels)", "Report (English)";
    workbook: "Werkmap (.xlsx)", "Workbook (.xlsx)";
    figures_zip: "Figuren en cijfers (.zip)", "Figures and numbers (.zip)";
    print: "Afdrukken op A4", "Print on A4";
    council: "Zin voor het raadsstuk", "Sentence for the council paper";
    command: "Opdracht die dit herhaalt", "Command that repeats this";
    copy: "Kopieer", "Copy";
    copied: "Gekopieerd", "Copied";
    stop: "Stop", "Stop";
    stopped: "Gestopt.", "Stopped.";
    status: "status", "status";
    value_now: "nu", "now";
    footer: "Gemaakt met stapjes. Deze pagina gebruikt geen internet.", "Made with stapjes. This page uses no internet.";
}

/// Every word of the page by its key.
pub(super) fn all(lang: Lang) -> Value {
    let at = lang.pick(0, 1);
    let entry = |(key, texts): &(&str, [&str; 2])| ((*key).to_owned(), Value::from(texts[at]));
    Value::Object(WORDS.iter().map(entry).collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys named in the page (`data-w="key"`) and in the script (`w("key")`, `w("prefix_" + …)`).
    fn used() -> Vec<String> {
        let (page, script) = (include_str!("page/index.html"), include_str!("page/app.js"));
        let after = |text: &str, mark: &str| -> Vec<String> {
            text.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
        };
        let mut keys = after(page, "data-w=\"");
        keys.extend(after(page, "data-w-label=\""));
        keys.extend(after(script, "w(\""));
        keys
    }

    #[test]
    fn every_word_of_the_page_is_there_and_is_used() {
        let used = used();
        assert!(used.len() > 40);
        for key in &used {
            let known = WORDS
                .iter()
                .any(|(word, _)| word == key || (key.ends_with('_') && word.starts_with(key.as_str())));
            assert!(known, "the page asks for {key}");
        }
        for (word, texts) in WORDS {
            let asked =
                used.iter().any(|key| key == word || (key.ends_with('_') && word.starts_with(key.as_str())));
            assert!(asked, "{word} is used nowhere");
            assert!(texts.iter().all(|text| !text.trim().is_empty()), "{word}");
        }
    }
}
