//! A broker with TLS and passwords.

use std::error::Error as _;
use std::time::Duration;

use cj_core::port::{EventPublisher as _, PublishErrorKind};
use cj_kafka::{ErrorKind, KafkaPublisher, KafkaSettings, Sasl};
use cj_testkit::kafka::KafkaBroker;

use crate::support::{event, publish, read_until, settings, topics};

/// Sends an event that does not go out, until it is told why.
async fn told(settings: &KafkaSettings, why: &str) {
    let mut said = String::new();
    // The broker is asked again and again; it may take its time to say no.
    for _ in 0..30 {
        let settings = settings.clone().with_publish_timeout(Duration::from_secs(2));
        let outcomes = KafkaPublisher::connect(&settings).unwrap().publish(&[event("t", "k", 0, "x")]).await;
        let error = outcomes[0].clone().unwrap_err();
        assert_eq!(error.kind, PublishErrorKind::Unreachable, "it says nothing about the event: {error}");
        said = error.message.to_lowercase();
        if said.contains(why) {
            return;
        }
    }
    panic!("expected {why:?}, and it was last told: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_with_tls_and_passwords_takes_who_is_known_and_says_why_it_does_not() {
    let broker = KafkaBroker::start_secured().unwrap_or_else(|error| panic!("{error}"));
    let address = broker.secured_bootstrap().unwrap();
    let (user, password, authority) = (KafkaBroker::USER, KafkaBroker::PASSWORD, broker.authority());
    for sasl in [Sasl::plain(user, password), Sasl::scram_sha_512(user, password)] {
        let settings = settings(&address, "secured").with_tls(Some(&authority)).with_sasl(&sasl);
        topics(&settings, &["t"]).await;
        publish(&settings, &[event("t", "k", 1, "säkert")]).await;
        let group = settings.clone();
        let read = read_until(&group, &["t"], |read| !read.is_empty()).await;
        assert_eq!(read[0].payload, "säkert".as_bytes());
    }

    let known = Sasl::plain(user, password);
    let stranger = broker.stranger().unwrap();
    let settings = settings(&address, "refused").with_sasl(&known).with_tls(Some(&stranger));
    told(&settings, "certificate verify failed").await;

    for sasl in [Sasl::plain(user, "wrong"), Sasl::scram_sha_512(user, "wrong")] {
        told(&settings.clone().with_tls(Some(&authority)).with_sasl(&sasl), "authentication failed").await;
    }

    let nowhere = settings.with_tls(Some("/nowhere/ca.pem".as_ref()));
    let error = KafkaPublisher::connect(&nowhere).err().expect("there is no such file");
    assert_eq!(error.kind(), ErrorKind::Settings);
    let said = error.source().unwrap().to_string();
    assert!(said.contains("ca.pem") || said.contains("ssl.ca.location"), "{said}");
}
