//! Figures as a person reads them: a true minus sign, few decimals, a dash where there is none.

/// What stands where a figure is absent.
pub(super) const ABSENT: &str = "–";

/// A figure with a fixed number of decimals.
pub(super) fn fixed(value: Option<f64>, decimals: usize) -> String {
    match value.filter(|value| value.is_finite()) {
        None => ABSENT.to_owned(),
        Some(value) => {
            let digits = format!("{:.decimals$}", value.abs());
            let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            if value < 0.0 && !zero { format!("−{digits}") } else { digits }
        }
    }
}

/// A figure with a fixed number of decimals and its sign, plus included.
pub(super) fn signed(value: Option<f64>, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let positive = value.is_some_and(|value| value.is_finite() && value > 0.0);
    if positive && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { format!("+{text}") } else { text }
}

/// A share as a percentage; what is neither impossible nor certain is never printed as 0 % or 100 %.
pub(super) fn percent(share: Option<f64>) -> String {
    match share.filter(|share| share.is_finite()) {
        None => ABSENT.to_owned(),
        Some(share) if share > 0.0 && share < 0.005 => "<1\u{a0}%".to_owned(),
        Some(share) if (0.995..1.0).contains(&share) => ">99\u{a0}%".to_owned(),
        Some(share) => format!("{}\u{a0}%", fixed(Some(share * 100.0), 0)),
    }
}

/// A count; from five digits on thousands are set apart.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun, in the singular where it is one.
pub(super) fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", count(value), if value == 1 { one } else { many })
}

/// A duration given in milliseconds.
pub(super) fn duration(millis: Option<f64>) -> String {
    match millis.filter(|millis| millis.is_finite() && *millis >= 0.0) {
        None => ABSENT.to_owned(),
        Some(millis) if millis < 999.5 => format!("{millis:.0}\u{a0}ms"),
        Some(millis) if millis < 59_950.0 => format!("{:.1}\u{a0}s", millis / 1000.0),
        Some(millis) => {
            let seconds = (millis / 1000.0).round();
            format!("{:.0}\u{a0}min {:02.0}\u{a0}s", (seconds / 60.0).floor(), seconds % 60.0)
        }
    }
}

/// The first characters of a text, with an ellipsis where there were more.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::{count, duration, fixed, percent, short, signed};

    #[test]
    fn figures_have_a_true_minus_and_no_negative_zero() {
        assert_eq!(fixed(Some(-1.256), 2), "−1.26");
        assert_eq!(fixed(Some(-0.001), 2), "0.00");
        assert_eq!(fixed(Some(f64::NAN), 2), "–");
        assert_eq!(fixed(None, 2), "–");
        assert_eq!(signed(Some(0.5), 2), "+0.50");
        assert_eq!(signed(Some(0.001), 2), "0.00");
        assert_eq!(signed(Some(-0.5), 1), "−0.5");
    }

    #[test]
    fn only_the_impossible_is_nought_per_cent() {
        assert_eq!(percent(Some(0.0)), "0\u{a0}%");
        assert_eq!(percent(Some(0.001)), "<1\u{a0}%");
        assert_eq!(percent(Some(0.999)), ">99\u{a0}%");
        assert_eq!(percent(Some(1.0)), "100\u{a0}%");
        assert_eq!(percent(Some(0.574)), "57\u{a0}%");
    }

    #[test]
    fn counts_set_thousands_apart_from_five_digits_on() {
        assert_eq!(count(1234), "1234");
        assert_eq!(count(12_345), "12\u{202f}345");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(0), "0");
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        assert_eq!(duration(Some(850.0)), "850\u{a0}ms");
        assert_eq!(duration(Some(4200.0)), "4.2\u{a0}s");
        assert_eq!(duration(Some(200_000.0)), "3\u{a0}min 20\u{a0}s");
        assert_eq!(duration(None), "–");
    }

    #[test]
    fn long_names_are_cut_by_characters() {
        assert_eq!(short("Malmö", 5), "Malmö");
        assert_eq!(short("Möllevången", 5), "Möll…");
    }
}
