use serde::Serialize;

use crate::report::ReportView;
use crate::report::format::{counted, fixed};
use crate::report::frame::{Frame, logit_ticks, ticks};
use crate::report::scale::{Scale, round_step};
use crate::report::svg::{Anchor, Svg};

/// How the scores spread, and the figures of reliability that follow from it.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Distribution {
    figure: String,
    curve: bool,
    thresholds: bool,
    figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: &'static str,
    value: String,
    meaning: String,
}

impl Distribution {
    /// None where fewer than two items have a score.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        let scores: Vec<f64> = view.items.iter().filter_map(|item| item.score).filter(|s| s.is_finite()).collect();
        (scores.len() > 1).then(|| Self {
            figure: histogram(view, &scores),
            curve: view.reliability.latent_sd.is_some_and(|sd| sd > 0.0),
            thresholds: !view.thresholds.is_empty(),
            figures: figures(view),
        })
    }
}

fn histogram(view: &ReportView<'_>, scores: &[f64]) -> String {
    let (low, high) = scores.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), s| (l.min(*s), h.max(*s)));
    let wanted = (scores.len() as f64).sqrt().ceil().clamp(6.0, 40.0);
    let step = round_step((high - low).max(1e-6) / wanted);
    let first = (low / step).floor();
    let mut bins = vec![0usize; ((high / step).floor() - first) as usize + 1];
    for score in scores {
        let bin = (score / step).floor() - first;
        let last = bins.len() - 1;
        bins[(bin.max(0.0) as usize).min(last)] += 1;
    }
    let frame = Frame { left: 48.0, right: 530.0, top: 24.0, bottom: 250.0 };
    let mut svg = Svg::new(540.0, 294.0);
    let edge = |bin: usize| (first + bin as f64) * step;
    let x = Scale::new(edge(0) - 0.5 * step, edge(bins.len()) + 0.5 * step, frame.left, frame.right);
    let sd = view.reliability.latent_sd.filter(|sd| sd.is_finite() && *sd > 0.0);
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    let bell = |at: f64, sd: f64| {
        scores.len() as f64 * step * (-0.5 * ((at - mean) / sd).powi(2)).exp() / (sd * std::f64::consts::TAU.sqrt())
    };
    let tallest = bins.iter().copied().max().unwrap_or(1) as f64;
    let top = sd.map_or(tallest, |sd| tallest.max(bell(mean, sd)));
    let y = Scale::new(0.0, top * 1.05, frame.bottom, frame.top);
    let levels: Vec<_> = ticks(&y, 5, |n| format!("{n:.0}")).into_iter().filter(|(_, t)| !t.contains('.')).collect();
    let whole: Vec<_> =
        if top < 5.0 { (0..=top as u32).map(|n| (y.at(f64::from(n)), n.to_string())).collect() } else { levels };
    frame.beside(&mut svg, &whole, "items");
    frame.below(&mut svg, &logit_ticks(&x, 8), "score in logits");
    for (bin, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (x.at(edge(bin)), x.at(edge(bin + 1)));
        let tip = format!(
            "{} to {}: {}",
            fixed(Some(edge(bin)), 2),
            fixed(Some(edge(bin + 1)), 2),
            counted(*count as u64, "item", "items")
        );
        svg.rect("bar", (from + 0.6, y.at(*count as f64)), (to - from - 1.2, frame.bottom - y.at(*count as f64)), &tip);
    }
    if let Some(sd) = sd {
        let (from, to) = x.domain();
        let points: Vec<_> = (0..=96)
            .map(|k| from + (to - from) * f64::from(k) / 96.0)
            .map(|at| (x.at(at), y.at(bell(at, sd))))
            .collect();
        svg.polyline("curve", &points, "");
    }
    svg.strokes("rug", scores.iter().map(|s| ((x.at(*s), frame.bottom), (x.at(*s), frame.bottom + 5.0))));
    let grades: Vec<&str> = view
        .grades
        .first()
        .map(|grade| grade.probabilities.iter().map(|p| p.grade.as_str()).collect())
        .unwrap_or_default();
    for (k, threshold) in view.thresholds.iter().enumerate().filter(|(_, t)| x.holds(**t)) {
        svg.line("border", (x.at(*threshold), frame.top), (x.at(*threshold), frame.bottom));
        if let (true, Some(above)) = (grades.len() == view.thresholds.len() + 1, grades.get(k + 1)) {
            svg.text("tick", (x.at(*threshold) + 3.0, frame.top - 6.0), Anchor::Start, &format!("{above} ›"));
        }
    }
    svg.figure(
        "distribution",
        "Distribution of the scores",
        &format!(
            "{} scores from {} to {} logits; mean {}.",
            scores.len(),
            fixed(Some(low), 2),
            fixed(Some(high), 2),
            fixed(Some(mean), 2)
        ),
    )
}

/// The fit that the separation figures come from.
fn basis_in_words(basis: &str) -> &str {
    match basis {
        "mle" => "maximum likelihood",
        "firth" => "Firth’s penalised likelihood",
        "sirt" => "ε-adjusted joint likelihood, as in sirt",
        other => other,
    }
}

fn figures(view: &ReportView<'_>) -> Vec<Figure> {
    let r = view.reliability;
    let interval = match (r.honest_low, r.honest_high) {
        (Some(low), Some(high)) => format!(", 80\u{a0}% interval {} to {}", fixed(Some(low), 2), fixed(Some(high), 2)),
        _ => String::new(),
    };
    let basis = r
        .ssr_basis
        .as_deref()
        .map(|basis| format!(" From an unshrunk fit ({}).", basis_in_words(basis)))
        .unwrap_or_default();
    [
        ("Honest reliability", r.honest, format!("Squared correlation of the scores with the true ones{interval}. The one to go by.")),
        ("Scale separation (SSR)", r.ssr, format!("1 − error variance / variance of the scores. Flatters where pairs were chosen by earlier answers.{basis}")),
        ("SSR, the other form", r.ssr_alternative, "v₀ / (v₀ + v₂), printed by some studies under the same name.".to_owned()),
        ("Split-half", r.split_half, "Scores of one half of the judges against the other half, stepped up.".to_owned()),
        ("Separation G", r.separation, "Spread of the true scores in units of their typical error.".to_owned()),
        ("Strata H", r.strata, "Levels of quality that can be told apart, (4G + 1) / 3.".to_owned()),
        ("Spread of the true scores", r.latent_sd, "Estimated standard deviation, in logits.".to_owned()),
    ]
    .into_iter()
    .filter(|(_, value, _)| value.is_some_and(f64::is_finite))
    .map(|(name, value, meaning)| Figure { name, value: fixed(value, 2), meaning })
    .collect()
}
