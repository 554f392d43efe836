//! Who was at risk, and what happened, at every distinct time: the table under all rank and product-limit methods.
//!
//! A row leaves the risk set just after its time; with delayed entry it joins just after its start, so that it is at risk
//! over (start, time]. `Builder` holds the sorting space, so that a simulation of many data sets allocates once.

use super::ties::merge_close_times;
use crate::observe::Dataset;
use crate::observe::TOLERANCE;

/// Which endings of a follow-up count as events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every cause counts, as one event.
    Any,
    /// Only this cause counts; the others end the follow-up like censoring.
    Cause(u32),
    /// Causes 1 to this number count, each in its own column.
    Each(u32),
}

impl Ending {
    /// Number of event columns.
    pub(crate) fn columns(self) -> usize {
        match self {
            Self::Any | Self::Cause(_) => 1,
            Self::Each(causes) => causes as usize,
        }
    }

    /// Event column of a recorded cause, counted from 1; 0 when it is no event.
    #[inline]
    pub(crate) fn column_of(self, cause: u32) -> u32 {
        match self {
            Self::Any => u32::from(cause != 0),
            Self::Cause(wanted) => u32::from(cause == wanted && cause != 0),
            Self::Each(causes) => {
                if cause <= causes {
                    cause
                } else {
                    0
                }
            }
        }
    }
}

/// One at-risk interval, as `Builder::fill` takes it.
#[derive(Clone, Copy, Debug)]
pub struct RiskRow {
    /// The row is at risk after this time (0 or less than 0: from the beginning).
    pub start: f64,
    /// Last time at risk.
    pub time: f64,
    /// Event column counted from 1, or 0 for none.
    pub event: u32,
    /// Group, counted from 0.
    pub group: u32,
}

/// Numbers at risk and of events at each distinct time, by group and event column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskTable {
    /// Distinct times at which at least one row ended (in an event or not), ascending.
    pub times: Vec<f64>,
    /// Number of groups.
    pub groups: usize,
    /// Number of event columns.
    pub columns: usize,
    /// At risk just before each time: `at_risk[t * groups + g]`.
    pub at_risk: Vec<f64>,
    /// Events at each time: `events[(t * groups + g) * columns + c]`.
    pub events: Vec<f64>,
    /// Rows that ended at each time, in an event or not: `ended[t * groups + g]`.
    pub ended: Vec<f64>,
    /// Rows in each group.
    pub sizes: Vec<f64>,
}

impl RiskTable {
    /// One table for all rows, grouped by arm; close times are merged first.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::risk_table::{Ending, RiskTable};
    /// use stapjes::observe::Dataset;
    ///
    /// let table = RiskTable::new(&Dataset::example(), Ending::Each(2));
    /// let four = table.times.iter().position(|time| *time == 4.0).expect("two leave then");
    /// // Just before month 4: 6 of `regular` and 6 of `personal`, one of whom finds work and one leaves for another reason.
    /// assert_eq!([table.at_risk(four, 0), table.at_risk(four, 1)], [6.0, 6.0]);
    /// assert_eq!([table.events(four, 1, 0), table.events(four, 1, 1)], [1.0, 1.0]);
    /// ```
    pub fn new(data: &Dataset, ending: Ending) -> Self {
        let data = merge_close_times(data);
        Self::of_rows(&data, ending, |_| true)
    }

    /// One table per stratum (in the order of the stratum numbers), grouped by arm; a single one without strata.
    pub(crate) fn by_stratum(data: &Dataset, ending: Ending) -> Vec<Self> {
        let data = merge_close_times(data);
        let Some(stratum) = &data.stratum else { return vec![Self::of_rows(&data, ending, |_| true)] };
        let mut present = stratum.clone();
        present.sort_unstable();
        present.dedup();
        present.iter().map(|&s| Self::of_rows(&data, ending, |i| stratum[i] == s)).collect()
    }

