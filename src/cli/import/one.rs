//! A manifest for one object.

use super::look::{look, types};
use super::{give, one_tenant};
use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_catalog::import::{self, Importer, Options, Others, importers, manifest_name};
use aplomo_core::Observed;
use aplomo_engine::Surveyed;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reads the object and writes its manifest.
///
/// # Errors
/// Where the kind cannot be imported, the object is not there or not alone, or cannot be expressed.
pub(super) async fn run(cx: &Cx, args: &ImportArgs) -> Result<Exit, Failure> {
    let importers = importers_of(args.kind.as_deref().unwrap_or_default())?;
    let wanted = [&args.name, &args.arn, &args.zone].into_iter().flatten().next();
    let wanted = wanted.map(|text| plain(text)).unwrap_or_default();
    let tenant = one_tenant(cx)?;
    // What it is in may be named before it, which is known only after the reading.
    let plainly = wanted.rsplit_once('/').map_or(wanted, |(_, name)| name);
    let may_be = |object: &Observed| {
        let of = importers.iter().find(|importer| importer.of == object.type_name);
        of.is_some_and(|of| {
            is_called(of, object, wanted) || (of.holder.is_some() && is_called(of, object, plainly))
        })
    };
    let all = importers.iter().flat_map(|importer| types(importer)).collect();
    let surveyed = look(cx, args, &tenant, all, may_be).await?;
    surveyed.unseen().iter().for_each(|why| super::note(cx, &format!("not all could be seen: {why}")));
    let mut found: Vec<(&Importer, &Observed)> = Vec::new();
    for importer in &importers {
        let is_it = |o: &&Observed| {
            let held = || {
                (importer.called)(o).iter().any(|name| {
                    import::held_name(&surveyed.seen, importer, o, name)
                        .is_some_and(|held| held.eq_ignore_ascii_case(wanted))
                })
            };
            o.type_name == importer.of && (is_called(importer, o, wanted) || held())
        };
        found.extend(surveyed.seen.objects.iter().filter(is_it).map(|object| (*importer, object)));
    }
    let (importer, object) = only(&found, &importers, wanted)?;
    let failed = |why: String| Failure::failed(format!("no manifest is written for `{}`: {why}", object.id));
    if let Some(why) = (importer.unfit)(object) {
        return Err(failed(why));
    }
    let inside = import::inside(&surveyed.seen, &surveyed.ours, &BTreeSet::new(), importer, object)
        .map_err(|what| failed(format!("not every {what} in it could be read")))?;
    if let Some(whose) = import::somebodys(object, &surveyed.ours) {
        super::note(cx, &whose);
    }
    let name = (importer.called)(object).into_iter().next().unwrap_or_default();
    let name = import::held_name(&surveyed.seen, importer, object, &name).unwrap_or(name);
    let others = Arc::new(others(importer, object, &surveyed));
    let options = Options { tenant, name: manifest_name(&name), adopt: args.adopt || importer.by_id, others };
    let mut imported = (importer.write)(object, &inside.objects, &options);
    imported.notes.extend(inside.notes);
    give(cx, &imported, args.out.as_deref())
}

fn importers_of(kind: &str) -> Result<Vec<&'static Importer>, Failure> {
    let found: Vec<_> = importers().iter().filter(|importer| importer.kind.as_str() == kind).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut names: Vec<&str> = importers().iter().map(|importer| importer.kind.as_str()).collect();
    names.dedup();
    let names = names.join(", ");
    Err(Failure::usage(format!(
        "`{}` is not a kind that can be imported; kinds that can be: {names}",
        kind.escape_debug()
    )))
}

/// The manifests that this one may have to name: those that are recorded, and where it is in something of
/// which nothing is recorded, the name that an import of that would give it.
fn others(importer: &Importer, object: &Observed, surveyed: &Surveyed) -> Others {
    let mut others = import::recorded(&surveyed.ours);
    let holder = importer.holder.as_ref().zip(object.scope.container.as_ref());
    let held =
        holder.and_then(|(of, id)| surveyed.seen.objects.iter().find(|o| o.type_name == *of && o.id == *id));
    let name = held.and_then(|held| {
        let of = importers().iter().find(|i| i.of == held.type_name)?;
        (of.called)(held).into_iter().next()
    });
    if let (Some(held), Some(name)) = (held, name) {
        others.entry((held.type_name.clone(), held.id.clone())).or_insert_with(|| manifest_name(&name));
    }
    others
}

/// What people paste: ids of zones with their path, names with their final dot.
fn plain(text: &str) -> &str {
    text.trim_start_matches("/hostedzone/").trim_end_matches('.')
}

fn is_called(importer: &Importer, object: &Observed, wanted: &str) -> bool {
    object.id.as_str() == wanted
        || (importer.called)(object).iter().any(|name| name.eq_ignore_ascii_case(wanted))
}

fn only<'o>(
    found: &[(&'o Importer, &'o Observed)],
    importers: &[&Importer],
    wanted: &str,
) -> Result<(&'o Importer, &'o Observed), Failure> {
    let what: Vec<&str> = importers.iter().map(|importer| importer.of.as_str()).collect();
    let what = what.join(" and no ");
    match found {
        [one] => Ok(*one),
        [] => Err(Failure::failed(format!(
            "no {what} is called `{wanted}` where it was looked for; see `--region`, `--organization` and `--tenant`"
        ))),
        many => {
            let ids: Vec<_> = many.iter().map(|(_, object)| object.id.as_str()).collect();
            Err(Failure::refused(format!(
                "{} of {} are called `{wanted}`: name one by its id: {}",
                many.len(),
                what.replace(" and no ", " and "),
                ids.join(", ")
            )))
        }
    }
}
