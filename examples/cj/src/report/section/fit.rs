use serde::Serialize;

use crate::output::ItemScore;
use crate::report::ReportView;
use crate::report::format::{count, duration, fixed, percent, short, signed};
use crate::report::frame::{Frame, Ticks};
use crate::report::scale::Scale;
use crate::report::svg::{Anchor, Svg};

/// How well the model describes the answers about each item and of each judge.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Fit {
    figure: Option<String>,
    measured: usize,
    outside: usize,
    unusual: Vec<Unusual>,
    judges: Vec<Judge>,
    any_flags: bool,
}

#[derive(Debug, Serialize)]
struct Unusual {
    id: String,
    name: Option<String>,
    infit: String,
    outfit: String,
    reading: &'static str,
}

#[derive(Debug, Serialize)]
struct Judge {
    id: String,
    judgements: String,
    share_left: String,
    share_bar: Option<String>,
    order_effect: String,
    infit: String,
    outfit: String,
    agreement: String,
    median: String,
    flags: Vec<String>,
}

/// Mean squares inside these bounds are productive for measurement (Linacre 2002).
const USUAL: (f64, f64) = (0.5, 1.5);
/// So many of the items outside are listed.
const MOST_LISTED: usize = 12;
/// So many of them are named in the figure.
const MOST_NAMED: usize = 8;

impl Fit {
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Self {
        let mut measured: Vec<(&ItemScore, f64, f64)> = view
            .items
            .iter()
            .filter_map(|item| Some((item, item.infit?, item.outfit?)))
            .filter(|(_, infit, outfit)| infit.is_finite() && outfit.is_finite())
            .collect();
        measured.sort_by(|a, b| strangeness(b).total_cmp(&strangeness(a)).then_with(|| a.0.id.cmp(&b.0.id)));
        let outside: Vec<_> = measured.iter().filter(|item| unusual(item)).collect();
        Self {
            figure: (measured.len() > 1).then(|| scatter(&measured)),
            measured: measured.len(),
            outside: outside.len(),
            unusual: outside
                .iter()
                .take(MOST_LISTED)
                .map(|(item, infit, outfit)| Unusual {
                    id: item.id.clone(),
                    name: view.names.get(&item.id).cloned(),
                    infit: fixed(Some(*infit), 2),
                    outfit: fixed(Some(*outfit), 2),
                    reading: reading(*infit, *outfit),
                })
                .collect(),
            any_flags: view.judges.iter().any(|judge| !judge.flags.is_empty()),
            judges: view
                .judges
                .iter()
                .map(|judge| Judge {
                    id: judge.id.clone(),
                    judgements: count(judge.judgements),
                    share_left: percent(judge.share_left),
                    share_bar: judge.share_left.filter(|share| share.is_finite()).map(share_bar),
                    order_effect: signed(judge.order_effect, 2),
                    infit: fixed(judge.infit, 2),
                    outfit: fixed(judge.outfit, 2),
                    agreement: percent(judge.agreement),
                    median: duration(judge.median_ms),
                    flags: judge.flags.clone(),
                })
                .collect(),
        }
    }
}

fn unusual((_, infit, outfit): &(&ItemScore, f64, f64)) -> bool {
    [infit, outfit].into_iter().any(|square| !(USUAL.0..=USUAL.1).contains(square))
}

/// The larger of the two distances from 1, in doublings.
fn strangeness((_, infit, outfit): &(&ItemScore, f64, f64)) -> f64 {
    infit.max(1e-3).log2().abs().max(outfit.max(1e-3).log2().abs())
}

fn reading(infit: f64, outfit: f64) -> &'static str {
    if infit > USUAL.1 {
        "the judges disagree about it throughout"
    } else if outfit > USUAL.1 {
        "a few surprising answers against much better or worse items"
    } else {
        "answers more predictable than chance allows; few of them were close"
    }
}

fn scatter(measured: &[(&ItemScore, f64, f64)]) -> String {
    let frame = Frame { left: 52.0, right: 528.0, top: 12.0, bottom: 330.0 };
    let mut svg = Svg::new(540.0, 374.0);
    let x = Scale::new(-2.5, 2.5, frame.left, frame.right);
    let y = Scale::new(-2.5, 2.5, frame.bottom, frame.top);
    let octaves = |scale: &Scale| -> Ticks {
        [0.25f64, 0.5, 1.0, 2.0, 4.0].iter().map(|square| (scale.at(square.log2()), square.to_string())).collect()
    };
    let (low, high) = (USUAL.0.log2(), USUAL.1.log2());
    svg.rect("usual", (x.at(low), y.at(high)), (x.at(high) - x.at(low), y.at(low) - y.at(high)), "");
    frame.beside(&mut svg, &octaves(&y), "outfit");
    frame.below(&mut svg, &octaves(&x), "infit");
    let place = |infit: f64, outfit: f64| (x.at(infit.max(1e-3).log2()), y.at(outfit.max(1e-3).log2()));
    for item in measured.iter().rev() {
        let tip = format!("{}: infit {}, outfit {}", item.0.id, fixed(Some(item.1), 2), fixed(Some(item.2), 2));
        svg.circle(if unusual(item) { "dot odd" } else { "dot faint" }, place(item.1, item.2), 3.6, &tip);
    }
    for (item, infit, outfit) in measured.iter().filter(|item| unusual(item)).take(MOST_NAMED) {
        let (px, py) = place(*infit, *outfit);
        let (dx, anchor) = if px > 400.0 { (-7.0, Anchor::End) } else { (7.0, Anchor::Start) };
        svg.text("small", (px + dx, py + 3.5), anchor, &short(&item.id, 18));
    }
    svg.figure(
        "fit",
        "Infit and outfit of the items",
        &format!(
            "{} of {} items lie outside 0.5 to 1.5; the most unusual ones are in the table.",
            measured.iter().filter(|item| unusual(item)).count(),
            measured.len()
        ),
    )
}

/// A bar from the middle, which is fifty-fifty, to the share.
fn share_bar(share: f64) -> String {
    let scale = Scale::new(0.0, 1.0, 2.0, 98.0);
    let mut svg = Svg::new(100.0, 14.0);
    svg.rect("track", (2.0, 4.0), (96.0, 6.0), "");
    let (from, to) = (scale.at(share.min(0.5)), scale.at(share.max(0.5)));
    svg.rect("reach", (from, 4.0), (to - from, 6.0), "");
    svg.line("mark", (50.0, 1.0), (50.0, 13.0));
    svg.decoration()
}
