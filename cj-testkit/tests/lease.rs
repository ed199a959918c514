//! A fit that takes longer than a lease.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{BatchRecord, EssayContent, EssayKind, Phase, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::id::{ComparisonId, EssayId};
use cj_core::port::Clock;
use cj_core::service::{Answer, Service};
use cj_core::store::memory::MemoryStore;
use cj_core::store::{BatchQuery, Store};
use cj_testkit::fixture;

/// Time that goes on by a second whenever somebody looks, and that notices a scoring whose lease has ended.
struct Impatient {
    time: Mutex<DateTime<Utc>>,
    store: MemoryStore,
    lapsed: AtomicBool,
}

impl Clock for Impatient {
    fn now(&self) -> DateTime<Utc> {
        let mut time = self.time.lock().expect("nobody panics here");
        *time += TimeDelta::seconds(1);
        if let Some(batch) = stored(&self.store)
            && matches!(batch.state.phase, Phase::Scoring(_))
            && batch.state.lease.is_none_or(|lease| lease.until < *time)
        {
            self.lapsed.store(true, Ordering::Relaxed);
        }
        *time
    }
}

/// The batch as it stands; views of this store wait for nobody.
fn stored(store: &MemoryStore) -> Option<BatchRecord> {
    use std::task::{Context, Poll, Waker};
    let read = async { store.read().await?.find(&BatchQuery::Newest { limit: 1 }).await };
    match std::pin::pin!(read).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(found) => found.expect("a view can be read").pop(),
        Poll::Pending => unreachable!("views of the store in memory wait for nobody"),
    }
}

fn request() -> BatchRequest {
    let essay = |number: u32| RequestedEssay {
        essay_id: EssayId::new(format!("essay-{number}")).expect("a short id is good"),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Text {number}.")),
    };
    BatchRequest {
        event_id: fixture::event_id("slow"),
        bos_batch_id: "slow".to_owned(),
        correlation_id: fixture::event_id("slow").as_uuid(),
        settings: Settings::builder().lease_s(6).max_resampling_passes(0).build().expect("they are in range"),
        request: RequestSnapshot::default(),
        seed: Some(1),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "user".to_owned(),
        org_id: None,
        essays: (0..5).map(essay).collect(),
    }
}

#[test]
fn a_lease_is_renewed_while_a_scale_is_fitted() {
    cj_testkit::run(async {
        let store = MemoryStore::new();
        let clock = Arc::new(Impatient {
            time: Mutex::new(fixture::at(0)),
            store: store.clone(),
            lapsed: AtomicBool::new(false),
        });
        let service = Service::new(Arc::new(store.clone()), Arc::<Impatient>::clone(&clock), fixture::worker("slow"));
        let id = service.submit(request()).await.expect("the request is good");
        service.advance(id).await.expect("the batch is planned");
        let questions = service.claim_questions(100, TimeDelta::minutes(5)).await.expect("questions are claimed");
        let answers: Vec<_> = questions
            .iter()
            .map(|question| Answer::of(Verdict::decided(ComparisonId::new(question.id.as_uuid()), Winner::A)))
            .collect();
        service.take_verdicts(&answers).await.expect("answers are taken");
        let before = stored(&store).expect("the batch is stored").state;
        assert!(matches!(before.phase, Phase::Scoring(_)), "{}", before.phase);
        service.advance(id).await.expect("the batch is scored");
        let after = stored(&store).expect("the batch is stored").state;
        assert!(after.phase.is_terminal(), "{}", after.phase);
        assert!(!clock.lapsed.load(Ordering::Relaxed), "the lease ended while the scale was fitted");
        assert!(after.version > before.version + 5, "only {} inputs were folded", after.version - before.version);
    });
}
