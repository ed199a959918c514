//! The caller's own comparisons.

use std::sync::Arc;

use cj_core::batch::{BatchRequest, Rejection};
use cj_core::change::{CompletionReason, GivenPair, Phase};
use cj_core::config::{Settings, Strategy};
use cj_core::service::ServiceError;
use cj_core::store::Store;

use super::driver::{Driver, request};
use crate::fixture::essay_id;

fn given(pairs: &[(u32, u32)]) -> BatchRequest {
    let mut request = request("given", 5, Settings::builder());
    let pair = |(a, b): &(u32, u32)| GivenPair { essay_a: essay_id(*a), essay_b: essay_id(*b) };
    request.request.given = pairs.iter().map(pair).collect();
    request
}

/// Pairs that the caller hands in are asked in that order, with those sides and as often as they are listed; nothing else.
pub async fn given_pairs_keep_order_and_repeats(store: Arc<dyn Store>) {
    let pairs = [(3, 1), (0, 2), (3, 1), (1, 3), (4, 0), (3, 1), (2, 4)];
    let driver = Driver::new(store);
    let id = driver.service.submit(given(&pairs)).await.expect("the list can be asked");
    driver.service.advance(id).await.expect("the batch is planned");
    let rows = driver.comparisons(id).await;
    let asked: Vec<_> = rows.iter().map(|row| (row.essay_a.clone(), row.essay_b.clone())).collect();
    let wanted: Vec<_> = pairs.iter().map(|(a, b)| (essay_id(*a), essay_id(*b))).collect();
    assert_eq!(asked, wanted);
    assert!(rows.iter().all(|row| row.mode == Strategy::Given && row.wave == 1));
    assert_eq!(driver.finish(id).await, Phase::Completed(CompletionReason::PairsExhausted));
    assert_eq!(driver.comparisons(id).await.len(), pairs.len());
}

/// A list that cannot be asked is refused with what is wrong in it, and leaves nothing.
pub async fn a_given_list_that_cannot_be_asked_is_refused(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut unlisted = given(&[]);
    unlisted.settings = Settings::builder().strategy(Strategy::Given).build().expect("the settings are in range");
    let mut short = given(&[(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]);
    short.settings = Settings::builder().budget(Some(4)).build().expect("the settings are in range");
    let bad = [
        (given(&[(0, 1), (2, 2)]), "number 2 sets essay"),
        (given(&[(0, 9)]), "which is not in the request"),
        (unlisted, "the list is empty"),
        (short, "the budget is 4"),
    ];
    for (request, expected) in bad {
        let error = driver.service.submit(request).await.expect_err("the list cannot be asked");
        let ServiceError::Rejected(Rejection::GivenList(detail)) = error else { panic!("{error}") };
        assert!(detail.contains(expected), "{detail}");
    }
    driver.service.submit(given(&[(0, 1)])).await.expect("nothing of the refused ones is there");
}
