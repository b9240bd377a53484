//! `aplomo schema [KIND | config]`: JSON Schema for editors.

use crate::config::Config;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Out;

/// Prints a schema.
///
/// # Errors
/// Where there is no such kind.
pub fn run(kind: Option<&str>, out: Out) -> Result<Exit, Failure> {
    let schema = match kind {
        Some("config") => serde_json::to_value(schemars::schema_for!(Config))?,
        other => aplomo_catalog::describe::schema(other).ok_or_else(|| {
            let kinds = aplomo_catalog::registry()
                .iter()
                .map(|k| k.name().to_string())
                .collect::<Vec<_>>()
                .join(", ");
            Failure::usage(format!(
                "there is no kind `{}`; kinds: {kinds}; or `config`",
                other.unwrap_or_default()
            ))
        })?,
    };
    out.json(&schema)?;
    Ok(Exit::Done)
}
