//! The imperative shell: it loads, folds, applies and commits, and fits scales outside every transaction.
//!
//! Nothing here decides about a batch; [`crate::batch`] does. Every unit of work can be run again from its start: ids are
//! derived, messages are admitted once, and versions are compared before anything is written.

mod erase;
mod error;
mod estimate;
mod fold;
mod plan;
mod precision;
mod queries;
mod refuse;
mod relay;
mod report;
mod resend;
mod retention;
mod score;
mod shell;
mod submit;
mod verdicts;
mod wake;
mod work;

pub use error::ServiceError;
pub use precision::Precision;
pub use refuse::{Refusal, RefusedMessage};
pub use relay::{Histogram, Relay, RelayFigures, RelayPolicy, Relayed};
pub use resend::Resent;
pub use retention::{Pruned, Retention, TooShort};
pub use score::{fit_sheet, verdict_counts};
pub use shell::Service;
pub use verdicts::{Answer, Receipt};
