//! What results are called: the quantities that several methods estimate, and the null hypotheses that several tests hold,
//! in both languages. Whoever compares methods finds them under one name.

use crate::language::Said;
use crate::said;

/// Writes one function per name.
macro_rules! estimands {
    ($($(#[$meta:meta])* $name:ident = $words:expr;)*) => {
        $($(#[$meta])* pub(super) fn $name() -> Said {
            $words
        })*
    };
}

estimands! {
    /// Ratio of the hazards of two arms, or per unit of a covariate.
    hazard_ratio = said!("hazardratio", "hazard ratio");
    /// Ratio of the odds of two arms.
    odds_ratio = said!("oddsratio", "odds ratio");
    /// Ratio of events per unit of time of two arms, or per unit of a covariate.
    rate_ratio = said!("verhouding van aantallen", "rate ratio");
    /// Ratio of the shares with the event of two arms.
    ratio_of_shares = said!("verhouding van aandelen", "ratio of shares");
    /// Difference of the shares with the event of two arms.
    difference_of_shares = said!("verschil in aandeel", "difference of shares");
    /// Difference of the means of a measured outcome.
    difference_of_means = said!("verschil in gemiddelde", "difference of means");
    /// Difference of the mean times without the event within a horizon.
    difference_of_mean_times = said!("verschil in gemiddelde resterende tijd", "difference in mean time remaining");
    /// Difference of the unweighted means of clusters.
    difference_of_cluster_means = said!("verschil in clustergemiddelden", "difference of cluster means");
    /// Share of one arm with the event.
    share = said!("aandeel met de gebeurtenis", "share with the event");
    /// Probability of the event of one cause while others compete.
    cumulative_incidence = said!("cumulatieve incidentie", "cumulative incidence");
    /// Expected events of one person.
    mean_events = said!("gemiddeld aantal gebeurtenissen per persoon", "mean events per person");
    /// Events of one arm over its time at risk.
    event_rate = said!("gebeurtenissen per tijdseenheid", "events per unit of time");
    /// Share of the variance that lies between clusters.
    intraclass_correlation = said!("intraclasscorrelatie", "intraclass correlation");
    /// The null hypothesis of rank tests: the hazards of all arms are the same at all times.
    equal_hazards = said!("gelijke hazards", "equal hazards");
    /// The null hypothesis of a whole model.
    all_coefficients_zero = said!("alle coëfficiënten nul", "all coefficients zero");
}
