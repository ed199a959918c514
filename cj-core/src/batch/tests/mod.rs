//! The state machine by example: given a batch, when inputs come, then changes and phases.

mod endings;
mod messages;
mod requests;
mod retries;
mod scales;
mod waves;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::change::{
    ChangeSet, ComparisonRecord, ComparisonState, CompletionReason, DecisionRole, EssayContent, EssayKind, EssayStatus,
    EvidenceTotals, FailureReason, FitSummary, MessageKind, Phase, RequestSnapshot, ScoreSheet, ScoringCause, Verdict,
    WaitingFor, WaveRecord, Winner,
};
use crate::config::{Settings, Strategy};
use crate::event::ErrorCode;
use crate::id::{ComparisonId, EssayId, EventId, WorkerId};

struct World {
    batch: Batch,
    now: DateTime<Utc>,
    worker: WorkerId,
    texts: EssayTexts,
    written: Vec<ChangeSet>,
}

fn essay(index: usize) -> EssayId {
    EssayId::new(format!("E{index:02}")).unwrap()
}

fn request(settings: Settings, essays: usize) -> BatchRequest {
    let requested = |index| RequestedEssay {
        essay_id: essay(index),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Text number {index}.")),
    };
    BatchRequest {
        event_id: EventId::of_bytes(b"a request"),
        bos_batch_id: "bos-1".to_owned(),
        correlation_id: Uuid::nil(),
        settings,
        request: RequestSnapshot::default(),
        seed: Some(7),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "teacher".to_owned(),
        org_id: None,
        essays: (0..essays).map(requested).collect(),
    }
}

impl World {
    fn requested(request: BatchRequest) -> Self {
        let now = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        let worker = WorkerId::new("w1").unwrap();
        let texts = request.essays.iter().map(|e| (e.essay_id.clone(), e.content.clone())).collect();
        let cx = Context { now, worker: &worker, texts: &texts };
        let (batch, change) = Batch::request(request, &cx).unwrap();
        Self { batch, now, worker, texts, written: vec![change] }
    }

    /// A batch that waits for a wave of so many comparisons of 24 essays.
    fn waiting(settings: Settings, comparisons: usize) -> Self {
        let mut world = Self::requested(request(settings, 24));
        world.prepared();
        world.planned(comparisons);
        world
    }

    fn prepared(&mut self) {
        let rows = self.written[0].inserted_essays().cloned();
        let essays = rows.map(|row| crate::change::EssayRecord { status: EssayStatus::Ready, ..row }).collect();
        self.does(Input::ContentReady { essays });
    }

    fn planned(&mut self, comparisons: usize) {
        let all = (0..24).flat_map(|a| (a + 1..24).map(move |b| (a, b)));
        let pair = |(a, b)| PlannedPair { essay_a: essay(a), essay_b: essay(b), judge_id: None };
        let pairs = all.take(comparisons).map(pair).collect();
        let wave = self.batch.state().wave.number + 1;
        self.does(Input::WavePlanned(WavePlan { wave, strategy: Strategy::Balanced, seed: 7, pairs }));
    }

    fn tries(&mut self, input: Input) -> Result<ChangeSet, Rejection> {
        let cx = Context { now: self.now, worker: &self.worker, texts: &self.texts };
        self.batch.handle(input, &cx)
    }

    fn does(&mut self, input: Input) -> &ChangeSet {
        let change = self.tries(input).unwrap();
        self.written.push(change);
        &self.written[self.written.len() - 1]
    }

    fn comparison(&self, ordinal: u32, attempt: u32) -> ComparisonId {
        self.batch.id().comparison_id(self.batch.state().wave.number, ordinal, attempt)
    }

    fn row(&self, id: ComparisonId) -> &ComparisonRecord {
        &self.batch.comparisons[&id]
    }

    fn decides(&mut self, ordinal: u32, winner: Winner) -> &ChangeSet {
        let id = self.comparison(ordinal, 1);
        self.does(Input::VerdictReceived(Verdict::decided(id, winner)))
    }

    fn fails(&mut self, id: ComparisonId, code: &str) -> &ChangeSet {
        self.does(Input::VerdictReceived(Verdict::failed(id, ErrorCode::try_from(code).unwrap())))
    }

    fn passes(&mut self, time: TimeDelta) {
        self.now += time;
    }

    fn scored(&mut self, watermark: u32) -> Result<ChangeSet, Rejection> {
        let sheet = ScoreSheet {
            watermark,
            essays: Vec::new(),
            fit: FitSummary {
                prior: "sd=2".to_owned(),
                log_likelihood: -1.0,
                iterations: 3,
                max_gradient: Some(0.0),
                components: vec![Vec::new()],
            },
            separation: None,
            reliability: None,
            max_change: None,
            warnings: Vec::new(),
        };
        let wave = WaveRecord {
            batch_id: self.batch.id(),
            wave: self.batch.state().wave.number,
            planned_at: self.now,
            strategy: Strategy::Balanced,
            seed: 7,
            pairs_planned: 0,
            scored_at: None,
            sheet: None,
        };
        let essays = self.written[0].inserted_essays().cloned().collect();
        self.tries(Input::Scored(Box::new(Scored { sheet, wave, essays, totals: EvidenceTotals::default() })))
    }

    fn phase(&self) -> Phase {
        self.batch.state().phase
    }

    fn events(&self) -> Vec<&str> {
        let all = self.written.iter().flat_map(ChangeSet::outbox);
        all.filter(|message| message.kind == MessageKind::Event).map(|message| message.event_type.as_str()).collect()
    }
}

fn settings() -> crate::config::SettingsBuilder {
    Settings::builder()
}
