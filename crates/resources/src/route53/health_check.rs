//! `aws.route53.HealthCheck`.

use super::model::HealthCheck;
use crate::change::{Notes, delta};
use crate::normal::{Normal, absent_if, is_set};
use aplomo_core::model::Mode;
use aplomo_core::types::{Assessment, Counting, Risk, Turnover};
use aplomo_core::{FieldPath, Finding, Seen, Type, TypeName, Wanted, Wish};
use smol_str::{SmolStr, ToSmolStr as _};
use std::net::IpAddr;

/// The type's name.
pub const HEALTH_CHECK: TypeName = TypeName::known("aws.route53.HealthCheck");

/// The sorts of checks of an endpoint.
pub const CHECK_TYPES: [&str; 5] = ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"];

/// The regions that Route 53 checks from.
pub const CHECK_REGIONS: [&str; 8] = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
];

/// The type of health checks. They have no identity without marks.
pub struct Check;

impl Type for Check {
    const NAME: TypeName = HEALTH_CHECK;
    const STATEFUL: bool = false;
    const COUNTING: Counting = Counting::PerTenant;
    type Model<M: Mode> = HealthCheck<M>;

    fn normalise(mut model: HealthCheck<Wanted>) -> Result<HealthCheck<Wanted>, Vec<Finding>> {
        let mut normal = Normal::new("health-check");
        normal.word("type", &mut model.check_type, &CHECK_TYPES);
        normal.value("fqdn", &mut model.fqdn, |text| host(text));
        normal.value("ip", &mut model.ip, |text| {
            let ip = text.trim().parse::<IpAddr>().map(|ip| ip.to_smolstr());
            ip.map_err(|_| format!("`{}` is no IP address", text.escape_debug()))
        });
        normal.within("port", &model.port, 1, u16::MAX);
        normal.value("path", &mut model.path, |text| {
            Ok::<_, &str>(if text.is_empty() || text.starts_with('/') {
                text.clone()
            } else {
                format!("/{text}")
            })
        });
        absent_if(&mut model.path, String::is_empty);
        absent_if(&mut model.search_string, String::is_empty);
        bounds(&model, &mut normal);
        regions(&mut model, &mut normal);
        normal.tags(&model.tags);
        normal.done(model)
    }

    fn identity_wanted(_: &HealthCheck<Wanted>) -> Option<SmolStr> {
        None
    }

    fn identity(_: &HealthCheck<Seen>) -> Option<SmolStr> {
        None
    }

    fn turnover(path: &FieldPath) -> Turnover {
        match path.as_str() {
            "/type" | "/interval" | "/measureLatency" => Turnover::CreateFirst,
            _ => Turnover::InPlace,
        }
    }

    fn assess(before: Option<&HealthCheck<Seen>>, after: Option<&HealthCheck<Wanted>>) -> Assessment {
        let mut notes = Notes::default();
        if before.is_some() && after.is_none() {
            notes.add(
                Risk::Outage,
                "records that still use the check answer whether their endpoint is healthy or not",
            );
        } else {
            switches(before, after, &mut notes);
        }
        notes.0
    }
}

/// What switching the check's result means.
fn switches(before: Option<&HealthCheck<Seen>>, after: Option<&HealthCheck<Wanted>>, notes: &mut Notes) {
    let disabled = delta!(before, after, disabled);
    let was_off = disabled.before == Some(&true);
    if disabled.after == Some(&true) && !was_off {
        notes.add(Risk::Outage, "checking stops: the endpoint counts as healthy even when it is not");
    } else if was_off && disabled.after != Some(&true) {
        notes.add(Risk::Outage, "checking starts: an unhealthy endpoint stops being answered");
    }
    let inverted = delta!(before, after, inverted);
    if inverted.after == Some(&true) && inverted.before != Some(&true) {
        notes.add(Risk::Outage, "the result is inverted: a healthy endpoint counts as unhealthy");
    } else if inverted.before == Some(&true) && inverted.after != Some(&true) {
        notes.add(
            Risk::Outage,
            "the result is no longer inverted: what counted as healthy counts as unhealthy",
        );
    }
}