    /// One table per arm, each with a single group and its own distinct times.
    pub(crate) fn by_arm(data: &Dataset, ending: Ending) -> Vec<Self> {
        let data = merge_close_times(data);
        (0..data.arm_names.len() as u32)
            .map(|arm| {
                let rows = rows_of(&data, ending)
                    .filter(|row| row.group == arm)
                    .map(|row| RiskRow { group: 0, ..row });
                Self::from_rows(1, ending.columns(), rows)
            })
            .collect()
    }

    /// The table of chosen rows of a data set whose close times were merged already.
    pub(crate) fn of_rows(data: &Dataset, ending: Ending, chosen: impl Fn(usize) -> bool) -> Self {
        let rows = rows_of(data, ending).enumerate().filter(|(i, _)| chosen(*i)).map(|(_, row)| row);
        Self::from_rows(data.arm_names.len(), ending.columns(), rows)
    }

    /// The table of any rows; only exactly equal times are ties.
    pub(crate) fn from_rows(groups: usize, columns: usize, rows: impl Iterator<Item = RiskRow>) -> Self {
        let mut table = Self::default();
        Builder::default().fill(&mut table, groups, columns, false, rows);
        table
    }

    /// The table of one group whose rows count by their weight.
    pub(crate) fn of_weighted_rows(columns: usize, rows: &[(RiskRow, f64)]) -> Self {
        let mut by_end: Vec<&(RiskRow, f64)> = rows.iter().collect();
        by_end.sort_by(|a, b| a.0.time.total_cmp(&b.0.time));
        let mut by_start: Vec<&(RiskRow, f64)> = rows.iter().filter(|(row, _)| row.start > 0.0).collect();
        by_start.sort_by(|a, b| a.0.start.total_cmp(&b.0.start));
        let mut table = Self::default();
        table.clear(1, columns);
        for ends in by_end.chunk_by(|a, b| a.0.time == b.0.time) {
            let t = table.times.len();
            table.times.push(ends[0].0.time);
            table.ended.push(ends.iter().map(|(_, weight)| weight).sum());
            table.events.resize((t + 1) * columns, 0.0);
            for (row, weight) in ends.iter().filter(|(row, _)| row.event > 0) {
                table.events[t * columns + row.event as usize - 1] += weight;
            }
        }
        table.sizes[0] = table.ended.iter().sum();
        // From the last time back, so that nobody at risk is exactly 0 and rounding does not pile up in the tail.
        let (mut left, mut entering) = (0.0, by_start.len());
        table.at_risk.resize(table.times.len(), 0.0);
        for t in (0..table.times.len()).rev() {
            left += table.ended[t];
            while entering > 0 && by_start[entering - 1].0.start >= table.times[t] {
                entering -= 1;
                left -= by_start[entering].1;
            }
            // Where all at risk have the event, sums in another order must not leave a crumb of risk.
            let events: f64 = table.events[t * columns..(t + 1) * columns].iter().sum();
            table.at_risk[t] = if (left - events).abs() <= 1e-12 * events { events } else { left };
        }
        table
    }

    /// Number of distinct times.
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// At risk in a group just before the `t`-th time.
    #[inline]
    pub fn at_risk(&self, t: usize, group: usize) -> f64 {
        self.at_risk[t * self.groups + group]
    }

    /// Events of one column in a group at the `t`-th time.
    #[inline]
    pub fn events(&self, t: usize, group: usize, column: usize) -> f64 {
        self.events[(t * self.groups + group) * self.columns + column]
    }

    /// Events of all columns in a group at the `t`-th time.
    #[inline]
    pub(crate) fn all_events(&self, t: usize, group: usize) -> f64 {
        let from = (t * self.groups + group) * self.columns;
        self.events[from..from + self.columns].iter().sum()
    }

    /// At risk in all groups together just before the `t`-th time.
    #[inline]
    pub(crate) fn total_at_risk(&self, t: usize) -> f64 {
        self.at_risk[t * self.groups..(t + 1) * self.groups].iter().sum()
    }

