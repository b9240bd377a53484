//! Manifests for a whole account.

use super::look::{is_on_github, look, organisation, types};
use super::{note, one_tenant};
use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_catalog::import::{self, Written, importers};
use aplomo_core::{TenantName, TypeName};
use aplomo_engine::Surveyed;
use std::collections::BTreeSet;
use std::path::Path;

/// Reads the account and writes a manifest for all that is nobody's yet.
///
/// # Errors
/// Where the account cannot be reached, or a file is there already.
pub(super) async fn run(cx: &Cx, args: &ImportArgs) -> Result<Exit, Failure> {
    if cx.common.tenant.is_empty() {
        return Err(Failure::usage("say whose account it is: `aplomo import --all --tenant NAME`"));
    }
    let tenant = one_tenant(cx)?;
    let surveyed = both(cx, args, &tenant).await?;
    let whole = import::whole(&surveyed.seen, &surveyed.ours, &tenant);
    match &args.out {
        Some(directory) => write(&whole.written, directory)?,
        None => cx.out.result(&stream(&whole.written)),
    }
    for written in &whole.written {
        let about = |text: &String| note(cx, &format!("{}/{}: {text}", written.kind, written.name));
        written.imported.notes.iter().for_each(about);
    }
    whole
        .left
        .iter()
        .for_each(|line| cx.out.say(&format!("left out: {}", crate::diagnostics::visible(line))));
    let unseen = surveyed.unseen();
    unseen.iter().for_each(|why| note(cx, &format!("not all could be seen: {why}")));
    cx.out.say(&format!(
        "{} manifests written, {} lines of what was left out",
        whole.written.len(),
        whole.left.len()
    ));
    Ok(if unseen.is_empty() { Exit::Done } else { Exit::Failed })
}

/// The account, and the organisation where one is known.
async fn both(cx: &Cx, args: &ImportArgs, tenant: &TenantName) -> Result<Surveyed, Failure> {
    let (github, aws) = everything().into_iter().partition(is_on_github);
    let recorded = cx.engine().await?.recorded_policy(tenant).await?;
    let known = organisation(args, recorded.as_ref()).is_some();
    let account = look(cx, args, tenant, aws, |_| true).await;
    if !known {
        note(cx, "no organisation on GitHub is known of the tenant: `--organization LOGIN` names one");
        return account;
    }
    let organisation = look(cx, args, tenant, github, |_| true).await?;
    match account {
        Ok(mut surveyed) => {
            surveyed.seen.merge(organisation.seen);
            Ok(surveyed)
        }
        // A client may live on GitHub alone.
        Err(failure) => {
            note(cx, &format!("no account was looked at: {:#}", failure.error));
            Ok(organisation)
        }
    }
}

fn everything() -> BTreeSet<TypeName> {
    let beside = importers().iter().flat_map(|importer| importer.beside).map(|(name, _)| name.clone());
    importers().iter().flat_map(types).chain(beside).collect()
}

fn stream(written: &[Written]) -> String {
    let texts: Vec<&str> = written.iter().map(|written| written.imported.yaml.as_str()).collect();
    texts.join("---\n")
}

/// One file each. A file that is there may hold somebody's work, so nothing is written over.
fn write(written: &[Written], directory: &Path) -> Result<(), Failure> {
    let files: Vec<_> = written.iter().map(|written| (directory.join(file_name(written)), written)).collect();
    let there = |(file, written): &&(std::path::PathBuf, &Written)| {
        std::fs::read(file).is_ok_and(|text| text != written.imported.yaml.as_bytes())
    };
    if let Some((file, _)) = files.iter().find(there) {
        return Err(Failure::refused(format!(
            "{} is there already with another text, so no file was written: choose an empty directory",
            file.display()
        )));
    }
    std::fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    for (file, written) in &files {
        std::fs::write(file, &written.imported.yaml)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn file_name(written: &Written) -> String {
    format!("{}-{}.yaml", written.kind.as_str().to_ascii_lowercase(), written.name)
}
