//! Route53: limits of a batch, exact deletes, CNAME and routing conflicts, alias targets in the same zone, atomic
//! batches, caller references, ten ids per tag call, page sizes, continuing on set identifiers, escaped names.
//! Deliberately absent: syntax of record data, health checks that do not exist, quotas of an account.

use hyper::Method;

use super::batch::{Records, Zone, key, tidy};
use super::{Verdict, batch, effect, listing, names, refused};
use crate::proxy::{Answer, AwsError, Inbound, Protocol, Upstream};
use crate::record::RecordSet;
use crate::xml::{all, find_text, parse};

/// The verdict on a call strict mode cares about; `None` for all others.
pub(super) async fn act(upstream: Upstream, action: &str, call: &Inbound) -> Option<Verdict> {
    Some(match action {
        "ListResourceRecordSets" => list_records(upstream, call).await,
        "ChangeResourceRecordSets" => change_records(upstream, call).await,
        "CreateHostedZone" => create_zone(upstream, call).await,
        "CreateHealthCheck" => create_health_check(upstream, call).await,
        "ListTagsForResources" => list_tags(upstream, call).await,
        _ => return None,
    })
}

fn invalid_input(message: impl Into<String>) -> AwsError {
    AwsError::new(400, "InvalidInput", message)
}

async fn list_records(upstream: Upstream, call: &Inbound) -> Verdict {
    let (path, query) = call.path().split_once('?').unwrap_or((call.path(), ""));
    let page = listing::Page::from_query(query);
    let answer = upstream.send(&call.get(&format!("{path}?{}", page.upstream_query()))).await;
    Ok(if refused(&answer) { answer } else { page.cut(answer) })
}

async fn change_records(upstream: Upstream, call: &Inbound) -> Verdict {
    let changes = batch::read(&call.text()).map_err(invalid_input)?;
    if changes.is_empty() {
        return Err(invalid_input("Invalid XML ; a batch needs at least one change"));
    }
    let zone_path = call.path().split("/rrset").next().unwrap_or_default().to_owned();
    let zone_answer = upstream.send(&call.get(&zone_path)).await;
    if refused(&zone_answer) {
        return Ok(zone_answer);
    }
    let id = zone_path.rsplit('/').next().unwrap_or_default();
    let name = zone_name(&zone_answer.body).map_err(invalid_input)?;
    let listed = upstream.send(&call.get(&format!("{zone_path}/rrset?maxitems=10000000"))).await;
    let before = records(&listed.body).map_err(invalid_input)?;
    let after = batch::apply(&Zone { id, name: &name }, &before, &changes)
        .map_err(|problems| AwsError::invalid_change_batch(&problems))?;
    Ok(carry_out(upstream, call, &before, &after).await)
}

/// Everything was checked before, so a refusal here is a defect of the sandbox and says so.
async fn carry_out(upstream: Upstream, call: &Inbound, before: &Records, after: &Records) -> Answer {
    let mut last = Answer::xml(200, UNCHANGED);
    for body in effect::bodies(before, after) {
        last = upstream.send(&call.with(Method::POST, call.path(), body.into())).await;
        if refused(&last) {
            let why = format!("the sandbox's strict mode allowed a batch that moto refused: {}", last.body);
            return AwsError::new(500, "InternalFailure", why).answer(Protocol::RestXml);
        }
    }
    last
}

/// The answer to a batch that changes nothing.
const UNCHANGED: &str = "<?xml version=\"1.0\"?>\n<ChangeResourceRecordSetsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeInfo><Id>/change/C2682N5HXP0BZ4</Id><Status>INSYNC</Status><SubmittedAt>2020-01-01T00:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>";

fn zone_name(body: &str) -> Result<String, String> {
    let document = parse(body)?;
    find_text(document.root_element(), "Name")
        .map(|n| names::plain(&n))
        .ok_or_else(|| "a zone without a name".into())
}

fn records(body: &str) -> Result<Records, String> {
    let document = parse(body)?;
    let sets = all(document.root_element(), "ResourceRecordSet").map(|node| tidy(RecordSet::read(node)));
    Ok(sets.map(|set| (key(&set), set)).collect())
}

/// A caller reference is good for one zone, for ever.
async fn create_zone(upstream: Upstream, call: &Inbound) -> Verdict {
    let reference = caller_reference(&call.text()).map_err(invalid_input)?;
    let listed = upstream.send(&call.get(&format!("{}?maxitems=10000000", call.path()))).await;
    if same_reference(&listed.body, "HostedZone", &reference).is_some() {
        let message = "The hosted zone that you're trying to create already exists";
        return Err(AwsError::new(409, "HostedZoneAlreadyExists", message));
    }
    Ok(upstream.send(call).await)
}

/// The same reference again is a repetition if the settings are the same, which is all we can tell from the type.
async fn create_health_check(upstream: Upstream, call: &Inbound) -> Verdict {
    let reference = caller_reference(&call.text()).map_err(invalid_input)?;
    let listed = upstream.send(&call.get(call.path())).await;
    let Some(present) = same_reference(&listed.body, "HealthCheck", &reference) else {
        return Ok(upstream.send(call).await);
    };
    if !same_settings(&present, &call.text()) {
        let message = "A health check with this caller reference and other settings already exists";
        return Err(AwsError::new(409, "HealthCheckAlreadyExists", message));
    }
    let body = format!(
        "<CreateHealthCheckResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">{present}</CreateHealthCheckResponse>"
    );
    let mut answer = Answer::xml(201, body);
    let id = crate::xml::raw_text(&present, "Id").unwrap_or_default();
    answer
        .headers
        .push(("location".into(), format!("https://route53.amazonaws.com/2013-04-01/healthcheck/{id}")));
    Ok(answer)
}

fn caller_reference(body: &str) -> Result<String, String> {
    let document = parse(body)?;
    find_text(document.root_element(), "CallerReference").ok_or_else(|| "no CallerReference".into())
}

/// The text of the listed element with this caller reference.
fn same_reference(list: &str, element: &str, reference: &str) -> Option<String> {
    let wanted = crate::xml::element("CallerReference", reference);
    let (_, elements, _) = crate::xml::split_elements(list, element);
    elements.into_iter().find(|e| e.contains(&wanted)).map(str::to_owned)
}

/// Every setting that was asked for is there; settings that were not asked for are defaults.
fn same_settings(present: &str, body: &str) -> bool {
    let (Ok(present), Ok(asked)) = (parse(present), parse(body)) else { return false };
    let settings = all(asked.root_element(), "HealthCheckConfig")
        .flat_map(|n| n.children().filter(roxmltree::Node::is_element));
    settings.filter(|s| s.children().all(|c| c.is_text())).all(|setting| {
        let there = find_text(present.root_element(), setting.tag_name().name());
        there.is_some_and(|text| text.eq_ignore_ascii_case(setting.text().unwrap_or_default()))
    })
}

async fn list_tags(upstream: Upstream, call: &Inbound) -> Verdict {
    if call.text().matches("<ResourceId>").count() > 10 {
        let message = "1 validation error detected: Value at 'resourceIds' failed to satisfy constraint: Member must have length less than or equal to 10";
        return Err(invalid_input(message));
    }
    Ok(upstream.send(call).await)
}
