/// A figure that JSON can hold: none for NaN and the infinities.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A figure for a person: three decimals, whole numbers without them, `–` where there is none.
///
/// ```
/// assert_eq!(cj::output::short(Some(0.12345)), "0.123");
/// assert_eq!(cj::output::short(Some(12.0)), "12");
/// assert_eq!(cj::output::short(None), "–");
/// ```
pub fn short(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        Some(value) => format!("{value:.3}"),
    }
}
