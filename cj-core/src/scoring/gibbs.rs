use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::ScoringError;
use super::information::Information;
use super::newton::maximise;
use super::normal::{draw, uniform};
use super::polya_gamma::PolyaGamma;
use super::problem::{Cell, Hold, Point, Problem};
use super::slice::{LOG_SPREAD, log_density_of_spread, slice};
use super::solver::Plan;

/// A Markov chain over the scores θ ~ N(0, σ²), their spread σ ~ half-N(2.5) and the order effect γ ~ N(0, 1).
///
/// One step: Pólya–Gamma variables of the pairs; scores and order effect jointly from their normal distribution, by
/// solving for a perturbed right side; σ given the scores by slice sampling; then scores and σ multiplied by a common
/// factor (Metropolis), which lets σ move where data are few and the two hold each other fast.
#[derive(Debug)]
pub(crate) struct Gibbs {
    problem: Arc<Problem>,
    sampler: PolyaGamma,
    rng: ChaCha8Rng,
    information: Information,
    plan: Plan,
    pub(crate) point: Point,
    pub(crate) sigma: f64,
    /// Width of the proposals of the common factor, on the log scale.
    width: f64,
    accepted: u32,
    proposed: u32,
}

impl Gibbs {
    /// A chain that starts from the penalised maximum at σ = 1.5.
    pub(crate) fn new(problem: Arc<Problem>, seed: u64) -> Self {
        let mut start = Problem::clone(&problem);
        start.holds.fill(Hold::Normal { mean: 0.0, precision: START.powi(-2) });
        let origin =
            |problem: &Problem| Point { scores: vec![0.0; problem.items()], extras: vec![0.0; problem.extras()] };
        // Without a maximum of the order effect (every left won) the chain starts at zero.
        let point =
            maximise(&start, origin(&start), || Ok(())).map_or_else(|_| origin(&start), |optimum| optimum.point);
        Self {
            sampler: PolyaGamma::new(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            information: problem.empty_information(),
            plan: start.plan(),
            point,
            sigma: START,
            width: (2.0 / (1.0 + problem.items() as f64)).sqrt(),
            accepted: 0,
            proposed: 0,
            problem,
        }
    }

    /// Makes one step that is forgotten, its number counted from 1, in which the width of the proposals is tuned.
    pub(crate) fn warm_up(&mut self, number: usize) -> Result<(), ScoringError> {
        self.step()?;
        if number.is_multiple_of(TUNING) {
            let share = f64::from(self.accepted) / f64::from(self.proposed.max(1));
            self.width = (self.width * if share > 0.44 { 1.3 } else { 0.75 }).clamp(1e-3, 2.0);
            (self.accepted, self.proposed) = (0, 0);
        }
        Ok(())
    }

    /// Makes one step.
    pub(crate) fn step(&mut self) -> Result<(), ScoringError> {
        self.draw_scores()?;
        self.draw_sigma();
        self.scale();
        Ok(())
    }

    fn draw_scores(&mut self) -> Result<(), ScoringError> {
        let precision = self.sigma.powi(-2);
        let problem = Arc::clone(&self.problem);
        let (mut scores, mut extras) = (vec![0.0; problem.items()], vec![0.0; problem.extras()]);
        for score in &mut scores {
            *score = draw(&mut self.rng) / self.sigma;
        }
        for extra in &mut extras {
            *extra = draw(&mut self.rng);
        }
        self.information.clear(precision, 1.0);
        let Information { weights, border, corner, .. } = &mut self.information;
        let weights = weights.double_mut();
        for cell in problem.cells() {
            let (left, right) = (cell.left as usize, cell.right as usize);
            let x = problem.predictors(left, right, &self.point).0;
            let omega = self.sampler.sample(cell.counts.left + cell.counts.right, x, &mut self.rng);
            let pull = 0.5 * (cell.counts.left - cell.counts.right) + omega.sqrt() * draw(&mut self.rng);
            scores[left] += pull;
            scores[right] -= pull;
            weights[cell.edge as usize] += omega;
            if let Some(extra) = extras.first_mut() {
                *extra += pull;
                border[0][left] += omega;
                border[0][right] -= omega;
                corner[0][0] += omega;
            }
        }
        let singular = |_| ScoringError::NotConverged { iterations: 0, step: f64::NAN };
        let solution = self.information.solve(&self.plan, &scores, &extras, TOLERANCE).map_err(singular)?;
        self.point = Point { scores: solution.scores, extras: solution.extras };
        Ok(())
    }

    /// σ given the scores, by slice sampling of log σ.
    fn draw_sigma(&mut self) {
        let n = self.point.scores.len();
        let squares: f64 = self.point.scores.iter().map(|score| score * score).sum();
        let density = |log: f64| log_density_of_spread(log, PRIOR_SCALE, n, squares);
        self.sigma = slice(self.sigma.ln(), LOG_SPREAD, &mut self.rng, density).exp();
    }

    /// Multiplies scores and σ by a common factor: the prior of θ/σ does not feel it, only the judgements do.
    fn scale(&mut self) {
        let problem = Arc::clone(&self.problem);
        let order = self.point.extras.first().copied().unwrap_or_default();
        let fit = |factor: f64, point: &Point| -> f64 {
            let term = |cell: Cell| {
                let gap = point.scores[cell.left as usize] - point.scores[cell.right as usize];
                problem.law.value(cell.counts, factor * gap + order, 0.0)
            };
            problem.cells().map(term).sum()
        };
        let log_factor = self.width * draw(&mut self.rng);
        let factor = log_factor.exp();
        let sigma = self.sigma * factor;
        self.proposed += 1;
        if !(LOG_SPREAD.0..LOG_SPREAD.1).contains(&sigma.ln()) {
            return;
        }
        let gain = fit(factor, &self.point) - fit(1.0, &self.point) + log_prior(sigma) - log_prior(self.sigma);
        if (1.0 - uniform(&mut self.rng)).ln() < gain + log_factor {
            self.sigma = sigma;
            for score in &mut self.point.scores {
                *score *= factor;
            }
            self.accepted += 1;
        }
    }
}

/// Log density of half-N(2.5), up to a constant.
pub(crate) fn log_prior(sigma: f64) -> f64 {
    -0.5 * (sigma / PRIOR_SCALE) * (sigma / PRIOR_SCALE)
}

/// Scale of the half-normal prior of σ.
pub(crate) const PRIOR_SCALE: f64 = 2.5;
/// The σ from which a chain starts.
pub(crate) const START: f64 = 1.5;
const TUNING: usize = 25;
/// Accuracy of a draw where it is found by iteration, far below its own spread.
const TOLERANCE: f64 = 1e-7;
