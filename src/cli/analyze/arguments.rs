//! What may be typed behind `stapjes analyze`.
//!
//! The flags only name columns and choices; what is possible with them (a test that needs a cluster,
//! dates without an end) is decided in `app::analyze`, which the pages of a server could ask in the
//! same way.

use crate::language::Text;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::app::analyze::{AnalyzeRequest, CurveKind, WeightKind};
use crate::cli::language::LanguageArgument;
use crate::estimate::catalogue::parse_requests;
use crate::estimate::multiplicity::Adjustment;
use crate::estimate::{Alternative, CoxTies, CurveInterval, Options};
use crate::observe::columns::{Columns, Dates};
use crate::observe::table::{DateOrder, Decimal};

/// Estimates and tests on any CSV of follow-up data, outcomes or counts.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArguments {
    /// The data: a CSV with a header line (comma, semicolon or tab separated); - reads standard input.
    pub(crate) data: Option<PathBuf>,
    /// Column of the follow-up time (any unit; 0 or more).
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
    /// Instead of --time: column of the date on which the follow-up began (with --until).
    #[arg(long, value_name = "COLUMN", requires = "until")]
    pub(crate) from: Option<String>,
    /// Column of the date on which it ended.
    #[arg(long, value_name = "COLUMN", requires = "from")]
    pub(crate) until: Option<String>,
    /// Unit of the follow-up between dates; a month has 30.4375 days.
    #[arg(long, value_enum, default_value_t = Unit::Months, requires = "from")]
    pub(crate) unit: Unit,
    /// Last day on which anything was seen: rows without an end date were followed until then.
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(crate) cut_off: Option<String>,
    /// Order of day, month and year in dates, where the file leaves it open.
    #[arg(long, value_enum, requires = "from")]
    pub(crate) date_format: Option<Order>,
    /// Decimal mark of numbers, where the file leaves it open.
    #[arg(long, value_enum)]
    pub(crate) decimal: Option<Mark>,
    /// Column of what ended the follow-up: 0 = nothing yet (censored), 1, 2, ... = causes; or words.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) status: Option<String>,
    /// The event of interest, by number or word; without it every cause counts as one event.
    #[arg(long, value_name = "CAUSE")]
    pub(crate) cause: Option<String>,
    /// Further values of the status column that mean "nothing yet", comma separated (R's status 1/2: --censored 1).
    #[arg(long, value_name = "VALUES", value_delimiter = ',')]
    pub(crate) censored: Vec<String>,
    /// Values of the status column that are events, comma separated; all others are then "nothing yet".
    #[arg(long, value_name = "VALUES", value_delimiter = ',')]
    pub(crate) events: Vec<String>,
    /// Column of the arm; without it all rows are one arm.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) arm: Option<String>,
    /// The control arm (default: an arm called control, placebo or the like, or else the first in sorted order).
    #[arg(long, value_name = "NAME")]
    pub(crate) control: Option<String>,
    /// Column of the cluster (caseworker, site) within which rows are not independent.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) cluster: Option<String>,
    /// Columns of strata, comma separated.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) strata: Vec<String>,
    /// Columns whose values split the data: everything is done for each part on its own, for instance curves per stratum.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Columns of baseline covariates, comma separated; words become levels, factor(COLUMN) makes levels of numbers.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) covariates: Vec<String>,
    /// Column of the person.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,
    /// Column of the start of the at-risk interval: delayed entry, or several intervals per person.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) start: Option<String>,
    /// Column of a number of events (with --exposure).
    #[arg(long, value_name = "COLUMN")]
    pub(crate) count: Option<String>,
    /// Column of the time over which --count was counted.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) exposure: Option<String>,
    /// Column of a measured value (a score, an amount), for methods on clustered values.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) outcome: Option<String>,
    /// Column of weights: whole numbers are frequencies (a row counts as that many people), others are sampling weights.
    #[arg(long, value_name = "COLUMN", visible_alias = "weight")]
    pub(crate) weights: Option<String>,
    /// What the weights are, where whole numbers leave it open.
    #[arg(long, value_enum, requires = "weights")]
    pub(crate) weights_as: Option<WeightsAs>,
    /// Methods, comma separated, with arguments in parentheses: log-rank,fleming-harrington(0,1). "list" shows all.
    #[arg(long, value_name = "LIST")]
    pub(crate) tests: Option<String>,
    /// Horizon of restricted means (default: the latest that every arm supports).
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub(crate) tau: Option<f64>,
    /// Horizon of the whole analysis: later events and censorings count as censored then.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub(crate) until_time: Option<f64>,
    /// Times at which curves are read, milestones compared and outcomes taken, comma separated.
    #[arg(long, value_name = "TIMES", value_delimiter = ',', allow_negative_numbers = true)]
    pub(crate) at: Vec<f64>,
    /// Confidence level of intervals.
    #[arg(long, value_name = "LEVEL", default_value_t = 0.95)]
    pub(crate) level: f64,
    /// Direction of tests: "less" and "greater" are about the sign of the statistic or contrast shown.
    #[arg(long, visible_alias = "alternative", value_enum, default_value_t = SidedFlag::TwoSided)]
    pub(crate) sided: SidedFlag,
    /// Tied event times in Cox-type models.
    #[arg(long, value_enum, default_value_t = Ties::Efron)]
    pub(crate) ties: Ties,
    /// Scale of the intervals of Kaplan-Meier and incidence curves.
    #[arg(long, value_enum, default_value_t = IntervalFlag::LogLog)]
    pub(crate) interval: IntervalFlag,
    /// Adjust the p-values of this analysis together (detail `p_adjusted`).
    #[arg(long, value_enum)]
    pub(crate) adjust: Option<Adjust>,
    /// With more than two arms: also each two of them, with p-values adjusted over the pairs (Holm, or as --adjust says).
    #[arg(long)]
    pub(crate) pairwise: bool,
    /// Only adjust a column of p-values (Holm unless --adjust says otherwise); other columns are ignored.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) p: Option<String>,
    /// Also draw a figure (see --figure-of): a file that ends in .png or .svg.
    #[arg(long, value_name = "FILE")]
    pub(crate) figure: Option<PathBuf>,
    /// What the figure shows [default: a forest; curves when --tests asks for nothing but them]
    #[arg(long, value_enum, requires = "figure")]
    pub(crate) figure_of: Option<FigureOf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// Write JSON with full precision instead of tables (docs/analyze.md lists the keys).
    #[arg(long)]
    pub(crate) json: bool,
}

