//! Chooses the pairs of the next wave.

use std::collections::BTreeSet;

use super::ServiceError;
use super::estimate::Known;
use crate::batch::{NextWave, PlannedPair, WavePlan, next_wave};
use crate::change::{BatchRecord, ComparisonState};
use crate::config::Strategy;
use crate::pairing::{Estimate, Pair, Request, complete_design, plan};
use crate::scoring::Tally;

/// Above so many essays the pairs are chosen from variances alone: the covariance matrix would not fit.
const DENSE_LIMIT: usize = 2_000;

/// The next wave; empty when no admissible pair is left.
pub(super) fn plan_wave(record: &BatchRecord, known: &Known) -> Result<WavePlan, ServiceError> {
    let settings = &record.header.settings;
    let state = &record.state;
    let wave = state.wave.number + 1;
    let refused = refused(known);
    let (strategy, pairs) = match next_wave(&record.header, known.ready.len() as u32, &state.counters, &state.wave) {
        NextWave::Nothing => (settings.strategy(), Vec::new()),
        NextWave::Complete { pass, limit } => {
            let mut pairs = complete_design(known.ready.len(), pass, record.header.seed);
            let sidestepped: BTreeSet<(u32, u32)> = refused.iter().copied().map(unordered).collect();
            pairs.retain(|pair| !sidestepped.contains(&unordered(*pair)));
            pairs.truncate(limit as usize);
            (Strategy::RoundRobin, pairs)
        }
        NextWave::Given { limit } => {
            let (asked, given) = (asked(known), given(record, known));
            let mut request = Request::new(known.ready.len());
            (request.asked, request.refused, request.given) = (&asked, &refused, &given);
            (request.limit, request.rounds) = (limit as usize, 1);
            (request.seed, request.wave) = (record.header.seed, wave);
            (Strategy::Given, plan(Strategy::Given, &request)?)
        }
        NextWave::Rounds { rounds, limit } => {
            let asked = asked(known);
            let mut request = Request::new(known.ready.len());
            request.asked = &asked;
            request.refused = &refused;
            request.limit = limit as usize;
            request.rounds = rounds;
            request.seed = record.header.seed;
            request.wave = wave;
            request.repeats = settings.repeats();
            (settings.strategy(), choose(settings.strategy(), request, known, settings.prior_sd())?)
        }
    };
    let name = |index: u32| known.ready[index as usize].clone();
    let planned = |pair: Pair| PlannedPair { essay_a: name(pair.left), essay_b: name(pair.right), judge_id: None };
    let pairs = pairs.into_iter().map(planned).collect();
    Ok(WavePlan { wave, strategy, seed: record.header.seed, pairs })
}

fn choose(strategy: Strategy, request: Request<'_>, known: &Known, prior_sd: f64) -> Result<Vec<Pair>, ServiceError> {
    if known.counts.is_empty() {
        return Ok(plan(strategy, &request)?);
    }
    let fit = known.fit(prior_sd)?;
    // Names sort as indices do: a fit's order is that of `known.ready`.
    debug_assert!(fit.items().iter().map(String::as_str).eq(known.names()));
    let ranks = matches!(strategy, Strategy::Swiss | Strategy::Acj);
    let points: Vec<f64> = if ranks { fit.tallies().iter().map(Tally::points).collect() } else { Vec::new() };
    let request = Request { points: &points, ..request };
    if known.ready.len() <= DENSE_LIMIT {
        let covariance = fit.covariance()?;
        let estimate = Estimate::new(fit.scores(), covariance.as_slice())?;
        return Ok(plan(strategy, &request.with_estimate(estimate))?);
    }
    let variances: Vec<f64> = fit.standard_errors().iter().map(|se| se * se).collect();
    let estimate = Estimate::with_variances(fit.scores(), &variances)?;
    Ok(plan(strategy, &request.with_estimate(estimate))?)
}

/// Every question so far, once, in the order asked.
fn asked(known: &Known) -> Vec<Pair> {
    let index = known.index();
    let pair = |a, b| Some(Pair::new(*index.get(a)?, *index.get(b)?));
    let first = known.comparisons.iter().filter(|comparison| comparison.attempt == 1);
    first.filter_map(|comparison| pair(&comparison.essay_a, &comparison.essay_b)).collect()
}

/// The caller's list, without the pairs of essays that are not compared.
fn given(record: &BatchRecord, known: &Known) -> Vec<Pair> {
    let index = known.index();
    let list = &record.header.request.given;
    list.iter().filter_map(|pair| Some(Pair::new(*index.get(&pair.essay_a)?, *index.get(&pair.essay_b)?))).collect()
}

/// Pairs that failed in a way that asking again does not mend.
fn refused(known: &Known) -> Vec<Pair> {
    let index = known.index();
    let lost = known.comparisons.iter().filter(|comparison| {
        let code = comparison.error_code.as_ref();
        comparison.state == ComparisonState::Failed && code.is_some_and(|code| !code.is_retryable())
    });
    let pair = |a, b| Some(Pair::new(*index.get(a)?, *index.get(b)?));
    lost.filter_map(|comparison| pair(&comparison.essay_a, &comparison.essay_b)).collect()
}

fn unordered(pair: Pair) -> (u32, u32) {
    (pair.left.min(pair.right), pair.left.max(pair.right))
}
