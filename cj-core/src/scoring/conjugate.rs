use super::information::{Information, centre};
use super::real::Real;
use super::solver::Plan;
use super::weights::Weights;

/// Solves with the diagonal as preconditioner (Hestenes & Stiefel 1952); none where it does not settle.
///
/// Fixed items stay at zero. On a floating problem the right side is taken without its mean, and the solution is one of
/// many that differ by a constant. Where no close solution is asked for, single precision finds it: half the memory to
/// read, and vectors that stay in the nearest cache. With the solution comes the number of rounds that it took.
pub(crate) fn conjugate_gradients(
    information: &Information,
    plan: &Plan,
    diagonal: &[f64],
    right: &[f64],
    tolerance: f64,
) -> Option<(Vec<f64>, usize)> {
    let mut right = right.to_vec();
    if plan.floats {
        centre(&mut right);
    }
    for (value, fixed) in right.iter_mut().zip(&plan.fixed) {
        if *fixed {
            *value = 0.0;
        }
    }
    if tolerance >= ROUGH && is_even(diagonal) {
        let size = right.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let scaled: Vec<f64> = right.iter().map(|value| value / size.max(f64::MIN_POSITIVE)).collect();
        if let Some((mut solution, rounds)) = settle::<f32>(&information.weights, plan, diagonal, &scaled, tolerance) {
            for value in &mut solution {
                *value *= size;
            }
            return Some((solution, rounds));
        }
    }
    settle::<f64>(&information.weights, plan, diagonal, &right, tolerance)
}

/// Whether single precision holds the diagonal with room to spare.
fn is_even(diagonal: &[f64]) -> bool {
    diagonal.iter().all(|own| (SMALLEST..LARGEST).contains(own))
}

fn settle<T: Real>(
    weights: &Weights,
    plan: &Plan,
    diagonal: &[f64],
    right: &[f64],
    tolerance: f64,
) -> Option<(Vec<f64>, usize)> {
    match weights {
        Weights::Single(weights) => settle_with::<T, f32>(weights, plan, diagonal, right, tolerance),
        Weights::Double(weights) => settle_with::<T, f64>(weights, plan, diagonal, right, tolerance),
    }
}

fn settle_with<T: Real, W: Real>(
    weights: &[W],
    plan: &Plan,
    diagonal: &[f64],
    right: &[f64],
    tolerance: f64,
) -> Option<(Vec<f64>, usize)> {
    let system = System::<T, W> { plan, weights, diagonal: diagonal.iter().map(|own| T::of(*own)).collect() };
    let inverse = |(own, fixed): (&f64, &bool)| if *fixed || *own <= 0.0 { 0.0 } else { 1.0 / own };
    let scale: Vec<T> = diagonal.iter().zip(&plan.fixed).map(inverse).map(T::of).collect();
    let n = right.len();
    let mut rest: Vec<T> = right.iter().map(|value| T::of(*value)).collect();
    let mut solution = vec![T::default(); n];
    let mut scaled: Vec<T> = rest.iter().zip(&scale).map(|(rest, scale)| *rest * *scale).collect();
    let mut ways: Vec<Way<T>> = scaled.iter().map(|scaled| Way { direction: *scaled, image: T::default() }).collect();
    let mut length = dot(rest.iter().zip(&scaled).map(|(rest, scaled)| (*rest, *scaled)));
    let enough = tolerance * tolerance * length;
    let most = 1_000 + 4 * n.min(10_000);
    for round in 0..most {
        if length <= enough {
            return Some((solution.into_iter().map(T::to).collect(), round));
        }
        system.product(&mut ways);
        let curvature = dot(ways.iter().map(|way| (way.direction, way.image)));
        // Also refuses NaN.
        if !(curvature > 0.0 && curvature.is_finite()) {
            return None;
        }
        let step = T::of(length / curvature);
        for ((value, rest), way) in solution.iter_mut().zip(&mut rest).zip(&ways) {
            *value += step * way.direction;
            *rest -= step * way.image;
        }
        for ((scaled, rest), scale) in scaled.iter_mut().zip(&rest).zip(&scale) {
            *scaled = *rest * *scale;
        }
        let next = dot(rest.iter().zip(&scaled).map(|(rest, scaled)| (*rest, *scaled)));
        let keep = T::of(next / length);
        for (way, scaled) in ways.iter_mut().zip(&scaled) {
            way.direction = *scaled + keep * way.direction;
        }
        length = next;
    }
    None
}

/// A direction and its image side by side: what is read and what is written for an item share a line of the cache.
#[derive(Clone, Copy)]
struct Way<T> {
    direction: T,
    image: T,
}

/// Computes in the precision of T with weights as they are kept.
struct System<'a, T: Real, W: Real> {
    plan: &'a Plan,
    weights: &'a [W],
    diagonal: Vec<T>,
}

impl<T: Real, W: Real> System<'_, T, W> {
    /// The scores' information times the direction: one pass over the pairs.
    fn product(&self, ways: &mut [Way<T>]) {
        for (way, own) in ways.iter_mut().zip(&self.diagonal) {
            way.image = *own * way.direction;
        }
        for (item, places) in self.plan.edges.rows() {
            let own = ways[item].direction;
            let (others, weights) = (&self.plan.edges.others()[places.clone()], &self.weights[places]);
            // Lanes of their own, so that no sum waits for the one before.
            let mut lanes = [T::default(); LANES];
            let mut meet = |lane: &mut T, other: u32, weight: W| {
                let weight = T::of(weight.to());
                let way = &mut ways[other as usize];
                *lane += weight * way.direction;
                way.image -= weight * own;
            };
            let (other_blocks, weight_blocks) = (others.chunks_exact(LANES), weights.chunks_exact(LANES));
            let rest = other_blocks.remainder().iter().zip(weight_blocks.remainder());
            for (others, weights) in other_blocks.zip(weight_blocks) {
                for ((lane, other), weight) in lanes.iter_mut().zip(others).zip(weights) {
                    meet(lane, *other, *weight);
                }
            }
            for (lane, (other, weight)) in lanes.iter_mut().zip(rest) {
                meet(lane, *other, *weight);
            }
            let sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
            ways[item].image -= sum;
        }
        for (way, fixed) in ways.iter_mut().zip(&self.plan.fixed) {
            if *fixed {
                way.image = T::default();
            }
        }
    }
}

/// Summed in double precision.
fn dot<T: Real>(pairs: impl ExactSizeIterator<Item = (T, T)>) -> f64 {
    let mut lanes = [0.0; LANES];
    for (at, (a, b)) in pairs.enumerate() {
        lanes[at % LANES] += a.to() * b.to();
    }
    lanes.iter().sum()
}

const LANES: usize = 4;
/// Tolerance from which on single precision is enough.
pub(crate) const ROUGH: f64 = 1e-6;
/// What single precision leaves of a right side unsolved, times the root of the condition.
pub(crate) const SINGLE: f64 = 3e-7;
/// Between these, products of two numbers neither vanish nor overflow in single precision.
const SMALLEST: f64 = 1e-12;
const LARGEST: f64 = 1e12;
