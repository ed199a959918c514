use super::ScoringError;
use super::information::{Information, Singular};
use super::linalg::covariance;
use super::newton::{Optimum, climb, largest, no_maximum, why_singular};
use super::problem::{Point, Problem};
use super::solver::Plan;

/// The maximum of ℓ + ½ log det I.
///
/// Its score equations are those of a likelihood in which every pair got h more comparisons, half of them won, where h is
/// the pair's leverage, Σ h = number of parameters (Firth 1993). Newton steps of that likelihood, with h taken anew after
/// each, settle where Fisher scoring oscillates (a saturated pair): they count the added comparisons in the information.
pub(crate) fn maximise(problem: &Problem, start: Point) -> Result<Optimum, ScoringError> {
    let plan = problem.plan();
    let mut point = problem.on_constraints(start);
    let mut augmented = problem.clone();
    let mut iterations = 0;
    let most = (PATIENCE / problem.items().max(1)).clamp(FEWEST_ITERATIONS, MOST_ITERATIONS);
    loop {
        let singular = |singular| why_singular(singular, no_maximum(problem, &point, iterations, f64::NAN));
        let information = problem.slope(&point).information;
        add_leverage(problem, &mut augmented, (&information, &plan), &point).map_err(singular)?;
        let mut slope = augmented.slope(&point);
        let gradient = problem.free(&slope.scores);
        let step = slope.information.solve(&plan, &gradient, &slope.extras, TOLERANCE).map_err(singular)?;
        let size = largest(&step.scores).max(largest(&step.extras));
        let scale = largest(&point.scores).max(largest(&point.extras)).max(1.0);
        if size <= ACCURACY * scale {
            let max_gradient = Some(largest(&gradient).max(largest(&slope.extras)));
            let information = Some(information);
            return Ok(Optimum { point, before: None, information, plan, iterations, max_gradient, accuracy: size });
        }
        if iterations == most || !size.is_finite() {
            return Err(no_maximum(problem, &point, iterations, size));
        }
        let climbed = climb(&augmented, &point, &mut slope, &step);
        (point, _) = climbed.ok_or_else(|| no_maximum(problem, &point, iterations, size))?;
        iterations += 1;
    }
}

/// Gives every pair its leverage as further comparisons, half of them won.
fn add_leverage(
    problem: &Problem,
    augmented: &mut Problem,
    (information, plan): (&Information, &Plan),
    at: &Point,
) -> Result<(), Singular> {
    let covariance = covariance(information, plan)?;
    let bordered = information.bordered(&information.solver(plan)?, TOLERANCE)?;
    let crosses = bordered.cross_covariance();
    let wins = problem.cells().map(|cell| {
        let (left, right) = (cell.left as usize, cell.right as usize);
        let (x, u) = problem.predictors(left, right, at);
        let mut variance = covariance.of_difference(left, right);
        if let Some(cross) = crosses.first() {
            variance += bordered.extras[0][0] + 2.0 * (cross[left] - cross[right]);
        }
        let half = 0.5 * problem.law.term(cell.counts, x, u).xx * variance;
        [cell.counts.left + half, cell.counts.right + half]
    });
    augmented.set_wins(wins.collect());
    Ok(())
}

const ACCURACY: f64 = 1e-11;
/// Steps by how many items there are: where one is cheap and the order effect hangs on little, thousands may be needed.
const PATIENCE: usize = 500_000;
const FEWEST_ITERATIONS: usize = 1_000;
const MOST_ITERATIONS: usize = 10_000;
const TOLERANCE: f64 = 1e-12;
