const ABSENT: &str = " absent: ";

/// The line in `warnings` that says why a figure is null.
pub fn absence(figure: &str, reason: &str) -> String {
    format!("{figure}{ABSENT}{reason}")
}

/// Whether a line in `warnings` says why a figure is null.
pub fn is_absence(warning: &str) -> bool {
    warning.contains(ABSENT)
}
