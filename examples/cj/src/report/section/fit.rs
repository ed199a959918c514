use serde::Serialize;

use crate::output::ItemScore;
use crate::report::ReportView;
use crate::report::format::{count, duration, fixed, percent, short, signed};
use crate::report::frame::{Frame, Ticks};
use crate::report::scale::Scale;
use crate::report::spread::spread;
use crate::report::svg::{Anchor, Svg};

/// How well the model describes the answers about each item and of each judge.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Fit {
    figure: Option<String>,
    measured: usize,
    noisy: usize,
    smooth: usize,
    long: bool,
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
/// So many of the noisy items are listed.
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
        measured.sort_by(|a, b| noise(b).total_cmp(&noise(a)).then_with(|| a.0.id.cmp(&b.0.id)));
        let noisy: Vec<_> = measured.iter().filter(|item| noise(item) > USUAL.1).collect();
        Self {
            figure: (measured.len() > 1).then(|| scatter(&measured)),
            measured: measured.len(),
            noisy: noisy.len(),
            smooth: measured.iter().filter(|item| noise(item) < USUAL.0).count(),
            long: view.judges.len() > 40,
            unusual: noisy
                .iter()
                .take(MOST_LISTED)
                .map(|(item, infit, outfit)| Unusual {
                    id: item.id.clone(),
                    name: view.names.get(&item.id).cloned(),
                    infit: fixed(Some(*infit), 2),
                    outfit: fixed(Some(*outfit), 2),
                    reading: if *infit > USUAL.1 { "disputed throughout" } else { "a few surprising answers" },
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

/// The larger of the two mean squares.
fn noise((_, infit, outfit): &(&ItemScore, f64, f64)) -> f64 {
    infit.max(*outfit)
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
    let (radius, many) = if measured.len() > 200 { (2.4, " many") } else { (3.6, "") };
    for item in measured.iter().rev() {
        let tip = format!("{}: infit {}, outfit {}", item.0.id, fixed(Some(item.1), 2), fixed(Some(item.2), 2));
        let class = if noise(item) > USUAL.1 { "odd" } else { "faint" };
        svg.circle(&format!("dot {class}{many}"), place(item.1, item.2), radius, &tip);
    }
    let named: Vec<_> = measured.iter().filter(|item| noise(item) > USUAL.1).take(MOST_NAMED).collect();
    let points: Vec<_> = named.iter().map(|(_, infit, outfit)| place(*infit, *outfit)).collect();
    let heights = spread(&points.iter().map(|(_, py)| *py).collect::<Vec<_>>(), 12.0, (frame.top + 4.0, frame.bottom));
    let column = points.iter().fold(0.0f64, |most, (px, _)| most.max(*px)).min(420.0) + 16.0;
    for ((item, point), height) in named.iter().zip(&points).zip(&heights) {
        svg.line("lead", (point.0 + 5.0, point.1), (column - 3.0, *height));
        svg.text("small", (column, *height + 3.5), Anchor::Start, &short(&item.0.id, 16));
    }
    svg.figure(
        "fit",
        "Infit and outfit of the items",
        &format!(
            "{} of {} items are noisier than 1.5; they are in the table.",
            measured.iter().filter(|item| noise(item) > USUAL.1).count(),
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
