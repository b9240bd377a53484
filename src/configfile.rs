//! Reading `aplomo.yaml`: the same parser and the same errors as for manifests.

use crate::config::Config;
use crate::diagnostics::{self, Texts};
use crate::failure::Failure;
use crate::output::Out;
use anyhow::Context as _;
use std::path::Path;
use std::sync::Arc;

/// Reads and checks a configuration file; its paths become absolute.
///
/// # Errors
/// Where it cannot be read, or is not valid: every problem with its place.
pub fn read(file: &Path, out: Out) -> Result<Config, Failure> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the configuration {}", file.display()))?;
    let name: Arc<str> = file.display().to_string().into();
    let parsed = aplomo_source::parse_documents(&name, &text, &aplomo_source::Limits::default());
    let mut problems = parsed.problems;
    let config = match parsed.documents.first() {
        None => Ok(Config::default()),
        Some(node) => aplomo_catalog::decode_config::<Config>(node, &name, "config"),
    };
    if parsed.documents.len() > 1 {
        problems.push(aplomo_core::Finding::error("many-documents", "a configuration is one document"));
    }
    match config {
        Ok(config) if problems.is_empty() => {
            let base = file.parent().map_or_else(|| ".".into(), Path::to_path_buf);
            Ok(config.below(&base))
        }
        result => {
            problems.extend(result.err().into_iter().flatten());
            let texts = Texts::from([(name, Arc::from(text))]);
            let shown = diagnostics::render(&problems, &texts, out.color);
            Err(Failure::invalid(format!("the configuration is not valid\n\n{}", shown.trim_end())))
        }
    }
}
