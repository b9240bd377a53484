//! Reading what an import is about: as the tenant, where something is recorded of it, else as ourselves.

use crate::args::ImportArgs;
use crate::context::Cx;
use crate::failure::Failure;
use aplomo_catalog::import::{Importer, importers};
use aplomo_core::safety::TenantPolicy;
use aplomo_core::{Observed, Region, TenantName, TypeName};
use aplomo_engine::{Survey, Surveyed};
use aplomo_provider_aws::AwsConfig;
use std::collections::BTreeSet;

/// Reads the types in the account of the tenant, and the insides of what is chosen; says where.
///
/// # Errors
/// Where the account cannot be reached or a region is no text for one.
pub(super) async fn look(
    cx: &Cx,
    args: &ImportArgs,
    tenant: &TenantName,
    types: BTreeSet<TypeName>,
    chosen: impl Fn(&Observed) -> bool,
) -> Result<Surveyed, Failure> {
    let engine = cx.engine().await?;
    let policy = engine.recorded_policy(tenant).await?;
    let closely = importers().iter().filter(|importer| importer.closely).map(|importer| importer.of.clone());
    let survey = Survey { types, closely: closely.collect(), regions: regions(cx, args, policy.as_ref())? };
    let surveyed = engine.survey(policy.as_ref(), &survey, chosen).await?;
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
    std::iter::once(&importer.of).chain(importer.inside).chain(importer.around).cloned()
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
