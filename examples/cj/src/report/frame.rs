use super::format::signed;
use super::scale::Scale;
use super::svg::{Anchor, Svg};

/// The rectangle of a drawing that data are drawn in; axes are drawn at its edges.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// The ticks of an axis: where they stand and what is written there.
pub(super) type Ticks = Vec<(f64, String)>;

impl Frame {
    /// Draws a light upright line at each tick, its text below, and the name of the axis below that.
    pub(super) fn below(&self, svg: &mut Svg, ticks: &[(f64, String)], name: &str) {
        svg.strokes("grid", ticks.iter().map(|(x, _)| ((*x, self.top), (*x, self.bottom))));
        for (x, text) in ticks {
            svg.text("tick", (*x, self.bottom + 16.0), Anchor::Middle, text);
        }
        svg.line("axis", (self.left, self.bottom), (self.right, self.bottom));
        svg.text("name", (f64::midpoint(self.left, self.right), self.bottom + 34.0), Anchor::Middle, name);
    }

    /// Draws a light level line at each tick, its text to the left, and the name of the axis left of that.
    pub(super) fn beside(&self, svg: &mut Svg, ticks: &[(f64, String)], name: &str) {
        svg.strokes("grid", ticks.iter().map(|(y, _)| ((self.left, *y), (self.right, *y))));
        for (y, text) in ticks {
            svg.text("tick", (self.left - 7.0, *y + 4.0), Anchor::End, text);
        }
        svg.upward("name", (13.0, f64::midpoint(self.top, self.bottom)), name);
    }
}

/// The round values of a scale with their sign, as a scale of logits shows them.
pub(super) fn logit_ticks(scale: &Scale, wanted: usize) -> Ticks {
    let decimals = scale.decimals(wanted);
    scale.ticks(wanted).into_iter().map(|value| (scale.at(value), signed(Some(value), decimals))).collect()
}

/// The round values of a scale as `write` words them.
pub(super) fn ticks(scale: &Scale, wanted: usize, write: impl Fn(f64) -> String) -> Ticks {
    scale.ticks(wanted).into_iter().map(|value| (scale.at(value), write(value))).collect()
}
