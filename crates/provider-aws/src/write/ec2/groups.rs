//! Security groups without their rules, and the group that comes with a network.
//!
//! A new group lets everything out. That rule is taken away at once where it is not wished just so: what may go out is
//! wished rule by rule.

use super::holders::{GROUPS, INTERFACES, Uses, explained};
use super::{CREATE_TAGS, DELETE_TAGS, SETTLE, birth, tagged};
use crate::read::ec2::RawRules;
use crate::wanted::text;
use crate::wanted::{Want, texts, want};
use crate::write::craft::{Craft, Job, send};
use crate::write::not_sent;
use crate::write::patience::{HELD, YOUNG, or_gone};
use aplomo_core::fields::WantedFields;
use aplomo_core::ports::CallError;
use aplomo_core::{RemoteId, TypeName};
use aplomo_resources::ec2;
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, ResourceType};
use std::sync::PoisonError;
use std::time::Duration;

const CREATE: &str = "ec2:CreateSecurityGroup";
const DELETE: &str = "ec2:DeleteSecurityGroup";
const REVOKE_IN: &str = "ec2:RevokeSecurityGroupIngress";
const REVOKE_OUT: &str = "ec2:RevokeSecurityGroupEgress";

const FOUR: &str = "0.0.0.0/0";
const SIX: &str = "::/0";

const USES: Uses = Uses {
    interfaces: "group-id",
    groups: &["ip-permission.group-id", "egress.ip-permission.group-id"],
    subnets: None,
    gateways: None,
};

/// Makes security groups.
pub(crate) struct SecurityGroups;

impl Craft for SecurityGroups {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::SECURITY_GROUP];
    const WHAT: &'static str = "the security group";
    const CALLS: &'static [&'static str] =
        &[CREATE, REVOKE_OUT, DELETE, CREATE_TAGS, DELETE_TAGS, INTERFACES, GROUPS];
    const SETTLE: Duration = SETTLE;

    async fn make(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        let request = job
            .pen
            .client
            .create_security_group()
            .vpc_id(job.container()?)
            .group_name(job.need(after, "/name", text)?)
            .description(job.need(after, "/description", text)?)
            .tag_specifications(birth(job, ResourceType::SecurityGroup)?);
        let answer = send!(job, CREATE, YOUNG, request)?;
        job.born(CREATE, answer.group_id.as_deref())
    }

    /// Only what this run made is shut: later, a rule that lets everything out is somebody's.
    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        if job.made || job.step.found.is_some() { shut(job, after).await } else { Ok(()) }
    }

    async fn unmake(job: &mut Job<'_, Client>, id: &RemoteId) -> Result<(), CallError> {
        let result = send!(job, DELETE, HELD, job.pen.client.delete_security_group().group_id(id.as_str()));
        explained(job, or_gone(result), id.as_str(), USES).await
    }

    tagged!();
}

/// Takes away the rules that let everything out, but for those that shall stay; also of a group that an interrupted run
/// made. A network with IPv6 brings a second one. Each has a
/// call of its own, since one that names a rule which is not there is refused whole; a network that was
/// listed without an IPv6 block before this wave needs no second call.
async fn shut(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
    let kept = match want(after, "/letsAllOut", texts).map_err(|why| not_sent(&why))? {
        Want::Leave => return Ok(()),
        Want::Clear => Vec::new(),
        Want::Set(kept) => kept,
    };
    let there = job.seen("/letsAllOut").and_then(texts);
    let goes = |block: &str| {
        !kept.iter().any(|kept| *kept == block)
            && there.as_ref().is_none_or(|there| there.iter().any(|there| *there == block))
    };
    let id = job.id()?;
    let all = IpPermission::builder().ip_protocol("-1");
    let four = all.clone().ip_ranges(IpRange::builder().cidr_ip(FOUR).build()).build();
    let six = all.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(SIX).build()).build();
    let client = job.pen.client.clone();
    let request =
        |permission| client.revoke_security_group_egress().group_id(id.as_str()).ip_permissions(permission);
    let plain = job.container().is_ok_and(|vpc| {
        job.pen.line.site.without_ipv6.lock().unwrap_or_else(PoisonError::into_inner).contains(vpc)
    });
    let (four, six) = (Some(four).filter(|_| goes(FOUR)), Some(six).filter(|_| goes(SIX) && !plain));
    for permission in [four, six].into_iter().flatten() {
        or_no_rule(send!(job, REVOKE_OUT, NEW_GROUP, request(permission)))?;
    }
    Ok(())
}

/// A rule that is not there is as wished.
fn or_no_rule<T>(result: Result<T, CallError>) -> Result<(), CallError> {
    match result {
        Err(CallError::Refused { code, .. }) if code == "InvalidPermission.NotFound" => Ok(()),
        ended => ended.map(drop),
    }
}

/// As for other young things, but a rule that is not there is no group that is not there.
const NEW_GROUP: crate::write::patience::Patience = crate::write::patience::Patience {
    again: |code, _| code.contains("NotFound") && code != "InvalidPermission.NotFound",
    ..YOUNG
};

/// Empties the group that came with a network.
pub(crate) struct DefaultSecurityGroups;

impl Craft for DefaultSecurityGroups {
    type Client = Client;
    const FEEDS: &'static [TypeName] = &[ec2::DEFAULT_SECURITY_GROUP];
    const WHAT: &'static str = "the default group";
    const CALLS: &'static [&'static str] = &[REVOKE_IN, REVOKE_OUT, CREATE_TAGS, DELETE_TAGS];
    const SETTLE: Duration = Duration::ZERO;

    async fn make(_: &mut Job<'_, Client>, _: &WantedFields) -> Result<(), CallError> {
        Err(not_sent("a default group comes with its network and is never made"))
    }

    async fn shape(job: &mut Job<'_, Client>, after: &WantedFields) -> Result<(), CallError> {
        match want(after, "/rules", texts).map_err(|why| not_sent(&why))? {
            Want::Leave => return Ok(()),
            Want::Set(rules) if !rules.is_empty() => {
                return Err(not_sent("a default group is emptied or left alone"));
            }
            Want::Set(_) | Want::Clear => {}
        }
        let id = job.id()?;
        let raw: RawRules = job.raw();
        if !raw.ingress.is_empty() {
            let request = job.pen.client.revoke_security_group_ingress().group_id(id.as_str());
            let request = request.set_security_group_rule_ids(Some(raw.ingress));
            send!(job, REVOKE_IN, crate::write::patience::ONCE, request)?;
        }
        if !raw.egress.is_empty() {
            let request = job.pen.client.revoke_security_group_egress().group_id(id.as_str());
            let request = request.set_security_group_rule_ids(Some(raw.egress));
            send!(job, REVOKE_OUT, crate::write::patience::ONCE, request)?;
        }
        Ok(())
    }

    /// It goes with its network.
    async fn unmake(_: &mut Job<'_, Client>, _: &RemoteId) -> Result<(), CallError> {
        Ok(())
    }

    tagged!();
}
