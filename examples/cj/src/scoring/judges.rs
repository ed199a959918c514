use std::collections::BTreeMap;

use cj_core::scoring::{Fit, JudgePosterior, Judgements, Panel};

use crate::{
    input::JudgementTable,
    output::{JudgeFit, absence, finite},
};

/// What each judge did and how well it fits, in the order of their names.
pub(super) fn judge_fits(
    table: &JudgementTable,
    judgements: &Judgements,
    fit: &Fit,
    by_judge: Option<&JudgePosterior>,
    warnings: &mut Vec<String>,
) -> Vec<JudgeFit> {
    if table.judges.is_empty() {
        warnings.push(absence("judges", "the judgements name none"));
        return Vec::new();
    }
    let counts = counts(table);
    let panel = Panel::of(judgements);
    let order_of = |name: &str| {
        let own = by_judge?.judges().iter().find(|judge| judge.judge == name)?;
        own.order_effect
    };
    let lines = panel.judges().iter().zip(fit.residuals().judges());
    let judges: Vec<JudgeFit> = lines
        .map(|(line, misfit)| {
            let fitted = (misfit.judgements > 0.0).then_some(misfit);
            let share_left = line.share_left.filter(|_| table.has_sides);
            let mut flags = Vec::new();
            if let Some(misfit) = fitted.filter(|misfit| misfit.infit_z > UNUSUAL) {
                let (infit, z) = (misfit.infit, misfit.infit_z);
                flags
                    .push(format!("misfit: infit {infit:.2} is more than chance allows (z = {z:.1}, above {UNUSUAL})"));
            }
            if let Some(share) = share_left {
                let z = (2.0 * share - 1.0) * line.judgements.sqrt();
                if z.abs() > LOPSIDED {
                    let side = if z > 0.0 { "left" } else { "right" };
                    let (share, z) = (100.0 * share.max(1.0 - share), z.abs());
                    flags.push(format!("one-sided: {share:.0} % went to the {side} (z = {z:.1}, above {LOPSIDED})"));
                }
            }
            if let Some(effect) = order_of(&line.judge) {
                let z = effect.estimate / effect.standard_error;
                if z.abs() > LOPSIDED {
                    let (side, size) = (if z > 0.0 { "left" } else { "right" }, effect.estimate.abs());
                    flags.push(format!(
                        "prefers the {side}: by {size:.2} logits (z = {:.1}, above {LOPSIDED})",
                        z.abs()
                    ));
                }
            }
            JudgeFit {
                id: line.judge.clone(),
                judgements: counts.get(line.judge.as_str()).copied().unwrap_or_default(),
                share_left,
                order_effect: order_of(&line.judge).and_then(|effect| finite(effect.estimate)),
                infit: fitted.and_then(|misfit| finite(misfit.infit)),
                outfit: fitted.and_then(|misfit| finite(misfit.outfit)),
                agreement: line.agreement.and_then(finite),
                median_ms: line.median_milliseconds.and_then(finite),
                flags,
            }
        })
        .collect();
    if by_judge.is_none() {
        warnings.push(absence("judges[].order_effect", "estimated with --by-judge"));
    }
    if !table.has_sides {
        warnings.push(absence("judges[].share_left", "the judgements do not say which item was left"));
    }
    let lacks = |figure: fn(&JudgeFit) -> bool| judges.iter().any(figure);
    if lacks(|judge| judge.median_ms.is_none()) {
        warnings.push(absence("judges[].median_ms", "judgements without times"));
    }
    if lacks(|judge| judge.agreement.is_none()) {
        warnings.push(absence("judges[].agreement", "judges whose pairs nobody else decided"));
    }
    if lacks(|judge| judge.infit.is_none()) {
        warnings.push(absence("judges[].infit, judges[].outfit", "judges without a judgement that could surprise"));
    }
    judges
}

/// How many judgements each judge made, whatever they weigh.
fn counts(table: &JudgementTable) -> BTreeMap<&str, u64> {
    let mut numbers = vec![0_u64; table.judges.len()];
    for record in &table.records {
        if let Some(judge) = record.judge {
            numbers[judge as usize] += u64::from(record.count);
        }
    }
    table.judges.iter().map(String::as_str).zip(numbers).collect()
}

/// A standard normal deviate above this is unusual: one judge in 44 by chance.
const UNUSUAL: f64 = 2.0;
/// One judge in 370 by chance, either way.
const LOPSIDED: f64 = 3.0;
