#![doc = include_str!("../README.md")]

mod publisher;

pub use publisher::{KafkaPublisher, NotBuilt};
