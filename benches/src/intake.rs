//! Answers on their way into a batch that waits for them.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, Evidence, Outcome, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::id::{ComparisonId, EssayId, EventId, WorkerId};
use cj_core::port::ManualClock;
use cj_core::service::{Answer, Service};
use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;
use cj_storage_sqlite::SqliteStore;
use tempfile::TempDir;

/// Essays of a batch: a complete design over them is one wave of 4 005 questions.
const ESSAYS: u32 = 90;
const QUESTIONS: u32 = ESSAYS * (ESSAYS - 1) / 2;

/// Which store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "benchmarks go through all of them")]
pub enum Kind {
    /// The reference store.
    Memory,
    /// A new SQLite file in the folder for temporary files, every commit on the disk before it returns.
    Sqlite,
}

/// A batch whose questions judges have, and their answers, to be handed in a slice at a time.
pub struct Intake {
    service: Service,
    answers: Vec<Answer>,
    sqlite: Option<SqliteStore>,
    _folder: Option<TempDir>,
}

impl Intake {
    /// Makes a store, a batch in it, and the answers to all of its questions.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn new(kind: Kind) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (store, sqlite, folder): (Arc<dyn Store>, _, _) = match kind {
            Kind::Memory => (Arc::new(MemoryStore::new()), None, None),
            Kind::Sqlite => {
                let folder = tempfile::tempdir()?;
                let store = SqliteStore::open(folder.path().join("bench.sqlite")).await?;
                store.migrate().await?;
                (Arc::new(store.clone()), Some(store), Some(folder))
            }
        };
        let service = Service::new(store, Arc::new(ManualClock::at(DateTime::UNIX_EPOCH)), WorkerId::new("bench")?);
        let id = service.submit(request("bench", ESSAYS)?).await?;
        service.advance(id).await?;
        let questions = service.claim_questions(QUESTIONS, TimeDelta::minutes(5)).await?;
        let ids: Vec<_> = questions.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
        service.questions_asked(&ids).await?;
        let answers = ids.into_iter().map(answer).collect();
        Ok(Self { service, answers, sqlite, _folder: folder })
    }

    /// The next `count` answers; none when fewer are left.
    pub fn slice(&mut self, count: usize) -> Option<Vec<Answer>> {
        let rest = self.answers.len().checked_sub(count)?;
        Some(self.answers.split_off(rest))
    }

    /// Hands a slice in: one unit of work.
    ///
    /// # Errors
    /// Those of the store; an answer that was not counted.
    pub async fn take(&self, slice: &[Answer]) -> Result<(), Box<dyn Error + Send + Sync>> {
        let receipt = self.service.take_verdicts(slice).await?;
        if receipt.taken as usize == slice.len() {
            Ok(())
        } else {
            Err(format!("not all were counted: {receipt:?}").into())
        }
    }

    /// Closes the file.
    pub async fn close(self) {
        if let Some(store) = &self.sqlite {
            store.close().await;
        }
    }
}

/// A request for one batch: a complete design over its essays.
pub(crate) fn request(name: &str, essays: u32) -> Result<BatchRequest, Box<dyn Error + Send + Sync>> {
    let event_id = EventId::of_bytes(name.as_bytes());
    let questions = essays * (essays - 1) / 2;
    let essay = |number: u32| {
        let text = format!("Essay number {number}. {}", "Most of what I know I learned outside school. ".repeat(20));
        let (essay_id, content) = (EssayId::new(format!("E{number:03}"))?, EssayContent::of_text(text));
        Ok(RequestedEssay { essay_id, kind: EssayKind::Student, title: None, content })
    };
    Ok(BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings: Settings::builder().budget(Some(questions)).complete_design_limit(questions).build()?,
        request: RequestSnapshot {
            student_prompt: Some("Where do we learn the most?".to_owned()),
            ..Default::default()
        },
        seed: Some(1),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "bench".to_owned(),
        org_id: None,
        essays: (0..essays).map(essay).collect::<Result<_, Box<dyn Error + Send + Sync>>>()?,
    })
}

/// An answer as a provider gives it: a winner, a reason of 150 characters, tokens and cost.
pub(crate) fn answer(comparison_id: ComparisonId) -> Answer {
    let winner = if comparison_id.as_uuid().as_bytes()[0].is_multiple_of(2) { Winner::A } else { Winner::B };
    let evidence = Evidence {
        confidence: Some(4.0),
        justification: Some("The first essay argues its case. ".repeat(5).chars().take(150).collect()),
        provider: Some("mock".to_owned()),
        model: Some("bench".to_owned()),
        prompt_tokens: Some(900),
        completion_tokens: Some(60),
        cost: Some(0.001),
        latency_ms: Some(800),
        ..Evidence::default()
    };
    Answer::of(Verdict { comparison_id, outcome: Outcome::Decided(winner), evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted_on_both_stores() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for kind in [Kind::Memory, Kind::Sqlite] {
            runtime.block_on(async {
                let mut intake = Intake::new(kind).await.unwrap();
                assert_eq!(intake.answers.len(), QUESTIONS as usize);
                for count in [1, 1_000] {
                    let slice = intake.slice(count).unwrap();
                    intake.take(&slice).await.unwrap();
                }
                assert!(intake.slice(QUESTIONS as usize).is_none());
                intake.close().await;
            });
        }
    }
}
