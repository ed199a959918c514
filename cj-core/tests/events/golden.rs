//! Messages come through unchanged.
use crate::support::{own_folder, rewritten, samples_in};
use cj_core::event::Topic;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn own_samples_come_through_unchanged() {
    let samples = samples_in(own_folder());
    let topics: BTreeSet<Topic> = samples.iter().map(|sample| sample.topic).collect();
    assert_eq!(topics, Topic::ALL.iter().copied().collect(), "every topic has a sample");
    for sample in samples {
        let again = rewritten(sample.topic, &sample.value).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        assert_eq!(again, sample.value, "{}", sample.name);
    }
}

#[test]
fn real_messages_come_through_unchanged() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire"));
    if !folder.is_dir() {
        println!("skipped: no recorded messages in {}", folder.display());
        return;
    }
    for sample in samples_in(folder) {
        let again = rewritten(sample.topic, &sample.value).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        assert_eq!(again, sample.value, "{}", sample.name);
    }
}
