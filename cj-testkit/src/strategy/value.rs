//! Texts, numbers and times.

use chrono::{DateTime, Utc};
use cj_core::id::EssayId;
use proptest::collection::{btree_set, vec};
use proptest::num::f64;
use proptest::prelude::*;

/// A text of at most so many characters, none of them NUL.
pub fn odd_text(max: usize) -> BoxedStrategy<String> {
    let letter = prop_oneof![
        4 => any::<char>(),
        3 => prop::char::range(' ', '~'),
        2 => prop::sample::select(vec!['å', 'ä', 'ö', 'É', '\'', '"', '\\', '%', '_', '\n', '\t', '$', '\u{1}']),
    ];
    vec(letter.prop_filter("PostgreSQL stores no NUL", |letter| *letter != '\0'), 0..=max)
        .prop_map(|letters| letters.into_iter().collect())
        .boxed()
}

/// Between 2 and `max` different essay ids, in no order.
///
/// # Panics
/// When `max` is under 2.
pub fn essay_ids(max: usize) -> BoxedStrategy<Vec<EssayId>> {
    let id = odd_text(36).prop_filter_map("not an essay id", |text| EssayId::new(text).ok());
    btree_set(id, 2..=max).prop_map(|ids| ids.into_iter().collect::<Vec<_>>()).prop_shuffle().boxed()
}

/// A finite number whose sign is not that of a negative zero.
pub fn real() -> BoxedStrategy<f64> {
    let plain = (-6.0..6.0_f64).prop_map(|value| value + 0.0);
    prop_oneof![plain, (f64::NORMAL | f64::POSITIVE), (f64::NORMAL | f64::NEGATIVE), Just(0.0)].boxed()
}

/// A time of this century, to the microsecond.
pub fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (946_684_800_000_000..4_102_444_800_000_000_i64).prop_filter_map("out of range", DateTime::from_timestamp_micros)
}
