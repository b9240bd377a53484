//! A Domain manifest for a zone file; nothing is asked of AWS.

use super::{give, one_tenant};
use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_catalog::import::{self, Imported, Options, manifest_name};
use std::path::Path;

/// Converts it.
///
/// # Errors
/// Where the file cannot be read or is not valid.
pub(super) fn run(cx: &Cx, args: &ImportArgs, file: &Path) -> Result<Exit, Failure> {
    if args.kind.as_deref() != Some("Domain") {
        return Err(Failure::usage("a zone file becomes a Domain: `aplomo import Domain --zonefile FILE`"));
    }
    let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = manifest_name(&args.origin.clone().or_else(stem).unwrap_or_default());
    let options = Options { tenant: one_tenant(cx)?, name, adopt: false, others: Default::default() };
    give(cx, &convert(cx, file, args.origin.as_deref(), &options)?, args.out.as_deref())
}

fn convert(cx: &Cx, file: &Path, origin: Option<&str>, options: &Options) -> Result<Imported, Failure> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::invalid(format!("{} is not UTF-8 text; convert it first, e.g. with iconv", file.display()))
    })?;
    import::from_zonefile(&text, origin, options).map_err(|findings| {
        let name = file.display().to_string().into();
        let texts = crate::diagnostics::Texts::from([(std::sync::Arc::clone(&name), text.into())]);
        let placed: Vec<_> = findings
            .into_iter()
            .map(|mut f| {
                f.file = Some(std::sync::Arc::clone(&name));
                f
            })
            .collect();
        Failure::invalid(crate::diagnostics::render(&placed, &texts, cx.out.color))
    })
}