impl AnalyzeArguments {
    /// What was typed, as a request.
    pub(super) fn request(&self) -> AnalyzeRequest {
        AnalyzeRequest {
            file: self.data.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
            columns: self.columns(),
            tests: self.tests.clone(),
            cause: self.cause.clone(),
            options: self.options(),
            adjust: self.adjust.map(|adjust| match adjust {
                Adjust::Holm => Adjustment::Holm,
                Adjust::Hochberg => Adjustment::Hochberg,
            }),
            pairwise: self.pairwise,
            until_time: self.until_time,
            weights_as: self.weights_as.map(|kind| match kind {
                WeightsAs::Frequency => WeightKind::Frequency,
                WeightsAs::Sampling => WeightKind::Sampling,
            }),
            p_values: self.p.clone(),
            curves: self.curves(),
        }
    }

    /// Which curves the figure shows; `None` for a forest, and without `--figure`. When `--tests` asks
    /// for nothing but curves, a forest would be empty, so the curves are drawn without being asked for
    /// by `--figure-of`.
    pub(super) fn curves(&self) -> Option<CurveKind> {
        self.figure.as_ref()?;
        let only = |names: &[&str]| {
            let asked = self.tests.as_deref().and_then(|tests| parse_requests(tests).ok())?;
            (!asked.is_empty() && asked.iter().all(|request| names.contains(&request.method.name)))
                .then_some(())
        };
        match self.figure_of {
            Some(FigureOf::Forest) => None,
            Some(FigureOf::Remaining) => Some(CurveKind::Remaining),
            Some(FigureOf::Incidence) => Some(CurveKind::Incidence),
            None if only(&["kaplan-meier", "quantile", "median-follow-up"]).is_some() => {
                Some(CurveKind::Remaining)
            }
            None if self.at.is_empty() && only(&["cumulative-incidence"]).is_some() => {
                Some(CurveKind::Incidence)
            }
            None => None,
        }
    }

    /// The unit of the follow-up in words, when it is counted between dates; `None` when a column of
    /// times has a unit that only the user knows.
    pub(super) fn dates_in(&self) -> Option<Text> {
        self.from.as_ref()?;
        Some(match self.unit {
            Unit::Days => Text::new("dagen", "days"),
            Unit::Months => Text::new("maanden", "months"),
        })
    }

