#![no_main]
//! One contract's payload, which the first byte picks, inside a good envelope: no panic; what is accepted is written stably,
//! what is refused is refused by a place of that contract.
use cj_core::event::{Envelope, Topic, reencode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, payload)) = bytes.split_first() else { return };
    let topic = Topic::ALL[usize::from(*first) % Topic::ALL.len()];
    let message = [HEAD, payload, b"}"].concat();
    let Ok(envelope) = Envelope::decode(&message) else { return };
    match reencode(topic, &envelope) {
        Ok(once) => {
            let again = Envelope::decode(&once).expect("what is written can be read");
            assert_eq!(reencode(topic, &again).expect("and written again"), once);
        }
        Err(error) => {
            assert!(!error.field.is_empty() && !error.expected.is_empty());
            assert!(error.to_string().len() < 2_000, "what is found is told briefly");
        }
    }
});

const HEAD: &[u8] = br#"{"event_id":"356f8bd1-1711-4b57-9304-145212ca3f70","event_type":"x","source_service":"s",
"event_timestamp":"2026-01-05T11:39:07Z","correlation_id":"5e617f8e-99ed-4ce7-83f8-670d3e361858","data":"#;
