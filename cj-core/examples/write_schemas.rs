//! Writes the JSON Schemas of the contracts into `schemas/events/`:
//! `cargo run -p cj-core --features schema --example write_schemas`.
use cj_core::event::schema;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/events"));
    std::fs::create_dir_all(folder)?;
    for contract in schema::all() {
        let text = serde_json::to_string_pretty(&contract.schema)?;
        std::fs::write(folder.join(contract.file), text + "\n")?;
    }
    Ok(())
}
