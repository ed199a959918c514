use super::ScoringError;
use super::information::{Information, Singular, dot};
use super::problem::{Point, Problem};
use super::slope::Slope;
use super::solver::{Plan, Solution};

/// The maximum of a problem, with the accuracy that was reached.
#[derive(Debug, Clone)]
pub(crate) struct Optimum {
    pub(crate) point: Point,
    /// Where residuals and information are taken, if not at the estimate.
    pub(crate) before: Option<Point>,
    /// At the point; in single precision where that was enough to find it.
    pub(crate) information: Information,
    pub(crate) plan: Plan,
    pub(crate) iterations: usize,
    /// Largest component of the gradient.
    pub(crate) max_gradient: f64,
    /// Largest change that a further step would make: the accuracy of the parameters.
    pub(crate) accuracy: f64,
}

/// Newton's method with step halving on a concave problem that has a maximum.
///
/// Where systems are solved by iteration, they are solved as closely as the size of the last step asks for, which keeps
/// the convergence faster than linear.
///
/// `verify` says whether there is a maximum. It is asked only when the steps do not shrink as they should, or when the
/// scores are far out: on most data that saves as much time as two steps take.
pub(crate) fn maximise(
    problem: &Problem,
    start: Point,
    verify: impl Fn() -> Result<(), ScoringError>,
) -> Result<Optimum, ScoringError> {
    let found = iterate(problem, start, &verify);
    if matches!(found, Err(ScoringError::NotConverged { .. } | ScoringError::NoFiniteParameter { .. })) {
        verify()?;
    }
    found
}

fn iterate(
    problem: &Problem,
    start: Point,
    verify: &impl Fn() -> Result<(), ScoringError>,
) -> Result<Optimum, ScoringError> {
    let plan = problem.plan();
    let mut point = problem.on_constraints(start);
    let mut slope = if plan.iterates() { problem.rough_slope(&point) } else { problem.slope(&point) };
    let (mut iterations, mut last_step) = (0, f64::INFINITY);
    loop {
        let singular = |singular| why_singular(singular, no_maximum(problem, &point, iterations, last_step));
        let gradient = problem.free(&slope.scores);
        // As close as the last step asks for, but no closer than the next step, about its square, needs to be known.
        let enough = (0.05 * ACCURACY / (last_step * last_step)).min(0.1);
        let tolerance = (0.1 * last_step.min(1.0)).max(enough).max(CLOSEST);
        let step = slope.information.solve(&plan, &gradient, &slope.extras, tolerance).map_err(singular)?;
        let size = largest(&step.scores).max(largest(&step.extras));
        let scale = largest(&point.scores).max(largest(&point.extras)).max(1.0);
        // Rounding may keep a step above the accuracy that is aimed at: then it no longer shrinks.
        let stuck = size <= STUCK * scale && size > 0.5 * last_step;
        if size <= ACCURACY * scale || stuck {
            if scale > FAR {
                verify()?;
            }
            let max_gradient = largest(&gradient).max(largest(&slope.extras));
            let information = slope.information;
            return Ok(Optimum { point, before: None, information, plan, iterations, max_gradient, accuracy: size });
        }
        if iterations == USUAL_ITERATIONS {
            verify()?;
        }
        if iterations == MOST_ITERATIONS || !size.is_finite() {
            return Err(no_maximum(problem, &point, iterations, size));
        }
        point =
            climb(problem, &point, &mut slope, &step).ok_or_else(|| no_maximum(problem, &point, iterations, size))?;
        iterations += 1;
        last_step = size;
    }
}

/// Takes the step, halved until the value rises enough. On a concave function that is so wherever the slope along the
/// step has not turned over; only beyond is the value itself looked at.
///
/// The slope is that of `from` first, and then that of the point which is returned.
pub(crate) fn climb(problem: &Problem, from: &Point, slope: &mut Slope, step: &Solution) -> Option<Point> {
    let along = |slope: &Slope| dot(&step.scores, &problem.free(&slope.scores)) + dot(&step.extras, &slope.extras);
    let rise = along(slope);
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let to = problem.on_constraints(Point {
            scores: from.scores.iter().zip(&step.scores).map(|(value, step)| value + length * step).collect(),
            extras: from.extras.iter().zip(&step.extras).map(|(value, step)| value + length * step).collect(),
        });
        if problem.admits(&to) {
            problem.measure(&to, slope);
            if along(slope) >= -0.1 * rise.abs() {
                return Some(to);
            }
            let before = problem.value(from);
            let rounding = 1e-12 * (1.0 + before.abs());
            if problem.value(&to) - before >= 1e-4 * length * rise - rounding {
                return Some(to);
            }
        }
        length *= 0.5;
    }
    None
}

pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, value| most.max(value.abs()))
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

/// Size of a step, relative to the largest parameter, after which no further one is made.
const ACCURACY: f64 = 1e-10;
/// Size up to which a step that does not shrink is taken for rounding.
const STUCK: f64 = 1e-8;
/// Relative accuracy beyond which no system is solved.
const CLOSEST: f64 = 1e-10;
const FAR: f64 = 15.0;
const USUAL_ITERATIONS: usize = 8;
const MOST_ITERATIONS: usize = 200;
const MOST_HALVINGS: usize = 60;
