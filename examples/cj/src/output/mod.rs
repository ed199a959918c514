//! The documents that commands print: the JSON contracts of `schemas/cli/`, and the tables and CSV made of them.
mod absence;
mod dead_letters;
mod delete;
mod events_check;
mod events_sample;
mod figure;
mod outbox;
mod pair;
mod print;
mod pruned;
mod replay;
mod replayed;
mod run;
mod run_tables;
mod schema;
mod score;
mod simulate;
mod status;
mod table;
mod tables;

pub use absence::{absence, is_absence};
pub use dead_letters::{DeadLettersOutput, ListedLetter};
pub use delete::DeleteOutput;
pub use events_check::{BrokenContract, CheckedMessage, Difference, DifferenceKind, EventsCheckOutput};
pub use events_sample::{EventsSampleOutput, SampleFile};
pub use figure::{finite, short};
pub use outbox::{ListedMessage, OutboxOutput, QueueDepth};
pub use pair::{PairOutput, PairSettings, ProposedPair};
pub use print::{Document, Section, print};
pub use pruned::PrunedOutput;
pub use replay::{ReplayOutput, ReplayStep};
pub use replayed::{ReplayedMessage, ReplayedOutput};
pub use run::{BatchSummary, Cost, GradeProbability, GradeProjection, RunOutput, RunSettings};
#[cfg(feature = "schema")]
pub use schema::generated;
pub use schema::{EVENT_SCHEMAS, SCHEMAS, SchemaFile};
pub use score::{
    Diagnostics, ItemScore, JudgeFit, OrderEffect, Reliability, ScoreOutput, ScoreSettings, ScoringSettings,
    TieParameter,
};
pub use simulate::{
    DesignCell, Estimated, NeededComparisons, SimulateOutput, SimulateSettings, SimulatedPoint, StopSummary,
};
pub use status::StatusOutput;
pub use table::render;
pub use tables::{items_csv, items_table, judges_table, summary_table};
