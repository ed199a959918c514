use std::sync::Arc;

use super::gibbs::Gibbs;
use super::posterior::{MOST_ITEMS, MOST_PAIRS, WARM_UP};
use super::problem::{Point, Problem};
use super::spread::Draws;
use super::statistics::mean_and_variance;
use super::{Effect, Fit, Judgements, Model, Posterior, Reliability, Sampling, ScoringError, TiePolicy};

/// A [`Posterior`] in the making, a few steps at a time: between them the caller may renew a lease, show progress, or give
/// up. However it is cut into pieces, the outcome is the same to the bit.
///
/// ```
/// use cj_core::scoring::{Judgements, Model, PairCount, Sampling};
/// let counts = [PairCount::new(0, 1, 7.0, 3.0), PairCount::new(1, 2, 6.0, 4.0), PairCount::new(0, 2, 9.0, 1.0)];
/// let judgements = Judgements::from_counts(&["a", "b", "c"], &counts)?;
/// let (model, sampling) = (Model::builder().build()?, Sampling::seeded(1).until_error(0.05));
/// let mut sampler = model.sampler(&judgements, sampling)?;
/// while !sampler.is_done() {
///     sampler.advance(70)?;
/// }
/// assert_eq!(sampler.finish()?.fit().scores(), model.posterior(&judgements, sampling)?.fit().scores());
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct PosteriorSampler<'a> {
    judgements: &'a Judgements,
    problem: Arc<Problem>,
    sampling: Sampling,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// Too large to be drawn: one step does all.
    Large,
    Drawing(Box<Drawing>),
    Done(Box<Posterior>),
}

#[derive(Debug)]
struct Drawing {
    chain: Gibbs,
    warm: usize,
    draws: Draws,
    sigmas: Vec<f64>,
    orders: Vec<f64>,
    /// At how many draws the Monte-Carlo errors are looked at next.
    next_look: usize,
}

impl Model {
    /// Begins the analysis that [`Model::posterior`] makes in one go.
    ///
    /// # Errors
    /// [`ScoringError::Setting`] for a sampling out of range and for a model with anchors.
    pub fn sampler<'a>(
        &self,
        judgements: &'a Judgements,
        sampling: Sampling,
    ) -> Result<PosteriorSampler<'a>, ScoringError> {
        sampling.check()?;
        if self.has_anchors() {
            let expected = "a model without anchors";
            return Err(ScoringError::Setting { setting: "hierarchical prior", found: "anchors".to_owned(), expected });
        }
        let problem = Arc::new(Problem::new(judgements, TiePolicy::Drop, self.has_order()));
        let work = if problem.items() > MOST_ITEMS || problem.len() > MOST_PAIRS {
            Work::Large
        } else {
            Work::Drawing(Box::new(Drawing {
                chain: Gibbs::new(Arc::clone(&problem), sampling.seed),
                warm: 0,
                draws: Draws::new(problem.items()),
                sigmas: Vec::new(),
                orders: Vec::new(),
                next_look: sampling.least,
            }))
        };
        Ok(PosteriorSampler { judgements, problem, sampling, work })
    }
}

impl PosteriorSampler<'_> {
    /// Whether there is nothing left to do.
    pub fn is_done(&self) -> bool {
        matches!(self.work, Work::Done(_))
    }

    /// Makes so many steps, or what is left of them. Above the sizes that are drawn one step does all.
    ///
    /// # Errors
    /// [`ScoringError::NotConverged`] where the scores of a draw cannot be solved for.
    pub fn advance(&mut self, steps: usize) -> Result<(), ScoringError> {
        for _ in 0..steps {
            let done = match &mut self.work {
                Work::Done(_) => return Ok(()),
                Work::Large => Some(Posterior::approximate(self.judgements, Arc::clone(&self.problem), self.sampling)?),
                Work::Drawing(drawing) => drawing
                    .step(self.problem.len() > 0, self.sampling)?
                    .map(|reliability| drawing.posterior(self.judgements, &self.problem, reliability)),
            };
            if let Some(posterior) = done {
                self.work = Work::Done(Box::new(posterior));
            }
        }
        Ok(())
    }

    /// The analysis; steps that are left are made.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn finish(mut self) -> Result<Posterior, ScoringError> {
        loop {
            if let Work::Done(posterior) = self.work {
                return Ok(*posterior);
            }
            self.advance(WARM_UP)?;
        }
    }
}

impl Drawing {
    /// One step; the reliability once it is known well enough.
    fn step(
        &mut self,
        is_judged: bool,
        sampling: Sampling,
    ) -> Result<Option<Result<Reliability, ScoringError>>, ScoringError> {
        if self.warm < WARM_UP {
            self.warm += 1;
            self.chain.warm_up(self.warm)?;
            return Ok(None);
        }
        self.chain.step()?;
        self.draws.push(&self.chain.point.scores);
        self.orders.extend(self.chain.point.extras.first());
        self.sigmas.push(self.chain.sigma);
        let drawn = self.sigmas.len();
        if drawn < self.next_look {
            return Ok(None);
        }
        let reliability = Reliability::of(is_judged, &self.draws.means(), self.draws.iter());
        let is_enough = reliability.as_ref().map_or(true, |found| found.largest_error() <= sampling.error);
        if is_enough || drawn >= sampling.most {
            return Ok(Some(reliability));
        }
        self.next_look = (drawn + drawn / 2).min(sampling.most);
        Ok(None)
    }

    fn posterior(
        &mut self,
        judgements: &Judgements,
        problem: &Problem,
        reliability: Result<Reliability, ScoringError>,
    ) -> Posterior {
        let (order, order_variance) = mean_and_variance(&self.orders);
        let extras = if problem.has_order { vec![order] } else { Vec::new() };
        let draws = std::mem::replace(&mut self.draws, Draws::new(0));
        let point = Point { scores: draws.means(), extras };
        let order = problem.has_order.then(|| Effect { estimate: order, standard_error: order_variance.sqrt() });
        let fit = Fit::sampled(judgements, problem.clone(), point, order, draws);
        Posterior::of(fit, &self.sigmas, reliability)
    }
}
