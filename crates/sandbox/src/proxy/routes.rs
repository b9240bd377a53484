//! The table of REST calls: how a method and a path name an operation. Extend it for another REST service; query
//! and JSON services need no table. Deliberately absent: everything that is not a name.

/// One operation of a REST service.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// Segments after the API version; `{}` stands for any one segment.
    pub(super) path: &'static str,
    pub(super) action: &'static str,
    pub(super) write: bool,
}

/// A REST service: the name in the credential scope, the first path segment, its operations.
pub(super) struct RestService {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) routes: &'static [Route],
}

/// Every REST service the proxy can name.
pub(super) const REST: &[RestService] =
    &[RestService { name: "route53", version: "2013-04-01", routes: ROUTE53 }];

const fn read(method: &'static str, path: &'static str, action: &'static str) -> Route {
    Route { method, path, action, write: false }
}

const fn write(method: &'static str, path: &'static str, action: &'static str) -> Route {
    Route { method, path, action, write: true }
}

const ROUTE53: &[Route] = &[
    read("GET", "hostedzone", "ListHostedZones"),
    write("POST", "hostedzone", "CreateHostedZone"),
    read("GET", "hostedzone/{}", "GetHostedZone"),
    write("POST", "hostedzone/{}", "UpdateHostedZoneComment"),
    write("DELETE", "hostedzone/{}", "DeleteHostedZone"),
    read("GET", "hostedzone/{}/rrset", "ListResourceRecordSets"),
    write("POST", "hostedzone/{}/rrset", "ChangeResourceRecordSets"),
    write("POST", "hostedzone/{}/associatevpc", "AssociateVPCWithHostedZone"),
    write("POST", "hostedzone/{}/disassociatevpc", "DisassociateVPCFromHostedZone"),
    read("GET", "hostedzone/{}/authorizevpcassociation", "ListVPCAssociationAuthorizations"),
    write("POST", "hostedzone/{}/authorizevpcassociation", "CreateVPCAssociationAuthorization"),
    write("POST", "hostedzone/{}/deauthorizevpcassociation", "DeleteVPCAssociationAuthorization"),
    read("GET", "hostedzone/{}/dnssec", "GetDNSSEC"),
    write("POST", "hostedzone/{}/enable-dnssec", "EnableHostedZoneDNSSEC"),
    write("POST", "hostedzone/{}/disable-dnssec", "DisableHostedZoneDNSSEC"),
    read("GET", "hostedzonesbyname", "ListHostedZonesByName"),
    read("GET", "hostedzonesbyvpc", "ListHostedZonesByVPC"),
    read("GET", "hostedzonecount", "GetHostedZoneCount"),
    read("GET", "hostedzonelimit/{}/{}", "GetHostedZoneLimit"),
    read("GET", "accountlimit/{}", "GetAccountLimit"),
    read("GET", "tags/{}/{}", "ListTagsForResource"),
    write("POST", "tags/{}/{}", "ChangeTagsForResource"),
    read("POST", "tags/{}", "ListTagsForResources"),
    read("GET", "change/{}", "GetChange"),
    read("GET", "healthcheck", "ListHealthChecks"),
    write("POST", "healthcheck", "CreateHealthCheck"),
    read("GET", "healthcheck/{}", "GetHealthCheck"),
    write("POST", "healthcheck/{}", "UpdateHealthCheck"),
    write("DELETE", "healthcheck/{}", "DeleteHealthCheck"),
    read("GET", "healthcheck/{}/status", "GetHealthCheckStatus"),
    read("GET", "healthcheck/{}/lastfailurereason", "GetHealthCheckLastFailureReason"),
    read("GET", "healthcheckcount", "GetHealthCheckCount"),
    read("GET", "checkeripranges", "GetCheckerIpRanges"),
    read("GET", "geolocation", "GetGeoLocation"),
    read("GET", "geolocations", "ListGeoLocations"),
    read("GET", "testdnsanswer", "TestDNSAnswer"),
    read("GET", "delegationset", "ListReusableDelegationSets"),
    write("POST", "delegationset", "CreateReusableDelegationSet"),
    read("GET", "delegationset/{}", "GetReusableDelegationSet"),
    write("DELETE", "delegationset/{}", "DeleteReusableDelegationSet"),
    read("GET", "queryloggingconfig", "ListQueryLoggingConfigs"),
    write("POST", "queryloggingconfig", "CreateQueryLoggingConfig"),
    read("GET", "queryloggingconfig/{}", "GetQueryLoggingConfig"),
    write("DELETE", "queryloggingconfig/{}", "DeleteQueryLoggingConfig"),
];
