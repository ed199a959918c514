//! Whatever is within bounds comes through unchanged; whatever is not is refused, never a panic.
use crate::strategy::{answer, completed, consumption, failed, json, question, request, result, time, uuid};
use crate::strategy_result::{
    assessment_completed, notification, phase_outcome, pipeline_completed, registered, results_ready, slot, spellcheck,
};
use crate::support::{own_folder, rewritten, samples_in};
use cj_core::event::{Contract, Envelope, Timestamp, Topic, reencode};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

fn comes_through<C: Contract + PartialEq + std::fmt::Debug>(
    data: C,
    at: Timestamp,
    id: Uuid,
) -> Result<(), TestCaseError> {
    let message = Envelope::new(data, id, Uuid::nil(), "cj", at);
    let bytes = message.encode().map_err(|error| TestCaseError::fail(error.to_string()))?;
    let read = Envelope::decode(&bytes).unwrap().typed::<C>().unwrap();
    prop_assert_eq!(&read, &message);
    prop_assert_eq!(&read.encode().unwrap(), &bytes);
    #[cfg(feature = "schema")]
    crate::schema::describes::<C>(&serde_json::from_slice(&bytes).unwrap()).map_err(TestCaseError::fail)?;
    Ok(())
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                places(inner, &format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                places(inner, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn requests_come_through(data in request(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn completions_come_through(data in completed(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn failures_come_through(data in failed(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn answers_come_through(data in answer(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn results_come_through(data in result(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn consumption_comes_through(data in consumption(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn questions_come_through(data in question(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn registrations_come_through(data in registered(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn slots_come_through(data in slot(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn spellchecks_come_through(data in spellcheck(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn phase_outcomes_come_through(data in phase_outcome(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn ends_of_pipelines_come_through(data in pipeline_completed(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn ready_results_come_through(data in results_ready(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn rankings_come_through(data in assessment_completed(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    #[test]
    fn notifications_come_through(data in notification(), at in time(), id in uuid()) {
        comes_through(data, at, id)?;
    }

    /// One place of a good message is replaced: the message is refused by a place, or read and written stably.
    #[test]
    fn a_disturbed_message_is_refused_or_stable(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), with in json()) {
        let samples = samples_in(own_folder());
        let sample = which.get(&samples);
        let mut message = sample.value.clone();
        let mut found = Vec::new();
        places(&message, "", &mut found);
        *message.pointer_mut(at.get(found.as_slice()).as_str()).unwrap() = with;
        match rewritten(sample.topic, &message) {
            Ok(once) => prop_assert_eq!(rewritten(sample.topic, &once).unwrap(), once),
            Err(error) => prop_assert!(!error.field.is_empty() && !error.expected.is_empty()),
        }
    }

    /// A few bytes of a good message are overwritten, or it is cut short: every topic's reader refuses it by a place, or what it
    /// reads is written stably.
    #[test]
    fn damaged_bytes_are_refused_or_stable(
        which in any::<prop::sample::Index>(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let samples = samples_in(own_folder());
        let mut bytes = serde_json::to_vec(&which.get(&samples).value).unwrap();
        for (at, byte) in damage {
            *at.get_mut(&mut bytes) = byte;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        let message = match Envelope::decode(&bytes) {
            Ok(message) => message,
            Err(error) => {
                prop_assert!(!error.field.is_empty() && !error.expected.is_empty());
                return Ok(());
            }
        };
        for topic in Topic::ALL {
            match reencode(*topic, &message) {
                Ok(once) => {
                    let again = Envelope::decode(&once).unwrap();
                    prop_assert_eq!(reencode(*topic, &again).unwrap(), once);
                }
                Err(error) => prop_assert!(!error.field.is_empty() && !error.expected.is_empty()),
            }
        }
    }

    #[test]
    fn bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(Envelope::decode(&bytes).is_err());
    }
}
