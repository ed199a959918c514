/// One character shape on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    /// What it says; none where the file does not tell.
    pub(super) text: Option<String>,
    /// Where its baseline begins.
    pub(super) at: (f64, f64),
    /// The direction of its baseline, of length 1.
    pub(super) along: (f64, f64),
    /// The size of its font on the page.
    pub(super) size: f64,
    /// How far the next one is.
    pub(super) advance: f64,
}
