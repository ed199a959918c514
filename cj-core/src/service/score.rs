//! Fits the scale of a batch.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::estimate::{Known, counts};
use super::{Service, ServiceError};
use crate::batch::{Scored, looks_at_reliability};
use crate::change::{
    BatchRecord, EssayScore, FitSummary, HonestReliability, MatrixCell, MatrixKey, Phase, ScoreSheet, ScoringCause,
    SeparationSummary,
};
use crate::id::EssayId;
use crate::scoring::{
    Connectivity, Fit, Judgements, Method, Model, PairCount, Posterior, Sampling, Separation, SeparationBasis,
    TiePolicy,
};

/// Steps of the sampler between two looks at the lease: a fraction of a second each.
const STEPS: usize = 50;

impl Service {
    /// Fits the scale to what is known, and renews the lease while it does; none when another worker took the batch.
    pub(super) async fn score(&self, record: &BatchRecord, known: Known) -> Result<Option<Scored>, ServiceError> {
        let state = &record.state;
        let watermark = state.counters.decided;
        let seed = sampler_seed(record.header.seed, state.wave.number, watermark);
        let may_end = state.counters.left() == 0 || state.phase != Phase::Scoring(ScoringCause::WaveSettled);
        let looks = may_end || looks_at_reliability(state, known.ready.len() as u32);
        let judgements = known.judgements()?;
        let model = Model::builder().build()?;
        let mut sampler = model.sampler(&judgements, self.precision.sampling(seed, looks))?;
        let mut lease = state.lease.as_ref().map_or_else(|| self.clock.now(), |lease| lease.until);
        while !sampler.is_done() {
            sampler.advance(STEPS)?;
            if lease - self.clock.now() < record.header.settings.lease() / 2 {
                let Some(until) = self.renew(record.id()).await? else { return Ok(None) };
                lease = until;
            }
        }
        let mut earlier = known.waves.iter().rev().filter(|wave| wave.wave < state.wave.number);
        let previous = earlier.find_map(|wave| wave.sheet.as_ref());
        let sheet = sheet(&known.ready, &judgements, &model, &sampler.finish()?, watermark, previous);
        let wave = known.waves.into_iter().next_back();
        let wave =
            wave.ok_or(crate::batch::Rejection::WrongPhase { input: "Scored without a wave", phase: state.phase })?;
        Ok(Some(Scored { sheet, wave, essays: known.essays, totals: known.totals }))
    }
}

/// Counts by index of the sorted essay ids, from cells of the comparison matrix.
pub fn verdict_counts(essays: &[EssayId], matrix: &[(MatrixKey, MatrixCell)]) -> Vec<PairCount> {
    counts(essays, matrix.iter().map(|(key, cell)| (&key.essay_a, &key.essay_b, *cell)))
}

/// Fits a scale to counts by index of the sorted essay ids: the hierarchical posterior.
///
/// # Errors
/// Counts that make no judgements, or a sampling out of range.
pub fn fit_sheet(
    essays: &[EssayId],
    counts: &[PairCount],
    watermark: u32,
    sampling: Sampling,
    previous: Option<&ScoreSheet>,
) -> Result<ScoreSheet, ServiceError> {
    let names: Vec<&str> = essays.iter().map(EssayId::as_str).collect();
    let judgements = Judgements::from_counts(&names, counts)?;
    let model = Model::builder().build()?;
    let posterior = model.posterior(&judgements, sampling)?;
    Ok(sheet(essays, &judgements, &model, &posterior, watermark, previous))
}

fn sheet(
    essays: &[EssayId],
    judgements: &Judgements,
    model: &Model,
    posterior: &Posterior,
    watermark: u32,
    previous: Option<&ScoreSheet>,
) -> ScoreSheet {
    let fit = posterior.fit();
    let mut warnings = Vec::new();
    let connectivity = Connectivity::of(judgements, TiePolicy::Drop);
    if !connectivity.is_connected() {
        warnings.push(format!(
            "the comparisons fall into {} groups that were never compared with each other: scores compare inside a group only",
            connectivity.components().len()
        ));
    }
    let separation = match model.separation(judgements).and_then(Separation::shown) {
        Ok(found) => Some(SeparationSummary {
            ssr: found.ssr,
            ssr_alternative: found.ssr_alternative,
            ssr_basis: match found.basis {
                SeparationBasis::Sirt => "sirt",
                _ => "mle",
            }
            .to_owned(),
            separation: found.g,
            strata: found.strata,
        }),
        Err(reason) => {
            warnings.push(format!("ssr absent: {reason}"));
            None
        }
    };
    let reliability = match posterior.reliability() {
        Ok(found) => Some(HonestReliability {
            median: found.median,
            low: found.low,
            high: found.high,
            p_no_signal: posterior.probability_of_no_spread(),
            latent_sd: posterior.latent_sd().median,
        }),
        Err(reason) => {
            warnings.push(format!("honest absent: {reason}"));
            None
        }
    };
    let rows = rows(essays, fit);
    let max_change = previous.and_then(|previous| largest_move(previous, &rows));
    let mut components: Vec<Vec<EssayId>> = connectivity
        .components()
        .iter()
        .map(|group| group.iter().filter_map(|name| EssayId::new(name).ok()).collect())
        .collect();
    components.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let summary = FitSummary {
        prior: match fit.method() {
            Method::Approximated { latent_sd } => format!("eb (sd={latent_sd:.3})"),
            _ => "eb".to_owned(),
        },
        log_likelihood: fit.log_likelihood(),
        iterations: fit.iterations() as u32,
        max_gradient: fit.max_gradient(),
        components,
    };
    ScoreSheet { watermark, essays: rows, fit: summary, separation, reliability, max_change, warnings }
}

/// Every scoring draws from numbers of its own, and the same ones when it is done again: SHA-256 of what names it.
fn sampler_seed(seed: u64, wave: u32, watermark: u32) -> u64 {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(wave.to_le_bytes());
    hash.update(watermark.to_le_bytes());
    hash.finalize().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

fn rows(essays: &[EssayId], fit: &Fit) -> Vec<EssayScore> {
    let ranks = fit.ranks();
    let errors = fit.standard_errors();
    let row = |(index, essay_id): (usize, &EssayId)| {
        let tally = fit.tallies()[index];
        let misfit = fit.residuals().items().get(index).filter(|misfit| misfit.judgements > 0.0);
        EssayScore {
            essay_id: essay_id.clone(),
            score: fit.scores()[index],
            se: errors[index],
            rank: ranks[index].place as u32,
            rank_low: ranks[index].best as u32,
            rank_high: ranks[index].worst as u32,
            comparisons: tally.comparisons().round() as u32,
            wins: tally.wins.round() as u32,
            losses: tally.losses.round() as u32,
            ties: tally.ties.round() as u32,
            infit: misfit.map(|misfit| misfit.infit),
            outfit: misfit.map(|misfit| misfit.outfit),
        }
    };
    essays.iter().enumerate().map(row).collect()
}

fn largest_move(previous: &ScoreSheet, now: &[EssayScore]) -> Option<f64> {
    let before: BTreeMap<&EssayId, f64> = previous.essays.iter().map(|row| (&row.essay_id, row.score)).collect();
    let moves = now.iter().filter_map(|row| Some((row.score - before.get(&row.essay_id)?).abs()));
    moves.reduce(f64::max)
}
