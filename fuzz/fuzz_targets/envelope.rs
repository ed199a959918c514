#![no_main]
//! Bytes as a message on every topic: no panic; what is accepted is written stably, what is refused is refused by a place.
use cj_core::event::{Envelope, Topic, reencode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let envelope = match Envelope::decode(bytes) {
        Ok(envelope) => envelope,
        Err(error) => {
            assert!(!error.field.is_empty() && !error.expected.is_empty());
            return;
        }
    };
    assert_eq!(Envelope::decode(bytes).expect("it was read before").event_id, envelope.event_id);
    for topic in Topic::ALL {
        if let Ok(once) = reencode(*topic, &envelope) {
            let again = Envelope::decode(&once).expect("what is written can be read");
            assert_eq!(reencode(*topic, &again).expect("and written again"), once);
            assert_eq!(again.event_id, envelope.event_id);
        }
    }
});
