//! What each pairing strategy chooses in cases that can be worked out by hand.

use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, Repeats, Request, complete_design, plan};

#[test]
fn adaptive_asks_the_uncertain_and_the_close() {
    // Six items, all met; 0 and 1 are close and poorly known, the rest are far apart and well known.
    let asked = complete_design(6, 0, 1);
    let mean = [0.0, 0.1, 2.0, -2.0, 4.0, -4.0];
    let mut covariance = vec![0.0; 36];
    for (i, variance) in [2.0, 2.0, 0.1, 0.1, 0.1, 0.1].into_iter().enumerate() {
        covariance[i * 7] = variance;
    }
    let mut request = Request::new(6).with_estimate(Estimate::new(&mean, &covariance).unwrap());
    (request.asked, request.limit, request.repeats) = (&asked, 1, Repeats::Panel);
    // Who may meet depends on sides: find the best by hand among what they allow.
    let lean =
        |item: u32| asked.iter().map(|pair| i32::from(pair.left == item) - i32::from(pair.right == item)).sum::<i32>();
    let last = |a: u32, b: u32| *asked.iter().find(|pair| pair.unordered() == (a, b)).unwrap();
    let gain = |pair: Pair| {
        let (i, j) = (pair.left as usize, pair.right as usize);
        let p = 1.0 / (1.0 + (mean[j] - mean[i]).exp());
        let (w, v, u) = (p * (1.0 - p), covariance[i * 7], covariance[j * 7]);
        w * (v * v + u * u) / (1.0 + w * (v + u))
    };
    let best = (0..6)
        .flat_map(|a| (a + 1..6).map(move |b| (a, b)))
        .map(|(a, b)| last(a, b).swapped())
        .filter(|pair| lean(pair.left) <= 0 && lean(pair.right) >= 0)
        .map(gain)
        .fold(0.0, f64::max);
    let planned = plan(Strategy::Adaptive, &request).unwrap();
    assert_eq!(planned.len(), 1);
    assert!((gain(planned[0]) - best).abs() < 1e-12, "{planned:?} is worth {}, not {best}", gain(planned[0]));
}

#[test]
fn swiss_lets_neighbours_meet_and_nobody_twice() {
    // Standing 0 > 1 > … > 7; 0 has met 1, so it meets 2, and 1 meets 3.
    let asked = [Pair::new(0, 1)];
    let mean: Vec<f64> = (0..8).map(|i| -f64::from(i)).collect();
    let variance = [1.0; 8];
    let mut request = Request::new(8).with_estimate(Estimate::with_variances(&mean, &variance).unwrap());
    request.asked = &asked;
    let mut pairs: Vec<_> = plan(Strategy::Swiss, &request).unwrap().iter().map(|pair| pair.unordered()).collect();
    pairs.sort_unstable();
    assert_eq!(pairs, [(0, 2), (1, 3), (4, 5), (6, 7)]);
}

/// The standing is that of the tournament: what somebody's opponents were worth, which a fit knows, does not count.
#[test]
fn swiss_ranks_by_points_where_they_are_known() {
    let mean = [3.0, 2.0, 1.0, 0.0];
    let variance = [1.0; 4];
    let points = [2.0, 0.0, 2.0, 0.5];
    for strategy in [Strategy::Swiss, Strategy::Acj] {
        let mut request = Request::new(4).with_estimate(Estimate::with_variances(&mean, &variance).unwrap());
        request.points = &points;
        let mut pairs: Vec<_> = plan(strategy, &request).unwrap().iter().map(|pair| pair.unordered()).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 2), (1, 3)], "{strategy}");
        request.points = &points[1..];
        let refused = plan(strategy, &request).unwrap_err().to_string();
        assert_eq!(refused, "points has the wrong length: expected 4, found 3");
    }
}

#[test]
fn acj_takes_the_nearest_after_its_swiss_rounds() {
    let asked: Vec<Pair> = complete_design(8, 0, 1).into_iter().take(16).collect();
    let mean = [0.0, 0.01, 1.0, 1.2, 3.0, 3.05, 9.0, 20.0];
    let variance = [1.0; 8];
    let mut request = Request::new(8).with_estimate(Estimate::with_variances(&mean, &variance).unwrap());
    (request.asked, request.limit) = (&asked, 1);
    let apart = |(a, b): (u32, u32)| (mean[a as usize] - mean[b as usize]).abs();
    let met = |pair| asked.iter().any(|asked| asked.unordered() == pair);
    let all = (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b)));
    let nearest = all.filter(|&pair| !met(pair)).min_by(|&x, &y| apart(x).total_cmp(&apart(y))).unwrap();
    let planned = plan(Strategy::Acj, &request).unwrap();
    assert_eq!(planned[0].unordered(), nearest);
}

#[test]
fn the_predecessors_rule_serves_the_rarely_compared_and_the_close() {
    let asked = [Pair::new(0, 1), Pair::new(0, 2), Pair::new(3, 0)];
    let mean = [0.0, 5.0, 5.1, 9.0, 9.1];
    let mut request = Request::new(5).with_estimate(Estimate::with_variances(&mean, &[1.0; 5]).unwrap());
    request.asked = &asked;
    // Item 0 has the most comparisons and sits out; of the rest, neighbours meet, those with the fewest comparisons first.
    let met: Vec<_> = plan(Strategy::OptimalGraph, &request).unwrap().iter().map(|pair| pair.unordered()).collect();
    assert_eq!(met, [(3, 4), (1, 2)]);
}

#[test]
fn eig_prefers_what_it_cannot_foresee() {
    let asked = complete_design(4, 0, 1);
    let variance = [1.0; 4];
    let mean = [0.0, 0.1, 5.0, -5.0];
    let estimate = Estimate::with_variances(&mean, &variance).unwrap();
    let mut request = Request::new(4).with_estimate(estimate);
    (request.asked, request.limit, request.repeats) = (&asked, 1, Repeats::Panel);
    let chosen = plan(Strategy::Eig, &request).unwrap()[0];
    let lean =
        |item: u32| asked.iter().map(|pair| i32::from(pair.left == item) - i32::from(pair.right == item)).sum::<i32>();
    let apart = |pair: Pair| (mean[pair.left as usize] - mean[pair.right as usize]).abs();
    let askable = asked.iter().map(|pair| pair.swapped()).filter(|p| lean(p.left) <= 0 && lean(p.right) >= 0);
    let closest = askable.min_by(|x, y| apart(*x).total_cmp(&apart(*y))).unwrap();
    assert!((apart(chosen) - apart(closest)).abs() < 1e-12);
}

#[test]
fn a_given_list_is_asked_as_it_stands() {
    let list = [Pair::new(0, 1), Pair::new(0, 1), Pair::new(2, 1), Pair::new(1, 0)];
    let mut request = Request::new(3);
    (request.given, request.limit) = (&list, 2);
    assert_eq!(plan(Strategy::Given, &request).unwrap(), list[..2]);
    request.asked = &list[..2];
    assert_eq!(plan(Strategy::Given, &request).unwrap(), list[2..]);
    let refused = [Pair::new(1, 2)];
    request.refused = &refused;
    assert_eq!(plan(Strategy::Given, &request).unwrap(), list[3..]);
}

#[test]
fn where_nothing_is_left_to_learn_adaptive_still_asks() {
    let asked = complete_design(6, 0, 1);
    let mut request = Request::new(6).with_estimate(Estimate::new(&[0.0; 6], &[0.0; 36]).unwrap());
    (request.asked, request.repeats) = (&asked, Repeats::Panel);
    assert!(!plan(Strategy::Adaptive, &request).unwrap().is_empty());
}
