//! Manifests for a whole account: one for each object that is nobody's yet, and a line for each that
//! gets none.

use super::importers::{Importer, NEVER, importers};
use super::naming::Names;
use super::{Imported, Options, Others};
use aplomo_core::observation::OwnerMark;
use aplomo_core::{
    Address, Coverage, KindName, ManifestName, Observation, Observed, RemoteId, Scope, TenantName, TypeName,
};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    let others = recorded(ours);
    let mut job = Job { seen, ours, tenant, names, taken, others, out: Whole::default() };
    // Names first: manifests name each other.
    let named: Vec<_> = importers().iter().map(|importer| job.name_all(importer)).collect();
    let others = Arc::new(std::mem::take(&mut job.others));
    for (importer, named) in importers().iter().zip(named) {
        for (object, name) in named {
            job.object(importer, object, name, &others);
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
    let mut out = Inside { objects: Vec::new(), notes: gaps(seen, importer, &scope) };
    let partly = |o: &&Observed| o.scope == scope && importer.partly.contains(&o.type_name);
    out.objects.extend(seen.objects.iter().filter(partly).filter(|o| somebodys(o, ours).is_none()));
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

/// What is taken as far as it was seen, and was not seen whole.
fn gaps(seen: &Observation, importer: &Importer, scope: &Scope) -> Vec<String> {
    let why = |type_name: &TypeName| match seen.coverage_of(type_name, scope) {
        Some(Coverage::Complete) => None,
        Some(Coverage::LowerBound(why) | Coverage::Failed(why)) => Some(why.clone()),
        None => Some("it was not looked for".to_owned()),
    };
    let gap = |type_name: &TypeName| {
        Some(format!(
            "not every {type_name} in it could be seen, and what was not is left alone: {}",
            why(type_name)?
        ))
    };
    importer.partly.iter().filter_map(gap).collect()
}

/// The names of manifests that are recorded, by the object that each is about.
#[must_use]
pub fn recorded(ours: &Ours) -> Others {
    let named = ours.iter().filter_map(|(of, address)| Some((of.clone(), address.manifest_ref()?.name)));
    named.filter(|((type_name, _), _)| importers().iter().any(|i| i.of == *type_name)).collect()
}

/// What people write for an object: its name, below that of what it is in where its kind has a holder.
#[must_use]
pub fn held_name(seen: &Observation, importer: &Importer, object: &Observed, name: &str) -> Option<SmolStr> {
    let holder = importer.holder.as_ref()?;
    let id = object.scope.container.as_ref()?;
    let held = seen.objects.iter().find(|o| o.type_name == *holder && o.id == *id)?;
    let of = importers().iter().find(|i| i.of == *holder)?;
    let outer = (of.called)(held).into_iter().next()?;
    Some(smol_str::format_smolstr!("{outer}/{name}"))
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

fn called(importer: &Importer, object: &Observed) -> SmolStr {
    (importer.called)(object).into_iter().next().unwrap_or_else(|| object.id.as_str().into())
}

struct Job<'a> {
    seen: &'a Observation,
    ours: &'a Ours,
    tenant: &'a TenantName,
    names: Names,
    /// What the manifests so far take over beside what they are about.
    taken: BTreeSet<RemoteId>,
    /// The names of manifests, by the object that each is about.
    others: Others,
    out: Whole,
}

impl<'a> Job<'a> {
    /// Gives each object that gets a manifest its name, and each of the others its line.
    fn name_all(&mut self, importer: &Importer) -> Vec<(&'a Observed, ManifestName)> {
        let objects = sorted(self.seen, &importer.of, importer);
        objects.into_iter().filter_map(|object| Some((object, self.name(importer, object)?))).collect()
    }

    fn name(&mut self, importer: &Importer, object: &Observed) -> Option<ManifestName> {
        let called = called(importer, object);
        let left = somebodys(object, self.ours).or_else(|| (importer.unfit)(object));
        let unseen = inside(self.seen, self.ours, &self.taken, importer, object).err();
        let unseen =
            unseen.map(|what| format!("not every {what} in it could be seen, so nothing is written"));
        if let Some(why) = left.or(unseen) {
            self.leave(object, Some(&called), &why);
            return None;
        }
        let region = object.scope.region.as_ref().map(|region| region.as_str());
        let called = held_name(self.seen, importer, object, &called).unwrap_or(called);
        let name = self.names.fresh(&importer.kind, &called, region);
        self.others.insert((object.type_name.clone(), object.id.clone()), name.clone());
        Some(name)
    }

    fn object(&mut self, importer: &Importer, object: &Observed, name: ManifestName, others: &Arc<Others>) {
        // That all of it was seen was found when it got its name.
        let inside = inside(self.seen, self.ours, &self.taken, importer, object).unwrap_or_default();
        let (tenant, others) = (self.tenant.clone(), Arc::clone(others));
        let options = Options { tenant, name: name.clone(), adopt: true, others };
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
