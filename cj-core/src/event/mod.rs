//! Contracts on the wire.

mod error_code;

pub use error_code::ErrorCode;
