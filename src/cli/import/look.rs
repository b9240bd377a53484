//! Reading what an import is about: as the tenant, where something is recorded of it, else as ourselves.

use crate::args::ImportArgs;
use crate::context::Cx;
use crate::failure::Failure;
use aplomo_catalog::import::{Importer, importers};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Account, Observed, Region, TenantName, TypeName};
use aplomo_engine::{Survey, Surveyed};
use aplomo_provider_aws::AwsConfig;
use std::collections::BTreeSet;

/// Reads the types in the account or organisation of the tenant, and the insides of what is chosen; says where.
/// The types live at one provider.
///
/// # Errors
/// Where the account cannot be reached, no organisation is known, or a region is no text for one.
pub(super) async fn look(
    cx: &Cx,
    args: &ImportArgs,
    tenant: &TenantName,
    types: BTreeSet<TypeName>,
    chosen: impl Fn(&Observed) -> bool,
) -> Result<Surveyed, Failure> {
    let engine = cx.engine().await?;
    let recorded = engine.recorded_policy(tenant).await?;
    let on_github = types.iter().any(is_on_github);
    let policy = if on_github { Some(of_organisation(args, tenant, recorded)?) } else { recorded };
    let closely = importers().iter().filter(|importer| importer.closely).map(|importer| importer.of.clone());
    let survey = Survey { types, closely: closely.collect(), regions: regions(cx, args, policy.as_ref())? };
    let surveyed = engine.survey(policy.as_ref(), &survey, chosen).await?;
    if on_github {
        cx.out.say(&format!("looked at the organisation {}", surveyed.account));
        return Ok(surveyed);
    }
    let regions: Vec<&str> = survey.regions.iter().map(Region::as_str).collect();
    let who = match &policy {
        Some(_) => format!("as tenant `{tenant}`"),
        None => format!("with our own credentials, for nothing is applied of tenant `{tenant}` yet"),
    };
    cx.out.say(&format!("looked at account {} in {}, {who}", surveyed.account, regions.join(", ")));
    Ok(surveyed)
}

/// The types that an importer reads for one object.
pub(super) fn types(importer: &Importer) -> impl Iterator<Item = TypeName> + '_ {
    let own = std::iter::once(&importer.of).chain(importer.inside).chain(importer.partly);
    own.chain(&importer.holder).chain(importer.around).cloned()
}

/// Whether a type lives in an organisation, and not in an account of AWS.
pub(super) fn is_on_github(type_name: &TypeName) -> bool {
    type_name.as_str().starts_with("github.")
}

/// The organisation that the tenant lives in, as it was applied or as it is said now.
pub(super) fn organisation(args: &ImportArgs, recorded: Option<&TenantPolicy>) -> Option<String> {
    let applied = recorded.and_then(|policy| policy.accounts.get("github")).map(ToString::to_string);
    args.organization.clone().or(applied)
}

/// The tenant's policy with that organisation.
fn of_organisation(
    args: &ImportArgs,
    tenant: &TenantName,
    recorded: Option<TenantPolicy>,
) -> Result<TenantPolicy, Failure> {
    let Some(login) = organisation(args, recorded.as_ref()) else {
        return Err(Failure::usage(format!(
            "it is not known which organisation tenant `{tenant}` lives in: say `--organization LOGIN`"
        )));
    };
    let mut policy = recorded.unwrap_or_else(|| TenantPolicy::protected(tenant.clone()));
    let account = Account::new(login.to_ascii_lowercase()).map_err(Failure::usage)?;
    policy.accounts.insert("github".into(), account);
    Ok(policy)
}

/// Those asked for, else the tenant's, else the configured one.
fn regions(cx: &Cx, args: &ImportArgs, policy: Option<&TenantPolicy>) -> Result<BTreeSet<Region>, Failure> {
    if !args.region.is_empty() {
        return args.region.iter().map(|text| Region::new(text).map_err(Failure::usage)).collect();
    }
    let theirs = policy.and_then(|policy| policy.access.get("aws")?.region.as_ref()).map(ToString::to_string);
    let usual =
        theirs.or_else(|| cx.config.aws.region.clone()).unwrap_or_else(|| AwsConfig::default().region);
    Ok(BTreeSet::from([Region::new(usual).map_err(Failure::usage)?]))
}
