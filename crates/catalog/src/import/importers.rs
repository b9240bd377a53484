//! The kinds that can be imported. A new one is one entry here.
//!
//! Deliberately absent: reading the world, and choosing among what was read.

use super::environment::environment_manifest;
use super::github::{
    classic_manifest, no_classic, no_ruleset, repository_manifest, ruleset_manifest, team_manifest,
};
use super::{Imported, Options, certificate_manifest, domain_manifest, iam_profile_manifest};
use aplomo_core::{Datum, KindName, Model as _, Observed, Seen, Sight, TypeName};
use aplomo_resources::acm::model::Certificate;
use aplomo_resources::iam::model::Role;
use aplomo_resources::iam::policy::{Document, Use};
use aplomo_resources::{acm, ec2, github, iam, route53};
use smol_str::SmolStr;

/// How manifests of one kind are written for what exists.
#[derive(Debug, Clone)]
pub struct Importer {
    /// The kind.
    pub kind: KindName,
    /// The type of the object that each manifest is about.
    pub of: TypeName,
    /// The types of what is inside of it, which must be seen whole.
    pub inside: &'static [TypeName],
    /// Types of what is inside of it that are taken as far as they were seen; what was not is left alone and noted.
    pub partly: &'static [TypeName],
    /// The type of what it is in, where its manifest names the manifest of that, and people may write
    /// `HOLDER/NAME`.
    pub holder: Option<TypeName>,
    /// Further types of which it takes what belongs to it, wherever that is. It takes nothing that is somebody's, and
    /// what no manifest of a whole account takes is told.
    pub around: &'static [TypeName],
    /// Types of the same services that get no manifest of their own, and what becomes of them.
    pub beside: &'static [(TypeName, &'static str)],
    /// Whether a listing tells too little of it, so that each must be asked about.
    pub closely: bool,
    /// Whether nothing but its id tells the object from others: then a manifest always takes it over.
    pub by_id: bool,
    /// What people call it: its name first, then what else it is known by.
    pub called: fn(&Observed) -> Vec<SmolStr>,
    /// Why no manifest of it could plan nothing; `None` where one can.
    pub unfit: fn(&Observed) -> Option<String>,
    /// Writes the manifest for an object and what is inside of it.
    pub write: fn(&Observed, &[&Observed], &Options) -> Imported,
}