fn host(text: &str) -> Result<SmolStr, String> {
    let name = super::dns::Name::zone(text.trim())?;
    Ok(name.as_str().trim_end_matches('.').into())
}

fn bounds(model: &HealthCheck<Wanted>, normal: &mut Normal) {
    normal.within("failureThreshold", &model.failure_threshold, 1, 10);
    if let Wish::Value(interval) = model.interval
        && interval != 10
        && interval != 30
    {
        normal.wrong("interval", format!("{interval} is neither 10 nor 30"));
    }
    if model.search_string.value().is_some_and(|text| text.chars().count() > 255) {
        normal.wrong("searchString", "it has more than 255 characters");
    }
    let Some(kind) = model.check_type.value() else { return };
    if is_set(&model.search_string) != kind.ends_with("_STR_MATCH") {
        normal.wrong(
            "searchString",
            "it goes with the types HTTP_STR_MATCH and HTTPS_STR_MATCH, and with no other",
        );
    }
    if kind == "TCP" && model.path.value().is_some() {
        normal.wrong("path", "a TCP check has no path");
    }
    if model.enable_sni == Wish::Value(true) && !kind.starts_with("HTTPS") {
        normal.wrong("enableSni", "only HTTPS checks have a TLS handshake");
    }
}

fn regions(model: &mut HealthCheck<Wanted>, normal: &mut Normal) {
    absent_if(&mut model.regions, std::collections::BTreeSet::is_empty);
    let Some(regions) = model.regions.value() else { return };
    for region in regions {
        if !CHECK_REGIONS.contains(&region.as_str()) {
            let known = CHECK_REGIONS.join(", ");
            normal.wrong("regions", format!("`{}` is none of {known}", region.escape_debug()));
        }
    }
    if regions.len() < 3 {
        normal.wrong("regions", "Route 53 checks from at least three regions");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aplomo_core::Sight;

    #[test]
    fn a_check_is_brought_into_normal_form() {
        let check = HealthCheck::<Wanted> {
            check_type: Wish::Value("https".into()),
            fqdn: Wish::Value("WWW.Example.com.".into()),
            ip: Wish::Value("2001:DB8:0::1".into()),
            path: Wish::Value("health".into()),
            ..Default::default()
        };
        let check = Check::normalise(check).unwrap();
        assert_eq!(check.check_type, Wish::Value("HTTPS".into()));
        assert_eq!(check.fqdn, Wish::Value("www.example.com".into()));
        assert_eq!(check.ip, Wish::Value("2001:db8::1".into()));
        assert_eq!(check.path, Wish::Value("/health".into()));
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let check = HealthCheck::<Wanted> {
            check_type: Wish::Value("TCP".into()),
            ip: Wish::Value("300.1.1.1".into()),
            port: Wish::Value(0),
            path: Wish::Value("/x".into()),
            search_string: Wish::Value("ok".into()),
            interval: Wish::Value(20),
            failure_threshold: Wish::Value(11),
            enable_sni: Wish::Value(true),
            regions: Wish::Value(["eu-west-1".into(), "mars".into()].into()),
            ..Default::default()
        };
        assert_eq!(Check::normalise(check).unwrap_err().len(), 9);
    }

    #[test]
    fn disabling_and_inverting_are_outages() {
        let seen = HealthCheck::<Seen> { disabled: Sight::Value(false), ..Default::default() };
        let off = HealthCheck::<Wanted> { disabled: Wish::Value(true), ..Default::default() };
        assert_eq!(Check::assess(Some(&seen), Some(&off)).risk, Risk::Outage);
        let inverted = HealthCheck::<Wanted> { inverted: Wish::Value(true), ..Default::default() };
        assert_eq!(Check::assess(Some(&seen), Some(&inverted)).risk, Risk::Outage);
        let same = HealthCheck::<Wanted> { disabled: Wish::Value(false), ..Default::default() };
        assert_eq!(Check::assess(Some(&seen), Some(&same)), Assessment::default());
    }
}
