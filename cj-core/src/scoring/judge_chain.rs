use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::gibbs::{PRIOR_SCALE, START, log_prior};
use super::information::Information;
use super::judge_model::JudgeModel;
use super::law::{log_logistic, logistic};
use super::newton::maximise;
use super::normal::{draw, uniform};
use super::polya_gamma::PolyaGamma;
use super::problem::{Hold, Point, Problem};
use super::slice::{LOG_SPREAD, log_density_of_spread, slice};
use super::solver::Plan;
use super::{Judgements, Outcome, ScoringError, TiePolicy};

/// A Markov chain over the scores and the judges of a [`JudgeModel`].
pub(crate) struct JudgeChain {
    pub(crate) model: JudgeModel,
    pub(crate) state: State,
    /// Decided judgements, sorted by judge.
    pub(crate) trials: Vec<Trial>,
    /// Where the trials of each judge begin; one more than there are judges.
    starts: Vec<usize>,
    /// Pólya–Gamma variable of each trial; 0 of a lapse.
    omegas: Vec<f64>,
    lapsed: Vec<bool>,
    sampler: PolyaGamma,
    rng: ChaCha8Rng,
    information: Information,
    plan: Plan,
}

/// Where a chain is.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) scores: Vec<f64>,
    pub(crate) sigma: f64,
    pub(crate) judges: Vec<Trait>,
    /// γ and τ.
    pub(crate) order: f64,
    pub(crate) order_sd: f64,
    /// s.
    pub(crate) discrimination_sd: f64,
    /// μ and q.
    pub(crate) lapse: f64,
    lapse_sd: f64,
}

/// One judge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trait {
    pub(crate) order: f64,
    pub(crate) log_discrimination: f64,
    logit_lapse: f64,
}

/// One decided judgement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) left: u32,
    pub(crate) right: u32,
    edge: u32,
    /// 1 where the left item won, −1 where the right one did.
    pub(crate) sign: f64,
    pub(crate) weight: f64,
}

impl Trait {
    pub(crate) fn lapse(&self) -> f64 {
        logistic(self.logit_lapse)
    }

    fn predictor(&self, gap: f64) -> f64 {
        self.log_discrimination.exp() * gap + self.order
    }
}

impl State {
    fn gap(&self, trial: &Trial) -> f64 {
        self.scores[trial.left as usize] - self.scores[trial.right as usize]
    }
}

