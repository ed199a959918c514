//! Storage ports: one narrow trait per aggregate, one unit of work over them all, one order of writes.
//!
//! # Contract
//! - A [`UnitOfWork`] is all or nothing: what it wrote is there after [`UnitOfWork::commit`] returned `Ok`, and nothing of
//!   it when it was dropped. When `commit` fails or is cancelled the outcome is unknown: the caller does its work again,
//!   and ids derived from what they name make that harmless.
//! - Every write takes a slice and costs about one statement, whatever its length. An empty slice costs nothing.
//! - After a call that failed a unit is to be dropped; one that is committed all the same either fails to, or keeps what it
//!   wrote before that call and nothing of the call itself. Whoever lent a transaction rolls it back.
//! - A unit reads its own writes. Repositories never commit.
//! - [`BatchRepository::lock`] keeps other units from changing the batch until this one ends, or makes their writes fail
//!   with [`ErrorKind::Conflict`].
//!
//! # Cancellation
//! Dropping any future of these traits leaves the unit fit for nothing but to be dropped.

mod answered;
pub mod apply;
mod batch;
mod bell;
mod comparison;
mod dead_letter;
mod decision;
mod erasure;
mod error;
mod essay;
mod inbox;
#[cfg(feature = "memory")]
pub mod memory;
mod outbox;
mod outbox_register;
mod result;
mod unit;
mod wakes;
mod wave;

pub use crate::change::EvidenceTotals;
pub use answered::{AnswerRepository, Answered};
pub use apply::apply;
pub use batch::{BatchQuery, BatchRepository};
pub use bell::{Bell, BellWakes};
pub use comparison::{ComparisonQuery, ComparisonRepository};
pub use dead_letter::DeadLetters;
pub use decision::DecisionRepository;
pub use erasure::{Erasure, ErasureRepository, ErasureScope, LetterOwner};
pub use error::{ErrorKind, StoreError};
pub use essay::{EssayRepository, Texts};
pub use inbox::Inbox;
pub use outbox::{BehindParked, Claim, Outbox, OutboxDepth, Settlement, SettlementOutcome};
pub use outbox_register::{OutboxQuery, OutboxRegister};
pub use result::ResultRepository;
pub use unit::{Repositories, Store, UnitOfWork};
pub use wakes::{Wake, Wakes};
pub use wave::WaveRepository;
