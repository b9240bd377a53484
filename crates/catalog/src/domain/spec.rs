//! What a Domain manifest says. The doc comments are the documentation of its fields.

use super::words::TypeWish;
use crate::envelope::OwnershipWish;
use crate::text::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A DNS zone in Route 53 with its records.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DomainSpec {
    /// The zone's name, e.g. `example.com`. Another name is another zone.
    pub zone: SmolStr,
    /// Whether the zone answers the whole world or the networks it is bound to. Changing it makes another zone.
    #[serde(default)]
    pub visibility: Visibility,
    /// The networks that a private zone answers in. Others that are bound to it are left alone.
    #[serde(default)]
    pub networks: Vec<Network>,
    /// Environments of the same tenant whose networks a private zone answers in.
    #[serde(default)]
    pub environments: Vec<SmolStr>,
    /// Who owns the records of the zone.
    #[serde(default)]
    pub ownership: OwnershipWish,
    /// Records that are not ours to judge, whoever owns the zone: what another program writes there.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// The Domain that holds the name above: the delegation (an NS record) is written there. A name of the
    /// same tenant, or `tenant/name`; another tenant consents in its Domain's `consents`.
    pub delegate_from: Option<SmolStr>,
    /// Manifests of other tenants that may write records into this zone, as `tenant/Kind/name`. Adding one
    /// counts from the next plan on.
    #[serde(default)]
    pub consents: BTreeSet<SmolStr>,
    /// The records. The zone's own NS and SOA come with it and are listed only to set their TTL or, for the
    /// SOA, its value.
    #[serde(default)]
    pub records: Vec<RecordSpec>,
}

/// Who is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// The whole world.
    #[default]
    Public,
    /// Only the networks that the zone is bound to.
    Private,
}

/// A network by its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The id, e.g. `vpc-0a1b2c3d`.
    pub id: SmolStr,
    /// The region it is in, e.g. `us-east-1`.
    pub region: SmolStr,
}

/// Which records to leave alone; all that is given must match.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ignore {
    /// The name as in `records`, with `*` for any run of characters and `?` for one; `*` alone is every name.
    pub name: SmolStr,
    /// The record type; every type unless set.
    #[serde(rename = "type")]
    pub record_type: Option<TypeWish>,
}

/// A record set: all values of one name and type.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
// What most records lack is boxed: a zone has tens of thousands of them.
pub struct RecordSpec {
    /// The name: relative to the zone (`www`), `@` for the zone itself, or absolute with a final dot.
    pub name: SmolStr,
    /// The record type.
    #[serde(rename = "type")]
    pub record_type: TypeWish,
    /// How long an answer may be kept: seconds, or a text like `5m`. Left alone unless set; a new record then
    /// gets 300. Aliases have none.
    pub ttl: Option<Seconds>,
    /// The values as a zone file writes them, names relative to the zone unless they end with a dot. The values
    /// of TXT and SPF are the plain text: quoting, splitting and escaping are ours.
    pub values: Option<Vec<SmolStr>>,
    /// Answers with what another name has, in the place of values.
    pub alias: Option<Box<Alias>>,
    /// How one of several records of the same name and type is chosen.
    pub routing: Option<Box<Routing>>,
    /// Answers with this record only while the check is healthy.
    pub health_check: Option<Box<HealthCheckWish>>,
}

/// Another name that answers: either `record`, or `target` with `zoneId`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Alias {
    /// A record of the same zone and type, by its name as in `records`.
    pub record: Option<SmolStr>,
    /// The name of a load balancer, a distribution or another AWS resource.
    pub target: Option<SmolStr>,
    /// The id of the hosted zone that the target is in; AWS documents it for each service and region.
    pub zone_id: Option<SmolStr>,
    /// Whether the answer follows the health of the target. Left alone unless set; a new alias then does not.
    pub evaluate_target_health: Option<bool>,
}

/// Exactly one policy beside the `id`; all records of a name and type have the same policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Routing {
    /// The set identifier: tells the records of a name and type apart. Another id is another record.
    pub id: SmolStr,
    /// Chosen in proportion to this weight.
    #[schemars(range(min = 0, max = 255))]
    pub weight: Option<i64>,
    /// Chosen where this AWS region answers fastest.
    pub region: Option<SmolStr>,
    /// Chosen first, or when the first is not healthy.
    pub failover: Option<Failover>,
    /// Chosen by where the question comes from.
    pub geo: Option<Geo>,
    /// Answered together with up to seven healthy others.
    pub multivalue: Option<bool>,
}

/// The role of a record in a failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Failover {
    /// Answers while it is healthy.
    Primary,
    /// Answers when the primary is not healthy.
    Secondary,
}

/// A part of the world: either a continent, or a country with or without a subdivision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Geo {
    /// The continent.
    pub continent: Option<Continent>,
    /// The country by its two letters (ISO 3166-1), e.g. `CL`; `*` for everything not listed.
    pub country: Option<SmolStr>,
    /// The state or province by its letters, e.g. `CA`; with the country `US` or `UA`.
    pub subdivision: Option<SmolStr>,
}

/// A continent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum Continent {
    /// Africa.
    #[serde(rename = "AF")]
    Africa,
    /// Antarctica.
    #[serde(rename = "AN")]
    Antarctica,
    /// Asia.
    #[serde(rename = "AS")]
    Asia,
    /// Europe.
    #[serde(rename = "EU")]
    Europe,
    /// North America.
    #[serde(rename = "NA")]
    NorthAmerica,
    /// Oceania.
    #[serde(rename = "OC")]
    Oceania,
    /// South America.
    #[serde(rename = "SA")]
    SouthAmerica,
}

/// A health check of our own, or by its `id` one that exists elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HealthCheckWish {
    /// The id of a health check that is not ours. Nothing else may be set then.
    pub id: Option<SmolStr>,
    /// What is asked. Another type is another check.
    #[serde(rename = "type")]
    pub check_type: Option<CheckType>,
    /// The host name to ask, and to send as `Host`.
    pub fqdn: Option<SmolStr>,
    /// The address to ask; without it the host name is looked up.
    pub ip: Option<SmolStr>,
    /// The port. TCP needs one; the others have 80 and 443 unless set.
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// The path to ask for, with a leading slash.
    pub path: Option<SmolStr>,
    /// A text that must be in the first 5,120 octets of the answer; for the types that look for one.
    pub search_string: Option<SmolStr>,
    /// Seconds between two checks: 10 or 30. Another interval is another check.
    pub interval: Option<u32>,
    /// How many failures, or successes, in a row change the state.
    #[schemars(range(min = 1, max = 10))]
    pub failure_threshold: Option<u32>,
    /// Whether latency is measured. Changing it makes another check.
    pub measure_latency: Option<bool>,
    /// Whether unhealthy counts as healthy.
    pub inverted: Option<bool>,
    /// Whether checking is off, which counts as healthy.
    pub disabled: Option<bool>,
    /// Whether the host name is sent in the TLS handshake.
    pub enable_sni: Option<bool>,
    /// The regions to check from, at least three.
    pub regions: BTreeSet<SmolStr>,
}

/// What a health check asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckType {
    /// HTTP answers 2xx or 3xx.
    Http,
    /// HTTPS answers 2xx or 3xx.
    Https,
    /// HTTP answers with the search string.
    HttpStrMatch,
    /// HTTPS answers with the search string.
    HttpsStrMatch,
    /// A TCP connection can be made.
    Tcp,
}
