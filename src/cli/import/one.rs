//! A manifest for one object.

use super::look::{look, types};
use super::{give, one_tenant};
use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use aplomo_catalog::import::{self, Importer, Options, importers, manifest_name};
use aplomo_core::Observed;
use std::collections::BTreeSet;

/// Reads the object and writes its manifest.
///
/// # Errors
/// Where the kind cannot be imported, the object is not there or not alone, or cannot be expressed.
pub(super) async fn run(cx: &Cx, args: &ImportArgs) -> Result<Exit, Failure> {
    let importer = importer(args.kind.as_deref().unwrap_or_default())?;
    let wanted = [&args.name, &args.arn, &args.zone].into_iter().flatten().next();
    let wanted = wanted.map(|text| plain(text)).unwrap_or_default();
    let tenant = one_tenant(cx)?;
    let is_it = |object: &Observed| object.type_name == importer.of && is_called(importer, object, wanted);
    let surveyed = look(cx, args, &tenant, types(importer).collect(), is_it).await?;
    surveyed.unseen().iter().for_each(|why| super::note(cx, &format!("not all could be seen: {why}")));
    let object = only(importer, surveyed.seen.objects.iter().filter(|o| is_it(o)).collect(), wanted)?;
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
    let options = Options { tenant, name: manifest_name(&name), adopt: args.adopt || importer.by_id };
    let mut imported = (importer.write)(object, &inside.objects, &options);
    imported.notes.extend(inside.notes);
    give(cx, &imported, args.out.as_deref())
}

fn importer(kind: &str) -> Result<&'static Importer, Failure> {
    if let Some(found) = importers().iter().find(|importer| importer.kind.as_str() == kind) {
        return Ok(found);
    }
    let names: Vec<&str> = importers().iter().map(|importer| importer.kind.as_str()).collect();
    let names = names.join(", ");
    Err(Failure::usage(format!(
        "`{}` is not a kind that can be imported; kinds that can be: {names}",
        kind.escape_debug()
    )))
}

/// What people paste: ids of zones with their path, names with their final dot.
fn plain(text: &str) -> &str {
    text.trim_start_matches("/hostedzone/").trim_end_matches('.')
}

fn is_called(importer: &Importer, object: &Observed, wanted: &str) -> bool {
    object.id.as_str() == wanted
        || (importer.called)(object).iter().any(|name| name.eq_ignore_ascii_case(wanted))
}

fn only<'o>(importer: &Importer, found: Vec<&'o Observed>, wanted: &str) -> Result<&'o Observed, Failure> {
    let what = &importer.of;
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::failed(format!(
            "no {what} is called `{wanted}` where it was looked for; see `--region` and `--tenant`"
        ))),
        many => {
            let ids: Vec<_> = many.iter().map(|object| object.id.as_str()).collect();
            Err(Failure::refused(format!(
                "{} of {what} are called `{wanted}`: name one by its id: {}",
                many.len(),
                ids.join(", ")
            )))
        }
    }
}
