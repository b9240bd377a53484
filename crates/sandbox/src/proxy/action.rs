//! Names each call `service:Operation` and says whether it writes. Deliberately absent: what the call is about.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use super::routes::{REST, RestService};

/// How a service writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// XML, `ErrorResponse` with a namespace.
    RestXml,
    /// XML, `ErrorResponse`.
    Query,
    /// XML, `Response/Errors`.
    Ec2,
    /// JSON with `__type`.
    Json,
}

/// What a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// `service:Operation`.
    pub(crate) name: String,
    pub(crate) write: bool,
    pub(crate) protocol: Protocol,
}

/// Operations of query and JSON services that begin so only read; `sts` reads whatever it is asked.
const READ_VERBS: &[&str] =
    &["Get", "List", "Describe", "Lookup", "Search", "Simulate", "BatchGet", "Query", "Scan"];

/// Names a call from its method, path with query, headers and body.
pub(crate) fn identify(method: &str, path_and_query: &str, headers: &HeaderMap, body: &str) -> Action {
    let scope = signing_service(headers);
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    if let Some(action) = rest(method, path, scope) {
        return action;
    }
    if let Some(operation) = json_target(headers) {
        return named(scope.unwrap_or("unknown"), operation, Protocol::Json);
    }
    if let Some(operation) = form_field(body, "Action").or_else(|| form_field(query, "Action")) {
        let service = scope.unwrap_or("unknown");
        return named(service, operation, if service == "ec2" { Protocol::Ec2 } else { Protocol::Query });
    }
    let name = format!("{}:{method} {path}", scope.unwrap_or("unknown"));
    Action { name, write: !matches!(method, "GET" | "HEAD" | "OPTIONS"), protocol: Protocol::RestXml }
}

fn named(service: &str, operation: &str, protocol: Protocol) -> Action {
    let write = service != "sts" && !READ_VERBS.iter().any(|verb| operation.starts_with(verb));
    Action { name: format!("{service}:{operation}"), write, protocol }
}

/// Unsigned calls are matched by the API version in the path alone.
fn rest(method: &str, path: &str, scope: Option<&str>) -> Option<Action> {
    let mut segments = path.trim_matches('/').split('/');
    let version = segments.next()?;
    let service = REST.iter().find(|s| s.version == version && scope.is_none_or(|name| name == s.name))?;
    operation(service, method, &segments.collect::<Vec<_>>())
}

fn operation(service: &RestService, method: &str, segments: &[&str]) -> Option<Action> {
    let route = service.routes.iter().find(|r| r.method == method && matches_path(r.path, segments))?;
    let name = format!("{}:{}", service.name, route.action);
    Some(Action { name, write: route.write, protocol: Protocol::RestXml })
}

fn matches_path(template: &str, segments: &[&str]) -> bool {
    let wanted: Vec<&str> = template.split('/').collect();
    wanted.len() == segments.len() && wanted.iter().zip(segments).all(|(w, s)| *w == "{}" || w == s)
}

/// The credential of a version 4 signature: `key/date/region/service/aws4_request`.
fn credential(headers: &HeaderMap) -> Option<Vec<&str>> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, rest) = header.split_once("Credential=")?;
    let parts: Vec<&str> = rest.split(',').next()?.trim().split('/').collect();
    (parts.len() == 5).then_some(parts)
}

/// The service by the name that its actions have in policies, which for one is not the name it is signed with.
fn signing_service(headers: &HeaderMap) -> Option<&str> {
    Some(match credential(headers)?[3] {
        "tagging" => "tag",
        other => other,
    })
}

/// The access key id that signed a call.
pub(crate) fn access_key(headers: &HeaderMap) -> Option<&str> {
    Some(credential(headers)?[0])
}

/// The region a call is signed for.
pub(crate) fn region(headers: &HeaderMap) -> Option<&str> {
    Some(credential(headers)?[2])
}

fn json_target(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amz-target")?.to_str().ok()?.rsplit('.').next()
}

fn form_field<'a>(form: &'a str, key: &str) -> Option<&'a str> {
    form.split('&').find_map(|pair| pair.split_once('=').filter(|(k, _)| *k == key)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(service: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20200101/us-east-1/{service}/aws4_request, Signature=0"
        );
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        headers
    }

    fn name(method: &str, path: &str, service: &str, body: &str) -> (String, bool) {
        let action = identify(method, path, &signed(service), body);
        (action.name, action.write)
    }

    #[test]
    fn rest_calls_are_named_by_method_and_path() {
        let cases = [
            ("GET", "/2013-04-01/hostedzone?maxitems=100", "ListHostedZones", false),
            ("POST", "/2013-04-01/hostedzone", "CreateHostedZone", true),
            ("GET", "/2013-04-01/hostedzone/Z1/rrset?name=a", "ListResourceRecordSets", false),
            ("POST", "/2013-04-01/hostedzone/Z1/rrset/", "ChangeResourceRecordSets", true),
            ("POST", "/2013-04-01/tags/hostedzone", "ListTagsForResources", false),
            ("POST", "/2013-04-01/tags/hostedzone/Z1", "ChangeTagsForResource", true),
            ("GET", "/2013-04-01/hostedzonesbyname?dnsname=x", "ListHostedZonesByName", false),
        ];
        for (method, path, operation, write) in cases {
            assert_eq!(
                name(method, path, "route53", ""),
                (format!("route53:{operation}"), write),
                "{method} {path}"
            );
        }
    }

    #[test]
    fn query_and_json_calls_are_named_by_service_and_operation() {
        let body = "Version=2011-06-15&Action=GetCallerIdentity";
        assert_eq!(name("POST", "/", "sts", body), ("sts:GetCallerIdentity".into(), false));
        assert_eq!(name("POST", "/", "sts", "Action=AssumeRole"), ("sts:AssumeRole".into(), false));
        assert_eq!(name("POST", "/", "ec2", "Action=CreateVpc"), ("ec2:CreateVpc".into(), true));
        let mut headers = signed("acm");
        headers.insert("x-amz-target", "CertificateManager.RequestCertificate".parse().unwrap());
        let action = identify("POST", "/", &headers, "{}");
        assert_eq!((action.name.as_str(), action.write), ("acm:RequestCertificate", true));
        let mut headers = signed("tagging");
        headers.insert("x-amz-target", "ResourceGroupsTaggingAPI_20170126.GetResources".parse().unwrap());
        assert_eq!(identify("POST", "/", &headers, "{}").name, "tag:GetResources");
    }

    #[test]
    fn an_unknown_call_is_a_write_unless_it_is_a_get() {
        assert_eq!(
            name("POST", "/2013-04-01/new/thing", "route53", ""),
            ("route53:POST /2013-04-01/new/thing".into(), true)
        );
        assert_eq!(name("GET", "/x", "s3", ""), ("s3:GET /x".into(), false));
    }
}