impl JudgeChain {
    /// A chain that starts from the penalised maximum at σ = 1.5 and a panel of equals.
    pub(crate) fn new(judgements: &Judgements, model: JudgeModel, seed: u64) -> Self {
        let mut problem = Problem::new(judgements, TiePolicy::Drop, false);
        problem.holds.fill(Hold::Normal { mean: 0.0, precision: START.powi(-2) });
        let origin = || Point { scores: vec![0.0; problem.items()], extras: Vec::new() };
        let start = maximise(&problem, origin(), || Ok(())).map_or_else(|_| origin(), |optimum| optimum.point);
        let information = problem.empty_information();
        let judges = judgements.judges().len();
        let (mut trials, mut starts) = (Vec::new(), vec![0; judges + 1]);
        for record in judgements.records() {
            let sign = match record.outcome {
                Outcome::Left => 1.0,
                Outcome::Right => -1.0,
                Outcome::Tie => continue,
            };
            let (left, right) = (record.left, record.right);
            if let Some(edge) = information.edges.place(left.min(right), left.max(right)) {
                trials.push(Trial { left, right, edge: edge as u32, sign, weight: record.weight });
                starts[record.judge as usize + 1] += 1;
            }
        }
        for judge in 0..judges {
            starts[judge + 1] += starts[judge];
        }
        let logit_lapse = if model.has_lapses { LAPSE } else { f64::NEG_INFINITY };
        let judge = Trait { order: 0.0, log_discrimination: 0.0, logit_lapse };
        let state = State {
            scores: start.scores,
            sigma: START,
            judges: vec![judge; judges],
            order: 0.0,
            order_sd: 0.3,
            discrimination_sd: 0.3,
            lapse: LAPSE,
            lapse_sd: 0.5,
        };
        Self {
            model,
            state,
            starts,
            omegas: vec![0.0; trials.len()],
            lapsed: vec![false; trials.len()],
            trials,
            sampler: PolyaGamma::new(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            plan: problem.plan(),
            information,
        }
    }

    /// The trials of a judge.
    pub(crate) fn trials_of(&self, judge: usize) -> &[Trial] {
        &self.trials[self.starts[judge]..self.starts[judge + 1]]
    }

    /// Makes one step.
    pub(crate) fn step(&mut self) -> Result<(), ScoringError> {
        if self.model.has_lapses {
            self.draw_lapses();
        }
        self.draw_scores()?;
        if self.model.has_orders {
            self.draw_orders();
        }
        let (n, squares) = (self.state.scores.len(), sum_of_squares(&self.state.scores));
        let density = |log: f64| log_density_of_spread(log, PRIOR_SCALE, n, squares);
        self.state.sigma = slice(self.state.sigma.ln(), LOG_SPREAD, &mut self.rng, density).exp();
        if self.model.has_discriminations {
            self.draw_discriminations();
            self.trade_scale();
        }
        self.scale();
        Ok(())
    }

    fn spans(&self) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> + use<> {
        let starts = self.starts.clone();
        (0..starts.len().saturating_sub(1)).map(move |judge| (judge, starts[judge]..starts[judge + 1]))
    }

    /// Which answers were lapses, and how often each judge lapses.
    fn draw_lapses(&mut self) {
        for (judge, span) in self.spans() {
            let own = self.state.judges[judge];
            let lapse = own.lapse();
            let (mut lapses, mut answers) = (0.0, 0.0);
            for at in span {
                let trial = self.trials[at];
                let attentive = ((1.0 - lapse) * logistic(trial.sign * own.predictor(self.state.gap(&trial)))).ln();
                let gain = trial.weight * ((0.5 * lapse).ln() - attentive);
                self.lapsed[at] = uniform(&mut self.rng) < logistic(gain);
                answers += trial.weight;
                lapses += if self.lapsed[at] { trial.weight } else { 0.0 };
            }
            let (mean, sd) = (self.state.lapse, self.state.lapse_sd);
            let density = |logit: f64| {
                let off = (logit - mean) / sd;
                lapses * log_logistic(logit) + (answers - lapses) * log_logistic(-logit) - 0.5 * off * off
            };
            let here = own.logit_lapse.clamp(LOGIT.0, LOGIT.1);
            self.state.judges[judge].logit_lapse = slice(here, LOGIT, &mut self.rng, density);
        }
        let logits: Vec<f64> = self.state.judges.iter().map(|judge| judge.logit_lapse).collect();
        let weight = self.state.lapse_sd.powi(-2);
        let precision = 1.0 + weight * logits.len() as f64;
        let mean = (LAPSE + weight * logits.iter().sum::<f64>()) / precision;
        self.state.lapse = mean + draw(&mut self.rng) / precision.sqrt();
        let off: Vec<f64> = logits.iter().map(|logit| logit - self.state.lapse).collect();
        let density = |log: f64| log_density_of_spread(log, 1.0, off.len(), sum_of_squares(&off));
        // Below, the mean and the judges hold each other fast.
        self.state.lapse_sd = slice(self.state.lapse_sd.ln(), (-3.0, 2.0), &mut self.rng, density).exp();
    }

    /// The scores jointly, given the Pólya–Gamma variables of the attentive answers.
    fn draw_scores(&mut self) -> Result<(), ScoringError> {
        let mut right = vec![0.0; self.state.scores.len()];
        for value in &mut right {
            *value = draw(&mut self.rng) / self.state.sigma;
        }
        self.information.clear(self.state.sigma.powi(-2), 1.0);
        let spans = self.spans();
        let weights = self.information.weights.double_mut();
        for (judge, span) in spans {
            let own = self.state.judges[judge];
            let discrimination = own.log_discrimination.exp();
            for at in span {
                if self.lapsed[at] {
                    self.omegas[at] = 0.0;
                    continue;
                }
                let trial = self.trials[at];
                let x = own.predictor(self.state.gap(&trial));
                let omega = self.sampler.sample(trial.weight, x, &mut self.rng);
                let noise = omega.sqrt() * draw(&mut self.rng);
                let pull = discrimination * (0.5 * trial.weight * trial.sign - omega * own.order + noise);
                right[trial.left as usize] += pull;
                right[trial.right as usize] -= pull;
                weights[trial.edge as usize] += discrimination * discrimination * omega;
                self.omegas[at] = omega;
            }
        }
        let singular = |_| ScoringError::NotConverged { iterations: 0, step: f64::NAN };
        let solution = self.information.solve(&self.plan, &right, &[], TOLERANCE).map_err(singular)?;
        self.state.scores = solution.scores;
        Ok(())
    }

    /// The spread of the order effects, the panel's and each judge's, given the scores: each with those that follow
    /// integrated out, so that a panel of equals does not hold the chain.
    fn draw_orders(&mut self) {
        let mut told = Vec::with_capacity(self.state.judges.len());
        for (judge, span) in self.spans() {
            let discrimination = self.state.judges[judge].log_discrimination.exp();
            let (mut precision, mut pull) = (0.0, 0.0);
            for at in span {
                let (trial, omega) = (&self.trials[at], self.omegas[at]);
                if !self.lapsed[at] {
                    precision += omega;
                    pull += 0.5 * trial.weight * trial.sign - omega * discrimination * self.state.gap(trial);
                }
            }
            told.push((precision, pull));
        }
        // Sums of 1, x and x² over the judges that were heard, each with the variance of x around γ.
        let sums = |variance: f64| {
            let heard = told.iter().filter(|(precision, _)| *precision > 0.0);
            heard.fold([0.0; 4], |[logs, ones, firsts, seconds], (precision, pull)| {
                let (spread, x) = (variance + 1.0 / precision, pull / precision);
                [logs + spread.ln(), ones + 1.0 / spread, firsts + x / spread, seconds + x * x / spread]
            })
        };
        let density = |log: f64| {
            let [logs, ones, firsts, seconds] = sums((2.0 * log).exp());
            let marginal = logs + (1.0 + ones).ln() + seconds - firsts * firsts / (1.0 + ones);
            log - 0.5 * (2.0 * log).exp() - 0.5 * marginal
        };
        self.state.order_sd = slice(self.state.order_sd.ln(), LOG_SPREAD, &mut self.rng, density).exp();
        let [_, ones, firsts, _] = sums(self.state.order_sd.powi(2));
        self.state.order = firsts / (1.0 + ones) + draw(&mut self.rng) / (1.0 + ones).sqrt();
        let weight = self.state.order_sd.powi(-2);
        for (judge, (precision, pull)) in self.state.judges.iter_mut().zip(&told) {
            let total = weight + precision;
            judge.order = (weight * self.state.order + pull) / total + draw(&mut self.rng) / total.sqrt();
        }
    }

    fn draw_discriminations(&mut self) {
        for (judge, span) in self.spans() {
            let own = self.state.judges[judge];
            let attentive = span.filter(|at| !self.lapsed[*at]).map(|at| self.trials[at]);
            let answers: Vec<(f64, f64, f64)> =
                attentive.map(|trial| (trial.sign, self.state.gap(&trial), trial.weight)).collect();
            let sd = self.state.discrimination_sd;
            let density = |log: f64| {
                let factor = log.exp();
                let term =
                    |(sign, gap, weight): &(f64, f64, f64)| weight * log_logistic(sign * (factor * gap + own.order));
                answers.iter().map(term).sum::<f64>() - 0.5 * (log / sd) * (log / sd)
            };
            let here = own.log_discrimination.clamp(LOG_FACTOR.0, LOG_FACTOR.1);
            self.state.judges[judge].log_discrimination = slice(here, LOG_FACTOR, &mut self.rng, density);
        }
        let logs: Vec<f64> = self.state.judges.iter().map(|judge| judge.log_discrimination).collect();
        let density = |log: f64| log_density_of_spread(log, 0.5, logs.len(), sum_of_squares(&logs));
        self.state.discrimination_sd =
            slice(self.state.discrimination_sd.ln(), (-4.0, 2.0), &mut self.rng, density).exp();
    }

    /// Moves a common factor between discriminations and scores (Metropolis): no chance changes, only the priors feel it.
    fn trade_scale(&mut self) {
        let shift = TRADE * draw(&mut self.rng);
        let sigma = self.state.sigma * (-shift).exp();
        let sd = self.state.discrimination_sd;
        let logs = self.state.judges.iter().map(|judge| judge.log_discrimination);
        let change: f64 = logs.clone().map(|log| 0.5 * (log * log - (log + shift) * (log + shift)) / (sd * sd)).sum();
        let within = logs.clone().all(|log| (LOG_FACTOR.0..LOG_FACTOR.1).contains(&(log + shift)));
        if !within || !(LOG_SPREAD.0..LOG_SPREAD.1).contains(&sigma.ln()) {
            return;
        }
        let gain = change - shift + log_prior(sigma) - log_prior(self.state.sigma);
        if (1.0 - uniform(&mut self.rng)).ln() < gain {
            self.state.sigma = sigma;
            self.state.scores.iter_mut().for_each(|score| *score *= (-shift).exp());
            self.state.judges.iter_mut().for_each(|judge| judge.log_discrimination += shift);
        }
    }

    /// Multiplies scores and σ by a common factor (Metropolis), as in the model without judges.
    fn scale(&mut self) {
        let log_factor = (2.0 / (1.0 + self.state.scores.len() as f64)).sqrt() * draw(&mut self.rng);
        let factor = log_factor.exp();
        let sigma = self.state.sigma * factor;
        if !(LOG_SPREAD.0..LOG_SPREAD.1).contains(&sigma.ln()) {
            return;
        }
        let mut gain = log_prior(sigma) - log_prior(self.state.sigma);
        for (judge, span) in self.spans() {
            let own = self.state.judges[judge];
            for at in span.filter(|at| !self.lapsed[*at]) {
                let trial = &self.trials[at];
                let gap = self.state.gap(trial);
                let value = |gap: f64| log_logistic(trial.sign * own.predictor(gap));
                gain += trial.weight * (value(factor * gap) - value(gap));
            }
        }
        if (1.0 - uniform(&mut self.rng)).ln() < gain + log_factor {
            self.state.sigma = sigma;
            self.state.scores.iter_mut().for_each(|score| *score *= factor);
        }
    }
}

fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

/// Expected logit of a lapse rate: 3 %.
const LAPSE: f64 = -3.5;
/// Bounds of the logit of a lapse rate, and of the logarithm of a discrimination.
const LOGIT: (f64, f64) = (-12.0, 6.0);
const LOG_FACTOR: (f64, f64) = (-4.0, 4.0);
const TRADE: f64 = 0.15;
/// Accuracy of a draw where it is found by iteration, far below its own spread.
const TOLERANCE: f64 = 1e-7;
