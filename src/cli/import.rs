//! `aplomo import KIND SELECTOR` and `aplomo import --all`: write manifests for what already exists,
//! such that planning them changes nothing.

mod all;
mod look;
mod one;
mod zonefile;

use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_catalog::import::Imported;
use aplomo_core::TenantName;
use std::path::Path;

/// Imports.
///
/// # Errors
/// Where what is asked for is not there, several have its name, or it cannot be expressed.
pub async fn run(cx: &Cx, args: &ImportArgs) -> Result<Exit, Failure> {
    match (&args.zonefile, args.all) {
        (Some(file), _) => zonefile::run(cx, args, file),
        (None, true) => all::run(cx, args).await,
        (None, false) => one::run(cx, args).await,
    }
}

/// Whose the manifests shall be.
fn one_tenant(cx: &Cx) -> Result<TenantName, Failure> {
    match cx.common.tenant.as_slice() {
        [one] => TenantName::new(one).map_err(Failure::usage),
        [] => Ok(TenantName::known(TenantName::PLATFORM)),
        _ => Err(Failure::usage("one --tenant: the manifest belongs to one")),
    }
}

fn note(cx: &Cx, text: &str) {
    cx.out.say(&format!("note: {}", crate::diagnostics::visible(text)));
}

/// Hands a manifest out, and beside it what a person must know of it.
fn give(cx: &Cx, imported: &Imported, out: Option<&Path>) -> Result<Exit, Failure> {
    imported.notes.iter().for_each(|text| note(cx, text));
    match out {
        Some(file) => std::fs::write(file, &imported.yaml)
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => cx.out.result(&imported.yaml),
    }
    Ok(Exit::Done)
}
