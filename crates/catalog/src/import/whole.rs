//! Manifests for a whole account: one for each object that is nobody's yet, and a line for each that
//! gets none.

use super::importers::{Importer, NEVER, importers};
use super::naming::Names;
use super::{Imported, Options};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Address, Coverage, KindName, ManifestName, Observation, Observed, RemoteId, TenantName, TypeName,
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What is recorded as ours.
pub type Ours = BTreeMap<(TypeName, RemoteId), Address>;

/// A manifest of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its kind.
    pub kind: KindName,
    /// Its name.
    pub name: ManifestName,
    /// Its text, and what a person must know of it.
    pub imported: Imported,
}

/// What became of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    /// The manifests.
    pub written: Vec<Written>,
    /// What got no manifest, and why; a line each.
    pub left: Vec<String>,
}

/// Writes manifests for all that was seen and that is neither ours nor another tool's.
#[must_use]
pub fn whole(seen: &Observation, ours: &Ours, tenant: &TenantName) -> Whole {
    let (names, taken) = (Names::taken(ours, seen), BTreeSet::new());
    let mut job = Job { seen, ours, tenant, names, taken, out: Whole::default() };
    for importer in importers() {
        for object in sorted(seen, &importer.of, importer) {
            job.object(importer, object);
        }
        for (type_name, why) in importer.beside {
            job.beside(type_name, why);
        }
        job.around(importer);
    }
    job.out.left.push(NEVER.to_owned());
    job.out
}

/// What a manifest gets beside the object that it is about.
#[derive(Debug, Default)]
pub struct Inside<'s> {
    /// What is inside of it and around it.
    pub objects: Vec<&'s Observed>,
    /// What is not handed over because it is somebody's, a sentence each.
    pub notes: Vec<String>,
}

/// The insides of an object, and what is around it. Of what comes from around nothing is handed over that is somebody's
/// or taken.
///
/// # Errors
/// The type, where the reading of it was not complete.
pub fn inside<'s>(
    seen: &'s Observation,
    ours: &Ours,
    taken: &BTreeSet<RemoteId>,
    importer: &Importer,
    object: &Observed,
) -> Result<Inside<'s>, TypeName> {
    let scope = object.scope.within(object.id.clone());
    for type_name in importer.inside.iter().chain(importer.around) {
        if !seen.coverage_of(type_name, &scope).is_some_and(Coverage::is_complete) {
            return Err(type_name.clone());
        }
    }
    let here = |o: &&Observed| {
        (o.scope == scope && importer.inside.contains(&o.type_name)) || importer.around.contains(&o.type_name)
    };
    let mut out = Inside::default();
    for one in seen.objects.iter().filter(here) {
        let whose = if importer.around.is_empty() { None } else { somebodys(one, ours) };
        match whose {
            Some(whose) if one.scope == scope => {
                out.notes.push(format!("left out: {} `{}`: {whose}", one.type_name, one.id));
            }
            Some(_) => {}
            None if taken.contains(&one.id) => {}
            None => out.objects.push(one),
        }
    }
    Ok(out)
}

/// Whose an object is, where it is somebody's.
#[must_use]
pub fn somebodys(object: &Observed, ours: &Ours) -> Option<String> {
    if let Some(address) = ours.get(&(object.type_name.clone(), object.id.clone())) {
        return Some(format!("it is ours already, as `{address}`"));
    }
    match &object.mark {
        OwnerMark::None => None,
        OwnerMark::Unknown => Some("its ownership marks could not be read".into()),
        OwnerMark::OtherTool(tool) => Some(format!("{tool} owns it")),
        OwnerMark::Marked { installation, address, .. } => {
            let what = if address.is_empty() { String::new() } else { format!(" as `{address}`") };
            Some(format!("it carries the mark of the installation `{installation}`{what}"))
        }
    }
}

/// By name, then by place, so that the same account gives the same manifests.
fn sorted<'s>(seen: &'s Observation, of: &TypeName, importer: &Importer) -> Vec<&'s Observed> {
    let mut all: Vec<&Observed> = seen.objects.iter().filter(|o| o.type_name == *of).collect();
    all.sort_by_cached_key(|o| ((importer.called)(o), o.scope.clone(), o.id.clone()));
    all.dedup_by(|a, b| a.id == b.id && a.scope == b.scope);
    all
}

struct Job<'a> {
    seen: &'a Observation,
    ours: &'a Ours,
    tenant: &'a TenantName,
    names: Names,
    /// What the manifests so far take over beside what they are about.
    taken: BTreeSet<RemoteId>,
    out: Whole,
}

impl Job<'_> {
    fn object(&mut self, importer: &Importer, object: &Observed) {
        let called =
            (importer.called)(object).into_iter().next().unwrap_or_else(|| object.id.as_str().into());
        let left = somebodys(object, self.ours).or_else(|| (importer.unfit)(object));
        let inside = match (left, inside(self.seen, self.ours, &self.taken, importer, object)) {
            (Some(why), _) => return self.leave(object, Some(&called), &why),
            (None, Err(what)) => {
                let why = format!("not every {what} in it could be seen, so nothing is written");
                return self.leave(object, Some(&called), &why);
            }
            (None, Ok(inside)) => inside,
        };
        let region = object.scope.region.as_ref().map(|region| region.as_str());
        let name = self.names.fresh(&importer.kind, &called, region);
        let options = Options { tenant: self.tenant.clone(), name: name.clone(), adopt: true };
        let mut imported = (importer.write)(object, &inside.objects, &options);
        imported.notes.extend(inside.notes);
        self.taken.extend(imported.takes.iter().cloned());
        self.out.written.push(Written { kind: importer.kind.clone(), name, imported });
    }

    fn beside(&mut self, type_name: &TypeName, why: &str) {
        let seen = self.seen;
        for object in seen.objects.iter().filter(|o| o.type_name == *type_name) {
            let mark = OwnerMark::Unknown == object.mark || OwnerMark::None == object.mark;
            let owner = somebodys(object, self.ours).filter(|_| !mark || self.is_recorded(object));
            self.leave(object, None, owner.as_deref().unwrap_or(why));
        }
    }

    /// What stands alone and belongs to no manifest. What AWS brings along is nobody's wish.
    fn around(&mut self, importer: &Importer) {
        let seen = self.seen;
        let alone = |o: &&Observed| importer.around.contains(&o.type_name) && o.scope.container.is_none();
        for object in seen.objects.iter().filter(alone).filter(|o| !o.brought_along) {
            if !self.taken.contains(&object.id) {
                let whose = somebodys(object, self.ours);
                let why = format!("no `{}` that is written takes it", importer.kind);
                self.leave(object, None, whose.as_deref().unwrap_or(&why));
            }
        }
    }

    fn is_recorded(&self, object: &Observed) -> bool {
        self.ours.contains_key(&(object.type_name.clone(), object.id.clone()))
    }

    fn leave(&mut self, object: &Observed, called: Option<&SmolStr>, why: &str) {
        let called = called.filter(|called| **called != object.id.as_str());
        let called = called.map(|name| format!(" ({name})")).unwrap_or_default();
        self.out.left.push(format!("{} `{}`{called}: {why}", object.type_name, object.id));
    }
}
