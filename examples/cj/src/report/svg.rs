use std::fmt::Write as _;

/// A drawing in the making: shapes that take their looks from the classes of the page's style sheet.
///
/// Every text that comes in is escaped; coordinates are rounded to a tenth of a unit.
#[derive(Debug)]
pub(super) struct Svg {
    width: f64,
    height: f64,
    body: String,
}

/// Which end of a text its point fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    End,
    Middle,
    Start,
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn circle(&mut self, class: &str, (x, y): (f64, f64), radius: f64, tip: &str) {
        let (x, y, r) = (unit(x), unit(y), unit(radius));
        let _ = match tip {
            "" => write!(self.body, r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"/>"#),
            tip => write!(
                self.body,
                r#"<circle class="{class}" cx="{x}" cy="{y}" r="{r}"><title>{}</title></circle>"#,
                escape(tip)
            ),
        };
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let (x1, y1, x2, y2) = (unit(x1), unit(y1), unit(x2), unit(y2));
        let _ = write!(self.body, r#"<path class="{class}" d="M{x1} {y1}L{x2} {y2}"/>"#);
    }

    /// Draws lines through points that follow each other; `points` with fewer than two draw nothing.
    pub(super) fn polyline(&mut self, class: &str, points: &[(f64, f64)], tip: &str) {
        if points.len() < 2 {
            return;
        }
        let path = through(points);
        let _ = match tip {
            "" => write!(self.body, r#"<path class="{class}" d="{path}"/>"#),
            tip => write!(self.body, r#"<path class="{class}" d="{path}"><title>{}</title></path>"#, escape(tip)),
        };
    }

    /// Fills the space that the points enclose.
    pub(super) fn polygon(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 2 {
            let _ = write!(self.body, r#"<path class="{class}" d="{}Z"/>"#, through(points));
        }
    }

    /// Draws many separate strokes of one look as a single shape.
    pub(super) fn strokes(&mut self, class: &str, strokes: impl Iterator<Item = ((f64, f64), (f64, f64))>) {
        let mut path = String::new();
        for ((x1, y1), (x2, y2)) in strokes {
            let _ = write!(path, "M{} {}L{} {}", unit(x1), unit(y1), unit(x2), unit(y2));
        }
        if !path.is_empty() {
            let _ = write!(self.body, r#"<path class="{class}" d="{path}"/>"#);
        }
    }

    pub(super) fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), tip: &str) {
        let (x, y, w, h) = (unit(x), unit(y), unit(width.max(0.0)), unit(height.max(0.0)));
        let _ = match tip {
            "" => write!(self.body, r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}"/>"#),
            tip => write!(
                self.body,
                r#"<rect class="{class}" x="{x}" y="{y}" width="{w}" height="{h}"><title>{}</title></rect>"#,
                escape(tip)
            ),
        };
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::End => r#" text-anchor="end""#,
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::Start => "",
        };
        let (x, y) = (unit(x), unit(y));
        let _ = write!(self.body, r#"<text class="{class}" x="{x}" y="{y}"{anchor}>{}</text>"#, escape(text));
    }

    /// A text that reads upwards, for the name of a vertical axis.
    pub(super) fn upward(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let (x, y) = (unit(x), unit(y));
        let _ = write!(
            self.body,
            r#"<text class="{class}" transform="translate({x} {y}) rotate(-90)" text-anchor="middle">{}</text>"#,
            escape(text)
        );
    }

    /// The finished figure, with what a screen reader says of it.
    pub(super) fn figure(self, id: &str, title: &str, description: &str) -> String {
        let (w, h) = (unit(self.width), unit(self.height));
        format!(
            r#"<svg class="chart" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>"#,
            escape(title),
            escape(description),
            self.body
        )
    }

    /// The finished drawing for a table cell whose figures stand beside it: screen readers pass over it.
    pub(super) fn decoration(self) -> String {
        let (w, h) = (unit(self.width), unit(self.height));
        format!(
            r#"<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true" focusable="false">{}</svg>"#,
            self.body
        )
    }
}

/// The text with what HTML would read as markup made harmless; characters that no document may hold become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' => safe.push(character),
            character if character.is_control() => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

fn through(points: &[(f64, f64)]) -> String {
    let mut path = String::with_capacity(points.len() * 12);
    for (place, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{} {}", if place == 0 { 'M' } else { 'L' }, unit(*x), unit(*y));
    }
    path
}

/// A coordinate with at most one decimal; what is not a number is drawn at the origin rather than breaking the drawing.
fn unit(value: f64) -> f64 {
    if value.is_finite() { (value * 10.0).round() / 10.0 + 0.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Svg, escape};

    #[test]
    fn texts_and_tips_are_escaped() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text("t", (0.0, 0.0), Anchor::Start, "<script>alert(1)</script>");
        svg.circle("c", (1.0, 1.0), 2.0, "\"><b>");
        let drawn = svg.figure("x", "a < b", "it's");
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"));
        assert!(drawn.contains("a &lt; b") && drawn.contains("it&#39;s"));
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(escape("a\0b\u{1b}c\nd"), "a\u{fffd}b\u{fffd}c\nd");
    }

    #[test]
    fn coordinates_are_short_and_always_numbers() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.line("l", (1.0 / 3.0, -0.01), (f64::NAN, f64::INFINITY));
        assert!(svg.decoration().contains(r#"d="M0.3 0L0 0""#));
    }
}