    /// Events of all groups and columns together at the `t`-th time.
    #[inline]
    pub(crate) fn total_events(&self, t: usize) -> f64 {
        let width = self.groups * self.columns;
        self.events[t * width..(t + 1) * width].iter().sum()
    }
}

/// The rows of a data set, grouped by arm.
///
/// # Example
/// ```
/// use stapjes::estimate::risk_table::{Ending, rows_of};
/// use stapjes::observe::Dataset;
///
/// // Of sixteen clients twelve have an event; three have one of cause 2.
/// let data = Dataset::example();
/// let events = |ending| rows_of(&data, ending).filter(|row| row.event > 0).count();
/// assert_eq!([events(Ending::Any), events(Ending::Cause(2))], [12, 3]);
/// ```
pub fn rows_of(data: &Dataset, ending: Ending) -> impl Iterator<Item = RiskRow> + '_ {
    (0..data.time.len()).map(move |i| RiskRow {
        start: data.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[i]),
        time: data.time[i],
        event: ending.column_of(data.cause[i]),
        group: data.arm[i],
    })
}

/// Reusable sorting space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Builder {
    /// Ends of rows: time and column.
    ends: Vec<(u64, u32)>,
    /// Starts of rows.
    starts: Vec<(u64, u32)>,
}

/// Orders like the number itself, for numbers >= 0.
#[inline]
fn key(time: f64) -> u64 {
    (time + 0.0).to_bits()
}

impl Builder {
    /// Fills `table`, reusing its space and this builder's. Times must be finite and >= 0, starts finite or minus
    /// infinity. With `merge`, times closer than rounding become one (see [`super::ties`]); starts are then expected to
    /// be absent, and otherwise to have been merged already.
    pub(crate) fn fill(
        &mut self,
        table: &mut RiskTable,
        groups: usize,
        columns: usize,
        merge: bool,
        rows: impl Iterator<Item = RiskRow>,
    ) {
        self.sort(rows, columns);
        if merge && self.starts.is_empty() {
            self.merge_ends();
        }
        table.clear(groups, columns);
        let mut index = 0;
        while index < self.ends.len() {
            let time = self.ends[index].0;
            let from = index;
            while index < self.ends.len() && self.ends[index].0 == time {
                index += 1;
            }
            table.push(time, &self.ends[from..index]);
        }
        self.count_at_risk(table);
    }

    /// Sorts the rows.
    fn sort(&mut self, rows: impl Iterator<Item = RiskRow>, columns: usize) {
        self.ends.clear();
        self.starts.clear();
        for row in rows {
            self.ends.push((key(row.time), row.group * (columns as u32 + 1) + row.event));
            if row.start > 0.0 {
                self.starts.push((key(row.start), row.group));
            }
        }
        self.ends.sort_unstable();
        self.starts.sort_unstable();
    }

    /// Replaces the ends by the first of their chain of close times.
    fn merge_ends(&mut self) {
        let (mut sum, mut distinct, mut smallest) = (0.0, 0.0, f64::INFINITY);
        let mut last = f64::NEG_INFINITY;
        for &(end, _) in &self.ends {
            let time = f64::from_bits(end);
            if time != last {
                smallest = smallest.min(time - last);
                sum += time;
                distinct += 1.0;
                last = time;
            }
        }
        let gap = TOLERANCE * (sum / distinct).max(1.0);
        if smallest > gap {
            return;
        }
        let (mut head, mut last) = (0, f64::NEG_INFINITY);
        for entry in &mut self.ends {
            let time = f64::from_bits(entry.0);
            if time - last > gap {
                head = entry.0;
            }
            last = time;
            entry.0 = head;
        }
        self.ends.sort_unstable();
    }

