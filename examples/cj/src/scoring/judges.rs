use cj_core::scoring::{Fit, Judgements};

use crate::{
    input::{JudgementTable, Outcome},
    output::{JudgeFit, finite},
};

/// What each judge did and how well it fits, in the order of their names.
pub(super) fn judge_fits(table: &JudgementTable, judgements: &Judgements, fit: &Fit) -> Vec<JudgeFit> {
    let places: Vec<_> = table.items.iter().map(|item| judgements.index_of(item)).collect();
    let shift = fit.order_effect().map_or(0.0, |effect| effect.estimate);
    let mut counts = vec![Counts::default(); table.judges.len()];
    for record in &table.records {
        let Some(judge) = record.judge else { continue };
        let (Some(left), Some(right)) = (places[record.left as usize], places[record.right as usize]) else { continue };
        let advantage = fit.scores()[left] - fit.scores()[right] + if table.has_sides { shift } else { 0.0 };
        counts[judge as usize].add(record.outcome, record.count, advantage, record.time_ms);
    }
    let misfits = fit.residuals().judges();
    let mut judges: Vec<_> = table.judges.iter().zip(counts).collect();
    judges.sort_unstable_by_key(|(name, _)| *name);
    judges
        .into_iter()
        .map(|(name, mut counts)| {
            let misfit = judgements.judges().binary_search(name).ok().and_then(|place| misfits.get(place));
            let fitted = misfit.filter(|misfit| misfit.judgements > 0.0);
            let share_left = if table.has_sides { counts.share(counts.left) } else { None };
            let mut flags = Vec::new();
            if let Some(misfit) = fitted.filter(|misfit| misfit.infit_z > UNUSUAL) {
                let (infit, z) = (misfit.infit, misfit.infit_z);
                flags
                    .push(format!("misfit: infit {infit:.2} is more than chance allows (z = {z:.1}, above {UNUSUAL})"));
            }
            if let Some(share) = share_left {
                let z = (2.0 * share - 1.0) * counts.decided().sqrt();
                if z.abs() > LOPSIDED {
                    let side = if z > 0.0 { "left" } else { "right" };
                    let share = 100.0 * share.max(1.0 - share);
                    flags.push(format!(
                        "one-sided: {share:.0} % went to the {side} (z = {:.1}, above {LOPSIDED})",
                        z.abs()
                    ));
                }
            }
            JudgeFit {
                id: name.clone(),
                judgements: counts.judgements,
                share_left,
                order_effect: None,
                infit: fitted.and_then(|misfit| finite(misfit.infit)),
                outfit: fitted.and_then(|misfit| finite(misfit.outfit)),
                agreement: counts.share(counts.agreed),
                median_ms: median(&mut counts.times),
                flags,
            }
        })
        .collect()
}

/// A standard normal deviate above this is unusual: one judge in 44 by chance.
const UNUSUAL: f64 = 2.0;
/// One judge in 370 by chance, either way.
const LOPSIDED: f64 = 3.0;

/// What one judge did.
#[derive(Debug, Clone, Default)]
struct Counts {
    judgements: u64,
    ties: u64,
    left: f64,
    /// Decided as the model would have it; half where it holds both items to be equal.
    agreed: f64,
    times: Vec<f64>,
}

impl Counts {
    fn add(&mut self, outcome: Outcome, count: u32, advantage: f64, time: Option<f64>) {
        self.judgements += u64::from(count);
        self.times.extend(time.into_iter().flat_map(|time| std::iter::repeat_n(time, count as usize)));
        let count = f64::from(count);
        let advantage = match outcome {
            Outcome::Left => {
                self.left += count;
                advantage
            }
            Outcome::Right => -advantage,
            Outcome::Tie => {
                self.ties += count as u64;
                return;
            }
        };
        self.agreed += match advantage.total_cmp(&0.0) {
            std::cmp::Ordering::Greater => count,
            _ if advantage == 0.0 => count / 2.0,
            _ => 0.0,
        };
    }

    fn decided(&self) -> f64 {
        (self.judgements - self.ties) as f64
    }

    fn share(&self, part: f64) -> Option<f64> {
        finite(part / self.decided())
    }
}

fn median(times: &mut [f64]) -> Option<f64> {
    if times.is_empty() {
        return None;
    }
    times.sort_unstable_by(f64::total_cmp);
    let upper = times[times.len() / 2];
    let lower = times[(times.len() - 1) / 2];
    Some(lower + (upper - lower) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_between_the_middle_two() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
    }
}
