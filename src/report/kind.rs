//! Which command a result belongs to: each has its own manifest, so that results of several commands can stand in one folder.

/// The commands that leave results in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// `stapjes run`.
    Run,
    /// `stapjes compare`; its files have the names of a run's files, so the two do not share a folder.
    Compare,
    /// `stapjes power`.
    Power,
    /// `stapjes duration`.
    Duration,
    /// `stapjes patterns`.
    Patterns,
    /// `stapjes calibrate`.
    Calibrate,
    /// `stapjes sensitivity`.
    Sensitivity,
    /// `stapjes value`.
    Value,
}

impl ResultKind {
    /// All of them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Run,
        Self::Compare,
        Self::Power,
        Self::Duration,
        Self::Patterns,
        Self::Calibrate,
        Self::Sensitivity,
        Self::Value,
    ];

    /// The command's name.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Compare => "compare",
            Self::Power => "power",
            Self::Duration => "duration",
            Self::Patterns => "patterns",
            Self::Calibrate => "calibrate",
            Self::Sensitivity => "sensitivity",
            Self::Value => "value",
        }
    }

    /// The file that says what was run, with what, and which files came out.
    pub(crate) const fn manifest(self) -> &'static str {
        match self {
            Self::Run | Self::Compare => "manifest.json",
            Self::Power => "manifest-power.json",
            Self::Duration => "manifest-duration.json",
            Self::Patterns => "manifest-patterns.json",
            Self::Calibrate => "manifest-calibrate.json",
            Self::Sensitivity => "manifest-sensitivity.json",
            Self::Value => "manifest-value.json",
        }
    }

    /// Files at the top of the folder that every result of this command has, besides the manifest.
    pub(crate) const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Run => &["summary.json", "curves.csv", "facts.json", "report.html", "results.xlsx"],
            Self::Compare => &["comparison.json", "report.html", "results.xlsx"],
            Self::Power => &["power.json", "power.csv", "power.html"],
            Self::Duration => &["duration.json", "duration-power.csv", "duration.html"],
            Self::Patterns => &["patterns.json", "patterns.md"],
            Self::Calibrate => {
                &["calibration.json", "posterior.csv", "targets.csv", "identifiability.csv", "waves.csv"]
            }
            Self::Sensitivity => &["sensitivity.json", "sensitivity.csv"],
            Self::Value => &["value.json", "value.csv"],
        }
    }

    /// The file with all results of this command: its hash is the `results_hash` of the manifest.
    pub(crate) const fn results(self) -> &'static str {
        self.files()[0]
    }
}
