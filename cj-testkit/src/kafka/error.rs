//! Why there is no broker for a test.

use std::path::PathBuf;

/// Why there is no broker for a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KafkaFixtureError {
    /// A program is missing that a broker is started with.
    #[error(
        "no Kafka broker: set KAFKA_BOOTSTRAP to the address of one (scripts/kafka-up prints it), or install what a private \
         one needs, of which `{program}` is missing (Debian: apt-get install default-jre-headless maven)"
    )]
    NotInstalled {
        /// Which.
        program: &'static str,
    },
    /// A program failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// The broker ended, or was not ready in time.
    #[error("the broker in {folder} did not start within 60 s: {said}")]
    NotReady {
        /// The folder of its files.
        folder: PathBuf,
        /// The end of its log.
        said: String,
    },
    /// The files of the broker could not be made.
    #[error("the files of a private Kafka broker could not be made")]
    Folder(#[from] std::io::Error),
}
