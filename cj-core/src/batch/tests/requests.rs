//! Requests: lists of comparisons that callers give, anchors, texts that are missing, and the kind of wave that comes next.

use super::*;
use crate::change::{Counters, GivenPair, WaveProgress};

fn given(request: &mut BatchRequest, pairs: &[(usize, usize)]) {
    let pair = |(a, b): &(usize, usize)| GivenPair { essay_a: essay(*a), essay_b: essay(*b) };
    request.request.given = pairs.iter().map(pair).collect();
}

fn asked_for(request: BatchRequest) -> Result<Batch, Rejection> {
    let (now, worker) = (DateTime::from_timestamp(1_770_000_000, 0).unwrap(), WorkerId::new("w1").unwrap());
    let texts = BTreeMap::new();
    Batch::request(request, &Context { now, worker: &worker, texts: &texts }).map(|(batch, _)| batch)
}

#[test]
fn a_given_list_is_checked_to_its_last_pair() {
    let refused = |pairs: &[(usize, usize)], settings: Settings| {
        let mut request = request(settings, 4);
        given(&mut request, pairs);
        asked_for(request).unwrap_err()
    };
    let detail = |text: &str| Rejection::GivenList(text.to_owned());
    assert_eq!(refused(&[(0, 1), (2, 2)], Settings::default()), detail("number 2 sets essay E02 against itself"));
    assert_eq!(
        refused(&[(0, 9)], Settings::default()),
        detail("number 1 names essay E09, which is not in the request")
    );
    let three = settings().budget(Some(3)).build().unwrap();
    assert_eq!(refused(&[(0, 1), (1, 2), (2, 3), (3, 0)], three.clone()), detail("they are 4, and the budget is 3"));
    let strategy = settings().strategy(Strategy::Given).build().unwrap();
    assert_eq!(refused(&[], strategy), detail("the strategy is `given`, and the list is empty"));
    let mut fits = request(three, 4);
    given(&mut fits, &[(0, 1), (1, 2), (2, 3)]);
    assert_eq!(asked_for(fits).unwrap().state().counters.budget, 3);
    let mut long = request(Settings::default(), 4);
    given(&mut long, &[(0, 1); 200]);
    assert_eq!(asked_for(long).unwrap().state().counters.budget, 200, "a list is its own budget where none is set");
}

#[test]
fn anchors_alone_are_not_assessed() {
    let mut mixed = request(Settings::default(), 3);
    for essay in &mut mixed.essays[1..] {
        essay.kind = EssayKind::Anchor { label: "A1".to_owned(), grade: None };
    }
    for (missing, expected) in [(0, Phase::Failed(FailureReason::NoStudents)), (1, Phase::Pairing)] {
        let mut world = World::requested(mixed.clone());
        let rows = world.written[0].inserted_essays().cloned().enumerate();
        let status = |index| if index == missing { EssayStatus::Missing } else { EssayStatus::Ready };
        let essays = rows.map(|(at, row)| crate::change::EssayRecord { status: status(at), ..row }).collect();
        world.does(Input::ContentReady { essays });
        assert_eq!(world.phase(), expected, "essay {missing} is missing");
    }
}

#[test]
fn the_missing_are_listed_where_one_is_left() {
    let mut world = World::requested(request(Settings::default(), 3));
    let rows = world.written[0].inserted_essays().cloned().enumerate();
    let status = |index| if index == 1 { EssayStatus::Ready } else { EssayStatus::Missing };
    let essays = rows.map(|(at, row)| crate::change::EssayRecord { status: status(at), ..row }).collect();
    world.does(Input::ContentReady { essays });
    let result = world.batch.state().result.clone().unwrap();
    assert_eq!((result.missing.clone(), result.sheet.is_none()), (vec![essay(0), essay(2)], true));
}

#[test]
fn the_next_wave_is_the_callers_list_a_design_or_nothing() {
    let next = |request: BatchRequest, essays, budget, planned, number| {
        let batch = asked_for(request).unwrap();
        let counters = Counters { budget, planned, ..Counters::default() };
        next_wave(batch.header(), essays, &counters, &WaveProgress { number, ..WaveProgress::default() })
    };
    let plain = |essays| request(Settings::default(), essays);
    assert_eq!(next(plain(5), 5, 120, 120, 1), NextWave::Nothing, "no budget is left");
    assert_eq!(next(plain(5), 1, 120, 0, 0), NextWave::Nothing, "one essay has no pair");
    assert_eq!(next(plain(5), 2, 120, 0, 0), NextWave::Complete { pass: 0, limit: 120 });
    let mut listed = plain(5);
    given(&mut listed, &[(0, 1), (2, 3)]);
    assert_eq!(next(listed, 5, 120, 1, 1), NextWave::Given { limit: 119 });
    assert_eq!(
        next(plain(16), 16, 240, 0, 0),
        NextWave::Complete { pass: 0, limit: 240 },
        "120 pairs are not too many"
    );
    assert_eq!(next(plain(17), 17, 255, 0, 0), NextWave::Rounds { rounds: 3, limit: 24 }, "136 pairs are");
    assert_eq!(next(plain(10), 10, 45, 0, 0), NextWave::Complete { pass: 0, limit: 45 }, "the budget is just enough");
    assert_eq!(next(plain(10), 10, 44, 0, 0), NextWave::Rounds { rounds: 3, limit: 15 }, "the budget is too small");
}
