use std::sync::Arc;

use cj_core::pairing::{Estimate, Pair, Request, plan};
use cj_core::scoring::{Fit, Judgements, Sampling, Tally};

use super::analyst::Analyst;
use super::dice::Dice;
use super::measure::{squared_correlation, tau};
use super::world::World;
use super::{Design, Subject};
use crate::error::Error;

/// One repetition: a batch that is planned, answered and fitted wave by wave.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) analyst: Analyst,
    world: World,
    anchors: usize,
    is_anchor: Vec<bool>,
    /// Items that one comparison is about.
    compared: usize,
    dice: Dice,
    seed: u64,
    wave: u32,
    asked: Vec<Pair>,
    fit: Option<Arc<Fit>>,
    loose: Option<Arc<Fit>>,
    looked: [f64; 2],
    measured: Vec<Measured>,
    has_ended: bool,
}

/// What was true and what was reported after a wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) per_item: f64,
    pub(super) reliability: f64,
    pub(super) tau: f64,
    pub(super) ssr: Option<f64>,
    pub(super) honest: Option<Honest>,
}

/// The honest reliability as it was reported, and the true one of the scores that it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Honest {
    pub(super) median: f64,
    pub(super) low: f64,
    pub(super) truth: f64,
}

impl Batch {
    pub(super) fn new(design: &Design, number: usize) -> Result<Self, Error> {
        let mut dice = Dice::new(design.seed, number as u64);
        let world = match &design.subject {
            Subject::Drawn { items, sd, judges } => World::drawn(*items, *sd, *judges, &mut dice),
            Subject::Placed { items, anchors, sd, judges } => World::placed(*anchors, *items, *sd, *judges, &mut dice),
            Subject::Recorded(recording) => World::recorded(Arc::clone(recording)),
        };
        let anchors = design.subject.anchors();
        let seed = dice.next();
        Ok(Self {
            analyst: Analyst::new(design, &world.truth()[..anchors])?,
            is_anchor: if anchors > 0 {
                (0..world.truth().len()).map(|item| item < anchors).collect()
            } else {
                Vec::new()
            },
            anchors,
            compared: design.subject.items_compared(),
            world,
            dice,
            seed,
            wave: 0,
            asked: Vec::new(),
            fit: None,
            loose: None,
            looked: [0.0; 2],
            measured: Vec::new(),
            has_ended: false,
        })
    }

    /// Plans a wave, asks it and fits the scale; nothing where no pair may be asked or `design.most` is reached.
    pub(super) fn wave(&mut self, design: &Design) -> Result<Option<Judgements>, Error> {
        let planned = if self.has_ended { Vec::new() } else { self.planned(design)? };
        if planned.is_empty() {
            self.has_ended = true;
            return Ok(None);
        }
        for &pair in &planned {
            let left_wins = self.world.left_wins(pair, &mut self.dice);
            self.analyst.learn(pair, left_wins);
        }
        self.asked.extend(planned);
        self.wave += 1;
        let judgements = self.analyst.judgements()?;
        let level = vec![0.0; self.world.truth().len()];
        let start = self.fit.as_ref().map_or(&level[..], |fit| fit.scores());
        self.fit = Some(Arc::new(self.analyst.fit(&judgements, start)?));
        self.loose = self.analyst.loose_fit(&judgements)?.map(Arc::new);
        Ok(Some(judgements))
    }

    /// A wave, and what there is to measure after it.
    pub(super) fn measured_wave(&mut self, design: &Design) -> Result<(), Error> {
        let Some(judgements) = self.wave(design)? else { return Ok(()) };
        let Some(fit) = &self.fit else { return Ok(()) };
        let per_item = self.per_item();
        let (scores, truth) = (&fit.scores()[self.anchors..], &self.world.truth()[self.anchors..]);
        let (reliability, tau) = (squared_correlation(scores, truth), tau(scores, truth));
        let looks = [design.looks.ssr_every, design.looks.honest_every];
        let mut due = [false; 2];
        for ((due, every), looked) in due.iter_mut().zip(looks).zip(&mut self.looked) {
            *due = every.is_some_and(|every| per_item + 1e-9 >= *looked + every);
            if *due {
                *looked = per_item;
            }
        }
        let ssr = if due[0] { self.analyst.ssr(&judgements) } else { None };
        let honest = if due[1] {
            let sampling = Sampling::seeded(self.seed ^ u64::from(self.wave)).until_error(HONEST_ERROR);
            let posterior = self.analyst.posterior(&judgements, sampling)?;
            let truth = squared_correlation(posterior.fit().scores(), truth);
            posterior.reliability().ok().map(|found| Honest { median: found.median, low: found.low, truth })
        } else {
            None
        };
        self.measured.push(Measured { per_item, reliability, tau, ssr, honest });
        Ok(())
    }

    pub(super) fn measured(&self) -> &[Measured] {
        &self.measured
    }

    pub(super) fn per_item(&self) -> f64 {
        (self.compared * self.asked.len()) as f64 / self.truth().len() as f64
    }

    pub(super) fn asked(&self) -> &[Pair] {
        &self.asked
    }

    /// The true scores of the items that are asked for.
    pub(super) fn truth(&self) -> &[f64] {
        &self.world.truth()[self.anchors..]
    }

    /// The penalised scores after the last wave; none before the first.
    pub(super) fn scores(&self) -> Option<&[f64]> {
        self.fit.as_ref().map(|fit| fit.scores())
    }

    /// A seed that no other wave of any batch has.
    pub(super) fn sampler_seed(&self) -> u64 {
        self.seed.rotate_left(17) ^ u64::from(self.wave)
    }

    fn planned(&self, design: &Design) -> Result<Vec<Pair>, Error> {
        let items = self.world.truth().len();
        let mut request = Request::new(items);
        (request.asked, request.refused) = (&self.asked, self.world.refused());
        (request.seed, request.wave) = (self.seed, self.wave);
        (request.rounds, request.repeats) = (design.rounds, design.repeats);
        request.anchors = &self.is_anchor;
        let budget = design.most * self.truth().len() as f64 / self.compared as f64;
        request.limit = (budget.floor() as usize).saturating_sub(self.asked.len());
        let failed = |error: cj_core::pairing::PairingError| Error::failed(error.to_string());
        let fit = self.loose.as_ref().or(self.fit.as_ref());
        if let Some(fit) = fit {
            let points: Vec<f64> = fit.tallies().iter().map(Tally::points).collect();
            request.points = &points;
            let estimate = Estimate::new(fit.scores(), fit.covariance()?.as_slice()).map_err(failed)?;
            return plan(design.strategy, &request.with_estimate(estimate)).map_err(failed);
        }
        plan(design.strategy, &request).map_err(failed)
    }
}

/// Monte-Carlo error of a reported honest reliability.
const HONEST_ERROR: f64 = 0.01;
