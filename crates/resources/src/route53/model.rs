//! The models of Route 53's objects in normal form.
//!
//! Names are absolute, lower case, with a final dot, without escapes for printable ASCII (`*` is `*`).
//! Values are in presentation form as the service wants them, names in them absolute; a TXT value is
//! its plain text, unquoted and joined.

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A hosted zone.
    pub struct HostedZone {
        leaves {
            /// The zone's name, e.g. `example.com.`. Changing it makes another zone.
            name: SmolStr = "/name",
            /// Whether it is private. Changing it makes another zone.
            private: bool = "/private",
        }
        maps {
            /// Networks a private zone answers in: `<region>:<vpc id>` to `true`. Only our subset is ours.
            networks: bool = "/networks",
            /// Networks of Environments that a private zone answers in: the Environment's name to its network as
            /// `<region>:<vpc id>`, a reference to the Vpc's output `network`. Which of the zone's networks was bound
            /// for which name the zone's own tag `aplomo:network:<name>` remembers; a reader tells an entry only
            /// where that network is bound still.
            environments: SmolStr = "/environments",
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A record set. Its identity is name, type and set identifier.
    pub struct RecordSet {
        leaves {
            /// The absolute name, e.g. `www.example.com.`.
            name: SmolStr = "/name",
            /// The record type, e.g. `A`.
            record_type: SmolStr = "/type",
            /// The set identifier, for all routing policies but simple.
            set_identifier: SmolStr = "/setIdentifier",
            /// Seconds. Absent for aliases.
            ttl: u32 = "/ttl",
            /// The values, in normal form; their order has no meaning.
            values: BTreeSet<SmolStr> = "/values",
            /// The alias's target name, absolute.
            alias_target: SmolStr = "/alias/target",
            /// The id of the zone that the alias's target is in, without `/hostedzone/`, upper case.
            alias_zone: SmolStr = "/alias/zoneId",
            /// Whether the alias follows its target's health.
            alias_evaluate: bool = "/alias/evaluateTargetHealth",
            /// Weight, 0 to 255.
            weight: i64 = "/routing/weight",
            /// Region, of latency routing.
            region: SmolStr = "/routing/region",
            /// `PRIMARY` or `SECONDARY`.
            failover: SmolStr = "/routing/failover",
            /// Continent code.
            continent: SmolStr = "/routing/geo/continent",
            /// Country code, or `*` for the default.
            country: SmolStr = "/routing/geo/country",
            /// Subdivision code.
            subdivision: SmolStr = "/routing/geo/subdivision",
            /// Multivalue answer routing.
            multivalue: bool = "/routing/multivalue",
            /// A routing policy we do not write (geoproximity, CIDR, traffic policy), as text: seen only.
            other: String = "/routing/other",
            /// The id of a health check.
            health_check: SmolStr = "/healthCheckId",
        }
    }
}

model! {
    /// A health check of an endpoint.
    pub struct HealthCheck {
        leaves {
            /// `HTTP`, `HTTPS`, `HTTP_STR_MATCH`, `HTTPS_STR_MATCH` or `TCP`. Immutable.
            check_type: SmolStr = "/type",
            /// Host name to ask for, without final dot.
            fqdn: SmolStr = "/fqdn",
            /// IP address to ask.
            ip: SmolStr = "/ip",
            /// Port.
            port: u16 = "/port",
            /// Path, with leading slash.
            path: String = "/path",
            /// Text to look for in the first 5,120 octets.
            search_string: String = "/searchString",
            /// Seconds between checks, 10 or 30. Immutable.
            interval: u32 = "/interval",
            /// Failures in a row that count, 1 to 10.
            failure_threshold: u32 = "/failureThreshold",
            /// Whether latency is measured. Immutable.
            measure_latency: bool = "/measureLatency",
            /// Whether unhealthy counts as healthy.
            inverted: bool = "/inverted",
            /// Whether checking is off.
            disabled: bool = "/disabled",
            /// Whether the host name is sent in the TLS handshake.
            enable_sni: bool = "/enableSni",
            /// Regions to check from.
            regions: BTreeSet<SmolStr> = "/regions",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}
