use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::format::{count, counted, fixed, percent, signed};
use crate::report::frame::{Frame, Ticks};
use crate::report::scale::{Scale, round_step};
use crate::report::svg::{Anchor, Svg};
use crate::report::{ReportView, Sides};

/// Whether items were shown evenly on both sides, and whether the side mattered.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Position {
    share: Option<String>,
    balance: Option<String>,
    figures: Vec<(&'static str, String)>,
}

impl Position {
    /// None where neither the sides nor an order effect are known.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        let sides = (view.sides == Sides::Shown && !view.pairs.is_empty()).then(|| Shown::of(view));
        if sides.is_none() && view.order_effect.is_none() {
            return None;
        }
        Some(Self {
            share: share(view, sides.as_ref()),
            balance: sides.as_ref().and_then(|sides| balance(&sides.leans)),
            figures: figures(view, sides.as_ref()),
        })
    }
}

/// What the pairs say about sides.
struct Shown {
    left_wins: u64,
    right_wins: u64,
    /// Times shown left minus times shown right, by item.
    leans: Vec<i64>,
    both_ways: usize,
    /// Of the pairs shown both ways with a winner each way: how many, and how many named the same winner.
    judged_twice: usize,
    consistent: usize,
}

impl Shown {
    fn of(view: &ReportView<'_>) -> Self {
        let mut leans: BTreeMap<&str, i64> = view.items.iter().map(|item| (item.id.as_str(), 0)).collect();
        let mut nets: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        let (mut left_wins, mut right_wins) = (0, 0);
        for pair in &view.pairs {
            if !leans.contains_key(pair.left.as_str()) || !leans.contains_key(pair.right.as_str()) {
                continue;
            }
            left_wins += pair.left_wins;
            right_wins += pair.right_wins;
            *leans.entry(&pair.left).or_default() += pair.total().cast_signed();
            *leans.entry(&pair.right).or_default() -= pair.total().cast_signed();
            *nets.entry((&pair.left, &pair.right)).or_default() +=
                pair.left_wins.cast_signed() - pair.right_wins.cast_signed();
        }
        let twice: Vec<(i64, i64)> = nets
            .iter()
            .filter(|((left, right), _)| left < right)
            .filter_map(|((left, right), net)| Some((*net, *nets.get(&(*right, *left))?)))
            .collect();
        let decided: Vec<_> = twice.iter().filter(|(one, other)| *one != 0 && *other != 0).collect();
        Self {
            left_wins,
            right_wins,
            leans: leans.into_values().collect(),
            both_ways: twice.len(),
            judged_twice: decided.len(),
            consistent: decided.iter().filter(|(one, other)| (*one > 0) != (*other > 0)).count(),
        }
    }

    fn decided(&self) -> u64 {
        self.left_wins + self.right_wins
    }
}

