use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::super::errors::{relative_error, standard_errors, variance_of_item};
use super::super::linalg::covariance;
use super::super::normal::{draw, uniform};
use super::super::weights::Weights;
use super::*;

/// A connected graph in which item i meets items i + 1 … i + `ahead`, and `far` random others.
fn graph(n: u32, ahead: u32, far: usize, rng: &mut ChaCha8Rng) -> Vec<(u32, u32)> {
    let mut edges: Vec<(u32, u32)> = (0..n).flat_map(|i| (1..=ahead).map(move |step| (i, i + step))).collect();
    edges.retain(|(_, b)| *b < n);
    for _ in 0..far * n as usize {
        let pick = |rng: &mut ChaCha8Rng| (uniform(rng) * f64::from(n)) as u32;
        let (a, b) = (pick(rng), pick(rng));
        if a != b {
            edges.push((a.min(b), a.max(b)));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn edges_of(n: u32, edges: &[(u32, u32)]) -> Arc<Edges> {
    Arc::new(Edges::new(n as usize, edges))
}

fn information(n: u32, edges: &[(u32, u32)], excess: f64, rng: &mut ChaCha8Rng) -> Information {
    let weights = edges.iter().map(|_| 0.02 + uniform(rng)).collect();
    let mut information = Information::new(n as usize, 0, edges_of(n, edges), Weights::Double(weights));
    information.excess.fill(excess);
    information
}

fn kind(plan: &Plan) -> &'static str {
    match plan.kind {
        Kind::Dense => "dense",
        Kind::Skyline(_) => "skyline",
        Kind::Iterative => "iterative",
    }
}

#[test]
fn every_way_of_solving_gives_the_dense_answer() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (n, ahead, far, expected) in
        [(40, 2, 1, "dense"), (400, 3, 0, "skyline"), (400, 1, 0, "skyline"), (200, 1, 8, "iterative")]
    {
        // Without a prior, with one, and with fixed items.
        for (excess, fixed_items) in [(0.0, 0), (0.3, 0), (0.0, 3)] {
            let edges = graph(n, ahead, far, &mut rng);
            let information = information(n, &edges, excess, &mut rng);
            let fixed: Vec<bool> = (0..n).map(|item| item % 50 < 1 && (item / 50) < fixed_items).collect();
            let plan = Plan::new(edges_of(n, &edges), fixed, excess <= 0.0 && fixed_items == 0);
            assert_eq!(kind(&plan), expected);
            let dense = plan.dense();
            let mut right: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
            if plan.floats {
                centre(&mut right);
            }
            let solve = |plan: &Plan| Solver::new(&information, plan).unwrap().solve(&right, 1e-12).unwrap();
            for (a, b) in solve(&plan).iter().zip(&solve(&dense)) {
                assert!((a - b).abs() < 1e-8 * (1.0 + b.abs()), "{expected}: {a} {b}");
            }
            let exact = covariance(&information, &plan).unwrap().standard_errors();
            for (item, (a, b)) in standard_errors(&information, &plan).unwrap().values.iter().zip(&exact).enumerate() {
                assert!((a - b).abs() < 1e-8 * b.max(1e-3), "{expected}, item {item}: {a} {b}");
                if item % 37 == 0 {
                    let one = variance_of_item(&information, &plan, item).unwrap().sqrt();
                    assert!((one - b).abs() < 1e-7 * b.max(1e-3), "{expected}, item {item} alone: {one} {b}");
                }
            }
        }
    }
}

#[test]
fn errors_of_many_items_are_close_and_say_how_close() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (excess, fixed_item) in [(0.0, false), (0.05, false), (0.0, true)] {
        let edges = graph(3_200, 1, 12, &mut rng);
        let information = information(3_200, &edges, excess, &mut rng);
        let fixed: Vec<bool> = (0..3_200).map(|item| fixed_item && item == 5).collect();
        let plan = Plan::new(edges_of(3_200, &edges), fixed, excess <= 0.0 && !fixed_item);
        let errors = standard_errors(&information, &plan).unwrap();
        let off = relative_error(&errors.values, &information, &plan).unwrap();
        assert!(!errors.is_exact && off > 0.0 && off < 0.08, "{off}");
        for item in [1, 100, 999, 3_150] {
            let exact = variance_of_item(&information, &plan, item).unwrap().sqrt();
            assert!((errors.values[item] / exact - 1.0).abs() < 0.1, "item {item}: {} {exact}", errors.values[item]);
        }
    }
}

#[test]
fn a_graph_in_two_parts_is_singular_without_a_prior() {
    let edges = [(0, 1), (2, 3)];
    let information = Information::new(4, 0, edges_of(4, &edges), Weights::Double(vec![1.0; 2]));
    let plan = Plan::new(edges_of(4, &edges), vec![false; 4], true);
    assert!(Solver::new(&information, &plan).is_err());
}

/// A rough solution is found in single precision, a close one in double: the one must be as rough as was asked, no rougher.
#[test]
fn a_rough_solution_is_near_the_exact_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for (excess, fixed_item, size) in [(0.0, false, 1.0), (0.3, false, 1e-9), (0.0, true, 1e9)] {
        let edges = graph(400, 1, 12, &mut rng);
        let information = information(400, &edges, excess, &mut rng);
        let fixed: Vec<bool> = (0..400).map(|item| fixed_item && item == 5).collect();
        let plan = Plan::new(edges_of(400, &edges), fixed, excess <= 0.0 && !fixed_item);
        assert_eq!(kind(&plan), "iterative");
        let mut right: Vec<f64> = (0..400).map(|_| size * draw(&mut rng)).collect();
        if plan.floats {
            centre(&mut right);
        }
        let solve =
            |plan: &Plan, tolerance: f64| Solver::new(&information, plan).unwrap().solve(&right, tolerance).unwrap();
        let exact = solve(&plan.dense(), 1e-12);
        let length = exact.iter().map(|value| value * value).sum::<f64>().sqrt();
        let off = |tolerance: f64| {
            let found = solve(&plan, tolerance);
            found.iter().zip(&exact).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt() / length
        };
        let (rough, closer, close) = (off(1e-2), off(1e-4), off(1e-10));
        assert!(rough < 5e-2 && closer < 1e-3 && close < 1e-8, "{rough} {closer} {close}");
    }
}