    /// At risk at a time: those who started before it less those who ended before it.
    fn count_at_risk(&self, table: &mut RiskTable) {
        let groups = table.groups;
        let mut current = table.sizes.clone();
        for &(_, group) in &self.starts {
            current[group as usize] -= 1.0;
        }
        let mut next_start = 0;
        table.at_risk.resize(table.times.len() * groups, 0.0);
        for (t, &time) in table.times.iter().enumerate() {
            while next_start < self.starts.len() && f64::from_bits(self.starts[next_start].0) < time {
                current[self.starts[next_start].1 as usize] += 1.0;
                next_start += 1;
            }
            for (group, at_risk) in current.iter_mut().enumerate() {
                table.at_risk[t * groups + group] = *at_risk;
                *at_risk -= table.ended[t * groups + group];
            }
        }
    }
}

impl RiskTable {
    /// Empties a table.
    fn clear(&mut self, groups: usize, columns: usize) {
        self.groups = groups;
        self.columns = columns;
        self.times.clear();
        self.at_risk.clear();
        self.events.clear();
        self.ended.clear();
        self.sizes.clear();
        self.sizes.resize(groups, 0.0);
    }

    /// Adds a time.
    fn push(&mut self, time: u64, ends: &[(u64, u32)]) {
        let t = self.times.len();
        self.times.push(f64::from_bits(time));
        self.ended.resize((t + 1) * self.groups, 0.0);
        self.events.resize((t + 1) * self.groups * self.columns, 0.0);
        for &(_, code) in ends {
            let (group, event) =
                ((code / (self.columns as u32 + 1)) as usize, (code % (self.columns as u32 + 1)) as usize);
            self.ended[t * self.groups + group] += 1.0;
            self.sizes[group] += 1.0;
            if event > 0 {
                self.events[(t * self.groups + group) * self.columns + event - 1] += 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Dataset {
        Dataset {
            time: vec![5.0, 3.0, 3.0, 8.0, 5.0],
            cause: vec![1, 2, 0, 1, 1],
            arm: vec![0, 1, 0, 1, 1],
            arm_names: vec!["a".into(), "b".into()],
            ..Dataset::default()
        }
    }

    #[test]
    fn counts_risk_and_events() {
        let table = RiskTable::new(&data(), Ending::Each(2));
        assert_eq!(table.times, vec![3.0, 5.0, 8.0]);
        assert_eq!(table.at_risk, vec![2.0, 3.0, 1.0, 2.0, 0.0, 1.0]);
        assert_eq!(table.events(0, 1, 1), 1.0);
        assert_eq!(table.events(1, 0, 0), 1.0);
        assert_eq!(table.total_events(1), 2.0);
        assert_eq!(RiskTable::new(&data(), Ending::Cause(2)).total_events(1), 0.0);
    }

    #[test]
    fn delayed_entry_joins_after_its_start() {
        let mut late = data();
        late.start = Some(vec![3.0, 0.0, 1.0, 5.0, 2.0]);
        let table = RiskTable::new(&late, Ending::Any);
        assert_eq!(table.at_risk, vec![1.0, 2.0, 1.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn merges_rounding_in_place() {
        let mut near = data();
        near.time[4] = 5.000_000_01;
        let mut table = RiskTable::default();
        Builder::default().fill(&mut table, 2, 1, true, rows_of(&near, Ending::Any));
        assert_eq!(table, RiskTable::new(&data(), Ending::Any));
        assert_eq!(table, RiskTable::new(&near, Ending::Any));
    }

    #[test]
    fn strata_and_arms() {
        let mut split = data();
        split.stratum = Some(vec![1, 1, 0, 0, 1]);
        let tables = RiskTable::by_stratum(&split, Ending::Any);
        assert_eq!(tables[0].times, vec![3.0, 8.0]);
        assert_eq!(tables[1].sizes, vec![1.0, 2.0]);
        let arms = RiskTable::by_arm(&data(), Ending::Any);
        assert_eq!(arms[0].times, vec![3.0, 5.0]);
        assert_eq!(arms[1].at_risk, vec![3.0, 2.0, 1.0]);
    }
}