/// The 95 % interval of a share (Wilson 1927).
fn wilson(successes: f64, trials: f64) -> (f64, f64) {
    let z = 1.96f64;
    let p = successes / trials;
    let middle = (p + z * z / (2.0 * trials)) / (1.0 + z * z / trials);
    let half = z / (1.0 + z * z / trials) * (p * (1.0 - p) / trials + z * z / (4.0 * trials * trials)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

fn figures(view: &ReportView<'_>, sides: Option<&Shown>) -> Vec<(&'static str, String)> {
    let mut figures = Vec::new();
    if let Some(shown) = sides.filter(|shown| shown.decided() > 0) {
        let (low, high) = wilson(shown.left_wins as f64, shown.decided() as f64);
        let share = percent(Some(shown.left_wins as f64 / shown.decided() as f64));
        figures.push((
            "The one shown first won",
            format!(
                "{} of {}, {share} (95\u{a0}% interval {} to {})",
                count(shown.left_wins),
                count(shown.decided()),
                percent(Some(low)),
                percent(Some(high))
            ),
        ));
    }
    if let Some(order) = view.order_effect {
        let error = order.se.map(|se| format!(" ± {}", fixed(Some(se), 2))).unwrap_or_default();
        figures.push(("Order effect γ in logits", format!("{}{error}", signed(Some(order.estimate), 2))));
        figures.push(("First one of two equal items wins", percent(Some(order.p_first))));
    }
    if let Some(shown) = sides {
        let worst = shown.leans.iter().map(|lean| lean.unsigned_abs()).max().unwrap_or(0);
        let even = shown.leans.iter().filter(|lean| lean.abs() <= 1).count();
        figures.push(("Largest difference of sides at one item", count(worst)));
        figures.push(("Items shown evenly, to within one", format!("{even} of {}", shown.leans.len())));
        figures.push(("Pairs shown both ways round", count(shown.both_ways as u64)));
        if shown.judged_twice > 0 {
            let share = percent(Some(shown.consistent as f64 / shown.judged_twice as f64));
            figures.push(("Same winner both ways", format!("{} of {}, {share}", shown.consistent, shown.judged_twice)));
        }
    }
    figures
}

/// The share that the first one won, and what the model says of equal items, against fifty-fifty.
fn share(view: &ReportView<'_>, sides: Option<&Shown>) -> Option<String> {
    let seen = sides.filter(|shown| shown.decided() > 0).map(|shown| {
        let (low, high) = wilson(shown.left_wins as f64, shown.decided() as f64);
        ("all judgements", shown.left_wins as f64 / shown.decided() as f64, low, high)
    });
    let modelled = view.order_effect.filter(|order| order.p_first.is_finite()).map(|order| {
        let ends = order.se.map(|se| [-1.96, 1.96].map(|z| 1.0 / (1.0 + (-(order.estimate + z * se)).exp())));
        let [low, high] = ends.unwrap_or([order.p_first; 2]);
        ("equal items, by the model", order.p_first, low, high)
    });
    let rows: Vec<_> = seen.into_iter().chain(modelled).collect();
    if rows.is_empty() {
        return None;
    }
    let frame = Frame { left: 170.0, right: 508.0, top: 8.0, bottom: 12.0 + 40.0 * rows.len() as f64 };
    let mut svg = Svg::new(540.0, frame.bottom + 44.0);
    let x = Scale::new(0.0, 1.0, frame.left, frame.right);
    let at: Ticks = [0.0, 0.25, 0.5, 0.75, 1.0].iter().map(|p| (x.at(*p), percent(Some(*p)))).collect();
    frame.below(&mut svg, &at, "the one shown first wins");
    svg.line("target", (x.at(0.5), frame.top), (x.at(0.5), frame.bottom));
    for (k, (name, p, low, high)) in rows.iter().enumerate() {
        let y = 30.0 + 40.0 * k as f64;
        svg.text("label", (frame.left - 10.0, y + 4.0), Anchor::End, name);
        svg.line("core", (x.at(*low), y), (x.at(*high), y));
        svg.circle("dot", (x.at(*p), y), 5.0, &percent(Some(*p)));
    }
    let said: Vec<_> = rows
        .iter()
        .map(|(name, p, low, high)| {
            format!("{name}: {} ({} to {})", percent(Some(*p)), percent(Some(*low)), percent(Some(*high)))
        })
        .collect();
    Some(svg.figure("position-share", "How often the one shown first wins", &said.join("; ")))
}

/// How many items were shown left so many times more often than right.
fn balance(leans: &[i64]) -> Option<String> {
    let worst = leans.iter().map(|lean| lean.unsigned_abs()).max()?;
    let step = round_step((2.0 * worst as f64 + 1.0) / 25.0).max(1.0);
    let reach = (worst as f64 / step).round() as i64;
    let mut bins = vec![0usize; (2 * reach + 1) as usize];
    for lean in leans {
        let bin = (*lean as f64 / step).round() as i64 + reach;
        bins[bin.clamp(0, 2 * reach) as usize] += 1;
    }
    let shown = reach.max(2);
    let frame = Frame { left: 48.0, right: 530.0, top: 12.0, bottom: 190.0 };
    let mut svg = Svg::new(540.0, 234.0);
    let x = Scale::new((-shown) as f64 - 0.6, shown as f64 + 0.6, frame.left, frame.right);
    let most = bins.iter().copied().max().unwrap_or(1).max(1) as f64;
    let y = Scale::new(0.0, most * 1.08, frame.bottom, frame.top);
    let levels: Ticks =
        y.ticks(4).into_iter().filter(|v| v.fract().abs() < 1e-9).map(|v| (y.at(v), count(v as u64))).collect();
    frame.beside(&mut svg, &levels, "items");
    let every = (shown / 6).max(1);
    let below: Ticks = (-shown..=shown)
        .filter(|bin| bin % every == 0)
        .map(|bin| (x.at(bin as f64), signed(Some(bin as f64 * step), 0)))
        .collect();
    frame.below(&mut svg, &below, "times shown first minus times shown second");
    let half = (x.at(1.0) - x.at(0.0)) * 0.36;
    for (bin, items) in bins.iter().enumerate().filter(|(_, items)| **items > 0) {
        let lean = bin as f64 - reach as f64;
        let tip = format!("{}: {}", signed(Some(lean * step), 0), counted(*items as u64, "item", "items"));
        let top = y.at(*items as f64);
        svg.rect("bar", (x.at(lean) - half, top), (2.0 * half, frame.bottom - top), &tip);
    }
    Some(svg.figure(
        "position-balance",
        "Position balance of the items",
        &format!("The largest difference between times shown first and second is {}.", count(worst)),
    ))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn wilson_interval_is_the_published_one() {
        let (low, high) = wilson(81.0, 263.0);
        assert!((low - 0.2553).abs() < 5e-4 && (high - 0.3662).abs() < 5e-4, "{low} {high}");
        let (low, high) = wilson(0.0, 10.0);
        assert!(low.abs() < 1e-12 && high > 0.2 && high < 0.3);
    }
}
