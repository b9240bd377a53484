//! Decodes every document and keeps those that may be believed: one for each name, from a source
//! that may speak for its tenant.

use super::{Notes, label, sources};
use crate::decode::Problem;
use crate::estate::{Accounts, Entry, Estate};
use crate::kind::{AnyKind, Head};
use crate::registry::{kind as kind_named, registry, unknown_kind};
use crate::suggest;
use aplomo_core::manifest::{API_VERSION, RawManifest, Snapshot};
use aplomo_core::node::{Node, NodeValue};
use aplomo_core::{Finding, KindName, ManifestName, ManifestRef, TenantName};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// All manifests whose shape is right.
pub(crate) fn estate<'a>(snapshots: &'a [Snapshot], accounts: &'a Accounts, notes: &mut Notes) -> Estate<'a> {
    let mut estate = Estate { entries: BTreeMap::new(), broken: BTreeSet::new(), accounts };
    let bound = snapshots.iter().any(|snapshot| snapshot.tenants.is_some());
    for snapshot in snapshots {
        for raw in &snapshot.manifests {
            match read(snapshot, raw, bound, notes) {
                Ok(entry) => keep(&mut estate, entry, notes),
                Err(reference) => estate.broken.extend(reference),
            }
        }
    }
    estate
}

/// One document; `Err` holds the name of a broken one as far as it could be made out.
fn read<'a>(
    snapshot: &Snapshot,
    raw: &'a RawManifest,
    bound: bool,
    notes: &mut Notes,
) -> Result<Entry<'a>, Option<ManifestRef>> {
    let named = peek(&raw.root);
    let tell = |finding: Finding| sources::for_tenant(finding, snapshot, peek_tenant(&raw.root));
    let kind = kind_of(raw).map_err(|finding| {
        notes.add(&raw.source, tell(*finding));
        named.clone()
    })?;
    let decoded = kind.decode(&raw.root).map_err(|problems| {
        let address = named.as_ref().map(label);
        notes.extend(&raw.source, problems.into_iter().map(|p| tell(located(p, raw, address.as_ref()))));
        named
    })?;
    let (metadata, lifecycle, spec) = decoded;
    let reference =
        ManifestRef { tenant: metadata.tenant.clone(), kind: kind.name(), name: metadata.name.clone() };
    let head = Head {
        reference,
        metadata,
        lifecycle,
        file: raw.file.clone(),
        node: &raw.root,
        source: raw.source.clone(),
        commit: snapshot.commit.clone(),
    };
    if let Some(finding) = sources::forbidden(&head, kind, snapshot, bound) {
        notes.add(&head.source, finding);
        return Err(None);
    }
    notes.extend(&head.source, own_former_name(&head));
    Ok(Entry { head, kind, spec })
}

/// Keeps the first of a name; a second one is told at both places.
fn keep<'a>(estate: &mut Estate<'a>, entry: Entry<'a>, notes: &mut Notes) {
    let Some(first) = estate.entries.get(&entry.head.reference) else {
        estate.entries.insert(entry.head.reference.clone(), entry);
        return;
    };
    for (here, there) in [(&first.head, &entry.head), (&entry.head, &first.head)] {
        let message =
            format!("`{}` is also described in {}:{}", here.reference, there.file, there.node.at.line);
        let finding = Finding::error("duplicate-manifest", message)
            .help("a manifest is unique by tenant, kind and name: remove or rename one of them");
        notes.add(&here.source, here.finding_at(finding, "/metadata/name"));
    }
}

fn own_former_name(head: &Head<'_>) -> Option<Finding> {
    let index = head.metadata.previous_names.iter().position(|name| *name == head.metadata.name)?;
    let message = format!("`{}` is the present name, not a former one", head.metadata.name);
    let finding = Finding::error("previous-name", message).help("remove it from `previousNames`");
    Some(head.finding_at(finding, &format!("/metadata/previousNames/{index}")))
}

fn located(problem: Problem, raw: &RawManifest, address: Option<&SmolStr>) -> Finding {
    let mut finding = Finding::error(problem.rule, problem.message).at(&raw.file, problem.at);
    finding.help = problem.help;
    match address {
        Some(address) => finding.of(address),
        None => finding,
    }
}

/// The kind of a document, by its `apiVersion` and `kind`.
fn kind_of(raw: &RawManifest) -> Result<&'static dyn AnyKind, Box<Finding>> {
    let NodeValue::Map(_) = &raw.root.value else {
        let message = "a manifest is a mapping with `apiVersion`, `kind`, `metadata` and `spec`";
        return Err(Box::new(Finding::error("wrong-type", message).at(&raw.file, raw.root.at)));
    };
    let version = raw.root.get("apiVersion");
    if let Some(text) = version.and_then(Node::as_text).filter(|text| *text != API_VERSION) {
        let message = format!("`{}` is not a version that is read here", text.escape_debug());
        let finding = Finding::error("bad-value", message).help(format!("write `apiVersion: {API_VERSION}`"));
        return Err(Box::new(finding.at(&raw.file, raw.root.locate("/apiVersion"))));
    }
    let Some(name) = raw.root.get("kind").and_then(Node::as_text) else {
        let kinds: Vec<KindName> = registry().iter().map(|kind| kind.name()).collect();
        let help = format!("the kinds are {}", suggest::list(kinds.iter().map(KindName::as_str)));
        let finding = Finding::error("missing-field", "`kind` is missing, or is not a text").help(help);
        return Err(Box::new(finding.at(&raw.file, raw.root.locate("/kind"))));
    };
    kind_named(name).ok_or_else(|| Box::new(unknown_kind(name).at(&raw.file, raw.root.locate("/kind"))))
}

/// The tenant that a document names, be the rest broken.
fn peek_tenant(root: &Node) -> Option<TenantName> {
    root.get("metadata")?.get("tenant")?.as_text().and_then(|text| TenantName::new(text).ok())
}

/// The name of a document, be the rest broken.
fn peek(root: &Node) -> Option<ManifestRef> {
    let name = root.get("metadata")?.get("name")?.as_text().and_then(|text| ManifestName::new(text).ok())?;
    let kind = root.get("kind")?.as_text().and_then(|text| KindName::new(text).ok())?;
    Some(ManifestRef { tenant: peek_tenant(root)?, kind, name })
}
