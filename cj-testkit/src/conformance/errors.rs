//! What kinds of errors a store gives.

use std::sync::Arc;

use cj_core::change::{MatrixCell, MessageKind};
use cj_core::store::{
    BatchRepository, BehindParked, Claim, ComparisonRepository, DeadLetters, DecisionRepository, ErasureRepository,
    ErasureScope, ErrorKind, EssayRepository, Inbox, LetterOwner, Outbox, OutboxRegister, ResultRepository, Settlement,
    SettlementOutcome, Store, StoreError, WaveRepository,
};

use super::support::{begin, put_comparisons, seeded, view};
use crate::fixture::{self, at};

/// A view refuses every write, and what it refused is not there.
pub async fn a_view_refuses_to_write(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await;
    let id = batch.id();
    let row = fixture::comparison(id, 1, 0, 1);
    put_comparisons(&store, std::slice::from_ref(&row)).await;
    let new = fixture::batch("new");
    let claim = Claim {
        kind: MessageKind::Event,
        limit: 1,
        owner: fixture::worker("relay"),
        now: at(0),
        lease: chrono::TimeDelta::seconds(1),
        behind_parked: BehindParked::Wait,
    };
    let settlement = Settlement { id: id.event_id(1, 0), outcome: SettlementOutcome::Sent { at: at(0) } };
    let owner = LetterOwner { batch_id: id, consumer: "service".to_owned(), event_id: fixture::event_id("letter") };
    let cell = MatrixCell { wins_a: 1, ..MatrixCell::default() };
    macro_rules! refuses {
        ($($trait:ident::$method:ident($($argument:expr),*);)*) => {
            $({
                let mut view = view(&store).await;
                let error = $trait::$method(&mut *view, $($argument),*).await.expect_err(concat!(
                    stringify!($trait), "::", stringify!($method), " must fail on a view"
                ));
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                assert!(!error.is_retryable());
            })*
        };
    }
    refuses! {
        BatchRepository::insert(&[&new]);
        BatchRepository::lock(&[id]);
        BatchRepository::update(&[&fixture::next(&batch)]);
        EssayRepository::insert(&[&fixture::essay(id, 50)]);
        EssayRepository::update(&[&fixture::essay(id, 0)]);
        WaveRepository::put(&[&fixture::wave(id, 1)]);
        ComparisonRepository::insert(&[&fixture::comparison(id, 1, 1, 1)]);
        ComparisonRepository::update(&[&row]);
        ComparisonRepository::cancel_open(&[id]);
        DecisionRepository::record(&[fixture::decision(&row, 0)]);
        DecisionRepository::tally(&[(&fixture::cell(&row), &cell)]);
        ResultRepository::put(&[fixture::essay_result(id, 0)]);
        Inbox::admit("service", &[fixture::event_id("message")], at(0));
        Outbox::append(&[fixture::event(id, 1, 0)]);
        Outbox::withdraw(&[row.id], &[id]);
        Outbox::claim(&claim);
        Outbox::settle(&[settlement]);
        ErasureRepository::attribute_letters(&[owner]);
        ErasureRepository::erase(&[id], ErasureScope::Texts, at(0));
        DeadLetters::keep(&[fixture::dead_letter("service", "letter")]);
        DeadLetters::discard(&[fixture::dead_letter("service", "letter").key()]);
        DeadLetters::discard_old(at(9), 1);
        Inbox::readmit("service", &[fixture::event_id("message")]);
        Inbox::forget(at(9), 1);
        OutboxRegister::replay(&[fixture::event_id("message")], at(9));
        OutboxRegister::discard_sent(at(9), 1);
    }
    let mut view = view(&store).await;
    assert_eq!(view.newest(10).await.expect("letters are loaded"), []);
    assert_eq!(view.depth(MessageKind::Event).await.expect("the depth is read").pending, 0);
    let query = cj_core::store::ComparisonQuery::All(id);
    assert_eq!(ComparisonRepository::load(&mut *view, &query).await.expect("comparisons are loaded"), [row]);
}

/// A conflict says in which operation it was, and that doing the work again may help.
pub async fn a_conflict_names_its_operation(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await;
    let conflict = |error: StoreError, operation: &str| {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Conflict, operation));
        assert!(error.is_retryable());
        assert!(error.to_string().starts_with(operation), "{error}");
    };
    let error = BatchRepository::insert(&mut *begin(&store).await, &[&batch]).await;
    conflict(error.expect_err("the batch is there already"), "batch.insert");
    let mut stale = fixture::next(&batch);
    stale.expected_version = 77;
    let error = BatchRepository::update(&mut *begin(&store).await, &[&stale]).await;
    conflict(error.expect_err("the version is stale"), "batch.update");
    let error = EssayRepository::insert(&mut *begin(&store).await, &[&fixture::essay(batch.id(), 0)]).await;
    conflict(error.expect_err("the essay is there already"), "essay.insert");
    let error = EssayRepository::update(&mut *begin(&store).await, &[&fixture::essay(batch.id(), 99)]).await;
    conflict(error.expect_err("the essay is not there"), "essay.update");
    let missing = fixture::comparison(batch.id(), 1, 0, 1);
    let error = ComparisonRepository::update(&mut *begin(&store).await, &[&missing]).await;
    conflict(error.expect_err("the comparison is not there"), "comparison.update");
}
