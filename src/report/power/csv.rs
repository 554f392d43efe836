//! Here every digit is kept and nothing is rounded or left out, since a reader computes with it. Shares
//! are 0 to 1, estimates on the scale of the test (ratios as logarithms), events are means per study.
//! An empty field means that the number does not apply (no estimate, no null studies, no formula); a
//! power of 0 with `computed` 0 means that the test could never be computed.

use crate::design::power::{PowerCell, PowerSurface, ReplicateShare};
use crate::report::escape;
use crate::report::sections::csv_line;

/// Names of the columns, in the order of `line`. Programs of others read them: add at the end, never
/// rename.
const HEADER: &str = "arm,endpoint,test,primary,months,size,clients_control,clients_treated,caseworkers_control,\
caseworkers_treated,power,power_low,power_high,computed,adjusted_power,type_one_error,type_one_error_low,\
type_one_error_high,type_one_error_if_independent,events_control,events_treated,truth,bias,bias_error,deviation,\
standard_error,coverage,wrong_sign,exaggeration,analytic,analytic_method,analytic_gap\n";

/// The surface as CSV with a header line.
pub(crate) fn csv(surface: &PowerSurface) -> String {
    let mut text = String::from(HEADER);
    for cell in &surface.cells {
        text += &line(cell);
    }
    text
}

/// A cell of the surface as a row. Arm names are made safe for spreadsheets, in
/// which a cell that begins with `=` would be a formula.
fn line(cell: &PowerCell) -> String {
    let error = cell.type_one_error.as_ref();
    let value = |proportion: Option<ReplicateShare>| number(proportion.map(|share| share.value));
    let fields = [
        escape::cell(&cell.arm).to_string(),
        cell.endpoint.to_owned(),
        cell.test.to_owned(),
        cell.primary.to_string(),
        cell.months.to_string(),
        cell.size.to_string(),
        cell.clients[0].to_string(),
        cell.clients[1].to_string(),
        cell.caseworkers[0].to_string(),
        cell.caseworkers[1].to_string(),
        number(Some(cell.power.value)),
        number(Some(cell.power.low)),
        number(Some(cell.power.high)),
        number(Some(cell.computed.value)),
        value(cell.adjusted_power),
        value(error.map(|error| error.rate)),
        number(error.map(|error| error.rate.low)),
        number(error.map(|error| error.rate.high)),
        value(error.and_then(|error| error.if_independent)),
        number(Some(cell.events[0])),
        number(Some(cell.events[1])),
        number(cell.truth),
        number(cell.bias),
        number(cell.bias_error),
        number(cell.deviation),
        number(cell.standard_error),
        value(cell.coverage),
        value(cell.wrong_sign),
        number(cell.exaggeration),
        number(cell.analytic.as_ref().map(|analytic| analytic.power)),
        cell.analytic.as_ref().map_or_else(String::new, |analytic| analytic.method.clone()),
        cell.analytic_gap.to_string(),
    ];
    csv_line(&fields)
}

/// A number with all its digits and a decimal point whatever the language; empty for `None`, NaN and
/// infinities, which R and spreadsheets read as text.
fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sections::quoted;

    #[test]
    fn names_are_quoted_when_needed() {
        assert_eq!(quoted("fip"), "fip");
        assert_eq!(quoted("fip, \"new\""), "\"fip, \"\"new\"\"\"");
        assert_eq!(number(Some(f64::NAN)), "");
        assert_eq!(HEADER.split(',').count(), 32);
    }
}
