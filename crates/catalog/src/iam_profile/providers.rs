//! Identity providers of a profile: existing ones by ARN or name, and those that it makes itself.

use super::spec::{IamProfileSpec, Oidc, Saml};
use aplomo_core::{Finding, Model as _, Type as _, TypeName, Wish, fields::WantedFields};
use aplomo_resources::iam::model::{OidcProvider, SamlProvider};
use aplomo_resources::iam::oidc_provider::OidcProviders;
use aplomo_resources::iam::saml_provider::SamlProviders;
use aplomo_resources::iam::{OIDC_PROVIDER, SAML_PROVIDER, arn};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The ARN of the SAML provider.
pub(super) fn saml_arn(saml: &Saml, account: &str) -> SmolStr {
    if saml.provider.starts_with("arn:") {
        saml.provider.clone()
    } else {
        arn::saml_provider(account, &saml.provider)
    }
}

/// The URL of the OpenID Connect provider without scheme.
pub(super) fn oidc_url(oidc: &Oidc) -> SmolStr {
    let written = arn::name_of(&oidc.provider, "oidc-provider").unwrap_or(&oidc.provider);
    // One that is none is told where the provider is made, or by the service.
    aplomo_resources::iam::oidc_provider::url(written).unwrap_or_else(|_| written.into())
}

/// The ARN of the OpenID Connect provider.
pub(super) fn oidc_arn(oidc: &Oidc, account: &str) -> SmolStr {
    if oidc.provider.starts_with("arn:") {
        oidc.provider.clone()
    } else {
        arn::oidc_provider(account, &oidc_url(oidc))
    }
}

/// A provider that this manifest makes: its type and wish, or what is wrong with it and where.
pub(super) type Made = Result<(TypeName, WantedFields), (&'static str, Vec<Finding>)>;

/// All that it makes.
pub(super) fn made(spec: &IamProfileSpec) -> Vec<Made> {
    let saml = spec.trust.saml.as_ref().and_then(|saml| Some((saml, saml.metadata.clone()?)));
    let oidc = spec.trust.oidc.as_ref().filter(|oidc| oidc.manage);
    saml.map(|(saml, metadata)| made_saml(saml, metadata)).into_iter().chain(oidc.map(made_oidc)).collect()
}

fn made_saml(saml: &Saml, metadata: String) -> Made {
    let name = arn::name_of(&saml.provider, "saml-provider").unwrap_or(&saml.provider);
    let model = SamlProvider {
        name: Wish::Value(name.into()),
        metadata: Wish::Value(metadata),
        ..SamlProvider::default()
    };
    let model = SamlProviders::normalise(model).map_err(|wrong| ("/spec/trust/saml", wrong))?;
    Ok((SAML_PROVIDER, model.to_fields()))
}

fn made_oidc(oidc: &Oidc) -> Made {
    let usual = || BTreeSet::from([SmolStr::new_static("sts.amazonaws.com")]);
    let set = |list: &[SmolStr]| list.iter().cloned().collect::<BTreeSet<_>>();
    let model = OidcProvider {
        url: Wish::Value(oidc_url(oidc)),
        audiences: Wish::Value(if oidc.audiences.is_empty() { usual() } else { set(&oidc.audiences) }),
        thumbprints: if oidc.thumbprints.is_empty() {
            Wish::LeftAlone
        } else {
            Wish::Value(set(&oidc.thumbprints))
        },
        ..OidcProvider::default()
    };
    let model = OidcProviders::normalise(model).map_err(|wrong| ("/spec/trust/oidc", wrong))?;
    Ok((OIDC_PROVIDER, model.to_fields()))
}
