//! Times as text of constant width, so that the order of the text is the order of the times.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// A time as `2026-01-31T09:05:00.000000Z`: UTC, microseconds, years 0 to 9999 (others become the nearest of these).
pub(crate) fn format_time(time: DateTime<Utc>) -> [u8; WIDTH] {
    let naive = time.naive_utc();
    let Ok(year @ 0..=9999) = u32::try_from(naive.year()) else {
        return *if naive.year() < 0 { EARLIEST } else { LATEST };
    };
    let mut text = *EARLIEST;
    let mut put = |at: usize, digits: usize, mut value: u32| {
        for place in (at..at + digits).rev() {
            text[place] = b'0' + (value % 10) as u8;
            value /= 10;
        }
    };
    put(0, 4, year);
    put(5, 2, naive.month());
    put(8, 2, naive.day());
    put(11, 2, naive.hour());
    put(14, 2, naive.minute());
    put(17, 2, naive.second());
    // A leap second counts on beyond a full second of nanoseconds.
    put(20, 6, (naive.nanosecond() / 1_000).min(999_999));
    text
}

/// The text of a time, for a parameter of its own.
pub(crate) fn time_text(time: DateTime<Utc>) -> String {
    format_time(time).iter().copied().map(char::from).collect()
}

/// Reads what [`format_time`] wrote.
pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let text: &[u8; WIDTH] = text.as_bytes().try_into().ok()?;
    let punctuation = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
    if punctuation.iter().any(|&(at, byte)| text[at] != byte) {
        return None;
    }
    let number = |at: usize, digits: usize| {
        text[at..at + digits].iter().try_fold(0_u32, |value, byte| {
            let digit = byte.wrapping_sub(b'0');
            (digit < 10).then(|| value * 10 + u32::from(digit))
        })
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 2)?, number(8, 2)?)?;
    let time = date.and_hms_micro_opt(number(11, 2)?, number(14, 2)?, number(17, 2)?, number(20, 6)?)?;
    Some(time.and_utc())
}

const WIDTH: usize = 27;
const EARLIEST: &[u8; WIDTH] = b"0000-01-01T00:00:00.000000Z";
const LATEST: &[u8; WIDTH] = b"9999-12-31T23:59:59.999999Z";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_was_written() {
        for text in ["2026-11-21T10:14:00.123456Z", "0001-01-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z"] {
            let time: DateTime<Utc> = text.parse().unwrap();
            assert_eq!(time_text(time), text);
            assert_eq!(parse_time(text), Some(time));
        }
    }

    #[test]
    fn the_order_of_texts_is_the_order_of_times() {
        let mut times = vec![DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC];
        times.extend((0..40).map(|step| DateTime::from_timestamp_micros(step * 777_777_777_777).unwrap()));
        times.sort();
        assert!(times.iter().map(|&time| time_text(time)).is_sorted());
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        let wrong = ["", "2026-11-21", "2026-11-21 10:14:00.123456Z", "2026-13-21T10:14:00.123456Z"];
        let wrong = wrong.into_iter().chain(["2026-11-21T10:14:00.12345xZ", "2026-11-21T10:14:60.123456Z"]);
        for text in wrong {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
