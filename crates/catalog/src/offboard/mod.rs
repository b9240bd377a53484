//! Which lines of manifests name a person: what `aplomo offboard` takes out.
//!
//! Each kind says for itself where it names somebody ([`Kind::people`](crate::Kind::people)). Deliberately
//! absent: editing text (`source`), what exists outside of manifests (`resources` knows what seen objects
//! give a person), and any kind by name but Tenant, whose contacts say which login has which address.

mod text;

pub(crate) use text::names;
pub use text::{Place, still_named};

use crate::estate::Accounts;
use crate::expand::{Notes, gather};
use crate::tenant;
use aplomo_core::manifest::Snapshot;
use aplomo_core::{ManifestRef, Mark, SourceName, TenantName};
use aplomo_resources::github::shape;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Somebody who leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The login in normal form.
    pub login: SmolStr,
    /// Mail addresses that are theirs for certain, in lower case.
    pub emails: BTreeSet<SmolStr>,
    /// Addresses that a contact with their login has: others may share them.
    pub perhaps: BTreeSet<SmolStr>,
}

impl Person {
    /// Somebody by login and the addresses that are known to be theirs.
    ///
    /// # Errors
    /// Where the login can be none.
    pub fn new(login: &str, emails: &[String]) -> Result<Self, String> {
        let emails = emails.iter().map(|email| SmolStr::from(email.trim().to_lowercase())).collect();
        Ok(Self { login: shape::login(login)?, emails, perhaps: BTreeSet::new() })
    }

    /// Whether a login, however written, is theirs.
    #[must_use]
    pub fn is(&self, written: &str) -> bool {
        shape::login(written).is_ok_and(|login| login == self.login)
    }

    /// Whether `user:<login>` means them.
    #[must_use]
    pub fn acts(&self, written: &str) -> bool {
        shape::who(written).is_ok_and(|who| who.strip_prefix("user:") == Some(self.login.as_str()))
    }
}

/// A place that names the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where, as a JSON Pointer to the whole entry.
    pub pointer: String,
    /// What they are there, e.g. `maintainer of the team`.
    pub what: String,
    /// Why it is not for a machine to take out; `None` where it is.
    pub by_hand: Option<String>,
    /// What taking it out leaves behind that somebody should know.
    pub note: Option<String>,
}

/// What a manifest says of the person.
#[derive(Debug, Default)]
pub struct Mentions {
    /// The places.
    pub named: Vec<Mention>,
    /// Names of secrets that they could read by what it gives them.
    pub secrets: BTreeSet<SmolStr>,
}

impl Mentions {
    /// A place to take out.
    pub(crate) fn cut(&mut self, pointer: String, what: impl Into<String>) {
        self.named.push(Mention { pointer, what: what.into(), by_hand: None, note: None });
    }

    /// The same with what it leaves behind, where that is so.
    pub(crate) fn cut_noting(&mut self, pointer: String, what: impl Into<String>, note: Option<&str>) {
        let note = note.map(str::to_owned);
        self.named.push(Mention { pointer, what: what.into(), by_hand: None, note });
    }

    /// A place for a person to look at.
    pub(crate) fn doubt(&mut self, pointer: String, what: impl Into<String>, why: impl Into<String>) {
        self.named.push(Mention { pointer, what: what.into(), by_hand: Some(why.into()), note: None });
    }

    /// Every `user:<login>` of a list, with what is left where nobody else is in it.
    pub(crate) fn actors(&mut self, who: &Person, all: &[SmolStr], at: &str, (what, note): (&str, &str)) {
        let theirs: Vec<usize> = (0..all.len()).filter(|n| who.acts(&all[*n])).collect();
        let note = (theirs.len() == all.len()).then_some(note);
        for n in theirs {
            self.cut_noting(format!("{at}/{n}"), what, note);
        }
    }
}

/// A mention with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The manifest.
    pub manifest: ManifestRef,
    /// The source.
    pub source: SourceName,
    /// The file below the root of its source.
    pub file: Arc<str>,
    /// Where its document begins.
    pub document: Mark,
    /// Where the entry begins.
    pub at: Mark,
    /// What is there.
    pub mention: Mention,
}

/// All that manifests say of a person.
#[derive(Debug)]
pub struct Offboarding {
    /// The person, with the addresses that were found.
    pub who: Person,
    /// The places, in the order of their files and lines.
    pub named: Vec<Named>,
    /// Names of secrets that they could read, by tenant.
    pub secrets: BTreeMap<TenantName, BTreeSet<SmolStr>>,
}

/// Looks for a person in all manifests whose shape is right. What is wrong with the others is said by
/// [`expand`](crate::expand()).
#[must_use]
pub fn offboard(snapshots: &[Snapshot], mut who: Person) -> Offboarding {
    let accounts = Accounts::default();
    let estate = gather::estate(snapshots, &accounts, &mut Notes::default());
    who.perhaps = tenant::emails_of(&estate, &who);
    let (mut named, mut secrets) = (Vec::new(), BTreeMap::<TenantName, BTreeSet<SmolStr>>::new());
    for (manifest, entry) in &estate.entries {
        let found = entry.people(&who, &estate);
        let head = &entry.head;
        named.extend(found.named.into_iter().map(|mention| Named {
            manifest: manifest.clone(),
            source: head.source.clone(),
            file: Arc::clone(&head.file),
            document: head.node.at,
            at: head.place(&mention.pointer),
            mention,
        }));
        if !found.secrets.is_empty() {
            secrets.entry(manifest.tenant.clone()).or_default().extend(found.secrets);
        }
    }
    named.sort_by(|a, b| (&a.source, &a.file, a.at).cmp(&(&b.source, &b.file, b.at)));
    Offboarding { who, named, secrets }
}
