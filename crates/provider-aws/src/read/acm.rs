//! Certificates of a region: ListCertificates over all key types, 1,000 a page; their tags in bulk.
//!
//! What never changes for an ARN (names, validation records) is taken from what the store remembers
//! or from what was described before; DescribeCertificate is for the rest: a certificate of ours seen
//! for the first time, one that failed, one about to be renewed. Certificates of others are not asked
//! about unless they are picked. The records that others write for us are looked up in DNS.

mod detail;
mod list;
mod observed;
mod tags;

pub(crate) use detail::{DESCRIBE, Details, ask as ask_detail, of as detail_of};

use crate::clients::Branch;
use crate::line::{Line, Site};
use crate::read::{observation, weaken};
use aplomo_core::ledger::Remembered;
use aplomo_core::observation::OwnerMark;
use aplomo_core::ports::{Fut, Pick, Reach, ReadCx, Reader};
use aplomo_core::{Coverage, Observation, Observed, RemoteId, Scope, TypeName};
use aplomo_resources::acm;
use aws_sdk_acm::types::CertificateSummary;
use detail::Detail;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads certificates.
#[derive(Debug)]
pub(crate) struct Certificates {
    site: Arc<Site>,
    acm: Arc<Branch<aws_sdk_acm::Client>>,
    tagging: Arc<Branch<aws_sdk_resourcegroupstagging::Client>>,
}

impl Certificates {
    pub(crate) fn new(
        site: Arc<Site>,
        acm: Arc<Branch<aws_sdk_acm::Client>>,
        tagging: Arc<Branch<aws_sdk_resourcegroupstagging::Client>>,
    ) -> Self {
        Self { site, acm, tagging }
    }

    /// Every call it can make.
    pub(crate) const fn calls() -> &'static [&'static str] {
        &[list::LIST, DESCRIBE, tags::LIST_TAGS, tags::GET_RESOURCES]
    }

    async fn observe(
        &self,
        line: &Line<'_>,
        cx: &ReadCx<'_>,
        (scope, pick): (&Scope, Pick<'_>),
    ) -> (Vec<Observed>, Coverage) {
        let client = self.acm.client(scope.region.as_ref());
        let (listed, mut coverage) = list::all(line, &client).await;
        let remembered = cx.memory.map(|m| m.remembered(&acm::CERTIFICATE)).unwrap_or_default();
        let reading = tags::Reading {
            line,
            acm: &client,
            tagging: &self.tagging.client(scope.region.as_ref()),
            now: cx.clock.now(),
            exact: cx.exact,
        };
        let ours = |arn: &str| RemoteId::new(arn).is_ok_and(|id| remembered.contains_key(&id));
        let tags = reading.all(&listed, ours).await;
        let mut objects = Vec::with_capacity(listed.len());
        for summary in &listed {
            let Some(arn) = summary.certificate_arn() else { continue };
            let Ok(id) = RemoteId::new(arn) else {
                weaken(&mut coverage, format!("the certificate `{}` has no usable ARN", arn.escape_debug()));
                continue;
            };
            let mark = observed::owner(summary, tags.get(arn));
            let memory = remembered.get(&id);
            let ours = memory.is_some() || matches!(mark, OwnerMark::Marked { .. });
            let picked = matches!(pick, Pick::Ids(ids) if ids.contains(&id));
            let detail = self.detail(line, &client, (summary, memory, cx, ours || picked)).await;
            let detail = match detail {
                Ok(detail) => detail,
                Err(detail::Missed::Gone) => continue,
                Err(detail::Missed::Problem(why)) => {
                    weaken(&mut coverage, why);
                    None
                }
            };
            objects.push(observed::object(
                scope,
                id,
                summary,
                (tags.get(arn), mark),
                (detail.as_ref(), memory),
            ));
        }
        self.look_up(&mut objects, &remembered).await;
        (objects, coverage)
    }

    /// What the list does not tell: from memory where that is enough, else asked.
    async fn detail(
        &self,
        line: &Line<'_>,
        client: &aws_sdk_acm::Client,
        (summary, memory, cx, matters): (&CertificateSummary, Option<&Remembered>, &ReadCx<'_>, bool),
    ) -> Result<Option<Detail>, detail::Missed> {
        let Some(arn) = summary.certificate_arn().filter(|_| matters) else { return Ok(None) };
        let before = self.site.certificates.get(arn);
        let exact = cx.exact.iter().any(|id| id.as_str() == arn);
        if !exact && detail::is_enough(summary, before.as_ref(), memory, cx.clock.now()) {
            return Ok(before);
        }
        let detail = detail::describe(line, client, arn).await?;
        self.site.certificates.put(arn, &detail);
        Ok(Some(detail))
    }

    /// Looks up the records of certificates of ours that no zone of ours holds.
    async fn look_up(&self, objects: &mut [Observed], remembered: &BTreeMap<RemoteId, Remembered>) {
        let watched = objects.iter_mut().filter(|object| {
            let in_our_zones = remembered.get(&object.id).is_some_and(|r| !r.outputs.is_empty());
            matches!(object.mark, OwnerMark::Marked { .. }) && !in_our_zones
        });
        let watch = async |object: &mut Observed| {
            observed::look_up(object, &self.site.dns).await;
            if !self.site.dns.is_off() {
                observed::wait_for_records(object);
            }
        };
        futures_util::future::join_all(watched.map(watch)).await;
        for object in objects {
            object.waiting = object.waiting.take().or_else(|| acm::waiting(&object.outputs));
        }
    }
}

impl Reader for Certificates {
    fn feeds(&self) -> &[TypeName] {
        const FEEDS: &[TypeName] = &[acm::CERTIFICATE];
        FEEDS
    }
    fn after(&self) -> &[TypeName] {
        &[]
    }
    fn reach(&self) -> Reach {
        Reach::Region
    }
    fn read<'a>(&'a self, cx: &'a ReadCx<'a>, scope: &'a Scope, pick: Pick<'a>) -> Fut<'a, Observation> {
        Box::pin(async move {
            // Certificates are nowhere but in regions: outside of one there is nothing to see.
            if scope.region.is_none() {
                return Observation::default();
            }
            let begun = cx.clock.now();
            let line = Line::to_read(&self.site, cx, Some(scope));
            let (objects, coverage) = self.observe(&line, cx, (scope, pick)).await;
            observation(&line, begun, scope, (acm::CERTIFICATE, objects, coverage))
        })
    }
}
