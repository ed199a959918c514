//! What requests bring along: grades that are numbers, texts that are kept elsewhere.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cj_core::change::{EssayContent, EssayKind, EssayStatus, Phase};
use cj_core::config::Settings;
use cj_core::id::EssayId;
use cj_core::port::{ContentError, ContentSource};
use cj_core::store::{EssayRepository, Store, Texts};
use serde_json::Value;

use super::super::support::view;
use super::driver::{COMPLETION, Driver, request};
use crate::audit::audit;
use crate::fixture::essay_id;

/// Anchors graded from 1 to 9 on a scale of such grades: the batch completes, with all of its events, and says them as they
/// are.
pub async fn numeric_grade_scale_completes(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut graded = request("batch", 7, Settings::builder().max_resampling_passes(0));
    graded.request.grade_scale = Some("eng5_np_national_9_step".to_owned());
    for (essay, grade) in graded.essays[..3].iter_mut().zip(["1", "5", "9"]) {
        essay.kind = EssayKind::Anchor { label: format!("Anchor {grade}"), grade: Some(grade.to_owned()) };
    }
    let id = driver.service.submit(graded).await.expect("the request is good");
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let results = driver.results(id).await;
    assert_eq!((results.len(), results.iter().filter(|result| result.is_anchor).count()), (7, 3));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    let events = driver.events(id).await;
    let rich = events.iter().find(|event| event.event_type == "AssessmentResultV1").expect("a result is published");
    let rich: Value = serde_json::from_slice(&rich.payload).expect("the event is JSON");
    assert_eq!(rich["data"]["grade_scale"], "eng5_np_national_9_step");
    let rows = rich["data"]["essay_results"].as_array().expect("every essay has a result");
    let mut names: Vec<_> = rows.iter().filter_map(|row| row["display_name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ANCHOR GRADE 1", "ANCHOR GRADE 5", "ANCHOR GRADE 9"]);
    let essays =
        EssayRepository::load(&mut *view(&driver.store).await, id, Texts::Omit).await.expect("they are loaded");
    let grades = essays.iter().filter_map(|essay| match &essay.kind {
        EssayKind::Anchor { grade, .. } => grade.as_deref(),
        EssayKind::Student => None,
    });
    assert_eq!(grades.collect::<Vec<_>>(), ["1", "5", "9"], "a grade is a text, in every store");
    audit(&*driver.store, id).await;
}

/// A place where texts are kept, which remembers what it was asked for.
struct Shelf {
    texts: BTreeMap<String, String>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl ContentSource for Shelf {
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(storage_ids);
        Ok(storage_ids.iter().map(|id| self.texts.get(id).cloned()).collect())
    }
}

/// A text is fetched by the id it is kept under, 32 digits, and by nothing else; its checksum, 64 digits, is computed from the
/// text and stored beside that id. Who names a text by its checksum gets none: the essay is listed as missing.
pub async fn storage_id_is_not_a_checksum(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let text = |n: u32| format!("Texten som ligger på plats {n}.");
    let storage_id = |n: u32| format!("{:032x}", u128::from(n) + (7 << 100));
    let checksum = |n: u32| EssayContent::of_text(text(n)).sha256.expect("a text has a checksum");
    let shelf = Arc::new(Shelf { texts: (0..4).map(|n| (storage_id(n), text(n))).collect(), asked: Mutex::default() });
    let service = driver.service.clone().with_content(shelf.clone());
    let mut stored = request("batch", 4, Settings::builder().max_resampling_passes(0));
    for (essay, n) in stored.essays.iter_mut().zip(0..) {
        let id = if n == 3 { checksum(n) } else { storage_id(n) };
        essay.content = EssayContent { storage_id: Some(id), ..EssayContent::default() };
    }
    let id = service.submit(stored).await.expect("the request is good");
    assert_eq!(service.advance(id).await.expect("the batch is planned").name(), "WAITING_CALLBACKS");
    let mut asked = shelf.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    asked.sort();
    let mut expected = [storage_id(0), storage_id(1), storage_id(2), checksum(3)];
    expected.sort();
    assert_eq!(asked, expected);
    let essays =
        EssayRepository::load(&mut *view(&driver.store).await, id, Texts::Include).await.expect("they are loaded");
    for (essay, n) in essays[..3].iter().zip(0..) {
        let content = EssayContent {
            text: Some(text(n)),
            storage_id: Some(storage_id(n)),
            sha256: Some(checksum(n)),
            with_judge: false,
        };
        assert_eq!((&essay.content, essay.status), (&content, EssayStatus::Ready));
    }
    let expected = EssayContent { storage_id: Some(checksum(3)), ..EssayContent::default() };
    assert_eq!((&essays[3].content, essays[3].status), (&expected, EssayStatus::Missing));
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let result = driver.record(id).await.state.result.expect("there is a result");
    assert_eq!(result.missing, [essay_id(3)]);
    assert_eq!(driver.results(id).await.len(), 3);
    audit(&*driver.store, id).await;
}

/// Long names become ids of 36 characters that differ in the hash at their end alone: no store cuts them shorter or takes
/// one for another, from the request to the result.
pub async fn essay_id_is_truncated_with_hash(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let ids = ["039C5E7A", "7A515636", "7A515637", "FFFFFFFF"]
        .map(|hash| EssayId::new(format!("A_STUDENT_WITH_QUITE_A_LONG_{hash}")).expect("36 characters are allowed"));
    let mut named = request("batch", 4, Settings::builder().max_resampling_passes(0));
    for (essay, id) in named.essays.iter_mut().zip(&ids) {
        essay.essay_id = id.clone();
    }
    let id = driver.service.submit(named).await.expect("the request is good");
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.comparisons(id).await.len(), 6, "each meets each");
    let mut results = driver.results(id).await;
    results.sort_by_key(|row| row.rank);
    // The judge prefers the later id.
    let ranked: Vec<&EssayId> = results.iter().map(|row| &row.essay_id).collect();
    assert_eq!(ranked, ids.iter().rev().collect::<Vec<_>>());
    audit(&*driver.store, id).await;
}
