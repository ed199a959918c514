use super::ScoringError;
use super::law::Counts;
use super::linalg::{Factor, centre, dot};
use super::newton::{Optimum, climb, free, no_maximum, why_singular};
use super::problem::{Hold, Point, Problem};

/// The maximum of ℓ + ½ log det I.
///
/// Its score equations are those of a likelihood in which every pair got h more comparisons, half of them won, where h is
/// the pair's leverage, Σ h = number of parameters (Firth 1993). Newton steps of that likelihood, with h taken anew after
/// each, settle where Fisher scoring oscillates (a saturated pair): they count the added comparisons in the information.
pub(crate) fn maximise(problem: &Problem, start: Point) -> Result<Optimum, ScoringError> {
    let mut point = start;
    for (score, hold) in point.scores.iter_mut().zip(&problem.holds) {
        if let Hold::Fixed(value) = hold {
            *score = *value;
        }
    }
    let mut augmented = problem.clone();
    let mut iterations = 0;
    loop {
        let singular = |singular| why_singular(singular, no_maximum(problem, &point, iterations, f64::NAN));
        let factor = problem.slope(&point).information.factor().map_err(singular)?;
        add_leverage(problem, &mut augmented, &factor, &point);
        let slope = augmented.slope(&point);
        let solver = slope.information.factor().map_err(singular)?;
        let gradient = free(problem, &slope.scores);
        let (scores, extras) = solver.solve(&gradient, &slope.extras);
        let largest = |values: &[f64]| values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        let step = largest(&scores).max(largest(&extras));
        let scale = largest(&point.scores).max(largest(&point.extras)).max(1.0);
        if step <= ACCURACY * scale {
            let max_gradient = largest(&gradient).max(largest(&slope.extras));
            return Ok(Optimum { point, before: None, factor, iterations, max_gradient, accuracy: step });
        }
        if iterations == MOST_ITERATIONS || !step.is_finite() {
            return Err(no_maximum(problem, &point, iterations, step));
        }
        let rise = dot(&scores, &gradient) + dot(&extras, &slope.extras);
        point = climb(&augmented, &point, &slope, (&scores, &extras), rise)
            .ok_or_else(|| no_maximum(problem, &point, iterations, step))?;
        if problem.floats() {
            centre(&mut point.scores);
        }
        iterations += 1;
    }
}

/// Gives every pair its leverage as further comparisons, half of them won.
fn add_leverage(problem: &Problem, augmented: &mut Problem, factor: &Factor, at: &Point) {
    let covariance = factor.covariance();
    let crosses = factor.cross_covariance();
    for (index, cell) in problem.cells().iter().enumerate() {
        let (left, right) = (cell.left as usize, cell.right as usize);
        let (x, u) = problem.predictors(left, right, at);
        let mut variance = covariance.of_difference(left, right);
        if let Some(cross) = crosses.first() {
            variance += factor.extra_covariance()[0][0] + 2.0 * (cross[left] - cross[right]);
        }
        let half = 0.5 * problem.law.term(cell.counts, x, u).xx * variance;
        let counts = Counts { left: cell.counts.left + half, right: cell.counts.right + half, ..cell.counts };
        augmented.set_counts(index, counts);
    }
}

const ACCURACY: f64 = 1e-11;
const MOST_ITERATIONS: usize = 1_000;
