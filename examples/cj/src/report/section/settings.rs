use serde::Serialize;
use serde_json::Value;

use crate::report::ReportView;
use crate::report::format::{count, fixed, signed};

/// What the figures depend on, and how the fit went.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Settings {
    rows: Vec<(String, String)>,
    diagnostics: Vec<(&'static str, String)>,
    isolated: Vec<String>,
    components: Vec<Vec<String>>,
}

/// So many groups of unconnected items are listed, and so many items of each.
const MOST_GROUPS: usize = 12;
const MOST_MEMBERS: usize = 12;

impl Settings {
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Self {
        let mut rows = Vec::new();
        if let Some(batch) = view.batch {
            rows.push(("batch".to_owned(), batch.id.clone()));
        }
        flatten("", &view.settings, &mut rows);
        let d = view.diagnostics;
        let mut diagnostics = vec![
            ("Log-likelihood", fixed(d.log_likelihood, 2)),
            ("Iterations", count(d.iterations)),
            ("Largest gradient left", d.max_gradient.map_or_else(|| "–".to_owned(), |g| format!("{g:.1e}"))),
            ("Groups of connected items", count(d.components.len() as u64)),
            ("Items without a judgement", count(d.isolated.len() as u64)),
        ];
        if let Some(order) = view.order_effect {
            diagnostics.push(("Order effect γ", with_error(order.estimate, order.se)));
        }
        if let Some(tie) = view.tie_parameter {
            diagnostics.push(("Tie parameter", with_error(tie.estimate, tie.se)));
        }
        let components = if d.components.len() > 1 {
            d.components.iter().take(MOST_GROUPS).map(|group| shortened(group)).collect()
        } else {
            Vec::new()
        };
        Self { rows, diagnostics, isolated: shortened(&d.isolated), components }
    }
}

fn with_error(estimate: f64, se: Option<f64>) -> String {
    match se {
        Some(se) => format!("{} ± {}", signed(Some(estimate), 2), fixed(Some(se), 2)),
        None => signed(Some(estimate), 2),
    }
}

fn shortened(ids: &[String]) -> Vec<String> {
    let mut some: Vec<String> = ids.iter().take(MOST_MEMBERS).cloned().collect();
    if ids.len() > MOST_MEMBERS {
        some.push(format!("and {} more", ids.len() - MOST_MEMBERS));
    }
    some
}

/// The settings as pairs of words and values, by name; what is null is not set and not shown.
fn flatten(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('_', " ");
                flatten(&if path.is_empty() { name } else { format!("{path}: {name}") }, value, into);
            }
            return;
        }
        Value::Null => return,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    into.push((path.to_owned(), text));
}
