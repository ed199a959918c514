//! The judges of a batch.

use cj_core::change::Winner;
use cj_core::scoring::{Judgement, Judgements, Model, Outcome, Prior};

use super::BatchView;
use crate::error::Error;
use crate::output::JudgeFit;
use crate::store::chain;

impl BatchView {
    /// What each judge did, in the order of their ids.
    pub(super) fn judges(&self) -> Result<Vec<JudgeFit>, Error> {
        let failed = |error: cj_core::scoring::ScoringError| Error::failed(chain(&error));
        let judgements = self.rows.counted().filter_map(|(decision, comparison)| {
            let outcome = match decision.verdict? {
                Winner::A => Outcome::Left,
                Winner::B => Outcome::Right,
                Winner::Tie => Outcome::Tie,
            };
            let judge = decision.evidence.judge_id.as_ref()?;
            Some(Judgement::new(comparison.essay_a.as_str(), comparison.essay_b.as_str(), outcome).by(judge.as_str()))
        });
        let judgements = Judgements::new(judgements).map_err(failed)?;
        if judgements.judges().is_empty() {
            return Ok(Vec::new());
        }
        let prior = Prior::Normal { sd: self.header().settings.prior_sd() };
        let fit = Model::builder().prior(prior).build().and_then(|model| model.fit(&judgements)).map_err(failed)?;
        let mut judges = Vec::new();
        for (name, misfit) in judgements.judges().iter().zip(fit.residuals().judges()) {
            let (mut total, mut lefts) = (0_u64, 0_u64);
            let mut times = Vec::new();
            let own = self.rows.counted().filter(|(decision, _)| {
                decision.evidence.judge_id.as_ref().is_some_and(|judge| judge.as_str() == name)
            });
            for (decision, _) in own {
                total += 1;
                lefts += u64::from(decision.verdict == Some(Winner::A));
                times.extend(decision.evidence.latency_ms.map(f64::from));
            }
            judges.push(JudgeFit {
                id: name.clone(),
                judgements: total,
                share_left: Some(lefts as f64 / total.max(1) as f64),
                order_effect: None,
                infit: Some(misfit.infit),
                outfit: Some(misfit.outfit),
                agreement: None,
                median_ms: median(times),
                flags: Vec::new(),
            });
        }
        Ok(judges)
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len() % 2 == 1 { upper } else { f64::midpoint(values[middle - 1], upper) })
}
