//! Checking chains entry by entry; knows neither the store nor files.
//!
//! What the checks rest on: hashes tie each entry to all before it, signatures tie it to a key, a
//! key is believed because it is the expected one or because a believed key handed over to it, and
//! heads published elsewhere tie the end.

use super::entry::{AuditEntry, FORMAT_VERSION, genesis};
use super::kind::AuditKind;
use super::verify::Problem;
use crate::error::StoreError;
use crate::key::PublicKey;
use aplomo_core::{Digest, Installation};
use std::collections::BTreeMap;

/// How many broken entries per chain are tried at each other's places.
const TRIES: usize = 64;

/// A hash that must be found, and where.
pub(crate) struct WantedHead {
    pub(crate) at: Option<(String, i64)>,
    pub(crate) hash: Digest,
    pub(crate) found: bool,
}

/// Checks the entries of any number of chains, chain after chain, in order.
pub(crate) struct ChainCheck {
    installation: Installation,
    keys: BTreeMap<String, PublicKey>,
    expected: Option<PublicKey>,
    wanted: Vec<WantedHead>,
    chain: Option<Chain>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) entries: u64,
}

#[derive(Default)]
struct Chain {
    tenant: String,
    last: i64,
    prev: Option<String>,
    signer: Option<PublicKey>,
    expected_signed: bool,
    broken: Vec<(AuditEntry, usize)>,
}

impl ChainCheck {
    pub(crate) fn new(installation: Installation, keys: Vec<PublicKey>, expected: Option<PublicKey>) -> Self {
        let keys = keys.into_iter().chain(expected).map(|key| (key.id(), key)).collect();
        Self {
            installation,
            keys,
            expected,
            wanted: Vec::new(),
            chain: None,
            problems: Vec::new(),
            entries: 0,
        }
    }

    pub(crate) fn want(&mut self, at: Option<(String, i64)>, hash: Digest) {
        self.wanted.push(WantedHead { at, hash, found: false });
    }

    fn problem(&mut self, tenant: &str, seq: i64, what: impl Into<String>) {
        self.problems.push(Problem { tenant: tenant.to_owned(), seq, what: what.into() });
    }

    /// An entry that could not even be read; `near` is the number of the one before it.
    pub(crate) fn push_unreadable(&mut self, why: &str) {
        let (tenant, last) = self.chain.as_ref().map_or((String::new(), 0), |c| (c.tenant.clone(), c.last));
        self.entries += 1;
        self.problem(&tenant, last + 1, format!("it was edited: {why}"));
    }

    /// The next entry, and what is already known to be wrong with it.
    pub(crate) fn push(&mut self, entry: AuditEntry, flaw: Option<&str>) -> Result<(), StoreError> {
        if self.chain.as_ref().is_none_or(|chain| chain.tenant != entry.tenant) {
            self.end_chain()?;
            let prev = Some(genesis(&self.installation, &entry.tenant)?);
            self.chain = Some(Chain { tenant: entry.tenant.clone(), prev, ..Chain::default() });
        }
        let Some(mut chain) = self.chain.take() else { return Ok(()) };
        self.entries += 1;
        self.check_place(&mut chain, &entry);
        let sound = self.check_content(&mut chain, &entry, flaw)?;
        self.check_signature(&mut chain, &entry);
        if sound {
            self.find_heads(&entry);
        }
        chain.last = entry.seq;
        chain.prev = Some(entry.hash);
        self.chain = Some(chain);
        Ok(())
    }

    fn check_place(&mut self, chain: &mut Chain, entry: &AuditEntry) {
        let next = chain.last + 1;
        if entry.seq > next {
            let what = match entry.seq - 1 {
                last if last == next => "it is missing".to_owned(),
                last => format!("it and all up to {last} are missing"),
            };
            self.problem(&chain.tenant, next, what);
            chain.prev = None;
        } else if entry.seq < next {
            self.problem(&chain.tenant, entry.seq, "it is out of order");
            chain.prev = None;
        }
        if chain.prev.as_ref().is_some_and(|prev| *prev != entry.prev) {
            let what = "it does not follow the entry before: one of them was put in or replaced";
            self.problem(&chain.tenant, entry.seq, what);
        }
    }

    fn check_content(
        &mut self,
        chain: &mut Chain,
        entry: &AuditEntry,
        flaw: Option<&str>,
    ) -> Result<bool, StoreError> {
        if entry.recompute()?.to_string() != entry.hash || entry.format_version != FORMAT_VERSION {
            chain.broken.push((entry.clone(), self.problems.len()));
            self.problem(&chain.tenant, entry.seq, "it was edited: its hash does not recompute");
            return Ok(false);
        }
        if let Some(flaw) = flaw {
            self.problem(&chain.tenant, entry.seq, flaw);
        }
        Ok(flaw.is_none())
    }

    fn check_signature(&mut self, chain: &mut Chain, entry: &AuditEntry) {
        let signer = chain.signer.or_else(|| self.keys.get(&entry.key_id).copied());
        let Some(signer) = signer.filter(|key| key.id() == entry.key_id) else {
            let what = format!("it names key {}, which is not the chain's", entry.key_id.escape_debug());
            return self.problem(&chain.tenant, entry.seq, what);
        };
        let signed = entry.hash.parse().is_ok_and(|hash| signer.verifies(&hash, &entry.signature));
        if !signed {
            return self.problem(&chain.tenant, entry.seq, "its signature is wrong");
        }
        chain.expected_signed |= Some(signer) == self.expected;
        let to = || entry.payload.get("to")?.as_str()?.parse().ok();
        chain.signer = Some(signer);
        if entry.kind == AuditKind::KeyRotated.word()
            && let Some(next) = to()
        {
            chain.signer = Some(next);
        }
    }

    fn find_heads(&mut self, entry: &AuditEntry) {
        for wanted in &mut self.wanted {
            let here =
                wanted.at.as_ref().is_none_or(|(tenant, seq)| *tenant == entry.tenant && *seq == entry.seq);
            wanted.found |= here && wanted.hash.to_string() == entry.hash;
        }
    }

    fn end_chain(&mut self) -> Result<(), StoreError> {
        let Some(chain) = self.chain.take() else { return Ok(()) };
        if let Some(expected) = self.expected.filter(|_| !chain.expected_signed) {
            let what = format!("no entry of the chain is signed by the expected key {}", expected.id());
            self.problem(&chain.tenant, chain.last, what);
        }
        let places: Vec<i64> = chain.broken.iter().flat_map(|(e, _)| [e.seq - 1, e.seq, e.seq + 1]).collect();
        for (entry, problem) in chain.broken.iter().take(TRIES) {
            for place in places.iter().take(3 * TRIES) {
                if entry.recompute_as(*place)?.to_string() == entry.hash {
                    self.problems[*problem].what =
                        format!("it is out of place: it was written as entry {place}");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Ends the last chain and tells which wanted heads were not found.
    pub(crate) fn finish(mut self, tenant: Option<&str>) -> Result<(Vec<Problem>, u64), StoreError> {
        self.end_chain()?;
        for wanted in std::mem::take(&mut self.wanted).into_iter().filter(|w| !w.found) {
            let (tenant, seq) = wanted.at.unwrap_or_else(|| (tenant.unwrap_or("*").to_owned(), 0));
            let what = format!(
                "the published head {} is not there: the end was cut off or the chain rewritten",
                wanted.hash
            );
            self.problem(&tenant, seq, what);
        }
        Ok((self.problems, self.entries))
    }
}
