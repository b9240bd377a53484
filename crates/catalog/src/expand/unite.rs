//! One remote object has one owner. Contributions to an address unite where they agree.

use super::{Notes, label};
use crate::estate::Estate;
use aplomo_core::address::Address;
use aplomo_core::fields::WantedFields;
use aplomo_core::resource::Desired;
use aplomo_core::types::Types;
use aplomo_core::{Finding, ManifestRef, RemoteId, Scope, Wish};
use smol_str::SmolStr;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A resource with the manifest that asked for it.
struct Claim {
    by: ManifestRef,
    resource: Desired,
}

/// Everything that is asked for, by address.
#[derive(Default)]
pub(super) struct Claims {
    by_address: BTreeMap<Address, Vec<Claim>>,
    consents: BTreeMap<SmolStr, BTreeSet<SmolStr>>,
}

impl Claims {
    /// Adds a resource that a manifest asks for.
    pub(super) fn add(&mut self, by: &ManifestRef, resource: Desired) {
        let claim = Claim { by: by.clone(), resource };
        match self.by_address.entry(claim.resource.address.clone()) {
            Slot::Vacant(slot) => drop(slot.insert(vec![claim])),
            Slot::Occupied(mut slot) => slot.get_mut().push(claim),
        }
    }

    /// Remembers who may contribute to a manifest.
    pub(super) fn consent(&mut self, target: &ManifestRef, consents: &BTreeSet<SmolStr>) {
        if !consents.is_empty() {
            self.consents.insert(label(target), consents.clone());
        }
    }

    /// One resource for each address.
    pub(super) fn unite(self, estate: &Estate<'_>, notes: &mut Notes) -> BTreeMap<Address, Desired> {
        let types = aplomo_resources::registry();
        let Self { by_address, consents } = self;
        let mut resources = BTreeMap::new();
        let mut told = Told { estate, notes };
        for (address, claims) in by_address {
            let allowed = claims.into_iter().filter(|claim| told.consented(claim, &consents)).collect();
            if let Some(mut resource) = told.one(allowed) {
                fill_key(&mut resource, &types);
                resources.insert(address, resource);
            }
        }
        told.same_object(&resources);
        told.same_adoption(&resources);
        resources
    }
}

/// What identifies it without our marks, where its kind did not say.
fn fill_key(resource: &mut Desired, types: &Types) {
    if resource.key.is_none() {
        let known = types.get(resource.type_name.as_str());
        resource.key = known.and_then(|t| t.identity_wanted(&resource.wanted).ok().flatten());
    }
}

struct Told<'a, 'e> {
    estate: &'a Estate<'e>,
    notes: &'a mut Notes,
}

impl Told<'_, '_> {
    /// A finding at the place of a resource, stopping the tenant that asked for it.
    fn tell(&mut self, finding: Finding, by: &ManifestRef, resource: &Desired) {
        let mut finding = finding.of(resource.address.as_str()).origin(&resource.origins);
        finding.tenant = Some(SmolStr::new(by.tenant.as_str()));
        let source = self.estate.entries.get(by).map_or(&resource.source, |entry| &entry.head.source).clone();
        self.notes.add(&source, finding);
    }

    /// Whether a contribution to another tenant's manifest is wanted there.
    fn consented(&mut self, claim: &Claim, consents: &BTreeMap<SmolStr, BTreeSet<SmolStr>>) -> bool {
        let target = claim.resource.address.manifest();
        let by = label(&claim.by);
        if claim.resource.address.tenant() == claim.by.tenant.as_str() {
            return true;
        }
        if consents.get(target).is_some_and(|consents| consents.contains(&by)) {
            return self.consent_applied(claim, target, &by);
        }
        let message = format!("`{target}` belongs to another tenant and does not consent to `{by}`");
        let finding =
            Finding::error("no-consent", message).help(format!("ask for `consents: [{by}]` in `{target}`"));
        self.tell(finding, &claim.by, &claim.resource);
        false
    }

    /// A consent loosens a safety, so it counts from the plan after it was applied.
    fn consent_applied(&mut self, claim: &Claim, target: &str, by: &SmolStr) -> bool {
        let Some(applied) = &self.estate.accounts.consents else { return true };
        if applied.get(target).is_some_and(|consents| consents.contains(by)) {
            return true;
        }
        let message = format!("`{target}` consents to `{by}`, which counts once that is applied");
        let finding = Finding::warning("consent-pending", message).help("apply it, then plan again");
        self.tell(finding, &claim.by, &claim.resource);
        false
    }

