//! Writes the JSON Schemas of the outputs into `schemas/cli/`:
//! `cargo run -p cj --features schema --example write_cli_schemas`.
use std::error::Error;
use std::path::Path;

use cj::output::{SCHEMAS, generated};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/cli"));
    for schema in SCHEMAS {
        let text = generated(schema.name).ok_or_else(|| format!("no type is named for the schema {}", schema.name))?;
        std::fs::write(folder.join(format!("{}.json", schema.name)), text)?;
    }
    Ok(())
}
