//! Tags of certificates. The tagging API gives a hundred a call, but lags, and names only what has or
//! had tags; so what it does not know and may have some, and what is about to be written, is asked of ACM.

use crate::line::Line;
use crate::marks::Tags;
use aplomo_core::{RemoteId, SignedDuration, Timestamp};
use aws_sdk_acm::types::CertificateSummary;
use std::collections::BTreeMap;

pub(super) const GET_RESOURCES: &str = "tag:GetResources";
pub(super) const LIST_TAGS: &str = "acm:ListTagsForCertificate";
const PAGE: i32 = 100;
/// How long after its making the tagging API may not know a certificate.
const LAG: SignedDuration = SignedDuration::from_mins(15);

/// One reading of tags.
pub(super) struct Reading<'a> {
    pub(super) line: &'a Line<'a>,
    pub(super) acm: &'a aws_sdk_acm::Client,
    pub(super) tagging: &'a aws_sdk_resourcegroupstagging::Client,
    pub(super) now: Timestamp,
    /// Certificates of which a lag is not borne.
    pub(super) exact: &'a [RemoteId],
}

impl Reading<'_> {
    /// The tags by ARN; what is not in it could not be read. `ours` tells what the store remembers.
    pub(super) async fn all(
        &self,
        listed: &[CertificateSummary],
        ours: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, Tags> {
        if listed.is_empty() {
            return BTreeMap::new();
        }
        let bulk = self.bulk().await;
        let mut found = BTreeMap::new();
        for summary in listed {
            let Some(arn) = summary.certificate_arn() else { continue };
            let known = bulk.as_ref().and_then(|bulk| bulk.get(arn));
            let ask = match known {
                _ if self.exact.iter().any(|id| id.as_str() == arn) => true,
                Some(_) => false,
                None => bulk.is_none() || ours(arn) || self.is_new(summary),
            };
            let tags = if ask { self.one(arn).await } else { Some(known.cloned().unwrap_or_default()) };
            found.extend(tags.map(|tags| (arn.to_owned(), tags)));
        }
        found
    }

    fn is_new(&self, summary: &CertificateSummary) -> bool {
        let made = summary.created_at().and_then(|at| Timestamp::from_second(at.secs()).ok());
        made.is_none_or(|made| self.now.duration_since(made) < LAG)
    }

    /// What the tagging API knows; `None` where it could not be asked to the end.
    async fn bulk(&self) -> Option<BTreeMap<String, Tags>> {
        let (mut found, mut token): (BTreeMap<String, Tags>, Option<String>) = (BTreeMap::new(), None);
        loop {
            let request = self
                .tagging
                .get_resources()
                .resource_type_filters("acm:certificate")
                .resources_per_page(PAGE)
                .set_pagination_token(token.clone());
            let page = self.line.ask(GET_RESOURCES, |probe| request.customize().interceptor(probe).send());
            let page = page.await.ok()?;
            for mapping in page.resource_tag_mapping_list.unwrap_or_default() {
                let Some(arn) = mapping.resource_arn else { continue };
                let tags = mapping.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value));
                found.insert(arn, tags.collect());
            }
            let next = page.pagination_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Some(found);
            }
            if next == token {
                return None;
            }
            token = next;
        }
    }

    async fn one(&self, arn: &str) -> Option<Tags> {
        let request = self.acm.list_tags_for_certificate().certificate_arn(arn);
        let answer =
            self.line.ask(LIST_TAGS, |probe| request.customize().interceptor(probe).send()).await.ok()?;
        let tags = answer.tags.unwrap_or_default().into_iter();
        Some(tags.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
    }
}