    /// Which column plays which part, as the reader of tables wants it; `None` and empty lists for
    /// parts that no column plays.
    fn columns(&self) -> Columns {
        Columns {
            time: self.time.clone(),
            status: self.status.clone(),
            arm: self.arm.clone(),
            cluster: self.cluster.clone(),
            strata: self.strata.clone(),
            by: self.by.clone(),
            covariates: self.covariates.clone(),
            person: self.id.clone(),
            start: self.start.clone(),
            count: self.count.clone(),
            exposure: self.exposure.clone(),
            outcome: self.outcome.clone(),
            weight: self.weights.clone(),
            control: self.control.clone(),
            censored: self.censored.clone(),
            events: self.events.clone(),
            decimal: self.decimal.map(|mark| match mark {
                Mark::Point => Decimal::Point,
                Mark::Comma => Decimal::Comma,
            }),
            dates: self.from.clone().zip(self.until.clone()).map(|(from, until)| Dates {
                from,
                until,
                order: self.date_format.map(|order| match order {
                    Order::Dmy => DateOrder::DayMonthYear,
                    Order::Mdy => DateOrder::MonthDayYear,
                    Order::Ymd => DateOrder::YearMonthDay,
                }),
                in_days: self.unit == Unit::Days,
                cut_off: self.cut_off.clone(),
            }),
        }
    }

    /// How to estimate. The cause is left open: it may be a word of the status column, which is only
    /// known when the file is read.
    fn options(&self) -> Options {
        Options {
            cause: None,
            level: self.level,
            alternative: match self.sided {
                SidedFlag::TwoSided => Alternative::TwoSided,
                SidedFlag::Less => Alternative::Less,
                SidedFlag::Greater => Alternative::Greater,
            },
            tau: self.tau,
            at: self.at.clone(),
            interval: match self.interval {
                IntervalFlag::Plain => CurveInterval::Plain,
                IntervalFlag::Log => CurveInterval::Log,
                IntervalFlag::LogLog => CurveInterval::LogLog,
                IntervalFlag::Logit => CurveInterval::Logit,
                IntervalFlag::Arcsine => CurveInterval::Arcsine,
            },
            ties: match self.ties {
                Ties::Efron => CoxTies::Efron,
                Ties::Breslow => CoxTies::Breslow,
                Ties::Exact => CoxTies::Exact,
            },
            frequencies: false,
        }
    }
}

/// `--figure-of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FigureOf {
    /// All contrasts with their intervals.
    Forest,
    /// Kaplan-Meier by arm, with bands and numbers at risk.
    #[value(alias = "kaplan-meier", alias = "km")]
    Remaining,
    /// Cumulative incidence of each cause by arm.
    #[value(alias = "cumulative-incidence", alias = "cuminc")]
    Incidence,
}

/// `--weights-as`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WeightsAs {
    /// How many people a row stands for.
    Frequency,
    /// How much of the population a row stands for (inverse probabilities); errors are robust.
    Sampling,
}

/// `--unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// Months of 30.4375 days.
    Months,
    /// Days.
    Days,
}

/// `--decimal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mark {
    /// 1.5; a comma is then a thousands mark.
    Point,
    /// 1,5; a point is then a thousands mark.
    Comma,
}

/// `--date-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// 31-12-2024.
    #[value(alias = "dd-mm-yyyy", alias = "dd-mm-jjjj")]
    Dmy,
    /// 12/31/2024.
    #[value(alias = "mm/dd/yyyy")]
    Mdy,
    /// 2024-12-31.
    #[value(alias = "yyyy-mm-dd", alias = "jjjj-mm-dd", alias = "iso")]
    Ymd,
}

/// `--adjust`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Adjust {
    /// Step down; valid under any dependence.
    Holm,
    /// Step up; for independent or positively dependent tests.
    Hochberg,
}

/// `--sided`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SidedFlag {
    /// Both directions.
    #[value(alias = "two", alias = "two.sided")]
    TwoSided,
    /// Below the null value.
    Less,
    /// Above the null value.
    Greater,
}

/// `--ties`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ties {
    /// Efron's approximation.
    Efron,
    /// Breslow's approximation.
    Breslow,
    /// Exact conditional likelihood.
    Exact,
}

/// `--interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IntervalFlag {
    /// Symmetric in the probability.
    Plain,
    /// Symmetric in its logarithm (R's default).
    Log,
    /// Symmetric in log(-log).
    LogLog,
    /// Symmetric in the log-odds.
    Logit,
    /// Symmetric in the arcsine of the root.
    #[value(alias = "arcsin")]
    Arcsine,
}
