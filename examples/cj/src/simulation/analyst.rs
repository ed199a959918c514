use std::collections::BTreeMap;

use cj_core::config::Strategy;
use cj_core::pairing::Pair;
use cj_core::scoring::{Anchor, Fit, Judgements, Model, ModelBuilder, PairCount, Posterior, Prior, Sampling};

use super::Design;
use super::recording::names;
use crate::error::Error;

/// What is known of one simulated batch: the answers so far and the scale that they give.
#[derive(Debug, Clone)]
pub(super) struct Analyst {
    names: Vec<String>,
    model: Model,
    /// What pairs are chosen by, where that is not the model.
    loose: Option<Model>,
    counts: BTreeMap<(u32, u32), [f64; 2]>,
}

impl Analyst {
    /// An analyst who knows the scores of the first items.
    pub(super) fn new(design: &Design, known: &[f64]) -> Result<Self, Error> {
        let names = names(known.len() + design.subject.items());
        let model = |sd: f64| {
            let builder = Model::builder().prior(Prior::Normal { sd });
            let anchored = |builder: ModelBuilder, (name, score): (&String, &f64)| {
                builder.anchor(name.as_str(), Anchor::Fixed(*score))
            };
            let builder = names.iter().zip(known).fold(builder, anchored);
            if design.subject.has_order_effect() { builder.order_effect().build() } else { builder.build() }
        };
        let loose = if design.strategy == Strategy::OptimalGraph { Some(model(UNREGULARISED)?) } else { None };
        let model = model(design.prior_sd)?;
        Ok(Self { names, model, loose, counts: BTreeMap::new() })
    }

    pub(super) fn learn(&mut self, pair: Pair, left_wins: bool) {
        self.counts.entry((pair.left, pair.right)).or_default()[usize::from(!left_wins)] += 1.0;
    }

    pub(super) fn judgements(&self) -> Result<Judgements, Error> {
        let count = |(&(left, right), &[won, lost]): (&(u32, u32), &[f64; 2])| {
            PairCount::new(left as usize, right as usize, won, lost)
        };
        Ok(Judgements::from_counts(&self.names, &self.counts.iter().map(count).collect::<Vec<_>>())?)
    }

    /// The penalised scale, from the scores of an earlier one.
    pub(super) fn fit(&self, judgements: &Judgements, start: &[f64]) -> Result<Fit, Error> {
        Ok(self.model.fit_from(judgements, start)?)
    }

    /// The scale that pairs are chosen by, where it is another one.
    pub(super) fn loose_fit(&self, judgements: &Judgements) -> Result<Option<Fit>, Error> {
        Ok(self.loose.as_ref().map(|model| model.fit(judgements)).transpose()?)
    }

    /// The scale separation reliability of the unshrunk fit; none where there is no such fit.
    pub(super) fn ssr(&self, judgements: &Judgements) -> Option<f64> {
        self.model.separation(judgements).ok().map(|found| found.ssr)
    }

    pub(super) fn posterior(&self, judgements: &Judgements, sampling: Sampling) -> Result<Posterior, Error> {
        Ok(self.model.posterior(judgements, sampling)?)
    }
}

/// The predecessor chose pairs by a fit that was hardly regularised.
const UNREGULARISED: f64 = 10.0;
