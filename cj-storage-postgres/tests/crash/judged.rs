//! Batches to be judged, and whether they were.

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, RequestSnapshot};
use cj_core::config::Settings;
use cj_core::id::{BatchId, EssayId, EventId};
use cj_core::service::Service;
use cj_storage_postgres::PgStore;
use sqlx::{PgConnection, query_as, query_scalar};

/// Essays of a batch.
pub(crate) const ESSAYS: u32 = 21;
/// Questions of a batch: each pair once.
pub(crate) const QUESTIONS: u32 = ESSAYS * (ESSAYS - 1) / 2;

/// Hands in so many requests.
pub(crate) async fn submit(service: &Service, batches: u32) -> Vec<BatchId> {
    let mut ids = Vec::new();
    for number in 0..batches {
        ids.push(service.submit(request(number)).await.unwrap());
    }
    ids
}

fn request(number: u32) -> BatchRequest {
    let event_id = EventId::of_bytes(&number.to_be_bytes());
    let settings = Settings::builder().complete_design_limit(QUESTIONS).max_resampling_passes(0);
    // Every question is asked and answered, however reliable the scores are before, and however slow the machine is.
    let settings = settings.target_reliability(None).comparison_timeout_s(24 * 3600).batch_timeout_s(None);
    let settings = settings.budget(Some(QUESTIONS)).build().unwrap();
    let essay = |essay: u32| RequestedEssay {
        essay_id: EssayId::new(format!("essay-{essay:02}")).unwrap(),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Text {essay} of batch {number}.")),
    };
    BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings,
        request: RequestSnapshot::default(),
        seed: Some(u64::from(number)),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "user".to_owned(),
        org_id: None,
        essays: (0..ESSAYS).map(essay).collect(),
    }
}

/// How many batches have not ended, and how many answers are counted.
pub(crate) async fn progress(conn: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    let sql = "SELECT count(*) FILTER (WHERE completed_at IS NULL), coalesce(sum(decided), 0)::bigint FROM cj_batches";
    query_as(sql).fetch_one(conn).await
}

/// Makes sure that every batch ended once, with every answer counted once, and that everything stored agrees with itself.
pub(crate) async fn assert_whole(store: &PgStore, conn: &mut PgConnection, ids: &[BatchId]) {
    for id in ids {
        cj_testkit::audit(store, *id).await;
    }
    let batches = i64::try_from(ids.len()).unwrap();
    for (sql, expected) in [
        ("SELECT count(*) FROM cj_batches WHERE phase = 'COMPLETED'", batches),
        ("SELECT count(*) FROM cj_judge_decisions WHERE role = 'counted'", batches * i64::from(QUESTIONS)),
        ("SELECT count(*) FROM cj_judge_decisions", batches * i64::from(QUESTIONS)),
        ("SELECT sum(decided)::bigint FROM cj_batches", batches * i64::from(QUESTIONS)),
        ("SELECT count(*) FROM event_outbox WHERE kind = 'question'", 0),
        ("SELECT count(*) FROM event_outbox WHERE published_at IS NULL", 0),
        ("SELECT count(*) FROM event_outbox WHERE event_type LIKE '%ompleted%'", batches),
        ("SELECT count(DISTINCT batch_id) FROM event_outbox WHERE event_type LIKE '%ompleted%'", batches),
        ("SELECT count(*) FROM event_outbox WHERE event_type LIKE '%ailed%'", 0),
        ("SELECT count(*) FROM cj_dead_letters", 0),
    ] {
        let found: i64 = query_scalar(sql).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(found, expected, "{sql}");
    }
}
