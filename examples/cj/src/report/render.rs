use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use super::ReportView;
use super::page::Page;

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be rendered")]
#[non_exhaustive]
pub struct ReportError {
    source: minijinja::Error,
}

impl From<minijinja::Error> for ReportError {
    fn from(source: minijinja::Error) -> Self {
        Self { source }
    }
}

/// One HTML file that needs nothing else: no script, no font, no picture, no network.
///
/// The same view gives the same bytes. Every text that comes from the view is escaped; the file forbids itself, by its
/// content security policy, to load anything.
///
/// # Errors
/// [`ReportError`] when a template fails on the view, which no view that can be made is known to bring about.
pub fn render(view: &ReportView<'_>) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let html = environment.get_template("report.html")?.render(Serde(Page::of(view)))?;
    Ok(html.chars().map(allowed).collect())
}

/// The character itself, or U+FFFD for a control character that no HTML document may hold.
fn allowed(character: char) -> char {
    if character.is_control() && !matches!(character, '\n' | '\t') { '\u{fffd}' } else { character }
}

const TEMPLATES: [(&str, &str); 4] = [
    ("report.html", include_str!("../../templates/report.html")),
    ("scores.html", include_str!("../../templates/scores.html")),
    ("quality.html", include_str!("../../templates/quality.html")),
    ("origin.html", include_str!("../../templates/origin.html")),
];
