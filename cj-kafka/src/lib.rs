#![doc = include_str!("../README.md")]

mod consumer;
mod diagnosis;
mod engine;
mod error;
mod header;
mod intake;
mod publisher;
mod settings;
mod topics;

pub use consumer::{Consumer, Handler, Lag, Record, Trouble};
pub use engine::{BatchMetrics, Engine, EngineSettings, InProcessJudge, Judging, Pulse, Tally};
pub use error::{ErrorKind, KafkaError};
pub use intake::{Intake, IntakeSettings};
pub use publisher::KafkaPublisher;
pub use settings::{KafkaSettings, Sasl};
pub use topics::{Topics, dead_letter_topic};
