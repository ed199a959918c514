use super::chains::Chains;
use super::judge_chain::{JudgeChain, Trial};
use super::law::{Counts, log_logistic, logistic};
use super::posterior::{Posterior, Quantiles, WARM_UP};
use super::problem::{Point, Problem};
use super::residuals::{Moments, Residuals, Sums};
use super::statistics::mean_and_variance;
use super::{Effect, Fit, Judgements, Reliability, Sampling, ScoringError, TiePolicy};

/// What the judgements say of items and judges together: the posterior of a [`JudgeModel`](super::JudgeModel).
#[derive(Debug, Clone)]
pub struct JudgePosterior {
    posterior: Posterior,
    judges: Vec<JudgeTraits>,
    panel: PanelTraits,
}

/// One judge: posterior means and standard deviations of what the model lets judges differ in; the rest is absent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct JudgeTraits {
    /// Name of the judge.
    pub judge: String,
    /// `γ_j`, in logits: above 0 in favour of the item shown first.
    pub order_effect: Option<Effect>,
    /// `α_j`: 1 is a typical judge, 0 one who sees no differences.
    pub discrimination: Option<Effect>,
    /// `ε_j`: share of the answers that do not depend on the items.
    pub lapse_rate: Option<Effect>,
}

/// What the judges have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PanelTraits {
    /// γ, the order effect that the judges are shrunk to, in logits.
    pub order_effect: Option<Effect>,
    /// τ, how far the order effects of judges lie apart, in logits.
    pub order_sd: Option<Quantiles>,
    /// s, how far the discriminations of judges lie apart, on the log scale.
    pub discrimination_sd: Option<Quantiles>,
    /// The lapse rate that the judges are shrunk to, σ(μ).
    pub lapse_rate: Option<Effect>,
}

impl JudgePosterior {
    pub(crate) fn draw(
        judgements: &Judgements,
        mut chain: JudgeChain,
        sampling: Sampling,
    ) -> Result<Self, ScoringError> {
        for _ in 0..WARM_UP {
            chain.step()?;
        }
        let model = chain.model;
        let judges = judgements.judges().len();
        let mut traits = vec![[Moving::default(); 3]; judges];
        let [mut orders, mut order_sds, mut sds, mut lapses] = [const { Vec::new() }; 4];
        let items = judgements.items().len();
        let is_judged = !chain.trials.is_empty();
        let chains = Chains::draw(sampling, items, is_judged, |draws| {
            chain.step()?;
            let state = &chain.state;
            draws.push(&state.scores);
            for (moving, judge) in traits.iter_mut().zip(&state.judges) {
                let drawn = [judge.order, judge.log_discrimination.exp(), judge.lapse()];
                moving.iter_mut().zip(drawn).for_each(|(moving, value)| moving.add(value));
            }
            orders.push(state.order);
            order_sds.push(state.order_sd);
            sds.push(state.discrimination_sd);
            lapses.push(logistic(state.lapse));
            Ok(state.sigma)
        })?;
        let of = |values: &[f64]| {
            let (estimate, variance) = mean_and_variance(values);
            Effect { estimate, standard_error: variance.sqrt() }
        };
        let panel = PanelTraits {
            order_effect: model.has_orders.then(|| of(&orders)),
            order_sd: model.has_orders.then(|| Quantiles::of(&order_sds)),
            discrimination_sd: model.has_discriminations.then(|| Quantiles::of(&sds)),
            lapse_rate: model.has_lapses.then(|| of(&lapses)),
        };
        let mut problem = Problem::new(judgements, TiePolicy::Drop, model.has_orders);
        problem.has_order = model.has_orders;
        let extras = panel.order_effect.map(|order| order.estimate).into_iter().collect();
        let point = Point { scores: chains.draws.means(), extras };
        let (residuals, log_likelihood) = residuals(judgements, &chain, &point.scores, &traits);
        let fit = Fit::sampled(judgements, problem, point, panel.order_effect, chains.draws)
            .with_residuals(residuals, log_likelihood);
        let judge = |(name, [order, discrimination, lapse]): (&String, &[Moving; 3])| JudgeTraits {
            judge: name.clone(),
            order_effect: model.has_orders.then(|| order.effect()),
            discrimination: model.has_discriminations.then(|| discrimination.effect()),
            lapse_rate: model.has_lapses.then(|| lapse.effect()),
        };
        let judges = judgements.judges().iter().zip(&traits).map(judge).collect();
        Ok(Self { posterior: Posterior::of(fit, &chains.sigmas, chains.reliability), judges, panel })
    }

    /// Scores, errors, ranks and chances; residuals and log-likelihood are those of the judges' own chances.
    pub fn fit(&self) -> &Fit {
        self.posterior.fit()
    }

    /// The same with the spread of the scores and the honest reliability.
    pub fn posterior(&self) -> &Posterior {
        &self.posterior
    }

    /// The honest reliability of the scores.
    ///
    /// # Errors
    /// As [`Posterior::reliability`].
    pub fn reliability(&self) -> Result<Reliability, ScoringError> {
        self.posterior.reliability()
    }

    /// The judges, in the order of [`Judgements::judges`].
    pub fn judges(&self) -> &[JudgeTraits] {
        &self.judges
    }

    /// What the judges have in common.
    pub fn panel(&self) -> PanelTraits {
        self.panel
    }
}

/// Residuals and log-likelihood at the posterior means of scores and traits.
fn residuals(judgements: &Judgements, chain: &JudgeChain, scores: &[f64], traits: &[[Moving; 3]]) -> (Residuals, f64) {
    let mut items = vec![Sums::default(); scores.len()];
    let mut judges = vec![Sums::default(); judgements.judges().len()];
    let mut log_likelihood = 0.0;
    for (judge, [order, discrimination, lapse]) in traits.iter().enumerate() {
        for trial in chain.trials_of(judge) {
            let Trial { left, right, sign, weight, .. } = *trial;
            let (left, right) = (left as usize, right as usize);
            let x = discrimination.mean * (scores[left] - scores[right]) + order.mean;
            let lapse = lapse.mean;
            let first = (1.0 - lapse) * logistic(x) + 0.5 * lapse;
            let second = (1.0 - lapse) * logistic(-x) + 0.5 * lapse;
            log_likelihood += weight
                * if lapse > 0.0 { if sign > 0.0 { first.ln() } else { second.ln() } } else { log_logistic(sign * x) };
            let counts = if sign > 0.0 {
                Counts { left: weight, right: 0.0, ties: 0.0 }
            } else {
                Counts { left: 0.0, right: weight, ties: 0.0 }
            };
            let moments = Moments::new(first, second, 0.0);
            items[left].add(counts, &moments);
            items[right].add(counts, &moments);
            judges[judge].add(counts, &moments);
        }
    }
    (Residuals::from_sums(&items, &judges), log_likelihood)
}

/// Mean and variance of values that come one by one (Welford 1962).
#[derive(Debug, Clone, Copy, Default)]
struct Moving {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moving {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let off = value - self.mean;
        self.mean += off / self.count;
        self.squares += off * (value - self.mean);
    }

    fn effect(self) -> Effect {
        Effect { estimate: self.mean, standard_error: (self.squares / (self.count - 1.0).max(1.0)).sqrt() }
    }
}

#[cfg(test)]
mod tests;
