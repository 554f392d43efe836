//! What an analyst may choose, the same for every method; each method reads what concerns it.

use super::EstimateError;
use crate::said;

/// Which departures from the null hypothesis count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Alternative {
    /// Both directions.
    #[default]
    TwoSided,
    /// The statistic or contrast is below its null value.
    Less,
    /// The statistic or contrast is above its null value.
    Greater,
}

/// Scale on which the interval of a remaining-on-benefit (survival) probability is symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveInterval {
    /// The probability itself.
    Plain,
    /// Its logarithm; R's default.
    Log,
    /// log(-log); stays within 0 and 1, our default.
    #[default]
    LogLog,
    /// log-odds.
    Logit,
    /// Arcsine of the square root.
    Arcsine,
}

/// How Cox-type models treat tied event times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoxTies {
    /// Efron's approximation, R's default.
    #[default]
    Efron,
    /// Breslow's approximation.
    Breslow,
    /// The exact conditional (discrete-time logistic) likelihood.
    Exact,
}

/// Choices that come with a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The event of interest; without it every cause counts as one event.
    pub cause: Option<u32>,
    /// Confidence level of intervals, in (0, 1).
    pub level: f64,
    /// Direction of tests.
    pub alternative: Alternative,
    /// Horizon of restricted means.
    pub tau: Option<f64>,
    /// Times at which curves are read and milestones compared.
    pub at: Vec<f64>,
    /// Scale of curve intervals.
    pub interval: CurveInterval,
    /// Ties in Cox-type models.
    pub ties: CoxTies,
    /// Weights of rows are numbers of people: errors are those of so many independent rows.
    pub frequencies: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cause: None,
            level: 0.95,
            alternative: Alternative::TwoSided,
            tau: None,
            at: Vec::new(),
            interval: CurveInterval::default(),
            ties: CoxTies::default(),
            frequencies: false,
        }
    }
}

/// What stands between the parentheses behind a method's name: `fleming-harrington(0, 1)`, `modestly-weighted(t=6)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MethodArguments {
    /// Names and values in their order.
    values: Vec<(Option<String>, String)>,
}

impl MethodArguments {
    /// Splits "0, gamma=1" into its arguments.
    pub(crate) fn parse(text: &str) -> Self {
        let values = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
        let values = values.map(|part| match part.split_once('=') {
            Some((name, value)) => (Some(name.trim().to_lowercase()), value.trim().to_owned()),
            None => (None, part.to_owned()),
        });
        Self { values: values.collect() }
    }

    /// Whether nothing was given.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The argument called `name`, or else the unnamed one at `position` (from 0).
    pub(crate) fn text(&self, name: &str, position: usize) -> Option<&str> {
        let named = self.values.iter().find(|(n, _)| n.as_deref() == Some(name));
        let unnamed = || self.values.iter().filter(|(n, _)| n.is_none()).nth(position);
        named.or_else(unnamed).map(|(_, value)| value.as_str())
    }

    /// Like [`MethodArguments::text`], as a number.
    ///
    /// # Errors
    /// [`EstimateError::InvalidOption`] when the argument is not a finite number.
    pub(crate) fn number(&self, name: &str, position: usize) -> Result<Option<f64>, EstimateError> {
        let Some(text) = self.text(name, position) else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(EstimateError::option(
                name,
                said!("\"{text}\" is geen getal", "\"{text}\" is not a number", text = text),
            )),
        }
    }

    /// All unnamed arguments.
    pub(crate) fn unnamed(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter(|(name, _)| name.is_none()).map(|(_, value)| value.as_str())
    }

    /// Fails when a named argument is not among `allowed`, or when there are more unnamed ones than `positions`.
    ///
    /// # Errors
    /// [`EstimateError::InvalidOption`] naming the argument and what is allowed.
    pub(crate) fn require_known(&self, allowed: &[&str], positions: usize) -> Result<(), EstimateError> {
        for (name, value) in &self.values {
            if let Some(name) = name.as_deref().filter(|name| !allowed.contains(name)) {
                return Err(EstimateError::option(
                    name,
                    said!("onbekend argument; bekend: {}", "unknown argument; known: {}", allowed.join(", ")),
                ));
            }
            if name.is_none() && self.unnamed().count() > positions {
                return Err(EstimateError::option(value, said!("te veel argumenten", "too many arguments")));
            }
        }
        Ok(())
    }
}

impl std::fmt::Display for MethodArguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (name, value)) in self.values.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            match name {
                Some(name) => write!(f, "{separator}{name}={value}")?,
                None => write!(f, "{separator}{value}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_by_name_and_position() {
        let arguments = MethodArguments::parse(" 0.5, gamma = 2");
        assert_eq!(arguments.number("rho", 0), Ok(Some(0.5)));
        assert_eq!(arguments.number("gamma", 1), Ok(Some(2.0)));
        assert_eq!(arguments.number("other", 3), Ok(None));
        assert!(arguments.require_known(&["rho", "gamma"], 2).is_ok());
        assert!(arguments.require_known(&["rho"], 2).is_err());
        assert!(MethodArguments::parse("x").number("rho", 0).is_err());
        assert!(MethodArguments::parse("").is_empty());
    }
}
