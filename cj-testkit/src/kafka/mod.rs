//! A Kafka broker for tests.
//!
//! [`KafkaBroker::shared`] is the broker of `KAFKA_BOOTSTRAP` where it is set, else a private one, started from the published
//! jars for the tests of one process and gone when that process has ended, however it ended. A test that kills its broker
//! starts one of its own with [`KafkaBroker::start`]; [`KafkaBroker::start_secured`] has TLS and passwords. A test that finds no Java fails, and says what to install.
//!
//! ```no_run
//! use cj_testkit::kafka::KafkaBroker;
//!
//! println!("{}", KafkaBroker::shared());
//! ```

mod broker;
mod certificate;
mod error;
mod jars;

pub use broker::KafkaBroker;
pub use error::KafkaFixtureError;
