//! Documents from text, and findings as people read them.

use aplomo_catalog::{Accounts, expand};
use aplomo_core::manifest::Snapshot;
use aplomo_core::resource::DesiredState;
use aplomo_core::{Account, Finding, SourceName};
use aplomo_source::{Limits, parse_documents};
use std::fmt::Write as _;
use std::sync::Arc;

/// The account that everything is in unless a manifest says otherwise.
pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) fn accounts() -> Accounts {
    Accounts { default: Account::new(ACCOUNT).ok(), ..Accounts::default() }
}

/// A complete source that may say anything.
pub(crate) fn source(name: &str, files: &[(&str, &str)]) -> Snapshot {
    let mut snapshot = Snapshot {
        name: SourceName::new(name).unwrap(),
        path: name.into(),
        commit: None,
        complete: true,
        incomplete_because: Vec::new(),
        tenants: None,
        operator: true,
        manifests: Vec::new(),
        problems: Vec::new(),
    };
    for (file, text) in files {
        let parsed = parse_documents(&Arc::from(*file), text, &Limits::default());
        snapshot.problems.extend(parsed.problems);
        snapshot.manifests.extend(parsed.documents.into_iter().map(|root| {
            aplomo_core::manifest::RawManifest { source: snapshot.name.clone(), file: Arc::from(*file), root }
        }));
    }
    snapshot
}

/// All documents of a text, as one complete directory.
pub(crate) fn all(text: &str) -> DesiredState {
    expand(&[source("dir:/t", &[("t.yaml", text)])], &accounts())
}

pub(crate) const TENANT: &str = "apiVersion: aplomo/v1\nkind: Tenant\nmetadata: {name: acme, tenant: acme}\nspec: {displayName: Acme, tags: {client: acme}}\n";

/// The Domain `example.com` of `acme` with these lines in its `spec`; they begin in line 6.
pub(crate) fn domain(spec: &str) -> String {
    let mut text = String::from(
        "apiVersion: aplomo/v1\nkind: Domain\nmetadata: {name: example-com, tenant: acme}\nspec:\n  zone: example.com\n",
    );
    for line in spec.lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// What the Domain with these records wishes; the first record is in line 7.
pub(crate) fn records(list: &str) -> DesiredState {
    let indented: Vec<String> = list.trim_matches('\n').lines().map(|line| format!("  {line}")).collect();
    let text = domain(&format!("records:\n{}", indented.join("\n")));
    expand(&[source("dir:/t", &[("d.yaml", &text), ("t.yaml", TENANT)])], &accounts())
}

/// Findings one below the other, as in a terminal.
pub(crate) fn report(findings: &[Finding]) -> String {
    let mut out = String::new();
    for f in findings {
        let severity = format!("{:?}", f.severity).to_lowercase();
        let place =
            format!("{}:{}:{}", f.file.as_deref().unwrap_or("-"), f.line.unwrap_or(0), f.column.unwrap_or(0));
        let _ = writeln!(out, "{severity}[{}] {place} {}", f.rule, f.message);
        if let Some(help) = &f.help {
            let _ = writeln!(out, "    help: {help}");
        }
    }
    out
}

/// The rules of the findings, in order.
pub(crate) fn rules(state: &DesiredState) -> Vec<&str> {
    state.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

/// A resource by the end of its address.
pub(crate) fn one<'s>(state: &'s DesiredState, end: &str) -> &'s aplomo_core::Desired {
    let found = state.resources.iter().find(|(address, _)| address.as_str().ends_with(end));
    let all: Vec<&str> = state.resources.keys().map(|a| a.as_str()).collect();
    found.unwrap_or_else(|| panic!("no resource ends with {end}; there are {all:#?}")).1
}

/// A resource's wish as one line of JSON.
pub(crate) fn wish(state: &DesiredState, end: &str) -> String {
    serde_json::to_string(&one(state, end).wanted).unwrap()
}
