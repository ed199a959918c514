use std::collections::BTreeMap;

use super::glyph::Glyph;

/// Characters on pages, on their way to lines and paragraphs.
#[derive(Debug, Default)]
pub(super) struct Layout {
    lines: Vec<Line>,
    pages: usize,
    known: usize,
    unknown: usize,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    page: usize,
    text: String,
    direction: (f64, f64),
    /// Where it begins and ends along its baseline.
    left: f64,
    right: f64,
    /// How high its baseline is.
    height: f64,
    size: f64,
    /// How much room its first word takes.
    first_word: f64,
}

impl Layout {
    /// Takes the characters of the next page.
    pub(super) fn add_page(&mut self, glyphs: &[Glyph]) {
        let mut open: Option<Line> = None;
        for glyph in glyphs {
            let Some(text) = &glyph.text else {
                self.unknown += 1;
                continue;
            };
            self.known += 1;
            match open.take() {
                Some(mut line) if line.continues_with(glyph) => {
                    line.push(glyph, text);
                    open = Some(line);
                }
                ended => {
                    self.keep(ended);
                    open = Some(Line::begin(self.pages, glyph, text));
                }
            }
        }
        self.keep(open);
        self.pages += 1;
    }

    /// How many characters the file tells the meaning of.
    pub(super) const fn known(&self) -> usize {
        self.known
    }

    /// How many it does not.
    pub(super) const fn unknown(&self) -> usize {
        self.unknown
    }

    /// The paragraphs, with a blank line between them.
    pub(super) fn text(mut self) -> String {
        self.drop_furniture();
        let pitch = self.pitch();
        let right = self.right_margin();
        let hyphens = self.lines.windows(2).filter(|two| breaks_word(&two[0].text, &two[1])).count();
        let is_hyphenated = hyphens >= FEWEST_HYPHENS && hyphens * 50 >= self.lines.len();
        let mut text = String::new();
        for (i, line) in self.lines.iter().enumerate() {
            let previous = i.checked_sub(1).map(|before| &self.lines[before]);
            match previous {
                None => {}
                Some(previous) if previous.ends_paragraph(line, pitch, right) => text.push_str("\n\n"),
                Some(_) if text.ends_with('\u{ad}') || (is_hyphenated && breaks_word(&text, line)) => {
                    text.pop();
                }
                Some(_) if breaks_word(&text, line) => {}
                Some(_) => text.push(' '),
            }
            text.push_str(&line.text);
        }
        text
    }

    fn keep(&mut self, line: Option<Line>) {
        let Some(mut line) = line else { return };
        line.text = tidy(&line.text);
        if !line.text.is_empty() {
            self.lines.push(line);
        }
    }

    /// Takes page numbers away, and lines that stand at the same place of several pages.
    fn drop_furniture(&mut self) {
        if self.pages < 2 {
            return;
        }
        let place = |line: &Line| (line.height.round() as i64, line.text.replace(|c: char| c.is_ascii_digit(), "0"));
        let mut pages_with: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for line in &self.lines {
            pages_with.entry(place(line)).or_default().push(line.page);
        }
        let mut ends = vec![(f64::MAX, f64::MIN); self.pages];
        for line in &self.lines {
            let (lowest, highest) = &mut ends[line.page];
            *lowest = lowest.min(line.height);
            *highest = highest.max(line.height);
        }
        self.lines.retain(|line| {
            let (lowest, highest) = ends[line.page];
            let at_the_edge = line.height <= lowest || line.height >= highest;
            let mut pages = pages_with[&place(line)].clone();
            pages.dedup();
            !(at_the_edge && (pages.len() > 1 || line.text.chars().all(|c| c.is_ascii_digit())))
        });
    }

    /// Where full lines end: as far to the right as a tenth of the lines of the usual size come near to.
    fn right_margin(&self) -> f64 {
        let mut sizes: Vec<f64> = self.lines.iter().map(|line| line.size).collect();
        sizes.sort_unstable_by(f64::total_cmp);
        let usual = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
        let lines = self.lines.iter().filter(|line| (line.size / usual - 1.0).abs() < SAME_SIZE);
        let mut ends: Vec<f64> = lines.map(|line| line.right).collect();
        ends.sort_unstable_by(|a, b| b.total_cmp(a));
        let enough = (ends.len() / 10).max(1);
        let margin = ends.iter().find(|end| {
            let from = ends.partition_point(|other| other > *end);
            ends.get(from + enough).is_some_and(|other| *other >= **end - RAGGED * usual)
        });
        margin.or_else(|| ends.first()).copied().unwrap_or(f64::MIN)
    }