    /// The one resource of an address: the only claim, or the union of contributions that agree.
    fn one(&mut self, claims: Vec<Claim>) -> Option<Desired> {
        let mut claims = claims.into_iter();
        let mut first = claims.next()?;
        for claim in claims {
            if !(first.resource.contribution && claim.resource.contribution) {
                self.claimed_twice(&first, &claim);
            } else if !agree(&first.resource, &claim.resource) {
                self.disagree(&first, &claim);
            } else {
                absorb(&mut first.resource, claim.resource);
            }
        }
        Some(first.resource)
    }

    fn claimed_twice(&mut self, first: &Claim, second: &Claim) {
        for (claim, other) in [(first, second), (second, first)] {
            let message = format!(
                "`{}` is claimed by `{}` as well ({})",
                claim.resource.address,
                other.by,
                place(other)
            );
            self.tell(
                Finding::error("claimed-twice", message).help("leave it to one of them"),
                &claim.by,
                &claim.resource,
            );
        }
    }

    fn disagree(&mut self, first: &Claim, second: &Claim) {
        for (claim, other) in [(first, second), (second, first)] {
            let message =
                format!("`{}` wants `{}` differently ({})", other.by, claim.resource.address, place(other));
            let finding =
                Finding::error("contributions-differ", message).help("what several write must be the same");
            self.tell(finding, &claim.by, &claim.resource);
        }
    }

    /// Two addresses for what is one object to the remote system.
    fn same_object(&mut self, resources: &BTreeMap<Address, Desired>) {
        let mut owners: HashMap<(&str, &Scope, &str), &Desired> = HashMap::with_capacity(resources.len());
        for resource in resources.values() {
            let Some(key) = &resource.key else { continue };
            let object = (resource.type_name.as_str(), &resource.scope, key.as_str());
            let Some(first) = owners.insert(object, resource) else { continue };
            self.same(first, resource, &format!("`{key}`"));
        }
    }

    /// Two resources that would take over the same object.
    fn same_adoption(&mut self, resources: &BTreeMap<Address, Desired>) {
        let mut owners: HashMap<(&str, &RemoteId), &Desired> = HashMap::new();
        for resource in resources.values() {
            let aplomo_core::resource::Adopt::Id(id) = &resource.adopt else { continue };
            let Some(first) = owners.insert((resource.type_name.as_str(), id), resource) else { continue };
            self.same(first, resource, &format!("the object `{id}`"));
        }
    }

    fn same(&mut self, first: &Desired, second: &Desired, what: &str) {
        for (this, other) in [(first, second), (second, first)] {
            let Some(by) = this.address.manifest_ref() else { continue };
            let at = other.origins.first().map(ToString::to_string).unwrap_or_default();
            let message = format!("{what} is claimed by `{}` as well ({at})", other.address.manifest());
            let finding = Finding::error("claimed-twice", message).help("one remote object has one owner");
            self.tell(finding, &by, this);
        }
    }
}

fn place(claim: &Claim) -> String {
    claim.resource.origins.first().map(ToString::to_string).unwrap_or_default()
}

/// Whether two contributions wish the same. They may take a value from different resources, where it is
/// the same output under the same constraint: a record that proves a name to several certificates.
fn agree(one: &Desired, other: &Desired) -> bool {
    let same = |a: &WantedFields, b: &WantedFields| {
        a.len() == b.len() && a.iter().zip(b.iter()).all(|(x, y)| x.0 == y.0 && interchangeable(x.1, y.1))
    };
    same(&one.wanted, &other.wanted) && same(&one.defaults, &other.defaults)
}

fn interchangeable(one: &Wish, other: &Wish) -> bool {
    match (one, other) {
        (Wish::Reference(a), Wish::Reference(b)) => {
            a.to.type_name() == b.to.type_name() && a.output == b.output && a.constraint == b.constraint
        }
        _ => one == other,
    }
}

/// The resource lives until its last contributor is gone: it keeps all that speak of it.
fn absorb(first: &mut Desired, other: Desired) {
    // The value is taken from the first; the others must be there as well, for the resource is theirs too.
    let others = other.wanted.references().chain(other.defaults.references()).map(|(_, r)| r.to.clone());
    first.depends_on.extend(others);
    first.origins.extend(other.origins);
    first.depends_on.extend(other.depends_on);
    let former = other.previous.into_iter().filter(|address| !first.previous.contains(address));
    let former: Vec<Address> = former.collect();
    first.previous.extend(former);
    first.deletion = first.deletion.min(other.deletion);
    first.observe |= other.observe;
}
