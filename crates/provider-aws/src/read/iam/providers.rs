//! Identity providers of an account. Their lists tell ARNs alone, so each is asked for; an account has
//! a handful.

use super::entities::together;
use super::{outputs, plain, seen, tags_of};
use crate::line::{Line, Site};
use crate::marks::owner;
use crate::read::{cut_short, weaken};
use aplomo_core::fields::SeenFields;
use aplomo_core::ports::{Fut, Pick, ReadCx, Reader};
use aplomo_core::{Coverage, Model, Observation, Observed, RemoteId, Scope, Seen, Sight, TypeName};
use aplomo_resources::iam::{self, arn, model};
use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

const LIST_OIDC: &str = "iam:ListOpenIDConnectProviders";
const GET_OIDC: &str = "iam:GetOpenIDConnectProvider";
const LIST_SAML: &str = "iam:ListSAMLProviders";
const GET_SAML: &str = "iam:GetSAMLProvider";
/// The service's own word for what is not there (any more).
const GONE: &str = "NoSuchEntity";

/// Reads identity providers.
#[derive(Debug)]
pub(crate) struct Providers {
    site: Arc<Site>,
    client: Client,
}

impl Providers {
    pub(crate) const fn new(site: Arc<Site>, client: Client) -> Self {
        Self { site, client }
    }

    /// Every call it can make.
    #[must_use]
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[LIST_OIDC, GET_OIDC, LIST_SAML, GET_SAML]
    }

    async fn oidc(&self, line: &Line<'_>, scope: &Scope) -> (Vec<Observed>, Coverage) {
        let request = self.client.list_open_id_connect_providers();
        let list = match line.ask(LIST_OIDC, |probe| request.customize().interceptor(probe).send()).await {
            Ok(list) => list.open_id_connect_provider_list.unwrap_or_default(),
            Err(problem) => return (Vec::new(), cut_short(&problem, 0, "providers")),
        };
        let (mut objects, mut coverage) = (Vec::new(), Coverage::Complete);
        for arn in list.into_iter().filter_map(|entry| entry.arn) {
            let request = self.client.get_open_id_connect_provider().open_id_connect_provider_arn(&arn);
            match line.ask(GET_OIDC, |probe| request.customize().interceptor(probe).send()).await {
                Ok(found) => {
                    let url = found.url.as_deref().or_else(|| arn::name_of(&arn, "oidc-provider"));
                    let url = url.map(|url| iam::oidc_provider::url(url).unwrap_or_else(|_| url.into()));
                    let fields = model::OidcProvider::<Seen> {
                        url: seen(url.clone()),
                        audiences: set(found.client_id_list.clone()),
                        thumbprints: set(found.thumbprint_list.clone()),
                        tags: plain(Some(&tags_of(found.tags()))),
                    };
                    take(
                        &mut objects,
                        &mut coverage,
                        (&iam::OIDC_PROVIDER, arn.as_str(), scope),
                        (url, fields.to_fields(), found.tags()),
                    );
                }
                Err(problem) if problem.code() == GONE => {}
                Err(problem) => weaken(&mut coverage, format!("{arn} could not be read: {problem}")),
            }
        }
        (objects, coverage)
    }

    async fn saml(&self, line: &Line<'_>, scope: &Scope) -> (Vec<Observed>, Coverage) {
        let request = self.client.list_saml_providers();
        let list = match line.ask(LIST_SAML, |probe| request.customize().interceptor(probe).send()).await {
            Ok(list) => list.saml_provider_list.unwrap_or_default(),
            Err(problem) => return (Vec::new(), cut_short(&problem, 0, "providers")),
        };
        let (mut objects, mut coverage) = (Vec::new(), Coverage::Complete);
        for arn in list.into_iter().filter_map(|entry| entry.arn) {
            let request = self.client.get_saml_provider().saml_provider_arn(&arn);
            match line.ask(GET_SAML, |probe| request.customize().interceptor(probe).send()).await {
                Ok(found) => {
                    let name = arn::name_of(&arn, "saml-provider").map(SmolStr::new);
                    let fields = model::SamlProvider::<Seen> {
                        name: seen(name.clone()),
                        metadata: seen(
                            found.saml_metadata_document.as_deref().map(|text| text.trim().to_owned()),
                        ),
                        tags: plain(Some(&tags_of(found.tags()))),
                    };
                    take(
                        &mut objects,
                        &mut coverage,
                        (&iam::SAML_PROVIDER, arn.as_str(), scope),
                        (name, fields.to_fields(), found.tags()),
                    );
                }
                Err(problem) if problem.code() == GONE => {}
                Err(problem) => weaken(&mut coverage, format!("{arn} could not be read: {problem}")),
            }
        }
        (objects, coverage)
    }
}

fn set(texts: Option<Vec<String>>) -> Sight<BTreeSet<SmolStr>> {
    Sight::Value(texts.unwrap_or_default().into_iter().map(SmolStr::from).collect())
}

/// Takes one provider; `key` is its natural key.
fn take(
    objects: &mut Vec<Observed>,
    coverage: &mut Coverage,
    (type_name, arn, scope): (&TypeName, &str, &Scope),
    (key, fields, tags): (Option<SmolStr>, SeenFields, &[Tag]),
) {
    match RemoteId::new(arn) {
        Err(bad) => weaken(coverage, format!("{arn} could not be taken: {bad}")),
        Ok(id) => objects.push(Observed {
            type_name: type_name.clone(),
            scope: scope.concrete(),
            key,
            mark: owner(Some(&tags_of(tags)), "", None),
            created_by: None,
            fields,
            outputs: outputs(&id, arn),
            id,
            brought_along: false,
            raw: None,
            waiting: None,
        }),
    }
}

impl Reader for Providers {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[iam::OIDC_PROVIDER, iam::SAML_PROVIDER];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, _: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let (oidc, oidc_coverage) = self.oidc(&line, scope).await;
            let (saml, saml_coverage) = self.saml(&line, scope).await;
            let reads =
                [(iam::OIDC_PROVIDER, oidc, oidc_coverage), (iam::SAML_PROVIDER, saml, saml_coverage)];
            together(&line, begun, scope, reads)
        })
    }
}