static IMPORTERS: [Importer; 8] = [
    Importer {
        kind: KindName::known("BranchProtection"),
        of: github::RULESET,
        inside: &[],
        partly: &[],
        holder: Some(github::REPOSITORY),
        around: &[],
        beside: &[],
        closely: false,
        by_id: true,
        called: |object| named(object, "/name", object.id.as_str()),
        unfit: no_ruleset,
        write: ruleset_manifest,
    },
    Importer {
        kind: KindName::known("BranchProtection"),
        of: github::BRANCH_PROTECTION_RULE,
        inside: &[],
        partly: &[],
        holder: Some(github::REPOSITORY),
        around: &[],
        beside: &[],
        closely: false,
        by_id: true,
        called: |object| named(object, "/pattern", object.id.as_str()),
        unfit: no_classic,
        write: classic_manifest,
    },
    Importer {
        kind: KindName::known("Certificate"),
        of: acm::CERTIFICATE,
        inside: &[],
        partly: &[],
        holder: None,
        around: &[],
        beside: &[],
        closely: true,
        by_id: true,
        called: |object| named(object, "/domainName", object.id.as_str()),
        unfit: no_certificate,
        write: |object, _, options| certificate_manifest(object, &[], options),
    },
    Importer {
        kind: KindName::known("Domain"),
        of: route53::HOSTED_ZONE,
        inside: &[route53::RECORD_SET],
        partly: &[],
        holder: None,
        around: &[],
        beside: &[(route53::HEALTH_CHECK, "it is left as it is; records name it by its id")],
        closely: false,
        by_id: false,
        called: |object| named(object, "/name", object.id.as_str()),
        unfit: |_| None,
        write: domain_manifest,
    },
    Importer {
        kind: KindName::known("Environment"),
        of: ec2::VPC,
        inside: &[
            ec2::SUBNET,
            ec2::ROUTE_TABLE,
            ec2::NAT_GATEWAY,
            ec2::SECURITY_GROUP,
            ec2::DEFAULT_SECURITY_GROUP,
        ],
        partly: &[],
        holder: None,
        around: &[
            ec2::SECURITY_GROUP_RULE,
            ec2::INTERNET_GATEWAY,
            ec2::ELASTIC_IP,
            ec2::PREFIX_LIST,
            ec2::FLOW_LOG,
        ],
        beside: &[],
        closely: false,
        by_id: true,
        called: |object| named(object, "/tags/Name", object.id.as_str()),
        unfit: no_environment,
        write: environment_manifest,
    },
    Importer {
        kind: KindName::known("IamProfile"),
        of: iam::ROLE,
        inside: &[],
        partly: &[],
        holder: None,
        around: &[],
        beside: &[
            (iam::POLICY, "it is left as it is; the profiles of roles that have it name it by its ARN"),
            (iam::INSTANCE_PROFILE, "it is left as it is; `instanceProfile` is for those that Aplomo makes"),
            (iam::OIDC_PROVIDER, "it is left as it is; the trust of a profile names it by its ARN"),
            (iam::SAML_PROVIDER, "it is left as it is; the trust of a profile names it by its ARN"),
        ],
        closely: false,
        by_id: false,
        called: |object| {
            let arn = object.outputs.get("arn").and_then(Datum::as_text);
            named(object, "/name", arn.unwrap_or_default())
        },
        unfit: no_profile,
        write: |object, _, options| iam_profile_manifest(object, options),
    },
    Importer {
        kind: KindName::known("Repository"),
        of: github::REPOSITORY,
        inside: &[],
        partly: &[
            github::TEAM_GRANT,
            github::COLLABORATOR,
            github::ACTIONS_SETTINGS,
            github::VARIABLE,
            github::SECRET,
            github::ENVIRONMENT,
            github::WEBHOOK,
            github::DEPLOY_KEY,
            github::AUTOLINK,
            github::LABEL,
            github::CUSTOM_PROPERTY,
        ],
        holder: None,
        around: &[],
        beside: &[],
        closely: false,
        by_id: true,
        called: |object| named(object, "/name", object.id.as_str()),
        unfit: |object| object.fields.text("/name").is_none().then(|| "its name could not be seen".into()),
        write: repository_manifest,
    },
    Importer {
        kind: KindName::known("Team"),
        of: github::TEAM,
        inside: &[],
        partly: &[github::TEAM_MEMBERSHIP],
        holder: None,
        around: &[],
        beside: &[],
        closely: false,
        by_id: true,
        called: |object| {
            let slug = object.outputs.get(github::output::SLUG).and_then(Datum::as_text);
            let names = named(object, "/name", object.id.as_str()).into_iter();
            names.chain(slug.map(SmolStr::new)).collect()
        },
        unfit: |object| object.fields.text("/name").is_none().then(|| "its name could not be seen".into()),
        write: team_manifest,
    },
];

/// What lies in an account and is never read, for nobody but AWS can change it.
pub(super) const NEVER: &str =
    "roles of AWS's own services (`/aws-service-role/`): only those services change them";

/// The kinds that can be imported, in the order of their names.
#[must_use]
pub fn importers() -> &'static [Importer] {
    &IMPORTERS
}

fn named(object: &Observed, path: &str, otherwise: &str) -> Vec<SmolStr> {
    let name = object.fields.text(path).map(|name| SmolStr::new(name.trim_end_matches('.')));
    name.into_iter().chain((!otherwise.is_empty()).then(|| otherwise.into())).collect()
}

/// What AWS makes with every account is nobody's wish.
fn no_environment(object: &Observed) -> Option<String> {
    object.brought_along.then(|| "AWS made it with the account; an Environment is made beside it".into())
}

/// ACM issues what a Certificate asks for; another one would be asked for in the place of these.
fn no_certificate(object: &Observed) -> Option<String> {
    let model = Certificate::<Seen>::from_fields(&object.fields).unwrap_or_default();
    let made_by = object.outputs.get(acm::output::TYPE).and_then(Datum::as_text);
    if let Some(other) = made_by.filter(|made_by| *made_by != "AMAZON_ISSUED") {
        return Some(format!("it is {other}, not issued by ACM, and a Certificate asks ACM for one"));
    }
    if model.valid == Sight::Value(false) {
        return Some("it failed, has expired or was revoked: a Certificate would ask for another one".into());
    }
    (model.validation.value().is_some_and(|method| method == "EMAIL"))
        .then(|| "it was validated by mail, and a Certificate is validated by DNS".into())
}

/// A profile always says who is trusted, and they exist.
fn no_profile(object: &Observed) -> Option<String> {
    let model = Role::<Seen>::from_fields(&object.fields).unwrap_or_default();
    let Some(text) = model.trust.value() else { return Some("its trust policy could not be read".into()) };
    match Document::read(text, Use::Trust) {
        Err(why) => Some(format!("its trust policy cannot be written here: {why}")),
        Ok(trust) => {
            let gone = trust.dangling().next();
            gone.map(|id| format!("it trusts `{id}`, the id of a role or user that was deleted"))
        }
    }
}
