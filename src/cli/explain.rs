//! `aplomo explain KIND[.FIELD]`: documentation of a manifest field in the terminal.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Out;

/// Explains a field.
///
/// # Errors
/// Where there is no such kind or field; near ones are named.
pub fn run(field: &str, out: Out) -> Result<Exit, Failure> {
    let text = aplomo_catalog::describe::explain(field).map_err(|near| {
        let hint =
            if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
        Failure::usage(format!("there is no field `{field}`{hint}"))
    })?;
    out.result(&text);
    Ok(Exit::Done)
}
