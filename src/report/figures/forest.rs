//! What a forest shows, before anything is drawn: panels by scale, a row per estimate with its interval.

/// How the values of a panel lie on its axis, and which value means no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Ratios on a logarithmic axis; no effect is 1.
    Ratio,
    /// Differences on a plain axis; no effect is 0.
    Difference,
}

impl Scale {
    /// Where a value lies before the axis is laid out: its logarithm for ratios.
    pub(crate) fn transform(self, value: f64) -> f64 {
        match self {
            Scale::Ratio if value <= 0.0 => f64::NEG_INFINITY,
            Scale::Ratio => libm::log(value),
            Scale::Difference => value,
        }
    }
}

/// One estimate.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ForestRow {
    /// The method.
    pub name: String,
    /// What it compares, in smaller letters below the name; may be empty.
    pub about: String,
    /// The estimate; an infinite one gets an arrow and no marker.
    pub value: f64,
    /// Its interval; an infinite end, or one beyond the axis, gets an arrow.
    pub interval: Option<(f64, f64)>,
    /// A wider bar behind it: how far the estimates of different studies lie apart.
    pub range: Option<(f64, f64)>,
    /// The true value, known in a simulation.
    pub truth: Option<f64>,
    /// The numbers beside it, one line each.
    pub numbers: Vec<String>,
}

/// Rows that share a scale and a unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ForestPanel {
    /// What is estimated.
    pub title: String,
    /// Unit of the axis.
    pub unit: String,
    /// Form of the axis.
    pub scale: Scale,
    /// What a value on the axis is multiplied by before it is written: 100 for percentage points.
    pub factor: f64,
    /// What a value left of the line of no effect means.
    pub lower: String,
    /// What a value right of it means.
    pub higher: String,
    /// Heading above the numbers.
    pub numbers: String,
    /// Estimates, from top to bottom.
    pub rows: Vec<ForestRow>,
}

/// What a sign in the legend stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The marker.
    Value,
    /// The thin line.
    Interval,
    /// The wide bar.
    Range,
    /// The open diamond.
    Truth,
}

/// One figure of one or more panels below each other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Forest {
    /// Name of the file: a-z, 0-9 and `-`.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is to be seen, for people who cannot see it.
    pub description: String,
    /// Panels.
    pub panels: Vec<ForestPanel>,
    /// Signs and their meaning.
    pub legend: Vec<(Sign, String)>,
    /// Sentences below: level, kind of uncertainty, arms.
    pub notes: Vec<String>,
}

/// Most rows in one figure: more would not fit on a picture that can be read.
const MOST_ROWS: usize = 60;

impl Forest {
    /// Keeps the first rows of every panel, so that the figure stays one that can be read; the number left out.
    pub(crate) fn limit_rows(&mut self) -> usize {
        let all: usize = self.panels.iter().map(|panel| panel.rows.len()).sum();
        if all <= MOST_ROWS {
            return 0;
        }
        let share = (MOST_ROWS / self.panels.len().max(1)).max(1);
        for panel in &mut self.panels {
            panel.rows.truncate(share);
        }
        all - self.panels.iter().map(|panel| panel.rows.len()).sum::<usize>()
    }

    /// Every row in words, for a reader who cannot see it.
    pub(crate) fn describe_rows(&mut self) {
        for panel in &self.panels {
            for row in &panel.rows {
                let about = if row.about.is_empty() { String::new() } else { format!(" ({})", row.about) };
                self.description +=
                    &format!(" {}: {}{about}: {}.", panel.title, row.name, row.numbers.join(", "));
            }
        }
    }
}
