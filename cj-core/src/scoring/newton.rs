use super::ScoringError;
use super::conjugate::{ROUGH, SINGLE};
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
    /// At the point, or where `before` says; none where nothing was measured at the point.
    pub(crate) information: Option<Information>,
    pub(crate) plan: Plan,
    pub(crate) iterations: usize,
    /// Largest component of the gradient; none where nothing was measured at the point.
    pub(crate) max_gradient: Option<f64>,
    /// Largest change that a further step would make, or a bound of it: the accuracy of the parameters.
    pub(crate) accuracy: f64,
}

/// Newton's method with step halving on a concave problem that has a maximum.
///
/// Where systems are solved by iteration, they are solved as closely as the size of the last step asks for, which keeps
/// the convergence quadratic. The last step is taken on trust where two before it show how small the next would
/// be: near the maximum a step is about the square of the one before, times a constant that the steps themselves tell.
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
    let (mut iterations, mut pace) = (0, Pace::default());
    loop {
        let singular = |singular| why_singular(singular, no_maximum(problem, &point, iterations, pace.last_step));
        let gradient = problem.free(&slope.scores);
        let scale = largest(&point.scores).max(largest(&point.extras)).max(1.0);
        let tolerance = pace.tolerance(ACCURACY * scale);
        let step = slope.information.solve(&plan, &gradient, &slope.extras, tolerance).map_err(singular)?;
        let size = largest(&step.scores).max(largest(&step.extras));
        // Rounding may keep a step above the accuracy that is aimed at: then it no longer shrinks.
        let stuck = size <= STUCK * scale && size > 0.5 * pace.last_step;
        let next = pace.step(size, tolerance, step.rounds);
        let trusted = point.extras.is_empty() && next <= ACCURACY * scale;
        if size <= ACCURACY * scale || stuck || trusted {
            if scale > FAR {
                verify()?;
            }
            if trusted && size > ACCURACY * scale {
                let point = problem.on_constraints(along_step(&point, &step, 1.0));
                let iterations = iterations + 1;
                let (information, max_gradient) = (None, None);
                return Ok(Optimum {
                    point,
                    before: None,
                    information,
                    plan,
                    iterations,
                    max_gradient,
                    accuracy: next,
                });
            }
            let max_gradient = Some(largest(&gradient).max(largest(&slope.extras)));
            let information = Some(slope.information);
            return Ok(Optimum { point, before: None, information, plan, iterations, max_gradient, accuracy: size });
        }
        if iterations == USUAL_ITERATIONS {
            verify()?;
        }
        if iterations == MOST_ITERATIONS || !size.is_finite() {
            return Err(no_maximum(problem, &point, iterations, size));
        }
        let climbed = climb(problem, &point, &mut slope, &step);
        let (to, length) = climbed.ok_or_else(|| no_maximum(problem, &point, iterations, size))?;
        pace.is_whole = length >= 1.0;
        point = to;
        iterations += 1;
    }
}

/// How fast Newton's steps shrink.
#[derive(Debug)]
struct Pace {
    /// Size of the last step.
    last_step: f64,
    /// Whether it was taken as it was, not halved.
    is_whole: bool,
    /// What a step is to the square of the one before; infinite where they do not tell.
    constant: f64,
    /// How much larger an error may be than the rest of a system that is not solved to the end.
    condition: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { last_step: f64::INFINITY, is_whole: false, constant: f64::INFINITY, condition: 1.0 }
    }
}

impl Pace {
    /// How closely the next system is to be solved, relative to its right side: so closely that steps still shrink to their
    /// squares (Dembo, Eisenstat & Steihaug 1982), but no closer than the step after needs to be known; closer where this
    /// might be the last one.
    fn tolerance(&self, accuracy: f64) -> f64 {
        let square = self.last_step * self.last_step;
        let enough = (0.05 * ACCURACY / square).min(0.1);
        let usual = (FORCING * square).min(LOOSEST).max(enough).max(CLOSEST);
        let expected = self.constant * square;
        if SAFETY * self.constant * expected * expected > 0.5 * accuracy {
            return usual;
        }
        usual.min((0.3 * accuracy / (SAFETY * self.condition * expected)).max(CLOSEST))
    }

    /// Takes note of a step and how its system was solved; says how large the next one will be at most.
    fn step(&mut self, size: f64, tolerance: f64, rounds: usize) -> f64 {
        let tells = self.is_whole && self.last_step <= NEAR;
        self.constant = if tells { size / (self.last_step * self.last_step) } else { f64::INFINITY };
        self.last_step = size;
        if rounds == 0 {
            self.condition = 1.0;
            return SAFETY * self.constant * size * size;
        }
        // The rounds that a tolerance takes grow with the root of the condition (Hestenes & Stiefel 1952).
        let root = (2.0 * rounds as f64 / (2.0 / tolerance).ln()).max(1.0);
        self.condition = root * root;
        let unsolved = if tolerance >= ROUGH { tolerance.max(SINGLE * root) } else { tolerance };
        SAFETY * (self.constant * size * size + self.condition * unsolved * size)
    }
}

fn along_step(from: &Point, step: &Solution, length: f64) -> Point {
    let ahead = |from: &[f64], step: &[f64]| from.iter().zip(step).map(|(value, step)| value + length * step).collect();
    Point { scores: ahead(&from.scores, &step.scores), extras: ahead(&from.extras, &step.extras) }
}

/// Takes the step, halved until the value rises enough. On a concave function that is so wherever the slope along the
/// step has not turned over; only beyond is the value itself looked at.
///
/// The slope is that of `from` first, and then that of the point which is returned, with the share of the step that was
/// taken.
pub(crate) fn climb(problem: &Problem, from: &Point, slope: &mut Slope, step: &Solution) -> Option<(Point, f64)> {
    let along = |slope: &Slope| dot(&step.scores, &problem.free(&slope.scores)) + dot(&step.extras, &slope.extras);
    let rise = along(slope);
    let mut length = 1.0;
    for _ in 0..MOST_HALVINGS {
        let to = problem.on_constraints(along_step(from, step, length));
        if problem.admits(&to) {
            problem.measure(&to, slope);
            if along(slope) >= -0.1 * rise.abs() {
                return Some((to, length));
            }
            let before = problem.value(from);
            let rounding = 1e-12 * (1.0 + before.abs());
            if problem.value(&to) - before >= 1e-4 * length * rise - rounding {
                return Some((to, length));
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
/// Steps larger than this are not yet the squares of each other.
const NEAR: f64 = 1.0;
/// How much larger than foreseen the next step may be.
const SAFETY: f64 = 3.0;
/// Size up to which a step that does not shrink is taken for rounding.
const STUCK: f64 = 1e-8;
/// Relative accuracy of a system over the square of the step before.
const FORCING: f64 = 0.2;
/// No system is solved with less relative accuracy.
const LOOSEST: f64 = 0.1;
/// Relative accuracy beyond which no system is solved.
const CLOSEST: f64 = 1e-10;
const FAR: f64 = 15.0;
const USUAL_ITERATIONS: usize = 8;
const MOST_ITERATIONS: usize = 200;
const MOST_HALVINGS: usize = 60;
