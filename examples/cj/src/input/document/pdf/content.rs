use std::{collections::BTreeMap, rc::Rc};

use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Dict, Name, Number, Object},
    page::{Page, Resources},
};

use super::{font::Font, glyph::Glyph, matrix::Matrix};

/// The characters of a page, in the order they are drawn.
pub(super) fn glyphs(page: &Page<'_>) -> Vec<Glyph> {
    let mut reader = Content { glyphs: Vec::new(), depth: 0 };
    if let Some(stream) = page.page_stream() {
        reader.read(stream, page.resources(), State::default());
    }
    reader.glyphs
}

/// Reads instructions and gathers the characters that they draw.
#[derive(Debug)]
struct Content {
    glyphs: Vec<Glyph>,
    /// Forms can hold forms.
    depth: usize,
}

const DEEPEST: usize = 16;
/// Far more than an essay's page has: a file made to do harm ends here.
const MOST_GLYPHS: usize = 1_000_000;

/// What instructions change and save.
#[derive(Debug, Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    between_characters: f64,
    between_words: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    text: Matrix,
    line: Matrix,
}

impl Default for State {
    fn default() -> Self {
        Self {
            page: Matrix::IDENTITY,
            font: None,
            size: 0.0,
            between_characters: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        }
    }
}

impl State {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    fn forward(&mut self, by: f64) {
        self.text = Matrix::shift(by, 0.0).then(self.text);
    }
}

impl Content {
    fn read(&mut self, stream: &[u8], resources: &Resources<'_>, mut state: State) {
        let mut saved = Vec::new();
        let mut fonts: BTreeMap<String, Option<Rc<Font>>> = BTreeMap::new();
        let mut instructions = TypedIter::new(stream);
        while let Some(instruction) = instructions.next() {
            if self.glyphs.len() > MOST_GLYPHS {
                return;
            }
            match instruction {
                TypedInstruction::SaveState(_) => saved.push(state.clone()),
                TypedInstruction::RestoreState(_) => state = saved.pop().unwrap_or(state),
                TypedInstruction::Transform(m) => state.page = matrix([m.0, m.1, m.2, m.3, m.4, m.5]).then(state.page),
                TypedInstruction::BeginText(_) => (state.text, state.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
                TypedInstruction::CharacterSpacing(by) => state.between_characters = by.0.as_f64(),
                TypedInstruction::WordSpacing(by) => state.between_words = by.0.as_f64(),
                TypedInstruction::HorizontalScaling(by) => state.stretch = by.0.as_f64() / 100.0,
                TypedInstruction::TextLeading(by) => state.leading = by.0.as_f64(),
                TypedInstruction::TextRise(by) => state.rise = by.0.as_f64(),
                TypedInstruction::TextFont(font) => {
                    let named = fonts.entry(font.0.as_str().to_owned());
                    let read = || resources.get_font(font.0).map(|font| Rc::new(Font::of(&font)));
                    state.font.clone_from(named.or_insert_with(read));
                    state.size = font.1.as_f64();
                }
                TypedInstruction::NextLine(by) => state.next_line(by.0.as_f64(), by.1.as_f64()),
                TypedInstruction::NextLineAndSetLeading(by) => {
                    state.leading = -by.1.as_f64();
                    state.next_line(by.0.as_f64(), by.1.as_f64());
                }
                TypedInstruction::SetTextMatrix(m) => {
                    state.line = matrix([m.0, m.1, m.2, m.3, m.4, m.5]);
                    state.text = state.line;
                }
                TypedInstruction::NextLineUsingLeading(_) => state.next_line(0.0, -state.leading),
                TypedInstruction::ShowText(string) => self.show(&mut state, string.0.as_bytes()),
                TypedInstruction::NextLineAndShowText(string) => {
                    state.next_line(0.0, -state.leading);
                    self.show(&mut state, string.0.as_bytes());
                }
                TypedInstruction::ShowTextWithParameters(string) => {
                    (state.between_words, state.between_characters) = (string.0.as_f64(), string.1.as_f64());
                    state.next_line(0.0, -state.leading);
                    self.show(&mut state, string.2.as_bytes());
                }
                TypedInstruction::ShowTexts(pieces) => {
                    for piece in pieces.0.iter::<Object<'_>>() {
                        match piece {
                            Object::String(string) => self.show(&mut state, string.as_bytes()),
                            Object::Number(back) => {
                                state.forward(-back.as_f64() / 1000.0 * state.size * state.stretch);
                            }
                            _ => {}
                        }
                    }
                }
                TypedInstruction::XObject(name) => self.form(name.0, resources, &state),
                _ => {}
            }
        }
    }

    /// Reads a form: a piece of a page that is kept apart.
    fn form(&mut self, name: &Name<'_>, resources: &Resources<'_>, state: &State) {
        let Some(form) = resources.get_x_object(name) else { return };
        let is_form = form.dict().get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_str() == "Form");
        if !is_form || self.depth == DEEPEST {
            return;
        }
        let Ok(stream) = form.decoded() else { return };
        let own = form.dict().get::<Dict<'_>>("Resources").map(Resources::new);
        let placed = form.dict().get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix);
        let inner = State { page: placed.then(state.page), ..state.clone() };
        self.depth += 1;
        self.read(&stream, own.as_ref().unwrap_or(resources), inner);
        self.depth -= 1;
    }

    fn show(&mut self, state: &mut State, string: &[u8]) {
        let Some(font) = state.font.clone() else { return };
        for shown in font.show(string) {
            let spacing = state.between_characters + if shown.is_word_space { state.between_words } else { 0.0 };
            let advance = (shown.width * state.size + spacing) * state.stretch;
            let Matrix([a, b, c, d, x, y]) = Matrix::shift(0.0, state.rise).then(state.text).then(state.page);
            let (across, along) = (c.hypot(d), a.hypot(b));
            if along > 0.0 && across > 0.0 && [a, b, c, d, x, y].iter().all(|value| value.is_finite()) {
                self.glyphs.push(Glyph {
                    text: shown.text,
                    at: (x, y),
                    along: (a / along, b / along),
                    size: (state.size * across).abs(),
                    advance: advance * along,
                });
            }
            state.forward(advance);
        }
    }
}

fn matrix(numbers: [Number; 6]) -> Matrix {
    Matrix(numbers.map(|number| number.as_f64()))
}
