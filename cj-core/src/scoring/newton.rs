use super::ScoringError;
use super::linalg::{Factor, Singular, centre, dot};
use super::problem::{Hold, Point, Problem, Slope};

/// The maximum of a problem, with the accuracy that was reached.
#[derive(Debug, Clone)]
pub(crate) struct Optimum {
    pub(crate) point: Point,
    /// Where residuals and information are taken, if not at the estimate.
    pub(crate) before: Option<Point>,
    pub(crate) factor: Factor,
    pub(crate) iterations: usize,
    /// Largest component of the gradient.
    pub(crate) max_gradient: f64,
    /// Largest change that a further Newton step would make: the accuracy of the parameters.
    pub(crate) accuracy: f64,
}

/// Newton's method with step halving on a concave problem that has a maximum.
pub(crate) fn maximise(problem: &Problem, start: Point) -> Result<Optimum, ScoringError> {
    let mut point = start;
    for (score, hold) in point.scores.iter_mut().zip(&problem.holds) {
        if let Hold::Fixed(value) = hold {
            *score = *value;
        }
    }
    if problem.floats() {
        centre(&mut point.scores);
    }
    let mut iterations = 0;
    let mut last_step = f64::INFINITY;
    loop {
        let slope = problem.slope(&point);
        let factor = slope
            .information
            .factor()
            .map_err(|singular| why_singular(singular, no_maximum(problem, &point, iterations, last_step)))?;
        let (scores, extras) = factor.solve(&free(problem, &slope.scores), &slope.extras);
        let step = scores.iter().chain(&extras).fold(0.0, |most: f64, value| most.max(value.abs()));
        if !step.is_finite() {
            return Err(no_maximum(problem, &point, iterations, step));
        }
        let scale = point.scores.iter().chain(&point.extras).fold(1.0, |most: f64, value| most.max(value.abs()));
        // Newton squares the error: after a step below this the next one is lost in rounding.
        if last_step <= SETTLED * scale && step <= ACCURACY * scale {
            let max_gradient = free(problem, &slope.scores)
                .iter()
                .chain(&slope.extras)
                .fold(0.0, |most: f64, value| most.max(value.abs()));
            return Ok(Optimum { point, before: None, factor, iterations, max_gradient, accuracy: step });
        }
        if iterations == MOST_ITERATIONS {
            return Err(no_maximum(problem, &point, iterations, step));
        }
        let rise = dot(&scores, &slope.scores) + dot(&extras, &slope.extras);
        point = climb(problem, &point, &slope, (&scores, &extras), rise)
            .ok_or_else(|| no_maximum(problem, &point, iterations, step))?;
        if problem.floats() {
            centre(&mut point.scores);
        }
        iterations += 1;
        last_step = step;
    }
}

/// Halves the step until the value rises enough; a step that is lost in the rounding of the value is taken whole.
pub(crate) fn climb(
    problem: &Problem,
    from: &Point,
    slope: &Slope,
    (scores, extras): (&[f64], &[f64]),
    rise: f64,
) -> Option<Point> {
    let rounding = 1e-12 * (1.0 + slope.value.abs());
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let to = Point {
            scores: from.scores.iter().zip(scores).map(|(value, step)| value + length * step).collect(),
            extras: from.extras.iter().zip(extras).map(|(value, step)| value + length * step).collect(),
        };
        if problem.admits(&to) {
            let gain = problem.log_likelihood(&to) + problem.log_prior(&to) - slope.value;
            if gain >= 1e-4 * length * rise - rounding {
                return Some(to);
            }
        }
        length *= 0.5;
    }
    None
}

/// The gradient without the components of fixed items.
pub(crate) fn free(problem: &Problem, gradient: &[f64]) -> Vec<f64> {
    let holds = problem.holds.iter();
    holds.zip(gradient).map(|(hold, value)| if matches!(hold, Hold::Fixed(_)) { 0.0 } else { *value }).collect()
}

/// Says why no maximum was found: a parameter that runs away, or a solver that stopped short.
pub(crate) fn no_maximum(problem: &Problem, at: &Point, iterations: usize, step: f64) -> ScoringError {
    let far = |value: &f64| value.abs() > FAR;
    let order = problem.has_order && at.extras.first().is_some_and(far);
    let tie = problem.law.has_ties() && at.extras.last().is_some_and(far);
    if order {
        let reason = "the judgements can be explained ever better by a stronger preference for one position";
        ScoringError::NoFiniteParameter { parameter: "order effect", reason }
    } else if tie {
        let reason = "wins and ties are separated by the scores; more comparisons between close items would tell";
        ScoringError::NoFiniteParameter { parameter: "tie parameter", reason }
    } else {
        ScoringError::NotConverged { iterations, step }
    }
}

/// A parameter that has not run away, and yet has no information of its own, cannot be told from the scores.
pub(crate) fn why_singular(singular: Singular, otherwise: ScoringError) -> ScoringError {
    match (singular, &otherwise) {
        (Singular::Extras, ScoringError::NotConverged { .. }) => ScoringError::NoFiniteParameter {
            parameter: "order effect or tie parameter",
            reason: "the scores alone explain the same; compare pairs in both orders, or leave it out of the model",
        },
        _ => otherwise,
    }
}

const SETTLED: f64 = 1e-5;
const ACCURACY: f64 = 1e-9;
const FAR: f64 = 15.0;
const MOST_ITERATIONS: usize = 200;
const MOST_HALVINGS: usize = 60;
