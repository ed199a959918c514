//! `cj schema`.
use serde::Serialize;

use crate::{
    console::Console,
    error::Error,
    exit::Exit,
    output::{Document, EVENT_SCHEMAS, SCHEMAS, SchemaFile, Section},
};

/// Options of `cj schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    /// The schema to print; without it, the list of schemas
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Prints one schema, or the list of them.
///
/// # Errors
/// [`Error::Usage`] for a name that no schema has.
pub fn run(args: &Args, console: &Console) -> Result<Exit, Error> {
    let Some(name) = &args.name else {
        console.print(&Listing::all())?;
        return Ok(Exit::Complete);
    };
    let wanted = name.strip_suffix(".json").unwrap_or(name);
    let Some(schema) = all().find(|schema| schema.name == wanted) else {
        let names: Vec<_> = all().map(|schema| schema.name).collect();
        return Err(Error::usage(format!("no schema is named `{name}`: there are {}", names.join(", "))));
    };
    Console::text(schema.text)?;
    Ok(Exit::Complete)
}

/// Those of outputs, then those of messages.
fn all() -> impl Iterator<Item = &'static SchemaFile> {
    SCHEMAS.iter().chain(EVENT_SCHEMAS)
}

/// The list of schemas.
#[derive(Debug, Serialize)]
struct Listing {
    schemas: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    about: &'static str,
}

impl Listing {
    fn all() -> Self {
        Self { schemas: all().map(|schema| Entry { name: schema.name, about: schema.about }).collect() }
    }
}

impl Document for Listing {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        Section {
            title: String::new(),
            header: vec!["name", "about"],
            rows: self.schemas.iter().map(|entry| vec![entry.name.to_owned(), entry.about.to_owned()]).collect(),
        }
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

const EXAMPLE: &str = "Example:
  cj schema score.v1 > score.v1.json";
