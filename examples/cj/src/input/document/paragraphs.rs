/// Paragraphs in the making; those without text are left out.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    done: Vec<String>,
    open: Vec<String>,
}

impl Paragraphs {
    /// Begins a paragraph, perhaps inside another one, as in a text box.
    pub(super) fn begin(&mut self) {
        self.open.push(String::new());
    }

    /// Ends the paragraph begun last.
    pub(super) fn end(&mut self) {
        if let Some(paragraph) = self.open.pop() {
            self.keep(&paragraph);
        }
    }

    /// The paragraph begun last; what is written where none is open goes to one of its own.
    pub(super) fn text(&mut self) -> &mut String {
        if self.open.is_empty() {
            self.open.push(String::new());
        }
        self.open.last_mut().expect("one has just been begun")
    }

    /// Whether a paragraph is open.
    pub(super) const fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// All paragraphs, with a blank line between them.
    pub(super) fn joined(mut self) -> String {
        for paragraph in std::mem::take(&mut self.open) {
            self.keep(&paragraph);
        }
        self.done.join("\n\n")
    }

    fn keep(&mut self, paragraph: &str) {
        let lines: Vec<_> = paragraph.split('\n').map(str::trim).collect();
        let paragraph = lines.join("\n");
        let paragraph = paragraph.trim();
        if !paragraph.is_empty() {
            self.done.push(paragraph.to_owned());
        }
    }
}
