//! The axes of one replicate's list of values, and where a series stands in it.

use std::ops::Range;

use super::view::Basis;

/// Lengths of the axes. The list goes world by world (in the order of [`Basis`]), in each of these arm by arm, group by group,
/// measure by measure, month by month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cube {
    /// Arms.
    pub arms: usize,
    /// Groups: everybody, sites, parts of the caseload.
    pub groups: usize,
    /// Measures.
    pub measures: usize,
    /// Reported months.
    pub months: usize,
}

/// One series: a measure of a group of an arm in one of the worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// World.
    pub world: Basis,
    /// Index of the arm.
    pub arm: usize,
    /// Index of the group; 0 = everybody.
    pub group: usize,
    /// Index of the measure.
    pub measure: usize,
}

impl Cube {
    /// Values of one arm in one world.
    pub(super) fn of_arm(&self) -> usize {
        self.groups * self.measures * self.months
    }

    /// Values of so many worlds.
    pub(super) fn of_worlds(&self, worlds: usize) -> usize {
        worlds * self.arms * self.of_arm()
    }

    /// Places of a series in the list, one per reported month.
    pub(super) fn series(&self, Cell { world, arm, group, measure }: Cell) -> Range<usize> {
        let block = world as usize * self.arms + arm;
        let first = ((block * self.groups + group) * self.measures + measure) * self.months;
        first..first + self.months
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_follow_each_other_without_gaps_in_the_stated_order() {
        let cube = Cube { arms: 2, groups: 3, measures: 4, months: 5 };
        let mut next = 0;
        for world in [Basis::Paired, Basis::Difference, Basis::Study] {
            for arm in 0..cube.arms {
                for group in 0..cube.groups {
                    for measure in 0..cube.measures {
                        assert_eq!(cube.series(Cell { world, arm, group, measure }), next..next + 5);
                        next += 5;
                    }
                }
            }
        }
        assert_eq!((next, cube.of_arm()), (cube.of_worlds(3), 60));
    }
}
