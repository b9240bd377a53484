//! `aplomo import KIND [SELECTOR]`: write manifests for what already exists, such that planning them
//! changes nothing.

use crate::args::ImportArgs;
use crate::context::Cx;
use crate::exit::Exit;
use crate::failure::Failure;
use anyhow::Context as _;
use aplomo_catalog::import::{self, Imported, Options as ImportOptions};
use aplomo_core::observation::Observed;
use aplomo_core::{ManifestName, TenantName};
use aplomo_resources::route53;
use std::path::Path;

/// Imports.
///
/// # Errors
/// Where the zone is not there, several have its name, or the zone file is not valid.
pub async fn run(cx: &Cx, args: &ImportArgs) -> Result<Exit, Failure> {
    if args.kind != "Domain" {
        return Err(Failure::usage(format!(
            "`{}` cannot be imported yet; kinds that can: Domain",
            args.kind
        )));
    }
    let tenant = match cx.common.tenant.as_slice() {
        [one] => TenantName::new(one).map_err(Failure::usage)?,
        [] => TenantName::known(TenantName::PLATFORM),
        _ => return Err(Failure::usage("one --tenant: the manifest belongs to one")),
    };
    let called = args.zone.as_deref().or(args.origin.as_deref());
    let stem =
        || args.zonefile.as_deref().and_then(Path::file_stem).map(|s| s.to_string_lossy().into_owned());
    let name = manifest_name(&called.map(Into::into).or_else(stem).unwrap_or_default());
    let options = ImportOptions { tenant, name, adopt: args.adopt };
    let imported = match (&args.zonefile, &args.zone) {
        (Some(file), _) => from_zonefile(cx, file, args.origin.as_deref(), &options)?,
        (None, Some(zone)) => from_zone(cx, zone, &options).await?,
        (None, None) => return Err(Failure::usage("give --zone NAME or --zonefile FILE")),
    };
    for note in &imported.notes {
        cx.out.say(&format!("note: {}", crate::diagnostics::visible(note)));
    }
    match &args.out {
        Some(file) => std::fs::write(file, &imported.yaml)
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => cx.out.result(&imported.yaml),
    }
    Ok(Exit::Done)
}

/// `example.com.` becomes `example-com`; what a name cannot hold becomes `-`.
fn manifest_name(text: &str) -> ManifestName {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = text.trim_end_matches('.').chars().map(fits).take(63).collect();
    ManifestName::new(name.trim_matches('-')).unwrap_or(ManifestName::known("imported"))
}

fn from_zonefile(
    cx: &Cx,
    file: &Path,
    origin: Option<&str>,
    options: &ImportOptions,
) -> Result<Imported, Failure> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::invalid(format!("{} is not UTF-8 text; convert it first, e.g. with iconv", file.display()))
    })?;
    import::from_zonefile(&text, origin, options).map_err(|findings| {
        let name = file.display().to_string().into();
        let texts = crate::diagnostics::Texts::from([(std::sync::Arc::clone(&name), text.into())]);
        let placed: Vec<_> = findings
            .into_iter()
            .map(|mut f| {
                f.file = Some(std::sync::Arc::clone(&name));
                f
            })
            .collect();
        Failure::invalid(crate::diagnostics::render(&placed, &texts, cx.out.color))
    })
}

async fn from_zone(cx: &Cx, zone: &str, options: &ImportOptions) -> Result<Imported, Failure> {
    let engine = cx.engine().await?;
    let seen = engine.look_inside(&route53::HOSTED_ZONE, |object| is_zone(object, zone)).await?;
    let zones: Vec<&Observed> =
        seen.objects.iter().filter(|o| o.type_name == route53::HOSTED_ZONE && is_zone(o, zone)).collect();
    let found = match zones.as_slice() {
        [one] => *one,
        [] => return Err(Failure::failed(format!("no hosted zone is called `{zone}`"))),
        many => {
            let ids: Vec<_> = many.iter().map(|z| z.id.as_str()).collect();
            return Err(Failure::refused(format!(
                "{} zones are called `{zone}`: name one by its id: {}",
                many.len(),
                ids.join(", ")
            )));
        }
    };
    let scope = found.scope.within(found.id.clone());
    let complete =
        seen.coverage_of(&route53::RECORD_SET, &scope).is_some_and(aplomo_core::Coverage::is_complete);
    if !complete {
        return Err(Failure::failed("the zone's records could not be read in full, so nothing is written"));
    }
    let records: Vec<&Observed> =
        seen.objects.iter().filter(|o| o.type_name == route53::RECORD_SET && o.scope == scope).collect();
    Ok(import::domain_manifest(found, &records, options))
}

fn is_zone(object: &Observed, wanted: &str) -> bool {
    let name = object.fields.text("/name").unwrap_or_default();
    let wanted = wanted.trim_start_matches("/hostedzone/");
    object.id.as_str() == wanted
        || name.trim_end_matches('.').eq_ignore_ascii_case(wanted.trim_end_matches('.'))
}
