//! Comparative judgement as a library.
pub mod batch;
pub mod change;
pub mod config;
pub mod event;
pub mod grading;
pub mod id;
pub mod pairing;
pub mod port;
pub mod scoring;
pub mod service;
pub mod store;