    /// The usual distance between two lines, as a multiple of their size.
    fn pitch(&self) -> f64 {
        let mut distances: Vec<f64> = self
            .lines
            .windows(2)
            .filter(|two| two[0].page == two[1].page && two[0].is_as_large_as(&two[1]))
            .map(|two| (two[0].height - two[1].height) / two[0].size)
            .filter(|distance| (0.5..4.0).contains(distance))
            .collect();
        distances.sort_unstable_by(f64::total_cmp);
        distances.get(distances.len() / 2).copied().unwrap_or(USUAL_PITCH)
    }
}

impl Line {
    fn begin(page: usize, glyph: &Glyph, text: &str) -> Self {
        let (left, height) = place(glyph.at, glyph.along);
        let right = left + glyph.advance;
        let first_word = if text.trim().is_empty() { 0.0 } else { f64::NAN };
        Self { page, text: text.to_owned(), direction: glyph.along, left, right, height, size: glyph.size, first_word }
    }

    /// Whether a character stands on the same line, behind what is there.
    fn continues_with(&self, glyph: &Glyph) -> bool {
        let same_direction = glyph.along.0 * self.direction.0 + glyph.along.1 * self.direction.1 > 0.99;
        let (x, y) = place(glyph.at, self.direction);
        let size = self.size.max(glyph.size);
        same_direction && (y - self.height).abs() < 0.5 * size && x > self.right - size
    }

    fn push(&mut self, glyph: &Glyph, text: &str) {
        let (x, _) = place(glyph.at, self.direction);
        let is_apart = x - self.right > WORD_GAP * self.size.max(glyph.size);
        if is_apart && !self.text.ends_with(char::is_whitespace) && !text.starts_with(char::is_whitespace) {
            self.text.push(' ');
        }
        if self.first_word.is_nan() && (is_apart || text.trim().is_empty()) {
            self.first_word = self.right - self.left;
        }
        self.text.push_str(text);
        if !text.trim().is_empty() {
            self.right = self.right.max(x + glyph.advance);
        }
    }

    fn is_as_large_as(&self, other: &Self) -> bool {
        (self.size / other.size - 1.0).abs() < SAME_SIZE
    }

    /// Whether `next` begins a paragraph: it stands further down than usual, or is set in, or its first word would
    /// have had room on this line.
    fn ends_paragraph(&self, next: &Self, pitch: f64, right: f64) -> bool {
        let word = if next.first_word.is_nan() { next.right - next.left } else { next.first_word };
        let has_room = self.right + 0.3 * self.size + word < right - 0.3 * self.size;
        if self.page != next.page {
            return has_room || !self.is_as_large_as(next);
        }
        let distance = (self.height - next.height) / self.size;
        let is_set_in = next.left - self.left > 0.8 * self.size;
        let is_list = next.text.starts_with(['•', '▪', '◦', '●']);
        has_room || !self.is_as_large_as(next) || distance > 1.3 * pitch || (distance > 0.0 && is_set_in) || is_list
    }
}

/// Whether a word goes on from the end of `text` to the next line.
fn breaks_word(text: &str, next: &Line) -> bool {
    text.ends_with('-') && next.text.starts_with(char::is_lowercase)
}

/// A point along and across a baseline.
fn place((x, y): (f64, f64), (u, v): (f64, f64)) -> (f64, f64) {
    (x * u + y * v, y * u - x * v)
}

/// One space between words, and ligatures as the letters they are.
fn tidy(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\u{fb00}' => text.push_str("ff"),
            '\u{fb01}' => text.push_str("fi"),
            '\u{fb02}' => text.push_str("fl"),
            '\u{fb03}' => text.push_str("ffi"),
            '\u{fb04}' => text.push_str("ffl"),
            c if c.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    text.trim().to_owned()
}

/// A gap of this part of the font's size separates words; kerning moves letters by less.
const WORD_GAP: f64 = 0.15;
/// Sizes that differ by less are the same.
const SAME_SIZE: f64 = 0.15;
/// How far lines that are not justified stay away from the margin, as a multiple of their size.
const RAGGED: f64 = 3.0;
const USUAL_PITCH: f64 = 1.2;
/// A text with fewer lines that end in a hyphen than this has no automatic hyphenation.
const FEWEST_HYPHENS: usize = 3;
