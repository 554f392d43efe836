//! How two arms are compared: the one list of tests, for `analyze` and for `power`.

use super::Kind;

kinds! {
    /// A test of two arms.
    TestKind {
        /// Log-rank.
        LogRank "log_rank";
        /// Fleming-Harrington (0, 1): weighs late differences.
        FlemingHarringtonLate "fleming_harrington_late";
        /// Modestly weighted log-rank.
        ModestlyWeighted "modestly_weighted";
        /// Maximum of four Fleming-Harrington statistics.
        MaxCombo "max_combo";
        /// Cox score with the robust variance by cluster.
        CoxRobust "cox_robust";
        /// Gray's test of cumulative incidence.
        Gray "gray";
        /// Difference in restricted mean time.
        RestrictedMean "restricted_mean";
        /// Difference at the cut-off (milestone).
        Milestone "milestone";
        /// Fisher's exact test on proportions at the cut-off.
        Fisher "fisher";
        /// Pearson's chi-square on proportions at the cut-off.
        ChiSquare "chi_square";
        /// Chi-square adjusted for clusters.
        ClusterChiSquare "cluster_chi_square";
        /// Negative-binomial comparison of counts (with fits for every study: slower than the others).
        NegativeBinomial "negative_binomial";
        /// Lin-Wei-Yang-Ying comparison of event rates, robust.
        Lwyy "lwyy";
        /// Exact test for few clusters: arms reassigned to whole clusters.
        ClusterPermutation "cluster_permutation";
        /// Rates by cluster and period with effects of both: clusters that go over in turn (a stepped wedge).
        PeriodAdjusted "period_adjusted";
    }
}

impl TestKind {
    /// The same method as `stapjes analyze --tests` writes it.
    pub const fn method(self) -> &'static str {
        match self {
            Self::LogRank => "log-rank",
            Self::FlemingHarringtonLate => "fleming-harrington(0,1)",
            Self::ModestlyWeighted => "modestly-weighted(s=0.5)",
            Self::MaxCombo => "max-combo",
            Self::CoxRobust => "cox-robust",
            Self::Gray => "gray",
            Self::RestrictedMean => "time-lost",
            Self::Milestone => "milestone",
            Self::Fisher => "fisher",
            Self::ChiSquare => "pearson",
            Self::ClusterChiSquare => "cluster-chi-square",
            Self::NegativeBinomial => "negative-binomial",
            Self::Lwyy => "lwyy",
            Self::ClusterPermutation => "cluster-permutation",
            Self::PeriodAdjusted => "period-adjusted",
        }
    }

    /// The test with this name, in the spelling of scenarios or of `analyze`.
    ///
    /// ```
    /// use stapjes::kinds::TestKind;
    /// assert_eq!(TestKind::from_either("max_combo"), TestKind::from_either("max-combo"));
    /// assert_eq!(TestKind::from_either("pearson"), Some(TestKind::ChiSquare));
    /// ```
    pub fn from_either(text: &str) -> Option<Self> {
        let text = plain(text);
        Self::ALL.iter().copied().find(|test| plain(test.name()) == text || plain(test.method()) == text)
    }
}

/// Without white space and with hyphens only: both spellings look alike.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '_' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_spelling_names_one_test() {
        for &test in TestKind::ALL {
            assert_eq!(TestKind::from_either(test.name()), Some(test));
            assert_eq!(TestKind::from_either(test.method()), Some(test));
        }
        assert_eq!(TestKind::from_either("fleming-harrington(0, 1)"), Some(TestKind::FlemingHarringtonLate));
        assert_eq!(TestKind::from_either("log"), None);
    }
}
