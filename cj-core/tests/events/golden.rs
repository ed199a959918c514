//! Messages come through unchanged.
use crate::support::{own_folder, rewritten, samples_in};
use cj_core::event::Topic;
use std::path::Path;

#[test]
fn own_samples_come_through_unchanged() {
    let samples = samples_in(own_folder());
    assert!(samples.len() >= 8, "{} samples", samples.len());
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
    let known = samples_in(folder).into_iter().filter(|sample| CONTRACTED.contains(&sample.topic));
    for sample in known {
        let again = rewritten(sample.topic, &sample.value).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        assert_eq!(again, sample.value, "{}", sample.name);
    }
}

const CONTRACTED: [Topic; 6] = [
    Topic::AssessmentResult,
    Topic::CjAssessmentCompleted,
    Topic::CjAssessmentFailed,
    Topic::CjAssessmentRequested,
    Topic::LlmComparisonResult,
    Topic::ResourceConsumption,
];
