use minijinja::{Environment, UndefinedBehavior, context};

use super::ReportError;
use super::format::fixed;
use super::frame::{Frame, ticks};
use super::scale::Scale;
use super::svg::{Anchor, Svg};
use crate::output::{Document, Estimated, Section, SimulateOutput};

/// One self-contained HTML page: the curves of a simulated design and its tables.
///
/// # Errors
/// [`ReportError`] when the template fails, which no document is known to bring about.
pub fn render_simulation(document: &SimulateOutput) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("simulation.html", include_str!("../../templates/simulation.html"))?;
    let settings = &document.settings;
    let title = format!("{} comparisons of {} items", settings.strategy, settings.items);
    let tables: Vec<_> = document
        .sections()
        .into_iter()
        .map(|Section { title, header, rows }| context! { title, header, rows })
        .collect();
    let page = environment.get_template("simulation.html")?.render(context! {
        title,
        style => include_str!("../../templates/report.css"),
        version => env!("CARGO_PKG_VERSION"),
        figure => figure(document),
        tables,
        settings => minijinja::value::Serde(settings),
        warnings => &document.warnings,
    })?;
    Ok(page)
}

fn figure(document: &SimulateOutput) -> String {
    let frame = Frame { left: 48.0, right: 660.0, top: 14.0, bottom: 360.0 };
    let mut svg = Svg::new(700.0, 404.0);
    let last = document.points.last().map_or(1.0, |point| point.per_item);
    let x = Scale::new(0.0, last.max(1.0) * 1.02, frame.left, frame.right);
    let y = Scale::new(0.0, 1.0, frame.bottom, frame.top);
    frame.beside(&mut svg, &ticks(&y, 5, |value| fixed(Some(value), 1)), "reliability");
    frame.below(&mut svg, &ticks(&x, 8, |value| fixed(Some(value), 0)), "comparisons per item");
    let end = |one: Estimated, side: f64| y.at(one.mean + side * 2.0 * one.error.unwrap_or(0.0));
    let there = document.points.iter().map(|point| (x.at(point.per_item), end(point.reliability, 1.0)));
    let back = document.points.iter().rev().map(|point| (x.at(point.per_item), end(point.reliability, -1.0)));
    svg.polygon("band", &there.chain(back).collect::<Vec<_>>());
    let line = |what: fn(&crate::output::SimulatedPoint) -> Option<Estimated>| -> Vec<(f64, f64)> {
        let known = document.points.iter().filter_map(|point| Some((point.per_item, what(point)?.mean)));
        known.map(|(at, mean)| (x.at(at), y.at(mean))).collect()
    };
    svg.polyline("series", &line(|point| Some(point.reliability)), "true reliability");
    svg.polyline("curve", &line(|point| point.ssr), "scale separation reliability");
    svg.polyline("expected", &line(|point| point.honest), "reported honest reliability");
    let target = y.at(document.settings.target);
    svg.line("target", (frame.left, target), (frame.right, target));
    let label = format!("target {}", fixed(Some(document.settings.target), 2));
    svg.text("tick", (frame.left + 6.0, target - 6.0), Anchor::Start, &label);
    let reached = document.points.last().map(|point| point.reliability.mean);
    let description = format!("{} after {} comparisons per item.", fixed(reached, 2), fixed(Some(last), 1));
    svg.figure("simulated-reliability", "Reliability by comparisons per item", &description)
}
